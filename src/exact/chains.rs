//! Chains of spins by their transfer matrices, to any length: Ising in a field, Potts, and the classical XY and Heisenberg
//! spins.
//!
//! Every ln Z is an analytic function of β, carried with its first two derivatives, so that U = −∂ln Z/∂β and
//! Var E = ∂²ln Z/∂β² need no differences. Sources: E. Ising, Z. Phys. 31 (1925) 253, doi:10.1007/BF02980577; R. J. Baxter,
//! Exactly Solved Models in Statistical Mechanics (1982), chapter 2; M. E. Fisher, Am. J. Phys. 32 (1964) 343,
//! doi:10.1119/1.1970340; G. S. Joyce, Phys. Rev. 155 (1967) 478, doi:10.1103/PhysRev.155.478.

mod ground;
mod jet;
mod vector;

use super::Thermodynamics;
use super::boltzmann::{Level, solve_levels};
use jet::Jet;

/// The spins of a chain and what acts on them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spins {
    /// s = ±1 with E = −J Σ s s′ − h Σ s.
    Ising {
        /// The field h.
        field: f64,
    },
    /// q states with E = −J Σ δ(s, s′).
    Potts {
        /// The number q of states, at least 1.
        states: f64,
    },
    /// Unit vectors in the plane with E = −J Σ s·s′; Z is relative to 2π for each.
    Xy,
    /// Unit vectors in space with E = −J Σ s·s′; Z is relative to 4π for each.
    Heisenberg,
}

/// A chain of N spins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chain {
    /// What the spins are.
    pub spins: Spins,
    /// The number N of spins: at least 1, on a ring at least 2 (which then are joined by two bonds).
    pub size: u64,
    /// The coupling J.
    pub coupling: f64,
    /// Whether the last spin is joined to the first.
    pub ring: bool,
}

impl Chain {
    /// The thermodynamics at a temperature (k_B = 1); 0 is the limit from above for spins with states one can count.
    ///
    /// Not a number where that limit does not exist (S → −∞ for vectors), and for rings of vectors with βJ < 0 and odd N
    /// where the alternating sum has lost more than four digits.
    pub fn solve(&self, temperature: f64) -> Thermodynamics {
        if temperature == 0.0 {
            let level = match self.spins {
                Spins::Ising { field } => ground::ising(self.size, self.coupling, field, self.ring),
                Spins::Potts { states } => ground::potts(self.size, self.coupling, states, self.ring),
                Spins::Xy | Spins::Heisenberg => Level { energy: f64::NAN, degeneracy: f64::NAN },
            };
            return Thermodynamics { ground: None, ..solve_levels(&[level], 0.0) };
        }
        let beta = 1.0 / temperature;
        let log = match self.spins {
            Spins::Ising { field } => self.ising(beta, field),
            Spins::Potts { states } => self.potts(beta, states),
            Spins::Xy => vector::log_partition(self.size, self.ring, beta, self.coupling, 0.0),
            Spins::Heisenberg => vector::log_partition(self.size, self.ring, beta, self.coupling, 1.0),
        };
        Thermodynamics {
            log_partition: log.value,
            energy: -log.first,
            energy_variance: log.second.max(0.0),
            counted: None,
            populations: Vec::new(),
            complete: false,
            order: None,
            ground: None,
        }
    }

    /// With K = βJ, b = |βh| and everything in units of e^s, s = max(K + b, −K):
    /// λ₊ = α + γ²/(D + R), R = √(D² + γ²), α = e^{K+b−s}, γ = e^{−K−s}, D = α(1 − e^{−2b})/2, which is
    /// e^K cosh b + √(e^{2K} sinh² b + e^{−2K}) without its cancellations.
    fn ising(&self, beta: f64, field: f64) -> Jet {
        let coupling = Jet::linear(self.coupling, beta);
        let field = Jet::linear(if beta * field < 0.0 { -field } else { field }, beta);
        let zero = Jet::constant(0.0);
        let with = coupling + field;
        let against = zero - coupling;
        let scale = if with.value >= against.value { with } else { against };
        let (alpha, gamma) = ((with - scale).exp(), (against - scale).exp());
        let q = (field * -2.0).exp();
        let d = alpha * (Jet::constant(1.0) - q) * 0.5;
        // A field too weak to tell from none leaves R = γ.
        let r = if d.value == 0.0 && d.first == 0.0 { gamma } else { (d * d + gamma * gamma).sqrt() };
        let part = if gamma.value == 0.0 { zero } else { gamma * gamma / (d + r) };
        let largest = alpha + part;
        let log_largest = scale + (alpha - Jet::constant(1.0) + part).log1p();
        // λ₊ − |λ₋| is 2R where λ₋ > 0, and else the trace.
        let positive = coupling.value >= 0.0;
        let apart = if positive { r * 2.0 } else { alpha * (Jet::constant(1.0) + q) };
        let size = self.size as f64;
        if self.ring {
            return log_largest * size
                + ring(apart / largest, positive || self.size.is_multiple_of(2), 1.0, size);
        }
        // Z = A₊ λ₊^{N−1} + A₋ λ₋^{N−1} with A± = cosh b ± (D sinh b + γ)/R in units of e^b, and A₊ A₋ = (D − γ sinh b)²/R².
        let (sine, cosine) = if r.value == 0.0 { (Jet::constant(1.0), zero) } else { (gamma / r, d / r) };
        let one = Jet::constant(1.0);
        let (half, inverse) = ((one - q) * 0.5, (zero - field).exp());
        let plus = (one + q) * 0.5 + half * cosine + inverse * sine;
        if self.size == 1 {
            return field + q.log1p();
        }
        let open = field + plus.ln() + log_largest * (size - 1.0);
        if field.value == 0.0 {
            return open;
        }
        let root = (cosine * inverse - sine * half) / plus;
        open + ring(apart / largest, positive || self.size % 2 == 1, root * root, size - 1.0)
    }

    /// λ₀ = e^K + q − 1 once and λ₁ = e^K − 1 for the q − 1 other eigenvectors.
    fn potts(&self, beta: f64, states: f64) -> Jet {
        let coupling = Jet::linear(self.coupling, beta);
        let zero = Jet::constant(0.0);
        let scale = if coupling.value > 0.0 { coupling } else { zero };
        let (alpha, unit) = ((coupling - scale).exp(), (zero - scale).exp());
        let largest = alpha + unit * (states - 1.0);
        let log_largest = scale + largest.ln();
        let size = self.size as f64;
        if !self.ring {
            return log_largest * (size - 1.0) + Jet::constant(libm::log(states));
        }
        let positive = coupling.value >= 0.0;
        let apart = if positive { unit * states } else { unit * (states - 2.0) + alpha * 2.0 };
        if states == 1.0 {
            return log_largest * size;
        }
        log_largest * size
            + ring(apart / largest, positive || self.size.is_multiple_of(2), states - 1.0, size)
    }
}

/// ln(1 ± c ρ^n) for ρ = 1 − x, where x may be tiny.
fn ring(x: Jet, plus: bool, weight: impl Into<Jet>, n: f64) -> Jet {
    let weight = weight.into();
    if x.value >= 1.0 {
        // ρ = 0 or rounding below it.
        let rho = Jet::constant(1.0) - x;
        let power = rho.powf(n);
        return if plus { (weight * power).log1p() } else { (weight * power * -1.0).log1p() };
    }
    let log = (x * -1.0).log1p() * n;
    if plus {
        return (weight * log.exp()).log1p();
    }
    if weight.value == 1.0 && weight.first == 0.0 {
        // 1 − ρ^n: for tiny n x it is n x itself, whose logarithm must not pass through 1 − 1.
        return log.log_one_less_exp();
    }
    (weight * log.exp() * -1.0).log1p()
}

#[cfg(test)]
mod tests;
