//! Partition functions from samplers that come down from infinite temperature.

use super::analyse::exact_log_partition;
use super::chains;
use super::joined::Joined;
use super::layout::Layout;
use super::peaks::plain_label;
use super::spec::SweepExperiment;
use crate::exact::boltzmann::log_mean_exp;
use crate::fact::Measured;
use crate::figure::{Chart, Figure, Guide, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::Study;
use crate::record::{Cell, Record, Table};
use crate::statistics::jackknife::{delete_one, of_few};
use schemars::JsonSchema;
use serde::Serialize;

const NAME: &str = "partition";

/// ln Z(T) − ln Z(∞) with its error, and what follows; `None` where the sampler does not give it.
///
/// Each replica's estimate of Z has no bias, so that the mean of Z is taken, and its logarithm. The error is that of a
/// jackknife over the replicas, widened for few of them ([`of_few`]); of a single one there is none.
pub(super) fn table(experiment: &SweepExperiment, records: &[Record]) -> Option<Table> {
    let logs: Vec<f64> = records.iter().filter_map(|record| record.scalar("log_partition")).collect();
    if logs.is_empty() || logs.len() < records.len() {
        return None;
    }
    let mut table = Table::new(
        NAME,
        "ln Z(T) - ln Z(infinity) by the sampler itself, its error from the scatter of the replicas, widened by Student's distribution, and the exact \
         value; the free energy per site that follows where the number of states is known, and its exact value.",
        &[
            "log_partition_ratio",
            "log_partition_ratio_error",
            "exact_log_partition_ratio",
            "free_energy_per_site",
            "free_energy_per_site_error",
            "exact_free_energy_per_site",
        ],
    );
    let (temperature, sites) = (experiment.temperature, experiment.sites as f64);
    let value = log_mean_exp(&logs);
    let error = delete_one(&logs, log_mean_exp).map(|error| of_few(error, logs.len()));
    let states = experiment.model.log_states();
    let exact = states.and_then(|_| exact_log_partition(experiment, temperature));
    let free = |log: f64| -temperature * log / sites;
    table.push(vec![
        value.into(),
        error.into(),
        exact.zip(states).map(|(exact, states)| exact - states).into(),
        states.map(|states| free(states + value)).into(),
        states.and(error).map(|error| temperature * error / sites).into(),
        exact.map(free).into(),
    ]);
    Some(table)
}

/// The lowest temperature of a curve whose sampler gives its ln Z.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PartitionRow {
    /// The curve's name, in Markdown.
    pub label: String,
    /// The lowest temperature T₀.
    pub temperature: f64,
    /// ln Z(T₀) − ln Z(∞).
    pub ratio: Measured,
    /// The same exactly; empty where that is not known.
    pub exact: Option<f64>,
    /// The free energy per site F/N at T₀.
    pub free_energy: Measured,
    /// The same exactly.
    pub exact_free_energy: Option<f64>,
    /// Over all temperatures of the curve, the largest |z| of ln Z against the exact one; empty without it.
    pub worst: Option<f64>,
    /// The number of temperatures.
    pub count: usize,
}

/// A row for each curve whose sampler gives ln Z.
pub(super) fn facts(layout: &Layout<'_>) -> Vec<PartitionRow> {
    let row = |curve: &super::layout::Curve<'_>| {
        let cells: Vec<(f64, &Vec<Cell>)> = curve
            .points
            .iter()
            .filter_map(|(_, point)| {
                let temperature = point.downcast::<SweepExperiment>().temperature;
                Some((temperature, point.analysis.table(NAME)?.rows.first()?))
            })
            .collect();
        let number = |row: &[Cell], at: usize| row.get(at).and_then(Cell::number);
        let (temperature, lowest) = cells.iter().min_by(|a, b| a.0.total_cmp(&b.0))?;
        let measured = |at: usize| Measured { value: number(lowest, at), error: number(lowest, at + 1) };
        let pull = |row: &Vec<Cell>| {
            let error = number(row, 1).filter(|error| *error > 0.0)?;
            Some(libm::fabs(number(row, 0)? - number(row, 2)?) / error)
        };
        Some(PartitionRow {
            label: plain_label(&curve.label),
            temperature: *temperature,
            ratio: measured(0),
            exact: number(lowest, 2),
            free_energy: measured(3),
            exact_free_energy: number(lowest, 5),
            worst: cells.iter().filter_map(|(_, row)| pull(row)).max_by(f64::total_cmp),
            count: cells.len(),
        })
    };
    layout.curves.iter().filter_map(row).collect()
}

/// The free energies of all curves that have absolute ones, and how far they are from the exact ones; nothing unless a sampler
/// gives ln Z by itself.
pub(super) fn figure(study: &Study<'_>, layout: &Layout<'_>, joined: &[Joined]) -> Option<Figure> {
    let (mut free, mut off, mut exact) = (Vec::new(), Vec::new(), Vec::<Point>::new());
    let mut alone = false;
    for (index, curve) in layout.curves.iter().enumerate() {
        let of_points = curve.points.iter().filter_map(|(_, point)| {
            let row = point.analysis.table(NAME)?.rows.first()?;
            let number = |at: usize| row.get(at).and_then(Cell::number);
            let temperature = point.downcast::<SweepExperiment>().temperature;
            Some((temperature, number(3)?, number(4), number(5)))
        });
        let mut found: Vec<(f64, f64, Option<f64>, Option<f64>)> = of_points.collect();
        alone |= !found.is_empty();
        for place in joined
            .iter()
            .filter(|joined| joined.index == index)
            .flat_map(|joined| joined.pieces.iter().flat_map(|piece| &piece.free.places))
        {
            let Some(free) = place.free_energy else { continue };
            found.push((place.temperature, free.value, Some(free.std_error), place.exact_free_energy));
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        let point = |x: f64, y: f64, error: Option<f64>| match error {
            Some(error) => Point::with_error(x, y, error),
            None => Point::new(x, y),
        };
        let series = |points: Vec<Point>| Series {
            label: curve.label.clone(),
            mark: Mark::Scatter,
            role: Role::Data(index),
            points,
        };
        free.push(series(found.iter().map(|(x, y, error, _)| point(*x, *y, *error)).collect()));
        let deviation = |(x, y, error, known): &(f64, f64, Option<f64>, Option<f64>)| {
            Some(point(*x, 1e3 * (y - (*known)?), error.map(|error| 1e3 * error)))
        };
        off.push(series(found.iter().filter_map(deviation).collect()));
        exact.extend(found.iter().filter_map(|(x, _, _, known)| Some(Point::new(*x, (*known)?))));
    }
    if !alone {
        return None;
    }
    exact.sort_by(|a, b| a.x.total_cmp(&b.x));
    exact.dedup_by(|a, b| a.x == b.x);
    for all in [&mut free, &mut off] {
        all.retain(|series| !series.points.is_empty());
    }
    let chart = |title: &str, y: &str, series: Vec<Series>, guides: Vec<Guide>| {
        Panel::Chart(Chart {
            title: title.to_owned(),
            x: Scale::linear(layout.x_label.clone()),
            y: Scale::linear(y),
            series,
            guides,
            pulls: false,
        })
    };
    let line = Series { label: "exact".to_owned(), mark: Mark::Line, role: Role::Reference, points: exact };
    let with_line = (!line.points.is_empty()).then_some(line).into_iter().chain(free).collect();
    let mut panels = vec![chart("Free energy per site", "*F* / *N*", with_line, Vec::new())];
    if !off.is_empty() {
        let zero = Guide { vertical: false, at: 0.0, label: String::new() };
        panels.push(chart("Less the exact one", "10^{3} (*F* − exact) / *N*", off, vec![zero]));
    }
    Some(Figure {
        id: "free-energies".to_owned(),
        title: "Free energies by every road".to_owned(),
        subtitle: chains::updates(study),
        caption: format!(
            "Free energy per site{}. Bars are one standard error $\\sigma$, common to neighbouring points of a curve for the most part.{}",
            if panels.len() > 1 { ", and a thousand times its deviation from the exact one" } else { "" },
            chains::provenance(study)
        ),
        columns: panels.len(),
        panels,
        frames: None,
    })
}
