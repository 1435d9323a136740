//! The kind as the stages use it, on the smallest honest experiments.

use super::*;
use crate::axis::{Axis, Coordinate};
use crate::kind::testing::{Hasty, Patient};
use crate::kind::{Inputs, RunError, StudyPoint};
use crate::models::rbm::{Units, file};
use crate::record::{Cell, Record};
use crate::rng::stream;
use serde_json::json;

struct Files;
impl Inputs for Files {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        match path {
            "images.csv" => Ok(b"0,1,2\n2,1,0\n0,0,2\n2,0,2\n".to_vec()),
            "bad.csv" => Ok(b"0,1\n1,x\n".to_vec()),
            _ => Err(format!("no such file: {path}")),
        }
    }
}

fn context() -> Context<'static> {
    Context { seed: 5, quick: false, ladder: &[], inputs: &Files }
}

fn prepare(keys: &Value) -> Result<Box<dyn Experiment>, Vec<Problem>> {
    Rbm.prepare(keys, &context())
}

fn records(experiment: &dyn Experiment) -> Vec<Record> {
    let identity = experiment.identity().to_string();
    let task =
        |replica: usize| experiment.run(stream(5, "task", &identity, replica as u64), &Patient).unwrap();
    (0..experiment.replicas()).map(task).collect()
}

fn bars(hidden: usize, epochs: usize) -> Value {
    json!({
        "data": { "source": "bars_and_stripes", "size": 3 },
        "model": { "rbm": { "hidden": hidden } },
        "train": { "algorithm": "pcd", "steps": 10, "epochs": epochs, "batch_size": 14, "learning_rate": 0.05 },
    })
}

fn digits() -> Value {
    json!({
        "data": { "source": "digits", "binarize": { "above": 0.5 }, "validation": 0.2 },
        "model": { "rbm": { "hidden": 16 } },
        "train": { "algorithm": "cd", "steps": 1, "epochs": 50, "batch_size": 100, "learning_rate": 0.05 },
        "evaluate": { "log_likelihood": "exact", "every": 5 },
    })
}

#[test]
fn bars_and_stripes_are_learnt_nearly_as_well_as_can_be() {
    let experiment = prepare(&bars(12, 2000)).unwrap();
    let records = records(experiment.as_ref());
    let analysis = experiment.analyse(&records);
    let value = analysis.get("log_likelihood").unwrap().value.unwrap();
    assert!(value > -2.9 && value < -2.639, "{value}");
    let names: Vec<_> = analysis.estimates.iter().map(|estimate| estimate.quantity.name).collect();
    assert_eq!(names, experiment.quantities());
    // The probabilities of all 512 visible states, from the artifact alone, sum to 1.
    let (name, bytes) = experiment.artifact(&records).unwrap();
    let machine = file::read(&bytes, Units::Binary).unwrap();
    assert_eq!(name, "weights.safetensors");
    let log_partition = analysis.get("log_partition").unwrap().value.unwrap();
    let sum: f64 = (0..512)
        .map(|code| {
            let v: Vec<f64> = (0..9).map(|i| f64::from(code >> i & 1)).collect();
            libm::exp(-machine.free_energy(&v) - log_partition)
        })
        .sum();
    assert!((sum - 1.0).abs() < 1e-10, "{sum}");
}

#[test]
fn digits_are_learnt_and_held_out_patterns_judged() {
    let experiment = prepare(&digits()).unwrap();
    let records = records(experiment.as_ref());
    assert_eq!(records[0].series("epoch"), [0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0]);
    let analysis = experiment.analyse(&records);
    for name in ["log_likelihood", "validation_log_likelihood"] {
        let value = analysis.get(name).unwrap().value.unwrap();
        assert!(
            (-19.5..-17.5).contains(&value),
            "{name} {value}: 1000 epochs elsewhere reach −17.6 and −18.1"
        );
    }
    let gap = analysis.get("free_energy_gap").unwrap();
    let train = analysis.get("log_likelihood").unwrap().value.unwrap();
    let held_out = analysis.get("validation_log_likelihood").unwrap().value.unwrap();
    assert!((gap.value.unwrap() - (train - held_out)).abs() < 1e-10, "ln Z cancels in the gap");
    assert!(gap.std_error.unwrap() > 0.0);
}

#[test]
fn importance_sampling_agrees_with_the_exact_sum_on_the_same_training() {
    let mut keys = bars(5, 200);
    keys["evaluate"] = json!({ "log_likelihood": "exact", "every": 200, "samples": 0 });
    let exact = prepare(&keys).unwrap();
    keys["evaluate"]["log_likelihood"] = json!("ais");
    let ais = prepare(&keys).unwrap();
    let run = |experiment: &dyn Experiment| {
        let record = experiment.run(stream(1, "task", "same", 0), &Patient).unwrap();
        experiment.analyse(&[record]).get("log_likelihood").unwrap().clone()
    };
    let (exact, ais) = (run(exact.as_ref()), run(ais.as_ref()));
    let error = ais.std_error.unwrap();
    assert!(exact.std_error.is_none() && error > 0.0);
    assert!((exact.value.unwrap() - ais.value.unwrap()).abs() < 4.5 * error);
}

#[test]
fn several_trainings_give_an_error_over_trainings_and_a_hasty_one_stops() {
    let mut keys = bars(4, 20);
    keys["replicas"] = json!(3);
    let experiment = prepare(&keys).unwrap();
    let records = records(experiment.as_ref());
    assert_ne!(records[0], records[1]);
    let values: Vec<f64> =
        records.iter().map(|record| *record.series("log_likelihood").last().unwrap()).collect();
    let mean = values.iter().sum::<f64>() / 3.0;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let estimate = experiment.analyse(&records).get("log_likelihood").unwrap().clone();
    assert!((estimate.value.unwrap() - mean).abs() < 1e-12);
    assert!((estimate.std_error.unwrap() - libm::sqrt(squares / 6.0)).abs() < 1e-12);
    assert!(matches!(experiment.run(stream(1, "", "", 0), &Hasty), Err(RunError::Stopped)));
}

#[test]
fn a_diverging_training_fails_with_advice() {
    let mut keys = bars(4, 400);
    keys["train"]["learning_rate"] = json!(1e308);
    let result = prepare(&keys).unwrap().run(stream(1, "", "", 0), &Patient);
    assert!(matches!(result, Err(RunError::Failed(message)) if message.contains("learning_rate")));
}

#[test]
fn values_in_a_file_are_probabilities_or_are_binarised() {
    let mut keys = bars(3, 2);
    keys["data"] = json!({ "file": "images.csv", "binarize": { "above": 1.0 } });
    assert!(prepare(&keys).is_ok());
    keys["data"] = json!({ "file": "images.csv" });
    let problems = prepare(&keys).err().unwrap();
    assert!(problems[0].message.contains("pattern 1 holds 2 at place 3"), "{problems:?}");
}

#[test]
fn impossible_values_are_refused_at_their_key() {
    let cases: [(&[&str], Value, &str, &str); 10] = [
        (&["train", "momentum"], json!(1.0), "train.momentum", "below 1"),
        (&["train", "learning_rate"], json!(0.0), "train.learning_rate", "positive"),
        (&["data", "validation"], json!(0.01), "data.validation", "0 of 14"),
        (&["data", "size"], json!(1), "data.size", "from 2 to 10"),
        (&["data", "height"], json!(3), "data.height", "belongs to a `file`"),
        (&["data", "file"], json!("x"), "data.file", "exclude"),
        (&["data"], json!({ "file": "none.csv" }), "data.file", "no such file"),
        (&["data"], json!({ "file": "bad.csv" }), "data.file", "line 2, column 2"),
        (&["data"], json!({}), "data", "no data"),
        (&["model", "rbm", "hidden"], json!(0), "model.rbm.hidden", "at least 1"),
    ];
    for (path, value, at, message) in cases {
        let mut keys = bars(4, 2);
        let mut target = &mut keys;
        for key in path {
            target = &mut target[key];
        }
        *target = value;
        let problems = prepare(&keys).err().unwrap();
        assert!(problems.iter().any(|p| p.path == at && p.message.contains(message)), "{problems:?}");
    }
    let mut keys = digits();
    keys["model"]["rbm"]["hidden"] = json!(40);
    let problems = prepare(&keys).err().unwrap();
    assert_eq!(problems[0].path, "evaluate.log_likelihood");
    assert!(problems[0].message.contains("2^40"));
    keys["evaluate"]["log_likelihood"] = json!("auto");
    assert!(prepare(&keys).is_ok());
}

#[test]
fn the_identity_holds_what_decides_a_record_and_no_more() {
    let base = prepare(&bars(4, 20)).unwrap().identity();
    let mut keys = bars(4, 20);
    keys["replicas"] = json!(9);
    keys["train"]["momentum"] = json!(0.9);
    assert_eq!(prepare(&keys).unwrap().identity(), base, "replicas and a spelt-out default change nothing");
    for (key, value) in [("steps", json!(2)), ("learning_rate_decay", json!("none")), ("chains", json!(7))] {
        let mut keys = bars(4, 20);
        keys["train"][key] = value;
        assert_ne!(prepare(&keys).unwrap().identity(), base);
    }
    let last = |shuffle: bool| {
        let mut keys = digits();
        keys["data"]["shuffle"] = json!(shuffle);
        prepare(&keys).unwrap().identity()["validation_patterns"].clone()
    };
    assert_ne!(last(true), last(false));
}

/// Renders the template with stand-ins of the report's filters, for every combination of facts.
#[test]
fn the_template_renders_whatever_the_experiment() {
    let mut tera = tera::Tera::default();
    let show = |value: &tera::Value, _: tera::Kwargs, _: &tera::State<'_>| value.to_string();
    for filter in ["num", "pm", "count", "text"] {
        tera.register_filter(filter, show);
    }
    tera.add_raw_template("rbm", Rbm.template()).unwrap();
    let axes = [Axis {
        path: "model.rbm.hidden".to_owned(),
        values: vec![Coordinate::Integer(2), Coordinate::Integer(3)],
    }];
    for likelihood in ["exact", "ais", "none"] {
        for validation in [0.0, 0.5] {
            for swept in [false, true] {
                let prepared: Vec<_> = [2, 3][..if swept { 2 } else { 1 }]
                    .iter()
                    .map(|hidden| {
                        let mut keys = bars(*hidden, 3);
                        keys["data"]["validation"] = json!(validation);
                        keys["evaluate"] = json!({ "log_likelihood": likelihood, "sample_steps": 5 });
                        let experiment = prepare(&keys).unwrap();
                        let analysis = experiment.analyse(&records(experiment.as_ref()));
                        (experiment, analysis, [Coordinate::Integer(*hidden as i64)])
                    })
                    .collect();
                let points: Vec<StudyPoint<'_>> = prepared
                    .iter()
                    .enumerate()
                    .map(|(index, (experiment, analysis, coordinates))| StudyPoint {
                        index,
                        coordinates: if swept { coordinates } else { &[] },
                        experiment: experiment.as_ref(),
                        analysis,
                    })
                    .collect();
                let axes = if swept { &axes[..] } else { &[] };
                let study = Study { title: "T", seed: 5, quick: false, axes, points: &points };
                let story = Rbm.present(&study);
                crate::kinds::tests::facts_fit(&Rbm, &story.facts);
                let mut context = tera::Context::new();
                context.insert("facts", &story.facts);
                let figures: Vec<&str> = story.figures.iter().map(|figure| figure.id.as_str()).collect();
                context.insert("figures", &figures);
                let text = tera.render("rbm", &context).unwrap();
                // The first figure stands at the head of the page already.
                for (index, figure) in story.figures.iter().enumerate() {
                    let placed = text.matches(&format!("```{{figure}} {}\n", figure.id)).count();
                    assert_eq!(placed, usize::from(index > 0), "{}", figure.id);
                }
                assert_eq!(text.matches("```{figure}").count(), story.figures.len() - 1);
                assert!(!text.contains("null"), "{text}");
                // The one error that is known stands in the drawing and in its numbers.
                let learning = story.figures.iter().find(|figure| figure.id == "learning").unwrap();
                let barred = validation > 0.0 && likelihood != "none";
                assert_eq!(learning.data().columns.contains(&"low"), barred, "{likelihood}");
                assert_eq!(learning.caption.contains("The bar on the last held-out point"), barred);
                let than = |word: &str| {
                    story.answer.contains(&format!(" {word} than independent pixels reach, and "))
                };
                assert_eq!(than("more") || than("less"), barred, "{}", story.answer);
                assert_eq!(story.warnings.is_empty(), validation == 0.0, "few patterns are held out");
            }
        }
    }
}

#[test]
fn the_starter_parses_and_prepares() {
    let table: toml::Table = Rbm.starter().replace("{title}", "T").parse().unwrap();
    let mut keys = serde_json::to_value(&table).unwrap();
    for header in ["kind", "title", "seed"] {
        keys.as_object_mut().unwrap().remove(header);
    }
    assert_eq!(prepare(&keys).unwrap().cost().sweeps, 50);
    let schema = Rbm.schema();
    assert_eq!(
        schema["properties"]["data"]["properties"]["source"]["enum"],
        json!(["bars_and_stripes", "digits"])
    );
}

#[test]
fn the_gain_over_independent_pixels_is_told_pattern_by_pattern() {
    let mut keys = digits();
    keys["model"]["rbm"]["hidden"] = json!(4);
    keys["train"]["epochs"] = json!(3);
    let experiment = prepare(&keys).unwrap();
    let analysis = experiment.analyse(&records(experiment.as_ref()));
    let any: &dyn std::any::Any = experiment.as_ref();
    let training = any.downcast_ref::<run::Training>().unwrap();
    let held_out = training.validation.as_ref().unwrap();
    // By hand, from the probabilities of the table of patterns and the pixels' shares.
    let (count, shares) = (held_out.count(), training.train.means());
    let patterns = analysis.table("patterns").unwrap();
    let ours = patterns.rows.iter().filter(|row| row[0] == Cell::from("validation"));
    let differences: Vec<f64> = ours
        .zip((0..count).map(|m| held_out.row(m)))
        .map(|(row, pixels)| {
            let alone: f64 = pixels
                .iter()
                .zip(&shares)
                .map(|(v, p)| libm::log(if *v == 1.0 { *p } else { 1.0 - p }))
                .sum();
            row[5].number().unwrap() - alone
        })
        .collect();
    assert_eq!(differences.len(), count);
    let mean = differences.iter().sum::<f64>() / count as f64;
    let variance = differences.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / (count as f64 - 1.0);
    let gain = analysis.table("gain").unwrap();
    let row = gain.rows.iter().find(|row| row[0] == Cell::from("validation")).unwrap();
    let number = |at: usize| row[at].number().unwrap();
    assert!((number(4) - mean).abs() < 1e-9, "{row:?} {mean}");
    assert!((number(5) - libm::sqrt(variance / count as f64)).abs() < 1e-9, "{row:?}");
    let likelihood = analysis.get("validation_log_likelihood").unwrap();
    assert!((likelihood.value.unwrap() - number(2) - mean).abs() < 1e-9);
    // What is hard for both cancels: the difference is surer than the two values are.
    assert!(number(5) < libm::hypot(likelihood.std_error.unwrap(), number(3)), "{row:?}");
    // Training patterns are no sample of others.
    assert_eq!((&gain.rows[0][0], &gain.rows[0][5]), (&Cell::from("train"), &Cell::Empty));
}

#[test]
fn every_row_is_told_where_it_went() {
    let mut keys = digits();
    keys["train"]["epochs"] = json!(1);
    keys["evaluate"] = json!({ "log_likelihood": "none", "sample_steps": 1 });
    let experiment = prepare(&keys).unwrap();
    let analysis = experiment.analyse(&records(experiment.as_ref()));
    let split = analysis.table("split").unwrap();
    assert_eq!(split.rows.len(), 1797);
    assert_eq!(split.numbers("row"), (0..1797).map(f64::from).collect::<Vec<_>>());
    let held = split.rows.iter().filter(|row| row[1] == Cell::from("validation")).count();
    let last =
        |set: &str| split.rows.iter().rfind(|row| row[1] == Cell::from(set)).and_then(|row| row[2].number());
    assert_eq!((last("validation"), last("train")), (Some(held as f64 - 1.0), Some(1796.0 - held as f64)));
}

#[test]
fn samples_are_kept_along_the_training_and_change_nothing_else() {
    let mut keys = bars(4, 90);
    keys["evaluate"] = json!({ "every": 1, "samples": 3, "sample_steps": 5 });
    let experiment = prepare(&keys).unwrap();
    // One stream for both trainings, whose identities differ.
    let run = |experiment: &dyn Experiment| vec![experiment.run(stream(5, "task", "", 0), &Patient).unwrap()];
    let found = run(experiment.as_ref());
    let epochs = found[0].series("fantasy_epoch");
    assert_eq!((epochs.len(), epochs[0], epochs[24]), (25, 0.0, 90.0));
    assert_eq!(found[0].series("fantasies").len(), 25 * 3 * 9);
    keys["evaluate"]["every"] = json!(45);
    let seldom = run(prepare(&keys).unwrap().as_ref());
    assert_eq!(seldom[0].series("fantasy_epoch"), [0.0, 45.0, 90.0]);
    assert_eq!(found[0].series("weights"), seldom[0].series("weights"));
    assert_eq!(found[0].series("samples"), seldom[0].series("samples"));
    let analysis = experiment.analyse(&found);
    let point =
        StudyPoint { index: 0, coordinates: &[], experiment: experiment.as_ref(), analysis: &analysis };
    let story = Rbm.present(&Study { title: "T", seed: 5, quick: false, axes: &[], points: &[point] });
    let figure = story.figures.iter().find(|figure| figure.id == "dreams").unwrap();
    let frames = figure.frames.as_ref().unwrap();
    assert_eq!((figure.panels.len(), frames.frames.len(), frames.start), (3, 25, 24));
}
