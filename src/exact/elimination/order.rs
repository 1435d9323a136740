//! The order in which sites are met: it decides how many stand open at once, and with that time and memory.

use crate::exact::network::Network;
use std::collections::BTreeSet;

/// An order of the sites and what it costs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Order {
    /// The sites, first met first.
    pub(super) sites: Vec<usize>,
    /// The most sites open at once.
    pub(super) width: usize,
    /// Σ q^(open sites) over the steps, with q states a site.
    pub(super) terms: f64,
}

/// The cheapest order found among: as numbered, breadth first, branch by branch, and greedily from several starts.
///
/// The least width is NP-hard to find (it is the graph's pathwidth); for lattices in row order the numbering is already
/// best, and trees are taken branch by branch.
pub(super) fn cheapest(network: &Network) -> Order {
    let adjacency: Vec<Vec<usize>> =
        network.adjacency().iter().map(|row| row.iter().map(|(other, _)| *other).collect()).collect();
    let sites = adjacency.len();
    let bonds = adjacency.iter().map(Vec::len).sum::<usize>() / 2;
    let order = |sites: Vec<usize>| costed(sites, &adjacency, network.states as f64);
    let mut best = order((0..sites).collect());
    if best.width <= NARROW {
        return best;
    }
    let mut starts: Vec<usize> = (0..sites).collect();
    starts.sort_by_key(|site| (adjacency[*site].len(), *site));
    starts.truncate(STARTS.min(MOST_STEPS / sites).max(1));
    let mut try_next = |found: Order| {
        if found.terms < best.terms {
            best = found;
        }
        best.width
    };
    let mut width = try_next(order(breadth_first(&adjacency, starts[0])));
    for start in starts {
        width = try_next(order(greedy(&adjacency, start)));
    }
    // Loops are what makes branches wide: with many of them there is no use in looking on.
    if (width <= HOPELESS || bonds <= sites + sites / 16)
        && let Some(branches) = branch_by_branch(&adjacency)
    {
        try_next(order(branches));
    }
    best
}

/// An order this narrow is taken as it is.
const NARROW: usize = 8;
/// An order this wide will not become one within reach.
const HOPELESS: usize = 64;
/// How many sites the greedy rule starts from.
const STARTS: usize = 16;
/// Beyond this a table is out of reach anyway.
const MOST_NEIGHBOURS: usize = 48;
/// Starts are saved on when there are more sites than this over starts.
const MOST_STEPS: usize = 4096;

/// Width and cost of an order: a site is open from when it is met until all its neighbours are.
fn costed(sites: Vec<usize>, adjacency: &[Vec<usize>], states: f64) -> Order {
    let mut unmet: Vec<usize> = adjacency.iter().map(Vec::len).collect();
    let mut open = 0_usize;
    let (mut width, mut terms) = (0, 0.0);
    let mut met = vec![false; sites.len()];
    for &site in &sites {
        met[site] = true;
        let mut closing = 0;
        for &other in &adjacency[site] {
            unmet[other] -= 1;
            closing += usize::from(met[other] && unmet[other] == 0);
        }
        // A site that closes as this one is met lends it its place.
        let during = open + 1 - usize::from(closing > 0);
        width = width.max(during);
        terms += states.powi(during as i32 + 1);
        open = open + 1 - closing - usize::from(unmet[site] == 0);
    }
    Order { sites, width, terms }
}

fn breadth_first(adjacency: &[Vec<usize>], start: usize) -> Vec<usize> {
    let mut order = Vec::with_capacity(adjacency.len());
    let mut seen = vec![false; adjacency.len()];
    for root in std::iter::once(start).chain(0..adjacency.len()) {
        if std::mem::replace(&mut seen[root], true) {
            continue;
        }
        let mut next = order.len();
        order.push(root);
        while let Some(&site) = order.get(next) {
            next += 1;
            let mut neighbours: Vec<usize> = adjacency[site].iter().copied().filter(|n| !seen[*n]).collect();
            neighbours.sort_by_key(|other| (adjacency[*other].len(), *other));
            for other in neighbours {
                if !std::mem::replace(&mut seen[other], true) {
                    order.push(other);
                }
            }
        }
    }
    order
}

/// Takes the site of least degree out again and again, joining its neighbours; each site so becomes a child of the first
/// of its remaining neighbours to be taken out. Meeting all children before their parent, the bushiest branch first, keeps
/// one open site or few for each branch that waits. `None` when some site has too many neighbours left.
fn branch_by_branch(adjacency: &[Vec<usize>]) -> Option<Vec<usize>> {
    let sites = adjacency.len();
    let mut graph: Vec<BTreeSet<usize>> = adjacency.iter().map(|row| row.iter().copied().collect()).collect();
    let mut waiting: BTreeSet<(usize, usize)> = (0..sites).map(|site| (graph[site].len(), site)).collect();
    let mut taken_at = vec![usize::MAX; sites];
    let mut left = Vec::with_capacity(sites);
    while let Some((degree, site)) = waiting.pop_first() {
        if degree > MOST_NEIGHBOURS {
            return None;
        }
        taken_at[site] = left.len();
        let neighbours = std::mem::take(&mut graph[site]);
        for &one in &neighbours {
            waiting.remove(&(graph[one].len(), one));
            graph[one].remove(&site);
            graph[one].extend(neighbours.iter().copied().filter(|other| *other != one));
            waiting.insert((graph[one].len(), one));
        }
        left.push((site, neighbours));
    }
    // How many sites stand open, about, when a site's whole branch is met, and its children.
    let mut strain = vec![1_usize; sites];
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); sites];
    let mut roots = Vec::new();
    for (site, neighbours) in &left {
        // All its children were taken out before it.
        children[*site].sort_by_key(|child| (std::cmp::Reverse(strain[*child]), *child));
        let waits = children[*site].iter().enumerate().map(|(waiting, child)| strain[*child] + waiting);
        strain[*site] = waits.max().unwrap_or(1);
        match neighbours.iter().min_by_key(|other| taken_at[**other]) {
            Some(parent) => children[*parent].push(*site),
            None => roots.push(*site),
        }
    }
    let mut order = Vec::with_capacity(sites);
    let mut stack: Vec<(usize, usize)> = roots.into_iter().rev().map(|root| (root, 0)).collect();
    while let Some((site, next)) = stack.pop() {
        if let Some(child) = children[site].get(next) {
            stack.push((site, next + 1));
            stack.push((*child, 0));
        } else {
            order.push(site);
        }
    }
    Some(order)
}

/// Meets next the site that leaves the fewest open, then the one with most open neighbours, then the one whose open
/// neighbours have waited longest.
fn greedy(adjacency: &[Vec<usize>], start: usize) -> Vec<usize> {
    let sites = adjacency.len();
    let mut unmet: Vec<usize> = adjacency.iter().map(Vec::len).collect();
    let mut met_at = vec![usize::MAX; sites];
    // Sites not met that have an open neighbour.
    let mut fringe: Vec<usize> = Vec::new();
    let mut order = Vec::with_capacity(sites);
    let mut spare = (0..sites).collect::<BTreeSet<usize>>();
    let mut next = Some(start);
    while let Some(site) = next {
        met_at[site] = order.len();
        order.push(site);
        spare.remove(&site);
        fringe.retain(|other| *other != site);
        for &other in &adjacency[site] {
            unmet[other] -= 1;
            if met_at[other] == usize::MAX && !fringe.contains(&other) {
                fringe.push(other);
            }
        }
        let rank = |site: usize| {
            let closes =
                adjacency[site].iter().filter(|o| met_at[**o] != usize::MAX && unmet[**o] == 1).count();
            let open = adjacency[site].iter().filter(|other| met_at[**other] != usize::MAX).count();
            let oldest = adjacency[site].iter().map(|other| met_at[*other]).min().unwrap_or(usize::MAX);
            let stays = usize::from(unmet[site] > 0);
            (stays as i64 - closes as i64, std::cmp::Reverse(open), oldest, site)
        };
        next = fringe.iter().copied().min_by_key(|site| rank(*site));
        if next.is_none() {
            next = spare.iter().copied().min_by_key(|site| (adjacency[*site].len(), *site));
        }
    }
    order
}
