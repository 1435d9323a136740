//! The table of an elimination and the three operations on it, over all threads.

use super::program::{Link, Operation};
use super::summand::{Gain, Summand};
use crate::exact::network::Network;
use rayon::prelude::*;

/// The most entries of a stretch: its energies are tabulated once and serve all stretches of the table.
const STRETCH: usize = 4096;

/// One sum for each configuration of the open sites; the state of the site at place p is the digit of weight q^p.
pub(super) struct Table<'a, S> {
    network: &'a Network,
    beta: f64,
    pub(super) entries: Vec<S>,
    /// ln of the factor by which all plain weights have been divided.
    pub(super) log_scale: f64,
    /// The largest plain weight.
    largest: f64,
}

impl<'a, S: Summand> Table<'a, S> {
    /// The table before any site is open.
    pub(super) fn new(network: &'a Network, beta: f64) -> Self {
        Self { network, beta, entries: vec![S::ONE], log_scale: 0.0, largest: 1.0 }
    }

    /// Carries out one operation.
    pub(super) fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::Open { site, links } => self.open(*site, links),
            Operation::Replace { site, place, bond, links, .. } => self.replace(*site, *place, *bond, links),
            Operation::Close { place, .. } => self.close(*place),
        }
    }

    fn open(&mut self, site: usize, links: &[Link]) {
        let old = std::mem::take(&mut self.entries);
        let gains = self.gains(site, links, &[], old.len());
        let mut entries = vec![S::ONE; old.len() * self.network.states];
        let stretch = gains.stretch;
        let largest = entries
            .par_chunks_mut(stretch)
            .enumerate()
            .map(|(index, chunk)| {
                let (state, base) = (index * stretch / old.len(), index * stretch % old.len());
                let far = gains.far(self.network, links, base);
                let mut largest = 0.0_f64;
                for (at, entry) in chunk.iter_mut().enumerate() {
                    *entry = old[base + at].weighed(gains.of(state, at, &far));
                    largest = largest.max(entry.weight());
                }
                largest
            })
            .reduce(|| 0.0, f64::max);
        self.entries = entries;
        self.settle(gains.log_scale, largest);
    }

    fn replace(&mut self, site: usize, place: usize, bond: Link, links: &[Link]) {
        let q = self.network.states;
        let step = q.pow(place as u32);
        let mut entries = std::mem::take(&mut self.entries);
        let gains = self.gains(site, links, &[bond], entries.len());
        let stretch = gains.stretch;
        let between = Between::new(&gains, self.network, bond);
        let largest = if step < stretch {
            let near = |(index, chunk): (usize, &mut [S])| {
                let far = gains.far(self.network, links, index * stretch);
                let mut largest = 0.0_f64;
                for (index, block) in chunk.chunks_mut(q * step).enumerate() {
                    largest =
                        largest.max(exchange_block(block, step, &gains, &between, index * q * step, &far));
                }
                largest
            };
            entries.par_chunks_mut(stretch).enumerate().map(near).reduce(|| 0.0, f64::max)
        } else {
            let mut units: Vec<(usize, Vec<&mut [S]>)> = Vec::new();
            for (index, block) in entries.chunks_mut(q * step).enumerate() {
                let mut parts: Vec<_> = block.chunks_mut(step).map(|part| part.chunks_mut(stretch)).collect();
                for at in 0..step / stretch {
                    let unit = parts.iter_mut().filter_map(Iterator::next).collect();
                    units.push((index * q * step + at * stretch, unit));
                }
            }
            let far = |(base, parts): (usize, Vec<&mut [S]>)| {
                let far = gains.far(self.network, links, base);
                exchange(parts, &gains, &between, 0, &far)
            };
            units.into_par_iter().map(far).reduce(|| 0.0, f64::max)
        };
        self.entries = entries;
        self.settle(gains.log_scale, largest);
    }

    fn close(&mut self, place: usize) {
        let q = self.network.states;
        let step = q.pow(place as u32);
        let old = std::mem::take(&mut self.entries);
        let sum = |index: usize| {
            let start = index / step * q * step + index % step;
            (1..q).fold(old[start], |sum, state| sum.plus(old[start + state * step]))
        };
        self.entries = (0..old.len() / q).into_par_iter().with_min_len(STRETCH).map(sum).collect();
        let largest = self.entries.par_iter().with_min_len(STRETCH).map(|entry| entry.weight());
        let largest = largest.reduce(|| 0.0, f64::max);
        self.settle(0.0, largest);
    }

    fn settle(&mut self, log_scale: f64, largest: f64) {
        self.log_scale += log_scale;
        self.largest = largest;
    }

    /// The gains of `site` in all its states, for a table of `entries` entries; `between` are links that are weighed by
    /// [`Between`].
    fn gains(&mut self, site: usize, links: &[Link], between: &[Link], entries: usize) -> Gains {
        let q = self.network.states;
        let mut stretch = 1;
        while q > 1 && stretch * q <= STRETCH.min(entries) {
            stretch *= q;
        }
        // Factors are taken relative to the largest that each link and the site can give, so that none exceeds 1.
        let mut log_scale = 0.0;
        let mut least = |energies: &mut dyn Iterator<Item = f64>| {
            let top = energies.map(|energy| -self.beta * energy).fold(f64::NEG_INFINITY, f64::max);
            log_scale += top;
            top
        };
        let own = &self.network.site_energies[site * q..(site + 1) * q];
        let own_top = least(&mut own.iter().copied());
        let mut tops = vec![0.0; links.len()];
        for (link, top) in links.iter().zip(&mut tops) {
            *top = least(&mut self.network.bonds[link.bond].energies.iter().copied());
        }
        for link in between {
            least(&mut self.network.bonds[link.bond].energies.iter().copied());
        }
        let inverse = if S::PLAIN && self.largest > 0.0 { 1.0 / self.largest } else { 1.0 };
        if S::PLAIN {
            log_scale -= libm::log(inverse);
        } else {
            log_scale = 0.0;
        }
        let mut near = Vec::with_capacity(q * stretch);
        let mut far_links = Vec::new();
        for (state, base) in own.iter().enumerate() {
            for index in 0..stretch {
                let (mut energy, mut top) = (*base, own_top);
                for (link, link_top) in links.iter().zip(&tops) {
                    let step = q.pow(link.place as u32);
                    if step < stretch {
                        energy += link.energy(self.network, state, index / step % q);
                        top += link_top;
                    }
                }
                near.push((energy, libm::exp(-self.beta * energy - top)));
            }
        }
        for (index, link) in links.iter().enumerate() {
            if q.pow(link.place as u32) >= stretch {
                far_links.push((index, tops[index]));
            }
        }
        let order = self.network.order[site * q..(site + 1) * q].to_vec();
        Gains { states: q, beta: self.beta, stretch, near, far_links, inverse, order, log_scale }
    }
}

/// The gains of a site that opens, for each of its states and each configuration of the open sites that it is linked to.
struct Gains {
    states: usize,
    beta: f64,
    /// Entries per stretch; places of weight below it are near, the others far.
    stretch: usize,
    /// Energy and factor from the site itself and near links: one row per state, one column per entry of a stretch.
    near: Vec<(f64, f64)>,
    /// Far links by their index, each with its largest −βE.
    far_links: Vec<(usize, f64)>,
    /// Brings the largest weight back to 1.
    inverse: f64,
    /// What each state adds to the order parameter.
    order: Vec<f64>,
    /// ln of all that the factors leave out.
    log_scale: f64,
}

impl Gains {
    /// Energy and factor from far links at the stretch that starts at `base`, for each state.
    fn far(&self, network: &Network, links: &[Link], base: usize) -> Vec<(f64, f64)> {
        let of = |state: usize| {
            let (mut energy, mut top) = (0.0, 0.0);
            for &(index, link_top) in &self.far_links {
                let step = self.states.pow(links[index].place as u32);
                energy += links[index].energy(network, state, base / step % self.states);
                top += link_top;
            }
            (energy, libm::exp(-self.beta * energy - top) * self.inverse)
        };
        (0..self.states).map(of).collect()
    }

    #[inline(always)]
    fn of(&self, state: usize, at: usize, far: &[(f64, f64)]) -> Gain {
        let (near, far) = (self.near[state * self.stretch + at], far[state]);
        let energy = near.0 + far.0;
        Gain { energy, log: -self.beta * energy, factor: near.1 * far.1, order: self.order[state] }
    }
}

/// The bond between a site that closes and the one that takes its place: q × q gains, the closing one's state first.
struct Between(Vec<Gain>);

impl Between {
    fn new(gains: &Gains, network: &Network, bond: Link) -> Self {
        let q = gains.states;
        let log = |closed: usize, state: usize| -gains.beta * bond.energy(network, state, closed);
        let pairs = || (0..q).flat_map(|closed| (0..q).map(move |state| (closed, state)));
        let top = pairs().map(|(closed, state)| log(closed, state)).fold(f64::NEG_INFINITY, f64::max);
        let gain = |(closed, state): (usize, usize)| Gain {
            energy: bond.energy(network, state, closed),
            log: log(closed, state),
            factor: libm::exp(log(closed, state) - top),
            order: 0.0,
        };
        Self(pairs().map(gain).collect())
    }
}

/// [`exchange`] within one block of q · `step` entries.
fn exchange_block<S: Summand>(
    block: &mut [S],
    step: usize,
    gains: &Gains,
    between: &Between,
    at: usize,
    far: &[(f64, f64)],
) -> f64 {
    if gains.states == 2 {
        let (first, second) = block.split_at_mut(step);
        return exchange_two(first, second, gains, between, at, far);
    }
    exchange(block.chunks_mut(step).collect(), gains, between, at, far)
}

/// Sums the closing site over its states, whose entries are `parts`, and gives them to the states of the one that takes
/// its place; returns the largest weight. Entry 0 of the parts is entry `at` of the stretch.
fn exchange<S: Summand>(
    mut parts: Vec<&mut [S]>,
    gains: &Gains,
    between: &Between,
    at: usize,
    far: &[(f64, f64)],
) -> f64 {
    if let [first, second] = &mut parts[..] {
        return exchange_two(first, second, gains, between, at, far);
    }
    let q = gains.states;
    let mut largest = 0.0_f64;
    let mut old = vec![S::ONE; q];
    for offset in 0..parts[0].len() {
        for (old, part) in old.iter_mut().zip(&parts) {
            *old = part[offset];
        }
        for (state, part) in parts.iter_mut().enumerate() {
            let first = old[0].weighed(between.0[state]);
            let rest = old.iter().enumerate().skip(1);
            let sum =
                rest.fold(first, |sum, (closed, old)| sum.plus(old.weighed(between.0[closed * q + state])));
            part[offset] = sum.weighed(gains.of(state, at + offset, far));
            largest = largest.max(part[offset].weight());
        }
    }
    largest
}

/// [`exchange`] for sites of two states.
#[inline(always)]
fn exchange_two<S: Summand>(
    first: &mut [S],
    second: &mut [S],
    gains: &Gains,
    between: &Between,
    at: usize,
    far: &[(f64, f64)],
) -> f64 {
    let mut largest = 0.0_f64;
    for (offset, (a, b)) in first.iter_mut().zip(second).enumerate() {
        let (old_a, old_b) = (*a, *b);
        let sum = |state: usize| {
            let sum = old_a.weighed(between.0[state]).plus(old_b.weighed(between.0[2 + state]));
            sum.weighed(gains.of(state, at + offset, far))
        };
        (*a, *b) = (sum(0), sum(1));
        largest = largest.max(a.weight()).max(b.weight());
    }
    largest
}
