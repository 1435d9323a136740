//! Densities of states, canonical averages and ln Z against sums over all states and Kaufman's torus.

use super::canonical::{self, Anchor};
use super::*;
use crate::exact::kaufman;
use crate::input::{Context, Inputs};
use crate::models::{self, SquareLattice};
use crate::rng;
use serde_json::{Value, json};
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

/// ln of the number of all states.
fn log_states(model: &dyn Model) -> f64 {
    let states = model.site_states().map_or(2, |(_, sites)| sites.states());
    model.sites().unwrap() as f64 * libm::log(states as f64)
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

#[test]
fn scratch_print() {
    for model in models() {
        let (weights, production) = run(&*model, &settings(4000, 20_000), 0);
        let series = &production.series;
        let tau = canonical::time(&[series]).unwrap();
        println!(
            "{} levels {} exact {} trips {} acc {:.2} tau {tau:.2} conv {} step {:e}",
            model.description(),
            production.levels.len(),
            weights.exact,
            production.round_trips,
            production.acceptance,
            weights.converged,
            weights.step
        );
        for temperature in [1.0, 3.0] {
            let exact = model.exact().unwrap().solve(temperature, &mut |_| Continue(())).unwrap();
            let z =
                canonical::log_partition(&[series], Anchor::States(log_states(&*model)), temperature, tau)
                    .unwrap();
            let e =
                canonical::estimate(&[series], &[vec![&series.energy]], temperature, tau, |m| m[0]).unwrap();
            println!(
                "   T={temperature} lnZ {:.5}({:.5}) exact {:.5} pull {:.2}  E {:.5}({:.5}) exact {:.5} pull {:.2}",
                z.value,
                z.std_error,
                exact.log_partition,
                (z.value - exact.log_partition) / z.std_error,
                e.value,
                e.std_error,
                exact.energy,
                (e.value - exact.energy) / e.std_error
            );
        }
    }
}
