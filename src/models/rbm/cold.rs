//! A machine at T = 0: its ground states, found by the same walk through the smaller layer.

use super::activation::Units;
use super::clamped::{TIE, settle};
use super::exact::Enumeration;
use super::machine::Machine;
use crate::exact::Thermodynamics;
use crate::exact::boltzmann::{Level, counted, solve_levels};
use std::ops::ControlFlow;

/// The lowest energy of a machine and how many joint microstates (v,h) have it, up to rounding.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lowest {
    pub(super) energy: f64,
    pub(super) degeneracy: f64,
    /// Energies this close to the lowest are equal to it.
    pub(super) tie: f64,
}

/// Of all states of the other layer in the given fields: Σ_j max_h (h x_j), and how many states reach it.
pub(super) fn best(units: Units, fields: &[f64]) -> (f64, f64) {
    let (low, high) = (units.value(false), units.value(true));
    let sum = fields.iter().map(|field| (low * field).max(high * field)).sum();
    let ties = fields.iter().filter(|field| **field == 0.0).count();
    (sum, libm::exp2(ties as f64))
}

impl Machine {
    /// Energies that differ by no more than this are equal but for rounding: 1e−12 of the sum of all parameters' sizes.
    pub fn tie(&self) -> f64 {
        let all = [&self.visible_bias, &self.hidden_bias, &self.weights];
        TIE * all.into_iter().flatten().map(|value| value.abs()).sum::<f64>()
    }
}

impl Enumeration {
    /// The ground states, in one walk; `None` when `advance` breaks.
    pub(super) fn lowest(&self, advance: &mut dyn FnMut(f64) -> ControlFlow<()>) -> Option<Lowest> {
        let machine = &self.turned;
        let (scales, tie) = (machine.field_scales(), machine.tie());
        let mut lowest = Lowest { energy: f64::INFINITY, degeneracy: 0.0, tie };
        let mut settled = Vec::new();
        for block in 0..self.blocks() {
            self.walk_block(block, 1.0, &mut |_, bias, fields| {
                settled.clear();
                settled.extend_from_slice(fields);
                settle(&mut settled, &scales);
                let (most, states) = best(machine.units, &settled);
                let energy = -bias - most;
                if energy < lowest.energy - tie {
                    (lowest.energy, lowest.degeneracy) = (energy, states);
                } else if energy <= lowest.energy + tie {
                    lowest.degeneracy += states;
                }
            });
            if advance((block + 1) as f64 / self.blocks() as f64).is_break() {
                return None;
            }
        }
        Some(lowest)
    }

    /// The limit T → 0. Every microstate is listed where they are few (`joint`), else the ground states together.
    pub(super) fn cold(
        &self,
        joint: Option<Vec<(String, f64)>>,
        listed: usize,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Thermodynamics> {
        let Some(mut states) = joint else {
            let Lowest { energy, degeneracy, .. } = self.lowest(advance)?;
            let mut solved = solve_levels(&[Level { energy, degeneracy }], 0.0);
            solved.populations[0].label = "ground states".to_owned();
            // What lies above was not looked for.
            return Some(Thermodynamics { ground: None, ..solved });
        };
        let tie = self.turned.tie();
        states.sort_by(|a, b| a.1.total_cmp(&b.1));
        // Energies that differ by rounding alone are one.
        for index in 1..states.len() {
            if states[index].1 - states[index - 1].1 <= tie {
                states[index].1 = states[index - 1].1;
            }
        }
        let levels: Vec<Level> =
            states.iter().map(|(_, energy)| Level { energy: *energy, degeneracy: 1.0 }).collect();
        let mut solved = solve_levels(&levels, 0.0);
        for (population, (label, _)) in solved.populations.iter_mut().zip(states) {
            population.label = label;
        }
        solved.counted = Some(counted(&solved.populations));
        solved.complete = solved.populations.len() <= listed;
        solved.populations.truncate(listed);
        Some(solved)
    }
}

#[cfg(test)]
mod tests {
    use super::super::exact::LARGEST_LAYER;
    use super::super::machine::tests::{bits, random_machine};
    use super::*;
    use crate::exact::ExactEnsemble;

    fn go(_: f64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    #[test]
    fn the_limit_is_the_lowest_of_all_microstates() {
        for (visible, hidden) in [(3, 5), (8, 7)] {
            for units in [Units::Binary, Units::Spin] {
                let machine = random_machine(visible, hidden, units, 1.5, 9);
                let energies = (0..1 << visible).flat_map(|v| (0..1 << hidden).map(move |h| (v, h)));
                let energy = |(v, h): (usize, usize)| {
                    machine.energy(&bits(v, visible, units), &bits(h, hidden, units))
                };
                let least = energies.map(energy).fold(f64::INFINITY, f64::min);
                let exact = Enumeration::new(&machine, LARGEST_LAYER).unwrap();
                let solved = exact.solve(0.0, &mut go).unwrap();
                assert!((solved.energy - least).abs() < 1e-12);
                assert_eq!(solved.energy_variance, 0.0);
                assert_eq!(solved.populations[0].probability, 1.0);
                let near = exact.solve(1e-3, &mut go).unwrap();
                assert!((near.energy - least).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn degenerate_ground_states_are_counted_though_their_energies_are_rounded() {
        // h feels 0.1 + 0.2 − 0.3 when both visible units are on; the biases of 0.05 make that the ground state, twice.
        let machine = Machine {
            weights: vec![0.1, 0.2],
            visible_bias: vec![0.05, 0.05],
            hidden_bias: vec![-0.3],
            units: Units::Binary,
        };
        let exact = Enumeration::new(&machine, LARGEST_LAYER).unwrap();
        assert_eq!(exact.lowest(&mut go).unwrap().degeneracy, 2.0);
        let solved = exact.solve(0.0, &mut go).unwrap();
        assert_eq!(solved.ground.unwrap().degeneracy, 2.0);
        assert_eq!(solved.counted.unwrap().entropy, std::f64::consts::LN_2);
        // Without any parameters all 2^(8 + 6) states are ground states.
        let flat = Machine {
            weights: vec![0.0; 48],
            visible_bias: vec![0.0; 8],
            hidden_bias: vec![0.0; 6],
            units: Units::Spin,
        };
        let solved = Enumeration::new(&flat, LARGEST_LAYER).unwrap().solve(0.0, &mut go).unwrap();
        assert_eq!((solved.energy, solved.populations[0].degeneracy), (0.0, 16384.0));
    }
}
