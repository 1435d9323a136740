//! Experiment to tasks: who each task is, which random stream it owns, and what the whole will cost.
//!
//! A task is one replica of one point. Its identity is the resolved parameters of the point, the kind, and the version
//! of the kind's code path; never its place in the plan. So a rerun, a resume or a larger sweep finds the tasks that are
//! already done, and adding a point changes no other.

mod estimate;

pub use estimate::{Estimate, Probe, estimate};

use crate::kind::{Cost, Experiment};
use crate::rng::{self, Stream};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// All tasks of an experiment, in the order of their points.
pub struct Plan {
    /// The root seed.
    pub seed: u64,
    /// The tasks: point by point, replica by replica.
    pub tasks: Vec<Task>,
}

/// One replica of one point.
#[derive(Debug, Clone)]
pub struct Task {
    /// The name of the task's record: 32 hexadecimal digits of the hash of seed, identity and replica.
    pub id: String,
    /// The number of the point.
    pub point: usize,
    /// The number of the replica within its point.
    pub replica: usize,
    /// What one such task costs.
    pub cost: Cost,
    /// The run that gives its record together with others, if there is one.
    pub joint: Option<Joint>,
    identity: Arc<str>,
    seed: u64,
}

/// A task's place in a run that serves several points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joint {
    /// The name of the run, the same for all its tasks.
    pub id: String,
    /// Which of its records is the task's.
    pub seat: usize,
    /// How many records it gives.
    pub seats: usize,
    identity: Arc<str>,
}

impl Task {
    /// The task's own random stream, or that of the run that it is part of: a function of seed, identity and replica alone.
    pub fn stream(&self) -> Stream {
        match &self.joint {
            Some(joint) => rng::stream(self.seed, "company", &joint.identity, self.replica as u64),
            None => rng::stream(self.seed, "task", &self.identity, self.replica as u64),
        }
    }
}

impl Plan {
    /// Plans the tasks of `points`, which a kind called `kind` prepared with the code path `version`.
    pub fn new<'a>(
        seed: u64,
        kind: &str,
        version: u32,
        points: impl IntoIterator<Item = &'a dyn Experiment>,
    ) -> Self {
        let mut tasks = Vec::new();
        for (point, experiment) in points.into_iter().enumerate() {
            let identified = |parameters: Value| -> Arc<str> {
                canonical(&json!({ "kind": kind, "version": version, "parameters": parameters })).into()
            };
            let identity = identified(experiment.identity());
            let company = experiment
                .company()
                .map(|company| (identified(company.identity), company.seat, company.seats));
            let cost = experiment.cost();
            for replica in 0..experiment.replicas() {
                let named = |purpose: &str, identity: &str| -> String {
                    let digest = rng::digest(seed, purpose, identity, replica as u64);
                    digest[..16].iter().map(|byte| format!("{byte:02x}")).collect()
                };
                let joint = company.as_ref().map(|(identity, seat, seats)| {
                    let id = named("company record", identity);
                    Joint { id, seat: *seat, seats: *seats, identity: identity.clone() }
                });
                let id = named("task record", &identity);
                tasks.push(Task { id, point, replica, cost, joint, identity: identity.clone(), seed });
            }
        }
        Self { seed, tasks }
    }

    /// The tasks that have to run, given those already `done`: each identity once.
    pub fn missing(&self, done: &BTreeSet<String>) -> Vec<&Task> {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        self.tasks.iter().filter(|task| !done.contains(&task.id) && seen.insert(&task.id)).collect()
    }

    /// The tasks of one point, by replica.
    pub fn of_point(&self, point: usize) -> impl Iterator<Item = &Task> {
        self.tasks.iter().filter(move |task| task.point == point)
    }

    /// The number of points.
    pub fn points(&self) -> usize {
        self.tasks.last().map_or(0, |task| task.point + 1)
    }
}

/// JSON text with the keys of every object in order, so that equal values give equal text.
fn canonical(value: &Value) -> String {
    fn sorted(value: &Value) -> Value {
        match value {
            Value::Object(object) => {
                let mut keys: Vec<&String> = object.keys().collect();
                keys.sort();
                keys.into_iter()
                    .map(|key| (key.clone(), sorted(&object[key])))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            }
            Value::Array(items) => items.iter().map(sorted).collect(),
            other => other.clone(),
        }
    }
    sorted(value).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_text_ignores_the_order_of_keys() {
        let a = json!({ "b": [1, { "y": 2, "x": 1.5 }], "a": null });
        let b = json!({ "a": null, "b": [1, { "x": 1.5, "y": 2 }] });
        assert_eq!(canonical(&a), canonical(&b));
        assert_eq!(canonical(&a), r#"{"a":null,"b":[1,{"x":1.5,"y":2}]}"#);
    }
}
