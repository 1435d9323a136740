//! A figure's numbers as one tidy table, for its CSV and for readers who want the values.

use super::{Figure, Panel};
use crate::record::Cell;

/// The columns that a figure's table may have; those that stay empty are left out.
const COLUMNS: [&str; 10] =
    ["frame", "panel", "series", "label", "x", "y", "low", "high", "reference", "value"];

/// What a figure shows, one row for each point, cell, pixel, node or edge.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Data {
    /// Names of the columns, some of `frame, panel, series, label, x, y, low, high, reference, value`.
    pub columns: Vec<&'static str>,
    /// Rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
}

impl Figure {
    /// The numbers that the figure shows: `x, y, low, high, reference` of each point of each series (`low` and `high` are
    /// the ends of the error bar); `x, y, value` of each cell of a heat map or pixel of an image (x is the column, y the
    /// row, from 0); nodes and edges of a graph. A figure with frames lists every frame, by its label.
    pub fn data(&self) -> Data {
        let mut rows = Vec::new();
        match &self.frames {
            None => list(&self.panels, "", &mut rows),
            Some(frames) => {
                frames.frames.iter().for_each(|frame| list(&frame.panels, &plain(&frame.label), &mut rows));
            }
        }
        let used: Vec<usize> =
            (0..COLUMNS.len()).filter(|at| rows.iter().any(|row| row[*at] != Cell::Empty)).collect();
        Data {
            columns: used.iter().map(|at| COLUMNS[*at]).collect(),
            rows: rows.into_iter().map(|row| used.iter().map(|at| row[*at].clone()).collect()).collect(),
        }
    }
}

type Row = [Cell; COLUMNS.len()];

fn list(panels: &[Panel], frame: &str, rows: &mut Vec<Row>) {
    for (index, panel) in panels.iter().enumerate() {
        let several = panels.len() > 1;
        let named = |title: &str| match plain(title) {
            title if !title.is_empty() => text(&title),
            _ if several => Cell::Integer(index as i64 + 1),
            _ => Cell::Empty,
        };
        let row = |title: &str, series: &str, label: &str, numbers: [Option<f64>; 6]| -> Row {
            let [x, y, low, high, reference, value] = numbers.map(number);
            [text(frame), named(title), text(series), text(label), x, y, low, high, reference, value]
        };
        match panel {
            Panel::Chart(chart) => {
                for series in &chart.series {
                    for point in &series.points {
                        let (low, high) = point.interval.unzip();
                        let label = category(&chart.x.categories, point.x);
                        let numbers = [Some(point.x), Some(point.y), low, high, point.reference, None];
                        rows.push(row(&chart.title, &plain(&series.label), &label, numbers));
                    }
                }
            }
            Panel::Heat(heat) => {
                for (at, value) in heat.values.iter().enumerate() {
                    let numbers = pixel(at, heat.columns, *value);
                    rows.push(row(&heat.title, "", "", numbers));
                }
            }
            Panel::Images(grid) => {
                for (image, values) in grid.images.iter().enumerate() {
                    let name = format!("image {}", image + 1);
                    let label = grid.labels.get(image).map_or(String::new(), |label| plain(label));
                    for (at, value) in values.iter().enumerate() {
                        rows.push(row(&grid.title, &name, &label, pixel(at, grid.width, *value)));
                    }
                }
            }
            Panel::Graph(graph) => {
                let name = |at: usize| match graph.nodes.get(at).map(|node| plain(&node.label)) {
                    Some(label) if !label.is_empty() => label,
                    _ => (at + 1).to_string(),
                };
                for (at, node) in graph.nodes.iter().enumerate() {
                    let numbers = [Some(node.x), Some(node.y), None, None, None, Some(node.group as f64)];
                    rows.push(row(&graph.title, "node", &name(at), numbers));
                }
                for edge in &graph.edges {
                    let label = format!("{} to {}", name(edge.from), name(edge.to));
                    let numbers = [None, None, None, None, None, Some(edge.weight)];
                    rows.push(row(&graph.title, "edge", &label, numbers));
                }
            }
        }
    }
}

fn pixel(at: usize, width: usize, value: f64) -> [Option<f64>; 6] {
    let width = width.max(1);
    [Some((at % width) as f64), Some((at / width) as f64), None, None, None, Some(value)]
}

/// The name of the category at `x`, on an axis that has them.
fn category(names: &[String], x: f64) -> String {
    let index = libm::round(x);
    if index < 0.0 {
        String::new()
    } else {
        names.get(index as usize).map_or(String::new(), |name| plain(name))
    }
}

/// Label markup as plain text: `*T*_{c}` is `T_c`.
fn plain(markup: &str) -> String {
    markup.replace(['*', '{', '}'], "")
}

fn text(text: &str) -> Cell {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
}

fn number(value: Option<f64>) -> Cell {
    value.filter(|value| value.is_finite()).map_or(Cell::Empty, Cell::Real)
}

#[cfg(test)]
mod tests {
    use super::super::{Chart, Mark, Point, Role, Scale, Series};
    use super::*;

    #[test]
    fn rows_are_tidy_and_empty_columns_are_left_out() {
        let points = vec![Point::with_error(1.0, 2.0, 0.5), Point::new(2.0, 3.0)];
        let series =
            Series { label: "*L* = 16".to_owned(), mark: Mark::Scatter, role: Role::Data(0), points };
        let chart = Chart {
            title: String::new(),
            x: Scale::linear("*T*"),
            y: Scale::linear("*c*"),
            series: vec![series],
            guides: Vec::new(),
            pulls: false,
        };
        let figure = Figure {
            id: "a".to_owned(),
            title: String::new(),
            subtitle: String::new(),
            caption: String::new(),
            panels: vec![Panel::Chart(chart)],
            columns: 1,
            frames: None,
        };
        let data = figure.data();
        assert_eq!(data.columns, ["series", "x", "y", "low", "high"]);
        let name = || Cell::Text("L = 16".to_owned());
        assert_eq!(
            data.rows[0],
            [name(), Cell::Real(1.0), Cell::Real(2.0), Cell::Real(1.5), Cell::Real(2.5)]
        );
        assert_eq!(data.rows[1], [name(), Cell::Real(2.0), Cell::Real(3.0), Cell::Empty, Cell::Empty]);
    }
}
