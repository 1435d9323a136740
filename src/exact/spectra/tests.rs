//! Against 40-digit arithmetic (mpmath, the sums term by term and the integral by quadrature), closed forms and limits.

use super::*;

fn close(found: f64, expected: f64, what: &str) {
    let size = 1e-12 * expected.abs() + 1e-300;
    assert!((found - expected).abs() <= size, "{what}: {found:e}, not {expected:e}");
}

/// T/B or T/ε with ln Z, U and Var E.
type Row = (f64, f64, f64, f64);

#[rustfmt::skip]
const ROTOR: [Row; 8] = [
    (0.001, 0.0, 0.0, 0.0),
    (0.05, 1.2745062765874767e-17, 2.5490125531749534e-17, 5.0980251063499067e-17),
    (0.7, 0.159_773_685_187_915_5, 0.29855817843326264, 0.527_381_252_245_942_6),
    (1.5, 0.633_785_872_491_016_3, 1.145798210451811, 2.2971962425781201),
    (30.0, 3.412_320_944_271_425, 29.665916362402168, 900.022_800_848_692_8),
    (99.0, 4.5984879900918929, 98.666_441_331_710_4, 9_801.022_394_528_96),
    (150.0, 5.012_858_010_983_81, 149.66651814103107, 22500.022335654926),
    (10000.0, 9.21037370542063, 9_999.666_664_444_36, 100000000.02222392),
];

#[rustfmt::skip]
const BOX: [Row; 8] = [
    (0.001, -1000.0, 1.0, 0.0),
    (0.05, -20.0, 1.0, 7.880_859_686_426_869e-26),
    (0.7, -1.4148907696286303, 1.040816179435398, 0.12121195775832172),
    (1.5, -0.535_455_310_699_294_4, 1.3905540574721317, 1.1957173543746627),
    (30.0, 1.471_109_841_293_597, 16.722_528_344_561_51, 472.87082127060485),
    (99.0, 2.118_403_395_912_71, 52.475529758121984, 5_038.934_945_685_569),
    (150.0, 2.3373747359760312, 78.621_782_098_121_49, 11508.516351792838),
    (10000.0, 4.478_730_076_906_234, 5_028.369_537_150_894, 50141042.855116313),
];

#[test]
fn rotor_and_box_are_the_sums_of_forty_digits() {
    for (spectrum, rows) in [(rotor(2.5), ROTOR), (particle_in_box(2.5, 1), BOX)] {
        for (temperature, log_partition, energy, variance) in rows {
            let solved = spectrum.solve(2.5 * temperature);
            let what = format!("{:?} at {temperature}", spectrum.sum);
            close(solved.log_partition, log_partition, &what);
            close(solved.energy, 2.5 * energy, &what);
            close(solved.energy_variance, 6.25 * variance, &what);
        }
    }
}

#[test]
fn the_two_forms_of_a_sum_agree_where_both_apply() {
    for step in 0..20 {
        let x = 1e-3 * libm::pow(1.12, f64::from(step));
        let (sum, series) = (rotor_sum(x), rotor_hot(x));
        for (a, b) in [(sum.0, series.0), (sum.1, series.1), (sum.2, series.2)] {
            close(a, b, "rotor");
        }
        let x = 0.2 + 0.1 * f64::from(step);
        let (sum, transformed) = (box_sum(x), box_hot(x));
        for (a, b) in [(sum.0, transformed.0), (sum.1, transformed.1), (sum.2, transformed.2)] {
            assert!((a - b).abs() < 1e-12 * (0.01 + b.abs()), "box at {x}: {a} and {b}");
        }
    }
}

#[test]
fn oscillators_are_the_sum_over_their_quanta() {
    for exponent in -3..=6 {
        for quantum in [0.3, 1.0, 40.0] {
            let t = libm::pow(10.0, f64::from(exponent));
            let solved = oscillators(1.0, quantum, true).solve(quantum * t);
            // Σ e^{−n/t} by blocks of equal weights: Z(t) = Σ_{n<m} e^{−n/t} Z(t/m), m levels at a time until one is left.
            let x = 1.0 / t;
            let count = (80.0 * t).ceil().min(4e7) as u64 + 2;
            let stride = count.div_ceil(20_000);
            let inner: f64 = (0..stride).map(|n| libm::exp(-x * n as f64)).sum();
            let outer: f64 = (0..count / stride + 2).map(|n| libm::exp(-x * (n * stride) as f64)).sum();
            let expected = libm::log(inner) + libm::log(outer) - 0.5 * x;
            let tolerance = if exponent < 6 { 1e-12 } else { 1e-3 };
            assert!((solved.log_partition - expected).abs() < tolerance * expected.abs().max(1.0), "T = {t}");
            // U = (ħω/2) coth(ħω/2T), Var E = (U² − (ħω/2)²).
            let half = 0.5 * quantum;
            close(solved.energy, half / libm::tanh(0.5 * x), "energy");
            let variance = solved.energy * solved.energy - half * half;
            assert!((solved.energy_variance - variance).abs() < 1e-12 * solved.energy * solved.energy);
        }
    }
}

#[test]
fn many_units_are_independent_and_share_their_quanta() {
    let (one, five) = (oscillators(1.0, 0.7, true).solve(0.9), oscillators(5.0, 0.7, true).solve(0.9));
    close(five.log_partition, 5.0 * one.log_partition, "ln Z");
    close(five.energy, 5.0 * one.energy, "U");
    close(five.energy_variance, 5.0 * one.energy_variance, "Var E");
    let counts: Vec<f64> = five.populations.iter().map(|population| population.degeneracy).collect();
    assert_eq!(counts[..5], [1.0, 5.0, 15.0, 35.0, 70.0]);
    let total: f64 = five.populations.iter().map(|population| population.probability).sum();
    assert!((total - 1.0).abs() < 1e-14);
    let mean: f64 =
        five.populations.iter().map(|population| population.probability * population.energy).sum();
    close(mean, five.energy, "mean over the table");
    // Without the zero-point energy only the zero of energy moves.
    let shifted = oscillators(5.0, 0.7, false).solve(0.9);
    close(shifted.energy + 0.5 * 5.0 * 0.7, five.energy, "U");
    assert_eq!(shifted.energy_variance, five.energy_variance);
}

#[test]
fn a_box_in_three_dimensions_has_the_levels_of_three_numbers() {
    let spectrum = particle_in_box(1.0, 3);
    let levels: Vec<(f64, f64)> =
        spectrum.lowest.iter().map(|level| (level.energy + 3.0, level.degeneracy)).collect();
    assert_eq!(
        levels[..7],
        [(3.0, 1.0), (6.0, 3.0), (9.0, 3.0), (11.0, 3.0), (12.0, 1.0), (14.0, 6.0), (17.0, 3.0)]
    );
    let mut log = 0.0;
    for (a, b, c) in (1..30).flat_map(|a| (1..30).flat_map(move |b| (1..30).map(move |c| (a, b, c)))) {
        log += libm::exp(-f64::from(a * a + b * b + c * c) / 4.0);
    }
    close(spectrum.solve(4.0).log_partition, libm::log(log), "ln Z");
}

#[test]
fn debye_is_the_integral_of_forty_digits() {
    #[rustfmt::skip]
    let rows = [
        (1e-6, 0.99999962500005), (0.01, 0.996_254_999_994_047_7), (0.5, 0.824_962_968_976_233_7),
        (1.0, 0.674_415_564_077_814_7), (1.9, 0.4607258256017774), (2.1, 0.422_291_193_087_738_6),
        (3.0, 0.283_579_828_143_422_5), (10.0, 0.01929576569034549), (100.0, 1.9481818206800487e-5),
        (1000.0, 1.9481818206800487e-8),
    ];
    for (x, expected) in rows {
        assert!((debye_function(x) / expected - 1.0).abs() < 1e-13, "D₃({x}) = {}", debye_function(x));
    }
}

#[test]
fn solids_follow_dulong_and_petit_and_the_cube_law() {
    let heat = |spectrum: Spectrum, t: f64| spectrum.solve(t).energy_variance / (t * t);
    for spectrum in [debye_solid(7.0, 2.0, true), oscillators(21.0, 2.0, true)] {
        assert!((heat(spectrum, 2e4) / 21.0 - 1.0).abs() < 1e-8);
    }
    // C = (12π⁴/5) N (T/θ)³, and U = E₀ + (3π⁴/5) N T⁴/θ³.
    let cold = debye_solid(7.0, 2.0, true);
    let law = 12.0 * PI.powi(4) / 5.0 * 7.0 * 1e-6;
    close(heat(cold.clone(), 0.02), law, "cube law");
    close(cold.solve(0.02).energy, 1.125 * 14.0 + law * 0.02 / 4.0, "energy");
    close(cold.solve(0.02).log_partition, -1.125 * 14.0 / 0.02 + law / 12.0, "ln Z");
}

#[test]
fn at_zero_temperature_the_ground_state_is_left() {
    for spectrum in
        [oscillators(3.0, 2.0, true), rotor(1.0), particle_in_box(1.0, 2), debye_solid(2.0, 1.0, true)]
    {
        let solved = spectrum.solve(0.0);
        assert_eq!((solved.energy, solved.energy_variance), (spectrum.ground, 0.0));
        assert_eq!(solved.populations.len(), 1);
        if spectrum.ground > 0.0 {
            assert_eq!(solved.log_partition, f64::NEG_INFINITY);
        } else {
            assert_eq!(solved.log_partition, 0.0);
        }
        let near = spectrum.solve(1e-5);
        assert!((near.energy - solved.energy).abs() < 1e-12);
    }
}
