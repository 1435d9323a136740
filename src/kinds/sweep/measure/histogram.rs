//! The distribution of the energy with errors: at a transition of first order it has two peaks.

use super::super::analyse::{FEW_SAMPLES, LARGE_R_HAT, Observable, slices};
use super::super::chains;
use super::super::layout::{Curve, Layout};
use super::super::peaks::plain_label;
use super::super::spec::SweepExperiment;
use crate::fact::Measured;
use crate::figure::{Chart, Figure, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::{Study, StudyPoint};
use crate::number;
use crate::record::Table;
use crate::statistics::jackknife::Blocks;
use schemars::JsonSchema;
use serde::Serialize;

/// Bins between the lowest and the highest energy.
const BINS: usize = 40;
/// A valley is one where its depth is this many standard errors; the extremes of some dozens of bins are two or three off by chance.
const LEAST_PULL: f64 = 5.0;

/// Samples that count less than this, where those that count alike count 1, do not widen the range of the intervals.
const LEAST_WEIGHT: f64 = 1e-3;

/// The density of the energy per site over equal intervals; where samples count by `weights`, Σ w over those within, over Σ w.
pub(super) fn table(
    experiment: &SweepExperiment,
    energy: &Observable,
    weights: Option<&Observable>,
) -> Table {
    let mut table = Table::new(
        "histogram",
        "The distribution of the energy per site over all measured sweeps: its density in equal intervals about the energies given, with \
         errors that count the memory of the chain.",
        &["energy_per_site", "density", "std_error"],
    );
    let values = || energy.replicas.iter().flatten().copied();
    let alike: Vec<Vec<f64>> = energy.replicas.iter().map(|values| vec![1.0; values.len()]).collect();
    let tau = energy.tau().max(weights.map_or(0.5, Observable::tau));
    let weights = weights.map_or(&alike, |weights| &weights.replicas);
    let weighed = || values().zip(weights.iter().flatten().copied());
    let (low, high) = weighed()
        .filter(|(_, weight)| *weight >= LEAST_WEIGHT)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), (x, _)| (a.min(x), b.max(x)));
    if low >= high {
        return table;
    }
    // Energies that are a multiple of a level spacing apart share a bin with equally many others: no bin is narrower than 4/N.
    let least = 4.0 / experiment.sites as f64;
    let width = least * libm::ceil((high - low) / (BINS as f64 * least)).max(1.0);
    // Off the middle between two energies, where rounding would decide.
    let start = low - 0.5 * width - 0.1 * least;
    let bins = libm::floor((high - start) / width) as usize + 1;
    let mut hits = vec![0.0; values().count()];
    let total: f64 = weights.iter().flatten().sum();
    for bin in 0..bins {
        let (from, to) = (start + bin as f64 * width, start + (bin + 1) as f64 * width);
        for (hit, (x, weight)) in hits.iter_mut().zip(weighed()) {
            *hit = if x >= from && x < to { weight / width } else { 0.0 };
        }
        let mut rest = hits.as_slice();
        let replicas = energy.replicas.iter().map(|values| {
            let (own, others) = rest.split_at(values.len());
            rest = others;
            own
        });
        let replicas: Vec<&[f64]> = replicas.collect();
        let mean = hits.iter().sum::<f64>() / total;
        let columns = [replicas, slices(weights)];
        let found =
            Blocks::new(&columns, tau).and_then(|blocks| blocks.estimate(|means| means[0] / means[1]));
        let error = found.map(|found| found.std_error).filter(|error| *error > 0.0);
        table.push(vec![(0.5 * (from + to)).into(), mean.into(), error.into()]);
    }
    table
}

/// The densities of a point: energy and density.
fn densities(point: &StudyPoint<'_>) -> Vec<(f64, Measured)> {
    let Some(table) = point.analysis.table("histogram") else { return Vec::new() };
    let rows = table.rows.iter().filter_map(|row| {
        Some((row[0].number()?, Measured { value: row[1].number(), error: row[2].number() }))
    });
    rows.collect()
}

/// The place on a curve where the energy fluctuates most.
fn widest(curve: &Curve<'_>) -> Option<usize> {
    let spread = |at: &usize| {
        let (_, point) = &curve.points[*at];
        let heat = point.analysis.get("specific_heat").and_then(|estimate| estimate.value).unwrap_or(0.0);
        let temperature = point.downcast::<SweepExperiment>().temperature;
        heat * temperature * temperature
    };
    let asked = |at: &usize| {
        curve.points[*at].1.analysis.table("histogram").is_some_and(|table| !table.rows.is_empty())
    };
    (0..curve.points.len()).filter(asked).max_by(|a, b| spread(a).total_cmp(&spread(b)))
}

/// What the handout says of the distribution of the energy.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::kinds::sweep) struct HistogramFacts {
    /// Each curve where its energy fluctuates most.
    pub rows: Vec<Valley>,
    /// Whether any of them has two peaks.
    pub two_peaks: bool,
    /// Whether the chains of any of them are too short to tell.
    pub too_short: bool,
}

/// The distribution of one curve at the temperature where the energy fluctuates most.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::kinds::sweep) struct Valley {
    /// The curve's name, in Markdown; empty for the only curve.
    pub label: String,
    /// The temperature.
    pub temperature: f64,
    /// Whether a valley between two peaks is more than chance: five standard errors deep.
    pub two_peaks: bool,
    /// The energy per site of the lower peak; empty without a valley.
    pub low: Option<f64>,
    /// The energy per site of the upper peak; empty without a valley.
    pub high: Option<f64>,
    /// The logarithm of the lower of both peaks over the valley's floor; empty without a valley.
    pub depth: Measured,
}

/// The deepest valley between two peaks of a distribution: the energies of the peaks, and ln(lower peak/floor).
fn valley(densities: &[(f64, Measured)]) -> Option<(f64, f64, Measured)> {
    let value = |at: usize| densities[at].1.value.unwrap_or(0.0);
    let top = |range: std::ops::Range<usize>| range.max_by(|a, b| value(*a).total_cmp(&value(*b)));
    let mut best: Option<(f64, f64, Measured)> = None;
    for floor in 1..densities.len().saturating_sub(1) {
        let (Some(left), Some(right)) = (top(0..floor), top(floor + 1..densities.len())) else { continue };
        let lower = if value(left) < value(right) { left } else { right };
        if value(floor) <= 0.0 || value(lower) <= value(floor) {
            continue;
        }
        let ratio = densities[lower].1.over(densities[floor].1);
        let depth = Measured {
            value: ratio.value.map(libm::log),
            error: ratio.value.zip(ratio.error).map(|(value, error)| error / value),
        };
        if depth.pull() > best.as_ref().and_then(|(_, _, depth)| depth.pull()) {
            best = Some((densities[left].0, densities[right].0, depth));
        }
    }
    best
}

pub(super) fn facts(layout: &Layout<'_>) -> Option<HistogramFacts> {
    let row = |curve: &Curve<'_>| {
        let (_, point) = &curve.points[widest(curve)?];
        let found = valley(&densities(point)).filter(|(_, _, depth)| depth.pull() > Some(LEAST_PULL));
        Some(Valley {
            label: plain_label(&curve.label),
            temperature: point.downcast::<SweepExperiment>().temperature,
            two_peaks: found.is_some(),
            low: found.map(|(low, ..)| low),
            high: found.map(|(_, high, _)| high),
            depth: found.map_or_else(Measured::default, |(.., depth)| depth),
        })
    };
    let rows: Vec<Valley> = layout.curves.iter().filter_map(row).collect();
    let short = |curve: &Curve<'_>| {
        let energy = curve.points[widest(curve)?].1.analysis.get("energy_per_site")?;
        let few = energy.ess.is_none_or(|ess| ess < FEW_SAMPLES);
        Some(few || energy.r_hat.is_some_and(|r_hat| r_hat > LARGE_R_HAT))
    };
    (!rows.is_empty()).then(|| HistogramFacts {
        two_peaks: rows.iter().any(|row| row.two_peaks),
        too_short: layout.curves.iter().filter_map(short).any(|short| short),
        rows,
    })
}

/// The distributions of the largest system at and beside the temperature of the largest fluctuation, and of all sizes at theirs.
pub(super) fn figure(study: &Study<'_>, layout: &Layout<'_>) -> Option<Figure> {
    let asked = layout.curves.iter().filter(|curve| widest(curve).is_some());
    let largest = asked.max_by_key(|curve| curve.experiment().sites)?;
    let series = |label: String, index: usize, point: &StudyPoint<'_>| Series {
        label,
        mark: Mark::Points,
        role: Role::Data(index),
        points: densities(point)
            .into_iter()
            .filter_map(|(energy, density)| {
                let value = density.value?;
                Some(
                    density
                        .error
                        .map_or(Point::new(energy, value), |error| Point::with_error(energy, value, error)),
                )
            })
            .collect(),
    };
    let temperature = |point: &StudyPoint<'_>| {
        format!("*T* = {}", number::plain(point.downcast::<SweepExperiment>().temperature))
    };
    let chart = |title: &str, series: Vec<Series>| {
        Panel::Chart(Chart {
            title: title.to_owned(),
            x: Scale::linear("energy per site *E* / *N*"),
            y: Scale::linear("density"),
            series,
            guides: Vec::new(),
            pulls: false,
        })
    };
    let middle = widest(largest)?;
    let beside = if layout.is_temperature {
        middle.saturating_sub(1)..(middle + 2).min(largest.points.len())
    } else {
        middle..middle + 1
    };
    let near = beside.enumerate().map(|(index, at)| {
        let point = largest.points[at].1;
        series(temperature(point), index, point)
    });
    let title = if largest.label.is_empty() { String::new() } else { largest.label.clone() };
    let mut panels = vec![chart(&title, near.collect())];
    if layout.curves.len() > 1 {
        let all = layout.curves.iter().enumerate().filter_map(|(index, curve)| {
            let point = curve.points[widest(curve)?].1;
            Some(series(format!("{}, {}", curve.label, temperature(point)), index, point))
        });
        panels.push(chart("Where the energy fluctuates most", all.collect()));
    }
    Some(Figure {
        id: "histogram".to_owned(),
        title: "Distribution of the energy".to_owned(),
        subtitle: chains::updates(study),
        caption: format!(
            "Density of the energy per site over the measured sweeps{}. Bars are one standard error $\\sigma$.{}",
            if panels.len() > 1 {
                ": left, of the largest system at the temperature at which its energy fluctuates most and at the measured ones beside; right, of every \
                 curve where its own energy fluctuates most"
            } else if layout.is_temperature {
                " at the temperature at which it fluctuates most and at the measured ones beside"
            } else {
                ""
            },
            chains::provenance(study)
        ),
        columns: panels.len(),
        panels,
        frames: None,
    })
}
