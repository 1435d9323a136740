//! Comparisons: with exact values, of fluctuations with response, and of two samplers with each other.

use super::layout::{Curve, Layout};
use super::peaks::plain_label;
use crate::axis::{Coordinate, proper};
use crate::fact::Measured;
use crate::kind::Study;
use crate::record::Estimate;
use crate::samplers::Method;
use crate::statistics::intervals::chi_squared_upper;
use schemars::JsonSchema;
use serde::Serialize;

/// How well one quantity agrees with its exact values.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Agreement {
    /// The number of points compared.
    pub count: usize,
    /// The sum of the squared pulls (measured − exact)/error.
    pub chi2: f64,
    /// The mean square pull.
    pub per_point: f64,
    /// The probability that honest bars give so large a sum, or a larger one.
    pub p: f64,
    /// The number of points within one error bar.
    pub within_one: usize,
    /// The largest absolute pull.
    pub worst: f64,
    /// Whether `p` exceeds one in a thousand.
    pub consistent: bool,
}

/// The specific heat of the largest lattice, measured in two ways between two neighbouring temperatures.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Response {
    /// The curve's name, in Markdown; `all points` for the only one.
    pub label: String,
    /// The lower temperature.
    pub low: f64,
    /// The higher temperature.
    pub high: f64,
    /// The energy per site at the lower temperature.
    pub energy_low: Measured,
    /// The energy per site at the higher temperature.
    pub energy_high: Measured,
    /// The difference of the energies over that of the temperatures.
    pub slope: Measured,
    /// The mean of the two specific heats, from the fluctuations.
    pub heat: Measured,
    /// The difference of the two in standard errors.
    pub pull: f64,
    /// Whether that is less than three.
    pub agree: bool,
}

/// Two samplers of the same model at one place.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Samplers {
    /// The one with the longer memory: `Metropolis`.
    pub slow: String,
    /// The other.
    pub quick: String,
    /// The place of the comparison, in Markdown.
    pub place: String,
    /// Whether that is the temperature nearest to T_c; else it is where the two memories differ most.
    pub near_t_c: bool,
    /// τ of the energy of the one with the longer memory, in its sweeps.
    pub tau_slow: Measured,
    /// τ of the energy of the other, in its sweeps.
    pub tau_quick: Measured,
    /// The ratio of the two.
    pub ratio: Measured,
    /// Spin updates per spin for one independent sample of the energy, 2τ times the updates of a sweep: of the slow one.
    pub work_slow: Measured,
    /// The same of the other.
    pub work_quick: Measured,
    /// The ratio of the two.
    pub work_ratio: Measured,
    /// The differences of their mean energies, in units of their errors, against none.
    pub energies: Option<Agreement>,
}

/// Whether honest bars would miss by so much more often than once in a thousand studies.
fn is_consistent(chi2: f64, count: f64) -> bool {
    chi_squared_upper(chi2, count) > 1e-3
}

/// χ² of the pulls of one quantity against its exact values, over all points that have both.
pub(super) fn agreement(study: &Study<'_>, quantity: &str) -> Option<Agreement> {
    let pulls = study.points.iter().filter_map(|point| point.analysis.get(quantity).and_then(Estimate::z));
    judged(&pulls.collect::<Vec<_>>())
}

/// What pulls amount to; `None` without any.
fn judged(pulls: &[f64]) -> Option<Agreement> {
    let count = pulls.len();
    let chi2: f64 = pulls.iter().map(|z| z * z).sum();
    (count > 0).then(|| Agreement {
        count,
        chi2,
        per_point: chi2 / count as f64,
        p: chi_squared_upper(chi2, count as f64),
        within_one: pulls.iter().filter(|z| z.abs() < 1.0).count(),
        worst: pulls.iter().fold(0.0_f64, |worst, z| worst.max(z.abs())),
        consistent: is_consistent(chi2, count as f64),
    })
}

/// c = ∂e/∂T from the means at two temperatures, beside c from the fluctuations at both.
///
/// Of the neighbouring temperatures on the curve of the largest lattice, at most 10 % apart, the closest pair is taken whose
/// slope is known to a tenth. Δe/ΔT is the mean of c between the two, so that it may differ from the mean of the two ends.
pub(super) fn response(layout: &Layout<'_>) -> Option<Response> {
    let sites = |curve: &Curve<'_>| curve.experiment().sites;
    let curve = layout.curves.iter().filter(|_| layout.is_temperature).max_by_key(|curve| sites(curve))?;
    let points: Vec<(f64, Measured, Measured)> = curve
        .points
        .iter()
        .map(|(at, point)| {
            let get = |name: &str| Measured::of(point.analysis.get(name));
            (*at, get("energy_per_site"), get("specific_heat"))
        })
        .collect();
    let pairs = points.windows(2).filter_map(|pair| {
        let [(low, energy_low, heat_low), (high, energy_high, heat_high)] = [pair[0], pair[1]];
        let slope = energy_high.minus(energy_low).times(1.0 / (high - low));
        let heat = heat_high.minus(heat_low.times(-1.0)).times(0.5);
        let pull = slope.minus(heat).pull().filter(|pull| pull.is_finite())?;
        let label = plain_label(&curve.label);
        (low > 0.0).then_some(Response {
            label,
            low,
            high,
            energy_low,
            energy_high,
            slope,
            heat,
            pull,
            agree: pull.abs() < 3.0,
        })
    });
    pairs
        .filter(|pair| pair.high <= 1.1 * pair.low && pair.slope.pull().is_some_and(|pull| pull > 10.0))
        .min_by(|a, b| (a.high - a.low).total_cmp(&(b.high - b.low)))
}

/// The two curves of a study whose curves differ in the sampler alone.
fn pair_of_samplers<'a, 'b>(study: &Study<'_>, layout: &'b Layout<'a>) -> Option<[&'b Curve<'a>; 2]> {
    let [one, two] = &layout.curves[..] else { return None };
    let others = study.axes.iter().enumerate().filter(|(axis, _)| Some(*axis) != layout.x);
    let chain = |curve: &Curve<'_>| matches!(curve.experiment().sampler.method, Method::Chain(..));
    let alone = others.map(|(_, axis)| axis.path.as_str()).eq(["sampler.algorithm"]);
    (alone && chain(one) && chain(two)).then_some([one, two])
}

/// "$T = 2.27$".
fn place(study: &Study<'_>, layout: &Layout<'_>, x: f64) -> Option<String> {
    Some(plain_label(&study.axes[layout.x?].named(&Coordinate::Real(x))))
}

/// One sampler at one place.
struct Memory {
    name: String,
    tau: Measured,
    work: Measured,
}

/// The memory of a curve's sampler at x; `None` where its energy never changed.
fn remembered(curve: &Curve<'_>, x: f64) -> Option<Memory> {
    let (_, point) = curve.points.iter().find(|(other, _)| *other == x)?;
    let tau = Measured::tau(point.analysis.get("energy_per_site"));
    tau.value?;
    let updates = point.analysis.table("chains")?.numbers("updates_per_spin");
    let updates = updates.iter().sum::<f64>() / updates.len() as f64;
    Some(Memory { name: proper(curve.experiment().sampler.name), tau, work: tau.times(2.0 * updates) })
}

/// The memories of two samplers at the temperature nearest to T_c, or where they differ most if that is not known; and whether
/// their energies agree.
pub(super) fn samplers(study: &Study<'_>, layout: &Layout<'_>, t_c: Option<f64>) -> Option<Samplers> {
    let [one, two] = pair_of_samplers(study, layout)?;
    let both: Vec<(f64, Memory, Memory)> = one
        .points
        .iter()
        .filter_map(|(x, _)| Some((*x, remembered(one, *x)?, remembered(two, *x)?)))
        .collect();
    let inside = both.first().zip(both.last()).map(|(first, last)| first.0..=last.0);
    let t_c = t_c.filter(|t_c| layout.is_temperature && inside.is_some_and(|inside| inside.contains(t_c)));
    let rank = |(x, a, b): &(f64, Memory, Memory)| match t_c {
        Some(t_c) => -libm::fabs(x - t_c),
        None => libm::fabs(libm::log(a.tau.over(b.tau).value.unwrap_or(1.0))),
    };
    let (x, a, b) = both.into_iter().max_by(|one, two| rank(one).total_cmp(&rank(two)))?;
    let (slow, quick) = if a.tau.value >= b.tau.value { (a, b) } else { (b, a) };
    Some(Samplers {
        place: place(study, layout, x)?,
        near_t_c: t_c.is_some(),
        tau_slow: slow.tau,
        tau_quick: quick.tau,
        ratio: slow.tau.over(quick.tau),
        work_slow: slow.work,
        work_quick: quick.work,
        work_ratio: slow.work.over(quick.work),
        slow: slow.name,
        quick: quick.name,
        energies: differences(one, two),
    })
}

/// The differences of the mean energies of two curves in units of their errors.
fn differences(one: &Curve<'_>, two: &Curve<'_>) -> Option<Agreement> {
    let pulls = one.estimates("energy_per_site").filter_map(|(x, a)| {
        let (_, b) = two.estimates("energy_per_site").find(|(other, _)| *other == x)?;
        Measured::of(Some(a)).minus(Measured::of(Some(b))).pull()
    });
    judged(&pulls.collect::<Vec<_>>())
}
