//! Einstein's solid: every atom an oscillator in three directions.

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
    name: "einstein_solid",
    summary: "Einstein's solid, three equal oscillators for each atom",
    energy: r"Each of $N$ atoms is an oscillator of the quantum $\hbar\omega$ in three directions: $n$ quanta have the energy $\hbar\omega\, n$, and half a quantum for each of the $3N$ oscillators comes besides unless the zero-point energy is left out.",
    doc: r"A crystal of `atoms` atoms $N$ (1 unless given), each an oscillator of the quantum $\hbar\omega$ = `quantum` (1 unless given) in
three directions: $3N$ oscillators, so that
$$U = 3N\hbar\omega \left( \tfrac12 + \frac{1}{e^x - 1} \right), \qquad C = 3N \frac{x^2 e^x}{(e^x - 1)^2}, \quad x = \hbar\omega/T ,$$
which goes to Dulong and Petit's $3N$ when hot and vanishes exponentially when cold. `zero_point = false` leaves out
$\tfrac32 N\hbar\omega$. The levels listed are those of all quanta together. Quantities per site are per atom.",
    schema: schema_of::<EinsteinSpec>,
    build,
};

/// A crystal of equal oscillators.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct EinsteinSpec {
    /// The quantum of energy ħω, 1 unless given.
    #[serde(default = "closed::one")]
    quantum: f64,
    /// The number N of atoms, 1 unless given.
    #[serde(default = "closed::single")]
    #[schemars(range(min = 1, max = 1_000_000_000_000_u64))]
    atoms: u64,
    /// Whether the zero-point energy ħω/2 of each of the 3N oscillators is counted: true unless given.
    #[serde(default = "closed::yes")]
    zero_point: bool,
}

fn build(keys: &Value, _context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let EinsteinSpec { quantum, atoms, zero_point } = closed::keys("einstein_solid", keys)?;
    closed::none_of([
        closed::quantum("model.einstein_solid.quantum", quantum),
        closed::count("model.einstein_solid.atoms", atoms, 1, 1_000_000_000_000),
    ])?;
    let spectrum = spectra::oscillators(3.0 * atoms as f64, quantum, zero_point);
    let formula = Formula {
        method: "the closed sum of a geometric series".to_owned(),
        terms: spectra::LISTED as f64,
        bounded: false,
        solve: move |temperature| spectrum.solve(temperature),
    };
    let what = match atoms {
        1 => "one atom of Einstein's solid".to_owned(),
        _ => format!("Einstein's solid of {} atoms", number::count(atoms)),
    };
    Ok(Arc::new(Closed {
        name: "einstein_solid",
        identity: json!({ "einstein_solid": { "quantum": quantum, "atoms": atoms, "zero_point": zero_point } }),
        description: what + &closed::unless_one("ħω", quantum),
        sites: Some(atoms as usize),
        magnetization: false,
        methods: vec![Method::new(CLOSED_FORM, Ok(formula))],
    }))
}
