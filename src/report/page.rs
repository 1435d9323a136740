//! The frame around a kind's body, for both editions.

use super::document::Document;
use super::error::ReportError;
use super::estimates;
use super::handout::{Colophon, Handout};
use super::html::{Html, code_block};
use super::markdown::Edition;
use super::maths::Maths;
use super::template;
use super::text::{fence, html_escape};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::Serialize;
use std::fmt::Write as _;
use tera::Context;

const PAGE: &str = include_str!("../../templates/page.html.tera");
const FRAME: &str = include_str!("../../templates/handout/frame.md.tera");
const STYLE: &str = include_str!("../../templates/handout.css");

/// Family, weight, style and file of each embedded font.
const FONTS: [(&str, u16, &str, &[u8]); 4] = [
    ("Inter", 400, "normal", include_bytes!("../../templates/fonts/Inter-Regular.sub.woff2")),
    ("Inter", 400, "italic", include_bytes!("../../templates/fonts/Inter-Italic.sub.woff2")),
    ("Inter", 600, "normal", include_bytes!("../../templates/fonts/Inter-SemiBold.sub.woff2")),
    ("STIX Two Math", 400, "normal", include_bytes!("../../templates/fonts/STIX2Math.min.woff2")),
];

/// Renders the handout as one self-contained HTML page: no script, nothing loaded from elsewhere.
///
/// # Errors
///
/// A [`ReportError`] when the template or a text of the kind is at fault.
pub fn html(handout: &Handout<'_>) -> Result<String, ReportError> {
    let document = parse(handout)?;
    let html = Html {
        maths: Maths::new(),
        document: &document,
        figures: handout.figures,
        solutions: handout.solutions,
    };
    let mut context = view(handout);
    let story = handout.story;
    context.insert("style", &format!("{}{STYLE}", fonts()));
    context.insert("question", &html.inline(&story.question)?);
    context.insert("answer", &html.inline(&story.answer)?);
    context.insert("hero", &document.figures.first().map(|id| html.figure(id)).transpose()?);
    context.insert("body", &html.body()?);
    context.insert("warnings", &all(&story.warnings, |warning| html.inline(warning))?);
    context.insert("estimates", &estimates::html(handout, &html)?);
    context.insert("experiment", &code_block("toml", handout.spec_text));
    context.insert("command", &code_block("", &handout.colophon.command));
    context.insert("bibtex", &code_block("", &handout.colophon.citation_bibtex));
    let sections: Vec<_> = document.headings.iter().filter(|heading| heading.level == 2).collect();
    let contents = all(&sections, |heading| {
        Ok(format!("<a href=\"#{}\">{}</a>", html_escape(&heading.id), html.inline(&heading.markdown)?))
    })?;
    context.insert("contents", &contents);
    template::html("page.html.tera", PAGE, &context)
}

/// Renders the handout as GitHub Markdown that shows its figures from `figures/<id>.svg` beside it.
///
/// # Errors
///
/// A [`ReportError`] when the template or a text of the kind is at fault.
pub fn markdown(handout: &Handout<'_>) -> Result<String, ReportError> {
    let document = parse(handout)?;
    let edition = Edition {
        maths: Maths::new(),
        document: &document,
        figures: handout.figures,
        solutions: handout.solutions,
    };
    let mut context = view(handout);
    let story = handout.story;
    let fenced = |language: &str, code: &str| {
        let fence = fence(code);
        format!("{fence}{language}\n{}\n{fence}", code.trim_end())
    };
    context.insert("question", &edition.text(&story.question)?);
    context.insert("answer", &edition.text(&story.answer)?);
    context.insert("hero", &document.figures.first().map(|id| edition.figure(id)).transpose()?);
    context.insert("body", &edition.body()?);
    context.insert("warnings", &all(&story.warnings, |warning| edition.text(warning))?);
    context.insert("estimates", &estimates::markdown(handout, &edition)?);
    context.insert("experiment", &fenced("toml", handout.spec_text));
    context.insert("command", &fenced("sh", &handout.colophon.command));
    context.insert("bibtex", &fenced("bibtex", &handout.colophon.citation_bibtex));
    template::markdown("handout/frame.md.tera", FRAME, &context)
}

/// Parses the body and labels the frame's own sections.
fn parse(handout: &Handout<'_>) -> Result<Document, ReportError> {
    let ids: Vec<String> = handout.figures.iter().map(|figure| figure.id.clone()).collect();
    let mut document = Document::parse(&template::body(handout)?, &ids)?;
    if !handout.story.warnings.is_empty() {
        document.labels.add_section("sec-warnings", "Warnings")?;
    }
    document.labels.add_section("sec-all-estimates", "All estimates")?;
    document.labels.add_section("sec-the-experiment", "The experiment")?;
    document.labels.add_section("sec-colophon", "Colophon")?;
    Ok(document)
}

/// The facts of the colophon as label and value.
#[derive(Serialize)]
struct Fact {
    label: &'static str,
    value: String,
    code: bool,
}

/// What both frames show as plain text.
fn view(handout: &Handout<'_>) -> Context {
    let colophon = &handout.colophon;
    let mut context = Context::new();
    context.insert("title", handout.title);
    context.insert("name", handout.name);
    context.insert("kind", handout.kind);
    context.insert("quick", &handout.quick);
    context.insert("failures", &handout.failures);
    context.insert("tasks", &colophon.tasks);
    context.insert("version", &colophon.version);
    context.insert("rows", &handout.estimates.len());
    context.insert("fold", &(handout.estimates.len() > estimates::FOLD));
    context.insert("far", &crate::number::plain(estimates::FAR));
    context.insert("colophon", &facts(colophon));
    context
}

fn facts(colophon: &Colophon) -> Vec<Fact> {
    let fact = |label, value: String, code| Fact { label, value, code };
    let mut facts = vec![
        fact("Experiment hash", colophon.spec_hash.clone(), true),
        fact("Seed", colophon.seed.to_string(), true),
        fact("Tasks", crate::number::count(colophon.tasks as u64), false),
        fact("Version", format!("gibbs {}", colophon.version), false),
    ];
    if let Some(revision) = &colophon.git_revision {
        let state = if colophon.git_dirty == Some(true) { ", with uncommitted changes" } else { "" };
        facts.push(fact("Git revision", format!("{revision}{state}"), true));
    }
    facts.push(fact("Machine", colophon.host.clone(), false));
    for (path, hash) in &colophon.inputs {
        facts.push(fact("Input", format!("{path}, {hash}"), true));
    }
    facts
}

fn all<T>(
    items: &[T],
    render: impl Fn(&T) -> Result<String, ReportError>,
) -> Result<Vec<String>, ReportError> {
    items.iter().map(render).collect()
}

/// The embedded fonts as `@font-face` rules.
fn fonts() -> String {
    let mut rules = String::new();
    for (family, weight, style, bytes) in FONTS {
        let _ = writeln!(
            rules,
            "@font-face{{font-family:\"{family}\";font-weight:{weight};font-style:{style};\
             src:url(data:font/woff2;base64,{}) format(\"woff2\")}}",
            BASE64.encode(bytes)
        );
    }
    rules
}
