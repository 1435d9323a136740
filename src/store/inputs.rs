//! Files that an experiment names, read relative to the experiment's own file and remembered by their hash.

use crate::kind::Inputs;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

/// Reads an experiment's input files, each once.
pub struct FileInputs {
    folder: PathBuf,
    read: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl FileInputs {
    /// A reader of files named relative to `folder`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), read: Mutex::default() }
    }

    /// The paths read so far, as they were named, and the BLAKE3 hashes of their contents.
    pub fn hashes(&self) -> Vec<(String, String)> {
        let read = self.read.lock().map_or_else(|_| BTreeMap::new(), |read| read.clone());
        read.into_iter().map(|(path, bytes)| (path, blake3::hash(&bytes).to_hex().to_string())).collect()
    }
}

impl Inputs for FileInputs {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        if let Ok(read) = self.read.lock()
            && let Some(bytes) = read.get(path)
        {
            return Ok(bytes.clone());
        }
        let full = self.folder.join(path);
        let bytes = super::read(&full).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => format!("no such file: {}", full.display()),
            std::io::ErrorKind::IsADirectory => format!("{} is a folder", full.display()),
            _ => format!("cannot read {}: {error}", full.display()),
        })?;
        if let Ok(mut read) = self.read.lock() {
            read.insert(path.to_owned(), bytes.clone());
        }
        Ok(bytes)
    }
}
