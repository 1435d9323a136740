//! Updates of all clusters at once (Swendsen and Wang 1987, doi:10.1103/PhysRevLett.58.86); here for Ising spins.
//!
//! Every bond between equal spins is kept with probability 1 − e^{−2J_ij/T}; each cluster of sites joined by kept bonds then
//! gets a sign anew. This needs ferromagnetic couplings, J ≥ 0, on any graph. Fields of either sign are taken exactly: given the
//! kept bonds (Fortuin and Kasteleyn 1972, doi:10.1016/0031-8914(72)90045-6), a cluster c is an independent spin in the field
//! Σ_{i∈c} h_i, so that it points up with probability 1/(1 + e^{−2 Σ h_i/T}).
//!
//! The uniform square or cubic torus without a field has code of its own, some five times as fast, in `torus`.
//!
//! The start is a random state, as at infinite temperature.

mod torus;

use super::cost::Cost;
use super::forest::Forest;
use super::metropolis::random_spins;
use super::states::{Colours, Labels};
use super::{Chain, mirrors, threshold, vectors};
use crate::models::site_states::Symmetry;
use crate::models::spins::PairModel;
use crate::models::{CubicLattice, Model, SquareLattice};
use crate::rng::Stream;
use rand::{Rng, RngExt};

/// Why the sampler does not apply to `model`, and what does; `None` when it does.
pub(super) fn refuse(model: &dyn Model) -> Option<String> {
    if let Some((pairs, sites)) = model.site_states() {
        return mirrors::refuse("swendsen_wang", pairs, sites.symmetry);
    }
    if let Some((pairs, _)) = model.vectors() {
        return mirrors::refuse("swendsen_wang", pairs, Symmetry::Reflection);
    }
    if model.square_lattice().is_some_and(|lattice| lattice.coupling > 0.0) {
        return None;
    }
    let Some(pairs) = model.pair_model().filter(|pairs| pairs.spins() > 0) else {
        return Some(super::without_bonds("swendsen_wang", model));
    };
    antiferromagnetic(pairs).then(|| {
        "`swendsen_wang` needs ferromagnetic couplings, and here some are antiferromagnetic; use `metropolis` or `heat_bath`"
            .to_owned()
    })
}

/// Whether any bond favours opposite spins.
pub(super) fn antiferromagnetic(pairs: &PairModel) -> bool {
    pairs.couplings.iter().any(|coupling| coupling * pairs.scale < 0.0)
}

/// What a sweep costs, in nanoseconds per site.
pub(super) fn cost(model: &dyn Model) -> f64 {
    let torus = model.square_lattice().is_some() || model.cubic_lattice().is_some();
    let elsewhere = Cost { square: 5.0, pairs: 45.0, states: 50.0, vectors: 120.0 };
    if torus { elsewhere.square } else { elsewhere.of(model) }
}

/// A chain at `temperature`, started from a random state.
pub(super) fn build<'a>(model: &'a dyn Model, temperature: f64, stream: &mut Stream) -> Box<dyn Chain + 'a> {
    if let Some(states) = model.site_states() {
        let (pairs, sites) = states;
        return if sites.symmetry == Symmetry::Exchange && !antiferromagnetic(pairs) {
            Box::new(Colours::new(states, temperature, stream))
        } else {
            mirrors::all(Labels::new(states, stream), temperature)
        };
    }
    if let Some(vectors) = model.vectors() {
        return vectors::clusters(vectors, true, temperature, stream);
    }
    if let Some(SquareLattice { rows, columns, coupling }) = model.square_lattice() {
        return Box::new(torus::Torus::new([1, rows, columns], coupling, temperature, stream));
    }
    if let Some(CubicLattice { sides, coupling }) = model.cubic_lattice() {
        return Box::new(torus::Torus::new(sides, coupling, temperature, stream));
    }
    let pairs = model.pair_model().expect("invariant: models without spins were refused");
    Box::new(SwendsenWang::new(pairs, temperature, stream))
}

/// The chain on any ferromagnetic graph.
struct SwendsenWang<'a> {
    pairs: &'a PairModel,
    temperature: f64,
    state: Vec<i8>,
    /// Threshold of 1 − e^{−2J/T} for each neighbour, parallel to the model's couplings.
    keep: Vec<u64>,
    forest: Forest,
    /// The sign of each cluster, at its root.
    signs: Vec<i8>,
    /// Σ h_i of each cluster, at its root; empty without fields.
    fields: Vec<f64>,
    magnetization: i64,
    /// Spins that kept or changed their sign, and those that changed it.
    seen: u64,
    flipped: u64,
}

impl<'a> SwendsenWang<'a> {
    fn new(pairs: &'a PairModel, temperature: f64, stream: &mut Stream) -> Self {
        let state = random_spins(pairs.spins(), stream);
        let probability = |coupling: &f64| -libm::expm1(-2.0 * pairs.scale * coupling / temperature);
        let in_field = pairs.fields.iter().any(|field| *field != 0.0);
        Self {
            magnetization: state.iter().map(|spin| i64::from(*spin)).sum(),
            keep: pairs.couplings.iter().map(|coupling| threshold(probability(coupling))).collect(),
            forest: Forest::new(state.len()),
            signs: vec![1; state.len()],
            fields: vec![0.0; if in_field { state.len() } else { 0 }],
            pairs,
            temperature,
            state,
            seen: 0,
            flipped: 0,
        }
    }

    /// Keeps bonds and joins their ends.
    fn join(&mut self, stream: &mut Stream) {
        self.forest.part();
        for i in 0..self.state.len() {
            let row = self.pairs.starts[i] as usize..self.pairs.starts[i + 1] as usize;
            for (j, keep) in self.pairs.neighbours[row.clone()].iter().zip(&self.keep[row]) {
                let bond = i < *j as usize && self.state[i] == self.state[*j as usize];
                if bond && stream.next_u64() < *keep {
                    self.forest.join(i as u32, *j);
                }
            }
        }
    }

    /// Sums the fields of each cluster.
    fn gather(&mut self) {
        self.fields.fill(0.0);
        for (i, field) in self.pairs.fields.iter().enumerate() {
            self.fields[self.forest.root(i as u32) as usize] += field;
        }
    }
}

impl Chain for SwendsenWang<'_> {
    fn sweep(&mut self, stream: &mut Stream) {
        self.join(stream);
        let in_field = !self.fields.is_empty();
        if in_field {
            self.gather();
        }
        let (mut magnetization, mut flipped) = (0, 0);
        for i in 0..self.state.len() {
            let root = self.forest.root(i as u32) as usize;
            // A root comes before all other sites of its cluster.
            if root == i {
                let up = if in_field {
                    let cost = 2.0 * self.pairs.scale * self.fields[i];
                    stream.random::<f64>() * (1.0 + libm::exp(-cost / self.temperature)) < 1.0
                } else {
                    stream.random()
                };
                self.signs[i] = if up { 1 } else { -1 };
            }
            let sign = self.signs[root];
            flipped += u64::from(self.state[i] != sign);
            self.state[i] = sign;
            magnetization += i64::from(sign);
        }
        self.magnetization = magnetization;
        self.flipped += flipped;
        self.seen += self.state.len() as u64;
    }

    fn tune(&mut self) {
        (self.seen, self.flipped) = (0, 0);
    }

    fn energy(&self) -> f64 {
        self.pairs.energy(&self.state)
    }

    fn magnetization(&self) -> f64 {
        self.magnetization as f64
    }

    fn acceptance(&self) -> f64 {
        if self.seen == 0 { 0.0 } else { self.flipped as f64 / self.seen as f64 }
    }

    fn updates_per_spin(&self) -> f64 {
        1.0
    }

    fn state(&self) -> Vec<i8> {
        self.state.clone()
    }

    fn start_from(&mut self, spins: &[i8]) {
        self.state.copy_from_slice(spins);
        self.magnetization = spins.iter().map(|spin| i64::from(*spin)).sum();
    }
}
