//! Kaufman's formula against enumeration, limits, and sixty digits.

use super::*;
use crate::exact::onsager;

fn square(size: usize) -> SquareLattice {
    SquareLattice { rows: size, columns: size, coupling: 1.0 }
}

/// ln Z, e and c by summing over all states.
fn enumerated(lattice: SquareLattice, temperature: f64) -> Torus {
    let SquareLattice { rows, columns, coupling } = lattice;
    let sites = rows * columns;
    let mut levels = std::collections::BTreeMap::<i64, f64>::new();
    for state in 0..1_u32 << sites {
        let spin = |r: usize, c: usize| i64::from(state >> (r * columns + c) & 1) * 2 - 1;
        let mut bonds = 0;
        for r in 0..rows {
            for c in 0..columns {
                bonds += spin(r, c) * (spin((r + 1) % rows, c) + spin(r, (c + 1) % columns));
            }
        }
        *levels.entry(bonds).or_default() += 1.0;
    }
    let ground = levels.keys().map(|b| -coupling * *b as f64).fold(f64::INFINITY, f64::min);
    let (mut z, mut first, mut second) = (0.0, 0.0, 0.0);
    for (bonds, degeneracy) in levels {
        let above = -coupling * bonds as f64 - ground;
        let weight = degeneracy * libm::exp(-above / temperature);
        (z, first, second) = (z + weight, first + weight * above, second + weight * above * above);
    }
    let mean = first / z;
    Torus {
        log_partition: libm::log(z) - ground / temperature,
        energy_per_site: (ground + mean) / sites as f64,
        specific_heat: (second / z - mean * mean) / (temperature * temperature * sites as f64),
    }
}

#[test]
fn small_lattices_agree_with_enumeration() {
    for (rows, columns) in [(2, 2), (2, 3), (3, 2), (3, 3), (3, 4), (4, 3), (4, 4), (2, 6), (5, 3)] {
        for coupling in [1.0, 0.7, -1.0] {
            let lattice = SquareLattice { rows, columns, coupling };
            for temperature in [0.4, 1.0, 2.0, onsager::critical_temperature(1.0), 2.5, 5.0, 100.0] {
                let Some(found) = torus(lattice, temperature) else {
                    assert!(coupling < 0.0 && (rows % 2 == 1 || columns % 2 == 1));
                    continue;
                };
                let exact = enumerated(lattice, temperature);
                for (a, b) in [
                    (found.log_partition, exact.log_partition),
                    (found.energy_per_site, exact.energy_per_site),
                    (found.specific_heat, exact.specific_heat),
                ] {
                    assert!(
                        (a - b).abs() < 1e-12 * b.abs().max(1.0),
                        "{rows} × {columns}, J = {coupling}, T = {temperature}: {a} against {b}"
                    );
                }
            }
        }
    }
}

#[test]
fn published_values_of_the_finite_lattice() {
    let t_c = onsager::critical_temperature(1.0);
    for (size, temperature, energy, heat) in [
        (4, t_c, -1.565_623_787_6, 0.783_266_825_9),
        (8, t_c, -1.491_589_107_4, 1.145_559_239_9),
        (16, t_c, -1.453_064_852_8, 1.498_704_959_4),
        (32, t_c, -1.433_658_466_1, 1.846_767_590_0),
        (128, t_c, -1.419_076_272_1, 2.536_331_335_1),
        (64, 2.0, -1.745_564_575_313, 0.724_871_448_605),
        (64, t_c, -1.423_938_389_833, 2.192_211_393_140),
        (64, 3.0, -0.817_309_592_502, 0.401_379_575_897),
    ] {
        let found = torus(square(size), temperature).unwrap();
        let digits = if size == 64 { 6e-13 } else { 6e-11 };
        assert!((found.energy_per_site - energy).abs() < digits, "L = {size}: e = {}", found.energy_per_site);
        assert!((found.specific_heat - heat).abs() < digits, "L = {size}: c = {}", found.specific_heat);
    }
    for (size, log) in [(4, 0.970_119_716_2), (16, 0.932_196_315_0), (64, 0.929_851_631_7)] {
        let found = torus(square(size), t_c).unwrap().log_partition / (size * size) as f64;
        assert!((found - log).abs() < 6e-11, "L = {size}: ln Z / N = {found}");
    }
}

#[test]
fn the_derivatives_are_those_of_ln_z() {
    // Five-point differences in K: ln Z is smooth on the scale 1/L.
    for size in [8, 37] {
        for k in [0.05, 0.3, 0.44, 0.440_686_793_509_771_5, 0.6] {
            let h = 2e-3 / size as f64;
            let at = |steps: f64| torus(square(size), 1.0 / (k + steps * h)).unwrap();
            let slope = (at(-2.0).log_partition - 8.0 * at(-1.0).log_partition + 8.0 * at(1.0).log_partition
                - at(2.0).log_partition)
                / (12.0 * h);
            let sites = (size * size) as f64;
            assert!((at(0.0).energy_per_site + slope / sites).abs() < 1e-8, "L = {size}, K = {k}: energy");
            let curvature = -(at(-2.0).energy_per_site - 8.0 * at(-1.0).energy_per_site
                + 8.0 * at(1.0).energy_per_site
                - at(2.0).energy_per_site)
                / (12.0 * h);
            assert!((at(0.0).specific_heat - k * k * curvature).abs() < 1e-8, "L = {size}, K = {k}: heat");
        }
    }
}

#[test]
fn large_lattices_stay_finite_and_approach_the_infinite_one() {
    for temperature in [0.1, 0.3, 1.0, 2.0, 2.25, 2.3, 3.0, 10.0, 100.0] {
        let found = torus(square(1024), temperature).unwrap();
        let energy = onsager::energy_per_site(1.0, temperature);
        let heat = onsager::specific_heat(1.0, temperature);
        // Finite-size corrections fall like e^{−L/ξ}; at these distances from T_c they are below rounding.
        assert!(
            (found.energy_per_site - energy).abs() < 1e-10,
            "T = {temperature}: {found:?} against {energy}"
        );
        assert!((found.specific_heat - heat).abs() < 1e-8, "T = {temperature}: {found:?} against {heat}");
    }
    let frozen = torus(square(64), 1e-3).unwrap();
    assert_eq!((frozen.energy_per_site, frozen.specific_heat), (-2.0, 0.0));
    assert!(torus(square(1), 2.0).is_none() && torus(square(8), 0.0).is_none());
}

#[test]
fn ground_state_degeneracy_shows_at_low_temperature() {
    // Z → e^{2NK}(2 + 2N e^{−8K} + …): Beale's g(E₁) = 2048 for 32 × 32.
    let temperature = 0.5;
    let found = torus(square(32), temperature).unwrap();
    let excess = found.log_partition - 2.0 * 1024.0 / temperature - LN_2;
    let lowest = 1024.0 * libm::exp(-8.0 / temperature);
    assert!((excess / lowest - 1.0).abs() < 0.01, "{excess} against {lowest}");
}

/// Values in 60-digit arithmetic, with the program that made them beside them.
const REFERENCES: &str = include_str!("../../../tests/references/kaufman.csv");

#[test]
fn all_digits_agree_with_sixty_digit_arithmetic() {
    let mut lines = 0;
    for line in REFERENCES.lines().skip(1) {
        let number = |column: usize| line.split(',').nth(column).unwrap().parse::<f64>().unwrap();
        let lattice = SquareLattice { rows: number(0) as usize, columns: number(1) as usize, coupling: 1.0 };
        let found = torus(lattice, number(2)).unwrap();
        let sites = number(0) * number(1);
        for (value, wanted, tolerance) in [
            (found.log_partition / sites, number(3), 1e-13),
            (found.energy_per_site, number(4), 1e-13),
            (found.specific_heat, number(5), 1e-10),
        ] {
            assert!((value - wanted).abs() <= tolerance * wanted.abs().max(1.0), "{line}: {value}");
        }
        lines += 1;
    }
    assert_eq!(lines, 165);
}

#[test]
fn hot_lattices_keep_their_digits() {
    // Moments of the energy at infinite temperature: U = −K Σ J² + O(K³) and C = K² Σ J² + O(K⁴), the sum over pairs of
    // neighbours; a side of two joins its pairs twice, which counts four times for half as many of them.
    for (rows, columns, squares) in [(4, 4, 2.0), (64, 64, 2.0), (256, 5, 2.0), (2, 2, 4.0), (2, 6, 3.0)] {
        for temperature in [1e5, 1e8, 1e12, 1e30] {
            let found = torus(SquareLattice { rows, columns, coupling: 1.0 }, temperature).unwrap();
            let k = 1.0 / temperature;
            let what = format!("{rows} × {columns} at {temperature}");
            assert!((found.log_partition / (rows * columns) as f64 - LN_2).abs() < 1e-9, "{what}");
            assert!((found.energy_per_site / (-squares * k) - 1.0).abs() < 3.0 * k * k + 1e-13, "{what}");
            assert!((found.specific_heat / (squares * k * k) - 1.0).abs() < 9.0 * k * k + 1e-13, "{what}");
        }
    }
}

#[test]
fn the_two_forms_meet() {
    for (m, n) in [(2, 2), (3, 2), (5, 3), (8, 8), (64, 16), (300, 300)] {
        for k in [0.05, 0.0999, 0.15, 0.25] {
            let (cold, hot) = (log_partition(m, n, k), hot::log_partition(m, n, k));
            assert!((cold.value / hot.value - 1.0).abs() < 1e-13, "{m} × {n} at {k}");
            assert!((cold.first / hot.first - 1.0).abs() < 1e-11, "{m} × {n} at {k}: {cold:?} {hot:?}");
            assert!((cold.second / hot.second - 1.0).abs() < 1e-9, "{m} × {n} at {k}: {cold:?} {hot:?}");
        }
    }
}
