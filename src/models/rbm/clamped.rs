//! The hidden layer under a visible vector that is held fixed, at any temperature: its free energy by both formulas, and the
//! conditional means.

use super::activation::Units;
use super::machine::{Machine, dot};

/// Fields smaller than this share of the terms they are made of count as 0 at T = 0.
pub(super) const TIE: f64 = 1e-12;

/// A hidden unit in a field x at the temperature T: its two values have the energies −h x.
struct Unit {
    /// The energy of the likelier value: the lower one for T ≥ 0, the higher one for T < 0.
    energy: f64,
    /// The size of the difference of the two energies.
    gap: f64,
    /// e^{−gap/|T|}, the less likely value's weight beside the other's.
    ratio: f64,
    /// Whether the likelier value is that of a unit that is on.
    on: bool,
}

impl Unit {
    fn new(units: Units, field: f64, temperature: f64) -> Self {
        let on = (field > 0.0) == (temperature >= 0.0);
        let gap = (units.value(true) - units.value(false)) * field.abs();
        // Equally likely values stay so at T = 0.
        let ratio = if gap == 0.0 { 1.0 } else { libm::exp(-gap / temperature.abs()) };
        Self { energy: -field * units.value(on), gap, ratio, on }
    }

    /// −T ln Σ_h e^{h x/T}.
    fn free_energy(&self, temperature: f64) -> f64 {
        self.energy - temperature * libm::log1p(self.ratio)
    }

    /// The probabilities of the likelier and of the other value.
    fn shares(&self) -> [f64; 2] {
        [1.0 / (1.0 + self.ratio), self.ratio / (1.0 + self.ratio)]
    }

    fn mean(&self, units: Units) -> f64 {
        let [likelier, other] = self.shares();
        likelier * units.value(self.on) + other * units.value(!self.on)
    }

    /// ⟨−h x⟩, the other value being `gap` above the likelier one, or below it for T < 0.
    fn mean_energy(&self, temperature: f64) -> f64 {
        let gap = if temperature < 0.0 { -self.gap } else { self.gap };
        self.energy + self.shares()[1] * gap
    }

    /// −Σ p ln p.
    fn entropy(&self) -> f64 {
        let terms = self.shares().map(|share| if share > 0.0 { share * libm::log(share) } else { 0.0 });
        0.0 - terms[0] - terms[1]
    }
}

impl Machine {
    /// The free energy of a visible vector at the temperature T (k_B = 1),
    /// F(v; T) = −T ln Σ_h e^{−E(v,h)/T} = −a·v − T Σ_j ln Σ_h e^{h (b + vW)_j/T}.
    ///
    /// At T = 0 it is the limit, min_h E(v,h); T < 0 is allowed. Nothing overflows.
    pub fn free_energy_at(&self, v: &[f64], temperature: f64) -> f64 {
        let hidden: f64 = self.hidden_units(v, temperature).map(|unit| unit.free_energy(temperature)).sum();
        -dot(&self.visible_bias, v) + hidden
    }

    /// The two parts of the same free energy, F = ⟨E⟩ − T S: the mean energy and the entropy of p(h|v) at T, each summed over
    /// the hidden units' own distributions.
    pub fn energy_and_entropy_at(&self, v: &[f64], temperature: f64) -> (f64, f64) {
        let (mut energy, mut entropy) = (-dot(&self.visible_bias, v), 0.0);
        for unit in self.hidden_units(v, temperature) {
            energy += unit.mean_energy(temperature);
            entropy += unit.entropy();
        }
        (energy, entropy)
    }

    /// The conditional means ⟨h_j⟩ given v at the temperature T; for {0, 1} units they are p(h_j = 1 | v).
    pub fn hidden_means_at(&self, v: &[f64], temperature: f64) -> Vec<f64> {
        self.hidden_units(v, temperature).map(|unit| unit.mean(self.units)).collect()
    }

    fn hidden_units(&self, v: &[f64], temperature: f64) -> impl Iterator<Item = Unit> {
        let mut fields = self.hidden_fields(v);
        if temperature == 0.0 {
            settle(&mut fields, &self.field_scales());
        }
        fields.into_iter().map(move |field| Unit::new(self.units, field, temperature))
    }

    /// Σ of the sizes of all terms of each hidden unit's field, beside which its rounding is judged.
    pub(super) fn field_scales(&self) -> Vec<f64> {
        let mut scales: Vec<f64> = self.hidden_bias.iter().map(|bias| bias.abs()).collect();
        for i in 0..self.visible() {
            for (scale, weight) in scales.iter_mut().zip(self.row(i)) {
                *scale += weight.abs();
            }
        }
        scales
    }
}

/// Sets fields that are rounding to 0.
pub(super) fn settle(fields: &mut [f64], scales: &[f64]) {
    for (field, scale) in fields.iter_mut().zip(scales) {
        if field.abs() <= TIE * scale {
            *field = 0.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::machine::tests::{bits, random_machine};
    use super::*;
    use crate::exact::boltzmann::log_sum_exp;

    #[test]
    fn both_faces_are_the_sum_over_the_hidden_states_at_any_temperature() {
        for units in [Units::Binary, Units::Spin] {
            let machine = random_machine(4, 3, units, 2.0, 1);
            for temperature in [-2.0, -0.5, 0.1, 0.5, 1.0, 2.0, 50.0] {
                for code in 0..16 {
                    let v = bits(code, 4, units);
                    let states: Vec<Vec<f64>> = (0..8).map(|other| bits(other, 3, units)).collect();
                    let logs: Vec<f64> =
                        states.iter().map(|h| -machine.energy(&v, h) / temperature).collect();
                    let log_sum = log_sum_exp(&logs);
                    let free = -temperature * log_sum;
                    assert!(
                        (machine.free_energy_at(&v, temperature) - free).abs() < 1e-12 * free.abs().max(1.0)
                    );
                    let (energy, entropy) = machine.energy_and_entropy_at(&v, temperature);
                    assert!((energy - temperature * entropy - free).abs() < 1e-12 * free.abs().max(1.0));
                    let p: Vec<f64> = logs.iter().map(|log| libm::exp(log - log_sum)).collect();
                    let plain: f64 = -p.iter().map(|p| p * libm::log(*p)).sum::<f64>();
                    assert!((entropy - plain).abs() < 1e-12);
                    for (j, mean) in machine.hidden_means_at(&v, temperature).into_iter().enumerate() {
                        let plain: f64 = p.iter().zip(&states).map(|(p, h)| p * h[j]).sum();
                        assert!((mean - plain).abs() < 1e-13);
                    }
                }
            }
            let v = bits(9, 4, units);
            assert!((machine.free_energy_at(&v, 1.0) - machine.free_energy(&v)).abs() < 1e-13);
        }
    }

    #[test]
    fn at_zero_temperature_the_least_energy_is_left_and_ties_keep_their_entropy() {
        for units in [Units::Binary, Units::Spin] {
            let machine = random_machine(4, 3, units, 2.0, 5);
            for code in 0..16 {
                let v = bits(code, 4, units);
                let energies = (0..8).map(|other| machine.energy(&v, &bits(other, 3, units)));
                let least = energies.fold(f64::INFINITY, f64::min);
                assert!((machine.free_energy_at(&v, 0.0) - least).abs() < 1e-13);
                assert!((machine.free_energy_at(&v, 1e-300) - least).abs() < 1e-13);
                assert_eq!(machine.energy_and_entropy_at(&v, 0.0).1, 0.0);
            }
        }
        // 0.1 + 0.2 − 0.3 is not 0 in floating point, but it is a tie.
        let machine = Machine {
            weights: vec![0.1, 0.2],
            visible_bias: vec![0.0, 0.0],
            hidden_bias: vec![-0.3],
            units: Units::Binary,
        };
        assert_eq!(machine.hidden_means_at(&[1.0, 1.0], 0.0), [0.5]);
        assert_eq!(machine.energy_and_entropy_at(&[1.0, 1.0], 0.0).1, std::f64::consts::LN_2);
    }

    #[test]
    fn huge_fields_stay_finite() {
        let machine = Machine {
            weights: vec![1e200],
            visible_bias: vec![0.0],
            hidden_bias: vec![-2e200],
            units: Units::Spin,
        };
        assert_eq!(machine.free_energy_at(&[1.0], 1e-3), -1e200);
        assert_eq!(machine.hidden_means_at(&[1.0], 1e-3), [-1.0]);
    }
}
