//! The stationary distribution: all states of small tori by enumeration, Kaufman's energies and specific heats of large ones.

use super::*;
use crate::exact::kaufman;
use crate::models::SquareLattice;
use crate::samplers;
use std::collections::BTreeMap;

/// Mean and standard error from batches that are long beside the autocorrelation time.
fn batch_mean(series: &[f64], batches: usize) -> (f64, f64) {
    let means: Vec<f64> = series
        .chunks_exact(series.len() / batches)
        .map(|batch| batch.iter().sum::<f64>() / batch.len() as f64)
        .collect();
    let count = means.len() as f64;
    let mean = means.iter().sum::<f64>() / count;
    let variance = means.iter().map(|batch| (batch - mean) * (batch - mean)).sum::<f64>() / (count - 1.0);
    (mean, libm::sqrt(variance / count))
}

/// P(E, M) of a few sites, by enumeration.
fn exact_distribution(
    sites: usize,
    energy: impl Fn(&[i8]) -> f64,
    temperature: f64,
) -> BTreeMap<(i64, i64), f64> {
    let mut weights = BTreeMap::new();
    for code in 0_u32..1 << sites {
        let state: Vec<i8> = (0..sites).map(|site| if code >> site & 1 == 1 { 1 } else { -1 }).collect();
        let energy = energy(&state);
        let magnetization = state.iter().map(|spin| i64::from(*spin)).sum::<i64>();
        *weights.entry((energy as i64, magnetization)).or_insert(0.0) += libm::exp(-energy / temperature);
    }
    let total: f64 = weights.values().sum();
    weights.values_mut().for_each(|weight| *weight /= total);
    weights
}

/// χ² of a histogram of (E, M) and its degrees of freedom, where little expected classes are put together.
fn chi_squared(
    counts: &BTreeMap<(i64, i64), f64>,
    exact: &BTreeMap<(i64, i64), f64>,
    samples: f64,
) -> (f64, f64) {
    assert!(counts.keys().all(|key| exact.contains_key(key)), "a state that there is not");
    let (mut chi2, mut classes, mut rest) = (0.0, 0.0, (0.0, 0.0));
    for (key, p) in exact {
        let (count, expected) = (counts.get(key).copied().unwrap_or(0.0), samples * p);
        if expected < 10.0 {
            rest = (rest.0 + count, rest.1 + expected);
        } else {
            chi2 += (count - expected) * (count - expected) / expected;
            classes += 1.0;
        }
    }
    if rest.1 > 10.0 {
        chi2 += (rest.0 - rest.1) * (rest.0 - rest.1) / rest.1;
        classes += 1.0;
    }
    (chi2, classes - 1.0)
}

/// Compares how often (E, M) occurs in a chain with its probability.
fn judge_distribution(mut chain: impl Chain, exact: &BTreeMap<(i64, i64), f64>, gap: usize, what: &str) {
    let mut stream = rng::stream(0, "unused", "", 0);
    (0..1000).for_each(|_| chain.sweep(&mut stream));
    let samples = 40_000;
    let mut counts = BTreeMap::new();
    for _ in 0..samples {
        (0..gap).for_each(|_| chain.sweep(&mut stream));
        *counts.entry((chain.energy() as i64, chain.magnetization() as i64)).or_insert(0.0) += 1.0;
    }
    let (chi2, freedom) = chi_squared(&counts, exact, f64::from(samples));
    let z = (chi2 - freedom) / libm::sqrt(2.0 * freedom);
    assert!(z < 5.0, "{what}: χ² = {chi2} for {freedom} degrees of freedom, {z} σ");
}

#[test]
fn the_states_of_small_tori_occur_as_often_as_they_should() {
    let set = InstructionSet::widest();
    for (sides, temperature, gap) in
        [((2, 2), 4.0, 20), ((4, 2), 2.5, 20), ((4, 4), 4.0, 20), ((4, 4), 2.6, 40)]
    {
        let energy = |state: &[i8]| plain_energy(state, sides, 1.0);
        let exact = exact_distribution(sides.0 * sides.1, energy, temperature);
        judge_distribution(
            chain(sides, 1.0, temperature, set, 23),
            &exact,
            gap,
            &format!("{sides:?} at {temperature}"),
        );
    }
    for (sides, temperature, gap) in [([2, 2, 2], 6.0, 20), ([2, 2, 4], 5.0, 40), ([4, 2, 2], 8.0, 30)] {
        let energy = |state: &[i8]| plain_energy_of_pile(state, sides, 1.0);
        let exact = exact_distribution(sides.iter().product(), energy, temperature);
        judge_distribution(
            pile(sides, 1.0, temperature, set, 23),
            &exact,
            gap,
            &format!("{sides:?} at {temperature}"),
        );
    }
}

#[test]
fn single_states_occur_as_often_as_they_should() {
    // All 256 states of the torus of 4 × 2, one by one: no symmetry is taken for granted.
    let (sides, temperature, samples) = ((4, 2), 6.0, 60_000);
    let mut stream = rng::stream(0, "unused", "", 0);
    let mut chain = chain(sides, 1.0, temperature, InstructionSet::widest(), 29);
    let mut counts = vec![0.0; 256];
    for _ in 0..samples {
        (0..40).for_each(|_| chain.sweep(&mut stream));
        counts[chain.state().iter().fold(0, |code, spin| 2 * code + usize::from(*spin > 0))] += 1.0;
    }
    let weight = |code: usize| {
        let state: Vec<i8> = (0..8).rev().map(|bit| if code >> bit & 1 == 1 { 1 } else { -1 }).collect();
        libm::exp(-plain_energy(&state, sides, 1.0) / temperature)
    };
    let total: f64 = (0..256).map(weight).sum();
    let chi2: f64 = (0..256)
        .map(|code| {
            let expected = f64::from(samples) * weight(code) / total;
            (counts[code] - expected) * (counts[code] - expected) / expected
        })
        .sum();
    let z = (chi2 - 255.0) / libm::sqrt(2.0 * 255.0);
    assert!(z.abs() < 5.0, "χ² = {chi2} for 255 degrees of freedom, {z} σ");
}

#[test]
fn no_state_holds_the_chain_for_ever() {
    // Stripes one spin wide: every flip costs nothing, and without lazy sweeps all of them would be made, for ever.
    let mut stream = rng::stream(0, "unused", "", 0);
    for size in [4, 16] {
        let stripes: Vec<i8> =
            (0..size * size).map(|site| if site / size % 2 == 0 { 1 } else { -1 }).collect();
        let mut chain = chain((size, size), 1.0, 1.0, InstructionSet::widest(), 31);
        chain.start_from(&stripes);
        // That no sweep in 600 is lazy has the probability (31/32)^600 = 5e-9.
        let left = (0..600).any(|_| {
            chain.sweep(&mut stream);
            chain.energy() != 0.0
        });
        assert!(left, "{size}");
    }
}

/// Pulls of the energy and of its variance against Kaufman.
fn kaufman_pulls(
    sides: (usize, usize),
    coupling: f64,
    temperature: f64,
    sweeps: usize,
    seed: u64,
) -> [f64; 2] {
    let lattice = SquareLattice { rows: sides.0, columns: sides.1, coupling };
    let exact = kaufman::torus(lattice, temperature).unwrap();
    let sites = (sides.0 * sides.1) as f64;
    let (energy, variance) =
        (exact.energy_per_site * sites, exact.specific_heat * sites * temperature * temperature);
    let mut stream = rng::stream(0, "unused", "", 0);
    let mut chain = chain(sides, coupling, temperature, InstructionSet::widest(), seed);
    // From the ground state, since a cold random start may end in stripes.
    let ground =
        |site: usize| if coupling < 0.0 && (site / sides.1 + site % sides.1) % 2 == 1 { -1 } else { 1 };
    chain.start_from(&(0..sides.0 * sides.1).map(ground).collect::<Vec<i8>>());
    (0..sweeps / 10).for_each(|_| chain.sweep(&mut stream));
    let deviations: Vec<f64> = (0..sweeps)
        .map(|_| {
            chain.sweep(&mut stream);
            chain.energy() - energy
        })
        .collect();
    let squares: Vec<f64> = deviations.iter().map(|deviation| deviation * deviation).collect();
    let pull = |series: &[f64], expected: f64| {
        let (mean, error) = batch_mean(series, 64);
        (mean - expected) / error
    };
    [pull(&deviations, 0.0), pull(&squares, variance)]
}

#[test]
fn energies_of_tori_are_kaufmans() {
    for (sides, coupling, temperature) in [
        ((16, 16), 1.0, 2.0),
        ((16, 16), 1.0, 3.0),
        ((16, 16), -1.0, 2.6),
        ((32, 32), 1.0, 3.0),
        ((64, 64), 1.0, 1.8),
        ((20, 48), 1.0, 3.5),
        ((16, 16), 1.0, 20.0),
        ((12, 10), 1.0, 0.9),
    ] {
        for pull in kaufman_pulls(sides, coupling, temperature, 64 * 400, 41) {
            // Student's t with 63 degrees of freedom: |t| > 5.5 happens with probability 7e-7.
            assert!(pull.abs() < 5.5, "{sides:?}, J = {coupling}, T = {temperature}: {pull} σ");
        }
    }
}

#[test]
#[ignore = "takes minutes: cargo test --release -- --ignored long_chains_are_kaufmans"]
fn long_chains_are_kaufmans() {
    let critical = 2.269_185_314_213_022;
    let mut pulls = Vec::new();
    for size in [16, 32, 64] {
        for temperature in [2.0, critical, 3.0] {
            for seed in 0..4 {
                let found = kaufman_pulls((size, size), 1.0, temperature, 64 * 16_000, 100 + seed);
                pulls.extend(found);
            }
        }
    }
    let chi2 = pulls.iter().map(|pull| pull * pull).sum::<f64>() / pulls.len() as f64;
    let worst = pulls.iter().fold(0.0_f64, |worst, pull| worst.max(pull.abs()));
    // 72 squares of Student's t with 63 degrees of freedom: 1.03 ± 0.18 (energy and variance of a chain are correlated).
    assert!((0.4..1.9).contains(&chi2) && worst < 5.5, "{chi2} {worst}");
}

/// ⟨|m|⟩, ⟨m²⟩ and ⟨m⁴⟩ of a chain with their errors, and U4 = 1 − ⟨m⁴⟩/3⟨m²⟩² with the jackknife's.
fn order(chain: &mut dyn Chain, stream: &mut rng::Stream, sites: usize, sweeps: usize) -> [(f64, f64); 4] {
    let m: Vec<f64> = (0..sweeps)
        .map(|_| {
            chain.sweep(stream);
            chain.magnetization().abs() / sites as f64
        })
        .collect();
    let squares: Vec<f64> = m.iter().map(|m| m * m).collect();
    let fourths: Vec<f64> = squares.iter().map(|square| square * square).collect();
    let sums = |series: &[f64]| -> Vec<f64> {
        series.chunks_exact(series.len() / 64).map(|batch| batch.iter().sum()).collect()
    };
    let (second, fourth) = (sums(&squares), sums(&fourths));
    let totals = (second.iter().sum::<f64>(), fourth.iter().sum::<f64>());
    let binder = |second: f64, fourth: f64, count: f64| 1.0 - fourth * count / (3.0 * second * second);
    let kept = m.len() as f64 * 63.0 / 64.0;
    let left_out: Vec<f64> = second
        .iter()
        .zip(&fourth)
        .map(|(second, fourth)| binder(totals.0 - second, totals.1 - fourth, kept))
        .collect();
    let mean = left_out.iter().sum::<f64>() / 64.0;
    let spread: f64 = left_out.iter().map(|value| (value - mean) * (value - mean)).sum();
    let u4 = (binder(totals.0, totals.1, m.len() as f64), libm::sqrt(spread * 63.0 / 64.0));
    [batch_mean(&m, 64), batch_mean(&squares, 64), batch_mean(&fourths, 64), u4]
}

#[test]
#[ignore = "takes a minute: cargo test --release -- --ignored magnetisations_are_those_of_wolff_clusters"]
fn magnetisations_are_those_of_wolff_clusters() {
    let wolff = samplers::find("wolff").unwrap();
    for size in [16, 32, 64] {
        let model = samplers::tests::model(serde_json::json!({ "lattice": "square", "size": size }));
        for temperature in [2.0, 2.269_185_314_213_022, 3.0] {
            let mut stream = rng::stream(61, "wolff", &format!("{size} {temperature}"), 0);
            let mut clusters = wolff.start(&*model, temperature, &mut stream).unwrap();
            clusters.start_from(&vec![1; size * size]);
            (0..2000).for_each(|_| clusters.sweep(&mut stream));
            clusters.tune();
            let expected = order(clusters.as_mut(), &mut stream, size * size, 64 * 2000);
            let mut spins = chain((size, size), 1.0, temperature, InstructionSet::widest(), 67);
            spins.start_from(&vec![1; size * size]);
            (0..64 * 1000).for_each(|_| spins.sweep(&mut stream));
            let found = order(&mut spins, &mut stream, size * size, 64 * 16_000);
            for (name, (a, b)) in ["|m|", "m²", "m⁴", "U4"].iter().zip(found.iter().zip(&expected)) {
                let z = (a.0 - b.0) / libm::hypot(a.1, b.1);
                assert!(z.abs() < 5.0, "L = {size}, T = {temperature}: {name} {a:?} and {b:?}");
            }
        }
    }
}
