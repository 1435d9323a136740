//! How long overdamped motion takes from one well of a landscape to the other, in one dimension.
//!
//! dx = −E′(x) dt + √(2T) dW: friction 1 and k_B = 1, so that T is the diffusion constant too.

use super::Continuum;
use super::quadrature::Nodes;

/// Places at which the slope is looked at for wells.
const LOOKS: usize = 3200;
/// The fewest panels of each integral.
const PANELS: usize = 32;

/// Two wells and the crest between them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wells {
    /// The bottom of the left well.
    pub left: f64,
    /// The crest.
    pub top: f64,
    /// The bottom of the right well.
    pub right: f64,
}

/// One of two wells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The well on the left.
    Left,
    /// The well on the right.
    Right,
}

impl Side {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Left, Self::Right];

    /// "left" or "right".
    pub fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }
}

impl Continuum {
    /// The wells of a landscape in one dimension that has two, and two alone: the energy falls from either wall, and its slope
    /// changes sign three times. `None` of any other.
    pub fn wells(&self) -> Option<Wells> {
        if self.dimensions() != 1 {
            return None;
        }
        let slope = |x: f64| self.surface.gradient(x, 0.0).0;
        let place = |k: usize| self.low + (self.high - self.low) * k as f64 / LOOKS as f64;
        if slope(self.low) >= 0.0 || slope(self.high) <= 0.0 {
            return None;
        }
        let mut roots = Vec::new();
        for k in 0..LOOKS {
            let (mut a, mut b) = (place(k), place(k + 1));
            let rises = slope(b) >= 0.0;
            if (slope(a) >= 0.0) == rises {
                continue;
            }
            // Bisection, to the last bit or so.
            for _ in 0..60 {
                let middle = 0.5 * (a + b);
                if (slope(middle) >= 0.0) == rises { b = middle } else { a = middle }
            }
            roots.push(0.5 * (a + b));
        }
        match roots[..] {
            [left, top, right] => Some(Wells { left, top, right }),
            _ => None,
        }
    }

    /// The height of the crest over the bottom of a well.
    pub fn height(&self, wells: Wells, from: Side) -> f64 {
        let bottom = if from == Side::Left { wells.left } else { wells.right };
        self.surface.energy(wells.top, 0.0) - self.surface.energy(bottom, 0.0)
    }

    /// The mean time from the bottom of one well to that of the other, the first arrival there counting, with walls that reflect:
    ///
    /// τ = (1/T) ∫_a^b dy e^{E(y)/T} ∫_wall^y dz e^{−E(z)/T}
    ///
    /// (C. W. Gardiner, Handbook of Stochastic Methods, section 5.2.7; Hänggi, Talkner and Borkovec 1990, section VII,
    /// doi:10.1103/RevModPhys.62.251), by Gauss–Legendre quadrature of both integrals.
    pub fn passage_time(&self, wells: Wells, from: Side, temperature: f64) -> f64 {
        let (start, end, wall, sign) = match from {
            Side::Left => (wells.left, wells.right, self.low, 1.0),
            Side::Right => (-wells.right, -wells.left, -self.high, -1.0),
        };
        let energy = |s: f64| self.surface.energy(sign * s, 0.0);
        let crest = self.surface.energy(wells.top, 0.0);
        let bottom = energy(start).min(energy(end));
        let down = |s: f64| libm::exp(-(energy(s) - bottom) / temperature);
        let up = |s: f64| libm::exp((energy(s) - crest) / temperature);
        let integral = |from: f64, to: f64, panels: usize| -> f64 {
            Nodes::new(from, to, panels).iter().map(|(s, weight)| weight * down(s)).sum()
        };
        let panels = (self.panels(temperature) as usize).clamp(PANELS, self.most_panels());
        let mut inner = integral(wall, start, panels);
        let (mut total, width) = (0.0, (end - start) / panels as f64);
        for panel in 0..panels {
            let (a, b) = (start + width * panel as f64, start + width * (panel + 1) as f64);
            for (s, weight) in Nodes::new(a, b, 1).iter() {
                total += weight * up(s) * (inner + integral(a, s, 1));
            }
            inner += integral(a, b, 1);
        }
        total / temperature * libm::exp((crest - bottom) / temperature)
    }

    /// Kramers' rate out of a well, what the inverse of that time tends to for T → 0 (Kramers 1940, doi:10.1016/S0031-8914(40)90098-2):
    ///
    /// k = √(E″(a) |E″(top)|)/2π · e^{−ΔE/T}.
    pub fn kramers_rate(&self, wells: Wells, from: Side, temperature: f64) -> f64 {
        let bottom = if from == Side::Left { wells.left } else { wells.right };
        let step = 1e-5 * (self.high - self.low);
        let bend = |x: f64| {
            let (ahead, behind) =
                (self.surface.gradient(x + step, 0.0), self.surface.gradient(x - step, 0.0));
            (ahead.0 - behind.0) / (2.0 * step)
        };
        libm::sqrt((bend(bottom) * bend(wells.top)).abs()) / std::f64::consts::TAU
            * libm::exp(-self.height(wells, from) / temperature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::continuum::surface::Surface;

    fn double_well(barrier: f64, tilt: f64) -> Continuum {
        let surface =
            Surface::DoubleWell { dimensions: 1, barrier, distance: 1.0, tilt, stiffness: 1.0, squeeze: 0.0 };
        Continuum { surface, low: -2.5, high: 3.0 }
    }

    #[test]
    fn wells_are_found_where_there_are_two() {
        let wells = double_well(1.0, 0.0).wells().unwrap();
        assert!(
            (wells.left + 1.0).abs() < 1e-9 && wells.top.abs() < 1e-9 && (wells.right - 1.0).abs() < 1e-9
        );
        assert!((double_well(1.5, 0.0).height(wells, Side::Left) - 1.5).abs() < 1e-12);
        // Beyond t = 8b/(3√3) one well is gone.
        let limit = 8.0 / (3.0 * libm::sqrt(3.0));
        assert!(double_well(1.0, 0.99 * limit).wells().is_some());
        assert_eq!(double_well(1.0, 1.01 * limit).wells(), None);
        let quadratic = Surface::Quadratic { dimensions: 1, curvature: 1.0, skew: 0.0 };
        assert_eq!(Continuum { surface: quadratic, low: -3.0, high: 3.0 }.wells(), None);
        // A wall inside a well: that is no minimum with a slope on both sides.
        let cut = Continuum { low: -0.5, ..double_well(1.0, 0.0) };
        assert_eq!(cut.wells(), None);
    }

    /// The values that `tests/references/passage.py` wrote.
    #[test]
    fn passage_times_agree_with_high_precision_arithmetic() {
        let mut compared = 0;
        for line in include_str!("../../../tests/references/passage.csv").lines().skip(1) {
            let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
            let [barrier, tilt, temperature, left, right] = cells[..] else { panic!("{line}") };
            let continuum = double_well(barrier, tilt);
            let wells = continuum.wells().unwrap();
            for (side, expected) in [(Side::Left, left), (Side::Right, right)] {
                let found = continuum.passage_time(wells, side, temperature);
                assert!((found / expected - 1.0).abs() < 1e-10, "{line}: {found}");
            }
            compared += 1;
        }
        assert!(compared >= 5);
    }

    /// The backward equation T τ″ − E′ τ′ = −1 with τ′(wall) = 0 and τ(b) = 0, by finite differences.
    #[test]
    fn passage_times_solve_the_backward_equation() {
        let (continuum, temperature, cells) = (double_well(1.0, 0.2), 0.4, 40_000_usize);
        let wells = continuum.wells().unwrap();
        let step = (wells.right - continuum.low) / cells as f64;
        // τ′ obeys a first-order equation, taken cell by cell in its self-adjoint form: (e^{−E/T} τ′)′ = −e^{−E/T}/T.
        let energy = |k: f64| continuum.surface.energy(continuum.low + step * k, 0.0);
        let (mut flux, mut time) = (0.0, 0.0);
        for k in 0..cells {
            let middle = k as f64 + 0.5;
            flux += step / temperature * libm::exp(-energy(middle) / temperature);
            let edge = k as f64 + 1.0;
            if continuum.low + step * edge >= wells.left {
                let share = if k + 1 == cells { 0.5 } else { 1.0 };
                time += share * step * flux * libm::exp(energy(edge) / temperature);
            }
        }
        let found = continuum.passage_time(wells, Side::Left, temperature);
        assert!((found / time - 1.0).abs() < 1e-3, "{found} {time}");
    }

    #[test]
    fn kramers_rate_is_the_limit_of_low_temperatures() {
        let continuum = double_well(1.0, 0.1);
        let wells = continuum.wells().unwrap();
        for side in Side::BOTH {
            let off = |temperature: f64| {
                continuum.kramers_rate(wells, side, temperature)
                    * continuum.passage_time(wells, side, temperature)
                    - 1.0
            };
            // The first correction is of order T/ΔE: it halves with the temperature.
            let (warm, cold) = (off(0.04), off(0.02));
            assert!(warm.abs() < 0.1 && (warm / cold - 2.0).abs() < 0.2, "{side:?}: {warm} {cold}");
        }
    }
}
