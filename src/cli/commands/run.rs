//! `gibbs run`: the main job.

use super::for_each;
use crate::cli::args::RunArguments;
use crate::cli::book::Book;
use crate::cli::editions::Editions;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::pages::proofread;
use crate::cli::pipeline::{run_missing, write_results};
use crate::cli::session::Session;

/// Runs each experiment and writes its results and report, and the site of a folder; prints the paths of the pages.
pub(in crate::cli) fn run(session: &Session, arguments: &RunArguments) -> Result<bool, Failure> {
    let editions = if arguments.no_report { Editions::none() } else { Editions::new(&arguments.pages)? };
    let mut book = Book::open(session, &arguments.paths.paths, &editions)?;
    let outcome = for_each(session, &arguments.paths.paths, |path| {
        let loaded = editions.dress(session.load(path, arguments.quick)?);
        if !editions.is_empty() {
            proofread(&loaded)?;
        }
        let finished = run_missing(session, &loaded, arguments.fresh)?;
        let (analysed, material) = write_results(session, &loaded, &finished, &editions)?;
        book.add(session, &loaded, &finished, &analysed, material);
        let name = &loaded.checked.name;
        let first = editions.outputs().into_iter().next().unwrap_or_else(|| "estimates.csv".to_owned());
        output::print(&format!("{}\n", finished.results.latest().join(first).display()));
        if finished.failures.is_empty() {
            return Ok(true);
        }
        let text = format!(
            "{name}: {} of {} tasks failed; their points are left out of the estimates",
            finished.failures.len(),
            loaded.plan.tasks.len()
        );
        Err(Failure::Message(text))
    });
    book.close(session, &editions)?;
    outcome
}
