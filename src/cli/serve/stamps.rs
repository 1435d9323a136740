//! When files were last changed, to notice that they change again.

use crate::kind::Inputs;
use crate::store::FileInputs;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// What is looked at of a file: when it was modified, and its length; `None` where there is none.
pub(super) type Stamp = Option<(SystemTime, u64)>;

/// Files and how they were when they were read.
pub(super) type Stamps = BTreeMap<PathBuf, Stamp>;

/// How a file is now.
pub(super) fn stamp(path: &Path) -> Stamp {
    let found = path.metadata().ok()?;
    Some((found.modified().ok()?, found.len()))
}

/// Reads an experiment's files and remembers how each was just before: also those that are not there, since an
/// experiment is mended by putting them there.
pub(super) struct Watched {
    inputs: FileInputs,
    folder: PathBuf,
    stamps: Mutex<Stamps>,
}

impl Watched {
    /// A reader of files named relative to `folder`.
    pub(super) fn new(folder: &Path) -> Self {
        Self { inputs: FileInputs::new(folder), folder: folder.to_owned(), stamps: Mutex::default() }
    }

    /// The hashes of what was read.
    pub(super) fn hashes(&self) -> Vec<(String, String)> {
        self.inputs.hashes()
    }

    /// Everything that was asked for, with its stamp.
    pub(super) fn stamps(&self) -> Stamps {
        self.stamps.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Inputs for Watched {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let full = self.folder.join(path);
        let before = stamp(&full);
        self.stamps.lock().unwrap_or_else(PoisonError::into_inner).entry(full).or_insert(before);
        self.inputs.read(path)
    }
}
