//! Densities of states, canonical averages and ln Z against sums over all states and Kaufman's torus.

mod latent_heat;

use super::canonical::{self, Anchor};
use super::*;
use crate::exact::kaufman;
use crate::input::{Context, Inputs};
use crate::models::{self, SquareLattice};
use crate::rng;
use crate::statistics::jackknife::Jackknifed;
use serde_json::{Value, json};
use std::f64::consts::LN_2;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

struct Files;

impl Inputs for Files {
    fn read(&self, _: &str) -> Result<Vec<u8>, String> {
        Ok(b"5 7\n0 1 1.5\n1 2 0.25\n2 3 1\n3 4 0.5\n4 0 0.75\n0 2 0\n1 3 2\n".to_vec())
    }
}

fn model(table: Value) -> Arc<dyn Model> {
    models::build(&table, &Context { seed: 5, quick: false, ladder: &[], inputs: &Files }).unwrap()
}

fn settings(weight_sweeps: u64, production_sweeps: u64) -> Settings {
    Settings { window: None, bins: None, weight_sweeps, production_sweeps, every: 1 }
}

fn run(model: &dyn Model, settings: &Settings, replica: u64) -> (Weights, Production) {
    let mut stream = rng::stream(7, "density", &model.identity().to_string(), replica);
    sample(model, settings, &mut stream, &mut |_| Continue(())).unwrap()
}

/// Small models that differ in everything that could go wrong; energies are multiples of a step in all but the last three.
fn models() -> Vec<Arc<dyn Model>> {
    [
        json!({ "ising": { "lattice": "square", "size": 4 } }),
        json!({ "ising": { "lattice": "square", "size": 3, "coupling": -0.8 } }),
        json!({ "ising": { "lattice": "square", "size": 4, "disorder": "pm_j" } }),
        json!({ "ising": { "lattice": "square", "size": [3, 4], "field": 0.3 } }),
        json!({ "ising": { "lattice": "complete", "size": 9 } }),
        json!({ "ising": { "file": "graph" } }),
        json!({ "max_cut": { "file": "graph" } }),
        json!({ "potts": { "lattice": "square", "size": 3, "states": 3 } }),
        json!({ "potts": { "lattice": "triangular", "size": [2, 3], "states": 4, "field": -0.4, "coupling": -1 } }),
        json!({ "clock": { "lattice": "square", "size": 3, "states": 3 } }),
        json!({ "clock": { "lattice": "square", "size": [2, 3], "states": 6 } }),
        json!({ "clock": { "lattice": "square", "size": [2, 4], "states": 4 } }),
        json!({ "blume_capel": { "lattice": "square", "size": 3, "crystal_field": 0.7 } }),
        json!({ "blume_capel": { "lattice": "chain", "size": 7, "crystal_field": 1, "field": 0.25, "coupling": 0.5 } }),
        json!({ "ising": { "lattice": "square", "size": [3, 4], "disorder": "gaussian" } }),
        json!({ "ising": { "lattice": "chain", "size": 9, "disorder": "gaussian", "field": 0.2 } }),
        json!({ "clock": { "lattice": "chain", "size": 6, "states": 5, "field": 0.3 } }),
    ]
    .into_iter()
    .map(model)
    .collect()
}

/// Errors from 64 blocks are uncertain by 9 %: |t| > 5.5 has a probability of 7e−7 with 63 degrees of freedom.
const PULL: f64 = 5.5;

#[track_caller]
fn agrees(found: Option<Jackknifed>, exact: f64, what: &str) {
    let found = found.unwrap_or_else(|| panic!("{what}: no error"));
    // What is the same in all states has no error but rounding.
    let allowed = PULL * found.std_error + 1e-9 * exact.abs().max(1.0);
    assert!(
        (found.value - exact).abs() < allowed,
        "{what}: {} ± {}, exact {exact}",
        found.value,
        found.std_error
    );
}

#[test]
fn densities_of_states_are_those_of_the_sum_over_all_states() {
    let mut exact_levels = 0;
    for model in models() {
        let (weights, production) = run(&*model, &settings(4000, 20_000), 0);
        assert!(weights.converged, "{}", model.description());
        if !weights.exact {
            continue;
        }
        let tau = canonical::time(&[&production.series]).unwrap();
        let anchor = Anchor::States(model.log_states().unwrap());
        let found = canonical::density_of_states(&[&production.series], &production.levels, anchor, tau);
        let solved = model.exact().unwrap().solve(1.0, &mut |_| Continue(())).unwrap();
        assert!(solved.complete);
        // The list of levels, or of states, summed up by level.
        let mut exact = vec![0.0; production.levels.len()];
        for population in &solved.populations {
            let near = |level: &Level| (level.energy - population.energy).abs() < 1e-6;
            let place = production.levels.iter().position(near);
            let place = place.unwrap_or_else(|| panic!("{}: E = {}", model.description(), population.energy));
            exact[place] += population.degeneracy;
        }
        for ((level, found), exact) in production.levels.iter().zip(found).zip(exact) {
            agrees(found, libm::log(exact), &format!("{}, E = {}", model.description(), level.energy));
            exact_levels += 1;
        }
        assert!(production.round_trips > 10 && production.acceptance > 0.2, "{}", model.description());
    }
    assert!(exact_levels > 300, "{exact_levels}");
}

#[test]
fn canonical_averages_and_partition_functions_are_exact_at_all_temperatures_of_one_run() {
    for model in models() {
        let (weights, production) = run(&*model, &settings(4000, 20_000), 1);
        let series = [&production.series];
        let tau = canonical::time(&series).unwrap();
        let anchor = Anchor::States(model.log_states().unwrap());
        let squares: Vec<f64> = production.series.energy.iter().map(|energy| energy * energy).collect();
        let orders: Vec<f64> = production.series.order.iter().map(|order| order * order).collect();
        for temperature in [1.0, 2.5, 20.0] {
            let exact = model.exact().unwrap().solve(temperature, &mut |_| Continue(())).unwrap();
            let what = |quantity: &str| format!("{quantity} of {} at T = {temperature}", model.description());
            let estimate = |columns: &[Vec<&[f64]>], function: fn(&[f64]) -> f64| {
                canonical::estimate(&series, columns, temperature, tau, function)
            };
            let energy = &production.series.energy[..];
            agrees(estimate(&[vec![energy]], |means| means[0]), exact.energy, &what("E"));
            let variance = estimate(&[vec![energy], vec![&squares]], |means| means[1] - means[0] * means[0]);
            agrees(variance, exact.energy_variance, &what("Var E"));
            if let Some(order) = exact.order.filter(|_| model.has_magnetization()) {
                let sites = model.sites().unwrap() as f64;
                agrees(
                    estimate(&[vec![&orders]], |means| means[0]),
                    order.square * sites * sites,
                    &what("M²"),
                );
            }
            agrees(
                canonical::log_partition(&series, anchor, temperature, tau),
                exact.log_partition,
                &what("ln Z"),
            );
            assert!(canonical::covers(&weights, &production.levels, temperature));
            assert!(canonical::counting(&production.series, temperature) > 100.0, "{}", what("measurements"));
        }
    }
}

#[test]
fn one_run_gives_kaufmans_torus_at_all_temperatures() {
    let torus = model(json!({ "ising": { "lattice": "square", "size": 8 } }));
    let (weights, production) = run(&*torus, &settings(60_000, 150_000), 0);
    assert!(weights.converged && production.round_trips > 20, "{}", production.round_trips);
    // Without the two energies next to the ends, which no state has.
    assert_eq!((production.levels.len(), weights.reach()), (63, (-128.0, 128.0)));
    let series = [&production.series];
    let tau = canonical::time(&series).unwrap();
    let energy = &production.series.energy[..];
    let squares: Vec<f64> = energy.iter().map(|energy| energy * energy).collect();
    for temperature in [1.5, 2.0, 2.269, 2.6, 4.0, 10.0] {
        let exact =
            kaufman::torus(SquareLattice { rows: 8, columns: 8, coupling: 1.0 }, temperature).unwrap();
        let what = |quantity: &str| format!("{quantity} at T = {temperature}");
        let mean = canonical::estimate(&series, &[vec![energy]], temperature, tau, |means| means[0] / 64.0);
        agrees(mean, exact.energy_per_site, &what("e"));
        let heat = canonical::estimate(&series, &[vec![energy], vec![&squares]], temperature, tau, |means| {
            (means[1] - means[0] * means[0]) / (64.0 * temperature * temperature)
        });
        agrees(heat, exact.specific_heat, &what("c"));
        for anchor in [Anchor::States(64.0 * LN_2), Anchor::Ground(-128.0, LN_2)] {
            let found = canonical::log_partition(&series, anchor, temperature, tau);
            agrees(found, exact.log_partition, &what("ln Z"));
            assert!(found.unwrap().std_error < 0.15, "{}", what("the error of ln Z"));
        }
    }
}

#[test]
fn errors_are_as_large_as_the_scatter_of_independent_runs() {
    let torus = model(json!({ "ising": { "lattice": "square", "size": 4 } }));
    let settings = settings(4000, 4000);
    let (weights, _) = run(&*torus, &settings, 0);
    let anchor = Anchor::States(16.0 * LN_2);
    let exact = torus.exact().unwrap().solve(2.0, &mut |_| Continue(())).unwrap();
    let repeats = 150;
    let (mut partition, mut energies) = (0.0, 0.0);
    for repeat in 0..repeats {
        let mut stream = rng::stream(9, "density", "repeat", repeat);
        let production = produce(&*torus, &weights, &settings, &mut stream, &mut |_| Continue(())).unwrap();
        let series = [&production.series];
        let tau = canonical::time(&series).unwrap();
        let energy = &production.series.energy[..];
        let found = canonical::log_partition(&series, anchor, 2.0, tau).unwrap();
        partition += ((found.value - exact.log_partition) / found.std_error).powi(2) / repeats as f64;
        let found = canonical::estimate(&series, &[vec![energy]], 2.0, tau, |means| means[0]).unwrap();
        energies += ((found.value - exact.energy) / found.std_error).powi(2) / repeats as f64;
    }
    // Mean squares of 150 pulls scatter by √(2/150) = 0.12 about 1, or a little more where errors are uncertain.
    for mean in [partition, energies] {
        assert!((0.6..1.6).contains(&mean), "{partition} {energies}");
    }
}

#[test]
fn windows_are_kept_and_leave_the_density_of_states_inside_as_it_is() {
    let torus = model(json!({ "ising": { "lattice": "square", "size": 4 } }));
    let exact = [(-32.0, 2.0), (-24.0, 32.0), (-20.0, 64.0), (-16.0, 424.0), (-12.0, 1728.0), (-8.0, 6688.0)];
    let windowed = Settings { window: Some((-40.0, -8.0)), ..settings(4000, 20_000) };
    let (weights, production) = run(&*torus, &windowed, 0);
    let series = [&production.series];
    let tau = canonical::time(&series).unwrap();
    let ground = Anchor::Ground(-32.0, LN_2);
    let found = canonical::density_of_states(&series, &production.levels, ground, tau);
    assert_eq!(
        production.levels.iter().map(|level| level.energy).collect::<Vec<f64>>(),
        exact.map(|(e, _)| e)
    );
    for (found, (energy, degeneracy)) in found.into_iter().zip(exact).skip(1) {
        agrees(found, libm::log(degeneracy), &format!("E = {energy}"));
    }
    let covers = |temperature| canonical::covers(&weights, &production.levels, temperature);
    assert!(covers(0.5) && covers(1.2) && !covers(3.0) && !covers(f64::INFINITY));
    // The middle, where the chain cannot start.
    let middle = Settings { window: Some((12.0, 24.0)), ..windowed };
    let (_, production) = run(&*torus, &middle, 1);
    let energies: Vec<f64> = production.levels.iter().map(|level| level.energy).collect();
    assert_eq!(energies, [12.0, 16.0, 20.0, 24.0]);
    // Intervals, of energies that are no multiples of a step.
    let glass = model(json!({ "ising": { "lattice": "square", "size": [3, 4], "disorder": "gaussian" } }));
    let (_, production) =
        run(&*glass, &Settings { window: Some((-9.0, -2.5)), bins: Some(13), ..windowed }, 0);
    assert!(production.series.energy.iter().all(|energy| (-9.0..=-2.5).contains(energy)));
    assert_eq!(production.levels.len(), 13);
}

#[test]
fn what_cannot_be_sampled_is_refused() {
    let torus = model(json!({ "ising": { "lattice": "square", "size": 4 } }));
    let mut stream = rng::stream(1, "density", "refused", 0);
    for window in [(-31.0, -25.0), (100.0, 200.0)] {
        let settings = Settings { window: Some(window), ..settings(10, 10) };
        let stop = sample(&*torus, &settings, &mut stream, &mut |_| Continue(())).unwrap_err();
        assert!(matches!(&stop, Stop::Failed(reason) if reason.contains("widen")), "{stop:?}");
    }
    let cancelled = sample(&*torus, &settings(1000, 1000), &mut stream, &mut |_| Break(()));
    assert_eq!(cancelled.unwrap_err(), Stop::Cancelled);
    let xy = model(json!({ "xy": { "lattice": "square", "size": 4 } }));
    assert!(refuse(&*xy).unwrap().contains("vectors"));
    let levels = model(json!({ "levels": { "energies": [0, 1] } }));
    assert!(refuse(&*levels).unwrap().contains("ensemble"));
    assert!(models().iter().all(|model| refuse(&**model).is_none()));
}

#[test]
fn one_stream_gives_one_outcome_and_progress_rises_to_the_end() {
    let potts = model(json!({ "potts": { "lattice": "square", "size": 4, "states": 5 } }));
    let outcome = |replica| run(&*potts, &Settings { every: 3, ..settings(500, 1000) }, replica);
    assert_eq!(outcome(0), outcome(0));
    assert_ne!(outcome(0).1, outcome(1).1);
    assert_eq!(outcome(0).1.series.energy.len(), 333);
    let mut shares = Vec::new();
    let mut stream = rng::stream(1, "density", "progress", 0);
    sample(&*potts, &settings(500, 1000), &mut stream, &mut |share| {
        shares.push(share);
        Continue(())
    })
    .unwrap();
    assert!(shares.is_sorted() && shares.iter().all(|share| (0.0..=1.0).contains(share)), "{shares:?}");
}
