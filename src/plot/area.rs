//! Rectangles that labels fill, to keep them apart.

use super::frame::Place;

/// A rectangle that a label or a mark fills.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Area {
    /// The square about a place, its sides so far away.
    pub(super) fn around((x, y): Place, reach: f64) -> Self {
        Self { left: x - reach, top: y - reach, right: x + reach, bottom: y + reach }
    }

    /// Whether both have a part in common.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// Whether a place lies inside, or within `air` of it across and up.
    pub(super) fn holds(&self, (x, y): Place, (across, up): (f64, f64)) -> bool {
        x > self.left - across && x < self.right + across && y > self.top - up && y < self.bottom + up
    }

    /// Whether it lies within another.
    pub(super) fn within(&self, other: &Self) -> bool {
        self.left >= other.left
            && self.right <= other.right
            && self.top >= other.top
            && self.bottom <= other.bottom
    }
}
