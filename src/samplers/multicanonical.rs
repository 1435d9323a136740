//! Multicanonical sampling of all temperatures at once: a chain of each replica, with weights of its own, reweighted to every
//! temperature ([`super::density`]).

use super::density::canonical::{self, Anchor};
use super::density::{self, Level, Series};
use super::ladder::{LogDensity, Rung, Settings, Stop};
use super::tempered::hot_energy;
use crate::exact::boltzmann::log_mean_exp;
use crate::models::Model;
use crate::rng::Stream;
use crate::statistics::jackknife::Jackknifed;
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
) -> Result<Vec<Rung>, Stop> {
    let (mean, deviation) = hot_energy(model, stream);
    let asked = density::Settings {
        // Above are temperatures below zero.
        window: Some((f64::NEG_INFINITY, mean + HOT * deviation)),
        bins: None,
        weight_sweeps: settings.run_in.unwrap_or(LEARNING * settings.samples) as u64,
        production_sweeps: settings.samples as u64,
        every: 1,
    };
    let (weights, production) = density::sample(model, &asked, stream, advance)?;
    let series = production.series;
    let hot = log_mean_exp(&series.log_inverse_weight);
    let mut density = counted(model, &series, &production.levels);
    let rung = |temperature: &f64| {
        let mut log_weight = canonical::log_weights(&series, *temperature);
        // Replicas have weights of their own, and count alike.
        let mean = log_mean_exp(&log_weight);
        log_weight.iter_mut().for_each(|log| *log -= mean);
        Rung {
            energy: series.energy.clone(),
            magnetization: series.order.clone(),
            log_weight,
            log_partition: Some(mean - hot),
            settled: true,
            acceptance: production.acceptance,
            figures: vec![
                ("round_trips", production.round_trips as f64),
                ("levels", production.levels.len() as f64),
                ("weights_learned", f64::from(u8::from(weights.converged))),
            ],
            density: std::mem::take(&mut density),
            ..Rung::default()
        }
    };
    Ok(settings.temperatures.iter().map(rung).collect())
}

/// ln g(E) of the levels that were visited often enough for an error; the window reaches to infinite temperature, where the number of
/// all states is known.
fn counted(model: &dyn Model, series: &Series, levels: &[Level]) -> Vec<LogDensity> {
    let (Some(log_states), Some(tau)) = (model.log_states(), canonical::time(&[series])) else {
        return Vec::new();
    };
    let found = canonical::density_of_states(&[series], levels, Anchor::States(log_states), tau);
    let with_error = |(level, found): (&Level, Option<Jackknifed>)| {
        let Jackknifed { value, std_error, .. } = found?;
        Some(LogDensity { energy: level.energy, value, std_error })
    };
    levels.iter().zip(found).filter_map(with_error).collect()
}
