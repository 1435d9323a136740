//! The mean of every unit, and of every product of two, in a small pair model: what a Boltzmann machine learns from.

use crate::models::spins::PairModel;

/// The most units whose states are all held at once: 2^20 probabilities are 8 MiB.
pub const MOST_UNITS: usize = 20;

/// Energies that differ by less than this share of the largest term count as one at T = 0.
const TIE: f64 = 1e-12;

/// What the units of a model are worth on average.
#[derive(Debug, Clone, PartialEq)]
pub struct Marginals {
    /// ⟨s_i⟩, unit by unit.
    pub means: Vec<f64>,
    /// ⟨s_i s_j⟩ for i < j: (0,1), (0,2), …, (1,2), …
    pub products: Vec<f64>,
}

/// The energies of all 2^N states of `pairs`: bit i of a state's place says whether spin i is +1.
///
/// Each spin in turn doubles the list: E(s with s_k = +1) = E(s with s_k = −1) − 2 · scale · field_k(s), and the field is made
/// by doubling too, so that each energy is a sum of N terms only. For at most [`MOST_UNITS`] spins; `None` beyond.
pub fn energies(pairs: &PairModel) -> Option<Vec<f64>> {
    let spins = pairs.spins();
    if spins > MOST_UNITS {
        return None;
    }
    let mut energies = Vec::with_capacity(1 << spins);
    energies.push(pairs.energy(&vec![-1; spins]));
    let mut fields = Vec::with_capacity(1 << spins.saturating_sub(1));
    for spin in 0..spins {
        fields.clear();
        fields.push(pairs.fields[spin] - pairs.row(spin).map(|(_, coupling)| coupling).sum::<f64>());
        for below in 0..spin {
            let coupling: f64 =
                pairs.row(spin).filter(|(other, _)| *other == below).map(|(_, coupling)| coupling).sum();
            fields.extend_from_within(..);
            let half = fields.len() / 2;
            fields[half..].iter_mut().for_each(|field| *field += 2.0 * coupling);
        }
        let half = energies.len();
        energies.extend_from_within(..);
        for (energy, field) in energies[half..].iter_mut().zip(&fields) {
            *energy -= 2.0 * pairs.scale * field;
        }
    }
    Some(energies)
}

/// The Boltzmann probabilities of states with these energies at any finite temperature (k_B = 1): at T = 0 the ground states
/// are equally likely and nothing else occurs; below 0 the highest energies are the likeliest.
pub fn probabilities(energies: &[f64], temperature: f64) -> Vec<f64> {
    let lowest = energies.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = energies.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let tie = TIE * lowest.abs().max(highest.abs());
    let reference = if temperature < 0.0 { highest } else { lowest };
    let weight = |energy: &f64| match temperature == 0.0 {
        true => f64::from(u8::from(energy - lowest <= tie)),
        false => libm::exp(-(energy - reference) / temperature),
    };
    let mut weights: Vec<f64> = energies.iter().map(weight).collect();
    let total: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= total);
    weights
}

/// The means of units and of their products from the probabilities of all 2^N states, in the order of [`energies`]: of ±1
/// units, or of {0, 1} units when `binary`.
///
/// One pass of butterflies gives the mean of every product of units at once: Σ_s p(s) Π_{i∈A} s_i for all sets A, which is the
/// Walsh–Hadamard transform for ±1, and a sum over supersets, free of differences, for {0, 1}. Those of one and of two units are
/// picked out.
pub fn marginals(mut probabilities: Vec<f64>, binary: bool) -> Marginals {
    let units = probabilities.len().trailing_zeros() as usize;
    for unit in 0..units {
        let bit = 1 << unit;
        for block in probabilities.chunks_mut(2 * bit) {
            let (off, on) = block.split_at_mut(bit);
            for (off, on) in off.iter_mut().zip(on) {
                let (low, high) = (*off, *on);
                *off = low + high;
                *on = if binary { high } else { high - low };
            }
        }
    }
    let pairs = (0..units).flat_map(|i| (i + 1..units).map(move |j| 1_usize << i | 1 << j));
    Marginals {
        means: (0..units).map(|unit| probabilities[1 << unit]).collect(),
        products: pairs.map(|set| probabilities[set]).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;
    use rand::RngExt;

    fn random(spins: usize, seed: u64) -> PairModel {
        let mut stream = stream(seed, "marginals", "", 0);
        let mut draw = || 2.0 * stream.random::<f64>() - 1.0;
        let bonds: Vec<(u32, u32, f64)> = (0..spins as u32)
            .flat_map(|j| (0..j).map(move |i| (i, j)))
            .map(|(i, j)| (i, j, draw()))
            .collect();
        let fields = (0..spins).map(|_| draw()).collect();
        PairModel { scale: 0.7, offset: 0.3, ..PairModel::new(&bonds, fields) }
    }

    fn state(code: usize, spins: usize) -> Vec<i8> {
        (0..spins).map(|i| if code >> i & 1 == 1 { 1 } else { -1 }).collect()
    }

    #[test]
    fn the_energies_of_all_states_are_those_by_definition() {
        for spins in 0..7 {
            let pairs = random(spins, spins as u64);
            let energies = energies(&pairs).unwrap();
            assert_eq!(energies.len(), 1 << spins);
            for (code, energy) in energies.iter().enumerate() {
                assert!((energy - pairs.energy(&state(code, spins))).abs() < 1e-13);
            }
        }
        assert!(energies(&random(21, 1)).is_none());
    }

    #[test]
    fn means_and_products_are_those_of_a_plain_sum() {
        let (spins, pairs) = (5, random(5, 7));
        for temperature in [-0.7, 0.0, 0.02, 0.5, 1.0, 30.0] {
            let p = probabilities(&energies(&pairs).unwrap(), temperature);
            assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-14);
            for binary in [false, true] {
                let unit = |code: usize, i: usize| match (code >> i & 1, binary) {
                    (0, false) => -1.0,
                    (on, _) => on as f64,
                };
                let found = marginals(p.clone(), binary);
                let mut place = 0;
                for i in 0..spins {
                    let mean: f64 = p.iter().enumerate().map(|(code, p)| p * unit(code, i)).sum();
                    assert!((found.means[i] - mean).abs() < 1e-14);
                    for j in i + 1..spins {
                        let product = p.iter().enumerate().map(|(code, p)| p * unit(code, i) * unit(code, j));
                        assert!((found.products[place] - product.sum::<f64>()).abs() < 1e-14);
                        place += 1;
                    }
                }
                assert_eq!(place, found.products.len());
            }
        }
    }

    /// ∂ ln Z/∂h_i = β ⟨s_i⟩ and ∂ ln Z/∂J_ij = β ⟨s_i s_j⟩, by differences.
    #[test]
    fn they_are_the_derivatives_of_ln_z() {
        let (pairs, temperature, step) = (random(6, 3), 0.8, 1e-5);
        let log_z = |pairs: &PairModel| {
            let terms: Vec<f64> =
                energies(pairs).unwrap().iter().map(|energy| -energy / temperature).collect();
            crate::exact::boltzmann::log_sum_exp(&terms)
        };
        let found = marginals(probabilities(&energies(&pairs).unwrap(), temperature), false);
        let factor = pairs.scale / temperature;
        let shifted = |unit: usize, by: f64| {
            let mut other = pairs.clone();
            other.fields[unit] += by;
            log_z(&other)
        };
        for unit in 0..6 {
            let slope = (shifted(unit, step) - shifted(unit, -step)) / (2.0 * step);
            assert!((slope - factor * found.means[unit]).abs() < 1e-9);
        }
        // The pair (0, 1) stands first in the row of 0 and of 1.
        let coupled = |by: f64| {
            let mut other = pairs.clone();
            for row in [0, 1] {
                other.couplings[other.starts[row] as usize] += by;
            }
            log_z(&other)
        };
        let slope = (coupled(step) - coupled(-step)) / (2.0 * step);
        assert!((slope - factor * found.products[0]).abs() < 1e-9);
    }

    #[test]
    fn ties_at_zero_temperature_are_shared() {
        let pairs = PairModel::new(&[(0, 1, 0.1), (1, 2, 0.2), (0, 2, -0.1)], vec![0.0; 3]);
        let p = probabilities(&energies(&pairs).unwrap(), 0.0);
        assert_eq!(p.iter().filter(|p| **p > 0.0).count(), 4);
        let found = marginals(p, false);
        assert_eq!(found.means, [0.0; 3]);
        assert_eq!(found.products[2], 1.0);
    }
}
