//! The macrostates of a Curie–Weiss magnet: all states of one magnetisation M taken together.
//!
//! They share the energy E(M), their number is C(N, (N+M)/2), and so their free energy −T ln Σ e^{−E/T} is
//! F(M) = E(M) − T S(M) with S(M) = ln C(N, (N+M)/2), without any approximation; Σ_M e^{−F(M)/T} = Z.

use super::{CurieWeiss, Side, log_binomial};
use crate::exact::boltzmann::log_sum_exp;

/// What the likeliest macrostate and those near the mean energy hold of the probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shares {
    /// The probability of the likeliest M; where M and −M are equally likely, that of one of them.
    pub likeliest: f64,
    /// The probability of all M whose energy lies within the window.
    pub near: f64,
}

impl CurieWeiss {
    /// S(M) = ln C(N, (N+M)/2), for |M| ≤ N of the parity of N.
    pub fn entropy(&self, magnetization: i64) -> f64 {
        log_binomial(self.spins, ((self.spins as i64 + magnetization) / 2) as u64)
    }

    /// F(M) = E(M) − T S(M).
    pub fn free_energy(&self, magnetization: i64, temperature: f64) -> f64 {
        self.energy(magnetization) - temperature * self.entropy(magnetization)
    }

    /// The M of the lowest energy, the positive one of two.
    pub fn lowest(&self) -> i64 {
        let by_energy = |a: &i64, b: &i64| self.energy(*a).total_cmp(&self.energy(*b));
        self.candidates().into_iter().rev().min_by(by_energy).unwrap_or(0)
    }

    /// The M of the lowest F(M) at a temperature above 0, which is the likeliest; the positive one of two. At 0 that of
    /// the lowest energy.
    pub fn likeliest(&self, temperature: f64) -> i64 {
        if temperature == 0.0 {
            return self.lowest();
        }
        let side = Side::new(self, temperature);
        if side.flipped { -(side.mode as i64) } else { side.mode as i64 }
    }

    /// The temperature at which F(M) = F(M + 2), for J > 0, M ≥ 0 and h ≥ 0 along M: above it the smaller M is the likelier.
    /// T = [E(M) − E(M+2)]/[S(M) − S(M+2)], with S(M) − S(M+2) = ln[(N+M+2)/(N−M)].
    fn crossing(&self, m: f64) -> f64 {
        let spins = self.spins as f64;
        (2.0 * self.coupling * (m + 1.0) / spins + 2.0 * self.field.abs())
            / libm::log((spins + m + 2.0) / (spins - m))
    }

    /// The temperature above which one flipped spin pays, so that the minimum of F leaves that of E, |M| = N, for J > 0:
    /// [2J(1 − 1/N) + 2|h|]/ln N. `None` for fewer than two spins.
    pub fn departure(&self) -> Option<f64> {
        (self.coupling > 0.0 && self.spins > 1).then(|| self.crossing(self.spins as f64 - 2.0))
    }

    /// The temperature from which on the minimum of F is at the least |M|, for J > 0 without a field: it tends to J. `None`
    /// for fewer than two spins.
    pub fn arrival(&self) -> Option<f64> {
        let possible = self.coupling > 0.0 && self.field == 0.0 && self.spins > 1;
        possible.then(|| self.crossing((self.spins % 2) as f64)).filter(|t| t.is_finite())
    }

    /// |m| of an infinite magnet at T ≥ 0 and J ≥ 0: the largest solution of m = tanh((Jm + |h|)/T).
    pub fn self_consistent(&self, temperature: f64) -> f64 {
        let (coupling, field) = (self.coupling, self.field.abs());
        if field == 0.0 && temperature >= coupling {
            return 0.0;
        }
        if temperature == 0.0 {
            return 1.0;
        }
        // tanh((Jm + |h|)/T) − m is concave in m > 0 and is above 0 before the root.
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if libm::tanh((coupling * middle + field) / temperature) > middle {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }

    /// ln Σ_M e^{−F(M)/T}, term by term over all N + 1 macrostates, each from its own binomial coefficient.
    pub fn log_sum_of_macrostates(&self, temperature: f64) -> f64 {
        let spins = self.spins as i64;
        let log = |up: i64| -self.free_energy(2 * up - spins, temperature) / temperature;
        log_sum_exp(&(0..=spins).map(log).collect::<Vec<_>>())
    }

    /// The probability of the likeliest M, and of all M with |E(M) − `energy`| ≤ `width`, at a temperature T ≠ 0.
    pub fn shares(&self, temperature: f64, energy: f64, width: f64) -> Shares {
        let side = Side::new(self, temperature);
        let (coupling, along) = side.energies;
        let (mut total, mut near) = (0.0, 0.0);
        side.walk(|m, weight| {
            let one = -0.5 * coupling * m / side.spins * m - along * m;
            let mirrored = if m == 0.0 { 0.0 } else { weight * libm::exp(-2.0 * side.field * m) };
            total += weight + mirrored;
            for (share, energy_there) in [(weight, one), (mirrored, one + 2.0 * along * m)] {
                if (energy_there - energy).abs() <= width {
                    near += share;
                }
            }
            total
        });
        Shares { likeliest: 1.0 / total, near: near / total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn magnet(spins: u64, coupling: f64, field: f64) -> CurieWeiss {
        CurieWeiss { spins, coupling, field }
    }

    #[test]
    fn the_macrostates_add_up_to_the_partition_function() {
        for (spins, field, temperature) in [
            (1, 0.0, 0.7),
            (10, 0.0, 0.2),
            (1000, 0.0, 0.9),
            (1001, 0.1, 1.0),
            (100_000, 0.0, 1.0),
            (64, -0.3, 2.5),
        ] {
            let model = magnet(spins, 1.0, field);
            let (found, exact) =
                (model.log_sum_of_macrostates(temperature), model.solve(temperature).log_partition);
            assert!((found / exact - 1.0).abs() < 1e-12, "{model:?}: {found}, not {exact}");
        }
    }

    /// Every M one by one.
    fn all(model: &CurieWeiss) -> Vec<i64> {
        let spins = model.spins as i64;
        (0..=spins).map(|up| 2 * up - spins).collect()
    }

    #[test]
    fn minima_are_those_of_a_search() {
        for (spins, coupling, field) in
            [(7, 1.0, 0.0), (40, 1.0, 0.0), (41, 2.0, -0.05), (30, -1.0, 0.2), (2, 1.0, 0.0)]
        {
            let model = magnet(spins, coupling, field);
            let least =
                |of: &dyn Fn(i64) -> f64| all(&model).into_iter().map(of).fold(f64::INFINITY, f64::min);
            assert_eq!(model.energy(model.lowest()), least(&|m| model.energy(m)));
            for temperature in [0.3, 0.8, 0.97, 1.0, 1.1, 3.0] {
                let found = model.free_energy(model.likeliest(temperature), temperature);
                let exact = least(&|m| model.free_energy(m, temperature));
                assert!((found - exact).abs() < 1e-12 * exact.abs(), "{model:?} at {temperature}");
            }
        }
    }

    #[test]
    fn the_minimum_of_f_leaves_and_arrives_where_it_should() {
        for spins in [2, 3, 10, 101, 1000] {
            let model = magnet(spins, 1.5, 0.0);
            let (leave, arrive) = (model.departure().unwrap(), model.arrival().unwrap());
            let n = spins as i64;
            assert_eq!(model.likeliest(leave * (1.0 - 1e-9)), n);
            assert!(model.likeliest(leave * (1.0 + 1e-9)) < n);
            assert_eq!(model.likeliest(arrive * (1.0 + 1e-9)), n % 2);
            assert!(model.likeliest(arrive * (1.0 - 1e-9)) > n % 2);
        }
        let leave = magnet(50, 1.0, 0.3).departure().unwrap();
        assert!((leave - (2.0 * 0.98 + 0.6) / libm::log(50.0)).abs() < 1e-12);
        assert_eq!(magnet(50, 1.0, 0.3).arrival(), None);
        assert_eq!(magnet(1, 1.0, 0.0).departure(), None);
    }

    #[test]
    fn shares_are_sums_over_all_macrostates() {
        for (spins, field, temperature) in
            [(10, 0.0, 0.8), (99, 0.1, 0.8), (400, -0.02, 1.0), (50, 0.0, -1.0)]
        {
            let model = magnet(spins, 1.0, field);
            let (energy, log) = (model.solve(temperature).energy, model.solve(temperature).log_partition);
            let share = |m: i64| libm::exp(-model.free_energy(m, temperature) / temperature - log);
            let width = 0.1 * energy.abs();
            let near: f64 = all(&model)
                .into_iter()
                .filter(|m| (model.energy(*m) - energy).abs() <= width)
                .map(share)
                .sum();
            let most = all(&model).into_iter().map(share).fold(0.0, f64::max);
            let found = model.shares(temperature, energy, width);
            assert!((found.near - near).abs() < 1e-12, "{model:?}: {} not {near}", found.near);
            assert!((found.likeliest - most).abs() < 1e-12, "{model:?}");
        }
    }

    #[test]
    fn the_self_consistent_field_solves_its_equation() {
        for (field, temperature) in [(0.0, 0.5), (0.0, 0.999), (0.1, 1.5), (-0.2, 0.4)] {
            let m = magnet(10, 1.0, field).self_consistent(temperature);
            assert!(m > 0.0 && (libm::tanh((m + f64::abs(field)) / temperature) - m).abs() < 1e-14);
        }
        assert_eq!(magnet(10, 1.0, 0.0).self_consistent(1.0), 0.0);
        assert_eq!(magnet(10, 1.0, 0.0).self_consistent(0.0), 1.0);
    }
}
