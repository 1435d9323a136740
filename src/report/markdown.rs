//! The document as Markdown for GitHub: fenced `math`, figures as links to their files, notes as quotations.

use super::citations::Work;
use super::document::{Block, Document, Part, UNTITLED};
use super::error::ReportError;
use super::handout::Handout;
use super::html::find;
use super::maths::{Maths, Piece, normalise, split};
use super::text::markdown_escape;
use super::{estimates, frame};
use std::fmt::Write as _;

/// Renders parts of one document.
pub(crate) struct Edition<'a> {
    /// The converter for formulas, to refuse what the page would refuse.
    pub(crate) maths: Maths,
    /// The document, for its labels, headings and numbers.
    pub(crate) document: &'a Document,
    /// What is rendered.
    pub(crate) handout: &'a Handout<'a>,
    /// The works that the page cites.
    pub(crate) references: &'a [Work],
}

impl Edition<'_> {
    /// One part of the document.
    pub(crate) fn part(&self, part: &Part) -> Result<String, ReportError> {
        self.blocks(&part.blocks)
    }

    /// Markdown with references resolved and formulas as GitHub understands them.
    pub(crate) fn text(&self, markdown: &str) -> Result<String, ReportError> {
        let resolved = self.document.labels.resolve(markdown)?;
        let mut output = String::with_capacity(resolved.len());
        let pieces = split(&resolved);
        for (index, piece) in pieces.iter().enumerate() {
            match piece {
                // GitHub derives a heading's anchor from its words alone.
                Piece::Text(text) => output.push_str(&text.replace("](#sec-", "](#")),
                Piece::Code(code) => output.push_str(code),
                Piece::Inline(latex) => {
                    self.maths.inline(latex)?;
                    let before = output.chars().next_back();
                    let after = match pieces.get(index + 1) {
                        Some(Piece::Text(text)) => text.chars().next(),
                        _ => None,
                    };
                    output.push_str(&inline(&normalise(latex), before, after));
                }
                Piece::Display(latex) => {
                    self.maths.display(latex)?;
                    let _ = write!(output, "\n\n```math\n{}\n```\n\n", normalise(latex));
                }
            }
        }
        Ok(output)
    }

    /// A figure with its number and caption.
    pub(crate) fn figure(&self, id: &str) -> Result<String, ReportError> {
        let number = self.document.figures.iter().position(|shown| shown == id).map_or(0, |at| at + 1);
        let drawn = find(self.handout.figures, id)?;
        Ok(format!(
            "<a id=\"fig-{id}\"></a>\n\n![{}](figures/{id}.svg)\n\n**Figure\u{a0}{number}.** {}",
            markdown_escape(&drawn.alt),
            self.text(&drawn.caption)?
        ))
    }

    fn blocks(&self, blocks: &[Block]) -> Result<String, ReportError> {
        let mut parts = Vec::new();
        for block in blocks {
            let part = match block {
                Block::Text(text) => tight(&self.text(text)?),
                Block::Code(code) => code.clone(),
                Block::Equation { number, label, latex } => {
                    self.maths.display(latex)?;
                    let latex = normalise(latex);
                    match number {
                        Some(number) => {
                            format!("<a id=\"{label}\"></a>\n\n```math\n{latex} \\tag{{{number}}}\n```")
                        }
                        None => format!("```math\n{latex}\n```"),
                    }
                }
                Block::Figure(id) => self.figure(id)?,
                Block::Note { title, body } => quote(&self.titled(title, body)?),
                Block::Warning { title, body } => {
                    let title = if title == UNTITLED { "" } else { title };
                    quote(&format!("[!WARNING]\n{}", self.titled(title, body)?))
                }
                Block::Exercise { number, label, title, body } => format!(
                    "<a id=\"{label}\"></a>\n\n{}",
                    self.titled(format!("Exercise\u{a0}{number}. {title}").trim(), body)?
                ),
                Block::Hint(body) => folded("Hint", &self.blocks(body)?),
                Block::Solution(_) if !self.handout.solutions => continue,
                Block::Solution(body) => folded("Solution", &self.blocks(body)?),
                Block::Quote { number, label, quote: quoted, body } => format!(
                    "<a id=\"{label}\"></a>\n\n```rust\n{}\n```\n\n**Code\u{a0}{number}** ({}). {}",
                    quoted.code(),
                    quoted.path,
                    self.blocks(body)?
                ),
                Block::Estimates => {
                    let table = estimates::markdown(self.handout, self)?;
                    match estimates::summary(self.handout) {
                        Some(summary) => folded(&summary, &table),
                        None => table,
                    }
                }
                Block::References => self
                    .references
                    .iter()
                    .map(|work| format!("- <a id=\"ref-{}\"></a>{}\n", work.key, work.entry))
                    .collect(),
                Block::Colophon => frame::facts(self.handout.colophon)
                    .iter()
                    .map(|fact| match fact.code {
                        true => format!("- {}: `{}`\n", fact.label, fact.value.replace('`', "'")),
                        false => format!("- {}: {}\n", fact.label, markdown_escape(&fact.value)),
                    })
                    .collect(),
            };
            parts.push(part.trim().to_owned());
        }
        Ok(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n"))
    }

    /// The blocks with a bold title run in.
    fn titled(&self, title: &str, body: &[Block]) -> Result<String, ReportError> {
        let text = self.blocks(body)?;
        if title.is_empty() {
            return Ok(text);
        }
        let stop = if title.ends_with(['.', '?', '!']) { "" } else { "." };
        let joint = if matches!(body.first(), Some(Block::Text(_))) { " " } else { "\n\n" };
        Ok(format!("**{}{stop}**{joint}{text}", self.text(title)?))
    }
}

fn folded(summary: &str, body: &str) -> String {
    format!("<details>\n<summary>{summary}</summary>\n\n{}\n\n</details>", body.trim())
}

/// The text with one empty line where a template's conditions left several.
fn tight(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines() {
        empty = if line.trim().is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            output.push_str(line);
            output.push('\n');
        }
    }
    output
}

/// An inline formula: between plain dollars where that is safe, else as GitHub's `` $`…`$ ``, whose inside Markdown
/// leaves alone.
fn inline(latex: &str, before: Option<char>, after: Option<char>) -> String {
    let joined =
        |neighbour: Option<char>| neighbour.is_some_and(|next| next.is_alphanumeric() || next == '-');
    let punctuation = |pair: &[u8]| pair[0] == b'\\' && pair[1].is_ascii_punctuation();
    let risky = latex.bytes().filter(|byte| *byte == b'_').count() > 1
        || latex.contains(['*', '<', '>', '|', '[', '&', '~'])
        || latex.as_bytes().windows(2).any(punctuation)
        || joined(before)
        || joined(after);
    if risky && !latex.contains('`') { format!("$`{latex}`$") } else { format!("${latex}$") }
}

/// Markdown as a quotation.
pub(crate) fn quote(text: &str) -> String {
    let line = |line: &str| if line.is_empty() { ">".to_owned() } else { format!("> {line}") };
    text.trim().lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_that_markdown_could_break_are_guarded() {
        assert_eq!(inline("T_c", Some(' '), Some(',')), "$T_c$");
        assert_eq!(inline("a_i + b_j", None, None), "$`a_i + b_j`$");
        assert_eq!(inline(r"\{x\}", None, None), r"$`\{x\}`$");
        assert_eq!(inline("x", None, Some('-')), "$`x`$");
    }

    #[test]
    fn quotes_keep_blank_lines() {
        assert_eq!(quote("a\n\nb"), "> a\n>\n> b");
    }
}
