use super::*;
use crate::exact::kaufman;
use crate::exact::network::Bond;
use crate::lattices::{Geometry, Lattice};
use crate::models::SquareLattice;
use crate::models::spins::PairModel;
use crate::rng::{Stream, standard_normal, stream};
use proptest::prelude::*;
use rand::RngExt;

fn go(_: f64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// A configuration with its energy and order parameter.
type Listed = (Vec<u8>, f64, f64);

/// Every configuration with its energy and order parameter.
fn listed(network: &Network) -> Vec<Listed> {
    let (q, sites) = (network.states, network.sites());
    let count = q.pow(sites as u32);
    let configuration = |mut index: usize| -> Vec<u8> {
        (0..sites)
            .map(|_| {
                let state = index % q;
                index /= q;
                state as u8
            })
            .collect()
    };
    (0..count)
        .map(|index| {
            let states = configuration(index);
            let order = states.iter().enumerate().map(|(i, a)| network.order[i * q + usize::from(*a)]).sum();
            let energy = network.energy(&states);
            (states, energy, order)
        })
        .collect()
}

/// The same sums, term by term.
fn brute(network: &Network, beta: f64) -> Sum {
    let all = listed(network);
    let top = all.iter().map(|(_, e, _)| -beta * e).fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = all.iter().map(|(_, e, _)| libm::exp(-beta * e - top)).collect();
    let total: f64 = weights.iter().sum();
    let mean = |value: &dyn Fn(&Listed) -> f64| {
        all.iter().zip(&weights).map(|(x, w)| w * value(x)).sum::<f64>() / total
    };
    let energy = mean(&|x| x.1);
    Sum {
        log_partition: libm::log(total) + top,
        energy,
        energy_variance: mean(&|x| (x.1 - energy) * (x.1 - energy)),
        order: Some((mean(&|x| x.2), mean(&|x| x.2 * x.2))),
    }
}

/// A random graph of `sites` sites with `q` states: bonds with probability `density`, all energies normal.
fn random(sites: usize, q: usize, density: f64, stream: &mut Stream) -> Network {
    let normals = |count: usize, stream: &mut Stream| -> Vec<f64> {
        (0..count).map(|_| standard_normal(stream)).collect()
    };
    let mut bonds = Vec::new();
    for i in 0..sites {
        for j in i + 1..sites {
            if stream.random::<f64>() < density {
                bonds.push(Bond { ends: (i, j), energies: normals(q * q, stream) });
            }
        }
    }
    Network {
        states: q,
        site_energies: normals(sites * q, stream),
        order: normals(sites * q, stream),
        bonds,
        offset: standard_normal(stream),
        symmetric: false,
    }
}

fn assert_close(found: Sum, wanted: Sum, tolerance: f64) {
    let near = |a: f64, b: f64, what: &str| {
        assert!((a - b).abs() <= tolerance * b.abs().max(1.0), "{what}: {a} is not {b}");
    };
    near(found.log_partition, wanted.log_partition, "ln Z");
    near(found.energy, wanted.energy, "U");
    near(found.energy_variance, wanted.energy_variance, "Var E");
    if let (Some(found), Some(wanted)) = (found.order, wanted.order) {
        near(found.0, wanted.0, "⟨M⟩");
        near(found.1, wanted.1, "⟨M²⟩");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_networks_are_summed_as_term_by_term(
        seed in any::<u64>(),
        q in 1_usize..5,
        sites in 0_usize..8,
        density in 0.0..1.0_f64,
        beta in -60.0..60.0_f64,
    ) {
        let network = random(sites, q, density, &mut stream(seed, "network", "", 0));
        let elimination = Elimination::new(&network).unwrap();
        assert_close(elimination.sum(beta, &mut go).unwrap(), brute(&network, beta), 1e-10);
        let warm = beta / 100.0;
        assert_close(elimination.sum(warm, &mut go).unwrap(), brute(&network, warm), 1e-11);
        // Far below all gaps logarithms are summed.
        let log = elimination.logarithmic::<2>(warm, &mut go).unwrap();
        assert_close(log, brute(&network, warm), 1e-11);
    }

    #[test]
    fn ground_states_and_gaps_are_those_of_the_list(seed in any::<u64>(), sites in 1_usize..9, whole in any::<bool>()) {
        let mut stream = stream(seed, "ground", "", 0);
        let mut network = random(sites, 2, 0.5, &mut stream);
        if whole {
            // Few distinct energies, so that levels are degenerate.
            let energies = network.bonds.iter_mut().flat_map(|bond| &mut bond.energies);
            energies.chain(&mut network.site_energies).for_each(|energy| *energy = energy.round());
        }
        let mut energies: Vec<f64> = listed(&network).into_iter().map(|(_, energy, _)| energy).collect();
        energies.sort_by(f64::total_cmp);
        let lowest = energies[0];
        let of = |level: f64| energies.iter().filter(|e| (**e - level).abs() < 1e-8).count() as f64;
        let ground = Elimination::new(&network).unwrap().ground(&mut go).unwrap();
        prop_assert!((ground.energy - lowest).abs() < 1e-9);
        prop_assert_eq!(ground.degeneracy, of(lowest));
        match energies.iter().find(|energy| **energy > lowest + 1e-8) {
            Some(next) => {
                let (gap, count) = ground.gap.unwrap();
                prop_assert!((gap - (next - lowest)).abs() < 1e-8);
                prop_assert_eq!(count, of(*next));
            }
            None => prop_assert!(ground.gap.is_none()),
        }
    }
}

fn ising(geometry: Geometry, sides: &[usize], periodic: bool, field: f64) -> PairModel {
    let lattice = Lattice::new(geometry, sides, periodic);
    let bonds: Vec<(u32, u32, f64)> = lattice.bonds().map(|(i, j)| (i, j, 1.0)).collect();
    PairModel::new(&bonds, vec![field; lattice.sites()])
}

#[test]
fn tori_are_those_of_kaufman() {
    for (rows, columns) in [(3, 3), (5, 4), (6, 6), (7, 8)] {
        let network = Network::from(&ising(Geometry::Square, &[rows, columns], true, 0.0));
        let elimination = Elimination::new(&network).unwrap();
        for temperature in [0.05, 0.4, 1.7, 2.269_185_314_213_022, 3.0, 50.0] {
            let lattice = SquareLattice { rows, columns, coupling: 1.0 };
            let exact = kaufman::torus(lattice, temperature).unwrap();
            let found = elimination.sum(1.0 / temperature, &mut go).unwrap();
            let sites = (rows * columns) as f64;
            assert!((found.log_partition / exact.log_partition - 1.0).abs() < 1e-12);
            assert!((found.energy / sites - exact.energy_per_site).abs() < 1e-12);
            let specific_heat = found.energy_variance / (temperature * temperature * sites);
            assert!((specific_heat - exact.specific_heat).abs() < 1e-9, "{specific_heat} {exact:?}");
        }
    }
}

#[test]
fn a_chain_in_a_field_follows_its_transfer_matrix() {
    // λ± = e^{βJ} cosh βh ± √(e^{2βJ} sinh² βh + e^{−2βJ}); Z = λ₊^N + λ₋^N for a ring.
    let (sites, field) = (200, 0.3);
    let elimination =
        Elimination::new(&Network::from(&ising(Geometry::Chain, &[sites], true, field))).unwrap();
    assert_eq!(elimination.width(), 2);
    for beta in [0.1, 0.7, 2.0] {
        let root =
            libm::sqrt(libm::exp(2.0 * beta) * libm::sinh(beta * field).powi(2) + libm::exp(-2.0 * beta));
        let mean = libm::exp(beta) * libm::cosh(beta * field);
        let (more, less) = (mean + root, mean - root);
        let exact = sites as f64 * libm::log(more) + libm::log1p(libm::pow(less / more, sites as f64));
        let found = elimination.sum(beta, &mut go).unwrap();
        assert!((found.log_partition / exact - 1.0).abs() < 1e-13);
    }
}

#[test]
fn a_tree_needs_few_open_sites_and_a_large_cube_is_refused_with_numbers() {
    let bonds: Vec<(u32, u32, f64)> = (1..1023).map(|i| ((i - 1) / 2, i, 1.0)).collect();
    let tree = Elimination::new(&Network::from(&PairModel::new(&bonds, vec![0.0; 1023]))).unwrap();
    assert!(tree.width() <= 10, "{}", tree.width());
    // Without a field every bond of a tree is free: Z = 2^N cosh^(N−1) β.
    let found = tree.sum(0.8, &mut go).unwrap().log_partition;
    let exact = 1023.0 * std::f64::consts::LN_2 + 1022.0 * libm::log(libm::cosh(0.8));
    assert!((found / exact - 1.0).abs() < 1e-13);
    let refusal =
        Elimination::new(&Network::from(&ising(Geometry::Cubic, &[8, 8, 8], true, 0.0))).unwrap_err();
    assert!(
        refusal.contains("of its 512 sites open at once") && refusal.contains("67\u{202f}108\u{202f}864"),
        "{refusal}"
    );
}

#[test]
fn wide_tables_with_far_places_are_summed_right() {
    // Complete graphs of 15 sites open them all: stretches, far links and far exchanges all occur.
    for (q, sites) in [(2, 15), (3, 9)] {
        let network = random(sites, q, 0.9, &mut stream(7, "wide", "", q as u64));
        let found = Elimination::new(&network).unwrap().sum(0.4, &mut go).unwrap();
        assert_close(found, brute(&network, 0.4), 1e-11);
    }
    let strip = ising(Geometry::Square, &[3, 14], false, 0.2);
    let mut natural = Network::from(&strip);
    let quick = Elimination::new(&natural).unwrap();
    assert_eq!(quick.width(), 3);
    // The other way round sites are 14 apart.
    let order = order::Order { sites: (0..42).collect(), width: 14, terms: 0.0 };
    let operations = program(&natural, &order);
    let wide = Elimination { operations, width: 14, ..quick.clone() };
    let (one, other) = (quick.sum(0.45, &mut go).unwrap(), wide.sum(0.45, &mut go).unwrap());
    assert_close(one, other, 1e-12);
    natural.offset += 1.0;
    let moved = Elimination::new(&natural).unwrap().sum(0.45, &mut go).unwrap();
    assert!((moved.energy - one.energy - 1.0).abs() < 1e-12);
}

#[test]
fn samples_are_drawn_with_boltzmanns_weights() {
    // χ² over all states; 5 standard deviations above its mean at most, in any of four networks.
    let glass =
        PairModel::new(&[(0, 1, 1.0), (1, 2, -0.7), (2, 3, 0.4), (3, 0, 1.2), (0, 2, 0.3)], vec![0.0; 5]);
    let mut potts = random(4, 3, 0.8, &mut stream(3, "potts", "", 0));
    potts.offset = 0.0;
    let networks = [Network::from(&glass), potts, random(6, 2, 0.4, &mut stream(4, "field", "", 0))];
    for (seed, network) in networks.iter().enumerate() {
        let beta = 0.8;
        let elimination = Elimination::new(network).unwrap();
        let sampler = Sampler::new(&elimination, beta).unwrap();
        let log_partition = brute(network, beta).log_partition;
        let mut counts = std::collections::BTreeMap::new();
        let draws = 40_000;
        let mut stream = stream(seed as u64, "draws", "", 0);
        for _ in 0..draws {
            *counts.entry(sampler.draw(&mut stream)).or_insert(0_u32) += 1;
        }
        let (mut statistic, mut bins, mut rare) = (0.0, 0, (0.0, 0.0));
        for (state, energy, _) in listed(network) {
            let expected = f64::from(draws) * libm::exp(-beta * energy - log_partition);
            let found = f64::from(counts.get(&state).copied().unwrap_or(0));
            if expected < 5.0 {
                rare = (rare.0 + expected, rare.1 + found);
                continue;
            }
            statistic += (found - expected).powi(2) / expected;
            bins += 1;
        }
        if rare.0 > 5.0 {
            statistic += (rare.1 - rare.0).powi(2) / rare.0;
            bins += 1;
        }
        let freedom = f64::from(bins - 1);
        assert!(statistic < freedom + 5.0 * libm::sqrt(2.0 * freedom), "χ² = {statistic} over {freedom}");
    }
}

#[test]
fn it_stops_when_told() {
    let network = Network::from(&ising(Geometry::Square, &[4, 4], true, 0.0));
    assert!(Elimination::new(&network).unwrap().sum(1.0, &mut |_| ControlFlow::Break(())).is_none());
}

/// 12 × 12 with random bonds and fields is the largest torus promised.
#[test]
#[ignore = "takes seconds in release mode and minutes without"]
fn the_largest_tori_are_within_reach() {
    let exact = kaufman::torus(SquareLattice { rows: 12, columns: 12, coupling: 1.0 }, 2.3).unwrap();
    let torus = Elimination::new(&Network::from(&ising(Geometry::Square, &[12, 12], true, 0.0))).unwrap();
    let found = torus.sum(1.0 / 2.3, &mut go).unwrap();
    assert!((found.log_partition / exact.log_partition - 1.0).abs() < 1e-12);
    assert!((found.energy_variance / (144.0 * 2.3 * 2.3) - exact.specific_heat).abs() < 1e-10);
    // With a field there is no symmetry: one more place.
    let field = Elimination::new(&Network::from(&ising(Geometry::Square, &[12, 12], true, 0.1))).unwrap();
    assert!(field.width() <= 24, "{}", field.width());
    assert!(field.sum(1.0 / 2.3, &mut go).unwrap().log_partition > found.log_partition);
}
