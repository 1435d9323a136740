//! What the user writes for `kind = "rbm"`, and the checked training that it is turned into.

use super::data::{DataSpec, Loaded};
use super::run::{Likelihood, Training};
use crate::input::{Context, Problem};
use crate::learning::evaluate::LARGEST_EXACT;
use crate::learning::patterns::{Patterns, pick, split_rows};
use crate::learning::train::{Algorithm, Decay, Settings};
use crate::number::{count, plain};
use crate::rng;
use serde::Deserialize;
use serde_json::Value;

/// The keys of an experiment of this kind.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) struct Spec {
    /// What to learn from.
    data: DataSpec,
    /// The machine to train.
    model: ModelSpec,
    /// How to train it.
    train: TrainSpec,
    /// How to judge it.
    #[serde(default)]
    evaluate: EvaluateSpec,
    /// Independent trainings, each on its own random stream: two or more give error bars over trainings.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    replicas: usize,
}

/// `[model]`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
struct ModelSpec {
    /// A restricted Boltzmann machine of binary units; the data give the number of visible ones.
    rbm: RbmSpec,
}

/// `[model.rbm]`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
struct RbmSpec {
    /// Number of hidden units.
    #[schemars(range(min = 1))]
    hidden: usize,
    /// Standard deviation of the initial weights; when left out 1/√n for n visible units, so that the fields on the
    /// hidden units begin with a spread below 1 whatever the size.
    #[serde(default)]
    #[schemars(range(min = 0.0))]
    initial_scale: Option<f64>,
}

/// `[train]`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
struct TrainSpec {
    /// "cd" starts the negative phase at the data, "pcd" at chains that persist between updates.
    #[serde(default)]
    algorithm: Algorithm,
    /// Gibbs steps k of the negative phase.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    steps: usize,
    /// Passes over the training patterns.
    #[schemars(range(min = 1))]
    epochs: usize,
    /// Patterns per update; the last update of an epoch may have fewer.
    #[serde(default = "hundred")]
    #[schemars(range(min = 1))]
    batch_size: usize,
    /// Number of persistent chains of "pcd"; when left out `batch_size`, and at least 100, since few chains make a noisy
    /// negative phase.
    #[serde(default)]
    #[schemars(range(min = 1))]
    chains: Option<usize>,
    /// Step size of the first update.
    #[serde(default = "rate")]
    learning_rate: f64,
    /// "linear" lowers the step size in a straight line to zero at the end of the training; "none" keeps it.
    #[serde(default)]
    learning_rate_decay: Decay,
    /// Share of each update that is added to the next, from 0 to below 1.
    #[serde(default = "momentum")]
    #[schemars(range(min = 0.0))]
    momentum: f64,
    /// Strength of the pull of the weights to zero.
    #[serde(default)]
    #[schemars(range(min = 0.0))]
    weight_decay: f64,
}

/// `[evaluate]`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "snake_case")]
struct EvaluateSpec {
    /// How ln Z is found: "exact" sums the smaller layer (20 units at most), "ais" estimates it by annealed importance
    /// sampling, "auto" takes the exact sum where it is possible, "none" leaves likelihoods out.
    log_likelihood: LogLikelihood,
    /// Epochs between two evaluations; when left out a twentieth of the training.
    #[schemars(range(min = 1))]
    every: Option<usize>,
    /// Number of samples drawn from the trained machine, for the figure.
    samples: usize,
    /// Gibbs steps behind each sample.
    #[schemars(range(min = 1))]
    sample_steps: usize,
}

impl Default for EvaluateSpec {
    fn default() -> Self {
        Self { log_likelihood: LogLikelihood::Auto, every: None, samples: 40, sample_steps: 1000 }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum LogLikelihood {
    Auto,
    Exact,
    Ais,
    None,
}

fn one() -> usize {
    1
}

fn hundred() -> usize {
    100
}

fn rate() -> f64 {
    0.05
}

fn momentum() -> f64 {
    0.9
}

/// Checks the keys and reads the data.
pub(super) fn prepare(keys: &Value, context: &Context<'_>) -> Result<Training, Vec<Problem>> {
    let spec: Spec =
        serde_json::from_value(keys.clone()).map_err(|error| vec![Problem::new("", error.to_string())])?;
    let mut problems = spec.check_numbers();
    let loaded = spec.data.load(context).map_err(|problem| problems.push(problem)).ok();
    let Some(loaded) = loaded.filter(|_| problems.is_empty()) else {
        return Err(problems);
    };
    let Loaded { images, source, attribution, complete } = loaded;
    let held_out = libm::round(spec.data.validation * images.count() as f64) as usize;
    if held_out >= images.count() || (held_out == 0 && spec.data.validation > 0.0) {
        let message = format!(
            "{} of {} patterns would be held out",
            count(held_out as u64),
            count(images.count() as u64)
        );
        return Err(vec![
            Problem::new("data.validation", message).help("leave at least one pattern on either side"),
        ]);
    }
    let stream = spec.data.shuffle.then(|| rng::stream(context.seed, "validation split", &source, 0));
    let (train_rows, held_out_rows) = split_rows(images.count(), held_out, stream);
    let (train, validation) = (pick(&images, &train_rows), pick(&images, &held_out_rows));
    let hidden = spec.model.rbm.hidden;
    let smaller = train.size().min(hidden);
    let likelihood = match spec.evaluate.log_likelihood {
        LogLikelihood::None => Likelihood::None,
        LogLikelihood::Ais => Likelihood::Ais,
        LogLikelihood::Exact if smaller > LARGEST_EXACT => {
            let message = format!(
                "the exact log-likelihood sums 2^{smaller} ≈ {} terms, more than the 2^{LARGEST_EXACT} allowed",
                plain(libm::exp2(smaller as f64))
            );
            let problem = Problem::new("evaluate.log_likelihood", message)
                .label(format!("the smaller layer has {smaller} units"))
                .help(format!("use \"ais\", or at most {LARGEST_EXACT} hidden units"));
            return Err(vec![problem]);
        }
        LogLikelihood::Auto if smaller > LARGEST_EXACT => Likelihood::Ais,
        LogLikelihood::Auto | LogLikelihood::Exact => Likelihood::Exact,
    };
    let epochs = if context.quick { spec.train.epochs.div_ceil(10) } else { spec.train.epochs };
    let initial_scale = spec.model.rbm.initial_scale.unwrap_or(1.0 / libm::sqrt(train.size() as f64));
    Ok(Training {
        settings: Settings {
            hidden,
            initial_scale,
            algorithm: spec.train.algorithm,
            steps: spec.train.steps,
            epochs,
            batch_size: spec.train.batch_size,
            chains: spec.train.chains.unwrap_or(spec.train.batch_size.max(100)),
            learning_rate: spec.train.learning_rate,
            decay: spec.train.learning_rate_decay,
            momentum: spec.train.momentum,
            weight_decay: spec.train.weight_decay,
        },
        validation: (held_out > 0).then_some(validation),
        held_out_rows,
        complete: complete && held_out == 0,
        train,
        height: images.height,
        width: images.width,
        source,
        attribution,
        likelihood,
        every: spec.evaluate.every.unwrap_or(epochs / 20).clamp(1, epochs),
        samples: spec.evaluate.samples,
        sample_steps: spec.evaluate.sample_steps,
        replicas: spec.replicas,
    })
}

impl Spec {
    fn check_numbers(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut require = |holds: bool, path: &str, message: &str| {
            if !holds {
                problems.push(Problem::new(path, message));
            }
        };
        let train = &self.train;
        require(
            train.learning_rate > 0.0 && train.learning_rate.is_finite(),
            "train.learning_rate",
            "the learning rate must be a positive number",
        );
        require(
            (0.0..1.0).contains(&train.momentum),
            "train.momentum",
            "the momentum must be at least 0 and below 1",
        );
        require(
            train.weight_decay >= 0.0 && train.weight_decay.is_finite(),
            "train.weight_decay",
            "the weight decay must not be negative",
        );
        require(
            (0.0..1.0).contains(&self.data.validation),
            "data.validation",
            "the share must be at least 0 and below 1",
        );
        let scale = self.model.rbm.initial_scale;
        require(
            scale.is_none_or(|scale| scale >= 0.0 && scale.is_finite()),
            "model.rbm.initial_scale",
            "the width of the initial weights must not be negative",
        );
        for (value, path) in [
            (self.model.rbm.hidden, "model.rbm.hidden"),
            (train.steps, "train.steps"),
            (train.epochs, "train.epochs"),
            (train.batch_size, "train.batch_size"),
            (train.chains.unwrap_or(1), "train.chains"),
            (self.replicas, "replicas"),
            (self.evaluate.sample_steps, "evaluate.sample_steps"),
            (self.evaluate.every.unwrap_or(1), "evaluate.every"),
        ] {
            require(value >= 1, path, "must be at least 1");
        }
        require(
            self.model.rbm.hidden <= 1 << 16,
            "model.rbm.hidden",
            "more than 65536 hidden units are not supported",
        );
        require(
            train.batch_size <= 1 << 20,
            "train.batch_size",
            "more than 2^20 patterns per update are not supported",
        );
        require(
            train.chains.unwrap_or(1) <= 1 << 20,
            "train.chains",
            "more than 2^20 chains are not supported",
        );
        require(
            self.evaluate.samples <= 10_000,
            "evaluate.samples",
            "more than 10000 samples are not supported",
        );
        problems
    }
}

/// BLAKE3 of the patterns, as part of a task's identity.
pub(super) fn content_hash(patterns: &Patterns) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(patterns.size() as u64).to_le_bytes());
    for value in patterns.values() {
        hasher.update(&value.to_le_bytes());
    }
    hasher.finalize().to_hex().to_string()
}
