//! The functions of one unit: its partition sum, its mean and its variance in a field, safe at any argument.
//!
//! The exponential is our own plain arithmetic, without fused multiply-adds or table look-ups, so that loops over units
//! vectorise and every processor gives the same bits.

/// What values a unit takes.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Units {
    /// 0 or 1.
    #[default]
    Binary,
    /// −1 or +1.
    Spin,
}

impl Units {
    /// The word used in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Spin => "spin",
        }
    }

    /// The value of a unit that is off or on.
    pub fn value(self, on: bool) -> f64 {
        match (self, on) {
            (_, true) => 1.0,
            (Self::Binary, false) => 0.0,
            (Self::Spin, false) => -1.0,
        }
    }

    /// Units as a word, the first one first: `1011`, or `+-++` for spins.
    pub fn word(self, values: &[f64]) -> String {
        let letters = match self {
            Self::Binary => ['0', '1'],
            Self::Spin => ['-', '+'],
        };
        values.iter().map(|value| letters[usize::from(*value == self.value(true))]).collect()
    }

    /// ln Σ_s e^{s x} over the unit's two values: ln(1 + e^x), or ln(2 cosh x).
    pub fn log_sum(self, x: f64) -> f64 {
        match self {
            Self::Binary => softplus(x),
            Self::Spin => softplus(2.0 * x) - x,
        }
    }

    /// Σ_j ln Σ_s e^{s x_j}: as [`Units::log_sum`] over a slice, with one logarithm for up to 512 units, since
    /// ln Π (1 + e^{−|x|}) has factors between 1 and 2 only.
    pub fn log_sums(self, xs: &[f64]) -> f64 {
        let (stretch, tilt) = match self {
            Self::Binary => (1.0, 0.0),
            Self::Spin => (2.0, 1.0),
        };
        let mut total = 0.0;
        for chunk in xs.chunks(512) {
            let (mut linear, mut products) = ([0.0; 4], [1.0; 4]);
            for four in chunk.chunks(4) {
                for (lane, &x) in four.iter().enumerate() {
                    let y = stretch * x;
                    linear[lane] += y.max(0.0) - tilt * x;
                    products[lane] *= 1.0 + exp_negative(-y.abs());
                }
            }
            let product = (products[0] * products[1]) * (products[2] * products[3]);
            total += (linear[0] + linear[1]) + (linear[2] + linear[3]) + libm::log(product);
        }
        total
    }

    /// The mean ⟨s⟩ of a unit in the field x: σ(x), or tanh x.
    pub fn mean(self, x: f64) -> f64 {
        match self {
            Self::Binary => sigmoid(x),
            Self::Spin => 2.0 * sigmoid(2.0 * x) - 1.0,
        }
    }

    /// The variance of a unit in the field x: σ(x)σ(−x), or 1 − tanh² x, without cancellation at large |x|.
    pub fn variance(self, x: f64) -> f64 {
        let (y, scale) = match self {
            Self::Binary => (x, 1.0),
            Self::Spin => (2.0 * x, 4.0),
        };
        let small = exp_negative(-y.abs());
        scale * small / ((1.0 + small) * (1.0 + small))
    }
}

/// ln(1 + e^x) = max(x, 0) + ln(1 + e^{−|x|}): no overflow, and no cut-off beyond which a term is dropped.
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

/// The logistic function σ(x) = 1/(1 + e^{−x}), to a relative error below 1e-15 for |x| ≤ 700.
#[inline]
pub fn sigmoid(x: f64) -> f64 {
    let small = exp_negative(-x.abs());
    let numerator = if x < 0.0 { small } else { 1.0 };
    numerator / (1.0 + small)
}

/// e^x for x ≤ 0, to a relative error below 1e-15; arguments under −700 count as −700.
///
/// x = n ln 2 + r with |r| ≤ ½ ln 2, ln 2 in two parts so that n ln 2 is exact to rounding; e^r by its Taylor sum to r¹³
/// (remainder 4e-18); 2^n through the exponent bits. Adding 1.5 · 2^52 rounds to a whole number, which the low bits
/// then hold.
#[inline]
pub fn exp_negative(x: f64) -> f64 {
    const ROUNDER: f64 = 6_755_399_441_055_744.0;
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    let x = if x > -700.0 { x } else { -700.0 };
    let shifted = x * std::f64::consts::LOG2_E + ROUNDER;
    let n = shifted - ROUNDER;
    let r = (x - n * LN2_HIGH) - n * LN2_LOW;
    // Estrin's scheme: the four groups of the sum do not wait for each other.
    let (r2, t) = (r * r, &TAYLOR);
    let r4 = r2 * r2;
    let low = (t[0] + t[1] * r) + (t[2] + t[3] * r) * r2;
    let middle = (t[4] + t[5] * r) + (t[6] + t[7] * r) * r2;
    let high = (t[8] + t[9] * r) + (t[10] + t[11] * r) * r2;
    let sum = (low + middle * r4) + (high + (t[12] + t[13] * r) * r4) * (r4 * r4);
    sum * f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52)
}

/// 1/0!, 1/1!, …, 1/13!.
const TAYLOR: [f64; 14] = [
    1.0,
    1.0,
    0.5,
    1.0 / 6.0,
    1.0 / 24.0,
    1.0 / 120.0,
    1.0 / 720.0,
    1.0 / 5_040.0,
    1.0 / 40_320.0,
    1.0 / 362_880.0,
    1.0 / 3_628_800.0,
    1.0 / 39_916_800.0,
    1.0 / 479_001_600.0,
    1.0 / 6_227_020_800.0,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_agrees_with_the_library_to_its_stated_error() {
        for k in 0..200_000 {
            let x = -f64::from(k) * 0.003_499_1;
            let exact = libm::exp(x);
            assert!(((exp_negative(x) - exact) / exact).abs() < 1e-15, "{x}");
        }
        assert_eq!(exp_negative(0.0), 1.0);
    }

    #[test]
    fn a_units_sums_are_right_and_safe_at_any_field() {
        for units in [Units::Binary, Units::Spin] {
            let fields: Vec<f64> = (-40..=40).map(|k| 0.37 * f64::from(k)).collect();
            for &x in &fields {
                let (low, high) = (units.value(false), units.value(true));
                let (p, q) = (libm::exp(low * x), libm::exp(high * x));
                let mean = (low * p + high * q) / (p + q);
                assert!((units.log_sum(x) - libm::log(p + q)).abs() < 1e-13);
                assert!((units.mean(x) - mean).abs() < 1e-14);
                let variance = p * q * (high - low) * (high - low) / ((p + q) * (p + q));
                assert!((units.variance(x) / variance - 1.0).abs() < 1e-12);
            }
            let sum: f64 = fields.iter().map(|x| units.log_sum(*x)).sum();
            assert!((units.log_sums(&fields) - sum).abs() < 1e-11);
            assert!((units.log_sum(1e4) - 1e4).abs() < 1e-9);
            assert!(units.log_sums(&vec![50.0; 3000]).is_finite());
        }
        assert!((softplus(-50.0) / libm::exp(-50.0) - 1.0).abs() < 1e-12, "small terms are not cut off");
        assert!((sigmoid(-50.0) / libm::exp(-50.0) - 1.0).abs() < 1e-12);
    }
}
