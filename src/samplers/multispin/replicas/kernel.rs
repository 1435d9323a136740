//! A sweep of many chains, class by class.
//!
//! With n unsatisfied bonds of z, flipping a spin costs 2J(z − 2n): it is accepted for certain when 2n ≥ z, and with the probability
//! e^{−2J(z−2n)/T} of the chain otherwise, as in [`crate::samplers::multispin::kernel`]. A *lazy* sweep besides leaves each spin alone with
//! probability ½, without which the chain is not ergodic.

use super::chance::{DIGITS, LaneChance};
use super::plan::Plan;
use crate::samplers::multispin::generator::{ABREAST, Generators};
use crate::samplers::multispin::lanes::Lanes;

/// A sweep over all classes. DEGREE is the number of neighbours, for which COINS are tossed; GLASS says that some bonds favour opposite spins.
///
/// # Safety
///
/// The processor has the instruction set of L.
#[inline(always)]
pub(in crate::samplers::multispin) unsafe fn sweep<
    L: Lanes,
    const DEGREE: usize,
    const COINS: usize,
    const GLASS: bool,
>(
    plan: &Plan,
    words: &mut [u64],
    chance: &mut LaneChance,
    lazy: bool,
) {
    for class in 0..plan.classes.len() {
        plan.copy(class, words);
        // SAFETY: the caller promises the instruction set.
        unsafe {
            if lazy {
                update::<L, DEGREE, COINS, GLASS, true>(plan, class, words, chance);
            } else {
                update::<L, DEGREE, COINS, GLASS, false>(plan, class, words, chance);
            }
        }
        let class = &plan.classes[class];
        words[class.words.start + class.held..class.words.end].fill(0);
    }
}

/// Updates the spins of a class.
///
/// # Safety
///
/// The processor has the instruction set of L.
#[inline(always)]
unsafe fn update<L: Lanes, const DEGREE: usize, const COINS: usize, const GLASS: bool, const LAZY: bool>(
    plan: &Plan,
    class: usize,
    words: &mut [u64],
    chance: &mut LaneChance,
) {
    let class = plan.classes[class].words.clone();
    // SAFETY of the pointers: `plan` was made so that vectors of spins, of neighbours and of signs lie within these.
    assert!(words.len() >= plan.size() && plan.starts.len() >= class.end / ABREAST * DEGREE);
    assert!(!GLASS || plan.signs.len() >= class.end * DEGREE);
    let (spins, starts, signs) = (words.as_mut_ptr(), plan.starts.as_ptr(), plan.signs.as_ptr());
    let (coins, longest) = (chance.coins, plan.stretch());
    let mut start = class.start;
    while start < class.end {
        let stretch = longest.min(class.end - start);
        let rare = chance.rare.take(stretch, &mut chance.alone);
        let mut first = 0;
        // Vectors narrower than a bank go over the stretch several times, so that states stay in registers.
        while first < ABREAST {
            // SAFETY: for the pointers see above; the caller promises the instruction set.
            unsafe {
                let mut generators = [
                    Generators::<L>::take(&chance.banks[0], first),
                    Generators::<L>::take(&chance.banks[1], first),
                ];
                let mut at = first;
                while at < stretch {
                    let own = spins.add(start + at);
                    let spin = L::load(own);
                    let slots = starts.add((start + at) / ABREAST * DEGREE);
                    let sign =
                        signs.add(if GLASS { (start + at) / ABREAST * ABREAST * DEGREE + first } else { 0 });
                    // Whether the bond in a slot is not satisfied.
                    macro_rules! against {
                        ($slot:literal) => {{
                            let near = L::load(spins.add(*slots.add($slot) as usize + first));
                            if GLASS {
                                L::xor3(spin, near, L::load(sign.add($slot * ABREAST)))
                            } else {
                                L::xor(spin, near)
                            }
                        }};
                    }
                    let (a, b, c) = (against!(0), against!(1), against!(2));
                    let mut events = [a; COINS];
                    let mut coin = 0;
                    while coin < COINS {
                        events[coin] = L::load(rare[coin].as_ptr().add(at));
                        coin += 1;
                    }
                    let shown = coins.toss::<L, COINS>(&mut generators, events);
                    let mut flip = if DEGREE == 3 {
                        L::or(L::majority(a, b, c), L::select(L::or3(a, b, c), shown[0], shown[1]))
                    } else if DEGREE == 4 {
                        let d = against!(3);
                        let some = L::or3(a, b, c);
                        let ge1 = L::or(some, d);
                        let ge2 = L::or_and(L::majority(a, b, c), some, d);
                        L::or(ge2, L::select(ge1, shown[0], shown[1]))
                    } else {
                        let (d, e, f) = (against!(3), against!(4), against!(5));
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
                    L::store(own, L::xor(spin, flip));
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
