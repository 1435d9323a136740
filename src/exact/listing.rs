//! Exact thermodynamics of a network of few configurations, every one of which is visited.
//!
//! Configurations come in blocks that differ in the first, inner sites alone. With the outer sites held, the energy of a
//! block's configuration is that of its inner bonds, the same for all blocks, and a sum of one number per inner site,
//! which is spread over the block site by site: a configuration costs two additions, and each block is summed afresh, so
//! that rounding errors cannot build up. Where all sites may turn together, one is held and Z is multiplied by q.
//!
//! The levels are found once for all temperatures; only where there are too many of them are the weights of all
//! configurations summed at each.

mod walk;

use super::boltzmann::{Level, solve_levels};
use super::intervals::{BINS, Span, Sums, at_most_listed};
use super::network::Network;
use super::shared::Shared;
use super::{ExactEnsemble, Ground, Thermodynamics};
use crate::number;
use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};
use walk::Walk;

/// The most configurations that are visited.
pub const MAX_CONFIGURATIONS: u64 = 1 << 24;
/// The most levels that are kept; weights of a richer spectrum are summed at each temperature.
const MOST_KEPT: usize = 1 << 16;

/// All configurations of a network, ready to be summed.
pub struct Listing {
    walk: Walk,
    spectrum: Arc<OnceLock<Spectrum>>,
}

impl Listing {
    /// Whether `sites` sites of `states` states have few enough configurations.
    ///
    /// # Errors
    ///
    /// If not, a sentence with the numbers.
    pub fn check(states: usize, sites: usize) -> Result<(), String> {
        let count = u32::try_from(sites).ok().and_then(|sites| (states as u64).checked_pow(sites));
        if count.is_some_and(|count| count <= MAX_CONFIGURATIONS) {
            return Ok(());
        }
        Err(format!(
            "{states}^{sites} states are beyond enumeration (2^{} at most)",
            MAX_CONFIGURATIONS.ilog2()
        ))
    }

    /// Prepares the enumeration of `network`; the work is done by the first [`ExactEnsemble::solve`].
    ///
    /// # Errors
    ///
    /// If there are more than [`MAX_CONFIGURATIONS`] configurations.
    pub fn new(network: &Network) -> Result<Self, String> {
        static KNOWN: Shared<Spectrum> = Shared::new();
        Self::check(network.states, network.sites())?;
        Ok(Self { walk: Walk::new(network), spectrum: KNOWN.get(digest(network)) })
    }

    fn spectrum(&self, advance: &mut dyn FnMut(f64) -> ControlFlow<()>) -> Option<&Spectrum> {
        if self.spectrum.get().is_none() {
            // Two tasks may both find it: they find the same, and the second is dropped.
            let found = Spectrum::find(&self.walk, advance)?;
            let _ = self.spectrum.set(found);
        }
        self.spectrum.get()
    }

    /// Sums the weights of all configurations at one temperature, not 0.
    fn sum(
        &self,
        ends: &Ends,
        temperature: f64,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Thermodynamics> {
        let walk = &self.walk;
        let span = Span::new(ends.low[0].energy, ends.high.energy, temperature);
        let sum = |chunk: usize| {
            let (mut part, mut moments) = (Sums::default(), [0.0; 3]);
            walk.blocks(chunk, |energies, orders| {
                for (energy, order) in energies.iter().zip(orders) {
                    // The likeliest state that is met again in another block may differ from itself by rounding.
                    let x = (span.sign * (energy - span.reference)).max(0.0);
                    let (weight, bin) = (libm::exp(-x / temperature.abs()), (x / span.width) as usize);
                    let bin = bin.min(BINS - 1);
                    part.total += weight;
                    part.first += weight * x;
                    part.second += weight * x * x;
                    part.weights[bin] += weight;
                    part.counts[bin] += 1;
                    moments.iter_mut().zip(powers(*order)).for_each(|(sum, power)| *sum += weight * power);
                }
            });
            (part, moments)
        };
        let (mut sums, mut moments) = (Sums::default(), [0.0; 3]);
        walk.batches(advance, sum, |(part, more)| {
            sums.join(&part);
            moments.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        })?;
        let order = walk.moments(&moments, sums.total);
        Some(sums.thermodynamics(
            &span,
            walk.multiplicity,
            temperature,
            ends.ground(walk.multiplicity),
            order,
        ))
    }
}

impl ExactEnsemble for Listing {
    fn method(&self) -> String {
        let count = (self.walk.states as u64).pow(self.walk.sites as u32);
        format!("enumeration of {} state{}", number::count(count), if count == 1 { "" } else { "s" })
    }

    fn terms(&self) -> f64 {
        self.walk.configurations() as f64
    }

    fn memory(&self) -> u64 {
        (2 << 20) + (self.walk.at_once() * (size_of::<(f64, f64)>() + size_of::<Cell>())) as u64
    }

    fn solve(
        &self,
        temperature: f64,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Thermodynamics> {
        let walk = &self.walk;
        match self.spectrum(&mut |share| advance(0.5 * share))? {
            Spectrum::Levels(cells) => {
                let level = |cell: &Cell| Level {
                    energy: cell.energy,
                    degeneracy: walk.multiplicity * cell.count as f64,
                };
                let levels: Vec<Level> = cells.iter().map(level).collect();
                let mut solved = solve_levels(&levels, temperature);
                let mut moments = [0.0; 3];
                for (population, cell) in solved.populations.iter().zip(cells) {
                    let weight = population.probability / cell.count as f64;
                    moments.iter_mut().zip(cell.moments).for_each(|(sum, more)| *sum += weight * more);
                }
                solved.order = walk.moments(&moments, 1.0);
                Some(at_most_listed(solved))
            }
            Spectrum::Ends(ends) if temperature == 0.0 => {
                let ground = ends.ground(walk.multiplicity);
                let levels = [Level { energy: ground.energy, degeneracy: ground.degeneracy }];
                let order = walk.moments(&ends.low[0].moments, ends.low[0].count as f64);
                Some(Thermodynamics { ground: Some(ground), order, ..solve_levels(&levels, 0.0) })
            }
            Spectrum::Ends(ends) => self.sum(ends, temperature, &mut |share| advance(0.5 + 0.5 * share)),
        }
    }
}

/// What does not depend on temperature.
enum Spectrum {
    /// The density of states, lowest energy first.
    Levels(Vec<Cell>),
    /// Too many levels to keep.
    Ends(Ends),
}

/// The ends of a rich spectrum.
struct Ends {
    /// The two lowest levels.
    low: Vec<Cell>,
    /// The highest level.
    high: Cell,
}

/// Configurations of one energy.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cell {
    energy: f64,
    count: u64,
    /// Σ |M|, Σ M² and Σ M⁴ over them.
    moments: [f64; 3],
}

impl Spectrum {
    fn find(walk: &Walk, advance: &mut dyn FnMut(f64) -> ControlFlow<()>) -> Option<Self> {
        let list = |chunk: usize| {
            let mut all: Vec<(f64, f64)> = Vec::with_capacity(walk.chunk_length());
            walk.blocks(chunk, |energies, orders| {
                all.extend(energies.iter().copied().zip(orders.iter().copied()));
            });
            all.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
            merged(all.into_iter().map(|(energy, order)| Cell::of(energy, order)), walk.tie)
        };
        let mut levels = Some(Vec::new());
        let (mut low, mut high) = (Vec::new(), Vec::new());
        walk.batches(advance, list, |part: Vec<Cell>| {
            low = joined(&low, &part[..part.len().min(2)], walk.tie);
            low.truncate(2);
            high = joined(&high, &part[part.len() - 1..], walk.tie);
            high.drain(..high.len() - 1);
            levels = levels
                .take()
                .map(|kept| joined(&kept, &part, walk.tie))
                .filter(|kept| kept.len() <= MOST_KEPT);
        })?;
        Some(match levels {
            Some(levels) => Self::Levels(levels),
            None => Self::Ends(Ends { low, high: high[0] }),
        })
    }
}

impl Ends {
    fn ground(&self, multiplicity: f64) -> Ground {
        let ground = self.low[0];
        let gap = self.low.get(1).map(|next| (next.energy - ground.energy, multiplicity * next.count as f64));
        Ground { energy: ground.energy, degeneracy: multiplicity * ground.count as f64, gap }
    }
}

impl Cell {
    /// One configuration.
    fn of(energy: f64, order: f64) -> Self {
        Self { energy, count: 1, moments: powers(order) }
    }
}

/// |M|, M² and M⁴.
fn powers(order: f64) -> [f64; 3] {
    let square = order * order;
    [order.abs(), square, square * square]
}

/// Cells in ascending order of energy, those that agree to `tie` made one.
fn merged(cells: impl Iterator<Item = Cell>, tie: f64) -> Vec<Cell> {
    let mut merged: Vec<Cell> = Vec::new();
    for cell in cells {
        match merged.last_mut().filter(|last| cell.energy - last.energy <= tie) {
            Some(last) => {
                last.count += cell.count;
                last.moments.iter_mut().zip(cell.moments).for_each(|(sum, more)| *sum += more);
            }
            None => merged.push(cell),
        }
    }
    merged
}

/// The union of two ascending lists of cells.
fn joined(first: &[Cell], second: &[Cell], tie: f64) -> Vec<Cell> {
    let (mut i, mut j) = (0, 0);
    let both = std::iter::from_fn(|| {
        let from_first = match (first.get(i), second.get(j)) {
            (Some(a), Some(b)) => a.energy <= b.energy,
            (a, _) => a.is_some(),
        };
        let (list, at) = if from_first { (first, &mut i) } else { (second, &mut j) };
        *at += 1;
        list.get(*at - 1).copied()
    });
    merged(both, tie)
}

/// What the configurations depend on, for recognising the same network again.
fn digest(network: &Network) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    let mut word = |word: u64| {
        hasher.update(&word.to_le_bytes());
    };
    word(network.states as u64);
    word(network.sites() as u64);
    word(u64::from(network.symmetric));
    for bond in &network.bonds {
        word(bond.ends.0 as u64);
        word(bond.ends.1 as u64);
        bond.energies.iter().for_each(|energy| word(energy.to_bits()));
    }
    let values = network.site_energies.iter().chain(&network.order).chain([&network.offset]);
    values.for_each(|value| word(value.to_bits()));
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests;
