//! The document as Markdown for GitHub: fenced `math`, figures as links to their files, notes as quotations.

use super::document::{Block, Document};
use super::error::ReportError;
use super::handout::Drawn;
use super::html::find;
use super::maths::{Maths, Piece, normalise, split};
use super::text::markdown_escape;
use std::fmt::Write as _;

/// Renders parts of one document.
pub(crate) struct Edition<'a> {
    /// The converter for formulas, to refuse what the page would refuse.
    pub(crate) maths: Maths,
    /// The document, for its labels, headings and numbers.
    pub(crate) document: &'a Document,
    /// The figures at hand.
    pub(crate) figures: &'a [Drawn],
    /// Whether solutions are shown.
    pub(crate) solutions: bool,
}

impl Edition<'_> {
    /// The body of the document.
    pub(crate) fn body(&self) -> Result<String, ReportError> {
        self.blocks(&self.document.blocks)
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
        let drawn = find(self.figures, id)?;
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
                Block::Text(text) => self.text(text)?,
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
                    quote(&format!("[!WARNING]\n{}", self.titled(title, body)?))
                }
                Block::Exercise { number, label, title, body } => format!(
                    "<a id=\"{label}\"></a>\n\n{}",
                    self.titled(format!("Exercise\u{a0}{number}. {title}").trim(), body)?
                ),
                Block::Solution(_) if !self.solutions => continue,
                Block::Solution(body) => {
                    format!("<details>\n<summary>Solution</summary>\n\n{}\n\n</details>", self.blocks(body)?)
                }
            };
            parts.push(part.trim().to_owned());
        }
        Ok(parts.join("\n\n"))
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
