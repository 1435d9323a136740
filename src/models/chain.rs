//! Chains of Ising, Potts, XY and Heisenberg spins of any length.

use super::closed::{self, Closed, Formula};
use super::{Model, ModelEntry, schema_of};
use crate::exact::chains::{Chain, Spins};
use crate::exact::methods::{CLOSED_FORM, Method, SPECTRAL_SUM};
use crate::exact::{ExactEnsemble, Thermodynamics};
use crate::input::{Context, Problem};
use crate::number;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::sync::Arc;

/// The registry's line.
pub(super) const ENTRY: ModelEntry = ModelEntry {
    name: "chain",
    summary: "a chain of Ising, Potts, XY or Heisenberg spins of any length",
    energy: r"Neighbours in the row have the energy $-J\, s s'$ for Ising spins $s = \pm 1$ (and each spin $-h s$ in a field), $-J\, \delta(s, s')$ for Potts spins, and $-J\, \mathbf s \cdot \mathbf s'$ for unit vectors in the plane (XY) or in space (Heisenberg).",
    doc: r#"`size` $N$ (to $10^{12}$) spins in a row, open or joined to a ring (`boundary`, "periodic" unless given), solved by their
transfer matrix, whose eigenvalues $\lambda$ are known. With `coupling` $J$ (1 unless given), $K = J/T$ and `spins`
- "ising": $E = -J \sum s s' - h \sum s$ with `field` $h$ (0 unless given);
- "potts": $E = -J \sum \delta(s, s')$ with `states` $q$ (3 unless given): $\lambda = e^K + q - 1$ and $e^K - 1$;
- "xy": unit vectors in the plane, $E = -J \sum \mathbf s \cdot \mathbf s'$: $\lambda_n = I_n(K)$, twice each for $n > 0$;
- "heisenberg": unit vectors in space: $\lambda_l$ the modified spherical Bessel functions of $K$, $2l + 1$ times each, the first
  $\sinh K/K$.

An open chain without field has $U = -(N-1)\,J$ times $\tanh K$ (Ising), $I_1(K)/I_0(K)$ (XY), $\coth K - 1/K$ (Heisenberg). For XY and
Heisenberg spins a microstate is a direction: $Z$ is the mean of $e^{-\beta E}$ over all directions, and the entropy is counted from
the uniform distribution, $2\pi$ or $4\pi$ for each spin. It falls without bound as $T \to 0$, so that $T = 0$ itself has no answer. On
rings of an odd number of them with $K < 0$ the sum alternates; where it loses more than four digits, at low $T$, it is not given.

A ring of two has two bonds between its spins."#,
    schema: schema_of::<ChainSpec>,
    build,
};

const LONGEST: u64 = 1_000_000_000_000;

/// A chain of spins.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChainSpec {
    /// "ising" (unless given), "potts", "xy" or "heisenberg".
    #[serde(default)]
    spins: SpinName,
    /// The number N of spins, at most 10¹².
    #[schemars(range(min = 1, max = 1_000_000_000_000_u64))]
    size: u64,
    /// The coupling J, 1 unless given; positive is ferromagnetic.
    #[serde(default = "closed::one")]
    coupling: f64,
    /// The uniform field h of Ising spins, 0 unless given.
    #[serde(default)]
    #[schemars(with = "f64")]
    field: Option<f64>,
    /// The number q of states of a Potts spin, 3 unless given.
    #[serde(default)]
    #[schemars(with = "u64", range(min = 1, max = 1_000_000_000_u64))]
    states: Option<u64>,
    /// "periodic" joins the last spin to the first (unless given), "open" leaves both free.
    #[serde(default)]
    boundary: Boundary,
}

/// Spins by name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum SpinName {
    #[default]
    Ising,
    Potts,
    Xy,
    Heisenberg,
}

/// What happens at the ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Boundary {
    #[default]
    Periodic,
    Open,
}

fn build(keys: &Value, _context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let spec: ChainSpec = closed::keys("chain", keys)?;
    let (field, states) = (spec.field.unwrap_or(0.0), spec.states.unwrap_or(3));
    let ring = spec.boundary == Boundary::Periodic;
    let misplaced = |key: &str, given: bool, of: &str| {
        given.then(|| {
            Problem::new(format!("model.chain.{key}"), format!("`{key}` belongs to {of} spins"))
                .help("remove this key")
        })
    };
    closed::none_of([
        closed::count("model.chain.size", spec.size, 1, LONGEST),
        closed::energy("model.chain.coupling", spec.coupling),
        closed::energy("model.chain.field", field),
        closed::count("model.chain.states", states, 1, 1_000_000_000),
        misplaced("field", spec.field.is_some() && spec.spins != SpinName::Ising, "Ising"),
        misplaced("states", spec.states.is_some() && spec.spins != SpinName::Potts, "Potts"),
        (ring && spec.size == 1).then(|| {
            Problem::new("model.chain.size", "a ring needs two spins at least")
                .help("choose a larger size, or boundary = \"open\"")
        }),
    ])?;
    let (spins, name) = match spec.spins {
        SpinName::Ising => (Spins::Ising { field }, "Ising".to_owned()),
        SpinName::Potts => (Spins::Potts { states: states as f64 }, format!("{states}-state Potts")),
        SpinName::Xy => (Spins::Xy, "XY".to_owned()),
        SpinName::Heisenberg => (Spins::Heisenberg, "Heisenberg".to_owned()),
    };
    let chain = Chain { spins, size: spec.size, coupling: spec.coupling, ring };
    let vectors = matches!(spins, Spins::Xy | Spins::Heisenberg);
    let summed = vectors && ring;
    let formula = Formula {
        method: match summed {
            true => {
                "a sum over the eigenvalues of the transfer matrix (what is left out is below 1e−17 of it)"
            }
            false => "the eigenvalues of the transfer matrix",
        }
        .to_owned(),
        terms: if vectors { 64.0 } else { 2.0 },
        bounded: true,
        solve: move |temperature| chain.solve(temperature),
    };
    let shape = if ring { "a ring" } else { "an open chain" };
    let description = format!(
        "{shape} of {} {name} spin{}",
        number::count(spec.size),
        if spec.size == 1 { "" } else { "s" }
    ) + &closed::unless_one("J", spec.coupling)
        + &if field == 0.0 { String::new() } else { format!(", in the field h = {}", number::plain(field)) };
    let mut identity = json!({
        "spins": spec.spins, "size": spec.size, "coupling": spec.coupling, "boundary": spec.boundary,
    });
    match spec.spins {
        SpinName::Ising => identity["field"] = json!(field),
        SpinName::Potts => identity["states"] = json!(states),
        SpinName::Xy | SpinName::Heisenberg => {}
    }
    Ok(Arc::new(Closed {
        name: "chain",
        identity: json!({ "chain": identity }),
        description,
        sites: Some(spec.size as usize),
        magnetization: false,
        methods: vec![Method::new(
            if summed { SPECTRAL_SUM } else { CLOSED_FORM },
            Ok(Row { formula, vectors }),
        )],
    }))
}

/// The formula, which for unit vectors holds at any temperature but 0.
struct Row<E> {
    formula: E,
    vectors: bool,
}

impl<E: ExactEnsemble> ExactEnsemble for Row<E> {
    fn method(&self) -> String {
        self.formula.method()
    }

    fn terms(&self) -> f64 {
        self.formula.terms()
    }

    fn bounded(&self) -> bool {
        self.formula.bounded()
    }

    fn refuse(&self, temperature: f64) -> Option<String> {
        (self.vectors && temperature == 0.0).then(|| {
            "the entropy of unit vectors falls without bound as T → 0, so that T = 0 has no answer".to_owned()
        })
    }

    fn solve(
        &self,
        temperature: f64,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Thermodynamics> {
        self.formula.solve(temperature, advance)
    }
}
