//! The data of a chart on its frame.

use super::fit::{drawable, half_step};
use super::frame::{Frame, Place};
use super::marks;
use super::pen::{Drawn, Pen, Stroke};
use super::theme::Paint;
use crate::figure::{Chart, Mark, Point, Role, Series};

/// Draws all series in order; exact lines go on top where crowds of marks would cover them.
pub(super) fn draw(pen: &Pen<'_>, frame: &Frame, chart: &Chart) -> Drawn {
    let bars: Vec<usize> = (0..chart.series.len()).filter(|i| chart.series[*i].mark == Mark::Bars).collect();
    let crowded = chart.series.iter().any(|series| is_marked(series) && series.points.len() > marks::CROWD);
    let exact =
        |series: &Series| series.role == Role::Reference && matches!(series.mark, Mark::Line | Mark::Dashed);
    let (below, on_top): (Vec<usize>, Vec<usize>) =
        (0..chart.series.len()).partition(|index| !(crowded && exact(&chart.series[*index])));
    for index in below.into_iter().chain(on_top) {
        let series = &chart.series[index];
        let points: Vec<&Point> = drawable(chart, series).collect();
        match series.mark {
            Mark::Points | Mark::Scatter => {
                let above = Above::of(frame, chart, index);
                draw_points(pen, frame, series, &points, &above)?;
            }
            Mark::Line | Mark::Dashed => {
                let places: Vec<Place> = points.iter().map(|point| frame.place(point.x, point.y)).collect();
                for part in frame.cut(&places) {
                    pen.line(&part, line_stroke(chart, series))?;
                }
            }
            Mark::Band => draw_band(pen, frame, series, &points)?,
            Mark::Bars => {
                let slot = bars.iter().position(|bar| *bar == index).unwrap_or(0);
                draw_bars(pen, frame, series, &points, (slot, bars.len()))?;
            }
            Mark::Steps => draw_steps(pen, frame, series, &points)?,
        }
    }
    Ok(())
}

/// The line of a series: exact curves in ink, thinner when there are several.
pub(super) fn line_stroke(chart: &Chart, series: &Series) -> Stroke {
    let references = chart
        .series
        .iter()
        .filter(|other| other.role == Role::Reference && matches!(other.mark, Mark::Line | Mark::Dashed))
        .count();
    let width = match series.role {
        Role::Reference if references > 1 => 1.0,
        Role::Reference => 1.5,
        Role::Data(_) => 1.7,
        Role::Muted => 1.2,
    };
    Stroke { dashed: series.mark == Mark::Dashed, ..Stroke::solid(Paint::of(series.role), width) }
}

/// Whether a series is drawn as marks.
fn is_marked(series: &Series) -> bool {
    matches!(series.mark, Mark::Points | Mark::Scatter)
}

/// Radius of marks: smaller where they would crowd.
pub(super) fn radius(frame: &Frame, count: usize) -> f64 {
    let room = (frame.right - frame.left) / count.max(1) as f64;
    match room {
        room if room >= 9.0 => 3.5,
        room if room >= 4.0 => 2.6,
        _ => 1.8,
    }
}

/// The places of the marks that later series put on top of those of one series; none for a crowd, which is dots.
struct Above(Vec<Vec<Place>>);

impl Above {
    fn of(frame: &Frame, chart: &Chart, index: usize) -> Self {
        if chart.series[index].points.len() > marks::CROWD {
            return Self(Vec::new());
        }
        let places = |series: &Series| marked_places(frame, drawable(chart, series).map(|p| (p.x, p.y)));
        Self(chart.series[index + 1..].iter().filter(|series| is_marked(series)).map(places).collect())
    }
}

/// Where those points lie that the frame shows.
pub(super) fn marked_places(frame: &Frame, points: impl Iterator<Item = (f64, f64)>) -> Vec<Place> {
    points.filter(|(x, y)| frame.shows(*x, *y)).map(|(x, y)| frame.place(x, y)).collect()
}

fn draw_points(
    pen: &Pen<'_>,
    frame: &Frame,
    series: &Series,
    points: &[&Point],
    Above(above): &Above,
) -> Drawn {
    let paint = Paint::of(series.role);
    let places: Vec<Place> = points.iter().map(|point| frame.place(point.x, point.y)).collect();
    if series.mark == Mark::Points {
        for part in frame.cut(&places) {
            pen.line(&part, Stroke { opacity: 0.38, ..Stroke::solid(paint, 1.0) })?;
        }
    }
    let shown = marked_places(frame, points.iter().map(|point| (point.x, point.y)));
    let radius = radius(frame, shown.len());
    // Below another bar at the same x, a broader one still shows at its sides.
    let (mut broad, mut narrow): (Vec<[Place; 2]>, Vec<[Place; 2]>) = (Vec::new(), Vec::new());
    for (point, place) in points.iter().zip(&places) {
        let bars = if marks::depth(*place, above, radius) > 0 { &mut broad } else { &mut narrow };
        bars.extend(error(frame, point, 0.0));
    }
    // The bars of a crowd are hair lines, so that they do not hide what they belong to.
    let hair = Stroke { opacity: 0.45, ..Stroke::solid(paint, 0.6) };
    pen.lines(&broad, Stroke::solid(paint, 4.5))?;
    pen.lines(&narrow, if shown.len() > marks::CROWD { hair } else { Stroke::solid(paint, 1.5) })?;
    pen.raw(marks::layered(series.role, &shown, radius, above))
}

/// The bar of a point's interval, cut at the frame.
fn error(frame: &Frame, point: &Point, offset: f64) -> Option<[Place; 2]> {
    let (low, high) = point.interval.filter(|(low, high)| low.is_finite() && high.is_finite())?;
    let (x, a) = frame.place(point.x, low);
    let (_, b) = frame.place(point.x, high);
    let parts = frame.cut(&[(x + offset, a), (x + offset, b)]);
    parts.first().map(|part| [part[0], part[part.len() - 1]])
}

fn draw_band(pen: &Pen<'_>, frame: &Frame, series: &Series, points: &[&Point]) -> Drawn {
    let edge = |pick: fn((f64, f64)) -> f64| {
        points
            .iter()
            .filter_map(move |point| point.interval.map(|interval| frame.place(point.x, pick(interval))))
            .map(|place| frame.inside(place))
    };
    let mut outline: Vec<Place> = edge(|interval| interval.1).collect();
    let lower: Vec<Place> = edge(|interval| interval.0).collect();
    outline.extend(lower.into_iter().rev());
    pen.polygon(&outline, Paint::of(series.role), 0.2)
}

/// Half the width of a bin or of a group of bars, in units of the axis.
fn reach(points: &[&Point]) -> f64 {
    half_step(&points.iter().map(|point| point.x).collect::<Vec<_>>())
}

/// The height from which bars rise: zero, or the foot of the frame on a logarithmic axis.
fn ground(frame: &Frame, x: f64) -> f64 {
    let y = if frame.y().log { frame.y().low } else { 0.0 };
    frame.inside(frame.place(x, y)).1
}

fn draw_bars(
    pen: &Pen<'_>,
    frame: &Frame,
    series: &Series,
    points: &[&Point],
    (slot, slots): (usize, usize),
) -> Drawn {
    let paint = Paint::of(series.role);
    let (mut bars, mut errors) = (Vec::new(), Vec::new());
    for point in points {
        let half = 0.78 * reach(points);
        let (left, right) = (frame.place(point.x - half, point.y).0, frame.place(point.x + half, point.y).0);
        // A lone category needs no bar as wide as the plot.
        let group = libm::fabs(right - left).min(90.0 * slots as f64);
        let middle = frame.place(point.x, point.y).0;
        let width = group / slots.max(1) as f64;
        let from = middle - group / 2.0 + width * slot as f64;
        let gap = if slots > 1 { 0.06 * width } else { 0.0 };
        let top = frame.inside(frame.place(point.x, point.y)).1;
        let corners =
            (frame.inside((from + gap, top)), frame.inside((from + width - gap, ground(frame, point.x))));
        // What is lower than a hundredth of a pixel shows nothing.
        if libm::fabs(corners.0.1 - corners.1.1) > 0.01 {
            bars.push(corners);
        }
        errors.push((point, from + width / 2.0 - middle));
    }
    pen.rectangles(&bars, Paint::Paper, 1.0)?;
    pen.rectangles(&bars, paint, 0.8)?;
    let errors: Vec<[Place; 2]> =
        errors.into_iter().filter_map(|(point, offset)| error(frame, point, offset)).collect();
    pen.lines(&errors, Stroke::solid(Paint::Ink, 1.3))
}

/// The outline of a histogram: bins reach half way to their neighbours.
fn step_outline(frame: &Frame, points: &[&Point]) -> Vec<Place> {
    let mut outline = Vec::new();
    let outer = reach(points);
    for (index, point) in points.iter().enumerate() {
        let before = index.checked_sub(1).map_or(point.x - outer, |i| (points[i].x + point.x) / 2.0);
        let after = points.get(index + 1).map_or(point.x + outer, |next| (next.x + point.x) / 2.0);
        let (before, after) =
            if frame.x().log { (before.max(frame.x().low), after) } else { (before, after) };
        outline.push(frame.inside(frame.place(before, point.y)));
        outline.push(frame.inside(frame.place(after, point.y)));
    }
    outline
}

fn draw_steps(pen: &Pen<'_>, frame: &Frame, series: &Series, points: &[&Point]) -> Drawn {
    let mut outline = step_outline(frame, points);
    let (Some(first), Some(last)) = (outline.first().copied(), outline.last().copied()) else {
        return Ok(());
    };
    let foot = ground(frame, points[0].x);
    outline.insert(0, (first.0, foot));
    outline.push((last.0, foot));
    let paint = Paint::of(series.role);
    pen.polygon(&outline, paint, if series.role == Role::Reference { 0.0 } else { 0.22 })?;
    pen.line(&outline, Stroke::solid(paint, 1.3))?;
    let errors: Vec<[Place; 2]> = points.iter().filter_map(|point| error(frame, point, 0.0)).collect();
    pen.lines(&errors, Stroke::solid(paint, 1.2))
}

/// Places that labels should keep clear of: marks, error bars and lines, sampled every few pixels.
pub(super) fn obstacles(frame: &Frame, chart: &Chart) -> Vec<Place> {
    let mut places = Vec::new();
    for series in &chart.series {
        let points: Vec<&Point> = drawable(chart, series).collect();
        let line: Vec<Place> = match series.mark {
            Mark::Steps => step_outline(frame, &points),
            _ => points.iter().map(|point| frame.place(point.x, point.y)).collect(),
        };
        if matches!(series.mark, Mark::Band) {
            continue;
        }
        if matches!(series.mark, Mark::Scatter | Mark::Bars) {
            places.extend(line.iter().copied());
        } else {
            frame.cut(&line).iter().for_each(|part| sample(part, &mut places));
            places.extend(line.iter().copied());
        }
        for point in points {
            let foot = (series.mark == Mark::Bars).then_some((0.0_f64.min(point.y), 0.0_f64.max(point.y)));
            if let Some((low, high)) = foot.or(point.interval) {
                let ends =
                    [frame.inside(frame.place(point.x, low)), frame.inside(frame.place(point.x, high))];
                sample(&ends, &mut places);
            }
        }
    }
    places
}

fn sample(line: &[Place], places: &mut Vec<Place>) {
    for pair in line.windows(2) {
        let (dx, dy) = (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1);
        let steps = libm::ceil(libm::hypot(dx, dy) / 5.0).max(1.0) as usize;
        places.extend(
            (0..=steps).map(|i| i as f64 / steps as f64).map(|t| (pair[0].0 + t * dx, pair[0].1 + t * dy)),
        );
    }
}
