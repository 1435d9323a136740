//! Exact answers: enumeration and closed formulas.

mod batches;
pub mod boltzmann;
pub mod chains;
pub mod continuum;
pub mod critical;
pub mod elimination;
pub mod enumeration;
pub mod ground;
mod intervals;
pub mod kaufman;
pub mod landscape;
pub mod listing;
pub mod marginals;
pub mod mean_field;
pub mod methods;
pub mod network;
pub mod occupation;
pub mod onsager;
pub mod pair;
pub mod random_energy;
mod shared;
pub mod spectra;
pub mod torus_levels;

use std::ops::ControlFlow;

/// A system whose thermodynamics can be computed exactly.
pub trait ExactEnsemble: Sync {
    /// The method, as a noun phrase: "enumeration of 65 536 states".
    fn method(&self) -> String;

    /// The number of terms that one temperature sums, for the cost estimate.
    fn terms(&self) -> f64;

    /// Whether the energies have an upper bound, so that temperatures below 0 have a Boltzmann distribution.
    fn bounded(&self) -> bool {
        true
    }

    /// Why a temperature is out of reach, in a clause with numbers; `None` where it is not.
    fn refuse(&self, _temperature: f64) -> Option<String> {
        None
    }

    /// Bytes of memory while one temperature is solved.
    fn memory(&self) -> u64 {
        2 << 20
    }

    /// Where ln Z is not smooth, as it can be for infinitely many sites.
    fn critical_temperature(&self) -> Option<f64> {
        None
    }

    /// Solves the ensemble at a finite temperature (k_B = 1): 0 is the limit from above, in which ground states alone
    /// remain and ln Z is infinite unless E₀ = 0; below 0 only where [`ExactEnsemble::bounded`].
    ///
    /// `advance` is called every few milliseconds with the share of the work done; `None` is returned when it breaks.
    fn solve(
        &self,
        temperature: f64,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Thermodynamics>;
}

/// The exact thermodynamics of a system at one temperature T (k_B = 1, β = 1/T).
#[derive(Debug, Clone, PartialEq)]
pub struct Thermodynamics {
    /// ln Z = ln Σ_x e^{−βE(x)}.
    pub log_partition: f64,
    /// U = ⟨E⟩.
    pub energy: f64,
    /// ⟨E²⟩ − ⟨E⟩², from which C = β² Var E; infinite at a critical temperature.
    pub energy_variance: f64,
    /// A plain sum over every single microstate, apart from the sums above; `None` where none was made: the populations hold
    /// all of them (see `complete`), or they are too many.
    pub counted: Option<Counted>,
    /// The populations of the levels, of groups of microstates, or of the likeliest microstates.
    pub populations: Vec<Population>,
    /// Whether the populations hold every microstate, each at its own energy, so that sums over them are exact: not so
    /// for intervals of energies and for lists of the likeliest states.
    pub complete: bool,
    /// The moments of the order parameter, where the model has one and the method gives them.
    pub order: Option<OrderMoments>,
    /// The ground state, where the method gives it.
    pub ground: Option<Ground>,
}

/// Mean moments of the order parameter per site m = M/N.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct OrderMoments {
    /// ⟨m²⟩.
    pub square: f64,
    /// ⟨|m|⟩ and ⟨m⁴⟩, where the method gives them.
    pub others: Option<(f64, f64)>,
}

/// The ground state and the first excited level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ground {
    /// The lowest energy E₀.
    pub energy: f64,
    /// How many microstates have it.
    pub degeneracy: f64,
    /// The next energy less E₀, and how many microstates have that; `None` if all have one energy.
    pub gap: Option<(f64, f64)>,
}

/// What a list of all microstates tells, each with its own probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counted {
    /// The number of microstates (as a float, since it may exceed 2^64).
    pub states: f64,
    /// U = Σ p E.
    pub energy: f64,
    /// S = −Σ p ln p.
    pub entropy: f64,
}

/// One line of a table of populations.
#[derive(Debug, Clone, PartialEq)]
pub struct Population {
    /// What is populated: "level 0", a bit pattern, an interval of energies.
    pub label: String,
    /// Its energy E.
    pub energy: f64,
    /// How many microstates share it, g (as a float, since it may exceed 2^64); 0 where that is not told, being infinite or
    /// beyond any float.
    pub degeneracy: f64,
    /// Its probability p = g e^{−βE} / Z.
    pub probability: f64,
}
