//! The figures of walks: crossings, averages, the distribution of the place, memory.

use super::super::diagnostics::{Subject, evidence};
use super::super::layout::{Curve, Layout};
use super::super::present::{PULLS, columns, measured, remembered};
use super::analyse::exact_at;
use super::facts::{WalkFacts, one_landscape, ordered, temperature};
use super::present::updates;
use super::{WalkExperiment, crossings};
use crate::exact::continuum::escape::Side;
use crate::fact::Measured;
use crate::figure::{Chart, Figure, Guide, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::{Study, StudyPoint};
use crate::number;
use crate::quantity::declared;

/// Points of a dense exact curve.
const DENSE: usize = 120;
/// Most panels of distributions.
const PANELS: usize = 4;

/// All figures, the hero first.
pub(super) fn figures(study: &Study<'_>, layout: &Layout<'_>, found: &WalkFacts) -> Vec<Figure> {
    let mut all: Vec<Figure> = rates(study, layout, found).into_iter().collect();
    if layout.x.is_some() {
        all.push(observables(study, layout));
    }
    all.push(positions(study));
    if all[0].id == "observables" && !layout.is_temperature {
        all.rotate_left(1);
    }
    if layout.x.is_some() {
        all.extend(memory(study, layout));
    }
    all.extend(diagnostics(study));
    all
}

fn figure(study: &Study<'_>, id: &str, title: &str, caption: &str, panels: Vec<Panel>) -> Figure {
    Figure {
        id: id.to_owned(),
        title: title.to_owned(),
        subtitle: updates(study),
        caption: format!("{caption}{}", provenance(study)),
        columns: panels.len().clamp(1, 2),
        panels,
        frames: None,
    }
}

/// What a caption owes the reader: the chains, the clock and the seed.
fn provenance(study: &Study<'_>) -> String {
    let first = study.points[0].downcast::<WalkExperiment>();
    format!(
        " {} of {} sweeps per point, {} moves each; seed {}.",
        number::many(first.replicas, "chain"),
        number::count(first.sweeps as u64),
        first.moves(),
        study.seed
    )
}

fn series(label: &str, mark: Mark, role: Role, points: Vec<Point>) -> Series {
    Series { label: label.to_owned(), mark, role, points }
}

/// The rate of crossings against 1/T.
fn rates(study: &Study<'_>, layout: &Layout<'_>, found: &WalkFacts) -> Option<Figure> {
    let facts = found.crossings.as_ref().filter(|facts| facts.rows.len() > 1)?;
    let (cold, hot) = (facts.rows[0].inverse, facts.rows[facts.rows.len() - 1].inverse);
    (cold > hot).then_some(())?;
    let mut all = Vec::new();
    let experiment = study.points[0].downcast::<WalkExperiment>();
    let continuum = &experiment.continuum;
    if let Some(wells) = continuum.wells().filter(|_| facts.timed) {
        // 2/(t₁ + t₂) of the mean times out of both wells.
        let both = |time: &dyn Fn(Side, f64) -> f64| -> Vec<Point> {
            let inverse = |k: usize| hot + (cold - hot) * k as f64 / DENSE as f64;
            let rate = |x: f64| 2.0 / Side::BOTH.into_iter().map(|side| time(side, 1.0 / x)).sum::<f64>();
            (0..=DENSE).map(inverse).map(|x| Point::new(x, rate(x))).collect()
        };
        let exact = both(&|side, t| continuum.passage_time(wells, side, t));
        let kramers = both(&|side, t| 1.0 / continuum.kramers_rate(wells, side, t));
        all.push(series("exact", Mark::Line, Role::Reference, exact));
        all.push(series("Kramers", Mark::Dashed, Role::Muted, kramers));
    }
    let inverse = |point: &Point, curve: &Curve<'_>, at: usize| Point {
        x: 1.0 / temperature(curve.points[at].1),
        ..*point
    };
    for (index, curve) in layout.curves.iter().enumerate() {
        let rate = |at: usize| {
            let estimate = curve.points[at].1.analysis.get("crossing_rate")?;
            let point = Point::with_error(0.0, estimate.value?, estimate.std_error?);
            let point = Point { reference: estimate.reference.map(|(exact, _)| exact), ..point };
            Some(inverse(&point, curve, at))
        };
        let mut points: Vec<Point> = (0..curve.points.len()).filter_map(rate).collect();
        points.sort_by(|a, b| a.x.total_cmp(&b.x));
        let label = if curve.label.is_empty() { "counted" } else { curve.label.as_str() };
        all.push(series(label, Mark::Scatter, Role::Data(index), points));
    }
    let label = if facts.timed { "crossings per unit of time *k*" } else { "crossings per sweep *k*" };
    let lines = if facts.timed {
        format!(
            " Solid: exact, from the mean first-passage times. Dashed: Kramers' formula, their limit at low temperatures. The strip below shows {PULLS}."
        )
    } else {
        String::new()
    };
    let panel = Panel::Chart(Chart {
        title: String::new(),
        x: Scale::linear("1 / *T*"),
        y: Scale::log(label),
        series: all,
        guides: Vec::new(),
        pulls: facts.timed,
    });
    Some(figure(
        study,
        crossings::NAME,
        "Over the barrier",
        &format!(
            "Crossings between the two wells, of either direction, against $1/T$. A crossing counts when the bottom of the other well is reached. Bars are one standard \
             error $\\sigma$, from the scatter of the stays.{lines}"
        ),
        vec![panel],
    ))
}

/// Exact values along x: on a dense grid of temperatures in one dimension, else those of the points.
fn exact_line(study: &Study<'_>, layout: &Layout<'_>, quantity: &str) -> Vec<Series> {
    let experiment = study.points[0].downcast::<WalkExperiment>();
    let dense = layout.is_temperature && one_landscape(study) && experiment.continuum.dimensions() == 1;
    let mut all = Vec::new();
    for curve in &layout.curves {
        let points: Vec<Point> = if dense {
            let ends = curve.points.iter().map(|(x, _)| *x);
            let (low, high) = (ends.clone().fold(f64::INFINITY, f64::min), ends.fold(0.0, f64::max));
            let known = |t: f64| exact_at(experiment, t).into_iter().find(|(name, _)| *name == quantity);
            let grid = (0..=DENSE).map(|k| low + (high - low) * k as f64 / DENSE as f64);
            grid.filter_map(|t| Some(Point::new(t, known(t)?.1))).collect()
        } else {
            let known = curve.estimates(quantity);
            known.filter_map(|(x, estimate)| Some(Point::new(x, estimate.reference?.0))).collect()
        };
        if points.len() > 1 {
            let label = if all.is_empty() { "exact" } else { "" };
            all.push(series(label, Mark::Line, Role::Reference, points));
        }
        if dense {
            break;
        }
    }
    all
}

/// Energy, heat capacity and the moments of x.
fn observables(study: &Study<'_>, layout: &Layout<'_>) -> Figure {
    let panel = |quantity: &str, title: &str| {
        let mut all = exact_line(study, layout, quantity);
        let pulls = !all.is_empty();
        let own = layout.curves.iter().enumerate();
        all.extend(own.map(|(index, curve)| measured(curve, index, quantity)));
        Panel::Chart(Chart {
            title: title.to_owned(),
            x: Scale::linear(layout.x_label.clone()),
            y: Scale::linear(declared(quantity).label),
            series: all,
            guides: Vec::new(),
            pulls,
        })
    };
    figure(
        study,
        "observables",
        "Energy and place",
        &format!(
            "Mean energy, heat capacity, and the mean and the mean square of $x$, with bars of one standard error $\\sigma$, autocorrelation included. Lines are exact, by quadrature; strips \
             show {PULLS}."
        ),
        vec![
            panel("energy", "Energy"),
            panel("heat_capacity", "Heat capacity"),
            panel("position", "Mean place"),
            panel("position_squared", "Mean square"),
        ],
    )
}

/// The distribution of x at a few temperatures, from the coldest to the hottest.
fn positions(study: &Study<'_>) -> Figure {
    let points = ordered(study);
    let shown = points.len().min(PANELS);
    let chosen =
        (0..shown).map(|k| points[if shown == 1 { 0 } else { k * (points.len() - 1) / (shown - 1) }]);
    let panel = |point: &StudyPoint<'_>| {
        let experiment: &WalkExperiment = point.downcast();
        let exact = experiment.continuum.density(experiment.temperature);
        let exact = exact.into_iter().map(|(x, density)| Point::new(x, density)).collect();
        let rows = point.analysis.table("positions").map_or(&[][..], |table| &table.rows);
        let row = |row: &Vec<crate::record::Cell>| {
            let (x, density) = (row[0].number()?, row[1].number()?);
            Some(row[2].number().map_or(Point::new(x, density), |error| Point::with_error(x, density, error)))
        };
        Panel::Chart(Chart {
            title: if points.len() > 1 {
                format!("*T* = {}", number::plain(experiment.temperature))
            } else {
                String::new()
            },
            x: Scale::linear("*x*"),
            y: Scale::linear("density *p*(*x*)"),
            series: vec![
                series("exact", Mark::Line, Role::Reference, exact),
                series("visited", Mark::Scatter, Role::Data(0), rows.iter().filter_map(row).collect()),
            ],
            guides: Vec::new(),
            pulls: false,
        })
    };
    let averaged = study.points[0].downcast::<WalkExperiment>().continuum.dimensions() == 2;
    let formula = if averaged { "$\\int e^{-E(x,y)/T}\\, \\mathrm dy/Z$" } else { "$e^{-E(x)/T}/Z$" };
    figure(
        study,
        "positions",
        "Where the point was",
        &format!(
            "Marks: the share of all measured sweeps per interval of $x$, over its width, with one standard error $\\sigma$. Lines: {formula}."
        ),
        chosen.map(panel).collect(),
    )
}

/// τ of energy and x along the axis.
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
            Panel::Chart(Chart {
                title: title.to_owned(),
                x: Scale::linear(layout.x_label.clone()),
                y: Scale::log("*τ* / sweeps"),
                series: all,
                guides: Vec::new(),
                pulls: false,
            })
        })
    };
    let panels: Vec<Panel> =
        [panel("energy", "Energy"), panel("position", "Place")].into_iter().flatten().collect();
    (!panels.is_empty()).then(|| {
        figure(
            study,
            "memory",
            "How long the walk remembers",
            "Integrated autocorrelation time $\\tau$ of energy and $x$, in sweeps; ½ means that successive sweeps are independent. Bars are one standard error of $\\tau$; a lower bound has none.",
            panels,
        )
    })
}

/// History and autocorrelation of the point whose place has the longest memory.
fn diagnostics(study: &Study<'_>) -> Option<Figure> {
    let tau = |point: &&StudyPoint<'_>| point.analysis.get("position").and_then(|estimate| estimate.tau);
    let moved = study.points.iter().filter(|point| tau(point).is_some());
    let point = moved.max_by(|a, b| tau(a).unwrap_or(0.0).total_cmp(&tau(b).unwrap_or(0.0)))?;
    let (trace, table) = (point.analysis.table("trace")?, point.analysis.table("autocorrelation")?);
    let mut guides = Vec::new();
    if let Some(window) = table.numbers("window_position").first() {
        guides.push(Guide { vertical: true, at: *window, label: "window".to_owned() });
    }
    let chart = |title: &str, x: &str, y: &str, series: Vec<Series>, guides: Vec<Guide>| {
        Panel::Chart(Chart {
            title: title.to_owned(),
            x: Scale::linear(x),
            y: Scale::linear(y),
            series,
            guides,
            pulls: false,
        })
    };
    let line =
        |label: &str, index: usize, points: Vec<Point>| series(label, Mark::Line, Role::Data(index), points);
    let wells = point.downcast::<WalkExperiment>().continuum.wells();
    let bottoms = wells.map_or_else(Vec::new, |wells| vec![wells.left, wells.right]);
    let bottoms = bottoms.into_iter().map(|at| Guide { vertical: false, at, label: String::new() });
    let here = number::plain(temperature(point));
    let subject = Subject { quantity: "position", error: "position_error", symbol: "*x*" };
    let (more, words) = evidence(point, &subject);
    Some(figure(
        study,
        "diagnostics",
        "The slowest point",
        &format!(
            "The point whose place is remembered longest, $T = {here}$. First panel: $x$ of the first replica, thinned{}. Second: normalised autocorrelation functions $\\rho(t)$; the sum for the \
             $\\tau$ of $x$, here {} sweeps, ends at the marked window, beyond which noise would add more than signal.{words}",
            if wells.is_some() { ", and dashed the bottoms of the wells" } else { "" },
            Measured::tau(point.analysis.get("position")).shown()
        ),
        [
            chart(
                "History",
                "sweep",
                "place *x*",
                vec![line("measured", 0, columns(trace, "sweep", "position"))],
                bottoms.collect(),
            ),
            chart(
                "Autocorrelation",
                "lag *t* / sweeps",
                "*ρ*(*t*)",
                vec![
                    line("energy", 1, columns(table, "lag", "energy")),
                    line("*x*", 0, columns(table, "lag", "position")),
                ],
                guides,
            ),
        ]
        .into_iter()
        .chain(more)
        .collect(),
    ))
}
