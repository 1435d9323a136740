//! The story of an annealing study: question, answer, and the facts for the handout.

use super::analyse::reaches;
use super::figures;
use super::spec::AnnealExperiment;
use crate::kind::{Story, Study, StudyPoint};
use crate::number;
use crate::record::Table;
use serde_json::{Value, json};

/// Most points listed in the handout's table.
const LISTED: usize = 40;

/// Tells the story of the study.
pub(super) fn present(study: &Study<'_>) -> Story {
    let Some(best) = best_point(study) else {
        return Story {
            question: "How low can the energy of this model be?".to_owned(),
            answer: "No point was finished, so there is nothing to tell.".to_owned(),
            facts: json!({ "empty": true }),
            ..Story::default()
        };
    };
    let outcome = figures::along_axis(study);
    let (cooling, histogram) = (figures::cooling(best), figures::histogram(best));
    let (acceptance, state) = (figures::acceptance(best), figures::state(best));
    // The first figure is shown above the text; the others where the template places them.
    let facts = facts(
        study,
        best,
        json!({
            "cooling": outcome.is_some() && cooling.is_some(),
            "histogram": histogram.is_some(),
            "acceptance": acceptance.is_some(),
            "state": state.is_some(),
        }),
    );
    let figures = [outcome, cooling, histogram, acceptance, state].into_iter().flatten().collect();
    Story { question: question(best), answer: answer(study, best), figures, warnings: Vec::new(), facts }
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

fn value(point: &StudyPoint<'_>, quantity: &str) -> Option<f64> {
    point.analysis.get(quantity)?.value
}

/// A value with its error, as in 0.73(4); a dash where there is none.
fn shown(point: &StudyPoint<'_>, quantity: &str) -> String {
    match point.analysis.get(quantity) {
        Some(estimate) => match estimate.value {
            Some(value) => number::with_error(value, estimate.std_error),
            None => "–".to_owned(),
        },
        None => "–".to_owned(),
    }
}

fn is_cut(point: &StudyPoint<'_>) -> bool {
    point.downcast::<AnnealExperiment>().model.name() == "max_cut"
}

/// "the cut 11624" or "the energy −1440".
fn level(point: &StudyPoint<'_>, energy: f64) -> String {
    if is_cut(point) {
        format!("the cut {}", number::significant(0.0 - energy, 9))
    } else {
        format!("the energy {}", number::significant(energy, 9))
    }
}

fn question(point: &StudyPoint<'_>) -> String {
    let experiment: &AnnealExperiment = point.downcast();
    match (experiment.target_energy(), is_cut(point)) {
        (Some(target), _) => format!("How many sweeps does it take to reach {}?", level(point, target)),
        (None, true) => "How large a cut does slow cooling find?".to_owned(),
        (None, false) => "How low an energy does slow cooling reach?".to_owned(),
    }
}

fn plural(count: usize, word: &str) -> String {
    format!("{} {word}{}", number::count(count as u64), if count == 1 { "" } else { "s" })
}

fn answer(study: &Study<'_>, best: &StudyPoint<'_>) -> String {
    let point = if study.points.len() > 1 { fastest(study).unwrap_or(best) } else { best };
    let experiment: &AnnealExperiment = point.downcast();
    let (reads, sweeps) = (plural(experiment.reads, "read"), plural(experiment.sweeps, "sweep"));
    let place = place(study, point);
    let Some(target) = experiment.target_energy() else {
        let energy = value(point, "best_energy").unwrap_or_default();
        let met = energies(point).iter().filter(|read| reaches(**read, energy)).count();
        return format!(
            "The best of {reads} of {sweeps}{place} found {}, {} per spin, met by {} of the reads; their mean energy is {}.",
            level(point, energy),
            number::significant(energy / experiment.spins as f64, 6),
            number::count(met as u64),
            shown(point, "mean_read_energy"),
        );
    };
    let successes = successes(point, target);
    if successes == 0 {
        let energy = value(point, "best_energy").unwrap_or_default();
        return format!(
            "None of {reads} of {sweeps}{place} reached {}; the best found {}.",
            level(point, target),
            level(point, energy),
        );
    }
    let times = match successes {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        many => format!("{} times", number::count(many as u64)),
    };
    let effort = value(point, "sweeps_to_solution_99").unwrap_or_default();
    let effort = if effort as usize == experiment.sweeps { effort as u64 } else { two_digits(effort) };
    let effort = number::count(effort);
    format!(
        "In {reads} of {sweeps}{place} {} was reached {times}: $p_{{\\mathrm{{s}}}} = {}$, so that about {effort} sweeps find \
         it with 99 % probability.",
        level(point, target),
        shown(point, "success_probability"),
    )
}

/// A count rounded to two significant digits.
fn two_digits(value: f64) -> u64 {
    let unit = libm::pow(10.0, (libm::floor(libm::log10(value.max(1.0))) - 1.0).max(0.0));
    (libm::round(value / unit) * unit) as u64
}

/// The point with the least time to solution.
fn fastest<'a>(study: &Study<'a>) -> Option<&'a StudyPoint<'a>> {
    let known = study.points.iter().filter_map(|point| Some((value(point, "sweeps_to_solution_99")?, point)));
    known.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, point)| point)
}

/// " (size = 10, to = 0.3)", or nothing for a single point.
fn place(study: &Study<'_>, point: &StudyPoint<'_>) -> String {
    if study.points.len() < 2 {
        return String::new();
    }
    format!(" ({})", coordinates(study, point))
}

fn coordinates(study: &Study<'_>, point: &StudyPoint<'_>) -> String {
    let named = study.axes.iter().zip(point.coordinates);
    let parts: Vec<String> =
        named.map(|(axis, value)| format!("{} = {value}", axis.key().replace('_', " "))).collect();
    parts.join(", ")
}

fn energies(point: &StudyPoint<'_>) -> Vec<f64> {
    point.analysis.table("reads").map(|table| table.numbers("best_energy")).unwrap_or_default()
}

fn successes(point: &StudyPoint<'_>, target: f64) -> usize {
    energies(point).iter().filter(|energy| reaches(**energy, target)).count()
}

/// One number of the first row of a table, to three digits.
fn cell(table: &Table, column: &str) -> Value {
    let at = table.columns.iter().position(|name| *name == column);
    let found = at.and_then(|at| table.rows.first().and_then(|row| row[at].number()));
    found.map_or(Value::Null, |value| json!(number::significant(value, 3)))
}

fn facts(study: &Study<'_>, best: &StudyPoint<'_>, figures: Value) -> Value {
    let experiment: &AnnealExperiment = best.downcast();
    let target = experiment.target_energy();
    let ground = experiment.ground_energy();
    let energy = value(best, "best_energy").unwrap_or_default();
    let reads = energies(best);
    let met = reads.iter().filter(|read| reaches(**read, energy)).count();
    let success = best.analysis.table("success").map(|table| {
        json!({
            "successes": target.map(|target| successes(best, target)),
            "p": shown(best, "success_probability"),
            "p_low": cell(table, "p_low"),
            "p_high": cell(table, "p_high"),
            "n99": shown(best, "sweeps_to_solution_99"),
            "n99_low": cell(table, "n99_low"),
            "n99_high": cell(table, "n99_high"),
            "has_n99_high": cell(table, "n99_high").is_string(),
            // 95 % one-sided bound on p_s after R failures: (1 − p)^R = 0.05.
            "bound": number::significant(1.0 - libm::pow(0.05, 1.0 / reads.len().max(1) as f64), 2),
        })
    });
    let pairs = experiment.model.pair_model();
    let accept =
        |temperature: f64| (temperature > 0.0).then(|| number::significant(libm::exp(-1.0 / temperature), 2));
    json!({
        "empty": false,
        "description": experiment.model.description(),
        "max_cut": is_cut(best),
        "frustrated": is_cut(best) || pairs.is_some_and(|pairs| {
            pairs.couplings.iter().any(|coupling| *coupling < 0.0) && pairs.couplings.iter().any(|coupling| *coupling > 0.0)
        }),
        "spins": experiment.spins,
        "reads": experiment.reads,
        "sweeps": experiment.sweeps,
        "schedule": experiment.schedule.name.replace('_', " "),
        "schedule_formula": experiment.schedule.formula,
        "from": experiment.from,
        "to": experiment.to,
        "falls": experiment.to < experiment.from,
        "accept_from": accept(experiment.from),
        "accept_to": accept(experiment.to),
        "ends_at_zero": experiment.to == 0.0,
        "best": number::significant(energy, 9),
        "best_cut": number::significant(0.0 - energy, 9),
        "best_per_spin": energy / experiment.spins as f64,
        "met": met,
        "mean": shown(best, "mean_read_energy"),
        "proven": ground.is_some_and(|ground| reaches(energy, ground)),
        "enumerable": ground.is_some(),
        "ground": ground.map(|ground| number::significant(ground, 9)),
        "has_target": target.is_some(),
        "target": target.map(|target| number::significant(target, 9)),
        "target_given": experiment.target.is_some(),
        "residual": shown(best, "residual_energy"),
        "reached": target.is_some_and(|target| reaches(energy, target)),
        "success": success,
        "several_points": study.points.len() > 1,
        "place": coordinates(study, best),
        "points": rows(study),
        "points_left_out": study.points.len().saturating_sub(LISTED),
        "figures": figures,
    })
}

/// One row of the handout's table for each point.
fn rows(study: &Study<'_>) -> Value {
    study
        .points
        .iter()
        .take(LISTED)
        .map(|point| {
            json!({
                "place": coordinates(study, point),
                "best": value(point, "best_energy").map_or("–".to_owned(), |energy| number::significant(energy, 9)),
                "mean": shown(point, "mean_read_energy"),
                "p": shown(point, "success_probability"),
                "n99": shown(point, "sweeps_to_solution_99"),
            })
        })
        .collect()
}
