//! `gibbs report`: the pages again, from stored records.

use super::for_each;
use crate::cli::args::ReportArguments;
use crate::cli::book::Book;
use crate::cli::editions::Editions;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::pipeline::{Finished, refuse_missing, write_results};
use crate::cli::session::Session;
use crate::store::Results;

/// Writes each experiment's report from what is stored, and the site of a folder; prints the paths of the pages.
pub(in crate::cli) fn report(session: &Session, arguments: &ReportArguments) -> Result<bool, Failure> {
    let editions = Editions::new(&arguments.pages)?;
    let mut book = Book::open(session, &arguments.paths.paths, &editions)?;
    let outcome = for_each(session, &arguments.paths.paths, |path| {
        let loaded = editions.dress(session.load(path, arguments.quick)?);
        let name = &loaded.checked.name;
        refuse_missing(session, &loaded)?;
        let results = Results::open(&session.results, name, loaded.depth())?;
        let finished = Finished { results, failures: Vec::new() };
        let (analysed, material) = write_results(session, &loaded, &finished, &editions)?;
        book.add(session, &loaded, &finished, &analysed, material);
        for page in editions.outputs() {
            output::print(&format!("{}\n", finished.results.latest().join(page).display()));
        }
        Ok(true)
    });
    book.close(session, &editions)?;
    outcome
}
