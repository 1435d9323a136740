//! How the facts of a training are gathered.

use super::facts::{Course, Facts, Learnt, PointRow, Seen, Setting};
use super::figures::{algorithm, averaged, best_possible, independent};
use super::present::place;
use super::run::{Likelihood, Training};
use crate::fact::{Listed, Measured};
use crate::figure::{Figure, Point};
use crate::kind::{Study, StudyPoint};
use crate::learning::ais;
use crate::learning::evaluate::LARGEST_EXACT;
use crate::learning::patterns::Patterns;
use crate::learning::train::{Algorithm, Decay};
use crate::record::{Cell, Table};

/// The facts about `point`, the one that learnt best, and about the study around it.
pub(super) fn facts(
    study: &Study<'_>,
    point: &StudyPoint<'_>,
    training: &Training,
    figures: &[Figure],
) -> Facts {
    Facts {
        empty: false,
        setting: setting(training),
        learnt: learnt(point, training),
        seen: seen(point, training, figures),
        listed: listed(study, point),
    }
}

fn measured(point: &StudyPoint<'_>, name: &str) -> Measured {
    Measured::of(point.analysis.get(name))
}

fn exact(value: f64) -> Measured {
    Measured { value: Some(value), error: None }
}

fn setting(training: &Training) -> Setting {
    let settings = &training.settings;
    Setting {
        visible: training.train.size(),
        hidden: settings.hidden,
        units: training.train.size() + settings.hidden,
        source: training.source.clone(),
        attribution: training.attribution,
        attributed: !training.attribution.is_empty(),
        patterns: training.train.count(),
        held_out: training.validation.as_ref().map_or(0, Patterns::count),
        has_validation: training.validation.is_some(),
        binary: training.train.is_binary(),
        complete: training.complete,
        algorithm: algorithm(training),
        persistent: settings.algorithm == Algorithm::Pcd,
        chains: settings.chains,
        steps: settings.steps,
        epochs: settings.epochs,
        batch_size: settings.batch_size,
        learning_rate: settings.learning_rate,
        falling_rate: settings.decay == Decay::Linear,
        momentum: settings.momentum,
        has_momentum: settings.momentum > 0.0,
        weight_decay: settings.weight_decay,
        has_weight_decay: settings.weight_decay > 0.0,
        replicas: training.replicas,
        several_replicas: training.replicas > 1,
        sample_steps: training.sample_steps,
    }
}

fn learnt(point: &StudyPoint<'_>, training: &Training) -> Learnt {
    let hidden_is_smaller = training.settings.hidden < training.train.size();
    let probabilities = point.analysis.table("patterns").map(|table| table.numbers("log_probability"));
    let mass = probabilities.filter(|logs| training.complete && logs.len() == training.train.count());
    let ais = ais::Settings::default();
    let log_likelihood = measured(point, "log_likelihood");
    let independent_train = independent(training, &training.train);
    let gain = log_likelihood.minus(exact(independent_train));
    let divergence = exact(best_possible(training)).minus(log_likelihood);
    Learnt {
        has_likelihood: training.likelihood != Likelihood::None,
        exact: training.likelihood == Likelihood::Exact,
        smaller: training.smaller(),
        smaller_layer: if hidden_is_smaller { "hidden" } else { "visible" },
        log_likelihood,
        validation_log_likelihood: measured(point, "validation_log_likelihood"),
        log_partition: measured(point, "log_partition"),
        independent: independent_train,
        independent_validation: held_out(point, "independent", "independent_error"),
        gain,
        validation_gain: held_out(point, "difference", "difference_error"),
        gain_factor: gain.value.map(libm::exp),
        best_possible: best_possible(training),
        divergence: if training.complete { divergence } else { Measured::default() },
        ais_runs: ais.runs,
        ais_steps: ais.steps,
        too_large: training.smaller() > LARGEST_EXACT,
        mass: mass.map(|logs| logs.into_iter().map(libm::exp).sum()),
    }
}

/// What the table of gains says of the held-out patterns.
pub(super) fn held_out(point: &StudyPoint<'_>, value: &str, error: &str) -> Measured {
    let row = |table: &Table| -> Option<Measured> {
        let row = table.rows.iter().find(|row| row[0] == Cell::from("validation"))?;
        let number = |name: &str| row[table.columns.iter().position(|column| *column == name)?].number();
        Some(Measured { value: number(value), error: number(error) })
    };
    point.analysis.table("gain").and_then(row).unwrap_or_default()
}

fn seen(point: &StudyPoint<'_>, training: &Training, figures: &[Figure]) -> Seen {
    let gap = measured(point, "free_energy_gap");
    let before = history(point, "reconstruction_error").first().map(|point| point.y);
    let after = measured(point, "reconstruction_error");
    let example = point.analysis.table("patterns").and_then(|table| table.rows.first());
    let cell = |index: usize| example.and_then(|row| row[index].number());
    let matters = if training.validation.is_some() { "validation_log_likelihood" } else { "log_likelihood" };
    let stands = |id: &str| figures.iter().skip(1).any(|figure| figure.id == id);
    Seen {
        reconstruction_error: after,
        first_reconstruction: before,
        reconstruction_fell: before.zip(after.value).is_some_and(|(before, after)| after < before),
        free_energy_gap: gap,
        gap_seen: gap.pull().is_some_and(|pull| pull > 3.0),
        course: course(&history(point, matters)),
        example_energy: cell(2),
        example_entropy: cell(3),
        entropy_bound: training.settings.hidden as f64 * std::f64::consts::LN_2,
        example_free_energy: cell(4),
        has_filters: stands("filters"),
        has_samples: stands("samples"),
        swept: stands("learning"),
    }
}

/// A column of the history against the epoch, averaged over the trainings.
fn history(point: &StudyPoint<'_>, column: &str) -> Vec<Point> {
    point.analysis.table("history").map_or_else(Vec::new, |table| averaged(table, column))
}

fn course(history: &[Point]) -> Option<Course> {
    let [first, .., last] = history else { return None };
    let best = history.iter().max_by(|a, b| a.y.total_cmp(&b.y))?;
    let from = first.x + 0.8 * (last.x - first.x);
    let late = history.iter().rfind(|point| point.x <= from)?;
    let (rise, late_rise) = (best.y - first.y, last.y - late.y);
    let (from_dip, to_dip) = deepest_fall(history)?;
    let fall = from_dip.y - to_dip.y;
    (history.len() >= 5).then_some(Course {
        dip_from_epoch: from_dip.x,
        dip_from: from_dip.y,
        dip_to_epoch: to_dip.x,
        dip_to: to_dip.y,
        dipped: fall > 0.1 * rise && last.y - to_dip.y > 0.5 * fall,
        best_epoch: best.x,
        best: best.y,
        last: last.y,
        late_rise,
        rising: late_rise > 0.01 * rise,
        falling: best.y - last.y > 0.01 * rise,
    })
}

/// The point from which the history fell most below its running maximum, and the point to which.
fn deepest_fall(history: &[Point]) -> Option<(Point, Point)> {
    let first = *history.first()?;
    let (mut highest, mut deepest) = (first, (first, first));
    for point in history {
        if point.y > highest.y {
            highest = *point;
        }
        if highest.y - point.y > deepest.0.y - deepest.1.y {
            deepest = (highest, *point);
        }
    }
    Some(deepest)
}

fn listed(study: &Study<'_>, point: &StudyPoint<'_>) -> Listed<PointRow> {
    let row = |point: &StudyPoint<'_>| PointRow {
        coordinates: point.coordinates.iter().map(ToString::to_string).collect(),
        log_likelihood: measured(point, "log_likelihood"),
        validation_log_likelihood: measured(point, "validation_log_likelihood"),
        reconstruction_error: measured(point, "reconstruction_error"),
    };
    let axes = study.axes.iter().map(|axis| axis.key().replace('_', " ")).collect();
    Listed::new(place(study, point), axes, study.points.iter().map(row))
}
