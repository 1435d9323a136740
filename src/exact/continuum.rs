//! A point on a continuous energy landscape: its partition function Z = ∫ e^{−E/T} over a box, by quadrature, and the landscape
//! that is left when one coordinate is averaged over.
//!
//! Composite Gauss–Legendre rules with 16 nodes a panel. Panels are narrow beside the width √(T/E″) of the sharpest well that is
//! populated, so that the rule is exact to rounding; the same sums on panels of half the width tell what is left of an error.

pub mod escape;
pub mod moments;
pub mod quadrature;
pub mod surface;

use super::{Counted, ExactEnsemble, Thermodynamics};
use quadrature::{Nodes, Sums};
use std::ops::ControlFlow;
use surface::Surface;

/// The most panels along an axis; twice as many are used to check the sums.
const MOST_PANELS: [usize; 2] = [1 << 16, 128];
/// The fewest panels along an axis.
const FEWEST_PANELS: usize = 8;
/// The width of a panel in units of √(T/E″).
const PANEL_WIDTH: f64 = 5.0;
/// The most by which the exponent E/T may change along a panel at the edge of the box.
const FALL: f64 = 10.0;
/// Points along an axis at which the curvature is measured.
const PROBES: usize = 129;
/// Energies further than this many T from the lowest are not populated: e^{−40} is below rounding.
const REACH: f64 = 40.0;
/// Points x at which the landscape is given when the other coordinate is averaged over.
const SMOOTHED: usize = 401;
/// Points x at which its bends are looked at: narrow crests need more of them.
const BENDS: usize = 3201;

/// A landscape on a box, [low, high] along each axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Continuum {
    /// The energy as a function of place.
    pub surface: Surface,
    /// The lower end of the box, along each axis.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// What the same sums on twice as many panels differ by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Remainder {
    /// The nodes along each axis that the results rest on.
    pub nodes: usize,
    /// The difference in ln Z.
    pub log_partition: f64,
    /// The difference in U.
    pub energy: f64,
}

/// The free energy at each place along the first axis, the second averaged over.
#[derive(Debug, Clone, PartialEq)]
pub struct Smoothed {
    /// Places x, evenly spaced over the box.
    pub x: Vec<f64>,
    /// F(x; T) = −T ln ∫ e^{−E(x,y)/T} dy, and at T = 0 its limit, min_y E(x,y). In one dimension E(x) itself.
    pub free_energy: Vec<f64>,
}

impl Continuum {
    /// Number of coordinates, 1 or 2.
    pub fn dimensions(&self) -> usize {
        self.surface.dimensions()
    }

    /// The volume of the box.
    pub fn volume(&self) -> f64 {
        let side = self.high - self.low;
        if self.dimensions() == 1 { side } else { side * side }
    }

    fn probes(&self) -> impl Iterator<Item = f64> + Clone + use<> {
        let (low, step) = (self.low, (self.high - self.low) / (PROBES - 1) as f64);
        (0..PROBES).map(move |k| low + step * k as f64)
    }

    /// The places of the second axis to go through: one alone where there is none.
    fn seconds(&self, all: &[f64]) -> Vec<f64> {
        if self.dimensions() == 1 { vec![0.0] } else { all.to_vec() }
    }

    /// The panels along an axis that resolve every well that is populated at this temperature, a power of two.
    fn panels(&self, temperature: f64) -> f64 {
        let side = self.high - self.low;
        let step = 1e-3 * side;
        let sign = if temperature < 0.0 { -1.0 } else { 1.0 };
        let firsts: Vec<f64> = self.probes().collect();
        let seconds = self.seconds(&firsts);
        let energy = |x: f64, y: f64| sign * self.surface.energy(x, y);
        let places = || firsts.iter().flat_map(|x| seconds.iter().map(move |y| (*x, *y)));
        let lowest = places().map(|(x, y)| energy(x, y)).fold(f64::INFINITY, f64::min);
        let (mut sharpest, mut steepest) = (0.0_f64, 0.0_f64);
        for (x, y) in places() {
            let here = energy(x, y);
            if here - lowest > REACH * temperature.abs() {
                continue;
            }
            // Where the box cuts a populated slope off, the density falls by a factor e over T/E′.
            let inwards = |at: f64| {
                if at <= self.low {
                    step
                } else if at >= self.high {
                    -step
                } else {
                    0.0
                }
            };
            for (dx, dy) in [(inwards(x), 0.0), (0.0, inwards(y))] {
                let along_y = dy != 0.0;
                if self.dimensions() == 2 || !along_y {
                    steepest = steepest.max((energy(x + dx, y + dy) - here).abs() / step);
                }
            }
            let bend = |dx: f64, dy: f64| {
                (energy(x + dx, y + dy) + energy(x - dx, y - dy) - 2.0 * here).abs() / (step * step)
            };
            let both = if self.dimensions() == 1 { 0.0 } else { bend(0.0, step).max(0.5 * bend(step, step)) };
            sharpest = sharpest.max(bend(step, 0.0).max(both));
        }
        let width = PANEL_WIDTH * libm::sqrt(temperature.abs() / sharpest.max(f64::MIN_POSITIVE));
        let panels = (side / width).max(side * steepest / (FALL * temperature.abs()));
        libm::exp2(libm::ceil(libm::log2(panels.max(FEWEST_PANELS as f64))))
    }

    fn most_panels(&self) -> usize {
        MOST_PANELS[self.dimensions() - 1]
    }

    /// The sums over the box on so many panels; `None` when `advance` breaks.
    fn sums(
        &self,
        temperature: f64,
        panels: usize,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Sums> {
        let firsts = Nodes::new(self.low, self.high, panels);
        let seconds = if self.dimensions() == 1 { Nodes::single() } else { firsts.clone() };
        let mut total = Sums::default();
        for (index, (x, weight)) in firsts.iter().enumerate() {
            let energies = seconds.iter().map(|(y, weight)| (self.surface.energy(x, y), weight));
            total.add(&Sums::new(temperature, energies), weight);
            if index % 16 == 15 && advance((index + 1) as f64 / firsts.len() as f64).is_break() {
                return None;
            }
        }
        Some(total)
    }

    /// U = ∫ p E and S = −∫ p ln p, the density p = e^{−E/T}/Z being evaluated at every node and its logarithm taken again.
    fn counted(&self, temperature: f64, panels: usize, sums: &Sums) -> Counted {
        let firsts = Nodes::new(self.low, self.high, panels);
        let seconds = if self.dimensions() == 1 { Nodes::single() } else { firsts.clone() };
        let log_z = sums.log_partition(temperature);
        let (mut energy, mut entropy) = (0.0, 0.0);
        for (x, outer) in firsts.iter() {
            let (mut energy_row, mut entropy_row) = (0.0, 0.0);
            for (y, inner) in seconds.iter() {
                let here = self.surface.energy(x, y);
                let density = libm::exp(-here / temperature - log_z);
                if density > 0.0 {
                    energy_row += inner * density * here;
                    entropy_row -= inner * density * libm::log(density);
                }
            }
            energy += outer * energy_row;
            entropy += outer * entropy_row;
        }
        Counted { states: self.volume(), energy, entropy }
    }

    /// The difference that twice as many panels make; `None` at T = 0, and when `advance` breaks.
    pub fn remainder(
        &self,
        temperature: f64,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Remainder> {
        if temperature == 0.0 {
            return None;
        }
        let panels = (self.panels(temperature) as usize).min(self.most_panels());
        let coarse = self.sums(temperature, panels, &mut |share| advance(0.2 * share))?;
        let fine = self.sums(temperature, 2 * panels, &mut |share| advance(0.2 + 0.8 * share))?;
        Some(Remainder {
            nodes: quadrature::ORDER * panels,
            log_partition: (coarse.log_partition(temperature) - fine.log_partition(temperature)).abs(),
            energy: (coarse.energy() - fine.energy()).abs(),
        })
    }

    /// The lowest energy in the box: that of the best of many places, of which each that is lower than those around it runs
    /// downhill.
    pub fn lowest(&self) -> f64 {
        if self.dimensions() == 1 {
            return self.least(&|x| (x, 0.0), (true, false));
        }
        self.probes().map(|x| self.least(&|y| (x, y), (true, true))).fold(f64::INFINITY, f64::min)
    }

    /// The least energy that is reached from the places `at(k)` of all probes k that lie lower than their neighbours on both sides,
    /// by going downhill along the axes that are free.
    fn least(&self, at: &dyn Fn(f64) -> (f64, f64), free: (bool, bool)) -> f64 {
        let places: Vec<(f64, f64)> = self.probes().map(at).collect();
        let energies: Vec<f64> = places.iter().map(|(x, y)| self.surface.energy(*x, *y)).collect();
        let step = (self.high - self.low) / (PROBES - 1) as f64;
        let low = |k: &usize| {
            let beside = [k.checked_sub(1), Some(k + 1)].into_iter().flatten();
            beside.filter_map(|k| energies.get(k)).all(|other| energies[*k] <= *other)
        };
        let wells = (0..PROBES).filter(low);
        wells.map(|k| self.downhill(energies[k], places[k], step, free)).fold(f64::INFINITY, f64::min)
    }

    /// Pattern search with steps that are halved, within the box and along the axes that are free.
    fn downhill(&self, mut energy: f64, mut place: (f64, f64), mut step: f64, free: (bool, bool)) -> f64 {
        while step > 1e-12 * (self.high - self.low) {
            let mut moved = false;
            for (dx, dy) in [(step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step)] {
                if (dx != 0.0 && !free.0) || (dy != 0.0 && !free.1) {
                    continue;
                }
                let next = ((place.0 + dx).clamp(self.low, self.high), place.1 + dy);
                let next = (next.0, if free.1 { next.1.clamp(self.low, self.high) } else { next.1 });
                let there = self.surface.energy(next.0, next.1);
                if there < energy {
                    (energy, place, moved) = (there, next, true);
                }
            }
            if !moved {
                step *= 0.5;
            }
        }
        energy
    }

    /// The landscape along the first axis with the second averaged over.
    pub fn smoothed(&self, temperature: f64) -> Smoothed {
        self.smoothed_at(temperature, SMOOTHED)
    }

    /// The share of the box in which that landscape bends downwards, F″(x) < 0: second differences on a fine grid, with
    /// places where they change sign interpolated. At T = 0, where F has kinks, the grid is that of [`Self::smoothed`].
    pub fn concave_share(&self, temperature: f64) -> f64 {
        let free =
            self.smoothed_at(temperature, if temperature == 0.0 { SMOOTHED } else { BENDS }).free_energy;
        let bends: Vec<f64> = free.windows(3).map(|three| three[0] - 2.0 * three[1] + three[2]).collect();
        let size = bends.iter().map(|bend| bend.abs()).fold(0.0, f64::max);
        // What rounding alone makes counts as flat.
        let below = |bend: f64| bend + 1e-9 * size;
        let pairs = bends.windows(2).map(|pair| (below(pair[0]), below(pair[1])));
        let lengths = pairs.map(|(a, b)| match (a < 0.0, b < 0.0) {
            (true, true) => 1.0,
            (false, false) => 0.0,
            (true, false) => a / (a - b),
            (false, true) => b / (b - a),
        });
        // The outermost steps go with their neighbours.
        let ends = [bends[0], bends[bends.len() - 1]];
        let ends = ends.into_iter().filter(|bend| below(*bend) < 0.0).count() as f64;
        (lengths.sum::<f64>() + ends) / (bends.len() + 1) as f64
    }

    fn smoothed_at(&self, temperature: f64, places: usize) -> Smoothed {
        let step = (self.high - self.low) / (places - 1) as f64;
        let x: Vec<f64> = (0..places).map(|k| self.low + step * k as f64).collect();
        if self.dimensions() == 1 {
            let free_energy = x.iter().map(|x| self.surface.energy(*x, 0.0)).collect();
            return Smoothed { x, free_energy };
        }
        let free_energy = if temperature == 0.0 {
            x.iter().map(|x| self.envelope(*x)).collect()
        } else {
            let panels = (self.panels(temperature) as usize).min(self.most_panels());
            let nodes = Nodes::new(self.low, self.high, panels);
            let free = |x: &f64| {
                let energies = nodes.iter().map(|(y, weight)| (self.surface.energy(*x, y), weight));
                -temperature * Sums::new(temperature, energies).log_partition(temperature)
            };
            x.iter().map(free).collect()
        };
        Smoothed { x, free_energy }
    }

    /// min_y E(x,y).
    pub fn envelope(&self, x: f64) -> f64 {
        self.least(&|y| (x, y), (false, true))
    }
}

impl ExactEnsemble for Continuum {
    fn method(&self) -> String {
        let axes = if self.dimensions() == 1 { "the interval" } else { "the square" };
        format!("Gauss–Legendre quadrature over {axes}")
    }

    fn terms(&self) -> f64 {
        if self.dimensions() == 1 { 1024.0 } else { 1_048_576.0 }
    }

    fn refuse(&self, temperature: f64) -> Option<String> {
        if temperature == 0.0 {
            return None;
        }
        let (panels, most) = (self.panels(temperature), self.most_panels());
        (panels > most as f64).then(|| {
            format!(
                "at T = {temperature} the wells are so narrow that {panels:.0} panels of {} nodes are needed along each axis, more \
                 than the {most} that are allowed",
                quadrature::ORDER
            )
        })
    }

    fn solve(
        &self,
        temperature: f64,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Thermodynamics> {
        let nothing = Thermodynamics {
            log_partition: f64::NEG_INFINITY,
            energy: 0.0,
            energy_variance: 0.0,
            counted: None,
            populations: Vec::new(),
            complete: false,
            order: None,
            ground: None,
        };
        if temperature == 0.0 {
            return Some(Thermodynamics { energy: self.lowest(), ..nothing });
        }
        let panels = (self.panels(temperature) as usize).min(self.most_panels());
        let sums = self.sums(temperature, panels, &mut |share| advance(0.5 * share))?;
        Some(Thermodynamics {
            log_partition: sums.log_partition(temperature),
            energy: sums.energy(),
            energy_variance: sums.variance(),
            counted: Some(self.counted(temperature, panels, &sums)),
            ..nothing
        })
    }
}

#[cfg(test)]
mod tests;
