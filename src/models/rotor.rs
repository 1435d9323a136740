//! The rigid rotor.

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
    name: "rotor",
    summary: "a rigid rotor in three dimensions",
    energy: r"Its levels are $E_l = B\, l(l + 1)$ with $l = 0, 1, 2, \dots$ and $2l + 1$ states each; $B = \hbar^2/2I$ for the moment of inertia $I$.",
    doc: r"A linear molecule turning freely: levels $E_l = B\,l(l+1)$, $l = 0, 1, 2, \dots$, with $2l + 1$ states each and $B = \hbar^2/2I$ = `constant`
(1 unless given; with 1, energies and temperatures are in units of $B$),
$$Z = \sum_{l=0}^\infty (2l + 1)\, e^{-B l(l+1)/T} .$$
Summed up to exponents of 64, which leaves out less than $10^{-17}$ of $Z$ and its moments; above $T = 100 B$ by Mulholland's series
$\frac TB e^{B/4T} \left( 1 + \frac{B}{12T} + \frac{7B^2}{480T^2} + \dots \right)$. All $l$ are counted, as for a molecule of two unlike atoms.",
    schema: schema_of::<RotorSpec>,
    build,
};

/// A rigid rotor.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct RotorSpec {
    /// The rotational constant B = ħ²/2I, an energy; 1 unless given.
    #[serde(default = "closed::one")]
    constant: f64,
}

fn build(keys: &Value, _context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let RotorSpec { constant } = closed::keys("rotor", keys)?;
    closed::none_of([closed::quantum("model.rotor.constant", constant)])?;
    let spectrum = spectra::rotor(constant);
    let formula = Formula {
        method: "a sum over the levels l = 0, 1, 2, … (what is left out is below 1e−17 of it)".to_owned(),
        terms: 128.0,
        bounded: false,
        solve: move |temperature| spectrum.solve(temperature),
    };
    Ok(Arc::new(Closed {
        name: "rotor",
        identity: json!({ "rotor": { "constant": constant } }),
        description: "a rigid rotor".to_owned() + &closed::unless_one("B", constant),
        sites: None,
        magnetization: false,
        methods: vec![Method::new(SPECTRAL_SUM, Ok(formula))],
    }))
}
