//! Against all states of small lattices, exact correlation lengths and exact exponents.

use super::super::Sweep;
use super::super::tests::{prepared, records};
use super::*;
use crate::axis::{Axis, Coordinate};
use crate::exact::onsager;
use crate::fact::Measured;
use crate::kind::{Kind, Story, StudyPoint};
use crate::record::Analysis;
use crate::statistics::structure::{Torus, second_moment};

fn keys(model: Value, temperature: f64, algorithm: &str, sweeps: usize, measure: Value) -> Value {
    json!({
        "temperature": temperature,
        "model": model,
        "sampler": { "algorithm": algorithm },
        "budget": { "thermalize": "auto", "sweeps": sweeps, "replicas": 4 },
        "measure": measure,
    })
}

fn square(size: usize) -> Value {
    json!({ "ising": { "lattice": "square", "size": size } })
}

fn analysis(keys: &Value, seed: u64) -> Analysis {
    let experiment = prepared(keys).unwrap();
    let analysis = experiment.analyse(&records(experiment.as_ref(), seed));
    let names: Vec<&str> = analysis.estimates.iter().map(|estimate| estimate.quantity.name).collect();
    assert_eq!(names, experiment.quantities());
    analysis
}

/// Column `value` of a table with its errors.
fn column(analysis: &Analysis, table: &str, value: &str) -> Vec<Measured> {
    let table = analysis.table(table).unwrap();
    let (values, errors) = (table.numbers(value), table.numbers("std_error"));
    values.into_iter().zip(errors).map(|(value, error)| Measured::new(value, error)).collect()
}

fn pull(found: Measured, exact: f64) -> f64 {
    found.minus(Measured { value: Some(exact), error: None }).pull().unwrap()
}

/// Means over all states of a lattice, weighted by `weight(bonds between equal states)`: S(0), S(k) and G(r).
fn enumerated(sides: [usize; 2], states: usize, energy_of_a_bond: f64, temperature: f64) -> Vec<f64> {
    let sites = sides[0] * sides[1];
    let mut torus = Torus::new(&sides, states);
    let mut state = vec![0_u8; sites];
    let (mut sums, mut z) = (Vec::new(), 0.0);
    loop {
        let alike = |site: usize, down: usize, right: usize| {
            let (row, column) = (site / sides[1], site % sides[1]);
            let other = (row + down) % sides[0] * sides[1] + (column + right) % sides[1];
            f64::from(u8::from(state[site] == state[other]))
        };
        let bonds: f64 = (0..sites).map(|site| alike(site, 1, 0) + alike(site, 0, 1)).sum();
        let weight = libm::exp(energy_of_a_bond * (bonds - 2.0 * sites as f64) / temperature);
        let seen = torus.observe(&state);
        let all = std::iter::once(seen.zero).chain(seen.longest).chain(seen.along.concat());
        let all: Vec<f64> = all.collect();
        sums.resize(all.len(), 0.0);
        sums.iter_mut().zip(&all).for_each(|(sum, value)| *sum += weight * value);
        z += weight;
        // The next state, counting in base q.
        let Some(at) = state.iter().position(|a| usize::from(*a) + 1 < states) else { break };
        state[at] += 1;
        state[..at].fill(0);
    }
    sums.into_iter().map(|sum: f64| sum / z).collect()
}

#[test]
fn correlations_agree_with_sums_over_all_states() {
    let potts = json!({ "potts": { "lattice": "square", "size": [3, 3], "states": 3 } });
    // Whether neighbouring spins agree or not makes a difference of 2J, neighbouring Potts states J.
    let cases = [
        (square(4), [4, 4], 2, 2.0, 1.9, "wolff"),
        (square(4), [4, 4], 2, 2.0, onsager::critical_temperature(1.0), "metropolis"),
        (square(4), [4, 4], 2, 2.0, 3.5, "checkerboard"),
        (potts, [3, 3], 3, 1.0, 1.1, "swendsen_wang"),
    ];
    for (model, sides, states, bond, temperature, algorithm) in cases {
        let exact = enumerated(sides, states, bond, temperature);
        let keys = keys(model, temperature, algorithm, 8000, json!({ "correlation": true, "every": 2 }));
        let analysis = analysis(&keys, 3);
        let mut found = column(&analysis, "structure_factor", "structure_factor");
        found.extend(column(&analysis, "correlation", "correlation"));
        assert_eq!(found.len(), exact.len());
        for (at, (found, exact)) in found.iter().zip(&exact).enumerate() {
            let z = pull(*found, *exact);
            assert!(z.abs() < 4.5, "{algorithm}, T = {temperature}, place {at}: {found:?}, exact {exact}");
        }
        let length = second_moment(exact[0], 0.5 * (exact[1] + exact[2]), sides[0]);
        let z = pull(Measured::of(analysis.get("correlation_length")), length);
        assert!(z.abs() < 4.5, "{algorithm}, T = {temperature}: ξ is {z} errors off {length}");
        let ratio = Measured::of(analysis.get("correlation_length_ratio")).times(sides[0] as f64);
        assert!(
            (ratio.value.unwrap() / analysis.get("correlation_length").unwrap().value.unwrap() - 1.0).abs()
                < 1e-9
        );
    }
}

#[test]
fn a_ring_has_its_exact_correlation_function() {
    let (length, temperature) = (12, 0.9);
    let model = json!({ "ising": { "lattice": "chain", "size": length } });
    let analysis =
        analysis(&keys(model, temperature, "wolff", 8000, json!({ "correlation": true, "every": 1 })), 5);
    let t = libm::tanh(1.0 / temperature);
    let power = |n: usize| libm::pow(t, n as f64);
    for (at, found) in column(&analysis, "correlation", "correlation").into_iter().enumerate() {
        let exact = (power(at + 1) + power(length - at - 1)) / (1.0 + power(length));
        let z = pull(found, exact);
        assert!(z.abs() < 4.5, "r = {}: {found:?}, exact {exact}", at + 1);
    }
}

/// Well above T_c on a lattice of many correlation lengths: the second-moment length is the length of the decay from row to row
/// to less than a percent.
#[test]
fn the_correlation_length_above_the_transition_is_the_exact_one() {
    let temperature = 2.6;
    let exact = correlation::exact_length(1.0, temperature).unwrap();
    assert!((exact - 4.2743).abs() < 1e-3, "{exact}");
    assert_eq!(correlation::exact_length(1.0, 2.2), None);
    assert_eq!(correlation::exact_length(1.0, onsager::critical_temperature(1.0)), None);
    let found = analysis(
        &keys(square(28), temperature, "wolff", 8000, json!({ "correlation": true, "every": 2 })),
        7,
    );
    let found = Measured::of(found.get("correlation_length"));
    let (value, error) = (found.value.unwrap(), found.error.unwrap());
    assert!(
        error < 0.025 * exact && (value - exact).abs() < 4.5 * error + 0.01 * exact,
        "{value} ± {error}, exact {exact}"
    );
}

#[test]
fn block_spins_give_both_exponents_at_the_transition() {
    let t_c = onsager::critical_temperature(1.0);
    let found = analysis(
        &keys(square(32), t_c, "wolff", 2500, json!({ "renormalisation": true, "correlation": true })),
        11,
    );
    let exponent = |name: &str| Measured::of(found.get(name));
    // What few interactions and a small lattice leave over is a percent or two.
    let (thermal, magnetic) = (exponent("thermal_exponent"), exponent("magnetic_exponent"));
    assert!(
        thermal.error.unwrap() < 0.05
            && (thermal.value.unwrap() - 1.0).abs() < 4.5 * thermal.error.unwrap() + 0.03,
        "{thermal:?}"
    );
    assert!(
        magnetic.error.unwrap() < 0.01
            && (magnetic.value.unwrap() - 1.875).abs() < 4.5 * magnetic.error.unwrap() + 0.01,
        "{magnetic:?}"
    );
    let ratio = exponent("correlation_length_ratio");
    assert!((ratio.value.unwrap() - 0.90505).abs() < 4.5 * ratio.error.unwrap() + 0.005, "{ratio:?}");
    let table = found.table("renormalisation").unwrap();
    assert_eq!(table.rows.len(), 3 * 7, "three steps from 32 to 4");
    let flow = found.table("flow").unwrap();
    let energy = found.get("energy_per_site").unwrap().value.unwrap();
    let neighbours = flow.rows[0][4].number().unwrap();
    assert!(
        (neighbours + energy).abs() < 0.01,
        "the lattice's own neighbours are its energy: {neighbours}, {energy}"
    );
    assert_eq!(found.table("blocks").unwrap().rows.len(), 32 + 16 + 8 + 4);
}

/// What is measured changes neither the chain nor, where nothing is asked for, the identity.
#[test]
fn measuring_leaves_the_chain_alone() {
    let mut plain = keys(square(8), 2.3, "metropolis", 400, json!({}));
    let identity = prepared(&plain).unwrap().identity();
    assert!(identity.get("measure").is_none());
    plain["measure"] = json!({ "histogram": true });
    assert_eq!(prepared(&plain).unwrap().identity(), identity, "a table of what is stored already");
    let run = |keys: &Value| {
        let experiment = prepared(keys).unwrap();
        experiment.run(crate::rng::stream(1, "task", "same", 0), &crate::kind::testing::Patient).unwrap()
    };
    let before = run(&plain);
    plain["measure"] = json!({ "correlation": true, "renormalisation": true });
    let experiment = prepared(&plain).unwrap();
    assert_eq!(
        experiment.identity()["measure"],
        json!({ "correlation": true, "renormalisation": true, "every": 4 })
    );
    let after = run(&plain);
    for (name, array) in &before.arrays {
        assert_eq!(after.arrays.get(name), Some(array), "{name}");
    }
    assert_eq!(after.series("structure_0").len(), 100);
    assert_eq!(after.arrays["two_point"].shape, [64, 8]);
    assert_eq!(after.arrays["renormalisation"].shape[0], 64);
    assert_eq!(after.scalar("look_stride"), Some(4.0));
    // S(0) = M²/N of the sweeps that were looked at, and the last picture is of the last of them.
    let looked: Vec<f64> =
        after.series("magnetization").iter().skip(3).step_by(4).map(|m| m * m / 64.0).collect();
    assert_eq!(after.series("structure_0"), looked);
    assert_eq!(after.series("blocks_0"), after.series("snapshot"));
    assert_eq!(after.arrays["blocks_1"].shape, [4, 4]);
}

#[test]
fn requests_that_make_no_sense_are_refused_with_the_reason() {
    let refused = |model: Value, measure: Value| -> String {
        let problems = prepared(&keys(model, 2.0, "metropolis", 400, measure)).err().unwrap();
        problems.iter().map(|problem| format!("{}: {}", problem.path, problem.message)).collect()
    };
    let correlation = json!({ "correlation": true });
    let ising = |key: &str, value: Value| json!({ "ising": { "lattice": "square", "size": 8, key: value } });
    for (model, word) in [
        (ising("field", json!(0.1)), "in a field"),
        (ising("coupling", json!(-1.0)), "J > 0"),
        (ising("coupling", json!([1.0, 0.5])), "J > 0"),
        (ising("boundary", json!("open")), "open boundaries"),
        (ising("disorder", json!("pm_j")), "random couplings"),
        (json!({ "ising": { "lattice": "triangular", "size": 6 } }), "longest waves"),
        (json!({ "xy": { "lattice": "square", "size": 6 } }), "`xy`"),
    ] {
        let message = refused(model, correlation.clone());
        assert!(message.starts_with("measure.correlation") && message.contains(word), "{message}");
    }
    let blocks = json!({ "renormalisation": true });
    for (model, word) in [
        (square(9), "sides that are even"),
        (square(6), "at least 8"),
        (ising("coupling", json!(-1.0)), "antiferromagnet"),
        (ising("field", json!(0.1)), "without a field"),
    ] {
        let message = refused(model, blocks.clone());
        assert!(message.starts_with("measure.renormalisation") && message.contains(word), "{message}");
    }
    assert!(refused(square(8), json!({ "correlation": true, "every": 100 })).contains("fewer than 16 times"));
    assert!(refused(square(8), json!({ "correlation": true, "every": 0 })).contains("every 0 sweeps"));
}

/// Prepares, runs, analyses and presents one curve.
fn story(model: &Value, temperatures: &[f64], algorithm: &str, measure: &Value) -> Story {
    let runs: Vec<_> = temperatures
        .iter()
        .map(|temperature| {
            let keys = keys(model.clone(), *temperature, algorithm, 600, measure.clone());
            let experiment = prepared(&keys).unwrap();
            let analysis = experiment.analyse(&records(experiment.as_ref(), 9));
            (vec![Coordinate::Real(*temperature)], experiment, analysis)
        })
        .collect();
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
    let values = temperatures.iter().map(|value| Coordinate::Real(*value)).collect();
    let axes = [Axis { path: "temperature".to_owned(), values }];
    let story = Sweep.present(&Study { title: "test", seed: 9, quick: false, axes: &axes, points: &points });
    crate::kinds::tests::facts_fit(&Sweep, &story.facts);
    story
}

#[test]
fn the_story_tells_what_was_measured_and_nothing_else() {
    let t_c = onsager::critical_temperature(1.0);
    let all = json!({ "correlation": true, "renormalisation": true, "histogram": true });
    let story = self::story(&square(16), &[2.0, t_c, 2.8], "wolff", &all);
    let measured = &story.facts["measured"];
    let blocks = &measured["renormalisation"];
    assert_eq!((&blocks["critical"], blocks["steps"].as_array().unwrap().len()), (&json!(true), 2));
    let flow = blocks["flow"].as_array().unwrap();
    let product = |row: &Value, name: &str| row[name]["value"].as_f64().unwrap();
    assert!(product(&flow[2], "cold") > product(&flow[0], "cold") + 0.1, "{flow:?}");
    assert!(product(&flow[2], "hot") < product(&flow[0], "hot") - 0.1, "{flow:?}");
    let rows = measured["correlation"]["rows"].as_array().unwrap();
    assert!(rows.len() == 3 && rows[0]["exact"].is_null() && rows[2]["exact"].is_number(), "{rows:?}");
    for id in ["correlation", "block-spins", "renormalisation", "histogram"] {
        assert!(story.figures.iter().any(|figure| figure.id == id), "{id}");
    }
    let silent = self::story(&square(8), &[2.0, 2.5], "wolff", &json!({}));
    for name in ["correlation", "renormalisation", "histogram"] {
        assert!(silent.facts["measured"][name].is_null(), "{name}");
    }
}

/// A transition of first order seen from within: the mean energies of both phases of the 10-state Potts model differ by 0.70 J.
#[test]
fn a_transition_of_first_order_has_two_peaks() {
    let model = json!({ "potts": { "lattice": "square", "size": 16, "states": 10 } });
    // So long that the valley is seen whatever the seed: with a sixth of it five seeds of five missed it.
    let keys = keys(model, 0.7077, "swendsen_wang", 60_000, json!({}));
    let experiment = prepared(&keys).unwrap();
    let analysis = experiment.analyse(&records(experiment.as_ref(), 4));
    let table = analysis.table("histogram").unwrap();
    let energies = table.numbers("energy_per_site");
    let total: f64 = table.numbers("density").iter().sum::<f64>() * (energies[1] - energies[0]);
    assert!((total - 1.0).abs() < 1e-9, "{total}");
    let points =
        [StudyPoint { index: 0, coordinates: &[], experiment: experiment.as_ref(), analysis: &analysis }];
    let study = Study { title: "test", seed: 2, quick: false, axes: &[], points: &points };
    let facts = histogram::facts(&super::super::layout::layout(&study)).unwrap();
    let valley = &facts.rows[0];
    assert!(facts.two_peaks && valley.high.unwrap() - valley.low.unwrap() > 0.4, "{valley:?}");
}
