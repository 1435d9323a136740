//! Bonds with signs: a ferromagnet in disguise behaves like one, bit by bit, and true disorder against exact energies.

use super::*;
use crate::models::spins::PairModel;
use crate::samplers;
use crate::samplers::tests::{batch_mean, model};
use serde_json::json;
use std::ops::ControlFlow;

/// Couplings σ_i σ_j of the neighbours of a torus.
fn disguised([planes, rows, columns]: [usize; 3], sigma: &[i8]) -> PairModel {
    let mut bonds = Vec::new();
    for site in 0..sigma.len() {
        let (z, y, x) = (site / columns / rows, site / columns % rows, site % columns);
        let place = |z: usize, y: usize, x: usize| (z % planes * rows + y % rows) * columns + x % columns;
        let mut others = vec![place(z, y, x + 1), place(z, y + 1, x)];
        if planes > 1 {
            others.push(place(z + 1, y, x));
        }
        for other in others {
            bonds.push((site as u32, other as u32, f64::from(sigma[site] * sigma[other])));
        }
    }
    PairModel::new(&bonds, vec![0.0; sigma.len()])
}

fn product(a: &[i8], b: &[i8]) -> Vec<i8> {
    a.iter().zip(b).map(|(a, b)| a * b).collect()
}

/// Two chains of one seed, of which the second has signs that spins can be redefined to undo.
fn judge_disguise<const D: usize>(
    sides: [usize; 3],
    mut plain: Checkerboard<D>,
    mut glass: Checkerboard<D>,
    what: &str,
) {
    let mut stream = rng::stream(5, "sigma", "", 0);
    let sigma: Vec<i8> =
        (0..sides.iter().product()).map(|_| if stream.random_bool(0.5) { 1 } else { -1 }).collect();
    let bonds = disguised(sides, &sigma);
    glass.sign(&bonds);
    glass.start_from(&product(&plain.state(), &sigma));
    for _ in 0..40 {
        assert_eq!(glass.energy(), plain.energy(), "{what}");
        assert_eq!(glass.energy(), bonds.energy(&glass.state()), "{what}");
        plain.sweep(&mut stream);
        glass.sweep(&mut stream);
        assert!(glass.state() == product(&plain.state(), &sigma), "{what}");
    }
}

#[test]
fn a_ferromagnet_in_disguise_is_one() {
    for set in InstructionSet::all() {
        for (rows, columns) in SHAPES.into_iter().filter(|(rows, columns)| *rows > 2 && *columns > 2) {
            let chain = || chain((rows, columns), 1.0, 2.3, set, 31);
            judge_disguise(
                [1, rows, columns],
                chain(),
                chain(),
                &format!("{rows} × {columns}, {}", set.name()),
            );
        }
        for sides in PILES.into_iter().filter(|sides| sides.iter().all(|side| *side > 2)) {
            let pile = || pile(sides, 1.0, 4.5, set, 31);
            judge_disguise(sides, pile(), pile(), &format!("{sides:?}, {}", set.name()));
        }
    }
}

#[test]
fn energies_of_a_glass_are_those_of_exact_sums() {
    let entry = samplers::find("checkerboard").unwrap();
    for (lattice, sides, coupling, temperature) in [
        ("square", json!([4, 6]), 1.0, 1.3),
        ("square", json!([6, 4]), -0.7, 1.0),
        ("square", json!([4, 4]), 1.0, 3.0),
    ] {
        let glass =
            model(json!({ "lattice": lattice, "size": sides, "disorder": "pm_j", "coupling": coupling }));
        assert!(super::super::takes(&*glass));
        let exact = glass.exact().unwrap().solve(temperature, &mut |_| ControlFlow::Continue(())).unwrap();
        let mut stream = rng::stream(6, "glass", "test", 0);
        let mut chain = entry.start(&*glass, temperature, &mut stream).unwrap();
        (0..1000).for_each(|_| chain.sweep(&mut stream));
        let (mut energies, mut squares) = (Vec::new(), Vec::new());
        for _ in 0..40_000 {
            chain.sweep(&mut stream);
            energies.push(chain.energy());
            squares.push((chain.energy() - exact.energy) * (chain.energy() - exact.energy));
        }
        let state = chain.state();
        assert!((chain.energy() - glass.pair_model().unwrap().energy(&state)).abs() < 1e-9);
        for (series, expected) in [(energies, exact.energy), (squares, exact.energy_variance)] {
            let (mean, error) = batch_mean(&series);
            // Fifty batches: |t| > 6 happens with probability 2e-7.
            assert!((mean - expected).abs() < 6.0 * error, "{sides}: {mean} ± {error}, exact {expected}");
        }
    }
}
