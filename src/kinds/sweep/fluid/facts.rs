//! What the handout of a fluid can say.

use super::super::compare::{Agreement, agreement};
use super::{FluidExperiment, structure};
use crate::fact::Measured;
use crate::kind::{Study, StudyPoint};
use crate::record::{Analysis, Estimate};
use schemars::JsonSchema;
use serde::Serialize;

/// A peak of g(r) is one where it exceeds 1 by this many standard errors.
const CLEAR: f64 = 5.0;

/// The facts of a study of fluids. Lengths are in units of σ, energies of ε, with k_B = 1.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::kinds::sweep) struct FluidFacts {
    /// The number of particles N at the first point.
    pub particles: usize,
    /// Whether all points have as many.
    pub one_size: bool,
    /// The dimensions of the box at the first point, 2 or 3.
    pub dimensions: usize,
    /// The number density at the first point.
    pub density: f64,
    /// Whether all points have the same density.
    pub one_density: bool,
    /// The temperature at the first point.
    pub temperature: f64,
    /// Whether all points have the same temperature.
    pub one_temperature: bool,
    /// The side of the box at the first point.
    pub side: f64,
    /// The cutoff at the first point.
    pub cutoff: f64,
    /// Whether the potential beyond the cutoff is corrected for at the first point.
    pub corrected: bool,
    /// That correction of the energy per particle at the first point.
    pub tail_energy: f64,
    /// That correction of the pressure at the first point.
    pub tail_pressure: f64,
    /// Whether chains of the first point start from a face-centred cubic crystal.
    pub face_centred: bool,
    /// Sweeps from one look at the distances of pairs to the next, at the first point.
    pub every: usize,
    /// The least share of displacements accepted at any point.
    pub acceptance_least: f64,
    /// The largest such share.
    pub acceptance_most: f64,
    /// The energies against quadrature; empty unless there are two particles.
    pub energies: Option<Agreement>,
    /// The pressures against quadrature; empty unless there are two particles.
    pub pressures: Option<Agreement>,
    /// The points, in the order of the study.
    pub rows: Vec<FluidRow>,
}

/// One point.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::kinds::sweep) struct FluidRow {
    /// The number of particles.
    pub particles: usize,
    /// The temperature.
    pub temperature: f64,
    /// The number density.
    pub density: f64,
    /// The energy per particle.
    pub energy: Measured,
    /// The exact one; empty unless there are two particles.
    pub energy_exact: Option<f64>,
    /// The pressure.
    pub pressure: Measured,
    /// The exact one; empty unless there are two particles.
    pub pressure_exact: Option<f64>,
    /// The pressure over that of the ideal gas, p/ρT.
    pub compressibility: Measured,
    /// The configurational heat capacity per particle.
    pub heat_capacity: Measured,
    /// The integrated autocorrelation time τ of the energy, in sweeps.
    pub tau_energy: Measured,
    /// The same of the pressure.
    pub tau_pressure: Measured,
    /// The distance at which g(r) is largest; empty where it does not clearly exceed 1.
    pub peak_distance: Option<f64>,
    /// The value of g(r) there; empty where it does not clearly exceed 1.
    pub peak: Measured,
}

fn exact(estimate: Option<&Estimate>) -> Option<f64> {
    estimate.and_then(|estimate| estimate.reference).map(|(value, _)| value)
}

/// Distance, value and error where g(r) is largest, of those that clearly exceed 1.
fn peak(analysis: &Analysis) -> Option<(f64, Measured)> {
    let table = analysis.table(structure::NAME)?;
    let rows = table.rows.iter().filter_map(|row| {
        let (r, g, error) = (row[0].number()?, row[1].number()?, row[2].number()?);
        (g - 1.0 > CLEAR * error).then_some((r, g, error))
    });
    let highest = rows.max_by(|(_, a, _), (_, b, _)| a.total_cmp(b))?;
    Some((highest.0, Measured::new(highest.1, highest.2)))
}

/// The facts; the study has points, all of them fluids.
pub(super) fn facts(study: &Study<'_>) -> FluidFacts {
    let first: &FluidExperiment = study.points[0].downcast();
    let experiments = || study.points.iter().map(|point| point.downcast::<FluidExperiment>());
    let alike = |of: &dyn Fn(&FluidExperiment) -> f64| experiments().all(|one| of(one) == of(first));
    let accepted =
        || study.points.iter().filter_map(|point| point.analysis.get("acceptance").and_then(|a| a.value));
    let fluid = &first.fluid;
    let cells = libm::round(libm::cbrt(fluid.particles as f64 / 4.0)) as usize;
    FluidFacts {
        particles: fluid.particles,
        one_size: alike(&|one| one.fluid.particles as f64),
        dimensions: fluid.dimensions,
        density: fluid.density,
        one_density: alike(&|one| one.fluid.density),
        temperature: first.temperature,
        one_temperature: alike(&|one| one.temperature),
        side: fluid.side(),
        cutoff: fluid.cutoff,
        corrected: fluid.tail_correction,
        tail_energy: fluid.tail_energy(),
        tail_pressure: fluid.tail_pressure(),
        face_centred: fluid.dimensions == 3 && 4 * cells.pow(3) == fluid.particles,
        every: structure::stride(fluid),
        acceptance_least: accepted().fold(1.0, f64::min),
        acceptance_most: accepted().fold(0.0, f64::max),
        energies: agreement(study, "energy_per_particle"),
        pressures: agreement(study, "pressure"),
        rows: study.points.iter().map(row).collect(),
    }
}

fn row(point: &StudyPoint<'_>) -> FluidRow {
    let experiment: &FluidExperiment = point.downcast();
    let (energy, pressure) = (point.analysis.get("energy_per_particle"), point.analysis.get("pressure"));
    let ideal = experiment.fluid.density * experiment.temperature;
    let peak = peak(point.analysis);
    FluidRow {
        particles: experiment.fluid.particles,
        temperature: experiment.temperature,
        density: experiment.fluid.density,
        energy: Measured::of(energy),
        energy_exact: exact(energy),
        pressure: Measured::of(pressure),
        pressure_exact: exact(pressure),
        compressibility: Measured::of(pressure).times(1.0 / ideal),
        heat_capacity: Measured::of(point.analysis.get("heat_capacity_per_particle")),
        tau_energy: Measured::tau(energy),
        tau_pressure: Measured::tau(pressure),
        peak_distance: peak.map(|(distance, _)| distance),
        peak: peak.map_or_else(Measured::default, |(_, height)| height),
    }
}
