//! Every sampler on every kind of model that it accepts, against exact enumeration.

use super::*;
use crate::exact::elimination::{Elimination, Sampler};
use crate::exact::network::Network;
use crate::input::{Context, Inputs};
use crate::models;
use crate::rng;
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::sync::Arc;

struct Files;

impl Inputs for Files {
    fn read(&self, _: &str) -> Result<Vec<u8>, String> {
        Ok(b"5 7\n0 1 1.5\n1 2 0.25\n2 3 1\n3 4 0.5\n4 0 0.75\n0 2 0\n1 3 2\n".to_vec())
    }
}

pub(super) fn model(keys: Value) -> Arc<dyn Model> {
    let context = Context { seed: 5, quick: false, ladder: &[], inputs: &Files };
    models::build(&json!({ "ising": keys }), &context).unwrap()
}

/// Small models that differ in everything that a sampler might get wrong.
fn models() -> Vec<Arc<dyn Model>> {
    [
        json!({ "lattice": "square", "size": 2 }),
        json!({ "lattice": "square", "size": [3, 4] }),
        json!({ "lattice": "square", "size": 3, "coupling": -0.8 }),
        json!({ "lattice": "square", "size": [3, 3], "boundary": "open" }),
        json!({ "lattice": "square", "size": 3, "field": -0.4 }),
        json!({ "lattice": "square", "size": 3, "disorder": "gaussian" }),
        json!({ "lattice": "triangular", "size": 3 }),
        json!({ "lattice": "cubic", "size": 2, "boundary": "open", "field": 1.0 }),
        json!({ "lattice": "cubic", "size": 2 }),
        json!({ "lattice": "chain", "size": 7, "coupling": 1.3 }),
        json!({ "lattice": "complete", "size": 9 }),
        json!({ "lattice": "complete", "size": 8, "disorder": "pm_j" }),
        json!({ "file": "graph" }),
    ]
    .into_iter()
    .map(model)
    .collect()
}

/// Mean and standard error from 50 batches of a series: batches are far longer than the autocorrelation time here.
pub(super) fn batch_mean(series: &[f64]) -> (f64, f64) {
    let batches: Vec<f64> = series
        .chunks_exact(series.len() / 50)
        .map(|batch| batch.iter().sum::<f64>() / batch.len() as f64)
        .collect();
    let count = batches.len() as f64;
    let mean = batches.iter().sum::<f64>() / count;
    let variance = batches.iter().map(|batch| (batch - mean) * (batch - mean)).sum::<f64>() / (count - 1.0);
    (mean, libm::sqrt(variance / count))
}

#[test]
fn every_sampler_gives_the_exact_energies_of_every_model_that_it_accepts() {
    let mut combinations = 0;
    for entry in chains() {
        for model in models() {
            if (entry.refuse)(&*model).is_some() {
                continue;
            }
            combinations += 1;
            for temperature in [1.5, 4.0] {
                let exact =
                    model.exact().unwrap().solve(temperature, &mut |_| ControlFlow::Continue(())).unwrap();
                let identity = format!("{} {} {temperature}", entry.name, model.identity());
                let mut stream = rng::stream(11, "test", &identity, 0);
                let mut chain = entry.start(&*model, temperature, &mut stream).unwrap();
                (0..200).for_each(|_| chain.sweep(&mut stream));
                chain.tune();
                let (mut energies, mut squares) = (Vec::new(), Vec::new());
                for _ in 0..10_000 {
                    chain.sweep(&mut stream);
                    let energy = chain.energy();
                    energies.push(energy);
                    squares.push((energy - exact.energy) * (energy - exact.energy));
                }
                // Batch errors have 49 degrees of freedom: |t| > 6 happens with probability 2e-7.
                for (series, expected) in [(energies, exact.energy), (squares, exact.energy_variance)] {
                    let (mean, error) = batch_mean(&series);
                    assert!(
                        (mean - expected).abs() < 6.0 * error,
                        "{identity}: {mean} ± {error}, exact {expected}"
                    );
                }
                let state = chain.state();
                let expected = model.pair_model().unwrap().energy(&state);
                assert!(
                    (chain.energy() - expected).abs() < 1e-10,
                    "{identity}: the running energy has drifted"
                );
                let magnetization: f64 = state.iter().map(|spin| f64::from(*spin)).sum();
                assert_eq!(chain.magnetization(), magnetization, "{identity}");
                assert!((0.0..=1.0).contains(&chain.acceptance()) && chain.acceptance() > 0.0);
            }
        }
    }
    assert_eq!(
        combinations,
        13 + 8 + 10 + 13 + 5,
        "single spins take all models, clusters the ferromagnets, Swendsen and Wang's those in a field too, and checkerboards \
         the uniform tori"
    );
}

#[test]
fn all_512_states_of_the_three_by_three_torus_occur_as_often_as_they_should() {
    let torus = model(json!({ "lattice": "square", "size": 3 }));
    // The uniform square torus has code of its own; the triangular one takes that for general graphs.
    let general = model(json!({ "lattice": "triangular", "size": 3 }));
    for entry in chains() {
        for model in [&torus, &general] {
            if (entry.refuse)(&**model).is_some() {
                continue;
            }
            let temperature = 8.0;
            let pairs = model.pair_model().unwrap();
            let log_partition = model
                .exact()
                .unwrap()
                .solve(temperature, &mut |_| ControlFlow::Continue(()))
                .unwrap()
                .log_partition;
            let mut stream = rng::stream(3, "test", entry.name, 0);
            let mut chain = entry.start(&**model, temperature, &mut stream).unwrap();
            (0..100).for_each(|_| chain.sweep(&mut stream));
            chain.tune();
            // Four sweeps leave no correlation to speak of at this temperature, so that counts are multinomial.
            let samples = 60_000;
            let mut counts = vec![0.0; 512];
            for _ in 0..samples {
                (0..4).for_each(|_| chain.sweep(&mut stream));
                let code = chain.state().iter().fold(0, |code, spin| 2 * code + usize::from(*spin > 0));
                counts[code] += 1.0;
            }
            let mut chi_squared = 0.0;
            for (code, count) in counts.iter().enumerate() {
                let state: Vec<i8> =
                    (0..9).rev().map(|bit| if code >> bit & 1 == 1 { 1 } else { -1 }).collect();
                let expected =
                    f64::from(samples) * libm::exp(-pairs.energy(&state) / temperature - log_partition);
                assert!(expected > 5.0, "the χ² approximation needs counts: {expected}");
                chi_squared += (count - expected) * (count - expected) / expected;
            }
            // 511 degrees of freedom: mean 511, standard deviation √1022 = 32; ±5 of them.
            assert!((351.0..671.0).contains(&chi_squared), "{}: χ² = {chi_squared}", entry.name);
        }
    }
}

#[test]
fn refusals_say_why_and_what_to_use_instead() {
    let wolff = find("wolff").unwrap();
    for (keys, reason) in [
        (json!({ "lattice": "square", "size": 4, "field": 0.1 }), "there is a field"),
        (json!({ "lattice": "square", "size": 4, "coupling": -1.0 }), "antiferromagnetic"),
        (json!({ "lattice": "square", "size": 4, "disorder": "pm_j" }), "antiferromagnetic"),
    ] {
        let refusal = (wolff.refuse)(&*model(keys)).unwrap();
        assert!(refusal.contains(reason) && refusal.contains("use `metropolis`"), "{refusal}");
        assert_eq!(refusal.contains("`swendsen_wang`"), reason == "there is a field", "{refusal}");
    }
    let checkerboard = find("checkerboard").unwrap();
    for (keys, reason) in [
        (json!({ "lattice": "square", "size": 4, "boundary": "open" }), "periodic"),
        (json!({ "lattice": "square", "size": 4, "coupling": [1.0, 0.5] }), "one coupling"),
        (json!({ "lattice": "square", "size": 4, "disorder": "gaussian" }), "one coupling"),
        (json!({ "lattice": "square", "size": [4, 5], "disorder": "pm_j" }), "even sides"),
        (json!({ "lattice": "square", "size": [4, 2], "disorder": "pm_j" }), "of 4 or more"),
        (json!({ "lattice": "square", "size": 4, "disorder": "pm_j", "field": 0.5 }), "without a field"),
        (json!({ "lattice": "triangular", "size": 4 }), "square or cubic lattice"),
    ] {
        let refusal = (checkerboard.refuse)(&*model(keys)).unwrap();
        assert!(refusal.contains(reason) && refusal.contains("use `metropolis`"), "{refusal}");
    }
    let clusters = find("swendsen_wang").unwrap();
    let glass = model(json!({ "lattice": "square", "size": 4, "disorder": "pm_j", "field": 0.5 }));
    let refusal = (clusters.refuse)(&*glass).unwrap();
    assert!(refusal.contains("antiferromagnetic") && refusal.contains("`heat_bath`"), "{refusal}");
    assert!(find("glauber").is_none());
}

#[test]
fn a_wolff_sweep_is_a_fixed_number_of_clusters_once_tuned() {
    let torus = model(json!({ "lattice": "square", "size": 16 }));
    let entry = find("wolff").unwrap();
    let mut stream = rng::stream(9, "test", "stride", 0);
    let mut chain = entry.start(&*torus, 3.0, &mut stream).unwrap();
    (0..300).for_each(|_| chain.sweep(&mut stream));
    chain.tune();
    (0..2000).for_each(|_| chain.sweep(&mut stream));
    // Mean cluster size over N; a sweep shall flip about N spins, so the stride is close to its inverse. A second chain
    // of the same seed must draw the same stride: its state after as many sweeps is the same.
    let share = chain.acceptance();
    assert!((0.01..0.5).contains(&share), "{share}");
    let mut again_stream = rng::stream(9, "test", "stride", 0);
    let mut again = entry.start(&*torus, 3.0, &mut again_stream).unwrap();
    (0..300).for_each(|_| again.sweep(&mut again_stream));
    again.tune();
    (0..2000).for_each(|_| again.sweep(&mut again_stream));
    assert_eq!(chain.state(), again.state());
}

#[test]
fn a_given_start_sets_state_energy_and_magnetisation() {
    for entry in chains() {
        for model in models().iter().filter(|model| (entry.refuse)(model.as_ref()).is_none()) {
            let mut stream = rng::stream(1, "start", "", 0);
            let mut chain = entry.start(model.as_ref(), 2.0, &mut stream).unwrap();
            let pairs = model.pair_model().unwrap();
            let spins: Vec<i8> = (0..pairs.spins()).map(|i| if i % 3 == 0 { -1 } else { 1 }).collect();
            chain.start_from(&spins);
            assert_eq!(chain.state(), spins);
            for _ in 0..3 {
                let state = chain.state();
                assert!(
                    (chain.energy() - pairs.energy(&state)).abs() < 1e-9,
                    "{} of {}",
                    entry.name,
                    model.description()
                );
                assert_eq!(
                    chain.magnetization(),
                    f64::from(state.iter().map(|s| i32::from(*s)).sum::<i32>())
                );
                chain.sweep(&mut stream);
            }
        }
    }
}

#[test]
fn chains_that_start_in_equilibrium_stay_there() {
    // Exact samples need no thermalisation, so that a few sweeps tell whether the distribution is stationary, and every
    // chain is independent of the others: errors follow from the exact variances.
    const CHAINS: usize = 4000;
    let lattices = [
        json!({ "lattice": "square", "size": [5, 6] }),
        json!({ "lattice": "square", "size": [4, 6] }),
        json!({ "lattice": "square", "size": 6, "disorder": "gaussian", "field": 0.3 }),
        json!({ "lattice": "triangular", "size": [4, 6], "boundary": "open" }),
    ];
    let temperature = 2.2;
    let mut combinations = 0;
    for model in lattices.into_iter().map(model) {
        let pairs = model.pair_model().unwrap();
        let elimination = Elimination::new(&Network::from(pairs)).unwrap();
        let exact = elimination.sum(1.0 / temperature, &mut |_| ControlFlow::Continue(())).unwrap();
        let sampler = Sampler::new(&elimination, 1.0 / temperature).unwrap();
        for entry in chains().filter(|entry| (entry.refuse)(&*model).is_none()) {
            combinations += 1;
            let identity = format!("{} {}", entry.name, model.identity());
            let mut stream = rng::stream(29, "test", &identity, 0);
            let mut chain = entry.start(&*model, temperature, &mut stream).unwrap();
            // Until it is tuned, a cluster sampler's stride depends on the states that it meets.
            (0..20).for_each(|_| chain.sweep(&mut stream));
            chain.tune();
            let (mut energy, mut square, mut size) = (0.0, 0.0, 0.0);
            for _ in 0..CHAINS {
                let start: Vec<i8> =
                    sampler.draw(&mut stream).iter().map(|state| 1 - 2 * (*state as i8)).collect();
                chain.start_from(&start);
                (0..3).for_each(|_| chain.sweep(&mut stream));
                let deviation = chain.energy() - exact.energy;
                energy += deviation;
                square += deviation * deviation;
                size += deviation * deviation * deviation * deviation;
            }
            let count = CHAINS as f64;
            // |z| > 5.5 happens with probability 4e-8; the variance's error is taken from the fourth moment.
            let error = libm::sqrt(exact.energy_variance / count);
            assert!(energy.abs() / count < 5.5 * error, "{} {}", entry.name, energy / count / error);
            let (square, fourth) = (square / count, size / count);
            let error = libm::sqrt((fourth - square * square) / count);
            let z = (square - exact.energy_variance) / error;
            assert!(z.abs() < 5.5, "{}: the variance is off by {z} errors", entry.name);
        }
    }
    assert_eq!(combinations, 4 + 3 + 3 + 4 + 2);
}

/// Every sampler of the models that are Ising spins in disguise, against Kaufman's finite lattices.
fn kaufman(side: usize, sweeps: usize, temperatures: &[f64]) -> usize {
    let spins = (side * side) as f64;
    let mut combinations = 0;
    // δ = (1 + s s')/2, and four directions are two independent spins of half the coupling.
    for (name, keys, copies, shift) in [
        ("ising", json!({}), 1.0, 0.0),
        ("potts", json!({ "states": 2, "coupling": 2.0 }), 1.0, -2.0),
        ("clock", json!({ "states": 2 }), 1.0, 0.0),
        ("clock", json!({ "states": 4, "coupling": 2.0 }), 2.0, 0.0),
        ("blume_capel", json!({ "crystal_field": -200.0 }), 1.0, -200.0),
    ] {
        let mut table = keys.clone();
        table["lattice"] = json!("square");
        table["size"] = json!(side);
        let context = Context { seed: 5, quick: false, ladder: &[], inputs: &Files };
        let model = models::build(&json!({ name: table }), &context).unwrap();
        let lattice = crate::models::SquareLattice { rows: side, columns: side, coupling: 1.0 };
        for &temperature in temperatures {
            let exact = crate::exact::kaufman::torus(lattice, temperature).unwrap();
            let energy = spins * (copies * exact.energy_per_site + shift);
            let variance = spins * copies * exact.specific_heat * temperature * temperature;
            for entry in chains().filter(|entry| (entry.refuse)(&*model).is_none()) {
                combinations += 1;
                let identity = format!("{} {}", entry.name, model.identity());
                let mut stream = rng::stream(21, "kaufman", &identity, 0);
                let mut chain = entry.start(&*model, temperature, &mut stream).unwrap();
                // All in state 1 (or up): state 0 of three is down.
                chain.start_from(&vec![if name == "blume_capel" { 2 } else { 1 }; side * side]);
                (0..sweeps / 10).for_each(|_| chain.sweep(&mut stream));
                chain.tune();
                let (mut energies, mut squares) = (Vec::new(), Vec::new());
                for _ in 0..sweeps {
                    chain.sweep(&mut stream);
                    energies.push(chain.energy());
                    squares.push((chain.energy() - energy) * (chain.energy() - energy));
                }
                for (series, expected) in [(energies, energy), (squares, variance)] {
                    let (mean, error) = batch_mean(&series);
                    assert!(
                        (mean - expected).abs() < 6.0 * error,
                        "{identity} at {temperature}: {mean} ± {error}, exact {expected}"
                    );
                }
            }
        }
    }
    combinations
}

#[test]
fn energies_are_those_of_kaufmans_lattices() {
    // Away from T_c, where fifty batches of sixty sweeps are long beside τ for single spins too.
    let found = kaufman(16, 3000, &[2.0, 3.5]);
    assert!(found >= 2 * (4 + 4 + 4 + 4 + 2), "{found}");
}

#[test]
#[ignore = "takes minutes: cargo test --release --lib -- --ignored energies_are_those_of_large"]
fn energies_are_those_of_large_lattices_of_kaufman_at_the_transition_too() {
    kaufman(16, 100_000, &[2.269185314213022]);
    kaufman(32, 20_000, &[2.0, 3.0]);
    kaufman(64, 8_000, &[2.0, 3.0]);
}
