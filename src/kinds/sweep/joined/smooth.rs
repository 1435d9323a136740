//! Averages between the sampled temperatures.

use crate::statistics::jackknife::Jackknifed;
use crate::statistics::reweighting::{Averages, Reweighting, Weights};

/// About so many temperatures in all, and within these limits for each interval between sampled ones.
const GRID: usize = 200;
const PER_INTERVAL: (usize, usize) = (4, 24);
/// An average that rests on fewer effective samples than this is not given.
const LEAST_EFFECTIVE: f64 = 100.0;

/// The quantities, in the order of [`Place::values`].
pub(super) const QUANTITIES: [&str; 5] =
    ["energy_per_site", "specific_heat", "magnetization", "susceptibility", "binder"];

/// The place of the Binder cumulant among them.
pub(in super::super) const BINDER: usize = 4;

/// Averages at one temperature.
pub(in super::super) struct Place {
    pub temperature: f64,
    /// The number of effective samples that they rest on.
    pub effective: f64,
    /// Each quantity with its error.
    pub values: [Option<Jackknifed>; 5],
}

/// e = ⟨E⟩/N, c = Var E/(N T²), ⟨|m|⟩, χ = N (⟨m²⟩ − ⟨|m|⟩²)/T and U₄ = 1 − ⟨m⁴⟩/(3⟨m²⟩²).
pub(super) fn per_site(averages: &Averages, sites: f64, temperature: f64) -> [f64; 5] {
    let [order, square, fourth] = averages.order;
    [
        averages.energy / sites,
        averages.variance / (sites * temperature * temperature),
        order,
        sites * (square - order * order) / temperature,
        1.0 - fourth / (3.0 * square * square),
    ]
}

/// Averages on a grid of temperatures that holds the sampled ones; those that rest on too few samples are left out.
pub(super) fn places(reweighting: &Reweighting, sites: f64) -> Vec<Place> {
    let mut sampled: Vec<f64> = reweighting.betas().iter().map(|beta| 1.0 / beta).collect();
    sampled.reverse();
    let parts = (GRID / (sampled.len() - 1)).clamp(PER_INTERVAL.0, PER_INTERVAL.1);
    let between = |pair: &[f64]| {
        let (low, high) = (pair[0], pair[1]);
        (0..parts).map(move |part| low + (high - low) * part as f64 / parts as f64).collect::<Vec<_>>()
    };
    let mut temperatures: Vec<f64> = sampled.windows(2).flat_map(between).collect();
    temperatures.extend(sampled.last());
    let full = reweighting.density();
    let grid: Vec<(f64, f64, Weights)> = temperatures
        .into_iter()
        .map(|temperature| {
            let weights = full.weights(1.0 / temperature);
            (temperature, full.effective(&weights), weights)
        })
        .filter(|(_, effective, _)| *effective >= LEAST_EFFECTIVE)
        .collect();
    let estimates = reweighting.estimate(|solution| {
        let ratios = solution.density.ratios(full);
        let at = |(temperature, _, weights): &(f64, f64, Weights)| {
            per_site(&solution.density.averages_like(weights, &ratios), sites, *temperature)
        };
        grid.iter().flat_map(at).collect()
    });
    let place = |((temperature, effective, _), values): (&(f64, f64, Weights), &[Option<Jackknifed>])| {
        let mut taken = [None; 5];
        taken.copy_from_slice(values);
        Place { temperature: *temperature, effective: *effective, values: taken }
    };
    grid.iter().zip(estimates.chunks_exact(QUANTITIES.len())).map(place).collect()
}
