//! What the models with one closed formula, or one sum over a known spectrum, have in common.

use super::Model;
use crate::exact::methods::Method;
use crate::exact::{ExactEnsemble, Thermodynamics};
use crate::input::Problem;
use crate::number;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::ops::ControlFlow;

/// The largest energy: beyond it, squared energies would leave the range of floating-point numbers.
const LARGEST: f64 = 1e100;

/// A model that is solved in one way.
pub(super) struct Closed {
    pub(super) name: &'static str,
    pub(super) identity: Value,
    pub(super) description: String,
    pub(super) sites: Option<usize>,
    pub(super) magnetization: bool,
    pub(super) methods: Vec<Method>,
}

impl Model for Closed {
    fn name(&self) -> &'static str {
        self.name
    }

    fn identity(&self) -> Value {
        self.identity.clone()
    }

    fn description(&self) -> String {
        self.description.clone()
    }

    fn sites(&self) -> Option<usize> {
        self.sites
    }

    fn methods(&self) -> &[Method] {
        &self.methods
    }

    fn has_magnetization(&self) -> bool {
        self.magnetization
    }
}

/// A function from the temperature to the thermodynamics.
pub(super) struct Formula<F> {
    /// A noun phrase, as in [`ExactEnsemble::method`].
    pub(super) method: String,
    pub(super) terms: f64,
    pub(super) bounded: bool,
    pub(super) solve: F,
}

impl<F: Fn(f64) -> Thermodynamics + Sync> ExactEnsemble for Formula<F> {
    fn method(&self) -> String {
        self.method.clone()
    }

    fn terms(&self) -> f64 {
        self.terms
    }

    fn bounded(&self) -> bool {
        self.bounded
    }

    fn solve(
        &self,
        temperature: f64,
        _advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Thermodynamics> {
        Some((self.solve)(temperature))
    }
}

/// The keys of the table `[model.<name>]`.
pub(super) fn keys<T: DeserializeOwned>(name: &str, keys: &Value) -> Result<T, Vec<Problem>> {
    serde_json::from_value(keys.clone())
        .map_err(|error| vec![Problem::new(format!("model.{name}"), error.to_string())])
}

/// A problem unless the energy is finite and at most 1e100 in size.
pub(super) fn energy(path: &str, value: f64) -> Option<Problem> {
    let good = value.abs() <= LARGEST;
    (!good).then(|| {
        Problem::new(path, format!("an energy of {value:e} is out of range"))
            .label("must be finite and at most 1e100 in size")
    })
}

/// A problem unless the energy is positive, from 1e−100 to 1e100.
pub(super) fn quantum(path: &str, value: f64) -> Option<Problem> {
    let good = (1.0 / LARGEST..=LARGEST).contains(&value);
    (!good).then(|| {
        Problem::new(path, format!("the unit of the levels cannot be {}", number::plain(value)))
            .label("must be above 0, from 1e-100 to 1e100")
    })
}

/// A problem unless the number is from `least` to `most`.
pub(super) fn count(path: &str, value: u64, least: u64, most: u64) -> Option<Problem> {
    let good = (least..=most).contains(&value);
    (!good).then(|| {
        Problem::new(path, format!("{} is out of range", number::count(value))).label(format!(
            "must be from {} to {}",
            number::count(least),
            number::count(most)
        ))
    })
}

/// All the problems, if there are any.
pub(super) fn none_of<const N: usize>(problems: [Option<Problem>; N]) -> Result<(), Vec<Problem>> {
    let found: Vec<Problem> = problems.into_iter().flatten().collect();
    if found.is_empty() { Ok(()) } else { Err(found) }
}

/// "the quantum 2" where it is not 1: what follows a comma in a description.
pub(super) fn unless_one(name: &str, value: f64) -> String {
    if value == 1.0 { String::new() } else { format!(", {name} = {}", number::plain(value)) }
}

/// The default of energies that set the unit.
pub(super) fn one() -> f64 {
    1.0
}

/// The default of counts.
pub(super) fn single() -> u64 {
    1
}

/// The default of what is counted in unless left out.
pub(super) fn yes() -> bool {
    true
}
