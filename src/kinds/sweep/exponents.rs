//! The transition from the data alone: where Binder cumulants cross, and the collapse of all sizes with its parameters
//! fitted.

use super::joined::{BINDER, Joined, Place};
use super::layout::Layout;
use super::magnets::{Magnet, magnets};
use super::peaks::plain_label;
use super::transition::{TransitionFact, transition};
use crate::exact::critical::Critical;
use crate::fact::Measured;
use crate::record::{Cell, Table};
use crate::rng;
use crate::statistics::intervals::chi_squared_upper;
use crate::statistics::scaling::{Collapse, Datum, Free, Scaling, collapse, fit, resampled};
use schemars::JsonSchema;
use serde::Serialize;

/// Only lattices with at least so many sites to a side are fitted: smaller ones bring corrections to scaling with them.
const SMALLEST: f64 = 8.0;
/// Binder cumulants within these shares of the way from disorder to order are near enough to the transition.
const WINDOW: (f64, f64) = (0.45, 0.9825);
/// The Binder cumulant in perfect order.
const ORDERED: f64 = 2.0 / 3.0;
/// Fewest data of a fit, and of each size.
const FEWEST: (usize, usize) = (12, 3);
/// While χ² is larger than chance would have it with this probability, the smallest size is left out.
const LEAST_P: f64 = 0.05;
/// The fit is repeated for so many data drawn anew.
const RESAMPLES: usize = 200;

/// What the sizes tell together.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct ScalingFacts {
    /// Where the Binder cumulants of successive sizes cross.
    pub crossings: Vec<CrossingFact>,
    /// The fitted collapse; empty for fewer than two sizes, or too few data near the transition.
    pub fit: Option<FitFact>,
    /// T_c with what a finite size adds; empty for fewer than three sizes, too few data near the transition, or logarithms.
    pub corrected: Option<TransitionFact>,
    /// Whether what a finite size adds falls off with powers of ln L, of which no fit here knows.
    pub logarithmic: bool,
    /// Whether the transition is known to be of first order, without exponents.
    pub first_order: bool,
    /// The critical temperature of the infinite lattice, where it is known.
    pub t_c: Option<f64>,
    /// Its error, where it comes from simulations.
    pub t_c_error: Option<f64>,
    /// The known exponents ν, β/ν and γ/ν, in Markdown; empty where they are not known.
    pub exponents: Vec<&'static str>,
}

/// One crossing.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CrossingFact {
    /// The smaller lattice, in Markdown.
    pub small: String,
    /// The larger one.
    pub large: String,
    /// The temperature of the crossing.
    pub temperature: Measured,
    /// The Binder cumulant there.
    pub binder: Measured,
}

/// The fitted collapse.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct FitFact {
    /// The number of Binder cumulants in the fit.
    pub count: usize,
    /// The smallest side L.
    pub smallest: f64,
    /// The largest.
    pub largest: f64,
    /// The critical temperature T_c.
    pub critical: Measured,
    /// The exponent ν of the correlation length.
    pub nu: Measured,
    /// β/ν, the exponent of the order parameter over ν.
    pub beta_over_nu: Measured,
    /// γ/ν, the exponent of the susceptibility over ν.
    pub gamma_over_nu: Measured,
    /// χ² of the Binder cumulants.
    pub chi_squared: f64,
    /// Its degrees of freedom.
    pub freedom: usize,
    /// The probability of so large a χ², or a larger one, if all sizes lie on one curve.
    pub p: f64,
    /// The distance of T_c from the known one, in errors.
    pub pull: Option<f64>,
}

/// Crossings and the fit, where curves of several sizes run over the temperature.
pub(super) fn scaling(layout: &Layout<'_>, joined: &[Joined], seed: u64) -> Option<ScalingFacts> {
    let magnets = magnets(layout)?;
    let mut order: Vec<usize> = (0..magnets.len()).collect();
    order.sort_by(|a, b| magnets[*a].side.total_cmp(&magnets[*b].side));
    let of = |index: usize| joined.iter().find(|curve| curve.index == index);
    let crossings = order.windows(2).filter_map(|pair| crossed(of(pair[0])?, of(pair[1])?)).collect();
    let Magnet { known, logarithmic, first_order, .. } = magnets[0];
    let near = near_transition(layout, &magnets);
    let found = ScalingFacts {
        crossings,
        corrected: if logarithmic || first_order { None } else { transition(&near, known, seed) },
        fit: if first_order { None } else { fitted(near, known, seed) },
        logarithmic,
        first_order,
        t_c: known.map(|known| known.temperature),
        t_c_error: known.and_then(|known| known.uncertainty),
        exponents: known
            .and_then(|known| known.exponents)
            .map_or_else(Vec::new, |known| vec![known.nu.1, known.beta_over_nu.1, known.gamma_over_nu.1]),
    };
    (first_order || !found.crossings.is_empty() || found.fit.is_some()).then_some(found)
}

/// A known T_c as a measured one.
pub(super) fn measured(known: Critical) -> Measured {
    Measured { value: Some(known.temperature), error: known.uncertainty }
}

/// Where the larger lattice's Binder cumulant falls below the smaller one's.
///
/// d(T) = U₄(large) − U₄(small) from the reweighted curves is above zero by two errors, and below by two at some higher
/// temperature; the crossing is its first change of sign between the two, interpolated, and its error that of d there
/// over the slope of d: σ_T = √(σ²(large) + σ²(small))/|d′|.
fn crossed(small: &Joined, large: &Joined) -> Option<CrossingFact> {
    let places = |curve: &'_ Joined| -> Vec<(f64, f64, f64)> {
        let all = curve.pieces.iter().flat_map(|piece| &piece.places);
        all.filter_map(|place: &Place| {
            let found = place.values[BINDER]?;
            Some((place.temperature, found.value, found.std_error))
        })
        .collect()
    };
    let (of_small, of_large) = (places(small), places(large));
    let differences: Vec<(f64, f64, f64, f64)> = of_large
        .iter()
        .filter_map(|(temperature, value, error)| {
            let (other, of_other) = interpolated(&of_small, *temperature)?;
            Some((*temperature, value - other, libm::hypot(*error, of_other), *value))
        })
        .collect();
    let significant = |(_, d, error, _): &(f64, f64, f64, f64)| libm::fabs(*d) > 2.0 * error;
    let below = differences.iter().position(|place| {
        significant(place) && place.1 < 0.0 && {
            let before = differences.iter().take_while(|other| other.0 < place.0);
            before.clone().any(|other| significant(other) && other.1 > 0.0)
        }
    })?;
    let above = differences[..below].iter().rposition(|place| significant(place) && place.1 > 0.0)?;
    let at = (above..below).find(|at| differences[*at].1 > 0.0 && differences[at + 1].1 <= 0.0)?;
    let (from, to) = (differences[at], differences[at + 1]);
    let share = from.1 / (from.1 - to.1);
    let temperature = from.0 + share * (to.0 - from.0);
    // The slope over the whole interval in which d is not yet significant is the least noisy.
    let (left, right) = (differences[above], differences[below]);
    let slope = (right.1 - left.1) / (right.0 - left.0);
    let error = from.2 + share * (to.2 - from.2);
    // U₄ there to first order: (a σ_S) and (b σ_L) over |a − b|, with the slopes a of the large lattice and b of the small one.
    let (_, of_binder) = interpolated(&of_large, temperature)?;
    let (_, of_other) = interpolated(&of_small, temperature)?;
    let large_slope = (right.3 - left.3) / (right.0 - left.0);
    let small_slope = large_slope - slope;
    let binder_error = libm::hypot(small_slope * of_binder, large_slope * of_other) / libm::fabs(slope);
    Some(CrossingFact {
        small: plain_label(&small.label),
        large: plain_label(&large.label),
        temperature: Measured::new(temperature, libm::fabs(error / slope)),
        binder: Measured::new(from.3 + share * (to.3 - from.3), binder_error),
    })
}

/// Value and error at a temperature between two places.
fn interpolated(places: &[(f64, f64, f64)], temperature: f64) -> Option<(f64, f64)> {
    let after = places.partition_point(|place| place.0 < temperature);
    let to = places.get(after)?;
    if to.0 == temperature {
        return Some((to.1, to.2));
    }
    let from = places.get(after.checked_sub(1)?)?;
    let share = (temperature - from.0) / (to.0 - from.0);
    Some((from.1 + share * (to.1 - from.1), from.2 + share * (to.2 - from.2)))
}

/// The measured values near the transition, of sizes that have a few of them.
#[derive(Clone)]
pub(super) struct Near {
    /// Binder cumulants.
    pub binder: Vec<Datum>,
    /// ⟨|m|⟩.
    pub order: Vec<Datum>,
    /// χ.
    pub susceptibility: Vec<Datum>,
    /// The sides, the smallest first.
    pub used: Vec<f64>,
}

impl Near {
    /// Leaves out the smallest size.
    pub(super) fn drop_smallest(&mut self) {
        for data in [&mut self.binder, &mut self.order, &mut self.susceptibility] {
            data.retain(|datum| datum.size > self.used[0]);
        }
        self.used.remove(0);
    }
}

/// Gathers the sampled temperatures near the transition. Each has chains of its own, so that the data are independent.
fn near_transition(layout: &Layout<'_>, magnets: &[Magnet]) -> Near {
    let (mut binder, mut order, mut susceptibility) = (Vec::new(), Vec::new(), Vec::new());
    let mut used: Vec<f64> = Vec::new();
    for (curve, magnet) in layout.curves.iter().zip(magnets).filter(|(_, magnet)| magnet.side >= SMALLEST) {
        let before = binder.len();
        for (temperature, point) in &curve.points {
            let datum = |quantity: &str| {
                let estimate = point.analysis.get(quantity)?;
                let error = estimate.std_error.filter(|error| *error > 0.0)?;
                Some(Datum { size: magnet.side, temperature: *temperature, value: estimate.value?, error })
            };
            let (Some(u), Some(m), Some(x)) =
                (datum("binder"), datum("magnetization"), datum("susceptibility"))
            else {
                continue;
            };
            let share = (u.value - magnet.disordered) / (ORDERED - magnet.disordered);
            if (WINDOW.0..WINDOW.1).contains(&share) {
                binder.push(u);
                order.push(m);
                susceptibility.push(x);
            }
        }
        if binder.len() < before + FEWEST.1 {
            for data in [&mut binder, &mut order, &mut susceptibility] {
                data.truncate(before);
            }
        } else {
            used.push(magnet.side);
        }
    }
    used.sort_by(f64::total_cmp);
    Near { binder, order, susceptibility, used }
}

/// T_c and ν from the Binder cumulants of the sampled temperatures near the transition; β/ν and γ/ν from |m| and χ at
/// the same points.
///
/// The data of one point are not independent, which the errors of β/ν and γ/ν leave out. The smallest sizes go while they keep all from
/// lying on one curve. All errors are the scatter over data drawn anew.
fn fitted(mut near: Near, known: Option<Critical>, seed: u64) -> Option<FitFact> {
    if near.used.len() < 2 || near.binder.len() < FEWEST.0 {
        return None;
    }
    let middle = near.binder.iter().map(|datum| datum.temperature).sum::<f64>() / near.binder.len() as f64;
    let start = Scaling { critical: middle, thermal: 1.0, power: 0.0 };
    let transition = loop {
        let found = collapse(&near.binder, start, Free::Transition)?;
        let bigger = near.binder.iter().filter(|datum| datum.size > near.used[0]).count();
        let fits = chi_squared_upper(found.chi_squared, found.freedom as f64) >= LEAST_P;
        if fits || near.used.len() == 2 || bigger < FEWEST.0 {
            break found;
        }
        near.drop_smallest();
    };
    let Near { binder, order, susceptibility, used } = near;
    let of_order = collapse(&order, transition.scaling, Free::Power)?;
    let of_susceptibility = collapse(&susceptibility, transition.scaling, Free::Power)?;
    let values = |one: &Collapse, two: &Collapse, three: &Collapse| {
        [one.scaling.critical, 1.0 / one.scaling.thermal, -two.scaling.power, three.scaling.power]
    };
    let found = values(&transition, &of_order, &of_susceptibility);
    let mut stream = rng::stream(seed, "bootstrap", "collapse", 0);
    let mut scatter = vec![Vec::new(); 4];
    for _ in 0..RESAMPLES {
        let [u, m, x] = [&binder, &order, &susceptibility].map(|data| resampled(data, &mut stream));
        let again = fit(&u, transition.scaling, Free::Transition, transition.degree).and_then(|one| {
            let powers = |data: &[Datum], old: &Collapse| {
                let start = Scaling { power: old.scaling.power, ..one.scaling };
                fit(data, start, Free::Power, old.degree)
            };
            Some(values(&one, &powers(&m, &of_order)?, &powers(&x, &of_susceptibility)?))
        });
        for (all, value) in scatter.iter_mut().zip(again.into_iter().flatten()) {
            all.push(value);
        }
    }
    if scatter[0].len() < RESAMPLES / 2 {
        return None;
    }
    let measured = |at: usize| {
        let count = scatter[at].len() as f64;
        let mean = scatter[at].iter().sum::<f64>() / count;
        let squares: f64 = scatter[at].iter().map(|value| (value - mean) * (value - mean)).sum();
        Measured::new(found[at], libm::sqrt(squares / (count - 1.0)))
    };
    let critical = measured(0);
    Some(FitFact {
        count: binder.len(),
        smallest: used[0],
        largest: used[used.len() - 1],
        pull: known.and_then(|known| critical.minus(self::measured(known)).pull()),
        critical,
        nu: measured(1),
        beta_over_nu: measured(2),
        gamma_over_nu: measured(3),
        chi_squared: transition.chi_squared,
        freedom: transition.freedom,
        p: chi_squared_upper(transition.chi_squared, transition.freedom as f64),
    })
}

/// `scaling`: crossings and fitted parameters, a row each.
pub(super) fn table(found: &ScalingFacts) -> Table {
    let mut table = Table::new(
        "scaling",
        "Where Binder cumulants of successive sizes cross, what a collapse of all sizes gives, and the same with corrections to scaling.",
        &["quantity", "sizes", "value", "std_error"],
    );
    let mut push = |quantity: &str, sizes: String, found: Measured| {
        table.push(vec![quantity.into(), sizes.into(), Cell::from(found.value), Cell::from(found.error)]);
    };
    for crossing in &found.crossings {
        let sizes = format!("{}, {}", crossing.small, crossing.large).replace('$', "");
        push("crossing_temperature", sizes.clone(), crossing.temperature);
        push("crossing_binder", sizes, crossing.binder);
    }
    if let Some(corrected) = &found.corrected {
        let sizes = format!("L = {} to {}", corrected.smallest, corrected.largest);
        for (name, value) in [
            ("corrected_critical_temperature", corrected.critical),
            ("corrected_nu", corrected.nu),
            ("corrected_beta_over_nu", corrected.beta_over_nu),
            ("corrected_gamma_over_nu", corrected.gamma_over_nu),
        ] {
            push(name, sizes.clone(), value);
        }
    }
    if let Some(fit) = &found.fit {
        let sizes = format!("L = {} to {}", fit.smallest, fit.largest);
        for (name, value) in [
            ("critical_temperature", fit.critical),
            ("nu", fit.nu),
            ("beta_over_nu", fit.beta_over_nu),
            ("gamma_over_nu", fit.gamma_over_nu),
        ] {
            push(name, sizes.clone(), value);
        }
    }
    table
}
