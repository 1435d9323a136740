//! As much of complex arithmetic as Kaufman's formula takes, by functions that give the same bits everywhere.

use std::ops::{Add, Div, Mul, Sub};

/// re + i im.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Complex {
    pub re: f64,
    pub im: f64,
}

impl Complex {
    pub(super) fn new(re: f64, im: f64) -> Self {
        Self { re, im }
    }

    pub(super) fn times(self, factor: f64) -> Self {
        Self::new(factor * self.re, factor * self.im)
    }

    pub(super) fn exp(self) -> Self {
        let size = libm::exp(self.re);
        Self::new(size * libm::cos(self.im), size * libm::sin(self.im))
    }

    /// The principal value.
    pub(super) fn ln(self) -> Self {
        Self::new(libm::log(libm::hypot(self.re, self.im)), libm::atan2(self.im, self.re))
    }

    /// The root of non-negative real part.
    pub(super) fn sqrt(self) -> Self {
        let size = libm::hypot(self.re, self.im);
        if size == 0.0 {
            return Self::new(0.0, 0.0);
        }
        // The larger part first: their product is known without cancellation.
        let larger = libm::sqrt(0.5 * (size + self.re.abs()));
        let smaller = 0.5 * self.im.abs() / larger;
        let sign = if self.im < 0.0 { -1.0 } else { 1.0 };
        if self.re >= 0.0 { Self::new(larger, sign * smaller) } else { Self::new(smaller, sign * larger) }
    }

    pub(super) fn cosh(self) -> Self {
        Self::new(libm::cosh(self.re) * libm::cos(self.im), libm::sinh(self.re) * libm::sin(self.im))
    }

    pub(super) fn sinh(self) -> Self {
        Self::new(libm::sinh(self.re) * libm::cos(self.im), libm::cosh(self.re) * libm::sin(self.im))
    }
}

impl Add for Complex {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::new(self.re + other.re, self.im + other.im)
    }
}

impl Sub for Complex {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self::new(self.re - other.re, self.im - other.im)
    }
}

impl Mul for Complex {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self::new(self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re)
    }
}

impl Div for Complex {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        let size = other.re * other.re + other.im * other.im;
        let product = self * Self::new(other.re, -other.im);
        Self::new(product.re / size, product.im / size)
    }
}
