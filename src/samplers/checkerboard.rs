//! The sampler `checkerboard`: a bit a spin where that is enough, a byte a site elsewhere.

use super::{Chain, bytes, multispin};
use crate::models::Model;
use crate::rng::Stream;

/// What `gibbs explain` says.
pub(super) const DOC: &str = r#"Metropolis et al. 1953 on the two colours of a checkerboard in turn: sites of one colour do
not see each other, so that hundreds of them are decided about at once, each with random bits of its own and with the probability
$\min(1, e^{-\Delta E/T})$ kept to $2^{-57}$. It is of the same dynamics as flips one after the other: near a continuous transition
the autocorrelation time grows like $L^{2.17}$.

For `ising`, `potts` and `blume_capel` on the periodic square or cubic lattice with one coupling, of either sign, and one field, and for
`ising` with $\pm J$ bonds (`disorder = "pm_j"`) and no field on even sides of 4 or more.
Ising spins without a field on sides of even length take a bit each (multi-spin coding), about a hundred times as fast as flipping one
spin after the other; lattices whose sides are multiples of 64 are fastest, and below 32 × 32 part of a vector is idle. All others take
a byte a site, ten to twenty times as fast; rows of a multiple of 128 sites are fastest. Where a side is odd, the sites at its end are updated
by themselves. The same results come with every instruction set (AVX-512, AVX2, SSE2 or none of them).

One sweep in 32, drawn at random, leaves each site alone with probability ½. Without that the chain of Ising spins would not be ergodic:
moves of $\Delta E = 0$ are certain, and stripes one spin wide would turn into each other for ever. The chain starts from a random
state."#;

/// Why the sampler does not apply to `model`, and what does; `None` when it does.
pub(super) fn refuse(model: &dyn Model) -> Option<String> {
    if multispin::takes(model) || bytes::takes(model) {
        return None;
    }
    Some(format!(
        "`checkerboard` takes the Ising, Potts and Blume–Capel models on the periodic square or cubic lattice with one coupling \
         and one field, and the Ising model with ±J bonds there, without a field and on even sides of 4 or more, and this is \
         {}; use `metropolis`",
        model.description()
    ))
}

/// What a sweep costs, in nanoseconds per site.
pub(super) fn cost(model: &dyn Model) -> f64 {
    if multispin::takes(model) { 0.07 } else { 0.6 }
}

/// A chain at `temperature`, started from a random state.
pub(super) fn build<'a>(model: &'a dyn Model, temperature: f64, stream: &mut Stream) -> Box<dyn Chain + 'a> {
    if multispin::takes(model) {
        return multispin::build(model, temperature, stream);
    }
    bytes::build(model, temperature, stream).expect("invariant: other models were refused")
}
