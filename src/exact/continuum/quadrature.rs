//! Composite Gauss–Legendre rules, and Boltzmann sums over their nodes.

use std::sync::LazyLock;

/// The nodes of a panel.
pub const ORDER: usize = 16;

/// Places and weights of a rule along one axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Nodes {
    places: Vec<f64>,
    weights: Vec<f64>,
}

impl Nodes {
    /// `panels` panels of equal width from `low` to `high`, each with [`ORDER`] nodes: exact for polynomials of degree
    /// 2 · 16 − 1 on each panel (Abramowitz and Stegun 25.4.29).
    pub fn new(low: f64, high: f64, panels: usize) -> Self {
        let (roots, shares) = &*RULE;
        let half = 0.5 * (high - low) / panels as f64;
        let middles = (0..panels).map(|panel| low + half * (2 * panel + 1) as f64);
        let (mut places, mut weights) = (Vec::new(), Vec::new());
        for middle in middles {
            places.extend(roots.iter().map(|root| middle + half * root));
            weights.extend(shares.iter().map(|share| half * share));
        }
        Self { places, weights }
    }

    /// The one node of an axis that is not there, at 0 with weight 1.
    pub fn single() -> Self {
        Self { places: vec![0.0], weights: vec![1.0] }
    }

    /// Number of nodes.
    #[expect(clippy::len_without_is_empty, reason = "no rule is empty")]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Places with their weights.
    pub fn iter(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.places.iter().copied().zip(self.weights.iter().copied())
    }
}

/// What [`legendre`] finds.
static RULE: LazyLock<([f64; ORDER], [f64; ORDER])> = LazyLock::new(legendre);

/// Roots x_k of the Legendre polynomial P₁₆ by Newton's method, and the weights 2/((1 − x²) P₁₆′(x)²).
fn legendre() -> ([f64; ORDER], [f64; ORDER]) {
    let (mut roots, mut weights) = ([0.0; ORDER], [0.0; ORDER]);
    for k in 0..ORDER {
        let mut x = -libm::cos(std::f64::consts::PI * (k as f64 + 0.75) / (ORDER as f64 + 0.5));
        let mut slope = 0.0;
        for _ in 0..8 {
            // (n + 1) P_{n+1} = (2n + 1) x P_n − n P_{n−1}, and (1 − x²) P_n′ = n (P_{n−1} − x P_n).
            let (mut last, mut value) = (1.0, x);
            for n in 1..ORDER {
                let n = n as f64;
                (last, value) = (value, ((2.0 * n + 1.0) * x * value - n * last) / (n + 1.0));
            }
            slope = ORDER as f64 * (last - x * value) / (1.0 - x * x);
            x -= value / slope;
        }
        roots[k] = x;
        weights[k] = 2.0 / ((1.0 - x * x) * slope * slope);
    }
    (roots, weights)
}

/// Weighted sums of e^{−(E − reference)/T} with the mean and the spread of E, merged without differences of large numbers
/// (West 1979, doi:10.1145/359146.359153).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sums {
    /// The likeliest energy so far; every exponential is taken relative to it, and none exceeds 1.
    reference: f64,
    /// T, whose sign says which energies are likely.
    temperature: f64,
    weight: f64,
    mean: f64,
    spread: f64,
}

impl Default for Sums {
    fn default() -> Self {
        Self { reference: 0.0, temperature: 1.0, weight: 0.0, mean: 0.0, spread: 0.0 }
    }
}

impl Sums {
    /// Sums over nodes of given energies and weights.
    pub fn new(temperature: f64, energies: impl Iterator<Item = (f64, f64)>) -> Self {
        let all: Vec<(f64, f64)> = energies.collect();
        let likelier = if temperature < 0.0 { f64::max } else { f64::min };
        let reference = all.iter().map(|(energy, _)| *energy).reduce(likelier).unwrap_or(0.0);
        let (mut weight, mut first) = (0.0, 0.0);
        let terms: Vec<(f64, f64)> = all
            .into_iter()
            .map(|(energy, share)| {
                let excess = energy - reference;
                let term = share * libm::exp(-excess / temperature);
                weight += term;
                first += term * excess;
                (excess, term)
            })
            .collect();
        let mean = first / weight;
        let spread = terms.into_iter().map(|(excess, term)| term * (excess - mean) * (excess - mean)).sum();
        Self { reference, temperature, weight, mean: reference + mean, spread }
    }

    /// Adds other sums, `factor` times.
    pub fn add(&mut self, other: &Self, factor: f64) {
        if self.weight == 0.0 {
            *self = Self { weight: factor * other.weight, spread: factor * other.spread, ..*other };
            return;
        }
        let ahead = (other.reference - self.reference) / other.temperature;
        let (keep, take) = if ahead < 0.0 { (libm::exp(ahead), 1.0) } else { (1.0, libm::exp(-ahead)) };
        if ahead < 0.0 {
            self.reference = other.reference;
        }
        let (mine, theirs) = (self.weight * keep, other.weight * take * factor);
        let (weight, difference) = (mine + theirs, other.mean - self.mean);
        self.spread = self.spread * keep
            + other.spread * take * factor
            + difference * difference * mine * theirs / weight;
        self.mean += difference * theirs / weight;
        self.weight = weight;
    }

    /// ln Σ w e^{−E/T}.
    pub fn log_partition(&self, temperature: f64) -> f64 {
        libm::log(self.weight) - self.reference / temperature
    }

    /// ⟨E⟩.
    pub fn energy(&self) -> f64 {
        self.mean
    }

    /// ⟨E²⟩ − ⟨E⟩².
    pub fn variance(&self) -> f64 {
        self.spread / self.weight
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_is_exact_for_polynomials() {
        let nodes = Nodes::new(-1.0, 2.0, 3);
        assert_eq!(nodes.len(), 48);
        for degree in [0_i32, 1, 2, 7, 30, 31] {
            let sum: f64 = nodes.iter().map(|(x, weight)| weight * libm::pow(x, f64::from(degree))).sum();
            let power = f64::from(degree + 1);
            let exact = (libm::pow(2.0, power) - libm::pow(-1.0, power)) / power;
            assert!((sum / exact - 1.0).abs() < 1e-13, "{degree}");
        }
    }

    #[test]
    fn merged_sums_are_those_of_all_nodes() {
        let nodes: Vec<(f64, f64)> =
            (0..40).map(|k| (f64::from(k * k % 17) - 3.0, 0.1 + f64::from(k % 3))).collect();
        for temperature in [0.3, 2.0, -1.5] {
            let mut merged = Sums::default();
            for part in nodes.chunks(7) {
                merged.add(&Sums::new(temperature, part.iter().copied()), 0.5);
            }
            let z: f64 = nodes.iter().map(|(e, w)| 0.5 * w * libm::exp(-e / temperature)).sum();
            let mean = |power: i32| -> f64 {
                let term = |(e, w): &(f64, f64)| {
                    0.5 * w * libm::exp(-e / temperature) * libm::pow(*e, f64::from(power))
                };
                nodes.iter().map(term).sum::<f64>() / z
            };
            assert!((merged.log_partition(temperature) - libm::log(z)).abs() < 1e-13);
            assert!((merged.energy() - mean(1)).abs() < 1e-12);
            assert!((merged.variance() - (mean(2) - mean(1) * mean(1))).abs() < 1e-11);
        }
    }
}
