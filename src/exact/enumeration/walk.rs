//! All states of a pair model in blocks: the inner spins of a block take all their states, the outer ones are held.
//!
//! With the outer spins held, the energy of a block's state is that of its inner bonds, the same for all blocks, and a
//! sum of one number per inner spin, which doubling spreads over the block: the upper half of the block is the lower
//! half less 2 b_i. A state costs two additions, on neighbouring memory. Blocks follow each other in Gray-code order, so
//! that one outer spin turns between two of them.

use crate::exact::batches::batches;
use crate::models::spins::PairModel;
use std::ops::ControlFlow;

/// log₂ of the number of states in a block.
pub(super) const BLOCK_BITS: usize = 12;
/// log₂ of the number of blocks that one thread takes at a time, beginning with freshly summed fields.
const CHUNK_BITS: usize = 10;
/// Chunks between two reports of progress.
pub(super) const BATCH: usize = 16;

/// A pair model in units in which its couplings are whole numbers, where there are such units:
/// E = offset − unit · (Σ J s s + Σ h s).
pub(super) struct Walk {
    starts: Vec<usize>,
    bonds: Vec<(usize, f64)>,
    fields: Vec<f64>,
    pub(super) unit: f64,
    pub(super) offset: f64,
    /// Number of spins that are turned: all, or all but the last one when s and −s have one energy.
    pub(super) free: usize,
    /// Σ|J| + Σ|h|, no less than the size of any bracket.
    pub(super) bound: f64,
    /// Whether all couplings and fields are whole numbers in this unit.
    pub(super) whole: bool,
}

/// The outer spins' part in the states of one block.
pub(super) struct Block<'a> {
    /// The fields b_i on the inner spins, from their own fields and from the outer spins.
    pub(super) fields: &'a [f64],
    /// The bracket of the outer spins among themselves.
    pub(super) constant: f64,
    /// How many outer spins are up.
    pub(super) up: usize,
}

impl Walk {
    pub(super) fn new(pairs: &PairModel) -> Self {
        let spins = pairs.spins();
        let factor = common_factor(pairs.couplings.iter().chain(&pairs.fields).copied());
        let scaled = |value: f64| factor.map_or(value, |factor| libm::round(value * factor));
        let bonds: Vec<(usize, f64)> =
            (0..spins).flat_map(|i| pairs.row(i)).map(|(j, coupling)| (j, scaled(coupling))).collect();
        let fields: Vec<f64> = pairs.fields.iter().map(|field| scaled(*field)).collect();
        let bound = 0.5 * bonds.iter().map(|(_, j)| j.abs()).sum::<f64>()
            + fields.iter().map(|h| h.abs()).sum::<f64>();
        let symmetric = spins > 0 && fields.iter().all(|field| *field == 0.0);
        Self {
            starts: pairs.starts.iter().map(|start| *start as usize).collect(),
            bonds,
            fields,
            unit: pairs.scale / factor.unwrap_or(1.0),
            offset: pairs.offset,
            free: if symmetric { spins - 1 } else { spins },
            bound,
            whole: factor.is_some(),
        }
    }

    /// What the states depend on, for recognising the same model again.
    pub(super) fn digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        for start in &self.starts {
            hasher.update(&(*start as u64).to_le_bytes());
        }
        for &(neighbour, coupling) in &self.bonds {
            hasher.update(&(neighbour as u64).to_le_bytes());
            hasher.update(&coupling.to_bits().to_le_bytes());
        }
        for value in self.fields.iter().chain([&self.unit, &self.offset]) {
            hasher.update(&value.to_bits().to_le_bytes());
        }
        *hasher.finalize().as_bytes()
    }

    pub(super) fn spins(&self) -> usize {
        self.fields.len()
    }

    /// How many microstates each state of the free spins stands for.
    pub(super) fn multiplicity(&self) -> f64 {
        if self.free < self.spins() { 2.0 } else { 1.0 }
    }

    /// Number of inner spins.
    pub(super) fn inner(&self) -> usize {
        self.free.min(BLOCK_BITS)
    }

    /// Number of chunks of blocks.
    pub(super) fn chunks(&self) -> usize {
        1 << (self.free - self.inner()).saturating_sub(CHUNK_BITS)
    }

    /// The brackets of the inner bonds for each state of the inner spins; bit i of a state's number is set when spin i is
    /// down.
    pub(super) fn inner_brackets(&self) -> Vec<f64> {
        let inner = self.inner();
        let mut brackets = vec![0.0; 1 << inner];
        brackets[0] = (0..inner)
            .flat_map(|i| self.row(i).iter().filter(move |(j, _)| *j < i))
            .map(|(_, coupling)| coupling)
            .sum();
        for spin in 0..inner {
            for state in 0..1_usize << spin {
                // Spins above `spin` are up, it turns down.
                let field: f64 = self
                    .row(spin)
                    .iter()
                    .filter(|(j, _)| *j < inner)
                    .map(|&(j, coupling)| if state >> j & 1 == 1 { -coupling } else { coupling })
                    .sum();
                brackets[state | 1 << spin] = brackets[state] - 2.0 * field;
            }
        }
        brackets
    }

    /// Calls `visit` for each block of one chunk.
    pub(super) fn blocks(&self, chunk: usize, mut visit: impl FnMut(Block<'_>)) {
        let (inner, spins) = (self.inner(), self.spins());
        let outer = self.free - inner;
        let length = 1_u64 << outer.min(CHUNK_BITS);
        let first = chunk as u64 * length;
        let code = first ^ (first >> 1);
        // Inner spins count as 0, so that the fields of the outer ones leave them out.
        let mut state = vec![1.0_f64; spins];
        state[..inner].fill(0.0);
        for (bit, spin) in state[inner..self.free].iter_mut().enumerate() {
            *spin = if code >> bit & 1 == 1 { -1.0 } else { 1.0 };
        }
        let mut local: Vec<f64> = (0..spins)
            .map(|i| {
                self.row(i).iter().map(|&(j, coupling)| coupling * state[j]).sum::<f64>() + self.fields[i]
            })
            .collect();
        let mut constant: f64 = (inner..spins).map(|i| 0.5 * state[i] * (local[i] + self.fields[i])).sum();
        let mut up = state.iter().filter(|spin| **spin > 0.0).count();
        for index in first..first + length {
            visit(Block { fields: &local[..inner], constant, up });
            let turned = inner + (index + 1).trailing_zeros() as usize;
            if index + 1 == first + length || turned >= self.free {
                break;
            }
            constant -= 2.0 * state[turned] * local[turned];
            state[turned] = -state[turned];
            up = if state[turned] > 0.0 { up + 1 } else { up - 1 };
            let change = 2.0 * state[turned];
            for &(j, coupling) in self.row(turned) {
                local[j] += coupling * change;
            }
        }
    }

    /// Maps all chunks over the threads and folds the parts in order.
    pub(super) fn batches<T: Send>(
        &self,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
        map: impl Fn(usize) -> T + Sync,
        fold: impl FnMut(T),
    ) -> Option<()> {
        batches((self.chunks(), BATCH), advance, map, fold)
    }

    fn row(&self, i: usize) -> &[(usize, f64)] {
        &self.bonds[self.starts[i]..self.starts[i + 1]]
    }
}

/// Spreads the sum start + Σ b_i s_i over a block, where `fields` are 2 b_i and `start` is the sum with all spins up.
pub(super) fn spread<T: Copy + std::ops::Sub<Output = T>>(
    start: T,
    fields: impl Iterator<Item = T>,
    block: &mut [T],
) {
    block[0] = start;
    for (bit, field) in fields.enumerate() {
        let (lower, rest) = block.split_at_mut(1 << bit);
        for (up, down) in lower.iter().zip(rest) {
            *down = *up - field;
        }
    }
}

/// The least factor of a short list that makes all values whole, up to rounding in their last digits.
pub(crate) fn common_factor(values: impl Iterator<Item = f64> + Clone) -> Option<f64> {
    let whole = |value: f64, factor: f64| {
        let product = value * factor;
        (product - libm::round(product)).abs() <= 4.0 * f64::EPSILON * product.abs() && product.abs() < 1e9
    };
    let powers_of_two = (0..=20).map(|power| libm::exp2(f64::from(power)));
    let decimals = [5.0, 10.0, 20.0, 100.0, 1000.0, 10_000.0, 100_000.0];
    powers_of_two.chain(decimals).find(|factor| values.clone().all(|value| whole(value, *factor)))
}
