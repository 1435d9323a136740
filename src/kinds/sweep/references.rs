//! Exact values of the order parameter's moments, where all states of a model can be summed.

use super::spec::SweepExperiment;
use crate::exact::Thermodynamics;

/// ⟨|m|⟩, ⟨m²⟩, χ = N (⟨m²⟩ − ⟨|m|⟩²)/T and U₄ = 1 − ⟨m⁴⟩/(3⟨m²⟩²) by the names of the quantities, from the moments of
/// m = Σ s/N that a sum over all states gives; empty where it gives none, or where another order parameter is measured.
pub(super) fn order(experiment: &SweepExperiment, solved: &Thermodynamics) -> Vec<(&'static str, f64)> {
    let model = &experiment.model;
    let Some(moments) = solved.order.filter(|_| model.has_magnetization() && model.order_words().is_none())
    else {
        return Vec::new();
    };
    let mut known = vec![("magnetization_squared", moments.square)];
    if let Some((mean, fourth)) = moments.others {
        let variance = moments.square - mean * mean;
        known.push(("magnetization", mean));
        known.push(("susceptibility", experiment.sites as f64 * variance / experiment.temperature));
        known.push(("binder", 1.0 - fourth / (3.0 * moments.square * moments.square)));
    }
    known
}
