//! The choice of an instruction set at run time.

use super::kernel::{self, Chance};
use super::kernel::{fill, shake};
use super::lanes::{Lanes, Plain};
use super::layout::Board;
use super::rare::MOST_WORDS;
use super::replicas::{self, Counts as ChainCounts, LaneChance, Plan};
use super::tally::{self, Counts};
#[cfg(target_arch = "x86_64")]
use super::x86::{Avx2, Avx512, Sse2};

/// An instruction set that this processor has. All give the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstructionSet(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// 64-bit words.
    Plain,
    /// x86-64 as such.
    #[cfg(target_arch = "x86_64")]
    Sse2,
    /// 256-bit vectors.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 512-bit vectors.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl InstructionSet {
    /// All that this processor has, the widest last.
    pub fn all() -> Vec<Self> {
        let mut sets = vec![Self(Kind::Plain)];
        #[cfg(target_arch = "x86_64")]
        {
            sets.push(Self(Kind::Sse2));
            if std::arch::is_x86_feature_detected!("avx2") {
                sets.push(Self(Kind::Avx2));
            }
            if std::arch::is_x86_feature_detected!("avx512f") {
                sets.push(Self(Kind::Avx512));
            }
        }
        sets
    }

    /// The widest that this processor has.
    pub fn widest() -> Self {
        *Self::all().last().expect("invariant: plain words are always there")
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Plain => "plain words",
            #[cfg(target_arch = "x86_64")]
            Kind::Sse2 => "SSE2",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => "AVX2",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => "AVX-512",
        }
    }
}

/// A method that calls a function of the same arguments for the instruction set. All depend on the lattice's dimension D, which
/// is the number of coins too.
macro_rules! dispatched {
    ($(#[$doc:meta])* $name:ident, ($($argument:ident: $type:ty),*) $(-> $result:ty)?) => {
        impl InstructionSet {
            $(#[$doc])*
            pub(super) fn $name<const D: usize>(self, $($argument: $type),*) $(-> $result)? {
                #[cfg(target_arch = "x86_64")]
                #[target_feature(enable = "avx2")]
                unsafe fn avx2<const D: usize>($($argument: $type),*) $(-> $result)? {
                    // SAFETY: the caller promises the instruction set; so below.
                    unsafe { $name::<Avx2, D>($($argument),*) }
                }
                #[cfg(target_arch = "x86_64")]
                #[target_feature(enable = "avx512f")]
                unsafe fn avx512<const D: usize>($($argument: $type),*) $(-> $result)? {
                    // SAFETY: as above.
                    unsafe { $name::<Avx512, D>($($argument),*) }
                }
                // SAFETY: `all` makes only what the processor has.
                unsafe {
                    match self.0 {
                        Kind::Plain => $name::<Plain, D>($($argument),*),
                        #[cfg(target_arch = "x86_64")]
                        Kind::Sse2 => $name::<Sse2, D>($($argument),*),
                        #[cfg(target_arch = "x86_64")]
                        Kind::Avx2 => avx2::<D>($($argument),*),
                        #[cfg(target_arch = "x86_64")]
                        Kind::Avx512 => avx512::<D>($($argument),*),
                    }
                }
            }
        }
    };
}

dispatched! {
    /// A sweep over both sublattices; `lazy` leaves each spin alone with probability ½.
    sweep, (board: &mut Board, chance: &mut Chance<D>, lazy: bool)
}

dispatched! {
    /// Counts what energy and magnetisation need.
    counts, (board: &Board) -> Counts
}

dispatched! {
    /// Tosses coins for a filling of words.
    fill, (chance: &mut Chance<D>, words: &mut [[u64; MOST_WORDS]; D])
}

dispatched! {
    /// Fills words with fair bits.
    shake, (chance: &mut Chance<D>, words: &mut [u64; MOST_WORDS])
}

dispatched! {
    /// A sweep of many chains on a graph with D neighbours of each site; `lazy` leaves each spin alone with probability ½.
    sweep_all, (plan: &Plan, words: &mut [u64], chance: &mut LaneChance, lazy: bool)
}

dispatched! {
    /// Counts what energies and magnetisations of many chains need, on such a graph.
    count_all, (plan: &Plan, words: &mut [u64], counts: &mut ChainCounts)
}

#[inline(always)]
unsafe fn sweep<L: Lanes, const D: usize>(board: &mut Board, chance: &mut Chance<D>, lazy: bool) {
    // SAFETY: the caller promises the instruction set; so below.
    unsafe {
        match (board.layout.is_full(), lazy, board.is_glass()) {
            (true, false, false) => kernel::sweep::<L, D, true, false, false>(board, chance),
            (true, true, false) => kernel::sweep::<L, D, true, true, false>(board, chance),
            (false, false, false) => kernel::sweep::<L, D, false, false, false>(board, chance),
            (false, true, false) => kernel::sweep::<L, D, false, true, false>(board, chance),
            (true, false, true) => kernel::sweep::<L, D, true, false, true>(board, chance),
            (true, true, true) => kernel::sweep::<L, D, true, true, true>(board, chance),
            (false, false, true) => kernel::sweep::<L, D, false, false, true>(board, chance),
            (false, true, true) => kernel::sweep::<L, D, false, true, true>(board, chance),
        }
    }
}

#[inline(always)]
unsafe fn counts<L: Lanes, const D: usize>(board: &Board) -> Counts {
    // SAFETY: as above.
    unsafe {
        match (board.layout.is_full(), board.is_glass()) {
            (true, false) => tally::counts::<L, D, true, false>(board),
            (false, false) => tally::counts::<L, D, false, false>(board),
            (true, true) => tally::counts::<L, D, true, true>(board),
            (false, true) => tally::counts::<L, D, false, true>(board),
        }
    }
}

#[inline(always)]
unsafe fn sweep_all<L: Lanes, const D: usize>(
    plan: &Plan,
    words: &mut [u64],
    chance: &mut LaneChance,
    lazy: bool,
) {
    // SAFETY: as above.
    unsafe {
        match (D, plan.is_glass()) {
            (3, false) => replicas::sweep::<L, 3, 2, false>(plan, words, chance, lazy),
            (3, true) => replicas::sweep::<L, 3, 2, true>(plan, words, chance, lazy),
            (4, false) => replicas::sweep::<L, 4, 2, false>(plan, words, chance, lazy),
            (4, true) => replicas::sweep::<L, 4, 2, true>(plan, words, chance, lazy),
            (_, false) => replicas::sweep::<L, 6, 3, false>(plan, words, chance, lazy),
            (_, true) => replicas::sweep::<L, 6, 3, true>(plan, words, chance, lazy),
        }
    }
}

#[inline(always)]
unsafe fn count_all<L: Lanes, const D: usize>(plan: &Plan, words: &mut [u64], counts: &mut ChainCounts) {
    // SAFETY: as above.
    unsafe {
        match plan.is_glass() {
            false => replicas::counts::<L, D, false>(plan, words, counts),
            true => replicas::counts::<L, D, true>(plan, words, counts),
        }
    }
}
