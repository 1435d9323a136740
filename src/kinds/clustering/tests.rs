use super::*;
use crate::axis::{Axis, Coordinate};
use crate::figure::{Mark, Panel, Role};
use crate::input::Inputs;
use crate::kind::StudyPoint;
use crate::kind::testing::Patient;
use crate::rng;
use serde_json::json;

struct Files;

impl Inputs for Files {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        match path {
            "pair.csv" => Ok(b"x\n-2\n2\n".to_vec()),
            "same.csv" => Ok(b"1,2\n1,2\n1,2\n".to_vec()),
            "one.csv" => Ok(b"# one point\n3.5,-1\n".to_vec()),
            "weighed.csv" => Ok(b"a;n;b\n0;3;10\n1;1;20\n8;2;10\n".to_vec()),
            "cube.csv" => Ok(b"0,0,0\n1,0,0\n9,9,9\n9,8,9\n0,9,0\n0,9,1\n".to_vec()),
            "far.csv" => Ok(b"1e200\n-1e200\n".to_vec()),
            "light.csv" => Ok(b"x,w\n1,0\n2,-1\n".to_vec()),
            _ => Err(format!("no such file: {path}")),
        }
    }
}

fn prepared(keys: &Value, quick: bool) -> Result<Box<dyn Experiment>, Vec<Problem>> {
    Clustering.prepare(keys, &Context { seed: 7, quick, ladder: &[], inputs: &Files })
}

fn blobs() -> Value {
    json!({
        "data": { "source": "blobs", "points": 60 },
        "schedule": { "geometric": { "to": 1.0, "steps": 16 } },
        "max_clusters": 8,
        "kmeans_starts": 40,
    })
}

fn of_file(file: &str) -> Value {
    json!({ "data": { "file": file }, "kmeans_starts": 20, "schedule": { "geometric": { "steps": 12 } } })
}

fn analysed(experiment: &dyn Experiment) -> Analysis {
    let identity = experiment.identity().to_string();
    let record = experiment.run(rng::stream(3, "task", &identity, 0), &Patient).unwrap();
    let numbers = record.arrays.values().flat_map(|array| &array.values);
    assert!(numbers.chain(record.scalars.values()).all(|value| value.is_finite()));
    let analysis = experiment.analyse(&[record]);
    let names: Vec<&str> = analysis.estimates.iter().map(|estimate| estimate.quantity.name).collect();
    assert_eq!(names, experiment.quantities());
    analysis
}

fn story(experiment: &dyn Experiment, analysis: &Analysis) -> Story {
    let point = StudyPoint { index: 0, coordinates: &[], experiment, analysis };
    let study = Study { title: "Test", seed: 7, quick: false, axes: &[], points: &[point] };
    let story = Clustering.present(&study);
    crate::kinds::tests::facts_fit(&Clustering, &story.facts);
    story
}

fn value(analysis: &Analysis, name: &str) -> f64 {
    analysis.get(name).unwrap().value.unwrap()
}

#[test]
fn blobs_are_found_as_they_were_drawn() {
    let experiment = prepared(&blobs(), false).unwrap();
    let analysis = analysed(experiment.as_ref());
    assert_eq!(value(&analysis, "clusters"), 6.0);
    assert!(value(&analysis, "first_split_temperature") >= value(&analysis, "cluster_critical_temperature"));
    let splits = analysis.table("splits").unwrap();
    let (observed, critical) = (splits.numbers("temperature"), splits.numbers("critical"));
    assert_eq!(observed.len(), 5);
    for (observed, critical) in observed.iter().zip(&critical) {
        assert!(*observed >= critical * (1.0 - 2e-5), "{observed} {critical}");
    }
    // Point i was drawn for group i mod 6; the two nearest groups overlap a little.
    let found = analysis.table("assignments").unwrap().numbers("cluster");
    let mut counts = [[0_usize; 6]; 6];
    found.iter().enumerate().for_each(|(index, cluster)| counts[index % 6][*cluster as usize - 1] += 1);
    assert!(counts.iter().map(|row| row.iter().max().unwrap()).sum::<usize>() >= 57, "{counts:?}");
    assert!((0..6).all(|k| counts.iter().map(|row| row[k]).max().unwrap() >= 8), "{counts:?}");
    let cooling = analysis.table("cooling").unwrap();
    let column = |name: &str| cooling.numbers(name);
    let (free, distortion) = (column("free_energy"), column("distortion"));
    for (row, temperature) in column("temperature").iter().enumerate() {
        let sum = distortion[row] + temperature * column("information")[row];
        assert!((free[row] - sum).abs() < 1e-9 * free[0], "{} {sum}", free[row]);
    }
    assert!(analysis.warnings.is_empty(), "{:?}", analysis.warnings);

    let story = story(experiment.as_ref(), &analysis);
    let ids: Vec<&str> = story.figures.iter().map(|figure| figure.id.as_str()).collect();
    assert_eq!(ids, ["points", "balance", "tree", "kmeans"]);
    assert!(
        story.answer.starts_with("As many as the temperature resolves: one above $T = 1"),
        "{}",
        story.answer
    );
    let hero = &story.figures[0];
    assert_eq!((hero.panels.len(), hero.columns), (3, 3));
    for panel in hero.frames.as_ref().unwrap().frames.iter().flat_map(|frame| &frame.panels) {
        let Panel::Chart(chart) = panel else { panic!("{panel:?}") };
        let (centres, groups): (Vec<_>, Vec<_>) =
            chart.series.iter().partition(|series| series.label == "centres");
        assert_eq!(groups.iter().map(|series| series.points.len()).sum::<usize>(), 60);
        assert!(centres[0].points.len() >= groups.len() && centres[0].mark == Mark::Scatter);
    }
}

#[test]
fn a_pair_has_its_textbook_answer() {
    let experiment = prepared(&of_file("pair.csv"), false).unwrap();
    let analysis = analysed(experiment.as_ref());
    assert!((value(&analysis, "cluster_critical_temperature") - 8.0).abs() < 1e-13);
    assert!((value(&analysis, "first_split_temperature") - 8.0).abs() < 1e-3);
    assert!(value(&analysis, "quenched_distortion").abs() < 1e-15);
    assert_eq!(value(&analysis, "kmeans_failures"), 0.0);
    let story = story(experiment.as_ref(), &analysis);
    assert!(story.figures.iter().all(|figure| figure.id != "kmeans"), "all starts end alike");
}

#[test]
fn points_without_a_spread_stay_together() {
    for (file, count) in [("same.csv", 3), ("one.csv", 1)] {
        let experiment = prepared(&of_file(file), false).unwrap();
        let analysis = analysed(experiment.as_ref());
        let estimate = |name: &str| analysis.get(name).unwrap().value;
        assert_eq!(estimate("clusters"), Some(1.0));
        assert_eq!(
            (estimate("cluster_critical_temperature"), estimate("cluster_free_energy")),
            (Some(0.0), Some(0.0))
        );
        assert_eq!(estimate("first_split_temperature"), None);
        assert!(analysis.get("kmeans_failures").is_none());
        let story = story(experiment.as_ref(), &analysis);
        assert_eq!(
            story.answer,
            format!("All {count} points are the same, so that there is one cluster at any temperature.")
        );
        assert_eq!(story.figures.len(), 1);
    }
}

#[test]
fn columns_and_weights_are_chosen_by_name_or_number() {
    let with = |data: Value| prepared(&json!({ "data": data, "kmeans_starts": 0 }), false).unwrap();
    let named = with(json!({ "file": "weighed.csv", "columns": ["a"], "weights": "n" }));
    let numbered = with(json!({ "file": "weighed.csv", "columns": [1], "weights": 2 }));
    assert_eq!(named.identity(), numbered.identity());
    // Weights 3, 1, 2 at 0, 1, 8: the variance is ⟨x²⟩ − ⟨x⟩² = 129/6 − (17/6)².
    let critical = value(&analysed(named.as_ref()), "cluster_critical_temperature");
    assert!((critical - 2.0 * (129.0 / 6.0 - 289.0 / 36.0)).abs() < 1e-12, "{critical}");
    let rest = with(json!({ "file": "weighed.csv", "weights": "n" }));
    let any: &dyn std::any::Any = rest.as_ref();
    assert_eq!(any.downcast_ref::<ClusteringExperiment>().unwrap().points.names, ["a", "b"]);
    // Standardised columns have a variance of one each, whatever their units.
    let scaled = with(json!({ "file": "weighed.csv", "weights": "n", "standardize": true }));
    let any: &dyn std::any::Any = scaled.as_ref();
    assert!((any.downcast_ref::<ClusteringExperiment>().unwrap().points.cloud.unit() - 2.0).abs() < 1e-12);
}

#[test]
fn three_dimensions_are_drawn_on_two_axes() {
    let experiment = prepared(&of_file("cube.csv"), false).unwrap();
    let analysis = analysed(experiment.as_ref());
    let story = story(experiment.as_ref(), &analysis);
    let Panel::Chart(chart) = &story.figures[0].panels[0] else { panic!() };
    assert_eq!(chart.x.label, "first principal axis");
    assert!(chart.series.iter().any(|series| series.role == Role::Data(0)));
    assert_eq!(story.facts["dimensions"], json!(3));
}

#[test]
fn an_axis_is_listed_and_the_finest_point_is_shown() {
    let experiments: Vec<_> = [2, 4]
        .into_iter()
        .map(|most: usize| {
            let mut keys = blobs();
            keys["max_clusters"] = json!(most);
            prepared(&keys, false).unwrap()
        })
        .collect();
    let analyses: Vec<_> = experiments.iter().map(|experiment| analysed(experiment.as_ref())).collect();
    let coordinates = [[Coordinate::Integer(2)], [Coordinate::Integer(4)]];
    let point = |index: usize| StudyPoint {
        index,
        coordinates: &coordinates[index],
        experiment: experiments[index].as_ref(),
        analysis: &analyses[index],
    };
    let points = [point(0), point(1)];
    let values = coordinates.iter().map(|coordinate| coordinate[0].clone()).collect();
    let axes = [Axis { path: "max_clusters".to_owned(), values }];
    let study = Study { title: "Test", seed: 7, quick: false, axes: &axes, points: &points };
    let story = Clustering.present(&study);
    crate::kinds::tests::facts_fit(&Clustering, &story.facts);
    assert_eq!(story.facts["place"], json!("most clusters = 4"));
    assert_eq!((story.facts["clusters"].clone(), story.facts["held_back"].clone()), (json!(4), json!(true)));
    assert_eq!(story.facts["points"].as_array().unwrap().len(), 2);
}

#[test]
fn impossible_files_are_refused_at_their_key() {
    let refused = |keys: &Value| {
        let problem = prepared(keys, false).err().expect("refused").remove(0);
        (problem.path, problem.message)
    };
    let data = |data: Value| refused(&json!({ "data": data }));
    assert_eq!(data(json!({})).0, "data");
    assert_eq!(data(json!({ "file": "none.csv" })), ("data.file".into(), "no such file: none.csv".into()));
    assert_eq!(data(json!({ "file": "cube.csv", "columns": [4] })).0, "data.columns");
    assert_eq!(data(json!({ "file": "cube.csv", "columns": [0] })).0, "data.columns");
    assert_eq!(data(json!({ "file": "cube.csv", "columns": [1, 1] })).0, "data.columns");
    assert_eq!(data(json!({ "file": "cube.csv", "columns": [] })).0, "data");
    assert_eq!(data(json!({ "file": "light.csv", "weights": "w" })).0, "data.weights");
    assert_eq!(data(json!({ "file": "cube.csv", "source": "blobs" })).0, "data.file");
    assert_eq!(data(json!({ "file": "cube.csv", "points": 30 })).0, "data.points");
    assert!(data(json!({ "file": "far.csv" })).1.contains("exceed any float"));
    for (path, value, key) in [
        ("/max_clusters", json!(0), "max_clusters"),
        ("/max_clusters", json!(33), "max_clusters"),
        ("/schedule", json!({}), "schedule"),
        ("/schedule", json!({ "slow": {} }), "schedule.slow"),
        ("/schedule/geometric/to", json!(0.0), "schedule.geometric.to"),
        ("/schedule/geometric/to", json!(1e9), "schedule.geometric.to"),
        ("/schedule/geometric/steps", json!(0), "schedule.geometric.steps"),
    ] {
        let mut keys = blobs();
        *keys.pointer_mut(path).unwrap() = value;
        assert_eq!(refused(&keys).0, key);
    }
}

#[test]
fn a_cooling_that_begins_too_cold_says_so() {
    let mut keys = blobs();
    keys["schedule"] = json!({ "linear": { "from": 5.0, "to": 1.0, "steps": 5 } });
    let experiment = prepared(&keys, false).unwrap();
    let analysis = analysed(experiment.as_ref());
    assert!(analysis.warnings.iter().any(|doubt| doubt.text.contains("begins below the first split")));
    assert_eq!(analysis.get("first_split_temperature").unwrap().value, None);
    assert!(story(experiment.as_ref(), &analysis).answer.starts_with("At $T = 1$ the 60 points have"));
}

#[test]
fn the_identity_is_what_decides_the_record() {
    let identity = |change: fn(&mut Value)| {
        let mut keys = blobs();
        change(&mut keys);
        prepared(&keys, false).unwrap().identity()
    };
    let plain = identity(|_| {});
    assert_eq!(plain, identity(|_| {}));
    assert_ne!(plain, identity(|keys| keys["max_clusters"] = json!(3)));
    assert_ne!(plain, identity(|keys| keys["data"]["points"] = json!(61)));
    assert_ne!(plain, identity(|keys| keys["data"]["standardize"] = json!(true)));
    assert_ne!(plain, identity(|keys| keys["schedule"]["geometric"]["steps"] = json!(17)));
    let quick = prepared(&blobs(), true).unwrap();
    assert_eq!((quick.cost().sweeps, quick.replicas()), (10, 1));
}

#[test]
fn the_starter_prepares() {
    let mut keys: Value = toml::from_str(&Clustering.starter().replace("{title}", "A start")).unwrap();
    for header in ["kind", "title", "seed"] {
        keys.as_object_mut().unwrap().remove(header);
    }
    assert_eq!(prepared(&keys, false).unwrap().cost().sweeps, 60);
}
