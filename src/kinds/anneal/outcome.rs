//! The figure of a swept study: success, cost and energy along an axis.

use super::figures::{chart, energy_label, series};
use super::present::{axis_words, coordinate_value, is_cut};
use super::spec::AnnealExperiment;
use crate::axis::Axis;
use crate::figure::{Figure, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::{Study, StudyPoint};
use crate::number;
use crate::statistics::intervals::wilson;

/// One curve: the points that share all coordinates but the one along the axis.
struct Curve<'a> {
    name: String,
    points: Vec<&'a StudyPoint<'a>>,
}

/// Success probability and cost where there is a target, else the mean energy of the reads, along the first numeric axis.
pub(super) fn along_axis(study: &Study<'_>) -> Option<Figure> {
    let at = study
        .axes
        .iter()
        .position(|axis| axis.values.len() > 1 && axis.values.iter().all(|value| value.number().is_some()))?;
    let axis = &study.axes[at];
    let values: Vec<f64> = axis.values.iter().filter_map(|value| value.number()).collect();
    let (least, most) =
        values.iter().fold((f64::MAX, f64::MIN), |(low, high), x| (low.min(*x), high.max(*x)));
    let x = Scale { log: least > 0.0 && most >= 8.0 * least, ..Scale::linear(axis_label(axis)) };
    let curves = curves(study, at);
    let traced = |of: &dyn Fn(&StudyPoint<'_>) -> Option<Point>| -> Vec<Series> {
        let curve = |(index, curve): (usize, &Curve<'_>)| {
            let mut points: Vec<Point> = curve
                .points
                .iter()
                .filter_map(|point| Some(Point { x: point.coordinates[at].number()?, ..of(point)? }))
                .collect();
            points.sort_by(|a, b| a.x.total_cmp(&b.x));
            series(&curve.name, Mark::Points, Role::Data(index), points)
        };
        curves.iter().enumerate().map(curve).filter(|series| !series.points.is_empty()).collect()
    };
    let success = traced(&success);
    let effort = traced(&effort);
    let mut panels: Vec<Panel> = Vec::new();
    let mut caption = String::new();
    if !success.is_empty() {
        let highest = success.iter().flat_map(|series| &series.points).filter_map(|point| point.interval);
        let highest = highest.fold(0.0_f64, |most, (_, high)| most.max(high));
        let top = if highest > 0.5 { 1.0 } else { 1.2 * highest };
        let y = Scale { range: Some((0.0, top)), ..Scale::linear("success probability *p*_{s}") };
        panels.push(chart("Success", x.clone(), y, success, Vec::new()));
        caption.push_str("Probability $p_{\\mathrm{s}}$ that one read reaches the target");
    }
    if effort.iter().any(|series| series.points.len() > 1) {
        let y = Scale::log("sweeps to solution *n*_{99}");
        panels.push(chart("Cost", x.clone(), y, effort, Vec::new()));
        caption.push_str(
            ", and number $n_{99}$ of sweeps that reach it with probability 0.99 when reads of one length are repeated",
        );
    }
    if panels.len() < 2 {
        let energy = traced(&energy);
        let cut = study.points.first().is_some_and(is_cut);
        panels.push(chart("Energy", x, Scale::linear(energy_label(cut, "mean least")), energy, Vec::new()));
        caption.push_str(if caption.is_empty() { "Mean" } else { "; mean" });
        caption.push_str(" over the reads of the least energy that each met");
    }
    let reads = study.points.iter().map(|point| point.downcast::<AnnealExperiment>().reads as u64);
    let (fewest, most) = reads.fold((u64::MAX, 0), |(low, high), reads| (low.min(reads), high.max(reads)));
    let reads = match fewest == most {
        true => number::count(most),
        false => format!("{} to {}", number::count(fewest), number::count(most)),
    };
    Some(Figure {
        id: "outcome".to_owned(),
        title: format!("{} against {}", outcome_title(panels.len()), axis_words(axis)),
        subtitle: String::new(),
        caption: format!(
            "{caption}. {reads} read{} at each point, seed {}. Bars are one standard error{}; lines only guide the eye.",
            if most == 1 { "" } else { "s" },
            study.seed,
            if panels.len() > 1 { " (Wilson's interval for a share, mapped to $n_{99}$)" } else { "" }
        )
        .replace(", mapped to $n_{99}$)", if caption.contains("n_{99}") { ", mapped to $n_{99}$)" } else { ")" }),
        columns: panels.len(),
        panels, frames: None, })
}

fn outcome_title(panels: usize) -> &'static str {
    if panels > 1 { "Success and its cost" } else { "Energy of the reads" }
}

/// The curves of the study along the axis at `at`.
fn curves<'a>(study: &Study<'a>, at: usize) -> Vec<Curve<'a>> {
    let mut curves: Vec<Curve<'a>> = Vec::new();
    for point in study.points {
        let others = point.coordinates.iter().enumerate().filter(|(index, _)| *index != at);
        let name: Vec<String> = others
            .map(|(index, value)| format!("{} = {}", axis_words(&study.axes[index]), coordinate_value(value)))
            .collect();
        let name = name.join(", ");
        match curves.iter_mut().find(|curve| curve.name == name) {
            Some(curve) => curve.points.push(point),
            None => curves.push(Curve { name, points: vec![point] }),
        }
    }
    curves
}

/// An axis in words and, where it has one, with its symbol.
fn axis_label(axis: &Axis) -> String {
    let path = axis.path.as_str();
    match axis.key() {
        "sweeps" if path.starts_with("schedule.") => "sweeps per read *n*_{sweeps}".to_owned(),
        "from" if path.starts_with("schedule.") => "first temperature *T*_{0}".to_owned(),
        "to" if path.starts_with("schedule.") => "last temperature *T*_{1}".to_owned(),
        "reads" => "number of reads *R*".to_owned(),
        "size" => "linear size *L*".to_owned(),
        _ => axis_words(axis),
    }
}

/// How many reads of a point reached its target, and how many there were.
fn counts(point: &StudyPoint<'_>) -> Option<(u64, u64)> {
    let table = point.analysis.table("success")?;
    let whole = |column: &str| table.numbers(column).first().map(|value| *value as u64);
    Some((whole("successes")?, whole("reads")?))
}

/// p_s with its 1σ Wilson interval.
fn success(point: &StudyPoint<'_>) -> Option<Point> {
    let (successes, reads) = counts(point)?;
    let share = successes as f64 / reads as f64;
    Some(Point { interval: Some(wilson(successes, reads, 1.0)), ..Point::new(0.0, share) })
}

/// n_99 with the interval that p_s's 1σ Wilson interval maps to; nothing where no read succeeded.
fn effort(point: &StudyPoint<'_>) -> Option<Point> {
    let (successes, reads) = counts(point).filter(|(successes, _)| *successes > 0)?;
    let sweeps = |p| super::analyse::sweeps_to_solution(point.downcast::<AnnealExperiment>().sweeps, p);
    let (low, high) = wilson(successes, reads, 1.0);
    let value = sweeps(successes as f64 / reads as f64);
    Some(Point { interval: Some((sweeps(high), sweeps(low))), ..Point::new(0.0, value) })
}

/// The mean least energy of the reads per spin, with its standard error.
fn energy(point: &StudyPoint<'_>) -> Option<Point> {
    let estimate = point.analysis.get("mean_read_energy")?;
    let spins = point.downcast::<AnnealExperiment>().spins as f64;
    let value = estimate.value? / spins;
    Some(
        estimate
            .std_error
            .map_or(Point::new(0.0, value), |error| Point::with_error(0.0, value, error / spins)),
    )
}
