//! How the facts of a clustering are gathered.

use super::analyse::is_above;
use super::course::{Course, Parting, Step};
use super::facts::{CentreRow, Facts, Kmeans, Outcome, PointRow, Range, Setting, SplitRow, State};
use super::present::{axis_words, coordinate_value, coordinates};
use super::spec::{ClusteringExperiment, TOLERANCE};
use crate::fact::{Listed, Measured};
use crate::kind::{Study, StudyPoint};

/// Most coordinates of a centre that are told.
const TOLD: usize = 6;

/// The facts about `point`, which the handout shows in detail, and about the study around it.
pub(super) fn facts(study: &Study<'_>, point: &StudyPoint<'_>, course: &Course) -> Facts {
    let axes = study.axes.iter().map(axis_words).collect();
    let row = |point: &StudyPoint<'_>| PointRow {
        coordinates: point.coordinates.iter().map(coordinate_value).collect(),
        clusters: value(point, "clusters"),
        first_split: value(point, "first_split_temperature"),
        free_energy: value(point, "cluster_free_energy"),
        quenched: value(point, "quenched_distortion"),
    };
    Facts {
        empty: false,
        setting: setting(point),
        outcome: outcome(point, course),
        kmeans: kmeans(point),
        listed: Listed::new(coordinates(study, point), axes, study.points.iter().map(row)),
    }
}

pub(super) fn value(point: &StudyPoint<'_>, quantity: &str) -> Option<f64> {
    point.analysis.get(quantity)?.value
}

fn setting(point: &StudyPoint<'_>) -> Setting {
    let experiment: &ClusteringExperiment = point.downcast();
    let temperatures = &experiment.settings.temperatures;
    let cloud = &experiment.points.cloud;
    let critical = value(point, "cluster_critical_temperature").unwrap_or_default();
    Setting {
        source: experiment.points.source.clone(),
        invented: experiment.points.invented,
        points_count: cloud.count(),
        log_points: libm::log(cloud.count() as f64),
        dimensions: cloud.dimensions(),
        columns: experiment.points.names.clone(),
        standardized: experiment.standardized,
        weighted: experiment.points.weighted,
        all_same: cloud.radius() == 0.0,
        variance: cloud.unit(),
        eigenvalue: 0.5 * critical,
        critical,
        schedule: experiment.schedule.name.replace('_', " "),
        steps: temperatures.len(),
        from: temperatures.first().copied().unwrap_or_default(),
        to: temperatures.last().copied().unwrap_or_default(),
        max_clusters: experiment.settings.most_clusters,
        tolerance: TOLERANCE,
    }
}

fn state(step: &Step) -> State {
    State {
        temperature: step.temperature,
        clusters: step.clusters.count(),
        free_energy: step.free_energy,
        distortion: step.distortion,
        information: step.information,
        heat: step.temperature * step.information,
    }
}

fn range((clusters, from, to): (usize, f64, f64)) -> Range {
    Range { clusters, from, to, factor: from / to }
}

/// The longest of the ranges that `keep` names.
fn longest(ranges: &[Range], keep: impl Fn(usize, &Range) -> bool) -> Option<Range> {
    let kept = ranges.iter().enumerate().filter(|(at, range)| keep(*at, range));
    kept.max_by(|a, b| a.1.factor.total_cmp(&b.1.factor)).map(|(_, range)| range.clone())
}

/// How far a split lies above twice the eigenvalue of the cluster, as a share of it; rounding off.
fn excess(parting: &Parting) -> Option<f64> {
    parting.above.filter(|_| parting.critical > 0.0).map(|_| parting.temperature / parting.critical - 1.0)
}

fn outcome(point: &StudyPoint<'_>, course: &Course) -> Outcome {
    let experiment: &ClusteringExperiment = point.downcast();
    let unit = experiment.points.cloud.unit();
    let last = course.last();
    let ranges: Vec<Range> = course.ranges().into_iter().map(range).collect();
    let inner = longest(&ranges, |at, range| range.clusters > 1 && at + 1 < ranges.len());
    let several = longest(&ranges, |_, range| range.clusters > 1);
    let middle =
        several.map_or(course.steps.len() / 2, |range| course.nearest(libm::sqrt(range.from * range.to)));
    let slowest = course.steps.iter().max_by(|a, b| a.iterations.total_cmp(&b.iterations)).unwrap_or(last);
    let gap = |step: &Step| (step.free_energy - step.distortion - step.temperature * step.information).abs();
    let gaps = course.steps.iter().map(gap).fold(0.0, f64::max);
    let mut before = 1;
    let rows = course.partings.iter().map(|parting| {
        let row = SplitRow {
            before,
            after: parting.clusters,
            temperature: parting.above.map(|_| parting.temperature),
            critical: parting.critical,
            excess: excess(parting),
            parent: parting.parent + 1,
            child: parting.child + 1,
            mass: parting.mass,
            distance: parting.distance,
        };
        before = parting.clusters;
        row
    });
    let splits: Vec<SplitRow> = rows.collect();
    let ratios = splits.iter().filter_map(|row| row.excess.map(|excess| 1.0 + excess));
    let largest_critical =
        point.analysis.table("cooling").and_then(|table| table.numbers("largest_critical").last().copied());
    Outcome {
        clusters: last.clusters.count(),
        last: state(last),
        middle: state(&course.steps[middle]),
        longest: inner,
        identity_gap: if unit > 0.0 { gaps / unit } else { 0.0 },
        unsettled: course.steps.iter().filter(|step| step.residual > TOLERANCE).count(),
        most_steps: slowest.iterations as usize,
        most_steps_at: slowest.temperature,
        held_back: last.clusters.count() >= experiment.settings.most_clusters
            && largest_critical.is_some_and(|critical| critical > last.temperature),
        hardly_parted: splits.iter().any(|row| row.excess.is_some_and(|excess| excess < -1e-4)),
        largest_ratio: ratios
            .fold(None, |most: Option<f64>, ratio| Some(most.map_or(ratio, |most| most.max(ratio)))),
        quenched: value(point, "quenched_distortion").unwrap_or_default(),
        log_clusters: libm::log(last.clusters.count() as f64),
        mass_entropy: last.clusters.masses.iter().map(|mass| -mass * libm::log(*mass)).sum(),
        centres: centres(point, last),
        splits,
        ranges,
    }
}

fn centres(point: &StudyPoint<'_>, last: &Step) -> Vec<CentreRow> {
    let experiment: &ClusteringExperiment = point.downcast();
    let critical = point.analysis.table("centres").map(|table| table.numbers("critical")).unwrap_or_default();
    let width = last.clusters.dimensions;
    (0..last.clusters.count())
        .map(|k| CentreRow {
            cluster: last.clusters.labels[k] + 1,
            mass: last.clusters.masses[k],
            critical: critical.get(k * width).copied().unwrap_or_default(),
            place: experiment.points.cloud.place(last.clusters.centre(k)).into_iter().take(TOLD).collect(),
        })
        .collect()
}

fn kmeans(point: &StudyPoint<'_>) -> Option<Kmeans> {
    let mut ends = point.analysis.table("kmeans")?.numbers("distortion");
    ends.sort_by(f64::total_cmp);
    let quenched = value(point, "quenched_distortion")?;
    let (least, largest) = (*ends.first()?, *ends.last()?);
    let median = 0.5 * (ends[(ends.len() - 1) / 2] + ends[ends.len() / 2]);
    let unit = point.downcast::<ClusteringExperiment>().points.cloud.unit();
    let ratio = |end: f64| (quenched > 1e-12 * unit).then(|| end / quenched);
    Some(Kmeans {
        starts: ends.len(),
        above: ends.iter().filter(|end| is_above(**end, quenched, unit)).count(),
        below: ends.iter().filter(|end| is_above(quenched, **end, unit)).count(),
        share: Measured::of(point.analysis.get("kmeans_failures")),
        least,
        median,
        largest,
        median_ratio: ratio(median),
        largest_ratio: ratio(largest),
    })
}
