//! Peaks, crossings of Binder cumulants and relative fluctuations: what each curve says of the transition.

use super::layout::{Curve, Layout, common_coupling};
use crate::exact::{kaufman, onsager};
use crate::fact::Measured;
use crate::record::Estimate;
use schemars::JsonSchema;
use serde::Serialize;

/// The largest measured specific heat of a curve.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PeakFact {
    /// The curve's name, in Markdown.
    pub label: String,
    /// The temperature at which it was measured.
    pub temperature: f64,
    /// The largest specific heat per site.
    pub value: f64,
    /// Its standard error.
    pub error: Option<f64>,
    /// Whether it stands at an end of the range, so that the maximum may lie outside.
    pub at_edge: bool,
    /// Whether the exact curve has its maximum within the range.
    pub has_exact: bool,
    /// The temperature of the exact maximum; empty where it is not known.
    pub exact_temperature: Option<f64>,
    /// The height of the exact maximum; empty where it is not known.
    pub exact_value: Option<f64>,
}

/// Where two Binder cumulants change order.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Crossing {
    /// The smaller lattice, in Markdown.
    pub small: String,
    /// The larger lattice, in Markdown.
    pub large: String,
    /// The highest temperature below the crossing at which the larger lattice's is larger by two errors.
    pub low: f64,
    /// The lowest temperature above it at which it is smaller by two errors.
    pub high: f64,
    /// Whether T_c lies between the two.
    pub holds_t_c: bool,
}

/// Relative energy fluctuations of a curve, times √N: T √c / |e|.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Fluctuation {
    /// The curve's name, in Markdown.
    pub label: String,
    /// The number of spins.
    pub sites: usize,
    /// The temperature of the largest measured specific heat.
    pub peak_temperature: f64,
    /// The value there.
    pub at_peak: Measured,
    /// The highest temperature.
    pub far_temperature: f64,
    /// The value there.
    pub far: Measured,
}

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
    pub(super) fn fact(&self) -> PeakFact {
        PeakFact {
            label: plain_label(&self.label),
            temperature: self.temperature,
            value: self.value,
            error: self.std_error,
            at_edge: self.at_edge,
            has_exact: self.exact.is_some(),
            exact_temperature: self.exact.map(|(temperature, _)| temperature),
            exact_value: self.exact.map(|(_, heat)| heat),
        }
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

/// The largest of the measured specific heats with its temperature, by its place among them.
fn largest(heats: &[(f64, &Estimate)]) -> Option<usize> {
    let by_value = |a: &usize, b: &usize| {
        let values = (heats[*a].1.value, heats[*b].1.value);
        values.0.partial_cmp(&values.1).unwrap_or(std::cmp::Ordering::Equal)
    };
    (0..heats.len()).max_by(by_value)
}

/// The largest measured specific heat of a curve, with the exact maximum beside it.
pub(super) fn peak(curve: &Curve<'_>) -> Option<Peak> {
    let heats: Vec<(f64, &Estimate)> = curve.estimates("specific_heat").collect();
    let at = largest(&heats)?;
    let (temperature, best) = heats[at];
    let exact = exact_maximum(curve);
    let experiment = curve.experiment();
    Some(Peak {
        label: curve.label.clone(),
        description: experiment.model.description(),
        sites: experiment.sites,
        temperature,
        value: best.value?,
        std_error: best.std_error,
        reference: best.reference.map(|(value, _)| value),
        at_edge: at == 0 || at + 1 == heats.len(),
        exact,
    })
}

/// Place and height of the maximum of Kaufman's specific heat, when it lies inside the range of a curve's temperatures.
pub(super) fn exact_maximum(curve: &Curve<'_>) -> Option<(f64, f64)> {
    let mut heats = curve.estimates("specific_heat").map(|(temperature, _)| temperature);
    let low = heats.next()?;
    let high = heats.last()?;
    let lattice = curve.square()?;
    // A scan and refinements around its best place, each twelve times finer.
    let (mut from, mut to, mut best) = (low, high, (low, f64::NEG_INFINITY));
    for _ in 0..6 {
        let step = (to - from) / 24.0;
        for i in 0..=24 {
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
}

/// Where the Binder cumulants of the two largest lattices cross.
///
/// d(T) = U₄(large) − U₄(small) must be positive by two standard errors at one temperature and negative by two at a later
/// one, with nothing significant in between. The crossing then lies between the two; d is far from a straight line there, so
/// that no place between them is claimed.
pub(super) fn crossing(layout: &Layout<'_>) -> Option<Crossing> {
    if !layout.is_temperature || layout.curves.len() < 2 {
        return None;
    }
    let mut curves: Vec<&Curve<'_>> = layout.curves.iter().collect();
    curves.sort_by_key(|curve| curve.experiment().sites);
    let (small, large) = (curves[curves.len() - 2], curves[curves.len() - 1]);
    if small.experiment().sites == large.experiment().sites {
        return None;
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
    let [change] = changes[..] else { return None };
    let (low, high) = (significant[change - 1].0, significant[change].0);
    let t_c = large.square().map(|lattice| onsager::critical_temperature(lattice.coupling));
    Some(Crossing {
        small: plain_label(&small.label),
        large: plain_label(&large.label),
        low,
        high,
        holds_t_c: t_c.is_some_and(|t_c| (low..=high).contains(&t_c)),
    })
}

/// Relative energy fluctuations √Var(E)/|U| = T √c/(|e| √N), scaled by √N, at the largest specific heat and at the
/// highest temperature of each curve: independent units give one number for all N.
///
/// Nothing is said unless the lattices are ferromagnets of one coupling and of several sizes.
pub(super) fn fluctuations(layout: &Layout<'_>) -> Vec<Fluctuation> {
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
                value.is_finite().then_some(Measured { value: Some(value), error })
            };
            let heats: Vec<(f64, &Estimate)> = curve.estimates("specific_heat").collect();
            let top = heats[largest(&heats)?].0;
            let last = curve.points.last()?.0;
            Some(Fluctuation {
                label: plain_label(&curve.label),
                sites: curve.experiment().sites,
                peak_temperature: top,
                at_peak: scaled(top)?,
                far_temperature: last,
                far: scaled(last)?,
            })
        })
        .collect()
}
