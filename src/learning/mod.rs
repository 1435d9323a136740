//! Learning: training and evaluating restricted Boltzmann machines.

pub mod ais;
pub mod datasets;
pub mod evaluate;
pub mod gibbs;
pub mod patterns;
pub mod train;
