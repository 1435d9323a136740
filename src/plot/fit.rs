//! The ends of a chart's axes where the figure leaves them open.

use crate::figure::{Chart, Mark, Point, Role, Scale, Series};

/// The least and greatest of what has been seen.
#[derive(Debug, Clone, Copy)]
struct Extent {
    low: f64,
    high: f64,
}

impl Extent {
    const NOTHING: Self = Self { low: f64::INFINITY, high: f64::NEG_INFINITY };

    fn of(values: impl Iterator<Item = f64>) -> Self {
        values.fold(Self::NOTHING, |seen, v| Self { low: seen.low.min(v), high: seen.high.max(v) })
    }

    fn with(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    fn known(self) -> Option<Self> {
        (self.low <= self.high).then_some(self)
    }

    fn span(self) -> f64 {
        self.high - self.low
    }
}

/// Whether an axis can show a value at all.
fn visible(scale: &Scale, value: f64) -> bool {
    value.is_finite() && (value > 0.0 || !scale.log)
}

/// The points of a series that its axes can show.
pub(super) fn drawable<'a>(chart: &'a Chart, series: &'a Series) -> impl Iterator<Item = &'a Point> + Clone {
    series.points.iter().filter(move |point| {
        let y = match (series.mark, point.interval) {
            (Mark::Band, Some((low, high))) => visible(&chart.y, high) && low.is_finite(),
            (Mark::Band, None) => false,
            _ => visible(&chart.y, point.y),
        };
        visible(&chart.x, point.x) && y
    })
}

/// Air below what would touch the lower axis, and how near to it a mark does, as shares of the span.
const AIR: f64 = 0.05;
const MARK: f64 = 0.03;

/// Half the least distance between neighbours, for bars and steps; half of one where there is no neighbour.
pub(super) fn half_step(points: &[f64]) -> f64 {
    let gaps = points.windows(2).map(|pair| libm::fabs(pair[1] - pair[0])).filter(|gap| *gap > 0.0);
    let least = gaps.fold(f64::INFINITY, f64::min);
    if least.is_finite() { least / 2.0 } else { 0.5 }
}

/// Ends that differ, and are positive where the axis is logarithmic.
pub(super) fn widened((low, high): (f64, f64), log: bool) -> (f64, f64) {
    let (low, high) = (low.min(high), low.max(high));
    if high - low > 1e-12 * libm::fabs(low).max(libm::fabs(high)) && high - low > f64::MIN_POSITIVE {
        return (low, high);
    }
    let middle = low;
    if log {
        return (middle / 2.0, middle * 2.0);
    }
    let reach = if middle == 0.0 { 1.0 } else { 0.1 * libm::fabs(middle) };
    (middle - reach, middle + reach)
}

fn fixed(scale: &Scale) -> Option<(f64, f64)> {
    if !scale.categories.is_empty() {
        return Some((-0.5, scale.categories.len() as f64 - 0.5));
    }
    scale.range.filter(|(a, b)| visible(scale, *a) && visible(scale, *b)).map(|ends| widened(ends, scale.log))
}

/// Ends moved outwards by a share of their distance.
fn padded(seen: Extent, log: bool, below: f64, above: f64) -> (f64, f64) {
    let (low, high) = widened((seen.low, seen.high), log);
    if log {
        let span = libm::log(high / low);
        (low * libm::exp(-below * span), high * libm::exp(above * span))
    } else {
        (low - below * (high - low), high + above * (high - low))
    }
}

fn empty_ends(log: bool) -> (f64, f64) {
    if log { (1.0, 10.0) } else { (0.0, 1.0) }
}

/// The horizontal ends: given, or fitted to the data with a little air around marks.
pub(super) fn horizontal(chart: &Chart) -> (f64, f64) {
    if let Some(ends) = fixed(&chart.x) {
        return ends;
    }
    let mut seen = Extent::NOTHING;
    let mut air = 0.0;
    for series in &chart.series {
        let places: Vec<f64> = drawable(chart, series).map(|point| point.x).collect();
        let mut extent = Extent::of(places.iter().copied());
        match series.mark {
            Mark::Bars | Mark::Steps if !chart.x.log && !places.is_empty() => {
                let half = half_step(&places);
                extent = Extent { low: extent.low - half, high: extent.high + half };
            }
            Mark::Points | Mark::Scatter => air = 0.03,
            _ => {}
        }
        seen = seen.with(extent);
    }
    let Some(mut seen) = seen.known() else { return empty_ends(chart.x.log) };
    for guide in chart.guides.iter().filter(|guide| guide.vertical && visible(&chart.x, guide.at)) {
        let (near, air) = if chart.x.log { (0.0, 0.0) } else { (0.15 * seen.span(), 0.02 * seen.span()) };
        if guide.at < seen.low && guide.at >= seen.low - near {
            seen.low = guide.at - air;
        }
        if guide.at > seen.high && guide.at <= seen.high + near {
            seen.high = guide.at + air;
        }
    }
    let (low, high) = padded(seen, chart.x.log, air, air);
    // Air must not suggest values below zero.
    if seen.low >= 0.0 && low < 0.0 && !chart.x.log && seen.span() > 0.0 { (0.0, high) } else { (low, high) }
}

/// The vertical ends: given, or fitted to data, bars, guides and references. A reference that runs far beyond the data, such
/// as a divergence, is cut rather than allowed to flatten them.
pub(super) fn vertical(chart: &Chart) -> (f64, f64) {
    if let Some(ends) = fixed(&chart.y) {
        return ends;
    }
    let log = chart.y.log;
    let (mut data, mut references, mut from_zero) = (Extent::NOTHING, Vec::new(), false);
    let mut lowest_mark = f64::INFINITY;
    for series in &chart.series {
        let points: Vec<&Point> = drawable(chart, series).collect();
        let line = matches!(series.mark, Mark::Line | Mark::Dashed);
        if line && series.role == Role::Reference {
            references.extend(points.iter().map(|point| point.y));
            continue;
        }
        if !points.is_empty() && matches!(series.mark, Mark::Bars | Mark::Steps) {
            from_zero = true;
        }
        if matches!(series.mark, Mark::Points | Mark::Scatter) {
            lowest_mark = points.iter().map(|point| point.y).fold(lowest_mark, f64::min);
        }
        let ends = points.iter().flat_map(|point| {
            let (low, high) = point.interval.unwrap_or((point.y, point.y));
            [low, high, if series.mark == Mark::Band { high } else { point.y }]
        });
        data = data.with(Extent::of(ends.filter(|y| visible(&chart.y, *y))));
    }
    let Some(mut seen) = with_references(data, references, log).known() else { return empty_ends(log) };
    for guide in chart.guides.iter().filter(|guide| !guide.vertical && visible(&chart.y, guide.at)) {
        // Room for its label above it.
        let air = if log { 0.0 } else { 0.06 * seen.span() };
        seen = seen.with(Extent { low: guide.at, high: guide.at + air });
    }
    if log {
        return padded(seen, true, 0.05, 0.05);
    }
    let span = seen.span();
    let near_zero = seen.low >= 0.0 && span > 0.0 && seen.low < 0.5 * span;
    if from_zero || near_zero {
        let (low, high) = (seen.low.min(0.0), seen.high.max(0.0));
        let span = if high > low { high - low } else { 1.0 };
        // Marks that would sit on the axis line get air, lest they reach the numbers below it.
        let on_the_line = !from_zero && lowest_mark < MARK * span;
        let below = if low < 0.0 || on_the_line { AIR * span } else { 0.0 };
        // A label of a vertical line finds room above bars.
        let named = from_zero && chart.guides.iter().any(|guide| guide.vertical && !guide.label.is_empty());
        let air = if named { 0.14 } else { 0.06 };
        let above = if high > 0.0 || low == high { air * span } else { 0.0 };
        return (low - below, high + above);
    }
    padded(seen, false, 0.06, 0.06)
}

/// Data and references together; references in full where they do not more than double and a half the span of the data, else
/// their bulk, without the extreme 3 % at either end.
fn with_references(data: Extent, mut references: Vec<f64>, log: bool) -> Extent {
    let whole = Extent::of(references.iter().copied());
    let Some(measured) = data.known() else { return whole };
    let both = data.with(whole);
    let span = |extent: Extent| if log { libm::log(extent.high / extent.low) } else { extent.span() };
    if span(both) <= 2.5 * span(measured) || references.len() < 8 {
        return both;
    }
    references.sort_by(f64::total_cmp);
    let cut = (0.03 * references.len() as f64) as usize + 1;
    data.with(Extent { low: references[cut], high: references[references.len() - 1 - cut] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Guide;

    fn chart(points: Vec<Point>, mark: Mark) -> Chart {
        let series = Series { label: String::new(), mark, role: Role::Data(0), points };
        Chart {
            title: String::new(),
            x: Scale::linear("x"),
            y: Scale::linear("y"),
            series: vec![series],
            guides: vec![],
            pulls: false,
        }
    }

    #[test]
    fn degenerate_data_get_room() {
        assert_eq!(vertical(&chart(vec![Point::new(1.0, 0.0)], Mark::Points)), (-1.12, 1.12));
        let (low, high) = vertical(&chart(vec![Point::new(1.0, -5.0), Point::new(2.0, -5.0)], Mark::Points));
        assert!(low < -5.0 && high > -5.0);
        assert_eq!(vertical(&chart(vec![], Mark::Points)), (0.0, 1.0));
        let mut log = chart(vec![Point::new(1.0, -3.0), Point::new(2.0, 4.0)], Mark::Points);
        log.y.log = true;
        let (low, high) = vertical(&log);
        assert!(low > 0.0 && low < 4.0 && high > 4.0);
    }

    #[test]
    fn small_positive_data_start_at_zero_and_bars_always_do() {
        assert_eq!(vertical(&chart(vec![Point::new(0.0, 0.2), Point::new(1.0, 1.0)], Mark::Points)).0, 0.0);
        assert!(vertical(&chart(vec![Point::new(0.0, 9.0), Point::new(1.0, 10.0)], Mark::Points)).0 > 8.0);
        let on_the_line = vec![Point::new(0.0, 0.01), Point::new(1.0, 1.0)];
        assert_eq!(vertical(&chart(on_the_line.clone(), Mark::Scatter)).0, -AIR);
        assert_eq!(vertical(&chart(on_the_line, Mark::Steps)).0, 0.0);
        assert_eq!(vertical(&chart(vec![Point::new(0.0, 9.0), Point::new(1.0, 10.0)], Mark::Bars)).0, 0.0);
        assert_eq!(
            horizontal(&chart(vec![Point::new(0.0, 9.0), Point::new(1.0, 10.0)], Mark::Bars)),
            (-0.5, 1.5)
        );
    }

    #[test]
    fn a_divergent_reference_does_not_flatten_the_data() {
        let mut diverging = chart(vec![Point::new(0.0, 1.0), Point::new(1.0, 2.0)], Mark::Points);
        let points = (1..200).map(|i| Point::new(f64::from(i) / 200.0, 100.0 / f64::from(i))).collect();
        diverging.series.push(Series {
            label: String::new(),
            mark: Mark::Line,
            role: Role::Reference,
            points,
        });
        assert!(vertical(&diverging).1 < 30.0);
    }

    #[test]
    fn guides_that_are_near_are_shown() {
        let mut guided = chart(vec![Point::new(0.0, 1.0), Point::new(1.0, 2.0)], Mark::Line);
        guided.guides = vec![
            Guide { vertical: true, at: 1.1, label: String::new() },
            Guide { vertical: true, at: 9.0, label: String::new() },
            Guide { vertical: false, at: 3.0, label: String::new() },
        ];
        assert!((1.1..1.2).contains(&horizontal(&guided).1));
        assert!(vertical(&guided).1 >= 3.0);
    }
}
