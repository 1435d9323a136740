//! The subcommands, one file each.

pub(super) mod bless;
pub(super) mod check;
pub(super) mod completions;
pub(super) mod diff;
pub(super) mod explain;
pub(super) mod list;
pub(super) mod new;
pub(super) mod plan;
pub(super) mod report;
pub(super) mod run;
pub(super) mod schema;
pub(super) mod serve;

use super::failure::Failure;
use super::session::Session;
use std::path::{Path, PathBuf};

/// Does `job` for each experiment file; one that fails does not keep the others from their turn.
///
/// # Errors
///
/// The failure of a single file, or the number of failures among several, each told when it happened.
fn for_each(
    session: &Session,
    paths: &[PathBuf],
    mut job: impl FnMut(&Path) -> Result<bool, Failure>,
) -> Result<bool, Failure> {
    let files = session.files(paths)?;
    if let [file] = files.as_slice() {
        return job(file);
    }
    let (mut passed, mut failed) = (true, 0);
    for file in &files {
        match job(file) {
            Ok(verdict) => passed &= verdict,
            Err(failure) => {
                session.tell_failure(&failure);
                failed += 1;
                if session.stop_flag().load(std::sync::atomic::Ordering::Relaxed) {
                    break;
                }
            }
        }
    }
    match failed {
        0 => Ok(passed),
        _ => Err(Failure::Several(format!("{failed} of {} experiments could not be finished", files.len()))),
    }
}
