//! Lattices: how many sites, and which of them are neighbours.
//!
//! A lattice is a box of integer cells of one or more sites, with a list of links from a site of a cell to one of the same or of
//! a neighbouring cell; cells are numbered row-major, the last coordinate fastest, and sites cell by cell. Each cell owns one
//! bond per link, so a periodic side of length 2 has two bonds between the same pair of sites, as in Kaufman's formula for the
//! torus (doi:10.1103/PhysRev.76.1232).

pub mod drawing;

use serde_json::{Value, json};
use std::fmt;

/// The most dimensions of a lattice.
pub const MOST_DIMENSIONS: usize = 6;

/// The kinds of lattice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Geometry {
    /// A line of sites, two neighbours each.
    Chain,
    /// Rows and columns, four neighbours each.
    Square,
    /// The square lattice with one diagonal per cell, six neighbours each.
    Triangular,
    /// Hexagons: two sites a cell, three neighbours each.
    Honeycomb,
    /// Triangles that share corners: three sites a cell, four neighbours each.
    Kagome,
    /// The simple cubic lattice, six neighbours each.
    Cubic,
    /// The simple cubic lattice in that many dimensions, twice as many neighbours each.
    Hypercubic(usize),
    /// Every pair of sites is a bond.
    Complete,
}

/// One kind of bond: from a site of a cell to a site of the cell that the steps lead to.
#[derive(Debug, Clone, Copy)]
struct Link {
    from: usize,
    to: usize,
    /// Steps along the axes, the last of them first.
    steps: [i8; MOST_DIMENSIONS],
    /// The place of the bond's direction among those of the lattice.
    direction: usize,
}

impl Geometry {
    /// The word used in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::Square => "square",
            Self::Triangular => "triangular",
            Self::Honeycomb => "honeycomb",
            Self::Kagome => "kagome",
            Self::Cubic => "cubic",
            Self::Hypercubic(_) => "hypercubic",
            Self::Complete => "complete",
        }
    }

    /// The number of side lengths that describe a box of it.
    pub fn dimension(self) -> usize {
        match self {
            Self::Chain | Self::Complete => 1,
            Self::Square | Self::Triangular | Self::Honeycomb | Self::Kagome => 2,
            Self::Cubic => 3,
            Self::Hypercubic(dimension) => dimension,
        }
    }

    /// The number of sites of a cell.
    pub fn sites_per_cell(self) -> usize {
        match self {
            Self::Honeycomb => 2,
            Self::Kagome => 3,
            _ => 1,
        }
    }

    /// The number of directions in which bonds point; 1 for the complete graph.
    pub fn directions(self) -> usize {
        match self {
            Self::Chain | Self::Complete => 1,
            Self::Square => 2,
            Self::Triangular | Self::Honeycomb | Self::Kagome | Self::Cubic => 3,
            Self::Hypercubic(dimension) => dimension,
        }
    }

    /// The links of one cell; none for the complete graph.
    fn links(self) -> Vec<Link> {
        let link = |direction: usize, from: usize, to: usize, steps: &[i8]| {
            let mut padded = [0; MOST_DIMENSIONS];
            padded[..steps.len()].copy_from_slice(steps);
            Link { from, to, steps: padded, direction }
        };
        match self {
            Self::Complete => Vec::new(),
            Self::Chain | Self::Square | Self::Cubic | Self::Hypercubic(_) => (0..self.dimension())
                .map(|axis| {
                    let mut steps = [0; MOST_DIMENSIONS];
                    steps[axis] = 1;
                    link(axis, 0, 0, &steps)
                })
                .collect(),
            Self::Triangular => vec![link(0, 0, 0, &[1]), link(1, 0, 0, &[0, 1]), link(2, 0, 0, &[1, 1])],
            Self::Honeycomb => vec![link(0, 0, 1, &[]), link(1, 1, 0, &[1]), link(2, 1, 0, &[0, 1])],
            // The triangle of a cell, and the one that points the other way.
            Self::Kagome => vec![
                link(0, 0, 1, &[]),
                link(1, 0, 2, &[]),
                link(2, 1, 2, &[]),
                link(0, 1, 0, &[1]),
                link(1, 2, 0, &[0, 1]),
                link(2, 1, 2, &[1, -1]),
            ],
        }
    }
}

/// A finite piece of a lattice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lattice {
    geometry: Geometry,
    /// The numbers of cells along the axes; those beyond the dimension are 1 and come first.
    sides: [usize; MOST_DIMENSIONS],
    periodic: bool,
}

impl Lattice {
    /// A box with the given sides (as many as the geometry has dimensions, each at least 2), closed on itself when
    /// `periodic`.
    pub fn new(geometry: Geometry, sides: &[usize], periodic: bool) -> Self {
        debug_assert_eq!(sides.len(), geometry.dimension());
        let mut padded = [1; MOST_DIMENSIONS];
        padded[MOST_DIMENSIONS - sides.len()..].copy_from_slice(sides);
        Self { geometry, sides: padded, periodic }
    }

    /// What kind of lattice it is.
    pub fn geometry(&self) -> Geometry {
        self.geometry
    }

    /// The side lengths in cells, as many as there are dimensions.
    pub fn sides(&self) -> &[usize] {
        &self.sides[MOST_DIMENSIONS - self.geometry.dimension()..]
    }

    /// Whether opposite sides are joined.
    pub fn is_periodic(&self) -> bool {
        self.periodic
    }

    /// Number of sites N; `None` when it overflows.
    pub fn checked_sites(&self) -> Option<usize> {
        self.sides.iter().try_fold(self.geometry.sites_per_cell(), |product, side| product.checked_mul(*side))
    }

    /// Number of sites N of a lattice whose size was checked.
    pub fn sites(&self) -> usize {
        self.sides.iter().product::<usize>() * self.geometry.sites_per_cell()
    }

    /// An upper bound of the number of bonds, without listing them; `None` when it overflows.
    pub fn checked_bonds(&self) -> Option<usize> {
        let sites = self.checked_sites()?;
        match self.geometry {
            Geometry::Complete => sites.checked_mul(sites - 1).map(|pairs| pairs / 2),
            other => (sites / other.sites_per_cell()).checked_mul(other.links().len()),
        }
    }

    /// The bonds (i, j), each once, in the order of their owners; i ≠ j always.
    pub fn bonds(&self) -> Box<dyn Iterator<Item = (u32, u32)> + '_> {
        Box::new(self.directed_bonds().map(|(i, j, _)| (i, j)))
    }

    /// The same with the place of each bond's direction.
    pub fn directed_bonds(&self) -> Box<dyn Iterator<Item = (u32, u32, usize)> + '_> {
        if self.geometry == Geometry::Complete {
            let sites = self.sites();
            let from = move |i: usize| (i + 1..sites).map(move |j| (i as u32, j as u32, 0));
            return Box::new((0..sites).flat_map(from));
        }
        let (links, basis) = (self.geometry.links(), self.geometry.sites_per_cell());
        Box::new((0..self.sites() / basis).flat_map(move |cell| {
            let mut bonds = [None; MOST_DIMENSIONS];
            for (place, link) in links.iter().enumerate() {
                let other = self.step(cell, &link.steps);
                bonds[place] = other.map(|other| {
                    ((cell * basis + link.from) as u32, (other * basis + link.to) as u32, link.direction)
                });
            }
            bonds.into_iter().flatten()
        }))
    }

    /// The cell that steps lead to, unless they leave an open box.
    fn step(&self, cell: usize, steps: &[i8; MOST_DIMENSIONS]) -> Option<usize> {
        let (mut rest, mut found, mut stride) = (cell, 0, 1);
        for (side, step) in self.sides().iter().rev().zip(steps) {
            let mut place = (rest % side) as isize + isize::from(*step);
            rest /= side;
            if place < 0 || place >= *side as isize {
                if !self.periodic {
                    return None;
                }
                place = place.rem_euclid(*side as isize);
            }
            found += place as usize * stride;
            stride *= side;
        }
        Some(found)
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
            Geometry::Honeycomb | Geometry::Kagome => write!(
                f,
                "{} lattice of {sides} cells ({} sites) with {boundaries} boundaries",
                self.geometry.name(),
                self.sites()
            ),
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
            (Geometry::Honeycomb, vec![2, 2], 3),
            (Geometry::Honeycomb, vec![3, 4], 3),
            (Geometry::Kagome, vec![2, 2], 4),
            (Geometry::Kagome, vec![4, 3], 4),
            (Geometry::Hypercubic(4), vec![2, 3, 2, 4], 8),
            (Geometry::Hypercubic(5), vec![2; 5], 10),
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
        // Bonds within cells, and those along each axis; of kagome also those across.
        assert_eq!(count(Geometry::Honeycomb, &[3, 4]), 12 + 3 * 3 + 2 * 4);
        assert_eq!(count(Geometry::Kagome, &[3, 4]), 3 * 12 + 3 * 3 + 2 * 4 + 2 * 3);
        assert_eq!(count(Geometry::Hypercubic(4), &[2, 2, 2, 3]), 3 * 12 + 16);
        let corner: Vec<_> = Lattice::new(Geometry::Square, &[2, 3], false).bonds().collect();
        assert_eq!(corner, [(0, 1), (0, 3), (1, 2), (1, 4), (2, 5), (3, 4), (4, 5)]);
    }

    #[test]
    fn hypercubic_lattices_of_two_and_three_dimensions_are_the_known_ones() {
        for (geometry, sides) in [(Geometry::Square, vec![3, 5]), (Geometry::Cubic, vec![2, 3, 4])] {
            for periodic in [true, false] {
                let known = Lattice::new(geometry, &sides, periodic);
                let other = Lattice::new(Geometry::Hypercubic(sides.len()), &sides, periodic);
                assert!(known.directed_bonds().eq(other.directed_bonds()));
            }
        }
    }

    /// Shortest closed walks without a turn back, and whether two colours do.
    #[test]
    fn honeycombs_are_bipartite_hexagons_and_kagome_is_triangles() {
        let neighbours = |lattice: &Lattice| {
            let mut neighbours = vec![Vec::new(); lattice.sites()];
            for (i, j) in lattice.bonds() {
                neighbours[i as usize].push(j as usize);
                neighbours[j as usize].push(i as usize);
            }
            neighbours
        };
        let honeycomb = neighbours(&Lattice::new(Geometry::Honeycomb, &[5, 6], true));
        assert!(honeycomb.iter().enumerate().all(|(i, row)| row.iter().all(|j| (i + j) % 2 == 1)));
        let kagome = neighbours(&Lattice::new(Geometry::Kagome, &[5, 6], true));
        // The number of non-reversing closed walks of `length` steps from a site, walked by (site, site before).
        let closed = |graph: &[Vec<usize>], length: usize| {
            let mut walks = vec![(0_usize, usize::MAX)];
            for _ in 0..length {
                walks = walks
                    .iter()
                    .flat_map(|(at, before)| {
                        graph[*at].iter().filter(move |to| *to != before).map(move |to| (*to, *at))
                    })
                    .collect();
            }
            walks.iter().filter(|(at, _)| *at == 0).count()
        };
        // Three hexagons, or two triangles, meet at each site; each is walked either way.
        assert_eq!([3, 4, 5, 6].map(|length| closed(&honeycomb, length)), [0, 0, 0, 6]);
        assert_eq!([3, 4].map(|length| closed(&kagome, length)), [4, 0]);
        // Every direction has as many bonds.
        for geometry in [Geometry::Honeycomb, Geometry::Kagome, Geometry::Triangular, Geometry::Hypercubic(4)]
        {
            let lattice = Lattice::new(geometry, &vec![3; geometry.dimension()], true);
            let mut counts = vec![0; geometry.directions()];
            lattice.directed_bonds().for_each(|(_, _, direction)| counts[direction] += 1);
            assert!(counts.iter().all(|count| *count == counts[0]), "{lattice}: {counts:?}");
        }
    }

    #[test]
    fn sizes_beyond_the_address_space_are_noticed() {
        assert_eq!(Lattice::new(Geometry::Cubic, &[usize::MAX, 3, 3], true).checked_sites(), None);
    }
}
