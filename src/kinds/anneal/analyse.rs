//! From reads to estimates: the best energy, how often the target was reached, and the time to solution.

use super::spec::AnnealExperiment;
use crate::number;
use crate::quantity::declared;
use crate::record::{Analysis, Cell, Doubt, Estimate, Record, ReferenceKind, Table};
use crate::statistics::intervals::{clopper_pearson, share_error, wilson};

/// What is estimated whatever the file says.
pub(super) const ALWAYS: &[&str] = &["best_energy", "mean_read_energy"];
/// Everything that can be estimated; the last three need a target energy.
pub(super) const QUANTITIES: &[&str] =
    &["best_energy", "mean_read_energy", "residual_energy", "success_probability", "sweeps_to_solution_99"];

/// Confidence of the intervals in the table `success`.
const CONFIDENCE: f64 = 0.95;

/// Whether an energy reaches the target, to the rounding of a sum of many terms (a relative 10⁻⁹).
pub(super) fn reaches(energy: f64, target: f64) -> bool {
    energy <= target + 1e-9 * energy.abs().max(target.abs())
}

/// Sweeps after which reads of `sweeps` sweeps, each successful with probability `p`, have met the target at least
/// once with probability 0.99: n_99 = sweeps · max(1, ln 0.01 / ln(1 − p)); infinite for p = 0.
pub(super) fn sweeps_to_solution(sweeps: usize, p: f64) -> f64 {
    if p >= 1.0 {
        return sweeps as f64;
    }
    sweeps as f64 * (libm::log(0.01) / libm::log1p(-p)).max(1.0)
}

/// A count rounded to two significant digits.
pub(super) fn two_digits(value: f64) -> u64 {
    let unit = libm::pow(10.0, (libm::floor(libm::log10(value.max(1.0))) - 1.0).max(0.0));
    (libm::round(value / unit) * unit) as u64
}

/// Turns the reads' records into estimates and tables.
pub(super) fn analyse(experiment: &AnnealExperiment, records: &[Record]) -> Analysis {
    let mut analysis = Analysis::default();
    let best: Vec<f64> = records.iter().filter_map(|record| record.scalar("best_energy")).collect();
    let Some(winner) = (0..best.len()).min_by(|a, b| best[*a].total_cmp(&best[*b])) else {
        let absent = |name: &&str| Estimate::absent(declared(name), "no read was finished");
        analysis.estimates = quantities(experiment).iter().map(absent).collect();
        return analysis;
    };
    let target = experiment.target_energy();
    let ground = experiment.ground_energy();
    analysis.estimates.push(Estimate {
        reference: ground.map(|energy| (energy, ReferenceKind::Exact)),
        note: Some(match ground {
            Some(ground) if reaches(best[winner], ground) => {
                format!("the exact ground energy, by {}", experiment.proof().unwrap_or_default())
            }
            _ => "the least over the reads: no error bar applies, and the ground energy is at most this"
                .to_owned(),
        }),
        ..Estimate::exact(declared("best_energy"), best[winner])
    });
    let mean = mean_estimate(&best);
    analysis.estimates.push(mean.clone());
    if let Some(target) = target {
        let value = mean.value.map(|value| value - target);
        analysis.estimates.push(Estimate { quantity: declared("residual_energy"), value, ..mean });
        let successes = best.iter().filter(|energy| reaches(**energy, target)).count();
        let success = Success::new(experiment.sweeps, successes as u64, best.len() as u64);
        analysis.estimates.extend([success.probability(), success.effort()]);
        analysis.tables.push(success.table());
    }
    analysis.tables.push(reads_table(records, target));
    analysis.tables.push(trace_table(records, winner));
    analysis.tables.push(state_table(&records[winner]));
    analysis.warnings = warnings(experiment, records, &best, best[winner]);
    analysis
}

/// The quantities that [`analyse`] will estimate.
pub(super) fn quantities(experiment: &AnnealExperiment) -> Vec<&'static str> {
    let judged = experiment.target.is_some() || experiment.proof().is_some();
    if judged { QUANTITIES.to_vec() } else { ALWAYS.to_vec() }
}

/// The mean of the reads' best energies and its standard error s/√R.
fn mean_estimate(best: &[f64]) -> Estimate {
    let quantity = declared("mean_read_energy");
    let reads = best.len() as f64;
    // Deviations are summed, not energies, so that equal energies give their own value back.
    let mean = best[0] + best.iter().map(|energy| energy - best[0]).sum::<f64>() / reads;
    if best.len() == 1 {
        let note = Some("a single read has no spread to take an error from".to_owned());
        return Estimate { note, ess: Some(1.0), ..Estimate::exact(quantity, mean) };
    }
    let squares: f64 = best.iter().map(|energy| (energy - mean) * (energy - mean)).sum();
    if squares == 0.0 {
        let note = Some(
            "all reads met the same least energy, so there is no spread to take an error from".to_owned(),
        );
        return Estimate { note, ess: Some(reads), ..Estimate::exact(quantity, mean) };
    }
    let error = libm::sqrt(squares / (reads * (reads - 1.0)));
    Estimate { ess: Some(reads), ..Estimate::measured(quantity, mean, error) }
}

/// How many reads reached the target.
struct Success {
    sweeps: usize,
    successes: u64,
    reads: u64,
}

impl Success {
    fn new(sweeps: usize, successes: u64, reads: u64) -> Self {
        Self { sweeps, successes, reads }
    }

    fn share(&self) -> f64 {
        self.successes as f64 / self.reads as f64
    }

    /// Why n_99 has no value, when no read reached the target.
    fn reason(&self) -> Option<String> {
        let bound = clopper_pearson(0, self.reads, 2.0 * CONFIDENCE - 1.0).1;
        (self.successes == 0).then(|| {
            format!(
                "not reached in {} read{}: at 95\u{a0}% confidence the success probability is below {} and n₉₉ above {} sweeps",
                number::count(self.reads),
                if self.reads == 1 { "" } else { "s" },
                number::significant(bound, 2),
                number::count(two_digits(sweeps_to_solution(self.sweeps, bound))),
            )
        })
    }

    /// p_s with half the width of its 1σ Wilson interval as error, which stays positive at p = 0 and 1.
    fn probability(&self) -> Estimate {
        let error = share_error(self.successes, self.reads);
        let note = if self.successes == 0 {
            self.reason()
        } else if self.successes == self.reads {
            Some("reached by every read; the error is that of the interval below 1".to_owned())
        } else {
            None
        };
        Estimate {
            ess: Some(self.reads as f64),
            note,
            ..Estimate::measured(declared("success_probability"), self.share(), error)
        }
    }

    /// n_99 with half the width of the interval that p_s's 1σ Wilson interval maps to.
    fn effort(&self) -> Estimate {
        let quantity = declared("sweeps_to_solution_99");
        if let Some(reason) = self.reason() {
            return Estimate::absent(quantity, reason);
        }
        let (low, high) = wilson(self.successes, self.reads, 1.0);
        let n99 = |p| sweeps_to_solution(self.sweeps, p);
        let error = 0.5 * (n99(low) - n99(high));
        let value = n99(self.share());
        if error > 0.0 {
            return Estimate { ess: Some(self.reads as f64), ..Estimate::measured(quantity, value, error) };
        }
        let note = Some("one read suffices over the whole 1σ interval of the success probability".to_owned());
        Estimate { note, ess: Some(self.reads as f64), ..Estimate::exact(quantity, value) }
    }

    fn table(&self) -> Table {
        let doc = "How often the target was reached, with 95 % Clopper–Pearson intervals, and the sweeps that find it \
                   with probability 0.99.";
        let columns = ["reads", "successes", "p", "p_low", "p_high", "n99", "n99_low", "n99_high", "reason"];
        let mut table = Table::new("success", doc, &columns);
        let (low, high) = clopper_pearson(self.successes, self.reads, CONFIDENCE);
        let n99 = |p| Cell::from(sweeps_to_solution(self.sweeps, p));
        table.push(vec![
            Cell::Integer(self.reads as i64),
            Cell::Integer(self.successes as i64),
            self.share().into(),
            low.into(),
            high.into(),
            n99(self.share()),
            n99(high),
            n99(low),
            self.reason().map_or(Cell::Empty, Cell::Text),
        ]);
        table
    }
}

fn reads_table(records: &[Record], target: Option<f64>) -> Table {
    let doc = "Each read: the least energy that it met and in which sweep, its last energy, and whether the target was \
               reached (1 or 0; empty without a target).";
    let columns = ["read", "best_energy", "final_energy", "reached_target", "sweep_of_best"];
    let mut table = Table::new("reads", doc, &columns);
    for (read, record) in records.iter().enumerate() {
        let best = record.scalar("best_energy");
        let reached = best.zip(target).map(|(best, target)| i64::from(reaches(best, target)));
        table.push(vec![
            read.into(),
            best.into(),
            record.scalar("final_energy").into(),
            reached.map_or(Cell::Empty, Cell::Integer),
            record.scalar("sweep_of_best").map_or(Cell::Empty, |sweep| Cell::Integer(sweep as i64)),
        ]);
    }
    table
}

fn trace_table(records: &[Record], winner: usize) -> Table {
    let doc = "The course of the runs: energy after a sweep in the best read, and over all reads its mean and 10 %, 50 % \
               and 90 % quantiles; acceptance since the row before, averaged over the reads.";
    let columns = [
        "sweep",
        "temperature",
        "best_read_energy",
        "mean_energy",
        "low_energy",
        "median_energy",
        "high_energy",
        "acceptance",
    ];
    let mut table = Table::new("trace", doc, &columns);
    let reads = records.len() as f64;
    let first = &records[winner];
    for (row, sweep) in first.series("trace_sweep").iter().enumerate() {
        let mut energies: Vec<f64> =
            records.iter().filter_map(|record| record.series("trace_energy").get(row).copied()).collect();
        energies.sort_by(f64::total_cmp);
        let acceptance: f64 =
            records.iter().filter_map(|record| record.series("trace_acceptance").get(row)).sum();
        table.push(vec![
            Cell::Integer(*sweep as i64),
            first.series("trace_temperature")[row].into(),
            first.series("trace_energy")[row].into(),
            (energies.iter().sum::<f64>() / reads).into(),
            quantile(&energies, 0.1).into(),
            quantile(&energies, 0.5).into(),
            quantile(&energies, 0.9).into(),
            (acceptance / reads).into(),
        ]);
    }
    table
}

/// The quantile of sorted values, with linear interpolation between neighbours.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let low = place as usize;
    let high = (low + 1).min(sorted.len() - 1);
    sorted[low] + (place - low as f64) * (sorted[high] - sorted[low])
}

fn state_table(record: &Record) -> Table {
    let mut table =
        Table::new("best_state", "The first state of the least energy, in the best read.", &["site", "spin"]);
    for (site, spin) in record.series("best_state").iter().enumerate() {
        table.push(vec![site.into(), Cell::Integer(*spin as i64)]);
    }
    table
}

fn warnings(experiment: &AnnealExperiment, records: &[Record], best: &[f64], least: f64) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let mut doubt = |about, excess, text| doubts.push(Doubt { about, excess, text });
    let met = best.iter().filter(|energy| reaches(**energy, least)).count();
    // With a target, it is the success probability that tells how sure the reads are.
    if experiment.target_energy().is_none() && met == 1 && best.len() > 1 {
        let text = format!(
            "Only one of {} reads met the least energy, so that a lower one may well exist: add sweeps or reads.",
            number::count(best.len() as u64)
        );
        doubt("reads", 1.0, text);
    }
    if let Some((ground, target)) = experiment.ground_energy().zip(experiment.target)
        && !reaches(ground, target)
    {
        let text = format!(
            "The target energy {} cannot be reached: the exact ground energy is {}.",
            number::significant(target, 9),
            number::significant(ground, 9)
        );
        doubt("target", f64::INFINITY, text);
    }
    let last: f64 = records.iter().filter_map(|record| record.scalar("final_energy")).sum();
    let lost = (last - best.iter().sum::<f64>()) / best.len() as f64;
    if lost > 0.01 * least.abs() {
        let text = format!(
            "The reads end on average {} above the least energy that they met: the last temperature is too high to \
             settle. Lower `to`.",
            number::significant(lost, 3)
        );
        doubt("end", lost / (0.01 * least.abs()), text);
    }
    doubts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_to_solution_follows_its_definition() {
        // After n reads the target was missed with probability (1 − p)^n.
        for p in [0.01, 0.3, 0.73] {
            let reads = sweeps_to_solution(1000, p) / 1000.0;
            assert!((libm::pow(1.0 - p, reads) - 0.01).abs() < 1e-12);
        }
        assert_eq!(sweeps_to_solution(1000, 0.995), 1000.0);
        assert_eq!(sweeps_to_solution(1000, 1.0), 1000.0);
        assert_eq!(sweeps_to_solution(1000, 0.0), f64::INFINITY);
    }

    #[test]
    fn what_was_never_reached_has_a_bound_and_no_infinity() {
        let none = Success::new(100, 0, 50);
        assert_eq!(none.effort().value, None);
        let note = none.effort().note.unwrap();
        // 1 − 0.05^(1/50) = 0.058
        assert!(note.starts_with("not reached in 50 reads") && note.contains("below 0.058"), "{note}");
        assert_eq!(none.probability().value, Some(0.0));
        assert!(none.probability().std_error.unwrap() > 0.0);
        let table = none.table();
        assert_eq!(table.rows[0][5], Cell::Empty);
        assert!((table.numbers("p_high")[0] - 0.0711).abs() < 1e-4, "Clopper–Pearson: 1 − 0.025^(1/50)");
    }

    #[test]
    fn a_certain_success_takes_one_read() {
        let all = Success::new(100, 20, 20);
        assert_eq!(all.effort().value, Some(100.0));
        assert_eq!(all.probability().value, Some(1.0));
        assert!(all.probability().std_error.unwrap() > 0.0);
    }

    #[test]
    fn errors_are_those_of_a_share_and_of_a_mean() {
        let some = Success::new(100, 40, 100);
        let expected = libm::sqrt(0.4 * 0.6 / 100.0);
        assert!((some.probability().std_error.unwrap() / expected - 1.0).abs() < 0.02);
        // d n99 / dp by the delta method
        let log = libm::log(0.6);
        let slope = 100.0 * libm::log(0.01).abs() / (0.6 * log * log);
        assert!((some.effort().std_error.unwrap() / (slope * expected) - 1.0).abs() < 0.05);
        let mean = mean_estimate(&[-4.0, -2.0, -3.0]);
        assert_eq!(mean.value, Some(-3.0));
        assert!((mean.std_error.unwrap() - libm::sqrt(1.0 / 3.0)).abs() < 1e-15);
        assert_eq!(mean_estimate(&[-0.3; 7]).std_error, None);
        assert_eq!(mean_estimate(&[-0.3; 7]).value, Some(-0.3));
    }

    #[test]
    fn rounding_does_not_decide_success() {
        assert!(reaches(-11_624.0, -11_624.0) && reaches(-11_625.0, -11_624.0));
        assert!(!reaches(-11_623.0, -11_624.0));
        assert!(reaches(-0.3, -0.1 - 0.2) && reaches(-0.1 - 0.2, -0.3) && reaches(0.0, 0.0));
    }
}
