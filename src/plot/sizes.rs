//! Sizes of letters in figures, in the units of a drawing.
//!
//! A page shows a unit as 1.17 to 1.2 CSS pixels in a column, as 1.14 on a phone of 360 pixels and as 0.77 points on paper, so
//! that letters come out at 17 to 17.5 and at 16.6 pixels, beside a text of 17 and 16.

/// All letters but titles.
pub(super) const TEXT: f64 = 14.6;
/// Height of a line of the same.
pub(super) const LINE: f64 = 17.5;
/// A figure's title.
pub(super) const TITLE: f64 = 16.0;
/// Height of a line of the same.
pub(super) const TITLE_LINE: f64 = 21.0;
/// Height of a row of a legend or a key.
pub(super) const ROW: f64 = 21.5;
