//! Updates of sites with a few states: Potts, clock and Blume–Capel models.
//!
//! Metropolis proposes one of the other q − 1 states of a site drawn at random; the heat bath draws the state of such a site anew
//! from its distribution with all others held (Creutz 1980, doi:10.1103/PhysRevD.21.2308).
//!
//! The start is a random state, as at infinite temperature.

mod clusters;

pub(super) use clusters::{Colours, Labels};

use super::Chain;
use super::metropolis::{Count, Rule};
use super::tempered::Tempered;
use crate::models::site_states::SiteStates;
use crate::models::spins::PairModel;
use crate::rng::Stream;
use rand::RngExt;

/// Sweeps after which running sums of fractional numbers are formed anew.
const REFRESH: u64 = 64;

/// A configuration, with how often each state occurs in it.
#[derive(Clone)]
pub(super) struct Configuration<'a> {
    pub(super) pairs: &'a PairModel,
    pub(super) sites: &'a SiteStates,
    pub(super) state: Vec<u8>,
    counts: Vec<u64>,
}

impl<'a> Configuration<'a> {
    /// A random one.
    pub(super) fn random((pairs, sites): (&'a PairModel, &'a SiteStates), stream: &mut Stream) -> Self {
        let q = sites.states();
        let state = (0..pairs.spins()).map(|_| stream.random_range(0..q) as u8).collect();
        let mut configuration = Self { pairs, sites, state, counts: Vec::new() };
        configuration.count();
        configuration
    }

    fn count(&mut self) {
        self.counts = vec![0; self.sites.states()];
        self.state.iter().for_each(|a| self.counts[usize::from(*a)] += 1);
    }

    pub(super) fn set(&mut self, i: usize, to: u8) {
        self.counts[usize::from(self.state[i])] -= 1;
        self.counts[usize::from(to)] += 1;
        self.state[i] = to;
    }

    pub(super) fn energy(&self) -> f64 {
        self.sites.energy(self.pairs, &self.state)
    }

    pub(super) fn order(&self) -> f64 {
        self.sites.order(&self.counts)
    }

    /// The state as bytes.
    pub(super) fn bytes(&self) -> Vec<i8> {
        self.state.iter().map(|a| *a as i8).collect()
    }

    pub(super) fn start_from(&mut self, bytes: &[i8]) {
        self.state.iter_mut().zip(bytes).for_each(|(a, byte)| *a = *byte as u8);
        self.count();
    }

    /// Σ_j J_ij u(a, x_j) + h_i v(a) of site i, were it in state a: for two states at once.
    fn two(&self, i: usize, a: u8, b: u8) -> (f64, f64) {
        let q = self.sites.states();
        let (of_a, of_b) =
            (&self.sites.likeness[usize::from(a) * q..], &self.sites.likeness[usize::from(b) * q..]);
        let field = self.pairs.fields[i];
        let (mut at_a, mut at_b) = (0.0, 0.0);
        for (j, coupling) in self.pairs.row(i) {
            let other = usize::from(self.state[j]);
            at_a += coupling * of_a[other];
            at_b += coupling * of_b[other];
        }
        let along = &self.sites.along;
        (at_a + field * along[usize::from(a)], at_b + field * along[usize::from(b)])
    }

    /// The same for all states.
    fn all(&self, i: usize, brackets: &mut [f64]) {
        let (q, field) = (self.sites.states(), self.pairs.fields[i]);
        brackets.iter_mut().zip(&self.sites.along).for_each(|(bracket, along)| *bracket = field * along);
        for (j, coupling) in self.pairs.row(i) {
            let row = usize::from(self.state[j]) * q;
            let likeness = &self.sites.likeness[row..row + q];
            brackets.iter_mut().zip(likeness).for_each(|(bracket, u)| *bracket += coupling * u);
        }
    }
}

/// The chain of single-site updates.
#[derive(Clone)]
pub(super) struct Local<'a> {
    now: Configuration<'a>,
    rule: Rule,
    temperature: f64,
    /// Σ c(x_i), and Σ J u + Σ h v.
    alone: f64,
    bracket: f64,
    /// Whether all sums are of whole numbers, hence exact.
    whole: bool,
    sweeps: u64,
    count: Count,
    /// Room for the brackets and the weights of the states of a site.
    brackets: Vec<f64>,
    weights: Vec<f64>,
}

impl<'a> Local<'a> {
    /// A chain at `temperature`, started from a random state.
    pub(super) fn new(
        model: (&'a PairModel, &'a SiteStates),
        rule: Rule,
        temperature: f64,
        stream: &mut Stream,
    ) -> Self {
        let now = Configuration::random(model, stream);
        let (pairs, sites) = model;
        let numbers = sites.alone.iter().chain(&sites.along).chain(&sites.likeness);
        let mut chain = Self {
            whole: pairs.is_integer() && numbers.into_iter().all(|x| x.fract() == 0.0 && x.abs() < 1e9),
            brackets: vec![0.0; sites.states()],
            weights: vec![0.0; sites.states()],
            now,
            rule,
            temperature,
            alone: 0.0,
            bracket: 0.0,
            sweeps: 0,
            count: Count::default(),
        };
        chain.refresh();
        chain
    }

    /// Forms the sums of the energy from the state.
    fn refresh(&mut self) {
        let sites = self.now.sites;
        self.alone = self.now.state.iter().map(|a| sites.alone[usize::from(*a)]).sum();
        self.bracket = sites.bracket(self.now.pairs, &self.now.state);
    }

    /// Puts site i, whose state adds `from` to the bracket, into state `to`, which adds `then`.
    fn change(&mut self, i: usize, to: u8, (from, then): (f64, f64)) {
        let alone = &self.now.sites.alone;
        self.alone += alone[usize::from(to)] - alone[usize::from(self.now.state[i])];
        self.bracket += then - from;
        self.now.set(i, to);
        self.count.accepted += 1;
    }

    /// Proposes another state for site i.
    fn propose(&mut self, i: usize, stream: &mut Stream) {
        let (from, q) = (self.now.state[i], self.now.sites.states() as u32);
        let other = stream.random_range(0..q - 1) as u8;
        let to = other + u8::from(other >= from);
        let (before, after) = self.now.two(i, from, to);
        let alone = &self.now.sites.alone;
        let cost =
            alone[usize::from(to)] - alone[usize::from(from)] - self.now.pairs.scale * (after - before);
        if cost <= 0.0 || stream.random::<f64>() < libm::exp(-cost / self.temperature) {
            self.change(i, to, (before, after));
        }
    }

    /// Draws the state of site i anew.
    fn redraw(&mut self, i: usize, stream: &mut Stream) {
        self.now.all(i, &mut self.brackets);
        let scale = self.now.pairs.scale;
        let minus = |(alone, bracket): (&f64, &f64)| scale * bracket - alone;
        let top =
            self.now.sites.alone.iter().zip(&self.brackets).map(minus).fold(f64::NEG_INFINITY, f64::max);
        let mut total = 0.0;
        for (weight, both) in self.weights.iter_mut().zip(self.now.sites.alone.iter().zip(&self.brackets)) {
            total += libm::exp((minus(both) - top) / self.temperature);
            *weight = total;
        }
        let draw = stream.random::<f64>() * total;
        let to = self.weights.iter().position(|sum| draw < *sum).unwrap_or(self.weights.len() - 1);
        let from = usize::from(self.now.state[i]);
        if to != from {
            self.change(i, to as u8, (self.brackets[from], self.brackets[to]));
        }
    }
}

impl Chain for Local<'_> {
    fn sweep(&mut self, stream: &mut Stream) {
        let sites = self.now.state.len();
        for _ in 0..sites {
            let i = stream.random_range(0..sites);
            match self.rule {
                Rule::Metropolis => self.propose(i, stream),
                Rule::HeatBath => self.redraw(i, stream),
            }
        }
        self.count.proposed += sites as u64;
        self.sweeps += 1;
        if !self.whole && self.sweeps.is_multiple_of(REFRESH) {
            self.refresh();
        }
    }

    fn tune(&mut self) {
        self.count = Count::default();
    }

    fn energy(&self) -> f64 {
        self.now.pairs.offset + self.alone - self.now.pairs.scale * self.bracket
    }

    fn magnetization(&self) -> f64 {
        self.now.order()
    }

    fn acceptance(&self) -> f64 {
        self.count.share()
    }

    fn updates_per_spin(&self) -> f64 {
        1.0
    }

    fn state(&self) -> Vec<i8> {
        self.now.bytes()
    }

    fn start_from(&mut self, spins: &[i8]) {
        self.now.start_from(spins);
        self.refresh();
    }
}

impl<'a> Tempered<'a> for Local<'a> {
    fn set_temperature(&mut self, temperature: f64) {
        self.temperature = temperature;
    }

    fn duplicate(&self) -> Box<dyn Tempered<'a> + 'a> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests;
