//! What the handout of walks on a landscape can say.

use super::super::compare::{Agreement, agreement};
use super::{WalkExperiment, crossings};
use crate::exact::continuum::surface::Surface;
use crate::fact::Measured;
use crate::kind::{Study, StudyPoint};
use crate::record::Estimate;
use crate::statistics::intervals::chi_squared_upper;
use schemars::JsonSchema;
use serde::Serialize;

/// The facts of a study of walks.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::kinds::sweep) struct WalkFacts {
    /// The function's name in the experiment's file, such as `double_well`, at the first point.
    pub function: &'static str,
    /// The dimensions of the landscape, 1 or 2.
    pub dimensions: usize,
    /// The lower end of the box, along each axis.
    pub low: f64,
    /// The upper end of it.
    pub high: f64,
    /// The parameters of the function that are numbers, at the first point.
    pub parameters: Vec<Parameter>,
    /// Whether any point was sampled by Langevin's dynamics.
    pub langevin: bool,
    /// Whether any point was sampled by Metropolis' displacements.
    pub metropolis: bool,
    /// The shortest time step of Langevin's dynamics; empty without it.
    pub step_least: Option<f64>,
    /// The longest of them; empty without Langevin's dynamics.
    pub step_most: Option<f64>,
    /// The least share of moves accepted at any point.
    pub acceptance_least: f64,
    /// The energies against quadrature; empty where none is known.
    pub energies: Option<Agreement>,
    /// The mean places against quadrature; empty where none is known.
    pub places: Option<Agreement>,
    /// The points in order of temperature.
    pub rows: Vec<Row>,
    /// Crossings between two wells; empty where the landscape has not two, or where points differ in the landscape or in the clock.
    pub crossings: Option<CrossingFacts>,
}

/// A parameter of the energy function.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::kinds::sweep) struct Parameter {
    /// Its key in the experiment's file.
    pub name: &'static str,
    /// Its symbol in LaTeX, without dollar signs.
    pub symbol: &'static str,
    /// Its value.
    pub value: f64,
}

/// One point.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::kinds::sweep) struct Row {
    /// The temperature.
    pub temperature: f64,
    /// The mean energy.
    pub energy: Measured,
    /// The exact mean energy; empty where it is not known.
    pub energy_exact: Option<f64>,
    /// The mean of x.
    pub place: Measured,
    /// The exact mean of x; empty where it is not known.
    pub place_exact: Option<f64>,
    /// The integrated autocorrelation time τ of the energy, in sweeps.
    pub tau_energy: Measured,
    /// The same of x.
    pub tau_place: Measured,
}

/// Crossings between two wells.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::kinds::sweep) struct CrossingFacts {
    /// The bottom of the left well.
    pub left: f64,
    /// The crest between the wells.
    pub top: f64,
    /// The bottom of the right well.
    pub right: f64,
    /// The height of the crest above the left bottom.
    pub height_left: f64,
    /// The height of the crest above the right bottom.
    pub height_right: f64,
    /// Whether both bottoms have one energy.
    pub level: bool,
    /// Whether all points are of Langevin's dynamics, for which rates are per time and exact ones are known.
    pub timed: bool,
    /// The points with an error of the rate, in order of temperature.
    pub rows: Vec<CrossingRow>,
    /// The rates against the exact ones; empty where none is known.
    pub rates: Option<Agreement>,
    /// Minus the slope of a weighted straight line through ln k against 1/T; empty with fewer than three rates.
    pub slope: Option<Slope>,
}

/// The rate of crossings at one point.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::kinds::sweep) struct CrossingRow {
    /// The temperature.
    pub temperature: f64,
    /// Its inverse.
    pub inverse: f64,
    /// The number of crossings seen, of either direction.
    pub crossings: f64,
    /// Crossings of either direction per unit of time.
    pub rate: Measured,
    /// The same from the mean first-passage times; empty for Metropolis'.
    pub exact: Option<f64>,
    /// The same from Kramers' rates out of both wells; empty for Metropolis'.
    pub kramers: Option<f64>,
    /// Kramers' rate over the exact one; empty for Metropolis'.
    pub ratio: Option<f64>,
}

/// A straight line through the logarithms of rates.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::kinds::sweep) struct Slope {
    /// Minus the slope of the measured ones.
    pub measured: Measured,
    /// Minus the slope of the exact ones, with the same weights; empty where they are not known.
    pub exact: Option<f64>,
    /// The sum of squared deviations from the line in units of the errors.
    pub chi2: f64,
    /// The number of rates less two.
    pub freedom: usize,
    /// The probability that a straight law gives so large a sum, or a larger one.
    pub p: f64,
}

/// The points in order of temperature.
pub(super) fn ordered<'a>(study: &'a Study<'_>) -> Vec<&'a StudyPoint<'a>> {
    let mut points: Vec<&StudyPoint<'_>> = study.points.iter().collect();
    points.sort_by(|a, b| temperature(a).total_cmp(&temperature(b)));
    points
}

pub(super) fn temperature(point: &StudyPoint<'_>) -> f64 {
    point.downcast::<WalkExperiment>().temperature
}

/// Whether all points have one landscape.
pub(super) fn one_landscape(study: &Study<'_>) -> bool {
    let of = |point: &StudyPoint<'_>| point.downcast::<WalkExperiment>().continuum.clone();
    study.points.windows(2).all(|pair| of(&pair[0]) == of(&pair[1]))
}

fn exact(estimate: Option<&Estimate>) -> Option<f64> {
    estimate.and_then(|estimate| estimate.reference).map(|(value, _)| value)
}

/// The facts; the study has points, all of them walks.
pub(super) fn facts(study: &Study<'_>) -> WalkFacts {
    let points = ordered(study);
    let first = study.points[0].downcast::<WalkExperiment>();
    let experiments = || points.iter().map(|point| point.downcast::<WalkExperiment>());
    let steps = || experiments().filter_map(|experiment| experiment.step);
    let row = |point: &&StudyPoint<'_>| {
        let (energy, place) = (point.analysis.get("energy"), point.analysis.get("position"));
        Row {
            temperature: temperature(point),
            energy: Measured::of(energy),
            energy_exact: exact(energy),
            place: Measured::of(place),
            place_exact: exact(place),
            tau_energy: Measured::tau(energy),
            tau_place: Measured::tau(place),
        }
    };
    let accepted = points.iter().filter_map(|point| point.analysis.get("acceptance")?.value);
    // Rates per time and rates per sweep are no two of a kind.
    let clocks = experiments().any(|one| one.step.is_some()) && experiments().any(|one| one.step.is_none());
    let comparable = one_landscape(study) && !clocks;
    WalkFacts {
        function: first.continuum.surface.name(),
        dimensions: first.continuum.dimensions(),
        low: first.continuum.low,
        high: first.continuum.high,
        parameters: parameters(first.continuum.surface),
        langevin: steps().count() > 0,
        metropolis: experiments().any(|experiment| experiment.step.is_none()),
        step_least: steps().reduce(f64::min),
        step_most: steps().reduce(f64::max),
        acceptance_least: accepted.fold(1.0, f64::min),
        energies: agreement(study, "energy"),
        places: agreement(study, "position"),
        rows: points.iter().map(row).collect(),
        crossings: comparable.then(|| crossing_facts(study, &points)).flatten(),
    }
}

fn parameters(surface: Surface) -> Vec<Parameter> {
    let all = match surface {
        Surface::Quadratic { dimensions, curvature, skew } => {
            [("curvature", "c", curvature), ("skew", r"\rho", skew)][..dimensions].to_vec()
        }
        Surface::DoubleWell { dimensions, barrier, distance, tilt, stiffness, squeeze } => [
            ("barrier", "b", barrier),
            ("distance", "a", distance),
            ("tilt", "t", tilt),
            ("stiffness", "k", stiffness),
            ("squeeze", "s", squeeze),
        ][..if dimensions == 1 { 3 } else { 5 }]
            .to_vec(),
        Surface::Rastrigin { curvature, amplitude, .. } => {
            vec![("curvature", "c", curvature), ("amplitude", "A", amplitude)]
        }
    };
    all.into_iter().map(|(name, symbol, value)| Parameter { name, symbol, value }).collect()
}

/// Minus the slope of a weighted straight line through (x, ln y), its error, and χ².
fn line(points: &[(f64, f64, f64)]) -> (f64, f64, f64) {
    let sum = |term: &dyn Fn(f64, f64) -> f64| -> f64 {
        points.iter().map(|(x, y, relative)| term(*x, libm::log(*y)) / (relative * relative)).sum()
    };
    let weight = sum(&|_, _| 1.0);
    let (x, y) = (sum(&|x, _| x) / weight, sum(&|_, y| y) / weight);
    let spread = sum(&|at, _| (at - x) * (at - x));
    let slope = sum(&|at, value| (at - x) * (value - y)) / spread;
    let chi2 = sum(&|at, value| {
        let off = value - y - slope * (at - x);
        off * off
    });
    (-slope, 1.0 / libm::sqrt(spread), chi2)
}

fn crossing_facts(study: &Study<'_>, points: &[&StudyPoint<'_>]) -> Option<CrossingFacts> {
    let first = study.points[0].downcast::<WalkExperiment>();
    let wells = first.continuum.wells()?;
    let row = |point: &&StudyPoint<'_>| {
        let estimate = point.analysis.get("crossing_rate")?;
        let table = point.analysis.table(crossings::NAME)?;
        // 2/(1/k₁ + 1/k₂) of Kramers' rates, as the rate of either direction is of the inverse times.
        let both = table.numbers("kramers");
        let kramers = (both.len() == 2).then(|| 2.0 / (1.0 / both[0] + 1.0 / both[1]));
        let exact = exact(Some(estimate));
        estimate.std_error?;
        Some(CrossingRow {
            temperature: temperature(point),
            inverse: 1.0 / temperature(point),
            crossings: table.numbers("crossings").iter().sum(),
            rate: Measured::of(Some(estimate)),
            exact,
            kramers,
            ratio: kramers.zip(exact).map(|(kramers, exact)| kramers / exact),
        })
    };
    let rows: Vec<CrossingRow> = points.iter().filter_map(row).collect();
    let measured: Vec<(f64, f64, f64)> = rows
        .iter()
        .filter_map(|row| Some((row.inverse, row.rate.value?, row.rate.error? / row.rate.value?)))
        .collect();
    let known: Option<Vec<(f64, f64, f64)>> =
        rows.iter().zip(&measured).map(|(row, point)| Some((point.0, row.exact?, point.2))).collect();
    let temperatures = measured.iter().map(|point| point.0);
    let wide = temperatures.clone().fold(0.0, f64::max) > temperatures.fold(f64::INFINITY, f64::min);
    let slope = (measured.len() > 2 && measured.len() == rows.len() && wide).then(|| {
        let (slope, error, chi2) = line(&measured);
        let freedom = measured.len() - 2;
        Slope {
            measured: Measured::new(slope, error),
            exact: known.map(|known| line(&known).0),
            chi2,
            freedom,
            p: chi_squared_upper(chi2, freedom as f64),
        }
    });
    let [height_left, height_right] =
        crate::exact::continuum::escape::Side::BOTH.map(|side| first.continuum.height(wells, side));
    Some(CrossingFacts {
        left: wells.left,
        top: wells.top,
        right: wells.right,
        height_left,
        height_right,
        level: (height_left - height_right).abs() < 1e-9 * height_left,
        timed: points.iter().all(|point| point.downcast::<WalkExperiment>().step.is_some()),
        rates: agreement(study, "crossing_rate"),
        rows,
        slope,
    })
}
