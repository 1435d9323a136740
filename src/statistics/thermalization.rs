//! Where a chain has forgotten its start: a cut that one outlier cannot move.

use super::autocorrelation::autocorrelation;

/// The series must have reached its settled level within 1/SAFETY of its length.
const SAFETY: usize = 5;
/// And must be this many autocorrelation times long.
const LEAST_TIMES: f64 = 20.0;
/// Differences between the third and the last quarter beyond this many standard errors are a drift.
const DRIFT_SIGMAS: f64 = 3.5;
/// Shortest series that is judged at all.
const SHORTEST: usize = 40;

/// How a series that starts out of equilibrium settles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settling {
    /// It settled: discarding this many values (five times the settling time) is safe, and they are all there.
    Settled {
        /// Number of values to discard.
        discard: usize,
    },
    /// It has not settled, or is too short to tell: run on.
    Unsettled,
}

/// Judges a series that starts out of equilibrium.
///
/// The settled level is the median of the second half. The settling time is the first at which the running median of
/// five values reaches that level from the side of the start: a median of five ignores up to two outliers in a row.
/// The series is settled when five settling times fit into it, when it is at least 20 integrated autocorrelation
/// times (of its second half) long, and when the means of its third and last quarters agree within 3.5 standard errors.
/// A constant series is settled at once.
pub fn settling(series: &[f64]) -> Settling {
    let length = series.len();
    if length < SHORTEST {
        return Settling::Unsettled;
    }
    let late = &series[length / 2..];
    let level = median(late);
    let start = median(&series[..5]);
    let reached = series
        .windows(5)
        .position(|window| {
            let now = median(window);
            if start <= level { now >= level } else { now <= level }
        })
        .unwrap_or(length);
    let discard = SAFETY * reached;
    if discard > length || drifts(late) {
        return Settling::Unsettled;
    }
    Settling::Settled { discard }
}

/// Whether a stretch that should be stationary is shorter than ten autocorrelation times, or its halves differ.
fn drifts(late: &[f64]) -> bool {
    // Half of the series: the least length counts the whole.
    let Some(memory) = autocorrelation(&[late]) else { return false };
    if !memory.converged || (late.len() as f64) < 0.5 * LEAST_TIMES * memory.tau {
        return true;
    }
    stationarity_pull(&[late]).is_some_and(|pull| pull.abs() > DRIFT_SIGMAS)
}

/// (mean of the second half − mean of the first half)/(its standard error), over all replicas together.
///
/// Geweke's diagnostic (1992), but the error comes from the variance and the integrated autocorrelation time of the
/// second half alone, so that a transient in the first cannot hide behind the variance that it causes. Standard normal
/// for a stationary series; `None` when the second half does not fluctuate.
pub fn stationarity_pull(replicas: &[&[f64]]) -> Option<f64> {
    let halves = |second: bool| -> Vec<&[f64]> {
        replicas
            .iter()
            .map(|values| {
                let middle = values.len() / 2;
                if second { &values[values.len() - middle..] } else { &values[..middle] }
            })
            .collect()
    };
    let (first, second) = (halves(false), halves(true));
    let memory = autocorrelation(&second)?;
    let count: usize = first.iter().map(|values| values.len()).sum();
    let before: f64 = first.iter().map(|values| values.iter().map(|x| x - memory.mean).sum::<f64>()).sum();
    let error = std::f64::consts::SQRT_2 * memory.std_error();
    (error > 0.0).then(|| -before / count as f64 / error)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { 0.5 * (sorted[middle - 1] + sorted[middle]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng;
    use crate::statistics::autocorrelation::tests::autoregressive;

    fn relaxing(length: usize, start: f64, relaxation: f64, rho: f64, index: u64) -> Vec<f64> {
        let mut stream = rng::stream(5, "thermalisation test", "", index);
        autoregressive(length, rho, &mut stream)
            .into_iter()
            .enumerate()
            .map(|(i, x)| x + start * libm::exp(-(i as f64) / relaxation))
            .collect()
    }

    #[test]
    fn a_relaxing_series_is_cut_where_little_of_the_start_is_left() {
        let mut settled = 0;
        for index in 0..100 {
            let start = if index % 2 == 0 { 30.0 } else { -30.0 };
            if let Settling::Settled { discard } = settling(&relaxing(1000, start, 20.0, 0.5, index)) {
                settled += 1;
                // The start has decayed to a standard deviation after 20 ln 30 = 68 steps; the running median first
                // touches the level of the fluctuations somewhat before that.
                assert!((100..=1000).contains(&discard), "run {index}: discards {discard}");
                let left = 30.0 * libm::exp(-(discard as f64) / 20.0);
                assert!(left < 0.2, "run {index}: {left} standard deviations of the start are left");
            }
        }
        assert!(settled >= 90, "only {settled} of 100 settled");
    }

    #[test]
    fn outliers_do_not_move_the_cut() {
        for index in 0..20 {
            let mut series = relaxing(1000, 30.0, 20.0, 0.5, index);
            let before = settling(&series);
            for at in [10, 11, 700] {
                series[at] = -1e6;
            }
            if let (Settling::Settled { discard: a }, Settling::Settled { discard: b }) =
                (before, settling(&series))
            {
                assert!(a.abs_diff(b) <= 50, "run {index}: {a} against {b}");
            }
        }
    }

    #[test]
    fn unfinished_relaxation_and_slow_chains_are_refused() {
        for index in 0..20 {
            assert_eq!(
                settling(&relaxing(1000, 30.0, 400.0, 0.5, index)),
                Settling::Unsettled,
                "run {index}"
            );
            assert_eq!(settling(&relaxing(30, 0.0, 1.0, 0.0, index)), Settling::Unsettled, "too short");
        }
        let ramp: Vec<f64> = (0..1000).map(f64::from).collect();
        assert_eq!(settling(&ramp), Settling::Unsettled);
        assert_eq!(settling(&[-2.0; 100]), Settling::Settled { discard: 0 });
    }

    #[test]
    fn the_stationarity_pull_is_standard_normal() {
        let runs = 400;
        let squares: f64 = (0..runs)
            .map(|index| stationarity_pull(&[&relaxing(2000, 0.0, 1.0, 0.8, index)]).unwrap().powi(2))
            .sum();
        // 400 squared normals average 1 ± 0.071; the estimated τ adds a little.
        assert!(
            (squares / runs as f64 - 1.0).abs() < 0.35,
            "squared pulls average {}",
            squares / runs as f64
        );
        assert!(stationarity_pull(&[&relaxing(2000, 10.0, 300.0, 0.8, 0)]).unwrap() < -4.5);
    }
}
