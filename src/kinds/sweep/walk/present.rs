//! The story of walks on a landscape.

use super::super::chains::{discarded, unsettled};
use super::super::facts::Facts;
use super::super::layout::layout;
use super::super::peaks::plain_label;
use super::WalkExperiment;
use super::facts::{CrossingFacts, WalkFacts, facts};
use super::figures::figures;
use crate::axis::proper;
use crate::kind::{Story, Study, StudyPoint};
use crate::number;
use crate::record::Estimate;
use serde_json::json;
use std::any::Any;

/// Question, answer, figures and facts; `None` when the study is not of walks.
pub(in crate::kinds::sweep) fn present(study: &Study<'_>) -> Option<Story> {
    let ours = |point: &StudyPoint<'_>| (point.experiment as &dyn Any).is::<WalkExperiment>();
    (!study.points.is_empty() && study.points.iter().all(ours)).then_some(())?;
    let layout = layout(study);
    let first = study.points[0].downcast::<WalkExperiment>();
    let found = facts(study);
    let (question, answer) = headline(study, &found);
    let (discarded_least, discarded_most) = discarded(study);
    let estimates = study.points.iter().flat_map(|point| &point.analysis.estimates);
    let place = |point: &StudyPoint<'_>| {
        let named = study.axes.iter().zip(point.coordinates);
        named.map(|(axis, value)| plain_label(&axis.named(value))).collect::<Vec<_>>().join(", ")
    };
    Some(Story {
        question,
        answer,
        figures: figures(study, &layout, &found),
        warnings: study.doubts(place),
        facts: json!(Facts {
            has_axis: layout.x.is_some(),
            over_temperature: layout.is_temperature,
            several_curves: layout.curves.len() > 1,
            description: first.model.description(),
            algorithm: named(study, |experiment| proper(experiment.sampler.name), " and "),
            updates: updates(study),
            uses_metropolis: found.metropolis,
            points: study.points.len(),
            replicas: first.replicas,
            sweeps: first.sweeps,
            automatic: first.thermalize.is_none(),
            discarded_least,
            discarded_most,
            discarded_alike: discarded_least == discarded_most,
            unsettled: unsettled(study),
            compared: found.energies.is_some(),
            r_hat_most: estimates.filter_map(|estimate| estimate.r_hat).reduce(f64::max),
            walk: Some(found),
            ..Facts::default()
        }),
        ..Story::default()
    })
}

/// What all points are called, each name once.
fn named(study: &Study<'_>, name: impl Fn(&WalkExperiment) -> String, between: &str) -> String {
    let mut names: Vec<String> = Vec::new();
    for point in study.points {
        let name = name(point.downcast());
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(between)
}

/// The samplers in words.
pub(super) fn updates(study: &Study<'_>) -> String {
    let words = |experiment: &WalkExperiment| match experiment.step {
        Some(_) => experiment.sampler.updates.to_owned(),
        None => "Metropolis displacements".to_owned(),
    };
    named(study, words, "; ")
}

/// The question and the answer: about crossings where several temperatures saw any, else about the averages.
fn headline(study: &Study<'_>, found: &WalkFacts) -> (String, String) {
    let cooled = |crossings: &&CrossingFacts| {
        let rows = &crossings.rows;
        rows.first().zip(rows.last()).is_some_and(|(cold, hot)| cold.inverse > hot.inverse)
    };
    if let Some(crossings) = found.crossings.as_ref().filter(cooled) {
        let (cold, hot) = (&crossings.rows[0], &crossings.rows[crossings.rows.len() - 1]);
        let unit = if crossings.timed { "" } else { " per sweep" };
        let judged = match &crossings.rates {
            Some(rates) if rates.consistent => {
                format!(
                    ", as the exact mean first-passage times have it ($\\chi^2 = {}$ for {} rates)",
                    number::significant(rates.chi2, 2),
                    rates.count
                )
            }
            Some(rates) => format!(
                ", which does not agree with the exact mean first-passage times ($\\chi^2 = {}$ for {} rates)",
                number::significant(rates.chi2, 2),
                rates.count
            ),
            None => String::new(),
        };
        return (
            "How often does a point cross from one well to the other, and how does that depend on the temperature?"
                .to_owned(),
            format!(
                "At $T = {}$ it crosses at the rate {}{unit}, and at $T = {}$ at {}{judged}.",
                number::plain(hot.temperature),
                hot.rate.shown(),
                number::plain(cold.temperature),
                cold.rate.shown()
            ),
        );
    }
    let point = &study.points[0];
    let experiment: &WalkExperiment = point.downcast();
    let text = |name: &str| {
        let estimate: Option<&Estimate> = point.analysis.get(name);
        estimate.and_then(|estimate| {
            let exact = estimate
                .reference
                .map_or(String::new(), |(exact, _)| format!(" (exact: ${}$)", number::significant(exact, 5)));
            Some(format!("${}${exact}", number::with_error(estimate.value?, estimate.std_error)))
        })
    };
    let of = |name: &str| text(name).unwrap_or_else(|| "unknown".to_owned());
    let first = if study.points.len() > 1 { ", the first of the points measured," } else { "" };
    (
        format!(
            "Where is {} to be found at a given temperature, and with what energy?",
            experiment.model.description()
        ),
        format!(
            "At $T = {}${first} the mean energy is {} and the heat capacity {}; the mean of $x$ is {}.",
            number::plain(experiment.temperature),
            of("energy"),
            of("heat_capacity"),
            of("position")
        ),
    )
}
