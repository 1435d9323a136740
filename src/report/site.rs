//! The index of a site: the experiments as cards, in the order of reading, each with its question, its answer and its verdict.

use super::course::Cover;
use super::error::ReportError;
use super::figures::without_style;
use super::frame::assemble;
use super::handout::Handout;
use super::html::Html;
use super::maths::Maths;
use super::page::style;
use super::template;
use super::title;
use serde::Serialize;
use tera::Context;

const STYLE: &str = include_str!("../../templates/site.css");

/// What a check says of an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Badge {
    /// All verdicts are in favour; so many.
    Passed(usize),
    /// Some are not.
    Failed {
        /// How many are not in favour.
        failed: usize,
        /// How many there are.
        verdicts: usize,
    },
    /// There is neither an expectation nor a baseline, or the results are not fit to be judged.
    Unjudged,
}

impl Badge {
    fn class(self) -> &'static str {
        match self {
            Self::Passed(_) => "passed",
            Self::Failed { .. } => "failed",
            Self::Unjudged => "unjudged",
        }
    }

    fn text(self) -> String {
        let verdicts = |count| if count == 1 { "verdict" } else { "verdicts" };
        match self {
            Self::Passed(count) => {
                format!("passed, {} {}", crate::number::count(count as u64), verdicts(count))
            }
            Self::Failed { failed, verdicts: all } => format!("failed, {failed} of {all} {}", verdicts(all)),
            Self::Unjudged => "not judged".to_owned(),
        }
    }
}

/// One experiment of a site.
pub struct Card<'a> {
    /// Its page.
    pub handout: Handout<'a>,
    /// Where the page is, relative to the index: an address, percent-encoded.
    pub address: String,
    /// Its hero figure in little, a complete `<svg>` element; empty when it has none.
    pub thumbnail: String,
    /// What a check says of it.
    pub badge: Badge,
}

/// A link to the whole as one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Whole {
    /// The address, relative to the index.
    pub address: String,
    /// What it is, for example `PDF`.
    pub format: &'static str,
}

/// A card as the template sees it.
#[derive(Serialize)]
struct Shown<'a> {
    address: &'a str,
    title: String,
    kind: &'a str,
    name: &'a str,
    quick: bool,
    warnings: usize,
    question: String,
    answer: String,
    thumbnail: String,
    class: &'static str,
    badge: String,
}

/// Renders the index of a site as one self-contained HTML page without a script.
///
/// # Errors
///
/// A [`ReportError`] when a template, a question or an answer is at fault.
pub fn index(cards: &[Card<'_>], cover: &Cover, wholes: &[Whole]) -> Result<String, ReportError> {
    let shown = cards.iter().map(show).collect::<Result<Vec<_>, _>>()?;
    let figures = cards.first().map_or(&[][..], |card| card.handout.figures);
    let mut context = Context::new();
    context.insert("style", &format!("{}{STYLE}", style(figures)));
    context.insert("version", env!("CARGO_PKG_VERSION"));
    context.insert("title", &cover.title);
    context.insert("subtitle", &cover.subtitle);
    context.insert("authors", &cover.authors);
    context.insert("course", &cover.course);
    context.insert("solutions", &cards.iter().any(|card| card.handout.solutions));
    context.insert("tally", &tally(cards));
    context.insert("wholes", wholes);
    context.insert("cards", &shown);
    template::page("site.html.tera", &context)
}

fn show<'a>(card: &'a Card<'_>) -> Result<Shown<'a>, ReportError> {
    let handout = &card.handout;
    let frame = assemble(handout, "")?;
    let html = Html {
        maths: Maths::knowing(&frame.document.macros),
        document: &frame.document,
        handout,
        references: &frame.references,
    };
    // What the two refer to stands on the experiment's own page.
    let inline = |text: &str| -> Result<String, ReportError> {
        Ok(html.inline(text)?.replace("href=\"#", &format!("href=\"{}#", card.address)))
    };
    Ok(Shown {
        address: &card.address,
        title: title::html(handout.title, &html.maths)?,
        kind: handout.kind,
        name: handout.name,
        quick: handout.quick,
        warnings: handout.story.warnings.len(),
        question: inline(&handout.story.question)?,
        answer: inline(&handout.story.answer)?,
        thumbnail: without_style(&card.thumbnail).1,
        class: card.badge.class(),
        badge: card.badge.text(),
    })
}

/// "10 experiments: 8 passed, 1 failed, 1 not judged", or "10 experiments, all passed".
fn tally(cards: &[Card<'_>]) -> String {
    let count = |class: &str| cards.iter().filter(|card| card.badge.class() == class).count();
    let parts: Vec<String> = [("passed", "passed"), ("failed", "failed"), ("unjudged", "not judged")]
        .into_iter()
        .map(|(class, word)| (count(class), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    match parts.as_slice() {
        [_] if count("passed") > 1 => format!("{} experiments, all passed", cards.len()),
        parts => {
            let experiments = if cards.len() == 1 { "experiment" } else { "experiments" };
            format!("{} {experiments}: {}", cards.len(), parts.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn badges_say_how_many_verdicts() {
        assert_eq!(Badge::Passed(1).text(), "passed, 1 verdict");
        assert_eq!(Badge::Passed(24).text(), "passed, 24 verdicts");
        assert_eq!(Badge::Failed { failed: 2, verdicts: 9 }.text(), "failed, 2 of 9 verdicts");
        assert_eq!(Badge::Unjudged.text(), "not judged");
    }
}
