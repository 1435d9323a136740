//! The latent heat of the Potts model of ten states, against Baxter's exact one.
//!
//! At the temperature at which both peaks of the canonical distribution of e = E/N are as high, they lie at e_o and e_d; their
//! distance tends to the latent heat as 1/L (B. A. Berg and T. Neuhaus, Phys. Rev. Lett. 68 (1992) 9,
//! doi:10.1103/PhysRevLett.68.9). With the correlation length of 10.6 sites at the transition, the largest specific heat and the means
//! of the two halves of the distribution are still short of their power laws at these sizes; the peaks follow theirs from L = 16 on.

use super::*;

/// How far from a peak ln p(e) is fitted by a parabola.
const REACH: f64 = 0.08;

/// Position and ln of the height of the peak of p(e) among the levels with e in a range, at a temperature.
fn peak(levels: &[Level], sites: f64, temperature: f64, range: (f64, f64)) -> (f64, f64) {
    let probabilities = canonical::probabilities(levels, temperature);
    let points: Vec<(f64, f64, f64)> = levels
        .iter()
        .zip(probabilities)
        .map(|(level, p)| (level.energy / sites, p, level.visits as f64))
        .filter(|(_, p, visits)| *p > 0.0 && *visits > 0.0)
        .collect();
    let inside = points.iter().filter(|(e, ..)| (range.0..range.1).contains(e));
    let (mut centre, ..) = *inside.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    let mut height = 0.0;
    for _ in 0..4 {
        // Weighted least squares of c0 + c1 x + c2 x², x = e − centre.
        let (mut powers, mut values) = ([0.0; 5], [0.0; 3]);
        for (e, p, weight) in points.iter().filter(|(e, ..)| (e - centre).abs() < REACH) {
            let (x, y) = (e - centre, libm::log(*p));
            (0..5).for_each(|k| powers[k] += weight * x.powi(k as i32));
            (0..3).for_each(|k| values[k] += weight * y * x.powi(k as i32));
        }
        let column = |replaced: usize| -> f64 {
            let m = |row: usize, k: usize| if k == replaced { values[row] } else { powers[row + k] };
            m(0, 0) * (m(1, 1) * m(2, 2) - m(1, 2) * m(2, 1))
                - m(0, 1) * (m(1, 0) * m(2, 2) - m(1, 2) * m(2, 0))
                + m(0, 2) * (m(1, 0) * m(2, 1) - m(1, 1) * m(2, 0))
        };
        let [c0, c1, c2] = [0, 1, 2].map(|k| column(k) / column(3));
        centre -= c1 / (2.0 * c2);
        height = c0 - c1 * c1 / (4.0 * c2);
    }
    (centre, height)
}

/// The distance of the peaks at the temperature at which they are as high.
fn distance(levels: &[Level], sites: f64, critical: f64, middle: f64) -> f64 {
    let both = |temperature: f64| {
        let below = peak(levels, sites, temperature, (f64::NEG_INFINITY, middle));
        (below, peak(levels, sites, temperature, (middle, f64::INFINITY)))
    };
    let (mut cold, mut hot) = (0.97 * critical, 1.04 * critical);
    for _ in 0..30 {
        let temperature = 0.5 * (cold + hot);
        let (ordered, disordered) = both(temperature);
        if ordered.1 > disordered.1 { cold = temperature } else { hot = temperature }
    }
    let (ordered, disordered) = both(0.5 * (cold + hot));
    disordered.0 - ordered.0
}

#[test]
#[ignore = "three minutes in release"]
fn the_latent_heat_of_ten_potts_states_is_baxters() {
    // R. J. Baxter, J. Phys. C 6 (1973) L445, doi:10.1088/0022-3719/6/23/005.
    const EXACT: f64 = 0.696_049_431_5;
    let root = libm::sqrt(10.0);
    let (critical, middle) = (1.0 / libm::log(1.0 + root), -(1.0 + 1.0 / root));
    let chains = 4;
    let sizes: [(usize, u64, u64); 4] =
        [(16, 60_000, 200_000), (20, 80_000, 200_000), (24, 120_000, 250_000), (32, 250_000, 350_000)];
    let mut points = Vec::new();
    for (side, weight_sweeps, production_sweeps) in sizes {
        let sites = (side * side) as f64;
        let potts = model(json!({ "potts": { "lattice": "square", "size": side, "states": 10 } }));
        let settings = Settings {
            window: Some((-1.85 * sites, -0.75 * sites)),
            ..settings(weight_sweeps, production_sweeps)
        };
        let identity = potts.identity().to_string();
        let mut stream = rng::stream(3, "latent heat", &identity, 0);
        let weights = weights(&*potts, &settings, &mut stream, &mut |_| Continue(())).unwrap();
        let mut productions = (0..chains).map(|chain| {
            let mut stream = rng::stream(3, "latent heat", &identity, 1 + chain);
            produce(&*potts, &weights, &settings, &mut stream, &mut |_| Continue(())).unwrap()
        });
        let first = productions.next().unwrap();
        let mut levels = first.levels.clone();
        let mut alone = vec![distance(&first.levels, sites, critical, middle)];
        for production in productions {
            assert_eq!(production.levels.len(), levels.len());
            levels.iter_mut().zip(&production.levels).for_each(|(sum, level)| sum.visits += level.visits);
            alone.push(distance(&production.levels, sites, critical, middle));
        }
        let mean = alone.iter().sum::<f64>() / chains as f64;
        let scatter = alone.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
        let error = libm::sqrt(scatter / (chains * (chains - 1)) as f64);
        let together = distance(&levels, sites, critical, middle);
        println!("L = {side}: {together:.5} ± {error:.5} {}", weights.converged);
        points.push((1.0 / side as f64, together));
    }
    // Δe(L) = Δe + a/L by least squares.
    let count = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / count, y + point.1 / count));
    let (xx, xy) = points.iter().fold((0.0, 0.0), |(xx, xy), point| {
        let dx = point.0 - x;
        (xx + dx * dx, xy + dx * (point.1 - y))
    });
    let latent = y - xy / xx * x;
    println!("L → ∞: {latent:.5}, exact {EXACT}");
    assert!((latent / EXACT - 1.0).abs() < 0.02, "{latent}");
    assert!(
        points.iter().all(|(_, distance)| *distance > EXACT),
        "finite lattices have their peaks farther apart"
    );
}
