//! Clusters of sites with a few states.

use super::Configuration;
use crate::models::site_states::{SiteStates, Symmetry};
use crate::models::spins::PairModel;
use crate::rng::Stream;
use crate::samplers::forest::Forest;
use crate::samplers::mirrors::Mirrored;
use crate::samplers::{Chain, threshold};
use rand::{Rng, RngExt};

/// Sites whose states are exchanged or reflected, as the symmetry of the model has it.
pub(in crate::samplers) struct Labels<'a>(Configuration<'a>);

impl<'a> Labels<'a> {
    /// A random configuration.
    pub(in crate::samplers) fn new(model: (&'a PairModel, &'a SiteStates), stream: &mut Stream) -> Self {
        Self(Configuration::random(model, stream))
    }

    /// The state that a mirror maps `a` to.
    fn mirrored(&self, a: u8, mirror: (u8, u8)) -> u8 {
        match self.0.sites.symmetry {
            Symmetry::Exchange if a == mirror.0 => mirror.1,
            Symmetry::Exchange if a == mirror.1 => mirror.0,
            Symmetry::Exchange | Symmetry::None => a,
            Symmetry::Reflection => {
                let q = self.0.sites.states() as u16;
                ((u16::from(mirror.0) + q - u16::from(a)) % q) as u8
            }
        }
    }
}

impl Mirrored for Labels<'_> {
    /// The two states to exchange, or r and nothing.
    type Mirror = (u8, u8);

    fn pairs(&self) -> &PairModel {
        self.0.pairs
    }

    /// An exchange of the seed's state with another: their number in common stays what it is, so that all sites are as likely to
    /// ask for it afterwards. A reflection is drawn without regard to the state.
    fn mirror(&self, seed: usize, stream: &mut Stream) -> (u8, u8) {
        let q = self.0.sites.states() as u32;
        if self.0.sites.symmetry == Symmetry::Reflection {
            return (stream.random_range(0..q) as u8, 0);
        }
        let from = self.0.state[seed];
        let other = stream.random_range(0..q - 1) as u8;
        (from, other + u8::from(other >= from))
    }

    fn gain(&self, i: usize, j: usize, mirror: (u8, u8)) -> f64 {
        let (a, b) = (self.0.state[i], self.0.state[j]);
        self.0.sites.likeness(a, b) - self.0.sites.likeness(self.mirrored(a, mirror), b)
    }

    fn pull(&self, i: usize, mirror: (u8, u8)) -> f64 {
        let (a, along) = (self.0.state[i], &self.0.sites.along);
        self.0.pairs.fields[i] * (along[usize::from(a)] - along[usize::from(self.mirrored(a, mirror))])
    }

    fn reflect(&mut self, i: usize, mirror: (u8, u8)) {
        let to = self.mirrored(self.0.state[i], mirror);
        self.0.set(i, to);
    }

    fn energy(&self) -> f64 {
        self.0.energy()
    }

    fn order(&self) -> f64 {
        self.0.order()
    }

    fn state(&self) -> Vec<i8> {
        self.0.bytes()
    }

    fn start_from(&mut self, spins: &[i8]) {
        self.0.start_from(spins);
    }
}

/// Swendsen and Wang's chain of the ferromagnetic Potts model: bonds between equal states are kept with probability
/// 1 − e^{−J/T}, and each cluster c draws one of the q states, with the weight e^{v(a) Σ_{i∈c} h_i/T}.
pub(in crate::samplers) struct Colours<'a> {
    now: Configuration<'a>,
    temperature: f64,
    /// Threshold of 1 − e^{−J/T} for each neighbour, parallel to the model's couplings.
    keep: Vec<u64>,
    forest: Forest,
    /// The state of each cluster, at its root.
    drawn: Vec<u8>,
    /// Σ h_i of each cluster, at its root; empty without fields.
    fields: Vec<f64>,
    seen: u64,
    changed: u64,
}

impl<'a> Colours<'a> {
    /// A chain at `temperature`, started from a random state.
    pub(in crate::samplers) fn new(
        model: (&'a PairModel, &'a SiteStates),
        temperature: f64,
        stream: &mut Stream,
    ) -> Self {
        let pairs = model.0;
        let probability = |coupling: &f64| -libm::expm1(-pairs.scale * coupling / temperature);
        let in_field = pairs.fields.iter().any(|field| *field != 0.0);
        Self {
            keep: pairs.couplings.iter().map(|coupling| threshold(probability(coupling))).collect(),
            forest: Forest::new(pairs.spins()),
            drawn: vec![0; pairs.spins()],
            fields: vec![0.0; if in_field { pairs.spins() } else { 0 }],
            now: Configuration::random(model, stream),
            temperature,
            seen: 0,
            changed: 0,
        }
    }

    /// Keeps bonds and joins their ends.
    fn join(&mut self, stream: &mut Stream) {
        self.forest.part();
        let (pairs, state) = (self.now.pairs, &self.now.state);
        for i in 0..state.len() {
            let row = pairs.starts[i] as usize..pairs.starts[i + 1] as usize;
            for (j, keep) in pairs.neighbours[row.clone()].iter().zip(&self.keep[row]) {
                let bond = i < *j as usize && state[i] == state[*j as usize];
                if bond && stream.next_u64() < *keep {
                    self.forest.join(i as u32, *j);
                }
            }
        }
        if !self.fields.is_empty() {
            self.fields.fill(0.0);
            for (i, field) in pairs.fields.iter().enumerate() {
                self.fields[self.forest.root(i as u32) as usize] += field;
            }
        }
    }

    /// A state for the cluster whose root is given.
    fn draw(&self, root: usize, stream: &mut Stream) -> u8 {
        let q = self.now.sites.states();
        let Some(field) = self.fields.get(root) else { return stream.random_range(0..q) as u8 };
        // The field is on the first state alone: that one, or any of the others.
        let cost = self.now.pairs.scale * field;
        let others = (q - 1) as f64 * libm::exp(-cost / self.temperature);
        if stream.random::<f64>() * (1.0 + others) < 1.0 { 0 } else { stream.random_range(1..q) as u8 }
    }
}

impl Chain for Colours<'_> {
    fn sweep(&mut self, stream: &mut Stream) {
        self.join(stream);
        for i in 0..self.drawn.len() {
            let root = self.forest.root(i as u32) as usize;
            // A root comes before all other sites of its cluster.
            if root == i {
                self.drawn[i] = self.draw(i, stream);
            }
            let to = self.drawn[root];
            self.changed += u64::from(to != self.now.state[i]);
            self.now.set(i, to);
        }
        self.seen += self.drawn.len() as u64;
    }

    fn tune(&mut self) {
        (self.seen, self.changed) = (0, 0);
    }

    fn energy(&self) -> f64 {
        self.now.energy()
    }

    fn magnetization(&self) -> f64 {
        self.now.order()
    }

    fn acceptance(&self) -> f64 {
        if self.seen == 0 { 0.0 } else { self.changed as f64 / self.seen as f64 }
    }

    fn updates_per_spin(&self) -> f64 {
        1.0
    }

    fn state(&self) -> Vec<i8> {
        self.now.bytes()
    }

    fn start_from(&mut self, spins: &[i8]) {
        self.now.start_from(spins);
    }
}
