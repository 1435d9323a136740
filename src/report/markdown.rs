//! The document as Markdown that GitHub, mdBook, MyST and Jupyter read alike: formulas between dollars that no parser
//! tampers with, figures as links to their files, notes as quotations.

use super::citations::Work;
use super::document::{Block, Document, Part, UNTITLED};
use super::dollars;
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

    /// Text that begins on `line`, its mistakes on the lines on which they stand.
    fn prose(&self, line: usize, text: &str) -> Result<String, ReportError> {
        self.text(text).map_err(|error| match error {
            ReportError::Maths { .. } => self.maths.mistake(text, line).unwrap_or(error),
            error => error.within(text, line),
        })
    }

    /// Markdown with references resolved and formulas that Markdown leaves alone.
    pub(crate) fn text(&self, markdown: &str) -> Result<String, ReportError> {
        let resolved = self.document.labels.resolve(markdown)?;
        let mut output = String::with_capacity(resolved.len());
        let pieces = split(&resolved);
        for (index, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Text(text) => {
                    // GitHub derives a heading's anchor from its words alone.
                    let text = shown_not_run(&text.replace("](#sec-", "](#"));
                    let behind = index > 0 && matches!(pieces[index - 1], Piece::Inline(_));
                    let ahead = matches!(pieces.get(index + 1), Some(Piece::Inline(_)));
                    output.push_str(&apart(&text, behind, ahead));
                }
                Piece::Code(code) => output.push_str(code),
                Piece::Inline(latex) => {
                    self.maths.inline(latex)?;
                    output.push_str(&dollars::inline(&normalise(latex)));
                }
                Piece::Display(latex) => {
                    self.maths.display(latex)?;
                    let _ = write!(output, "\n\n{}\n\n", dollars::display(&normalise(latex)));
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
                Block::Text { line, text } => tight(&self.prose(*line, text)?),
                Block::Code(code) => code.clone(),
                Block::Equation { number, label, line, latex } => {
                    self.maths.display(latex).map_err(|error| error.in_formula(latex, *line))?;
                    let latex = normalise(latex);
                    match number {
                        Some(number) => {
                            let formula = dollars::display(&format!("{latex} \\tag{{{number}}}"));
                            format!("<a id=\"{label}\"></a>\n\n{formula}")
                        }
                        None => dollars::display(&latex),
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
                Block::Colophon => frame::facts(self.handout.colophon, &self.document.pictures)
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
        let joint = if matches!(body.first(), Some(Block::Text { .. })) { " " } else { "\n\n" };
        Ok(format!("**{}{stop}**{joint}{text}", self.text(title)?))
    }
}

fn folded(summary: &str, body: &str) -> String {
    format!("<details>\n<summary>{summary}</summary>\n\n{}\n\n</details>", body.trim())
}

/// Text whose HTML shows as typed and whose links run no script, wherever the Markdown is rendered.
fn shown_not_run(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let rest = &text[at + character.len_utf8()..];
        let tag =
            rest.starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'));
        if character == '<' && tag && !rest.starts_with("http://") && !rest.starts_with("https://") {
            output.push_str("&lt;");
            continue;
        }
        output.push(character);
        let runs = |scheme: &str| {
            rest.trim_start_matches(['<', ' '])
                .get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        };
        if output.ends_with("](") && ["javascript:", "vbscript:", "data:"].into_iter().any(runs) {
            output.push('#');
        }
    }
    output
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

/// Text between formulas, its first and last character such that the dollars beside it count.
fn apart(text: &str, behind: bool, ahead: bool) -> String {
    let mut characters = text.chars();
    let first = characters.next().filter(|_| behind).and_then(dollars::apart);
    let rest = if first.is_some() { characters.as_str() } else { text };
    let mut characters = rest.chars();
    let last = characters.next_back().filter(|_| ahead).and_then(dollars::apart);
    let middle = if last.is_some() { characters.as_str() } else { rest };
    [first.unwrap_or_default().as_str(), middle, last.unwrap_or_default().as_str()].concat()
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
    fn dollars_are_kept_from_letters_and_hyphens() {
        assert_eq!(apart("-axis of ", true, true), "&#45;axis of ");
        assert_eq!(apart("th half-", true, true), "&#116;h half&#45;");
        assert_eq!(apart("-", true, true), "&#45;");
        assert_eq!(apart("-axis", false, false), "-axis");
    }

    #[test]
    fn quotes_keep_blank_lines() {
        assert_eq!(quote("a\n\nb"), "> a\n>\n> b");
    }

    #[test]
    fn html_is_shown_and_scripts_do_not_run() {
        let text = "<script>x</script> a < b <https://a.org> [j](JavaScript:x) [k](https://b.org) <!-- c -->";
        assert_eq!(
            shown_not_run(text),
            "&lt;script>x&lt;/script> a < b <https://a.org> [j](#JavaScript:x) [k](https://b.org) &lt;!-- c -->"
        );
    }
}
