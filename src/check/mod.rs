//! Estimates to verdicts: against the file's `[[expect]]` and against the blessed baseline.
//!
//! A comparison of two noisy numbers can fail by chance. An expectation states its own tolerance; the comparison with
//! the baseline has a stated false-alarm rate for the whole experiment ([`FALSE_ALARM_RATE`]).

mod baseline;
mod compare;
mod expect;

pub use baseline::against_baseline;
pub use compare::{Comparison, FALSE_ALARM_RATE, Sigma, compare};
pub use expect::{Measured, against_expectations};

/// One judgement.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// What was judged: the quantity's name.
    pub quantity: String,
    /// Where: the coordinates as `temperature = 2`, joined by commas; empty for a single point.
    pub place: String,
    /// The value and its error as printed.
    pub found: String,
    /// What it was held against, as printed: "exact −1.74556", "baseline 0.91(2)", "at least −3".
    pub wanted: String,
    /// The deviation, as printed: "1.3 σ", "2e-4".
    pub deviation: String,
    /// What was allowed, as printed: "4 σ".
    pub allowed: String,
    /// The deviation over what was allowed: above 1 is a failure, infinite when nothing could be compared.
    pub ratio: f64,
    /// Why it failed, when the numbers alone do not say it.
    pub remark: String,
}

impl Verdict {
    /// Whether the judgement is in favour.
    pub fn passed(&self) -> bool {
        self.ratio <= 1.0
    }
}

/// Orders verdicts worst first; equals keep their order.
pub fn worst_first(verdicts: &mut [Verdict]) {
    verdicts.sort_by(|a, b| b.ratio.total_cmp(&a.ratio));
}
