//! A figure as Python: the code that draws it again from its CSV with pandas and matplotlib.

use super::handout::Drawn;
use super::mathtext::mathtext;
use crate::figure::{Chart, Data, Figure, Graph, Heat, ImageGrid, Mark, Panel, Role, Scale, Series};
use crate::record::Cell;
use serde_json::json;
use std::fmt::Write as _;
use std::ops::Range;

/// The cell ahead of all figures: imports, the functions that the figures call, and the table of estimates.
pub(crate) const SETUP: &str = include_str!("../../templates/notebook.py");

/// The code that draws `drawn` again; `figure` tells what its axes and marks are.
pub(crate) fn figure(drawn: &Drawn, figure: Option<&Figure>) -> String {
    let mut code = format!("data = numbers({})\n", quoted(&drawn.id));
    let Some(figure) = figure else {
        code.push_str("data\n");
        return code;
    };
    let mut rows = Rows { data: &drawn.data, all: 0..drawn.data.rows.len() };
    let mut panels = figure.panels.as_slice();
    if let Some(frames) = &figure.frames
        && let Some(frame) = frames.frames.get(frames.start)
    {
        let before: usize = frames.frames[..frames.start].iter().map(|frame| length(&frame.panels)).sum();
        rows.all = before..before + length(&frame.panels);
        if let Some(name) = rows.name("frame", before) {
            code.push_str(
                "frames = data[\"frame\"].unique()  # the states of the slider: choose one of them\n",
            );
            let _ = writeln!(code, "data = data[data[\"frame\"] == {}]", quoted(&name));
        }
        panels = &frame.panels;
    }
    let columns = figure.columns.clamp(1, panels.len().max(1));
    let lines = panels.len().div_ceil(columns);
    let width = if columns == 1 { 7.0 } else { 5.0 * columns as f64 };
    let _ = writeln!(
        code,
        "figure, axes = plt.subplots({lines}, {columns}, figsize=({width}, {}), squeeze=False, layout=\"constrained\")",
        4.2 * lines as f64
    );
    if !figure.title.is_empty() {
        let _ = writeln!(code, "figure.suptitle({})", quoted(&mathtext(&figure.title)));
    }
    let mut at = rows.all.start;
    for (index, panel) in panels.iter().enumerate() {
        let end = at + length(std::slice::from_ref(panel));
        let selection = rows.select("data", "panel", at..end);
        let _ = writeln!(code, "\naxis, panel = axes[{}, {}], {selection}", index / columns, index % columns);
        let part = Rows { data: rows.data, all: at..end };
        match panel {
            Panel::Chart(chart) => draw_chart(&mut code, chart, &part),
            Panel::Heat(heat) => draw_heat(&mut code, heat),
            Panel::Images(grid) => draw_images(&mut code, grid),
            Panel::Graph(graph) => draw_graph(&mut code, graph),
        }
        at = end;
    }
    for index in panels.len()..lines * columns {
        let _ = writeln!(code, "axes[{}, {}].set_axis_off()", index / columns, index % columns);
    }
    code.push_str("plt.show()\n");
    code
}

/// The rows of one part of a figure's table.
struct Rows<'a> {
    data: &'a Data,
    all: Range<usize>,
}

impl Rows<'_> {
    /// What row `at` has in `column`, as text.
    fn name(&self, column: &str, at: usize) -> Option<String> {
        let place = self.data.columns.iter().position(|name| *name == column)?;
        match self.data.rows.get(at)?.get(place)? {
            Cell::Text(name) => Some(name.clone()),
            Cell::Integer(number) => Some(number.to_string()),
            Cell::Real(_) | Cell::Empty => None,
        }
    }

    /// Python for the rows `wanted` of `whole`: by name where that tells them from the others, else by place.
    fn select(&self, whole: &str, column: &str, wanted: Range<usize>) -> String {
        if wanted == self.all {
            return whole.to_owned();
        }
        let name = self.name(column, wanted.start);
        let alike = |at: usize| self.name(column, at) == name;
        match &name {
            Some(name) if self.all.clone().all(|at| alike(at) == wanted.contains(&at)) => {
                format!("{whole}[{whole}[{}] == {}]", quoted(column), quoted(name))
            }
            _ => {
                let offset = self.all.start;
                format!("{whole}.iloc[{}:{}]", wanted.start - offset, wanted.end - offset)
            }
        }
    }
}

/// How many rows of the table some panels take.
fn length(panels: &[Panel]) -> usize {
    let rows = |panel: &Panel| match panel {
        Panel::Chart(chart) => chart.series.iter().map(|series| series.points.len()).sum(),
        Panel::Heat(heat) => heat.values.len(),
        Panel::Images(grid) => grid.images.iter().map(Vec::len).sum(),
        Panel::Graph(graph) => graph.nodes.len() + graph.edges.len(),
    };
    panels.iter().map(rows).sum()
}

fn draw_chart(code: &mut String, chart: &Chart, rows: &Rows<'_>) {
    let mut at = rows.all.start;
    let mut named = false;
    for series in &chart.series {
        let end = at + series.points.len();
        if end > at {
            let selection = rows.select("panel", "series", at..end);
            let _ = write!(code, "draw(axis, {selection}, \"{}\", {}", mark(series.mark), style(series));
            if !series.label.is_empty() {
                named = true;
                let _ = write!(code, ", label={}", quoted(&mathtext(&series.label)));
            }
            code.push_str(")\n");
        }
        at = end;
    }
    for guide in &chart.guides {
        let line = if guide.vertical { "axvline" } else { "axhline" };
        named |= !guide.label.is_empty();
        let _ = writeln!(
            code,
            "axis.{line}({}, color=\"0.5\", linewidth=0.8, linestyle=\":\", label={})",
            guide.at,
            quoted(&mathtext(&guide.label))
        );
    }
    settings(code, &chart.title, &chart.x, &chart.y);
    if named {
        code.push_str("axis.legend(frameon=False, fontsize=9)\n");
    }
}

fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Points => "joined",
        Mark::Scatter => "points",
        Mark::Line => "line",
        Mark::Dashed => "dashed",
        Mark::Band => "band",
        Mark::Bars => "bars",
        Mark::Steps => "steps",
    }
}

fn style(series: &Series) -> String {
    let colour = match series.role {
        Role::Data(index) => format!("C{index}"),
        Role::Reference => "black".to_owned(),
        Role::Muted => "0.6".to_owned(),
    };
    let shape = match (series.mark, series.role) {
        (Mark::Points | Mark::Scatter, Role::Data(index)) => {
            format!(", marker=\"{}\"", ["o", "s", "^", "D", "v", "P"][index % 6])
        }
        (Mark::Points | Mark::Scatter, _) => ", marker=\"x\"".to_owned(),
        _ => String::new(),
    };
    format!("color=\"{colour}\"{shape}")
}

/// Labels, scales and ends of the axes.
fn settings(code: &mut String, title: &str, x: &Scale, y: &Scale) {
    let mut parts = Vec::new();
    for (name, label) in [("title", title), ("xlabel", &x.label), ("ylabel", &y.label)] {
        if !label.is_empty() {
            parts.push(format!("{name}={}", quoted(&mathtext(label))));
        }
    }
    for (name, scale) in [("x", x), ("y", y)] {
        if scale.log {
            parts.push(format!("{name}scale=\"log\""));
        }
        if let Some((low, high)) = scale.range.filter(|_| scale.categories.is_empty()) {
            parts.push(format!("{name}lim=({low}, {high})"));
        }
    }
    let _ = writeln!(code, "axis.set({})", parts.join(", "));
    names(code, x, y);
}

/// The names of an axis of categories.
fn names(code: &mut String, x: &Scale, y: &Scale) {
    for (name, scale) in [("x", x), ("y", y)] {
        if !scale.categories.is_empty() {
            let words: Vec<String> = scale.categories.iter().map(|word| quoted(&mathtext(word))).collect();
            let _ = writeln!(code, "axis.set_{name}ticks(range({}), [{}])", words.len(), words.join(", "));
        }
    }
}

fn draw_heat(code: &mut String, heat: &Heat) {
    let mut style = if heat.diverging {
        let largest = heat
            .values
            .iter()
            .filter(|value| value.is_finite())
            .fold(0.0_f64, |most, value| most.max(value.abs()));
        let end = if largest > 0.0 { largest } else { 1.0 };
        format!("cmap=\"RdBu_r\", vmin={}, vmax={end}", -end)
    } else {
        "cmap=\"cividis\"".to_owned()
    };
    let ends = |scale: &Scale| scale.range.filter(|_| scale.categories.is_empty() && !scale.log);
    let (x, y) = (ends(&heat.x), ends(&heat.y));
    if x.is_some() || y.is_some() {
        let (left, right) = x.unwrap_or((-0.5, heat.columns as f64 - 0.5));
        let (top, bottom) = y.unwrap_or((-0.5, heat.rows as f64 - 0.5));
        let _ = write!(style, ", extent=({left}, {right}, {bottom}, {top})");
    }
    let _ = writeln!(code, "heat(axis, panel, {}, {style})", quoted(&mathtext(&heat.label)));
    let bare = |scale: &Scale| Scale { range: None, log: false, ..scale.clone() };
    settings(code, &heat.title, &bare(&heat.x), &bare(&heat.y));
}

fn draw_images(code: &mut String, grid: &ImageGrid) {
    let colours = if grid.diverging { "RdBu_r" } else { "gray_r" };
    let (low, high) = grid.range;
    let _ = writeln!(
        code,
        "mosaic(axis, panel, {}, cmap=\"{colours}\", vmin={low}, vmax={high})",
        grid.per_row.clamp(1, grid.images.len().max(1))
    );
    heading(code, &grid.title);
}

fn draw_graph(code: &mut String, graph: &Graph) {
    code.push_str("graph(axis, panel)\n");
    heading(code, &graph.title);
}

fn heading(code: &mut String, title: &str) {
    if !title.is_empty() {
        let _ = writeln!(code, "axis.set_title({})", quoted(&mathtext(title)));
    }
}

/// A Python string: raw where that spares backslashes.
fn quoted(text: &str) -> String {
    let plain = text.contains('\\') && !text.contains(['"', '\n', '\r']) && !text.ends_with('\\');
    if plain { format!("r\"{text}\"") } else { json!(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Frame, Frames, Guide, Point};

    fn drawn(figure: &Figure) -> Drawn {
        Drawn {
            id: figure.id.clone(),
            narrow: String::new(),
            svg: String::new(),
            alt: String::new(),
            caption: String::new(),
            title: String::new(),
            frames: None,
            data: figure.data(),
            csv: String::new(),
        }
    }

    fn series(label: &str, mark: Mark) -> Series {
        let points = vec![Point::with_error(1.0, 2.0, 0.5), Point::new(2.0, 3.0)];
        Series { label: label.to_owned(), mark, role: Role::Data(1), points }
    }

    fn chart(title: &str, series: Vec<Series>) -> Panel {
        Panel::Chart(Chart {
            title: title.to_owned(),
            x: Scale::log("temperature *T*"),
            y: Scale { range: Some((0.0, 4.0)), ..Scale::linear("*c* / *k*_{B}") },
            series,
            guides: vec![Guide { vertical: true, at: 2.269, label: "*T*_{c}".to_owned() }],
            pulls: false,
        })
    }

    fn whole(panels: Vec<Panel>, frames: Option<Frames>) -> Figure {
        let (title, subtitle, caption) = ("Heat".to_owned(), String::new(), String::new());
        Figure { id: "heat".to_owned(), title, subtitle, caption, panels, columns: 2, frames }
    }

    #[test]
    fn series_are_told_apart_by_name_and_else_by_place() {
        let named = chart("Left", vec![series("*L* = 16", Mark::Points), series("exact", Mark::Line)]);
        let nameless = chart("Right", vec![series("", Mark::Band), series("", Mark::Scatter)]);
        let made = whole(vec![named, nameless], None);
        let code = super::figure(&drawn(&made), Some(&made));
        for line in [
            "data = numbers(\"heat\")",
            "axis, panel = axes[0, 1], data[data[\"panel\"] == \"Right\"]",
            "draw(axis, panel[panel[\"series\"] == \"L = 16\"], \"joined\", color=\"C1\", marker=\"s\", label=\"$L$ = 16\")",
            "draw(axis, panel.iloc[2:4], \"points\", color=\"C1\", marker=\"s\")",
            "axis.axvline(2.269, color=\"0.5\", linewidth=0.8, linestyle=\":\", label=r\"$T_{\\mathrm{c}}$\")",
            "axis.set(title=\"Left\", xlabel=\"temperature $T$\", ylabel=r\"$c$ / $k_{\\mathrm{B}}$\", xscale=\"log\", ylim=(0, 4))",
        ] {
            assert!(code.lines().any(|found| found == line), "{line}\n{code}");
        }
    }

    #[test]
    fn the_first_state_of_a_slider_is_drawn() {
        let frame = |label: &str| Frame {
            label: label.to_owned(),
            panels: vec![chart("", vec![series("", Mark::Steps)])],
        };
        let frames =
            Frames { control: "*T*".to_owned(), frames: vec![frame("*T* = 1"), frame("*T* = 2")], start: 1 };
        let made = whole(vec![chart("", vec![series("", Mark::Steps)])], Some(frames));
        let code = super::figure(&drawn(&made), Some(&made));
        assert!(code.contains("data = data[data[\"frame\"] == \"T = 2\"]"), "{code}");
        assert!(code.contains("axis, panel = axes[0, 0], data\n"), "{code}");
    }
}
