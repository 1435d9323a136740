//! A small radix-2 Fourier transform whose result does not depend on the processor.
//!
//! Library transforms choose their instructions at run time, and with them the last bits; autocorrelation times are
//! results, so they are computed by this plain code.

use std::f64::consts::PI;

/// The transform of one length, with the roots of unity that it needs.
pub(crate) struct Fourier {
    /// e^{−2πi k/(2h)} for k = 0 … h − 1 lies at h + k, for each h = 1, 2, 4 … n/2: every stage reads its own in order.
    cosines: Vec<f64>,
    sines: Vec<f64>,
}

impl Fourier {
    /// The transform that holds `lags` lagged products of `values` values.
    pub(crate) fn for_products(values: usize, lags: usize) -> Self {
        Self::of_length(padded(values, lags))
    }

    /// How many lagged products of `values` values the transform for `lags` of them holds.
    pub(crate) fn room(values: usize, lags: usize) -> usize {
        padded(values, lags) - values
    }

    /// Whether this is [`Fourier::for_products`] of these numbers.
    pub(crate) fn fits(&self, values: usize, lags: usize) -> bool {
        self.cosines.len() == padded(values, lags)
    }

    fn of_length(n: usize) -> Self {
        let (mut cosines, mut sines) = (vec![1.0; n], vec![0.0; n]);
        let mut half = n / 2;
        for k in 0..half {
            let angle = -2.0 * PI * k as f64 / n as f64;
            (cosines[half + k], sines[half + k]) = (libm::cos(angle), libm::sin(angle));
        }
        while half > 1 {
            half /= 2;
            for k in 0..half {
                (cosines[half + k], sines[half + k]) = (cosines[2 * (half + k)], sines[2 * (half + k)]);
            }
        }
        Self { cosines, sines }
    }

    /// Σ_i x_i x_{i+t} for t = 0 … `lags` − 1, by the Wiener–Khinchin theorem (zero-padded, so not periodic).
    pub(crate) fn lagged_products(&self, series: &[f64], lags: usize) -> Vec<f64> {
        debug_assert!(self.fits(series.len(), lags));
        let length = self.cosines.len();
        let mut re = series.to_vec();
        re.resize(length, 0.0);
        let im = self.transform_real(&mut re);
        for (a, b) in re.iter_mut().zip(&im) {
            *a = *a * *a + b * b;
        }
        // The power spectrum is even, so the forward transform also inverts it, up to the factor `length`.
        self.transform_real(&mut re);
        re.truncate(lags);
        re.iter_mut().for_each(|value| *value /= length as f64);
        re
    }

    /// X_k = Σ_j x_j e^{−2πi jk/n} of real x (Cooley and Tukey 1965, doi:10.1090/S0025-5718-1965-0178586-1); n is a power of
    /// two. The real part takes the place of x, the imaginary part is returned.
    fn transform_real(&self, re: &mut [f64]) -> Vec<f64> {
        let n = re.len();
        let bits = n.trailing_zeros();
        for i in 1..n {
            let j = i.reverse_bits() >> (usize::BITS - bits);
            if i < j {
                re.swap(i, j);
            }
        }
        let mut im = vec![0.0; n];
        let mut half = 1;
        while half < n {
            let roots = (&self.cosines[half..2 * half], &self.sines[half..2 * half]);
            for (re, im) in re.chunks_exact_mut(2 * half).zip(im.chunks_exact_mut(2 * half)) {
                let (re, im) = (re.split_at_mut(half), im.split_at_mut(half));
                match half {
                    1 => butterflies::<1>(re, im, roots),
                    2 => butterflies::<2>(re, im, roots),
                    _ => butterflies::<4>(re, im, roots),
                }
            }
            half *= 2;
        }
        im
    }
}

/// The transform's length: the values, zeros for the lags, and zeros up to a power of two.
fn padded(values: usize, lags: usize) -> usize {
    (values + lags).next_power_of_two()
}

/// (a, b) → (a + w b, a − w b) for each pair of the two halves of a block, LANES at a time, as a register holds them: the
/// sums and products are the same one by one.
#[inline]
fn butterflies<const LANES: usize>(
    re: (&mut [f64], &mut [f64]),
    im: (&mut [f64], &mut [f64]),
    roots: (&[f64], &[f64]),
) {
    let upper = re.0.as_chunks_mut::<LANES>().0.iter_mut().zip(im.0.as_chunks_mut::<LANES>().0);
    let lower = re.1.as_chunks_mut::<LANES>().0.iter_mut().zip(im.1.as_chunks_mut::<LANES>().0);
    let roots = roots.0.as_chunks::<LANES>().0.iter().zip(roots.1.as_chunks::<LANES>().0);
    for (((re_a, im_a), (re_b, im_b)), (c, s)) in upper.zip(lower).zip(roots) {
        let (a, b) = ((*re_a, *im_a), (*re_b, *im_b));
        for k in 0..LANES {
            let (x, y) = (b.0[k] * c[k] - b.1[k] * s[k], b.0[k] * s[k] + b.1[k] * c[k]);
            (re_b[k], im_b[k]) = (a.0[k] - x, a.1[k] - y);
            (re_a[k], im_a[k]) = (a.0[k] + x, a.1[k] + y);
        }
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
            let products = Fourier::for_products(series.len(), lags).lagged_products(&series, lags);
            for (t, product) in products.into_iter().enumerate() {
                let direct: f64 = series.iter().zip(&series[t..]).map(|(a, b)| a * b).sum();
                assert!(
                    (product - direct).abs() < 1e-10,
                    "length {length}, lag {t}: {product} against {direct}"
                );
            }
        }
    }
}
