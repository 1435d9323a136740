//! The mean of every unit of both layers, by the walk through the smaller one.

use super::clamped::settle;
use super::cold::best;
use super::exact::Enumeration;
use crate::models::LayerMeans;
use std::ops::ControlFlow;

/// Weighted sums over states of the smaller layer, with weights e^{x − peak}.
struct Sums {
    peak: f64,
    total: f64,
    /// By unit of the smaller layer: the weight of the states in which it is on.
    on: Vec<f64>,
    /// By unit of the larger layer: its conditional mean, weighted.
    means: Vec<f64>,
}

impl Sums {
    fn new(small: usize, large: usize) -> Self {
        Self { peak: f64::NEG_INFINITY, total: 0.0, on: vec![0.0; small], means: vec![0.0; large] }
    }

    /// The factor for a new contribution of the given logarithm, after the sums were rescaled to its size if it is larger.
    fn factor(&mut self, log_weight: f64) -> f64 {
        if log_weight > self.peak {
            let keep = libm::exp(self.peak - log_weight);
            self.total *= keep;
            self.on.iter_mut().chain(&mut self.means).for_each(|sum| *sum *= keep);
            self.peak = log_weight;
        }
        libm::exp(log_weight - self.peak)
    }

    fn add(&mut self, log_weight: f64, pattern: usize, means: impl Iterator<Item = f64>) {
        let weight = self.factor(log_weight);
        self.total += weight;
        for (unit, on) in self.on.iter_mut().enumerate() {
            if pattern >> unit & 1 == 1 {
                *on += weight;
            }
        }
        self.means.iter_mut().zip(means).for_each(|(sum, mean)| *sum += weight * mean);
    }

    fn merge(&mut self, other: &Self) {
        let factor = self.factor(other.peak);
        self.total += factor * other.total;
        let sums = self.on.iter_mut().chain(&mut self.means);
        sums.zip(other.on.iter().chain(&other.means)).for_each(|(sum, other)| *sum += factor * other);
    }
}

impl Enumeration {
    /// ⟨v_i⟩ and ⟨h_j⟩ at a finite temperature, at 0 the averages over ground states; `None` when `advance` breaks.
    ///
    /// A unit of the layer that is walked through has the mean of its values; one of the other layer has that of its conditional
    /// mean, ⟨h_j⟩ = Σ_v p(v) ⟨h_j | v⟩.
    pub fn means(
        &self,
        temperature: f64,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<LayerMeans> {
        let machine = &self.turned;
        let (units, cold) = (machine.units, temperature == 0.0);
        let beta = if cold { 1.0 } else { 1.0 / temperature };
        let lowest = if cold { Some(self.lowest(&mut |share| advance(0.5 * share))?) } else { None };
        let scales = machine.field_scales();
        let mut sums = Sums::new(machine.visible(), machine.hidden());
        let mut settled = Vec::new();
        for block in 0..self.blocks() {
            let mut part = Sums::new(machine.visible(), machine.hidden());
            self.walk_block(block, beta, &mut |pattern, bias, fields| match &lowest {
                None => part.add(
                    bias + units.log_sums(fields),
                    pattern,
                    fields.iter().map(|field| units.mean(*field)),
                ),
                Some(lowest) => {
                    settled.clear();
                    settled.extend_from_slice(fields);
                    settle(&mut settled, &scales);
                    let (most, states) = best(units, &settled);
                    if -bias - most <= lowest.energy + lowest.tie {
                        let mean = |field: &f64| match *field == 0.0 {
                            true => units.mean(0.0),
                            false => units.value(*field > 0.0),
                        };
                        part.add(libm::log(states), pattern, settled.iter().map(mean));
                    }
                }
            });
            if part.total > 0.0 {
                sums.merge(&part);
            }
            let share = (block + 1) as f64 / self.blocks() as f64;
            if advance(if cold { 0.5 + 0.5 * share } else { share }).is_break() {
                return None;
            }
        }
        let (low, high) = (units.value(false), units.value(true));
        let mean = |on: &f64| low + (high - low) * on / sums.total;
        let small: Vec<f64> = sums.on.iter().map(mean).collect();
        let large: Vec<f64> = sums.means.iter().map(|sum| sum / sums.total).collect();
        let (visible, hidden) = if self.exchanged { (large, small) } else { (small, large) };
        Some(LayerMeans { visible, hidden })
    }
}

#[cfg(test)]
mod tests {
    use super::super::RbmModel;
    use super::super::activation::Units;
    use super::super::exact::LARGEST_LAYER;
    use super::super::machine::tests::random_machine;
    use super::*;
    use crate::exact::marginals::{energies, marginals, probabilities};
    use crate::models::Model;

    #[test]
    fn the_means_are_those_of_all_joint_microstates() {
        for (visible, hidden) in [(1, 1), (4, 3), (3, 6), (13, 2), (2, 13)] {
            for units in [Units::Binary, Units::Spin] {
                let machine = random_machine(visible, hidden, units, 1.5, 31);
                let model = RbmModel::new(machine.clone());
                let energies = energies(model.pair_model().unwrap()).unwrap();
                for temperature in [-1.0, 0.0, 0.5, 1.0, 2.0] {
                    let exact = Enumeration::new(&machine, LARGEST_LAYER).unwrap();
                    let found = exact.means(temperature, &mut |_| ControlFlow::Continue(())).unwrap();
                    let plain = marginals(probabilities(&energies, temperature), units == Units::Binary);
                    let all = found.visible.iter().chain(&found.hidden);
                    assert_eq!(plain.means.len(), visible + hidden);
                    for (mean, plain) in all.zip(&plain.means) {
                        assert!((mean - plain).abs() < 1e-12, "{mean} {plain}");
                    }
                    assert!(exact.means(temperature, &mut |_| ControlFlow::Break(())).is_none());
                }
            }
        }
    }

    #[test]
    fn blocks_are_joined() {
        // 13 units are walked through in four blocks, of one layer or of the other.
        let machine = random_machine(13, 14, Units::Binary, 1.0, 3);
        let one = Enumeration::new(&machine, LARGEST_LAYER).unwrap();
        let other = Enumeration { turned: machine.transposed(), exchanged: true };
        let mut go = |_: f64| ControlFlow::Continue(());
        let [one, other] = [one, other].map(|exact| exact.means(0.7, &mut go).unwrap());
        for (a, b) in one.visible.iter().chain(&one.hidden).zip(other.visible.iter().chain(&other.hidden)) {
            assert!((a - b).abs() < 1e-12);
        }
    }
}
