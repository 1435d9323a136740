//! Deterministic annealing of clusters: points are assigned to centres with Boltzmann probabilities, and the free energy
//! of the assignment is followed from high temperature down.
//!
//! Point $i$ of weight $w_i$ ($\sum w_i = 1$) has the energy $E_{ik} = |x_i - y_k|^2$ at centre $k$, which holds the mass $q_k$:
//!
//! - p(k|i) = q_k e^{−E_ik/T} / Z_i with Z_i = Σ_k q_k e^{−E_ik/T},
//! - F(T; y, q) = −T Σ_i w_i ln Z_i, to be minimal over centres and masses,
//! - at a minimum F = D + T I, with the distortion D = Σ w_i p(k|i) E_ik and the mutual information
//!   I = Σ w_i p(k|i) ln(p(k|i)/q_k) of point and centre, and dF/dT = I.
//!
//! K. Rose, E. Gurewitz, G. C. Fox, Phys. Rev. Lett. 65 (1990) 945, doi:10.1103/PhysRevLett.65.945; with masses: K. Rose,
//! Proc. IEEE 86 (1998) 2210, doi:10.1109/5.726788.
//!
//! As a function of the distribution of centres Q = Σ q_k δ(y_k), F is convex. Its derivative towards a new centre at y is
//! −T (g(y) − 1), g(y) = Σ_i w_i e^{−|x_i − y|²/T}/Z_i, so that F is minimal over any number of centres if and only if
//! g ≤ 1 everywhere (B. G. Lindsay, Ann. Stat. 11 (1983) 86, doi:10.1214/aos/1176346059).

mod cooling;
mod eigen;
mod kmeans;
mod minimum;
mod stability;

pub use cooling::{Cooling, Settings, Split, Stage, cool, first_critical_temperature, hot_enough};
pub use kmeans::{Partition, kmeans, quench, random_start};
pub use minimum::{Clusters, Minimum, minimise};
pub use stability::{Nucleus, Spread, nucleus, spreads};

/// Points in d dimensions with weights, moved to mean 0 and scaled to a mean square distance of 1 from it.
///
/// What the functions of this module call temperature t, energy and place is in these reduced units: T = R² t, E = R² e,
/// x = mean + R ξ, where R is [`Cloud::radius`].
#[derive(Debug, Clone, PartialEq)]
pub struct Cloud {
    dimensions: usize,
    values: Vec<f64>,
    weights: Vec<f64>,
    mean: Vec<f64>,
    radius: f64,
}

/// Why points cannot be clustered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CloudError {
    /// There are no points, or rows of no numbers.
    #[error("there are no points")]
    Empty,
    /// A coordinate, or a weight, is not finite.
    #[error("a coordinate or a weight is no finite number")]
    NotFinite,
    /// A weight is negative, or all are zero.
    #[error("weights must not be negative, and one of them must be positive")]
    Weights,
    /// Squares of distances would overflow.
    #[error("the points are so far apart that squares of their distances exceed any float")]
    TooFar,
    /// Squares of distances would underflow.
    #[error("the points are so close together that squares of their distances vanish in floats")]
    TooClose,
}

impl Cloud {
    /// The points of a row-major table with `dimensions` columns, each of weight one or of the given ones.
    ///
    /// # Errors
    ///
    /// [`CloudError`] where energies |x − y|² would not be floats, or there is nothing to cluster. Points that are all the
    /// same are fine: their radius is 0.
    pub fn new(values: &[f64], dimensions: usize, weights: Option<&[f64]>) -> Result<Self, CloudError> {
        if dimensions == 0 || values.len() < dimensions {
            return Err(CloudError::Empty);
        }
        let count = values.len() / dimensions;
        let weights = weights.map_or_else(|| vec![1.0; count], <[f64]>::to_vec);
        if values.iter().chain(&weights).any(|value| !value.is_finite()) {
            return Err(CloudError::NotFinite);
        }
        let largest = weights.iter().copied().fold(0.0, f64::max);
        if largest <= 0.0 || weights.iter().any(|weight| *weight < 0.0) {
            return Err(CloudError::Weights);
        }
        let total: f64 = weights.iter().map(|weight| weight / largest).sum();
        let weights: Vec<f64> = weights.iter().map(|weight| weight / largest / total).collect();
        // Counted from the first point, so that equal points have no spread at all.
        let shift = |value: f64, column: usize| value - values[column];
        let mut mean = vec![0.0; dimensions];
        for (row, weight) in values.chunks_exact(dimensions).zip(&weights) {
            row.iter().enumerate().for_each(|(column, value)| mean[column] += weight * shift(*value, column));
        }
        let moved: Vec<f64> = values
            .chunks_exact(dimensions)
            .flat_map(|row| {
                row.iter().enumerate().map(|(column, value)| shift(*value, column) - mean[column])
            })
            .collect();
        let reach = moved.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        if moved.iter().any(|value| !value.is_finite()) {
            return Err(CloudError::TooFar);
        }
        let mean: Vec<f64> = mean.iter().zip(values).map(|(mean, first)| first + mean).collect();
        if reach == 0.0 {
            return Ok(Self { dimensions, values: moved, weights, mean, radius: 0.0 });
        }
        let square = |row: &[f64]| row.iter().map(|value| (value / reach) * (value / reach)).sum::<f64>();
        let second: f64 = moved.chunks_exact(dimensions).zip(&weights).map(|(row, w)| w * square(row)).sum();
        let radius = reach * libm::sqrt(second);
        if !(radius * radius * 1e8).is_finite() || !(reach * reach * 1e8).is_finite() {
            return Err(CloudError::TooFar);
        }
        if radius * radius < 1e-280 {
            return Err(CloudError::TooClose);
        }
        let values = moved.iter().map(|value| value / radius).collect();
        Ok(Self { dimensions, values, weights, mean, radius })
    }

    /// Number d of coordinates.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Number n of points.
    pub fn count(&self) -> usize {
        self.weights.len()
    }

    /// The reduced place of a point.
    pub fn point(&self, index: usize) -> &[f64] {
        &self.values[index * self.dimensions..][..self.dimensions]
    }

    /// The weights, which sum to one.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// R, the root of the mean square distance from the mean; 0 when all points are the same.
    pub fn radius(&self) -> f64 {
        self.radius
    }

    /// A reduced place in the units of the data.
    pub fn place(&self, reduced: &[f64]) -> Vec<f64> {
        reduced.iter().zip(&self.mean).map(|(value, mean)| mean + self.radius * value).collect()
    }

    /// A place in the units of the data, reduced; of points that are all the same, the mean.
    pub fn reduced(&self, place: &[f64]) -> Vec<f64> {
        let unit = if self.radius > 0.0 { self.radius } else { f64::INFINITY };
        place.iter().zip(&self.mean).map(|(value, mean)| (value - mean) / unit).collect()
    }

    /// R², the unit of energy and temperature.
    pub fn unit(&self) -> f64 {
        self.radius * self.radius
    }

    /// The two directions along which the points spread most, as unit vectors; one in one dimension.
    pub fn axes(&self) -> Vec<Vec<f64>> {
        let whole = Clusters::whole(self.dimensions);
        let covariance = &stability::covariances(self, &whole, 1.0)[0];
        eigen::symmetric(covariance, self.dimensions).into_iter().take(2).map(|(_, axis)| axis).collect()
    }
}

/// |a − b|².
pub(crate) fn square_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests;
