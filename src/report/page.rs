//! The frame around a kind's body, for both editions.

use super::error::ReportError;
use super::figures::without_style;
use super::frame::{BODY, assemble, cautions, doubt, locate};
use super::handout::{Drawn, Handout};
use super::html::Html;
use super::markdown::{Edition, quote};
use super::maths::Maths;
use super::template;
use super::text::{html_escape, markdown_escape};
use super::title;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use std::fmt::Write as _;
use tera::{Context, Value};

const FRAME: &str = include_str!("../../templates/handout/frame.md.tera");
const STYLE: &str = include_str!("../../templates/handout.css");
pub(crate) const SCRIPT: &str = include_str!("../../templates/handout.js");

/// Family, weight, style and file of each embedded font.
const FONTS: [(&str, u16, &str, &[u8]); 4] = [
    ("Inter", 400, "normal", include_bytes!("../../templates/fonts/Inter-Regular.sub.woff2")),
    ("Inter", 400, "italic", include_bytes!("../../templates/fonts/Inter-Italic.sub.woff2")),
    ("Inter", 600, "normal", include_bytes!("../../templates/fonts/Inter-SemiBold.sub.woff2")),
    ("STIX Two Math", 400, "normal", include_bytes!("../../templates/fonts/STIX2Math.min.woff2")),
];

/// Renders the handout as one self-contained HTML page: nothing is loaded from elsewhere, and nothing is missing where
/// its one small script does not run.
///
/// # Errors
///
/// A [`ReportError`] when the template or a text of the kind is at fault.
pub fn html(handout: &Handout<'_>) -> Result<String, ReportError> {
    page(handout).map_err(|error| locate(handout, error))
}

fn page(handout: &Handout<'_>) -> Result<String, ReportError> {
    let frame = assemble(handout, "")?;
    let html = Html {
        maths: Maths::knowing(&frame.document.macros),
        document: &frame.document,
        handout,
        references: &frame.references,
    };
    let mut context = view(handout)?;
    context.insert("style", &style(handout.figures));
    context.insert("script", SCRIPT);
    insert_chapter(&mut context, &html)?;
    let sections: Vec<_> = frame.document.headings().filter(|heading| heading.level == 2).collect();
    let contents = all(&sections, |heading| {
        Ok(format!("<a href=\"#{}\">{}</a>", html.id(&heading.id), html.inline(&heading.markdown)?))
    })?;
    context.insert("contents", &contents);
    template::page("page.html.tera", &context)
}

/// Renders the handout as GitHub Markdown that shows its figures from `figures/<id>.svg` beside it.
///
/// # Errors
///
/// A [`ReportError`] when the template or a text of the kind is at fault.
pub fn markdown(handout: &Handout<'_>) -> Result<String, ReportError> {
    edition(handout).map_err(|error| locate(handout, error))
}

/// The user's own pictures, by the addresses under which the Markdown edition and the notebook show them.
///
/// # Errors
///
/// A [`ReportError`] when the template or a text is at fault, or a picture cannot be shown.
pub fn pictures(handout: &Handout<'_>) -> Result<Vec<(String, Vec<u8>)>, ReportError> {
    let frame = assemble(handout, "").map_err(|error| locate(handout, error))?;
    Ok(frame.document.pictures.into_files())
}

fn edition(handout: &Handout<'_>) -> Result<String, ReportError> {
    let frame = assemble(handout, "")?;
    let edition = Edition {
        maths: Maths::knowing(&frame.document.macros),
        document: &frame.document,
        handout,
        references: &frame.references,
    };
    let mut context = view(handout)?;
    let title =
        title::markdown(handout.title, &edition.maths).map_err(|error| title::blame(handout, error))?;
    context.insert_value("heading", Value::safe_string(&title));
    let story = handout.story;
    let byline: Vec<&str> =
        handout.own.authors.iter().chain(&handout.own.course).map(String::as_str).collect();
    context.insert("byline", &markdown_escape(&byline.join(", ")));
    context.insert(
        "cautions",
        &all(&cautions(handout), |text| Ok(quote(&format!("[!CAUTION]\n{}", edition.text(text)?))))?,
    );
    context.insert("question", &edition.text(&story.question)?);
    context.insert("answer", &edition.text(&story.answer)?);
    context.insert("doubt", &doubt(handout).map(|text| edition.text(&text)).transpose()?);
    context.insert("hero", &frame.document.figures.first().map(|id| edition.figure(id)).transpose()?);
    context.insert(
        "parts",
        &all(&frame.document.parts, |part| edition.part(part).map_err(|error| part.blame(error)))?,
    );
    template::markdown("handout/frame.md.tera", FRAME, &context)
}

/// What the template of one page, or of one chapter of a course, shows.
pub(crate) fn insert_chapter(context: &mut Context, html: &Html<'_>) -> Result<(), ReportError> {
    let (handout, document) = (html.handout, html.document);
    let story = handout.story;
    context.insert("cautions", &all(&cautions(handout), |text| html.inline(text))?);
    context.insert("question", &html.inline(&story.question)?);
    context.insert("answer", &html.inline(&story.answer)?);
    context.insert("doubt", &doubt(handout).map(|text| html.inline(&text)).transpose()?);
    context.insert("hero", &document.figures.first().map(|id| html.figure(id)).transpose()?);
    let parts = all(&document.parts, |part| html.part(part).map_err(|error| part.blame(error)))?;
    let (body, rest) = parts.split_at(BODY);
    context.insert("parts", &[&[body.concat()], rest].concat());
    Ok(())
}

/// What the frames show as plain text, and the title with its formulas.
pub(crate) fn view(handout: &Handout<'_>) -> Result<Context, ReportError> {
    let mut context = Context::new();
    let maths = Maths::new();
    let heading = title::html(handout.title, &maths).map_err(|error| title::blame(handout, error))?;
    let neighbour = |link: &Option<(String, String)>| {
        let (address, title) = link.as_ref()?;
        // A mistake in its title is told on the neighbour's own page.
        Some((address.clone(), title::html(title, &maths).unwrap_or_else(|_| html_escape(title))))
    };
    context.insert("title", &title::plain(handout.title));
    context.insert("heading", &heading);
    context.insert("name", handout.name);
    context.insert("kind", handout.kind);
    context.insert("version", &handout.colophon.version);
    context.insert("authors", &handout.own.authors);
    context.insert("course", &handout.own.course);
    context.insert("solutions", &handout.solutions);
    context.insert("index", &handout.around.index);
    context.insert("previous", &neighbour(&handout.around.previous));
    context.insert("next", &neighbour(&handout.around.next));
    Ok(context)
}

/// The style sheet: fonts, page, and what the figures share.
pub(crate) fn style(figures: &[Drawn]) -> String {
    let shared = figures.first().map_or("", |figure| without_style(&figure.svg).0);
    format!("{}{STYLE}{shared}\n", fonts())
}

pub(crate) fn all<T>(
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
