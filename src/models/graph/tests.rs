//! Keys that make sense and keys that do not.

use crate::input::{Context, Inputs, Problem};
use crate::models::{self, Model};
use serde_json::{Value, json};
use std::sync::Arc;

struct Graph(&'static str);

impl Inputs for Graph {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        if path == "graph.txt" { Ok(self.0.into()) } else { Err(format!("no such file: {path}")) }
    }
}

fn build_from(keys: Value, text: &'static str) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let context = Context { seed: 7, quick: false, inputs: &Graph(text) };
    models::build(&json!({ "ising": keys }), &context)
}

fn build(keys: Value) -> Result<Arc<dyn Model>, Vec<Problem>> {
    build_from(keys, "3 4\n0 1 -1\n1 2 0.5\n0 2 1\n1 1 0.25\n")
}

#[test]
fn a_uniform_periodic_square_lattice_is_recognised() {
    let model = build(json!({ "lattice": "square", "size": [4, 6], "coupling": -0.5 })).unwrap();
    let square = model.square_lattice().unwrap();
    assert_eq!((square.rows, square.columns, square.coupling), (4, 6, -0.5));
    assert_eq!(model.sites(), Some(24));
    assert_eq!(
        model.description(),
        "the Ising model on a 4 × 6 square lattice with periodic boundaries, J = −0.5"
    );
    for other in [
        json!({ "lattice": "square", "size": 4, "boundary": "open" }),
        json!({ "lattice": "square", "size": 4, "field": 0.1 }),
        json!({ "lattice": "square", "size": 4, "disorder": "pm_j" }),
        json!({ "lattice": "triangular", "size": 4 }),
    ] {
        assert!(build(other).unwrap().square_lattice().is_none());
    }
}

#[test]
fn conventions_of_files_differ_in_sign_and_the_identity_follows_the_content() {
    let physics = build(json!({ "file": "graph.txt" })).unwrap();
    let dimod = build(json!({ "file": "graph.txt", "convention": "dimod", "index_base": 0 })).unwrap();
    // E(+++) in the physics convention: −(−1 + 0.5 + 1) − 0.25.
    assert_eq!(physics.pair_model().unwrap().energy(&[1, 1, 1]), -0.75);
    assert_eq!(dimod.pair_model().unwrap().energy(&[1, 1, 1]), 0.75);
    assert_ne!(physics.identity(), dimod.identity());
    assert!(!physics.identity().to_string().contains("graph.txt"));
    let other = build_from(json!({ "file": "graph.txt" }), "0 1 1\n").unwrap();
    assert_ne!(physics.identity(), other.identity());
    assert_eq!(
        physics.description(),
        "the Ising model of graph.txt (3 spins, 1 of them in a field, 3 bonds)"
    );
}

#[test]
fn the_disorder_seed_defaults_to_that_of_the_experiment() {
    let glass = |keys: Value| build(keys).unwrap().identity();
    let keys = json!({ "lattice": "square", "size": 6, "disorder": "pm_j" });
    let seeded = json!({ "lattice": "square", "size": 6, "disorder": "pm_j", "disorder_seed": 7 });
    assert_eq!(glass(keys), glass(seeded));
}

#[test]
fn impossible_keys_are_refused_with_a_way_out() {
    for (keys, path, part) in [
        (json!({ "size": 4 }), "model.ising", "neither"),
        (json!({ "lattice": "square" }), "model.ising", "`size` is missing"),
        (json!({ "lattice": "square", "size": 4, "file": "graph.txt" }), "model.ising.file", "not both"),
        (json!({ "file": "graph.txt", "size": 3 }), "model.ising.size", "belongs to a lattice"),
        (json!({ "file": "none.txt" }), "model.ising.file", "no such file"),
        (json!({ "lattice": "square", "size": [4, 4, 4] }), "model.ising.size", "2 side lengths, and 3"),
        (json!({ "lattice": "chain", "size": 1 }), "model.ising.size", "at least 2"),
        (
            json!({ "lattice": "chain", "size": 4, "disorder_seed": 1 }),
            "model.ising.disorder_seed",
            "no disorder",
        ),
        (
            json!({ "lattice": "chain", "size": 4, "convention": "dimod" }),
            "model.ising.convention",
            "edge list",
        ),
        (
            json!({ "lattice": "complete", "size": 4, "boundary": "open" }),
            "model.ising.boundary",
            "no boundaries",
        ),
        (json!({ "lattice": "chain", "size": 4, "coupling": 1e200 }), "model.ising.coupling", "out of range"),
    ] {
        let problems = build(keys.clone()).err().unwrap_or_else(|| panic!("{keys} was accepted"));
        assert_eq!(problems[0].path, path, "{keys}");
        assert!(problems[0].message.contains(part), "{keys}: {}", problems[0].message);
    }
}

#[test]
fn sizes_beyond_memory_are_refused_before_anything_is_allocated() {
    let refuse = |keys: Value| build(keys).err().unwrap().remove(0);
    let large = refuse(json!({ "lattice": "square", "size": 31623 }));
    assert_eq!(large.path, "model.ising.size");
    assert!(
        large.message.starts_with(
            "a lattice of 31623 × 31623 sites has 1\u{202f}000\u{202f}014\u{202f}129 spins and would need 109 GiB"
        ),
        "{}",
        large.message
    );
    assert_eq!(large.help, "choose a size up to 6058");
    assert!(build(json!({ "lattice": "square", "size": 6058 })).is_ok(), "the size offered must be accepted");
    for huge in [
        json!({ "lattice": "cubic", "size": i64::MAX }),
        json!({ "lattice": "complete", "size": 1_u64 << 40 }),
    ] {
        assert!(refuse(huge).message.contains("more"));
    }
}
