//! `timing.json`: how long the stored tasks took to compute, over all the runs that computed them.
//!
//! No other file of results depends on the clock. A rerun that finds everything stored adds nothing; a resumed run adds to
//! what the runs before it needed.

use super::clock;
use super::machine::Machine;
use crate::store::{self, Results, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The name of the file.
const FILE: &str = "timing.json";

/// What is known of the computing time of the stored tasks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Timing {
    /// Wall-clock seconds of the runs that computed tasks of the plan.
    #[serde(default)]
    wall_seconds: f64,
    /// Seconds that the tasks of the plan took, each on one thread, added up.
    #[serde(default)]
    computing_seconds: f64,
    /// The runs that computed tasks, in order.
    #[serde(default)]
    runs: Vec<Run>,
}

/// One run that computed tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Run {
    /// When it began, in UTC.
    pub(super) started: String,
    /// How long it took.
    pub(super) wall_seconds: f64,
    /// On how many threads.
    pub(super) threads: usize,
    /// Where; earlier versions did not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) machine: Option<Machine>,
    /// The seconds that each task took, by the name of its record.
    pub(super) tasks: BTreeMap<String, f64>,
}

impl Timing {
    /// What is stored; nothing where there is no file, or one that an earlier version wrote.
    pub(super) fn read(results: &Results) -> Self {
        let bytes = store::read_optional(&results.latest().join(FILE)).ok().flatten().unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// Adds a run, whose tasks are no longer those of an earlier one.
    pub(super) fn add(&mut self, run: Run) {
        if run.tasks.is_empty() {
            return;
        }
        for earlier in &mut self.runs {
            earlier.tasks.retain(|id, _| !run.tasks.contains_key(id));
        }
        self.runs.push(run);
        self.runs.retain(|run| !run.tasks.is_empty());
    }

    /// Writes the file, with the sums over the tasks called `ids`, those of the plan.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub(super) fn write(&mut self, results: &Results, ids: &BTreeSet<&str>) -> Result<(), StoreError> {
        let runs = self.runs_of(ids);
        let wall_seconds = runs.iter().map(|run| run.wall_seconds).sum();
        let tasks = runs.iter().flat_map(|run| &run.tasks).filter(|(id, _)| ids.contains(id.as_str()));
        let computing_seconds = tasks.map(|(_, seconds)| seconds).sum();
        (self.wall_seconds, self.computing_seconds) = (wall_seconds, computing_seconds);
        let text = serde_json::to_string_pretty(self).expect("invariant: timings are plain data");
        results.write(FILE, format!("{text}\n").as_bytes())
    }

    /// How long the tasks called `ids` took, in words: "17 s on 2 threads"; `None` when nothing is known of any.
    pub(super) fn wall_time(&self, ids: &BTreeSet<&str>) -> Option<String> {
        let runs = self.runs_of(ids);
        let least = runs.iter().map(|run| run.threads).min()?;
        let most = runs.iter().map(|run| run.threads).max()?;
        let threads = match (least, most) {
            (1, 1) => "1 thread".to_owned(),
            (least, most) if least == most => format!("{most} threads"),
            (least, most) => format!("{least} to {most} threads"),
        };
        let seconds: f64 = runs.iter().map(|run| run.wall_seconds).sum();
        let mut text = format!("{} on {threads}", clock::duration(seconds));
        if runs.len() > 1 {
            text.push_str(&format!(", in {} runs", runs.len()));
        }
        let known = ids.iter().filter(|id| runs.iter().any(|run| run.tasks.contains_key(**id))).count();
        if known < ids.len() {
            text.push_str(&format!(", for {known} of {} tasks; the others were not timed", ids.len()));
        }
        Some(text)
    }

    /// The machines on which the tasks called `ids` were computed, in words; `None` when nothing is known of any.
    pub(super) fn machines(&self, ids: &BTreeSet<&str>) -> Option<String> {
        let mut words: Vec<String> = Vec::new();
        for machine in self.runs_of(ids).iter().filter_map(|run| run.machine.as_ref()?.words()) {
            if !words.contains(&machine) {
                words.push(machine);
            }
        }
        (!words.is_empty()).then(|| words.join("; "))
    }

    /// The runs that computed any of the tasks.
    fn runs_of(&self, ids: &BTreeSet<&str>) -> Vec<&Run> {
        self.runs.iter().filter(|run| run.tasks.keys().any(|id| ids.contains(id.as_str()))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(wall_seconds: f64, threads: usize, tasks: &[&str]) -> Run {
        let tasks = tasks.iter().map(|id| ((*id).to_owned(), wall_seconds)).collect();
        Run { started: "2026-01-01T00:00:00Z".to_owned(), wall_seconds, threads, machine: None, tasks }
    }

    #[test]
    fn every_machine_that_computed_is_named_once() {
        let on = |machine: Option<Machine>, task: &str| Run { machine, ..run(1.0, 1, &[task]) };
        let mut timing = Timing::default();
        let ids = BTreeSet::from(["a", "b", "c", "d"]);
        timing.add(on(None, "a"));
        assert_eq!(timing.machines(&ids), None);
        timing.add(on(Some(Machine::of("linux", "x86_64")), "b"));
        timing.add(on(Some(Machine::of("macos", "aarch64")), "c"));
        timing.add(on(Some(Machine::of("linux", "x86_64")), "d"));
        assert_eq!(timing.machines(&ids).as_deref(), Some("linux on x86_64; macos on aarch64"));
        assert_eq!(timing.machines(&BTreeSet::from(["c"])).as_deref(), Some("macos on aarch64"));
    }

    #[test]
    fn runs_add_up_and_a_rerun_of_nothing_adds_nothing() {
        let mut timing = Timing::default();
        let ids = BTreeSet::from(["a", "b", "c"]);
        assert_eq!(timing.wall_time(&ids), None);
        timing.add(run(17.0, 2, &["a", "b"]));
        assert_eq!(timing.wall_time(&BTreeSet::from(["a"])).as_deref(), Some("17 s on 2 threads"));
        let partly = "17 s on 2 threads, for 2 of 3 tasks; the others were not timed";
        assert_eq!(timing.wall_time(&ids).as_deref(), Some(partly));
        timing.add(run(0.1, 2, &[]));
        timing.add(run(23.0, 8, &["c"]));
        assert_eq!(timing.wall_time(&ids).as_deref(), Some("40 s on 2 to 8 threads, in 2 runs"));
    }

    #[test]
    fn a_task_computed_anew_counts_once_and_runs_of_other_plans_do_not() {
        let mut timing = Timing::default();
        timing.add(run(17.0, 1, &["a"]));
        timing.add(run(30.0, 1, &["other"]));
        timing.add(run(5.0, 1, &["a"]));
        assert_eq!(timing.runs.len(), 2);
        assert_eq!(timing.wall_time(&BTreeSet::from(["a"])).as_deref(), Some("5.0 s on 1 thread"));
    }

    #[test]
    fn the_file_of_an_earlier_version_is_no_obstacle() {
        let older = r#"{"started": "x", "wall_seconds": 1.5, "threads": 2, "tasks_run": 0}"#;
        let timing: Timing = serde_json::from_str(older).unwrap();
        assert!(timing.runs.is_empty());
    }
}
