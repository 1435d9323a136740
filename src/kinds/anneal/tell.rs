//! How the facts of an annealing study are gathered.

use super::analyse::{reaches, sweeps_to_solution, two_digits};
use super::facts::{Facts, Fastest, Figures, Outcome, PointRow, Rare, Setting, Success};
use super::instance::{end, is_frustrated, least_conceivable, least_step};
use super::present::{
    axis_words, coordinate_value, coordinates, energies, failures_bound, is_cut, successes, value,
};
use super::spec::AnnealExperiment;
use crate::fact::{Listed, Measured};
use crate::kind::{Study, StudyPoint};

/// The facts about `best`, the point that the handout shows in detail, and about the study around it.
pub(super) fn facts(study: &Study<'_>, best: &StudyPoint<'_>, figures: Figures) -> Facts {
    let experiment: &AnnealExperiment = best.downcast();
    Facts {
        empty: false,
        setting: setting(experiment, is_cut(best)),
        outcome: outcome(best, experiment),
        listed: listed(study, best),
        fastest: fastest(study),
        figures,
    }
}

fn setting(experiment: &AnnealExperiment, cut: bool) -> Setting {
    let accept = |temperature: f64| (temperature > 0.0).then(|| libm::exp(-1.0 / temperature));
    let pairs = experiment.model.pair_model();
    let any = |test: fn(&f64) -> bool| pairs.is_some_and(|pairs| pairs.couplings.iter().any(test));
    let frustrated = pairs.is_some_and(is_frustrated);
    let both_signs = any(|coupling| *coupling > 0.0) && any(|coupling| *coupling < 0.0);
    let glass = frustrated && both_signs && experiment.is_disordered();
    Setting {
        description: experiment.model.description(),
        max_cut: cut,
        negative_weights: cut && any(|coupling| *coupling > 0.0),
        frustrated,
        both_signs,
        has_fields: pairs.is_some_and(|pairs| pairs.fields.iter().any(|field| *field != 0.0)),
        glass,
        flat_glass: glass && experiment.square().is_some(),
        unit: if cut { "vertex" } else { "spin" },
        spins: experiment.spins,
        reads: experiment.reads,
        sweeps: experiment.sweeps,
        schedule: experiment.schedule.name.replace('_', " "),
        schedule_formula: experiment.schedule.formula,
        from: experiment.from,
        to: experiment.to,
        falls: experiment.to < experiment.from,
        accept_from: accept(experiment.from),
        accept_to: accept(experiment.to),
        ends_at_zero: experiment.to == 0.0,
        rare: rare(experiment),
    }
}

fn rare(experiment: &AnnealExperiment) -> Option<Rare> {
    let step = experiment.model.pair_model().and_then(least_step).unwrap_or(1.0);
    let temperature = step / libm::log(100.0);
    let temperatures = experiment.schedule.temperatures(experiment.from, experiment.to, experiment.sweeps);
    let passed = temperatures.iter().position(|now| *now <= temperature).filter(|at| *at > 0)?;
    (experiment.to < experiment.from).then_some(Rare { step, temperature, sweep: passed + 1 })
}

fn outcome(best: &StudyPoint<'_>, experiment: &AnnealExperiment) -> Outcome {
    let target = experiment.target_energy();
    let ground = experiment.ground_energy();
    let energy = value(best, "best_energy").unwrap_or_default();
    let reads = energies(best);
    let pairs = experiment.model.pair_model();
    Outcome {
        best: energy,
        best_cut: 0.0 - energy,
        best_per_spin: energy / experiment.spins as f64,
        met: reads.iter().filter(|read| reaches(**read, energy)).count(),
        mean: measured(best, "mean_read_energy"),
        one_read: reads.len() == 1,
        satisfied: pairs.is_some_and(|pairs| reaches(energy, least_conceivable(pairs))),
        proven: ground.is_some_and(|ground| reaches(energy, ground)),
        proof: experiment.proof().unwrap_or_default(),
        ground,
        has_target: target.is_some(),
        target,
        target_given: experiment.target.is_some(),
        below_target: target.is_some_and(|target| !reaches(target, energy)),
        residual: measured(best, "residual_energy"),
        reached: target.is_some_and(|target| reaches(energy, target)),
        success: target.and_then(|target| success(best, experiment, target, reads.len())),
    }
}

fn success(
    best: &StudyPoint<'_>,
    experiment: &AnnealExperiment,
    target: f64,
    reads: usize,
) -> Option<Success> {
    let table = best.analysis.table("success")?;
    let sweeps = |column| end(table, column).map(|sweeps| rounded(sweeps, experiment));
    let bound = failures_bound(reads);
    let p = measured(best, "success_probability");
    let needed = |p: f64| libm::ceil(libm::log(1e-3) / libm::log1p(-p)) as u64;
    Some(Success {
        successes: successes(best, target),
        p,
        p_low: end(table, "p_low"),
        p_high: end(table, "p_high"),
        n99: sweeps("n99"),
        n99_low: sweeps("n99_low"),
        n99_high: sweeps("n99_high"),
        bound,
        n99_bound: rounded(sweeps_to_solution(experiment.sweeps, bound), experiment),
        reads_999: p.value.filter(|p| *p > 0.0 && *p < 1.0).map(needed),
    })
}

fn listed(study: &Study<'_>, best: &StudyPoint<'_>) -> Listed<PointRow> {
    let row = |point: &StudyPoint<'_>| PointRow {
        coordinates: point.coordinates.iter().map(coordinate_value).collect(),
        best: value(point, "best_energy"),
        mean: measured(point, "mean_read_energy"),
        p: measured(point, "success_probability"),
        n99: measured(point, "sweeps_to_solution_99"),
    };
    let axes = study.axes.iter().map(axis_words).collect();
    Listed::new(coordinates(study, best), axes, study.points.iter().map(row))
}

/// The two cheapest points of a study.
fn fastest(study: &Study<'_>) -> Option<Fastest> {
    let cost = |point: &StudyPoint<'_>| value(point, "sweeps_to_solution_99");
    let mut known: Vec<(f64, &StudyPoint<'_>)> =
        study.points.iter().filter_map(|point| Some((cost(point)?, point))).collect();
    known.sort_by(|a, b| a.0.total_cmp(&b.0));
    let [(_, first), (next, second), ..] = known[..] else { return None };
    let table = first.analysis.table("success")?;
    let high = end(table, "n99_high");
    let experiment: &AnnealExperiment = first.downcast();
    let sweeps = |column| end(table, column).map(|sweeps| rounded(sweeps, experiment));
    Some(Fastest {
        place: coordinates(study, first),
        n99: effort(first)?,
        low: sweeps("n99_low"),
        high: sweeps("n99_high"),
        next_place: coordinates(study, second),
        next_n99: effort(second)?,
        open: high.is_none_or(|high| next <= high),
    })
}

fn effort(point: &StudyPoint<'_>) -> Option<u64> {
    value(point, "sweeps_to_solution_99").map(|sweeps| rounded(sweeps, point.downcast()))
}

fn measured(point: &StudyPoint<'_>, quantity: &str) -> Measured {
    Measured::of(point.analysis.get(quantity))
}

/// One read's length as it is, any other number of sweeps to two significant digits.
pub(super) fn rounded(sweeps: f64, experiment: &AnnealExperiment) -> u64 {
    if sweeps as usize == experiment.sweeps { sweeps as u64 } else { two_digits(sweeps) }
}
