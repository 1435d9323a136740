//! Functions of gibbs that a handout quotes beside their formula: taken from the very source that was compiled.

use super::error::ReportError;

/// A function to quote.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Quote {
    /// The word after `{code}`.
    pub(crate) name: &'static str,
    /// The file that holds it.
    pub(crate) path: &'static str,
    /// What the function's line begins with, its visibility left out.
    pub(crate) opening: &'static str,
    source: &'static str,
}

macro_rules! quote {
    ($name:literal, $path:literal, $opening:literal) => {
        Quote {
            name: $name,
            path: concat!("src/", $path),
            opening: $opening,
            source: include_str!(concat!("../", $path)),
        }
    };
}

/// Everything that can be quoted, one line each.
pub(crate) const QUOTES: &[Quote] = &[
    quote!("log-sum-exp", "exact/boltzmann.rs", "fn log_sum_exp("),
    quote!("boltzmann-levels", "exact/boltzmann.rs", "fn solve_levels("),
    quote!("counted-entropy", "exact/boltzmann.rs", "fn counted_entropy("),
    quote!("enumeration-block", "exact/enumeration/walk.rs", "fn spread<"),
    quote!("elimination-step", "exact/elimination/table.rs", "fn exchange_two<"),
    quote!("kaufman-products", "exact/kaufman.rs", "fn log_partition("),
    quote!("rbm-states", "models/rbm/exact.rs", "fn walk_block("),
    quote!("rbm-log-partition", "models/rbm/exact.rs", "fn log_partition("),
    quote!("rbm-free-energy", "models/rbm/machine.rs", "fn free_energy("),
    quote!("rbm-two-faces", "models/rbm/machine.rs", "fn energy_and_entropy("),
    quote!("gibbs-chain", "learning/train.rs", "fn run_chain("),
    quote!("metropolis-acceptance", "samplers/metropolis.rs", "fn accepts("),
    quote!("wolff-cluster", "samplers/wolff.rs", "fn flip_one(&mut self, stream: &mut Stream) -> usize {"),
    quote!("block-exponent", "statistics/renormalization/mod.rs", "fn exponent("),
    quote!("autocorrelation-window", "statistics/autocorrelation.rs", "fn summed_to_window("),
    quote!("jackknife", "statistics/jackknife.rs", "fn estimate("),
    quote!("annealing-schedule", "samplers/schedule.rs", "fn temperatures("),
    quote!("annealing-sweep", "samplers/annealing.rs", "fn sweep("),
    quote!("clusters-step", "learning/clusters/minimum.rs", "fn step("),
    quote!("sweeps-to-solution", "kinds/anneal/analyse.rs", "fn sweeps_to_solution("),
];

/// The quotation called `name`.
///
/// # Errors
///
/// [`ReportError::Quote`] when there is none.
pub(crate) fn find(name: &str) -> Result<&'static Quote, ReportError> {
    QUOTES.iter().find(|quote| quote.name == name).ok_or_else(|| ReportError::Quote {
        name: name.to_owned(),
        known: QUOTES.iter().map(|quote| quote.name.to_owned()).collect(),
    })
}

impl Quote {
    /// The function's lines, documentation left out and indentation taken away; empty when the source has no such function.
    pub(crate) fn code(&self) -> String {
        let mut lines = self.source.lines().skip_while(|line| !self.opens(line));
        let Some(first) = lines.next() else { return String::new() };
        let indent = first.len() - first.trim_start().len();
        let closes = |line: &str| line.len() > indent && line[indent..].starts_with('}');
        let mut code = vec![first];
        if !first.trim_end().ends_with('}') {
            for line in lines {
                code.push(line);
                if closes(line) && line[..indent].trim().is_empty() {
                    break;
                }
            }
        }
        code.iter().map(|line| line.get(indent..).unwrap_or("")).collect::<Vec<_>>().join("\n")
    }

    fn opens(&self, line: &str) -> bool {
        let line = line.trim_start();
        let line = ["pub(crate) ", "pub(super) ", "pub "]
            .iter()
            .find_map(|visibility| line.strip_prefix(visibility))
            .unwrap_or(line);
        line.starts_with(self.opening)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quotation_is_a_whole_function_of_a_readable_length() {
        for quote in QUOTES {
            let code = quote.code();
            assert!(code.ends_with('}'), "{}: {code}", quote.name);
            assert_eq!(code.matches('{').count(), code.matches('}').count(), "{}: {code}", quote.name);
            assert!((3..=45).contains(&code.lines().count()), "{}: {code}", quote.name);
            assert_eq!(QUOTES.iter().filter(|other| other.name == quote.name).count(), 1);
        }
    }

    #[test]
    fn inner_functions_lose_their_indentation() {
        let source = "impl A {\n    /// Doc.\n    pub(crate) fn b(\n        &self,\n    ) -> u8 {\n        if x {\n            1\n        }\n    }\n}\n";
        let quote = Quote { name: "b", path: "b.rs", opening: "fn b(", source };
        assert_eq!(quote.code(), "pub(crate) fn b(\n    &self,\n) -> u8 {\n    if x {\n        1\n    }\n}");
    }
}
