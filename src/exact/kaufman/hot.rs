//! Kaufman's products at high temperature, where ln(2 sinh 2K) and the γ_l diverge and only their sum is of use.
//!
//! With S = sinh 2K, C = cosh 2K, c = cos(π l/n), A = C² − S c and R = √(A² − S²) = S sinh γ_l, a mode contributes
//! ½ ln(2 S) + γ/2 = ½ ln(2(A + R)) = g for each row. Its derivative in K is −C c, which adds up to 0 over the modes, and
//! (C S/R) [2 − 1/(A + R) + c W/(R + 1)] with W = S − 2c + S (S − c)², since R² − 1 = S W: nothing cancels as K → 0.

use super::Jet;
use std::f64::consts::{LN_2, PI};

/// Below this K = J/T: well above the transition, where R vanishes in the mode l = 0.
pub(super) const BELOW: f64 = 0.1;

/// A mode: g without the part of its derivatives that adds up to 0, and γ.
struct Mode {
    g: Jet,
    gamma: Jet,
}

impl Mode {
    fn at(k: f64, c: f64) -> Self {
        let (s, cosh) = (libm::sinh(2.0 * k), libm::cosh(2.0 * k));
        let a = 1.0 + s * (s - c);
        let r = libm::sqrt((a - s) * (a + s));
        let w = s - 2.0 * c + s * (s - c) * (s - c);
        let bracket = 2.0 - 1.0 / (a + r) + c * w / (r + 1.0);
        let front = cosh * s / r;
        let first = front * bracket;

        // d/dK, with dS = 2C and dC = 2S.
        let (ds, da) = (2.0 * cosh, 2.0 * cosh * (2.0 * s - c));
        let dr = (a * da - s * ds) / r;
        let dw = ds * (1.0 + (s - c) * (s - c) + 2.0 * s * (s - c));
        let d_bracket =
            (da + dr) / ((a + r) * (a + r)) + c * dw / (r + 1.0) - c * w * dr / ((r + 1.0) * (r + 1.0));
        let d_front = 2.0 * (s * s + cosh * cosh) / r - front * dr / r;
        let second = d_front * bracket + front * d_bracket;

        let value = 0.5 * (LN_2 + libm::log(a + r));
        let gamma = Jet {
            value: libm::log((a + r) / s),
            first: 2.0 * (first - cosh * c) - 2.0 * cosh / s,
            second: 2.0 * (second - 2.0 * s * c) + 4.0 / (s * s),
        };
        Self { g: Jet { value, first, second }, gamma }
    }

    /// m g + ln(1 ± e^{−m γ}).
    fn term(&self, m: f64, sign: f64) -> Jet {
        let y = sign * libm::exp(-m * self.gamma.value);
        if y == 0.0 {
            return self.g.scaled(m);
        }
        let Jet { first, second, .. } = self.gamma.scaled(-m);
        let slope = y * first / (1.0 + y);
        let curvature = y * (second + first * first) / (1.0 + y) - slope * slope;
        self.g.scaled(m).plus(Jet { value: libm::log1p(y), first: slope, second: curvature })
    }
}

/// ln Z of m × n spins at K, as ln ½(Z₁ + Z₂ + Z₃ − |Z₄|): above T_c the factor of l = 0 in Z₄ is negative.
pub(super) fn log_partition(m: usize, n: usize, k: f64) -> Jet {
    let mut products = [Jet::ZERO; 4];
    for r in 0..n {
        for (parity, products) in products.chunks_exact_mut(2).enumerate() {
            let mode = Mode::at(k, libm::cos(PI * (2 * r + 1 - parity) as f64 / n as f64));
            products[0] = products[0].plus(mode.term(m as f64, 1.0));
            products[1] = products[1].plus(mode.term(m as f64, -1.0));
        }
    }
    let top = products.iter().map(|a| a.value).fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> =
        products.iter().zip([1.0, 1.0, 1.0, -1.0]).map(|(a, sign)| sign * libm::exp(a.value - top)).collect();
    let total: f64 = weights.iter().sum();
    let mean = |of: &dyn Fn(&Jet) -> f64| {
        weights.iter().zip(&products).map(|(weight, a)| weight * of(a)).sum::<f64>() / total
    };
    let first = mean(&|a| a.first);
    Jet {
        value: top + libm::log(0.5 * total),
        first,
        second: mean(&|a| a.second + (a.first - first) * (a.first - first)),
    }
}
