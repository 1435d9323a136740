//! The `gibbs` program: parses the command line, calls the library, and maps the outcome to an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    gibbs::cli::main()
}
