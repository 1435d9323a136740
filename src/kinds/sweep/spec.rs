//! The keys of a sweep, and the checked experiment that they become.

use super::ladder::{LadderPlan, LadderSpec, ladder_plan};
use super::measure::{Measure, MeasureSpec};
use super::target::{Target, target};
use crate::input::{Context, Problem};
use crate::models::{self, Model};
use crate::samplers::ladder::{Course, Ladder};
use crate::samplers::{self, Method, SamplerEntry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
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
    /// What is measured beyond energy and magnetisation.
    #[serde(default)]
    pub measure: MeasureSpec,
}

/// How states are sampled.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "snake_case")]
pub(super) struct SamplerSpec {
    /// Name of the sampler: "metropolis" flips single spins and suits every model, as does "heat_bath"; "checkerboard" is
    /// Metropolis' for hundreds of sites at once, on uniform square and cubic tori; "wolff" and "swendsen_wang" flip
    /// clusters, which is far quicker near the transition of a ferromagnet; "overrelaxation" turns vectors. One run serves all
    /// temperatures of a sweep with "parallel_tempering", "population_annealing", "annealed_importance" and "multicanonical".
    /// "auto" takes the chain that gives independent samples soonest, by short trials at each point. A point on a `landscape` is moved
    /// by "metropolis" and "langevin", the particles of `lennard_jones` by "metropolis".
    pub algorithm: String,
    /// Whether "parallel_tempering" may add temperatures where those of the sweep are too far apart ("refined", its
    /// default) or keeps to them ("given").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ladder: Option<LadderSpec>,
    /// Sweeps at each temperature on the way down, for "population_annealing" (10 by default) and "annealed_importance" (5).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub relaxation: Option<u64>,
    /// Time step dt of "langevin"; left out, a twentieth of 1/|E″| at the sharpest bend of the landscape where it is populated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64", extend("exclusiveMinimum" = 0))]
    pub step: Option<f64>,
}

impl Default for SamplerSpec {
    fn default() -> Self {
        Self { algorithm: "metropolis".to_owned(), ladder: None, relaxation: None, step: None }
    }
}

/// How long a point is simulated.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "snake_case")]
pub(super) struct BudgetSpec {
    /// Sweeps discarded at the start of each replica: "auto" runs until energy and magnetisation have settled (at most
    /// half as many sweeps as are measured, and at least 1000 if need be), or give a number.
    pub thermalize: Thermalize,
    /// Sweeps measured, per replica; for "population_annealing" the members of the population, for "annealed_importance" the
    /// paths.
    #[schemars(range(min = 100))]
    pub sweeps: u64,
    /// Standard errors to reach, by quantity: each replica goes on until its own error is the target times the root of the
    /// number of replicas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_error: Option<BTreeMap<String, f64>>,
    /// Most sweeps measured, per replica, where a target is given; 20 times `sweeps` if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_sweeps: Option<u64>,
    /// Independent chains per point. Four or more let them be compared with each other.
    #[schemars(range(min = 1, max = 10_000))]
    pub replicas: u64,
}

impl Default for BudgetSpec {
    fn default() -> Self {
        Self {
            thermalize: Thermalize::Word(Auto::Auto),
            sweeps: 10_000,
            target_error: None,
            max_sweeps: None,
            replicas: 4,
        }
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
    /// The study's seed, for trials that are the same for all replicas.
    pub seed: u64,
    pub sampler: &'static SamplerEntry,
    /// Sweeps to discard; `None` decides from the data.
    pub thermalize: Option<usize>,
    /// Sweeps to measure per replica, or before the errors are first compared with their targets.
    pub sweeps: usize,
    /// The errors to reach, where there are any.
    pub target: Option<Target>,
    pub replicas: usize,
    /// Number of spins N.
    pub sites: usize,
    /// The temperatures of the curve and how to go through them, for a sampler that serves all of them in one run.
    pub ladder: Option<LadderPlan>,
    /// What is measured beyond energy and magnetisation.
    pub measure: Measure,
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
        let mut parameters = json!({
            "model": { self.model.name(): self.model.identity() },
            "temperature": self.temperature,
            "sampler": { "algorithm": self.sampler.name },
            "budget": {
                "thermalize": self.thermalize.map_or(json!("auto"), |sweeps| json!(sweeps)),
                "sweeps": self.sweeps,
            },
        });
        if self.sampler.revision > 0 {
            parameters["sampler"]["revision"] = json!(self.sampler.revision);
        }
        if let Some(plan) = &self.ladder {
            parameters["sampler"]["temperatures"] = json!(plan.temperatures);
            parameters["sampler"]["relaxation"] = json!(plan.relaxation);
            parameters["sampler"]["refine"] = json!(plan.refine);
        }
        if let Some(target) = &self.target {
            parameters["budget"]["target_error"] = json!(target.single(self.replicas));
            parameters["budget"]["max_sweeps"] = json!(target.most);
        }
        // Named only where it is asked for: other records stay what they were.
        if let Some(measure) = self.measure.identity() {
            parameters["measure"] = measure;
        }
        parameters
    }
}

/// Checks the resolved keys of one point.
pub(super) fn prepare(keys: &Value, context: &Context<'_>) -> Result<SweepExperiment, Vec<Problem>> {
    let spec: SweepSpec = serde_json::from_value(keys.clone())
        .map_err(|error| vec![Problem::new("", format!("the keys do not fit a sweep: {error}"))])?;
    let mut problems = Vec::new();
    let (sampler, sweeps) = basics(&spec, context, &mut problems);
    if spec.sampler.step.is_some() {
        problems.push(
            Problem::new("sampler.step", "only the steps of `langevin` have a length in time")
                .help("leave the key out; `langevin` is for the model `landscape`"),
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
        match (sites(model.as_ref()), sampler) {
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
    let ladder = sampler.and_then(|entry| ladder_plan(entry, &spec, context, &mut problems));
    let target = target(&spec, sampler, context, &mut problems);
    if let (Some(model), Some(entry)) = (&model, sampler) {
        let one = held(entry, 1, sites(model.as_ref()).unwrap_or(1)).max(1);
        if one.saturating_mul(sweeps) > MOST_BYTES {
            problems.push(
                Problem::new(
                    "budget.sweeps",
                    format!("a population of {sweeps} members would not fit into memory"),
                )
                .help(format!("take at most {} members, with more replicas", MOST_BYTES / one)),
            );
        }
    }
    let measure = model.as_ref().map(|model| {
        Measure::new(
            &spec.measure,
            model.as_ref(),
            &spec.sampler.algorithm,
            (spec.budget.sweeps, sweeps),
            &mut problems,
        )
    });
    let (Some(model), Some(sampler), Some(measure), true) = (model, sampler, measure, problems.is_empty())
    else {
        return Err(problems);
    };
    let thermalize = thermalize(&spec, context);
    Ok(SweepExperiment {
        sites: sites(model.as_ref()).unwrap_or(1),
        model,
        temperature: spec.temperature,
        seed: context.seed,
        sampler,
        thermalize,
        sweeps: sweeps as usize,
        target,
        replicas: spec.budget.replicas as usize,
        ladder,
        measure,
    })
}

/// The sampler and the number of sweeps to measure; what is wrong with these and the other keys that any model has is added to
/// `problems`.
pub(super) fn basics(
    spec: &SweepSpec,
    context: &Context<'_>,
    problems: &mut Vec<Problem>,
) -> (Option<&'static SamplerEntry>, u64) {
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
    (sampler, sweeps)
}

/// Adds a problem for each key that is given and means nothing: its path, whether it is given, why it means nothing, and what to do.
pub(super) fn refuse_meaningless(keys: &[(&str, bool, &str, &str)], problems: &mut Vec<Problem>) {
    let given = keys.iter().filter(|(_, given, ..)| *given);
    problems.extend(given.map(|(path, _, reason, help)| Problem::new(*path, *reason).help(*help)));
}

/// Sweeps to discard; `None` decides from the data.
pub(super) fn thermalize(spec: &SweepSpec, context: &Context<'_>) -> Option<usize> {
    match spec.budget.thermalize {
        Thermalize::Word(Auto::Auto) => None,
        Thermalize::Sweeps(count) if context.quick => Some((count / QUICK_SHARE) as usize),
        Thermalize::Sweeps(count) => Some(count as usize),
    }
}

/// The number of spins N: of sites, or of a machine's units.
fn sites(model: &dyn Model) -> Option<usize> {
    model.sites().or_else(|| model.pair_model().map(|pairs| pairs.spins()))
}

/// About how many bytes so many samples take besides their series while a run lasts.
pub(super) fn held(sampler: &SamplerEntry, samples: u64, sites: usize) -> u64 {
    match sampler.method {
        Method::Ladder(Ladder { course: Course::Fall { member, .. }, .. }) => samples * member(sites),
        Method::Chain(..) | Method::Ladder(_) | Method::Auto => 0,
    }
}
