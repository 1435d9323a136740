//! Words of exact Bernoulli bits for samplers that need no vectors of their own.

use super::dispatch::InstructionSet;
use super::kernel::Chance;
use super::rare::MOST_WORDS;
use crate::rng::Stream;

/// Tosses of one coin: words whose bits are 1 with its probability, to 2^−57, each independent of all others. They are the same
/// on every instruction set.
pub(in crate::samplers) struct Tosses {
    chance: Chance<1>,
    words: Box<[[u64; MOST_WORDS]; 1]>,
    used: usize,
    set: InstructionSet,
}

impl Tosses {
    /// Tosses of a coin that shows 1 with `probability`, seeded from the stream.
    pub(in crate::samplers) fn new(probability: f64, set: InstructionSet, stream: &mut Stream) -> Self {
        Self {
            chance: Chance::new([probability], MOST_WORDS, stream),
            words: Box::new([[0; MOST_WORDS]]),
            used: MOST_WORDS,
            set,
        }
    }

    /// The next 64 tosses.
    #[inline(always)]
    pub(in crate::samplers) fn next(&mut self) -> u64 {
        if self.used == MOST_WORDS {
            self.refill();
        }
        self.used += 1;
        self.words[0][self.used - 1]
    }

    #[inline(never)]
    fn refill(&mut self) {
        self.set.fill(&mut self.chance, &mut self.words);
        self.used = 0;
    }

    /// 64 fair bits.
    #[inline(always)]
    pub(in crate::samplers) fn fair(&mut self) -> u64 {
        self.chance.alone.next()
    }
}

/// Random bytes, sixty-four at a time, and single words from a generator of their own.
pub(in crate::samplers) struct Noise {
    chance: Chance<0>,
    words: Box<[u64; MOST_WORDS]>,
    used: usize,
    set: InstructionSet,
}

impl Noise {
    /// Noise seeded from the stream.
    pub(in crate::samplers) fn new(set: InstructionSet, stream: &mut Stream) -> Self {
        Self {
            chance: Chance::new([], MOST_WORDS, stream),
            words: Box::new([0; MOST_WORDS]),
            used: MOST_WORDS,
            set,
        }
    }

    /// The next sixty-four bytes.
    #[inline(always)]
    pub(in crate::samplers) fn bytes(&mut self) -> [u8; 64] {
        if self.used == MOST_WORDS {
            self.refill();
        }
        let mut bytes = [0; 64];
        let words = &self.words[self.used..self.used + 8];
        for (eight, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(words) {
            *eight = word.to_le_bytes();
        }
        self.used += 8;
        bytes
    }

    #[inline(never)]
    fn refill(&mut self) {
        self.set.shake(&mut self.chance, &mut self.words);
        self.used = 0;
    }

    /// The next word of the single generator.
    #[inline(always)]
    pub(in crate::samplers) fn word(&mut self) -> u64 {
        self.chance.alone.next()
    }
}
