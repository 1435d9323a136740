//! From ln Z, U and Var E to every thermodynamic function, with a check that the two forms of F agree.

use super::derivatives::Derivatives;
use super::run::{Solved, from_record};
use super::{Ensemble, continuum, fluctuation, units};
use crate::exact::{OrderMoments, Thermodynamics, boltzmann, kaufman, methods};
use crate::quantity::declared;
use crate::record::{Analysis, Doubt, Estimate, Record, ReferenceKind, Table};

/// The relative difference of F = −T ln Z and U − TS from which on it is reported.
pub(super) const TOLERANCE: f64 = 1e-9;

/// The residual of a derivative from which on it is reported: beyond what differences of second order leave.
const DERIVATIVE_TOLERANCE: f64 = 1e-5;

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

/// Those of models with a magnetisation.
pub(super) const MAGNETIC: [&str; 4] = ["magnetization", "magnetization_squared", "susceptibility", "binder"];

/// Estimates, populations and the balance of the free energy.
pub(super) fn analyse(ensemble: &Ensemble, records: &[Record]) -> Analysis {
    let mut analysis = Analysis::default();
    let Some(Solved { thermodynamics: solved, derivatives }) = records.first().and_then(from_record) else {
        let text = "The record holds no thermodynamics.".to_owned();
        analysis.warnings.push(Doubt { about: "record", excess: f64::INFINITY, text });
        return analysis;
    };
    let temperature = ensemble.temperature;
    // In the limit T → 0 the free energy is the ground energy, and ln Z is infinite unless that is 0.
    let free_energy = if temperature == 0.0 { solved.energy } else { -temperature * solved.log_partition };
    // S from the microstates one by one where all were listed, since U − F cancels at low temperature; else S = (U − F)/T.
    let counted = solved.counted.or_else(|| solved.complete.then(|| boltzmann::counted(&solved.populations)));
    let entropy = counted.map(|counted| counted.entropy).unwrap_or_else(|| {
        let (plus, minus) = (solved.log_partition, solved.energy / temperature);
        let difference = plus + minus;
        let rounding = 1e-12 * (plus.abs() + minus.abs());
        if difference.abs() <= rounding { difference.max(0.0) } else { difference }
    });
    let heat_capacity =
        if temperature == 0.0 { 0.0 } else { solved.energy_variance / (temperature * temperature) };
    let values = [solved.log_partition, free_energy, solved.energy, entropy, heat_capacity];
    let estimate = |name: &str, value: f64| match (value.is_finite(), temperature == 0.0) {
        (true, _) => Estimate::exact(declared(name), value),
        (false, true) => Estimate::absent(declared(name), "infinite at T = 0, where it grows as −E₀/T"),
        (false, false) => Estimate::absent(declared(name), "infinite at the critical temperature"),
    };
    for (name, value) in EXTENSIVE.iter().zip(values) {
        analysis.estimates.push(continuum::absent(ensemble, estimate(name, value)));
    }
    if let Some(sites) = ensemble.model.sites() {
        for (name, value) in PER_SITE.iter().zip(values) {
            analysis.estimates.push(estimate(name, value / sites as f64));
        }
    }
    if ensemble.model.has_magnetization() {
        analysis.estimates.extend(magnetization(solved.order, ensemble));
    }
    analysis.estimates.extend(fluctuation::estimates(ensemble, &solved, derivatives.as_ref()));
    add_references(&mut analysis, ensemble);
    analysis.tables.push(populations(&solved));
    continuum::analyse(ensemble, &records[0], &mut analysis);
    analysis.tables.extend(ground(&solved));
    analysis.tables.extend(units::tables(ensemble, &records[0], &solved, entropy));
    if let Some(derivatives) = &derivatives {
        identities(&mut analysis, (&solved, [heat_capacity, entropy]), derivatives, temperature);
    }
    if let Some(counted) = counted {
        let balance = counted.energy - temperature * entropy;
        let size = free_energy.abs() + counted.energy.abs() + temperature.abs() * (1.0 + entropy.abs());
        let residual = if size > 0.0 { (free_energy - balance).abs() / size } else { 0.0 };
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

/// The moments of the magnetisation per site and what follows from them.
fn magnetization(order: Option<OrderMoments>, ensemble: &Ensemble) -> Vec<Estimate> {
    let sites = ensemble.model.sites().map(|sites| sites as f64);
    let square = order.map(|order| order.square);
    let others = order.and_then(|order| order.others);
    let susceptibility = square.zip(others).filter(|_| ensemble.temperature > 0.0);
    let susceptibility = susceptibility.zip(sites).map(|((square, (absolute, _)), sites)| {
        sites * (square - absolute * absolute).max(0.0) / ensemble.temperature
    });
    let binder = square.zip(others).filter(|(square, _)| *square > 0.0);
    let binder = binder.map(|(square, (_, fourth))| 1.0 - fourth / (3.0 * square * square));
    let values = [others.map(|(absolute, _)| absolute), square, susceptibility, binder];
    let reason = match (others, ensemble.temperature > 0.0) {
        (None, _) if ensemble.temperature == 0.0 => "not summed at T = 0",
        (None, _) => "not among what this method sums; enumeration gives it",
        (_, true) if sites.is_none() => {
            "not known in closed form for infinitely many sites, or not defined where m vanishes"
        }
        (_, true) => "not defined, since m vanishes in every microstate",
        (_, false) => "not defined at a temperature that is not above 0",
    };
    let estimate = |(name, value): (&&str, Option<f64>)| match value {
        Some(value) => Estimate::exact(declared(name), value),
        None => Estimate::absent(declared(name), reason),
    };
    MAGNETIC.iter().zip(values).map(estimate).collect()
}

/// U, C and S beside the derivatives that they are.
fn identities(
    analysis: &mut Analysis,
    (solved, [heat_capacity, entropy]): (&Thermodynamics, [f64; 2]),
    derivatives: &Derivatives,
    temperature: f64,
) {
    let direct = [solved.energy, heat_capacity, entropy];
    let mut table = Table::new(
        "identities",
        "Energy, heat capacity and entropy as sums over the microstates (direct), and as derivatives of ln Z and U that \
         are taken by differences; the residual is their difference relative to their size, or to the natural one (T, and 1 \
         for C and S in units of k_B) where that is larger. Allowed is what the step of the differences and rounding may leave.",
        &["identity", "direct", "derivative", "residual", "allowed"],
    );
    let names = ["U = −∂ln Z/∂β", "C = ∂U/∂T", "S = −∂F/∂T"];
    let taken = [derivatives.energy, derivatives.heat_capacity, derivatives.entropy];
    let natural = [temperature.abs(), 1.0, 1.0];
    let rounding = derivatives.rounding(solved, temperature);
    let (mut worst, mut excess) = (0.0_f64, 0.0_f64);
    for (index, name) in names.into_iter().enumerate() {
        let size = direct[index].abs().max(natural[index]);
        let residual = (direct[index] - taken[index]).abs() / size;
        let allowed = DERIVATIVE_TOLERANCE.max(rounding[index] / size);
        if residual / allowed > excess {
            (worst, excess) = (residual, residual / allowed);
        }
        let cells = [direct[index], taken[index], residual, allowed].map(Into::into);
        table.push(std::iter::once(name.into()).chain(cells).collect());
    }
    analysis.tables.push(table);
    if excess > 1.0 {
        let text = format!(
            "A derivative of ln Z differs from what it should be by {worst:.1e}, more than rounding and the step explain."
        );
        analysis.warnings.push(Doubt { about: "derivatives", excess, text });
    }
}

/// The ground state, where the method gives it.
fn ground(solved: &Thermodynamics) -> Option<Table> {
    let found = solved.ground?;
    let mut table = Table::new(
        "ground",
        "The lowest energy, how many microstates have it, the gap to the next energy and how many have that.",
        &["energy", "degeneracy", "gap", "gap_degeneracy"],
    );
    let (gap, degeneracy) = found.gap.unzip();
    table.push(vec![found.energy.into(), found.degeneracy.into(), gap.into(), degeneracy.into()]);
    Some(table)
}

/// Sets Kaufman's closed formula for the square torus beside the sums, where it applies.
fn add_references(analysis: &mut Analysis, ensemble: &Ensemble) {
    if ensemble.chosen().is_ok_and(|(name, _)| name == methods::KAUFMAN) {
        return;
    }
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
    // In ln Z + U/T digits are lost when it is cold.
    let rounding = 4.0 * f64::EPSILON * (log_partition.abs() + (energy / temperature).abs());
    for (index, value) in values.into_iter().enumerate() {
        if EXTENSIVE[index] == "entropy" && rounding > 1e-9 * value.abs() {
            continue;
        }
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
            // Infinitely many, or too many for a number.
            Some(population.degeneracy).filter(|count| *count > 0.0).into(),
            population.probability.into(),
        ]);
    }
    table
}
