//! Records of walks → estimates with errors, tables, and doubts.

use super::super::analyse::{Observable, Source, mean_acceptance, scarce, slices, unsettled};
use super::super::diagnostics::blocks;
use super::super::tables::{self, correlations};
use super::{WalkExperiment, crossings};
use crate::number;
use crate::record::{Analysis, Doubt, Estimate, Record, ReferenceKind, Table};
use crate::statistics::jackknife::Blocks;

/// The quantities that walks alone have.
pub(in crate::kinds::sweep) const QUANTITIES: &[&str] = &[
    "energy",
    "heat_capacity",
    "position",
    "position_squared",
    "position_y",
    "position_y_squared",
    "crossing_rate",
];

/// Bins of the distribution of x.
const BINS: usize = 40;
/// Rows of the trace: so many before, and so many after the cut.
const TRACE_ROWS: (usize, usize) = (60, 400);
/// Langevin's steps that are refused more often than this make no clock of dt.
const FEWEST_ACCEPTED: f64 = 0.98;

/// Turns the records of all replicas into estimates: means of E, x and x², and C = Var(E)/T², with blocked jackknifes.
pub(super) fn analyse(experiment: &WalkExperiment, records: &[Record]) -> Analysis {
    let column = |name: &str| {
        Observable::new(records.iter().map(|record| record.series(name).to_vec()).collect::<Vec<_>>())
    };
    let (energy, x) = (column("energy"), column("position"));
    let squared = x.map(|x| x * x);
    let temperature = experiment.temperature;
    let (by_energy, by_place) = (Source::plain(&energy), Source::plain(&x));
    let mean = energy.mean();
    let excess = energy.less(mean);
    let excess_squared = excess.map(|e| e * e);
    let mut estimates = vec![
        by_energy.estimate("energy", &[&excess], &|m| mean + m[0]),
        by_energy.estimate("heat_capacity", &[&excess, &excess_squared], &|m| {
            (m[1] - m[0] * m[0]) / (temperature * temperature)
        }),
        by_place.estimate("position", &[&x], &|m| m[0]),
        Source::plain(&squared).estimate("position_squared", &[&squared], &|m| m[0]),
    ];
    let two = experiment.continuum.dimensions() == 2;
    if two {
        let y = column("position_y");
        let squared = y.map(|y| y * y);
        estimates.push(Source::plain(&y).estimate("position_y", &[&y], &|m| m[0]));
        estimates.push(Source::plain(&squared).estimate("position_y_squared", &[&squared], &|m| m[0]));
    }
    for (name, exact) in exact_at(experiment, temperature) {
        if let Some(estimate) = estimates.iter_mut().find(|estimate| estimate.quantity.name == name) {
            estimate.reference = Some((exact, ReferenceKind::Exact));
        }
    }
    estimates.extend(crossings::estimate(experiment, records));
    estimates.push(mean_acceptance(records));
    let memories = Table::new(
        "autocorrelation",
        "The normalised autocorrelation functions of energy and place, and the windows at which their sums end.",
        &["lag", "energy", "position", "window_energy", "window_position"],
    );
    let mut tables = vec![
        chains(records, &energy, &x),
        trace(records),
        correlations(memories, &energy, &x),
        positions(experiment, &x),
        blocks(&x),
    ];
    tables.extend(crossings::table(experiment, records));
    let warnings = doubts(experiment, &by_energy, &by_place, records, &estimates);
    Analysis { estimates, tables, warnings, evidence: None }
}

/// Exact averages at a temperature, by the names of their quantities; none where quadrature does not resolve the wells.
pub(super) fn exact_at(experiment: &WalkExperiment, temperature: f64) -> Vec<(&'static str, f64)> {
    let Some(moments) = experiment.continuum.moments(temperature) else { return Vec::new() };
    vec![
        ("energy", moments.energy),
        ("heat_capacity", moments.energy_variance / (temperature * temperature)),
        ("position", moments.first[0]),
        ("position_squared", moments.second[0]),
        ("position_y", moments.first[1]),
        ("position_y_squared", moments.second[1]),
    ]
}

/// One row per replica.
fn chains(records: &[Record], energy: &Observable, x: &Observable) -> Table {
    let table = Table::new(
        "chains",
        "The replicas one by one: sweeps discarded, whether they had settled, what each measured alone, the share of moves accepted, and the time step dt of \
         Langevin's dynamics or the largest displacement along an axis.",
        &[
            "replica",
            "thermalization_sweeps",
            "thermalized",
            "energy",
            "tau_energy",
            "position",
            "tau_position",
            "acceptance",
            "step",
            "tau_energy_error",
            "tau_position_error",
            "energy_error",
            "position_error",
        ],
    );
    tables::replicas(table, records, [energy, x])
}

/// The first replica's history, thinned; sweeps count from the end of the thermalisation.
fn trace(records: &[Record]) -> Table {
    let table = Table::new(
        "trace",
        "The first replica's energy and place, thinned; negative sweeps were discarded.",
        &["sweep", "energy", "position"],
    );
    tables::history(table, records, [("energy", 1.0), ("position", 1.0)], TRACE_ROWS)
}

/// The density of x over equal intervals of the box where it was seen, with errors.
fn positions(experiment: &WalkExperiment, x: &Observable) -> Table {
    let mut table = Table::new(
        "positions",
        "The distribution of x over all measured sweeps: its density in equal intervals about the places given, with errors that count the memory of the chain.",
        &["position", "density", "std_error"],
    );
    let (low, high) = (experiment.continuum.low, experiment.continuum.high);
    let width = (high - low) / BINS as f64;
    for bin in 0..BINS {
        let (from, to) = (low + bin as f64 * width, low + (bin + 1) as f64 * width);
        let last = bin + 1 == BINS;
        let inside = |x: &f64| *x >= from && (*x < to || last);
        let replicas: Vec<Vec<f64>> = x
            .replicas
            .iter()
            .map(|values| values.iter().map(|x| if inside(x) { 1.0 / width } else { 0.0 }).collect())
            .collect();
        let (sum, count) = replicas
            .iter()
            .fold((0.0, 0), |(sum, count), hits| (sum + hits.iter().sum::<f64>(), count + hits.len()));
        if sum == 0.0 {
            continue;
        }
        let found =
            Blocks::new(&[slices(&replicas)], x.tau()).and_then(|blocks| blocks.estimate(|means| means[0]));
        let error = found.map(|found| found.std_error).filter(|error| *error > 0.0);
        table.push(vec![(0.5 * (from + to)).into(), (sum / count as f64).into(), error.into()]);
    }
    table
}

/// What is in doubt.
fn doubts(
    experiment: &WalkExperiment,
    energy: &Source<'_>,
    place: &Source<'_>,
    records: &[Record],
    estimates: &[Estimate],
) -> Vec<Doubt> {
    let mut doubts: Vec<Doubt> = unsettled(records).into_iter().collect();
    doubts.extend(scarce(
        "energy",
        ["samples of the energy", "R-hat of the energy"],
        energy,
        "more sweeps would help",
    ));
    doubts.extend(scarce(
        "place",
        ["samples of the place", "R-hat of the place"],
        place,
        "more sweeps would help",
    ));
    let acceptance = estimates.iter().find(|estimate| estimate.quantity.name == "acceptance");
    if experiment.step.is_some()
        && let Some(accepted) = acceptance.and_then(|estimate| estimate.value)
        && accepted < FEWEST_ACCEPTED
    {
        let text = format!(
            "Of Langevin's steps {} % were refused: averages are right all the same, but steps that lead nowhere take time as well, so that dt is no clock. \
             Choose a smaller `sampler.step`.",
            number::significant(100.0 * (1.0 - accepted), 2)
        );
        let excess = (1.0 - accepted) / (1.0 - FEWEST_ACCEPTED);
        doubts.push(Doubt { about: "time step", excess, text });
    }
    doubts
}
