//! Occupation numbers: N distinguishable objects in boxes with energies, at a fixed total energy, counted exactly.
//!
//! With boxes j of energies E_j and g_j places each, the number of assignments that have the total energy E is
//!
//! Ω(N, E) = Σ_n N! ∏_j g_j^{n_j}/n_j!  over all n with Σ n_j = N and Σ n_j E_j = E,
//!
//! the coefficient of x^E in (Σ_j g_j x^{E_j})^N. All assignments are equally probable, so that
//! ⟨n_j⟩ = N g_j Ω(N−1, E−E_j)/Ω(N, E) and ⟨n_j (n_j − 1)⟩ = N (N−1) g_j² Ω(N−2, E−2E_j)/Ω(N, E).
//!
//! The sums are taken with the weights p_j = g_j e^{−βE_j}/Z whose mean energy is E/N, which every assignment of the energy
//! E shares as a factor: Ω = Z^N e^{βE} P, where P is the probability that N independent objects have the energy E together.
//! All terms are positive, so nothing cancels, and P is not small however large Ω is (C. G. Darwin and R. H. Fowler 1922,
//! doi:10.1080/14786440908565189; J. M. van Campenhout and T. M. Cover 1981, doi:10.1109/TIT.1981.1056374).

mod likeliest;
mod powers;
mod unit;

pub use unit::{Fault, Quanta};

use super::boltzmann::{Level, log_sum_exp};
use crate::number;
use powers::{Powers, Sums};
use std::ops::ControlFlow;

/// The most terms that one count may take: some tens of seconds.
const MOST_TERMS: f64 = 2e10;

/// Below this P the terms that were dropped (see [`powers`]) may matter.
const LEAST: f64 = 1e-120;

/// N objects in boxes at a total energy that some assignment has.
#[derive(Debug, Clone, PartialEq)]
pub struct Occupation {
    objects: u64,
    boxes: Vec<Level>,
    quanta: Quanta,
    limit: Option<Boltzmann>,
}

/// What an [`Occupation`] amounts to.
#[derive(Debug, Clone, PartialEq)]
pub struct Occupied {
    /// ln Ω(N, E).
    pub log_multiplicity: f64,
    /// One line for each box, in their order.
    pub boxes: Vec<BoxOccupation>,
    /// ln of the number of assignments of the most probable distribution n*, ln (N! ∏ g_j^{n_j*}/n_j*!); `None` where n* was
    /// not found.
    pub log_likeliest: Option<f64>,
}

/// How one box is occupied.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoxOccupation {
    /// ⟨n_j⟩ over all assignments.
    pub mean: f64,
    /// ⟨n_j²⟩ − ⟨n_j⟩².
    pub variance: f64,
    /// n_j*, the occupation in the distribution n* that the most assignments share.
    pub likeliest: Option<u64>,
}

/// The Boltzmann distribution p_j = g_j e^{−βE_j}/Z whose mean energy is that of an object, E/N.
#[derive(Debug, Clone, PartialEq)]
pub struct Boltzmann {
    /// β in units of one over the energies': ±∞ where all objects are in the lowest or highest boxes, and `None` where all
    /// boxes have one energy, which then says nothing of β.
    pub inverse_temperature: Option<f64>,
    /// p_j for each box.
    pub probabilities: Vec<f64>,
    /// Its entropy ln Z + βE/N = −Σ p_j ln(p_j/g_j).
    pub entropy: f64,
    /// ln p_j up to a constant that is common to the boxes which can be occupied.
    logarithms: Vec<f64>,
}

impl Occupation {
    /// Objects, boxes and the total energy; the boxes' energies must be multiples of a common unit, counted from the lowest.
    ///
    /// # Errors
    ///
    /// No boxes, energies without a common unit, a total energy that no assignment has (with the range, the step and the
    /// nearest that can be had), or a count beyond reach (with the number of terms).
    pub fn new(objects: u64, boxes: &[Level], energy: f64) -> Result<Self, Fault> {
        let quanta = Quanta::new(objects, boxes, energy)?;
        let limit = (objects > 0).then(|| Boltzmann::new(objects, boxes, &quanta));
        let occupation = Self { objects, boxes: boxes.to_vec(), quanta, limit };
        let terms = occupation.terms();
        if terms > MOST_TERMS {
            return Err(Fault::Size(format!(
                "{} objects in boxes of up to {} steps of {} take {} terms to count ({} at most)",
                number::count(objects),
                number::count(occupation.quanta.highest()),
                number::plain(occupation.quanta.unit),
                number::significant(terms, 2),
                number::significant(MOST_TERMS, 2),
            )));
        }
        Ok(occupation)
    }

    /// N.
    pub fn objects(&self) -> u64 {
        self.objects
    }

    /// E_j and g_j of the boxes.
    pub fn boxes(&self) -> &[Level] {
        &self.boxes
    }

    /// The unit of energy and everything in multiples of it.
    pub fn quanta(&self) -> &Quanta {
        &self.quanta
    }

    /// The distribution that ⟨n_j⟩/N tends to for large N; `None` for no objects.
    pub fn boltzmann(&self) -> Option<&Boltzmann> {
        self.limit.as_ref()
    }

    /// How many products [`Occupation::solve`] sums.
    pub fn terms(&self) -> f64 {
        self.powers().terms().max(self.boxes.len() as f64)
    }

    /// Bytes of memory while [`Occupation::solve`] runs.
    pub fn memory(&self) -> u64 {
        (2 << 20) + 32 * self.powers().widest() as u64
    }

    /// Sums of independent objects, up to N − 2 of them: what all counts follow from.
    fn powers(&self) -> Powers {
        let none = Vec::new();
        let shares = self.limit.as_ref().map_or(&none, |limit| &limit.probabilities);
        let base = self.quanta.steps.iter().zip(shares).map(|(step, share)| (*step, *share));
        Powers::new(base.collect(), self.objects.saturating_sub(2), self.quanta.total)
    }

    /// Counts the assignments; `None` when `advance`, called with the share of the work done, breaks.
    ///
    /// ln Ω is exact to rounding, about 10⁻¹⁴ of its size; variances, which cancel, to about N 10⁻¹⁵ of theirs.
    ///
    /// # Errors
    ///
    /// All assignments of this energy are so unlike the Boltzmann distribution that their share P underflows: energies
    /// that can be reached from combinations of very few boxes alone.
    pub fn solve(&self, advance: &mut dyn FnMut(f64) -> ControlFlow<()>) -> Option<Result<Occupied, String>> {
        let Some(limit) = &self.limit else {
            return Some(Ok(Occupied {
                log_multiplicity: 0.0,
                boxes: vec![BoxOccupation { mean: 0.0, variance: 0.0, likeliest: Some(0) }; self.boxes.len()],
                log_likeliest: Some(0.0),
            }));
        };
        let powers = self.powers();
        let sums = powers.solve(advance)?;
        let (objects, total) = (self.objects as f64, self.quanta.total as i64);
        let counts = Counts { sums: &sums, base: powers.base(), objects: self.objects };
        let whole = counts.of_all(total);
        if whole < LEAST {
            return Some(Err(format!(
                "no arrangement of the energy {} is near the Boltzmann distribution: its share of e^(N S), {whole:.0e}, leaves \
                 the range of floating-point numbers",
                number::plain(self.quanta.energy(self.objects))
            )));
        }
        let (likeliest, log_likeliest) = match self.most_probable(limit) {
            Some((occupations, logarithm)) => (occupations.into_iter().map(Some).collect(), Some(logarithm)),
            None => (vec![None; self.boxes.len()], None),
        };
        let occupation = |((step, share), likeliest): ((&u64, &f64), Option<u64>)| {
            let step = *step as i64;
            let mean = objects * share * counts.of_one_less(total - step) / whole;
            let pairs = match self.objects {
                1 => 0.0,
                _ => objects * (objects - 1.0) * share * share * counts.of_two_less(total - 2 * step) / whole,
            };
            let variance = pairs + mean * (1.0 - mean);
            // What rounding leaves of 0.
            let variance = if variance <= 1e-13 * mean * mean { 0.0 } else { variance };
            BoxOccupation { mean, variance, likeliest }
        };
        let boxes = self.quanta.steps.iter().zip(&limit.probabilities).zip(likeliest).map(occupation);
        Some(Ok(Occupied {
            log_multiplicity: objects * limit.entropy + libm::log(whole),
            boxes: boxes.collect(),
            log_likeliest,
        }))
    }

    /// n* and the logarithm of the number of its assignments.
    fn most_probable(&self, limit: &Boltzmann) -> Option<(Vec<u64>, f64)> {
        let open = |index: &usize| self.quanta.open[*index];
        let indices: Vec<usize> = (0..self.boxes.len()).filter(open).collect();
        let boxes: Vec<(u64, f64)> =
            indices.iter().map(|index| (self.quanta.steps[*index], limit.logarithms[*index])).collect();
        let found = likeliest::likeliest(self.objects, self.quanta.total, &boxes)?;
        let mut occupations = vec![0; self.boxes.len()];
        for (index, count) in indices.into_iter().zip(found) {
            occupations[index] = count;
        }
        let logarithm = log_assignments(&self.boxes, &occupations);
        Some((occupations, logarithm))
    }
}

impl Occupied {
    /// KL(⟨n⟩/N ‖ p) = Σ (⟨n_j⟩/N) ln(⟨n_j⟩/(N p_j)) in nats, the distance of the mean occupations from a distribution p.
    ///
    /// Summed as Σ p_j ((1+x) ln(1+x) − x) with x = ⟨n_j⟩/(N p_j) − 1, whose terms are positive: the sum is of order 1/N²
    /// while the logarithms are of order 1/N.
    pub fn divergence(&self, limit: &Boltzmann) -> f64 {
        let objects: f64 = self.boxes.iter().map(|one| one.mean).sum();
        let term = |(one, p): (&BoxOccupation, &f64)| {
            if *p > 0.0 { p * convex((one.mean / objects - p) / p) } else { 0.0 }
        };
        self.boxes.iter().zip(&limit.probabilities).map(term).sum()
    }

    /// The width of the peak: √(Σ_j Var n_j)/N, the root-mean-square distance of n/N from its mean.
    pub fn width(&self) -> f64 {
        let objects: f64 = self.boxes.iter().map(|one| one.mean).sum();
        libm::sqrt(self.boxes.iter().map(|one| one.variance).sum::<f64>()) / objects
    }
}

/// (1+x) ln(1+x) − x for x ≥ −1.
fn convex(x: f64) -> f64 {
    if x <= -1.0 {
        return 1.0;
    }
    if x.abs() > 0.02 {
        return (1.0 + x) * libm::log1p(x) - x;
    }
    // Σ_{k≥2} (−x)^k/(k (k−1)): nine terms for x = 0.02.
    let mut power = 1.0;
    let mut sum = 0.0;
    for k in 2..12 {
        power *= if k == 2 { x * x } else { -x };
        sum += power / f64::from(k * (k - 1));
    }
    sum
}

/// ln N!.
pub fn log_factorial(n: u64) -> f64 {
    if n < 2 { 0.0 } else { libm::lgamma(n as f64 + 1.0) }
}

/// Stirling's ln N! ≈ N ln N − N, and 0 for N = 0.
pub fn stirling(n: u64) -> f64 {
    let n = n as f64;
    if n == 0.0 { 0.0 } else { n * libm::log(n) - n }
}

/// ln (N! ∏ g_j^{n_j}/n_j!), the number of assignments that share the occupations n.
pub fn log_assignments(boxes: &[Level], occupations: &[u64]) -> f64 {
    let terms = boxes.iter().zip(occupations).filter(|(_, count)| **count > 0);
    let inner: f64 =
        terms.map(|(one, count)| *count as f64 * libm::log(one.degeneracy) - log_factorial(*count)).sum();
    log_factorial(occupations.iter().sum()) + inner
}

/// The probabilities that N, N − 1 and N − 2 independent objects have a given energy.
struct Counts<'a> {
    /// Of N − 2 objects; of none for N < 2.
    sums: &'a Sums,
    base: &'a [(u64, f64)],
    objects: u64,
}

impl Counts<'_> {
    fn of_two_less(&self, energy: i64) -> f64 {
        self.sums.probability(energy)
    }

    fn with_one_more(&self, energy: i64, count: impl Fn(i64) -> f64) -> f64 {
        self.base.iter().map(|(step, share)| share * count(energy - *step as i64)).sum()
    }

    fn of_one_less(&self, energy: i64) -> f64 {
        match self.objects {
            0 | 1 => self.of_two_less(energy),
            _ => self.with_one_more(energy, |energy| self.of_two_less(energy)),
        }
    }

    fn of_all(&self, energy: i64) -> f64 {
        self.with_one_more(energy, |energy| self.of_one_less(energy))
    }
}

impl Boltzmann {
    fn new(objects: u64, boxes: &[Level], quanta: &Quanta) -> Self {
        let open: Vec<f64> = quanta.steps.iter().map(|step| quanta.excess(*step, objects)).collect();
        let (lowest, highest) = (quanta.total == 0, quanta.total == objects * quanta.highest());
        let logs: Vec<f64> = boxes.iter().map(|one| libm::log(one.degeneracy)).collect();
        // β per quantum.
        let beta = match (lowest, highest) {
            (true, true) => None,
            (true, false) => Some(f64::INFINITY),
            (false, true) => Some(f64::NEG_INFINITY),
            (false, false) => Some(slope(&logs, &open)),
        };
        let logarithms: Vec<f64> = logs
            .iter()
            .zip(&open)
            .map(|(log, excess)| match beta {
                Some(beta) if *excess != 0.0 => log - beta * excess,
                _ => *log,
            })
            .collect();
        let entropy = log_sum_exp(&logarithms);
        Self {
            inverse_temperature: beta.map(|beta| beta / quanta.unit),
            probabilities: logarithms.iter().map(|log| libm::exp(log - entropy)).collect(),
            entropy,
            logarithms: logarithms.iter().map(|log| log - entropy).collect(),
        }
    }
}

/// The β at which Σ g e^{−βx} x = 0, for x of both signs: a falling function of β, halved down to neighbouring numbers.
fn slope(logs: &[f64], excesses: &[f64]) -> f64 {
    let mean = |beta: f64| -> f64 {
        let exponents: Vec<f64> = logs.iter().zip(excesses).map(|(log, x)| log - beta * x).collect();
        let largest = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        exponents.iter().zip(excesses).map(|(exponent, x)| libm::exp(exponent - largest) * x).sum()
    };
    let rising = |beta: f64| mean(beta) > 0.0;
    let (mut low, mut high) = (-1.0, 1.0);
    while !rising(low) && low > -1e300 {
        low *= 2.0;
    }
    while rising(high) && high < 1e300 {
        high *= 2.0;
    }
    loop {
        let middle = low + 0.5 * (high - low);
        if middle <= low || middle >= high {
            return middle;
        }
        if rising(middle) { low = middle } else { high = middle }
    }
}

#[cfg(test)]
mod tests;
