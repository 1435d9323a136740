//! The Ising model on a lattice, a spin glass, or a graph from a file.

use super::graph::{self, Disorder, Graph};
use super::spins::PairModel;
use super::{CubicLattice, Model, ModelEntry, SquareLattice, UniformTorus, pair_methods};
use crate::exact::kaufman::Kaufman;
use crate::exact::methods::{KAUFMAN, Method};
use crate::input::{Context, Problem};
use crate::lattices::Geometry;
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};

/// The registry's line.
pub const ENTRY: ModelEntry = ModelEntry {
    name: "ising",
    summary: "Ising spins on a lattice, a random-bond glass, or a graph from a file",
    energy: r"A microstate is a choice of all spins $s_i = \pm 1$. Its energy is $E = -\sum_{\langle ij \rangle} J_{ij} s_i s_j$ (and $-\sum_i h_i s_i$ where a field is applied); on a uniform lattice all couplings $J_{ij}$ of neighbours are the same $J$.",
    doc: DOC,
    schema: graph::schema,
    build,
};

const DOC: &str = r#"Spins $s_i = \pm 1$ with
$$E(s) = -\sum_{\langle ij \rangle} J_{ij} s_i s_j - \sum_i h_i s_i .$$

On a lattice, give `lattice` ("square", "triangular", "honeycomb", "kagome", "cubic", "hypercubic" with its `dimension`, "chain" or
"complete") and `size`, and, if they are not the defaults, `coupling` ($J = 1$; a list gives one for each direction of bonds, that
along rows first), `field` ($h = 0$) and `boundary` ("periodic"). The honeycomb lattice has two sites a cell, kagome three, and
`size` counts cells. A side of length 2 with periodic
boundaries has two bonds between the same two spins. `disorder` draws each bond at random: "pm_j" gives $\pm J$,
"gaussian" gives $J$ times a standard normal number; the draw depends on `disorder_seed` (the experiment's seed unless
given) and on the lattice, and on nothing else. On the complete graph bonds are $J/N$ (Curie–Weiss), or with disorder
$J/\sqrt N$ times the random number (Sherrington–Kirkpatrick), so that the energy is proportional to $N$.

Or give `file`: an edge list with lines `i j J` and `i i h`, an optional header, and comments. `convention = "dimod"`
reads it as $E = +\sum J s s + \sum h s$. Spins are counted from 0 or 1 as the file shows, or as `index_base` says.

Up to 34 spins are enumerated, sparse graphs are solved by eliminating one site after another, and the uniform square
torus by Kaufman's formula."#;

/// An Ising model whose keys were checked.
struct Ising {
    identity: Value,
    graph: Graph,
    methods: OnceLock<Vec<Method>>,
}

fn build(keys: &Value, context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let graph = graph::graph(keys, "ising", context)?;
    Ok(Arc::new(Ising { identity: json!({ "ising": graph.identity }), graph, methods: OnceLock::new() }))
}

impl Model for Ising {
    fn name(&self) -> &'static str {
        "ising"
    }

    fn identity(&self) -> Value {
        self.identity.clone()
    }

    fn description(&self) -> String {
        let name = match self.graph.disorder() {
            None => "the Ising model",
            Some(Disorder::PmJ) => "the ±J spin glass",
            Some(Disorder::Gaussian) if self.graph.geometry() == Some(Geometry::Complete) => {
                "the Sherrington–Kirkpatrick model"
            }
            Some(Disorder::Gaussian) => "the Gaussian spin glass",
        };
        format!("{name} {}", self.graph.place)
    }

    fn sites(&self) -> Option<usize> {
        Some(self.graph.sites())
    }

    fn methods(&self) -> &[Method] {
        self.methods.get_or_init(|| {
            let kaufman = self.square_lattice().map(|lattice| Method::new(KAUFMAN, Kaufman::new(lattice)));
            pair_methods(self.graph.sites(), || self.graph.pairs()).into_iter().chain(kaufman).collect()
        })
    }

    fn pair_model(&self) -> Option<&PairModel> {
        Some(self.graph.pairs())
    }

    fn has_magnetization(&self) -> bool {
        true
    }

    fn plane(&self) -> Option<(usize, usize)> {
        self.graph.plane()
    }

    fn square_lattice(&self) -> Option<SquareLattice> {
        self.graph.square_torus()
    }

    fn cubic_lattice(&self) -> Option<CubicLattice> {
        self.graph.cubic_torus()
    }

    fn uniform_torus(&self) -> Option<UniformTorus> {
        self.graph.torus_in_a_field()
    }

    fn signed_torus(&self) -> Option<UniformTorus> {
        self.graph.signed_torus()
    }
}
