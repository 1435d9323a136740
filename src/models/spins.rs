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
        let spins = fields.len();
        let mut rows: Vec<Vec<(u32, f64)>> = vec![Vec::new(); spins];
        for &(i, j, coupling) in bonds {
            debug_assert_ne!(i, j, "a bond joins two spins");
            rows[i as usize].push((j, coupling));
            rows[j as usize].push((i, coupling));
        }
        let (mut starts, mut neighbours, mut couplings) = (vec![0], Vec::new(), Vec::new());
        for row in &mut rows {
            row.sort_by_key(|(neighbour, _)| *neighbour);
            for &(neighbour, coupling) in row.iter() {
                let start = *starts.last().unwrap_or(&0) as usize;
                if neighbours.len() > start && neighbours.last() == Some(&neighbour) {
                    if let Some(last) = couplings.last_mut() {
                        *last += coupling;
                    }
                } else {
                    neighbours.push(neighbour);
                    couplings.push(coupling);
                }
            }
            starts.push(neighbours.len() as u32);
        }
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
