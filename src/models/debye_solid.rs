//! Debye's solid: sound waves up to a cutoff.

use super::closed::{self, Closed, Formula};
use super::{Model, ModelEntry, schema_of};
use crate::exact::methods::{CLOSED_FORM, Method};
use crate::exact::spectra;
use crate::input::{Context, Problem};
use crate::number;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The registry's line.
pub(super) const ENTRY: ModelEntry = ModelEntry {
    name: "debye_solid",
    summary: "Debye's solid, sound waves up to a cutoff",
    energy: r"The $3N$ modes of $N$ atoms are sound waves of density $9N\omega^2/\omega_{\mathrm D}^3$ up to $\hbar\omega_{\mathrm D} = \theta$, and a mode with $n$ quanta has the energy $\hbar\omega (n + \tfrac12)$ (without the half if the zero-point energy is left out).",
    doc: r"A crystal of `atoms` atoms $N$ (1 unless given) whose $3N$ modes are sound waves of density $9N\omega^2/\omega_{\mathrm D}^3$ up to
$\hbar\omega_{\mathrm D} = \theta$ = `debye` (1 unless given; the Debye temperature in units of energy):
$$\ln Z = -\frac{9N\theta}{8T} - 3N \ln(1 - e^{-x}) + N D_3(x), \quad x = \theta/T, \quad
D_3(x) = \frac{3}{x^3} \int_0^x \frac{t^3\,\mathrm dt}{e^t - 1} .$$
Then $C \to 3N$ when hot and $C \to \tfrac{12\pi^4}{5} N (T/\theta)^3$ when cold. `zero_point = false` leaves out the zero-point
energy $9N\theta/8$. The modes lie without gaps: there is no table of levels. Quantities per site are per atom.",
    schema: schema_of::<DebyeSpec>,
    build,
};

/// A crystal with the modes of sound.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct DebyeSpec {
    /// The Debye temperature θ = ħω_D in units of energy, 1 unless given.
    #[serde(default = "closed::one")]
    debye: f64,
    /// The number N of atoms, 1 unless given.
    #[serde(default = "closed::single")]
    #[schemars(range(min = 1, max = 1_000_000_000_000_u64))]
    atoms: u64,
    /// Whether the zero-point energy 9Nθ/8 is counted: true unless given.
    #[serde(default = "closed::yes")]
    zero_point: bool,
}

fn build(keys: &Value, _context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let DebyeSpec { debye, atoms, zero_point } = closed::keys("debye_solid", keys)?;
    closed::none_of([
        closed::quantum("model.debye_solid.debye", debye),
        closed::count("model.debye_solid.atoms", atoms, 1, 1_000_000_000_000),
    ])?;
    let spectrum = spectra::debye_solid(atoms as f64, debye, zero_point);
    let formula = Formula {
        method: "Debye's function, by its series".to_owned(),
        terms: spectra::LISTED as f64,
        bounded: false,
        solve: move |temperature| spectrum.solve(temperature),
    };
    let what = match atoms {
        1 => "one atom's share of Debye's solid".to_owned(),
        _ => format!("Debye's solid of {} atoms", number::count(atoms)),
    };
    Ok(Arc::new(Closed {
        name: "debye_solid",
        identity: json!({ "debye_solid": { "debye": debye, "atoms": atoms, "zero_point": zero_point } }),
        description: what + &closed::unless_one("θ", debye),
        sites: Some(atoms as usize),
        magnetization: false,
        methods: vec![Method::new(CLOSED_FORM, Ok(formula))],
    }))
}
