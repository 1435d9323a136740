//! Spectra with infinitely many levels: oscillators, the rotor, the particle in a box, the solids of Einstein and Debye.
//!
//! Each is counted from its lowest level E₀, Z = e^{−βE₀} Σ g e^{−β(E−E₀)}, so that low temperatures lose nothing. The
//! energies have no upper bound: temperatures are 0 or above. Sources: A. Einstein, Ann. Phys. 327 (1907) 180,
//! doi:10.1002/andp.19063270110; P. Debye, Ann. Phys. 344 (1912) 789, doi:10.1002/andp.19123441404; H. P. Mulholland, Math.
//! Proc. Camb. Phil. Soc. 24 (1928) 280; R. K. Pathria and P. D. Beale, Statistical Mechanics, 3rd ed. (2011), sections 3.8,
//! 6.5 and 7.4; NIST Digital Library of Mathematical Functions (DLMF).

use super::boltzmann::{Level, solve_levels};
use super::{Ground, Population, Thermodynamics};
use std::collections::BTreeMap;
use std::f64::consts::PI;

/// How many of the lowest levels are listed with their populations.
pub const LISTED: usize = 12;

/// Exponents beyond this are left out of sums: with its powers of the energy, the rest of each sum here is then below 1e−17
/// of it.
const FAR: f64 = 64.0;

/// B_2, B_4, … B_34 (DLMF table 24.2.1).
const BERNOULLI: [f64; 17] = [
    1.0 / 6.0,
    -1.0 / 30.0,
    1.0 / 42.0,
    -1.0 / 30.0,
    5.0 / 66.0,
    -691.0 / 2730.0,
    7.0 / 6.0,
    -3617.0 / 510.0,
    43_867.0 / 798.0,
    -174_611.0 / 330.0,
    854_513.0 / 138.0,
    -236_364_091.0 / 2730.0,
    8_553_103.0 / 6.0,
    -23_749_461_029.0 / 870.0,
    8_615_841_276_005.0 / 14_322.0,
    -7_709_321_041_217.0 / 510.0,
    2_577_687_858_367.0 / 6.0,
];

/// A spectrum counted from its lowest level.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrum {
    /// The lowest energy E₀.
    pub ground: f64,
    /// The lowest levels, in order, with their energies above E₀; empty where the levels lie without gaps.
    pub lowest: Vec<Level>,
    /// What is summed.
    pub sum: Sum,
}

/// The sums that are known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sum {
    /// Harmonic modes of one quantum ħω, this many.
    Modes {
        /// The quantum ħω.
        quantum: f64,
        /// The number of modes.
        modes: f64,
    },
    /// B l(l+1), 2l+1 states each.
    Rotor {
        /// The rotational constant B = ħ²/2I.
        constant: f64,
    },
    /// ε (n₁² + … + n_d²), n = 1, 2, …
    Box {
        /// The unit ε = π²ħ²/2mL².
        unit: f64,
        /// The number d of dimensions.
        dimension: f64,
    },
    /// Sound waves with a density of modes 9N ω²/ω_D³ up to ħω_D = θ.
    Debye {
        /// The Debye temperature θ in units of energy.
        cutoff: f64,
        /// The number N of atoms.
        atoms: f64,
    },
}

/// `modes` independent harmonic oscillators with the quantum ħω: E = ħω (n + N/2) for n quanta in all, C(n+N−1, n) states
/// each, or E = ħω n without the zero-point energy.
pub fn oscillators(modes: f64, quantum: f64, zero_point: bool) -> Spectrum {
    let mut degeneracy = 1.0;
    let levels = (0..LISTED).map(|quanta| {
        if quanta > 0 {
            degeneracy *= (modes + quanta as f64 - 1.0) / quanta as f64;
        }
        Level { energy: quanta as f64 * quantum, degeneracy: whole(degeneracy) }
    });
    Spectrum {
        lowest: levels.collect(),
        ground: if zero_point { 0.5 * modes * quantum } else { 0.0 },
        sum: Sum::Modes { quantum, modes },
    }
}

/// The rigid rotor in three dimensions: E_l = B l(l+1) with 2l + 1 states, l = 0, 1, 2 …
pub fn rotor(constant: f64) -> Spectrum {
    let levels = (0..LISTED).map(|l| {
        let l = l as f64;
        Level { energy: constant * l * (l + 1.0), degeneracy: 2.0 * l + 1.0 }
    });
    Spectrum { ground: 0.0, lowest: levels.collect(), sum: Sum::Rotor { constant } }
}

/// A particle in a box with hard walls and d equal sides: E = ε (n₁² + … + n_d²), each n = 1, 2, 3 …
pub fn particle_in_box(unit: f64, dimension: usize) -> Spectrum {
    // Every sum of squares below 13² has its numbers below 13.
    let mut squares = BTreeMap::from([(0_u32, 1_u32)]);
    for _ in 0..dimension {
        let mut next = BTreeMap::new();
        for (square, count) in &squares {
            (1..=12_u32).for_each(|n| *next.entry(square + n * n).or_default() += count);
        }
        squares = next;
    }
    let ground = dimension as u32;
    let lowest = squares.iter().filter(|(square, _)| **square < 169).take(LISTED).map(|(square, count)| {
        Level { energy: unit * f64::from(square - ground), degeneracy: f64::from(*count) }
    });
    Spectrum {
        lowest: lowest.collect(),
        ground: unit * f64::from(ground),
        sum: Sum::Box { unit, dimension: dimension as f64 },
    }
}

/// Debye's solid of N atoms: 3N modes of sound, as dense as ω² up to ħω_D = θ; zero-point energy 9Nθ/8.
pub fn debye_solid(atoms: f64, cutoff: f64, zero_point: bool) -> Spectrum {
    let ground = if zero_point { 1.125 * atoms * cutoff } else { 0.0 };
    Spectrum { ground, lowest: Vec::new(), sum: Sum::Debye { cutoff, atoms } }
}

/// ln Σ g e^{−β(E−E₀)}, U − E₀ and Var E.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Relative {
    log: f64,
    excess: f64,
    variance: f64,
}

impl Spectrum {
    /// The thermodynamics at a temperature T ≥ 0 (k_B = 1; 0 is the limit).
    ///
    /// The lowest levels are listed with their populations; what lives above them is one line, "all others", with its mean
    /// energy and without a number of states.
    pub fn solve(&self, temperature: f64) -> Thermodynamics {
        let gap = self.lowest.get(1).map(|next| (next.energy, next.degeneracy));
        let ground = gap.map(|gap| Ground { energy: self.ground, degeneracy: 1.0, gap: Some(gap) });
        if temperature == 0.0 {
            let level = Level { energy: self.ground, degeneracy: 1.0 };
            return Thermodynamics { ground, ..solve_levels(&[level], 0.0) };
        }
        let relative = self.relative(temperature);
        Thermodynamics {
            log_partition: relative.log - self.ground / temperature,
            energy: self.ground + relative.excess,
            energy_variance: relative.variance,
            counted: None,
            populations: self.populations(&relative, temperature),
            complete: false,
            order: None,
            ground,
        }
    }

    fn relative(&self, temperature: f64) -> Relative {
        match self.sum {
            Sum::Modes { quantum, modes } => {
                let x = quantum / temperature;
                let width = 0.5 * quantum / libm::sinh(0.5 * x);
                Relative {
                    log: -modes * log_one_less_exp(x),
                    excess: modes * quantum / libm::expm1(x),
                    variance: modes * width * width,
                }
            }
            Sum::Rotor { constant } => {
                let x = constant / temperature;
                let (log, first, second) = if x < 0.01 { rotor_hot(x) } else { rotor_sum(x) };
                Relative { log, excess: constant * first, variance: constant * constant * second }
            }
            Sum::Box { unit, dimension } => {
                let x = unit / temperature;
                let (log, first, second) = if x < 1.0 { box_hot(x) } else { box_sum(x) };
                Relative {
                    log: dimension * log,
                    excess: dimension * unit * first,
                    variance: dimension * unit * unit * second,
                }
            }
            Sum::Debye { cutoff, atoms } => {
                let x = cutoff / temperature;
                let integral = debye_function(x);
                let quanta = x / libm::expm1(x);
                Relative {
                    log: atoms * (integral - 3.0 * log_one_less_exp(x)),
                    excess: 3.0 * atoms * temperature * integral,
                    variance: 3.0 * atoms * temperature * temperature * (4.0 * integral - 3.0 * quanta),
                }
            }
        }
    }

    fn populations(&self, relative: &Relative, temperature: f64) -> Vec<Population> {
        let share = |level: &Level| level.degeneracy * libm::exp(-level.energy / temperature - relative.log);
        let mut listed: Vec<Population> = (0..)
            .zip(&self.lowest)
            .map(|(index, level)| Population {
                label: format!("level {index}"),
                energy: self.ground + level.energy,
                degeneracy: level.degeneracy,
                probability: share(level),
            })
            .collect();
        let Some(last) = self.lowest.last() else { return listed };
        let others = 1.0 - listed.iter().map(|population| population.probability).sum::<f64>();
        if others > 1e-14 {
            let known: f64 = self.lowest.iter().map(|level| share(level) * level.energy).sum();
            let mean = ((relative.excess - known) / others).max(last.energy);
            listed.push(Population {
                label: "all others".to_owned(),
                energy: self.ground + mean,
                degeneracy: 0.0,
                probability: others,
            });
        }
        listed
    }
}

/// ln(1 − e^{−x}) for x > 0.
fn log_one_less_exp(x: f64) -> f64 {
    if x > core::f64::consts::LN_2 { libm::log1p(-libm::exp(-x)) } else { libm::log(-libm::expm1(-x)) }
}

/// Whole numbers that floats can hold are told as such.
fn whole(value: f64) -> f64 {
    if value < 9e15 { libm::round(value) } else { value }
}

/// ln Z, ⟨e⟩ and Var e of levels e with g states in units of temperature 1/x, up to exponents of [`FAR`].
fn direct(x: f64, levels: impl Iterator<Item = (f64, f64)>) -> (f64, f64, f64) {
    let (mut zeroth, mut first, mut second) = (0.0, 0.0, 0.0);
    for (energy, degeneracy) in levels {
        if x * energy > FAR + 8.0 * libm::log1p(energy) && energy > 0.0 {
            break;
        }
        // The lowest level, with e = 0 and one state, is kept apart for ln Z of low temperatures.
        if energy > 0.0 {
            let weight = degeneracy * libm::exp(-x * energy);
            zeroth += weight;
            first += weight * energy;
            second += weight * energy * energy;
        }
    }
    let mean = first / (1.0 + zeroth);
    (libm::log1p(zeroth), mean, second / (1.0 + zeroth) - mean * mean)
}

/// Σ (2l+1) e^{−x l(l+1)} term by term.
fn rotor_sum(x: f64) -> (f64, f64, f64) {
    direct(x, (0..).map(|l: u32| (f64::from(l) * (f64::from(l) + 1.0), 2.0 * f64::from(l) + 1.0)))
}

/// The same for small x by Euler and Maclaurin (Mulholland 1928):
/// Z = e^{x/4} (1/x) [1 + Σ_k (−1)^{k+1} (1 − 2^{1−2k}) B_2k x^k/k!] = e^{x/4} (1/x) (1 + x/12 + 7x²/480 + …).
///
/// Below x = 0.01 the ninth term is below 1e−19.
fn rotor_hot(x: f64) -> (f64, f64, f64) {
    let (mut value, mut first, mut second) = (0.0, 0.0, 0.0);
    let (mut factorial, mut sign, mut half) = (1.0, 1.0, 0.5);
    for (index, bernoulli) in (1..=9_i32).zip(BERNOULLI) {
        let k = f64::from(index);
        factorial *= k;
        let coefficient = sign * (1.0 - half) * bernoulli / factorial;
        value += coefficient * x.powi(index);
        first += coefficient * k * x.powi(index - 1);
        if index > 1 {
            second += coefficient * k * (k - 1.0) * x.powi(index - 2);
        }
        (sign, half) = (-sign, 0.25 * half);
    }
    let slope = first / (1.0 + value);
    let curvature = second / (1.0 + value) - slope * slope;
    (0.25 * x - libm::log(x) + libm::log1p(value), 1.0 / x - 0.25 - slope, 1.0 / (x * x) + curvature)
}

/// Σ_n e^{−x (n²−1)} term by term.
fn box_sum(x: f64) -> (f64, f64, f64) {
    direct(x, (1..).map(|n: u32| (f64::from(n) * f64::from(n) - 1.0, 1.0)))
}

/// The same for small x by Jacobi's transformation Σ_{n∈ℤ} e^{−xn²} = √(π/x) Σ_{k∈ℤ} e^{−π²k²/x} (DLMF 20.7.32).
fn box_hot(x: f64) -> (f64, f64, f64) {
    let root = libm::sqrt(PI / x);
    let (mut w, mut w1, mut w2) = (1.0, 0.0, 0.0);
    for k in 1..=4 {
        let c = PI * PI * f64::from(k * k) / x;
        let term = 2.0 * libm::exp(-c);
        if term == 0.0 {
            break;
        }
        w += term;
        w1 += c / x * term;
        w2 += c / x * (c - 2.0) / x * term;
    }
    // Derivatives of √(π/x) w(x), and of Z = (√(π/x) w − 1)/2 against Z itself.
    let z = root * w - 1.0;
    let slope = root * (w1 - 0.5 * w / x) / z;
    let curvature = root * (w2 - w1 / x + 0.75 * w / (x * x)) / z;
    (libm::log(0.5 * z) + x, -slope - 1.0, curvature - slope * slope)
}

/// Debye's function D₃(x) = (3/x³) ∫₀^x t³/(e^t − 1) dt (DLMF 25.12(iii) and Abramowitz and Stegun 27.1), x ≥ 0.
///
/// Up to x = 2 by 1 − 3x/8 + 3 Σ B_2k x^{2k}/((2k+3)(2k)!) (A&S 27.1.1), beyond by
/// π⁴/5x³ − (3/x³) Σ_k e^{−kx}(x³/k + 3x²/k² + 6x/k³ + 6/k⁴) (A&S 27.1.2), each to about 1e−15.
pub fn debye_function(x: f64) -> f64 {
    if x <= 2.0 {
        let mut sum = 1.0 - 0.375 * x;
        let mut power = 1.0;
        for (index, bernoulli) in (1..=17_u32).zip(BERNOULLI) {
            let n = f64::from(2 * index);
            power *= x * x / (n * (n - 1.0));
            sum += 3.0 * bernoulli * power / (n + 3.0);
        }
        return sum;
    }
    let mut sum = 0.0;
    for k in 1..=32 {
        let k = f64::from(k);
        let y = 1.0 / (k * x);
        sum += libm::exp(-k * x) / k * (1.0 + y * (3.0 + y * (6.0 + 6.0 * y)));
        if k * x > 44.0 {
            break;
        }
    }
    PI.powi(4) / (5.0 * x * x * x) - 3.0 * sum
}

#[cfg(test)]
mod tests;
