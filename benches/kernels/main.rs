//! Speed of the inner loops, as ratios to plain textbook code that is timed in the same run: `cargo bench [-- WORD]`.
//!
//! Each subject and its baseline take turns, round by round, so that a machine that is busy or slow for a moment is so for
//! both; the ratio of each round is formed, and the least, the median and the largest are printed. Rates are of wall-clock
//! time on one core and worth less than the ratios. Nothing here is a test: no number makes it fail.

mod baselines;

use baselines::DenseMachine;
use gibbs::exact::methods;
use gibbs::input::{Context, Inputs};
use gibbs::learning::datasets;
use gibbs::learning::patterns::Patterns;
use gibbs::learning::train::{Algorithm, Decay, Settings, Trainer};
use gibbs::models::{self, Model};
use gibbs::rng::{self, Stream};
use gibbs::samplers::multispin::{self, InstructionSet};
use gibbs::samplers::{self, annealing::anneal, schedule};
use serde_json::{Value, json};
use std::hint::black_box;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

/// Rounds per comparison; odd, so that there is a median.
const ROUNDS: usize = 7;
/// Seconds that one side of a round shall take.
const TURN: f64 = 0.12;

/// 2/ln(1 + √2), the transition temperature of the square lattice.
const T_C: f64 = 2.269_185_314_213_022;

fn main() {
    // `cargo bench` passes `--bench`; whoever runs the targets otherwise, as `cargo test --benches` does, times nothing.
    let words: Vec<String> = std::env::args().skip(1).collect();
    if !words.iter().any(|word| word == "--bench") {
        println!("timings are made by `cargo bench`");
        return;
    }
    let wanted = |name: &str| {
        let mut filters = words.iter().filter(|word| !word.starts_with('-')).peekable();
        filters.peek().is_none() || filters.any(|word| name.contains(word.as_str()))
    };
    println!(
        "{:34} {:18} {:>9} {:>9}   {:>6} {:>6} {:>6}",
        "subject", "unit", "baseline", "gibbs", "min", "median", "max"
    );
    for (name, compare) in COMPARISONS {
        if wanted(name) {
            compare(name);
        }
    }
    println!("\nThe last three columns are gibbs over baseline, both in the unit given: more is faster.");
}

/// A name and what runs under it.
type Comparison = (&'static str, fn(&str));

/// What is compared.
const COMPARISONS: &[Comparison] = &[
    ("metropolis square 64 at T_c", |name| metropolis_square(name, 64)),
    ("metropolis square 512 at T_c", |name| metropolis_square(name, 512)),
    ("checkerboard 256", |_| checkerboard(256)),
    ("checkerboard 1024", |_| checkerboard(1024)),
    ("checkerboard cubic 64", |_| checkerboard_cubic(64)),
    ("checkerboard measured", |_| checkerboard_measured()),
    ("checkerboard two threads", checkerboard_threads),
    ("checkerboard ±J 1024", |_| checkerboard_glass(1024)),
    ("chains of 16, 64 at once", |_| chains_at_once(64)),
    ("chains of 16, 16 at once", |_| chains_at_once(16)),
    ("parallel_tempering square 16", tempering_square),
    ("checkerboard odd 257 at T_c", |name| checkerboard_ising(name, 257, 0.0)),
    ("checkerboard field 256 at T_c", |name| checkerboard_ising(name, 256, 0.1)),
    ("checkerboard potts 3, 256", |name| checkerboard_potts(name, 3, 256)),
    ("checkerboard potts 10, 256", |name| checkerboard_potts(name, 10, 256)),
    ("checkerboard blume_capel 256", |name| checkerboard_blume_capel(name, 256)),
    ("metropolis cubic 16, T = 4.5", metropolis_graph),
    ("swendsen_wang square 256 at T_c", |name| swendsen_wang_square(name, 256)),
    ("swendsen_wang square 1024 at T_c", |name| swendsen_wang_square(name, 1024)),
    ("wolff square 32 at T_c", |name| wolff_square(name, 32)),
    ("wolff square 128 at T_c", |name| wolff_square(name, 128)),
    ("anneal n = 800, degree 48", anneal_regular),
    ("enumerate 24 spins", |name| enumerate(name, &json!({}))),
    ("enumerate 24 spins in a field", |name| enumerate(name, &json!({ "field": 0.5 }))),
    ("enumerate 24 spins, Gaussian bonds", |name| {
        enumerate(name, &json!({ "disorder": "gaussian", "field": 0.5 }));
    }),
    ("rbm cd-1, digits, 64 hidden", |name| train(name, Algorithm::Cd)),
    ("rbm pcd-1, digits, 64 hidden", |name| train(name, Algorithm::Pcd)),
];

/// Times `baseline` and `subject` in turn and prints one line. Each does a piece of its work per call and says how many
/// units of `unit` that was.
fn compare(
    name: &str,
    unit: (&str, f64),
    baseline: &mut dyn FnMut() -> f64,
    subject: &mut dyn FnMut() -> f64,
) {
    // A first turn warms up caches and branch predictors.
    rate(baseline);
    rate(subject);
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        let pair = if round % 2 == 0 {
            let first = rate(baseline);
            (first, rate(subject))
        } else {
            let second = rate(subject);
            (rate(baseline), second)
        };
        rounds.push((pair.0, pair.1, pair.1 / pair.0));
    }
    let sorted = |value: fn(&(f64, f64, f64)) -> f64| {
        let mut values: Vec<f64> = rounds.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let (base, ours, ratios) = (sorted(|r| r.0), sorted(|r| r.1), sorted(|r| r.2));
    println!(
        "{name:34} {:18} {:9.3} {:9.3}   {:6.2} {:6.2} {:6.2}",
        unit.0,
        base[ROUNDS / 2] / unit.1,
        ours[ROUNDS / 2] / unit.1,
        ratios[0],
        ratios[ROUNDS / 2],
        ratios[ROUNDS - 1]
    );
}

/// Units per second over a turn.
#[expect(clippy::disallowed_methods, reason = "a bench is a clock")]
fn rate(work: &mut dyn FnMut() -> f64) -> f64 {
    let begun = Instant::now();
    let mut done = 0.0;
    loop {
        done += work();
        let seconds = begun.elapsed().as_secs_f64();
        if seconds >= TURN {
            return done / seconds;
        }
    }
}

const PER_NANOSECOND: f64 = 1e9;
const THOUSANDS_PER_SECOND: f64 = 1e3;

struct NoFiles;

impl Inputs for NoFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        Err(format!("{path}: a bench reads no files"))
    }
}

fn model(keys: &Value) -> Arc<dyn Model> {
    let context = Context { seed: 1, quick: false, ladder: &[], inputs: &NoFiles };
    models::build(keys, &context).expect("invariant: the models of the bench are sound")
}

fn stream(purpose: &str) -> Stream {
    rng::stream(1, "bench", purpose, 0)
}

fn square(size: usize) -> Arc<dyn Model> {
    model(&json!({ "ising": { "lattice": "square", "size": size } }))
}

/// A chain of a registered sampler, near equilibrium and tuned.
fn chain<'a>(
    sampler: &str,
    model: &'a dyn Model,
    temperature: f64,
    stream: &mut Stream,
) -> Box<dyn samplers::Chain + 'a> {
    let entry = samplers::find(sampler).expect("invariant: the sampler is registered");
    let mut chain = entry.start(model, temperature, stream).expect("a sampler of chains");
    (0..400).for_each(|_| chain.sweep(stream));
    chain.tune();
    chain
}

fn metropolis_square(name: &str, size: usize) {
    let mut plain = baselines::SquareMetropolis::new(size, T_C, stream("baseline"));
    let (model, mut random) = (square(size), stream("subject"));
    let mut chain = chain("metropolis", &*model, T_C, &mut random);
    let sites = (size * size) as f64;
    compare(name, ("updates/ns", PER_NANOSECOND), &mut || plain.sweep(), &mut || {
        chain.sweep(&mut random);
        sites
    });
}

/// 1/0.221 654 6, the transition temperature of the cubic lattice.
const T_C_CUBIC: f64 = 4.511_523;

/// A checkerboard chain on an instruction set, from the ground state, near equilibrium.
fn checkerboard_on(
    set: InstructionSet,
    model: &dyn Model,
    temperature: f64,
    stream: &mut Stream,
) -> Box<dyn samplers::Chain> {
    let mut chain =
        multispin::chain_on(set, model, temperature, stream).expect("invariant: the sides are even");
    chain.start_from(&vec![1; model.sites().unwrap_or(0)]);
    (0..400).for_each(|_| chain.sweep(stream));
    chain.tune();
    chain
}

/// Each instruction set against the best code for one spin at a time. Lazy sweeps count as the half that they are.
fn checkerboard(size: usize) {
    let model = square(size);
    for set in InstructionSet::all() {
        let mut plain = baselines::ScanMetropolis::new(size, T_C, stream("baseline"));
        (0..200).for_each(|_| {
            plain.sweep();
        });
        let mut random = stream("subject");
        let mut chain = checkerboard_on(set, &*model, T_C, &mut random);
        let updates = (size * size) as f64 * (63.0 / 64.0);
        let name = format!("checkerboard {size} at T_c, {}", set.name());
        compare(&name, ("updates/ns", PER_NANOSECOND), &mut || plain.sweep(), &mut || {
            chain.sweep(&mut random);
            updates
        });
    }
}

/// ±J bonds, against the uniform lattice on the same instruction set.
fn checkerboard_glass(size: usize) {
    let lattice = json!({ "lattice": "square", "size": size, "disorder": "pm_j" });
    let (uniform, glass) = (square(size), model(&json!({ "ising": lattice })));
    let sites = (size * size) as f64;
    for set in InstructionSet::all() {
        let (mut first, mut second) = (stream("baseline"), stream("subject"));
        let mut plain = checkerboard_on(set, &*uniform, 1.3, &mut first);
        let mut chain = checkerboard_on(set, &*glass, 1.3, &mut second);
        let name = format!("±J {size} over uniform, {}", set.name());
        compare(
            &name,
            ("updates/ns", PER_NANOSECOND),
            &mut || {
                plain.sweep(&mut first);
                sites
            },
            &mut || {
                chain.sweep(&mut second);
                sites
            },
        );
    }
}

/// In three dimensions against the general code on a graph.
fn checkerboard_cubic(size: usize) {
    let model = model(&json!({ "ising": { "lattice": "cubic", "size": size } }));
    let pairs = model.pair_model().expect("invariant: Ising models are pair models");
    for set in InstructionSet::all() {
        let mut plain = baselines::GraphMetropolis::new(pairs, T_C_CUBIC, stream("baseline"));
        let mut random = stream("subject");
        let mut chain = checkerboard_on(set, &*model, T_C_CUBIC, &mut random);
        let updates = pairs.spins() as f64 * (63.0 / 64.0);
        let name = format!("cubic {size} at T_c, {}", set.name());
        compare(&name, ("updates/ns", PER_NANOSECOND), &mut || plain.sweep(), &mut || {
            chain.sweep(&mut random);
            updates
        });
    }
}

/// Sweeps after each of which energy and magnetisation are measured, against sweeps alone.
fn checkerboard_measured() {
    let size = 512;
    let (model, sites) = (square(size), (size * size) as f64);
    for set in InstructionSet::all() {
        let (mut first, mut second) = (stream("baseline"), stream("subject"));
        let mut plain = checkerboard_on(set, &*model, T_C, &mut first);
        let mut chain = checkerboard_on(set, &*model, T_C, &mut second);
        let name = format!("E and M each sweep, {}", set.name());
        compare(
            &name,
            ("updates/ns", PER_NANOSECOND),
            &mut || {
                plain.sweep(&mut first);
                sites
            },
            &mut || {
                chain.sweep(&mut second);
                black_box(chain.energy() + chain.magnetization());
                sites
            },
        );
    }
}

/// Many chains of a small lattice about T_c, of which energy and magnetisation are measured after every sweep, against the best code
/// for one spin at a time, which is not measured. Lazy sweeps count as the half that they are.
fn chains_at_once(chains: usize) {
    let size = 16;
    let model = square(size);
    let temperatures: Vec<f64> = (0..chains).map(|chain| T_C + 0.01 * chain as f64).collect();
    for set in InstructionSet::all() {
        let mut plain = baselines::ScanMetropolis::new(size, T_C, stream("baseline"));
        (0..200).for_each(|_| {
            plain.sweep();
        });
        let mut random = stream("subject");
        let mut sweep = multispin::sweeps_on(set, &*model, &temperatures, &mut random)
            .expect("invariant: the torus has four neighbours of each site");
        let updates = (chains * size * size) as f64 * (15.0 / 16.0);
        let name = format!("{chains} chains of {size}, {}", set.name());
        compare(&name, ("updates/ns", PER_NANOSECOND), &mut || plain.sweep(), &mut || {
            black_box(sweep());
            updates
        });
    }
}

/// All of parallel tempering, with its exchanges and series, at twenty temperatures.
fn tempering_square(name: &str) {
    let (size, samples) = (16, 2000);
    let model = square(size);
    let mut plain = baselines::ScanMetropolis::new(size, T_C, stream("baseline"));
    let entry = samplers::find("parallel_tempering").expect("invariant: the sampler is registered");
    let samplers::Method::Ladder(ladder) = entry.method else { return };
    let settings = samplers::ladder::Settings {
        temperatures: (0..20).map(|rung| 1.8 + 0.05 * f64::from(rung)).collect(),
        run_in: Some(0),
        longest_run_in: 0,
        samples,
        relaxation: 1,
        refine: false,
    };
    let mut random = stream("subject");
    let updates = (20 * samples * size * size) as f64;
    compare(name, ("updates/ns", PER_NANOSECOND), &mut || plain.sweep(), &mut || {
        let ended = (ladder.climb)(&*model, &settings, &mut random, &mut |_| ControlFlow::Continue(()));
        black_box(ended.is_ok());
        updates
    });
}

/// Two chains on two threads against one on one.
fn checkerboard_threads(name: &str) {
    let (size, sweeps) = (512, 4000);
    let model = square(size);
    let work = |seed: &str| {
        let mut random = stream(seed);
        let mut chain = checkerboard_on(InstructionSet::widest(), &*model, T_C, &mut random);
        (0..sweeps).for_each(|_| chain.sweep(&mut random));
        black_box(chain.energy());
    };
    let updates = f64::from(400 + sweeps) * (size * size) as f64;
    compare(
        name,
        ("updates/ns", PER_NANOSECOND),
        &mut || {
            work("first");
            updates
        },
        &mut || {
            std::thread::scope(|scope| {
                scope.spawn(|| work("first"));
                scope.spawn(|| work("second"));
            });
            2.0 * updates
        },
    );
}

fn metropolis_graph(name: &str) {
    let model = model(&json!({ "ising": { "lattice": "cubic", "size": 16 } }));
    let pairs = model.pair_model().expect("invariant: Ising models are pair models");
    let mut plain = baselines::GraphMetropolis::new(pairs, 4.5, stream("baseline"));
    let mut random = stream("subject");
    let mut chain = chain("metropolis", &*model, 4.5, &mut random);
    let sites = pairs.spins() as f64;
    compare(name, ("updates/ns", PER_NANOSECOND), &mut || plain.sweep(), &mut || {
        chain.sweep(&mut random);
        sites
    });
}

/// A sweep of the tuned chain is a fixed number of clusters, the nearest to N/⟨size⟩. At sizes where that ratio is not
/// near a half-integer (2.2 for L = 32, 3.1 for L = 128) the number can be told from the mean size.
fn wolff_square(name: &str, size: usize) {
    let mut plain = baselines::SquareWolff::new(size, T_C, stream("baseline"));
    (0..500).for_each(|_| {
        plain.cluster();
    });
    let (model, mut random) = (square(size), stream("subject"));
    let mut chain = chain("wolff", &*model, T_C, &mut random);
    (0..1000).for_each(|_| chain.sweep(&mut random));
    let share = chain.acceptance();
    let per_sweep = share * (1.0 / share).round() * (size * size) as f64;
    compare(name, ("flipped spins/ns", PER_NANOSECOND), &mut || plain.cluster(), &mut || {
        chain.sweep(&mut random);
        per_sweep
    });
}

fn swendsen_wang_square(name: &str, size: usize) {
    let mut plain = baselines::SquareSwendsenWang::new(size, T_C, stream("baseline"));
    (0..200).for_each(|_| {
        plain.sweep();
    });
    let (model, mut random) = (square(size), stream("subject"));
    let mut chain = chain("swendsen_wang", &*model, T_C, &mut random);
    let sites = (size * size) as f64;
    compare(name, ("sites/ns", PER_NANOSECOND), &mut || plain.sweep(), &mut || {
        chain.sweep(&mut random);
        sites
    });
}

/// A checkerboard of bytes against one site at a time. Lazy sweeps count as the half that they are.
fn checkerboard_bytes<K: Fn(u8, u8, [u8; 4]) -> usize>(
    name: &str,
    keys: &Value,
    temperature: f64,
    mut plain: baselines::ScanSites<K>,
) {
    (0..200).for_each(|_| {
        plain.sweep();
    });
    let (model, mut random) = (model(keys), stream("subject"));
    let mut chain = chain("checkerboard", &*model, temperature, &mut random);
    let updates = model.sites().unwrap_or(0) as f64 * (63.0 / 64.0);
    compare(name, ("updates/ns", PER_NANOSECOND), &mut || plain.sweep(), &mut || {
        chain.sweep(&mut random);
        updates
    });
}

fn checkerboard_ising(name: &str, size: usize, field: f64) {
    let key = |own: u8, _: u8, near: [u8; 4]| usize::from(5 * own + near.iter().sum::<u8>());
    let cost = |key: usize| 2.0 * (2.0 * (key / 5) as f64 - 1.0) * (2.0 * (key % 5) as f64 - 4.0 + field);
    let costs: Vec<f64> = (0..10).map(cost).collect();
    let plain = baselines::ScanSites::new(size, 2, key, &costs, T_C, stream("baseline"));
    let keys = json!({ "ising": { "lattice": "square", "size": size, "field": field } });
    checkerboard_bytes(name, &keys, T_C, plain);
}

/// At 1/ln(1 + √q).
fn checkerboard_potts(name: &str, states: u8, size: usize) {
    let key = |own: u8, to: u8, near: [u8; 4]| {
        let like = |state: u8| near.iter().filter(|other| **other == state).count();
        4 + like(own) - like(to)
    };
    let costs: Vec<f64> = (0..9).map(|key| f64::from(key) - 4.0).collect();
    let temperature = 1.0 / libm::log(1.0 + libm::sqrt(f64::from(states)));
    let plain = baselines::ScanSites::new(size, states, key, &costs, temperature, stream("baseline"));
    let keys = json!({ "potts": { "lattice": "square", "size": size, "states": states } });
    checkerboard_bytes(name, &keys, temperature, plain);
}

fn checkerboard_blume_capel(name: &str, size: usize) {
    let key = |own: u8, to: u8, near: [u8; 4]| usize::from(9 * (3 * own + to) + near.iter().sum::<u8>());
    let cost = |key: usize| {
        let (from, to) = ((key / 27) as f64 - 1.0, (key / 9 % 3) as f64 - 1.0);
        to * to - from * from - (to - from) * ((key % 9) as f64 - 4.0)
    };
    let costs: Vec<f64> = (0..81).map(cost).collect();
    let plain = baselines::ScanSites::new(size, 3, key, &costs, 1.4, stream("baseline"));
    let keys = json!({ "blume_capel": { "lattice": "square", "size": size, "crystal_field": 1.0 } });
    checkerboard_bytes(name, &keys, 1.4, plain);
}

/// A graph like G1 of the Gset, cooled from 3 to 0.2 in 500 sweeps.
fn anneal_regular(name: &str) {
    let model = model(&json!({ "max_cut": { "graph": "random_regular", "size": 800, "degree": 48 } }));
    let pairs = model.pair_model().expect("invariant: max-cut is a pair model");
    let linear = schedule::find("linear").expect("invariant: the schedule is registered");
    let temperatures = linear.temperatures(3.0, 0.2, 500);
    let updates = (pairs.spins() * temperatures.len()) as f64;
    let (mut first, mut second) = (stream("baseline"), stream("subject"));
    compare(
        name,
        ("spin updates/ns", PER_NANOSECOND),
        &mut || {
            black_box(baselines::anneal(pairs, &temperatures, &mut first));
            updates
        },
        &mut || {
            black_box(anneal(pairs, &temperatures, 256, &mut second, &mut |_| ControlFlow::Continue(())));
            updates
        },
    );
}

/// A model is made anew for each turn, since one that lives keeps its spectrum.
/// Thermodynamics of 4 × 6 spins at one temperature, from nothing, on one thread as the baseline.
fn enumerate(name: &str, more: &Value) {
    let mut lattice = json!({ "lattice": "square", "size": [4, 6] });
    for (key, value) in more.as_object().into_iter().flatten() {
        lattice[key] = value.clone();
    }
    let keys = json!({ "ising": lattice });
    let kept = model(&keys);
    let pairs = kept.pair_model().expect("invariant: the Ising model is a pair model");
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("invariant: a thread can be had");
    compare(
        name,
        ("states/ns", PER_NANOSECOND),
        &mut || {
            black_box(baselines::gray_code_sums(pairs, 20, 2.0));
            f64::from(1 << 20)
        },
        &mut || {
            let fresh = model(&keys);
            let found = methods::choose(fresh.methods(), methods::ENUMERATION);
            let (_, exact) = found.expect("invariant: 24 spins are few enough");
            black_box(one.install(|| exact.solve(2.0, &mut |_| ControlFlow::Continue(()))));
            f64::from(1 << 24)
        },
    );
}

fn train(name: &str, algorithm: Algorithm) {
    let digits = datasets::find("digits").expect("invariant: the data set is registered");
    let pixels = (digits.load)(0).values;
    let patterns = Patterns::new(64, pixels.iter().map(|pixel| f64::from(u8::from(*pixel > 0.5))).collect());
    let settings = Settings {
        hidden: 64,
        initial_scale: 0.1,
        algorithm,
        steps: 1,
        // The bench never comes to the last one.
        epochs: 1_000_000,
        batch_size: 100,
        chains: 100,
        learning_rate: 0.05,
        decay: Decay::None,
        momentum: 0.0,
        weight_decay: 0.0,
    };
    let persistent = algorithm == Algorithm::Pcd;
    let mut dense = DenseMachine::new(64, 64, persistent.then_some(100), stream("baseline"));
    let mut trainer = Trainer::new(&patterns, settings, stream("subject"));
    let rows = patterns.count() as f64;
    compare(
        name,
        ("thousand rows/s", THOUSANDS_PER_SECOND),
        &mut || {
            dense.epoch(patterns.values(), 100, 0.05);
            rows
        },
        &mut || {
            let _ = trainer.epoch(&mut |_| ControlFlow::Continue(()));
            rows
        },
    );
}
