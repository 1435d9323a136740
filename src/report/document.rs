//! Extended Markdown into blocks: fenced directives are split off, equations, figures and exercises are numbered, and
//! whatever can be referred to gets a label.
//!
//! A directive is a fenced block whose info string begins with a word in braces, ```` ```{math} eq-boltzmann ````. Inside a
//! directive that holds Markdown, further fences may stand as they are: an opening fence carries an info string, a
//! closing one does not.

use super::error::ReportError;
use super::fences::{Fence, closing, strays};
use super::labels::Labels;
use super::macros::Macros;
use super::pictures::Pictures;
use super::quotes::{self, Quote};
use crate::input::Inputs;
use comrak::{Anchorizer, Arena, nodes::NodeValue};

/// The directives that anyone may write.
const DIRECTIVES: [&str; 8] = ["math", "figure", "note", "warning", "exercise", "hint", "solution", "code"];

/// The title of a box that shall have none.
pub(crate) const UNTITLED: &str = "-";

/// One part of a handout's body.
#[derive(Debug, PartialEq)]
pub(crate) enum Block {
    /// Markdown without fenced code, and the line of its part on which it begins.
    Text { line: usize, text: String },
    /// A fenced code block, fences included.
    Code(String),
    /// A displayed formula, and the line on which it begins; numbered when it has a label.
    Equation { number: Option<usize>, label: String, line: usize, latex: String },
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
    /// Whether a template gave it that may be the user's.
    pub(crate) templated: bool,
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
    /// The user's own pictures.
    pub(crate) pictures: Pictures,
    /// The names of the macros that the formulas were written with.
    pub(crate) macros: Vec<String>,
}

/// The text of one part of a page.
pub(crate) struct Source<'a> {
    /// Where it stands, when it is the user's own word for word.
    pub(crate) place: Option<&'a str>,
    /// Whether a template gave it that may be the user's.
    pub(crate) templated: bool,
    /// The folder in which the pictures are that it names.
    pub(crate) folder: &'a str,
    /// Extended Markdown.
    pub(crate) text: &'a str,
}

impl Document {
    /// Parses the parts of a page; `figures` are the ids at hand, of which the first is shown ahead of the first part as
    /// Figure 1. Labels and macros are shared by all parts, and `labels` may hold some already; `inputs` reads pictures,
    /// which lie apart in the edition with the `solutions`.
    ///
    /// # Errors
    ///
    /// A directive that is unknown or not closed, an unknown figure or quotation, a label given twice, a macro that is not
    /// understood, a picture that cannot be shown.
    pub(crate) fn parse(
        parts: &[Source<'_>],
        figures: &[String],
        labels: Labels,
        solutions: bool,
        inputs: &dyn Inputs,
    ) -> Result<Self, ReportError> {
        let mut numbering = Numbering {
            known: figures,
            shown: Vec::new(),
            labels,
            macros: Macros::default(),
            pictures: Pictures::of_edition(solutions),
            inputs,
            folder: "",
            equations: 0,
            exercises: 0,
            quotations: 0,
        };
        if let Some(hero) = figures.first() {
            numbering.figure(hero)?;
        }
        let mut anchors = Anchorizer::new();
        let mut parsed = Vec::with_capacity(parts.len());
        for Source { place, templated, folder, text } in parts {
            let place = place.map(str::to_owned);
            let mut part = Part {
                place,
                templated: *templated,
                source: (*text).to_owned(),
                blocks: Vec::new(),
                headings: Vec::new(),
            };
            numbering.folder = folder;
            numbering.labels.within_handout(*templated);
            part.blocks = numbering.blocks(text, 1).map_err(|error| part.blame(error))?;
            part.headings = headings(&part.blocks, &mut anchors, &mut numbering.labels)
                .map_err(|error| part.blame(error))?;
            parsed.push(part);
        }
        let Numbering { labels, shown, pictures, macros, .. } = numbering;
        Ok(Self { parts: parsed, labels, figures: shown, pictures, macros: macros.names() })
    }

    /// The headings of all parts, in order.
    pub(crate) fn headings(&self) -> impl Iterator<Item = &Heading> {
        self.parts.iter().flat_map(|part| &part.headings)
    }
}

impl Part {
    /// The mistake with its place, when this part is the user's own.
    pub(crate) fn blame(&self, error: ReportError) -> ReportError {
        let error = error.spelt_in(&self.source);
        match &self.place {
            Some(place) => error.locate_in(place, &self.source),
            None if self.templated => error,
            None => error.without_line(),
        }
    }
}

struct Numbering<'a> {
    known: &'a [String],
    shown: Vec<String>,
    labels: Labels,
    macros: Macros,
    pictures: Pictures,
    inputs: &'a dyn Inputs,
    folder: &'a str,
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
            self.prose(&mut prose, first_line + at, &mut blocks)?;
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
                    blocks
                        .extend(self.directive(&opened, &body).map_err(|error| error.on_line(opened.line))?);
                    at = end + 1;
                }
            }
        }
        self.prose(&mut prose, first_line + lines.len(), &mut blocks)?;
        Ok(blocks)
    }

    /// The lines ahead of line `end`, if they say anything, as a block of text.
    fn prose(
        &mut self,
        lines: &mut Vec<&str>,
        end: usize,
        blocks: &mut Vec<Block>,
    ) -> Result<(), ReportError> {
        if lines.iter().any(|line| !line.trim().is_empty()) {
            let line = end - lines.len();
            let text = self
                .macros
                .text(&lines.join("\n"))
                .and_then(|text| self.pictures.take(&text, self.folder, self.inputs))
                .map_err(|error| error.further_down(line - 1))?;
            blocks.push(Block::Text { line, text });
        }
        lines.clear();
        Ok(())
    }

    /// What a directive gives; nothing when it does no more than define macros.
    fn directive(&mut self, opened: &Opened<'_>, body: &str) -> Result<Option<Block>, ReportError> {
        let title = self.macros.text(opened.argument)?;
        let inside = |numbering: &mut Self| numbering.blocks(body, opened.line + 1);
        Ok(Some(match opened.name {
            "math" => return self.equation(opened, body),
            "figure" => {
                self.figure(opened.argument)?;
                Block::Figure(title)
            }
            "note" => Block::Note { title, body: inside(self)? },
            "warning" => Block::Warning { title, body: inside(self)? },
            "exercise" => {
                self.exercises += 1;
                let number = self.exercises;
                let (label, title) = match title.split_once(' ') {
                    _ if !title.starts_with("ex-") => (format!("ex-{number}"), title.clone()),
                    Some((label, title)) => (label.to_owned(), title.trim().to_owned()),
                    None => (title.clone(), String::new()),
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
                let hint = super::blocks::hint(opened.name, DIRECTIVES.to_vec());
                return Err(opened.error(&format!("is unknown{hint}")));
            }
        }))
    }

    fn equation(&mut self, opened: &Opened<'_>, body: &str) -> Result<Option<Block>, ReportError> {
        let label = opened.argument;
        let begins = body.len() - body.trim_start().len();
        let line = opened.line + 1 + body[..begins].matches('\n').count();
        let latex = self.macros.formula(body)?.trim().to_owned();
        if label.is_empty() {
            let empty = latex.is_empty() && !body.trim().is_empty();
            return Ok((!empty).then_some(Block::Equation {
                number: None,
                label: String::new(),
                line,
                latex,
            }));
        }
        if !label.starts_with("eq-") {
            return Err(opened.error(&format!("wants a label that begins with `eq-`, not `{label}`")));
        }
        self.equations += 1;
        self.labels.add(label, format!("Eq.\u{a0}({})", self.equations))?;
        Ok(Some(Block::Equation { number: Some(self.equations), label: label.to_owned(), line, latex }))
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

/// The headings of the blocks' text, each labelled.
fn headings(
    blocks: &[Block],
    anchors: &mut Anchorizer,
    labels: &mut Labels,
) -> Result<Vec<Heading>, ReportError> {
    let mut headings = Vec::new();
    for block in blocks {
        let Block::Text { text, .. } = block else { continue };
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

    struct Nothing;

    impl Inputs for Nothing {
        fn read(&self, path: &str) -> Result<Vec<u8>, String> {
            Err(format!("no such file: {path}"))
        }
    }

    fn parse(text: &str) -> Result<Document, ReportError> {
        let figures = ["hero".to_owned(), "other".to_owned()];
        Document::parse(
            &[Source { place: None, templated: true, folder: "", text }],
            &figures,
            Labels::default(),
            false,
            &Nothing,
        )
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
    fn macros_reach_equations_and_titles_and_lines_stay_known() {
        let text = "```{math}\n\\newcommand{\\E}{\\mathbb{E}}\n```\na\n```{note} On $\\E$\nb\n\nc\n```\n\n```{math} eq-a\n\n\\E x\n```\n";
        let document = parse(text).unwrap();
        let [
            Block::Text { line: 4, .. },
            Block::Note { title, body },
            Block::Equation { line: 13, latex, .. },
        ] = document.parts[0].blocks.as_slice()
        else {
            panic!("{:?}", document.parts[0].blocks)
        };
        assert_eq!((title.as_str(), latex.as_str()), ("On $\\mathbb{E}$", "\\mathbb{E} x"));
        assert!(matches!(&body[0], Block::Text { line: 6, .. }), "{body:?}");
        let error = parse("a\n\n```{note}\nb ![](no.png)\n```").unwrap_err().to_string();
        assert!(error.starts_with("line 4 of the rendered text: picture `no.png`"), "{error}");
    }

    #[test]
    fn mistakes_in_directives_are_named() {
        let message = |text| parse(text).unwrap_err().to_string();
        assert!(message("```{figure} nosuch\n```").ends_with("unknown figure `nosuch` (known: hero, other)"));
        assert!(message("```{figure} hero\n```").contains("given twice (each figure stands once"));
        assert!(message("a\n```{math} eq-a\nx").contains("`{math}` is not closed"));
        assert!(message("```{math} boltzmann\nx\n```").contains("begins with `eq-`, not `boltzmann`"));
        assert!(message("```{maths} eq-a\n```").ends_with("`{maths}` is unknown; did you mean `math`?"));
        assert!(message("```{theorem}\n```").contains("is unknown (known: math, figure"));
        assert!(message("```{math} eq-a\n```\n```{math} eq-a\n```").contains("`eq-a` is given twice: Eq."));
    }
}
