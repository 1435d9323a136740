//! Subjects of handouts: each a file with the figures made for one idea and the facts that tell of it.

pub(super) mod ladder;
pub(super) mod microstates;
pub(super) mod scale;
pub(super) mod surface;
pub(super) mod trade;
pub(super) mod visible;

#[cfg(test)]
mod tests;

use super::figures::{Curve, Units, figure};
use crate::figure::{Chart, Figure, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::{Study, StudyPoint};
use crate::number;

/// The figures of every subject that the study is about.
pub(super) fn figures(study: &Study<'_>, units: Units) -> Vec<Figure> {
    let mut figures = trade::figures(study, units);
    figures.extend(scale::figures(study, units));
    figures.extend(ladder::figures(study, units));
    figures
}

/// The figures that apply to a study with a single curve along the temperature.
pub(super) fn along_temperature(study: &Study<'_>, curve: &Curve<'_>) -> Vec<Figure> {
    let machines = [visible::figure(study, curve), microstates::figure(study, curve)].into_iter().flatten();
    machines.chain(surface::figures(study, curve)).collect()
}

fn series(label: impl Into<String>, mark: Mark, role: Role, points: Vec<Point>) -> Series {
    Series { label: label.into(), mark, role, points }
}

fn chart(title: impl Into<String>, x: Scale, y: Scale, series: Vec<Series>) -> Chart {
    Chart { title: title.into(), x, y, series, guides: Vec::new(), pulls: false }
}

/// A dashed line of the given logarithmic slope through the last of the points, over all of them.
fn law(label: &str, points: &[Point], slope: f64) -> Option<Series> {
    let (first, last) = (points.first()?, points.last()?);
    let at = |x: f64| Point::new(x, last.y * libm::pow(x / last.x, slope));
    (first.x < last.x).then(|| series(label, Mark::Dashed, Role::Muted, vec![at(first.x), at(last.x)]))
}

/// ln(y₂/y₁)/ln(x₂/x₁); `None` unless all are above 0 and the x differ.
fn slope((x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> Option<f64> {
    let good = x1 > 0.0 && x2 > 0.0 && y1 > 0.0 && y2 > 0.0 && x1 != x2;
    good.then(|| libm::log(y2 / y1) / libm::log(x2 / x1))
}

/// A temperature as figures name it.
fn at(temperature: f64) -> String {
    format!("*T* = {}", number::significant(temperature, 4))
}

fn exact(id: &str, title: &str, caption: String, panels: Vec<Chart>) -> Figure {
    let columns = panels.len();
    let panels = panels.into_iter().map(Panel::Chart).collect();
    figure(id, title, "", caption + " Exact, so without error bars.", panels, columns)
}

/// The place in a curve of the temperature nearest to 1, as ratios go: that of a machine as it was trained.
fn nearest_to_one(curve: &Curve<'_>) -> Option<usize> {
    let distance = |index: &usize| libm::log(curve.points[*index].0).abs();
    let places = (0..curve.points.len()).filter(|index| curve.points[*index].0 > 0.0);
    places.min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

/// Whether all points share one model, so that only the temperature differs.
fn one_model(study: &Study<'_>) -> bool {
    let identity = |point: &StudyPoint<'_>| point.downcast::<super::Ensemble>().model.identity();
    study.points.iter().all(|point| identity(point) == identity(&study.points[0]))
}

/// At most `most` places of a curve, evenly spread, with both ends and the place `keep` among them.
fn stops(count: usize, most: usize, keep: usize) -> Vec<usize> {
    if count <= most {
        return (0..count).collect();
    }
    let mut stops: Vec<usize> = (0..most).map(|k| k * (count - 1) / (most - 1)).collect();
    if let Some(nearest) = (1..most - 1).min_by_key(|k| stops[*k].abs_diff(keep))
        && keep > 0
        && keep + 1 < count
    {
        stops[nearest] = keep;
    }
    stops
}
