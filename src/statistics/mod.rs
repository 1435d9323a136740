//! Statistics of correlated series: how much a Markov chain knows, and how well.

pub mod autocorrelation;
pub mod blocking;
pub mod corrections;
mod fourier;
pub mod intervals;
pub mod jackknife;
pub mod renormalization;
pub mod reweighting;
pub mod rhat;
pub mod scaling;
pub mod special;
pub mod structure;
pub mod thermalization;
