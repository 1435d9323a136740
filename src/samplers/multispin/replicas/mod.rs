//! Many chains of one small lattice at once: 64 of them, or fewer with more spins of each, in the bits of a word.
//!
//! Asynchronous multi-spin coding (in tempering: Fang, Feng, Tam, Yun, Moreno, Ramanujam and Jarrell 2013, arXiv:1311.5582, who put several
//! spins of a chain into a word too), with exact probabilities and random numbers of its own for every spin of every chain, so that chains are
//! independent and may have temperatures of their own.
//!
//! - `plan`: which spin is which word, on any graph with equally many neighbours of each spin
//! - `chance`: coins of a probability for each chain
//! - `kernel`: a sweep of all chains
//! - `tally`, `transpose`: energies and magnetisations of all chains
//! - `crowd`: the chains

mod chance;
mod crowd;
mod kernel;
mod plan;
mod tally;
mod transpose;

pub(super) use chance::LaneChance;
pub use crowd::sweeps_on;
pub(in crate::samplers) use crowd::{Crowd, takes};
pub(super) use kernel::sweep;
pub(super) use plan::Plan;
pub(super) use tally::{Counts, counts};

#[cfg(test)]
mod tests;
