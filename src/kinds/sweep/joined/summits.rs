//! Where specific heat and susceptibility are largest, between the sampled temperatures.

use super::super::layout::Curve;
use super::super::peaks::{exact_maximum, plain_label};
use super::super::spec::SweepExperiment;
use super::Joined;
use super::smooth::{Place, per_site};
use crate::fact::Measured;
use crate::statistics::jackknife::Jackknifed;
use crate::statistics::reweighting::Reweighting;
use schemars::JsonSchema;
use serde::Serialize;

/// The places of the quantities that have peaks, in [`Place::values`].
pub(super) const HEAT: usize = 1;
pub(super) const SUSCEPTIBILITY: usize = 3;

/// A parabola through three temperatures moves to its own maximum so many times with wide steps, and then with narrow
/// ones.
const ROUNDS: usize = 3;
/// The narrow step over the wide one.
const NARROW: f64 = 0.25;

/// A peak with its errors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) struct Summit {
    /// Where it is.
    pub temperature: Jackknifed,
    /// How high.
    pub height: Jackknifed,
}

/// The peaks of one curve, for the template.
#[derive(Debug, Serialize, JsonSchema)]
pub(in super::super) struct SummitFact {
    /// The curve's name, in Markdown.
    pub label: String,
    /// The temperature of the largest specific heat; empty where it lies at an end.
    pub heat_temperature: Measured,
    /// The largest specific heat.
    pub heat: Measured,
    /// The temperature of the exact maximum, where it is known.
    pub exact_temperature: Option<f64>,
    /// The exact maximum.
    pub exact_heat: Option<f64>,
    /// The temperature of the largest susceptibility of |m|; empty where it lies at an end.
    pub susceptibility_temperature: Measured,
    /// The largest susceptibility.
    pub susceptibility: Measured,
}

impl SummitFact {
    /// The peaks of a joined curve; `None` without any.
    pub(super) fn of(joined: &Joined, curve: &Curve<'_>) -> Option<Self> {
        let highest = |pick: fn(&super::Piece) -> Option<Summit>| {
            let all = joined.pieces.iter().filter_map(pick);
            all.max_by(|a, b| a.height.value.total_cmp(&b.height.value))
        };
        let (heat, susceptibility) = (highest(|piece| piece.heat), highest(|piece| piece.susceptibility));
        heat.or(susceptibility)?;
        let measured = |found: Option<Jackknifed>| {
            found.map_or_else(Measured::default, |found| Measured::new(found.value, found.std_error))
        };
        let exact = heat.and_then(|_| exact_maximum(curve));
        Some(Self {
            label: plain_label(&joined.label),
            heat_temperature: measured(heat.map(|summit| summit.temperature)),
            heat: measured(heat.map(|summit| summit.height)),
            exact_temperature: exact.map(|(temperature, _)| temperature),
            exact_heat: exact.map(|(_, heat)| heat),
            susceptibility_temperature: measured(susceptibility.map(|summit| summit.temperature)),
            susceptibility: measured(susceptibility.map(|summit| summit.height)),
        })
    }
}

/// The maximum of one of the averages, when it lies between two places of the grid that are both lower.
///
/// From the highest place of the grid, and in every row of the jackknife again, the maximum of a parabola through
/// three temperatures becomes the middle one of the next three.
pub(super) fn summit(
    reweighting: &Reweighting,
    experiment: &SweepExperiment,
    places: &[Place],
    quantity: usize,
) -> Option<Summit> {
    let heights: Vec<f64> = places
        .iter()
        .map(|place| place.values[quantity].map_or(f64::NEG_INFINITY, |found| found.value))
        .collect();
    let top = (0..heights.len()).max_by(|a, b| heights[*a].total_cmp(&heights[*b]))?;
    let (before, after) = (top.checked_sub(1)?, Some(top + 1).filter(|after| *after < places.len())?);
    let start = places[top].temperature;
    let step = (start - places[before].temperature).min(places[after].temperature - start);
    let found = reweighting.estimate(|solution| {
        let height = |temperature: f64| {
            let averages = solution.density.averages(1.0 / temperature);
            per_site(&averages, experiment.sites as f64, temperature)[quantity]
        };
        let mut middle = start;
        for width in [step, NARROW * step] {
            for _ in 0..ROUNDS {
                let [low, here, high] = [middle - width, middle, middle + width].map(height);
                let bend = high - 2.0 * here + low;
                let shift = if bend < 0.0 {
                    0.5 * width * (low - high) / bend
                } else {
                    width * (high - low).signum()
                };
                middle += shift.clamp(-2.0 * width, 2.0 * width);
            }
        }
        // A row that has it wander off has no maximum near by.
        let near = libm::fabs(middle - start) < 6.0 * step;
        if near { vec![middle, height(middle)] } else { vec![f64::NAN, f64::NAN] }
    });
    let [Some(temperature), Some(height)] = found[..] else { return None };
    Some(Summit { temperature, height })
}
