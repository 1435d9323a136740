//! One read: cool from a random state.

use super::spec::AnnealExperiment;
use crate::kind::{Control, RunError};
use crate::record::Record;
use crate::rng::Stream;
use crate::samplers::annealing::anneal;

/// Most rows of a read's trace.
pub(super) const TRACE_ROWS: usize = 256;

/// Runs one read.
///
/// The record holds the scalars `best_energy`, `final_energy` and `sweep_of_best`, the array `best_state` (N spins ±1)
/// and the trace: `trace_sweep`, `trace_temperature`, `trace_energy`, `trace_acceptance`.
pub(super) fn run(
    experiment: &AnnealExperiment,
    mut stream: Stream,
    control: &dyn Control,
) -> Result<Record, RunError> {
    let model = experiment
        .model
        .pair_model()
        .ok_or_else(|| RunError::Failed("the model has no spins to anneal".to_owned()))?;
    let temperatures = experiment.schedule.temperatures(experiment.from, experiment.to, experiment.sweeps);
    let found =
        anneal(model, &temperatures, TRACE_ROWS, &mut stream, &mut |fraction| control.advance(fraction))
            .ok_or(RunError::Stopped)?;
    let mut record = Record::default();
    for (name, value) in [
        ("best_energy", found.best_energy),
        ("final_energy", found.final_energy),
        ("sweep_of_best", found.sweep_of_best as f64),
    ] {
        record.scalars.insert(name.to_owned(), value);
    }
    record.put_series("best_state", found.best_state.iter().map(|spin| f64::from(*spin)).collect());
    record.put_series("trace_sweep", found.trace.iter().map(|row| row.sweep as f64).collect());
    record.put_series("trace_temperature", found.trace.iter().map(|row| row.temperature).collect());
    record.put_series("trace_energy", found.trace.iter().map(|row| row.energy).collect());
    record.put_series("trace_acceptance", found.trace.iter().map(|row| row.acceptance).collect());
    Ok(record)
}
