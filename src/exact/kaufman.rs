//! The exact finite torus of the two-dimensional Ising model.
//!
//! Source: B. Kaufman, Phys. Rev. 76 (1949) 1232, doi:10.1103/PhysRev.76.1232; the derivatives as in A. E. Ferdinand and
//! M. E. Fisher, Phys. Rev. 185 (1969) 832, doi:10.1103/PhysRev.185.832.

mod hot;

use super::boltzmann::{Level, solve_levels};
use super::{ExactEnsemble, Thermodynamics};
use crate::models::SquareLattice;
use std::f64::consts::{LN_2, PI};
use std::ops::ControlFlow;

/// Beyond this K = J/T every excited state has lost its weight to rounding: e^{−8K} < 1e−500.
const FROZEN: f64 = 150.0;

/// Exact averages of a finite torus at one temperature (k_B = 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Torus {
    /// ln Z of the whole lattice.
    pub log_partition: f64,
    /// ⟨E⟩/N, in units of the energy in which J is given.
    pub energy_per_site: f64,
    /// (⟨E²⟩ − ⟨E⟩²)/(N T²).
    pub specific_heat: f64,
}

/// Solves the square lattice of `rows` × `columns` spins with periodic boundaries, E = −J Σ s s, at temperature T > 0.
///
/// Z = ½ (2 sinh 2K)^{N/2} (Z₁ + Z₂ + Z₃ + Z₄) with K = J/T, N = m n and, over r = 0 … n − 1,
/// Z₁ = ∏ 2 cosh(m γ_{2r+1}/2), Z₂ = ∏ 2 sinh(m γ_{2r+1}/2), Z₃ = ∏ 2 cosh(m γ_{2r}/2), Z₄ = ∏ 2 sinh(m γ_{2r}/2), where
/// cosh γ_l = cosh 2K coth 2K − cos(π l/n) and γ₀ = 2K + ln tanh K, which changes its sign at T_c. All products are kept
/// as logarithms with their first and second derivatives in K. U = −J ∂ln Z/∂K and C = K² ∂²ln Z/∂K².
///
/// A side of two joins neighbours by two bonds, as its periodic neighbour table does. J < 0 is mapped to |J| by
/// flipping one sublattice, which needs both sides even; `None` when one is odd, when a side is below two, or for J = 0.
pub fn torus(lattice: SquareLattice, temperature: f64) -> Option<Torus> {
    let SquareLattice { rows, columns, coupling } = lattice;
    let frustrated = coupling < 0.0 && !(rows.is_multiple_of(2) && columns.is_multiple_of(2));
    if rows < 2 || columns < 2 || coupling == 0.0 || frustrated || temperature.is_nan() || temperature <= 0.0
    {
        return None;
    }
    let sites = rows as f64 * columns as f64;
    let k = coupling.abs() / temperature;
    if k > FROZEN {
        return Some(Torus {
            log_partition: 2.0 * sites * k + LN_2,
            energy_per_site: -2.0 * coupling.abs(),
            specific_heat: 0.0,
        });
    }
    let (long, short) = (rows.max(columns), rows.min(columns));
    let log = if k < hot::BELOW { hot::log_partition(long, short, k) } else { log_partition(long, short, k) };
    Some(Torus {
        log_partition: log.value,
        energy_per_site: -coupling.abs() * log.first / sites,
        specific_heat: (k * k * log.second / sites).max(0.0),
    })
}

/// The uniform square torus as an ensemble that Kaufman's formula solves.
pub struct Kaufman(SquareLattice);

impl Kaufman {
    /// Takes a lattice on which the formula holds.
    ///
    /// # Errors
    ///
    /// If the lattice is frustrated, with its sides.
    pub fn new(lattice: SquareLattice) -> Result<Self, String> {
        let SquareLattice { rows, columns, .. } = lattice;
        match torus(lattice, 1.0) {
            Some(_) => Ok(Self(lattice)),
            None => Err(format!(
                "Kaufman's formula does not hold for J ≤ 0 on a torus of {rows} × {columns} sites"
            )),
        }
    }
}

impl ExactEnsemble for Kaufman {
    fn method(&self) -> String {
        format!("Kaufman's formula for the {} × {} torus", self.0.rows, self.0.columns)
    }

    fn terms(&self) -> f64 {
        self.0.rows.min(self.0.columns) as f64
    }

    fn refuse(&self, temperature: f64) -> Option<String> {
        // At −T the lattice is that of −J at T.
        let negative = temperature < 0.0;
        let reason = || Self::new(SquareLattice { coupling: -self.0.coupling, ..self.0 }).err();
        if negative {
            reason().map(|reason| format!("{reason}, and J > 0 at T < 0 amounts to that"))
        } else {
            None
        }
    }

    fn solve(
        &self,
        temperature: f64,
        _advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Thermodynamics> {
        let sites = self.0.rows as f64 * self.0.columns as f64;
        let sign = if temperature < 0.0 { -1.0 } else { 1.0 };
        let lowest = -2.0 * self.0.coupling.abs() * sites;
        if temperature == 0.0 {
            return Some(solve_levels(&[Level { energy: lowest, degeneracy: 2.0 }], 0.0));
        }
        let solved = torus(SquareLattice { coupling: sign * self.0.coupling, ..self.0 }, temperature.abs())?;
        Some(Thermodynamics {
            log_partition: solved.log_partition,
            energy: sign * solved.energy_per_site * sites,
            energy_variance: solved.specific_heat * sites * temperature * temperature,
            counted: None,
            populations: Vec::new(),
            complete: false,
            order: None,
            ground: None,
        })
    }
}

/// A function of K with its first and second derivatives.
#[derive(Debug, Clone, Copy)]
struct Jet {
    value: f64,
    first: f64,
    second: f64,
}

impl Jet {
    const ZERO: Self = Self { value: 0.0, first: 0.0, second: 0.0 };

    fn plus(self, other: Self) -> Self {
        Self {
            value: self.value + other.value,
            first: self.first + other.first,
            second: self.second + other.second,
        }
    }

    fn scaled(self, factor: f64) -> Self {
        Self { value: factor * self.value, first: factor * self.first, second: factor * self.second }
    }
}

/// ln Z of m × n spins at K.
fn log_partition(m: usize, n: usize, k: f64) -> Jet {
    let spectrum = Spectrum::at(k);
    let half = 0.5 * m as f64;
    let mut products = [Jet::ZERO; 4];
    for r in 0..n {
        let odd = spectrum.gamma(PI * (2 * r + 1) as f64 / n as f64).scaled(half);
        products[0] = products[0].plus(log_cosh(odd));
        products[1] = products[1].plus(log_sinh(odd));
        if r > 0 {
            let even = spectrum.gamma(PI * (2 * r) as f64 / n as f64).scaled(half);
            products[2] = products[2].plus(log_cosh(even));
            products[3] = products[3].plus(log_sinh(even));
        }
    }
    let zero = spectrum.gamma_zero().scaled(half);
    products[2] = products[2].plus(log_cosh(zero));
    let sum = log_sum(&products, zero);

    // (N/2) ln(2 sinh 2K) − ln 2, with derivatives N coth 2K and −2N/sinh² 2K.
    let sites = m as f64 * n as f64;
    let s = spectrum.sinh;
    let front = Jet {
        value: 0.5 * sites * (2.0 * k + libm::log1p(-libm::exp(-4.0 * k))) - LN_2,
        first: sites * libm::sqrt(1.0 + s * s) / s,
        second: -2.0 * sites / (s * s),
    };
    sum.plus(front)
}

/// ln(Z₁ + Z₂ + Z₃ + Z₄), where `products[3]` still lacks its factor 2 sinh x₀, which vanishes at T_c.
///
/// With weights w_i = Z_i/Z and a_i = ln Z_i: (ln Z)′ = Σ w_i a_i′ and (ln Z)″ = Σ w_i (a_i″ + (a_i′ − (ln Z)′)²). For the
/// last term w a′ = P (S a_P′ + S′), with P the product without the factor S = 2 sinh x₀.
fn log_sum(products: &[Jet; 4], zero: Jet) -> Jet {
    // e^{|x₀|} goes into the product, so that the factor left over lies between −1 and 1.
    let up = libm::exp(-2.0 * zero.value.abs());
    let factor = (1.0 - up).copysign(zero.value);
    let cosine = 1.0 + up;
    let last = products[3].value + zero.value.abs();
    let top = products[..3].iter().map(|a| a.value).fold(last, f64::max);
    let weights: Vec<f64> = products[..3].iter().map(|a| libm::exp(a.value - top)).collect();
    let last_weight = libm::exp(last - top);
    let total = weights.iter().sum::<f64>() + last_weight * factor;

    let a = products[3];
    let mut first = last_weight * (factor * a.first + cosine * zero.first);
    first += weights.iter().zip(products).map(|(w, a)| w * a.first).sum::<f64>();
    first /= total;

    // S″ + 2 S′ (a′ − f) + S (a″ + (a′ − f)²), where f = (ln Z)′.
    let slope = a.first - first;
    let mut second = last_weight
        * (factor * zero.first * zero.first
            + cosine * zero.second
            + 2.0 * cosine * zero.first * slope
            + factor * (a.second + slope * slope));
    second += weights
        .iter()
        .zip(products)
        .map(|(w, a)| w * (a.second + (a.first - first) * (a.first - first)))
        .sum::<f64>();
    // Σ w (a″ + a′²) − f² = Σ w (a″ + (a′ − f)²) because Σ w (a′ − f) = 0; the last term's share of that is in `slope`.
    Jet { value: top + libm::log(total), first, second: second / total }
}

/// cosh 2K coth 2K and its derivatives, from which all γ_l follow.
struct Spectrum {
    k: f64,
    sinh: f64,
    /// cosh 2K coth 2K − 2 = (sinh 2K − 1)²/sinh 2K, without cancellation near T_c.
    above_two: f64,
    first: f64,
    second: f64,
}

impl Spectrum {
    fn at(k: f64) -> Self {
        let s = libm::sinh(2.0 * k);
        let cosh_squared = 1.0 + s * s;
        let cosh = libm::sqrt(cosh_squared);
        let one_minus = (1.0 - 1.0 / s) * (1.0 + 1.0 / s);
        Self {
            k,
            sinh: s,
            above_two: (s - 1.0) * (s - 1.0) / s,
            first: 2.0 * cosh * one_minus,
            second: 4.0 * s * one_minus + 8.0 * cosh_squared / (s * s * s),
        }
    }

    /// γ(θ) = arcosh(cosh 2K coth 2K − cos θ) for θ ≠ 0 (mod 2π).
    fn gamma(&self, theta: f64) -> Jet {
        let half = libm::sin(0.5 * theta);
        let above_one = self.above_two + 2.0 * half * half;
        let sinh = libm::sqrt(above_one * (above_one + 2.0));
        let first = self.first / sinh;
        Jet {
            value: libm::log1p(above_one + sinh),
            first,
            second: (self.second - first * first * (above_one + 1.0)) / sinh,
        }
    }

    /// γ₀ = 2K + ln tanh K.
    fn gamma_zero(&self) -> Jet {
        let s = self.sinh;
        Jet {
            value: 2.0 * self.k + libm::log(libm::tanh(self.k)),
            first: 2.0 + 2.0 / s,
            second: -4.0 * libm::sqrt(1.0 + s * s) / (s * s),
        }
    }
}

/// ln(2 cosh x).
fn log_cosh(x: Jet) -> Jet {
    let up = libm::exp(-2.0 * x.value.abs());
    let tanh = ((1.0 - up) / (1.0 + up)).copysign(x.value);
    let slope = 4.0 * up / ((1.0 + up) * (1.0 + up));
    Jet {
        value: x.value.abs() + libm::log1p(up),
        first: tanh * x.first,
        second: tanh * x.second + slope * x.first * x.first,
    }
}

/// ln(2 sinh x) for x > 0.
fn log_sinh(x: Jet) -> Jet {
    let up = libm::exp(-2.0 * x.value);
    let down = -libm::expm1(-2.0 * x.value);
    let coth = (1.0 + up) / down;
    let slope = -4.0 * up / (down * down);
    Jet {
        value: x.value + libm::log(down),
        first: coth * x.first,
        second: coth * x.second + slope * x.first * x.first,
    }
}

#[cfg(test)]
mod tests;
