//! Tables of units against sums over all microstates that share no code with them.

use super::super::EnsembleKind;
use crate::input::{Context, Inputs, Problem};
use crate::kind::testing::Patient;
use crate::kind::{Experiment, Kind};
use crate::models::rbm::{Machine, Units, file};
use crate::record::{Analysis, Cell};
use crate::rng;
use rand::RngExt;
use serde_json::{Value, json};

struct Files {
    machine: Vec<u8>,
    rows: &'static str,
}

impl Inputs for Files {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        match path {
            "machine.safetensors" => Ok(self.machine.clone()),
            "rows.csv" => Ok(self.rows.as_bytes().to_vec()),
            _ => Err(format!("no such file: {path}")),
        }
    }
}

fn prepare(keys: &Value, files: &Files) -> Result<Box<dyn Experiment>, Vec<Problem>> {
    EnsembleKind.prepare(keys, &Context { seed: 1, quick: false, ladder: &[], inputs: files })
}

fn solve(keys: &Value, files: &Files) -> Analysis {
    let experiment = prepare(keys, files).unwrap();
    let record = experiment.run(rng::stream(1, "task", "", 0), &Patient).unwrap();
    experiment.analyse(&[record])
}

fn machine(visible: usize, hidden: usize, units: Units) -> Machine {
    let mut stream = rng::stream(77, "units", units.name(), 0);
    let mut draw =
        |count: usize| -> Vec<f64> { (0..count).map(|_| 3.0 * stream.random::<f64>() - 1.5).collect() };
    Machine { weights: draw(visible * hidden), visible_bias: draw(visible), hidden_bias: draw(hidden), units }
}

/// E(v,h) = −a·v − b·h − vᵀWh term by term.
fn energy(machine: &Machine, v: &[f64], h: &[f64]) -> f64 {
    let mut energy = 0.0;
    for (i, v) in v.iter().enumerate() {
        energy -= machine.visible_bias[i] * v;
        for (j, h) in h.iter().enumerate() {
            energy -= v * machine.weights[i * machine.hidden_bias.len() + j] * h;
        }
    }
    for (bias, h) in machine.hidden_bias.iter().zip(h) {
        energy -= bias * h;
    }
    energy
}

fn states(count: usize, units: Units) -> Vec<Vec<f64>> {
    let low = if units == Units::Binary { 0.0 } else { -1.0 };
    (0..1_usize << count)
        .map(|code| (0..count).map(|i| if code >> i & 1 == 1 { 1.0 } else { low }).collect())
        .collect()
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-10 * expected.abs().max(1.0), "{found} {expected}");
}

#[test]
fn a_machines_free_energies_and_means_are_those_of_all_joint_states() {
    for units in [Units::Binary, Units::Spin] {
        let machine = machine(5, 4, units);
        let files = Files { machine: file::write(&machine), rows: "" };
        let (seen, unseen) = (states(5, units), states(4, units));
        for beta in [0.5, 1.0, 2.0, -1.0] {
            let keys = json!({
                "temperature": 1.0 / beta,
                "model": { "rbm": { "weights": "machine.safetensors", "units": units.name() } },
            });
            let analysis = solve(&keys, &files);
            let weight = |v: &[f64], h: &[f64]| libm::exp(-beta * energy(&machine, v, h));
            let all: Vec<(&Vec<f64>, &Vec<f64>)> =
                seen.iter().flat_map(|v| unseen.iter().map(move |h| (v, h))).collect();
            let z: f64 = all.iter().map(|(v, h)| weight(v, h)).sum();
            let mean = |value: &dyn Fn(&[f64], &[f64]) -> f64| -> f64 {
                all.iter().map(|(v, h)| value(v, h) * weight(v, h)).sum::<f64>() / z
            };
            let get = |name: &str| analysis.get(name).unwrap().value.unwrap();
            close(get("log_partition"), libm::log(z));
            let u = mean(&|v, h| energy(&machine, v, h));
            close(get("energy"), u);
            close(get("entropy"), libm::log(z) + beta * u);

            let table = analysis.table("free_energies").unwrap();
            let [free, balance, log_p] = ["free_energy", "free_energy_from_balance", "log_probability"]
                .map(|name| table.numbers(name));
            assert_eq!(free.len(), 32);
            let conditional = analysis.table("conditionals").unwrap().numbers("mean");
            for (row, v) in seen.iter().enumerate() {
                let sum: f64 = unseen.iter().map(|h| weight(v, h)).sum();
                close(free[row], -libm::log(sum) / beta);
                close(balance[row], free[row]);
                close(log_p[row], libm::log(sum / z));
                for j in 0..4 {
                    let on: f64 = unseen.iter().map(|h| h[j] * weight(v, h)).sum();
                    close(conditional[4 * row + j], on / sum);
                }
            }
            let means = analysis.table("marginals").unwrap().numbers("mean");
            for i in 0..5 {
                close(means[i], mean(&|v, _| v[i]));
            }
            for j in 0..4 {
                close(means[5 + j], mean(&|_, h| h[j]));
            }
            // v1 with h1 stands sixth: after v1 with v2 … v5.
            let products = analysis.table("pair_correlations").unwrap().numbers("product");
            close(products[4], mean(&|v, h| v[0] * h[0]));
        }
    }
}

#[test]
fn at_zero_temperature_the_ground_states_alone_have_a_probability() {
    let machine = machine(4, 3, Units::Binary);
    let files = Files { machine: file::write(&machine), rows: "" };
    let keys = json!({ "temperature": 0, "model": { "rbm": { "weights": "machine.safetensors" } } });
    let analysis = solve(&keys, &files);
    let least = |v: &Vec<f64>| {
        states(3, Units::Binary).iter().map(|h| energy(&machine, v, h)).fold(f64::INFINITY, f64::min)
    };
    let table = analysis.table("free_energies").unwrap();
    let seen = states(4, Units::Binary);
    for (free, v) in table.numbers("free_energy").iter().zip(&seen) {
        close(*free, least(v));
    }
    let ground = seen.iter().map(least).fold(f64::INFINITY, f64::min);
    close(analysis.get("energy").unwrap().value.unwrap(), ground);
    let place = table.columns.iter().position(|name| *name == "log_probability").unwrap();
    let possible: Vec<&Vec<Cell>> = table.rows.iter().filter(|row| row[place] != Cell::Empty).collect();
    assert_eq!((possible.len(), possible[0][place].number()), (1, Some(0.0)));
    let means = analysis.table("marginals").unwrap().numbers("mean");
    assert!(means.iter().all(|mean| *mean == 0.0 || *mean == 1.0));
}

#[test]
fn rows_may_be_given_and_are_refused_with_file_and_line() {
    let machine = machine(12, 3, Units::Binary);
    let keys = json!({
        "temperature": 1,
        "model": { "rbm": { "weights": "machine.safetensors", "rows": "rows.csv" } },
    });
    let good =
        Files { machine: file::write(&machine), rows: "1,0,1,0,0,0,0,0,0,0,0,1\n0,0,0,0,0,0,0,0,0,0,0,0\n" };
    let table = solve(&keys, &good).table("free_energies").unwrap().clone();
    let rest: f64 = machine.hidden_bias.iter().map(|bias| libm::log(1.0 + libm::exp(*bias))).sum();
    close(table.numbers("free_energy")[1], -rest);
    assert_eq!(table.rows[0][1], Cell::Text("101000000001".to_owned()));
    let bad = Files { rows: "1,0,1,0,0,0,0,0,0,0,0,1\n0,1\n", ..good };
    let problem = prepare(&keys, &bad).err().unwrap().remove(0);
    assert_eq!(problem.path, "model.rbm.rows");
    assert!(problem.message.contains("rows.csv, line 2 has 2 numbers; expected 12"), "{}", problem.message);
    // Of a wide machine no vectors are listed of themselves.
    let plain = json!({ "temperature": 1, "model": { "rbm": { "weights": "machine.safetensors" } } });
    let analysis = solve(&plain, &bad);
    assert!(analysis.table("free_energies").is_none());
    assert_eq!(analysis.table("marginals").unwrap().rows.len(), 15);
}

#[test]
fn a_machine_without_layers_has_means_and_correlations() {
    let (biases, couplings) = ([0.3, -0.8, 0.5, 0.1], [(0, 1, 1.5), (1, 2, -0.7), (0, 3, 0.9)]);
    let files = Files { machine: Vec::new(), rows: "" };
    for units in [Units::Binary, Units::Spin] {
        let listed: Vec<Value> = couplings.iter().map(|(i, j, w)| json!([i, j, w])).collect();
        let keys = json!({
            "temperature": 0.8,
            "model": { "boltzmann_machine": { "biases": biases, "couplings": listed, "units": units.name() } },
        });
        let analysis = solve(&keys, &files);
        let weight = |s: &[f64]| {
            let alone: f64 = biases.iter().zip(s).map(|(bias, s)| bias * s).sum();
            let paired: f64 = couplings.iter().map(|(i, j, w)| w * s[*i] * s[*j]).sum();
            libm::exp((alone + paired) / 0.8)
        };
        let all = states(4, units);
        let z: f64 = all.iter().map(|s| weight(s)).sum();
        close(analysis.get("log_partition").unwrap().value.unwrap(), libm::log(z));
        let means = analysis.table("marginals").unwrap().numbers("mean");
        let products = analysis.table("pair_correlations").unwrap().numbers("product");
        let mut place = 0;
        for i in 0..4 {
            close(means[i], all.iter().map(|s| s[i] * weight(s)).sum::<f64>() / z);
            for j in i + 1..4 {
                close(products[place], all.iter().map(|s| s[i] * s[j] * weight(s)).sum::<f64>() / z);
                place += 1;
            }
        }
    }
}
