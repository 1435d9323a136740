//! Vectors of 64-bit words: what the kernel asks of an instruction set, and the plain one.

/// An instruction set's vectors of [`Lanes::WORDS`] words of 64 bits.
///
/// Implementations are `#[inline(always)]`, so that they become part of a function compiled for their instruction set; on
/// their own they would be calls.
///
/// # Safety
///
/// All functions: the processor has the instruction set. [`Lanes::load`] and [`Lanes::store`]: the pointer is to as many
/// words as the vector has, readable or writable; they need no alignment beyond that of a word.
pub(super) trait Lanes: Copy {
    /// Words in a vector: 1, 2, 4 or 8.
    const WORDS: usize;
    /// The vector.
    type Vector: Copy;

    /// The same word everywhere.
    unsafe fn splat(word: u64) -> Self::Vector;
    /// Reads a vector.
    unsafe fn load(from: *const u64) -> Self::Vector;
    /// Writes a vector.
    unsafe fn store(to: *mut u64, vector: Self::Vector);
    /// a ∧ b.
    unsafe fn and(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a ∨ b.
    unsafe fn or(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a ⊕ b.
    unsafe fn xor(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a + b modulo 2^64 in each word.
    unsafe fn add(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// Each word shifted towards higher bits; 0 for 64 bits.
    unsafe fn shift_left(a: Self::Vector, bits: u32) -> Self::Vector;
    /// Each word shifted towards lower bits; 0 for 64 bits.
    unsafe fn shift_right(a: Self::Vector, bits: u32) -> Self::Vector;

    /// Each word rotated by 1 to 63 bits.
    #[inline(always)]
    unsafe fn rotate_left(a: Self::Vector, bits: u32) -> Self::Vector {
        // SAFETY: the caller's promise is the one that is asked for; so below.
        unsafe { Self::or(Self::shift_left(a, bits), Self::shift_right(a, 64 - bits)) }
    }
    /// a ⊕ b ⊕ c.
    #[inline(always)]
    unsafe fn xor3(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: as above.
        unsafe { Self::xor(Self::xor(a, b), c) }
    }
    /// a ∨ b ∨ c.
    #[inline(always)]
    unsafe fn or3(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: as above.
        unsafe { Self::or(Self::or(a, b), c) }
    }
    /// The bits that two or three of a, b, c have.
    #[inline(always)]
    unsafe fn majority(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: as above.
        unsafe { Self::or(Self::and(a, b), Self::and(Self::or(a, b), c)) }
    }
    /// a where the mask is set, b elsewhere.
    #[inline(always)]
    unsafe fn select(mask: Self::Vector, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: as above.
        unsafe { Self::xor(b, Self::and(mask, Self::xor(a, b))) }
    }
    /// (a ⊕ b) ∧ c.
    #[inline(always)]
    unsafe fn xor_and(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: as above.
        unsafe { Self::and(Self::xor(a, b), c) }
    }
    /// (a ⊕ b) ∨ c.
    #[inline(always)]
    unsafe fn xor_or(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: as above.
        unsafe { Self::or(Self::xor(a, b), c) }
    }
    /// a ∨ (b ∧ c).
    #[inline(always)]
    unsafe fn or_and(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: as above.
        unsafe { Self::or(a, Self::and(b, c)) }
    }
}

/// One word at a time: every processor has that.
#[derive(Clone, Copy)]
pub(super) struct Plain;

impl Lanes for Plain {
    const WORDS: usize = 1;
    type Vector = u64;

    #[inline(always)]
    unsafe fn splat(word: u64) -> u64 {
        word
    }
    #[inline(always)]
    unsafe fn load(from: *const u64) -> u64 {
        // SAFETY: the caller promises a readable word.
        unsafe { from.read() }
    }
    #[inline(always)]
    unsafe fn store(to: *mut u64, vector: u64) {
        // SAFETY: the caller promises a writable word.
        unsafe { to.write(vector) }
    }
    #[inline(always)]
    unsafe fn and(a: u64, b: u64) -> u64 {
        a & b
    }
    #[inline(always)]
    unsafe fn or(a: u64, b: u64) -> u64 {
        a | b
    }
    #[inline(always)]
    unsafe fn xor(a: u64, b: u64) -> u64 {
        a ^ b
    }
    #[inline(always)]
    unsafe fn add(a: u64, b: u64) -> u64 {
        a.wrapping_add(b)
    }
    #[inline(always)]
    unsafe fn shift_left(a: u64, bits: u32) -> u64 {
        a.checked_shl(bits).unwrap_or(0)
    }
    #[inline(always)]
    unsafe fn shift_right(a: u64, bits: u32) -> u64 {
        a.checked_shr(bits).unwrap_or(0)
    }
}
