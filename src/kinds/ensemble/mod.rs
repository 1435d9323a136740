//! The kind `ensemble`: exact thermodynamics of a small system from its partition function.

mod analyse;
mod continuum;
mod derivatives;
mod explore;
mod facts;
mod figures;
mod fluctuation;
mod machine;
mod occupation;
mod present;
mod run;
mod spec;
mod subjects;
mod thermal;
mod units;

use crate::exact::{ExactEnsemble, methods};
use crate::kind::{Context, Control, Cost, Experiment, Kind, Problem, RunError, Story, Study};
use crate::models::{self, Model};
use crate::record::{Analysis, Record};
use crate::rng::Stream;
use serde_json::{Value, json};
use std::sync::Arc;

/// The kind's line in the registry.
pub struct EnsembleKind;

const DOC: &str = r#"All microstates $x$ of a small system are summed,
$$Z(\beta) = \sum_x e^{-\beta E(x)}, \qquad \beta = 1/T,$$
and everything else follows: $F = -T \ln Z$, $U = -\partial \ln Z/\partial\beta$, $S = (U - F)/T$,
$C = \beta^2 (\langle E^2 \rangle - \langle E \rangle^2)$, and the populations of the levels. Nothing is random and no number
has an error.

Keys: `temperature` (or sweep it), and a `model` that can be solved exactly. At `temperature = 0` the limit is taken, in which
the ground states alone remain; where the energies have an upper bound, temperatures below 0 are allowed.

`[method] name` chooses how, `"auto"` (unless given) by what it costs; `gibbs plan` shows the choice.
- `"enumeration"` sums every microstate: up to 34 spins, `rbm` with one small layer, lists of levels.
- `"elimination"` sums one site after another and holds a table of the sites in between: sparse graphs of any size as long as
  the table has at most $2^{26}$ entries, such as strips, trees, and tori up to 12 × 12, with any couplings and fields.
- `"kaufman"` is the closed formula for the uniform square torus of any size.
- `"quadrature"` integrates over a continuum, `landscape`, with the error that doubled nodes show.
- `"closed_form"` and `"spectral_sum"` are the formulas, or the sums with a bound on what is left out, of the models that have one.

The model `occupation` is of another make: its total energy is fixed instead of its temperature, which is therefore not a key,
and what is counted is $\Omega$, the number of ways to have that energy.

Every run takes $-\partial \ln Z/\partial\beta$, $\partial U/\partial T$ and $-\partial F/\partial T$ by differences too, and
lists them beside $U$, $C$ and $S$ in the table `identities`. The `effective_temperature` is read from the fluctuation of the
energy and from this response."#;

const STARTER: &str = r#"kind  = "ensemble"
title = "{title}"

# Three levels, the middle one threefold: every number in the report follows from Z = Σ g e^(−E/T).
[model.levels]
energies     = [0.0, 1.0, 2.5]
degeneracies = [1, 3, 1]

# Another model to try instead, a lattice of 16 spins with all its 65 536 states:
# [model.ising]
# lattice = "square"
# size    = 4

# A list or range under [sweep] takes the place of a single value of the key.
[sweep]
temperature = { from = 0.1, to = 5.0, steps = 50 }
"#;

impl Kind for EnsembleKind {
    fn name(&self) -> &'static str {
        "ensemble"
    }

    fn summary(&self) -> &'static str {
        "exact thermodynamics of a small system from its partition function"
    }

    fn doc(&self) -> &'static str {
        DOC
    }

    fn version(&self) -> u32 {
        6
    }

    fn quantities(&self) -> &'static [&'static str] {
        const ALL: [&str; 24] = {
            let mut all = [""; 24];
            all[20] = fluctuation::REDUCED;
            let mut index = 0;
            while index < 5 {
                all[index] = analyse::EXTENSIVE[index];
                all[index + 5] = analyse::PER_SITE[index];
                index += 1;
            }
            let mut index = 0;
            while index < 4 {
                all[10 + index] = analyse::MAGNETIC[index];
                index += 1;
            }
            let mut index = 0;
            while index < occupation::OWN.len() {
                all[14 + index] = occupation::OWN[index];
                index += 1;
            }
            let mut index = 0;
            while index < 3 {
                all[21 + index] = fluctuation::FLUCTUATION[index];
                index += 1;
            }
            all
        };
        &ALL
    }

    fn models(&self) -> Vec<&'static str> {
        spec::MODELS.to_vec()
    }

    fn schema(&self) -> Value {
        spec::schema()
    }

    fn starter(&self) -> &'static str {
        STARTER
    }

    fn template(&self) -> &'static str {
        concat!(
            include_str!("../../../templates/handout/ensemble.md.tera"),
            include_str!("../../../templates/handout/occupation.md.tera")
        )
    }

    fn facts_schema(&self) -> Value {
        models::schema_of::<facts::Facts>()
    }

    fn prepare(&self, keys: &Value, context: &Context<'_>) -> Result<Box<dyn Experiment>, Vec<Problem>> {
        spec::prepare(keys, context)
    }

    fn present(&self, study: &Study<'_>) -> Story {
        occupation::present(study).unwrap_or_else(|| present::present(study))
    }
}

/// One point: a model at one temperature.
struct Ensemble {
    temperature: f64,
    model: Arc<dyn Model>,
    /// The method's name, or "auto".
    method: String,
}

impl Ensemble {
    /// The chosen method and its name.
    fn chosen(&self) -> Result<(&'static str, &dyn ExactEnsemble), String> {
        let suitable = |solver: &dyn ExactEnsemble| solver.refuse(self.temperature).is_none();
        methods::choose_where(self.model.methods(), &self.method, suitable)
    }

    fn solver(&self) -> Result<&dyn ExactEnsemble, String> {
        self.chosen().map(|(_, solver)| solver)
    }
}

impl Experiment for Ensemble {
    fn identity(&self) -> Value {
        let mut identity = json!({ "temperature": self.temperature, "model": self.model.identity() });
        if self.method != methods::AUTO {
            identity["method"] = json!(self.method);
        }
        identity
    }

    fn replicas(&self) -> usize {
        1
    }

    fn cost(&self) -> Cost {
        let (terms, memory) = self.solver().map_or((0.0, 0), |exact| (exact.terms(), exact.memory()));
        let further = derivatives::solutions(self.temperature, terms)
            + usize::from(units::asked(self))
            + continuum::further(self);
        let solutions = 1.0 + further as f64;
        Cost { work: terms * solutions, unit: "terms", sweeps: 1, memory }
    }

    fn method(&self) -> Option<String> {
        self.solver().ok().map(|solver| solver.method())
    }

    fn quantities(&self) -> Vec<&'static str> {
        let per_site: &[&'static str] = if self.model.sites().is_some() { &analyse::PER_SITE } else { &[] };
        let magnetic: &[&'static str] = if self.model.has_magnetization() { &analyse::MAGNETIC } else { &[] };
        let reduced: &[&'static str] = if per_site.is_empty() { &[] } else { &[fluctuation::REDUCED] };
        let all = analyse::EXTENSIVE.iter().chain(per_site).chain(magnetic);
        all.chain(&fluctuation::FLUCTUATION).chain(reduced).copied().collect()
    }

    fn run(&self, _stream: Stream, control: &dyn Control) -> Result<Record, RunError> {
        run::run(self, control)
    }

    fn analyse(&self, records: &[Record]) -> Analysis {
        analyse::analyse(self, records)
    }
}

#[cfg(test)]
mod tests;
