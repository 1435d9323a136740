//! Figure data to SVG.
//!
//! [`svg`] turns a [`crate::figure::Figure`] into one self-contained SVG text with the same bytes every time, [`frames`]
//! does so with each state that a slider shows, and [`describe`] writes from the same data what a reader who cannot see it needs to know. Coordinates, elements and
//! font metrics come from plotters; the backend that writes the SVG, with sub-pixel places, role classes for dark
//! mode and a small label markup, is ours.

mod area;
mod backend;
mod chart;
#[cfg(test)]
mod checks;
mod colours;
mod describe;
mod ends;
mod error;
mod fit;
mod frame;
mod frames;
mod graph;
mod guides;
mod heat;
mod images;
mod layout;
mod legend;
mod marks;
mod names;
mod pen;
mod png;
mod pulls;
mod scale;
mod series;
mod sizes;
mod text;
mod theme;
mod thumbnail;
mod ticks;
mod trend;

pub use describe::describe;
pub use error::PlotError;
pub use frames::frames;
pub use layout::{Width, svg};
pub use png::png;
pub use text::plain;
pub use thumbnail::thumbnail;
