//! One chart: its axes, its data, its guides, and the strip of pulls below it.

use plotters::style::text_anchor::{HPos, VPos};

use super::fit::drawable;
use super::frame::{Footing, Frame, Place};
use super::layout::Plan;
use super::pen::{Drawn, Lettering, Pen, Stroke};
use super::scale::{Axis, Room};
use super::sizes::{LINE, TEXT};
use super::text::{width, wrap};
use super::theme::Paint;
use super::{guides, pulls, series};
use crate::figure::Chart;

/// A chart measured for its place.
pub(super) struct ChartPlan<'a> {
    chart: &'a Chart,
    empty: bool,
    height: f64,
    width: f64,
    x: Axis,
    y: Axis,
    pull: Option<Axis>,
    footing: Footing,
}

impl<'a> ChartPlan<'a> {
    /// Measures a chart for a panel of a width in pixels, its axes between the given ends.
    pub(super) fn new(chart: &'a Chart, panel: f64, across: (f64, f64), up: (f64, f64)) -> Self {
        let empty = chart.series.iter().all(|series| drawable(chart, series).next().is_none());
        let pull = pulls::axis(chart);
        let height = 130.0 + 0.23 * panel - if pull.is_some() && panel > 400.0 { 30.0 } else { 0.0 };
        let mut y = Axis::new(&chart.y, up, Room::Up(height));
        let mut x = Axis::new(&chart.x, across, Room::Along(panel));
        if empty {
            // Without data the ends mean nothing unless the figure fixed them.
            for (axis, scale) in [(&mut x, &chart.x), (&mut y, &chart.y)] {
                if scale.range.is_none() && scale.categories.is_empty() {
                    axis.ticks.clear();
                    axis.minor.clear();
                }
            }
        }
        let footing = Footing::new(&x, panel);
        Self { chart, empty, height, width: panel, x, y, pull, footing }
    }

    fn left_gutter(&self) -> f64 {
        let lines = wrap(&self.y.label, TEXT, false, self.height + 20.0).len() as f64;
        let pulls = self.pull.as_ref().map_or(0.0, Axis::label_width);
        let label = if lines > 0.0 { LINE * lines + 5.0 } else { 0.0 };
        label + self.y.label_width().max(pulls) + 8.0
    }
}

impl Plan for ChartPlan<'_> {
    fn gutters(&self) -> (f64, f64) {
        let last = self.x.ticks.last().map_or(0.0, |tick| {
            let half = width(&tick.label, TEXT, false) / 2.0;
            half - (1.0 - self.x.fraction(tick.at)) * 0.8 * self.width
        });
        (self.left_gutter(), last.max(6.0))
    }

    fn settle(&mut self, plot_width: f64) {
        self.width = plot_width;
        if !self.x.ticks.is_empty() || !self.empty {
            self.x = Axis::new(&self.chart.x, (self.x.low, self.x.high), Room::Along(plot_width));
        }
        self.footing = Footing::new(&self.x, plot_width);
    }

    fn height(&self) -> f64 {
        self.height + self.strip() + self.footing.height()
    }

    fn strip(&self) -> f64 {
        if self.pull.is_some() { pulls::GAP + pulls::HEIGHT } else { 0.0 }
    }

    fn grow(&mut self, by: f64) {
        if by <= 0.0 {
            return;
        }
        self.height += by;
        if !self.y.ticks.is_empty() || !self.empty {
            self.y = Axis::new(&self.chart.y, (self.y.low, self.y.high), Room::Up(self.height));
        }
    }

    fn draw(&self, pen: &Pen<'_>, corner: Place) -> Drawn {
        let frame = Frame::new(corner, (self.width, self.height), &self.x, &self.y);
        frame.draw_grid(pen)?;
        guides::draw_lines(pen, &frame, self.chart)?;
        frame.draw_left_axis(pen)?;
        frame.draw_bottom_axis(pen)?;
        if self.y.low < 0.0 && self.y.high > 0.0 && !self.y.log {
            let zero = frame.place(self.x.low, 0.0).1;
            let line = [(frame.left, zero), (frame.right, zero)];
            pen.line(&line, Stroke { opacity: 0.5, ..Stroke::solid(Paint::Mute, 1.0) })?;
        }
        frame.draw_left_label(pen, self.left_gutter())?;
        series::draw(pen, &frame, self.chart)?;
        guides::draw_labels(pen, &frame, self.chart)?;
        if self.empty {
            let middle = ((frame.left + frame.right) / 2.0, (frame.top + frame.bottom) / 2.0);
            pen.text(
                "no data",
                middle,
                Lettering::new(TEXT, Paint::Mute).anchored(HPos::Center, VPos::Center),
            )?;
        }
        let Some(pull) = &self.pull else { return self.footing.draw(pen, &frame) };
        let top = frame.bottom + pulls::GAP;
        let strip = Frame::new((corner.0, top), (self.width, pulls::HEIGHT), &self.x, pull);
        pulls::draw(pen, &strip, self.chart)?;
        self.footing.draw(pen, &strip)
    }
}
