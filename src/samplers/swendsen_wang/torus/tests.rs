//! The same bits on every processor, clusters at the ends of the temperature scale, and the distribution against Kaufman and
//! enumeration. Small tori and the 512 states of the 3 × 3 one are among the tests of all samplers.

use super::*;
use crate::exact::kaufman;
use crate::models::SquareLattice;
use crate::rng;
use crate::samplers::tests::{batch_mean, model};
use serde_json::json;
use std::ops::ControlFlow;

/// Planes, rows and columns: odd and even, and rows of one word, just that, and more.
const SHAPES: [[usize; 3]; 13] = [
    [1, 2, 2],
    [1, 3, 3],
    [1, 2, 5],
    [1, 7, 63],
    [1, 6, 64],
    [1, 5, 65],
    [1, 65, 3],
    [1, 4, 128],
    [1, 3, 200],
    [2, 2, 2],
    [3, 4, 5],
    [4, 3, 64],
    [5, 2, 70],
];

fn chain(sides: [usize; 3], temperature: f64, seed: u64) -> Torus {
    Torus::new(sides, 1.0, temperature, &mut rng::stream(seed, "torus", "test", 0))
}

/// The neighbours to the right, below and, in three dimensions, behind.
fn after([planes, rows, columns]: [usize; 3], site: usize) -> Vec<usize> {
    let (x, y, z) = (site % columns, site / columns % rows, site / columns / rows);
    let place = |z: usize, y: usize, x: usize| (z % planes * rows + y % rows) * columns + x % columns;
    let mut found = vec![place(z, y, x + 1), place(z, y + 1, x)];
    if planes > 1 {
        found.push(place(z + 1, y, x));
    }
    found
}

#[test]
fn every_instruction_set_gives_the_same_bits() {
    for sides in SHAPES {
        let outcome = |set, fast| {
            let mut stream = rng::stream(3, "torus", "bits", 0);
            let mut chain = Torus::on(set, fast, (sides, 0.7), 1.8, &mut stream);
            (0..40).for_each(|_| chain.sweep(&mut stream));
            (chain.state(), chain.acceptance())
        };
        let first = outcome(InstructionSet::all()[0], false);
        for set in InstructionSet::all() {
            assert_eq!(first, outcome(set, has_bit_instructions()), "{sides:?}, {}", set.name());
        }
    }
}

#[test]
fn energies_and_magnetisations_are_those_of_the_state() {
    let mut stream = rng::stream(3, "torus", "unused", 0);
    for sides in SHAPES {
        let mut chain = chain(sides, 2.5, 4);
        for _ in 0..4 {
            let state = chain.state();
            let products = |site: usize| -> i64 {
                after(sides, site).into_iter().map(|other| i64::from(state[site] * state[other])).sum()
            };
            let bonds: i64 = (0..state.len()).map(products).sum();
            assert_eq!(chain.energy(), -bonds as f64, "{sides:?}");
            let sum: i64 = state.iter().map(|spin| i64::from(*spin)).sum();
            assert_eq!(chain.magnetization(), sum as f64, "{sides:?}");
            chain.start_from(&state);
            assert_eq!(chain.state(), state);
            chain.sweep(&mut stream);
        }
    }
}

#[test]
fn near_zero_temperature_whole_domains_are_flipped() {
    // Every bond between equal spins is kept: those stay equal, and each domain goes its own way with probability ½.
    let mut stream = rng::stream(3, "torus", "domains", 0);
    for sides in SHAPES {
        let mut chain = chain(sides, 1e-3, 5);
        let (mut walls, mut gone) = (0.0, 0.0);
        for round in 0..60 {
            // Domains of all sizes, among them those that wind around the torus.
            let share = f64::from(round) / 60.0;
            let spins: Vec<i8> = (0..chain.board.sites())
                .map(|_| if rand::RngExt::random_bool(&mut stream, share) { 1 } else { -1 })
                .collect();
            chain.start_from(&spins);
            chain.sweep(&mut stream);
            let now = chain.state();
            for site in 0..spins.len() {
                for other in after(sides, site) {
                    if spins[site] == spins[other] {
                        assert_eq!(
                            now[site], now[other],
                            "{sides:?}: a domain was torn at {site} and {other}"
                        );
                    } else {
                        walls += 1.0;
                        gone += f64::from(u8::from(now[site] == now[other]));
                    }
                }
            }
        }
        // Walls between the same domains go together, so that the share is only roughly ½.
        assert!((0.3..0.7).contains(&(gone / walls)), "{sides:?}: {gone} of {walls}");
    }
}

#[test]
fn at_infinite_temperature_every_spin_is_drawn_alone() {
    let mut stream = rng::stream(3, "torus", "alone", 0);
    for sides in SHAPES {
        let mut chain = chain(sides, 1e12, 6);
        chain.start_from(&vec![1; chain.board.sites()]);
        chain.tune();
        let (mut correlation, sweeps) = (0.0, 400_000 / chain.board.sites());
        for _ in 0..sweeps {
            chain.sweep(&mut stream);
            correlation -= chain.energy();
        }
        let spins = (sweeps * chain.board.sites()) as f64;
        let share = (chain.acceptance() - 0.5) * 2.0 * libm::sqrt(spins);
        assert!(share.abs() < 4.5, "{sides:?}: {share} standard errors");
        // Products of neighbours have the variance 1; of pairs that are neighbours twice, twice that.
        let bonds = spins * if sides[0] > 1 { 3.0 } else { 2.0 };
        let z = correlation / libm::sqrt(2.0 * bonds);
        assert!(z.abs() < 4.5, "{sides:?}: {z} standard errors");
    }
}

/// Energy and its variance of one torus against Kaufman.
fn judge(rows: usize, columns: usize, temperature: f64, sweeps: usize) {
    let lattice = SquareLattice { rows, columns, coupling: 1.0 };
    let exact = kaufman::torus(lattice, temperature).unwrap();
    let spins = (rows * columns) as f64;
    let energy = spins * exact.energy_per_site;
    let variance = spins * exact.specific_heat * temperature * temperature;
    let mut stream = rng::stream(3, "torus", "unused", 0);
    let mut chain = chain([1, rows, columns], temperature, 7);
    chain.start_from(&vec![1; rows * columns]);
    (0..sweeps / 10).for_each(|_| chain.sweep(&mut stream));
    let (mut energies, mut squares) = (Vec::new(), Vec::new());
    for _ in 0..sweeps {
        chain.sweep(&mut stream);
        energies.push(chain.energy());
        squares.push((chain.energy() - energy) * (chain.energy() - energy));
    }
    for (series, expected) in [(energies, energy), (squares, variance)] {
        let (mean, error) = batch_mean(&series);
        // Fifty batches: |t| > 6 happens with probability 2e-7.
        assert!(
            (mean - expected).abs() < 6.0 * error,
            "{rows} × {columns} at {temperature}: {mean} ± {error}, exact {expected}"
        );
    }
}

#[test]
fn energies_are_those_of_kaufman_on_rows_of_several_words() {
    for (rows, columns) in [(4, 130), (3, 65), (5, 64), (66, 3), (16, 16)] {
        for temperature in [2.0, 2.269_185_314_213_022, 3.0] {
            judge(rows, columns, temperature, 3000);
        }
    }
}

#[test]
#[ignore = "takes a minute: cargo test --release --lib -- --ignored energies_are_those_of_kaufman_at_length"]
fn energies_are_those_of_kaufman_at_length() {
    for (size, sweeps) in [(16, 400_000), (32, 150_000), (64, 50_000), (63, 50_000)] {
        for temperature in [2.0, 2.269_185_314_213_022, 3.0] {
            judge(size, size, temperature, sweeps);
        }
    }
}

#[test]
fn energies_of_cubic_tori_are_those_of_enumeration() {
    for (sides, temperature) in [([2, 3, 3], 4.0), ([3, 2, 2], 5.0)] {
        let torus = model(json!({ "lattice": "cubic", "size": sides }));
        let exact = torus.exact().unwrap().solve(temperature, &mut |_| ControlFlow::Continue(())).unwrap();
        let mut stream = rng::stream(3, "torus", "unused", 0);
        let mut chain = chain(sides, temperature, 8);
        let (mut energies, mut squares) = (Vec::new(), Vec::new());
        for _ in 0..20_000 {
            chain.sweep(&mut stream);
            energies.push(chain.energy());
            squares.push((chain.energy() - exact.energy) * (chain.energy() - exact.energy));
        }
        for (series, expected) in [(energies, exact.energy), (squares, exact.energy_variance)] {
            let (mean, error) = batch_mean(&series);
            assert!((mean - expected).abs() < 6.0 * error, "{sides:?}: {mean} ± {error}, exact {expected}");
        }
    }
}
