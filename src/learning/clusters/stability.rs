//! Whether more clusters would lower the free energy: the spread of each cluster, and the search for a place to nucleate one.

use super::eigen;
use super::{Cloud, Clusters, square_distance};

/// The spread of one cluster about its centre.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// The largest eigenvalue λ of the covariance C = Σ w_i p(k|i) (x_i − y_k)(x_i − y_k)ᵀ / q_k, in units of R².
    pub variance: f64,
    /// Its eigenvector, of length one.
    pub axis: Vec<f64>,
}

/// A place where a new centre would lower the free energy most, among those looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Nucleus {
    /// ln g(y): positive where a new centre lowers f.
    pub log_gain: f64,
    /// How far ln g is from 0 at the present centres, where it vanishes exactly at a minimum.
    pub noise: f64,
    /// The place y.
    pub place: Vec<f64>,
    /// The cluster whose points would make up most of the new one.
    pub parent: usize,
}

/// Below this ln g counts as 0.
const SILENT: f64 = 1e-10;
/// Most points from which the search starts; with more points, those that are explained worst, and others evenly.
const STARTS: usize = 512;
/// Climbs from the best starts, and most steps of each.
const CLIMBS: usize = 6;
const STEPS: usize = 60;

impl Nucleus {
    /// Whether a new centre lowers the free energy, beyond what rounding and an unfinished iteration feign.
    pub fn lowers(&self) -> bool {
        self.log_gain > SILENT + 10.0 * self.noise
    }
}

/// The covariance of each cluster's points, weighted with p(k|i).
pub(super) fn covariances(cloud: &Cloud, clusters: &Clusters, t: f64) -> Vec<Vec<f64>> {
    let (d, count) = (clusters.dimensions, clusters.count());
    let (shares, _) = clusters.assign(cloud, t);
    let mut sums = vec![vec![0.0; d * d]; count];
    let mut masses = vec![0.0; count];
    for (i, weight) in cloud.weights().iter().enumerate() {
        for k in 0..count {
            let share = weight * shares[i * count + k];
            masses[k] += share;
            if share == 0.0 {
                continue;
            }
            let off: Vec<f64> = cloud.point(i).iter().zip(clusters.centre(k)).map(|(x, y)| x - y).collect();
            for (row, left) in off.iter().enumerate() {
                for (column, right) in off.iter().enumerate() {
                    sums[k][row * d + column] += share * left * right;
                }
            }
        }
    }
    for (sum, mass) in sums.iter_mut().zip(&masses) {
        sum.iter_mut().for_each(|value| *value /= mass.max(f64::MIN_POSITIVE));
    }
    sums
}

/// The spread of each cluster: below t = 2λ a cluster is unstable against falling into two halves along the axis, since two
/// halves at y ± δ change f by q δᵀ(1 − 2C/t)δ to second order (Rose 1998, section II-C).
pub fn spreads(cloud: &Cloud, clusters: &Clusters, t: f64) -> Vec<Spread> {
    let all = covariances(cloud, clusters, t);
    all.iter()
        .map(|covariance| {
            let (variance, axis) = eigen::symmetric(covariance, clusters.dimensions).swap_remove(0);
            Spread { variance: variance.max(0.0), axis }
        })
        .collect()
}

/// ln g(y) = ln Σ_i w_i e^{−|x_i − y|²/t}/Z_i, and the terms' weighted mean of the points, towards which g rises (a step of
/// mean shift: K. Fukunaga, L. Hostetler, IEEE Trans. Inf. Theory 21 (1975) 32, doi:10.1109/TIT.1975.1055330).
fn gain(cloud: &Cloud, log_terms: &[f64], t: f64, place: &[f64]) -> (f64, Vec<f64>) {
    let exponents: Vec<f64> =
        (0..cloud.count()).map(|i| log_terms[i] - square_distance(cloud.point(i), place) / t).collect();
    let most = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (mut sum, mut mean) = (0.0, vec![0.0; place.len()]);
    for (i, exponent) in exponents.iter().enumerate() {
        let term = libm::exp(exponent - most);
        sum += term;
        mean.iter_mut().zip(cloud.point(i)).for_each(|(mean, x)| *mean += term * x);
    }
    mean.iter_mut().for_each(|value| *value /= sum);
    (most + libm::log(sum), mean)
}

/// Looks for the place at which a new centre would lower f most: from the points themselves, and from the axes of the
/// clusters near their centres, uphill in g.
pub fn nucleus(cloud: &Cloud, clusters: &Clusters, t: f64) -> Nucleus {
    let (shares, log_sums) = clusters.assign(cloud, t);
    let log_terms: Vec<f64> =
        cloud.weights().iter().zip(&log_sums).map(|(weight, log)| libm::log(*weight) - log).collect();
    let centres = (0..clusters.count()).map(|k| gain(cloud, &log_terms, t, clusters.centre(k)).0.abs());
    let noise = centres.fold(0.0, f64::max);
    let mut starts = points(cloud, &log_sums);
    for (k, spread) in spreads(cloud, clusters, t).iter().enumerate() {
        for step in 0..24 {
            let reach = libm::sqrt(spread.variance) * libm::pow(2.0, 1.5 - 0.6 * f64::from(step));
            for sign in [-1.0, 1.0] {
                starts.push(
                    clusters.centre(k).iter().zip(&spread.axis).map(|(y, a)| y + sign * reach * a).collect(),
                );
            }
        }
    }
    let mut ranked: Vec<(f64, Vec<f64>)> =
        starts.into_iter().map(|place| (gain(cloud, &log_terms, t, &place).0, place)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut chosen: Vec<(f64, Vec<f64>)> = Vec::new();
    for (value, place) in ranked {
        if chosen.len() < CLIMBS && chosen.iter().all(|(_, other)| square_distance(other, &place) > 0.1 * t) {
            chosen.push((value, place));
        }
    }
    let climbed = chosen.into_iter().map(|(_, place)| climb(cloud, &log_terms, t, place));
    let best = climbed.max_by(|a, b| a.0.total_cmp(&b.0));
    let (log_gain, place) = best.unwrap_or_else(|| (0.0, clusters.centre(0).to_vec()));
    let mut taken = vec![0.0; clusters.count()];
    for i in 0..cloud.count() {
        let term = libm::exp(log_terms[i] - square_distance(cloud.point(i), &place) / t - log_gain);
        taken.iter_mut().enumerate().for_each(|(k, sum)| *sum += term * shares[i * clusters.count() + k]);
    }
    let parent = (0..taken.len()).max_by(|a, b| taken[*a].total_cmp(&taken[*b]).then(b.cmp(a))).unwrap_or(0);
    Nucleus { log_gain, noise, place, parent }
}

/// Uphill in g by mean shift, which never lowers it.
fn climb(cloud: &Cloud, log_terms: &[f64], t: f64, place: Vec<f64>) -> (f64, Vec<f64>) {
    let mut place = place;
    let (mut value, mut next) = gain(cloud, log_terms, t, &place);
    for _ in 0..STEPS {
        let moved = square_distance(&next, &place);
        let (after, onward) = gain(cloud, log_terms, t, &next);
        if after <= value {
            break;
        }
        (value, place, next) = (after, next, onward);
        if moved < 1e-18 * t {
            break;
        }
    }
    (value, place)
}

/// The points from which the search starts.
fn points(cloud: &Cloud, log_sums: &[f64]) -> Vec<Vec<f64>> {
    let mut order: Vec<usize> = (0..cloud.count()).filter(|i| cloud.weights()[*i] > 0.0).collect();
    if order.len() > STARTS {
        let stride = order.len().div_ceil(STARTS / 2);
        let even: Vec<usize> = order.iter().copied().step_by(stride).collect();
        order.sort_by(|a, b| log_sums[*a].total_cmp(&log_sums[*b]).then(a.cmp(b)));
        order.truncate(STARTS / 2);
        order.extend(even);
    }
    order.into_iter().map(|i| cloud.point(i).to_vec()).collect()
}

/// The clusters with a new one at a place of gain, of the mass that lowers f most: the root of the convex problem
/// Σ w_i (a_i − 1)/(1 + ε(a_i − 1)) = 0, a_i = e^{−|x_i − y|²/t}/Z_i.
pub(super) fn with_nucleus(
    cloud: &Cloud,
    clusters: &Clusters,
    t: f64,
    place: &[f64],
    label: usize,
) -> Clusters {
    let (_, log_sums) = clusters.assign(cloud, t);
    let excess: Vec<f64> = (0..cloud.count())
        .map(|i| libm::exp((-square_distance(cloud.point(i), place) / t - log_sums[i]).min(600.0)) - 1.0)
        .collect();
    let slope = |mass: f64| -> f64 {
        cloud.weights().iter().zip(&excess).map(|(weight, a)| weight * a / (1.0 + mass * a)).sum()
    };
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if slope(middle) > 0.0 { low = middle } else { high = middle }
    }
    let mass = (0.5 * (low + high)).clamp(1e-9, 0.5);
    let mut grown = clusters.clone();
    grown.masses.iter_mut().for_each(|other| *other *= 1.0 - mass);
    grown.masses.push(mass);
    grown.centres.extend_from_slice(place);
    grown.labels.push(label);
    grown
}
