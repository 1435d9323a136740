//! What a trained machine is worth: reconstruction, free energies, and the log-likelihood by exact or estimated ln Z.

use super::gibbs::{add_rows, draw, sigmoids, transpose};
use super::patterns::Patterns;
use crate::models::rbm::Machine;
use crate::models::rbm::exact::{Enumeration, LARGEST_LAYER};
use crate::rng::Stream;
use std::ops::ControlFlow;

/// The largest smaller layer for which training evaluates the exact likelihood: 2^20 terms each time.
pub const LARGEST_EXACT: usize = 20;

/// F(v) of each pattern (see [`Machine::free_energy`]).
///
/// For a pattern of probabilities rather than of 0 and 1, −F at the probabilities is a lower bound of its mean over the
/// binary patterns that they describe, since −F is convex in each unit.
pub fn free_energies(machine: &Machine, patterns: &Patterns) -> Vec<f64> {
    (0..patterns.count()).map(|m| machine.free_energy(patterns.row(m))).collect()
}

/// The mean squared difference per unit between a pattern and its mean-field reconstruction σ(a + W σ(b + vW)).
pub fn reconstruction_error(machine: &Machine, patterns: &Patterns) -> f64 {
    let mut transposed = vec![0.0; machine.weights.len()];
    transpose(&machine.weights, machine.hidden(), &mut transposed);
    let mut total = 0.0;
    for m in 0..patterns.count() {
        let row = patterns.row(m);
        let mut fields = machine.visible_bias.clone();
        for (mean, weights) in machine.hidden_means(row).iter().zip(transposed.chunks_exact(row.len())) {
            for (field, weight) in fields.iter_mut().zip(weights) {
                *field += mean * weight;
            }
        }
        sigmoids(&mut fields);
        total += row.iter().zip(&fields).map(|(v, mean)| (v - mean) * (v - mean)).sum::<f64>();
    }
    total / patterns.values().len() as f64
}

/// The exact mean log-likelihood per pattern, −⟨F(v)⟩ − ln Z, by enumerating the smaller layer.
///
/// # Panics
///
/// If the smaller layer has more than [`LARGEST_LAYER`] units.
pub fn exact_log_likelihood(machine: &Machine, patterns: &Patterns) -> f64 {
    let exact =
        Enumeration::new(machine, LARGEST_LAYER).expect("invariant: the caller checked the smaller layer");
    let log_partition = exact.log_partition(&mut |_| ControlFlow::Continue(()));
    -mean(&free_energies(machine, patterns)) - log_partition.expect("invariant: nothing asks to stop")
}

/// `count` visible vectors (0 or 1, row-major) from as many independent chains, each started from independent units with
/// the given means and moved by `steps` Gibbs steps.
pub fn fantasies(
    machine: &Machine,
    means: &[f64],
    count: usize,
    steps: usize,
    stream: &mut Stream,
) -> Vec<f64> {
    let mut transposed = vec![0.0; machine.weights.len()];
    transpose(&machine.weights, machine.hidden(), &mut transposed);
    let (mut visible, mut hidden, mut fields) = (Vec::new(), Vec::new(), Vec::new());
    let mut images = vec![0.0; count * means.len()];
    for image in images.chunks_exact_mut(means.len()) {
        draw(means, stream, &mut visible);
        for _ in 0..steps {
            fields.clone_from(&machine.hidden_bias);
            add_rows(&mut fields, &machine.weights, &visible);
            sigmoids(&mut fields);
            draw(&fields, stream, &mut hidden);
            fields.clone_from(&machine.visible_bias);
            add_rows(&mut fields, &transposed, &hidden);
            sigmoids(&mut fields);
            draw(&fields, stream, &mut visible);
        }
        visible.iter().for_each(|i| image[*i as usize] = 1.0);
    }
    images
}

/// The arithmetic mean.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The standard error of the mean of independent values; `None` for fewer than two.
pub fn standard_error(values: &[f64]) -> Option<f64> {
    let count = values.len() as f64;
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (values.len() >= 2).then(|| libm::sqrt(squares / (count - 1.0) / count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::rbm::Units;
    use crate::models::rbm::machine::tests::{bits, random_machine};
    use crate::rng::stream;

    #[test]
    fn the_exact_likelihood_agrees_with_brute_force() {
        for (visible, hidden) in [(6, 4), (4, 6)] {
            let machine = random_machine(visible, hidden, Units::Binary, 2.0, 9);
            let chosen = [0usize, 3, 9, 9, 12];
            let values: Vec<f64> =
                chosen.iter().flat_map(|code| bits(*code, visible, Units::Binary)).collect();
            let weight = |v: usize| -> f64 {
                let v = bits(v, visible, Units::Binary);
                (0..1 << hidden)
                    .map(|h| libm::exp(-machine.energy(&v, &bits(h, hidden, Units::Binary))))
                    .sum()
            };
            let z: f64 = (0..1 << visible).map(weight).sum();
            let brute = chosen.iter().map(|code| libm::log(weight(*code) / z)).sum::<f64>() / 5.0;
            let exact = exact_log_likelihood(&machine, &Patterns::new(visible, values));
            assert!((exact - brute).abs() < 1e-10, "{exact} {brute}");
        }
    }

    #[test]
    fn fantasies_follow_the_machines_distribution() {
        let machine = random_machine(3, 2, Units::Binary, 1.5, 4);
        let count = 20_000;
        let images = fantasies(&machine, &[0.5; 3], count, 25, &mut stream(1, "fantasies", "", 0));
        let log_z = Enumeration::new(&machine, LARGEST_LAYER).unwrap();
        let log_z = log_z.log_partition(&mut |_| ControlFlow::Continue(())).unwrap();
        for code in 0..8 {
            let v = bits(code, 3, Units::Binary);
            let p = libm::exp(-machine.free_energy(&v) - log_z);
            let seen = images.chunks_exact(3).filter(|image| **image == v[..]).count() as f64;
            let sigma = libm::sqrt(count as f64 * p * (1.0 - p));
            assert!(
                (seen - p * count as f64).abs() < 4.5 * sigma,
                "{code}: {seen} against {}",
                p * count as f64
            );
        }
    }

    #[test]
    fn reconstruction_is_the_mean_field_one() {
        let machine = random_machine(4, 3, Units::Binary, 1.0, 5);
        let v = bits(6, 4, Units::Binary);
        let means = machine.visible_means(&machine.hidden_means(&v));
        let plain = v.iter().zip(&means).map(|(v, m)| (v - m) * (v - m)).sum::<f64>() / 4.0;
        assert!((reconstruction_error(&machine, &Patterns::new(4, v)) - plain).abs() < 1e-13);
        assert_eq!(standard_error(&[1.0]), None);
        assert_eq!(standard_error(&[1.0, 3.0]), Some(1.0));
    }
}
