//! What surrounds a kind's body: the parts of a page in order, each said once for both editions.

use super::citations::{Bibliography, Work};
use super::document::{Document, Source};
use super::error::ReportError;
use super::estimates;
use super::fences::{no_orphans, without_solutions};
use super::handout::{Colophon, EstimateRow, Handout, Own};
use super::labels::Labels;
use super::origin;
use super::pictures::Pictures;
use super::spoilers;
use super::template;
use super::text::{fence, markdown_escape};
use crate::input::Text;
use tera::Context;

const EVIDENCE: &str = include_str!("../../templates/handout/evidence.md.tera");
const COLOPHON: &str = include_str!("../../templates/handout/colophon.md.tera");

/// A page's text, parsed: the body in three parts, the evidence (warnings, estimates, the experiment, references), the
/// colophon.
pub(crate) struct Frame {
    /// The parts, numbered and labelled.
    pub(crate) document: Document,
    /// The works that the page cites.
    pub(crate) references: Vec<Work>,
}

/// Puts the parts of a page together; ids begin with `prefix`.
///
/// # Errors
///
/// A [`ReportError`] when a template or a text is at fault.
pub(crate) fn assemble(handout: &Handout<'_>, prefix: &str) -> Result<Frame, ReportError> {
    let own = handout.own;
    let edition = |text: &str| if handout.solutions { text.to_owned() } else { without_solutions(text) };
    let text = |text: &Option<Text>| edition(text.as_ref().map_or("", |text| text.text.as_str()));
    let place = |text: &'_ Option<Text>| text.as_ref().map(|text| text.place.clone());
    let body = template::body(handout)?;
    for part in [&own.intro, &own.notes].into_iter().flatten() {
        no_orphans(&part.text).map_err(|error| error.locate_in(&part.place, &part.text))?;
    }
    no_orphans(&body)?;
    let (intro, body, notes) = (text(&own.intro), edition(&body), text(&own.notes));
    let story = handout.story;
    let bibliography = Bibliography::new(own.bibliography.as_ref())?;
    let captions = handout.figures.iter().map(|figure| figure.caption.as_str());
    let sentences = [intro.as_str(), &body, &notes, &story.question, &story.answer];
    let warnings = story.warnings.iter().map(String::as_str);
    let references = bibliography.cited(sentences.into_iter().chain(warnings).chain(captions));

    let mut context = Context::new();
    context.insert("name", handout.name);
    context.insert("warnings", &story.warnings);
    context.insert("references", &references.len());
    context.insert("rows", &handout.estimates.len());
    let uncertain =
        |row: &EstimateRow| [row.std_error, row.tau_error].iter().flatten().any(|error| *error > 0.0);
    context.insert("errors", &handout.estimates.iter().any(uncertain));
    context.insert("judged", &handout.estimates.iter().any(|row| row.z.is_some()));
    context.insert("far", &crate::number::plain(estimates::FAR));
    let experiment = if handout.solutions {
        handout.spec_text.into()
    } else {
        spoilers::without_solutions(handout.spec_text)
    };
    context.insert("experiment", &fenced("toml", &experiment));
    context.insert("command", &fenced("sh", &handout.colophon.command));
    context.insert("authors", &!own.authors.is_empty());
    context.insert("bibtex", &fenced("bibtex", &handout.colophon.citation_bibtex));
    let evidence = template::markdown("handout/evidence.md.tera", EVIDENCE, &context)?;
    let colophon = template::markdown("handout/colophon.md.tera", COLOPHON, &context)?;

    let ids: Vec<String> = handout.figures.iter().map(|figure| figure.id.clone()).collect();
    let labels = Labels::new(prefix, bibliography.works());
    let (before, behind) = (place(&own.intro), place(&own.notes));
    let folder = |text: &'_ Option<Text>| text.as_ref().map_or_else(String::new, |text| text.folder.clone());
    let (ahead, after) = (folder(&own.intro), folder(&own.notes));
    let parts = [
        Source { place: before.as_deref(), templated: false, folder: &ahead, text: &intro },
        Source { place: None, templated: true, folder: handout.template_folder, text: &body },
        Source { place: behind.as_deref(), templated: false, folder: &after, text: &notes },
        Source { place: None, templated: false, folder: "", text: &evidence },
        Source { place: None, templated: false, folder: "", text: &colophon },
    ];
    let document = Document::parse(&parts, &ids, labels, handout.solutions, handout.inputs)?;
    Ok(Frame { document, references })
}

/// How many parts make up the page's body: what stands ahead of the kind's text, that text, what stands behind it.
pub(crate) const BODY: usize = 3;

/// An error with its place in the template that gave the text, or in one that this extends.
pub(crate) fn locate(handout: &Handout<'_>, error: ReportError) -> ReportError {
    let error = match error.line() {
        Some(line) => match origin::of(handout, line, error.fragment().as_deref()) {
            Some((place, line)) => return error.at(place, line),
            None => error,
        },
        None => error,
    };
    let (main, others): (Vec<_>, Vec<_>) =
        handout.templates.iter().partition(|(name, _)| name == handout.template);
    let own = format!("handout/{}.md.tera", handout.kind);
    let extended = others.into_iter().filter(|(name, _)| *name == own);
    let heads = [&handout.own.question, &handout.own.answer].into_iter().flatten();
    let heads = heads.map(|text| (text.place.as_str(), text.text.as_str()));
    let templates =
        main.into_iter().chain(extended).map(|(name, text)| (name.as_str(), text.as_str())).chain(heads);
    in_the_file(handout.own, error.locate(templates))
}

/// An error in a text that stands in the experiment's file, with its place there.
pub(crate) fn in_the_file(own: &Own, error: ReportError) -> ReportError {
    let Own { question, answer, figure, intro, notes, bibliography, .. } = own;
    let found = |place: &str, line: usize| {
        let mut texts = [question, answer, figure, intro, notes, bibliography].into_iter().flatten();
        let text = texts.find(|text| text.place == place)?;
        let (file, lines) = text.within.as_ref()?;
        Some((file.clone(), *lines.get(line.saturating_sub(1)).or(lines.last())?))
    };
    match error {
        ReportError::At { place, line, source } => {
            let (place, line) = found(&place, line).unwrap_or((place, line));
            ReportError::At { place, line, source }
        }
        ReportError::Bibliography { place, line, message } => {
            let (place, line) = found(&place, line).unwrap_or((place, line));
            ReportError::Bibliography { place, line, message }
        }
        error => error,
    }
}

fn fenced(language: &str, code: &str) -> String {
    let fence = fence(code);
    format!("{fence}{language}\n{}\n{fence}", code.trim_end())
}

/// What the page says above its question, in Markdown: a first look, failed tasks.
pub(crate) fn cautions(handout: &Handout<'_>) -> Vec<String> {
    let mut cautions = Vec::new();
    if handout.quick {
        cautions.push(
            "**A first look with budgets cut; not for citation.** Run it again without `--quick` for the full result."
                .to_owned(),
        );
    }
    if !handout.failures.is_empty() {
        let tasks = handout.colophon.tasks;
        let failed = match handout.failures.len() {
            1 => "One task".to_owned(),
            several => format!("{several} tasks"),
        };
        let list: String =
            handout.failures.iter().map(|failure| format!("\n- {}", markdown_escape(failure))).collect();
        cautions
            .push(format!("**{failed} of {tasks} failed.** The numbers below rest on the others.\n{list}"));
    }
    cautions
}

/// The sentence below the answer that leads to the warnings, when there are any.
pub(crate) fn doubt(handout: &Handout<'_>) -> Option<String> {
    let several = match handout.story.warnings.len() {
        0 => return None,
        1 => "A warning qualifies".to_owned(),
        several => format!("{several} warnings qualify"),
    };
    Some(format!("{several} this answer: see [](#sec-warnings)."))
}

/// One fact of the colophon.
pub(crate) struct Fact {
    pub(crate) label: &'static str,
    pub(crate) value: String,
    /// Whether the value is set as code.
    pub(crate) code: bool,
}

/// How the page came about, fact by fact; the pictures that it shows are among what was read.
pub(crate) fn facts(colophon: &Colophon, pictures: &Pictures) -> Vec<Fact> {
    let fact = |label, value: String, code| Fact { label, value, code };
    let mut facts = vec![
        fact("Experiment hash", colophon.spec_hash.clone(), true),
        fact("Seed", colophon.seed.to_string(), true),
        fact("Tasks", crate::number::count(colophon.tasks as u64), false),
        fact("Version", format!("gibbs {}", colophon.version), false),
    ];
    match &colophon.git_revision {
        Some(revision) => {
            let state = if colophon.git_dirty == Some(true) { ", with uncommitted changes" } else { "" };
            facts.push(fact("Git revision", format!("{revision}{state}"), true));
        }
        None => facts.push(fact("Git revision", "not under version control".to_owned(), false)),
    }
    if let Some(machine) = &colophon.machine {
        facts.push(fact("Machine", machine.clone(), false));
    }
    if let Some(time) = &colophon.wall_time {
        facts.push(fact("Wall time", time.clone(), false));
    }
    for (path, hash) in colophon.inputs.iter().chain(&pictures.inputs()) {
        facts.push(fact("Input", format!("{path}, {hash}"), true));
    }
    facts
}
