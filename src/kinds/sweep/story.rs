//! The story of a sweep: what the numbers say, each claim behind a stated test.

use super::chains::{discarded, memory, unsettled, updates, warnings};
use super::choice;
use super::compare::{Samplers, agreement, response, samplers};
use super::disorder::{self, Group};
use super::exponents::ScalingFacts;
use super::facts::{Facts, Row};
use super::growth::{growth, shift};
use super::joined::{self, Joined};
use super::layout::{Layout, common_coupling};
use super::measure;
use super::peaks::{Peak, crossing, fluctuations, peak};
use super::spec::SweepExperiment;
use super::{density, partition, sentences};
use crate::axis::proper;
use crate::exact::onsager;
use crate::kind::{Story, Study, StudyPoint};
use crate::number;
use crate::record::Estimate;
use crate::samplers::Method;
use serde_json::json;

/// The question, the answer and the facts; figures and tables are added by the caller.
pub(super) fn tell(
    study: &Study<'_>,
    layout: &Layout<'_>,
    joined: &[Joined],
    scaling: Option<ScalingFacts>,
    realisations: &[Group<'_>],
) -> Story {
    let Some(first) = study.points.first() else {
        return Story {
            question: "What are the thermal averages of this model?".to_owned(),
            answer: "No point was finished, so there is nothing to tell.".to_owned(),
            facts: json!(Facts { empty: true, ..Facts::default() }),
            ..Story::default()
        };
    };
    let t_c = common_coupling(layout).map(onsager::critical_temperature);
    let peaks: Vec<Peak> = layout.curves.iter().filter_map(peak).collect();
    let both = samplers(study, layout, t_c);
    let (question, answer) = if let Some(both) = &both {
        sentences::samplers(both, t_c)
    } else if layout.is_temperature && !peaks.is_empty() {
        sentences::peak(layout, &peaks, t_c)
    } else {
        sentences::plain(study, layout)
    };
    let partition = partition::facts(layout);
    let measured = measure::facts(study, layout);
    let (question, answer) = measure::headline(&measured)
        .or_else(|| disorder::headline(study, layout, realisations))
        .unwrap_or((question, answer));
    let facts = json!(Facts {
        partition_exact: partition.iter().any(|row| row.exact.is_some()),
        partition,
        density: density::facts(layout),
        joined: joined::facts(joined, layout),
        scaling,
        measured,
        disorder: disorder::facts(realisations),
        ..facts(study, layout, first, &peaks, (t_c, both))
    });
    Story { question, answer, facts, warnings: warnings(study), ..Story::default() }
}

fn facts(
    study: &Study<'_>,
    layout: &Layout<'_>,
    first: &StudyPoint<'_>,
    peaks: &[Peak],
    (t_c, both): (Option<f64>, Option<Samplers>),
) -> Facts {
    let experiment: &SweepExperiment = first.downcast();
    let (discarded_least, discarded_most) = discarded(study);
    let (square, enumerated) = (compared(study, true), compared(study, false));
    let uses = |name: &str| study.points.iter().any(|point| sampler(point) == name);
    let ferromagnet = common_coupling(layout).is_some_and(|coupling| coupling > 0.0);
    Facts {
        empty: false,
        has_axis: layout.x.is_some(),
        over_temperature: layout.is_temperature,
        several_curves: layout.curves.len() > 1,
        several_sizes: several_sizes(layout),
        description: experiment.model.description(),
        algorithm: algorithms(study),
        updates: updates(study),
        uses_wolff: uses("wolff"),
        uses_metropolis: uses("metropolis"),
        uses_checkerboard: uses("checkerboard"),
        uses_swendsen_wang: uses("swendsen_wang"),
        uses_heat_bath: uses("heat_bath"),
        uses_overrelaxation: uses("overrelaxation"),
        uses_parallel_tempering: uses("parallel_tempering"),
        uses_population_annealing: uses("population_annealing"),
        uses_annealed_importance: uses("annealed_importance"),
        uses_multicanonical: uses("multicanonical"),
        ising_spins: study.points.iter().all(|point| {
            let model = &point.downcast::<SweepExperiment>().model;
            model.site_states().is_none() && model.vectors().is_none()
        }),
        order_parameter: experiment.model.order_words(),
        points: study.points.len(),
        replicas: experiment.replicas,
        sweeps: experiment.sweeps,
        chosen: choices(study),
        sweeps_most: experiment.target.as_ref().map(|target| target.most),
        automatic: experiment.thermalize.is_none(),
        discarded_least,
        discarded_most,
        discarded_alike: discarded_least == discarded_most,
        unsettled: unsettled(study),
        square: square > 0,
        enumerated: enumerated > 0,
        compared: square + enumerated > 0,
        compared_points: square + enumerated,
        ferromagnet,
        t_c,
        shared_run: study
            .points
            .iter()
            .any(|point| matches!(point.downcast::<SweepExperiment>().sampler.method, Method::Ladder(_))),
        energies: agreement(study, "energy_per_site"),
        heats: agreement(study, "specific_heat"),
        peaks: peaks.iter().map(Peak::fact).collect(),
        peaks_exact: peaks.iter().any(|peak| peak.exact.is_some()),
        growth: growth(peaks),
        shift: t_c.filter(|_| ferromagnet).and_then(|t_c| shift(peaks, t_c)),
        crossing: crossing(layout),
        joined: None,
        scaling: None,
        partition: Vec::new(),
        density: Vec::new(),
        partition_exact: false,
        measured: measure::MeasuredFacts::default(),
        fluctuations: fluctuations(layout),
        response: response(layout),
        slowest: memory(study),
        memory_leads: false,
        samplers: both,
        disorder: None,
        r_hat_most: largest(study, |estimate| estimate.r_hat),
        point: (study.points.len() == 1).then(|| rows(first)),
        walk: None,
        fluid: None,
    }
}

/// Whether the curves are of more than one size, or run over it.
fn several_sizes(layout: &Layout<'_>) -> bool {
    let mut sites = layout
        .curves
        .iter()
        .flat_map(|curve| &curve.points)
        .map(|(_, point)| point.downcast::<SweepExperiment>().sites);
    let first = sites.next();
    sites.any(|sites| Some(sites) != first)
}

fn sampler(point: &StudyPoint<'_>) -> &'static str {
    choice::sampler(point).name
}

/// "Wolff at 5 points, checkerboard at 4", where trials chose; empty where they did not.
fn choices(study: &Study<'_>) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for point in study.points.iter().filter(|point| point.analysis.table("choice").is_some()) {
        let name = sampler(point);
        match counts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => counts.push((name, 1)),
        }
    }
    let told =
        counts.iter().map(|(name, count)| format!("{} at {}", proper(name), number::many(*count, "point")));
    told.collect::<Vec<_>>().join(", ")
}

/// "Metropolis", or "Metropolis and Wolff".
fn algorithms(study: &Study<'_>) -> String {
    let mut names: Vec<String> = Vec::new();
    for point in study.points {
        if !names.contains(&proper(sampler(point))) {
            names.push(proper(sampler(point)));
        }
    }
    names.join(" and ")
}

/// How many points carry an exact energy from Kaufman's formula (`square`) or from a sum over all states.
fn compared(study: &Study<'_>, square: bool) -> usize {
    let with = study.points.iter().filter(|point| {
        point.downcast::<SweepExperiment>().model.square_lattice().is_some() == square
            && point.analysis.get("energy_per_site").is_some_and(|estimate| estimate.reference.is_some())
    });
    with.count()
}

fn rows(point: &StudyPoint<'_>) -> Vec<Row> {
    let row = |estimate: &Estimate| {
        Some(Row {
            name: estimate.quantity.name,
            symbol: estimate.quantity.symbol,
            value: estimate.value?,
            error: estimate.std_error,
        })
    };
    point.analysis.estimates.iter().filter_map(row).collect()
}

fn largest(study: &Study<'_>, pick: impl Fn(&Estimate) -> Option<f64>) -> Option<f64> {
    study
        .points
        .iter()
        .flat_map(|point| &point.analysis.estimates)
        .filter_map(pick)
        .fold(None, |most, value| Some(most.map_or(value, |most: f64| most.max(value))))
}
