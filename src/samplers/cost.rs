//! What a sweep costs, for choosing among samplers: only the ratios count, and they need not be known to better than a
//! factor of two.

use crate::models::Model;

/// About how many nanoseconds a sweep of a model takes per site.
pub type Price = fn(&dyn Model) -> f64;

/// About how many nanoseconds a sweep takes per site, on one core of 2024, by the kind of the model's spins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cost {
    /// Ising spins on a uniform square lattice.
    pub(super) square: f64,
    /// Other Ising spins.
    pub(super) pairs: f64,
    /// Sites of a few states.
    pub(super) states: f64,
    /// Vectors.
    pub(super) vectors: f64,
}

impl Cost {
    /// The cost for a model.
    pub(super) fn of(&self, model: &dyn Model) -> f64 {
        if model.square_lattice().is_some() {
            self.square
        } else if model.site_states().is_some() {
            self.states
        } else if model.vectors().is_some() {
            self.vectors
        } else {
            self.pairs
        }
    }
}
