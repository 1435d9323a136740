//! `run.json`: what was run, from what, by what, and how it ended.

use serde::{Deserialize, Serialize};

/// The version of the layout of `latest/`.
pub const FORMAT: u32 = 1;

/// The content of `run.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this layout.
    pub format: u32,
    /// The experiment's name.
    pub experiment: String,
    /// Its kind.
    pub kind: String,
    /// How the run ended.
    pub status: Status,
    /// Whether budgets were cut for a first look; such results never pass a check.
    pub quick: bool,
    /// BLAKE3 hash of `spec.toml`.
    pub spec_hash: String,
    /// The root seed.
    pub seed: u64,
    /// The version of gibbs.
    pub version: String,
    /// The revision of the repository that holds the experiment, when there is one.
    pub git: Option<Git>,
    /// The machine.
    pub host: Host,
    /// Input files by their name in the spec, with the BLAKE3 hashes of their contents.
    pub inputs: Vec<(String, String)>,
    /// The points and their tasks.
    pub points: Vec<PointEntry>,
    /// The other result files with the BLAKE3 hashes of their contents.
    pub files: Vec<(String, String)>,
    /// Pages and pictures made of them, by name: they tell how long the computation took, so that their bytes differ from
    /// run to run.
    #[serde(default)]
    pub pages: Vec<String>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Every task has its record.
    Complete,
    /// The run was stopped; a rerun continues it.
    Interrupted,
    /// Some tasks failed; the estimates leave out their points.
    Failed,
}

/// A git revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Git {
    /// The commit.
    pub revision: String,
    /// Whether tracked files differed from it.
    pub dirty: bool,
}

/// The machine that a run was made on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// The operating system.
    pub os: String,
    /// The processor's architecture.
    pub arch: String,
}

/// One point of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointEntry {
    /// The coordinates as written in `estimates.csv`.
    pub coordinates: Vec<String>,
    /// The replicas.
    pub tasks: Vec<TaskEntry>,
}

/// One task of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskEntry {
    /// The name of the task's record in `series/`.
    pub id: String,
    /// Why it has none, when it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

impl Manifest {
    /// The manifest as JSON text.
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("invariant: a manifest is plain data");
        text + "\n"
    }

    /// Reads a manifest.
    ///
    /// # Errors
    ///
    /// What is wrong with it; a later format is refused.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let value: serde_json::Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if value["format"] != FORMAT {
            return Err(format!("its format is {}, this gibbs reads {FORMAT}", value["format"]));
        }
        serde_json::from_value(value).map_err(|error| error.to_string())
    }
}
