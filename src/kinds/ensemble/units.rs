//! What the single units of a machine do: their means and correlations, and the free energies of visible vectors.

use super::Ensemble;
use crate::exact::Thermodynamics;
use crate::exact::marginals::{MOST_UNITS, energies, marginals, probabilities};
use crate::kind::{Control, RunError};
use crate::models::rbm::{Machine, Units};
use crate::record::{Record, Table};

/// The most lines of the table of conditional means.
const MOST_CONDITIONALS: usize = 20_000;

/// Whether layer by layer means are asked for, at about the cost of another solution.
pub(super) fn asked(ensemble: &Ensemble) -> bool {
    ensemble.model.machine().is_some()
}

/// The values that the model's units take, where they are worth a table each: machines, and spins with bonds of their own.
fn units(ensemble: &Ensemble) -> Option<Units> {
    let spin = || (ensemble.model.name() == "ising").then_some(Units::Spin);
    ensemble.model.units().or_else(spin)
}

/// Adds to the record the means of all units, and in a small model the means of all products of two.
pub(super) fn add(
    ensemble: &Ensemble,
    record: &mut Record,
    control: &dyn Control,
    share: &dyn Fn(f64) -> f64,
) -> Result<(), RunError> {
    let model = &ensemble.model;
    if asked(ensemble) {
        let means = model.layer_means(ensemble.temperature, &mut |done| control.advance(share(done)));
        let means = means.ok_or(RunError::Stopped)?;
        record.put_series("visible_means", means.visible);
        record.put_series("hidden_means", means.hidden);
    }
    let pairs = model.pair_model().filter(|pairs| (2..=MOST_UNITS).contains(&pairs.spins()));
    if let Some((units, energies)) = units(ensemble).zip(pairs.and_then(energies)) {
        let found = marginals(probabilities(&energies, ensemble.temperature), units == Units::Binary);
        record.put_series("unit_means", found.means);
        record.put_series("unit_products", found.products);
    }
    Ok(())
}

/// The tables of units; none for a model without them.
pub(super) fn tables(
    ensemble: &Ensemble,
    record: &Record,
    solved: &Thermodynamics,
    entropy: f64,
) -> Vec<Table> {
    let machine = ensemble.model.machine();
    let names = names(ensemble);
    let mut tables = Vec::new();
    let layers = [record.series("visible_means"), record.series("hidden_means")].concat();
    let means = if layers.is_empty() { record.series("unit_means") } else { &layers };
    if !means.is_empty() && means.len() == names.len() {
        let mut table = Table::new("marginals", "The mean of each unit, exactly.", &["unit", "mean"]);
        for (name, mean) in names.iter().zip(means) {
            table.push(vec![name.as_str().into(), (*mean).into()]);
        }
        tables.push(table);
    }
    let (means, products) = (record.series("unit_means"), record.series("unit_products"));
    if !products.is_empty() && means.len() == names.len() {
        tables.push(correlations(&names, means, products));
    }
    let rows = ensemble.model.visible_rows();
    if let Some(machine) = machine.filter(|_| !rows.is_empty()) {
        tables.push(free_energies(ensemble, machine, solved, entropy));
        if rows.len() * machine.hidden() <= MOST_CONDITIONALS {
            tables.push(conditionals(ensemble, machine));
        }
    }
    tables
}

/// "v1", "h1" …, or "s1" … where there are no layers.
fn names(ensemble: &Ensemble) -> Vec<String> {
    let named = |letter: &str, count: usize| (1..=count).map(|i| format!("{letter}{i}")).collect::<Vec<_>>();
    match (ensemble.model.machine(), ensemble.model.pair_model()) {
        (Some(machine), _) => [named("v", machine.visible()), named("h", machine.hidden())].concat(),
        (None, Some(pairs)) => named("s", pairs.spins()),
        (None, None) => Vec::new(),
    }
}

fn correlations(names: &[String], means: &[f64], products: &[f64]) -> Table {
    let mut table = Table::new(
        "pair_correlations",
        "The mean of the product of each two units, and their covariance, the product of their means taken off.",
        &["first", "second", "product", "covariance"],
    );
    let pairs = (0..names.len()).flat_map(|i| (i + 1..names.len()).map(move |j| (i, j)));
    for ((i, j), product) in pairs.zip(products) {
        let covariance = product - means[i] * means[j];
        table.push(vec![
            names[i].as_str().into(),
            names[j].as_str().into(),
            (*product).into(),
            covariance.into(),
        ]);
    }
    table
}

/// F(v) of every row by both formulas. In the limit T → 0 the states of a row that are ground states share 1/g₀ each.
fn free_energies(ensemble: &Ensemble, machine: &Machine, solved: &Thermodynamics, entropy: f64) -> Table {
    let temperature = ensemble.temperature;
    let mut table = Table::new(
        "free_energies",
        "Visible vectors held fixed: the free energy of the hidden layer by −T ln Σ, and as U − TS from the mean energy and the \
         entropy of its conditional distribution; ln p(v) is empty where p(v) = 0.",
        &[
            "row",
            "pattern",
            "free_energy",
            "free_energy_from_balance",
            "energy",
            "entropy",
            "log_probability",
        ],
    );
    let rows = ensemble.model.visible_rows();
    for (index, row) in rows.iter().enumerate() {
        let free = machine.free_energy_at(row, temperature);
        let (energy, disorder) = machine.energy_and_entropy_at(row, temperature);
        let logarithm = match temperature == 0.0 {
            true if free - solved.energy <= machine.tie() => disorder - entropy,
            true => f64::NEG_INFINITY,
            false => -free / temperature - solved.log_partition,
        };
        table.push(vec![
            (index + 1).into(),
            machine.units.word(row).into(),
            free.into(),
            (energy - temperature * disorder).into(),
            energy.into(),
            disorder.into(),
            logarithm.into(),
        ]);
    }
    table
}

fn conditionals(ensemble: &Ensemble, machine: &Machine) -> Table {
    let mut table = Table::new(
        "conditionals",
        "The mean of each hidden unit given the visible vector of a row of `free_energies`: p(h = 1 | v) for units 0 and 1.",
        &["row", "unit", "mean"],
    );
    for (index, row) in ensemble.model.visible_rows().iter().enumerate() {
        for (unit, mean) in machine.hidden_means_at(row, ensemble.temperature).into_iter().enumerate() {
            table.push(vec![(index + 1).into(), format!("h{}", unit + 1).into(), mean.into()]);
        }
    }
    table
}

#[cfg(test)]
mod tests;
