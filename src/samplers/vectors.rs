//! Updates of unit vectors: the XY model (D = 2) and the Heisenberg model (D = 3).
//!
//! With E = −Σ J S·S′ − Σ h S¹, a vector feels the field H of its neighbours and has the energy −S·H. Metropolis proposes
//! S + δb, made a unit vector again, with b uniform in the unit ball: as likely there as back. δ follows the acceptance while
//! the chain thermalises and is then left alone. The heat bath draws the angle between S and H from e^{κ cos ϑ}, κ = |H|/T:
//! in space by inversion, in the plane by rejection (Best and Fisher 1979, doi:10.2307/2346732). Overrelaxation takes S to
//! 2 (S·H) H/H² − S, which costs no energy (Creutz 1987, doi:10.1103/PhysRevD.36.515).
//!
//! The start is a random state, as at infinite temperature.

use super::Chain;
use super::metropolis::{Count, Rule};
use super::mirrors::{self, Mirrored};
use super::tempered::Tempered;
use super::walk;
use crate::models::Model;
use crate::models::spins::PairModel;
use crate::rng::{self, Stream};
use rand::RngExt;

/// Sweeps after which the running energy and the lengths of vectors are formed anew.
const REFRESH: u64 = 64;
/// Sweeps of overrelaxation before each sweep of the heat bath.
const ROTATIONS: u64 = 4;
/// The ends of the step δ; at the larger one proposals are all but uniform.
const STEPS: (f64, f64) = (1e-3, 10.0);

/// A chain of single-vector updates.
pub(super) fn local<'a>(
    (pairs, components): (&'a PairModel, usize),
    rule: Rule,
    temperature: f64,
    stream: &mut Stream,
) -> Box<dyn Chain + 'a> {
    match components {
        2 => Box::new(Local::<2>::new(pairs, rule, 0, temperature, stream)),
        _ => Box::new(Local::<3>::new(pairs, rule, 0, temperature, stream)),
    }
}

/// A chain of the heat bath that can be taken to other temperatures.
pub(super) fn tempered<'a>(
    (pairs, components): (&'a PairModel, usize),
    temperature: f64,
    stream: &mut Stream,
) -> Box<dyn Tempered<'a> + 'a> {
    match components {
        2 => Box::new(Local::<2>::new(pairs, Rule::HeatBath, 0, temperature, stream)),
        _ => Box::new(Local::<3>::new(pairs, Rule::HeatBath, 0, temperature, stream)),
    }
}

/// A chain of mirrored clusters, one by one or all at once.
pub(super) fn clusters<'a>(
    (pairs, components): (&'a PairModel, usize),
    all: bool,
    temperature: f64,
    stream: &mut Stream,
) -> Box<dyn Chain + 'a> {
    match (components, all) {
        (2, false) => mirrors::single(Vectors::<2>::random(pairs, stream), temperature),
        (2, true) => mirrors::all(Vectors::<2>::random(pairs, stream), temperature),
        (_, false) => mirrors::single(Vectors::<3>::random(pairs, stream), temperature),
        (_, true) => mirrors::all(Vectors::<3>::random(pairs, stream), temperature),
    }
}

/// Why overrelaxation does not apply to `model`, and what does; `None` when it does.
pub(super) fn refuse_overrelaxation(model: &dyn Model) -> Option<String> {
    if model.fluid().is_some() {
        return Some(walk::without_spins("overrelaxation", "rotates vectors of `xy` or `heisenberg`", model));
    }
    model.vectors().is_none().then(|| {
        format!(
            "`overrelaxation` rotates vectors of `xy` or `heisenberg`, and {} has none; use `heat_bath` where there are spins",
            model.description()
        )
    })
}

/// A chain at `temperature`, started from a random state.
pub(super) fn build_overrelaxation<'a>(
    model: &'a dyn Model,
    temperature: f64,
    stream: &mut Stream,
) -> Box<dyn Chain + 'a> {
    let (pairs, components) = model.vectors().expect("invariant: models without vectors were refused");
    match components {
        2 => Box::new(Local::<2>::new(pairs, Rule::HeatBath, ROTATIONS, temperature, stream)),
        _ => Box::new(Local::<3>::new(pairs, Rule::HeatBath, ROTATIONS, temperature, stream)),
    }
}

type Vector<const D: usize> = [f64; D];

fn dot<const D: usize>(a: &Vector<D>, b: &Vector<D>) -> f64 {
    (0..D).map(|k| a[k] * b[k]).sum()
}

/// a + s b.
fn along<const D: usize>(a: &Vector<D>, s: f64, b: &Vector<D>) -> Vector<D> {
    std::array::from_fn(|k| a[k] + s * b[k])
}

/// A vector of length 1 in the same direction.
fn unit<const D: usize>(a: &Vector<D>) -> Vector<D> {
    let length = libm::sqrt(dot(a, a));
    a.map(|x| x / length)
}

/// A point uniform in the unit ball, and not at its centre.
fn ball<const D: usize>(stream: &mut Stream) -> Vector<D> {
    loop {
        let point: Vector<D> = std::array::from_fn(|_| 2.0 * stream.random::<f64>() - 1.0);
        let square = dot(&point, &point);
        if square <= 1.0 && square > 1e-6 {
            return point;
        }
    }
}

/// cos ϑ with the density e^{κ cos ϑ} on the circle or the sphere, κ ≥ 0.
fn cosine<const D: usize>(kappa: f64, stream: &mut Stream) -> f64 {
    if D == 3 {
        let u = stream.random::<f64>();
        if kappa < 1e-9 {
            return 1.0 - 2.0 * u;
        }
        // e^{κ cos ϑ} is uniform from e^{−κ} to e^κ.
        return (1.0 + libm::log1p(u * libm::expm1(-2.0 * kappa)) / kappa).max(-1.0);
    }
    let pi = std::f64::consts::PI;
    if kappa < 1.0 {
        loop {
            let cosine = libm::cos(pi * stream.random::<f64>());
            if stream.random::<f64>() < libm::exp(kappa * (cosine - 1.0)) {
                return cosine;
            }
        }
    }
    // So narrow a peak is Gaussian to 1/κ, and the bounds below would be lost in rounding.
    if kappa > 1e8 {
        let x = rng::standard_normal(stream);
        return (1.0 - 0.5 * x * x / kappa).max(-1.0);
    }
    let tau = 1.0 + libm::sqrt(1.0 + 4.0 * kappa * kappa);
    let rho = (tau - libm::sqrt(2.0 * tau)) / (2.0 * kappa);
    let r = (1.0 + rho * rho) / (2.0 * rho);
    loop {
        let z = libm::cos(pi * stream.random::<f64>());
        let f = (1.0 + r * z) / (r + z);
        let c = kappa * (r - f);
        let u = stream.random::<f64>();
        if c * (2.0 - c) > u || libm::log(c / u) + 1.0 >= c {
            return f.clamp(-1.0, 1.0);
        }
    }
}

/// A configuration of unit vectors.
#[derive(Clone)]
struct Vectors<'a, const D: usize> {
    pairs: &'a PairModel,
    state: Vec<Vector<D>>,
}

impl<'a, const D: usize> Vectors<'a, D> {
    fn random(pairs: &'a PairModel, stream: &mut Stream) -> Self {
        Self { pairs, state: (0..pairs.spins()).map(|_| unit(&ball(stream))).collect() }
    }

    /// The field H that vector i feels.
    fn field(&self, i: usize) -> Vector<D> {
        let mut field = [0.0; D];
        field[0] = self.pairs.fields[i];
        for (j, coupling) in self.pairs.row(i) {
            field = along(&field, coupling, &self.state[j]);
        }
        field.map(|x| self.pairs.scale * x)
    }

    /// The energy E.
    fn total(&self) -> f64 {
        let site = |i: usize| {
            let field = self.pairs.scale * self.pairs.fields[i] * self.state[i][0];
            0.5 * (dot(&self.state[i], &self.field(i)) + field)
        };
        self.pairs.offset - (0..self.state.len()).map(site).sum::<f64>()
    }

    /// |Σ S|.
    fn length(&self) -> f64 {
        let sum = self.state.iter().fold([0.0; D], |sum, vector| along(&sum, 1.0, vector));
        libm::sqrt(dot(&sum, &sum))
    }

    fn signs(&self) -> Vec<i8> {
        self.state.iter().map(|vector| if vector[0] < 0.0 { -1 } else { 1 }).collect()
    }

    fn align(&mut self, signs: &[i8]) {
        for (vector, sign) in self.state.iter_mut().zip(signs) {
            *vector = [0.0; D];
            vector[0] = f64::from(*sign);
        }
    }

    fn normalise(&mut self) {
        self.state.iter_mut().for_each(|vector| *vector = unit(vector));
    }
}

impl<const D: usize> Mirrored for Vectors<'_, D> {
    /// The unit vector that is reversed.
    type Mirror = Vector<D>;

    fn pairs(&self) -> &PairModel {
        self.pairs
    }

    fn mirror(&self, _seed: usize, stream: &mut Stream) -> Vector<D> {
        unit(&ball(stream))
    }

    fn gain(&self, i: usize, j: usize, mirror: Vector<D>) -> f64 {
        2.0 * dot(&self.state[i], &mirror) * dot(&self.state[j], &mirror)
    }

    fn pull(&self, i: usize, mirror: Vector<D>) -> f64 {
        self.pairs.fields[i] * 2.0 * dot(&self.state[i], &mirror) * mirror[0]
    }

    fn reflect(&mut self, i: usize, mirror: Vector<D>) {
        self.state[i] = along(&self.state[i], -2.0 * dot(&self.state[i], &mirror), &mirror);
    }

    fn energy(&self) -> f64 {
        self.total()
    }

    fn order(&self) -> f64 {
        self.length()
    }

    fn state(&self) -> Vec<i8> {
        self.signs()
    }

    fn start_from(&mut self, spins: &[i8]) {
        self.align(spins);
    }

    fn refresh(&mut self) {
        self.normalise();
    }
}

/// The chain of single-vector updates.
#[derive(Clone)]
struct Local<'a, const D: usize> {
    now: Vectors<'a, D>,
    rule: Rule,
    /// Sweeps of overrelaxation before each sweep of `rule`.
    rotations: u64,
    temperature: f64,
    energy: f64,
    /// δ of Metropolis' proposals, and whether it is fixed.
    step: f64,
    tuned: bool,
    sweeps: u64,
    count: Count,
}

impl<'a, const D: usize> Local<'a, D> {
    fn new(pairs: &'a PairModel, rule: Rule, rotations: u64, temperature: f64, stream: &mut Stream) -> Self {
        let now = Vectors::random(pairs, stream);
        Self {
            energy: now.total(),
            now,
            rule,
            rotations,
            temperature,
            step: 1.0,
            tuned: false,
            sweeps: 0,
            count: Count::default(),
        }
    }

    /// Proposes another direction of vector i; whether it was taken.
    fn propose(&mut self, i: usize, stream: &mut Stream) -> bool {
        let old = self.now.state[i];
        let new = unit(&along(&old, self.step, &ball(stream)));
        let cost = -dot(&along(&new, -1.0, &old), &self.now.field(i));
        let accepted = cost <= 0.0 || stream.random::<f64>() < libm::exp(-cost / self.temperature);
        if accepted {
            self.now.state[i] = new;
            self.energy += cost;
        }
        accepted
    }

    /// Draws vector i anew.
    fn redraw(&mut self, i: usize, stream: &mut Stream) {
        let field = self.now.field(i);
        let strength = libm::sqrt(dot(&field, &field));
        let old = self.now.state[i];
        // A direction across H, or any at all where there is no field to tell.
        let random = unit(&ball(stream));
        let new = if strength > 0.0 {
            let axis = field.map(|x| x / strength);
            let across = along(&random, -dot(&random, &axis), &axis);
            let length = libm::sqrt(dot(&across, &across));
            let cosine = cosine::<D>(strength / self.temperature, stream);
            let sine = libm::sqrt((1.0 - cosine * cosine).max(0.0));
            if length > 0.0 { unit(&along(&axis.map(|x| x * cosine), sine / length, &across)) } else { axis }
        } else {
            random
        };
        self.energy -= dot(&along(&new, -1.0, &old), &field);
        self.now.state[i] = new;
    }

    /// Turns vector i about its field.
    fn rotate(&mut self, i: usize) {
        let field = self.now.field(i);
        let square = dot(&field, &field);
        if square > 0.0 {
            let old = self.now.state[i];
            self.now.state[i] = along(&old.map(|x| -x), 2.0 * dot(&old, &field) / square, &field);
        }
    }
}

impl<const D: usize> Chain for Local<'_, D> {
    fn sweep(&mut self, stream: &mut Stream) {
        let sites = self.now.state.len();
        for _ in 0..self.rotations {
            (0..sites).for_each(|i| self.rotate(i));
        }
        let mut accepted = 0;
        for _ in 0..sites {
            let i = stream.random_range(0..sites);
            match self.rule {
                Rule::Metropolis => accepted += u64::from(self.propose(i, stream)),
                Rule::HeatBath => {
                    self.redraw(i, stream);
                    accepted += 1;
                }
            }
        }
        self.count.accepted += accepted + self.rotations * sites as u64;
        self.count.proposed += (1 + self.rotations) * sites as u64;
        if !self.tuned && self.rule == Rule::Metropolis {
            // Towards a half.
            let factor = if 2 * accepted > sites as u64 { 1.05 } else { 1.0 / 1.05 };
            self.step = (self.step * factor).clamp(STEPS.0, STEPS.1);
        }
        self.sweeps += 1;
        if self.sweeps.is_multiple_of(REFRESH) {
            self.now.normalise();
            self.energy = self.now.total();
        }
    }

    fn tune(&mut self) {
        self.tuned = true;
        self.count = Count::default();
    }

    fn energy(&self) -> f64 {
        self.energy
    }

    fn magnetization(&self) -> f64 {
        self.now.length()
    }

    fn acceptance(&self) -> f64 {
        self.count.share()
    }

    fn updates_per_spin(&self) -> f64 {
        (1 + self.rotations) as f64
    }

    fn state(&self) -> Vec<i8> {
        self.now.signs()
    }

    fn start_from(&mut self, spins: &[i8]) {
        self.now.align(spins);
        self.energy = self.now.total();
    }
}

impl<'a, const D: usize> Tempered<'a> for Local<'a, D> {
    fn set_temperature(&mut self, temperature: f64) {
        self.temperature = temperature;
    }

    fn duplicate(&self) -> Box<dyn Tempered<'a> + 'a> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests;
