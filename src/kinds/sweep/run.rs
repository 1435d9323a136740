//! One replica: thermalise, tune, measure, and go on until errors are small enough where that is asked for.

use super::choice::{self, Trial};
use super::measure::Probes;
use super::outcome;
use super::run_in::RunIn;
use super::spec::SweepExperiment;
use crate::kind::{Control, RunError};
use crate::models::Model;
use crate::record::Record;
use crate::rng::Stream;
use crate::samplers::ladder::Rung;
use crate::samplers::{Chain, Method};
use crate::statistics::thermalization::{Settling, settling};
use std::ops::ControlFlow;

/// Spin updates between two reports of progress: a few milliseconds of the slowest sampler.
pub(super) const UPDATES_PER_REPORT: usize = 200_000;

/// Runs one chain.
///
/// The record is that of [`outcome::record`], and what [`Probes`] add on request.
pub(super) fn run(
    experiment: &SweepExperiment,
    mut stream: Stream,
    control: &dyn Control,
) -> Result<Record, RunError> {
    let model = experiment.model.as_ref();
    let trials = match experiment.sampler.method {
        Method::Auto => trials(experiment, control)?,
        _ => Vec::new(),
    };
    let sampler = trials.first().map_or(experiment.sampler, |trial| trial.entry);
    let start = sampler.start(model, experiment.temperature, &mut stream);
    let mut chain = start.expect("invariant: samplers without chains keep company");
    if let Some(spins) = ordered_start(model) {
        chain.start_from(&spins);
    }
    let mut progress = Progress {
        control,
        stride: (UPDATES_PER_REPORT / experiment.sites).max(1),
        done: 0,
        total: experiment.expected_run_in() + experiment.sweeps,
    };

    let run_in = RunIn {
        given: experiment.thermalize,
        most: experiment.thermalization_cap(),
        measured: experiment.sweeps,
    };
    let mut history = (Vec::new(), Vec::new());
    let extend = |(trace, order): &mut (Vec<f64>, Vec<f64>), sweeps, progress: &mut Progress<'_>| {
        advance(chain.as_mut(), &mut stream, sweeps, progress, |chain| {
            trace.push(chain.energy());
            order.push(chain.magnetization().abs());
        })
    };
    let thermalized =
        run_in.run(&mut history, &mut progress, extend, |(trace, order)| settled(trace) && settled(order))?;
    chain.tune();

    let mut rung = Rung { trace: history.0, settled: thermalized, ..Rung::default() };
    let mut length = experiment.sweeps;
    let mut probes = Probes::new(experiment, &stream);
    loop {
        progress.total = rung.trace.len() + experiment.target.as_ref().map_or(length, |target| target.most);
        let further = length - rung.energy.len();
        advance(chain.as_mut(), &mut stream, further, &mut progress, |chain| {
            rung.energy.push(chain.energy());
            rung.magnetization.push(chain.magnetization());
            probes.observe(chain);
        })?;
        rung.acceptance = chain.acceptance();
        rung.figures = vec![("updates_per_spin", chain.updates_per_spin())];
        if outcome::keeps_state(model) {
            rung.state = chain.state();
        }
        let mut record = outcome::record(model, &rung);
        choice::store(&trials, &mut record);
        match experiment.target.as_ref().and_then(|target| target.further(experiment, &record)) {
            Some(longer) => length = longer,
            None => {
                probes.store(&mut record);
                return Ok(record);
            }
        }
    }
}

/// Whether a series has forgotten its start.
pub(super) fn settled(series: &[f64]) -> bool {
    matches!(settling(series), Settling::Settled { .. })
}

/// Tries the samplers that apply; the share of the work that it takes is not told.
fn trials(experiment: &SweepExperiment, control: &dyn Control) -> Result<Vec<Trial>, RunError> {
    let stride = (UPDATES_PER_REPORT / experiment.sites).max(1);
    let mut sweeps = 0;
    let mut advance = || {
        sweeps += 1;
        if sweeps % stride == 0 { control.advance(0.0) } else { ControlFlow::Continue(()) }
    };
    choice::trials(experiment, &mut advance).ok_or(RunError::Stopped)
}

/// The ground state of a model without frustration, from which its chains start; `None` where it is not obvious.
///
/// A random start of a ferromagnet below its transition may end in stripes, which live for a time that grows like a power
/// of L (Spirin, Krapivsky and Redner 2001, doi:10.1103/PhysRevE.63.036118) and look stationary meanwhile. From the
/// ground state the energy relaxes upwards without a barrier, at every temperature.
pub(super) fn ordered_start(model: &dyn Model) -> Option<Vec<i8>> {
    if let Some(lattice) = model.square_lattice() {
        let (rows, columns) = (lattice.rows, lattice.columns);
        let staggered = lattice.coupling < 0.0;
        if staggered && !(rows.is_multiple_of(2) && columns.is_multiple_of(2)) {
            return None;
        }
        let spin = |row: usize, column: usize| if staggered && (row + column) % 2 == 1 { -1 } else { 1 };
        return Some((0..rows).flat_map(|row| (0..columns).map(move |column| spin(row, column))).collect());
    }
    // Without a list of bonds, which would take more memory than all else.
    if let Some(lattice) = model.cubic_lattice() {
        return (lattice.coupling > 0.0).then(|| vec![1; lattice.sides.iter().product()]);
    }
    if let Some((pairs, sites)) = model.site_states() {
        return sites.aligned(pairs).map(|state| vec![state as i8; pairs.spins()]);
    }
    let pairs = model.pair_model().or_else(|| model.vectors().map(|(pairs, _)| pairs))?;
    let ferromagnet = pairs.couplings.iter().all(|coupling| coupling * pairs.scale >= 0.0);
    let along = |sign: f64| pairs.fields.iter().all(|field| sign * field * pairs.scale >= 0.0);
    let up = if along(1.0) { Some(1) } else { along(-1.0).then_some(-1) };
    up.filter(|_| ferromagnet).map(|spin| vec![spin; pairs.spins()])
}

/// Counts sweeps and reports every few milliseconds.
pub(super) struct Progress<'a> {
    pub(super) control: &'a dyn Control,
    /// Sweeps from report to report.
    pub(super) stride: usize,
    pub(super) done: usize,
    pub(super) total: usize,
}

impl Progress<'_> {
    /// After each sweep.
    pub(super) fn step(&mut self) -> Result<(), RunError> {
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
