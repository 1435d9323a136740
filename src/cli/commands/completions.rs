//! `gibbs completions`: for shells.

use crate::cli::args::{Arguments, CompletionsArguments};
use crate::cli::failure::Failure;
use crate::cli::output;
use clap::CommandFactory;

/// Prints the completion script of a shell.
pub(in crate::cli) fn completions(arguments: &CompletionsArguments) -> Result<bool, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "gibbs", &mut script);
    output::print(&String::from_utf8_lossy(&script));
    Ok(true)
}
