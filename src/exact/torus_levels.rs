//! The exact density of states of the two-dimensional Ising model on a torus.
//!
//! The partition function of the torus is a polynomial in x = e^{−4K} (K = J/T) whose coefficients are the numbers of states of
//! each energy (P. D. Beale, Phys. Rev. Lett. 76 (1996) 78, doi:10.1103/PhysRevLett.76.78, who expands Kaufman's formula
//! with exact integers). Here they are read off by Fourier transforms: on a circle |x| = r, where Kaufman's formula holds for the
//! complex K too, the coefficients near the most probable energy at that r come out to nearly all digits. Circles from infinite
//! temperature to the ground state give them all.

mod complex;

use super::kaufman::torus;
use crate::models::SquareLattice;
use complex::Complex;
use std::f64::consts::PI;

/// Sites at most.
const MOST_SITES: usize = 1024;
/// K of the hottest circle: its likeliest energy is a standard deviation from 0 at most, and Kaufman's formula loses few digits.
const HOTTEST: f64 = 0.02;
/// Circles are so many standard deviations of the energy apart.
const STEP: f64 = 0.75;
/// Levels this many standard deviations from the mean, and two more, are taken from a circle …
const REACH: f64 = 1.0;
/// … of so many standard deviations and points, or one more than there are levels: what is folded back onto those taken is
/// below rounding.
const POINTS: (f64, f64) = (24.0, 64.0);

/// ln g(E) for each energy E that the torus has, lowest first; `None` for an odd side, a side below four, or more than 1024 sites.
///
/// E = −J Σ s s over the 2N bonds; levels are 4|J| apart, and E and −E are as many. Good to some 1e−10 of g.
pub fn log_density_of_states(lattice: SquareLattice) -> Option<Vec<(f64, f64)>> {
    let SquareLattice { rows, columns, coupling } = lattice;
    let even = |side: usize| side >= 4 && side.is_multiple_of(2);
    if !even(rows) || !even(columns) || rows * columns > MOST_SITES || coupling == 0.0 {
        return None;
    }
    let (long, short, sites) = (rows.max(columns), rows.min(columns), rows * columns);
    let middle = sites / 2;
    let mut logs: Vec<Option<f64>> = vec![None; middle + 1];
    let mut k = HOTTEST;
    while logs[0].is_none() {
        let exact = torus(SquareLattice { rows, columns, coupling: 1.0 }, 1.0 / k)?;
        let n = sites as f64;
        // In units of levels from the ground state.
        let mean = (exact.energy_per_site + 2.0) * n / 4.0;
        let deviation = libm::sqrt(exact.specific_heat * n) / (4.0 * k);
        let reach = REACH * deviation + 2.0;
        let first = libm::ceil((mean - reach).max(0.0)) as usize;
        let last = (libm::floor(mean + reach) as usize).min(middle);
        let wanted = first..=last;
        let points = (libm::ceil(POINTS.0 * deviation + POINTS.1) as usize).min(sites + 1);
        for (level, log) in wanted.clone().zip(circle(long, short, k, points, wanted)) {
            logs[level] = logs[level].or(log);
        }
        k += STEP / (4.0 * deviation.max(0.1));
    }
    let ground = -2.0 * sites as f64;
    let known = |level: usize| Some((ground + 4.0 * level as f64, logs[level.min(sites - level)]?));
    Some((0..=sites).filter_map(known).map(|(energy, log)| (coupling.abs() * energy, log)).collect())
}

/// ln g of some levels by a Fourier transform on the circle |x| = e^{−4k}; `None` of levels that no state has.
fn circle(
    long: usize,
    short: usize,
    k: f64,
    points: usize,
    levels: impl Iterator<Item = usize>,
) -> Vec<Option<f64>> {
    let bonds = 2.0 * (long * short) as f64;
    // ln of the polynomial: Z without its ground state's energy.
    let log_polynomial = |angle: f64| {
        let k = Complex::new(k, 0.25 * angle);
        log_partition(long, short, k) - k.times(bonds)
    };
    let top = log_polynomial(0.0).re;
    // The values at conjugate points are conjugate.
    let half = points / 2;
    let values: Vec<Complex> = (0..=half)
        .map(|at| (log_polynomial(2.0 * PI * at as f64 / points as f64) - Complex::new(top, 0.0)).exp())
        .collect();
    let coefficient = |level: usize| {
        let sum: f64 = values
            .iter()
            .enumerate()
            .map(|(at, value)| {
                // Exact in integers, so that large angles lose no digits.
                let angle = 2.0 * PI * ((at * level) % points) as f64 / points as f64;
                let twice = if at == 0 || 2 * at == points { 1.0 } else { 2.0 };
                twice * (value.re * libm::cos(angle) - value.im * libm::sin(angle))
            })
            .sum();
        let log = libm::log(sum.max(0.0) / points as f64) + top + 4.0 * k * level as f64;
        // The first coefficients are small numbers, and the next to the first is 0.
        (log > -0.5).then_some(log)
    };
    levels.map(coefficient).collect()
}

/// ln Z of Kaufman's formula at a complex K of positive real part, for even sides: the hyperbolic functions of all γ_l but γ_0 and
/// γ_n come in pairs, so that no branch of them matters.
fn log_partition(long: usize, short: usize, k: Complex) -> Complex {
    let m = long as f64;
    let double = k.times(2.0);
    let (cosh, sinh) = (double.cosh(), double.sinh());
    let diagonal = cosh * cosh / sinh;
    let gamma = |l: usize| {
        let cosine = diagonal - Complex::new(libm::cos(PI * l as f64 / short as f64), 0.0);
        let root = (cosine * cosine - Complex::new(1.0, 0.0)).sqrt();
        let gamma = (cosine + root).ln();
        if gamma.re < 0.0 { gamma.times(-1.0) } else { gamma }
    };
    // ln 2 cosh z and ln 2 sinh z for Re z ≥ 0.
    let log_cosh = |z: Complex| z + (Complex::new(1.0, 0.0) + z.times(-2.0).exp()).ln();
    let log_sinh = |z: Complex| z + (Complex::new(1.0, 0.0) - z.times(-2.0).exp()).ln();
    let mut logs = [Complex::new(0.0, 0.0); 4];
    for r in 0..short / 2 {
        let z = gamma(2 * r + 1).times(0.5 * m);
        logs[0] = logs[0] + log_cosh(z).times(2.0);
        logs[1] = logs[1] + log_sinh(z).times(2.0);
    }
    for r in 1..short / 2 {
        let z = gamma(2 * r).times(0.5 * m);
        logs[2] = logs[2] + log_cosh(z).times(2.0);
        logs[3] = logs[3] + log_sinh(z).times(2.0);
    }
    let log_tanh = (k.sinh() / k.cosh()).ln();
    let mut sign = 1.0;
    for z in [(double + log_tanh).times(0.5 * m), (double - log_tanh).times(0.5 * m)] {
        // Both functions are taken at Re z ≥ 0, of which sinh is odd.
        let (z, odd) = if z.re < 0.0 { (z.times(-1.0), -1.0) } else { (z, 1.0) };
        sign *= odd;
        logs[2] = logs[2] + log_cosh(z);
        logs[3] = logs[3] + log_sinh(z);
    }
    let top = logs.iter().map(|log| log.re).fold(f64::NEG_INFINITY, f64::max);
    let term = |log: &Complex| (*log - Complex::new(top, 0.0)).exp();
    // γ_0 is below 0 where K is small, and the fourth term with it.
    let sum = term(&logs[0]) + term(&logs[1]) + term(&logs[2]) + term(&logs[3]).times(sign);
    let half_sites = 0.5 * (long * short) as f64;
    sinh.times(2.0).ln().times(half_sites) + sum.times(0.5).ln() + Complex::new(top, 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::boltzmann::log_sum_exp;

    fn density(rows: usize, columns: usize) -> Vec<(f64, f64)> {
        log_density_of_states(SquareLattice { rows, columns, coupling: 1.0 }).unwrap()
    }

    #[test]
    fn small_tori_have_the_published_numbers_of_states() {
        // By enumeration; L = 8 from Beale's table.
        let four = [2.0, 32.0, 64.0, 424.0, 1728.0, 6688.0, 13568.0, 20524.0];
        let found = density(4, 4);
        let lowest: Vec<f64> = found.iter().take(8).map(|(_, log)| libm::exp(*log)).collect();
        for (found, exact) in lowest.iter().zip(four) {
            assert!((found / exact - 1.0).abs() < 1e-11, "{found} {exact}");
        }
        assert_eq!(found.len(), 15);
        let eight = [2.0, 128.0, 256.0, 4672.0, 17_920.0, 145_408.0, 712_960.0];
        for ((energy, log), exact) in density(8, 8).iter().zip(eight) {
            assert!(
                (libm::exp(*log) / exact - 1.0).abs() < 1e-11,
                "E = {energy}: {} {exact}",
                libm::exp(*log)
            );
        }
    }

    #[test]
    fn moments_are_those_of_kaufman_at_every_temperature() {
        for (rows, columns) in [(4, 6), (12, 12), (16, 10), (32, 32)] {
            let levels = density(rows, columns);
            let sites = (rows * columns) as f64;
            assert_eq!(levels.len(), rows * columns - 1, "all levels but the two next to the ends");
            let total = log_sum_exp(&levels.iter().map(|(_, log)| *log).collect::<Vec<_>>());
            assert!((total - sites * std::f64::consts::LN_2).abs() < 1e-9, "{total}");
            for temperature in [0.7, 1.5, 2.269, 3.0, 10.0] {
                let terms: Vec<f64> = levels.iter().map(|(energy, log)| log - energy / temperature).collect();
                let exact = torus(SquareLattice { rows, columns, coupling: 1.0 }, temperature).unwrap();
                let log = log_sum_exp(&terms);
                assert!((log - exact.log_partition).abs() < 1e-9, "T = {temperature}: {log}");
            }
        }
    }

    #[test]
    fn what_has_no_such_levels_is_refused() {
        for (rows, columns, coupling) in [(3, 4, 1.0), (2, 4, 1.0), (64, 32, 1.0), (4, 4, 0.0)] {
            assert_eq!(log_density_of_states(SquareLattice { rows, columns, coupling }), None);
        }
    }
}
