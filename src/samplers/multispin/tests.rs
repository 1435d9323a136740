//! The same bits everywhere, exact coins, bit counts against plain sums, and the distribution against enumeration and
//! Kaufman.

use super::chain::Checkerboard;
use super::dispatch::InstructionSet;
use super::kernel::Chance;
use crate::models::SquareLattice;
use crate::rng;
use crate::samplers::Chain;
use rand::RngExt;

mod coins;
mod equilibrium;

const SHAPES: [(usize, usize); 14] = [
    (2, 2),
    (2, 4),
    (4, 4),
    (6, 10),
    (10, 6),
    (16, 16),
    (32, 32),
    (48, 48),
    (36, 100),
    (64, 64),
    (64, 130),
    (130, 64),
    (128, 128),
    (64, 1280),
];

fn chain(
    sides: (usize, usize),
    coupling: f64,
    temperature: f64,
    set: InstructionSet,
    seed: u64,
) -> Checkerboard {
    let lattice = SquareLattice { rows: sides.0, columns: sides.1, coupling };
    Checkerboard::new(lattice, temperature, set, &mut rng::stream(seed, "checkerboard", "test", 0))
}

/// −J Σ s s' over the bonds to the right and down of each site.
fn plain_energy(spins: &[i8], (rows, columns): (usize, usize), coupling: f64) -> f64 {
    let spin = |row: usize, column: usize| i64::from(spins[row % rows * columns + column % columns]);
    let mut sum = 0;
    for row in 0..rows {
        for column in 0..columns {
            sum += spin(row, column) * (spin(row, column + 1) + spin(row + 1, column));
        }
    }
    -coupling * sum as f64
}

/// A number that any change of a spin changes.
fn digest(spins: &[i8]) -> u64 {
    let step =
        |hash: u64, spin: &i8| (hash ^ u64::from(*spin > 0)).wrapping_mul(0x100_0000_01b3).rotate_left(29);
    spins.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

#[test]
fn every_instruction_set_gives_the_same_bits() {
    let mut stream = rng::stream(0, "unused", "", 0);
    for sides in SHAPES {
        for temperature in [0.8, 2.269, 9.0] {
            let states: Vec<_> = InstructionSet::all()
                .into_iter()
                .map(|set| {
                    let mut chain = chain(sides, 1.0, temperature, set, 7);
                    (0..70).for_each(|_| chain.sweep(&mut stream));
                    (
                        set.name(),
                        digest(&chain.state()),
                        chain.energy(),
                        chain.magnetization(),
                        chain.acceptance(),
                    )
                })
                .collect();
            for other in &states[1..] {
                let (first, other) = (&states[0], other);
                let same = (first.1, first.2, first.3, first.4) == (other.1, other.2, other.3, other.4);
                assert!(same, "{sides:?} at {temperature}: {first:?} and {other:?}");
            }
        }
    }
}

#[test]
fn the_bits_are_those_of_stored_results() {
    let mut stream = rng::stream(0, "unused", "", 0);
    let mut chain = chain((64, 64), 1.0, 2.269, InstructionSet::widest(), 1944);
    (0..100).for_each(|_| chain.sweep(&mut stream));
    // A golden value: whatever changes it changes every result, and asks for a new version of the kind.
    assert_eq!(digest(&chain.state()), 6_090_875_587_729_771_480);
}

#[test]
fn energies_and_magnetisations_are_those_of_the_state() {
    let mut stream = rng::stream(2, "spins", "", 0);
    for sides in SHAPES {
        for coupling in [1.0, -0.75] {
            for set in InstructionSet::all() {
                let mut chain = chain(sides, coupling, 3.0, set, 3);
                let spins: Vec<i8> =
                    (0..sides.0 * sides.1).map(|_| if stream.random_bool(0.7) { 1 } else { -1 }).collect();
                chain.start_from(&spins);
                assert!(chain.state() == spins, "{sides:?}: what was set is not what is got");
                for _ in 0..3 {
                    let state = chain.state();
                    assert_eq!(
                        chain.energy(),
                        plain_energy(&state, sides, coupling),
                        "{sides:?} {}",
                        set.name()
                    );
                    let sum: i64 = state.iter().map(|spin| i64::from(*spin)).sum();
                    assert_eq!(chain.magnetization(), sum as f64, "{sides:?} {}", set.name());
                    chain.sweep(&mut stream);
                }
            }
        }
    }
}

#[test]
fn an_antiferromagnet_is_a_ferromagnet_with_one_colour_inverted() {
    let mut stream = rng::stream(0, "unused", "", 0);
    let sides = (12, 20);
    let mut ferro = chain(sides, 1.0, 2.0, InstructionSet::widest(), 5);
    let mut anti = chain(sides, -1.0, 2.0, InstructionSet::widest(), 5);
    for _ in 0..50 {
        ferro.sweep(&mut stream);
        anti.sweep(&mut stream);
        let staggered: Vec<i8> = (0..sides.0 * sides.1)
            .zip(ferro.state())
            .map(|(site, spin)| if (site / sides.1 + site % sides.1) % 2 == 1 { -spin } else { spin })
            .collect();
        assert_eq!(anti.state(), staggered);
        assert_eq!(anti.energy(), ferro.energy());
    }
}

#[test]
fn a_large_lattice_is_held_in_its_bits() {
    let layout = super::layout::Layout::new(4096, 4096);
    // Both sublattices with the room beside their rows, in bytes: 2.1 MiB of the 16 MiB allowed.
    let bytes = 2 * 8 * layout.stride() * layout.rows;
    assert!(bytes < 2_200_000, "{bytes}");
    assert!(layout.is_full() && super::layout::Layout::new(64, 64).is_full());
}

#[test]
fn acceptance_is_the_share_of_flips() {
    // At T = ∞ (nearly) every proposal is accepted, at T → 0 from the ground state none.
    let mut stream = rng::stream(0, "unused", "", 0);
    for (temperature, expected) in [(1e9, 1.0), (0.01, 0.0)] {
        let mut chain = chain((32, 32), 1.0, temperature, InstructionSet::widest(), 1);
        chain.start_from(&[1; 1024]);
        chain.tune();
        (0..1000).for_each(|_| chain.sweep(&mut stream));
        assert!((chain.acceptance() - expected).abs() < 1e-6, "{}", chain.acceptance());
        // One sweep in 32 is lazy, give or take 4.5 standard errors.
        let lazy = 2.0 * (1.0 - chain.updates_per_spin());
        assert!((lazy - 1.0 / 32.0).abs() < 4.5 * libm::sqrt(1.0 / 32_000.0), "{lazy}");
    }
}
