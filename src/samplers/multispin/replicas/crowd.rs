//! Many chains of one model, in one word or several.

use super::chance::{COINS, Digits, LaneChance};
use super::plan::{self, Plan};
use super::tally::Counts;
use super::transpose::transpose;
use crate::models::Model;
use crate::models::spins::PairModel;
use crate::rng::Stream;
use crate::samplers::multispin::InstructionSet;
use crate::samplers::multispin::layout::Words;
use rand::Rng;

/// One sweep in 2^LAZY_BITS leaves each spin alone with probability ½, which makes the chains ergodic. It costs 6 % of the updates
/// and makes them forget soon at high temperature, where nearly every spin flips in every other sweep and exchanges bring chains to do so.
const LAZY_BITS: u32 = 3;

/// Whether chains of such a model can share words: equally many neighbours of each spin (3, 4 or 6), bonds ±J, no field.
pub(in crate::samplers) fn takes(pairs: &PairModel) -> bool {
    plan::takes(pairs)
}

/// Independent chains by the bits of words.
pub(in crate::samplers) struct Crowd<'a> {
    pairs: &'a PairModel,
    plan: Plan,
    set: InstructionSet,
    /// The spins of 64 chains each, or of as many as a word holds.
    blocks: Vec<Words>,
    /// What was counted on each block, after its sweep.
    counts: Vec<Counts>,
    /// One for each block, or one for all where the chains have one temperature.
    chances: Vec<LaneChance>,
    /// The coins of each chain, where chains have temperatures of their own.
    digits: Vec<Digits>,
    len: usize,
    /// Spins proposed and flipped in the sweeps in which flips are counted.
    proposed: u64,
    flipped: u64,
}

impl<'a> Crowd<'a> {
    /// Chains at temperatures of their own, started from random states.
    pub(in crate::samplers) fn at(
        set: InstructionSet,
        pairs: &'a PairModel,
        temperatures: &[f64],
        stream: &mut Stream,
    ) -> Option<Self> {
        let mut crowd = Self::new(set, pairs, (temperatures.len(), temperatures.len()), stream)?;
        crowd.chances.extend((1..crowd.blocks.len()).map(|_| crowd.plan.chance(stream)));
        for (chain, temperature) in temperatures.iter().enumerate() {
            crowd.digits.push(crowd.plan.digits(*temperature));
            crowd.put(chain);
        }
        Some(crowd)
    }

    /// So many chains at one temperature, infinity until another is set, in random states.
    pub(in crate::samplers) fn alike(
        set: InstructionSet,
        pairs: &'a PairModel,
        len: usize,
        stream: &mut Stream,
    ) -> Option<Self> {
        let mut crowd = Self::new(set, pairs, (len, 64), stream)?;
        crowd.set_temperature(f64::INFINITY);
        Some(crowd)
    }

    /// `len` chains in random states, in words that have room for `abreast`, or 64.
    fn new(
        set: InstructionSet,
        pairs: &'a PairModel,
        (len, abreast): (usize, usize),
        stream: &mut Stream,
    ) -> Option<Self> {
        let plan = Plan::new(pairs, abreast)?;
        let count = len.div_ceil(plan.chains);
        let mut crowd = Self {
            pairs,
            set,
            blocks: (0..count).map(|_| plan.room()).collect(),
            counts: vec![[(0, 0); 64]; count],
            chances: vec![plan.chance(stream)],
            digits: Vec::new(),
            len,
            proposed: 0,
            flipped: 0,
            plan,
        };
        crowd.randomize(stream);
        Some(crowd)
    }

    /// Draws every spin anew, and forgets what was counted.
    pub(in crate::samplers) fn randomize(&mut self, stream: &mut Stream) {
        for block in &mut self.blocks {
            for class in &self.plan.classes {
                let held = class.words.start..class.words.start + class.held;
                block.as_mut_slice()[held].fill_with(|| stream.next_u64());
            }
        }
        (self.proposed, self.flipped) = (0, 0);
        self.count_all();
    }

    pub(in crate::samplers) fn len(&self) -> usize {
        self.len
    }

    /// The block of a chain, and its bit there.
    fn seat(&self, chain: usize) -> (usize, usize) {
        (chain / self.plan.chains, chain % self.plan.chains)
    }

    /// Hands the coins of a chain to the chance of its block.
    fn put(&mut self, chain: usize) {
        let (block, lane) = self.seat(chain);
        let mask = (0..self.plan.parts).fold(0, |mask, part| mask | 1 << (lane + part * self.plan.chains));
        self.chances[block].put(mask, &self.digits[chain]);
    }

    /// Takes all chains, which have one temperature, to another.
    pub(in crate::samplers) fn set_temperature(&mut self, temperature: f64) {
        let digits = self.plan.digits(temperature);
        self.chances.iter_mut().for_each(|chance| chance.put(u64::MAX, &digits));
    }

    /// Two chains go on at each other's temperatures.
    pub(in crate::samplers) fn exchange(&mut self, a: usize, b: usize) {
        self.digits.swap(a, b);
        self.put(a);
        self.put(b);
    }

    /// A sweep of the chains of a block, which are then counted.
    pub(in crate::samplers) fn sweep(&mut self, block: usize) {
        let (plan, set) = (&self.plan, self.set);
        let chance = match self.chances.len() {
            1 => &mut self.chances[0],
            _ => &mut self.chances[block],
        };
        let lazy = chance.alone.next() >> (64 - LAZY_BITS) == 0;
        let words = self.blocks[block].as_mut_slice();
        match plan.degree {
            3 => set.sweep_all::<3>(plan, words, chance, lazy),
            4 => set.sweep_all::<4>(plan, words, chance, lazy),
            _ => set.sweep_all::<6>(plan, words, chance, lazy),
        }
    }

    /// A sweep of the chains of a block in which flips are counted.
    pub(in crate::samplers) fn sweep_counting(&mut self, block: usize) {
        let words = self.plan.words();
        let before = self.blocks[block].as_slice()[..words].to_vec();
        self.sweep(block);
        let pairs = self.blocks[block].as_slice().iter().zip(&before);
        self.flipped += pairs.map(|(now, then)| u64::from((now ^ then).count_ones())).sum::<u64>();
        self.proposed += (self.plan.sites * self.plan.chains) as u64;
    }

    /// The share of spins that flipped in the sweeps in which flips were counted.
    pub(in crate::samplers) fn acceptance(&self) -> f64 {
        if self.proposed == 0 { 0.0 } else { self.flipped as f64 / self.proposed as f64 }
    }

    /// The number of blocks.
    pub(in crate::samplers) fn blocks(&self) -> usize {
        self.blocks.len()
    }

    fn count_all(&mut self) {
        for block in 0..self.blocks.len() {
            // Of a state that was not made by a sweep the copies are not up to date.
            let last = self.plan.classes.len() - 1;
            self.plan.copy(last, self.blocks[block].as_mut_slice());
            self.count(block);
        }
    }

    /// Counts what energies and magnetisations of a block's chains need, after a sweep.
    pub(in crate::samplers) fn count(&mut self, block: usize) {
        let (plan, set) = (&self.plan, self.set);
        let (words, counts) = (self.blocks[block].as_mut_slice(), &mut self.counts[block]);
        match plan.degree {
            3 => set.count_all::<3>(plan, words, counts),
            4 => set.count_all::<4>(plan, words, counts),
            _ => set.count_all::<6>(plan, words, counts),
        }
        let (first, others) = counts.split_at_mut(plan.chains);
        for part in others.chunks(plan.chains) {
            for (sum, (bonds, up)) in first.iter_mut().zip(part) {
                sum.0 += bonds;
                sum.1 += up;
            }
        }
        first.iter_mut().for_each(|(bonds, _)| *bonds /= plan.ends());
    }

    /// E of a chain.
    pub(in crate::samplers) fn energy(&self, chain: usize) -> f64 {
        let (block, lane) = self.seat(chain);
        let bonds = (self.plan.sites * self.plan.degree / 2) as f64;
        self.plan.offset - self.plan.coupling * (bonds - 2.0 * f64::from(self.counts[block][lane].0))
    }

    /// Σ s of a chain.
    pub(in crate::samplers) fn magnetization(&self, chain: usize) -> f64 {
        let (block, lane) = self.seat(chain);
        2.0 * f64::from(self.counts[block][lane].1) - self.plan.sites as f64
    }

    /// The spins of a chain as ±1.
    pub(in crate::samplers) fn state(&self, chain: usize) -> Vec<i8> {
        let (block, lane) = self.seat(chain);
        let words = self.blocks[block].as_slice();
        let spin = |site: usize| {
            let (word, bit) = self.plan.place(site);
            if words[word] >> (bit as usize + lane) & 1 == 1 { 1 } else { -1 }
        };
        (0..self.plan.sites).map(spin).collect()
    }

    pub(super) fn set_state(&mut self, chain: usize, spins: &[i8]) {
        let (block, lane) = self.seat(chain);
        let words = self.blocks[block].as_mut_slice();
        for (site, spin) in spins.iter().enumerate() {
            let (word, bit) = self.plan.place(site);
            let bit = 1 << (bit as usize + lane);
            words[word] = if *spin > 0 { words[word] | bit } else { words[word] & !bit };
        }
    }

    /// Adds copies of chains at other temperatures.
    pub(in crate::samplers) fn extend(&mut self, copies: &[(usize, f64)], stream: &mut Stream) {
        let chains: Vec<usize> = (0..self.len).chain(copies.iter().map(|(chain, _)| *chain)).collect();
        let mut digits = self.digits.clone();
        digits.extend(copies.iter().map(|(_, temperature)| self.plan.digits(*temperature)));
        let count = chains.len();
        let mut more = Self::new(self.set, self.pairs, (count, count), stream)
            .expect("invariant: the model is the same as before");
        more.chances.extend((1..more.blocks.len()).map(|_| more.plan.chance(stream)));
        more.digits = digits;
        for (chain, from) in chains.into_iter().enumerate() {
            more.set_state(chain, &self.state(from));
            more.put(chain);
        }
        more.count_all();
        *self = more;
    }

    /// Replaces the chains, which have one temperature, by those chosen. Whole words are turned, so that a chain's spins stand
    /// beside each other, copied, and turned back.
    pub(in crate::samplers) fn select(&mut self, chosen: &[usize]) {
        let words = self.plan.words();
        let across = words.div_ceil(64);
        let mut chains = vec![0_u64; self.blocks.len() * 64 * across];
        let mut rows = [0; 64];
        for (block, spins) in self.blocks.iter().enumerate() {
            for (column, from) in spins.as_slice()[..words].chunks(64).enumerate() {
                rows[..from.len()].copy_from_slice(from);
                rows[from.len()..].fill(0);
                transpose(&mut rows);
                for (lane, row) in rows.iter().enumerate() {
                    chains[(block * 64 + lane) * across + column] = *row;
                }
            }
        }
        for (block, spins) in self.blocks.iter_mut().enumerate() {
            let lanes = &chosen[block * 64..chosen.len().min(block * 64 + 64)];
            for (column, to) in spins.as_mut_slice()[..words].chunks_mut(64).enumerate() {
                for (lane, row) in rows.iter_mut().enumerate() {
                    *row = lanes.get(lane).map_or(0, |from| chains[from * across + column]);
                }
                transpose(&mut rows);
                to.copy_from_slice(&rows[..to.len()]);
            }
        }
        let from: Vec<(u32, u32)> = chosen.iter().map(|chain| self.counts[chain / 64][chain % 64]).collect();
        for (counts, from) in self.counts.iter_mut().zip(from.chunks(64)) {
            counts[..from.len()].copy_from_slice(from);
        }
    }
}

impl Plan {
    /// Chance for 64 bits of chains.
    fn chance(&self, stream: &mut Stream) -> LaneChance {
        LaneChance::new(self.words(), self.stretch(), stream)
    }

    /// The coins of a temperature: e^{−2J(z−2n)/T} for the numbers n of unsatisfied bonds below z/2, from the largest.
    fn digits(&self, temperature: f64) -> Digits {
        let least = (self.degree - 1) / 2;
        let probability = |unsatisfied: usize| {
            libm::exp(-2.0 * self.coupling * (self.degree - 2 * unsatisfied) as f64 / temperature)
        };
        let coin = |coin| least.checked_sub(coin).map_or(0.0, probability);
        let coins: [f64; COINS] = std::array::from_fn(coin);
        Digits::new(coins)
    }
}

/// A function that sweeps chains of a model at the temperatures given, on an instruction set of one's choice, and returns the sum of their
/// energies and magnetisations; `None` for a model whose chains cannot share words.
pub fn sweeps_on(
    set: InstructionSet,
    model: &dyn Model,
    temperatures: &[f64],
    stream: &mut Stream,
) -> Option<impl FnMut() -> f64> {
    let mut crowd = Crowd::at(set, model.pair_model()?, temperatures, stream)?;
    Some(move || {
        for block in 0..crowd.blocks() {
            crowd.sweep(block);
            crowd.count(block);
        }
        (0..crowd.len()).map(|chain| crowd.energy(chain) + crowd.magnetization(chain)).sum()
    })
}
