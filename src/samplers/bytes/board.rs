//! Where the bytes of a torus are.
//!
//! The sites of a row in even and in odd columns are kept apart, so that neighbours in a row lie in the other half, at the same
//! place and the one before or after, and vertical ones in the same half at the same place. Halves are padded to whole vectors
//! with room on both sides, which takes a copy of the site across the border.

use super::lookup::WIDE;

/// Room on either side of half a row.
const ROOM: usize = 32;

pub(super) struct Board {
    /// Planes (1 of a square lattice), rows and columns.
    pub sides: [usize; 3],
    /// The states, with paddings.
    pub cells: Vec<u8>,
    /// From half to half.
    stride: usize,
}

impl Board {
    pub(super) fn new(sides: [usize; 3]) -> Self {
        let stride = sides[2].div_ceil(2).next_multiple_of(WIDE) + 2 * ROOM;
        Self { sides, cells: vec![0; 2 * stride * sides[0] * sides[1] + WIDE], stride }
    }

    pub(super) fn sites(&self) -> usize {
        self.sides.iter().product()
    }

    /// Rows in all planes.
    pub(super) fn lines(&self) -> usize {
        self.sides[0] * self.sides[1]
    }

    /// Neighbours of a site.
    pub(super) fn near(&self) -> usize {
        if self.sides[0] > 1 { 6 } else { 4 }
    }

    /// Sites of half a row that the vectors update: of columns odd in number, the last is left out.
    pub(super) fn half(&self) -> usize {
        self.sides[2] / 2
    }

    /// The first cell of the half of a row with columns of a parity.
    #[inline(always)]
    pub(super) fn start(&self, line: usize, parity: usize) -> usize {
        (2 * line + parity) * self.stride + ROOM
    }

    /// The cell of a site by its number.
    pub(super) fn place(&self, site: usize) -> usize {
        let (line, column) = (site / self.sides[2], site % self.sides[2]);
        self.start(line, column % 2) + column / 2
    }

    /// The rows above and below, and those in the planes before and behind.
    #[inline(always)]
    pub(super) fn beside(&self, line: usize) -> [usize; 4] {
        let (rows, lines) = (self.sides[1], self.lines());
        let y = line % rows;
        let above = if y == 0 { line + rows - 1 } else { line - 1 };
        let below = if y + 1 == rows { line + 1 - rows } else { line + 1 };
        let before = if line < rows { line + lines - rows } else { line - rows };
        let behind = if line + rows >= lines { line + rows - lines } else { line + rows };
        [above, below, before, behind]
    }

    /// Copies the site across the border to where the half with columns of `parity` will look for it.
    #[inline(always)]
    pub(super) fn close(&mut self, line: usize, parity: usize) {
        let columns = self.sides[2];
        if parity == 0 {
            let last = self.cells[self.start(line, (columns - 1) % 2) + (columns - 1) / 2];
            let beside = self.start(line, 1) - 1;
            self.cells[beside] = last;
        } else if columns.is_multiple_of(2) {
            let start = self.start(line, 0);
            self.cells[start + columns / 2] = self.cells[start];
        }
    }

    /// The half of a row with columns of a parity, all of it.
    fn row(&self, line: usize, parity: usize) -> &[u8] {
        let start = self.start(line, parity);
        &self.cells[start..start + (self.sides[2] + 1 - parity) / 2]
    }

    /// How often each of q states occurs.
    pub(super) fn counts(&self, q: usize) -> Vec<u64> {
        let mut counts = vec![0; q];
        for line in 0..self.lines() {
            for row in [self.row(line, 0), self.row(line, 1)] {
                if q <= 16 {
                    // The others follow from all but one.
                    let (mut rest, last) = (row.len() as u64, q - 1);
                    for (state, count) in counts[..last].iter_mut().enumerate() {
                        let found = sum(row, row, |a, _| u8::from(a == state as u8));
                        *count += found;
                        rest -= found;
                    }
                    counts[last] += rest;
                } else {
                    row.iter().for_each(|state| counts[usize::from(*state)] += 1);
                }
            }
        }
        counts
    }

    /// Σ u(a, b) over all pairs of neighbours, of a u with values below 8.
    pub(super) fn bonds(&self, likeness: impl Fn(u8, u8) -> u8 + Copy) -> u64 {
        let mut found = 0;
        for line in 0..self.lines() {
            let [_, below, _, behind] = self.beside(line);
            let (even, odd) = (self.row(line, 0), self.row(line, 1));
            // To the right of even columns, and of odd ones; the last column's neighbour is the first.
            found += sum(even, odd, likeness) + sum(odd, &even[1..], likeness);
            let last = if even.len() > odd.len() { even } else { odd };
            found += u64::from(likeness(last[last.len() - 1], even[0]));
            for parity in [0, 1] {
                found += sum(self.row(line, parity), self.row(below, parity), likeness);
                if self.sides[0] > 1 {
                    found += sum(self.row(line, parity), self.row(behind, parity), likeness);
                }
            }
        }
        found
    }
}

/// Σ f(a_i, b_i) over the shorter of two slices, of an f with values below 8.
#[inline(always)]
fn sum(a: &[u8], b: &[u8], f: impl Fn(u8, u8) -> u8) -> u64 {
    let length = a.len().min(b.len());
    let (a, b) = (a[..length].chunks(32), b[..length].chunks(32));
    // 32 values below 8 do not overflow a byte.
    a.zip(b).map(|(a, b)| u64::from(a.iter().zip(b).map(|(a, b)| f(*a, *b)).sum::<u8>())).sum()
}
