//! The only owner of result files: atomic, locked, versioned, checksummed.
//!
//! `results/<experiment>/latest/` holds one run, `quick/` a first look; `baseline.csv` beside it the blessed estimates. Every file is written
//! under a temporary name, flushed to disk, and renamed, so that a killed run leaves whole files or none.

mod csv;
mod inputs;
mod manifest;
mod series;
mod site;

pub use self::csv::{Row, Rows, data_csv, estimates_csv, parse_estimates, study_table_csv, table_csv};
pub use inputs::FileInputs;
pub use manifest::{FORMAT, Git, Host, Manifest, PointEntry, Status, TaskEntry};
pub use site::write_site;

use crate::plan::Task;
use crate::record::Record;
use crate::run::Sink;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Why the results could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The operating system refused.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried: "read", "write", "create".
        action: &'static str,
        /// On which path.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Another process holds the lock.
    #[error("another gibbs is running this experiment: {path} is locked; wait for it, or stop it")]
    Locked {
        /// The lock file.
        path: String,
    },
    /// A file does not hold what it should.
    #[error("{path} is damaged: {reason}")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// How thorough a run was: a first look keeps a folder of its own, so that it never replaces the full results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// With the budgets of the file: in `latest`.
    Full,
    /// With budgets cut: in `quick`.
    Quick,
}

impl Depth {
    /// That of a run with `--quick`, or without.
    pub fn of(quick: bool) -> Self {
        if quick { Self::Quick } else { Self::Full }
    }

    /// The name of the folder.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Full => "latest",
            Self::Quick => "quick",
        }
    }
}

/// The folder of one experiment's results; opened for writing, it is locked while this value lives.
pub struct Results {
    folder: PathBuf,
    depth: Depth,
    _lock: Option<File>,
}

/// What a stored task turned out to be.
pub enum Stored {
    /// The task's record.
    Record(Record),
    /// There is none.
    Missing,
    /// There is a file, but it cannot be trusted: why.
    Damaged(String),
}

impl Results {
    /// Opens (and creates) `root/<experiment>` and takes its lock.
    ///
    /// # Errors
    ///
    /// [`StoreError::Locked`] when another process has it; [`StoreError::Io`] when the folder cannot be made.
    pub fn open(root: &Path, experiment: &str, depth: Depth) -> Result<Self, StoreError> {
        let folder = root.join(experiment);
        let latest = folder.join(depth.folder());
        std::fs::create_dir_all(&latest).map_err(|source| io("create", &latest, source))?;
        let path = folder.join(".lock");
        let lock = open_lock(&path)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder, depth, _lock: Some(lock) }),
            Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::Locked { path: shown(&path) }),
            Err(std::fs::TryLockError::Error(source)) => Err(io("lock", &path, source)),
        }
    }

    /// Looks at `root/<experiment>` without creating or locking anything, to read from it.
    pub fn peek(root: &Path, experiment: &str, depth: Depth) -> Self {
        Self { folder: root.join(experiment), depth, _lock: None }
    }

    /// The folder `latest`, or `quick` of a first look, which holds the run.
    pub fn latest(&self) -> PathBuf {
        self.folder.join(self.depth.folder())
    }

    /// Where the blessed estimates are.
    pub fn baseline_path(&self) -> PathBuf {
        self.folder.join("baseline.csv")
    }

    /// Reads the record of the task called `id`.
    pub fn load(&self, id: &str) -> Stored {
        let path = self.series_path(id);
        match read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Stored::Missing,
            Err(error) => Stored::Damaged(error.to_string()),
            Ok(bytes) => match series::decode(&bytes, id) {
                Ok(record) => Stored::Record(record),
                Err(reason) => Stored::Damaged(reason),
            },
        }
    }

    /// The path of a task's record.
    pub fn series_path(&self, id: &str) -> PathBuf {
        self.latest().join("series").join(format!("{id}.safetensors"))
    }

    /// The tasks among `ids` whose records are stored whole, and those whose files are damaged with the reason.
    pub fn survey<'a>(
        &self,
        ids: impl Iterator<Item = &'a str>,
    ) -> (BTreeSet<String>, Vec<(String, String)>) {
        let (mut done, mut damaged) = (BTreeSet::new(), Vec::new());
        let ids: BTreeSet<&str> = ids.collect();
        for id in ids {
            match self.load(id) {
                Stored::Record(_) => {
                    done.insert(id.to_owned());
                }
                Stored::Missing => {}
                Stored::Damaged(reason) => damaged.push((id.to_owned(), reason)),
            }
        }
        (done, damaged)
    }

    /// Removes every stored record, for a run from scratch.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`] when the folder cannot be removed.
    pub fn clear_series(&self) -> Result<(), StoreError> {
        let path = self.latest().join("series");
        match std::fs::remove_dir_all(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(io("remove", &path, source)),
            _ => Ok(()),
        }
    }

    /// Writes `latest/<name>` atomically.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`].
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        write_atomically(&self.latest().join(name), bytes)
    }

    /// Writes the files of one folder of the run and removes others of the same ending that an earlier run left there.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`].
    pub fn write_folder(
        &self,
        folder: &str,
        ending: &str,
        files: &[(String, Vec<u8>)],
    ) -> Result<(), StoreError> {
        let path = self.latest().join(folder);
        let wanted: BTreeSet<String> = files.iter().map(|(name, _)| format!("{name}.{ending}")).collect();
        if let Ok(entries) = std::fs::read_dir(&path) {
            for entry in entries.flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                if name.ends_with(&format!(".{ending}")) && !wanted.contains(&name) {
                    std::fs::remove_file(entry.path())
                        .map_err(|source| io("remove", &entry.path(), source))?;
                }
            }
        }
        for (name, bytes) in files {
            write_atomically(&path.join(format!("{name}.{ending}")), bytes)?;
        }
        Ok(())
    }

    /// Removes `latest/<name>`, a file that this run does not produce; whether it was there.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`].
    pub fn remove(&self, name: &str) -> Result<bool, StoreError> {
        let path = self.latest().join(name);
        match std::fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(io("remove", &path, source)),
        }
    }

    /// Writes the blessed baseline atomically.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`].
    pub fn write_baseline(&self, bytes: &[u8]) -> Result<(), StoreError> {
        write_atomically(&self.baseline_path(), bytes)
    }

    /// The manifest of the stored run, when there is one.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] when it is there but cannot be read.
    pub fn manifest(&self) -> Result<Option<Manifest>, StoreError> {
        let path = self.latest().join("run.json");
        let Some(bytes) = read_optional(&path)? else { return Ok(None) };
        Manifest::parse(&bytes).map(Some).map_err(|reason| StoreError::Damaged { path: shown(&path), reason })
    }
}

impl Sink for Results {
    fn keep(&self, task: &Task, record: &Record) -> Result<(), String> {
        let bytes = series::encode(record, &task.id)?;
        write_atomically(&self.series_path(&task.id), &bytes).map_err(|error| error.to_string())
    }
}

/// Reads a file that may be missing.
///
/// # Errors
///
/// [`StoreError::Io`] for any other reason than its absence.
pub fn read_optional(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    match read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(io("read", path, source)),
    }
}

/// Writes a file of the user's choosing, such as a new experiment or a schema, atomically.
///
/// # Errors
///
/// [`StoreError::Io`].
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|source| io("create", folder, source))?;
    let mut file = tempfile::Builder::new()
        .prefix(".gibbs-")
        .tempfile_in(folder)
        .map_err(|source| io("write in", folder, source))?;
    let written = file.write_all(bytes).and_then(|()| file.as_file().sync_all());
    written.map_err(|source| io("write", path, source))?;
    share(file.as_file()).map_err(|source| io("write", path, source))?;
    file.persist(path).map_err(|error| io("write", path, error.error))?;
    Ok(())
}

/// Temporary files are private; results are for everybody whom the folder lets in.
#[cfg(unix)]
fn share(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn share(_: &File) -> std::io::Result<()> {
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "store is the layer that reads files")]
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    std::fs::read(path)
}

#[expect(clippy::disallowed_methods, reason = "the lock file is empty: nothing is written to it")]
fn open_lock(path: &Path) -> Result<File, StoreError> {
    File::create(path).map_err(|source| io("create", path, source))
}

fn io(action: &'static str, path: &Path, source: std::io::Error) -> StoreError {
    StoreError::Io { action, path: shown(path), source }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
