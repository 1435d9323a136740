//! Potts, clock and Blume–Capel models against their definitions, closed forms and the Ising model.

use crate::exact::Thermodynamics;
use crate::exact::methods::{self, ELIMINATION, ENUMERATION};
use crate::input::{Context, Inputs, Problem};
use crate::models::{self, Model};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::sync::Arc;

struct File(String);

impl Inputs for File {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        if path == "graph.txt" {
            Ok(self.0.clone().into_bytes())
        } else {
            Err(format!("no such file: {path}"))
        }
    }
}

fn build_from(table: &Value, file: String) -> Result<Arc<dyn Model>, Vec<Problem>> {
    models::build(table, &Context { seed: 5, quick: false, ladder: &[], inputs: &File(file) })
}

fn build(table: Value) -> Arc<dyn Model> {
    build_from(&table, String::new()).unwrap()
}

fn solve(model: &dyn Model, method: &str, temperature: f64) -> Thermodynamics {
    let (_, solver) = methods::choose(model.methods(), method).unwrap();
    solver.solve(temperature, &mut |_| ControlFlow::Continue(())).unwrap()
}

fn near(found: f64, wanted: f64, what: &str) {
    assert!((found - wanted).abs() <= 1e-10 * wanted.abs().max(1.0), "{what}: {found} is not {wanted}");
}

type Bonds = Vec<(usize, usize, f64)>;
type Fields = Vec<(usize, f64)>;

/// Both methods against the sum over all configurations of `values`, each with its energy and Σ s.
fn assert_definition(model: &dyn Model, configurations: &[(f64, f64)], temperature: f64) {
    let energies = || configurations.iter().map(|(energy, _)| *energy);
    let top = energies().map(|energy| -energy / temperature).fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = energies().map(|energy| libm::exp(-energy / temperature - top)).collect();
    let total: f64 = weights.iter().sum();
    let mean = |value: &dyn Fn(f64, f64) -> f64| {
        configurations.iter().zip(&weights).map(|((e, m), weight)| weight * value(*e, *m)).sum::<f64>()
            / total
    };
    let energy = mean(&|e, _| e);
    let least = energies().fold(f64::INFINITY, f64::min);
    for method in [ENUMERATION, ELIMINATION] {
        let solved = solve(model, method, temperature);
        near(solved.log_partition, libm::log(total) + top, "ln Z");
        near(solved.energy, energy, "U");
        near(solved.energy_variance, mean(&|e, _| (e - energy) * (e - energy)), "Var E");
        if model.has_magnetization() {
            let sites = model.sites().unwrap() as f64;
            near(solved.order.unwrap().square, mean(&|_, m| m * m) / (sites * sites), "⟨m²⟩");
        }
        let cold = solve(model, method, 0.0);
        near(cold.energy, least, "E₀");
        let degeneracy =
            energies().filter(|energy| (energy - least).abs() <= 1e-11 * least.abs().max(1.0)).count();
        assert_eq!(cold.ground.unwrap().degeneracy, degeneracy as f64);
    }
}

/// All configurations of `sites` sites of q states.
fn all(q: usize, sites: usize) -> impl Iterator<Item = Vec<usize>> {
    (0..q.pow(sites as u32)).map(move |index| (0..sites).map(|site| index / q.pow(site as u32) % q).collect())
}

/// An edge list of at least one line.
fn text(sites: usize, bonds: &Bonds, fields: &Fields) -> String {
    let mut text = format!("{sites} {}\n", bonds.len() + fields.len());
    bonds.iter().for_each(|(i, j, coupling)| text += &format!("{i} {j} {coupling}\n"));
    fields.iter().for_each(|(i, field)| text += &format!("{i} {i} {field}\n"));
    text
}

fn graphs() -> impl Strategy<Value = (usize, Bonds, Fields)> {
    (2_usize..7, any::<bool>()).prop_flat_map(|(sites, whole)| {
        let value = move || (-3.0..3.0_f64).prop_map(move |value| if whole { value.round() } else { value });
        let bond = (0..sites, 1..sites, value()).prop_map(move |(i, step, j)| (i, (i + step) % sites, j));
        let field = (0..sites, value());
        (Just(sites), prop::collection::vec(bond, 0..12), prop::collection::vec(field, 0..4))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn potts_spins_follow_their_definition(
        (sites, bonds, fields) in graphs(),
        q in 2_usize..5,
        dimod in any::<bool>(),
        temperature in prop_oneof![0.05..0.5_f64, 0.05..50.0_f64, -50.0..-0.05_f64],
    ) {
        let sign = if dimod { 1.0 } else { -1.0 };
        let convention = if dimod { "dimod" } else { "physics" };
        let keys = json!({ "file": "graph.txt", "index_base": 0, "states": q, "convention": convention });
        let model = build_from(&json!({ "potts": keys }), text(sites, &bonds, &fields)).unwrap();
        let energy = |state: &[usize]| {
            let pairs = bonds.iter().filter(|(i, j, _)| state[*i] == state[*j]).map(|bond| bond.2);
            let sites = fields.iter().filter(|(i, _)| state[*i] == 0).map(|field| field.1);
            sign * pairs.chain(sites).sum::<f64>()
        };
        let configurations: Vec<(f64, f64)> = all(q, sites).map(|state| (energy(&state), 0.0)).collect();
        assert_definition(&*model, &configurations, temperature);
    }

    #[test]
    fn spins_of_three_values_follow_their_definition(
        (sites, bonds, fields) in graphs(),
        crystal_field in prop_oneof![Just(0.0), Just(1.0), -3.0..3.0_f64],
        temperature in prop_oneof![0.05..0.5_f64, 0.05..50.0_f64, -50.0..-0.05_f64],
    ) {
        let keys = json!({ "file": "graph.txt", "index_base": 0, "crystal_field": crystal_field });
        let model = build_from(&json!({ "blume_capel": keys }), text(sites, &bonds, &fields)).unwrap();
        let value = |state: Vec<usize>| {
            let s: Vec<f64> = state.into_iter().map(|a| a as f64 - 1.0).collect();
            let pairs: f64 = bonds.iter().map(|(i, j, coupling)| coupling * s[*i] * s[*j]).sum();
            let field: f64 = fields.iter().map(|(i, field)| field * s[*i]).sum();
            let crystal: f64 = s.iter().map(|s| crystal_field * s * s).sum();
            (-pairs + crystal - field, s.iter().sum())
        };
        let configurations: Vec<(f64, f64)> = all(3, sites).map(value).collect();
        assert_definition(&*model, &configurations, temperature);
    }
}

#[test]
fn clocks_of_few_states_are_known_models() {
    let lattice = |coupling: f64, field: f64| json!({ "lattice": "triangular", "size": [2, 3], "coupling": coupling, "field": field });
    let with = |mut keys: Value, states: usize| {
        keys["states"] = json!(states);
        keys
    };
    let (temperature, bonds) = (0.9, 18.0);
    for method in [ENUMERATION, ELIMINATION] {
        // Two directions are the spins ±1.
        let clock = solve(&*build(json!({ "clock": with(lattice(0.8, 0.3), 2) })), method, temperature);
        let ising = solve(&*build(json!({ "ising": lattice(0.8, 0.3) })), method, temperature);
        near(clock.log_partition, ising.log_partition, "ln Z");
        near(clock.energy_variance, ising.energy_variance, "Var E");
        // Three: cos 0 = 1 and cos 120° = −½ differ by 3/2, with J and with h.
        let clock = solve(&*build(json!({ "clock": with(lattice(0.8, 0.3), 3) })), method, temperature);
        let potts = solve(&*build(json!({ "potts": with(lattice(1.2, 0.45), 3) })), method, temperature);
        let shift = 0.5 * (0.8 * bonds + 0.3 * 6.0);
        near(clock.log_partition, potts.log_partition - shift / temperature, "ln Z");
        near(clock.energy_variance, potts.energy_variance, "Var E");
        // Four: cos(θ − θ') = (s s' + t t')/2 with two spins ±1, turned by 45°.
        let clock = solve(&*build(json!({ "clock": with(lattice(0.8, 0.0), 4) })), method, temperature);
        let ising = solve(&*build(json!({ "ising": lattice(0.4, 0.0) })), method, temperature);
        near(clock.log_partition, 2.0 * ising.log_partition, "ln Z");
        near(clock.energy, 2.0 * ising.energy, "U");
    }
}

#[test]
fn a_ring_of_many_directions_is_one_of_vectors() {
    // Sums over equally spaced angles are integrals but for terms of order I_q(K).
    let (temperature, coupling) = (0.7, 1.1);
    let clock =
        build(json!({ "clock": { "lattice": "chain", "size": 9, "coupling": coupling, "states": 32 } }));
    let vectors = build(json!({ "chain": { "spins": "xy", "size": 9, "coupling": coupling } }));
    let (clock, vectors) =
        (solve(&*clock, ELIMINATION, temperature), solve(&*vectors, methods::AUTO, temperature));
    near(clock.log_partition - 9.0 * libm::log(32.0), vectors.log_partition, "ln Z");
    near(clock.energy, vectors.energy, "U");
    near(clock.energy_variance, vectors.energy_variance, "Var E");
}

#[test]
fn a_potts_ring_of_any_length_follows_its_transfer_matrix() {
    // Z = (e^K + q − 1)^N + (q − 1)(e^K − 1)^N with K = J/T.
    for (q, sites, coupling, temperature) in
        [(3, 12, 1.0, 0.7), (5, 7, 0.4, 2.0), (10, 300, 1.5, 0.9), (4, 9, -1.0, 0.6)]
    {
        let model = build(
            json!({ "potts": { "lattice": "chain", "size": sites, "states": q, "coupling": coupling } }),
        );
        let k: f64 = coupling / temperature;
        let (large, small) = (libm::exp(k) + f64::from(q) - 1.0, libm::exp(k) - 1.0);
        let ratio = (small / large).powi(sites);
        let wanted = f64::from(sites) * libm::log(large) + libm::log1p((f64::from(q) - 1.0) * ratio);
        near(solve(&*model, methods::AUTO, temperature).log_partition, wanted, "ln Z");
    }
}

#[test]
fn on_the_complete_graph_states_are_only_counted() {
    // Z = Σ N!/(n₁! n₂! n₃!) exp(K/N Σ n_a(n_a − 1)/2 + h n₁/T).
    let (sites, temperature, coupling, field) = (11_usize, 0.4, 1.2, 0.3);
    let keys =
        json!({ "lattice": "complete", "size": sites, "states": 3, "coupling": coupling, "field": field });
    let model = build(json!({ "potts": keys }));
    let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
    let mut z = 0.0;
    for first in 0..=sites {
        for second in 0..=sites - first {
            let counts = [first, second, sites - first - second];
            let ways = factorial(sites) / counts.iter().map(|n| factorial(*n)).product::<f64>();
            let pairs: f64 = counts.iter().map(|n| (*n as f64) * (*n as f64 - 1.0) / 2.0).sum();
            z += ways * libm::exp((coupling / sites as f64 * pairs + field * first as f64) / temperature);
        }
    }
    for method in [ENUMERATION, ELIMINATION] {
        near(solve(&*model, method, temperature).log_partition, libm::log(z), "ln Z");
    }
}

#[test]
fn two_potts_states_are_ising_spins_of_half_the_coupling() {
    let lattice = |coupling: f64, field: f64| json!({ "lattice": "square", "size": [4, 6], "coupling": coupling, "field": field, "disorder": "pm_j" });
    let (coupling, field, temperature) = (1.6, 0.5, 1.1);
    let mut keys = lattice(coupling, field);
    keys["states"] = json!(2);
    let potts = build(json!({ "potts": keys }));
    let ising = build(json!({ "ising": lattice(coupling / 2.0, field / 2.0) }));
    let pairs = ising.pair_model().unwrap();
    // δ = (1 + s s')/2 moves the energy by half of all couplings and fields.
    let shift = -pairs.scale * (pairs.couplings.iter().sum::<f64>() / 2.0 + pairs.fields.iter().sum::<f64>());
    for method in [ENUMERATION, ELIMINATION] {
        let (potts, ising) = (solve(&*potts, method, temperature), solve(&*ising, ELIMINATION, temperature));
        near(potts.log_partition, ising.log_partition - shift / temperature, "ln Z");
        near(potts.energy, ising.energy + shift, "U");
        near(potts.energy_variance, ising.energy_variance, "Var E");
        near(potts.order.unwrap().square, ising.order.unwrap().square, "⟨m²⟩");
    }
}

#[test]
fn a_deep_crystal_field_leaves_ising_spins() {
    let lattice = json!({ "lattice": "triangular", "size": [3, 4], "coupling": 0.8, "field": 0.2 });
    let mut keys = lattice.clone();
    keys["crystal_field"] = json!(-200.0);
    let (deep, ising) = (build(json!({ "blume_capel": keys })), build(json!({ "ising": lattice })));
    for method in [ENUMERATION, ELIMINATION] {
        let (deep, ising) = (solve(&*deep, method, 3.0), solve(&*ising, ENUMERATION, 3.0));
        near(deep.log_partition, ising.log_partition + 200.0 * 12.0 / 3.0, "ln Z");
        near(deep.energy_variance, ising.energy_variance, "Var E");
        near(deep.order.unwrap().square, ising.order.unwrap().square, "⟨m²⟩");
    }
}

#[test]
fn they_say_what_they_are() {
    let potts =
        build(json!({ "potts": { "lattice": "square", "size": 4, "states": 3, "disorder": "pm_j" } }));
    assert_eq!(
        potts.description(),
        "the ±J 3-state Potts glass on a 4 × 4 square lattice with periodic boundaries (disorder seed 5)"
    );
    let same = json!({ "lattice": "square", "size": 4, "states": 4, "disorder": "pm_j" });
    assert_ne!(potts.identity(), build(json!({ "potts": same })).identity());
    let spins = build(json!({ "blume_capel": { "lattice": "chain", "size": 4, "crystal_field": 0.5 } }));
    assert!(spins.description().starts_with("the Blume–Capel model on"), "{}", spins.description());
    assert!(spins.description().ends_with(", D = 0.5"));
    assert_eq!(spins.identity()["blume_capel"]["crystal_field"], 0.5);
    assert!(spins.has_magnetization() && !potts.has_magnetization());
}

#[test]
fn what_is_beyond_reach_is_refused_with_numbers() {
    let refused = |table: Value| build_from(&table, "0 1 1\n".to_owned()).err().unwrap().remove(0);
    let states = |q: Value| json!({ "potts": { "lattice": "chain", "size": 4, "states": q } });
    for (table, path, part) in [
        (states(json!(1)), "model.potts.states", "out of range"),
        (states(json!(257)), "model.potts.states", "out of range"),
        (json!({ "potts": { "lattice": "chain", "size": 4 } }), "model.potts", "states"),
        (json!({ "potts": { "states": 3 } }), "model.potts", "neither `lattice` nor `file`"),
        (
            json!({ "potts": { "states": 3, "file": "graph.txt", "size": 3 } }),
            "model.potts.size",
            "belongs to a lattice",
        ),
        (
            json!({ "clock": { "lattice": "chain", "size": 4, "states": 1 } }),
            "model.clock.states",
            "out of range",
        ),
        (
            json!({ "blume_capel": { "lattice": "chain", "size": 4, "crystal_field": 1e101 } }),
            "model.blume_capel.crystal_field",
            "out of range",
        ),
        (json!({ "blume_capel": { "lattice": "chain", "size": 1 } }), "model.blume_capel.size", "at least 2"),
    ] {
        let problem = refused(table.clone());
        assert_eq!(problem.path, path, "{table}");
        assert!(problem.message.contains(part), "{table}: {}", problem.message);
    }
    let reason = |keys: Value| build(json!({ "potts": keys })).exact().err().unwrap();
    let large = reason(json!({ "lattice": "square", "size": 20, "states": 3 }));
    assert!(large.contains("3^400 states are beyond enumeration") && large.contains("3^"), "{large}");
    let wide = reason(json!({ "lattice": "complete", "size": 400, "states": 200 }));
    assert!(wide.contains("bonds with 200 × 200 energies"), "{wide}");
    let huge = reason(json!({ "lattice": "square", "size": 5000, "states": 3 }));
    assert!(huge.contains("sites are beyond elimination"), "{huge}");
}
