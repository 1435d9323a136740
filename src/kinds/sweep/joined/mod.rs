//! What the temperatures of a curve tell together: smooth curves, peaks between the sampled temperatures, free
//! energies.
//!
//! The samples of all temperatures whose energies overlap are joined by reweighting
//! ([`crate::statistics::reweighting`]).

mod figures;
mod free;
mod smooth;
mod summits;
mod tables;

pub(super) use figures::figures;
pub(super) use free::{Free, FreeRow};
pub(super) use smooth::{BINDER, Place};
pub(super) use summits::{Summit, SummitFact};
pub(super) use tables::tables;

use super::layout::{Curve, Layout};
use super::peaks::plain_label;
use super::spec::SweepExperiment;
use crate::statistics::reweighting::{Reweighting, Samples};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;

/// Neighbouring temperatures are joined if their energy distributions have at least this share in common.
const LEAST_OVERLAP: f64 = 0.05;
/// And if that is at least so many independent samples of each.
const LEAST_SHARED: f64 = 20.0;

/// The page names so many pairs of neighbours that cannot be joined.
const GAPS_TOLD: usize = 6;

/// A curve of several temperatures, joined as far as they overlap.
pub(super) struct Joined {
    /// The curve's name in figure markup.
    pub label: String,
    /// The curve's place among all.
    pub index: usize,
    /// Temperatures that belong together, the lowest first.
    pub pieces: Vec<Piece>,
    /// Where neighbours do not overlap.
    pub gaps: Vec<Gap>,
}

/// Temperatures that overlap without a gap.
pub(super) struct Piece {
    /// Averages on a fine grid, in order of temperature.
    pub places: Vec<Place>,
    /// The peak of the specific heat within the piece.
    pub heat: Option<Summit>,
    /// The peak of the susceptibility.
    pub susceptibility: Option<Summit>,
    /// The free energies.
    pub free: Free,
}

/// Two neighbouring temperatures that cannot be joined.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Gap {
    /// The curve's name, in Markdown.
    pub label: String,
    /// The lower temperature.
    pub low: f64,
    /// The higher temperature.
    pub high: f64,
    /// The share that their energy distributions have in common; empty where a series is too short to say.
    pub overlap: Option<f64>,
}

/// What the template reads of the joined curves.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct JoinedFacts {
    /// The peaks between the sampled temperatures, a row for each curve that has one.
    pub peaks: Vec<SummitFact>,
    /// Whether the exact peak of the specific heat is known for any of them.
    pub peaks_exact: bool,
    /// The free energies, a row for each stretch of joined temperatures.
    pub free: Vec<FreeRow>,
    /// Whether the exact ln Z is known for any of them.
    pub free_exact: bool,
    /// Whether any of them has an absolute free energy.
    pub absolute: bool,
    /// The fewest rows of blocks that the errors rest on; 0 where no temperatures could be joined.
    pub blocks: usize,
    /// Neighbouring temperatures that cannot be joined, the first few.
    pub gaps: Vec<Gap>,
    /// How many others there are.
    pub gaps_left_out: usize,
}

/// Joins the temperatures of every curve; nothing where curves run over something else.
pub(super) fn join(layout: &Layout<'_>) -> Vec<Joined> {
    if !layout.is_temperature {
        return Vec::new();
    }
    layout.curves.par_iter().enumerate().filter_map(|(index, curve)| joined(index, curve)).collect()
}

fn joined(index: usize, curve: &Curve<'_>) -> Option<Joined> {
    let first: &SweepExperiment = curve.experiment();
    let same = |experiment: &SweepExperiment| {
        experiment.model.name() == first.model.name() && experiment.model.identity() == first.model.identity()
    };
    if curve.points.len() < 2 || !curve.points.iter().all(|(_, point)| same(point.downcast())) {
        return None;
    }
    let samples: Vec<(f64, Option<&Samples>)> = curve
        .points
        .iter()
        .map(|(temperature, point)| {
            (*temperature, point.analysis.evidence.as_ref().and_then(|evidence| evidence.get()))
        })
        .collect();
    // Samples that are weighted, or of chains that never settled, are not for joining.
    if samples.iter().all(|(_, samples)| samples.is_none()) {
        return None;
    }
    let mut groups: Vec<Vec<&Samples>> = vec![Vec::new()];
    let mut gaps = Vec::new();
    for (at, (temperature, now)) in samples.iter().enumerate() {
        if let Some(((before, last), now)) = at.checked_sub(1).map(|before| (samples[before], now)) {
            let overlap = last.zip(*now).map(|(last, now)| last.overlap(now));
            let least = |share: f64| {
                last.map_or(0.0, Samples::effective).min(now.map_or(0.0, Samples::effective)) * share
            };
            if !overlap.is_some_and(|share| share >= LEAST_OVERLAP && least(share) >= LEAST_SHARED) {
                let label = plain_label(&curve.label);
                gaps.push(Gap { label, low: before, high: *temperature, overlap });
                groups.push(Vec::new());
            }
        }
        let last = groups.len() - 1;
        groups[last].extend(now);
    }
    let pieces: Vec<Piece> = groups.iter().filter_map(|group| piece(curve, group)).collect();
    let label = curve.label.clone();
    Some(Joined { label, index, pieces, gaps })
}

fn piece(curve: &Curve<'_>, samples: &[&Samples]) -> Option<Piece> {
    let experiment = curve.experiment();
    let reweighting = Reweighting::new(samples)?;
    let places = smooth::places(&reweighting, experiment.sites as f64);
    Some(Piece {
        heat: summits::summit(&reweighting, experiment, &places, summits::HEAT),
        susceptibility: summits::summit(&reweighting, experiment, &places, summits::SUSCEPTIBILITY),
        free: free::free(&reweighting, curve),
        places,
    })
}

/// What there is to tell; `None` where no temperatures were to be joined.
pub(super) fn facts(joined: &[Joined], layout: &Layout<'_>) -> Option<JoinedFacts> {
    let pieces = || joined.iter().flat_map(|curve| curve.pieces.iter().map(move |piece| (curve, piece)));
    let gaps: Vec<Gap> = joined.iter().flat_map(|curve| curve.gaps.iter().cloned()).collect();
    let blocks = pieces().map(|(_, piece)| piece.free.blocks).min();
    if blocks.is_none() && gaps.is_empty() {
        return None;
    }
    let peaks: Vec<SummitFact> =
        joined.iter().filter_map(|curve| SummitFact::of(curve, &layout.curves[curve.index])).collect();
    let free: Vec<FreeRow> = pieces().filter_map(|(curve, piece)| piece.free.fact(&curve.label)).collect();
    Some(JoinedFacts {
        peaks_exact: peaks.iter().any(|peak| peak.exact_temperature.is_some()),
        free_exact: free.iter().any(|row| row.exact.is_some()),
        absolute: free.iter().any(|row| !row.anchor.is_empty()),
        peaks,
        free,
        blocks: blocks.unwrap_or(0),
        gaps_left_out: gaps.len().saturating_sub(GAPS_TOLD),
        gaps: gaps.into_iter().take(GAPS_TOLD).collect(),
    })
}
