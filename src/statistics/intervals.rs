//! Confidence intervals for a probability that was estimated by counting.

pub use super::special::{chi_squared_upper, normal_cdf, normal_quantile, student_quantile};

use super::special::beta_quantile;

/// Wilson's score interval for `successes` out of `trials`, at `sigmas` standard deviations (1 covers 68.3 %).
///
/// (p̂ + z²/2n ± z √(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n); Wilson 1927, doi:10.1080/01621459.1927.10502953. Its coverage
/// is close to nominal on average, also near 0 and 1. No trials give (0, 1).
pub fn wilson(successes: u64, trials: u64, sigmas: f64) -> (f64, f64) {
    if trials == 0 {
        return (0.0, 1.0);
    }
    let (n, p, z) = (trials as f64, successes as f64 / trials as f64, sigmas);
    let centre = p + z * z / (2.0 * n);
    let spread = z * libm::sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n));
    let scale = 1.0 + z * z / n;
    let low = if successes == 0 { 0.0 } else { (centre - spread) / scale };
    let high = if successes == trials { 1.0 } else { (centre + spread) / scale };
    (low.max(0.0), high.min(1.0))
}

/// Clopper and Pearson's interval, which covers the true probability at least as often as `confidence` (0 to 1) says.
///
/// Its ends are beta quantiles, B(α/2; k, n − k + 1) and B(1 − α/2; k + 1, n − k); doi:10.1093/biomet/26.4.404.
pub fn clopper_pearson(successes: u64, trials: u64, confidence: f64) -> (f64, f64) {
    let alpha = 1.0 - confidence;
    let (k, n) = (successes as f64, trials as f64);
    let low = if successes == 0 { 0.0 } else { beta_quantile(0.5 * alpha, k, n - k + 1.0) };
    let high = if successes >= trials { 1.0 } else { beta_quantile(1.0 - 0.5 * alpha, k + 1.0, n - k) };
    (low, high)
}

/// One standard error of a counted share: half the width of the 1σ Wilson interval, so that it is never zero.
pub fn share_error(successes: u64, trials: u64) -> f64 {
    let (low, high) = wilson(successes, trials, 1.0);
    0.5 * (high - low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples() {
        // Newcombe 1998 (doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E), table I: 81 of 263 and
        // 15 of 148, at 95 %.
        let z = normal_quantile(0.975);
        for ((k, n), wilson_ends, exact_ends) in [
            ((81, 263), (0.2553, 0.3662), (0.2527, 0.3676)),
            ((15, 148), (0.0624, 0.1605), (0.0578, 0.1617)),
            ((0, 20), (0.0000, 0.1611), (0.0000, 0.1684)),
            ((1, 29), (0.0061, 0.1718), (0.0009, 0.1776)),
        ] {
            let found = wilson(k, n, z);
            assert!(
                (found.0 - wilson_ends.0).abs() < 6e-5 && (found.1 - wilson_ends.1).abs() < 6e-5,
                "{found:?}"
            );
            let found = clopper_pearson(k, n, 0.95);
            assert!(
                (found.0 - exact_ends.0).abs() < 6e-5 && (found.1 - exact_ends.1).abs() < 6e-5,
                "{found:?}"
            );
        }
    }

    #[test]
    fn clopper_pearson_never_covers_less_than_it_says() {
        let n = 12_u64;
        for step in 1..40 {
            let p = f64::from(step) / 40.0;
            let mut covered = 0.0;
            let mut chance = libm::pow(1.0 - p, n as f64);
            for k in 0..=n {
                let (low, high) = clopper_pearson(k, n, 0.683);
                if (low..=high).contains(&p) {
                    covered += chance;
                }
                chance *= (n - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
            }
            assert!(covered >= 0.683 - 1e-12, "p = {p} is covered with probability {covered}");
        }
    }

    #[test]
    fn a_share_of_nothing_or_all_still_has_an_error() {
        assert!(share_error(0, 100) > 0.004 && share_error(100, 100) > 0.004);
        assert!((share_error(50, 100) - 0.05).abs() < 1e-3);
        assert_eq!(wilson(0, 0, 1.0), (0.0, 1.0));
    }
}
