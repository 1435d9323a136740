//! The chain of the sampler `checkerboard` for spins of one bit.

use super::dispatch::InstructionSet;
use super::kernel::Chance;
use super::layout::{Board, Layout};
use super::tally::Counts;
use crate::models::{CubicLattice, Model, SquareLattice};
use crate::rng::Stream;
use crate::samplers::Chain;
use rand::Rng;
use std::cell::Cell;

/// One sweep in 2^LAZY_BITS is lazy: that costs 1.6 % of the updates and makes the chain ergodic. At high temperature, where
/// almost every spin flips in every other sweep, it also is what makes the chain forget.
const LAZY_BITS: u32 = 5;
/// Flips are counted in one sweep of so many.
const COUNT_EVERY: u64 = 64;

/// A uniform periodic lattice of planes, rows and columns, all even in number (the planes of a square lattice are one).
#[derive(Debug, Clone, Copy)]
pub(super) struct Torus {
    /// Planes, rows and columns.
    pub sides: [usize; 3],
    /// J.
    pub coupling: f64,
}

impl Torus {
    /// The lattice of a model of the right kind, be its sides even or not, and whether it is cubic.
    fn of(model: &dyn Model) -> Option<(Self, bool)> {
        if let Some(SquareLattice { rows, columns, coupling }) = model.square_lattice() {
            return Some((Self { sides: [1, rows, columns], coupling }, false));
        }
        let CubicLattice { sides, coupling } = model.cubic_lattice()?;
        Some((Self { sides, coupling }, true))
    }
}

/// Whether a bit a spin is enough: on the uniform torus without a field whose sides are even, for neighbours to be of different
/// colour.
pub(crate) fn takes(model: &dyn Model) -> bool {
    Torus::of(model).is_some_and(|(torus, cubic)| {
        let sides = if cubic { &torus.sides[..] } else { &torus.sides[1..] };
        sides.iter().all(|side| side.is_multiple_of(2))
    })
}

/// A chain at `temperature`, started from a random state.
pub(crate) fn build<'a>(model: &'a dyn Model, temperature: f64, stream: &mut Stream) -> Box<dyn Chain + 'a> {
    let (torus, cubic) = Torus::of(model).expect("invariant: other models are not taken");
    let set = InstructionSet::widest();
    if cubic {
        Box::new(Checkerboard::<3>::new(torus, temperature, set, stream))
    } else {
        Box::new(Checkerboard::<2>::new(torus, temperature, set, stream))
    }
}

/// The chain that the sampler starts, on an instruction set of one's choice, which changes no bit; `None` for a model for which a
/// bit a spin is not enough.
pub fn chain_on(
    set: InstructionSet,
    model: &dyn Model,
    temperature: f64,
    stream: &mut Stream,
) -> Option<Box<dyn Chain>> {
    let (torus, cubic) = Torus::of(model).filter(|_| takes(model))?;
    Some(if cubic {
        Box::new(Checkerboard::<3>::new(torus, temperature, set, stream))
    } else {
        Box::new(Checkerboard::<2>::new(torus, temperature, set, stream))
    })
}

/// The chain on a lattice of dimension D.
pub(super) struct Checkerboard<const D: usize> {
    coupling: f64,
    pub board: Board,
    chance: Chance<D>,
    set: InstructionSet,
    counts: Cell<Option<Counts>>,
    /// Sweeps so far, all and lazy ones, since the counts began.
    sweeps: u64,
    lazy: u64,
    /// Spins proposed and flipped in the sweeps in which flips are counted.
    proposed: u64,
    flipped: u64,
}

impl<const D: usize> Checkerboard<D> {
    pub(super) fn new(torus: Torus, temperature: f64, set: InstructionSet, stream: &mut Stream) -> Self {
        let Torus { sides, coupling } = torus;
        let layout = Layout::new(sides);
        // e^{−4J/T}, e^{−8J/T} …
        let accept = |step: usize| libm::exp(-4.0 * (step + 1) as f64 * coupling.abs() / temperature);
        let chance = Chance::new(std::array::from_fn(accept), layout.stretch, stream);
        let mut board = Board::new(layout, coupling < 0.0);
        board.randomize(|| stream.next_u64());
        Self {
            coupling,
            board,
            chance,
            set,
            counts: Cell::new(None),
            sweeps: 0,
            lazy: 0,
            proposed: 0,
            flipped: 0,
        }
    }

    fn sites(&self) -> u64 {
        self.board.layout.sites()
    }

    /// What was counted on the present state, which is counted once.
    fn counts(&self) -> Counts {
        let counts = self.counts.get().unwrap_or_else(|| self.set.counts::<D>(&self.board));
        self.counts.set(Some(counts));
        counts
    }
}

impl<const D: usize> Chain for Checkerboard<D> {
    /// Both sublattices in turn. The stream was used up when the chain was made: its own generators draw.
    fn sweep(&mut self, _: &mut Stream) {
        let lazy = self.chance.alone.next() >> (64 - LAZY_BITS) == 0;
        let before = (!lazy && (self.sweeps - self.lazy).is_multiple_of(COUNT_EVERY))
            .then(|| self.board.spins.clone());
        self.set.sweep(&mut self.board, &mut self.chance, lazy);
        self.counts.set(None);
        self.sweeps += 1;
        self.lazy += u64::from(lazy);
        if let Some(before) = before {
            self.proposed += self.sites();
            self.flipped += self.board.differing(&before);
        }
    }

    fn tune(&mut self) {
        (self.sweeps, self.lazy, self.proposed, self.flipped) = (0, 0, 0, 0);
    }

    fn energy(&self) -> f64 {
        // E = −|J| (bonds − 2 antiparallel ones), of the spins as they are kept.
        let bonds = D as i64 * self.sites() as i64;
        -self.coupling.abs() * (bonds - 2 * self.counts().antiparallel as i64) as f64
    }

    fn magnetization(&self) -> f64 {
        (2 * self.counts().up as i64 - self.sites() as i64) as f64
    }

    fn acceptance(&self) -> f64 {
        if self.proposed == 0 { 0.0 } else { self.flipped as f64 / self.proposed as f64 }
    }

    fn updates_per_spin(&self) -> f64 {
        if self.sweeps == 0 { 1.0 } else { 1.0 - 0.5 * self.lazy as f64 / self.sweeps as f64 }
    }

    fn state(&self) -> Vec<i8> {
        self.board.get()
    }

    fn start_from(&mut self, spins: &[i8]) {
        self.board.set(spins);
        self.counts.set(None);
    }
}
