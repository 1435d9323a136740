//! One replica: thermalise, tune, measure.

use super::spec::SweepExperiment;
use crate::kind::{Control, RunError};
use crate::record::Record;
use crate::rng::Stream;
use crate::samplers::Chain;
use crate::statistics::thermalization::{Settling, settling};

/// Spin updates between two reports of progress: a few milliseconds of the slowest sampler.
const UPDATES_PER_REPORT: usize = 200_000;
/// Length of the first stretch that is judged; each further one doubles the total.
const FIRST_STRETCH: usize = 100;
/// Most values kept of the thermalisation's energies.
const TRACE_LENGTH: usize = 1000;

/// Runs one chain.
///
/// The record holds, one value per measured sweep, `energy` (the model's own E) and `magnetization` (Σ s_i); of the
/// thermalisation a thinned `thermalization_energy` with its stride; the scalars `thermalization_sweeps`, `thermalized`
/// (0 where the automatic criterion was still unmet at its limit) and `acceptance`.
pub(super) fn run(
    experiment: &SweepExperiment,
    mut stream: Stream,
    control: &dyn Control,
) -> Result<Record, RunError> {
    let mut chain = (experiment.sampler.build)(experiment.model.as_ref(), experiment.temperature, &mut stream)
        .map_err(RunError::Failed)?;
    let most = experiment.thermalize.unwrap_or(experiment.thermalization_cap());
    let mut progress = Progress {
        control,
        stride: (UPDATES_PER_REPORT / experiment.sites).max(1),
        done: 0,
        total: most + experiment.sweeps,
    };

    let mut trace = Vec::new();
    let mut order = Vec::new();
    let mut thermalized = true;
    match experiment.thermalize {
        Some(sweeps) => {
            advance(chain.as_mut(), &mut stream, sweeps, &mut progress, |chain| trace.push(chain.energy()))?;
        }
        None => loop {
            let target = (2 * trace.len()).clamp(FIRST_STRETCH, most);
            let further = target - trace.len();
            advance(chain.as_mut(), &mut stream, further, &mut progress, |chain| {
                trace.push(chain.energy());
                order.push(chain.magnetization().abs());
            })?;
            let settled = |series: &[f64]| matches!(settling(series), Settling::Settled { .. });
            if settled(&trace) && settled(&order) {
                break;
            }
            if trace.len() >= most {
                thermalized = false;
                break;
            }
        },
    }
    chain.tune();

    progress.done = most;
    let mut energy = Vec::with_capacity(experiment.sweeps);
    let mut magnetization = Vec::with_capacity(experiment.sweeps);
    advance(chain.as_mut(), &mut stream, experiment.sweeps, &mut progress, |chain| {
        energy.push(chain.energy());
        magnetization.push(chain.magnetization());
    })?;

    let mut record = Record::default();
    let stride = trace.len().div_ceil(TRACE_LENGTH).max(1);
    record.put_series("energy", energy);
    record.put_series("magnetization", magnetization);
    record.put_series("thermalization_energy", trace.iter().step_by(stride).copied().collect());
    for (name, value) in [
        ("thermalization_sweeps", trace.len() as f64),
        ("thermalization_stride", stride as f64),
        ("thermalized", f64::from(u8::from(thermalized))),
        ("acceptance", chain.acceptance()),
    ] {
        record.scalars.insert(name.to_owned(), value);
    }
    Ok(record)
}

/// Counts sweeps and reports every few milliseconds.
struct Progress<'a> {
    control: &'a dyn Control,
    stride: usize,
    done: usize,
    total: usize,
}

impl Progress<'_> {
    fn step(&mut self) -> Result<(), RunError> {
        self.done += 1;
        let report = self.done.is_multiple_of(self.stride) || self.done == self.total;
        if report && self.control.advance(self.done as f64 / self.total as f64).is_break() {
            return Err(RunError::Stopped);
        }
        Ok(())
    }
}

fn advance(
    chain: &mut dyn Chain,
    stream: &mut Stream,
    sweeps: usize,
    progress: &mut Progress<'_>,
    mut observe: impl FnMut(&dyn Chain),
) -> Result<(), RunError> {
    for _ in 0..sweeps {
        chain.sweep(stream);
        observe(chain);
        progress.step()?;
    }
    Ok(())
}
