//! The thermodynamics along a curve as the handout lists them.

use super::Ensemble;
use super::figures::{Curve, value};
use crate::kind::StudyPoint;
use crate::number;
use schemars::JsonSchema;
use serde::Serialize;

/// The most rows of the handout's table of thermodynamics.
const ROWS: usize = 9;

/// The thermodynamics of one point.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Thermal {
    /// The temperature T.
    pub temperature: f64,
    /// The logarithm of the partition function, ln Z; empty where it is infinite.
    pub log_partition: Option<f64>,
    /// The same for a formula, to six digits or infinite.
    pub log_partition_shown: String,
    /// The free energy F.
    pub free_energy: f64,
    /// The mean energy U.
    pub energy: f64,
    /// The entropy S.
    pub entropy: f64,
    /// The heat capacity C.
    pub heat_capacity: f64,
}

/// One row of the table of thermodynamics: text, each column rounded alike.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ThermalRow {
    /// The temperature T, a number.
    pub temperature: f64,
    /// The logarithm of the partition function, ln Z.
    pub log_partition: String,
    /// The free energy F.
    pub free_energy: String,
    /// The mean energy U.
    pub energy: String,
    /// The entropy S.
    pub entropy: String,
    /// The heat capacity C.
    pub heat_capacity: String,
}

/// ΔS = ∫ C/T dT, by the trapezoidal rule on the points of the first curve.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Heating {
    /// The integral of C/T.
    pub integral: f64,
    /// The entropy at the last point less that at the first.
    pub rise: f64,
    /// The difference of the two relative to the rise.
    pub difference: f64,
    /// Whether they differ by less than 5 %, so that the grid of temperatures resolves the heat capacity.
    pub resolved: bool,
}

/// The heat taken up along a curve over the temperature.
pub(super) fn heating(curve: &Curve<'_>) -> Option<Heating> {
    let slope =
        |(temperature, point): &(f64, &StudyPoint<'_>)| Some(value(point, "heat_capacity")? / temperature);
    // C/T has no value at T = 0, and heat is not taken up towards lower temperatures.
    if curve.points.first()?.0 <= 0.0 {
        return None;
    }
    let mut integral = 0.0;
    for pair in curve.points.windows(2) {
        integral += 0.5 * (slope(&pair[0])? + slope(&pair[1])?) * (pair[1].0 - pair[0].0);
    }
    let entropy = |point: Option<&(f64, &StudyPoint<'_>)>| value(point?.1, "entropy");
    let rise = entropy(curve.points.last())? - entropy(curve.points.first())?;
    let difference = integral / rise - 1.0;
    (rise > 0.0).then_some(Heating { integral, rise, difference, resolved: difference.abs() < 0.05 })
}

/// The thermodynamics of a point.
pub(super) fn thermal(point: &StudyPoint<'_>) -> Thermal {
    let get = |name: &str| value(point, name).unwrap_or(0.0);
    let log_partition = value(point, "log_partition");
    let infinite = if get("energy") < 0.0 { "\\infty" } else { "-\\infty" };
    Thermal {
        temperature: point.downcast::<Ensemble>().temperature,
        log_partition,
        log_partition_shown: log_partition
            .map_or_else(|| infinite.to_owned(), |log_partition| number::significant(log_partition, 6)),
        free_energy: get("free_energy"),
        energy: get("energy"),
        entropy: get("entropy"),
        heat_capacity: get("heat_capacity"),
    }
}

/// At most [`ROWS`] points of a curve, evenly spread, both ends included.
pub(super) fn rows(curve: &Curve<'_>) -> Vec<ThermalRow> {
    let count = curve.points.len();
    let shown = count.min(ROWS);
    let place = |row: usize| if shown < 2 { 0 } else { (row * (count - 1) + (shown - 1) / 2) / (shown - 1) };
    let at = |row: usize| curve.points[place(row)].1;
    // Each column with as many decimals as give its largest number five digits.
    let column = |name: &str| {
        let size = |row: usize| value(at(row), name).unwrap_or(0.0).abs();
        let largest = (0..shown).map(size).fold(0.0, f64::max);
        let exponent = if largest > 0.0 { libm::floor(libm::log10(largest)) } else { 0.0 };
        (-9.0..=9.0).contains(&exponent).then_some((4.0 - exponent).max(0.0) as usize)
    };
    let names = ["log_partition", "free_energy", "energy", "entropy", "heat_capacity"];
    let places = names.map(column);
    let row = |row: usize| {
        let cell = |index: usize| {
            match value(at(row), names[index]) {
                Some(x) => places[index].map_or_else(|| number::plain(x), |places| number::fixed(x, places)),
                // A continuum has no entropy at T = 0 either.
                None if value(at(row), "entropy").is_none() => "–".to_owned(),
                // ln Z alone has no value, and that at T = 0 alone: it is −E₀/T and goes to infinity.
                None if value(at(row), "energy").is_some_and(|energy| energy > 0.0) => "−∞".to_owned(),
                None => "∞".to_owned(),
            }
        };
        ThermalRow {
            temperature: at(row).downcast::<Ensemble>().temperature,
            log_partition: cell(0),
            free_energy: cell(1),
            energy: cell(2),
            entropy: cell(3),
            heat_capacity: cell(4),
        }
    };
    (0..shown).map(row).collect()
}
