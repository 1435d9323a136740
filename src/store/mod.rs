//! The only owner of result files.
