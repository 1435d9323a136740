//! Particles by the cells of a grid that are at least as wide as the cutoff: all partners of a particle are in its own or in those about it.

use super::Places;
use crate::models::fluid::Fluid;

/// Fewest cells along an axis; of three all are about each other, and nothing is gained.
const FEWEST: usize = 4;

/// What lies in one cell.
#[derive(Debug, Clone, Default)]
struct Cell {
    particles: Vec<u32>,
    places: Places,
}

/// The grid.
#[derive(Debug, Clone)]
pub(super) struct Cells {
    /// Cells along an axis; one along the third in two dimensions.
    counts: [usize; 3],
    side: f64,
    cells: Vec<Cell>,
    /// Of each cell, itself and those about it.
    about: Vec<Vec<u32>>,
    /// Of each particle, its cell and its seat in it.
    seats: Vec<(u32, u32)>,
    gathered: Places,
}

impl Cells {
    /// The cells of a fluid whose particles are at `places`; `None` where its box is too narrow.
    pub(super) fn new(fluid: &Fluid, places: &[[f64; 3]]) -> Option<Self> {
        let side = fluid.side();
        // Never more cells than some per particle, however thin the gas.
        let room = libm::pow(places.len() as f64, 1.0 / fluid.dimensions as f64);
        let along = libm::floor((side / fluid.cutoff).min(room)) as usize;
        if along < FEWEST {
            return None;
        }
        let counts = [along, along, if fluid.dimensions == 3 { along } else { 1 }];
        let whole = counts.iter().product();
        let mut cells = Self {
            counts,
            side,
            cells: vec![Cell::default(); whole],
            about: (0..whole).map(|cell| about(counts, cell)).collect(),
            seats: vec![(0, 0); places.len()],
            gathered: Places::default(),
        };
        for (particle, place) in places.iter().enumerate() {
            cells.seat(particle, *place);
        }
        Some(cells)
    }

    /// The cell of a place.
    pub(super) fn of(&self, place: [f64; 3]) -> usize {
        let [x, y, z] = [0, 1, 2].map(|axis| {
            let count = self.counts[axis];
            ((place[axis] / self.side * count as f64) as usize).min(count - 1)
        });
        (z * self.counts[1] + y) * self.counts[0] + x
    }

    fn seat(&mut self, particle: usize, place: [f64; 3]) {
        let at = self.of(place);
        let cell = &mut self.cells[at];
        self.seats[particle] = (at as u32, cell.particles.len() as u32);
        cell.particles.push(particle as u32);
        (0..3).for_each(|axis| cell.places[axis].push(place[axis]));
    }

    /// Puts a particle at another place.
    pub(super) fn displace(&mut self, particle: usize, place: [f64; 3]) {
        let (at, seat) = (self.seats[particle].0 as usize, self.seats[particle].1 as usize);
        if self.of(place) == at {
            (0..3).for_each(|axis| self.cells[at].places[axis][seat] = place[axis]);
            return;
        }
        let cell = &mut self.cells[at];
        cell.particles.swap_remove(seat);
        cell.places.iter_mut().for_each(|places| {
            places.swap_remove(seat);
        });
        if let Some(moved) = cell.particles.get(seat) {
            self.seats[*moved as usize].1 = seat as u32;
        }
        self.seat(particle, place);
    }

    /// Collects the places of all particles but one in a cell and those about it, for [`Cells::gathered`].
    pub(super) fn gather(&mut self, at: usize, without: usize) {
        self.gathered.iter_mut().for_each(Vec::clear);
        let (own, seat) = (self.seats[without].0, self.seats[without].1 as usize);
        for cell in &self.about[at] {
            let places = &self.cells[*cell as usize].places;
            for (all, some) in self.gathered.iter_mut().zip(places) {
                if *cell == own {
                    all.extend_from_slice(&some[..seat]);
                    all.extend_from_slice(&some[seat + 1..]);
                } else {
                    all.extend_from_slice(some);
                }
            }
        }
    }

    /// What was gathered last, axis by axis.
    pub(super) fn gathered(&self) -> [&[f64]; 3] {
        [0, 1, 2].map(|axis| self.gathered[axis].as_slice())
    }
}

/// A cell and those about it, each once.
fn about(counts: [usize; 3], cell: usize) -> Vec<u32> {
    let here = [cell % counts[0], cell / counts[0] % counts[1], cell / (counts[0] * counts[1])];
    let near = |axis: usize| -> Vec<usize> {
        let count = counts[axis];
        if count == 1 {
            return vec![0];
        }
        [count - 1, 0, 1].iter().map(|step| (here[axis] + step) % count).collect()
    };
    let (xs, ys, zs) = (near(0), near(1), near(2));
    let all = zs.iter().flat_map(|z| ys.iter().flat_map(|y| xs.iter().map(|x| (*x, *y, *z))));
    all.map(|(x, y, z)| ((z * counts[1] + y) * counts[0] + x) as u32).collect()
}
