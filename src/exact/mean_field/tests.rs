//! Against every state of the complete graph, the full sum, and the self-consistent field of large N.

use super::*;
use crate::models::spins::PairModel;

fn close(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!(
        (found - expected).abs() <= tolerance * expected.abs().max(1.0),
        "{what}: {found}, not {expected}"
    );
}

#[test]
fn it_is_the_complete_graph_less_half_a_coupling() {
    for (spins, coupling, field) in
        [(1, 1.0, 0.3), (2, -0.7, 0.0), (5, 1.0, -0.4), (9, 2.0, 0.0), (10, -1.5, 0.25), (14, 1.0, 0.02)]
    {
        let bonds: Vec<(u32, u32, f64)> =
            (0..spins).flat_map(|i| (0..i).map(move |j| (j, i, coupling / f64::from(spins)))).collect();
        let pairs = PairModel::new(&bonds, vec![field; spins as usize]);
        let states: Vec<(f64, f64)> = (0..1_u32 << spins)
            .map(|code| {
                let state: Vec<i8> = (0..spins).map(|i| if code >> i & 1 == 1 { 1 } else { -1 }).collect();
                (pairs.energy(&state) - 0.5 * coupling, f64::from(2 * code.count_ones()) - f64::from(spins))
            })
            .collect();
        let model = CurieWeiss { spins: u64::from(spins), coupling, field };
        for temperature in [0.3, 1.0, 4.0, -0.5, -3.0] {
            let weight = |energy: f64| libm::exp(-energy / temperature);
            let mean = |value: &dyn Fn(f64, f64) -> f64| {
                let total: f64 = states.iter().map(|(energy, _)| weight(*energy)).sum();
                states
                    .iter()
                    .map(|(energy, m)| weight(*energy) * value(*energy, *m / f64::from(spins)))
                    .sum::<f64>()
                    / total
            };
            let solved = model.solve(temperature);
            let what = format!("{model:?} at {temperature}");
            let z: f64 = states.iter().map(|(energy, _)| weight(*energy)).sum();
            close(solved.log_partition, libm::log(z), 1e-12, &what);
            let energy = mean(&|energy, _| energy);
            close(solved.energy, energy, 1e-12, &what);
            close(solved.energy_variance, mean(&|e, _| (e - energy) * (e - energy)), 1e-12, &what);
            let order = solved.order.unwrap();
            close(order.others.unwrap().0, mean(&|_, m| m.abs()), 1e-12, &what);
            close(order.square, mean(&|_, m| m * m), 1e-12, &what);
            close(order.others.unwrap().1, mean(&|_, m| m.powi(4)), 1e-12, &what);
            let up = solved.populations.last().unwrap().probability;
            close(up, mean(&|_, m| f64::from(u8::from(m == 1.0))), 1e-12, &what);
        }
        let lowest = states.iter().map(|(energy, _)| *energy).fold(f64::INFINITY, f64::min);
        let count = states.iter().filter(|(energy, _)| *energy < lowest + 1e-9).count();
        let cold = model.solve(0.0);
        close(cold.energy, lowest, 1e-12, "ground energy");
        assert_eq!(cold.populations[0].degeneracy, count as f64, "{model:?}");
        let next = states
            .iter()
            .map(|(energy, _)| *energy)
            .filter(|e| *e > lowest + 1e-9)
            .fold(f64::INFINITY, f64::min);
        let gap = cold.ground.unwrap().gap;
        assert_eq!(gap.is_some(), next.is_finite(), "{model:?}");
        if let Some((gap, degeneracy)) = gap {
            close(gap, next - lowest, 1e-12, "gap");
            let above = states.iter().filter(|(energy, _)| (energy - next).abs() < 1e-9).count();
            assert_eq!(degeneracy, above as f64, "{model:?}");
        }
    }
}

#[test]
fn the_window_is_the_whole_sum() {
    for (coupling, field, temperature) in
        [(1.0, 0.0, 0.7), (1.0, 1e-4, 0.9), (1.0, 0.0, 1.0), (-1.0, 0.5, 0.3), (1.0, -0.02, -2.0)]
    {
        let model = CurieWeiss { spins: 3001, coupling, field };
        let solved = model.solve(temperature);
        let terms: Vec<(f64, f64, f64)> = (0..=3001_u64)
            .map(|up| {
                let m = 2 * up as i64 - 3001;
                let log =
                    libm::lgamma(3002.0) - libm::lgamma(up as f64 + 1.0) - libm::lgamma(3002.0 - up as f64);
                (log - model.energy(m) / temperature, model.energy(m), m as f64 / 3001.0)
            })
            .collect();
        let logs: Vec<f64> = terms.iter().map(|term| term.0).collect();
        let log = crate::exact::boltzmann::log_sum_exp(&logs);
        let mean = |value: &dyn Fn(f64, f64) -> f64| -> f64 {
            terms.iter().map(|(weight, energy, m)| libm::exp(weight - log) * value(*energy, *m)).sum()
        };
        close(solved.log_partition, log, 1e-11, "ln Z");
        let energy = mean(&|energy, _| energy);
        close(solved.energy, energy, 1e-10, "U");
        close(solved.energy_variance, mean(&|e, _| (e - energy) * (e - energy)), 1e-9, "Var E");
        close(solved.order.unwrap().square, mean(&|_, m| m * m), 1e-10, "m²");
        let total: f64 = solved.populations.iter().map(|population| population.probability).sum();
        close(total, 1.0, 1e-13, "all intervals");
        let positive: f64 = solved.populations[10..].iter().map(|population| population.probability).sum();
        close(positive, mean(&|_, m| f64::from(u8::from(m > 0.0))), 1e-10, "the half m > 0");
    }
}

#[test]
fn a_large_magnet_solves_the_self_consistent_equation() {
    for (temperature, field) in [(0.5, 0.0), (0.8, 0.01), (1.5, -0.3), (3.0, 0.1)] {
        let model = CurieWeiss { spins: 1_000_000_000, coupling: 1.0, field };
        let order = model.solve(temperature).order.unwrap();
        let mut m = 1.0;
        for _ in 0..10_000 {
            m = libm::tanh((m + f64::abs(field)) / temperature);
        }
        // Corrections are of order 1/N.
        close(order.others.unwrap().0, m, 1e-7, "m");
    }
}

#[test]
fn at_the_critical_point_the_square_falls_as_the_root_of_n() {
    // P(m) ∝ e^{−N m⁴/12}: √N ⟨m²⟩ = √12 Γ(3/4)/Γ(1/4).
    let model = CurieWeiss { spins: 100_000_000, coupling: 1.0, field: 0.0 };
    let square = model.solve(1.0).order.unwrap().square * 1e4;
    let expected = libm::sqrt(12.0) * libm::tgamma(0.75) / libm::tgamma(0.25);
    assert!((square / expected - 1.0).abs() < 3e-4, "{square} {expected}");
}

#[test]
fn binomials_keep_their_digits() {
    for (n, k, expected) in
        [(40_u64, 20_u64, 137_846_528_820.0), (60, 30, 118_264_581_564_861_424.0), (1000, 2, 499_500.0)]
    {
        assert!((libm::exp(log_binomial(n, k)) / expected - 1.0).abs() < 1e-13);
        assert!((binomial(n, k) / expected - 1.0).abs() < 1e-14);
    }
    // ln C(10⁹, 5·10⁸) = N ln 2 − ½ ln(πN/2) − 1/4N.
    let expected = 1e9 * std::f64::consts::LN_2 - 0.5 * libm::log(PI * 0.5e9) - 0.25e-9;
    assert!((log_binomial(1_000_000_000, 500_000_000) / expected - 1.0).abs() < 1e-15);
}
