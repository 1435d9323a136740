//! The facts of a sweep: what the numbers say, each claim behind a stated test.

use super::chains::{discarded, memory_facts, slowest, unsettled, updates, warnings};
use super::layout::{Curve, Layout, common_coupling};
use super::peaks::{Peak, crossing, fluctuations, growth, peak, plain_label};
use super::spec::SweepExperiment;
use crate::exact::onsager;
use crate::kind::{Story, Study, StudyPoint};
use crate::number;
use crate::record::Estimate;
use crate::statistics::intervals::chi_squared_upper;
use serde_json::{Value, json};

/// The question, the answer and the facts; figures are added by the caller.
pub(super) fn tell(study: &Study<'_>, layout: &Layout<'_>) -> Story {
    let Some(first) = study.points.first() else {
        return Story {
            question: "What are the thermal averages of this model?".to_owned(),
            answer: "No point was finished, so there is nothing to tell.".to_owned(),
            facts: json!({ "empty": true }),
            ..Story::default()
        };
    };
    let experiment: &SweepExperiment = first.downcast();
    let t_c = common_coupling(layout).map(onsager::critical_temperature);
    let peaks: Vec<Peak> = layout.curves.iter().filter_map(peak).collect();
    let (question, answer) = if let Some(compared) = samplers_compared(study, layout) {
        compared
    } else if layout.is_temperature && !peaks.is_empty() {
        peak_sentence(layout, &peaks, t_c)
    } else {
        plain_sentence(study, layout)
    };
    let energies = agreement(study, "energy_per_site");
    let heats = agreement(study, "specific_heat");
    let sweeps_discarded = discarded(study);
    let facts = json!({
        "empty": false,
        "has_axis": layout.x.is_some(),
        "over_temperature": layout.is_temperature,
        "several_curves": layout.curves.len() > 1,
        "description": experiment.model.description(),
        "algorithm": algorithms(study),
        "updates": updates(study),
        "uses_wolff": study.points.iter().any(|point| sampler(point) == "wolff"),
        "uses_metropolis": study.points.iter().any(|point| sampler(point) == "metropolis"),
        "points": study.points.len(),
        "peaks_exact": peaks.iter().any(|peak| peak.exact.is_some()),
        "replicas": experiment.replicas,
        "sweeps": experiment.sweeps,
        "automatic": experiment.thermalize.is_none(),
        "discarded_least": sweeps_discarded.0,
        "discarded_most": sweeps_discarded.1,
        "discarded_alike": sweeps_discarded.0 == sweeps_discarded.1,
        "unsettled": unsettled(study),
        "square": compared(study, true) > 0,
        "enumerated": compared(study, false) > 0,
        "compared_points": compared(study, true) + compared(study, false),
        "ferromagnet": common_coupling(layout).is_some_and(|coupling| coupling > 0.0),
        "t_c": t_c,
        "compared": compared(study, true) + compared(study, false) > 0,
        "energies": energies,
        "heats": heats,
        "peaks": peaks.iter().map(Peak::facts).collect::<Vec<_>>(),
        "growth": growth(&peaks),
        "crossing": crossing(layout),
        "fluctuations": fluctuations(layout),
        "slowest": slowest(study).map(|point| memory_facts(study, point)),
        "r_hat_most": largest(study, |estimate| estimate.r_hat).map(|most| number::significant(most, 4)),
        "point": (study.points.len() == 1).then(|| single(first)),
    });
    Story { question, answer, facts, warnings: warnings(study), ..Story::default() }
}

fn sampler(point: &StudyPoint<'_>) -> &'static str {
    point.downcast::<SweepExperiment>().sampler.name
}

/// "metropolis", or "metropolis and wolff".
fn algorithms(study: &Study<'_>) -> String {
    let mut names: Vec<&str> = Vec::new();
    for point in study.points {
        if !names.contains(&sampler(point)) {
            names.push(sampler(point));
        }
    }
    names.join(" and ")
}

/// Question and answer of a study whose curves differ in the sampler alone: do they agree, and what does each remember?
///
/// Agreement is judged by χ² of the differences of the energies, at the level of one false alarm in a thousand.
fn samplers_compared(study: &Study<'_>, layout: &Layout<'_>) -> Option<(String, String)> {
    let [one, two] = &layout.curves[..] else { return None };
    let others = study.axes.iter().enumerate().filter(|(axis, _)| Some(*axis) != layout.x);
    if !others.map(|(_, axis)| axis.path.as_str()).eq(["sampler.algorithm"]) {
        return None;
    }
    let updates = |curve: &Curve<'_>| curve.experiment().sampler.updates;
    let (mut chi2, mut count) = (0.0, 0.0);
    for (x, a) in one.estimates("energy_per_site") {
        let Some((_, b)) = two.estimates("energy_per_site").find(|(other, _)| *other == x) else { continue };
        if let (Some(d), Some(s), Some(t)) =
            (a.value.zip(b.value).map(|(a, b)| a - b), a.std_error, b.std_error)
        {
            chi2 += d * d / (s * s + t * t);
            count += 1.0;
        }
    }
    let memory = |curve: &Curve<'_>| {
        let taus = curve.estimates("energy_per_site").filter_map(|(x, estimate)| Some((x, estimate.tau?)));
        let (x, tau) = taus.max_by(|a, b| a.1.total_cmp(&b.1))?;
        let place = plain_label(&study.axes[layout.x?].named(&crate::axis::Coordinate::Real(x)));
        Some(format!("{} sweeps for {} (at {place})", number::significant(tau, 2), updates(curve)))
    };
    let (first, second) = (memory(one)?, memory(two)?);
    let verdict = if count == 0.0 {
        "No energies could be compared.".to_owned()
    } else {
        let agree = if chi2_consistent(chi2, count) { "They agree" } else { "They do not agree" };
        format!(
            "{agree}: the differences of their mean energies have $\\chi^2 = {}$ over {count} points.",
            number::significant(chi2, 2)
        )
    };
    Some((
        format!(
            "Do {} and {} give the same averages, and how long does each remember?",
            updates(one),
            updates(two)
        ),
        format!("{verdict} The energy's longest autocorrelation time is {first} and {second}."),
    ))
}

/// Whether honest bars would miss by so much more often than once in a thousand studies.
fn chi2_consistent(chi2: f64, count: f64) -> bool {
    chi_squared_upper(chi2, count) > 1e-3
}

fn peak_sentence(layout: &Layout<'_>, peaks: &[Peak], t_c: Option<f64>) -> (String, String) {
    let sizes_differ = peaks.iter().any(|peak| peak.sites != peaks[0].sites);
    let higher = |peak: &Peak, best: &Peak| {
        if sizes_differ { peak.sites > best.sites } else { peak.value > best.value }
    };
    let top = peaks.iter().fold(&peaks[0], |best, peak| if higher(peak, best) { peak } else { best });
    let question = if layout.curves.len() > 1 && sizes_differ {
        "At which temperature do the energy fluctuations peak, and how does that change with the size of the system?"
    } else if layout.curves.len() > 1 {
        "At which temperature do the energy fluctuations peak, and on which curve most?"
    } else {
        "At which temperature do the energy fluctuations peak?"
    };
    let beside =
        top.reference.map_or(String::new(), |exact| format!(" (exact: ${}$)", number::significant(exact, 5)));
    let mut answer = format!(
        "For {}{}, the specific heat per site is largest at $T = {}$ among the temperatures measured: $c = {}${beside}",
        top.description,
        if layout.curves.len() > 1 && !sizes_differ {
            format!(" with {}, of all curves the one with the highest peak", plain_label(&top.label))
        } else {
            String::new()
        },
        number::plain(top.temperature),
        number::with_error(top.value, top.std_error)
    );
    if top.at_edge {
        answer.push_str("; that is an end of the range, so the maximum may lie beyond it");
    }
    if let (Some((place, height)), Some(t_c)) = (top.exact, t_c) {
        let side = if place < t_c { "below" } else { "above" };
        answer.push_str(&format!(
            ". The exact curve peaks at $T = {}$ with $c = {}$, {} % {side} the infinite lattice's $T_c = {}$",
            number::significant(place, 5),
            number::significant(height, 5),
            number::significant(100.0 * (place / t_c - 1.0).abs(), 2),
            number::significant(t_c, 5)
        ));
    } else if let Some(t_c) = t_c {
        answer.push_str(&format!("; the infinite lattice has $T_c = {}$", number::significant(t_c, 5)));
    }
    answer.push('.');
    (question.to_owned(), answer)
}

fn plain_sentence(study: &Study<'_>, layout: &Layout<'_>) -> (String, String) {
    let point = &study.points[0];
    let experiment: &SweepExperiment = point.downcast();
    let text = |name: &str| {
        point.analysis.get(name).and_then(|estimate| {
            let exact = estimate
                .reference
                .map_or(String::new(), |(exact, _)| format!(" (exact: ${}$)", number::significant(exact, 5)));
            Some(format!("${}${exact}", number::with_error(estimate.value?, estimate.std_error)))
        })
    };
    let energy = text("energy_per_site").unwrap_or_else(|| "unknown".to_owned());
    let heat = text("specific_heat").unwrap_or_else(|| "unknown".to_owned());
    let place = match layout.x {
        Some(axis) => {
            let value = plain_label(&study.axes[axis].named(&point.coordinates[axis]));
            format!(" and {value}, the first of the points measured,")
        }
        None => String::new(),
    };
    (
        format!("What are the mean energy and its fluctuations in {}?", experiment.model.description()),
        format!(
            "At $T = {}${place} the energy per site is {energy} and the specific heat per site is {heat}.",
            number::plain(experiment.temperature)
        ),
    )
}

/// How many points carry an exact energy from Kaufman's formula (`square`) or from a sum over all states.
fn compared(study: &Study<'_>, square: bool) -> usize {
    let with = study.points.iter().filter(|point| {
        point.downcast::<SweepExperiment>().model.square_lattice().is_some() == square
            && point.analysis.get("energy_per_site").is_some_and(|estimate| estimate.reference.is_some())
    });
    with.count()
}

/// χ² of the pulls of one quantity against its exact values, over all points that have both.
fn agreement(study: &Study<'_>, quantity: &str) -> Option<Value> {
    let pulls: Vec<f64> =
        study.points.iter().filter_map(|point| point.analysis.get(quantity).and_then(Estimate::z)).collect();
    let count = pulls.len();
    let chi2: f64 = pulls.iter().map(|z| z * z).sum();
    (count > 0).then(|| {
        json!({
            "count": count,
            "chi2": number::significant(chi2, 3),
            "per_point": number::significant(chi2 / count as f64, 3),
            "within_one": pulls.iter().filter(|z| z.abs() < 1.0).count(),
            "worst": number::significant(pulls.iter().fold(0.0_f64, |worst, z| worst.max(z.abs())), 3),
            "consistent": chi2_consistent(chi2, count as f64),
        })
    })
}

fn single(point: &StudyPoint<'_>) -> Value {
    let rows: Vec<Value> = point
        .analysis
        .estimates
        .iter()
        .filter_map(|estimate| {
            let value = estimate.value?;
            Some(json!({
                "name": estimate.quantity.name,
                "symbol": estimate.quantity.symbol,
                "value": value,
                "error": estimate.std_error,
            }))
        })
        .collect();
    Value::Array(rows)
}

fn largest(study: &Study<'_>, pick: impl Fn(&Estimate) -> Option<f64>) -> Option<f64> {
    study
        .points
        .iter()
        .flat_map(|point| &point.analysis.estimates)
        .filter_map(pick)
        .fold(None, |most, value| Some(most.map_or(value, |most: f64| most.max(value))))
}
