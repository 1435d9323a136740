//! The chain of the sampler `checkerboard` for spins of one bit.

use super::dispatch::InstructionSet;
use super::kernel::Chance;
use super::layout::{Board, Layout};
use super::tally::Counts;
use crate::models::spins::PairModel;
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

/// What a chain runs on.
struct Subject<'a> {
    torus: Torus,
    cubic: bool,
    /// The bonds, where each has a sign of its own.
    bonds: Option<&'a PairModel>,
}

impl<'a> Subject<'a> {
    /// A model for which a bit a spin is enough: on a torus without a field whose sides are even, for neighbours to be of different
    /// colour.
    fn of(model: &'a dyn Model) -> Option<Self> {
        let (sides, coupling, cubic) = match (model.square_lattice(), model.cubic_lattice()) {
            (Some(SquareLattice { rows, columns, coupling }), _) => ([1, rows, columns], coupling, false),
            (None, Some(CubicLattice { sides, coupling })) => (sides, coupling, true),
            (None, None) => return Self::of_glass(model),
        };
        let subject = Self { torus: Torus { sides, coupling }, cubic, bonds: None };
        subject.is_even().then_some(subject)
    }

    /// With ±J bonds. On sides of two sites neighbours are joined by two bonds, whose signs may differ.
    fn of_glass(model: &'a dyn Model) -> Option<Self> {
        let (torus, bonds) = (model.signed_torus()?, model.pair_model()?);
        let cubic = torus.sides[0] > 1;
        let lengths = if cubic { &torus.sides[..] } else { &torus.sides[1..] };
        let long = lengths.iter().all(|side| *side > 2);
        let torus = Torus { sides: torus.sides, coupling: torus.coupling.abs() };
        let subject = Self { torus, cubic, bonds: Some(bonds) };
        (long && subject.is_even()).then_some(subject)
    }

    fn is_even(&self) -> bool {
        let sides = if self.cubic { &self.torus.sides[..] } else { &self.torus.sides[1..] };
        sides.iter().all(|side| side.is_multiple_of(2))
    }

    fn chain(&self, set: InstructionSet, temperature: f64, stream: &mut Stream) -> Box<dyn Chain> {
        if self.cubic {
            let mut chain = Checkerboard::<3>::new(self.torus, temperature, set, stream);
            self.bonds.into_iter().for_each(|bonds| chain.sign(bonds));
            Box::new(chain)
        } else {
            let mut chain = Checkerboard::<2>::new(self.torus, temperature, set, stream);
            self.bonds.into_iter().for_each(|bonds| chain.sign(bonds));
            Box::new(chain)
        }
    }
}

/// Whether a bit a spin is enough: on the torus without a field whose sides are even, with one coupling or with ±J bonds.
pub(crate) fn takes(model: &dyn Model) -> bool {
    Subject::of(model).is_some()
}

/// A chain at `temperature`, started from a random state.
pub(crate) fn build<'a>(model: &'a dyn Model, temperature: f64, stream: &mut Stream) -> Box<dyn Chain + 'a> {
    let subject = Subject::of(model).expect("invariant: other models are not taken");
    subject.chain(InstructionSet::widest(), temperature, stream)
}

/// The chain that the sampler starts, on an instruction set of one's choice, which changes no bit; `None` for a model for which a
/// bit a spin is not enough.
pub fn chain_on(
    set: InstructionSet,
    model: &dyn Model,
    temperature: f64,
    stream: &mut Stream,
) -> Option<Box<dyn Chain>> {
    Some(Subject::of(model)?.chain(set, temperature, stream))
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

    /// Takes the signs of the bonds.
    pub(super) fn sign(&mut self, bonds: &PairModel) {
        self.board.sign(|i, j| bonds.row(i).any(|(k, coupling)| k == j && coupling * bonds.scale < 0.0));
        self.counts.set(None);
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
        // E = −|J| (bonds − 2 antiparallel ones), of the spins as they are kept; of ±J bonds those not satisfied.
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
