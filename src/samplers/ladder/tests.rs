//! Every sampler along temperatures on every kind of model, against exact enumeration.

use super::*;
use crate::input::{Context, testing::NO_FILES};
use crate::models;
use crate::rng;
use crate::samplers::{Method, SAMPLERS, SamplerEntry};
use serde_json::{Value, json};
use std::sync::Arc;

fn model(keys: Value) -> Arc<dyn Model> {
    models::build(&keys, &Context { seed: 5, quick: false, ladder: &[], inputs: &NO_FILES }).unwrap()
}

/// Small models that differ in everything that a sampler might get wrong.
fn small() -> Vec<Arc<dyn Model>> {
    [
        json!({ "ising": { "lattice": "square", "size": 4 } }),
        json!({ "ising": { "lattice": "square", "size": [5, 4], "disorder": "pm_j" } }),
        json!({ "ising": { "lattice": "square", "size": 3, "field": -0.4 } }),
        json!({ "ising": { "lattice": "square", "size": 3, "disorder": "gaussian" } }),
        json!({ "potts": { "lattice": "square", "size": 3, "states": 3 } }),
        json!({ "curie_weiss": { "spins": 20, "field": 0.1 } }),
        json!({ "blume_capel": { "lattice": "square", "size": 3, "crystal_field": 0.7 } }),
    ]
    .into_iter()
    .map(model)
    .collect()
}

fn ladders() -> impl Iterator<Item = (&'static SamplerEntry, Climb)> {
    SAMPLERS.iter().filter_map(|entry| match entry.method {
        Method::Ladder(ladder) => Some((entry, ladder.climb)),
        Method::Chain(..) | Method::Auto => None,
    })
}

fn settings(samples: usize) -> Settings {
    Settings {
        temperatures: vec![1.4, 2.0, 3.5],
        run_in: Some(200),
        longest_run_in: 1000,
        samples,
        relaxation: 4,
        refine: true,
    }
}

/// The weighted mean of a column of a rung.
fn mean(rung: &Rung, column: &[f64]) -> f64 {
    let weight = |at: usize| rung.log_weight.get(at).map_or(1.0, |log| libm::exp(log - rung.log_weight[0]));
    let (mut sum, mut total) = (0.0, 0.0);
    for (at, x) in column.iter().enumerate() {
        sum += weight(at) * x;
        total += weight(at);
    }
    sum / total
}

#[test]
fn energies_and_partition_functions_are_exact_for_every_model() {
    const RUNS: usize = 20;
    let mut pulls: Vec<(f64, String)> = Vec::new();
    for (entry, climb) in ladders() {
        for model in small().into_iter().filter(|model| (entry.refuse)(&**model).is_none()) {
            let settings = settings(300);
            let runs: Vec<Vec<Rung>> = (0..RUNS)
                .map(|run| {
                    let mut stream = rng::stream(3, "ladder test", entry.name, run as u64);
                    climb(&*model, &settings, &mut stream, &mut |_| ControlFlow::Continue(())).unwrap()
                })
                .collect();
            let states = model.exact().unwrap();
            let log_states = states.solve(1e12, &mut |_| ControlFlow::Continue(())).unwrap().log_partition;
            for (place, temperature) in settings.temperatures.iter().enumerate() {
                let exact = states.solve(*temperature, &mut |_| ControlFlow::Continue(())).unwrap();
                // Runs count by their estimate of Z where they have one.
                let count = |run: &Vec<Rung>| {
                    run[place]
                        .log_partition
                        .map_or(1.0, |log| libm::exp(log - (exact.log_partition - log_states)))
                };
                let mut check = |what: &str, values: Vec<f64>, truth: f64| {
                    let average = values.iter().sum::<f64>() / RUNS as f64;
                    let scatter: f64 = values.iter().map(|x| (x - average) * (x - average)).sum();
                    let error = libm::sqrt(scatter / (RUNS - 1) as f64 / RUNS as f64);
                    let name = format!("{} {what} at {temperature} of {}", entry.name, model.identity());
                    // What hardly varies is judged to rounding.
                    pulls.push(((average - truth) / error.max(1e-9), name));
                };
                let energies = |run: &Vec<Rung>| mean(&run[place], &run[place].energy) - exact.energy;
                check("energy", runs.iter().map(|run| count(run) * energies(run)).collect(), 0.0);
                if runs[0][place].log_partition.is_some() {
                    check("Z", runs.iter().map(count).collect(), 1.0);
                }
            }
        }
    }
    assert!(pulls.len() >= 90, "{}", pulls.len());
    let square = pulls.iter().map(|(z, _)| z * z).sum::<f64>() / pulls.len() as f64;
    let worst = pulls.iter().max_by(|a, b| a.0.abs().total_cmp(&b.0.abs())).unwrap();
    // Student's t with 23 degrees of freedom: beyond 5.2 once in 30 000 times, and a mean square of 1.1 ± 0.2 over 90 of them.
    assert!(worst.0.abs() < 5.5, "{worst:?}");
    assert!((0.5..1.8).contains(&square), "{square}");
}

#[test]
fn a_ladder_without_exchanges_gets_more_temperatures() {
    let (_, tempering) = ladders().find(|(entry, _)| entry.name == "parallel_tempering").unwrap();
    let torus = model(json!({ "ising": { "lattice": "square", "size": 16 } }));
    let mut stream = rng::stream(3, "ladder test", "refined", 0);
    let wide = Settings { temperatures: vec![1.8, 3.4], ..settings(2000) };
    let run = |settings: &Settings, stream: &mut Stream| {
        tempering(&*torus, settings, stream, &mut |_| ControlFlow::Continue(())).unwrap()
    };
    let given = run(&Settings { refine: false, ..wide.clone() }, &mut stream);
    let refined = run(&wide, &mut stream);
    let number = |rung: &Rung, name: &str| rung.figures.iter().find(|(known, _)| *known == name).unwrap().1;
    assert_eq!(number(&given[0], "rungs"), 2.0);
    assert!(given[0].acceptance < 0.01, "{}", given[0].acceptance);
    assert!(number(&refined[0], "rungs") > 4.0 && refined[0].acceptance > 0.15, "{:?}", refined[0].figures);
    assert!(number(&refined[0], "round_trips") > 10.0, "{:?}", refined[0].figures);
}

#[test]
fn a_stop_is_heeded() {
    let torus = model(json!({ "ising": { "lattice": "square", "size": 8 } }));
    for (entry, climb) in ladders() {
        let mut stream = rng::stream(3, "ladder test", "stopped", 0);
        let long = settings(1_000_000);
        let mut told = 0;
        let stopped = climb(
            &*torus,
            &Settings {
                samples: if entry.name == "population_annealing" { 2000 } else { long.samples },
                ..long
            },
            &mut stream,
            &mut |share| {
                assert!((0.0..=1.0).contains(&share), "{share}");
                told += 1;
                if told > 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        );
        assert_eq!(stopped, Err(Stop::Cancelled), "{}", entry.name);
    }
}
