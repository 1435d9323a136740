//! What the handout of an ensemble can say: every fact with its meaning.
//!
//! Temperatures and energies are in the unit of energy of the experiment's file, with k_B = 1; all numbers are exact.

use super::Ensemble;
use super::analyse::TOLERANCE;
use super::figures::{Curve, value};
use super::occupation::facts::Occupied;
use super::subjects::{self, ladder, microstates::Network, scale, surface::Surface, trade, visible::Visible};
use super::thermal::{Heating, Thermal, ThermalRow, heating, rows, thermal};
use crate::kind::{Study, StudyPoint};
use crate::models;
use schemars::JsonSchema;
use serde::Serialize;

/// The facts of a study.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Facts {
    /// Whether no point was solved; all other facts then mean nothing.
    pub empty: bool,
    /// The model of the first point, in words.
    pub description: String,
    /// The model's name in the experiment's file, such as `levels`, `ising` or `rbm`.
    pub model: &'static str,
    /// What a microstate of the model is and what its energy, in words and formulas.
    pub states_and_energies: &'static str,
    /// How the partition function was summed, in words.
    pub method: String,
    /// The method's name in the experiment's file: `enumeration`, `elimination`, `kaufman`.
    pub method_name: &'static str,
    /// Whether the temperature was swept.
    pub temperature_swept: bool,
    /// Whether there is one curve only, so that nothing but the axis of the curve was swept.
    pub single_curve: bool,
    /// The first curve's name, in Markdown; empty when there is one.
    pub curve_label: String,
    /// The first point of the first curve: the coldest, when the temperature was swept.
    pub low: Thermal,
    /// The last point of the first curve: the hottest, when the temperature was swept.
    pub high: Thermal,
    /// The thermodynamics along the first curve, nine points at most.
    pub rows: Vec<ThermalRow>,
    /// The lowest level of the first curve; empty unless all microstates were visited one by one.
    pub ground: Option<Ground>,
    /// The next level above it; empty where there is none, or where not all microstates were visited.
    pub excited: Option<Excited>,
    /// The number of microstates; empty where not all of them were visited one by one.
    pub states: Option<f64>,
    /// Its logarithm.
    pub log_states: Option<f64>,
    /// The entropy at `high` as a share of `log_states`; empty for a single microstate.
    pub entropy_share: Option<f64>,
    /// The heat taken up along the first curve against the entropy gained; empty unless the temperature was swept.
    pub heating: Option<Heating>,
    /// The largest difference of −T ln Z and U − TS relative to their terms; empty where they were not both evaluated.
    pub residual: Option<f64>,
    /// Whether that is nothing but rounding.
    pub residual_small: bool,
    /// The largest differences of U, C and S from the derivatives that they are, relative to their size (or to T, and to 1
    /// for C and S, where that is larger); empty where no derivative was taken.
    pub identities: Option<Identities>,
    /// The largest difference of ln Z from Kaufman's formula for the square lattice, relative to ln Z; empty for other models.
    pub kaufman_difference: Option<f64>,
    /// The number of sites of the first model; empty where it has none.
    pub sites: Option<usize>,
    /// What the visible vectors of a restricted Boltzmann machine tell, over the temperature; empty for all other studies.
    pub visible: Option<Visible>,
    /// What a Boltzmann machine without layers tells, over the temperature; empty for all other studies.
    pub network: Option<Network>,
    /// What a continuous landscape tells, over the temperature; empty for all other studies.
    pub surface: Option<Surface>,
    /// What objects in boxes tell; empty for all other models, and all other facts are then empty.
    pub occupation: Option<Occupied>,
    /// The minima of energy and of free energy along the temperature; empty but for one `curie_weiss` magnet.
    pub trade: Option<trade::Trade>,
    /// How fluctuations change with the number of sites; empty unless one model was solved in several sizes.
    pub fluctuations: Option<ladder::Fluctuations>,
    /// How a magnet nears the limit of very many spins; empty but for `curie_weiss` in several sizes.
    pub sizes: Option<scale::Sizes>,
}

/// Differences from derivatives that are taken numerically.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(super) struct Identities {
    /// Of U from −∂ln Z/∂β.
    pub energy: f64,
    /// Of C from ∂U/∂T.
    pub heat_capacity: f64,
    /// Of S from −∂F/∂T.
    pub entropy: f64,
    /// Whether none is more than differences of their order leave.
    pub small: bool,
}

/// The largest residual of each identity over all points.
fn identities(study: &Study<'_>) -> Option<Identities> {
    let mut largest: Option<[f64; 3]> = None;
    let mut small = true;
    for table in study.points.iter().filter_map(|point| point.analysis.table("identities")) {
        let found = largest.get_or_insert([0.0; 3]);
        let rows = table.numbers("residual").into_iter().zip(table.numbers("allowed"));
        for (most, (residual, allowed)) in found.iter_mut().zip(rows) {
            *most = most.max(residual);
            small &= residual <= allowed;
        }
    }
    largest.map(|[energy, heat_capacity, entropy]| Identities { energy, heat_capacity, entropy, small })
}

/// The lowest level.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(super) struct Ground {
    /// Its energy E₀.
    pub energy: f64,
    /// The number g₀ of its microstates.
    pub degeneracy: f64,
    /// Its entropy ln g₀.
    pub entropy: f64,
    /// Its probability at `low`.
    pub probability: f64,
}

/// The level above the lowest.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Excited {
    /// Its energy E₁.
    pub energy: f64,
    /// The number g₁ of its microstates.
    pub degeneracy: f64,
    /// E₁ − E₀.
    pub gap: f64,
    /// The temperature (E₁ − E₀)/ln(g₁/g₀) at which both levels are equally probable; empty unless g₁ > g₀.
    pub crossing: Option<f64>,
}

/// The facts of the study's curves.
pub(super) fn facts(study: &Study<'_>, curves: &[Curve<'_>], swept: bool) -> Facts {
    let curve = &curves[0];
    let (low, high) = (curve.points[0].1, curve.points[curve.points.len() - 1].1);
    let model = &study.points[0].downcast::<Ensemble>().model;
    let residuals = study.points.iter().filter_map(|point| point.analysis.table("balance"));
    let residuals: Vec<f64> = residuals.flat_map(|table| table.numbers("residual")).collect();
    let residual = residuals.iter().copied().fold(0.0, f64::max);
    // A continuum has a volume, not a number of states.
    let states = number_of_states(high).filter(|_| model.continuum().is_none());
    let levels = states.map_or_else(Vec::new, |states| levels(low, states));
    let ground = levels.first().map(|(energy, degeneracy, probability)| Ground {
        energy: *energy,
        degeneracy: *degeneracy,
        entropy: libm::log(*degeneracy),
        probability: *probability,
    });
    let several = swept && curve.points.len() > 1;
    Facts {
        empty: false,
        description: model.description(),
        model: model.name(),
        states_and_energies: models::find(model.name()).map_or("", |entry| entry.energy),
        method: study.points[0]
            .downcast::<Ensemble>()
            .solver()
            .map(|exact| exact.method())
            .unwrap_or_default(),
        method_name: study.points[0].downcast::<Ensemble>().chosen().map_or("", |(name, _)| name),
        temperature_swept: several,
        single_curve: curves.len() == 1,
        curve_label: maths(&curve.label),
        low: thermal(low),
        high: thermal(high),
        rows: rows(curve),
        ground,
        excited: ground.and_then(|ground| excited(ground, &levels)),
        states,
        log_states: states.map(libm::log),
        entropy_share: states
            .filter(|states| *states > 1.0)
            .and_then(|states| Some(value(high, "entropy")? / libm::log(states))),
        heating: several.then(|| heating(curve)).flatten(),
        residual: (residuals.len() == study.points.len()).then_some(residual),
        residual_small: residual <= TOLERANCE,
        identities: identities(study),
        kaufman_difference: study.points.iter().filter_map(kaufman_difference).reduce(f64::max),
        sites: model.sites(),
        visible: several.then(|| subjects::visible::facts(study, curve)).flatten(),
        network: several.then(|| subjects::microstates::facts(study, curve)).flatten(),
        surface: several.then(|| subjects::surface::facts(study, curve)).flatten(),
        occupation: None,
        trade: trade::facts(study),
        fluctuations: ladder::facts(study),
        sizes: scale::facts(study),
    }
}

/// The number of microstates, when all of them were visited.
fn number_of_states(point: &StudyPoint<'_>) -> Option<f64> {
    point.analysis.table("balance")?.numbers("states").first().copied()
}

/// Energy, degeneracy and probability of each level in order of energy; levels of one energy are taken together. Of a list
/// that does not hold all `states` the last level, which may be cut, is left out.
fn levels(point: &StudyPoint<'_>, states: f64) -> Vec<(f64, f64, f64)> {
    let Some(table) = point.analysis.table("populations") else { return Vec::new() };
    let (degeneracies, probabilities) = (table.numbers("degeneracy"), table.numbers("probability"));
    let mut rows: Vec<(f64, f64, f64)> = table
        .numbers("energy")
        .into_iter()
        .zip(degeneracies.into_iter().zip(probabilities))
        .map(|(energy, (degeneracy, probability))| (energy, degeneracy, probability))
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    rows.dedup_by(|next, level| {
        let same = next.0 - level.0 <= 1e-12 * level.0.abs();
        if same {
            level.1 += next.1;
            level.2 += next.2;
        }
        same
    });
    if rows.iter().map(|row| row.1).sum::<f64>() < states {
        rows.pop();
    }
    rows
}

fn excited(ground: Ground, levels: &[(f64, f64, f64)]) -> Option<Excited> {
    let (energy, degeneracy, _) = *levels.get(1)?;
    let (gap, ratio) = (energy - ground.energy, degeneracy / ground.degeneracy);
    Some(Excited { energy, degeneracy, gap, crossing: (ratio > 1.0).then(|| gap / libm::log(ratio)) })
}

fn kaufman_difference(point: &StudyPoint<'_>) -> Option<f64> {
    let estimate = point.analysis.get("log_partition")?;
    let (reference, _) = estimate.reference?;
    Some((estimate.value? / reference - 1.0).abs())
}

/// Figure markup → Markdown maths, for the labels of curves: `*L* = 16` becomes `$L = 16$`.
pub(super) fn maths(label: &str) -> String {
    let parts = label.split(", ").map(|part| match part.starts_with('*') {
        true => format!("${}$", part.replace('*', "")),
        false => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join(", ")
}
