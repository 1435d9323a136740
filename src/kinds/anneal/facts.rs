//! What the handout's template reads of an annealing study.

use super::analyse::reaches;
use super::present::{
    axis_words, coordinate_value, coordinates, energies, energy_text, failures_bound, is_cut, shown,
    successes, sweeps_text, value,
};
use super::spec::AnnealExperiment;
use crate::kind::{Study, StudyPoint};
use crate::models::spins::PairModel;
use crate::number;
use crate::record::Table;
use serde_json::{Value, json};

/// Most points listed in the handout's table.
const LISTED: usize = 40;

/// One number of the first row of a table.
pub(super) fn end(table: &Table, column: &str) -> Option<f64> {
    let at = table.columns.iter().position(|name| *name == column);
    at.and_then(|at| table.rows.first().and_then(|row| row[at].number())).filter(|value| value.is_finite())
}

/// Whether some closed loop of bonds cannot be satisfied as a whole: the product of its couplings is negative.
///
/// Spins are fixed one after the other along the bonds; the first bond that contradicts what was fixed closes such a loop
/// (Harary's test of balance, 1953).
pub(super) fn is_frustrated(pairs: &PairModel) -> bool {
    let mut wanted = vec![0_i8; pairs.spins()];
    let mut waiting = Vec::new();
    for start in 0..pairs.spins() {
        if wanted[start] != 0 {
            continue;
        }
        wanted[start] = 1;
        waiting.push(start);
        while let Some(i) = waiting.pop() {
            for (j, coupling) in pairs.row(i).filter(|(_, coupling)| *coupling != 0.0) {
                let spin = if coupling > 0.0 { wanted[i] } else { -wanted[i] };
                if wanted[j] == 0 {
                    wanted[j] = spin;
                    waiting.push(j);
                } else if wanted[j] != spin {
                    return true;
                }
            }
        }
    }
    false
}

/// The energy in which every bond and every field has its way: no state lies lower.
fn least_conceivable(pairs: &PairModel) -> f64 {
    let bonds = 0.5 * pairs.couplings.iter().map(|coupling| coupling.abs()).sum::<f64>();
    let fields: f64 = pairs.fields.iter().map(|field| field.abs()).sum();
    pairs.offset - pairs.scale * (bonds + fields)
}

/// A probability to two places, a small one to two digits.
fn share_text(share: f64) -> String {
    if share < 0.1 { number::significant(share, 2) } else { number::fixed(share, 2) }
}

/// The facts about `best`, the point that the handout shows in detail, and about the study around it.
pub(super) fn facts(study: &Study<'_>, best: &StudyPoint<'_>, figures: Value) -> Value {
    let experiment: &AnnealExperiment = best.downcast();
    let mut facts = setting(experiment, is_cut(best));
    let more =
        [outcome(best, experiment), series(study, best), json!({ "empty": false, "figures": figures })];
    if let Value::Object(facts) = &mut facts {
        facts.extend(more.into_iter().filter_map(|value| value.as_object().cloned()).flatten());
    }
    facts
}

/// The model and the schedule.
fn setting(experiment: &AnnealExperiment, cut: bool) -> Value {
    let accept =
        |temperature: f64| (temperature > 0.0).then(|| number::significant(libm::exp(-1.0 / temperature), 2));
    let pairs = experiment.model.pair_model();
    let any = |test: fn(&f64) -> bool| pairs.is_some_and(|pairs| pairs.couplings.iter().any(test));
    let frustrated = pairs.is_some_and(is_frustrated);
    let both_signs = any(|coupling| *coupling > 0.0) && any(|coupling| *coupling < 0.0);
    json!({
        "description": experiment.model.description(),
        "max_cut": cut,
        "negative_weights": cut && any(|coupling| *coupling > 0.0),
        "frustrated": frustrated,
        "both_signs": both_signs,
        "has_fields": pairs.is_some_and(|pairs| pairs.fields.iter().any(|field| *field != 0.0)),
        "glass": frustrated && both_signs && experiment.is_disordered(),
        "flat_glass": frustrated && both_signs && experiment.is_disordered() && experiment.square().is_some(),
        "unit": if cut { "vertex" } else { "spin" },
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
    })
}

/// What the reads found, and how often they reached the target.
fn outcome(best: &StudyPoint<'_>, experiment: &AnnealExperiment) -> Value {
    let target = experiment.target_energy();
    let ground = experiment.ground_energy();
    let energy = value(best, "best_energy").unwrap_or_default();
    let reads = energies(best);
    let met = reads.iter().filter(|read| reaches(**read, energy)).count();
    let success = best.analysis.table("success").map(|table| {
        let share = |column| end(table, column).map(share_text);
        let sweeps = |column| end(table, column).map(|value| sweeps_text(value, experiment));
        let bound = failures_bound(reads.len());
        json!({
            "successes": target.map(|target| successes(best, target)),
            "p": shown(best, "success_probability"),
            "p_low": share("p_low"),
            "p_high": share("p_high"),
            "n99": end(table, "n99").map(|value| sweeps_text(value, experiment)),
            "n99_low": sweeps("n99_low"),
            "n99_high": sweeps("n99_high"),
            "has_n99_high": end(table, "n99_high").is_some(),
            "bound": share_text(bound),
            "n99_bound": sweeps_text(super::analyse::sweeps_to_solution(experiment.sweeps, bound), experiment),
        })
    });
    json!({
        "best": energy_text(energy),
        "best_cut": energy_text(0.0 - energy),
        "best_per_spin": number::significant(energy / experiment.spins as f64, 5),
        "met": met,
        "mean": shown(best, "mean_read_energy"),
        "one_read": reads.len() == 1,
        "satisfied": experiment.model.pair_model().is_some_and(|pairs| reaches(energy, least_conceivable(pairs))),
        "proven": ground.is_some_and(|ground| reaches(energy, ground)),
        "enumerable": ground.is_some(),
        "ground": ground.map(energy_text),
        "has_target": target.is_some(),
        "target": target.map(energy_text),
        "target_given": experiment.target.is_some(),
        "below_target": target.is_some_and(|target| !reaches(target, energy)),
        "residual": shown(best, "residual_energy"),
        "reached": target.is_some_and(|target| reaches(energy, target)),
        "success": success,
    })
}

/// The points of the study, one row of the handout's table each.
fn series(study: &Study<'_>, best: &StudyPoint<'_>) -> Value {
    let row = |point: &StudyPoint<'_>| {
        let experiment: &AnnealExperiment = point.downcast();
        let effort = value(point, "sweeps_to_solution_99");
        json!({
            "coordinates": point.coordinates.iter().map(coordinate_value).collect::<Vec<_>>(),
            "best": value(point, "best_energy").map_or("–".to_owned(), energy_text),
            "mean": shown(point, "mean_read_energy"),
            "p": shown(point, "success_probability"),
            "n99": effort.map_or("–".to_owned(), |effort| sweeps_text(effort, experiment)),
        })
    };
    json!({
        "several_points": study.points.len() > 1,
        "place": coordinates(study, best),
        "axes": study.axes.iter().map(axis_words).collect::<Vec<_>>(),
        "points": study.points.iter().take(LISTED).map(row).collect::<Vec<_>>(),
        "points_left_out": study.points.len().saturating_sub(LISTED),
    })
}
