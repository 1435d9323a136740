//! Particles in a periodic box at constant N, V and T: energy, heat capacity, pressure and the radial distribution function.

mod analyse;
mod facts;
mod figures;
mod present;
mod run;
mod structure;
#[cfg(test)]
mod tests;

pub(super) use analyse::QUANTITIES;
pub(super) use facts::FluidFacts;
pub(super) use present::present;

use super::spec::{SweepSpec, basics, refuse_meaningless, thermalize};
use crate::input::{Context, Problem};
use crate::kind::{Control, Cost, Experiment, RunError};
use crate::models::fluid::Fluid;
use crate::models::{self, Model};
use crate::record::{Analysis, Record};
use crate::rng::Stream;
use serde_json::{Value, json};
use std::sync::Arc;

/// The model whose particles move.
const MODEL: &str = "lennard_jones";

/// One point of a study: a fluid at one temperature, checked.
pub(super) struct FluidExperiment {
    model: Arc<dyn Model>,
    fluid: Fluid,
    temperature: f64,
    /// Sweeps to discard; `None` decides from the data.
    thermalize: Option<usize>,
    /// Sweeps to measure per replica.
    sweeps: usize,
    replicas: usize,
}

/// Whether the keys are of such an experiment.
pub(super) fn takes(keys: &Value) -> bool {
    keys["model"].get(MODEL).is_some()
}

/// Checks the resolved keys of one point.
pub(super) fn prepare(keys: &Value, context: &Context<'_>) -> Result<FluidExperiment, Vec<Problem>> {
    let spec: SweepSpec = serde_json::from_value(keys.clone())
        .map_err(|error| vec![Problem::new("", format!("the keys do not fit a sweep: {error}"))])?;
    let mut problems = Vec::new();
    let (sampler, sweeps) = basics(&spec, context, &mut problems);
    let spins = "leave the key out; it is for models of spins";
    let (one, lattice) = ("a fluid is sampled at one temperature", "a fluid has no lattice");
    let target = spec.budget.target_error.is_some() || spec.budget.max_sweeps.is_some();
    refuse_meaningless(
        &[
            ("sampler.ladder", spec.sampler.ladder.is_some(), one, spins),
            ("sampler.relaxation", spec.sampler.relaxation.is_some(), one, spins),
            (
                "sampler.step",
                spec.sampler.step.is_some(),
                "displacements of particles have no length in time",
                "leave the key out; `metropolis` finds their length while it thermalises",
            ),
            (
                "measure.correlation",
                spec.measure.correlation,
                lattice,
                "leave the key out: the table `radial_distribution` has g(r) unasked",
            ),
            ("measure.renormalisation", spec.measure.renormalisation, lattice, spins),
            ("measure.histogram", spec.measure.histogram, "energies of a fluid are not tabulated", spins),
            (
                "budget.target_error",
                target,
                "chains of a fluid have a fixed length",
                "leave the key out, and give `budget.sweeps`",
            ),
        ],
        &mut problems,
    );
    let model = models::build(&spec.model, context).map_err(|found| problems.extend(found)).ok();
    if let (Some(model), Some(entry)) = (&model, sampler)
        && let Some(reason) = (entry.refuse)(model.as_ref())
    {
        problems.push(Problem::new("sampler.algorithm", reason));
    }
    let fluid = model.as_ref().and_then(|model| model.fluid().copied());
    let (Some(model), Some(fluid), true) = (model, fluid, problems.is_empty()) else {
        return Err(problems);
    };
    Ok(FluidExperiment {
        model,
        fluid,
        temperature: spec.temperature,
        thermalize: thermalize(&spec, context),
        sweeps: sweeps as usize,
        replicas: spec.budget.replicas as usize,
    })
}

impl FluidExperiment {
    /// Most sweeps that automatic thermalisation may take.
    fn thermalization_cap(&self) -> usize {
        (self.sweeps / 2).max(1000)
    }

    /// The thermalisation that is expected of a task.
    fn expected_run_in(&self) -> usize {
        self.thermalize.unwrap_or(self.thermalization_cap() / 5)
    }
}

impl Experiment for FluidExperiment {
    fn identity(&self) -> Value {
        json!({
            "model": { self.model.name(): self.model.identity() },
            "temperature": self.temperature,
            // The only one, and what `auto` chooses.
            "sampler": { "algorithm": "metropolis" },
            "budget": {
                "thermalize": self.thermalize.map_or(json!("auto"), |sweeps| json!(sweeps)),
                "sweeps": self.sweeps,
            },
        })
    }

    fn replicas(&self) -> usize {
        self.replicas
    }

    fn cost(&self) -> Cost {
        let sweeps = (self.expected_run_in() + self.sweeps) as u64;
        let series = 16 * (self.sweeps + self.thermalize.unwrap_or(self.thermalization_cap())) as u64;
        let (particles, shells) = (self.fluid.particles as u64, structure::shells(&self.fluid) as u64);
        Cost {
            work: (sweeps * particles) as f64,
            unit: "displacements",
            sweeps,
            // Series, places (twice, with their cells), and g(r) of each block.
            memory: series + 64 * particles + 8 * shells * structure::MOST_BLOCKS as u64,
        }
    }

    fn quantities(&self) -> Vec<&'static str> {
        QUANTITIES.iter().copied().chain(["acceptance"]).collect()
    }

    fn run(&self, stream: Stream, control: &dyn Control) -> Result<Record, RunError> {
        run::run(self, stream, control)
    }

    fn analyse(&self, records: &[Record]) -> Analysis {
        analyse::analyse(self, records)
    }
}
