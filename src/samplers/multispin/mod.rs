//! Checkerboard Metropolis updates of the square or cubic torus with uniform or ±J bonds, a bit a spin and a word of spins at a time.
//!
//! Multi-spin coding in one lattice (Creutz, Jacobs and Rebbi 1979, doi:10.1103/PhysRevLett.42.1390): logic operations
//! decide about all spins of a word at once. Every spin has random bits of its own, and acceptances are kept exactly.
//!
//! - `layout`: which spin is which bit
//! - `lanes`, `x86`: vectors of 1, 2, 4 or 8 words, one back-end an instruction set
//! - `generator`: random words, eight streams abreast
//! - `coin`, `rare`: exact Bernoulli bits from them
//! - `kernel`: a sweep
//! - `tally`: energy and magnetisation by counting bits
//! - `tosses`: random bits for other samplers, a word or a vector at a time
//! - `dispatch`: the choice among the back-ends at run time
//! - `chain`: the Markov chain
//! - `replicas`: many small lattices at once, a bit of each in a word
//!
//! Every back-end draws the same random words for the same spins and gives the same bits.

#![expect(
    unsafe_code,
    reason = "vector instructions and pointers into rows: the one place where speed needs them"
)]

mod chain;
mod coin;
mod dispatch;
mod generator;
mod kernel;
mod lanes;
mod layout;
mod rare;
mod replicas;
mod tally;
mod tosses;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use chain::chain_on;
pub(super) use chain::{build, takes};
pub use dispatch::InstructionSet;
pub use replicas::sweeps_on;
pub(super) use replicas::{Crowd, takes as many_take};
pub(super) use tosses::{Noise, Tosses};

#[cfg(test)]
mod tests;
