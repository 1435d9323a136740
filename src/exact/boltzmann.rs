//! Boltzmann sums over a list of levels, safe at any temperature and for energies of any size.

use super::{Counted, Ground, Population, Thermodynamics};

/// ln Σ_i e^{x_i}, computed around the largest x so that nothing overflows; −∞ for an empty list.
pub fn log_sum_exp(values: &[f64]) -> f64 {
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !largest.is_finite() {
        return largest;
    }
    largest + libm::log(values.iter().map(|value| libm::exp(value - largest)).sum::<f64>())
}

/// The logarithm of the mean of e^{x_i}.
pub fn log_mean_exp(values: &[f64]) -> f64 {
    log_sum_exp(values) - libm::log(values.len() as f64)
}

/// One energy level: an energy E and the number g of microstates that share it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// The energy E.
    pub energy: f64,
    /// The degeneracy g > 0 (as a float, since it may exceed 2^64).
    pub degeneracy: f64,
}

/// The thermodynamics of levels at a finite temperature (k_B = 1):
/// Z = Σ g e^{−βE}, U = Σ p E and Var E = Σ p (E − U)² with p = g e^{−βE}/Z.
///
/// All energies are taken from the likeliest level's, the lowest for T > 0 and the highest for T < 0, so no exponential
/// exceeds 1, and the variance is summed about the mean in a second pass. At T = 0 the ground level alone is populated, and
/// ln Z → ±∞ unless its energy is 0. Populations are in the order of `levels`, labelled by it: "level 0", "level 1" …
pub fn solve_levels(levels: &[Level], temperature: f64) -> Thermodynamics {
    let energies = || levels.iter().map(|level| level.energy);
    let ground = energies().fold(f64::INFINITY, f64::min);
    let reference = if temperature < 0.0 { energies().fold(f64::NEG_INFINITY, f64::max) } else { ground };
    // −(E − E_ref)/T, never above 0; at T = 0 the limit.
    let exponent = |energy: f64| {
        let excess = energy - reference;
        if excess == 0.0 { 0.0 } else { -excess / temperature }
    };
    // One unit of degeneracy may be tiny or huge: weigh relative to the largest.
    let largest = levels.iter().map(|level| level.degeneracy).fold(0.0, f64::max);
    let weights: Vec<f64> =
        levels.iter().map(|level| level.degeneracy / largest * libm::exp(exponent(level.energy))).collect();
    let total: f64 = weights.iter().sum();
    let probabilities: Vec<f64> = weights.iter().map(|weight| weight / total).collect();
    let pairs = || levels.iter().zip(&probabilities);
    let excess: f64 = pairs().map(|(level, p)| p * (level.energy - reference)).sum();
    let energy_variance = pairs()
        .map(|(level, p)| {
            let deviation = level.energy - reference - excess;
            p * deviation * deviation
        })
        .sum();
    let shift = if reference == 0.0 { 0.0 } else { reference / temperature };
    Thermodynamics {
        log_partition: libm::log(total) + libm::log(largest) - shift,
        energy: hot_energy(levels, temperature).unwrap_or(reference + excess),
        energy_variance,
        counted: None,
        populations: populations(levels, &probabilities),
        complete: true,
        order: None,
        ground: lowest(levels),
    }
}

/// U where the temperature exceeds four times the width of the spectrum, told from the mean energy M at infinite temperature:
/// U = M + Σ g (E − M) (e^{−β(E − M)} − 1) / Σ g e^{−β(E − M)}, since Σ g (E − M) = 0. What is left of an energy whose M is 0,
/// about −Var E/T, so keeps all its digits. `None` at lower temperatures.
fn hot_energy(levels: &[Level], temperature: f64) -> Option<f64> {
    let energies = || levels.iter().map(|level| level.energy);
    let (low, high) = energies().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), e| (l.min(e), h.max(e)));
    if 4.0 * (high - low) >= temperature.abs() {
        return None;
    }
    let largest = levels.iter().map(|level| level.degeneracy).fold(0.0, f64::max);
    let weighted = || levels.iter().map(|level| (level.degeneracy / largest, level.energy));
    let count: f64 = weighted().map(|(weight, _)| weight).sum();
    let mean = weighted().map(|(weight, energy)| weight * energy).sum::<f64>() / count;
    let change = |energy: f64| libm::expm1(-(energy - mean) / temperature);
    let (shift, total) = weighted().fold((0.0, 0.0), |(shift, total), (weight, energy)| {
        let change = change(energy);
        (shift + weight * (energy - mean) * change, total + weight * (1.0 + change))
    });
    Some(mean + shift / total)
}

/// The lowest level and the one above it.
fn lowest(levels: &[Level]) -> Option<Ground> {
    let ground = levels.iter().map(|level| level.energy).fold(f64::INFINITY, f64::min);
    let next = levels.iter().map(|level| level.energy).filter(|e| *e > ground).fold(f64::INFINITY, f64::min);
    let count = |energy: f64| {
        levels.iter().filter(|level| level.energy == energy).map(|level| level.degeneracy).sum()
    };
    ground.is_finite().then(|| Ground {
        energy: ground,
        degeneracy: count(ground),
        gap: next.is_finite().then(|| (next - ground, count(next))),
    })
}

/// Sums over populations that hold every microstate.
pub fn counted(populations: &[Population]) -> Counted {
    Counted {
        states: populations.iter().map(|population| population.degeneracy).sum(),
        energy: populations.iter().map(|population| population.probability * population.energy).sum(),
        entropy: counted_entropy(populations),
    }
}

/// S = −Σ p_k ln(p_k/g_k), k over the levels.
fn counted_entropy(populations: &[Population]) -> f64 {
    let occupied = populations.iter().filter(|population| population.probability > 1e-250);
    let sum: f64 = occupied
        .map(|population| population.probability * libm::log(population.probability / population.degeneracy))
        .sum();
    0.0 - sum
}

fn populations(levels: &[Level], probabilities: &[f64]) -> Vec<Population> {
    let population = |(index, (level, probability)): (usize, (&Level, &f64))| Population {
        label: format!("level {index}"),
        energy: level.energy,
        degeneracy: level.degeneracy,
        probability: *probability,
    };
    levels.iter().zip(probabilities).enumerate().map(population).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(list: &[(f64, f64)]) -> Vec<Level> {
        list.iter().map(|&(energy, degeneracy)| Level { energy, degeneracy }).collect()
    }

    #[test]
    fn a_two_level_system_follows_its_closed_form() {
        for temperature in [0.05, 0.3, 1.0, 7.0, 1e4] {
            let solved = solve_levels(&levels(&[(0.0, 1.0), (1.0, 3.0)]), temperature);
            let boltzmann = 3.0 * libm::exp(-1.0 / temperature);
            let p = boltzmann / (1.0 + boltzmann);
            assert!((solved.log_partition - libm::log1p(boltzmann)).abs() < 1e-14);
            assert!((solved.energy - p).abs() < 1e-15);
            assert!((solved.energy_variance - p * (1.0 - p)).abs() < 1e-15);
            assert!((solved.populations[1].probability - p).abs() < 1e-15);
        }
    }

    #[test]
    fn hot_energies_keep_their_digits() {
        // −tanh(1/T) for two levels, to its last digits at any temperature; −(1/T)(1 − …) where the sum alone would leave none.
        for temperature in [8.5, 1e3, 1e8, 1e14, 1e200, -1e14] {
            let solved = solve_levels(&levels(&[(-1.0, 1.0), (1.0, 1.0)]), temperature);
            let exact = -libm::tanh(1.0 / temperature);
            assert!((solved.energy / exact - 1.0).abs() < 4e-16, "{temperature}: {}", solved.energy);
        }
        // Where the mean is not 0 it is met, and a huge offset is no obstacle.
        let hot = |offset: f64| solve_levels(&levels(&[(offset, 1.0), (offset + 3.0, 2.0)]), 1e6).energy;
        let weight = 2.0 * libm::exp(-3e-6);
        assert!((hot(0.0) - 3.0 * weight / (1.0 + weight)).abs() < 1e-15);
        assert!((hot(1e9) - 1e9 - hot(0.0)).abs() < 2e-7);
    }

    #[test]
    fn huge_energies_and_extreme_temperatures_stay_finite() {
        for energy in [-1e9, 0.0, 1e9] {
            for temperature in [1e-9, 1.0, 1e12] {
                let solved = solve_levels(&levels(&[(energy, 2.0), (energy + 1.0, 1e300)]), temperature);
                assert!(solved.log_partition.is_finite() && solved.energy.is_finite());
                assert!(solved.energy_variance >= 0.0);
                assert!((solved.energy - energy) <= 1.0 + 1e-6);
            }
        }
        let cold = solve_levels(&levels(&[(-5.0, 2.0), (3.0, 1.0)]), 1e-3);
        assert_eq!(cold.energy, -5.0);
        assert!((cold.log_partition - 5000.0 - core::f64::consts::LN_2).abs() < 1e-11);
    }

    #[test]
    fn log_sum_exp_is_shift_invariant() {
        assert_eq!(log_sum_exp(&[]), f64::NEG_INFINITY);
        assert!((log_sum_exp(&[1000.0, 1000.0]) - 1000.0 - core::f64::consts::LN_2).abs() < 1e-12);
        assert!((log_sum_exp(&[-1e4, 0.0]) - 0.0).abs() < 1e-15);
    }
}
