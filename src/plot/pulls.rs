//! The strip of pulls below a chart: (value − reference)/σ, which exact agreement scatters about zero with spread one.

use super::fit::drawable;
use super::frame::{Frame, Place};
use super::marks;
use super::pen::{Drawn, Lettering, Pen, Stroke};
use super::scale::{Axis, Room};
use super::series::{marked_places, radius};
use super::sizes::TEXT;
use super::theme::Paint;
use super::ticks::linear;
use crate::figure::{Chart, Point, Scale};

/// Height of the strip.
pub(super) const HEIGHT: f64 = 62.0;
/// What it shows.
const NAMED: &str = "pull = (value − exact)/*σ*";
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
    let mut axis = Axis::new(&Scale::linear(NAMED), (-reach, reach), Room::Up(HEIGHT));
    // A mark at zero and one at either side: ±2, or the largest round number that the strip holds.
    let side = if reach < 6.0 { 2.0 } else { round_below(0.95 * reach) };
    let ticks = linear(-side, side, 2);
    axis.ticks = ticks.labelled;
    Some(axis)
}

/// The largest of 1, 2 and 5 times a power of ten that is no larger than `most`.
fn round_below(most: f64) -> f64 {
    let decade = libm::pow(10.0, libm::floor(libm::log10(most)));
    [5.0, 2.0].into_iter().find(|mantissa| mantissa * decade <= most).unwrap_or(1.0) * decade
}

/// Draws the strip, but for the labels below it.
pub(super) fn draw(pen: &Pen<'_>, frame: &Frame, chart: &Chart) -> Drawn {
    let level = |pull: f64| frame.inside(frame.place(frame.x().low, pull)).1;
    pen.rectangle((frame.left, level(2.0)), (frame.right, level(-2.0)), Paint::Mute, 0.13)?;
    for guide in chart.guides.iter().filter(|guide| guide.vertical && frame.x().shows(guide.at)) {
        let x = frame.place(guide.at, 0.0).0;
        let stroke = Stroke { opacity: 0.75, dashed: true, ..Stroke::solid(Paint::Mute, 1.0) };
        pen.line(&[(x, frame.top), (x, frame.bottom)], stroke)?;
    }
    frame.draw_left_axis(pen)?;
    frame.draw_bottom_axis(pen)?;
    pen.text(&frame.y().label, (frame.left, frame.top - 9.0), Lettering::new(TEXT, Paint::Mute))?;
    let pulls = |series| drawable(chart, series).filter_map(|point| Some((point.x, pull(point)?)));
    let places: Vec<Vec<Place>> =
        chart.series.iter().map(|series| marked_places(frame, pulls(series))).collect();
    let crowded = places.iter().any(|places| places.len() > marks::CROWD);
    let zero =
        || pen.line(&[(frame.left, level(0.0)), (frame.right, level(0.0))], Stroke::solid(Paint::Ink, 1.0));
    if !crowded {
        zero()?;
    }
    for (index, series) in chart.series.iter().enumerate() {
        let radius = 0.8 * radius(frame, places[index].len());
        let marks = marks::layered(series.role, &places[index], radius, &places[index + 1..]);
        pen.raw(marks.replace("g-mark", "g-pull"))?;
    }
    if crowded { zero() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Mark, Role, Series};

    #[test]
    fn the_strip_is_marked_at_both_sides_of_zero_however_far_it_reaches() {
        for (largest, label) in [(0.5, "2"), (5.0, "2"), (6.0, "5"), (9.0, "5"), (41.0, "20"), (900.0, "500")]
        {
            let point = Point { reference: Some(0.0), ..Point::with_error(0.0, largest, 1.0) };
            let series = Series {
                label: String::new(),
                mark: Mark::Scatter,
                role: Role::Data(0),
                points: vec![point],
            };
            let chart = Chart {
                title: String::new(),
                x: Scale::linear(""),
                y: Scale::linear(""),
                series: vec![series],
                guides: Vec::new(),
                pulls: true,
            };
            let axis = axis(&chart).unwrap();
            let labels: Vec<&str> = axis.ticks.iter().map(|tick| tick.label.as_str()).collect();
            assert_eq!(labels, [format!("−{label}").as_str(), "0", label], "{largest}");
            assert!(axis.ticks.iter().all(|tick| axis.shows(tick.at)), "{largest}");
            assert_eq!(axis.label, NAMED);
        }
        assert_eq!([6.0, 10.0, 19.9, 20.0, 3e7].map(round_below), [5.0, 10.0, 10.0, 20.0, 2e7]);
    }

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
