//! The facts of a sweep: what the numbers say, each claim behind a stated test.

use super::layout::{Curve, Layout};
use super::present::{common_coupling, slowest};
use super::spec::SweepExperiment;
use crate::exact::{kaufman, onsager};
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
    let (question, answer) = if layout.is_temperature && !peaks.is_empty() {
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
        "uses_wolff": study.points.iter().any(|point| sampler(point) == "wolff"),
        "uses_metropolis": study.points.iter().any(|point| sampler(point) == "metropolis"),
        "points": study.points.len(),
        "replicas": experiment.replicas,
        "sweeps": experiment.sweeps,
        "automatic": experiment.thermalize.is_none(),
        "discarded_least": sweeps_discarded.0,
        "discarded_most": sweeps_discarded.1,
        "discarded_alike": sweeps_discarded.0 == sweeps_discarded.1,
        "unsettled": unsettled(study),
        "square": t_c.is_some(),
        "ferromagnet": common_coupling(layout).is_some_and(|coupling| coupling > 0.0),
        "t_c": t_c,
        "compared": energies.is_some() || heats.is_some(),
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
    Story { question, answer, facts, warnings: frozen(study), ..Story::default() }
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

/// The largest measured specific heat of a curve.
struct Peak {
    label: String,
    description: String,
    sites: usize,
    temperature: f64,
    value: f64,
    std_error: Option<f64>,
    /// Whether the largest value stands at the first or last temperature, so that the maximum may lie outside.
    at_edge: bool,
    /// Place and height of the exact curve's maximum within the temperatures, to the grid of the search.
    exact: Option<(f64, f64)>,
}

impl Peak {
    fn facts(&self) -> Value {
        json!({
            "label": plain_label(&self.label),
            "temperature": self.temperature,
            "value": self.value,
            "error": self.std_error,
            "at_edge": self.at_edge,
            "has_exact": self.exact.is_some(),
            "exact_temperature": self.exact.map(|(t, _)| number::significant(t, 5)),
            "exact_value": self.exact.map(|(_, c)| number::significant(c, 5)),
        })
    }
}

/// Figure markup → Markdown maths, for the few labels that `layout` makes: `*L* = 16` becomes `$L = 16$`.
fn plain_label(label: &str) -> String {
    if label.is_empty() {
        return "all points".to_owned();
    }
    label
        .split(", ")
        .map(
            |part| {
                if part.starts_with('*') { format!("${}$", part.replace('*', "")) } else { part.to_owned() }
            },
        )
        .collect::<Vec<_>>()
        .join(", ")
}

fn peak(curve: &Curve<'_>) -> Option<Peak> {
    let heats: Vec<(f64, &Estimate)> = curve.estimates("specific_heat").collect();
    let (at, (temperature, best)) = heats
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.1.value.partial_cmp(&b.1.1.value).unwrap_or(std::cmp::Ordering::Equal))?;
    let (low, high) = (heats.first()?.0, heats.last()?.0);
    let exact = curve.square().and_then(|lattice| {
        // A scan and two refinements around its best place.
        let (mut from, mut to, mut best) = (low, high, (low, f64::NEG_INFINITY));
        for _ in 0..3 {
            let step = (to - from) / 200.0;
            for i in 0..=200 {
                let t = from + step * f64::from(i);
                let heat = kaufman::torus(lattice, t)?.specific_heat;
                if heat > best.1 {
                    best = (t, heat);
                }
            }
            (from, to) = ((best.0 - step).max(low), (best.0 + step).min(high));
        }
        Some(best)
    });
    let experiment = curve.experiment();
    Some(Peak {
        label: curve.label.clone(),
        description: experiment.model.description(),
        sites: experiment.sites,
        temperature: *temperature,
        value: best.value?,
        std_error: best.std_error,
        at_edge: at == 0 || at + 1 == heats.len(),
        exact,
    })
}

fn peak_sentence(layout: &Layout<'_>, peaks: &[Peak], t_c: Option<f64>) -> (String, String) {
    let top = peaks.iter().fold(&peaks[0], |best, peak| if peak.sites > best.sites { peak } else { best });
    let question = if layout.curves.len() > 1 && peaks.iter().any(|peak| peak.sites != top.sites) {
        "At which temperature do the energy fluctuations peak, and how does that change with the size of the system?"
    } else if layout.curves.len() > 1 {
        "At which temperature do the energy fluctuations peak, and how does the answer change from curve to curve?"
    } else {
        "At which temperature do the energy fluctuations peak?"
    };
    let mut answer = format!(
        "Of the temperatures measured, the specific heat per site of {} is largest at $T = {}$, where $c = {}$",
        top.description,
        number::plain(top.temperature),
        number::with_error(top.value, top.std_error)
    );
    if top.at_edge {
        answer.push_str("; that is the end of the range, so the maximum may lie beyond it");
    }
    if let Some(t_c) = t_c {
        let shift = 100.0 * (top.temperature / t_c - 1.0);
        answer.push_str(&format!(
            ", {} % {} $T_c = {}$ of the infinite lattice",
            number::significant(shift.abs(), 2),
            if shift < 0.0 { "below" } else { "above" },
            number::significant(t_c, 5)
        ));
    }
    answer.push('.');
    (question.to_owned(), answer)
}

fn plain_sentence(study: &Study<'_>, layout: &Layout<'_>) -> (String, String) {
    let point = &study.points[0];
    let experiment: &SweepExperiment = point.downcast();
    let text = |name: &str| {
        point
            .analysis
            .get(name)
            .and_then(|estimate| Some(number::with_error(estimate.value?, estimate.std_error)))
    };
    let energy = text("energy_per_site").unwrap_or_else(|| "unknown".to_owned());
    let heat = text("specific_heat").unwrap_or_else(|| "unknown".to_owned());
    let place = if layout.x.is_some() { ", at the first of the points measured," } else { "" };
    (
        format!("What are the mean energy and its fluctuations in {}?", experiment.model.description()),
        format!(
            "At $T = {}${place} the energy per site is {energy} and the specific heat per site is {heat}.",
            number::plain(experiment.temperature)
        ),
    )
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
            // A threshold that honest bars miss once in a thousand studies.
            "consistent": chi_squared_upper(chi2, count as f64) > 1e-3,
        })
    })
}

/// A weighted straight line through the largest measured specific heats against ln L, L = √N: three curves or more.
///
/// The claim that they grow with ln L is made only if the slope is positive by four standard errors and the line fits
/// with a probability above 5 %.
fn growth(peaks: &[Peak]) -> Value {
    let points: Option<Vec<(f64, f64, f64)>> = peaks
        .iter()
        .map(|peak| {
            Some((0.5 * libm::log(peak.sites as f64), peak.value, peak.std_error.filter(|e| *e > 0.0)?))
        })
        .collect();
    let mut points = points.unwrap_or_default();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let two = (points.len() == 2 && points[0].0 < points[1].0).then(|| {
        let ((_, small, small_error), (_, large, large_error)) = (points[0], points[1]);
        let error = libm::hypot(small_error, large_error);
        json!({ "difference": large - small, "error": error, "significant": large - small > 3.0 * error })
    });
    points.dedup_by(|a, b| a.0 == b.0);
    if points.len() < 3 {
        return json!({ "fitted": false, "pair": two });
    }
    let sum = |f: &dyn Fn(f64, f64) -> f64| points.iter().map(|(x, y, e)| f(*x, *y) / (e * e)).sum::<f64>();
    let (w, x, y) = (sum(&|_, _| 1.0), sum(&|x, _| x), sum(&|_, y| y));
    let (x, y) = (x / w, y / w);
    let spread = sum(&|a, _| (a - x) * (a - x));
    let slope = sum(&|a, b| (a - x) * (b - y)) / spread;
    let slope_error = libm::sqrt(1.0 / spread);
    let chi2 = sum(&|a, b| (b - y - slope * (a - x)) * (b - y - slope * (a - x)));
    let p = chi_squared_upper(chi2, (points.len() - 2) as f64);
    json!({
        "fitted": true,
        "pair": null,
        "sizes": points.len(),
        "slope": slope,
        "slope_error": slope_error,
        "chi2": number::significant(chi2, 3),
        "p": number::significant(p, 2),
        "supported": slope > 4.0 * slope_error && p > 0.05,
        // 8 K_c²/π, from Onsager's solution: c ≈ (8 K_c²/π) ln L at the maximum.
        "theory": number::significant(8.0 / std::f64::consts::PI * libm::pow(0.5 * libm::asinh(1.0), 2.0), 4),
    })
}

/// Where the Binder cumulants of the two largest lattices cross.
///
/// d(T) = U₄(large) − U₄(small) must be positive by two standard errors at one temperature and negative by two at a later
/// one, with nothing significant in between. The crossing then lies between the two; d is far from a straight line there, so
/// that no place between them is claimed.
fn crossing(layout: &Layout<'_>) -> Value {
    let missing = json!({ "found": false });
    if !layout.is_temperature || layout.curves.len() < 2 {
        return missing;
    }
    let mut curves: Vec<&Curve<'_>> = layout.curves.iter().collect();
    curves.sort_by_key(|curve| curve.experiment().sites);
    let (small, large) = (curves[curves.len() - 2], curves[curves.len() - 1]);
    if small.experiment().sites == large.experiment().sites {
        return missing;
    }
    let small_values: Vec<(f64, &Estimate)> = small.estimates("binder").collect();
    let differences: Vec<(f64, f64, f64)> = large
        .estimates("binder")
        .filter_map(|(t, estimate)| {
            let (_, other) = small_values.iter().find(|(x, _)| *x == t)?;
            let error = libm::hypot(estimate.std_error?, other.std_error?);
            Some((t, estimate.value? - other.value?, error))
        })
        .collect();
    let significant: Vec<&(f64, f64, f64)> =
        differences.iter().filter(|(_, d, e)| d.abs() > 2.0 * e).collect();
    let changes: Vec<usize> =
        (1..significant.len()).filter(|i| significant[i - 1].1 > 0.0 && significant[*i].1 < 0.0).collect();
    let [change] = changes[..] else { return missing };
    let (low, high) = (significant[change - 1].0, significant[change].0);
    let t_c = large.square().map(|lattice| onsager::critical_temperature(lattice.coupling));
    json!({
        "found": true,
        "small": plain_label(&small.label),
        "large": plain_label(&large.label),
        "low": low,
        "high": high,
        "holds_t_c": t_c.is_some_and(|t_c| (low..=high).contains(&t_c)),
    })
}

/// Relative energy fluctuations √Var(E)/|U| = T √c/(|e| √N), scaled by √N, at the largest specific heat and at the
/// highest temperature of each curve: independent units give one number for all N.
fn fluctuations(layout: &Layout<'_>) -> Vec<Value> {
    if !layout.is_temperature {
        return Vec::new();
    }
    layout
        .curves
        .iter()
        .filter_map(|curve| {
            let scaled = |temperature: f64| {
                let (_, point) = curve.points.iter().find(|(x, _)| *x == temperature)?;
                let heat = point.analysis.get("specific_heat")?;
                let energy = point.analysis.get("energy_per_site")?.value?;
                let value = temperature * libm::sqrt(heat.value?.max(0.0)) / energy.abs();
                let error = heat.std_error.map(|error| 0.5 * value * error / heat.value.unwrap_or(1.0));
                (value.is_finite()).then_some((value, error))
            };
            let top = peak(curve)?;
            let last = curve.points.last()?.0;
            let (at_peak, peak_error) = scaled(top.temperature)?;
            let (far, far_error) = scaled(last)?;
            Some(json!({
                "label": plain_label(&curve.label),
                "sites": curve.experiment().sites,
                "peak_temperature": top.temperature,
                "at_peak": at_peak,
                "peak_error": peak_error,
                "far_temperature": last,
                "far": far,
                "far_error": far_error,
            }))
        })
        .collect()
}

fn memory_facts(study: &Study<'_>, point: &StudyPoint<'_>) -> Value {
    let experiment: &SweepExperiment = point.downcast();
    let energy = point.analysis.get("energy_per_site");
    let fastest = study
        .points
        .iter()
        .filter_map(|point| point.analysis.get("energy_per_site").and_then(|estimate| estimate.tau))
        .fold(f64::INFINITY, f64::min);
    json!({
        "description": experiment.model.description(),
        "temperature": experiment.temperature,
        "tau": energy.and_then(|estimate| estimate.tau).map(|tau| number::significant(tau, 3)),
        "ess": energy.and_then(|estimate| estimate.ess).map(libm::round),
        "tau_least": number::significant(fastest, 3),
        "total": experiment.sweeps * experiment.replicas,
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

/// The fewest and the most sweeps that any chain discarded.
fn discarded(study: &Study<'_>) -> (f64, f64) {
    let all = study.points.iter().filter_map(|point| point.analysis.table("chains"));
    all.flat_map(|table| table.numbers("thermalization_sweeps"))
        .fold(None, |ends: Option<(f64, f64)>, n| Some(ends.map_or((n, n), |(a, b)| (a.min(n), b.max(n)))))
        .unwrap_or((0.0, 0.0))
}

/// The number of chains whose thermalisation stopped at its limit.
fn unsettled(study: &Study<'_>) -> usize {
    let all = study.points.iter().filter_map(|point| point.analysis.table("chains"));
    all.flat_map(|table| table.numbers("thermalized")).filter(|flag| *flag == 0.0).count()
}

/// A sentence on points where nothing ever moved.
fn frozen(study: &Study<'_>) -> Vec<String> {
    let still = study.points.iter().filter(|point| {
        point
            .analysis
            .get("energy_per_site")
            .is_some_and(|estimate| estimate.value.is_some() && estimate.tau.is_none())
    });
    match still.count() {
        0 => Vec::new(),
        count => vec![format!(
            "At {count} of {} points the energy never changed: their values are those of one state, and carry no error.",
            study.points.len()
        )],
    }
}
