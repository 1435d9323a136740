//! Exponents from block spins.

use crate::models::Model;
use crate::quantity::declared;
use crate::record::{Cell, Estimate, Record, Table};
use crate::statistics::autocorrelation::autocorrelation;
use crate::statistics::jackknife::{Blocks, Jackknifed};
use crate::statistics::renormalization::{self as blocks, EVEN, ODD, Parity};

/// The estimates are taken from the last step whose blocks are this many to a side.
const CHOSEN_SIDE: usize = 8;

/// The sides of the lattice and of its blocks.
///
/// # Errors
///
/// Why no blocks are made of the model.
pub(super) fn levels(model: &dyn Model) -> Result<Vec<(usize, usize)>, String> {
    let wanted = "block spins are made of the Ising ferromagnet on a periodic square lattice without a field";
    let Some(lattice) = model.square_lattice() else {
        return Err(format!("{wanted}; this is {}", model.description()));
    };
    if lattice.coupling < 0.0 {
        return Err(format!(
            "{wanted}: of an antiferromagnet the majority of 2 × 2 spins is nearly always a tie"
        ));
    }
    let found = blocks::levels(lattice.rows, lattice.columns);
    let (rows, columns) = (lattice.rows, lattice.columns);
    if found.len() < 2 || rows.max(columns) > blocks::LONGEST {
        return Err(format!(
            "{wanted} with sides that are even, at least {} and at most {}: this one has {rows} × {columns}; a power of 2, \
             such as 64, gives the most levels",
            2 * blocks::SHORTEST,
            blocks::LONGEST
        ));
    }
    Ok(found)
}

/// The step from whose blocks the exponents are estimated.
pub(super) fn chosen(levels: &[(usize, usize)]) -> usize {
    let steps = 0..levels.len() - 1;
    steps.rev().find(|step| levels[step + 1].0.min(levels[step + 1].1) >= CHOSEN_SIDE).unwrap_or(0)
}

/// The estimates and tables of one point.
pub(super) struct Found {
    pub estimates: Vec<Estimate>,
    pub tables: Vec<Table>,
}

/// Exponents of every step with ever more interactions, and the block spins of the last look.
pub(super) fn analyse(records: &[Record], levels: &[(usize, usize)]) -> Found {
    let layout = blocks::Layout { levels: levels.len() };
    let width = layout.width();
    // Every column of means, replica by replica, a value for each stretch of the run.
    let column = |at: usize| -> Vec<Vec<f64>> {
        let of = |record: &Record| {
            record.series("renormalisation").chunks_exact(width).map(|row| row[at]).collect()
        };
        records.iter().map(of).collect()
    };
    let columns: Vec<Vec<Vec<f64>>> = (0..width).map(column).collect();
    // The slowest of them: neighbours among the largest blocks, and the square of the magnetisation.
    let slow = [layout.mean(levels.len() - 1, 0), layout.square_of_spins(levels.len() - 2)];
    let tau = slow
        .iter()
        .filter_map(|at| autocorrelation(&slices(&columns[*at])))
        .fold(0.5, |most, found| found.tau.max(most));
    let all: Vec<Vec<&[f64]>> = columns.iter().map(|column| slices(column)).collect();
    let blocks = Blocks::new(&all, tau);
    let exponent = |step: usize, parity: Parity, count: usize| -> Option<Jackknifed> {
        blocks.as_ref()?.estimate(|means| layout.exponent(means, step, parity, count))
    };

    let mut exponents = Table::new(
        "renormalisation",
        "Exponents from one level of block spins to the next, with the first interactions of a list: y_t from even and y_h from odd \
         ones; level 0 is the lattice itself.",
        &["level", "side", "operators", "thermal", "thermal_error", "magnetic", "magnetic_error"],
    );
    for (step, (side, _)) in levels.iter().enumerate().take(levels.len() - 1) {
        for count in 1..=EVEN {
            let even = exponent(step, Parity::Even, count);
            let odd = (count <= ODD).then(|| exponent(step, Parity::Odd, count)).flatten();
            let value = |found: Option<Jackknifed>| Cell::from(found.map(|found| found.value));
            let error = |found: Option<Jackknifed>| Cell::from(found.map(|found| found.std_error));
            exponents.push(vec![
                step.into(),
                (*side).into(),
                count.into(),
                value(even),
                error(even),
                value(odd),
                error(odd),
            ]);
        }
    }
    let mut flow = Table::new(
        "flow",
        "The mean interactions per site of each level of block spins: sums of products of spins, in the order of the operators.",
        &["level", "side", "operator", "interaction", "mean", "std_error"],
    );
    for (level, (rows, columns)) in levels.iter().enumerate() {
        for (operator, name) in blocks::NAMES.iter().enumerate().take(EVEN) {
            let at = layout.mean(level, operator);
            let sites = (rows * columns) as f64;
            let found = blocks.as_ref().and_then(|blocks| blocks.estimate(|means| means[at] / sites));
            flow.push(vec![
                level.into(),
                (*rows).into(),
                (operator + 1).into(),
                (*name).into(),
                found.map(|found| found.value).into(),
                found.map(|found| found.std_error).into(),
            ]);
        }
    }
    let mut tables = vec![exponents, flow];
    tables.extend(pictures(records, levels));
    let step = chosen(levels);
    let estimate = |name: &str, parity: Parity| {
        let quantity = declared(name);
        match exponent(step, parity, parity.count()) {
            Some(found) if found.std_error > 0.0 => Estimate {
                ess: Some(found.blocks as f64),
                ..Estimate::measured(quantity, found.value, found.std_error)
            },
            _ => Estimate::absent(
                quantity,
                "the interactions of the blocks hardly fluctuate, or the run is too short",
            ),
        }
    };
    Found {
        estimates: vec![
            estimate("thermal_exponent", Parity::Even),
            estimate("magnetic_exponent", Parity::Odd),
        ],
        tables,
    }
}

fn slices(replicas: &[Vec<f64>]) -> Vec<&[f64]> {
    replicas.iter().map(Vec::as_slice).collect()
}

/// The first replica's spins at the last look, and their blocks.
fn pictures(records: &[Record], levels: &[(usize, usize)]) -> Option<Table> {
    let mut table = Table::new(
        "blocks",
        "The first replica's spins when last looked at, and their block spins, a line for each row: u for up, d for down.",
        &["level", "row", "spins"],
    );
    for (level, (_, columns)) in levels.iter().enumerate() {
        let array = records.first()?.arrays.get(&format!("blocks_{level}"))?;
        for (row, spins) in array.values.chunks_exact(*columns).enumerate() {
            let line: String = spins.iter().map(|spin| if *spin > 0.0 { 'u' } else { 'd' }).collect();
            table.push(vec![level.into(), row.into(), line.into()]);
        }
    }
    Some(table)
}
