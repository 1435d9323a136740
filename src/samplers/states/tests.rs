//! Every sampler on sites of a few states, against sums over all configurations.

use crate::input::{Context, Inputs};
use crate::models::{self, Model};
use crate::rng;
use crate::samplers::{SamplerEntry, chains, find};
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::sync::Arc;

struct Files;

impl Inputs for Files {
    fn read(&self, _: &str) -> Result<Vec<u8>, String> {
        Ok(b"4 6\n0 1 1.5\n1 2 0.25\n2 3 1\n3 0 0.5\n0 2 0.75\n1 1 0.6\n".to_vec())
    }
}

fn model(name: &str, own: &Value, graph: &Value) -> Arc<dyn Model> {
    let mut keys = graph.clone();
    keys.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
    models::build(&json!({ name: keys }), &Context { seed: 5, quick: false, ladder: &[], inputs: &Files })
        .unwrap()
}

fn forms() -> Vec<(&'static str, Value)> {
    vec![
        ("potts", json!({ "states": 2 })),
        ("potts", json!({ "states": 3 })),
        ("potts", json!({ "states": 4 })),
        ("clock", json!({ "states": 3 })),
        ("clock", json!({ "states": 4 })),
        ("clock", json!({ "states": 5 })),
        ("blume_capel", json!({ "crystal_field": 0.7 })),
    ]
}

fn graphs() -> Vec<Value> {
    vec![
        json!({ "lattice": "square", "size": 3 }),
        json!({ "lattice": "square", "size": [2, 3], "coupling": -0.9 }),
        json!({ "lattice": "square", "size": [2, 4], "boundary": "open", "field": 0.3 }),
        json!({ "lattice": "triangular", "size": [2, 3], "field": -0.4 }),
        json!({ "lattice": "chain", "size": 5, "coupling": 1.3 }),
        json!({ "lattice": "complete", "size": 6, "disorder": "pm_j" }),
        json!({ "lattice": "chain", "size": 6, "disorder": "gaussian", "field": 0.2 }),
        json!({ "file": "graph" }),
    ]
}

/// The probability of every configuration at a temperature, with its code, and its energy and order parameter.
fn all(model: &dyn Model, temperature: f64) -> Vec<(f64, f64, f64)> {
    let (pairs, sites) = model.site_states().unwrap();
    let (q, n) = (sites.states(), pairs.spins());
    let exact = model.exact().unwrap().solve(temperature, &mut |_| ControlFlow::Continue(())).unwrap();
    let configuration =
        |code: usize| -> Vec<u8> { (0..n).map(|i| (code / q.pow(i as u32) % q) as u8).collect() };
    (0..q.pow(n as u32))
        .map(|code| {
            let state = configuration(code);
            let mut counts = vec![0; q];
            state.iter().for_each(|a| counts[usize::from(*a)] += 1);
            let energy = sites.energy(pairs, &state);
            (libm::exp(-energy / temperature - exact.log_partition), energy, sites.order(&counts))
        })
        .collect()
}

/// Mean and standard error from 50 batches, far longer than the autocorrelation time here.
fn batch_mean(series: &[f64]) -> (f64, f64) {
    let batches: Vec<f64> =
        series.chunks_exact(series.len() / 50).map(|b| b.iter().sum::<f64>() / b.len() as f64).collect();
    let mean = batches.iter().sum::<f64>() / 50.0;
    let variance = batches.iter().map(|batch| (batch - mean) * (batch - mean)).sum::<f64>() / 49.0;
    (mean, libm::sqrt(variance / 50.0))
}

#[test]
fn energies_and_order_parameters_are_those_of_the_sum_over_all_states() {
    let mut combinations = std::collections::BTreeMap::new();
    for (name, own) in forms() {
        for graph in graphs() {
            let model = model(name, &own, &graph);
            let temperature = 1.3;
            let states = all(&*model, temperature);
            let mean =
                |f: &dyn Fn(f64, f64) -> f64| states.iter().map(|(p, e, m)| p * f(*e, *m)).sum::<f64>();
            assert!((mean(&|_, _| 1.0) - 1.0).abs() < 1e-9, "samplers and exact sums see the same energies");
            let (energy, order) = (mean(&|e, _| e), mean(&|_, m| m.abs()));
            let square = mean(&|e, _| (e - energy) * (e - energy));
            for entry in chains().filter(|entry| (entry.refuse)(&*model).is_none()) {
                *combinations.entry(entry.name).or_insert(0) += 1;
                let identity = format!("{} {}", entry.name, model.identity());
                let mut stream = rng::stream(12, "test", &identity, 0);
                let mut chain = entry.start(&*model, temperature, &mut stream).unwrap();
                (0..100).for_each(|_| chain.sweep(&mut stream));
                chain.tune();
                let mut series = [Vec::new(), Vec::new(), Vec::new()];
                for _ in 0..4_000 {
                    chain.sweep(&mut stream);
                    series[0].push(chain.energy());
                    series[1].push((chain.energy() - energy) * (chain.energy() - energy));
                    series[2].push(chain.magnetization().abs());
                }
                // |t| > 6 with 49 degrees of freedom happens with probability 2e-7, in one of 700 with 2e-4.
                for (series, expected) in series.iter().zip([energy, square, order]) {
                    let (mean, error) = batch_mean(series);
                    assert!(
                        (mean - expected).abs() < 6.0 * error,
                        "{identity}: {mean} ± {error}, exact {expected}"
                    );
                }
                let (pairs, sites) = model.site_states().unwrap();
                let state: Vec<u8> = chain.state().iter().map(|a| *a as u8).collect();
                assert!((chain.energy() - sites.energy(pairs, &state)).abs() < 1e-10, "{identity}: drifted");
                assert!(
                    chain.acceptance() > 0.0 && chain.acceptance() <= 1.0 && chain.updates_per_spin() > 0.0
                );
            }
        }
    }
    let found: Vec<(&str, usize)> = combinations.into_iter().collect();
    // Clusters: six forms on six graphs without bonds of both signs, of which three are without a field. Checkerboards: four forms
    // on two tori.
    assert_eq!(
        found,
        [("checkerboard", 8), ("heat_bath", 56), ("metropolis", 56), ("swendsen_wang", 36), ("wolff", 18)]
    );
}

/// χ² of 20 000 nearly independent states against their probabilities, over its degrees of freedom.
fn goodness(entry: &SamplerEntry, model: &dyn Model, temperature: f64) -> (f64, f64) {
    let q = model.site_states().unwrap().1.states();
    let states = all(model, temperature);
    let mut stream = rng::stream(6, "test", &format!("{} {}", entry.name, model.identity()), 0);
    let mut chain = entry.start(model, temperature, &mut stream).unwrap();
    (0..100).for_each(|_| chain.sweep(&mut stream));
    chain.tune();
    let samples = 20_000;
    let mut counts = vec![0.0; states.len()];
    for _ in 0..samples {
        // So many sweeps leave no correlation to speak of at high temperature.
        (0..6).for_each(|_| chain.sweep(&mut stream));
        counts[chain.state().iter().rev().fold(0, |code, a| q * code + usize::from(*a as u8))] += 1.0;
    }
    let terms = counts.iter().zip(&states).map(|(count, (p, _, _))| {
        let expected = p * f64::from(samples);
        assert!(expected > 5.0, "the χ² approximation needs counts: {expected}");
        (count - expected) * (count - expected) / expected
    });
    (terms.sum(), states.len() as f64 - 1.0)
}

#[test]
fn all_states_occur_as_often_as_they_should() {
    let graph = json!({ "lattice": "square", "size": [2, 3], "coupling": 0.7 });
    let against = json!({ "lattice": "square", "size": [2, 3], "coupling": -0.7 });
    let field = json!({ "lattice": "chain", "size": 5, "field": 0.5 });
    let mut combinations = 0;
    for (name, own) in
        [("potts", json!({ "states": 3 })), ("clock", json!({ "states": 3 })), ("blume_capel", json!({}))]
    {
        for graph in [&graph, &against, &field] {
            let model = model(name, &own, graph);
            for entry in chains().filter(|entry| (entry.refuse)(&*model).is_none()) {
                combinations += 1;
                let (chi2, degrees) = goodness(entry, &*model, 6.0);
                // ±5 standard deviations √(2 n).
                let z = (chi2 - degrees) / libm::sqrt(2.0 * degrees);
                assert!(z.abs() < 5.0, "{} of {}: χ² = {chi2} of {degrees}", entry.name, model.description());
            }
        }
    }
    assert_eq!(combinations, 2 * (4 + 4 + 3) + 3 * 2 + 2 * 2);
}

#[test]
fn refusals_of_clusters_say_why() {
    let torus = |field: f64| json!({ "lattice": "square", "size": 4, "field": field });
    let refusal = |sampler: &str, model: Arc<dyn Model>| (find(sampler).unwrap().refuse)(&*model).unwrap();
    for sampler in ["wolff", "swendsen_wang"] {
        let zeros = refusal(sampler, model("blume_capel", &json!({}), &torus(0.0)));
        assert!(zeros.contains("spins that are 0") && zeros.contains("use `metropolis`"), "{zeros}");
        let glass = json!({ "lattice": "square", "size": 4, "disorder": "pm_j" });
        let glass = refusal(sampler, model("potts", &json!({ "states": 3 }), &glass));
        assert!(glass.contains("both signs") && glass.contains("`heat_bath`"), "{glass}");
    }
    let field = refusal("wolff", model("potts", &json!({ "states": 3 }), &torus(0.1)));
    assert!(field.contains("use `swendsen_wang`"), "{field}");
}

#[test]
fn ferromagnets_know_their_ground_state() {
    let aligned = |name: &str, own: Value, graph: Value| {
        let model = model(name, &own, &graph);
        let (pairs, sites) = model.site_states().unwrap();
        let state = sites.aligned(pairs)?;
        let cold = model.exact().unwrap().solve(0.0, &mut |_| ControlFlow::Continue(())).unwrap();
        let energy = sites.energy(pairs, &vec![state; pairs.spins()]);
        assert!((energy - cold.energy).abs() < 1e-9, "{name}: {energy} is not {}", cold.energy);
        Some(state)
    };
    let torus = |field: f64, coupling: f64| json!({ "lattice": "square", "size": [2, 4], "field": field, "coupling": coupling });
    assert_eq!(aligned("potts", json!({ "states": 3 }), torus(0.2, 1.0)), Some(0));
    assert_eq!(aligned("potts", json!({ "states": 3 }), torus(-0.2, 1.0)), Some(2));
    assert_eq!(aligned("potts", json!({ "states": 3 }), torus(0.0, -1.0)), None);
    assert_eq!(aligned("clock", json!({ "states": 4 }), torus(-0.2, 1.0)), Some(2));
    assert_eq!(aligned("blume_capel", json!({ "crystal_field": 1.9 }), torus(0.0, 1.0)), Some(2));
    assert_eq!(aligned("blume_capel", json!({ "crystal_field": 2.1 }), torus(0.0, 1.0)), Some(1));
    assert_eq!(aligned("blume_capel", json!({ "crystal_field": 2.1 }), torus(-0.5, 1.0)), Some(0));
}
