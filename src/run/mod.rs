//! Tasks to records.
