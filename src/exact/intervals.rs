//! Rich spectra: sums over all states, with populations in equal intervals of energy instead of levels.

use super::{Ground, OrderMoments, Population, Thermodynamics};
use crate::number;

/// The most levels that are listed one by one; beyond it populations are given in [`BINS`] intervals.
pub(super) const MAX_LEVELS: usize = 4096;
/// The number of energy intervals in which the populations of a richer spectrum are given.
pub(super) const BINS: usize = 64;

/// The spectrum as seen from its likeliest end: the lowest energy for T > 0, the highest for T < 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    /// 1 for T > 0, −1 for T < 0.
    pub(super) sign: f64,
    /// The energy of the likeliest end.
    pub(super) reference: f64,
    /// The width of an interval.
    pub(super) width: f64,
}

impl Span {
    pub(super) fn new(lowest: f64, highest: f64, temperature: f64) -> Self {
        let (sign, reference) = if temperature > 0.0 { (1.0, lowest) } else { (-1.0, highest) };
        Self { sign, reference, width: (highest - lowest) / BINS as f64 }
    }
}

/// Sums over states of weights w = e^{−x/|T|}, where x ≥ 0 is the energy's distance from the likeliest end.
#[derive(Debug, Clone)]
pub(super) struct Sums {
    /// Σ w.
    pub(super) total: f64,
    /// Σ w x and Σ w x².
    pub(super) first: f64,
    pub(super) second: f64,
    /// Σ w by intervals of x, and how many states are in each.
    pub(super) weights: [f64; BINS],
    pub(super) counts: [u64; BINS],
}

impl Default for Sums {
    fn default() -> Self {
        Self { total: 0.0, first: 0.0, second: 0.0, weights: [0.0; BINS], counts: [0; BINS] }
    }
}

impl Sums {
    pub(super) fn join(&mut self, other: &Self) {
        self.total += other.total;
        self.first += other.first;
        self.second += other.second;
        self.weights.iter_mut().zip(other.weights).for_each(|(sum, more)| *sum += more);
        self.counts.iter_mut().zip(other.counts).for_each(|(sum, more)| *sum += more);
    }

    /// What follows from the sums, when each state that was summed stands for `multiplicity` of them.
    pub(super) fn thermodynamics(
        &self,
        span: &Span,
        multiplicity: f64,
        temperature: f64,
        ground: Ground,
        order: Option<OrderMoments>,
    ) -> Thermodynamics {
        let Span { sign, reference, width } = *span;
        let excess = self.first / self.total;
        let population = |bin: usize| {
            let (near, far) = (bin as f64 * width, (bin + 1) as f64 * width);
            let (near, far) = (reference + sign * near, reference + sign * far);
            let count = multiplicity * self.counts[bin] as f64;
            interval(near.min(far), near.max(far), count, self.weights[bin] / self.total)
        };
        let mut populations: Vec<Population> = (0..BINS).map(population).collect();
        if sign < 0.0 {
            populations.reverse();
        }
        Thermodynamics {
            log_partition: libm::log(multiplicity * self.total) - reference / temperature,
            energy: reference + sign * excess,
            energy_variance: (self.second / self.total - excess * excess).max(0.0),
            counted: None,
            populations,
            complete: false,
            order,
            ground: Some(ground),
        }
    }
}

/// The thermodynamics of listed levels, with their populations gathered in intervals where there are more than
/// [`MAX_LEVELS`].
pub(super) fn at_most_listed(solved: Thermodynamics) -> Thermodynamics {
    if solved.populations.len() <= MAX_LEVELS {
        return solved;
    }
    Thermodynamics { populations: binned(&solved.populations), complete: false, ..solved }
}

/// The populations of many levels, gathered in [`BINS`] equal intervals of energy.
fn binned(levels: &[Population]) -> Vec<Population> {
    let energies = || levels.iter().map(|level| level.energy);
    let lowest = energies().fold(f64::INFINITY, f64::min);
    let width = (energies().fold(f64::NEG_INFINITY, f64::max) - lowest) / BINS as f64;
    let mut bins: Vec<Population> = (0..BINS)
        .map(|bin| interval(lowest + bin as f64 * width, lowest + (bin + 1) as f64 * width, 0.0, 0.0))
        .collect();
    for level in levels {
        let bin = &mut bins[(((level.energy - lowest) / width) as usize).min(BINS - 1)];
        bin.degeneracy += level.degeneracy;
        bin.probability += level.probability;
    }
    bins
}

/// The population of the interval from `low` to `high`, with its middle for an energy.
fn interval(low: f64, high: f64, degeneracy: f64, probability: f64) -> Population {
    let label = format!("{} to {}", number::plain(low), number::plain(high));
    Population { label, energy: 0.5 * (low + high), degeneracy, probability }
}
