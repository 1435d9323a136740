//! One walk: thermalise, tune, measure.

use super::super::outcome::TRACE_LENGTH;
use super::super::run::{Progress, UPDATES_PER_REPORT, settled};
use super::super::run_in::RunIn;
use super::WalkExperiment;
use crate::kind::{Control, RunError};
use crate::record::Record;
use crate::rng::Stream;
use crate::samplers::Chain;
use crate::samplers::walk::{Stays, Walk};

/// Energy and place after each sweep.
#[derive(Default)]
struct Series {
    energy: Vec<f64>,
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Series {
    /// Goes on for so many sweeps.
    fn extend(
        &mut self,
        walk: &mut Walk<'_>,
        stream: &mut Stream,
        sweeps: usize,
        progress: &mut Progress<'_>,
    ) -> Result<(), RunError> {
        for _ in 0..sweeps {
            walk.sweep(stream);
            self.energy.push(walk.energy());
            let (x, y) = walk.place();
            self.x.push(x);
            self.y.push(y);
            progress.step()?;
        }
        Ok(())
    }

    /// Whether energy and place have forgotten the start.
    fn settled(&self) -> bool {
        let flat = self.y.iter().all(|y| *y == 0.0);
        settled(&self.energy) && settled(&self.x) && (flat || settled(&self.y))
    }
}

/// Runs one walk.
///
/// The record holds, one value per sweep, `energy`, `position` (x) and in two dimensions `position_y`; a thinned
/// `thermalization_energy` with its stride; the scalars `thermalization_sweeps`, `thermalized` (0 where the automatic criterion was
/// still unmet at its limit), `acceptance` and `step` (dt, or the largest displacement along an axis); and where there are two wells
/// `stays`, a row for each: moves, crossings, whole stays, the sum of their lengths and of its squares, in moves.
pub(super) fn run(
    experiment: &WalkExperiment,
    mut stream: Stream,
    control: &dyn Control,
) -> Result<Record, RunError> {
    let (continuum, temperature) = (&experiment.continuum, experiment.temperature);
    let mut walk = match experiment.step {
        Some(step) => Walk::langevin(continuum, step, temperature, &mut stream),
        None => Walk::metropolis(continuum, temperature, &mut stream),
    };
    let mut progress = Progress {
        control,
        stride: (UPDATES_PER_REPORT / experiment.moves() as usize).max(1),
        done: 0,
        total: experiment.expected_run_in() + experiment.sweeps,
    };
    let run_in = RunIn {
        given: experiment.thermalize,
        most: experiment.thermalization_cap(),
        measured: experiment.sweeps,
    };
    let mut trace = Series::default();
    let extend = |trace: &mut Series, sweeps, progress: &mut Progress<'_>| {
        trace.extend(&mut walk, &mut stream, sweeps, progress)
    };
    let settled = run_in.run(&mut trace, &mut progress, extend, Series::settled)?;
    walk.tune();
    progress.total = progress.done + experiment.sweeps;
    let mut series = Series::default();
    series.extend(&mut walk, &mut stream, experiment.sweeps, &mut progress)?;

    let mut record = Record::default();
    let stride = trace.energy.len().div_ceil(TRACE_LENGTH).max(1);
    record.put_series("thermalization_energy", trace.energy.iter().step_by(stride).copied().collect());
    record.put_series("energy", series.energy);
    record.put_series("position", series.x);
    if continuum.dimensions() == 2 {
        record.put_series("position_y", series.y);
    }
    if let Some(stays) = walk.stays() {
        let row = |stays: Stays| {
            [stays.moves as f64, stays.left as f64, stays.whole as f64, stays.sum, stays.squares]
        };
        record.put_array("stays", vec![2, 5], stays.into_iter().flat_map(row).collect());
    }
    for (name, value) in [
        ("thermalization_sweeps", trace.energy.len() as f64),
        ("thermalization_stride", stride as f64),
        ("thermalized", f64::from(u8::from(settled))),
        ("acceptance", walk.acceptance()),
        ("step", walk.step()),
    ] {
        record.scalars.insert(name.to_owned(), value);
    }
    Ok(record)
}
