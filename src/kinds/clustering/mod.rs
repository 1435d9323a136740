//! The kind `clustering`: deterministic annealing of clusters, with its phase transitions.

mod analyse;
mod course;
mod data;
mod facts;
mod figures;
mod present;
mod run;
mod spec;
mod tell;

use crate::input::{Context, Problem};
use crate::kind::{Control, Cost, Experiment, Kind, RunError, Story, Study};
use crate::models;
use crate::record::{Analysis, Record};
use crate::rng::Stream;
use serde_json::Value;
use spec::{ClusteringExperiment, ClusteringSpec};

/// The kind `clustering`.
pub struct Clustering;

const DOC: &str = r#"Clusters points by deterministic annealing (Rose, Gurewitz and Fox 1990, doi:10.1103/PhysRevLett.65.945). Each point
$x_i$ is assigned to the centres $y_k$ with Boltzmann probabilities of the energy $E_{ik} = |x_i - y_k|^2$,
$p(k|i) = q_k e^{-E_{ik}/T}/Z_i$, and centres and masses $q_k$ minimise the free energy $F = -T \sum_i w_i \ln Z_i = D + T I$.
At high temperature there is one cluster. As the temperature falls clusters split; one cluster becomes unstable at $T = 2\lambda$,
with $\lambda$ the largest eigenvalue of the covariance of its points.

`[data]` names a `file` of numbers, one point a line, with `columns` to choose from it, a column of `weights`, and
`standardize = true` for columns of different units; or takes `source = "blobs"`. `[schedule.geometric]` (or `linear`,
`linear_beta`) gives the temperatures, `from` and `to` "auto" unless given, in `steps`. No cluster is split beyond
`max_clusters`.

At every temperature the program looks for a place where one more centre would lower $F$; the temperature at which there first is one
is bracketed by bisection, and told beside $2\lambda$. Nothing in the cooling is random. `kmeans_starts` runs of k-means from
random starts are made for comparison, with as many centres as the cooling ends with."#;

const STARTER: &str = r#"kind  = "clustering"
title = "{title}"
seed  = 1                      # draws the points of "blobs", and the starts of k-means; the cooling needs none

[data]
source = "blobs"               # or file = "points.csv": numbers, one point a line, relative to this file
# columns     = ["pace", "loudness"]   # by name or number; all unless given
# weights     = "plays"        # a column that weighs the points
# standardize = true           # for columns of different units

[schedule.geometric]           # or linear (in temperature), linear_beta (in 1/temperature)
from  = "auto"                 # above the first split; or a temperature, in squared units of the data
to    = "auto"
steps = 60

# max_clusters  = 8
# kmeans_starts = 500          # runs of k-means to compare with
"#;

impl Kind for Clustering {
    fn name(&self) -> &'static str {
        "clustering"
    }

    fn summary(&self) -> &'static str {
        "clusters by deterministic annealing: how they split as the temperature falls"
    }

    fn doc(&self) -> &'static str {
        DOC
    }

    fn version(&self) -> u32 {
        1
    }

    fn quantities(&self) -> &'static [&'static str] {
        analyse::QUANTITIES
    }

    fn models(&self) -> Vec<&'static str> {
        Vec::new()
    }

    fn schema(&self) -> Value {
        let mut schema = models::schema_of::<ClusteringSpec>();
        schema["properties"]["schedule"] = spec::schedule_schema();
        schema
    }

    fn starter(&self) -> &'static str {
        STARTER
    }

    fn template(&self) -> &'static str {
        include_str!("../../../templates/handout/clustering.md.tera")
    }

    fn facts_schema(&self) -> Value {
        models::schema_of::<facts::Facts>()
    }

    fn prepare(&self, keys: &Value, context: &Context<'_>) -> Result<Box<dyn Experiment>, Vec<Problem>> {
        Ok(Box::new(spec::prepare(keys, context)?))
    }

    fn present(&self, study: &Study<'_>) -> Story {
        present::present(study)
    }
}

impl Experiment for ClusteringExperiment {
    fn identity(&self) -> Value {
        self.parameters()
    }

    fn replicas(&self) -> usize {
        1
    }

    fn cost(&self) -> Cost {
        let (points, stages) = (self.points.cloud.count(), self.settings.temperatures.len());
        let (clusters, dimensions) = (self.settings.most_clusters, self.points.cloud.dimensions());
        let each = points as f64 * (dimensions + 4) as f64;
        // The search for a new centre starts from up to 512 points, and some two hundred places about the clusters; it is
        // made at each temperature, and some twenty times for each split.
        let searches =
            (stages + 22 * clusters) as f64 * each * (points.min(512) + 50 * clusters + 360) as f64;
        let steps = 100.0 * stages as f64 * each * clusters as f64;
        Cost {
            work: searches + steps,
            unit: "operations",
            sweeps: stages as u64,
            memory: (8 * points * (dimensions + 3 * clusters) + 8 * stages * clusters * (dimensions + 3))
                as u64
                + (1 << 20),
        }
    }

    fn rehearsal(&self, share: f64) -> Option<Box<dyn Experiment>> {
        Some(Box::new(self.shortened(share)))
    }

    fn quantities(&self) -> Vec<&'static str> {
        analyse::quantities(self)
    }

    fn run(&self, stream: Stream, control: &dyn Control) -> Result<Record, RunError> {
        run::run(self, stream, control)
    }

    fn analyse(&self, records: &[Record]) -> Analysis {
        analyse::analyse(self, records)
    }
}

#[cfg(test)]
mod tests;
