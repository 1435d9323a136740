//! Vectors of the x86-64 instruction sets SSE2 (which all have), AVX2 and AVX-512 (its foundation alone).

use super::lanes::Lanes;
use std::arch::x86_64::*;

/// What the three sets do alike: the name of the type, its words, its vector, and the instruction for each function.
macro_rules! lanes {
    (
        $(#[$doc:meta])* $name:ident, $words:literal, $vector:ty;
        $splat:ident, $load:ident, $store:ident, $and:ident, $or:ident, $xor:ident, $add:ident, $left:ident, $right:ident;
        $($more:tt)*
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(super) struct $name;

        // SAFETY: in all of it, the caller promises the instruction set, and pointers to as many words as are moved.
        impl Lanes for $name {
            const WORDS: usize = $words;
            type Vector = $vector;

            #[inline(always)]
            unsafe fn splat(word: u64) -> $vector {
                unsafe { $splat(word.cast_signed()) }
            }
            #[inline(always)]
            unsafe fn load(from: *const u64) -> $vector {
                unsafe { $load(from.cast()) }
            }
            #[inline(always)]
            unsafe fn store(to: *mut u64, vector: $vector) {
                unsafe { $store(to.cast(), vector) }
            }
            #[inline(always)]
            unsafe fn and(a: $vector, b: $vector) -> $vector {
                unsafe { $and(a, b) }
            }
            #[inline(always)]
            unsafe fn or(a: $vector, b: $vector) -> $vector {
                unsafe { $or(a, b) }
            }
            #[inline(always)]
            unsafe fn xor(a: $vector, b: $vector) -> $vector {
                unsafe { $xor(a, b) }
            }
            #[inline(always)]
            unsafe fn add(a: $vector, b: $vector) -> $vector {
                unsafe { $add(a, b) }
            }
            #[inline(always)]
            unsafe fn shift_left(a: $vector, bits: u32) -> $vector {
                unsafe { $left(a, _mm_cvtsi32_si128(bits.cast_signed())) }
            }
            #[inline(always)]
            unsafe fn shift_right(a: $vector, bits: u32) -> $vector {
                unsafe { $right(a, _mm_cvtsi32_si128(bits.cast_signed())) }
            }
            $($more)*
        }
    };
}

lanes! {
    /// Two words.
    Sse2, 2, __m128i;
    _mm_set1_epi64x, _mm_loadu_si128, _mm_storeu_si128,
    _mm_and_si128, _mm_or_si128, _mm_xor_si128, _mm_add_epi64, _mm_sll_epi64, _mm_srl_epi64;
}

lanes! {
    /// Four words.
    Avx2, 4, __m256i;
    _mm256_set1_epi64x, _mm256_loadu_si256, _mm256_storeu_si256,
    _mm256_and_si256, _mm256_or_si256, _mm256_xor_si256, _mm256_add_epi64, _mm256_sll_epi64, _mm256_srl_epi64;
}

/// A logic function of three vectors from its truth table.
macro_rules! ternary {
    ($($name:ident = $table:literal),*) => {
        $(
            #[inline(always)]
            unsafe fn $name(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
                unsafe { _mm512_ternarylogic_epi64::<$table>(a, b, c) }
            }
        )*
    };
}

lanes! {
    /// Eight words.
    Avx512, 8, __m512i;
    _mm512_set1_epi64, _mm512_loadu_si512, _mm512_storeu_si512,
    _mm512_and_si512, _mm512_or_si512, _mm512_xor_si512, _mm512_add_epi64, _mm512_sll_epi64, _mm512_srl_epi64;
    // Bit 4a + 2b + c of a table is the function's value.
    ternary! {
        xor3 = 0x96, or3 = 0xfe, majority = 0xe8, select = 0xca, xor_and = 0x28, xor_or = 0xbe, or_and = 0xf8
    }
}
