//! Patterns to learn: visible vectors in a form that binary units can use fast.

use super::datasets::Images;
use crate::rng::Stream;
use rand::RngExt;

/// Visible vectors with values from 0 to 1. A value strictly between is a probability that the unit is on, and enters
/// every formula in place of the unit (the mean-field reading).
#[derive(Debug, Clone, PartialEq)]
pub struct Patterns {
    size: usize,
    values: Vec<f64>,
    active: Vec<u32>,
    starts: Vec<usize>,
    binary: bool,
}

impl Patterns {
    /// Wraps row-major values, `size` to a pattern.
    pub fn new(size: usize, values: Vec<f64>) -> Self {
        let (mut active, mut starts) = (Vec::new(), vec![0]);
        for row in values.chunks_exact(size) {
            active.extend(row.iter().enumerate().filter(|(_, value)| **value != 0.0).map(|(i, _)| i as u32));
            starts.push(active.len());
        }
        let binary = values.iter().all(|value| *value == 0.0 || *value == 1.0);
        Self { size, values, active, starts, binary }
    }

    /// Number of units in a pattern.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Number of patterns.
    pub fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether every value is 0 or 1.
    pub fn is_binary(&self) -> bool {
        self.binary
    }

    /// All values, row-major.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Pattern `m`.
    pub fn row(&self, m: usize) -> &[f64] {
        &self.values[m * self.size..(m + 1) * self.size]
    }

    /// The units of pattern `m` that are not 0, in rising order.
    pub fn active(&self, m: usize) -> &[u32] {
        &self.active[self.starts[m]..self.starts[m + 1]]
    }

    /// The mean of each unit over the patterns, half an observation of either value added (Krichevsky and Trofimov 1981,
    /// doi:10.1109/TIT.1981.1056331): (½ + Σ_m v_i)/(1 + M), so that no mean is 0 or 1.
    pub fn means(&self) -> Vec<f64> {
        let mut sums = vec![0.5; self.size];
        for row in self.values.chunks_exact(self.size) {
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += value;
            }
        }
        sums.into_iter().map(|sum| sum / (self.count() + 1) as f64).collect()
    }

    /// The log-odds ln(p/(1 − p)) of the [`Patterns::means`]: the biases of independent units with these means.
    pub fn log_odds(&self) -> Vec<f64> {
        self.means().into_iter().map(|mean| libm::log(mean / (1.0 - mean))).collect()
    }

    /// The log-likelihood of each pattern under independent units with the given means: what a machine without weights
    /// reaches.
    pub fn independent_log_likelihoods(&self, means: &[f64]) -> Vec<f64> {
        let row = |row: &[f64]| -> f64 {
            let terms = row.iter().zip(means);
            terms.map(|(value, mean)| value * libm::log(*mean) + (1.0 - value) * libm::log(1.0 - mean)).sum()
        };
        self.values.chunks_exact(self.size).map(row).collect()
    }
}

/// The rows of `count` images that are learnt from, and the `held_out` ones that are set aside: drawn at random when a
/// stream is given, else the last ones. Both lists rise.
pub fn split_rows(count: usize, held_out: usize, stream: Option<Stream>) -> (Vec<usize>, Vec<usize>) {
    let mut order: Vec<usize> = (0..count).collect();
    if let Some(mut stream) = stream {
        shuffle(&mut order, &mut stream);
    }
    let mut validation = order.split_off(count - held_out);
    order.sort_unstable();
    validation.sort_unstable();
    (order, validation)
}

/// The patterns in some rows of the images, in that order.
pub fn pick(images: &Images, rows: &[usize]) -> Patterns {
    let size = images.size();
    let values = rows.iter().flat_map(|m| &images.values[m * size..(m + 1) * size]).copied().collect();
    Patterns::new(size, values)
}

/// Training and validation patterns from images, divided as by [`split_rows`].
pub fn split(images: &Images, held_out: usize, stream: Option<Stream>) -> (Patterns, Patterns) {
    let (train, validation) = split_rows(images.count(), held_out, stream);
    (pick(images, &train), pick(images, &validation))
}

/// Shuffles in place (Fisher and Yates; Durstenfeld 1964, doi:10.1145/364520.364540).
pub(super) fn shuffle<T>(items: &mut [T], stream: &mut Stream) {
    for last in (1..items.len()).rev() {
        items.swap(last, stream.random_range(0..=last));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::datasets::find;
    use crate::rng::stream;

    #[test]
    fn a_split_parts_the_images_without_loss_or_overlap() {
        let images = Images { height: 1, width: 2, values: (0..40).map(f64::from).collect() };
        let (train, validation) = split(&images, 5, Some(stream(1, "split", "", 0)));
        assert_eq!((train.count(), validation.count()), (15, 5));
        let mut all: Vec<f64> = train.values().iter().chain(validation.values()).copied().collect();
        all.sort_by(f64::total_cmp);
        assert_eq!(all, images.values);
        let (_, last) = split(&images, 5, None);
        assert_eq!(last.values(), &images.values[30..]);
        assert_ne!(last, validation);
        assert_eq!(split(&images, 5, Some(stream(1, "split", "", 0))).1, validation);
    }

    #[test]
    fn independent_units_on_the_digits_reach_the_known_likelihood() {
        // Rows 0–1499 train, the rest test: −24.535 and −24.015, computed elsewhere with another clamp of the means.
        let mut images = (find("digits").unwrap().load)(0);
        images.values.iter_mut().for_each(|value| *value = f64::from(*value > 0.5));
        let (train, test) = split(&images, 297, None);
        let mean = |patterns: &Patterns| {
            patterns.independent_log_likelihoods(&train.means()).iter().sum::<f64>() / patterns.count() as f64
        };
        assert!((mean(&train) + 24.535).abs() < 0.01, "{}", mean(&train));
        assert!((mean(&test) + 24.015).abs() < 0.02, "{}", mean(&test));
    }
}
