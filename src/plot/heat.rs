//! A matrix as colours, with its axes and a colour bar.

use plotters::style::text_anchor::{HPos, VPos};

use super::backend::number;
use super::colours::{LEVELS, Scheme, cells};
use super::error::PlotError;
use super::fit::widened;
use super::frame::{Footing, Frame, Place};
use super::layout::Plan;
use super::pen::{Drawn, Lettering, Pen};
use super::scale::{Axis, Room};
use super::sizes::{LINE, TEXT};
use super::text::wrap;
use super::theme::Paint;
use crate::figure::{Heat, Scale};

/// Width of the colour bar, and its distance from the map.
const BAR: f64 = 12.0;
const BAR_GAP: f64 = 14.0;

/// The values at the two ends of the colour scale.
pub(super) fn ends(heat: &Heat) -> (f64, f64) {
    let finite = || heat.values.iter().copied().filter(|value| value.is_finite());
    if heat.diverging {
        let largest = finite().map(libm::fabs).fold(0.0, f64::max);
        return if largest > 0.0 { (-largest, largest) } else { (-1.0, 1.0) };
    }
    let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    if low > high { (0.0, 1.0) } else { widened((low, high), false) }
}

/// An axis over cells: names or numbers at their middles, or the outer ends that the scale fixes. Rows run downwards.
fn axis(scale: &Scale, cells: usize, down: bool, room: Room) -> Axis {
    let outer = (-0.5, cells as f64 - 0.5);
    let given = scale.range.filter(|(a, b)| {
        scale.categories.is_empty()
            && a != b
            && a.is_finite()
            && b.is_finite()
            && (!scale.log || a.min(*b) > 0.0)
    });
    let (first, last) = given.unwrap_or(outer);
    let scale = Scale { log: scale.log && given.is_some(), ..scale.clone() };
    let mut axis = Axis::new(&scale, if down { (last, first) } else { (first, last) }, room);
    if given.is_none() {
        axis.ticks.retain(|tick| tick.at == libm::round(tick.at) && axis_holds(outer, tick.at));
    }
    axis
}

fn axis_holds((low, high): (f64, f64), at: f64) -> bool {
    at > low && at < high
}

/// A heat map measured for its place.
pub(super) struct HeatPlan<'a> {
    heat: &'a Heat,
    ends: (f64, f64),
    size: (f64, f64),
    x: Axis,
    y: Axis,
    bar: Axis,
    footing: Footing,
}

impl<'a> HeatPlan<'a> {
    /// Measures a heat map for a panel of a width in pixels, its colours between the given ends.
    pub(super) fn new(heat: &'a Heat, panel: f64, figure: &str, ends: (f64, f64)) -> Result<Self, PlotError> {
        if heat.values.len() != heat.rows * heat.columns {
            return Err(PlotError::HeatShape {
                figure: figure.to_owned(),
                title: heat.title.clone(),
                values: heat.values.len(),
                rows: heat.rows,
                columns: heat.columns,
            });
        }
        let x = axis(&heat.x, heat.columns, false, Room::Along(panel));
        let y = axis(&heat.y, heat.rows, true, Room::Up(200.0));
        let bar = Axis::new(&Scale::linear(heat.label.clone()), ends, Room::Up(200.0));
        let footing = Footing::new(&x, panel);
        let mut plan = Self { heat, ends, size: (panel, 200.0), x, y, bar, footing };
        plan.settle(0.75 * panel);
        Ok(plan)
    }

    fn left_gutter(&self) -> f64 {
        let lines = wrap(&self.y.label, TEXT, false, self.size.1 + 20.0).len() as f64;
        let label = if lines > 0.0 { LINE * lines + 5.0 } else { 0.0 };
        label + self.y.label_width() + 8.0
    }

    fn draw_bar(&self, pen: &Pen<'_>, frame: &Frame, scheme: Scheme) -> Drawn {
        let (left, top) = (frame.right + BAR_GAP, frame.top);
        let height = frame.bottom - frame.top;
        let levels: Vec<f64> = (0..LEVELS).rev().map(|level| level as f64).collect();
        pen.raw(block(&levels, 1, (0.0, (LEVELS - 1) as f64), scheme, ((left, top), (BAR, height))))?;
        let scale = Frame::new((left, top), (BAR, height), &self.bar, &self.bar);
        for tick in &self.bar.ticks {
            let y = scale.place(self.bar.low, tick.at).1;
            pen.text(&tick.label, (left + BAR + 5.0, y), Lettering::new(TEXT, Paint::Mute))?;
        }
        let middle = left + BAR + 5.0 + self.bar.label_width() + 4.0 + LINE / 2.0;
        let lettering = Lettering::new(TEXT, Paint::Ink).anchored(HPos::Center, VPos::Center).upright();
        for (index, line) in wrap(&self.bar.label, TEXT, false, height + 20.0).iter().enumerate() {
            let at = (middle + LINE * index as f64, (frame.top + frame.bottom) / 2.0);
            pen.text(line, at, lettering)?;
        }
        Ok(())
    }
}

/// A matrix of cells stretched over a rectangle, edges crisp.
pub(super) fn block(
    values: &[f64],
    columns: usize,
    ends: (f64, f64),
    scheme: Scheme,
    ((left, top), (width, height)): (Place, (f64, f64)),
) -> String {
    let rows = values.len() / columns.max(1);
    let (sx, sy) = (width / columns.max(1) as f64, height / rows.max(1) as f64);
    format!(
        r#"<g class="g-cells" shape-rendering="crispEdges" stroke-width="1" stroke-linecap="butt" transform="translate({} {}) scale({sx:.5} {sy:.5})">{}</g>"#,
        number(left),
        number(top),
        cells(values, columns, ends, scheme)
    )
}

impl Plan for HeatPlan<'_> {
    fn gutters(&self) -> (f64, f64) {
        let lines = wrap(&self.bar.label, TEXT, false, self.size.1 + 20.0).len() as f64;
        let label = if lines > 0.0 { 6.0 + LINE * lines } else { 0.0 };
        (self.left_gutter(), BAR_GAP + BAR + 5.0 + self.bar.label_width() + label)
    }

    fn settle(&mut self, plot_width: f64) {
        let (rows, columns) = (self.heat.rows.max(1) as f64, self.heat.columns.max(1) as f64);
        let height = (plot_width * rows / columns).clamp(120.0, 360.0);
        // Cells are square unless the matrix is far from it.
        let square = (0.4..=2.5).contains(&(rows / columns));
        let width = if square { plot_width.min(height * columns / rows) } else { plot_width };
        let height = if square { width * rows / columns } else { height };
        self.size = (width, height);
        self.x = axis(&self.heat.x, self.heat.columns, false, Room::Along(width));
        self.y = axis(&self.heat.y, self.heat.rows, true, Room::Up(height));
        self.bar = Axis::new(&Scale::linear(self.heat.label.clone()), self.ends, Room::Up(height));
        self.footing = Footing::new(&self.x, width);
    }

    fn height(&self) -> f64 {
        self.size.1 + self.footing.height()
    }

    fn draw(&self, pen: &Pen<'_>, corner: Place) -> Drawn {
        let frame = Frame::new(corner, self.size, &self.x, &self.y);
        if self.heat.values.is_empty() {
            let middle = ((frame.left + frame.right) / 2.0, (frame.top + frame.bottom) / 2.0);
            return pen.text("no data", middle, Lettering::new(TEXT, Paint::Mute));
        }
        let scheme = if self.heat.diverging { Scheme::Diverging } else { Scheme::Rising };
        pen.raw(block(&self.heat.values, self.heat.columns, self.ends, scheme, (corner, self.size)))?;
        frame.draw_left_axis(pen)?;
        frame.draw_bottom_axis(pen)?;
        frame.draw_left_label(pen, self.left_gutter())?;
        self.footing.draw(pen, &frame)?;
        self.draw_bar(pen, &frame, scheme)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heat(diverging: bool, values: Vec<f64>) -> Heat {
        Heat {
            title: String::new(),
            x: Scale::linear("i"),
            y: Scale::linear("j"),
            rows: 2,
            columns: values.len() / 2,
            values,
            diverging,
            label: "w".to_owned(),
        }
    }

    #[test]
    fn ends_follow_the_values() {
        assert_eq!(ends(&heat(true, vec![-1.0, 3.0, f64::NAN, 0.0])), (-3.0, 3.0));
        assert_eq!(ends(&heat(false, vec![2.0, 3.0])), (2.0, 3.0));
        assert_eq!(ends(&heat(true, vec![0.0, 0.0])), (-1.0, 1.0));
        assert_eq!(ends(&heat(false, vec![f64::NAN, f64::NAN])), (0.0, 1.0));
        let (low, high) = ends(&heat(false, vec![2.0, 2.0]));
        assert!(low < 2.0 && high > 2.0);
    }

    #[test]
    fn the_first_row_is_at_the_top_and_ticks_are_whole() {
        let y = axis(&Scale::linear(""), 3, true, Room::Up(200.0));
        assert!(y.fraction(0.0) > y.fraction(2.0));
        assert_eq!(y.ticks.iter().map(|tick| tick.at).collect::<Vec<_>>(), [0.0, 1.0, 2.0]);
    }

    #[test]
    fn values_must_fill_the_matrix() {
        let mut bad = heat(true, vec![0.0; 4]);
        bad.values.pop();
        assert!(matches!(
            HeatPlan::new(&bad, 600.0, "f", (0.0, 1.0)),
            Err(PlotError::HeatShape { values: 3, .. })
        ));
    }
}
