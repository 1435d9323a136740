//! Max-cut: split the vertices of a graph in two so that the edges between the parts weigh as much as possible.

mod random_regular;
mod spec;

use super::spins::PairModel;
use super::{Model, ModelEntry, pair_methods, schema_of};
use crate::exact::methods::Method;
use serde_json::Value;
use std::sync::OnceLock;

/// The registry's line.
pub const ENTRY: ModelEntry = ModelEntry {
    name: "max_cut",
    summary: "the maximum cut of a weighted graph, from a file or drawn at random; the energy is minus the cut",
    energy: r"A microstate puts each vertex on one of two sides, $s_i = \pm 1$. Its energy $E = -\sum_{(ij)} w_{ij} (1 - s_i s_j)/2$ is minus the weight of the edges between the sides.",
    doc: DOC,
    schema: schema_of::<spec::MaxCutSpec>,
    build: spec::build,
};

const DOC: &str = r#"A cut splits the vertices of a graph in two parts, $s_i = \pm 1$; its value is the total weight of the edges
between the parts. The energy is minus the cut,
$$E(s) = -\sum_{(ij)} w_{ij} \frac{1 - s_i s_j}{2} ,$$
so that the ground state is a maximum cut: an antiferromagnet, frustrated wherever the graph has odd cycles.

Give `file`, an edge list (lines `i j w`, the weight 1 when left out; an optional header `n m`; comments; vertices counted
from 0 or 1, `index_base` when that cannot be told). Or draw a graph: `graph = "random_regular"` with `size` vertices, each
of `degree` neighbours (3), and `weights = "unit"` or `"pm_one"` (each edge +1 or −1 with equal probability). The graph
depends on `graph_seed`, which is the experiment's seed unless given.

Up to 34 vertices are enumerated, and sparse graphs solved by eliminating one vertex after another."#;

/// The total weight of the edges (i, j, w) whose ends lie in different parts of `state`.
pub fn cut_value(edges: &[(u32, u32, f64)], state: &[i8]) -> f64 {
    edges.iter().filter(|(i, j, _)| state[*i as usize] != state[*j as usize]).map(|edge| edge.2).sum()
}

/// The pair model whose energy is minus the cut of the graph with `vertices` vertices and the edges (i, j, w).
///
/// −Σ w (1 − s s)/2 = −W/2 − ½ Σ J s s with J = −w and W = Σ w: couplings stay whole when the weights are.
pub fn pair_model(vertices: usize, edges: &[(u32, u32, f64)]) -> PairModel {
    let bonds: Vec<_> = edges.iter().map(|&(i, j, weight)| (i, j, -weight)).collect();
    let total: f64 = edges.iter().map(|edge| edge.2).sum();
    PairModel { scale: 0.5, offset: -0.5 * total, ..PairModel::new(&bonds, vec![0.0; vertices]) }
}

/// A max-cut problem whose keys were checked.
struct MaxCut {
    identity: Value,
    description: String,
    pairs: PairModel,
    methods: OnceLock<Vec<Method>>,
}

impl Model for MaxCut {
    fn name(&self) -> &'static str {
        "max_cut"
    }

    fn identity(&self) -> Value {
        self.identity.clone()
    }

    fn description(&self) -> String {
        self.description.clone()
    }

    fn sites(&self) -> Option<usize> {
        Some(self.pairs.spins())
    }

    fn methods(&self) -> &[Method] {
        self.methods.get_or_init(|| pair_methods(self.pairs.spins(), || &self.pairs))
    }

    fn pair_model(&self) -> Option<&PairModel> {
        Some(&self.pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_energy_is_minus_the_cut_in_every_state() {
        let edges = [(0, 1, 1.0), (1, 2, 2.0), (2, 3, -1.5), (0, 2, 0.25), (3, 4, 3.0), (0, 1, 0.5)];
        let model = pair_model(5, &edges);
        for bits in 0..32_u32 {
            let state: Vec<i8> = (0..5).map(|i| if bits >> i & 1 == 1 { 1 } else { -1 }).collect();
            assert_eq!(model.energy(&state), -cut_value(&edges, &state), "state {bits:05b}");
        }
    }

    #[test]
    fn a_triangle_with_a_tail_is_cut_in_three_edges() {
        let edges = [(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (0, 2, 1.0)];
        let energies = (0..16_u32).map(|bits| {
            let state: Vec<i8> = (0..4).map(|i| if bits >> i & 1 == 1 { 1 } else { -1 }).collect();
            pair_model(4, &edges).energy(&state)
        });
        assert_eq!(energies.fold(f64::INFINITY, f64::min), -3.0);
    }
}
