//! The machine against its definition, state by state and summed.

use crate::exact::methods::{self, ELIMINATION, ENUMERATION};
use crate::input::{Context, Inputs, Problem};
use crate::models::{self, Model};
use proptest::prelude::*;
use safetensors::tensor::{Dtype, TensorView};
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::sync::Arc;

struct File(Vec<u8>);

impl Inputs for File {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        if path == "machine" { Ok(self.0.clone()) } else { Err(format!("no such file: {path}")) }
    }
}

fn build_from(keys: Value, file: Vec<u8>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let context = Context { seed: 0, quick: false, ladder: &[], inputs: &File(file) };
    models::build(&json!({ "boltzmann_machine": keys }), &context)
}

fn refused(keys: Value, file: Vec<u8>) -> Problem {
    build_from(keys.clone(), file).err().unwrap_or_else(|| panic!("{keys} was accepted")).remove(0)
}

/// A safetensors file with f64 arrays.
fn tensors(arrays: &[(&str, &[usize], &[f64])]) -> Vec<u8> {
    let data: Vec<Vec<u8>> = arrays
        .iter()
        .map(|(_, _, values)| values.iter().flat_map(|value| value.to_le_bytes()).collect())
        .collect();
    let views = arrays
        .iter()
        .zip(&data)
        .map(|((name, shape, _), data)| (*name, TensorView::new(Dtype::F64, shape.to_vec(), data).unwrap()));
    safetensors::serialize(views, None).unwrap()
}

fn near(found: f64, wanted: f64, what: &str) {
    assert!((found - wanted).abs() <= 1e-10 * wanted.abs().max(1.0), "{what}: {found} is not {wanted}");
}

type Couplings = Vec<(usize, usize, f64)>;

/// Biases, and couplings of pairs that may occur twice.
fn machines() -> impl Strategy<Value = (Vec<f64>, Couplings)> {
    (1_usize..9, any::<bool>()).prop_flat_map(|(units, whole)| {
        let value = move || (-3.0..3.0_f64).prop_map(move |value| if whole { value.round() } else { value });
        let coupling =
            (0..units, 1..units.max(2), value()).prop_map(move |(i, step, w)| (i, (i + step) % units, w));
        let most = if units > 1 { 16 } else { 1 };
        (prop::collection::vec(value(), units), prop::collection::vec(coupling, 0..most))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn energies_and_sums_follow_the_definition(
        (biases, couplings) in machines(),
        spin in any::<bool>(),
        temperature in prop_oneof![0.05..0.5_f64, 0.05..50.0_f64, -50.0..-0.05_f64],
    ) {
        let (units, low) = if spin { ("spin", -1.0) } else { ("binary", 0.0) };
        let keys = json!({ "biases": biases, "couplings": couplings, "units": units });
        let model = build_from(keys, vec![]).unwrap();
        let pairs = model.pair_model().unwrap();
        let count = biases.len();
        let energies: Vec<f64> = (0..1_usize << count)
            .map(|code| {
                let on = |i: usize| code >> i & 1 == 1;
                let s: Vec<f64> = (0..count).map(|i| if on(i) { 1.0 } else { low }).collect();
                let single: f64 = biases.iter().zip(&s).map(|(b, s)| b * s).sum();
                let double: f64 = couplings.iter().map(|(i, j, w)| w * s[*i] * s[*j]).sum();
                let sigma: Vec<i8> = (0..count).map(|i| if on(i) { 1 } else { -1 }).collect();
                near(pairs.energy(&sigma), -single - double, "E");
                -single - double
            })
            .collect();
        let top = energies.iter().map(|energy| -energy / temperature).fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = energies.iter().map(|energy| libm::exp(-energy / temperature - top)).collect();
        let total: f64 = weights.iter().sum();
        let mean = |value: &dyn Fn(f64) -> f64| {
            energies.iter().zip(&weights).map(|(e, weight)| weight * value(*e)).sum::<f64>() / total
        };
        let energy = mean(&|e| e);
        for method in [ENUMERATION, ELIMINATION] {
            let (_, solver) = methods::choose(model.methods(), method).unwrap();
            let solved = solver.solve(temperature, &mut |_| ControlFlow::Continue(())).unwrap();
            near(solved.log_partition, libm::log(total) + top, "ln Z");
            near(solved.energy, energy, "U");
            near(solved.energy_variance, mean(&|e| (e - energy) * (e - energy)), "Var E");
        }
    }

    #[test]
    fn lists_files_and_arrays_give_the_same_machine((biases, couplings) in machines(), spin in any::<bool>()) {
        let (units, count) = (if spin { "spin" } else { "binary" }, biases.len());
        let listed = build_from(json!({ "biases": biases, "couplings": couplings, "units": units }), vec![]).unwrap();
        let edges = |sign: f64, base: usize| {
            let mut text = format!("{count} {}\n", count + couplings.len());
            couplings.iter().for_each(|(i, j, w)| text += &format!("{} {} {}\n", i + base, j + base, sign * w));
            biases.iter().enumerate().for_each(|(i, b)| text += &format!("{} {} {}\n", i + base, i + base, sign * b));
            text.into_bytes()
        };
        let (mut upper, mut full) = (vec![0.0; count * count], vec![0.0; count * count]);
        for &(i, j, w) in &couplings {
            upper[i.min(j) * count + i.max(j)] += w;
            full[i * count + j] += w;
            full[j * count + i] += w;
        }
        let arrays = |weights: &[f64]| tensors(&[("weights", &[count, count], weights), ("bias", &[count], &biases)]);
        let named = json!({ "weights": "machine", "units": units });
        let others = [
            (json!({ "file": "machine", "units": units }), edges(1.0, 1)),
            (json!({ "file": "machine", "units": units, "convention": "dimod", "index_base": 0 }), edges(-1.0, 0)),
            (named.clone(), arrays(&upper)),
            (named, arrays(&full)),
        ];
        for (keys, file) in others {
            prop_assert_eq!(build_from(keys, file).unwrap().identity(), listed.identity());
        }
    }
}

#[test]
fn it_says_what_it_is() {
    let couplings = json!([[1, 2, 0.5], [3, 2, -1]]);
    let keys = json!({ "biases": [0, 1, 0], "couplings": couplings, "index_base": 1 });
    let model = build_from(keys, vec![]).unwrap();
    assert_eq!(model.description(), "a Boltzmann machine of 3 binary units and 2 couplings");
    let spin = json!({ "biases": [0, 1, 0], "couplings": couplings, "index_base": 1, "units": "spin" });
    assert_ne!(build_from(spin, vec![]).unwrap().identity(), model.identity());
    let one = build_from(json!({ "biases": [0.5], "units": "spin" }), vec![]).unwrap();
    assert_eq!(one.description(), "a Boltzmann machine of 1 ±1 unit and 0 couplings");
}

#[test]
fn what_makes_no_sense_is_refused_with_a_way_out() {
    let none = Vec::new;
    let weights = |values: &[f64]| tensors(&[("weights", &[2, 2], values), ("bias", &[2], &[0.0, 0.0])]);
    let from_file = || json!({ "weights": "machine" });
    for (keys, file, key, part) in [
        (json!({}), none(), "", "no biases and couplings"),
        (json!({ "biases": [] }), none(), ".biases", "no units"),
        (json!({ "biases": [1e101] }), none(), ".biases", "out of range"),
        (json!({ "couplings": [[0, 1, 1]] }), none(), ".couplings", "`biases` is missing"),
        (json!({ "biases": [0, 0], "couplings": [[0, 0, 1]] }), none(), ".couplings", "to itself"),
        (json!({ "biases": [0, 0], "couplings": [[0, 2, 1]] }), none(), ".couplings", "outside 0 to 1"),
        (
            json!({ "biases": [0, 0], "couplings": [[0, 1, 1]], "index_base": 1 }),
            none(),
            ".couplings",
            "outside 1 to 2",
        ),
        (
            json!({ "biases": [0, 0], "couplings": [[-1, 0, 1]] }),
            none(),
            ".couplings",
            "names unit -1, which lies",
        ),
        (json!({ "biases": [0, 0], "couplings": [[0.5, 0, 1]] }), none(), ".couplings", "whole numbers"),
        (json!({ "biases": [0, 0], "couplings": [[0, 1, 1e200]] }), none(), ".couplings", "out of range"),
        (json!({ "biases": [0], "file": "machine" }), none(), ".biases", "given once"),
        (json!({ "weights": "machine", "file": "machine" }), none(), ".weights", "given once"),
        (json!({ "biases": [0], "convention": "dimod" }), none(), ".convention", "belongs to an edge list"),
        (json!({ "weights": "machine", "index_base": 1 }), none(), ".index_base", "belongs to"),
        (json!({ "file": "other" }), none(), ".file", "no such file"),
        (json!({ "file": "machine" }), b"5 2\n1 2 1\n2 3 1\n".to_vec(), ".file", "index_base"),
        (json!({ "file": "machine" }), b"1 2 1e101\n".to_vec(), ".file", "out of range"),
        (json!({ "file": "machine" }), b"1 2 1\n3000000 1 1\n".to_vec(), ".file", "more than the"),
        (from_file(), b"what".to_vec(), ".weights", "not a safetensors file"),
        (
            from_file(),
            weights(&[0.0, 1.0, 2.0, 0.0]),
            ".weights",
            "1 at [0, 1] and 2 at [1, 0]; expected a symmetric",
        ),
        (
            from_file(),
            weights(&[0.0, 1.0, 1.0, 3.0]),
            ".weights",
            "3 at [1, 1]; expected zeros along the diagonal",
        ),
        (from_file(), weights(&[0.0, f64::NAN, 0.0, 0.0]), ".weights", "holds NaN at index 1"),
        (
            from_file(),
            tensors(&[("weights", &[1, 2], &[0.0; 2]), ("bias", &[1], &[0.0])]),
            ".weights",
            "expected [n, n]",
        ),
        (
            from_file(),
            tensors(&[("weights", &[1, 1], &[0.0]), ("bias", &[2], &[0.0; 2])]),
            ".weights",
            "expected [1]",
        ),
        (
            from_file(),
            tensors(&[("weights", &[1, 1], &[0.0])]),
            ".weights",
            "`bias` is missing; expected `weights` and `bias`",
        ),
    ] {
        let problem = refused(keys.clone(), file);
        assert_eq!(problem.path, format!("model.boltzmann_machine{key}"), "{keys}");
        assert!(problem.message.contains(part), "{keys}: {}", problem.message);
    }
}
