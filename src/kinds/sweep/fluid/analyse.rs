//! Records of a fluid → estimates with errors, tables, and doubts.

use super::super::analyse::{Observable, Source, drifting, mean_acceptance, scarce, unsettled};
use super::super::diagnostics::blocks;
use super::super::tables::{self, correlations};
use super::{FluidExperiment, structure};
use crate::exact::pair::TwoParticles;
use crate::record::{Analysis, Doubt, Record, ReferenceKind, Table};

/// The quantities that fluids have, besides the acceptance.
pub(in crate::kinds::sweep) const QUANTITIES: &[&str] =
    &["energy", "energy_per_particle", "heat_capacity_per_particle", "pressure"];

/// Rows of the trace: so many before, and so many after the cut.
const TRACE_ROWS: (usize, usize) = (60, 200);

/// Turns the records of all replicas into estimates: means of U, U/N and p, and C/N = Var(U)/(N T²), with blocked jackknifes whose blocks are
/// set by the longest memory of all these.
pub(super) fn analyse(experiment: &FluidExperiment, records: &[Record]) -> Analysis {
    let particles = experiment.fluid.particles as f64;
    let temperature = experiment.temperature;
    let column = |name: &str, unit: f64| {
        let values = |record: &Record| record.series(name).iter().map(|x| x / unit).collect();
        Observable::new(records.iter().map(values).collect())
    };
    let (energy, pressure) = (column("energy", particles), column("pressure", 1.0));
    let mean = energy.mean();
    let excess = energy.less(mean);
    let squared = excess.map(|e| e * e);
    let all = [&energy, &squared, &pressure];
    let (by_energy, by_pressure) =
        (Source::plain(&energy).beside(&all), Source::plain(&pressure).beside(&all));
    let mut estimates = vec![
        by_energy.estimate("energy", &[&excess], &|m| particles * (mean + m[0])),
        by_energy.estimate("energy_per_particle", &[&excess], &|m| mean + m[0]),
        by_energy.estimate("heat_capacity_per_particle", &[&excess, &squared], &|m| {
            particles * (m[1] - m[0] * m[0]) / (temperature * temperature)
        }),
        by_pressure.estimate("pressure", &[&pressure], &|m| m[0]),
    ];
    for (name, exact) in exact_at(experiment, temperature) {
        if let Some(estimate) = estimates.iter_mut().find(|estimate| estimate.quantity.name == name) {
            estimate.reference = Some((exact, ReferenceKind::Exact));
        }
    }
    estimates.push(mean_acceptance(records));
    let memories = Table::new(
        "autocorrelation",
        "The normalised autocorrelation functions of energy and pressure, and the windows at which their sums end.",
        &["lag", "energy", "pressure", "window_energy", "window_pressure"],
    );
    let chains = Table::new(
        "chains",
        "The replicas one by one: sweeps discarded, whether they had settled, what each measured alone, the share of displacements accepted, and the largest one along \
         an axis.",
        &[
            "replica",
            "thermalization_sweeps",
            "thermalized",
            "energy_per_particle",
            "tau_energy",
            "pressure",
            "tau_pressure",
            "acceptance",
            "step",
            "tau_energy_error",
            "tau_pressure_error",
            "energy_error",
            "pressure_error",
        ],
    );
    let trace = Table::new(
        "trace",
        "The first replica's energy per particle and pressure, thinned; negative sweeps were discarded.",
        &["sweep", "energy_per_particle", "pressure"],
    );
    let tables = vec![
        tables::replicas(chains, records, [&energy, &pressure]),
        tables::history(trace, records, [("energy", particles), ("pressure", 1.0)], TRACE_ROWS),
        correlations(memories, &energy, &pressure),
        structure::table(experiment, records),
        blocks(&energy),
    ];
    Analysis { estimates, tables, warnings: doubts(&by_energy, &by_pressure, records), evidence: None }
}

/// Exact averages at a temperature, by the names of their quantities: of two particles, by quadrature.
pub(super) fn exact_at(experiment: &FluidExperiment, temperature: f64) -> Vec<(&'static str, f64)> {
    let Some(two) = TwoParticles::new(&experiment.fluid, temperature) else { return Vec::new() };
    vec![
        ("energy", two.energy),
        ("energy_per_particle", 0.5 * two.energy),
        ("heat_capacity_per_particle", 0.5 * two.energy_variance / (temperature * temperature)),
        ("pressure", two.pressure),
    ]
}

/// What is in doubt.
fn doubts(energy: &Source<'_>, pressure: &Source<'_>, records: &[Record]) -> Vec<Doubt> {
    let mut doubts: Vec<Doubt> = unsettled(records).into_iter().collect();
    let remedy = "more sweeps would help";
    doubts.extend(scarce("energy", ["samples of the energy", "R-hat of the energy"], energy, remedy));
    doubts.extend(scarce("pressure", ["samples of the pressure", "R-hat of the pressure"], pressure, remedy));
    doubts.extend(drifting("energy", energy));
    doubts
}
