//! What the tests of the program share: a folder to work in, the program in it, and experiments to run there.

#![allow(dead_code, reason = "each test takes what it needs")]
#![expect(clippy::disallowed_methods, reason = "a test reads and writes files of its own")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Three levels, solved exactly.
pub(crate) const LEVELS: &str = r#"
kind = "ensemble"
title = "Levels"
[model.levels]
energies = [0.0, 1.0, 2.5]
degeneracies = [1, 3, 1]
[sweep]
temperature = { from = 0.5, to = 2.0, steps = 4 }
"#;

/// An Ising lattice at two temperatures, with an expectation.
pub(crate) const SWEEP: &str = r#"
kind = "sweep"
title = "Ising"
seed = 3
[model.ising]
lattice = "square"
size = 8
[sampler]
algorithm = "wolff"
[budget]
sweeps = 400
replicas = 3
[sweep]
temperature = [2.0, 2.5]
[[expect]]
quantity = "energy_per_site"
equals = "exact"
within = { sigma = 6 }
"#;

/// A small spin glass, cooled.
pub(crate) const ANNEAL: &str = r#"
kind = "anneal"
title = "Glass"
seed = 3
reads = 6
target_energy = -40
[model.ising]
lattice = "square"
size = 6
disorder = "pm_j"
[schedule.geometric]
from = 3.0
to = 0.1
sweeps = 50
"#;

/// A machine that learns four patterns.
pub(crate) const RBM: &str = r#"
kind = "rbm"
title = "Bars"
seed = 3
[data]
source = "bars_and_stripes"
size = 2
[model.rbm]
hidden = 3
[train]
epochs = 40
batch_size = 4
learning_rate = 0.1
"#;

/// The files of [`Workplace::of_each_kind`].
pub(crate) const EXPERIMENTS: [&str; 4] = ["levels.toml", "ising.toml", "glass.toml", "bars.toml"];

/// A folder to work in.
pub(crate) struct Workplace(TempDir);

/// What the program answered.
pub(crate) struct Told {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Workplace {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// A folder with one experiment of each kind.
    pub(crate) fn of_each_kind() -> Self {
        let folder = Self::new();
        for (name, text) in EXPERIMENTS.iter().zip([LEVELS, SWEEP, ANNEAL, RBM]) {
            folder.write(name, text);
        }
        folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.path(name).is_file()
    }

    /// Writes a file, and the folders that it needs.
    pub(crate) fn write(&self, name: &str, text: &str) {
        self.write_bytes(name, text.as_bytes());
    }

    pub(crate) fn write_bytes(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file in a temporary folder");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The program in this folder, whatever the environment of the tests says.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("gibbs"));
        command.current_dir(self.0.path()).stdin(Stdio::null());
        command.env_remove("GIBBS_RESULTS").env_remove("GIBBS_THREADS");
        command
    }

    /// Runs the program.
    pub(crate) fn gibbs(&self, arguments: &[&str]) -> Told {
        self.gibbs_in(arguments, &[])
    }

    /// The same with some of the environment replaced.
    pub(crate) fn gibbs_in(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Told {
        let mut command = self.command();
        command.args(arguments).envs(environment.iter().copied());
        let output = command.output().expect("the program starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Told { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// Runs the program, insists on its exit code, and gives what it printed.
    pub(crate) fn expect(&self, code: i32, arguments: &[&str]) -> (String, String) {
        self.expect_in(code, arguments, &[])
    }

    /// The same with some of the environment replaced.
    pub(crate) fn expect_in(
        &self,
        code: i32,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> (String, String) {
        let Told { code: found, stdout, stderr } = self.gibbs_in(arguments, environment);
        assert_eq!(found, Some(code), "{arguments:?}\n{stdout}\n{stderr}");
        (stdout, stderr)
    }
}

/// Every file below `folder` but timing.json, by relative path; of the pages all but the line that tells the time.
pub(crate) fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).expect("a folder of results") {
            let path = entry.expect("an entry").path();
            let name = path.strip_prefix(root).expect("inside").to_string_lossy().into_owned();
            if path.is_dir() {
                walk(root, &path, found);
            } else if !name.ends_with("timing.json") {
                let mut bytes = std::fs::read(&path).expect("a file of results");
                if name.ends_with(".html") || name.ends_with(".md") {
                    bytes = without_wall_time(&bytes);
                }
                found.insert(name, bytes);
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, folder, &mut found);
    found
}

/// A page without the one line that differs between runs of the same experiment.
fn without_wall_time(page: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(page);
    let (timed, others): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.contains("Wall time"));
    assert_eq!(timed.len(), 1, "one line tells the time: {timed:?}");
    others.join("\n").into_bytes()
}

pub(crate) fn assert_same(a: &Path, b: &Path) {
    let (a, b) = (contents(a), contents(b));
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&a), names(&b));
    for (name, bytes) in &a {
        assert!(bytes == &b[name], "{name} differs");
    }
}
