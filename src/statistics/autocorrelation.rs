//! Integrated autocorrelation times by the Γ-method, over several replicas of one chain.
//!
//! Source: U. Wolff, Comput. Phys. Commun. 156 (2004) 143, doi:10.1016/S0010-4655(03)00467-3.

use super::fourier::Fourier;

/// Wolff's parameter S, the assumed ratio of exponential to integrated time, which sets how far the window reaches.
const WINDOW_FACTOR: f64 = 2.0;
/// From this many lags on, the Fourier transform is cheaper than direct sums.
const DIRECT_LAGS: usize = 128;
/// The lags that are looked at first; few series need more.
const FIRST_LAGS: usize = 32;
/// A window never closes where ρ(t) is still above this: in a short series the criterion alone could let it.
const STILL_CORRELATED: f64 = 0.5;
/// Least τ that is reported: strongly alternating chains could otherwise claim more samples than sense allows.
const LEAST_TAU: f64 = 0.05;

/// What the autocorrelation function of a stationary series says.
#[derive(Debug, Clone, PartialEq)]
pub struct Autocorrelation {
    /// Mean over all replicas.
    pub mean: f64,
    /// Variance Γ(0) of single values about the common mean, corrected for the mean's own fluctuation.
    pub variance: f64,
    /// τ = ½ + Σ_{t=1}^{W} ρ(t), in steps of the series, corrected for bias; ½ for independent values.
    pub tau: f64,
    /// One standard error of τ.
    pub tau_error: f64,
    /// The window W at which the sum was ended.
    pub window: usize,
    /// ρ(t) for t = 0, 1, 2 …, at least up to W.
    pub rho: Vec<f64>,
    /// Number of values N in all replicas.
    pub samples: usize,
    /// Whether the window closed by its criterion; if not, τ is a lower bound.
    pub converged: bool,
}

impl Autocorrelation {
    /// Effective number of independent values, N/(2τ).
    pub fn ess(&self) -> f64 {
        self.samples as f64 / (2.0 * self.tau)
    }

    /// One standard error of τ; `None` where τ is a lower bound only.
    pub fn known_tau_error(&self) -> Option<f64> {
        self.converged.then_some(self.tau_error)
    }

    /// One standard error of the mean: σ² = 2τ Γ(0)/N.
    pub fn std_error(&self) -> f64 {
        libm::sqrt(self.variance * 2.0 * self.tau / self.samples as f64)
    }
}

/// Analyses the replicas of a chain, all about their common mean.
///
/// Γ(t) = Σ_r Σ_i δ_{r,i} δ_{r,i+t} / Σ_r (N_r − t) with δ = x − x̄ (eq. 31 there), ρ(t) = Γ(t)/Γ(0). The window W is the
/// first at which e^{−W/τ_W} − τ_W/√(W N) < 0, with τ_W = S/ln((2τ + 1)/(2τ − 1)) (eqs. 50–52, S = 2), and ρ(W) < ½. The bias of the
/// subtracted mean is removed to first order, τ → τ (1 + (2W + 1)/N) (eq. 49), and the error is
/// δτ = τ √(4 (W + ½ − τ)/N) (eq. 42).
///
/// `None` when there are fewer than eight values or when they are all equal, so that nothing is known about τ.
pub fn autocorrelation(replicas: &[&[f64]]) -> Option<Autocorrelation> {
    let samples: usize = replicas.iter().map(|values| values.len()).sum();
    let longest = replicas.iter().map(|values| values.len()).max().unwrap_or(0);
    if samples < 8 || longest < 4 {
        return None;
    }
    // Shifting by the first value keeps the rounding error small beside the fluctuations.
    let origin = replicas.iter().find_map(|values| values.first())?;
    let shifted: f64 = replicas.iter().map(|values| values.iter().map(|x| x - origin).sum::<f64>()).sum();
    let centre = shifted / samples as f64;
    let deviations: Vec<Vec<f64>> =
        replicas.iter().map(|values| values.iter().map(|x| (x - origin) - centre).collect()).collect();
    if replicas.iter().all(|values| values.iter().all(|x| x == origin)) {
        return None;
    }

    let total = samples as f64;
    let most = longest / 2;
    let mut lags = FIRST_LAGS.min(most);
    loop {
        let gamma = autocovariance(&deviations, lags + 1);
        let mut rho: Vec<f64> = gamma.iter().map(|value| value / gamma[0]).collect();
        let (window, tau) = summed_to_window(&rho, total);
        if window.is_none() && lags < most {
            // A transform that holds some lags holds many more at no cost.
            lags = Fourier::room(longest, 4 * lags + 1).saturating_sub(1).min(most);
            continue;
        }
        let converged = window.is_some();
        let window = window.unwrap_or(lags);
        rho.truncate(4 * window.max(FIRST_LAGS) + 1);
        let correction = (2 * window + 1) as f64 / total;
        let tau = (tau * (1.0 + correction)).max(LEAST_TAU);
        return Some(Autocorrelation {
            mean: origin + centre,
            variance: gamma[0] * (1.0 + 2.0 * tau / total),
            tau,
            tau_error: tau * libm::sqrt((4.0 * (window as f64 + 0.5 - tau) / total).max(2.0 / total)),
            window,
            rho,
            samples,
            converged,
        });
    }
}

/// The first window that satisfies Wolff's criterion, and τ summed up to it (or over all lags).
fn summed_to_window(rho: &[f64], total: f64) -> (Option<usize>, f64) {
    let mut tau = 0.5;
    for (lag, correlation) in rho.iter().enumerate().skip(1) {
        tau += correlation;
        let scale = if tau <= 0.5 {
            f64::MIN_POSITIVE
        } else {
            WINDOW_FACTOR / libm::log((2.0 * tau + 1.0) / (2.0 * tau - 1.0))
        };
        let lag_real = lag as f64;
        if *correlation < STILL_CORRELATED
            && libm::exp(-lag_real / scale) < scale / libm::sqrt(lag_real * total)
        {
            return (Some(lag), tau);
        }
    }
    (None, tau)
}

/// Γ(t) for t = 0 … `lags` − 1, each over the number of pairs at that distance; lags without pairs are left out.
fn autocovariance(deviations: &[Vec<f64>], lags: usize) -> Vec<f64> {
    let mut sums = vec![0.0; lags];
    let mut pairs = vec![0_usize; lags];
    let mut fourier: Option<Fourier> = None;
    for values in deviations {
        let reach = lags.min(values.len());
        let products = if lags > DIRECT_LAGS {
            let fitting = fourier.take().filter(|fourier| fourier.fits(values.len(), reach));
            let fourier =
                fourier.insert(fitting.unwrap_or_else(|| Fourier::for_products(values.len(), reach)));
            fourier.lagged_products(values, reach)
        } else {
            (0..reach).map(|lag| dot(&values[..values.len() - lag], &values[lag..])).collect()
        };
        for (lag, product) in products.into_iter().enumerate() {
            sums[lag] += product;
            pairs[lag] += values.len() - lag;
        }
    }
    sums.iter().zip(&pairs).take_while(|(_, n)| **n > 0).map(|(sum, n)| sum / *n as f64).collect()
}

/// Σ a_i b_i in four interleaved partial sums: a fixed order that a compiler may put into one register.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 4];
    let (a_chunks, b_chunks) = (a.chunks_exact(4), b.chunks_exact(4));
    let tail: f64 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for k in 0..4 {
            lanes[k] += x[k] * y[k];
        }
    }
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + tail
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::rng::{self, Stream};
    use rand_distr::{Distribution, StandardNormal};

    /// x_{i+1} = ρ x_i + √(1 − ρ²) ξ_i, started in equilibrium: variance 1 and τ = ½ (1 + ρ)/(1 − ρ).
    pub(crate) fn autoregressive(length: usize, rho: f64, stream: &mut Stream) -> Vec<f64> {
        let mut normal = || -> f64 { StandardNormal.sample(stream) };
        let mut x = normal();
        let amplitude = libm::sqrt(1.0 - rho * rho);
        (0..length)
            .map(|_| {
                let now = x;
                x = rho * x + amplitude * normal();
                now
            })
            .collect()
    }

    fn replicas(length: usize, rho: f64, index: u64) -> Vec<Vec<f64>> {
        let mut stream = rng::stream(7, "autocorrelation test", "", index);
        (0..4).map(|_| autoregressive(length, rho, &mut stream)).collect()
    }

    #[test]
    fn tau_of_autoregressive_series_is_right_on_average_and_so_is_its_error() {
        for (rho, length) in [(0.0, 500), (0.8, 2500), (0.95, 8000)] {
            let exact = 0.5 * (1.0 + rho) / (1.0 - rho);
            let runs = 60;
            let (mut sum, mut pulls) = (0.0, 0.0);
            for index in 0..runs {
                let series = replicas(length, rho, index);
                let slices: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
                let result = autocorrelation(&slices).unwrap();
                assert!(result.converged);
                sum += result.tau / exact - 1.0;
                pulls += ((result.tau - exact) / result.tau_error).powi(2);
            }
            // 60 runs with a relative error below 7 % each: 4.5 standard errors of the mean are 4 %. The truncated
            // tail is worth another 2 %. Sixty squared pulls average 1 ± 0.18 if the stated errors are right; Wolff's
            // formula for them is itself good to some 20 % at these lengths.
            let bias = sum / runs as f64;
            assert!(bias.abs() < 0.05, "ρ = {rho}: τ is off by {bias} on average");
            let spread = pulls / runs as f64;
            assert!((0.3..2.1).contains(&spread), "ρ = {rho}: squared pulls average {spread}");
        }
    }

    #[test]
    fn the_error_of_tau_covers_the_exact_tau_as_often_as_it_claims() {
        for (rho, length) in [(0.5, 1500), (0.9, 6000)] {
            let exact = 0.5 * (1.0 + rho) / (1.0 - rho);
            let runs = 200;
            let pulls: Vec<f64> = (0..runs)
                .map(|index| {
                    let series = replicas(length, rho, 5000 + index);
                    let slices: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
                    let result = autocorrelation(&slices).unwrap();
                    (result.tau - exact) / result.known_tau_error().unwrap()
                })
                .collect();
            let count = runs as f64;
            let covered = pulls.iter().filter(|pull| pull.abs() < 1.0).count() as f64 / count;
            let mean = pulls.iter().sum::<f64>() / count;
            // 0.683 ± 0.033 for 200 runs; the tail beyond the window shifts the pulls by up to a quarter, which costs 0.015 of it.
            assert!((covered - 0.683).abs() < 4.5 * 0.033 + 0.015, "ρ = {rho}: covered {covered}");
            assert!(mean.abs() < 4.5 / libm::sqrt(count) + 0.25, "ρ = {rho}: pulls average {mean}");
        }
    }

    #[test]
    fn the_error_of_the_mean_covers_the_exact_mean_as_often_as_it_claims() {
        let runs = 400;
        let within = (0..runs)
            .filter(|index| {
                let series = replicas(500, 0.8, 1000 + index);
                let slices: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
                let result = autocorrelation(&slices).unwrap();
                result.mean.abs() < result.std_error()
            })
            .count() as f64;
        // 0.683 ± 0.023 for 400 runs; 4.5 standard errors are 0.105.
        assert!((within / runs as f64 - 0.683).abs() < 0.105, "covered {within} of {runs}");
    }

    #[test]
    fn long_memory_uses_the_transform_and_agrees_with_direct_sums() {
        let series = replicas(5000, 0.99, 3);
        let direct: Vec<Vec<f64>> = series.iter().map(|values| values[..5000].to_vec()).collect();
        let by_transform = autocovariance(&direct, DIRECT_LAGS + 1);
        let by_sums = autocovariance(&direct, DIRECT_LAGS);
        for (a, b) in by_transform.iter().zip(&by_sums) {
            assert!((a - b).abs() < 1e-11);
        }
    }

    #[test]
    fn constant_and_tiny_series_have_no_autocorrelation_time() {
        assert_eq!(autocorrelation(&[&[1.5; 100], &[1.5; 100]]), None);
        assert_eq!(autocorrelation(&[&[1.0, 2.0, 3.0]]), None);
        assert_eq!(autocorrelation(&[]), None);
        // Two replicas stuck at different values: correlated for ever, and the window says so.
        let stuck = autocorrelation(&[&[0.0; 100], &[1.0; 100]]).unwrap();
        assert!(!stuck.converged);
        assert!(stuck.ess() < 4.0, "ess = {}", stuck.ess());
    }
}
