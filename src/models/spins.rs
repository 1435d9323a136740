//! Ising spins with pair couplings and fields: the common form of lattices, spin glasses and max-cut graphs.

/// N spins s_i = ±1 with E(s) = offset − scale · (Σ_{⟨ij⟩} J_ij s_i s_j + Σ_i h_i s_i).
///
/// Stored as compressed sparse rows; each bond appears in the rows of both its ends. `scale` and `offset` let a model
/// whose energy is not directly of this form (a cut, for one) keep whole-numbered couplings.
#[derive(Debug, Clone, PartialEq)]
pub struct PairModel {
    /// Row starts, `spins() + 1` of them: the neighbours of i are `neighbours[starts[i]..starts[i + 1]]`.
    pub starts: Vec<u32>,
    /// Neighbour indices, row by row.
    pub neighbours: Vec<u32>,
    /// Couplings J_ij, parallel to `neighbours`.
    pub couplings: Vec<f64>,
    /// Fields h_i, one per spin.
    pub fields: Vec<f64>,
    /// Energy per unit of the bracket.
    pub scale: f64,
    /// Energy added to the bracket's.
    pub offset: f64,
}

impl PairModel {
    /// Builds the model of `fields.len()` spins from bonds `(i, j, J_ij)`; bonds given twice add up, and i ≠ j.
    pub fn new(bonds: &[(u32, u32, f64)], fields: Vec<f64>) -> Self {
        Self::from_bonds(|| bonds.iter().copied(), fields)
    }

    /// Like [`PairModel::new`], from bonds that are generated anew each time `bonds` is called (it is, twice, and must
    /// give the same ones), so that a large lattice needs no list of them.
    pub fn from_bonds<I>(bonds: impl Fn() -> I, fields: Vec<f64>) -> Self
    where
        I: Iterator<Item = (u32, u32, f64)>,
    {
        let spins = fields.len();
        let mut ends = vec![0_u32; spins + 1];
        for (i, j, _) in bonds() {
            debug_assert_ne!(i, j, "a bond joins two spins");
            ends[i as usize + 1] += 1;
            ends[j as usize + 1] += 1;
        }
        for i in 0..spins {
            ends[i + 1] += ends[i];
        }
        // Each row is filled from its start: `cursor[i]` is the next free place of row i.
        let mut cursor = ends.clone();
        let entries = ends[spins] as usize;
        let (mut neighbours, mut couplings) = (vec![0_u32; entries], vec![0.0_f64; entries]);
        for (i, j, coupling) in bonds() {
            for (from, to) in [(i, j), (j, i)] {
                let at = cursor[from as usize] as usize;
                (neighbours[at], couplings[at]) = (to, coupling);
                cursor[from as usize] += 1;
            }
        }
        drop(cursor);
        // Sort each row and merge equal neighbours, closing the gaps in place.
        let (mut starts, mut kept, mut row) = (vec![0_u32; spins + 1], 0_usize, Vec::new());
        for i in 0..spins {
            row.clear();
            row.extend((ends[i] as usize..ends[i + 1] as usize).map(|at| (neighbours[at], couplings[at])));
            row.sort_by_key(|(neighbour, _)| *neighbour);
            let start = kept;
            for &(neighbour, coupling) in &row {
                if kept > start && neighbours[kept - 1] == neighbour {
                    couplings[kept - 1] += coupling;
                } else {
                    (neighbours[kept], couplings[kept]) = (neighbour, coupling);
                    kept += 1;
                }
            }
            starts[i + 1] = kept as u32;
        }
        neighbours.truncate(kept);
        couplings.truncate(kept);
        Self { starts, neighbours, couplings, fields, scale: 1.0, offset: 0.0 }
    }

    /// Number of spins N.
    pub fn spins(&self) -> usize {
        self.fields.len()
    }

    /// The neighbours of spin `i` with their couplings.
    pub fn row(&self, i: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.starts[i] as usize..self.starts[i + 1] as usize;
        range.map(|k| (self.neighbours[k] as usize, self.couplings[k]))
    }

    /// The local field Σ_j J_ij s_j + h_i, so that flipping spin i costs 2 · scale · s_i · field.
    pub fn local_field(&self, state: &[i8], i: usize) -> f64 {
        self.row(i).map(|(j, coupling)| coupling * f64::from(state[j])).sum::<f64>() + self.fields[i]
    }

    /// The energy of a state of ±1 spins, of length N.
    pub fn energy(&self, state: &[i8]) -> f64 {
        let bracket: f64 = (0..self.spins())
            .map(|i| {
                let pairs: f64 = self.row(i).map(|(j, coupling)| coupling * f64::from(state[j])).sum();
                f64::from(state[i]) * (0.5 * pairs + self.fields[i])
            })
            .sum();
        self.offset - self.scale * bracket
    }

    /// Whether all couplings and fields are whole numbers (of a size that sums exactly), so that integer code applies.
    pub fn is_integer(&self) -> bool {
        self.couplings.iter().chain(&self.fields).all(|value| value.fract() == 0.0 && value.abs() < 1e9)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_and_repeated_bonds_add_up() {
        let model =
            PairModel::new(&[(2, 0, 1.5), (0, 1, 1.0), (1, 0, 0.25), (3, 2, -1.0)], vec![0.0, 0.5, 0.0, 0.0]);
        assert_eq!(model.starts, [0, 2, 3, 5, 6]);
        assert_eq!(model.neighbours, [1, 2, 0, 0, 3, 2]);
        assert_eq!(model.couplings, [1.25, 1.5, 1.25, 1.5, -1.0, -1.0]);
        assert_eq!(model.energy(&[1, 1, 1, 1]), -(1.25 + 1.5 - 1.0 + 0.5));
        assert_eq!(model.energy(&[1, -1, 1, -1]), -(-1.25 + 1.5 + 1.0 - 0.5));
        let before = model.energy(&[1, 1, 1, 1]);
        let cost = 2.0 * model.local_field(&[1, 1, 1, 1], 1);
        assert_eq!(model.energy(&[1, -1, 1, 1]), before + cost);
    }
}
