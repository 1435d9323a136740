//! The run-in of a chain: discarded sweeps, as many as were asked for, or until what they show has settled.

use super::run::Progress;
use crate::kind::RunError;

/// The first stretch that is judged is a twentieth of the measured sweeps, within these ends; each further one doubles
/// the total. A shorter one would cost less and could miss relaxation that is slow beside it.
const FIRST_STRETCH: (usize, usize) = (100, 1000);

/// How long a run-in may be.
pub(super) struct RunIn {
    /// Sweeps to discard; `None` decides from the data.
    pub(super) given: Option<usize>,
    /// The most where the data decide.
    pub(super) most: usize,
    /// Sweeps that will be measured.
    pub(super) measured: usize,
}

impl RunIn {
    /// Goes on with `history`, which `extend` makes longer by so many sweeps, and says whether it had settled at the end; one of a given length
    /// is not asked.
    pub(super) fn run<History>(
        &self,
        history: &mut History,
        progress: &mut Progress<'_>,
        mut extend: impl FnMut(&mut History, usize, &mut Progress<'_>) -> Result<(), RunError>,
        settled: impl Fn(&History) -> bool,
    ) -> Result<bool, RunError> {
        let (least, most) = FIRST_STRETCH;
        let first = (self.measured / 20).clamp(least, most);
        let mut length = 0;
        loop {
            let target = self.given.unwrap_or_else(|| (2 * length).clamp(first, self.most));
            progress.total = progress.total.max(target + self.measured);
            extend(history, target - length, progress)?;
            length = target;
            if self.given.is_some() || settled(history) {
                return Ok(true);
            }
            if length >= self.most {
                return Ok(false);
            }
        }
    }
}
