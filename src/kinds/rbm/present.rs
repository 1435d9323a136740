//! The story of a study: its question, its answer and its figures.

use super::facts::Facts;
use super::figures::{
    algorithm, best_possible, data_phrase, energies_figure, filters_figure, independent, learning_figure,
    samples_figure,
};
use super::outcome::sweep_figure;
use super::run::{Likelihood, Training};
use super::tell::{facts, held_out};
use crate::kind::{Story, Study, StudyPoint};
use crate::number::{count, fixed, significant, with_error};
use crate::record::Analysis;
use serde_json::json;

/// Tells the story of the point that learnt best; a swept study adds a figure over its first axis.
pub(super) fn present(study: &Study<'_>) -> Story {
    let Some(point) = study.points.iter().max_by(|x, y| score(x.analysis).total_cmp(&score(y.analysis)))
    else {
        return Story {
            question: "What does the machine learn?".to_owned(),
            answer: "No training was finished, so there is nothing to tell.".to_owned(),
            facts: json!(Facts { empty: true, ..Facts::default() }),
            ..Story::default()
        };
    };
    let training: &Training = point.downcast();
    let mut figures = Vec::new();
    figures.extend(sweep_figure(study));
    figures.push(learning_figure(point, training, study.seed));
    figures.push(energies_figure(point, training, study.seed));
    figures.extend(filters_figure(point, training, study.seed));
    figures.extend(samples_figure(point, training, study.seed));
    figures.extend(super::dreams::figure(point, training, study.seed));
    let facts = json!(facts(study, point, training, &figures));
    Story {
        question: format!(
            "What does a restricted Boltzmann machine of {} hidden units learn from {}?",
            training.settings.hidden,
            data_phrase(training)
        ),
        answer: answer(study, point, training),
        figures,
        warnings: study.doubts(|point| place(study, point)),
        facts,
        ..Story::default()
    }
}

/// What points are ranked by: held-out likelihood, else likelihood, else reconstruction.
fn score(analysis: &Analysis) -> f64 {
    let value = |name: &str| analysis.get(name).and_then(|estimate| estimate.value);
    value("validation_log_likelihood")
        .or_else(|| value("log_likelihood"))
        .or_else(|| value("reconstruction_error").map(|error| -error))
        .unwrap_or(f64::NEG_INFINITY)
}

fn answer(study: &Study<'_>, point: &StudyPoint<'_>, training: &Training) -> String {
    let place = place(study, point);
    let how = format!(
        "{} {} epochs of {}-{}",
        if place.is_empty() {
            "After".to_owned()
        } else {
            format!("Of {} points the one with {place} is best: after", study.points.len())
        },
        count(training.settings.epochs as u64),
        algorithm(training),
        training.settings.steps
    );
    if point.analysis.get("log_likelihood").is_none() {
        let error = text(point, "reconstruction_error");
        return format!("{how} it reconstructs patterns with a mean squared error of {error} per pixel.");
    }
    let method = match (training.likelihood, training.replicas) {
        (_, replicas @ 2..) => format!("mean over {replicas} trainings"),
        (Likelihood::Exact, _) => "exact".to_owned(),
        _ => "by annealed importance sampling".to_owned(),
    };
    let value = text(point, "log_likelihood");
    if training.validation.is_some() {
        let gain = held_out(point, "difference", "difference_error");
        let than = match gain.value {
            Some(less) if less < 0.0 => {
                format!(", {} less than independent pixels reach", gain.times(-1.0).shown())
            }
            Some(_) => format!(", {} more than independent pixels reach", gain.shown()),
            None => String::new(),
        };
        let unseen = text(point, "validation_log_likelihood");
        return format!(
            "{how} its mean log-likelihood is {unseen} nats per held-out pattern{than}, and {value} per training pattern \
             ({method})."
        );
    }
    let baseline = if training.complete {
        format!("the best possible is {}", five(best_possible(training)))
    } else {
        format!("independent pixels reach {}", five(independent(training, &training.train)))
    };
    format!("{how} its mean log-likelihood is {value} nats per pattern ({method}); {baseline}.")
}

/// "algorithm = pcd, steps = 5", or nothing for a single point.
pub(super) fn place(study: &Study<'_>, point: &StudyPoint<'_>) -> String {
    let named = study.axes.iter().zip(point.coordinates).filter(|_| study.points.len() > 1);
    named
        .map(|(axis, value)| format!("{} = {value}", axis.key().replace('_', " ")))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A value to five digits; trailing zeros are kept, since they are as exact as the others.
fn five(value: f64) -> String {
    let size = libm::fabs(value);
    if !(0.1..1e5).contains(&size) {
        return significant(value, 4);
    }
    fixed(value, (4.0 - libm::floor(libm::log10(size))).max(0.0) as usize)
}

/// An estimate with its error, or to five digits where it has none.
fn text(point: &StudyPoint<'_>, name: &str) -> String {
    let found = point.analysis.get(name).and_then(|found| Some((found.value?, found.std_error)));
    match found {
        Some((value, Some(error))) if error > 0.0 => with_error(value, Some(error)),
        Some((value, _)) => five(value),
        None => "–".to_owned(),
    }
}
