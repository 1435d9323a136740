//! Subjects from keys to facts, against sums taken here.

use super::super::tests::story;
use crate::axis::{Axis, Coordinate};
use serde_json::{Value, json};

fn axis(path: &str, values: &[f64]) -> Axis {
    Axis { path: path.to_owned(), values: values.iter().map(|value| Coordinate::Real(*value)).collect() }
}

fn ids(story: &crate::kind::Story) -> Vec<&str> {
    story.figures.iter().map(|figure| figure.id.as_str()).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn close(found: &Value, expected: f64, tolerance: f64) {
    let found = number(found);
    assert!((found - expected).abs() < tolerance * expected.abs(), "{found}, not {expected}");
}

/// ln C(N, k) by its product.
fn log_binomial(n: u64, k: u64) -> f64 {
    (0..k).map(|i| libm::log((n - i) as f64 / (i + 1) as f64)).sum()
}

/// M, E(M) and the weight of every macrostate of N spins with J = 1.
fn macrostates(spins: u64, temperature: f64) -> Vec<(f64, f64, f64)> {
    let n = spins as f64;
    let state = |up: u64| {
        let m = 2.0 * up as f64 - n;
        let energy = -m * m / (2.0 * n);
        (m, energy, libm::exp(log_binomial(spins, up) - energy / temperature - n * std::f64::consts::LN_2))
    };
    (0..=spins).map(state).collect()
}

#[test]
fn minima_of_energy_and_free_energy() {
    let grid = [0.0, 0.2, 0.6, 0.8, 1.5];
    let point = |t: &f64| {
        let keys = json!({ "temperature": t, "model": { "curie_weiss": { "spins": 100 } } });
        (vec![Coordinate::Real(*t)], keys)
    };
    let points: Vec<_> = grid.iter().map(point).collect();
    let found = story(&[axis("temperature", &grid)], &points);
    assert!(["trade", "minima", "reduced"].iter().all(|id| ids(&found).contains(id)), "{:?}", ids(&found));
    let facts = &found.facts["trade"];
    assert!(number(&facts["residual"]) < 1e-12 && facts["residual_small"] == true, "{}", facts["residual"]);
    assert_eq!(
        [number(&facts["cold"]["free_minimum"]), number(&facts["cold"]["energy_minimum"])],
        [1.0, 1.0]
    );
    assert_eq!([number(&facts["hot"]["free_minimum"]), number(&facts["hot"]["energy_minimum"])], [0.0, 1.0]);
    close(&facts["departure"], 2.0 * 0.99 / libm::log(100.0), 1e-14);
    close(&facts["arrival"], 0.02 / libm::log(1.02), 1e-12);
    let middle = &facts["middle"];
    assert_eq!(number(&middle["temperature"]), 0.8);
    let states = macrostates(100, 0.8);
    let best = states.iter().max_by(|a, b| a.2.total_cmp(&b.2)).unwrap();
    assert_eq!(number(&middle["free_minimum"]), best.0.abs() / 100.0);
    let entropy = log_binomial(100, 50 + (best.0.abs() / 2.0) as u64) / 100.0;
    close(&middle["likeliest"]["entropy"], entropy, 1e-12);
    close(&middle["likeliest"]["free_energy"], best.1 / 100.0 - 0.8 * entropy, 1e-12);
    close(&middle["paid"], best.1 / 100.0 + 0.5, 1e-12);
    close(&middle["gain"], -0.5 - number(&middle["likeliest"]["free_energy"]), 1e-12);
    let log: f64 =
        libm::log(states.iter().map(|state| state.2).sum::<f64>()) + 100.0 * std::f64::consts::LN_2;
    close(&middle["reduced"], -log / 100.0, 1e-12);
    assert_eq!(found.facts["sizes"], Value::Null);
}

#[test]
fn a_ladder_of_lattices() {
    let (sizes, grid) = ([4_i64, 8, 16], [2.269_185_314_213_022, 5.0]);
    let all = sizes.iter().flat_map(|size| grid.iter().map(move |t| (*size, *t)));
    let point = |(size, t): (i64, f64)| {
        let keys = json!({
            "temperature": t, "method": { "name": "kaufman" },
            "model": { "ising": { "lattice": "square", "size": size } },
        });
        (vec![Coordinate::Integer(size), Coordinate::Real(t)], keys)
    };
    let points: Vec<_> = all.map(point).collect();
    let found = story(&[axis("model.ising.size", &[4.0, 8.0, 16.0]), axis("temperature", &grid)], &points);
    assert!(ids(&found).contains(&"ladder"));
    let facts = &found.facts["fluctuations"];
    assert_eq!([number(&facts["least_sites"]), number(&facts["most_sites"])], [16.0, 256.0]);
    assert!(number(&facts["thermometer"]) < 1e-8, "{}", facts["thermometer"]);
    let (regular, odd) = (&facts["regular"], &facts["odd"]);
    assert_eq!(number(&regular["temperature"]), 5.0);
    // 0.2 % of the specific heat between 8 × 8 and 16 × 16 spins is more than a thousandth.
    assert!(regular["half"] == true && regular["settled"] == false && regular["logarithmic"] == false);
    // Specific heats and energies of Kaufman's formula from tables of ten digits, computed elsewhere.
    close(&odd["increments"][0], 1.145_559_239_9 - 0.783_266_825_9, 1e-9);
    close(&odd["increments"][1], 1.498_704_959_4 - 1.145_559_239_9, 1e-9);
    assert_eq!(odd["logarithmic"], true);
    close(&odd["onsager"], 0.342_787_7, 1e-5);
    let relative = |c: f64, e: f64, side: f64| 2.269_185_314_213_022 * libm::sqrt(c) / (side * e);
    let (one, two) =
        (relative(1.145_559_239_9, 1.491_589_107_4, 8.0), relative(1.498_704_959_4, 1.453_064_852_8, 16.0));
    close(&odd["relative"], two, 1e-9);
    close(&odd["slope"], libm::log(two / one) / libm::log(4.0), 1e-8);
    close(&regular["independent"], 1.0 / (libm::sqrt(512.0) * libm::sinh(0.2)), 1e-12);
    close(
        &regular["sites_for_a_millionth"],
        256e12 * number(&regular["relative"]) * number(&regular["relative"]),
        1e-12,
    );
}

#[test]
fn magnets_of_growing_size() {
    let (sizes, grid) = ([10_i64, 100, 1000], [0.8, 1.0]);
    let all = sizes.iter().flat_map(|size| grid.iter().map(move |t| (*size, *t)));
    let point = |(spins, t): (i64, f64)| {
        let keys = json!({ "temperature": t, "model": { "curie_weiss": { "spins": spins } } });
        (vec![Coordinate::Integer(spins), Coordinate::Real(t)], keys)
    };
    let points: Vec<_> = all.map(point).collect();
    let spins = axis("model.curie_weiss.spins", &[10.0, 100.0, 1000.0]);
    let found = story(&[spins, axis("temperature", &grid)], &points);
    assert!(["sizes", "sharpening", "largest-term"].iter().all(|id| ids(&found).contains(id)));
    let facts = &found.facts["sizes"];
    for (name, temperature) in [("ordered", 0.8), ("critical", 1.0)] {
        let group = &facts[name];
        assert_eq!(number(&group["temperature"]), temperature);
        for (row, size) in group["rows"].as_array().unwrap().iter().zip(sizes) {
            let states = macrostates(size as u64, temperature);
            let total: f64 = states.iter().map(|state| state.2).sum();
            let mean = |of: &dyn Fn(f64, f64) -> f64| {
                states.iter().map(|(m, energy, weight)| weight * of(*m, *energy)).sum::<f64>() / total
            };
            let energy = mean(&|_, energy| energy);
            let near = mean(&|_, e| f64::from(u8::from((e - energy).abs() <= 0.01 * energy.abs())));
            assert!((number(&row["near"]) - near).abs() < 1e-12, "{} not {near}", row["near"]);
            let variance = mean(&|_, e| (e - energy) * (e - energy));
            close(&row["relative"], libm::sqrt(variance) / energy.abs(), 1e-11);
            close(&row["magnetization"], mean(&|m, _| m.abs() / size as f64), 1e-12);
            let most = states.iter().map(|state| state.2).fold(0.0, f64::max) / total;
            close(&row["likeliest"], most, 1e-12);
            close(&row["missed"], -libm::log(most) / size as f64, 1e-12);
            assert!(number(&row["missed"]) <= number(&row["bound"]));
        }
    }
    let slopes = &facts["critical"]["slopes"];
    assert!((number(&slopes["magnetization"]) + 0.25).abs() < 0.01, "{slopes}");
    assert!((number(&slopes["likeliest"]) + 0.75).abs() < 0.02, "{slopes}");
    assert_eq!(found.facts["trade"], Value::Null);
}

#[test]
fn the_unit_of_energy_is_the_coupling_where_that_is_1() {
    let label = |model: Value| {
        let points = [0.5, 1.0, 2.0]
            .map(|t| (vec![Coordinate::Real(t)], json!({ "temperature": t, "model": model.clone() })));
        let told = story(&[axis("temperature", &[0.5, 1.0, 2.0])], &points);
        let crate::figure::Panel::Chart(chart) = &told.figures[0].panels[0] else { panic!("a chart") };
        chart.x.label.clone()
    };
    for (model, unit) in [
        (json!({ "curie_weiss": { "spins": 9 } }), true),
        (json!({ "curie_weiss": { "spins": 9, "coupling": 2.0 } }), false),
        (json!({ "chain": { "size": 9 } }), true),
        (json!({ "potts": { "lattice": "chain", "size": 5, "states": 3 } }), true),
        (json!({ "blume_capel": { "lattice": "chain", "size": 5 } }), true),
        (json!({ "ising": { "lattice": "chain", "size": 5, "coupling": 0.5 } }), false),
        (json!({ "rotor": {} }), false),
    ] {
        assert_eq!(label(model.clone()).ends_with("/ *J*"), unit, "{model}");
    }
}
