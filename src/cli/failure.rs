//! What ends a command early.

use super::chromium::ChromiumError;
use crate::plot::PlotError;
use crate::report::ReportError;
use crate::spec::Diagnostics;
use crate::store::StoreError;

/// An error of the user's or the system's: exit code 2.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// Mistakes in an experiment file.
    #[error(transparent)]
    Spec(#[from] Diagnostics),
    /// Result files.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A figure.
    #[error("failed to draw a figure of {experiment}: {source}")]
    Plot { experiment: String, source: PlotError },
    /// A report.
    #[error("failed to write the report of {experiment}: {source}")]
    Report { experiment: String, source: ReportError },
    /// A PDF.
    #[error(transparent)]
    Chromium(#[from] ChromiumError),
    /// Anything else, in a sentence.
    #[error("{0}")]
    Message(String),
    /// Some experiments of several failed, and each has been reported already.
    #[error("{0}")]
    Several(String),
}
