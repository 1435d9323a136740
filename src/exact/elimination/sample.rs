//! Exact samples: the tables of an elimination, read backwards.

use super::Elimination;
use super::program::{Link, Operation};
use super::summand::LogMoments;
use super::table::Table;
use crate::rng::Stream;
use rand::RngExt;

/// The most numbers that are kept to sample from.
const MAX_KEPT: f64 = (1_u64 << 26) as f64;

/// Draws configurations from e^{−βE}/Z, each independent of all others.
pub struct Sampler<'a> {
    elimination: &'a Elimination,
    beta: f64,
    /// ln of the sums before each operation.
    tables: Vec<Vec<f64>>,
}

impl<'a> Sampler<'a> {
    /// Eliminates once and keeps all tables.
    ///
    /// # Errors
    ///
    /// If they would hold more than 2^26 numbers.
    pub fn new(elimination: &'a Elimination, beta: f64) -> Result<Self, String> {
        let kept = elimination.entries() * elimination.operations.len() as f64;
        if kept > MAX_KEPT {
            return Err(format!(
                "exact sampling would keep up to {kept:.1e} numbers ({MAX_KEPT:.1e} at most)"
            ));
        }
        let mut table = Table::<LogMoments<0>>::new(&elimination.network, beta);
        let mut tables = Vec::with_capacity(elimination.operations.len());
        for operation in &elimination.operations {
            tables.push(table.entries.iter().map(|entry| entry.log).collect());
            table.apply(operation);
        }
        Ok(Self { elimination, beta, tables })
    }

    /// One configuration: the state of each site.
    pub fn draw(&self, stream: &mut Stream) -> Vec<u8> {
        let (network, q) = (&self.elimination.network, self.elimination.network.states);
        let mut configuration = vec![0_u8; network.sites()];
        // The open sites' states, as the index into the table that stands after the operation at hand.
        let mut index = 0;
        for (operation, table) in self.elimination.operations.iter().zip(&self.tables).rev() {
            match operation {
                Operation::Open { .. } => index %= table.len(),
                Operation::Close { closed, place } => {
                    let step = q.pow(*place as u32);
                    let start = index / step * q * step + index % step;
                    let state = choose((0..q).map(|state| table[start + state * step]), stream);
                    configuration[*closed] = state as u8;
                    index = start + state * step;
                }
                Operation::Replace { closed, place, bond, .. } => {
                    let step = q.pow(*place as u32);
                    let opened = index / step % q;
                    let start = index - opened * step;
                    let log = |state: usize| {
                        table[start + state * step] - self.beta * energy(*bond, opened, state, self)
                    };
                    let state = choose((0..q).map(log), stream);
                    configuration[*closed] = state as u8;
                    index = start + state * step;
                }
            }
        }
        if let Some((site, _)) = self.elimination.held {
            configuration.insert(site, 0);
            let shift = stream.random_range(0..q);
            configuration.iter_mut().for_each(|state| *state = ((usize::from(*state) + shift) % q) as u8);
        }
        configuration
    }
}

fn energy(bond: Link, opened: usize, closed: usize, sampler: &Sampler<'_>) -> f64 {
    bond.energy(&sampler.elimination.network, opened, closed)
}

/// An index drawn with the weights of which the logarithms are given.
fn choose(logs: impl Iterator<Item = f64> + Clone, stream: &mut Stream) -> usize {
    let top = logs.clone().fold(f64::NEG_INFINITY, f64::max);
    let weights = logs.map(|log| libm::exp(log - top));
    let mut left = stream.random::<f64>() * weights.clone().sum::<f64>();
    let mut last = 0;
    for (index, weight) in weights.enumerate() {
        last = index;
        if left < weight {
            break;
        }
        left -= weight;
    }
    last
}
