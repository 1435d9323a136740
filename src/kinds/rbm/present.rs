//! The story of a study: figures, and the facts that the handout's template reads.

use super::figures::{
    algorithm, averaged, best_possible, data_phrase, energies_figure, filters_figure, independent,
    learning_figure, samples_figure,
};
use super::outcome::sweep_figure;
use super::run::{Likelihood, Training};
use crate::kind::{Story, Study, StudyPoint};
use crate::learning::ais;
use crate::learning::evaluate::LARGEST_EXACT;
use crate::learning::patterns::Patterns;
use crate::learning::train::{Algorithm, Decay};
use crate::number::{count, fixed, significant, with_error};
use crate::record::Analysis;
use serde_json::{Value, json};

/// Most points listed in the handout's table.
const LISTED: usize = 40;

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
    figures.push(learning_figure(point, training, study.seed));
    figures.push(energies_figure(point, training, study.seed));
    figures.extend(filters_figure(point, training));
    figures.extend(samples_figure(point, training));
    Story {
        question: format!(
            "What does a restricted Boltzmann machine of {} hidden units learn from {}?",
            training.settings.hidden,
            data_phrase(training)
        ),
        answer: answer(study, point, training),
        figures,
        warnings: warnings(study),
        facts,
    }
}

fn warnings(study: &Study<'_>) -> Vec<String> {
    let mut warnings = Vec::new();
    for point in study.points {
        for warning in &point.analysis.warnings {
            let place = place(study, point);
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
    let held_out = match &training.validation {
        Some(_) => format!(", and {} on patterns held out", text(point, "validation_log_likelihood")),
        None => String::new(),
    };
    let baseline = if training.complete {
        format!("the best possible is {}", five(best_possible(training)))
    } else {
        let held_out = training
            .validation
            .as_ref()
            .map_or(String::new(), |patterns| format!(" and {}", five(independent(training, patterns))));
        format!("independent pixels reach {}{held_out}", five(independent(training, &training.train)))
    };
    let value = text(point, "log_likelihood");
    format!("{how} its mean log-likelihood is {value} nats per pattern ({method}){held_out}; {baseline}.")
}

/// "algorithm = pcd, steps = 5", or nothing for a single point.
fn place(study: &Study<'_>, point: &StudyPoint<'_>) -> String {
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

fn facts(study: &Study<'_>, point: &StudyPoint<'_>, training: &Training) -> Value {
    let mut facts = setting_facts(training);
    let more =
        [likelihood_facts(point, training), seen_facts(study, point, training), series_facts(study, point)];
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
    let ais = ais::Settings::default();
    json!({
        "has_likelihood": training.likelihood != Likelihood::None,
        "exact": training.likelihood == Likelihood::Exact,
        "smaller": training.smaller(),
        "smaller_layer": if hidden_is_smaller { "hidden" } else { "visible" },
        "log_likelihood": text(point, "log_likelihood"),
        "validation_log_likelihood": text(point, "validation_log_likelihood"),
        "log_partition": text(point, "log_partition"),
        "independent": five(independent(training, &training.train)),
        "independent_validation": validation.map(|patterns| five(independent(training, patterns))),
        "best_possible": five(best_possible(training)),
        "ais_runs": ais.runs,
        "ais_steps": ais.steps,
        "too_large": training.smaller() > LARGEST_EXACT,
        "has_mass": mass.is_some(),
        "mass": mass.map(|logs| significant(logs.into_iter().map(libm::exp).sum::<f64>(), 4)),
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
    let after = point.analysis.get("reconstruction_error").and_then(|error| error.value);
    let example = point.analysis.table("patterns").and_then(|table| table.rows.first());
    let cell = |index: usize| example.and_then(|row| row[index].number()).map(|value| fixed(value, 3));
    json!({
        "reconstruction_error": text(point, "reconstruction_error"),
        "first_reconstruction": before.map(|value| significant(value, 4)),
        "free_energy_gap": text(point, "free_energy_gap"),
        "reconstruction_fell": before.zip(after).is_some_and(|(before, after)| after < before),
        "gap_seen": gap_seen,
        "example_energy": cell(2),
        "example_entropy": cell(3),
        "example_free_energy": cell(4),
        "has_filters": filters_figure(point, training).is_some(),
        "has_samples": samples_figure(point, training).is_some(),
        "swept": sweep_figure(study).is_some(),
    })
}

/// The points of the study, one row of the handout's table each.
fn series_facts(study: &Study<'_>, point: &StudyPoint<'_>) -> Value {
    let row = |point: &StudyPoint<'_>| {
        json!({
            "coordinates": point.coordinates.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "log_likelihood": text(point, "log_likelihood"),
            "validation_log_likelihood": text(point, "validation_log_likelihood"),
            "reconstruction_error": text(point, "reconstruction_error"),
        })
    };
    json!({
        "several_points": study.points.len() > 1,
        "place": place(study, point),
        "axes": study.axes.iter().map(|axis| axis.key().replace('_', " ")).collect::<Vec<_>>(),
        "points": study.points.iter().take(LISTED).map(row).collect::<Vec<_>>(),
        "points_left_out": study.points.len().saturating_sub(LISTED),
    })
}
