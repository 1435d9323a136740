//! Heat-bath updates of single spins in random order (Glauber 1963, doi:10.1063/1.1703954; Creutz 1980,
//! doi:10.1103/PhysRevD.21.2308): a spin is drawn anew from its distribution with all others held.

use super::mean_field::MeanField;
use super::metropolis::{Pairs, Rule, Square};
use super::states::Local;
use super::{Chain, vectors, walk};
use crate::models::Model;
use crate::rng::Stream;

/// Why the sampler does not apply to `model`, and what does; `None` when it does.
pub(super) fn refuse(model: &dyn Model) -> Option<String> {
    if super::has_spins(model) {
        return None;
    }
    Some(walk::without_spins("heat_bath", "draws spins anew", model))
}

/// A chain at `temperature`, started from a random state.
pub(super) fn build<'a>(model: &'a dyn Model, temperature: f64, stream: &mut Stream) -> Box<dyn Chain + 'a> {
    if let Some(lattice) = model.square_lattice() {
        return Box::new(Square::new(lattice, Rule::HeatBath, temperature, stream));
    }
    if let Some(magnet) = model.curie_weiss() {
        return Box::new(MeanField::new(magnet, Rule::HeatBath, temperature, stream));
    }
    if let Some(states) = model.site_states() {
        return Box::new(Local::new(states, Rule::HeatBath, temperature, stream));
    }
    if let Some(vectors) = model.vectors() {
        return vectors::local(vectors, Rule::HeatBath, temperature, stream);
    }
    let pairs = model.pair_model().expect("invariant: models without spins were refused");
    Box::new(Pairs::new(pairs, Rule::HeatBath, temperature, stream))
}
