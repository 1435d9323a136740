//! The Blume–Capel model on the lattices and graphs of the Ising model.

use super::few_states::{FewStates, Form, schema, split};
use super::site_states::{Order, Symmetry};
use super::{Model, ModelEntry, schema_of};
use crate::input::{Context, Problem};
use crate::number;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The registry's line.
pub const ENTRY: ModelEntry = ModelEntry {
    name: "blume_capel",
    summary: "spins −1, 0, +1 with a crystal field on a lattice, a random-bond glass, or a graph from a file",
    energy: r"A microstate gives each site a spin $s_i = -1$, 0 or 1. Its energy is $E = -\sum_{\langle ij \rangle} J_{ij} s_i s_j + D \sum_i s_i^2$ (and $-\sum_i h_i s_i$ where a field is applied): a crystal field $D > 0$ favours $s_i = 0$. On a uniform lattice all $J_{ij}$ of neighbours are the same $J$.",
    doc: DOC,
    schema: keys_schema,
    build,
};

const DOC: &str = r#"Spins $s_i = -1, 0, +1$ with
$$E(s) = -\sum_{\langle ij \rangle} J_{ij} s_i s_j + D \sum_i s_i^2 - \sum_i h_i s_i .$$
`crystal_field` is $D$, 0 unless given; the larger it is, the more spins are 0, as sites without an atom. The other keys are
those of `[model.ising]`: `lattice` with `size`, `boundary`, `coupling`, `field` and `disorder`, or a `file` of couplings and
fields. For $D \to -\infty$ it is the Ising model.

Sources: M. Blume, Phys. Rev. 141 (1966) 517, doi:10.1103/PhysRev.141.517; H. W. Capel, Physica 32 (1966) 966,
doi:10.1016/0031-8914(66)90027-9.

Up to 15 spins are enumerated, and sparse graphs are solved by eliminating one site after another."#;

/// The largest crystal field: beyond it, squared energies would leave the range of floating-point numbers.
const LARGEST: f64 = 1e100;

/// Spins −1, 0, +1 with E = −Σ J s s + D Σ s² − Σ h s, on a lattice or on a graph read from a file.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct BlumeCapelSpec {
    /// The crystal field D, 0 unless given: the energy of a spin that is not 0.
    #[serde(default)]
    crystal_field: f64,
}

fn keys_schema() -> Value {
    schema(
        schema_of::<BlumeCapelSpec>(),
        &[(
            "disorder",
            "Random bonds: \"pm_j\" draws +1 or −1 with equal probability, \"gaussian\" a standard normal number, for each bond.",
        )],
    )
}

fn build(keys: &Value, context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let (own, graph) = split(keys, &["crystal_field"]);
    let spec: BlumeCapelSpec = serde_json::from_value(own)
        .map_err(|error| vec![Problem::new("model.blume_capel", error.to_string())])?;
    let crystal_field = spec.crystal_field;
    if crystal_field.is_nan() || crystal_field.abs() > LARGEST {
        let message = format!("a crystal field of {crystal_field:e} is out of range");
        return Err(vec![
            Problem::new("model.blume_capel.crystal_field", message)
                .label("must be finite and at most 1e100 in size"),
        ]);
    }
    // −0 is 0.
    Ok(Arc::new(FewStates::new(BlumeCapel { crystal_field: crystal_field + 0.0 }, &graph, context)?))
}

/// The Blume–Capel model.
struct BlumeCapel {
    /// D.
    crystal_field: f64,
}

/// The spin of a state.
fn spin(state: usize) -> f64 {
    state as f64 - 1.0
}

impl Form for BlumeCapel {
    fn name(&self) -> &'static str {
        "blume_capel"
    }

    fn identity(&self) -> Value {
        json!({ "crystal_field": self.crystal_field })
    }

    fn noun(&self) -> String {
        "Blume–Capel".to_owned()
    }

    fn addition(&self) -> String {
        match self.crystal_field {
            0.0 => String::new(),
            field => format!(", D = {}", number::plain(field)),
        }
    }

    fn states(&self) -> usize {
        3
    }

    fn alone(&self, a: usize) -> f64 {
        self.crystal_field * spin(a) * spin(a)
    }

    fn along(&self, a: usize) -> f64 {
        spin(a)
    }

    fn likeness(&self, a: usize, b: usize) -> f64 {
        spin(a) * spin(b)
    }

    fn measured(&self) -> Order {
        Order::Sum((0..3).map(spin).collect())
    }

    fn symmetry(&self) -> Symmetry {
        Symmetry::None
    }

    fn order(&self, a: usize) -> f64 {
        spin(a)
    }

    fn cyclic(&self) -> bool {
        false
    }

    fn has_magnetization(&self) -> bool {
        true
    }
}
