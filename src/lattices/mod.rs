//! Lattices: geometry and neighbour tables.
