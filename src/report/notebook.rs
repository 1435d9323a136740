//! The handout as a Jupyter notebook (nbformat 4.5): the Markdown edition's text, and behind each figure the code that
//! draws it again from its CSV. It stands beside `estimates.csv` and `figures/` and reads nothing else.

use super::error::ReportError;
use super::handout::Handout;
use super::{page, python, title};
use serde_json::{Value, json};

/// Renders the handout as a notebook.
///
/// # Errors
///
/// A [`ReportError`] when the template or a text of the kind is at fault.
pub fn notebook(handout: &Handout<'_>) -> Result<String, ReportError> {
    let ids: Vec<&str> = handout.figures.iter().map(|figure| figure.id.as_str()).collect();
    let mut parts = parts(&page::markdown(handout)?, &ids);
    // The functions that the figures call stand behind the question and the answer, ahead of the first figure.
    parts.insert(1.min(parts.len()), Part::Setup);
    let cells: Vec<Value> = parts.iter().enumerate().map(|(at, part)| cell(at + 1, part, handout)).collect();
    let notebook = json!({
        "cells": cells,
        "metadata": {
            "kernelspec": { "display_name": "Python 3", "language": "python", "name": "python3" },
            "language_info": { "name": "python" },
            "title": title::plain(handout.title),
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    });
    Ok(format!("{notebook:#}\n"))
}

/// One cell.
#[derive(Debug, PartialEq)]
enum Part {
    /// Markdown.
    Text(String),
    /// The code that the figures rest on.
    Setup,
    /// The code of the figure with this id.
    Figure(String),
}

fn cell(number: usize, part: &Part, handout: &Handout<'_>) -> Value {
    let code = |id: String, source: &str| {
        json!({
            "cell_type": "code", "execution_count": null, "id": id, "metadata": {}, "outputs": [],
            "source": lines(source),
        })
    };
    match part {
        Part::Text(text) => {
            json!({ "cell_type": "markdown", "id": format!("text-{number}"), "metadata": {}, "source": lines(text) })
        }
        Part::Setup => code(format!("setup-{number}"), python::SETUP),
        Part::Figure(id) => {
            let figure = handout.story.figures.iter().find(|figure| figure.id == *id);
            let drawn = handout.figures.iter().find(|figure| figure.id == *id);
            let source = drawn.map_or_else(String::new, |drawn| python::figure(drawn, figure));
            code(format!("figure-{number}"), &source)
        }
    }
}

/// A cell's source: its lines, each but the last with its end.
fn lines(source: &str) -> Vec<&str> {
    source.trim_end().split_inclusive('\n').collect()
}

/// The Markdown edition cut ahead of sections and of the first figure, and behind each figure.
fn parts(markdown: &str, figures: &[&str]) -> Vec<Part> {
    let mut cutter = Cutter::default();
    let lines: Vec<&str> = markdown.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let bare = line.trim_start_matches(['>', ' ']);
        if let Some(ticks) = cutter.fence {
            if bare.len() >= ticks && bare.bytes().all(|byte| byte == b'`') {
                cutter.fence = None;
            }
            cutter.push(line);
            continue;
        }
        let ticks = bare.bytes().take_while(|byte| *byte == b'`').count();
        if ticks > 2 {
            cutter.fence = Some(ticks);
        }
        let shown = |id: &&&str| bare == format!("<a id=\"fig-{id}\"></a>");
        let opens = figures.iter().find(shown);
        let top = cutter.folds == 0 && !line.starts_with('>');
        if top && (line.starts_with("## ") || (opens.is_some() && !cutter.begun)) {
            cutter.cut();
        }
        cutter.begun |= opens.is_some();
        cutter.pending.extend(opens.map(|id| (*id).to_owned()));
        cutter.folds += usize::from(line.starts_with("<details>"));
        cutter.folds = cutter.folds.saturating_sub(usize::from(line.starts_with("</details>")));
        match callout(line) {
            Some(word) => cutter.push(&format!("> **{word}**\n>")),
            None => cutter.push(line),
        }
        // A figure ends with its caption, or with the quotation or fold around it.
        let caption = line.starts_with("**Figure") || line.starts_with('>') || line.starts_with("</details>");
        let ends = lines.get(at + 1).is_none_or(|next| next.is_empty());
        if !cutter.pending.is_empty() && cutter.folds == 0 && caption && ends {
            cutter.cut();
        }
    }
    cutter.cut();
    cutter.parts
}

/// The word of GitHub's callout, which other renderers show as typed.
fn callout(line: &str) -> Option<&'static str> {
    match line {
        "> [!WARNING]" => Some("Warning"),
        "> [!CAUTION]" => Some("Caution"),
        _ => None,
    }
}

#[derive(Default)]
struct Cutter {
    parts: Vec<Part>,
    text: String,
    /// Figures whose code is due.
    pending: Vec<String>,
    /// How many backticks close the code block that is open.
    fence: Option<usize>,
    /// How many folds are open.
    folds: usize,
    /// Whether a figure has been met.
    begun: bool,
}

impl Cutter {
    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn cut(&mut self) {
        let text = std::mem::take(&mut self.text);
        if !text.trim().is_empty() {
            self.parts.push(Part::Text(text.trim().to_owned()));
        }
        self.parts.extend(self.pending.drain(..).map(Part::Figure));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Part {
        Part::Text(text.to_owned())
    }

    fn figure(id: &str) -> Part {
        Part::Figure(id.to_owned())
    }

    #[test]
    fn code_stands_behind_its_figure() {
        let hero = "<a id=\"fig-hero\"></a>\n\n![alt](figures/hero.svg)\n\n**Figure 1.** A\ncaption.";
        let markdown = format!(
            "# Title\n\nquestion\n\n{hero}\n\n## A\n\n```sh\n## no section\n```\n\ntext\n\n## B\nend\n"
        );
        assert_eq!(
            parts(&markdown, &["hero"]),
            [
                text("# Title\n\nquestion"),
                text(hero),
                figure("hero"),
                text("## A\n\n```sh\n## no section\n```\n\ntext"),
                text("## B\nend"),
            ]
        );
    }

    #[test]
    fn a_figure_in_a_fold_or_a_quotation_keeps_it_whole() {
        let fold = "<details>\n<summary>Solution</summary>\n\n<a id=\"fig-b\"></a>\n\n![b](figures/b.svg)\n\n\
                    **Figure 2.** b\n\n## in the fold\n\n</details>";
        let quotation = "> **Note.**\n>\n> <a id=\"fig-c\"></a>\n>\n> ![c](figures/c.svg)\n>\n> **Figure 3.** c\n>\n> more";
        let markdown = format!("# T\n\n{fold}\n\n{quotation}\n\n> [!WARNING]\n> mind\n");
        assert_eq!(
            parts(&markdown, &["b", "c"]),
            [
                text(&format!("# T\n\n{fold}")),
                figure("b"),
                text(quotation),
                figure("c"),
                text("> **Warning**\n>\n> mind"),
            ]
        );
    }
}
