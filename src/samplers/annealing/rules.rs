//! When a proposed flip is accepted: Metropolis' rule min(1, e^{−kx}), by table or by exponential.

use crate::rng::Stream;
use rand::Rng;

/// Decides on flips that cost k x, where x = s_i f_i and k = 2 · scale / T is set once a sweep.
pub(super) trait Rule<F> {
    /// Sets k ≥ 0; infinite at temperature 0.
    fn set(&mut self, k: f64);

    /// Whether a flip of cost x is accepted: with probability min(1, e^{−kx}).
    fn accept(&self, x: F, stream: &mut Stream) -> bool;
}

/// Whole-numbered costs: a table of e^{−kx} · 2^64 for x = 1, 2 …, rounded down.
pub(super) struct Powers {
    thresholds: Vec<u64>,
    largest: usize,
}

impl Powers {
    /// A rule for costs up to `largest`.
    pub(super) fn new(largest: usize) -> Self {
        Self { thresholds: Vec::with_capacity(largest + 1), largest }
    }
}

impl Rule<i32> for Powers {
    fn set(&mut self, k: f64) {
        let factor = libm::exp(-k);
        self.thresholds.clear();
        let mut power = 18_446_744_073_709_551_616.0_f64;
        // Costs beyond the table's end are never accepted: their probability is below 2^−64. The conversion saturates.
        while power >= 1.0 && self.thresholds.len() <= self.largest {
            self.thresholds.push(power as u64);
            power *= factor;
        }
    }

    #[inline]
    fn accept(&self, x: i32, stream: &mut Stream) -> bool {
        x <= 0 || self.thresholds.get(x as usize).is_some_and(|threshold| stream.next_u64() < *threshold)
    }
}

/// Real costs: a uniform number against e^{−kx}, bounded first by polynomials so that most need no exponential.
#[derive(Default)]
pub(super) struct Exponential {
    k: f64,
}

impl Rule<f64> for Exponential {
    fn set(&mut self, k: f64) {
        self.k = k;
    }

    #[inline]
    fn accept(&self, x: f64, stream: &mut Stream) -> bool {
        if x <= 0.0 {
            return true;
        }
        let y = self.k * x;
        // e^{−y} < 2^−64
        if y > 44.4 {
            return false;
        }
        let uniform = (stream.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0);
        // 1 − y ≤ e^{−y} ≤ 1/(1 + y + y²/2 + y³/6)
        if uniform < 1.0 - y {
            return true;
        }
        if uniform * (1.0 + y * (1.0 + y * (0.5 + y * (1.0 / 6.0)))) > 1.0 {
            return false;
        }
        uniform < libm::exp(-y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    /// Deviation, in standard errors, of the accepted share of `draws` from `p`.
    fn z(accept: impl Fn(&mut Stream) -> bool, p: f64) -> f64 {
        let draws = 20_000;
        let mut random = stream(1, "test", "rule", (p * 1e9) as u64);
        let accepted = (0..draws).filter(|_| accept(&mut random)).count();
        (accepted as f64 - p * f64::from(draws)) / libm::sqrt(f64::from(draws) * p * (1.0 - p))
    }

    #[test]
    fn both_rules_accept_with_metropolis_probability() {
        let (mut table, mut real) = (Powers::new(8), Exponential::default());
        for k in [0.05, 0.4, 1.3] {
            table.set(k);
            real.set(k);
            for x in 1..=5 {
                let p = libm::exp(-k * f64::from(x));
                let found = z(|random| table.accept(x, random), p);
                assert!(found.abs() < 4.5, "table, k = {k}, x = {x}: {found}");
                let found = z(|random| real.accept(f64::from(x), random), p);
                assert!(found.abs() < 4.5, "exponential, k = {k}, x = {x}: {found}");
            }
        }
    }

    #[test]
    fn free_moves_are_always_and_zero_temperature_climbs_never_taken() {
        let mut random = stream(1, "test", "rule", 0);
        let (mut table, mut real) = (Powers::new(8), Exponential::default());
        for k in [0.1, 3.0, f64::INFINITY] {
            table.set(k);
            real.set(k);
            assert!(table.accept(0, &mut random) && table.accept(-3, &mut random));
            assert!(real.accept(0.0, &mut random) && real.accept(-3.0, &mut random));
        }
        assert!((1..9).all(|x| !table.accept(x, &mut random) && !real.accept(f64::from(x), &mut random)));
    }
}
