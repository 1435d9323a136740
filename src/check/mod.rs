//! Estimates to verdicts.
