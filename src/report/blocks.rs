//! What a template of the user's builds on: that it extends a handout there is, of the experiment's own kind, and
//! replaces blocks that this has. The engine says nothing of a block that nothing shows.

use super::error::ReportError;
use super::handout::Handout;
use super::variables::{Tag, excerpt, tags};
use crate::spec::nearest;
use std::ops::Range;

/// Refuses a template that extends or includes what there is not, the handout of another kind, or replaces an unknown
/// block.
///
/// # Errors
///
/// [`ReportError::Template`] with the place.
pub(crate) fn check(handout: &Handout<'_>) -> Result<(), ReportError> {
    let Some(source) = source_of(handout, handout.template) else { return Ok(()) };
    let wrong = |span: Range<usize>, message: &str| ReportError::Template {
        name: handout.template.to_owned(),
        line: Some(source[..span.start].matches('\n').count() + 1),
        message: format!("{message}\n{}", excerpt(handout.template, source, span)),
    };
    let tags = tags(source);
    let mut parent = None;
    for tag in &tags {
        let [word @ ("extends" | "include"), name, ..] = tag.words()[..] else { continue };
        if source_of(handout, name).is_none() {
            let others = handout.templates.iter().map(|(name, _)| name.as_str());
            let others = others.filter(|other| *other != handout.template);
            let hint = hint(name, others.collect());
            return Err(wrong(tag.span(name), &format!("there is no template `{name}`{hint}")));
        }
        if word == "extends" {
            parent = Some((tag, name));
        }
    }
    let Some((tag, parent)) = parent else { return Ok(()) };
    let own = format!("handout/{}.md.tera", handout.kind);
    let kind = parent.strip_prefix("handout/").and_then(|name| name.strip_suffix(".md.tera"));
    if let Some(kind) = kind.filter(|kind| *kind != handout.kind) {
        let message = format!(
            "`{parent}` is the handout of another kind: its facts are those of `{kind}`, and this experiment is of kind \
             `{}`; extend `{own}`",
            handout.kind
        );
        return Err(wrong(tag.span(parent), &message));
    }
    let known = source_of(handout, parent).map(blocks).unwrap_or_default();
    match strangers(&tags, &known) {
        Some((tag, block)) => {
            let hint = hint(block, known);
            Err(wrong(
                tag.span(block),
                &format!("`{parent}` has no block `{block}`, so that nothing shows it{hint}"),
            ))
        }
        None => Ok(()),
    }
}

fn source_of<'a>(handout: &Handout<'a>, name: &str) -> Option<&'a str> {
    handout.templates.iter().find(|(known, _)| known == name).map(|(_, source)| source.as_str())
}

/// The names of a template's blocks.
fn blocks(source: &str) -> Vec<&str> {
    let words = tags(source).into_iter().map(|tag| tag.words());
    words
        .filter_map(|words| if words.first() == Some(&"block") { words.get(1).copied() } else { None })
        .collect()
}

/// The first block within no other that is not `known`.
fn strangers<'a>(tags: &'a [Tag<'a>], known: &[&str]) -> Option<(&'a Tag<'a>, &'a str)> {
    let mut depth = 0_usize;
    for tag in tags {
        match tag.words()[..] {
            ["block", name, ..] => {
                if depth == 0 && !known.contains(&name) {
                    return Some((tag, name));
                }
                depth += 1;
            }
            ["endblock", ..] => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// What may have been meant.
pub(crate) fn hint(word: &str, known: Vec<&str>) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => format!(" (known: {})", known.join(", ")),
    }
}
