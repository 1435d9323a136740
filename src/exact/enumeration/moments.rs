//! Sums of powers of the magnetisation per site.

use crate::exact::OrderMoments;

/// Σ w |m|, Σ w m² and Σ w m⁴.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Moments {
    absolute: f64,
    square: f64,
    fourth: f64,
}

impl Moments {
    /// Adds a state of N = `spins` spins, `up` of them up, with weight `weight`.
    pub(super) fn add(&mut self, weight: f64, up: usize, spins: usize) {
        let m = if spins > 0 { (2.0 * up as f64 - spins as f64) / spins as f64 } else { 0.0 };
        self.merge(weight, &Self { absolute: m.abs(), square: m * m, fourth: m * m * m * m });
    }

    /// Adds states of mean moments `other` with weight `weight`.
    pub(super) fn merge(&mut self, weight: f64, other: &Self) {
        self.absolute += weight * other.absolute;
        self.square += weight * other.square;
        self.fourth += weight * other.fourth;
    }

    /// All sums times `factor`.
    pub(super) fn scaled(self, factor: f64) -> Self {
        let mut scaled = Self::default();
        scaled.merge(factor, &self);
        scaled
    }
}

impl From<Moments> for OrderMoments {
    /// The sums of weights that add up to 1.
    fn from(moments: Moments) -> Self {
        Self { square: moments.square, others: Some((moments.absolute, moments.fourth)) }
    }
}
