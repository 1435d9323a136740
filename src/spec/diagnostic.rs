//! Errors in an experiment file, shown with the line, the underlined text, and a way out.

use super::node::Span;
use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use std::fmt;

/// One text that diagnostics point into: the experiment file, or a `--set` argument.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// What to call it: the file's path, or `--set`.
    pub(super) name: String,
    pub(super) text: String,
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Diagnostic {
    /// Where; `None` when the mistake is in no particular place.
    pub(super) span: Option<Span>,
    /// What is wrong.
    pub(super) title: String,
    /// What was expected, under the underlined text.
    pub(super) label: String,
    /// The way out; empty for none.
    pub(super) help: String,
    /// Text that would be right in place of the underlined one.
    pub(super) replacement: Option<String>,
}

impl Diagnostic {
    pub(super) fn new(span: Span, title: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            span: Some(span),
            title: title.into(),
            label: label.into(),
            help: String::new(),
            replacement: None,
        }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: help.into(), ..self }
    }

    /// Offers the nearest of `words` to `wrong` as the correction, or lists them.
    pub(super) fn suggest<'a>(
        self,
        wrong: &str,
        words: impl IntoIterator<Item = &'a str>,
        quoted: bool,
    ) -> Self {
        let words: Vec<&str> = words.into_iter().collect();
        match nearest(wrong, words.iter().copied()) {
            Some(word) => {
                let replacement = if quoted { format!("\"{word}\"") } else { word.to_owned() };
                Self { help: format!("did you mean `{word}`?"), replacement: Some(replacement), ..self }
            }
            None if words.is_empty() => self,
            None => self.help(format!("expected one of {}", list(&words))),
        }
    }
}

/// Everything wrong with one experiment file.
#[derive(Debug, Clone)]
pub struct Diagnostics {
    pub(super) sources: Vec<Source>,
    pub(super) list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// The number of mistakes.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is no mistake.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The mistakes as text for a terminal, with colours if `styled`.
    pub fn render(&self, styled: bool) -> String {
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        let shown: Vec<String> =
            self.list.iter().map(|diagnostic| renderer.render(&self.groups(diagnostic))).collect();
        shown.join("\n\n")
    }

    fn groups<'a>(&'a self, diagnostic: &'a Diagnostic) -> Vec<Group<'a>> {
        let title = Level::ERROR.primary_title(diagnostic.title.as_str());
        let Some(span) = &diagnostic.span else {
            let path = self.sources.first().map_or("", |source| source.name.as_str());
            let mut group = title.element(annotate_snippets::Origin::path(path));
            if !diagnostic.help.is_empty() {
                group = group.element(Level::HELP.message(diagnostic.help.as_str()));
            }
            return vec![group];
        };
        let source = &self.sources[span.source];
        let text = source.text.as_str();
        let range = span.start..span.end.max(span.start);
        let annotation = AnnotationKind::Primary.span(range.clone()).label(diagnostic.label.as_str());
        let mut group =
            title.element(Snippet::source(text).path(source.name.as_str()).annotation(annotation));
        match &diagnostic.replacement {
            // The key of a `--set` argument is a whole path, of which the replacement is one part.
            Some(replacement) if span.source == 0 => {
                let patch = Patch::new(range, replacement.as_str());
                let fix = Level::HELP.secondary_title(diagnostic.help.as_str());
                vec![group, fix.element(Snippet::source(text).path(source.name.as_str()).patch(patch))]
            }
            _ => {
                if !diagnostic.help.is_empty() {
                    group = group.element(Level::HELP.message(diagnostic.help.as_str()));
                }
                vec![group]
            }
        }
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}

/// The word nearest to `wrong`, if one is near enough to be what was meant, or the only one that it begins.
pub fn nearest<'a>(wrong: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let words: Vec<&str> = words.into_iter().collect();
    let begun = || {
        let mut begun = words.iter().filter(|word| wrong.len() >= 3 && word.starts_with(wrong));
        begun.next().filter(|_| begun.next().is_none())
    };
    words
        .iter()
        .map(|word| (strsim::damerau_levenshtein(wrong, word), word))
        .filter(|(distance, word)| *distance <= 1.max(word.len().max(wrong.len()) / 3))
        .min()
        .map(|(_, word)| word)
        .or_else(begun)
        .copied()
}

/// "`a`, `b` or `c`".
pub(super) fn list(words: &[&str]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [word] => format!("`{word}`"),
        [most @ .., last] => {
            let most: Vec<String> = most.iter().map(|word| format!("`{word}`")).collect();
            format!("{} or `{last}`", most.join(", "))
        }
    }
}
