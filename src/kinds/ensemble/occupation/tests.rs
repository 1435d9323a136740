//! Objects in boxes from keys to story.

use super::super::EnsembleKind;
use super::*;
use crate::axis::{Axis, Coordinate};
use crate::input::testing::NO_FILES;
use crate::kind::testing::Patient;
use crate::kind::{Context, Kind, Study, StudyPoint};
use crate::rng;

fn prepare(keys: &Value) -> Result<Box<dyn Experiment>, Vec<Problem>> {
    EnsembleKind.prepare(keys, &Context { seed: 1, quick: false, ladder: &[], inputs: &NO_FILES })
}

fn keys(objects: u64) -> Value {
    json!({ "model": { "occupation": {
        "objects": objects, "energies": [0, 1, 2, 3], "degeneracies": [1, 2, 1, 1], "energy_per_object": 1,
    } } })
}

fn solve(keys: &Value) -> Analysis {
    let experiment = prepare(keys).unwrap();
    let record = experiment.run(rng::stream(1, "task", "", 0), &Patient).unwrap();
    experiment.analyse(&[record])
}

#[test]
fn four_objects_by_hand() {
    // n with Σ n = 4 and Σ n E = 4 (0, 1, 2, 3): weights 4!/∏ n! times 2^{n_1}.
    let distributions = [
        ([0, 4, 0, 0], 1.0 * 16.0),
        ([1, 2, 1, 0], 12.0 * 4.0),
        ([2, 0, 2, 0], 6.0),
        ([2, 1, 0, 1], 12.0 * 2.0),
    ];
    let all: f64 = distributions.iter().map(|(_, weight)| weight).sum();
    let analysis = solve(&keys(4));
    let get = |name: &str| analysis.get(name).unwrap().value.unwrap();
    assert!((get("log_multiplicity") - libm::log(all)).abs() < 1e-14);
    assert_eq!(get("entropy"), get("log_multiplicity"));
    assert!((get("entropy_per_object") - libm::log(all) / 4.0).abs() < 1e-15);
    let table = analysis.table("occupations").unwrap();
    for j in 0..4 {
        let mean = distributions.iter().map(|(n, w)| f64::from(n[j]) * w).sum::<f64>() / all;
        assert!((table.numbers("mean")[j] - mean).abs() < 1e-14);
    }
    assert_eq!(table.numbers("most_probable"), [1.0, 2.0, 1.0, 0.0]);
    assert!((analysis.table("multiplicity").unwrap().numbers("share")[0] - 48.0 / all).abs() < 1e-14);
    // The Boltzmann distribution has the mean energy 1.
    let boltzmann = table.numbers("boltzmann");
    let mean: f64 = boltzmann.iter().enumerate().map(|(energy, n)| n * energy as f64).sum();
    assert!((mean - 4.0).abs() < 1e-14);
    let beta = get("inverse_temperature");
    assert!((boltzmann[1] / boltzmann[0] - 2.0 * libm::exp(-beta)).abs() < 1e-14);
    let factorial = analysis.table("stirling").unwrap().numbers("exact")[0];
    assert!((factorial - libm::log(24.0)).abs() < 1e-14);
}

#[test]
fn keys_that_mean_nothing_here_are_refused() {
    let mut with = keys(4);
    with["temperature"] = json!(1.0);
    with["method"] = json!({ "name": "enumeration" });
    let problems = prepare(&with).err().unwrap();
    let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["temperature", "method.name"]);
    let without = json!({ "model": { "levels": { "energies": [0, 1] } } });
    assert!(prepare(&without).err().unwrap()[0].message.contains("missing key `temperature`"));
}

#[test]
fn ends_and_no_objects_say_why_a_number_is_missing() {
    let boxes = |objects: u64, energy: f64| {
        solve(
            &json!({ "model": { "occupation": { "objects": objects, "energies": [0, 1], "energy": energy } } }),
        )
    };
    let note = |analysis: &Analysis, name: &str| analysis.get(name).unwrap().note.clone().unwrap();
    assert!(note(&boxes(5, 0.0), "inverse_temperature").contains("+∞"));
    assert!(note(&boxes(5, 5.0), "inverse_temperature").contains("−∞"));
    let none = boxes(0, 0.0);
    assert_eq!(none.get("log_multiplicity").unwrap().value, Some(0.0));
    assert!(note(&none, "peak_width").contains("without objects"));
    let flat = json!({ "objects": 5, "energies": [2, 2], "energy": 10 });
    let flat = solve(&json!({ "model": { "occupation": flat } }));
    assert!(note(&flat, "inverse_temperature").contains("one energy"));
    assert_eq!(flat.get("kl_divergence").unwrap().value, Some(0.0));
}

#[test]
fn the_story_of_growing_numbers() {
    let sizes = [4_u64, 10, 100, 1000];
    let experiments: Vec<_> = sizes.iter().map(|objects| prepare(&keys(*objects)).unwrap()).collect();
    let analyses: Vec<Analysis> = sizes.iter().map(|objects| solve(&keys(*objects))).collect();
    let coordinates: Vec<[Coordinate; 1]> = sizes.map(|size| [Coordinate::Integer(size as i64)]).to_vec();
    let points: Vec<StudyPoint<'_>> = (0..sizes.len())
        .map(|index| StudyPoint {
            index,
            coordinates: &coordinates[index],
            experiment: &*experiments[index],
            analysis: &analyses[index],
        })
        .collect();
    let axes = [Axis {
        path: "model.occupation.objects".to_owned(),
        values: coordinates.iter().map(|c| c[0].clone()).collect(),
    }];
    let tell = |axes: &[Axis], points: &[StudyPoint<'_>]| {
        let story = EnsembleKind.present(&Study { title: "A test", seed: 1, quick: false, axes, points });
        crate::kinds::tests::facts_fit(&EnsembleKind, &story.facts);
        let mut tera = tera::Tera::default();
        for name in ["num", "count"] {
            tera.register_filter(name, |value: &tera::Value, _: tera::Kwargs, _: &tera::State<'_>| {
                value.to_string()
            });
        }
        tera.add_raw_template("ensemble", EnsembleKind.template()).unwrap();
        let mut context = tera::Context::new();
        context.insert("facts", &story.facts);
        let figures: Vec<&str> = story.figures.iter().map(|figure| figure.id.as_str()).collect();
        context.insert("figures", &figures);
        let text = tera.render("ensemble", &context).unwrap();
        for figure in story.figures.iter().skip(1) {
            assert!(
                text.contains(&format!("```{{figure}} {}\n```", figure.id)),
                "{} is not shown",
                figure.id
            );
        }
        assert!(!text.contains("null") && !text.contains("partition function sums"), "{text}");
        (story, text)
    };
    let (whole, text) = tell(&axes, &points);
    let ids: Vec<&str> = whole.figures.iter().map(|figure| figure.id.as_str()).collect();
    assert_eq!(ids, ["boxes", "convergence", "stirling"]);
    let slope = |name: &str| whole.facts["occupation"]["slopes"][name].as_f64().unwrap();
    assert!((slope("width") + 0.5).abs() < 0.01, "{}", slope("width"));
    assert!((slope("divergence") + 2.0).abs() < 0.05, "{}", slope("divergence"));
    assert!(text.contains("Stirling"));
    let (single, _) = tell(&[], &points[3..]);
    assert_eq!(single.figures.len(), 1);
    assert!(single.question.contains("1"));
    // One box, one object: nothing fluctuates.
    let one = json!({ "model": { "occupation": { "objects": 1, "energies": [3], "energy": 3 } } });
    let (experiment, analysis) = (prepare(&one).unwrap(), solve(&one));
    let point = StudyPoint { index: 0, coordinates: &[], experiment: &*experiment, analysis: &analysis };
    tell(&[], &[point]);
}
