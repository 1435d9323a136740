//! The kind as a whole: keys, calibration against exact answers, story.

use super::*;
use crate::axis::{Axis, Coordinate};
use crate::exact::onsager;
use crate::figure::{Panel, Series};
use crate::input::testing::NO_FILES;
use crate::kind::StudyPoint;
use crate::kind::testing::Patient;
use crate::record::{Cell, Doubt, Estimate};
use crate::rng;
use rand::RngExt;
use std::ops::ControlFlow;

fn prepared(keys: &Value) -> Result<Box<dyn Experiment>, Vec<Problem>> {
    Sweep.prepare(keys, &Context { seed: 1, quick: false, ladder: &[], inputs: &NO_FILES })
}

fn keys(size: usize, temperature: f64, algorithm: &str, sweeps: usize) -> Value {
    json!({
        "temperature": temperature,
        "model": { "ising": { "lattice": "square", "size": size } },
        "sampler": { "algorithm": algorithm },
        "budget": { "thermalize": "auto", "sweeps": sweeps, "replicas": 4 },
    })
}

fn records(experiment: &dyn Experiment, seed: u64) -> Vec<Record> {
    let identity = experiment.identity().to_string();
    (0..experiment.replicas() as u64)
        .map(|replica| experiment.run(rng::stream(seed, "task", &identity, replica), &Patient).unwrap())
        .collect()
}

/// Squared pulls of energy and specific heat over random sizes and temperatures.
fn calibration(
    algorithm: &str,
    points: usize,
    sizes: std::ops::Range<usize>,
    sweeps: usize,
) -> [Vec<f64>; 2] {
    let mut draw = rng::stream(2024, "calibration", algorithm, 0);
    let mut pulls = [Vec::new(), Vec::new()];
    for _ in 0..points {
        let size = draw.random_range(sizes.clone());
        let temperature = draw.random_range(1.0..4.0);
        let experiment = prepared(&keys(size, temperature, algorithm, sweeps)).unwrap();
        let analysis = experiment.analyse(&records(experiment.as_ref(), 5));
        for (at, name) in ["energy_per_site", "specific_heat"].into_iter().enumerate() {
            let estimate = analysis.get(name).unwrap();
            if let Some(z) = estimate.z() {
                pulls[at].push(z);
            }
        }
    }
    pulls
}

#[test]
fn error_bars_are_calibrated_against_the_exact_torus() {
    for algorithm in ["metropolis", "wolff"] {
        for (name, pulls) in ["energy", "specific heat"].iter().zip(calibration(algorithm, 24, 4..13, 2000)) {
            assert!(pulls.len() >= 20, "{algorithm}: only {} pulls of the {name}", pulls.len());
            let chi2: f64 = pulls.iter().map(|z| z * z).sum();
            let count = pulls.len() as f64;
            // χ²/n = 1 ± √(2/n) = 1 ± 0.29 for exact normal pulls; Student's tails with some forty blocks add 5 %.
            assert!((0.25..2.35).contains(&(chi2 / count)), "{algorithm}, {name}: χ²/n = {}", chi2 / count);
            let worst = pulls.iter().fold(0.0_f64, |worst, z| worst.max(z.abs()));
            assert!(worst < 4.5, "{algorithm}, {name}: |z| = {worst}");
        }
    }
}

/// The acceptance run: 40 points up to L = 64 with the default-like budget; minutes, so only on demand.
#[test]
#[ignore = "takes minutes: cargo test --release -- --ignored calibration_at_full_budget"]
fn calibration_at_full_budget() {
    for algorithm in ["metropolis", "wolff"] {
        for (name, pulls) in ["energy", "specific heat"].iter().zip(calibration(algorithm, 40, 4..65, 20_000))
        {
            let chi2: f64 = pulls.iter().map(|z| z * z).sum();
            let worst = pulls.iter().fold(0.0_f64, |worst, z| worst.max(z.abs()));
            println!(
                "{algorithm}, {name}: χ²/n = {} over {}, worst {worst}",
                chi2 / pulls.len() as f64,
                pulls.len()
            );
            assert!((0.4..1.8).contains(&(chi2 / pulls.len() as f64)) && worst < 4.5);
        }
    }
}

/// τ of whole estimates, pooled over the replicas, against the known one of autoregressive energies.
#[test]
fn the_errors_of_tau_are_calibrated() {
    use crate::statistics::autocorrelation::tests::autoregressive;
    let experiment = prepared(&keys(4, 2.0, "metropolis", 5000)).unwrap();
    for rho in [0.5, 0.8] {
        let exact = 0.5 * (1.0 + rho) / (1.0 - rho);
        let (runs, mut sum, mut squares) = (120, 0.0, 0.0);
        for run in 0..runs {
            let mut stream = rng::stream(31, "pulls of tau", &format!("{rho}"), run);
            let records: Vec<Record> = (0..4)
                .map(|_| {
                    let mut record = Record::default();
                    record.put_series("energy", autoregressive(2500, rho, &mut stream));
                    record.put_series("magnetization", autoregressive(2500, rho, &mut stream));
                    record
                })
                .collect();
            let analysis = experiment.analyse(&records);
            let estimate = analysis.get("energy_per_site").unwrap();
            let pull = (estimate.tau.unwrap() - exact) / estimate.tau_error.unwrap();
            sum += pull;
            squares += pull * pull;
        }
        let runs = runs as f64;
        let mean = sum / runs;
        let variance = squares / runs - mean * mean;
        // The window leaves out a tail that is worth τ_W/2W of the error, a quarter at most; 4.5 standard errors besides. The
        // variance of unit pulls has the error √(2/120) = 0.13.
        assert!(mean.abs() < 0.25 + 4.5 / libm::sqrt(runs), "ρ = {rho}: pulls average {mean}");
        assert!(
            (variance - 1.0).abs() < 4.5 * libm::sqrt(2.0 / runs),
            "ρ = {rho}: pulls have variance {variance}"
        );
    }
}

#[test]
fn the_contract_file_prepares_at_every_point() {
    for size in [16, 32] {
        for step in 0..9 {
            let keys = keys(size, 1.6 + 0.2 * f64::from(step), "wolff", 20_000);
            let experiment = prepared(&keys).unwrap();
            assert_eq!(experiment.replicas(), 4);
            assert!(experiment.cost().work > 20_000.0 * (size * size) as f64);
        }
    }
    let defaults = json!({ "temperature": 2, "model": { "ising": { "lattice": "square", "size": 4 } } });
    let experiment = prepared(&defaults).unwrap();
    let identity = experiment.identity();
    assert_eq!(identity["budget"], json!({ "thermalize": "auto", "sweeps": 10_000 }));
    assert_eq!(identity["sampler"], json!({ "algorithm": "metropolis" }));
    let fixed = json!({ "temperature": 2.0, "model": { "ising": { "lattice": "square", "size": 4 } }, "budget": { "thermalize": 50 } });
    assert_eq!(prepared(&fixed).unwrap().identity()["budget"]["thermalize"], json!(50));
    let quick =
        Sweep.prepare(&defaults, &Context { seed: 1, quick: true, ladder: &[], inputs: &NO_FILES }).unwrap();
    assert_eq!(quick.identity()["budget"]["sweeps"], json!(500));
}

#[test]
fn impossible_requests_are_refused_at_their_keys() {
    let mut bad = keys(8, -1.0, "wolf", 50);
    bad["model"]["ising"]["field"] = json!(0.1);
    let paths: Vec<String> = prepared(&bad).err().unwrap().into_iter().map(|problem| problem.path).collect();
    assert_eq!(paths, ["temperature", "sampler.algorithm", "budget.sweeps"]);
    let mut field = keys(8, 2.0, "wolff", 1000);
    field["model"]["ising"]["field"] = json!(0.1);
    let problems = prepared(&field).err().unwrap();
    assert_eq!(problems[0].path, "sampler.algorithm");
    assert!(problems[0].message.contains("field"), "{}", problems[0].message);
}

#[test]
fn a_frozen_chain_has_a_value_and_a_note_but_no_error() {
    let experiment = prepared(&keys(8, 0.1, "metropolis", 200)).unwrap();
    let analysis = experiment.analyse(&records(experiment.as_ref(), 1));
    let find = |name: &str| -> &Estimate { analysis.get(name).unwrap() };
    assert_eq!((find("energy_per_site").value, find("energy_per_site").std_error), (Some(-2.0), None));
    assert_eq!((find("specific_heat").value, find("specific_heat").std_error), (Some(0.0), None));
    assert!((find("binder").value.unwrap() - 2.0 / 3.0).abs() < 1e-12);
    assert_eq!(
        find("energy_per_site").note.as_deref(),
        Some("no fluctuation was seen in 800 sweeps, so no error can be given")
    );
    for estimate in &analysis.estimates {
        assert!(estimate.value.is_some_and(f64::is_finite), "{}", estimate.quantity.name);
    }
}

#[test]
fn a_short_critical_chain_warns() {
    let t_c = onsager::critical_temperature(1.0);
    let experiment = prepared(&keys(24, t_c, "metropolis", 400)).unwrap();
    let analysis = experiment.analyse(&records(experiment.as_ref(), 1));
    assert!(analysis.get("magnetization").unwrap().value.is_some());
    assert!(
        analysis.warnings.iter().any(|doubt| doubt.text.contains("independent samples")),
        "{:?}",
        analysis.warnings
    );
}

#[test]
fn enumeration_stands_in_where_kaufman_does_not_apply() {
    let mut field = keys(3, 2.0, "metropolis", 4000);
    field["model"]["ising"]["field"] = json!(0.3);
    let experiment = prepared(&field).unwrap();
    let analysis = experiment.analyse(&records(experiment.as_ref(), 3));
    for name in ["energy_per_site", "specific_heat"] {
        let z = analysis.get(name).unwrap().z().unwrap();
        assert!(z.abs() < 4.5, "{name}: z = {z}");
    }
}

#[test]
fn a_stopped_task_says_so() {
    struct Impatient;
    impl Control for Impatient {
        fn advance(&self, _: f64) -> ControlFlow<()> {
            ControlFlow::Break(())
        }
    }
    let experiment = prepared(&keys(32, 2.0, "metropolis", 10_000)).unwrap();
    let outcome = experiment.run(rng::stream(1, "task", "", 0), &Impatient);
    assert!(matches!(outcome, Err(RunError::Stopped)));
}

/// Prepares, runs, analyses and presents sizes × temperatures.
fn story(sizes: &[usize], temperatures: &[f64]) -> Story {
    story_of(("wolff", 800), sizes, temperatures)
}

/// The same for a sampler and a number of sweeps.
fn story_of((algorithm, sweeps): (&str, usize), sizes: &[usize], temperatures: &[f64]) -> Story {
    let mut runs = Vec::new();
    for &temperature in temperatures {
        for &size in sizes {
            let experiment = prepared(&keys(size, temperature, algorithm, sweeps)).unwrap();
            let analysis = experiment.analyse(&records(experiment.as_ref(), 9));
            let at = vec![Coordinate::Real(temperature), Coordinate::Integer(size as i64)];
            runs.push((at, experiment, analysis));
        }
    }
    let points: Vec<StudyPoint<'_>> = runs
        .iter()
        .enumerate()
        .map(|(index, (coordinates, experiment, analysis))| StudyPoint {
            index,
            coordinates,
            experiment: experiment.as_ref(),
            analysis,
        })
        .collect();
    let axes = [
        Axis {
            path: "temperature".to_owned(),
            values: temperatures.iter().map(|value| Coordinate::Real(*value)).collect(),
        },
        Axis {
            path: "model.ising.size".to_owned(),
            values: sizes.iter().map(|value| Coordinate::Integer(*value as i64)).collect(),
        },
    ];
    let story = Sweep.present(&Study { title: "test", seed: 9, quick: false, axes: &axes, points: &points });
    crate::kinds::tests::facts_fit(&Sweep, &story.facts);
    story
}

#[test]
fn the_story_has_its_figures_and_tested_claims() {
    let story = story(&[4, 8, 16], &[1.8, 2.1, 2.3, 2.5, 3.0]);
    let ids: Vec<&str> = story.figures.iter().map(|figure| figure.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "specific-heat",
            "observables",
            "collapse",
            "snapshots",
            "reweighted",
            "free-energy",
            "memory",
            "diagnostics"
        ]
    );
    let snapshots = &story.figures[3];
    let frames = snapshots.frames.as_ref().unwrap();
    assert_eq!((frames.frames.len(), frames.start), (5, 2), "the slider starts nearest to T_c");
    for panel in frames.frames.iter().flat_map(|frame| &frame.panels) {
        let Panel::Images(grid) = panel else { panic!("images") };
        assert_eq!((grid.images.len(), grid.images[0].len()), (1, 256));
        assert!(grid.images[0].iter().all(|spin| spin.abs() == 1.0));
        assert!(grid.images[0].iter().sum::<f64>() <= 0.0, "turned to one side");
    }
    // Near T_c the scaled order parameters of the larger sizes nearly agree, and the axis spans what L = 4 covers.
    let Panel::Chart(collapse) = &story.figures[2].panels[0] else { panic!("a chart") };
    let near = |series: &Series| series.points.iter().find(|point| point.x.abs() < 0.3).unwrap().y;
    let ratio = near(&collapse.series[1]) / near(&collapse.series[2]);
    assert!((ratio - 1.0).abs() < 0.15, "{ratio}");
    assert!(collapse.series[2].points.len() < collapse.series[0].points.len());
    let strips: Vec<bool> = story.figures[1]
        .panels
        .iter()
        .map(|panel| matches!(panel, Panel::Chart(chart) if chart.pulls))
        .collect();
    assert_eq!(strips, [true, false, false, false], "the energy has exact values to be set beside");
    assert!(story.figures[1].caption.contains("The strip below the energy shows"));
    assert!(story.answer.contains("16") && story.answer.contains("T_c = 2.2692"), "{}", story.answer);
    assert_eq!(story.facts["energies"]["count"], json!(15));
    assert_eq!(story.facts["energies"]["consistent"], json!(true));
    assert_eq!(story.facts["growth"]["line"]["sizes"], json!(3));
    let nu = story.facts["shift"]["nu"].as_f64().unwrap();
    assert!((0.7..1.3).contains(&nu), "{nu}");
    let response = &story.facts["response"];
    assert!(response.is_null() || response["high"].as_f64() <= Some(1.1 * response["low"].as_f64().unwrap()));
    assert_eq!(story.facts["peaks"].as_array().unwrap().len(), 3);
    assert_eq!(story.facts["slowest"]["total"], json!(3200));
    for figure in &story.figures[..3] {
        assert!(
            figure.caption.contains("$N$ = 16, 64 and 256 spins; 4 chains of 800 sweeps"),
            "{}",
            figure.caption
        );
        assert!(figure.caption.ends_with("seed 9."), "{}", figure.caption);
    }
    let frozen = self::story(&[8], &[0.2, 0.3]);
    assert!(frozen.warnings[0].contains("the energy never changed"), "{:?}", frozen.warnings);
    let single = self::story(&[6], &[2.0]);
    assert_eq!(single.figures[0].id, "energies");
    assert!(single.answer.starts_with("At $T = 2$ the energy per site is"), "{}", single.answer);
}

#[test]
fn temperatures_that_overlap_are_joined_and_agree_with_kaufman() {
    let story = story_of(("wolff", 3000), &[8, 16], &[1.9, 2.1, 2.25, 2.35, 2.5, 2.8]);
    let names: Vec<&str> = story.tables.iter().map(|table| table.name).collect();
    assert_eq!(names[..3], ["reweighted", "peaks", "free_energy"]);
    let curve = story.tables[0].clone();
    let column = |name: &str| curve.columns.iter().position(|column| *column == name).unwrap();
    let (mut within, mut count) = (0, 0);
    for row in &curve.rows {
        let Cell::Text(label) = &row[0] else { panic!("a label") };
        let size = if label == "L = 8" { 8 } else { 16 };
        let at = |name: &str| row[column(name)].number().unwrap();
        let lattice = crate::models::SquareLattice { rows: size, columns: size, coupling: 1.0 };
        let exact = crate::exact::kaufman::torus(lattice, at("temperature")).unwrap();
        for (name, error, exact) in [
            ("energy_per_site", "energy_per_site_error", exact.energy_per_site),
            ("specific_heat", "specific_heat_error", exact.specific_heat),
        ] {
            let z = (at(name) - exact) / at(error);
            // Some five hundred values, strongly correlated.
            assert!(z.abs() < 4.7, "{label}, T = {}: {name} is off by {z} errors", at("temperature"));
            within += usize::from(z.abs() < 2.0);
            count += 1;
        }
    }
    assert!(count > 200 && within * 4 > count * 3, "{within} of {count} within two errors");
    for row in &story.tables[2].rows {
        let numbers: Vec<Option<f64>> = row.iter().map(Cell::number).collect();
        let [Some(found), Some(error), Some(integral), Some(of_integral), Some(bound), Some(exact)] =
            numbers[2..8]
        else {
            panic!("{row:?}")
        };
        assert!((found - exact).abs() <= 4.7 * error, "{row:?}");
        assert!((integral - exact).abs() <= 4.7 * of_integral + bound, "{row:?}");
        // L = 8 meets its ground states, which make it absolute; from T = 2.8 an integral from infinite temperature is too far.
        match (row[0] == Cell::from("L = 8"), &numbers[8..11]) {
            (true, &[Some(free), Some(error), Some(exact)]) => {
                assert!((free - exact).abs() <= 4.7 * error, "{row:?}");
            }
            (false, [None, None, Some(_)]) => {}
            _ => panic!("{row:?}"),
        }
    }
    let joined = &story.facts["joined"];
    assert_eq!(joined["gaps"], json!([]));
    for row in joined["peaks"].as_array().unwrap() {
        let number = |name: &str, part: &str| row[name][part].as_f64().unwrap();
        for (name, exact) in [("heat_temperature", "exact_temperature"), ("heat", "exact_heat")] {
            let z = (number(name, "value") - row[exact].as_f64().unwrap()) / number(name, "error");
            assert!(z.abs() < 4.5, "{name}: {row}");
        }
    }
    // Far apart nothing is joined, and the page says so.
    let apart = story_of(("wolff", 400), &[16], &[1.0, 4.0]);
    let joined = &apart.facts["joined"];
    assert!(apart.tables.is_empty() && joined["blocks"] == json!(0), "{joined}");
    assert_eq!((&joined["gaps"][0]["low"], &joined["gaps"][0]["high"]), (&json!(1.0), &json!(4.0)));
}

#[test]
fn the_doubts_of_every_point_reach_the_story() {
    let story = story_of(("metropolis", 100), &[24], &[2.27, 2.3]);
    let told = |text: &&String| {
        text.starts_with("At all 2 points, worst at $T = 2.") && text.contains("$, $L = 24$: Only about")
    };
    assert!(story.warnings.iter().any(|text| told(&text)), "{:?}", story.warnings);
    let single = story_of(("metropolis", 100), &[24], &[2.27]);
    let placed = |text: &&String| text.starts_with("At $T = 2.27$, $L = 24$: Only about");
    assert!(single.warnings.iter().any(|text| placed(&text)), "{:?}", single.warnings);
}

#[test]
fn doubts_are_told_once_of_the_worst_and_the_gravest_first() {
    let experiment = prepared(&keys(4, 2.0, "wolff", 100)).unwrap();
    let doubt = |about, excess, text: &str| Doubt { about, excess, text: text.to_owned() };
    let few = |excess, text| doubt("samples", excess, text);
    let each = [
        vec![doubt("drift", 4.0, "it drifts"), few(3.0, "few"), doubt("remark", 0.0, "note")],
        vec![few(8.0, "fewest"), doubt("remark", 0.0, "note")],
        vec![few(2.0, "not many"), doubt("remark", 0.0, "note")],
        vec![doubt("remark", 0.0, "note")],
    ];
    let analyses = each.map(|warnings| Analysis { warnings, ..Analysis::default() });
    let points: Vec<StudyPoint<'_>> = analyses
        .iter()
        .enumerate()
        .map(|(index, analysis)| StudyPoint {
            index,
            coordinates: &[],
            experiment: experiment.as_ref(),
            analysis,
        })
        .collect();
    let study = Study { title: "test", seed: 9, quick: false, axes: &[], points: &points };
    assert_eq!(
        study.doubts(|point| format!("$n = {}$", point.index)),
        ["At 3 of 4 points, worst at $n = 1$: fewest", "At $n = 0$: it drifts", "At all 4 points: note"]
    );
    let alone = Study { points: &points[..1], ..study };
    assert_eq!(alone.doubts(|_| String::new()), ["it drifts", "few", "note"]);
}

#[test]
fn the_schema_and_the_starter_name_what_exists() {
    let schema = Sweep.schema();
    let words = &schema["properties"]["sampler"]["properties"]["algorithm"]["enum"];
    assert!(words.as_array().unwrap().contains(&json!("wolff")), "{schema:#}");
    assert_eq!(schema["properties"]["budget"]["properties"]["sweeps"]["minimum"], json!(100));
    assert_eq!(schema["additionalProperties"], json!(false));
    let starter: toml::Table = toml::from_str(Sweep.starter()).unwrap();
    assert_eq!(starter["kind"].as_str(), Some("sweep"));
    for name in Sweep.quantities() {
        assert!(crate::quantity::find(name).is_some(), "{name}");
    }
}

#[test]
fn chains_start_in_the_ground_state_where_it_is_plain() {
    let frozen = |change: &dyn Fn(&mut Value)| {
        let mut keys = keys(4, 0.05, "metropolis", 100);
        change(&mut keys["model"]["ising"]);
        keys["budget"] = json!({ "thermalize": 0, "sweeps": 100, "replicas": 1 });
        let experiment = prepared(&keys).unwrap();
        let record = &records(experiment.as_ref(), 2)[0];
        assert_eq!(record.scalar("thermalization_sweeps"), Some(0.0));
        (record.series("energy")[0], record.series("magnetization")[0])
    };
    assert_eq!(frozen(&|_| {}), (-32.0, 16.0));
    assert_eq!(frozen(&|ising| ising["coupling"] = json!(-1.0)), (-32.0, 0.0));
    assert_eq!(frozen(&|ising| ising["field"] = json!(-0.5)), (-40.0, -16.0));
    assert_eq!(frozen(&|ising| ising["boundary"] = json!("open")), (-24.0, 16.0));
}

#[test]
fn words_make_curves_and_the_first_numeric_axis_makes_x() {
    let mut runs = Vec::new();
    for algorithm in ["metropolis", "wolff"] {
        for size in [4, 6] {
            let experiment = prepared(&keys(size, 2.2, algorithm, 200)).unwrap();
            let analysis = experiment.analyse(&records(experiment.as_ref(), 4));
            let at = vec![Coordinate::Word(algorithm.to_owned()), Coordinate::Integer(size as i64)];
            runs.push((at, experiment, analysis));
        }
    }
    let points: Vec<StudyPoint<'_>> = runs
        .iter()
        .enumerate()
        .map(|(index, (coordinates, experiment, analysis))| StudyPoint {
            index,
            coordinates,
            experiment: experiment.as_ref(),
            analysis,
        })
        .collect();
    let axis = |path: &str, at: usize| Axis {
        path: path.to_owned(),
        values: runs.iter().map(|(coordinates, ..)| coordinates[at].clone()).collect(),
    };
    let axes = [axis("sampler.algorithm", 0), axis("model.ising.size", 1)];
    let study = Study { title: "test", seed: 4, quick: false, axes: &axes, points: &points };
    let layout = layout::layout(&study);
    assert_eq!((layout.x, layout.is_temperature), (Some(1), false));
    let labels: Vec<&str> = layout.curves.iter().map(|curve| curve.label.as_str()).collect();
    assert_eq!(labels, ["Metropolis", "Wolff"]);
    let story = Sweep.present(&study);
    assert!(story.question.starts_with("How much sooner does "), "{}", story.question);
    assert!(story.answer.starts_with("At $L = "), "{}", story.answer);
    assert!(story.answer.contains(", where they differ most, "), "{}", story.answer);
    assert_eq!(story.facts["algorithm"], json!("Metropolis and Wolff"));
    assert_eq!((story.figures[0].id.as_str(), &story.facts["memory_leads"]), ("memory", &json!(true)));
    crate::kinds::tests::facts_fit(&Sweep, &story.facts);
    let samplers = &story.facts["samplers"];
    let number = |name: &str, part: &str| samplers[name][part].as_f64().unwrap();
    let (slow, quick) = (number("tau_slow", "value"), number("tau_quick", "value"));
    assert!(slow >= quick, "{samplers}");
    let relative = libm::hypot(number("tau_slow", "error") / slow, number("tau_quick", "error") / quick);
    assert!((number("ratio", "error") * quick / slow / relative - 1.0).abs() < 1e-12, "{samplers}");
    // Metropolis proposes each spin once a sweep on average; what Wolff's clusters flip is counted.
    let chains = |at: usize| runs[at].2.table("chains").unwrap().numbers("updates_per_spin");
    assert_eq!(chains(0), [1.0; 4]);
    assert!(chains(2).iter().all(|updates| (0.4..2.5).contains(updates)), "{:?}", chains(2));
    // What belongs to one sampler is told of it by its name.
    let caption = &story.figures[0].caption;
    assert!(
        caption.contains(". Per point, Metropolis: 4 chains of 200 sweeps, run-in of ")
            && caption.contains("; Wolff: 4 chains of 200 sweeps, run-in of "),
        "{caption}"
    );
    let called = |at: usize| runs[at].2.get("acceptance").unwrap().called;
    assert_eq!((called(0), called(2)), (None, Some("mean cluster size / N")));
    assert!(samplers["place"].as_str().unwrap().starts_with("$L = "), "{samplers}");
}

#[test]
fn the_slope_of_the_energy_is_set_beside_its_fluctuations() {
    let story = story_of(("wolff", 2000), &[4, 8], &[2.0, 2.15, 2.6, 2.8]);
    let response = &story.facts["response"];
    assert_eq!((&response["low"], &response["high"]), (&json!(2.0), &json!(2.15)), "{response}");
    assert_eq!(response["label"], json!("$L = 8$"));
    assert!(response["pull"].as_f64().unwrap().abs() < 4.5, "{response}");
}

#[test]
fn a_study_without_points_still_has_every_fact() {
    let story = story(&[], &[]);
    assert_eq!(story.facts["empty"], json!(true));
}

/// Units 0 and 1 are sampled as spins: the constant that this leaves over must be in the energies.
#[test]
fn a_boltzmann_machine_is_sampled_at_its_own_energies() {
    let (biases, couplings) = ([0.5, -1.0, 0.3, -0.4], [(0, 1, 1.6), (1, 2, -1.1), (2, 3, 0.8), (0, 3, 0.7)]);
    let listed: Vec<Value> = couplings.iter().map(|(i, j, w)| json!([i, j, w])).collect();
    for (units, low) in [("binary", 0.0), ("spin", -1.0)] {
        let keys = json!({
            "temperature": 0.9,
            "model": { "boltzmann_machine": { "biases": biases, "couplings": listed, "units": units } },
            "budget": { "sweeps": 20_000, "replicas": 4 },
        });
        let experiment = prepared(&keys).unwrap();
        let analysis = experiment.analyse(&records(experiment.as_ref(), 3));
        let energies = (0..16_usize).map(|code| {
            let s: Vec<f64> = (0..4).map(|i| if code >> i & 1 == 1 { 1.0 } else { low }).collect();
            let alone: f64 = biases.iter().zip(&s).map(|(bias, s)| bias * s).sum();
            let paired: f64 = couplings.iter().map(|(i, j, w)| w * s[*i] * s[*j]).sum();
            -alone - paired
        });
        let energies: Vec<f64> = energies.collect();
        let weights: Vec<f64> = energies.iter().map(|energy| libm::exp(-energy / 0.9)).collect();
        let z: f64 = weights.iter().sum();
        let mean = energies.iter().zip(&weights).map(|(e, w)| e * w).sum::<f64>() / z;
        let square = energies.iter().zip(&weights).map(|(e, w)| e * e * w).sum::<f64>() / z;
        for (name, exact) in
            [("energy_per_site", mean / 4.0), ("specific_heat", (square - mean * mean) / (4.0 * 0.81))]
        {
            let estimate = analysis.get(name).unwrap();
            assert!((estimate.reference.unwrap().0 - exact).abs() < 1e-12, "{name} of {units} units");
            assert!(estimate.z().unwrap().abs() < 4.5, "{name} of {units} units");
        }
    }
}
