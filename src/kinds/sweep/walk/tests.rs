//! Sweeps of a point on a landscape: estimates against quadrature, errors of rates, refusals, the story.

use super::super::Sweep;
use super::*;
use crate::axis::{Axis, Coordinate};
use crate::input::testing::NO_FILES;
use crate::kind::testing::Patient;
use crate::kind::{Kind, Study, StudyPoint};
use crate::record::Estimate;
use crate::rng;

fn prepared(
    model: &Value,
    sampler: &Value,
    temperature: f64,
    sweeps: usize,
) -> Result<Box<dyn Experiment>, Vec<Problem>> {
    let keys = json!({
        "temperature": temperature,
        "model": model,
        "sampler": sampler,
        "budget": { "sweeps": sweeps, "replicas": 4 },
    });
    Sweep.prepare(&keys, &Context { seed: 1, quick: false, ladder: &[], inputs: &NO_FILES })
}

fn records(experiment: &dyn Experiment, seed: u64) -> Vec<Record> {
    let identity = experiment.identity().to_string();
    let replica = |replica| experiment.run(rng::stream(seed, "task", &identity, replica), &Patient).unwrap();
    (0..4).map(replica).collect()
}

fn double_well() -> Value {
    json!({ "landscape": { "function": "double_well", "dimensions": 1, "tilt": 0.2 } })
}

#[test]
fn estimates_agree_with_quadrature_and_first_passage_times() {
    let rastrigin = json!({ "landscape": { "function": "rastrigin", "amplitude": 0.3 } });
    for (model, algorithm, temperature, sweeps, compared) in [
        (double_well(), "langevin", 0.5, 4000, 5),
        (double_well(), "metropolis", 0.5, 5000, 4),
        (double_well(), "auto", 0.8, 3000, 4),
        (rastrigin.clone(), "langevin", 1.0, 2000, 6),
        (rastrigin, "metropolis", 1.0, 5000, 6),
    ] {
        let experiment = prepared(&model, &json!({ "algorithm": algorithm }), temperature, sweeps).unwrap();
        let analysis = experiment.analyse(&records(experiment.as_ref(), 3));
        let pulls: Vec<f64> = analysis.estimates.iter().filter_map(Estimate::z).collect();
        assert_eq!(pulls.len(), compared, "{algorithm} of {model}");
        assert!(pulls.iter().all(|z| z.abs() < 4.5), "{algorithm} of {model}: {pulls:?}");
        let known: Vec<&str> = analysis.estimates.iter().map(|estimate| estimate.quantity.name).collect();
        assert_eq!(known, experiment.quantities());
        assert!(analysis.warnings.is_empty(), "{algorithm} of {model}: {:?}", analysis.warnings);
    }
}

#[test]
fn errors_of_crossing_rates_are_calibrated() {
    let sampler = json!({ "algorithm": "langevin", "step": 0.005 });
    let experiment = prepared(&double_well(), &sampler, 0.5, 150).unwrap();
    let pull = |seed| {
        let analysis = experiment.analyse(&records(experiment.as_ref(), seed));
        analysis.get("crossing_rate").unwrap().z().unwrap()
    };
    let pulls: Vec<f64> = (100..130).map(pull).collect();
    let chi2: f64 = pulls.iter().map(|z| z * z).sum();
    // χ²/30 = 1 ± 0.26; counts of a few dozen are not quite normal.
    assert!((0.3..2.2).contains(&(chi2 / 30.0)), "{pulls:?}");
}

#[test]
fn what_makes_no_sense_is_refused_with_a_way_out() {
    let ising = json!({ "ising": { "lattice": "square", "size": 4 } });
    for (model, sampler, path, words) in [
        (double_well(), json!({ "algorithm": "wolff" }), "sampler.algorithm", "`metropolis` or `langevin`"),
        (
            double_well(),
            json!({ "algorithm": "heat_bath" }),
            "sampler.algorithm",
            "`metropolis` or `langevin`",
        ),
        (
            double_well(),
            json!({ "algorithm": "swendsen_wang" }),
            "sampler.algorithm",
            "`metropolis` or `langevin`",
        ),
        (
            double_well(),
            json!({ "algorithm": "parallel_tempering" }),
            "sampler.algorithm",
            "`metropolis` or `langevin`",
        ),
        (
            double_well(),
            json!({ "algorithm": "multicanonical" }),
            "sampler.algorithm",
            "`metropolis` or `langevin`",
        ),
        (double_well(), json!({ "algorithm": "overrelaxation" }), "sampler.algorithm", "vectors"),
        (double_well(), json!({ "algorithm": "metropolis", "step": 0.1 }), "sampler.step", "`langevin`"),
        (double_well(), json!({ "algorithm": "langevin", "step": -0.1 }), "sampler.step", "positive"),
        (
            double_well(),
            json!({ "algorithm": "langevin", "relaxation": 3 }),
            "sampler.relaxation",
            "temperature",
        ),
        (ising.clone(), json!({ "algorithm": "langevin" }), "sampler.algorithm", "`metropolis`"),
        (ising, json!({ "algorithm": "metropolis", "step": 0.1 }), "sampler.step", "`langevin`"),
    ] {
        let problems = prepared(&model, &sampler, 1.0, 1000).err().unwrap();
        assert_eq!(problems[0].path, path, "{sampler}");
        assert!(problems[0].message.contains(words), "{sampler}: {}", problems[0].message);
    }
    let keys = |extra: Value| {
        let mut keys = json!({ "temperature": 1.0, "model": double_well() });
        keys.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        Sweep
            .prepare(&keys, &Context { seed: 1, quick: false, ladder: &[], inputs: &NO_FILES })
            .err()
            .map(|problems| problems[0].path.clone())
    };
    assert_eq!(keys(json!({})), None);
    assert_eq!(keys(json!({ "measure": { "correlation": true } })).as_deref(), Some("measure.correlation"));
    assert_eq!(
        keys(json!({ "budget": { "target_error": { "energy": 0.1 } } })).as_deref(),
        Some("budget.target_error")
    );
}

#[test]
fn steps_of_langevin_belong_to_the_identity_and_too_long_ones_are_doubted() {
    let of = |sampler: Value| prepared(&double_well(), &sampler, 0.5, 1000).unwrap();
    let own = of(json!({ "algorithm": "langevin" }));
    let longer = of(json!({ "algorithm": "langevin", "step": 0.2 }));
    assert!(own.identity()["sampler"]["step"].as_f64().unwrap() < 0.05);
    assert_ne!(own.identity(), longer.identity());
    let warnings = longer.analyse(&records(longer.as_ref(), 1)).warnings;
    assert!(warnings.iter().any(|doubt| doubt.text.contains("`sampler.step`")), "{warnings:?}");
}

#[test]
fn a_given_run_in_is_kept_to_however_short() {
    for thermalize in [0, 7, 3000] {
        let keys = json!({
            "temperature": 1.0,
            "model": double_well(),
            "budget": { "sweeps": 200, "replicas": 4, "thermalize": thermalize },
        });
        let context = Context { seed: 1, quick: false, ladder: &[], inputs: &NO_FILES };
        let experiment = Sweep.prepare(&keys, &context).unwrap();
        let record = &records(experiment.as_ref(), 1)[0];
        assert_eq!(record.scalar("thermalization_sweeps"), Some(f64::from(thermalize)));
        assert_eq!(record.series("position").len(), 200);
    }
}

fn story(sampler: &Value, temperatures: &[f64]) -> (crate::kind::Story, Vec<crate::record::Analysis>) {
    let experiments: Vec<Box<dyn Experiment>> =
        temperatures.iter().map(|t| prepared(&double_well(), sampler, *t, 1000).unwrap()).collect();
    let analyses: Vec<_> =
        experiments.iter().map(|experiment| experiment.analyse(&records(experiment.as_ref(), 4))).collect();
    let values: Vec<Coordinate> = temperatures.iter().map(|t| Coordinate::Real(*t)).collect();
    let axes = [Axis { path: "temperature".to_owned(), values: values.clone() }];
    let several = temperatures.len() > 1;
    let coordinates: Vec<Vec<Coordinate>> =
        values.into_iter().map(|value| if several { vec![value] } else { Vec::new() }).collect();
    let points: Vec<StudyPoint<'_>> = (0..temperatures.len())
        .map(|index| StudyPoint {
            index,
            coordinates: &coordinates[index],
            experiment: experiments[index].as_ref(),
            analysis: &analyses[index],
        })
        .collect();
    let study = Study {
        title: "test",
        seed: 1,
        quick: false,
        axes: if several { &axes } else { &[] },
        points: &points,
    };
    let story = Sweep.present(&study);
    crate::kinds::tests::facts_fit(&Sweep, &story.facts);
    (story, analyses)
}

#[test]
fn the_story_is_of_crossings_where_there_are_any() {
    let (story, _) = story(&json!({ "algorithm": "langevin" }), &[0.5, 0.7, 1.0]);
    assert_eq!(story.figures[0].id, "crossings");
    assert!(story.question.contains("cross"), "{}", story.question);
    let crossings = &story.facts["walk"]["crossings"];
    assert_eq!(crossings["rows"].as_array().unwrap().len(), 3);
    let (measured, exact) = (&crossings["slope"]["measured"], &crossings["slope"]["exact"]);
    let off = measured["value"].as_f64().unwrap() - exact.as_f64().unwrap();
    assert!(off.abs() < 4.5 * measured["error"].as_f64().unwrap(), "{crossings}");
}

#[test]
fn a_single_point_and_displacements_have_a_story_too() {
    let (story, analyses) = story(&json!({ "algorithm": "metropolis" }), &[0.8]);
    assert_eq!(story.figures[0].id, "positions");
    assert!(story.answer.contains("mean energy"), "{}", story.answer);
    assert_eq!(story.facts["walk"]["crossings"]["timed"], json!(false));
    // Crossings per sweep, with nothing exact beside them.
    let rate = analyses[0].get("crossing_rate").unwrap();
    assert!(rate.value.unwrap() > 0.0 && rate.std_error.is_some() && rate.reference.is_none());
}
