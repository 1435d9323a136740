//! What a table of an elimination holds for each configuration of the open sites.

/// A sum over the configurations of the closed sites, as an element of a commutative semiring.
pub(super) trait Summand: Copy + Send + Sync {
    /// Whether weights are plain numbers, to be brought back to a largest of 1 after each operation.
    const PLAIN: bool;
    /// The sum of one configuration without energy.
    const ONE: Self;

    /// The sum of both.
    fn plus(self, other: Self) -> Self;

    /// All its configurations with `gain` added.
    fn weighed(self, gain: Gain) -> Self;

    /// The plain weight, for bringing the largest to 1.
    fn weight(self) -> f64;
}

/// What one more site adds to a configuration.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gain {
    /// The energy E of the site and its bonds.
    pub(super) energy: f64,
    /// −βE.
    pub(super) log: f64,
    /// e^{−βE} up to a factor that is the same for all configurations.
    pub(super) factor: f64,
    /// What it adds to the order parameter.
    pub(super) order: f64,
}

/// Weight, and mean and variance of K observables (of energy, then of the order parameter).
///
/// Two sums are merged by their shares p and 1 − p: the mean is m₀ + p (m₁ − m₀), the variance
/// v₀ + p (v₁ − v₀) + p (1 − p) (m₁ − m₀)², so that nothing cancels (West 1979, doi:10.1145/359146.359153).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moments<const K: usize> {
    pub(super) weight: f64,
    pub(super) mean: [f64; K],
    pub(super) variance: [f64; K],
}

/// The same with ln(weight), for temperatures so low that plain weights would leave the range of floating point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LogMoments<const K: usize> {
    pub(super) log: f64,
    pub(super) mean: [f64; K],
    pub(super) variance: [f64; K],
}

/// The two lowest energies (in units in which 1 is large) and how many configurations have them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lowest {
    /// The energies; infinite where there is none.
    pub(super) energies: [f64; 2],
    /// The numbers of configurations.
    pub(super) counts: [f64; 2],
}

/// Energies closer than this are one, in the units of [`Lowest`].
const TIE: f64 = 1e-9;

#[inline(always)]
fn merged<const K: usize>(
    share: f64,
    means: ([f64; K], [f64; K]),
    variances: ([f64; K], [f64; K]),
) -> ([f64; K], [f64; K]) {
    let (mut mean, mut variance) = (means.0, variances.0);
    for k in 0..K {
        let apart = means.1[k] - means.0[k];
        mean[k] += share * apart;
        variance[k] += share * (variances.1[k] - variances.0[k]) + share * (1.0 - share) * apart * apart;
    }
    (mean, variance)
}

#[inline(always)]
fn moved<const K: usize>(mut mean: [f64; K], gain: Gain) -> [f64; K] {
    for (k, mean) in mean.iter_mut().enumerate() {
        *mean += if k == 0 { gain.energy } else { gain.order };
    }
    mean
}

impl<const K: usize> Summand for Moments<K> {
    const PLAIN: bool = true;
    const ONE: Self = Self { weight: 1.0, mean: [0.0; K], variance: [0.0; K] };

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        let weight = self.weight + other.weight;
        let share = if weight > 0.0 { other.weight / weight } else { 0.0 };
        let (mean, variance) = merged(share, (self.mean, other.mean), (self.variance, other.variance));
        Self { weight, mean, variance }
    }

    #[inline(always)]
    fn weighed(self, gain: Gain) -> Self {
        Self { weight: self.weight * gain.factor, mean: moved(self.mean, gain), variance: self.variance }
    }

    #[inline(always)]
    fn weight(self) -> f64 {
        self.weight
    }
}

impl<const K: usize> Summand for LogMoments<K> {
    const PLAIN: bool = false;
    const ONE: Self = Self { log: 0.0, mean: [0.0; K], variance: [0.0; K] };

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        let (more, less) = if self.log >= other.log { (self, other) } else { (other, self) };
        let ratio = libm::exp(less.log - more.log);
        let share = ratio / (1.0 + ratio);
        let (mean, variance) = merged(share, (more.mean, less.mean), (more.variance, less.variance));
        Self { log: more.log + libm::log1p(ratio), mean, variance }
    }

    #[inline(always)]
    fn weighed(self, gain: Gain) -> Self {
        Self { log: self.log + gain.log, mean: moved(self.mean, gain), variance: self.variance }
    }

    fn weight(self) -> f64 {
        1.0
    }
}

impl Summand for Lowest {
    const PLAIN: bool = false;
    const ONE: Self = Self { energies: [0.0, f64::INFINITY], counts: [1.0, 0.0] };

    fn plus(self, other: Self) -> Self {
        let mut found = self;
        for (energy, count) in other.energies.into_iter().zip(other.counts) {
            if energy < found.energies[0] - TIE {
                found.energies = [energy, found.energies[0]];
                found.counts = [count, found.counts[0]];
            } else if energy <= found.energies[0] + TIE {
                found.counts[0] += count;
            } else if energy < found.energies[1] - TIE {
                (found.energies[1], found.counts[1]) = (energy, count);
            } else if energy <= found.energies[1] + TIE {
                found.counts[1] += count;
            }
        }
        found
    }

    fn weighed(self, gain: Gain) -> Self {
        Self { energies: self.energies.map(|energy| energy + gain.energy), counts: self.counts }
    }

    fn weight(self) -> f64 {
        1.0
    }
}
