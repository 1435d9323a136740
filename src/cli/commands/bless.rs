//! `gibbs bless`: the current estimates become the baseline.

use super::for_each;
use crate::cli::args::BlessArguments;
use crate::cli::editions::Editions;
use crate::cli::failure::Failure;
use crate::cli::judge::expectations;
use crate::cli::output;
use crate::cli::pipeline::{run_missing, write_results};
use crate::cli::session::Session;
use crate::store;

/// Runs what is missing and stores each experiment's estimates as its baseline; prints the baseline's path.
pub(in crate::cli) fn bless(session: &Session, arguments: &BlessArguments) -> Result<bool, Failure> {
    for_each(session, &arguments.paths.paths, |path| {
        let loaded = session.load(path, false)?;
        let name = &loaded.checked.name;
        let finished = run_missing(session, &loaded, false)?;
        let (analysed, _) = write_results(session, &loaded, &finished, &Editions::none())?;
        if !finished.failures.is_empty() {
            let text =
                format!("{name}: {} tasks failed, so there is nothing to bless", finished.failures.len());
            return Err(Failure::Message(text));
        }
        let failed = expectations(&loaded, &analysed).iter().filter(|verdict| !verdict.passed()).count();
        if failed > 0 && !arguments.force {
            let text = format!(
                "{name}: {failed} of its own [[expect]] fail, so it is not blessed; see them with gibbs check {}, or use --force",
                path.display()
            );
            return Err(Failure::Message(text));
        }
        let estimates = finished.results.latest().join("estimates.csv");
        let bytes = store::read_optional(&estimates)?
            .ok_or_else(|| Failure::Message(format!("{} has gone", estimates.display())))?;
        finished.results.write_baseline(&bytes)?;
        output::print(&format!("{}\n", finished.results.baseline_path().display()));
        Ok(true)
    })
}
