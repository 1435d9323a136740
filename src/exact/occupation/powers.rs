//! The distribution of the sum of many independent steps, by repeated squaring: all terms positive, so that every
//! probability keeps its relative accuracy.

use std::ops::ControlFlow;

/// Probabilities below this are dropped: products of two that are kept stay in the range of normal numbers.
const CUT: f64 = 1e-150;

/// The sum of `count` independent steps, at the energies `wanted − 2 highest … wanted`.
pub(super) struct Powers {
    base: Vec<(u64, f64)>,
    count: u64,
    wanted: u64,
    highest: u64,
    /// The standard deviation of one step.
    deviation: f64,
}

/// The distributions of two parts of the sum, whose product of sums is what is asked for.
pub(super) struct Sums([Window; 2]);

/// Probabilities of the sums `start …`; all others are 0.
#[derive(Debug, Clone, PartialEq)]
struct Window {
    start: u64,
    values: Vec<f64>,
}

impl Powers {
    /// Steps with their probabilities.
    pub(super) fn new(base: Vec<(u64, f64)>, count: u64, wanted: u64) -> Self {
        let highest = base.iter().map(|(step, _)| *step).max().unwrap_or(0);
        let mean: f64 = base.iter().map(|(step, share)| share * *step as f64).sum();
        let variance: f64 =
            base.iter().map(|(step, share)| share * (*step as f64 - mean) * (*step as f64 - mean)).sum();
        Self { base, count, wanted, highest, deviation: libm::sqrt(variance) }
    }

    pub(super) fn base(&self) -> &[(u64, f64)] {
        &self.base
    }

    /// The two parts.
    fn parts(&self) -> [u64; 2] {
        let half = self.count / 2;
        [half, self.count - half]
    }

    /// Sums of `count` steps from which the wanted energies can be reached, first and last.
    fn range(&self, count: u64) -> (u64, u64) {
        let others = self.count - count + 2;
        (self.wanted.saturating_sub(others * self.highest), self.wanted.min(count * self.highest))
    }

    /// About how many sums of `count` steps have a probability above the cut-off.
    fn width(&self, count: u64) -> f64 {
        let (first, last) = self.range(count);
        let all = last.saturating_sub(first) as f64 + 1.0;
        let kept = 2.0 * libm::sqrt(-2.0 * libm::log(CUT) * count as f64) * self.deviation;
        all.min(1.2 * kept + 2.0 * self.highest as f64 + 1.0)
    }

    /// About how many products [`Powers::solve`] takes.
    pub(super) fn terms(&self) -> f64 {
        let [half, rest] = self.parts();
        let mut terms = self.width(half);
        let mut count = half;
        while count > 1 {
            if count % 2 == 1 {
                terms += self.width(count - 1) * self.base.len() as f64;
            }
            count /= 2;
            terms += self.width(count) * self.width(count);
        }
        terms + if rest == half { 0.0 } else { self.width(half) * self.base.len() as f64 }
    }

    /// The most sums that are held at once.
    pub(super) fn widest(&self) -> f64 {
        self.width(self.parts()[1])
    }

    /// Takes the sums; `None` when `advance`, called with the share of the work done, breaks.
    pub(super) fn solve(&self, advance: &mut dyn FnMut(f64) -> ControlFlow<()>) -> Option<Sums> {
        let [half, rest] = self.parts();
        let mut work = Work { done: 0.0, all: self.terms(), advance };
        let first = self.power(half, &mut work)?;
        let second = if rest == half { first.clone() } else { self.one_more(&first, rest) };
        Some(Sums([first, second]))
    }

    fn power(&self, count: u64, work: &mut Work<'_>) -> Option<Window> {
        match count {
            0 => Some(Window { start: 0, values: vec![1.0] }),
            1 => Some(self.one_more(&Window { start: 0, values: vec![1.0] }, 1)),
            _ => {
                let half = self.power(count / 2, work)?;
                let even = self.square(&half, count - count % 2, work)?;
                Some(if count.is_multiple_of(2) { even } else { self.one_more(&even, count) })
            }
        }
    }

    /// The sum of one more step, `count` in all.
    fn one_more(&self, window: &Window, count: u64) -> Window {
        let (first, last) = self.range(count);
        let mut sum = Window::zeros(first, last.min(window.end() + self.highest));
        for (step, share) in &self.base {
            sum.add(*step, *share, window);
        }
        sum.trimmed()
    }

    /// The sum of two such sums, `count` steps in all.
    fn square(&self, window: &Window, count: u64, work: &mut Work<'_>) -> Option<Window> {
        let (first, last) = self.range(count);
        let mut sum = Window::zeros(first.max(2 * window.start), last.min(2 * window.end()));
        for (place, share) in window.values.iter().enumerate() {
            sum.add(window.start + place as u64, *share, window);
            work.done(window.values.len()).is_continue().then_some(())?;
        }
        Some(sum.trimmed())
    }
}

impl Sums {
    /// The probability that all steps sum to `energy`.
    pub(super) fn probability(&self, energy: i64) -> f64 {
        let [one, other] = &self.0;
        let value = |window: &Window, at: i64| -> f64 {
            let place = usize::try_from(at - window.start as i64).ok();
            place.and_then(|place| window.values.get(place)).copied().unwrap_or(0.0)
        };
        let products = one.values.iter().enumerate().map(|(place, probability)| {
            probability * value(other, energy - (one.start as i64 + place as i64))
        });
        products.sum()
    }
}

impl Window {
    /// Zeros from `first` to `last`; none if that is empty.
    fn zeros(first: u64, last: u64) -> Self {
        Self { start: first, values: vec![0.0; (last + 1).saturating_sub(first) as usize] }
    }

    /// The last sum, or the first if there is none.
    fn end(&self) -> u64 {
        (self.start + self.values.len() as u64).saturating_sub(1)
    }

    /// Adds `share` times the other window, moved up by `step`, where it overlaps.
    fn add(&mut self, step: u64, share: f64, other: &Self) {
        let moved = other.start + step;
        let first = self.start.max(moved);
        let last = (self.start + self.values.len() as u64).min(moved + other.values.len() as u64);
        if share == 0.0 || first >= last {
            return;
        }
        let to = &mut self.values[(first - self.start) as usize..(last - self.start) as usize];
        let from = &other.values[(first - moved) as usize..(last - moved) as usize];
        to.iter_mut().zip(from).for_each(|(sum, value)| *sum += share * value);
    }

    /// Without probabilities below the cut-off, and without zeros at the ends.
    fn trimmed(mut self) -> Self {
        self.values.iter_mut().filter(|value| **value < CUT).for_each(|value| *value = 0.0);
        let first = self.values.iter().position(|value| *value > 0.0).unwrap_or(self.values.len());
        let last = self.values.iter().rposition(|value| *value > 0.0).map_or(first, |last| last + 1);
        Self { start: self.start + first as u64, values: self.values[first..last].to_vec() }
    }
}

/// What is reported to the caller now and then.
struct Work<'a> {
    done: f64,
    all: f64,
    advance: &'a mut dyn FnMut(f64) -> ControlFlow<()>,
}

impl Work<'_> {
    /// Counts products; asks the caller about every four million of them.
    fn done(&mut self, products: usize) -> ControlFlow<()> {
        const STRIDE: f64 = 4e6;
        let before = libm::floor(self.done / STRIDE);
        self.done += products as f64;
        if libm::floor(self.done / STRIDE) > before {
            return (self.advance)((self.done / self.all).min(1.0));
        }
        ControlFlow::Continue(())
    }
}
