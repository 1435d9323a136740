//! Energy, magnetisation and acceptance by counting bits.
//!
//! Bits are added up by carry-save adders (Harley and Seal; Muła, Kurz and Lemire 2018, doi:10.1093/comjnl/bxx046): sixteen
//! vectors make one whose bits weigh 16, and only those are counted one by one.

use super::generator::ABREAST;
use super::lanes::Lanes;
use super::layout::Board;

/// Vectors counted bytewise before the bytes may overflow: 31 · 8 < 256.
const MOST_IN_BYTES: usize = 31;

/// What is counted on a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    /// Antiparallel pairs of neighbours (as the spins are kept); where bonds have signs, bonds that are not satisfied.
    pub antiparallel: u64,
    /// Spins up.
    pub up: u64,
}

/// A running count of bits, those of weight W in bytes and the lesser ones in planes.
struct Tally<L: Lanes> {
    /// Bits of weight 1, 2, 4 and 8.
    planes: [L::Vector; 4],
    /// Counts of weight W, in bytes, and how many were added.
    bytes: L::Vector,
    added: usize,
    /// Counts of weight W out of bytes.
    counted: u64,
}

/// a + b + c in two bits: the carry and the sum.
///
/// # Safety
///
/// The processor has the instruction set of L; so in all this file.
#[inline(always)]
unsafe fn add<L: Lanes>(a: L::Vector, b: L::Vector, c: L::Vector) -> (L::Vector, L::Vector) {
    // SAFETY: the caller promises the instruction set.
    unsafe { (L::majority(a, b, c), L::xor3(a, b, c)) }
}

/// The number of bits set in each byte.
#[inline(always)]
unsafe fn count_in_bytes<L: Lanes>(x: L::Vector) -> L::Vector {
    // SAFETY: the caller promises the instruction set.
    unsafe {
        let pairs = L::splat(0x5555_5555_5555_5555);
        let fours = L::splat(0x3333_3333_3333_3333);
        let x = L::add(L::and(x, pairs), L::and(L::shift_right(x, 1), pairs));
        let x = L::add(L::and(x, fours), L::and(L::shift_right(x, 2), fours));
        L::and(L::add(x, L::shift_right(x, 4)), L::splat(0x0f0f_0f0f_0f0f_0f0f))
    }
}

/// The sum of all bytes.
#[inline(always)]
unsafe fn sum_of_bytes<L: Lanes>(x: L::Vector) -> u64 {
    // SAFETY: the caller promises the instruction set; eight words hold the widest vector.
    unsafe {
        let even = L::splat(0x00ff_00ff_00ff_00ff);
        let x = L::add(L::and(x, even), L::and(L::shift_right(x, 8), even));
        let mut words = [0_u64; ABREAST];
        L::store(words.as_mut_ptr(), x);
        // Sixteen-bit fields: 8 words of at most 2 · 255 each.
        words.iter().sum::<u64>().wrapping_mul(0x0001_0001_0001_0001) >> 48
    }
}

impl<L: Lanes> Tally<L> {
    #[inline(always)]
    unsafe fn new() -> Self {
        // SAFETY: the caller promises the instruction set; so below.
        let zero = unsafe { L::splat(0) };
        Self { planes: [zero; 4], bytes: zero, added: 0, counted: 0 }
    }

    /// Adds four vectors; what is left over weighs 4.
    #[inline(always)]
    unsafe fn four(&mut self, x: [L::Vector; 4]) -> L::Vector {
        // SAFETY: as above.
        unsafe {
            let (first, ones) = add::<L>(self.planes[0], x[0], x[1]);
            let (second, ones) = add::<L>(ones, x[2], x[3]);
            let (carry, twos) = add::<L>(self.planes[1], first, second);
            (self.planes[0], self.planes[1]) = (ones, twos);
            carry
        }
    }

    /// Adds two vectors of weight 4; what is left over weighs 8.
    #[inline(always)]
    unsafe fn eight(&mut self, x: [L::Vector; 2]) -> L::Vector {
        // SAFETY: as above.
        let (carry, sum) = unsafe { add::<L>(self.planes[2], x[0], x[1]) };
        self.planes[2] = sum;
        carry
    }

    /// Adds two vectors of weight 8; what is left over weighs 16.
    #[inline(always)]
    unsafe fn sixteen(&mut self, x: [L::Vector; 2]) -> L::Vector {
        // SAFETY: as above.
        let (carry, sum) = unsafe { add::<L>(self.planes[3], x[0], x[1]) };
        self.planes[3] = sum;
        carry
    }

    /// Counts a vector of weight W.
    #[inline(always)]
    unsafe fn count(&mut self, x: L::Vector) {
        // SAFETY: as above.
        unsafe {
            self.bytes = L::add(self.bytes, count_in_bytes::<L>(x));
            self.added += 1;
            if self.added == MOST_IN_BYTES {
                self.empty();
            }
        }
    }

    /// Adds eight vectors and counts what weighs 8.
    #[inline(always)]
    unsafe fn count_eight(
        &mut self,
        a: [L::Vector; 2],
        b: [L::Vector; 2],
        c: [L::Vector; 2],
        d: [L::Vector; 2],
    ) {
        // SAFETY: as above.
        unsafe {
            let fours = [self.four([a[0], a[1], b[0], b[1]]), self.four([c[0], c[1], d[0], d[1]])];
            let eight = self.eight(fours);
            self.count(eight);
        }
    }

    #[inline(always)]
    unsafe fn empty(&mut self) {
        // SAFETY: as above.
        unsafe {
            self.counted += sum_of_bytes::<L>(self.bytes);
            self.bytes = L::splat(0);
        }
        self.added = 0;
    }

    /// The number of bits set in all that was added, given W.
    #[inline(always)]
    unsafe fn total(mut self, weight: u64) -> u64 {
        // SAFETY: as above.
        unsafe {
            self.empty();
            // Weighted counts fit into bytes: 8 · (1 + 2 + 4 + 8) = 120.
            let [ones, twos, fours, eights] = self.planes;
            let mut sum = count_in_bytes::<L>(eights);
            sum = L::add(L::add(sum, sum), count_in_bytes::<L>(fours));
            sum = L::add(L::add(sum, sum), count_in_bytes::<L>(twos));
            sum = L::add(L::add(sum, sum), count_in_bytes::<L>(ones));
            weight * self.counted + sum_of_bytes::<L>(sum)
        }
    }
}

/// Counts what energy and magnetisation need, in two or three dimensions. FULL says that the board has no bits without spins,
/// GLASS that bonds have signs.
#[inline(always)]
pub(super) unsafe fn counts<L: Lanes, const DIMENSION: usize, const FULL: bool, const GLASS: bool>(
    board: &Board,
) -> Counts {
    let layout = &board.layout;
    let (rows, lines, padded) = (layout.rows, layout.lines(), layout.padded);
    let (bits, across) = (layout.bits(), layout.blocks.1 as u32);
    let (own, other) = (board.spins[0].as_slice(), board.spins[1].as_slice());
    let before = &board.before[..lines];
    let present = &board.present.as_slice()[..padded];
    // Of the bonds of sublattice 0, which are all.
    let signs = board.signs_of::<GLASS>(0);
    assert!(own.len() >= layout.stride() * lines && other.len() == own.len());
    // SAFETY: the caller promises the instruction set; for the pointers see `kernel::half`.
    unsafe {
        let (mut pairs, mut spins, mut deep) = (Tally::<L>::new(), Tally::<L>::new(), Tally::<L>::new());
        let zero = L::splat(0);
        let inverted = L::splat(if board.inverted { u64::MAX } else { 0 });
        for line in 0..lines {
            let (z, y) = (line / rows, line % rows);
            let (top, bottom) = (y == 0, y + 1 == rows);
            let here = layout.row(line);
            let above = layout.row(if top { line + rows - 1 } else { line - 1 });
            let below = layout.row(if bottom { line + 1 - rows } else { line + 1 });
            let front = layout.row(if z == 0 { lines - rows + y } else { line - rows });
            let back = layout.row(if line + rows >= lines { y } else { line + rows });
            let before = L::splat(before[line]);
            let mut k = 0;
            // A vector's four pairs in the plane, which leave one of weight 4, its spins of both sublattices, and its pairs with
            // the planes beside.
            macro_rules! vector {
                () => {
                    if k < padded {
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
                        // The neighbour, inverted where the bond favours opposite spins.
                        macro_rules! wanted {
                            ($direction:literal, $neighbour:expr) => {
                                if GLASS {
                                    L::xor($neighbour, L::load(signs[$direction].add(here + k)))
                                } else {
                                    $neighbour
                                }
                            };
                        }
                        let wants = [wanted!(0, up), wanted!(1, down), wanted!(2, near), wanted!(3, far)];
                        let (x, second) = if FULL {
                            let x = [
                                L::xor(spin, wants[0]),
                                L::xor(spin, wants[1]),
                                L::xor(spin, wants[2]),
                                L::xor(spin, wants[3]),
                            ];
                            (x, L::xor(near, inverted))
                        } else {
                            let held = L::load(present.as_ptr().add(k));
                            let x = [
                                L::xor_and(spin, wants[0], held),
                                L::xor_and(spin, wants[1], held),
                                L::xor_and(spin, wants[2], held),
                                L::xor_and(spin, wants[3], held),
                            ];
                            (x, L::xor_and(near, inverted, held))
                        };
                        // (Beyond a row's end there is another's word.)
                        let first = if FULL { spin } else { L::and(spin, L::load(present.as_ptr().add(k))) };
                        let mut beside = [zero; 2];
                        if DIMENSION == 3 {
                            beside = [
                                L::xor(spin, wanted!(4, L::load(other.as_ptr().add(front + k)))),
                                L::xor(spin, wanted!(5, L::load(other.as_ptr().add(back + k)))),
                            ];
                            if !FULL {
                                let held = L::load(present.as_ptr().add(k));
                                beside = [L::and(beside[0], held), L::and(beside[1], held)];
                            }
                        }
                        k += L::WORDS;
                        (pairs.four(x), [first, second], beside)
                    } else {
                        (zero, [zero; 2], [zero; 2])
                    }
                };
            }
            while k < padded {
                let (a, spins_a, beside_a) = vector!();
                let (b, spins_b, beside_b) = vector!();
                let (c, spins_c, beside_c) = vector!();
                let (d, spins_d, beside_d) = vector!();
                let eights = [pairs.eight([a, b]), pairs.eight([c, d])];
                let sixteen = pairs.sixteen(eights);
                pairs.count(sixteen);
                spins.count_eight(spins_a, spins_b, spins_c, spins_d);
                if DIMENSION == 3 {
                    deep.count_eight(beside_a, beside_b, beside_c, beside_d);
                }
            }
        }
        Counts { antiparallel: pairs.total(16) + deep.total(8), up: spins.total(8) }
    }
}
