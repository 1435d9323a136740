//! Block Gibbs sampling of a machine of binary units, the inner loop of training, annealed importance sampling and
//! fantasies alike.
//!
//! Units are 0 or 1, so that v·W is the sum of the rows of W whose unit is on: no multiplications, and most additions of a
//! dense product are left out. Loops run along the output, in plain arithmetic, so that they vectorise without changing the
//! order of any sum: every processor gives the same bits.

use crate::models::rbm::activation::sigmoid;
use crate::rng::Stream;
use rand::Rng;

/// Adds the rows `active` of a row-major matrix of width `sums.len()` to `sums`, in order.
pub(super) fn add_rows(sums: &mut [f64], matrix: &[f64], active: &[u32]) {
    let width = sums.len();
    let row = |i: u32| &matrix[i as usize * width..][..width];
    let (fours, rest) = active.as_chunks::<4>();
    for &[i, j, k, l] in fours {
        let (p, q, r, s) = (row(i), row(j), row(k), row(l));
        for index in 0..width {
            sums[index] = (((sums[index] + p[index]) + q[index]) + r[index]) + s[index];
        }
    }
    for &i in rest {
        for (sum, weight) in sums.iter_mut().zip(row(i)) {
            *sum += weight;
        }
    }
}

/// Replaces fields by probabilities, σ(x).
pub(super) fn sigmoids(fields: &mut [f64]) {
    for field in fields {
        *field = sigmoid(*field);
    }
}

/// Draws each unit with its probability and lists those that are on. A unit takes 32 random bits, so that probabilities
/// are kept to 2^-32.
pub(super) fn draw(probabilities: &[f64], stream: &mut Stream, active: &mut Vec<u32>) {
    const UNIT: f64 = 1.0 / 4_294_967_296.0;
    active.resize(probabilities.len(), 0);
    let mut count = 0;
    let (pairs, last) = probabilities.as_chunks::<2>();
    let mut unit = 0;
    for &[first, second] in pairs {
        let bits = stream.next_u64();
        active[count] = unit;
        count += usize::from(f64::from(bits as u32) * UNIT < first);
        active[count] = unit + 1;
        count += usize::from(f64::from((bits >> 32) as u32) * UNIT < second);
        unit += 2;
    }
    if let [probability] = last {
        active[count] = unit;
        count += usize::from(f64::from(stream.next_u64() as u32) * UNIT < *probability);
    }
    active.truncate(count);
}

/// The transpose of a row-major matrix with rows of length `width`.
pub(super) fn transpose(matrix: &[f64], width: usize, transposed: &mut [f64]) {
    let height = matrix.len() / width;
    for (i, row) in matrix.chunks_exact(width).enumerate() {
        for (j, value) in row.iter().enumerate() {
            transposed[j * height + i] = *value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    #[test]
    fn rows_add_in_order_whatever_their_number() {
        let matrix: Vec<f64> = (0..7 * 5).map(|k| 0.1 * f64::from(k) + 0.01).collect();
        for active in [vec![], vec![3], vec![0, 1, 2, 3], vec![0, 2, 3, 4, 5, 6]] {
            let mut sums = vec![0.25; 5];
            add_rows(&mut sums, &matrix, &active);
            for (j, sum) in sums.iter().enumerate() {
                let plain = active.iter().fold(0.25, |sum, i| sum + matrix[*i as usize * 5 + j]);
                assert_eq!(*sum, plain);
            }
        }
    }

    #[test]
    fn units_are_drawn_with_their_probabilities() {
        let probabilities = [0.0, 1.0, 0.5, 0.1, 0.93];
        let (mut counts, mut active) = ([0u32; 5], Vec::new());
        let mut stream = stream(3, "draw", "", 0);
        let draws = 40_000;
        for _ in 0..draws {
            draw(&probabilities, &mut stream, &mut active);
            active.iter().for_each(|i| counts[*i as usize] += 1);
        }
        for (count, p) in counts.iter().zip(probabilities) {
            let sigma = libm::sqrt(f64::from(draws) * p * (1.0 - p));
            assert!((f64::from(*count) - p * f64::from(draws)).abs() <= 4.5 * sigma, "{count} for {p}");
        }
    }
}
