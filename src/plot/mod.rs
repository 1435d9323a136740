//! Figure data to SVG.
