//! What a point on a continuous landscape adds to a record: the check of the quadrature, and the landscape that is left when one
//! coordinate is averaged over.

use super::Ensemble;
use crate::kind::{Control, RunError};
use crate::record::{Analysis, Doubt, Estimate, Record, Table};

/// A difference between two rules, beside the size of the results, from which on it is reported.
const TOLERANCE: f64 = 1e-9;

/// How many solutions the check costs, twice as many panels along each axis.
pub(super) fn further(ensemble: &Ensemble) -> usize {
    match ensemble.model.continuum() {
        Some(_) if ensemble.temperature != 0.0 => 5,
        _ => 0,
    }
}

/// Adds both to the record of a landscape, and nothing to others.
pub(super) fn add(
    ensemble: &Ensemble,
    record: &mut Record,
    control: &dyn Control,
    share: &dyn Fn(f64) -> f64,
) -> Result<(), RunError> {
    let Some(continuum) = ensemble.model.continuum() else { return Ok(()) };
    let temperature = ensemble.temperature;
    if temperature != 0.0 {
        let remainder = continuum.remainder(temperature, &mut |done| control.advance(share(done)));
        let remainder = remainder.ok_or(RunError::Stopped)?;
        let found = [
            ("quadrature_nodes", remainder.nodes as f64),
            ("quadrature_log_partition", remainder.log_partition),
            ("quadrature_energy", remainder.energy),
        ];
        record.scalars.extend(found.map(|(name, value)| (name.to_owned(), value)));
    }
    let smoothed = continuum.smoothed(temperature);
    record.put_series("smoothed_free_energy", smoothed.free_energy);
    record.put_series("smoothed_x", smoothed.x);
    record.scalars.insert("concave_share".to_owned(), continuum.concave_share(temperature));
    Ok(())
}

/// Their tables, and a doubt where the two rules differ.
pub(super) fn analyse(ensemble: &Ensemble, record: &Record, analysis: &mut Analysis) {
    if ensemble.model.continuum().is_none() {
        return;
    }
    let mut table = Table::new(
        "smoothed",
        "The landscape along x with y averaged over, F(x) = −T ln ∫ e^{−E(x,y)/T} dy, at T = 0 min E(x,y) over y; E(x) itself in \
         one dimension.",
        &["x", "free_energy"],
    );
    for (x, free) in record.series("smoothed_x").iter().zip(record.series("smoothed_free_energy")) {
        table.push(vec![(*x).into(), (*free).into()]);
    }
    analysis.tables.push(table);
    let mut table = Table::new(
        "convexity",
        "The share of the box in which the landscape along x bends downwards, F″(x) < 0.",
        &["concave_share"],
    );
    table.push(vec![record.scalar("concave_share").into()]);
    analysis.tables.push(table);
    let names = ["quadrature_nodes", "quadrature_log_partition", "quadrature_energy"];
    let [Some(nodes), Some(log_partition), Some(energy)] = names.map(|name| record.scalar(name)) else {
        return;
    };
    let mut table = Table::new(
        "quadrature",
        "The nodes of the rule along each axis, and by how much ln Z and U change when it has twice as many.",
        &["nodes", "log_partition", "energy"],
    );
    table.push(vec![(nodes as i64).into(), log_partition.into(), energy.into()]);
    analysis.tables.push(table);
    let value = |name: &str| analysis.get(name).and_then(|estimate| estimate.value).unwrap_or(0.0).abs();
    let size = log_partition / value("log_partition").max(1.0);
    let worst = size.max(energy / value("energy").max(ensemble.temperature.abs()));
    if worst > TOLERANCE {
        let text = format!(
            "Twice as many nodes change the integrals by {worst:.1e} of their size: wells are too narrow."
        );
        analysis.warnings.push(Doubt { about: "quadrature", excess: worst / TOLERANCE, text });
    }
}

/// At T = 0 a continuum has an energy and nothing else: why the others have no value.
pub(super) fn absent(ensemble: &Ensemble, estimate: Estimate) -> Estimate {
    let reason = match estimate.quantity.name {
        _ if ensemble.temperature != 0.0 || ensemble.model.continuum().is_none() => return estimate,
        "log_partition" => {
            "without a limit at T = 0, where it goes as −E₀/T and the logarithm of the width of the well"
        }
        "entropy" => "without a limit at T = 0: the entropy of a density goes to −∞ as the density sharpens",
        "heat_capacity" => {
            "not 0 at T = 0 but d/2, for a smooth minimum in d dimensions; the limit is not taken"
        }
        _ => return estimate,
    };
    Estimate::absent(estimate.quantity, reason)
}

#[cfg(test)]
mod tests;
