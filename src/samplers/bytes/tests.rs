//! The same bytes on every processor, energies against plain sums, Kaufman on odd sides, enumeration on cubic tori, and the paths
//! out of states where every move is certain. Small tori are among the tests of all samplers.

use super::*;
use crate::exact::kaufman;
use crate::input::Context;
use crate::input::testing::NO_FILES;
use crate::models::{self, SquareLattice};
use crate::rng;
use crate::samplers::tests::batch_mean;
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::sync::Arc;

fn model(name: &str, own: Value, sides: &[usize], field: f64) -> Arc<dyn Model> {
    let lattice = if sides.len() == 2 { "square" } else { "cubic" };
    let mut keys = json!({ "lattice": lattice, "size": sides, "field": field, "coupling": 0.75 });
    keys.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
    models::build(&json!({ name: keys }), &Context { seed: 5, quick: false, ladder: &[], inputs: &NO_FILES })
        .unwrap()
}

/// Even and odd sides; halves of one vector, just that, and more.
fn tori(name: &str, own: &Value) -> Vec<Arc<dyn Model>> {
    let shapes: [&[usize]; 13] = [
        &[2, 2],
        &[3, 3],
        &[2, 3],
        &[5, 4],
        &[4, 127],
        &[3, 128],
        &[6, 129],
        &[5, 131],
        &[2, 260],
        &[2, 2, 2],
        &[3, 3, 3],
        &[3, 4, 5],
        &[4, 2, 130],
    ];
    shapes.iter().map(|sides| model(name, own.clone(), sides, 0.3)).collect()
}

fn forms() -> [(&'static str, Value); 6] {
    [
        ("ising", json!({})),
        ("potts", json!({ "states": 2 })),
        ("potts", json!({ "states": 3 })),
        ("potts", json!({ "states": 10 })),
        ("potts", json!({ "states": 256 })),
        ("blume_capel", json!({ "crystal_field": 0.6 })),
    ]
}

fn chain(model: &dyn Model, temperature: f64, set: (InstructionSet, Level)) -> Bytes<'_> {
    Bytes::new(form(model).unwrap(), temperature, set, &mut rng::stream(4, "bytes", "test", 0))
}

fn best() -> (InstructionSet, Level) {
    (InstructionSet::widest(), Level::best())
}

#[test]
fn every_instruction_set_gives_the_same_bytes() {
    let mut unused = rng::stream(0, "unused", "", 0);
    for (name, own) in forms() {
        for model in tori(name, &own) {
            let mut outcome = |set| {
                let mut chain = chain(&*model, 1.1, set);
                (0..70).for_each(|_| chain.sweep(&mut unused));
                (chain.state(), chain.energy(), chain.acceptance())
            };
            let first = outcome((InstructionSet::all()[0], Level::Plain));
            for level in Level::all() {
                assert!(
                    first == outcome((InstructionSet::widest(), level)),
                    "{level:?}: {}",
                    model.description()
                );
            }
        }
    }
}

#[test]
fn energies_and_order_parameters_are_those_of_the_state() {
    let mut unused = rng::stream(0, "unused", "", 0);
    for (name, own) in forms() {
        for model in tori(name, &own) {
            let mut chain = chain(&*model, 1.5, best());
            for _ in 0..3 {
                let state = chain.state();
                let (energy, order) = match model.site_states() {
                    None => {
                        let sum: i64 = state.iter().map(|spin| i64::from(*spin)).sum();
                        (model.pair_model().unwrap().energy(&state), sum as f64)
                    }
                    Some((pairs, sites)) => {
                        let states: Vec<u8> = state.iter().map(|a| *a as u8).collect();
                        let mut counts = vec![0; sites.states()];
                        states.iter().for_each(|a| counts[usize::from(*a)] += 1);
                        (sites.energy(pairs, &states), sites.order(&counts))
                    }
                };
                assert!((chain.energy() - energy).abs() < 1e-9, "{}", model.description());
                assert_eq!(chain.magnetization(), order, "{}", model.description());
                chain.start_from(&state);
                assert_eq!(chain.state(), state);
                (0..5).for_each(|_| chain.sweep(&mut unused));
            }
        }
    }
}

#[test]
fn proposals_are_fair() {
    // At infinite temperature every proposal is accepted, so that changes show what was proposed.
    let mut unused = rng::stream(0, "unused", "", 0);
    for states in [3, 4, 10, 256] {
        let model = model("potts", json!({ "states": states }), &[64, 128], 0.0);
        let mut chain = chain(&*model, 1e12, best());
        let mut counts = vec![0.0; states - 1];
        for _ in 0..100 {
            let before = chain.states();
            chain.sweep(&mut unused);
            if chain.work.lazy {
                continue;
            }
            for (from, to) in before.iter().zip(chain.states()) {
                let step = (usize::from(to) + states - usize::from(*from)) % states;
                assert_ne!(step, 0);
                counts[step - 1] += 1.0;
            }
        }
        let expected = counts.iter().sum::<f64>() / counts.len() as f64;
        let chi2: f64 = counts.iter().map(|n| (n - expected) * (n - expected) / expected).sum();
        let freedom = counts.len() as f64 - 1.0;
        let z = (chi2 - freedom) / libm::sqrt(2.0 * freedom);
        assert!(z < 5.5, "q = {states}: χ² = {chi2} of {freedom}");
    }
}

#[test]
fn no_state_holds_the_chain_for_ever() {
    // Every other row up: all flips of Ising spins cost nothing, and without lazy sweeps all would be made for ever.
    let mut unused = rng::stream(0, "unused", "", 0);
    let model = models::build(
        &json!({ "potts": { "lattice": "square", "size": [4, 6], "states": 2 } }),
        &Context { seed: 5, quick: false, ladder: &[], inputs: &NO_FILES },
    );
    let model = model.unwrap();
    let mut chain = chain(&*model, 1.0, best());
    let stripes: Vec<i8> = (0..24).map(|site| i8::from(site / 6 % 2 == 0)).collect();
    chain.start_from(&stripes);
    let energy = chain.energy();
    let left = (0..2000).any(|_| {
        chain.sweep(&mut unused);
        chain.energy() != energy
    });
    assert!(left);
}

/// Compares energy and its variance with exact values.
fn judge(model: &dyn Model, temperature: f64, (energy, variance): (f64, f64), sweeps: usize) {
    let mut unused = rng::stream(0, "unused", "", 0);
    let mut chain = chain(model, temperature, best());
    (0..sweeps / 10).for_each(|_| chain.sweep(&mut unused));
    let (mut energies, mut squares) = (Vec::new(), Vec::new());
    for _ in 0..sweeps {
        chain.sweep(&mut unused);
        energies.push(chain.energy());
        squares.push((chain.energy() - energy) * (chain.energy() - energy));
    }
    for (series, expected) in [(energies, energy), (squares, variance)] {
        let (mean, error) = batch_mean(&series);
        // Fifty batches: |t| > 6 happens with probability 2e-7.
        assert!(
            (mean - expected).abs() < 6.0 * error,
            "{} at {temperature}: {mean} ± {error}, exact {expected}",
            model.description()
        );
    }
}

fn judge_by_kaufman(rows: usize, columns: usize, temperature: f64, sweeps: usize) {
    let lattice = SquareLattice { rows, columns, coupling: 1.0 };
    let exact = kaufman::torus(lattice, temperature).unwrap();
    let spins = (rows * columns) as f64;
    let variance = spins * exact.specific_heat * temperature * temperature;
    let model = model("ising", json!({ "coupling": 1.0 }), &[rows, columns], 0.0);
    judge(&*model, temperature, (spins * exact.energy_per_site, variance), sweeps);
}

#[test]
fn energies_on_odd_sides_are_those_of_kaufman() {
    for (rows, columns) in [(9, 9), (4, 131)] {
        for temperature in [2.0, 3.0] {
            judge_by_kaufman(rows, columns, temperature, 3000);
        }
    }
}

#[test]
#[ignore = "takes a minute: cargo test --release --lib -- --ignored energies_on_larger_sides"]
fn energies_on_larger_sides_are_those_of_kaufman() {
    for (size, sweeps) in [(15, 600_000), (16, 600_000), (33, 400_000), (64, 200_000)] {
        for temperature in [2.0, 2.269_185_314_213_022, 3.0] {
            judge_by_kaufman(size, size, temperature, sweeps);
        }
    }
}

#[test]
fn energies_of_small_tori_are_those_of_sums_over_all_states() {
    for (name, own, sides, field, temperature) in [
        ("ising", json!({}), &[2, 3, 3][..], 0.2, 3.0),
        ("ising", json!({ "coupling": -0.7 }), &[3, 5], -0.4, 2.0),
        ("potts", json!({ "states": 3 }), &[2, 2, 2], 0.3, 1.5),
        ("potts", json!({ "states": 4, "coupling": -1.0 }), &[3, 3], 0.3, 0.9),
        ("blume_capel", json!({ "crystal_field": 1.2 }), &[3, 3], 0.2, 1.0),
        ("blume_capel", json!({ "crystal_field": -0.5 }), &[2, 2, 2], 0.0, 3.0),
    ] {
        let model = model(name, own, sides, field);
        let exact = model.exact().unwrap().solve(temperature, &mut |_| ControlFlow::Continue(())).unwrap();
        judge(&*model, temperature, (exact.energy, exact.energy_variance), 5000);
    }
}
