//! What kinds share when they tell a template their facts: numbers as they are, each with its error.
//!
//! Facts hold numbers, not text: rounding is left to the filters of the templates, which know one place for it.

use crate::number;
use crate::record::Estimate;
use schemars::JsonSchema;
use serde::Serialize;

/// Most points that a handout lists.
const LISTED: usize = 40;

/// The points of a study as a handout lists them, a row each.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Listed<Row> {
    /// Whether there are several points.
    pub several_points: bool,
    /// The coordinates of the point that the handout is about in detail; empty for a single point.
    pub place: String,
    /// The swept keys, in words.
    pub axes: Vec<String>,
    /// The points, 40 at most.
    pub points: Vec<Row>,
    /// The number of points beyond those.
    pub points_left_out: usize,
}

impl<Row> Listed<Row> {
    /// The first of the rows of all points.
    pub fn new(place: String, axes: Vec<String>, rows: impl ExactSizeIterator<Item = Row>) -> Self {
        let count = rows.len();
        Self {
            several_points: count > 1,
            place,
            axes,
            points: rows.take(LISTED).collect(),
            points_left_out: count.saturating_sub(LISTED),
        }
    }
}

/// A number with its standard error, shown by `{{ x.value | pm(error=x.error) }}`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, JsonSchema)]
pub struct Measured {
    /// The value; empty where nothing could be estimated.
    pub value: Option<f64>,
    /// One standard error; empty where the value is exact, or nothing is known of its error.
    pub error: Option<f64>,
}

impl Measured {
    /// A value and its error.
    pub fn new(value: f64, error: f64) -> Self {
        Self { value: Some(value), error: Some(error) }
    }

    /// An estimate of a point; empty where there is none.
    pub fn of(estimate: Option<&Estimate>) -> Self {
        estimate.map_or_else(Self::default, |estimate| Self {
            value: estimate.value,
            error: estimate.std_error.filter(|error| *error > 0.0),
        })
    }

    /// The autocorrelation time of an estimate, in sweeps; empty where nothing fluctuated.
    pub fn tau(estimate: Option<&Estimate>) -> Self {
        estimate
            .map_or_else(Self::default, |estimate| Self { value: estimate.tau, error: estimate.tau_error })
    }

    /// Its difference from another number, with the errors of both as if independent.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        let error = match (self.error, other.error) {
            (Some(one), Some(two)) => Some(libm::hypot(one, two)),
            (one, two) => one.or(two),
        };
        Self { value: self.value.zip(other.value).map(|(one, two)| one - two), error }
    }

    /// A multiple of it.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        let scaled = |x: f64| x * factor;
        Self { value: self.value.map(scaled), error: self.error.map(|error| libm::fabs(scaled(error))) }
    }

    /// Its ratio to another number, with the relative errors of both as if independent.
    #[must_use]
    pub fn over(self, other: Self) -> Self {
        let Some((one, two)) = self.value.zip(other.value) else { return Self::default() };
        let relative = |of: Self, value: f64| of.error.map(|error| error / value);
        let error = match (relative(self, one), relative(other, two)) {
            (Some(a), Some(b)) => Some(libm::hypot(a, b)),
            (a, b) => a.or(b),
        };
        Self { value: Some(one / two), error: error.map(|error| libm::fabs(error * one / two)) }
    }

    /// Its square root.
    #[must_use]
    pub fn root(self) -> Self {
        let value = self.value.map(libm::sqrt);
        Self { value, error: self.error.zip(value).map(|(error, root)| 0.5 * error / root) }
    }

    /// The number with its error as text: `2.36(5)`; a dash where there is none.
    pub fn shown(self) -> String {
        self.value.map_or_else(|| "–".to_owned(), |value| number::with_error(value, self.error))
    }

    /// Its distance from zero in standard errors; none without an error.
    pub fn pull(self) -> Option<f64> {
        self.value.zip(self.error).map(|(value, error)| value / error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut_and_say_so() {
        let listed = Listed::new("x = 3".to_owned(), vec!["x".to_owned()], (0..43).map(f64::from));
        assert_eq!((listed.several_points, listed.points.len(), listed.points_left_out), (true, 40, 3));
        assert!(!Listed::new(String::new(), Vec::new(), std::iter::once(1)).several_points);
    }

    #[test]
    fn errors_add_in_squares_and_scale() {
        let difference = Measured::new(5.0, 0.3).minus(Measured::new(1.0, 0.4));
        assert_eq!((difference.value, difference.error), (Some(4.0), Some(0.5)));
        assert_eq!(difference.times(-2.0), Measured { value: Some(-8.0), error: Some(1.0) });
        assert_eq!(difference.pull(), Some(8.0));
        let exact = Measured { value: Some(1.0), error: None };
        assert_eq!(exact.minus(exact), Measured { value: Some(0.0), error: None });
        assert_eq!(exact.pull(), None);
        let ratio = Measured::new(6.0, 0.6).over(Measured::new(-2.0, 0.1));
        // Relative errors of 10 % and 5 %: √(0.01 + 0.0025) of 3.
        assert!(
            (ratio.value, ratio.error.map(|e| (e - 3.0 * libm::sqrt(0.0125)).abs() < 1e-15))
                == (Some(-3.0), Some(true))
        );
        assert_eq!(Measured::new(4.0, 0.4).over(exact).error, Some(0.4));
        assert_eq!(Measured::new(4.0, 0.4).root(), Measured::new(2.0, 0.1));
        assert_eq!(
            (Measured::new(2.364, 0.05).shown(), Measured::default().shown()),
            ("2.36(5)".into(), "–".into())
        );
    }
}
