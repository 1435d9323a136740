//! What a chain at one temperature measured: how often each energy came, block by block.

/// Blocks are kept at least this many autocorrelation times long where that leaves [`FEWEST`] of them.
const COMFORTABLE: f64 = 20.0;
/// With less data down to so many.
const SHORTEST: f64 = 5.0;
/// Most and fewest blocks, both powers of two, so that the blocks of any two temperatures can be merged to one number.
const MOST: usize = 64;
const FEWEST: usize = 8;
/// Up to so many different energies are kept as they are, if each comes this often on average.
const LEVELS: usize = 1 << 14;
const OFTEN: usize = 4;
/// More are gathered in this many narrow bins, each at the mean energy of its samples: temperatures share no level then.
const BINS: usize = 1 << 11;

/// Samples at one temperature in equal blocks, with the sums of |m|, m² and m⁴ at each energy.
#[derive(Debug, Clone, PartialEq)]
pub struct Samples {
    pub(super) beta: f64,
    pub(super) levels: Vec<f64>,
    pub(super) blocks: Vec<Vec<Tally>>,
    /// g = 2τ, at least 1.
    pub(super) inefficiency: f64,
    /// τ in steps of the series.
    tau: f64,
    /// Number of samples in all.
    pub(super) total: f64,
}

/// How often an energy came within a block, and what the order parameter was then.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tally {
    pub(super) level: usize,
    pub(super) count: f64,
    /// Σ|m|, Σm², Σm⁴.
    pub(super) order: [f64; 3],
}

impl Samples {
    /// Gathers the replicas of one inverse temperature: series of the energy E and of the order parameter m of equal
    /// lengths, whose slowest integrated autocorrelation time is `tau`.
    ///
    /// The series, laid end to end, are cut into 64 equal blocks, or into 32, 16 or 8 so that each is 20 τ long; where
    /// even that is too much to ask, into 8 of at least 5 τ. `None` where the series are shorter than that.
    pub fn new(beta: f64, replicas: &[(&[f64], &[f64])], tau: f64) -> Option<Self> {
        let tau = tau.max(0.5);
        let total: usize = replicas.iter().map(|(energy, _)| energy.len()).sum();
        let room = total as f64 / tau;
        if total < FEWEST || room < SHORTEST * FEWEST as f64 {
            return None;
        }
        let mut count = MOST;
        while count > FEWEST && (room < COMFORTABLE * count as f64 || total < count) {
            count /= 2;
        }
        let (levels, place) = levels(replicas);
        let mut blocks: Vec<Vec<Tally>> = Vec::with_capacity(count);
        let mut tally: Vec<Tally> =
            (0..levels.len()).map(|level| Tally { level, count: 0.0, order: [0.0; 3] }).collect();
        let mut touched: Vec<usize> = Vec::new();
        let mut at = 0;
        for (energy, order) in replicas.iter().flat_map(|(e, m)| e.iter().zip(m.iter())) {
            let level = place(*energy);
            if tally[level].count == 0.0 {
                touched.push(level);
            }
            let (size, square) = (order.abs(), order * order);
            tally[level].count += 1.0;
            for (sum, power) in tally[level].order.iter_mut().zip([size, square, square * square]) {
                *sum += power;
            }
            at += 1;
            if at == (blocks.len() + 1) * total / count {
                touched.sort_unstable();
                blocks.push(touched.iter().map(|level| tally[*level]).collect());
                for level in touched.drain(..) {
                    tally[level] = Tally { level, count: 0.0, order: [0.0; 3] };
                }
            }
        }
        let total = total as f64;
        Some(Self { beta, levels, blocks, inefficiency: 2.0 * tau, tau, total })
    }

    /// β.
    pub fn beta(&self) -> f64 {
        self.beta
    }

    /// The number of effectively independent samples, n/2τ.
    pub fn effective(&self) -> f64 {
        self.total / self.inefficiency
    }

    pub(super) fn mean_energy(&self) -> f64 {
        let origin = self.levels[0];
        let sum: f64 =
            self.blocks.iter().flatten().map(|tally| tally.count * (self.levels[tally.level] - origin)).sum();
        origin + sum / self.total
    }

    /// The factor by which correlations across block edges shrink the variance between `rows` blocks.
    pub(super) fn retained(&self, rows: usize) -> f64 {
        1.0 - (self.tau * self.tau - 0.25).max(0.0) * rows as f64 / (self.tau * self.total)
    }

    /// The share that the energy distributions of two temperatures have in common, Σ_E min(p(E), q(E)), from 0 to 1.
    ///
    /// The ratio of two Boltzmann distributions is monotonic in E, so that they cross once and the share is one less
    /// the largest difference of the cumulative distributions (Kolmogorov and Smirnov's): no bins are needed.
    pub fn overlap(&self, other: &Self) -> f64 {
        let (one, two) = (self.shares(), other.shares());
        let (mut i, mut j, mut difference, mut most) = (0, 0, 0.0_f64, 0.0_f64);
        while i < one.len() || j < two.len() {
            let energy = match (one.get(i), two.get(j)) {
                (Some(a), Some(b)) => a.0.min(b.0),
                (Some(a), None) => a.0,
                (None, Some(b)) => b.0,
                (None, None) => break,
            };
            while let Some((_, share)) = one.get(i).filter(|(level, _)| *level <= energy) {
                difference += share;
                i += 1;
            }
            while let Some((_, share)) = two.get(j).filter(|(level, _)| *level <= energy) {
                difference -= share;
                j += 1;
            }
            most = most.max(libm::fabs(difference));
        }
        (1.0 - most).clamp(0.0, 1.0)
    }

    /// Each energy with its share of the samples.
    fn shares(&self) -> Vec<(f64, f64)> {
        let mut shares: Vec<(f64, f64)> = self.levels.iter().map(|level| (*level, 0.0)).collect();
        for tally in self.blocks.iter().flatten() {
            shares[tally.level].1 += tally.count / self.total;
        }
        shares
    }
}

/// The different energies, ascending, and the place of each sample's among them.
fn levels(replicas: &[(&[f64], &[f64])]) -> (Vec<f64>, Box<dyn Fn(f64) -> usize>) {
    let all = || replicas.iter().flat_map(|(energy, _)| energy.iter().copied());
    let mut sorted: Vec<f64> = all().collect();
    sorted.sort_by(f64::total_cmp);
    let mut distinct = sorted.clone();
    distinct.dedup();
    let few = distinct.len() <= LEVELS && distinct.len() * OFTEN <= sorted.len();
    if few || distinct.len() <= BINS {
        let places = distinct.clone();
        return (distinct, Box::new(move |energy| places.partition_point(|level| *level < energy)));
    }
    let (low, high) = (sorted[0], sorted[sorted.len() - 1]);
    let bin = move |energy: f64| (((energy - low) / (high - low) * BINS as f64) as usize).min(BINS - 1);
    // Empty bins take no level.
    let (mut means, mut places) = (Vec::new(), vec![0; BINS]);
    let mut from = 0;
    while from < sorted.len() {
        let here = bin(sorted[from]);
        let count = sorted[from..].iter().take_while(|energy| bin(**energy) == here).count();
        let excess: f64 = sorted[from..from + count].iter().map(|energy| energy - sorted[from]).sum();
        places[here] = means.len();
        means.push(sorted[from] + excess / count as f64);
        from += count;
    }
    (means, Box::new(move |energy| places[bin(energy)]))
}
