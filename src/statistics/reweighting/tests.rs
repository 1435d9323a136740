//! Against densities of states that are known exactly: every pull is drawn from samples that are exact by construction.

use super::*;
use crate::rng::{self, Stream};
use rand::RngExt;

/// The 4 × 4 torus (J = 1), by enumeration: energy and number of states; symmetric about 0 (16 spins, 2^16 states).
const TORUS: [(f64, f64); 15] = [
    (-32.0, 2.0),
    (-24.0, 32.0),
    (-20.0, 64.0),
    (-16.0, 424.0),
    (-12.0, 1728.0),
    (-8.0, 6688.0),
    (-4.0, 13568.0),
    (0.0, 20524.0),
    (4.0, 13568.0),
    (8.0, 6688.0),
    (12.0, 1728.0),
    (16.0, 424.0),
    (20.0, 64.0),
    (24.0, 32.0),
    (32.0, 2.0),
];

/// ln Z, U and Var E of the torus.
fn exact(beta: f64) -> (f64, f64, f64) {
    let weight = |(energy, count): &(f64, f64)| count * libm::exp(-beta * (energy + 32.0));
    let sum = |power: i32| TORUS.iter().map(|level| weight(level) * level.0.powi(power)).sum::<f64>();
    let (z, first, second) = (sum(0), sum(1), sum(2));
    (libm::log(z) + 32.0 * beta, first / z, second / z - first * first / (z * z))
}

/// An energy of the torus at β.
fn draw(beta: f64, stream: &mut Stream) -> f64 {
    let weights = TORUS.map(|(energy, count)| count * libm::exp(-beta * (energy + 32.0)));
    let mut left = stream.random::<f64>() * weights.iter().sum::<f64>();
    for ((energy, _), weight) in TORUS.iter().zip(weights) {
        left -= weight;
        if left < 0.0 {
            return *energy;
        }
    }
    TORUS[14].0
}

/// A stationary chain that keeps its energy with probability ρ and else draws a new one: τ = ½ (1 + ρ)/(1 − ρ).
fn chain(beta: f64, length: usize, rho: f64, stream: &mut Stream) -> Vec<f64> {
    let mut now = draw(beta, stream);
    (0..length)
        .map(|_| {
            if stream.random::<f64>() >= rho {
                now = draw(beta, stream);
            }
            now
        })
        .collect()
}

/// Samples of two replicas; the order parameter is a function of the energy, so that it has exact means too.
fn samples(beta: f64, length: usize, rho: f64, stream: &mut Stream) -> Samples {
    let replicas = [chain(beta, length, rho, stream), chain(beta, length, rho, stream)];
    let orders = replicas.clone().map(|energies| energies.iter().map(|e| e / 32.0).collect::<Vec<_>>());
    let pairs: Vec<(&[f64], &[f64])> =
        replicas.iter().zip(&orders).map(|(e, m)| (e.as_slice(), m.as_slice())).collect();
    Samples::new(beta, &pairs, 0.5 * (1.0 + rho) / (1.0 - rho)).unwrap()
}

fn joined(samples: &[Samples]) -> Option<Reweighting> {
    Reweighting::new(&samples.iter().collect::<Vec<_>>())
}

const BETAS: [f64; 4] = [0.3, 0.38, 0.46, 0.6];
/// Between them.
const BETWEEN: f64 = 0.42;

/// Pulls of: the three differences of ln Z; ln Z, U, Var E, ⟨m²⟩ between the temperatures.
fn pulls(runs: u64, length: usize, rho: f64) -> Vec<Vec<f64>> {
    let mut pulls = vec![Vec::new(); 7];
    for run in 0..runs {
        let mut stream = rng::stream(11, "reweighting test", &format!("{rho}"), run);
        // The temperatures need not be equally long.
        let all: Vec<Samples> = BETAS
            .iter()
            .enumerate()
            .map(|(k, beta)| samples(*beta, length * (k + 2) / 2, rho, &mut stream))
            .collect();
        let found = joined(&all).unwrap().estimate(|solution| {
            let at = |beta: f64| solution.density.averages(beta);
            let mut values: Vec<f64> =
                BETAS.windows(2).map(|pair| at(pair[1]).log_partition - at(pair[0]).log_partition).collect();
            let between = at(BETWEEN);
            values.extend([
                between.log_partition - at(BETAS[0]).log_partition,
                between.energy,
                between.variance,
                between.order[1],
            ]);
            values
        });
        let (log, energy, variance) = exact(BETWEEN);
        let mut truth: Vec<f64> = BETAS.windows(2).map(|pair| exact(pair[1]).0 - exact(pair[0]).0).collect();
        truth.extend([log - exact(BETAS[0]).0, energy, variance, (variance + energy * energy) / 1024.0]);
        for ((pulls, found), truth) in pulls.iter_mut().zip(found).zip(truth) {
            let found = found.unwrap();
            pulls.push((found.value - truth) / found.std_error);
        }
    }
    pulls
}

#[test]
fn errors_are_calibrated_for_independent_and_for_correlated_samples() {
    for (length, rho) in [(600, 0.0), (3000, 0.8)] {
        let runs = 150;
        for (at, pulls) in pulls(runs, length, rho).iter().enumerate() {
            let count = pulls.len() as f64;
            let mean = pulls.iter().sum::<f64>() / count;
            let variance = pulls.iter().map(|z| (z - mean) * (z - mean)).sum::<f64>() / (count - 1.0);
            let covered = pulls.iter().filter(|z| z.abs() < 1.0).count() as f64 / count;
            // Standard errors over 150 runs: 0.082 of the mean, 0.12 of the variance (Student's tails of some thirty
            // blocks add up to 7 %), 0.038 of the coverage; 4.5 of each for fourteen comparisons.
            assert!(mean.abs() < 0.37, "ρ = {rho}, {at}: pulls average {mean}");
            assert!((0.46..1.64).contains(&variance), "ρ = {rho}, {at}: pulls have variance {variance}");
            assert!((covered - 0.683).abs() < 0.171, "ρ = {rho}, {at}: covered {covered}");
        }
    }
}

#[test]
fn exact_histograms_give_the_exact_density_of_states() {
    // Not drawn: each energy comes in proportion to its probability, at a different temperature in each series.
    let all: Vec<Samples> = BETAS
        .iter()
        .map(|beta| {
            let (log, ..) = exact(*beta);
            let energies: Vec<f64> = TORUS
                .iter()
                .flat_map(|(energy, count)| {
                    let share = count * libm::exp(-beta * energy - log);
                    std::iter::repeat_n(*energy, libm::round(1e6 * share) as usize)
                })
                .collect();
            // Dealt out like cards, so that the blocks are alike.
            let dealt: Vec<f64> =
                (0..1000).flat_map(|first| energies.iter().skip(first).step_by(1000).copied()).collect();
            Samples::new(*beta, &[(&dealt, &dealt)], 0.5).unwrap()
        })
        .collect();
    let solved = joined(&all).unwrap();
    for beta in [0.3, 0.35, 0.42, 0.5, 0.6] {
        let found = solved.density().averages(beta);
        let (log, energy, variance) = exact(beta);
        // Rounding to whole counts leaves 1e−6 of each energy's share.
        assert!((found.log_partition - (log - exact(0.3).0)).abs() < 1e-4, "β = {beta}: {found:?}, {log}");
        assert!((found.energy - energy).abs() < 1e-3, "β = {beta}: {found:?}, {energy}");
        assert!((found.variance / variance - 1.0).abs() < 1e-4, "β = {beta}: {found:?}, {variance}");
    }
    let log = solved.density().log(-32.0);
    let constant = solved.density().averages(0.6).log_partition - exact(0.6).0;
    assert_eq!((solved.density().log(-31.0), solved.density().hits(-31.0)), (f64::NEG_INFINITY, 0.0));
    assert!(solved.density().hits(-32.0) > 1e4);
    assert!(
        (log - constant - libm::log(2.0)).abs() < 1e-3,
        "the ground state counts twice: {}",
        log - constant
    );
}

/// A density of states e^{−E²/2s²}: at β the energies are normal about −β s² with variance s², and ln Z(β) = β² s²/2.
fn normal(beta: f64, width: f64, length: usize, stream: &mut Stream) -> Samples {
    let energies: Vec<f64> =
        (0..length).map(|_| -beta * width * width + width * rng::standard_normal(stream)).collect();
    Samples::new(beta, &[(&energies, &energies)], 0.5).unwrap()
}

#[test]
fn continuous_energies_are_gathered_without_bias() {
    let (width, betas) = (10.0, [0.0, 0.2, 0.4]);
    let mut pulls = Vec::new();
    for run in 0..6 {
        let mut stream = rng::stream(12, "reweighting normal", "", run);
        let all: Vec<Samples> = betas.iter().map(|beta| normal(*beta, width, 20_000, &mut stream)).collect();
        assert!((1024..=2048).contains(&all[0].levels.len()), "{} bins", all[0].levels.len());
        let found = joined(&all).unwrap().estimate(|solution| {
            let at = |beta: f64| solution.density.averages(beta);
            let middle = at(0.3);
            vec![at(0.4).log_partition - at(0.0).log_partition, middle.energy, middle.variance]
        });
        for (found, truth) in found.into_iter().zip([8.0, -30.0, 100.0]) {
            let found = found.unwrap();
            pulls.push((found.value - truth) / found.std_error);
        }
    }
    let squares = pulls.iter().map(|z| z * z).sum::<f64>() / pulls.len() as f64;
    // Eighteen squared pulls, the three of one run correlated: 1 ± 0.33 at least.
    assert!((0.1..2.7).contains(&squares), "squared pulls average {squares}");
    assert!(pulls.iter().all(|z| z.abs() < 4.7), "{pulls:?}");
}

#[test]
fn the_overlap_is_that_of_the_densities() {
    let mut stream = rng::stream(13, "overlap", "", 0);
    let (one, two) = (normal(0.0, 10.0, 40_000, &mut stream), normal(0.2, 10.0, 40_000, &mut stream));
    // Two normal densities, two standard deviations apart, have 2 Φ(−1) = 0.3173 in common.
    let overlap = one.overlap(&two);
    assert!((overlap - 0.3173).abs() < 0.02, "{overlap}");
    assert!((overlap - two.overlap(&one)).abs() < 1e-12);
    assert!(one.overlap(&one) > 1.0 - 1e-9);
    let far = normal(3.0, 10.0, 40_000, &mut stream);
    assert_eq!(one.overlap(&far), 0.0);
    assert!(Reweighting::new(&[&one, &far]).is_none(), "nothing ties them together");
    assert!(Reweighting::new(&[&one]).is_none());
}

#[test]
fn the_sum_over_the_mean_energies_agrees_within_its_bound() {
    // Without noise: what is off is the rule.
    for steps in [4, 6, 10, 20] {
        let betas: Vec<f64> = (0..=steps).map(|i| 0.2 + 0.5 * f64::from(i) / f64::from(steps)).collect();
        let plain: Vec<Plain> = betas
            .iter()
            .map(|beta| {
                let (_, energy, variance) = exact(*beta);
                // U″ by a difference of variances that is exact to 1e−8.
                let third = -(exact(beta + 1e-4).2 - exact(beta - 1e-4).2) / 2e-4;
                Plain { energy, variance, third }
            })
            .collect();
        for (beta, (sum, bound)) in betas.iter().zip(integrate(&betas, &plain)) {
            let off = sum - (exact(*beta).0 - exact(betas[0]).0);
            assert!(off.abs() <= bound + 1e-9, "{steps} steps, β = {beta}: off by {off}, bound {bound}");
        }
    }
}

#[test]
fn short_series_give_no_samples() {
    let values = vec![1.0; 100];
    assert!(Samples::new(1.0, &[(&values, &values)], 10.0).is_none());
    let blocks = |tau: f64| Samples::new(1.0, &[(&values, &values)], tau).map(|samples| samples.blocks.len());
    assert_eq!(blocks(2.0), Some(8));
    assert_eq!(blocks(0.1), Some(8));
    let long = vec![1.0; 10_000];
    assert_eq!(Samples::new(1.0, &[(&long, &long)], 0.5).map(|samples| samples.blocks.len()), Some(64));
}
