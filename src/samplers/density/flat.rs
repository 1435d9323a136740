//! The chain with weights W(E) = e^{−S(E)} that depend on the energy alone, at fixed S or while S is learned.

use super::walkers::{Draw, Walker};
use crate::rng::Stream;
use crate::samplers::threshold;
use rand::Rng;

/// Intervals of −ΔS per unit, and how many there are: beyond them e^{ΔS} < 2^−32.
const FINENESS: usize = 16;
const INTERVALS: usize = 23 * FINENESS;

/// Decides with probability min(1, e^x).
///
/// Nearly always the bounds of e^x at the ends of a short interval tell; else e^x itself is compared at a resolution of 2^−64.
pub(super) struct Coin {
    /// 2^32 e^{−k/16}.
    powers: Vec<f64>,
}

impl Coin {
    pub(super) fn new() -> Self {
        let power = |k: usize| 4_294_967_296.0 * libm::exp(-(k as f64) / FINENESS as f64);
        Self { powers: (0..=INTERVALS).map(power).collect() }
    }

    /// `leading` are the first 32 of the random bits.
    #[inline(always)]
    pub(super) fn lands(&self, x: f64, leading: u32, stream: &mut Stream) -> bool {
        if x >= 0.0 {
            return true;
        }
        let interval = ((-x * FINENESS as f64) as usize).min(INTERVALS - 1);
        let draw = f64::from(leading);
        // The draw is in [leading, leading + 1); rounding may put e^x a little beyond the ends.
        if draw > self.powers[interval] + 1.0 {
            return false;
        }
        if draw + 2.0 < self.powers[interval + 1] && interval + 1 < INTERVALS {
            return true;
        }
        Self::exactly(x, leading, stream)
    }

    #[cold]
    fn exactly(x: f64, leading: u32, stream: &mut Stream) -> bool {
        let draw = u64::from(leading) << 32 | u64::from(stream.next_u32());
        draw < threshold(libm::exp(x))
    }
}

/// S(E) by level: −∞ where a level was not found yet, +∞ where none may go.
pub(super) struct Entropy {
    pub(super) values: Vec<f64>,
    /// How many levels were found.
    pub(super) found: usize,
}

impl Entropy {
    /// Gives a level that was never found before the S of the rarer of its neighbours, less `less`.
    #[cold]
    #[inline(never)]
    fn adopt(&mut self, level: usize, less: f64) {
        let finite = |value: &&f64| value.is_finite();
        let below = self.values[..level].iter().rev().find(finite);
        let above = self.values[level + 1..].iter().find(finite);
        let nearest = below.into_iter().chain(above).copied().fold(f64::INFINITY, f64::min);
        self.values[level] = if nearest.is_finite() { nearest - less } else { 0.0 };
        self.found += 1;
    }

    /// Marks the level where a chain starts as found.
    pub(super) fn start(&mut self, level: usize) {
        if self.values[level] == f64::NEG_INFINITY {
            self.adopt(level, 0.0);
        }
    }
}

/// Makes `moves` moves that are accepted with probability min(1, e^{S(E) − S(E′)} × how much more often their reverse is proposed), adding `step` to S and one to `visits` at
/// the level of the state after each. New levels begin `less` below their neighbours.
pub(super) fn learn<W: Walker>(
    walker: &mut W,
    (entropy, visits): (&mut Entropy, &mut [u64]),
    (step, less): (f64, f64),
    moves: usize,
    coin: &Coin,
    stream: &mut Stream,
) {
    let mut level = walker.level();
    for _ in 0..moves {
        let Draw { change, bias, leading } = walker.draw(stream);
        let to = walker.destination(change);
        if coin.lands(entropy.values[level] - entropy.values[to] + bias, leading, stream) {
            walker.make(change);
            level = to;
            if entropy.values[to] == f64::NEG_INFINITY {
                entropy.adopt(to, less);
            }
        }
        entropy.values[level] += step;
        visits[level] += 1;
    }
}

/// How often a chain went from one end of the levels to the other and back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trips {
    goal: usize,
    other: usize,
    /// Ends reached in turn.
    reached: u64,
}

impl Trips {
    /// None yet, between two different levels.
    pub(super) fn between(lowest: usize, highest: usize) -> Self {
        Self { goal: lowest, other: highest, reached: 0 }
    }

    /// Whole trips, there and back: the first arrival at an end only begins one.
    pub(super) fn round(&self) -> u64 {
        self.reached.saturating_sub(1) / 2
    }
}

/// Makes `moves` moves at fixed S. Returns how many were accepted.
pub(super) fn walk<W: Walker>(
    walker: &mut W,
    entropy: &[f64],
    trips: &mut Trips,
    moves: usize,
    coin: &Coin,
    stream: &mut Stream,
) -> u64 {
    let mut level = walker.level();
    let mut accepted = 0;
    for _ in 0..moves {
        let Draw { change, bias, leading } = walker.draw(stream);
        let to = walker.destination(change);
        if coin.lands(entropy[level] - entropy[to] + bias, leading, stream) {
            walker.make(change);
            level = to;
            accepted += u64::from(W::changes(change));
            if level == trips.goal {
                std::mem::swap(&mut trips.goal, &mut trips.other);
                trips.reached += 1;
            }
        }
    }
    accepted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng;

    #[test]
    fn the_coin_lands_as_often_as_it_should() {
        let (coin, mut stream) = (Coin::new(), rng::stream(3, "coin", "", 0));
        for x in [0.1, 0.0, -1e-3, -0.5, -1.0 / 16.0, -2.2, -8.0] {
            let trials = 400_000;
            let landed = (0..trials)
                .filter(|_| {
                    let leading = stream.next_u32();
                    coin.lands(x, leading, &mut stream)
                })
                .count() as f64;
            let p = libm::exp(x).min(1.0);
            let sigma = libm::sqrt(f64::from(trials) * p * (1.0 - p));
            assert!((landed - f64::from(trials) * p).abs() <= 5.0 * sigma, "{x}: {landed}");
        }
        // Decisions at the very edge of the leading bits agree with the exact comparison.
        for (x, leading, lands) in [
            (f64::NEG_INFINITY, 0, false),
            (-30.0, 1, false),
            (-1.0, 1_580_030_000, true),
            (-1.0, 1_580_030_200, false),
        ] {
            assert_eq!(coin.lands(x, leading, &mut stream), lands, "{x} {leading}");
        }
    }
}
