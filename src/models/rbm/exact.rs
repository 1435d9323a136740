//! The exact thermodynamics of a machine: one layer enumerated, the other summed analytically.
//!
//! Z = Σ_v e^{β a·v} Π_j Σ_h e^{β h (b + vW)_j}, and the same with the layers exchanged; the smaller layer is the one that
//! is walked through, in the order of a Gray code, so that each step changes one unit and adds one row of weights.

use super::activation::Units;
use super::machine::Machine;
use crate::exact::boltzmann::{self, Level};
use crate::exact::{Counted, ExactEnsemble, Population, Thermodynamics};
use crate::number::count;
use std::ops::ControlFlow;

/// The largest layer that is enumerated: 2^24 terms.
pub const LARGEST_LAYER: usize = 24;

/// Up to 2^12 joint microstates (v,h) are listed one by one.
const JOINT_BITS: usize = 12;

/// The most populations that are listed.
const LISTED: usize = 256;

/// Terms between two fresh computations of the fields (and two reports of progress).
const BLOCK_BITS: usize = 11;

/// A machine prepared for enumeration.
#[derive(Debug)]
pub struct Enumeration {
    /// The machine turned so that its visible layer is the smaller one.
    pub(super) turned: Machine,
    /// Whether turning exchanged the layers.
    pub(super) exchanged: bool,
}

impl Enumeration {
    /// Prepares a machine.
    ///
    /// # Errors
    ///
    /// If both layers have more than `largest` units, with the number of terms.
    pub fn new(machine: &Machine, largest: usize) -> Result<Self, String> {
        let smaller = machine.visible().min(machine.hidden());
        if smaller > largest {
            return Err(format!(
                "the smaller layer has {smaller} units, and its 2^{smaller} states are beyond enumeration (2^{largest} at most)"
            ));
        }
        let exchanged = machine.hidden() < machine.visible();
        let turned = if exchanged { machine.transposed() } else { machine.clone() };
        Ok(Self { turned, exchanged })
    }

    /// ln Z at T = 1, alone; `None` when `advance`, called every few milliseconds with the share of the work done, breaks.
    pub fn log_partition(&self, advance: &mut dyn FnMut(f64) -> ControlFlow<()>) -> Option<f64> {
        let mut total = LogSum::default();
        for block in 0..self.blocks() {
            let mut part = LogSum::default();
            self.walk_block(block, 1.0, &mut |_, bias, fields| {
                part.add(bias + self.turned.units.log_sums(fields))
            });
            total.add(part.value());
            if advance((block + 1) as f64 / self.blocks() as f64).is_break() {
                return None;
            }
        }
        Some(total.value())
    }

    /// Calls `visit(pattern, β · bias energy, β · fields)` for every state of the smaller layer: the on/off pattern as
    /// bits, β Σ a_i v_i, and the fields β(b_j + Σ_i v_i W_ij) on the units of the larger layer.
    fn walk(&self, beta: f64, visit: &mut dyn FnMut(usize, f64, &[f64])) {
        for block in 0..self.blocks() {
            self.walk_block(block, beta, visit);
        }
    }

    pub(super) fn blocks(&self) -> usize {
        1 << self.turned.visible().saturating_sub(BLOCK_BITS)
    }

    pub(super) fn walk_block(&self, block: usize, beta: f64, visit: &mut dyn FnMut(usize, f64, &[f64])) {
        let machine = &self.turned;
        let units = machine.visible();
        let length = 1 << units.min(BLOCK_BITS);
        let start = block * length;
        let mut pattern = start ^ (start >> 1);
        let state: Vec<f64> = (0..units).map(|i| machine.units.value(pattern >> i & 1 == 1)).collect();
        let mut bias: f64 = beta * super::machine::dot(&machine.visible_bias, &state);
        let mut fields: Vec<f64> = machine.hidden_fields(&state).iter().map(|field| beta * field).collect();
        visit(pattern, bias, &fields);
        let step = beta * (machine.units.value(true) - machine.units.value(false));
        for code in start + 1..start + length {
            let unit = code.trailing_zeros() as usize;
            pattern ^= 1 << unit;
            let change = if pattern >> unit & 1 == 1 { step } else { -step };
            bias += change * machine.visible_bias[unit];
            for (field, weight) in fields.iter_mut().zip(machine.row(unit)) {
                *field += change * weight;
            }
            visit(pattern, bias, &fields);
        }
    }

    /// The energy of every joint microstate by definition, the states of the smaller layer changing slowest.
    fn joint_energies(&self) -> Vec<f64> {
        let machine = &self.turned;
        let layer = |units: usize| -> Vec<Vec<f64>> {
            let state = |code: usize| (0..units).map(|i| machine.units.value(code >> i & 1 == 1)).collect();
            (0..1 << units).map(state).collect()
        };
        let (small, large) = (layer(machine.visible()), layer(machine.hidden()));
        small.iter().flat_map(|v| large.iter().map(move |h| machine.energy(v, h))).collect()
    }

    /// Every joint microstate by itself: its energy by definition, and its probability by the sum over all.
    fn counted(&self, temperature: f64) -> Counted {
        let level = |energy: f64| Level { energy, degeneracy: 1.0 };
        let levels: Vec<Level> = self.joint_energies().into_iter().map(level).collect();
        boltzmann::counted(&boltzmann::solve_levels(&levels, temperature).populations)
    }

    /// "v=101 h=01", of patterns of the smaller and of the larger layer.
    fn label(&self, small: usize, large: usize) -> String {
        let first = word(small, self.turned.visible(), self.turned.units);
        let second = word(large, self.turned.hidden(), self.turned.units);
        if self.exchanged { format!("v={second} h={first}") } else { format!("v={first} h={second}") }
    }

    /// The likeliest joint microstates, of all 2^(n_v + n_h).
    fn joint_populations(&self, beta: f64, log_partition: f64) -> Vec<Population> {
        let machine = &self.turned;
        let (small, large) = (machine.visible(), machine.hidden());
        let mut top = Top::default();
        self.walk(beta, &mut |pattern, bias, fields| {
            for other in 0..1usize << large {
                let sum: f64 = fields
                    .iter()
                    .enumerate()
                    .map(|(j, field)| field * machine.units.value(other >> j & 1 == 1))
                    .sum();
                top.add(bias + sum, pattern | other << small, -(bias + sum) / beta);
            }
        });
        top.finish()
            .into_iter()
            .map(|(log_weight, code, energy)| Population {
                label: self.label(code & ((1 << small) - 1), code >> small),
                energy,
                degeneracy: 1.0,
                probability: libm::exp(log_weight - log_partition),
            })
            .collect()
    }
}

impl ExactEnsemble for Enumeration {
    fn method(&self) -> String {
        let (small, large) = if self.exchanged { ("hidden", "visible") } else { ("visible", "hidden") };
        let terms = count(1 << self.turned.visible());
        format!(
            "enumeration of the {terms} states of the {small} layer, the {large} layer summed analytically"
        )
    }

    fn terms(&self) -> f64 {
        libm::exp2(self.turned.visible() as f64)
    }

    /// The mean and the variance come from the exact conditional moments: given the enumerated layer, the energy is a
    /// sum over independent units, so Var E = Var(⟨E | v⟩) + ⟨Var(E | v)⟩.
    fn solve(
        &self,
        temperature: f64,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Thermodynamics> {
        let machine = &self.turned;
        let beta = 1.0 / temperature;
        let joint = machine.visible() + machine.hidden() <= JOINT_BITS;
        if temperature == 0.0 {
            let patterns = 1_usize << machine.hidden().min(JOINT_BITS);
            let named = |(code, energy): (usize, f64)| (self.label(code / patterns, code % patterns), energy);
            let states = joint.then(|| self.joint_energies().into_iter().enumerate().map(named).collect());
            return self.cold(states, LISTED, advance);
        }
        let (mut total, mut top) = (Moments::default(), Top::default());
        for block in 0..self.blocks() {
            let mut part = Moments::default();
            self.walk_block(block, beta, &mut |pattern, bias, fields| {
                // In units of T: reduced energies βE, divided by β at the end.
                let log_weight = bias + machine.units.log_sums(fields);
                let (mut mean, mut variance) = (-bias, 0.0);
                for &field in fields {
                    mean -= field * machine.units.mean(field);
                    variance += field * field * machine.units.variance(field);
                }
                part.add(log_weight, mean, variance);
                if !joint {
                    top.add(log_weight, pattern, mean * temperature);
                }
            });
            total.merge(&part);
            if advance((block + 1) as f64 / self.blocks() as f64).is_break() {
                return None;
            }
        }
        let log_partition = total.log_weight();
        let populations = if joint {
            self.joint_populations(beta, log_partition)
        } else {
            let layer = if self.exchanged { "h" } else { "v" };
            let degeneracy = libm::exp2(machine.hidden() as f64);
            top.finish()
                .into_iter()
                .map(|(log_weight, pattern, energy)| Population {
                    label: format!("{layer}={}", word(pattern, machine.visible(), machine.units)),
                    energy,
                    degeneracy,
                    probability: libm::exp(log_weight - log_partition),
                })
                .collect()
        };
        Some(Thermodynamics {
            log_partition,
            energy: total.mean * temperature,
            energy_variance: total.variance() * temperature * temperature,
            counted: joint.then(|| self.counted(temperature)),
            complete: joint && populations.len() == 1 << (machine.visible() + machine.hidden()),
            populations,
            order: None,
            ground: None,
        })
    }
}

/// A layer's pattern as a word, unit 0 first.
fn word(pattern: usize, count: usize, units: Units) -> String {
    let values: Vec<f64> = (0..count).map(|i| units.value(pattern >> i & 1 == 1)).collect();
    units.word(&values)
}

/// A running ln Σ e^x.
#[derive(Debug, Clone, Copy)]
struct LogSum {
    peak: f64,
    sum: f64,
}

impl Default for LogSum {
    fn default() -> Self {
        Self { peak: f64::NEG_INFINITY, sum: 0.0 }
    }
}

impl LogSum {
    fn add(&mut self, x: f64) {
        if x > self.peak {
            self.sum = self.sum * libm::exp(self.peak - x) + 1.0;
            self.peak = x;
        } else {
            self.sum += libm::exp(x - self.peak);
        }
    }

    fn value(&self) -> f64 {
        self.peak + libm::log(self.sum)
    }
}

/// Running weighted moments by West's update (1979, doi:10.1145/359146.359153), with weights e^{x − peak}.
#[derive(Debug, Clone, Copy)]
struct Moments {
    peak: f64,
    weight: f64,
    mean: f64,
    between: f64,
    within: f64,
}

impl Default for Moments {
    fn default() -> Self {
        Self { peak: f64::NEG_INFINITY, weight: 0.0, mean: 0.0, between: 0.0, within: 0.0 }
    }
}

impl Moments {
    fn add(&mut self, log_weight: f64, mean: f64, variance: f64) {
        self.merge(&Self { peak: log_weight, weight: 1.0, mean, between: 0.0, within: variance });
    }

    fn merge(&mut self, other: &Self) {
        let peak = self.peak.max(other.peak);
        let (keep, take) = (libm::exp(self.peak - peak), libm::exp(other.peak - peak));
        let (mine, theirs) = (self.weight * keep, other.weight * take);
        let weight = mine + theirs;
        let difference = other.mean - self.mean;
        self.between =
            self.between * keep + other.between * take + difference * difference * mine * theirs / weight;
        self.within = self.within * keep + other.within * take;
        self.mean += difference * theirs / weight;
        (self.peak, self.weight) = (peak, weight);
    }

    fn log_weight(&self) -> f64 {
        self.peak + libm::log(self.weight)
    }

    fn variance(&self) -> f64 {
        (self.between + self.within) / self.weight
    }
}

/// The likeliest entries met so far, as (log weight, code, energy).
#[derive(Debug, Default)]
struct Top {
    entries: Vec<(f64, usize, f64)>,
    bar: Option<f64>,
}

impl Top {
    fn add(&mut self, log_weight: f64, code: usize, energy: f64) {
        if self.bar.is_some_and(|bar| log_weight < bar) {
            return;
        }
        self.entries.push((log_weight, code, energy));
        if self.entries.len() >= 4 * LISTED {
            self.shorten();
            self.bar = self.entries.last().map(|entry| entry.0);
        }
    }

    fn shorten(&mut self) {
        self.entries.sort_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)));
        self.entries.truncate(LISTED);
    }

    fn finish(mut self) -> Vec<(f64, usize, f64)> {
        self.shorten();
        self.entries
    }
}

#[cfg(test)]
mod tests {
    use super::super::machine::tests::{bits, random_machine};
    use super::*;

    /// ln Z, mean energy, variance and the largest probability by brute force over all (v,h).
    fn brute(machine: &Machine, beta: f64) -> (f64, f64, f64, f64) {
        let mut energies = Vec::new();
        for v in 0..1 << machine.visible() {
            for h in 0..1 << machine.hidden() {
                energies.push(machine.energy(
                    &bits(v, machine.visible(), machine.units),
                    &bits(h, machine.hidden(), machine.units),
                ));
            }
        }
        let lowest = energies.iter().copied().fold(f64::INFINITY, f64::min);
        let weights: Vec<f64> = energies.iter().map(|energy| libm::exp(-beta * (energy - lowest))).collect();
        let z: f64 = weights.iter().sum();
        let mean = weights.iter().zip(&energies).map(|(w, e)| w * e).sum::<f64>() / z;
        let variance =
            weights.iter().zip(&energies).map(|(w, e)| w * (e - mean) * (e - mean)).sum::<f64>() / z;
        (libm::log(z) - beta * lowest, mean, variance, 1.0 / z)
    }

    #[test]
    fn enumeration_agrees_with_brute_force_over_both_layers() {
        for (seed, &(visible, hidden)) in [(1, 1), (6, 4), (4, 6), (2, 9), (9, 2), (7, 7)].iter().enumerate()
        {
            for units in [Units::Binary, Units::Spin] {
                let machine = random_machine(visible, hidden, units, 1.5, 100 + seed as u64);
                let exact = Enumeration::new(&machine, LARGEST_LAYER).unwrap();
                for temperature in [2.0, 1.0, 0.5] {
                    let beta = 1.0 / temperature;
                    let (log_z, mean, variance, largest) = brute(&machine, beta);
                    let solved = exact.solve(temperature, &mut |_| ControlFlow::Continue(())).unwrap();
                    assert!((solved.log_partition - log_z).abs() < 1e-10);
                    assert!((solved.energy - mean).abs() < 1e-10);
                    assert!((solved.energy_variance - variance).abs() < 1e-10);
                    let entropy = (solved.energy * beta) + solved.log_partition;
                    assert!((entropy - (mean * beta + log_z)).abs() < 1e-10);
                    if visible + hidden <= JOINT_BITS {
                        let counted = solved.counted.unwrap();
                        assert_eq!(counted.states, libm::exp2((visible + hidden) as f64));
                        assert!((counted.energy - mean).abs() < 1e-10);
                        assert!((counted.entropy - entropy).abs() < 1e-10);
                        assert!((solved.populations[0].probability - largest).abs() < 1e-12);
                        if visible + hidden <= 8 {
                            let sum: f64 = solved.populations.iter().map(|p| p.probability).sum();
                            assert!((sum - 1.0).abs() < 1e-12);
                        }
                    } else {
                        let sum: f64 = solved.populations.iter().map(|p| p.probability).sum();
                        assert!((sum - 1.0).abs() < 1e-12, "2^7 states of one layer are all listed");
                    }
                }
                let solved = exact.solve(1.0, &mut |_| ControlFlow::Continue(())).unwrap();
                assert!(
                    (exact.log_partition(&mut |_| ControlFlow::Continue(())).unwrap() - solved.log_partition)
                        .abs()
                        < 1e-12
                );
            }
        }
    }

    #[test]
    fn many_blocks_and_a_lopsided_machine_agree_with_the_other_layer() {
        // 14 hidden units in 8 blocks; summing over the 15 visible ones instead must give the same.
        let machine = random_machine(15, 14, Units::Binary, 1.0, 7);
        let small = Enumeration::new(&machine, LARGEST_LAYER).unwrap();
        let large = Enumeration { turned: machine, exchanged: false };
        assert!(small.exchanged);
        let mut calls = 0;
        let solved = small
            .solve(0.8, &mut |_| {
                calls += 1;
                ControlFlow::Continue(())
            })
            .unwrap();
        let other = large.solve(0.8, &mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(calls, 8);
        assert!((solved.log_partition - other.log_partition).abs() < 1e-10);
        assert!((solved.energy - other.energy).abs() < 1e-10);
        assert!((solved.energy_variance - other.energy_variance).abs() < 1e-9);
        assert!(small.solve(1.0, &mut |_| ControlFlow::Break(())).is_none());
    }

    #[test]
    fn labels_name_both_layers_and_limits_name_the_terms() {
        let machine = Machine {
            weights: vec![3.0, 0.0, 0.0],
            visible_bias: vec![1.0, -5.0, 4.0],
            hidden_bias: vec![1.0],
            units: Units::Binary,
        };
        let solved = Enumeration::new(&machine, LARGEST_LAYER)
            .unwrap()
            .solve(1.0, &mut |_| ControlFlow::Continue(()))
            .unwrap();
        assert_eq!(solved.populations[0].label, "v=101 h=1");
        assert_eq!(solved.populations[0].energy, -9.0);
        let large = random_machine(30, 31, Units::Binary, 0.1, 1);
        assert!(Enumeration::new(&large, LARGEST_LAYER).unwrap_err().contains("2^30"));
    }
}
