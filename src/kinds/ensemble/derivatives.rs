//! The derivatives of ln Z by differences: a check of U, C and S that shares nothing with the sums they come from.

use crate::exact::{ExactEnsemble, Thermodynamics};

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
    /// The step in ln β.
    pub(super) step: f64,
}

impl Derivatives {
    /// By how much rounding may have falsified energy, heat capacity and entropy: that of ln Z and of U over the step.
    pub(super) fn rounding(&self, direct: &Thermodynamics, temperature: f64) -> [f64; 3] {
        let of = |value: f64| 8.0 * f64::EPSILON * value.abs() / self.step;
        let log_partition = of(direct.log_partition);
        [temperature.abs() * log_partition, of(direct.energy / temperature), log_partition]
    }
}

/// The central differences used: steps in units of the first, with their weights.
struct Stencil {
    /// The step in ln β where ln Z is smooth.
    step: f64,
    /// The step where it is not, in widths 1/(β σ_E) = 1/√C of what changes most sharply.
    sharp: f64,
    weights: &'static [(f64, f64)],
}

/// Abramowitz and Stegun 25.3.21 and 25.3.24, over the step: errors of the second and of the fourth order in the step.
const SECOND_ORDER: Stencil = Stencil { step: 1e-4, sharp: 3e-3, weights: &[(-1.0, -0.5), (1.0, 0.5)] };
const FOURTH_ORDER: Stencil = Stencil {
    step: 1e-3,
    sharp: 0.02,
    weights: &[(-2.0, 1.0 / 12.0), (-1.0, -2.0 / 3.0), (1.0, 2.0 / 3.0), (2.0, -1.0 / 12.0)],
};

fn stencil(terms: f64) -> Stencil {
    if terms <= CHEAP { FOURTH_ORDER } else { SECOND_ORDER }
}

/// How many solutions [`by_differences`] takes.
pub(super) fn solutions(temperature: f64, terms: f64) -> usize {
    if temperature == 0.0 { 0 } else { stencil(terms).weights.len() }
}

/// The share of the distance to a critical temperature that a step may take.
const CLOSE: f64 = 0.02;
/// Below this step, rounding is all that a difference shows.
const LEAST_STEP: f64 = 1e-10;
/// Steps shorter than this times |βU|/C would lose more than a relative 1e−7 of C to the rounding of U.
const ROUNDING: f64 = 2e-9;

/// Takes the differences at inverse temperatures β (1 + k h) about the solution `here`; `None` where there are none, at T = 0
/// and at a critical temperature. The step h is the stencil's, or shorter where the energy fluctuates so much that the
/// distribution at the next temperature would be another.
///
/// # Errors
///
/// Those of `solve`.
pub(super) fn by_differences<E>(
    exact: &dyn ExactEnsemble,
    temperature: f64,
    here: &Thermodynamics,
    mut solve: impl FnMut(f64) -> Result<Thermodynamics, E>,
) -> Result<Option<Derivatives>, E> {
    if temperature == 0.0 {
        return Ok(None);
    }
    let Stencil { step, sharp, weights } = stencil(exact.terms());
    let critical =
        exact.critical_temperature().map(|critical| CLOSE * (temperature.abs() / critical - 1.0).abs());
    let capacity = here.energy_variance / (temperature * temperature);
    let width = match capacity > 0.0 {
        true => (sharp / libm::sqrt(capacity)).max(ROUNDING * (here.energy / temperature).abs() / capacity),
        false => f64::INFINITY,
    };
    let step = step.min(width).min(critical.unwrap_or(f64::INFINITY));
    if step < LEAST_STEP {
        return Ok(None);
    }
    let beta = 1.0 / temperature;
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
        step,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::kaufman::Kaufman;
    use crate::exact::onsager::{InfiniteLattice, critical_temperature};
    use crate::models::SquareLattice;
    use std::ops::ControlFlow;

    /// Relative differences of U and C from the derivatives that they are; `None` where none are taken.
    fn residuals(exact: &dyn ExactEnsemble, temperature: f64) -> Option<[f64; 2]> {
        let solve = |temperature: f64| exact.solve(temperature, &mut |_| ControlFlow::Continue(())).ok_or(());
        let direct = solve(temperature).unwrap();
        let capacity = direct.energy_variance / (temperature * temperature);
        let found = by_differences(exact, temperature, &direct, solve).unwrap()?;
        Some([found.energy / direct.energy - 1.0, found.heat_capacity / capacity - 1.0].map(f64::abs))
    }

    #[test]
    fn large_lattices_at_their_transition_are_resolved() {
        for side in [64, 1024] {
            let torus = Kaufman::new(SquareLattice { rows: side, columns: side, coupling: 1.0 }).unwrap();
            for temperature in [2.0, 2.26, critical_temperature(1.0), 2.2695, 2.28] {
                let found = residuals(&torus, temperature).unwrap();
                assert!(
                    found.iter().all(|residual| *residual < 1e-7),
                    "L = {side}, T = {temperature}: {found:?}"
                );
            }
        }
    }

    #[test]
    fn steps_keep_clear_of_a_critical_temperature() {
        let lattice = InfiniteLattice { coupling: 2.0 };
        let critical = critical_temperature(2.0);
        for shift in [1e-5, 1e-3, 0.1, 1.0] {
            for temperature in [critical * (1.0 + shift), critical / (1.0 + shift), -critical * (1.0 + shift)]
            {
                let found = residuals(&lattice, temperature).unwrap();
                assert!(found.iter().all(|residual| *residual < 1e-6), "T = {temperature}: {found:?}");
            }
        }
        assert_eq!(residuals(&lattice, critical), None);
        assert_eq!(residuals(&lattice, 0.0), None);
    }
}
