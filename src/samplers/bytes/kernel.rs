//! A sweep: a Metropolis step for all sites of one colour at once, colour after colour.
//!
//! Colours are those of a checkerboard. Where a side is odd, the last row (plane) is left out of it and updated by itself, again
//! by its two colours, and the last column site by site at the end. Each of these steps leaves the distribution as it is, since
//! sites that are updated together do not see each other.
//!
//! A random byte decides about a site unless it equals the leading byte of the acceptance; then, one time in 256, 56 more bits do.
//! A proposal is one of the other q − 1 states, by multiplication of a random byte, drawn anew where that would favour some
//! (Lemire 2019, doi:10.1145/3230636).

use super::board::Board;
#[cfg(target_arch = "x86_64")]
use super::lookup::{Avx2, Vbmi};
use super::lookup::{Level, Lookup, Plain, WIDE};
use super::rules::{Acceptances, BlumeCapel, Form, Ising, Potts, REST, Rule};
use crate::samplers::multispin::Noise;

/// What a sweep needs beside the board.
pub(super) struct Work {
    pub table: Acceptances,
    pub noise: Noise,
    /// Number of states q.
    pub states: usize,
    /// Leave each site alone with probability ½.
    pub lazy: bool,
}

/// A sweep at a level that the processor has.
pub(super) fn sweep(level: Level, form: &Form, board: &mut Board, work: &mut Work) {
    match (form, board.near()) {
        (Form::Ising, 4) => at::<Ising, 4>(level, board, work),
        (Form::Ising, _) => at::<Ising, 6>(level, board, work),
        (Form::Potts(_), 4) => at::<Potts, 4>(level, board, work),
        (Form::Potts(_), _) => at::<Potts, 6>(level, board, work),
        (Form::BlumeCapel(_), 4) => at::<BlumeCapel, 4>(level, board, work),
        (Form::BlumeCapel(_), _) => at::<BlumeCapel, 6>(level, board, work),
    }
}

fn at<R: Rule, const N: usize>(level: Level, board: &mut Board, work: &mut Work) {
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn avx2<R: Rule, const N: usize>(board: &mut Board, work: &mut Work) {
        // SAFETY: the instruction set is that of the function.
        unsafe { all::<R, Avx2, N>(board, work) }
    }
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,avx512f,avx512bw,avx512vl,avx512vbmi")]
    fn vbmi<R: Rule, const N: usize>(board: &mut Board, work: &mut Work) {
        // SAFETY: as above.
        unsafe { all::<R, Vbmi, N>(board, work) }
    }
    // SAFETY: the caller has found the level.
    unsafe {
        match level {
            Level::Plain => all::<R, Plain, N>(board, work),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => avx2::<R, N>(board, work),
            #[cfg(target_arch = "x86_64")]
            Level::Vbmi => vbmi::<R, N>(board, work),
        }
    }
}

/// All rows by colours, and the last column.
///
/// # Safety
///
/// The processor has the instruction set of T; so below.
#[inline(always)]
unsafe fn all<R: Rule, T: Lookup, const N: usize>(board: &mut Board, work: &mut Work) {
    let [planes, rows, columns] = board.sides;
    // Planes and rows of the checkerboard, which are even in number, and the last one where there is one more.
    let parts = |side: usize| if side == 1 { [0..1, 1..1] } else { [0..side & !1, side & !1..side] };
    for some_planes in parts(planes) {
        for some_rows in parts(rows) {
            for colour in 0..2 {
                for z in some_planes.clone() {
                    for y in some_rows.clone() {
                        // SAFETY: the caller promises the instruction set.
                        unsafe { row::<R, T, N>(board, z * rows + y, (z + y + colour) % 2, work) }
                    }
                }
            }
        }
    }
    if !columns.is_multiple_of(2) {
        for line in 0..planes * rows {
            single::<R, N>(board, line, work);
        }
    }
}

/// The sites of a row in columns of a parity.
#[inline(always)]
unsafe fn row<R: Rule, T: Lookup, const N: usize>(
    board: &mut Board,
    line: usize,
    parity: usize,
    work: &mut Work,
) {
    board.close(line, parity);
    let own = board.start(line, parity);
    let other = board.start(line, 1 - parity);
    let beside = board.beside(line);
    let mut places = [0; N];
    // In columns 2k the neighbours are odd cells k and k − 1, in columns 2k + 1 even cells k and k + 1.
    (places[0], places[1]) = (other, if parity == 0 { other - 1 } else { other + 1 });
    for (place, line) in places[2..].iter_mut().zip(beside) {
        *place = board.start(line, parity);
    }
    let half = board.half();
    // What is behind the row's sites is overwritten with the padding.
    let kept = board.cells[own + half];
    let mut k = 0;
    while k < half {
        let mut near = [[0; WIDE]; N];
        for (near, place) in near.iter_mut().zip(places) {
            near.copy_from_slice(&board.cells[place + k..place + k + WIDE]);
        }
        let cells: &mut [u8] = &mut board.cells[own + k..own + k + WIDE];
        let mut states = [0; WIDE];
        states.copy_from_slice(cells);
        // SAFETY: the caller promises the instruction set.
        let states = unsafe { step::<R, T, N>(&states, &near, work) };
        cells.copy_from_slice(&states);
        k += WIDE;
    }
    board.cells[own + half] = kept;
}

/// Sixty-four sites given their neighbours.
#[inline(always)]
unsafe fn step<R: Rule, T: Lookup, const N: usize>(
    own: &[u8; WIDE],
    near: &[[u8; WIDE]; N],
    work: &mut Work,
) -> [u8; WIDE] {
    let to = if R::DRAWS { propose(own, work) } else { own.map(|a| a ^ 1) };
    let mut keys = [0; WIDE];
    for i in 0..WIDE {
        let mut around = [0; N];
        for (other, near) in around.iter_mut().zip(near) {
            *other = near[i];
        }
        keys[i] = R::key(own[i], to[i], around);
    }
    // SAFETY: the caller promises the instruction set.
    let limits = unsafe { T::look_up(&work.table.leading, work.table.used, &keys) };
    let random = work.noise.bytes();
    let mut accepted = [0; WIDE];
    let mut even = [0; WIDE];
    for i in 0..WIDE {
        accepted[i] = if random[i] < limits[i] { u8::MAX } else { 0 };
        even[i] = u8::from(random[i] == limits[i]);
    }
    settle(&even, |i| {
        let accepts = work.noise.word() & REST < work.table.rest[usize::from(keys[i])];
        accepted[i] = if accepts { u8::MAX } else { 0 };
        true
    });
    if work.lazy {
        let random = work.noise.bytes();
        for i in 0..WIDE {
            accepted[i] &= if random[i] < 128 { u8::MAX } else { 0 };
        }
    }
    let mut now = *own;
    for i in 0..WIDE {
        now[i] = (now[i] & !accepted[i]) | (to[i] & accepted[i]);
    }
    now
}

/// One of the other states for each site, all alike in probability.
#[inline(always)]
fn propose(own: &[u8; WIDE], work: &mut Work) -> [u8; WIDE] {
    let others = (work.states - 1) as u16;
    let unfair = 256 % others;
    let random = work.noise.bytes();
    let (mut steps, mut again) = ([0; WIDE], [0; WIDE]);
    for i in 0..WIDE {
        let product = u16::from(random[i]) * others;
        steps[i] = (product >> 8) as u8;
        again[i] = u8::from((product & 255) < unfair);
    }
    if unfair > 0 {
        settle(&again, |i| {
            let product = (work.noise.word() >> 56) as u16 * others;
            steps[i] = (product >> 8) as u8;
            (product & 255) >= unfair
        });
    }
    let mut to = [0; WIDE];
    for i in 0..WIDE {
        // a + 1 + step modulo q, in bytes also for q = 256.
        let around = if steps[i] >= others as u8 - own[i] { work.states as u8 } else { 0 };
        to[i] = own[i].wrapping_add(1).wrapping_add(steps[i]).wrapping_sub(around);
    }
    to
}

/// Calls `f` for every i that is marked by 1, until it says that this is settled.
#[inline(always)]
fn settle(marks: &[u8; WIDE], mut f: impl FnMut(usize) -> bool) {
    let mut any = 0;
    for mark in marks {
        any |= mark;
    }
    if any == 0 {
        return;
    }
    for (eight, bytes) in marks.as_chunks::<8>().0.iter().enumerate() {
        let mut word = u64::from_le_bytes(*bytes);
        while word != 0 {
            let i = 8 * eight + word.trailing_zeros() as usize / 8;
            while !f(i) {}
            word &= word - 1;
        }
    }
}

/// The site of the last of an odd number of columns.
#[inline(always)]
fn single<R: Rule, const N: usize>(board: &mut Board, line: usize, work: &mut Work) {
    let place = board.start(line, 0) + board.half();
    let mut near = [0; N];
    near[0] = board.cells[board.start(line, 1) + board.half() - 1];
    near[1] = board.cells[board.start(line, 0)];
    for (near, line) in near[2..].iter_mut().zip(board.beside(line)) {
        *near = board.cells[board.start(line, 0) + board.half()];
    }
    let own = board.cells[place];
    // The bias of a 64-bit multiplication is below 2^−56.
    let step = (u128::from(work.noise.word()) * (work.states as u128 - 1)) >> 64;
    let to = ((u128::from(own) + 1 + step) % work.states as u128) as u8;
    let key = usize::from(R::key(own, to, near));
    let random = work.noise.word();
    let (leading, limit) = ((random >> 56) as u8, work.table.leading[key]);
    let accepts = leading < limit || leading == limit && random & REST < work.table.rest[key];
    if accepts && !(work.lazy && work.noise.word() >> 63 == 0) {
        board.cells[place] = to;
    }
}
