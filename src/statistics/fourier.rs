//! A small radix-2 Fourier transform whose result does not depend on the processor.
//!
//! Library transforms choose their instructions at run time, and with them the last bits; autocorrelation times are
//! results, so they are computed by this plain code.

use std::f64::consts::PI;

/// Σ_i x_i x_{i+t} for t = 0 … `lags` − 1, by the Wiener–Khinchin theorem (zero-padded, so not periodic).
pub(crate) fn lagged_products(series: &[f64], lags: usize) -> Vec<f64> {
    let length = (series.len() + lags).next_power_of_two();
    let mut re = series.to_vec();
    re.resize(length, 0.0);
    let mut im = vec![0.0; length];
    transform(&mut re, &mut im);
    for (a, b) in re.iter_mut().zip(&mut im) {
        (*a, *b) = (*a * *a + *b * *b, 0.0);
    }
    // The power spectrum is even, so the forward transform also inverts it, up to the factor `length`.
    transform(&mut re, &mut im);
    re.truncate(lags);
    re.iter_mut().for_each(|value| *value /= length as f64);
    re
}

/// X_k = Σ_j x_j e^{−2πi jk/n} in place (Cooley and Tukey 1965, doi:10.1090/S0025-5718-1965-0178586-1); n is a power of two.
fn transform(re: &mut [f64], im: &mut [f64]) {
    let n = re.len();
    let bits = n.trailing_zeros();
    for i in 1..n {
        let j = i.reverse_bits() >> (usize::BITS - bits);
        if i < j {
            re.swap(i, j);
            im.swap(i, j);
        }
    }
    let twiddles: Vec<(f64, f64)> = (0..n / 2)
        .map(|k| {
            let angle = -2.0 * PI * k as f64 / n as f64;
            (libm::cos(angle), libm::sin(angle))
        })
        .collect();
    let mut half = 1;
    while half < n {
        let stride = n / (2 * half);
        for start in (0..n).step_by(2 * half) {
            for k in 0..half {
                let (c, s) = twiddles[k * stride];
                let (a, b) = (start + k, start + k + half);
                let (x, y) = (re[b] * c - im[b] * s, re[b] * s + im[b] * c);
                (re[b], im[b]) = (re[a] - x, im[a] - y);
                (re[a], im[a]) = (re[a] + x, im[a] + y);
            }
        }
        half *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lagged_products_agree_with_the_sum_that_defines_them() {
        for length in [1, 2, 7, 100] {
            let series: Vec<f64> = (0..length).map(|i| f64::from((i * i + 3) % 11) - 4.5).collect();
            let lags = length as usize;
            for (t, product) in lagged_products(&series, lags).into_iter().enumerate() {
                let direct: f64 = series.iter().zip(&series[t..]).map(|(a, b)| a * b).sum();
                assert!(
                    (product - direct).abs() < 1e-10,
                    "length {length}, lag {t}: {product} against {direct}"
                );
            }
        }
    }
}
