//! Derrida's random energy model: 2^N independent Gaussian levels, summed one by one.
//!
//! Source: B. Derrida, Phys. Rev. B 24 (1981) 2613, doi:10.1103/PhysRevB.24.2613. The levels have variance N J²/2; for large N
//! the system freezes into the lowest of them at T_c = J/(2 √ln 2).

use super::{Counted, ExactEnsemble, Ground, Population, Thermodynamics};
use crate::rng::{self, Stream};
use std::ops::ControlFlow;
use std::sync::OnceLock;

/// The most spins: 2^24 levels in 128 MiB.
pub const MOST_SPINS: u32 = 24;

/// How many of the lowest levels are listed.
const LISTED: usize = 12;

/// Levels are summed in pieces of this many, between which a run can be stopped.
const PIECE: usize = 1 << 16;

/// 2^N levels of variance N J²/2, drawn when first asked for.
pub struct RandomEnergy {
    spins: u32,
    coupling: f64,
    stream: Stream,
    levels: OnceLock<Vec<f64>>,
}

impl RandomEnergy {
    /// The levels of `spins` ≤ [`MOST_SPINS`] spins and the coupling J, which `stream` decides.
    pub fn new(spins: u32, coupling: f64, stream: Stream) -> Self {
        Self { spins, coupling, stream, levels: OnceLock::new() }
    }

    /// All levels, in ascending order.
    pub fn levels(&self) -> &[f64] {
        self.levels.get_or_init(|| {
            let mut stream = self.stream.clone();
            let width = self.coupling.abs() * libm::sqrt(0.5 * f64::from(self.spins));
            let mut levels: Vec<f64> =
                (0..1_usize << self.spins).map(|_| width * rng::standard_normal(&mut stream)).collect();
            levels.sort_unstable_by(f64::total_cmp);
            levels
        })
    }
}

impl ExactEnsemble for RandomEnergy {
    fn method(&self) -> String {
        format!("a sum over all 2^{} levels", self.spins)
    }

    fn terms(&self) -> f64 {
        libm::exp2(f64::from(self.spins))
    }

    fn memory(&self) -> u64 {
        (8 << self.spins) + (2 << 20)
    }

    fn solve(
        &self,
        temperature: f64,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Thermodynamics> {
        let levels = self.levels();
        let (lowest, highest) = (levels[0], levels[levels.len() - 1]);
        let reference = if temperature < 0.0 { highest } else { lowest };
        // At T = 0 the limit: the levels at the reference alone.
        let exponent = |excess: f64| if excess == 0.0 { 0.0 } else { -excess / temperature };
        let (mut total, mut first, mut second) = (0.0, 0.0, 0.0);
        // From the least weights to the largest.
        let mut done = 0;
        let mut piece = |part: &mut dyn Iterator<Item = &f64>| {
            let (mut zero, mut one, mut two) = (0.0, 0.0, 0.0);
            for level in part {
                let excess = level - reference;
                let weight = libm::exp(exponent(excess));
                zero += weight;
                one += weight * excess;
                two += weight * excess * excess;
            }
            total += zero;
            first += one;
            second += two;
            done += PIECE;
            advance((done as f64 / levels.len() as f64).min(1.0))
        };
        if temperature < 0.0 {
            for part in levels.chunks(PIECE) {
                if piece(&mut part.iter()).is_break() {
                    return None;
                }
            }
        } else {
            for part in levels.rchunks(PIECE) {
                if piece(&mut part.iter().rev()).is_break() {
                    return None;
                }
            }
        }
        let (mean, log_total) = (first / total, libm::log(total));
        let share = |energy: f64| libm::exp(exponent(energy - reference)) / total;
        // S = −Σ p ln p by the levels themselves.
        let entropy: f64 = levels
            .iter()
            .map(|energy| exponent(energy - reference))
            .filter(|exponent| *exponent > -600.0)
            .map(|exponent| libm::exp(exponent) / total * (log_total - exponent))
            .sum();
        let shift = if reference == 0.0 { 0.0 } else { reference / temperature };
        Some(Thermodynamics {
            log_partition: log_total - shift,
            energy: reference + mean,
            energy_variance: (second / total - mean * mean).max(0.0),
            counted: Some(Counted { states: levels.len() as f64, energy: reference + mean, entropy }),
            populations: populations(levels, share),
            complete: false,
            order: None,
            ground: ground(levels),
        })
    }
}

/// The lowest levels, and all others together with their mean energy.
fn populations(levels: &[f64], share: impl Fn(f64) -> f64) -> Vec<Population> {
    let (listed, others) = levels.split_at(LISTED.min(levels.len()));
    let mut lines: Vec<Population> = (0..)
        .zip(listed)
        .map(|(index, energy)| Population {
            label: format!("level {index}"),
            energy: *energy,
            degeneracy: 1.0,
            probability: share(*energy),
        })
        .collect();
    if let Some(next) = others.first() {
        let probability: f64 = others.iter().map(|energy| share(*energy)).sum();
        let energy: f64 = others.iter().map(|energy| share(*energy) * (energy - next)).sum();
        let mean = if probability > 0.0 { next + energy / probability } else { *next };
        lines.push(Population {
            label: "all others".to_owned(),
            energy: mean,
            degeneracy: others.len() as f64,
            probability,
        });
    }
    lines
}

fn ground(levels: &[f64]) -> Option<Ground> {
    let energy = *levels.first()?;
    let count = |energy: f64| levels.iter().take_while(|level| **level <= energy).count() as f64;
    let degeneracy = count(energy);
    let next = levels.get(degeneracy as usize);
    let gap = next.map(|next| (next - energy, count(*next) - degeneracy));
    Some(Ground { energy, degeneracy, gap })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::boltzmann::{Level, solve_levels};

    fn model(spins: u32) -> RandomEnergy {
        RandomEnergy::new(spins, 1.3, rng::stream(5, "disorder", "test", 0))
    }

    fn solve(model: &RandomEnergy, temperature: f64) -> Thermodynamics {
        model.solve(temperature, &mut |_| ControlFlow::Continue(())).unwrap()
    }

    #[test]
    fn it_is_the_sum_over_its_levels() {
        for spins in [1, 5, 11, 17] {
            let model = model(spins);
            let levels: Vec<Level> =
                model.levels().iter().map(|energy| Level { energy: *energy, degeneracy: 1.0 }).collect();
            for temperature in [0.0, 0.2, 1.0, 30.0, -0.7] {
                let (found, expected) = (solve(&model, temperature), solve_levels(&levels, temperature));
                let close =
                    |a: f64, b: f64| assert!(a == b || (a - b).abs() < 1e-11 * b.abs().max(1.0), "{a} {b}");
                close(found.log_partition, expected.log_partition);
                close(found.energy, expected.energy);
                close(found.energy_variance, expected.energy_variance);
                assert_eq!(found.ground, expected.ground);
                let entropy: f64 = expected
                    .populations
                    .iter()
                    .filter(|population| population.probability > 0.0)
                    .map(|population| -population.probability * libm::log(population.probability))
                    .sum();
                close(found.counted.unwrap().entropy, entropy);
                close(found.populations.iter().map(|population| population.probability).sum(), 1.0);
            }
        }
    }

    #[test]
    fn the_levels_are_gaussian_and_the_hot_side_follows_derrida() {
        let model = model(20);
        let variance = model.levels().iter().map(|energy| energy * energy).sum::<f64>() / 1_048_576.0;
        // 10·1.3², with a relative standard error of √(2/2^20).
        assert!((variance / 16.9 - 1.0).abs() < 5.0 * libm::sqrt(2.0 / 1_048_576.0), "{variance}");
        // ln Z = N (ln 2 + J²/4T²) above T_c; at T = 2 J the sample differs by e^{Nβ²J²/4}/2^{N/2} or so.
        let temperature = 2.6;
        let log = 20.0 * (std::f64::consts::LN_2 + 1.69 / (4.0 * temperature * temperature));
        assert!((solve(&model, temperature).log_partition - log).abs() < 0.02);
    }

    #[test]
    fn a_sum_can_be_stopped() {
        assert!(model(18).solve(1.0, &mut |_| ControlFlow::Break(())).is_none());
    }
}
