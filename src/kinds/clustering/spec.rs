//! The keys of a clustering experiment, and the checked experiment that they become.

use super::data::{DataSpec, Points};
use crate::input::{Context, Problem};
use crate::learning::clusters::{self, Settings};
use crate::models;
use crate::number;
use crate::samplers::schedule::{self, Schedule};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Most temperatures, clusters and starts of k-means.
const MOST_STEPS: u64 = 2000;
pub(super) const MOST_CLUSTERS: usize = 32;
const MOST_STARTS: usize = 100_000;
/// `--quick` takes one temperature, and one start of k-means, in this many.
const QUICK_SHARE: u64 = 4;
/// The last temperature as a share of the first critical one, where the file leaves it open.
const COLD: f64 = 0.02;
/// When an iteration ends.
pub(super) const TOLERANCE: f64 = 1e-11;
const MOST_ITERATIONS: usize = 20_000;

/// The keys that a clustering experiment adds to the common header.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) struct ClusteringSpec {
    /// The points.
    data: DataSpec,
    /// How the temperature falls: one of the schedules, for example `[schedule.geometric]`.
    #[serde(default = "automatic")]
    schedule: Value,
    /// The most clusters; once there are so many, none is split.
    #[serde(default = "eight")]
    #[schemars(range(min = 1, max = 32))]
    max_clusters: usize,
    /// Runs of k-means from random starts, with as many centres as the cooling ends with, to compare with; 0 for none.
    #[serde(default = "hundreds")]
    #[schemars(range(min = 0, max = 100_000))]
    kmeans_starts: usize,
}

fn automatic() -> Value {
    json!({ "geometric": {} })
}

fn eight() -> usize {
    8
}

fn hundreds() -> usize {
    500
}

/// The keys of every schedule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
struct ScheduleSpec {
    /// The first temperature, in squared units of the data; "auto" is above the first split.
    #[serde(default = "auto")]
    from: Temperature,
    /// The last temperature; "auto" is a fiftieth of the first critical temperature.
    #[serde(default = "auto")]
    to: Temperature,
    /// Number of temperatures.
    #[serde(default = "sixty")]
    #[schemars(range(min = 1, max = 2000))]
    steps: u64,
}

fn auto() -> Temperature {
    Temperature::Word(Auto::Auto)
}

fn sixty() -> u64 {
    60
}

/// A temperature, or the word "auto".
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Temperature {
    /// Chosen from the data.
    Word(Auto),
    /// Just so.
    Value(f64),
}

/// The word "auto".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Auto {
    /// Choose from the data.
    Auto,
}

/// The schema of the table `schedule`: an object with exactly one key.
pub(super) fn schedule_schema() -> Value {
    let description = "How the temperature falls: one of the schedules; geometric unless given.";
    schedule::schema(description, |_| models::schema_of::<ScheduleSpec>())
}

/// One point of a clustering study, checked.
pub(super) struct ClusteringExperiment {
    pub points: Points,
    pub standardized: bool,
    pub schedule: &'static Schedule,
    pub settings: Settings,
    pub kmeans_starts: usize,
}

impl ClusteringExperiment {
    /// Everything that decides a record's bytes.
    pub(super) fn parameters(&self) -> Value {
        json!({
            "points": self.points.hash,
            "dimensions": self.points.cloud.dimensions(),
            "weighted": self.points.weighted,
            "temperatures": self.settings.temperatures,
            "max_clusters": self.settings.most_clusters,
            "tolerance": self.settings.tolerance,
            "most_steps": self.settings.most_steps,
            "kmeans_starts": self.kmeans_starts,
        })
    }

    /// The same with fewer temperatures.
    pub(super) fn shortened(&self, share: f64) -> Self {
        let all = &self.settings.temperatures;
        let count = (libm::ceil(all.len() as f64 * share) as usize).clamp(1, all.len());
        let temperatures = (0..count).map(|index| all[index * all.len() / count]).collect();
        let points = Points {
            cloud: self.points.cloud.clone(),
            source: self.points.source.clone(),
            names: self.points.names.clone(),
            hash: self.points.hash.clone(),
            ..self.points
        };
        let settings = Settings { temperatures, ..self.settings.clone() };
        Self { points, settings, kmeans_starts: 0, ..*self }
    }
}

/// Checks the resolved keys of one point.
pub(super) fn prepare(keys: &Value, context: &Context<'_>) -> Result<ClusteringExperiment, Vec<Problem>> {
    let spec: ClusteringSpec = serde_json::from_value(keys.clone())
        .map_err(|error| vec![Problem::new("", format!("the keys do not fit a clustering: {error}"))])?;
    let mut problems = Vec::new();
    if !(1..=MOST_CLUSTERS).contains(&spec.max_clusters) {
        problems.push(
            Problem::new("max_clusters", format!("{} clusters are not a possible number", spec.max_clusters))
                .label(format!("must be 1 to {MOST_CLUSTERS}")),
        );
    }
    if spec.kmeans_starts > MOST_STARTS {
        problems.push(
            Problem::new("kmeans_starts", format!("{} starts are too many", spec.kmeans_starts))
                .label(format!("at most {MOST_STARTS} are possible")),
        );
    }
    let cooling = cooling(&spec.schedule, &mut problems);
    let points = spec.data.load(context).map_err(|problem| problems.push(problem)).ok();
    let (Some(points), Some((schedule, keys)), true) = (points, cooling, problems.is_empty()) else {
        return Err(problems);
    };
    let steps =
        if context.quick { keys.steps.div_ceil(QUICK_SHARE).max(10).min(keys.steps) } else { keys.steps };
    let temperatures = temperatures(&points, schedule, &keys, steps as usize)?;
    let starts = if points.cloud.radius() > 0.0 { spec.kmeans_starts } else { 0 };
    let settings = Settings {
        temperatures,
        most_clusters: spec.max_clusters,
        tolerance: TOLERANCE,
        most_steps: MOST_ITERATIONS,
    };
    Ok(ClusteringExperiment {
        points,
        standardized: spec.data.standardize,
        schedule,
        settings,
        kmeans_starts: if context.quick { starts.div_ceil(QUICK_SHARE as usize) } else { starts },
    })
}

/// The temperatures of the cooling.
fn temperatures(
    points: &Points,
    schedule: &Schedule,
    keys: &ScheduleSpec,
    steps: usize,
) -> Result<Vec<f64>, Vec<Problem>> {
    let path = |key: &str| format!("schedule.{}.{key}", schedule.name);
    let critical = clusters::first_critical_temperature(&points.cloud);
    // Points that are all the same have no scale: any temperature will do.
    let spread = critical > 0.0;
    let from = match keys.from {
        Temperature::Value(value) => value,
        Temperature::Word(Auto::Auto) if spread => clusters::hot_enough(&points.cloud),
        Temperature::Word(Auto::Auto) => 1.0,
    };
    let to = match keys.to {
        Temperature::Value(value) => value,
        Temperature::Word(Auto::Auto) if spread => (COLD * critical).min(from),
        Temperature::Word(Auto::Auto) => COLD * from,
    };
    if to > from {
        let message =
            format!("the temperature would rise, from {} to {}", number::plain(from), number::plain(to));
        return Err(vec![
            Problem::new(path("to"), message).help("a cooling goes from a higher temperature to a lower one"),
        ]);
    }
    let (unit, tiny) = (points.cloud.unit(), 1e-9);
    if spread && to < tiny * unit {
        let message = format!(
            "{} is less than 10⁻⁹ of the points' mean square distance from their mean, {}",
            number::plain(to),
            number::plain(unit)
        );
        let problem = Problem::new(path("to"), message)
            .help("for T → 0 the assignment is that of k-means, which is told anyway");
        return Err(vec![problem]);
    }
    Ok(schedule.temperatures(from, to, steps))
}

fn cooling(table: &Value, problems: &mut Vec<Problem>) -> Option<(&'static Schedule, ScheduleSpec)> {
    let (schedule, spec): (_, ScheduleSpec) = schedule::read(table, problems)?;
    let name = schedule.name;
    let before = problems.len();
    for (key, value) in [("from", spec.from), ("to", spec.to)] {
        if let Temperature::Value(value) = value
            && !(value > 0.0 && value.is_finite())
        {
            problems.push(
                Problem::new(format!("schedule.{name}.{key}"), "a temperature must be positive and finite")
                    .label("must be greater than 0, or \"auto\""),
            );
        }
    }
    if !(1..=MOST_STEPS).contains(&spec.steps) {
        problems.push(
            Problem::new(
                format!("schedule.{name}.steps"),
                format!("{} temperatures are not a possible number", spec.steps),
            )
            .label(format!("must be 1 to {MOST_STEPS}")),
        );
    }
    (problems.len() == before).then_some((schedule, spec))
}
