//! The figure of a Boltzmann machine as it is wired.

use super::Ensemble;
use crate::figure::{Edge, Figure, Graph, GraphKey, Node, Panel};
use crate::kind::Study;
use crate::number;

/// Most units and weights that stay legible.
const MOST_UNITS: usize = 24;
const MOST_WEIGHTS: usize = 96;

/// The two layers with the weights between them, of a small machine that all points share.
pub(super) fn figure(study: &Study<'_>) -> Option<Figure> {
    let model = &study.points.first()?.downcast::<Ensemble>().model;
    let machine = model.machine()?;
    let (visible, hidden) = (machine.visible(), machine.hidden());
    if visible.max(hidden) > MOST_UNITS || visible * hidden > MOST_WEIGHTS {
        return None;
    }
    if study.points.iter().any(|point| point.downcast::<Ensemble>().model.identity() != model.identity()) {
        return None;
    }
    let widest = visible.max(hidden) as f64;
    // Layers of different length are centred, the shorter one drawn out a little.
    let layer = move |name: &'static str, units: usize, y: f64, group: usize| {
        let step = widest / units as f64;
        (0..units).map(move |unit| Node {
            x: step * (unit as f64 + 0.5),
            y,
            label: format!("*{name}*_{{{}}}", unit + 1),
            group,
        })
    };
    let height = (0.45 * widest).max(1.0);
    let edges = (0..visible).flat_map(|i| {
        machine.row(i).iter().enumerate().map(move |(j, weight)| Edge {
            from: i,
            to: visible + j,
            weight: *weight,
            violated: false,
        })
    });
    let edges: Vec<Edge> = edges.collect();
    let strongest = edges.iter().map(|edge| libm::fabs(edge.weight)).fold(0.0, f64::max);
    let negative = edges.iter().filter(|edge| edge.weight < 0.0).count();
    let both = negative > 0 && negative < edges.len();
    let named = |name: &str| if both { name.to_owned() } else { String::new() };
    Some(Figure {
        id: "machine".to_owned(),
        title: "How the machine is wired".to_owned(),
        subtitle: String::new(),
        caption: format!(
            "The {visible} visible and {hidden} hidden units and the {} weights between them; a line is the wider the larger \
             $\\lvert W_{{ij}} \\rvert$, up to {}. A positive weight lowers the energy when both of its units are on. Biases are not \
             drawn.",
            edges.len(),
            number::significant(strongest, 3)
        ),
        panels: vec![Panel::Graph(Graph {
            title: String::new(),
            nodes: layer("v", visible, 0.0, 0).chain(layer("h", hidden, height, 1)).collect(),
            key: GraphKey {
                groups: vec!["visible unit".to_owned(), "hidden unit".to_owned()],
                positive: named("*W*_{ij} > 0"),
                negative: named("*W*_{ij} < 0"),
                violated: String::new(),
            },
            description: format!(
                "Two layers: {visible} visible units below, {hidden} hidden units above, each joined to all of the other layer; \
                 {negative} of {} weights are negative, the largest has the size {}",
                edges.len(),
                number::significant(strongest, 3)
            ),
            edges,
        })],
        columns: 1,
        frames: None,
    })
}
