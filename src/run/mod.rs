//! Tasks to records: runs them in parallel, reports progress, stops when asked, and turns a panic into one failed task.

use crate::kind::{Control, Experiment, RunError};
use crate::plan::Task;
use crate::record::Record;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Where finished records go; called from several threads.
pub trait Sink: Sync {
    /// Keeps the record of a finished task.
    ///
    /// # Errors
    ///
    /// Why it could not be kept; the task then counts as failed.
    fn keep(&self, task: &Task, record: &Record) -> Result<(), String>;
}

/// Who watches a run; called from several threads.
pub trait Observer: Sync {
    /// A task began.
    fn began(&self, _task: &Task) {}

    /// Work was done: `work` more units of the plan's total.
    fn advanced(&self, work: f64);

    /// A task ended, well or badly.
    fn ended(&self, task: &Task, outcome: Result<(), &str>);
}

/// A task that gave no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The task's point.
    pub point: usize,
    /// The task's replica.
    pub replica: usize,
    /// The task's name.
    pub id: String,
    /// Why.
    pub reason: String,
}

/// A task's point and replica, and how it ended.
type Ended = (usize, usize, Result<(), Failure>);

/// How a run ended.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many tasks finished.
    pub finished: usize,
    /// The tasks that failed, in plan order.
    pub failures: Vec<Failure>,
    /// Whether the run was stopped before the end.
    pub interrupted: bool,
}

/// Runs `tasks` on `threads` threads (0 for all cores), the most expensive first; `points` holds the experiments by point.
///
/// The order and the number of threads decide only when a record is computed, never what is in it. When `stop` becomes
/// true, running tasks end at their next report and no further one starts.
///
/// # Errors
///
/// When the threads cannot be started.
pub fn execute(
    tasks: &[&Task],
    points: &[&dyn Experiment],
    threads: usize,
    stop: &AtomicBool,
    sink: &dyn Sink,
    observer: &dyn Observer,
) -> Result<Outcome, String> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| format!("the worker threads could not be started: {error}"))?;
    let order = runs(tasks);
    let next = AtomicUsize::new(0);
    let ended: Mutex<Vec<Ended>> = Mutex::new(Vec::new());
    pool.broadcast(|_| {
        while let Some(tasks) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            tasks.iter().for_each(|task| observer.began(task));
            let kept = match run_one(tasks, points[tasks[0].point], stop, observer) {
                Ok(records) => {
                    tasks.iter().zip(records).map(|(task, record)| keep(task, &record, sink)).collect()
                }
                Err(RunError::Stopped) => break,
                Err(RunError::Failed(reason)) => vec![Err(reason); tasks.len()],
            };
            for (task, kept) in tasks.iter().zip(kept) {
                observer.ended(task, kept.as_ref().copied().map_err(String::as_str));
                let (point, replica) = (task.point, task.replica);
                let row = kept.map_err(|reason| Failure { point, replica, id: task.id.clone(), reason });
                if let Ok(mut ended) = ended.lock() {
                    ended.push((point, replica, row));
                }
            }
        }
    });
    let mut ended = ended.into_inner().map_err(|_| "a worker thread died".to_owned())?;
    ended.sort_by_key(|(point, replica, _)| (*point, *replica));
    let mut outcome = Outcome { interrupted: ended.len() < tasks.len(), ..Outcome::default() };
    for (_, _, row) in ended {
        match row {
            Ok(()) => outcome.finished += 1,
            Err(failure) => outcome.failures.push(failure),
        }
    }
    Ok(outcome)
}

/// The tasks by runs, the most expensive first: a task by itself, or all those that one run serves.
fn runs<'a>(tasks: &[&'a Task]) -> Vec<Vec<&'a Task>> {
    let mut runs: Vec<Vec<&Task>> = Vec::new();
    let mut joint: BTreeMap<&str, usize> = BTreeMap::new();
    for task in tasks {
        let known = task.joint.as_ref().map(|run| *joint.entry(&run.id).or_insert(runs.len()));
        match known.and_then(|at| runs.get_mut(at)) {
            Some(run) => run.push(task),
            None => runs.push(vec![task]),
        }
    }
    let work = |run: &Vec<&Task>| run.iter().map(|task| task.cost.work).sum::<f64>();
    runs.sort_by(|a, b| work(b).total_cmp(&work(a)));
    runs
}

/// Runs the tasks of one run: their records in order.
fn run_one(
    tasks: &[&Task],
    experiment: &dyn Experiment,
    stop: &AtomicBool,
    observer: &dyn Observer,
) -> Result<Vec<Record>, RunError> {
    let work = tasks.iter().map(|task| task.cost.work).sum();
    let watch = Watch { stop, observer, work, reported: Mutex::new(0.0) };
    let stream = tasks[0].stream();
    let result = catch_unwind(AssertUnwindSafe(|| experiment.run_company(stream, &watch)));
    let mut records: Vec<Option<Record>> = match result {
        Ok(Ok(records)) => records.into_iter().map(Some).collect(),
        Ok(Err(error)) => return Err(error),
        Err(panic) => return Err(RunError::Failed(format!("the task panicked: {}", panic_text(&*panic)))),
    };
    let _ = watch.advance(1.0);
    let seat = |task: &Task| task.joint.as_ref().map_or(0, |joint| joint.seat);
    let mut take = |task: &&Task| records.get_mut(seat(task)).and_then(Option::take);
    let missing = || RunError::Failed("the run gave no record for the point".to_owned());
    tasks.iter().map(|task| take(task).ok_or_else(missing)).collect()
}

/// Keeps a record that can be kept.
fn keep(task: &Task, record: &Record, sink: &dyn Sink) -> Result<(), String> {
    check_finite(record)?;
    sink.keep(task, record)
}

/// A record with a value that is not a number is a failed task, not a result.
fn check_finite(record: &Record) -> Result<(), String> {
    let array = record.arrays.iter().find(|(_, array)| array.values.iter().any(|value| !value.is_finite()));
    let scalar = record.scalars.iter().find(|(_, value)| !value.is_finite());
    match array.map(|(name, _)| name).or(scalar.map(|(name, _)| name)) {
        Some(name) => Err(format!("the task computed a value of `{name}` that is not finite")),
        None => Ok(()),
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}

/// Hands a task's progress on, in units of work.
struct Watch<'a> {
    stop: &'a AtomicBool,
    observer: &'a dyn Observer,
    work: f64,
    reported: Mutex<f64>,
}

impl Control for Watch<'_> {
    fn advance(&self, fraction: f64) -> ControlFlow<()> {
        if let Ok(mut reported) = self.reported.lock() {
            let done = fraction.clamp(0.0, 1.0) * self.work;
            if done > *reported {
                self.observer.advanced(done - *reported);
                *reported = done;
            }
        }
        if self.stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Cost;
    use crate::plan::Plan;
    use crate::record::Analysis;
    use crate::rng::Stream;
    use rand::Rng;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    /// Draws a few numbers; panics at point 2, fails at point 3.
    struct Draws(usize);

    impl Experiment for Draws {
        fn identity(&self) -> Value {
            json!({ "point": self.0 })
        }
        fn replicas(&self) -> usize {
            3
        }
        fn cost(&self) -> Cost {
            Cost { work: 1.0 + self.0 as f64, unit: "draws", sweeps: 1, memory: 8 }
        }
        fn quantities(&self) -> Vec<&'static str> {
            vec!["energy"]
        }
        fn run(&self, mut stream: Stream, control: &dyn Control) -> Result<Record, RunError> {
            assert_ne!(self.0, 2, "point two is unlucky");
            if self.0 == 3 {
                return Err(RunError::Failed("out of luck".to_owned()));
            }
            if control.advance(0.5).is_break() {
                return Err(RunError::Stopped);
            }
            let mut record = Record::default();
            record.put_series("draws", (0..4).map(|_| (stream.next_u64() >> 11) as f64).collect());
            Ok(record)
        }
        fn analyse(&self, _: &[Record]) -> Analysis {
            Analysis::default()
        }
    }

    #[derive(Default)]
    struct Kept(Mutex<BTreeMap<String, Record>>);

    impl Sink for Kept {
        fn keep(&self, task: &Task, record: &Record) -> Result<(), String> {
            self.0.lock().unwrap().insert(task.id.clone(), record.clone());
            Ok(())
        }
    }

    impl Observer for Mutex<f64> {
        fn advanced(&self, work: f64) {
            *self.lock().unwrap() += work;
        }
        fn ended(&self, _: &Task, _: Result<(), &str>) {}
    }

    #[test]
    fn records_do_not_depend_on_threads_and_failures_stay_alone() {
        let points: Vec<Draws> = (0..5).map(Draws).collect();
        let points: Vec<&dyn Experiment> = points.iter().map(|point| point as &dyn Experiment).collect();
        let plan = Plan::new(7, "draws", 1, points.iter().copied());
        let tasks: Vec<&Task> = plan.tasks.iter().collect();
        let run = |threads| {
            let (kept, work) = (Kept::default(), Mutex::new(0.0));
            let stop = AtomicBool::new(false);
            let outcome = execute(&tasks, &points, threads, &stop, &kept, &work).unwrap();
            (outcome, kept.0.into_inner().unwrap(), work.into_inner().unwrap())
        };
        let (one, records, work) = run(1);
        let (_, again, _) = run(3);
        assert_eq!(records, again);
        assert_eq!((one.finished, one.failures.len(), one.interrupted), (9, 6, false));
        assert!(one.failures[0].reason.contains("point two is unlucky"), "{}", one.failures[0].reason);
        assert_eq!(one.failures[3].reason, "out of luck");
        assert!((work - 3.0 * (1.0 + 2.0 + 5.0)).abs() < 1e-9, "only finished work is reported: {work}");
        let firsts: std::collections::BTreeSet<u64> =
            records.values().map(|record| record.series("draws")[0] as u64).collect();
        assert_eq!(firsts.len(), 9, "every task has its own stream");
    }

    #[test]
    fn a_stop_is_heeded_at_the_next_report() {
        let points = [Draws(0)];
        let points: Vec<&dyn Experiment> = points.iter().map(|point| point as &dyn Experiment).collect();
        let plan = Plan::new(7, "draws", 1, points.iter().copied());
        let tasks: Vec<&Task> = plan.tasks.iter().collect();
        let stop = AtomicBool::new(true);
        let kept = Kept::default();
        let outcome = execute(&tasks, &points, 1, &stop, &kept, &Mutex::new(0.0)).unwrap();
        assert!(outcome.interrupted && outcome.finished == 0 && kept.0.lock().unwrap().is_empty());
    }
}
