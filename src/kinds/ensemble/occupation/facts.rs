//! What the handout of objects in boxes can say.

use super::Boxes;
use crate::exact::occupation::{log_factorial, stirling};
use crate::kind::StudyPoint;
use schemars::JsonSchema;
use serde::Serialize;

/// The facts of a study of objects in boxes; all numbers are exact.
#[derive(Debug, Serialize, JsonSchema)]
pub(in super::super) struct Occupied {
    /// The number of boxes of the first point.
    pub boxes: usize,
    /// The point of fewest objects.
    pub first: Filling,
    /// The point of most objects.
    pub last: Filling,
    /// All points in order of the number of objects, nine at most.
    pub rows: Vec<Filling>,
    /// The boxes at `first`.
    pub first_boxes: Vec<Line>,
    /// The boxes at `last`.
    pub last_boxes: Vec<Line>,
    /// How quantities change between the two points of most objects; empty unless these differ in the number of objects alone.
    pub slopes: Option<Slopes>,
}

/// One point.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(in super::super) struct Filling {
    /// The number N of objects.
    pub objects: u64,
    /// The total energy E.
    pub energy: f64,
    /// The energy E/N of an object on average.
    pub energy_per_object: f64,
    /// The logarithm ln Ω of the number of assignments.
    pub log_multiplicity: f64,
    /// Ω itself; empty where it is above 10^15.
    pub multiplicity: Option<f64>,
    /// The entropy ln Ω/N of one object.
    pub entropy_per_object: f64,
    /// The entropy of the Boltzmann distribution, which that tends to.
    pub limit: f64,
    /// β; empty where it is infinite or undetermined.
    pub inverse_temperature: Option<f64>,
    /// 1/β; empty where β is 0 or has no value.
    pub temperature: Option<f64>,
    /// KL(⟨n⟩/N ‖ p).
    pub divergence: f64,
    /// The width of the peak.
    pub width: f64,
    /// The share of all assignments that the most probable distribution has; empty where that was not found.
    pub share: Option<f64>,
    /// N S − ln Ω.
    pub stirling_error: f64,
    /// That as a share of ln Ω; empty where ln Ω is 0.
    pub stirling_relative: Option<f64>,
    /// The exact value of ln N!.
    pub log_factorial: f64,
    /// Stirling's value N ln N − N for that.
    pub stirling: f64,
}

/// One box.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(in super::super) struct Line {
    /// Its energy.
    pub energy: f64,
    /// Its places g.
    pub degeneracy: f64,
    /// The mean number ⟨n⟩ of objects in it.
    pub mean: f64,
    /// The standard deviation of n.
    pub deviation: f64,
    /// n*; empty where it was not found.
    pub most_probable: Option<f64>,
    /// The number N p by Boltzmann's distribution.
    pub boltzmann: f64,
}

/// Logarithmic slopes against N.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(in super::super) struct Slopes {
    /// The smaller N of the two points.
    pub from: u64,
    /// The larger N of the two points.
    pub to: u64,
    /// Of the width.
    pub width: f64,
    /// Of the divergence; empty where it is 0.
    pub divergence: Option<f64>,
}

/// The points that have objects, in order of their number.
pub(super) fn ordered<'a>(points: &'a [StudyPoint<'a>]) -> Vec<&'a StudyPoint<'a>> {
    let objects = |point: &&StudyPoint<'_>| point.downcast::<Boxes>().occupation.objects();
    let solved = |point: &&StudyPoint<'_>| objects(point) > 0 && !point.analysis.estimates.is_empty();
    let mut points: Vec<&StudyPoint<'_>> = points.iter().filter(solved).collect();
    points.sort_by_key(objects);
    points
}

/// The facts; `None` without a point that has objects.
pub(super) fn facts(points: &[&StudyPoint<'_>]) -> Option<Occupied> {
    let (first, last) = (points.first()?, points.last()?);
    let stride = points.len().div_ceil(9).max(1);
    let shown =
        points.iter().enumerate().filter(|(index, _)| (points.len() - 1 - index).is_multiple_of(stride));
    Some(Occupied {
        boxes: first.downcast::<Boxes>().occupation.boxes().len(),
        first: filling(first)?,
        last: filling(last)?,
        rows: shown.filter_map(|(_, point)| filling(point)).collect(),
        first_boxes: lines(first),
        last_boxes: lines(last),
        slopes: slopes(points),
    })
}

fn value(point: &StudyPoint<'_>, name: &str) -> Option<f64> {
    point.analysis.get(name).and_then(|estimate| estimate.value)
}

pub(super) fn filling(point: &StudyPoint<'_>) -> Option<Filling> {
    let occupation = &point.downcast::<Boxes>().occupation;
    let limit = occupation.boltzmann()?;
    let objects = occupation.objects();
    let log_multiplicity = value(point, "log_multiplicity")?;
    let energy = occupation.quanta().energy(objects);
    let beta = value(point, "inverse_temperature");
    let error = value(point, "stirling_error")?;
    let share = point.analysis.table("multiplicity").map(|table| table.numbers("share"));
    Some(Filling {
        objects,
        energy,
        energy_per_object: energy / objects as f64,
        log_multiplicity,
        multiplicity: (log_multiplicity < 34.0).then(|| whole(libm::exp(log_multiplicity))),
        entropy_per_object: value(point, "entropy_per_object")?,
        limit: limit.entropy,
        inverse_temperature: beta,
        temperature: beta.filter(|beta| *beta != 0.0).map(|beta| 1.0 / beta),
        divergence: value(point, "kl_divergence")?,
        width: value(point, "peak_width")?,
        share: share.and_then(|share| share.first().copied()),
        stirling_error: error,
        stirling_relative: (log_multiplicity > 0.0).then(|| error / log_multiplicity),
        log_factorial: log_factorial(objects),
        stirling: stirling(objects),
    })
}

/// A number of assignments is whole, unless degeneracies are not; rounding is taken off.
fn whole(number: f64) -> f64 {
    let nearest = libm::round(number);
    if (number - nearest).abs() < 1e-9 * number { nearest } else { number }
}

pub(super) fn lines(point: &StudyPoint<'_>) -> Vec<Line> {
    let Some(table) = point.analysis.table("occupations") else { return Vec::new() };
    let column = |name: &str| table.numbers(name);
    let (means, deviations, likeliest) = (column("mean"), column("deviation"), column("most_probable"));
    let boxes = point.downcast::<Boxes>().occupation.boxes().iter().zip(column("boltzmann")).enumerate();
    boxes
        .map(|(index, (one, boltzmann))| Line {
            energy: one.energy,
            degeneracy: one.degeneracy,
            mean: means[index],
            deviation: deviations[index],
            most_probable: likeliest.get(index).copied(),
            boltzmann,
        })
        .collect()
}

/// Whether two points have the same boxes, and the same energy per object.
pub(super) fn alike(a: &StudyPoint<'_>, b: &StudyPoint<'_>) -> bool {
    let [a, b] = [a, b].map(|point| &point.downcast::<Boxes>().occupation);
    let share = |one: &crate::exact::occupation::Occupation| {
        one.quanta().energy(one.objects()) / one.objects() as f64
    };
    a.boxes() == b.boxes() && (share(a) - share(b)).abs() <= 1e-9 * (share(a).abs() + a.quanta().unit)
}

fn slopes(points: &[&StudyPoint<'_>]) -> Option<Slopes> {
    let [.., a, b] = points else { return None };
    let (one, other) = (filling(a)?, filling(b)?);
    let ratio = libm::log(other.objects as f64 / one.objects as f64);
    let slope = |from: f64, to: f64| (from > 0.0 && to > 0.0).then(|| libm::log(to / from) / ratio);
    (alike(a, b) && one.objects < other.objects).then_some(())?;
    Some(Slopes {
        from: one.objects,
        to: other.objects,
        width: slope(one.width, other.width)?,
        divergence: slope(one.divergence, other.divergence),
    })
}
