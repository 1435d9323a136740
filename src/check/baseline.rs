//! The current estimates against the blessed ones.

use super::compare::{Comparison, Sigma, compare};
use super::{Verdict, expect::place_of};
use crate::number;
use crate::store::{Row, Rows};

/// Judges `current` against `baseline`, row by row; rows are matched by coordinates and quantity.
///
/// A row that has gone, or has lost its value, fails; a row that is new is not judged. The second value counts those.
pub fn against_baseline(current: &Rows, baseline: &Rows) -> (Vec<Verdict>, usize) {
    let find = |rows: &[Row], wanted: &Row| {
        rows.iter()
            .find(|row| row.quantity == wanted.quantity && row.coordinates == wanted.coordinates)
            .cloned()
    };
    let new = current.rows.iter().filter(|row| find(&baseline.rows, row).is_none()).count();
    let comparisons = baseline.rows.len();
    let verdicts = baseline
        .rows
        .iter()
        .map(|old| {
            let place = place_of(&baseline.axes, &old.coordinates);
            let now = find(&current.rows, old).filter(|_| current.axes == baseline.axes);
            judge(old, now.as_ref(), place, comparisons)
        })
        .collect();
    (verdicts, new)
}

fn judge(old: &Row, now: Option<&Row>, place: String, comparisons: usize) -> Verdict {
    let shown =
        |row: &Row| row.value.map_or("none".to_owned(), |value| number::with_error(value, row.std_error));
    let mut verdict = Verdict {
        quantity: old.quantity.clone(),
        place,
        found: now.map_or("none".to_owned(), shown),
        wanted: format!("baseline {}", shown(old)),
        deviation: String::new(),
        allowed: String::new(),
        ratio: f64::INFINITY,
        remark: String::new(),
    };
    let side = |row: &Row| row.value.map(|value| Sigma { value, std_error: row.std_error, ess: row.ess });
    match (now, now.and_then(side), side(old)) {
        (None, _, _) => verdict.remark = "this row is no longer estimated".to_owned(),
        (_, None, None) => verdict.ratio = 0.0,
        (_, None, Some(_)) => verdict.remark = "there is no estimate any more".to_owned(),
        (_, Some(_), None) => verdict.remark = "the baseline has no estimate here: bless it anew".to_owned(),
        (_, Some(now), Some(old)) => {
            let Comparison { z, allowed, ratio } = compare(now, old, comparisons);
            verdict.ratio = ratio;
            match z {
                Some(z) => {
                    verdict.deviation = format!("{} σ", number::significant(z, 3));
                    verdict.allowed = format!("{} σ", number::significant(allowed, 3));
                }
                None => {
                    verdict.deviation = number::significant(now.value - old.value, 2);
                    verdict.allowed = "rounding".to_owned();
                }
            }
        }
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(values: &[(&str, Option<f64>, Option<f64>)]) -> Rows {
        let rows = values
            .iter()
            .map(|(quantity, value, std_error)| Row {
                point: 0,
                coordinates: vec!["2".to_owned()],
                quantity: (*quantity).to_owned(),
                value: *value,
                std_error: *std_error,
                ess: Some(500.0),
            })
            .collect();
        Rows { axes: vec!["temperature".to_owned()], rows }
    }

    #[test]
    fn changes_losses_and_news_are_told_apart() {
        let old = rows(&[
            ("energy", Some(1.0), Some(0.1)),
            ("binder", Some(0.6), None),
            ("entropy", Some(1.0), None),
        ]);
        let now = rows(&[
            ("energy", Some(9.0), Some(0.1)),
            ("binder", None, None),
            ("acceptance", Some(0.5), None),
        ]);
        let (verdicts, new) = against_baseline(&now, &old);
        assert_eq!(new, 1);
        assert!(verdicts.iter().all(|verdict| !verdict.passed()));
        assert_eq!(verdicts[0].place, "temperature = 2");
        assert!(verdicts[1].remark.contains("no estimate any more"));
        assert!(verdicts[2].remark.contains("no longer"));
        let (same, _) = against_baseline(&old, &old);
        assert!(same.iter().all(Verdict::passed));
    }
}
