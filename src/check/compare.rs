//! Two independent estimates of one quantity: how far apart, and how far they may be by chance.

use crate::statistics::special::student_quantile;

/// The probability that a comparison of a whole experiment with its baseline fails although nothing changed but the
/// random numbers. With the same seed and code the numbers are equal, and it never fails.
pub const FALSE_ALARM_RATE: f64 = 1e-3;

/// Two values without errors count as equal up to this relative difference: rounding in a reordered sum.
const ROUNDING: f64 = 1e-9;

/// An estimate with what is known about its error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sigma {
    /// The value.
    pub value: f64,
    /// One standard error; `None` for a value that is exact or reproducible.
    pub std_error: Option<f64>,
    /// Effective number of samples behind the error.
    pub ess: Option<f64>,
}

/// The outcome of a comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// The difference in combined standard errors, when there are errors.
    pub z: Option<f64>,
    /// The largest |z| allowed, or the largest relative difference for values without errors.
    pub allowed: f64,
    /// |deviation| / allowed.
    pub ratio: f64,
}

/// Compares `a` with `b`, one of `comparisons` comparisons that share [`FALSE_ALARM_RATE`] (Bonferroni).
///
/// z = (a − b)/√(σ_a² + σ_b²) is held against the two-sided Student quantile with Welch's degrees of freedom, since the
/// errors are estimates themselves: each counts as known from min(30, ess − 1) degrees, about the number of jackknife
/// blocks or of replicas. Values without errors must agree to rounding.
pub fn compare(a: Sigma, b: Sigma, comparisons: usize) -> Comparison {
    let (error_a, error_b) = (a.std_error.unwrap_or(0.0), b.std_error.unwrap_or(0.0));
    let variance = error_a * error_a + error_b * error_b;
    let difference = a.value - b.value;
    if variance == 0.0 {
        let scale = a.value.abs().max(b.value.abs()).max(1e-3);
        let allowed = ROUNDING;
        return Comparison { z: None, allowed, ratio: difference.abs() / scale / allowed };
    }
    let degrees = |side: Sigma| side.ess.map_or(30.0, |ess| (ess - 1.0).clamp(1.0, 30.0));
    let part = |error: f64, side: Sigma| libm::pow(error, 4.0) / degrees(side);
    let welch = variance * variance / (part(error_a, a) + part(error_b, b));
    let tail = FALSE_ALARM_RATE / (2.0 * comparisons.max(1) as f64);
    let allowed = student_quantile(1.0 - tail, welch);
    let z = difference / libm::sqrt(variance);
    Comparison { z: Some(z), allowed, ratio: z.abs() / allowed }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;
    use rand_distr::{Distribution, StandardNormal};

    fn sigma(value: f64, std_error: f64) -> Sigma {
        Sigma { value, std_error: Some(std_error), ess: Some(1000.0) }
    }

    #[test]
    fn equal_values_pass_and_far_ones_fail() {
        assert_eq!(compare(sigma(1.0, 0.1), sigma(1.0, 0.1), 100).ratio, 0.0);
        assert!(compare(sigma(1.0, 0.1), sigma(2.0, 0.1), 100).ratio > 1.0);
        let exact = |value| Sigma { value, std_error: None, ess: None };
        assert!(compare(exact(1.0), exact(1.0 + 1e-12), 1).ratio < 1.0);
        assert!(compare(exact(1.0), exact(1.0 + 1e-6), 1).ratio > 1.0);
        assert!(compare(exact(0.0), exact(1e-13), 1).ratio < 1.0);
    }

    #[test]
    fn the_false_alarm_rate_is_as_stated() {
        // An experiment of 20 comparisons shall fail with probability 1e-3, whether errors rest on 31 blocks or on four
        // replicas. Over 8000 experiments 8 ± 2.8 alarms are expected; the upper bound is 5 sigma. Welch's degrees of
        // freedom err on the safe side in the far tail of few replicas, so no lower bound is asked for there.
        let mut stream = stream(1, "test", "false alarms", 0);
        let mut draw = |blocks: usize| {
            let x: Vec<f64> = (0..blocks).map(|_| StandardNormal.sample(&mut stream)).collect();
            let mean = x.iter().sum::<f64>() / blocks as f64;
            let variance = x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (blocks - 1) as f64;
            Sigma {
                value: mean,
                std_error: Some((variance / blocks as f64).sqrt()),
                ess: Some(blocks as f64),
            }
        };
        let experiments = 8_000;
        let expected = f64::from(experiments) * FALSE_ALARM_RATE;
        for blocks in [31, 4] {
            let alarms = (0..experiments)
                .filter(|_| (0..20).any(|_| compare(draw(blocks), draw(blocks), 20).ratio > 1.0))
                .count();
            assert!(
                alarms as f64 <= expected + 5.0 * expected.sqrt(),
                "{alarms} alarms of {expected} with {blocks}"
            );
            assert!(alarms > 0 || blocks == 4, "the comparison is blind");
        }
    }
}
