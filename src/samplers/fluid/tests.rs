//! Displacements of particles: sums over cells against sums over all pairs, kept-up sums against new ones, averages against integrals and
//! published coefficients.

use super::*;
use crate::exact::pair::TwoParticles;
use crate::rng;
use crate::samplers::tests::batch_mean;

fn fluid(particles: usize, density: f64, cutoff: f64, dimensions: usize) -> Fluid {
    Fluid { particles, dimensions, density, cutoff, tail_correction: false }
}

/// Σ r⁻¹² and Σ r⁻⁶ over all pairs and all images about, each within the cutoff.
fn by_images(fluid: &Fluid, places: &[[f64; 3]]) -> PairSums {
    let side = fluid.side();
    let mut sums = PairSums::default();
    let third: &[f64] = if fluid.dimensions == 3 { &[-1.0, 0.0, 1.0] } else { &[0.0] };
    for (k, from) in places.iter().enumerate() {
        for to in &places[k + 1..] {
            for a in [-1.0, 0.0, 1.0] {
                for b in [-1.0, 0.0, 1.0] {
                    for c in third {
                        let (x, y, z) = (
                            from[0] - to[0] + a * side,
                            from[1] - to[1] + b * side,
                            from[2] - to[2] + c * side,
                        );
                        let square = x * x + y * y + z * z;
                        if square < fluid.cutoff * fluid.cutoff {
                            let six = libm::pow(square, -3.0);
                            sums += PairSums { twelve: six * six, six };
                        }
                    }
                }
            }
        }
    }
    sums
}

/// Random places that keep some distance.
fn scattered(fluid: &Fluid, stream: &mut Stream) -> Vec<[f64; 3]> {
    let side = fluid.side();
    let mut places: Vec<[f64; 3]> = Vec::new();
    while places.len() < fluid.particles {
        let mut place = [0.0; 3];
        place[..fluid.dimensions].iter_mut().for_each(|x| *x = side * stream.random::<f64>());
        if places.iter().all(|other| Fluid::distance_squared(side, place, *other) > 0.64) {
            places.push(place);
        }
    }
    places
}

fn agree(one: PairSums, other: PairSums, tolerance: f64) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= tolerance * a.abs().max(b.abs());
    near(one.twelve, other.twelve) && near(one.six, other.six)
}

#[test]
fn cells_find_all_pairs_and_no_others() {
    let mut stream = rng::stream(1, "fluid test", "cells", 0);
    for (particles, density, cutoff, dimensions, celled) in [
        (400, 0.3, 2.5, 3, true),
        (300, 0.4, 1.7, 3, true),
        (200, 0.4, 2.5, 3, false),
        (200, 0.3, 2.5, 2, true),
        (70, 0.02, 1.5, 3, true),
        (30, 0.4, 2.5, 2, false),
    ] {
        let fluid = fluid(particles, density, cutoff, dimensions);
        for _ in 0..5 {
            let places = scattered(&fluid, &mut stream);
            let mut chain = Particles::from_places(&fluid, 1.0, &places);
            assert_eq!(chain.cells.is_some(), celled, "{fluid:?}");
            assert!(agree(chain.total(), by_images(&fluid, &places), 1e-12), "{fluid:?}");
        }
    }
}

#[test]
fn kept_up_sums_do_not_drift() {
    for (particles, density, cutoff, dimensions) in
        [(60, 0.8, 2.1, 3), (500, 0.6, 2.2, 3), (200, 0.5, 2.5, 2), (108, 1.3, 2.1, 3)]
    {
        let fluid = fluid(particles, density, cutoff, dimensions);
        let mut stream = rng::stream(2, "fluid test", "drift", particles as u64);
        let mut chain = Particles::new(&fluid, 1.5);
        // One sweep short of what forms the sums anew for the fourth time.
        (0..4 * REFRESH - 1).for_each(|_| chain.sweep(&mut stream));
        let places: Vec<[f64; 3]> = (0..particles).map(|k| chain.place(k)).collect();
        let (kept, fresh) = (chain.sums, by_images(&fluid, &places));
        assert!(agree(kept, fresh, 1e-11), "{kept:?} {fresh:?}");
        assert!(places.iter().flatten().all(|x| (0.0..fluid.side()).contains(x)));
        assert!((0.3..0.6).contains(&chain.acceptance()), "{}", chain.acceptance());
        chain.tune();
        let reach = chain.reach();
        (0..10).for_each(|_| chain.sweep(&mut stream));
        assert_eq!((chain.reach(), chain.count.proposed), (reach, 10 * particles as u64));
    }
}

#[test]
fn two_particles_have_the_averages_of_the_integral() {
    for (density, temperature, dimensions) in [(0.1, 0.8, 3), (0.02, 0.5, 3), (0.1, 0.6, 2)] {
        let mut fluid = fluid(2, density, 0.0, dimensions);
        fluid.cutoff = 0.5 * fluid.side();
        let exact = TwoParticles::new(&fluid, temperature).unwrap();
        let mut stream = rng::stream(3, "fluid test", "two", dimensions as u64);
        let mut chain = Particles::new(&fluid, temperature);
        (0..2000).for_each(|_| chain.sweep(&mut stream));
        chain.tune();
        let (mut energies, mut squares, mut pressures) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..200_000 {
            chain.sweep(&mut stream);
            energies.push(chain.energy());
            squares.push((chain.energy() - exact.energy) * (chain.energy() - exact.energy));
            pressures.push(chain.pressure());
        }
        for (series, expected) in
            [(energies, exact.energy), (squares, exact.energy_variance), (pressures, exact.pressure)]
        {
            let (mean, error) = batch_mean(&series);
            // Nine comparisons of 49 degrees of freedom: |t| > 5 happens with probability 7e-5.
            assert!((mean - expected).abs() < 5.0 * error, "{fluid:?}: {mean} ± {error}, exact {expected}");
        }
    }
}

#[test]
fn a_thin_gas_has_the_published_second_virial_coefficient() {
    // B₂(2) = −0.62763 · 2π/3 (Hirschfelder, Curtiss and Bird 1954, table I-B).
    let second = -0.627_63 * 2.0 / 3.0 * std::f64::consts::PI;
    let (temperature, particles) = (2.0, 16);
    let fluid = fluid(particles, 0.002, 10.0, 3);
    let mut stream = rng::stream(4, "fluid test", "virial", 0);
    let mut chain = Particles::new(&fluid, temperature);
    (0..500).for_each(|_| chain.sweep(&mut stream));
    chain.tune();
    let mut excess = Vec::new();
    for _ in 0..60_000 {
        chain.sweep(&mut stream);
        excess.push(chain.pressure() / (fluid.density * temperature) - 1.0);
    }
    let (mean, error) = batch_mean(&excess);
    let expected = second * fluid.density * (1.0 - 1.0 / particles as f64);
    // Third coefficients and what is beyond the cutoff count 2·10⁻⁵.
    assert!(error < 0.2 * expected.abs(), "{error}");
    assert!((mean - expected).abs() < 4.5 * error + 2e-5, "{mean} ± {error}, {expected}");
}

#[test]
fn distances_are_counted_once_each() {
    let fluid = fluid(108, 0.8, 2.5, 3);
    let chain = Particles::new(&fluid, 1.0);
    let width = fluid.side() / 20.0;
    let mut counts = vec![0.0; 10];
    chain.count_pairs(width, &mut counts);
    // The lattice's nearest neighbours, twelve each, at L/(3√2) = 4.71 widths, and six next ones at L/3 = 6.67 widths.
    assert_eq!(&counts[..7], &[0.0, 0.0, 0.0, 0.0, 648.0, 0.0, 324.0]);
}
