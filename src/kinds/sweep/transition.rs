//! T_c from several sizes, with what a finite size adds beyond the leading power of scaling.

use super::exponents::measured;
use crate::exact::critical::Critical;
use crate::fact::Measured;
use crate::rng;
use crate::statistics::corrections::{Corrected, corrected, with_degree};
use crate::statistics::intervals::chi_squared_upper;
use crate::statistics::scaling::{Datum, Scaling, resampled};
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

/// Fits the Binder cumulants with corrections to scaling; T_c's error is the scatter over data drawn anew, with ω chosen anew for each, so
/// that it holds how little is known of the corrections.
pub(super) fn transition(binder: &[Datum], known: Option<Critical>, seed: u64) -> Option<TransitionFact> {
    let mut data = binder.to_vec();
    let mut sizes: Vec<f64> = data.iter().map(|datum| datum.size).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    let near = data.iter().map(|datum| datum.temperature).sum::<f64>() / data.len() as f64;
    let start = Scaling { critical: near, thermal: 1.0, power: 0.0 };
    let chance = |fit: &Corrected| chi_squared_upper(fit.collapse.chi_squared, fit.collapse.freedom as f64);
    let fit = loop {
        if data.len() < FEWEST.0 || sizes.len() < FEWEST.1 {
            return None;
        }
        let found = corrected(&data, start)?;
        let bigger = data.iter().filter(|datum| datum.size > sizes[0]).count();
        if chance(&found) >= LEAST_P || sizes.len() == FEWEST.1 || bigger < FEWEST.0 {
            break found;
        }
        data.retain(|datum| datum.size > sizes[0]);
        sizes.remove(0);
    };
    let best = fit.collapse;
    let mut stream = rng::stream(seed, "bootstrap", "corrections", 0);
    let again: Vec<Scaling> = (0..RESAMPLES)
        .filter_map(|_| with_degree(&resampled(&data, &mut stream), best.scaling, best.degree))
        .map(|fit| fit.collapse.scaling)
        .collect();
    if again.len() < RESAMPLES / 2 {
        return None;
    }
    let scatter = |of: &dyn Fn(&Scaling) -> f64| {
        let count = again.len() as f64;
        let mean = again.iter().map(of).sum::<f64>() / count;
        let squares: f64 = again.iter().map(|scaling| (of(scaling) - mean) * (of(scaling) - mean)).sum();
        Measured::new(of(&best.scaling), libm::sqrt(squares / (count - 1.0)))
    };
    let critical = scatter(&|scaling| scaling.critical);
    Some(TransitionFact {
        count: data.len(),
        smallest: sizes[0],
        largest: sizes[sizes.len() - 1],
        pull: known.and_then(|known| critical.minus(measured(known)).pull()),
        critical,
        nu: scatter(&|scaling| 1.0 / scaling.thermal),
        omega: fit.omega,
        chi_squared: best.chi_squared,
        freedom: best.freedom,
        p: chance(&fit),
    })
}
