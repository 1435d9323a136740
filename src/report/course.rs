//! Several handouts as one printable document: title page, contents, a chapter each.

use super::error::ReportError;
use super::frame::{assemble, locate};
use super::handout::Handout;
use super::html::Html;
use super::maths::Maths;
use super::page::{SCRIPT, insert_chapter, style, view};
use super::template;
use super::title;
use serde::Serialize;
use tera::Context;

/// What stands on the title page of a course.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cover {
    /// The title.
    pub title: String,
    /// A line below it.
    pub subtitle: Option<String>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// The course.
    pub course: Option<String>,
}

#[derive(Serialize)]
struct Chapter {
    id: String,
    title: String,
    html: String,
}

/// Renders the handouts, in order, as one self-contained HTML document made to be printed.
///
/// # Errors
///
/// A [`ReportError`] when a template or a text is at fault.
pub fn course(handouts: &[Handout<'_>], cover: &Cover) -> Result<String, ReportError> {
    let mut chapters = Vec::with_capacity(handouts.len());
    for (index, handout) in handouts.iter().enumerate() {
        chapters.push(chapter(handout, index + 1).map_err(|error| locate(handout, error))?);
    }
    let figures = handouts.iter().flat_map(|handout| handout.figures).take(1).cloned();
    let mut context = Context::new();
    context.insert("style", &style(&figures.collect::<Vec<_>>()));
    context.insert("script", SCRIPT);
    context.insert("version", env!("CARGO_PKG_VERSION"));
    context.insert("title", &cover.title);
    context.insert("subtitle", &cover.subtitle);
    context.insert("authors", &cover.authors);
    context.insert("course", &cover.course);
    context.insert("solutions", &handouts.iter().any(|handout| handout.solutions));
    context.insert("chapters", &chapters);
    template::page("course.html.tera", &context)
}

fn chapter(handout: &Handout<'_>, number: usize) -> Result<Chapter, ReportError> {
    let prefix = format!("c{number}-");
    let frame = assemble(handout, &prefix)?;
    let html = Html {
        maths: Maths::knowing(&frame.document.macros),
        document: &frame.document,
        handout,
        references: &frame.references,
    };
    let id = format!("{prefix}{}", handout.name);
    let mut context = view(handout)?;
    context.insert("id", &id);
    context.insert("number", &number);
    insert_chapter(&mut context, &html)?;
    let html = template::page("part.html.tera", &context)?;
    let title = title::html(handout.title, &Maths::new())?;
    Ok(Chapter { id, title, html })
}
