//! The Curie–Weiss magnet of any size.

use super::closed::{self, Closed, Formula};
use super::{Model, ModelEntry, schema_of};
use crate::exact::mean_field::CurieWeiss;
use crate::exact::methods::{Method, SPECTRAL_SUM};
use crate::input::{Context, Problem};
use crate::number;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The registry's line.
pub(super) const ENTRY: ModelEntry = ModelEntry {
    name: "curie_weiss",
    summary: "the Curie–Weiss magnet of up to 10⁹ spins",
    energy: r"A microstate is a choice of all spins $s_i = \pm 1$. With $M = \sum_i s_i$ its energy is $E = -JM^2/2N - hM$: each spin feels the mean of all.",
    doc: r"`spins` $N$ Ising spins, each in the mean field of all,
$$E = -\frac{J M^2}{2N} - h M, \qquad M = \sum_i s_i, \qquad Z = \sum_M \binom{N}{\frac{N+M}{2}} e^{-\beta E(M)},$$
with `coupling` $J$ (1 unless given) and `field` $h$ (0 unless given). The sum is taken about its largest terms; what is left out
is below $10^{-18}$ of it. For large $N$ the magnetisation solves $m = \tanh[(Jm + h)/T]$, and $T_c = J$.

The model `ising` on the lattice `complete` has no self-term: its energies are higher by $J/2$, the same for all states. Up to
256 spins the populations of every $M$ are listed, beyond that those of intervals of $m = M/N$.",
    schema: schema_of::<CurieWeissSpec>,
    build,
};

/// The most spins: the width of the sum grows as N^{3/4} at T_c.
const MOST: u64 = 1_000_000_000;

/// Ising spins in the mean field of all.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct CurieWeissSpec {
    /// The number N of spins, at most 10⁹.
    #[schemars(range(min = 1, max = 1_000_000_000_u64))]
    spins: u64,
    /// The coupling J, 1 unless given; positive is ferromagnetic.
    #[serde(default = "closed::one")]
    coupling: f64,
    /// The uniform field h, 0 unless given.
    #[serde(default)]
    field: f64,
}

fn build(keys: &Value, _context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let CurieWeissSpec { spins, coupling, field } = closed::keys("curie_weiss", keys)?;
    closed::none_of([
        closed::count("model.curie_weiss.spins", spins, 1, MOST),
        closed::energy("model.curie_weiss.coupling", coupling),
        closed::energy("model.curie_weiss.field", field),
    ])?;
    let magnet = CurieWeiss { spins, coupling, field };
    let formula = Formula {
        method: "a sum over the magnetisation (what is left out is below 1e−18 of it)".to_owned(),
        // At T_c, where most count: those with e^{−M⁴/12N³} above 1e−18.
        terms: (spins as f64).min(2.9 * libm::pow(spins as f64, 0.75)),
        bounded: true,
        solve: move |temperature| magnet.solve(temperature),
    };
    let description = format!(
        "the Curie–Weiss magnet of {} spin{}",
        number::count(spins),
        if spins == 1 { "" } else { "s" }
    ) + &closed::unless_one("J", coupling)
        + &if field == 0.0 { String::new() } else { format!(", in the field h = {}", number::plain(field)) };
    let closed = Closed {
        name: "curie_weiss",
        identity: json!({ "curie_weiss": { "spins": spins, "coupling": coupling, "field": field } }),
        description,
        sites: Some(spins as usize),
        magnetization: true,
        methods: vec![Method::new(SPECTRAL_SUM, Ok(formula))],
    };
    Ok(Arc::new(Magnet { closed, magnet }))
}

/// The model with its macrostates.
struct Magnet {
    closed: Closed,
    magnet: CurieWeiss,
}

impl Model for Magnet {
    fn name(&self) -> &'static str {
        self.closed.name()
    }

    fn identity(&self) -> Value {
        self.closed.identity()
    }

    fn description(&self) -> String {
        self.closed.description()
    }

    fn sites(&self) -> Option<usize> {
        self.closed.sites()
    }

    fn methods(&self) -> &[Method] {
        self.closed.methods()
    }

    fn has_magnetization(&self) -> bool {
        self.closed.has_magnetization()
    }

    fn curie_weiss(&self) -> Option<CurieWeiss> {
        Some(self.magnet)
    }
}
