//! What a template asks for and does not get: the misspelt variable by name, with the nearest that there is.

use super::handout::Handout;
use super::origin::tag_length;
use crate::spec::nearest;
use serde_json::{Value, json};
use std::ops::Range;

/// Words of the template language that are no variables.
const WORDS: [&str; 34] = [
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "endfor",
    "in",
    "is",
    "not",
    "and",
    "or",
    "set",
    "set_global",
    "endset",
    "block",
    "endblock",
    "extends",
    "include",
    "import",
    "macro",
    "endmacro",
    "filter",
    "endfilter",
    "raw",
    "true",
    "false",
    "none",
    "True",
    "False",
    "None",
    "super",
    "loop",
    "as",
    "containing",
];

/// Tags that name something other than variables.
const NAMING: [&str; 6] = ["block", "endblock", "extends", "include", "import", "endmacro"];

/// The first variable on `line` of the template called `name` that there is not, in a sentence with the place; `None` when
/// all are there, or it cannot be told. `source` is the template's text.
pub(crate) fn mistake(handout: &Handout<'_>, name: &str, source: &str, line: usize) -> Option<String> {
    let known = context(handout);
    let tags = tags(source);
    let here = |tag: &&Tag<'_>| (tag.line..=tag.line + tag.text.matches('\n').count()).contains(&line);
    tags.iter().filter(here).find_map(|tag| {
        paths(tag.text).into_iter().find_map(|found| {
            let (step, sentence) = missing(&found.steps, &known, &tags)?;
            let text = &tag.text[found.start..found.end];
            let (from, to) = words(text).nth(step).unwrap_or((0, text.len()));
            let at = tag.start + found.start;
            Some(format!("{sentence}\n{}", excerpt(name, source, at + from..at + to)))
        })
    })
}

/// The first tag of a template that prints a whole group of variables, as a line and a sentence; `None` when none does.
pub(crate) fn group(handout: &Handout<'_>, name: &str, source: &str) -> Option<(usize, String)> {
    let known = context(handout);
    let printing = |tag: &Tag<'_>| source[..tag.start].ends_with("{{");
    tags(source).iter().filter(|tag| printing(tag)).find_map(|tag| {
        let printed = tag.text.trim_matches(['-', ' ', '\n']);
        // Filters of the engine may make something of a group; those of ours show numbers.
        let printed =
            match printed.split_once('|').map(|(path, filter)| (path.trim_end(), filter.trim_start())) {
                None => printed,
                Some((path, filter))
                    if ["pm", "num", "count"].iter().any(|of_ours| filter.starts_with(of_ours)) =>
                {
                    path
                }
                Some(_) => return None,
            };
        let (steps, "") = path(printed) else { return None };
        let names = match value_of(&steps, &known)? {
            Value::Object(map) => {
                map.keys().map(|key| format!("{printed}.{key}")).collect::<Vec<_>>().join(", ")
            }
            Value::Array(_) => format!("a list: {printed}[0], or {{% for one in {printed} %}}"),
            _ => return None,
        };
        let at = tag.start + tag.text.find(printed)?;
        let line = source[..at].matches('\n').count() + 1;
        let sentence = format!("`{printed}` is a group of variables; name one of it ({names})");
        Some((line, format!("{sentence}\n{}", excerpt(name, source, at..at + printed.len()))))
    })
}

/// Where the words of a path stand in its text.
fn words(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.split(move |c| !is_word(c)).filter(|word| !word.is_empty()).map(move |word| {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        (start, start + word.len())
    })
}

/// The line of a template's source around `span`, which is underlined.
pub(crate) fn excerpt(name: &str, source: &str, span: Range<usize>) -> String {
    let start = source[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let line = source[start..].lines().next().unwrap_or_default();
    let number = source[..span.start].matches('\n').count() + 1;
    let column = source[start..span.start].chars().count();
    let margin = " ".repeat(number.to_string().len());
    let marks = "^".repeat(source[span].chars().count().max(1));
    format!(
        "{margin}--> {name}:{number}:{}\n{margin} |\n{number} | {line}\n{margin} | {}{marks}",
        column + 1,
        " ".repeat(column)
    )
}

/// Everything that a template can use, as far as its names go.
fn context(handout: &Handout<'_>) -> Value {
    let estimate = json!({
        "point": 0, "coordinates": null, "quantity": "", "symbol": "", "value": 0, "std_error": 0, "ess": 0,
        "tau": 0, "tau_error": 0, "r_hat": 0, "reference": 0, "z": 0,
    });
    json!({
        "title": "", "seed": 0, "name": "", "kind": "", "quick": false, "question": "", "answer": "",
        "estimates": [estimate], "figures": [""], "facts": handout.story.facts,
    })
}

/// `{{ … }}` or `{% … %}`: what is within it, where that begins, and the line on which the tag does.
pub(crate) struct Tag<'a> {
    pub(crate) line: usize,
    pub(crate) start: usize,
    pub(crate) text: &'a str,
}

impl<'a> Tag<'a> {
    /// The words of a tag such as `{% block name %}`, the quotation marks taken off.
    pub(crate) fn words(&self) -> Vec<&'a str> {
        let text = self.text.trim_start_matches('-').trim_end_matches('-');
        text.split_whitespace().map(|word| word.trim_matches(['"', '\'', '`'])).collect()
    }

    /// Where `word` stands in the source.
    pub(crate) fn span(&self, word: &str) -> Range<usize> {
        let at = self.start + self.text.find(word).unwrap_or(0);
        at..at + word.len()
    }
}

/// The tags of a template, without comments and what is to be shown as it stands.
pub(crate) fn tags(source: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(open) = source[at..].find('{').map(|open| at + open) {
        let Some(mark) = ["{{", "{%", "{#"].into_iter().find(|mark| source[open..].starts_with(mark)) else {
            at = open + 1;
            continue;
        };
        let length = tag_length(&source[open..], mark);
        let tag = &source[open..open + length];
        let text = tag[2..].strip_suffix(if mark == "{{" { "}}" } else { "%}" });
        if let Some(text) = text.filter(|text| mark != "{#" && !text.contains("endraw")) {
            tags.push(Tag { line: source[..open].matches('\n').count() + 1, start: open + 2, text });
        }
        at = open + length;
    }
    tags
}

/// A variable in a tag: where it stands there, and its name split at its dots and brackets.
struct Found {
    start: usize,
    end: usize,
    steps: Vec<String>,
}

/// The variables in a tag.
fn paths(tag: &str) -> Vec<Found> {
    let mut found = Vec::new();
    if tag.trim_start_matches('-').split_whitespace().next().is_some_and(|word| NAMING.contains(&word)) {
        return found;
    }
    let mut rest = tag;
    let (mut filter, mut test) = (false, false);
    while let Some(character) = rest.chars().next() {
        if character == '"' || character == '\'' {
            let end = rest[1..].find(character).map_or(rest.len(), |end| end + 2);
            rest = &rest[end..];
        } else if character.is_ascii_alphabetic() || character == '_' {
            let (path, behind) = path(rest);
            let after = behind.trim_start();
            let named = after.starts_with('(') || after.starts_with('=') && !after.starts_with("==");
            let tested = after.starts_with("is defined") || after.starts_with("is undefined");
            let word = path.len() == 1 && WORDS.contains(&path[0].as_str());
            let tests = test;
            // What follows `is`, or `is not`, is the name of a test.
            test = path == ["is"] || test && path == ["not"];
            if !(filter || named || tested || tests || word) {
                let (start, end) = (tag.len() - rest.len(), tag.len() - behind.len());
                found.push(Found { start, end, steps: path });
            }
            (rest, filter) = (behind, false);
        } else if character.is_ascii_digit() {
            rest = rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '.' || c == '_');
        } else {
            filter = character == '|' || filter && character.is_whitespace();
            rest = &rest[character.len_utf8()..];
        }
    }
    found
}

/// The path that `text` begins with, and what is behind it.
fn path(text: &str) -> (Vec<String>, &str) {
    let word = |text: &str| text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let end = word(text);
    let mut path = vec![text[..end].to_owned()];
    let mut rest = &text[end..];
    loop {
        if let Some(behind) = rest.strip_prefix('.').filter(|behind| word(behind) > 0) {
            let end = word(behind);
            path.push(behind[..end].to_owned());
            rest = &behind[end..];
        } else if let Some((inside, behind)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            path.push(inside.trim().trim_matches(['"', '\'']).to_owned());
            rest = behind;
        } else {
            return (path, rest);
        }
    }
}

/// Which step of `path` is not there, and a sentence on it.
fn missing(path: &[String], known: &Value, tags: &[Tag<'_>]) -> Option<(usize, String)> {
    let (root, below) = path.split_first()?;
    let mut value = match known.get(root).cloned() {
        Some(value) => value,
        None => match declared(root, known, tags) {
            Some(value) => value?,
            None => {
                let names = known.as_object()?.keys().map(String::as_str);
                return Some((0, format!("there is no variable `{root}`{}", hint(root, names, ""))));
            }
        },
    };
    let mut so_far = root.clone();
    for (index, step) in below.iter().enumerate() {
        let next = match &value {
            Value::Array(items) => {
                step.parse::<usize>().ok()?;
                items.first().cloned()?
            }
            Value::Object(map) => match map.get(step) {
                Some(next) => next.clone(),
                None => {
                    let hint = hint(step, map.keys().map(String::as_str), &so_far);
                    return Some((index + 1, format!("there is no `{step}` in `{so_far}`{hint}")));
                }
            },
            _ => return None,
        };
        so_far = if value.is_array() { format!("{so_far}[{step}]") } else { format!("{so_far}.{step}") };
        value = next;
    }
    None
}

/// What a loop or a `set` calls `name`: its value, where that can be told.
fn declared(name: &str, known: &Value, tags: &[Tag<'_>]) -> Option<Option<Value>> {
    tags.iter().find_map(|tag| {
        let text = tag.text.trim_matches(['-', ' ', '\n']);
        if let Some(rest) = text.strip_prefix("for ") {
            let (names, source) = rest.split_once(" in ")?;
            let names: Vec<&str> = names.split(',').map(str::trim).collect();
            names.contains(&name).then(|| {
                let list = value_of(&path(source.trim()).0, known)?;
                list.as_array().filter(|_| names.len() == 1)?.first().cloned()
            })
        } else {
            let rest = text.strip_prefix("set_global ").or_else(|| text.strip_prefix("set "))?;
            let target = rest.split('=').next()?.trim();
            (target == name).then_some(None)
        }
    })
}

fn value_of(path: &[String], known: &Value) -> Option<Value> {
    path.iter().try_fold(known.clone(), |value, step| value.get(step).cloned())
}

fn hint<'a>(word: &str, names: impl Iterator<Item = &'a str> + Clone, within: &str) -> String {
    let whole = |name: &str| if within.is_empty() { name.to_owned() } else { format!("{within}.{name}") };
    match nearest(word, names.clone()) {
        Some(name) => format!("; did you mean `{}`?", whole(name)),
        None => format!(" (known: {})", names.collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_told_from_words_filters_and_arguments() {
        let names = |tag: &str| paths(tag).iter().map(|found| found.steps.join("/")).collect::<Vec<_>>();
        assert_eq!(names("facts.a[0].b | pm(error=facts.e) | text"), ["facts/a/0/b", "facts/e"]);
        assert_eq!(
            names(" if row.z is not none and x == 2.5e3 or \"facts.no\" in figures "),
            ["row/z", "x", "figures"]
        );
        assert_eq!(names("facts.maybe is defined"), Vec::<String>::new());
        assert_eq!(
            names("- endblock exercises "),
            Vec::<String>::new(),
            "the name of a block is no variable"
        );
    }

    #[test]
    fn what_is_missing_is_named_with_the_nearest() {
        let known = json!({"facts": {"peaks": [{"value": 1.0}], "t_c": 2.0}, "title": ""});
        let source =
            "{% for peak in facts.peaks %}{{ peak.vlaue | num }}{% endfor %}{% set x = 1 %}{{ x.y }}";
        let tags = tags(source);
        let told = |text: &str| {
            paths(text)
                .iter()
                .find_map(|found| missing(&found.steps, &known, &tags))
                .map(|(_, sentence)| sentence)
        };
        assert_eq!(
            told("facts.peak | num").unwrap(),
            "there is no `peak` in `facts`; did you mean `facts.peaks`?"
        );
        assert_eq!(
            told("facts.peaks[0].valeu").unwrap(),
            "there is no `valeu` in `facts.peaks[0]`; did you mean `facts.peaks[0].value`?"
        );
        assert_eq!(told("peak.vlaue").unwrap(), "there is no `vlaue` in `peak`; did you mean `peak.value`?");
        assert_eq!(told("fact.t_c").unwrap(), "there is no variable `fact`; did you mean `facts`?");
        assert_eq!(told("nothing").unwrap(), "there is no variable `nothing` (known: facts, title)");
        for fine in ["facts.t_c", "x.y.z", "title", "facts.peaks[3].value"] {
            assert_eq!(told(fine), None, "{fine}");
        }
    }

    #[test]
    fn what_is_wrong_is_underlined() {
        let source = "a\n{# {{ no }} #}é {{ facts.peaks[0].valu | num }}";
        let tag = &tags(source)[0];
        let found = &paths(tag.text)[0];
        let (from, to) = words(&tag.text[found.start..found.end]).nth(3).unwrap();
        let at = tag.start + found.start;
        assert_eq!(
            excerpt("m", source, at + from..at + to),
            " --> m:2:35\n  |\n2 | {# {{ no }} #}é {{ facts.peaks[0].valu | num }}\n  |                                   ^^^^"
        );
    }
}
