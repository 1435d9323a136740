//! The strip of pulls below a chart: (value − reference)/σ, which exact agreement scatters about zero with spread one.

use super::fit::drawable;
use super::frame::{Frame, Place};
use super::marks;
use super::pen::{Drawn, Lettering, Pen, Stroke};
use super::scale::{Axis, Room};
use super::series::{marked_places, radius};
use super::sizes::NAME;
use super::theme::Paint;
use super::ticks::linear;
use crate::figure::{Chart, Point, Scale};

/// Height of the strip.
pub(super) const HEIGHT: f64 = 62.0;
/// Distance from the chart to the strip, with the strip's heading.
pub(super) const GAP: f64 = 25.0;

/// (value − reference)/σ of a point with a reference and an interval. σ is the length of the interval's arm towards the
/// reference; a point without error has no pull.
pub(super) fn pull(point: &Point) -> Option<f64> {
    let (low, high) = point.interval?;
    let reference = point.reference?;
    let sigma = if reference < point.y { point.y - low } else { high - point.y };
    let pull = (point.y - reference) / sigma;
    (sigma > 0.0 && pull.is_finite()).then_some(pull)
}

/// The strip's vertical axis, if the chart asks for one and a point has a pull.
pub(super) fn axis(chart: &Chart) -> Option<Axis> {
    if !chart.pulls {
        return None;
    }
    let pulls = chart.series.iter().flat_map(|series| drawable(chart, series)).filter_map(pull);
    let largest = pulls.map(libm::fabs).reduce(f64::max)?;
    let reach = if largest > 3.2 { 1.12 * largest } else { 3.5 };
    let mut axis = Axis::new(&Scale::linear(""), (-reach, reach), Room::Up(HEIGHT));
    if reach < 6.0 {
        axis.ticks = linear(-2.0, 2.0, 2).labelled;
    }
    Some(axis)
}

/// Draws the strip, but for the labels below it.
pub(super) fn draw(pen: &Pen<'_>, frame: &Frame, chart: &Chart) -> Drawn {
    let level = |pull: f64| frame.inside(frame.place(frame.x().low, pull)).1;
    pen.rectangle((frame.left, level(2.0)), (frame.right, level(-2.0)), Paint::Mute, 0.13)?;
    pen.line(&[(frame.left, level(0.0)), (frame.right, level(0.0))], Stroke::solid(Paint::Ink, 1.0))?;
    for guide in chart.guides.iter().filter(|guide| guide.vertical && frame.x().shows(guide.at)) {
        let x = frame.place(guide.at, 0.0).0;
        let stroke = Stroke { opacity: 0.75, dashed: true, ..Stroke::solid(Paint::Mute, 1.0) };
        pen.line(&[(x, frame.top), (x, frame.bottom)], stroke)?;
    }
    frame.draw_left_axis(pen)?;
    frame.draw_bottom_axis(pen)?;
    pen.text("pull = (value − exact)/*σ*", (frame.left, frame.top - 9.0), Lettering::new(NAME, Paint::Mute))?;
    let pulls = |series| drawable(chart, series).filter_map(|point| Some((point.x, pull(point)?)));
    let places: Vec<Vec<Place>> =
        chart.series.iter().map(|series| marked_places(frame, pulls(series))).collect();
    for (index, series) in chart.series.iter().enumerate() {
        let radius = 0.8 * radius(frame, places[index].len());
        let marks = marks::layered(series.role, &places[index], radius, &places[index + 1..]);
        pen.raw(marks.replace("g-mark", "g-pull"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pulls_use_the_arm_towards_the_reference() {
        let point = Point { x: 0.0, y: 1.0, interval: Some((0.9, 1.2)), reference: Some(0.8) };
        assert!((pull(&point).unwrap() - 2.0).abs() < 1e-12);
        assert!((pull(&Point { reference: Some(1.4), ..point }).unwrap() + 2.0).abs() < 1e-12);
        assert_eq!(pull(&Point { interval: None, ..point }), None);
        assert_eq!(pull(&Point { interval: Some((1.0, 1.0)), ..point }), None);
        assert_eq!(pull(&Point { reference: None, ..point }), None);
    }
}
