//! Which spin is which bit.
//!
//! The torus is cut into `down` × `across` blocks of equal size, one for each bit of a word: bit b = i · across + j of word
//! (y, k) belongs to block (i, j). A row of a block has every second site in a sublattice: word (y, k) of sublattice c
//! holds the columns x = 2k + ((Y + c) mod 2) of the blocks, where Y is the row in the lattice. So horizontal neighbours
//! are in the same and in an adjacent word, vertical ones in the same word of the rows above and below, and leaving a block
//! is a rotation of the bits. The blocks' columns are even in number, so that a word's bits have one parity of x.
//!
//! A cubic torus is a pile of such planes, in which Y counts the planes too: the neighbours above and below are in the same
//! word of the planes beside.
//!
//! Rows are stored one after the other with room on both sides, where the words beyond a row's ends are kept (the
//! neighbouring block's, rotated), and are padded to whole vectors of the widest kind. Padding and the bits of a word
//! beyond the blocks hold no spins.
//!
//! For an antiferromagnet the spins of one sublattice are kept inverted, which makes it a ferromagnet.

use super::generator::ABREAST;
use super::rare::MOST_WORDS;

/// Room on either side of a row, in words.
const ROOM: usize = ABREAST;

/// A line of the processor's cache, so that vectors do not straddle two.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct Line([u64; ABREAST]);

/// Words that start at a line.
#[derive(Clone)]
pub(super) struct Words(Vec<Line>);

impl Words {
    pub(super) fn zeros(count: usize) -> Self {
        Self(vec![Line([0; ABREAST]); count.div_ceil(ABREAST)])
    }

    /// All of them.
    pub(super) fn as_slice(&self) -> &[u64] {
        self.0.as_flattened_words()
    }

    /// All of them, to be changed.
    pub(super) fn as_mut_slice(&mut self) -> &mut [u64] {
        self.0.as_flattened_words_mut()
    }
}

/// Lines seen as the words that they are made of.
trait Flat {
    fn as_flattened_words(&self) -> &[u64];
    fn as_flattened_words_mut(&mut self) -> &mut [u64];
}

impl Flat for [Line] {
    fn as_flattened_words(&self) -> &[u64] {
        // SAFETY: a line is eight words without padding (8 × 8 = 64 bytes, its alignment).
        unsafe { std::slice::from_raw_parts(self.as_ptr().cast(), self.len() * ABREAST) }
    }

    fn as_flattened_words_mut(&mut self) -> &mut [u64] {
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(self.as_mut_ptr().cast(), self.len() * ABREAST) }
    }
}

/// The lattice's shape as words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    /// Planes, rows and columns of the lattice.
    pub sides: [usize; 3],
    /// Blocks on top of each other, and side by side.
    pub blocks: (usize, usize),
    /// Rows of a block in one plane.
    pub rows: usize,
    /// Words of a row that hold spins.
    pub width: usize,
    /// Words of a row with its padding, a multiple of 8.
    pub padded: usize,
    /// Words of a stretch, the piece of a row that is done at once: at most 256, a multiple of 8.
    pub stretch: usize,
}

impl Layout {
    /// The layout of a torus (of one plane, or of an even number of them) with an even number of rows and of columns that takes
    /// the fewest vectors.
    pub(super) fn new(sides: [usize; 3]) -> Self {
        let [_, rows, columns] = sides;
        debug_assert!(rows.is_multiple_of(2) && columns.is_multiple_of(2) && rows > 0 && columns > 0);
        let candidates =
            (1..=64_usize.min(rows)).filter(|down| rows.is_multiple_of(*down)).flat_map(|down| {
                let fits = move |across: &usize| (columns / 2).is_multiple_of(*across);
                (1..=64 / down).filter(fits).map(move |across| Self::with_blocks(sides, (down, across)))
            });
        // Of those alike the one with the fewest blocks side by side: its rows are the longest.
        let best = candidates.min_by_key(|layout| (layout.rows * layout.padded, layout.blocks.1));
        best.expect("invariant: one block is a layout")
    }

    fn with_blocks(sides: [usize; 3], blocks: (usize, usize)) -> Self {
        let width = sides[2] / blocks.1 / 2;
        let padded = width.next_multiple_of(ABREAST);
        let stretches = padded.div_ceil(MOST_WORDS);
        let stretch = (padded / ABREAST).div_ceil(stretches) * ABREAST;
        Self { sides, blocks, rows: sides[1] / blocks.0, width, padded, stretch }
    }

    /// Bits of a word that hold spins.
    pub(super) fn bits(&self) -> u32 {
        (self.blocks.0 * self.blocks.1) as u32
    }

    /// Words from a row's start to the next one's.
    pub(super) fn stride(&self) -> usize {
        self.padded + 2 * ROOM
    }

    /// Number of rows of blocks, in all planes: row y of plane z is number z · `rows` + y.
    pub(super) fn lines(&self) -> usize {
        self.sides[0] * self.rows
    }

    /// Number of sites.
    pub(super) fn sites(&self) -> u64 {
        self.sides.iter().map(|side| *side as u64).product()
    }

    /// The place of a row's first word.
    pub(super) fn row(&self, y: usize) -> usize {
        y * self.stride() + ROOM
    }

    /// Whether all bits of all words of a padded row hold spins.
    pub(super) fn is_full(&self) -> bool {
        self.bits() == 64 && self.width == self.padded
    }

    /// The mask of the blocks (i, j) that satisfy a condition.
    fn mask(&self, condition: impl Fn(usize, usize) -> bool) -> u64 {
        let (down, across) = self.blocks;
        let mut mask = 0;
        for i in 0..down {
            for j in 0..across {
                mask |= u64::from(condition(i, j)) << (i * across + j);
            }
        }
        mask
    }

    /// Sublattice, word and bit of the site of a number, counted by planes, rows and columns.
    fn place(&self, site: usize) -> (usize, usize, usize) {
        let [_, rows, columns] = self.sides;
        let (plane, row, column) = (site / columns / rows, site / columns % rows, site % columns);
        let (i, y) = (row / self.rows, row % self.rows);
        let across = columns / self.blocks.1;
        let (j, x) = (column / across, column % across);
        let word = self.row(plane * self.rows + y) + x / 2;
        ((plane + row + column) % 2, word, i * self.blocks.1 + j)
    }
}

/// The spins, 1 for up, with what the kernel needs to find neighbours.
#[derive(Clone)]
pub(super) struct Board {
    pub layout: Layout,
    /// The two sublattices.
    pub spins: [Words; 2],
    /// Per row, the bits of sublattice 0 whose second horizontal neighbour is in the word before; the others' (and of
    /// sublattice 1 these bits') is in the word after.
    pub before: Vec<u64>,
    /// Per word of a padded row, the bits that hold spins.
    pub present: Words,
    /// The blocks at the left end and at the right end.
    ends: [u64; 2],
    /// Whether sublattice 1 is kept inverted.
    pub inverted: bool,
    /// Per sublattice and direction, whether the bond favours opposite spins; `None` where all bonds are alike.
    pub signs: Option<Box<[Signs; 2]>>,
}

/// The signs of the bonds of a sublattice, laid out as its spins are: to the spins above and below, to those beside in the same and
/// in an adjacent word, and to those in the planes beside (empty in two dimensions).
pub(super) type Signs = [Words; DIRECTIONS];

/// The most neighbours of a spin.
const DIRECTIONS: usize = 6;

impl Board {
    /// All spins down (as kept).
    pub(super) fn new(layout: Layout, inverted: bool) -> Self {
        let size = layout.stride() * layout.lines();
        let even = |line: usize| {
            let (z, y) = (line / layout.rows, line % layout.rows);
            layout.mask(|i, _| (z + i * layout.rows + y).is_multiple_of(2))
        };
        let before = (0..layout.lines()).map(even).collect();
        let mut present = Words::zeros(layout.padded);
        present.as_mut_slice()[..layout.width].fill(layout.mask(|_, _| true));
        let ends = [layout.mask(|_, j| j == 0), layout.mask(|_, j| j + 1 == layout.blocks.1)];
        let spins = [Words::zeros(size), Words::zeros(size)];
        Self { spins, before, present, ends, inverted, layout, signs: None }
    }

    /// Gives each bond a sign: `favours_opposite` says for the numbers of two neighbours whether it is negative.
    pub(super) fn sign(&mut self, favours_opposite: impl Fn(usize, usize) -> bool) {
        let [planes, rows, columns] = self.layout.sides;
        let (size, directions) = (self.layout.stride() * self.layout.lines(), if planes > 1 { 6 } else { 4 });
        let words = |direction| Words::zeros(if direction < directions { size } else { 0 });
        let mut signs = Box::new([(); 2].map(|()| std::array::from_fn(words)));
        for site in 0..planes * rows * columns {
            let (z, y, x) = (site / columns / rows, site / columns % rows, site % columns);
            let place = |z: usize, y: usize, x: usize| (z % planes * rows + y % rows) * columns + x % columns;
            // The spin beside in the same word is in the column that differs in the last binary digit.
            let far = if x.is_multiple_of(2) { x + columns - 1 } else { x + 1 };
            let neighbours = [
                place(z, y + rows - 1, x),
                place(z, y + 1, x),
                place(z, y, x ^ 1),
                place(z, y, far),
                place(z + planes - 1, y, x),
                place(z + 1, y, x),
            ];
            let (colour, word, bit) = self.layout.place(site);
            for (words, other) in signs[colour].iter_mut().zip(neighbours).take(directions) {
                words.as_mut_slice()[word] |= u64::from(favours_opposite(site, other)) << bit;
            }
        }
        self.signs = Some(signs);
    }

    /// Whether bonds have signs.
    pub(super) fn is_glass(&self) -> bool {
        self.signs.is_some()
    }

    /// Where the signs of a sublattice's bonds are, in every direction that there is, if the board is a GLASS; each is as long as
    /// the spins.
    pub(super) fn signs_of<const GLASS: bool>(&self, colour: usize) -> [*const u64; DIRECTIONS] {
        match &self.signs {
            Some(signs) if GLASS => {
                let directions = if self.layout.sides[0] > 1 { 6 } else { 4 };
                let size = self.spins[0].as_slice().len();
                assert!(signs[colour][..directions].iter().all(|words| words.as_slice().len() == size));
                signs[colour].each_ref().map(|words| words.as_slice().as_ptr())
            }
            _ => [std::ptr::null(); DIRECTIONS],
        }
    }

    /// Draws every spin.
    pub(super) fn randomize(&mut self, mut word: impl FnMut() -> u64) {
        let present = self.present.as_slice()[0];
        for colour in 0..2 {
            for line in 0..self.layout.lines() {
                let (from, width) = (self.layout.row(line), self.layout.width);
                self.spins[colour].as_mut_slice()[from..from + width].fill_with(|| word() & present);
            }
            self.close(colour);
        }
    }

    /// Takes the spins ±1 given by planes and rows.
    pub(super) fn set(&mut self, spins: &[i8]) {
        for words in &mut self.spins {
            words.as_mut_slice().fill(0);
        }
        for (site, spin) in spins.iter().enumerate() {
            let (colour, word, bit) = self.layout.place(site);
            let up = (*spin > 0) != (self.inverted && colour == 1);
            self.spins[colour].as_mut_slice()[word] |= u64::from(up) << bit;
        }
        self.close(0);
        self.close(1);
    }

    /// The spins as ±1 by planes and rows.
    pub(super) fn get(&self) -> Vec<i8> {
        let spin = |site: usize| {
            let (colour, word, bit) = self.layout.place(site);
            let kept = self.spins[colour].as_slice()[word] >> bit & 1 == 1;
            if kept != (self.inverted && colour == 1) { 1 } else { -1 }
        };
        (0..self.layout.sites() as usize).map(spin).collect()
    }

    /// The number of spins that differ from those of an earlier time.
    pub(super) fn differing(&self, before: &[Words; 2]) -> u64 {
        let mut differing = 0;
        for (now, then) in self.spins.iter().zip(before) {
            for line in 0..self.layout.lines() {
                let row = self.layout.row(line)..self.layout.row(line) + self.layout.width;
                let words = now.as_slice()[row.clone()].iter().zip(&then.as_slice()[row]);
                differing += words.map(|(now, then)| u64::from((now ^ then).count_ones())).sum::<u64>();
            }
        }
        differing
    }

    /// Writes the words beyond the rows' ends anew, after the spins of a sublattice changed.
    pub(super) fn close(&mut self, colour: usize) {
        let (across, width) = (self.layout.blocks.1 as u32, self.layout.width);
        let [left, right] = self.ends;
        let rows = (0..self.layout.lines()).map(|line| self.layout.row(line));
        let words = self.spins[colour].as_mut_slice();
        for from in rows {
            let (first, last) = (words[from], words[from + width - 1]);
            words[from - 1] = (last << 1 & !left) | (last >> (across - 1) & left);
            words[from + width] = (first >> 1 & !right) | (first << (across - 1) & right);
        }
    }
}
