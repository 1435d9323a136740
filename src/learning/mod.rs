//! Learning: training and evaluating restricted Boltzmann machines, and clusters.

pub mod ais;
pub mod clusters;
pub mod datasets;
pub mod evaluate;
pub mod gibbs;
pub mod patterns;
pub mod train;
