//! Records to estimates.
