//! Bits that are 1 with a given probability, exactly: a coin's first binary digits by logic, the rest as rare events.
//!
//! Let p ≤ ½ and q = ⌊2^K p⌋/2^K = 0.d_{K−1} … d_0 in binary. With random words r_0 … r_{K−1}, Horner's rule
//!
//! m ← m ∨ r_k if d_k = 1, m ← m ∧ r_k if d_k = 0, for k = 0 … K − 1 from m = 0,
//!
//! gives bits that are 1 with probability q: each step takes P(m) to (P(m) + d_k)/2. What is missing is
//! δ = (p − q)/(1 − q) ≤ 2^{1−K}: m ∨ e has probability p when the bits of e are 1 with probability δ
//! (see [`super::rare`]). A probability above ½ is that of the complement, inverted.
//!
//! A word and its complement are equally random. So m ∨ r may be read as ¬(¬m ∧ r′), and one form does for both digits when
//! n is m or ¬m according to the digit before: n ← (n ⊕ f_k) ∧ r_k, where f_k says whether digits k and k − 1 differ.

use super::lanes::Lanes;

/// Digits K by logic. More cost random words, fewer cost rare events; measured, 9 is best with AVX-512 and AVX2.
pub(super) const DIGITS: usize = 9;

/// A coin of a given probability.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coin {
    /// f_k, all bits alike.
    flips: [u64; DIGITS],
    /// Whether n is ¬m after the last digit, all bits alike.
    last: u64,
    /// Whether the coin is that of the complement, all bits alike.
    inverted: u64,
    /// δ.
    pub residual: f64,
}

impl Coin {
    /// The coin that shows 1 with `probability`.
    pub(super) fn new(probability: f64) -> Self {
        let inverted = probability > 0.5;
        let p = if inverted { 1.0 - probability } else { probability };
        let scale = f64::from(1_u32 << DIGITS);
        let whole = (p * scale) as u64;
        let q = whole as f64 / scale;
        let plane = |k: usize| if whole >> k & 1 == 1 { u64::MAX } else { 0 };
        Self {
            flips: std::array::from_fn(|k| plane(k) ^ if k == 0 { 0 } else { plane(k - 1) }),
            last: plane(DIGITS - 1),
            inverted: if inverted { u64::MAX } else { 0 },
            residual: (p - q) / (1.0 - q),
        }
    }

    /// n after the digit 0.
    ///
    /// # Safety
    ///
    /// The processor has the instruction set of L; so below.
    #[inline(always)]
    pub(super) unsafe fn lowest<L: Lanes>(&self, random: L::Vector) -> L::Vector {
        // SAFETY: the caller promises the instruction set.
        unsafe { L::and(L::splat(self.flips[0]), random) }
    }

    /// n with the digit k taken in.
    ///
    /// # Safety
    ///
    /// As for [`Coin::lowest`].
    #[inline(always)]
    pub(super) unsafe fn digit<L: Lanes>(&self, k: usize, n: L::Vector, random: L::Vector) -> L::Vector {
        // SAFETY: the caller promises the instruction set.
        unsafe { L::xor_and(n, L::splat(self.flips[k]), random) }
    }

    /// The coin's bits from n after the last digit and the rare events.
    ///
    /// # Safety
    ///
    /// As for [`Coin::lowest`].
    #[inline(always)]
    pub(super) unsafe fn finish<L: Lanes>(&self, n: L::Vector, rare: L::Vector) -> L::Vector {
        // SAFETY: the caller promises the instruction set.
        unsafe { L::xor(L::xor_or(n, L::splat(self.last), rare), L::splat(self.inverted)) }
    }
}
