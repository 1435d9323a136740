//! Checks a tree against a JSON Schema, reporting every mistake with its place, and fills in defaults.
//!
//! The schemas are generated from the kinds' and models' own types, so that one declaration drives the parser, the
//! error messages, `gibbs explain`, and the schema for editors. Only the shapes that those types produce are known here.

use super::diagnostic::{Diagnostic, list};
use super::node::{Entry, Node, Span, Tree};
use crate::models;
use serde_json::{Map, Value};

/// Appends to `out` everything in which `node` departs from `schema`. `name` says what the node is, for messages:
/// "the experiment", "`[sampler]`"; `place` is where to point when something is missing from it.
pub(super) fn conform(node: &Node, schema: &Value, name: &str, place: &Span, out: &mut Vec<Diagnostic>) {
    let arms = arms(schema);
    match &node.tree {
        Tree::Text(text) => conform_text(node, text, &arms, name, out),
        Tree::Integer(number) => conform_number(node, *number as f64, true, &arms, name, out),
        Tree::Real(number) => conform_number(node, *number, false, &arms, name, out),
        Tree::Flag(_) => {
            if !arms.iter().any(|arm| has_type(arm, "boolean")) {
                out.push(wrong_type(node, &arms, name));
            }
        }
        Tree::Date(_) => out.push(wrong_type(node, &arms, name)),
        Tree::List(items) => match arms.iter().find(|arm| has_type(arm, "array")) {
            Some(arm) => conform_list(node, items, arm, name, out),
            None => out.push(wrong_type(node, &arms, name)),
        },
        Tree::Table(entries) => {
            let objects: Vec<&Value> = arms.iter().copied().filter(|arm| has_type(arm, "object")).collect();
            match objects.as_slice() {
                [] => out.push(wrong_type(node, &arms, name)),
                several if is_choice(schema, several) => conform_choice(entries, several, name, place, out),
                [object] => conform_table(entries, object, name, place, out),
                several => conform_choice(entries, several, name, place, out),
            }
        }
    }
}

/// The alternatives of a schema, without the one that stands for "absent".
fn arms(schema: &Value) -> Vec<&Value> {
    for word in ["oneOf", "anyOf"] {
        if let Some(list) = schema[word].as_array() {
            return list.iter().flat_map(arms).filter(|arm| !has_only_null(arm)).collect();
        }
    }
    vec![schema]
}

/// Whether a schema is a table that must hold exactly one of several keys.
fn is_choice(schema: &Value, objects: &[&Value]) -> bool {
    let single = |arm: &&Value| {
        arm["properties"].as_object().is_some_and(|known| known.len() == 1)
            && arm["required"].as_array().is_some_and(|required| required.len() == 1)
    };
    schema["oneOf"].is_array() && objects.iter().all(single)
}

fn has_only_null(schema: &Value) -> bool {
    schema["type"] == "null"
}

fn has_type(schema: &Value, word: &str) -> bool {
    match &schema["type"] {
        Value::String(one) => one == word,
        Value::Array(several) => several.iter().any(|one| one == word),
        _ => false,
    }
}

/// The words that an alternative accepts; `None` when it accepts any string.
fn words(schema: &Value) -> Option<Vec<&str>> {
    if let Some(word) = schema["const"].as_str() {
        return Some(vec![word]);
    }
    schema["enum"].as_array().map(|list| list.iter().filter_map(Value::as_str).collect())
}

fn conform_text(node: &Node, text: &str, arms: &[&Value], name: &str, out: &mut Vec<Diagnostic>) {
    let strings: Vec<&Value> =
        arms.iter().copied().filter(|arm| has_type(arm, "string") || arm["const"].is_string()).collect();
    if strings.is_empty() {
        out.push(wrong_type(node, arms, name));
        return;
    }
    if strings.iter().any(|arm| words(arm).is_none()) {
        return;
    }
    let known: Vec<&str> = strings.iter().filter_map(|arm| words(arm)).flatten().collect();
    if !known.contains(&text) {
        let title = format!("unknown word \"{text}\" for {name}");
        let label = if strings.len() == arms.len() {
            "not a known value".to_owned()
        } else {
            format!("expected {}", expected(arms))
        };
        out.push(Diagnostic::new(node.span.clone(), title, label).suggest(text, known, true));
    }
}

fn conform_number(
    node: &Node,
    number: f64,
    whole: bool,
    arms: &[&Value],
    name: &str,
    out: &mut Vec<Diagnostic>,
) {
    let found = arms.iter().find(|arm| has_type(arm, "integer") || has_type(arm, "number"));
    let Some(arm) = found else {
        out.push(wrong_type(node, arms, name));
        return;
    };
    let mut complain = |title: String, label: String, help: &str| {
        out.push(Diagnostic::new(node.span.clone(), title, label).help(help));
    };
    if !number.is_finite() {
        complain(format!("{name} is {number}"), "must be a finite number".to_owned(), "");
        return;
    }
    if has_type(arm, "integer") && !has_type(arm, "number") && !whole {
        let help = if number.fract() == 0.0 { format!("write {number:.0}") } else { String::new() };
        complain(
            format!("{name} must be a whole number"),
            "found a number with a decimal point".to_owned(),
            &help,
        );
        return;
    }
    let least = arm["minimum"].as_f64();
    let above = arm["exclusiveMinimum"].as_f64();
    let most = arm["maximum"].as_f64().or_else(|| match arm["format"].as_str() {
        Some("uint32") => Some(f64::from(u32::MAX)),
        _ => None,
    });
    let below = arm["exclusiveMaximum"].as_f64();
    if least.is_some_and(|least| number < least) || above.is_some_and(|above| number <= above) {
        let bound = match (above, least) {
            (Some(above), _) => format!("must be greater than {above}"),
            (None, Some(least)) => format!("must be at least {least}"),
            (None, None) => String::new(),
        };
        let what = if number < 0.0 { "negative" } else { "too small" };
        complain(format!("{name} is {what}"), bound, "");
    } else if let Some(most) = most.filter(|most| number > *most) {
        complain(format!("{name} is too large"), format!("must be at most {most}"), "");
    } else if let Some(below) = below.filter(|below| number >= *below) {
        complain(format!("{name} is too large"), format!("must be less than {below}"), "");
    }
}

fn conform_list(node: &Node, items: &[Node], arm: &Value, name: &str, out: &mut Vec<Diagnostic>) {
    let least = arm["minItems"].as_u64().unwrap_or(0) as usize;
    if items.len() < least {
        let title = format!("{name} has too few items");
        let label =
            if items.is_empty() { "the list is empty".to_owned() } else { format!("needs at least {least}") };
        out.push(Diagnostic::new(node.span.clone(), title, label));
    }
    if let Some(most) = arm["maxItems"].as_u64().filter(|most| items.len() as u64 > *most) {
        let title = format!("{name} has too many items");
        out.push(Diagnostic::new(node.span.clone(), title, format!("takes at most {most}")));
    }
    if arm["items"].is_object() {
        for item in items {
            conform(item, &arm["items"], &format!("an item of {name}"), &item.span, out);
        }
    }
}

fn conform_table(entries: &[Entry], schema: &Value, name: &str, place: &Span, out: &mut Vec<Diagnostic>) {
    let empty = Map::new();
    let known = schema["properties"].as_object().unwrap_or(&empty);
    let others = &schema["additionalProperties"];
    for entry in entries {
        let child = format!("`{}`", entry.key);
        match known.get(&entry.key) {
            Some(sub) => conform(&entry.node, sub, &child, &entry.key_span, out),
            None if others.is_object() => conform(&entry.node, others, &child, &entry.key_span, out),
            None => {
                let title = format!("unknown key `{}` in {name}", entry.key);
                let found = Diagnostic::new(entry.key_span.clone(), title, "not a key that belongs here");
                out.push(found.suggest(&entry.key, known.keys().map(String::as_str), false));
            }
        }
    }
    for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !entries.iter().any(|entry| entry.key == key) {
            let title = format!("missing key `{key}` in {name}");
            let sub = known.get(key).unwrap_or(&Value::Null);
            let label = format!("needs `{key}`: {}", expected(&arms(sub)));
            let mut found = Diagnostic::new(place.clone(), title, label);
            if let Some(doc) = sub["description"].as_str() {
                found = found.help(format!("{key}: {}", first_sentence(doc)));
            }
            out.push(found);
        }
    }
}

/// A table that must hold exactly one key, which says what the rest is: `[model.ising]`, `[schedule.linear]`.
fn conform_choice(
    entries: &[Entry],
    several: &[&Value],
    name: &str,
    place: &Span,
    out: &mut Vec<Diagnostic>,
) {
    let known: Vec<(&str, &Value)> = several
        .iter()
        .filter_map(|arm| arm["properties"].as_object())
        .flatten()
        .map(|(key, sub)| (key.as_str(), sub))
        .collect();
    let names: Vec<&str> = known.iter().map(|(key, _)| *key).collect();
    for entry in entries {
        match known.iter().find(|(key, _)| *key == entry.key) {
            Some((key, sub)) => {
                conform(&entry.node, sub, &format!("[{}.{key}]", bare(name)), &entry.key_span, out)
            }
            None => {
                // A model of another kind is no slip of the pen.
                let title = if bare(name) == "model" && models::find(&entry.key).is_some() {
                    format!(
                        "the model `{}` is not for this kind; `gibbs explain {0}` tells for which",
                        entry.key
                    )
                } else {
                    format!("unknown {} `{}`", bare(name), entry.key)
                };
                let found =
                    Diagnostic::new(entry.key_span.clone(), title, format!("expected {}", list(&names)));
                out.push(found.suggest(&entry.key, names.iter().copied(), false));
            }
        }
    }
    match entries {
        [] => {
            let title = format!("{name} names nothing");
            let label = format!("needs one of {}", list(&names));
            out.push(Diagnostic::new(place.clone(), title, label));
        }
        [_] => {}
        [_, second, ..] => {
            let title = format!("{name} takes one of {}, not several", list(&names));
            out.push(Diagnostic::new(second.key_span.clone(), title, "a second one"));
        }
    }
}

fn bare(name: &str) -> &str {
    name.trim_matches('`')
}

fn wrong_type(node: &Node, arms: &[&Value], name: &str) -> Diagnostic {
    let title = format!("{name} has the wrong type");
    Diagnostic::new(node.span.clone(), title, format!("expected {}, found {}", expected(arms), node.what()))
}

/// What a schema accepts, in words.
pub(super) fn expected(arms: &[&Value]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let known: Vec<&str> = arms.iter().filter_map(|arm| words(arm)).flatten().collect();
    if !known.is_empty() {
        parts.push(list(&known));
    }
    let forms = [
        ("integer", "a whole number"),
        ("number", "a number"),
        ("boolean", "true or false"),
        ("array", "a list"),
        ("object", "a table"),
    ];
    for (word, text) in forms {
        if arms.iter().any(|arm| has_type(arm, word)) {
            parts.push(text.to_owned());
        }
    }
    if arms.iter().any(|arm| has_type(arm, "string") && words(arm).is_none()) {
        parts.push("a string".to_owned());
    }
    if parts.is_empty() { "a value".to_owned() } else { parts.join(" or ") }
}

/// The text up to the first full stop.
pub(super) fn first_sentence(doc: &str) -> String {
    let line = doc.replace('\n', " ");
    match line.find(". ") {
        Some(at) => line[..=at].to_owned(),
        None => line,
    }
}

/// Fills the defaults that `schema` states into `value`, at every depth that the value reaches.
pub(super) fn fill_defaults(value: &mut Value, schema: &Value) {
    let arms = arms(schema);
    let Value::Object(object) = value else {
        if let (Value::Array(items), Some(arm)) = (value, arms.iter().find(|arm| has_type(arm, "array"))) {
            for item in items {
                fill_defaults(item, &arm["items"]);
            }
        }
        return;
    };
    for arm in arms {
        let Some(known) = arm["properties"].as_object() else { continue };
        let is_choice =
            arm["required"].as_array().is_some_and(|required| required.len() == 1) && known.len() == 1;
        for (key, sub) in known {
            match object.get_mut(key) {
                Some(inner) => fill_defaults(inner, sub),
                None if is_choice => {}
                None => {
                    if let Some(default) = sub.get("default").filter(|default| !default.is_null()) {
                        let mut filled = default.clone();
                        fill_defaults(&mut filled, sub);
                        object.insert(key.clone(), filled);
                    }
                }
            }
        }
    }
}
