//! Independent harmonic oscillators.

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
    name: "oscillator",
    summary: "independent harmonic oscillators",
    energy: r"$N$ oscillators of the quantum $\hbar\omega$ that hold $n$ quanta together have the energy $\hbar\omega\, n$, and half a quantum each besides unless the zero-point energy is left out; they share the quanta in $\binom{n + N - 1}{n}$ ways.",
    doc: r"`units` independent oscillators ($N = 1$ unless given) with the quantum $\hbar\omega$ = `quantum` (1 unless given),
$$E = \hbar\omega \left( n + \tfrac N2 \right), \qquad \ln Z = -N \left[ \tfrac x2 + \ln(1 - e^{-x}) \right], \quad x = \hbar\omega/T ,$$
for $n$ quanta in all, which $N$ oscillators share in $\binom{n + N - 1}{n}$ ways: these are the levels listed with their
populations. `zero_point = false` leaves out $N\hbar\omega/2$. Quantities per site are per oscillator.",
    schema: schema_of::<OscillatorSpec>,
    build,
};

/// Independent harmonic oscillators.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct OscillatorSpec {
    /// The quantum of energy ħω, 1 unless given.
    #[serde(default = "closed::one")]
    quantum: f64,
    /// The number N of oscillators, 1 unless given.
    #[serde(default = "closed::single")]
    #[schemars(range(min = 1, max = 1_000_000_000_000_u64))]
    units: u64,
    /// Whether the zero-point energy ħω/2 of each oscillator is counted: true unless given.
    #[serde(default = "closed::yes")]
    zero_point: bool,
}

fn build(keys: &Value, _context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let OscillatorSpec { quantum, units, zero_point } = closed::keys("oscillator", keys)?;
    closed::none_of([
        closed::quantum("model.oscillator.quantum", quantum),
        closed::count("model.oscillator.units", units, 1, 1_000_000_000_000),
    ])?;
    let spectrum = spectra::oscillators(units as f64, quantum, zero_point);
    let formula = Formula {
        method: "the closed sum of a geometric series".to_owned(),
        terms: spectra::LISTED as f64,
        bounded: false,
        solve: move |temperature| spectrum.solve(temperature),
    };
    let what = match units {
        1 => "a harmonic oscillator".to_owned(),
        _ => format!("{} independent harmonic oscillators", number::count(units)),
    };
    Ok(Arc::new(Closed {
        name: "oscillator",
        identity: json!({ "oscillator": { "quantum": quantum, "units": units, "zero_point": zero_point } }),
        description: what + &closed::unless_one("ħω", quantum),
        sites: Some(units as usize),
        magnetization: false,
        methods: vec![Method::new(CLOSED_FORM, Ok(formula))],
    }))
}
