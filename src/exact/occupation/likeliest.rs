//! The most probable distribution: the composition n of N objects at a given energy with the most assignments.
//!
//! With any p_j = g_j e^{−βE_j}/Z the number of assignments is a constant times ∏ (N p_j)^{n_j}/n_j!, since Σ n_j and
//! Σ n_j E_j are fixed. Each factor alone is largest at the mode ⌊N p_j⌋ of a Poisson distribution, and a composition loses
//! Σ_j l_j(n_j) ≥ 0 against all modes together. All compositions that lose at most a given bound are gone through, box by
//! box; the bound is raised until one has the right sums. None outside the bound can then be better: the result is proven.

use std::collections::BTreeMap;

/// The first bound on the loss, and by what it is raised.
const FIRST: f64 = 1e-4;
const FACTOR: f64 = 3.0;

/// The most partial sums that are held at once for one box, and in all.
const MOST: usize = 400_000;

/// Two sums' deviations from the modes': of the objects and of the energy.
type Deviation = (i64, i64);

/// n* for boxes with their steps of energy and ln p_j (up to a common constant); the first in lexical order among equals up
/// to rounding. `None` where more than [`MOST`] partial sums would have to be compared.
pub(super) fn likeliest(objects: u64, total: u64, boxes: &[(u64, f64)]) -> Option<Vec<u64>> {
    let factors: Vec<Factor> =
        boxes.iter().map(|(step, log)| Factor::new(*step, log + libm::log(objects as f64))).collect();
    let modes: i64 = factors.iter().map(|factor| factor.mode).sum();
    let energy: i64 = factors.iter().map(|factor| factor.mode * factor.step).sum();
    let goal = (objects as i64 - modes, total as i64 - energy);
    let mut bound = FIRST;
    loop {
        if let Some(found) = within(bound, goal, &factors)? {
            return Some(found);
        }
        bound *= FACTOR;
    }
}

/// The best composition that loses at most `bound`, if there is one; `None` if there are too many to compare.
#[expect(clippy::option_option, reason = "given up, none, or found")]
fn within(bound: f64, goal: Deviation, factors: &[Factor]) -> Option<Option<Vec<u64>>> {
    // For each box the partial sums up to it, with the least loss and the last deviation that gives it.
    let mut layers: Vec<BTreeMap<Deviation, (f64, i64)>> = vec![BTreeMap::from([((0, 0), (0.0, 0))])];
    let mut held = 0;
    for factor in factors {
        let choices = factor.choices(bound);
        let mut next: BTreeMap<Deviation, (f64, i64)> = BTreeMap::new();
        for ((objects, energy), (loss, _)) in &layers[layers.len() - 1] {
            for (deviation, more) in &choices {
                let loss = loss + more;
                if loss > bound {
                    continue;
                }
                let place = (objects + deviation, energy + deviation * factor.step);
                let entry = next.entry(place).or_insert((f64::INFINITY, 0));
                if loss < entry.0 {
                    *entry = (loss, *deviation);
                }
            }
        }
        held += next.len();
        if held > MOST * factors.len() || next.len() > MOST {
            return None;
        }
        layers.push(next);
    }
    let mut place = goal;
    let mut found = Vec::with_capacity(factors.len());
    for (factor, layer) in factors.iter().zip(&layers[1..]).rev() {
        let Some((_, deviation)) = layer.get(&place) else { return Some(None) };
        found.push((factor.mode + deviation) as u64);
        place = (place.0 - deviation, place.1 - deviation * factor.step);
    }
    found.reverse();
    Some(Some(found))
}

/// One box: μ^n/n! with μ = N p.
struct Factor {
    step: i64,
    log_mean: f64,
    mode: i64,
}

impl Factor {
    fn new(step: u64, log_mean: f64) -> Self {
        Self { step: step as i64, log_mean, mode: libm::floor(libm::exp(log_mean)) as i64 }
    }

    /// Deviations from the mode that lose at most `bound`, each with its loss.
    fn choices(&self, bound: f64) -> Vec<(i64, f64)> {
        let mut choices = vec![(0, 0.0)];
        let mut loss = 0.0;
        // From n to n + 1 is lost ln((n + 1)/μ); at the mode that is positive.
        for n in self.mode.. {
            loss += libm::log(n as f64 + 1.0) - self.log_mean;
            if loss > bound {
                break;
            }
            choices.push((n + 1 - self.mode, loss.max(0.0)));
        }
        loss = 0.0;
        for n in (1..=self.mode).rev() {
            loss += self.log_mean - libm::log(n as f64);
            if loss > bound {
                break;
            }
            choices.push((n - 1 - self.mode, loss.max(0.0)));
        }
        choices
    }
}
