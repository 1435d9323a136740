//! Simulated annealing: Metropolis sweeps at a temperature that falls from sweep to sweep, keeping the best state met.
//!
//! Kirkpatrick, Gelatt and Vecchi 1983, doi:10.1126/science.220.4598.671. Each sweep proposes to flip every spin once, in
//! order. Local fields are cached and updated on a flip, so that a rejected proposal costs one comparison.

mod rules;

use crate::models::spins::PairModel;
use crate::rng::Stream;
use rand::Rng;
use rules::{Exponential, Powers, Rule};
use std::ops::{AddAssign, ControlFlow, Mul};

/// The largest local field for which acceptance probabilities are tabulated anew in each sweep.
const MAX_TABLE: f64 = 4096.0;

/// Floating-point local fields are summed afresh after this many sweeps, so that rounding does not build up.
const REFRESH: usize = 128;

/// What one annealing run found.
#[derive(Debug, Clone, PartialEq)]
pub struct Annealed {
    /// The least energy of all states that the run passed through, summed afresh from the state.
    pub best_energy: f64,
    /// The first state of that energy, N spins ±1.
    pub best_state: Vec<i8>,
    /// The sweep in which that state was met, from 1; 0 is the random start.
    pub sweep_of_best: usize,
    /// The energy after the last sweep.
    pub final_energy: f64,
    /// The course of the run, at most `rows` entries.
    pub trace: Vec<TraceRow>,
}

/// One point of an annealing run's course.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TraceRow {
    /// Sweeps done so far.
    pub sweep: usize,
    /// The temperature of the last of them.
    pub temperature: f64,
    /// The energy E after it.
    pub energy: f64,
    /// The share of proposals accepted since the row before.
    pub acceptance: f64,
}

/// Anneals `model` from a random state, one sweep at each of `temperatures` (≥ 0, k_B = 1).
///
/// The trace has at most `rows` rows, evenly spaced, the last sweep among them. `advance` is called every few
/// milliseconds with the share of the run done; `None` is returned when it breaks.
///
/// Couplings that are small whole numbers are handled in integers, with a table of acceptance probabilities for each
/// temperature; others in `f64`, with an exponential when needed.
pub fn anneal(
    model: &PairModel,
    temperatures: &[f64],
    rows: usize,
    stream: &mut Stream,
    advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Option<Annealed> {
    let largest = largest_field(model);
    if model.is_integer() && largest <= MAX_TABLE {
        let rule = Powers::new(largest as usize);
        Run::<i32, _>::new(model, rule, |value| value as i32, stream).go(temperatures, rows, stream, advance)
    } else {
        Run::<f64, _>::new(model, Exponential::default(), |value| value, stream).go(
            temperatures,
            rows,
            stream,
            advance,
        )
    }
}

/// The largest possible |Σ_j J_ij s_j + h_i|.
fn largest_field(model: &PairModel) -> f64 {
    (0..model.spins())
        .map(|i| model.row(i).map(|(_, coupling)| coupling.abs()).sum::<f64>() + model.fields[i].abs())
        .fold(0.0, f64::max)
}

/// The numbers in which local fields are kept.
trait Field: Copy + PartialOrd + AddAssign + Mul<Output = Self> + From<i8> + Into<f64> {
    /// Whether sums round.
    const ROUNDS: bool;
}

impl Field for i32 {
    const ROUNDS: bool = false;
}

impl Field for f64 {
    const ROUNDS: bool = true;
}

/// A run in progress.
struct Run<'a, F, R> {
    model: &'a PairModel,
    rule: R,
    /// (neighbour, 2 J_ij), row by row as in the model.
    links: Vec<(u32, F)>,
    state: Vec<i8>,
    /// Local fields f_i = Σ_j J_ij s_j + h_i.
    fields: Vec<F>,
    convert: fn(f64) -> F,
    /// The model's bracket Σ J s s + Σ h s.
    bracket: f64,
    accepted: u64,
    /// The spins flipped in the current sweep, in order.
    flips: Vec<u32>,
}

/// How low a sweep went: its least bracket cost, and after how many of its flips.
struct Lowest<F> {
    cost: F,
    flips: usize,
}

impl<'a, F: Field, R: Rule<F>> Run<'a, F, R> {
    fn new(model: &'a PairModel, rule: R, convert: fn(f64) -> F, stream: &mut Stream) -> Self {
        let links = model
            .neighbours
            .iter()
            .zip(&model.couplings)
            .map(|(j, value)| (*j, convert(2.0 * value)))
            .collect();
        let mut state = Vec::with_capacity(model.spins());
        while state.len() < model.spins() {
            let bits = stream.next_u64();
            state.extend(
                (0..64).take(model.spins() - state.len()).map(|k| if bits >> k & 1 == 1 { 1 } else { -1 }),
            );
        }
        let mut run = Self {
            model,
            rule,
            links,
            state,
            fields: Vec::new(),
            convert,
            bracket: 0.0,
            accepted: 0,
            flips: Vec::new(),
        };
        run.refresh();
        run
    }

    /// Sums the local fields and the bracket afresh.
    fn refresh(&mut self) {
        let model = self.model;
        self.fields = (0..model.spins()).map(|i| (self.convert)(model.local_field(&self.state, i))).collect();
        self.bracket = (model.offset - model.energy(&self.state)) / model.scale;
    }

    fn energy(&self) -> f64 {
        self.model.offset - self.model.scale * self.bracket
    }

    /// Proposes to flip each spin once. Flipping spin i costs 2 · scale · x with x = s_i f_i.
    fn sweep(&mut self, stream: &mut Stream) -> Lowest<F> {
        let Self { model, rule, links, state, fields, flips, .. } = self;
        let mut cost = F::from(0);
        let mut lowest = Lowest { cost, flips: 0 };
        flips.clear();
        for i in 0..state.len() {
            let x = F::from(state[i]) * fields[i];
            if !rule.accept(x, stream) {
                continue;
            }
            state[i] = -state[i];
            flips.push(i as u32);
            cost += x;
            if cost < lowest.cost {
                lowest = Lowest { cost, flips: flips.len() };
            }
            let sign = F::from(state[i]);
            for (j, twice) in &links[model.starts[i] as usize..model.starts[i + 1] as usize] {
                fields[*j as usize] += sign * *twice;
            }
        }
        self.accepted += flips.len() as u64;
        self.bracket -= 2.0 * cost.into();
        lowest
    }

    fn go(
        mut self,
        temperatures: &[f64],
        rows: usize,
        stream: &mut Stream,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Annealed> {
        let (spins, sweeps) = (self.model.spins(), temperatures.len());
        let stride = sweeps.div_ceil(rows.max(1)).max(1);
        // About a million proposals pass between two reports of progress: some milliseconds.
        let report = (1_000_000 / spins.max(1)).max(1);
        let mut best = (self.energy(), self.state.clone(), 0);
        let mut trace = Vec::with_capacity(rows.min(sweeps));
        let mut since = 0;
        for (index, &temperature) in temperatures.iter().enumerate() {
            let done = index + 1;
            self.rule.set(2.0 * self.model.scale / temperature);
            let before = self.bracket;
            let lowest = self.sweep(stream);
            let least = self.model.offset - self.model.scale * (before - 2.0 * lowest.cost.into());
            if least < best.0 {
                (best.0, best.2) = (least, done);
                best.1.copy_from_slice(&self.state);
                self.flips[lowest.flips..].iter().for_each(|i| best.1[*i as usize] = -best.1[*i as usize]);
            }
            if F::ROUNDS && done.is_multiple_of(REFRESH) {
                self.refresh();
            }
            let energy = self.energy();
            // Rows stand at the ends of equal strides, counted from the last sweep.
            if (sweeps - done).is_multiple_of(stride) {
                let acceptance = self.accepted as f64 / ((done - since) * spins.max(1)) as f64;
                trace.push(TraceRow { sweep: done, temperature, energy, acceptance });
                (self.accepted, since) = (0, done);
            }
            if done.is_multiple_of(report) && advance(done as f64 / sweeps as f64).is_break() {
                return None;
            }
        }
        Some(Annealed {
            best_energy: self.model.energy(&best.1),
            best_state: best.1,
            sweep_of_best: best.2,
            final_energy: self.model.energy(&self.state),
            trace,
        })
    }
}

#[cfg(test)]
mod tests;
