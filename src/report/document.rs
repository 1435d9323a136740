//! Extended Markdown into blocks: fenced directives are split off, equations, figures and exercises are numbered, and
//! whatever can be referred to gets a label.
//!
//! A directive is a fenced block whose info string begins with a word in braces, ```` ```{math} eq-boltzmann ````. Inside a
//! directive that holds Markdown, further fences may stand as they are: an opening fence carries an info string, a
//! closing one does not.

use super::error::ReportError;
use super::fences::{Fence, closing, strays};
use super::labels::Labels;
use super::quotes::{self, Quote};
use comrak::{Anchorizer, Arena, nodes::NodeValue};

/// The title of a box that shall have none.
pub(crate) const UNTITLED: &str = "-";

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
    /// A hint for the exercise before it.
    Hint(Vec<Block>),
    /// The solution of the exercise before it.
    Solution(Vec<Block>),
    /// A function of gibbs's own source, with what it does.
    Quote { number: usize, label: String, quote: &'static Quote, body: Vec<Block> },
    /// The table of all estimates.
    Estimates,
    /// The works that the page cites.
    References,
    /// How the page came about.
    Colophon,
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

/// One part of a page, rendered by itself.
#[derive(Debug)]
pub(crate) struct Part {
    /// Where its text stands, when it is the user's own word for word.
    pub(crate) place: Option<String>,
    /// Its text.
    pub(crate) source: String,
    /// The blocks in order.
    pub(crate) blocks: Vec<Block>,
    /// The headings outside directives, in order.
    pub(crate) headings: Vec<Heading>,
}

/// A parsed page.
#[derive(Debug)]
pub(crate) struct Document {
    /// The parts in order.
    pub(crate) parts: Vec<Part>,
    /// Everything that can be referred to.
    pub(crate) labels: Labels,
    /// The ids of the figures that are shown, in the order of their numbers.
    pub(crate) figures: Vec<String>,
}

impl Document {
    /// Parses the parts of a page, each with its place when it is the user's word for word; `figures` are the ids at hand, of which the first is shown ahead of the first part as
    /// Figure 1. Labels, prefixed by `prefix` in links, are shared by all parts, and `labels` may hold some already.
    ///
    /// # Errors
    ///
    /// A directive that is unknown or not closed, an unknown figure or quotation, a label given twice.
    pub(crate) fn parse(
        parts: &[(Option<&str>, &str)],
        figures: &[String],
        labels: Labels,
    ) -> Result<Self, ReportError> {
        let mut numbering = Numbering { known: figures, labels, ..Numbering::default() };
        if let Some(hero) = figures.first() {
            numbering.figure(hero)?;
        }
        let mut anchors = Anchorizer::new();
        let mut parsed = Vec::with_capacity(parts.len());
        for (place, text) in parts {
            let place = place.map(str::to_owned);
            let mut part =
                Part { place, source: (*text).to_owned(), blocks: Vec::new(), headings: Vec::new() };
            part.blocks = numbering.blocks(text, 1).map_err(|error| part.blame(error))?;
            part.headings = headings(&part.blocks, &mut anchors, &mut numbering.labels)
                .map_err(|error| part.blame(error))?;
            parsed.push(part);
        }
        Ok(Self { parts: parsed, labels: numbering.labels, figures: numbering.shown })
    }

    /// The headings of all parts, in order.
    pub(crate) fn headings(&self) -> impl Iterator<Item = &Heading> {
        self.parts.iter().flat_map(|part| &part.headings)
    }
}

impl Part {
    /// The mistake with its place, when this part is the user's own.
    pub(crate) fn blame(&self, error: ReportError) -> ReportError {
        match &self.place {
            Some(place) => error.locate_in(place, &self.source),
            None => error,
        }
    }
}

#[derive(Default)]
struct Numbering<'a> {
    known: &'a [String],
    shown: Vec<String>,
    labels: Labels,
    equations: usize,
    exercises: usize,
    quotations: usize,
}

impl Numbering<'_> {
    fn blocks(&mut self, text: &str, first_line: usize) -> Result<Vec<Block>, ReportError> {
        let lines: Vec<&str> = text.lines().collect();
        let mut blocks = Vec::new();
        let mut prose = Vec::new();
        let mut at = 0;
        while at < lines.len() {
            let fence = Fence::opening(lines[at]);
            let directive = fence.as_ref().and_then(Fence::directive);
            if directive.is_none() && strays(lines[at]) {
                return Err(ReportError::Stray.on_line(first_line + at));
            }
            let Some(fence) = &fence else {
                prose.push(lines[at]);
                at += 1;
                continue;
            };
            let end = closing(&lines[at + 1..], fence, directive.is_some()).map(|length| at + 1 + length);
            flush(&mut prose, &mut blocks);
            match directive {
                None => {
                    let end = end.unwrap_or(lines.len() - 1);
                    blocks.push(Block::Code(lines[at..=end].join("\n")));
                    at = end + 1;
                }
                Some((name, argument)) => {
                    let opened = Opened { name, argument, line: first_line + at };
                    let end = end.ok_or_else(|| opened.error("is not closed"))?;
                    let body = lines[at + 1..end].join("\n");
                    blocks.push(self.directive(&opened, &body).map_err(|error| error.on_line(opened.line))?);
                    at = end + 1;
                }
            }
        }
        flush(&mut prose, &mut blocks);
        Ok(blocks)
    }

    fn directive(&mut self, opened: &Opened<'_>, body: &str) -> Result<Block, ReportError> {
        let title = opened.argument.to_owned();
        let inside = |numbering: &mut Self| numbering.blocks(body, opened.line + 1);
        Ok(match opened.name {
            "math" => self.equation(opened, body)?,
            "figure" => {
                self.figure(opened.argument)?;
                Block::Figure(title)
            }
            "note" => Block::Note { title, body: inside(self)? },
            "warning" => Block::Warning { title, body: inside(self)? },
            "exercise" => {
                self.exercises += 1;
                let number = self.exercises;
                let (label, title) = match opened.argument.split_once(' ') {
                    _ if !opened.argument.starts_with("ex-") => (format!("ex-{number}"), title),
                    Some((label, title)) => (label.to_owned(), title.trim().to_owned()),
                    None => (title, String::new()),
                };
                self.labels.add(&label, format!("Exercise\u{a0}{number}"))?;
                Block::Exercise { number, label, title, body: inside(self)? }
            }
            "hint" => Block::Hint(inside(self)?),
            "solution" => Block::Solution(inside(self)?),
            "code" => {
                let quote = quotes::find(opened.argument)?;
                self.quotations += 1;
                let number = self.quotations;
                let label = format!("code-{}", quote.name);
                self.labels.add(&label, format!("Code\u{a0}{number}"))?;
                Block::Quote { number, label, quote, body: inside(self)? }
            }
            "estimates" => Block::Estimates,
            "references" => Block::References,
            "colophon" => Block::Colophon,
            _ => {
                return Err(opened.error(
                    "is unknown (known: math, figure, note, warning, exercise, hint, solution, code)",
                ));
            }
        })
    }

    fn equation(&mut self, opened: &Opened<'_>, body: &str) -> Result<Block, ReportError> {
        let (label, latex) = (opened.argument, body.trim().to_owned());
        if label.is_empty() {
            return Ok(Block::Equation { number: None, label: String::new(), latex });
        }
        if !label.starts_with("eq-") {
            return Err(opened.error(&format!("wants a label that begins with `eq-`, not `{label}`")));
        }
        self.equations += 1;
        self.labels.add(label, format!("Eq.\u{a0}({})", self.equations))?;
        Ok(Block::Equation { number: Some(self.equations), label: label.to_owned(), latex })
    }

    fn figure(&mut self, id: &str) -> Result<(), ReportError> {
        if !self.known.iter().any(|known| known == id) {
            return Err(ReportError::Figure { id: id.to_owned(), known: self.known.to_vec() });
        }
        self.shown.push(id.to_owned());
        self.labels.add(&format!("fig-{id}"), format!("Figure\u{a0}{}", self.shown.len()))
    }
}

/// A directive as its opening fence has it.
struct Opened<'a> {
    name: &'a str,
    argument: &'a str,
    line: usize,
}

impl Opened<'_> {
    fn error(&self, message: &str) -> ReportError {
        ReportError::Directive { name: self.name.to_owned(), line: self.line, message: message.to_owned() }
    }
}

fn flush(prose: &mut Vec<&str>, blocks: &mut Vec<Block>) {
    if prose.iter().any(|line| !line.trim().is_empty()) {
        blocks.push(Block::Text(prose.join("\n")));
    }
    prose.clear();
}

/// The headings of the blocks' text, each labelled.
fn headings(
    blocks: &[Block],
    anchors: &mut Anchorizer,
    labels: &mut Labels,
) -> Result<Vec<Heading>, ReportError> {
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
            labels.add(&id, markdown.clone())?;
            headings.push(Heading { level, id, markdown });
        }
    }
    Ok(headings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Document, ReportError> {
        Document::parse(&[(None, text)], &["hero".to_owned(), "other".to_owned()], Labels::default())
    }

    #[test]
    fn directives_are_numbered_and_nest() {
        let text = "## The physics\ntext\n```{math} eq-a\na\n```\n```{note} Why\nsee\n```{math} eq-b\nb\n```\nend\n```\n\
                    ```{figure} other\n```\n```rust\n```{math} x\n```\nlast";
        let document = parse(text).unwrap();
        assert_eq!(document.figures, ["hero", "other"]);
        assert_eq!(
            document.parts[0].headings,
            [Heading { level: 2, id: "sec-the-physics".into(), markdown: "The physics".into() }]
        );
        let Block::Note { title, body } = &document.parts[0].blocks[2] else {
            panic!("{:?}", document.parts[0].blocks)
        };
        assert_eq!((title.as_str(), body.len()), ("Why", 3));
        assert!(matches!(&body[1], Block::Equation { number: Some(2), label, .. } if label == "eq-b"));
        assert_eq!(document.parts[0].blocks[4], Block::Code("```rust\n```{math} x\n```".into()));
        let text = document.labels.resolve("[](#eq-b) [](#fig-other) [](#sec-the-physics)").unwrap();
        assert_eq!(text, "[Eq.\u{a0}(2)](#eq-b) [Figure\u{a0}2](#fig-other) [The physics](#sec-the-physics)");
    }

    #[test]
    fn mistakes_in_directives_are_named() {
        let message = |text| parse(text).unwrap_err().to_string();
        assert!(message("```{figure} nosuch\n```").ends_with("unknown figure `nosuch` (known: hero, other)"));
        assert!(message("```{figure} hero\n```").contains("given twice (each figure stands once"));
        assert!(message("a\n```{math} eq-a\nx").contains("`{math}` is not closed"));
        assert!(message("```{math} boltzmann\nx\n```").contains("begins with `eq-`, not `boltzmann`"));
        assert!(message("```{maths} eq-a\n```").contains("is unknown"));
        assert!(message("```{math} eq-a\n```\n```{math} eq-a\n```").contains("`eq-a` is given twice"));
    }
}
