//! What the handout of an annealing study can say: every fact with its meaning.
//!
//! Temperatures and energies are in the unit of energy of the experiment's file, with k_B = 1.

use crate::fact::{Listed, Measured};
use schemars::JsonSchema;
use serde::Serialize;

/// The facts of a study; those of a single point are about the one that the handout shows in detail.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Facts {
    /// Whether no point was finished; all other facts then mean nothing.
    pub empty: bool,
    /// The model and the schedule.
    #[serde(flatten)]
    pub setting: Setting,
    /// What the reads found.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The points.
    #[serde(flatten)]
    pub listed: Listed<PointRow>,
    /// The point with the least number of sweeps to solution; empty for fewer than two points that reached the target.
    pub fastest: Option<Fastest>,
    /// Which figures stand in the body.
    pub figures: Figures,
}

/// Which figures stand in the body.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Figures {
    /// `cooling`: the energy in the course of the reads; at the head of the page where nothing was swept.
    pub cooling: bool,
    /// `reads`: how many reads met which energy.
    pub histogram: bool,
    /// `acceptance`: the share of accepted flips.
    pub acceptance: bool,
    /// `best-state`: the best state of a square lattice.
    pub state: bool,
}

/// The model and the schedule.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Setting {
    /// The model, in words; a file's name is shown as typed by the filter `text`.
    pub description: String,
    /// Whether the model is a cut of a graph, with the energy −cut.
    pub max_cut: bool,
    /// Whether a graph to be cut has edges of negative weight.
    pub negative_weights: bool,
    /// Whether some closed loop of bonds cannot be satisfied as a whole.
    pub frustrated: bool,
    /// Whether bonds of both signs occur.
    pub both_signs: bool,
    /// Whether fields act on the spins.
    pub has_fields: bool,
    /// Whether the bonds are random, of both signs, and frustrated.
    pub glass: bool,
    /// Whether such a glass lives on a square lattice.
    pub flat_glass: bool,
    /// What a spin is called: `vertex` or `spin`.
    pub unit: &'static str,
    /// The number N of spins.
    pub spins: usize,
    /// The number of independent reads.
    pub reads: usize,
    /// The number of sweeps of a read.
    pub sweeps: usize,
    /// The schedule's name.
    pub schedule: String,
    /// The schedule's formula in LaTeX, without dollar signs.
    pub schedule_formula: &'static str,
    /// The first temperature.
    pub from: f64,
    /// The last temperature.
    pub to: f64,
    /// Whether the temperature falls.
    pub falls: bool,
    /// The probability of accepting a step up by one unit of energy at the first temperature; empty at zero.
    pub accept_from: Option<f64>,
    /// The same at the last temperature; empty at zero.
    pub accept_to: Option<f64>,
    /// Whether the last temperature is zero.
    pub ends_at_zero: bool,
    /// Where on the schedule a step up becomes rare; empty where it does not within the read.
    pub rare: Option<Rare>,
}

/// Where on the schedule a step up by `step` is first accepted with a probability below one in a hundred.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Rare {
    /// The step in energy: the least that a flip costs where all couplings are of one size, else 1.
    pub step: f64,
    /// The temperature step/ln 100.
    pub temperature: f64,
    /// The first sweep, from 1, at or below that temperature.
    pub sweep: usize,
}

/// What the reads found.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Outcome {
    /// The least energy met.
    pub best: f64,
    /// The same as a cut: minus the energy.
    pub best_cut: f64,
    /// The same per spin.
    pub best_per_spin: f64,
    /// The number of reads that met it.
    pub met: usize,
    /// The mean over the reads of the least energy of each.
    pub mean: Measured,
    /// Whether there was one read only.
    pub one_read: bool,
    /// Whether every bond and every field is satisfied in the best state.
    pub satisfied: bool,
    /// Whether the least energy met is the exact ground energy.
    pub proven: bool,
    /// The method that gave the exact ground energy, in words; empty where none was at hand.
    pub proof: String,
    /// The exact ground energy; empty where no method gives it at once.
    pub ground: Option<f64>,
    /// Whether there is a target.
    pub has_target: bool,
    /// The target energy; empty where there is none.
    pub target: Option<f64>,
    /// Whether the target was set in the file, and is not the exact ground energy.
    pub target_given: bool,
    /// Whether an energy below the target was met.
    pub below_target: bool,
    /// The mean of the reads less the target.
    pub residual: Measured,
    /// Whether the target was reached.
    pub reached: bool,
    /// How often the target was reached; empty without a target.
    pub success: Option<Success>,
}

/// How often the target was reached, and how many sweeps that takes.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Success {
    /// The number of reads that reached it.
    pub successes: usize,
    /// The success probability of one read.
    pub p: Measured,
    /// Its lower end at 95 % confidence (Clopper and Pearson).
    pub p_low: Option<f64>,
    /// Its upper end at 95 % confidence.
    pub p_high: Option<f64>,
    /// The number of sweeps that reaches the target with 99 %, to two digits; empty where it was not reached.
    pub n99: Option<u64>,
    /// Its lower end at 95 % confidence, to two digits.
    pub n99_low: Option<u64>,
    /// Its upper end at 95 % confidence, to two digits; empty where it is unbounded.
    pub n99_high: Option<u64>,
    /// The upper end at 95 % confidence of a success probability that showed in none of the reads.
    pub bound: f64,
    /// The number of sweeps to which `bound` corresponds.
    pub n99_bound: u64,
    /// The number of reads after which all fail with a probability of at most 1 in 1000; empty where none or all succeeded.
    pub reads_999: Option<u64>,
}

/// One point of the study.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct PointRow {
    /// The values of the swept keys.
    pub coordinates: Vec<String>,
    /// The least energy met.
    pub best: Option<f64>,
    /// The mean over the reads of the least energy of each.
    pub mean: Measured,
    /// The success probability of one read.
    pub p: Measured,
    /// The number of sweeps that reaches the target with 99 %; its error is half of the interval to which that of `p` maps.
    pub n99: Measured,
}

/// The cheapest point, and the one after it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Fastest {
    /// Its coordinates.
    pub place: String,
    /// Its number of sweeps to solution, to two digits.
    pub n99: u64,
    /// The lower end of its interval at 95 % confidence, to two digits.
    pub low: Option<u64>,
    /// The upper end, to two digits; empty where it is unbounded.
    pub high: Option<u64>,
    /// The coordinates of the runner-up.
    pub next_place: String,
    /// The runner-up's number of sweeps to solution, to two digits.
    pub next_n99: u64,
    /// Whether the runner-up's lies within the interval, so that the order of the two is not settled.
    pub open: bool,
}
