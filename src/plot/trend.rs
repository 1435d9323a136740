//! How a figure runs over the states of its slider, in words.

use super::describe::{along, push, short};
use super::fit::drawable;
use super::text::plain;
use crate::figure::{Chart, Frames, Panel, Point, Role};

/// How many series or categories are followed by name.
const FOLLOWED: usize = 4;

/// A number followed over the frames, `None` where a frame lacks it.
struct Track {
    name: String,
    values: Vec<Option<f64>>,
}

/// Says what the slider sets, and how each series, category, image or graph changes as it moves.
pub(super) fn describe_frames(frames: &Frames, sentences: &mut Vec<String>) {
    let labels: Vec<String> = frames.frames.iter().map(|frame| plain(&frame.label)).collect();
    let (Some(first), Some(last)) = (labels.first(), labels.last()) else { return };
    let text = format!(
        "A slider for {} moves through {} states, {first} to {last}",
        plain(&frames.control),
        labels.len()
    );
    push(sentences, &text);
    let Some(leading) = frames.frames.first() else { return };
    for place in 0..leading.panels.len() {
        let panels: Vec<Option<&Panel>> = frames.frames.iter().map(|frame| frame.panels.get(place)).collect();
        for track in tracks(&panels) {
            if let Some(text) = told(&track, &labels) {
                push(sentences, &text);
            }
        }
    }
}

/// What is followed in one panel's place.
fn tracks(panels: &[Option<&Panel>]) -> Vec<Track> {
    let Some(Some(first)) = panels.first() else { return Vec::new() };
    let follow = |name: String, value: &dyn Fn(&Panel) -> Option<f64>| Track {
        name,
        values: panels.iter().map(|panel| panel.and_then(value)).collect(),
    };
    match first {
        Panel::Chart(chart) if !chart.x.categories.is_empty() => (0..chart.x.categories.len().min(FOLLOWED))
            .map(|place| follow(along(&chart.x, place as f64), &|panel| height_at(panel, place as f64)))
            .collect(),
        Panel::Chart(chart) => followed(chart)
            .flat_map(|index| {
                let name = match chart.series[index].label.as_str() {
                    "" => "the data".to_owned(),
                    label => plain(label),
                };
                let greatest = follow(format!("The greatest value of {name}"), &|panel| {
                    highest(panel, index).map(|point| point.y)
                });
                let place = follow(format!("Its place along {}", plain(&chart.x.label)), &|panel| {
                    highest(panel, index).map(|point| point.x)
                });
                [greatest, place]
            })
            .collect(),
        Panel::Heat(_) => vec![follow("The mean of the map".to_owned(), &|panel| match panel {
            Panel::Heat(heat) => mean(&heat.values),
            _ => None,
        })],
        Panel::Images(_) => vec![follow("The size of the mean of an image's pixels".to_owned(), &|panel| {
            let Panel::Images(grid) = panel else { return None };
            let means: Vec<f64> =
                grid.images.iter().filter_map(|image| mean(image)).map(libm::fabs).collect();
            mean(&means)
        })],
        Panel::Graph(_) => vec![follow("The number of crossed edges".to_owned(), &|panel| match panel {
            Panel::Graph(graph) => Some(graph.edges.iter().filter(|edge| edge.violated).count() as f64),
            _ => None,
        })],
    }
}

/// The measured series of a chart, else all of them, as many as are followed.
fn followed(chart: &Chart) -> impl Iterator<Item = usize> + '_ {
    let measured = chart.series.iter().any(|series| matches!(series.role, Role::Data(_)));
    let wanted = move |index: &usize| !measured || matches!(chart.series[*index].role, Role::Data(_));
    (0..chart.series.len()).filter(wanted).take(FOLLOWED)
}

fn highest(panel: &Panel, index: usize) -> Option<&Point> {
    let Panel::Chart(chart) = panel else { return None };
    drawable(chart, chart.series.get(index)?)
        .reduce(|best, point| if point.y > best.y { point } else { best })
}

fn height_at(panel: &Panel, place: f64) -> Option<f64> {
    let Panel::Chart(chart) = panel else { return None };
    let point = chart.series.first()?.points.iter().find(|point| point.x == place)?;
    point.y.is_finite().then_some(point.y)
}

fn mean(values: &[f64]) -> Option<f64> {
    let finite: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    (!finite.is_empty()).then(|| finite.iter().sum::<f64>() / finite.len() as f64)
}

/// How one number runs: it rises, falls, turns, or stays within a twentieth of its size.
fn told(track: &Track, labels: &[String]) -> Option<String> {
    let known: Vec<(&str, f64)> = labels
        .iter()
        .zip(&track.values)
        .filter_map(|(label, value)| Some((label.as_str(), (*value)?)))
        .collect();
    let (first, last) = (*known.first()?, *known.last()?);
    let pick = |better: fn(f64, f64) -> bool| {
        known.iter().copied().fold(first, |best, one| if better(one.1, best.1) { one } else { best })
    };
    let (top, bottom) = (pick(|a, b| a > b), pick(|a, b| a < b));
    let span = top.1 - bottom.1;
    let at = |(label, value): (&str, f64)| format!("{} ({label})", short(value));
    let flat = span <= 0.05 * libm::fabs(top.1).max(libm::fabs(bottom.1));
    let turns = |a: f64, b: f64| a - b > 0.05 * span;
    let name = &track.name;
    Some(if flat {
        format!("{name} stays at about {}", short(first.1))
    } else if turns(top.1, first.1) && turns(top.1, last.1) {
        format!("{name} rises from {} to {} and falls to {}", at(first), at(top), at(last))
    } else if turns(first.1, bottom.1) && turns(last.1, bottom.1) {
        format!("{name} falls from {} to {} and rises to {}", at(first), at(bottom), at(last))
    } else if last.1 > first.1 {
        format!("{name} rises from {} to {}", at(first), at(last))
    } else {
        format!("{name} falls from {} to {}", at(first), at(last))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(values: &[f64]) -> String {
        let labels: Vec<String> = (0..values.len()).map(|at| format!("T = {at}")).collect();
        let track = Track { name: "p".into(), values: values.iter().copied().map(Some).collect() };
        told(&track, &labels).unwrap()
    }

    #[test]
    fn numbers_are_followed_to_their_turn() {
        assert_eq!(run(&[0.2, 0.5, 0.9]), "p rises from 0.2 (T = 0) to 0.9 (T = 2)");
        assert_eq!(run(&[0.9, 0.5, 0.2]), "p falls from 0.9 (T = 0) to 0.2 (T = 2)");
        assert_eq!(run(&[0.1, 0.9, 0.2]), "p rises from 0.1 (T = 0) to 0.9 (T = 1) and falls to 0.2 (T = 2)");
        assert_eq!(run(&[0.9, 0.1, 0.8]), "p falls from 0.9 (T = 0) to 0.1 (T = 1) and rises to 0.8 (T = 2)");
        assert_eq!(run(&[1.0, 1.01, 1.0]), "p stays at about 1");
    }
}
