//! What every kind owes its readers: facts with a meaning each, and a template that uses no others.

use super::all;
use crate::kind::Kind;
use serde_json::Value;

/// The schema below `path`, through lists and through values that may be empty.
fn lookup<'a>(schema: &'a Value, path: &[&str]) -> Option<&'a Value> {
    let arms = ["anyOf", "oneOf", "allOf"];
    let mut choices = arms.iter().filter_map(|word| schema[word].as_array()).flatten();
    match path {
        [] => Some(schema),
        [first, rest @ ..] => match schema["properties"].get(first) {
            Some(found) => lookup(found, rest),
            None => choices.find_map(|arm| lookup(arm, path)),
        },
    }
}

/// The schema of a list's items.
fn items(schema: &Value) -> Option<&Value> {
    let arms = ["anyOf", "oneOf"];
    let mut choices = arms.iter().filter_map(|word| schema[word].as_array()).flatten();
    schema.get("items").or_else(|| choices.find_map(items))
}

/// Every value of `facts` without a place in the schema, and every place without a value, lists by their first item.
fn misfits(facts: &Value, schema: &Value, path: &str, found: &mut Vec<String>) {
    match facts {
        Value::Object(map) => {
            for (name, value) in map {
                match lookup(schema, &[name]) {
                    Some(below) => misfits(value, below, &format!("{path}.{name}"), found),
                    None => found.push(format!("{path}.{name} is in no schema")),
                }
            }
            for name in schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name) {
                if !map.contains_key(name) {
                    found.push(format!("{path}.{name} is not given"));
                }
            }
        }
        Value::Array(list) => {
            for value in list {
                match items(schema) {
                    Some(below) => misfits(value, below, path, found),
                    None => found.push(format!("{path} is no list")),
                }
            }
        }
        _ => {}
    }
}

/// Stops when a story's facts and its kind's schema differ.
pub(crate) fn facts_fit(kind: &dyn Kind, facts: &Value) {
    let mut found = Vec::new();
    misfits(facts, &kind.facts_schema(), "facts", &mut found);
    assert!(found.is_empty(), "{}: {found:#?}", kind.name());
}

/// The words of a tera expression that are names: `facts.a.b`, `row`, not those within quotes.
fn names(code: &str) -> Vec<Vec<&str>> {
    let mut found = Vec::new();
    for (index, part) in code.split(['"', '\'']).enumerate() {
        if index % 2 == 0 {
            let words = part.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'));
            found.extend(words.filter(|word| !word.is_empty()).map(|word| word.split('.').collect()));
        }
    }
    found
}

/// The tags and expressions of a template, in order.
fn code(template: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = template;
    while let Some(start) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        let inside = &rest[start + 2..];
        let close = if rest[start..].starts_with("{{") { "}}" } else { "%}" };
        let end = inside.find(close).unwrap();
        found.push(inside[..end].trim_matches(['-', ' ', '\n']));
        rest = &inside[end + 2..];
    }
    found
}

#[test]
fn templates_use_facts_that_exist() {
    for kind in all() {
        let schema = kind.facts_schema();
        let mut wrong = Vec::new();
        // What the variables of the loops around hold.
        let mut loops: Vec<(&str, &Value)> = Vec::new();
        let mut seen = 0;
        for tag in code(kind.template()) {
            let resolve = |path: &[&str], loops: &[(&str, &Value)]| -> Option<Value> {
                let (root, rest) = path.split_first()?;
                let base = match *root {
                    "facts" => &schema,
                    root => loops.iter().rfind(|(name, _)| *name == root)?.1,
                };
                lookup(base, rest).cloned()
            };
            for path in names(tag) {
                let known = path[0] == "facts" || loops.iter().any(|(name, _)| *name == path[0]);
                seen += usize::from(known);
                if known && resolve(&path, &loops).is_none() {
                    wrong.push(path.join("."));
                }
            }
            let words: Vec<&str> = tag.split_whitespace().collect();
            match words[..] {
                ["for", name, "in", list, ..] => {
                    let path: Vec<&str> = list.split('.').collect();
                    let found = resolve(&path, &loops).and_then(|list| items(&list).cloned());
                    loops.push((name, Box::leak(Box::new(found.unwrap_or(Value::Null)))));
                }
                ["endfor"] => {
                    loops.pop();
                }
                _ => {}
            }
        }
        assert!(wrong.is_empty(), "{}: {wrong:?}", kind.name());
        assert!(loops.is_empty() && seen > 20, "{}: only {seen} facts were found", kind.name());
    }
}

#[test]
fn every_fact_says_what_it_is() {
    fn walk(schema: &Value, path: &str, silent: &mut Vec<String>) {
        for arm in ["anyOf", "oneOf"].iter().filter_map(|word| schema[word].as_array()).flatten() {
            walk(arm, path, silent);
        }
        if let Some(items) = schema.get("items") {
            walk(items, path, silent);
        }
        for (name, below) in schema["properties"].as_object().into_iter().flatten() {
            let place = format!("{path}.{name}");
            let told =
                below["description"].as_str().is_some_and(|text| text.ends_with('.') && text.len() > 8);
            if !told {
                silent.push(place.clone());
            }
            walk(below, &place, silent);
        }
    }
    for kind in all() {
        let mut silent = Vec::new();
        let schema = kind.facts_schema();
        walk(&schema, kind.name(), &mut silent);
        assert!(silent.is_empty(), "{silent:?}");
        assert!(schema["properties"].as_object().unwrap().len() > 10, "{schema:#}");
        assert!(!schema.to_string().contains("$ref"), "{schema:#}");
    }
}
