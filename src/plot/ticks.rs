//! Where an axis is marked, and what stands there.

use crate::number::count;

/// A marked place of an axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    /// The value.
    pub at: f64,
    /// What stands there, in label markup.
    pub label: String,
}

/// Ticks, the unlabelled ones between, and the power of ten taken out of the labels.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Ticks {
    pub labelled: Vec<Tick>,
    pub minor: Vec<f64>,
    pub power: i32,
}

/// Ten to a whole power.
fn ten(exponent: i32) -> f64 {
    libm::pow(10.0, f64::from(exponent))
}

/// floor(log₁₀ x).
fn decade(x: f64) -> i32 {
    libm::floor(libm::log10(x)) as i32
}

/// A decimal number with a true minus sign, and thin spaces in whole numbers of five digits and more.
fn decimal(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", libm::fabs(value));
    let text = match text.parse::<u64>() {
        Ok(whole) if decimals == 0 => count(whole),
        _ => text,
    };
    let zero = text.chars().all(|c| matches!(c, '0' | '.'));
    if value < 0.0 && !zero { format!("−{text}") } else { text }
}

/// `10^{n}` in label markup; 1 and 10 as themselves.
pub(super) fn power_of_ten(exponent: i32) -> String {
    match exponent {
        0 => "1".to_owned(),
        1 => "10".to_owned(),
        n => format!("10^{{{}}}", n.to_string().replace('-', "−")),
    }
}

/// About `count` ticks at 1, 2 or 5 times a power of ten, with as many decimals as the step needs. From 10⁵ on and below
/// 10⁻³ a power of ten is taken out.
pub(super) fn linear(low: f64, high: f64, count: usize) -> Ticks {
    let (low, high) = (low.min(high), low.max(high));
    let rough = (high - low) / count.max(1) as f64;
    if !(rough > 0.0 && rough.is_finite()) {
        return Ticks::default();
    }
    let mut exponent = decade(rough);
    let ratio = rough / ten(exponent);
    // Just above a nice step counts as that step: rounding must not double it.
    let mantissa = match ratio {
        r if r <= 1.000_001 => 1,
        r if r <= 2.000_001 => 2,
        r if r <= 5.000_001 => 5,
        _ => {
            exponent += 1;
            1
        }
    };
    let scale = |multiple: i64| {
        let whole = (multiple * mantissa) as f64;
        if exponent < 0 { whole / ten(-exponent) } else { whole * ten(exponent) }
    };
    let step = scale(1);
    let slack = 1e-9 * (high - low);
    let first = libm::ceil((low - slack) / step) as i64;
    let last = libm::floor((high + slack) / step) as i64;
    let largest = libm::fabs(low).max(libm::fabs(high));
    let power = match decade(largest) {
        p if p >= 5 || p <= -4 => p,
        _ => 0,
    };
    let decimals = (power - exponent).max(0) as usize;
    let labelled = (first..=last)
        .map(|multiple| {
            let at = scale(multiple);
            Tick { at, label: decimal(at / ten(power), decimals) }
        })
        .collect();
    Ticks { labelled, minor: Vec::new(), power }
}

/// Ticks at powers of ten, at most about `count`; within a decade at 1, 2, 5 times a power of ten, and failing that as on
/// a linear axis, so that at least two are labelled.
pub(super) fn logarithmic(low: f64, high: f64, count: usize) -> Ticks {
    let (low, high) = (low.min(high), low.max(high));
    let slack = 1e-9;
    let (first, last) = (libm::log10(low) - slack, libm::log10(high) + slack);
    let exponents: Vec<i32> = (libm::ceil(first) as i32..=libm::floor(last) as i32).collect();
    let inside = |value: &f64| (low * (1.0 - slack)..=high * (1.0 + slack)).contains(value);
    let all = |mantissas: &[i32]| -> Vec<(i32, i32)> {
        (libm::floor(first) as i32..=libm::floor(last) as i32)
            .flat_map(|e| mantissas.iter().map(move |m| (*m, e)))
            .filter(|(m, e)| inside(&(f64::from(*m) * ten(*e))))
            .collect()
    };
    let minor = |stride: usize| -> Vec<f64> {
        if stride > 1 {
            return exponents.iter().map(|e| ten(*e)).collect();
        }
        all(&[2, 3, 4, 5, 6, 7, 8, 9]).iter().map(|(m, e)| f64::from(*m) * ten(*e)).collect()
    };
    if exponents.len() >= 2 {
        let stride = exponents.len().div_ceil(count.max(2));
        let labelled = exponents
            .iter()
            .filter(|e| e.rem_euclid(stride as i32) == 0)
            .map(|e| Tick { at: ten(*e), label: power_of_ten(*e) })
            .collect::<Vec<_>>();
        if labelled.len() >= 2 {
            return Ticks { labelled, minor: minor(stride), power: 0 };
        }
    }
    let within = all(&[1, 2, 5]);
    if within.len() >= 2 {
        let label = |(m, e): &(i32, i32)| match e {
            -3..=3 => decimal(f64::from(*m) * ten(*e), (-e).max(0) as usize),
            _ if *m == 1 => power_of_ten(*e),
            _ => format!("{m}×{}", power_of_ten(*e)),
        };
        let labelled = within
            .iter()
            .map(|pair| Tick { at: f64::from(pair.0) * ten(pair.1), label: label(pair) })
            .collect();
        return Ticks { labelled, minor: minor(1), power: 0 };
    }
    let mut ticks = linear(low, high, count.clamp(3, 5));
    ticks.labelled.retain(|tick| tick.at > 0.0);
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: &Ticks) -> Vec<&str> {
        ticks.labelled.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn linear_ticks_are_nice() {
        assert_eq!(labels(&linear(-0.13, 1.02, 6)), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(&linear(-2.0, 2.0, 4)), ["−2", "−1", "0", "1", "2"]);
        assert_eq!(
            labels(&linear(0.0, 40_000.0, 4)),
            ["0", "10\u{202f}000", "20\u{202f}000", "30\u{202f}000", "40\u{202f}000"]
        );
        assert_eq!(
            linear(0.1, 0.7, 6).labelled.iter().map(|t| t.at).collect::<Vec<_>>(),
            [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
        );
    }

    #[test]
    fn large_and_small_magnitudes_take_a_power_out() {
        let large = linear(0.0, 3.2e6, 4);
        assert_eq!((large.power, labels(&large)), (6, vec!["0", "1", "2", "3"]));
        let small = linear(-2e-7, 2e-7, 4);
        assert_eq!((small.power, labels(&small)), (-7, vec!["−2", "−1", "0", "1", "2"]));
        assert_eq!(linear(0.0, 0.002, 4).power, 0);
    }

    #[test]
    fn logarithmic_axes_always_name_two_places() {
        assert_eq!(labels(&logarithmic(0.7, 1500.0, 8)), ["1", "10", "10^{2}", "10^{3}"]);
        assert_eq!(labels(&logarithmic(1.5, 12.0, 8)), ["2", "5", "10"]);
        assert_eq!(labels(&logarithmic(2.1e-6, 6e-5, 8)), ["5×10^{−6}", "10^{−5}", "2×10^{−5}", "5×10^{−5}"]);
        for (low, high) in
            [(3.0, 4.0), (0.9, 1.1), (1e-9, 1e9), (5.1, 5.2), (1.0, 10.0), (2.0, 19.0), (9.0, 900.0)]
        {
            let ticks = logarithmic(low, high, 7);
            assert!((2..=8).contains(&ticks.labelled.len()), "{low} {high} {ticks:?}");
            assert!(ticks.labelled.iter().all(|t| t.at >= low * 0.999 && t.at <= high * 1.001));
        }
    }

    #[test]
    fn long_logarithmic_axes_skip_decades() {
        let ticks = logarithmic(1e-20, 1.0, 6);
        assert!(ticks.labelled.len() <= 6);
        assert_eq!(ticks.minor.len(), 21);
    }
}
