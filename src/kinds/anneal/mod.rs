//! The kind `anneal`: simulated annealing, for ground states of spin glasses and maximum cuts.

mod analyse;
mod facts;
mod figures;
mod instance;
mod outcome;
mod present;
mod run;
mod spec;
mod tell;
mod wiring;

use crate::input::{Context, Problem};
use crate::kind::{Control, Cost, Experiment, Kind, RunError, Story, Study};
use crate::models;
use crate::record::{Analysis, Record};
use crate::rng::Stream;
use serde_json::Value;
use spec::{AnnealExperiment, AnnealSpec};

/// The kind `anneal`.
pub struct Anneal;

/// The models that can be annealed.
const MODELS: &[&str] = &["ising", "max_cut", "boltzmann_machine"];

const DOC: &str = r#"Looks for the ground state of a model of spins by simulated annealing: from a random state, Metropolis sweeps at a
temperature that falls from sweep to sweep. Each of `reads` runs has its own random stream.

`[schedule.geometric]`, `[schedule.linear]` or `[schedule.linear_beta]` give the temperatures `from`, `to` and the number of
`sweeps` of a read. With `target_energy` a read succeeds when it meets an energy at or below it; then the success
probability and the sweeps to solution $n_{99}$ are estimated. Without it, reads are judged against the
exact ground energy where a method of the kind `ensemble` gives it at once. The energy of a max-cut graph is minus the cut,
so that a cut of 100 is the target −100.

The least energy found is an upper bound on the ground energy: it is exact for the state that was found, and proves
nothing about states that were not."#;

const STARTER: &str = r#"kind  = "anneal"
title = "{title}"
seed  = 7                       # every random number follows from it
reads = 40                      # independent runs, each from a random state
# target_energy = -800          # what counts as success; then time to solution is estimated too

[model.ising]                   # or [model.max_cut] with a file or graph = "random_regular"
lattice  = "square"
size     = 24
disorder = "pm_j"               # bonds +1 or -1: frustrated, a spin glass

[schedule.geometric]            # or linear (in temperature), linear_beta (in 1/temperature)
from   = 3.0                    # temperature of the first sweep
to     = 0.1                    # temperature of the last
sweeps = 1000                   # each proposes to flip every spin once
"#;

impl Kind for Anneal {
    fn name(&self) -> &'static str {
        "anneal"
    }

    fn summary(&self) -> &'static str {
        "ground states by simulated annealing: spin glasses and maximum cuts"
    }

    fn doc(&self) -> &'static str {
        DOC
    }

    fn version(&self) -> u32 {
        1
    }

    fn quantities(&self) -> &'static [&'static str] {
        analyse::QUANTITIES
    }

    fn models(&self) -> Vec<&'static str> {
        MODELS.to_vec()
    }

    fn schema(&self) -> Value {
        let mut schema = models::schema_of::<AnnealSpec>();
        schema["properties"]["model"] = models::schema(MODELS);
        schema["properties"]["schedule"] = spec::schedule_schema();
        schema
    }

    fn starter(&self) -> &'static str {
        STARTER
    }

    fn template(&self) -> &'static str {
        include_str!("../../../templates/handout/anneal.md.tera")
    }

    fn facts_schema(&self) -> Value {
        models::schema_of::<facts::Facts>()
    }

    fn prepare(&self, keys: &Value, context: &Context<'_>) -> Result<Box<dyn Experiment>, Vec<Problem>> {
        Ok(Box::new(spec::prepare(keys, context)?))
    }

    fn present(&self, study: &Study<'_>) -> Story {
        present::present(study)
    }
}

impl Experiment for AnnealExperiment {
    fn identity(&self) -> Value {
        self.parameters()
    }

    fn replicas(&self) -> usize {
        self.reads
    }

    fn cost(&self) -> Cost {
        let bonds = self.model.pair_model().map_or(0, |pairs| pairs.neighbours.len()) as u64;
        Cost {
            work: self.sweeps as f64 * self.spins as f64,
            unit: "spin updates",
            sweeps: self.sweeps as u64,
            // Links of both directions, per spin states, fields and the record, and one temperature per sweep.
            memory: 16 * bonds
                + 64 * self.spins as u64
                + 8 * self.sweeps as u64
                + 32 * run::TRACE_ROWS as u64,
        }
    }

    /// A quicker cooling: hot sweeps flip more spins and take longer than cold ones.
    fn rehearsal(&self, share: f64) -> Option<Box<dyn Experiment>> {
        let sweeps = libm::round(self.sweeps as f64 * share).max(1.0) as usize;
        Some(Box::new(self.with_sweeps(sweeps)))
    }

    fn quantities(&self) -> Vec<&'static str> {
        analyse::quantities(self)
    }

    fn run(&self, stream: Stream, control: &dyn Control) -> Result<Record, RunError> {
        run::run(self, stream, control)
    }

    fn analyse(&self, records: &[Record]) -> Analysis {
        analyse::analyse(self, records)
    }
}

#[cfg(test)]
mod tests;
