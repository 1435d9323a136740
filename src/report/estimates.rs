//! The table of all estimates, in both editions.

use super::error::ReportError;
use super::handout::{EstimateRow, Handout};
use super::html::Html;
use super::markdown::Edition;
use super::text::{Power, html_escape, markdown_escape, powers_of_ten};
use crate::axis::proper;
use crate::number;
use crate::quantity::Quantity;
use std::fmt::Write as _;

/// Beyond how many rows the table is folded away.
const FOLD: usize = 12;

/// How many rows the page shows at most; `estimates.csv` holds them all.
const SHOWN: usize = 500;

/// How far from its reference, in standard errors, a value is called out.
pub(crate) const FAR: f64 = 3.0;

/// One column of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Column {
    Axis(usize),
    Quantity,
    Value,
    Reference,
    Z,
    Ess,
    Tau,
    RHat,
    Note,
}

impl Column {
    fn header(self, axes: &[String]) -> String {
        match self {
            Self::Axis(axis) => {
                let path = &axes[axis];
                markdown_escape(&path.rsplit('.').next().unwrap_or(path).replace('_', " "))
            }
            Self::Quantity => "quantity".to_owned(),
            Self::Value => "value".to_owned(),
            Self::Reference => "reference".to_owned(),
            Self::Z => "$z$".to_owned(),
            Self::Ess => "ESS".to_owned(),
            Self::Tau => r"$\tau_{\mathrm{int}}$".to_owned(),
            Self::RHat => r"$\hat R$".to_owned(),
            Self::Note => "note".to_owned(),
        }
    }

    /// The cell's plain text; empty when nothing applies.
    fn text(self, row: &EstimateRow) -> String {
        match self {
            // Places are told apart by far fewer digits than a file may give them.
            Self::Axis(axis) => match row.coordinates.get(axis) {
                Some(text) if text.len() > 10 && text.parse::<f64>().is_ok() => {
                    text.parse().map_or_else(|_| text.clone(), |place| number::significant(place, 8))
                }
                Some(text) => proper(text),
                None => String::new(),
            },
            Self::Quantity => row.called.map_or_else(|| row.quantity.name.replace('_', " "), str::to_owned),
            Self::Value => {
                row.value.map_or_else(|| "–".to_owned(), |value| number::with_error(value, row.std_error))
            }
            Self::Reference => match (row.reference, row.reference_kind) {
                (Some(value), Some(kind)) => format!("{} ({kind})", number::plain(value)),
                (Some(value), None) => number::plain(value),
                (None, _) => String::new(),
            },
            Self::Z => row.z.map_or_else(String::new, |z| number::fixed(z, 1)),
            Self::Ess => row.ess.map_or_else(String::new, |ess| number::count(libm::round(ess) as u64)),
            Self::Tau => match (row.tau, row.tau_error) {
                (Some(tau), None) => number::significant(tau, 3),
                (Some(tau), error) => number::with_error(tau, error),
                (None, _) => String::new(),
            },
            Self::RHat => row.r_hat.map_or_else(String::new, |r_hat| number::fixed(r_hat, 3)),
            Self::Note => row.note.clone().unwrap_or_default(),
        }
    }

    fn numeric(self, rows: &[EstimateRow]) -> bool {
        match self {
            Self::Axis(axis) => {
                let number = |row: &EstimateRow| {
                    row.coordinates.get(axis).is_some_and(|text| text.parse::<f64>().is_ok())
                };
                rows.iter().all(number)
            }
            Self::Quantity | Self::Note => false,
            _ => true,
        }
    }
}

/// What stands for the table where it is folded away; `None` for a short one.
pub(crate) fn summary(handout: &Handout<'_>) -> Option<String> {
    let rows = handout.estimates.len();
    match rows {
        0..=FOLD => None,
        rows if rows <= SHOWN => Some(format!("Show all {rows} estimates")),
        rows => Some(format!("Show the first {SHOWN} of {rows} estimates; estimates.csv holds them all")),
    }
}

/// The columns that hold anything at all.
fn columns(handout: &Handout<'_>) -> Vec<Column> {
    let mut columns: Vec<Column> = (0..handout.axes.len()).map(Column::Axis).collect();
    columns.extend([Column::Quantity, Column::Value]);
    for column in [Column::Reference, Column::Z, Column::Ess, Column::Tau, Column::RHat, Column::Note] {
        if handout.estimates.iter().any(|row| !column.text(row).is_empty()) {
            columns.push(column);
        }
    }
    columns
}

/// The quantity's symbol over its unit, as Markdown.
fn symbol(quantity: &Quantity) -> String {
    match quantity.unit {
        // The unit of energy is the experiment's own: J = 1 unless its file says otherwise.
        "" | "J" | "1/J" => format!("${}$", quantity.symbol),
        "k_B" => format!(r"${} / k_{{\mathrm{{B}}}}$", quantity.symbol),
        word => format!("${}$ / {}", quantity.symbol, markdown_escape(word)),
    }
}

fn is_far(row: &EstimateRow) -> bool {
    row.z.is_some_and(|z| z.abs() > FAR)
}

/// The table as HTML, in a container that scrolls.
pub(crate) fn html(handout: &Handout<'_>, html: &Html<'_>) -> Result<String, ReportError> {
    // A note stands in a line of its own below its row, so that it takes no width from the numbers.
    let columns: Vec<Column> =
        columns(handout).into_iter().filter(|column| *column != Column::Note).collect();
    let columns: Vec<(Column, &str)> = columns
        .into_iter()
        .map(|column| match column {
            Column::Quantity => (column, " class=\"q\""),
            column if column.numeric(handout.estimates) => (column, " class=\"n\""),
            column => (column, ""),
        })
        .collect();
    let mut table = String::from(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of all estimates\">\n<table>\n<thead><tr>",
    );
    for (column, class) in &columns {
        let header = html.inline(&column.header(&handout.axes))?;
        let _ = write!(table, "<th scope=\"col\"{class}>{header}</th>");
    }
    table.push_str("</tr></thead>\n<tbody>\n");
    for row in handout.estimates.iter().take(SHOWN) {
        table.push_str(if row.note.is_some() { "<tr class=\"noted\">" } else { "<tr>" });
        for (column, class) in &columns {
            let cell = match column {
                Column::Quantity => {
                    format!("{} {}", html_escape(&column.text(row)), html.inline(&symbol(row.quantity))?)
                }
                Column::Z if is_far(row) => format!(
                    "<strong class=\"far\" title=\"more than {FAR} standard errors from the reference\">{}\u{a0}!</strong>",
                    column.text(row)
                ),
                Column::Reference => powers_of_ten(&column.text(row), Power::Html)
                    .replace("(exact)", "<small>exact</small>")
                    .replace("(literature)", "<small>literature</small>"),
                column => powers_of_ten(&column.text(row), Power::Html),
            };
            let _ = write!(table, "<td{class}>{cell}</td>");
        }
        table.push_str("</tr>\n");
        if let Some(note) = &row.note {
            let _ = writeln!(
                table,
                "<tr class=\"remark\">{}<td colspan=\"{}\">{}</td></tr>",
                "<td></td>".repeat(handout.axes.len()),
                columns.len() - handout.axes.len(),
                html_escape(note)
            );
        }
    }
    table.push_str("</tbody>\n</table>\n</div>\n");
    Ok(table)
}

/// The table as GitHub Markdown.
pub(crate) fn markdown(handout: &Handout<'_>, edition: &Edition<'_>) -> Result<String, ReportError> {
    let columns = columns(handout);
    let mut table = String::from("|");
    for column in &columns {
        let _ = write!(table, " {} |", edition.text(&column.header(&handout.axes))?);
    }
    table.push_str("\n|");
    for column in &columns {
        table.push_str(if column.numeric(handout.estimates) { " ---: |" } else { " --- |" });
    }
    table.push('\n');
    for row in handout.estimates.iter().take(SHOWN) {
        table.push('|');
        for column in &columns {
            let text = markdown_escape(&column.text(row));
            let cell = match column {
                // A bar would end the cell, in maths too.
                Column::Quantity => {
                    let symbol = symbol(row.quantity).replace('|', r"\vert ");
                    format!("{text} {}", edition.text(&symbol)?)
                }
                Column::Z if is_far(row) => format!("**{text}\u{a0}!**"),
                _ => text,
            };
            let _ = write!(table, " {cell} |");
        }
        table.push('\n');
    }
    Ok(table)
}
