//! Averages at any temperature from a density of states.

use std::sync::Arc;

/// Weights below this share of the largest are left out of sums.
const NEGLIGIBLE: f64 = 1e-18;

/// ln g(E) up to one constant, with the moments of the order parameter at each energy.
#[derive(Debug, Clone)]
pub struct Density {
    levels: Arc<Vec<f64>>,
    /// ln g; −∞ for levels that were not met.
    logs: Vec<f64>,
    /// The mean |m|, m² and m⁴ at each energy.
    order: Vec<[f64; 3]>,
    /// Effective number of samples at each energy.
    hits: Vec<f64>,
}

/// Averages at one temperature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Averages {
    /// ln Z, up to the density's constant.
    pub log_partition: f64,
    /// ⟨E⟩.
    pub energy: f64,
    /// ⟨E²⟩ − ⟨E⟩².
    pub variance: f64,
    /// ⟨|m|⟩, ⟨m²⟩ and ⟨m⁴⟩.
    pub order: [f64; 3],
}

/// The Boltzmann weights of one density at one β, from which other densities over the same levels get theirs cheaply.
#[derive(Debug, Clone)]
pub struct Weights {
    beta: f64,
    /// The first level with a weight that counts.
    from: usize,
    /// g(E) e^{−βE}/Z of the density that they were made from.
    weights: Vec<f64>,
    /// Its ln Z and its mean energy.
    log_partition: f64,
    centre: f64,
}

impl Density {
    pub(super) fn new(levels: Arc<Vec<f64>>, logs: Vec<f64>, order: Vec<[f64; 3]>, hits: Vec<f64>) -> Self {
        Self { levels, logs, order, hits }
    }

    /// ln g of an energy, up to the density's constant; −∞ where it was not met.
    pub fn log(&self, energy: f64) -> f64 {
        self.place(energy).map_or(f64::NEG_INFINITY, |at| self.logs[at])
    }

    /// The effective number of samples of an energy.
    pub fn hits(&self, energy: f64) -> f64 {
        self.place(energy).map_or(0.0, |at| self.hits[at])
    }

    fn place(&self, energy: f64) -> Option<usize> {
        let at = self.levels.partition_point(|level| *level < energy);
        (self.levels.get(at) == Some(&energy)).then_some(at)
    }

    /// The weights at β.
    pub fn weights(&self, beta: f64) -> Weights {
        let exponent = |at: usize| self.logs[at] - beta * self.levels[at];
        let largest = (0..self.logs.len()).map(exponent).fold(f64::NEG_INFINITY, f64::max);
        let least = largest + libm::log(NEGLIGIBLE);
        let counts = |at: &usize| exponent(*at) >= least;
        let from = (0..self.logs.len()).find(counts).unwrap_or(0);
        let to = (0..self.logs.len()).rev().find(counts).map_or(from, |at| at + 1);
        let mut weights: Vec<f64> = (from..to).map(|at| libm::exp(exponent(at) - largest)).collect();
        let sum: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= sum);
        let centre = weights.iter().zip(&self.levels[from..]).map(|(weight, energy)| weight * energy).sum();
        Weights { beta, from, weights, log_partition: largest + libm::log(sum), centre }
    }

    /// The averages at β.
    pub fn averages(&self, beta: f64) -> Averages {
        let weights = self.weights(beta);
        self.sum(&weights, weights.weights.iter().copied())
    }

    /// e^{ln g − ln g′} at each level, g′ that of `other` over the same levels: what [`Density::averages_like`] needs.
    pub fn ratios(&self, other: &Self) -> Vec<f64> {
        let ratio =
            |(log, other): (&f64, &f64)| if *log > f64::NEG_INFINITY { libm::exp(log - other) } else { 0.0 };
        self.logs.iter().zip(&other.logs).map(ratio).collect()
    }

    /// The averages at the β of the weights of another density, given the ratios to that.
    pub fn averages_like(&self, weights: &Weights, ratios: &[f64]) -> Averages {
        let weighed =
            weights.weights.iter().zip(&ratios[weights.from..]).map(|(weight, ratio)| weight * ratio);
        self.sum(weights, weighed)
    }

    fn sum(&self, weights: &Weights, weighed: impl Iterator<Item = f64>) -> Averages {
        let (mut sum, mut first, mut second, mut order) = (0.0, 0.0, 0.0, [0.0; 3]);
        let levels = &self.levels[weights.from..];
        for ((weight, energy), moments) in weighed.zip(levels).zip(&self.order[weights.from..]) {
            let excess = energy - weights.centre;
            sum += weight;
            first += weight * excess;
            second += weight * excess * excess;
            order.iter_mut().zip(moments).for_each(|(total, mean)| *total += weight * mean);
        }
        let mean = first / sum;
        Averages {
            log_partition: weights.log_partition + libm::log(sum),
            energy: weights.centre + mean,
            variance: second / sum - mean * mean,
            order: order.map(|total| total / sum),
        }
    }

    /// The number of effectively independent samples that an average at the weights' β rests on, (Σw)²/Σw² with the
    /// weight w = p(E)/H(E) for each of the H(E) samples of an energy (Kish 1965).
    pub fn effective(&self, weights: &Weights) -> f64 {
        let squares: f64 = weights
            .weights
            .iter()
            .zip(&self.hits[weights.from..])
            .filter(|(_, hits)| **hits > 0.0)
            .map(|(weight, hits)| weight * weight / hits)
            .sum();
        if squares > 0.0 { 1.0 / squares } else { 0.0 }
    }
}

impl Weights {
    /// β.
    pub fn beta(&self) -> f64 {
        self.beta
    }
}
