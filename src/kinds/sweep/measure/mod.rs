//! What a sweep measures beyond energy and magnetisation, on request: the correlation function, block spins, and the
//! distribution of the energy with errors.

mod correlation;
mod flow;
mod histogram;
mod pictures;
mod probes;
mod renormalisation;

use super::analyse::Observable;
use super::layout::Layout;
use super::spec::SweepExperiment;
use crate::figure::Figure;
use crate::input::Problem;
use crate::kind::Study;
use crate::models::Model;
use crate::record::{Estimate, Record, Table};
use crate::statistics::renormalization as blocks;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(super) use probes::Probes;

/// The quantities that are estimated on request.
pub(super) const QUANTITIES: &[&str] =
    &["correlation_length", "correlation_length_ratio", "thermal_exponent", "magnetic_exponent"];

/// Sweeps from one look at the state to the next, unless given: a look passes over all sites several times, as a sweep does.
const EVERY: u64 = 4;
/// The same where a sweep updates hundreds of spins at once, and a look does not.
const EVERY_OF_WORDS: u64 = 32;
/// Fewest looks from which anything is estimated.
const FEWEST_LOOKS: u64 = 16;

/// What is measured beyond energy and magnetisation.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "snake_case")]
pub(super) struct MeasureSpec {
    /// The two-point function along the axes, the structure factor at zero and at the longest wave, and from it the second-moment
    /// correlation length: uniform ferromagnets ("ising", "potts") without a field on a periodic "chain", "square", "cubic" or
    /// "hypercubic" lattice.
    pub correlation: bool,
    /// Block spins by the majority of 2 × 2, the interactions of each level, and from them the thermal and the magnetic exponent: the
    /// Ising ferromagnet on a periodic square lattice.
    pub renormalisation: bool,
    /// The distribution of the energy with errors; Potts models have it unasked.
    pub histogram: bool,
    /// Sweeps from one look at the state to the next, for `correlation` and `renormalisation`: 4 unless given, and 32 with the
    /// sampler "checkerboard".
    #[schemars(range(min = 1))]
    pub every: Option<u64>,
}

/// What is measured at one point, checked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measure {
    /// The sides of the lattice and the number of states of a site, where correlations are measured.
    pub correlation: Option<(Vec<usize>, usize)>,
    /// The rows and columns of the lattice and of its blocks, where they are made.
    pub renormalisation: Option<Vec<(usize, usize)>>,
    /// Whether the distribution of the energy is tabulated.
    pub histogram: bool,
    /// Sweeps from one look at the state to the next.
    pub every: usize,
}

impl Measure {
    /// Checks what was asked for of so many sweeps, of which a cut budget may leave fewer; what is wrong is added to `problems`.
    pub(super) fn new(
        spec: &MeasureSpec,
        model: &dyn Model,
        sampler: &str,
        (asked, sweeps): (u64, u64),
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut granted = |key: &str, reason: String| {
            problems.push(
                Problem::new(format!("measure.{key}"), reason)
                    .help(format!("remove `{key}`, or choose such a model")),
            );
        };
        let correlation = spec.correlation.then(|| correlation::torus(model));
        let renormalisation = spec.renormalisation.then(|| renormalisation::levels(model));
        let correlation =
            correlation.and_then(|found| found.map_err(|reason| granted("correlation", reason)).ok());
        let renormalisation =
            renormalisation.and_then(|found| found.map_err(|reason| granted("renormalisation", reason)).ok());
        let usual = if sampler == "checkerboard" { EVERY_OF_WORDS } else { EVERY };
        let looks = correlation.is_some() || renormalisation.is_some();
        let most = |sweeps: u64| (sweeps / FEWEST_LOOKS).max(1);
        let every = match spec.every {
            Some(0) => {
                problems.push(
                    Problem::new("measure.every", "states are looked at every 0 sweeps")
                        .label("must be at least 1"),
                );
                1
            }
            Some(every) if looks && every > most(asked) => {
                problems.push(
                    Problem::new(
                        "measure.every",
                        format!("{asked} sweeps are looked at fewer than {FEWEST_LOOKS} times"),
                    )
                    .help(format!("choose {} at most, or measure more sweeps", most(asked))),
                );
                1
            }
            every => every.unwrap_or(usual).min(most(sweeps)),
        };
        Self {
            correlation,
            renormalisation,
            histogram: spec.histogram || model.name() == "potts",
            every: every as usize,
        }
    }

    /// What of it decides a record's bytes; `None` where that is nothing.
    pub(super) fn identity(&self) -> Option<Value> {
        let looks = self.correlation.is_some() || self.renormalisation.is_some();
        looks.then(|| {
            json!({
                "correlation": self.correlation.is_some(),
                "renormalisation": self.renormalisation.is_some(),
                "every": self.every,
            })
        })
    }

    /// The names of the quantities that it gives.
    pub(super) fn quantities(&self) -> impl Iterator<Item = &'static str> {
        let (lengths, exponents) = QUANTITIES.split_at(2);
        let lengths = lengths.iter().filter(|_| self.correlation.is_some());
        lengths.chain(exponents.iter().filter(|_| self.renormalisation.is_some())).copied()
    }

    /// Bytes that one look leaves in memory until the task ends, times how many there are; and the tables of block spins.
    pub(super) fn memory(&self, sweeps: usize) -> u64 {
        let looks = (sweeps / self.every) as u64;
        let correlation = self.correlation.as_ref().map_or(0, |(sides, _)| {
            let distances: usize = sides.iter().map(|side| side / 2).sum();
            8 * (looks * (1 + sides.len() as u64) + (probes::BINS * distances) as u64)
        });
        let blocks = self.renormalisation.as_ref().map_or(0, |levels| {
            let width = blocks::Layout { levels: levels.len() }.width();
            8 * (probes::BINS * width) as u64 + 4 * (levels[0].0 * levels[0].1) as u64
        });
        correlation + blocks
    }
}

/// The estimates and tables of one point, whose samples count by `weights` where they do not count alike.
pub(super) fn analyse(
    experiment: &SweepExperiment,
    records: &[Record],
    energy: &Observable,
    weights: Option<&Observable>,
) -> (Vec<Estimate>, Vec<Table>) {
    let (mut estimates, mut tables) = (Vec::new(), Vec::new());
    if let Some((sides, _)) = &experiment.measure.correlation {
        estimates.extend(correlation::estimates(experiment, records, sides));
        tables.extend(correlation::tables(records, sides));
    }
    if let Some(levels) = &experiment.measure.renormalisation {
        let found = renormalisation::analyse(records, levels);
        estimates.extend(found.estimates);
        tables.extend(found.tables);
    }
    if experiment.measure.histogram {
        tables.push(histogram::table(experiment, energy, weights));
    }
    (estimates, tables)
}

/// What the handout says of it.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct MeasuredFacts {
    /// The correlation length; empty unless it was measured.
    pub correlation: Option<correlation::CorrelationFacts>,
    /// The exponents of the renormalisation group; empty unless block spins were made.
    pub renormalisation: Option<flow::RenormalisationFacts>,
    /// The distribution of the energy; empty unless it was tabulated.
    pub histogram: Option<histogram::HistogramFacts>,
    /// Whether the figure `block-spins` stands at the head of the page, and `specific-heat` in the body.
    pub blocks_lead: bool,
}

/// The facts of a study.
pub(super) fn facts(study: &Study<'_>, layout: &Layout<'_>) -> MeasuredFacts {
    let renormalisation = flow::facts(study, layout);
    MeasuredFacts {
        blocks_lead: renormalisation.as_ref().is_some_and(|facts| facts.critical)
            && pictures::block_spins(study, layout).is_some(),
        correlation: correlation::facts(study, layout),
        renormalisation,
        histogram: histogram::facts(layout),
    }
}

/// The question and the answer of a study with block spins at T_c; `None` of any other.
pub(super) fn headline(facts: &MeasuredFacts) -> Option<(String, String)> {
    flow::headline(facts.renormalisation.as_ref()?)
}

/// The figures of a study.
pub(super) fn figures(study: &Study<'_>, layout: &Layout<'_>) -> Vec<Figure> {
    let mut all = Vec::new();
    all.extend(correlation::figure(study, layout));
    all.extend(pictures::block_spins(study, layout));
    all.extend(flow::figure(study, layout));
    all.extend(histogram::figure(study, layout));
    all
}

#[cfg(test)]
mod tests;
