//! Exact thermodynamics of a pair model by enumeration of all its states in Gray-code order.
//!
//! Consecutive states differ by one spin, so each costs one local field. States come in blocks of 2^12; each block
//! starts from a freshly summed energy, so rounding errors cannot build up. Without a field the states s and −s have
//! one energy, and half of them are enumerated.

use super::boltzmann::{Level, solve_levels};
use super::{ExactEnsemble, Population, Thermodynamics};
use crate::models::spins::PairModel;
use crate::number;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

/// The most spins that are enumerated.
pub const MAX_SPINS: usize = 24;
/// The most levels that are listed one by one; beyond it populations are given in [`BINS`] intervals.
pub const MAX_LEVELS: usize = 4096;
/// The number of energy intervals in which the populations of a richer spectrum are given.
pub const BINS: usize = 64;

/// log₂ of the number of states in a block.
const BLOCK_BITS: usize = 12;
/// The largest |energy|, in units of the common divisor of all couplings, for which states are counted by energy.
const LARGEST_WHOLE: f64 = (1_u32 << 21) as f64;

/// All states of a pair model, ready to be summed.
pub struct Enumeration {
    walk: Walk,
    /// What is found once and serves every temperature; shared by all models with the same couplings, since each point
    /// of a sweep has a model of its own.
    spectrum: Arc<OnceLock<Spectrum>>,
}

/// What does not depend on temperature.
enum Spectrum {
    /// The density of states, lowest energy first.
    Levels(Vec<Level>),
    /// Too many energies to list: their extremes.
    Range { lowest: f64, highest: f64 },
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
        Self::check(pairs.spins())?;
        let walk = Walk::new(pairs);
        let spectrum = shared(walk.digest());
        Ok(Self { walk, spectrum })
    }

    fn spectrum(&self, advance: &mut dyn FnMut(f64) -> ControlFlow<()>) -> Option<&Spectrum> {
        if self.spectrum.get().is_none() {
            // Two tasks may both find it: they find the same, and the second is dropped.
            let found = self.walk.spectrum(advance)?;
            let _ = self.spectrum.set(found);
        }
        self.spectrum.get()
    }
}

impl ExactEnsemble for Enumeration {
    fn method(&self) -> String {
        format!("enumeration of {} states", number::count(1 << self.walk.fields.len()))
    }

    fn terms(&self) -> f64 {
        libm::exp2(self.walk.free as f64)
    }

    fn solve(
        &self,
        temperature: f64,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Thermodynamics> {
        let solved = match self.spectrum(&mut |share| advance(0.5 * share))? {
            Spectrum::Levels(levels) => {
                let mut solved = solve_levels(levels, temperature);
                if levels.len() > MAX_LEVELS {
                    solved.populations = binned(&solved.populations);
                    solved.complete = false;
                }
                solved
            }
            Spectrum::Range { lowest, highest } => {
                self.walk.solve(temperature, (*lowest, *highest), &mut |share| advance(0.5 + 0.5 * share))?
            }
        };
        Some(solved)
    }
}

/// The spectrum under `key`, shared with whoever else holds it.
fn shared(key: [u8; 32]) -> Arc<OnceLock<Spectrum>> {
    type Known = Vec<([u8; 32], Weak<OnceLock<Spectrum>>)>;
    static KNOWN: Mutex<Known> = Mutex::new(Vec::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.retain(|(_, spectrum)| spectrum.strong_count() > 0);
    if let Some(found) = known.iter().find(|(name, _)| *name == key).and_then(|(_, weak)| weak.upgrade()) {
        return found;
    }
    let fresh = Arc::new(OnceLock::new());
    known.push((key, Arc::downgrade(&fresh)));
    fresh
}

/// A pair model in units in which its couplings are whole numbers, where there are such units:
/// E = offset − unit · (Σ J s s + Σ h s).
struct Walk {
    starts: Vec<usize>,
    bonds: Vec<(usize, f64)>,
    fields: Vec<f64>,
    unit: f64,
    offset: f64,
    /// Number of spins that are flipped: all, or all but the last one when s and −s have one energy.
    free: usize,
    /// Σ|J| + Σ|h|, when all are whole and it is small enough to count states by energy.
    whole: Option<f64>,
}

impl Walk {
    fn new(pairs: &PairModel) -> Self {
        let spins = pairs.spins();
        let factor = common_factor(pairs.couplings.iter().chain(&pairs.fields).copied());
        let scaled = |value: f64| factor.map_or(value, |factor| libm::round(value * factor));
        let bonds: Vec<(usize, f64)> =
            (0..spins).flat_map(|i| pairs.row(i)).map(|(j, coupling)| (j, scaled(coupling))).collect();
        let fields: Vec<f64> = pairs.fields.iter().map(|field| scaled(*field)).collect();
        let bound = 0.5 * bonds.iter().map(|(_, j)| j.abs()).sum::<f64>()
            + fields.iter().map(|h| h.abs()).sum::<f64>();
        let symmetric = spins > 0 && fields.iter().all(|field| *field == 0.0);
        Self {
            starts: pairs.starts.iter().map(|start| *start as usize).collect(),
            bonds,
            fields,
            unit: pairs.scale / factor.unwrap_or(1.0),
            offset: pairs.offset,
            free: if symmetric { spins - 1 } else { spins },
            whole: factor.map(|_| bound).filter(|bound| *bound <= LARGEST_WHOLE),
        }
    }

    fn digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        for start in &self.starts {
            hasher.update(&(*start as u64).to_le_bytes());
        }
        for &(neighbour, coupling) in &self.bonds {
            hasher.update(&(neighbour as u64).to_le_bytes());
            hasher.update(&coupling.to_bits().to_le_bytes());
        }
        for value in self.fields.iter().chain([&self.unit, &self.offset]) {
            hasher.update(&value.to_bits().to_le_bytes());
        }
        *hasher.finalize().as_bytes()
    }

    fn energy(&self, bracket: f64) -> f64 {
        self.offset - self.unit * bracket
    }

    /// How many microstates each enumerated state stands for.
    fn multiplicity(&self) -> f64 {
        if self.free < self.fields.len() { 2.0 } else { 1.0 }
    }

    /// Calls `visit` with the brackets Σ J s s + Σ h s of one block of states after the other.
    fn blocks(
        &self,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
        mut visit: impl FnMut(&[f64]),
    ) -> Option<()> {
        let bits = self.free.min(BLOCK_BITS);
        let count = 1_u64 << (self.free - bits);
        let mut brackets = vec![0.0; 1 << bits];
        for block in 0..count {
            self.fill(block << bits, &mut brackets);
            visit(&brackets);
            if block % 16 == 15 && advance((block + 1) as f64 / count as f64).is_break() {
                return None;
            }
        }
        Some(())
    }

    /// The brackets of the states number `first`, `first` + 1 … of the Gray code k ⊕ (k ≫ 1).
    fn fill(&self, first: u64, brackets: &mut [f64]) {
        let spins = self.fields.len();
        let code = first ^ (first >> 1);
        let mut state = [1.0_f64; MAX_SPINS];
        for (i, spin) in state.iter_mut().enumerate().take(self.free) {
            *spin = if code >> i & 1 == 1 { -1.0 } else { 1.0 };
        }
        let mut local = [0.0_f64; MAX_SPINS];
        let mut bracket = 0.0;
        for i in 0..spins {
            let row = &self.bonds[self.starts[i]..self.starts[i + 1]];
            let pairs: f64 = row.iter().map(|(j, coupling)| coupling * state[*j]).sum();
            local[i] = pairs + self.fields[i];
            bracket += state[i] * (0.5 * pairs + self.fields[i]);
        }
        let last = brackets.len() - 1;
        for (index, place) in brackets.iter_mut().enumerate() {
            *place = bracket;
            if index == last {
                break;
            }
            let flipped = (first + index as u64 + 1).trailing_zeros() as usize;
            bracket -= 2.0 * state[flipped] * local[flipped];
            state[flipped] = -state[flipped];
            let change = 2.0 * state[flipped];
            for &(j, coupling) in &self.bonds[self.starts[flipped]..self.starts[flipped + 1]] {
                local[j] += coupling * change;
            }
        }
    }

    fn spectrum(&self, advance: &mut dyn FnMut(f64) -> ControlFlow<()>) -> Option<Spectrum> {
        if let Some(bound) = self.whole {
            let mut counts = vec![0_u64; 2 * bound as usize + 1];
            self.blocks(advance, |brackets| {
                for bracket in brackets {
                    counts[(bracket + bound) as usize] += 1;
                }
            })?;
            let occupied = counts.iter().enumerate().filter(|(_, count)| **count > 0);
            let mut levels: Vec<Level> = occupied
                .map(|(index, count)| Level {
                    energy: self.energy(index as f64 - bound),
                    degeneracy: self.multiplicity() * *count as f64,
                })
                .collect();
            levels.sort_by(|a, b| a.energy.total_cmp(&b.energy));
            return Some(Spectrum::Levels(levels));
        }
        if self.free <= BLOCK_BITS {
            let mut energies = Vec::new();
            self.blocks(advance, |brackets| {
                energies.extend(brackets.iter().map(|bracket| self.energy(*bracket)))
            })?;
            return Some(Spectrum::Levels(merged(energies, self.multiplicity())));
        }
        let (mut lowest, mut highest) = (f64::INFINITY, f64::NEG_INFINITY);
        self.blocks(advance, |brackets| {
            for bracket in brackets {
                lowest = lowest.min(self.energy(*bracket));
                highest = highest.max(self.energy(*bracket));
            }
        })?;
        Some(Spectrum::Range { lowest, highest })
    }

    /// Sums all states at one temperature, block by block: the rounding error of a sum grows with the length of a block
    /// and the number of blocks, not with their product.
    fn solve(
        &self,
        temperature: f64,
        (lowest, highest): (f64, f64),
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Thermodynamics> {
        let per_bin = BINS as f64 / (highest - lowest);
        let bin_of = |excess: f64| ((excess * per_bin) as usize).min(BINS - 1);
        let (mut total, mut first, mut second) = (0.0, 0.0, 0.0);
        let (mut counts, mut weights) = ([0_u64; BINS], [0.0; BINS]);
        self.blocks(advance, |brackets| {
            let (mut block_total, mut block_first, mut block_second) = (0.0, 0.0, 0.0);
            let mut block_weights = [0.0; BINS];
            for bracket in brackets {
                // A state of lowest energy that is met again in another block may differ from it by rounding.
                let excess = (self.energy(*bracket) - lowest).max(0.0);
                let weight = libm::exp(-excess / temperature);
                block_total += weight;
                block_first += weight * excess;
                block_second += weight * excess * excess;
                counts[bin_of(excess)] += 1;
                block_weights[bin_of(excess)] += weight;
            }
            total += block_total;
            first += block_first;
            second += block_second;
            for (weight, more) in weights.iter_mut().zip(block_weights) {
                *weight += more;
            }
        })?;
        let excess = first / total;
        let populations = (0..BINS)
            .map(|bin| {
                interval(
                    lowest + bin as f64 / per_bin,
                    lowest + (bin + 1) as f64 / per_bin,
                    self.multiplicity() * counts[bin] as f64,
                    weights[bin] / total,
                )
            })
            .collect();
        Some(Thermodynamics {
            log_partition: libm::log(self.multiplicity() * total) - lowest / temperature,
            energy: lowest + excess,
            energy_variance: (second / total - excess * excess).max(0.0),
            counted: None,
            populations,
            complete: false,
        })
    }
}

/// The least factor of a short list that makes all values whole, up to rounding in their last digits.
fn common_factor(values: impl Iterator<Item = f64> + Clone) -> Option<f64> {
    let whole = |value: f64, factor: f64| {
        let product = value * factor;
        (product - libm::round(product)).abs() <= 4.0 * f64::EPSILON * product.abs() && product.abs() < 1e9
    };
    let powers_of_two = (0..=20).map(|power| libm::exp2(f64::from(power)));
    let decimals = [5.0, 10.0, 20.0, 100.0, 1000.0, 10_000.0, 100_000.0];
    powers_of_two.chain(decimals).find(|factor| values.clone().all(|value| whole(value, *factor)))
}

/// The distinct energies, those that agree to rounding taken as one.
fn merged(mut energies: Vec<f64>, multiplicity: f64) -> Vec<Level> {
    energies.sort_by(f64::total_cmp);
    let size = energies.iter().fold(0.0_f64, |size, energy| size.max(energy.abs()));
    let mut levels: Vec<Level> = Vec::new();
    for energy in energies {
        match levels.last_mut() {
            Some(level) if energy - level.energy <= 1e-13 * size => level.degeneracy += multiplicity,
            _ => levels.push(Level { energy, degeneracy: multiplicity }),
        }
    }
    levels
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

#[cfg(test)]
mod tests;
