//! Energies and magnetisations of all chains at once.
//!
//! Counts are kept in planes, a vector of words for each binary digit: bit c of word w is the digit of chain c's count at the w-th
//! sites of vectors. The counts of the eight words are added, and the planes, rows of a matrix of bits, are transposed: a row of
//! the result is a chain's counts.

use super::plan::Plan;
use super::transpose::transpose;
use crate::samplers::multispin::generator::ABREAST;
use crate::samplers::multispin::lanes::Lanes;

/// Digits of a count, of 2^20 sites with six neighbours each at most; the sum of eight has three more.
const PLANES: usize = 24;
/// Digits that are added up before others are looked at.
const LOW: usize = 3;
/// Digits of the counts, for each of eight words.
type Rows = [[u64; ABREAST]; PLANES + 3];
/// Where the second count begins among a row's bits.
const SECOND: usize = 32;

/// What is counted of each lane: bonds that are not satisfied, each at as many ends as [`Plan::ends`] tells, and spins up.
pub(in crate::samplers::multispin) type Counts = [(u32, u32); 64];

/// Counts, word by word and chain by chain.
struct Planes<L: Lanes> {
    /// The digits of weight 1, 2 and 4.
    low: [L::Vector; LOW],
    high: [L::Vector; PLANES - LOW],
    /// How many of those the counts can have.
    depth: usize,
}

impl<L: Lanes> Planes<L> {
    /// For counts up to `most`.
    ///
    /// # Safety
    ///
    /// The processor has the instruction set of L; so below.
    #[inline(always)]
    unsafe fn new(most: usize) -> Self {
        // SAFETY: the caller promises the instruction set; so below.
        let zero = unsafe { L::splat(0) };
        let depth = most.checked_ilog2().map_or(0, |log| (log as usize + 1).saturating_sub(LOW));
        Self { low: [zero; LOW], high: [zero; PLANES - LOW], depth: depth.min(PLANES - LOW) }
    }

    /// Adds four vectors; what is left over weighs 4.
    #[inline(always)]
    unsafe fn four(&mut self, x: [L::Vector; 4]) -> L::Vector {
        // SAFETY: as above.
        unsafe {
            let [ones, twos, _] = self.low;
            let (first, ones) = (L::majority(ones, x[0], x[1]), L::xor3(ones, x[0], x[1]));
            let (second, ones) = (L::majority(ones, x[2], x[3]), L::xor3(ones, x[2], x[3]));
            (self.low[0], self.low[1]) = (ones, L::xor3(twos, first, second));
            L::majority(twos, first, second)
        }
    }

    /// Adds eight vectors.
    #[inline(always)]
    unsafe fn eight(&mut self, x: [L::Vector; 4], y: [L::Vector; 4]) {
        // SAFETY: as above.
        unsafe {
            let (a, b) = (self.four(x), self.four(y));
            let fours = self.low[2];
            self.low[2] = L::xor3(fours, a, b);
            let mut carry = L::majority(fours, a, b);
            for digit in &mut self.high[..self.depth] {
                let before = *digit;
                *digit = L::xor(before, carry);
                carry = L::and(before, carry);
            }
        }
    }

    /// Writes the digits as rows, and tells how many there are.
    #[inline(always)]
    unsafe fn store(&self, first: usize, rows: &mut Rows) -> usize {
        // SAFETY: first + WORDS ≤ 8.
        unsafe {
            for (digit, row) in self.low.iter().chain(&self.high[..self.depth]).zip(rows.iter_mut()) {
                L::store(row.as_mut_ptr().add(first), *digit);
            }
        }
        LOW + self.depth
    }
}

/// The sums of the counts of eight words: digit by digit, in the first word of a row.
#[inline(always)]
fn sum(rows: &mut Rows, depth: usize) -> usize {
    let mut depth = depth;
    let mut half = ABREAST / 2;
    while half > 0 {
        let mut carry = [0; ABREAST / 2];
        for row in &mut rows[..depth] {
            for w in 0..half {
                let (a, b) = (row[w], row[w + half]);
                row[w] = a ^ b ^ carry[w];
                carry[w] = a & b | (a ^ b) & carry[w];
            }
        }
        rows[depth][..half].copy_from_slice(&carry[..half]);
        depth += 1;
        half /= 2;
    }
    depth
}

/// Counts on all lanes. The copies that the last class needs are up to date. DEGREE and GLASS as for a sweep.
///
/// # Safety
///
/// The processor has the instruction set of L.
#[inline(always)]
pub(in crate::samplers::multispin) unsafe fn counts<L: Lanes, const DEGREE: usize, const GLASS: bool>(
    plan: &Plan,
    words: &mut [u64],
    counts: &mut Counts,
) {
    let all = plan.ends() == 2;
    let last = plan.classes.len() - 1;
    if all {
        (0..last).for_each(|class| plan.copy(class, words));
    }
    let spins = plan.words();
    let first_word = if all { 0 } else { plan.classes[last].words.start };
    assert!(words.len() >= plan.size() && plan.starts.len() >= spins / ABREAST * DEGREE);
    assert!(!GLASS || plan.signs.len() >= spins * DEGREE);
    let (from, starts, signs) = (words.as_ptr(), plan.starts.as_ptr(), plan.signs.as_ptr());
    let (mut unsatisfied, mut up): (Rows, Rows) = ([[0; ABREAST]; PLANES + 3], [[0; ABREAST]; PLANES + 3]);
    let (mut bond_depth, mut spin_depth) = (0, 0);
    let mut first = 0;
    while first < ABREAST {
        // SAFETY: vectors lie within the words, as `plan` was made; the caller promises the instruction set.
        unsafe {
            let zero = L::splat(0);
            let mut bonds = Planes::<L>::new((spins - first_word) / ABREAST * DEGREE);
            // The bonds of a vector, as far as there is one: four of them, and the others.
            macro_rules! near {
                ($at:expr) => {{
                    let at = $at;
                    let spin = L::load(from.add(at + first));
                    let slots = starts.add(at / ABREAST * DEGREE);
                    macro_rules! against {
                        ($slot:literal) => {{
                            let near = L::load(from.add(*slots.add($slot) as usize + first));
                            if GLASS {
                                L::xor3(spin, near, L::load(signs.add(at * DEGREE + $slot * ABREAST + first)))
                            } else {
                                L::xor(spin, near)
                            }
                        }};
                    }
                    let (fourth, others) = match DEGREE {
                        3 => (zero, [zero; 4]),
                        4 => (against!(3), [zero; 4]),
                        _ => (against!(3), [against!(4), against!(5), zero, zero]),
                    };
                    ([against!(0), against!(1), against!(2), fourth], others)
                }};
            }
            let mut at = first_word;
            if DEGREE == 6 {
                while at < spins {
                    let (four, others) = near!(at);
                    bonds.eight(four, others);
                    at += ABREAST;
                }
            } else {
                while at < spins {
                    let (one, _) = near!(at);
                    let other = if at + ABREAST < spins { near!(at + ABREAST).0 } else { [zero; 4] };
                    bonds.eight(one, other);
                    at += 2 * ABREAST;
                }
            }
            let mut sums = Planes::<L>::new(spins / ABREAST);
            macro_rules! spin {
                ($at:expr) => {
                    if $at < spins { L::load(from.add($at + first)) } else { zero }
                };
            }
            let mut at = 0;
            while at < spins {
                let one = [spin!(at), spin!(at + ABREAST), spin!(at + 2 * ABREAST), spin!(at + 3 * ABREAST)];
                let next = at + 4 * ABREAST;
                let other = [
                    spin!(next),
                    spin!(next + ABREAST),
                    spin!(next + 2 * ABREAST),
                    spin!(next + 3 * ABREAST),
                ];
                sums.eight(one, other);
                at += 8 * ABREAST;
            }
            bond_depth = bonds.store(first, &mut unsatisfied);
            spin_depth = sums.store(first, &mut up);
        }
        first += L::WORDS;
    }
    let mut rows = [0; 64];
    let bond_depth = sum(&mut unsatisfied, bond_depth);
    let spin_depth = sum(&mut up, spin_depth);
    rows.iter_mut().zip(&unsatisfied[..bond_depth]).for_each(|(row, digit)| *row = digit[0]);
    rows[SECOND..].iter_mut().zip(&up[..spin_depth]).for_each(|(row, digit)| *row = digit[0]);
    transpose(&mut rows);
    for (count, row) in counts.iter_mut().zip(rows) {
        *count = (row as u32, (row >> SECOND) as u32);
    }
}
