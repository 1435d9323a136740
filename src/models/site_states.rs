//! Sites of a few states with pair couplings, as samplers see them: Potts, clock and Blume–Capel models.

use super::spins::PairModel;

/// The states of every site: with the couplings J, the fields h, the scale and the offset of a [`PairModel`],
/// E(x) = offset + Σ_i c(x_i) − scale · (Σ_⟨ij⟩ J_ij u(x_i, x_j) + Σ_i h_i v(x_i)).
#[derive(Debug, Clone, PartialEq)]
pub struct SiteStates {
    /// The energies c(a) of a site alone, one for each of the q states.
    pub alone: Vec<f64>,
    /// What the field couples to, v(a).
    pub along: Vec<f64>,
    /// What a coupling couples to, u(a, b) = u(b, a), q × q.
    pub likeness: Vec<f64>,
    /// The order parameter.
    pub order: Order,
    /// What leaves all couplings' energies unchanged.
    pub symmetry: Symmetry,
}

/// An order parameter M that is a function of the numbers n_a of sites in each state; m = M/N.
#[derive(Debug, Clone, PartialEq)]
pub enum Order {
    /// M = Σ_i s(x_i), with s(a) for each state.
    Sum(Vec<f64>),
    /// M = (q max_a n_a − N)/(q − 1): N when all sites agree, and 0 when all states are equally frequent.
    Majority,
    /// M = |Σ_i S(x_i)| of vectors in the plane, one for each state.
    Length(Vec<[f64; 2]>),
}

/// Maps of states that leave u(a, b) as it is when both sites are mapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symmetry {
    /// The exchange of any two states.
    Exchange,
    /// The reflections a → r − a mod q.
    Reflection,
    /// None that reaches every state from every other.
    None,
}

impl SiteStates {
    /// Number of states q of a site.
    pub fn states(&self) -> usize {
        self.alone.len()
    }

    /// u(a, b).
    pub fn likeness(&self, a: u8, b: u8) -> f64 {
        self.likeness[usize::from(a) * self.states() + usize::from(b)]
    }

    /// Σ_⟨ij⟩ J_ij u(x_i, x_j) + Σ_i h_i v(x_i).
    pub fn bracket(&self, pairs: &PairModel, state: &[u8]) -> f64 {
        let site = |i: usize| {
            let bonds: f64 =
                pairs.row(i).map(|(j, coupling)| coupling * self.likeness(state[i], state[j])).sum();
            0.5 * bonds + pairs.fields[i] * self.along[usize::from(state[i])]
        };
        (0..state.len()).map(site).sum()
    }

    /// The energy of a configuration of N states, each below q.
    pub fn energy(&self, pairs: &PairModel, state: &[u8]) -> f64 {
        let alone: f64 = state.iter().map(|a| self.alone[usize::from(*a)]).sum();
        pairs.offset + alone - pairs.scale * self.bracket(pairs, state)
    }

    /// M of a configuration whose states occur `counts` times.
    pub fn order(&self, counts: &[u64]) -> f64 {
        let sum = |value: &dyn Fn(usize) -> f64| -> f64 {
            counts.iter().enumerate().map(|(a, count)| *count as f64 * value(a)).sum()
        };
        match &self.order {
            Order::Sum(values) => sum(&|a| values[a]),
            Order::Majority => {
                let (q, most) = (counts.len() as f64, counts.iter().max().copied().unwrap_or(0));
                (q * most as f64 - counts.iter().sum::<u64>() as f64) / (q - 1.0)
            }
            Order::Length(vectors) => libm::hypot(sum(&|a| vectors[a][0]), sum(&|a| vectors[a][1])),
        }
    }

    /// The state that all sites have in the ground state of a ferromagnet whose fields do not compete; `None` for other models.
    pub fn aligned(&self, pairs: &PairModel) -> Option<u8> {
        let ferromagnet = pairs.couplings.iter().all(|coupling| coupling * pairs.scale >= 0.0);
        let along = |sign: f64| pairs.fields.iter().all(|field| sign * field * pairs.scale >= 0.0);
        if !ferromagnet || !(along(1.0) || along(-1.0)) {
            return None;
        }
        let couplings: f64 = pairs.couplings.iter().sum::<f64>() / 2.0;
        let fields: f64 = pairs.fields.iter().sum();
        let energy = |a: usize| {
            let bracket = couplings * self.likeness(a as u8, a as u8) + fields * self.along[a];
            pairs.spins() as f64 * self.alone[a] - pairs.scale * bracket
        };
        // The first of equal ones, from the last state down: s = +1 rather than −1.
        (0..self.states()).rev().min_by(|a, b| energy(*a).total_cmp(&energy(*b))).map(|a| a as u8)
    }
}
