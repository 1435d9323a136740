//! A function of β with its first two derivatives.

use std::ops::{Add, Div, Mul, Sub};

/// f, f′ and f″ at one β.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Jet {
    pub(super) value: f64,
    pub(super) first: f64,
    pub(super) second: f64,
}

impl Jet {
    pub(super) fn constant(value: f64) -> Self {
        Self { value, first: 0.0, second: 0.0 }
    }

    /// The function c β.
    pub(super) fn linear(slope: f64, beta: f64) -> Self {
        Self { value: slope * beta, first: slope, second: 0.0 }
    }

    /// g(f) from g, g′ and g″ at f.
    fn chain(self, value: f64, first: f64, second: f64) -> Self {
        Self {
            value,
            first: first * self.first,
            second: first * self.second + second * self.first * self.first,
        }
    }

    pub(super) fn exp(self) -> Self {
        let value = libm::exp(self.value);
        self.chain(value, value, value)
    }

    pub(super) fn ln(self) -> Self {
        let inverse = 1.0 / self.value;
        self.chain(libm::log(self.value), inverse, -inverse * inverse)
    }

    /// ln(1 + f).
    pub(super) fn log1p(self) -> Self {
        let inverse = 1.0 / (1.0 + self.value);
        self.chain(libm::log1p(self.value), inverse, -inverse * inverse)
    }

    pub(super) fn sqrt(self) -> Self {
        let root = libm::sqrt(self.value);
        self.chain(root, 0.5 / root, -0.25 / (root * self.value))
    }

    /// ln(1 − e^f) for f < 0.
    pub(super) fn log_one_less_exp(self) -> Self {
        let rest = -libm::expm1(self.value);
        let value = if self.value > -std::f64::consts::LN_2 {
            libm::log(rest)
        } else {
            libm::log1p(-libm::exp(self.value))
        };
        let odds = libm::exp(self.value) / rest;
        self.chain(value, -odds, -odds / rest)
    }

    /// f^n for whole n ≥ 1, f of either sign.
    pub(super) fn powf(self, n: f64) -> Self {
        if n == 1.0 {
            return self;
        }
        let power = |exponent: f64| libm::pow(self.value, exponent);
        self.chain(power(n), n * power(n - 1.0), n * (n - 1.0) * power(n - 2.0))
    }
}

impl From<f64> for Jet {
    fn from(value: f64) -> Self {
        Self::constant(value)
    }
}

impl Add for Jet {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            value: self.value + other.value,
            first: self.first + other.first,
            second: self.second + other.second,
        }
    }
}

impl Sub for Jet {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + other * -1.0
    }
}

impl Mul for Jet {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self {
            value: self.value * other.value,
            first: self.first * other.value + self.value * other.first,
            second: self.second * other.value + 2.0 * self.first * other.first + self.value * other.second,
        }
    }
}

impl Mul<f64> for Jet {
    type Output = Self;
    fn mul(self, factor: f64) -> Self {
        Self { value: self.value * factor, first: self.first * factor, second: self.second * factor }
    }
}

impl Div for Jet {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        let first = (self.first - value * other.first) / other.value;
        let second = (self.second - 2.0 * first * other.first - value * other.second) / other.value;
        Self { value, first, second }
    }
}
