//! A sweep: a Metropolis step for every spin of one sublattice given the other, and then the other way round.
//!
//! With n antiparallel neighbours of four, flipping a spin costs 4J(2 − n): it is accepted for certain when n ≥ 2, with
//! p₁ = e^{−4J/T} when n = 1, and with p₂ = e^{−8J/T} when n = 0. So a vector of spins is flipped where
//! ge2 ∨ (ge1 ? m₁ : m₂), with ge1 and ge2 the bits where n ≥ 1 and n ≥ 2, and m₁ and m₂ bits of the two probabilities.
//!
//! A *lazy* sweep besides leaves each spin alone with probability ½. Without lazy sweeps the chain is not ergodic: stripes one
//! spin wide have n = 2 everywhere, all moves are certain, and they turn into each other for ever.

use super::coin::{Coin, DIGITS};
use super::generator::{ABREAST, Bank, Generators, Xoshiro};
use super::lanes::Lanes;
use super::layout::Board;
use super::rare::RareEvents;
use crate::rng::Stream;

/// All that chance needs: generators and coins.
#[derive(Clone)]
pub(super) struct Chance {
    /// Two banks that take turns, so that one need not wait for itself.
    banks: [Bank; 2],
    /// The generator of rare events, and of which sweeps are lazy.
    pub alone: Xoshiro,
    /// m₁ and m₂.
    coins: [Coin; 2],
    rare: RareEvents,
}

impl Chance {
    /// Coins of the two probabilities, for stretches of at most `stretch` words, seeded from the stream.
    pub(super) fn new(probabilities: [f64; 2], stretch: usize, stream: &mut Stream) -> Self {
        let coins = probabilities.map(Coin::new);
        Self {
            banks: [Bank::seeded(stream), Bank::seeded(stream)],
            alone: Xoshiro::seeded(stream),
            coins,
            rare: RareEvents::new(coins.map(|coin| coin.residual), stretch),
        }
    }
}

const _: () = assert!(DIGITS == 9, "`toss` writes nine digits out");

/// Draws m₁ and m₂ for one vector.
///
/// # Safety
///
/// The processor has the instruction set of L; so below.
#[inline(always)]
unsafe fn toss<L: Lanes>(
    generators: &mut [Generators<L>; 2],
    coins: &[Coin; 2],
    rare: [L::Vector; 2],
) -> [L::Vector; 2] {
    // SAFETY: the caller promises the instruction set.
    unsafe {
        let random = generators[0].next();
        let (mut first, mut second) = (coins[0].lowest::<L>(random), coins[1].lowest::<L>(random));
        // Written out, since a loop would keep the generators in memory.
        macro_rules! digits {
            ($($k:literal)*) => {
                $(
                    let random = generators[$k % 2].next();
                    first = coins[0].digit::<L>($k, first, random);
                    second = coins[1].digit::<L>($k, second, random);
                )*
            };
        }
        digits!(1 2 3 4 5 6 7 8);
        [coins[0].finish::<L>(first, rare[0]), coins[1].finish::<L>(second, rare[1])]
    }
}

/// A sweep. FULL says that the board has no bits without spins; LAZY leaves each spin alone with probability ½.
///
/// # Safety
///
/// The processor has the instruction set of L.
#[inline(always)]
pub(super) unsafe fn sweep<L: Lanes, const FULL: bool, const LAZY: bool>(
    board: &mut Board,
    chance: &mut Chance,
) {
    for colour in 0..2 {
        // SAFETY: the caller promises the instruction set.
        unsafe { half::<L, FULL, LAZY>(board, colour, chance) }
        board.close(colour);
    }
}

/// Half a sweep, over the sublattice `colour`.
///
/// # Safety
///
/// The processor has the instruction set of L.
#[inline(always)]
unsafe fn half<L: Lanes, const FULL: bool, const LAZY: bool>(
    board: &mut Board,
    colour: usize,
    chance: &mut Chance,
) {
    let layout = &board.layout;
    let (rows, padded) = (layout.rows, layout.padded);
    let (bits, across) = (layout.bits(), layout.blocks.1 as u32);
    let [even, odd] = &mut board.spins;
    let (own, other) = if colour == 0 { (even, &*odd) } else { (odd, &*even) };
    let (own, other) = (own.as_mut_slice(), other.as_slice());
    let (before, parity) = (&board.before[..rows], if colour == 0 { 0 } else { u64::MAX });
    let present = &board.present.as_slice()[..padded];
    let coins = chance.coins;
    // SAFETY of the pointers: a row is `padded` words from `layout.row(y)`, with 8 more on both sides, in both sublattices;
    // `start + at` runs over the row in steps that end before `padded`, a multiple of 8 ≥ WORDS.
    assert!(own.len() >= layout.stride() * rows && other.len() == own.len());
    for y in 0..rows {
        let (top, bottom) = (y == 0, y + 1 == rows);
        let here = layout.row(y);
        let above = layout.row(if top { rows - 1 } else { y - 1 });
        let below = layout.row(if bottom { 0 } else { y + 1 });
        let mut start = 0;
        while start < padded {
            let stretch = layout.stretch.min(padded - start);
            let rare = chance.rare.take(stretch, &mut chance.alone);
            let mut first = 0;
            // Vectors narrower than a bank go over the stretch several times, so that states stay in registers.
            while first < ABREAST {
                // SAFETY: for the pointers see above; the caller promises the instruction set.
                unsafe {
                    let before = L::splat(before[y] ^ parity);
                    let mut generators = [
                        Generators::<L>::take(&chance.banks[0], first),
                        Generators::<L>::take(&chance.banks[1], first),
                    ];
                    let mut at = first;
                    while at < stretch {
                        let k = start + at;
                        let mut up = L::load(other.as_ptr().add(above + k));
                        if top {
                            up = L::or(L::shift_left(up, across), L::shift_right(up, bits - across));
                        }
                        let mut down = L::load(other.as_ptr().add(below + k));
                        if bottom {
                            down = L::or(L::shift_right(down, across), L::shift_left(down, bits - across));
                        }
                        let near = L::load(other.as_ptr().add(here + k));
                        let previous = L::load(other.as_ptr().add(here + k - 1));
                        let next = L::load(other.as_ptr().add(here + k + 1));
                        let far = L::select(before, previous, next);
                        let spin = L::load(own.as_ptr().add(here + k));

                        let (a, b, c, d) =
                            (L::xor(spin, up), L::xor(spin, down), L::xor(spin, near), L::xor(spin, far));
                        let some = L::or3(a, b, c);
                        let ge1 = L::or(some, d);
                        let ge2 = L::or_and(L::majority(a, b, c), some, d);

                        let events = [L::load(rare[0].as_ptr().add(at)), L::load(rare[1].as_ptr().add(at))];
                        let [one, none] = toss::<L>(&mut generators, &coins, events);
                        let mut flip = L::or(ge2, L::select(ge1, one, none));
                        if LAZY {
                            flip = L::and(flip, generators[DIGITS % 2].next());
                        }
                        if !FULL {
                            flip = L::and(flip, L::load(present.as_ptr().add(k)));
                        }
                        L::store(own.as_mut_ptr().add(here + k), L::xor(spin, flip));
                        at += ABREAST;
                    }
                    let [even, odd] = generators;
                    even.put_back(&mut chance.banks[0], first);
                    odd.put_back(&mut chance.banks[1], first);
                }
                first += L::WORDS;
            }
            start += stretch;
        }
    }
}

/// m₁ and m₂ for a stretch of words, as a sweep draws them.
#[cfg(test)]
pub(super) fn draw_words(chance: &mut Chance, stretch: usize) -> [Vec<u64>; 2] {
    use super::lanes::Plain;
    let rare = chance.rare.take(stretch, &mut chance.alone);
    let mut drawn = [vec![0; stretch], vec![0; stretch]];
    for first in 0..ABREAST {
        // SAFETY: plain words need no instruction set, and first + 1 ≤ 8.
        unsafe {
            let mut generators = [
                Generators::<Plain>::take(&chance.banks[0], first),
                Generators::<Plain>::take(&chance.banks[1], first),
            ];
            for at in (first..stretch).step_by(ABREAST) {
                [drawn[0][at], drawn[1][at]] =
                    toss::<Plain>(&mut generators, &chance.coins, [rare[0][at], rare[1][at]]);
            }
            let [even, odd] = generators;
            even.put_back(&mut chance.banks[0], first);
            odd.put_back(&mut chance.banks[1], first);
        }
    }
    drawn
}
