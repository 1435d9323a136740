//! Sweeps that run for an error, and sweeps whose temperatures share a run.

use super::*;
use crate::input::testing::NO_FILES;
use crate::kind::testing::Patient;
use crate::kinds::sweep::spec::SweepExperiment;
use crate::rng;

fn prepared(keys: &Value, ladder: &[f64]) -> Result<Box<dyn Experiment>, Vec<Problem>> {
    Sweep.prepare(keys, &Context { seed: 1, quick: false, ladder, inputs: &NO_FILES })
}

fn keys(budget: Value, algorithm: &str, temperature: f64) -> Value {
    json!({
        "temperature": temperature,
        "model": { "ising": { "lattice": "square", "size": 8 } },
        "sampler": { "algorithm": algorithm },
        "budget": budget,
    })
}

fn records(experiment: &dyn Experiment) -> Vec<Record> {
    let identity = experiment.identity().to_string();
    let replica = |replica| experiment.run(rng::stream(3, "task", &identity, replica), &Patient).unwrap();
    (0..experiment.replicas() as u64).map(replica).collect()
}

#[test]
fn a_target_is_reached_or_what_it_would_take_is_told() {
    let budget = |most: u64, error: f64| json!({ "sweeps": 300, "max_sweeps": most, "replicas": 4, "target_error": { "energy_per_site": error } });
    let experiment = prepared(&keys(budget(200_000, 1e-3), "metropolis", 3.0), &[]).unwrap();
    let done = records(experiment.as_ref());
    let analysis = experiment.analyse(&done);
    let energy = analysis.get("energy_per_site").unwrap();
    let reached = energy.std_error.unwrap();
    // Replicas stop when their own estimates of the error say so, each of which is uncertain by a tenth or so.
    assert!((0.6e-3..1.15e-3).contains(&reached), "{reached}");
    assert!(energy.z().unwrap().abs() < 4.5, "{energy:?}");
    assert!(analysis.warnings.is_empty(), "{:?}", analysis.warnings);
    let lengths: Vec<usize> = done.iter().map(|record| record.series("energy").len()).collect();
    assert!(lengths.iter().all(|length| (600..200_000).contains(length)), "{lengths:?}");
    assert!(energy.r_hat.is_some());

    let experiment = prepared(&keys(budget(600, 1e-5), "metropolis", 3.0), &[]).unwrap();
    let done = records(experiment.as_ref());
    let analysis = experiment.analyse(&done);
    let doubt = analysis.warnings.iter().find(|doubt| doubt.about == "target error").unwrap();
    assert!(doubt.text.contains("raise `budget.max_sweeps`"), "{}", doubt.text);
    assert!(done.iter().all(|record| record.series("energy").len() == 600));
}

#[test]
fn targets_that_make_no_sense_are_refused() {
    for (budget, path) in [
        (json!({ "target_error": { "entropy": 1e-3 } }), "budget.target_error.entropy"),
        (json!({ "target_error": { "energy_per_site": 0.0 } }), "budget.target_error.energy_per_site"),
        (json!({ "target_error": {} }), "budget.target_error"),
        (json!({ "target_error": { "binder": 1e-3 }, "max_sweeps": 10 }), "budget.max_sweeps"),
        (json!({ "max_sweeps": 1_000_000 }), "budget.max_sweeps"),
    ] {
        let problems = prepared(&keys(budget, "metropolis", 3.0), &[]).err().unwrap();
        assert!(
            problems.iter().any(|problem| problem.path == path && !problem.message.is_empty()),
            "{problems:?}"
        );
    }
    let tempered = keys(json!({ "target_error": { "energy_per_site": 1e-3 } }), "parallel_tempering", 3.0);
    assert!(prepared(&tempered, &[2.0, 3.0]).is_err());
    for (key, value) in [("ladder", json!("given")), ("relaxation", json!(3))] {
        let mut plain = keys(json!({}), "metropolis", 3.0);
        plain["sampler"][key] = value;
        let problems = prepared(&plain, &[]).err().unwrap();
        assert_eq!(problems[0].path, format!("sampler.{key}"));
    }
    let run_in = keys(json!({ "thermalize": 100 }), "population_annealing", 3.0);
    assert_eq!(prepared(&run_in, &[]).err().unwrap()[0].path, "budget.thermalize");
}

#[test]
fn the_temperatures_of_a_ladder_share_a_run_and_give_the_exact_averages() {
    let ladder = [2.0, 2.4, 3.0];
    for (algorithm, sweeps, compared) in [
        ("parallel_tempering", 3000, 2),
        ("population_annealing", 1500, 3),
        ("annealed_importance", 1500, 3),
        ("multicanonical", 6000, 3),
    ] {
        let experiments: Vec<Box<dyn Experiment>> = ladder
            .iter()
            .map(|temperature| {
                let budget = json!({ "sweeps": sweeps, "replicas": 4 });
                let mut keys = keys(budget, algorithm, *temperature);
                keys["model"]["ising"]["size"] = json!(4);
                prepared(&keys, &ladder).unwrap()
            })
            .collect();
        let companies: Vec<Company> = experiments.iter().map(|one| one.company().unwrap()).collect();
        assert!(companies.iter().all(|one| one.identity == companies[0].identity && one.seats == 3));
        assert_eq!(companies.iter().map(|one| one.seat).collect::<Vec<_>>(), [0, 1, 2]);
        let identities: Vec<String> = experiments.iter().map(|one| one.identity().to_string()).collect();
        assert!(identities[0] != identities[1] && identities[1] != identities[2]);

        let runs: Vec<Vec<Record>> = (0..4)
            .map(|replica| {
                experiments[0].run_company(rng::stream(3, "company", algorithm, replica), &Patient).unwrap()
            })
            .collect();
        for (seat, experiment) in experiments.iter().enumerate() {
            let records: Vec<Record> = runs.iter().map(|run| run[seat].clone()).collect();
            let analysis = experiment.analyse(&records);
            let counted = analysis.table("ladder").unwrap();
            let trips = ["parallel_tempering", "multicanonical"].contains(&algorithm);
            let counts = counted.numbers(if trips { "round_trips" } else { "steps" });
            assert!(counts.len() == 4 && counts.iter().all(|count| *count > 0.0), "{algorithm}: {counts:?}");
            let mut pulls: Vec<f64> = analysis.estimates.iter().filter_map(|estimate| estimate.z()).collect();
            if let Some(row) = analysis.table("partition").map(|table| &table.rows[0]) {
                let number = |at: usize| row[at].number().unwrap();
                pulls.push((number(0) - number(2)) / number(1));
                let sites: &dyn std::any::Any = experiment.as_ref();
                let sites = sites.downcast_ref::<SweepExperiment>().unwrap().sites as f64;
                let free = -ladder[seat] * (number(0) + sites * libm::log(2.0)) / sites;
                assert!((number(3) - free).abs() < 1e-12);
            }
            let density = analysis.table("density_of_states");
            assert_eq!(density.is_some(), algorithm == "multicanonical" && seat == 0);
            if let Some(density) = density {
                // All levels of the 4 × 4 torus but the highest, beyond what infinite temperature takes.
                assert_eq!(density.rows.len(), 14);
                for row in &density.rows {
                    let number = |at: usize| row[at].number().unwrap();
                    assert!((number(1) - number(3)).abs() < 5.5 * number(2), "{row:?}");
                }
            }
            assert_eq!(pulls.len(), compared, "{algorithm}");
            // The last of three has an error from four replicas: Student's t with 3 degrees of freedom.
            assert!(
                pulls.iter().take(2).all(|z| z.abs() < 4.5),
                "{algorithm} at {}: {pulls:?}",
                ladder[seat]
            );
            assert!(
                pulls.iter().skip(2).all(|z| z.abs() < 25.0),
                "{algorithm} at {}: {pulls:?}",
                ladder[seat]
            );
        }
    }
}

/// The pulls of energies and specific heats of one run for all temperatures, against Kaufman's torus.
fn pulls_of_kaufman(
    algorithm: &str,
    size: usize,
    ladder: &[f64],
    (sweeps, replicas): (usize, u64),
) -> Vec<f64> {
    let prepared = |temperature: &f64| {
        let mut keys = keys(json!({ "sweeps": sweeps, "replicas": replicas }), algorithm, *temperature);
        keys["model"]["ising"]["size"] = json!(size);
        prepared(&keys, ladder).unwrap()
    };
    let experiments: Vec<Box<dyn Experiment>> = ladder.iter().map(prepared).collect();
    let run = |replica| {
        experiments[0].run_company(rng::stream(5, "kaufman", algorithm, replica), &Patient).unwrap()
    };
    let runs: Vec<Vec<Record>> = (0..replicas).map(run).collect();
    let pulls = experiments.iter().enumerate().flat_map(|(seat, experiment)| {
        let records: Vec<Record> = runs.iter().map(|run| run[seat].clone()).collect();
        let analysis = experiment.analyse(&records);
        ["energy_per_site", "specific_heat"].map(|name| analysis.get(name).unwrap().z().unwrap())
    });
    pulls.collect()
}

#[test]
#[ignore = "takes minutes: cargo test --release --lib -- --ignored ladders_give_the_energies_of_kaufmans"]
fn ladders_give_the_energies_of_kaufmans_lattices() {
    for (algorithm, size, ladder, budget) in [
        ("parallel_tempering", 16, &[2.0, 2.269, 3.0][..], (20_000, 4)),
        ("parallel_tempering", 32, &[2.0, 2.269, 3.0], (8_000, 4)),
        ("parallel_tempering", 64, &[2.1, 2.4, 3.0], (2_000, 4)),
        ("population_annealing", 16, &[2.0, 2.269, 3.0], (4_000, 4)),
        ("population_annealing", 32, &[2.4, 3.0], (1_000, 4)),
        ("population_annealing", 64, &[2.6, 3.0], (300, 4)),
        ("annealed_importance", 16, &[2.4, 3.0], (2_000, 4)),
        ("annealed_importance", 32, &[2.6, 3.0], (600, 4)),
        ("annealed_importance", 64, &[3.0, 4.0], (300, 4)),
        ("multicanonical", 16, &[2.0, 2.269, 3.0], (40_000, 4)),
        ("multicanonical", 32, &[2.0, 2.269, 3.0], (60_000, 4)),
        ("multicanonical", 64, &[2.0, 2.269, 3.0], (80_000, 4)),
    ] {
        for (at, pull) in pulls_of_kaufman(algorithm, size, ladder, budget).into_iter().enumerate() {
            // 64 pulls, of errors from some tens of blocks: Student's t beyond 5.5 is rarer than once in 10 000 runs.
            let what = ["energy", "specific heat"][at % 2];
            assert!(
                pull.abs() < 5.5,
                "{algorithm}, L = {size}, T = {}: {what} off by {pull}",
                ladder[at / 2]
            );
        }
    }
}

#[test]
fn trials_choose_one_sampler_for_all_replicas() {
    for (model, temperature, applicable, chosen) in [
        (json!({ "lattice": "square", "size": 16 }), 3.0, 5, "checkerboard"),
        (json!({ "lattice": "triangular", "size": 5, "field": 0.3 }), 3.0, 3, "metropolis"),
    ] {
        let mut keys = keys(json!({ "sweeps": 2000, "replicas": 3 }), "auto", temperature);
        keys["model"] = json!({ "ising": model });
        let experiment = prepared(&keys, &[]).unwrap();
        let records = records(experiment.as_ref());
        let places = |record: &Record| -> Vec<(String, f64)> {
            let trials = record.scalars.iter().filter(|(name, _)| name.starts_with("trial_"));
            trials.map(|(name, value)| (name.clone(), *value)).collect()
        };
        assert!(records.iter().all(|record| places(record) == places(&records[0])));
        let analysis = experiment.analyse(&records);
        let table = analysis.table("choice").unwrap();
        let products = table.numbers("tau_times_cost");
        assert!(products.len() >= applicable && products.is_sorted(), "{products:?}");
        assert_eq!(table.rows[0][0], chosen.into(), "{table:?}");
        if let Some(z) = analysis.get("energy_per_site").unwrap().z() {
            assert!(z.abs() < 4.5, "{z}");
        }
    }
}
