//! The verdicts on one experiment, from what has been analysed: nothing is run.

use super::failure::Failure;
use super::pipeline::rows;
use super::session::Loaded;
use crate::analyse::Analysed;
use crate::check::{Measured, Verdict, against_baseline, against_expectations, worst_first};
use crate::store::{self, Results};

/// The verdicts on one experiment.
pub(super) struct Judged {
    /// Worst first.
    pub(super) verdicts: Vec<Verdict>,
    /// Whether there is a baseline.
    pub(super) baseline: bool,
    /// How many estimates have none, whether there is a baseline of others or not.
    pub(super) unblessed: usize,
}

impl Judged {
    /// Whether no verdict is against it.
    pub(super) fn passed(&self) -> bool {
        self.failed() == 0
    }

    /// How many verdicts are against it.
    pub(super) fn failed(&self) -> usize {
        self.verdicts.iter().filter(|verdict| !verdict.passed()).count()
    }
}

/// The verdicts of the file's own expectations alone.
pub(super) fn expectations(loaded: &Loaded, analysed: &Analysed<'_>) -> Vec<Verdict> {
    let points: Vec<Measured<'_>> =
        analysed.points.iter().map(|point| (point.coordinates, &point.analysis)).collect();
    against_expectations(&loaded.checked.header.expect, &loaded.checked.axes, &points)
}

/// The verdicts of the file's expectations and of the blessed baseline.
///
/// # Errors
///
/// When the baseline cannot be read.
pub(super) fn judge(loaded: &Loaded, analysed: &Analysed<'_>, results: &Results) -> Result<Judged, Failure> {
    let mut verdicts = expectations(loaded, analysed);
    let path = results.baseline_path();
    let current = rows(loaded, analysed)?;
    let (mut baseline, mut unblessed) = (false, current.rows.len());
    if let Some(bytes) = store::read_optional(&path)? {
        let blessed = store::parse_estimates(&bytes)
            .map_err(|reason| Failure::Message(format!("{} is damaged: {reason}", path.display())))?;
        let (against, new) = against_baseline(&current, &blessed);
        verdicts.extend(against);
        (baseline, unblessed) = (true, new);
    }
    worst_first(&mut verdicts);
    Ok(Judged { verdicts, baseline, unblessed })
}
