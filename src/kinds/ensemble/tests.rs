//! The kind from keys to story.

use super::*;
use crate::axis::{Axis, Coordinate};
use crate::figure::Panel;
use crate::kind::testing::{Hasty, Patient};
use crate::kind::{Inputs, StudyPoint};
use crate::rng;

struct Files;

impl Inputs for Files {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        match path {
            "graph.txt" => Ok(b"3 4\n0 1 -1\n1 2 0.5\n0 2 1\n1 1 0.25\n".to_vec()),
            _ => Err(format!("no such file: {path}")),
        }
    }
}

pub(super) fn prepare(keys: Value) -> Result<Box<dyn Experiment>, Vec<Problem>> {
    EnsembleKind.prepare(&keys, &Context { seed: 1, quick: false, ladder: &[], inputs: &Files })
}

pub(super) fn solve(experiment: &dyn Experiment) -> Analysis {
    let record = experiment.run(rng::stream(1, "task", "", 0), &Patient).unwrap();
    experiment.analyse(&[record])
}

/// Runs the points of a sweep and tells their story.
pub(super) fn story(axes: &[Axis], points: &[(Vec<Coordinate>, Value)]) -> Story {
    let experiments: Vec<_> = points.iter().map(|(_, keys)| prepare(keys.clone()).unwrap()).collect();
    let analyses: Vec<Analysis> = experiments.iter().map(|experiment| solve(&**experiment)).collect();
    let points: Vec<StudyPoint<'_>> = points
        .iter()
        .enumerate()
        .map(|(index, (coordinates, _))| StudyPoint {
            index,
            coordinates,
            experiment: &*experiments[index],
            analysis: &analyses[index],
        })
        .collect();
    let story =
        EnsembleKind.present(&Study { title: "A test", seed: 1, quick: false, axes, points: &points });
    crate::kinds::tests::facts_fit(&EnsembleKind, &story.facts);
    story
}

fn levels(temperature: f64) -> Value {
    json!({
        "temperature": temperature,
        "model": { "levels": { "energies": [0.0, 1.0, 2.5], "degeneracies": [1, 3, 1] } },
    })
}

fn temperatures(values: &[f64]) -> Axis {
    Axis { path: "temperature".to_owned(), values: values.iter().map(|t| Coordinate::Real(*t)).collect() }
}

#[test]
fn three_levels_by_hand() {
    let analysis = solve(&*prepare(levels(0.8)).unwrap());
    let factor = |energy: f64| libm::exp(-energy / 0.8);
    let z = 1.0 + 3.0 * factor(1.0) + factor(2.5);
    let u = (3.0 * factor(1.0) + 2.5 * factor(2.5)) / z;
    let squares = (3.0 * factor(1.0) + 6.25 * factor(2.5)) / z;
    for (name, expected) in [
        ("log_partition", libm::log(z)),
        ("free_energy", -0.8 * libm::log(z)),
        ("energy", u),
        ("entropy", libm::log(z) + u / 0.8),
        ("heat_capacity", (squares - u * u) / 0.64),
    ] {
        let found = analysis.get(name).unwrap();
        assert!((found.value.unwrap() - expected).abs() < 1e-13, "{name}");
        assert!(found.std_error.is_none());
    }
    assert!(analysis.get("energy_per_site").is_none(), "levels have no sites");
    assert!(analysis.table("balance").unwrap().numbers("residual")[0] < 1e-14);
    assert!(analysis.warnings.is_empty());
}

#[test]
fn the_graph_of_the_reference_is_solved_in_the_dimod_convention() {
    let keys = json!({
        "temperature": 0.8,
        "model": { "ising": { "file": "graph.txt", "convention": "dimod", "index_base": 0 } },
    });
    let experiment = prepare(keys).unwrap();
    let analysis = solve(&*experiment);
    let spin = |code: u32, i: u32| if code >> i & 1 == 1 { 1.0 } else { -1.0 };
    let energy = |code: u32| {
        let [a, b, c] = [0, 1, 2].map(|i| spin(code, i));
        -a * b + 0.5 * b * c + a * c + 0.25 * b
    };
    let z: f64 = (0..8).map(|code| libm::exp(-energy(code) / 0.8)).sum();
    assert!((analysis.get("log_partition").unwrap().value.unwrap() - libm::log(z)).abs() < 1e-13);
    let names: Vec<&str> = analysis.estimates.iter().map(|estimate| estimate.quantity.name).collect();
    assert_eq!(names, experiment.quantities());
    let per_site = analysis.get("energy_per_site").unwrap().value.unwrap();
    assert!((per_site * 3.0 - analysis.get("energy").unwrap().value.unwrap()).abs() < 1e-14);
}

#[test]
fn the_square_torus_agrees_with_kaufman() {
    for (sides, coupling, temperature) in
        [(json!([4, 4]), 1.0, 2.269), (json!([4, 2]), -0.7, 0.9), (json!([3, 5]), 1.0, 4.0)]
    {
        let lattice = json!({ "lattice": "square", "size": sides, "coupling": coupling });
        let analysis =
            solve(&*prepare(json!({ "temperature": temperature, "model": { "ising": lattice } })).unwrap());
        assert_eq!(analysis.estimates.len(), 18, "Kaufman's formula has no magnetisation");
        for estimate in &analysis.estimates[..10] {
            let (value, (reference, _)) = (estimate.value.unwrap(), estimate.reference.unwrap());
            let size = 1e-9 * (1.0 + value.abs());
            assert!((value - reference).abs() < size, "{}: {value} and {reference}", estimate.quantity.name);
        }
    }
}

#[test]
fn models_out_of_reach_and_bad_temperatures_are_refused() {
    let large = json!({ "temperature": 1.0, "model": { "ising": { "lattice": "cubic", "size": 6 } } });
    let problem = prepare(large).err().unwrap().remove(0);
    assert_eq!(problem.path, "model.ising");
    let reasons = "2^216 states are beyond enumeration (2^34 at most); elimination needs";
    assert!(problem.message.contains(reasons), "{}", problem.message);
}

#[test]
fn a_run_can_be_stopped() {
    let fields = json!({ "lattice": "chain", "size": 18, "field": 0.377, "coupling": 1.618 });
    let experiment = prepare(json!({ "temperature": 1.0, "model": { "ising": fields } })).unwrap();
    let stopped = experiment.run(rng::stream(1, "task", "", 0), &Hasty);
    assert!(matches!(stopped, Err(RunError::Stopped)));
}

#[test]
fn the_story_of_a_temperature_sweep_shows_few_levels_as_curves() {
    let grid: Vec<f64> = (1..=50).map(|step| 0.1 * f64::from(step)).collect();
    let points: Vec<_> = grid.iter().map(|t| (vec![Coordinate::Real(*t)], levels(*t))).collect();
    let story = story(&[temperatures(&grid)], &points);
    let ids: Vec<&str> = story.figures.iter().map(|figure| figure.id.as_str()).collect();
    assert_eq!(ids, ["populations", "balance", "thermodynamics", "boltzmann"]);
    assert!(story.answer.contains("largest heat capacity"), "{}", story.answer);
    // ln 5 microstates at high temperature; at T = 5 the entropy must be near it and below.
    let facts = &story.facts;
    assert!((facts["log_states"].as_f64().unwrap() - libm::log(5.0)).abs() < 1e-14);
    assert!((0.9..1.0).contains(&facts["entropy_share"].as_f64().unwrap()));
    assert_eq!(facts["rows"].as_array().unwrap().len(), 9);
    assert!(facts["residual"].as_f64().unwrap() < 1e-13);
}

#[test]
fn a_single_point_shows_bars_and_other_axes_show_curves() {
    let one = story(&[], &[(Vec::new(), levels(1.0))]);
    assert_eq!(one.figures.len(), 1);
    assert!(one.answer.contains("F = "), "{}", one.answer);
    let lattice = |size: i64, t: f64| {
        let keys = json!({ "temperature": t, "model": { "ising": { "lattice": "chain", "size": size } } });
        (vec![Coordinate::Integer(size), Coordinate::Real(t)], keys)
    };
    let sizes = Axis {
        path: "model.ising.size".to_owned(),
        values: vec![Coordinate::Integer(4), Coordinate::Integer(8)],
    };
    let both = [
        lattice(4, 0.5),
        lattice(4, 1.0),
        lattice(4, 2.0),
        lattice(8, 0.5),
        lattice(8, 1.0),
        lattice(8, 2.0),
    ];
    let several = story(&[sizes.clone(), temperatures(&[0.5, 1.0, 2.0])], &both);
    assert_eq!(several.figures[0].id, "balance");
    assert!(several.answer.contains("$L = 4$") && several.answer.contains("$L = 8$"), "{}", several.answer);
    let along_size: Vec<_> = [lattice(4, 1.0), lattice(8, 1.0)]
        .into_iter()
        .map(|(coordinates, keys)| (coordinates[..1].to_vec(), keys))
        .collect();
    assert_eq!(story(&[sizes], &along_size).figures.len(), 3, "two along the axis, and the ladder of sizes");
}

#[test]
fn the_handout_renders_for_every_shape_of_study() {
    let grid = [0.5, 1.0, 2.0];
    let points: Vec<_> = grid.iter().map(|t| (vec![Coordinate::Real(*t)], levels(*t))).collect();
    for story in
        [story(&[temperatures(&grid)], &points), story(&[], &[(Vec::new(), levels(1.0))]), story(&[], &[])]
    {
        let mut tera = tera::Tera::default();
        tera.register_filter("num", |value: &tera::Value, _: tera::Kwargs, _: &tera::State<'_>| {
            value.to_string()
        });
        tera.register_filter("count", |value: &tera::Value, _: tera::Kwargs, _: &tera::State<'_>| {
            value.to_string()
        });
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
        assert!(!text.contains("null"), "{text}");
    }
}

#[test]
fn every_model_of_the_kind_can_be_solved() {
    struct Written;
    impl Inputs for Written {
        fn read(&self, path: &str) -> Result<Vec<u8>, String> {
            if path == "cut.txt" {
                return Ok(b"4 4\n1 2 1\n2 3 1\n3 4 1\n1 3 1\n".to_vec());
            }
            let bytes =
                |values: &[f64]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
            let tensors = [
                ("weights", vec![3, 2], bytes(&[0.5, -1.0, 0.25, 0.75, -0.5, 1.5])),
                ("visible_bias", vec![3], bytes(&[0.1, -0.2, 0.3])),
                ("hidden_bias", vec![2], bytes(&[0.4, -0.5])),
            ];
            let views: Vec<_> = tensors
                .iter()
                .map(|(name, shape, data)| {
                    let view =
                        safetensors::tensor::TensorView::new(safetensors::Dtype::F64, shape.clone(), data);
                    (*name, view.unwrap())
                })
                .collect();
            Ok(safetensors::serialize(views, None).unwrap())
        }
    }
    for table in [
        json!({ "levels": { "energies": [0, 1] } }),
        json!({ "ising": { "lattice": "triangular", "size": 3, "coupling": -1 } }),
        json!({ "max_cut": { "file": "cut.txt" } }),
        json!({ "potts": { "file": "cut.txt", "states": 3 } }),
        json!({ "blume_capel": { "file": "cut.txt", "crystal_field": 0.3 } }),
        json!({ "boltzmann_machine": { "file": "cut.txt" } }),
        json!({ "rbm": { "weights": "machine.safetensors" } }),
        json!({ "oscillator": { "quantum": 0.7, "units": 3 } }),
        json!({ "rotor": {} }),
        json!({ "box": { "dimension": 3 } }),
        json!({ "einstein_solid": { "atoms": 2, "zero_point": false } }),
        json!({ "debye_solid": { "debye": 2.0 } }),
        json!({ "curie_weiss": { "spins": 400, "field": 0.1 } }),
        json!({ "random_energy": { "spins": 8 } }),
        json!({ "chain": { "size": 9, "field": 0.2 } }),
        json!({ "chain": { "spins": "potts", "size": 5, "states": 4, "boundary": "open" } }),
        json!({ "chain": { "spins": "xy", "size": 6, "coupling": -1 } }),
        json!({ "chain": { "spins": "heisenberg", "size": 40 } }),
        json!({ "landscape": { "function": "double_well", "dimensions": 1, "tilt": 0.3 } }),
        json!({ "landscape": { "function": "rastrigin" } }),
    ] {
        let context = Context { seed: 1, quick: false, ladder: &[], inputs: &Written };
        let at = |temperature: f64| {
            let keys = json!({ "temperature": temperature, "model": table });
            let prepared = EnsembleKind.prepare(&keys, &context);
            solve(&*prepared.unwrap_or_else(|problems| panic!("{table}: {problems:?}")))
        };
        // U = −∂ln Z/∂β, by a central difference: error of order δ² times third cumulants of order one.
        let (beta, delta) = (0.8, 1e-4);
        let get = |analysis: &Analysis, name: &str| analysis.get(name).unwrap().value.unwrap();
        let [low, high] = [beta - delta, beta + delta].map(|beta| get(&at(1.0 / beta), "log_partition"));
        let analysis = at(1.0 / beta);
        let slope = -(high - low) / (2.0 * delta);
        assert!((get(&analysis, "energy") - slope).abs() < 1e-5, "{table}: {slope}");
        assert!(analysis.warnings.is_empty(), "{table}: {:?}", analysis.warnings);
        let continuous = ["debye_solid", "chain", "landscape"].iter().any(|name| table.get(name).is_some());
        assert_eq!(analysis.table("populations").unwrap().numbers("energy").is_empty(), continuous);
    }
    assert!(EnsembleKind.models().iter().all(|name| crate::models::find(name).is_some()));
}

#[test]
fn the_entropy_never_rests_on_a_cut_list_of_microstates() {
    use crate::models::rbm::{Machine, Units, file};

    struct Weights(Vec<u8>);

    impl Inputs for Weights {
        fn read(&self, _: &str) -> Result<Vec<u8>, String> {
            Ok(self.0.clone())
        }
    }

    // 11 units: 2048 joint microstates, of which the table lists the likeliest; those left out weigh 1e-9 or so.
    let wave = |k: usize| 1.5 * libm::sin(1.0 + 2.7 * k as f64);
    let machine = Machine {
        weights: (0..28).map(wave).collect(),
        visible_bias: (30..37).map(wave).collect(),
        hidden_bias: (40..44).map(wave).collect(),
        units: Units::Spin,
    };
    let inputs = Weights(file::write(&machine));
    let context = Context { seed: 1, quick: false, ladder: &[], inputs: &inputs };
    let keys = json!({ "temperature": 0.5, "model": { "rbm": { "weights": "m", "units": "spin" } } });
    let analysis = solve(&*EnsembleKind.prepare(&keys, &context).unwrap());
    assert!(analysis.table("populations").unwrap().rows.len() < 2048);
    let balance = analysis.table("balance").unwrap();
    assert_eq!(balance.numbers("states"), [2048.0]);
    // −T ln Z by a sum over one layer, U − TS by a list of all states: apart from rounding they must agree.
    assert!(balance.numbers("residual")[0] < 1e-14, "{balance:?}");

    let spin = |code: usize, bit: usize| if code >> bit & 1 == 1 { 1.0 } else { -1.0 };
    let energies: Vec<f64> = (0..2048)
        .map(|code| {
            let v: Vec<f64> = (0..7).map(|i| spin(code, i)).collect();
            let h: Vec<f64> = (7..11).map(|j| spin(code, j)).collect();
            machine.energy(&v, &h)
        })
        .collect();
    let ground = energies.iter().copied().fold(f64::INFINITY, f64::min);
    let weights: Vec<f64> = energies.iter().map(|energy| libm::exp(-(energy - ground) / 0.5)).collect();
    let total: f64 = weights.iter().sum();
    let entropy: f64 = weights.iter().map(|w| -w / total * libm::log(w / total)).sum();
    let found = analysis.get("entropy").unwrap().value.unwrap();
    assert!((found - entropy).abs() < 1e-12, "{found} {entropy}");
}

/// The heights of the first series of a chart.
fn heights(panel: &Panel) -> Vec<f64> {
    let Panel::Chart(chart) = panel else { panic!("a chart") };
    chart.series[0].points.iter().map(|point| point.y).collect()
}

#[test]
fn a_slider_moves_populations_through_the_temperatures() {
    let grid: Vec<f64> = (1..=50).map(|step| 0.1 * f64::from(step)).collect();
    let points: Vec<_> = grid.iter().map(|t| (vec![Coordinate::Real(*t)], levels(*t))).collect();
    let story = story(&[temperatures(&grid)], &points);
    let figure = story.figures.iter().find(|figure| figure.id == "boltzmann").unwrap();
    let frames = figure.frames.as_ref().unwrap();
    assert_eq!(frames.frames.len(), 30);
    assert_eq!((frames.frames[0].label.as_str(), frames.frames[29].label.as_str()), ("*T* = 0.1", "*T* = 5"));
    for frame in &frames.frames {
        let heights = heights(&frame.panels[0]);
        assert!((heights.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{heights:?}");
    }
    // The static figure shows the state that the slider starts at.
    let Panel::Chart(chart) = &figure.panels[0] else { panic!("a chart") };
    assert_eq!(chart.series.len(), 3);
    assert_eq!(chart.series[1].label, frames.frames[frames.start].label);
}

#[test]
fn the_landscape_of_a_ring_has_two_wells_when_cold_and_one_when_hot() {
    let ring = |t: f64| {
        let keys = json!({ "temperature": t, "model": { "ising": { "lattice": "chain", "size": 8 } } });
        (vec![Coordinate::Real(t)], keys)
    };
    let grid = [0.3, 1.0, 20.0];
    let story = story(&[temperatures(&grid)], &grid.map(ring));
    let figure = story.figures.iter().find(|figure| figure.id == "landscape").unwrap();
    let frames = &figure.frames.as_ref().unwrap().frames;
    let (cold, hot) = (heights(&frames[0].panels[0]), heights(&frames[2].panels[0]));
    assert_eq!(cold.len(), 9);
    assert!(cold[0] < cold[4] && cold[8] < cold[4], "{cold:?}");
    assert!(hot[0] > hot[4] && hot[8] > hot[4], "{hot:?}");
}

fn torus(side: usize, method: &str, temperature: f64) -> Value {
    json!({
        "temperature": temperature,
        "model": { "ising": { "lattice": "square", "size": side } },
        "method": { "name": method },
    })
}

fn estimated(analysis: &Analysis, name: &str) -> f64 {
    analysis.get(name).unwrap().value.unwrap()
}

#[test]
fn every_method_gives_the_same_numbers() {
    for temperature in [0.7, 2.269, 40.0, -1.5] {
        let [one, two, three] = ["enumeration", "elimination", "kaufman"]
            .map(|method| solve(&*prepare(torus(4, method, temperature)).unwrap()));
        for name in analyse::EXTENSIVE.iter().chain(&analyse::PER_SITE) {
            let value = estimated(&one, name);
            for other in [&two, &three] {
                let size = value.abs().max(1.0);
                assert!((estimated(other, name) - value).abs() < 1e-10 * size, "{name} at T = {temperature}");
            }
        }
        let square = estimated(&one, "magnetization_squared");
        assert!((estimated(&two, "magnetization_squared") - square).abs() < 1e-12);
        let absent = two.get("binder").unwrap();
        assert!(absent.value.is_none() && absent.note.as_ref().unwrap().contains("enumeration gives it"));
        for analysis in [one, two, three] {
            let residuals = analysis.table("identities").unwrap().numbers("residual");
            assert!(residuals.iter().all(|residual| *residual < 1e-8), "{residuals:?}");
            assert!(analysis.warnings.is_empty(), "{:?}", analysis.warnings);
        }
    }
}

#[test]
fn moments_of_the_magnetization_are_those_of_the_reference() {
    let analysis = solve(&*prepare(torus(4, "auto", 2.269_185_314_213_022)).unwrap());
    for (name, value) in
        [("magnetization", 0.8438604448), ("magnetization_squared", 0.7613589086), ("binder", 0.6171993184)]
    {
        assert!((estimated(&analysis, name) - value).abs() < 1e-9, "{name}");
    }
}

#[test]
fn zero_is_the_limit_of_ground_states() {
    for method in ["enumeration", "elimination", "kaufman"] {
        let analysis = solve(&*prepare(torus(4, method, 0.0)).unwrap());
        assert_eq!(estimated(&analysis, "energy"), -32.0, "{method}");
        assert_eq!(estimated(&analysis, "free_energy"), -32.0);
        assert_eq!(estimated(&analysis, "heat_capacity"), 0.0);
        assert!((estimated(&analysis, "entropy") - core::f64::consts::LN_2).abs() < 1e-15);
        let infinite = analysis.get("log_partition").unwrap();
        assert!(infinite.value.is_none() && infinite.note.as_ref().unwrap().contains("infinite"));
        assert!(analysis.table("identities").is_none() && analysis.warnings.is_empty());
    }
    let cold = solve(&*prepare(levels(0.0)).unwrap());
    assert!(estimated(&cold, "log_partition").abs() < 1e-15, "the ground energy is 0 and not degenerate");
    let ground = cold.table("ground").unwrap();
    assert_eq!((ground.numbers("gap"), ground.numbers("gap_degeneracy")), (vec![1.0], vec![3.0]));
}

#[test]
fn below_zero_the_highest_levels_are_the_likeliest() {
    // Levels turned upside down at T are the levels at −T.
    let turned = json!({
        "temperature": 0.8,
        "model": { "levels": { "energies": [-0.0, -1.0, -2.5], "degeneracies": [1, 3, 1] } },
    });
    let (below, above) = (solve(&*prepare(levels(-0.8)).unwrap()), solve(&*prepare(turned).unwrap()));
    for (name, sign) in [
        ("log_partition", 1.0),
        ("energy", -1.0),
        ("free_energy", -1.0),
        ("entropy", 1.0),
        ("heat_capacity", 1.0),
    ] {
        assert!((estimated(&below, name) - sign * estimated(&above, name)).abs() < 1e-13, "{name}");
    }
}

#[test]
fn methods_out_of_reach_are_refused_with_numbers_and_a_way_out() {
    for (keys, path, part) in [
        (torus(7, "enumeration", 1.0), "method.name", "2^49 states are beyond enumeration"),
        (torus(40, "elimination", 1.0), "method.name", "sites open at once"),
        (
            json!({
                "temperature": 1.0,
                "model": { "ising": { "lattice": "cubic", "size": 6 } },
            }),
            "model.ising",
            "2^216 states are beyond enumeration (2^34 at most); elimination needs",
        ),
        (
            json!({
                "temperature": 1.0,
                "model": { "ising": { "lattice": "chain", "size": 9 } },
                "method": { "name": "kaufman" },
            }),
            "method.name",
            "kaufman is no method for",
        ),
    ] {
        let problems = prepare(keys.clone()).err().unwrap_or_else(|| panic!("{keys} was accepted"));
        assert_eq!(problems[0].path, path, "{keys}");
        assert!(problems[0].message.contains(part), "{keys}: {}", problems[0].message);
    }
}
