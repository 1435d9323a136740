//! Errors to reach: a replica goes on until its own are small enough.

use super::analyse::{QUANTITIES, analyse};
use super::spec::{SweepExperiment, SweepSpec};
use crate::input::{Context, Problem};
use crate::number;
use crate::record::{Doubt, Estimate, Record};
use crate::samplers::{Method, SamplerEntry};
use std::collections::BTreeMap;

/// Most sweeps beside those that are measured in any case, where the file does not say.
const MOST: u64 = 20;
/// A further stretch is so much longer than the errors ask for, since they are themselves uncertain.
const MARGIN: f64 = 1.1;
/// A stretch makes the series so many times as long at most: early errors tell little of late ones.
const LARGEST_STEP: f64 = 2.0;
/// An error may exceed its target by this much, once all replicas are put together, before it is told.
const SLACK: f64 = 1.1;

/// The errors to reach.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Target {
    /// The standard error of each quantity, of all replicas together.
    pub errors: BTreeMap<String, f64>,
    /// Most sweeps per replica.
    pub most: usize,
}

/// The target of a file; none under `--quick`, which cuts budgets.
pub(super) fn target(
    spec: &SweepSpec,
    sampler: Option<&SamplerEntry>,
    context: &Context<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Target> {
    let budget = &spec.budget;
    let Some(errors) = &budget.target_error else {
        if budget.max_sweeps.is_some() {
            problems.push(
                Problem::new("budget.max_sweeps", "a limit needs a target to run for")
                    .help("add `target_error = { energy_per_site = … }`, or give `sweeps` alone"),
            );
        }
        return None;
    };
    for (name, error) in errors {
        let path = format!("budget.target_error.{name}");
        if !QUANTITIES.contains(&name.as_str()) || name == "acceptance" {
            let known: Vec<&str> = QUANTITIES.iter().copied().filter(|name| *name != "acceptance").collect();
            problems.push(
                Problem::new(path, format!("`{name}` is no quantity that a sweep can run for"))
                    .help(format!("choose from: {}", known.join(", "))),
            );
        } else if !(*error > 0.0 && error.is_finite()) {
            problems.push(Problem::new(path, "an error to reach must be positive and finite"));
        }
    }
    if errors.is_empty() {
        problems.push(
            Problem::new("budget.target_error", "no quantity is named")
                .help("for example: target_error = { energy_per_site = 2e-4 }"),
        );
    }
    if sampler.is_some_and(|entry| matches!(entry.method, Method::Ladder(_))) {
        problems.push(
            Problem::new(
                "budget.target_error",
                "one run serves many temperatures here, and cannot go on for one of them",
            )
            .help("give `sweeps` alone, or take a sampler that runs a chain at each temperature"),
        );
    }
    let most = budget.max_sweeps.unwrap_or(budget.sweeps.saturating_mul(MOST));
    if most < budget.sweeps {
        problems.push(
            Problem::new(
                "budget.max_sweeps",
                "the limit is below `budget.sweeps`, which are measured in any case",
            )
            .label(format!("must be at least {}", budget.sweeps)),
        );
    }
    (!context.quick).then(|| Target { errors: errors.clone(), most: most as usize })
}

impl Target {
    /// The errors that each of so many replicas has to reach.
    pub(super) fn single(&self, replicas: usize) -> BTreeMap<&str, f64> {
        let root = libm::sqrt(replicas as f64);
        self.errors.iter().map(|(name, error)| (name.as_str(), error * root)).collect()
    }

    /// How many sweeps a replica that has the record so far should have measured in all; `None` when it is done.
    ///
    /// An error σ falls as the inverse root of the length, so that the target σ₀ takes (σ/σ₀)² times as many sweeps.
    pub(super) fn further(&self, experiment: &SweepExperiment, record: &Record) -> Option<usize> {
        let length = record.series("energy").len();
        let analysis = analyse(experiment, std::slice::from_ref(record));
        let factor = self
            .single(experiment.replicas)
            .into_iter()
            .filter_map(|(name, error)| short(analysis.get(name), error))
            .fold(1.0, f64::max);
        let wanted = libm::ceil(length as f64 * (factor * MARGIN).min(LARGEST_STEP)) as usize;
        (factor > 1.0 && length < self.most).then(|| wanted.min(self.most))
    }

    /// What is in doubt about a point whose target was not reached, and what it would take.
    pub(super) fn doubts(&self, estimates: &[Estimate], sweeps: usize) -> Vec<Doubt> {
        let find = |name: &str| estimates.iter().find(|estimate| estimate.quantity.name == name);
        self.errors
            .iter()
            .filter_map(|(name, error)| {
                let factor = short(find(name), *error).filter(|factor| *factor > SLACK * SLACK)?;
                let reached = find(name).and_then(|estimate| estimate.std_error);
                let text = match reached {
                    Some(reached) => format!(
                        "The error of `{name}` is {}, not the {} asked for, after {} sweeps of each replica, the most allowed; it \
                         would take about {}: raise `budget.max_sweeps`, or `budget.replicas`.",
                        number::significant(reached, 2),
                        number::significant(*error, 2),
                        number::count(sweeps as u64),
                        number::significant(factor * sweeps as f64, 2)
                    ),
                    None => format!(
                        "Whether `{name}` has reached the error {} cannot be told: too few independent samples were taken for any error.",
                        number::significant(*error, 2)
                    ),
                };
                Some(Doubt { about: "target error", excess: factor, text })
            })
            .collect()
    }
}

/// By which factor a series is too short for an error; twice where there is no error yet; `None` where nothing fluctuates.
fn short(estimate: Option<&Estimate>, error: f64) -> Option<f64> {
    let estimate = estimate?;
    match estimate.std_error {
        Some(found) => Some((found / error) * (found / error)),
        None => estimate.tau.map(|_| LARGEST_STEP),
    }
}
