//! Parallel tempering: chains at all temperatures that exchange them (Swendsen and Wang 1986,
//! doi:10.1103/PhysRevLett.57.2607; Hukushima and Nemoto 1996, doi:10.1143/JPSJ.65.1604).
//!
//! After each sweep of every chain, neighbours on the ladder β₀ < β₁ < … exchange their temperatures with probability
//! min(1, e^{(β_k − β_l)(E_k − E_l)}), which leaves the product of their Boltzmann distributions as it is: pairs (0,1), (2,3) …
//! after even sweeps and (1,2), (3,4) … after odd ones. Fixed turns carry a chain along the ladder, where pairs
//! drawn at random would have it diffuse (Syed, Bouchard-Côté, Deligiannidis and Doucet 2022, doi:10.1111/rssb.12464).
//!
//! Where chains can share words ([`super::many`]), all are swept at once, and an exchange of temperatures is one of the bits of the
//! coins that decide about flips.

use super::ladder::{Rung, Settings, Stop, Tally, settled};
use super::many::Many;
use crate::models::Model;
use crate::rng::Stream;
use rand::RngExt;
use std::ops::ControlFlow;

/// A stage of the search for further temperatures takes one sweep in so many of those measured, and no fewer than …
const STAGE: usize = 50;
const SHORTEST_STAGE: usize = 100;
/// Stages at most.
const STAGES: usize = 8;
/// A gap whose exchanges are refused more often than this gets temperatures in it, as many as to make the
/// refusals of each step [`REFUSED`]. Round trips are fastest near ½, and slow only when nearly all are refused.
const MOST_REFUSED: f64 = 0.8;
const REFUSED: f64 = 0.6;
/// Temperatures that may be added to a gap in one stage, and chains at most in all.
const MOST_ADDED: usize = 4;
const MOST_CHAINS: usize = 1024;
/// The first stretch of the run-in that is judged.
const FIRST_STRETCH: (usize, usize) = (100, 1000);

/// The chains of a ladder.
struct Ladder<'a> {
    /// Inverse temperatures, ascending.
    betas: Vec<f64>,
    /// Which of the temperatures were asked for: their places in the settings.
    wanted: Vec<Option<usize>>,
    chains: Many<'a>,
    /// The chain at each rung.
    at: Vec<usize>,
    /// Whether each chain was last at the cold end (and not at the hot one); `None` where it has been at neither.
    cold: Vec<Option<bool>>,
    /// Round trips from the hot end to the cold one and back.
    trips: u64,
    /// Per pair of neighbours: exchanges that were tried and made.
    tried: Vec<u64>,
    made: Vec<u64>,
    /// Σ of the probabilities of the tries.
    likely: Vec<f64>,
    sweeps: usize,
}

impl<'a> Ladder<'a> {
    fn new(model: &'a dyn Model, temperatures: &[f64], stream: &mut Stream) -> Self {
        let count = temperatures.len();
        let falling: Vec<f64> = temperatures.iter().rev().copied().collect();
        let mut ladder = Self {
            betas: falling.iter().map(|temperature| 1.0 / temperature).collect(),
            wanted: (0..count).rev().map(Some).collect(),
            chains: Many::at(model, &falling, stream),
            at: (0..count).collect(),
            cold: Vec::new(),
            trips: 0,
            tried: Vec::new(),
            made: Vec::new(),
            likely: Vec::new(),
            sweeps: 0,
        };
        ladder.forget();
        ladder
    }

    /// Begins to count anew.
    fn forget(&mut self) {
        let pairs = self.betas.len().saturating_sub(1);
        (self.tried, self.made, self.likely) = (vec![0; pairs], vec![0; pairs], vec![0.0; pairs]);
        self.cold = vec![None; self.chains.len()];
        self.trips = 0;
        self.chains.tune();
    }

    fn sweep(&mut self, stream: &mut Stream) {
        self.chains.sweep(stream);
        let pairs = self.betas.len().saturating_sub(1);
        for k in (self.sweeps % 2..pairs).step_by(2) {
            let (hot, cold) = (self.at[k], self.at[k + 1]);
            let exponent =
                (self.betas[k] - self.betas[k + 1]) * (self.chains.energy(hot) - self.chains.energy(cold));
            let probability = libm::exp(exponent.min(0.0));
            self.tried[k] += 1;
            self.likely[k] += probability;
            if stream.random::<f64>() < probability {
                self.made[k] += 1;
                self.at.swap(k, k + 1);
                self.chains.exchange((hot, 1.0 / self.betas[k + 1]), (cold, 1.0 / self.betas[k]));
            }
        }
        self.sweeps += 1;
        if pairs > 0 {
            let (hot, cold) = (self.at[0], self.at[pairs]);
            self.trips += u64::from(self.cold[hot] == Some(true));
            self.cold[hot] = Some(false);
            // A trip counts from the hot end, whence every chain that is new there comes.
            if self.cold[cold] == Some(false) {
                self.cold[cold] = Some(true);
            }
        }
    }

    /// Adds temperatures where exchanges are refused too often, evenly in β, each with a copy of the chain at the gap's hot
    /// end; whether any were.
    fn refine(&mut self, stream: &mut Stream) -> bool {
        let pairs = self.betas.len().saturating_sub(1);
        let refused: Vec<f64> =
            (0..pairs).map(|k| 1.0 - self.likely[k] / (self.tried[k].max(1)) as f64).collect();
        let mut copies = Vec::new();
        for k in (0..pairs).rev().filter(|k| refused[*k] > MOST_REFUSED) {
            // The number of standard deviations between the energies of neighbours falls as the inverse number of steps.
            let apart = |share: f64| -libm::log(1.0 - share.min(0.999_9));
            let steps = libm::ceil(libm::sqrt(apart(refused[k]) / apart(REFUSED))) as usize;
            let more = steps.saturating_sub(1).clamp(1, MOST_ADDED);
            if self.at.len() + more > MOST_CHAINS {
                continue;
            }
            let (from, to) = (self.betas[k], self.betas[k + 1]);
            for step in (1..=more).rev() {
                let beta = from + (to - from) * step as f64 / (more + 1) as f64;
                copies.push((self.at[k], 1.0 / beta));
                self.betas.insert(k + 1, beta);
                self.wanted.insert(k + 1, None);
                self.at.insert(k + 1, self.at.len());
            }
        }
        self.chains.extend(&copies, stream);
        self.forget();
        !copies.is_empty()
    }

    fn energy(&self, rung: usize) -> f64 {
        self.chains.energy(self.at[rung])
    }

    fn order(&self, rung: usize) -> f64 {
        self.chains.magnetization(self.at[rung])
    }
}

/// Runs a ladder: further temperatures are looked for, the run-in is doubled until energy and order parameter have
/// settled at each temperature that was asked for, and then all are measured after every sweep.
pub(super) fn run(
    model: &dyn Model,
    settings: &Settings,
    stream: &mut Stream,
    advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<Vec<Rung>, Stop> {
    let mut ladder = Ladder::new(model, &settings.temperatures, stream);
    let expected = settings.run_in.unwrap_or(settings.longest_run_in / 5) + settings.samples;
    let sites = model.sites().unwrap_or(1);
    let mut tally = Tally::new(sites, (expected * ladder.chains.len()) as f64, advance);
    let sweep = |ladder: &mut Ladder<'_>, stream: &mut Stream, tally: &mut Tally<'_>| {
        ladder.sweep(stream);
        tally.add(ladder.chains.len())
    };

    let stage = (settings.samples / STAGE).max(SHORTEST_STAGE);
    for _ in 0..if settings.refine { STAGES } else { 0 } {
        for _ in 0..stage {
            sweep(&mut ladder, stream, &mut tally)?;
        }
        if !ladder.refine(stream) {
            break;
        }
        tally.total = (expected + stage) as f64 * ladder.chains.len() as f64;
    }

    let rungs: Vec<(usize, usize)> =
        ladder.wanted.iter().enumerate().filter_map(|(rung, place)| Some(((*place)?, rung))).collect();
    let mut found: Vec<Rung> = vec![Rung { settled: true, ..Rung::default() }; rungs.len()];
    let mut orders: Vec<Vec<f64>> = vec![Vec::new(); rungs.len()];
    let most = settings.run_in.unwrap_or(settings.longest_run_in);
    let first = (settings.samples / 20).clamp(FIRST_STRETCH.0, FIRST_STRETCH.1);
    let mut length = 0;
    while length < most {
        let target = if settings.run_in.is_some() { most } else { (2 * length).clamp(first.min(most), most) };
        tally.total = tally.total.max(((target + settings.samples) * ladder.chains.len()) as f64);
        for _ in length..target {
            sweep(&mut ladder, stream, &mut tally)?;
            for (place, rung) in &rungs {
                found[*place].trace.push(ladder.energy(*rung));
                orders[*place].push(ladder.order(*rung).abs());
            }
        }
        length = target;
        if settings.run_in.is_none() {
            found
                .iter_mut()
                .zip(&orders)
                .for_each(|(rung, order)| rung.settled = settled(&rung.trace, order));
            if found.iter().all(|rung| rung.settled) {
                break;
            }
        }
    }

    ladder.forget();
    for _ in 0..settings.samples {
        sweep(&mut ladder, stream, &mut tally)?;
        for (place, rung) in &rungs {
            found[*place].energy.push(ladder.energy(*rung));
            found[*place].magnetization.push(ladder.order(*rung));
        }
    }
    let share = |pair: usize| ladder.made[pair] as f64 / ladder.tried[pair].max(1) as f64;
    for (place, rung) in &rungs {
        let pairs = rung.saturating_sub(1)..(*rung + 1).min(ladder.betas.len() - 1);
        found[*place].acceptance = pairs.clone().map(share).sum::<f64>() / pairs.len().max(1) as f64;
        found[*place].figures =
            vec![("round_trips", ladder.trips as f64), ("rungs", ladder.betas.len() as f64)];
        found[*place].state = ladder.chains.state(ladder.at[*rung]);
    }
    Ok(found)
}
