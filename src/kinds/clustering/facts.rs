//! What the handout of a clustering can say: every fact with its meaning.
//!
//! Temperatures and energies are in squared units of the data, information in nats.

use crate::fact::{Listed, Measured};
use schemars::JsonSchema;
use serde::Serialize;

/// The facts of a study; those of a single point are about the one that the handout shows in detail.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Facts {
    /// Whether no point was finished; all other facts then mean nothing.
    pub empty: bool,
    /// The points and the cooling.
    #[serde(flatten)]
    pub setting: Setting,
    /// What the cooling found.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The comparison with k-means from random starts; empty where none was run.
    pub kmeans: Option<Kmeans>,
    /// The points of the study.
    #[serde(flatten)]
    pub listed: Listed<PointRow>,
}

/// The points and the cooling.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Setting {
    /// The file or the source of the points; shown as typed by the filter `text`.
    pub source: String,
    /// Whether the points were drawn by the program.
    pub invented: bool,
    /// The number n of points.
    pub points_count: usize,
    /// Its logarithm.
    pub log_points: f64,
    /// The number d of coordinates.
    pub dimensions: usize,
    /// The names of the coordinates; shown as typed by the filter `text`.
    pub columns: Vec<String>,
    /// Whether each column was divided by its standard deviation.
    pub standardized: bool,
    /// Whether a column weighs the points.
    pub weighted: bool,
    /// Whether all points are the same.
    pub all_same: bool,
    /// The variance of the points: their mean square distance from their mean.
    pub variance: f64,
    /// The largest eigenvalue of the covariance of all points.
    pub eigenvalue: f64,
    /// The critical temperature of one cluster of all points, twice that eigenvalue.
    pub critical: f64,
    /// The schedule's name.
    pub schedule: String,
    /// The number of temperatures.
    pub steps: usize,
    /// The first temperature.
    pub from: f64,
    /// The last temperature.
    pub to: f64,
    /// The most clusters that were allowed.
    pub max_clusters: usize,
    /// The largest change of a centre (in units of the root of the variance) or logarithm of a mass at which an iteration ends.
    pub tolerance: f64,
}

/// What the cooling found.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Outcome {
    /// The splits in order.
    pub splits: Vec<SplitRow>,
    /// The number of clusters at the last temperature.
    pub clusters: usize,
    /// The state at the last temperature.
    pub last: State,
    /// The state at a temperature in the middle of the longest range with more than one cluster.
    pub middle: State,
    /// The ranges of temperature with one number of clusters each, from hot to cold.
    pub ranges: Vec<Range>,
    /// The longest range between two splits, in the logarithm of the temperature; empty where there are no two splits.
    pub longest: Option<Range>,
    /// The largest difference of F and D + T I over all temperatures, relative to the variance.
    pub identity_gap: f64,
    /// The number of temperatures at which the iteration had not settled.
    pub unsettled: usize,
    /// The most steps that an iteration took, and where.
    pub most_steps: usize,
    /// The temperature at which it took that many.
    pub most_steps_at: f64,
    /// Whether the limit of clusters keeps a cluster from splitting at the last temperature.
    pub held_back: bool,
    /// The largest of the observed split temperatures over twice the eigenvalue; empty where none is known.
    pub largest_ratio: Option<f64>,
    /// Whether an observed temperature lies below twice the eigenvalue by more than 1 part in 10⁴.
    pub hardly_parted: bool,
    /// The distortion at zero temperature.
    pub quenched: f64,
    /// The logarithm of the number of clusters: the most that the information can be.
    pub log_clusters: f64,
    /// The entropy of the clusters' masses at the last temperature.
    pub mass_entropy: f64,
    /// The centres at the last temperature.
    pub centres: Vec<CentreRow>,
}

/// A state of the cooling.
#[derive(Debug, Default, Clone, Serialize, JsonSchema)]
pub(super) struct State {
    /// The temperature.
    pub temperature: f64,
    /// The number of clusters.
    pub clusters: usize,
    /// The free energy F.
    pub free_energy: f64,
    /// The distortion D.
    pub distortion: f64,
    /// The information I.
    pub information: f64,
    /// The product T I.
    pub heat: f64,
}

/// One split.
#[derive(Debug, Default, Clone, Serialize, JsonSchema)]
pub(super) struct SplitRow {
    /// The number of clusters before it.
    pub before: usize,
    /// The number of clusters after it.
    pub after: usize,
    /// The highest temperature at which one more cluster lowers F; empty where the cooling began below it.
    pub temperature: Option<f64>,
    /// Twice the largest eigenvalue of the covariance of the cluster that splits, just above.
    pub critical: f64,
    /// How far the observed temperature lies above that, as a share of it; empty where it is not known.
    pub excess: Option<f64>,
    /// The number of the cluster that splits.
    pub parent: usize,
    /// The number of the new cluster.
    pub child: usize,
    /// The mass of the cluster that splits.
    pub mass: f64,
    /// The distance at which the new centre appears, in units of the square root of T.
    pub distance: f64,
}

/// A range of temperatures with one number of clusters.
#[derive(Debug, Default, Clone, Serialize, JsonSchema)]
pub(super) struct Range {
    /// The number of clusters.
    pub clusters: usize,
    /// The upper end.
    pub from: f64,
    /// The lower end.
    pub to: f64,
    /// The ratio of the ends.
    pub factor: f64,
}

/// A cluster at the last temperature.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct CentreRow {
    /// Its number.
    pub cluster: usize,
    /// Its mass.
    pub mass: f64,
    /// Twice the largest eigenvalue of its covariance.
    pub critical: f64,
    /// The coordinates of its centre, six at most.
    pub place: Vec<f64>,
}

/// K-means from random starts, beside the end of the cooling at zero temperature.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Kmeans {
    /// The number of starts.
    pub starts: usize,
    /// How many of them ended higher than the cooling.
    pub above: usize,
    /// How many ended lower.
    pub below: usize,
    /// The share that ended higher.
    pub share: Measured,
    /// The least distortion.
    pub least: f64,
    /// The median distortion.
    pub median: f64,
    /// The largest distortion.
    pub largest: f64,
    /// The ratio of the median to the cooling's; empty where that is 0.
    pub median_ratio: Option<f64>,
    /// The ratio of the largest to the cooling's; empty where that is 0.
    pub largest_ratio: Option<f64>,
}

/// One point of the study.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct PointRow {
    /// The values of the swept keys.
    pub coordinates: Vec<String>,
    /// The number of clusters at the last temperature.
    pub clusters: Option<f64>,
    /// The temperature of the first split.
    pub first_split: Option<f64>,
    /// The free energy at the last temperature.
    pub free_energy: Option<f64>,
    /// The distortion at zero temperature.
    pub quenched: Option<f64>,
}
