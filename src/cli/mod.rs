//! The command line: one file per subcommand, over a session that knows where things are.
//!
//! Exit codes: 0 done and passed; 1 a check failed; 2 the user's or the system's error. Data goes to stdout, talk and
//! progress to stderr.

mod args;
mod book;
mod chromium;
mod clock;
mod commands;
mod editions;
mod failure;
mod judge;
mod machine;
mod output;
mod pages;
mod pipeline;
mod progress;
mod serve;
mod session;
mod settle;
mod timing;

use args::{Arguments, Command};
use clap::Parser;
use std::process::ExitCode;

/// Parses the command line, runs the command, and reports its outcome as an exit code.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let session = session::Session::new(&arguments.common);
    let outcome = match arguments.command {
        Command::Run(arguments) => commands::run::run(&session, &arguments),
        Command::Report(arguments) => commands::report::report(&session, &arguments),
        Command::Serve(arguments) => commands::serve::serve(&session, &arguments),
        Command::Check(arguments) => commands::check::check(&session, &arguments),
        Command::Bless(arguments) => commands::bless::bless(&session, &arguments),
        Command::Diff(arguments) => commands::diff::diff(&session, &arguments),
        Command::Plan(arguments) => commands::plan::plan(&session, &arguments),
        Command::New(arguments) => commands::new::new(&session, &arguments),
        Command::List(arguments) => commands::list::list(&session, &arguments),
        Command::Explain(arguments) => commands::explain::explain(&session, &arguments),
        Command::Schema => commands::schema::schema(),
        Command::Completions(arguments) => commands::completions::completions(&arguments),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(failure) => {
            session.tell_failure(&failure);
            ExitCode::from(2)
        }
    }
}
