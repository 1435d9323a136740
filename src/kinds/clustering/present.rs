//! The story of a clustering study: question, answer, figures and warnings.

use super::course::Course;
use super::facts::Facts;
use super::figures;
use super::spec::ClusteringExperiment;
use super::tell::{facts, value};
use crate::axis::{Axis, Coordinate};
use crate::kind::{Story, Study, StudyPoint};
use crate::number;
use serde_json::json;

/// Tells the story of the study.
pub(super) fn present(study: &Study<'_>) -> Story {
    let question =
        "How many clusters do the points have, and at which temperature does each appear?".to_owned();
    let shown = shown(study).and_then(|point| Some((point, Course::of(point)?)));
    let Some((point, course)) = shown else {
        return Story {
            question,
            answer: "No cooling was finished, so there is nothing to tell.".to_owned(),
            facts: json!(Facts { empty: true, ..Facts::default() }),
            ..Story::default()
        };
    };
    let facts = facts(study, point, &course);
    let answer = answer(&facts, point);
    Story {
        question,
        answer,
        figures: figures::figures(study, point, &course),
        warnings: study.doubts(|point| coordinates(study, point)),
        facts: json!(facts),
        ..Story::default()
    }
}

/// The point to show in detail: the first with the most clusters.
fn shown<'a>(study: &Study<'a>) -> Option<&'a StudyPoint<'a>> {
    let most = study.points.iter().filter_map(|point| value(point, "clusters")).fold(0.0, f64::max);
    study.points.iter().find(|point| value(point, "clusters") == Some(most))
}

fn answer(facts: &Facts, point: &StudyPoint<'_>) -> String {
    let experiment: &ClusteringExperiment = point.downcast();
    let n = number::count(experiment.points.cloud.count() as u64);
    if facts.setting.all_same {
        return format!("All {n} points are the same, so that there is one cluster at any temperature.");
    }
    let temperature = |value: f64| number::significant(value, 4);
    let Some(first) = facts.outcome.splits.first() else {
        return format!(
            "One: between $T = {}$ and {} the {n} points stay one cluster, which loses its stability at $T = {}$.",
            temperature(facts.setting.from),
            temperature(facts.setting.to),
            temperature(facts.setting.critical),
        );
    };
    let count = facts.outcome.splits.len();
    let number = match first.temperature {
        Some(split) => format!(
            "As many as the temperature resolves: one above $T = {}$ and, after {} transition{}, {} at $T = {}$",
            temperature(split),
            count,
            if count == 1 { "" } else { "s" },
            facts.outcome.clusters,
            temperature(facts.setting.to),
        ),
        None => format!(
            "At $T = {}$ the {n} points have {} clusters",
            temperature(facts.setting.to),
            facts.outcome.clusters
        ),
    };
    let longest = facts.outcome.longest.as_ref().filter(|range| range.factor > 1.1);
    let longest = longest.map_or_else(String::new, |range| {
        format!(
            "; between two splits, {} clusters last longest, from {} to {}",
            range.clusters,
            temperature(range.from),
            temperature(range.to),
        )
    });
    let starts = facts.kmeans.as_ref().filter(|kmeans| kmeans.above > 0 && kmeans.below == 0);
    let starts = starts.map_or_else(String::new, |kmeans| {
        format!(
            "; {} of {} random starts of k-means end in a worse sorting than this cooling",
            number::count(kmeans.above as u64),
            number::count(kmeans.starts as u64)
        )
    });
    format!("{number}{longest}{starts}.")
}

/// A swept key in words.
pub(super) fn axis_words(axis: &Axis) -> String {
    match axis.key() {
        "from" => "first temperature".to_owned(),
        "to" => "last temperature".to_owned(),
        "max_clusters" => "most clusters".to_owned(),
        key => key.replace('_', " "),
    }
}

/// A coordinate as it is set in prose and tables.
pub(super) fn coordinate_value(value: &Coordinate) -> String {
    value.number().map_or_else(|| value.to_string(), number::plain)
}

/// All coordinates of a point.
pub(super) fn coordinates(study: &Study<'_>, point: &StudyPoint<'_>) -> String {
    let named = study.axes.iter().zip(point.coordinates);
    let text = |(axis, value)| format!("{} = {}", axis_words(axis), coordinate_value(value));
    named.map(text).collect::<Vec<_>>().join(", ")
}
