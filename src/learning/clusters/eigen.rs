//! Eigenvalues of small symmetric matrices.

/// Most sweeps over all pairs; the off-diagonal elements vanish quadratically, after some ten.
const SWEEPS: usize = 60;

/// Eigenvalues and unit eigenvectors of a symmetric matrix of `size` rows (row-major), the largest first, by Jacobi's
/// rotations (G. H. Golub, C. F. Van Loan, Matrix Computations, section 8.5). The largest component of each vector is positive.
pub(super) fn symmetric(matrix: &[f64], size: usize) -> Vec<(f64, Vec<f64>)> {
    let mut a = matrix.to_vec();
    let mut vectors = vec![0.0; size * size];
    (0..size).for_each(|i| vectors[i * size + i] = 1.0);
    for _ in 0..SWEEPS {
        let all: f64 = a.iter().map(|x| x * x).sum();
        let diagonal: f64 = (0..size).map(|i| a[i * size + i] * a[i * size + i]).sum();
        if all - diagonal <= 1e-32 * all {
            break;
        }
        for p in 0..size {
            for q in p + 1..size {
                rotate(&mut a, &mut vectors, size, (p, q));
            }
        }
    }
    let mut pairs: Vec<(f64, Vec<f64>)> = (0..size)
        .map(|k| {
            let vector: Vec<f64> = (0..size).map(|i| vectors[i * size + k]).collect();
            let lead = vector
                .iter()
                .copied()
                .fold(0.0, |most: f64, x| if x.abs() > most.abs() + 1e-9 { x } else { most });
            let sign = if lead < 0.0 { -1.0 } else { 1.0 };
            (a[k * size + k], vector.iter().map(|x| sign * x).collect())
        })
        .collect();
    pairs.sort_by(|x, y| y.0.total_cmp(&x.0));
    pairs
}

/// One rotation, which makes the element (p, q) zero.
fn rotate(a: &mut [f64], vectors: &mut [f64], size: usize, (p, q): (usize, usize)) {
    let off = a[p * size + q];
    if off == 0.0 {
        return;
    }
    let theta = (a[q * size + q] - a[p * size + p]) / (2.0 * off);
    let sign = if theta < 0.0 { -1.0 } else { 1.0 };
    let t = if theta.is_finite() { sign / (theta.abs() + libm::hypot(theta, 1.0)) } else { 0.0 };
    let c = 1.0 / libm::hypot(t, 1.0);
    let s = t * c;
    for k in 0..size {
        let (x, y) = (a[k * size + p], a[k * size + q]);
        a[k * size + p] = c * x - s * y;
        a[k * size + q] = s * x + c * y;
    }
    for k in 0..size {
        let (x, y) = (a[p * size + k], a[q * size + k]);
        a[p * size + k] = c * x - s * y;
        a[q * size + k] = s * x + c * y;
        let (x, y) = (vectors[k * size + p], vectors[k * size + q]);
        vectors[k * size + p] = c * x - s * y;
        vectors[k * size + q] = s * x + c * y;
    }
    a[p * size + q] = 0.0;
    a[q * size + p] = 0.0;
}
