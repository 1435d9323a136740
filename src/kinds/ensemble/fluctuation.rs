//! How much the energy fluctuates, what temperature that tells, and the free energy in units of the temperature.

use super::Ensemble;
use super::derivatives::Derivatives;
use crate::exact::Thermodynamics;
use crate::quantity::declared;
use crate::record::Estimate;

/// The names of the quantities of this file, for every model.
pub(super) const FLUCTUATION: [&str; 3] =
    ["energy_fluctuation", "relative_fluctuation", "effective_temperature"];

/// That of models with sites.
pub(super) const REDUCED: &str = "reduced_free_energy";

/// A response ∂U/∂T below this share of |U/T| is lost in the rounding of U, of which differences are taken.
const RESOLVED: f64 = 1e-8;

/// σ_E, σ_E/|U| and T_eff, and F/(NT) where there are sites.
pub(super) fn estimates(
    ensemble: &Ensemble,
    solved: &Thermodynamics,
    derivatives: Option<&Derivatives>,
) -> Vec<Estimate> {
    let [sigma_name, relative_name, effective_name] = FLUCTUATION.map(declared);
    if !solved.energy_variance.is_finite() {
        let absent = |name| Estimate::absent(name, "infinite or undefined at the critical temperature");
        return FLUCTUATION.map(declared).map(absent).into_iter().chain(reduced(ensemble, solved)).collect();
    }
    let sigma = libm::sqrt(solved.energy_variance);
    let relative = match solved.energy == 0.0 {
        false => Estimate::exact(relative_name, sigma / solved.energy.abs()),
        true => Estimate::absent(relative_name, "not defined, since the mean energy is 0"),
    };
    let effective = match effective_temperature(ensemble.temperature, solved, derivatives) {
        Ok(value) => Estimate::exact(effective_name, value),
        Err(reason) => Estimate::absent(effective_name, reason),
    };
    let own = [Estimate::exact(sigma_name, sigma), relative, effective];
    own.into_iter().chain(reduced(ensemble, solved)).collect()
}

/// F/(NT) = −ln Z/N, where there are sites.
fn reduced(ensemble: &Ensemble, solved: &Thermodynamics) -> Option<Estimate> {
    let sites = ensemble.model.sites()?;
    Some(match ensemble.temperature == 0.0 {
        false => Estimate::exact(declared(REDUCED), -solved.log_partition / sites as f64),
        true => Estimate::absent(declared(REDUCED), "not defined at T = 0, which is no unit of energy"),
    })
}

/// T_eff = √(Var E / (∂U/∂T)), with the sign of T, which the root cannot tell; ∂U/∂T is taken by differences of U.
fn effective_temperature(
    temperature: f64,
    solved: &Thermodynamics,
    derivatives: Option<&Derivatives>,
) -> Result<f64, &'static str> {
    let response = derivatives.ok_or("no response is taken at T = 0")?.heat_capacity;
    if solved.energy_variance == 0.0 {
        return Err("not defined, since the energy does not fluctuate");
    }
    if response <= RESOLVED * (solved.energy / temperature).abs() {
        return Err("the response to the temperature is lost in the rounding of the energy");
    }
    Ok(libm::copysign(libm::sqrt(solved.energy_variance / response), temperature))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{prepare, solve};
    use serde_json::{Value, json};

    fn values(temperature: f64, model: Value, names: [&str; 4]) -> [Option<f64>; 4] {
        let analysis = solve(&*prepare(json!({ "temperature": temperature, "model": model })).unwrap());
        names.map(|name| analysis.get(name).and_then(|estimate| estimate.value))
    }

    const NAMES: [&str; 4] =
        ["energy_fluctuation", "relative_fluctuation", "effective_temperature", "reduced_free_energy"];

    fn close(found: Option<f64>, expected: f64, tolerance: f64) {
        let found = found.unwrap();
        assert!((found / expected - 1.0).abs() < tolerance, "{found}, not {expected}");
    }

    #[test]
    fn two_levels() {
        let model = json!({ "levels": { "energies": [0.0, 1.0] } });
        for temperature in [0.1, 0.5, 1.0, 7.0, -2.0] {
            let [sigma, relative, effective, reduced] = values(temperature, model.clone(), NAMES);
            let upper = 1.0 / (1.0 + libm::exp(1.0 / temperature));
            close(sigma, libm::sqrt(upper * (1.0 - upper)), 1e-13);
            close(relative, libm::sqrt((1.0 - upper) / upper), 1e-13);
            close(effective, temperature, 1e-9);
            assert_eq!(reduced, None, "levels have no sites");
        }
    }

    #[test]
    fn einstein_solid() {
        let model = json!({ "einstein_solid": { "atoms": 1000, "quantum": 2.0 } });
        for temperature in [0.3, 1.0, 20.0] {
            let [sigma, relative, effective, reduced] = values(temperature, model.clone(), NAMES);
            let half = 1.0 / temperature;
            let (deviation, mean) = (libm::sqrt(3000.0) / libm::sinh(half), 3000.0 / libm::tanh(half));
            close(sigma, deviation, 1e-12);
            close(relative, deviation / mean, 1e-12);
            close(effective, temperature, 1e-9);
            close(reduced, 3.0 * libm::log(2.0 * libm::sinh(half)), 1e-12);
        }
    }

    #[test]
    fn a_torus_of_kaufman() {
        // e and C of 64 × 64 spins at T = 3 from a table of twelve digits, computed elsewhere.
        let model = json!({ "ising": { "lattice": "square", "size": 64 } });
        let [sigma, relative, effective, reduced] = values(3.0, model, NAMES);
        let (energy, capacity) = (0.817_309_592_502 * 4096.0, 0.401_379_575_897 * 4096.0);
        close(sigma, 3.0 * libm::sqrt(capacity), 1e-11);
        close(relative, 3.0 * libm::sqrt(capacity) / energy, 1e-11);
        close(effective, 3.0, 1e-9);
        assert!(reduced.is_some_and(|value| value < -std::f64::consts::LN_2), "{reduced:?}");
    }

    #[test]
    fn what_has_no_value_says_why() {
        let reasons = |temperature: f64, model: Value| {
            let analysis = solve(&*prepare(json!({ "temperature": temperature, "model": model })).unwrap());
            NAMES
                .map(|name| analysis.get(name).and_then(|estimate| estimate.note.clone()).unwrap_or_default())
        };
        let frozen = reasons(0.0, json!({ "ising": { "lattice": "chain", "size": 5 } }));
        assert!(frozen[2].contains("T = 0") && frozen[3].contains("T = 0"), "{frozen:?}");
        let flat = reasons(1.0, json!({ "levels": { "energies": [0.0, 0.0] } }));
        assert!(flat[1].contains("mean energy is 0") && flat[2].contains("does not fluctuate"), "{flat:?}");
        let cold = reasons(0.05, json!({ "ising": { "lattice": "square", "size": 8 } }));
        assert!(cold[2].contains("rounding") || cold[2].contains("not fluctuate"), "{cold:?}");
    }
}
