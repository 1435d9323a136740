//! All configurations of a network in blocks: the inner sites of a block take all their states, the outer ones are held.

use crate::exact::OrderMoments;
use crate::exact::batches::batches;
use crate::exact::network::{Bond, Network};
use std::ops::ControlFlow;

/// The most configurations of a block.
const BLOCK: usize = 1 << 12;
/// About as many configurations one thread takes at a time.
const CHUNK: usize = 1 << 16;
/// Chunks between two reports of progress.
const BATCH: usize = 8;
/// Energies that differ by less than this share of the sum of all terms' sizes are one level.
const TIE: f64 = 1e-12;

/// The configurations block by block.
pub(super) struct Walk {
    pub(super) states: usize,
    /// Number of sites of the whole network.
    pub(super) sites: usize,
    /// The sites that take all their states: all, or all but one that is held.
    free: Network,
    /// How many configurations each one visited stands for.
    pub(super) multiplicity: f64,
    /// Whether the moments of the order parameter are known: with a site held, they are the same for q = 2 alone.
    ordered: bool,
    /// Number of inner sites, and of a block's configurations.
    inner: usize,
    block: usize,
    /// Energies of the inner bonds, and what inner sites add to the order parameter, for each configuration of them: the
    /// state of the first site counts fastest.
    inner_energies: Vec<f64>,
    inner_orders: Vec<f64>,
    /// Bonds between two outer sites, and those that join an inner site to an outer one.
    outer_bonds: Vec<Bond>,
    crossing: Vec<Bond>,
    /// What the site that is held adds to the order parameter.
    held: f64,
    /// Energies that differ by no more than this are one level.
    pub(super) tie: f64,
}

impl Walk {
    pub(super) fn new(network: &Network) -> Self {
        let (states, sites) = (network.states, network.sites());
        let pinned = network.symmetric && sites > 0;
        let last = sites.saturating_sub(1);
        let free = if pinned { network.pinned(last) } else { network.clone() };
        let inner = (0..=free.sites())
            .take_while(|count| states.checked_pow(*count as u32).is_some_and(|size| size <= BLOCK))
            .last()
            .unwrap_or(0);
        let block = states.pow(inner as u32);
        let bonds = |ends_within: &dyn Fn(&Bond) -> bool| -> Vec<Bond> {
            free.bonds.iter().filter(|bond| ends_within(bond)).cloned().collect()
        };
        let digit = |configuration: usize, site: usize| configuration / states.pow(site as u32) % states;
        let within = bonds(&|bond| bond.ends.1 < inner);
        let bonded = |configuration: usize| -> f64 {
            let energy = |bond: &Bond| {
                bond.energies[digit(configuration, bond.ends.0) * states + digit(configuration, bond.ends.1)]
            };
            within.iter().map(energy).sum()
        };
        let mut inner_orders = vec![0.0; block];
        spread(0.0, &free.order[..inner * states], states, &mut inner_orders);
        let largest = |energies: &[f64]| energies.iter().fold(0.0_f64, |most, energy| most.max(energy.abs()));
        let bound = free.site_energies.chunks(states).map(largest).sum::<f64>()
            + free.bonds.iter().map(|bond| largest(&bond.energies)).sum::<f64>();
        Self {
            states,
            sites,
            multiplicity: if pinned { states as f64 } else { 1.0 },
            ordered: !pinned || states == 2,
            inner,
            block,
            inner_energies: (0..block).map(bonded).collect(),
            inner_orders,
            outer_bonds: bonds(&|bond| bond.ends.0 >= inner),
            crossing: bonds(&|bond| bond.ends.0 < inner && bond.ends.1 >= inner),
            held: if pinned { network.order[last * states] } else { 0.0 },
            tie: TIE * bound,
            free,
        }
    }

    /// How many configurations are visited.
    pub(super) fn configurations(&self) -> usize {
        self.states.pow(self.free.sites() as u32)
    }

    /// Blocks of one chunk.
    fn chunk_blocks(&self) -> usize {
        (CHUNK / self.block).max(1)
    }

    /// The most configurations of one chunk.
    pub(super) fn chunk_length(&self) -> usize {
        self.chunk_blocks() * self.block
    }

    /// The most configurations that are held at once.
    pub(super) fn at_once(&self) -> usize {
        BATCH * self.chunk_length().min(self.configurations())
    }

    /// Calls `visit` with the energies and the order parameters of each block of one chunk.
    pub(super) fn blocks(&self, chunk: usize, mut visit: impl FnMut(&[f64], &[f64])) {
        let (q, inner) = (self.states, self.inner);
        let blocks = self.configurations() / self.block;
        let first = chunk * self.chunk_blocks();
        let (mut energies, mut orders) = (vec![0.0; self.block], vec![0.0; self.block]);
        let mut state = vec![0_usize; self.free.sites()];
        for index in first..blocks.min(first + self.chunk_blocks()) {
            let mut rest = index;
            for digit in &mut state[inner..] {
                *digit = rest % q;
                rest /= q;
            }
            let outer = || (inner..state.len()).map(|site| site * q + state[site]);
            let constant = self.free.offset
                + outer().map(|at| self.free.site_energies[at]).sum::<f64>()
                + self
                    .outer_bonds
                    .iter()
                    .map(|bond| bond.energies[state[bond.ends.0] * q + state[bond.ends.1]])
                    .sum::<f64>();
            let mut site_energies = self.free.site_energies[..inner * q].to_vec();
            for bond in &self.crossing {
                let (i, outside) = (bond.ends.0, state[bond.ends.1]);
                (0..q).for_each(|a| site_energies[i * q + a] += bond.energies[a * q + outside]);
            }
            spread(constant, &site_energies, q, &mut energies);
            energies.iter_mut().zip(&self.inner_energies).for_each(|(sum, more)| *sum += more);
            let order = self.held + outer().map(|at| self.free.order[at]).sum::<f64>();
            orders.iter_mut().zip(&self.inner_orders).for_each(|(sum, inner)| *sum = order + inner);
            visit(&energies, &orders);
        }
    }

    /// Maps all chunks over the threads and folds the parts in order.
    pub(super) fn batches<T: Send>(
        &self,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
        map: impl Fn(usize) -> T + Sync,
        fold: impl FnMut(T),
    ) -> Option<()> {
        let chunks = (self.configurations() / self.block).div_ceil(self.chunk_blocks());
        batches((chunks, BATCH), advance, map, fold)
    }

    /// Mean moments per site from sums of |M|, M² and M⁴ with weights that add up to `total`.
    pub(super) fn moments(&self, sums: &[f64; 3], total: f64) -> Option<OrderMoments> {
        let sites = (self.sites as f64).max(1.0);
        let mean = |index: usize, power: i32| sums[index] / total / sites.powi(power);
        self.ordered.then(|| OrderMoments { square: mean(1, 2), others: Some((mean(0, 1), mean(2, 4))) })
    }
}

/// Spreads start + Σ_i f_i(x_i) over all configurations of some sites, where `values` has a row of q numbers f_i(a) for each
/// site, and the state of the first site counts fastest.
fn spread(start: f64, values: &[f64], q: usize, sums: &mut [f64]) {
    sums[0] = start;
    let mut length = 1;
    for row in values.chunks_exact(q) {
        let (lower, rest) = sums.split_at_mut(length);
        for (value, upper) in row[1..].iter().zip(rest.chunks_exact_mut(length)) {
            upper.iter_mut().zip(&*lower).for_each(|(sum, before)| *sum = before + value);
        }
        lower.iter_mut().for_each(|sum| *sum += row[0]);
        length *= q;
    }
}
