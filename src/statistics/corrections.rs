//! The critical temperature from finite lattices, with what a finite size adds beyond the leading power of scaling.

use super::scaling::{CORRECTIONS, Collapse, Datum, Free, Scaling, fit_beyond};

/// The exponents ω that are tried: from the slowest of common universality classes (4/5 of three Potts states in the plane, 0.83 of
/// the Ising model in space) to one that sizes twice as large can hardly tell from none.
const OMEGAS: [f64; 6] = [0.8, 1.0, 1.5, 2.0, 3.0, 4.0];
/// Degrees of the polynomial that are tried.
const DEGREES: std::ops::RangeInclusive<usize> = 2..=7;
/// Where the search for T_c begins, as shares of the first guess away from it.
const SHIFTS: [f64; 3] = [0.0, -0.003, 0.003];

/// A fit with corrections.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Corrected {
    /// T_c, 1/ν, χ² and the rest.
    pub collapse: Collapse,
    /// The exponent ω with the least χ².
    pub omega: f64,
}

/// Fits y = f(x) + L^{−ω} (b₀ + b₁ x) with x = (T − T_c) L^{1/ν} and a polynomial f, for a quantity that does not scale, such as
/// the Binder cumulant: T_c, ν, ω and all coefficients.
///
/// The irrelevant field of the renormalisation group adds the second term, to first order, with the first two of its
/// coefficients in x (Slevin and Ohtsuki 1999, doi:10.1103/PhysRevLett.82.382, eqs. 4 and 5). It moves the crossings of sizes L and 2 L away
/// from T_c by a power L^{−ω−1/ν} (Binder 1981, doi:10.1007/BF01293604), so that a fit without it is off by more than its error once
/// the errors are small. ω takes the one of six values that makes χ² least: finer steps are beyond data of a few sizes.
/// The degree of f, 2 to 7, is the one with the least χ² + ln n (number of coefficients) (Schwarz 1978,
/// doi:10.1214/aos/1176344136). `None` for data of fewer than three sizes, or fewer than there are parameters.
pub fn corrected(data: &[Datum], start: Scaling) -> Option<Corrected> {
    let mut sizes: Vec<f64> = data.iter().map(|datum| datum.size).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    if sizes.len() < 3 {
        return None;
    }
    let price = libm::log(data.len() as f64);
    let score = |fit: &Corrected| fit.collapse.chi_squared + price * fit.collapse.degree as f64;
    DEGREES
        .filter(|degree| data.len() > degree + 1 + CORRECTIONS + 3)
        .filter_map(|degree| {
            let starts =
                SHIFTS.iter().map(|shift| Scaling { critical: start.critical * (1.0 + shift), ..start });
            best(starts.filter_map(|start| with_degree(data, start, degree)))
        })
        .min_by(|a, b| score(a).total_cmp(&score(b)))
}

/// [`corrected`] with a given degree of the polynomial.
pub fn with_degree(data: &[Datum], start: Scaling, degree: usize) -> Option<Corrected> {
    best(OMEGAS.into_iter().filter_map(|omega| {
        let mut collapse = fit_beyond(data, start, Free::Transition, degree, Some(omega))?;
        // ω is a parameter too.
        collapse.freedom = collapse.freedom.checked_sub(1)?;
        Some(Corrected { collapse, omega })
    }))
}

fn best(fits: impl Iterator<Item = Corrected>) -> Option<Corrected> {
    fits.min_by(|a, b| a.collapse.chi_squared.total_cmp(&b.collapse.chi_squared))
}
