//! The keys of an `ensemble` file, and the checked experiment made of them.

use super::Ensemble;
use crate::kind::{Context, Problem};
use crate::models;
use serde::Deserialize;
use serde_json::Value;

/// The names of the models that have exact thermodynamics.
pub(super) const MODELS: &[&str] = &["levels", "ising", "max_cut", "rbm"];

/// The exact ensemble of a small system: its partition function, and all that follows from it.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) struct EnsembleSpec {
    /// The temperature T in units of energy (k_B = 1), greater than 0.
    #[schemars(extend("exclusiveMinimum" = 0))]
    temperature: f64,
    /// What has an energy: one of the models.
    model: Value,
}

/// The schema of the keys, with the models spelt out.
pub(super) fn schema() -> Value {
    let mut schema = models::schema_of::<EnsembleSpec>();
    schema["properties"]["model"] = models::schema(MODELS);
    schema
}

/// Checks what the schema cannot say.
pub(super) fn prepare(keys: &Value, context: &Context<'_>) -> Result<Ensemble, Vec<Problem>> {
    let spec: EnsembleSpec =
        serde_json::from_value(keys.clone()).map_err(|error| vec![Problem::new("", error.to_string())])?;
    let temperature = spec.temperature;
    if !(temperature > 0.0 && temperature.is_finite()) {
        return Err(vec![
            Problem::new(
                "temperature",
                format!("a temperature of {temperature} has no Boltzmann distribution"),
            )
            .label("must be greater than 0"),
        ]);
    }
    let model = models::build(&spec.model, context)?;
    let refusal = model.exact().err();
    if let Some(reason) = refusal {
        let message = format!("{} cannot be solved exactly: {reason}", model.description());
        let help = "choose a smaller model, or sample it with `kind = \"sweep\"`";
        return Err(vec![Problem::new(format!("model.{}", model.name()), message).help(help)]);
    }
    Ok(Ensemble { temperature, model })
}
