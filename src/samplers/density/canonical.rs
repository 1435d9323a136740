//! Canonical averages, the density of states and ln Z from multicanonical series, with errors.
//!
//! A state occurs in the series with a probability ∝ e^{−S(E)}, so that the factors w_t = e^{S(E_t) − E_t/T} give
//! ⟨O⟩_T = Σ_t w_t O_t / Σ_t w_t (Berg and Neuhaus 1992, doi:10.1103/PhysRevLett.68.9). Errors come from a jackknife over blocks of the
//! series, whose length follows from the autocorrelation time of S, or E, in the multicanonical chain: the time to wander
//! through all energies.

use super::{Level, Series, Weights};
use crate::exact::boltzmann::log_sum_exp;
use crate::statistics::autocorrelation::autocorrelation;
use crate::statistics::jackknife::{Blocks, Jackknifed};

/// Share of the canonical weight at the end of a window that is too much.
const CUT: f64 = 1e-3;

/// w_t = S(E_t) − E_t/T for each measurement, T > 0 or infinite.
pub fn log_weights(series: &Series, temperature: f64) -> Vec<f64> {
    let pairs = series.log_inverse_weight.iter().zip(&series.energy);
    pairs.map(|(s, energy)| s - energy / temperature).collect()
}

/// The number of measurements that count at a temperature, (Σ w)²/Σ w², of correlated ones.
pub fn counting(series: &Series, temperature: f64) -> f64 {
    let weights = log_weights(series, temperature);
    let doubled: Vec<f64> = weights.iter().map(|w| 2.0 * w).collect();
    libm::exp(2.0 * log_sum_exp(&weights) - log_sum_exp(&doubled))
}

/// The autocorrelation time of the energy in the multicanonical chain, in measurements, pooled over replicas with the same weights;
/// ½ where the energy is one only, `None` where the series are too short to say.
pub fn time(replicas: &[&Series]) -> Option<f64> {
    let columns: Vec<&[f64]> = replicas.iter().map(|series| &series.energy[..]).collect();
    let first = columns.iter().find_map(|values| values.first())?;
    if columns.iter().all(|values| values.iter().all(|value| value == first)) {
        return Some(0.5);
    }
    autocorrelation(&columns).map(|found| found.tau)
}

/// A function of canonical means ⟨O_1⟩_T, ⟨O_2⟩_T …, where `observables[k][r]` is the column of O_k in replica r, all replicas with
/// the same weights. `tau` is [`time`].
///
/// `None` where the series are too short for an error, or the function is not finite.
pub fn estimate(
    replicas: &[&Series],
    observables: &[Vec<&[f64]>],
    temperature: f64,
    tau: f64,
    function: impl Fn(&[f64]) -> f64,
) -> Option<Jackknifed> {
    let weights = factors(replicas, temperature).1;
    let products: Vec<Vec<Vec<f64>>> = observables
        .iter()
        .map(|column| column.iter().zip(&weights).map(|(values, w)| product(values, w)).collect())
        .collect();
    let mut columns: Vec<Vec<&[f64]>> = vec![weights.iter().map(Vec::as_slice).collect()];
    columns.extend(products.iter().map(|column| column.iter().map(Vec::as_slice).collect()));
    Blocks::new(&columns, tau)?.estimate(|means| {
        let canonical: Vec<f64> = means[1..].iter().map(|mean| mean / means[0]).collect();
        function(&canonical)
    })
}

fn product(values: &[f64], weights: &[f64]) -> Vec<f64> {
    values.iter().zip(weights).map(|(value, weight)| value * weight).collect()
}

/// The largest w_t, and e^{w_t − that} by replica.
fn factors(replicas: &[&Series], temperature: f64) -> (f64, Vec<Vec<f64>>) {
    let logs: Vec<Vec<f64>> = replicas.iter().map(|series| log_weights(series, temperature)).collect();
    let top = logs.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    let factors = logs.iter().map(|logs| logs.iter().map(|w| libm::exp(w - top)).collect());
    (top, factors.collect())
}

/// What fixes the constant in ln g(E) and ln Z.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Anchor {
    /// ln of the number of all states, q^N of N sites of q states: right where the chain reaches the energies that they have,
    /// which [`covers`] an infinite temperature.
    States(f64),
    /// The ground state's energy, and ln of its degeneracy.
    Ground(f64, f64),
}

impl Anchor {
    /// The known ln Σ, the temperature at which it is a sum of all, and which measurements it counts.
    fn factors(self, replicas: &[&Series]) -> (f64, f64, Vec<Vec<f64>>) {
        match self {
            Self::States(log_states) => {
                let (top, factors) = factors(replicas, f64::INFINITY);
                (log_states, top, factors)
            }
            Self::Ground(energy, log_degeneracy) => {
                let (_, mut factors) = factors(replicas, f64::INFINITY);
                let mut inverse = f64::NEG_INFINITY;
                for (series, factors) in replicas.iter().zip(&mut factors) {
                    for (t, factor) in factors.iter_mut().enumerate() {
                        let ground = (series.energy[t] - energy).abs() <= 1e-9 * energy.abs().max(1.0);
                        *factor = f64::from(u8::from(ground));
                        if ground {
                            inverse = series.log_inverse_weight[t];
                        }
                    }
                }
                (log_degeneracy, inverse, factors)
            }
        }
    }
}

/// ln Z at a temperature, from an anchor.
///
/// ln Z(T) = ln A + ln Σ_t e^{S(E_t) − E_t/T} − ln Σ_t a_t e^{S(E_t)}, where A is a known number of states and a_t tells whether the
/// t-th state is one of them. `None` where none was found, or the series are too short for an error.
pub fn log_partition(replicas: &[&Series], anchor: Anchor, temperature: f64, tau: f64) -> Option<Jackknifed> {
    let (known, shift, counted) = anchor.factors(replicas);
    let (top, weights) = factors(replicas, temperature);
    let columns = [slices(&weights), slices(&counted)];
    Blocks::new(&columns, tau)?
        .estimate(|means| known + (top - shift) + libm::log(means[0]) - libm::log(means[1]))
}

fn slices(columns: &[Vec<f64>]) -> Vec<&[f64]> {
    columns.iter().map(Vec::as_slice).collect()
}

/// ln g(E) of each level that was visited, from an anchor; for intervals ln of the number of states in them.
///
/// ln g(E_k) = ln A + S_k + ln(n_k/n) − ln(Σ_t a_t e^{S(E_t)}/n), as in [`log_partition`], with n_k of n measurements at level k. A
/// level that was visited in few blocks has an error that is uncertain itself.
pub fn density_of_states(
    replicas: &[&Series],
    levels: &[Level],
    anchor: Anchor,
    tau: f64,
) -> Vec<Option<Jackknifed>> {
    let (known, shift, counted) = anchor.factors(replicas);
    let nearest = |energy: f64| {
        let after = levels.partition_point(|level| level.energy < energy);
        let distance = |k: &usize| (levels[*k].energy - energy).abs();
        (after.saturating_sub(1)..(after + 1).min(levels.len()))
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))
            .unwrap_or(0)
    };
    let places: Vec<Vec<usize>> =
        replicas.iter().map(|series| series.energy.iter().map(|energy| nearest(*energy)).collect()).collect();
    // Sums over half an autocorrelation time lose nothing that blocks of many would tell, and make the columns short.
    let bunch = ((0.5 * tau) as usize).max(1);
    let bunches =
        |values: &[f64]| -> Vec<f64> { values.chunks(bunch).map(|chunk| chunk.iter().sum()).collect() };
    let counted: Vec<Vec<f64>> = counted.iter().map(|values| bunches(values)).collect();
    let at = |k: usize| {
        let here = |places: &Vec<usize>| -> Vec<f64> {
            places
                .chunks(bunch)
                .map(|chunk| chunk.iter().filter(|place| **place == k).count() as f64)
                .collect()
        };
        let here: Vec<Vec<f64>> = places.iter().map(here).collect();
        let columns = [slices(&here), slices(&counted)];
        let constant = known + levels[k].log_inverse_weight - shift;
        Blocks::new(&columns, tau / bunch as f64)?
            .estimate(|means| constant + libm::log(means[0]) - libm::log(means[1]))
    };
    (0..levels.len()).map(at).collect()
}

/// The probability of each level at a temperature: its share of the canonical weight.
pub fn probabilities(levels: &[Level], temperature: f64) -> Vec<f64> {
    let log = |level: &Level| {
        if level.visits == 0 {
            return f64::NEG_INFINITY;
        }
        level.log_inverse_weight + libm::log(level.visits as f64) - level.energy / temperature
    };
    let logs: Vec<f64> = levels.iter().map(log).collect();
    let total = log_sum_exp(&logs);
    logs.iter().map(|log| libm::exp(log - total)).collect()
}

/// Whether the energies that a temperature has are inside the window: the level next to an end of the window has less than a
/// thousandth of the likeliest level's weight. An end does not count beyond the bounds of the spectrum, nor where the chain never
/// came near it.
pub fn covers(weights: &Weights, levels: &[Level], temperature: f64) -> bool {
    let probabilities = probabilities(levels, temperature);
    let most = probabilities.iter().copied().fold(0.0, f64::max);
    let visited: Vec<usize> = (0..levels.len()).filter(|k| levels[*k].visits > 0).collect();
    let (Some(first), Some(last)) = (visited.first(), visited.last()) else { return false };
    // The mean distance of levels, for which rounding and gaps do not matter.
    let spacing = (levels[*last].energy - levels[*first].energy) / (visited.len() as f64 - 1.0).max(1.0);
    let bounds = weights.levels.bounds;
    let (low, high) = weights.window;
    let cut = |k: usize, end: f64, bound: f64| {
        (end - bound).abs() > 1e-9 * bound.abs().max(1.0)
            && (levels[k].energy - end).abs() < 2.0 * spacing
            && probabilities[k] > CUT * most
    };
    !cut(*first, low.max(bounds.0), bounds.0) && !cut(*last, high.min(bounds.1), bounds.1)
}
