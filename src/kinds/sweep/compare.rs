//! Comparisons: with exact values, of fluctuations with response, and of two samplers with each other.

use super::layout::{Curve, Layout};
use super::peaks::plain_label;
use crate::axis::Coordinate;
use crate::fact::Measured;
use crate::kind::Study;
use crate::number;
use crate::record::Estimate;
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

/// Two samplers of the same model, where their memories differ most.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Samplers {
    /// The one with the longer memory, in words.
    pub slow: String,
    /// The other, in words.
    pub quick: String,
    /// The place of the comparison, in Markdown.
    pub place: String,
    /// τ of the energy of the one with the longer memory, in its sweeps.
    pub tau_slow: f64,
    /// τ of the energy of the other, in its sweeps.
    pub tau_quick: f64,
    /// The ratio of the two.
    pub ratio: f64,
}

/// Whether honest bars would miss by so much more often than once in a thousand studies.
fn is_consistent(chi2: f64, count: f64) -> bool {
    chi_squared_upper(chi2, count) > 1e-3
}

/// χ² of the pulls of one quantity against its exact values, over all points that have both.
pub(super) fn agreement(study: &Study<'_>, quantity: &str) -> Option<Agreement> {
    let pulls: Vec<f64> =
        study.points.iter().filter_map(|point| point.analysis.get(quantity).and_then(Estimate::z)).collect();
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
    others.map(|(_, axis)| axis.path.as_str()).eq(["sampler.algorithm"]).then_some([one, two])
}

fn updates(curve: &Curve<'_>) -> &'static str {
    curve.experiment().sampler.updates
}

/// "$T = 2.27$".
fn place(study: &Study<'_>, layout: &Layout<'_>, x: f64) -> Option<String> {
    Some(plain_label(&study.axes[layout.x?].named(&Coordinate::Real(x))))
}

/// Where the memories of two samplers differ most.
pub(super) fn samplers(study: &Study<'_>, layout: &Layout<'_>) -> Option<Samplers> {
    let [one, two] = pair_of_samplers(study, layout)?;
    let taus = |curve: &Curve<'_>| -> Vec<(f64, f64)> {
        curve.estimates("energy_per_site").filter_map(|(x, estimate)| Some((x, estimate.tau?))).collect()
    };
    let quick = taus(two);
    let both = taus(one).into_iter().filter_map(|(x, a)| {
        let (_, b) = quick.iter().find(|(other, _)| *other == x)?;
        Some((x, a, *b))
    });
    let distance = |(_, a, b): &(f64, f64, f64)| libm::fabs(libm::log(a / b));
    let (x, a, b) = both.max_by(|one, two| distance(one).total_cmp(&distance(two)))?;
    let (slow, quick, tau_slow, tau_quick) =
        if a >= b { (updates(one), updates(two), a, b) } else { (updates(two), updates(one), b, a) };
    Some(Samplers {
        slow: slow.to_owned(),
        quick: quick.to_owned(),
        place: place(study, layout, x)?,
        tau_slow,
        tau_quick,
        ratio: tau_slow / tau_quick,
    })
}

/// Question and answer of a study whose curves differ in the sampler alone: do they agree, and what does each remember?
///
/// Agreement is judged by χ² of the differences of the energies, at the level of one false alarm in a thousand.
pub(super) fn samplers_compared(study: &Study<'_>, layout: &Layout<'_>) -> Option<(String, String)> {
    let [one, two] = pair_of_samplers(study, layout)?;
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
        let place = place(study, layout, x)?;
        Some(format!("{} sweeps for {} (at {place})", number::significant(tau, 2), updates(curve)))
    };
    let (first, second) = (memory(one)?, memory(two)?);
    let verdict = if count == 0.0 {
        "No energies could be compared.".to_owned()
    } else {
        let agree = if is_consistent(chi2, count) { "They agree" } else { "They do not agree" };
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
