//! One training, with its evaluations along the way.

use super::{analyse, spec};
use crate::kind::{Control, Cost, Experiment, RunError};
use crate::learning::ais;
use crate::learning::evaluate::{fantasies, free_energies, mean, reconstruction_error};
use crate::learning::patterns::Patterns;
use crate::learning::train::{Algorithm, Settings, Trainer};
use crate::models::rbm::exact::{Enumeration, LARGEST_LAYER};
use crate::models::rbm::{Machine, Units, file};
use crate::record::{Analysis, Record};
use crate::rng::Stream;
use rand::SeedableRng;
use serde_json::{Value, json};
use std::ops::ControlFlow;

/// How ln Z is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Likelihood {
    Exact,
    Ais,
    None,
}

/// A checked training.
#[derive(Debug)]
pub struct Training {
    pub(super) settings: Settings,
    pub(super) train: Patterns,
    pub(super) validation: Option<Patterns>,
    /// The rows of the data, from 0, that are held out.
    pub(super) held_out_rows: Vec<usize>,
    /// Whether the training patterns are the whole distribution to be learnt.
    pub(super) complete: bool,
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) source: String,
    pub(super) attribution: &'static str,
    pub(super) likelihood: Likelihood,
    pub(super) every: usize,
    pub(super) samples: usize,
    pub(super) sample_steps: usize,
    pub(super) replicas: usize,
}

/// Names of the history's columns in a record, the epoch first.
pub(super) const HISTORY: [&str; 6] = [
    "epoch",
    "reconstruction_error",
    "free_energy_train",
    "free_energy_validation",
    "log_likelihood",
    "validation_log_likelihood",
];

/// How many fantasies are kept at one moment of the training, and at how many moments.
const FANTASIES: usize = 16;
const MOMENTS: usize = 25;

impl Training {
    /// Number of units of the smaller layer, over which the exact sum runs.
    pub(super) fn smaller(&self) -> usize {
        self.train.size().min(self.settings.hidden)
    }

    /// The trained machine of a record.
    pub(super) fn machine(&self, record: &Record) -> Machine {
        Machine {
            weights: record.series("weights").to_vec(),
            visible_bias: record.series("visible_bias").to_vec(),
            hidden_bias: record.series("hidden_bias").to_vec(),
            units: Units::Binary,
        }
    }

    fn evaluations(&self) -> usize {
        self.settings.epochs.div_ceil(self.every) + 1
    }

    /// Whether fantasies are kept at an evaluation: at the first, the last, and evenly between.
    fn is_kept(&self, evaluation: usize) -> bool {
        let (all, kept) = (self.evaluations(), self.evaluations().min(MOMENTS));
        let slot = |evaluation: usize| evaluation * (kept - 1) / (all - 1).max(1);
        self.samples > 0 && (evaluation == 0 || slot(evaluation) > slot(evaluation - 1))
    }

    /// Work of the training alone: each half-step of a chain, and each phase's gradient, visits the weights once.
    fn training_work(&self) -> f64 {
        let Settings { epochs, batch_size, chains, steps, algorithm, .. } = self.settings;
        let rows = self.train.count();
        let negative = match algorithm {
            Algorithm::Cd => rows,
            Algorithm::Pcd => rows.div_ceil(batch_size) * chains,
        };
        epochs as f64 * (2.0 * rows as f64 + (2.0 * steps as f64 + 1.0) * negative as f64) * self.weights()
    }

    /// Work of one evaluation.
    fn evaluation_work(&self) -> f64 {
        let larger = self.train.size().max(self.settings.hidden) as f64;
        let ais = ais::Settings::default();
        let sum = match self.likelihood {
            Likelihood::Exact => 4.0 * libm::exp2(self.smaller() as f64) * larger,
            Likelihood::Ais => (ais.runs * ais.steps) as f64 * 2.0 * self.weights(),
            Likelihood::None => 0.0,
        };
        let patterns = self.train.count() + self.validation.as_ref().map_or(0, Patterns::count);
        sum + 3.0 * patterns as f64 * self.weights()
    }

    fn weights(&self) -> f64 {
        self.train.size() as f64 * self.settings.hidden as f64
    }
}

impl Experiment for Training {
    fn identity(&self) -> Value {
        let Settings { algorithm, decay, .. } = self.settings;
        json!({
            "train_patterns": spec::content_hash(&self.train),
            "validation_patterns": self.validation.as_ref().map(spec::content_hash),
            "hidden": self.settings.hidden,
            "initial_scale": self.settings.initial_scale,
            "algorithm": algorithm,
            "steps": self.settings.steps,
            "epochs": self.settings.epochs,
            "batch_size": self.settings.batch_size,
            "chains": (algorithm == Algorithm::Pcd).then_some(self.settings.chains),
            "learning_rate": self.settings.learning_rate,
            "learning_rate_decay": decay,
            "momentum": self.settings.momentum,
            "weight_decay": self.settings.weight_decay,
            "log_likelihood": self.likelihood,
            "every": self.every,
            "samples": self.samples,
            "sample_steps": self.sample_steps,
        })
    }

    fn replicas(&self) -> usize {
        self.replicas
    }

    fn cost(&self) -> Cost {
        let parameters = 6.0 * self.weights();
        let patterns = 2.0 * self.train.values().len() as f64;
        Cost {
            work: self.training_work() + self.evaluations() as f64 * self.evaluation_work(),
            unit: "weight visits",
            sweeps: self.settings.epochs as u64,
            memory: (8.0 * (parameters + patterns)) as u64,
        }
    }

    fn quantities(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        if self.likelihood != Likelihood::None {
            names.push("log_likelihood");
            if self.validation.is_some() {
                names.push("validation_log_likelihood");
            }
            names.push("log_partition");
        }
        names.push("reconstruction_error");
        if self.validation.is_some() {
            names.push("free_energy_gap");
        }
        names
    }

    fn run(&self, mut stream: Stream, control: &dyn Control) -> Result<Record, RunError> {
        // Separate streams, so that how often a training is judged does not change what it learns.
        let training = Stream::from_rng(&mut stream);
        let mut judging = Stream::from_rng(&mut stream);
        let mut sampling = Stream::from_rng(&mut stream);
        // The same random numbers at every epoch: from one to the next only the machine differs.
        let dreaming = Stream::from_rng(&mut stream);
        let (learn, judge) = (self.training_work(), self.evaluation_work());
        let total = learn + self.evaluations() as f64 * judge;
        let mut history = History::default();
        let mut trainer = Trainer::new(&self.train, self.settings, training);
        for epoch in 0..=self.settings.epochs {
            let judged = history.evaluations as f64 * judge;
            if epoch > 0 {
                let mut advance = |fraction: f64| control.advance((fraction * learn + judged) / total);
                stop(trainer.epoch(&mut advance))?;
            }
            if epoch % self.every == 0 || epoch == self.settings.epochs {
                let begun = epoch as f64 / self.settings.epochs as f64 * learn + judged;
                let mut advance =
                    |fraction: f64| control.advance(((begun + fraction * judge) / total).min(1.0));
                let evaluation = history.evaluations;
                let machine = trainer.machine();
                self.judge(epoch, &machine, &mut judging, &mut history, &mut advance)?;
                if self.is_kept(evaluation) {
                    let mut dreams = dreaming.clone();
                    let images = fantasies(
                        &machine,
                        &self.train.means(),
                        self.samples.min(FANTASIES),
                        self.sample_steps,
                        &mut dreams,
                    );
                    history.push("fantasy_epoch", epoch as f64);
                    images.into_iter().for_each(|value| history.push("fantasies", value));
                }
            }
        }
        let machine = trainer.machine();
        let images = fantasies(&machine, &self.train.means(), self.samples, self.sample_steps, &mut sampling);
        let mut record = history.record;
        record.put_array("weights", vec![machine.visible(), machine.hidden()], machine.weights);
        record.put_series("visible_bias", machine.visible_bias);
        record.put_series("hidden_bias", machine.hidden_bias);
        record.put_array("samples", vec![self.samples, self.train.size()], images);
        Ok(record)
    }

    fn analyse(&self, records: &[Record]) -> Analysis {
        analyse::analyse(self, records)
    }

    /// The weights of the first replica: choosing the best one would bias what is reported of it.
    fn artifact(&self, records: &[Record]) -> Option<(&'static str, Vec<u8>)> {
        records.first().map(|record| ("weights.safetensors", file::write(&self.machine(record))))
    }
}

#[derive(Default)]
struct History {
    record: Record,
    evaluations: usize,
}

impl History {
    fn push(&mut self, name: &str, value: f64) {
        let array = self.record.arrays.entry(name.to_owned()).or_default();
        array.values.push(value);
        array.shape = vec![array.values.len()];
    }
}

impl Training {
    /// Appends one line to the history; the last call leaves ln Z and its error as scalars.
    fn judge(
        &self,
        epoch: usize,
        machine: &Machine,
        stream: &mut Stream,
        history: &mut History,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Result<(), RunError> {
        let diverged = || {
            let advice = "lower `train.learning_rate` or `train.momentum`";
            RunError::Failed(format!("the training diverged by epoch {epoch}: {advice}"))
        };
        let parameters = machine.weights.iter().chain(&machine.visible_bias).chain(&machine.hidden_bias);
        if !parameters.fold(0.0, |sum: f64, value| sum + value.abs()).is_finite() {
            return Err(diverged());
        }
        let train = -mean(&free_energies(machine, &self.train));
        let validation = self.validation.as_ref().map(|patterns| -mean(&free_energies(machine, patterns)));
        if !(train + validation.unwrap_or(0.0)).is_finite() {
            return Err(diverged());
        }
        history.push("epoch", epoch as f64);
        history.push("reconstruction_error", reconstruction_error(machine, &self.train));
        history.push("free_energy_train", -train);
        if let Some(validation) = validation {
            history.push("free_energy_validation", -validation);
        }
        let log_partition = match self.likelihood {
            Likelihood::None => None,
            Likelihood::Exact => {
                let exact = Enumeration::new(machine, LARGEST_LAYER).map_err(RunError::Failed)?;
                Some(exact.log_partition(advance).ok_or(RunError::Stopped)?)
            }
            Likelihood::Ais => {
                let base = self.train.log_odds();
                let estimate = ais::log_partition(machine, &base, ais::Settings::default(), stream, advance)
                    .ok_or(RunError::Stopped)?;
                history.record.scalars.insert("log_partition_error".to_owned(), estimate.std_error);
                history.record.scalars.insert("ais_effective_runs".to_owned(), estimate.effective_runs);
                Some(estimate.value)
            }
        };
        if let Some(log_partition) = log_partition {
            if !log_partition.is_finite() {
                return Err(diverged());
            }
            history.record.scalars.insert("log_partition".to_owned(), log_partition);
            history.push("log_likelihood", train - log_partition);
            if let Some(validation) = validation {
                history.push("validation_log_likelihood", validation - log_partition);
            }
        }
        history.evaluations += 1;
        Ok(())
    }
}

fn stop(flow: ControlFlow<()>) -> Result<(), RunError> {
    match flow {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(RunError::Stopped),
    }
}
