//! The exact ground energy of a model, where one of its methods finds it at once.

use super::ExactEnsemble;
use super::methods::{AUTO, Method, choose};
use std::ops::ControlFlow;

/// Up to this many terms are summed without asking: well under a second.
const MOST_TERMS: f64 = (1_u64 << 22) as f64;

/// The cheapest of a model's methods, when it takes no time to speak of.
pub fn solver(methods: &[Method]) -> Option<&dyn ExactEnsemble> {
    choose(methods, AUTO).ok().map(|(_, solver)| solver).filter(|solver| solver.terms() <= MOST_TERMS)
}

/// The least energy, as the mean energy in the limit T → 0; `None` where no method is cheap enough.
pub fn ground_energy(methods: &[Method]) -> Option<f64> {
    solver(methods)?.solve(0.0, &mut |_| ControlFlow::Continue(())).map(|solved| solved.energy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::elimination::Elimination;
    use crate::exact::enumeration::Enumeration;
    use crate::exact::methods::{ELIMINATION, ENUMERATION};
    use crate::models::spins::PairModel;

    fn methods(pairs: &PairModel) -> Vec<Method> {
        vec![
            Method::new(ENUMERATION, Enumeration::new(pairs)),
            Method::new(ELIMINATION, Elimination::new(&pairs.into())),
        ]
    }

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
            for method in methods(&model) {
                assert!((ground_energy(&[method]).unwrap() - least).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn long_rings_are_within_reach_and_dense_models_are_not() {
        let ring: Vec<_> = (0..300).map(|i| (i, (i + 1) % 300, if i == 7 { -1.0 } else { 1.0 })).collect();
        assert_eq!(ground_energy(&methods(&PairModel::new(&ring, vec![0.0; 300]))), Some(-298.0));
        let dense: Vec<_> = (0..28).flat_map(|i| (0..i).map(move |j| (i, j, 0.3))).collect();
        assert_eq!(ground_energy(&methods(&PairModel::new(&dense, vec![0.0; 28]))), None);
    }
}
