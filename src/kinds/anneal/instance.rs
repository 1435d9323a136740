//! Properties of an instance that the handout tells: whether it is frustrated, and how low its energy could be at best.

use crate::models::spins::PairModel;
use crate::record::Table;

/// One number of the first row of a table.
pub(super) fn end(table: &Table, column: &str) -> Option<f64> {
    let at = table.columns.iter().position(|name| *name == column);
    at.and_then(|at| table.rows.first().and_then(|row| row[at].number())).filter(|value| value.is_finite())
}

/// Whether some closed loop of bonds cannot be satisfied as a whole: the product of its couplings is negative.
///
/// Spins are fixed one after the other along the bonds; the first bond that contradicts what was fixed closes such a loop
/// (Harary's test of balance, 1953).
pub(super) fn is_frustrated(pairs: &PairModel) -> bool {
    let mut wanted = vec![0_i8; pairs.spins()];
    let mut waiting = Vec::new();
    for start in 0..pairs.spins() {
        if wanted[start] != 0 {
            continue;
        }
        wanted[start] = 1;
        waiting.push(start);
        while let Some(i) = waiting.pop() {
            for (j, coupling) in pairs.row(i).filter(|(_, coupling)| *coupling != 0.0) {
                let spin = if coupling > 0.0 { wanted[i] } else { -wanted[i] };
                if wanted[j] == 0 {
                    wanted[j] = spin;
                    waiting.push(j);
                } else if wanted[j] != spin {
                    return true;
                }
            }
        }
    }
    false
}

/// The energy in which every bond and every field has its way: no state lies lower.
pub(super) fn least_conceivable(pairs: &PairModel) -> f64 {
    let bonds = 0.5 * pairs.couplings.iter().map(|coupling| coupling.abs()).sum::<f64>();
    let fields: f64 = pairs.fields.iter().map(|field| field.abs()).sum();
    pairs.offset - pairs.scale * (bonds + fields)
}

/// The least that a flip can cost above zero, when all couplings are of one size and no field acts; `None` otherwise.
///
/// A flip changes the energy by twice the local field's size, which is an even number of couplings where an even number of
/// bonds meets, and an odd one elsewhere.
pub(super) fn least_step(pairs: &PairModel) -> Option<f64> {
    let size = pairs.couplings.iter().map(|coupling| coupling.abs()).find(|size| *size > 0.0)?;
    let alike = pairs.couplings.iter().all(|coupling| coupling.abs() == size);
    if !alike || pairs.fields.iter().any(|field| *field != 0.0) {
        return None;
    }
    let couplings = (0..pairs.spins()).map(|i| match pairs.row(i).count() {
        0 => f64::INFINITY,
        odd if odd % 2 == 1 => 1.0,
        _ => 2.0,
    });
    Some(2.0 * pairs.scale * size * couplings.fold(f64::INFINITY, f64::min))
}
