//! `gibbs check`: the verdict for CI.

use super::for_each;
use crate::check::FALSE_ALARM_RATE;
use crate::cli::args::CheckArguments;
use crate::cli::editions::Editions;
use crate::cli::failure::Failure;
use crate::cli::judge::{Judged, judge};
use crate::cli::output;
use crate::cli::pipeline::{run_missing, write_results};
use crate::cli::session::{Session, quoted};
use crate::number;
use std::path::Path;

/// How many verdicts are shown unless all are asked for; failures are always shown.
const SHOWN: usize = 10;

/// Runs what is missing, judges each experiment, and prints a table of verdicts, worst first.
pub(in crate::cli) fn check(session: &Session, arguments: &CheckArguments) -> Result<bool, Failure> {
    for_each(session, &arguments.paths.paths, |path| {
        let loaded = session.load(path, arguments.quick)?;
        let name = loaded.checked.name.clone();
        let finished = run_missing(session, &loaded, arguments.fresh)?;
        let (analysed, _) = write_results(session, &loaded, &finished, &Editions::none())?;
        if !finished.failures.is_empty() {
            let text = format!("{name}: {} tasks failed, so there is no verdict", finished.failures.len());
            return Err(Failure::Message(text));
        }
        let judged = judge(&loaded, &analysed, &finished.results)?;
        output::print(&show(&name, path, &judged, arguments));
        if judged.verdicts.is_empty() {
            session.warn(&format!(
                "{name}: nothing was judged: add [[expect]] to the file, or store a baseline with: gibbs bless {}",
                path.display()
            ));
        }
        if arguments.quick {
            session.warn(&format!("{name}: a quick run never passes a check"));
        }
        Ok(judged.passed() && !lacking(&judged, arguments) && !arguments.quick)
    })
}

/// Whether a baseline is wanted of estimates that have none.
fn lacking(judged: &Judged, arguments: &CheckArguments) -> bool {
    arguments.require_baseline && judged.unblessed > 0
}

fn show(name: &str, path: &Path, judged: &Judged, arguments: &CheckArguments) -> String {
    let verdicts = &judged.verdicts;
    let failed = judged.failed();
    let count = if arguments.all { verdicts.len() } else { SHOWN.max(failed).min(verdicts.len()) };
    let word = match (failed, verdicts.len()) {
        (0, 1..) if arguments.quick => "a first look, not judged".to_owned(),
        (0, _) if lacking(judged, arguments) && judged.baseline => {
            "FAILED, the baseline is not whole".to_owned()
        }
        (0, _) if lacking(judged, arguments) => "FAILED, there is no baseline".to_owned(),
        (_, 0) => "nothing to judge".to_owned(),
        (0, 1) => "passed, 1 verdict".to_owned(),
        (0, all) => format!("passed, {all} verdicts"),
        (failed, all) => format!("FAILED, {failed} of {all} verdicts"),
    };
    let mut text = format!("{name}: {word}\n");
    if count > 0 {
        let header = ["", "quantity", "at", "found", "wanted", "deviation", "allowed", "remark"];
        let rows: Vec<Vec<String>> = verdicts[..count]
            .iter()
            .map(|verdict| {
                vec![
                    if verdict.passed() { "pass" } else { "FAIL" }.to_owned(),
                    verdict.quantity.clone(),
                    verdict.place.clone(),
                    verdict.found.clone(),
                    verdict.wanted.clone(),
                    verdict.deviation.clone(),
                    verdict.allowed.clone(),
                    verdict.remark.clone(),
                ]
            })
            .collect();
        text.push_str(&output::table(&header, &rows, &[false, false, false, true, false, true, true, false]));
    }
    if count < verdicts.len() {
        text.push_str(&format!(
            "({} more, all nearer to what was wanted; --all shows them)\n",
            verdicts.len() - count
        ));
    }
    if judged.baseline {
        text.push_str(&format!(
            "(against the baseline the false-alarm rate is {} % for the whole experiment)\n",
            number::plain(100.0 * FALSE_ALARM_RATE)
        ));
    }
    if judged.unblessed > 0 {
        let estimates = match judged.unblessed {
            1 => "1 estimate has".to_owned(),
            several => format!("{several} estimates have"),
        };
        let file = quoted(&path.display().to_string());
        text.push_str(&format!("{estimates} no baseline (`gibbs bless {file}` stores them)\n"));
    }
    text
}
