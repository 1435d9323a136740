//! A sweep: a Metropolis step for every spin of one sublattice given the other, and then the other way round.
//!
//! With n antiparallel neighbours of four, flipping a spin costs 4J(2 − n): it is accepted for certain when n ≥ 2, with
//! p₁ = e^{−4J/T} when n = 1, and with p₂ = e^{−8J/T} when n = 0. So a vector of spins is flipped where
//! ge2 ∨ (ge1 ? m₁ : m₂), with ge1 and ge2 the bits where n ≥ 1 and n ≥ 2, and m₁ and m₂ bits of the two probabilities.
//!
//! On the cubic lattice n counts six neighbours, the cost is 4J(3 − n), and n = 2, 1 and 0 have the probabilities e^{−4J/T},
//! e^{−8J/T} and e^{−12J/T}.
//!
//! Where bonds have signs of their own (±J), a neighbour is antiparallel when the bond is not satisfied: s ⊕ s′ ⊕ [J_ij < 0].
//!
//! A *lazy* sweep besides leaves each spin alone with probability ½. Without lazy sweeps the chain is not ergodic: stripes one
//! spin wide have n = 2 everywhere, all moves are certain, and they turn into each other for ever.

use super::coin::{Coin, DIGITS};
use super::generator::{ABREAST, Bank, Generators, Xoshiro};
use super::lanes::Lanes;
use super::layout::Board;
use super::rare::{MOST_WORDS, RareEvents};
use crate::rng::Stream;

/// All that chance needs: generators, and coins of the probabilities e^{−4J/T}, e^{−8J/T} …, as many as there are dimensions.
#[derive(Clone)]
pub(super) struct Chance<const COINS: usize> {
    /// Two banks that take turns, so that one need not wait for itself.
    banks: [Bank; 2],
    /// The generator of rare events, and of which sweeps are lazy.
    pub alone: Xoshiro,
    coins: [Coin; COINS],
    rare: RareEvents<COINS>,
}

impl<const COINS: usize> Chance<COINS> {
    /// Coins of the probabilities, for stretches of at most `stretch` words, seeded from the stream.
    pub(super) fn new(probabilities: [f64; COINS], stretch: usize, stream: &mut Stream) -> Self {
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

/// Tosses each coin for one vector.
///
/// # Safety
///
/// The processor has the instruction set of L; so below.
#[inline(always)]
unsafe fn toss<L: Lanes, const COINS: usize>(
    generators: &mut [Generators<L>; 2],
    coins: &[Coin; COINS],
    rare: [L::Vector; COINS],
) -> [L::Vector; COINS] {
    // SAFETY: the caller promises the instruction set.
    unsafe {
        let mut shown = [L::splat(0); COINS];
        let random = generators[0].next();
        let mut coin = 0;
        while coin < COINS {
            shown[coin] = coins[coin].lowest::<L>(random);
            coin += 1;
        }
        // Written out, since a loop would keep the generators in memory.
        macro_rules! digits {
            ($($k:literal)*) => {
                $(
                    let random = generators[$k % 2].next();
                    let mut coin = 0;
                    while coin < COINS {
                        shown[coin] = coins[coin].digit::<L>($k, shown[coin], random);
                        coin += 1;
                    }
                )*
            };
        }
        digits!(1 2 3 4 5 6 7 8);
        let mut coin = 0;
        while coin < COINS {
            shown[coin] = coins[coin].finish::<L>(shown[coin], rare[coin]);
            coin += 1;
        }
        shown
    }
}

/// A sweep. FULL says that the board has no bits without spins; LAZY leaves each spin alone with probability ½; GLASS says that
/// bonds have signs.
///
/// # Safety
///
/// The processor has the instruction set of L.
#[inline(always)]
pub(super) unsafe fn sweep<
    L: Lanes,
    const COINS: usize,
    const FULL: bool,
    const LAZY: bool,
    const GLASS: bool,
>(
    board: &mut Board,
    chance: &mut Chance<COINS>,
) {
    for colour in 0..2 {
        // SAFETY: the caller promises the instruction set.
        unsafe { half::<L, COINS, FULL, LAZY, GLASS>(board, colour, chance) }
        board.close(colour);
    }
}

/// Half a sweep, over the sublattice `colour`.
///
/// # Safety
///
/// The processor has the instruction set of L.
#[inline(always)]
unsafe fn half<L: Lanes, const COINS: usize, const FULL: bool, const LAZY: bool, const GLASS: bool>(
    board: &mut Board,
    colour: usize,
    chance: &mut Chance<COINS>,
) {
    let layout = &board.layout;
    let (rows, lines, padded) = (layout.rows, layout.lines(), layout.padded);
    let (bits, across) = (layout.bits(), layout.blocks.1 as u32);
    let signs = board.signs_of::<GLASS>(colour);
    let [even, odd] = &mut board.spins;
    let (own, other) = if colour == 0 { (even, &*odd) } else { (odd, &*even) };
    let (own, other) = (own.as_mut_slice(), other.as_slice());
    let (before, parity) = (&board.before[..lines], if colour == 0 { 0 } else { u64::MAX });
    let present = &board.present.as_slice()[..padded];
    let coins = chance.coins;
    // SAFETY of the pointers: a row is `padded` words from `layout.row(y)`, with 8 more on both sides, in both sublattices;
    // `start + at` runs over the row in steps that end before `padded`, a multiple of 8 ≥ WORDS.
    assert!(own.len() >= layout.stride() * lines && other.len() == own.len());
    for line in 0..lines {
        let (z, y) = (line / rows, line % rows);
        let (top, bottom) = (y == 0, y + 1 == rows);
        let here = layout.row(line);
        let above = layout.row(if top { line + rows - 1 } else { line - 1 });
        let below = layout.row(if bottom { line + 1 - rows } else { line + 1 });
        // The planes beside, in three dimensions.
        let front = layout.row(if z == 0 { lines - rows + y } else { line - rows });
        let back = layout.row(if line + rows >= lines { y } else { line + rows });
        let mut start = 0;
        while start < padded {
            let stretch = layout.stretch.min(padded - start);
            let rare = chance.rare.take(stretch, &mut chance.alone);
            let mut first = 0;
            // Vectors narrower than a bank go over the stretch several times, so that states stay in registers.
            while first < ABREAST {
                // SAFETY: for the pointers see above; the caller promises the instruction set.
                unsafe {
                    let before = L::splat(before[line] ^ parity);
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

                        // Whether the bond in a direction is not satisfied.
                        macro_rules! against {
                            ($direction:literal, $neighbour:expr) => {
                                if GLASS {
                                    L::xor3(spin, $neighbour, L::load(signs[$direction].add(here + k)))
                                } else {
                                    L::xor(spin, $neighbour)
                                }
                            };
                        }
                        let (a, b, c, d) =
                            (against!(0, up), against!(1, down), against!(2, near), against!(3, far));
                        let mut events = [a; COINS];
                        let mut coin = 0;
                        while coin < COINS {
                            events[coin] = L::load(rare[coin].as_ptr().add(at));
                            coin += 1;
                        }
                        let shown = toss::<L, COINS>(&mut generators, &coins, events);
                        let mut flip = if COINS == 2 {
                            let some = L::or3(a, b, c);
                            let ge1 = L::or(some, d);
                            let ge2 = L::or_and(L::majority(a, b, c), some, d);
                            L::or(ge2, L::select(ge1, shown[0], shown[1]))
                        } else {
                            let e = against!(4, L::load(other.as_ptr().add(front + k)));
                            let f = against!(5, L::load(other.as_ptr().add(back + k)));
                            // n = ones + 2 twos + 4 fours, by three adders and a half one.
                            let (one, other_one) = (L::xor3(a, b, c), L::xor3(d, e, f));
                            let (carry, other_carry) = (L::majority(a, b, c), L::majority(d, e, f));
                            let (ones, half) = (L::xor(one, other_one), L::and(one, other_one));
                            let (twos, fours) =
                                (L::xor3(carry, other_carry, half), L::majority(carry, other_carry, half));
                            let ge3 = L::or_and(fours, twos, ones);
                            let less = L::select(ones, shown[1], shown[COINS - 1]);
                            L::or(ge3, L::select(twos, shown[0], less))
                        };
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

/// Tosses each coin for as many words as a filling of rare events has.
///
/// # Safety
///
/// The processor has the instruction set of L.
#[inline(always)]
pub(super) unsafe fn fill<L: Lanes, const COINS: usize>(
    chance: &mut Chance<COINS>,
    words: &mut [[u64; MOST_WORDS]; COINS],
) {
    let rare = chance.rare.take(MOST_WORDS, &mut chance.alone);
    let mut first = 0;
    while first < ABREAST {
        // SAFETY: first + WORDS ≤ 8, and `at` runs in steps of 8 from there to before 256, a multiple of 8.
        unsafe {
            let mut generators = [
                Generators::<L>::take(&chance.banks[0], first),
                Generators::<L>::take(&chance.banks[1], first),
            ];
            let mut at = first;
            while at < MOST_WORDS {
                let mut events = [L::splat(0); COINS];
                let mut coin = 0;
                while coin < COINS {
                    events[coin] = L::load(rare[coin].as_ptr().add(at));
                    coin += 1;
                }
                let shown = toss::<L, COINS>(&mut generators, &chance.coins, events);
                let mut coin = 0;
                while coin < COINS {
                    L::store(words[coin].as_mut_ptr().add(at), shown[coin]);
                    coin += 1;
                }
                at += ABREAST;
            }
            let [even, odd] = generators;
            even.put_back(&mut chance.banks[0], first);
            odd.put_back(&mut chance.banks[1], first);
        }
        first += L::WORDS;
    }
}

/// Fills words with fair bits.
///
/// # Safety
///
/// The processor has the instruction set of L.
#[inline(always)]
pub(super) unsafe fn shake<L: Lanes, const COINS: usize>(
    chance: &mut Chance<COINS>,
    words: &mut [u64; MOST_WORDS],
) {
    let mut first = 0;
    while first < ABREAST {
        // SAFETY: as for `fill`; the words are a multiple of 16.
        unsafe {
            let mut even = Generators::<L>::take(&chance.banks[0], first);
            let mut odd = Generators::<L>::take(&chance.banks[1], first);
            let mut at = first;
            while at < MOST_WORDS {
                L::store(words.as_mut_ptr().add(at), even.next());
                L::store(words.as_mut_ptr().add(at + ABREAST), odd.next());
                at += 2 * ABREAST;
            }
            even.put_back(&mut chance.banks[0], first);
            odd.put_back(&mut chance.banks[1], first);
        }
        first += L::WORDS;
    }
}

/// What the coins show for a stretch of words, as a sweep tosses them.
#[cfg(test)]
pub(super) fn draw_words<const COINS: usize>(
    chance: &mut Chance<COINS>,
    stretch: usize,
) -> [Vec<u64>; COINS] {
    use super::lanes::Plain;
    let rare = chance.rare.take(stretch, &mut chance.alone);
    let mut drawn = std::array::from_fn(|_| vec![0; stretch]);
    for first in 0..ABREAST {
        // SAFETY: plain words need no instruction set, and first + 1 ≤ 8.
        unsafe {
            let mut generators = [
                Generators::<Plain>::take(&chance.banks[0], first),
                Generators::<Plain>::take(&chance.banks[1], first),
            ];
            for at in (first..stretch).step_by(ABREAST) {
                let shown = toss::<Plain, COINS>(&mut generators, &chance.coins, rare.map(|rare| rare[at]));
                drawn
                    .iter_mut()
                    .zip(shown)
                    .for_each(|(drawn, shown): (&mut Vec<u64>, u64)| drawn[at] = shown);
            }
            let [even, odd] = generators;
            even.put_back(&mut chance.banks[0], first);
            odd.put_back(&mut chance.banks[1], first);
        }
    }
    drawn
}
