//! Extended Markdown into blocks: fenced directives are split off, equations, figures and exercises are numbered, and
//! whatever can be referred to gets a label.
//!
//! A directive is a fenced block whose info string begins with a word in braces, ```` ```{math} eq-boltzmann ````. Inside a
//! directive that holds Markdown, further fences may stand as they are: an opening fence carries an info string, a
//! closing one does not.

use super::error::ReportError;
use super::labels::Labels;
use comrak::{Anchorizer, Arena, nodes::NodeValue};

/// One part of a handout's body.
#[derive(Debug, PartialEq)]
pub(crate) enum Block {
    /// Markdown without fenced code.
    Text(String),
    /// A fenced code block, fences included.
    Code(String),
    /// A displayed formula; numbered when it has a label.
    Equation { number: Option<usize>, label: String, latex: String },
    /// A figure, by id.
    Figure(String),
    /// An aside in the margin.
    Note { title: String, body: Vec<Block> },
    /// A box that warns.
    Warning { title: String, body: Vec<Block> },
    /// A numbered exercise.
    Exercise { number: usize, label: String, title: String, body: Vec<Block> },
    /// The solution of the exercise before it.
    Solution(Vec<Block>),
}

/// A heading of the body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Heading {
    /// 1 to 6.
    pub(crate) level: u8,
    /// The anchor, `sec-` included.
    pub(crate) id: String,
    /// The heading's Markdown.
    pub(crate) markdown: String,
}

/// A parsed body.
#[derive(Debug)]
pub(crate) struct Document {
    /// The parts in order.
    pub(crate) blocks: Vec<Block>,
    /// The headings outside directives, in order.
    pub(crate) headings: Vec<Heading>,
    /// Everything that can be referred to.
    pub(crate) labels: Labels,
    /// The ids of the figures that are shown, in the order of their numbers.
    pub(crate) figures: Vec<String>,
}

impl Document {
    /// Parses `text`; `figures` are the ids at hand, of which the first is shown ahead of the body as Figure 1.
    pub(crate) fn parse(text: &str, figures: &[String]) -> Result<Self, ReportError> {
        let mut numbering = Numbering { known: figures, ..Numbering::default() };
        if let Some(hero) = figures.first() {
            numbering.figure(hero)?;
        }
        let blocks = numbering.blocks(text, 1)?;
        let headings = headings(&blocks, &mut numbering.labels)?;
        Ok(Self { blocks, headings, labels: numbering.labels, figures: numbering.shown })
    }
}

#[derive(Default)]
struct Numbering<'a> {
    known: &'a [String],
    shown: Vec<String>,
    labels: Labels,
    equations: usize,
    exercises: usize,
}

impl Numbering<'_> {
    fn blocks(&mut self, text: &str, first_line: usize) -> Result<Vec<Block>, ReportError> {
        let lines: Vec<&str> = text.lines().collect();
        let mut blocks = Vec::new();
        let mut prose = Vec::new();
        let mut at = 0;
        while at < lines.len() {
            let Some(fence) = Fence::opening(lines[at]) else {
                prose.push(lines[at]);
                at += 1;
                continue;
            };
            let directive = fence.directive();
            let end = closing(&lines[at + 1..], &fence, directive.is_some()).map(|length| at + 1 + length);
            flush(&mut prose, &mut blocks);
            match directive {
                None => {
                    let end = end.unwrap_or(lines.len() - 1);
                    blocks.push(Block::Code(lines[at..=end].join("\n")));
                    at = end + 1;
                }
                Some((name, argument)) => {
                    let failure = |message: &str| ReportError::Directive {
                        name: name.to_owned(),
                        line: first_line + at,
                        message: message.to_owned(),
                    };
                    let end = end.ok_or_else(|| failure("is not closed"))?;
                    let body = lines[at + 1..end].join("\n");
                    let block = self.directive(name, argument, &body, first_line + at)?;
                    blocks.push(block.ok_or_else(|| {
                        failure("is unknown (known: math, figure, note, warning, exercise, solution)")
                    })?);
                    at = end + 1;
                }
            }
        }
        flush(&mut prose, &mut blocks);
        Ok(blocks)
    }

    fn directive(
        &mut self,
        name: &str,
        argument: &str,
        body: &str,
        line: usize,
    ) -> Result<Option<Block>, ReportError> {
        let title = argument.to_owned();
        Ok(Some(match name {
            "math" => {
                let latex = body.trim().to_owned();
                if !argument.is_empty() && !argument.starts_with("eq-") {
                    return Err(ReportError::Directive {
                        name: name.to_owned(),
                        line,
                        message: format!("wants a label that begins with `eq-`, not `{argument}`"),
                    });
                }
                if argument.is_empty() {
                    Block::Equation { number: None, label: String::new(), latex }
                } else {
                    self.equations += 1;
                    self.labels.add(argument, format!("Eq.\u{a0}({})", self.equations))?;
                    Block::Equation { number: Some(self.equations), label: title, latex }
                }
            }
            "figure" => {
                self.figure(argument)?;
                Block::Figure(title)
            }
            "note" => Block::Note { title, body: self.blocks(body, line + 1)? },
            "warning" => Block::Warning { title, body: self.blocks(body, line + 1)? },
            "exercise" => {
                self.exercises += 1;
                let number = self.exercises;
                let (label, title) = match argument.split_once(' ') {
                    _ if !argument.starts_with("ex-") => (format!("ex-{number}"), title),
                    Some((label, title)) => (label.to_owned(), title.trim().to_owned()),
                    None => (title, String::new()),
                };
                self.labels.add(&label, format!("Exercise\u{a0}{number}"))?;
                Block::Exercise { number, label, title, body: self.blocks(body, line + 1)? }
            }
            "solution" => Block::Solution(self.blocks(body, line + 1)?),
            _ => return Ok(None),
        }))
    }

    fn figure(&mut self, id: &str) -> Result<(), ReportError> {
        if !self.known.iter().any(|known| known == id) {
            return Err(ReportError::Figure { id: id.to_owned(), known: self.known.to_vec() });
        }
        self.shown.push(id.to_owned());
        self.labels.add(&format!("fig-{id}"), format!("Figure\u{a0}{}", self.shown.len()))
    }
}

fn flush(prose: &mut Vec<&str>, blocks: &mut Vec<Block>) {
    if prose.iter().any(|line| !line.trim().is_empty()) {
        blocks.push(Block::Text(prose.join("\n")));
    }
    prose.clear();
}

/// The headings of the blocks' text, each labelled.
fn headings(blocks: &[Block], labels: &mut Labels) -> Result<Vec<Heading>, ReportError> {
    let mut anchors = Anchorizer::new();
    let mut headings = Vec::new();
    for block in blocks {
        let Block::Text(text) = block else { continue };
        let arena = Arena::new();
        let root = comrak::parse_document(&arena, text, &super::html::options());
        for node in root.descendants() {
            let (level, line) = match &node.data().value {
                NodeValue::Heading(heading) => (heading.level, node.data().sourcepos.start.line),
                _ => continue,
            };
            let slug = anchors.anchorize(&node.collect_text());
            let source = text.lines().nth(line - 1).unwrap_or_default();
            let markdown = source.trim().trim_matches('#').trim().to_owned();
            let id = format!("sec-{slug}");
            labels.add_section(&id, &markdown)?;
            headings.push(Heading { level, id, markdown });
        }
    }
    Ok(headings)
}

/// An opening code fence.
struct Fence<'a> {
    mark: char,
    length: usize,
    info: &'a str,
}

impl<'a> Fence<'a> {
    fn opening(line: &'a str) -> Option<Self> {
        let rest = line.trim_start_matches(' ');
        let mark = rest.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let info = rest.trim_start_matches(mark);
        let length = rest.len() - info.len();
        let fits = line.len() - rest.len() < 4 && length >= 3 && !(mark == '`' && info.contains('`'));
        fits.then(|| Self { mark, length, info: info.trim() })
    }

    /// The word in braces and what follows it.
    fn directive(&self) -> Option<(&'a str, &'a str)> {
        let (name, argument) = self.info.strip_prefix('{')?.split_once('}')?;
        Some((name.trim(), argument.trim()))
    }
}

/// How many lines stand before the one that closes `fence`.
fn closing(lines: &[&str], fence: &Fence<'_>, nested: bool) -> Option<usize> {
    let mut open = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(inner) = Fence::opening(line) else { continue };
        let (mark, length) = open.last().copied().unwrap_or((fence.mark, fence.length));
        let closes = inner.mark == mark && inner.length >= length && inner.info.is_empty();
        if closes && open.pop().is_none() {
            return Some(index);
        } else if !closes && nested && !inner.info.is_empty() {
            open.push((inner.mark, inner.length));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Document, ReportError> {
        Document::parse(text, &["hero".to_owned(), "other".to_owned()])
    }

    #[test]
    fn directives_are_numbered_and_nest() {
        let text = "## The physics\ntext\n```{math} eq-a\na\n```\n```{note} Why\nsee\n```{math} eq-b\nb\n```\nend\n```\n\
                    ```{figure} other\n```\n```rust\n```{math} x\n```\nlast";
        let document = parse(text).unwrap();
        assert_eq!(document.figures, ["hero", "other"]);
        assert_eq!(
            document.headings,
            [Heading { level: 2, id: "sec-the-physics".into(), markdown: "The physics".into() }]
        );
        let Block::Note { title, body } = &document.blocks[2] else { panic!("{:?}", document.blocks) };
        assert_eq!((title.as_str(), body.len()), ("Why", 3));
        assert!(matches!(&body[1], Block::Equation { number: Some(2), label, .. } if label == "eq-b"));
        assert_eq!(document.blocks[4], Block::Code("```rust\n```{math} x\n```".into()));
        let text = document.labels.resolve("[](#eq-b) [](#fig-other) [](#sec-the-physics)").unwrap();
        assert_eq!(text, "[Eq.\u{a0}(2)](#eq-b) [Figure\u{a0}2](#fig-other) [The physics](#sec-the-physics)");
    }

    #[test]
    fn mistakes_in_directives_are_named() {
        let message = |text| parse(text).unwrap_err().to_string();
        assert_eq!(message("```{figure} nosuch\n```"), "unknown figure `nosuch` (known: hero, other)");
        assert!(message("```{figure} hero\n```").contains("given twice (the first figure already stands"));
        assert!(message("a\n```{math} eq-a\nx").contains("`{math}` in line 2"));
        assert!(message("```{math} boltzmann\nx\n```").contains("begins with `eq-`, not `boltzmann`"));
        assert!(message("```{maths} eq-a\n```").contains("is unknown"));
        assert!(message("```{math} eq-a\n```\n```{math} eq-a\n```").contains("`eq-a` is given twice"));
    }
}
