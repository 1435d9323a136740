//! How a chain gets into a window of energies.

use super::flat::Coin;
use super::levels::Levels;
use super::walkers::{Draw, Walker};
use crate::number;
use crate::rng::Stream;
use crate::samplers::ladder::{Stop, go_on};
use std::ops::ControlFlow;

/// Sweeps of one attempt, and how many are made.
const SWEEPS: usize = 1000;
const ATTEMPTS: usize = 10;

/// Leads a walker to an allowed level, by annealing of the distance between its energy and the window.
///
/// # Errors
///
/// [`Stop::Failed`] where no such state is found, and [`Stop::Cancelled`].
pub(super) fn enter<W: Walker>(
    walker: &mut W,
    levels: &Levels,
    window: (f64, f64),
    stream: &mut Stream,
    advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<(), Stop> {
    let coin = Coin::new();
    let distance = |energy: f64| (window.0 - energy).max(energy - window.1).max(0.0);
    for _ in 0..ATTEMPTS {
        // From the mean size of what a move costs at first down to a hundredth of it.
        let costs = (0..64).map(|_| {
            let change = walker.draw(stream).change;
            (walker.energy_after(change) - walker.energy()).abs()
        });
        let size = (costs.sum::<f64>() / 64.0).max(f64::MIN_POSITIVE);
        for sweep in 0..SWEEPS {
            let temperature = size * libm::exp(-libm::log(100.0) * sweep as f64 / SWEEPS as f64);
            for _ in 0..walker.sites() {
                if levels.allowed(walker.level(), window) {
                    return Ok(());
                }
                let Draw { change, bias, leading } = walker.draw(stream);
                let farther = distance(walker.energy_after(change)) - distance(walker.energy());
                if coin.lands(bias - farther / temperature, leading, stream) {
                    walker.make(change);
                }
            }
            walker.refresh();
            go_on(advance(0.0))?;
        }
    }
    Err(Stop::Failed(format!(
        "no state with an energy from {} to {} was found by annealing; widen the window",
        number::plain(window.0),
        number::plain(window.1)
    )))
}
