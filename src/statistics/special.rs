//! Special functions behind tests and intervals: normal, Student, χ² and beta distributions.
//!
//! All rest on `libm`, so that verdicts do not depend on the platform.

use std::f64::consts::SQRT_2;

/// Φ(x) = ½ erfc(−x/√2), the standard normal distribution function.
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x / SQRT_2)
}

/// Φ⁻¹(p), the standard normal quantile: −∞ at 0, ∞ at 1.
///
/// Acklam's rational approximation (relative error 1.2e−9), then two Halley steps on [`normal_cdf`].
pub fn normal_quantile(p: f64) -> f64 {
    if p <= 0.0 || p >= 1.0 {
        return if p <= 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    if p > 0.5 {
        // The lower tail is where erfc keeps its relative accuracy; 1 − p is exact for p in [½, 1].
        return -normal_quantile(1.0 - p);
    }
    const A: [f64; 6] = [
        -3.969683028665376e1,
        2.209460984245205e2,
        -2.759285104469687e2,
        1.38357751867269e2,
        -3.066479806614716e1,
        2.506628277459239,
    ];
    const B: [f64; 6] = [
        -5.447609879822406e1,
        1.615858368580409e2,
        -1.556989798598866e2,
        6.680131188771972e1,
        -1.328068155288572e1,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784894002430293e-3,
        -3.223964580411365e-1,
        -2.400758277161838,
        -2.549732539343734,
        4.374664141464968,
        2.938163982698783,
    ];
    const D: [f64; 5] =
        [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1.0];
    let horner = |coefficients: &[f64], x: f64| coefficients.iter().fold(0.0, |sum, c| sum * x + c);
    let mut x = if p < 0.02425 {
        let q = libm::sqrt(-2.0 * libm::log(p));
        horner(&C, q) / horner(&D, q)
    } else {
        let q = p - 0.5;
        q * horner(&A, q * q) / horner(&B, q * q)
    };
    for _ in 0..2 {
        let density = libm::exp(-0.5 * x * x) / libm::sqrt(2.0 * std::f64::consts::PI);
        if density > 0.0 {
            let step = (normal_cdf(x) - p) / density;
            x -= step / (1.0 + 0.5 * x * step);
        }
    }
    x
}

/// Q(a, x) = Γ(a, x)/Γ(a), the upper regularised incomplete gamma function, for a > 0 and x ≥ 0.
///
/// Series for x < a + 1, Lentz's continued fraction above (DLMF 8.7.1 and 8.9.2).
pub fn gamma_upper(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    let front = libm::exp(a * libm::log(x) - x - libm::lgamma(a));
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        while term > sum * 1e-17 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        return (1.0 - front * sum).clamp(0.0, 1.0);
    }
    let tiny = 1e-300;
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / tiny;
    let mut d = 1.0 / b;
    let mut h = d;
    for i in 1..100_000 {
        let numerator = -f64::from(i) * (f64::from(i) - a);
        b += 2.0;
        d = 1.0 / nonzero(numerator * d + b, tiny);
        c = nonzero(b + numerator / c, tiny);
        h *= d * c;
        if (d * c - 1.0).abs() < 1e-16 {
            break;
        }
    }
    (front * h).clamp(0.0, 1.0)
}

/// P(χ² ≥ x) for `degrees` of freedom: Q(degrees/2, x/2).
pub fn chi_squared_upper(x: f64, degrees: f64) -> f64 {
    gamma_upper(0.5 * degrees, 0.5 * x)
}

/// I_x(a, b), the regularised incomplete beta function, for a, b > 0 (continued fraction, DLMF 8.17.22).
pub fn beta_regularized(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_regularized(1.0 - x, b, a);
    }
    let log_front =
        libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b) + a * libm::log(x) + b * libm::log1p(-x);
    let tiny = 1e-300;
    let mut c = 1.0;
    let mut d = 1.0 / nonzero(1.0 - (a + b) * x / (a + 1.0), tiny);
    let mut h = d;
    for i in 1..100_000 {
        let m = f64::from(i);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for numerator in [even, odd] {
            d = 1.0 / nonzero(1.0 + numerator * d, tiny);
            c = nonzero(1.0 + numerator / c, tiny);
            change = d * c;
            h *= change;
        }
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    (libm::exp(log_front) / a * h).clamp(0.0, 1.0)
}

/// The x at which I_x(a, b) = p, by bisection to the last bits.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..1100 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if beta_regularized(middle, a, b) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// The quantile of Student's t distribution with `degrees` > 0 of freedom, for 0 < p < 1.
///
/// With t² = ν (1 − x)/x, the two-sided tail of t is I_x(ν/2, ½). Infinite degrees give the normal quantile.
pub fn student_quantile(p: f64, degrees: f64) -> f64 {
    if degrees > 1e8 {
        return normal_quantile(p);
    }
    if (p - 0.5).abs() < 1e-16 {
        return 0.0;
    }
    let tail = 2.0 * p.min(1.0 - p);
    // Near the middle x is close to 1, where 1 − x would lose digits: solve for 1 − x instead.
    let y = beta_quantile(1.0 - tail, 0.5, 0.5 * degrees);
    let x = if y < 0.5 { 1.0 - y } else { beta_quantile(tail, 0.5 * degrees, 0.5) };
    let y = if y < 0.5 { y } else { 1.0 - x };
    let t = libm::sqrt(degrees * y / x);
    if p < 0.5 { -t } else { t }
}

fn nonzero(value: f64, tiny: f64) -> f64 {
    if value.abs() < tiny { tiny } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, tolerance: f64) {
        assert!(
            (found - expected).abs() <= tolerance * expected.abs().max(1e-300),
            "{found} against {expected}"
        );
    }

    #[test]
    fn normal_distribution_has_its_published_values() {
        close(normal_cdf(1.0), 0.841_344_746_068_542_9, 1e-15);
        close(normal_cdf(-6.0), 9.865_876_450_376_98e-10, 1e-13);
        close(normal_quantile(0.975), 1.959_963_984_540_054, 1e-14);
        close(normal_quantile(0.001), -3.090_232_306_167_813_5, 1e-14);
        close(normal_quantile(1e-20), -9.262_340_089_798_408, 1e-13);
        assert_eq!(normal_quantile(0.5).abs(), 0.0);
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
    }

    #[test]
    fn chi_squared_has_its_closed_forms_and_published_quantiles() {
        for x in [1e-3, 0.5, 1.0, 3.0, 10.0, 40.0, 200.0] {
            // Two degrees: e^{−x/2}; four: e^{−x/2}(1 + x/2); one: erfc √(x/2).
            close(chi_squared_upper(x, 2.0), libm::exp(-0.5 * x), 1e-12);
            close(chi_squared_upper(x, 4.0), libm::exp(-0.5 * x) * (1.0 + 0.5 * x), 1e-12);
            close(chi_squared_upper(x, 1.0), libm::erfc(libm::sqrt(0.5 * x)), 1e-12);
        }
        // Tables: the 95 % quantiles for 10 and 100 degrees of freedom.
        close(chi_squared_upper(18.307_038_053_275_15, 10.0), 0.05, 1e-10);
        close(chi_squared_upper(124.342_113_404_004_1, 100.0), 0.05, 1e-10);
    }

    #[test]
    fn even_degrees_agree_with_the_poisson_sum_for_large_arguments() {
        // Q(n, x) = e^{−x} Σ_{k<n} x^k/k!
        for (n, x) in [(50, 40.0), (50, 60.0), (400, 390.0)] {
            let sum: f64 = (0..n)
                .map(|k| libm::exp(f64::from(k) * libm::log(x) - x - libm::lgamma(f64::from(k) + 1.0)))
                .sum();
            close(gamma_upper(f64::from(n), x), sum, 1e-10);
        }
    }

    #[test]
    fn student_has_its_closed_forms_and_published_quantiles() {
        // One degree is Cauchy, t = tan(π(p − ½)); two degrees have t = (2p − 1)/√(2p(1 − p)).
        for p in [0.001, 0.2, 0.5, 0.500_1, 0.6, 0.84, 0.975, 0.9999] {
            let cauchy = libm::tan(std::f64::consts::PI * (p - 0.5));
            assert!((student_quantile(p, 1.0) - cauchy).abs() < 1e-10 * cauchy.abs().max(0.01), "p = {p}");
            let two = (2.0 * p - 1.0) / libm::sqrt(2.0 * p * (1.0 - p));
            assert!((student_quantile(p, 2.0) - two).abs() < 1e-10 * two.abs().max(0.01), "p = {p}");
        }
        close(student_quantile(0.975, 10.0), 2.228_138_851_964_939, 1e-11);
        close(student_quantile(0.975, 30.0), 2.042_272_456_301_236_5, 1e-11);
        close(student_quantile(0.975, 1e9), 1.959_963_984_540_054, 1e-8);
    }

    #[test]
    fn beta_function_and_its_inverse() {
        // I_x(2, 3) = 6x² − 8x³ + 3x⁴.
        for x in [0.01, 0.3, 0.5, 0.77, 0.99] {
            let exact = 6.0 * x * x - 8.0 * x * x * x + 3.0 * x * x * x * x;
            close(beta_regularized(x, 2.0, 3.0), exact, 1e-13);
            close(beta_quantile(exact, 2.0, 3.0), x, 1e-10);
        }
    }
}
