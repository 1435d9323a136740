//! `gibbs run`: the main job.

use super::for_each;
use crate::cli::args::{Format, RunArguments};
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::pipeline::{run_missing, write_results};
use crate::cli::session::Session;

/// Runs each experiment and writes its results and report; prints the report's path.
pub(in crate::cli) fn run(session: &Session, arguments: &RunArguments) -> Result<bool, Failure> {
    for_each(session, &arguments.paths.paths, |path| {
        let loaded = session.load(path, arguments.quick)?;
        let finished = run_missing(session, &loaded, arguments.fresh)?;
        let formats: &[Format] = if arguments.no_report { &[] } else { &[Format::Html, Format::Md] };
        write_results(session, &loaded, &finished, formats)?;
        let name = &loaded.checked.name;
        let page = if arguments.no_report { "estimates.csv" } else { "report.html" };
        output::print(&format!("{}\n", finished.results.latest().join(page).display()));
        if finished.failures.is_empty() {
            return Ok(true);
        }
        let text = format!(
            "{name}: {} of {} tasks failed; their points are left out of the estimates",
            finished.failures.len(),
            loaded.plan.tasks.len()
        );
        Err(Failure::Message(text))
    })
}
