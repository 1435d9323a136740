//! Swendsen and Wang's updates of the uniform square or cubic torus without a field, a bit a spin.
//!
//! Bonds are drawn and sorted out by words of 64. Sites of a row that are joined to each other one after the next are a *run*;
//! bonds to the rows before join runs rather than sites, by union–find as of Rem (Dijkstra 1976; Patwary, Blair and Manne 2010,
//! doi:10.1007/978-3-642-13193-6_35), and a bond beside one that joins the same two runs is left out. Runs are numbered in order of
//! place, so that a cluster's first run is its root and one pass over them hands the signs down.

#![expect(unsafe_code, reason = "bit instructions behind a choice at run time")]

use crate::rng::Stream;
use crate::samplers::Chain;
use crate::samplers::multispin::{InstructionSet, Tosses};
use rand::Rng;

/// Bits of a word.
const BITS: usize = 64;

/// The chain on a torus of planes, rows and columns of any length from 2 on (planes from 1 on) with coupling J > 0.
pub(super) struct Torus {
    coupling: f64,
    board: Board,
    /// Of the bonds, kept with probability 1 − e^{−2J/T}.
    tosses: Tosses,
    /// Whether there are the instructions that [`fast`] needs.
    fast: bool,
    seen: u64,
    flipped: u64,
}

/// The spins and what a sweep makes of them.
struct Board {
    /// Planes, rows and columns.
    sides: [usize; 3],
    /// Words of a row.
    width: usize,
    /// The bits of a row's last word that hold spins.
    last: u64,
    /// The spins, 1 for up, row by row.
    spins: Vec<u64>,
    /// Where runs start.
    starts: Vec<u64>,
    /// For each word the number of runs that start before it.
    before: Vec<u32>,
    /// The run that each run was joined to, of a lesser number; its own number for a root.
    parents: Vec<u32>,
    /// Whether each run is flipped, 0 or 1.
    flips: Vec<u8>,
    /// The same in bits.
    packed: Vec<u64>,
}

impl Torus {
    /// A chain at `temperature`, started from a random state. `sides` are planes (1 of a square lattice), rows and columns.
    pub(super) fn new(sides: [usize; 3], coupling: f64, temperature: f64, stream: &mut Stream) -> Self {
        Self::on(InstructionSet::widest(), has_bit_instructions(), (sides, coupling), temperature, stream)
    }

    fn on(
        set: InstructionSet,
        fast: bool,
        (sides, coupling): ([usize; 3], f64),
        temperature: f64,
        stream: &mut Stream,
    ) -> Self {
        let tosses = Tosses::new(-libm::expm1(-2.0 * coupling / temperature), set, stream);
        let mut board = Board::new(sides);
        board.randomize(stream);
        Self { coupling, board, tosses, fast, seen: 0, flipped: 0 }
    }
}

impl Board {
    fn new(sides: [usize; 3]) -> Self {
        let [planes, rows, columns] = sides;
        let (width, lines) = (columns.div_ceil(BITS), planes * rows);
        let words = width * lines;
        Self {
            sides,
            width,
            last: u64::MAX >> (width * BITS - columns),
            spins: vec![0; words],
            starts: vec![0; words],
            before: vec![0; words],
            parents: Vec::new(),
            flips: Vec::new(),
            packed: Vec::new(),
        }
    }

    fn sites(&self) -> usize {
        self.sides.iter().product()
    }

    /// The bits of word k of a row that hold spins.
    #[inline(always)]
    fn present(&self, k: usize) -> u64 {
        if k + 1 == self.width { self.last } else { u64::MAX }
    }

    fn randomize(&mut self, stream: &mut Stream) {
        for at in 0..self.spins.len() {
            self.spins[at] = stream.next_u64() & self.present(at % self.width);
        }
    }

    /// Word k of a row that starts at word `row`, shifted so that bit x has the spin of column x + 1.
    #[inline(always)]
    fn next_column(&self, row: usize, k: usize) -> u64 {
        let here = self.spins[row + k] >> 1;
        if k + 1 < self.width {
            here | self.spins[row + k + 1] << (BITS - 1)
        } else {
            let end = (self.sides[2] - 1) % BITS;
            here | (self.spins[row] & 1) << end
        }
    }

    /// Antiparallel pairs of neighbours, and spins up.
    fn counts(&self) -> (u64, u64) {
        let [planes, rows, _] = self.sides;
        let (mut antiparallel, mut up) = (0, 0);
        for line in 0..planes * rows {
            let row = line * self.width;
            let below = self.below(line) * self.width;
            let behind = (line + rows) % (planes * rows) * self.width;
            for k in 0..self.width {
                let spins = self.spins[row + k];
                up += u64::from(spins.count_ones());
                let beside = (spins ^ self.next_column(row, k)) & self.present(k);
                let down = spins ^ self.spins[below + k];
                antiparallel += u64::from(beside.count_ones() + down.count_ones());
                if planes > 1 {
                    antiparallel += u64::from((spins ^ self.spins[behind + k]).count_ones());
                }
            }
        }
        (antiparallel, up)
    }

    /// The row below, in the same plane.
    fn below(&self, line: usize) -> usize {
        let rows = self.sides[1];
        if (line + 1).is_multiple_of(rows) { line + 1 - rows } else { line + 1 }
    }

    /// Finds the runs of a row, numbered from `count` on, and joins the last with the first where the bond between is kept. Returns
    /// the number of runs so far.
    #[inline(always)]
    fn find_runs(&mut self, line: usize, count: u32, tosses: &mut Tosses) -> u32 {
        let row = line * self.width;
        let mut runs = count;
        // The bond to the column before; that of the first is seen to at the end.
        let mut joined = 0;
        let mut kept = 0;
        for k in 0..self.width {
            let alike = !(self.spins[row + k] ^ self.next_column(row, k));
            kept = tosses.next() & alike & self.present(k);
            let starts = !(kept << 1 | joined) & self.present(k);
            joined = kept >> (BITS - 1);
            self.starts[row + k] = starts;
            self.before[row + k] = runs;
            runs += starts.count_ones();
        }
        let most = runs as usize;
        if self.parents.len() < most {
            self.parents.resize(most + self.sides[2], 0);
        }
        for run in count..runs {
            self.parents[run as usize] = run;
        }
        if kept >> ((self.sides[2] - 1) % BITS) & 1 == 1 {
            unite(&mut self.parents, count, runs - 1);
        }
        runs
    }

    /// Keeps bonds between two rows that lie beside each other and joins their runs.
    #[inline(always)]
    fn join_rows(&mut self, first: usize, second: usize, tosses: &mut Tosses) {
        let (first, second) = (first * self.width, second * self.width);
        let mut previous = 0;
        for k in 0..self.width {
            let (a, b) = (first + k, second + k);
            let kept = tosses.next() & !(self.spins[a] ^ self.spins[b]) & self.present(k);
            let (starts_a, starts_b) = (self.starts[a], self.starts[b]);
            // The bond before joins the same runs unless one starts here.
            let mut needed = kept & !((kept << 1 | previous) & !starts_a & !starts_b);
            previous = kept >> (BITS - 1);
            let (before_a, before_b) = (self.before[a], self.before[b]);
            while needed != 0 {
                let through = needed ^ (needed - 1);
                // A run that starts at a bit or before it is the last of those.
                let in_a = before_a + (starts_a & through).count_ones() - 1;
                let in_b = before_b + (starts_b & through).count_ones() - 1;
                unite(&mut self.parents, in_a, in_b);
                needed &= needed - 1;
            }
        }
    }

    /// A sweep; returns the number of spins that were flipped.
    #[inline(always)]
    fn sweep<B: BitInstructions>(&mut self, tosses: &mut Tosses) -> u64 {
        let [planes, rows, _] = self.sides;
        let lines = planes * rows;
        let mut runs = 0;
        for line in 0..lines {
            runs = self.find_runs(line, runs, tosses);
            let y = line % rows;
            if y > 0 {
                self.join_rows(line - 1, line, tosses);
            }
            if y + 1 == rows {
                self.join_rows(line, line - y, tosses);
            }
            if planes > 1 {
                if line >= rows {
                    self.join_rows(line - rows, line, tosses);
                }
                if line + rows >= lines {
                    self.join_rows(line, y, tosses);
                }
            }
        }
        self.choose(runs as usize, tosses);
        self.flip::<B>()
    }

    /// Draws for each cluster whether it is flipped, and hands that down to its runs.
    #[inline(always)]
    fn choose(&mut self, runs: usize, tosses: &mut Tosses) {
        let groups = runs.div_ceil(BITS);
        // One word more for the last word of spins, where no run may start, and one beside it.
        if self.packed.len() < groups + 2 {
            self.packed.resize(groups + 2, 0);
            self.flips.resize(groups * BITS, 0);
        }
        for group in 0..groups {
            let fair = tosses.fair();
            let from = group * BITS;
            for i in 0..BITS.min(runs - from) {
                // A root's own bit counts; any other run's is overwritten by its parent's, which comes before it.
                self.flips[from + i] = (fair >> i & 1) as u8;
                self.flips[from + i] = self.flips[self.parents[from + i] as usize];
            }
            let mut word = 0;
            for (byte, eight) in self.flips[from..from + BITS].as_chunks::<8>().0.iter().enumerate() {
                // Bit 0 of byte i to bit 56 + i.
                let bits = (u64::from_le_bytes(*eight) & 0x0101_0101_0101_0101)
                    .wrapping_mul(0x0102_0408_1020_4080)
                    >> 56;
                word |= bits << (8 * byte);
            }
            self.packed[group] = word;
        }
    }

    /// Flips the spins of the runs that are to be flipped; returns their number.
    #[inline(always)]
    fn flip<B: BitInstructions>(&mut self) -> u64 {
        let mut flipped = 0;
        let mut row = 0;
        while row < self.spins.len() {
            // Whether the run that reaches into the word is flipped, in all bits.
            let mut reaching = 0;
            for k in 0..self.width {
                let (starts, before) = (self.starts[row + k], self.before[row + k] as usize);
                let (word, bit) = (before / BITS, (before % BITS) as u32);
                let runs = self.packed[word] >> bit | self.packed[word + 1] << 1 << (63 - bit);
                // Where runs start, whether they differ from the one before; the parity up to a bit is then that of its run.
                let changes = runs ^ (runs << 1 | reaching & 1);
                let flips = (parity_up_to(B::deposit(changes, starts)) ^ reaching) & self.present(k);
                reaching = (flips >> (BITS - 1)).wrapping_neg();
                flipped += u64::from(flips.count_ones());
                self.spins[row + k] ^= flips;
            }
            row += self.width;
        }
        flipped
    }
}

/// Joins the clusters of two runs.
#[inline(always)]
fn unite(parents: &mut [u32], mut a: u32, mut b: u32) {
    loop {
        let (of_a, of_b) = (parents[a as usize], parents[b as usize]);
        if of_a == of_b {
            return;
        }
        // The one whose parent is greater goes up, and gets the other's parent on the way.
        let (up, to, lesser) = if of_a > of_b { (a, of_a, of_b) } else { (b, of_b, of_a) };
        parents[up as usize] = lesser;
        if up == to {
            return;
        }
        if of_a > of_b { a = to } else { b = to }
    }
}

/// In each bit the parity of the bits up to it.
#[inline(always)]
fn parity_up_to(mut x: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        x ^= x << shift;
    }
    x
}

/// What some processors have an instruction for.
trait BitInstructions {
    /// The lowest bits, as many as the mask has, put where the mask's are.
    fn deposit(bits: u64, mask: u64) -> u64;
}

struct Plain;

impl BitInstructions for Plain {
    #[inline(always)]
    fn deposit(mut bits: u64, mut mask: u64) -> u64 {
        let mut found = 0;
        while mask != 0 {
            let lowest = mask & mask.wrapping_neg();
            found |= lowest & (bits & 1).wrapping_neg();
            bits >>= 1;
            mask ^= lowest;
        }
        found
    }
}

#[cfg(target_arch = "x86_64")]
struct Bmi2;

#[cfg(target_arch = "x86_64")]
impl BitInstructions for Bmi2 {
    #[inline(always)]
    fn deposit(bits: u64, mask: u64) -> u64 {
        // SAFETY: used by `fast` alone, whose caller has found the instruction set.
        unsafe { std::arch::x86_64::_pdep_u64(bits, mask) }
    }
}

/// Whether the processor has the instructions that [`fast`] needs.
fn has_bit_instructions() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        std::arch::is_x86_feature_detected!("popcnt")
            && std::arch::is_x86_feature_detected!("bmi1")
            && std::arch::is_x86_feature_detected!("bmi2")
    }
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// A sweep with instructions that count, find and deposit bits.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "popcnt,bmi1,bmi2")]
fn fast(board: &mut Board, tosses: &mut Tosses) -> u64 {
    board.sweep::<Bmi2>(tosses)
}

impl Chain for Torus {
    /// The stream was used up when the chain was made: its own generators draw.
    fn sweep(&mut self, _: &mut Stream) {
        #[cfg(target_arch = "x86_64")]
        let flipped = if self.fast {
            // SAFETY: `fast` says that the processor has the instructions.
            unsafe { fast(&mut self.board, &mut self.tosses) }
        } else {
            self.board.sweep::<Plain>(&mut self.tosses)
        };
        #[cfg(not(target_arch = "x86_64"))]
        let flipped = self.board.sweep::<Plain>(&mut self.tosses);
        self.flipped += flipped;
        self.seen += self.board.sites() as u64;
    }

    fn tune(&mut self) {
        (self.seen, self.flipped) = (0, 0);
    }

    fn energy(&self) -> f64 {
        // E = −J (bonds − 2 antiparallel ones).
        let dimension = if self.board.sides[0] > 1 { 3 } else { 2 };
        let bonds = dimension * self.board.sites() as i64;
        -self.coupling * (bonds - 2 * self.board.counts().0 as i64) as f64
    }

    fn magnetization(&self) -> f64 {
        (2 * self.board.counts().1 as i64 - self.board.sites() as i64) as f64
    }

    fn acceptance(&self) -> f64 {
        if self.seen == 0 { 0.0 } else { self.flipped as f64 / self.seen as f64 }
    }

    fn updates_per_spin(&self) -> f64 {
        1.0
    }

    fn state(&self) -> Vec<i8> {
        let columns = self.board.sides[2];
        let spin = |site: usize| {
            let word = self.board.spins[site / columns * self.board.width + site % columns / BITS];
            if word >> (site % columns % BITS) & 1 == 1 { 1 } else { -1 }
        };
        (0..self.board.sites()).map(spin).collect()
    }

    fn start_from(&mut self, spins: &[i8]) {
        let columns = self.board.sides[2];
        self.board.spins.fill(0);
        for (site, spin) in spins.iter().enumerate() {
            let at = site / columns * self.board.width + site % columns / BITS;
            self.board.spins[at] |= u64::from(*spin > 0) << (site % columns % BITS);
        }
    }
}

#[cfg(test)]
mod tests;
