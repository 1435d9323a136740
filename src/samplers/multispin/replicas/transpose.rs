//! Transposing a matrix of 64 × 64 bits.

/// Makes bit j of row i bit i of row j, by exchanging the off-diagonal quarters of blocks of 64, 32 … 2 rows (Warren,
/// *Hacker's Delight*, 2nd edition, section 7–3).
#[inline(always)]
pub(super) fn transpose(rows: &mut [u64; 64]) {
    let mut mask = 0x0000_0000_ffff_ffff_u64;
    let mut side = 32;
    while side > 0 {
        for block in rows.chunks_exact_mut(2 * side) {
            let (upper, lower) = block.split_at_mut(side);
            for (a, b) in upper.iter_mut().zip(lower) {
                let differ = (*a >> side ^ *b) & mask;
                *a ^= differ << side;
                *b ^= differ;
            }
        }
        side /= 2;
        mask ^= mask << side;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_columns() {
        let word = |row: usize| (row as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let rows: [u64; 64] = std::array::from_fn(word);
        let mut turned = rows;
        transpose(&mut turned);
        for (i, row) in rows.iter().enumerate() {
            for (j, column) in turned.iter().enumerate() {
                assert_eq!(column >> i & 1, row >> j & 1, "{i} {j}");
            }
        }
        transpose(&mut turned);
        assert_eq!(turned, rows);
    }
}
