//! Single-spin Metropolis updates in random order (Metropolis et al. 1953, doi:10.1063/1.1699114).
//!
//! One sweep is N proposals, each of a site drawn uniformly at random, accepted with probability min(1, e^{−ΔE/T}).
//! Random order matters: with a fixed order, moves of ΔE = 0 that are always accepted can lock the chain into a part
//! of the state space (on the 3 × 3 torus it then reaches 504 of 512 states).
//!
//! One random word serves a proposal: its leading half chooses the site, its trailing half begins the number that decides.
//! A site's chance deviates from 1/N by at most 2^−32, and even that leaves detailed balance exact, since it is chosen
//! without regard to the state. Acceptances are kept to 2^−64.
//!
//! The start is a random state, as at infinite temperature.

use super::fluid::Particles;
use super::mean_field::MeanField;
use super::states::Local;
use super::tempered::Tempered;
use super::walk::Walk;
use super::{Chain, below, threshold, vectors};
use crate::models::spins::PairModel;
use crate::models::{Model, SquareLattice};
use crate::rng::Stream;
use rand::{Rng, RngExt};

/// The most steps of |ΔE| for which acceptances are tabulated.
const TABLE: f64 = 4096.0;
/// Sweeps after which running sums of fractional couplings are formed anew.
const REFRESH: u64 = 64;

/// Why the sampler does not apply to `model`, and what does; `None` when it does.
pub(super) fn refuse(model: &dyn Model) -> Option<String> {
    if super::has_spins(model) || model.continuum().is_some() || model.fluid().is_some() {
        return None;
    }
    Some(format!(
        "`metropolis` flips spins, and {} has none; the kind `ensemble` solves it exactly",
        model.description()
    ))
}

/// A chain at `temperature`, started from a random state.
pub(super) fn build<'a>(model: &'a dyn Model, temperature: f64, stream: &mut Stream) -> Box<dyn Chain + 'a> {
    if let Some(lattice) = model.square_lattice() {
        return Box::new(Square::new(lattice, Rule::Metropolis, temperature, stream));
    }
    if let Some(magnet) = model.curie_weiss() {
        return Box::new(MeanField::new(magnet, Rule::Metropolis, temperature, stream));
    }
    if let Some(states) = model.site_states() {
        return Box::new(Local::new(states, Rule::Metropolis, temperature, stream));
    }
    if let Some(vectors) = model.vectors() {
        return vectors::local(vectors, Rule::Metropolis, temperature, stream);
    }
    if let Some(continuum) = model.continuum() {
        return Box::new(Walk::metropolis(continuum, temperature, stream));
    }
    if let Some(fluid) = model.fluid() {
        return Box::new(Particles::new(fluid, temperature));
    }
    let pairs = model.pair_model().expect("invariant: models without spins were refused");
    Box::new(Pairs::new(pairs, Rule::Metropolis, temperature, stream))
}

/// When a proposed flip is accepted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// With probability min(1, e^{−ΔE/T}).
    Metropolis,
    /// With probability 1/(1 + e^{ΔE/T}): the spin forgets what it was (Glauber 1963, doi:10.1063/1.1703954).
    HeatBath,
}

impl Rule {
    /// The probability to accept a flip that costs `cost`.
    pub(super) fn probability(self, cost: f64, temperature: f64) -> f64 {
        match self {
            Self::Metropolis if cost <= 0.0 => 1.0,
            Self::Metropolis => libm::exp(-cost / temperature),
            Self::HeatBath => 1.0 / (1.0 + libm::exp(cost / temperature)),
        }
    }
}

/// Random spins, each ±1 with equal probability.
pub(super) fn random_spins(count: usize, stream: &mut Stream) -> Vec<i8> {
    (0..count).map(|_| if stream.random() { 1 } else { -1 }).collect()
}

/// How often moves were proposed and accepted.
#[derive(Clone, Default)]
pub(super) struct Count {
    pub(super) proposed: u64,
    pub(super) accepted: u64,
}

impl Count {
    pub(super) fn share(&self) -> f64 {
        if self.proposed == 0 { 0.0 } else { self.accepted as f64 / self.proposed as f64 }
    }
}

/// The chain on any pair model: local fields are kept up to date, so that a rejected proposal costs no neighbours.
#[derive(Clone)]
pub(super) struct Pairs<'a> {
    pairs: &'a PairModel,
    rule: Rule,
    temperature: f64,
    state: Vec<i8>,
    /// Σ_j J_ij s_j + h_i for every spin i.
    local: Vec<f64>,
    /// Acceptance thresholds by the whole number s_i · local_i, from −`below`; empty when couplings are not whole or the
    /// scale is negative.
    table: Vec<u64>,
    /// How far below 0 the table reaches: not at all where all moves of no cost are certain.
    below: f64,
    /// Whether all sums are of whole numbers, hence exact.
    whole: bool,
    /// Σ J s s + Σ h s.
    bracket: f64,
    magnetization: i64,
    sweeps: u64,
    count: Count,
}

impl<'a> Pairs<'a> {
    pub(super) fn new(pairs: &'a PairModel, rule: Rule, temperature: f64, stream: &mut Stream) -> Self {
        let state = random_spins(pairs.spins(), stream);
        let whole = pairs.is_integer();
        let row_sum = |i: usize| pairs.row(i).map(|(_, j)| j.abs()).sum::<f64>() + pairs.fields[i].abs();
        let largest = (0..pairs.spins()).map(row_sum).fold(0.0, f64::max);
        let tabulated = whole && largest <= TABLE && pairs.scale > 0.0;
        let below = if rule == Rule::HeatBath { largest } else { 0.0 };
        let steps = if tabulated { (below + largest) as usize + 1 } else { 0 };
        let mut chain = Self {
            pairs,
            rule,
            temperature,
            below,
            magnetization: state.iter().map(|spin| i64::from(*spin)).sum(),
            local: vec![0.0; state.len()],
            state,
            table: vec![0; steps],
            whole,
            bracket: 0.0,
            sweeps: 0,
            count: Count::default(),
        };
        chain.tabulate();
        chain.refresh();
        chain
    }

    /// Fills the table for the temperature.
    fn tabulate(&mut self) {
        let (rule, unit, temperature) = (self.rule, 2.0 * self.pairs.scale, self.temperature);
        for (step, entry) in self.table.iter_mut().enumerate() {
            *entry = threshold(rule.probability(unit * (step as f64 - self.below), temperature));
        }
    }

    /// Forms the local fields and the energy from the state.
    fn refresh(&mut self) {
        let mut bracket = 0.0;
        for i in 0..self.state.len() {
            let local = self.pairs.local_field(&self.state, i);
            bracket += f64::from(self.state[i]) * 0.5 * (local + self.pairs.fields[i]);
            self.local[i] = local;
        }
        self.bracket = bracket;
    }

    /// Whether to flip a spin with `gain` = s_i · local_i (the bracket falls by twice as much), given the leading half of
    /// a random number.
    fn accepts(&self, gain: f64, leading: u32, stream: &mut Stream) -> bool {
        // The conversion takes what is negative to 0, where Metropolis' threshold is that of certainty.
        if let Some(threshold) = self.table.get((gain + self.below) as usize) {
            return below(leading, *threshold, stream);
        }
        let cost = 2.0 * self.pairs.scale * gain;
        let certain = cost <= 0.0 && self.rule == Rule::Metropolis;
        certain || stream.random::<f64>() < self.rule.probability(cost, self.temperature)
    }

    fn flip(&mut self, i: usize) {
        let old = f64::from(self.state[i]);
        self.bracket -= 2.0 * old * self.local[i];
        self.magnetization -= 2 * i64::from(self.state[i]);
        self.state[i] = -self.state[i];
        let row = self.pairs.starts[i] as usize..self.pairs.starts[i + 1] as usize;
        for (j, coupling) in self.pairs.neighbours[row.clone()].iter().zip(&self.pairs.couplings[row]) {
            self.local[*j as usize] -= 2.0 * old * coupling;
        }
    }
}

impl Chain for Pairs<'_> {
    fn sweep(&mut self, stream: &mut Stream) {
        let spins = self.state.len();
        for _ in 0..spins {
            let word = stream.next_u64();
            let i = (((word >> 32) * spins as u64) >> 32) as usize;
            if self.accepts(f64::from(self.state[i]) * self.local[i], word as u32, stream) {
                self.flip(i);
                self.count.accepted += 1;
            }
        }
        self.count.proposed += spins as u64;
        self.sweeps += 1;
        if !self.whole && self.sweeps.is_multiple_of(REFRESH) {
            self.refresh();
        }
    }

    fn tune(&mut self) {
        self.count = Count::default();
    }

    fn energy(&self) -> f64 {
        self.pairs.offset - self.pairs.scale * self.bracket
    }

    fn magnetization(&self) -> f64 {
        self.magnetization as f64
    }

    fn acceptance(&self) -> f64 {
        self.count.share()
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
        self.refresh();
    }
}

impl<'a> Tempered<'a> for Pairs<'a> {
    fn set_temperature(&mut self, temperature: f64) {
        self.temperature = temperature;
        self.tabulate();
    }

    fn duplicate(&self) -> Box<dyn Tempered<'a> + 'a> {
        Box::new(self.clone())
    }
}

/// The chain on the uniform square torus, without a neighbour table.
#[derive(Clone)]
pub(super) struct Square {
    lattice: SquareLattice,
    rule: Rule,
    state: Vec<i8>,
    /// Acceptance thresholds by (s_i · Σ_j s_j + 4)/2, the whole range for a move that costs nothing.
    table: [u64; 5],
    /// Σ_{⟨ij⟩} s_i s_j.
    bonds: i64,
    magnetization: i64,
    count: Count,
}

impl Square {
    pub(super) fn new(lattice: SquareLattice, rule: Rule, temperature: f64, stream: &mut Stream) -> Self {
        let state = random_spins(lattice.rows * lattice.columns, stream);
        Self {
            table: Self::table(lattice, rule, temperature),
            rule,
            bonds: bond_sum(&state, lattice.columns),
            magnetization: state.iter().map(|spin| i64::from(*spin)).sum(),
            lattice,
            state,
            count: Count::default(),
        }
    }

    /// The acceptance thresholds at a temperature.
    fn table(lattice: SquareLattice, rule: Rule, temperature: f64) -> [u64; 5] {
        [-4.0, -2.0, 0.0, 2.0, 4.0]
            .map(|sum| threshold(rule.probability(2.0 * lattice.coupling * sum, temperature)))
    }
}

impl<'a> Tempered<'a> for Square {
    fn set_temperature(&mut self, temperature: f64) {
        self.table = Self::table(self.lattice, self.rule, temperature);
    }

    fn duplicate(&self) -> Box<dyn Tempered<'a> + 'a> {
        Box::new(self.clone())
    }
}

/// Σ s_i s_j over the bonds to the right and down of each site of a torus with `columns` columns, state row-major.
pub(super) fn bond_sum(state: &[i8], columns: usize) -> i64 {
    let product = |a: &[i8], b: &[i8]| i64::from(a.iter().zip(b).map(|(a, b)| i32::from(a * b)).sum::<i32>());
    let rows: Vec<&[i8]> = state.chunks_exact(columns).collect();
    let mut sum = 0;
    for (index, row) in rows.iter().enumerate() {
        let below = rows[(index + 1) % rows.len()];
        sum += product(row, below);
        sum += product(&row[..columns - 1], &row[1..]) + i64::from(row[columns - 1] * row[0]);
    }
    sum
}

impl Chain for Square {
    fn sweep(&mut self, stream: &mut Stream) {
        let SquareLattice { rows, columns, .. } = self.lattice;
        let (state, table) = (&mut self.state[..rows * columns], self.table);
        let (mut bonds, mut magnetization, mut accepted) = (0, 0, 0);
        for _ in 0..rows * columns {
            let word = stream.next_u64();
            // What is left of the leading half once it has chosen a row chooses the column.
            let product = (word >> 32) * rows as u64;
            let row = (product >> 32) as usize;
            let column = (((product & 0xffff_ffff) * columns as u64) >> 32) as usize;
            let up = if row == 0 { rows - 1 } else { row - 1 };
            let down = if row + 1 == rows { 0 } else { row + 1 };
            let left = if column == 0 { columns - 1 } else { column - 1 };
            let right = if column + 1 == columns { 0 } else { column + 1 };
            let site = row * columns + column;
            let sum = state[up * columns + column]
                + state[down * columns + column]
                + state[row * columns + left]
                + state[row * columns + right];
            let spin = state[site];
            let gain = spin * sum;
            // Without a branch: whether a move is accepted cannot be predicted.
            let flips = i8::from(below(word as u32, table[((gain + 4) >> 1) as usize], stream));
            state[site] = spin - 2 * flips * spin;
            bonds -= 2 * i64::from(flips * gain);
            magnetization -= 2 * i64::from(flips * spin);
            accepted += flips as u64;
        }
        self.bonds += bonds;
        self.magnetization += magnetization;
        self.count.accepted += accepted;
        self.count.proposed += (rows * columns) as u64;
    }

    fn tune(&mut self) {
        self.count = Count::default();
    }

    fn energy(&self) -> f64 {
        -self.lattice.coupling * self.bonds as f64
    }

    fn magnetization(&self) -> f64 {
        self.magnetization as f64
    }

    fn acceptance(&self) -> f64 {
        self.count.share()
    }

    fn updates_per_spin(&self) -> f64 {
        1.0
    }

    fn state(&self) -> Vec<i8> {
        self.state.clone()
    }

    fn start_from(&mut self, spins: &[i8]) {
        self.state.copy_from_slice(spins);
        self.bonds = bond_sum(spins, self.lattice.columns);
        self.magnetization = spins.iter().map(|spin| i64::from(*spin)).sum();
    }
}
