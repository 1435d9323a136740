//! Random words: xoshiro256++ (Blackman and Vigna 2021, doi:10.1145/3460772), eight generators abreast, and one alone.
//!
//! Linear generators without an output scrambler fail here at once: every bit of every word decides about some spin. All
//! states are drawn from the task's own stream; 2^256 states leave no chance that two sequences meet.

use super::lanes::Lanes;
use crate::rng::Stream;
use rand::Rng;

/// Words of the widest vector; the number of generators in a bank.
pub(super) const ABREAST: usize = 8;

/// The states of a bank: word w of generator g is `words[w][g]`. The generator g serves the words g, g + 8, g + 16 … of each
/// stretch, whatever the width of the vectors.
#[derive(Clone)]
#[repr(C, align(64))]
pub(super) struct Bank {
    words: [[u64; ABREAST]; 4],
}

impl Bank {
    /// A bank with states from the stream.
    pub(super) fn seeded(stream: &mut Stream) -> Self {
        Self { words: std::array::from_fn(|_| std::array::from_fn(|_| stream.next_u64())) }
    }
}

/// Some of a bank's generators, as many as a vector has words, in registers.
#[derive(Clone, Copy)]
pub(super) struct Generators<L: Lanes> {
    state: [L::Vector; 4],
}

impl<L: Lanes> Generators<L> {
    /// Takes the generators `first` … `first + WORDS − 1` of a bank.
    ///
    /// # Safety
    ///
    /// The processor has the instruction set of L, and first + WORDS ≤ 8.
    #[inline(always)]
    pub(super) unsafe fn take(bank: &Bank, first: usize) -> Self {
        debug_assert!(first + L::WORDS <= ABREAST);
        let [w0, w1, w2, w3] = &bank.words;
        // SAFETY: the words lie within the bank. (A closure would not be compiled for the instruction set.)
        let state = unsafe {
            [
                L::load(w0.as_ptr().add(first)),
                L::load(w1.as_ptr().add(first)),
                L::load(w2.as_ptr().add(first)),
                L::load(w3.as_ptr().add(first)),
            ]
        };
        Self { state }
    }

    /// Puts them back where they were taken.
    ///
    /// # Safety
    ///
    /// As for [`Generators::take`].
    #[inline(always)]
    pub(super) unsafe fn put_back(self, bank: &mut Bank, first: usize) {
        debug_assert!(first + L::WORDS <= ABREAST);
        for (words, state) in bank.words.iter_mut().zip(self.state) {
            // SAFETY: the words lie within the bank.
            unsafe { L::store(words.as_mut_ptr().add(first), state) }
        }
    }

    /// The next random word of each.
    ///
    /// # Safety
    ///
    /// The processor has the instruction set of L.
    #[inline(always)]
    pub(super) unsafe fn next(&mut self) -> L::Vector {
        let [s0, s1, s2, s3] = self.state;
        // SAFETY: the caller promises the instruction set.
        unsafe {
            let result = L::add(L::rotate_left(L::add(s0, s3), 23), s0);
            let (t2, t3) = (L::xor(s2, s0), L::xor(s3, s1));
            self.state =
                [L::xor(s0, t3), L::xor(s1, t2), L::xor(t2, L::shift_left(s1, 17)), L::rotate_left(t3, 45)];
            result
        }
    }
}

/// One generator, for what happens once in many spins.
#[derive(Clone)]
pub(super) struct Xoshiro {
    state: [u64; 4],
}

impl Xoshiro {
    /// A generator with its state from the stream.
    pub(super) fn seeded(stream: &mut Stream) -> Self {
        Self { state: std::array::from_fn(|_| stream.next_u64()) }
    }

    /// The next random word.
    #[inline(always)]
    pub(super) fn next(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::super::lanes::Plain;
    use super::*;

    #[test]
    fn the_sequence_is_that_of_the_published_generator() {
        // From the reference implementation with the state 1, 2, 3, 4 (prng.di.unimi.it/xoshiro256plusplus.c).
        let expected = [41943041, 58720359, 3588806011781223, 3591011842654386, 9228616714210784205];
        let mut alone = Xoshiro { state: [1, 2, 3, 4] };
        let mut bank = Bank { words: [[1; 8], [2; 8], [3; 8], [4; 8]] };
        for word in expected {
            assert_eq!(alone.next(), word);
            for first in 0..ABREAST {
                // SAFETY: plain words need no instruction set, and first + 1 ≤ 8.
                unsafe {
                    let mut generators = Generators::<Plain>::take(&bank, first);
                    assert_eq!(generators.next(), word);
                    generators.put_back(&mut bank, first);
                }
            }
        }
    }
}
