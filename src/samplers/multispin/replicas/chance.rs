//! Coins of a probability for each chain: the digits of all probabilities side by side, in the bits of the chains.
//!
//! As in [`crate::samplers::multispin::coin`], with a word for each binary digit in place of the digit itself. A chain that changes
//! its temperature changes its bit of each word. Residuals differ from chain to chain: rare events are drawn for the most that they
//! can be, and thinned. So there are more of them than for one chain, which more digits make up for.

use crate::rng::Stream;
use crate::samplers::multispin::generator::{Bank, Generators, Xoshiro};
use crate::samplers::multispin::lanes::Lanes;
use crate::samplers::multispin::rare::{MOST_WORDS, RareEvents};

/// Digits K by logic; measured, 9 to 12 cost much the same.
pub(super) const DIGITS: usize = 11;
/// Coins of a chain, of which fewer neighbours than six use fewer.
pub(super) const COINS: usize = 3;
/// More than any residual: (p − q)/(1 − q) with p − q < 2^−K and q ≤ ½.
const MOST_RESIDUAL: f64 = 2.0 / (1_u64 << DIGITS) as f64;

/// A chain's coins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Digits {
    /// Whether the digits k and k − 1 of ⌊2^K p⌋ differ, bit by bit.
    flips: [u64; COINS],
    /// The last digit, and whether p is the probability of the complement.
    last: [bool; COINS],
    inverted: [bool; COINS],
    residuals: [f64; COINS],
}

impl Digits {
    /// Coins that show 1 with the probabilities given.
    pub(super) fn new(probabilities: [f64; COINS]) -> Self {
        let scale = f64::from(1_u32 << DIGITS);
        let inverted = probabilities.map(|probability| probability > 0.5);
        let mut digits = Self { flips: [0; COINS], last: [false; COINS], inverted, residuals: [0.0; COINS] };
        for (coin, probability) in probabilities.into_iter().enumerate() {
            let p = if inverted[coin] { 1.0 - probability } else { probability };
            let whole = (p * scale) as u64;
            let q = whole as f64 / scale;
            digits.flips[coin] = whole ^ whole << 1;
            digits.last[coin] = whole >> (DIGITS - 1) & 1 == 1;
            digits.residuals[coin] = (p - q) / (1.0 - q);
        }
        digits
    }
}

/// All that chance needs for 64 bits of chains.
#[derive(Clone)]
pub(in crate::samplers::multispin) struct LaneChance {
    pub(super) banks: [Bank; 2],
    /// The generator of rare events, and of which sweeps are lazy.
    pub(super) alone: Xoshiro,
    pub(super) coins: Coins,
    pub(super) rare: RareEvents<COINS>,
}

/// The digits of all lanes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coins {
    /// Where the digits k and k − 1 differ.
    flips: [[u64; DIGITS]; COINS],
    last: [u64; COINS],
    inverted: [u64; COINS],
}

impl LaneChance {
    /// Coins that never show 1, seeded from the stream, for sweeps of so many words in stretches.
    pub(super) fn new(sweep: usize, stretch: usize, stream: &mut Stream) -> Self {
        // A filling that is used up when a sweep ends, after which the chains may have other temperatures.
        let filling = if sweep <= MOST_WORDS { sweep } else { stretch };
        let (banks, alone) = ([Bank::seeded(stream), Bank::seeded(stream)], Xoshiro::seeded(stream));
        let coins = Coins { flips: [[0; DIGITS]; COINS], last: [0; COINS], inverted: [0; COINS] };
        Self { banks, alone, coins, rare: RareEvents::bounded(MOST_RESIDUAL, filling) }
    }

    /// Gives the lanes of a mask other coins.
    pub(super) fn put(&mut self, mask: u64, digits: &Digits) {
        let set = |word: &mut u64, on: bool| *word = if on { *word | mask } else { *word & !mask };
        for coin in 0..COINS {
            for (k, word) in self.coins.flips[coin].iter_mut().enumerate() {
                set(word, digits.flips[coin] >> k & 1 == 1);
            }
            set(&mut self.coins.last[coin], digits.last[coin]);
            set(&mut self.coins.inverted[coin], digits.inverted[coin]);
        }
        self.rare.thin(mask, digits.residuals);
    }
}

const _: () = assert!(DIGITS == 11, "`toss` writes the digits out");

impl Coins {
    /// Tosses the first coins for one vector.
    ///
    /// # Safety
    ///
    /// The processor has the instruction set of L.
    #[inline(always)]
    pub(super) unsafe fn toss<L: Lanes, const USED: usize>(
        &self,
        generators: &mut [Generators<L>; 2],
        rare: [L::Vector; USED],
    ) -> [L::Vector; USED] {
        // SAFETY: the caller promises the instruction set.
        unsafe {
            let mut shown = [L::splat(0); USED];
            let random = generators[0].next();
            let mut coin = 0;
            while coin < USED {
                shown[coin] = L::and(L::splat(self.flips[coin][0]), random);
                coin += 1;
            }
            // Written out, since a loop would keep the generators in memory.
            macro_rules! digits {
                ($($k:literal)*) => {
                    $(
                        let random = generators[$k % 2].next();
                        let mut coin = 0;
                        while coin < USED {
                            shown[coin] = L::xor_and(shown[coin], L::splat(self.flips[coin][$k]), random);
                            coin += 1;
                        }
                    )*
                };
            }
            digits!(1 2 3 4 5 6 7 8 9 10);
            let mut coin = 0;
            while coin < USED {
                let drawn = L::xor_or(shown[coin], L::splat(self.last[coin]), rare[coin]);
                shown[coin] = L::xor(drawn, L::splat(self.inverted[coin]));
                coin += 1;
            }
            shown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng;
    use crate::samplers::multispin::generator::ABREAST;
    use crate::samplers::multispin::lanes::Plain;

    /// The coins of a lane: those of a transition, tiny and large ones, exact fractions, residuals next to the largest.
    const KINDS: [[f64; COINS]; 6] = [
        [0.171_572_875, 0.029_437_251, 1.0],
        [1e-3, 1e-6, 0.0],
        [0.96, 0.92, 0.88],
        [0.25, 0.062_5, 0.5],
        [0.499_9, 0.249_9, 0.124_9],
        [3.999 / 2048.0, 1.999 / 2048.0, 0.999 / 2048.0],
    ];

    #[test]
    fn each_lane_has_coins_of_its_own() {
        let (rows, words) = (40_000, 24);
        let mut chance = LaneChance::new(words, words, &mut rng::stream(17, "lanes", "", 0));
        // Chains of half a word, of which lanes 1 and 2 have changed places.
        let kind = |lane: usize| KINDS[[0, 2, 1].get(lane % 32).copied().unwrap_or(lane % 32 % 6)];
        for lane in 0..32 {
            chance.put(1 << lane | 1 << (lane + 32), &Digits::new(KINDS[lane % 6]));
        }
        for lane in 0..32 {
            chance.put(1 << lane | 1 << (lane + 32), &Digits::new(kind(lane)));
        }
        let mut counts = vec![[0_u64; COINS]; 64];
        let coins = chance.coins;
        for _ in 0..rows {
            let rare = chance.rare.take(words, &mut chance.alone);
            for first in 0..ABREAST {
                // SAFETY: plain words need no instruction set, and first + 1 ≤ 8.
                unsafe {
                    let mut generators = [
                        Generators::<Plain>::take(&chance.banks[0], first),
                        Generators::<Plain>::take(&chance.banks[1], first),
                    ];
                    for at in (first..words).step_by(ABREAST) {
                        let shown = coins.toss::<Plain, COINS>(&mut generators, rare.map(|rare| rare[at]));
                        for (lane, counts) in counts.iter_mut().enumerate() {
                            counts.iter_mut().zip(shown).for_each(|(count, word)| *count += word >> lane & 1);
                        }
                    }
                    let [even, odd] = generators;
                    even.put_back(&mut chance.banks[0], first);
                    odd.put_back(&mut chance.banks[1], first);
                }
            }
        }
        let tosses = (rows * words) as f64;
        for (lane, counts) in counts.iter().enumerate() {
            for (count, p) in counts.iter().zip(kind(lane)) {
                let deviation = *count as f64 - tosses * p;
                // 192 of them: beyond 5 once in 9000 times; what is certain is so.
                let error = libm::sqrt(tosses * p * (1.0 - p));
                assert!(
                    deviation.abs() <= 5.0 * error.max(if p * tosses < 30.0 && p > 0.0 { 1.5 } else { 0.0 }),
                    "{lane} {p}: {deviation} of {error}"
                );
            }
        }
    }
}
