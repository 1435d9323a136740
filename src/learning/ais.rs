//! The partition function of a machine too large to enumerate, by annealed importance sampling.
//!
//! Neal 2001, doi:10.1023/A:1008923215028; for machines, Salakhutdinov and Murray 2008, doi:10.1145/1390156.1390266.

use super::gibbs::{add_rows, draw, sigmoids, transpose};
use crate::models::rbm::activation::softplus;
use crate::models::rbm::{Machine, Units};
use crate::rng::Stream;
use std::ops::ControlFlow;

/// An estimate of ln Z at T = 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogPartition {
    /// ln Ẑ. Ẑ is unbiased, so that ln Ẑ is on average a little too small.
    pub value: f64,
    /// One standard error of ln Ẑ: that of the mean weight, divided by the mean weight.
    pub std_error: f64,
    /// The effective number of runs, (Σ w)²/Σ w².
    pub effective_runs: f64,
}

/// How much sampling is done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Independent runs R, at least 2.
    pub runs: usize,
    /// Steps K from the base machine to the full one.
    pub steps: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { runs: 100, steps: 1000 }
    }
}

/// Estimates ln Z of a machine with binary units.
///
/// The path leads from independent visible units with biases a⁰ (`base_bias`), whose Z₀ = 2^{n_h} Π_i (1 + e^{a⁰_i}) is known,
/// to the machine: ln p*_β(v) = ((1 − β) a⁰ + β a)·v + Σ_j ln(1 + e^{β (b + vW)_j}). A run draws v from p_0, and for k = 1 … K
/// adds ln p*_{β_k}(v) − ln p*_{β_{k−1}}(v) to its log-weight and then moves v by a Gibbs step that keeps p_{β_k}: every v is
/// thus weighted before it is moved, having been sampled at the *previous* β. Ẑ/Z₀ is the mean weight.
///
/// The β_k are equidistant. `None` is returned when `advance`, called with the share of the work done, breaks.
pub fn log_partition(
    machine: &Machine,
    base_bias: &[f64],
    settings: Settings,
    stream: &mut Stream,
    advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Option<LogPartition> {
    debug_assert_eq!(machine.units, Units::Binary);
    let Settings { runs, steps } = settings;
    let mut transposed = vec![0.0; machine.weights.len()];
    transpose(&machine.weights, machine.hidden(), &mut transposed);
    let mut base_means = base_bias.to_vec();
    sigmoids(&mut base_means);
    let (mut visible, mut hidden) = (Vec::new(), Vec::new());
    let (mut fields, mut scaled, mut visible_fields) = (Vec::new(), Vec::new(), Vec::new());
    let mut log_weights = Vec::with_capacity(runs);
    for run in 0..runs {
        draw(&base_means, stream, &mut visible);
        let mut log_weight = 0.0;
        for step in 1..=steps {
            let (before, beta) = ((step - 1) as f64 / steps as f64, step as f64 / steps as f64);
            fields.clone_from(&machine.hidden_bias);
            add_rows(&mut fields, &machine.weights, &visible);
            let bias: f64 =
                visible.iter().map(|i| machine.visible_bias[*i as usize] - base_bias[*i as usize]).sum();
            let mut sums = [0.0; 2];
            for (sum, beta) in sums.iter_mut().zip([before, beta]) {
                scaled.clear();
                scaled.extend(fields.iter().map(|field| beta * field));
                *sum = Units::Binary.log_sums(&scaled);
            }
            log_weight += (beta - before) * bias + sums[1] - sums[0];
            if step == steps {
                break;
            }
            // Now `scaled` holds β (b + vW).
            sigmoids(&mut scaled);
            draw(&scaled, stream, &mut hidden);
            visible_fields.clone_from(&machine.visible_bias);
            add_rows(&mut visible_fields, &transposed, &hidden);
            for (field, base) in visible_fields.iter_mut().zip(base_bias) {
                *field = (1.0 - beta) * base + beta * *field;
            }
            sigmoids(&mut visible_fields);
            draw(&visible_fields, stream, &mut visible);
        }
        log_weights.push(log_weight);
        if advance((run + 1) as f64 / runs as f64).is_break() {
            return None;
        }
    }
    let base = machine.hidden() as f64 * std::f64::consts::LN_2
        + base_bias.iter().map(|a| softplus(*a)).sum::<f64>();
    Some(combine(&log_weights, base))
}

fn combine(log_weights: &[f64], base: f64) -> LogPartition {
    let count = log_weights.len() as f64;
    let peak = log_weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = log_weights.iter().map(|weight| libm::exp(weight - peak)).collect();
    let sum: f64 = weights.iter().sum();
    let mean = sum / count;
    let squares: f64 = weights.iter().map(|weight| weight * weight).sum();
    let variance =
        weights.iter().map(|weight| (weight - mean) * (weight - mean)).sum::<f64>() / (count - 1.0);
    LogPartition {
        value: base + peak + libm::log(mean),
        std_error: libm::sqrt(variance / count) / mean,
        effective_runs: sum * sum / squares,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::rbm::exact::{Enumeration, LARGEST_LAYER};
    use crate::models::rbm::machine::tests::random_machine;
    use crate::rng::stream;

    #[test]
    fn the_estimate_agrees_with_enumeration_and_so_does_its_error() {
        // Few, long steps leave a visible error; over 20 machines the z-scores must have unit spread.
        let mut squares = 0.0;
        for seed in 0..20 {
            let machine = random_machine(10, 6, Units::Binary, 1.5, seed);
            let exact = Enumeration::new(&machine, LARGEST_LAYER).unwrap();
            let exact = exact.log_partition(&mut |_| ControlFlow::Continue(())).unwrap();
            let base: Vec<f64> = machine.visible_bias.iter().map(|a| 0.5 * a).collect();
            let settings = Settings { runs: 200, steps: 50 };
            let mut stream = stream(seed, "ais", "", 0);
            let estimate =
                log_partition(&machine, &base, settings, &mut stream, &mut |_| ControlFlow::Continue(()))
                    .unwrap();
            let z = (estimate.value - exact) / estimate.std_error;
            assert!(z.abs() < 4.5, "{} ± {} against {exact}", estimate.value, estimate.std_error);
            assert!(estimate.effective_runs > 20.0);
            squares += z * z;
        }
        // χ² with 20 degrees of freedom: mean 20, standard deviation √40.
        assert!((squares - 20.0).abs() < 4.5 * libm::sqrt(40.0), "{squares}");
    }

    #[test]
    fn without_weights_one_step_is_exact() {
        let machine = Machine {
            weights: vec![0.0; 6],
            visible_bias: vec![0.3, -1.0],
            hidden_bias: vec![0.5, 0.0, 2.0],
            units: Units::Binary,
        };
        let settings = Settings { runs: 2, steps: 1 };
        let estimate =
            log_partition(&machine, &[0.3, -1.0], settings, &mut stream(1, "ais", "", 0), &mut |_| {
                ControlFlow::Continue(())
            });
        let exact: f64 = [0.3, -1.0, 0.5, 0.0, 2.0].iter().map(|bias| softplus(*bias)).sum();
        let estimate = estimate.unwrap();
        assert!((estimate.value - exact).abs() < 1e-12 && estimate.std_error < 1e-12);
    }
}
