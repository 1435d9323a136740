//! Walks of a point on a continuous landscape, within the hard walls of its box: a proposal outside is refused, whatever the sampler.
//!
//! Metropolis' (1953) proposals are uniform in a cube about the point. Half its side, δ, follows the acceptance while the walk
//! thermalises and is then left alone.
//!
//! Langevin's are steps of Euler and Maruyama of the overdamped dynamics dx = −∇E dt + √(2T) dW (friction 1),
//!
//! x′ = x − ∇E(x) dt + √(2T dt) ξ,
//!
//! accepted with probability min(1, e^{−ΔE/T} q(x|x′)/q(x′|x)), where q is the Gaussian density of proposals: the Boltzmann
//! distribution is exact at any dt (Roberts and Tweedie 1996, doi:10.2307/3318418), and as dt → 0 the walk is the dynamics itself,
//! with dt for its clock (Bou-Rabee and Vanden-Eijnden 2010, doi:10.1002/cpa.20306).
//!
//! The start is drawn from a grid of places with their Boltzmann weights.

use super::Chain;
use super::metropolis::Count;
use crate::exact::continuum::Continuum;
use crate::exact::continuum::escape::{Side, Wells};
use crate::models::Model;
use crate::rng::{self, Stream};
use rand::RngExt;

/// Proposals of Metropolis' in a sweep.
const PROPOSALS: u64 = 20;
/// Steps of Langevin's in a sweep.
const STEPS: u64 = 200;
/// The time step where none is given, over the time 1/|E″| of the sharpest bend: long enough to get somewhere, and so short that
/// hardly any step is refused.
const SHARE: f64 = 0.05;
/// Bridges that reach a bottom with a probability below e^−40 are not drawn.
const FAR: f64 = 40.0;
/// The ends of δ, over the side of the box.
const REACH: (f64, f64) = (1e-6, 1.0);

/// Why `langevin` does not apply to `model`, and what does; `None` when it does.
pub(super) fn refuse_langevin(model: &dyn Model) -> Option<String> {
    if model.fluid().is_some() {
        return Some(format!(
            "`langevin` follows the force on a point of the model `landscape`, and this is {}; use `metropolis`, which displaces them",
            model.description()
        ));
    }
    model.continuum().is_none().then(|| {
        format!(
            "`langevin` follows the forces of a continuous landscape, and {} has none; use `metropolis`, or the model `landscape`",
            model.description()
        )
    })
}

/// Why a sampler of spins does not apply to a model without any, and what does.
pub(super) fn without_spins(name: &str, does: &str, model: &dyn Model) -> String {
    let description = model.description();
    if model.continuum().is_some() {
        return format!("`{name}` {does}, and {description} has none; use `metropolis` or `langevin`");
    }
    if model.fluid().is_some() {
        return format!(
            "`{name}` {does}, and {description} have none; use `metropolis`, which displaces them"
        );
    }
    format!("`{name}` {does}, and {description} has none; the kind `ensemble` solves it exactly")
}

/// A walk of Langevin's at `temperature`, with the time step of [`time_step`].
pub(super) fn build_langevin<'a>(
    model: &'a dyn Model,
    temperature: f64,
    stream: &mut Stream,
) -> Box<dyn Chain + 'a> {
    let continuum = model.continuum().expect("invariant: models without a continuum were refused");
    Box::new(Walk::langevin(continuum, time_step(continuum, temperature), temperature, stream))
}

/// The time step where none is given: a twentieth of 1/|E″| at the sharpest bend of the landscape where it is populated.
pub fn time_step(continuum: &Continuum, temperature: f64) -> f64 {
    SHARE / continuum.sharpest_bend(temperature).max(f64::MIN_POSITIVE)
}

/// Steps or proposals in a sweep.
pub fn moves(langevin: bool) -> u64 {
    if langevin { STEPS } else { PROPOSALS }
}

/// What a walk has seen of one of two wells since [`Chain::tune`]. A walk belongs to the well whose bottom it reached last.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Stays {
    /// Moves made while it belonged to the well.
    pub moves: u64,
    /// How often it left, by reaching the bottom of the other well.
    pub left: u64,
    /// Stays seen from beginning to end.
    pub whole: u64,
    /// The sum of their lengths, in moves.
    pub sum: f64,
    /// The sum of the squares of their lengths.
    pub squares: f64,
}

/// Which well a walk belongs to, and what it counted.
#[derive(Debug, Clone)]
struct Crossings {
    wells: Wells,
    side: Option<Side>,
    /// Moves of the stay so far, and whether its beginning was seen.
    stay: (u64, bool),
    stays: [Stays; 2],
}

impl Crossings {
    fn new(wells: Wells) -> Self {
        Self { wells, side: None, stay: (0, false), stays: [Stays::default(); 2] }
    }

    /// After each move, accepted or not, to `x`; `between` is what was reached on the way.
    #[inline]
    fn observe(&mut self, x: f64, between: Option<Side>) {
        let reached = if x <= self.wells.left {
            Some(Side::Left)
        } else if x >= self.wells.right {
            Some(Side::Right)
        } else {
            between
        };
        let Some(side) = self.side else {
            self.side = reached;
            return;
        };
        let own = &mut self.stays[side as usize];
        own.moves += 1;
        self.stay.0 += 1;
        if reached.is_some_and(|reached| reached != side) {
            own.left += 1;
            if self.stay.1 {
                let length = self.stay.0 as f64;
                own.whole += 1;
                own.sum += length;
                own.squares += length * length;
            }
            self.side = reached;
            self.stay = (0, true);
        }
    }

    /// Whether a path of the dynamics from `from` to `to`, neither of them there yet, reached the bottom of the other well between, where the noise
    /// has the variance `variance`: a Brownian bridge does with probability e^{−2dd′/variance}, d and d′ the distances of its ends (Gobet
    /// 2000, doi:10.1016/S0304-4149(99)00109-X). Without, passages are found late, and rates too low in proportion to √dt.
    fn between(&self, from: f64, to: f64, variance: f64, stream: &mut Stream) -> Option<Side> {
        let (goal, before, after) = match self.side? {
            Side::Left => (Side::Right, self.wells.right - from, self.wells.right - to),
            Side::Right => (Side::Left, from - self.wells.left, to - self.wells.left),
        };
        let exponent = 2.0 * before * after / variance;
        let near = before > 0.0 && after > 0.0 && exponent < FAR;
        (near && stream.random::<f64>() < libm::exp(-exponent)).then_some(goal)
    }

    fn forget(&mut self) {
        self.stay = (0, false);
        self.stays = [Stays::default(); 2];
    }
}

/// How a walk moves.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Motion {
    /// Uniform within δ along each axis.
    Cube(f64),
    /// Along the force for the time dt, with noise.
    Force(f64),
}

/// A walk on a landscape.
pub struct Walk<'a> {
    continuum: &'a Continuum,
    motion: Motion,
    temperature: f64,
    place: (f64, f64),
    energy: f64,
    /// ∇E at the place; not kept up to date without forces.
    gradient: (f64, f64),
    tuned: bool,
    count: Count,
    crossings: Option<Crossings>,
}

impl<'a> Walk<'a> {
    /// A walk of Metropolis' proposals.
    pub fn metropolis(continuum: &'a Continuum, temperature: f64, stream: &mut Stream) -> Self {
        let reach = (continuum.high - continuum.low) / 8.0;
        Self::new(continuum, Motion::Cube(reach), temperature, stream)
    }

    /// A walk of Langevin's with the time step dt.
    pub fn langevin(continuum: &'a Continuum, step: f64, temperature: f64, stream: &mut Stream) -> Self {
        Self::new(continuum, Motion::Force(step), temperature, stream)
    }

    fn new(continuum: &'a Continuum, motion: Motion, temperature: f64, stream: &mut Stream) -> Self {
        let places = continuum.weighted_places(temperature);
        let whole: f64 = places.iter().map(|(_, weight)| weight).sum();
        let mut left = whole * stream.random::<f64>();
        let chosen = places.iter().find(|(_, weight)| {
            left -= weight;
            left < 0.0
        });
        let place = chosen.or(places.last()).map_or((continuum.low, 0.0), |(place, _)| *place);
        Self {
            continuum,
            motion,
            temperature,
            place,
            energy: continuum.surface.energy(place.0, place.1),
            gradient: continuum.surface.gradient(place.0, place.1),
            tuned: false,
            count: Count::default(),
            crossings: continuum.wells().map(Crossings::new),
        }
    }

    /// Where the point is; y is 0 in one dimension.
    pub fn place(&self) -> (f64, f64) {
        self.place
    }

    /// The time step dt, or the largest displacement δ along an axis.
    pub fn step(&self) -> f64 {
        match self.motion {
            Motion::Cube(step) | Motion::Force(step) => step,
        }
    }

    /// What was seen of the left and the right well, where there are two.
    pub fn stays(&self) -> Option<[Stays; 2]> {
        self.crossings.as_ref().map(|crossings| crossings.stays)
    }

    fn holds(&self, (x, y): (f64, f64)) -> bool {
        let Continuum { low, high, .. } = *self.continuum;
        (low..=high).contains(&x) && (self.continuum.dimensions() == 1 || (low..=high).contains(&y))
    }

    fn take(&mut self, place: (f64, f64), energy: f64) {
        (self.place, self.energy) = (place, energy);
        self.count.accepted += 1;
    }

    fn jump(&mut self, reach: f64, stream: &mut Stream) {
        let flat = self.continuum.dimensions() == 1;
        let mut shift = || reach * (2.0 * stream.random::<f64>() - 1.0);
        let (dx, dy) = (shift(), if flat { 0.0 } else { shift() });
        let place = (self.place.0 + dx, self.place.1 + dy);
        if self.holds(place) {
            let energy = self.continuum.surface.energy(place.0, place.1);
            let cost = energy - self.energy;
            if cost <= 0.0 || stream.random::<f64>() < libm::exp(-cost / self.temperature) {
                self.take(place, energy);
            }
        }
    }

    fn drift(&mut self, step: f64, stream: &mut Stream) {
        let flat = self.continuum.dimensions() == 1;
        let width = libm::sqrt(2.0 * self.temperature * step);
        let mut noise = || width * rng::standard_normal(stream);
        let (dx, dy) = (noise(), if flat { 0.0 } else { noise() });
        let ((x, y), (gx, gy)) = (self.place, self.gradient);
        let place = (x - step * gx + dx, y - step * gy + dy);
        if !self.holds(place) {
            return;
        }
        let surface = &self.continuum.surface;
        let (energy, gradient) = (surface.energy(place.0, place.1), surface.gradient(place.0, place.1));
        // The noise that would lead back, squared, less that which led here: (x − x′ + ∇E(x′) dt)² − (x′ − x + ∇E(x) dt)².
        let back = (x - place.0 + step * gradient.0, y - place.1 + step * gradient.1);
        let excess = back.0 * back.0 + back.1 * back.1 - dx * dx - dy * dy;
        let cost = energy - self.energy + excess / (4.0 * step);
        if cost <= 0.0 || stream.random::<f64>() < libm::exp(-cost / self.temperature) {
            self.take(place, energy);
            self.gradient = gradient;
        }
    }
}

impl Chain for Walk<'_> {
    fn sweep(&mut self, stream: &mut Stream) {
        let before = self.count.accepted;
        let moves = moves(matches!(self.motion, Motion::Force(_)));
        for _ in 0..moves {
            let (from, accepted) = (self.place.0, self.count.accepted);
            match self.motion {
                Motion::Cube(reach) => self.jump(reach, stream),
                Motion::Force(step) => self.drift(step, stream),
            }
            if let Some(crossings) = &mut self.crossings {
                let between = match self.motion {
                    Motion::Force(step) if self.count.accepted > accepted => {
                        crossings.between(from, self.place.0, 2.0 * self.temperature * step, stream)
                    }
                    Motion::Force(_) | Motion::Cube(_) => None,
                };
                crossings.observe(self.place.0, between);
            }
        }
        self.count.proposed += moves;
        if !self.tuned
            && let Motion::Cube(reach) = &mut self.motion
        {
            // Towards a half.
            let factor = if 2 * (self.count.accepted - before) > moves { 1.05 } else { 1.0 / 1.05 };
            let side = self.continuum.high - self.continuum.low;
            *reach = (*reach * factor).clamp(REACH.0 * side, REACH.1 * side);
        }
    }

    fn tune(&mut self) {
        self.tuned = true;
        self.count = Count::default();
        if let Some(crossings) = &mut self.crossings {
            crossings.forget();
        }
    }

    fn energy(&self) -> f64 {
        self.energy
    }

    /// x, in place of an order parameter.
    fn magnetization(&self) -> f64 {
        self.place.0
    }

    fn acceptance(&self) -> f64 {
        self.count.share()
    }

    fn updates_per_spin(&self) -> f64 {
        moves(matches!(self.motion, Motion::Force(_))) as f64
    }

    /// Empty: a place in a continuum is no list of spins.
    fn state(&self) -> Vec<i8> {
        Vec::new()
    }

    /// Leaves the walk where it is.
    fn start_from(&mut self, _spins: &[i8]) {}
}

#[cfg(test)]
mod tests;
