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
use super::intervals::{Span, at_most_listed};
use super::shared::Shared;
use super::{ExactEnsemble, Thermodynamics};
use crate::models::spins::PairModel;
use crate::number;
use moments::Moments;
use real::Ends;
use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};
use walk::Walk;
pub(crate) use walk::common_factor;

/// The most spins that are enumerated.
pub const MAX_SPINS: usize = 34;
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

    fn memory(&self) -> u64 {
        // Parts of a batch that are held at once, and what they are folded into.
        let part =
            if whole::applies(&self.walk) { whole::bytes(&self.walk) } else { real::bytes(&self.walk) };
        (1 << 20) + (walk::BATCH.min(self.walk.chunks()) as u64 + 1) * part
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
                Some(at_most_listed(solved))
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
        let span = Span::new(ends.lowest, ends.highest, temperature);
        let (sums, order) = real::sums(&self.walk, &span, temperature, advance)?;
        let multiplicity = self.walk.multiplicity();
        Some(sums.thermodynamics(&span, multiplicity, temperature, ends.ground, Some(order.into())))
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

#[cfg(test)]
mod tests;
