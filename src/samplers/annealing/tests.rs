use super::*;
use crate::exact::ExactEnsemble;
use crate::exact::enumeration::Enumeration;
use crate::models::max_cut;
use crate::rng::stream;
use crate::samplers::schedule;
use rand::RngExt;

fn go_on(_: f64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn read(model: &PairModel, temperatures: &[f64], replica: u64) -> Annealed {
    anneal(model, temperatures, 256, &mut stream(1, "test", "anneal", replica), &mut go_on).unwrap()
}

/// A complete graph of n spins with couplings from `draw`, and fields when asked.
fn glass(n: u32, seed: u64, fields: bool, draw: impl Fn(&mut Stream) -> f64) -> PairModel {
    let mut random = stream(seed, "test", "glass", 0);
    let bonds: Vec<_> =
        (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| (i, j, draw(&mut random))).collect();
    let fields = (0..n).map(|_| if fields { draw(&mut random) } else { 0.0 }).collect();
    PairModel::new(&bonds, fields)
}

#[test]
fn small_glasses_are_solved() {
    let signs = |random: &mut Stream| if random.random::<bool>() { 1.0 } else { -1.0 };
    let reals = |random: &mut Stream| random.random::<f64>() - 0.5;
    let cut = max_cut::pair_model(12, &(1..12).map(|i| (i, i * i % 7 % i, 1.0)).collect::<Vec<_>>());
    let models = [
        glass(14, 1, false, signs),
        glass(13, 2, true, signs),
        glass(14, 3, true, reals),
        glass(12, 4, false, reals),
        cut,
    ];
    let temperatures = schedule::find("geometric").unwrap().temperatures(8.0, 0.05, 200);
    for model in &models {
        let all = Enumeration::new(model).unwrap();
        let ground = all.solve(0.0, &mut go_on).unwrap().energy;
        let reads: Vec<_> = (0..10).map(|replica| read(model, &temperatures, replica)).collect();
        for found in &reads {
            assert_eq!(model.energy(&found.best_state), found.best_energy);
            assert!(found.best_energy >= ground - 1e-9 && found.final_energy >= found.best_energy);
        }
        let best = reads.iter().map(|read| read.best_energy).fold(f64::INFINITY, f64::min);
        assert!((best - ground).abs() < 1e-9, "{best} instead of {ground}");
    }
}

#[test]
fn cached_energies_do_not_drift() {
    let model = glass(20, 5, true, |random| random.random::<f64>() - 0.5);
    let found = read(&model, &vec![3.0; 1000], 0);
    let last = found.trace.last().unwrap();
    assert_eq!(last.sweep, 1000);
    assert!((last.energy - found.final_energy).abs() < 1e-11, "{} {}", last.energy, found.final_energy);
}

#[test]
fn at_fixed_temperature_the_mean_energy_is_the_exact_one() {
    // Two spins with J = 1: U = −tanh(1/T). Samples are correlated, so that 40 independent runs set the error.
    for model in
        [PairModel::new(&[(0, 1, 1.0)], vec![0.0; 2]), PairModel::new(&[(0, 1, 0.75)], vec![0.25; 2])]
    {
        let states = [[1, 1], [1, -1], [-1, 1], [-1, -1]];
        let weights = states.map(|state| libm::exp(-model.energy(&state) / 1.7));
        let exact = states.iter().zip(weights).map(|(state, w)| model.energy(state) * w).sum::<f64>()
            / weights.iter().sum::<f64>();
        let means: Vec<f64> = (0..40)
            .map(|replica| {
                let rows = read(&model, &[1.7; 250], replica).trace;
                rows[10..].iter().map(|row| row.energy).sum::<f64>() / (rows.len() - 10) as f64
            })
            .collect();
        let mean = means.iter().sum::<f64>() / 40.0;
        let variance = means.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (39.0 * 40.0);
        let z = (mean - exact) / libm::sqrt(variance);
        assert!(z.abs() < 4.5, "{mean} instead of {exact}: {z} standard errors");
    }
}

#[test]
fn the_trace_is_short_and_ends_with_the_run() {
    let model = PairModel::new(&[(0, 1, 1.0)], vec![0.0; 2]);
    for (sweeps, rows) in [(1, 1), (256, 256), (257, 129), (1000, 250)] {
        let found = read(&model, &vec![1.0; sweeps], 0);
        assert_eq!((found.trace.len(), found.trace.last().unwrap().sweep), (rows, sweeps));
        assert!(found.trace.iter().all(|row| (0.0..=1.0).contains(&row.acceptance)));
    }
}

#[test]
fn a_run_is_a_function_of_its_stream_and_stops_when_told() {
    let model = glass(20, 6, false, |random| if random.random::<bool>() { 1.0 } else { -1.0 });
    assert_eq!(read(&model, &[1.0; 50], 3), read(&model, &[1.0; 50], 3));
    assert_ne!(read(&model, &[1.0; 50], 3).trace, read(&model, &[1.0; 50], 4).trace);
    let mut stop = |_: f64| ControlFlow::Break(());
    assert_eq!(
        anneal(&model, &vec![1.0; 100_000], 256, &mut stream(1, "test", "anneal", 0), &mut stop),
        None
    );
}
