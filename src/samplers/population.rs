//! Population annealing (Hukushima and Iba 2003, doi:10.1063/1.1632130; Machta 2010, doi:10.1103/PhysRevE.82.026704): many
//! states are cooled together, and at each step those of low energy are copied and those of high energy lost.
//!
//! From β to β′ a member of energy E has the weight e^{−(β′−β)E}; R members are drawn in proportion to it by systematic
//! resampling, one random number for all, so that each is copied its expected number of times to within one; then each
//! makes a few sweeps. The mean weights multiply to Z(β′)/Z(0). A step is as long as leaves the weights an effective share of
//! [`KEPT`] (Weigel, Barash, Shchur and Janke 2021, doi:10.1103/PhysRevE.103.053301, steer by the overlap of energies likewise).
//!
//! Averages over a population have a bias of the order of its variance in ln Z, below their error by the root of the number of
//! families; populations could be weighed by their Z against it (Machta 2010), and count alike here.
//!
//! Copies of one member stand beside each other, so that the memory of a series along the population measures what they
//! have in common, as time does along a chain (ibid., section III).

use super::ladder::{Rung, Settings, Stop, Tally};
use super::many::Many;
use crate::models::Model;
use crate::rng::Stream;
use rand::RngExt;
use std::ops::ControlFlow;

/// The effective share of the population, (Σw)²/(R Σw²), that a step leaves.
const KEPT: f64 = 0.85;
/// Halvings that find a step's length: the share is met to 2^−30 of the step.
const HALVINGS: usize = 30;

/// About how many bytes a member of `sites` sites takes: a spin each, where couplings are not all alike its field, and the
/// rest of a chain.
pub(super) fn member(sites: usize) -> u64 {
    9 * sites as u64 + 256
}

/// Runs one population from β = 0 down through the temperatures.
pub(super) fn run(
    model: &dyn Model,
    settings: &Settings,
    stream: &mut Stream,
    advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<Vec<Rung>, Stop> {
    let count = settings.samples;
    let mut members = Many::hot(model, count, stream);
    let mut families: Vec<usize> = (0..count).collect();
    let coldest = 1.0 / settings.temperatures[0];
    // The share of work is that of the way to the lowest temperature.
    let mut tally = Tally::new(model.sites().unwrap_or(1), f64::INFINITY, advance);
    let (mut beta, mut log_partition, mut steps) = (0.0, 0.0, 0_usize);
    let mut found = vec![Rung::default(); settings.temperatures.len()];
    for (place, temperature) in settings.temperatures.iter().enumerate().rev() {
        let target = 1.0 / temperature;
        let mut kept = 1.0;
        while beta < target {
            let energies: Vec<f64> = (0..count).map(|member| members.energy(member)).collect();
            let step = longest(&energies, target - beta);
            // The last step ends exactly where it shall.
            let next = if step < target - beta { beta + step } else { target };
            let (weights, log_mean) = weights(&energies, next - beta);
            kept = effective(&weights);
            log_partition += log_mean;
            let chosen = systematic(&weights, stream.random::<f64>());
            families = chosen.iter().map(|from| families[*from]).collect();
            members.select(&chosen);
            beta = next;
            steps += 1;
            let mut advance = |sweeps| {
                tally.at(beta / coldest);
                tally.add(sweeps)
            };
            members.relax(1.0 / beta, settings.relaxation, stream, &mut advance)?;
        }
        let rung = &mut found[place];
        rung.energy = (0..count).map(|member| members.energy(member)).collect();
        rung.magnetization = (0..count).map(|member| members.magnetization(member)).collect();
        rung.log_partition = Some(log_partition);
        rung.settled = true;
        rung.acceptance = kept;
        rung.figures = vec![("families", squares(&families)), ("steps", steps as f64)];
        rung.state = members.state(0);
    }
    Ok(found)
}

/// The longest step in β, up to `most`, that keeps the effective share.
fn longest(energies: &[f64], most: f64) -> f64 {
    let keeps = |step: f64| effective(&weights(energies, step).0) >= KEPT;
    if keeps(most) {
        return most;
    }
    let (mut low, mut high) = (0.0, most);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if keeps(middle) { low = middle } else { high = middle }
    }
    // A step of nothing would last for ever; so short a one is never refused by more than rounding.
    if low > 0.0 { low } else { high }
}

/// e^{−step E} over the largest of them, and the logarithm of their mean.
fn weights(energies: &[f64], step: f64) -> (Vec<f64>, f64) {
    let least = energies.iter().copied().fold(f64::INFINITY, f64::min);
    let weights: Vec<f64> = energies.iter().map(|energy| libm::exp(-step * (energy - least))).collect();
    let mean = weights.iter().sum::<f64>() / weights.len() as f64;
    (weights, libm::log(mean) - step * least)
}

/// (Σw)²/(R Σw²).
fn effective(weights: &[f64]) -> f64 {
    let sum: f64 = weights.iter().sum();
    let squares: f64 = weights.iter().map(|weight| weight * weight).sum();
    sum * sum / (squares * weights.len() as f64)
}

/// R places drawn in proportion to their weights, in order: the k-th is where the running sum passes (k + offset)/R of the
/// whole.
fn systematic(weights: &[f64], offset: f64) -> Vec<usize> {
    let count = weights.len();
    let each = weights.iter().sum::<f64>() / count as f64;
    let mut chosen = Vec::with_capacity(count);
    let (mut at, mut passed) = (0, weights[0]);
    for k in 0..count {
        let wanted = (k as f64 + offset) * each;
        while passed <= wanted && at + 1 < count {
            at += 1;
            passed += weights[at];
        }
        chosen.push(at);
    }
    chosen
}

/// The mean square family size ρ_t = R Σ n_f², n_f the share of the population that descends from the first member f: the
/// error of averages is at most that of R/ρ_t independent states (Wang, Machta and Katzgraber 2015,
/// doi:10.1103/PhysRevE.92.063307).
fn squares(families: &[usize]) -> f64 {
    let runs = families.chunk_by(|a, b| a == b).map(|run| run.len() as f64);
    runs.map(|size| size * size).sum::<f64>() / families.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resampling_copies_each_member_its_expected_number_of_times_to_within_one() {
        let weights = [0.5, 0.1, 2.0, 0.0, 1.4];
        let mean = weights.iter().sum::<f64>() / 5.0;
        let mut sums = [0.0; 5];
        for step in 0..1000 {
            let chosen = systematic(&weights, (f64::from(step) + 0.5) / 1000.0);
            assert!(chosen.len() == 5 && chosen.is_sorted());
            for (member, weight) in weights.iter().enumerate() {
                let copies = chosen.iter().filter(|from| **from == member).count() as f64;
                assert!((copies - weight / mean).abs() < 1.0, "{member}: {copies}");
                sums[member] += copies / 1000.0;
            }
        }
        for (sum, weight) in sums.iter().zip(weights) {
            assert!((sum - weight / mean).abs() < 1e-9, "{sum}");
        }
    }

    #[test]
    fn a_step_keeps_its_share() {
        let energies: Vec<f64> = (0..100).map(f64::from).collect();
        let step = longest(&energies, 10.0);
        assert!((effective(&weights(&energies, step).0) - KEPT).abs() < 1e-6, "{step}");
        assert!((longest(&energies, 1e-4) - 1e-4).abs() < 1e-18);
    }
}
