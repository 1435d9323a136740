//! Rank-normalised split R-hat: do the replicas agree with each other and with their own second halves?
//!
//! Source: A. Vehtari, A. Gelman, D. Simpson, B. Carpenter, P.-C. Bürkner, Bayesian Analysis 16 (2021) 667,
//! doi:10.1214/20-BA1221.

use super::special::normal_quantile;

/// Reported in place of infinity, when every half chain is constant but they differ among themselves.
pub const STUCK: f64 = 1000.0;

/// The larger of the rank-normalised R-hat of the values (bulk) and of their distances from the median (tails).
///
/// Each replica is cut into two halves (a middle value is left out), all values are replaced by normal scores of their
/// ranks, z = Φ⁻¹((r − 3/8)/(S + 1/4)) (eq. 14 there), and R̂ = √((n − 1)/n + B/(n W)) compares the variance B between
/// the half chains with the variance W within them (eqs. 1–4). Near 1 when all is well; above 1.01 something drifts
/// or is stuck. At most [`STUCK`].
///
/// Of replicas of different lengths the beginnings, as long as the shortest, are compared.
///
/// `None` when a half would hold fewer than two values, or when all values are equal.
pub fn r_hat(replicas: &[&[f64]]) -> Option<f64> {
    let length = replicas.iter().map(|values| values.len()).min()?;
    let half = length / 2;
    if half < 2 {
        return None;
    }
    let chains: Vec<&[f64]> =
        replicas.iter().flat_map(|values| [&values[..half], &values[length - half..length]]).collect();
    let values: Vec<f64> = chains.concat();
    let bulk = split_r_hat(&normal_scores(&values)?, half);
    let median = median(&values);
    let folded: Vec<f64> = values.iter().map(|x| (x - median).abs()).collect();
    // Two-valued series are equally far from their median everywhere: the tails then hold no information.
    let tail = normal_scores(&folded).map_or(1.0, |scores| split_r_hat(&scores, half));
    Some(bulk.max(tail))
}

/// R̂ of concatenated chains of `length` values each.
fn split_r_hat(values: &[f64], length: usize) -> f64 {
    let n = length as f64;
    let chains = values.chunks_exact(length);
    let count = chains.len() as f64;
    let means: Vec<f64> = chains.clone().map(|chain| chain.iter().sum::<f64>() / n).collect();
    let grand = means.iter().sum::<f64>() / count;
    let between = means.iter().map(|mean| (mean - grand) * (mean - grand)).sum::<f64>() / (count - 1.0);
    let within = chains
        .zip(&means)
        .map(|(chain, mean)| chain.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0))
        .sum::<f64>()
        / count;
    if within <= f64::EPSILON * between {
        return if between > 0.0 { STUCK } else { 1.0 };
    }
    libm::sqrt((n - 1.0) / n + between / within).min(STUCK)
}

/// Normal scores of the ranks, ties sharing their average rank; `None` when all values are equal.
fn normal_scores(values: &[f64]) -> Option<Vec<f64>> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let total = values.len() as f64;
    let mut scores = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let value = values[order[start]];
        let end = start + order[start..].iter().take_while(|at| values[**at] == value).count();
        if start == 0 && end == order.len() {
            return None;
        }
        let rank = 0.5 * (start + 1 + end) as f64;
        let score = normal_quantile((rank - 0.375) / (total + 0.25));
        order[start..end].iter().for_each(|at| scores[*at] = score);
        // `end` exceeds `start` because a value equals itself (records hold no NaN).
        start = end.max(start + 1);
    }
    Some(scores)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { 0.5 * (sorted[middle - 1] + sorted[middle]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng;
    use crate::statistics::autocorrelation::tests::autoregressive;

    fn chains(shift: f64, scale: f64) -> Vec<Vec<f64>> {
        let mut stream = rng::stream(11, "rhat test", "", 0);
        let mut chains: Vec<Vec<f64>> = (0..4).map(|_| autoregressive(2000, 0.0, &mut stream)).collect();
        chains[0].iter_mut().for_each(|x| *x = scale * *x + shift);
        chains
    }

    fn of(chains: &[Vec<f64>]) -> Option<f64> {
        r_hat(&chains.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    #[test]
    fn agreeing_chains_give_one_and_disagreeing_ones_more() {
        // R̂² − 1 ≈ χ²₇/(7 · 1000) for eight independent half chains of 1000: below 1.004 beyond 4.5σ.
        let good = of(&chains(0.0, 1.0)).unwrap();
        assert!((0.999..1.004).contains(&good), "R-hat of independent values is {good}");
        assert!(of(&chains(1.0, 1.0)).unwrap() > 1.05, "a shifted chain must show");
        assert!(of(&chains(0.0, 3.0)).unwrap() > 1.05, "a wider chain must show in the tails");
        let drift: Vec<Vec<f64>> = chains(0.0, 1.0)
            .into_iter()
            .map(|c| c.iter().enumerate().map(|(i, x)| x + 1e-3 * i as f64).collect())
            .collect();
        assert!(of(&drift).unwrap() > 1.05, "a drift shared by all replicas must show");
    }

    #[test]
    fn a_hand_computed_value() {
        // Two replicas of four give half chains (1,2) (3,4) (5,6) (7,8): ranks equal values, scores antisymmetric.
        let z = |rank: f64| normal_quantile((rank - 0.375) / 8.25);
        let (a, b) = (0.5 * (z(8.0) + z(7.0)), 0.5 * (z(6.0) + z(5.0)));
        let between = 2.0 * (a * a + b * b) / 3.0;
        let within = ((z(8.0) - z(7.0)).powi(2) + (z(6.0) - z(5.0)).powi(2)) / 4.0;
        let expected = libm::sqrt(0.5 + between / within);
        let found = r_hat(&[&[1.0, 2.0, 3.0, 4.0], &[5.0, 6.0, 7.0, 8.0]]).unwrap();
        assert!((found - expected).abs() < 1e-12, "{found} against {expected}");
    }

    #[test]
    fn constant_chains() {
        assert_eq!(r_hat(&[&[2.0; 10], &[2.0; 10]]), None, "nothing fluctuated, so nothing is known");
        assert_eq!(r_hat(&[&[2.0; 10], &[3.0; 10]]), Some(STUCK), "stuck in different places");
        assert_eq!(r_hat(&[&[1.0, 2.0]]), None);
    }
}
