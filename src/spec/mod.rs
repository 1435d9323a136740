//! Text to checked experiment.
