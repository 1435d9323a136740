//! How long a plan will take and how much memory it needs, from short probes of its own tasks.

use super::Task;

/// The outcome of a probe: a task was run for a moment and stopped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Probe {
    /// Wall-clock seconds spent.
    pub seconds: f64,
    /// The share of the task's work that was done in them.
    pub fraction: f64,
}

/// What a plan will cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Seconds on the given number of threads.
    pub seconds: f64,
    /// Seconds of work, all threads added.
    pub core_seconds: f64,
    /// Peak memory in bytes: the largest tasks that run at once.
    pub memory: u64,
    /// How many tasks were probed.
    pub probes: usize,
}

/// The most points that are probed; the others take the rate of the nearest probed point of the plan.
const MOST_PROBES: usize = 24;

/// Seconds to write a record and have it flushed to disk: what counts where tasks are many and short.
const STORING: f64 = 1e-3;

/// Estimates the cost of `tasks` on `threads` threads. `probe` runs a task for about the given number of seconds.
///
/// Work of a kind is proportional to its stated cost, but the rate depends on the point (a cluster sampler's on the
/// temperature), so points across the plan are probed. The time on several threads is that of a greedy schedule,
/// longest task first, as the run stage uses.
pub fn estimate(tasks: &[&Task], threads: usize, mut probe: impl FnMut(&Task, f64) -> Probe) -> Estimate {
    let firsts: Vec<&Task> = {
        let mut firsts: Vec<&Task> = Vec::new();
        for task in tasks {
            if firsts.last().is_none_or(|last| last.point != task.point) {
                firsts.push(task);
            }
        }
        firsts
    };
    let stride = firsts.len().div_ceil(MOST_PROBES).max(1);
    let probed: Vec<&Task> = firsts.iter().step_by(stride).copied().collect();
    let seconds_each = (2.0 / probed.len().max(1) as f64).clamp(0.06, 0.4);
    let rates: Vec<(usize, f64)> = probed
        .iter()
        .map(|task| {
            // Tasks that are done early are followed by further replicas: a moment's disturbance weighs less.
            let mut sum = Probe { seconds: 0.0, fraction: 0.0 };
            for replica in tasks.iter().filter(|other| other.point == task.point) {
                let found = probe(replica, seconds_each - sum.seconds);
                sum.seconds += found.seconds;
                sum.fraction += found.fraction;
                if sum.seconds > 0.5 * seconds_each {
                    break;
                }
            }
            // A probe that saw no progress is read as having just missed a first small step.
            let fraction = if sum.fraction > 0.0 { sum.fraction } else { 1e-4 };
            (task.point, sum.seconds / fraction / task.cost.work.max(1.0))
        })
        .collect();
    let seconds_of = |task: &Task| {
        let nearest = rates.iter().min_by_key(|(point, _)| point.abs_diff(task.point));
        nearest.map_or(0.0, |(_, rate)| rate * task.cost.work.max(1.0))
    };

    let mut lengths: Vec<f64> = tasks.iter().map(|task| seconds_of(task) + STORING).collect();
    lengths.sort_by(|a, b| b.total_cmp(a));
    let mut loads = vec![0.0f64; threads.max(1)];
    for length in &lengths {
        if let Some(least) = loads.iter_mut().min_by(|a, b| a.total_cmp(b)) {
            *least += length;
        }
    }
    let mut memory: Vec<u64> = tasks.iter().map(|task| task.cost.memory).collect();
    memory.sort_unstable_by(|a, b| b.cmp(a));
    Estimate {
        seconds: loads.into_iter().fold(0.0, f64::max),
        core_seconds: lengths.iter().sum(),
        memory: memory.iter().take(threads.max(1)).sum(),
        probes: probed.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Cost;

    #[test]
    fn a_constant_rate_is_recovered_and_the_longest_task_bounds_the_time() {
        let task = |point: usize, work: f64| Task {
            id: point.to_string(),
            point,
            replica: 0,
            cost: Cost { work, unit: "steps", sweeps: 1, memory: 10 },
            joint: None,
            identity: "".into(),
            seed: 0,
        };
        let tasks = [task(0, 8000.0), task(1, 1000.0), task(2, 1000.0), task(3, 2000.0)];
        let tasks: Vec<&Task> = tasks.iter().collect();
        // 1000 steps a second.
        let probe =
            |task: &Task, seconds: f64| Probe { seconds, fraction: seconds * 1000.0 / task.cost.work };
        let one = estimate(&tasks, 1, probe);
        assert!((one.seconds - 12.0 - 4.0 * STORING).abs() < 1e-9 && one.memory == 10);
        let two = estimate(&tasks, 2, probe);
        assert!(
            (two.seconds - 8.0 - STORING).abs() < 1e-9
                && (two.core_seconds - one.core_seconds).abs() < 1e-9
                && two.memory == 20
        );
    }
}
