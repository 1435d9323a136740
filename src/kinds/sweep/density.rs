//! The density of states from samplers that visit all energies.

use super::chains;
use super::layout::{Curve, Layout};
use super::peaks::plain_label;
use super::spec::SweepExperiment;
use crate::exact::torus_levels::log_density_of_states;
use crate::fact::Measured;
use crate::figure::{Chart, Figure, Guide, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::Study;
use crate::models::Model;
use crate::record::{Cell, Record, Table};
use schemars::JsonSchema;
use serde::Serialize;
use std::ops::ControlFlow;

const NAME: &str = "density_of_states";

/// Energies closer than this share of their size are one level.
const ALIKE: f64 = 1e-9;
/// Exact densities are counted up to this many states.
const MOST_COUNTED: f64 = 65_536.0;
/// Most levels that a figure marks.
const MARKED: usize = 60;
/// A temperature so high beside all energies that every state is as likely.
const HOT: f64 = 1e12;

/// Keeps what a run tells.
pub(super) fn store(density: &[crate::samplers::ladder::LogDensity], record: &mut Record) {
    if !density.is_empty() {
        let values = density.iter().flat_map(|level| [level.energy, level.value, level.std_error]).collect();
        record.put_array(NAME, vec![density.len(), 3], values);
    }
}

/// ln g(E) with errors, level by level; `None` where the run at this point does not tell.
///
/// Replicas have weights of their own, so that each gives ln g and its error by itself; their mean is taken, with the error
/// √(Σ σ²)/R of the R that visited the level often enough.
pub(super) fn table(experiment: &SweepExperiment, records: &[Record]) -> Option<Table> {
    let mut found: Vec<(f64, f64, f64)> = records
        .iter()
        .flat_map(|record| record.series(NAME).chunks_exact(3).map(|row| (row[0], row[1], row[2])))
        .collect();
    if found.is_empty() {
        return None;
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut table = Table::new(
        NAME,
        "ln g(E), the logarithm of the number of states of each energy, from all runs that served this curve, with its standard error; the exact one \
         where it can be had; and how many replicas visited the level often enough for an error. Listed at the lowest temperature alone.",
        &["energy", "log_states", "std_error", "exact_log_states", "replicas"],
    );
    let exact = exact(experiment.model.as_ref());
    for level in found.chunk_by(|a, b| alike(a.0, b.0)) {
        let count = level.len() as f64;
        let value = level.iter().map(|(_, value, _)| value).sum::<f64>() / count;
        let error = libm::sqrt(level.iter().map(|(.., error)| error * error).sum::<f64>()) / count;
        let energy = level[0].0;
        let known = exact.iter().find(|(other, _)| alike(*other, energy)).map(|(_, log)| *log);
        table.push(vec![energy.into(), value.into(), error.into(), known.into(), level.len().into()]);
    }
    Some(table)
}

fn alike(a: f64, b: f64) -> bool {
    (a - b).abs() <= ALIKE * a.abs().max(b.abs()).max(1.0)
}

/// The exact ln g(E): of tori of Ising spins from Kaufman's formula, of small models by counting; empty where neither is at hand.
fn exact(model: &dyn Model) -> Vec<(f64, f64)> {
    if let Some(levels) = model.square_lattice().and_then(log_density_of_states) {
        return levels;
    }
    let solver = model.exact().ok().filter(|solver| solver.terms() <= MOST_COUNTED);
    let solved = solver.and_then(|solver| solver.solve(HOT, &mut |_| ControlFlow::Continue(())));
    let Some(solved) = solved.filter(|solved| solved.complete) else { return Vec::new() };
    let mut levels: Vec<(f64, f64)> =
        solved.populations.iter().map(|population| (population.energy, population.degeneracy)).collect();
    levels.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Populations may be levels or single states.
    let level = |level: &[(f64, f64)]| (level[0].0, libm::log(level.iter().map(|(_, count)| count).sum()));
    levels.chunk_by(|a, b| alike(a.0, b.0)).map(level).collect()
}

/// The levels of a curve: E, ln g with its error, and the exact one.
fn levels(curve: &Curve<'_>) -> Vec<(f64, Measured, Option<f64>)> {
    let rows =
        curve.points.iter().filter_map(|(_, point)| point.analysis.table(NAME)).flat_map(|table| &table.rows);
    let level = |row: &Vec<Cell>| {
        let number = |at: usize| row.get(at).and_then(Cell::number);
        Some((number(0)?, Measured { value: number(1), error: number(2) }, number(3)))
    };
    rows.filter_map(level).collect()
}

/// What the handout says of the density of states of one curve.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DensityRow {
    /// The curve's name, in Markdown; empty for the only curve.
    pub label: String,
    /// The number of levels.
    pub levels: usize,
    /// The lowest energy that was visited, per site.
    pub ground: f64,
    /// ln g of it.
    pub ground_log_states: Measured,
    /// The same exactly; empty where that is not known.
    pub ground_exact: Option<f64>,
    /// The largest ln g.
    pub most: Measured,
    /// Over all levels, the largest |z| of ln g against the exact one; empty without it.
    pub worst: Option<f64>,
}

/// A row for each curve whose sampler counts states.
pub(super) fn facts(layout: &Layout<'_>) -> Vec<DensityRow> {
    let row = |curve: &Curve<'_>| {
        let levels = levels(curve);
        let (energy, ground, exact) = levels.first()?;
        let pull = |(_, log, exact): &(f64, Measured, Option<f64>)| {
            let error = log.error.filter(|error| *error > 0.0)?;
            Some((log.value? - (*exact)?).abs() / error)
        };
        let by_value =
            |a: &Measured, b: &Measured| a.value.partial_cmp(&b.value).unwrap_or(std::cmp::Ordering::Equal);
        Some(DensityRow {
            label: plain_label(&curve.label),
            levels: levels.len(),
            ground: energy / curve.experiment().sites as f64,
            ground_log_states: *ground,
            ground_exact: *exact,
            most: levels.iter().map(|(_, log, _)| *log).max_by(by_value)?,
            worst: levels.iter().filter_map(pull).max_by(f64::total_cmp),
        })
    };
    layout.curves.iter().filter_map(row).collect()
}

/// The entropy ln g(E)/N of all energies, and how far it is from the exact one; nothing unless a sampler counts states.
pub(super) fn figure(study: &Study<'_>, layout: &Layout<'_>) -> Option<Figure> {
    let (mut entropy, mut off) = (Vec::new(), Vec::new());
    let (mut lines, mut thinned) = (Vec::new(), false);
    let counting: Vec<(usize, &Curve<'_>)> = layout
        .curves
        .iter()
        .enumerate()
        .filter(|(_, curve)| curve.points.iter().any(|(_, point)| point.analysis.table(NAME).is_some()))
        .collect();
    for (index, curve) in &counting {
        let sites = curve.experiment().sites as f64;
        let all = levels(curve);
        let stride = all.len().div_ceil(MARKED).max(1);
        thinned |= stride > 1;
        let levels: Vec<_> = all.iter().step_by(stride).collect();
        let series = |points: Vec<Point>, role: Role, mark: Mark| Series {
            label: curve.label.clone(),
            mark,
            role,
            points,
        };
        let at = |energy: f64, value: f64, error: Option<f64>| match error {
            Some(error) => Point::with_error(energy / sites, value, error),
            None => Point::new(energy / sites, value),
        };
        let value = |(energy, log, _): &(f64, Measured, Option<f64>)| {
            Some(at(*energy, log.value? / sites, log.error.map(|error| error / sites)))
        };
        let deviation = |(energy, log, exact): &(f64, Measured, Option<f64>)| {
            Some(at(*energy, log.value? - (*exact)?, log.error))
        };
        let known =
            |(energy, _, exact): &(f64, Measured, Option<f64>)| Some(at(*energy, (*exact)? / sites, None));
        entropy.push(series(
            levels.iter().copied().filter_map(value).collect(),
            Role::Data(*index),
            Mark::Scatter,
        ));
        off.push(series(
            levels.iter().copied().filter_map(deviation).collect(),
            Role::Data(*index),
            Mark::Scatter,
        ));
        let line: Vec<Point> = all.iter().filter_map(known).collect();
        if !line.is_empty() {
            lines.push(Series { label: "exact".to_owned(), ..series(line, Role::Reference, Mark::Line) });
        }
    }
    if counting.is_empty() {
        return None;
    }
    off.retain(|series| !series.points.is_empty());
    let chart = |title: &str, y: &str, series: Vec<Series>, guides: Vec<Guide>| {
        Panel::Chart(Chart {
            title: title.to_owned(),
            x: Scale::linear("energy per site *E* / *N*"),
            y: Scale::linear(y),
            series,
            guides,
            pulls: false,
        })
    };
    let mut panels = vec![chart(
        "Entropy per site",
        "ln *g* / *N*",
        lines.into_iter().chain(entropy).collect(),
        Vec::new(),
    )];
    if !off.is_empty() {
        let zero = Guide { vertical: false, at: 0.0, label: String::new() };
        panels.push(chart("Less the exact one", "ln *g* − exact", off, vec![zero]));
    }
    let curves: Vec<&crate::kind::StudyPoint<'_>> =
        counting.iter().flat_map(|(_, curve)| curve.points.iter().map(|(_, point)| *point)).collect();
    Some(Figure {
        id: "density-of-states".to_owned(),
        title: "The number of states of each energy".to_owned(),
        subtitle: chains::updates_of(&curves),
        caption: format!(
            "Logarithm of the number of states *g* of each energy per site that was visited{}{}. Bars are one standard error $\\sigma$; \
             those of neighbouring energies are common for the most part.{}",
            if panels.len() > 1 { ", and its deviation from the exact one" } else { "" },
            if thinned { "; some levels are left out for the eye" } else { "" },
            chains::provenance_of(study, &curves)
        ),
        columns: panels.len(),
        panels,
        frames: None,
    })
}
