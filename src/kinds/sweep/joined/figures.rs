//! Figures of the joined curves.

use super::super::chains;
use super::super::layout::Layout;
use super::super::present::{Exact, critical_guide, measured};
use super::smooth::Place;
use super::{Joined, Piece};
use crate::figure::{Chart, Figure, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::Study;
use crate::quantity::declared;

/// Curves of more temperatures than this have no figures of what is between them.
const MOST_SAMPLED: usize = 200;

/// The curves between the sampled temperatures, and the free energies; nothing where no temperatures were joined.
pub(in super::super) fn figures(
    study: &Study<'_>,
    layout: &Layout<'_>,
    joined: &[Joined],
    exact: &Exact,
) -> Vec<Figure> {
    // Where hundreds of temperatures were sampled there is nothing to see between them, and the page stays light.
    let dense = layout.curves.iter().any(|curve| curve.points.len() > MOST_SAMPLED);
    if dense || joined.iter().all(|curve| curve.pieces.is_empty()) {
        return Vec::new();
    }
    let mut figures = vec![reweighted(study, layout, joined, exact)];
    figures.extend(free_energy(study, layout, joined));
    figures
}

/// Stretches of a piece without a place left out.
fn stretches(piece: &Piece) -> impl Iterator<Item = &[Place]> {
    let widest = piece.places.windows(2).map(|pair| pair[1].temperature - pair[0].temperature);
    // A left-out place leaves a hole wider than any interval between sampled temperatures is cut into.
    let sampled: Vec<f64> = piece.free.places.iter().map(|place| place.temperature).collect();
    let coarsest = sampled.windows(2).map(|pair| pair[0] - pair[1]).fold(0.0, f64::max) / 3.0;
    let cuts: Vec<usize> =
        widest.enumerate().filter(|(_, step)| *step > coarsest).map(|(at, _)| at + 1).collect();
    let ends: Vec<usize> = [0].into_iter().chain(cuts).chain([piece.places.len()]).collect();
    ends.windows(2).map(|pair| &piece.places[pair[0]..pair[1]]).collect::<Vec<_>>().into_iter()
}

fn panel(
    layout: &Layout<'_>,
    joined: &[Joined],
    exact: &Exact,
    (at, quantity): (usize, &str),
    title: &str,
) -> Panel {
    let mut series = exact.lines(quantity);
    for curve in joined {
        for stretch in curve.pieces.iter().flat_map(stretches).filter(|stretch| stretch.len() > 1) {
            let points: Vec<Point> = stretch
                .iter()
                .filter_map(|place| {
                    let found = place.values[at]?;
                    Some(Point::with_error(place.temperature, found.value, found.std_error))
                })
                .collect();
            let lines = points.iter().map(|point| Point::new(point.x, point.y)).collect();
            let role = Role::Data(curve.index);
            series.push(Series { label: String::new(), mark: Mark::Band, role, points });
            series.push(Series { label: String::new(), mark: Mark::Line, role, points: lines });
        }
    }
    series.extend(layout.curves.iter().enumerate().map(|(index, curve)| measured(curve, index, quantity)));
    Panel::Chart(Chart {
        title: title.to_owned(),
        x: Scale::linear(layout.x_label.clone()),
        y: Scale::linear(declared(quantity).label),
        series,
        guides: critical_guide(layout),
        pulls: false,
    })
}

fn reweighted(study: &Study<'_>, layout: &Layout<'_>, joined: &[Joined], exact: &Exact) -> Figure {
    Figure {
        id: "reweighted".to_owned(),
        title: "Between the sampled temperatures".to_owned(),
        subtitle: chains::updates(study),
        caption: format!(
            "Specific heat, susceptibility of $\\lvert m \\rvert$, mean absolute magnetisation and Binder cumulant, from the samples of all \
             temperatures together: lines with bands of one standard error $\\sigma$, where a hundred effective samples or more \
             support them. Marks are the sampled temperatures, each from its own chains alone.{}",
            chains::provenance(study)
        ),
        panels: vec![
            panel(layout, joined, exact, (1, "specific_heat"), "Specific heat"),
            panel(layout, joined, exact, (3, "susceptibility"), "Susceptibility"),
            panel(layout, joined, exact, (2, "magnetization"), "Magnetisation"),
            panel(layout, joined, exact, (4, "binder"), "Binder cumulant"),
        ],
        columns: 2,
        frames: None,
    }
}

/// F/N where it is absolute, and ln Z against the exact one for both methods where that is known.
fn free_energy(study: &Study<'_>, layout: &Layout<'_>, joined: &[Joined]) -> Option<Figure> {
    let pieces = || joined.iter().flat_map(|curve| curve.pieces.iter().map(move |piece| (curve, piece)));
    let (mut absolute, mut exact) = (Vec::new(), Vec::new());
    let (mut deviations, mut integrated) = (Vec::new(), Vec::new());
    for (curve, piece) in pieces() {
        let sites = layout.curves[curve.index].experiment().sites as f64;
        let role = Role::Data(curve.index);
        let label = if piece.free.places.is_empty() { String::new() } else { curve.label.clone() };
        let mut places: Vec<_> = piece.free.places.iter().collect();
        places.reverse();
        let free = places.iter().filter_map(|place| {
            let found = place.free_energy?;
            Some(Point::with_error(place.temperature, found.value, found.std_error))
        });
        absolute.push(Series { label: label.clone(), mark: Mark::Scatter, role, points: free.collect() });
        let known = places
            .iter()
            .filter_map(|place| Some(Point::new(place.temperature, place.exact_free_energy?)))
            .collect();
        exact.push(Series { label: String::new(), mark: Mark::Line, role: Role::Reference, points: known });
        let off = |by_integral: bool| -> Vec<Point> {
            let point = |place: &&super::free::FreePlace| {
                let found = if by_integral { place.integrated } else { place.difference }?;
                let scale = 1e3 / sites;
                let deviation = scale * (found.value - place.exact?);
                Some(Point::with_error(place.temperature, deviation, scale * found.std_error))
            };
            places.iter().filter_map(point).collect()
        };
        deviations.push(Series { label, mark: Mark::Scatter, role, points: off(false) });
        integrated.push(Series { label: String::new(), mark: Mark::Scatter, role, points: off(true) });
    }
    let keep = |mut series: Vec<Series>| {
        series.retain(|series| !series.points.is_empty());
        series
    };
    let (absolute, mut exact) = (keep(absolute), keep(exact));
    let (deviations, integrated) = (keep(deviations), keep(integrated));
    if let Some(first) = exact.first_mut() {
        first.label = "exact".to_owned();
    }
    let chart = |title: &str, y: &str, series: Vec<Series>| {
        Panel::Chart(Chart {
            title: title.to_owned(),
            x: Scale::linear(layout.x_label.clone()),
            y: Scale::linear(y),
            series,
            guides: Vec::new(),
            pulls: false,
        })
    };
    let mut panels = Vec::new();
    if !absolute.is_empty() {
        panels.push(chart("Free energy per site", "*F* / *N*", exact.into_iter().chain(absolute).collect()));
    }
    if !deviations.is_empty() {
        let y = "10^{3} (ln *Z* − exact) / *N*";
        panels.push(chart("By reweighting", y, deviations));
        panels.push(chart("By integration", y, integrated));
    }
    let compared = panels.len() != 1;
    (!panels.is_empty()).then(|| Figure {
        id: "free-energy".to_owned(),
        title: "Free energy".to_owned(),
        subtitle: chains::updates(study),
        caption: format!(
            "Free energy per site at the sampled temperatures.{} Bars are one standard error $\\sigma$, common to neighbouring points for the \
             most part, since each is counted from the highest temperature.{}",
            if compared {
                " Beside it what reweighting and integration of the mean energy over $1/T$ give for $\\ln Z(T)$ less its value at the \
                 highest temperature, against the exact one."
            } else {
                ""
            },
            chains::provenance(study)
        ),
        columns: panels.len().min(3),
        panels,
        frames: None,
    })
}
