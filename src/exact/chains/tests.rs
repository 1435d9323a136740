//! Against every state of short chains, 50-digit sums over Bessel functions (mpmath), and published closed forms.

use super::*;

fn close(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!(
        (found - expected).abs() <= tolerance * (1e-3 + expected.abs()),
        "{what}: {found:e}, not {expected:e}"
    );
}

/// All states of a chain with q states a spin, by digits.
fn states(size: u32, q: u32) -> impl Iterator<Item = Vec<u32>> {
    (0..q.pow(size)).map(move |code| (0..size).map(|i| code / q.pow(i) % q).collect())
}

fn check(chain: Chain, energies: &[f64]) {
    for temperature in [0.15, 0.8, 3.0, 1e3, -0.4, -5.0] {
        let solved = chain.solve(temperature);
        let levels: Vec<Level> =
            energies.iter().map(|energy| Level { energy: *energy, degeneracy: 1.0 }).collect();
        let expected = solve_levels(&levels, temperature);
        let what = format!("{chain:?} at {temperature}");
        close(solved.log_partition, expected.log_partition, 1e-12, &what);
        close(solved.energy, expected.energy, 1e-11, &what);
        close(solved.energy_variance, expected.energy_variance, 1e-10, &what);
    }
    let cold = chain.solve(0.0);
    let lowest = energies.iter().copied().fold(f64::INFINITY, f64::min);
    let count = energies.iter().filter(|energy| **energy < lowest + 1e-9).count();
    close(cold.energy, lowest, 1e-13, "ground energy");
    assert_eq!(cold.populations[0].degeneracy, count as f64, "{chain:?}");
}

#[test]
fn short_ising_chains_are_the_sum_over_all_states() {
    let interactions = [
        (1.0, 0.0),
        (-1.0, 0.0),
        (0.7, 0.3),
        (-0.9, 0.4),
        (-0.5, 1.0),
        (0.0, 0.6),
        (0.0, 0.0),
        (1.0, -1e-3),
        (-0.6, -0.6),
    ];
    for (size, ring) in
        (1..=7).flat_map(|size| [(size, false), (size, true)]).filter(|case| *case != (1, true))
    {
        for (coupling, field) in interactions {
            let energies: Vec<f64> = states(size, 2)
                .map(|state| {
                    let spins: Vec<f64> = state.iter().map(|digit| 1.0 - 2.0 * f64::from(*digit)).collect();
                    let mut bonds: f64 = spins.windows(2).map(|pair| pair[0] * pair[1]).sum();
                    if ring {
                        bonds += spins[0] * spins[spins.len() - 1];
                    }
                    -coupling * bonds - field * spins.iter().sum::<f64>()
                })
                .collect();
            check(Chain { spins: Spins::Ising { field }, size: u64::from(size), coupling, ring }, &energies);
        }
    }
}

#[test]
fn short_potts_chains_are_the_sum_over_all_states() {
    for (size, q) in [(2, 1), (2, 4), (3, 2), (3, 3), (4, 3), (5, 2), (5, 3), (5, 4)] {
        for (coupling, ring) in [(1.0, false), (1.0, true), (-0.8, false), (-0.8, true), (0.0, true)] {
            let energies: Vec<f64> = states(size, q)
                .map(|state| {
                    let mut like = state.windows(2).filter(|pair| pair[0] == pair[1]).count();
                    like += usize::from(ring && state[0] == state[state.len() - 1]);
                    0.0 - coupling * like as f64
                })
                .collect();
            let spins = Spins::Potts { states: f64::from(q) };
            check(Chain { spins, size: u64::from(size), coupling, ring }, &energies);
        }
    }
}

#[test]
#[rustfmt::skip]
fn vectors_are_sums_of_fifty_digits() {
    let rows = [
        (Spins::Xy, false, 2, 1.0, 0.5, 0.823_993_541_482_956_2, -0.697_774_657_964_008, 0.164_223_197_721_207_7),
        (Spins::Xy, false, 7, 1.0, 0.01, 580.6783961396555, -5.9699242380310126, 0.00030152298132882214),
        (Spins::Xy, true, 3, 1.0, 1.0, 0.873_575_169_543_768, -1.7089123458761472, 1.3110806135004713),
        (Spins::Xy, true, 4, -1.0, 0.4, 5.312_148_665_565_118, -3.329093755341836, 0.317_670_047_984_344_9),
        (Spins::Xy, true, 5, -1.0, 2.0, 0.306_070_035_048_015, -1.1966965839913095, 2.1674972536936895),
        (Spins::Xy, true, 12, 1.5, 0.1, 153.841_637_295_361, -17.441046328437791, 0.05685171936937427),
        (Spins::Xy, true, 100, 1.0, 0.02, 4_713.324_969_716_729, -99.004_977_083_407_72, 0.020006534695848076),
        (Spins::Xy, true, 2, 1.0, 50.0, 0.000_399_960_007_109_644_8, -0.039992002132746829, 1.998_800_533_128_073),
        (Spins::Xy, true, 6, 1.0, -0.7, 2.813090266394572, 3.656_640_988_127_804, 1.8157529191867102),
        (Spins::Heisenberg, false, 2, 1.0, 0.5, 0.595_220_192_054_222_8, -0.537_314_720_727_548, 0.1739781701619289),
        (Spins::Heisenberg, false, 7, 1.0, 0.01, 568.210_095_800_711_8, -5.94, 0.0006),
        (Spins::Heisenberg, true, 3, 1.0, 1.0, 0.5733883077467326, -1.1674193878804732, 1.1133053782664932),
        (Spins::Heisenberg, true, 4, -1.0, 0.4, 3.9065960543596514, -2.7430906329910764, 0.522_921_952_131_293_1),
        (Spins::Heisenberg, true, 5, -1.0, 2.0, 0.206_268_810_579_715_9, -0.816_326_809_583_040_9, 1.5605534271331036),
        (Spins::Heisenberg, true, 12, 1.5, 0.1, 140.20885019714425, -16.888735785058415, 0.11238270203052924),
        (Spins::Heisenberg, true, 100, 1.0, 0.02, 4539.826265650902, -98.012_540_825_544_83, 0.039931905191441397),
        (Spins::Heisenberg, true, 2, 1.0, 50.0, 0.00026665244588906827, -0.026663822655592037, 1.3329067750021875),
        (Spins::Heisenberg, true, 6, 1.0, -0.7, 1.9343885878326068, 2.5859949947356797, 1.5110863623418147),
    ];
    for (spins, ring, size, coupling, temperature, log_partition, energy, variance) in rows {
        let chain = Chain { spins, size, coupling, ring };
        let solved = chain.solve(temperature);
        let what = format!("{chain:?} at {temperature}");
        close(solved.log_partition, log_partition, 1e-13, &what);
        close(solved.energy, energy, 1e-13, &what);
        let error = solved.energy_variance / variance - 1.0;
        assert!(error.abs() < 1e-11, "{what}: {} {variance}", solved.energy_variance);
    }
}

#[test]
fn long_chains_follow_the_published_energies() {
    let size = 1_000_000_000_000;
    for temperature in [0.05, 0.5, 2.0, 30.0] {
        let beta = 1.0 / temperature;
        let energy = |spins, coupling| {
            Chain { spins, size, coupling, ring: false }.solve(temperature).energy / (size as f64 - 1.0)
        };
        close(energy(Spins::Ising { field: 0.0 }, 1.0), -libm::tanh(beta), 1e-13, "Ising");
        close(energy(Spins::Heisenberg, 1.0), temperature - 1.0 / libm::tanh(beta), 1e-12, "Heisenberg");
        // −2J δ(s, s′) = −J (s s′ + 1).
        close(energy(Spins::Potts { states: 2.0 }, 2.0), -1.0 - libm::tanh(beta), 1e-13, "Potts");
    }
}
