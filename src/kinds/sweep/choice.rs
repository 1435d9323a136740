//! The choice among samplers by short trials.

use super::run::ordered_start;
use super::spec::SweepExperiment;
use crate::kind::StudyPoint;
use crate::record::{Cell, Record, Table};
use crate::rng;
use crate::samplers::{self, Method, SamplerEntry};
use crate::statistics::autocorrelation::autocorrelation;
use std::ops::ControlFlow;

const NAME: &str = "choice";

/// The most expensive sampler tries one sweep in so many of those to measure, and no fewer than this; the others as many as cost the
/// same, and no more than this.
const SHARE: usize = 50;
const FEWEST: usize = 200;
const MOST: usize = 1_000_000;

/// What came of a trial.
#[derive(Clone, Copy)]
pub(super) struct Trial {
    pub entry: &'static SamplerEntry,
    /// The longer τ of energy and |M|, in sweeps, at least ½.
    tau: f64,
    /// What a sweep costs.
    cost: f64,
}

/// Tries all chains that apply at the experiment's point, the best first; `None` when `advance`, called after each sweep, breaks.
///
/// Every replica sees the same trials: their random numbers follow from the point alone.
pub(super) fn trials(
    experiment: &SweepExperiment,
    advance: &mut dyn FnMut() -> ControlFlow<()>,
) -> Option<Vec<Trial>> {
    let model = experiment.model.as_ref();
    let candidates: Vec<(&SamplerEntry, f64)> = samplers::chains()
        .filter(|entry| (entry.refuse)(model).is_none())
        .filter_map(|entry| match entry.method {
            Method::Chain(_, price) => Some((entry, price(model))),
            Method::Ladder(_) | Method::Auto => None,
        })
        .collect();
    let dearest = candidates.iter().map(|(_, cost)| *cost).fold(0.0, f64::max);
    let fewest = (experiment.sweeps / SHARE).max(FEWEST) as f64;
    let identity = experiment.parameters().to_string();
    let mut trials = Vec::with_capacity(candidates.len());
    for (index, (entry, cost)) in candidates.into_iter().enumerate() {
        let mut stream = rng::stream(experiment.seed, "trial", &identity, index as u64);
        let Some(mut chain) = entry.start(model, experiment.temperature, &mut stream) else { continue };
        if let Some(spins) = ordered_start(model) {
            chain.start_from(&spins);
        }
        let sweeps = ((fewest * dearest / cost) as usize).min(MOST);
        let (mut energy, mut order) = (Vec::with_capacity(sweeps), Vec::with_capacity(sweeps));
        // A third of them beforehand, to forget the start.
        for sweep in 0..sweeps + sweeps / 3 {
            if sweep == sweeps / 3 {
                chain.tune();
            }
            chain.sweep(&mut stream);
            if sweep >= sweeps / 3 {
                energy.push(chain.energy());
                order.push(chain.magnetization().abs());
            }
            if advance().is_break() {
                return None;
            }
        }
        let tau = |series: &[f64]| autocorrelation(&[series]).map_or(0.5, |memory| memory.tau);
        trials.push(Trial { entry, tau: tau(&energy).max(tau(&order)).max(0.5), cost });
    }
    trials.sort_by(|a, b| (a.tau * a.cost).total_cmp(&(b.tau * b.cost)));
    Some(trials)
}

/// Keeps the trials in a record, the best first.
pub(super) fn store(trials: &[Trial], record: &mut Record) {
    for (place, trial) in trials.iter().enumerate() {
        for (what, value) in [("place", place as f64), ("tau", trial.tau), ("cost", trial.cost)] {
            record.scalars.insert(format!("trial_{what}_{}", trial.entry.name), value);
        }
    }
}

/// The trials of a point, the best first; `None` where nothing was to be chosen.
pub(super) fn table(experiment: &SweepExperiment, records: &[Record]) -> Option<Table> {
    let record = records.first().filter(|_| matches!(experiment.sampler.method, Method::Auto))?;
    let mut table = Table::new(
        NAME,
        "The samplers that were tried, the chosen one first: the longer autocorrelation time of energy and magnetisation in sweeps, what a \
         sweep costs (about nanoseconds per site, the same on every machine), and their product.",
        &["sampler", "tau", "cost", "tau_times_cost"],
    );
    let mut rows: Vec<(f64, Vec<Cell>)> = samplers::chains()
        .filter_map(|entry| {
            let number = |what: &str| record.scalar(&format!("trial_{what}_{}", entry.name));
            let (place, tau, cost) = (number("place")?, number("tau")?, number("cost")?);
            Some((place, vec![entry.name.into(), tau.into(), cost.into(), (tau * cost).into()]))
        })
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    rows.into_iter().for_each(|(_, row)| table.push(row));
    Some(table)
}

/// The sampler that a point was sampled with: the one of its file, or the one chosen.
pub(super) fn sampler(point: &StudyPoint<'_>) -> &'static SamplerEntry {
    let chosen = point.analysis.table(NAME).and_then(|table| match table.rows.first()?.first()? {
        Cell::Text(name) => samplers::find(name),
        _ => None,
    });
    chosen.unwrap_or(point.downcast::<SweepExperiment>().sampler)
}

/// The same from the records.
pub(super) fn of_records(experiment: &SweepExperiment, records: &[Record]) -> &'static SamplerEntry {
    let first = |entry: &&SamplerEntry| {
        records.first().and_then(|record| record.scalar(&format!("trial_place_{}", entry.name))) == Some(0.0)
    };
    samplers::chains().find(first).unwrap_or(experiment.sampler)
}
