//! The story of an annealing study: question, answer, figures and warnings.

use super::analyse::{reaches, two_digits};
use super::facts::{Facts, Figures};
use super::instance::end;
use super::spec::AnnealExperiment;
use super::tell::{facts, rounded};
use super::{figures, outcome};
use crate::axis::{Axis, Coordinate};
use crate::kind::{Story, Study, StudyPoint};
use crate::number;
use serde_json::json;

/// Tells the story of the study.
pub(super) fn present(study: &Study<'_>) -> Story {
    let Some(best) = best_point(study) else {
        return Story {
            question: "How low can the energy of this model be?".to_owned(),
            answer: "No point was finished, so there is nothing to tell.".to_owned(),
            facts: json!(Facts { empty: true, ..Facts::default() }),
            ..Story::default()
        };
    };
    let outcome = outcome::along_axis(study);
    let note = format!("{}, seed {}", runs(study, best), study.seed);
    let (cooling, histogram) = (figures::cooling(best, &note), figures::histogram(best, &note));
    let (acceptance, state) = (figures::acceptance(best, &note), figures::state(best, &note));
    // The first figure is shown above the text; the others where the template places them.
    let drawn = Figures {
        cooling: outcome.is_some() && cooling.is_some(),
        histogram: histogram.is_some(),
        acceptance: acceptance.is_some(),
        state: state.is_some(),
    };
    let facts = json!(facts(study, best, drawn));
    let wiring = super::wiring::figure(best, &note);
    let figures = [outcome, cooling, histogram, acceptance, state, wiring].into_iter().flatten().collect();
    let warnings = study.doubts(|point| coordinates(study, point));
    Story {
        question: question(best),
        answer: answer(study, best),
        figures,
        warnings,
        facts,
        ..Story::default()
    }
}

/// The point to show in detail: the one with the least energy per spin, and among equals the least mean of reads.
fn best_point<'a>(study: &Study<'a>) -> Option<&'a StudyPoint<'a>> {
    let per_spin = |point: &StudyPoint<'_>, quantity: &str| {
        let spins = point.downcast::<AnnealExperiment>().spins as f64;
        value(point, quantity).map(|energy| energy / spins)
    };
    let known = study.points.iter().filter_map(|point| {
        Some((per_spin(point, "best_energy")?, per_spin(point, "mean_read_energy")?, point))
    });
    known.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))).map(|(_, _, point)| point)
}

pub(super) fn value(point: &StudyPoint<'_>, quantity: &str) -> Option<f64> {
    point.analysis.get(quantity)?.value
}

/// A value with its error, as in 0.73(4); a dash where there is none.
pub(super) fn shown(point: &StudyPoint<'_>, quantity: &str) -> String {
    match point.analysis.get(quantity) {
        Some(estimate) => match estimate.value {
            Some(value) => number::with_error(value, estimate.std_error),
            None => "–".to_owned(),
        },
        None => "–".to_owned(),
    }
}

pub(super) fn is_cut(point: &StudyPoint<'_>) -> bool {
    point.downcast::<AnnealExperiment>().model.name() == "max_cut"
}

/// "the cut 11624" or "the energy −1440".
fn level(point: &StudyPoint<'_>, energy: f64) -> String {
    if is_cut(point) {
        format!("the cut {}", energy_text(0.0 - energy))
    } else {
        format!("the energy {}", energy_text(energy))
    }
}

/// A whole energy as it is, any other to six digits.
pub(super) fn energy_text(energy: f64) -> String {
    number::significant(energy, if energy.fract() == 0.0 { 9 } else { 6 })
}

fn question(point: &StudyPoint<'_>) -> String {
    let experiment: &AnnealExperiment = point.downcast();
    match (experiment.target_energy(), is_cut(point)) {
        (Some(target), _) => format!("How many sweeps does it take to reach {}?", level(point, target)),
        (None, true) => "How large a cut does slow cooling find?".to_owned(),
        (None, false) => "How low an energy does slow cooling reach?".to_owned(),
    }
}

fn answer(study: &Study<'_>, best: &StudyPoint<'_>) -> String {
    let point = if study.points.len() > 1 { fastest(study).unwrap_or(best) } else { best };
    let experiment: &AnnealExperiment = point.downcast();
    let runs = runs(study, point);
    let energy = value(point, "best_energy").unwrap_or_default();
    let Some(target) = experiment.target_energy() else {
        let met = energies(point).iter().filter(|read| reaches(**read, energy)).count();
        // A cut is told as a cut throughout, not as the energy that is minus it.
        let sign = if is_cut(point) { -1.0 } else { 1.0 };
        let each = number::significant(sign * energy / experiment.spins as f64, 5);
        let mean = point
            .analysis
            .get("mean_read_energy")
            .and_then(|estimate| Some(number::with_error(sign * estimate.value?, estimate.std_error)));
        if experiment.reads == 1 {
            return format!(
                "{} found {}, {} per {}.",
                capital(&runs.replacen('1', "one", 1)),
                level(point, energy),
                each,
                if is_cut(point) { "vertex" } else { "spin" },
            );
        }
        return format!(
            "The best of {runs} found {}, {} per {}, met by {} of the reads; the mean over the reads is {}.",
            level(point, energy),
            each,
            if is_cut(point) { "vertex" } else { "spin" },
            number::count(met as u64),
            mean.unwrap_or_else(|| "–".to_owned()),
        );
    };
    let bounds = point.analysis.table("success").map(|table| (end(table, "n99_low"), end(table, "n99_high")));
    let successes = successes(point, target);
    if successes == 0 {
        return format!(
            "The target was not reached: none of {runs} met {}, so that at 95\u{a0}% confidence $p_{{\\mathrm{{s}}}}$ \
             is below {}. The best found {}.",
            level(point, target),
            number::significant(failures_bound(experiment.reads), 2),
            level(point, energy),
        );
    }
    let share =
        if successes == experiment.reads { "all".to_owned() } else { number::count(successes as u64) };
    let effort = value(point, "sweeps_to_solution_99").unwrap_or_default();
    let interval = match bounds {
        Some((Some(low), Some(high))) if two_digits(low) != two_digits(high) => {
            format!(" (95\u{a0}%: {} to {})", sweeps_text(low, experiment), sweeps_text(high, experiment))
        }
        _ => String::new(),
    };
    if let Some(rise) = rise(study) {
        return format!(
            "Reads of {}, the cheapest of those tried, find {} with 99\u{a0}% probability within {} sweeps{interval}; \
             {rise}.",
            number::many(experiment.sweeps, "sweep"),
            level(point, target),
            sweeps_text(effort, experiment),
        );
    }
    format!(
        "{} was reached by {share} of {runs}: $p_{{\\mathrm{{s}}}} = {}$, so that repeated reads find it with 99\u{a0}% \
         probability within {} sweeps{interval}.",
        capital(&level(point, target)),
        shown(point, "success_probability"),
        sweeps_text(effort, experiment),
    )
}

/// "longer reads succeed more often, p_s rising from 0.01(1) at 100 sweeps to 0.53(4) at 10 000", when the study's only axis
/// is the length of a read and the numbers say so by three standard errors.
fn rise(study: &Study<'_>) -> Option<String> {
    let one_axis = study.axes.len() == 1 && study.axes[0].key() == "sweeps";
    let by_length = |x: &&StudyPoint<'_>, y: &&StudyPoint<'_>| {
        let length = |point: &StudyPoint<'_>| point.downcast::<AnnealExperiment>().sweeps;
        length(x).cmp(&length(y))
    };
    let ends = study.points.iter().min_by(by_length).zip(study.points.iter().max_by(by_length));
    let (short, long) = ends.filter(|_| one_axis && study.points.len() > 1)?;
    let estimate = |point: &StudyPoint<'_>| {
        let found = point.analysis.get("success_probability")?;
        Some((found.value?, found.std_error?))
    };
    let ((low, low_error), (high, high_error)) = estimate(short).zip(estimate(long))?;
    if high - low <= 3.0 * libm::hypot(low_error, high_error) {
        return None;
    }
    let length = |point: &StudyPoint<'_>| number::count(point.downcast::<AnnealExperiment>().sweeps as u64);
    Some(format!(
        "longer reads succeed more often, $p_{{\\mathrm{{s}}}}$ rising from {} at {} sweeps to {} at {}",
        shown(short, "success_probability"),
        length(short),
        shown(long, "success_probability"),
        length(long),
    ))
}

/// The upper end at 95\u{a0}% confidence of a success probability that showed in none of `reads` reads: (1 − p)^R = 0.05.
pub(super) fn failures_bound(reads: usize) -> f64 {
    1.0 - libm::pow(0.05, 1.0 / reads.max(1) as f64)
}

/// A number of sweeps in words: one read's length as it is, anything else to two significant digits.
pub(super) fn sweeps_text(sweeps: f64, experiment: &AnnealExperiment) -> String {
    number::count(rounded(sweeps, experiment))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The point with the least time to solution.
fn fastest<'a>(study: &Study<'a>) -> Option<&'a StudyPoint<'a>> {
    let known = study.points.iter().filter_map(|point| Some((value(point, "sweeps_to_solution_99")?, point)));
    known.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, point)| point)
}

/// " at size = 10, to = 0.3", or nothing for a single point; the length of a read is said beside it anyway.
fn place(study: &Study<'_>, point: &StudyPoint<'_>) -> String {
    let named = study.axes.iter().zip(point.coordinates);
    let others = named.filter(|(axis, _)| study.points.len() > 1 && !is_length(&axis.path));
    let parts: Vec<String> = others.map(|(axis, value)| coordinate(axis, value)).collect();
    if parts.is_empty() { String::new() } else { format!(" at {}", parts.join(", ")) }
}

/// Whether a key is the number of sweeps of a read, or the number of reads.
fn is_length(path: &str) -> bool {
    path == "reads" || (path.starts_with("schedule.") && path.ends_with(".sweeps"))
}

fn coordinate(axis: &Axis, value: &Coordinate) -> String {
    format!("{} = {}", axis_words(axis), coordinate_value(value))
}

/// A swept key in words.
pub(super) fn axis_words(axis: &Axis) -> String {
    match axis.key() {
        "from" if axis.path.starts_with("schedule.") => "first temperature".to_owned(),
        "to" if axis.path.starts_with("schedule.") => "last temperature".to_owned(),
        key => key.replace('_', " "),
    }
}

/// A coordinate as it is set in prose and tables.
pub(super) fn coordinate_value(value: &Coordinate) -> String {
    match value {
        Coordinate::Integer(whole) if *whole >= 0 => number::count(*whole as u64),
        Coordinate::Integer(_) | Coordinate::Real(_) => value.number().map_or(String::new(), number::plain),
        other => other.to_string(),
    }
}

/// "sweeps = 300, to = 0.1": all coordinates of a point.
pub(super) fn coordinates(study: &Study<'_>, point: &StudyPoint<'_>) -> String {
    let named = study.axes.iter().zip(point.coordinates);
    named.map(|(axis, value)| coordinate(axis, value)).collect::<Vec<_>>().join(", ")
}

/// "40 reads of 1000 sweeps at size = 24".
fn runs(study: &Study<'_>, point: &StudyPoint<'_>) -> String {
    let experiment: &AnnealExperiment = point.downcast();
    let (reads, sweeps) = (number::many(experiment.reads, "read"), number::many(experiment.sweeps, "sweep"));
    format!("{reads} of {sweeps}{}", place(study, point))
}

pub(super) fn energies(point: &StudyPoint<'_>) -> Vec<f64> {
    point.analysis.table("reads").map(|table| table.numbers("best_energy")).unwrap_or_default()
}

pub(super) fn successes(point: &StudyPoint<'_>, target: f64) -> usize {
    energies(point).iter().filter(|energy| reaches(**energy, target)).count()
}
