//! Configurations that change by single-spin moves and always know the level of their energy.

use super::levels::{Amount, Axis};
use super::spectrum::{SiteScale, SpinScale};
use crate::models::site_states::SiteStates;
use crate::models::spins::PairModel;
use crate::rng::Stream;
use crate::samplers::metropolis::random_spins;
use crate::samplers::states::Configuration;
use rand::Rng;

/// Sites with more neighbours than this are not given the states of neighbours.
const MOST_NEIGHBOURS: usize = 64;

/// What is drawn at random: a move, what makes up for it being proposed more often than its reverse, and a number.
#[derive(Clone, Copy)]
pub(super) struct Draw<M> {
    pub(super) change: M,
    /// ln of how often the reverse is proposed over how often the move is, from the states that they start from.
    pub(super) bias: f64,
    /// 32 random bits on which the move does not depend, to decide on it.
    pub(super) leading: u32,
}

/// A configuration with moves of single sites.
pub(super) trait Walker {
    /// A move that may be made.
    type Move: Copy;

    /// Draws a move.
    fn draw(&mut self, stream: &mut Stream) -> Draw<Self::Move>;

    /// Whether it leads to another state.
    fn changes(change: Self::Move) -> bool;

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
    fn draw(&mut self, stream: &mut Stream) -> Draw<Self::Move> {
        let word = stream.next_u64();
        let i = site(word, self.state.len());
        let local = self.bonds.sum(i, |j| A::from(self.state[j])) + self.fields[i];
        let change = (i as u32, A::from(self.state[i]) * local);
        Draw { change, bias: 0.0, leading: word as u32 }
    }

    #[inline(always)]
    fn changes(_: Self::Move) -> bool {
        true
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

/// Sites of a few states; a move is the site, its old and its new state and what that costs.
///
/// In an ordered phase of many states nearly all random ones are out of place. Where couplings favour equal states, half of the
/// proposals are therefore the state of a neighbour, the others any state: state a is proposed with a probability
/// ∝ z/q + n_a, if n_a of the z neighbours have it, whatever the state of the site itself. The acceptance makes up for that.
pub(super) struct Sites<'a, A> {
    now: Configuration<'a>,
    bonds: Bonds<'a, A>,
    fields: Vec<A>,
    alone: Vec<A>,
    along: Vec<A>,
    likeness: Vec<A>,
    /// The coupling of all bonds, where it is one and counts equal states.
    exchange: Option<A>,
    /// ln(z/q + n) by z and n, where states of neighbours are proposed.
    shares: Option<Vec<f64>>,
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
        let (bonds, q) = (Bonds::new(pairs, scale.couplings), sites.states());
        let equal = (0..q * q).all(|ab| sites.likeness[ab] == f64::from(u8::from(ab / q == ab % q)));
        let most = (0..pairs.spins()).map(|i| bonds.row(i).len()).max().unwrap_or(0);
        let attract = pairs.scale * pairs.couplings.iter().sum::<f64>() > 0.0 && most <= MOST_NEIGHBOURS;
        let share = |zn: usize| {
            let (z, n) = (zn / (MOST_NEIGHBOURS + 1), zn % (MOST_NEIGHBOURS + 1));
            // A site without neighbours has all states proposed alike.
            if z == 0 { 0.0 } else { libm::log(z as f64 / q as f64 + n as f64) }
        };
        let mut walker = Self {
            now: Configuration::random((pairs, sites), stream),
            exchange: bonds.common.filter(|_| equal).map(|coupling| coupling * A::of(scale.likeness)),
            shares: attract.then(|| (0..(MOST_NEIGHBOURS + 1) * (MOST_NEIGHBOURS + 1)).map(share).collect()),
            bonds,
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
    type Move = (u32, [u8; 2], A);

    #[inline(always)]
    fn draw(&mut self, stream: &mut Stream) -> Draw<Self::Move> {
        let (first, second) = (stream.next_u64(), stream.next_u64());
        let (i, q) = (site(first, self.now.state.len()), self.alone.len());
        let state = &self.now.state;
        let neighbours = &self.bonds.pairs.neighbours[self.bonds.row(i)];
        let from = usize::from(state[i]);
        // The first bit tells which kind of proposal it is, the rest of the leading half which one.
        let to = match &self.shares {
            Some(_) if second >> 63 == 0 && !neighbours.is_empty() => {
                usize::from(state[neighbours[site(second << 1, neighbours.len())] as usize])
            }
            Some(_) => site(second << 1, q),
            None => {
                let other = site(second, q - 1);
                other + usize::from(other >= from)
            }
        };
        let (mut alike, mut then) = (0, 0);
        for j in neighbours {
            let x = usize::from(state[*j as usize]);
            alike += usize::from(x == from);
            then += usize::from(x == to);
        }
        let bonds = match self.exchange {
            Some(coupling) => coupling * (A::of_count(alike) - A::of_count(then)),
            None => {
                let (old, new) = (&self.likeness[from * q..from * q + q], &self.likeness[to * q..to * q + q]);
                self.bonds.sum(i, |j| {
                    let x = usize::from(state[j]);
                    old[x] - new[x]
                })
            }
        };
        let bias = self.shares.as_ref().map_or(0.0, |shares| {
            let row = &shares[neighbours.len() * (MOST_NEIGHBOURS + 1)..];
            row[alike] - row[then]
        });
        let alone = self.alone[to] - self.alone[from] + self.fields[i] * (self.along[from] - self.along[to]);
        let change =
            (i as u32, [from as u8, to as u8], if to == from { A::default() } else { bonds + alone });
        Draw { change, bias, leading: second as u32 }
    }

    #[inline(always)]
    fn changes((_, [from, to], _): Self::Move) -> bool {
        from != to
    }

    #[inline(always)]
    fn destination(&self, (_, _, cost): Self::Move) -> usize {
        (self.energy + cost).level(self.axis)
    }

    fn energy_after(&self, (_, _, cost): Self::Move) -> f64 {
        self.scale.zero + (self.energy + cost).as_f64() * self.scale.unit
    }

    #[inline(always)]
    fn make(&mut self, (i, [_, to], cost): Self::Move) {
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
