//! The ends of a panel's axes and colour scales, in common with the panels that stand in its place in other frames.

use super::fit::{horizontal, vertical, widened};
use super::heat;
use crate::figure::{Chart, Graph, Heat, Panel};

/// What a panel's scales run between; which of these count depends on the kind of panel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ends {
    /// The horizontal axis of a chart, or the places of a graph's nodes.
    pub across: (f64, f64),
    /// The vertical axis of a chart, or the places of a graph's nodes.
    pub up: (f64, f64),
    /// The colours of a heat map; for a graph, 0 and the greatest |weight|.
    pub scale: (f64, f64),
}

impl Ends {
    /// The ends that show all of the given panels, which are of one kind: fixed where the figure fixes them.
    pub(super) fn common<'a>(panels: impl IntoIterator<Item = &'a Panel>) -> Self {
        let panels: Vec<&Panel> = panels.into_iter().collect();
        let none = Self { across: (0.0, 1.0), up: (0.0, 1.0), scale: (0.0, 1.0) };
        match panels.first() {
            Some(Panel::Chart(first)) => {
                let others = panels[1..].iter().filter_map(|panel| match panel {
                    Panel::Chart(chart) => Some(chart),
                    _ => None,
                });
                let all = others.fold(first.clone(), joined);
                Self { across: horizontal(&all), up: vertical(&all), ..none }
            }
            Some(Panel::Heat(first)) => {
                let values = panels.iter().flat_map(|panel| match panel {
                    Panel::Heat(heat) => heat.values.as_slice(),
                    _ => &[],
                });
                let all = Heat { values: values.copied().collect(), ..first.clone() };
                Self { scale: heat::ends(&all), ..none }
            }
            Some(Panel::Graph(_)) => {
                let graphs = || {
                    panels.iter().filter_map(|panel| match panel {
                        Panel::Graph(graph) => Some(graph),
                        _ => None,
                    })
                };
                let nodes = || graphs().flat_map(|graph| &graph.nodes);
                Self {
                    across: extent(nodes().map(|node| node.x)),
                    up: extent(nodes().map(|node| node.y)),
                    scale: (0.0, graphs().map(heaviest).fold(0.0, f64::max)),
                }
            }
            Some(Panel::Images(_)) | None => none,
        }
    }
}

/// A chart with the series and guides of another added.
fn joined(mut all: Chart, other: &Chart) -> Chart {
    all.series.extend(other.series.iter().cloned());
    all.guides.extend(other.guides.iter().cloned());
    all
}

/// The greatest |weight| of a graph's edges.
fn heaviest(graph: &Graph) -> f64 {
    graph
        .edges
        .iter()
        .map(|edge| libm::fabs(edge.weight))
        .filter(|weight| weight.is_finite())
        .fold(0.0, f64::max)
}

/// The least and the greatest; a single value gets room.
fn extent(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low > high { (0.0, 1.0) } else { widened((low, high), false) }
}
