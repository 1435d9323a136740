//! Figures and facts that were made for one idea each.

pub(super) mod microstates;
pub(super) mod surface;
pub(super) mod visible;

use super::figures::Curve;
use crate::figure::Figure;
use crate::kind::{Study, StudyPoint};

/// The figures that apply to a study with a single curve along the temperature.
pub(super) fn figures(study: &Study<'_>, curve: &Curve<'_>) -> Vec<Figure> {
    let machines = [visible::figure(study, curve), microstates::figure(study, curve)].into_iter().flatten();
    machines.chain(surface::figures(study, curve)).collect()
}

/// The place in a curve of the temperature nearest to 1, as ratios go: that of a machine as it was trained.
fn nearest_to_one(curve: &Curve<'_>) -> Option<usize> {
    let distance = |index: &usize| libm::log(curve.points[*index].0).abs();
    let places = (0..curve.points.len()).filter(|index| curve.points[*index].0 > 0.0);
    places.min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

/// Whether all points share one model, so that only the temperature differs.
fn one_model(study: &Study<'_>) -> bool {
    let identity = |point: &StudyPoint<'_>| point.downcast::<super::Ensemble>().model.identity();
    study.points.iter().all(|point| identity(point) == identity(&study.points[0]))
}

/// At most `most` places of a curve, evenly spread, with both ends and the place `keep` among them.
fn stops(count: usize, most: usize, keep: usize) -> Vec<usize> {
    if count <= most {
        return (0..count).collect();
    }
    let mut stops: Vec<usize> = (0..most).map(|k| k * (count - 1) / (most - 1)).collect();
    if let Some(nearest) = (1..most - 1).min_by_key(|k| stops[*k].abs_diff(keep))
        && keep > 0
        && keep + 1 < count
    {
        stops[nearest] = keep;
    }
    stops
}
