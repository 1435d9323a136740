//! Samplers that serve all temperatures of a curve in one run.

use crate::models::Model;
use crate::rng::Stream;
use crate::statistics::thermalization::{Settling, settling};
use std::ops::ControlFlow;

/// What a run along temperatures is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The temperatures, ascending.
    pub temperatures: Vec<f64>,
    /// Sweeps that are discarded, where there is a run-in; `None` decides from the data.
    pub run_in: Option<usize>,
    /// Most sweeps that an automatic run-in may take.
    pub longest_run_in: usize,
    /// Values to measure at each temperature: sweeps, members of a population, paths.
    pub samples: usize,
    /// Sweeps at each temperature on the way down, where the method goes down.
    pub relaxation: usize,
    /// Whether temperatures may be added where those given are too far apart.
    pub refine: bool,
}

/// What was measured at one temperature.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rung {
    /// E of each sample.
    pub energy: Vec<f64>,
    /// The order parameter M of each.
    pub magnetization: Vec<f64>,
    /// ln w of each sample's weight; empty where all count alike.
    pub log_weight: Vec<f64>,
    /// ln Z(T) − ln Z(∞) by this run, where the method gives it.
    pub log_partition: Option<f64>,
    /// The energies of the run-in.
    pub trace: Vec<f64>,
    /// Whether an automatic run-in found the chain settled.
    pub settled: bool,
    /// What the method counts as its acceptance: a share of exchanges made, of members kept.
    pub acceptance: f64,
    /// Named numbers of the method's own: round trips, families.
    pub figures: Vec<(&'static str, f64)>,
    /// The last state, as [`super::Chain::state`] gives it.
    pub state: Vec<i8>,
    /// The number of states at each energy, lowest first, where the run gives it; with the first temperature for all.
    pub density: Vec<LogDensity>,
}

/// The number of states of an energy, or in an interval of energies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogDensity {
    /// The energy E.
    pub energy: f64,
    /// ln g(E).
    pub value: f64,
    /// Its standard error.
    pub std_error: f64,
}

/// A sampler that serves all temperatures in one run.
#[derive(Clone, Copy)]
pub struct Ladder {
    /// Runs it.
    pub climb: Climb,
    /// Its way through the temperatures.
    pub course: Course,
    /// What one replica is: "population".
    pub replica: &'static str,
    /// What it measures at each temperature, in the plural: "members".
    pub sample: &'static str,
}

/// A way through the temperatures.
#[derive(Clone, Copy)]
pub enum Course {
    /// At all at once, after a run-in; temperatures may be added between.
    Together,
    /// Down from infinite temperature, with so many sweeps at each unless the file says otherwise.
    Fall {
        /// Sweeps at each temperature.
        relaxation: usize,
        /// Bytes that each sample of so many sites takes while the run lasts; 0 where they come one by one.
        member: fn(usize) -> u64,
    },
    /// Through all energies, whatever the temperatures.
    Flat,
}

/// Why there is no outcome.
#[derive(Debug, Clone, PartialEq)]
pub enum Stop {
    /// The progress callback broke.
    Cancelled,
    /// The method failed on this model; a sentence.
    Failed(String),
}

/// Runs a method on a model: a rung for each temperature, in order. `advance` is told every few milliseconds which share of
/// the work is done.
pub type Climb =
    fn(&dyn Model, &Settings, &mut Stream, &mut dyn FnMut(f64) -> ControlFlow<()>) -> Result<Vec<Rung>, Stop>;

/// Whether a run-in's energies and order parameters have settled.
pub(super) fn settled(energy: &[f64], order: &[f64]) -> bool {
    [energy, order].iter().all(|series| matches!(settling(series), Settling::Settled { .. }))
}

/// What the progress callback said, as a result.
pub(super) fn go_on(flow: ControlFlow<()>) -> Result<(), Stop> {
    if flow.is_break() { Err(Stop::Cancelled) } else { Ok(()) }
}

/// Tells of progress once in so many spin updates, a few milliseconds of the slowest sampler.
const UPDATES_PER_REPORT: usize = 200_000;

/// Counts the sweeps of single chains of `sites` sites towards a total that may grow.
pub(super) struct Tally<'a> {
    advance: &'a mut dyn FnMut(f64) -> ControlFlow<()>,
    stride: usize,
    pending: usize,
    done: f64,
    /// The sweeps expected in all.
    pub(super) total: f64,
    /// The share of the work, where sweeps do not tell it.
    share: f64,
}

impl<'a> Tally<'a> {
    pub(super) fn new(sites: usize, total: f64, advance: &'a mut dyn FnMut(f64) -> ControlFlow<()>) -> Self {
        Self {
            advance,
            stride: (UPDATES_PER_REPORT / sites.max(1)).max(1),
            pending: 0,
            done: 0.0,
            total,
            share: 0.0,
        }
    }

    /// Notes which share of the work is done, whatever the sweeps were.
    pub(super) fn at(&mut self, share: f64) {
        self.share = share;
    }

    /// Notes sweeps; an error when the run shall stop.
    pub(super) fn add(&mut self, sweeps: usize) -> Result<(), Stop> {
        self.pending += sweeps;
        self.done += sweeps as f64;
        if self.pending < self.stride {
            return Ok(());
        }
        self.pending = 0;
        go_on((self.advance)((self.done / self.total).max(self.share).min(1.0)))
    }
}

#[cfg(test)]
mod tests;
