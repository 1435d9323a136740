//! The latent heat of the Potts model of ten states on the square lattice, against Baxter's exact one.
//!
//! Where two phases coexist, whose energies per site differ by Δe, the energy e = E/N fluctuates most where both are as likely:
//! max_T 4 Var e = Δe² + a/N + …, with a from the fluctuations within each phase (J. Lee and J. M. Kosterlitz, Phys. Rev. B 43 (1991)
//! 3265, doi:10.1103/PhysRevB.43.3265). At a maximum an error of the temperature does not matter, so that this is known several
//! times better than the energies of the phases themselves or where the distribution has its two peaks, which besides approach
//! their limits as 1/L only, from lattices not much larger than the correlation length of 10.6 sites. What is left out of the
//! series moves Δe from these sizes by about 1 %.

use super::*;

/// 4 Var e and its error at the temperature, near T_c, at which it is largest.
fn largest_variance(productions: &[Production], weights: &Weights, sites: f64, critical: f64) -> Jackknifed {
    let mut levels = productions[0].levels.clone();
    for production in &productions[1..] {
        assert_eq!(production.levels.len(), levels.len());
        levels.iter_mut().zip(&production.levels).for_each(|(sum, level)| sum.visits += level.visits);
    }
    let variance = |temperature: f64| -> f64 {
        let probabilities = canonical::probabilities(&levels, temperature);
        let mean = |power: i32| -> f64 {
            levels.iter().zip(&probabilities).map(|(level, p)| p * (level.energy / sites).powi(power)).sum()
        };
        mean(2) - mean(1) * mean(1)
    };
    let near = (0..=4000).map(|step| critical * (0.98 + 0.06 * f64::from(step) / 4000.0));
    let temperature = near.max_by(|a, b| variance(*a).total_cmp(&variance(*b))).unwrap();
    assert!(canonical::covers(weights, &levels, temperature));
    let series: Vec<&Series> = productions.iter().map(|production| &production.series).collect();
    let tau = canonical::time(&series).unwrap();
    let squares: Vec<Vec<f64>> =
        series.iter().map(|series| series.energy.iter().map(|energy| energy * energy).collect()).collect();
    let columns = [
        series.iter().map(|series| &series.energy[..]).collect(),
        squares.iter().map(Vec::as_slice).collect::<Vec<&[f64]>>(),
    ];
    canonical::estimate(&series, &columns, temperature, tau, |means| {
        4.0 * (means[1] - means[0] * means[0]) / (sites * sites)
    })
    .unwrap()
}

#[test]
#[ignore = "two minutes in release"]
fn the_latent_heat_of_ten_potts_states_is_baxters() {
    // R. J. Baxter, J. Phys. C 6 (1973) L445, doi:10.1088/0022-3719/6/23/005.
    const EXACT: f64 = 0.696_049_431_5;
    let root = libm::sqrt(10.0);
    let critical = 1.0 / libm::log(1.0 + root);
    let chains = 4;
    // Sums of 1, x, x², y and x y over the sizes, x = 1/N and y = 4 Var e, weighted with 1/σ².
    let mut sums = [0.0; 5];
    for (side, weight_sweeps, production_sweeps) in
        [(16, 80_000, 300_000), (20, 100_000, 300_000), (24, 150_000, 300_000), (32, 300_000, 300_000)]
    {
        let sites = (side * side) as f64;
        let potts = model(json!({ "potts": { "lattice": "square", "size": side, "states": 10 } }));
        // From the ground state to 3.5 standard deviations above the disordered phase.
        let window = Some((-2.0 * sites, (-0.968 + 10.4 / side as f64) * sites));
        let settings = Settings { window, ..settings(weight_sweeps, production_sweeps) };
        let identity = json!({ "potts": side }).to_string();
        let mut stream = rng::stream(3, "latent heat", &identity, 0);
        let weights = weights(&*potts, &settings, &mut stream, &mut |_| Continue(())).unwrap();
        let productions: Vec<Production> = (1..=chains)
            .map(|chain| {
                let mut stream = rng::stream(3, "latent heat", &identity, chain);
                produce(&*potts, &weights, &settings, &mut stream, &mut |_| Continue(())).unwrap()
            })
            .collect();
        let trips: u64 = productions.iter().map(|production| production.round_trips).sum();
        let found = largest_variance(&productions, &weights, sites, critical);
        assert!(trips > 8, "L = {side}: {trips} round trips");
        let (x, weight) = (1.0 / sites, found.std_error.powi(-2));
        let terms = [1.0, x, x * x, found.value, x * found.value];
        sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += weight * term);
    }
    let [ones, x, xx, y, xy] = sums;
    let determinant = ones * xx - x * x;
    let latent = libm::sqrt((xx * y - x * xy) / determinant);
    let error = 0.5 * libm::sqrt(xx / determinant) / latent;
    assert!((latent / EXACT - 1.0).abs() < 0.02, "{latent} ± {error}");
    assert!(error < 0.01 * EXACT, "{error}");
}
