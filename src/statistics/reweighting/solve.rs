//! Newton's method for the free energies.

use super::moments::Density;
use std::sync::Arc;

/// A step of all free energies below this ends the iteration: the next would be of the order of its square.
const CLOSE: f64 = 1e-8;
/// Quadratic convergence takes about five steps; many more mean that there is no solution.
const MOST_STEPS: usize = 200;
/// No free energy moves further than this in one step, so that no exponential overflows.
const LONGEST_STEP: f64 = 20.0;

/// The equations for one set of levels and temperatures, with their exponentials tabulated.
pub(super) struct Equations<'a> {
    betas: &'a [f64],
    levels: Arc<Vec<f64>>,
    /// The free energies around which the table is made.
    origin: Vec<f64>,
    /// e^{f_k − β_k E − m(E)}, a row for each level, with m(E) the largest exponent of the row.
    table: Vec<f64>,
    /// m(E).
    largest: Vec<f64>,
}

impl<'a> Equations<'a> {
    pub(super) fn new(betas: &'a [f64], levels: &[f64], origin: Vec<f64>) -> Self {
        let mut equations =
            Self { betas, levels: Arc::new(levels.to_vec()), origin, table: Vec::new(), largest: Vec::new() };
        equations.tabulate();
        equations
    }

    fn tabulate(&mut self) {
        self.table.clear();
        self.largest.clear();
        for energy in self.levels.iter() {
            let exponent = |k: usize| self.origin[k] - self.betas[k] * energy;
            let largest = (0..self.betas.len()).map(exponent).fold(f64::NEG_INFINITY, f64::max);
            self.table.extend((0..self.betas.len()).map(|k| libm::exp(exponent(k) - largest)));
            self.largest.push(largest);
        }
    }

    /// Makes `shift` part of the free energies around which the table is made.
    pub(super) fn move_by(&mut self, shift: &[f64]) {
        self.origin.iter_mut().zip(shift).for_each(|(free, shift)| *free += shift);
        self.tabulate();
    }

    /// The free energies that solve the equations for these histogram entries and numbers of samples, less the ones of
    /// the table; the first is kept.
    ///
    /// They are the minimum of F(f) = Σ_E H(E) ln Σ_k N_k e^{f_k − β_k E} − Σ_k N_k f_k, which is convex (Shirts and
    /// Chodera 2008, appendix C). `None` when there is none.
    pub(super) fn solve(&mut self, hits: &[f64], counts: &[f64]) -> Option<Vec<f64>> {
        let count = counts.len();
        let total: f64 = counts.iter().sum();
        let mut shift = vec![0.0; count];
        let (mut value, mut gradient, mut curvature) = self.derivatives(hits, counts, &shift);
        for _ in 0..MOST_STEPS {
            let mut step = newton(&gradient, &mut curvature, count)?;
            let longest = step.iter().fold(0.0_f64, |most, x| most.max(libm::fabs(*x)));
            if longest > LONGEST_STEP {
                step.iter_mut().for_each(|x| *x *= LONGEST_STEP / longest);
            }
            let mut scale = 1.0;
            loop {
                let next: Vec<f64> = shift.iter().zip(&step).map(|(f, s)| f - scale * s).collect();
                let (new, slope, bend) = self.derivatives(hits, counts, &next);
                // Near the minimum the value no longer tells; the gradient does.
                if new <= value + 1e-12 * total.max(libm::fabs(value)) {
                    (shift, value, gradient, curvature) = (next, new, slope, bend);
                    break;
                }
                scale *= 0.5;
                if scale < 1e-6 {
                    return None;
                }
            }
            if scale * longest < CLOSE {
                return shift.iter().all(|f| f.is_finite()).then_some(shift);
            }
        }
        None
    }

    /// F, its gradient and its second derivatives by the free energies.
    fn derivatives(&self, hits: &[f64], counts: &[f64], shift: &[f64]) -> (f64, Vec<f64>, Vec<f64>) {
        let count = counts.len();
        let factors: Vec<f64> = counts.iter().zip(shift).map(|(n, f)| n * libm::exp(*f)).collect();
        let mut value = -counts.iter().zip(shift).map(|(n, f)| n * f).sum::<f64>();
        let mut gradient: Vec<f64> = counts.iter().map(|n| -n).collect();
        let mut curvature = vec![0.0; count * count];
        let mut share = vec![0.0; count];
        for (row, hits) in self.table.chunks_exact(count).zip(hits).filter(|(_, hits)| **hits > 0.0) {
            let mut sum = 0.0;
            for ((share, x), factor) in share.iter_mut().zip(row).zip(&factors) {
                *share = x * factor;
                sum += *share;
            }
            value += hits * libm::log(sum);
            let (mut first, mut last) = (count, 0);
            for (k, share) in share.iter_mut().enumerate() {
                *share /= sum;
                if *share > 1e-18 {
                    first = first.min(k);
                    last = k + 1;
                }
            }
            for k in first..last {
                let weight = hits * share[k];
                gradient[k] += weight;
                curvature[k * count + k] += weight;
                for l in first..=k {
                    curvature[k * count + l] -= weight * share[l];
                }
            }
        }
        (value, gradient, curvature)
    }

    /// The density of states that goes with a solution: ln g(E) = ln H(E) − ln Σ_k N_k e^{f_k − β_k E}.
    pub(super) fn density(&self, hits: &[f64], counts: &[f64], shift: &[f64], order: &[[f64; 3]]) -> Density {
        let count = counts.len();
        let factors: Vec<f64> = counts.iter().zip(shift).map(|(n, f)| n * libm::exp(*f)).collect();
        let mut logs = Vec::with_capacity(hits.len());
        for (at, row) in self.table.chunks_exact(count).enumerate() {
            let sum: f64 = row.iter().zip(&factors).map(|(x, factor)| x * factor).sum();
            logs.push(if hits[at] > 0.0 {
                libm::log(hits[at]) - self.largest[at] - libm::log(sum)
            } else {
                f64::NEG_INFINITY
            });
        }
        let means = order
            .iter()
            .zip(hits)
            .map(|(sums, hits)| sums.map(|sum| if *hits > 0.0 { sum / hits } else { 0.0 }));
        Density::new(Arc::clone(&self.levels), logs, means.collect(), hits.to_vec())
    }
}

/// Solves (second derivatives) × step = gradient with the first free energy held fixed, by Cholesky's decomposition of
/// the lower triangle.
fn newton(gradient: &[f64], curvature: &mut [f64], count: usize) -> Option<Vec<f64>> {
    let at = |i: usize, j: usize| i * count + j;
    for i in 1..count {
        for j in 1..=i {
            let dot: f64 = (1..j).map(|k| curvature[at(i, k)] * curvature[at(j, k)]).sum();
            let rest = curvature[at(i, j)] - dot;
            if i == j {
                // Samples that share no energies leave nothing that ties their free energies together.
                if rest.is_nan() || rest <= 1e-12 * curvature[at(i, i)].abs() || rest <= 0.0 {
                    return None;
                }
                curvature[at(i, i)] = libm::sqrt(rest);
            } else {
                curvature[at(i, j)] = rest / curvature[at(j, j)];
            }
        }
    }
    let mut step = gradient.to_vec();
    step[0] = 0.0;
    for i in 1..count {
        let dot: f64 = (1..i).map(|k| curvature[at(i, k)] * step[k]).sum();
        step[i] = (step[i] - dot) / curvature[at(i, i)];
    }
    for i in (1..count).rev() {
        let dot: f64 = (i + 1..count).map(|k| curvature[at(k, i)] * step[k]).sum();
        step[i] = (step[i] - dot) / curvature[at(i, i)];
    }
    Some(step)
}
