//! What is found once and serves every task with the same model.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

/// Values by digest, each kept as long as somebody holds it: the points of a sweep have models of their own, and all with
/// the same energies share one spectrum.
pub(super) struct Shared<T>(Mutex<Known<T>>);

type Known<T> = Vec<([u8; 32], Weak<OnceLock<T>>)>;

impl<T> Shared<T> {
    /// None so far.
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// The value under `digest`, shared with whoever else holds it; empty at first.
    pub(super) fn get(&self, digest: [u8; 32]) -> Arc<OnceLock<T>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(_, value)| value.strong_count() > 0);
        let found = known.iter().find(|(name, _)| *name == digest).and_then(|(_, weak)| weak.upgrade());
        found.unwrap_or_else(|| {
            let fresh = Arc::new(OnceLock::new());
            known.push((digest, Arc::downgrade(&fresh)));
            fresh
        })
    }
}
