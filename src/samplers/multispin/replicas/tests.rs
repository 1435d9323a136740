//! The same bits everywhere, energies against plain sums, coins against their probabilities, and the distribution against
//! enumeration, Kaufman and elimination, with the chains' independence.

use super::crowd::Crowd;
use crate::exact::elimination::Elimination;
use crate::exact::kaufman;
use crate::exact::network::Network;
use crate::models::{Model, SquareLattice};
use crate::rng::{self, Stream};
use crate::samplers::multispin::InstructionSet;
use crate::samplers::tests::{batch_mean, model};
use serde_json::json;
use std::ops::ControlFlow;
use std::sync::Arc;

fn stream(purpose: &str) -> Stream {
    rng::stream(7, "many chains", purpose, 0)
}

/// Lattices of three, four and six neighbours, of two colours and of more, of sizes that fill vectors and that do not, with
/// signs, and those whose sites can share words.
fn lattices() -> Vec<Arc<dyn Model>> {
    let periodic = [
        ("square", json!(3)),
        ("square", json!(4)),
        ("square", json!([3, 4])),
        ("square", json!([5, 5])),
        ("square", json!([6, 10])),
        ("square", json!([7, 12])),
        ("square", json!(16)),
        ("square", json!([32, 20])),
        ("triangular", json!(3)),
        ("triangular", json!([8, 6])),
        ("honeycomb", json!(3)),
        ("honeycomb", json!([4, 8])),
        ("kagome", json!([4, 6])),
        ("cubic", json!(3)),
        ("cubic", json!([4, 4, 6])),
        ("complete", json!(7)),
    ];
    let mut all = Vec::new();
    for (lattice, size) in periodic {
        all.push(model(json!({ "lattice": lattice, "size": size })));
        all.push(model(json!({ "lattice": lattice, "size": size, "coupling": 0.75, "disorder": "pm_j" })));
    }
    all.push(model(json!({ "lattice": "square", "size": 16, "coupling": -1.5 })));
    all
}

fn crowd<'a>(set: InstructionSet, model: &'a dyn Model, temperatures: &[f64], seed: &str) -> Crowd<'a> {
    Crowd::at(set, model.pair_model().unwrap(), temperatures, &mut stream(seed)).unwrap()
}

fn sweep(crowd: &mut Crowd<'_>) {
    for block in 0..crowd.blocks() {
        crowd.sweep(block);
        crowd.count(block);
    }
}

fn ladder(chains: usize) -> Vec<f64> {
    (0..chains).map(|chain| 0.8 + 0.07 * chain as f64).collect()
}

/// Everything about all chains.
fn outcome(crowd: &Crowd<'_>) -> Vec<(Vec<i8>, f64, f64)> {
    (0..crowd.len())
        .map(|chain| (crowd.state(chain), crowd.energy(chain), crowd.magnetization(chain)))
        .collect()
}

#[test]
fn every_instruction_set_gives_the_same_bits() {
    for model in lattices() {
        // One spin of each chain in a word, two, and four where the lattice allows; and two words.
        for chains in [64, 20, 9, 70] {
            let run = |set| {
                let mut crowd = crowd(set, &*model, &ladder(chains), "bits");
                (0..40).for_each(|_| sweep(&mut crowd));
                crowd.exchange(0, chains - 1);
                (0..10).for_each(|_| sweep(&mut crowd));
                outcome(&crowd)
            };
            let sets = InstructionSet::all();
            let first = run(sets[0]);
            for set in &sets[1..] {
                assert!(first == run(*set), "{chains} of {}, {}", model.description(), set.name());
            }
        }
    }
}

#[test]
fn energies_and_magnetisations_are_those_of_the_states() {
    for model in lattices() {
        let pairs = model.pair_model().unwrap();
        for chains in [64, 20, 9, 70] {
            let mut crowd = crowd(InstructionSet::widest(), &*model, &ladder(chains), "sums");
            for _ in 0..3 {
                for chain in 0..chains {
                    let state = crowd.state(chain);
                    let difference = crowd.energy(chain) - pairs.energy(&state);
                    assert!(difference.abs() < 1e-9, "{chains} of {}: {difference}", model.description());
                    assert_eq!(crowd.magnetization(chain), state.iter().map(|s| f64::from(*s)).sum::<f64>());
                }
                sweep(&mut crowd);
            }
        }
    }
}

#[test]
fn the_bits_are_those_of_stored_results() {
    let model = model(json!({ "lattice": "square", "size": 16 }));
    let mut crowd = crowd(InstructionSet::widest(), &*model, &ladder(40), "stored");
    (0..100).for_each(|_| sweep(&mut crowd));
    let sums: f64 =
        (0..40).map(|chain| (chain + 1) as f64 * (crowd.energy(chain) + crowd.magnetization(chain))).sum();
    // A golden value: whatever changes it changes every result, and asks for a new revision of the samplers.
    assert_eq!(sums, -255_902.0);
}

#[test]
fn copies_are_copies_and_go_on_by_themselves() {
    for model in lattices() {
        let mut some = crowd(InstructionSet::widest(), &*model, &ladder(30), "copies");
        (0..5).for_each(|_| sweep(&mut some));
        let before = outcome(&some);
        some.extend(&[(29, 9.0), (3, 7.0), (3, 5.0)], &mut stream("more"));
        let after = outcome(&some);
        assert!(after[..30] == before && after[30] == before[29] && after[31] == before[3]);
        assert!(after[32] == before[3] && some.len() == 33);
        (0..20).for_each(|_| sweep(&mut some));
        assert!(some.state(31) != some.state(32), "{}", model.description());

        let mut many =
            Crowd::alike(InstructionSet::widest(), model.pair_model().unwrap(), 150, &mut stream("many"))
                .unwrap();
        let before = outcome(&many);
        let chosen: Vec<usize> = (0..150).map(|place: usize| (place + 20).min(149) / 3 * 3).collect();
        many.select(&chosen);
        let after = outcome(&many);
        assert!(after.iter().zip(&chosen).all(|(now, from)| *now == before[*from]));
        many.set_temperature(3.0);
        (0..20).for_each(|_| sweep(&mut many));
        assert!(many.state(0) != many.state(1), "{}", model.description());
    }
}

/// z of all pulls in `judge`: none may be too large, and their squares have the mean 1.
fn judge(pulls: &[f64], most: f64, what: &str) {
    let square = pulls.iter().map(|z| z * z).sum::<f64>() / pulls.len() as f64;
    let worst = pulls.iter().fold(0.0_f64, |worst, z| worst.max(z.abs()));
    assert!(worst < most, "{what}: {worst}");
    let error = libm::sqrt(2.0 / pulls.len() as f64);
    assert!((square - 1.0).abs() < 5.0 * error + 0.05, "{what}: {square} ± {error}");
}

#[test]
fn all_states_of_the_three_by_three_torus_occur_as_often_as_they_should_and_chains_are_independent() {
    const SAMPLES: usize = 1500;
    let temperature = 8.0;
    for (lattice, chains) in [("square", 64), ("triangular", 64)] {
        let torus = model(json!({ "lattice": lattice, "size": 3 }));
        let pairs = torus.pair_model().unwrap();
        let exact = torus.exact().unwrap().solve(temperature, &mut |_| ControlFlow::Continue(())).unwrap();
        let mut crowd = crowd(InstructionSet::widest(), &*torus, &vec![temperature; chains], "states");
        (0..100).for_each(|_| sweep(&mut crowd));
        let (mut counts, mut series) = (vec![0.0; 512], vec![Vec::new(); chains]);
        for _ in 0..SAMPLES {
            // A few lazy sweeps leave no correlation to speak of at this temperature.
            (0..48).for_each(|_| sweep(&mut crowd));
            for (chain, series) in series.iter_mut().enumerate() {
                let state = crowd.state(chain);
                counts[state.iter().fold(0, |code, spin| 2 * code + usize::from(*spin > 0))] += 1.0;
                series.push([crowd.energy(chain) - exact.energy, crowd.magnetization(chain)]);
            }
        }
        let mut chi_squared = 0.0;
        for (code, count) in counts.iter().enumerate() {
            let state: Vec<i8> = (0..9).rev().map(|bit| if code >> bit & 1 == 1 { 1 } else { -1 }).collect();
            let p = libm::exp(-pairs.energy(&state) / temperature - exact.log_partition);
            let expected = (SAMPLES * chains) as f64 * p;
            chi_squared += (count - expected) * (count - expected) / expected;
        }
        // 511 degrees of freedom: mean 511, standard deviation √1022 = 32; ±5 of them.
        assert!((351.0..671.0).contains(&chi_squared), "{lattice}: χ² = {chi_squared}");

        // Of independent chains the products of deviations have the mean 0 and the product of the variances as variance.
        let mut pulls = Vec::new();
        let square = |a: &Vec<[f64; 2]>, k: usize| a.iter().map(|x| x[k] * x[k]).sum::<f64>();
        for (a, first) in series.iter().enumerate() {
            for second in &series[..a] {
                for k in 0..2 {
                    let product: f64 = first.iter().zip(second).map(|(x, y)| x[k] * y[k]).sum();
                    pulls.push(product / libm::sqrt(square(first, k) * square(second, k) / SAMPLES as f64));
                }
            }
        }
        // The largest of 4032: beyond 5 once in 400 times.
        judge(&pulls, 5.0, lattice);
    }
}

#[test]
fn energies_are_exact_at_the_temperature_of_each_chain() {
    // Enumeration and elimination, on all kinds of lattices; temperatures move from chain to chain meanwhile.
    let mut pulls = Vec::new();
    for (model, sweeps) in [
        (json!({ "lattice": "square", "size": 4 }), 4000),
        (json!({ "lattice": "square", "size": [5, 6], "disorder": "pm_j" }), 4000),
        (json!({ "lattice": "square", "size": [8, 8], "disorder": "pm_j" }), 4000),
        (json!({ "lattice": "triangular", "size": [4, 5] }), 4000),
        (json!({ "lattice": "honeycomb", "size": [4, 3], "disorder": "pm_j" }), 4000),
        (json!({ "lattice": "cubic", "size": [3, 3, 3], "disorder": "pm_j" }), 3000),
    ]
    .map(|(keys, sweeps)| (model(keys), sweeps))
    {
        let elimination = Elimination::new(&Network::from(model.pair_model().unwrap())).unwrap();
        for chains in [64, 16] {
            let temperatures: Vec<f64> = (0..chains).map(|i| [1.8, 2.5, 4.0, 30.0][i % 4]).collect();
            let mut crowd = crowd(InstructionSet::widest(), &*model, &temperatures, "exact");
            // Chains 0 and 1 take each other's temperature and so on: where each stands is where it would be without.
            (0..300).for_each(|_| sweep(&mut crowd));
            (0..chains / 2).for_each(|pair| crowd.exchange(2 * pair, 2 * pair + 1));
            (0..300).for_each(|_| sweep(&mut crowd));
            let mut sums = vec![[0.0; 2]; chains];
            let exact: Vec<_> = (0..4)
                .map(|i| elimination.sum(1.0 / temperatures[i], &mut |_| ControlFlow::Continue(())).unwrap())
                .collect();
            // After the exchange.
            let of = |chain: usize| &exact[(chain % 4) ^ 1];
            for _ in 0..sweeps {
                sweep(&mut crowd);
                for (chain, sum) in sums.iter_mut().enumerate() {
                    let deviation = crowd.energy(chain) - of(chain).energy;
                    sum[0] += deviation / f64::from(sweeps);
                    sum[1] += (deviation * deviation - of(chain).energy_variance) / f64::from(sweeps);
                }
            }
            // Chains of one temperature are independent repetitions: their scatter is the error.
            for start in 0..4 {
                for k in 0..2 {
                    let values: Vec<f64> = sums.iter().skip(start).step_by(4).map(|sum| sum[k]).collect();
                    let count = values.len() as f64;
                    let mean = values.iter().sum::<f64>() / count;
                    let scatter: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
                    if chains == 64 {
                        pulls.push(mean / libm::sqrt(scatter / (count - 1.0) / count));
                    } else {
                        // Too few for an error of their own; they are right to a twentieth of the deviation.
                        let size = [libm::sqrt(of(start).energy_variance), of(start).energy_variance][k];
                        assert!(mean.abs() < 0.15 * size, "{}: {mean}", model.description());
                    }
                }
            }
        }
    }
    // Student's t with 15 degrees of freedom, 48 of them: beyond 5.5 once in 300 times; a mean square of 1.15 ± 0.3.
    let square = pulls.iter().map(|z| z * z).sum::<f64>() / pulls.len() as f64;
    let worst = pulls.iter().fold(0.0_f64, |worst, z| worst.max(z.abs()));
    assert!(worst < 5.5 && (0.4..2.4).contains(&square), "{worst} {square}");
}

/// Pulls of the energies and of their variances against Kaufman, for lattices of side 16.
fn kaufman_pulls(temperatures: &[f64], sweeps: usize, seed: &str) -> Vec<f64> {
    let torus = model(json!({ "lattice": "square", "size": 16 }));
    let lattice = SquareLattice { rows: 16, columns: 16, coupling: 1.0 };
    let mut crowd = crowd(InstructionSet::widest(), &*torus, temperatures, seed);
    (0..temperatures.len()).for_each(|chain| crowd.set_state(chain, &[1; 256]));
    (0..sweeps / 10).for_each(|_| sweep(&mut crowd));
    let mut series = vec![Vec::with_capacity(sweeps); temperatures.len()];
    for _ in 0..sweeps {
        sweep(&mut crowd);
        for (chain, series) in series.iter_mut().enumerate() {
            series.push(crowd.energy(chain));
        }
    }
    let mut pulls = Vec::new();
    for (energies, temperature) in series.iter().zip(temperatures) {
        let exact = kaufman::torus(lattice, *temperature).unwrap();
        let energy = 256.0 * exact.energy_per_site;
        let variance = 256.0 * exact.specific_heat * temperature * temperature;
        let squares: Vec<f64> = energies.iter().map(|e| (e - energy) * (e - energy)).collect();
        for (series, expected) in [(energies, energy), (&squares, variance)] {
            let (mean, error) = batch_mean(series);
            pulls.push((mean - expected) / error);
        }
    }
    pulls
}

#[test]
fn energies_of_lattices_of_16_are_kaufmans() {
    // In words with one spin of each chain, and with four; away from T_c, where batches of 80 sweeps are long beside τ.
    for count in [64, 12] {
        let temperatures: Vec<f64> =
            (0..count).map(|i| [1.6, 1.9, 3.0, 4.5][i % 4] + 0.001 * i as f64).collect();
        let pulls = kaufman_pulls(&temperatures, 4000, "kaufman");
        // Student's t with 49 degrees of freedom.
        judge(&pulls, 5.5, "Kaufman");
    }
}

#[test]
#[ignore = "takes a minute: cargo test --release --lib -- --ignored long_runs_of_many_chains"]
fn long_runs_of_many_chains_are_kaufmans() {
    let temperatures: Vec<f64> = (0..64).map(|i| 1.6 + 0.03 * f64::from(i)).collect();
    judge(&kaufman_pulls(&temperatures, 400_000, "long"), 5.5, "all temperatures");
    judge(&kaufman_pulls(&[2.0, 2.269_185_314_213_022, 2.6], 400_000, "critical"), 5.5, "four spins a word");
}

#[test]
fn no_state_holds_a_chain_for_ever() {
    // Stripes one spin wide: every flip costs nothing, and without lazy sweeps all of them would be made, for ever.
    let torus = model(json!({ "lattice": "square", "size": 8 }));
    let mut crowd = crowd(InstructionSet::widest(), &*torus, &[1.0; 64], "stripes");
    let stripes: Vec<i8> = (0..64).map(|site| if site / 8 % 2 == 0 { 1 } else { -1 }).collect();
    (0..64).for_each(|chain| crowd.set_state(chain, &stripes));
    // That no sweep in 200 is lazy has the probability (7/8)^200 = 3e-12.
    (0..200).for_each(|_| sweep(&mut crowd));
    assert!((0..64).any(|chain| crowd.energy(chain) != 0.0));
}
