//! Annealed importance sampling (Neal 2001, doi:10.1023/A:1008923215028; in physics Jarzynski's equality,
//! doi:10.1103/PhysRevLett.78.2690): independent paths from infinite temperature downwards, whose weights make good that
//! they are out of equilibrium.
//!
//! A path starts in a state drawn evenly and goes through β₀ = 0 < β₁ < …, some sweeps at each. Every step multiplies its
//! weight by e^{−(β_{k+1}−β_k)E}, before the sweeps at β_{k+1}. The mean weight is Z(β)/Z(0) without bias, and averages over
//! paths with these weights are those at β. Paths are independent: their scatter is the error.

use super::ladder::{Rung, Settings, Stop, Tally};
use super::many::Many;
use super::tempered::hot_energy;
use crate::exact::boltzmann::log_mean_exp;
use crate::models::Model;
use crate::rng::Stream;
use std::ops::ControlFlow;

/// Steps in β are so long that σ_E Δβ, with the deviation of the energy at infinite temperature, is this at most.
const STEP: f64 = 0.1;
/// Steps at most between two temperatures that were asked for.
const MOST_STEPS: f64 = 10_000.0;

/// Runs the paths one by one, or 64 at once where they can share words.
pub(super) fn run(
    model: &dyn Model,
    settings: &Settings,
    stream: &mut Stream,
    advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<Vec<Rung>, Stop> {
    let (_, deviation) = hot_energy(model, stream);
    // The inverse temperatures of the way, those that were asked for with their places.
    let mut way: Vec<(f64, Option<usize>)> = Vec::new();
    let mut from = 0.0;
    for (place, temperature) in settings.temperatures.iter().enumerate().rev() {
        let to = 1.0 / temperature;
        let steps = libm::ceil((to - from) * deviation / STEP).clamp(1.0, MOST_STEPS);
        for step in 1..steps as usize {
            way.push((from + (to - from) * step as f64 / steps, None));
        }
        way.push((to, Some(place)));
        from = to;
    }
    let total = (way.len() * settings.relaxation * settings.samples) as f64;
    let mut tally = Tally::new(model.sites().unwrap_or(1), total, advance);
    let mut found = vec![Rung { settled: true, ..Rung::default() }; settings.temperatures.len()];
    let mut left = settings.samples;
    let abreast = Many::abreast(model).min(left);
    let mut paths = Many::hot(model, 0, stream);
    while left > 0 {
        let count = abreast.min(left);
        paths.renew(model, abreast, stream);
        let (mut beta, mut log_weights) = (0.0, vec![0.0; count]);
        for (next, place) in &way {
            for (path, log_weight) in log_weights.iter_mut().enumerate() {
                *log_weight -= (next - beta) * paths.energy(path);
            }
            beta = *next;
            let mut advance = |sweeps| tally.add(sweeps);
            paths.relax(1.0 / beta, settings.relaxation, stream, &mut advance)?;
            let Some(place) = place else { continue };
            let rung = &mut found[*place];
            for (path, log_weight) in log_weights.iter().enumerate() {
                rung.energy.push(paths.energy(path));
                rung.magnetization.push(paths.magnetization(path));
                rung.log_weight.push(*log_weight);
                rung.acceptance += paths.acceptance(path) / settings.samples as f64;
            }
            if rung.energy.len() == settings.samples {
                rung.state = paths.state(count - 1);
            }
        }
        left -= count;
    }
    for rung in &mut found {
        rung.log_partition = Some(log_mean_exp(&rung.log_weight));
        rung.figures = vec![("steps", way.len() as f64)];
    }
    Ok(found)
}
