//! Which energies are told apart: all of them where they are multiples of a common step, intervals otherwise.

use crate::exact::enumeration::common_factor;

/// The most multiples of a step between the bounds of the energy.
const MOST: f64 = (1_u64 << 22) as f64;

/// The energy axis as a dense row of levels.
///
/// Exact: level k has the energy `lowest` + k · `width`, k from 0. Intervals: level k ≥ 1 holds the energies from
/// `lowest` + (k − 1) · `width` on, and the first and the last level are what lies outside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Levels {
    pub(super) lowest: f64,
    pub(super) width: f64,
    pub(super) count: usize,
    pub(super) exact: bool,
    /// No state has an energy beyond these.
    pub(super) bounds: (f64, f64),
}

impl Levels {
    /// The multiples of `unit` from `lowest`, `most` of them above it.
    pub(super) fn exact(lowest: f64, unit: f64, most: usize) -> Self {
        let bounds = (lowest, lowest + most as f64 * unit);
        Self { lowest, width: unit, count: most + 1, exact: true, bounds }
    }

    /// `bins` intervals of one width from `lowest` to `highest`.
    pub(super) fn bins((lowest, highest): (f64, f64), bins: usize, bounds: (f64, f64)) -> Self {
        Self { lowest, width: (highest - lowest) / bins as f64, count: bins + 2, exact: false, bounds }
    }

    /// The energy of a level, or the middle of its interval.
    pub(super) fn energy(&self, level: usize) -> f64 {
        let steps = if self.exact { level as f64 } else { level as f64 - 0.5 };
        self.lowest + steps * self.width
    }

    /// Whether a level may be visited: it is in the window, to rounding, and not what lies outside all intervals.
    pub(super) fn allowed(&self, level: usize, window: (f64, f64)) -> bool {
        let slack = 1e-9 * self.width;
        let energy = self.energy(level);
        let inside = self.exact || (1..self.count - 1).contains(&level);
        inside && energy >= window.0 - slack && energy <= window.1 + slack
    }
}

/// A number that energies are reckoned in: steps of a common size, or the energy itself.
pub(super) trait Amount:
    Copy
    + Default
    + PartialOrd
    + std::ops::Add<Output = Self>
    + std::ops::Sub<Output = Self>
    + std::ops::Mul<Output = Self>
    + std::ops::AddAssign
    + From<i8>
{
    /// Whether sums are exact.
    const EXACT: bool;

    /// A number that is whole where it has to be.
    fn of(value: f64) -> Self;

    /// A small number.
    fn of_count(count: usize) -> Self;

    fn as_f64(self) -> f64;

    /// The level of an energy.
    fn level(self, axis: Axis) -> usize;
}

/// What the level of a fractional energy follows from: the lowest one, and levels per unit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axis {
    lowest: f64,
    density: f64,
    last: usize,
}

impl Axis {
    pub(super) fn new(levels: &Levels) -> Self {
        Self { lowest: levels.lowest, density: 1.0 / levels.width, last: levels.count - 1 }
    }
}

impl Amount for i32 {
    const EXACT: bool = true;

    fn of(value: f64) -> Self {
        libm::round(value) as Self
    }

    #[inline(always)]
    fn of_count(count: usize) -> Self {
        count as Self
    }

    fn as_f64(self) -> f64 {
        f64::from(self)
    }

    #[inline(always)]
    fn level(self, _: Axis) -> usize {
        self as usize
    }
}

impl Amount for f64 {
    const EXACT: bool = false;

    fn of(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn of_count(count: usize) -> Self {
        count as Self
    }

    fn as_f64(self) -> f64 {
        self
    }

    /// The conversion takes what lies below all intervals to 0.
    #[inline(always)]
    fn level(self, axis: Axis) -> usize {
        (((self - axis.lowest) * axis.density + 1.0) as usize).min(axis.last)
    }
}

/// The least factor that makes all values whole, to rounding and up to a common measure of their own; `None` where there is
/// none in sight, or no value.
pub(super) fn factor(values: &[f64]) -> Option<f64> {
    let largest = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    // Rounding leaves cos(π/2) at 6e−17.
    let mut kept: Vec<f64> =
        values.iter().map(|value| value.abs()).filter(|v| *v > 1e-14 * largest).collect();
    kept.sort_by(f64::total_cmp);
    kept.dedup();
    let least = *kept.first()?;
    common_factor(kept.iter().copied()).or_else(|| {
        let ratios: Vec<f64> = kept.iter().map(|value| value / least).collect();
        // Such as those of ½ and of what the cosine of 60° is computed to be.
        let close = |factor: f64| {
            let off = |ratio: &f64| (ratio * factor - libm::round(ratio * factor)).abs();
            ratios.iter().all(|ratio| off(ratio) < 1e-13 * ratio * factor && ratio * factor < MOST)
        };
        (1..=64).map(f64::from).find(|factor| close(*factor)).map(|factor| factor / least)
    })
}

/// Whether so many steps are few enough to be told apart.
pub(super) fn few(steps: f64) -> bool {
    steps <= MOST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_make_values_whole_where_they_can_be() {
        assert_eq!(factor(&[1.0, -2.0, 0.0]), Some(1.0));
        assert_eq!(factor(&[0.7, 1.0]), Some(10.0));
        assert_eq!(factor(&[-0.25, 1.5]), Some(4.0));
        let third = factor(&[1.0 / 3.0, -2.0 / 3.0]).unwrap();
        assert!((third - 3.0).abs() < 1e-12);
        let sixth = libm::cos(std::f64::consts::TAU / 6.0);
        assert!((factor(&[1.0, sixth, libm::cos(std::f64::consts::FRAC_PI_2)]).unwrap() - 2.0).abs() < 1e-12);
        assert_eq!(factor(&[1.0, libm::cos(std::f64::consts::TAU / 5.0)]), None);
        assert_eq!(factor(&[0.0]), None);
    }

    #[test]
    fn every_energy_has_one_interval_and_those_outside_have_the_ends() {
        let levels = Levels::bins((-1.0, 2.0), 6, (-1.0, 2.0));
        let axis = Axis::new(&levels);
        for (energy, level) in
            [(-5.0, 0), (-1.01, 0), (-1.0, 1), (-0.51, 1), (-0.49, 2), (1.99, 6), (2.1, 7), (9.0, 7)]
        {
            assert_eq!(f64::level(energy, axis), level, "{energy}");
        }
        let window = (f64::NEG_INFINITY, f64::INFINITY);
        let allowed: Vec<usize> = (0..levels.count).filter(|level| levels.allowed(*level, window)).collect();
        assert_eq!(allowed, [1, 2, 3, 4, 5, 6]);
        assert!((1..=6).all(|level| levels.energy(level).level(axis) == level));
    }
}
