//! The figure of a small model as it is wired, with the best state that was found.

use super::present::is_cut;
use super::spec::AnnealExperiment;
use crate::figure::{Edge, Figure, Graph, GraphKey, Node, Panel};
use crate::kind::StudyPoint;
use crate::lattices::drawing;
use crate::number;

/// Most nodes and edges of a graph, and most spins of a lattice, that stay legible.
const MOST_NODES: usize = 100;
const MOST_EDGES: usize = 240;
const MOST_SPINS: usize = 64;
/// Most nodes that carry their numbers.
const NUMBERED: usize = 40;

/// The graph with its best cut, or the lattice with its bonds and the ones that the best state fails; `None` for a model that
/// is too large, or dense.
pub(super) fn figure(point: &StudyPoint<'_>, runs: &str) -> Option<Figure> {
    let experiment: &AnnealExperiment = point.downcast();
    let pairs = experiment.model.pair_model()?;
    let spins = point.analysis.table("best_state")?.numbers("spin");
    if spins.len() != pairs.spins() || spins.len() < 2 {
        return None;
    }
    // On sides of two, two bonds between a pair of spins are one in the model.
    let plane = experiment.square().filter(|(rows, columns)| *rows.min(columns) > 2);
    let limit = if plane.is_some() { MOST_SPINS } else { MOST_NODES };
    let bonds: Vec<(usize, usize, f64)> = (0..pairs.spins())
        .flat_map(|i| pairs.row(i).filter(move |(j, _)| *j > i).map(move |(j, coupling)| (i, j, coupling)))
        .filter(|(.., coupling)| *coupling != 0.0)
        .collect();
    if spins.len() > limit || bonds.len() > MOST_EDGES || bonds.is_empty() {
        return None;
    }
    let cut = is_cut(point);
    let graph = match plane {
        Some(sides) => lattice(&spins, &bonds, sides),
        None => free(&spins, &bonds, cut),
    };
    let failed = bonds.iter().filter(|bond| fails(bond, &spins)).count();
    let signs = bonds.iter().any(|bond| bond.2 > 0.0) && bonds.iter().any(|bond| bond.2 < 0.0);
    let (site, bond) = if cut { ("vertex", "edge") } else { ("spin", "bond") };
    // An edge of negative weight fails where it is cut.
    let positive = bonds.iter().all(|bond| bond.2 < 0.0);
    let missed = if cut && positive { "not cut" } else { "not satisfied" };
    let names = if cut { ["one part", "the other part"] } else { ["spin down", "spin up"] };
    let sign = |mark: &str, relation: &str| {
        let letter = if cut { "w" } else { "J" };
        if signs { format!("{mark} {bond}, *{letter}* {relation} 0") } else { String::new() }
    };
    let key = GraphKey {
        groups: names.map(str::to_owned).to_vec(),
        positive: sign("positive", ">"),
        negative: sign("negative", "<"),
        violated: if failed > 0 { format!("{bond} {missed}") } else { String::new() },
    };
    let description = format!(
        "{} {} and {} {bond}s in the best state that was found; {failed} of the {bond}s are {missed}.",
        spins.len(),
        if cut { "vertices" } else { "spins" },
        bonds.len()
    );
    let torus = if plane.is_some() && graph.nodes.len() > spins.len() {
        " The boundaries are periodic: the last column and the lowest row repeat the first ones."
    } else {
        ""
    };
    Some(Figure {
        id: "wiring".to_owned(),
        title: if cut { "The graph and its best cut" } else { "The bonds and the best state" }.to_owned(),
        subtitle: String::new(),
        caption: format!(
            "Each {site} of the model with the part that it takes in the best state that was found ({runs}). {} of {} {bond}s \
             are {missed}{}.{torus}",
            number::count(failed as u64),
            number::count(bonds.len() as u64),
            if failed > 0 { "; they are marked with a cross" } else { "" }
        ),
        panels: vec![Panel::Graph(Graph { key, description, ..graph })],
        columns: 1,
        frames: None,
    })
}

/// Whether a bond raises the energy: J s s < 0. (Of a cut, J = −w: an edge of positive weight fails unless it is cut.)
fn fails((i, j, coupling): &(usize, usize, f64), spins: &[f64]) -> bool {
    coupling * spins[*i] * spins[*j] < 0.0
}

fn group(spin: f64) -> usize {
    usize::from(spin > 0.0)
}

/// A graph without places of its own.
fn free(spins: &[f64], bonds: &[(usize, usize, f64)], cut: bool) -> Graph {
    let pairs: Vec<(usize, usize)> = bonds.iter().map(|bond| (bond.0, bond.1)).collect();
    let numbered = spins.len() <= NUMBERED;
    let node = |(index, (x, y)): (usize, (f64, f64))| Node {
        x,
        y,
        label: if numbered { (index + 1).to_string() } else { String::new() },
        group: group(spins[index]),
    };
    // The couplings of a cut are minus the weights of its edges.
    let sign = if cut { -1.0 } else { 1.0 };
    let edge = |bond: &(usize, usize, f64)| Edge {
        from: bond.0,
        to: bond.1,
        weight: sign * bond.2,
        violated: fails(bond, spins),
    };
    Graph {
        title: String::new(),
        nodes: drawing::places(spins.len(), &pairs).into_iter().enumerate().map(node).collect(),
        edges: bonds.iter().map(edge).collect(),
        key: GraphKey::default(),
        description: String::new(),
    }
}

/// A square lattice on its rows and columns. A bond across the boundary ends at a copy of its first spin beyond the edge.
fn lattice(spins: &[f64], bonds: &[(usize, usize, f64)], (rows, columns): (usize, usize)) -> Graph {
    let node = |(row, column): (usize, usize), spin: f64| Node {
        x: column as f64,
        y: -(row as f64),
        label: String::new(),
        group: group(spin),
    };
    let at = |site: usize| (site / columns, site % columns);
    let mut nodes: Vec<Node> = spins.iter().enumerate().map(|(site, spin)| node(at(site), *spin)).collect();
    let mut edges = Vec::new();
    for bond in bonds {
        let (i, j, weight) = *bond;
        let (first, second) = (at(i), at(j));
        let beyond = match (second.0 - first.0, second.1.abs_diff(first.1)) {
            (0, 0..=1) | (1, 0) => None,
            (0, _) => Some((first.0, columns)),
            _ => Some((rows, first.1)),
        };
        let to = match beyond {
            None => i,
            Some(place) => {
                nodes.push(node(place, spins[i]));
                nodes.len() - 1
            }
        };
        edges.push(Edge { from: j, to, weight, violated: fails(bond, spins) });
    }
    Graph { title: String::new(), nodes, edges, key: GraphKey::default(), description: String::new() }
}
