//! Training by stochastic gradient ascent on the likelihood, its intractable part sampled by contrastive divergence.
//!
//! The gradient of the mean log-likelihood is ∂ℒ/∂W_ij = ⟨v_i h_j⟩_data − ⟨v_i h_j⟩_model, and likewise for the biases. The
//! first (positive) average clamps v to the data; the second (negative) is estimated from k steps of Gibbs sampling,
//! started at the data (CD-k: Hinton 2002, doi:10.1162/089976602760128018) or at chains that persist from one update to the
//! next (PCD-k: Tieleman 2008, doi:10.1145/1390156.1390290). Advice on the settings: Hinton 2012,
//! doi:10.1007/978-3-642-35289-8_32.

use super::gibbs::{add_rows, draw, sigmoids, transpose};
use super::patterns::{Patterns, shuffle};
use crate::models::rbm::{Machine, Units};
use crate::rng::{Stream, standard_normal};
use std::ops::ControlFlow;

/// Where the negative phase's Gibbs sampling starts.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    /// Contrastive divergence: at the patterns of the batch.
    #[default]
    Cd,
    /// Persistent contrastive divergence: where the chains of the last update ended.
    Pcd,
}

/// How the learning rate changes over the training.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Decay {
    /// It falls in a straight line, from its full value at the first update to zero after the last, so that the noise of
    /// the sampled gradient averages out.
    #[default]
    Linear,
    /// It stays.
    None,
}

/// Checked settings of a training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Number of hidden units, at least 1.
    pub hidden: usize,
    /// Standard deviation of the initial weights.
    pub initial_scale: f64,
    /// Where the negative phase starts.
    pub algorithm: Algorithm,
    /// Gibbs steps k of the negative phase, at least 1.
    pub steps: usize,
    /// Passes over the training patterns.
    pub epochs: usize,
    /// Patterns per update, at least 1.
    pub batch_size: usize,
    /// Persistent chains, at least 1: the negative phase of every update averages over all of them. (CD has one chain per
    /// pattern of the batch.)
    pub chains: usize,
    /// Step size η > 0 of an update.
    pub learning_rate: f64,
    /// How η changes.
    pub decay: Decay,
    /// Share of the last update that is added to the next, from 0 to below 1.
    pub momentum: f64,
    /// Strength λ ≥ 0 of the pull of the weights (not the biases) to zero.
    pub weight_decay: f64,
}

/// A training under way.
#[derive(Debug)]
pub struct Trainer<'a> {
    patterns: &'a Patterns,
    settings: Settings,
    stream: Stream,
    parameters: Parameters,
    velocity: Parameters,
    gradient: Parameters,
    transposed: Vec<f64>,
    chains: Vec<Vec<u32>>,
    order: Vec<usize>,
    updates: usize,
}

#[derive(Debug, Clone)]
struct Parameters {
    weights: Vec<f64>,
    visible: Vec<f64>,
    hidden: Vec<f64>,
}

impl Parameters {
    fn zero(visible: usize, hidden: usize) -> Self {
        Self { weights: vec![0.0; visible * hidden], visible: vec![0.0; visible], hidden: vec![0.0; hidden] }
    }
}

/// Buffers of one Gibbs chain.
#[derive(Debug, Default)]
struct Buffers {
    visible: Vec<u32>,
    hidden: Vec<u32>,
    visible_fields: Vec<f64>,
    hidden_fields: Vec<f64>,
}

impl<'a> Trainer<'a> {
    /// Starts a training: weights from a normal distribution of width `initial_scale`, visible biases at the log-odds of
    /// the data's means, hidden biases at zero, and persistent chains drawn from the independent units that this leaves.
    pub fn new(patterns: &'a Patterns, settings: Settings, mut stream: Stream) -> Self {
        let (visible, hidden) = (patterns.size(), settings.hidden);
        let parameters = Parameters {
            weights: (0..visible * hidden)
                .map(|_| settings.initial_scale * standard_normal(&mut stream))
                .collect(),
            visible: patterns.log_odds(),
            hidden: vec![0.0; hidden],
        };
        let mut chains = Vec::new();
        if settings.algorithm == Algorithm::Pcd {
            let means = patterns.means();
            chains.resize(settings.chains, Vec::new());
            for chain in &mut chains {
                draw(&means, &mut stream, chain);
            }
        }
        Self {
            patterns,
            settings,
            stream,
            parameters,
            velocity: Parameters::zero(visible, hidden),
            gradient: Parameters::zero(visible, hidden),
            transposed: vec![0.0; visible * hidden],
            chains,
            order: (0..patterns.count()).collect(),
            updates: 0,
        }
    }

    /// The machine as it is now.
    pub fn machine(&self) -> Machine {
        Machine {
            weights: self.parameters.weights.clone(),
            visible_bias: self.parameters.visible.clone(),
            hidden_bias: self.parameters.hidden.clone(),
            units: Units::Binary,
        }
    }

    /// Goes once through the patterns, in a new random order, one update per batch. The last batch of an epoch may be
    /// smaller: the positive phase is averaged over its own patterns, the negative one over its own chains.
    ///
    /// `advance` is called after each update with the share of the whole training that is done.
    pub fn epoch(&mut self, advance: &mut dyn FnMut(f64) -> ControlFlow<()>) -> ControlFlow<()> {
        let mut order = std::mem::take(&mut self.order);
        shuffle(&mut order, &mut self.stream);
        let batches = order.len().div_ceil(self.settings.batch_size);
        let total = (batches * self.settings.epochs) as f64;
        for batch in order.chunks(self.settings.batch_size) {
            self.sample_gradient(batch);
            let rate = match self.settings.decay {
                Decay::None => self.settings.learning_rate,
                Decay::Linear => self.settings.learning_rate * (1.0 - self.updates as f64 / total).max(0.0),
            };
            self.update(rate);
            self.updates += 1;
            advance(self.updates as f64 / total)?;
        }
        self.order = order;
        ControlFlow::Continue(())
    }

    /// Positive less negative phase, into `gradient`.
    fn sample_gradient(&mut self, batch: &[usize]) {
        let Self { patterns, settings, stream, parameters, gradient, transposed, chains, .. } = self;
        transpose(&parameters.weights, settings.hidden, transposed);
        gradient.weights.fill(0.0);
        gradient.visible.fill(0.0);
        gradient.hidden.fill(0.0);
        let (share, mut buffers) = (1.0 / batch.len() as f64, Buffers::default());
        let mut scaled = vec![0.0; settings.hidden];
        for &m in batch {
            let (row, active) = (patterns.row(m), patterns.active(m));
            buffers.hidden_fields.clone_from(&parameters.hidden);
            if patterns.is_binary() {
                add_rows(&mut buffers.hidden_fields, &parameters.weights, active);
            } else {
                for &i in active {
                    let weights = &parameters.weights[i as usize * settings.hidden..][..settings.hidden];
                    for (field, weight) in buffers.hidden_fields.iter_mut().zip(weights) {
                        *field += row[i as usize] * weight;
                    }
                }
            }
            sigmoids(&mut buffers.hidden_fields);
            for &i in active {
                let weight = share * row[i as usize];
                gradient.visible[i as usize] += weight;
                let target = &mut gradient.weights[i as usize * settings.hidden..][..settings.hidden];
                for (sum, mean) in target.iter_mut().zip(&buffers.hidden_fields) {
                    *sum += weight * mean;
                }
            }
            for (sum, mean) in gradient.hidden.iter_mut().zip(&buffers.hidden_fields) {
                *sum += share * mean;
            }
            if settings.algorithm == Algorithm::Cd {
                run_chain(settings.steps, parameters, transposed, stream, &mut buffers);
                subtract(gradient, share, &buffers, &mut scaled);
            }
        }
        let share = 1.0 / settings.chains as f64;
        for chain in chains {
            std::mem::swap(&mut buffers.visible, chain);
            buffers.hidden_fields.clone_from(&parameters.hidden);
            add_rows(&mut buffers.hidden_fields, &parameters.weights, &buffers.visible);
            sigmoids(&mut buffers.hidden_fields);
            run_chain(settings.steps, parameters, transposed, stream, &mut buffers);
            subtract(gradient, share, &buffers, &mut scaled);
            std::mem::swap(&mut buffers.visible, chain);
        }
    }

    /// velocity ← momentum · velocity + rate · (gradient − weight_decay · W); parameters += velocity.
    fn update(&mut self, rate: f64) {
        let Settings { momentum, weight_decay, .. } = self.settings;
        let step = |values: &mut [f64], velocity: &mut [f64], gradient: &[f64], decay: f64| {
            for ((value, speed), slope) in values.iter_mut().zip(velocity).zip(gradient) {
                *speed = momentum * *speed + rate * (slope - decay * *value);
                *value += *speed;
            }
        };
        let (parameters, velocity, gradient) = (&mut self.parameters, &mut self.velocity, &self.gradient);
        step(&mut parameters.weights, &mut velocity.weights, &gradient.weights, weight_decay);
        step(&mut parameters.visible, &mut velocity.visible, &gradient.visible, 0.0);
        step(&mut parameters.hidden, &mut velocity.hidden, &gradient.hidden, 0.0);
    }
}

/// Runs k steps h ~ p(h|v), v ~ p(v|h) from the hidden probabilities in `hidden_fields`, and leaves the last v there with
/// its own hidden probabilities p(h|v), computed afresh.
fn run_chain(
    steps: usize,
    parameters: &Parameters,
    transposed: &[f64],
    stream: &mut Stream,
    buffers: &mut Buffers,
) {
    for _ in 0..steps {
        draw(&buffers.hidden_fields, stream, &mut buffers.hidden);
        buffers.visible_fields.clone_from(&parameters.visible);
        add_rows(&mut buffers.visible_fields, transposed, &buffers.hidden);
        sigmoids(&mut buffers.visible_fields);
        draw(&buffers.visible_fields, stream, &mut buffers.visible);
        buffers.hidden_fields.clone_from(&parameters.hidden);
        add_rows(&mut buffers.hidden_fields, &parameters.weights, &buffers.visible);
        sigmoids(&mut buffers.hidden_fields);
    }
}

/// Subtracts `share` · v p(h|v) of a chain from the gradient.
fn subtract(gradient: &mut Parameters, share: f64, buffers: &Buffers, scaled: &mut [f64]) {
    let width = scaled.len();
    for ((scaled, mean), sum) in scaled.iter_mut().zip(&buffers.hidden_fields).zip(&mut gradient.hidden) {
        *scaled = share * mean;
        *sum -= *scaled;
    }
    for &i in &buffers.visible {
        gradient.visible[i as usize] -= share;
        let target = &mut gradient.weights[i as usize * width..][..width];
        for (sum, value) in target.iter_mut().zip(scaled.iter()) {
            *sum -= value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::datasets::find;
    use crate::learning::evaluate::exact_log_likelihood;
    use crate::rng::stream;

    fn settings() -> Settings {
        Settings {
            hidden: 3,
            initial_scale: 0.5,
            algorithm: Algorithm::Cd,
            steps: 1,
            epochs: 1,
            batch_size: 14,
            chains: 9,
            learning_rate: 0.1,
            decay: Decay::None,
            momentum: 0.0,
            weight_decay: 0.0,
        }
    }

    fn bars() -> Patterns {
        Patterns::new(9, (find("bars_and_stripes").unwrap().load)(3).values)
    }

    /// The mean gradient over many samples approaches the finite difference of the exact likelihood when the chain is
    /// long (k = 60): for both algorithms, and for a ragged batch.
    #[test]
    fn the_sampled_gradient_is_that_of_the_exact_likelihood() {
        let patterns = bars();
        for algorithm in [Algorithm::Cd, Algorithm::Pcd] {
            let chosen = Settings { algorithm, steps: 60, batch_size: 10, ..settings() };
            let mut trainer = Trainer::new(&patterns, chosen, stream(2, "gradient", "", 0));
            let machine = trainer.machine();
            let rows: Vec<usize> = (0..4).collect();
            let batch = Patterns::new(9, patterns.values()[..36].to_vec());
            let repeats = 400;
            let (mut sum, mut squares) = (0.0, 0.0);
            for _ in 0..repeats {
                trainer.sample_gradient(&rows);
                let value =
                    trainer.gradient.weights[4] + trainer.gradient.hidden[2] - trainer.gradient.visible[5];
                sum += value;
                squares += value * value;
            }
            let mean = sum / f64::from(repeats);
            let error = libm::sqrt((squares / f64::from(repeats) - mean * mean) / f64::from(repeats - 1));
            let likelihood = |shift: f64| {
                let mut moved = machine.clone();
                moved.weights[4] += shift;
                moved.hidden_bias[2] += shift;
                moved.visible_bias[5] -= shift;
                exact_log_likelihood(&moved, &batch)
            };
            let slope = (likelihood(1e-4) - likelihood(-1e-4)) / 2e-4;
            assert!(
                error < 0.02 && (mean - slope).abs() < 4.5 * error,
                "{algorithm:?}: {mean} ± {error}, {slope}"
            );
        }
    }

    #[test]
    fn real_values_give_the_same_positive_phase_as_binary_ones() {
        let binary = bars();
        let mut values = binary.values().to_vec();
        values[0] = 1e-300;
        let real = Patterns::new(9, values);
        assert!(!real.is_binary());
        let gradient = |patterns: &Patterns| {
            let mut trainer = Trainer::new(patterns, settings(), stream(5, "phase", "", 0));
            trainer.sample_gradient(&[0, 1, 2]);
            trainer.gradient.weights
        };
        for (x, y) in gradient(&binary).iter().zip(gradient(&real)) {
            assert!((x - y).abs() < 1e-12);
        }
    }

    /// A hash recorded on x86-64: any processor, compiler or thread count must give these bits.
    #[test]
    fn a_trained_machine_keeps_its_bits() {
        let patterns = bars();
        let chosen =
            Settings { algorithm: Algorithm::Pcd, epochs: 20, momentum: 0.9, batch_size: 5, ..settings() };
        let mut trainer = Trainer::new(&patterns, chosen, stream(1, "golden", "", 0));
        for _ in 0..20 {
            assert!(trainer.epoch(&mut |_| ControlFlow::Continue(())).is_continue());
        }
        let hash = crate::models::rbm::content_hash(&trainer.machine());
        assert_eq!(&hash[..16], "1064b173878095cd");
    }

    #[test]
    fn training_is_a_function_of_its_stream_and_moves_with_rate_momentum_and_decay() {
        let patterns = bars();
        let trained = |chosen: Settings, seed: u64| {
            let mut trainer = Trainer::new(&patterns, chosen, stream(seed, "train", "", 0));
            for _ in 0..3 {
                assert!(trainer.epoch(&mut |_| ControlFlow::Continue(())).is_continue());
            }
            trainer.machine()
        };
        let base = Settings { epochs: 3, batch_size: 5, ..settings() };
        assert_eq!(trained(base, 1), trained(base, 1));
        for other in [
            Settings { momentum: 0.9, ..base },
            Settings { weight_decay: 0.1, ..base },
            Settings { decay: Decay::Linear, ..base },
            Settings { algorithm: Algorithm::Pcd, ..base },
        ] {
            assert_ne!(trained(base, 1), trained(other, 1));
        }
        let mut trainer = Trainer::new(&patterns, base, stream(1, "train", "", 0));
        assert!(trainer.epoch(&mut |_| ControlFlow::Break(())).is_break());
    }
}
