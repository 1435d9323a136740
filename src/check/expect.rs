//! The estimates against the file's own expectations.

use super::Verdict;
use crate::axis::{Axis, Coordinate};
use crate::number;
use crate::record::{Analysis, Estimate, ReferenceKind};
use crate::spec::{Expect, ReferenceWord, Target, Within};

/// One analysed point: its coordinates and what its records amount to.
pub type Measured<'a> = (&'a [Coordinate], &'a Analysis);

/// A value without an error agrees with what was expected "within sigmas" when they differ by rounding only.
const ROUNDING: f64 = 1e-9;

/// Judges every expectation at every point where it applies.
pub fn against_expectations(expects: &[Expect], axes: &[Axis], points: &[Measured<'_>]) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for expect in expects {
        let before = verdicts.len();
        for (coordinates, analysis) in points {
            if !applies(expect, axes, coordinates) {
                continue;
            }
            let names: Vec<String> = axes.iter().map(|axis| axis.path.clone()).collect();
            let texts: Vec<String> = coordinates.iter().map(ToString::to_string).collect();
            verdicts.push(judge(expect, analysis.get(&expect.quantity), place_of(&names, &texts)));
        }
        if verdicts.len() == before {
            let mut verdict = blank(expect, String::new());
            verdict.remark = "no point was there to judge".to_owned();
            verdicts.push(verdict);
        }
    }
    verdicts
}

/// "temperature = 2, size = 16": the coordinates under their keys' last parts.
pub(super) fn place_of(axes: &[String], coordinates: &[String]) -> String {
    let parts: Vec<String> = axes
        .iter()
        .zip(coordinates)
        .map(|(path, value)| format!("{} = {value}", path.rsplit('.').next().unwrap_or(path)))
        .collect();
    parts.join(", ")
}

fn applies(expect: &Expect, axes: &[Axis], coordinates: &[Coordinate]) -> bool {
    expect.at.iter().all(|(key, value)| {
        axes.iter().zip(coordinates).any(|(axis, found)| {
            (axis.path == *key || axis.key() == key) && found.matches(&value.coordinate())
        })
    })
}

fn blank(expect: &Expect, place: String) -> Verdict {
    Verdict {
        quantity: expect.quantity.clone(),
        place,
        found: "none".to_owned(),
        wanted: String::new(),
        deviation: String::new(),
        allowed: String::new(),
        ratio: f64::INFINITY,
        remark: String::new(),
    }
}

fn judge(expect: &Expect, estimate: Option<&Estimate>, place: String) -> Verdict {
    let mut verdict = blank(expect, place);
    let Some(estimate) = estimate else {
        verdict.remark = "this quantity was not estimated here".to_owned();
        return verdict;
    };
    let Some(value) = estimate.value else {
        verdict.remark = estimate.note.clone().unwrap_or_else(|| "there is no estimate".to_owned());
        return verdict;
    };
    verdict.found = number::with_error(value, estimate.std_error);
    if let Some(bound) = expect.at_least {
        verdict.wanted = format!("at least {}", number::plain(bound));
        bounded(&mut verdict, bound - value, expect.within, estimate, bound);
        return verdict;
    }
    if let Some(bound) = expect.at_most {
        verdict.wanted = format!("at most {}", number::plain(bound));
        bounded(&mut verdict, value - bound, expect.within, estimate, bound);
        return verdict;
    }
    let (target, name) = match &expect.equals {
        Some(Target::Number(number)) => (Some(*number), ""),
        Some(Target::Reference(ReferenceWord::Exact)) => {
            (reference(estimate, ReferenceKind::Exact), "exact ")
        }
        Some(Target::Reference(ReferenceWord::Literature)) => {
            (reference(estimate, ReferenceKind::Literature), "literature ")
        }
        None => (None, ""),
    };
    let Some(target) = target else {
        verdict.wanted = format!("{name}value");
        verdict.remark = format!("gibbs knows no {name}value of `{}` for this model", expect.quantity);
        return verdict;
    };
    verdict.wanted = format!("{name}{}", number::with_error(target, expect.uncertainty));
    let Some(within) = expect.within else { return verdict };
    let distance = (value - target).abs();
    measure(&mut verdict, value - target, distance, within, estimate.std_error, expect.uncertainty, target);
    verdict
}

fn reference(estimate: &Estimate, kind: ReferenceKind) -> Option<f64> {
    estimate.reference.filter(|(_, found)| *found == kind).map(|(value, _)| value)
}

/// Fills in a verdict on a bound: `excess` is how far the value is on the wrong side of it.
fn bounded(verdict: &mut Verdict, excess: f64, within: Option<Within>, estimate: &Estimate, bound: f64) {
    match within {
        Some(within) => measure(verdict, excess, excess.max(0.0), within, estimate.std_error, None, bound),
        None => {
            verdict.deviation = number::significant(excess, 2);
            verdict.allowed = "0".to_owned();
            // On the right side, the ratio only orders the table: nearer to the bound is worse.
            verdict.ratio =
                if excess > 0.0 { f64::INFINITY } else { 1.0 / (1.0 - excess / bound.abs().max(1e-300)) };
        }
    }
}

/// Fills in deviation, allowance and ratio.
fn measure(
    verdict: &mut Verdict,
    signed: f64,
    distance: f64,
    within: Within,
    std_error: Option<f64>,
    uncertainty: Option<f64>,
    target: f64,
) {
    let ratio = |deviation: f64, allowed: f64| {
        if allowed > 0.0 {
            deviation / allowed
        } else if deviation > 0.0 {
            f64::INFINITY
        } else {
            0.0
        }
    };
    match within {
        Within::Sigma(sigmas) => {
            let error = libm::hypot(std_error.unwrap_or(0.0), uncertainty.unwrap_or(0.0));
            if error > 0.0 {
                verdict.deviation = format!("{} σ", number::significant(signed / error, 3));
                verdict.allowed = format!("{} σ", number::plain(sigmas));
                verdict.ratio = ratio(distance / error, sigmas);
            } else {
                let scale = target.abs().max(1.0);
                verdict.deviation = number::significant(signed, 2);
                verdict.allowed = "rounding".to_owned();
                verdict.ratio = ratio(distance / scale, ROUNDING);
                if verdict.ratio > 1.0 {
                    verdict.remark = "it has no error bar, and is held to rounding; where nothing fluctuates, ask for `within = { abs = … }`"
                        .to_owned();
                }
            }
        }
        Within::Abs(most) => {
            verdict.deviation = number::significant(signed, 2);
            verdict.allowed = number::plain(most);
            verdict.ratio = ratio(distance, most);
        }
        Within::Rel(share) => {
            verdict.deviation = format!("{} %", number::significant(100.0 * signed / target.abs(), 3));
            verdict.allowed = format!("{} %", number::plain(100.0 * share));
            verdict.ratio = ratio(distance, share * target.abs());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::declared;
    use std::collections::BTreeMap;

    fn expect(equals: Option<Target>, within: Option<Within>) -> Expect {
        Expect {
            quantity: "energy".to_owned(),
            equals,
            uncertainty: None,
            at_least: None,
            at_most: None,
            within,
            at: BTreeMap::new(),
        }
    }

    fn verdict(expect: &Expect, estimate: Estimate) -> Verdict {
        let analysis = Analysis { estimates: vec![estimate], ..Analysis::default() };
        against_expectations(std::slice::from_ref(expect), &[], &[(&[], &analysis)]).remove(0)
    }

    #[test]
    fn each_criterion_passes_and_fails_where_it_should() {
        let number = |within| expect(Some(Target::Number(1.0)), Some(within));
        let measured = |value| Estimate::measured(declared("energy"), value, 0.1);
        for (within, good, bad) in [
            (Within::Sigma(4.0), 1.39, 1.41),
            (Within::Abs(0.2), 0.81, 0.79),
            (Within::Rel(0.01), 1.009, 1.011),
        ] {
            assert!(verdict(&number(within), measured(good)).passed());
            assert!(!verdict(&number(within), measured(bad)).passed());
        }
        let at_least = Expect { at_least: Some(1.0), ..expect(None, None) };
        assert!(verdict(&at_least, measured(1.01)).passed());
        assert!(!verdict(&at_least, measured(0.99)).passed());
        let lenient = Expect { within: Some(Within::Sigma(2.0)), ..at_least };
        assert!(verdict(&lenient, measured(0.85)).passed());
        assert!(!verdict(&lenient, measured(0.75)).passed());
    }

    #[test]
    fn exact_values_are_held_to_rounding_and_missing_ones_fail_with_a_reason() {
        let exact = expect(Some(Target::Reference(ReferenceWord::Exact)), Some(Within::Sigma(4.0)));
        let mut estimate = Estimate::exact(declared("energy"), 1.0);
        assert!(verdict(&exact, estimate.clone()).remark.contains("knows no exact value"));
        estimate.reference = Some((1.0 + 1e-13, ReferenceKind::Exact));
        assert!(verdict(&exact, estimate.clone()).passed());
        estimate.reference = Some((1.0 + 1e-6, ReferenceKind::Exact));
        assert!(!verdict(&exact, estimate).passed());
        let absent = Estimate::absent(declared("energy"), "not reached in 5 reads");
        let found = verdict(&exact, absent);
        assert!(!found.passed() && found.remark == "not reached in 5 reads");
    }
}
