//! The keys that say which sites are coupled.

use serde::{Deserialize, Serialize};

/// Ising spins s = ±1 with E = −Σ J s s − Σ h s, on a lattice or on a graph read from a file.
#[derive(Debug, Clone, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) struct GraphSpec {
    /// The lattice: "square", "triangular", "honeycomb", "kagome", "cubic", "hypercubic", "chain", or "complete" (every pair of
    /// spins is coupled). Give either this with `size`, or `file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "LatticeName")]
    pub(super) lattice: Option<LatticeName>,
    /// The side length L (at least 2; a square lattice then has L × L sites), or a list of the sides, such as
    /// [rows, columns]. Of "honeycomb" and "kagome", cells of two and three sites are counted. For the complete graph, the
    /// number of spins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "size_schema")]
    pub(super) size: Option<Size>,
    /// The number of dimensions of the "hypercubic" lattice, 1 to 6; needed unless `size` is a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64", range(min = 1, max = 6))]
    pub(super) dimension: Option<u64>,
    /// The coupling J of every bond, 1 unless given; positive is ferromagnetic. With disorder, the bonds' scale. On
    /// the complete graph each bond has J/N, with disorder J/√N times its random value. A list gives one number for each
    /// direction of bonds, the one along rows first; of honeycomb that within a cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "coupling_schema")]
    pub(super) coupling: Option<Coupling>,
    /// The uniform field h, 0 unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub(super) field: Option<f64>,
    /// "periodic" joins opposite sides (unless given), "open" leaves them free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Boundary")]
    pub(super) boundary: Option<Boundary>,
    /// Random bonds: "pm_j" draws +1 or −1 with equal probability, "gaussian" a standard normal number, for each bond.
    /// On the complete graph this is the Sherrington–Kirkpatrick model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Disorder")]
    pub(super) disorder: Option<Disorder>,
    /// The seed of the random bonds; the experiment's seed unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    pub(super) disorder_seed: Option<u64>,
    /// An edge list: lines "i j J" for couplings and "i i h" for fields, an optional "spins lines" header, and comments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub(super) file: Option<String>,
    /// Whether the file counts spins from 0 or from 1; recognised from the file when unambiguous.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u32", range(max = 1))]
    pub(super) index_base: Option<u32>,
    /// The sign that the file uses: "physics" (unless given) is E = −Σ J s s − Σ h s, "dimod" is E = +Σ J s s + Σ h s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Convention")]
    pub(super) convention: Option<Convention>,
}

/// A lattice by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum LatticeName {
    Square,
    Triangular,
    Honeycomb,
    Kagome,
    Cubic,
    Hypercubic,
    Chain,
    Complete,
}

/// One side length, or one per dimension.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum Size {
    Side(u64),
    Sides(Vec<u64>),
}

/// One coupling, or one per direction of bonds.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum Coupling {
    All(f64),
    Each(Vec<f64>),
}

/// What happens at the edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Boundary {
    Periodic,
    Open,
}

/// The distribution of random bonds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::models) enum Disorder {
    PmJ,
    Gaussian,
}

impl Disorder {
    /// The word used in files.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::PmJ => "pm_j",
            Self::Gaussian => "gaussian",
        }
    }
}

/// The sign of a file's couplings and fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Convention {
    Physics,
    Dimod,
}

fn coupling_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "anyOf": [
            { "type": "number" },
            { "type": "array", "items": { "type": "number" }, "minItems": 1 },
        ]
    })
}

fn size_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "anyOf": [
            { "type": "integer", "minimum": 2 },
            { "type": "array", "items": { "type": "integer", "minimum": 2 }, "minItems": 1 },
        ]
    })
}
