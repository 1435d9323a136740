//! Finite-size scaling: critical temperature and exponents from curves of several sizes that fall on one.
//!
//! Source of the polynomial form: K. Slevin and T. Ohtsuki, Phys. Rev. Lett. 82 (1999) 382,
//! doi:10.1103/PhysRevLett.82.382.

use crate::rng::{self, Stream};

/// Degrees of the polynomial that are tried.
const DEGREES: std::ops::RangeInclusive<usize> = 3..=9;
/// Where the search for T_c begins, as shares of the first guess away from it.
const SHIFTS: [f64; 5] = [0.0, -0.002, 0.002, -0.01, 0.01];
/// Steps of the least-squares fit, at most.
const MOST_STEPS: usize = 60;
/// A step that lowers χ² by less than this ends the fit.
const CLOSE: f64 = 1e-9;
/// Terms of the corrections to scaling, b₀ and b₁ x.
pub(super) const CORRECTIONS: usize = 2;

/// A measured value of one size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Datum {
    /// Linear size L.
    pub size: f64,
    /// T.
    pub temperature: f64,
    /// The value.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
}

/// What scaling is about: y = L^κ f((T − T_c) L^{1/ν}).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scaling {
    /// T_c.
    pub critical: f64,
    /// 1/ν.
    pub thermal: f64,
    /// κ: 0 for the Binder cumulant, −β/ν for the order parameter, γ/ν for the susceptibility.
    pub power: f64,
}

/// A fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Collapse {
    /// The best parameters.
    pub scaling: Scaling,
    /// The sum of the squared residuals over the squared errors.
    pub chi_squared: f64,
    /// Data less parameters, those of the polynomial included.
    pub freedom: usize,
    /// The polynomial's degree.
    pub degree: usize,
}

/// Which parameters a fit may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Free {
    /// T_c and 1/ν.
    Transition,
    /// κ alone.
    Power,
}

impl Free {
    fn count(self) -> usize {
        match self {
            Self::Transition => 2,
            Self::Power => 1,
        }
    }

    /// Unit steps of the free parameters from `at`.
    fn moved(self, at: Scaling, step: &[f64]) -> Scaling {
        match self {
            Self::Transition => {
                Scaling { critical: at.critical + step[0], thermal: at.thermal + step[1], ..at }
            }
            Self::Power => Scaling { power: at.power + step[0], ..at },
        }
    }
}

/// Fits the free parameters so that χ² of the data about one polynomial in x = (T − T_c) L^{1/ν} is least.
///
/// For given parameters the polynomial is a linear fit, done anew in every step of a Levenberg–Marquardt search
/// (Marquardt 1963, doi:10.1137/0111030) over the others, from several values of T_c about that of `start`, since there may be
/// more than one minimum. The degree, from 3 to 9 and with four values or more for each coefficient beyond the fourth, is the one with the least
/// χ² + ln n (number of its coefficients) for n values (Schwarz 1978, doi:10.1214/aos/1176344136): a more pliant polynomial
/// would follow the noise, which no resampling sees. `None` for data of fewer than two sizes, or fewer than there are
/// parameters, or where the search fails.
pub fn collapse(data: &[Datum], start: Scaling, free: Free) -> Option<Collapse> {
    let first = data.first()?;
    if data.iter().all(|datum| datum.size == first.size) {
        return None;
    }
    let price = libm::log(data.len() as f64);
    let score = |fit: &Collapse| fit.chi_squared + price * fit.degree as f64;
    let shifts: &[f64] = if free == Free::Transition { &SHIFTS } else { &[0.0] };
    let starts = shifts.iter().map(|shift| Scaling { critical: start.critical * (1.0 + shift), ..start });
    let starts: Vec<Scaling> = starts.collect();
    DEGREES
        .filter(|degree| data.len() > degree + 1 + free.count() && degree < &(data.len() / 4).max(4))
        .flat_map(|degree| starts.iter().filter_map(move |start| fit(data, *start, free, degree)))
        .min_by(|a, b| score(a).total_cmp(&score(b)))
}

/// The same fit to data drawn anew about their values with their errors: its scatter is the error of the parameters
/// (the parametric bootstrap; Efron 1982, chapter 5).
pub fn resampled(data: &[Datum], stream: &mut Stream) -> Vec<Datum> {
    let draw =
        |datum: &Datum| Datum { value: datum.value + datum.error * rng::standard_normal(stream), ..*datum };
    data.iter().map(draw).collect()
}

/// [`collapse`] with a given degree.
pub fn fit(data: &[Datum], start: Scaling, free: Free, degree: usize) -> Option<Collapse> {
    fit_beyond(data, start, free, degree, None)
}

/// [`fit`] with, where ω is given, corrections L^κ L^{−ω} (b₀ + b₁ x) beside the polynomial, which count as two parameters.
pub(super) fn fit_beyond(
    data: &[Datum],
    start: Scaling,
    free: Free,
    degree: usize,
    omega: Option<f64>,
) -> Option<Collapse> {
    let count = free.count();
    let residuals = |scaling: Scaling| residuals(data, scaling, degree, omega);
    let sum = |values: &[f64]| values.iter().map(|x| x * x).sum::<f64>();
    let units = match free {
        Free::Transition => vec![1e-6 * start.critical, 1e-5],
        Free::Power => vec![1e-5],
    };
    let (mut scaling, mut damping) = (start, 1e-3);
    let mut now = residuals(scaling)?;
    let mut chi_squared = sum(&now);
    for _ in 0..MOST_STEPS {
        let mut slopes = Vec::with_capacity(count);
        for at in 0..count {
            let mut step = vec![0.0; count];
            step[at] = units[at];
            let (up, down) = (residuals(free.moved(scaling, &step))?, {
                step[at] = -units[at];
                residuals(free.moved(scaling, &step))?
            });
            slopes.push(up.iter().zip(&down).map(|(a, b)| 0.5 * (a - b)).collect::<Vec<f64>>());
        }
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        let mut improved = false;
        let mut gain = 0.0;
        while damping < 1e12 {
            let d = |i: usize| dot(&slopes[i], &slopes[i]) * (1.0 + damping);
            let g = |i: usize| -dot(&slopes[i], &now);
            let step = if count == 1 {
                vec![g(0) / d(0)]
            } else {
                let off = dot(&slopes[0], &slopes[1]);
                let det = d(0) * d(1) - off * off;
                vec![(g(0) * d(1) - off * g(1)) / det, (g(1) * d(0) - off * g(0)) / det]
            };
            let scaled: Vec<f64> = step.iter().zip(&units).map(|(step, unit)| step * unit).collect();
            let next = free.moved(scaling, &scaled);
            let tried = (next.thermal > 0.0).then(|| residuals(next)).flatten();
            if let Some(tried) = tried.filter(|tried| sum(tried) <= chi_squared) {
                gain = chi_squared - sum(&tried);
                (scaling, now, improved) = (next, tried, true);
                chi_squared -= gain;
                damping = (0.1 * damping).max(1e-12);
                break;
            }
            damping *= 10.0;
        }
        if !improved || gain < CLOSE * (1.0 + chi_squared) {
            break;
        }
    }
    let freedom = data.len().checked_sub(degree + 1 + count + omega.map_or(0, |_| CORRECTIONS))?;
    chi_squared.is_finite().then_some(Collapse { scaling, chi_squared, freedom, degree })
}

/// The residuals, in errors, of the scaled data about the best polynomial in the scaled temperature, with its corrections.
fn residuals(data: &[Datum], scaling: Scaling, degree: usize, omega: Option<f64>) -> Option<Vec<f64>> {
    let lengths = powers(data, scaling.thermal);
    let x: Vec<f64> = data
        .iter()
        .zip(&lengths)
        .map(|(datum, length)| (datum.temperature - scaling.critical) * length)
        .collect();
    let (low, high) = x.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(*x), b.max(*x)));
    if !(high > low && low.is_finite() && high.is_finite()) {
        return None;
    }
    // y/σ against the columns L^κ T_k(x)/σ, Chebyshev polynomials on the range of x, made orthogonal one by one.
    let unit: Vec<f64> =
        powers(data, scaling.power).iter().zip(data).map(|(factor, datum)| factor / datum.error).collect();
    let u: Vec<f64> = x.iter().map(|x| (2.0 * x - low - high) / (high - low)).collect();
    let mut columns = vec![unit.clone(), u.iter().zip(&unit).map(|(u, unit)| u * unit).collect()];
    for power in 2..=degree {
        let (last, before) = (&columns[power - 1], &columns[power - 2]);
        columns.push((0..u.len()).map(|at| 2.0 * u[at] * last[at] - before[at]).collect());
    }
    if let Some(omega) = omega {
        let constant: Vec<f64> =
            powers(data, -omega).iter().zip(&unit).map(|(factor, unit)| factor * unit).collect();
        let linear = constant.iter().zip(&x).map(|(value, x)| value * x).collect();
        columns.extend([constant, linear]);
    }
    let mut rest: Vec<f64> = data.iter().map(|datum| datum.value / datum.error).collect();
    for at in 0..columns.len() {
        let (basis, column) = columns.split_at_mut(at);
        let column = &mut column[0];
        let (size, mut left) = (norm(column), 0.0);
        // Twice is enough (Giraud and others 2005, doi:10.1007/s00211-005-0615-4), and once where little was taken away.
        for _ in 0..2 {
            for other in &*basis {
                let along: f64 = other.iter().zip(&*column).map(|(a, b)| a * b).sum();
                column.iter_mut().zip(other).for_each(|(value, other)| *value -= along * other);
            }
            left = norm(column);
            if left > 0.7 * size {
                break;
            }
        }
        if left <= 1e-11 * size {
            return None;
        }
        column.iter_mut().for_each(|value| *value /= left);
        let along: f64 = column.iter().zip(&rest).map(|(a, b)| a * b).sum();
        rest.iter_mut().zip(&*column).for_each(|(value, unit)| *value -= along * unit);
    }
    Some(rest)
}

/// L to a power for each of the data, whose sizes come in runs.
fn powers(data: &[Datum], exponent: f64) -> Vec<f64> {
    let mut last = (f64::NAN, f64::NAN);
    let power = |datum: &Datum| {
        if datum.size != last.0 {
            last = (datum.size, libm::pow(datum.size, exponent));
        }
        last.1
    };
    data.iter().map(power).collect()
}

fn norm(values: &[f64]) -> f64 {
    libm::sqrt(values.iter().map(|x| x * x).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUTH: Scaling = Scaling { critical: 2.27, thermal: 1.1, power: -0.12 };

    /// L^κ (0.6 − 0.4 tanh(x/2) + 0.05/(1 + x²)), no polynomial, with noise.
    fn data(truth: Scaling, error: f64, stream: &mut Stream) -> Vec<Datum> {
        let mut data = Vec::new();
        for size in [16.0, 32.0, 64.0] {
            for step in -6..=6 {
                let x = 0.35 * f64::from(step);
                let temperature = truth.critical + x / libm::pow(size, truth.thermal);
                let shape = 0.6 - 0.4 * libm::tanh(0.5 * x) + 0.05 / (1.0 + x * x);
                let value = libm::pow(size, truth.power) * shape + error * rng::standard_normal(stream);
                data.push(Datum { size, temperature, value, error });
            }
        }
        data
    }

    #[test]
    fn exact_data_give_back_their_parameters() {
        let mut stream = rng::stream(1, "collapse", "", 0);
        let exact = data(Scaling { power: 0.0, ..TRUTH }, 1e-12, &mut stream);
        let exact: Vec<Datum> = exact.into_iter().map(|datum| Datum { error: 1e-4, ..datum }).collect();
        let start = Scaling { critical: 2.26, thermal: 1.0, power: 0.0 };
        let found = fit(&exact, start, Free::Transition, 9).unwrap();
        assert!((found.scaling.critical - 2.27).abs() < 2e-5, "{found:?}");
        assert!((found.scaling.thermal - 1.1).abs() < 2e-3, "{found:?}");
        assert!(collapse(&exact[..13], start, Free::Transition).is_none(), "one size");
        assert!(collapse(&exact[10..15], start, Free::Transition).is_none(), "five values");
    }

    #[test]
    fn bootstrap_errors_are_calibrated() {
        let runs = 40;
        let mut pulls = vec![Vec::new(); 3];
        let mut chi = 0.0;
        for run in 0..runs {
            let mut stream = rng::stream(2, "collapse", "", run);
            let binder = data(Scaling { power: 0.0, ..TRUTH }, 2e-3, &mut stream);
            let order = data(TRUTH, 2e-3, &mut stream);
            let start = Scaling { critical: 2.275, thermal: 1.0, power: 0.0 };
            let both = |binder: &[Datum], order: &[Datum], degrees: Option<(usize, usize)>| {
                let first = match degrees {
                    None => collapse(binder, start, Free::Transition)?,
                    Some((degree, _)) => fit(binder, start, Free::Transition, degree)?,
                };
                let second = match degrees {
                    None => collapse(order, first.scaling, Free::Power)?,
                    Some((_, degree)) => fit(order, first.scaling, Free::Power, degree)?,
                };
                Some((first, second))
            };
            let (first, second) = both(&binder, &order, None).unwrap();
            chi += first.chi_squared / first.freedom as f64;
            let values = |(first, second): (Collapse, Collapse)| {
                [first.scaling.critical, first.scaling.thermal, second.scaling.power]
            };
            let found = values((first, second));
            let again: Vec<[f64; 3]> = (0..30)
                .filter_map(|_| {
                    let (binder, order) = (resampled(&binder, &mut stream), resampled(&order, &mut stream));
                    both(&binder, &order, Some((first.degree, second.degree))).map(values)
                })
                .collect();
            assert_eq!(again.len(), 30);
            for (at, truth) in [TRUTH.critical, TRUTH.thermal, TRUTH.power].into_iter().enumerate() {
                let mean = again.iter().map(|values| values[at]).sum::<f64>() / 30.0;
                let scatter: f64 = again.iter().map(|values| (values[at] - mean) * (values[at] - mean)).sum();
                pulls[at].push((found[at] - truth) / libm::sqrt(scatter / 29.0));
            }
        }
        for (at, pulls) in pulls.iter().enumerate() {
            let mean = pulls.iter().sum::<f64>() / runs as f64;
            let squares = pulls.iter().map(|z| z * z).sum::<f64>() / runs as f64;
            // Forty pulls: mean 0 ± 0.16, squares 1 ± 0.22 and some 7 % from the error's own error; 4.5 of each.
            assert!(mean.abs() < 0.71, "{at}: pulls average {mean}");
            assert!((0.1..2.1).contains(&squares), "{at}: squared pulls average {squares}");
        }
        // About 33 degrees of freedom: 1 ± 0.039 for forty runs; the choice of the degree takes a little.
        assert!(
            (0.78..1.18).contains(&(chi / runs as f64)),
            "χ² per degree of freedom {}",
            chi / runs as f64
        );
    }
}
