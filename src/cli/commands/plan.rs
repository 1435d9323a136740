//! `gibbs plan`: a dry run.

use super::for_each;
use crate::cli::args::PathArguments;
use crate::cli::clock::{self, Stopwatch};
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::session::{Loaded, Session};
use crate::kind::{Control, Experiment};
use crate::number;
use crate::plan::{self, Probe, Task};
use crate::store::Results;
use std::ops::ControlFlow;
use std::sync::Mutex;

/// Prints what would run, with an estimate of time and memory from short probes.
pub(in crate::cli) fn plan(session: &Session, arguments: &PathArguments) -> Result<bool, Failure> {
    for_each(session, &arguments.paths, |path| {
        let loaded = session.load(path, false)?;
        output::print(&describe(session, &loaded));
        Ok(true)
    })
}

fn describe(session: &Session, loaded: &Loaded) -> String {
    let (checked, tasks) = (&loaded.checked, &loaded.plan.tasks);
    let results = Results::peek(&session.results, &checked.name, loaded.depth());
    let (done, damaged) = results.survey(tasks.iter().map(|task| task.id.as_str()));
    let missing = loaded.plan.missing(&done);
    let experiments = loaded.experiments();
    let estimate = plan::estimate(&missing, session.threads, |task, seconds| {
        probe(task, experiments[task.point], seconds)
    });

    let mut lines = vec![("experiment", format!("{} ({})", checked.name, checked.kind.name()))];
    let axes: Vec<String> =
        checked.axes.iter().map(|axis| format!("{} × {}", axis.path, axis.values.len())).collect();
    let points = number::count(checked.points.len() as u64);
    lines.push(("points", if axes.is_empty() { points } else { format!("{points}: {}", axes.join(", ")) }));
    let mut methods: Vec<String> = Vec::new();
    for method in checked.points.iter().filter_map(|point| point.experiment.method()) {
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    if let Some(first) = methods.first() {
        let more = match methods.len() {
            1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        };
        lines.push(("method", format!("{first}{more}")));
    }
    let mut parts = vec![format!("{} to run", missing.len())];
    if !done.is_empty() {
        parts.push(format!("{} stored before", done.len()));
    }
    if !damaged.is_empty() {
        parts.push(format!("{} damaged", damaged.len()));
    }
    lines.push(("tasks", format!("{} ({})", number::count(tasks.len() as u64), parts.join(", "))));
    let work: f64 = missing.iter().map(|task| task.cost.work).sum();
    let sweeps: u64 = missing.iter().map(|task| task.cost.sweeps).sum();
    if let Some(first) = missing.first() {
        lines.push(("work", format!("{} {}", number::significant(work, 3), first.cost.unit)));
        lines.push(("sweeps", number::count(sweeps)));
        let time = format!(
            "about {} on {} threads ({} of one core; points probed: {})",
            clock::duration(estimate.seconds),
            session.threads,
            clock::duration(estimate.core_seconds),
            estimate.probes
        );
        lines.push(("time", time));
        lines.push(("memory", format!("about {}", output::bytes(estimate.memory))));
    } else {
        lines.push(("time", "nothing to run: every task is stored".to_owned()));
    }
    let mut text: String = lines.iter().map(|(name, value)| format!("{name:<11} {value}\n")).collect();
    if checked.points.len() > 1 && !missing.is_empty() {
        text.push('\n');
        text.push_str(&points_table(loaded, &missing));
    }
    text
}

/// The points with their work, the first and last few of many.
fn points_table(loaded: &Loaded, missing: &[&Task]) -> String {
    let checked = &loaded.checked;
    let mut header = vec!["point"];
    header.extend(checked.axes.iter().map(|axis| axis.key()));
    header.extend(["tasks", "to run", "sweeps each", "memory each"]);
    let row = |point: usize| {
        let task = loaded.plan.of_point(point).next();
        let mut row = vec![point.to_string()];
        row.extend(checked.points[point].coordinates.iter().map(ToString::to_string));
        row.push(loaded.plan.of_point(point).count().to_string());
        row.push(missing.iter().filter(|task| task.point == point).count().to_string());
        row.push(task.map_or(String::new(), |task| number::count(task.cost.sweeps)));
        row.push(task.map_or(String::new(), |task| output::bytes(task.cost.memory)));
        row
    };
    let count = checked.points.len();
    let rows: Vec<Vec<String>> = if count <= 24 {
        (0..count).map(row).collect()
    } else {
        let gap = vec!["…".to_owned(); header.len()];
        (0..12).map(row).chain([gap]).chain((count - 8..count).map(row)).collect()
    };
    let right = vec![true; header.len()];
    output::table(&header, &rows, &right)
}

/// Runs a task for about `seconds`: all of it if that is enough, else its beginning, or a rehearsal where the beginning is
/// not typical.
fn probe(task: &Task, experiment: &dyn Experiment, seconds: f64) -> Probe {
    let begun = timed(task, experiment, seconds);
    if begun.fraction >= 1.0 {
        return begun;
    }
    match experiment.rehearsal(begun.fraction) {
        None => begun,
        Some(short) => {
            // It should take as long; a limit that is never met if so guards against a kind that errs.
            let found = timed(task, short.as_ref(), 4.0 * seconds);
            let share = short.cost().work / experiment.cost().work.max(1.0);
            Probe { seconds: found.seconds, fraction: found.fraction * share }
        }
    }
}

/// Runs a task until the time is up, and says how far it came.
fn timed(task: &Task, experiment: &dyn Experiment, seconds: f64) -> Probe {
    let watch = ProbeWatch { watch: Stopwatch::start(), limit: seconds, last: Mutex::new((0.0, 0.0)) };
    let finished = experiment.run(task.stream(), &watch).is_ok();
    let total = watch.watch.seconds();
    let (at, fraction) = watch.last.into_inner().unwrap_or((0.0, 0.0));
    // A run that serves several points does the work of as many tasks.
    let tasks = task.joint.as_ref().map_or(1.0, |joint| joint.seats as f64);
    let (seconds, fraction) = if finished { (total, 1.0) } else { (at, fraction) };
    Probe { seconds, fraction: fraction * tasks }
}

struct ProbeWatch {
    watch: Stopwatch,
    limit: f64,
    /// When the last report came, and the share of the work that it told.
    last: Mutex<(f64, f64)>,
}

impl Control for ProbeWatch {
    fn advance(&self, fraction: f64) -> ControlFlow<()> {
        let now = self.watch.seconds();
        if let Ok(mut last) = self.last.lock() {
            *last = (now, fraction);
        }
        if now >= self.limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
