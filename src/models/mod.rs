//! Models: what has an energy. One folder (or file) per model, one line each in [`MODELS`].
//!
//! A model is shared by the kinds: what can be done with it shows in which capability it grants.

mod arrays;
pub mod blume_capel;
pub mod boltzmann_machine;
mod box_levels;
mod chain;
pub mod clock;
mod closed;
mod curie_weiss;
mod debye_solid;
pub mod edges;
mod einstein_solid;
mod few_states;
pub mod fluid;
mod graph;
pub mod ising;
mod landscape;
mod lennard_jones;
mod level_list;
pub mod levels;
pub mod max_cut;
pub mod occupation;
mod onsager;
mod oscillator;
pub mod potts;
mod random_energy;
pub mod rbm;
mod rotor;
pub mod site_states;
pub mod spins;
pub mod vectors;

use crate::exact::ExactEnsemble;
use crate::exact::continuum::Continuum;
use crate::exact::elimination::Elimination;
use crate::exact::enumeration::Enumeration;
use crate::exact::mean_field::CurieWeiss;
use crate::exact::methods::{self, ELIMINATION, ENUMERATION, Method};
use crate::exact::network::Network;
use crate::exact::occupation::Occupation;
use crate::input::{Context, Problem};
use crate::number;
use fluid::Fluid;
use serde_json::Value;
use site_states::SiteStates;
use spins::PairModel;
use std::ops::ControlFlow;
use std::sync::Arc;

/// A model with all its parameters: it knows its energy function and grants capabilities.
pub trait Model: Send + Sync {
    /// The name after `[model.`.
    fn name(&self) -> &'static str;

    /// Every parameter that decides the energy function, defaults filled in, file contents as BLAKE3 hashes: part of
    /// the identity of each task that uses the model.
    fn identity(&self) -> Value;

    /// What it is, as a noun phrase for a caption: "the 32 × 32 square lattice with periodic boundaries".
    fn description(&self) -> String;

    /// Number of sites N, by which per-site quantities divide; `None` where "site" has no meaning.
    fn sites(&self) -> Option<usize>;

    /// The exact methods that there are for such a model, each prepared or with the reason why it does not apply.
    fn methods(&self) -> &[Method];

    /// Exact thermodynamics by the best of [`Model::methods`], when the model is small or simple enough.
    ///
    /// # Errors
    ///
    /// Why not, with numbers: "2^36 states are beyond enumeration (2^34 at most)".
    fn exact(&self) -> Result<&dyn ExactEnsemble, String> {
        methods::choose(self.methods(), methods::AUTO).map(|(_, solver)| solver)
    }

    /// The model as Ising spins with pair couplings, for samplers and annealing; `None` when it is something else.
    fn pair_model(&self) -> Option<&PairModel> {
        None
    }

    /// The model as sites of a few states with pair couplings, for samplers; `None` when it is something else.
    fn site_states(&self) -> Option<(&PairModel, &SiteStates)> {
        None
    }

    /// The model as unit vectors with pair couplings, and their number of components, 2 or 3; fields act on the first.
    /// `None` when it is something else.
    fn vectors(&self) -> Option<(&PairModel, usize)> {
        None
    }

    /// ln of the number of microstates, where the model is one of finitely many that samplers can change.
    fn log_states(&self) -> Option<f64> {
        if let Some((pairs, sites)) = self.site_states() {
            return Some(pairs.spins() as f64 * libm::log(sites.states() as f64));
        }
        let magnet = self.curie_weiss().map(|magnet| magnet.spins as usize);
        let lattice = || self.square_lattice().map(|lattice| lattice.rows * lattice.columns);
        // Vectors may be built upon the same pairs.
        let pairs = || self.pair_model().filter(|_| self.vectors().is_none()).map(PairModel::spins);
        let spins = magnet.or_else(lattice).or_else(pairs).filter(|spins| *spins > 0)?;
        Some(spins as f64 * std::f64::consts::LN_2)
    }

    /// The order parameter per site that samplers measure, in Markdown, where it is not m = Σ s/N.
    fn order_words(&self) -> Option<&'static str> {
        None
    }

    /// Whether the mean moments of the magnetisation per site, M/N with M = Σ s, are of interest.
    fn has_magnetization(&self) -> bool {
        false
    }

    /// Rows and columns of the spins when they lie on a two-dimensional lattice, numbered row by row.
    fn plane(&self) -> Option<(usize, usize)> {
        None
    }

    /// The weights and biases of the model, when it is a Boltzmann machine.
    fn machine(&self) -> Option<&rbm::Machine> {
        None
    }

    /// The means of the units of such a machine with two layers, at a finite temperature; `None` where its layers are too large,
    /// or when `advance`, called every few milliseconds with the share of the work done, breaks.
    fn layer_means(
        &self,
        _temperature: f64,
        _advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<LayerMeans> {
        None
    }

    /// The visible vectors of such a machine with two layers whose free energies are wanted.
    fn visible_rows(&self) -> &[Vec<f64>] {
        &[]
    }

    /// The values of its units, when the model is a Boltzmann machine of whatever wiring; [`Model::pair_model`] has them as
    /// spins.
    fn units(&self) -> Option<rbm::Units> {
        None
    }

    /// Objects in boxes at a fixed total energy, when the model is that: it has no temperature to choose.
    fn occupation(&self) -> Option<&Occupation> {
        None
    }

    /// The spins in the mean field of all behind the model, when it is that: their macrostates can be looked at one by one.
    fn curie_weiss(&self) -> Option<CurieWeiss> {
        None
    }

    /// The landscape and its box, when the model is a point in a continuum.
    fn continuum(&self) -> Option<&Continuum> {
        None
    }

    /// The particles and their box, when the model is a fluid.
    fn fluid(&self) -> Option<&Fluid> {
        None
    }

    /// The uniform square lattice behind the model, when it is one: opens faster samplers and Kaufman's exact answer.
    fn square_lattice(&self) -> Option<SquareLattice> {
        None
    }

    /// The uniform cubic lattice behind the model, when it is one: opens a faster sampler.
    fn cubic_lattice(&self) -> Option<CubicLattice> {
        None
    }

    /// The square or cubic torus with one coupling and one field behind the model, of whatever spins, when it is one.
    fn uniform_torus(&self) -> Option<UniformTorus> {
        None
    }

    /// The square or cubic torus with bonds ±J and no field behind a model of Ising spins, when it is one; [`Model::pair_model`] has
    /// the signs.
    fn signed_torus(&self) -> Option<UniformTorus> {
        None
    }
}

/// Up to this many sites an order for elimination is looked for.
const MOST_ELIMINATED: usize = 4096;

/// The methods for `spins` spins with pair couplings, which are asked for only when some method may apply.
fn pair_methods<'a>(spins: usize, pairs: impl Fn() -> &'a PairModel) -> Vec<Method> {
    let enumeration = Enumeration::check(spins).and_then(|()| Enumeration::new(pairs()));
    vec![
        Method::new(ENUMERATION, enumeration),
        Method::new(ELIMINATION, eliminated(spins, || Ok(Network::from(pairs())))),
    ]
}

/// Elimination of a network of `sites` sites, which is built only when they are not too many.
fn eliminated(sites: usize, network: impl Fn() -> Result<Network, String>) -> Result<Elimination, String> {
    if sites > MOST_ELIMINATED {
        let (sites, most) = (number::count(sites as u64), number::count(MOST_ELIMINATED as u64));
        return Err(format!("{sites} sites are beyond elimination ({most} at most)"));
    }
    Elimination::new(&network()?)
}

/// The mean of every unit of a machine with two layers.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerMeans {
    /// ⟨v_i⟩.
    pub visible: Vec<f64>,
    /// ⟨h_j⟩.
    pub hidden: Vec<f64>,
}

/// A uniform ferromagnetic or antiferromagnetic square lattice with periodic boundaries and no field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SquareLattice {
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub columns: usize,
    /// Coupling J of every bond.
    pub coupling: f64,
}

/// A uniform ferromagnetic or antiferromagnetic cubic lattice with periodic boundaries and no field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CubicLattice {
    /// Numbers of planes, rows and columns.
    pub sides: [usize; 3],
    /// Coupling J of every bond.
    pub coupling: f64,
}

/// A square or cubic lattice with periodic boundaries, one coupling and one field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UniformTorus {
    /// Numbers of planes (1 of a square lattice), rows and columns.
    pub sides: [usize; 3],
    /// Coupling J of every bond.
    pub coupling: f64,
    /// Field h on every site.
    pub field: f64,
}

/// A line of the registry of models.
pub struct ModelEntry {
    /// The name after `[model.`.
    pub name: &'static str,
    /// One line for `gibbs list`.
    pub summary: &'static str,
    /// What a microstate is and what its energy, for the handout: Markdown that follows the model's description; empty where
    /// the handout of the model says it all.
    pub energy: &'static str,
    /// Documentation for `gibbs explain`, in Markdown.
    pub doc: &'static str,
    /// JSON Schema (draft 7, inlined) of the table `[model.<name>]`.
    pub schema: fn() -> Value,
    /// Builds the model from the table's checked keys. Paths in problems start with `model.<name>.`.
    pub build: Build,
}

/// Builds a model from the checked keys of its table.
pub type Build = fn(&Value, &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>>;

/// Every model.
pub static MODELS: &[ModelEntry] = &[
    // one line each
    levels::ENTRY,
    ising::ENTRY,
    potts::ENTRY,
    blume_capel::ENTRY,
    clock::ENTRY,
    vectors::XY,
    vectors::HEISENBERG,
    max_cut::ENTRY,
    rbm::ENTRY,
    boltzmann_machine::ENTRY,
    oscillator::ENTRY,
    rotor::ENTRY,
    box_levels::ENTRY,
    einstein_solid::ENTRY,
    debye_solid::ENTRY,
    curie_weiss::ENTRY,
    random_energy::ENTRY,
    chain::ENTRY,
    onsager::ENTRY,
    landscape::ENTRY,
    lennard_jones::ENTRY,
    occupation::ENTRY,
];

/// Looks a model up by its name.
pub fn find(name: &str) -> Option<&'static ModelEntry> {
    MODELS.iter().find(|entry| entry.name == name)
}

/// The JSON Schema of the `model` table for a kind that accepts the models `names`: an object with exactly one key.
pub fn schema(names: &[&str]) -> Value {
    let arms: Vec<Value> = names
        .iter()
        .filter_map(|name| find(name))
        .map(|entry| {
            serde_json::json!({
                "type": "object",
                "description": entry.summary,
                "properties": { entry.name: (entry.schema)() },
                "required": [entry.name],
                "additionalProperties": false,
            })
        })
        .collect();
    serde_json::json!({ "description": "What has an energy: one of the models.", "oneOf": arms })
}

/// Builds the model in a `model` table that was checked against [`schema`].
///
/// # Errors
///
/// Whatever the model finds wrong with its keys.
pub fn build(table: &Value, context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let found = table.as_object().and_then(|object| object.iter().next());
    match found.and_then(|(name, keys)| find(name).map(|entry| (entry, keys))) {
        Some((entry, keys)) => (entry.build)(keys, context),
        None => Err(vec![Problem::new("model", "no known model is given")]),
    }
}

/// Draft-7 JSON Schema of a type with all subschemas inlined: what every `schema` function of the registries returns.
pub fn schema_of<T: schemars::JsonSchema>() -> Value {
    let settings = schemars::generate::SchemaSettings::draft07().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    settings.into_generator().into_root_schema_for::<T>().to_value()
}
