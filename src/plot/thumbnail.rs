//! A figure in little: its first panel, without a word.

use super::error::PlotError;
use super::layout::{Width, svg};
use crate::figure::{Chart, Figure, Graph, Heat, ImageGrid, Panel, Scale};

/// The first panel of `figure` alone, without title, legend and labels, as an SVG whose ids begin with `id`. The numbers
/// at the axes remain: at the size of a thumbnail the page hides them.
///
/// # Errors
///
/// A heat map or an image whose values do not fill it.
pub fn thumbnail(figure: &Figure, id: &str) -> Result<String, PlotError> {
    let bare = Figure {
        id: id.to_owned(),
        title: String::new(),
        subtitle: String::new(),
        caption: String::new(),
        panels: figure.panels.first().map(bare_panel).into_iter().collect(),
        columns: 1,
        frames: None,
    };
    svg(&bare, Width::Phone)
}

fn bare_panel(panel: &Panel) -> Panel {
    let nameless = |scale: &Scale| Scale { label: String::new(), ..scale.clone() };
    let title = String::new();
    match panel {
        Panel::Chart(chart) => {
            let mut chart = Chart { title, pulls: false, ..chart.clone() };
            (chart.x, chart.y) = (nameless(&chart.x), nameless(&chart.y));
            chart.series.iter_mut().for_each(|series| series.label.clear());
            chart.guides.iter_mut().for_each(|guide| guide.label.clear());
            Panel::Chart(chart)
        }
        Panel::Heat(heat) => Panel::Heat(Heat {
            title,
            x: nameless(&heat.x),
            y: nameless(&heat.y),
            label: String::new(),
            ..heat.clone()
        }),
        Panel::Images(grid) => Panel::Images(ImageGrid { title, labels: Vec::new(), ..grid.clone() }),
        Panel::Graph(graph) => Panel::Graph(Graph { title, ..graph.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Guide, Mark, Point, Role, Series};

    #[test]
    fn a_thumbnail_shows_the_first_panel_and_no_words() {
        let series = Series {
            label: "measured".to_owned(),
            mark: Mark::Scatter,
            role: Role::Data(0),
            points: vec![Point::new(1.0, 2.0), Point::new(2.0, 3.0)],
        };
        let chart = Chart {
            title: "Left".to_owned(),
            x: Scale::linear("temperature"),
            y: Scale::linear("energy"),
            series: vec![series],
            guides: vec![Guide { vertical: true, at: 1.5, label: "critical".to_owned() }],
            pulls: true,
        };
        let panels =
            vec![Panel::Chart(chart.clone()), Panel::Chart(Chart { title: "Right".to_owned(), ..chart })];
        let text = || "words".to_owned();
        let figure = Figure {
            id: "a".to_owned(),
            title: text(),
            subtitle: text(),
            caption: text(),
            panels,
            columns: 2,
            frames: None,
        };
        let drawing = thumbnail(&figure, "card-1").unwrap();
        let (_, drawing) = drawing.split_once("</desc>").unwrap();
        for word in ["words", "Left", "Right", "temperature", "energy", "measured", "critical"] {
            assert!(!drawing.contains(&format!(">{word}")), "{word}");
        }
        assert!(drawing.contains("g-f-s0"));
    }
}
