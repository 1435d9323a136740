//! Sweeps of a fluid: estimates against quadrature and published values, g(r), refusals, the story.

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
    temperature: f64,
    sweeps: usize,
    more: &Value,
) -> Result<Box<dyn Experiment>, Vec<Problem>> {
    let mut keys = json!({
        "temperature": temperature,
        "model": { "lennard_jones": model },
        "budget": { "sweeps": sweeps, "replicas": 4 },
    });
    keys.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Sweep.prepare(&keys, &Context { seed: 1, quick: false, ladder: &[], inputs: &NO_FILES })
}

fn records(experiment: &dyn Experiment, seed: u64) -> Vec<Record> {
    let identity = experiment.identity().to_string();
    let replica = |replica| experiment.run(rng::stream(seed, "task", &identity, replica), &Patient).unwrap();
    (0..4).map(replica).collect()
}

#[test]
fn two_particles_agree_with_quadrature() {
    for (model, temperature) in [
        (json!({ "particles": 2, "density": 0.05 }), 0.7),
        (json!({ "particles": 2, "density": 0.05, "cutoff": 1.5, "tail_correction": false }), 2.0),
        (json!({ "particles": 2, "density": 0.1, "dimensions": 2 }), 0.7),
    ] {
        let experiment = prepared(&model, temperature, 20_000, &json!({})).unwrap();
        let analysis = experiment.analyse(&records(experiment.as_ref(), 3));
        let known: Vec<&str> = analysis.estimates.iter().map(|estimate| estimate.quantity.name).collect();
        assert_eq!(known, experiment.quantities());
        let pulls: Vec<f64> = analysis.estimates.iter().filter_map(Estimate::z).collect();
        assert_eq!(pulls.len(), 4);
        assert!(pulls.iter().all(|z| z.abs() < 4.5), "{model}: {pulls:?}");
        assert!(analysis.warnings.is_empty(), "{model}: {:?}", analysis.warnings);
        // g(r), whose shells share the same chains.
        let table = analysis.table(structure::NAME).unwrap();
        let pull = |row: &Vec<crate::record::Cell>| {
            Some((row[1].number()? - row[3].number()?) / row[2].number().filter(|error| *error > 0.0)?)
        };
        let pulls: Vec<f64> = table.rows.iter().filter_map(pull).collect();
        let worst = pulls.iter().fold(0.0_f64, |worst, z| worst.max(z.abs()));
        assert!(pulls.len() > 20 && worst < 5.5, "{model}: {pulls:?}");
        let chi2 = pulls.iter().map(|z| z * z).sum::<f64>() / pulls.len() as f64;
        assert!((0.3..2.0).contains(&chi2), "{model}: {chi2}");
    }
}

#[test]
fn energy_and_pressure_follow_from_the_radial_distribution_function() {
    // U = N(N−1)/2V ∫ g u dV and the virial likewise: of the same chains, up to the width of the shells.
    let experiment = prepared(
        &json!({ "particles": 60, "density": 0.3, "tail_correction": false }),
        1.5,
        2000,
        &json!({}),
    )
    .unwrap();
    let analysis = experiment.analyse(&records(experiment.as_ref(), 3));
    let fluid = Fluid { particles: 60, dimensions: 3, density: 0.3, cutoff: 2.5, tail_correction: false };
    let table = analysis.table(structure::NAME).unwrap();
    let width = table.numbers("r")[0];
    let pairs = 30.0 * 59.0 / fluid.volume();
    let energy: f64 = table
        .rows
        .iter()
        .filter_map(|row| {
            let (r, g) = (row[0].number()?, row[1].number()?);
            let shell = fluid.ball(r + width) - fluid.ball(r - width);
            let u = if r < 2.5 { 4.0 * (libm::pow(r, -12.0) - libm::pow(r, -6.0)) } else { 0.0 };
            (g > 0.0).then_some(pairs * shell * g * u)
        })
        .sum();
    let measured = analysis.get("energy").unwrap();
    let off = energy - measured.value.unwrap();
    // Shells of 0.025 blur the steep core by a few per cent.
    assert!(off.abs() < 0.05 * measured.value.unwrap().abs(), "{energy}, {measured:?}");
}

#[test]
fn other_samplers_and_meaningless_keys_are_refused_with_a_way_out() {
    let model = json!({ "particles": 32, "density": 0.3 });
    for entry in crate::samplers::SAMPLERS {
        let found = prepared(&model, 1.0, 1000, &json!({ "sampler": { "algorithm": entry.name } }));
        if ["metropolis", "auto"].contains(&entry.name) {
            assert!(found.is_ok(), "{}", entry.name);
            continue;
        }
        let problem = found.err().unwrap().remove(0);
        assert_eq!(problem.path, "sampler.algorithm");
        assert!(problem.message.contains("`metropolis`"), "{}", problem.message);
    }
    for (keys, path) in [
        (json!({ "sampler": { "algorithm": "metropolis", "step": 0.1 } }), "sampler.step"),
        (json!({ "measure": { "correlation": true } }), "measure.correlation"),
        (json!({ "budget": { "target_error": { "pressure": 0.1 } } }), "budget.target_error"),
    ] {
        let problems = prepared(&model, 1.0, 1000, &keys).err().unwrap();
        assert!(problems[0].path == path && !problems[0].help.is_empty(), "{problems:?}");
    }
}

#[test]
fn what_is_chosen_is_what_would_be_given() {
    let model = json!({ "density": 0.3 });
    let of = |more: Value| prepared(&model, 1.0, 1000, &more).unwrap().identity();
    assert_eq!(of(json!({})), of(json!({ "sampler": { "algorithm": "auto" } })));
    let corrected = prepared(&json!({ "density": 0.3, "tail_correction": false }), 1.0, 1000, &json!({}));
    assert_ne!(of(json!({})), corrected.unwrap().identity());
}

#[test]
fn a_given_run_in_is_kept_to_and_looks_fill_the_blocks() {
    for (sweeps, blocks) in [(100, 25), (150, 32)] {
        let more = json!({ "budget": { "sweeps": sweeps, "replicas": 4, "thermalize": 7 } });
        let experiment = prepared(&json!({ "particles": 32, "density": 0.3 }), 1.0, 100, &more).unwrap();
        let record = &records(experiment.as_ref(), 1)[0];
        assert_eq!(record.scalar("thermalization_sweeps"), Some(7.0));
        assert_eq!(record.series("pressure").len(), sweeps);
        let shape = &record.arrays[structure::NAME].shape;
        assert_eq!(shape[0], blocks);
        assert!(
            record.series(structure::NAME).chunks_exact(shape[1]).all(|row| row.iter().any(|g| *g > 0.0))
        );
    }
}

fn story(model: &Value, key: &str, values: &[f64]) -> crate::kind::Story {
    let experiment = |value: &f64| match key {
        "temperature" => prepared(model, *value, 400, &json!({})).unwrap(),
        _ => {
            let mut model = model.clone();
            model["density"] = json!(value);
            prepared(&model, 1.2, 400, &json!({})).unwrap()
        }
    };
    let experiments: Vec<Box<dyn Experiment>> = values.iter().map(experiment).collect();
    let analyses: Vec<Analysis> =
        experiments.iter().map(|experiment| experiment.analyse(&records(experiment.as_ref(), 4))).collect();
    let path = if key == "temperature" { key.to_owned() } else { format!("model.lennard_jones.{key}") };
    let axes = [Axis { path, values: values.iter().map(|value| Coordinate::Real(*value)).collect() }];
    let several = values.len() > 1;
    let coordinates: Vec<Vec<Coordinate>> = values
        .iter()
        .map(|value| if several { vec![Coordinate::Real(*value)] } else { Vec::new() })
        .collect();
    let points: Vec<StudyPoint<'_>> = (0..values.len())
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
    story
}

#[test]
fn the_story_tells_energy_pressure_and_structure() {
    let ids = |story: &crate::kind::Story| -> Vec<String> {
        story.figures.iter().map(|figure| figure.id.clone()).collect()
    };
    let one = story(&json!({ "particles": 32, "density": 0.6 }), "temperature", &[1.0]);
    assert_eq!(ids(&one), ["structure", "diagnostics"]);
    assert!(one.question.contains("32 Lennard-Jones particles"), "{}", one.question);
    let told = ["At $T = 1$, $\\rho = 0.6$", "energy per particle", "pressure", "$g(r)$ is largest"];
    assert!(told.iter().all(|words| one.answer.contains(words)), "{}", one.answer);
    let many = story(&json!({ "particles": 32 }), "density", &[0.1, 0.3, 0.5, 0.7]);
    assert_eq!(ids(&many), ["observables", "structure", "memory", "diagnostics"]);
    assert!(many.question.contains("depend on the density"), "{}", many.question);
    assert_eq!(many.facts["fluid"]["one_density"], json!(false));
    let two = story(&json!({ "particles": 2, "density": 0.05 }), "temperature", &[0.8, 1.6]);
    assert_eq!(two.facts["compared"], json!(true));
    assert!(two.answer.contains("exact"), "{}", two.answer);
}

/// The NIST Standard Reference Simulation Website's results for the whole potential cut at 3σ with corrections, N = 500, Monte Carlo at
/// constant N, V, T (mmlapps.nist.gov/srs/LJ_PURE/mc.htm; SRD 173, doi:10.18434/T4M88Q): T, ρ, U/N ± its error, p ± its error.
const NIST: [[f64; 6]; 2] = [
    [0.85, 0.776, -5.5121, 4.55e-4, 6.7714e-3, 1.72e-3],
    [0.90, 0.776, -5.4689, 4.20e-4, 2.4056e-1, 2.74e-3],
];

#[test]
#[ignore = "minutes in an optimised build: cargo test --release -- --ignored liquids"]
fn liquids_have_the_energies_and_pressures_that_nist_publishes() {
    for [temperature, density, energy, energy_error, pressure, pressure_error] in NIST {
        let model = json!({ "particles": 500, "density": density, "cutoff": 3.0 });
        let experiment = prepared(&model, temperature, 10_000, &json!({})).unwrap();
        let analysis = experiment.analyse(&records(experiment.as_ref(), 5));
        assert!(!analysis.warnings.iter().any(|doubt| doubt.about == "thermalisation"));
        for (name, published, error) in
            [("energy_per_particle", energy, energy_error), ("pressure", pressure, pressure_error)]
        {
            let found = analysis.get(name).unwrap();
            let (value, own) = (found.value.unwrap(), found.std_error.unwrap());
            let pull = (value - published) / libm::hypot(own, error);
            assert!(
                pull.abs() < 4.5,
                "{name} at T = {temperature}, ρ = {density}: {value} ± {own}, published {published} ± {error}"
            );
        }
    }
}
