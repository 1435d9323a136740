//! Unit vectors on the lattices and graphs of the Ising model: the XY model in the plane and the Heisenberg model in space.

use super::closed::Formula;
use super::graph::{self, Graph};
use super::spins::PairModel;
use super::{Model, ModelEntry, few_states, schema_of};
use crate::exact::chains::{Chain, Spins};
use crate::exact::methods::{CLOSED_FORM, Method};
use crate::input::{Context, Problem};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};

/// The registry's line of the XY model.
pub const XY: ModelEntry = ModelEntry {
    name: "xy",
    summary: "unit vectors in the plane on a lattice, a random-bond glass, or a graph from a file",
    energy: r"A microstate gives each site a unit vector $\mathbf S_i$ in the plane. Its energy is $E = -\sum_{\langle ij \rangle} J_{ij}\, \mathbf S_i \cdot \mathbf S_j$ (and $-\sum_i h_i S_i^x$ where a field is applied); on a uniform lattice all $J_{ij}$ of neighbours are the same $J$.",
    doc: r#"Unit vectors $\mathbf S_i = (\cos\theta_i, \sin\theta_i)$ with
$$E = -\sum_{\langle ij \rangle} J_{ij}\, \mathbf S_i \cdot \mathbf S_j - \sum_i h_i S_i^x .$$
The keys are those of `[model.ising]`: `lattice` with `size`, `boundary`, `coupling`, `field` and `disorder`, or a `file` of
couplings and fields. In two dimensions vortices bind at $T_{\mathrm{KT}} = 0.8929\,J$ on the square lattice, below which
correlations fall as a power of the distance (J. M. Kosterlitz, D. J. Thouless, J. Phys. C 6 (1973) 1181,
doi:10.1088/0022-3719/6/7/010).

Sampled by `sweep` with every sampler but `checkerboard`; chains without a field are compared with their exact solution, as `[model.chain]` has it."#,
    schema: keys_schema,
    build: |keys, context| build(keys, 2, context),
};

/// The registry's line of the Heisenberg model.
pub const HEISENBERG: ModelEntry = ModelEntry {
    name: "heisenberg",
    summary: "unit vectors in space on a lattice, a random-bond glass, or a graph from a file",
    energy: r"A microstate gives each site a unit vector $\mathbf S_i$ in space. Its energy is $E = -\sum_{\langle ij \rangle} J_{ij}\, \mathbf S_i \cdot \mathbf S_j$ (and $-\sum_i h_i S_i^z$ where a field is applied); on a uniform lattice all $J_{ij}$ of neighbours are the same $J$.",
    doc: r#"The classical Heisenberg model: unit vectors $\mathbf S_i$ in space with
$$E = -\sum_{\langle ij \rangle} J_{ij}\, \mathbf S_i \cdot \mathbf S_j - \sum_i h_i S_i^z .$$
The keys are those of `[model.ising]`: `lattice` with `size`, `boundary`, `coupling`, `field` and `disorder`, or a `file` of
couplings and fields. It orders in three dimensions and not in two (N. D. Mermin, H. Wagner, Phys. Rev. Lett. 17 (1966) 1133,
doi:10.1103/PhysRevLett.17.1133).

Sampled by `sweep` with every sampler but `checkerboard`; chains without a field are compared with their exact solution, as `[model.chain]` has it."#,
    schema: keys_schema,
    build: |keys, context| build(keys, 3, context),
};

/// Unit vectors with E = −Σ J S·S − Σ h S, on a lattice or on a graph read from a file.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct VectorSpec {}

fn keys_schema() -> Value {
    let mut own = schema_of::<VectorSpec>();
    own["properties"] = json!({});
    few_states::schema(
        own,
        &[
            (
                "field",
                "The uniform field h along the first axis (x, for Heisenberg spins z), 0 unless given.",
            ),
            (
                "disorder",
                "Random bonds: \"pm_j\" draws +1 or −1 with equal probability, \"gaussian\" a standard normal number, for each \
                 bond.",
            ),
            (
                "convention",
                "The sign that the file uses: \"physics\" (unless given) is E = −Σ J S·S − Σ h S, \"dimod\" is E = +Σ J S·S + Σ h S.",
            ),
        ],
    )
}

fn build(keys: &Value, components: usize, context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let name = if components == 2 { "xy" } else { "heisenberg" };
    let graph = graph::graph(keys, name, context)?;
    Ok(Arc::new(Vectors { name, components, graph, methods: OnceLock::new() }))
}

/// A model of unit vectors whose keys were checked.
struct Vectors {
    name: &'static str,
    components: usize,
    graph: Graph,
    methods: OnceLock<Vec<Method>>,
}

impl Model for Vectors {
    fn name(&self) -> &'static str {
        self.name
    }

    fn identity(&self) -> Value {
        json!({ self.name: self.graph.identity })
    }

    fn description(&self) -> String {
        let noun = if self.components == 2 { "XY" } else { "Heisenberg" };
        match self.graph.disorder_word() {
            None => format!("the {noun} model {}", self.graph.place),
            Some(word) => format!("the {word} {noun} glass {}", self.graph.place),
        }
    }

    fn sites(&self) -> Option<usize> {
        Some(self.graph.sites())
    }

    fn methods(&self) -> &[Method] {
        self.methods.get_or_init(|| {
            let spins = if self.components == 2 { Spins::Xy } else { Spins::Heisenberg };
            let formula = self.graph.uniform_chain().map(|(size, coupling, ring)| {
                let chain = Chain { spins, size: size as u64, coupling, ring };
                Formula {
                    method: "the eigenvalues of the transfer matrix".to_owned(),
                    terms: 64.0,
                    bounded: true,
                    solve: move |temperature| chain.solve(temperature),
                }
            });
            let reason = "unit vectors have an exact answer on chains of one coupling without a field alone";
            vec![Method::new(CLOSED_FORM, formula.ok_or_else(|| reason.to_owned()))]
        })
    }

    fn vectors(&self) -> Option<(&PairModel, usize)> {
        Some((self.graph.pairs(), self.components))
    }

    fn order_words(&self) -> Option<&'static str> {
        // U₄ = (2 − 2/n)/3 for a Gaussian of n components.
        Some(match self.components {
            2 => {
                r"$m = \lvert \sum_i \mathbf S_i \rvert/N$, the length of the mean spin, so that $U_4$ tends to $1/3$ in disorder"
            }
            _ => {
                r"$m = \lvert \sum_i \mathbf S_i \rvert/N$, the length of the mean spin, so that $U_4$ tends to $4/9$ in disorder"
            }
        })
    }
}
