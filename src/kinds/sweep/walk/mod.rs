//! A point on a continuous landscape: averages by random displacements or by Langevin's dynamics, and crossings between two wells.

mod analyse;
mod crossings;
mod facts;
mod figures;
mod present;
mod run;
#[cfg(test)]
mod tests;

pub(super) use analyse::QUANTITIES;
pub(super) use facts::WalkFacts;
pub(super) use present::present;

use super::spec::{SweepSpec, basics, refuse_meaningless, thermalize};
use crate::exact::continuum::Continuum;
use crate::input::{Context, Problem};
use crate::kind::{Control, Cost, Experiment, RunError};
use crate::models::{self, Model};
use crate::record::{Analysis, Record};
use crate::rng::Stream;
use crate::samplers::{self, SamplerEntry, walk};
use serde_json::{Value, json};
use std::sync::Arc;

/// The model whose points walk.
const MODEL: &str = "landscape";

/// One point of a study: a walk at one temperature, checked.
pub(super) struct WalkExperiment {
    model: Arc<dyn Model>,
    continuum: Continuum,
    temperature: f64,
    /// `metropolis` or `langevin`.
    sampler: &'static SamplerEntry,
    /// The time step of Langevin's; `None` for Metropolis'.
    step: Option<f64>,
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
pub(super) fn prepare(keys: &Value, context: &Context<'_>) -> Result<WalkExperiment, Vec<Problem>> {
    let spec: SweepSpec = serde_json::from_value(keys.clone())
        .map_err(|error| vec![Problem::new("", format!("the keys do not fit a sweep: {error}"))])?;
    let mut problems = Vec::new();
    let (sampler, sweeps) = basics(&spec, context, &mut problems);
    let langevin = spec.sampler.algorithm == "langevin";
    let spins = "leave the key out; it is for models of spins";
    let (one, looks) = ("a point walks at one temperature", "a point on a landscape has no lattice");
    let target = spec.budget.target_error.is_some() || spec.budget.max_sweeps.is_some();
    refuse_meaningless(
        &[
            ("sampler.ladder", spec.sampler.ladder.is_some(), one, spins),
            ("sampler.relaxation", spec.sampler.relaxation.is_some(), one, spins),
            ("measure.correlation", spec.measure.correlation, looks, spins),
            ("measure.renormalisation", spec.measure.renormalisation, looks, spins),
            (
                "measure.histogram",
                spec.measure.histogram,
                "energies of a point are not tabulated",
                "leave the key out: the table `positions` has the distribution of its place unasked",
            ),
            (
                "budget.target_error",
                target,
                "a walk on a landscape has a fixed length",
                "leave the key out, and give `budget.sweeps`",
            ),
            (
                "sampler.step",
                spec.sampler.step.is_some() && !langevin,
                "only the steps of `langevin` have a length in time",
                "leave the key out; `metropolis` finds the length of its displacements while it thermalises",
            ),
        ],
        &mut problems,
    );
    if spec.sampler.step.is_some_and(|step| !(step > 0.0 && step.is_finite())) {
        problems.push(Problem::new("sampler.step", "a time step must be positive and finite"));
    }
    let model = models::build(&spec.model, context).map_err(|found| problems.extend(found)).ok();
    if let (Some(model), Some(entry)) = (&model, sampler)
        && let Some(reason) = (entry.refuse)(model.as_ref())
    {
        problems.push(Problem::new("sampler.algorithm", reason));
    }
    // Of walks, `auto` has Metropolis' alone to choose.
    let sampler = if spec.sampler.algorithm == "auto" { samplers::find("metropolis") } else { sampler };
    let (Some(model), Some(sampler), true) = (model, sampler, problems.is_empty()) else {
        return Err(problems);
    };
    let Some(continuum) = model.continuum().cloned() else {
        return Err(vec![Problem::new("model", "this model has no continuum to walk in")]);
    };
    let own = || walk::time_step(&continuum, spec.temperature);
    Ok(WalkExperiment {
        step: langevin.then(|| spec.sampler.step.unwrap_or_else(own)),
        model,
        continuum,
        temperature: spec.temperature,
        sampler,
        thermalize: thermalize(&spec, context),
        sweeps: sweeps as usize,
        replicas: spec.budget.replicas as usize,
    })
}

impl WalkExperiment {
    /// Most sweeps that automatic thermalisation may take.
    fn thermalization_cap(&self) -> usize {
        (self.sweeps / 2).max(1000)
    }

    /// The thermalisation that is expected of a task.
    fn expected_run_in(&self) -> usize {
        self.thermalize.unwrap_or(self.thermalization_cap() / 5)
    }

    /// Moves in a sweep.
    fn moves(&self) -> u64 {
        walk::moves(self.step.is_some())
    }

    /// What a sweep counts for on the clock of crossings: time for Langevin's, else one.
    fn duration(&self) -> f64 {
        self.step.map_or(1.0, |step| step * self.moves() as f64)
    }
}

impl Experiment for WalkExperiment {
    fn identity(&self) -> Value {
        let mut sampler = json!({ "algorithm": self.sampler.name });
        if let Some(step) = self.step {
            sampler["step"] = json!(step);
        }
        json!({
            "model": { self.model.name(): self.model.identity() },
            "temperature": self.temperature,
            "sampler": sampler,
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
        let series = 24 * (self.sweeps + self.thermalize.unwrap_or(self.thermalization_cap())) as u64;
        Cost { work: (sweeps * self.moves()) as f64, unit: "moves", sweeps, memory: series }
    }

    fn quantities(&self) -> Vec<&'static str> {
        let mut all = vec!["energy", "heat_capacity", "position", "position_squared"];
        if self.continuum.dimensions() == 2 {
            all.extend(["position_y", "position_y_squared"]);
        }
        all.extend(self.continuum.wells().map(|_| "crossing_rate"));
        all.push("acceptance");
        all
    }

    fn run(&self, stream: Stream, control: &dyn Control) -> Result<Record, RunError> {
        run::run(self, stream, control)
    }

    fn analyse(&self, records: &[Record]) -> Analysis {
        analyse::analyse(self, records)
    }
}
