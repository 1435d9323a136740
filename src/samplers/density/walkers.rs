//! Configurations that change by single-spin moves and always know the level of their energy.

use super::levels::{Amount, Axis};
use super::spectrum::{SiteScale, SpinScale};
use crate::models::site_states::SiteStates;
use crate::models::spins::PairModel;
use crate::rng::Stream;
use crate::samplers::metropolis::random_spins;
use crate::samplers::states::Configuration;
use rand::Rng;

/// A configuration, with moves that are proposed as often as their reverse.
pub(super) trait Walker {
    /// A move that may be made.
    type Move: Copy;

    /// Draws a move; with it come 32 random bits of which it does not depend, to decide on it.
    fn draw(&mut self, stream: &mut Stream) -> (Self::Move, u32);

    /// The level to which a move leads.
    fn destination(&self, change: Self::Move) -> usize;

    /// The energy to which it leads.
    fn energy_after(&self, change: Self::Move) -> f64;

    /// Makes the move.
    fn make(&mut self, change: Self::Move);

    /// The level of the energy.
    fn level(&self) -> usize;

    /// The energy E.
    fn energy(&self) -> f64;

    /// The order parameter M.
    fn order(&self) -> f64;

    /// Number of sites N.
    fn sites(&self) -> usize;

    /// Forms running sums anew where rounding has touched them.
    fn refresh(&mut self);
}

/// A site from the leading half of a random word; its chance deviates from 1/N by at most 2^−32.
#[inline(always)]
fn site(word: u64, sites: usize) -> usize {
    (((word >> 32) * sites as u64) >> 32) as usize
}

/// The couplings, reckoned in some unit.
struct Bonds<'a, A> {
    pairs: &'a PairModel,
    couplings: Vec<A>,
    /// The coupling of all bonds, where it is one.
    common: Option<A>,
}

impl<'a, A: Amount> Bonds<'a, A> {
    fn new(pairs: &'a PairModel, factor: f64) -> Self {
        let couplings: Vec<A> = pairs.couplings.iter().map(|coupling| A::of(coupling * factor)).collect();
        let first = couplings.first().copied();
        Self { pairs, common: first.filter(|first| couplings.iter().all(|other| other == first)), couplings }
    }

    #[inline(always)]
    fn row(&self, i: usize) -> std::ops::Range<usize> {
        self.pairs.starts[i] as usize..self.pairs.starts[i + 1] as usize
    }

    /// Σ_j J_ij f(j).
    #[inline(always)]
    fn sum(&self, i: usize, value: impl Fn(usize) -> A) -> A {
        let row = self.row(i);
        let neighbours = &self.pairs.neighbours[row.clone()];
        let mut sum = A::default();
        if let Some(coupling) = self.common {
            for j in neighbours {
                sum += value(*j as usize);
            }
            return coupling * sum;
        }
        for (j, coupling) in neighbours.iter().zip(&self.couplings[row]) {
            sum += *coupling * value(*j as usize);
        }
        sum
    }
}

/// Ising spins; a move is the spin to flip and what that costs.
pub(super) struct Spins<'a, A> {
    bonds: Bonds<'a, A>,
    fields: Vec<A>,
    state: Vec<i8>,
    energy: A,
    magnetization: i64,
    scale: SpinScale,
    axis: Axis,
}

impl<'a, A: Amount> Spins<'a, A> {
    /// Random spins.
    pub(super) fn random(pairs: &'a PairModel, scale: SpinScale, axis: Axis, stream: &mut Stream) -> Self {
        let state = random_spins(pairs.spins(), stream);
        let mut spins = Self {
            bonds: Bonds::new(pairs, scale.flip),
            fields: pairs.fields.iter().map(|field| A::of(field * scale.flip)).collect(),
            magnetization: state.iter().map(|spin| i64::from(*spin)).sum(),
            state,
            energy: A::default(),
            scale,
            axis,
        };
        spins.form();
        spins
    }

    fn form(&mut self) {
        let energy = self.bonds.pairs.energy(&self.state);
        self.energy = A::of((energy - self.scale.zero) / self.scale.unit);
    }
}

impl<A: Amount> Walker for Spins<'_, A> {
    type Move = (u32, A);

    #[inline(always)]
    fn draw(&mut self, stream: &mut Stream) -> (Self::Move, u32) {
        let word = stream.next_u64();
        let i = site(word, self.state.len());
        let local = self.bonds.sum(i, |j| A::from(self.state[j])) + self.fields[i];
        ((i as u32, A::from(self.state[i]) * local), word as u32)
    }

    #[inline(always)]
    fn destination(&self, (_, cost): Self::Move) -> usize {
        (self.energy + cost).level(self.axis)
    }

    fn energy_after(&self, (_, cost): Self::Move) -> f64 {
        self.scale.zero + (self.energy + cost).as_f64() * self.scale.unit
    }

    #[inline(always)]
    fn make(&mut self, (i, cost): Self::Move) {
        let spin = &mut self.state[i as usize];
        *spin = -*spin;
        self.magnetization += 2 * i64::from(*spin);
        self.energy += cost;
    }

    fn level(&self) -> usize {
        self.energy.level(self.axis)
    }

    fn energy(&self) -> f64 {
        self.scale.zero + self.energy.as_f64() * self.scale.unit
    }

    fn order(&self) -> f64 {
        self.magnetization as f64
    }

    fn sites(&self) -> usize {
        self.state.len()
    }

    fn refresh(&mut self) {
        if !A::EXACT {
            self.form();
        }
    }
}

/// Sites of a few states; a move is the site, its new state and what that costs.
pub(super) struct Sites<'a, A> {
    now: Configuration<'a>,
    bonds: Bonds<'a, A>,
    fields: Vec<A>,
    alone: Vec<A>,
    along: Vec<A>,
    likeness: Vec<A>,
    energy: A,
    scale: SiteScale,
    axis: Axis,
}

impl<'a, A: Amount> Sites<'a, A> {
    /// Random states.
    pub(super) fn random(
        (pairs, sites): (&'a PairModel, &'a SiteStates),
        scale: SiteScale,
        axis: Axis,
        stream: &mut Stream,
    ) -> Self {
        let of = |values: &[f64], factor: f64| -> Vec<A> {
            values.iter().map(|value| A::of(value * factor)).collect()
        };
        let mut walker = Self {
            now: Configuration::random((pairs, sites), stream),
            bonds: Bonds::new(pairs, scale.couplings),
            fields: of(&pairs.fields, scale.fields),
            alone: of(&sites.alone, scale.alone),
            along: of(&sites.along, scale.along),
            likeness: of(&sites.likeness, scale.likeness),
            energy: A::default(),
            scale,
            axis,
        };
        walker.form();
        walker
    }

    fn form(&mut self) {
        self.energy = A::of((self.now.energy() - self.scale.zero) / self.scale.unit);
    }
}

impl<A: Amount> Walker for Sites<'_, A> {
    type Move = (u32, u8, A);

    #[inline(always)]
    fn draw(&mut self, stream: &mut Stream) -> (Self::Move, u32) {
        let (first, second) = (stream.next_u64(), stream.next_u64());
        let (i, q) = (site(first, self.now.state.len()), self.alone.len());
        let from = usize::from(self.now.state[i]);
        let other = site(second, q - 1);
        let to = other + usize::from(other >= from);
        let (old, new) = (&self.likeness[from * q..from * q + q], &self.likeness[to * q..to * q + q]);
        let state = &self.now.state;
        let bonds = self.bonds.sum(i, |j| {
            let x = usize::from(state[j]);
            old[x] - new[x]
        });
        let site = self.alone[to] - self.alone[from] + self.fields[i] * (self.along[from] - self.along[to]);
        ((i as u32, to as u8, bonds + site), second as u32)
    }

    #[inline(always)]
    fn destination(&self, (_, _, cost): Self::Move) -> usize {
        (self.energy + cost).level(self.axis)
    }

    fn energy_after(&self, (_, _, cost): Self::Move) -> f64 {
        self.scale.zero + (self.energy + cost).as_f64() * self.scale.unit
    }

    #[inline(always)]
    fn make(&mut self, (i, to, cost): Self::Move) {
        self.now.set(i as usize, to);
        self.energy += cost;
    }

    fn level(&self) -> usize {
        self.energy.level(self.axis)
    }

    fn energy(&self) -> f64 {
        self.scale.zero + self.energy.as_f64() * self.scale.unit
    }

    fn order(&self) -> f64 {
        self.now.order()
    }

    fn sites(&self) -> usize {
        self.now.state.len()
    }

    fn refresh(&mut self) {
        if !A::EXACT {
            self.form();
        }
    }
}
