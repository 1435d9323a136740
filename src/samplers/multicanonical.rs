//! Multicanonical sampling of all temperatures at once: a chain of each replica, with weights of its own, reweighted to every
//! temperature ([`super::density`]).

use super::density::{self, Stop};
use super::ladder::{Rung, Settings};
use super::tempered::hot_energy;
use crate::models::Model;
use crate::rng::Stream;
use std::ops::ControlFlow;

/// The window ends so many standard deviations above the mean energy of random states, so that it holds infinite temperature.
const HOT: f64 = 5.0;

/// Weights are learned in so many times the sweeps that are measured.
const LEARNING: usize = 5;

/// Why the sampler does not apply to `model`, and what does; `None` when it does.
pub(super) fn refuse(model: &dyn Model) -> Option<String> {
    if model.curie_weiss().is_some() {
        let text = "is sampled without spins; use `parallel_tempering`, or the model `ising` on the lattice `complete`";
        return Some(format!(
            "`multicanonical` changes spins one by one, and {} {text}",
            model.description()
        ));
    }
    density::refuse(model)
}

/// Learns weights in five times the sweeps that are measured, or as many as the run-in says, and measures.
pub(super) fn run(
    model: &dyn Model,
    settings: &Settings,
    stream: &mut Stream,
    advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Option<Vec<Rung>> {
    let (mean, deviation) = hot_energy(model, stream);
    let asked = density::Settings {
        // Above are temperatures below zero.
        window: Some((f64::NEG_INFINITY, mean + HOT * deviation)),
        bins: None,
        weight_sweeps: settings.run_in.unwrap_or(LEARNING * settings.samples) as u64,
        production_sweeps: settings.samples as u64,
        every: 1,
    };
    let (weights, production) = match density::sample(model, &asked, stream, advance) {
        Ok(found) => found,
        Err(Stop::Cancelled) => return None,
        Err(Stop::Unreachable(_)) => unreachable!("invariant: random states are in the window"),
    };
    let series = production.series;
    let hot = log_mean(&series.log_inverse_weight);
    let rung = |temperature: &f64| {
        let undone: Vec<f64> = series
            .energy
            .iter()
            .zip(&series.log_inverse_weight)
            .map(|(energy, entropy)| entropy - energy / temperature)
            .collect();
        // Replicas have weights of their own, and count alike.
        let mean = log_mean(&undone);
        Rung {
            energy: series.energy.clone(),
            magnetization: series.order.clone(),
            log_weight: undone.iter().map(|log| log - mean).collect(),
            log_partition: Some(mean - hot),
            settled: true,
            acceptance: production.acceptance,
            figures: vec![
                ("round_trips", production.round_trips as f64),
                ("levels", production.levels.len() as f64),
                ("weights_learned", f64::from(u8::from(weights.converged))),
            ],
            ..Rung::default()
        }
    };
    Some(settings.temperatures.iter().map(rung).collect())
}

/// ln of the mean of e^x.
fn log_mean(logs: &[f64]) -> f64 {
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = logs.iter().map(|log| libm::exp(log - largest)).sum();
    largest + libm::log(sum / logs.len() as f64)
}
