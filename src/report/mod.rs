//! Study to handout.
