//! Rare events: a few sets of bits, each bit 1 with a small probability of its own, at a cost that grows with the events.
//!
//! For n bits and the largest probability δ, the number of events is drawn from the binomial distribution by inverting its
//! table of 64-bit numbers, their places uniformly among those still free; an event then belongs to a set of probability
//! δ′ ≤ δ with probability δ′/δ. Bits of one set are independent. (The sets are not independent of each other: a spin uses
//! one of them.) Numbers are kept to 2^−64 and shares to 2^−50, so that a bit's probability is right to 2^−57.

use super::generator::Xoshiro;

/// Most words of a filling.
pub(super) const MOST_WORDS: usize = 256;
/// Bits of a random word that choose a place.
const PLACE_BITS: u32 = (MOST_WORDS * 64).trailing_zeros();
/// Bits that decide whether an event belongs to a set.
const SHARE_BITS: u32 = 64 - PLACE_BITS;
/// Leading bits of a random word by which the table is entered.
const GUIDE_BITS: u32 = 6;

/// Where events are kept until they are used.
#[derive(Clone)]
pub(super) struct RareEvents<const SETS: usize> {
    /// The sets, of which the first [`RareEvents::words`] words each are in use.
    sets: Box<[[u64; MOST_WORDS]; SETS]>,
    /// The places of all events of the filling, whether or not they belong to any set.
    drawn: Box<[u64; MOST_WORDS]>,
    /// Words of a filling.
    words: usize,
    /// Words used up.
    used: usize,
    /// P(number ≤ i) as a share of 2^64, for i = 0, 1 …
    table: Vec<u64>,
    /// Where the table is entered, by the leading bits.
    guide: [u16; 1 << GUIDE_BITS],
    /// δ.
    largest: f64,
    /// δ′/δ as a share of 2^50, for each bit of a word.
    shares: Box<[[u64; SETS]; 64]>,
}

impl<const SETS: usize> RareEvents<SETS> {
    /// Events of the probabilities `residuals` (at most 2^−8 each) for stretches of at most `stretch` ≤ 256 words.
    pub(super) fn new(residuals: [f64; SETS], stretch: usize) -> Self {
        let largest = residuals.iter().copied().fold(0.0, f64::max);
        let mut events = Self::bounded(largest, MOST_WORDS / stretch * stretch);
        events.thin(u64::MAX, residuals);
        events
    }

    /// Events of probabilities up to `largest`, none of them in any set at first, in fillings of `words` ≤ 256 words.
    pub(super) fn bounded(largest: f64, words: usize) -> Self {
        let table = binomial_table(64 * words, largest);
        let mut guide = [0; 1 << GUIDE_BITS];
        for (leading, entry) in guide.iter_mut().enumerate() {
            let least = (leading as u64) << (64 - GUIDE_BITS);
            *entry = table.iter().take_while(|bound| **bound <= least).count() as u16;
        }
        Self {
            sets: Box::new([[0; MOST_WORDS]; SETS]),
            drawn: Box::new([0; MOST_WORDS]),
            words,
            used: words,
            table,
            guide,
            largest,
            shares: Box::new([[0; SETS]; 64]),
        }
    }

    /// Sets the probabilities of some bits of each word. What was drawn before is not used.
    pub(super) fn thin(&mut self, mask: u64, residuals: [f64; SETS]) {
        let (largest, whole) = (self.largest, (1_u64 << SHARE_BITS) as f64);
        let shares =
            residuals.map(|residual| if largest > 0.0 { (residual / largest * whole) as u64 } else { 0 });
        let mut left = mask;
        while left != 0 {
            self.shares[left.trailing_zeros() as usize] = shares;
            left &= left - 1;
        }
        self.used = self.words;
    }

    /// The next `words` words of each set; at most the stretch that was announced.
    #[inline(always)]
    pub(super) fn take(&mut self, words: usize, random: &mut Xoshiro) -> [&[u64]; SETS] {
        if self.used + words > self.words {
            self.fill(random);
            self.used = 0;
        }
        let from = self.used;
        self.used += words;
        self.sets.each_ref().map(|set| &set[from..from + words])
    }

    fn fill(&mut self, random: &mut Xoshiro) {
        let mut events = self.number(random.next());
        let (sets, drawn) = (&mut *self.sets, &mut *self.drawn);
        sets.iter_mut().for_each(|set| set[..self.words].fill(0));
        drawn[..self.words].fill(0);
        let places = 64 * self.words.next_power_of_two();
        while events > 0 {
            let word = random.next();
            let place = word as usize % places;
            let (at, bit) = (place / 64, 1 << (place % 64));
            // A place beyond the filling, or taken before, is drawn anew.
            if at >= self.words || drawn[at] & bit != 0 {
                continue;
            }
            drawn[at] |= bit;
            let share = word >> PLACE_BITS;
            for (set, limit) in sets.iter_mut().zip(self.shares[place % 64]) {
                set[at] |= if share < limit { bit } else { 0 };
            }
            events -= 1;
        }
    }

    /// The number of events that belongs to a random word: how many table entries do not exceed it.
    fn number(&self, word: u64) -> usize {
        let mut number = usize::from(self.guide[(word >> (64 - GUIDE_BITS)) as usize]);
        while self.table.get(number).is_some_and(|bound| *bound <= word) {
            number += 1;
        }
        number
    }
}

/// P(N ≤ i) for i = 0, 1 … as shares of 2^64, where N is binomial with `count` trials of probability `p`; as far as they are
/// below 1.
///
/// Terms follow from the largest by the ratio of neighbours and are divided by their sum, so that they are right to a few
/// units in the last place.
fn binomial_table(count: usize, p: f64) -> Vec<u64> {
    let n = count as f64;
    let mode = (((n + 1.0) * p) as usize).min(count);
    let odds = p / (1.0 - p);
    // Terms above the mode, then those below it, relative to that at the mode; what is below 2^−80 is none.
    let negligible = 1e-24;
    let mut above = vec![1.0];
    while let Some(term) = above.last().copied().filter(|term| *term > negligible) {
        let i = (mode + above.len() - 1) as f64;
        above.push(term * ((n - i) / (i + 1.0) * odds));
    }
    let mut below = Vec::new();
    let mut term = 1.0;
    for i in (1..=mode).rev() {
        term *= i as f64 / (n - i as f64 + 1.0) / odds;
        below.push(term);
    }
    let terms: Vec<f64> = below.into_iter().rev().chain(above).collect();
    // The tail is summed from its end, where the terms are small.
    let mut tails = terms.clone();
    for i in (1..tails.len()).rev() {
        tails[i - 1] += tails[i];
    }
    let total = tails[0];
    // P(N ≤ i) = 1 − P(N > i): the subtraction is one of whole numbers, which keeps small tails.
    let tails = tails[1..].iter().map(|tail| (tail / total * 18_446_744_073_709_551_616.0) as u64);
    tails.take_while(|tail| *tail > 0).map(|tail| tail.wrapping_neg()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_the_mean_and_the_variance_of_the_binomial_distribution() {
        for (count, p) in [(16_384, 1.0 / 256.0), (16_384, 1e-3), (2048, 3e-7), (512, 0.0), (15_360, 2e-18)] {
            let table = binomial_table(count, p);
            // ⟨N⟩ = Σ P(N > i) and ⟨N²⟩ = Σ (2i + 1) P(N > i), in whole numbers of 2^−64.
            let over = table.iter().map(|bound| u128::from(bound.wrapping_neg()));
            let mean = over.clone().sum::<u128>() as f64 / libm::exp2(64.0);
            let square = over.enumerate().map(|(i, tail)| (2 * i as u128 + 1) * tail).sum::<u128>() as f64
                / libm::exp2(64.0);
            let n = count as f64;
            assert!((mean - n * p).abs() / n < libm::exp2(-57.0), "{count} {p}: {mean}");
            let variance = n * p * (1.0 - p);
            assert!(
                (square - mean * mean - variance).abs() <= 1e-12 * (1.0 + variance),
                "{count} {p}: {square}"
            );
            assert!(table.is_sorted());
        }
    }

    #[test]
    fn the_guide_leads_to_the_same_number() {
        let events = RareEvents::new([1.0 / 300.0, 1e-4], 96);
        assert_eq!(events.words, 192);
        for i in 0..10_000_u64 {
            let word = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let plainly = events.table.iter().filter(|bound| **bound <= word).count();
            assert_eq!(events.number(word), plainly);
        }
        assert_eq!(events.number(0), usize::from(events.table[0] == 0));
        assert_eq!(events.number(u64::MAX), events.table.len());
    }
}
