//! T_c and exponents from several sizes, with what a finite size adds beyond the leading power of scaling.

use super::exponents::{Near, measured};
use crate::exact::critical::Critical;
use crate::fact::Measured;
use crate::rng;
use crate::statistics::corrections::{Corrected, corrected, power, power_with_degree, with_degree};
use crate::statistics::intervals::chi_squared_upper;
use crate::statistics::scaling::{Collapse, Scaling, resampled};
use schemars::JsonSchema;
use serde::Serialize;

/// While χ² is larger than chance would have it with this probability, the smallest size is left out.
const LEAST_P: f64 = 0.05;
/// Fewest Binder cumulants, and sizes.
const FEWEST: (usize, usize) = (15, 3);
/// The fit is repeated for so many data drawn anew.
const RESAMPLES: usize = 200;

/// T_c of the infinite lattice from finite ones.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TransitionFact {
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
    /// The exponent ω of the corrections that fits best.
    pub omega: f64,
    /// χ² of the fit.
    pub chi_squared: f64,
    /// Its degrees of freedom.
    pub freedom: usize,
    /// The probability of so large a χ², or a larger one, if the form holds.
    pub p: f64,
    /// The distance of T_c from the known one, in errors.
    pub pull: Option<f64>,
}

/// Fits the Binder cumulants with corrections to scaling, and with its T_c, ν and ω the powers of |m| and χ at the same points.
///
/// Errors are the scatter over data drawn anew, with ω chosen anew for each, so that they hold how little is known of the corrections. The
/// data of one point are drawn as if independent, which those of β/ν and γ/ν leave out.
pub(super) fn transition(near: &Near, known: Option<Critical>, seed: u64) -> Option<TransitionFact> {
    let mut near = near.clone();
    let middle = near.binder.iter().map(|datum| datum.temperature).sum::<f64>() / near.binder.len() as f64;
    let start = Scaling { critical: middle, thermal: 1.0, power: 0.0 };
    let chance = |fit: &Corrected| chi_squared_upper(fit.collapse.chi_squared, fit.collapse.freedom as f64);
    let fit = loop {
        if near.binder.len() < FEWEST.0 || near.used.len() < FEWEST.1 {
            return None;
        }
        let found = corrected(&near.binder, start)?;
        let bigger = near.binder.iter().filter(|datum| datum.size > near.used[0]).count();
        if chance(&found) >= LEAST_P || near.used.len() == FEWEST.1 || bigger < FEWEST.0 {
            break found;
        }
        near.drop_smallest();
    };
    let best = fit.collapse;
    let (of_order, of_susceptibility) = (power(&near.order, &fit)?, power(&near.susceptibility, &fit)?);
    let values = |one: &Collapse, two: &Collapse, three: &Collapse| {
        [one.scaling.critical, 1.0 / one.scaling.thermal, -two.scaling.power, three.scaling.power]
    };
    let mut stream = rng::stream(seed, "bootstrap", "corrections", 0);
    let again: Vec<[f64; 4]> = (0..RESAMPLES)
        .filter_map(|_| {
            let [u, m, x] =
                [&near.binder, &near.order, &near.susceptibility].map(|data| resampled(data, &mut stream));
            let one = with_degree(&u, best.scaling, best.degree)?;
            let powers = |data, old: &Collapse| power_with_degree(data, &one, old.scaling.power, old.degree);
            Some(values(&one.collapse, &powers(&m, &of_order)?, &powers(&x, &of_susceptibility)?))
        })
        .collect();
    if again.len() < RESAMPLES / 2 {
        return None;
    }
    let found = values(&best, &of_order, &of_susceptibility);
    let scatter = |at: usize| {
        let count = again.len() as f64;
        let mean = again.iter().map(|values| values[at]).sum::<f64>() / count;
        let squares: f64 = again.iter().map(|values| (values[at] - mean) * (values[at] - mean)).sum();
        Measured::new(found[at], libm::sqrt(squares / (count - 1.0)))
    };
    let critical = scatter(0);
    Some(TransitionFact {
        count: near.binder.len(),
        smallest: near.used[0],
        largest: near.used[near.used.len() - 1],
        pull: known.and_then(|known| critical.minus(measured(known)).pull()),
        critical,
        nu: scatter(1),
        beta_over_nu: scatter(2),
        gamma_over_nu: scatter(3),
        omega: fit.omega,
        chi_squared: best.chi_squared,
        freedom: best.freedom,
        p: chance(&fit),
    })
}
