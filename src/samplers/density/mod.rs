//! The density of states: Wang–Landau and multicanonical sampling.
//!
//! A chain whose weights W(E) = e^{−S(E)} are close to 1/g(E), with g(E) the number of states of energy E, visits all energies
//! about equally often and crosses barriers between phases as if they were not there. The algorithm of Wang and Landau
//! ([`wang_landau`]) finds such an S; it is no Markov chain while it learns, so that it has no error bar. At fixed S follows
//! the production ([`produce`]): a stationary chain in detailed balance, from whose series [`canonical`] has averages at every
//! temperature in range, with errors (B. A. Berg and T. Neuhaus, Phys. Rev. Lett. 68 (1992) 9, doi:10.1103/PhysRevLett.68.9).

pub mod canonical;
mod flat;
mod levels;
mod spectrum;
mod walkers;
mod wang_landau;
mod window;

use super::ladder::{Stop, go_on};
use crate::models::Model;
use crate::rng::Stream;
use flat::{Coin, Trips};
use levels::{Axis, Levels};
use std::ops::ControlFlow;
use walkers::{Sites, Spins, Walker};

/// Share of the production's sweeps, besides, in which the chain forgets how it came to its state.
const SETTLING: u64 = 20;

/// The window without ends.
const EVERYWHERE: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

/// What to sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The least and the greatest energy E that the chain may have; `None` for all.
    pub window: Option<(f64, f64)>,
    /// The number of intervals in which energies are taken together; `None` for exact levels where energies are multiples of a
    /// common step, and else for intervals half as wide as what a bond adds to the energy.
    pub bins: Option<usize>,
    /// Sweeps, of N moves, in which weights are learned.
    pub weight_sweeps: u64,
    /// Sweeps at fixed weights that are measured.
    pub production_sweeps: u64,
    /// Sweeps between two measurements, at least 1.
    pub every: u64,
}

/// One level, or interval, of the energy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// The energy E, or the middle of the interval.
    pub energy: f64,
    /// S = −ln W, what the chain's weights are at this level, up to a constant for all.
    pub log_inverse_weight: f64,
    /// ln g(E) from Wang and Landau's algorithm, less its largest value: S, or −∞ where it never found the level. It has no error bar;
    /// [`canonical::density_of_states`] has one.
    pub wang_landau: f64,
    /// How many measurements of the production found the chain here.
    pub visits: u64,
}

/// The weights of a multicanonical chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    levels: Levels,
    /// S by level, +∞ where none may go.
    entropy: Vec<f64>,
    /// Whether a level was found while S was learned.
    found: Vec<bool>,
    /// Whether S was learned to the end: the algorithm had come to steps of 1/t, and all levels found were visited over and over.
    pub converged: bool,
    /// The last step by which S was raised.
    pub step: f64,
    window: (f64, f64),
    /// Whether a model's energy is a multiple of a step, so that levels are exact.
    pub exact: bool,
}

/// What the chain measured, one value each time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series {
    /// E.
    pub energy: Vec<f64>,
    /// The order parameter M, as [`super::Chain::magnetization`] has it.
    pub order: Vec<f64>,
    /// S(E) = −ln W(E), the logarithm of the factor that undoes the weights.
    pub log_inverse_weight: Vec<f64>,
}

/// A multicanonical chain's outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Production {
    /// What was measured.
    pub series: Series,
    /// The levels that the algorithm of Wang and Landau or the chain found, lowest energy first.
    pub levels: Vec<Level>,
    /// Times the chain went from the lowest level that the weights know to the highest and back.
    pub round_trips: u64,
    /// Share of proposed moves accepted.
    pub acceptance: f64,
}

/// Why the density of states of a model cannot be sampled, with an alternative; `None` when it can.
pub fn refuse(model: &dyn Model) -> Option<String> {
    let vectors = model.vectors().is_some() && model.pair_model().is_none() && model.site_states().is_none();
    let name = model.description();
    if vectors {
        return Some(format!(
            "`multicanonical` changes spins of a few states, and those of {name} are vectors, whose energies pile up at no ground \
             level; use `parallel_tempering`, or `clock` with many states"
        ));
    }
    (!super::has_spins(model))
        .then(|| super::walk::without_spins("multicanonical", "changes spins one by one", model))
}

/// Does the same thing with the walker that a model has.
macro_rules! with_walker {
    ($model:expr, $window:expr, $bins:expr, $stream:expr, |$walker:ident, $levels:ident| $body:expr) => {
        if let Some(model) = $model.site_states() {
            let ($levels, scale) = spectrum::of_sites(model, $window, $bins);
            let axis = Axis::new(&$levels);
            if $levels.exact {
                let mut $walker = Sites::<i32>::random(model, scale, axis, $stream);
                $body
            } else {
                let mut $walker = Sites::<f64>::random(model, scale, axis, $stream);
                $body
            }
        } else {
            let pairs = $model.pair_model().expect("invariant: models without spins were refused");
            let ($levels, scale) = spectrum::of_spins(pairs, $window, $bins);
            let axis = Axis::new(&$levels);
            if $levels.exact {
                let mut $walker = Spins::<i32>::random(pairs, scale, axis, $stream);
                $body
            } else {
                let mut $walker = Spins::<f64>::random(pairs, scale, axis, $stream);
                $body
            }
        }
    };
}

/// Learns weights and samples with them: [`weights`], then [`produce`]. `advance` is called with the share of the work done, and the
/// same stream gives the same outcome.
///
/// # Errors
///
/// [`Stop`].
pub fn sample(
    model: &dyn Model,
    settings: &Settings,
    stream: &mut Stream,
    advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<(Weights, Production), Stop> {
    let (first, second) = (settings.weight_sweeps as f64, settings.production_sweeps as f64);
    let share = first / (first + second).max(1.0);
    let window = settings.window.unwrap_or(EVERYWHERE);
    with_walker!(model, window, settings.bins, stream, |walker, levels| {
        let first = &mut |done| advance(share * done);
        let weights = learned(&mut walker, levels, window, settings, stream, first)?;
        let second = &mut |done| advance(share + (1.0 - share) * done);
        let production = production(&mut walker, &weights, settings, stream, second)?;
        Ok((weights, production))
    })
}

/// Learns weights for a model that was not refused.
///
/// # Errors
///
/// [`Stop`].
pub fn weights(
    model: &dyn Model,
    settings: &Settings,
    stream: &mut Stream,
    advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<Weights, Stop> {
    let window = settings.window.unwrap_or(EVERYWHERE);
    with_walker!(model, window, settings.bins, stream, |walker, levels| {
        learned(&mut walker, levels, window, settings, stream, advance)
    })
}

/// Samples with weights that [`weights`] learned for this model: a chain that starts from a random state in the window, forgets
/// it for a twentieth of `production_sweeps`, and is then measured.
///
/// # Errors
///
/// [`Stop`].
pub fn produce(
    model: &dyn Model,
    weights: &Weights,
    settings: &Settings,
    stream: &mut Stream,
    advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<Production, Stop> {
    let bins = (!weights.exact).then(|| weights.levels.count - 2);
    with_walker!(model, weights.window, bins, stream, |walker, levels| {
        debug_assert_eq!(levels, weights.levels, "weights belong to one model");
        window::enter(&mut walker, &levels, weights.window, stream, advance)?;
        production(&mut walker, weights, settings, stream, advance)
    })
}

/// Leads the walker into the window and learns weights.
fn learned<W: Walker>(
    walker: &mut W,
    levels: Levels,
    window: (f64, f64),
    settings: &Settings,
    stream: &mut Stream,
    advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<Weights, Stop> {
    window::enter(walker, &levels, window, stream, advance)?;
    let learned = wang_landau::learn(walker, &levels, window, settings.weight_sweeps, stream, advance)?;
    Ok(Weights::new(levels, window, learned))
}

impl Weights {
    /// Extends what was learned to all allowed levels: those never found get the S of the nearest that was, below it where two
    /// are as near.
    fn new(levels: Levels, window: (f64, f64), learned: wang_landau::Learned) -> Self {
        let wang_landau::Learned { mut entropy, converged, step } = learned;
        let found: Vec<bool> = entropy.iter().map(|s| s.is_finite()).collect();
        let top = entropy.iter().copied().filter(|s| s.is_finite()).fold(f64::NEG_INFINITY, f64::max);
        let known: Vec<usize> = (0..entropy.len()).filter(|level| found[*level]).collect();
        for level in 0..entropy.len() {
            if entropy[level] == f64::NEG_INFINITY {
                let after = known.partition_point(|k| *k < level);
                let nearest = known[after.saturating_sub(1)..(after + 1).min(known.len())]
                    .iter()
                    .min_by_key(|k| k.abs_diff(level))
                    .copied();
                entropy[level] = nearest.map_or(top, |k| entropy[k]);
            }
        }
        let entropy = entropy.into_iter().map(|s| s - top).collect();
        Self { exact: levels.exact, levels, entropy, found, converged, step, window }
    }

    /// The lowest and the highest level found.
    fn ends(&self) -> (usize, usize) {
        let lowest = self.found.iter().position(|found| *found).unwrap_or(0);
        (lowest, self.found.iter().rposition(|found| *found).unwrap_or(0))
    }

    /// The least and the greatest energy of the levels that were found.
    pub fn reach(&self) -> (f64, f64) {
        let (lowest, highest) = self.ends();
        (self.levels.energy(lowest), self.levels.energy(highest))
    }
}

/// Samples at fixed weights.
fn production<W: Walker>(
    walker: &mut W,
    weights: &Weights,
    settings: &Settings,
    stream: &mut Stream,
    advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<Production, Stop> {
    let (coin, sites) = (Coin::new(), walker.sites());
    let (lowest, highest) = weights.ends();
    let total = settings.production_sweeps + settings.production_sweeps / SETTLING;
    let every = settings.every.max(1);
    let mut visits = vec![0_u64; weights.levels.count];
    let mut trips = Trips::between(lowest, highest);
    let (mut series, mut accepted) = (Series::default(), 0);
    for sweep in 0..total {
        if sweep == total - settings.production_sweeps {
            (trips, accepted) = (Trips::between(lowest, highest), 0);
        }
        accepted += flat::walk(walker, &weights.entropy, &mut trips, sites, &coin, stream);
        walker.refresh();
        let measured = (sweep + 1).checked_sub(total - settings.production_sweeps);
        if measured.is_some_and(|sweep| sweep > 0 && sweep.is_multiple_of(every)) {
            let level = walker.level();
            visits[level] += 1;
            series.energy.push(walker.energy());
            series.order.push(walker.order());
            series.log_inverse_weight.push(weights.entropy[level]);
        }
        if sweep % 64 == 0 {
            go_on(advance(sweep as f64 / total as f64))?;
        }
    }
    let level = |level: usize| Level {
        energy: weights.levels.energy(level),
        log_inverse_weight: weights.entropy[level],
        wang_landau: if weights.found[level] { weights.entropy[level] } else { f64::NEG_INFINITY },
        visits: visits[level],
    };
    let known = (0..visits.len()).filter(|level| weights.found[*level] || visits[*level] > 0);
    let moves = settings.production_sweeps as f64 * sites as f64;
    Ok(Production {
        levels: known.map(level).collect(),
        series,
        round_trips: trips.round(),
        acceptance: if moves > 0.0 { accepted as f64 / moves } else { 0.0 },
    })
}

#[cfg(test)]
mod tests;
