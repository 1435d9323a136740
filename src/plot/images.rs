//! Small images in a grid, each in a thin frame with its label below.

use plotters::style::text_anchor::{HPos, VPos};

use super::backend::number;
use super::colours::{LEVELS, Scheme};
use super::error::PlotError;
use super::frame::Place;
use super::heat::block;
use super::layout::Plan;
use super::pen::{Drawn, Lettering, Pen};
use super::sizes::{LINE, TEXT};
use super::text::{width, wrap};
use super::theme::Paint;
use crate::figure::ImageGrid;
use crate::number::significant;

/// Distance between images.
const GAP: f64 = 7.0;
/// Least width of an image.
const LEAST: f64 = 24.0;

/// A grid measured for its place.
pub(super) struct ImagesPlan<'a> {
    grid: &'a ImageGrid,
    per_row: usize,
    size: (f64, f64),
    labels: Vec<Vec<String>>,
}

impl<'a> ImagesPlan<'a> {
    /// Measures a grid for a panel of a width in pixels.
    pub(super) fn new(grid: &'a ImageGrid, panel: f64, figure: &str) -> Result<Self, PlotError> {
        let pixels = grid.height * grid.width;
        if let Some((index, image)) = grid.images.iter().enumerate().find(|(_, image)| image.len() != pixels)
        {
            return Err(PlotError::ImageShape {
                figure: figure.to_owned(),
                index,
                values: image.len(),
                height: grid.height,
                width: grid.width,
            });
        }
        let mut plan = Self { grid, per_row: 1, size: (LEAST, LEAST), labels: vec![] };
        plan.settle(panel);
        Ok(plan)
    }

    fn label_height(&self) -> f64 {
        LINE * self.labels.iter().map(Vec::len).max().unwrap_or(0) as f64
    }

    fn rows(&self) -> usize {
        self.grid.images.len().div_ceil(self.per_row)
    }

    fn key_height(&self) -> f64 {
        if self.grid.diverging { 26.0 } else { 0.0 }
    }

    /// A short colour bar with the values at its ends.
    fn draw_key(&self, pen: &Pen<'_>, (left, top): Place) -> Drawn {
        let lettering = Lettering::new(TEXT, Paint::Mute);
        let (low, high) = (significant(self.grid.range.0, 3), significant(self.grid.range.1, 3));
        pen.text(&low, (left, top), lettering)?;
        let from = left + width(&low, TEXT, false) + 6.0;
        let levels: Vec<f64> = (0..LEVELS).map(|level| level as f64).collect();
        let place = ((from, top - 4.0), (110.0, 8.0));
        pen.raw(block(&levels, LEVELS, (0.0, (LEVELS - 1) as f64), Scheme::Diverging, place))?;
        pen.text(&high, (from + 116.0, top), lettering)
    }
}

impl Plan for ImagesPlan<'_> {
    fn gutters(&self) -> (f64, f64) {
        (0.0, 1.0)
    }

    fn settle(&mut self, plot_width: f64) {
        let grid = self.grid;
        let most = ((plot_width + GAP) / (LEAST + GAP)).max(1.0) as usize;
        let most = grid.per_row.min(grid.images.len()).clamp(1, most);
        // Fewer side by side where a word of their labels would not fit below its image.
        let words = grid.labels.iter().flat_map(|label| label.split_whitespace());
        let widest = words.map(|word| width(word, TEXT, false)).fold(0.0, f64::max);
        let cell = |columns: usize| (plot_width + GAP) / columns as f64 - 2.0;
        self.per_row = (1..=most).rev().find(|columns| cell(*columns) >= widest).unwrap_or(1);
        let room = cell(self.per_row) + 2.0 - GAP;
        let side = (7.0 * grid.width.max(grid.height) as f64).clamp(widest.max(68.0), 190.0);
        let ratio = grid.height.max(1) as f64 / grid.width.max(1) as f64;
        let width_px = room.min(side).min(side / ratio);
        self.size = (width_px, width_px * ratio);
        let cell = width_px + GAP - 2.0;
        self.labels = grid.labels.iter().map(|label| wrap(label, TEXT, false, cell)).collect();
    }

    fn height(&self) -> f64 {
        let labels = if self.labels.is_empty() { 0.0 } else { 6.0 + self.label_height() };
        (self.size.1 + labels + GAP) * self.rows() as f64 + self.key_height()
    }

    fn draw(&self, pen: &Pen<'_>, corner: Place) -> Drawn {
        let scheme = if self.grid.diverging { Scheme::Diverging } else { Scheme::Grey };
        let labels = if self.labels.is_empty() { 0.0 } else { 6.0 + self.label_height() };
        if self.grid.images.is_empty() {
            return pen.text("no data", (corner.0, corner.1 + 8.0), Lettering::new(TEXT, Paint::Mute));
        }
        for (index, image) in self.grid.images.iter().enumerate() {
            let (row, column) = (index / self.per_row, index % self.per_row);
            let left = corner.0 + column as f64 * (self.size.0 + GAP);
            let top = corner.1 + row as f64 * (self.size.1 + labels + GAP);
            pen.raw(block(image, self.grid.width, self.grid.range, scheme, ((left, top), self.size)))?;
            pen.raw(format!(
                r#"<rect x="{}" y="{}" width="{}" height="{}" class="g-k-mute" stroke="{}" stroke-width="0.8" fill="none"/>"#,
                number(left),
                number(top),
                number(self.size.0),
                number(self.size.1),
                Paint::Mute.hex()
            ))?;
            let lettering = Lettering::new(TEXT, Paint::Mute).anchored(HPos::Center, VPos::Top);
            for (line, text) in self.labels.get(index).into_iter().flatten().enumerate() {
                let at = (left + self.size.0 / 2.0, top + self.size.1 + 7.0 + LINE * line as f64);
                pen.text(text, at, lettering)?;
            }
        }
        if self.grid.diverging {
            self.draw_key(pen, (corner.0, corner.1 + self.height() - 8.0))?;
        }
        Ok(())
    }
}
