//! Samplers: Markov chains whose stationary distribution is the Boltzmann distribution of a model.

use crate::rng::Stream;

/// A Markov chain at one temperature, advanced a sweep at a time.
pub trait Chain {
    /// Advances by one sweep: about N site updates, and always the same number of elementary moves once tuned.
    fn sweep(&mut self, stream: &mut Stream);

    /// Called once when thermalisation ends: fixes whatever the sampler adapted until then (a cluster sampler's
    /// number of clusters per sweep), so that measurements are taken at a stride that no longer depends on the state,
    /// and forgets the acceptance counted so far.
    fn tune(&mut self);

    /// The energy E of the current state, exactly as the model defines it.
    fn energy(&self) -> f64;

    /// The total magnetisation Σ s_i of the current state.
    fn magnetization(&self) -> f64;

    /// Share of proposed moves accepted since [`Chain::tune`]; for cluster moves the mean cluster size over N.
    fn acceptance(&self) -> f64;

    /// The current spins as ±1, for snapshots.
    fn state(&self) -> Vec<i8>;
}
