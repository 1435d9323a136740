//! A figure in words, written from its data, for those who cannot see it.

use super::fit::drawable;
use super::heat::ends;
use super::pulls::pull;
use super::text::plain;
use super::trend::describe_frames;
use crate::figure::{Chart, Figure, Graph, Heat, ImageGrid, Mark, Panel, Point, Role, Scale, Series};
use crate::number::{significant, with_error};

/// What the figure shows: its axes; of each series how it runs, where it peaks, and the typical size of its errors; of each
/// heat map its range and extremes; of a slider how what it moves runs. Plain text, one paragraph.
pub fn describe(figure: &Figure) -> String {
    let mut sentences = Vec::new();
    push(&mut sentences, &plain(&figure.title));
    push(&mut sentences, &plain(&figure.subtitle));
    describe_panels(&figure.panels, &mut sentences);
    if let Some(frames) = &figure.frames {
        describe_frames(frames, &mut sentences);
    }
    sentences.join(" ")
}

/// What each panel shows, one after the other.
pub(super) fn describe_panels(panels: &[Panel], sentences: &mut Vec<String>) {
    for (index, panel) in panels.iter().enumerate() {
        if panels.len() > 1 {
            let title = match panel {
                Panel::Chart(chart) => &chart.title,
                Panel::Heat(heat) => &heat.title,
                Panel::Images(grid) => &grid.title,
                Panel::Graph(graph) => &graph.title,
            };
            let number = format!("Panel {} of {}", index + 1, panels.len());
            let heading = if title.is_empty() { number } else { format!("{number}, {}", plain(title)) };
            push(sentences, &heading);
        }
        match panel {
            Panel::Chart(chart) => describe_chart(chart, sentences),
            Panel::Heat(heat) => describe_heat(heat, sentences),
            Panel::Images(grid) => describe_images(grid, sentences),
            Panel::Graph(graph) => describe_graph(graph, sentences),
        }
    }
}

/// Adds a sentence with its full stop.
pub(super) fn push(sentences: &mut Vec<String>, sentence: &str) {
    let sentence = sentence.trim();
    if !sentence.is_empty() {
        let stop = if sentence.ends_with(['.', '?', '!']) { "" } else { "." };
        sentences.push(format!("{sentence}{stop}"));
    }
}

pub(super) fn short(value: f64) -> String {
    significant(value, 4)
}

/// A value of an axis: the name of its place, or the number.
pub(super) fn along(scale: &Scale, value: f64) -> String {
    let name = (value >= 0.0).then(|| scale.categories.get(libm::round(value) as usize)).flatten();
    name.map_or_else(|| short(value), |name| plain(name))
}

fn axis(scale: &Scale, fallback: &str) -> String {
    let label = if scale.label.is_empty() { fallback.to_owned() } else { plain(&scale.label) };
    if scale.log { format!("{label} (logarithmic)") } else { label }
}

fn describe_chart(chart: &Chart, sentences: &mut Vec<String>) {
    let kind = match chart.series.first().map(|series| series.mark) {
        Some(Mark::Bars) => "Bar chart",
        Some(Mark::Steps) => "Histogram",
        _ => "Chart",
    };
    push(
        sentences,
        &format!("{kind} of {} against {}", axis(&chart.y, "values"), axis(&chart.x, "position")),
    );
    let before = sentences.len();
    let exact = chart.series.iter().filter(|series| is_exact_curve(series)).count();
    for series in &chart.series {
        if exact > 1 && is_exact_curve(series) {
            continue;
        }
        let points: Vec<&Point> = drawable(chart, series).collect();
        if points.is_empty() || series.mark == Mark::Band {
            continue;
        }
        if series.label.is_empty() && !matches!(series.role, Role::Data(_)) {
            continue;
        }
        push(sentences, &describe_series(chart, series, &points));
    }
    if exact > 1 {
        push(sentences, &format!("{exact} exact curves accompany the data"));
    }
    if sentences.len() == before {
        push(sentences, "It holds no data");
    }
    for guide in &chart.guides {
        let (scale, kind) = if guide.vertical { (&chart.x, "vertical") } else { (&chart.y, "horizontal") };
        let place = along(scale, guide.at);
        let label = plain(&guide.label);
        push(
            sentences,
            &match label.as_str() {
                "" => format!("A {kind} line stands at {place}"),
                label => format!("A {kind} line at {place} marks {label}"),
            },
        );
    }
    describe_pulls(chart, sentences);
}

/// Whether a series is a reference drawn as a line with points to draw.
fn is_exact_curve(series: &Series) -> bool {
    let line = matches!(series.mark, Mark::Line | Mark::Dashed);
    line && series.role == Role::Reference && series.points.iter().any(|point| point.y.is_finite())
}

/// Half the length of an error bar.
fn error(point: &Point) -> Option<f64> {
    point.interval.map(|(low, high)| (high - low) / 2.0).filter(|error| error.is_finite() && *error > 0.0)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[middle]),
        _ => Some((values[middle - 1] + values[middle]) / 2.0),
    }
}

fn name(series: &Series) -> String {
    match series.label.as_str() {
        "" => "The data".to_owned(),
        label => plain(label),
    }
}

fn describe_series(chart: &Chart, series: &Series, points: &[&Point]) -> String {
    let value = |point: &Point| match error(point) {
        Some(error) => with_error(point.y, Some(error)),
        None => short(point.y),
    };
    let at = |point: &Point| along(&chart.x, point.x);
    let name = name(series);
    if !chart.x.categories.is_empty() || points.len() <= 2 {
        let each: Vec<String> =
            points.iter().take(12).map(|point| format!("{} at {}", value(point), at(point))).collect();
        let more =
            if points.len() > 12 { format!(", and {} more", points.len() - 12) } else { String::new() };
        return format!("{name}: {}{more}", each.join(", "));
    }
    let typical = median(points.iter().filter_map(|point| error(point)).collect());
    let trend = trend(chart, points, typical);
    let mut text = match series.mark {
        Mark::Points | Mark::Scatter => format!("{name} ({} points) {trend}", points.len()),
        _ => format!("{name} {trend}"),
    };
    if let Some(typical) = typical {
        text.push_str(&format!("; a typical error is {}", significant(typical, 2)));
    }
    text
}

/// How a series runs. A difference counts if it exceeds three typical errors and 5 % of the whole span.
fn trend(chart: &Chart, points: &[&Point], typical: Option<f64>) -> String {
    let (first, last) = (points[0], points[points.len() - 1]);
    let extreme = |better: fn(f64, f64) -> bool| {
        points.iter().fold(first, |best, point| if better(point.y, best.y) { point } else { best })
    };
    let (top, bottom) = (extreme(|a, b| a > b), extreme(|a, b| a < b));
    let noise = (3.0 * typical.unwrap_or(0.0)).max(0.05 * (top.y - bottom.y));
    let above = |a: f64, b: f64| a - b > noise;
    // What rounding leaves of a zero is told as one, where zero is a place on the axis.
    let (far, high) =
        points.iter().fold((0.0_f64, 0.0_f64), |(x, y), point| (x.max(point.x.abs()), y.max(point.y.abs())));
    let told = |value: f64, size: f64, log: bool| {
        if !log && value.abs() < 1e-12 * size { 0.0 } else { value }
    };
    let y = |point: &Point| short(told(point.y, high, chart.y.log));
    let at = |point: &Point| along(&chart.x, told(point.x, far, chart.x.log));
    let ends = format!("from {} at {} to {} at {}", y(first), at(first), y(last), at(last));
    let peaks = above(top.y, first.y) && above(top.y, last.y);
    let dips = above(first.y, bottom.y) && above(last.y, bottom.y);
    match (peaks, dips) {
        (true, false) => format!(
            "rises from {} at {} to a peak of {} at {}, then falls to {} at {}",
            y(first),
            at(first),
            y(top),
            at(top),
            y(last),
            at(last)
        ),
        (false, true) => format!(
            "falls from {} at {} to a least value of {} at {}, then rises to {} at {}",
            y(first),
            at(first),
            y(bottom),
            at(bottom),
            y(last),
            at(last)
        ),
        (true, true) => {
            format!("goes {ends}, between {} at {} and {} at {}", y(bottom), at(bottom), y(top), at(top))
        }
        _ if above(last.y, first.y) => format!("rises {ends}{}", setback(chart, points, noise, 1.0)),
        _ if above(first.y, last.y) => format!("falls {ends}{}", setback(chart, points, noise, -1.0)),
        _ if top.y == bottom.y => format!("stays at {} from {} to {}", y(first), at(first), at(last)),
        _ => format!("stays between {} and {} from {} to {}", y(bottom), y(top), at(first), at(last)),
    }
}

/// The largest run against the trend (upwards for a `sign` of 1, downwards for −1), when it is more than noise.
fn setback(chart: &Chart, points: &[&Point], noise: f64, sign: f64) -> String {
    let mut ahead = points[0];
    let mut worst = (points[0], points[0]);
    let depth = |(from, to): (&Point, &Point)| sign * (from.y - to.y);
    for point in points {
        if sign * (point.y - ahead.y) > 0.0 {
            ahead = point;
        }
        if depth((ahead, point)) > depth(worst) {
            worst = (ahead, point);
        }
    }
    if depth(worst) <= noise {
        return String::new();
    }
    let place = |point: &Point| format!("{} at {}", short(point.y), along(&chart.x, point.x));
    format!(", with a setback from {} to {}", place(worst.0), place(worst.1))
}

fn describe_pulls(chart: &Chart, sentences: &mut Vec<String>) {
    if !chart.pulls {
        return;
    }
    let pulls: Vec<(f64, f64)> = chart
        .series
        .iter()
        .flat_map(|series| drawable(chart, series))
        .filter_map(|point| pull(point).map(|pull| (point.x, pull)))
        .collect();
    let Some(worst) =
        pulls.iter().copied().reduce(|a, b| if libm::fabs(b.1) > libm::fabs(a.1) { b } else { a })
    else {
        return;
    };
    let within = pulls.iter().filter(|(_, pull)| libm::fabs(*pull) <= 2.0).count();
    let text = format!(
        "A strip below shows (value − exact)/σ: {within} of {} points lie within ±2, and the largest deviation is {} at {}",
        pulls.len(),
        significant(worst.1, 2),
        along(&chart.x, worst.0)
    );
    push(sentences, &text);
}

fn describe_heat(heat: &Heat, sentences: &mut Vec<String>) {
    let label = if heat.label.is_empty() { "values".to_owned() } else { plain(&heat.label) };
    push(
        sentences,
        &format!(
            "Colour map of {label}, {} rows ({}) by {} columns ({})",
            heat.rows,
            axis(&heat.y, "rows"),
            heat.columns,
            axis(&heat.x, "columns")
        ),
    );
    let finite = || heat.values.iter().copied().enumerate().filter(|(_, value)| value.is_finite());
    let least = finite().reduce(|a, b| if b.1 < a.1 { b } else { a });
    let greatest = finite().reduce(|a, b| if b.1 > a.1 { b } else { a });
    let (Some(least), Some(greatest)) = (least, greatest) else {
        return push(sentences, "It holds no data");
    };
    let place = |index: usize| {
        let columns = heat.columns.max(1);
        let (row, column) = (index / columns, index % columns);
        let name = |scale: &Scale, kind: &str, cell: usize| match scale.categories.get(cell) {
            Some(name) => plain(name),
            None => format!("{kind} {}", cell + 1),
        };
        format!("{}, {}", name(&heat.y, "row", row), name(&heat.x, "column", column))
    };
    let text = format!(
        "The least is {} ({}), the greatest {} ({})",
        short(least.1),
        place(least.0),
        short(greatest.1),
        place(greatest.0)
    );
    push(sentences, &text);
    if heat.diverging {
        let (low, high) = ends(heat);
        let text = format!("Blue is negative, red positive, from {} to {}", short(low), short(high));
        push(sentences, &text);
    }
}

fn describe_images(grid: &ImageGrid, sentences: &mut Vec<String>) {
    let count = match grid.images.len() {
        1 => "One image".to_owned(),
        n => format!("{n} images"),
    };
    push(sentences, &format!("{count} of {} by {} pixels", grid.width, grid.height));
    push(sentences, &grid.description);
    let (low, high) = (short(grid.range.0), short(grid.range.1));
    let text = if grid.diverging {
        format!("Colours run from blue ({low}) through white to red ({high})")
    } else {
        format!("Grey runs from white ({low}) to black ({high})")
    };
    push(sentences, &text);
    let labels: Vec<String> = grid.labels.iter().take(12).map(|label| plain(label)).collect();
    if !labels.is_empty() {
        let more = if grid.labels.len() > labels.len() { ", …" } else { "" };
        push(sentences, &format!("Their labels: {}{more}", labels.join(", ")));
    }
}

fn describe_graph(graph: &Graph, sentences: &mut Vec<String>) {
    let text = format!("Drawing of a graph of {} nodes and {} edges", graph.nodes.len(), graph.edges.len());
    push(sentences, &text);
    push(sentences, &graph.description);
    for (group, name) in graph.key.groups.iter().enumerate() {
        let members = graph.nodes.iter().filter(|node| node.group == group).count();
        push(sentences, &format!("{}: {members} of {} nodes", plain(name), graph.nodes.len()));
    }
    let violated = graph.edges.iter().filter(|edge| edge.violated).count();
    if !graph.key.violated.is_empty() {
        let text =
            format!("{}, crossed: {violated} of {} edges", plain(&graph.key.violated), graph.edges.len());
        push(sentences, &text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Guide;

    fn figure(points: Vec<Point>) -> Figure {
        let series = Series { label: "*L* = 8".into(), mark: Mark::Points, role: Role::Data(0), points };
        let chart = Chart {
            title: String::new(),
            x: Scale::linear("Temperature *T*"),
            y: Scale::linear("Specific heat *c*"),
            series: vec![series],
            guides: vec![Guide { vertical: true, at: 2.269, label: "*T*_{c} = 2.269".into() }],
            pulls: true,
        };
        Figure {
            id: "f".into(),
            title: "Specific heat".into(),
            subtitle: String::new(),
            caption: String::new(),
            panels: vec![Panel::Chart(chart)],
            columns: 1,
            frames: None,
        }
    }

    #[test]
    fn a_peak_is_told_with_its_place() {
        let point = |x, y, exact| Point { reference: Some(exact), ..Point::with_error(x, y, 0.01) };
        let points = vec![point(1.0, 0.2, 0.21), point(2.0, 1.5, 1.5), point(3.0, 0.4, 0.37)];
        assert_eq!(
            describe(&figure(points)),
            "Specific heat. Chart of Specific heat c against Temperature T. L = 8 (3 points) rises from 0.2 at 1 to a peak \
             of 1.5 at 2, then falls to 0.4 at 3; a typical error is 0.01. A vertical line at 2.269 marks T_c = 2.269. A \
             strip below shows (value − exact)/σ: 2 of 3 points lie within ±2, and the largest deviation is 3 at 3."
        );
    }

    #[test]
    fn trends_respect_the_noise() {
        let told = |ys: &[f64], error: f64| {
            let points = ys.iter().enumerate().map(|(i, y)| Point::with_error(i as f64, *y, error)).collect();
            describe(&figure(points))
        };
        assert!(told(&[1.0, 2.0, 3.0], 0.01).contains("rises from 1 at 0 to 3 at 2;"));
        assert!(told(&[3.0, 2.0, 1.0], 0.01).contains("falls from 3 at 0 to 1 at 2;"));
        assert!(told(&[3.0, 1.0, 4.0], 0.01).contains("a least value of 1 at 1"));
        assert!(told(&[1.0, 1.1, 0.9, 1.0], 0.2).contains("stays between 0.9 and 1.1"));
        assert!(told(&[2.0, 2.0, 2.0], 0.0).contains("stays at 2 from 0 to 2."));
        assert!(told(&[2.0], 0.1).contains("L = 8: 2.00(10) at 0."));
        assert!(told(&[f64::NAN], 0.1).contains("It holds no data."));
    }
}
