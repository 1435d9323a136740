//! The keys of a sweep, and the checked experiment that they become.

use crate::input::{Context, Problem};
use crate::models::{self, Model};
use crate::samplers::{self, SamplerEntry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

/// `--quick` measures one sweep in this many.
const QUICK_SHARE: u64 = 20;
/// Fewest sweeps that are measured, `--quick` included.
const FEWEST_SWEEPS: u64 = 100;
/// Most bytes that the series of one task may take.
const MOST_BYTES: u64 = 4 << 30;

/// The keys that a sweep adds to the common header.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) struct SweepSpec {
    /// Temperature T > 0, in units of energy (k_B = 1).
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub temperature: f64,
    /// What has an energy: one of the models.
    pub model: Value,
    /// How states are sampled.
    #[serde(default)]
    pub sampler: SamplerSpec,
    /// How long.
    #[serde(default)]
    pub budget: BudgetSpec,
}

/// How states are sampled.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "snake_case")]
pub(super) struct SamplerSpec {
    /// Name of the sampler: "metropolis" flips single spins and suits every model, as does "heat_bath"; "checkerboard" is
    /// Metropolis' for hundreds of sites at once, on uniform square and cubic tori; "wolff" and "swendsen_wang" flip clusters, which is far quicker near the transition of a ferromagnet; "overrelaxation" turns vectors.
    pub algorithm: String,
}

impl Default for SamplerSpec {
    fn default() -> Self {
        Self { algorithm: "metropolis".to_owned() }
    }
}

/// How long a point is simulated.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "snake_case")]
pub(super) struct BudgetSpec {
    /// Sweeps discarded at the start of each replica: "auto" runs until energy and magnetisation have settled (at most
    /// half as many sweeps as are measured, and at least 1000 if need be), or give a number.
    pub thermalize: Thermalize,
    /// Sweeps measured, per replica.
    #[schemars(range(min = 100))]
    pub sweeps: u64,
    /// Independent chains per point. Four or more let them be compared with each other.
    #[schemars(range(min = 1, max = 10_000))]
    pub replicas: u64,
}

impl Default for BudgetSpec {
    fn default() -> Self {
        Self { thermalize: Thermalize::Word(Auto::Auto), sweeps: 10_000, replicas: 4 }
    }
}

/// A number of sweeps, or the word "auto".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Thermalize {
    /// Until the energy has settled.
    Word(Auto),
    /// Exactly so many sweeps.
    Sweeps(u64),
}

/// The word "auto".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Auto {
    /// Decide from the data.
    Auto,
}

/// One point of a sweep, checked.
pub(super) struct SweepExperiment {
    pub model: Arc<dyn Model>,
    pub temperature: f64,
    pub sampler: &'static SamplerEntry,
    /// Sweeps to discard; `None` decides from the data.
    pub thermalize: Option<usize>,
    /// Sweeps to measure per replica.
    pub sweeps: usize,
    pub replicas: usize,
    /// Number of spins N.
    pub sites: usize,
}

impl SweepExperiment {
    /// Most sweeps that automatic thermalisation may take.
    pub(super) fn thermalization_cap(&self) -> usize {
        (self.sweeps / 2).max(1000)
    }

    /// The thermalisation that is expected of a task. An automatic one usually needs far less than its limit; a tenth of
    /// the measurement is typical.
    pub(super) fn expected_run_in(&self) -> usize {
        self.thermalize.unwrap_or(self.thermalization_cap() / 5)
    }

    /// Everything that decides a record's bytes.
    pub(super) fn parameters(&self) -> Value {
        json!({
            "model": { self.model.name(): self.model.identity() },
            "temperature": self.temperature,
            "sampler": { "algorithm": self.sampler.name },
            "budget": {
                "thermalize": self.thermalize.map_or(json!("auto"), |sweeps| json!(sweeps)),
                "sweeps": self.sweeps,
            },
        })
    }
}

/// Checks the resolved keys of one point.
pub(super) fn prepare(keys: &Value, context: &Context<'_>) -> Result<SweepExperiment, Vec<Problem>> {
    let spec: SweepSpec = serde_json::from_value(keys.clone())
        .map_err(|error| vec![Problem::new("", format!("the keys do not fit a sweep: {error}"))])?;
    let mut problems = Vec::new();
    if !(spec.temperature > 0.0 && spec.temperature.is_finite()) {
        problems.push(
            Problem::new("temperature", "a temperature must be positive and finite")
                .help("for T → 0 use the kind `anneal`, which looks for ground states"),
        );
    }
    let sampler = samplers::find(&spec.sampler.algorithm);
    if sampler.is_none() {
        let names: Vec<&str> = samplers::SAMPLERS.iter().map(|entry| entry.name).collect();
        problems.push(
            Problem::new("sampler.algorithm", format!("there is no sampler `{}`", spec.sampler.algorithm))
                .help(format!("choose one of: {}", names.join(", "))),
        );
    }
    let sweeps = if context.quick {
        (spec.budget.sweeps / QUICK_SHARE).max(FEWEST_SWEEPS)
    } else {
        spec.budget.sweeps
    };
    if spec.budget.sweeps < FEWEST_SWEEPS {
        problems.push(
            Problem::new("budget.sweeps", "too few sweeps for an error bar")
                .label(format!("must be at least {FEWEST_SWEEPS}")),
        );
    }
    if spec.budget.replicas == 0 {
        problems.push(
            Problem::new("budget.replicas", "a point needs at least one chain").label("must be at least 1"),
        );
    }
    if sweeps.saturating_mul(48) > MOST_BYTES {
        problems.push(
            Problem::new("budget.sweeps", format!("the series of {sweeps} sweeps would not fit into memory"))
                .help(format!("measure at most {} sweeps, with more replicas", MOST_BYTES / 48)),
        );
    }
    let model = match models::build(&spec.model, context) {
        Ok(model) => Some(model),
        Err(found) => {
            problems.extend(found);
            None
        }
    };
    if let Some(model) = &model {
        match (model.sites(), sampler) {
            (Some(_), Some(entry)) => {
                if let Some(reason) = (entry.refuse)(model.as_ref()) {
                    problems.push(Problem::new("sampler.algorithm", reason));
                }
            }
            (None, _) => problems.push(Problem::new(
                format!("model.{}", model.name()),
                "this model has no sites whose spins could be flipped",
            )),
            _ => {}
        }
    }
    let (Some(model), Some(sampler), true) = (model, sampler, problems.is_empty()) else {
        return Err(problems);
    };
    let thermalize = match spec.budget.thermalize {
        Thermalize::Word(Auto::Auto) => None,
        Thermalize::Sweeps(count) if context.quick => Some((count / QUICK_SHARE) as usize),
        Thermalize::Sweeps(count) => Some(count as usize),
    };
    Ok(SweepExperiment {
        sites: model.sites().unwrap_or(1),
        model,
        temperature: spec.temperature,
        sampler,
        thermalize,
        sweeps: sweeps as usize,
        replicas: spec.budget.replicas as usize,
    })
}
