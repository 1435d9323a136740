//! Walks against quadrature: averages, the density, and how often the crest between two wells is crossed.

use super::*;
use crate::exact::continuum::surface::Surface;

fn double_well(tilt: f64) -> Continuum {
    let surface = Surface::DoubleWell {
        dimensions: 1,
        barrier: 1.0,
        distance: 1.0,
        tilt,
        stiffness: 1.0,
        squeeze: 0.0,
    };
    Continuum { surface, low: -2.5, high: 2.5 }
}

/// A mean with the error of 50 batches.
fn batch_mean(values: &[f64]) -> (f64, f64) {
    let batches: Vec<f64> = values
        .chunks_exact(values.len() / 50)
        .map(|chunk| chunk.iter().sum::<f64>() / chunk.len() as f64)
        .collect();
    let count = batches.len() as f64;
    let mean = batches.iter().sum::<f64>() / count;
    let scatter: f64 = batches.iter().map(|x| (x - mean) * (x - mean)).sum();
    (mean, libm::sqrt(scatter / (count - 1.0) / count))
}

/// Both samplers, Langevin's with a step so long that some are refused.
fn walks<'a>(continuum: &'a Continuum, temperature: f64, stream: &mut Stream) -> [Walk<'a>; 2] {
    let step = 10.0 * time_step(continuum, temperature);
    [Walk::metropolis(continuum, temperature, stream), Walk::langevin(continuum, step, temperature, stream)]
}

#[test]
fn averages_are_those_of_quadrature() {
    let turn = (libm::cos(0.5), libm::sin(0.5));
    let squeezed = Surface::DoubleWell {
        dimensions: 2,
        barrier: 1.0,
        distance: 1.0,
        tilt: 0.2,
        stiffness: 2.0,
        squeeze: 0.5,
    };
    let landscapes = [
        (double_well(0.3), [0.4, 1.0, 3.0]),
        (Continuum { surface: squeezed, low: -2.0, high: 2.5 }, [0.4, 1.0, 3.0]),
        (
            Continuum {
                surface: Surface::Rastrigin { dimensions: 1, curvature: 1.0, amplitude: 0.5, turn },
                low: -3.0,
                high: 3.0,
            },
            [0.4, 1.0, 3.0],
        ),
        (
            Continuum {
                surface: Surface::Rastrigin { dimensions: 2, curvature: 1.0, amplitude: 0.5, turn },
                low: -3.0,
                high: 2.0,
            },
            [0.5, 1.0, 3.0],
        ),
        // Walls that cut off what is populated.
        (
            Continuum {
                surface: Surface::Quadratic { dimensions: 2, curvature: 1.0, skew: 0.6 },
                low: -0.5,
                high: 1.0,
            },
            [0.2, 1.0, 5.0],
        ),
    ];
    for (continuum, temperatures) in &landscapes {
        for temperature in *temperatures {
            let exact = continuum.moments(temperature).unwrap();
            let identity = format!("{continuum:?} {temperature}");
            let mut stream = rng::stream(7, "test", &identity, 0);
            for mut walk in walks(continuum, temperature, &mut stream) {
                (0..300).for_each(|_| walk.sweep(&mut stream));
                walk.tune();
                let mut series: [Vec<f64>; 6] = Default::default();
                for _ in 0..2000 {
                    walk.sweep(&mut stream);
                    let (energy, (x, y)) = (walk.energy(), walk.place());
                    let off = energy - exact.energy;
                    series
                        .iter_mut()
                        .zip([energy, off * off, x, x * x, y, y * y])
                        .for_each(|(s, v)| s.push(v));
                    assert!((energy - continuum.surface.energy(x, y)).abs() < 1e-12);
                }
                let expected = [
                    exact.energy,
                    exact.energy_variance,
                    exact.first[0],
                    exact.second[0],
                    exact.first[1],
                    exact.second[1],
                ];
                for (values, expected) in series.iter().zip(expected) {
                    let (mean, error) = batch_mean(values);
                    // 49 degrees of freedom: |t| > 6 happens with probability 2e-7; 0 against 0 in one dimension.
                    assert!(
                        (mean - expected).abs() <= 6.0 * error,
                        "{identity}, {:?}: {mean} ± {error}, exact {expected}",
                        walk.motion
                    );
                }
                let accepted = walk.acceptance();
                assert!((0.1..0.999_999).contains(&accepted), "{identity}, {:?}: {accepted}", walk.motion);
            }
        }
    }
}

/// χ² of a histogram of independent places against ∫ e^{−E/T}/Z over each bin.
#[test]
fn places_are_visited_as_often_as_their_boltzmann_weights_say() {
    const BINS: usize = 25;
    let (continuum, temperature, draws) = (double_well(0.2), 1.0, 4000);
    let width = (continuum.high - continuum.low) / BINS as f64;
    let weights: Vec<f64> = (0..BINS)
        .map(|bin| {
            let low = continuum.low + width * bin as f64;
            let nodes = crate::exact::continuum::quadrature::Nodes::new(low, low + width, 1);
            nodes.iter().map(|(x, w)| w * libm::exp(-continuum.surface.energy(x, 0.0) / temperature)).sum()
        })
        .collect();
    let whole: f64 = weights.iter().sum();
    let mut stream = rng::stream(8, "test", "histogram", 0);
    for mut walk in walks(&continuum, temperature, &mut stream) {
        (0..300).for_each(|_| walk.sweep(&mut stream));
        walk.tune();
        let mut hits = [0.0; BINS];
        for _ in 0..draws {
            (0..10).for_each(|_| walk.sweep(&mut stream));
            let bin = (walk.place().0 - continuum.low) / width;
            hits[(bin as usize).min(BINS - 1)] += 1.0;
        }
        let (mut chi2, mut bins) = (0.0, 0.0);
        for (hits, weight) in hits.iter().zip(&weights) {
            let expected = f64::from(draws) * weight / whole;
            if expected > 8.0 {
                chi2 += (hits - expected) * (hits - expected) / expected;
                bins += 1.0;
            }
        }
        // Mean and variance of χ² are about n and 2n; five standard deviations.
        assert!(
            bins > 15.0 && (chi2 - bins).abs() < 5.0 * libm::sqrt(2.0 * bins),
            "{:?}: {chi2} of {bins}",
            walk.motion
        );
    }
}

#[test]
fn paths_reach_a_bottom_between_two_places_as_often_as_finely_drawn_ones() {
    const PATHS: usize = 4000;
    const STEPS: usize = 1000;
    let continuum = double_well(0.0);
    let mut crossings = Crossings::new(continuum.wells().unwrap());
    let goal = crossings.wells.right;
    let mut stream = rng::stream(9, "test", "bridge", 0);
    for (before, after) in [(0.5, 0.3), (0.2, 0.9), (1.0, 0.8)] {
        let mut touched = [0.0; 2];
        for _ in 0..PATHS {
            crossings.side = Some(Side::Left);
            let found = crossings.between(goal - before, goal - after, 1.0, &mut stream);
            assert!(found.is_none_or(|side| side == Side::Right));
            touched[0] += f64::from(u8::from(found.is_some()));
            // A walk of the same variance, tied to both ends.
            let mut distance = before;
            let mut low = distance;
            for step in 0..STEPS {
                let left = (STEPS - step) as f64;
                let spread = libm::sqrt((left - 1.0) / left / STEPS as f64);
                distance += (after - distance) / left + spread * rng::standard_normal(&mut stream);
                low = low.min(distance);
            }
            touched[1] += f64::from(u8::from(low <= 0.0));
        }
        // Seen at n times only, a goal is as if it were 0.5826/√n farther (Broadie, Glasserman and Kou 1997, doi:10.1111/1467-9965.00035).
        let farther = 0.5826 / libm::sqrt(STEPS as f64);
        let wanted = [0.0, farther].map(|more| libm::exp(-2.0 * (before + more) * (after + more)));
        for (touched, wanted) in touched.iter().zip(wanted) {
            let share = touched / PATHS as f64;
            let error = libm::sqrt(wanted * (1.0 - wanted) / PATHS as f64);
            assert!((share - wanted).abs() < 4.5 * error, "{before}, {after}: {share} and not {wanted}");
        }
    }
}

/// Rates of crossings with their errors, and the inverse first-passage times, well by well.
fn rates(continuum: &Continuum, temperature: f64, sweeps: usize) -> Vec<(f64, f64, f64)> {
    // A step twice as long as the usual one changes rates by less than one per cent.
    let step = 2.0 * time_step(continuum, temperature);
    let mut stream = rng::stream(9, "test", &format!("crossing {temperature}"), 0);
    let mut walk = Walk::langevin(continuum, step, temperature, &mut stream);
    (0..100).for_each(|_| walk.sweep(&mut stream));
    walk.tune();
    (0..sweeps).for_each(|_| walk.sweep(&mut stream));
    assert!(walk.acceptance() > 0.99);
    let (wells, stays) = (continuum.wells().unwrap(), walk.stays().unwrap());
    let rate = |side: Side| {
        let own = stays[side as usize];
        let rate = own.left as f64 / (own.moves as f64 * step);
        let exact = 1.0 / continuum.passage_time(wells, side, temperature);
        (rate, rate / libm::sqrt(own.left as f64), exact)
    };
    Side::BOTH.into_iter().map(rate).collect()
}

#[test]
fn wells_are_left_as_often_as_mean_first_passage_times_say() {
    let continuum = double_well(0.1);
    let (cold, warm) = (rates(&continuum, 0.25, 37_500), rates(&continuum, 0.4, 15_000));
    for (rate, error, exact) in cold.iter().chain(&warm) {
        assert!(error / rate < 0.12, "{rate} {error}");
        assert!((rate - exact).abs() < 4.5 * error, "{rate} ± {error}, exact {exact}");
    }
    // Arrhenius: the slope of ln k against 1/T, with that of the exact rates, which is near the height of the crest.
    let wells = continuum.wells().unwrap();
    for (side, (cold, warm)) in Side::BOTH.into_iter().zip(cold.iter().zip(&warm)) {
        let span = 1.0 / 0.25 - 1.0 / 0.4;
        let (slope, exact) = (libm::log(warm.0 / cold.0) / span, libm::log(warm.2 / cold.2) / span);
        let error = libm::hypot(warm.1 / warm.0, cold.1 / cold.0) / span;
        assert!((slope - exact).abs() < 4.5 * error, "{side:?}: {slope} ± {error}, exact {exact}");
        let height = continuum.height(wells, side);
        assert!((exact / height - 1.0).abs() < 0.2, "{side:?}: {exact} {height}");
    }
}

#[test]
fn displacements_are_found_while_the_walk_thermalises_and_then_fixed() {
    let continuum = double_well(0.0);
    let mut stream = rng::stream(1, "test", "tuning", 0);
    let mut walk = Walk::metropolis(&continuum, 0.05, &mut stream);
    (0..500).for_each(|_| walk.sweep(&mut stream));
    walk.tune();
    let found = walk.step();
    (0..2000).for_each(|_| walk.sweep(&mut stream));
    assert_eq!(walk.step(), found);
    assert!((0.3..0.7).contains(&walk.acceptance()), "{}", walk.acceptance());
}
