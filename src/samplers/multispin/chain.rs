//! The sampler `checkerboard`.

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

/// What `gibbs explain` says.
pub(crate) const DOC: &str = r#"Metropolis et al. 1953 on the two colours of a checkerboard in turn: spins of one colour do
not see each other, so that logic operations decide about hundreds of them at once (multi-spin coding), each with random bits of
its own and with the probability $\min(1, e^{-\Delta E/T})$ kept to $2^{-57}$. About a hundred times as fast as flipping one spin
after the other, and of the same dynamics: near a continuous transition the autocorrelation time grows like $L^{2.17}$.

For the Ising model on the periodic square or cubic lattice with sides of even length, one coupling of either sign, and no field.
Lattices whose sides are multiples of 64 are fastest; below 32 × 32 part of a vector is idle. The same bits result
with AVX-512, AVX2, SSE2 or none of them.

One sweep in 32, drawn at random, leaves each spin alone with probability ½. Without that the chain would not be ergodic: moves of
$\Delta E = 0$ are certain, and stripes one spin wide would turn into each other for ever. The chain starts from a random
state."#;

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

/// Why the sampler does not apply to `model`, and what does; `None` when it does.
pub(crate) fn refuse(model: &dyn Model) -> Option<String> {
    let Some((Torus { sides, .. }, cubic)) = Torus::of(model) else {
        return Some(format!(
            "`checkerboard` takes the Ising model on the periodic square or cubic lattice with one coupling and no field, and \
             this is {}; use `metropolis`",
            model.description()
        ));
    };
    let sides = if cubic { &sides[..] } else { &sides[1..] };
    let odd = sides.iter().any(|side| !side.is_multiple_of(2));
    odd.then(|| {
        let sides: Vec<String> = sides.iter().map(usize::to_string).collect();
        format!(
            "`checkerboard` needs sides of even length, for neighbours to be of different colour, and this lattice has {}; use \
             `metropolis`",
            sides.join(" × ")
        )
    })
}

/// A chain at `temperature`, started from a random state.
pub(crate) fn build<'a>(model: &'a dyn Model, temperature: f64, stream: &mut Stream) -> Box<dyn Chain + 'a> {
    let (torus, cubic) = Torus::of(model).expect("invariant: other models were refused");
    let set = InstructionSet::widest();
    if cubic {
        Box::new(Checkerboard::<3>::new(torus, temperature, set, stream))
    } else {
        Box::new(Checkerboard::<2>::new(torus, temperature, set, stream))
    }
}

/// The chain that the sampler starts, on an instruction set of one's choice, which changes no bit; `None` for a model that it
/// refuses.
pub fn chain_on(
    set: InstructionSet,
    model: &dyn Model,
    temperature: f64,
    stream: &mut Stream,
) -> Option<Box<dyn Chain>> {
    let (torus, cubic) = Torus::of(model).filter(|_| refuse(model).is_none())?;
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
