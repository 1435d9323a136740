//! The free energy of a small pair model as a function of its magnetisation, from the exact joint counts of both.

use super::boltzmann::log_sum_exp;
use crate::models::spins::PairModel;
use std::collections::BTreeMap;

/// The most spins whose states are counted.
pub const MAX_SPINS: usize = 16;

/// How many states of N spins have the energy E and the magnetisation M = Σ s_i.
pub struct Landscape {
    spins: usize,
    /// By M from −N to N: energies with their counts.
    counts: BTreeMap<i64, Vec<(f64, f64)>>,
}

impl Landscape {
    /// Walks through all 2^N states in Gray-code order; `None` for more than [`MAX_SPINS`] spins, and where couplings are
    /// not whole numbers, so that equal energies could not be told.
    pub fn new(pairs: &PairModel) -> Option<Self> {
        let spins = pairs.spins();
        if spins == 0 || spins > MAX_SPINS || !pairs.is_integer() {
            return None;
        }
        let mut state = vec![-1_i8; spins];
        let mut bracket = (pairs.offset - pairs.energy(&state)) / pairs.scale;
        let mut magnetization = -(spins as i64);
        let mut joint: BTreeMap<(i64, i64), u64> = BTreeMap::new();
        for code in 1..=1_u64 << spins {
            *joint.entry((magnetization, libm::round(bracket) as i64)).or_default() += 1;
            let flipped = code.trailing_zeros() as usize;
            if flipped < spins {
                // A flip turns s·field into −s·field.
                bracket -= 2.0 * f64::from(state[flipped]) * pairs.local_field(&state, flipped);
                state[flipped] = -state[flipped];
                magnetization += 2 * i64::from(state[flipped]);
            }
        }
        let mut counts: BTreeMap<i64, Vec<(f64, f64)>> = BTreeMap::new();
        for ((magnetization, bracket), count) in joint {
            let energy = pairs.offset - pairs.scale * bracket as f64;
            counts.entry(magnetization).or_default().push((energy, count as f64));
        }
        Some(Self { spins, counts })
    }

    /// −T ln P(m) for each m = M/N, in units of energy (k_B = 1): P(m) = Σ_E g(E,M) e^{−E/T} / Z.
    pub fn free_energy(&self, temperature: f64) -> Vec<(f64, f64)> {
        let logs: Vec<(f64, f64)> = self
            .counts
            .iter()
            .map(|(magnetization, levels)| {
                let terms: Vec<f64> =
                    levels.iter().map(|(energy, count)| libm::log(*count) - energy / temperature).collect();
                (*magnetization as f64 / self.spins as f64, log_sum_exp(&terms))
            })
            .collect();
        let log_partition = log_sum_exp(&logs.iter().map(|(_, log)| *log).collect::<Vec<_>>());
        logs.into_iter().map(|(m, log)| (m, temperature * (log_partition - log))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_are_those_of_every_state_listed_one_by_one() {
        let bonds: Vec<(u32, u32, f64)> =
            (0..6).map(|i| (i, (i + 1) % 6, if i == 2 { -1.0 } else { 2.0 })).collect();
        let pairs = PairModel::new(&bonds, vec![1.0, 0.0, 0.0, -1.0, 0.0, 3.0]);
        let (landscape, temperature) = (Landscape::new(&pairs).unwrap(), 1.7);
        let mut weights: BTreeMap<i64, f64> = BTreeMap::new();
        for code in 0..64 {
            let state: Vec<i8> = (0..6).map(|i| if code >> i & 1 == 1 { 1 } else { -1 }).collect();
            let magnetization: i64 = state.iter().map(|spin| i64::from(*spin)).sum();
            *weights.entry(magnetization).or_default() += libm::exp(-pairs.energy(&state) / temperature);
        }
        let total: f64 = weights.values().sum();
        let found = landscape.free_energy(temperature);
        assert_eq!(found.len(), 7);
        for ((m, free_energy), (magnetization, weight)) in found.iter().zip(weights) {
            assert_eq!(*m, magnetization as f64 / 6.0);
            assert!((free_energy + temperature * libm::log(weight / total)).abs() < 1e-12);
        }
    }

    #[test]
    fn what_cannot_be_counted_is_refused() {
        assert!(Landscape::new(&PairModel::new(&[], vec![0.0; MAX_SPINS + 1])).is_none());
        assert!(Landscape::new(&PairModel::new(&[(0, 1, 0.3)], vec![0.0; 2])).is_none());
    }
}
