//! An elimination as a list of operations on one table that holds a sum for each configuration of the open sites.

use super::order::Order;
use crate::exact::network::Network;

/// One operation. Open sites have places 0, 1, 2 …; place p is the digit of weight q^p in the table's index.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operation {
    /// Site `site` opens at a new highest place.
    Open { site: usize, links: Vec<Link> },
    /// Site `site` takes the place of `closed`, which is summed over; `bond` joins the two.
    Replace { site: usize, closed: usize, place: usize, bond: Link, links: Vec<Link> },
    /// The site `closed` at `place` is summed over; higher places move down.
    Close { closed: usize, place: usize },
}

/// A bond from the site that opens to an open one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Link {
    /// The open end's place.
    pub(super) place: usize,
    /// The bond's index in the network.
    pub(super) bond: usize,
    /// Whether the site that opens is the bond's first end.
    pub(super) first: bool,
}

impl Link {
    /// The bond's energy when the site that opens is in state `state` and the open one in state `open`.
    pub(super) fn energy(self, network: &Network, state: usize, open: usize) -> f64 {
        let (row, column) = if self.first { (state, open) } else { (open, state) };
        network.bonds[self.bond].energies[row * network.states + column]
    }
}

/// The operations that meet the sites in `order` and close each as soon as all its neighbours are met.
pub(super) fn program(network: &Network, order: &Order) -> Vec<Operation> {
    let adjacency = network.adjacency();
    let mut unmet: Vec<usize> = adjacency.iter().map(Vec::len).collect();
    let mut open: Vec<usize> = Vec::new();
    let mut operations = Vec::with_capacity(2 * order.sites.len());
    for &site in &order.sites {
        let mut links: Vec<Link> = Vec::new();
        for &(other, bond) in &adjacency[site] {
            unmet[other] -= 1;
            if let Some(place) = open.iter().position(|known| *known == other) {
                links.push(Link { place, bond, first: network.bonds[bond].ends.0 == site });
            }
        }
        links.sort_by_key(|link| link.place);
        let closing = links.iter().rposition(|link| unmet[open[link.place]] == 0);
        if let Some(closing) = closing {
            let bond = links.remove(closing);
            let closed = std::mem::replace(&mut open[bond.place], site);
            operations.push(Operation::Replace { site, closed, place: bond.place, bond, links });
        } else {
            open.push(site);
            operations.push(Operation::Open { site, links });
        }
        while let Some(place) = open.iter().rposition(|known| unmet[*known] == 0) {
            operations.push(Operation::Close { closed: open.remove(place), place });
        }
    }
    operations
}

/// How many entries each of the operations works through, with q = `states` states a site.
pub(super) fn entries(operations: &[Operation], states: usize) -> impl Iterator<Item = f64> {
    let mut open = 0;
    operations.iter().map(move |operation| {
        open += i32::from(matches!(operation, Operation::Open { .. }));
        let entries = (states as f64).powi(open);
        open -= i32::from(matches!(operation, Operation::Close { .. }));
        entries
    })
}

/// The largest |ln(w/w′)| at β = 1 that two entries of one table can differ by: the energies that distinguish them are
/// those of the open sites and of the bonds at them that are already met.
pub(super) fn spread(network: &Network, operations: &[Operation]) -> f64 {
    let range = |energies: &[f64]| {
        let (low, high) = energies
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), e| (low.min(*e), high.max(*e)));
        high - low
    };
    let q = network.states;
    // What each open site has met of its own energies.
    let mut met = vec![0.0; network.sites()];
    let mut open: Vec<usize> = Vec::new();
    let mut largest = 0.0_f64;
    for operation in operations {
        match operation {
            Operation::Open { site, links } => {
                open.push(*site);
                for link in links {
                    let range = range(&network.bonds[link.bond].energies);
                    met[*site] += range;
                    met[open[link.place]] += range;
                }
                met[*site] += range(&network.site_energies[site * q..(site + 1) * q]);
            }
            Operation::Replace { site, place, bond, links, .. } => {
                open[*place] = *site;
                for link in links {
                    let range = range(&network.bonds[link.bond].energies);
                    met[*site] += range;
                    met[open[link.place]] += range;
                }
                met[*site] += range(&network.bonds[bond.bond].energies)
                    + range(&network.site_energies[site * q..(site + 1) * q]);
            }
            Operation::Close { place, .. } => drop(open.remove(*place)),
        }
        largest = largest.max(open.iter().map(|site| met[*site]).sum());
    }
    largest
}
