//! `gibbs schema`: for editors.

use crate::cli::failure::Failure;
use crate::cli::output;
use crate::{kinds, spec};

/// Prints the JSON Schema of experiment files.
pub(in crate::cli) fn schema() -> Result<bool, Failure> {
    output::print(&format!("{:#}\n", spec::json_schema(kinds::all())));
    Ok(true)
}
