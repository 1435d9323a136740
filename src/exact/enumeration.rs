//! Exact thermodynamics of a pair model by enumeration of all its states.
//!
//! States come in blocks of 2^12 that differ in the outer spins; each chunk of blocks starts from freshly summed fields, so
//! rounding errors cannot build up. Without a field the states s and −s have one energy, and half of them are enumerated.
//! Whole-numbered couplings give the density of states once for all temperatures; others are summed at each.

mod moments;
mod real;
mod walk;
mod whole;

use super::boltzmann::{Level, solve_levels};
use super::shared::Shared;
use super::{ExactEnsemble, Population, Thermodynamics};
use crate::models::spins::PairModel;
use crate::number;
use moments::Moments;
use real::Ends;
use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};
use walk::Walk;

/// The most spins that are enumerated.
pub const MAX_SPINS: usize = 34;
/// The most levels that are listed one by one; beyond it populations are given in [`BINS`] intervals.
pub const MAX_LEVELS: usize = 4096;
/// The number of energy intervals in which the populations of a richer spectrum are given.
pub const BINS: usize = 64;

/// All states of a pair model, ready to be summed.
pub struct Enumeration {
    walk: Walk,
    /// What is found once and serves every temperature; shared by all models with the same couplings, since each point
    /// of a sweep has a model of its own.
    spectrum: Arc<OnceLock<Spectrum>>,
}

/// What does not depend on temperature.
enum Spectrum {
    /// The density of states, lowest energy first, with the moments of the magnetisation in each level.
    Levels(Vec<Level>, Vec<Moments>),
    /// Too many energies to list: their extremes.
    Range(Ends),
}

impl Enumeration {
    /// Whether `spins` spins are few enough.
    ///
    /// # Errors
    ///
    /// If not, a sentence with the numbers.
    pub fn check(spins: usize) -> Result<(), String> {
        if spins <= MAX_SPINS {
            return Ok(());
        }
        Err(format!("2^{spins} states are beyond enumeration (2^{MAX_SPINS} at most)"))
    }

    /// Prepares the enumeration of `pairs`; the work is done by the first [`ExactEnsemble::solve`].
    ///
    /// # Errors
    ///
    /// If there are more than [`MAX_SPINS`] spins.
    pub fn new(pairs: &PairModel) -> Result<Self, String> {
        static KNOWN: Shared<Spectrum> = Shared::new();
        Self::check(pairs.spins())?;
        let walk = Walk::new(pairs);
        let spectrum = KNOWN.get(walk.digest());
        Ok(Self { walk, spectrum })
    }

    fn spectrum(&self, advance: &mut dyn FnMut(f64) -> ControlFlow<()>) -> Option<&Spectrum> {
        if self.spectrum.get().is_none() {
            // Two tasks may both find it: they find the same, and the second is dropped.
            let found = spectrum(&self.walk, advance)?;
            let _ = self.spectrum.set(found);
        }
        self.spectrum.get()
    }
}

impl ExactEnsemble for Enumeration {
    fn method(&self) -> String {
        format!("enumeration of {} states", number::count(1 << self.walk.spins()))
    }

    fn terms(&self) -> f64 {
        libm::exp2(self.walk.free as f64)
    }

    fn solve(
        &self,
        temperature: f64,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Thermodynamics> {
        match self.spectrum(&mut |share| advance(0.5 * share))? {
            Spectrum::Levels(levels, moments) => {
                let mut solved = solve_levels(levels, temperature);
                let mut order = Moments::default();
                for (population, moments) in solved.populations.iter().zip(moments) {
                    order.merge(population.probability, moments);
                }
                solved.order = Some(order.into());
                if levels.len() > MAX_LEVELS {
                    solved.populations = binned(&solved.populations);
                    solved.complete = false;
                }
                Some(solved)
            }
            Spectrum::Range(ends) => self.sum(ends, temperature, &mut |share| advance(0.5 + 0.5 * share)),
        }
    }
}

impl Enumeration {
    /// Sums all states at one temperature.
    fn sum(
        &self,
        ends: &Ends,
        temperature: f64,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Thermodynamics> {
        if temperature == 0.0 {
            let levels = [Level { energy: ends.lowest, degeneracy: ends.ground.degeneracy }];
            return Some(Thermodynamics { ground: Some(ends.ground), ..solve_levels(&levels, 0.0) });
        }
        let sums = real::sums(&self.walk, ends, temperature, advance)?;
        let multiplicity = self.walk.multiplicity();
        let (sign, reference) = if temperature > 0.0 { (1.0, ends.lowest) } else { (-1.0, ends.highest) };
        let excess = sums.first / sums.total;
        let width = (ends.highest - ends.lowest) / BINS as f64;
        let bin = |bin: usize| {
            let (near, far) =
                (reference + sign * bin as f64 * width, reference + sign * (bin + 1) as f64 * width);
            let count = multiplicity * sums.counts[bin] as f64;
            interval(near.min(far), near.max(far), count, sums.weights[bin] / sums.total)
        };
        let mut populations: Vec<Population> = (0..BINS).map(bin).collect();
        if sign < 0.0 {
            populations.reverse();
        }
        Some(Thermodynamics {
            log_partition: libm::log(multiplicity * sums.total) - reference / temperature,
            energy: reference + sign * excess,
            energy_variance: (sums.second / sums.total - excess * excess).max(0.0),
            counted: None,
            populations,
            complete: false,
            order: Some(sums.order.into()),
            ground: Some(ends.ground),
        })
    }
}

/// The density of states where it can be listed, else the ends of the spectrum.
fn spectrum(walk: &Walk, advance: &mut dyn FnMut(f64) -> ControlFlow<()>) -> Option<Spectrum> {
    if whole::applies(walk) {
        let (levels, moments) = whole::levels(walk, advance)?.into_iter().unzip();
        return Some(Spectrum::Levels(levels, moments));
    }
    if walk.free <= walk::BLOCK_BITS {
        let (levels, moments) = real::levels(walk).into_iter().unzip();
        return Some(Spectrum::Levels(levels, moments));
    }
    Some(Spectrum::Range(real::ends(walk, advance)?))
}

/// The populations of many levels, gathered in [`BINS`] equal intervals of energy.
pub(super) fn binned(levels: &[Population]) -> Vec<Population> {
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
pub(super) fn interval(low: f64, high: f64, degeneracy: f64, probability: f64) -> Population {
    let label = format!("{} to {}", number::plain(low), number::plain(high));
    Population { label, energy: 0.5 * (low + high), degeneracy, probability }
}

#[cfg(test)]
mod tests;
