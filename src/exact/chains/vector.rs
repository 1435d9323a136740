//! Chains of unit vectors: the transfer matrix is diagonal in plane waves (XY) and in spherical harmonics (Heisenberg).

use super::jet::Jet;

/// K beyond which a chain of vectors counts as frozen: its sums would take too long.
const COLDEST: f64 = 1e12;

/// ln Z relative to the uniform measure: (N−1) ln λ₀ for an open chain, ln Σ_n g_n λ_n^N for a ring, with λ_n = I_n(K) and
/// g = 1, 2, 2, … (`order` c = 0, XY) or λ_n = √(π/2K) I_{n+½}(K) and g = 2n + 1 (c = 1, Heisenberg), K = βJ. For K < 0 the
/// odd eigenvalues are negative.
pub(super) fn log_partition(size: u64, ring: bool, beta: f64, coupling: f64, order: f64) -> Jet {
    let nan = Jet::constant(f64::NAN);
    let slope = if beta * coupling < 0.0 { -coupling } else { coupling };
    let k = Jet::linear(slope, beta);
    if k.value > COLDEST {
        return nan;
    }
    let n = size as f64;
    // ρ_{i+1} falls with i: beyond this many the terms of the ring are below e^{−40} of the first.
    let count = if ring { libm::sqrt(90.0 * k.value / n) as usize + 24 } else { 1 };
    let ratios = ratios(k, order, count);
    let log_first = Jet {
        value: if order == 0.0 { log_bessel(k.value) } else { log_sinhc(k.value) },
        first: ratios[0].value * k.first,
        second: ratios[0].first * k.first,
    };
    if !ring {
        return log_first * (n - 1.0);
    }
    let alternating = beta * coupling < 0.0 && size % 2 == 1;
    let mut sum = Jet::constant(0.0);
    let mut log = Jet::constant(0.0);
    let mut largest = 1.0_f64;
    for (index, ratio) in (1_u32..).zip(&ratios) {
        if ratio.value == 0.0 {
            break;
        }
        log = log + ratio.ln() * n;
        let degeneracy = if order == 0.0 { 2.0 } else { 2.0 * f64::from(index) + 1.0 };
        let sign = if alternating && index % 2 == 1 { -1.0 } else { 1.0 };
        let term = log.exp() * degeneracy;
        largest = largest.max(term.value);
        sum = sum + term * sign;
        if term.value < 1e-19 * (1.0 + sum.value) {
            break;
        }
    }
    if 1.0 + sum.value < 1e-4 * largest {
        return nan;
    }
    log_first * n + sum.log1p()
}

/// ρ_i = λ_i/λ_{i−1} for i = 1 … `count`, by the continued fraction ρ_i = K/(2i + c + K ρ_{i+1}) from far beyond (DLMF
/// 10.29.1 and 10.51.4): all terms are positive, as are those of the derivatives, which are then turned from K to β.
fn ratios(k: Jet, order: f64, count: usize) -> Vec<Jet> {
    let unit = Jet { value: k.value, first: 1.0, second: 0.0 };
    let start = count + 9 * libm::sqrt(k.value) as usize + 40;
    let far = (start + 1) as f64;
    let mut ratio = Jet::constant(k.value / (far + libm::sqrt(far * far + k.value * k.value)));
    let mut found = Vec::with_capacity(count);
    for i in (1..=start).rev() {
        ratio = unit / (Jet::constant(2.0 * i as f64 + order) + unit * ratio);
        if i <= count {
            found.push(ratio);
        }
    }
    found.reverse();
    found
        .into_iter()
        .map(|ratio| Jet {
            value: ratio.value,
            first: ratio.first * k.first,
            second: ratio.second * k.first * k.first,
        })
        .collect()
}

/// ln I₀(K): its power series up to K = 30, Hankel's expansion beyond (DLMF 10.25.2 and 10.40.1), to about 1e−15.
fn log_bessel(k: f64) -> f64 {
    if k <= 30.0 {
        let quarter = 0.25 * k * k;
        let (mut term, mut sum) = (1.0, 0.0);
        for m in 1..200 {
            term *= quarter / f64::from(m * m);
            sum += term;
            if term < 1e-18 * sum {
                break;
            }
        }
        return libm::log1p(sum);
    }
    let (mut term, mut sum) = (1.0, 0.0);
    for m in 1..40 {
        let odd = f64::from(2 * m - 1);
        term *= odd * odd / (8.0 * f64::from(m) * k);
        sum += term;
    }
    k - 0.5 * libm::log(std::f64::consts::TAU * k) + libm::log1p(sum)
}

/// ln(sinh K/K).
fn log_sinhc(k: f64) -> f64 {
    if k > 1.0 {
        return k + libm::log1p(-libm::exp(-2.0 * k)) - libm::log(2.0 * k);
    }
    let (mut term, mut sum) = (1.0, 0.0);
    for m in 1..12 {
        let n = f64::from(2 * m);
        term *= k * k / (n * (n + 1.0));
        sum += term;
    }
    libm::log1p(sum)
}
