//! The exact ground energy of few spins, by visiting every state in Gray-code order.

use crate::models::spins::PairModel;

/// The most spins that [`ground_energy`] visits: 2^19 states for 20 spins without fields, 2^20 with.
pub const MAX_SPINS: usize = 20;

/// The least energy of a model of at most [`MAX_SPINS`] spins; `None` for a larger one or one without spins.
///
/// Consecutive states of the reflected Gray code differ in one spin, so that each costs one local field. Without fields
/// E(−s) = E(s), and the last spin is held.
pub fn ground_energy(model: &PairModel) -> Option<f64> {
    let spins = model.spins();
    if spins == 0 || spins > MAX_SPINS {
        return None;
    }
    let symmetric = model.fields.iter().all(|field| *field == 0.0);
    let free = if symmetric { spins - 1 } else { spins };
    let mut state = vec![1_i8; spins];
    let mut energy = model.energy(&state);
    let (mut best_energy, mut best_state) = (energy, state.clone());
    for step in 1..1_u32 << free {
        let flip = step.trailing_zeros() as usize;
        energy += 2.0 * model.scale * f64::from(state[flip]) * model.local_field(&state, flip);
        state[flip] = -state[flip];
        if energy < best_energy {
            best_energy = energy;
            best_state.copy_from_slice(&state);
        }
    }
    Some(model.energy(&best_state))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_least_of_all_energies() {
        let bonds = [(0, 1, -1.0), (1, 2, 0.5), (0, 2, 1.0), (2, 3, 0.7), (3, 4, -0.3), (0, 4, 0.9)];
        for fields in [vec![0.0; 5], vec![0.25, 0.0, -0.4, 0.0, 1.1]] {
            let model = PairModel { scale: 1.5, offset: 0.2, ..PairModel::new(&bonds, fields) };
            let energies = (0..32_u32).map(|bits| {
                let state: Vec<i8> = (0..5).map(|i| if bits >> i & 1 == 1 { 1 } else { -1 }).collect();
                model.energy(&state)
            });
            let least = energies.fold(f64::INFINITY, f64::min);
            assert!((ground_energy(&model).unwrap() - least).abs() < 1e-12);
        }
    }

    #[test]
    fn a_ferromagnetic_ring_and_the_limit() {
        let ring = |n: u32| {
            let bonds: Vec<_> = (0..n).map(|i| (i, (i + 1) % n, 1.0)).collect();
            PairModel::new(&bonds, vec![0.0; n as usize])
        };
        assert_eq!(ground_energy(&ring(12)), Some(-12.0));
        assert_eq!(ground_energy(&ring(21)), None);
    }
}
