//! Chains of single-spin updates whose temperature can be changed between sweeps.

use super::Chain;
use super::mean_field::MeanField;
use super::metropolis::{Pairs, Rule, Square};
use super::{states, vectors, walk};
use crate::models::Model;
use crate::rng::Stream;

/// A chain that can be taken to another temperature, and copied with its state.
pub(super) trait Tempered<'a>: Chain {
    /// Goes on at another temperature, infinity included, where every state is as likely.
    fn set_temperature(&mut self, temperature: f64);

    /// A chain in the same state.
    fn duplicate(&self) -> Box<dyn Tempered<'a> + 'a>;
}

/// Why no such chain walks through `model`.
pub(super) fn refuse(name: &str, model: &dyn Model) -> Option<String> {
    (!super::has_spins(model)).then(|| walk::without_spins(name, "changes spins one by one", model))
}

/// A chain at `temperature`, started from a random state: Metropolis' updates for spins of two or a few states, the heat
/// bath's for vectors, whose updates need no step to be tuned to the temperature.
pub(super) fn local<'a>(
    model: &'a dyn Model,
    temperature: f64,
    stream: &mut Stream,
) -> Box<dyn Tempered<'a> + 'a> {
    if let Some(lattice) = model.square_lattice() {
        return Box::new(Square::new(lattice, Rule::Metropolis, temperature, stream));
    }
    if let Some(magnet) = model.curie_weiss() {
        return Box::new(MeanField::new(magnet, Rule::Metropolis, temperature, stream));
    }
    if let Some(states) = model.site_states() {
        return Box::new(states::Local::new(states, Rule::Metropolis, temperature, stream));
    }
    if let Some(vectors) = model.vectors() {
        return vectors::tempered(vectors, temperature, stream);
    }
    let pairs = model.pair_model().expect("invariant: models without spins were refused");
    Box::new(Pairs::new(pairs, Rule::Metropolis, temperature, stream))
}

/// States at infinite temperature that tell of their energies.
const TRIAL: usize = 100;

/// The mean and the standard deviation of the energies of random states, estimated.
pub(super) fn hot_energy(model: &dyn Model, stream: &mut Stream) -> (f64, f64) {
    let energies: Vec<f64> = (0..TRIAL).map(|_| local(model, f64::INFINITY, stream).energy()).collect();
    let mean = energies.iter().sum::<f64>() / TRIAL as f64;
    let squares: f64 = energies.iter().map(|energy| (energy - mean) * (energy - mean)).sum();
    (mean, libm::sqrt(squares / TRIAL as f64))
}
