//! The error of a mean against the length of blocks, by which a plateau shows that blocks have forgotten each other.
//!
//! Source: H. Flyvbjerg and H. G. Petersen, J. Chem. Phys. 91 (1989) 461, doi:10.1063/1.457480.

use super::autocorrelation::Autocorrelation;

/// Fewest blocks whose scatter is an error.
const FEWEST: usize = 16;

/// What blocks of one length say of the mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// Values in a block, b.
    pub length: usize,
    /// Number of blocks n_b.
    pub blocks: usize,
    /// σ_b = √(Σ (x̄_k − x̄)²/(n_b (n_b − 1))), the error of the mean if blocks were independent.
    pub std_error: f64,
    /// Its own error σ_b/√(2(n_b − 1)) (eq. 28 there).
    pub uncertainty: f64,
}

/// σ_b for blocks of 1, 2, 4 … values, while there are sixteen or more; no block reaches from one replica to the next.
pub fn blocking(replicas: &[&[f64]]) -> Vec<Level> {
    let mut means: Vec<Vec<f64>> = replicas.iter().map(|values| values.to_vec()).collect();
    let (mut levels, mut length) = (Vec::new(), 1);
    loop {
        let blocks: usize = means.iter().map(Vec::len).sum();
        if blocks < FEWEST {
            return levels;
        }
        let count = blocks as f64;
        let mean = means.iter().flatten().sum::<f64>() / count;
        let squares: f64 = means.iter().flatten().map(|x| (x - mean) * (x - mean)).sum();
        let std_error = libm::sqrt(squares / (count * (count - 1.0)));
        let uncertainty = std_error / libm::sqrt(2.0 * (count - 1.0));
        levels.push(Level { length, blocks, std_error, uncertainty });
        for values in &mut means {
            *values = values.chunks_exact(2).map(|pair| 0.5 * (pair[0] + pair[1])).collect();
        }
        length *= 2;
    }
}

/// What σ_b should be by the autocorrelation function, summed up to its window W:
///
/// σ_b² = Γ(0)/N [1 + 2 Σ_{t=1}^{min(b−1, W)} (1 − t/b) ρ(t)],
///
/// from the error of independent values at b = 1 to that of τ for b ≫ W.
pub fn expected(memory: &Autocorrelation, length: usize) -> f64 {
    let most = memory.window.min(length.saturating_sub(1));
    let lags = memory.rho.iter().enumerate().skip(1).take(most);
    let sum: f64 = lags.map(|(lag, rho)| (1.0 - lag as f64 / length as f64) * rho).sum();
    libm::sqrt(memory.variance / memory.samples as f64 * (1.0 + 2.0 * sum).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng;
    use crate::statistics::autocorrelation::autocorrelation;
    use crate::statistics::autocorrelation::tests::autoregressive;

    #[test]
    fn blocks_of_an_autoregressive_series_show_its_memory() {
        let (rho, length) = (0.8_f64, 1 << 15);
        let mut stream = rng::stream(6, "blocking", "", 0);
        let chains: Vec<Vec<f64>> = (0..4).map(|_| autoregressive(length, rho, &mut stream)).collect();
        let slices: Vec<&[f64]> = chains.iter().map(Vec::as_slice).collect();
        let memory = autocorrelation(&slices).unwrap();
        let levels = blocking(&slices);
        assert_eq!((levels[0].length, levels[0].blocks), (1, 4 * length));
        assert!(levels.last().is_some_and(|last| last.blocks == FEWEST));
        for level in levels {
            // Var of the mean of b values of unit variance, over n_b blocks: (1 + 2 Σ (1 − t/b) ρ^t)/(b n_b).
            let b = level.length as f64;
            let sum: f64 =
                (1..level.length).map(|lag| (1.0 - lag as f64 / b) * libm::pow(rho, lag as f64)).sum();
            let exact = libm::sqrt((1.0 + 2.0 * sum) / (b * level.blocks as f64));
            // Short blocks are not independent, so that their scatter is known less well than they claim: by the root of 2τ(ρ²) at most.
            let slack = libm::sqrt((1.0 + rho * rho) / (1.0 - rho * rho)).max(1.0);
            let pull = (level.std_error - exact) / (slack * level.uncertainty);
            assert!(pull.abs() < 4.5, "b = {b}: {} and not {exact}", level.std_error);
            // τ of half a million values is known to 1 %.
            let by_memory = expected(&memory, level.length);
            assert!((by_memory / exact - 1.0).abs() < 0.05, "b = {b}: {by_memory} and not {exact}");
        }
    }

    #[test]
    fn a_few_values_have_no_blocks() {
        assert!(blocking(&[&[1.0; 15]]).is_empty());
        let levels = blocking(&[&[2.0; 20], &[2.0; 13]]);
        assert_eq!(levels.iter().map(|level| level.blocks).collect::<Vec<_>>(), [33, 16]);
        assert!(levels.iter().all(|level| level.std_error == 0.0), "nothing fluctuates");
    }
}
