//! The chains behind a study: their memory, their run-in, their doubts, and the words that captions owe the reader.

use super::choice;
use super::peaks::plain_label;
use super::spec::SweepExperiment;
use crate::axis::proper;
use crate::fact::Measured;
use crate::kind::{Study, StudyPoint};
use crate::number;
use crate::samplers::ladder::Course;
use crate::samplers::{Method, SamplerEntry};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The memory of one point.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Memory {
    /// The model, in words, and the sampler where there are several.
    pub description: String,
    /// The temperature.
    pub temperature: f64,
    /// The integrated autocorrelation time τ of the energy, in sweeps.
    pub tau: Measured,
    /// The least τ of the energy of all points, in sweeps.
    pub tau_least: Measured,
    /// The number of independent samples of the energy.
    pub ess: Measured,
    /// The number of measured sweeps of all chains.
    pub total: usize,
    /// The energy per site.
    pub energy: Measured,
    /// By how much a bar that forgets the memory is too small: √(2τ).
    pub factor: Measured,
}

/// The point whose energy has the largest τ.
pub(super) fn slowest<'a>(study: &Study<'a>) -> Option<&'a StudyPoint<'a>> {
    let tau =
        |point: &StudyPoint<'_>| point.analysis.get("energy_per_site").and_then(|estimate| estimate.tau);
    study
        .points
        .iter()
        .filter(|point| tau(point).is_some())
        .max_by(|a, b| tau(a).partial_cmp(&tau(b)).unwrap_or(std::cmp::Ordering::Equal))
}

/// What the template tells of the memory of the slowest point.
pub(super) fn memory(study: &Study<'_>) -> Option<Memory> {
    let point = slowest(study)?;
    let experiment: &SweepExperiment = point.downcast();
    let energy = point.analysis.get("energy_per_site");
    let tau = Measured::tau(energy);
    let total = measured(point);
    let all: Vec<&StudyPoint<'_>> = study.points.iter().collect();
    let mut description = experiment.model.description();
    if study.points.iter().any(|other| sampler(other) != sampler(point)) {
        description.push_str(&format!(", with {} updates,", proper(sampler(point))));
    }
    Some(Memory {
        description,
        temperature: experiment.temperature,
        tau,
        tau_least: taus(&all).0,
        ess: Measured { value: Some(total as f64), error: None }.over(tau.times(2.0)),
        total,
        energy: Measured::of(energy),
        factor: tau.times(2.0).root(),
    })
}

/// The number of measured sweeps of all chains: those that were asked for, or as many as the errors took.
fn measured(point: &StudyPoint<'_>) -> usize {
    let experiment: &SweepExperiment = point.downcast();
    let asked = experiment.sweeps * experiment.replicas;
    let energy = point.analysis.get("energy_per_site").filter(|_| experiment.target.is_some());
    let taken = energy.and_then(|energy| Some(2.0 * energy.tau? * energy.ess?));
    taken.map_or(asked, |taken| libm::round(taken) as usize)
}

fn sampler(point: &StudyPoint<'_>) -> &'static str {
    choice::sampler(point).name
}

/// The least and the largest τ of the energy; empty where nothing fluctuated.
fn taus(points: &[&StudyPoint<'_>]) -> (Measured, Measured) {
    let known = points.iter().map(|point| Measured::tau(point.analysis.get("energy_per_site")));
    let mut known: Vec<Measured> = known.filter(|tau| tau.value.is_some()).collect();
    known.sort_by(|a, b| a.value.partial_cmp(&b.value).unwrap_or(std::cmp::Ordering::Equal));
    (known.first().copied().unwrap_or_default(), known.last().copied().unwrap_or_default())
}

/// The fewest and the most sweeps that any chain discarded.
pub(super) fn discarded(study: &Study<'_>) -> (f64, f64) {
    discarded_of(&study.points.iter().collect::<Vec<_>>())
}

fn discarded_of(points: &[&StudyPoint<'_>]) -> (f64, f64) {
    let all = points.iter().filter_map(|point| point.analysis.table("chains"));
    all.flat_map(|table| table.numbers("thermalization_sweeps"))
        .fold(None, |ends: Option<(f64, f64)>, n| Some(ends.map_or((n, n), |(a, b)| (a.min(n), b.max(n)))))
        .unwrap_or((0.0, 0.0))
}

/// The number of chains whose thermalisation stopped at its limit.
pub(super) fn unsettled(study: &Study<'_>) -> usize {
    let all = study.points.iter().filter_map(|point| point.analysis.table("chains"));
    all.flat_map(|table| table.numbers("thermalized")).filter(|flag| *flag == 0.0).count()
}

/// A sentence on points where nothing ever moved.
fn frozen(study: &Study<'_>) -> Vec<String> {
    let still = study.points.iter().filter(|point| {
        point
            .analysis
            .get("energy_per_site")
            .is_some_and(|estimate| estimate.value.is_some() && estimate.tau.is_none())
    });
    match still.count() {
        0 => Vec::new(),
        count => vec![format!(
            "At {count} of {} points the energy never changed: their values are those of one state, and carry no error.",
            study.points.len()
        )],
    }
}

/// Every doubt about the study, those about its points with their places.
pub(super) fn warnings(study: &Study<'_>) -> Vec<String> {
    let mut all = frozen(study);
    let torus = |point: &StudyPoint<'_>| {
        let experiment: &SweepExperiment = point.downcast();
        experiment.model.square_lattice().is_some_and(|lattice| lattice.coupling < 0.0)
    };
    if study.points.iter().any(torus) {
        all.push(
            "The couplings are antiferromagnetic, so $\\langle \\lvert m \\rvert \\rangle$, $\\chi$ and $U_4$, which are made of the uniform \
             magnetisation, do not tell order from disorder here: the staggered magnetisation would, and is not measured."
                .to_owned(),
        );
    } else if study.points.iter().any(antiferromagnetic) {
        all.push(
            "The couplings are antiferromagnetic, so $\\langle \\lvert m \\rvert \\rangle$, $\\chi$ and $U_4$, which are large where all sites \
             agree, do not tell order from disorder here."
                .to_owned(),
        );
    }
    all.extend(study.doubts(|point| place(study, point)));
    all
}

/// Whether all bonds of a model without disorder favour different states; read from its keys, without building them.
fn antiferromagnetic(point: &StudyPoint<'_>) -> bool {
    let model = &point.downcast::<SweepExperiment>().model;
    let identity = model.identity();
    let keys = &identity[model.name()];
    let negative = |value: &serde_json::Value| value.as_f64().is_some_and(|coupling| coupling < 0.0);
    let coupling = &keys["coupling"];
    let all = coupling.as_array().is_some_and(|each| !each.is_empty() && each.iter().all(negative));
    keys["disorder"].is_null() && (negative(coupling) || all)
}

/// "$T = 2.3$, $L = 64$"; empty when nothing is swept.
fn place(study: &Study<'_>, point: &StudyPoint<'_>) -> String {
    let named = study.axes.iter().zip(point.coordinates);
    named.map(|(axis, value)| plain_label(&axis.named(value))).collect::<Vec<_>>().join(", ")
}

/// The samplers' names as a figure's subtitle gives them.
pub(super) fn updates(study: &Study<'_>) -> String {
    updates_of(&study.points.iter().collect::<Vec<_>>())
}

/// The same for some of the points.
pub(super) fn updates_of(points: &[&StudyPoint<'_>]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for point in points {
        let name = choice::sampler(point).updates;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join("; ")
}

/// What a caption owes the reader: N, the chains, τ, the run-in and the seed.
pub(super) fn provenance(study: &Study<'_>) -> String {
    provenance_of(study, &study.points.iter().collect::<Vec<_>>())
}

/// The same for some of the points.
pub(super) fn provenance_of(study: &Study<'_>, points: &[&StudyPoint<'_>]) -> String {
    let experiments = || points.iter().map(|point| point.downcast::<SweepExperiment>());
    let sites: BTreeSet<usize> = experiments().map(|experiment| experiment.sites).collect();
    let sites: Vec<String> = sites.into_iter().map(|sites| number::count(sites as u64)).collect();
    let sites = match &sites[..] {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => sites.concat(),
    };
    // What belongs to a sampler is told of each by its name.
    let mut samplers: Vec<&'static SamplerEntry> =
        points.iter().map(|point| choice::sampler(point)).collect();
    samplers.sort_unstable_by_key(|entry| entry.name);
    samplers.dedup_by_key(|entry| entry.name);
    if let [entry] = &samplers[..] {
        let (run_in, tau) = history(entry, points);
        let run_in = if thermalized(entry) { format!(" after a run-in of {run_in}") } else { String::new() };
        let tau = tau.map_or(String::new(), |tau| format!("; {tau}"));
        return format!(
            " $N$ = {sites} spins; {} per point{run_in}{tau}; seed {}.",
            amounts(entry, points),
            study.seed
        );
    }
    let each = samplers.iter().map(|entry| {
        let mine = |point: &&&StudyPoint<'_>| sampler(point) == entry.name;
        let of: Vec<&StudyPoint<'_>> = points.iter().filter(mine).copied().collect();
        let (run_in, tau) = history(entry, &of);
        let run_in = if thermalized(entry) { format!(", run-in of {run_in} sweeps") } else { String::new() };
        let tau = tau.map_or(String::new(), |tau| format!(", {tau}"));
        format!("{}: {}{run_in}{tau}", proper(entry.name), amounts(entry, &of))
    });
    format!(" $N$ = {sites} spins. Per point, {}. Seed {}.", each.collect::<Vec<_>>().join("; "), study.seed)
}

/// Whether a sampler runs chains that are thermalised at their temperature.
fn thermalized(entry: &SamplerEntry) -> bool {
    match entry.method {
        Method::Chain(..) | Method::Auto => true,
        Method::Ladder(ladder) => matches!(ladder.course, Course::Together),
    }
}

/// What a replica of a sampler is, and what it measures, in the plural.
fn words(entry: &SamplerEntry) -> (&'static str, &'static str) {
    match entry.method {
        Method::Ladder(ladder) => (ladder.replica, ladder.sample),
        Method::Chain(..) | Method::Auto => ("chain", "sweeps"),
    }
}

/// "4 chains of 20 000 sweeps": what one sampler did at each of some points.
fn amounts(entry: &SamplerEntry, points: &[&StudyPoint<'_>]) -> String {
    let (replica, sample) = words(entry);
    // The fewest and the most samples, by the number of replicas.
    let mut amounts: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for point in points {
        let experiment: &SweepExperiment = point.downcast();
        let most = experiment.target.as_ref().map_or(experiment.sweeps, |target| target.most);
        let ends = amounts.entry(experiment.replicas).or_insert((experiment.sweeps, most));
        *ends = (ends.0.min(experiment.sweeps), ends.1.max(most));
    }
    let told = amounts.into_iter().map(|(replicas, (fewest, most))| {
        let most = if most > fewest { format!(" to {}", number::count(most as u64)) } else { String::new() };
        format!("{} of {}{most} {sample}", number::many(replicas, replica), number::count(fewest as u64))
    });
    told.collect::<Vec<_>>().join(" or ")
}

/// How many sweeps the chains of some points discarded, and how long their energies remember.
fn history(entry: &SamplerEntry, points: &[&StudyPoint<'_>]) -> (String, Option<String>) {
    let span = |low: String, high: String| if low == high { low } else { format!("{low} to {high}") };
    let (fewest, most) = discarded_of(points);
    let run_in = span(number::count(fewest as u64), number::count(most as u64));
    let (least, largest) = taus(points);
    let (_, sample) = words(entry);
    let tau = least
        .value
        .map(|_| format!("$\\tau$ of the energy {} {sample}", span(least.shown(), largest.shown())));
    (run_in, tau)
}
