//! How the peaks of the specific heat grow and move with the size of the lattice.

use super::peaks::{Peak, plain_label};
use crate::fact::Measured;
use crate::statistics::intervals::chi_squared_upper;
use schemars::JsonSchema;
use serde::Serialize;

/// How the peaks grow with the side L of the lattice.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Growth {
    /// The slope against ln L that theory gives for large L, 8 K_c²/π.
    pub theory: f64,
    /// The growth of the exact maxima from one size to the next.
    pub steps: Vec<Step>,
    /// A straight line against ln L through the measured peaks; empty for fewer than three sizes.
    pub line: Option<Line>,
    /// The two measured peaks, when there are just two sizes.
    pub pair: Option<Pair>,
}

/// The growth of the exact maximum between two sizes.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Step {
    /// The smaller lattice, in Markdown.
    pub from: String,
    /// The larger lattice, in Markdown.
    pub to: String,
    /// The difference of the maxima over that of ln L.
    pub slope: f64,
}

/// A weighted straight line through the measured peaks.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Line {
    /// The number of sizes.
    pub sizes: usize,
    /// The slope per unit of ln L.
    pub slope: Measured,
    /// The sum of the squared residuals in units of their errors.
    pub chi2: f64,
    /// The probability of so large a sum, or a larger one, if the growth is a straight line.
    pub p: f64,
    /// Whether the slope is positive by four errors and `p` exceeds 5 %.
    pub supported: bool,
}

/// The difference of two measured peaks.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Pair {
    /// The larger lattice's peak less the smaller's.
    pub difference: Measured,
    /// Whether it is positive by more than three errors.
    pub significant: bool,
}

/// The exact maxima of the two largest sizes against T_c.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shift {
    /// The smaller side L.
    pub small: f64,
    /// The larger side L.
    pub large: f64,
    /// Place of the smaller lattice's maximum less T_c.
    pub of_small: f64,
    /// Place of the larger lattice's maximum less T_c.
    pub of_large: f64,
    /// The exponent ν of a shift like L^(−1/ν) between these two.
    pub nu: f64,
}

/// A weighted straight line through the largest measured specific heats against ln L, L = √N: three curves or more.
///
/// The claim that they grow with ln L is made only if the slope is positive by four standard errors and the line fits
/// with a probability above 5 %.
pub(super) fn growth(peaks: &[Peak]) -> Growth {
    let points: Option<Vec<(f64, f64, f64)>> = peaks
        .iter()
        .map(|peak| {
            Some((0.5 * libm::log(peak.sites as f64), peak.value, peak.std_error.filter(|e| *e > 0.0)?))
        })
        .collect();
    let mut points = points.unwrap_or_default();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let pair = (points.len() == 2 && points[0].0 < points[1].0).then(|| {
        let [small, large] = [points[0], points[1]].map(|(_, heat, error)| Measured::new(heat, error));
        let difference = large.minus(small);
        Pair { difference, significant: difference.pull().is_some_and(|pull| pull > 3.0) }
    });
    points.dedup_by(|a, b| a.0 == b.0);
    Growth { theory: theory(), steps: exact_steps(peaks), line: line(&points), pair }
}

/// The line through points (ln L, c, error of c) in order of L; `None` for fewer than three.
fn line(points: &[(f64, f64, f64)]) -> Option<Line> {
    if points.len() < 3 {
        return None;
    }
    let sum = |f: &dyn Fn(f64, f64) -> f64| points.iter().map(|(x, y, e)| f(*x, *y) / (e * e)).sum::<f64>();
    let (w, x, y) = (sum(&|_, _| 1.0), sum(&|x, _| x), sum(&|_, y| y));
    let (x, y) = (x / w, y / w);
    let spread = sum(&|a, _| (a - x) * (a - x));
    let slope = sum(&|a, b| (a - x) * (b - y)) / spread;
    let slope_error = libm::sqrt(1.0 / spread);
    let chi2 = sum(&|a, b| (b - y - slope * (a - x)) * (b - y - slope * (a - x)));
    let p = chi_squared_upper(chi2, (points.len() - 2) as f64);
    Some(Line {
        sizes: points.len(),
        slope: Measured::new(slope, slope_error),
        chi2,
        p,
        supported: slope > 4.0 * slope_error && p > 0.05,
    })
}

/// 8 K_c²/π, from Onsager's solution: c ≈ (8 K_c²/π) ln L at the maximum.
fn theory() -> f64 {
    8.0 / std::f64::consts::PI * libm::pow(0.5 * libm::asinh(1.0), 2.0)
}

/// Differences of the exact maxima of successive sizes over the differences of ln L.
fn exact_steps(peaks: &[Peak]) -> Vec<Step> {
    let mut maxima: Vec<(f64, f64, &str)> = peaks
        .iter()
        .filter_map(|peak| Some((0.5 * libm::log(peak.sites as f64), peak.exact?.1, peak.label.as_str())))
        .collect();
    maxima.sort_by(|a, b| a.0.total_cmp(&b.0));
    maxima.dedup_by(|a, b| a.0 == b.0);
    maxima
        .windows(2)
        .map(|pair| {
            let slope = (pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0);
            Step { from: plain_label(pair[0].2), to: plain_label(pair[1].2), slope }
        })
        .collect()
}

/// How far the exact maxima of the two largest sizes lie from T_c.
///
/// Finite-size scaling has the shift fall like L^(−1/ν), with ν = 1 in two dimensions (Ferdinand and Fisher 1969); two sizes
/// give ν = ln(L₂/L₁)/ln(shift₁/shift₂).
pub(super) fn shift(peaks: &[Peak], t_c: f64) -> Option<Shift> {
    let mut places: Vec<(f64, f64)> =
        peaks.iter().filter_map(|peak| Some((libm::sqrt(peak.sites as f64), peak.exact?.0 - t_c))).collect();
    places.sort_by(|a, b| a.0.total_cmp(&b.0));
    places.dedup_by(|a, b| a.0 == b.0);
    let [.., (small, of_small), (large, of_large)] = places[..] else { return None };
    let nu = libm::log(large / small) / libm::log(of_small / of_large);
    (nu.is_finite() && of_small > 0.0).then_some(Shift { small, large, of_small, of_large, nu })
}
