//! Where a point on a landscape is in equilibrium: moments and density of its place, and how sharply the landscape bends there.

use super::Continuum;
use super::quadrature::Nodes;

/// Energies further than this many T from the lowest are left out when the sharpest bend is sought: e^{−10} of the time.
const POPULATED: f64 = 10.0;

/// Equilibrium averages, p ∝ e^{−E/T}.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// ⟨E⟩.
    pub energy: f64,
    /// ⟨E²⟩ − ⟨E⟩².
    pub energy_variance: f64,
    /// ⟨x⟩ and ⟨y⟩; the second is 0 in one dimension.
    pub first: [f64; 2],
    /// ⟨x²⟩ and ⟨y²⟩.
    pub second: [f64; 2],
}

impl Continuum {
    /// The averages at T > 0 by the quadrature of [`super::ExactEnsemble::solve`]; `None` where that is refused.
    pub fn moments(&self, temperature: f64) -> Option<Moments> {
        let panels = self.panels(temperature);
        if temperature <= 0.0 || panels > self.most_panels() as f64 {
            return None;
        }
        let firsts = Nodes::new(self.low, self.high, panels as usize);
        let seconds = if self.dimensions() == 1 { Nodes::single() } else { firsts.clone() };
        let lowest = self.lowest();
        let mut sums = [0.0; 7];
        for (x, outer) in firsts.iter() {
            let mut row = [0.0; 7];
            for (y, inner) in seconds.iter() {
                let excess = self.surface.energy(x, y) - lowest;
                let weight = inner * libm::exp(-excess / temperature);
                let terms = [1.0, excess, excess * excess, x, y, x * x, y * y];
                row.iter_mut().zip(terms).for_each(|(sum, term)| *sum += weight * term);
            }
            sums.iter_mut().zip(row).for_each(|(sum, part)| *sum += outer * part);
        }
        let [whole, excess, square, x, y, xx, yy] = sums;
        let mean = excess / whole;
        // A mean that vanishes by symmetry is left with rounding, which is taken off.
        let first = |sum: f64, square: f64| {
            let mean = sum / whole;
            if mean.abs() < 1e-13 * libm::sqrt(square / whole) { 0.0 } else { mean }
        };
        Some(Moments {
            energy: lowest + mean,
            energy_variance: square / whole - mean * mean,
            first: [first(x, xx), first(y, yy)],
            second: [xx / whole, yy / whole],
        })
    }

    /// The density of the first coordinate, e^{−F(x)/T}/Z with F of [`Continuum::smoothed`], at evenly spaced places.
    pub fn density(&self, temperature: f64) -> Vec<(f64, f64)> {
        let smoothed = self.smoothed(temperature);
        let least = smoothed.free_energy.iter().copied().fold(f64::INFINITY, f64::min);
        let weight = |free: &f64| libm::exp(-(free - least) / temperature);
        let step = (self.high - self.low) / (smoothed.x.len() - 1) as f64;
        let weights: Vec<f64> = smoothed.free_energy.iter().map(weight).collect();
        // The trapezoidal rule, whose error is far below the width of a line.
        let ends = 0.5 * (weights[0] + weights[weights.len() - 1]);
        let whole = step * (weights.iter().sum::<f64>() - ends);
        smoothed.x.into_iter().zip(weights.into_iter().map(|weight| weight / whole)).collect()
    }

    /// The largest |E″| along any direction, at places whose energy is within 10 T of the lowest and anywhere between two wells:
    /// the largest eigenvalue of the matrix of second derivatives, from differences of the gradient.
    pub fn sharpest_bend(&self, temperature: f64) -> f64 {
        let firsts: Vec<f64> = self.probes().collect();
        let seconds = self.seconds(&firsts);
        let lowest = self.lowest();
        let wells = self.wells();
        let step = 1e-5 * (self.high - self.low);
        let mut sharpest = 0.0_f64;
        for (x, y) in firsts.iter().flat_map(|x| seconds.iter().map(move |y| (*x, *y))) {
            let between = wells.is_some_and(|wells| wells.left <= x && x <= wells.right);
            if !between && self.surface.energy(x, y) - lowest > POPULATED * temperature {
                continue;
            }
            let slope = |dx: f64, dy: f64| {
                let (ahead, behind) =
                    (self.surface.gradient(x + dx, y + dy), self.surface.gradient(x - dx, y - dy));
                ((ahead.0 - behind.0) / (2.0 * step), (ahead.1 - behind.1) / (2.0 * step))
            };
            let (xx, xy) = slope(step, 0.0);
            let yy = if self.dimensions() == 1 { 0.0 } else { slope(0.0, step).1 };
            let (middle, half) = (0.5 * (xx + yy), libm::hypot(0.5 * (xx - yy), xy));
            sharpest = sharpest.max(middle.abs() + half);
        }
        sharpest
    }

    /// Evenly spaced places in the box, and their weights e^{−(E − E₀)/T}, from which walks start.
    pub fn weighted_places(&self, temperature: f64) -> Vec<((f64, f64), f64)> {
        let firsts: Vec<f64> = self.probes().collect();
        let seconds = self.seconds(&firsts);
        let places: Vec<(f64, f64)> =
            firsts.iter().flat_map(|x| seconds.iter().map(move |y| (*x, *y))).collect();
        let energies: Vec<f64> = places.iter().map(|(x, y)| self.surface.energy(*x, *y)).collect();
        let least = energies.iter().copied().fold(f64::INFINITY, f64::min);
        let weights = energies.iter().map(|energy| libm::exp(-(energy - least) / temperature));
        places.iter().copied().zip(weights).collect()
    }
}
