//! Against 30-digit quadrature of another kind, Gaussian integrals, and the derivatives that the sums are.

use super::*;

fn go(_: f64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn solve(continuum: &Continuum, temperature: f64) -> Thermodynamics {
    assert_eq!(continuum.refuse(temperature), None);
    continuum.solve(temperature, &mut go).unwrap()
}

fn double_well(dimensions: usize, tilt: f64, stiffness: f64, squeeze: f64) -> Continuum {
    let surface = Surface::DoubleWell { dimensions, barrier: 1.0, distance: 1.0, tilt, stiffness, squeeze };
    Continuum { surface, low: -3.0, high: 3.0 }
}

fn rastrigin(amplitude: f64, degrees: f64) -> Continuum {
    let angle = degrees.to_radians();
    let turn = (libm::cos(angle), libm::sin(angle));
    let surface = Surface::Rastrigin { dimensions: 2, curvature: 1.0, amplitude, turn };
    Continuum { surface, low: -3.0, high: 3.0 }
}

/// The values that `tests/references/landscape.py` wrote.
#[test]
fn sums_agree_with_high_precision_arithmetic() {
    let mut compared = 0;
    for line in include_str!("../../../tests/references/landscape.csv").lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [temperature, log_z, energy] = [1, 2, 3].map(|at: usize| cells[at].parse::<f64>().unwrap());
        let continuum = match cells[0] {
            "double_well" => double_well(1, 0.3, 1.0, 0.0),
            "squeezed" => double_well(2, 0.2, 4.0, 1.0),
            "separable" => rastrigin(1.0, 0.0),
            "turned" => rastrigin(1.0, 30.0),
            _ => rastrigin(0.5, 30.0),
        };
        let solved = solve(&continuum, temperature);
        assert!(
            (solved.log_partition - log_z).abs() < 1e-11 * log_z.abs().max(1.0),
            "{line}: {}",
            solved.log_partition
        );
        assert!((solved.energy - energy).abs() < 1e-11 * energy.abs().max(1.0), "{line}: {}", solved.energy);
        let remainder = continuum.remainder(temperature, &mut go).unwrap();
        assert!(remainder.log_partition < 1e-11 && remainder.energy < 1e-11, "{line}: {remainder:?}");
        let counted = solved.counted.unwrap();
        assert!((counted.energy - energy).abs() < 1e-10 * energy.abs().max(1.0), "{line}");
        let entropy = log_z + energy / temperature;
        assert!((counted.entropy - entropy).abs() < 1e-9 * entropy.abs().max(1.0), "{line}");
        compared += 1;
    }
    assert!(compared >= 13);
}

/// In a box that is large beside √T: Z = 2πT/(c √(1 − ρ²)), U = T, Var E = T², and
/// F(x) = ½ c (1 − ρ²) x² − ½ T ln(2πT/c).
#[test]
fn a_quadratic_well_is_gaussian() {
    let (curvature, skew) = (2.0, 0.6);
    let surface = Surface::Quadratic { dimensions: 2, curvature, skew };
    let continuum = Continuum { surface, low: -10.0, high: 10.0 };
    for temperature in [0.01, 0.1, 1.0] {
        let solved = solve(&continuum, temperature);
        let share = 1.0 - skew * skew;
        let exact = libm::log(std::f64::consts::TAU * temperature / (curvature * libm::sqrt(share)));
        assert!((solved.log_partition - exact).abs() < 1e-12);
        assert!((solved.energy / temperature - 1.0).abs() < 1e-12);
        assert!((solved.energy_variance / (temperature * temperature) - 1.0).abs() < 1e-11);
        let smoothed = continuum.smoothed(temperature);
        let constant = 0.5 * temperature * libm::log(std::f64::consts::TAU * temperature / curvature);
        for (x, free) in smoothed.x.iter().zip(&smoothed.free_energy).filter(|(x, _)| x.abs() < 3.0) {
            let exact = 0.5 * curvature * share * x * x - constant;
            assert!((free - exact).abs() < 1e-11, "{x}");
        }
    }
    assert!(continuum.lowest().abs() < 1e-15);
    let cold = continuum.smoothed(0.0);
    for (x, free) in cold.x.iter().zip(&cold.free_energy) {
        assert!((free - 0.64 * x * x).abs() < 1e-12 * (1.0 + x * x));
    }
}

/// Of the double well the average over y is Gaussian too: it adds ½ T s x/a, so that heat favours the wider well.
#[test]
fn averaging_over_the_width_tilts_a_double_well() {
    let continuum = double_well(2, 0.0, 40.0, 1.0);
    let temperature = 0.5;
    let smoothed = continuum.smoothed(temperature);
    let constant = 0.5 * temperature * libm::log(std::f64::consts::TAU * temperature / 40.0);
    for (x, free) in smoothed.x.iter().zip(&smoothed.free_energy).filter(|(x, _)| x.abs() < 1.5) {
        let well = x * x - 1.0;
        assert!((free - (well * well + 0.5 * temperature * x - constant)).abs() < 1e-10, "{x}");
    }
    // (x² − 1)² bends downwards between ∓1/√3.
    let share = 2.0 / libm::sqrt(3.0) / (continuum.high - continuum.low);
    assert!((continuum.concave_share(temperature) - share).abs() < 1e-6);
    assert!((double_well(1, 0.0, 1.0, 0.0).concave_share(temperature) - share).abs() < 1e-6);
}

#[test]
fn the_sums_are_derivatives_of_ln_z() {
    for continuum in [rastrigin(1.0, 30.0), double_well(1, 0.3, 1.0, 0.0)] {
        for temperature in [0.4, 2.0, -3.0] {
            let (beta, step) = (1.0 / temperature, 1e-4);
            let at = |beta: f64| solve(&continuum, 1.0 / beta);
            let (below, here, above) = (at(beta - step), at(beta), at(beta + step));
            let energy = -(above.log_partition - below.log_partition) / (2.0 * step);
            let variance = -(above.energy - below.energy) / (2.0 * step);
            assert!((energy - here.energy).abs() < 1e-6);
            assert!((variance - here.energy_variance).abs() < 1e-5);
        }
    }
}

#[test]
fn the_limit_of_cold_is_the_deepest_well_and_what_cannot_be_resolved_is_refused() {
    // E′ = 4x(x² − 1) + 0.3 = 0 has its lowest root at x ≈ −1.0355, in the deeper well.
    let lowest = double_well(1, 0.3, 1.0, 0.0).lowest();
    let fine = (0..2_000_001).map(|k| {
        let x = -1.2 + 0.4 * f64::from(k) / 2e6;
        (x * x - 1.0) * (x * x - 1.0) + 0.3 * x
    });
    assert!((lowest - fine.fold(f64::INFINITY, f64::min)).abs() < 1e-12);
    assert!(rastrigin(1.0, 30.0).lowest().abs() < 1e-15);
    let reason = rastrigin(1.0, 30.0).refuse(1e-5).unwrap();
    assert!(reason.contains("panels of 16 nodes"), "{reason}");
    assert_eq!(rastrigin(1.0, 30.0).refuse(0.0), None);
    assert!(double_well(1, 0.3, 1.0, 0.0).refuse(1e-5).is_none(), "one dimension has nodes enough");
    assert!(rastrigin(1.0, 30.0).solve(1.0, &mut |_| ControlFlow::Break(())).is_none());
}

/// At T = 0 the envelope is the least over y, found here on a fine grid.
#[test]
fn the_envelope_is_the_least_over_the_other_coordinate() {
    let continuum = rastrigin(1.0, 30.0);
    for x in [-2.9, -1.0, 0.0, 0.37, 1.3, 2.5] {
        let grid = (0..=600_000).map(|k| continuum.surface.energy(x, -3.0 + 1e-5 * f64::from(k)));
        let least = grid.fold(f64::INFINITY, f64::min);
        assert!((continuum.envelope(x) - least).abs() < 1e-8, "{x}");
    }
}
