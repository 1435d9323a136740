//! A plot's rectangle with its axes: places in pixels, lines cut at its edges, and the drawing of axes and grid.

use plotters::coord::CoordTranslate;
use plotters::coord::cartesian::Cartesian2d;
use plotters::style::text_anchor::{HPos, VPos};

use super::backend::{FINE, fine};
use super::pen::{Drawn, Lettering, Pen, Stroke};
use super::scale::Axis;
use super::sizes::{LINE, TEXT};
use super::text::{width, wrap};
use super::theme::Paint;

/// A place in pixels.
pub(super) type Place = (f64, f64);

/// The rectangle between two axes.
pub(super) struct Frame {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Lower edge.
    pub bottom: f64,
    coord: Cartesian2d<Axis, Axis>,
}

impl Frame {
    /// A frame from its upper left corner and size.
    pub(super) fn new((left, top): Place, (width, height): (f64, f64), x: &Axis, y: &Axis) -> Self {
        let (right, bottom) = (left + width, top + height);
        let limits = (fine(left)..fine(right), fine(bottom)..fine(top));
        Self { left, top, right, bottom, coord: Cartesian2d::new(x.clone(), y.clone(), limits) }
    }

    /// The horizontal axis.
    pub(super) fn x(&self) -> &Axis {
        self.coord.x_spec()
    }

    /// The vertical axis.
    pub(super) fn y(&self) -> &Axis {
        self.coord.y_spec()
    }

    /// Where a point lies.
    pub(super) fn place(&self, x: f64, y: f64) -> Place {
        let (x, y) = self.coord.translate(&(x, y));
        (f64::from(x) / f64::from(FINE), f64::from(y) / f64::from(FINE))
    }

    /// A place moved inside.
    pub(super) fn inside(&self, (x, y): Place) -> Place {
        (x.clamp(self.left, self.right), y.clamp(self.top, self.bottom))
    }

    /// Whether both axes show a point.
    pub(super) fn shows(&self, x: f64, y: f64) -> bool {
        self.x().shows(x) && self.y().shows(y)
    }

    /// The parts of a line that lie inside.
    pub(super) fn cut(&self, line: &[Place]) -> Vec<Vec<Place>> {
        let mut parts: Vec<Vec<Place>> = Vec::new();
        for pair in line.windows(2) {
            let Some((from, to)) = self.cut_segment(pair[0], pair[1]) else { continue };
            match parts.last_mut() {
                Some(part) if part.last() == Some(&from) => part.push(to),
                _ => parts.push(vec![from, to]),
            }
        }
        parts
    }

    /// One segment cut at the edges (Liang and Barsky).
    fn cut_segment(&self, a: Place, b: Place) -> Option<(Place, Place)> {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
        let edges =
            [(-dx, a.0 - self.left), (dx, self.right - a.0), (-dy, a.1 - self.top), (dy, self.bottom - a.1)];
        for (outwards, distance) in edges {
            if outwards == 0.0 {
                if distance < 0.0 {
                    return None;
                }
            } else if outwards < 0.0 {
                enter = enter.max(distance / outwards);
            } else {
                leave = leave.min(distance / outwards);
            }
        }
        if enter > leave {
            return None;
        }
        let at = |t: f64| {
            if t == 0.0 {
                a
            } else if t == 1.0 {
                b
            } else {
                (a.0 + t * dx, a.1 + t * dy)
            }
        };
        Some((at(enter), at(leave)))
    }

    /// Grid lines: horizontal ones at each tick, vertical ones too on logarithmic axes.
    pub(super) fn draw_grid(&self, pen: &Pen<'_>) -> Drawn {
        let level = |at: f64| {
            [(self.left, self.place(self.x().low, at).1), (self.right, self.place(self.x().low, at).1)]
        };
        let upright = |at: f64| {
            [(self.place(at, self.y().low).0, self.top), (self.place(at, self.y().low).0, self.bottom)]
        };
        let faint = Stroke { opacity: 0.6, ..Stroke::solid(Paint::Grid, 0.6) };
        let (mut fine, mut firm): (Vec<[Place; 2]>, Vec<[Place; 2]>) = (Vec::new(), Vec::new());
        if self.y().log {
            fine.extend(self.y().minor.iter().map(|at| level(*at)));
        }
        if self.x().log {
            fine.extend(self.x().minor.iter().map(|at| upright(*at)));
            firm.extend(self.x().ticks.iter().map(|tick| upright(tick.at)));
        }
        firm.extend(self.y().ticks.iter().map(|tick| level(tick.at)));
        pen.lines(&fine, faint)?;
        pen.lines(&firm, Stroke::solid(Paint::Grid, 1.0))
    }

    /// The left axis: line, ticks and their labels.
    pub(super) fn draw_left_axis(&self, pen: &Pen<'_>) -> Drawn {
        let mut lines = vec![[(self.left, self.top), (self.left, self.bottom)]];
        let lettering = Lettering::new(TEXT, Paint::Mute).anchored(HPos::Right, VPos::Center);
        for tick in &self.y().ticks {
            let y = self.place(self.x().low, tick.at).1;
            lines.push([(self.left - 4.0, y), (self.left, y)]);
            pen.text(&tick.label, (self.left - 7.0, y), lettering)?;
        }
        pen.lines(&lines, Stroke::solid(Paint::Mute, 1.0))
    }

    /// The label of the left axis, reading upwards, its lines ending `gutter` left of the frame.
    pub(super) fn draw_left_label(&self, pen: &Pen<'_>, gutter: f64) -> Drawn {
        let lines = wrap(&self.y().label, TEXT, false, self.bottom - self.top + 20.0);
        let lettering = Lettering::new(TEXT, Paint::Ink).anchored(HPos::Center, VPos::Center).upright();
        for (index, line) in lines.iter().enumerate() {
            let x = self.left - gutter + LINE * (index as f64 + 0.5);
            // A label longer than its axis grows downwards, never out of the figure's top.
            let half = width(line, TEXT, false) / 2.0;
            let middle = ((self.top + self.bottom) / 2.0).max(self.top - 10.0 + half);
            pen.text(line, (x, middle), lettering)?;
        }
        Ok(())
    }

    /// The lower axis line with its ticks, without labels.
    pub(super) fn draw_bottom_axis(&self, pen: &Pen<'_>) -> Drawn {
        let mut lines = vec![[(self.left, self.bottom), (self.right, self.bottom)]];
        lines.extend(self.x().ticks.iter().map(|tick| {
            let x = self.place(tick.at, self.y().low).0;
            [(x, self.bottom), (x, self.bottom + 4.0)]
        }));
        pen.lines(&lines, Stroke::solid(Paint::Mute, 1.0))
    }
}

/// A name that may also break after a dash inside a long word.
fn breakable(name: &str) -> String {
    let word = |word: &str| match word.chars().count() {
        0..=9 => word.to_owned(),
        _ => word.replace('–', "– ").replace('-', "- "),
    };
    name.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// How far below the axis the labels of its ticks begin: so far that the first keeps off the lowest label of the left axis.
const BELOW: f64 = 10.0;

/// How the labels below an axis are set.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Footing {
    /// Each tick's label, broken into lines.
    ticks: Vec<Vec<String>>,
    /// Whether tick labels read upwards, for want of room.
    upright: bool,
    /// The axis label, broken into lines.
    label: Vec<String>,
    tick_height: f64,
}

impl Footing {
    /// Sets the labels of an axis of a length in pixels.
    pub(super) fn new(axis: &Axis, length: f64) -> Self {
        let step = axis
            .ticks
            .windows(2)
            .map(|pair| libm::fabs(axis.fraction(pair[1].at) - axis.fraction(pair[0].at)) * length)
            .fold(length, f64::min);
        let single: Vec<Vec<String>> = axis.ticks.iter().map(|tick| vec![tick.label.clone()]).collect();
        let widest = |lines: &[Vec<String>]| {
            lines.iter().flatten().map(|line| width(line, TEXT, false)).fold(0.0, f64::max)
        };
        let label = wrap(&axis.label, TEXT, false, length + 30.0);
        let names = axis.ticks.iter().any(|tick| tick.label.chars().any(char::is_alphabetic));
        if !names || widest(&single) + 8.0 <= step {
            return Self { ticks: single, upright: false, label, tick_height: LINE + 1.0 };
        }
        let broken: Vec<Vec<String>> =
            axis.ticks.iter().map(|tick| wrap(&breakable(&tick.label), TEXT, false, step - 6.0)).collect();
        let lines = broken.iter().map(Vec::len).max().unwrap_or(1);
        if widest(&broken) + 4.0 <= step && lines <= 3 {
            let tick_height = 2.0 + LINE * lines as f64;
            return Self { ticks: broken, upright: false, label, tick_height };
        }
        let tick_height = widest(&single) + 6.0;
        Self { ticks: single, upright: true, label, tick_height }
    }

    /// Height below the axis line.
    pub(super) fn height(&self) -> f64 {
        let label = if self.label.is_empty() { 0.0 } else { 6.0 + LINE * self.label.len() as f64 };
        BELOW - 1.0 + self.tick_height + label
    }

    /// Draws the labels below a frame, and the axis label centred below them.
    pub(super) fn draw(&self, pen: &Pen<'_>, frame: &Frame) -> Drawn {
        let top = frame.bottom + BELOW;
        let lettering = Lettering::new(TEXT, Paint::Mute);
        for (tick, lines) in frame.x().ticks.iter().zip(&self.ticks) {
            let x = frame.place(tick.at, frame.y().low).0;
            for (index, line) in lines.iter().enumerate() {
                if self.upright {
                    pen.text(line, (x, top), lettering.anchored(HPos::Right, VPos::Center).upright())?;
                } else {
                    let at = (x, top + LINE * index as f64);
                    pen.text(line, at, lettering.anchored(HPos::Center, VPos::Top))?;
                }
            }
        }
        let lettering = Lettering::new(TEXT, Paint::Ink).anchored(HPos::Center, VPos::Top);
        for (index, line) in self.label.iter().enumerate() {
            let y = frame.bottom + BELOW - 1.0 + self.tick_height + 6.0 + LINE * index as f64;
            pen.text(line, ((frame.left + frame.right) / 2.0, y), lettering)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::scale::Room;
    use super::*;
    use crate::figure::Scale;

    fn frame() -> Frame {
        let axis = Axis::new(&Scale::linear("x"), (0.0, 10.0), Room::Along(100.0));
        Frame::new((0.0, 0.0), (100.0, 100.0), &axis, &axis)
    }

    #[test]
    fn the_lower_left_is_the_origin() {
        assert_eq!(frame().place(0.0, 0.0), (0.0, 100.0));
        assert_eq!(frame().place(10.0, 5.0), (100.0, 50.0));
        assert!(frame().shows(10.0, 0.0) && !frame().shows(10.1, 0.0));
    }

    #[test]
    fn lines_are_cut_at_the_edges() {
        let parts = frame().cut(&[(-50.0, 50.0), (50.0, 50.0), (50.0, -50.0), (60.0, -50.0), (60.0, 20.0)]);
        assert_eq!(
            parts,
            vec![vec![(0.0, 50.0), (50.0, 50.0), (50.0, 0.0)], vec![(60.0, 0.0), (60.0, 20.0)]]
        );
        assert!(frame().cut(&[(-1.0, -1.0), (-1.0, 200.0)]).is_empty());
    }

    #[test]
    fn long_names_break_or_stand_upright() {
        let mut scale = Scale::linear("Method");
        scale.categories = vec!["single spin flips".into(), "Wolff".into(), "parallel tempering".into()];
        let axis = Axis::new(&scale, (-0.5, 2.5), Room::Along(240.0));
        let footing = Footing::new(&axis, 240.0);
        assert!(!footing.upright && footing.ticks[2].len() == 2, "{footing:?}");
        assert!(Footing::new(&axis, 60.0).upright);
        assert!(!Footing::new(&axis, 600.0).upright);
    }
}
