//! From ln Z, U and Var E to every thermodynamic function, with a check that the two forms of F agree.

use super::Ensemble;
use super::run::from_record;
use crate::exact::{Thermodynamics, boltzmann, kaufman};
use crate::quantity::declared;
use crate::record::{Analysis, Doubt, Estimate, Record, ReferenceKind, Table};

/// The relative difference of F = −T ln Z and U − TS from which on it is reported.
pub(super) const TOLERANCE: f64 = 1e-9;

/// The names of the estimated quantities: extensive ones, and those per site where there are sites.
pub(super) const EXTENSIVE: [&str; 5] =
    ["log_partition", "free_energy", "energy", "entropy", "heat_capacity"];
/// In the order of [`EXTENSIVE`].
pub(super) const PER_SITE: [&str; 5] = [
    "log_partition_per_site",
    "free_energy_per_site",
    "energy_per_site",
    "entropy_per_site",
    "specific_heat",
];

/// Estimates, populations and the balance of the free energy.
pub(super) fn analyse(ensemble: &Ensemble, records: &[Record]) -> Analysis {
    let mut analysis = Analysis::default();
    let Some(solved) = records.first().and_then(from_record) else {
        let text = "The record holds no thermodynamics.".to_owned();
        analysis.warnings.push(Doubt { about: "record", excess: f64::INFINITY, text });
        return analysis;
    };
    let temperature = ensemble.temperature;
    let free_energy = -temperature * solved.log_partition;
    // S from the microstates one by one where all were listed, since U − F cancels at low temperature; else S = (U − F)/T.
    let counted = solved.counted.or_else(|| solved.complete.then(|| boltzmann::counted(&solved.populations)));
    let entropy = counted.map(|counted| counted.entropy).unwrap_or_else(|| {
        let (plus, minus) = (solved.log_partition, solved.energy / temperature);
        let difference = plus + minus;
        let rounding = 1e-12 * (plus.abs() + minus.abs());
        if difference.abs() <= rounding { difference.max(0.0) } else { difference }
    });
    let heat_capacity = solved.energy_variance / (temperature * temperature);
    let values = [solved.log_partition, free_energy, solved.energy, entropy, heat_capacity];
    for (name, value) in EXTENSIVE.iter().zip(values) {
        analysis.estimates.push(Estimate::exact(declared(name), value));
    }
    if let Some(sites) = ensemble.model.sites() {
        for (name, value) in PER_SITE.iter().zip(values) {
            analysis.estimates.push(Estimate::exact(declared(name), value / sites as f64));
        }
    }
    add_references(&mut analysis, ensemble);
    analysis.tables.push(populations(&solved));
    if let Some(counted) = counted {
        let balance = counted.energy - temperature * entropy;
        let size = free_energy.abs() + counted.energy.abs() + temperature * (1.0 + entropy.abs());
        let residual = (free_energy - balance).abs() / size;
        let mut table = Table::new(
            "balance",
            "The free energy from the partition function, −T ln Z, and from energy and entropy, U − TS with \
             U = Σ p E and S = −Σ p ln(p/g) summed over all microstates; the residual is their difference relative to their terms.",
            &["free_energy_from_sum", "free_energy_from_balance", "residual", "states"],
        );
        table.push(vec![free_energy.into(), balance.into(), residual.into(), counted.states.into()]);
        analysis.tables.push(table);
        if residual > TOLERANCE {
            let text = format!(
                "The free energies −T ln Z and U − TS differ by {residual:.1e} of their terms: rounding has eaten digits."
            );
            analysis.warnings.push(Doubt { about: "rounding", excess: residual / TOLERANCE, text });
        }
    }
    analysis
}

/// Sets Kaufman's closed formula for the square torus beside the sums, where it applies.
fn add_references(analysis: &mut Analysis, ensemble: &Ensemble) {
    let Some(torus) =
        ensemble.model.square_lattice().and_then(|lattice| kaufman::torus(lattice, ensemble.temperature))
    else {
        return;
    };
    let sites = ensemble.model.sites().unwrap_or(1) as f64;
    let (temperature, log_partition) = (ensemble.temperature, torus.log_partition);
    let energy = torus.energy_per_site * sites;
    let values = [
        log_partition,
        -temperature * log_partition,
        energy,
        log_partition + energy / temperature,
        torus.specific_heat * sites,
    ];
    for (index, value) in values.into_iter().enumerate() {
        for (name, reference) in [(EXTENSIVE[index], value), (PER_SITE[index], value / sites)] {
            let found = analysis.estimates.iter_mut().find(|estimate| estimate.quantity.name == name);
            if let Some(estimate) = found {
                estimate.reference = Some((reference, ReferenceKind::Exact));
            }
        }
    }
}

fn populations(solved: &Thermodynamics) -> Table {
    let mut table = Table::new(
        "populations",
        "How the ensemble is populated: energy, number of microstates and probability g e^{−βE}/Z of each level, or of \
         each interval of energies (then with its middle for an energy), or of the likeliest microstates.",
        &["label", "energy", "degeneracy", "probability"],
    );
    for population in &solved.populations {
        table.push(vec![
            population.label.as_str().into(),
            population.energy.into(),
            population.degeneracy.into(),
            population.probability.into(),
        ]);
    }
    table
}
