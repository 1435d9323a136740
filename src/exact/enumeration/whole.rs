//! The density of states of a model with whole-numbered couplings: every state is counted by its energy and its
//! magnetisation.

use super::moments::Moments;
use super::walk::{Walk, spread};
use super::{ControlFlow, Level};

/// The most pairs of energy and magnetisation that are told apart.
const MAX_CELLS: f64 = (1_u64 << 20) as f64;

/// Whether the model's states can be counted so.
pub(super) fn applies(walk: &Walk) -> bool {
    walk.whole && (2.0 * walk.bound + 1.0) * (walk.spins() + 1) as f64 <= MAX_CELLS
}

/// Bytes of the counts of one chunk, twice since they are taken in two tables.
pub(super) fn bytes(walk: &Walk) -> u64 {
    2 * ((2.0 * walk.bound + 1.0) * (walk.spins() + 1) as f64) as u64 * size_of::<u32>() as u64
}

/// The levels, lowest energy first, each with the mean moments of its microstates' magnetisation.
///
/// The energy's bracket plus the bound, times N + 1, plus the number of spins up is the cell of a state: as a sum over
/// spins and bonds it is spread over a block just as the bracket is.
pub(super) fn levels(
    walk: &Walk,
    advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Option<Vec<(Level, Moments)>> {
    let columns = walk.spins() as i32 + 1;
    let cells = (2 * walk.bound as usize + 1) * columns as usize;
    let inner: Vec<i32> = walk
        .inner_brackets()
        .iter()
        .enumerate()
        .map(|(state, bracket)| *bracket as i32 * columns - state.count_ones() as i32)
        .collect();
    let count = |chunk: usize| {
        // Two tables, so that neighbouring states of one cell do not wait for each other.
        let (mut even, mut odd) = (vec![0_u32; cells], vec![0_u32; cells]);
        let mut sums = vec![0_i32; inner.len()];
        walk.blocks(chunk, |block| {
            let fields: f64 = block.fields.iter().sum();
            let up = (block.up + walk.inner()) as i32;
            let start = (block.constant + fields + walk.bound) as i32 * columns + up;
            spread(start, block.fields.iter().map(|field| 2 * *field as i32 * columns), &mut sums);
            for (sum, inner) in sums.chunks_exact(2).zip(inner.chunks_exact(2)) {
                even[(sum[0] + inner[0]) as usize] += 1;
                odd[(sum[1] + inner[1]) as usize] += 1;
            }
            if inner.len() == 1 {
                even[(start + inner[0]) as usize] += 1;
            }
        });
        even.iter_mut().zip(odd).for_each(|(count, more)| *count += more);
        even
    };
    let mut counts = vec![0_u64; cells];
    walk.batches(advance, count, |part| {
        counts.iter_mut().zip(part).for_each(|(count, more)| *count += u64::from(more));
    })?;
    let mut levels: Vec<(Level, Moments)> = counts
        .chunks(columns as usize)
        .enumerate()
        .filter(|(_, row)| row.iter().any(|count| *count > 0))
        .map(|(index, row)| level(walk, index, row))
        .collect();
    levels.sort_by(|a, b| a.0.energy.total_cmp(&b.0.energy));
    Some(levels)
}

/// The level of all states with bracket `index` − bound, counted by the number of spins up.
fn level(walk: &Walk, index: usize, row: &[u64]) -> (Level, Moments) {
    let states: u64 = row.iter().sum();
    let mut order = Moments::default();
    for (up, count) in row.iter().enumerate() {
        order.add(*count as f64 / states as f64, up, row.len() - 1);
    }
    let energy = walk.offset - walk.unit * (index as f64 - walk.bound);
    (Level { energy, degeneracy: walk.multiplicity() * states as f64 }, order)
}
