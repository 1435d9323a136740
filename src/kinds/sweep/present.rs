//! The figures of a sweep.

use super::analyse::exact_at;
use super::chains;
use super::layout::{Curve, Layout, common_coupling, layout};
use super::spec::SweepExperiment;
use super::{
    collapse, density, diagnostics, disorder, exponents, joined, measure, partition, snapshots, story,
};
use crate::exact::onsager;
use crate::figure::{Chart, Figure, Guide, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::{Story, Study, StudyPoint};
use crate::number;
use crate::quantity::declared;
use crate::record::{Estimate, Table};
use rayon::prelude::*;
use serde_json::json;

/// Points of a dense exact curve.
const DENSE: usize = 240;

/// Tells the story of the study.
pub(super) fn present(study: &Study<'_>) -> Story {
    let layout = layout(study);
    let joined = joined::join(&layout);
    let scaling = exponents::scaling(&layout, &joined, study.seed);
    let mut tables = joined::tables(&joined);
    tables.extend(scaling.as_ref().map(exponents::table));
    let collapsed = collapse::figure(study, &layout, scaling.as_ref());
    let realisations = disorder::groups(study, &layout);
    tables.extend(disorder::table(&realisations));
    let mut story = story::tell(study, &layout, &joined, scaling, &realisations);
    story.tables = tables;
    if study.points.is_empty() {
        return story;
    }
    if layout.x.is_some() {
        let exact = Exact::of(&layout);
        story.figures.push(specific_heat(study, &layout, &exact));
        story.figures.push(observables(study, &layout, &exact));
        story.figures.extend(collapsed);
        story.figures.extend(disorder::figure(study, &layout, &realisations));
        story.figures.extend(snapshots::figure(study, &layout));
        story.figures.extend(joined::figures(study, &layout, &joined, &exact));
        story.figures.extend(partition::figure(study, &layout, &joined).filter(|_| layout.is_temperature));
        story.figures.extend(density::figure(study, &layout));
        story.figures.extend(memory(study, &layout));
        // Of two samplers it is their memories that the page is about.
        if !story.facts["samplers"].is_null()
            && let Some(at) = story.figures.iter().position(|figure| figure.id == "memory")
        {
            story.figures[..=at].rotate_right(1);
            story.facts["memory_leads"] = json!(true);
        }
    } else {
        story.figures.push(histogram(study, &layout));
    }
    story.figures.extend(measure::figures(study, &layout));
    if story.facts["measured"]["blocks_lead"] == json!(true)
        && let Some(at) = story.figures.iter().position(|figure| figure.id == "block-spins")
    {
        story.figures[..=at].rotate_right(1);
    }
    story.figures.extend(diagnostics::figure(study));
    if let Some(at) = story.figures.iter().position(|figure| figure.id == "disorder") {
        story.figures[..=at].rotate_right(1);
    }
    story
}

/// Measured points of one quantity, with bars and references.
pub(super) fn measured(curve: &Curve<'_>, index: usize, quantity: &str) -> Series {
    let points = curve
        .estimates(quantity)
        .filter_map(|(x, estimate)| {
            let value = estimate.value?;
            let point = match estimate.std_error {
                Some(error) => Point::with_error(x, value, error),
                None => Point::new(x, value),
            };
            Some(Point { reference: estimate.reference.map(|(reference, _)| reference), ..point })
        })
        .collect();
    Series { label: curve.label.clone(), mark: Mark::Scatter, role: Role::Data(index), points }
}

/// The exact values of each curve: against the temperature on a dense grid, else those of its points.
pub(super) struct Exact {
    curves: Vec<Vec<(&'static str, Point)>>,
    /// Whether every place on the lines is exact, and not only those of the points that they join.
    dense: bool,
}

impl Exact {
    fn of(layout: &Layout<'_>) -> Self {
        let dense = layout.is_temperature && layout.curves.iter().all(Curve::is_of_one_model);
        let on_a_grid = |curve: &Curve<'_>| -> Vec<(&'static str, Point)> {
            let known =
                |t: f64| exact_at(curve.experiment(), t).unwrap_or_default().into_iter().map(move |k| (t, k));
            temperatures(layout)
                .flat_map(known)
                .map(|(t, (name, value))| (name, Point::new(t, value)))
                .collect()
        };
        let of_points = |curve: &Curve<'_>| -> Vec<(&'static str, Point)> {
            let known = |x: f64, estimate: &Estimate| {
                Some((estimate.quantity.name, Point::new(x, estimate.reference?.0)))
            };
            let estimates = |(x, point): &(f64, &StudyPoint<'_>)| {
                let x = *x;
                point
                    .analysis
                    .estimates
                    .iter()
                    .filter_map(move |estimate| known(x, estimate))
                    .collect::<Vec<_>>()
            };
            curve.points.iter().flat_map(estimates).collect()
        };
        let curves = layout.curves.par_iter();
        let curves = if dense { curves.map(on_a_grid).collect() } else { curves.map(of_points).collect() };
        Self { curves, dense }
    }

    /// A line of one quantity for each curve for which it is known, the first of them labelled.
    pub(super) fn lines(&self, quantity: &str) -> Vec<Series> {
        let mut all = Vec::new();
        for curve in &self.curves {
            let of_quantity = |(name, point): &(&str, Point)| (*name == quantity).then_some(*point);
            let points: Vec<Point> = curve.iter().filter_map(of_quantity).collect();
            if points.len() > 1 {
                let label = if all.is_empty() { "exact".to_owned() } else { String::new() };
                all.push(Series { label, mark: Mark::Line, role: Role::Reference, points });
            }
        }
        all
    }
}

/// A dense grid over the temperatures of the study.
fn temperatures(layout: &Layout<'_>) -> impl Iterator<Item = f64> {
    let (low, high) = span(layout);
    (0..=DENSE).map(move |i| low + (high - low) * i as f64 / DENSE as f64)
}

/// The least and the largest x.
fn span(layout: &Layout<'_>) -> (f64, f64) {
    layout
        .curves
        .iter()
        .flat_map(|curve| &curve.points)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (x, _)| (low.min(*x), high.max(*x)))
}

/// A line at T_c, when it lies within the temperatures of the study.
pub(super) fn critical_guide(layout: &Layout<'_>) -> Vec<Guide> {
    let (low, high) = span(layout);
    common_coupling(layout)
        .filter(|_| layout.is_temperature)
        .map(onsager::critical_temperature)
        .filter(|t_c| (low..=high).contains(t_c))
        .map(|at| Guide { vertical: true, at, label: format!("*T*_{{c}} = {}", number::significant(at, 5)) })
        .into_iter()
        .collect()
}

fn chart(layout: &Layout<'_>, quantity: &str, title: &str, y: &str, references: Vec<Series>) -> Chart {
    let mut series = references;
    series.extend(layout.curves.iter().enumerate().map(|(index, curve)| measured(curve, index, quantity)));
    Chart {
        title: title.to_owned(),
        x: Scale::linear(layout.x_label.clone()),
        y: Scale::linear(y),
        series,
        guides: critical_guide(layout),
        pulls: false,
    }
}

/// What a caption says of a strip of pulls.
pub(super) const PULLS: &str =
    "$(\\text{value} - \\text{exact})/\\sigma$: about two in three should lie between −1 and 1";

/// Whether a strip can set a quantity's values beside exact ones: one pull alone makes no picture.
fn is_compared(layout: &Layout<'_>, quantity: &str) -> bool {
    let pulls =
        |curve: &Curve<'_>| curve.estimates(quantity).filter(|(_, estimate)| estimate.z().is_some()).count();
    layout.curves.iter().map(pulls).sum::<usize>() > 1
}

fn specific_heat(study: &Study<'_>, layout: &Layout<'_>, exact: &Exact) -> Figure {
    let references = exact.lines("specific_heat");
    let lines = !references.is_empty();
    let compared = is_compared(layout, "specific_heat");
    let mut chart = chart(layout, "specific_heat", "", "specific heat per site *c*", references);
    chart.pulls = compared;
    let mut caption =
        "Specific heat per site from the fluctuations of the energy. Bars are one standard error $\\sigma$, \
                       autocorrelation included; where none shows it is smaller than the mark."
            .to_owned();
    if lines && exact.dense {
        caption.push_str(" Lines are exact for these finite systems.");
    } else if lines {
        caption.push_str(" Lines join values that are exact for these finite systems.");
    }
    if compared {
        caption.push_str(&format!(" The strip below shows {PULLS}."));
    }
    caption.push_str(&chains::provenance(study));
    Figure {
        id: "specific-heat".to_owned(),
        title: "Energy fluctuations".to_owned(),
        subtitle: chains::updates(study),
        caption,
        panels: vec![Panel::Chart(chart)],
        columns: 1,
        frames: None,
    }
}

fn observables(study: &Study<'_>, layout: &Layout<'_>, exact: &Exact) -> Figure {
    let mut order = exact.lines("magnetization");
    let infinite = common_coupling(layout).is_some_and(|coupling| coupling > 0.0) && layout.is_temperature;
    if let Some(coupling) = common_coupling(layout).filter(|_| infinite) {
        let points = temperatures(layout)
            .map(|t| Point::new(t, onsager::spontaneous_magnetization(coupling, t)))
            .collect();
        let label = "infinite lattice".to_owned();
        order.push(Series { label, mark: Mark::Dashed, role: Role::Muted, points });
    }
    let panel = |quantity: &str, title: &str, references: Vec<Series>| {
        let pulls = is_compared(layout, quantity);
        Panel::Chart(Chart { pulls, ..chart(layout, quantity, title, declared(quantity).label, references) })
    };
    let shown = ["energy_per_site", "magnetization", "susceptibility", "binder"];
    let strips = shown.iter().filter(|quantity| is_compared(layout, quantity)).count();
    let compared = match strips {
        0 => String::new(),
        1 => format!(" The strip below the energy shows {PULLS}."),
        _ => format!(" Strips show {PULLS}."),
    };
    let yang = if infinite {
        " The dashed line is Yang's spontaneous magnetisation of the infinite lattice."
    } else {
        ""
    };
    Figure {
        id: "observables".to_owned(),
        title: "Energy and order".to_owned(),
        subtitle: chains::updates(study),
        caption: format!(
            "Energy per site, mean absolute magnetisation, susceptibility of $\\lvert m \\rvert$ and Binder cumulant, with \
             bars of one standard error $\\sigma$.{compared}{yang}{}{}",
            order_parameter(study),
            chains::provenance(study)
        ),
        panels: vec![
            panel("energy_per_site", "Energy per site", exact.lines("energy_per_site")),
            panel("magnetization", "Magnetisation", order),
            panel("susceptibility", "Susceptibility", exact.lines("susceptibility")),
            panel("binder", "Binder cumulant", exact.lines("binder")),
        ],
        columns: 2,
        frames: None,
    }
}

/// What a caption says of an order parameter that is no mean of spins.
fn order_parameter(study: &Study<'_>) -> String {
    let words = |point: &StudyPoint<'_>| point.downcast::<SweepExperiment>().model.order_words();
    match study.points.iter().find_map(words) {
        Some(words) => format!(" The magnetisation is {words}."),
        None => String::new(),
    }
}

/// τ with its error; without one where it is a lower bound only.
pub(super) fn remembered(x: f64, estimate: &Estimate) -> Option<Point> {
    let tau = estimate.tau?;
    Some(estimate.tau_error.map_or(Point::new(x, tau), |error| Point::with_error(x, tau, error)))
}

/// τ of energy and |m| along x, when there is any.
fn memory(study: &Study<'_>, layout: &Layout<'_>) -> Option<Figure> {
    let panel = |quantity: &str, title: &str| {
        let series: Vec<Series> = layout
            .curves
            .iter()
            .enumerate()
            .map(|(index, curve)| Series {
                label: curve.label.clone(),
                mark: Mark::Points,
                role: Role::Data(index),
                points: curve
                    .estimates(quantity)
                    .filter_map(|(x, estimate)| remembered(x, estimate))
                    .collect(),
            })
            .collect();
        let filled = series.iter().any(|series| series.points.len() > 1);
        filled.then(|| {
            Panel::Chart(Chart {
                title: title.to_owned(),
                x: Scale::linear(layout.x_label.clone()),
                y: Scale::log("*τ* / sweeps"),
                series,
                guides: critical_guide(layout),
                pulls: false,
            })
        })
    };
    let panels: Vec<Panel> = [panel("energy_per_site", "Energy"), panel("magnetization", "Magnetisation")]
        .into_iter()
        .flatten()
        .collect();
    let bounded = study.points.iter().flat_map(|point| &point.analysis.estimates);
    let bounded = bounded.into_iter().any(|estimate| estimate.tau.is_some() && estimate.tau_error.is_none());
    (!panels.is_empty()).then(|| Figure {
        id: "memory".to_owned(),
        title: "How long the chain remembers".to_owned(),
        subtitle: chains::updates(study),
        caption: format!(
            "Integrated autocorrelation time $\\tau$ of the energy and of $\\lvert m \\rvert$, in sweeps; ½ means that \
             successive sweeps are independent. Bars are one standard error $\\sigma$ of $\\tau$; where none shows it is smaller \
             than the mark.{}{}",
            if bounded { " Where the sum over $\\rho(t)$ could not be ended, $\\tau$ is a lower bound and has no bar." } else { "" },
            chains::provenance(study)
        ),
        panels,
        columns: 2, frames: None, })
}

/// The numbers of a table's column as points over another's.
pub(super) fn columns(table: &Table, x: &str, y: &str) -> Vec<Point> {
    let at = |name: &str| table.columns.iter().position(|column| *column == name);
    let (Some(x), Some(y)) = (at(x), at(y)) else { return Vec::new() };
    table.rows.iter().filter_map(|row| Some(Point::new(row[x].number()?, row[y].number()?))).collect()
}

/// The distribution of the energy, for studies without a numeric axis.
fn histogram(study: &Study<'_>, layout: &Layout<'_>) -> Figure {
    let series = layout
        .curves
        .iter()
        .flat_map(|curve| curve.points.iter().map(move |(_, point)| (curve, point)))
        .enumerate()
        .filter_map(|(index, (curve, point))| {
            let table = point.analysis.table("energies")?;
            let (low, high) = (table.numbers("low"), table.numbers("high"));
            let points = low.iter().zip(&high).zip(table.numbers("share"));
            Some(Series {
                label: curve.label.clone(),
                mark: if layout.curves.len() == 1 { Mark::Steps } else { Mark::Points },
                role: Role::Data(index),
                points: points.map(|((low, high), share)| Point::new(0.5 * (low + high), share)).collect(),
            })
        })
        .collect();
    Figure {
        id: "energies".to_owned(),
        title: "Distribution of the energy".to_owned(),
        subtitle: chains::updates(study),
        caption: format!(
            "Share of the measured sweeps of all replicas per interval of the energy per site $E/N$. Its mean is $e$, and \
             its variance is $c T^2/N$.{}",
            chains::provenance(study)
        ),
        panels: vec![Panel::Chart(Chart {
            title: String::new(),
            x: Scale::linear("energy per site *E* / *N*"),
            y: Scale::linear("share of sweeps"),
            series,
            guides: Vec::new(),
            pulls: false,
        })],
        columns: 1,
        frames: None,
    }
}
