//! The choice of an instruction set at run time.

use super::kernel::{self, Chance};
use super::lanes::{Lanes, Plain};
use super::layout::Board;
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

/// Functions of the same arguments for each instruction set, and a method that calls the right one.
macro_rules! dispatched {
    ($(#[$doc:meta])* $method:ident, $generic:ident, ($($argument:ident: $type:ty),*) $(-> $result:ty)?) => {
        impl InstructionSet {
            $(#[$doc])*
            pub(super) fn $method(self, $($argument: $type),*) $(-> $result)? {
                #[cfg(target_arch = "x86_64")]
                #[target_feature(enable = "avx2")]
                unsafe fn avx2($($argument: $type),*) $(-> $result)? {
                    // SAFETY: the caller promises the instruction set; so below.
                    unsafe { $generic::<Avx2>($($argument),*) }
                }
                #[cfg(target_arch = "x86_64")]
                #[target_feature(enable = "avx512f")]
                unsafe fn avx512($($argument: $type),*) $(-> $result)? {
                    // SAFETY: as above.
                    unsafe { $generic::<Avx512>($($argument),*) }
                }
                // SAFETY: `all` makes only what the processor has.
                unsafe {
                    match self.0 {
                        Kind::Plain => $generic::<Plain>($($argument),*),
                        #[cfg(target_arch = "x86_64")]
                        Kind::Sse2 => $generic::<Sse2>($($argument),*),
                        #[cfg(target_arch = "x86_64")]
                        Kind::Avx2 => avx2($($argument),*),
                        #[cfg(target_arch = "x86_64")]
                        Kind::Avx512 => avx512($($argument),*),
                    }
                }
            }
        }
    };
}

dispatched! {
    /// A sweep over both sublattices; `lazy` leaves each spin alone with probability ½.
    sweep, sweep, (board: &mut Board, chance: &mut Chance, lazy: bool)
}

dispatched! {
    /// Counts what energy and magnetisation need.
    counts, counts, (board: &Board) -> Counts
}

#[inline(always)]
unsafe fn sweep<L: Lanes>(board: &mut Board, chance: &mut Chance, lazy: bool) {
    // SAFETY: the caller promises the instruction set; so below.
    unsafe {
        match (board.layout.is_full(), lazy) {
            (true, false) => kernel::sweep::<L, true, false>(board, chance),
            (true, true) => kernel::sweep::<L, true, true>(board, chance),
            (false, false) => kernel::sweep::<L, false, false>(board, chance),
            (false, true) => kernel::sweep::<L, false, true>(board, chance),
        }
    }
}

#[inline(always)]
unsafe fn counts<L: Lanes>(board: &Board) -> Counts {
    // SAFETY: as above.
    unsafe {
        if board.layout.is_full() {
            tally::counts::<L, true>(board)
        } else {
            tally::counts::<L, false>(board)
        }
    }
}
