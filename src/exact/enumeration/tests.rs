//! Enumeration against the definition, evaluated state by state.

use super::*;
use crate::exact::intervals::BINS;
use crate::lattices::{Geometry, Lattice};
use crate::rng;
use proptest::prelude::*;
use rand::RngExt;

fn solve(pairs: &PairModel, temperature: f64) -> Thermodynamics {
    let enumeration = Enumeration::new(pairs).unwrap();
    enumeration.solve(temperature, &mut |_| ControlFlow::Continue(())).unwrap()
}

/// ln Z, U and Var E by evaluating every state from the definition, without any shortcut.
fn brute_force(pairs: &PairModel, temperature: f64) -> (f64, f64, f64) {
    let energies: Vec<f64> = (0..1_u32 << pairs.spins())
        .map(|code| {
            let state: Vec<i8> =
                (0..pairs.spins()).map(|i| if code >> i & 1 == 1 { 1 } else { -1 }).collect();
            pairs.energy(&state)
        })
        .collect();
    let least = energies.iter().copied().fold(f64::INFINITY, f64::min);
    let weight = |energy: f64| libm::exp(-(energy - least) / temperature);
    let total: f64 = energies.iter().map(|energy| weight(*energy)).sum();
    let mean = energies.iter().map(|energy| weight(*energy) * energy).sum::<f64>() / total;
    let squares = energies.iter().map(|energy| weight(*energy) * (energy - mean) * (energy - mean));
    (libm::log(total) - least / temperature, mean, squares.sum::<f64>() / total)
}

fn assert_agrees(pairs: &PairModel, temperature: f64) {
    let (solved, (log_partition, energy, variance)) =
        (solve(pairs, temperature), brute_force(pairs, temperature));
    for (found, expected) in
        [(solved.log_partition, log_partition), (solved.energy, energy), (solved.energy_variance, variance)]
    {
        assert!((found - expected).abs() <= 1e-10 * (1.0 + expected.abs()), "{found} against {expected}");
    }
    let probability: f64 = solved.populations.iter().map(|population| population.probability).sum();
    let states: f64 = solved.populations.iter().map(|population| population.degeneracy).sum();
    assert!((probability - 1.0).abs() < 1e-12);
    assert_eq!(states, libm::exp2(pairs.spins() as f64));
}

fn lattice(geometry: Geometry, sides: &[usize]) -> PairModel {
    let lattice = Lattice::new(geometry, sides, true);
    PairModel::from_bonds(|| lattice.bonds().map(|(i, j)| (i, j, 1.0)), vec![0.0; lattice.sites()])
}

#[test]
fn the_density_of_states_of_the_four_by_four_torus() {
    let solved = solve(&lattice(Geometry::Square, &[4, 4]), 2.0 / libm::log(1.0 + 2.0_f64.sqrt()));
    let found: Vec<(f64, f64)> =
        solved.populations.iter().map(|level| (level.energy, level.degeneracy)).collect();
    let lower =
        [(-32., 2.), (-24., 32.), (-20., 64.), (-16., 424.), (-12., 1728.), (-8., 6688.), (-4., 13568.)];
    let upper = lower.iter().rev().map(|&(energy, states)| (-energy, states));
    let expected: Vec<(f64, f64)> = lower.iter().copied().chain([(0., 20524.)]).chain(upper).collect();
    assert_eq!(found, expected);
    // Kaufman's finite lattice at T_c: ln Z/N and U/N.
    assert!((solved.log_partition / 16.0 - 0.9701197162).abs() < 1e-9);
    assert!((solved.energy / 16.0 + 1.5656237876).abs() < 1e-9);
}

#[test]
fn rich_spectra_are_summed_in_blocks_and_populated_in_intervals() {
    let mut stream = rng::stream(1, "test", "enumeration", 0);
    for field in [0.0, 1.0] {
        let bonds: Vec<(u32, u32, f64)> = (0..15_u32)
            .flat_map(|i| (i + 1..15).map(move |j| (i, j)))
            .map(|(i, j)| (i, j, stream.random::<f64>() - 0.5))
            .collect();
        let fields: Vec<f64> = (0..15).map(|_| field * (stream.random::<f64>() - 0.5)).collect();
        let pairs = PairModel { scale: 1.5, offset: -3.0, ..PairModel::new(&bonds, fields) };
        for temperature in [0.02, 0.7, 30.0] {
            assert_agrees(&pairs, temperature);
        }
        assert_eq!(solve(&pairs, 1.0).populations.len(), BINS);
    }
}

#[test]
fn many_whole_levels_are_gathered_in_intervals() {
    // Fields 1, 2, 4 … give every state an energy of its own.
    let fields: Vec<f64> = (0..14).map(|i| libm::exp2(f64::from(i))).collect();
    let pairs = PairModel::new(&[(0, 1, 3.0)], fields);
    assert_agrees(&pairs, 900.0);
    assert_eq!(solve(&pairs, 900.0).populations.len(), BINS);
}

#[test]
fn extreme_temperatures_give_the_limits() {
    let pairs = lattice(Geometry::Square, &[3, 3]);
    let hot = solve(&pairs, 1e12);
    assert!((hot.log_partition - 9.0 * core::f64::consts::LN_2).abs() < 1e-9);
    let cold = solve(&pairs, 1e-6);
    assert_eq!((cold.energy, cold.energy_variance), (-18.0, 0.0));
    let huge = PairModel { scale: 1e9, ..pairs };
    assert_eq!(solve(&huge, 1e-3).energy, -18e9);
}

#[test]
fn too_many_spins_are_refused_and_an_interruption_is_obeyed() {
    assert_eq!(Enumeration::check(36).unwrap_err(), "2^36 states are beyond enumeration (2^34 at most)");
    let pairs = PairModel::new(&[(0, 1, 0.1234567)], vec![core::f64::consts::PI; 17]);
    let enumeration = Enumeration::new(&pairs).unwrap();
    assert!(enumeration.solve(1.0, &mut |_| ControlFlow::Break(())).is_none());
    assert!(enumeration.solve(1.0, &mut |_| ControlFlow::Continue(())).is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_small_model_agrees_with_brute_force(
        spins in 1_usize..9,
        bonds in prop::collection::vec((0_u32..9, 0_u32..9, -3.0..3.0_f64), 0..20),
        fields in prop::collection::vec(-2.0..2.0_f64, 9),
        grid in prop::sample::select(vec![0.0, 1.0, 2.0, 10.0]),
        temperature in 0.05..50.0_f64,
    ) {
        // On a grid, values are multiples of 1/grid; a grid of 0 leaves them as they are.
        let on_grid = |value: f64| if grid == 0.0 { value } else { libm::round(value * grid) / grid };
        let bonds: Vec<(u32, u32, f64)> = bonds
            .into_iter()
            .filter(|&(i, j, _)| i != j && (i as usize) < spins && (j as usize) < spins)
            .map(|(i, j, coupling)| (i, j, on_grid(coupling)))
            .collect();
        let fields: Vec<f64> = fields[..spins].iter().map(|field| on_grid(*field)).collect();
        assert_agrees(&PairModel::new(&bonds, fields), temperature);
    }
}
