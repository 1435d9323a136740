//! Clusters that are mirrored as a whole: Wolff's embedding (Wolff 1989, doi:10.1103/PhysRevLett.62.361) for spins of any kind.
//!
//! A mirror R maps the values of a spin so that R² = 1 and u(Rx, Ry) = u(x, y). With a mirror drawn without regard to the
//! state, a bond J between x_i and x_j is kept with probability 1 − e^{−max(0, J g)/T}, g = u(x_i, x_j) − u(Rx_i, x_j): whatever
//! the sign of J, a cluster of sites joined by kept bonds may be mirrored, for mirroring one end of a bond that is not kept
//! costs exactly its chance to be left. For vectors g = 2 (S_i·n)(S_j·n), and Ising spins that differ in size are embedded; for
//! Potts spins it is the algorithm of Wang, Swendsen and Kotecký (1989, doi:10.1103/PhysRevLett.63.109).
//!
//! Fields are exact with all clusters at once, where a cluster is a spin of two states in the field of all its sites.

use super::Chain;
use super::forest::Forest;
use super::wolff::{Clusters, Wolff};
use crate::models::site_states::Symmetry;
use crate::models::spins::PairModel;
use crate::rng::Stream;
use rand::RngExt;

/// Why clusters do not apply to sites of a few states, and what does; `None` when they do.
pub(super) fn refuse(name: &str, pairs: &PairModel, symmetry: Symmetry) -> Option<String> {
    let reason = if pairs.spins() == 0 {
        "there are none"
    } else if symmetry == Symmetry::None {
        "no reversal or exchange of states leads from spins that are 0 to any others, so that clusters would never fill or \
         empty a site"
    } else if mixed(pairs) {
        "bonds of both signs are at odds, so that clusters fill the system before it orders"
    } else if name == "wolff" && pairs.fields.iter().any(|field| *field != 0.0) {
        return Some(
            "`wolff` needs a model without a field, and here there is one; use `swendsen_wang`, `metropolis` or `heat_bath`"
                .to_owned(),
        );
    } else {
        return None;
    };
    Some(format!("`{name}` mirrors clusters of spins, and here {reason}; use `metropolis` or `heat_bath`"))
}

/// Whether there are bonds of both signs.
fn mixed(pairs: &PairModel) -> bool {
    let any = |sign: f64| pairs.couplings.iter().any(|coupling| sign * coupling > 0.0);
    any(1.0) && any(-1.0)
}

/// Spins that can be mirrored.
pub(super) trait Mirrored {
    /// What decides a mirror.
    type Mirror: Copy;
    /// The couplings J.
    fn pairs(&self) -> &PairModel;
    /// A mirror for a cluster that holds site `seed`. Drawn anew with it mirrored, it is as likely.
    fn mirror(&self, seed: usize, stream: &mut Stream) -> Self::Mirror;
    /// u(x_i, x_j) − u(Rx_i, x_j).
    fn gain(&self, i: usize, j: usize, mirror: Self::Mirror) -> f64;
    /// By how much h v(x_i) would fall.
    fn pull(&self, i: usize, mirror: Self::Mirror) -> f64;
    /// Mirrors a site.
    fn reflect(&mut self, i: usize, mirror: Self::Mirror);
    /// The energy E.
    fn energy(&self) -> f64;
    /// The order parameter M.
    fn order(&self) -> f64;
    /// The state, as [`Chain::state`] has it.
    fn state(&self) -> Vec<i8>;
    /// Replaces the state.
    fn start_from(&mut self, spins: &[i8]);
    /// Undoes what rounding did to the state.
    fn refresh(&mut self) {}
}

/// Wolff's chain of single clusters.
pub(super) fn single<'a, M: Mirrored + 'a>(spins: M, temperature: f64) -> Box<dyn Chain + 'a> {
    let marks = vec![0; spins.pairs().spins()];
    Box::new(Wolff::new(Single { spins, temperature, marks, cluster: 0, stack: Vec::new() }))
}

/// The chain that draws all clusters at once.
pub(super) fn all<'a, M: Mirrored + 'a>(spins: M, temperature: f64) -> Box<dyn Chain + 'a> {
    let sites = spins.pairs().spins();
    let in_field = spins.pairs().fields.iter().any(|field| *field != 0.0);
    Box::new(All {
        forest: Forest::new(sites),
        flips: vec![false; sites],
        pulls: vec![0.0; if in_field { sites } else { 0 }],
        spins,
        temperature,
        seen: 0,
        mirrored: 0,
    })
}

/// One cluster at a time.
struct Single<M> {
    spins: M,
    temperature: f64,
    /// The number of the last cluster that a site was in.
    marks: Vec<u64>,
    cluster: u64,
    stack: Vec<u32>,
}

impl<M: Mirrored> Clusters for Single<M> {
    fn flip_one(&mut self, stream: &mut Stream) -> usize {
        let seed = stream.random_range(0..self.marks.len());
        let mirror = self.spins.mirror(seed, stream);
        self.cluster += 1;
        self.marks[seed] = self.cluster;
        self.spins.reflect(seed, mirror);
        self.stack.push(seed as u32);
        let mut size = 1;
        while let Some(site) = self.stack.pop() {
            let site = site as usize;
            let pairs = self.spins.pairs();
            for k in pairs.starts[site] as usize..pairs.starts[site + 1] as usize {
                let pairs = self.spins.pairs();
                let (other, coupling) = (pairs.neighbours[k] as usize, pairs.scale * pairs.couplings[k]);
                if self.marks[other] == self.cluster {
                    continue;
                }
                // The site is mirrored already: what it would gain now it has lost.
                let gain = -coupling * self.spins.gain(site, other, mirror);
                if gain > 0.0 && stream.random::<f64>() < -libm::expm1(-gain / self.temperature) {
                    self.marks[other] = self.cluster;
                    self.spins.reflect(other, mirror);
                    self.stack.push(other as u32);
                    size += 1;
                }
            }
        }
        size
    }

    fn sites(&self) -> usize {
        self.marks.len()
    }

    fn energy(&self) -> f64 {
        self.spins.energy()
    }

    fn state(&self) -> Vec<i8> {
        self.spins.state()
    }

    fn start_from(&mut self, spins: &[i8]) {
        self.spins.start_from(spins);
    }

    fn magnetization(&self) -> f64 {
        self.spins.order()
    }

    fn refresh(&mut self) {
        self.spins.refresh();
    }
}

/// All clusters of one mirror.
struct All<M> {
    spins: M,
    temperature: f64,
    forest: Forest,
    /// Whether a cluster is mirrored, at its root.
    flips: Vec<bool>,
    /// What fields would lose by it, at its root; empty without fields.
    pulls: Vec<f64>,
    seen: u64,
    mirrored: u64,
}

impl<M: Mirrored> Chain for All<M> {
    fn sweep(&mut self, stream: &mut Stream) {
        let sites = self.flips.len();
        let mirror = self.spins.mirror(stream.random_range(0..sites), stream);
        self.forest.part();
        let pairs = self.spins.pairs();
        for i in 0..sites {
            for (j, coupling) in pairs.row(i).filter(|(j, _)| i < *j) {
                let gain = pairs.scale * coupling * self.spins.gain(i, j, mirror);
                if gain > 0.0 && stream.random::<f64>() < -libm::expm1(-gain / self.temperature) {
                    self.forest.join(i as u32, j as u32);
                }
            }
        }
        if !self.pulls.is_empty() {
            self.pulls.fill(0.0);
            for i in 0..sites {
                self.pulls[self.forest.root(i as u32) as usize] += self.spins.pull(i, mirror);
            }
        }
        for i in 0..sites {
            let root = self.forest.root(i as u32) as usize;
            // A root comes before all other sites of its cluster.
            if root == i {
                self.flips[i] = match self.pulls.get(i) {
                    None => stream.random(),
                    Some(pull) => {
                        let cost = self.spins.pairs().scale * pull;
                        stream.random::<f64>() * (1.0 + libm::exp(cost / self.temperature)) < 1.0
                    }
                };
            }
            if self.flips[root] {
                self.spins.reflect(i, mirror);
                self.mirrored += 1;
            }
        }
        self.seen += sites as u64;
        self.spins.refresh();
    }

    fn tune(&mut self) {
        (self.seen, self.mirrored) = (0, 0);
    }

    fn energy(&self) -> f64 {
        self.spins.energy()
    }

    fn magnetization(&self) -> f64 {
        self.spins.order()
    }

    fn acceptance(&self) -> f64 {
        if self.seen == 0 { 0.0 } else { self.mirrored as f64 / self.seen as f64 }
    }

    fn updates_per_spin(&self) -> f64 {
        1.0
    }

    fn state(&self) -> Vec<i8> {
        self.spins.state()
    }

    fn start_from(&mut self, spins: &[i8]) {
        self.spins.start_from(spins);
    }
}
