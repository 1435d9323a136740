//! From the record of a cooling to estimates and tables.

use super::run::restore;
use super::spec::{ClusteringExperiment, TOLERANCE};
use crate::learning::clusters::{Cloud, Cooling, Stage};
use crate::number;
use crate::quantity::declared;
use crate::record::{Analysis, Cell, Doubt, Estimate, Record, Table};
use crate::statistics::intervals::share_error;

/// Everything that can be estimated; the last needs runs of k-means.
pub(super) const QUANTITIES: &[&str] = &[
    "clusters",
    "cluster_free_energy",
    "distortion",
    "mutual_information",
    "cluster_critical_temperature",
    "first_split_temperature",
    "quenched_distortion",
    "kmeans_failures",
];

/// The quantities that [`analyse`] will estimate.
pub(super) fn quantities(experiment: &ClusteringExperiment) -> Vec<&'static str> {
    let count = QUANTITIES.len() - usize::from(experiment.kmeans_starts == 0);
    QUANTITIES[..count].to_vec()
}

/// Whether a run of k-means ended above a distortion, beyond the rounding of points with the variance `unit`.
pub(super) fn is_above(end: f64, distortion: f64, unit: f64) -> bool {
    end > distortion * (1.0 + 1e-9) + 1e-14 * unit
}

/// Turns the record into estimates and tables.
pub(super) fn analyse(experiment: &ClusteringExperiment, records: &[Record]) -> Analysis {
    let mut analysis = Analysis::default();
    let cloud = &experiment.points.cloud;
    let cooling = records.first().map(|record| restore(record, cloud.dimensions()));
    let (Some(record), Some(cooling)) =
        (records.first(), cooling.filter(|cooling| !cooling.stages.is_empty()))
    else {
        let absent = |name: &&str| Estimate::absent(declared(name), "the cooling was not finished");
        analysis.estimates = quantities(experiment).iter().map(absent).collect();
        return analysis;
    };
    let last = &cooling.stages[cooling.stages.len() - 1];
    let exact = |name: &str, value: f64| Estimate::exact(declared(name), value);
    let at = format!("at the last temperature, T = {}", number::plain(last.temperature));
    let noted = |name: &str, value: f64| Estimate { note: Some(at.clone()), ..exact(name, value) };
    let critical = crate::learning::clusters::first_critical_temperature(cloud);
    let quenched = record.scalar("quenched_distortion").unwrap_or_default();
    analysis.estimates = vec![
        noted("clusters", last.clusters.count() as f64),
        noted("cluster_free_energy", last.free_energy),
        noted("distortion", last.distortion),
        noted("mutual_information", last.information),
        exact("cluster_critical_temperature", critical),
        first_split(&cooling),
        exact("quenched_distortion", quenched),
    ];
    let ends = record.series("kmeans");
    if experiment.kmeans_starts > 0 {
        let above = ends.iter().filter(|end| is_above(**end, quenched, cloud.unit())).count() as u64;
        let runs = ends.len() as u64;
        let error = share_error(above, runs);
        let share = above as f64 / runs.max(1) as f64;
        let estimate = Estimate::measured(declared("kmeans_failures"), share, error);
        analysis.estimates.push(Estimate { ess: Some(runs as f64), ..estimate });
        analysis.tables.push(kmeans_table(ends));
    }
    analysis.tables.extend([
        cooling_table(&cooling),
        splits_table(&cooling),
        centres_table(cloud, &experiment.points.names, last),
        paths_table(&cooling),
        assignments_table(cloud, last, record.series("quenched")),
    ]);
    analysis.warnings = warnings(experiment, &cooling, ends, quenched);
    analysis
}

fn first_split(cooling: &Cooling) -> Estimate {
    let quantity = declared("first_split_temperature");
    match cooling.splits.first() {
        Some(split) => match split.above {
            Some(_) => Estimate::exact(quantity, split.temperature),
            None => Estimate::absent(quantity, "the cooling began below the first split"),
        },
        None => Estimate::absent(quantity, "no cluster was split"),
    }
}

fn cooling_table(cooling: &Cooling) -> Table {
    let doc = "The state at each temperature: the number of clusters, F = D + T I with its parts (I in nats), the largest 2λ of a \
               cluster, below which it is unstable, steps of the iteration and the change that the last one made.";
    let columns = [
        "temperature",
        "clusters",
        "free_energy",
        "distortion",
        "information",
        "largest_critical",
        "steps",
        "residual",
    ];
    let mut table = Table::new("cooling", doc, &columns);
    for stage in &cooling.stages {
        let largest = stage.critical.iter().copied().fold(0.0, f64::max);
        table.push(vec![
            stage.temperature.into(),
            stage.clusters.count().into(),
            stage.free_energy.into(),
            stage.distortion.into(),
            stage.information.into(),
            largest.into(),
            stage.steps.into(),
            stage.residual.into(),
        ]);
    }
    table
}

fn splits_table(cooling: &Cooling) -> Table {
    let doc = "The splits: the highest temperature at which one more cluster lowers F, the lowest above at which it does not, 2λ of \
               the cluster that splits (just above), its mass, the numbers of it and of the new one, how many there are then, \
               and the distance between the two when the new one appears, in units of √T.";
    let columns = [
        "split",
        "temperature",
        "above",
        "critical",
        "cluster",
        "new_cluster",
        "mass",
        "clusters",
        "distance",
    ];
    let mut table = Table::new("splits", doc, &columns);
    for (index, split) in cooling.splits.iter().enumerate() {
        table.push(vec![
            (index + 1).into(),
            split.temperature.into(),
            split.above.into(),
            split.critical.into(),
            (split.parent + 1).into(),
            (split.child + 1).into(),
            split.mass.into(),
            split.clusters.into(),
            split.distance.into(),
        ]);
    }
    table
}

fn centres_table(cloud: &Cloud, names: &[String], last: &Stage) -> Table {
    let doc = "The clusters at the last temperature: mass, 2λ, and the centre, a row for each coordinate.";
    let columns = ["cluster", "mass", "critical", "column", "centre"];
    let mut table = Table::new("centres", doc, &columns);
    for k in 0..last.clusters.count() {
        for (name, value) in names.iter().zip(cloud.place(last.clusters.centre(k))) {
            table.push(vec![
                (last.clusters.labels[k] + 1).into(),
                last.clusters.masses[k].into(),
                last.critical[k].into(),
                name.as_str().into(),
                value.into(),
            ]);
        }
    }
    table
}

fn paths_table(cooling: &Cooling) -> Table {
    let doc = "Every cluster at every temperature: mass, and the coordinates of its centre, counted from 1, in units of the points' \
               root mean square distance from their mean and from that mean.";
    let columns = ["step", "temperature", "cluster", "mass", "coordinate", "centre"];
    let mut table = Table::new("paths", doc, &columns);
    for (step, stage) in cooling.stages.iter().enumerate() {
        for k in 0..stage.clusters.count() {
            for (coordinate, value) in stage.clusters.centre(k).iter().enumerate() {
                table.push(vec![
                    (step + 1).into(),
                    stage.temperature.into(),
                    (stage.clusters.labels[k] + 1).into(),
                    stage.clusters.masses[k].into(),
                    (coordinate + 1).into(),
                    (*value).into(),
                ]);
            }
        }
    }
    table
}

fn assignments_table(cloud: &Cloud, last: &Stage, quenched: &[f64]) -> Table {
    let doc = "Each point in the order of the data: its likeliest cluster at the last temperature and the probability of that \
               cluster; and its cluster at zero temperature.";
    let columns = ["point", "cluster", "probability", "cluster_at_zero"];
    let mut table = Table::new("assignments", doc, &columns);
    for (index, (cluster, probability)) in likeliest(cloud, last).into_iter().enumerate() {
        let frozen = quenched.get(index).and_then(|k| last.clusters.labels.get(*k as usize));
        table.push(vec![
            (index + 1).into(),
            (last.clusters.labels[cluster] + 1).into(),
            probability.into(),
            frozen.map_or(Cell::Empty, |label| (label + 1).into()),
        ]);
    }
    table
}

/// The likeliest cluster of each point, by its place in the list of clusters, and its probability.
fn likeliest(cloud: &Cloud, stage: &Stage) -> Vec<(usize, f64)> {
    if cloud.radius() == 0.0 {
        return vec![(0, 1.0); cloud.count()];
    }
    let (shares, _) = stage.clusters.assign(cloud, stage.temperature / cloud.unit());
    let best = |row: &[f64]| {
        let place = (0..row.len()).min_by(|a, b| row[*b].total_cmp(&row[*a]).then(a.cmp(b))).unwrap_or(0);
        (place, row[place])
    };
    shares.chunks_exact(stage.clusters.count()).map(best).collect()
}

fn kmeans_table(ends: &[f64]) -> Table {
    let doc = "The distortion with which k-means ended, from each random start.";
    let mut table = Table::new("kmeans", doc, &["start", "distortion"]);
    for (index, end) in ends.iter().enumerate() {
        table.push(vec![(index + 1).into(), (*end).into()]);
    }
    table
}

fn warnings(experiment: &ClusteringExperiment, cooling: &Cooling, ends: &[f64], quenched: f64) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let loose: Vec<&Stage> = cooling.stages.iter().filter(|stage| stage.residual > TOLERANCE).collect();
    if let Some(worst) = loose.iter().max_by(|a, b| a.residual.total_cmp(&b.residual)) {
        let text = format!(
            "At {} of {} temperatures the iteration was stopped after {} steps before it had settled; at T = {} its last step \
             still changed a centre (in units of the cloud's radius) or the logarithm of a mass by {}. Just below a split the \
             restoring force vanishes and the steps shrink slowly.",
            loose.len(),
            cooling.stages.len(),
            number::count(worst.steps as u64),
            number::plain(worst.temperature),
            number::significant(worst.residual, 2)
        );
        doubts.push(Doubt { about: "convergence", excess: worst.residual / TOLERANCE, text });
    }
    let missed = cooling
        .stages
        .iter()
        .filter(|stage| stage.divisible && stage.clusters.count() < experiment.settings.most_clusters);
    if let Some(stage) = missed.max_by(|a, b| a.log_gain.total_cmp(&b.log_gain)) {
        let text = format!(
            "At T = {} one more cluster would lower the free energy, and none was found that stays.",
            number::plain(stage.temperature)
        );
        doubts.push(Doubt { about: "minimum", excess: stage.log_gain / 1e-10, text });
    }
    if cooling.splits.iter().any(|split| split.above.is_none()) {
        let text = "The cooling begins below the first split: where clusters split above the first temperature is not known. Raise \
                    `from`, or leave it to \"auto\"."
            .to_owned();
        doubts.push(Doubt { about: "start", excess: 1.0, text });
    }
    let least = ends.iter().copied().fold(f64::INFINITY, f64::min);
    if is_above(quenched, least, experiment.points.cloud.unit()) {
        let text = format!(
            "A random start of k-means ended lower ({}) than the cooling at zero temperature ({}): the minimum that was followed is \
             not the lowest one at this number of clusters.",
            number::plain(least),
            number::plain(quenched)
        );
        doubts.push(Doubt { about: "k-means", excess: quenched / least, text });
    }
    doubts
}
