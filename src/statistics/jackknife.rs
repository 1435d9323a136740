//! The blocked jackknife: calibrated errors of nonlinear functions of means of correlated columns.

use super::special::student_quantile;

/// Blocks as long as this many autocorrelation times are as good as independent.
const COMFORTABLE: f64 = 20.0;
/// Fewest blocks wanted in all: the error's own relative error is about 1/√(2·32) = 12 %.
const FEWEST_BLOCKS: usize = 32;
/// With little data blocks are kept at least this many autocorrelation times long, down to [`LEAST_BLOCKS`].
const SHORTEST: f64 = 5.0;
/// Below this many blocks no error is given.
const LEAST_BLOCKS: usize = 8;
/// Most blocks made. Longer blocks also hold what a slow mode of small amplitude adds, which τ, a sum cut off where noise
/// takes over, can miss; 64 of them still know the error to 9 %.
const MOST_BLOCKS: usize = 64;

/// The normal distribution below one standard deviation.
const ONE_SIGMA: f64 = 0.841_344_746_068_542_9;

/// Block sums of several columns over several replicas, ready for any number of functions.
#[derive(Debug, Clone, PartialEq)]
pub struct Blocks {
    /// Per block: its number of values, then the sum of each column.
    sums: Vec<(f64, Vec<f64>)>,
    /// Mean number of values in a block.
    length: f64,
    /// By how much correlations across block edges shrink the variance between blocks; the estimate divides by it.
    retained: f64,
}

/// The outcome of a jackknife.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Jackknifed {
    /// The function of the means, with the bias of order 1/N removed.
    pub value: f64,
    /// One standard error.
    pub std_error: f64,
    /// Number of blocks that the error rests on.
    pub blocks: usize,
}

/// The standard error of a function of independent values, by leaving out one at a time; `None` of a single one.
///
/// σ² = (n−1)/n Σ_k (f_k − f̄)², with f_k the function of all but the k-th.
pub fn delete_one(values: &[f64], function: impl Fn(&[f64]) -> f64) -> Option<f64> {
    let count = values.len() as f64;
    let without = |left: usize| function(&[&values[..left], &values[left + 1..]].concat());
    if values.len() < 2 {
        return None;
    }
    let each: Vec<f64> = (0..values.len()).map(without).collect();
    let mean = each.iter().sum::<f64>() / count;
    let scatter: f64 = each.iter().map(|value| (value - mean) * (value - mean)).sum();
    Some(libm::sqrt((count - 1.0) / count * scatter))
}

/// The bar that holds the truth as often as one standard error of a normal distribution does, 68.3 %, where the error is estimated from
/// the scatter of `count` values: by Student's distribution with count − 1 degrees of freedom 1.84 times the error of two, 1.20 of four,
/// 1.03 of sixteen.
pub fn of_few(error: f64, count: usize) -> f64 {
    error * student_quantile(ONE_SIGMA, count.saturating_sub(1).max(1) as f64)
}

impl Blocks {
    /// Cuts the replicas into blocks suited to the integrated autocorrelation time `tau` (in steps of the series).
    ///
    /// `columns[c][r]` is column c of replica r; all columns of a replica have one length. A replica is cut into equal
    /// blocks (to one value, so that none is left over) of at least 20 τ values where at least 32 blocks result, and
    /// otherwise into as many as give 32, or fewer of 5 τ each, but not below eight. The variance between blocks of b
    /// correlated values falls short by the factor 1 − (τ² − ¼)/(τ b), which is exact for exponential correlations to
    /// order e^{−b/τ}, and is corrected for.
    ///
    /// `None` with fewer than eight blocks in sight or when blocks would be shorter than 2 τ: too little data to say.
    pub fn new(columns: &[Vec<&[f64]>], tau: f64) -> Option<Self> {
        let replicas = columns.first()?.len();
        let lengths: Vec<usize> = (0..replicas).map(|r| columns[0][r].len()).collect();
        debug_assert!(columns.iter().all(|column| (0..replicas).all(|r| column[r].len() == lengths[r])));
        let total: usize = lengths.iter().sum();
        let blocks_of = |times: f64| (total as f64 / (times * tau.max(0.5))) as usize;
        let fewest = blocks_of(SHORTEST).clamp(LEAST_BLOCKS, FEWEST_BLOCKS);
        let wanted = blocks_of(COMFORTABLE).clamp(fewest, MOST_BLOCKS);
        let target = total as f64 / wanted as f64;
        let mut sums = Vec::new();
        for (replica, &length) in lengths.iter().enumerate().filter(|(_, length)| **length > 0) {
            let count = (libm::floor(length as f64 / target + 1e-9) as usize).clamp(1, length);
            for block in 0..count {
                let (from, to) = (block * length / count, (block + 1) * length / count);
                let row = columns.iter().map(|column| column[replica][from..to].iter().sum()).collect();
                sums.push(((to - from) as f64, row));
            }
        }
        if sums.len() < LEAST_BLOCKS {
            return None;
        }
        let length = total as f64 / sums.len() as f64;
        let retained = 1.0 - (tau * tau - 0.25).max(0.0) / (tau.max(0.5) * length);
        (length >= 2.0 * tau).then_some(Self { sums, length, retained })
    }

    /// Estimates `function` of the columns' means, leaving out one block at a time.
    ///
    /// σ² = (B − 1)/B Σ_b (f_b − f̄)² and f → B f − (B − 1) f̄, with f_b computed without block b; Quenouille 1956,
    /// Tukey 1958; Efron 1982, doi:10.1137/1.9781611970319. `None` where the function is not finite.
    pub fn estimate(&self, function: impl Fn(&[f64]) -> f64) -> Option<Jackknifed> {
        let (count, totals) = self.totals();
        let means: Vec<f64> = totals.iter().map(|total| total / count).collect();
        let full = function(&means);
        let shift = |(n, row): &(f64, Vec<f64>)| {
            let rest = totals.iter().zip(row).map(|(total, sum)| (total - sum) / (count - n));
            function(&rest.collect::<Vec<f64>>()) - full
        };
        let shifts: Vec<f64> = self.sums.iter().map(shift).collect();
        let blocks = shifts.len() as f64;
        let mean = shifts.iter().sum::<f64>() / blocks;
        let scatter: f64 = shifts.iter().map(|shift| (shift - mean) * (shift - mean)).sum();
        let value = full - (blocks - 1.0) * mean;
        let std_error = libm::sqrt((blocks - 1.0) / blocks * scatter / self.retained);
        (value.is_finite() && std_error.is_finite()).then_some(Jackknifed {
            value,
            std_error,
            blocks: self.sums.len(),
        })
    }

    /// The number of all values, and the sum of each column.
    fn totals(&self) -> (f64, Vec<f64>) {
        let mut totals = vec![0.0; self.sums[0].1.len()];
        let mut count = 0.0;
        for (n, row) in &self.sums {
            count += n;
            totals.iter_mut().zip(row).for_each(|(total, sum)| *total += sum);
        }
        (count, totals)
    }

    /// Number of blocks whose mean of any column differs from the commonest value: few where fluctuations are rare
    /// events, so that the scatter between blocks says little.
    pub fn active(&self) -> usize {
        let columns = self.sums[0].1.len();
        (0..columns)
            .map(|column| {
                let mut means: Vec<f64> = self.sums.iter().map(|(n, row)| row[column] / n).collect();
                means.sort_by(f64::total_cmp);
                // Equal up to the rounding of the sums.
                let slack = 1e-12 * means.iter().fold(0.0_f64, |most, mean| most.max(mean.abs()));
                let mut commonest = 0;
                let mut run = 0;
                for at in 0..means.len() {
                    run = if at > 0 && means[at] - means[at - 1] <= slack { run + 1 } else { 1 };
                    commonest = commonest.max(run);
                }
                if commonest == 1 { means.len() } else { means.len() - commonest }
            })
            .max()
            .unwrap_or(0)
    }

    /// Mean number of values in a block.
    pub fn length(&self) -> f64 {
        self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng;
    use crate::statistics::autocorrelation::tests::autoregressive;

    #[test]
    fn leaving_out_one_of_two_gives_the_other() {
        let logarithm = |values: &[f64]| libm::log(values.iter().sum::<f64>() / values.len() as f64);
        let error = delete_one(&[1.0, 3.0], logarithm).unwrap();
        assert!((error - 0.5 * libm::log(3.0)).abs() < 1e-15, "{error}");
        // Of the mean it is the usual one.
        let error =
            delete_one(&[1.0, 2.0, 6.0], |values| values.iter().sum::<f64>() / values.len() as f64).unwrap();
        assert!((error - libm::sqrt(7.0 / 3.0)).abs() < 1e-15, "{error}");
        assert_eq!(delete_one(&[1.0], logarithm), None);
    }

    #[test]
    fn bars_of_few_values_hold_the_truth_as_often_as_those_of_many() {
        for count in [2, 4, 8] {
            let (runs, mut held) = (4000, 0);
            let mut stream = rng::stream(4, "few", "", count as u64);
            for _ in 0..runs {
                let values: Vec<f64> = (0..count).map(|_| rng::standard_normal(&mut stream)).collect();
                let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
                let error = of_few(delete_one(&values, mean).unwrap(), count);
                held += usize::from(mean(&values).abs() < error);
            }
            // 0.683 ± 0.0074, 4.5 of them.
            let share = held as f64 / f64::from(runs);
            assert!((share - 0.6827).abs() < 0.033, "{count}: {share}");
        }
    }

    /// Runs the jackknife of the variance ⟨x²⟩ − ⟨x⟩² over many autoregressive series and returns the share of errors
    /// that cover the exact variance 1, the mean squared pull and the mean value.
    fn coverage(length: usize, rho: f64, runs: u64) -> (f64, f64, f64) {
        let tau = 0.5 * (1.0 + rho) / (1.0 - rho);
        let (mut covered, mut pulls, mut mean) = (0.0, 0.0, 0.0);
        for index in 0..runs {
            let mut stream = rng::stream(3, "jackknife test", "", index);
            let chains: Vec<Vec<f64>> = (0..4).map(|_| autoregressive(length, rho, &mut stream)).collect();
            let squares: Vec<Vec<f64>> =
                chains.iter().map(|chain| chain.iter().map(|x| x * x).collect()).collect();
            let columns: Vec<Vec<&[f64]>> =
                [&chains, &squares].map(|c| c.iter().map(Vec::as_slice).collect()).to_vec();
            let found = Blocks::new(&columns, tau).unwrap().estimate(|m| m[1] - m[0] * m[0]).unwrap();
            let pull = (found.value - 1.0) / found.std_error;
            covered += f64::from(u8::from(pull.abs() < 1.0));
            pulls += pull * pull;
            mean += found.value;
        }
        let runs = runs as f64;
        (covered / runs, pulls / runs, mean / runs)
    }

    #[test]
    fn errors_of_a_variance_cover_as_often_as_they_claim() {
        for (length, rho) in [(1000, 0.0), (1003, 0.8), (3000, 0.95)] {
            let runs = 400;
            let (covered, pulls, mean) = coverage(length, rho, runs);
            // Coverage 0.683 ± 0.023 (4.5σ: 0.105). Squared pulls of a skewed statistic with some thirty blocks
            // average a little above 1; their own standard error is about 0.09.
            assert!((covered - 0.683).abs() < 0.105, "ρ = {rho}: covered {covered}");
            assert!((0.6..1.5).contains(&pulls), "ρ = {rho}: squared pulls average {pulls}");
            // Var of x² is 2, correlated with τ(ρ²): the mean over the runs must be 1 within 4.5 standard errors.
            let tau = 0.5 * (1.0 + rho * rho) / (1.0 - rho * rho);
            let error = libm::sqrt(2.0 * 2.0 * tau / (4.0 * length as f64 * runs as f64));
            assert!((mean - 1.0).abs() < 4.5 * error, "ρ = {rho}: mean {mean}, error {error}");
        }
    }

    #[test]
    fn the_jackknife_of_a_mean_of_independent_blocks_is_the_textbook_error() {
        let values: Vec<f64> = (0..96).map(|i| f64::from(i * i % 17)).collect();
        let blocks = Blocks::new(&[vec![&values[..48], &values[48..]]], 0.5).unwrap();
        assert_eq!(blocks.sums.len(), 32);
        assert_eq!(blocks.length(), 3.0);
        let found = blocks.estimate(|means| means[0]).unwrap();
        let triples: Vec<f64> = values.chunks(3).map(|three| three.iter().sum::<f64>() / 3.0).collect();
        let mean = triples.iter().sum::<f64>() / 32.0;
        let variance = triples.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (31.0 * 32.0);
        assert!((found.value - mean).abs() < 1e-12);
        assert!((found.std_error - libm::sqrt(variance)).abs() < 1e-12);
    }

    #[test]
    fn too_little_data_gives_no_error() {
        let values = vec![1.0; 100];
        assert!(Blocks::new(&[vec![&values[..5]]], 0.5).is_none(), "five values");
        assert!(Blocks::new(&[vec![&values]], 30.0).is_none(), "two independent values");
        let blocks = Blocks::new(&[vec![&values]], 0.5).unwrap();
        assert_eq!(blocks.estimate(|m| m[0]).unwrap().std_error, 0.0, "nothing fluctuates");
        assert!(blocks.estimate(|_| f64::NAN).is_none());
    }
}
