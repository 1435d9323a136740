//! An axis: its ends, its ticks, and its place in plotters as a `Ranged`.

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged};
use std::ops::Range;

use super::sizes::TEXT;
use super::text::width;
use super::ticks::{Tick, Ticks, linear, logarithmic};
use crate::figure::Scale;

/// The room that an axis has for its labels.
#[derive(Debug, Clone, Copy)]
pub(super) enum Room {
    /// Labels stand side by side along this many pixels.
    Along(f64),
    /// Labels stand above each other on this many pixels.
    Up(f64),
}

/// An axis with its ticks.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    /// The value at its left or lower end.
    pub low: f64,
    /// The value at its other end; below `low` for an axis that runs backwards.
    pub high: f64,
    /// Whether equal ratios are equally far apart.
    pub log: bool,
    /// Labelled places.
    pub ticks: Vec<Tick>,
    /// Places marked without a label.
    pub minor: Vec<f64>,
    /// The label of the whole, in label markup, with the power of ten taken out of the tick labels.
    pub label: String,
}

impl Axis {
    /// An axis between two ends, which must differ and be positive where it is logarithmic.
    pub(super) fn new(scale: &Scale, (low, high): (f64, f64), room: Room) -> Self {
        let log = scale.log && scale.categories.is_empty() && low > 0.0 && high > 0.0;
        let ticks = if scale.categories.is_empty() {
            numbers(low, high, log, room)
        } else {
            categories(scale, (low, high), room)
        };
        let factor = format!("×10^{{{}}}", ticks.power.to_string().replace('-', "−"));
        let label = match (ticks.power, scale.label.as_str()) {
            (0, label) => label.to_owned(),
            (_, "") => factor,
            (_, label) => format!("{label} ({factor})"),
        };
        Self { low, high, log, ticks: ticks.labelled, minor: ticks.minor, label }
    }

    /// Where a value lies: 0 at `low`, 1 at `high`. Not finite for what a logarithmic axis cannot show.
    pub(super) fn fraction(&self, value: f64) -> f64 {
        if self.log {
            libm::log(value / self.low) / libm::log(self.high / self.low)
        } else {
            (value - self.low) / (self.high - self.low)
        }
    }

    /// Whether the axis can show a value, within half a per mille of its ends.
    pub(super) fn shows(&self, value: f64) -> bool {
        (-5e-4..=1.000_5).contains(&self.fraction(value))
    }

    /// Width of the widest tick label.
    pub(super) fn label_width(&self) -> f64 {
        self.ticks.iter().map(|tick| width(&tick.label, TEXT, false)).fold(0.0, f64::max)
    }
}

/// As many ticks as the labels leave room for.
fn numbers(low: f64, high: f64, log: bool, room: Room) -> Ticks {
    let make = |count: usize| if log { logarithmic(low, high, count) } else { linear(low, high, count) };
    match room {
        Room::Up(height) => make(((height / 46.0) as usize).clamp(2, 8)),
        Room::Along(length) => {
            let fits = |ticks: &Ticks| {
                let place = Axis { low, high, log, ticks: vec![], minor: vec![], label: String::new() };
                ticks.labelled.windows(2).all(|pair| {
                    let gap = libm::fabs(place.fraction(pair[1].at) - place.fraction(pair[0].at)) * length;
                    let half = |tick: &Tick| width(&tick.label, TEXT, false) / 2.0;
                    gap >= half(&pair[0]) + half(&pair[1]) + 12.0
                })
            };
            let most = ((length / 46.0) as usize).clamp(2, 7);
            let mut ticks = (2..=most).rev().map(make).find(fits).unwrap_or_else(|| make(2));
            if !fits(&ticks) && ticks.labelled.len() > 2 {
                // Keep the ends only: better two names than a smear.
                ticks.labelled.drain(1..ticks.labelled.len() - 1);
            }
            ticks
        }
    }
}

/// The names of the places inside, every second or third … where they stand too densely.
fn categories(scale: &Scale, (low, high): (f64, f64), room: Room) -> Ticks {
    let (Room::Along(length) | Room::Up(length)) = room;
    let words = scale.categories.iter().any(|name| name.chars().any(char::is_alphabetic));
    let each = match room {
        // Words break into lines or stand upright; numbers stay as they are, side by side.
        Room::Along(_) if !words => {
            scale.categories.iter().map(|name| width(name, TEXT, false) + 6.0).fold(15.0, f64::max)
        }
        Room::Along(_) | Room::Up(_) => 15.0,
    };
    let stride = libm::ceil(each * libm::fabs(high - low) / length.max(1.0)).max(1.0) as usize;
    let inside = |at: f64| (low.min(high)..=low.max(high)).contains(&at);
    let labelled = scale
        .categories
        .iter()
        .enumerate()
        .step_by(stride)
        .map(|(index, label)| Tick { at: index as f64, label: label.clone() })
        .filter(|tick| inside(tick.at))
        .collect();
    Ticks { labelled, ..Ticks::default() }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        // What is not finite is never drawn; far-off places stay within the integers.
        let fraction = self.fraction(*value);
        let fraction = if fraction.is_finite() { fraction.clamp(-50.0, 50.0) } else { 0.0 };
        limit.0 + libm::round(f64::from(limit.1 - limit.0) * fraction) as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.iter().map(|tick| tick.at).collect()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_categories_are_thinned_until_they_fit() {
        let mut scale = Scale::linear("Energy");
        scale.categories = (-8..=8).map(|level| (4 * level).to_string()).collect();
        let shown = |room: Room| Axis::new(&scale, (-0.5, 16.5), room).ticks.len();
        assert_eq!(shown(Room::Along(270.0)), 9);
        assert_eq!(shown(Room::Along(700.0)), 17);
        assert_eq!(shown(Room::Up(270.0)), 17);
    }

    #[test]
    fn labels_along_an_axis_never_touch() {
        for length in [120.0, 250.0, 600.0] {
            for (low, high, log) in [
                (0.0, 1.0, false),
                (-1e5, 9e4, false),
                (1e-12, 1e3, true),
                (1.0, 8.0, true),
                (0.0, 1e-4, false),
            ] {
                let scale = Scale { log, ..Scale::linear("*x*") };
                let axis = Axis::new(&scale, (low, high), Room::Along(length));
                assert!(axis.ticks.len() >= 2, "{length} {low} {high} {:?}", axis.ticks);
                let ends: Vec<(f64, f64)> = axis
                    .ticks
                    .iter()
                    .map(|t| (axis.fraction(t.at) * length, width(&t.label, TEXT, false) / 2.0))
                    .collect();
                for pair in ends.windows(2) {
                    assert!(pair[0].0 + pair[0].1 < pair[1].0 - pair[1].1, "{length} {low} {high}");
                }
            }
        }
    }

    #[test]
    fn a_power_taken_out_is_named() {
        let axis = Axis::new(&Scale::linear("Sweeps"), (0.0, 2e6), Room::Along(400.0));
        assert_eq!(axis.label, "Sweeps (×10^{6})");
    }

    #[test]
    fn plotters_maps_with_it() {
        let axis = Axis::new(&Scale::log("t"), (1.0, 100.0), Room::Up(200.0));
        assert_eq!(axis.map(&10.0, (1000, 0)), 500);
        assert_eq!(axis.map(&-1.0, (1000, 0)), 1000);
        assert!(!axis.shows(-1.0) && axis.shows(100.0));
    }
}
