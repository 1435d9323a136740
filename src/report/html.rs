//! The document as HTML: Markdown through comrak with raw HTML shown, not run; maths as MathML; directives as elements.

use super::citations::Work;
use super::document::{Block, Document, Heading, Part, UNTITLED};
use super::error::ReportError;
use super::figures::CARRIED;
use super::handout::{Drawn, Handout};
use super::maths::Maths;
use super::pictures::Pictures;
use super::text::{Power, html_escape, powers_of_ten};
use super::{estimates, frame, highlight};
use crate::number;
use comrak::html::{ChildRendering, format_node_default};
use comrak::{Arena, Options, create_formatter, nodes::Node, nodes::NodeValue};
use std::fmt::Write as _;

/// The info string behind which finished HTML waits while the text around it is Markdown still. No template can use it:
/// an unknown directive is an error.
const SLOT: &str = "{slot}";

/// Up to how many lines of code stay on one sheet of paper.
const WHOLE: usize = 25;

/// How many rows of the table of all estimates paper shows; the style sheet hides the others.
const PRINTED: usize = 40;

/// What of Markdown is understood.
pub(crate) fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.footnotes = true;
    options.extension.math_dollars = true;
    options.parse.smart = true;
    options.render.escape = true;
    options
}

/// Renders parts of one document.
pub(crate) struct Html<'a> {
    /// The converter for formulas.
    pub(crate) maths: Maths,
    /// The document, for its labels, headings and numbers.
    pub(crate) document: &'a Document,
    /// What is rendered.
    pub(crate) handout: &'a Handout<'a>,
    /// The works that the page cites.
    pub(crate) references: &'a [Work],
}

impl Html<'_> {
    /// One part of the document.
    pub(crate) fn part(&self, part: &Part) -> Result<String, ReportError> {
        self.blocks(&part.blocks, &part.headings)
    }

    /// The id of what carries `label`, fit for an attribute.
    pub(crate) fn id(&self, label: &str) -> String {
        html_escape(&self.document.labels.id(label))
    }

    /// A sentence or caption, without the paragraph around it when there is one only.
    pub(crate) fn inline(&self, markdown: &str) -> Result<String, ReportError> {
        let html = self.markdown(&self.document.labels.resolve(markdown)?, &[], &[])?;
        let html = html.trim();
        let inside = html.strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>"));
        Ok(inside.filter(|inside| !inside.contains("<p>")).unwrap_or(html).to_owned())
    }

    fn blocks(&self, blocks: &[Block], headings: &[Heading]) -> Result<String, ReportError> {
        let mut markdown = String::new();
        let mut slots = Vec::new();
        for block in blocks {
            match block {
                Block::Text { line, text } => {
                    let resolved =
                        self.document.labels.resolve(text).map_err(|error| error.within(text, *line))?;
                    markdown.push_str(&resolved);
                }
                Block::Code(code) => markdown.push_str(code),
                block => {
                    let _ = write!(markdown, "\n\n```{SLOT}\n{}\n```", slots.len());
                    slots.push(self.directive(block)?);
                }
            }
            markdown.push_str("\n\n");
        }
        self.markdown(&markdown, &slots, headings).map_err(|error| self.on_its_line(blocks, error))
    }

    /// A mistake in the text of `blocks` with its line: a formula is the first that is not understood.
    fn on_its_line(&self, blocks: &[Block], error: ReportError) -> ReportError {
        for block in blocks {
            let Block::Text { line, text } = block else { continue };
            match &error {
                ReportError::Maths { .. } => match self.maths.mistake(text, *line) {
                    Some(mistake) => return mistake,
                    None => continue,
                },
                ReportError::Picture { path, .. } if text.contains(path.as_str()) => {
                    return error.within(text, *line);
                }
                _ => continue,
            }
        }
        error
    }

    fn directive(&self, block: &Block) -> Result<String, ReportError> {
        Ok(match block {
            Block::Text { .. } | Block::Code(_) => String::new(),
            Block::Equation { number, label, line, latex } => {
                let formula = self.maths.display(latex).map_err(|error| error.in_formula(latex, *line))?;
                let formula = format!("<div class=\"formula\" tabindex=\"0\">{formula}</div>");
                match number {
                    Some(number) => format!(
                        "<div class=\"equation\" id=\"{}\">{formula}<span class=\"number\">({number})</span></div>",
                        self.id(label)
                    ),
                    None => format!("<div class=\"equation\">{formula}</div>"),
                }
            }
            Block::Figure(id) => self.figure(id)?,
            Block::Note { title, body } => self.aside("note", title, body)?,
            Block::Warning { title, body } => self.aside("warning", title, body)?,
            Block::Exercise { number, label, title, body } => format!(
                "<section class=\"exercise\" id=\"{}\"><p class=\"box-title\">Exercise\u{a0}{number}.\u{2002}{}</p>\n{}</section>",
                self.id(label),
                self.inline(title)?,
                self.blocks(body, &[])?
            ),
            Block::Hint(body) => folded("hint", "Hint", &self.blocks(body, &[])?),
            Block::Solution(_) if !self.handout.solutions => String::new(),
            Block::Solution(body) => folded("solution", "Solution", &self.blocks(body, &[])?),
            Block::Quote { number, label, quote, body } => format!(
                "<figure class=\"code\" id=\"{}\" aria-label=\"Code\u{a0}{number}\">\n{}<figcaption><strong>Code\u{a0}{number}.</strong> <code>{}</code>\n{}</figcaption>\n</figure>",
                self.id(label),
                code_block("rust", &quote.code()),
                quote.path,
                self.blocks(body, &[])?
            ),
            Block::Estimates => {
                let table = match estimates::summary(self.handout) {
                    // Hundreds of rows would bury the chapters of a book.
                    Some(_) if self.document.labels.is_chapter() => format!(
                        "<p>All {} estimates stand on this experiment's own page.</p>\n",
                        self.handout.estimates.len()
                    ),
                    Some(summary) => folded("all", &summary, &estimates::html(self.handout, self)?),
                    None => estimates::html(self.handout, self)?,
                };
                // Paper shows the first rows of a long table, and says so.
                let (class, cut) = match self.handout.estimates.len() {
                    0..=PRINTED => ("estimates", String::new()),
                    rows => (
                        "estimates cut",
                        format!(
                            "<p class=\"paper-alone\">Of {} estimates these are the first; <code>estimates.csv</code> holds them all.</p>\n",
                            number::count(rows as u64)
                        ),
                    ),
                };
                format!("<div class=\"{class}\">\n{table}{cut}{}</div>", self.estimates_link())
            }
            Block::References => {
                let mut list = String::from("<ul class=\"references\">\n");
                for work in self.references {
                    let id = self.id(&format!("ref-{}", work.key));
                    let _ = writeln!(list, "<li id=\"{id}\">{}</li>", self.inline(&work.entry)?);
                }
                list + "</ul>"
            }
            Block::Colophon => colophon(self.handout, &self.document.pictures),
        })
    }

    /// A link that saves `estimates.csv` from within the page; where it is too long to travel along, its name.
    fn estimates_link(&self) -> String {
        if self.handout.estimates_csv.len() > CARRIED {
            return "<p class=\"tools\">All rows are in <code>estimates.csv</code>.</p>\n".to_owned();
        }
        let name = format!("{}-estimates.csv", self.handout.name);
        format!("<p class=\"tools\">{}</p>\n", download(&name, self.handout.estimates_csv, "estimates.csv"))
    }

    fn aside(&self, class: &str, title: &str, body: &[Block]) -> Result<String, ReportError> {
        let title = match (title, class) {
            (UNTITLED, _) => String::new(),
            ("", "warning") => "<p class=\"box-title\">Warning</p>\n".to_owned(),
            ("", _) => String::new(),
            (title, _) => format!("<p class=\"box-title\">{}</p>\n", self.inline(title)?),
        };
        Ok(format!("<aside class=\"{class}\">\n{title}{}</aside>", self.blocks(body, &[])?))
    }

    fn markdown(
        &self,
        markdown: &str,
        slots: &[String],
        headings: &[Heading],
    ) -> Result<String, ReportError> {
        let options = options();
        let arena = Arena::new();
        let root = comrak::parse_document(&arena, markdown, &options);
        let nodes: Vec<Node<'_>> = root.descendants().collect();
        for node in nodes {
            self.replace(node, slots)?;
        }
        let mut html = String::new();
        let ids = headings.iter().rev().map(|heading| self.document.labels.id(&heading.id)).collect();
        Formatter::format_document(root, &options, &mut html, ids)
            .expect("invariant: writing to a string does not fail");
        // comrak names footnotes itself.
        let prefix = self.id("fn");
        Ok(if prefix == "fn" {
            html
        } else {
            html.replace("\"#fn", &format!("\"#{prefix}")).replace("id=\"fn", &format!("id=\"{prefix}"))
        })
    }

    /// Turns what comrak does not know into finished HTML.
    fn replace(&self, node: Node<'_>, slots: &[String]) -> Result<(), ReportError> {
        let link = match &node.data().value {
            NodeValue::Image(link) => Some((link.url.clone(), link.title.clone())),
            _ => None,
        };
        if let Some((url, title)) = link {
            let words = node.collect_text();
            let embedded = self.document.pictures.embedded(&url).ok_or_else(|| ReportError::Picture {
                path: url,
                message: "is not found in this text: write it as ![words](path), outside of titles"
                    .to_owned(),
            })?;
            let title = if title.is_empty() { title } else { format!(" title=\"{}\"", html_escape(&title)) };
            let picture = format!("<img src=\"{embedded}\" alt=\"{}\"{title}>", html_escape(&words));
            node.children().collect::<Vec<_>>().into_iter().for_each(|child| child.detach());
            node.data_mut().value = NodeValue::Raw(picture);
            return Ok(());
        }
        let inline = match &node.data().value {
            NodeValue::Math(math) if !math.display_math => Some(math.literal.clone()),
            _ => None,
        };
        if let Some(latex) = inline {
            let formula = self.maths.inline(&latex)?;
            let (before, behind) = touching(node);
            let html = if before.is_empty() && behind.is_empty() {
                formula
            } else {
                let (before, behind) = (html_escape(&before), html_escape(&behind));
                format!("<span class=\"nobr\">{before}{formula}{behind}</span>")
            };
            node.data_mut().value = NodeValue::Raw(html);
            return Ok(());
        }
        let mut data = node.data_mut();
        if let NodeValue::Text(text) = &mut data.value {
            bind_percent(text.to_mut());
        }
        let value = match &data.value {
            NodeValue::Math(math) if math.display_math => NodeValue::Raw(format!(
                "<span class=\"formula\">{}</span>",
                self.maths.display(&math.literal)?
            )),
            NodeValue::Text(text) => {
                let html = powers_of_ten(text, Power::Html);
                if !html.contains("<sup>") {
                    return Ok(());
                }
                NodeValue::Raw(html)
            }
            NodeValue::CodeBlock(code) if code.info == SLOT => {
                let slot = code.literal.trim().parse().ok().and_then(|slot: usize| slots.get(slot));
                NodeValue::Raw(format!("{}\n", slot.map_or("", String::as_str)))
            }
            NodeValue::CodeBlock(code) => NodeValue::Raw(code_block(&code.info, &code.literal)),
            _ => return Ok(()),
        };
        data.value = value;
        Ok(())
    }
}

/// What touches a formula in the text around it and must stay on its line, taken out of that text: an opening bracket or
/// quotation mark ahead of it; behind it whatever is no space, up to a hyphen, and a percent sign after a space.
fn touching(formula: Node<'_>) -> (String, String) {
    let mut before = String::new();
    if let Some(previous) = formula.previous_sibling()
        && let NodeValue::Text(text) = &mut previous.data_mut().value
    {
        let kept = text.trim_end_matches(['(', '[', '{', '“', '‘', '«', '"', '\'']).len();
        before = text.to_mut().split_off(kept);
    }
    let mut behind = String::new();
    if let Some(next) = formula.next_sibling()
        && let NodeValue::Text(text) = &mut next.data_mut().value
    {
        let spaces = text.len() - text.trim_start_matches([' ', '\u{a0}', '\u{202f}']).len();
        let (spaces, from) =
            if spaces > 0 && text[spaces..].starts_with('%') { ("\u{a0}", spaces) } else { ("", 0) };
        let rest = &text[from..];
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let end = rest[..end]
            .find(['-', '–', '—'])
            .map_or(end, |at| at + rest[at..].chars().next().map_or(0, char::len_utf8));
        behind = format!("{spaces}{}", &rest[..end]);
        text.to_mut().replace_range(..from + end, "");
    }
    (before, behind)
}

/// Keeps a percent sign with its number.
fn bind_percent(text: &mut String) {
    let mut from = 0;
    while let Some(at) = text[from..].find(" %").map(|at| from + at) {
        if text[..at].ends_with(|last: char| last.is_ascii_digit() || last == ')') {
            text.replace_range(at..=at, "\u{a0}");
        }
        from = at + 1;
        from = text.ceil_char_boundary(from);
    }
}

/// The figure with this id.
pub(crate) fn find<'a>(figures: &'a [Drawn], id: &str) -> Result<&'a Drawn, ReportError> {
    figures.iter().find(|figure| figure.id == id).ok_or_else(|| ReportError::Figure {
        id: id.to_owned(),
        known: figures.iter().map(|figure| figure.id.clone()).collect(),
    })
}

/// What is folded away behind a word.
fn folded(class: &str, summary: &str, body: &str) -> String {
    format!("<details class=\"{class}\"><summary>{summary}</summary>\n{body}</details>\n")
}

/// A link that saves `text` as a file, from within the page.
pub(crate) fn download(name: &str, text: &str, words: &str) -> String {
    format!(
        "<a download=\"{}\" href=\"data:text/csv;charset=utf-8,{}\">{words}</a>",
        html_escape(name),
        percent_encode(text)
    )
}

/// `text` as it may stand in an address.
fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + text.len() / 16);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9'
            | b'A'..=b'Z'
            | b'a'..=b'z'
            | b'-'
            | b'_'
            | b'.'
            | b'~'
            | b','
            | b';'
            | b':'
            | b'('
            | b')' => {
                encoded.push(char::from(byte));
            }
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

/// How the page came about, as a list of facts.
fn colophon(handout: &Handout<'_>, pictures: &Pictures) -> String {
    let mut list = String::from("<dl>\n");
    for fact in frame::facts(handout.colophon, pictures) {
        let value = html_escape(&fact.value);
        let value = if fact.code { format!("<code>{value}</code>") } else { value };
        let _ = writeln!(list, "<div><dt>{}</dt><dd>{value}</dd></div>", fact.label);
    }
    list + "</dl>"
}

/// A code block that scrolls by itself, in colours when it is TOML or Rust.
pub(crate) fn code_block(language: &str, code: &str) -> String {
    let html = match language {
        "toml" => highlight::toml(code),
        "rust" => highlight::rust(code),
        _ => html_escape(code),
    };
    let long = if code.trim_end().lines().count() > WHOLE { " class=\"long\"" } else { "" };
    format!("<pre{long} tabindex=\"0\"><code>{}</code></pre>\n", html.trim_end())
}

create_formatter!(Formatter<Vec<String>>, {
    NodeValue::Heading(ref heading) => |context, entering| {
        match (entering, context.user.pop()) {
            (true, Some(id)) => write!(context, "<h{} id=\"{}\">", heading.level, html_escape(&id))?,
            (true, None) => write!(context, "<h{}>", heading.level)?,
            (false, next) => {
                context.user.extend(next);
                writeln!(context, "</h{}>", heading.level)?;
            }
        }
    },
    NodeValue::Table(_) => |context, node, entering| {
        if entering {
            context.write_str("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table\">\n")?;
        }
        let rendering: ChildRendering = format_node_default(context, node, entering)?;
        if !entering {
            context.write_str("</div>\n")?;
        }
        return Ok(rendering);
    },
});
