//! The keys of an `ensemble` file, and the checked experiment made of them.

use super::{Ensemble, occupation};
use crate::exact::methods;
use crate::kind::{Context, Experiment, Problem};
use crate::models;
use serde::Deserialize;
use serde_json::Value;

/// The names of the models that have exact thermodynamics.
pub(super) const MODELS: &[&str] = &[
    "levels",
    "ising",
    "potts",
    "blume_capel",
    "clock",
    "max_cut",
    "rbm",
    "boltzmann_machine",
    "oscillator",
    "rotor",
    "box",
    "einstein_solid",
    "debye_solid",
    "curie_weiss",
    "random_energy",
    "chain",
    "onsager",
    "landscape",
    "occupation",
];

/// The exact ensemble of a small system: its partition function, and all that follows from it.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) struct EnsembleSpec {
    /// The temperature T in units of energy (k_B = 1): 0 is the limit of ground states, and below 0 the energies must have an
    /// upper bound. Needed but for `occupation`, which has none.
    temperature: Option<f64>,
    /// What has an energy: one of the models.
    model: Value,
    /// How the sum over all microstates is taken; by what it costs unless given.
    #[serde(default)]
    method: MethodSpec,
}

/// How the sum over all microstates is taken.
#[derive(Debug, Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct MethodSpec {
    /// "auto" (unless given), or one of the methods that apply to the model: "enumeration", "elimination", "kaufman",
    /// "closed_form", "spectral_sum", "quadrature".
    #[serde(default)]
    name: MethodName,
}

/// A method by name.
#[derive(Debug, Clone, Copy, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum MethodName {
    #[default]
    Auto,
    Enumeration,
    Elimination,
    Kaufman,
    ClosedForm,
    SpectralSum,
    Quadrature,
}

impl MethodName {
    fn word(self) -> &'static str {
        match self {
            Self::Auto => methods::AUTO,
            Self::Enumeration => methods::ENUMERATION,
            Self::Elimination => methods::ELIMINATION,
            Self::Kaufman => methods::KAUFMAN,
            Self::ClosedForm => methods::CLOSED_FORM,
            Self::SpectralSum => methods::SPECTRAL_SUM,
            Self::Quadrature => methods::QUADRATURE,
        }
    }
}

/// The schema of the keys, with the models spelt out.
pub(super) fn schema() -> Value {
    let mut schema = models::schema_of::<EnsembleSpec>();
    schema["properties"]["model"] = models::schema(MODELS);
    schema
}

/// Checks what the schema cannot say.
pub(super) fn prepare(keys: &Value, context: &Context<'_>) -> Result<Box<dyn Experiment>, Vec<Problem>> {
    let spec: EnsembleSpec =
        serde_json::from_value(keys.clone()).map_err(|error| vec![Problem::new("", error.to_string())])?;
    if spec.model.get("occupation").is_some() {
        let model = models::build(&spec.model, context)?;
        return Ok(Box::new(occupation::prepare(spec.temperature, spec.method.name.word(), model)?));
    }
    let Some(temperature) = spec.temperature else {
        let missing = Problem::new("", "missing key `temperature` in the experiment");
        return Err(vec![missing.help("add `temperature = …`, or sweep it")]);
    };
    // −0 is 0.
    let temperature = temperature + 0.0;
    if !temperature.is_finite() {
        return Err(vec![
            Problem::new(
                "temperature",
                format!("a temperature of {temperature} has no Boltzmann distribution"),
            )
            .label("must be a finite number"),
        ]);
    }
    let model = models::build(&spec.model, context)?;
    let method = spec.method.name.word();
    let ensemble = Ensemble { temperature, model, method: method.to_owned() };
    let model = &ensemble.model;
    match ensemble.solver() {
        Err(reason) => {
            let named = model.methods().iter().any(|known| known.name == method);
            let message = match (method == methods::AUTO, named) {
                (true, _) => format!("{} cannot be solved exactly: {reason}", model.description()),
                (false, true) => format!("{} cannot be solved by {method}: {reason}", model.description()),
                (false, false) => format!("{method} is no method for {}", model.description()),
            };
            let known: Vec<String> =
                model.methods().iter().map(|known| format!("\"{}\"", known.name)).collect();
            let (path, help) = match method == methods::AUTO {
                true => {
                    let help = match model.pair_model() {
                        Some(_) => "choose a smaller model, or sample it with `kind = \"sweep\"`",
                        None => "choose a smaller model",
                    };
                    (format!("model.{}", model.name()), help.to_owned())
                }
                false => {
                    let help = format!("the methods for this model are {}, or \"auto\"", known.join(", "));
                    ("method.name".to_owned(), help)
                }
            };
            Err(vec![Problem::new(path, message).help(help)])
        }
        Ok(solver) if temperature < 0.0 && !solver.bounded() => {
            let message = format!(
                "{} has energies without an upper bound, so that at T = {temperature} the sum over its states diverges",
                model.description()
            );
            Err(vec![Problem::new("temperature", message).label("must not be negative here")])
        }
        Ok(solver) => match solver.refuse(temperature) {
            Some(reason) => Err(vec![Problem::new("temperature", reason).help(match temperature == 0.0 {
                true => "choose a temperature other than 0",
                false => "choose a temperature further from 0, or another method",
            })]),
            None => Ok(Box::new(ensemble)),
        },
    }
}
