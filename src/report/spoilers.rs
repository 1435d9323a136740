//! The experiment's file without the solutions that its own texts may hold: the student's page quotes the file.

use super::fences::{Fence, closing};
use std::borrow::Cow;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// What stands where a solution was.
const INSTEAD: &str = "(left out of this edition)";

/// `toml` with the inside of every `{solution}` replaced by a remark, in texts of several lines, in strings that write
/// their line ends as `\n`, and in those whose characters are written as escapes. One that is not closed is left out up to
/// the end of the file.
pub(crate) fn without_solutions(toml: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(toml);
    // From the last to the first, so that the places of the others stay.
    for (span, value) in hidden(toml).into_iter().rev() {
        text.to_mut().replace_range(span, &toml::Value::String(value).to_string());
    }
    match in_plain_sight(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(shown) => Cow::Owned(shown),
    }
}

/// The strings whose value holds a solution that their source does not show as one, with what is to stand there instead.
fn hidden(toml: &str) -> Vec<(Range<usize>, String)> {
    let mut strings = Vec::new();
    if let Ok(table) = DeTable::parse(toml) {
        for (_, value) in table.get_ref() {
            collect(value.get_ref(), value.span(), &mut strings);
        }
    }
    let mut hidden = Vec::new();
    for (span, value) in strings {
        let Cow::Owned(shown) = in_plain_sight(&value) else { continue };
        let source = format!("x = {}", in_plain_sight(&toml[span.clone()]));
        let read = toml::from_str::<toml::Table>(&source).ok();
        let enough = read.is_some_and(|table| table["x"].as_str().is_some_and(|read| !reveals(read)));
        if !enough {
            hidden.push((span, shown));
        }
    }
    hidden.sort_by_key(|(span, _)| span.start);
    hidden
}

/// Whether a text without solutions would be another.
fn reveals(text: &str) -> bool {
    matches!(in_plain_sight(text), Cow::Owned(shown) if shown != text)
}

/// All strings of a value, with their places.
fn collect(value: &DeValue<'_>, span: Range<usize>, strings: &mut Vec<(Range<usize>, String)>) {
    match value {
        DeValue::String(text) => strings.push((span, text.to_string())),
        DeValue::Array(items) => {
            for item in items.iter() {
                collect(item.get_ref(), item.span(), strings);
            }
        }
        DeValue::Table(table) => {
            for (_, value) in table {
                collect(value.get_ref(), value.span(), strings);
            }
        }
        _ => {}
    }
}

/// The same for solutions whose fences stand in the text as they are.
fn in_plain_sight(toml: &str) -> Cow<'_, str> {
    let lines = lines(toml);
    let bare: Vec<&str> = lines.iter().map(|(line, _)| unquoted(line)).collect();
    let mut output = String::with_capacity(toml.len());
    let mut at = 0;
    while at < lines.len() {
        let (line, end) = lines[at];
        output.push_str(line);
        output.push_str(end);
        at += 1;
        let Some(fence) = opening(line) else { continue };
        if fence.directive().is_none_or(|(name, _)| name != "solution") {
            continue;
        }
        output.push_str(INSTEAD);
        output.push_str(if end.is_empty() { "\n" } else { end });
        at += closing(&bare[at..], &fence, true).unwrap_or(lines.len() - at);
    }
    if output.contains(INSTEAD) { Cow::Owned(output) } else { Cow::Borrowed(toml) }
}

/// The lines of the texts in a file, each with what ends it: a line end, or the two characters that stand for one.
fn lines(toml: &str) -> Vec<(&str, &str)> {
    let mut lines = Vec::new();
    let mut rest = toml;
    while !rest.is_empty() {
        let ends = ["\n", r"\n"].map(|end| rest.find(end).map(|at| (at, end.len())));
        let (at, length) = ends.into_iter().flatten().min().unwrap_or((rest.len(), 0));
        lines.push((&rest[..at], &rest[at..at + length]));
        rest = &rest[at + length..];
    }
    lines
}

/// The fence on a line, behind the key and the quotation marks that a text may begin with.
fn opening(line: &str) -> Option<Fence<'_>> {
    let at = ["```", "~~~"].into_iter().filter_map(|mark| line.find(mark)).min()?;
    Fence::opening(&line[at..])
}

/// A line without the quotation marks that end a text.
fn unquoted(line: &str) -> &str {
    line.trim_end().trim_end_matches(['"', '\'', ',', ']', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solutions_go_and_all_else_stays() {
        let file = "title = \"t\"\n[report]\nnotes = \"\"\"\n```{exercise} Why?\nAsk.\n```\n```{solution}\nSecret.\n```{math}\n\
                    secret\n```\nSecret.\n```\nMore.\n\"\"\"\n[data]\nsize = 2\n";
        let shown = without_solutions(file);
        assert!(!shown.to_lowercase().contains("secret"), "{shown}");
        assert!(
            shown
                .contains("Ask.\n```\n```{solution}\n(left out of this edition)\n```\nMore.\n\"\"\"\n[data]"),
            "{shown}"
        );
    }

    #[test]
    fn strings_on_one_line_and_fences_at_quotation_marks_are_seen() {
        for file in [
            "notes = \"Ask.\\n```{solution}\\nSecret.\\n```\"\nsize = 2\n",
            "notes = \"\"\"```{solution}\nSecret.\n```\"\"\"\nsize = 2\n",
            "notes = '''\n~~~{ solution }\nSecret.\n~~~\n'''\nsize = 2\n",
        ] {
            let shown = without_solutions(file);
            assert!(!shown.contains("Secret") && shown.ends_with("\nsize = 2\n"), "{shown}");
        }
        assert!(!without_solutions("notes = \"```{solution}\\nSecret\"\n").contains("Secret"));
        for escaped in [
            r#"notes = "Ask.\n\u0060\u0060\u0060{solution}\nSecret.\n\u0060\u0060\u0060\nMore.""#,
            "notes = \"\"\"\nAsk.\n``\\u0060{solution}\nSecret.\n```\nMore.\n\"\"\"",
            r#"notes = "Ask.\u000A```{solu\u0074ion}\u000ASecret.\u000A```\nMore.""#,
        ] {
            let file = format!("title = \"t\"\n[report]\n{escaped}\nauthors = [\"A\"]\n[data]\nsize = 2\n");
            let shown = without_solutions(&file);
            assert!(!shown.contains("Secret") && shown.contains("More."), "{shown}");
            assert!(shown.ends_with("authors = [\"A\"]\n[data]\nsize = 2\n"), "{shown}");
            assert!(toml::from_str::<toml::Table>(&shown).is_ok(), "{shown}");
        }
        let plain = "title = \"a \\n b\"\n```\n";
        assert!(matches!(without_solutions(plain), Cow::Borrowed(text) if text == plain));
    }
}
