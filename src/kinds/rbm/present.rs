//! The story of a study: figures, and the facts that the handout's template reads.

use super::figures::{
    algorithm, averaged, best_possible, data_phrase, energies_figure, filters_figure, independent,
    learning_figure, samples_figure, sweep_figure,
};
use super::run::{Likelihood, Training};
use crate::kind::{Story, Study, StudyPoint};
use crate::learning::patterns::Patterns;
use crate::learning::train::{Algorithm, Decay};
use crate::number::{count, plain, with_error};
use crate::record::Analysis;
use serde_json::{Value, json};

/// Tells the story of the point that learnt best; a swept study adds a figure over its first axis.
pub(super) fn present(study: &Study<'_>) -> Story {
    let Some(point) = study.points.iter().max_by(|x, y| score(x.analysis).total_cmp(&score(y.analysis)))
    else {
        return Story { question: "What does the machine learn?".to_owned(), ..Story::default() };
    };
    let training: &Training = point.downcast();
    let facts = facts(study, point, training);
    let mut figures = Vec::new();
    figures.extend(sweep_figure(study));
    figures.push(learning_figure(point, training));
    figures.push(energies_figure(point, training));
    figures.extend(filters_figure(point, training));
    figures.extend(samples_figure(point, training));
    Story {
        question: format!(
            "What does a restricted Boltzmann machine of {} hidden units learn from {}?",
            training.settings.hidden,
            data_phrase(training)
        ),
        answer: answer(point, training),
        figures,
        warnings: warnings(study),
        facts,
    }
}

fn warnings(study: &Study<'_>) -> Vec<String> {
    let place = |point: &StudyPoint<'_>| -> String {
        let parts =
            study.axes.iter().zip(point.coordinates).map(|(axis, value)| format!("{} = {value}", axis.key()));
        parts.collect::<Vec<_>>().join(", ")
    };
    let mut warnings = Vec::new();
    for point in study.points {
        for warning in &point.analysis.warnings {
            let place = place(point);
            warnings.push(if place.is_empty() { warning.clone() } else { format!("At {place}: {warning}") });
        }
    }
    warnings
}

/// What points are ranked by: held-out likelihood, else likelihood, else reconstruction.
fn score(analysis: &Analysis) -> f64 {
    let value = |name: &str| analysis.get(name).and_then(|estimate| estimate.value);
    value("validation_log_likelihood")
        .or_else(|| value("log_likelihood"))
        .or_else(|| value("reconstruction_error").map(|error| -error))
        .unwrap_or(f64::NEG_INFINITY)
}

fn answer(point: &StudyPoint<'_>, training: &Training) -> String {
    let how = format!(
        "After {} epochs of {}-{}",
        count(training.settings.epochs as u64),
        algorithm(training),
        training.settings.steps
    );
    let estimate =
        |name: &str| point.analysis.get(name).and_then(|found| Some((found.value?, found.std_error)));
    match estimate("log_likelihood") {
        Some((value, error)) => {
            let baseline = if training.complete {
                format!("where the best possible is {} nats", plain(best_possible(training)))
            } else {
                format!(
                    "where independent pixels reach {} nats",
                    plain(independent(training, &training.train))
                )
            };
            let held_out = estimate("validation_log_likelihood")
                .map(|(value, error)| format!(" ({} on patterns held out)", with_error(value, error)))
                .unwrap_or_default();
            format!(
                "{how} its mean log-likelihood is {} nats per pattern{held_out}, {baseline}.",
                with_error(value, error)
            )
        }
        None => {
            let (value, error) = estimate("reconstruction_error").unwrap_or((f64::NAN, None));
            format!(
                "{how} it reconstructs patterns with a mean squared error of {} per pixel.",
                with_error(value, error)
            )
        }
    }
}

fn facts(study: &Study<'_>, point: &StudyPoint<'_>, training: &Training) -> Value {
    let mut facts = setting_facts(training);
    let more = [likelihood_facts(point, training), seen_facts(study, point, training)];
    if let Value::Object(facts) = &mut facts {
        facts.extend(more.into_iter().filter_map(|value| value.as_object().cloned()).flatten());
    }
    facts
}

/// What was trained, on what, and how.
fn setting_facts(training: &Training) -> Value {
    let settings = &training.settings;
    json!({
        "visible": training.train.size(),
        "hidden": settings.hidden,
        "units": training.train.size() + settings.hidden,
        "source": training.source,
        "attribution": training.attribution,
        "attributed": !training.attribution.is_empty(),
        "patterns": training.train.count(),
        "held_out": training.validation.as_ref().map_or(0, Patterns::count),
        "has_validation": training.validation.is_some(),
        "binary": training.train.is_binary(),
        "complete": training.complete,
        "algorithm": algorithm(training),
        "persistent": settings.algorithm == Algorithm::Pcd,
        "chains": settings.chains,
        "steps": settings.steps,
        "epochs": settings.epochs,
        "batch_size": settings.batch_size,
        "learning_rate": settings.learning_rate,
        "falling_rate": settings.decay == Decay::Linear,
        "momentum": settings.momentum,
        "has_momentum": settings.momentum > 0.0,
        "weight_decay": settings.weight_decay,
        "has_weight_decay": settings.weight_decay > 0.0,
        "replicas": training.replicas,
        "several_replicas": training.replicas > 1,
        "sample_steps": training.sample_steps,
    })
}

/// Likelihoods, and what they stand against.
fn likelihood_facts(point: &StudyPoint<'_>, training: &Training) -> Value {
    let hidden_is_smaller = training.settings.hidden < training.train.size();
    let probabilities = point.analysis.table("patterns").map(|table| table.numbers("log_probability"));
    let mass = probabilities.filter(|logs| training.complete && logs.len() == training.train.count());
    let validation = training.validation.as_ref();
    json!({
        "has_likelihood": training.likelihood != Likelihood::None,
        "exact": training.likelihood == Likelihood::Exact,
        "smaller": training.smaller(),
        "smaller_layer": if hidden_is_smaller { "hidden" } else { "visible" },
        "log_likelihood": number(point, "log_likelihood"),
        "validation_log_likelihood": number(point, "validation_log_likelihood"),
        "log_partition": number(point, "log_partition"),
        "independent": independent(training, &training.train),
        "independent_validation": validation.map(|patterns| independent(training, patterns)),
        "best_possible": best_possible(training),
        "has_mass": mass.is_some(),
        "mass": mass.map(|logs| logs.into_iter().map(libm::exp).sum::<f64>()),
    })
}

/// What else was seen.
fn seen_facts(study: &Study<'_>, point: &StudyPoint<'_>, training: &Training) -> Value {
    let gap = point.analysis.get("free_energy_gap");
    let gap_seen = gap.and_then(|gap| Some(gap.value? > 3.0 * gap.std_error?)).unwrap_or(false);
    let before = point
        .analysis
        .table("history")
        .and_then(|table| averaged(table, "reconstruction_error").first().map(|point| point.y));
    let example = point.analysis.table("patterns").and_then(|table| table.rows.first());
    let cell = |index: usize| example.and_then(|row| row[index].number());
    json!({
        "reconstruction_error": number(point, "reconstruction_error"),
        "first_reconstruction": before,
        "free_energy_gap": number(point, "free_energy_gap"),
        "gap_seen": gap_seen,
        "example_energy": cell(2),
        "example_entropy": cell(3),
        "example_free_energy": cell(4),
        "has_filters": filters_figure(point, training).is_some(),
        "has_samples": samples_figure(point, training).is_some(),
        "swept": sweep_figure(study).is_some(),
        "several_points": study.points.len() > 1,
    })
}

/// An estimate as `{ value, error }`.
fn number(point: &StudyPoint<'_>, name: &str) -> Value {
    let found = point.analysis.get(name);
    json!({
        "value": found.and_then(|estimate| estimate.value),
        "error": found.and_then(|estimate| estimate.std_error),
    })
}
