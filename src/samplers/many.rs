//! Many chains of one model that are swept together: side by side in the bits of words where that is possible, one after the other
//! elsewhere.

use super::ladder::Stop;
use super::multispin::{self, Crowd, InstructionSet};
use super::tempered::{Tempered, local};
use crate::models::Model;
use crate::models::spins::PairModel;
use crate::rng::Stream;

/// The chains.
pub(super) enum Many<'a> {
    /// One after the other.
    Apart(Vec<Box<dyn Tempered<'a> + 'a>>),
    /// In the bits of words.
    Packed(Box<Crowd<'a>>),
}

/// The spins of a model whose chains can share words.
fn packable(model: &dyn Model) -> Option<&PairModel> {
    if model.site_states().is_some() || model.vectors().is_some() || model.curie_weiss().is_some() {
        return None;
    }
    model.pair_model().filter(|pairs| multispin::many_take(pairs))
}

impl<'a> Many<'a> {
    /// A chain at each of the temperatures, from random states.
    pub(super) fn at(model: &'a dyn Model, temperatures: &[f64], stream: &mut Stream) -> Self {
        let packed = packable(model)
            .and_then(|pairs| Crowd::at(InstructionSet::widest(), pairs, temperatures, stream));
        packed.map_or_else(
            || {
                let chain = |temperature: &f64| local(model, *temperature, stream);
                Self::Apart(temperatures.iter().map(chain).collect())
            },
            |crowd| Self::Packed(Box::new(crowd)),
        )
    }

    /// So many chains at infinite temperature.
    pub(super) fn hot(model: &'a dyn Model, count: usize, stream: &mut Stream) -> Self {
        let packed =
            packable(model).and_then(|pairs| Crowd::alike(InstructionSet::widest(), pairs, count, stream));
        packed.map_or_else(
            || Self::Apart((0..count).map(|_| local(model, f64::INFINITY, stream)).collect()),
            |crowd| Self::Packed(Box::new(crowd)),
        )
    }

    /// How many chains at infinity are best taken at once, where all shall be independent and need not meet.
    pub(super) fn abreast(model: &dyn Model) -> usize {
        if packable(model).is_some() { 64 } else { 1 }
    }

    /// Begins anew with so many chains at infinite temperature.
    pub(super) fn renew(&mut self, model: &'a dyn Model, count: usize, stream: &mut Stream) {
        match self {
            Self::Packed(crowd) if crowd.len() == count => crowd.randomize(stream),
            Self::Apart(_) | Self::Packed(_) => *self = Self::hot(model, count, stream),
        }
    }

    /// The share of proposed moves that a chain accepted.
    pub(super) fn acceptance(&self, chain: usize) -> f64 {
        match self {
            Self::Apart(chains) => chains[chain].acceptance(),
            Self::Packed(crowd) => crowd.acceptance(),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Apart(chains) => chains.len(),
            Self::Packed(crowd) => crowd.len(),
        }
    }

    /// E of a chain.
    pub(super) fn energy(&self, chain: usize) -> f64 {
        match self {
            Self::Apart(chains) => chains[chain].energy(),
            Self::Packed(crowd) => crowd.energy(chain),
        }
    }

    /// The order parameter M of a chain.
    pub(super) fn magnetization(&self, chain: usize) -> f64 {
        match self {
            Self::Apart(chains) => chains[chain].magnetization(),
            Self::Packed(crowd) => crowd.magnetization(chain),
        }
    }

    /// The state of a chain, as [`super::Chain::state`] gives it.
    pub(super) fn state(&self, chain: usize) -> Vec<i8> {
        match self {
            Self::Apart(chains) => chains[chain].state(),
            Self::Packed(crowd) => crowd.state(chain),
        }
    }

    /// Forgets what was counted.
    pub(super) fn tune(&mut self) {
        if let Self::Apart(chains) = self {
            chains.iter_mut().for_each(|chain| chain.tune());
        }
    }

    /// A sweep of each chain.
    pub(super) fn sweep(&mut self, stream: &mut Stream) {
        match self {
            Self::Apart(chains) => chains.iter_mut().for_each(|chain| chain.sweep(stream)),
            Self::Packed(crowd) => {
                for block in 0..crowd.blocks() {
                    crowd.sweep(block);
                    crowd.count(block);
                }
            }
        }
    }

    /// Two chains exchange their temperatures: each is given with the one that it goes to.
    pub(super) fn exchange(&mut self, (a, of_b): (usize, f64), (b, of_a): (usize, f64)) {
        match self {
            Self::Apart(chains) => {
                chains[a].set_temperature(of_b);
                chains[b].set_temperature(of_a);
            }
            Self::Packed(crowd) => crowd.exchange(a, b),
        }
    }

    /// Adds copies of chains, at the temperatures given.
    pub(super) fn extend(&mut self, copies: &[(usize, f64)], stream: &mut Stream) {
        match self {
            Self::Apart(chains) => {
                for (from, temperature) in copies {
                    let mut chain = chains[*from].duplicate();
                    chain.set_temperature(*temperature);
                    chains.push(chain);
                }
            }
            Self::Packed(crowd) if !copies.is_empty() => crowd.extend(copies, stream),
            Self::Packed(_) => {}
        }
    }

    /// Takes chains that have one temperature to another, where each makes so many sweeps. `advance` is told of the sweeps of
    /// single chains.
    pub(super) fn relax(
        &mut self,
        temperature: f64,
        sweeps: usize,
        stream: &mut Stream,
        advance: &mut dyn FnMut(usize) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        match self {
            Self::Apart(chains) => {
                for chain in chains {
                    chain.set_temperature(temperature);
                    for _ in 0..sweeps {
                        chain.sweep(stream);
                    }
                    advance(sweeps)?;
                }
            }
            Self::Packed(crowd) => {
                crowd.set_temperature(temperature);
                for block in 0..crowd.blocks() {
                    (1..sweeps).for_each(|_| crowd.sweep(block));
                    if sweeps > 0 {
                        crowd.sweep_counting(block);
                    }
                    crowd.count(block);
                    advance(64 * sweeps)?;
                }
            }
        }
        Ok(())
    }

    /// Replaces chains that have one temperature by those at the chosen places, which ascend.
    pub(super) fn select(&mut self, chosen: &[usize]) {
        match self {
            Self::Apart(chains) => *chains = copies(std::mem::take(chains), chosen),
            Self::Packed(crowd) => crowd.select(chosen),
        }
    }
}

/// The members at the chosen places, which ascend; each moves to the first of its copies.
fn copies<'a>(members: Vec<Box<dyn Tempered<'a> + 'a>>, chosen: &[usize]) -> Vec<Box<dyn Tempered<'a> + 'a>> {
    let mut members: Vec<Option<Box<dyn Tempered<'a> + 'a>>> = members.into_iter().map(Some).collect();
    let mut next: Vec<Box<dyn Tempered<'a> + 'a>> = Vec::with_capacity(chosen.len());
    for from in chosen {
        let member = match members[*from].take() {
            Some(member) => member,
            // The one before it in the new population is its first copy.
            None => next.last().expect("invariant: the places ascend").duplicate(),
        };
        next.push(member);
    }
    next
}
