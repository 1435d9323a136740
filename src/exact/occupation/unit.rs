//! The common unit of the boxes' energies, and the total energy in multiples of it.

use crate::exact::boltzmann::Level;
use crate::number;

/// The most steps between the lowest and the highest box for which a unit is looked for.
const MOST_STEPS: u64 = 1_000_000;

/// The most steps of the total energy.
const MOST_QUANTA: u64 = 20_000_000;

/// The most objects.
const MOST_OBJECTS: u64 = 1_000_000_000;

/// Why objects cannot be put into boxes, by what is to blame.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// The boxes.
    Boxes(String),
    /// The total energy.
    Energy(String),
    /// The amount of work.
    Size(String),
}

/// Energies in multiples of their common unit, counted from the lowest box.
#[derive(Debug, Clone, PartialEq)]
pub struct Quanta {
    /// The unit; 1 where all boxes have one energy.
    pub unit: f64,
    /// The lowest box's energy.
    pub lowest: f64,
    /// (E_j − E_lowest)/unit for each box.
    pub steps: Vec<u64>,
    /// (E − N E_lowest)/unit.
    pub total: u64,
    /// Whether a box can hold an object at all at this total energy.
    pub open: Vec<bool>,
}

impl Quanta {
    pub(super) fn new(objects: u64, boxes: &[Level], energy: f64) -> Result<Self, Fault> {
        if boxes.is_empty() {
            return Err(Fault::Boxes("there are no boxes".to_owned()));
        }
        if objects > MOST_OBJECTS {
            let (objects, most) = (number::count(objects), number::count(MOST_OBJECTS));
            return Err(Fault::Size(format!("{objects} objects are beyond counting ({most} at most)")));
        }
        let energies = || boxes.iter().map(|one| one.energy);
        let lowest = energies().fold(f64::INFINITY, f64::min);
        let size = energies().map(f64::abs).fold(0.0, f64::max);
        let differences: Vec<f64> = energies().map(|energy| energy - lowest).collect();
        let Some(unit) = common_unit(&differences, size) else {
            return Err(Fault::Boxes(format!(
                "the energies of the boxes are not multiples of a common unit: none that is larger than a millionth of their range, {}, \
                 divides all their differences",
                number::plain(differences.iter().copied().fold(0.0, f64::max)),
            )));
        };
        let steps: Vec<u64> =
            differences.iter().map(|difference| libm::round(difference / unit) as u64).collect();
        let highest = steps.iter().copied().max().unwrap_or(0);
        let at_most = lowest + unit * highest as f64;
        let count = objects as f64;
        let of_all = |total: f64| number::plain(count * lowest + unit * total);
        let range = if highest == 0 {
            format!("{} objects can have the energy {} alone", number::count(objects), of_all(0.0))
        } else {
            format!(
                "{} objects can have energies from {} to {} in steps of {}",
                number::count(objects),
                of_all(0.0),
                number::plain(count * at_most),
                number::plain(unit),
            )
        };
        let total = (energy - count * lowest) / unit;
        let rounding = 1e-9 + 8.0 * f64::EPSILON * (energy.abs() + count * size) / unit;
        let whole = libm::round(total);
        if !total.is_finite() || rounding > 0.1 {
            return Err(Fault::Size(
                "the total energy is too large beside the unit of the energies".to_owned(),
            ));
        }
        if (total - whole).abs() > rounding || whole < 0.0 || whole > count * highest as f64 {
            return Err(Fault::Energy(format!(
                "no arrangement has the total energy {}: {range}",
                number::plain(energy)
            )));
        }
        if whole > MOST_QUANTA as f64 {
            return Err(Fault::Size(format!(
                "the total energy is {} steps of {} above the lowest ({} at most)",
                number::significant(whole, 3),
                number::plain(unit),
                number::count(MOST_QUANTA)
            )));
        }
        let total = whole as u64;
        let fewest = fewest(&steps, (total + highest).min(objects.saturating_mul(highest)));
        let fits = |total: u64, objects: u64| {
            fewest.get(total as usize).is_some_and(|least| u64::from(*least) <= objects)
        };
        if !fits(total, objects) {
            let near = [
                (0..total).rev().find(|t| fits(*t, objects)),
                (total..fewest.len() as u64).find(|t| fits(*t, objects)),
            ];
            let near: Vec<String> = near.into_iter().flatten().map(|total| of_all(total as f64)).collect();
            return Err(Fault::Energy(format!(
                "no arrangement has the total energy {}: the nearest that have one are {}",
                number::plain(energy),
                near.join(" and ")
            )));
        }
        let open = steps
            .iter()
            .map(|step| objects > 0 && *step <= total && fits(total - step, objects - 1))
            .collect();
        Ok(Self { unit, lowest, steps, total, open })
    }

    /// The highest box, in steps.
    pub fn highest(&self) -> u64 {
        self.steps.iter().copied().max().unwrap_or(0)
    }

    /// The total energy of `objects` objects in the unit of the file.
    pub fn energy(&self, objects: u64) -> f64 {
        objects as f64 * self.lowest + self.unit * self.total as f64
    }

    /// How far a box is above the mean energy of an object, in steps; exact but for one rounding.
    pub(super) fn excess(&self, step: u64, objects: u64) -> f64 {
        let numerator = i128::from(step) * i128::from(objects) - i128::from(self.total);
        numerator as f64 / objects as f64
    }
}

/// The largest unit of which all `differences` (from 0) are multiples to within the rounding of energies of the given
/// size; 1 if all are 0.
fn common_unit(differences: &[f64], size: f64) -> Option<f64> {
    let range = differences.iter().copied().fold(0.0, f64::max);
    if range == 0.0 {
        return Some(1.0);
    }
    let shares: Vec<f64> = differences.iter().map(|difference| difference / range).collect();
    let error = 4.0 * f64::EPSILON * (1.0 + size / range);
    let divides = |steps: &u64| {
        let tolerance = 1e-12 + *steps as f64 * error;
        tolerance < 0.1
            && shares.iter().all(|share| {
                let multiple = share * *steps as f64;
                (multiple - libm::round(multiple)).abs() <= tolerance
            })
    };
    (1..=MOST_STEPS).find(divides).map(|steps| range / steps as f64)
}

/// The least number of objects outside the lowest boxes that have an energy together, for all energies up to `most` steps;
/// `u32::MAX` where none have.
fn fewest(steps: &[u64], most: u64) -> Vec<u32> {
    let mut boxes: Vec<usize> = steps.iter().filter(|step| **step > 0).map(|step| *step as usize).collect();
    boxes.sort_unstable();
    boxes.dedup();
    let mut fewest = vec![u32::MAX; most as usize + 1];
    fewest[0] = 0;
    for total in 1..fewest.len() {
        let before = boxes.iter().take_while(|step| **step <= total).map(|step| fewest[total - step]);
        fewest[total] = before.min().unwrap_or(u32::MAX).saturating_add(1);
    }
    fewest
}
