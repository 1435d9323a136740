//! The figure of a swept study: what each trained machine reaches.

use crate::axis::Coordinate;
use crate::figure::{Chart, Figure, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::{Study, StudyPoint};

/// The final likelihoods (or reconstruction errors) against the first axis that has numbers, else the first of all.
///
/// With one axis, of training and held-out patterns; with more, one curve for each combination of the others, by what the
/// points are ranked by.
pub(super) fn sweep_figure(study: &Study<'_>) -> Option<Figure> {
    if study.points.len() < 2 {
        return None;
    }
    let numeric = |at: &usize| study.points.iter().all(|point| point.coordinates[*at].number().is_some());
    let at = (0..study.axes.len()).find(numeric).unwrap_or(0);
    let axis = study.axes.get(at)?;
    let has = |name: &str| study.points.iter().any(|point| point.analysis.get(name).is_some());
    let judged =
        [("validation_log_likelihood", "held-out patterns"), ("log_likelihood", "training patterns")];
    let mut chosen: Vec<(&str, &str)> = judged.into_iter().filter(|(name, _)| has(name)).collect();
    let likelihood = !chosen.is_empty();
    if !likelihood {
        chosen.push(("reconstruction_error", "training patterns"));
    }
    if study.axes.len() > 1 {
        chosen.truncate(1);
    }
    let categories = !numeric(&at);
    let place = |value: &Coordinate| match value.number() {
        Some(x) if !categories => Some(x),
        _ => axis.values.iter().position(|known| known == value).map(|index| index as f64),
    };
    let mut series: Vec<Series> = Vec::new();
    for (name, label) in chosen.iter().rev() {
        for point in study.points {
            let label = if study.axes.len() > 1 { others(study, point, at) } else { (*label).to_owned() };
            let x = point.coordinates.get(at).and_then(place);
            let estimate = point.analysis.get(name);
            let (Some(x), Some(y)) = (x, estimate.and_then(|estimate| estimate.value)) else { continue };
            let error = estimate.and_then(|estimate| estimate.std_error);
            let found = error.map_or(Point::new(x, y), |error| Point::with_error(x, y, error));
            match series.iter_mut().find(|series| series.label == label) {
                Some(series) => series.points.push(found),
                None => {
                    let mark = if categories { Mark::Scatter } else { Mark::Points };
                    let role = Role::Data(series.len());
                    series.push(Series { label, mark, role, points: vec![found] });
                }
            }
        }
    }
    series.iter_mut().for_each(|series| series.points.sort_by(|p, q| p.x.total_cmp(&q.x)));
    let barred = |point: &Point| point.interval.is_some();
    let points = || series.iter().flat_map(|series| &series.points);
    let bars = match (points().all(barred), points().any(barred)) {
        (true, _) => "Bars are one standard error",
        (false, true) => "Bars are one standard error; a point without one is exact for its training",
        _ => "Each is exact for its one training; how other trainings would differ is not shown",
    };
    let shared = if points().any(barred) && has("validation_log_likelihood") {
        ". All points are judged by the same held-out patterns, whose choice moves them together: differences between \
         points are surer than the bars say"
    } else {
        ""
    };
    let key = axis.key().replace('_', " ");
    let mut x = Scale::linear(key.clone());
    if categories {
        x.categories = axis.values.iter().map(ToString::to_string).collect();
    }
    let y = if likelihood {
        "log-likelihood per pattern ℒ (nats)"
    } else {
        "reconstruction error *ε* per pixel"
    };
    let what = if study.axes.len() == 1 {
        "Values at the end of each training".to_owned()
    } else {
        format!("Values for {} at the end of each training", chosen[0].1)
    };
    Some(Figure {
        id: "sweep".to_owned(),
        title: format!("What the trained machine reaches, against {key}"),
        subtitle: String::new(),
        caption: format!("{what}, against `{}`; seed {}. {bars}{shared}.", axis.path, study.seed),
        panels: vec![Panel::Chart(Chart {
            title: String::new(),
            x,
            y: Scale::linear(y),
            series,
            guides: Vec::new(),
            pulls: false,
        })],
        columns: 1,
        frames: None,
    })
}

/// The coordinates of a point on the axes other than one.
fn others(study: &Study<'_>, point: &StudyPoint<'_>, at: usize) -> String {
    let named = study.axes.iter().zip(point.coordinates).enumerate().filter(|(index, _)| *index != at);
    named
        .map(|(_, (axis, value))| format!("{} = {value}", axis.key().replace('_', " ")))
        .collect::<Vec<_>>()
        .join(", ")
}
