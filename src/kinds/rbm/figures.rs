//! The figures of a study, as data.

use super::run::{Likelihood, Training};
use crate::figure::{Chart, Figure, Guide, ImageGrid, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::{Study, StudyPoint};
use crate::learning::evaluate::{mean, standard_error};
use crate::learning::patterns::Patterns;
use crate::learning::train::Algorithm;
use crate::number::{count, plain};
use crate::record::{Cell, Table};

/// "14 patterns of …".
pub(super) fn data_phrase(training: &Training) -> String {
    format!("{} patterns of {}", count(training.train.count() as u64), training.source)
}

/// The algorithm's short name.
pub(super) fn algorithm(training: &Training) -> &'static str {
    match training.settings.algorithm {
        Algorithm::Cd => "CD",
        Algorithm::Pcd => "PCD",
    }
}

/// The mean log-likelihood of patterns under independent units with the training patterns' means.
pub(super) fn independent(training: &Training, patterns: &Patterns) -> f64 {
    mean(&patterns.independent_log_likelihoods(&training.train.means()))
}

/// −ln M: what a machine that gives M distinct patterns their equal share would reach.
pub(super) fn best_possible(training: &Training) -> f64 {
    -libm::log(training.train.count() as f64)
}

/// A column of the history against the epoch: the mean over trainings, with one standard error when there are several.
pub(super) fn averaged(history: &Table, column: &str) -> Vec<Point> {
    let place = |name: &str| history.columns.iter().position(|other| *other == name);
    let (Some(epoch), Some(at)) = (place("epoch"), place(column)) else { return Vec::new() };
    let mut groups: Vec<(f64, Vec<f64>)> = Vec::new();
    for row in &history.rows {
        if let (Some(epoch), Some(value)) = (row[epoch].number(), row[at].number()) {
            match groups.iter_mut().find(|group| group.0 == epoch) {
                Some(group) => group.1.push(value),
                None => groups.push((epoch, vec![value])),
            }
        }
    }
    let point = |(epoch, values): (f64, Vec<f64>)| match standard_error(&values) {
        Some(error) => Point::with_error(epoch, mean(&values), error),
        None => Point::new(epoch, mean(&values)),
    };
    groups.into_iter().map(point).collect()
}

fn line(point: &StudyPoint<'_>, column: &str, label: &str, role: usize) -> Option<Series> {
    let points = averaged(point.analysis.table("history")?, column);
    (!points.is_empty()).then(|| Series {
        label: label.to_owned(),
        mark: Mark::Points,
        role: Role::Data(role),
        points,
    })
}

fn chart(title: &str, x: &str, y: &str, series: Vec<Series>, guides: Vec<Guide>) -> Panel {
    let (x, y) = (Scale::linear(x), Scale::linear(y));
    Panel::Chart(Chart { title: title.to_owned(), x, y, series, guides, pulls: false })
}

fn guide(at: f64, label: String) -> Guide {
    Guide { vertical: false, at, label }
}

fn spread_note(training: &Training) -> String {
    match training.replicas {
        1 => "One training.".to_owned(),
        replicas => format!(
            "Points are means over {replicas} independent trainings, bars one standard error of that mean."
        ),
    }
}

/// The likelihood against the epoch; without likelihoods the reconstruction error.
pub(super) fn learning_figure(point: &StudyPoint<'_>, training: &Training) -> Figure {
    let subtitle = format!(
        "{} hidden units, {}-{}, {}",
        training.settings.hidden,
        algorithm(training),
        training.settings.steps,
        data_phrase(training)
    );
    if training.likelihood == Likelihood::None {
        let series: Vec<Series> =
            line(point, "reconstruction_error", "training patterns", 0).into_iter().collect();
        return Figure {
            id: "learning".to_owned(),
            title: "Reconstruction improves".to_owned(),
            subtitle,
            caption: format!(
                "Mean squared reconstruction error per pixel along the training. {}",
                spread_note(training)
            ),
            panels: vec![chart("", "epoch", "reconstruction error *ε*", series, Vec::new())],
            columns: 1,
        };
    }
    let series: Vec<Series> = [
        line(point, "log_likelihood", "training patterns", 0),
        line(point, "validation_log_likelihood", "held-out patterns", 1),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut guides = vec![guide(independent(training, &training.train), "independent pixels".to_owned())];
    let mut bound = String::new();
    if training.complete {
        let best = best_possible(training);
        guides.push(guide(best, format!("best possible, −ln {}", training.train.count())));
        bound = format!(
            " The upper line is the best possible value, $-\\ln {} = {best:.4}$.",
            training.train.count()
        );
    }
    let method = match training.likelihood {
        Likelihood::Exact => format!(
            "Each point is exact: $\\ln Z$ is a sum over the {} states of the smaller layer.",
            count(1 << training.smaller())
        ),
        _ => "$\\ln Z$ is estimated by annealed importance sampling at each point.".to_owned(),
    };
    Figure {
        id: "learning".to_owned(),
        title: "The likelihood along the training".to_owned(),
        subtitle,
        caption: format!(
            "Mean log-likelihood per pattern, in nats. {method} {} The line \"independent pixels\" is what a machine without \
             weights reaches.{bound}",
            spread_note(training)
        ),
        panels: vec![chart("", "epoch", "log-likelihood per pattern, nats", series, guides)],
        columns: 1,
    }
}

/// Reconstruction error, and free energies of seen and unseen patterns.
pub(super) fn energies_figure(point: &StudyPoint<'_>, training: &Training) -> Figure {
    let reconstruction = line(point, "reconstruction_error", "", 0).into_iter().collect();
    let free_energies: Vec<Series> = [
        line(point, "free_energy_train", "training patterns", 0),
        line(point, "free_energy_validation", "held-out patterns", 1),
    ]
    .into_iter()
    .flatten()
    .collect();
    Figure {
        id: "diagnostics".to_owned(),
        title: "What can be watched without ln *Z*".to_owned(),
        subtitle: String::new(),
        caption: format!(
            "Left: mean squared reconstruction error per pixel. Right: mean free energy $\\langle F(v) \\rangle$; its zero drifts \
             with $\\ln Z$, so that only differences at one epoch mean something. {}",
            spread_note(training)
        ),
        panels: vec![
            chart("Reconstruction", "epoch", "error *ε*", reconstruction, Vec::new()),
            chart("Free energy", "epoch", "⟨*F*(*v*)⟩, nats", free_energies, Vec::new()),
        ],
        columns: 2,
    }
}

/// The weights of each hidden unit as an image.
pub(super) fn filters_figure(point: &StudyPoint<'_>, training: &Training) -> Option<Figure> {
    let weights = point.analysis.table("filters")?.numbers("weight");
    let images: Vec<Vec<f64>> =
        weights.chunks_exact(training.train.size()).take(64).map(<[f64]>::to_vec).collect();
    if images.is_empty() || training.height < 2 {
        return None;
    }
    let largest = images.iter().flatten().fold(1e-300, |most: f64, weight| most.max(weight.abs()));
    let shown = images.len();
    Some(Figure {
        id: "filters".to_owned(),
        title: "What each hidden unit looks for".to_owned(),
        subtitle: String::new(),
        caption: format!(
            "Columns of $W$ as images, for {shown} of {} hidden units of the first training. Colours diverge from zero to \
             $\\pm {}$: one sign switches the unit on where the image has ink, the other off.",
            training.settings.hidden,
            plain(largest)
        ),
        panels: vec![Panel::Images(ImageGrid {
            title: String::new(),
            height: training.height,
            width: training.width,
            images,
            labels: Vec::new(),
            per_row: shown.min(8),
            range: (-largest, largest),
            diverging: true,
            description: format!(
                "{shown} small images of weights, {} by {} pixels",
                training.height, training.width
            ),
        })],
        columns: 1,
    })
}

/// Training patterns beside samples of the machine.
pub(super) fn samples_figure(point: &StudyPoint<'_>, training: &Training) -> Option<Figure> {
    let table = point.analysis.table("samples")?;
    let drawn: Vec<Vec<f64>> = table
        .rows
        .iter()
        .filter_map(|row| match &row[2] {
            Cell::Text(text) => Some(text.chars().map(|digit| f64::from(digit == '1')).collect()),
            _ => None,
        })
        .take(training.samples.min(40))
        .collect();
    if drawn.is_empty() || training.height < 2 {
        return None;
    }
    let wanted = drawn.len().min(training.train.count());
    let stride = training.train.count() / wanted;
    let data: Vec<Vec<f64>> = (0..wanted).map(|m| training.train.row(m * stride).to_vec()).collect();
    let grid = |title: &str, images: Vec<Vec<f64>>, description: String| {
        Panel::Images(ImageGrid {
            title: title.to_owned(),
            height: training.height,
            width: training.width,
            per_row: images.len().min(8),
            images,
            labels: Vec::new(),
            range: (0.0, 1.0),
            diverging: false,
            description,
        })
    };
    Some(Figure {
        id: "samples".to_owned(),
        title: "Data and dreams".to_owned(),
        subtitle: String::new(),
        caption: format!(
            "Left: training patterns. Right: samples $v$ of the first trained machine, each the end of its own chain of {} \
             Gibbs steps that started from independent pixels.",
            count(training.sample_steps as u64)
        ),
        panels: vec![
            grid("Data", data, format!("{wanted} training patterns")),
            grid("Samples of the machine", drawn, "samples of the trained machine".to_owned()),
        ],
        columns: 2,
    })
}

/// The final likelihoods (or reconstruction errors) against the first axis that has numbers.
pub(super) fn sweep_figure(study: &Study<'_>) -> Option<Figure> {
    if study.points.len() < 2 {
        return None;
    }
    let at = (0..study.axes.len())
        .find(|at| study.points.iter().all(|point| point.coordinates[*at].number().is_some()))?;
    let has = |name: &str| study.points.iter().any(|point| point.analysis.get(name).is_some());
    let chosen: &[(&str, &str)] = if has("log_likelihood") {
        &[("log_likelihood", "training patterns"), ("validation_log_likelihood", "held-out patterns")]
    } else {
        &[("reconstruction_error", "training patterns")]
    };
    let mut series = Vec::new();
    for (role, (name, label)) in chosen.iter().enumerate() {
        let mut points: Vec<Point> = Vec::new();
        for point in study.points {
            let x = point.coordinates[at].number();
            let estimate = point.analysis.get(name);
            if let (Some(x), Some(y)) = (x, estimate.and_then(|estimate| estimate.value)) {
                let error = estimate.and_then(|estimate| estimate.std_error);
                points.push(error.map_or(Point::new(x, y), |error| Point::with_error(x, y, error)));
            }
        }
        points.sort_by(|p, q| p.x.total_cmp(&q.x));
        if !points.is_empty() {
            let mark = if study.axes.len() == 1 { Mark::Points } else { Mark::Scatter };
            series.push(Series { label: (*label).to_owned(), mark, role: Role::Data(role), points });
        }
    }
    let key = study.axes[at].key().replace('_', " ");
    let y =
        if has("log_likelihood") { "log-likelihood per pattern, nats" } else { "reconstruction error *ε*" };
    Some(Figure {
        id: "sweep".to_owned(),
        title: format!("What the trained machine reaches, against {key}"),
        subtitle: String::new(),
        caption: format!("Values at the end of each training, against `{}`.", study.axes[at].path),
        panels: vec![chart("", &key, y, series, Vec::new())],
        columns: 1,
    })
}
