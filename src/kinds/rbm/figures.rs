//! The figures of a study, as data.

use super::run::{Likelihood, Training};
use crate::figure::{Chart, Figure, Guide, ImageGrid, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::StudyPoint;
use crate::learning::evaluate::{mean, standard_error};
use crate::learning::patterns::Patterns;
use crate::learning::train::Algorithm;
use crate::number::{count, fixed, significant};
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

/// How many trainings and patterns a figure rests on, and the seed.
fn spread_note(training: &Training, seed: u64) -> String {
    let patterns = match &training.validation {
        Some(held_out) => format!(
            "{} training and {} held-out patterns, seed {seed}",
            count(training.train.count() as u64),
            count(held_out.count() as u64)
        ),
        None => format!("{} training patterns, seed {seed}", count(training.train.count() as u64)),
    };
    match training.replicas {
        1 => format!("One training, {patterns}; points carry no bar for how other trainings would differ."),
        replicas => format!(
            "{replicas} independent trainings, {patterns}. Points are means over the trainings, bars one standard error of \
             that mean."
        ),
    }
}

/// The likelihood against the epoch; without likelihoods the reconstruction error.
pub(super) fn learning_figure(point: &StudyPoint<'_>, training: &Training, seed: u64) -> Figure {
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
                spread_note(training, seed)
            ),
            panels: vec![chart("", "epoch", "reconstruction error *ε* per pixel", series, Vec::new())],
            columns: 1,
            frames: None,
        };
    }
    let mut held = line(point, "validation_log_likelihood", "held-out patterns", 1);
    let sampled = held.as_mut().map_or(String::new(), |held| bar_of_the_last(point, training, held));
    let series: Vec<Series> =
        [line(point, "log_likelihood", "training patterns", 0), held].into_iter().flatten().collect();
    let mut guides = vec![guide(independent(training, &training.train), "independent pixels".to_owned())];
    let mut bound = String::new();
    if training.complete {
        let best = best_possible(training);
        guides.push(guide(best, format!("best possible, −ln {}", training.train.count())));
        bound = format!(
            " The upper line is the best possible value, $-\\ln {} = {}$.",
            training.train.count(),
            fixed(best, 4)
        );
    }
    let method = match training.likelihood {
        Likelihood::Exact => format!(
            "Each point is exact: $\\ln Z$ is a sum over the {} states of the smaller layer.",
            count(1 << training.smaller())
        ),
        _ => "At each point $\\ln Z$ is estimated by annealed importance sampling, whose error is stated for the last one only."
            .to_owned(),
    };
    Figure {
        id: "learning".to_owned(),
        title: "The likelihood along the training".to_owned(),
        subtitle,
        caption: format!(
            "Mean log-likelihood per pattern, $\\mathcal{{L}}$, in nats, against the epoch. {method} {}{sampled} The line \"independent pixels\" is what a machine without \
             weights reaches.{bound}",
            spread_note(training, seed)
        ),
        panels: vec![chart("", "epoch", "log-likelihood per pattern ℒ (nats)", series, guides)],
        columns: 1,
        frames: None,
    }
}

/// Gives the last held-out point of a single training the error with which its patterns were drawn, the one that the table
/// of estimates states; the words for the caption.
fn bar_of_the_last(point: &StudyPoint<'_>, training: &Training, held: &mut Series) -> String {
    let estimate = point.analysis.get("validation_log_likelihood");
    let Some((last, error)) = held
        .points
        .last_mut()
        .zip(estimate.and_then(|estimate| estimate.std_error))
        .filter(|_| training.replicas == 1)
    else {
        return String::new();
    };
    *last = Point::with_error(last.x, last.y, error);
    format!(
        " The bar on the last held-out point, $\\pm {}$, is one standard error for the choice of these patterns; where it does \
         not show it is smaller than the mark.",
        significant(error, 1)
    )
}

/// Reconstruction error, and the free-energy gap between unseen and seen patterns; without unseen ones the free energy.
pub(super) fn energies_figure(point: &StudyPoint<'_>, training: &Training, seed: u64) -> Figure {
    let reconstruction = line(point, "reconstruction_error", "", 0).into_iter().collect();
    let (panel, text) = if training.validation.is_some() {
        let gap =
            Series { label: String::new(), mark: Mark::Points, role: Role::Data(1), points: gaps(point) };
        let zero = guide(0.0, String::new());
        (
            chart("Free-energy gap", "epoch", "gap Δ*F* (nats)", vec![gap], vec![zero]),
            "mean free energy of the held-out patterns less that of the training patterns, in which $\\ln Z$ cancels",
        )
    } else {
        let energies = line(point, "free_energy_train", "", 0).into_iter().collect();
        (
            chart("Free energy", "epoch", "mean free energy ⟨*F*(*v*)⟩ (nats)", energies, Vec::new()),
            "mean free energy $\\langle F(v) \\rangle$ of the training patterns; its zero drifts with $\\ln Z$, so that by \
             itself it does not tell whether the machine improves",
        )
    };
    Figure {
        id: "diagnostics".to_owned(),
        title: "What can be watched without ln *Z*".to_owned(),
        subtitle: String::new(),
        caption: format!(
            "First panel: mean squared reconstruction error $\\epsilon$ per pixel. Second: {text}. {}",
            spread_note(training, seed)
        ),
        panels: vec![
            chart("Reconstruction", "epoch", "reconstruction error *ε*", reconstruction, Vec::new()),
            panel,
        ],
        columns: 2,
        frames: None,
    }
}

/// The free-energy gap against the epoch: the mean over trainings, with one standard error when there are several.
fn gaps(point: &StudyPoint<'_>) -> Vec<Point> {
    let Some(history) = point.analysis.table("history") else { return Vec::new() };
    let place = |name: &str| history.columns.iter().position(|column| *column == name);
    let (Some(seen), Some(held)) = (place("free_energy_train"), place("free_energy_validation")) else {
        return Vec::new();
    };
    let mut table = history.clone();
    for row in &mut table.rows {
        let gap = row[held].number().zip(row[seen].number()).map(|(held, seen)| held - seen);
        row[held] = Cell::from(gap);
    }
    averaged(&table, "free_energy_validation")
}

/// The weights of each hidden unit as an image.
pub(super) fn filters_figure(point: &StudyPoint<'_>, training: &Training, seed: u64) -> Option<Figure> {
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
            "Columns of $W$ as images, {} hidden units{}. A pixel that is on raises the field of the unit by its weight, so \
             that red pixels favour the unit and blue ones oppose it; the scale ends at $\\pm {}$. The weights are those at epoch {}, seed {seed}; how other trainings would \
             differ is not shown.",
            if shown < training.settings.hidden {
                format!("the first {shown} of {}", count(training.settings.hidden as u64))
            } else {
                format!("all {shown}")
            },
            if training.replicas > 1 { " of the first training" } else { "" },
            significant(largest, 3),
            count(training.settings.epochs as u64)
        ),
        panels: vec![Panel::Images(ImageGrid {
            title: String::new(),
            height: training.height,
            width: training.width,
            images,
            labels: Vec::new(),
            // Rows as even as can be.
            per_row: shown.div_ceil(shown.div_ceil(8)),
            range: (-largest, largest),
            diverging: true,
            description: format!(
                "{shown} small images of weights, {} by {} pixels",
                training.height, training.width
            ),
        })],
        columns: 1,
        frames: None,
    })
}

/// Training patterns beside samples of the machine.
pub(super) fn samples_figure(point: &StudyPoint<'_>, training: &Training, seed: u64) -> Option<Figure> {
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
    let shown = drawn.len();
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
        title: "Data and samples".to_owned(),
        subtitle: String::new(),
        caption: format!(
            "First panel: {}. Second: {} samples $v$ of the {}trained machine, each the end of its \
             own chain of {} Gibbs step{} that started from independent pixels; seed {seed}.",
            if wanted == training.train.count() {
                format!("all {wanted} training patterns")
            } else {
                format!("{wanted} of the training patterns, evenly spaced")
            },
            count(shown as u64),
            if training.replicas > 1 { "first " } else { "" },
            count(training.sample_steps as u64),
            if training.sample_steps == 1 { "" } else { "s" }
        ),
        panels: vec![
            grid(
                "Data",
                data,
                format!("{wanted} training patterns, {} by {} pixels", training.height, training.width),
            ),
            grid(
                "Samples of the machine",
                drawn,
                format!(
                    "{shown} samples of the trained machine, {} by {} pixels",
                    training.height, training.width
                ),
            ),
        ],
        columns: 2,
        frames: None,
    })
}
