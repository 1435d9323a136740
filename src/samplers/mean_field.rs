//! Single-spin updates of Ising spins in the mean field of all: the chain needs no spins, only how many are up.
//!
//! A site drawn at random is up with probability N₊/N, and its flip costs (2J/N)(sM − 1) + 2hs: what happens to M does not
//! depend on which of the spins that are alike it was.

use super::Chain;
use super::metropolis::{Count, Rule};
use super::tempered::Tempered;
use crate::exact::mean_field::CurieWeiss;
use crate::rng::Stream;
use rand::{Rng, RngExt};

/// The chain of M.
#[derive(Clone)]
pub(super) struct MeanField {
    magnet: CurieWeiss,
    rule: Rule,
    temperature: f64,
    up: u64,
    count: Count,
}

impl MeanField {
    /// A chain at `temperature`, started from a random state.
    pub(super) fn new(magnet: CurieWeiss, rule: Rule, temperature: f64, stream: &mut Stream) -> Self {
        let (words, rest) = (magnet.spins / 64, magnet.spins % 64);
        let mut up: u64 = (0..words).map(|_| u64::from(stream.next_u64().count_ones())).sum();
        up += u64::from((stream.next_u64() & ((1 << rest) - 1)).count_ones());
        Self { magnet, rule, temperature, up, count: Count::default() }
    }

    /// M = Σ s.
    fn total(&self) -> i64 {
        2 * self.up as i64 - self.magnet.spins as i64
    }
}

impl Chain for MeanField {
    fn sweep(&mut self, stream: &mut Stream) {
        let CurieWeiss { spins, coupling, field } = self.magnet;
        for _ in 0..spins {
            let is_up = stream.random_range(0..spins) < self.up;
            let spin = if is_up { 1.0 } else { -1.0 };
            let cost = 2.0 * (coupling / spins as f64 * (spin * self.total() as f64 - 1.0) + field * spin);
            let probability = self.rule.probability(cost, self.temperature);
            if probability >= 1.0 || stream.random::<f64>() < probability {
                self.up = if is_up { self.up - 1 } else { self.up + 1 };
                self.count.accepted += 1;
            }
        }
        self.count.proposed += spins;
    }

    fn tune(&mut self) {
        self.count = Count::default();
    }

    fn energy(&self) -> f64 {
        self.magnet.energy(self.total())
    }

    fn magnetization(&self) -> f64 {
        self.total() as f64
    }

    fn acceptance(&self) -> f64 {
        self.count.share()
    }

    fn updates_per_spin(&self) -> f64 {
        1.0
    }

    fn state(&self) -> Vec<i8> {
        (0..self.magnet.spins).map(|i| if i < self.up { 1 } else { -1 }).collect()
    }

    fn start_from(&mut self, spins: &[i8]) {
        self.up = spins.iter().filter(|spin| **spin > 0).count() as u64;
    }
}

impl<'a> Tempered<'a> for MeanField {
    fn set_temperature(&mut self, temperature: f64) {
        self.temperature = temperature;
    }

    fn duplicate(&self) -> Box<dyn Tempered<'a> + 'a> {
        Box::new(self.clone())
    }
}
