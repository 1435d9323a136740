//! The restricted Boltzmann machine itself: its energy, its conditionals, and the free energy of a visible vector.

use super::activation::Units;

/// A restricted Boltzmann machine: n_v visible units v, n_h hidden units h, and
/// E(v,h) = −Σ_i a_i v_i − Σ_j b_j h_j − Σ_ij v_i W_ij h_j.
///
/// There are no couplings within a layer, so that each layer is a set of independent units once the other is given
/// (Smolensky 1986; Hinton 2002, doi:10.1162/089976602760128018).
#[derive(Debug, Clone, PartialEq)]
pub struct Machine {
    /// W, row-major with shape [n_visible, n_hidden].
    pub weights: Vec<f64>,
    /// a, of length n_visible.
    pub visible_bias: Vec<f64>,
    /// b, of length n_hidden.
    pub hidden_bias: Vec<f64>,
    /// Whether units are {0, 1} or ±1.
    pub units: Units,
}

impl Machine {
    /// Number of visible units n_v.
    pub fn visible(&self) -> usize {
        self.visible_bias.len()
    }

    /// Number of hidden units n_h.
    pub fn hidden(&self) -> usize {
        self.hidden_bias.len()
    }

    /// Row i of W: the weights between visible unit i and every hidden unit.
    pub fn row(&self, i: usize) -> &[f64] {
        let hidden = self.hidden();
        &self.weights[i * hidden..(i + 1) * hidden]
    }

    /// The same machine with the layers' roles exchanged: a ↔ b and W transposed.
    pub fn transposed(&self) -> Self {
        let (rows, columns) = (self.visible(), self.hidden());
        let mut weights = Vec::with_capacity(self.weights.len());
        for j in 0..columns {
            weights.extend((0..rows).map(|i| self.weights[i * columns + j]));
        }
        Self {
            weights,
            visible_bias: self.hidden_bias.clone(),
            hidden_bias: self.visible_bias.clone(),
            units: self.units,
        }
    }

    /// E(v,h), of a visible vector of length n_v and a hidden vector of length n_h.
    pub fn energy(&self, v: &[f64], h: &[f64]) -> f64 {
        let fields = self.hidden_fields(v);
        let hidden: f64 = fields.iter().zip(h).map(|(field, h)| field * h).sum();
        -dot(&self.visible_bias, v) - hidden
    }

    /// The fields b_j + Σ_i v_i W_ij that a visible vector (of units or of mean values) puts on the hidden units.
    pub fn hidden_fields(&self, v: &[f64]) -> Vec<f64> {
        let mut fields = self.hidden_bias.clone();
        for (i, &value) in v.iter().enumerate() {
            if value != 0.0 {
                for (field, weight) in fields.iter_mut().zip(self.row(i)) {
                    *field += value * weight;
                }
            }
        }
        fields
    }

    /// The fields a_i + Σ_j W_ij h_j that a hidden vector (of units or of mean values) puts on the visible units.
    pub fn visible_fields(&self, h: &[f64]) -> Vec<f64> {
        self.visible_bias.iter().enumerate().map(|(i, bias)| bias + dot(self.row(i), h)).collect()
    }

    /// The conditional means ⟨h_j⟩ given v, at T = 1.
    pub fn hidden_means(&self, v: &[f64]) -> Vec<f64> {
        self.hidden_fields(v).into_iter().map(|field| self.units.mean(field)).collect()
    }

    /// The conditional means ⟨v_i⟩ given h, at T = 1.
    pub fn visible_means(&self, h: &[f64]) -> Vec<f64> {
        self.visible_fields(h).into_iter().map(|field| self.units.mean(field)).collect()
    }

    /// The free energy of a visible vector at T = 1, F(v) = −ln Σ_h e^{−E(v,h)} = −a·v − Σ_j ln Σ_h e^{h (b + vW)_j}:
    /// for binary units the last term is the softplus, ln(1 + e^x).
    pub fn free_energy(&self, v: &[f64]) -> f64 {
        -dot(&self.visible_bias, v) - self.units.log_sums(&self.hidden_fields(v))
    }

    /// The same free energy from its other face, F(v) = ⟨E⟩ − S at T = 1: the mean energy over p(h|v) less that
    /// distribution's entropy, each summed over the hidden units.
    pub fn energy_and_entropy(&self, v: &[f64]) -> (f64, f64) {
        let (mut energy, mut entropy) = (-dot(&self.visible_bias, v), 0.0);
        for field in self.hidden_fields(v) {
            let mean = self.units.mean(field);
            energy -= field * mean;
            // −p ln p − q ln q of the unit's two values, with p = σ(gap) and q = σ(−gap).
            let gap = (self.units.value(true) - self.units.value(false)) * field;
            for side in [gap, -gap] {
                entropy += Units::Binary.mean(side) * Units::Binary.log_sum(-side);
            }
        }
        (energy, entropy)
    }
}

/// Σ_i x_i y_i, summed in order.
pub(crate) fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::rng::stream;
    use rand::RngExt;

    /// A machine with parameters uniform in ±scale.
    pub(crate) fn random_machine(
        visible: usize,
        hidden: usize,
        units: Units,
        scale: f64,
        seed: u64,
    ) -> Machine {
        let mut stream = stream(seed, "test machine", "", 0);
        let mut draw = |count: usize| -> Vec<f64> {
            (0..count).map(|_| scale * (2.0 * stream.random::<f64>() - 1.0)).collect()
        };
        Machine {
            weights: draw(visible * hidden),
            visible_bias: draw(visible),
            hidden_bias: draw(hidden),
            units,
        }
    }

    /// The vector of units whose on/off pattern is the bits of `code`, unit 0 first.
    pub(crate) fn bits(code: usize, count: usize, units: Units) -> Vec<f64> {
        (0..count).map(|i| units.value(code >> i & 1 == 1)).collect()
    }

    #[test]
    fn the_free_energy_of_a_visible_vector_has_two_equal_faces() {
        for units in [Units::Binary, Units::Spin] {
            let machine = random_machine(4, 3, units, 2.0, 1);
            for code in 0..16 {
                let v = bits(code, 4, units);
                let sum: f64 =
                    (0..8).map(|other| libm::exp(-machine.energy(&v, &bits(other, 3, units)))).sum();
                let (energy, entropy) = machine.energy_and_entropy(&v);
                assert!((machine.free_energy(&v) + libm::log(sum)).abs() < 1e-12);
                assert!((energy - entropy + libm::log(sum)).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn exchanging_the_layers_keeps_the_energy() {
        let machine = random_machine(3, 5, Units::Binary, 1.0, 2);
        let (v, h) = (bits(5, 3, Units::Binary), bits(19, 5, Units::Binary));
        let transposed = machine.transposed();
        assert!((machine.energy(&v, &h) - transposed.energy(&h, &v)).abs() < 1e-13);
        assert_eq!(transposed.transposed(), machine);
        let means = machine.visible_means(&h);
        assert!((means[1] - transposed.hidden_means(&h)[1]).abs() < 1e-13);
    }
}
