//! Frequencies and independence of the Bernoulli bits.

use super::*;
use crate::samplers::multispin::kernel::draw_words;

/// The probabilities of the two coins: those of a transition, tiny ones that are rare events alone, large ones that are
/// inverted, exact binary fractions without a residual, and residuals next to the largest.
const PAIRS: [[f64; 2]; 8] = [
    [0.171_572_875, 0.029_437_251],
    [1e-3, 1e-6],
    [4e-7, 0.0],
    [0.96, 0.92],
    [0.999_999, 0.5],
    [0.25, 0.0625],
    [0.499_9, 0.249_9],
    [0.019_5, 0.009_7],
];

#[test]
fn coins_show_their_probabilities_and_are_independent() {
    // 2^14 rows of 32 words: 2^25 bits of each coin.
    let (rows, stretch) = (1 << 14, 32);
    let mut worst: f64 = 0.0;
    for (pair, probabilities) in PAIRS.iter().enumerate() {
        let mut chance = Chance::new(*probabilities, stretch, &mut rng::stream(17, "coins", "", pair as u64));
        let mut counts = [0_u64; 2];
        // Coincidences of a bit of the first coin with the next bit, the next word, that of the same generator, the next row.
        let mut both = [0_u64; 4];
        let [mut previous, _] = draw_words(&mut chance, stretch);
        for _ in 0..rows {
            let [first, second] = draw_words(&mut chance, stretch);
            counts[0] += first.iter().map(|word| u64::from(word.count_ones())).sum::<u64>();
            counts[1] += second.iter().map(|word| u64::from(word.count_ones())).sum::<u64>();
            for (at, word) in first.iter().enumerate() {
                let others =
                    [word.rotate_left(1), first[(at + 1) % stretch], first[(at + 8) % stretch], previous[at]];
                for (both, other) in both.iter_mut().zip(others) {
                    *both += u64::from((word & other).count_ones());
                }
            }
            previous = first;
        }
        let bits = (rows * stretch * 64) as f64;
        let mut judge = |what: &str, count: u64, p: f64, variance: f64| {
            // A Poisson count of next to nothing has a longer tail than its standard deviation tells.
            let z = (count as f64 - bits * p).abs() / libm::sqrt(bits * variance + 1.0);
            worst = worst.max(z);
            assert!(z < 5.0, "{probabilities:?}, {what}: {count} of {bits}, {z} σ");
        };
        for (at, p) in probabilities.iter().enumerate() {
            judge("frequency", counts[at], *p, p * (1.0 - p));
        }
        let p = probabilities[0];
        for (what, count) in ["next bit", "next word", "same generator", "next row"].iter().zip(both) {
            // Pairs of neighbours overlap: the variance of Σ x_i x_{i+1} is p² (1 − p²) + 2 (p³ − p⁴) a bit.
            judge(what, count, p * p, p * p * (1.0 - p * p) + 2.0 * (p * p * p - p * p * p * p));
        }
    }
    assert!(worst > 0.5, "48 deviations cannot all be this small: {worst}");
}

#[test]
fn bits_of_every_place_are_alike() {
    // A place that is never or always hit by a rare event, or a generator amiss, would show here.
    let (rows, stretch) = (1 << 13, 24);
    let probabilities = [1.0 / 300.0, 1.0 / 700.0];
    let mut chance = Chance::new(probabilities, stretch, &mut rng::stream(19, "places", "", 0));
    let mut counts = vec![[0_u32; 2]; stretch * 64];
    for _ in 0..rows {
        for (coin, words) in draw_words(&mut chance, stretch).iter().enumerate() {
            for (place, count) in counts.iter_mut().enumerate() {
                count[coin] += (words[place / 64] >> (place % 64) & 1) as u32;
            }
        }
    }
    for (coin, p) in probabilities.iter().enumerate() {
        let expected = rows as f64 * p;
        let square =
            |count: &[u32; 2]| (f64::from(count[coin]) - expected) * (f64::from(count[coin]) - expected);
        let chi2 = counts.iter().map(square).sum::<f64>() / (expected * (1.0 - p));
        let places = counts.len() as f64;
        let z = (chi2 - places) / libm::sqrt(places * (2.0 + 1.0 / expected));
        assert!(z.abs() < 4.5, "coin {coin}: χ² = {chi2} for {places} places, {z} σ");
    }
}
