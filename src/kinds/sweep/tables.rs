//! The tables that a sweep adds to the results of each point.

use super::analyse::Observable;
use super::spec::SweepExperiment;
use crate::record::{Cell, Record, Table};
use crate::statistics::autocorrelation::{Autocorrelation, autocorrelation};

/// Rows of the trace: so many before, and so many after the cut.
const TRACE_ROWS: (usize, usize) = (60, 140);
/// Most rows of the autocorrelation functions.
const LAG_ROWS: usize = 120;
/// Most bins of the energy histogram.
const BINS: usize = 60;

/// Every table of one point.
pub(super) fn all(
    experiment: &SweepExperiment,
    records: &[Record],
    energy: &Observable,
    order: &Observable,
) -> Vec<Table> {
    let memories = Table::new(
        "autocorrelation",
        "The normalised autocorrelation functions of energy and |m|, and the windows at which their sums end.",
        &["lag", "energy", "magnetization", "window_energy", "window_magnetization"],
    );
    let mut tables = vec![
        chains(records, energy, order),
        trace(experiment, records),
        correlations(memories, energy, order),
    ];
    tables.extend(snapshot(records));
    tables.extend(ladder(experiment, records));
    tables
}

/// What a run that served all temperatures counted, a row for each replica; none for chains by themselves.
fn ladder(experiment: &SweepExperiment, records: &[Record]) -> Option<Table> {
    experiment.ladder.as_ref()?;
    let mut table = Table::new(
        "ladder",
        "What the run that served all temperatures counted, replica by replica: the acceptance of the sampler's kind at this point; round trips \
         between the ends of the ladder or of the energies, and the temperatures of the ladder, those added included; the mean square \
         size of a family over the mean size, and the steps in 1/T; the levels of energy.",
        &["replica", "acceptance", "round_trips", "rungs", "families", "steps", "levels"],
    );
    for (replica, record) in records.iter().enumerate() {
        let mut row: Vec<Cell> = vec![replica.into()];
        row.extend(table.columns[1..].iter().map(|name| Cell::from(record.scalar(name))));
        table.push(row);
    }
    Some(table)
}

/// The last state of the first replica, when it was kept.
fn snapshot(records: &[Record]) -> Option<Table> {
    let array = records.first()?.arrays.get("snapshot")?;
    let columns = *array.shape.get(1).filter(|columns| **columns > 0)?;
    let mut table = Table::new(
        "snapshot",
        "The first replica's spins after its last sweep, a line for each row of the lattice: u for up, d for down.",
        &["row", "spins"],
    );
    for (row, spins) in array.values.chunks_exact(columns).enumerate() {
        let line: String = spins.iter().map(|spin| if *spin > 0.0 { 'u' } else { 'd' }).collect();
        table.push(vec![row.into(), line.into()]);
    }
    Some(table)
}

/// One row per replica.
fn chains(records: &[Record], energy: &Observable, order: &Observable) -> Table {
    let table = Table::new(
        "chains",
        "The replicas one by one: sweeps discarded, whether they had settled, what each measured alone, and its spin updates per \
         spin and sweep.",
        &[
            "replica",
            "thermalization_sweeps",
            "thermalized",
            "energy_per_site",
            "tau_energy",
            "magnetization",
            "tau_magnetization",
            "acceptance",
            "updates_per_spin",
            "tau_energy_error",
            "tau_magnetization_error",
            "energy_error",
            "magnetization_error",
        ],
    );
    replicas(table, records, [energy, order])
}

/// Fills a table with a row per replica: its number, its run-in and whether it had settled, of each observable the mean and τ, two scalars of the
/// record by the names of their columns, and the errors of both τ and of both means.
pub(super) fn replicas(mut table: Table, records: &[Record], observables: [&Observable; 2]) -> Table {
    let scalars = [table.columns[7], table.columns[8]];
    for (replica, record) in records.iter().enumerate() {
        let of = |observable: &Observable| {
            let values = &observable.replicas[replica];
            let memory = autocorrelation(&[values]);
            let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
            let tau_error = memory.as_ref().and_then(Autocorrelation::known_tau_error);
            let error = tau_error.and(memory.as_ref()).map(Autocorrelation::std_error);
            [Some(mean), memory.map(|memory| memory.tau), tau_error, error].map(Cell::from)
        };
        let [[one, tau_one, of_tau_one, of_one], [other, tau_other, of_tau_other, of_other]] =
            observables.map(of);
        table.push(vec![
            replica.into(),
            Cell::Integer(record.scalar("thermalization_sweeps").unwrap_or(0.0) as i64),
            Cell::Integer(record.scalar("thermalized").unwrap_or(1.0) as i64),
            one,
            tau_one,
            other,
            tau_other,
            record.scalar(scalars[0]).into(),
            record.scalar(scalars[1]).into(),
            of_tau_one,
            of_tau_other,
            of_one,
            of_other,
        ]);
    }
    table
}

/// The first replica's history, thinned; sweeps count from the end of the thermalisation.
fn trace(experiment: &SweepExperiment, records: &[Record]) -> Table {
    let table = Table::new(
        "trace",
        "The first replica's energy and magnetisation per site, thinned; negative sweeps were discarded.",
        &["sweep", "energy_per_site", "magnetization"],
    );
    let sites = experiment.sites as f64;
    history(table, records, [("energy", sites), ("magnetization", sites)], TRACE_ROWS)
}

/// Fills a table with the first replica's energies before the cut and two series after it, each over a number; sweeps count from the end of
/// the thermalisation.
pub(super) fn history(
    mut table: Table,
    records: &[Record],
    [(energy, size), (other, unit)]: [(&str, f64); 2],
    rows: (usize, usize),
) -> Table {
    let Some(record) = records.first() else { return table };
    let discarded = record.series("thermalization_energy");
    let length = record.scalar("thermalization_sweeps").unwrap_or(0.0);
    let kept = record.scalar("thermalization_stride").unwrap_or(1.0);
    for index in (0..discarded.len()).step_by(discarded.len().div_ceil(rows.0).max(1)) {
        let sweep = index as f64 * kept - length;
        table.push(vec![Cell::Integer(sweep as i64), (discarded[index] / size).into(), Cell::Empty]);
    }
    let (energy, other) = (record.series(energy), record.series(other));
    for index in (0..energy.len()).step_by(energy.len().div_ceil(rows.1).max(1)) {
        let beside = other.get(index).map(|x| x / unit);
        table.push(vec![index.into(), (energy[index] / size).into(), beside.into()]);
    }
    table
}

/// Fills a table with ρ(t) of energy and of what tells the phases apart, up to twice their window and thinned, and with both windows.
pub(super) fn correlations(mut table: Table, energy: &Observable, order: &Observable) -> Table {
    let longest = |observable: &Observable| {
        observable.memory.as_ref().map_or(0, |memory| (2 * memory.window + 2).min(memory.rho.len()))
    };
    let lags = longest(energy).max(longest(order));
    let window = |observable: &Observable| {
        observable.memory.as_ref().map_or(Cell::Empty, |memory| Cell::from(memory.window))
    };
    let rho = |observable: &Observable, lag: usize| {
        observable.memory.as_ref().and_then(|memory| memory.rho.get(lag).copied())
    };
    for lag in (0..lags).step_by(lags.div_ceil(LAG_ROWS).max(1)) {
        table.push(vec![
            lag.into(),
            rho(energy, lag).into(),
            rho(order, lag).into(),
            window(energy),
            window(order),
        ]);
    }
    table
}

/// How often each energy per site was met.
pub(super) fn histogram(experiment: &SweepExperiment, energy: &Observable) -> Table {
    let mut table = Table::new(
        "energies",
        "The distribution of the energy per site over all measured sweeps: shares of equal intervals.",
        &["low", "high", "share"],
    );
    let values = || energy.replicas.iter().flatten().copied();
    let (low, high) = values().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
    let count = values().count();
    if count == 0 {
        return table;
    }
    // Energies are discrete: on a lattice with J = 1 they are 4/N apart, so that no bin may be narrower.
    let spacing = experiment.model.square_lattice().map_or(0.0, |lattice| 4.0 * lattice.coupling.abs());
    let least = spacing / experiment.sites as f64;
    let width = if least > 0.0 {
        least * libm::ceil((high - low + least) / (BINS as f64 * least))
    } else {
        ((high - low) / BINS as f64).max(1e-3 * high.abs().max(1e-9))
    };
    let start = low - 0.5 * least;
    let bins = (libm::floor((high - start) / width) as usize + 1).min(10 * BINS);
    let mut counts = vec![0_u64; bins];
    for x in values() {
        counts[(((x - start) / width) as usize).min(bins - 1)] += 1;
    }
    for (bin, hits) in counts.into_iter().enumerate() {
        let from = start + bin as f64 * width;
        table.push(vec![from.into(), (from + width).into(), (hits as f64 / count as f64).into()]);
    }
    table
}
