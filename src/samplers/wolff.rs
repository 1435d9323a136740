//! Single-cluster updates (Wolff 1989, doi:10.1103/PhysRevLett.62.361).
//!
//! A cluster grows from a random site over bonds between equal spins, each kept with probability 1 − e^{−2J_ij/T}, and
//! is flipped as a whole. This needs ferromagnetic couplings, J ≥ 0, on any graph, and no field.
//!
//! One sweep is a fixed number of clusters, about N/⟨cluster size⟩. Until [`Chain::tune`] that number is found out, with
//! sweeps that stop once N spins were flipped; a measurement taken at such a stop would be biased, since large clusters end
//! sweeps more often than small ones.
//!
//! The start is a random state, as at infinite temperature.

use super::metropolis::{bond_sum, random_spins};
use super::states::Labels;
use super::swendsen_wang::antiferromagnetic;
use super::{Chain, below, mirrors, threshold, vectors};
use crate::models::site_states::Symmetry;
use crate::models::spins::PairModel;
use crate::models::{Model, SquareLattice};
use crate::rng::Stream;
use rand::{Rng, RngExt};

/// Why the sampler does not apply to `model`, and what does; `None` when it does.
pub(super) fn refuse(model: &dyn Model) -> Option<String> {
    if let Some((pairs, sites)) = model.site_states() {
        return mirrors::refuse("wolff", pairs, sites.symmetry);
    }
    if let Some((pairs, _)) = model.vectors() {
        return mirrors::refuse("wolff", pairs, Symmetry::Reflection);
    }
    let reason = match model.square_lattice() {
        Some(lattice) if lattice.coupling > 0.0 => return None,
        Some(_) => "some couplings are antiferromagnetic",
        None => {
            let Some(pairs) = model.pair_model().filter(|pairs| pairs.spins() > 0) else {
                return Some(super::without_bonds("wolff", model));
            };
            if pairs.fields.iter().any(|field| *field != 0.0) {
                "there is a field"
            } else if antiferromagnetic(pairs) {
                "some couplings are antiferromagnetic"
            } else {
                return None;
            }
        }
    };
    let instead = match model.pair_model() {
        Some(pairs) if !antiferromagnetic(pairs) => "`metropolis`, `heat_bath` or `swendsen_wang`",
        _ => "`metropolis` or `heat_bath`",
    };
    Some(format!("`wolff` needs ferromagnetic couplings and no field, and here {reason}; use {instead}"))
}

/// A chain at `temperature`, started from a random state.
pub(super) fn build<'a>(model: &'a dyn Model, temperature: f64, stream: &mut Stream) -> Box<dyn Chain + 'a> {
    if let Some(lattice) = model.square_lattice() {
        return Box::new(Wolff::new(Square::new(lattice, temperature, stream)));
    }
    if let Some(states) = model.site_states() {
        return mirrors::single(Labels::new(states, stream), temperature);
    }
    if let Some(vectors) = model.vectors() {
        return vectors::clusters(vectors, false, temperature, stream);
    }
    let pairs = model.pair_model().expect("invariant: models without spins were refused");
    Box::new(Wolff::new(Pairs::new(pairs, temperature, stream)))
}

/// What can grow and flip one cluster.
pub(super) trait Clusters {
    /// Grows a cluster from a random site, flips it, and returns its size.
    fn flip_one(&mut self, stream: &mut Stream) -> usize;
    /// Number of sites N.
    fn sites(&self) -> usize;
    /// As [`Chain::energy`].
    fn energy(&self) -> f64;
    /// As [`Chain::state`].
    fn state(&self) -> Vec<i8>;
    /// As [`Chain::start_from`].
    fn start_from(&mut self, spins: &[i8]);
    /// As [`Chain::magnetization`].
    fn magnetization(&self) -> f64;
    /// Undoes what rounding did to the state; called once a sweep.
    fn refresh(&mut self) {}
}

/// The chain: how many clusters make a sweep.
pub(super) struct Wolff<C> {
    clusters: C,
    /// Clusters per sweep, once fixed.
    stride: Option<u64>,
    sweeps: u64,
    /// Clusters and flipped spins since the count began, and those of the period before.
    seen: (u64, u64),
    before: (u64, u64),
}

impl<C: Clusters> Wolff<C> {
    /// The chain of such clusters.
    pub(super) fn new(clusters: C) -> Self {
        Self { clusters, stride: None, sweeps: 0, seen: (0, 0), before: (0, 0) }
    }

    fn flip_one(&mut self, stream: &mut Stream) {
        let size = self.clusters.flip_one(stream);
        self.seen.0 += 1;
        self.seen.1 += size as u64;
    }
}

impl<C: Clusters> Chain for Wolff<C> {
    fn sweep(&mut self, stream: &mut Stream) {
        if let Some(stride) = self.stride {
            for _ in 0..stride {
                self.flip_one(stream);
            }
            self.clusters.refresh();
            return;
        }
        // The count begins anew at every power of two, so that it forgets how the chain started.
        if self.sweeps.is_power_of_two() {
            self.before = std::mem::take(&mut self.seen);
        }
        self.sweeps += 1;
        let target = self.seen.1 + self.clusters.sites() as u64;
        while self.seen.1 < target {
            self.flip_one(stream);
        }
        self.clusters.refresh();
    }

    fn tune(&mut self) {
        if self.stride.is_none() {
            let (clusters, flipped) = if self.seen.0 > 0 { self.seen } else { self.before };
            let spins = self.clusters.sites() as f64;
            let stride =
                if flipped == 0 { 1.0 } else { libm::round(spins * clusters as f64 / flipped as f64) };
            self.stride = Some((stride as u64).max(1));
        }
        self.seen = (0, 0);
    }

    fn energy(&self) -> f64 {
        self.clusters.energy()
    }

    fn magnetization(&self) -> f64 {
        self.clusters.magnetization()
    }

    fn acceptance(&self) -> f64 {
        let (clusters, flipped) = self.seen;
        if clusters == 0 {
            return 0.0;
        }
        flipped as f64 / clusters as f64 / self.clusters.sites() as f64
    }

    fn updates_per_spin(&self) -> f64 {
        self.stride.unwrap_or(1) as f64 * self.acceptance()
    }

    fn state(&self) -> Vec<i8> {
        self.clusters.state()
    }

    fn start_from(&mut self, spins: &[i8]) {
        self.clusters.start_from(spins);
    }
}

/// Clusters on any ferromagnetic graph.
struct Pairs<'a> {
    pairs: &'a PairModel,
    state: Vec<i8>,
    /// Threshold of 1 − e^{−2J/T} for each neighbour, parallel to the model's couplings.
    keep: Vec<u64>,
    stack: Vec<u32>,
    magnetization: i64,
}

impl<'a> Pairs<'a> {
    fn new(pairs: &'a PairModel, temperature: f64, stream: &mut Stream) -> Self {
        let state = random_spins(pairs.spins(), stream);
        let keep = pairs.couplings.iter().map(|coupling| keep_threshold(pairs.scale * coupling, temperature));
        Self {
            magnetization: state.iter().map(|spin| i64::from(*spin)).sum(),
            keep: keep.collect(),
            pairs,
            state,
            stack: Vec::new(),
        }
    }
}

/// Threshold of the probability 1 − e^{−2J/T} to keep a bond of coupling J ≥ 0.
fn keep_threshold(coupling: f64, temperature: f64) -> u64 {
    threshold(-libm::expm1(-2.0 * coupling / temperature))
}

impl Clusters for Pairs<'_> {
    fn flip_one(&mut self, stream: &mut Stream) -> usize {
        let seed = stream.random_range(0..self.state.len());
        let spin = self.state[seed];
        self.state[seed] = -spin;
        self.stack.push(seed as u32);
        let mut size = 1;
        while let Some(site) = self.stack.pop() {
            let row =
                self.pairs.starts[site as usize] as usize..self.pairs.starts[site as usize + 1] as usize;
            for (neighbour, keep) in self.pairs.neighbours[row.clone()].iter().zip(&self.keep[row]) {
                let other = &mut self.state[*neighbour as usize];
                if *other == spin && stream.next_u64() < *keep {
                    *other = -spin;
                    self.stack.push(*neighbour);
                    size += 1;
                }
            }
        }
        self.magnetization -= 2 * i64::from(spin) * size as i64;
        size
    }

    fn energy(&self) -> f64 {
        self.pairs.energy(&self.state)
    }

    fn sites(&self) -> usize {
        self.state.len()
    }

    fn state(&self) -> Vec<i8> {
        self.state.clone()
    }

    fn start_from(&mut self, spins: &[i8]) {
        self.state.copy_from_slice(spins);
        self.magnetization = spins.iter().map(|spin| i64::from(*spin)).sum();
    }

    fn magnetization(&self) -> f64 {
        self.magnetization as f64
    }
}

/// Clusters on the uniform square torus, without a neighbour table.
struct Square {
    lattice: SquareLattice,
    state: Vec<i8>,
    keep: u64,
    /// Rows and columns of sites whose neighbours are still to be tried; room for every site and one more.
    stack: Vec<(u32, u32)>,
    magnetization: i64,
}

impl Square {
    fn new(lattice: SquareLattice, temperature: f64, stream: &mut Stream) -> Self {
        let state = random_spins(lattice.rows * lattice.columns, stream);
        Self {
            magnetization: state.iter().map(|spin| i64::from(*spin)).sum(),
            keep: keep_threshold(lattice.coupling, temperature),
            stack: vec![(0, 0); state.len() + 1],
            lattice,
            state,
        }
    }
}

impl Clusters for Square {
    fn flip_one(&mut self, stream: &mut Stream) -> usize {
        let (rows, columns) = (self.lattice.rows as u32, self.lattice.columns as u32);
        let (row, column) = (stream.random_range(0..rows), stream.random_range(0..columns));
        let place = |row: u32, column: u32| row as usize * columns as usize + column as usize;
        let spin = self.state[place(row, column)];
        let (state, stack, keep) = (&mut self.state[..], &mut self.stack[..], self.keep);
        state[place(row, column)] = -spin;
        stack[0] = (row, column);
        // The stack's height, and how many sites have left it.
        let (mut height, mut size) = (1, 0);
        while height > 0 {
            height -= 1;
            size += 1;
            let (row, column) = stack[height];
            let up = if row == 0 { rows - 1 } else { row - 1 };
            let down = if row + 1 == rows { 0 } else { row + 1 };
            let left = if column == 0 { columns - 1 } else { column - 1 };
            let right = if column + 1 == columns { 0 } else { column + 1 };
            let words = [stream.next_u64(), stream.next_u64()];
            let halves = words.map(|word| [word as u32, (word >> 32) as u32]);
            let neighbours = [(up, column), (down, column), (row, left), (row, right)];
            for ((row, column), &half) in neighbours.into_iter().zip(halves.as_flattened()) {
                // Without a branch, since neither condition can be predicted: a site that does not join is written to
                // the stack all the same, but the stack does not grow over it.
                let other = &mut state[place(row, column)];
                let joins = (*other == spin) & below(half, keep, stream);
                *other = if joins { -spin } else { *other };
                stack[height] = (row, column);
                height += usize::from(joins);
            }
        }
        self.magnetization -= 2 * i64::from(spin) * size as i64;
        size
    }

    fn energy(&self) -> f64 {
        -self.lattice.coupling * bond_sum(&self.state, self.lattice.columns) as f64
    }

    fn sites(&self) -> usize {
        self.state.len()
    }

    fn state(&self) -> Vec<i8> {
        self.state.clone()
    }

    fn start_from(&mut self, spins: &[i8]) {
        self.state.copy_from_slice(spins);
        self.magnetization = spins.iter().map(|spin| i64::from(*spin)).sum();
    }

    fn magnetization(&self) -> f64 {
        self.magnetization as f64
    }
}
