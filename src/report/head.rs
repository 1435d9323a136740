//! What a user puts at the head of the page: the figure, the question and the answer.

use super::error::ReportError;
use super::fences;
use super::frame::in_the_file;
use super::handout::{Handout, Own};
use super::template;
use crate::input::Text;

/// The place among the figures of the one at the page's head; 0 without any.
///
/// # Errors
///
/// When the user asks for a figure that there is not.
pub fn first_figure(handout: &Handout<'_>) -> Result<usize, ReportError> {
    let Some(wanted) = &handout.own.figure else { return Ok(0) };
    handout.figures.iter().position(|figure| figure.id == wanted.text).ok_or_else(|| {
        let known = handout.figures.iter().map(|figure| figure.id.clone()).collect();
        let source = Box::new(ReportError::Figure { id: wanted.text.clone(), known });
        in_the_file(handout.own, ReportError::At { place: wanted.place.clone(), line: 1, source })
    })
}

/// The question and the answer, the user's where they are given, as one line of Markdown each.
///
/// # Errors
///
/// When a text of the user's is at fault.
pub fn headline(handout: &Handout<'_>) -> Result<(String, String), ReportError> {
    let own = handout.own;
    let said = |text: &Option<Text>, kinds: &str| match text {
        Some(text) => template::sentence(handout, text).map_err(|error| placed(own, text, error)),
        None => Ok(kinds.to_owned()),
    };
    Ok((said(&own.question, &handout.story.question)?, said(&own.answer, &handout.story.answer)?))
}

/// A mistake in a sentence with its place in the experiment's file.
fn placed(own: &Own, text: &Text, error: ReportError) -> ReportError {
    match error {
        ReportError::Template { name, line: Some(line), message } => {
            let source = Box::new(ReportError::Template { name, line: None, message });
            in_the_file(own, ReportError::At { place: text.place.clone(), line, source })
        }
        error => error,
    }
}

/// Refuses texts of the user's that cannot be read, whatever the results will be: a template or a sentence that does not
/// parse or names an unknown filter, a directive that is not closed.
///
/// # Errors
///
/// The first mistake, with its place.
pub fn proofread(templates: &[(String, String)], own: &Own) -> Result<(), ReportError> {
    template::parse(templates.iter().map(|(name, source)| (name.as_str(), source.as_str())))?;
    for text in [&own.question, &own.answer].into_iter().flatten() {
        template::parse([(text.place.as_str(), text.text.as_str())])
            .map_err(|error| placed(own, text, error))?;
    }
    for text in [&own.intro, &own.notes].into_iter().flatten() {
        fences::all_closed(&text.text)
            .map_err(|error| in_the_file(own, error.locate_in(&text.place, &text.text)))?;
    }
    Ok(())
}

/// The body with the kind's first figure in the place of the one that the user put at the head, which cannot stand on the
/// page twice; lines stay where they are.
pub(crate) fn yielded(handout: &Handout<'_>, body: String) -> String {
    let (Some(_), [head, displaced, ..]) = (&handout.own.figure, handout.figures) else { return body };
    let directive = |id: &str| format!("```{{figure}} {id}\n```");
    let place = match body.contains(&directive(&displaced.id)) {
        true => "\n".to_owned(),
        false => directive(&displaced.id),
    };
    body.replacen(&directive(&head.id), &place, 1)
}

#[cfg(test)]
mod tests {
    use super::super::tests::Parts;
    use super::*;

    fn text(key: &str, text: &str) -> Option<Text> {
        let within = Some(("mine.toml".to_owned(), vec![7, 8]));
        Some(Text { place: format!("report.{key}"), text: text.to_owned(), within, ..Text::default() })
    }

    #[test]
    fn the_user_chooses_what_stands_at_the_head() {
        let mut parts = Parts::of("x\n```{figure} curve\n```\ny\n\n```{math} eq-boltzmann\nz\n```\n");
        parts.own.question = text("question", "Of *{{ name }}*?");
        parts.own.answer =
            text("answer", "{% set x = 2.0 / 3.0 %}It is {{ x | num(digits=2) }},\nnot: {{ answer }}");
        let (question, answer) = headline(&parts.handout("t")).unwrap();
        assert_eq!(question, "Of *ising*?");
        assert_eq!(answer, format!("It is 0.67, not: {}", parts.story.answer));

        assert_eq!(first_figure(&parts.handout("t")).unwrap(), 0);
        parts.own.figure = text("figure", "curve");
        assert_eq!(first_figure(&parts.handout("t")).unwrap(), 1);
        parts.figures.rotate_right(1);
        let page = super::super::markdown(&parts.handout("t")).unwrap();
        let places = ["figures/curve.svg", "\nx\n", "figures/hero.svg", "\ny"].map(|part| page.find(part));
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} of {page}");
    }

    #[test]
    fn mistakes_at_the_head_are_placed_in_the_experiment() {
        let mut parts = Parts::new();
        parts.own.figure = text("figure", "curv");
        let error = first_figure(&parts.handout("t")).unwrap_err().to_string();
        assert_eq!(error, "mine.toml, line 7: unknown figure `curv` (did you mean `curve`?)");

        parts.own.answer = text("answer", "It is\n{{ facts.nosuch | num }}");
        let error = headline(&parts.handout("t")).unwrap_err().to_string();
        assert!(error.starts_with("mine.toml, line 8: failed to render template `report.answer`"), "{error}");
        assert!(error.contains("there is no `nosuch` in `facts`"), "{error}");

        // A group of facts would show as JSON, or as a dash.
        parts.story.facts = serde_json::json!({"low": {"energy": 1.0, "entropy": 2.0}, "list": [1.0]});
        for (printed, told) in [
            (
                "{{ facts.low }}",
                "`facts.low` is a group of variables; name one of it (facts.low.energy, facts.low.entropy)",
            ),
            ("{{- facts.low | num -}}", "`facts.low` is a group"),
            ("{{ facts.list }}", "a list: facts.list[0]"),
        ] {
            parts.own.answer = text("answer", printed);
            let error = headline(&parts.handout("t")).unwrap_err().to_string();
            assert!(error.starts_with("mine.toml, line 7:") && error.contains(told), "{error}");
        }
        parts.own.answer = text("answer", "{{ facts.low.energy | num }} {{ facts.list | length }}");
        assert_eq!(headline(&parts.handout("t")).unwrap().1, "1 1");

        parts.story.facts = serde_json::json!({"x": 1.0});
        parts.own.answer = text("answer", "It is\n{{ facts.x | nmu }}");
        let error = headline(&parts.handout("t")).unwrap_err().to_string();
        assert!(error.starts_with("mine.toml, line 8: failed to render template `report.answer`"), "{error}");
        assert!(error.contains("there is no filter `nmu`; did you mean `num`?"), "{error}");
    }

    #[test]
    fn texts_are_read_before_there_is_anything_to_show() {
        let mut own = Own { answer: text("answer", "{{ facts.nosuch | num }}"), ..Own::default() };
        proofread(&[], &own).unwrap();
        own.answer = text("answer", "It is\n{{ facts.x | nmu }}");
        let error = proofread(&[], &own).unwrap_err().to_string();
        assert!(error.starts_with("mine.toml, line 8:") && error.contains("no filter `nmu`"), "{error}");
        own.answer = text("answer", "It is {{ 1");
        let error = proofread(&[], &own).unwrap_err().to_string();
        assert!(error.starts_with("mine.toml, line 7:"), "{error}");
        own.answer = None;
        own.notes = text("notes", "x\n```{hint}\nx\n");
        let error = proofread(&[], &own).unwrap_err().to_string();
        assert!(error.starts_with("mine.toml, line 8: directive `{hint}` is not closed"), "{error}");
        own.notes = text("notes", "```{note} One\nx\n```\n```{math}\n1\n```\n```\n```{note}");
        proofread(&[], &own).unwrap();
        let mine = |text: &str| [("mine.md.tera".to_owned(), text.to_owned())];
        proofread(&mine("{% extends \"nowhere\" %}"), &own).unwrap();
        let error = proofread(&mine("a\n{% if %}"), &own).unwrap_err().to_string();
        assert!(error.contains("`mine.md.tera` (line 2)"), "{error}");
    }
}
