//! The Potts model on the lattices and graphs of the Ising model.

use super::few_states::{FewStates, Form, schema, split};
use super::site_states::{Order, Symmetry};
use super::{Model, ModelEntry, schema_of};
use crate::input::{Context, Problem};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The registry's line.
pub const ENTRY: ModelEntry = ModelEntry {
    name: "potts",
    summary: "Potts spins of q states on a lattice, a random-bond glass, or a graph from a file",
    energy: r"A microstate gives each site one of $q$ states $s_i$. Its energy is $E = -\sum_{\langle ij \rangle} J_{ij}\, \delta(s_i, s_j)$ (and $-\sum_i h_i\, \delta(s_i, 1)$ where a field is applied), where $\delta$ is 1 for equal states and 0 otherwise; on a uniform lattice all $J_{ij}$ of neighbours are the same $J$.",
    doc: DOC,
    schema: keys_schema,
    build,
};

const DOC: &str = r#"Sites in one of $q$ states, $s_i = 1, \dots, q$, with
$$E(s) = -\sum_{\langle ij \rangle} J_{ij}\, \delta(s_i, s_j) - \sum_i h_i\, \delta(s_i, 1) ,$$
where $\delta(a, b)$ is 1 for $a = b$ and 0 otherwise: a bond counts only between equal states, and the field favours the first
one. `states` is $q$; the other keys are those of `[model.ising]`: `lattice` with `size`, `boundary`, `coupling`, `field` and
`disorder`, or a `file` of couplings and fields.

For $q = 2$ it is the Ising model with half the coupling and half the field, since $\delta(s, s') = (1 + ss')/2$. On the
infinite square lattice the transition lies at $T_c = J/\ln(1 + \sqrt q)$, continuous for $q \le 4$ and with a latent heat beyond
(F. Y. Wu, Rev. Mod. Phys. 54 (1982) 235, doi:10.1103/RevModPhys.54.235).

Up to $2^{24}$ configurations are enumerated, and sparse graphs are solved by eliminating one site after another."#;

/// The most states of a site.
const MOST_STATES: u64 = 256;

/// Potts spins of q states with E = −Σ J δ(s,s) − Σ h δ(s,1), on a lattice or on a graph read from a file.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct PottsSpec {
    /// The number q of states of a site, 2 to 256.
    #[schemars(range(min = 2, max = 256))]
    states: u64,
}

fn keys_schema() -> Value {
    schema(
        schema_of::<PottsSpec>(),
        &[
            (
                "coupling",
                "The coupling J of every bond, 1 unless given; positive favours equal states. With disorder, the bonds' scale. \
                 On the complete graph each bond has J/N, with disorder J/√N times its random value.",
            ),
            ("field", "The field h on the first state, 0 unless given."),
            (
                "disorder",
                "Random bonds: \"pm_j\" draws +1 or −1 with equal probability, \"gaussian\" a standard normal number, for each \
                 bond.",
            ),
            (
                "convention",
                "The sign that the file uses: \"physics\" (unless given) is E = −Σ J δ − Σ h δ, \"dimod\" is E = +Σ J δ + Σ h δ.",
            ),
        ],
    )
}

fn build(keys: &Value, context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let (own, graph) = split(keys, &["states"]);
    let spec: PottsSpec =
        serde_json::from_value(own).map_err(|error| vec![Problem::new("model.potts", error.to_string())])?;
    if !(2..=MOST_STATES).contains(&spec.states) {
        let message = format!("a Potts spin of {} states is out of range", spec.states);
        return Err(vec![Problem::new("model.potts.states", message).label("must be 2 to 256")]);
    }
    Ok(Arc::new(FewStates::new(Potts { states: spec.states as usize }, &graph, context)?))
}

/// The Potts model of q states.
struct Potts {
    states: usize,
}

impl Form for Potts {
    fn name(&self) -> &'static str {
        "potts"
    }

    fn identity(&self) -> Value {
        json!({ "states": self.states })
    }

    fn noun(&self) -> String {
        format!("{}-state Potts", self.states)
    }

    fn states(&self) -> usize {
        self.states
    }

    fn along(&self, a: usize) -> f64 {
        f64::from(u8::from(a == 0))
    }

    fn likeness(&self, a: usize, b: usize) -> f64 {
        f64::from(u8::from(a == b))
    }

    fn measured(&self) -> Order {
        Order::Majority
    }

    fn symmetry(&self) -> Symmetry {
        Symmetry::Exchange
    }

    /// (q δ(a, 1) − 1)/(q − 1): 1 for the first state, and 0 on average over all.
    fn order(&self, a: usize) -> f64 {
        if a == 0 { 1.0 } else { -1.0 / (self.states as f64 - 1.0) }
    }

    fn cyclic(&self) -> bool {
        true
    }

    fn has_magnetization(&self) -> bool {
        false
    }
}
