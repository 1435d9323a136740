//! Sizes of letters in figures, in the units of a drawing.
//!
//! A page shows a unit as 1.2 CSS pixels in a column, as 1.14 on a phone of 360 pixels and as 0.77 points on paper, so
//! that names come out at 15.6 and 14.8 pixels beside a text of 17 and 16, and at the size of a caption in print.

/// What names: axis labels, legends, keys, labels of marked values and of nodes, subtitles and titles of panels.
pub(super) const NAME: f64 = 13.0;
/// Height of a line of the same.
pub(super) const NAME_LINE: f64 = 16.5;
/// What counts: labels of ticks and of images.
pub(super) const NUMBER: f64 = 12.0;
/// Height of a line of the same.
pub(super) const NUMBER_LINE: f64 = 15.0;
/// A figure's title.
pub(super) const TITLE: f64 = 15.0;
/// Height of a line of the same.
pub(super) const TITLE_LINE: f64 = 20.0;
/// Height of a row of a legend or a key.
pub(super) const ROW: f64 = 20.0;
