//! Every sampler on unit vectors, against chains, quadrature and clocks of many directions.

use crate::input::Context;
use crate::input::testing::NO_FILES;
use crate::models::{self, Model};
use crate::rng;
use crate::samplers::{Chain, SamplerEntry, chains, find};
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::sync::Arc;

fn model(name: &str, graph: &Value) -> Arc<dyn Model> {
    models::build(&json!({ name: graph }), &Context { seed: 5, quick: false, ladder: &[], inputs: &NO_FILES })
        .unwrap()
}

/// Mean and standard error from 50 batches, far longer than the autocorrelation time here.
fn batch_mean(series: &[f64]) -> (f64, f64) {
    let batches: Vec<f64> =
        series.chunks_exact(series.len() / 50).map(|b| b.iter().sum::<f64>() / b.len() as f64).collect();
    let mean = batches.iter().sum::<f64>() / 50.0;
    let variance = batches.iter().map(|batch| (batch - mean) * (batch - mean)).sum::<f64>() / 49.0;
    (mean, libm::sqrt(variance / 50.0))
}

fn chain<'a>(
    entry: &SamplerEntry,
    model: &'a dyn Model,
    temperature: f64,
    stream: &mut rng::Stream,
) -> Box<dyn Chain + 'a> {
    let mut chain = entry.start(model, temperature, stream).unwrap();
    (0..200).for_each(|_| chain.sweep(stream));
    chain.tune();
    chain
}

/// Every sampler's means of E, (E − ⟨E⟩)² and |M| against what is known of them.
fn compare(model: &dyn Model, temperature: f64, [energy, variance, order]: [Option<f64>; 3]) -> usize {
    let mut samplers = 0;
    for entry in chains().filter(|entry| (entry.refuse)(model).is_none()) {
        samplers += 1;
        let identity = format!("{} {}", entry.name, model.identity());
        let mut stream = rng::stream(14, "test", &identity, 0);
        let mut chain = chain(entry, model, temperature, &mut stream);
        let mut series = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..5_000 {
            chain.sweep(&mut stream);
            let excess = chain.energy() - energy.unwrap_or(0.0);
            series[0].push(chain.energy());
            series[1].push(excess * excess);
            series[2].push(chain.magnetization());
        }
        for (series, expected) in series.iter().zip([energy, variance, order]) {
            let Some(expected) = expected else { continue };
            let (mean, error) = batch_mean(series);
            // |t| > 6 with 49 degrees of freedom happens with probability 2e-7.
            assert!((mean - expected).abs() < 6.0 * error, "{identity}: {mean} ± {error}, exact {expected}");
        }
        assert!(chain.acceptance() > 0.0 && chain.acceptance() <= 1.0 && chain.updates_per_spin() > 0.0);
    }
    samplers
}

#[test]
fn chains_of_vectors_follow_their_transfer_operators() {
    for name in ["xy", "heisenberg"] {
        for (graph, temperature) in [
            (json!({ "lattice": "chain", "size": 12, "boundary": "open" }), 0.7),
            (json!({ "lattice": "chain", "size": 4, "coupling": 1.5 }), 1.0),
            (json!({ "lattice": "chain", "size": 3, "coupling": -1.0 }), 0.8),
            (json!({ "lattice": "chain", "size": 2, "coupling": 0.8 }), 0.2),
        ] {
            let model = model(name, &graph);
            let exact =
                model.exact().unwrap().solve(temperature, &mut |_| ControlFlow::Continue(())).unwrap();
            let samplers =
                compare(&*model, temperature, [Some(exact.energy), Some(exact.energy_variance), None]);
            assert_eq!(samplers, 5, "single vectors, rotated or not, and clusters of both kinds");
        }
    }
    // Closed forms of the open chain: −(N − 1) I₁(K)/I₀(K) at K = 1, and −(N − 1)(coth K − 1/K).
    let open = |name: &str| {
        let model = model(name, &json!({ "lattice": "chain", "size": 12, "boundary": "open" }));
        model.exact().unwrap().solve(1.0, &mut |_| ControlFlow::Continue(())).unwrap().energy
    };
    assert!((open("xy") + 11.0 * 0.446_389_965_896_534_5).abs() < 1e-12, "{}", open("xy"));
    assert!((open("heisenberg") + 11.0 * (1.0 / libm::tanh(1.0) - 1.0)).abs() < 1e-12);
}

#[test]
fn plane_vectors_are_clocks_of_many_directions() {
    // Sums over q equally spaced angles differ from integrals by terms of order I_q(κ)/I_0(κ), κ the largest field over T.
    for (graph, states, temperature, samplers) in [
        (json!({ "lattice": "chain", "size": 4, "boundary": "open", "field": 0.6 }), 16, 0.8, 4),
        (json!({ "lattice": "complete", "size": 4, "coupling": 3.0, "field": -0.5 }), 16, 0.9, 4),
        (json!({ "lattice": "complete", "size": 4, "disorder": "pm_j", "coupling": 2.0 }), 16, 0.9, 3),
    ] {
        let mut keys = graph.clone();
        keys["states"] = json!(states);
        let clock = model("clock", &keys);
        let solved = clock.exact().unwrap().solve(temperature, &mut |_| ControlFlow::Continue(())).unwrap();
        let (pairs, sites) = clock.site_states().unwrap();
        let (mut total, mut order) = (0.0, 0.0);
        for code in 0..16_usize.pow(4) {
            let state: Vec<u8> = (0..4).map(|i| (code >> (4 * i) & 15) as u8).collect();
            let mut counts = vec![0; 16];
            state.iter().for_each(|a| counts[usize::from(*a)] += 1);
            let weight = libm::exp(-sites.energy(pairs, &state) / temperature - solved.log_partition);
            total += weight;
            order += weight * sites.order(&counts);
        }
        assert!((total - 1.0).abs() < 1e-9);
        let vectors = model("xy", &graph);
        let known = [Some(solved.energy), Some(solved.energy_variance), Some(order)];
        assert_eq!(compare(&*vectors, temperature, known), samplers, "{graph}");
    }
    // The torus of nine sites, by elimination.
    let keys = json!({ "lattice": "square", "size": 3, "states": 10 });
    let clock =
        model("clock", &keys).exact().unwrap().solve(2.0, &mut |_| ControlFlow::Continue(())).unwrap();
    let torus = model("xy", &json!({ "lattice": "square", "size": 3 }));
    assert_eq!(compare(&*torus, 2.0, [Some(clock.energy), Some(clock.energy_variance), None]), 5);
}

/// Nodes and weights of Gauss and Legendre's rule on [−1, 1], by Newton's method on P_n.
fn legendre(n: usize) -> Vec<(f64, f64)> {
    (0..n)
        .map(|i| {
            let mut x = libm::cos(std::f64::consts::PI * (i as f64 + 0.75) / (n as f64 + 0.5));
            let mut slope = 0.0;
            for _ in 0..50 {
                let (mut before, mut now) = (1.0, x);
                for k in 2..=n {
                    (before, now) =
                        (now, ((2 * k - 1) as f64 * x * now - (k - 1) as f64 * before) / k as f64);
                }
                slope = n as f64 * (x * now - before) / (x * x - 1.0);
                x -= now / slope;
            }
            (x, 2.0 / ((1.0 - x * x) * slope * slope))
        })
        .collect()
}

#[test]
fn space_vectors_in_a_field_follow_quadrature_over_the_sphere() {
    // A triangle of bonds K = 1/1.2 in a field 0.7: seven heights and ten azimuths integrate all harmonics up to degree nine.
    let (coupling, field, temperature) = (1.0, 0.7, 1.2);
    let mut points = Vec::new();
    for (z, weight) in legendre(7) {
        for k in 0..10 {
            let angle = std::f64::consts::TAU * f64::from(k) / 10.0;
            let r = libm::sqrt(1.0 - z * z);
            points.push(([z, r * libm::cos(angle), r * libm::sin(angle)], weight));
        }
    }
    let dot = |a: &[f64; 3], b: &[f64; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    let (mut z, mut e, mut square, mut order) = (0.0, 0.0, 0.0, 0.0);
    for (a, of_a) in &points {
        for (b, of_b) in &points {
            // All turn about the field together: the first azimuth stands for all.
            for (c, of_c) in points.iter().step_by(10) {
                let energy = -coupling * (dot(a, b) + dot(b, c) + dot(c, a)) - field * (a[0] + b[0] + c[0]);
                let weight = of_a * of_b * of_c * libm::exp(-energy / temperature);
                let sum: [f64; 3] = std::array::from_fn(|k| a[k] + b[k] + c[k]);
                z += weight;
                e += weight * energy;
                square += weight * energy * energy;
                order += weight * libm::sqrt(dot(&sum, &sum));
            }
        }
    }
    let (e, square, order) = (e / z, square / z, order / z);
    let triangle =
        model("heisenberg", &json!({ "lattice": "chain", "size": 3, "coupling": coupling, "field": field }));
    assert_eq!(compare(&*triangle, temperature, [Some(e), Some(square - e * e), Some(order)]), 4);
}

#[test]
fn the_angle_of_two_vectors_is_distributed_as_it_should_be() {
    // In space cos ϑ has the density e^{K c}; in the plane the angle has the density e^{K cos ϑ}.
    let (temperature, bins) = (0.6, 24);
    for name in ["xy", "heisenberg"] {
        let pair = model(name, &json!({ "lattice": "chain", "size": 2, "boundary": "open" }));
        let density = |u: f64| -> f64 {
            if name == "heisenberg" {
                libm::exp((2.0 * u - 1.0) / temperature)
            } else {
                libm::exp(libm::cos(std::f64::consts::PI * u) / temperature)
            }
        };
        // Shares of equal intervals of u = (c + 1)/2 or ϑ/π, by the midpoint rule.
        let fine = 200;
        let shares: Vec<f64> = (0..bins)
            .map(|bin| {
                (0..fine)
                    .map(|k| density((bin as f64 + (f64::from(k) + 0.5) / f64::from(fine)) / bins as f64))
                    .sum()
            })
            .collect();
        let total: f64 = shares.iter().sum();
        for entry in chains().filter(|entry| (entry.refuse)(&*pair).is_none()) {
            let mut stream = rng::stream(8, "test", &format!("{name} {}", entry.name), 0);
            let mut chain = chain(entry, &*pair, temperature, &mut stream);
            let samples = 12_000;
            let mut counts = vec![0.0; bins];
            for _ in 0..samples {
                (0..12).for_each(|_| chain.sweep(&mut stream));
                let cosine = (-chain.energy()).clamp(-1.0, 1.0);
                let u = if name == "heisenberg" {
                    (cosine + 1.0) / 2.0
                } else {
                    libm::acos(cosine) / std::f64::consts::PI
                };
                counts[((u * bins as f64) as usize).min(bins - 1)] += 1.0;
            }
            let chi2: f64 = counts
                .iter()
                .zip(&shares)
                .map(|(count, share)| {
                    let expected = f64::from(samples) * share / total;
                    assert!(expected > 5.0, "{expected}");
                    (count - expected) * (count - expected) / expected
                })
                .sum();
            // 23 degrees of freedom: χ² > 77 happens with probability 1e-7.
            assert!(chi2 < 77.0, "{} of {name}: χ² = {chi2}", entry.name);
        }
    }
}

#[test]
fn algorithms_agree_on_a_torus_and_with_the_series_at_high_temperature() {
    // To K³ on the square lattice, ⟨S·S'⟩ per bond is that of the pair and of the four-cycles through it:
    // u = x + 2x³ + O(K⁵) with x = I₁/I₀ in the plane and L(K) in space.
    let plane: fn(f64) -> f64 = |k| k / 2.0 - k * k * k / 16.0;
    let space: fn(f64) -> f64 = |k| 1.0 / libm::tanh(k) - 1.0 / k;
    for (name, x) in [("xy", plane), ("heisenberg", space)] {
        let torus = model(name, &json!({ "lattice": "square", "size": 8 }));
        let temperature = 4.0;
        let x = x(1.0 / temperature);
        compare(&*torus, temperature, [Some(-128.0 * (x + 2.0 * x * x * x)), None, None]);
        let sampled = |algorithm: &str| {
            let entry = find(algorithm).unwrap();
            let mut stream = rng::stream(2, "torus", &format!("{name} {algorithm}"), 0);
            let mut chain = chain(entry, &*torus, 0.9, &mut stream);
            let mut series = [Vec::new(), Vec::new()];
            for _ in 0..2_000 {
                chain.sweep(&mut stream);
                series[0].push(chain.energy());
                series[1].push(chain.magnetization() * chain.magnetization());
            }
            series.map(|series| batch_mean(&series))
        };
        let known = sampled("wolff");
        for algorithm in ["metropolis", "heat_bath", "overrelaxation", "swendsen_wang"] {
            for ((a, of_a), (b, of_b)) in sampled(algorithm).into_iter().zip(known) {
                assert!((a - b).abs() < 6.0 * libm::hypot(of_a, of_b), "{algorithm} of {name}: {a} and {b}");
            }
        }
    }
}

#[test]
fn energies_run_along_and_starts_are_collinear() {
    for name in ["xy", "heisenberg"] {
        let torus = model(name, &json!({ "lattice": "square", "size": 4, "field": 0.5 }));
        for entry in chains().filter(|entry| (entry.refuse)(&*torus).is_none()) {
            let mut stream = rng::stream(2, "start", entry.name, 0);
            let mut chain = entry.start(&*torus, 0.7, &mut stream).unwrap();
            chain.start_from(&[1; 16]);
            assert_eq!((chain.energy(), chain.magnetization()), (-40.0, 16.0), "{} of {name}", entry.name);
            assert_eq!(chain.state(), [1; 16]);
        }
        let refusal = (find("wolff").unwrap().refuse)(&*torus).unwrap();
        assert!(refusal.contains("use `swendsen_wang`"), "{refusal}");
    }
    let ising = model("ising", &json!({ "lattice": "square", "size": 4 }));
    let refusal = (find("overrelaxation").unwrap().refuse)(&*ising).unwrap();
    assert!(refusal.contains("use `heat_bath`"), "{refusal}");
}

#[test]
fn narrow_peaks_are_drawn_at_any_field() {
    for (name, draw) in [
        ("circle", super::cosine::<2> as fn(f64, &mut rng::Stream) -> f64),
        ("sphere", super::cosine::<3> as fn(f64, &mut rng::Stream) -> f64),
    ] {
        for kappa in [1e6, 1e9, 1e12] {
            let mut stream = rng::stream(3, "narrow", name, 0);
            // κ (1 − cos ϑ) is half the square of a normal variable on the circle, and exponential on the sphere.
            let count = 4000;
            let mean =
                (0..count).map(|_| kappa * (1.0 - draw(kappa, &mut stream))).sum::<f64>() / f64::from(count);
            let (exact, scatter) = if name == "circle" { (0.5, libm::sqrt(0.5)) } else { (1.0, 1.0) };
            assert!(
                (mean - exact).abs() < 4.5 * scatter / libm::sqrt(f64::from(count)),
                "{name}, {kappa}: {mean}"
            );
        }
        for kappa in [1e18, 1e200] {
            assert!((draw(kappa, &mut rng::stream(4, "narrow", name, 0)) - 1.0).abs() < 1e-12);
        }
    }
}
