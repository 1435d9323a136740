//! What a task keeps of its run.

use super::density;
use super::ladder::LadderPlan;
use super::spec::SweepExperiment;
use crate::kind::{Control, RunError};
use crate::models::Model;
use crate::record::Record;
use crate::rng::Stream;
use crate::samplers::ladder::{Rung, Settings, Stop};

/// Most values kept of the thermalisation's energies.
pub(super) const TRACE_LENGTH: usize = 1000;
/// Longest side of a lattice whose last state is kept.
const LARGEST_SNAPSHOT: usize = 128;

/// The record of one temperature.
///
/// It holds, one value per sample, `energy` (the model's own E) and `magnetization` (Σ s_i, or the model's own order
/// parameter), and `log_weight` where samples do not count alike; of the thermalisation a thinned `thermalization_energy`
/// with its stride; the scalars `thermalization_sweeps`, `thermalized` (0 where the automatic criterion was still unmet at its
/// limit), `acceptance`, those of the sampler's own, and `log_partition`, ln Z(T) − ln Z(∞), where the sampler gives it; and of a
/// two-dimensional lattice that is not too large the last state as `snapshot`, ±1 by rows and columns.
pub(super) fn record(model: &dyn Model, rung: &Rung) -> Record {
    let mut record = Record::default();
    let stride = rung.trace.len().div_ceil(TRACE_LENGTH).max(1);
    record.put_series("energy", rung.energy.clone());
    record.put_series("magnetization", rung.magnetization.clone());
    record.put_series("thermalization_energy", rung.trace.iter().step_by(stride).copied().collect());
    if !rung.log_weight.is_empty() {
        record.put_series("log_weight", rung.log_weight.clone());
    }
    let numbers = [
        ("thermalization_sweeps", rung.trace.len() as f64),
        ("thermalization_stride", stride as f64),
        ("thermalized", f64::from(u8::from(rung.settled))),
        ("acceptance", rung.acceptance),
    ];
    let free = rung.log_partition.map(|log| ("log_partition", log));
    for (name, value) in numbers.into_iter().chain(free).chain(rung.figures.iter().copied()) {
        record.scalars.insert(name.to_owned(), value);
    }
    density::store(&rung.density, &mut record);
    let shown = keeps_state(model) && !rung.state.is_empty();
    if let Some((rows, columns)) = model.plane().filter(|_| shown) {
        let spins = rung.state.iter().copied().map(f64::from).collect();
        record.put_array("snapshot", vec![rows, columns], spins);
    }
    record
}

/// Whether a last state is kept of the model.
pub(super) fn keeps_state(model: &dyn Model) -> bool {
    model.plane().is_some_and(|(rows, columns)| rows.max(columns) <= LARGEST_SNAPSHOT)
}

/// Runs all temperatures of a curve at once: their records, in order of temperature.
pub(super) fn climb(
    experiment: &SweepExperiment,
    plan: &LadderPlan,
    mut stream: Stream,
    control: &dyn Control,
) -> Result<Vec<Record>, RunError> {
    let settings = Settings {
        temperatures: plan.temperatures.clone(),
        run_in: experiment.thermalize,
        longest_run_in: experiment.thermalization_cap(),
        samples: experiment.sweeps,
        relaxation: plan.relaxation,
        refine: plan.refine,
    };
    let model = experiment.model.as_ref();
    let rungs = (plan.climb)(model, &settings, &mut stream, &mut |share| control.advance(share));
    match rungs {
        Ok(rungs) => Ok(rungs.iter().map(|rung| record(model, rung)).collect()),
        Err(Stop::Cancelled) => Err(RunError::Stopped),
        Err(Stop::Failed(reason)) => Err(RunError::Failed(reason)),
    }
}
