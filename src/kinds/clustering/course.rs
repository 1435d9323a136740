//! A cooling as its tables tell it, for figures and facts.

use super::spec::ClusteringExperiment;
use crate::kind::StudyPoint;
use crate::learning::clusters::Clusters;
use crate::record::{Cell, Table};

/// The state at one temperature.
pub(super) struct Step {
    pub(super) temperature: f64,
    pub(super) free_energy: f64,
    pub(super) distortion: f64,
    pub(super) information: f64,
    pub(super) iterations: f64,
    pub(super) residual: f64,
    pub(super) clusters: Clusters,
}

/// One split.
pub(super) struct Parting {
    pub(super) temperature: f64,
    pub(super) above: Option<f64>,
    pub(super) critical: f64,
    /// Labels, from 0.
    pub(super) parent: usize,
    pub(super) child: usize,
    pub(super) mass: f64,
    pub(super) clusters: usize,
    pub(super) distance: f64,
}

/// The whole cooling of a point; at least one step.
pub(super) struct Course {
    pub(super) steps: Vec<Step>,
    pub(super) partings: Vec<Parting>,
}

impl Course {
    /// Reads the tables of an analysed point; `None` where the cooling was not finished.
    pub(super) fn of(point: &StudyPoint<'_>) -> Option<Self> {
        let experiment: &ClusteringExperiment = point.downcast();
        let cooling = point.analysis.table("cooling")?;
        let paths = point.analysis.table("paths")?;
        let column = |name: &str| cooling.numbers(name);
        let (temperatures, free) = (column("temperature"), column("free_energy"));
        let (distortions, informations) = (column("distortion"), column("information"));
        let (iterations, residuals) = (column("steps"), column("residual"));
        let whole = Clusters {
            dimensions: experiment.points.cloud.dimensions(),
            masses: Vec::new(),
            centres: Vec::new(),
            labels: Vec::new(),
        };
        let mut steps: Vec<Step> = (0..temperatures.len())
            .map(|at| Step {
                temperature: temperatures[at],
                free_energy: free[at],
                distortion: distortions[at],
                information: informations[at],
                iterations: iterations[at],
                residual: residuals[at],
                clusters: whole.clone(),
            })
            .collect();
        let (step, cluster) = (paths.numbers("step"), paths.numbers("cluster"));
        let (mass, coordinate) = (paths.numbers("mass"), paths.numbers("coordinate"));
        for (row, value) in paths.numbers("centre").iter().enumerate() {
            let clusters = &mut steps.get_mut(step[row] as usize - 1)?.clusters;
            if coordinate[row] == 1.0 {
                clusters.masses.push(mass[row]);
                clusters.labels.push(cluster[row] as usize - 1);
            }
            clusters.centres.push(*value);
        }
        let partings = point.analysis.table("splits").map(partings).unwrap_or_default();
        (!steps.is_empty()).then_some(Self { steps, partings })
    }

    pub(super) fn last(&self) -> &Step {
        &self.steps[self.steps.len() - 1]
    }

    /// The ranges of temperature with one number of clusters each, as clusters, upper and lower end, from hot to cold. What
    /// split at one temperature counts as one split.
    pub(super) fn ranges(&self) -> Vec<(usize, f64, f64)> {
        let (mut count, mut from) = (1, self.steps[0].temperature);
        let mut ranges = Vec::new();
        for parting in &self.partings {
            if from - parting.temperature > 1e-6 * from {
                ranges.push((count, from, parting.temperature));
            }
            (count, from) = (parting.clusters, parting.temperature);
        }
        ranges.push((count, from, self.last().temperature));
        ranges
    }

    /// The place of the step nearest to a temperature, by ratio.
    pub(super) fn nearest(&self, temperature: f64) -> usize {
        let off = |at: &usize| libm::log(self.steps[*at].temperature / temperature).abs();
        (0..self.steps.len()).min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(0)
    }
}

fn partings(table: &Table) -> Vec<Parting> {
    let number = |row: &[Cell], name: &str| {
        let at = table.columns.iter().position(|column| *column == name)?;
        row[at].number()
    };
    let parting = |row: &Vec<Cell>| {
        Some(Parting {
            temperature: number(row, "temperature")?,
            above: number(row, "above"),
            critical: number(row, "critical")?,
            parent: number(row, "cluster")? as usize - 1,
            child: number(row, "new_cluster")? as usize - 1,
            mass: number(row, "mass")?,
            clusters: number(row, "clusters")? as usize,
            distance: number(row, "distance")?,
        })
    };
    table.rows.iter().filter_map(parting).collect()
}
