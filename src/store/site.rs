//! The folder of a site: pages made of results, which can be made again at any time.

use super::{StoreError, io, write_atomically};
use std::collections::BTreeSet;
use std::path::Path;

/// Writes the files of a site, removes pages that an earlier site left in its folder, and names these.
///
/// # Errors
///
/// [`StoreError::Io`].
pub fn write_site(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<Vec<String>, StoreError> {
    let mut removed = Vec::new();
    let wanted: BTreeSet<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    if let Ok(entries) = std::fs::read_dir(folder) {
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let page = name.ends_with(".html") || name == "course.pdf";
            if page && !wanted.contains(name.as_str()) {
                std::fs::remove_file(entry.path()).map_err(|source| io("remove", &entry.path(), source))?;
                removed.push(name);
            }
        }
    }
    for (name, bytes) in files {
        write_atomically(&folder.join(name), bytes)?;
    }
    removed.sort();
    Ok(removed)
}
