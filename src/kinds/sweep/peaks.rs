//! Peaks, their growth, crossings of Binder cumulants and relative fluctuations: what the curves say of the transition.

use super::layout::{Curve, Layout, common_coupling};
use crate::exact::{kaufman, onsager};
use crate::number;
use crate::record::Estimate;
use crate::statistics::intervals::chi_squared_upper;
use serde_json::{Value, json};

/// The largest measured specific heat of a curve.
pub(super) struct Peak {
    /// The curve's name in figure markup.
    pub label: String,
    /// The model of the curve's first point.
    pub description: String,
    /// Number of spins.
    pub sites: usize,
    /// Where it was measured.
    pub temperature: f64,
    /// The largest value.
    pub value: f64,
    /// Its error.
    pub std_error: Option<f64>,
    /// The exact value at the same temperature.
    pub reference: Option<f64>,
    /// Whether the largest value stands at the first or last temperature, so that the maximum may lie outside.
    pub at_edge: bool,
    /// Place and height of the exact curve's maximum, when it lies inside the range of temperatures.
    pub exact: Option<(f64, f64)>,
}

impl Peak {
    /// What the template reads.
    pub(super) fn facts(&self) -> Value {
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
pub(super) fn plain_label(label: &str) -> String {
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

/// The largest measured specific heat of a curve, with the exact maximum beside it.
pub(super) fn peak(curve: &Curve<'_>) -> Option<Peak> {
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
        // A maximum at an end of the range belongs to the range, not to the curve.
        (best.0 > low && best.0 < high).then_some(best)
    });
    let experiment = curve.experiment();
    Some(Peak {
        label: curve.label.clone(),
        description: experiment.model.description(),
        sites: experiment.sites,
        temperature: *temperature,
        value: best.value?,
        std_error: best.std_error,
        reference: best.reference.map(|(value, _)| value),
        at_edge: at == 0 || at + 1 == heats.len(),
        exact,
    })
}

/// A weighted straight line through the largest measured specific heats against ln L, L = √N: three curves or more.
///
/// The claim that they grow with ln L is made only if the slope is positive by four standard errors and the line fits
/// with a probability above 5 %.
pub(super) fn growth(peaks: &[Peak]) -> Value {
    let steps = exact_steps(peaks);
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
        return json!({ "fitted": false, "pair": two, "steps": steps, "theory": theory() });
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
        "steps": steps,
        "sizes": points.len(),
        "slope": slope,
        "slope_error": slope_error,
        "chi2": number::significant(chi2, 3),
        "p": number::significant(p, 2),
        "supported": slope > 4.0 * slope_error && p > 0.05,
        "theory": theory(),
    })
}

/// 8 K_c²/π, from Onsager's solution: c ≈ (8 K_c²/π) ln L at the maximum.
fn theory() -> String {
    number::significant(8.0 / std::f64::consts::PI * libm::pow(0.5 * libm::asinh(1.0), 2.0), 4)
}

/// Differences of the exact maxima of successive sizes over the differences of ln L.
fn exact_steps(peaks: &[Peak]) -> Vec<Value> {
    let mut maxima: Vec<(f64, f64, &str)> = peaks
        .iter()
        .filter_map(|peak| Some((0.5 * libm::log(peak.sites as f64), peak.exact?.1, peak.label.as_str())))
        .collect();
    maxima.sort_by(|a, b| a.0.total_cmp(&b.0));
    maxima.dedup_by(|a, b| a.0 == b.0);
    maxima
        .windows(2)
        .map(|pair| {
            let slope = (pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0);
            json!({ "from": plain_label(pair[0].2), "to": plain_label(pair[1].2), "slope": number::fixed(slope, 4) })
        })
        .collect()
}

/// Where the Binder cumulants of the two largest lattices cross.
///
/// d(T) = U₄(large) − U₄(small) must be positive by two standard errors at one temperature and negative by two at a later
/// one, with nothing significant in between. The crossing then lies between the two; d is far from a straight line there, so
/// that no place between them is claimed.
pub(super) fn crossing(layout: &Layout<'_>) -> Value {
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
///
/// Nothing is said unless the lattices are ferromagnets of one coupling and of several sizes.
pub(super) fn fluctuations(layout: &Layout<'_>) -> Vec<Value> {
    let sites = layout.curves[0].experiment().sites;
    let several = layout.curves.iter().any(|curve| curve.experiment().sites != sites);
    let ferromagnet = common_coupling(layout).is_some_and(|coupling| coupling > 0.0);
    if !layout.is_temperature || !several || !ferromagnet {
        return Vec::new();
    }
    layout
        .curves
        .iter()
        .filter_map(|curve| {
            let scaled = |temperature: f64| {
                let (_, point) = curve.points.iter().find(|(x, _)| *x == temperature)?;
                let heat = point.analysis.get("specific_heat")?;
                let energy = point.analysis.get("energy_per_site")?;
                let e = energy.value?;
                let value = temperature * libm::sqrt(heat.value?.max(0.0)) / e.abs();
                // Both errors as if independent: that of c is the larger by far.
                let error = heat.std_error.zip(energy.std_error).zip(heat.value);
                let error = error.map(|((of_c, of_e), c)| value * libm::hypot(0.5 * of_c / c, of_e / e));
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
