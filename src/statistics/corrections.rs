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

/// The power κ of a quantity y = L^κ (f(x) + L^{−ω} (b₀ + b₁ x)), with x and ω of the transition that `found` has: the degree of f is the one
/// with the least score, as of [`corrected`].
pub fn power(data: &[Datum], found: &Corrected) -> Option<Collapse> {
    let price = libm::log(data.len() as f64);
    let score = |fit: &Collapse| fit.chi_squared + price * fit.degree as f64;
    DEGREES
        .filter(|degree| data.len() > degree + 1 + CORRECTIONS + 1)
        .filter_map(|degree| power_with_degree(data, found, 0.0, degree))
        .min_by(|a, b| score(a).total_cmp(&score(b)))
}

/// [`power`] with a given degree of the polynomial, found from `start`.
pub fn power_with_degree(data: &[Datum], found: &Corrected, start: f64, degree: usize) -> Option<Collapse> {
    let start = Scaling { power: start, ..found.collapse.scaling };
    fit_beyond(data, start, Free::Power, degree, Some(found.omega))
}

fn best(fits: impl Iterator<Item = Corrected>) -> Option<Corrected> {
    fits.min_by(|a, b| a.collapse.chi_squared.total_cmp(&b.collapse.chi_squared))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{self, Stream};
    use crate::statistics::intervals::chi_squared_upper;
    use crate::statistics::scaling::{collapse, resampled};

    const TRUTH: Scaling = Scaling { critical: 2.27, thermal: 1.0, power: 0.0 };

    /// 0.4 − 0.3 tanh(x/2) + (0.25 − 0.05 x) L^{−1.2} with noise, at four sizes.
    fn data(error: f64, stream: &mut Stream) -> Vec<Datum> {
        let mut data = Vec::new();
        for size in [8.0, 16.0, 32.0, 64.0] {
            for step in -3..=3 {
                let x = 0.5 * f64::from(step);
                let shape = 0.4 - 0.3 * libm::tanh(0.5 * x) + (0.25 - 0.05 * x) * libm::pow(size, -1.2);
                let value = shape + error * rng::standard_normal(stream);
                let temperature = TRUTH.critical + x / libm::pow(size, TRUTH.thermal);
                data.push(Datum { size, temperature, value, error });
            }
        }
        data
    }

    #[test]
    fn corrections_that_shift_a_plain_fit_do_not_shift_this_one_and_its_errors_are_calibrated() {
        let start = Scaling { critical: 2.275, ..TRUTH };
        let (runs, mut pulls, mut plain) = (16, Vec::new(), Vec::new());
        for run in 0..runs {
            let mut stream = rng::stream(3, "corrections", "", run);
            let data = data(1e-3, &mut stream);
            let found = corrected(&data, start).unwrap();
            let best = found.collapse;
            let again: Vec<f64> = (0..16)
                .filter_map(|_| with_degree(&resampled(&data, &mut stream), best.scaling, best.degree))
                .map(|fit| fit.collapse.scaling.critical)
                .collect();
            assert_eq!(again.len(), 16);
            let mean = again.iter().sum::<f64>() / 16.0;
            let scatter: f64 = again.iter().map(|critical| (critical - mean) * (critical - mean)).sum();
            let error = libm::sqrt(scatter / 15.0);
            pulls.push((best.scaling.critical - TRUTH.critical) / error);
            let leading = collapse(&data, start, Free::Transition).unwrap();
            plain.push((leading.scaling.critical - TRUTH.critical) / error);
        }
        let mean = |pulls: &[f64]| pulls.iter().sum::<f64>() / runs as f64;
        let squares = pulls.iter().map(|z| z * z).sum::<f64>() / runs as f64;
        // Sixteen pulls: mean 0 ± 0.25, squares 1 ± 0.35 and some 15 % from the error's own error; 4.5 of each. ω lies on a grid, and
        // a nonlinear fit is a little biased: half an error is allowed for.
        assert!(mean(&pulls).abs() < 1.13 + 0.5, "pulls average {}", mean(&pulls));
        assert!(squares < 2.9, "squared pulls average {squares}");
        // Without corrections T_c is off by several of these errors.
        assert!(mean(&plain).abs() > 2.0, "plain pulls average {}", mean(&plain));
    }

    #[test]
    fn a_power_is_found_beside_its_correction() {
        let mut stream = rng::stream(5, "corrections", "", 0);
        let cumulants = data(1e-3, &mut stream);
        // L^{−1/8} (f + L^{−1.2} …), a thousandth of noise: −1/8 is what the uncorrected fit misses.
        let order: Vec<Datum> = data(1e-3, &mut stream)
            .into_iter()
            .map(|datum| {
                let factor = libm::pow(datum.size, -0.125);
                Datum { value: factor * datum.value, error: factor * datum.error, ..datum }
            })
            .collect();
        let found = corrected(&cumulants, TRUTH).unwrap();
        let best = power(&order, &found).unwrap();
        let again: Vec<f64> = (0..32)
            .filter_map(|_| {
                let cumulants = resampled(&cumulants, &mut stream);
                let fit = with_degree(&cumulants, found.collapse.scaling, found.collapse.degree)?;
                let order = resampled(&order, &mut stream);
                Some(power_with_degree(&order, &fit, best.scaling.power, best.degree)?.scaling.power)
            })
            .collect();
        let mean = again.iter().sum::<f64>() / again.len() as f64;
        let scatter: f64 = again.iter().map(|power| (power - mean) * (power - mean)).sum();
        let error = libm::sqrt(scatter / (again.len() - 1) as f64);
        let pull = (best.scaling.power + 0.125) / error;
        assert!(again.len() == 32 && error < 0.05 && pull.abs() < 4.5, "{} ± {error}", best.scaling.power);
        let plain = collapse(&order, TRUTH, Free::Power).unwrap();
        assert!(chi_squared(&plain) < 1e-6 && chi_squared(&best) > 1e-4, "{plain:?} and {best:?}");
    }

    /// The probability of so large a χ².
    fn chi_squared(fit: &Collapse) -> f64 {
        chi_squared_upper(fit.chi_squared, fit.freedom as f64)
    }

    #[test]
    fn too_few_sizes_or_data_are_no_fit() {
        let mut stream = rng::stream(4, "corrections", "", 0);
        let data = data(1e-3, &mut stream);
        assert!(corrected(&data[..14], TRUTH).is_none(), "two sizes");
        let few: Vec<Datum> = data.iter().copied().step_by(4).collect();
        assert!(corrected(&few, TRUTH).is_none(), "{} data", few.len());
    }
}
