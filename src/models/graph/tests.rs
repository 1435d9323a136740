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
    let context = Context { seed: 7, quick: false, ladder: &[], inputs: &Graph(text) };
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
        (
            json!({ "lattice": "square", "size": 4, "coupling": [1, 2, 3] }),
            "model.ising.coupling",
            "2 directions, and 3",
        ),
        (json!({ "lattice": "hypercubic", "size": 4 }), "model.ising", "`dimension` is missing"),
        (
            json!({ "lattice": "hypercubic", "size": 4, "dimension": 7 }),
            "model.ising.dimension",
            "7 dimensions",
        ),
        (
            json!({ "lattice": "hypercubic", "size": [4, 4], "dimension": 3 }),
            "model.ising.size",
            "3 side lengths, and 2",
        ),
        (json!({ "lattice": "cubic", "size": 4, "dimension": 3 }), "model.ising.dimension", "hypercubic"),
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

fn log_partition(keys: Value, temperature: f64, method: &str) -> f64 {
    let model = build(keys).unwrap();
    let (_, solver) = crate::exact::methods::choose(model.methods(), method).unwrap();
    solver.solve(temperature, &mut |_| std::ops::ControlFlow::Continue(())).unwrap().log_partition
}

#[test]
fn lattices_of_several_sites_a_cell_and_couplings_follow_exact_relations() {
    let near =
        |a: f64, b: f64, what: &str| assert!((a - b).abs() < 1e-9 * b.abs().max(1.0), "{what}: {a}, {b}");
    for method in ["enumeration", "elimination"] {
        // High temperatures: Z = 2^N cosh^B K Σ_n g_n tanh^n K. On this honeycomb torus the shortest closed graphs are its
        // twelve hexagons, on this kagome torus its eighteen triangles.
        let hot = |lattice: &str, sites: f64, bonds: f64, k: f64| {
            log_partition(
                json!({ "lattice": lattice, "size": if lattice == "kagome" { json!([3, 3]) } else { json!([4, 4]) } }),
                1.0 / k,
                method,
            ) - sites * libm::log(2.0)
                - bonds * libm::log(libm::cosh(k))
        };
        let k = 0.02;
        let ratio = hot("honeycomb", 32.0, 48.0, k) / libm::pow(libm::tanh(k), 6.0);
        assert!((ratio - 16.0).abs() < 0.5, "{ratio} hexagons");
        let ratio = hot("kagome", 27.0, 54.0, k) / libm::pow(libm::tanh(k), 3.0);
        assert!((ratio - 18.0).abs() < 0.5, "{ratio} triangles");
        // One sublattice of a honeycomb torus can be summed: a triangular one is left, e^{4K'} = cosh 3K/cosh K (star and
        // triangle, doi:10.1103/RevModPhys.17.50). Its critical point 4/ln 3 is that of 1.518651435 on the honeycomb lattice.
        for temperature in [1.518651435, 0.9, 4.0] {
            let k: f64 = 1.0 / temperature;
            let (one, three) = (libm::cosh(k), libm::cosh(3.0 * k));
            let triangles = 4.0 / libm::log(three / one);
            assert!(temperature != 1.518651435 || (triangles - 4.0 / libm::log(3.0)).abs() < 1e-8);
            let left = log_partition(json!({ "lattice": "triangular", "size": [3, 4] }), triangles, method);
            let summed = 12.0 * (libm::log(2.0) + 0.25 * libm::log(three) + 0.75 * libm::log(one));
            let whole = log_partition(json!({ "lattice": "honeycomb", "size": [3, 4] }), temperature, method);
            near(whole, left + summed, "honeycomb");
        }
        // Hypercubic lattices of two and three dimensions are the square and the cubic one.
        let square = json!({ "lattice": "square", "size": [3, 4], "coupling": 0.7, "field": 0.2 });
        let other = json!({ "lattice": "hypercubic", "size": [3, 4], "coupling": 0.7, "field": 0.2 });
        near(log_partition(other, 1.3, method), log_partition(square, 1.3, method), "two dimensions");
        let cubic = json!({ "lattice": "cubic", "size": 2, "boundary": "open" });
        let other = json!({ "lattice": "hypercubic", "size": 2, "dimension": 3, "boundary": "open" });
        near(log_partition(other, 1.3, method), log_partition(cubic, 1.3, method), "three dimensions");
        // Without couplings in the second direction rows are rings, each on its own.
        let rings = log_partition(
            json!({ "lattice": "square", "size": [3, 5], "coupling": [0.8, 0.0] }),
            1.1,
            method,
        );
        let ring = log_partition(json!({ "lattice": "chain", "size": 5, "coupling": 0.8 }), 1.1, method);
        near(rings, 3.0 * ring, "rows");
        let columns = log_partition(
            json!({ "lattice": "square", "size": [3, 5], "coupling": [0.0, 0.8] }),
            1.1,
            method,
        );
        let column = log_partition(json!({ "lattice": "chain", "size": 3, "coupling": 0.8 }), 1.1, method);
        near(columns, 5.0 * column, "columns");
        // A triangular lattice without its diagonals is square.
        let flat = log_partition(
            json!({ "lattice": "triangular", "size": 3, "coupling": [1.0, 0.4, 0.0] }),
            2.0,
            method,
        );
        let square =
            log_partition(json!({ "lattice": "square", "size": 3, "coupling": [1.0, 0.4] }), 2.0, method);
        near(flat, square, "no diagonals");
    }
    let torus = build(json!({ "lattice": "square", "size": 4, "coupling": [1.0, 0.5] })).unwrap();
    assert!(torus.square_lattice().is_none() && torus.plane().is_some());
    assert!(torus.description().ends_with(", J = (1, 0.5)"), "{}", torus.description());
    let same = build(json!({ "lattice": "square", "size": 4, "coupling": [1.5, 1.5] })).unwrap();
    assert_eq!(
        same.identity(),
        build(json!({ "lattice": "square", "size": 4, "coupling": 1.5 })).unwrap().identity()
    );
    assert!(same.square_lattice().is_some());
}
