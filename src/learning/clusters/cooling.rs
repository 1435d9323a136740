//! The cooling: the minimum of the free energy followed from temperature to temperature, and where its clusters split.

use super::minimum::{Clusters, Minimum, minimise};
use super::stability::{self, Nucleus, nucleus, spreads};
use super::{Cloud, square_distance};
use std::ops::ControlFlow;

/// How to cool.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The temperatures T > 0 in falling order, in the units of the data.
    pub temperatures: Vec<f64>,
    /// Most clusters.
    pub most_clusters: usize,
    /// Largest change of a centre (in units of R) and of the logarithm of a mass in the last step of an iteration.
    pub tolerance: f64,
    /// Most steps of an iteration.
    pub most_steps: usize,
}

/// The state at one temperature, in the units of the data.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// T.
    pub temperature: f64,
    /// Centres and masses, reduced; [`Cloud::place`] has them in the units of the data.
    pub clusters: Clusters,
    /// F = −T Σ w_i ln Z_i.
    pub free_energy: f64,
    /// D = Σ w_i p(k|i) |x_i − y_k|².
    pub distortion: f64,
    /// I, the entropy of the masses less the mean entropy of p(k|i), in nats.
    pub information: f64,
    /// 2λ of each cluster: the temperature below which it is unstable.
    pub critical: Vec<f64>,
    /// ln g at the best place for one more centre: positive where more clusters would have a lower F.
    pub log_gain: f64,
    /// Whether one more cluster would lower F.
    pub divisible: bool,
    /// Steps of the iteration.
    pub steps: usize,
    /// The largest change of a centre (in units of R) or of the logarithm of a mass in the last step.
    pub residual: f64,
}

/// One new cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// The highest temperature at which the new cluster is known to lower F.
    pub temperature: f64,
    /// The lowest one above at which it does not; `None` where the cooling began below the split.
    pub above: Option<f64>,
    /// The cluster that it comes from, and its own name.
    pub parent: usize,
    /// The name of the new cluster.
    pub child: usize,
    /// 2λ of the parent just above.
    pub critical: f64,
    /// The mass of the parent just above.
    pub mass: f64,
    /// Clusters after it.
    pub clusters: usize,
    /// The distance at which the new centre appears from its parent's, in units of √T.
    pub distance: f64,
}

/// A whole cooling.
#[derive(Debug, Clone, PartialEq)]
pub struct Cooling {
    /// One stage for each temperature.
    pub stages: Vec<Stage>,
    /// The splits in order.
    pub splits: Vec<Split>,
}

/// Steps of the iteration just below a split, where it is slow, and only a beginning is needed.
const FIRST_STEPS: usize = 400;
/// Relative width to which a split's temperature is bracketed.
const BRACKET: f64 = 1e-6;

/// 2λ_max of all points, below which one cluster is unstable, in the units of the data; 0 for points that are all the same.
pub fn first_critical_temperature(cloud: &Cloud) -> f64 {
    2.0 * spreads(cloud, &Clusters::whole(cloud.dimensions()), 1.0)[0].variance * cloud.unit()
}

/// A temperature at which one cluster is the best there is: 1.3 times 2λ_max, and by such factors more where a distant group
/// would make a cluster of its own before.
pub fn hot_enough(cloud: &Cloud) -> f64 {
    let whole = Clusters::whole(cloud.dimensions());
    let mut temperature = 1.3 * first_critical_temperature(cloud);
    // Above 4 (largest distance)² one cluster is stable: g ≤ 1 + O(1/t), so that the search ends.
    for _ in 0..200 {
        if temperature <= 0.0 || !nucleus(cloud, &whole, temperature / cloud.unit()).lowers() {
            break;
        }
        temperature *= 1.3;
    }
    temperature
}

/// Cools the points. `advance` is told the share of the temperatures done; `None` is returned when it breaks.
///
/// At each temperature the minimum is followed from the one before. If a new centre would then lower F, the temperature at
/// which it first would is found by bisection, the centre is put there with the mass that lowers F most, and the minimum is
/// sought anew: F never exceeds that of the clusters that were not split.
pub fn cool(
    cloud: &Cloud,
    settings: &Settings,
    advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Option<Cooling> {
    let mut cooling = Cooling { stages: Vec::new(), splits: Vec::new() };
    let mut clusters = Clusters::whole(cloud.dimensions());
    let mut before = None;
    for (index, temperature) in settings.temperatures.iter().enumerate() {
        if advance(index as f64 / settings.temperatures.len() as f64).is_break() {
            return None;
        }
        let minimum = if cloud.radius() > 0.0 {
            let t = temperature / cloud.unit();
            let run = Run { cloud, settings, t };
            run.descend(clusters, before, &mut cooling.splits)
        } else {
            Minimum { clusters, free_energy: 0.0, residual: 0.0, steps: 0 }
        };
        clusters = minimum.clusters.clone();
        before = Some(temperature / cloud.unit());
        cooling.stages.push(stage(cloud, *temperature, minimum));
    }
    Some(cooling)
}

/// The work at one temperature.
struct Run<'a> {
    cloud: &'a Cloud,
    settings: &'a Settings,
    t: f64,
}

/// Two temperatures between which a split lies.
struct Bracket {
    /// The lower one, its minimum and where a new centre would go.
    low: f64,
    below: Minimum,
    place: Nucleus,
    /// The upper one and the clusters there.
    high: Option<f64>,
    above: Clusters,
}

impl Run<'_> {
    fn minimum(&self, start: &Clusters, t: f64) -> Minimum {
        minimise(self.cloud, start, t, self.settings.tolerance, self.settings.most_steps)
    }

    /// The minimum at `t`, from the one at the temperature `before`, with every split on the way.
    fn descend(&self, mut clusters: Clusters, mut before: Option<f64>, splits: &mut Vec<Split>) -> Minimum {
        let entry = before;
        // Each round has a lower F, and adds a cluster unless another one vanishes.
        for _ in 0..4 * self.settings.most_clusters {
            let minimum = self.minimum(&clusters, self.t);
            if minimum.clusters.count() >= self.settings.most_clusters {
                return minimum;
            }
            let place = nucleus(self.cloud, &minimum.clusters, self.t);
            if !place.lowers() {
                return minimum;
            }
            // Clusters that part at one temperature share the bracket of the first of them.
            let shared = entry.and(splits.last()).and_then(|split| split.above);
            let bracket = self.bracket(clusters, (before, shared), minimum, place);
            let low = bracket.low;
            let label = splits.iter().map(|split| split.child).max().unwrap_or(0) + 1;
            let grown = stability::with_nucleus(
                self.cloud,
                &bracket.below.clusters,
                low,
                &bracket.place.place,
                label,
            );
            let steps = FIRST_STEPS.min(self.settings.most_steps);
            let after = minimise(self.cloud, &grown, low, self.settings.tolerance, steps).clusters;
            if after.labels.contains(&label) {
                splits.push(self.split(&bracket, label, after.count()));
            }
            (clusters, before) = (after, Some(low));
        }
        self.minimum(&clusters, self.t)
    }

    /// Narrows down the temperature of a split between `before`, where the clusters are stable, and the present one; where
    /// there is nothing between, the bracket ends at `shared`.
    fn bracket(
        &self,
        clusters: Clusters,
        (before, shared): (Option<f64>, Option<f64>),
        minimum: Minimum,
        place: Nucleus,
    ) -> Bracket {
        let Some(mut high) = before.filter(|before| *before > self.t) else {
            return Bracket {
                low: self.t,
                above: minimum.clusters.clone(),
                below: minimum,
                place,
                high: shared,
            };
        };
        let mut bracket = Bracket { low: self.t, below: minimum, place, high: Some(high), above: clusters };
        while high - bracket.low > BRACKET * high {
            let middle = 0.5 * (bracket.low + high);
            let minimum = self.minimum(&bracket.above, middle);
            let place = nucleus(self.cloud, &minimum.clusters, middle);
            if place.lowers() {
                (bracket.low, bracket.below, bracket.place) = (middle, minimum, place);
            } else {
                (high, bracket.above) = (middle, minimum.clusters);
            }
        }
        bracket.high = Some(high);
        bracket
    }

    fn split(&self, bracket: &Bracket, child: usize, clusters: usize) -> Split {
        let unit = self.cloud.unit();
        let below = &bracket.below.clusters;
        let parent = bracket.place.parent;
        let t = bracket.high.unwrap_or(bracket.low);
        let above = bracket.above.labels.iter().position(|label| *label == below.labels[parent]);
        let (state, at) = above.map_or((below, parent), |at| (&bracket.above, at));
        let distance = square_distance(&bracket.place.place, below.centre(parent)) / bracket.low;
        Split {
            temperature: bracket.low * unit,
            above: bracket.high.map(|high| high * unit),
            parent: below.labels[parent],
            child,
            critical: 2.0 * spreads(self.cloud, state, t)[at].variance * unit,
            mass: state.masses[at],
            clusters,
            distance: libm::sqrt(distance),
        }
    }
}

/// What is measured at a minimum.
fn stage(cloud: &Cloud, temperature: f64, minimum: Minimum) -> Stage {
    let Minimum { clusters, free_energy, residual, steps } = minimum;
    if cloud.radius() == 0.0 {
        let (critical, log_gain) = (vec![0.0], 0.0);
        let (free_energy, distortion, information) = (0.0, 0.0, 0.0);
        return Stage {
            temperature,
            clusters,
            free_energy,
            distortion,
            information,
            critical,
            log_gain,
            divisible: false,
            steps,
            residual,
        };
    }
    let t = temperature / cloud.unit();
    let (shares, _) = clusters.assign(cloud, t);
    let count = clusters.count();
    let (mut distortion, mut within, mut masses) = (0.0, 0.0, vec![0.0; count]);
    let minus_plnp = |p: f64| if p > 0.0 { -p * libm::log(p) } else { 0.0 };
    for (i, weight) in cloud.weights().iter().enumerate() {
        for (k, share) in shares[i * count..][..count].iter().enumerate() {
            distortion += weight * share * square_distance(cloud.point(i), clusters.centre(k));
            within += weight * minus_plnp(*share);
            masses[k] += weight * share;
        }
    }
    let information = (masses.iter().map(|mass| minus_plnp(*mass)).sum::<f64>() - within).max(0.0);
    let critical =
        spreads(cloud, &clusters, t).iter().map(|spread| 2.0 * spread.variance * cloud.unit()).collect();
    let place = nucleus(cloud, &clusters, t);
    Stage {
        temperature,
        free_energy: free_energy * cloud.unit(),
        distortion: distortion * cloud.unit(),
        information,
        critical,
        log_gain: place.log_gain,
        divisible: place.lowers(),
        clusters,
        steps,
        residual,
    }
}
