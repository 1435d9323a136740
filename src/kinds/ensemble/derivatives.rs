//! The derivatives of ln Z by differences: a check of U, C and S that shares nothing with the sums they come from.

use crate::exact::Thermodynamics;

/// Where σ_E/T exceeds this, steps are taken smaller in proportion: so large a step would lead to a temperature whose
/// distribution of energies hardly overlaps, and near a transition ln Z is not smooth on that scale.
const OVERLAP: f64 = 30.0;

/// Smaller steps than this times |βU|/C would lose more than a relative 1e−7 of C to the rounding of U.
const ROUNDING: f64 = 2e-9;

/// Up to this many terms the derivatives take four more solutions, beyond it two.
const CHEAP: f64 = (1_u64 << 24) as f64;

/// Energy, heat capacity and entropy from how ln Z and U change with temperature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Derivatives {
    /// U = −∂ln Z/∂β.
    pub(super) energy: f64,
    /// C = ∂U/∂T = −β² ∂U/∂β.
    pub(super) heat_capacity: f64,
    /// S = −∂F/∂T = ln Z − β ∂ln Z/∂β, with F = −T ln Z.
    pub(super) entropy: f64,
}

/// The central differences used: steps in units of the first, with their weights.
struct Stencil {
    step: f64,
    weights: &'static [(f64, f64)],
}

/// Abramowitz and Stegun 25.3.21 and 25.3.24, over the step: errors of the second and of the fourth order in the step.
const SECOND_ORDER: Stencil = Stencil { step: 1e-4, weights: &[(-1.0, -0.5), (1.0, 0.5)] };
const FOURTH_ORDER: Stencil = Stencil {
    step: 1e-3,
    weights: &[(-2.0, 1.0 / 12.0), (-1.0, -2.0 / 3.0), (1.0, 2.0 / 3.0), (2.0, -1.0 / 12.0)],
};

fn stencil(terms: f64) -> Stencil {
    if terms <= CHEAP { FOURTH_ORDER } else { SECOND_ORDER }
}

/// How many solutions [`by_differences`] takes.
pub(super) fn solutions(temperature: f64, terms: f64) -> usize {
    if temperature == 0.0 { 0 } else { stencil(terms).weights.len() }
}

/// Takes the differences at inverse temperatures β (1 + k h) about the solution `here`; `None` at T = 0, where there are
/// none. The step h is the stencil's, or smaller where the energy fluctuates so much that the distribution at the next
/// temperature would be another.
///
/// # Errors
///
/// Those of `solve`.
pub(super) fn by_differences<E>(
    temperature: f64,
    terms: f64,
    here: &Thermodynamics,
    mut solve: impl FnMut(f64) -> Result<Thermodynamics, E>,
) -> Result<Option<Derivatives>, E> {
    if temperature == 0.0 {
        return Ok(None);
    }
    let Stencil { step, weights } = stencil(terms);
    let beta = 1.0 / temperature;
    // σ_E/T, and |U/T| over C.
    let spread = libm::sqrt(here.energy_variance) * beta.abs();
    let offset = (here.energy * beta).abs() / (spread * spread);
    let narrow = (step * OVERLAP / spread).max(ROUNDING * offset);
    let step = if narrow < step { narrow } else { step };
    // ∂/∂ln β, of ln Z, of U, and of F.
    let (mut log_partition, mut energy, mut free_energy) = (0.0, 0.0, 0.0);
    for (place, weight) in weights {
        let factor = 1.0 + place * step;
        let solved = solve(temperature / factor)?;
        log_partition += weight * solved.log_partition / step;
        energy += weight * solved.energy / step;
        free_energy -= weight * solved.log_partition / (beta * factor * step);
    }
    Ok(Some(Derivatives {
        energy: -log_partition / beta,
        heat_capacity: -beta * energy,
        entropy: beta * free_energy,
    }))
}
