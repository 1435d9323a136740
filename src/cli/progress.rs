//! One line on stderr while an experiment runs.

use super::clock::Stopwatch;
use crate::plan::Task;
use crate::run::Observer;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// The length of the bar: enough steps to move smoothly.
const STEPS: f64 = 10_000.0;

/// A progress line with a bar, the tasks done, and the time left.
pub(super) struct Progress {
    bar: ProgressBar,
    state: Mutex<State>,
    total_work: f64,
    total_tasks: usize,
}

#[derive(Default)]
struct State {
    work: f64,
    tasks: usize,
    /// The tasks under way, by the names of their records.
    under_way: BTreeMap<String, Stopwatch>,
    /// The seconds that the finished ones took.
    seconds: BTreeMap<String, f64>,
}

impl Progress {
    /// Shows a line for `experiment` with `tasks` to run, unless `quiet`; nothing is drawn when stderr is no terminal.
    pub(super) fn start(experiment: &str, tasks: &[&Task], quiet: bool) -> Self {
        let bar = ProgressBar::new(STEPS as u64);
        bar.set_draw_target(if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() });
        let style = ProgressStyle::with_template(
            "{prefix:.bold} {bar:28.cyan/dim} {percent:>3} %  {msg}  {eta} left",
        );
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━╸─"));
        bar.set_prefix(experiment.to_owned());
        let progress = Self {
            bar,
            state: Mutex::default(),
            total_work: tasks.iter().map(|task| task.cost.work).sum::<f64>().max(f64::MIN_POSITIVE),
            total_tasks: tasks.len(),
        };
        progress.show(0);
        progress.bar.enable_steady_tick(std::time::Duration::from_millis(200));
        progress
    }

    /// Removes the line.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// The seconds that each finished task took, by the name of its record.
    pub(super) fn seconds(&self) -> BTreeMap<String, f64> {
        self.state.lock().map_or_else(|_| BTreeMap::new(), |state| state.seconds.clone())
    }

    fn show(&self, tasks: usize) {
        self.bar.set_message(format!("{tasks}/{} tasks", self.total_tasks));
    }
}

impl Observer for Progress {
    fn began(&self, task: &Task) {
        let Ok(mut state) = self.state.lock() else { return };
        state.under_way.insert(task.id.clone(), Stopwatch::start());
    }

    fn advanced(&self, work: f64) {
        let Ok(mut state) = self.state.lock() else { return };
        state.work += work;
        self.bar.set_position((STEPS * (state.work / self.total_work).min(1.0)) as u64);
    }

    fn ended(&self, task: &Task, outcome: Result<(), &str>) {
        if let Err(reason) = outcome {
            self.bar.suspend(|| {
                let _ = std::io::Write::write_fmt(
                    &mut std::io::stderr(),
                    format_args!("task {} of point {} failed: {reason}\n", task.replica, task.point),
                );
            });
        }
        let Ok(mut state) = self.state.lock() else { return };
        state.tasks += 1;
        if let Some(watch) = state.under_way.remove(&task.id)
            && outcome.is_ok()
        {
            state.seconds.insert(task.id.clone(), watch.seconds());
        }
        self.show(state.tasks);
    }
}
