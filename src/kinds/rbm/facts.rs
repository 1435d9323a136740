//! What the handout of a training can say: every fact with its meaning.
//!
//! Likelihoods, free energies and energies are in nats, with k_B T = 1.

use crate::fact::{Listed, Measured};
use schemars::JsonSchema;
use serde::Serialize;

/// The facts of a study; those of a single point are about the one that learnt best.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Facts {
    /// Whether no training was finished; all other facts then mean nothing.
    pub empty: bool,
    /// The machine, the data and the training.
    #[serde(flatten)]
    pub setting: Setting,
    /// What was learnt.
    #[serde(flatten)]
    pub learnt: Learnt,
    /// What else was seen.
    #[serde(flatten)]
    pub seen: Seen,
    /// The points.
    #[serde(flatten)]
    pub listed: Listed<PointRow>,
}

/// What was trained, on what, and how.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Setting {
    /// The number of visible units.
    pub visible: usize,
    /// The number of hidden units.
    pub hidden: usize,
    /// The number of all units.
    pub units: usize,
    /// The data's name, or its file.
    pub source: String,
    /// Where embedded data come from; may be empty.
    pub attribution: &'static str,
    /// Whether there is an attribution.
    pub attributed: bool,
    /// The number of training patterns.
    pub patterns: usize,
    /// The number of patterns held out.
    pub held_out: usize,
    /// Whether any pattern is held out.
    pub has_validation: bool,
    /// Whether all pixels are 0 or 1.
    pub binary: bool,
    /// Whether the patterns are the whole distribution to be learnt, each once.
    pub complete: bool,
    /// The algorithm's name, CD or PCD.
    pub algorithm: &'static str,
    /// Whether the chains are persistent.
    pub persistent: bool,
    /// The number of persistent chains.
    pub chains: usize,
    /// The number of Gibbs steps of an update.
    pub steps: usize,
    /// How often the patterns were gone through.
    pub epochs: usize,
    /// The most patterns of a batch.
    pub batch_size: usize,
    /// The step size.
    pub learning_rate: f64,
    /// Whether the step size falls linearly to zero.
    pub falling_rate: bool,
    /// The momentum.
    pub momentum: f64,
    /// Whether there is a momentum.
    pub has_momentum: bool,
    /// The weight decay.
    pub weight_decay: f64,
    /// Whether there is a weight decay.
    pub has_weight_decay: bool,
    /// The number of independent trainings.
    pub replicas: usize,
    /// Whether there are several.
    pub several_replicas: bool,
    /// The number of Gibbs steps of a sample's chain.
    pub sample_steps: usize,
}

/// Likelihoods, and what they stand against.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Learnt {
    /// Whether likelihoods were asked for.
    pub has_likelihood: bool,
    /// Whether they are exact.
    pub exact: bool,
    /// The number of units of the smaller layer.
    pub smaller: usize,
    /// Which layer is the smaller: `hidden` or `visible`.
    pub smaller_layer: &'static str,
    /// The mean log-likelihood of the training patterns.
    pub log_likelihood: Measured,
    /// The mean log-likelihood of the held-out patterns.
    pub validation_log_likelihood: Measured,
    /// The logarithm of the partition function, ln Z.
    pub log_partition: Measured,
    /// The mean log-likelihood of the training patterns under independent pixels.
    pub independent: f64,
    /// The same for the held-out patterns; empty where there are none.
    pub independent_validation: Measured,
    /// By how much the machine exceeds independent pixels on the training patterns; empty without likelihoods.
    pub gain: Measured,
    /// The same on the held-out patterns, with the error of the differences pattern by pattern; empty where there are none.
    pub validation_gain: Measured,
    /// The factor by which it makes an average training pattern likelier, exp(gain); empty without likelihoods.
    pub gain_factor: Option<f64>,
    /// Minus the logarithm of the number of patterns: what a perfect machine reaches when the patterns are complete.
    pub best_possible: f64,
    /// What is left to that: the divergence of the machine from complete patterns; empty where they are not.
    pub divergence: Measured,
    /// The number of runs of annealed importance sampling.
    pub ais_runs: usize,
    /// The number of its temperatures.
    pub ais_steps: usize,
    /// Whether the smaller layer is too large for an exact sum.
    pub too_large: bool,
    /// The probability of all patterns together, in the first training; empty where they are not complete.
    pub mass: Option<f64>,
}

/// What else was seen.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Seen {
    /// The mean squared reconstruction error per pixel, at the end.
    pub reconstruction_error: Measured,
    /// The same before training; empty where it was not evaluated.
    pub first_reconstruction: Option<f64>,
    /// Whether it fell.
    pub reconstruction_fell: bool,
    /// The mean free energy of held-out patterns less that of training patterns.
    pub free_energy_gap: Measured,
    /// Whether it exceeds zero by more than three errors.
    pub gap_seen: bool,
    /// The course of the likelihood that matters most; empty where fewer than five evaluations were made.
    pub course: Option<Course>,
    /// The mean energy of the first training pattern over the hidden units; empty where there is no table of patterns.
    pub example_energy: Option<f64>,
    /// The entropy of the hidden units at that pattern.
    pub example_entropy: Option<f64>,
    /// The most that entropy could be: ln 2 for each hidden unit.
    pub entropy_bound: f64,
    /// The free energy of that pattern.
    pub example_free_energy: Option<f64>,
    /// Whether the figure `filters` stands in the body.
    pub has_filters: bool,
    /// Whether the figure `samples` stands in the body.
    pub has_samples: bool,
    /// Whether something was swept, so that the figure `learning` stands in the body.
    pub swept: bool,
}

/// How the likelihood went, on held-out patterns where there are any.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Course {
    /// The epoch of its highest evaluation.
    pub best_epoch: f64,
    /// The likelihood there.
    pub best: f64,
    /// The likelihood at the end.
    pub last: f64,
    /// By how much it rose over the last fifth of the epochs.
    pub late_rise: f64,
    /// Whether that is more than a hundredth of the rise over the whole training: it had not levelled off.
    pub rising: bool,
    /// The deepest fall below what had been reached before: the epoch and the likelihood from which it fell, and to which.
    pub dip_from_epoch: f64,
    /// The likelihood before it.
    pub dip_from: f64,
    /// The epoch of its lowest point.
    pub dip_to_epoch: f64,
    /// The likelihood there.
    pub dip_to: f64,
    /// Whether it fell by more than a tenth of the whole rise, and then rose again.
    pub dipped: bool,
    /// Whether the end lies below the best by more than a hundredth of that rise: fewer epochs would do better.
    pub falling: bool,
}

/// One point of the study.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct PointRow {
    /// The values of the swept keys.
    pub coordinates: Vec<String>,
    /// The mean log-likelihood of the training patterns.
    pub log_likelihood: Measured,
    /// The mean log-likelihood of the held-out patterns.
    pub validation_log_likelihood: Measured,
    /// The mean squared reconstruction error per pixel.
    pub reconstruction_error: Measured,
}
