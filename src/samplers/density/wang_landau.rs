//! Weights by the algorithm of Wang and Landau with the refinement of Belardinelli and Pereyra.
//!
//! F. Wang and D. P. Landau, Phys. Rev. Lett. 86 (2001) 2050, doi:10.1103/PhysRevLett.86.2050; R. E. Belardinelli and V. D.
//! Pereyra, Phys. Rev. E 75 (2007) 046701, doi:10.1103/PhysRevE.75.046701.

use super::flat::{self, Coin, Entropy};
use super::levels::Levels;
use super::walkers::Walker;
use crate::rng::Stream;
use crate::samplers::ladder::{Stop, go_on};
use std::ops::ControlFlow;

/// Above this step, all is still to be found.
const COARSE: f64 = 0.5;

/// What adds up to ln g(E).
pub(super) struct Learned {
    /// S by level: −∞ where a level was never found, +∞ where none may go.
    pub(super) entropy: Vec<f64>,
    /// Whether the step has come down to 1/t, and all levels were visited since t was last doubled, or in the doubling before.
    pub(super) converged: bool,
    /// The last step.
    pub(super) step: f64,
}

/// Learns S = ln g(E) in `sweeps` sweeps, from a walker that is in an allowed level.
///
/// At each move S rises by the step at the level where the chain is. The step is halved, from 1, each time all levels found
/// were visited anew; once it is below 1/t, with t the moves per level, it stays 1/t, so that the error of S goes down as
/// 1/√t instead of saturating. It begins anew at 1, with what S is by then, where a tenth more levels are found later.
///
/// A level begins with the S of its neighbour; when the step is below ½, with ln(number of levels) less: a value too low heals
/// soon, since the level is then visited often, and one too high would keep the chain away for long.
pub(super) fn learn<W: Walker>(
    walker: &mut W,
    levels: &Levels,
    window: (f64, f64),
    sweeps: u64,
    stream: &mut Stream,
    advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<Learned, Stop> {
    let open = |level| if levels.allowed(level, window) { f64::NEG_INFINITY } else { f64::INFINITY };
    let mut entropy = Entropy { values: (0..levels.count).map(open).collect(), found: 0 };
    entropy.start(walker.level());
    let mut visits = vec![0_u64; levels.count];
    let (coin, sites) = (Coin::new(), walker.sites());
    let (mut step, mut slow, mut whole) = (1.0, false, false);
    let (mut done, mut doubled, mut known) = (0, 0, usize::MAX);
    let complete = |visits: &[u64], entropy: &Entropy| {
        visits.iter().zip(&entropy.values).all(|(visits, s)| *visits > 0 || !s.is_finite())
    };
    while done < sweeps {
        // As many moves as levels between two looks at all of them.
        let some = entropy.found.div_ceil(sites).max(1).min((sweeps - done) as usize);
        let less = if step < COARSE { libm::log(entropy.found as f64) } else { 0.0 };
        for _ in 0..some {
            flat::learn(walker, (&mut entropy, &mut visits), (step, less), sites, &coin, stream);
        }
        walker.refresh();
        done += some as u64;
        let time = done as f64 * sites as f64 / entropy.found as f64;
        if step < COARSE && entropy.found > known + known / 10 {
            (slow, whole, step) = (false, false, 1.0);
            visits.fill(0);
        } else if slow {
            if done >= 2 * doubled {
                whole = complete(&visits, &entropy);
                doubled = done;
                visits.fill(0);
            }
        } else if complete(&visits, &entropy) {
            step *= 0.5;
            visits.fill(0);
            slow = step < 1.0 / time;
            doubled = done;
            if step >= 0.5 * COARSE {
                known = entropy.found;
            }
        }
        if slow {
            step = 1.0 / time;
        }
        go_on(advance(done as f64 / sweeps as f64))?;
    }
    let converged = slow && (whole || complete(&visits, &entropy));
    Ok(Learned { entropy: entropy.values, converged, step })
}
