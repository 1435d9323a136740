//! The Curie–Weiss model: every spin in the mean field of all, by the sum over the magnetisation.
//!
//! E = −J M²/(2N) − h M with M = Σ s, so that Z = Σ_M C(N, (N+M)/2) e^{−βE(M)}. The self-term of M² makes it differ from the
//! complete graph with bonds J/N by a constant: E = E_complete − J/2. Source: R. J. Baxter, Exactly Solved Models in Statistical
//! Mechanics (1982), chapter 3; for large N the magnetisation solves m = tanh((Jm + h)/T).

mod macrostates;

pub use macrostates::Shares;

use super::boltzmann::{Level, solve_levels};
use super::{Ground, OrderMoments, Population, Thermodynamics};
use crate::number;
use std::f64::consts::PI;

/// Up to this many spins every magnetisation is a level of its own in the table of populations.
pub const MOST_LISTED: u64 = 256;

/// The number of intervals of m beyond that.
const INTERVALS: usize = 20;

/// A Curie–Weiss magnet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurieWeiss {
    /// The number of spins N, at least 1.
    pub spins: u64,
    /// The coupling J.
    pub coupling: f64,
    /// The field h.
    pub field: f64,
}

impl CurieWeiss {
    /// E(M).
    pub fn energy(&self, magnetization: i64) -> f64 {
        let m = magnetization as f64;
        -0.5 * self.coupling * (m / self.spins as f64) * m - self.field * m
    }

    /// The thermodynamics at any finite temperature (k_B = 1; 0 is the limit from above).
    pub fn solve(&self, temperature: f64) -> Thermodynamics {
        if temperature == 0.0 {
            return self.cold();
        }
        let side = Side::new(self, temperature);
        let sums = side.sums(INTERVALS / 2);
        let energy = side.reference + sums.energy;
        let mut solved = Thermodynamics {
            log_partition: side.log_weight + libm::log(sums.total),
            energy,
            energy_variance: (sums.square - sums.energy * sums.energy).max(0.0),
            counted: None,
            populations: Vec::new(),
            complete: false,
            order: Some(OrderMoments {
                square: sums.moments[1],
                others: Some((sums.moments[0], sums.moments[2])),
            }),
            ground: Some(self.ground()).filter(|ground| {
                ground.degeneracy.is_finite()
                    && ground.gap.is_none_or(|(_, degeneracy)| degeneracy.is_finite())
            }),
        };
        if self.spins <= MOST_LISTED {
            let (levels, labels) = self.levels();
            let listed = solve_levels(&levels, temperature);
            solved.populations = listed.populations;
            solved
                .populations
                .iter_mut()
                .zip(labels)
                .for_each(|(population, label)| population.label = label);
            solved.complete = true;
        } else {
            solved.populations = self.intervals(&sums);
        }
        solved
    }

    /// Every M from −N to N as a level.
    fn levels(&self) -> (Vec<Level>, Vec<String>) {
        let spins = self.spins as i64;
        (0..=spins)
            .map(|up| {
                let m = 2 * up - spins;
                let level = Level { energy: self.energy(m), degeneracy: binomial(self.spins, up as u64) };
                (level, format!("M = {}", number::plain(m as f64)))
            })
            .unzip()
    }

    /// Equal intervals of m = M/N; an energy in the middle of each.
    fn intervals(&self, sums: &Sums) -> Vec<Population> {
        let half = INTERVALS / 2;
        (0..INTERVALS)
            .map(|index| {
                let edge = |at: usize| at as f64 / half as f64 - 1.0;
                let bin = if index >= half { index - half } else { half - 1 - index };
                let middle = 0.5 * (edge(index) + edge(index + 1)) * self.spins as f64;
                Population {
                    label: format!(
                        "m = {} to {}",
                        number::plain(edge(index)),
                        number::plain(edge(index + 1))
                    ),
                    energy: -0.5 * self.coupling * middle / self.spins as f64 * middle - self.field * middle,
                    degeneracy: 0.0,
                    probability: if index >= half { sums.shares[bin].0 } else { sums.shares[bin].1 },
                }
            })
            .collect()
    }

    /// Values of M, in order, among which are those of the two lowest energies: on each side of M = 0 the energy is concave
    /// (J > 0) or convex, so they are at the ends or about the minimum.
    fn candidates(&self) -> Vec<i64> {
        let spins = self.spins as i64;
        let best = if self.coupling < 0.0 { -self.field / self.coupling * self.spins as f64 } else { 0.0 };
        let best = best.clamp(-(spins as f64), spins as f64) as i64;
        let mut candidates: Vec<i64> = (-5..=5).map(|step| best + step).collect();
        candidates.extend([-spins, spins, 2 - spins, spins - 2]);
        candidates.retain(|m| m.abs() <= spins && (spins - m) % 2 == 0);
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }

    /// The two lowest energies.
    fn ground(&self) -> Ground {
        let spins = self.spins as i64;
        let candidates = self.candidates();
        let size = self.coupling.abs() * self.spins as f64 + self.field.abs() * self.spins as f64;
        let mut levels: Vec<Level> = candidates
            .iter()
            .map(|m| Level {
                energy: self.energy(*m),
                degeneracy: binomial(self.spins, ((spins + m) / 2) as u64),
            })
            .collect();
        if size == 0.0 {
            // All 2^N states are ground states.
            let degeneracy =
                if self.spins < 1024 { (0..spins).fold(1.0, |g, _| 2.0 * g) } else { f64::INFINITY };
            return Ground { energy: 0.0, degeneracy, gap: None };
        }
        levels.sort_by(|a, b| a.energy.total_cmp(&b.energy));
        // Energies of one value may differ by rounding.
        levels.dedup_by(|next, level| {
            let same = next.energy - level.energy <= 4.0 * f64::EPSILON * size;
            if same {
                level.degeneracy += next.degeneracy;
            }
            same
        });
        let ground = levels[0];
        let gap = levels.get(1).map(|next| (next.energy - ground.energy, next.degeneracy));
        Ground { energy: ground.energy, degeneracy: ground.degeneracy, gap }
    }

    fn cold(&self) -> Thermodynamics {
        let ground = self.ground();
        let level = Level { energy: ground.energy, degeneracy: ground.degeneracy };
        Thermodynamics { ground: Some(ground), ..solve_levels(&[level], 0.0) }
    }
}

/// The half M ≥ 0 of the sum, about its largest term.
///
/// ln C is even in M, and the weight of −M is e^{−2|βh|M} of that of M (M here counted along βh), so that one half holds
/// all. On it the weight has a single maximum: the logarithm of the ratio of neighbours,
/// ln[(N−M)/(N+M+2)] + 2βJ(M+1)/N + 2|βh|, is a concave function of M that starts at 0 or above.
struct Side {
    spins: f64,
    /// βJ and |βh|.
    coupling: f64,
    field: f64,
    /// J, and h along the favoured direction, in units of energy.
    energies: (f64, f64),
    /// Whether that direction is M < 0.
    flipped: bool,
    /// The likeliest M ≥ 0, its energy, and ln of its weight.
    mode: f64,
    reference: f64,
    log_weight: f64,
}

/// Sums over all M, normalised by the total, which is in units of the largest weight.
struct Sums {
    total: f64,
    /// ⟨E⟩ and ⟨E²⟩, with E counted from the reference.
    energy: f64,
    square: f64,
    /// ⟨|m|⟩, ⟨m²⟩, ⟨m⁴⟩.
    moments: [f64; 3],
    /// Probabilities of intervals of |m|, of m > 0 and of m < 0 (in the model's own sign).
    shares: Vec<(f64, f64)>,
}

impl Side {
    fn new(model: &CurieWeiss, temperature: f64) -> Self {
        let (coupling, field) = (model.coupling / temperature, model.field / temperature);
        let spins = model.spins as f64;
        // The direction in which weights are larger: that of βh.
        let along = if field < 0.0 { -model.field } else { model.field };
        let mut side = Self {
            spins,
            coupling,
            field: field.abs(),
            energies: (model.coupling, along),
            flipped: field < 0.0,
            mode: 0.0,
            reference: 0.0,
            log_weight: 0.0,
        };
        // The least M of the right parity from which the weight no longer grows.
        let least = model.spins % 2;
        let (mut low, mut high) = (0, model.spins / 2);
        while low < high {
            let middle = (low + high) / 2;
            if side.log_ratio((least + 2 * middle) as f64) > 0.0 { low = middle + 1 } else { high = middle }
        }
        let mode = least + 2 * low;
        side.mode = mode as f64;
        side.reference = -0.5 * model.coupling * side.mode / spins * side.mode - along * side.mode;
        side.log_weight =
            log_binomial(model.spins, model.spins.midpoint(mode)) - side.reference / temperature;
        side
    }

    /// ln of the weight of M + 2 over that of M.
    fn log_ratio(&self, m: f64) -> f64 {
        libm::log1p(-2.0 * (m + 1.0) / (self.spins + m + 2.0))
            + 2.0 * self.coupling * (m + 1.0) / self.spins
            + 2.0 * self.field
    }

    /// From the mode outwards, until what is left is below 1e−18 of the sum: upwards the ratio falls from term to term, so
    /// that a geometric series bounds the rest; downwards the terms fall, so that the last one times their number does.
    /// `visit` is given M and its weight, and returns the sum so far.
    fn walk(&self, mut visit: impl FnMut(f64, f64) -> f64) {
        visit(self.mode, 1.0);
        let (mut m, mut weight) = (self.mode, 1.0);
        while m < self.spins {
            let ratio = libm::exp(self.log_ratio(m));
            m += 2.0;
            weight *= ratio;
            let total = visit(m, weight);
            let left = weight * (0.5 * (self.spins - m)).min(ratio / (1.0 - ratio).max(1e-18));
            if left < 1e-18 * total {
                break;
            }
        }
        (m, weight) = (self.mode, 1.0);
        while m >= 2.0 {
            m -= 2.0;
            weight *= libm::exp(-self.log_ratio(m));
            let total = visit(m, weight);
            if weight * 0.5 * m < 1e-18 * total {
                break;
            }
        }
    }

    fn sums(&self, bins: usize) -> Sums {
        let mut all = Accumulator::new(self, bins);
        self.walk(|m, weight| {
            all.add(m, weight);
            all.total
        });
        all.finish()
    }
}

/// Sums in the making.
struct Accumulator<'a> {
    side: &'a Side,
    total: f64,
    energy: f64,
    square: f64,
    moments: [f64; 3],
    shares: Vec<(f64, f64)>,
}

impl<'a> Accumulator<'a> {
    fn new(side: &'a Side, bins: usize) -> Self {
        Self { side, total: 0.0, energy: 0.0, square: 0.0, moments: [0.0; 3], shares: vec![(0.0, 0.0); bins] }
    }

    fn add(&mut self, m: f64, weight: f64) {
        let side = self.side;
        let (coupling, along) = side.energies;
        // E(M) and E(−M) from the reference, by differences that do not cancel.
        let apart = m - side.mode;
        let energy = -0.5 * coupling * apart / side.spins * (m + side.mode) - along * apart;
        let mirrored = if m == 0.0 { 0.0 } else { weight * libm::exp(-2.0 * side.field * m) };
        let opposite = energy + 2.0 * along * m;
        let both = weight + mirrored;
        self.total += both;
        self.energy += weight * energy + mirrored * opposite;
        self.square += weight * energy * energy + mirrored * opposite * opposite;
        let share = m / side.spins;
        self.moments[0] += both * share;
        self.moments[1] += both * share * share;
        self.moments[2] += both * share.powi(4);
        let bins = self.shares.len();
        let bin = &mut self.shares[((share * bins as f64) as usize).min(bins - 1)];
        bin.0 += weight;
        bin.1 += mirrored;
    }

    fn finish(self) -> Sums {
        let per = 1.0 / self.total;
        // M was counted along βh.
        let flipped = self.side.flipped;
        let shares = self.shares.iter().map(|(with, against)| {
            if flipped { (against * per, with * per) } else { (with * per, against * per) }
        });
        Sums {
            total: self.total,
            energy: self.energy * per,
            square: self.square * per,
            moments: self.moments.map(|moment| moment * per),
            shares: shares.collect(),
        }
    }
}

/// C(n, k) by its product, a whole number as long as floats hold it; infinite beyond them.
fn binomial(n: u64, k: u64) -> f64 {
    let k = k.min(n - k);
    if k > 2000 {
        return f64::INFINITY;
    }
    (0..k).fold(1.0, |product, i| {
        let next = product * (n - i) as f64 / (i + 1) as f64;
        if next < 9e15 { libm::round(next) } else { next }
    })
}

/// ln C(n, k) = n H(k/n) − ½ ln[2π k (n−k)/n] + δ(n) − δ(k) − δ(n−k) with Stirling's remainders δ: nothing cancels.
pub fn log_binomial(n: u64, k: u64) -> f64 {
    let k = k.min(n - k);
    if k == 0 {
        return 0.0;
    }
    if k < 16 {
        return (0..k).map(|i| libm::log((n - i) as f64 / (i + 1) as f64)).sum();
    }
    let (total, few, rest) = (n as f64, k as f64, (n - k) as f64);
    let entropy = few * libm::log(total / few) - rest * libm::log1p(-few / total);
    let remainders = stirling(total) - stirling(few) - stirling(rest);
    entropy - 0.5 * libm::log(2.0 * PI * few * (rest / total)) + remainders
}

/// δ(n) = ln n! − (n + ½) ln n + n − ½ ln 2π = 1/12n − 1/360n³ + 1/1260n⁵ − 1/1680n⁷ + 1/1188n⁹ − … (DLMF 5.11.1), to 1e−15
/// from n = 16 on.
fn stirling(n: f64) -> f64 {
    let s = 1.0 / (n * n);
    (1.0 / 12.0
        - s * (1.0 / 360.0
            - s * (1.0 / 1260.0 - s * (1.0 / 1680.0 - s * (1.0 / 1188.0 - s * 691.0 / 360_360.0)))))
        / n
}

#[cfg(test)]
mod tests;
