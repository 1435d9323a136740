//! What the page on visible vectors is told.

use super::super::super::EnsembleKind;
use crate::axis::{Axis, Coordinate};
use crate::input::{Context, Inputs};
use crate::kind::{Control, Experiment, Kind, Story, Study, StudyPoint};
use crate::models::rbm::{Machine, Units, file};
use crate::record::Analysis;
use crate::rng;
use serde_json::{Value, json};
use std::ops::ControlFlow;

struct Files;

impl Inputs for Files {
    fn read(&self, _: &str) -> Result<Vec<u8>, String> {
        let machine = Machine {
            weights: vec![2.0, -1.0, -1.5, 0.5, 1.0, 1.5],
            visible_bias: vec![0.5, -0.3, 0.2],
            hidden_bias: vec![-0.4, 0.1],
            units: Units::Binary,
        };
        Ok(file::write(&machine))
    }
}

struct Patient;

impl Control for Patient {
    fn advance(&self, fraction: f64) -> ControlFlow<()> {
        assert!((0.0..=1.0).contains(&fraction));
        ControlFlow::Continue(())
    }
}

fn solved(model: &Value, temperature: f64) -> (Box<dyn Experiment>, Analysis) {
    let keys = json!({ "temperature": temperature, "model": model });
    let context = Context { seed: 1, quick: false, ladder: &[], inputs: &Files };
    let experiment = EnsembleKind.prepare(&keys, &context).unwrap();
    let record = experiment.run(rng::stream(1, "task", "", 0), &Patient).unwrap();
    let analysis = experiment.analyse(&[record]);
    (experiment, analysis)
}

/// The story of a model over temperatures.
fn story(model: &Value, temperatures: &[f64]) -> Story {
    let solved: Vec<_> = temperatures.iter().map(|t| solved(model, *t)).collect();
    let coordinates: Vec<[Coordinate; 1]> = temperatures.iter().map(|t| [Coordinate::Real(*t)]).collect();
    let points: Vec<StudyPoint<'_>> = solved
        .iter()
        .enumerate()
        .map(|(index, (experiment, analysis))| StudyPoint {
            index,
            coordinates: &coordinates[index],
            experiment: &**experiment,
            analysis,
        })
        .collect();
    let values = temperatures.iter().map(|t| Coordinate::Real(*t)).collect();
    let axes = [Axis { path: "temperature".to_owned(), values }];
    let study = Study { title: "A test", seed: 1, quick: false, axes: &axes, points: &points };
    let story = EnsembleKind.present(&study);
    crate::kinds::tests::facts_fit(&EnsembleKind, &story.facts);
    story
}

fn ids(story: &Story) -> Vec<&str> {
    story.figures.iter().map(|figure| figure.id.as_str()).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

#[test]
fn visible_vectors_are_ranked_by_their_free_energies() {
    let story = story(&json!({ "rbm": { "weights": "machine" } }), &[0.5, 1.0, 4.0]);
    assert!(ids(&story).contains(&"free-energies"));
    let seen = &story.facts["visible"];
    assert_eq!((seen["count"].as_u64(), seen["all"].as_bool()), (Some(8), Some(true)));
    assert!(number(&seen["sum_error"]) < 1e-13 && number(&seen["residual"]) < 1e-14);
    // v = 101 has the fields 2.6 and 0.6 on the hidden units, and F = −0.7 − ln(1 + e^2.6) − ln(1 + e^0.6).
    let best = &seen["unit"]["first"];
    let free = -0.7 - libm::log1p(libm::exp(2.6)) - libm::log1p(libm::exp(0.6));
    assert_eq!(best["pattern"], json!("101"));
    assert!((number(&best["free_energy"]) - free).abs() < 1e-13);
    assert_eq!(seen["unit"]["temperature"], json!(1.0));
    assert!(story.facts["network"].is_null() && story.facts["surface"].is_null());
}
