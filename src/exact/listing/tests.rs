//! Enumeration of networks against the definition, configuration by configuration.

use super::*;
use crate::exact::network::Bond;
use crate::rng::{Stream, standard_normal, stream};
use proptest::prelude::*;
use rand::RngExt;

fn solve(network: &Network, temperature: f64) -> Thermodynamics {
    Listing::new(network).unwrap().solve(temperature, &mut |_| ControlFlow::Continue(())).unwrap()
}

/// Energy and order parameter of every configuration, by [`Network::energy`].
fn all(network: &Network) -> Vec<(f64, f64)> {
    let (q, sites) = (network.states, network.sites());
    let configuration =
        |index: usize| -> Vec<u8> { (0..sites).map(|site| (index / q.pow(site as u32) % q) as u8).collect() };
    let value = |index: usize| {
        let states = configuration(index);
        let order = states.iter().enumerate().map(|(i, a)| network.order[i * q + usize::from(*a)]).sum();
        (network.energy(&states), order)
    };
    (0..q.pow(sites as u32)).map(value).collect()
}

fn near(found: f64, wanted: f64, what: &str) {
    assert!((found - wanted).abs() <= 1e-10 * wanted.abs().max(1.0), "{what}: {found} is not {wanted}");
}

fn assert_agrees(network: &Network, temperature: f64) {
    let (solved, all) = (solve(network, temperature), all(network));
    let top = all.iter().map(|(energy, _)| -energy / temperature).fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = all.iter().map(|(energy, _)| libm::exp(-energy / temperature - top)).collect();
    let total: f64 = weights.iter().sum();
    let mean = |value: &dyn Fn(&(f64, f64)) -> f64| {
        all.iter().zip(&weights).map(|(x, weight)| weight * value(x)).sum::<f64>() / total
    };
    let energy = mean(&|x| x.0);
    near(solved.log_partition, libm::log(total) + top, "ln Z");
    near(solved.energy, energy, "U");
    near(solved.energy_variance, mean(&|x| (x.0 - energy) * (x.0 - energy)), "Var E");
    if let Some(order) = solved.order {
        let sites = network.sites().max(1) as f64;
        let (absolute, fourth) = order.others.unwrap();
        near(order.square, mean(&|x| (x.1 / sites).powi(2)), "⟨m²⟩");
        near(absolute, mean(&|x| (x.1 / sites).abs()), "⟨|m|⟩");
        near(fourth, mean(&|x| (x.1 / sites).powi(4)), "⟨m⁴⟩");
    }
    let probability: f64 = solved.populations.iter().map(|population| population.probability).sum();
    let states: f64 = solved.populations.iter().map(|population| population.degeneracy).sum();
    near(probability, 1.0, "Σ p");
    assert_eq!(states, all.len() as f64);
    // The two lowest levels, counted in a sorted list.
    let mut energies: Vec<f64> = all.iter().map(|(energy, _)| *energy).collect();
    energies.sort_by(f64::total_cmp);
    let size = energies.iter().fold(1.0_f64, |size, energy| size.max(energy.abs()));
    let count =
        |from: f64| energies.iter().filter(|energy| (**energy - from).abs() <= 1e-11 * size).count() as f64;
    let ground = solved.ground.unwrap();
    near(ground.energy, energies[0], "E₀");
    assert_eq!(ground.degeneracy, count(energies[0]));
    let next = energies.iter().find(|energy| **energy - energies[0] > 1e-11 * size);
    assert_eq!(ground.gap.is_some(), next.is_some());
    if let (Some((gap, degeneracy)), Some(next)) = (ground.gap, next) {
        near(gap, next - energies[0], "gap");
        assert_eq!(degeneracy, count(*next));
    }
}

/// A random graph of `sites` sites with `q` states; energies are normal, or with `whole` rounded, so that levels are
/// degenerate.
fn random(sites: usize, q: usize, density: f64, whole: bool, stream: &mut Stream) -> Network {
    let normals = |count: usize, stream: &mut Stream| -> Vec<f64> {
        let normal = |_| if whole { standard_normal(stream).round() } else { standard_normal(stream) };
        (0..count).map(normal).collect()
    };
    let mut bonds = Vec::new();
    for i in 0..sites {
        for j in i + 1..sites {
            if stream.random::<f64>() < density {
                bonds.push(Bond { ends: (i, j), energies: normals(q * q, stream) });
            }
        }
    }
    let (site_energies, order) = (normals(sites * q, stream), normals(sites * q, stream));
    Network { states: q, site_energies, order, bonds, offset: standard_normal(stream), symmetric: false }
}

/// A ring of `sites` sites with e(a, b) = −J where a = b, and no site energies.
fn ring(sites: usize, q: usize, coupling: f64) -> Network {
    let same: Vec<f64> = (0..q * q).map(|ab| if ab / q == ab % q { -coupling } else { 0.0 }).collect();
    let bond =
        |i: usize| Bond { ends: (i.min((i + 1) % sites), i.max((i + 1) % sites)), energies: same.clone() };
    let order: Vec<f64> = (0..q).map(|a| if a == 0 { 1.0 } else { -1.0 / (q as f64 - 1.0) }).collect();
    Network {
        states: q,
        site_energies: vec![0.0; sites * q],
        order: order.repeat(sites),
        bonds: (0..sites).map(bond).collect(),
        offset: 0.5,
        symmetric: true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_networks_are_summed_as_term_by_term(
        seed in any::<u64>(),
        q in 1_usize..5,
        sites in 0_usize..8,
        density in 0.0..1.0_f64,
        whole in any::<bool>(),
        temperature in prop_oneof![-50.0..-0.05_f64, 0.05..0.5_f64, 0.05..50.0_f64],
    ) {
        let sites = if q == 4 { sites.min(6) } else { sites };
        let network = random(sites, q, density, whole, &mut stream(seed, "network", "", 0));
        assert_agrees(&network, temperature);
    }

    #[test]
    fn rings_follow_the_transfer_matrix(
        q in 2_usize..6,
        sites in 3_usize..9,
        coupling in -2.0..2.0_f64,
        temperature in 0.05..50.0_f64,
    ) {
        // Eigenvalues e^K + q − 1 once and e^K − 1 (q − 1)-fold, K = J/T.
        let network = ring(sites, q, coupling);
        let k = coupling / temperature;
        let scale = k.max(0.0);
        let (one, others) = (libm::exp(k - scale) + (q as f64 - 1.0) * libm::exp(-scale), libm::exp(k - scale) - libm::exp(-scale));
        let z = one.powi(sites as i32) + (q as f64 - 1.0) * others.powi(sites as i32);
        // With K ≪ 0 the two terms may cancel: their sum has fewer digits.
        prop_assume!(z > 1e-4 * one.powi(sites as i32));
        let wanted = libm::log(z) + scale * sites as f64 - 0.5 / temperature;
        near(solve(&network, temperature).log_partition, wanted, "ln Z");
        assert_agrees(&network, temperature);
    }
}

#[test]
fn rich_spectra_are_summed_at_each_temperature() {
    let mut stream = stream(3, "rich", "", 0);
    for (sites, q) in [(17, 2), (11, 3)] {
        let network = random(sites, q, 0.4, false, &mut stream);
        let listing = Listing::new(&network).unwrap();
        let spectrum = listing.spectrum(&mut |_| ControlFlow::Continue(())).unwrap();
        assert!(matches!(spectrum, Spectrum::Ends(_)));
        for temperature in [0.05, 1.0, 50.0, -0.7] {
            assert_agrees(&network, temperature);
        }
        assert_eq!(solve(&network, 1.0).populations.len(), BINS);
        let cold = solve(&network, 0.0);
        let ground = cold.ground.unwrap();
        assert_eq!((cold.energy, ground.degeneracy, cold.energy_variance), (ground.energy, 1.0, 0.0));
        assert!((solve(&network, 1e-3).energy - cold.energy).abs() < 1e-9);
        let [near, far] = [cold, solve(&network, 1e-3)].map(|solved| solved.order.unwrap().square);
        assert!((near - far).abs() < 1e-12);
    }
}

#[test]
fn levels_in_thousands_are_gathered_in_intervals() {
    let network = random(8, 3, 0.5, false, &mut stream(4, "thousands", "", 0));
    for temperature in [0.3, -2.0] {
        let solved = solve(&network, temperature);
        assert_eq!((solved.populations.len(), solved.complete), (BINS, false));
        assert_agrees(&network, temperature);
    }
}

#[test]
fn a_symmetry_and_the_limit_of_ground_states() {
    let three = ring(6, 3, 1.0);
    let cold = solve(&three, 0.0);
    assert_eq!(cold.ground, Some(Ground { energy: -5.5, degeneracy: 3.0, gap: Some((2.0, 90.0)) }));
    assert_eq!((cold.energy, cold.energy_variance), (-5.5, 0.0));
    // ⟨m⁴⟩ would depend on which state is held.
    assert!(cold.order.is_none());
    assert_eq!(solve(&ring(6, 2, 1.0), 0.0).order.map(|order| order.square), Some(1.0));
    // Held or not, the sums are the same.
    let free = Network { symmetric: false, ..three.clone() };
    near(solve(&three, 1.3).log_partition, solve(&free, 1.3).log_partition, "ln Z");
    assert_eq!(solve(&three, 1.3).populations.len(), solve(&free, 1.3).populations.len());
}

#[test]
fn no_sites_too_many_and_an_interruption() {
    let empty = Network {
        states: 3,
        site_energies: vec![],
        order: vec![],
        bonds: vec![],
        offset: 2.0,
        symmetric: true,
    };
    let solved = solve(&empty, 4.0);
    assert_eq!((solved.log_partition, solved.energy, solved.energy_variance), (-0.5, 2.0, 0.0));
    assert_eq!(Listing::check(3, 16).unwrap_err(), "3^16 states are beyond enumeration (2^24 at most)");
    assert!(Listing::check(2, 24).is_ok() && Listing::check(2, 25).is_err());
    assert!(Listing::check(255, usize::MAX).is_err());
    assert!(Listing::new(&ring(5, 3, 0.7)).unwrap().solve(1.0, &mut |_| ControlFlow::Break(())).is_none());
}

#[test]
fn huge_energies_do_not_overflow() {
    let mut network = ring(6, 3, 1e100);
    network.symmetric = false;
    let solved = solve(&network, 1e98);
    near(solved.energy, -6e100, "U");
    near(solved.log_partition, 600.0 + libm::log(3.0), "ln Z");
}
