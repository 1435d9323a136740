//! A model whose couplings are any real numbers: its extremes, and its sums at one temperature, block by block.

use super::moments::Moments;
use super::walk::{Block, Walk, spread};
use super::{ControlFlow, Level};
use crate::exact::Ground;
use crate::exact::intervals::{BINS, Span, Sums};

/// Bytes of the sums over one chunk: a weight for each state of the inner spins and each number of outer ones up.
pub(super) fn bytes(walk: &Walk) -> u64 {
    let rows = walk.spins() + 1 - walk.inner();
    ((rows << walk.inner()) * size_of::<f64>() + size_of::<Sums>()) as u64
}

/// Products of weights reach down to e^−600; a block in which that is not enough takes each state's exponential.
const PRODUCT_RANGE: f64 = 600.0;
/// 2^52: adding it leaves the nearest whole number in the last bits of a float.
const ROUNDER: f64 = 4_503_599_627_370_496.0;
/// Sums and extremes are taken in as many lanes.
const LANES: usize = 8;
/// Energies that differ by less than this share of Σ|J| + Σ|h| are one level.
const TIE: f64 = 1e-11;

/// The ends of the spectrum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ends {
    pub(super) lowest: f64,
    pub(super) highest: f64,
    pub(super) ground: Ground,
    /// How many microstates have the highest energy.
    pub(super) highest_degeneracy: f64,
}

/// The two lowest levels of a set of states, as sums −Σ J s s − Σ h s.
#[derive(Debug, Clone, Copy)]
struct Two {
    energies: [f64; 2],
    counts: [u64; 2],
}

impl Two {
    const NONE: Self = Self { energies: [f64::INFINITY; 2], counts: [0; 2] };

    fn add(&mut self, energy: f64, count: u64, tie: f64) {
        if count == 0 {
            return;
        }
        if energy < self.energies[0] - tie {
            self.energies = [energy, self.energies[0]];
            self.counts = [count, self.counts[0]];
        } else if energy <= self.energies[0] + tie {
            self.counts[0] += count;
        } else if energy < self.energies[1] - tie {
            (self.energies[1], self.counts[1]) = (energy, count);
        } else if energy <= self.energies[1] + tie {
            self.counts[1] += count;
        }
    }

    fn join(mut self, other: Self, tie: f64) -> Self {
        self.add(other.energies[0], other.counts[0], tie);
        self.add(other.energies[1], other.counts[1], tie);
        self
    }
}

/// All levels of so few states that each can be looked at, lowest energy first; energies that agree to rounding are one.
pub(super) fn levels(walk: &Walk) -> Vec<(Level, Moments)> {
    let (inner, spins) = (walk.inner_brackets(), walk.spins());
    let mut sums = vec![0.0; inner.len()];
    let mut states: Vec<(f64, usize)> = Vec::new();
    walk.blocks(0, |block| {
        brackets(&block, &inner, &mut sums);
        states.extend(sums.iter().enumerate().map(|(state, bracket)| {
            let up = block.up + walk.inner() - state.count_ones() as usize;
            (walk.offset - walk.unit * bracket, up)
        }));
    });
    states.sort_by(|a, b| a.0.total_cmp(&b.0));
    let tie = TIE * walk.bound * walk.unit.abs();
    let mut levels: Vec<(Level, Moments)> = Vec::new();
    for (energy, up) in states {
        if levels.last().is_none_or(|(level, _)| energy - level.energy > tie) {
            levels.push((Level { energy, degeneracy: 0.0 }, Moments::default()));
        }
        if let Some((level, order)) = levels.last_mut() {
            level.degeneracy += walk.multiplicity();
            order.add(walk.multiplicity(), up, spins);
        }
    }
    for (level, order) in &mut levels {
        *order = order.scaled(1.0 / level.degeneracy);
    }
    levels
}

/// Finds lowest and highest energy, the ground state's degeneracy and the gap.
pub(super) fn ends(walk: &Walk, advance: &mut dyn FnMut(f64) -> ControlFlow<()>) -> Option<Ends> {
    let tie = TIE * walk.bound;
    let inner = walk.inner_brackets();
    let (least_inner, most_inner) =
        (least(inner.iter().copied()), -least(inner.iter().map(|bracket| -bracket)));
    let scan = |chunk: usize| {
        let (mut low, mut high) = (Two::NONE, Two::NONE);
        let mut sums = vec![0.0; inner.len()];
        walk.blocks(chunk, |block| {
            // No bracket of the block is outside of these: most blocks need no closer look.
            let reach = block.fields.iter().map(|field| field.abs()).sum::<f64>();
            let above = -(block.constant + most_inner + reach) > low.energies[1] + tie;
            let below = block.constant + least_inner - reach > high.energies[0] + tie;
            if above && below {
                return;
            }
            let (least, most) = brackets(&block, &inner, &mut sums);
            if -most <= low.energies[1] + tie {
                sums.iter().for_each(|sum| low.add(-sum, 1, tie));
            }
            if least <= high.energies[0] + tie {
                sums.iter().for_each(|sum| high.add(*sum, 1, tie));
            }
        });
        (low, high)
    };
    let (mut low, mut high) = (Two::NONE, Two::NONE);
    walk.batches(advance, scan, |part| {
        low = low.join(part.0, tie);
        high = high.join(part.1, tie);
    })?;
    // A bracket that is large is an energy that is low, unless the unit is negative.
    if walk.unit < 0.0 {
        std::mem::swap(&mut low, &mut high);
    }
    let unit = walk.unit.abs();
    let multiplicity = walk.multiplicity();
    let gap = low.energies[1] - low.energies[0];
    let lowest = walk.offset + unit * low.energies[0];
    Some(Ends {
        lowest,
        highest: walk.offset - unit * high.energies[0],
        ground: Ground {
            energy: lowest,
            degeneracy: multiplicity * low.counts[0] as f64,
            gap: gap.is_finite().then(|| (unit * gap, multiplicity * low.counts[1] as f64)),
        },
        highest_degeneracy: multiplicity * high.counts[0] as f64,
    })
}

/// The brackets of a block's states, with the least and the largest.
fn brackets(block: &Block<'_>, inner: &[f64], sums: &mut [f64]) -> (f64, f64) {
    let start = block.constant + block.fields.iter().sum::<f64>();
    spread(start, block.fields.iter().map(|field| 2.0 * field), sums);
    sums.iter_mut().zip(inner).for_each(|(sum, inner)| *sum += inner);
    (least(sums.iter().copied()), -least(sums.iter().map(|sum| -sum)))
}

/// The least of numbers that are not NaN, in lanes, so that it is found at the width of the processor's registers.
#[inline(always)]
fn least(numbers: impl ExactSizeIterator<Item = f64>) -> f64 {
    let mut lanes = [f64::INFINITY; LANES];
    for (index, number) in numbers.enumerate() {
        let lane = &mut lanes[index % LANES];
        *lane = if number < *lane { number } else { *lane };
    }
    lanes.into_iter().fold(f64::INFINITY, f64::min)
}

/// Sums weights e^{−x/|T|} over all states, and gives the mean moments of the magnetisation per site.
///
/// Weights are spread over a block as energies are, by products instead of sums. The rounding error of a sum grows with
/// the length of a block and the number of blocks, not with their product.
pub(super) fn sums(
    walk: &Walk,
    span: &Span,
    temperature: f64,
    advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Option<(Sums, Moments)> {
    // x = sign · (E − reference) = scale · bracket − origin.
    let Span { sign, reference, width } = *span;
    let scale = -sign * walk.unit;
    let origin = sign * (reference - walk.offset);
    let beta = 1.0 / temperature.abs();
    let inner: Vec<f64> = walk.inner_brackets().iter().map(|bracket| scale * bracket).collect();
    let least_inner = inner.iter().copied().fold(f64::INFINITY, f64::min);
    let inner_weights: Vec<f64> = inner.iter().map(|x| libm::exp(-beta * (x - least_inner))).collect();
    let per_bin = if width > 0.0 { 1.0 / width } else { 0.0 };
    // ⌊x · per_bin⌋ from the last bits of a float: a rounding that the compiler vectorises.
    let bin_of = |x: f64| ((x * per_bin - 0.5 + ROUNDER).to_bits() & 0xff).min(BINS as u64 - 1) as usize;
    let spins = walk.spins();
    let bits = walk.inner();
    let sum = |chunk: usize| {
        let mut part = Part::new(inner.len(), spins + 1 - bits);
        let (mut xs, mut weights) = (vec![0.0; inner.len()], vec![0.0; inner.len()]);
        walk.blocks(chunk, |block| {
            let fields = || block.fields.iter().map(|field| scale * field);
            let constant = scale * block.constant - origin;
            spread(constant + fields().sum::<f64>(), fields().map(|field| 2.0 * field), &mut xs);
            for (x, inner) in xs.iter_mut().zip(&inner) {
                // A likeliest state that is met again in another block may differ from itself by rounding.
                let sum = *x + inner;
                *x = if sum > 0.0 { sum } else { 0.0 };
            }
            let least = least(xs.iter().copied());
            // No state of the block is below this.
            let floor = constant + least_inner - fields().map(f64::abs).sum::<f64>();
            let factor = if beta * (least - floor) <= PRODUCT_RANGE {
                products(fields(), beta, &inner_weights, &mut weights);
                libm::exp(-beta * floor)
            } else {
                weights.iter_mut().zip(&xs).for_each(|(weight, x)| *weight = libm::exp(-beta * x));
                1.0
            };
            part.add(factor, &xs, &weights, block.up, bin_of);
        });
        part
    };
    let mut total = Part::new(inner.len(), spins + 1 - bits);
    walk.batches(advance, sum, |part| total.join(&part))?;
    Some(total.finish(spins, bits))
}

/// Relative weights of a block's states: a product of one factor per inner spin, 1 for its better direction.
fn products(fields: impl Iterator<Item = f64>, beta: f64, inner: &[f64], weights: &mut [f64]) {
    weights[0] = 1.0;
    for (bit, field) in fields.enumerate() {
        // Up adds +field to x, down −field.
        let worse = libm::exp(-2.0 * beta * field.abs());
        let (up, down) = if field > 0.0 { (worse, 1.0) } else { (1.0, worse) };
        let (lower, rest) = weights.split_at_mut(1 << bit);
        for (lower, upper) in lower.iter_mut().zip(rest) {
            *upper = *lower * down;
            *lower *= up;
        }
    }
    weights.iter_mut().zip(inner).for_each(|(weight, inner)| *weight *= inner);
}

/// The sums over some blocks.
struct Part {
    sums: Sums,
    /// Σ w for each number of outer spins up (rows) and each state of the inner ones (columns).
    by_state: Vec<f64>,
    states: usize,
}

impl Part {
    fn new(states: usize, rows: usize) -> Self {
        Self { sums: Sums::default(), by_state: vec![0.0; states * rows], states }
    }

    fn add(&mut self, factor: f64, xs: &[f64], weights: &[f64], up: usize, bin_of: impl Fn(f64) -> usize) {
        let (mut total, mut first, mut second) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        for (xs, weights) in xs.chunks(LANES).zip(weights.chunks(LANES)) {
            let mut lane = |lane: usize, x: f64, weight: f64| {
                total[lane] += weight;
                first[lane] += weight * x;
                second[lane] += weight * x * x;
            };
            match (xs.as_array::<LANES>(), weights.as_array::<LANES>()) {
                (Some(xs), Some(weights)) => {
                    (0..LANES).for_each(|index| lane(index, xs[index], weights[index]))
                }
                _ => xs
                    .iter()
                    .zip(weights)
                    .enumerate()
                    .for_each(|(index, (x, weight))| lane(index, *x, *weight)),
            }
        }
        let row = &mut self.by_state[up * self.states..(up + 1) * self.states];
        row.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += factor * weight);
        let (sums, mut bins) = (&mut self.sums, [0.0; BINS]);
        for (x, weight) in xs.iter().zip(weights) {
            let bin = bin_of(*x);
            sums.counts[bin] += 1;
            bins[bin] += weight;
        }
        sums.total += factor * total.iter().sum::<f64>();
        sums.first += factor * first.iter().sum::<f64>();
        sums.second += factor * second.iter().sum::<f64>();
        sums.weights.iter_mut().zip(bins).for_each(|(sum, more)| *sum += factor * more);
    }

    fn join(&mut self, other: &Self) {
        self.sums.join(&other.sums);
        self.by_state.iter_mut().zip(&other.by_state).for_each(|(sum, more)| *sum += more);
    }

    fn finish(self, spins: usize, bits: usize) -> (Sums, Moments) {
        let mut order = Moments::default();
        for (index, weight) in self.by_state.iter().enumerate() {
            let (outer_up, state) = (index / self.states, index % self.states);
            let up = outer_up + bits - state.count_ones() as usize;
            // With s and −s alike, the moments are even, and the half that is summed has them all.
            order.add(weight / self.sums.total, up, spins);
        }
        (self.sums, order)
    }
}
