//! What the page on the general machine is told.

use super::super::super::tests::story;
use crate::axis::{Axis, Coordinate};
use crate::kind::Story;
use serde_json::{Value, json};

/// The story of a model over temperatures.
fn told(model: &Value, temperatures: &[f64]) -> Story {
    let values: Vec<Coordinate> = temperatures.iter().map(|t| Coordinate::Real(*t)).collect();
    let point = |t: &f64| (vec![Coordinate::Real(*t)], json!({ "temperature": t, "model": model }));
    let points: Vec<_> = temperatures.iter().map(point).collect();
    story(&[Axis { path: "temperature".to_owned(), values }], &points)
}

fn ids(story: &Story) -> Vec<&str> {
    story.figures.iter().map(|figure| figure.id.as_str()).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

#[test]
fn a_messenger_makes_units_correlated_that_are_not_coupled() {
    let chain = json!({ "biases": [0, 0, 0], "couplings": [[0, 1, 1], [1, 2, 1]], "units": "spin" });
    let story = told(&json!({ "boltzmann_machine": chain }), &[0.5, 1.0, 2.0]);
    assert!(ids(&story).contains(&"microstates") && ids(&story).contains(&"machine"));
    let net = &story.facts["network"];
    let tanh = libm::tanh(1.0);
    assert!((number(&net["indirect"]["product"]) - tanh * tanh).abs() < 1e-13);
    assert!((number(&net["strongest"]["product"]) - tanh).abs() < 1e-13);
    assert_eq!((net["indirect"]["first"].as_u64(), net["indirect"]["second"].as_u64()), (Some(1), Some(3)));
    assert_eq!(number(&net["best"][0]["energy"]), -2.0);
}
