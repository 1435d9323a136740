//! Which sites are coupled: the keys that models on lattices and graphs share. Every combination that makes no sense is
//! refused here.

mod bonds;
mod file;
mod lattice;
mod spec;

use super::spins::PairModel;
use super::{CubicLattice, SquareLattice, UniformTorus, schema_of};
use crate::input::{Context, Problem};
use crate::lattices::Geometry;
use bonds::LatticeModel;
use serde_json::Value;
pub(super) use spec::Disorder;
use spec::GraphSpec;
use std::sync::OnceLock;

/// The memory that one task may use, in bytes.
const MEMORY_LIMIT: f64 = 4.0 * GIBIBYTE;
const GIBIBYTE: f64 = 1_073_741_824.0;
/// The largest coupling or field: beyond it, squared energies would leave the range of floating-point numbers.
const LARGEST: f64 = 1e100;

/// Spins, or spins of more states, with the couplings and fields that the keys give.
pub(super) struct Graph {
    /// What decides the couplings.
    pub(super) identity: Value,
    /// After the model's name, without the article: "on a 4 × 4 square lattice …".
    pub(super) place: String,
    source: Source,
    /// The couplings; those of a lattice are built when first asked for.
    pairs: OnceLock<PairModel>,
}

impl Graph {
    /// The couplings J_ij and fields h_i.
    pub(super) fn pairs(&self) -> &PairModel {
        self.pairs.get_or_init(|| match &self.source {
            Source::Lattice(lattice) => lattice.pair_model(),
            Source::File(_) => unreachable!("invariant: a file's pair model is set when it is read"),
        })
    }

    /// Number of sites.
    pub(super) fn sites(&self) -> usize {
        match &self.source {
            Source::Lattice(model) => model.lattice.sites(),
            Source::File(spins) => *spins,
        }
    }

    /// The distribution of random bonds, in a word; `None` where they are not random.
    pub(super) fn disorder_word(&self) -> Option<&'static str> {
        self.disorder().map(|disorder| match disorder {
            Disorder::PmJ => "±J",
            Disorder::Gaussian => "Gaussian",
        })
    }

    /// The distribution of random bonds; `None` where they are not random.
    pub(super) fn disorder(&self) -> Option<Disorder> {
        self.lattice_model()?.disorder.map(|(disorder, _)| disorder)
    }

    /// The geometry, when it is a lattice.
    pub(super) fn geometry(&self) -> Option<Geometry> {
        self.lattice_model().map(|model| model.lattice.geometry())
    }

    /// Rows and columns of a two-dimensional lattice.
    pub(super) fn plane(&self) -> Option<(usize, usize)> {
        let lattice = &self.lattice_model()?.lattice;
        match (lattice.geometry(), lattice.sides()) {
            (Geometry::Square | Geometry::Triangular, &[rows, columns]) => Some((rows, columns)),
            _ => None,
        }
    }

    /// The uniform square torus without a field, when it is that.
    pub(super) fn square_torus(&self) -> Option<SquareLattice> {
        let model = self.uniform_torus(Geometry::Square)?;
        let sides = model.lattice.sides();
        Some(SquareLattice { rows: sides[0], columns: sides[1], coupling: model.coupling()? })
    }

    /// The uniform cubic torus without a field, when it is that.
    pub(super) fn cubic_torus(&self) -> Option<CubicLattice> {
        let model = self.uniform_torus(Geometry::Cubic)?;
        let sides = model.lattice.sides();
        Some(CubicLattice { sides: [sides[0], sides[1], sides[2]], coupling: model.coupling()? })
    }

    /// The square or cubic torus with one coupling and one field, when it is that.
    pub(super) fn torus_in_a_field(&self) -> Option<UniformTorus> {
        self.torus(None)
    }

    /// The square or cubic torus with bonds ±J and no field, when it is that.
    pub(super) fn signed_torus(&self) -> Option<UniformTorus> {
        self.torus(Some(Disorder::PmJ)).filter(|torus| torus.field == 0.0 && torus.coupling != 0.0)
    }

    /// The square or cubic torus with one coupling, times random numbers of a distribution, and one field, when it is that.
    fn torus(&self, disorder: Option<Disorder>) -> Option<UniformTorus> {
        let model = self.lattice_model().filter(|model| model.lattice.is_periodic())?;
        let sides = match (model.lattice.geometry(), model.lattice.sides()) {
            (Geometry::Square, &[rows, columns]) => [1, rows, columns],
            (Geometry::Cubic, &[planes, rows, columns]) => [planes, rows, columns],
            _ => return None,
        };
        let field = model.field;
        let torus = UniformTorus { sides, coupling: model.coupling()?, field };
        (self.disorder() == disorder).then_some(torus)
    }

    /// The periodic lattice of a geometry with one coupling and no field, when it is that.
    fn uniform_torus(&self, geometry: Geometry) -> Option<&LatticeModel> {
        self.lattice_model().filter(|model| {
            model.lattice.geometry() == geometry
                && model.lattice.is_periodic()
                && model.disorder.is_none()
                && model.field == 0.0
                && model.coupling().is_some_and(|coupling| coupling != 0.0)
        })
    }

    /// Length, coupling and whether it is closed of a uniform chain without a field, when it is that.
    pub(super) fn uniform_chain(&self) -> Option<(usize, f64, bool)> {
        let model = self.lattice_model()?;
        let uniform =
            model.lattice.geometry() == Geometry::Chain && model.disorder.is_none() && model.field == 0.0;
        let coupling = model.coupling().filter(|_| uniform)?;
        Some((model.lattice.sites(), coupling, model.lattice.is_periodic()))
    }

    fn lattice_model(&self) -> Option<&LatticeModel> {
        match &self.source {
            Source::Lattice(model) => Some(model),
            Source::File(_) => None,
        }
    }
}

/// Where the couplings come from.
enum Source {
    Lattice(LatticeModel),
    /// A file, with this number of spins.
    File(usize),
}

/// The schema of the keys.
pub(super) fn schema() -> Value {
    schema_of::<GraphSpec>()
}

/// The couplings that the keys of `[model.<model>]` give.
///
/// # Errors
///
/// Every combination of keys that makes no sense.
pub(super) fn graph(keys: &Value, model: &'static str, context: &Context<'_>) -> Result<Graph, Vec<Problem>> {
    let path = Path(model);
    let spec: GraphSpec = serde_json::from_value(keys.clone())
        .map_err(|error| vec![Problem::new(path.table(), error.to_string())])?;
    match (&spec.lattice, &spec.file) {
        (Some(lattice), None) => lattice::build(&spec, *lattice, path, context),
        (None, Some(file)) => file::build(&spec, file, path, context),
        (Some(_), Some(_)) => Err(vec![
            Problem::new(path.key("file"), "a model is either a `lattice` or a `file`, not both")
                .help("remove one of the two keys"),
        ]),
        (None, None) => Err(vec![
            Problem::new(path.table(), "neither `lattice` nor `file` says which spins are coupled")
                .help("add for example `lattice = \"square\"` and `size = 16`"),
        ]),
    }
}

/// Paths of keys in the table of a model.
#[derive(Clone, Copy)]
struct Path(&'static str);

impl Path {
    fn table(self) -> String {
        format!("model.{}", self.0)
    }

    fn key(self, key: &str) -> String {
        format!("model.{}.{key}", self.0)
    }
}

/// A problem for each key that is present but cannot be meant.
fn out_of_place(path: Path, keys: &[(&str, bool)], reason: &str) -> Vec<Problem> {
    let present = keys.iter().filter(|(_, present)| *present);
    present
        .map(|(key, _)| Problem::new(path.key(key), format!("`{key}` {reason}")).help("remove this key"))
        .collect()
}

#[cfg(test)]
mod tests;
