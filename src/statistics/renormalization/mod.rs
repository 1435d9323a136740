//! The Monte Carlo renormalisation group of Ising spins on the square lattice: block spins by the majority of 2 × 2, and the
//! exponents in the correlations between the interactions of successive levels.
//!
//! Sources: R. H. Swendsen, Phys. Rev. Lett. 42 (1979) 859, doi:10.1103/PhysRevLett.42.859; Phys. Rev. B 20 (1979) 2080,
//! doi:10.1103/PhysRevB.20.2080.

use std::f64::consts::LN_2;

/// The number of interactions of an even number of spins.
pub const EVEN: usize = 7;
/// The number of interactions of an odd number of spins.
pub const ODD: usize = 4;
/// The number of all interactions.
pub const ALL: usize = EVEN + ODD;
/// Longest side of a lattice: the sums over a row fit into 16 bits.
pub const LONGEST: usize = 4096;
/// Shortest side of a lattice that blocks are made to: below, the interactions are no longer distinct.
pub const SHORTEST: usize = 4;

/// What the interactions S_α are, in the order of [`operators`]: each a sum over all places of products of spins, those of an
/// even number first.
pub const NAMES: [&str; ALL] = [
    "nearest neighbours",
    "diagonal neighbours",
    "four spins of a plaquette",
    "neighbours two sites along an axis",
    "neighbours a knight's move apart",
    "neighbours two diagonals apart",
    "four neighbours of a site",
    "single spins",
    "three spins of a plaquette",
    "three spins in a row",
    "a site and its four neighbours",
];

/// The sides of a lattice and of the lattices of its block spins, while both sides are even and blocks leave
/// [`SHORTEST`] or more.
pub fn levels(rows: usize, columns: usize) -> Vec<(usize, usize)> {
    let mut all = vec![(rows, columns)];
    while let Some((r, c)) = all.last().copied()
        && r % 2 == 0
        && c % 2 == 0
        && r.min(c) / 2 >= SHORTEST
    {
        all.push((r / 2, c / 2));
    }
    all
}

/// The block spins of a lattice of even sides, row by row: the sign of the sum over 2 × 2 spins; where it is 0, the sign that `coin` tosses.
pub fn blocked(spins: &[i8], columns: usize, mut coin: impl FnMut() -> bool) -> Vec<i8> {
    let mut blocks = Vec::with_capacity(spins.len() / 4);
    for pair in spins.chunks_exact(2 * columns) {
        let (upper, lower) = pair.split_at(columns);
        for (a, b) in upper.chunks_exact(2).zip(lower.chunks_exact(2)) {
            blocks.push(match a[0] + a[1] + b[0] + b[1] {
                0 if coin() => 1,
                0 => -1,
                sum => sum.signum(),
            });
        }
    }
    blocks
}

/// The interactions S_α of a periodic lattice of spins ±1 with sides up to [`LONGEST`], in the order of [`NAMES`].
pub fn operators(spins: &[i8], columns: usize) -> [f64; ALL] {
    let rows = spins.len() / columns;
    // Two more rows and columns, so that whatever lies within 3 × 3 sites of a place is a slice away.
    let wide = columns + 2;
    let padded: Vec<i16> = (0..rows + 2)
        .flat_map(|r| {
            let row = &spins[(r % rows) * columns..(r % rows + 1) * columns];
            (0..wide).map(move |c| i16::from(row[c % columns]))
        })
        .collect();
    let mut totals = [0_i64; ALL];
    for r in 0..rows {
        let line = |k: usize| &padded[(r + k) * wide..(r + k + 1) * wide];
        let (top, middle, bottom) = (line(0), line(1), line(2));
        let mut sums = [0_i16; ALL];
        for c in 0..columns {
            let (a, b, d) = (&top[c..c + 3], &middle[c..c + 3], &bottom[c..c + 3]);
            let (right, down, across) = (a[0] * a[1], a[0] * b[0], a[0] * b[1]);
            let cross = a[1] * b[0] * b[2] * d[1];
            sums[0] += right + down;
            sums[1] += across + a[1] * b[0];
            sums[2] += right * b[0] * b[1];
            sums[3] += a[0] * a[2] + a[0] * d[0];
            sums[4] += a[0] * b[2] + a[2] * b[0] + a[0] * d[1] + a[1] * d[0];
            sums[5] += a[0] * d[2] + a[2] * d[0];
            sums[6] += cross;
            sums[7] += a[0];
            sums[8] += right * (b[0] + b[1]) + (a[0] + a[1]) * b[0] * b[1];
            sums[9] += right * a[2] + down * d[0];
            sums[10] += cross * b[1];
        }
        totals.iter_mut().zip(sums).for_each(|(total, sum)| *total += i64::from(sum));
    }
    totals.map(|total| total as f64)
}

/// The places of the means that the exponents are made of, in one row of numbers per measurement.
///
/// The row holds S_α of each level, the finest first; then for each step from a level to the blocks of it the products
/// S'_α S'_β of the blocks' interactions, and S'_α S_β with those of the level: even ones, then odd ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The number of levels, the lattice itself among them.
    pub levels: usize,
}

/// Whether the interactions of an even or those of an odd number of spins are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parity {
    /// Even numbers of spins: the thermal exponent.
    Even,
    /// Odd numbers of spins: the magnetic exponent.
    Odd,
}

impl Parity {
    /// The places of its interactions among all.
    pub fn range(self) -> std::ops::Range<usize> {
        match self {
            Self::Even => 0..EVEN,
            Self::Odd => EVEN..ALL,
        }
    }

    /// How many interactions there are.
    pub fn count(self) -> usize {
        self.range().len()
    }
}

/// Products of one step: two tables for the even and two for the odd interactions.
const STEP: usize = 2 * (EVEN * EVEN + ODD * ODD);

impl Layout {
    /// The length of a row.
    pub fn width(self) -> usize {
        self.levels * ALL + (self.levels - 1) * STEP
    }

    /// Appends the row of one state to `row`, from the interactions of its levels.
    pub fn extend(self, interactions: &[[f64; ALL]], row: &mut Vec<f64>) {
        debug_assert_eq!(interactions.len(), self.levels);
        row.extend(interactions.iter().flatten());
        for step in interactions.windows(2) {
            for parity in [Parity::Even, Parity::Odd] {
                let (fine, coarse) = (&step[0][parity.range()], &step[1][parity.range()]);
                for with in [coarse, fine] {
                    row.extend(coarse.iter().flat_map(|a| with.iter().map(move |b| a * b)));
                }
            }
        }
    }

    /// The place of S_α of a level, by its place among all interactions.
    pub fn mean(self, level: usize, operator: usize) -> usize {
        level * ALL + operator
    }

    /// The places of the tables S' S' and S' S of the step from `level`.
    fn tables(self, level: usize, parity: Parity) -> [usize; 2] {
        let from = self.levels * ALL + level * STEP;
        match parity {
            Parity::Even => [from, from + EVEN * EVEN],
            Parity::Odd => [from + 2 * EVEN * EVEN, from + 2 * EVEN * EVEN + ODD * ODD],
        }
    }

    /// The place of the square of the blocks' magnetisation in the step from `level`: the slowest of all means.
    pub fn square_of_spins(self, level: usize) -> usize {
        self.tables(level, Parity::Odd)[0]
    }

    /// The exponent y = log₂ λ of the step from `level` to the blocks of it, from the means of a row and the first `count`
    /// interactions of a parity.
    ///
    /// λ is the largest eigenvalue of T_{αβ} = ∂K'_α/∂K_β, which solves Σ_α ⟨S'_γ S'_α⟩_c T_{αβ} = ⟨S'_γ S_β⟩_c with the connected
    /// correlations ⟨A B⟩_c = ⟨A B⟩ − ⟨A⟩⟨B⟩; the means of odd interactions are 0 by symmetry.
    /// Not a number where the table of the blocks is singular.
    pub fn exponent(self, means: &[f64], level: usize, parity: Parity, count: usize) -> f64 {
        let all = parity.count();
        let [own, mixed] = self.tables(level, parity);
        let mean = |level: usize, at: usize| match parity {
            Parity::Even => means[self.mean(level, parity.range().start + at)],
            Parity::Odd => 0.0,
        };
        let connected = |from: usize, with: usize| -> Vec<f64> {
            let entry = |at: usize| {
                let (a, b) = (at / count, at % count);
                means[from + a * all + b] - mean(level + 1, a) * mean(with, b)
            };
            (0..count * count).map(entry).collect()
        };
        let mut derivative = connected(mixed, level);
        if !solve(&mut connected(own, level + 1), &mut derivative, count) {
            return f64::NAN;
        }
        libm::log(leading(&derivative, count)) / LN_2
    }
}

/// Solves A X = B for square matrices of `size` rows (row-major) by elimination with pivots; B becomes X. False where A is
/// singular to rounding.
fn solve(a: &mut [f64], b: &mut [f64], size: usize) -> bool {
    let scale = a.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    for column in 0..size {
        let pivot =
            (column..size).max_by(|p, q| a[p * size + column].abs().total_cmp(&a[q * size + column].abs()));
        let pivot = pivot.unwrap_or(column);
        let largest = a[pivot * size + column];
        if largest.is_nan() || largest.abs() <= 1e-12 * scale {
            return false;
        }
        for k in 0..size {
            a.swap(column * size + k, pivot * size + k);
            b.swap(column * size + k, pivot * size + k);
        }
        for row in (0..size).filter(|row| *row != column) {
            let factor = a[row * size + column] / largest;
            for k in 0..size {
                a[row * size + k] -= factor * a[column * size + k];
                b[row * size + k] -= factor * b[column * size + k];
            }
        }
    }
    for row in 0..size {
        let pivot = a[row * size + row];
        b[row * size..(row + 1) * size].iter_mut().for_each(|x| *x /= pivot);
    }
    true
}

/// The largest eigenvalue of a matrix of `size` rows (row-major) by powers of it; not a number where they do not settle, as
/// when it is one of a complex pair.
fn leading(matrix: &[f64], size: usize) -> f64 {
    let mut vector = vec![1.0; size];
    for _ in 0..2000 {
        let norm = libm::sqrt(vector.iter().map(|x| x * x).sum());
        vector.iter_mut().for_each(|x| *x /= norm);
        let image: Vec<f64> =
            matrix.chunks_exact(size).map(|row| row.iter().zip(&vector).map(|(a, b)| a * b).sum()).collect();
        let value: f64 = image.iter().zip(&vector).map(|(a, b)| a * b).sum();
        let aside: f64 = image.iter().zip(&vector).map(|(a, b)| (a - value * b) * (a - value * b)).sum();
        if aside <= 1e-24 * value * value {
            return value;
        }
        vector = image;
    }
    f64::NAN
}

#[cfg(test)]
mod tests;
