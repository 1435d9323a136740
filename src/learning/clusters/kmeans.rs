//! The limit of zero temperature: each point at its nearest centre, each centre the mean of its points (Lloyd's k-means).

use super::{Cloud, Clusters, square_distance};
use crate::rng::Stream;
use rand::RngExt;

/// A fixed point of k-means.
#[derive(Debug, Clone, PartialEq)]
pub struct Partition {
    /// The centres, row-major, in reduced units.
    pub centres: Vec<f64>,
    /// The nearest centre of each point.
    pub assignment: Vec<usize>,
    /// Σ_i w_i |x_i − y|² to the nearest centre, in units of R².
    pub distortion: f64,
}

/// Most rounds; each lowers the distortion, so that k-means ends by itself, mostly within some tens.
const ROUNDS: usize = 10_000;

/// Lloyd's iteration from the given centres (S. P. Lloyd, IEEE Trans. Inf. Theory 28 (1982) 129,
/// doi:10.1109/TIT.1982.1056489): a centre without points stays where it is.
pub fn kmeans(cloud: &Cloud, centres: &[f64]) -> Partition {
    let d = cloud.dimensions();
    let mut centres = centres.to_vec();
    let nearest = |centres: &[f64], i: usize| -> usize {
        let far = |k: &usize| square_distance(cloud.point(i), &centres[k * d..][..d]);
        (0..centres.len() / d).min_by(|a, b| far(a).total_cmp(&far(b))).unwrap_or(0)
    };
    let mut assignment = Vec::new();
    for _ in 0..ROUNDS {
        let now: Vec<usize> = (0..cloud.count()).map(|i| nearest(&centres, i)).collect();
        if now == assignment {
            break;
        }
        assignment = now;
        let (mut sums, mut masses) = (vec![0.0; centres.len()], vec![0.0; centres.len() / d]);
        for (i, k) in assignment.iter().enumerate() {
            let weight = cloud.weights()[i];
            masses[*k] += weight;
            sums[k * d..][..d].iter_mut().zip(cloud.point(i)).for_each(|(sum, x)| *sum += weight * x);
        }
        for (k, mass) in masses.iter().enumerate().filter(|(_, mass)| **mass > 0.0) {
            (0..d).for_each(|column| centres[k * d + column] = sums[k * d + column] / mass);
        }
    }
    let energy = |(i, k): (usize, &usize)| {
        cloud.weights()[i] * square_distance(cloud.point(i), &centres[k * d..][..d])
    };
    let distortion = assignment.iter().enumerate().map(energy).sum();
    Partition { centres, assignment, distortion }
}

/// The same clusters at zero temperature.
pub fn quench(cloud: &Cloud, clusters: &Clusters) -> Partition {
    kmeans(cloud, &clusters.centres)
}

/// `count` different points drawn at random as centres to start from (all of them, if there are fewer).
pub fn random_start(cloud: &Cloud, count: usize, stream: &mut Stream) -> Vec<f64> {
    let mut left: Vec<usize> = (0..cloud.count()).collect();
    let mut centres = Vec::new();
    for _ in 0..count.min(cloud.count()) {
        let at = stream.random_range(0..left.len());
        centres.extend_from_slice(cloud.point(left.swap_remove(at)));
    }
    centres
}
