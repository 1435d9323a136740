//! Lists of energies with degeneracies, as the models that hold such lists take them.

use crate::exact::boltzmann::Level;
use crate::input::Problem;

/// The largest energy: beyond it, squared energies would leave the range of floating-point numbers.
const LARGEST: f64 = 1e100;

/// What a model calls its levels.
pub(super) struct Words {
    /// Several of them: "levels".
    pub(super) levels: &'static str,
    /// What is wrong with a degeneracy, around its value: "a level cannot hold 0 microstates".
    pub(super) cannot: (&'static str, &'static str),
}

/// The levels of the keys `energies` and `degeneracies` (1 each unless given) in the table `[model.<model>]`; what is
/// wrong with them is added to `problems`.
pub(super) fn levels(
    model: &str,
    words: &Words,
    (energies, degeneracies): (&[f64], &[f64]),
    problems: &mut Vec<Problem>,
) -> Vec<Level> {
    let problem = |key: &str, message: String| Problem::new(format!("model.{model}.{key}"), message);
    if energies.is_empty() {
        let message = format!("there are no {}", words.levels);
        problems.push(problem("energies", message).label("give at least one energy"));
    }
    if let Some(energy) = energies.iter().find(|energy| energy.is_nan() || energy.abs() > LARGEST) {
        problems.push(
            problem("energies", format!("an energy of {energy:e} is out of range"))
                .label("must be finite and at most 1e100 in size"),
        );
    }
    if !degeneracies.is_empty() && degeneracies.len() != energies.len() {
        let message =
            format!("there are {} energies and {} degeneracies", energies.len(), degeneracies.len());
        problems.push(
            problem("degeneracies", message)
                .help("give one degeneracy for each energy, or leave the key out if all are 1"),
        );
    }
    if let Some(degeneracy) = degeneracies.iter().find(|g| !(**g > 0.0 && g.is_finite())) {
        let (before, behind) = words.cannot;
        problems.push(
            problem("degeneracies", format!("{before} {degeneracy} {behind}")).label("must be positive"),
        );
    }
    let degeneracies = degeneracies.iter().copied().chain(std::iter::repeat(1.0));
    let levels = energies.iter().zip(degeneracies);
    levels.map(|(energy, degeneracy)| Level { energy: *energy, degeneracy }).collect()
}
