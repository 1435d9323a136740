//! Experiment to tasks.
