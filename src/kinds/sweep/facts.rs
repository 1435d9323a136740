//! What the handout of a sweep can say: every fact with its meaning.
//!
//! Temperatures and energies are in the unit of energy of the experiment's file, with k_B = 1.

use super::chains::Memory;
use super::compare::{Agreement, Response, Samplers};
use super::density::DensityRow;
use super::disorder::DisorderFacts;
use super::exponents::ScalingFacts;
use super::growth::{Growth, Shift};
use super::joined::JoinedFacts;
use super::measure::MeasuredFacts;
use super::partition::PartitionRow;
use super::peaks::{Crossing, Fluctuation, PeakFact};
use schemars::JsonSchema;
use serde::Serialize;

/// The facts of a study.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Facts {
    /// Whether no point was finished; all other facts then mean nothing.
    pub empty: bool,
    /// Whether a number was swept, so that there are curves.
    pub has_axis: bool,
    /// Whether the curves run over the temperature.
    pub over_temperature: bool,
    /// Whether there is more than one curve.
    pub several_curves: bool,
    /// Whether the points are of more than one size.
    pub several_sizes: bool,
    /// The model of the first point, in words.
    pub description: String,
    /// The names of the samplers: `Metropolis and Wolff`.
    pub algorithm: String,
    /// The samplers in words: `Metropolis single-spin updates; Wolff cluster updates`.
    pub updates: String,
    /// Whether any point was sampled by Wolff's algorithm.
    pub uses_wolff: bool,
    /// Whether any point was sampled by Metropolis' algorithm.
    pub uses_metropolis: bool,
    /// Whether any point was sampled by checkerboard updates.
    pub uses_checkerboard: bool,
    /// Whether any point was sampled by Swendsen and Wang's algorithm.
    pub uses_swendsen_wang: bool,
    /// Whether any point was sampled by the heat bath.
    pub uses_heat_bath: bool,
    /// Whether any point was sampled by overrelaxation.
    pub uses_overrelaxation: bool,
    /// Whether any curve was sampled by parallel tempering.
    pub uses_parallel_tempering: bool,
    /// Whether any curve was sampled by population annealing.
    pub uses_population_annealing: bool,
    /// Whether any curve was sampled by annealed importance sampling.
    pub uses_annealed_importance: bool,
    /// Whether any curve was sampled by multicanonical chains.
    pub uses_multicanonical: bool,
    /// Whether all points have spins of two values, up and down.
    pub ising_spins: bool,
    /// What the order parameter per site is, in Markdown, for the model of the first point; empty where it is Σ s/N.
    pub order_parameter: Option<&'static str>,
    /// The number of points.
    pub points: usize,
    /// The number of independent chains at each point.
    pub replicas: usize,
    /// The number of measured sweeps of a chain.
    pub sweeps: usize,
    /// The samplers that short trials chose, with the numbers of points: `Wolff at 5 points`; empty where nothing was to be chosen.
    pub chosen: String,
    /// The most measured sweeps of a chain, where it went on until its errors were small enough.
    pub sweeps_most: Option<usize>,
    /// Whether the length of the run-in was found by the program.
    pub automatic: bool,
    /// The fewest sweeps that a chain discarded.
    pub discarded_least: f64,
    /// The most sweeps that a chain discarded.
    pub discarded_most: f64,
    /// Whether all chains discarded the same number of sweeps.
    pub discarded_alike: bool,
    /// The number of chains whose run-in reached its limit unsettled.
    pub unsettled: usize,
    /// Whether any point was compared with Kaufman's solution of the square lattice.
    pub square: bool,
    /// Whether any point was compared with a sum over all its states.
    pub enumerated: bool,
    /// Whether any point was compared with an exact energy.
    pub compared: bool,
    /// The number of points compared with an exact energy.
    pub compared_points: usize,
    /// Whether all points are square ferromagnets of one coupling, without a field.
    pub ferromagnet: bool,
    /// The critical temperature of the infinite square lattice; empty for other models, or when the couplings differ.
    pub t_c: Option<f64>,
    /// Whether any run served several temperatures, whose numbers are then not independent.
    pub shared_run: bool,
    /// The energies against the exact ones; empty where none is known.
    pub energies: Option<Agreement>,
    /// The specific heats against the exact ones; empty where none is known.
    pub heats: Option<Agreement>,
    /// The largest specific heat of each curve.
    pub peaks: Vec<PeakFact>,
    /// Whether an exact maximum is known for any of them.
    pub peaks_exact: bool,
    /// How the peaks grow with the size of the lattice.
    pub growth: Growth,
    /// How the exact maxima move with the size; empty unless two sizes have one.
    pub shift: Option<Shift>,
    /// Where the Binder cumulants of the two largest lattices cross; empty where the numbers do not say.
    pub crossing: Option<Crossing>,
    /// What the temperatures of each curve tell together; empty where their energies do not overlap.
    pub joined: Option<JoinedFacts>,
    /// ln Z from samplers that come down from infinite temperature, a row for each curve of theirs.
    pub partition: Vec<PartitionRow>,
    /// Whether an exact ln Z is known for any of these rows.
    pub partition_exact: bool,
    /// The number of states of each energy, a row for each curve whose sampler counts them.
    pub density: Vec<DensityRow>,
    /// The transition from several sizes together; empty unless they are uniform ferromagnets along the temperature.
    pub scaling: Option<ScalingFacts>,
    /// What `[measure]` asks for.
    pub measured: MeasuredFacts,
    /// The scaled energy fluctuations of each curve; empty unless the curves are ferromagnets of several sizes.
    pub fluctuations: Vec<Fluctuation>,
    /// The specific heat against the slope of the energy; empty where no interval of temperature is narrow enough.
    pub response: Option<Response>,
    /// The point whose energy decorrelates most slowly; empty when nothing fluctuated.
    pub slowest: Option<Memory>,
    /// Whether the figure `memory` stands at the head of the page, and `specific-heat` in the body.
    pub memory_leads: bool,
    /// The memories of two samplers; empty unless the curves differ in the sampler alone.
    pub samplers: Option<Samplers>,
    /// Averages over realisations of random couplings; empty unless the seed of the disorder is swept.
    pub disorder: Option<DisorderFacts>,
    /// The largest R-hat of all points and quantities; empty for a single replica.
    pub r_hat_most: Option<f64>,
    /// The estimates of the only point; empty when there are several.
    pub point: Option<Vec<Row>>,
    /// What there is to say of a point on a landscape; empty for spins, for which all other facts are.
    pub walk: Option<super::walk::WalkFacts>,
    /// What there is to say of particles in a box; empty for spins, for which all other facts are.
    pub fluid: Option<super::fluid::FluidFacts>,
}

/// One estimate of the only point.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Row {
    /// The quantity's name in the result files.
    pub name: &'static str,
    /// Its symbol in LaTeX, without dollar signs.
    pub symbol: &'static str,
    /// Its value.
    pub value: f64,
    /// Its standard error; empty where nothing is known of it.
    pub error: Option<f64>,
}
