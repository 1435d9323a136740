//! Long sums over the threads, in an order that is always the same.

use rayon::prelude::*;
use std::ops::ControlFlow;

/// Maps the chunks 0..`chunks` over the threads and folds the parts in order, so that the result depends on no number of
/// threads; reports the share done after every `batch` chunks. `None` when told to stop.
pub(super) fn batches<T: Send>(
    (chunks, batch): (usize, usize),
    advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    map: impl Fn(usize) -> T + Sync,
    mut fold: impl FnMut(T),
) -> Option<()> {
    for first in (0..chunks).step_by(batch) {
        let last = chunks.min(first + batch);
        let parts: Vec<T> = (first..last).into_par_iter().map(&map).collect();
        parts.into_iter().for_each(&mut fold);
        if advance(last as f64 / chunks as f64).is_break() {
            return None;
        }
    }
    Some(())
}
