//! Multi-temperature reweighting: the chains of all temperatures together give every temperature between them.
//!
//! Sources: A. M. Ferrenberg and R. H. Swendsen, Phys. Rev. Lett. 63 (1989) 1195, doi:10.1103/PhysRevLett.63.1195 (the
//! histogram method); M. R. Shirts and J. D. Chodera, J. Chem. Phys. 129 (2008) 124105, doi:10.1063/1.2978177 (the same
//! equations for single samples, and that their solution has the least variance).

mod moments;
mod samples;
mod solve;
#[cfg(test)]
mod tests;

pub use moments::{Averages, Density, Weights};
pub use samples::Samples;

use super::jackknife::Jackknifed;
use samples::Tally;
use solve::Equations;

/// Samples at several temperatures, joined by one density of states, with one more density for every row left out.
pub struct Reweighting {
    /// Inverse temperatures, ascending.
    betas: Vec<f64>,
    /// The density of states from everything.
    full: Density,
    /// The densities without one row of blocks each.
    without: Vec<Density>,
    /// Per row: each temperature's number of samples and sums of the first three powers of E − E₀, E₀ its own mean.
    sums: Vec<Vec<[f64; 4]>>,
    /// Each temperature's mean energy.
    centres: Vec<f64>,
    /// By how much correlations across block edges shrink the variance between blocks.
    retained: f64,
}

/// Energies of one temperature without reweighting: −∂ln Z/∂β and its next two derivatives, up to their signs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plain {
    /// ⟨E⟩.
    pub energy: f64,
    /// ⟨E²⟩ − ⟨E⟩².
    pub variance: f64,
    /// ⟨(E − ⟨E⟩)³⟩.
    pub third: f64,
}

/// One solution: the densities of states, and the plain means that went into it.
pub struct Solution<'a> {
    /// The density of states.
    pub density: &'a Density,
    /// Mean and variance of the energy at each sampled temperature.
    pub plain: Vec<Plain>,
}

impl Reweighting {
    /// Joins the samples of two temperatures or more.
    ///
    /// With H(E) = Σ_k n_k(E)/g_k, N_k = n_k/g_k and g_k = 2τ_k, the statistical inefficiency, so that each temperature
    /// counts by its effectively independent samples, the free energies f_k = −ln Z(β_k) solve e^{−f_k} = Σ_E H(E)
    /// e^{−β_k E}/Σ_j N_j e^{f_j − β_j E} (Shirts and Chodera 2008, eq. 11; Ferrenberg and Swendsen 1989, eq. 8), by
    /// Newton's method on the convex function whose minimum they are. The quotient without e^{−β_k E} is the density of
    /// states, up to one factor.
    ///
    /// For the errors, the blocks of all temperatures are set beside each other in rows, and the whole solution is
    /// repeated without each row in turn: a jackknife whose rows are independent, so that what the temperatures have in
    /// common enters every function of the result. `None` for fewer than two temperatures, or where the equations have
    /// no solution, as for temperatures that share no energies.
    pub fn new(samples: &[&Samples]) -> Option<Self> {
        let mut samples = samples.to_vec();
        samples.sort_by(|a, b| a.beta.total_cmp(&b.beta));
        let rows = samples.iter().map(|one| one.blocks.len()).min().filter(|_| samples.len() > 1)?;
        let mut levels: Vec<f64> = samples.iter().flat_map(|one| one.levels.iter().copied()).collect();
        levels.sort_by(f64::total_cmp);
        levels.dedup();
        let place = |energy: f64| levels.partition_point(|level| *level < energy);
        let places: Vec<Vec<usize>> =
            samples.iter().map(|one| one.levels.iter().map(|energy| place(*energy)).collect()).collect();
        let centres: Vec<f64> = samples.iter().map(|one| one.mean_energy()).collect();

        let mut tallies: Vec<Vec<Tally>> = vec![Vec::new(); rows];
        let mut sums = vec![vec![[0.0; 4]; samples.len()]; rows];
        for (k, one) in samples.iter().enumerate() {
            for (block, tally) in
                one.blocks.iter().enumerate().flat_map(|(at, all)| all.iter().map(move |t| (at, t)))
            {
                let row = block * rows / one.blocks.len();
                let excess = one.levels[tally.level] - centres[k];
                let [n, first, second, third] = &mut sums[row][k];
                *n += tally.count;
                *first += tally.count * excess;
                *second += tally.count * excess * excess;
                *third += tally.count * excess * excess * excess;
                tallies[row].push(Tally {
                    level: places[k][tally.level],
                    count: tally.count / one.inefficiency,
                    order: tally.order.map(|sum| sum / one.inefficiency),
                });
            }
        }
        let counts_of = |row: &[[f64; 4]]| -> Vec<f64> {
            row.iter().zip(&samples).map(|([n, ..], one)| n / one.inefficiency).collect()
        };
        let mut counts = vec![0.0; samples.len()];
        for row in &sums {
            counts.iter_mut().zip(counts_of(row)).for_each(|(total, n)| *total += n);
        }
        let mut hits = vec![0.0; levels.len()];
        let mut order = vec![[0.0; 3]; levels.len()];
        for tally in tallies.iter().flatten() {
            hits[tally.level] += tally.count;
            order[tally.level].iter_mut().zip(tally.order).for_each(|(total, sum)| *total += sum);
        }

        let betas: Vec<f64> = samples.iter().map(|one| one.beta).collect();
        let mut equations = Equations::new(&betas, &levels, trapezoid(&betas, &centres));
        let shift = equations.solve(&hits, &counts)?;
        equations.move_by(&shift);
        let full = equations.density(&hits, &counts, &vec![0.0; betas.len()], &order);
        let mut without = Vec::with_capacity(rows);
        for (row, tallies) in sums.iter().zip(&tallies) {
            let (mut hits, mut order) = (hits.clone(), order.clone());
            let mut touched: Vec<usize> = Vec::with_capacity(tallies.len());
            for tally in tallies {
                hits[tally.level] -= tally.count;
                order[tally.level].iter_mut().zip(tally.order).for_each(|(total, sum)| *total -= sum);
                touched.push(tally.level);
            }
            // What is left of a level after its only samples are gone is rounding.
            for level in touched {
                if hits[level] < 1e-9 {
                    hits[level] = 0.0;
                }
            }
            let counts: Vec<f64> = counts.iter().zip(counts_of(row)).map(|(total, n)| total - n).collect();
            let shift = equations.solve(&hits, &counts)?;
            without.push(equations.density(&hits, &counts, &shift, &order));
        }
        let retained = samples.iter().map(|one| one.retained(rows)).fold(1.0, f64::min);
        Some(Self { betas, full, without, sums, centres, retained })
    }

    /// The inverse temperatures of the samples, ascending.
    pub fn betas(&self) -> &[f64] {
        &self.betas
    }

    /// The density of states from all samples.
    pub fn density(&self) -> &Density {
        &self.full
    }

    /// How many rows of blocks the errors rest on.
    pub fn rows(&self) -> usize {
        self.without.len()
    }

    /// Estimates several functions of the solution at once, leaving out one row at a time: value and error as in
    /// [`super::jackknife::Blocks::estimate`]. `None` for a function that is not finite on all of them.
    pub fn estimate(&self, functions: impl Fn(&Solution<'_>) -> Vec<f64>) -> Vec<Option<Jackknifed>> {
        let full = functions(&Solution { density: &self.full, plain: self.plain(None) });
        let rows = self.without.len() as f64;
        let without: Vec<Vec<f64>> = (0..self.without.len())
            .map(|row| functions(&Solution { density: &self.without[row], plain: self.plain(Some(row)) }))
            .collect();
        let of = |(at, full): (usize, &f64)| {
            let shifts: Vec<f64> = without.iter().map(|values| values[at] - full).collect();
            let mean = shifts.iter().sum::<f64>() / rows;
            let scatter: f64 = shifts.iter().map(|shift| (shift - mean) * (shift - mean)).sum();
            let value = full - (rows - 1.0) * mean;
            let std_error = libm::sqrt((rows - 1.0) / rows * scatter / self.retained);
            let finite = value.is_finite() && std_error.is_finite();
            finite.then_some(Jackknifed { value, std_error, blocks: without.len() })
        };
        full.iter().enumerate().map(of).collect()
    }

    /// Mean and variance of the energy at each sampled temperature, without reweighting; all rows, or without one.
    pub fn plain(&self, left_out: Option<usize>) -> Vec<Plain> {
        let rows = self.sums.iter().enumerate().filter(|(row, _)| Some(*row) != left_out);
        let mut totals = vec![[0.0; 4]; self.betas.len()];
        for (_, row) in rows {
            for (total, sums) in totals.iter_mut().zip(row) {
                total.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
            }
        }
        let of = |([n, first, second, third], centre): (&[f64; 4], &f64)| {
            let (mean, square, cube) = (first / n, second / n, third / n);
            Plain {
                energy: centre + mean,
                variance: square - mean * mean,
                third: cube - 3.0 * mean * square + 2.0 * mean * mean * mean,
            }
        };
        totals.iter().zip(&self.centres).map(of).collect()
    }
}

/// −ln Z at each β by the trapezoid of the mean energies: where Newton's method starts.
fn trapezoid(betas: &[f64], energies: &[f64]) -> Vec<f64> {
    let mut free = vec![0.0];
    for k in 1..betas.len() {
        let step = 0.5 * (betas[k] - betas[k - 1]) * (energies[k] + energies[k - 1]);
        free.push(free[k - 1] + step);
    }
    free
}

/// ln Z(β_k) − ln Z(β₀) = −∫ U dβ along the sampled temperatures, and a bound of what the rule misses.
///
/// Each step h takes the trapezoid with two end corrections, h/2 (U₀ + U₁) + h²/10 (U₀′ − U₁′) + h³/120 (U₀″ + U₁″),
/// where U′ = −Var E and U″ = ⟨(E − U)³⟩ are measured too: the integral of the polynomial of fifth degree through them,
/// with an error of order h⁷. The bound adds up by how much it differs from h/2 (U₀ + U₁) + h²/12 (U₀′ − U₁′), the same
/// without U″, whose error is of order h⁵ (Davis and Rabinowitz, Methods of Numerical Integration, 1984, section 2.9).
pub fn integrate(betas: &[f64], plain: &[Plain]) -> Vec<(f64, f64)> {
    let mut sums = vec![(0.0, 0.0)];
    for k in 1..betas.len() {
        let step = betas[k] - betas[k - 1];
        let (from, to) = (plain[k - 1], plain[k]);
        let trapezoid = 0.5 * step * (from.energy + to.energy);
        let slopes = step * step * (to.variance - from.variance);
        let bends = step * step * step / 120.0 * (from.third + to.third);
        let (sum, bound) = sums[k - 1];
        let difference = libm::fabs(slopes * (1.0 / 10.0 - 1.0 / 12.0) + bends);
        sums.push((sum - trapezoid - slopes / 10.0 - bends, bound + difference));
    }
    sums
}
