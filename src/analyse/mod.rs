//! Records to estimates: analyses every point whose tasks are all stored.

use crate::axis::Coordinate;
use crate::kind::{Experiment, Story, Study, StudyPoint};
use crate::plan::Plan;
use crate::record::Analysis;
use crate::spec::Checked;
use crate::store::{Results, Stored};
use rayon::prelude::*;

/// The analysed points of a run, in plan order.
pub struct Analysed<'a> {
    checked: &'a Checked,
    /// The points; those with a missing or damaged record are left out.
    pub points: Vec<AnalysedPoint<'a>>,
    /// Files beside the tables, by name.
    pub artifacts: Vec<(String, Vec<u8>)>,
}

/// One analysed point.
pub struct AnalysedPoint<'a> {
    /// The point's number in the plan.
    pub index: usize,
    /// One value per axis.
    pub coordinates: &'a [Coordinate],
    /// What its records amount to.
    pub analysis: Analysis,
    experiment: &'a dyn Experiment,
}

/// A point and the file that it adds to the results.
type Found<'a> = (AnalysedPoint<'a>, Option<(String, Vec<u8>)>);

/// Reads the records of each point and analyses them, point by point in parallel, results in plan order.
pub fn analyse<'a>(checked: &'a Checked, plan: &Plan, results: &Results) -> Analysed<'a> {
    let single = checked.points.len() == 1;
    let found: Vec<Option<Found<'a>>> = (0..checked.points.len())
        .into_par_iter()
        .map(|index| {
            let point = &checked.points[index];
            let mut records = Vec::new();
            for task in plan.of_point(index) {
                match results.load(&task.id) {
                    Stored::Record(record) => records.push(record),
                    Stored::Missing | Stored::Damaged(_) => return None,
                }
            }
            let experiment = point.experiment.as_ref();
            let analysis = experiment.analyse(&records);
            let names: Vec<&str> = analysis.tables.iter().map(|table| table.name).collect();
            debug_assert!(
                (1..names.len()).all(|at| !names[..at].contains(&names[at])),
                "two tables: {names:?}"
            );
            let artifact = experiment.artifact(&records).map(|(name, bytes)| {
                let name = if single { name.to_owned() } else { numbered(name, index) };
                (name, bytes)
            });
            Some((AnalysedPoint { index, coordinates: &point.coordinates, analysis, experiment }, artifact))
        })
        .collect();
    let mut analysed = Analysed { checked, points: Vec::new(), artifacts: Vec::new() };
    for (point, artifact) in found.into_iter().flatten() {
        analysed.points.push(point);
        analysed.artifacts.extend(artifact);
    }
    analysed
}

/// `weights.safetensors` of point 3 becomes `weights-3.safetensors`.
fn numbered(name: &str, index: usize) -> String {
    match name.split_once('.') {
        Some((stem, ending)) => format!("{stem}-{index}.{ending}"),
        None => format!("{name}-{index}"),
    }
}

impl Analysed<'_> {
    /// The names of the tables that the points hold, in the order in which they first occur.
    pub fn table_names(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        for table in self.points.iter().flat_map(|point| &point.analysis.tables) {
            if !names.contains(&table.name) {
                names.push(table.name);
            }
        }
        names
    }

    /// The kind's account of the study.
    pub fn story(&self) -> Story {
        let points: Vec<StudyPoint<'_>> = self
            .points
            .iter()
            .map(|point| StudyPoint {
                index: point.index,
                coordinates: point.coordinates,
                experiment: point.experiment,
                analysis: &point.analysis,
            })
            .collect();
        self.checked.kind.present(&Study {
            title: &self.checked.header.title,
            seed: self.checked.header.seed,
            quick: self.checked.quick,
            axes: &self.checked.axes,
            points: &points,
        })
    }
}
