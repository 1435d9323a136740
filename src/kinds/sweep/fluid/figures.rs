//! The figures of fluids: averages along the axis, the radial distribution function, memory.

use super::super::diagnostics::{Subject, evidence};
use super::super::layout::Layout;
use super::super::present::{PULLS, columns, measured, remembered};
use super::analyse::exact_at;
use super::present::UPDATES;
use super::{FluidExperiment, structure};
use crate::fact::Measured;
use crate::figure::{Chart, Figure, Guide, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::{Study, StudyPoint};
use crate::number;
use crate::quantity::declared;

/// Points of a dense exact curve.
const DENSE: usize = 80;
/// Most curves of g(r) in one panel.
const CURVES: usize = 5;
/// How far g(r) is drawn, in units of σ; the table has it up to half the box.
const FAR: f64 = 5.0;
/// From so many points on an axis on, averages lead; structures do where there are fewer.
const ALONG: usize = 4;

/// All figures, the hero first.
pub(super) fn figures(study: &Study<'_>, layout: &Layout<'_>) -> Vec<Figure> {
    let longest = layout.curves.iter().map(|curve| curve.points.len()).max().unwrap_or(0);
    let along = longest > 1 && is_along_one_axis(study, layout);
    let averages = along.then(|| observables(study, layout));
    let mut all = vec![structures(study, layout)];
    match averages {
        Some(averages) if longest >= ALONG => all.insert(0, averages),
        Some(averages) => all.push(averages),
        None => {}
    }
    if along {
        all.extend(memory(study, layout));
    }
    all.extend(diagnostics(study));
    all
}

/// Whether the points of each curve differ in x alone, so that there is something to draw over it: not where axes are walked together.
pub(super) fn is_along_one_axis(study: &Study<'_>, layout: &Layout<'_>) -> bool {
    let Some(x) = layout.x else { return false };
    let others = |point: &StudyPoint<'_>| -> Vec<String> {
        let own = (0..study.axes.len()).filter(|axis| *axis != x);
        own.map(|axis| point.coordinates[axis].to_string()).collect()
    };
    layout.curves.iter().all(|curve| {
        let first = others(curve.points[0].1);
        curve.points.iter().all(|(_, point)| others(point) == first)
    })
}

fn figure(study: &Study<'_>, id: &str, title: &str, caption: &str, panels: Vec<Panel>) -> Figure {
    let first: &FluidExperiment = study.points[0].downcast();
    Figure {
        id: id.to_owned(),
        title: title.to_owned(),
        subtitle: UPDATES.to_owned(),
        caption: format!(
            "{caption} {} of {} sweeps per point; seed {}.",
            number::many(first.replicas, "chain"),
            number::count(first.sweeps as u64),
            study.seed
        ),
        columns: panels.len().clamp(1, 2),
        panels,
        frames: None,
    }
}

fn series(label: &str, mark: Mark, role: Role, points: Vec<Point>) -> Series {
    Series { label: label.to_owned(), mark, role, points }
}

fn chart(title: &str, x: &str, y: &str, series: Vec<Series>, guides: Vec<Guide>) -> Chart {
    Chart { title: title.to_owned(), x: Scale::linear(x), y: Scale::linear(y), series, guides, pulls: false }
}

/// Exact values of two particles: over the temperature on a dense grid, else those of the points.
fn exact_lines(layout: &Layout<'_>, quantity: &str) -> Vec<Series> {
    let mut all = Vec::new();
    for curve in &layout.curves {
        let first: &FluidExperiment = curve.points[0].1.downcast();
        let same =
            |(_, point): &(f64, &StudyPoint<'_>)| point.downcast::<FluidExperiment>().fluid == first.fluid;
        let points: Vec<Point> = if layout.is_temperature && curve.points.iter().all(same) {
            let (low, high) = (curve.points[0].0, curve.points[curve.points.len() - 1].0);
            let grid = (0..=DENSE).map(|k| low + (high - low) * k as f64 / DENSE as f64);
            let known = |t: f64| exact_at(first, t).into_iter().find(|(name, _)| *name == quantity);
            grid.filter_map(|t| Some(Point::new(t, known(t)?.1))).collect()
        } else {
            let known = curve.estimates(quantity);
            known.filter_map(|(x, estimate)| Some(Point::new(x, estimate.reference?.0))).collect()
        };
        if points.len() > 1 {
            let label = if all.is_empty() { "exact" } else { "" };
            all.push(series(label, Mark::Line, Role::Reference, points));
        }
    }
    all
}

/// Energy, pressure and heat capacity along the axis.
fn observables(study: &Study<'_>, layout: &Layout<'_>) -> Figure {
    let panel = |quantity: &str, title: &str| {
        let mut all = exact_lines(layout, quantity);
        let pulls = !all.is_empty();
        let own = layout.curves.iter().enumerate();
        all.extend(own.map(|(index, curve)| measured(curve, index, quantity)));
        let label = declared(quantity).label;
        Panel::Chart(Chart { pulls, ..chart(title, &layout.x_label, label, all, Vec::new()) })
    };
    let panels = vec![
        panel("energy_per_particle", "Energy"),
        panel("pressure", "Pressure"),
        panel("heat_capacity_per_particle", "Heat capacity"),
    ];
    let known = exact_lines(layout, "pressure");
    let exact = if known.is_empty() {
        String::new()
    } else {
        format!(" Lines are exact, by quadrature; strips show {PULLS}.")
    };
    figure(
        study,
        "observables",
        "Energy, pressure and heat capacity",
        &format!(
            "Configurational energy per particle $U/N$, pressure $p$ and configurational heat capacity per particle $C/N$, in reduced units, with bars of one standard error \
             $\\sigma$, autocorrelation included.{exact}"
        ),
        panels,
    )
}

/// What tells a point from the others of its curve.
fn name(study: &Study<'_>, layout: &Layout<'_>, point: &StudyPoint<'_>) -> String {
    let named = study.axes.iter().zip(point.coordinates).enumerate();
    // The panel tells the rest.
    let one = layout.curves.len() == 1;
    let named = named.filter(|(at, (axis, _))| axis.values.len() > 1 && (one || layout.x == Some(*at)));
    named.map(|(_, (axis, value))| axis.named(value)).collect::<Vec<_>>().join(", ")
}

/// g(r) at a few points of each curve, from the first to the last.
fn structures(study: &Study<'_>, layout: &Layout<'_>) -> Figure {
    let mut exact = false;
    let mut panels = Vec::new();
    for curve in &layout.curves {
        let count = curve.points.len();
        let shown = count.min(CURVES);
        let chosen = (0..shown).map(|k| if shown == 1 { 0 } else { k * (count - 1) / (shown - 1) });
        let mut all = Vec::new();
        for (index, at) in chosen.enumerate() {
            let (_, point) = curve.points[at];
            let Some(table) = point.analysis.table(structure::NAME) else { continue };
            let known: Vec<Point> = columns(table, "r", "exact");
            let two = !known.is_empty();
            if two {
                let label = if all.is_empty() { "exact" } else { "" };
                all.push(series(label, Mark::Line, Role::Reference, known));
                exact = true;
            }
            let rows = table.rows.iter().filter_map(|row| {
                let (r, g) = (row[0].number()?, row[1].number()?);
                // Marks at zero, where no pair ever was, say nothing.
                let shown = r < FAR && (g > 0.0 || !two);
                shown.then(|| Point::with_error(r, g, row[2].number().unwrap_or(0.0)))
            });
            let points: Vec<Point> = rows.collect();
            let label = name(study, layout, point);
            if two {
                all.push(series(&label, Mark::Scatter, Role::Data(index), points));
            } else {
                all.push(series("", Mark::Band, Role::Data(index), points.clone()));
                all.push(series(&label, Mark::Line, Role::Data(index), points));
            }
        }
        let one = Guide { vertical: false, at: 1.0, label: String::new() };
        panels.push(Panel::Chart(chart(&curve.label, "distance *r* / *σ*", "*g*(*r*)", all, vec![one])));
    }
    let lines = if exact { " Lines are exact: $e^{-u(r)/T}$, normalised in the box." } else { "" };
    figure(
        study,
        "structure",
        "How particles are arranged",
        &format!(
            "The radial distribution function $g(r)$: pairs at the distance $r$ over those of particles that do not feel each other, at the most up to half the box. Bars and bands are one standard \
             error $\\sigma$.{lines}"
        ),
        panels,
    )
}

/// τ of energy and pressure along the axis.
fn memory(study: &Study<'_>, layout: &Layout<'_>) -> Option<Figure> {
    let panel = |quantity: &str, title: &str| {
        let own = layout.curves.iter().enumerate();
        let all: Vec<Series> = own
            .map(|(index, curve)| {
                let points = curve.estimates(quantity).filter_map(|(x, estimate)| remembered(x, estimate));
                series(&curve.label, Mark::Points, Role::Data(index), points.collect())
            })
            .collect();
        all.iter().any(|series| series.points.len() > 1).then(|| {
            let chart = chart(title, &layout.x_label, "", all, Vec::new());
            Panel::Chart(Chart { y: Scale::log("*τ* / sweeps"), ..chart })
        })
    };
    let panels = [panel("energy_per_particle", "Energy"), panel("pressure", "Pressure")];
    let panels: Vec<Panel> = panels.into_iter().flatten().collect();
    (!panels.is_empty()).then(|| {
        figure(
            study,
            "memory",
            "How long the fluid remembers",
            "Integrated autocorrelation time $\\tau$ of energy and pressure, in sweeps; ½ means that successive sweeps are independent. Bars are one standard error of $\\tau$; a lower \
             bound has none.",
            panels,
        )
    })
}

/// History and autocorrelation of the point whose energy has the longest memory.
fn diagnostics(study: &Study<'_>) -> Option<Figure> {
    let tau =
        |point: &&StudyPoint<'_>| point.analysis.get("energy_per_particle").and_then(|estimate| estimate.tau);
    let moved = study.points.iter().filter(|point| tau(point).is_some());
    let point = moved.max_by(|a, b| tau(a).unwrap_or(0.0).total_cmp(&tau(b).unwrap_or(0.0)))?;
    let (trace, table) = (point.analysis.table("trace")?, point.analysis.table("autocorrelation")?);
    let window = table.numbers("window_energy").first().copied();
    let window = window.map(|at| Guide { vertical: true, at, label: "window".to_owned() });
    let start = Guide { vertical: true, at: 0.0, label: "measured".to_owned() };
    let line =
        |label: &str, index: usize, points: Vec<Point>| series(label, Mark::Line, Role::Data(index), points);
    let experiment: &FluidExperiment = point.downcast();
    let subject = Subject { quantity: "energy_per_particle", error: "energy_error", symbol: "*U* / *N*" };
    let (more, words) = evidence(point, &subject);
    Some(figure(
        study,
        "diagnostics",
        "The slowest point",
        &format!(
            "The point whose energy is remembered longest, $T = {}$ and $\\rho = {}$. First panel: the energy per particle of the first replica, thinned, with the sweeps that were \
             discarded. Second: normalised autocorrelation functions $\\rho(t)$; the sum for the $\\tau$ of the energy, here {} sweeps, ends at the marked window.{words}",
            number::plain(experiment.temperature),
            number::plain(experiment.fluid.density),
            Measured::tau(point.analysis.get("energy_per_particle")).shown()
        ),
        [
            Panel::Chart(chart(
                "History",
                "sweep",
                "energy per particle *U* / *N*",
                vec![line("energy", 0, columns(trace, "sweep", "energy_per_particle"))],
                vec![start],
            )),
            Panel::Chart(chart(
                "Autocorrelation",
                "lag *t* / sweeps",
                "*ρ*(*t*)",
                vec![
                    line("energy", 0, columns(table, "lag", "energy")),
                    line("pressure", 1, columns(table, "lag", "pressure")),
                ],
                window.into_iter().collect(),
            )),
        ]
        .into_iter()
        .chain(more)
        .collect(),
    ))
}
