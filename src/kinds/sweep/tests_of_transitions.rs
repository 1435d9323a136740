//! T_c and exponents from the sizes of several models and lattices.

use super::tests::{prepared, records};
use super::*;
use crate::axis::{Axis, Coordinate};
use crate::kind::StudyPoint;
use crate::record::Analysis;

/// The story of the sizes of one model by Wolff clusters, each at temperatures at the same distances x = (T/T₀ − 1) L^{1/ν} from T₀.
fn story(model: &Value, sizes: &[usize], (near, nu): (f64, f64), distances: &[f64], sweeps: usize) -> Story {
    let name = model.as_object().unwrap().keys().next().unwrap().clone();
    let mut runs: Vec<(Vec<Coordinate>, Box<dyn Experiment>, Analysis)> = Vec::new();
    for size in sizes {
        for x in distances {
            let temperature = near * (1.0 + x * libm::pow(*size as f64, -1.0 / nu));
            let mut model = model.clone();
            model[&name]["size"] = json!(size);
            let experiment = prepared(&json!({
                "temperature": temperature,
                "model": model,
                "sampler": { "algorithm": "wolff" },
                "budget": { "thermalize": "auto", "sweeps": sweeps, "replicas": 2 },
            }))
            .unwrap();
            let analysis = experiment.analyse(&records(experiment.as_ref(), 11));
            let at = vec![Coordinate::Real(temperature), Coordinate::Integer(*size as i64)];
            runs.push((at, experiment, analysis));
        }
    }
    let values = |axis: usize| runs.iter().map(|run| run.0[axis].clone()).collect();
    let axes = [
        Axis { path: "temperature".to_owned(), values: values(0) },
        Axis { path: format!("model.{name}.size"), values: values(1) },
    ];
    let points: Vec<StudyPoint<'_>> = runs
        .iter()
        .enumerate()
        .map(|(index, (coordinates, experiment, analysis))| StudyPoint {
            index,
            coordinates,
            experiment: experiment.as_ref(),
            analysis,
        })
        .collect();
    let story = Sweep.present(&Study { title: "test", seed: 9, quick: false, axes: &axes, points: &points });
    crate::kinds::tests::facts_fit(&Sweep, &story.facts);
    story
}

const DISTANCES: [f64; 7] = [-0.7, -0.4, -0.15, 0.1, 0.35, 0.6, 0.9];

#[test]
fn every_uniform_ferromagnet_of_several_sizes_has_its_transition_fitted() {
    let three = 1.0 / libm::log(1.0 + libm::sqrt(3.0));
    let four_clocks = 1.0 / libm::log(1.0 + std::f64::consts::SQRT_2);
    for (model, exact, nu, exponents, powers) in [
        (
            json!({ "potts": { "lattice": "square", "states": 3 } }),
            three,
            5.0 / 6.0,
            json!(["5/6", "2/15", "26/15"]),
            [2.0 / 15.0, 26.0 / 15.0],
        ),
        (
            json!({ "ising": { "lattice": "triangular" } }),
            4.0 / libm::log(3.0),
            1.0,
            json!(["1", "1/8", "7/4"]),
            [0.125, 1.75],
        ),
        // Two Ising models, of which no table tells.
        (
            json!({ "clock": { "lattice": "square", "states": 4 } }),
            four_clocks,
            1.0,
            json!([]),
            [0.125, 1.75],
        ),
    ] {
        let story = story(&model, &[8, 12, 16], (exact, nu), &DISTANCES, 1500);
        let scaling = &story.facts["scaling"];
        assert_eq!(scaling["exponents"], exponents, "{model}");
        let critical = &scaling["fit"]["critical"];
        // Sizes of 8 to 16 are near 1 % of T_c by themselves.
        let ratio = critical["value"].as_f64().unwrap() / exact;
        assert!((ratio - 1.0).abs() < 0.02, "{model}: T_c is off by the factor {ratio}");
        let corrected = &scaling["corrected"];
        let distance = corrected["critical"]["value"].as_f64().unwrap() - exact;
        let error = corrected["critical"]["error"].as_f64().unwrap();
        assert!(distance.abs() < 4.5 * error && error < 0.1 * exact, "{model}: off by {distance} ± {error}");
        for (name, known) in ["beta_over_nu", "gamma_over_nu"].into_iter().zip(powers) {
            let (value, error) = (corrected[name]["value"].as_f64(), corrected[name]["error"].as_f64());
            let (distance, error) = (value.unwrap() - known, error.unwrap());
            assert!(
                distance.abs() < 4.5 * error && error < 1.0,
                "{model}: {name} off by {distance} ± {error}"
            );
        }
        assert!(story.figures.iter().any(|figure| figure.id == "collapse"), "{model}");
        assert!(story.tables.iter().any(|table| table.name == "scaling"), "{model}");
        match scaling["t_c"].as_f64() {
            Some(known) => assert!((known / exact - 1.0).abs() < 1e-12),
            None => assert_eq!(exponents, json!([])),
        }
    }
}

#[test]
fn corrections_by_logarithms_are_not_fitted_by_powers() {
    let four = json!({ "potts": { "lattice": "square", "states": 4 } });
    let story = story(&four, &[8, 12, 16], (1.0 / libm::log(3.0), 2.0 / 3.0), &DISTANCES, 400);
    let scaling = &story.facts["scaling"];
    assert_eq!(scaling["logarithmic"], json!(true));
    assert!(scaling["corrected"].is_null() && !scaling["fit"].is_null(), "{scaling}");
}

#[test]
fn chains_and_planes_of_vectors_have_no_transition_to_fit() {
    for model in [json!({ "ising": { "lattice": "chain" } }), json!({ "xy": { "lattice": "square" } })] {
        let story = story(&model, &[4, 6, 8], (1.0, 1.0), &DISTANCES, 100);
        assert!(story.facts["scaling"].is_null(), "{model}");
    }
}

const WIDE: [f64; 6] = [-0.8, -0.4, -0.1, 0.2, 0.6, 1.0];

/// T_c to 3 · 10⁻⁴ from sizes up to 128.
fn to_four_digits(model: &Value, near: f64, nu: f64, sweeps: usize) {
    let story = story(model, &[16, 32, 64, 128], (near, nu), &WIDE, sweeps);
    let corrected = &story.facts["scaling"]["corrected"];
    let (error, pull) = (corrected["critical"]["error"].as_f64(), corrected["pull"].as_f64());
    assert!(error.unwrap() <= 3e-4 && pull.unwrap().abs() < 3.0, "{corrected}");
}

#[test]
#[ignore = "takes minutes: cargo test --release -- --ignored to_four_digits"]
fn the_square_lattice_gives_its_critical_temperature_to_four_digits() {
    to_four_digits(&json!({ "ising": { "lattice": "square" } }), 2.27, 1.0, 24_000);
}

#[test]
#[ignore = "takes minutes: cargo test --release -- --ignored to_four_digits"]
fn three_potts_states_give_their_critical_temperature_to_four_digits() {
    to_four_digits(&json!({ "potts": { "lattice": "square", "states": 3 } }), 0.995, 5.0 / 6.0, 6000);
}
