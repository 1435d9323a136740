//! Lattices: how many sites, and which of them are neighbours.
//!
//! A lattice is a box of integer cells with a list of bond vectors; sites are numbered row-major, the last coordinate
//! fastest. Each site owns one bond per vector, so a periodic side of length 2 has two bonds between the same pair of
//! sites, as in Kaufman's formula for the torus (doi:10.1103/PhysRev.76.1232).

pub mod drawing;

use serde_json::{Value, json};
use std::fmt;

/// The kinds of lattice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Geometry {
    /// A line of sites, two neighbours each.
    Chain,
    /// Rows and columns, four neighbours each.
    Square,
    /// The square lattice with one diagonal per cell, six neighbours each.
    Triangular,
    /// The simple cubic lattice, six neighbours each.
    Cubic,
    /// Every pair of sites is a bond.
    Complete,
}

impl Geometry {
    /// The word used in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::Square => "square",
            Self::Triangular => "triangular",
            Self::Cubic => "cubic",
            Self::Complete => "complete",
        }
    }

    /// The number of side lengths that describe a box of it.
    pub fn dimension(self) -> usize {
        match self {
            Self::Chain | Self::Complete => 1,
            Self::Square | Self::Triangular => 2,
            Self::Cubic => 3,
        }
    }

    /// The bond vectors of one site; empty for the complete graph.
    fn vectors(self) -> &'static [[usize; 3]] {
        match self {
            Self::Chain => &[[0, 0, 1]],
            Self::Square => &[[0, 0, 1], [0, 1, 0]],
            Self::Triangular => &[[0, 0, 1], [0, 1, 0], [0, 1, 1]],
            Self::Cubic => &[[0, 0, 1], [0, 1, 0], [1, 0, 0]],
            Self::Complete => &[],
        }
    }
}

/// A finite piece of a lattice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lattice {
    geometry: Geometry,
    /// Three side lengths; those beyond the dimension are 1 and come first.
    sides: [usize; 3],
    periodic: bool,
}

impl Lattice {
    /// A box with the given sides (as many as the geometry has dimensions, each at least 2), closed on itself when
    /// `periodic`.
    pub fn new(geometry: Geometry, sides: &[usize], periodic: bool) -> Self {
        debug_assert_eq!(sides.len(), geometry.dimension());
        let mut padded = [1; 3];
        padded[3 - sides.len()..].copy_from_slice(sides);
        Self { geometry, sides: padded, periodic }
    }

    /// What kind of lattice it is.
    pub fn geometry(&self) -> Geometry {
        self.geometry
    }

    /// The side lengths, as many as there are dimensions.
    pub fn sides(&self) -> &[usize] {
        &self.sides[3 - self.geometry.dimension()..]
    }

    /// Whether opposite sides are joined.
    pub fn is_periodic(&self) -> bool {
        self.periodic
    }

    /// Number of sites N; `None` when it overflows.
    pub fn checked_sites(&self) -> Option<usize> {
        self.sides.iter().try_fold(1_usize, |product, side| product.checked_mul(*side))
    }

    /// Number of sites N of a lattice whose size was checked.
    pub fn sites(&self) -> usize {
        self.sides.iter().product()
    }

    /// An upper bound of the number of bonds, without listing them; `None` when it overflows.
    pub fn checked_bonds(&self) -> Option<usize> {
        let sites = self.checked_sites()?;
        match self.geometry {
            Geometry::Complete => sites.checked_mul(sites - 1).map(|pairs| pairs / 2),
            other => sites.checked_mul(other.vectors().len()),
        }
    }

    /// The bonds (i, j), each once, in the order of their owners; i ≠ j always.
    pub fn bonds(&self) -> Box<dyn Iterator<Item = (u32, u32)> + '_> {
        let sites = self.sites();
        if self.geometry == Geometry::Complete {
            return Box::new((0..sites).flat_map(move |i| (i + 1..sites).map(move |j| (i as u32, j as u32))));
        }
        let [_, rows, columns] = self.sides;
        Box::new((0..sites).flat_map(move |site| {
            let cell = [site / (rows * columns), site / columns % rows, site % columns];
            self.geometry
                .vectors()
                .iter()
                .filter_map(move |vector| self.step(cell, vector).map(|other| (site as u32, other as u32)))
        }))
    }

    /// The site that a bond vector leads to, unless it leaves an open box.
    fn step(&self, cell: [usize; 3], vector: &[usize; 3]) -> Option<usize> {
        let mut site = 0;
        for axis in 0..3 {
            let mut place = cell[axis] + vector[axis];
            if place >= self.sides[axis] {
                if !self.periodic {
                    return None;
                }
                place -= self.sides[axis];
            }
            site = site * self.sides[axis] + place;
        }
        Some(site)
    }

    /// The lattice as a JSON object with a fixed order of keys: what a stream of random bonds is named after.
    pub fn identity(&self) -> Value {
        json!({
            "lattice": self.geometry.name(),
            "size": self.sides(),
            "boundary": if self.periodic { "periodic" } else { "open" },
        })
    }
}

/// A noun phrase such as "32 × 32 square lattice with periodic boundaries".
impl fmt::Display for Lattice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sides: Vec<String> = self.sides().iter().map(usize::to_string).collect();
        let sides = sides.join(" × ");
        let boundaries = if self.periodic { "periodic" } else { "open" };
        match self.geometry {
            Geometry::Complete => write!(f, "complete graph of {sides} spins"),
            Geometry::Chain if self.periodic => write!(f, "ring of {sides} spins"),
            Geometry::Chain => write!(f, "open chain of {sides} spins"),
            other => write!(f, "{sides} {} lattice with {boundaries} boundaries", other.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn degrees(lattice: &Lattice) -> Vec<usize> {
        let mut degrees = vec![0; lattice.sites()];
        for (i, j) in lattice.bonds() {
            assert_ne!(i, j);
            degrees[i as usize] += 1;
            degrees[j as usize] += 1;
        }
        degrees
    }

    #[test]
    fn periodic_lattices_are_regular_even_with_sides_of_two() {
        for (geometry, sides, degree) in [
            (Geometry::Chain, vec![2], 2),
            (Geometry::Chain, vec![7], 2),
            (Geometry::Square, vec![2, 2], 4),
            (Geometry::Square, vec![3, 5], 4),
            (Geometry::Triangular, vec![4, 3], 6),
            (Geometry::Cubic, vec![3, 2, 4], 6),
        ] {
            let lattice = Lattice::new(geometry, &sides, true);
            assert!(degrees(&lattice).iter().all(|found| *found == degree), "{lattice}");
            assert_eq!(lattice.bonds().count(), lattice.checked_bonds().unwrap());
        }
        assert_eq!(Lattice::new(Geometry::Complete, &[6], true).bonds().count(), 15);
    }

    #[test]
    fn open_lattices_lose_the_bonds_across_their_edges() {
        let count = |geometry, sides: &[usize]| Lattice::new(geometry, sides, false).bonds().count();
        assert_eq!(count(Geometry::Chain, &[5]), 4);
        assert_eq!(count(Geometry::Square, &[3, 4]), 3 * 3 + 2 * 4);
        assert_eq!(count(Geometry::Triangular, &[3, 4]), 3 * 3 + 2 * 4 + 2 * 3);
        assert_eq!(count(Geometry::Cubic, &[2, 3, 4]), 3 * 4 + 2 * 2 * 4 + 2 * 3 * 3);
        let corner: Vec<_> = Lattice::new(Geometry::Square, &[2, 3], false).bonds().collect();
        assert_eq!(corner, [(0, 1), (0, 3), (1, 2), (1, 4), (2, 5), (3, 4), (4, 5)]);
    }

    #[test]
    fn sizes_beyond_the_address_space_are_noticed() {
        assert_eq!(Lattice::new(Geometry::Cubic, &[usize::MAX, 3, 3], true).checked_sites(), None);
    }
}
