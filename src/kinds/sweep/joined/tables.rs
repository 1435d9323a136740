//! The tables of the joined curves.

use super::super::peaks::plain_label;
use super::smooth::QUANTITIES;
use super::{Joined, Piece};
use crate::record::{Cell, Table};
use crate::statistics::jackknife::Jackknifed;

/// `reweighted`, `peaks` and `free_energy`; none where nothing was joined.
pub(in super::super) fn tables(joined: &[Joined]) -> Vec<Table> {
    let pieces: Vec<(String, &Piece)> = joined
        .iter()
        .flat_map(|curve| {
            curve.pieces.iter().map(|piece| (plain_label(&curve.label).replace('$', ""), piece))
        })
        .collect();
    if pieces.is_empty() {
        Vec::new()
    } else {
        vec![reweighted(&pieces), peaks(&pieces), free_energy(&pieces)]
    }
}

/// Value and error.
fn pair(found: Option<Jackknifed>) -> [Cell; 2] {
    [Cell::from(found.map(|found| found.value)), Cell::from(found.map(|found| found.std_error))]
}

fn reweighted(pieces: &[(String, &Piece)]) -> Table {
    let mut table = Table::new(
        "reweighted",
        "Averages between the sampled temperatures, from all of them together: each quantity with its standard error, and the \
         number of effective samples that they rest on.",
        &[
            "curve",
            "temperature",
            "energy_per_site",
            "energy_per_site_error",
            "specific_heat",
            "specific_heat_error",
            "magnetization",
            "magnetization_error",
            "susceptibility",
            "susceptibility_error",
            "binder",
            "binder_error",
            "effective_samples",
        ],
    );
    debug_assert!(QUANTITIES.iter().all(|name| table.columns.contains(name)));
    for (label, piece) in pieces {
        for place in &piece.places {
            let mut row = vec![label.as_str().into(), place.temperature.into()];
            row.extend(place.values.iter().flat_map(|found| pair(*found)));
            row.push(libm::round(place.effective).into());
            table.push(row);
        }
    }
    table
}

fn peaks(pieces: &[(String, &Piece)]) -> Table {
    let mut table = Table::new(
        "peaks",
        "The largest specific heat and susceptibility of each curve, between the sampled temperatures.",
        &["curve", "quantity", "temperature", "temperature_error", "value", "value_error"],
    );
    for (label, piece) in pieces {
        for (name, summit) in [("specific_heat", piece.heat), ("susceptibility", piece.susceptibility)] {
            let Some(summit) = summit else { continue };
            let mut row = vec![label.as_str().into(), name.into()];
            row.extend(pair(Some(summit.temperature)));
            row.extend(pair(Some(summit.height)));
            table.push(row);
        }
    }
    table
}

fn free_energy(pieces: &[(String, &Piece)]) -> Table {
    let mut table = Table::new(
        "free_energy",
        "ln Z at the sampled temperatures less that at the highest one joined to them, by reweighting, by integrating the mean \
         energy over 1/T (with an estimate of what the rule misses) and exactly; and where the constant is known the free energy \
         and the entropy per site, whose errors leave out what the anchor's rule misses in ln Z/N.",
        &[
            "curve",
            "temperature",
            "log_partition_difference",
            "log_partition_difference_error",
            "integrated_difference",
            "integrated_difference_error",
            "integrated_difference_rule",
            "exact_difference",
            "free_energy_per_site",
            "free_energy_per_site_error",
            "exact_free_energy_per_site",
            "entropy_per_site",
            "entropy_per_site_error",
            "anchor",
            "anchor_rule",
        ],
    );
    for (label, piece) in pieces {
        for place in &piece.free.places {
            let mut row = vec![label.as_str().into(), place.temperature.into()];
            row.extend(pair(place.difference));
            row.extend(pair(place.integrated));
            row.extend([place.bound.into(), place.exact.into()]);
            row.extend(pair(place.free_energy));
            row.push(place.exact_free_energy.into());
            row.extend(pair(place.entropy));
            let anchor = piece.free.anchor;
            row.push(if anchor.is_empty() { Cell::Empty } else { anchor.into() });
            row.push(if anchor.is_empty() { Cell::Empty } else { piece.free.anchor_bound.into() });
            table.push(row);
        }
    }
    table
}
