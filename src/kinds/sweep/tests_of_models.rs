//! Sweeps of models that are no Ising spins: estimates against exact answers, and what pages say of them.

use super::*;
use crate::input::testing::NO_FILES;
use crate::kind::StudyPoint;
use crate::kind::testing::Patient;
use crate::rng;

fn prepared(model: &Value, algorithm: &str, temperature: f64) -> Result<Box<dyn Experiment>, Vec<Problem>> {
    let keys = json!({
        "temperature": temperature,
        "model": model,
        "sampler": { "algorithm": algorithm },
        "budget": { "sweeps": 4000, "replicas": 4 },
    });
    Sweep.prepare(&keys, &Context { seed: 1, quick: false, ladder: &[], inputs: &NO_FILES })
}

fn records(experiment: &dyn Experiment) -> Vec<Record> {
    let identity = experiment.identity().to_string();
    let replica = |replica| experiment.run(rng::stream(3, "task", &identity, replica), &Patient).unwrap();
    (0..4).map(replica).collect()
}

#[test]
fn estimates_agree_with_sums_over_all_states() {
    let lattice = |own: Value| {
        let mut keys = json!({ "lattice": "square", "size": 3 });
        keys.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        keys
    };
    let mut combinations = 0;
    for (model, temperature, compared) in [
        (json!({ "potts": lattice(json!({ "states": 3 })) }), 1.6, 2),
        (json!({ "clock": lattice(json!({ "states": 3, "field": 0.2 })) }), 1.6, 2),
        (json!({ "blume_capel": lattice(json!({ "crystal_field": 0.5 })) }), 1.6, 6),
        (json!({ "blume_capel": lattice(json!({ "field": 0.3 })) }), 1.6, 6),
        (json!({ "ising": { "lattice": "triangular", "size": [3, 4], "field": 0.1 } }), 5.0, 6),
        (json!({ "xy": { "lattice": "chain", "size": 9, "boundary": "open" } }), 0.7, 2),
        (json!({ "heisenberg": { "lattice": "chain", "size": 6 } }), 0.7, 2),
        (json!({ "curie_weiss": { "spins": 150, "field": 0.05 } }), 0.9, 6),
    ] {
        for entry in samplers::chains() {
            let Ok(experiment) = prepared(&model, entry.name, temperature) else { continue };
            combinations += 1;
            let analysis = experiment.analyse(&records(experiment.as_ref()));
            let pulls: Vec<f64> = analysis.estimates.iter().filter_map(crate::record::Estimate::z).collect();
            assert_eq!(pulls.len(), compared, "{} of {model}", entry.name);
            assert!(pulls.iter().all(|z| z.abs() < 4.5), "{} of {model}: {pulls:?}", entry.name);
        }
    }
    assert_eq!(combinations, 5 + 3 + 3 + 3 + 3 + 5 + 5 + 2);
}

#[test]
fn the_story_says_what_the_order_parameter_is() {
    let model = json!({ "potts": { "lattice": "square", "size": 4, "states": 4 } });
    let experiment = prepared(&model, "swendsen_wang", 0.9).unwrap();
    let analysis = experiment.analyse(&records(experiment.as_ref()));
    let point =
        StudyPoint { index: 0, coordinates: &[], experiment: experiment.as_ref(), analysis: &analysis };
    let study = Study { title: "test", seed: 1, quick: false, axes: &[], points: &[point] };
    let story = Sweep.present(&study);
    crate::kinds::tests::facts_fit(&Sweep, &story.facts);
    let order = story.facts["order_parameter"].as_str().unwrap();
    assert!(order.contains(r"\max_a n_a"), "{order}");
    assert_eq!(
        (&story.facts["uses_swendsen_wang"], &story.facts["uses_heat_bath"]),
        (&json!(true), &json!(false))
    );
    assert!(
        story.question.contains("the 4-state Potts model on a 4 × 4 square lattice"),
        "{}",
        story.question
    );
}

#[test]
fn antiferromagnets_are_told_what_m_does_not_tell() {
    for (coupling, told) in [(-1.0, true), (1.0, false)] {
        let model = json!({ "xy": { "lattice": "honeycomb", "size": 3, "coupling": coupling } });
        let experiment = prepared(&model, "overrelaxation", 1.0).unwrap();
        let analysis = experiment.analyse(&records(experiment.as_ref()));
        let point =
            StudyPoint { index: 0, coordinates: &[], experiment: experiment.as_ref(), analysis: &analysis };
        let study = Study { title: "test", seed: 1, quick: false, axes: &[], points: &[point] };
        let warnings = Sweep.present(&study).warnings;
        assert_eq!(warnings.iter().any(|text| text.contains("antiferromagnetic")), told, "{warnings:?}");
    }
}

#[test]
fn ferromagnets_start_in_their_ground_state() {
    for (model, algorithm, energy) in [
        (json!({ "potts": { "lattice": "square", "size": 4, "states": 5 } }), "heat_bath", -32.0),
        (json!({ "clock": { "lattice": "square", "size": 4, "states": 6 } }), "metropolis", -32.0),
        (
            json!({ "blume_capel": { "lattice": "square", "size": 4, "crystal_field": 3.0 } }),
            "heat_bath",
            0.0,
        ),
        (json!({ "heisenberg": { "lattice": "square", "size": 4, "field": 1.0 } }), "heat_bath", -48.0),
    ] {
        let experiment = prepared(&model, algorithm, 0.02).unwrap();
        let record = &records(experiment.as_ref())[0];
        // Vectors waver by about T each.
        let waver = if record.series("energy")[0].fract() == 0.0 { 0.0 } else { 16.0 * 0.2 };
        assert!((record.series("energy")[0] - energy).abs() <= waver, "{model}");
    }
}
