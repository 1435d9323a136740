//! Crossings between two wells: rates with errors, the exact ones, and Kramers'.

use super::super::analyse::FEWEST_EVENTS;
use super::WalkExperiment;
use crate::exact::continuum::escape::Side;
use crate::number;
use crate::quantity::declared;
use crate::record::{Estimate, Record, ReferenceKind, Table};

/// The name of the table.
pub(super) const NAME: &str = "crossings";

/// What all replicas saw of one well.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    /// Time spent in the well.
    time: f64,
    /// How often it was left.
    crossings: f64,
    /// Stays seen from beginning to end: their number, the sum of their lengths, that of the squares.
    whole: [f64; 3],
}

impl Seen {
    /// Crossings per time in the well.
    fn rate(self) -> f64 {
        self.crossings / self.time
    }

    /// The standard error of the mean stay over the mean: stays are independent of each other, and n of them whose lengths scatter by
    /// s about t tell t to s/√n. Too few to tell s are taken for exponential, as all but the shortest stays behind a barrier are,
    /// which makes crossings a Poisson process.
    fn relative_error(self) -> f64 {
        let [count, sum, squares] = self.whole;
        let scatter = if count < FEWEST_EVENTS as f64 {
            1.0
        } else {
            let mean = sum / count;
            libm::sqrt((squares / count - mean * mean).max(0.0) * count / (count - 1.0)) / mean
        };
        scatter / libm::sqrt(self.crossings)
    }
}

/// What was seen of both wells, left and right, in units of the clock; empty where there are not two.
fn seen(experiment: &WalkExperiment, records: &[Record]) -> Option<[Seen; 2]> {
    let unit = experiment.duration() / experiment.moves() as f64;
    let mut both = [Seen::default(); 2];
    for record in records {
        let rows = record.series("stays").chunks_exact(5);
        for (seen, row) in both.iter_mut().zip(rows) {
            seen.time += row[0] * unit;
            seen.crossings += row[1];
            let parts = [row[2], row[3] * unit, row[4] * unit * unit];
            seen.whole.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
        }
    }
    experiment.continuum.wells().map(|_| both)
}

/// The rates out of both wells, beside the exact ones and Kramers' for Langevin's dynamics.
pub(super) fn table(experiment: &WalkExperiment, records: &[Record]) -> Option<Table> {
    let both = seen(experiment, records)?;
    let wells = experiment.continuum.wells()?;
    let mut table = Table::new(
        NAME,
        "How often each of two wells was left: crossings, which count when the bottom of the other well is reached; the time spent in the well, in units of \
         Langevin's dynamics with friction 1 or in sweeps of Metropolis'; the rate with its error; the height of the crest above the bottom; and for Langevin's dynamics the \
         inverse of the mean first-passage time and Kramers' rate.",
        &["well", "height", "crossings", "time", "rate", "std_error", "exact", "kramers"],
    );
    for (side, seen) in Side::BOTH.into_iter().zip(both) {
        let (continuum, temperature) = (&experiment.continuum, experiment.temperature);
        let known = experiment.step.is_some();
        let exact = known.then(|| 1.0 / continuum.passage_time(wells, side, temperature));
        let kramers = known.then(|| continuum.kramers_rate(wells, side, temperature));
        let rate = (seen.time > 0.0).then(|| seen.rate());
        let error = (seen.crossings >= FEWEST_EVENTS as f64).then(|| seen.rate() * seen.relative_error());
        table.push(vec![
            side.name().into(),
            continuum.height(wells, side).into(),
            seen.crossings.into(),
            seen.time.into(),
            rate.into(),
            error.into(),
            exact.into(),
            kramers.into(),
        ]);
    }
    Some(table)
}

/// Crossings of either direction per unit of time.
pub(super) fn estimate(experiment: &WalkExperiment, records: &[Record]) -> Option<Estimate> {
    let both = seen(experiment, records)?;
    let wells = experiment.continuum.wells()?;
    let quantity = declared("crossing_rate");
    let (crossings, time) = (both[0].crossings + both[1].crossings, both[0].time + both[1].time);
    if time == 0.0 {
        return Some(Estimate::absent(quantity, "no bottom of a well was reached"));
    }
    let fewest = both[0].crossings.min(both[1].crossings);
    let mut estimate = if fewest < FEWEST_EVENTS as f64 {
        Estimate {
            note: Some(format!(
                "only {} were seen, too few to judge an error from",
                number::many(crossings as usize, "crossing")
            )),
            ..Estimate::exact(quantity, crossings / time)
        }
    } else {
        // The rate is 2/(t₁ + t₂) of the mean stays.
        let [(t1, e1), (t2, e2)] = both.map(|seen| (1.0 / seen.rate(), seen.relative_error()));
        let relative = libm::hypot(t1 * e1, t2 * e2) / (t1 + t2);
        let rate = crossings / time;
        Estimate { ess: Some(crossings), ..Estimate::measured(quantity, rate, rate * relative) }
    };
    if experiment.step.is_some() {
        let both =
            Side::BOTH.map(|side| experiment.continuum.passage_time(wells, side, experiment.temperature));
        let exact = 2.0 / (both[0] + both[1]);
        estimate.reference = exact.is_finite().then_some((exact, ReferenceKind::Exact));
    } else {
        estimate.called = Some("crossings per sweep");
    }
    Some(estimate)
}
