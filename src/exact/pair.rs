//! Two particles in a periodic box: all averages are integrals over the distance.
//!
//! The potential is cut within half the box, so that the place of one particle seen from the other has the weight e^{−u(r)/T} in the ball
//! r < r_c and 1 in the rest of the box, whose shape does not matter:
//!
//! q = ∫_0^{r_c} S(r) e^{−u(r)/T} dr + V − V_ball(r_c), with the surface S of the ball.

use super::continuum::quadrature::Nodes;
use crate::models::fluid::{Fluid, PairSums};

/// The well lies within, and what is beyond is smooth.
const NEAR: f64 = 3.0;
/// Panels of the quadrature from 0 to there, narrow beside the well at any T above 10⁻⁴, and from there to the cutoff.
const PANELS: usize = 200;
/// Energies further above the bottom of the well than this many T have no weight.
const NEVER: f64 = 700.0;

/// Two particles at a temperature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoParticles {
    fluid: Fluid,
    temperature: f64,
    /// q e^{−1/T}: the bottom of the well, u = −1, has the weight 1.
    whole: f64,
    /// ⟨U⟩, correction included.
    pub energy: f64,
    /// ⟨U²⟩ − ⟨U⟩².
    pub energy_variance: f64,
    /// p, correction included.
    pub pressure: f64,
}

impl TwoParticles {
    /// The averages at T > 0; `None` where there are not two particles.
    pub fn new(fluid: &Fluid, temperature: f64) -> Option<Self> {
        if fluid.particles != 2 {
            return None;
        }
        let outside = (fluid.volume() - fluid.ball(fluid.cutoff)) * libm::exp(-1.0 / temperature);
        let (mut whole, mut first, mut second, mut virial) = (outside, 0.0, 0.0, 0.0);
        let near = NEAR.min(fluid.cutoff);
        let panels = [(0.0, near), (near, fluid.cutoff)].map(|(from, to)| Nodes::new(from, to, PANELS));
        for (r, weight) in panels.iter().flat_map(Nodes::iter) {
            let pair = pair(r);
            let boltzmann = boltzmann(pair, temperature);
            if boltzmann > 0.0 {
                let weight = weight * fluid.sphere(r) * boltzmann;
                whole += weight;
                first += weight * pair.energy();
                second += weight * pair.energy() * pair.energy();
                virial += weight * pair.virial();
            }
        }
        let (mean, d) = (first / whole, fluid.dimensions as f64);
        let ideal = fluid.pressure(PairSums::default(), temperature);
        Some(Self {
            fluid: *fluid,
            temperature,
            whole,
            energy: mean + fluid.energy(PairSums::default()),
            energy_variance: second / whole - mean * mean,
            pressure: ideal + virial / whole / (d * fluid.volume()),
        })
    }

    /// The radial distribution function, averaged over the shell between two distances, the outer at most L/2: the density of pairs there over
    /// that of particles that do not feel each other.
    pub fn radial_distribution(&self, inner: f64, outer: f64) -> f64 {
        let fluid = &self.fluid;
        // The step at the cutoff ends a panel.
        let edge = fluid.cutoff.clamp(inner, outer);
        let within = if edge > inner {
            let nodes = Nodes::new(inner, edge, 4);
            let weight =
                |(r, weight): (f64, f64)| weight * fluid.sphere(r) * boltzmann(pair(r), self.temperature);
            nodes.iter().map(weight).sum()
        } else {
            0.0
        };
        let beyond = (fluid.ball(outer) - fluid.ball(edge)) * libm::exp(-1.0 / self.temperature);
        let shell = fluid.ball(outer) - fluid.ball(inner);
        (within + beyond) / self.whole * fluid.volume() / shell
    }
}

/// The sums over one pair at the distance r.
fn pair(r: f64) -> PairSums {
    let six = libm::pow(r, -6.0);
    PairSums { twelve: six * six, six }
}

/// e^{−(u + 1)/T}.
fn boltzmann(pair: PairSums, temperature: f64) -> f64 {
    let excess = (pair.energy() + 1.0) / temperature;
    // Also where r⁻¹² is infinite, and the energy is not a number.
    if excess < NEVER { libm::exp(-excess) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two(density: f64, cutoff: f64, dimensions: usize) -> Fluid {
        Fluid { particles: 2, dimensions, density, cutoff, tail_correction: false }
    }

    #[test]
    fn averages_are_sums_over_all_places_in_the_box() {
        // The box itself, by the midpoint rule on a grid in an eighth (a quarter) of it, with the potential written out.
        for (dimensions, density, cutoff, steps) in
            [(3, 0.1, 1.3, 160), (3, 0.02, 2.2, 160), (2, 0.1, 2.0, 1500)]
        {
            let fluid = two(density, cutoff, dimensions);
            for temperature in [0.7, 2.0] {
                let step = 0.5 * fluid.side() / f64::from(steps);
                let (mut whole, mut first, mut second, mut virial) = (0.0, 0.0, 0.0, 0.0);
                for i in 0..steps {
                    for j in 0..steps {
                        for k in 0..if dimensions == 3 { steps } else { 1 } {
                            let [x, y, z] = [i, j, k].map(|n| (f64::from(n) + 0.5) * step);
                            let r = libm::sqrt(x * x + y * y + if dimensions == 3 { z * z } else { 0.0 });
                            let (mut u, mut w) = (0.0, 0.0);
                            if r < cutoff {
                                u = 4.0 * (libm::pow(r, -12.0) - libm::pow(r, -6.0));
                                w = 48.0 * libm::pow(r, -12.0) - 24.0 * libm::pow(r, -6.0);
                            }
                            let p = libm::exp(-u / temperature);
                            if p > 0.0 {
                                whole += p;
                                first += p * u;
                                second += p * u * u;
                                virial += p * w;
                            }
                        }
                    }
                }
                let mean = first / whole;
                let volume = 2.0 / density;
                let pressure = density * temperature + virial / whole / (dimensions as f64 * volume);
                let found = TwoParticles::new(&fluid, temperature).unwrap();
                let variance = second / whole - mean * mean;
                // The grid cuts the ball at r_c along steps: some 10⁻³ of what is at its surface.
                for (name, value, sum) in [
                    ("energy", found.energy, mean),
                    ("variance", found.energy_variance, variance),
                    ("pressure", found.pressure, pressure),
                ] {
                    let off = (value / sum - 1.0).abs();
                    assert!(off < 2e-3, "{name} in {dimensions}d at {temperature}: {value}, {sum}");
                }
            }
        }
    }

    #[test]
    fn thin_gases_have_the_published_second_virial_coefficient() {
        // B₂/(2π/3) of the whole potential: Hirschfelder, Curtiss and Bird, Molecular Theory of Gases and Liquids (1954), table I-B.
        for (temperature, published) in [(1.0, -2.538_08), (2.0, -0.627_63), (3.0, -0.115_23)] {
            let fluid = two(1e-7, 130.0, 3);
            let ideal = fluid.density * temperature;
            let pressure = TwoParticles::new(&fluid, temperature).unwrap().pressure;
            // Of N particles each has N − 1 partners: p/ρT − 1 = (1 − 1/N) B₂ρ + O(ρ²).
            let virial = 2.0 * (pressure / ideal - 1.0) / fluid.density;
            let found = virial / (2.0 / 3.0 * std::f64::consts::PI);
            assert!((found - published).abs() < 2e-5, "T = {temperature}: {found}, published {published}");
        }
    }

    #[test]
    fn pairs_are_all_somewhere() {
        let fluid = two(0.02, 2.0, 3);
        let found = TwoParticles::new(&fluid, 0.8).unwrap();
        let half = 0.5 * fluid.side();
        let pairs: f64 = (0..50)
            .map(|k| (half * f64::from(k) / 50.0, half * f64::from(k + 1) / 50.0))
            .map(|(inner, outer)| {
                found.radial_distribution(inner, outer) * (fluid.ball(outer) - fluid.ball(inner))
            })
            .sum();
        // What is left lies in the corners, where g is that just within L/2.
        let corners = found.radial_distribution(0.98 * half, half) * (fluid.volume() - fluid.ball(half));
        assert!(((pairs + corners) / fluid.volume() - 1.0).abs() < 1e-9, "{pairs} {corners}");
        assert!(TwoParticles::new(&Fluid { particles: 3, ..fluid }, 1.0).is_none());
    }
}
