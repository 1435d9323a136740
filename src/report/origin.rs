//! Where in a template a line of the rendered text comes from: the templates are rendered once more with a mark ahead of
//! every stretch of text, which no reader sees.

use super::handout::Handout;
use super::template;

/// What a mark begins and ends with: characters that stand for nothing.
const MARKS: [char; 2] = ['\u{e000}', '\u{e001}'];

/// The template and the line in it that gave `line` of the rendered body, or `fragment` on that line; `None` when it
/// cannot be told.
pub(crate) fn of(handout: &Handout<'_>, line: usize, fragment: Option<&str>) -> Option<(String, usize)> {
    let plain = template::body(handout).ok()?;
    let marked: Vec<(String, String)> = handout
        .templates
        .iter()
        .enumerate()
        .map(|(index, (name, source))| (name.clone(), mark(source, index)))
        .collect();
    let rendered = template::body(&Handout { templates: &marked, ..handout.clone() }).ok()?;
    let (text, marks) = read(&rendered)?;
    // A template that looks at its own text, or cuts it, is not to be followed.
    if text != plain {
        return None;
    }
    let start = text.split_inclusive('\n').take(line - 1).map(str::len).sum::<usize>();
    let words = text[start..].lines().next().unwrap_or_default();
    let within = fragment.and_then(|fragment| words.find(fragment));
    let at = start + within.unwrap_or(words.len() - words.trim_start().len());
    let mark = marks.iter().rev().find(|mark| mark.offset <= at)?;
    Some((handout.templates.get(mark.template)?.0.clone(), mark.line))
}

/// A template's source with a mark ahead of the first word of every line and behind every tag. White space stays outside
/// the marks, so that tags trim it as before.
fn mark(source: &str, index: usize) -> String {
    let mut output = String::with_capacity(2 * source.len());
    let (mut line, mut due) = (1, true);
    let mut rest = source;
    while let Some(character) = rest.chars().next() {
        let tag = ["{{", "{%", "{#"].into_iter().find(|open| rest.starts_with(open));
        let length = tag.map_or(character.len_utf8(), |open| tag_length(rest, open));
        let (piece, behind) = rest.split_at(length);
        let shows = match tag {
            // `{{-` trims what is ahead of it, which a mark would keep.
            Some("{{") => !piece.starts_with("{{-"),
            Some(_) => false,
            None => !character.is_whitespace(),
        };
        if due && shows {
            output.push_str(&format!("{}{index}:{line}{}", MARKS[0], MARKS[1]));
            due = false;
        }
        output.push_str(piece);
        line += piece.matches('\n').count();
        due |= tag.is_some() || character == '\n';
        rest = behind;
    }
    output
}

/// How long the tag is that `text` begins with; a raw block and a comment are one tag.
pub(crate) fn tag_length(text: &str, open: &str) -> usize {
    let words = text[2..].trim_start_matches('-').trim_start();
    if open == "{%" && words.starts_with("raw") {
        let end = text.find("endraw").and_then(|at| Some(at + text[at..].find("%}")? + 2));
        return end.unwrap_or(text.len());
    }
    let close = match open {
        "{{" => "}}",
        "{%" => "%}",
        _ => "#}",
    };
    let mut quoted = None;
    for (at, character) in text.char_indices().skip(2) {
        match (quoted, character) {
            (Some(mark), character) if mark == character => quoted = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') if open != "{#" => quoted = Some(character),
            (None, _) if text[at..].starts_with(close) => return at + 2,
            (None, _) => {}
        }
    }
    text.len()
}

/// Where a mark stood in the text, and what it said.
#[derive(Debug, PartialEq)]
struct Mark {
    offset: usize,
    template: usize,
    line: usize,
}

/// Rendered text without its marks, and these in order.
fn read(rendered: &str) -> Option<(String, Vec<Mark>)> {
    let mut text = String::with_capacity(rendered.len());
    let mut marks = Vec::new();
    let mut parts = rendered.split(MARKS[0]);
    text.push_str(parts.next()?);
    for part in parts {
        let (mark, words) = part.split_once(MARKS[1])?;
        let (index, line) = mark.split_once(':')?;
        marks.push(Mark { offset: text.len(), template: index.parse().ok()?, line: line.parse().ok()? });
        text.push_str(words);
    }
    Some((text, marks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_ahead_of_words_only() {
        let source = "a\n  {%- if x -%}\n  b {{ y }} c\n{#\n#}\n{{- z }}{% raw %}\n{{ d }}{% endraw %}\n\"{{ '}}' }}\"\n";
        let marked = mark(source, 7);
        let (text, marks) = read(&marked).unwrap();
        assert_eq!(text, source, "nothing but marks is added");
        let at = |words: &str, line: usize| {
            let mark = Mark { offset: source.find(words).unwrap(), template: 7, line };
            assert!(marks.contains(&mark), "{words}: {marks:?}");
        };
        at("a\n", 1);
        at("b {{", 3);
        at("c\n", 3);
        at("\"{{", 8);
        assert_eq!(marks.iter().filter(|mark| mark.line == 6).count(), 0, "{marks:?}");
    }
}
