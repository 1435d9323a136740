//! Exact sums over all configurations of a sparse network, one site after another: the transfer matrix, site by site.
//!
//! Sites are met in an order that keeps few of them open, an open site being one that still has neighbours to come. A
//! table holds, for each configuration of the open sites, the sum over all closed ones; a site closes as soon as its last
//! neighbour is met. Time and memory grow as q^(most sites open at once), not as q^N, so that strips, ladders, trees and
//! small tori with any couplings and fields are solved exactly.
//!
//! Source: R. Dechter, Artif. Intell. 113 (1999) 41, doi:10.1016/S0004-3702(99)00059-4, for elimination; K. Binder,
//! Physica 62 (1972) 508, doi:10.1016/0031-8914(72)90237-6, for the sites of a lattice taken one by one.

mod order;
mod program;
mod sample;
mod summand;
mod table;

use super::boltzmann::{Level, solve_levels};
use super::network::Network;
use super::{ExactEnsemble, Ground, OrderMoments, Thermodynamics};
use program::{Operation, entries, program, spread};
pub use sample::Sampler;
use std::ops::ControlFlow;
use summand::{LogMoments, Lowest, Moments, Summand};
use table::Table;

/// The most entries of a table.
pub const MAX_ENTRIES: f64 = (1_u64 << 26) as f64;

/// Up to this many bytes the order parameter's moments are carried beside the energy's.
const ORDER_BYTES: f64 = (1_u64 << 30) as f64;

/// Plain weights may differ by this factor within a table, as a logarithm; beyond it logarithms are summed.
const PLAIN_RANGE: f64 = 600.0;

/// A network with the order in which its sites are met.
#[derive(Debug, Clone)]
pub struct Elimination {
    network: Network,
    /// Number of sites, the held one among them.
    sites: usize,
    /// How many configurations each one summed stands for.
    multiplicity: f64,
    /// The site that is held in its first state, if one is, and what it adds to the order parameter.
    held: Option<(usize, f64)>,
    operations: Vec<Operation>,
    width: usize,
    terms: f64,
    spread: f64,
}

/// What a sum over all configurations at one temperature amounts to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sum {
    /// ln Z.
    pub log_partition: f64,
    /// ⟨E⟩.
    pub energy: f64,
    /// ⟨E²⟩ − ⟨E⟩².
    pub energy_variance: f64,
    /// ⟨M⟩ and ⟨M²⟩ of the order parameter; `None` where memory did not allow them, or a symmetry hides them.
    pub order: Option<(f64, f64)>,
}

impl Elimination {
    /// Finds an order for `network`.
    ///
    /// # Errors
    ///
    /// If the table would have more than [`MAX_ENTRIES`] entries, with the numbers.
    pub fn new(network: &Network) -> Result<Self, String> {
        let mut order = order::cheapest(network);
        let mut summed = network.clone();
        let mut held = None;
        if network.symmetric && network.sites() > 0 {
            // Held is the site that is open longest: it saves a factor of q wherever it would stand open.
            let site = longest_open(network, &order);
            held = Some((site, network.order[site * network.states]));
            summed = network.pinned(site);
            order = order::cheapest(&summed);
        }
        let entries = (network.states as f64).powi(order.width as i32);
        if entries > MAX_ENTRIES {
            return Err(format!(
                "elimination needs {} of its {} sites open at once, a table of {}^{} entries ({} at most)",
                order.width,
                network.sites(),
                network.states,
                order.width,
                crate::number::count(MAX_ENTRIES as u64),
            ));
        }
        let operations = program(&summed, &order);
        Ok(Self {
            multiplicity: if held.is_some() { network.states as f64 } else { 1.0 },
            held,
            spread: spread(&summed, &operations),
            sites: network.sites(),
            network: summed,
            operations,
            width: order.width,
            terms: order.terms,
        })
    }

    /// The most sites open at once.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The number of terms that one temperature sums.
    pub fn terms(&self) -> f64 {
        self.terms
    }

    /// Bytes of memory that one temperature takes.
    pub fn memory(&self) -> f64 {
        let size = if self.carries_order() { size_of::<Moments<2>>() } else { size_of::<Moments<1>>() };
        1.5 * self.entries() * size as f64
    }

    fn entries(&self) -> f64 {
        (self.network.states as f64).powi(self.width as i32)
    }

    fn carries_order(&self) -> bool {
        1.5 * self.entries() * size_of::<Moments<2>>() as f64 <= ORDER_BYTES
    }

    /// The sum at inverse temperature `beta`, finite and of either sign.
    ///
    /// `advance` is called after each site with the share of the work done; `None` is returned when it breaks.
    pub fn sum(&self, beta: f64, advance: &mut dyn FnMut(f64) -> ControlFlow<()>) -> Option<Sum> {
        match (self.spread * beta.abs() <= PLAIN_RANGE, self.carries_order()) {
            (true, true) => self.plain::<2>(beta, advance),
            (true, false) => self.plain::<1>(beta, advance),
            (false, true) => self.logarithmic::<2>(beta, advance),
            (false, false) => self.logarithmic::<1>(beta, advance),
        }
    }

    fn plain<const K: usize>(
        &self,
        beta: f64,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Sum> {
        let (total, log_scale) = self.contract::<Moments<K>>(&self.network, beta, advance)?;
        Some(self.gathered(beta, libm::log(total.weight) + log_scale, total.mean, total.variance))
    }

    fn logarithmic<const K: usize>(
        &self,
        beta: f64,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Sum> {
        let (total, _) = self.contract::<LogMoments<K>>(&self.network, beta, advance)?;
        Some(self.gathered(beta, total.log, total.mean, total.variance))
    }

    fn gathered<const K: usize>(&self, beta: f64, log: f64, mean: [f64; K], variance: [f64; K]) -> Sum {
        let order = (K > 1).then(|| {
            let (mean, variance) = (mean[K - 1] + self.held.map_or(0.0, |(_, order)| order), variance[K - 1]);
            // Where a site is held, the symmetry makes the mean over all its states vanish.
            (if self.held.is_some() { 0.0 } else { mean }, variance + mean * mean)
        });
        Sum {
            log_partition: log + libm::log(self.multiplicity) - beta * self.network.offset,
            energy: mean[0] + self.network.offset,
            energy_variance: variance[0],
            order: order.filter(|_| self.held.is_none() || self.network.states == 2),
        }
    }

    /// The ground state and the first excited level (min-plus elimination).
    ///
    /// Energies that agree to 1e−9 of the largest single term are taken as one.
    pub fn ground(&self, advance: &mut dyn FnMut(f64) -> ControlFlow<()>) -> Option<Ground> {
        let bonds = self.network.bonds.iter().flat_map(|bond| &bond.energies);
        let unit =
            bonds.chain(&self.network.site_energies).fold(0.0_f64, |unit, energy| unit.max(energy.abs()));
        let unit = if unit > 0.0 { unit } else { 1.0 };
        let mut scaled = self.network.clone();
        let energies = scaled.bonds.iter_mut().flat_map(|bond| &mut bond.energies);
        energies.chain(&mut scaled.site_energies).for_each(|energy| *energy /= unit);
        let (total, _) = self.contract::<Lowest>(&scaled, 0.0, advance)?;
        let gap = total.energies[1] - total.energies[0];
        Some(Ground {
            energy: unit * total.energies[0] + self.network.offset,
            degeneracy: self.multiplicity * total.counts[0],
            gap: gap.is_finite().then(|| (unit * gap, self.multiplicity * total.counts[1])),
        })
    }

    fn contract<S: Summand>(
        &self,
        network: &Network,
        beta: f64,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<(S, f64)> {
        let mut table = Table::<S>::new(network, beta);
        let entries = || entries(&self.operations, network.states);
        let (mut done, all) = (0.0, entries().sum::<f64>());
        for (operation, entries) in self.operations.iter().zip(entries()) {
            table.apply(operation);
            done += entries;
            if advance(done / all).is_break() {
                return None;
            }
        }
        Some((table.entries[0], table.log_scale))
    }
}

impl ExactEnsemble for Elimination {
    fn method(&self) -> String {
        format!("elimination site by site, {} of {} sites open at once", self.width, self.sites)
    }

    fn terms(&self) -> f64 {
        self.terms
    }

    fn memory(&self) -> u64 {
        self.memory() as u64
    }

    fn solve(
        &self,
        temperature: f64,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Thermodynamics> {
        if temperature == 0.0 {
            let ground = self.ground(advance)?;
            let levels = [Level { energy: ground.energy, degeneracy: ground.degeneracy }];
            return Some(Thermodynamics { ground: Some(ground), ..solve_levels(&levels, 0.0) });
        }
        let sum = self.sum(1.0 / temperature, advance)?;
        Some(Thermodynamics {
            log_partition: sum.log_partition,
            energy: sum.energy,
            energy_variance: sum.energy_variance,
            counted: None,
            populations: Vec::new(),
            complete: false,
            order: sum.order.map(|(_, square)| OrderMoments {
                square: square / (self.sites as f64 * self.sites as f64),
                others: None,
            }),
            ground: None,
        })
    }
}

/// The site that stands open through most operations.
fn longest_open(network: &Network, order: &order::Order) -> usize {
    let mut met_at = vec![0; network.sites()];
    for (time, site) in order.sites.iter().enumerate() {
        met_at[*site] = time;
    }
    let mut stays = vec![0; network.sites()];
    for bond in &network.bonds {
        let (i, j) = bond.ends;
        let apart = met_at[i].abs_diff(met_at[j]);
        let first = if met_at[i] < met_at[j] { i } else { j };
        stays[first] = stays[first].max(apart);
    }
    (0..network.sites()).max_by_key(|site| (stays[*site], std::cmp::Reverse(*site))).unwrap_or(0)
}

#[cfg(test)]
mod tests;
