//! A particle in a box.

use super::closed::{self, Closed, Formula};
use super::{Model, ModelEntry, schema_of};
use crate::exact::methods::{Method, SPECTRAL_SUM};
use crate::exact::spectra;
use crate::input::{Context, Problem};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The registry's line.
pub(super) const ENTRY: ModelEntry = ModelEntry {
    name: "box",
    summary: "a particle in a box with hard walls, in one to three dimensions",
    energy: r"Its levels are $E = \varepsilon \sum_i n_i^2$ with whole numbers $n_i \ge 1$, one for each direction, and $\varepsilon = \pi^2\hbar^2/2mL^2$ for the mass $m$ and the distance $L$ of the walls.",
    doc: r"A particle between hard walls at a distance $L$, in `dimension` $d$ = 1 (unless given), 2 or 3 equal directions:
$$E = \varepsilon (n_1^2 + \dots + n_d^2), \quad n_i = 1, 2, 3, \dots, \qquad \varepsilon = \frac{\pi^2 \hbar^2}{2 m L^2}$$
= `unit` (1 unless given; with 1, energies and temperatures are in units of $\varepsilon$). $Z$ is the $d$-th power of one sum over $n$, taken up to exponents of 64, which leaves out less than
$10^{-17}$ of it; above $T = \varepsilon$ it is transformed, $\sum_n e^{-x n^2} = \tfrac12 [\sqrt{\pi/x} \sum_k e^{-\pi^2 k^2/x} - 1]$
with $x = \varepsilon/T$ and $k$ over all whole numbers. When hot, $U \to \tfrac d2 T$.",
    schema: schema_of::<BoxSpec>,
    build,
};

/// A particle in a box.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct BoxSpec {
    /// The energy ε = π²ħ²/2mL² that multiplies n²; 1 unless given.
    #[serde(default = "closed::one")]
    unit: f64,
    /// The number of dimensions, 1 unless given, at most 3.
    #[serde(default = "closed::single")]
    #[schemars(range(min = 1, max = 3))]
    dimension: u64,
}

fn build(keys: &Value, _context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let BoxSpec { unit, dimension } = closed::keys("box", keys)?;
    closed::none_of([
        closed::quantum("model.box.unit", unit),
        closed::count("model.box.dimension", dimension, 1, 3),
    ])?;
    let spectrum = spectra::particle_in_box(unit, dimension as usize);
    let formula = Formula {
        method: "a sum over the levels n = 1, 2, 3, … (what is left out is below 1e−17 of it)".to_owned(),
        terms: 64.0,
        bounded: false,
        solve: move |temperature| spectrum.solve(temperature),
    };
    let place = ["a particle in a box", "a particle in a square box", "a particle in a cubic box"];
    Ok(Arc::new(Closed {
        name: "box",
        identity: json!({ "box": { "unit": unit, "dimension": dimension } }),
        description: place[dimension as usize - 1].to_owned() + &closed::unless_one("ε", unit),
        sites: None,
        magnetization: false,
        methods: vec![Method::new(SPECTRAL_SUM, Ok(formula))],
    }))
}
