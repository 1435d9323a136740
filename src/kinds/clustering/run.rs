//! The one task of a point: the cooling, its end at zero temperature, and k-means from random starts beside it.

use super::spec::ClusteringExperiment;
use crate::kind::{Control, RunError};
use crate::learning::clusters::{Clusters, Cooling, Split, Stage, cool, kmeans, quench, random_start};
use crate::record::Record;
use crate::rng::Stream;

/// The share of the work that the cooling is.
const COOLING: f64 = 0.95;
/// The numbers of a stage and of a split in a record.
const STAGE: usize = 9;
const SPLIT: usize = 8;

/// Runs the cooling.
///
/// The record holds `stages` and `splits`, a row each; for all clusters of all stages one after the other `labels`, `masses`,
/// `critical` and `centres` (reduced coordinates); `quenched` (the distortion at zero temperature and the centre of each
/// point); and `kmeans`, the distortion that each random start ended with. Energies are in squared units of the data.
pub(super) fn run(
    experiment: &ClusteringExperiment,
    mut stream: Stream,
    control: &dyn Control,
) -> Result<Record, RunError> {
    let cloud = &experiment.points.cloud;
    let cooling = cool(cloud, &experiment.settings, &mut |share| control.advance(COOLING * share))
        .ok_or(RunError::Stopped)?;
    let Some(last) = cooling.stages.last() else {
        return Err(RunError::Failed("there is no temperature to cool to".to_owned()));
    };
    let unit = cloud.unit();
    let partition = quench(cloud, &last.clusters);
    let mut ends = Vec::with_capacity(experiment.kmeans_starts);
    for start in 0..experiment.kmeans_starts {
        let share = start as f64 / experiment.kmeans_starts as f64;
        if control.advance(COOLING + (1.0 - COOLING) * share).is_break() {
            return Err(RunError::Stopped);
        }
        let centres = random_start(cloud, last.clusters.count(), &mut stream);
        ends.push(kmeans(cloud, &centres).distortion * unit);
    }
    let mut record = Record::default();
    put(&mut record, &cooling);
    record.scalars.insert("quenched_distortion".to_owned(), partition.distortion * unit);
    record.put_series("quenched", partition.assignment.iter().map(|k| *k as f64).collect());
    record.put_series("kmeans", ends);
    Ok(record)
}

fn put(record: &mut Record, cooling: &Cooling) {
    let stages = cooling.stages.iter().flat_map(|stage| {
        [
            stage.temperature,
            stage.clusters.count() as f64,
            stage.free_energy,
            stage.distortion,
            stage.information,
            stage.log_gain,
            f64::from(u8::from(stage.divisible)),
            stage.steps as f64,
            stage.residual,
        ]
    });
    record.put_array("stages", vec![cooling.stages.len(), STAGE], stages.collect());
    let splits = cooling.splits.iter().flat_map(|split| {
        [
            split.temperature,
            split.above.unwrap_or(0.0),
            split.parent as f64,
            split.child as f64,
            split.critical,
            split.mass,
            split.clusters as f64,
            split.distance,
        ]
    });
    record.put_array("splits", vec![cooling.splits.len(), SPLIT], splits.collect());
    let each = |of: fn(&Stage) -> Vec<f64>| cooling.stages.iter().flat_map(of).collect::<Vec<f64>>();
    record.put_series(
        "labels",
        each(|stage| stage.clusters.labels.iter().map(|label| *label as f64).collect()),
    );
    record.put_series("masses", each(|stage| stage.clusters.masses.clone()));
    record.put_series("critical", each(|stage| stage.critical.clone()));
    record.put_series("centres", each(|stage| stage.clusters.centres.clone()));
}

/// The cooling as it was stored.
pub(super) fn restore(record: &Record, dimensions: usize) -> Cooling {
    let mut begin = 0;
    let (labels, masses) = (record.series("labels"), record.series("masses"));
    let (critical, centres) = (record.series("critical"), record.series("centres"));
    let stages = record.series("stages").chunks_exact(STAGE).map(|row| {
        let range = begin..begin + row[1] as usize;
        begin = range.end;
        Stage {
            temperature: row[0],
            clusters: Clusters {
                dimensions,
                masses: masses[range.clone()].to_vec(),
                centres: centres[range.start * dimensions..range.end * dimensions].to_vec(),
                labels: labels[range.clone()].iter().map(|label| *label as usize).collect(),
            },
            free_energy: row[2],
            distortion: row[3],
            information: row[4],
            critical: critical[range].to_vec(),
            log_gain: row[5],
            divisible: row[6] > 0.0,
            steps: row[7] as usize,
            residual: row[8],
        }
    });
    let stages = stages.collect();
    let splits = record.series("splits").chunks_exact(SPLIT).map(|row| Split {
        temperature: row[0],
        above: Some(row[1]).filter(|above| *above > 0.0),
        parent: row[2] as usize,
        child: row[3] as usize,
        critical: row[4],
        mass: row[5],
        clusters: row[6] as usize,
        distance: row[7],
    });
    Cooling { stages, splits: splits.collect() }
}
