//! A figure on the page: the drawing, the states that a slider moves through, its numbers one click away.

use super::error::ReportError;
use super::handout::{Drawn, DrawnFrames};
use super::html::{Html, download, find};
use super::text::{Power, html_escape, powers_of_ten};
use crate::figure::Data;
use crate::number;
use crate::record::Cell;
use std::fmt::Write as _;

/// How many rows of a figure's numbers the page shows; the CSV holds them all.
const SHOWN: usize = 40;

/// Up to how many bytes a CSV travels within the page.
pub(crate) const CARRIED: usize = 400_000;

impl Html<'_> {
    /// A figure with its number, caption and numbers.
    pub(crate) fn figure(&self, id: &str) -> Result<String, ReportError> {
        let number = self.document.figures.iter().position(|shown| shown == id).map_or(0, |at| at + 1);
        let drawn = find(self.handout.figures, id)?;
        let caption = self.inline(&format!("**Figure\u{a0}{number}.** {}", drawn.caption))?;
        let label = self.id(&format!("fig-{id}"));
        let svg = self.drawings(&drawn.svg, &drawn.narrow, id);
        let picture = match &drawn.frames {
            None => svg,
            Some(frames) => self.frames(&label, id, &svg, frames),
        };
        let moving = if drawn.frames.is_some() { " data-frames" } else { "" };
        Ok(format!(
            "<figure id=\"{label}\" role=\"figure\" aria-label=\"{}\" data-name=\"{}\"{moving}>\n{picture}\n\
             <figcaption>{caption}</figcaption>\n{}</figure>",
            html_escape(&drawn.alt),
            html_escape(&format!("{}-{id}", self.handout.name)),
            self.numbers(number, drawn),
        ))
    }

    /// The drawing for a column of text and the one for a phone; the style sheet shows one of them.
    fn drawings(&self, wide: &str, narrow: &str, id: &str) -> String {
        let (wide, narrow) = (self.svg(wide, id), self.svg(narrow, id));
        if narrow.is_empty() {
            return format!(
                "<div class=\"single\" tabindex=\"0\" role=\"region\" aria-label=\"Drawing\">{wide}</div>"
            );
        }
        format!("<div class=\"wide\">{wide}</div>\n<div class=\"narrow\">{narrow}</div>")
    }

    /// The drawing without what the page has once for all figures, its ids prefixed.
    fn svg(&self, svg: &str, id: &str) -> String {
        let svg = svg.find("<svg").map_or(svg, |at| &svg[at..]).trim();
        let svg = without_style(svg).1;
        let prefixed = self.document.labels.id(id);
        if prefixed == id {
            return svg;
        }
        let mut svg = svg;
        for before in ["id=\"", "=\"#", "url(#", "labelledby=\"", " "] {
            svg = svg.replace(&format!("{before}{id}-"), &format!("{before}{prefixed}-"));
        }
        svg
    }

    /// The picture for paper, and the states that a slider shows in its place.
    fn frames(&self, label: &str, id: &str, paper: &str, frames: &DrawnFrames) -> String {
        let mut html = format!("<div class=\"paper\">{paper}</div>\n<div class=\"frames\" hidden>\n");
        for frame in &frames.frames {
            let _ = writeln!(
                html,
                "<div class=\"frame\" data-value=\"{}\" hidden>{}</div>",
                html_escape(&frame.value),
                self.drawings(&frame.svg, &frame.narrow, id)
            );
        }
        let last = frames.frames.len().saturating_sub(1);
        let _ = write!(
            html,
            "</div>\n<p class=\"slider\" hidden><label for=\"{label}-slider\">{}</label> \
             <input id=\"{label}-slider\" type=\"range\" min=\"0\" max=\"{last}\" step=\"1\" value=\"{}\"> \
             <output for=\"{label}-slider\"></output></p>",
            html_escape(&frames.control),
            frames.start.min(last)
        );
        html
    }

    /// The figure's numbers, folded away, with the CSV to save.
    fn numbers(&self, number: usize, drawn: &Drawn) -> String {
        let rows = drawn.data.rows.len();
        if rows == 0 {
            return String::new();
        }
        let name = format!("{}-{}.csv", self.handout.name, drawn.id);
        let save = if drawn.csv.len() <= CARRIED {
            download(&name, &drawn.csv, "CSV")
        } else {
            format!("figures/{}.csv", html_escape(&drawn.id))
        };
        let rest = if rows > SHOWN {
            format!(" The first {SHOWN} of {rows} rows; the CSV holds them all.")
        } else {
            String::new()
        };
        format!(
            "<details class=\"numbers\"><summary>Numbers of Figure\u{a0}{number}</summary>\n{}\
             <p class=\"tools\">Save as {save}.{rest}</p></details>\n",
            table(&drawn.data, number)
        )
    }
}

/// The `<style>` of an SVG and the SVG without it: all figures share one, which the page holds.
pub(crate) fn without_style(svg: &str) -> (&str, String) {
    let parts = svg.split_once("<style>").and_then(|(before, rest)| {
        rest.split_once("</style>").map(|(style, after)| (style, format!("{before}{after}")))
    });
    parts.unwrap_or_else(|| ("", svg.to_owned()))
}

fn table(data: &Data, number: usize) -> String {
    let mut html = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Numbers of Figure\u{a0}{number}\">\n<table>\n<thead><tr>"
    );
    for column in &data.columns {
        let class = if is_word(column) { "" } else { " class=\"n\"" };
        let _ = write!(html, "<th scope=\"col\"{class}>{column}</th>");
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for row in data.rows.iter().take(SHOWN) {
        html.push_str("<tr>");
        for (column, cell) in data.columns.iter().zip(row) {
            let class = if is_word(column) { "" } else { " class=\"n\"" };
            let _ = write!(html, "<td{class}>{}</td>", shown(cell));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody>\n</table>\n</div>\n");
    html
}

fn is_word(column: &str) -> bool {
    matches!(column, "frame" | "panel" | "series" | "label")
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Integer(value) => value.to_string(),
        Cell::Real(value) => powers_of_ten(&number::significant(*value, 6), Power::Html),
        Cell::Text(text) => html_escape(text),
        Cell::Empty => String::new(),
    }
}
