//! Metropolis' displacements of particles in a periodic box, at constant N, V and T (Metropolis et al. 1953, doi:10.1063/1.1699114).
//!
//! One sweep is N proposals, each of a particle drawn at random and a displacement uniform in a cube about it (a square in two dimensions). Half the
//! cube's side, δ, follows the acceptance towards 45 % while the chain thermalises and is then left alone. Energy and virial are sums over
//! r⁻¹² and r⁻⁶ that each move changes by what its particle had and has; every 64 sweeps they are formed anew, so that rounding does not
//! add up.
//!
//! Boxes of four cutoffs and more are divided into cells as wide as the cutoff or wider, and a particle looks for others in its own and those about it:
//! a sweep then costs of the order of N. (Of three cells to a side all are about each other.)

mod cells;

use super::Chain;
use super::metropolis::Count;
use crate::models::fluid::{Fluid, PairSums};
use crate::rng::Stream;
use cells::Cells;
use rand::RngExt;

/// The share of proposals that δ makes for.
const ACCEPTED: f64 = 0.45;
/// How fast δ follows the acceptance of a sweep: ln δ changes by this much times the difference.
const GAIN: f64 = 0.2;
/// The least δ, over the side of the box; half the side is the most that makes a difference.
const LEAST: f64 = 1e-6;
/// Sweeps after which the sums are formed anew.
const REFRESH: u64 = 64;
/// Partial sums, which are added side by side.
const LANES: usize = 4;
/// Pairs that are looked at together.
const BLOCK: usize = 64;

/// Places axis by axis.
type Places = [Vec<f64>; 3];

/// A chain of displacements.
pub struct Particles<'a> {
    fluid: &'a Fluid,
    temperature: f64,
    side: f64,
    places: Places,
    cells: Option<Cells>,
    sums: PairSums,
    reach: f64,
    tuned: bool,
    sweeps: u64,
    count: Count,
}

impl<'a> Particles<'a> {
    /// A chain that starts from [`Fluid::lattice`].
    pub fn new(fluid: &'a Fluid, temperature: f64) -> Self {
        Self::from_places(fluid, temperature, &fluid.lattice())
    }

    /// A chain that starts from places within [0, L) along each axis; 0 along the third in two dimensions.
    fn from_places(fluid: &'a Fluid, temperature: f64, start: &[[f64; 3]]) -> Self {
        let side = fluid.side();
        let places = [0, 1, 2].map(|axis| start.iter().map(|place| place[axis]).collect());
        let mut chain = Self {
            fluid,
            temperature,
            side,
            cells: Cells::new(fluid, start),
            places,
            sums: PairSums::default(),
            // A tenth of the distance of neighbours.
            reach: (0.1 * side / libm::cbrt(fluid.particles as f64)).min(0.5 * side),
            tuned: false,
            sweeps: 0,
            count: Count::default(),
        };
        chain.sums = chain.total();
        chain
    }

    /// The pressure of the current state, by the virial.
    pub fn pressure(&self) -> f64 {
        self.fluid.pressure(self.sums, self.temperature)
    }

    /// The largest displacement δ along an axis.
    pub fn reach(&self) -> f64 {
        self.reach
    }

    /// Adds to each of `counts` the number of pairs whose distance lies in an interval of the given width, the first from 0 on.
    pub fn count_pairs(&self, width: f64, counts: &mut [f64]) {
        for k in 0..self.fluid.particles {
            let from = self.place(k);
            for other in k + 1..self.fluid.particles {
                let distance = libm::sqrt(Fluid::distance_squared(self.side, from, self.place(other)));
                if let Some(count) = counts.get_mut((distance / width) as usize) {
                    *count += 1.0;
                }
            }
        }
    }

    fn place(&self, particle: usize) -> [f64; 3] {
        [0, 1, 2].map(|axis| self.places[axis][particle])
    }

    /// Sums over the pairs of a place with others, given axis by axis.
    ///
    /// A block of squared distances is found first, those within the cutoff are moved together without a branch, which would be guessed wrong at every
    /// fourth pair, and only these are divided.
    fn pairs(&self, from: [f64; 3], others: [&[f64]; 3]) -> PairSums {
        let (side, cutoff) = (self.side, self.fluid.cutoff * self.fluid.cutoff);
        let (mut twelves, mut sixes) = ([0.0; LANES], [0.0; LANES]);
        let (mut squares, mut near) = ([0.0; BLOCK], [0.0; BLOCK + LANES]);
        let [xs, ys, zs] = others.map(|axis| axis.chunks(BLOCK));
        for ((xs, ys), zs) in xs.zip(ys).zip(zs) {
            for (((square, x), y), z) in squares.iter_mut().zip(xs).zip(ys).zip(zs) {
                *square = Fluid::distance_squared(side, from, [*x, *y, *z]);
            }
            let mut count = 0;
            for square in &squares[..xs.len()] {
                near[count] = *square;
                count += usize::from(*square < cutoff);
            }
            // What fills the last lanes adds nothing.
            near[count..count + LANES].fill(f64::INFINITY);
            for square in near[..count.next_multiple_of(LANES)].as_chunks::<LANES>().0 {
                for lane in 0..LANES {
                    let six = 1.0 / (square[lane] * square[lane] * square[lane]);
                    sixes[lane] += six;
                    twelves[lane] += six * six;
                }
            }
        }
        let join = |lanes: [f64; LANES]| (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
        PairSums { twelve: join(twelves), six: join(sixes) }
    }

    /// Sums over the pairs of a place with all particles from `first` up to but not `last`.
    fn pairs_in(&self, from: [f64; 3], range: std::ops::Range<usize>) -> PairSums {
        self.pairs(from, [0, 1, 2].map(|axis| &self.places[axis][range.clone()]))
    }

    /// Sums over the pairs of a particle, as it is and as it would be at another place.
    fn before_and_after(&mut self, particle: usize, to: [f64; 3]) -> (PairSums, PairSums) {
        let from = self.place(particle);
        let Some(mut cells) = self.cells.take() else {
            let others = [0..particle, particle + 1..self.fluid.particles];
            let of = |place: [f64; 3]| {
                let mut sums = PairSums::default();
                others.iter().for_each(|range| sums += self.pairs_in(place, range.clone()));
                sums
            };
            return (of(from), of(to));
        };
        cells.gather(cells.of(from), particle);
        let before = self.pairs(from, cells.gathered());
        if cells.of(to) != cells.of(from) {
            cells.gather(cells.of(to), particle);
        }
        let after = self.pairs(to, cells.gathered());
        self.cells = Some(cells);
        (before, after)
    }

    /// Sums over all pairs.
    fn total(&mut self) -> PairSums {
        let count = self.fluid.particles;
        let mut sums = PairSums::default();
        match self.cells.take() {
            None => (0..count).for_each(|k| sums += self.pairs_in(self.place(k), k + 1..count)),
            Some(mut cells) => {
                for k in 0..count {
                    let place = self.place(k);
                    cells.gather(cells.of(place), k);
                    sums += self.pairs(place, cells.gathered());
                }
                // Each pair was met from both ends.
                sums = PairSums { twelve: 0.5 * sums.twelve, six: 0.5 * sums.six };
                self.cells = Some(cells);
            }
        }
        sums
    }

    fn propose(&mut self, stream: &mut Stream) {
        let particle = stream.random_range(0..self.fluid.particles);
        let mut to = self.place(particle);
        for x in &mut to[..self.fluid.dimensions] {
            *x += self.reach * (2.0 * stream.random::<f64>() - 1.0);
            if *x < 0.0 {
                *x += self.side;
            }
            // Also where a place just below 0 was rounded up to L.
            if *x >= self.side {
                *x -= self.side;
            }
        }
        let (before, after) = self.before_and_after(particle, to);
        let change = after - before;
        let cost = change.energy();
        if cost <= 0.0 || stream.random::<f64>() < libm::exp(-cost / self.temperature) {
            if let Some(cells) = &mut self.cells {
                cells.displace(particle, to);
            }
            (0..3).for_each(|axis| self.places[axis][particle] = to[axis]);
            self.sums += change;
            self.count.accepted += 1;
        }
    }
}

impl Chain for Particles<'_> {
    fn sweep(&mut self, stream: &mut Stream) {
        let (before, count) = (self.count.accepted, self.fluid.particles);
        for _ in 0..count {
            self.propose(stream);
        }
        self.count.proposed += count as u64;
        self.sweeps += 1;
        if self.sweeps.is_multiple_of(REFRESH) {
            self.sums = self.total();
        }
        if !self.tuned {
            let share = (self.count.accepted - before) as f64 / count as f64;
            let reach = self.reach * libm::exp(GAIN * (share - ACCEPTED));
            self.reach = reach.clamp(LEAST * self.side, 0.5 * self.side);
        }
    }

    fn tune(&mut self) {
        self.tuned = true;
        self.count = Count::default();
    }

    fn energy(&self) -> f64 {
        self.fluid.energy(self.sums)
    }

    /// The pressure, in place of an order parameter.
    fn magnetization(&self) -> f64 {
        self.pressure()
    }

    fn acceptance(&self) -> f64 {
        self.count.share()
    }

    fn updates_per_spin(&self) -> f64 {
        1.0
    }

    /// Empty: places in a continuum are no list of spins.
    fn state(&self) -> Vec<i8> {
        Vec::new()
    }

    /// Leaves the particles where they are.
    fn start_from(&mut self, _spins: &[i8]) {}
}

#[cfg(test)]
mod tests;
