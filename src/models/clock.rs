//! The clock model on the lattices and graphs of the Ising model.

use super::few_states::{FewStates, Form, schema, split};
use super::site_states::{Order, Symmetry};
use super::{Model, ModelEntry, schema_of};
use crate::input::{Context, Problem};
use serde::Deserialize;
use serde_json::{Value, json};
use std::f64::consts::TAU;
use std::sync::Arc;

/// The registry's line.
pub const ENTRY: ModelEntry = ModelEntry {
    name: "clock",
    summary: "unit vectors in q directions of the plane on a lattice, a random-bond glass, or a graph from a file",
    energy: r"A microstate gives each site one of $q$ directions $\theta_i = 2\pi k_i/q$ in the plane. Its energy is $E = -\sum_{\langle ij \rangle} J_{ij} \cos(\theta_i - \theta_j)$ (and $-\sum_i h_i \cos\theta_i$ where a field is applied); on a uniform lattice all $J_{ij}$ of neighbours are the same $J$.",
    doc: DOC,
    schema: keys_schema,
    build,
};

const DOC: &str = r#"Sites that point in one of $q$ directions, $\theta_i = 2\pi k_i/q$, with
$$E(\theta) = -\sum_{\langle ij \rangle} J_{ij} \cos(\theta_i - \theta_j) - \sum_i h_i \cos\theta_i .$$
`states` is $q$; the other keys are those of `[model.ising]`: `lattice` with `size`, `boundary`, `coupling`, `field` and
`disorder`, or a `file` of couplings and fields. $q = 2$ is the Ising model, $q = 3$ the Potts model of $\tfrac32 J$, $q = 4$
two independent Ising models of $J/2$ each, and for $q \to \infty$ it is the XY model; in two dimensions it has a critical phase
between order and disorder from $q = 5$ on (J. V. José, L. P. Kadanoff, S. Kirkpatrick, D. R. Nelson, Phys. Rev. B 16 (1977) 1217,
doi:10.1103/PhysRevB.16.1217).

Up to $2^{24}$ configurations are enumerated, and sparse graphs are solved by eliminating one site after another."#;

/// The most states of a site.
const MOST_STATES: u64 = 256;

/// Unit vectors in q directions of the plane with E = −Σ J cos(θ−θ) − Σ h cos θ, on a lattice or on a graph read from a file.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct ClockSpec {
    /// The number q of directions, 2 to 256.
    #[schemars(range(min = 2, max = 256))]
    states: u64,
}

fn keys_schema() -> Value {
    schema(
        schema_of::<ClockSpec>(),
        &[
            ("field", "The field h along the first direction, 0 unless given."),
            (
                "disorder",
                "Random bonds: \"pm_j\" draws +1 or −1 with equal probability, \"gaussian\" a standard normal number, for each \
                 bond.",
            ),
            (
                "convention",
                "The sign that the file uses: \"physics\" (unless given) is E = −Σ J cos(θ−θ) − Σ h cos θ, \"dimod\" has both \
                 with a plus.",
            ),
        ],
    )
}

fn build(keys: &Value, context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let (own, graph) = split(keys, &["states"]);
    let spec: ClockSpec =
        serde_json::from_value(own).map_err(|error| vec![Problem::new("model.clock", error.to_string())])?;
    if !(2..=MOST_STATES).contains(&spec.states) {
        let message = format!("a clock of {} states is out of range", spec.states);
        return Err(vec![Problem::new("model.clock.states", message).label("must be 2 to 256")]);
    }
    Ok(Arc::new(FewStates::new(Clock::new(spec.states as usize), &graph, context)?))
}

/// The clock model of q states.
struct Clock {
    /// cos(2πk/q) for k = 0, …, q − 1; equal where they should be.
    cosines: Vec<f64>,
}

impl Clock {
    fn new(states: usize) -> Self {
        let cosine = |k: usize| {
            // Equal cosines are one number, and those of right angles are whole.
            let k = k.min(states - k);
            match 4 * k {
                0 => 1.0,
                quarter if quarter == states => 0.0,
                quarter if quarter == 2 * states => -1.0,
                _ if 12 * k == 2 * states => 0.5,
                _ if 12 * k == 4 * states => -0.5,
                _ => libm::cos(TAU * k as f64 / states as f64),
            }
        };
        Self { cosines: (0..states).map(cosine).collect() }
    }
}

impl Form for Clock {
    fn name(&self) -> &'static str {
        "clock"
    }

    fn identity(&self) -> Value {
        json!({ "states": self.cosines.len() })
    }

    fn noun(&self) -> String {
        format!("{}-state clock", self.cosines.len())
    }

    fn states(&self) -> usize {
        self.cosines.len()
    }

    fn along(&self, a: usize) -> f64 {
        self.cosines[a]
    }

    fn likeness(&self, a: usize, b: usize) -> f64 {
        self.cosines[a.abs_diff(b)]
    }

    fn measured(&self) -> Order {
        let q = self.cosines.len();
        // sin(2πk/q) = cos(2πk/q − π/2), and exactly so by symmetry where q is a multiple of 4.
        let sine = |a: usize| if 2 * a == q { 0.0 } else { libm::sin(TAU * a as f64 / q as f64) };
        Order::Length((0..q).map(|a| [self.cosines[a], sine(a)]).collect())
    }

    fn symmetry(&self) -> Symmetry {
        Symmetry::Reflection
    }

    fn order(&self, a: usize) -> f64 {
        self.cosines[a]
    }

    fn cyclic(&self) -> bool {
        true
    }

    fn has_magnetization(&self) -> bool {
        false
    }
}
