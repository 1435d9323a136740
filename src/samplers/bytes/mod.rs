//! Checkerboard Metropolis updates of tori, a byte a site: sides of odd length, fields, and sites of more than two states.
//!
//! Where one bit a spin is enough, [`super::multispin`] is faster still.
//!
//! - `rules`: the models, and what a change of one site depends on
//! - `board`: where the bytes are
//! - `lookup`: tables for many bytes at once
//! - `kernel`: a sweep
//!
//! Loops over bytes are such that compilers make vectors of them, in functions compiled for several instruction sets; the same bytes
//! result from all.

#![expect(unsafe_code, reason = "byte shuffles behind a choice at run time")]

mod board;
mod kernel;
mod lookup;
mod rules;

use super::Chain;
use super::multispin::{InstructionSet, Noise};
use crate::models::site_states::SiteStates;
use crate::models::{Model, UniformTorus};
use crate::rng::Stream;
use board::Board;
use kernel::Work;
use lookup::Level;
use rand::RngExt;
use rules::{Acceptances, Form};
use std::cell::Cell;

/// One sweep in 2^LAZY_BITS leaves each site alone with probability ½, without which two states may change places for ever.
const LAZY_BITS: u32 = 5;
/// Changes are counted in one sweep of so many.
const COUNT_EVERY: u64 = 64;

/// The model on a uniform torus whose sites fit into bytes.
fn form(model: &dyn Model) -> Option<(UniformTorus, Form, Option<&SiteStates>)> {
    let torus = model.uniform_torus()?;
    match model.site_states() {
        Some((_, sites)) => Some((torus, Form::of(sites)?, Some(sites))),
        None => model.pair_model().map(|_| (torus, Form::Ising, None)),
    }
}

/// Whether the sites of a model fit into bytes, and whether it is on a uniform torus.
pub(super) fn takes(model: &dyn Model) -> bool {
    form(model).is_some()
}

/// A chain at `temperature`, started from a random state; `None` where the sampler does not apply.
pub(super) fn build<'a>(
    model: &'a dyn Model,
    temperature: f64,
    stream: &mut Stream,
) -> Option<Box<dyn Chain + 'a>> {
    let (torus, form, sites) = form(model)?;
    let set = (InstructionSet::widest(), Level::best());
    Some(Box::new(Bytes::new((torus, form, sites), temperature, set, stream)))
}

/// The chain.
struct Bytes<'a> {
    torus: UniformTorus,
    form: Form,
    /// The states of sites that are no Ising spins, for their order parameter.
    sites: Option<&'a SiteStates>,
    board: Board,
    work: Work,
    level: Level,
    measured: Cell<Option<f64>>,
    /// Sweeps so far, all and lazy ones, since the counts began.
    sweeps: u64,
    lazy: u64,
    /// Sites proposed and changed in the sweeps in which changes are counted.
    proposed: u64,
    changed: u64,
}

impl<'a> Bytes<'a> {
    fn new(
        (torus, form, sites): (UniformTorus, Form, Option<&'a SiteStates>),
        temperature: f64,
        (set, level): (InstructionSet, Level),
        stream: &mut Stream,
    ) -> Self {
        let mut board = Board::new(torus.sides);
        let states = form.states();
        for site in 0..board.sites() {
            let place = board.place(site);
            board.cells[place] = stream.random_range(0..states as u32) as u8;
        }
        let costs = form.costs(board.near(), torus.coupling, torus.field);
        let table = Acceptances::new(&costs, temperature);
        let work = Work { table, noise: Noise::new(set, stream), states, lazy: false };
        Self {
            torus,
            form,
            sites,
            board,
            work,
            level,
            measured: Cell::new(None),
            sweeps: 0,
            lazy: 0,
            proposed: 0,
            changed: 0,
        }
    }

    /// The states by numbers of sites.
    fn states(&self) -> Vec<u8> {
        let board = &self.board;
        (0..board.sites()).map(|site| board.cells[board.place(site)]).collect()
    }

    fn measure(&self) -> f64 {
        let board = &self.board;
        let (sites, near) = (board.sites() as i64, board.near() as i64);
        let counts: Vec<i64> =
            board.counts(self.form.states()).into_iter().map(|count| count as i64).collect();
        let (bonds, along, alone) = match self.form {
            // Σ s s′ = bonds − 2 antiparallel ones.
            Form::Ising => {
                let against = board.bonds(|a, b| a ^ b) as i64;
                (sites * near / 2 - 2 * against, counts[1] - counts[0], 0.0)
            }
            Form::Potts(_) => (board.bonds(|a, b| u8::from(a == b)) as i64, counts[0], 0.0),
            // (a − 1)(b − 1) + 1 is 0, 1 or 2.
            Form::BlumeCapel(crystal) => {
                let products =
                    board.bonds(|a, b| a.wrapping_sub(1).wrapping_mul(b.wrapping_sub(1)).wrapping_add(1));
                let alone = crystal * (counts[0] + counts[2]) as f64;
                (products as i64 - sites * near / 2, counts[2] - counts[0], alone)
            }
        };
        alone - self.torus.coupling * bonds as f64 - self.torus.field * along as f64
    }
}

impl Chain for Bytes<'_> {
    /// The stream was used up when the chain was made: its own generators draw.
    fn sweep(&mut self, _: &mut Stream) {
        let lazy = self.work.noise.word() >> (64 - LAZY_BITS) == 0;
        let counted = !lazy && (self.sweeps - self.lazy).is_multiple_of(COUNT_EVERY);
        let before = counted.then(|| self.states());
        self.work.lazy = lazy;
        kernel::sweep(self.level, &self.form, &mut self.board, &mut self.work);
        self.measured.set(None);
        self.sweeps += 1;
        self.lazy += u64::from(lazy);
        if let Some(before) = before {
            self.proposed += before.len() as u64;
            self.changed +=
                before.iter().zip(self.states()).filter(|(then, now)| **then != *now).count() as u64;
        }
    }

    fn tune(&mut self) {
        (self.sweeps, self.lazy, self.proposed, self.changed) = (0, 0, 0, 0);
    }

    fn energy(&self) -> f64 {
        let energy = self.measured.get().unwrap_or_else(|| self.measure());
        self.measured.set(Some(energy));
        energy
    }

    fn magnetization(&self) -> f64 {
        let counts = self.board.counts(self.form.states());
        match self.sites {
            None => counts[1] as f64 - counts[0] as f64,
            Some(sites) => sites.order(&counts),
        }
    }

    fn acceptance(&self) -> f64 {
        if self.proposed == 0 { 0.0 } else { self.changed as f64 / self.proposed as f64 }
    }

    fn updates_per_spin(&self) -> f64 {
        if self.sweeps == 0 { 1.0 } else { 1.0 - 0.5 * self.lazy as f64 / self.sweeps as f64 }
    }

    fn state(&self) -> Vec<i8> {
        let ising = self.sites.is_none();
        self.states().into_iter().map(|a| if ising { 2 * a as i8 - 1 } else { a as i8 }).collect()
    }

    fn start_from(&mut self, spins: &[i8]) {
        let ising = self.sites.is_none();
        let board = &mut self.board;
        for (site, spin) in spins.iter().enumerate() {
            let place = board.place(site);
            board.cells[place] = if ising { u8::from(*spin > 0) } else { *spin as u8 };
        }
        self.measured.set(None);
    }
}

#[cfg(test)]
mod tests;
