//! The minimum of the free energy at one temperature that a set of centres leads to.

use super::{Cloud, square_distance};

/// Centres with their masses, in the reduced units of a [`Cloud`].
#[derive(Debug, Clone, PartialEq)]
pub struct Clusters {
    /// Number of coordinates of a centre.
    pub dimensions: usize,
    /// The masses q_k, which sum to one.
    pub masses: Vec<f64>,
    /// The centres y_k, row-major.
    pub centres: Vec<f64>,
    /// The name of each cluster, kept while the temperature falls.
    pub labels: Vec<usize>,
}

/// A stationary point of F, with what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Minimum {
    /// The centres and masses.
    pub clusters: Clusters,
    /// f = −t Σ w_i ln Z_i.
    pub free_energy: f64,
    /// The largest change of a centre (in units of R) or of the logarithm of a mass in one more step of the iteration.
    pub residual: f64,
    /// The steps taken.
    pub steps: usize,
}

/// Lightest cluster that is kept, and the nearest that two centres may be, in units of √t.
const LIGHTEST: f64 = 1e-13;
const NEAREST: f64 = 1e-5;

impl Clusters {
    /// One cluster of all points.
    pub fn whole(dimensions: usize) -> Self {
        Self { dimensions, masses: vec![1.0], centres: vec![0.0; dimensions], labels: vec![0] }
    }

    /// Number K of clusters.
    pub fn count(&self) -> usize {
        self.masses.len()
    }

    /// The centre y_k.
    pub fn centre(&self, index: usize) -> &[f64] {
        &self.centres[index * self.dimensions..][..self.dimensions]
    }

    /// p(k|i) of each point in turn (row-major), and ln Z_i.
    pub fn assign(&self, cloud: &Cloud, t: f64) -> (Vec<f64>, Vec<f64>) {
        let log_masses: Vec<f64> = self.masses.iter().map(|mass| libm::log(*mass)).collect();
        let mut shares = Vec::with_capacity(cloud.count() * self.count());
        let mut log_sums = Vec::with_capacity(cloud.count());
        for i in 0..cloud.count() {
            let begin = shares.len();
            let weigh = |k| log_masses[k] - square_distance(cloud.point(i), self.centre(k)) / t;
            shares.extend((0..self.count()).map(weigh));
            let row = &mut shares[begin..];
            let most = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            row.iter_mut().for_each(|exponent| *exponent = libm::exp(*exponent - most));
            let sum: f64 = row.iter().sum();
            row.iter_mut().for_each(|share| *share /= sum);
            log_sums.push(most + libm::log(sum));
        }
        (shares, log_sums)
    }

    /// f of these centres and masses, and what they become when each mass is set to Σ w_i p(k|i) and each centre to the mean
    /// of its points: a step that never raises f.
    fn step(&self, cloud: &Cloud, t: f64) -> (f64, Self) {
        let (shares, log_sums) = self.assign(cloud, t);
        let d = self.dimensions;
        let mut masses = vec![0.0; self.count()];
        let mut centres = vec![0.0; self.centres.len()];
        for (i, weight) in cloud.weights().iter().enumerate() {
            for k in 0..self.count() {
                let share = weight * shares[i * self.count() + k];
                masses[k] += share;
                let sum = &mut centres[k * d..][..d];
                sum.iter_mut().zip(cloud.point(i)).for_each(|(sum, x)| *sum += share * x);
            }
        }
        for (k, mass) in masses.iter().enumerate() {
            if *mass > 0.0 {
                centres[k * d..][..d].iter_mut().for_each(|sum| *sum /= mass);
            } else {
                centres[k * d..][..d].copy_from_slice(self.centre(k));
            }
        }
        let total: f64 = masses.iter().sum();
        masses.iter_mut().for_each(|mass| *mass /= total);
        let f = -t * cloud.weights().iter().zip(&log_sums).map(|(weight, log)| weight * log).sum::<f64>();
        (f, Self { masses, centres, ..self.clone() })
    }

    /// The largest difference of a coordinate, or of the logarithm of a mass.
    fn distance(&self, other: &Self) -> f64 {
        let places = self.centres.iter().zip(&other.centres).map(|(a, b)| (a - b).abs());
        let masses = self.masses.iter().zip(&other.masses).map(|(a, b)| libm::log(b / a).abs());
        masses.chain(places).fold(0.0, f64::max)
    }

    /// The place of an iteration: ln q_k, then the coordinates.
    fn coordinates(&self) -> Vec<f64> {
        self.masses.iter().map(|mass| libm::log(*mass)).chain(self.centres.iter().copied()).collect()
    }

    /// self + 2s·r + s²·v, with r the first of two steps, v the change of the second against it, and s = |r|/|v| up to a
    /// limit, which is given back; `None` where that leads no further than two steps.
    fn extrapolated(&self, one: &Self, two: &Self, limit: f64) -> Option<(Self, f64)> {
        let (a, b, c) = (self.coordinates(), one.coordinates(), two.coordinates());
        let (mut first, mut change) = (0.0, 0.0);
        for ((a, b), c) in a.iter().zip(&b).zip(&c) {
            first += (b - a) * (b - a);
            change += (c - 2.0 * b + a) * (c - 2.0 * b + a);
        }
        let s = libm::sqrt(first / change).min(limit);
        if !(s.is_finite() && s > 1.0) {
            return None;
        }
        let value = |at: usize| a[at] + 2.0 * s * (b[at] - a[at]) + s * s * (c[at] - 2.0 * b[at] + a[at]);
        let count = self.count();
        let most = (0..count).map(value).fold(f64::NEG_INFINITY, f64::max);
        let masses: Vec<f64> = (0..count).map(|k| libm::exp(value(k) - most)).collect();
        let total: f64 = masses.iter().sum();
        let masses: Vec<f64> = masses.iter().map(|mass| mass / total).collect();
        let sound = masses.iter().all(|mass| *mass > 0.01 * LIGHTEST);
        sound.then(|| (Self { masses, centres: (count..a.len()).map(value).collect(), ..self.clone() }, s))
    }

    /// The same without clusters that have no mass, and with those in one place made one.
    fn distinct(&self, t: f64) -> Self {
        let mut kept = Self { masses: Vec::new(), centres: Vec::new(), labels: Vec::new(), ..*self };
        for k in 0..self.count() {
            let near =
                |other: &usize| square_distance(self.centre(k), kept.centre(*other)) < NEAREST * NEAREST * t;
            if self.masses[k] < LIGHTEST {
                continue;
            }
            match (0..kept.count()).find(near) {
                Some(other) => {
                    let (old, new) = (kept.masses[other], self.masses[k]);
                    let share = new / (old + new);
                    kept.masses[other] = old + new;
                    let place = &mut kept.centres[other * self.dimensions..][..self.dimensions];
                    place.iter_mut().zip(self.centre(k)).for_each(|(a, b)| *a += share * (b - *a));
                }
                None => {
                    kept.masses.push(self.masses[k]);
                    kept.centres.extend_from_slice(self.centre(k));
                    kept.labels.push(self.labels[k]);
                }
            }
        }
        let total: f64 = kept.masses.iter().sum();
        kept.masses.iter_mut().for_each(|mass| *mass /= total);
        kept
    }
}

/// The minimum of f at temperature t > 0 that `start` leads to: the steps of the fixed-point iteration, every second pair
/// extrapolated where that lowers f (SQUAREM: R. Varadhan, C. Roland, Scand. J. Stat. 35 (2008) 335,
/// doi:10.1111/j.1467-9469.2007.00585.x). f never rises, but for merging centres nearer than 10⁻⁵ √t.
///
/// It ends when a step changes no centre (in units of R) and no logarithm of a mass by more than `tolerance`, or after `most`
/// steps: then [`Minimum::residual`] is larger. Near a transition the steps shrink slowly, since the restoring force
/// vanishes there.
pub fn minimise(cloud: &Cloud, start: &Clusters, t: f64, tolerance: f64, most: usize) -> Minimum {
    let mut now = start.distinct(t);
    let (mut f, mut next) = now.step(cloud, t);
    let (mut steps, mut limit) = (1, 4.0);
    loop {
        let residual = now.distance(&next);
        if residual <= tolerance || steps >= most {
            let clusters = next.distinct(t);
            if clusters.count() == next.count() || steps >= most {
                return Minimum { free_energy: clusters.step(cloud, t).0, clusters, residual, steps };
            }
            (f, next) = clusters.step(cloud, t);
            now = clusters;
            steps += 1;
            continue;
        }
        let (_, two) = next.step(cloud, t);
        steps += 1;
        let guess = now.extrapolated(&next, &two, limit).map(|(guess, s)| {
            steps += 1;
            let (value, after) = guess.step(cloud, t);
            (guess, value, after, s)
        });
        match guess {
            Some((guess, value, after, s)) if value <= f => {
                (now, f, next) = (guess, value, after);
                limit = if s == limit { 4.0 * limit } else { limit };
            }
            failed => {
                limit = if failed.is_some() { (0.25 * limit).max(2.0) } else { limit };
                now = two;
                (f, next) = now.step(cloud, t);
                steps += 1;
            }
        }
        if now.masses.iter().any(|mass| *mass < LIGHTEST) {
            now = now.distinct(t);
            (f, next) = now.step(cloud, t);
        }
    }
}
