//! What the page on a smoothed landscape is told.

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
fn heat_leaves_one_minimum_of_many() {
    let rugged = json!({ "landscape": { "function": "rastrigin", "amplitude": 0.5 } });
    let story = told(&rugged, &[0.1, 0.5, 1.0, 2.0]);
    for id in ["smoothed", "smoothed-minima", "map"] {
        assert!(ids(&story).contains(&id), "{id}");
    }
    let land = &story.facts["surface"];
    assert!(land["minima"].as_u64().unwrap() > 30);
    assert!(land["cold"]["minima"].as_u64().unwrap() > 5);
    assert_eq!((number(&land["several_until"]), number(&land["single_from"])), (0.1, 0.5));
    assert_eq!((number(&land["convex_from"]), number(&land["hot"]["concave"])), (2.0, 0.0));
    assert!(number(&land["lowest"]).abs() < 1e-15 && number(&land["remainder"]) < 1e-12);
    assert!(story.warnings.is_empty());
    let ripples = &land["ripples"];
    assert!((number(&ripples["angle"]) - 30.0).abs() < 1e-12);
    assert_eq!((number(&ripples["curvature"]), number(&ripples["amplitude"])), (1.0, 0.5));
    assert_eq!(ripples["turned"], json!(true));
    let straight = json!({ "landscape": { "function": "rastrigin", "angle": 90 } });
    assert_eq!(told(&straight, &[0.5, 1.0]).facts["surface"]["ripples"]["turned"], json!(false));
    // A convex bowl has one minimum at every temperature.
    let bowl = json!({ "landscape": { "function": "quadratic", "skew": 0.5, "range": [-6, 6] } });
    let land = &told(&bowl, &[0.1, 1.0]).facts["surface"];
    assert_eq!((land["minima"].as_u64(), land["envelope_minima"].as_u64()), (Some(1), Some(1)));
    assert_eq!((number(&land["single_from"]), number(&land["cold"]["concave"])), (0.1, 0.0));
    assert!(land["ripples"].is_null());
    // One dimension has nothing to average over, but its page has a profile.
    let line = json!({ "landscape": { "function": "double_well", "dimensions": 1 } });
    assert!(ids(&told(&line, &[0.1, 1.0])).contains(&"map"));
}
