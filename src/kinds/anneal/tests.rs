use super::*;
use crate::axis::{Axis, Coordinate};
use crate::figure::{Graph, Panel};
use crate::input::Inputs;
use crate::kind::StudyPoint;
use crate::kind::testing::Patient;
use crate::models::spins::PairModel;
use crate::record::ReferenceKind;
use crate::rng;
use serde_json::json;

struct Files;

impl Inputs for Files {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        if path == "cut.txt" {
            Ok(b"4 4\n1 2 1\n2 3 1\n3 4 1\n1 3 1\n".to_vec())
        } else {
            Err(format!("no such file: {path}"))
        }
    }
}

fn prepared(keys: &Value, quick: bool) -> Result<Box<dyn Experiment>, Vec<Problem>> {
    Anneal.prepare(keys, &Context { seed: 7, quick, ladder: &[], inputs: &Files })
}

fn glass(size: usize, sweeps: usize, reads: usize) -> Value {
    json!({
        "reads": reads,
        "model": { "ising": { "lattice": "square", "size": size, "disorder": "pm_j" } },
        "schedule": { "geometric": { "from": 3.0, "to": 0.1, "sweeps": sweeps } },
    })
}

fn cut() -> Value {
    json!({
        "reads": 20,
        "target_energy": -3,
        "model": { "max_cut": { "file": "cut.txt" } },
        "schedule": { "linear": { "from": 3.0, "to": 0.2, "sweeps": 200 } },
    })
}

fn analysed(experiment: &dyn Experiment) -> Analysis {
    let identity = experiment.identity().to_string();
    let records: Vec<Record> = (0..experiment.replicas() as u64)
        .map(|replica| experiment.run(rng::stream(3, "task", &identity, replica), &Patient).unwrap())
        .collect();
    let analysis = experiment.analyse(&records);
    let names: Vec<&str> = analysis.estimates.iter().map(|estimate| estimate.quantity.name).collect();
    assert_eq!(names, experiment.quantities());
    analysis
}

fn story(experiment: &dyn Experiment, analysis: &Analysis) -> Story {
    let point = StudyPoint { index: 0, coordinates: &[], experiment, analysis };
    let story = Anneal.present(&Study { title: "Test", seed: 7, quick: false, axes: &[], points: &[point] });
    crate::kinds::tests::facts_fit(&Anneal, &story.facts);
    story
}

#[test]
fn a_small_cut_is_found_and_judged() {
    let experiment = prepared(&cut(), false).unwrap();
    let analysis = analysed(experiment.as_ref());
    let best = analysis.get("best_energy").unwrap();
    assert_eq!((best.value, best.std_error), (Some(-3.0), None));
    assert_eq!(best.reference, Some((-3.0, ReferenceKind::Exact)));
    // Two hundred sweeps of four vertices meet the maximum in every read but for a chance far below 1e-6.
    assert_eq!(analysis.get("success_probability").unwrap().value, Some(1.0));
    assert_eq!(analysis.get("sweeps_to_solution_99").unwrap().value, Some(200.0));
    assert_eq!(analysis.get("residual_energy").unwrap().value, Some(0.0));
    assert_eq!(analysis.table("reads").unwrap().rows.len(), 20);
    assert_eq!(analysis.table("best_state").unwrap().rows.len(), 4);
    let story = story(experiment.as_ref(), &analysis);
    assert_eq!(
        story.answer,
        "The cut 3 was reached by all of 20 reads of 200 sweeps: $p_{\\mathrm{s}} = 1.00(2)$, so that repeated reads \
         find it with 99\u{a0}% probability within 200 sweeps (95\u{a0}%: 200 to 520)."
    );
    assert_eq!(story.facts["proven"], json!(true));
}

#[test]
fn a_loop_is_frustrated_when_its_signs_say_so() {
    let frustrated = |signs: [f64; 3]| {
        let bonds = [(0, 1, signs[0]), (1, 2, signs[1]), (2, 0, signs[2]), (2, 3, -1.0)];
        instance::is_frustrated(&PairModel::new(&bonds, vec![0.0; 5]))
    };
    assert!(frustrated([-1.0, -1.0, -1.0]) && frustrated([1.0, 1.0, -0.5]));
    assert!(!frustrated([1.0, 1.0, 1.0]) && !frustrated([-1.0, -1.0, 1.0]) && !frustrated([-1.0, -1.0, 0.0]));
}

#[test]
fn the_least_step_follows_from_the_number_of_bonds() {
    let fields = || vec![0.0; 4];
    let least = |bonds: &[(u32, u32, f64)], fields| instance::least_step(&PairModel::new(bonds, fields));
    let ring = [(0, 1, 0.5), (1, 2, -0.5), (2, 3, 0.5), (3, 0, 0.5)];
    assert_eq!(least(&ring, fields()), Some(2.0));
    assert_eq!(least(&ring[..3], fields()), Some(1.0));
    assert_eq!(least(&[(0, 1, 0.5), (1, 2, 1.0)], fields()), None);
    assert_eq!(least(&ring, vec![0.1; 4]), None);
}

#[test]
fn a_spin_glass_without_a_target_has_a_bound_and_no_success() {
    let experiment = prepared(&glass(24, 100, 6), false).unwrap();
    assert_eq!(experiment.quantities(), ["best_energy", "mean_read_energy"]);
    let analysis = analysed(experiment.as_ref());
    let best = analysis.get("best_energy").unwrap();
    // The ground energy of the ±J square lattice is −1.40 per spin, and two bonds a spin bound it from below.
    let per_spin = best.value.unwrap() / 576.0;
    assert!((-1.5..-1.2).contains(&per_spin), "{per_spin}");
    assert!(best.note.as_ref().unwrap().contains("at most this"));
    let mean = analysis.get("mean_read_energy").unwrap();
    assert!(mean.value > best.value && mean.std_error.unwrap() > 0.0);
    let story = story(experiment.as_ref(), &analysis);
    let ids: Vec<&str> = story.figures.iter().map(|figure| figure.id.as_str()).collect();
    assert_eq!(ids, ["cooling", "reads", "acceptance", "best-state"]);
    assert_eq!(story.facts["frustrated"], json!(true));
}

#[test]
fn an_unreachable_target_is_bounded_and_warned_of() {
    let mut keys = glass(4, 20, 5);
    keys["target_energy"] = json!(-100.0);
    let experiment = prepared(&keys, false).unwrap();
    let analysis = analysed(experiment.as_ref());
    let effort = analysis.get("sweeps_to_solution_99").unwrap();
    assert!(effort.value.is_none() && effort.note.as_ref().unwrap().starts_with("not reached in 5 reads"));
    assert_eq!(analysis.get("success_probability").unwrap().value, Some(0.0));
    assert!(analysis.warnings.iter().any(|warning| warning.text.contains("cannot be reached")));
    let story = story(experiment.as_ref(), &analysis);
    assert!(
        story
            .answer
            .starts_with("The target was not reached: none of 5 reads of 20 sweeps met the energy −100"),
        "{}",
        story.answer
    );
}

#[test]
fn few_spins_are_judged_against_the_exact_ground_state() {
    let experiment = prepared(&glass(4, 200, 8), false).unwrap();
    assert_eq!(experiment.quantities(), analyse::QUANTITIES);
    let analysis = analysed(experiment.as_ref());
    let best = analysis.get("best_energy").unwrap();
    assert_eq!(best.value, best.reference.map(|(energy, _)| energy));
    assert!(analysis.get("success_probability").unwrap().value.unwrap() > 0.5);
}

#[test]
fn an_axis_becomes_the_first_figure() {
    let sweeps = [5, 20, 80];
    let experiments: Vec<_> =
        sweeps.iter().map(|sweeps| prepared(&glass(4, *sweeps, 6), false).unwrap()).collect();
    let analyses: Vec<_> = experiments.iter().map(|experiment| analysed(experiment.as_ref())).collect();
    let coordinates: Vec<_> = sweeps.iter().map(|sweeps| [Coordinate::Integer(*sweeps as i64)]).collect();
    let points: Vec<_> = (0..3)
        .map(|index| StudyPoint {
            index,
            coordinates: &coordinates[index],
            experiment: experiments[index].as_ref(),
            analysis: &analyses[index],
        })
        .collect();
    let axes = [Axis {
        path: "schedule.geometric.sweeps".to_owned(),
        values: coordinates.iter().map(|coordinate| coordinate[0].clone()).collect(),
    }];
    let study = Study { title: "Test", seed: 7, quick: false, axes: &axes, points: &points };
    let story = Anneal.present(&study);
    assert_eq!(story.figures[0].id, "outcome");
    assert_eq!(story.figures[0].panels.len(), 2);
    assert_eq!(story.facts["points"].as_array().unwrap().len(), 3);
    assert_eq!(story.facts["figures"]["cooling"], json!(true));
    crate::kinds::tests::facts_fit(&Anneal, &story.facts);
}

#[test]
fn every_schedule_can_be_chosen_and_decides_the_identity() {
    let mut seen = Vec::new();
    for schedule in crate::samplers::schedule::SCHEDULES {
        let mut keys = cut();
        keys["schedule"] = json!({ schedule.name: { "from": 3.0, "to": 0.2, "sweeps": 20 } });
        let experiment = prepared(&keys, false).unwrap();
        assert!(!seen.contains(&experiment.identity()));
        seen.push(experiment.identity());
    }
    let mut keys = cut();
    keys["target_energy"] = json!(-2);
    keys["reads"] = json!(3);
    let other = prepared(&keys, false).unwrap();
    assert_eq!(other.identity(), prepared(&cut(), false).unwrap().identity(), "neither changes a record");
}

#[test]
fn quick_runs_a_tenth_and_never_more_than_asked() {
    let sweeps = |sweeps: usize, quick| prepared(&glass(4, sweeps, 1), quick).unwrap().cost().sweeps;
    assert_eq!(
        (sweeps(1000, false), sweeps(1000, true), sweeps(50, true), sweeps(3, true)),
        (1000, 100, 10, 3)
    );
}

#[test]
fn impossible_runs_are_refused_at_their_key() {
    let with = |path: &str, value: Value| {
        let mut keys = glass(4, 100, 2);
        *keys.pointer_mut(path).unwrap() = value;
        prepared(&keys, false).err().expect("refused")
    };
    for (path, value, key) in [
        ("/schedule/geometric/to", json!(0.0), "schedule.geometric.to"),
        ("/schedule/geometric/from", json!(-1.0), "schedule.geometric.from"),
        ("/schedule/geometric/sweeps", json!(0), "schedule.geometric.sweeps"),
        ("/schedule", json!({ "linaer": {} }), "schedule.linaer"),
        ("/schedule", json!({}), "schedule"),
        ("/reads", json!(0), "reads"),
    ] {
        assert_eq!(with(path, value)[0].path, key);
    }
}

#[test]
fn the_schema_has_one_arm_for_each_model_and_schedule() {
    let schema = Anneal.schema();
    let arms = |key: &str| schema["properties"][key]["oneOf"].as_array().unwrap().len();
    assert_eq!((arms("model"), arms("schedule")), (3, crate::samplers::schedule::SCHEDULES.len()));
    assert_eq!(schema["required"], json!(["model", "schedule"]));
    assert_eq!(schema["properties"]["target_energy"]["type"], json!("number"));
    let linear = &schema["properties"]["schedule"]["oneOf"][1]["properties"]["linear"]["properties"]["to"];
    assert_eq!((&linear["minimum"], &linear["exclusiveMinimum"]), (&json!(0), &Value::Null));
}

#[test]
fn the_starter_prepares() {
    let mut keys: Value = toml::from_str(&Anneal.starter().replace("{title}", "A start")).unwrap();
    for header in ["kind", "title", "seed"] {
        keys.as_object_mut().unwrap().remove(header);
    }
    assert_eq!(prepared(&keys, false).unwrap().replicas(), 40);
}

/// The drawing of a model as it is wired.
fn wiring(keys: &Value) -> Graph {
    let experiment = prepared(keys, false).unwrap();
    let analysis = analysed(experiment.as_ref());
    let mut story = story(experiment.as_ref(), &analysis);
    let figure = story.figures.iter_mut().find(|figure| figure.id == "wiring").expect("a drawing");
    match figure.panels.remove(0) {
        Panel::Graph(graph) => graph,
        other => panic!("{other:?}"),
    }
}

#[test]
fn small_models_are_drawn_with_what_their_best_state_fails() {
    let graph = wiring(&cut());
    assert_eq!((graph.nodes.len(), graph.edges.len()), (4, 4));
    // A triangle with a tail: one edge cannot be cut.
    assert_eq!(graph.edges.iter().filter(|edge| edge.violated).count(), 1);
    assert!(graph.edges.iter().all(|edge| edge.weight == 1.0));
    let uncut = graph.edges.iter().find(|edge| edge.violated).unwrap();
    assert_eq!(graph.nodes[uncut.from].group, graph.nodes[uncut.to].group);

    let glass = wiring(&glass(4, 300, 5));
    // Eight bonds run across the boundary, each to a copy of its spin beside the lattice.
    assert_eq!((glass.nodes.len(), glass.edges.len()), (24, 32));
    for edge in &glass.edges {
        let (from, to) = (&glass.nodes[edge.from], &glass.nodes[edge.to]);
        assert!((libm::hypot(from.x - to.x, from.y - to.y) - 1.0).abs() < 1e-12, "{edge:?}");
        let agree = from.group == to.group;
        assert_eq!(edge.violated, agree == (edge.weight < 0.0), "{edge:?}");
    }
}

#[test]
fn a_boltzmann_machine_is_cooled_to_its_likeliest_state() {
    // E = −s₁ − s₂ + 3 s₁s₂ − 2 s₃ for s = 0, 1: the least is −3, with one of the first two units on and the third.
    let keys = json!({
        "reads": 10,
        "model": { "boltzmann_machine": { "biases": [1, 1, 2], "couplings": [[0, 1, -3]] } },
        "schedule": { "linear": { "from": 3.0, "to": 0.1, "sweeps": 200 } },
    });
    let experiment = prepared(&keys, false).unwrap();
    let analysis = analysed(experiment.as_ref());
    let best = analysis.get("best_energy").unwrap();
    assert!((best.value.unwrap() + 3.0).abs() < 1e-12);
    assert_eq!(best.reference.map(|(value, _)| value), Some(-3.0));
    story(experiment.as_ref(), &analysis);
}
