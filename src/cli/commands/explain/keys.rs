//! The keys of the experiment file as `gibbs explain` tells of them, from the schemas.

use crate::cli::output::wrapped;
use crate::{kinds, models, spec};
use serde_json::Value;

/// A TOML key somewhere in the grammar.
pub(super) struct Key {
    kind: &'static str,
    pub(super) path: String,
    text: String,
}

/// What the keys of the file beside the experiments are keys of.
const OF_THE_BOOK: &str = spec::BOOK;

/// Every key of every kind and of `book.toml`, from the schemas.
pub(super) fn keys() -> Vec<Key> {
    let mut keys = Vec::new();
    let schema = spec::json_schema(kinds::all());
    for (kind, arm) in kinds::all().iter().zip(schema["oneOf"].as_array().into_iter().flatten()) {
        walk(kind.name(), arm, "", &mut keys);
    }
    walk(OF_THE_BOOK, &models::schema_of::<spec::Book>(), "", &mut keys);
    keys
}

fn walk(kind: &'static str, schema: &Value, path: &str, keys: &mut Vec<Key>) {
    for arm in ["oneOf", "anyOf"].iter().filter_map(|word| schema[word].as_array()).flatten() {
        walk(kind, arm, path, keys);
    }
    if schema["items"].is_object() {
        walk(kind, &schema["items"], path, keys);
    }
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    // One arm of several, such as `[schedule.linear]`, is required by nobody.
    let is_choice =
        required.len() == 1 && schema["properties"].as_object().is_some_and(|known| known.len() == 1);
    for (key, sub) in schema["properties"].as_object().into_iter().flatten() {
        let full = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let mut text = sub["description"].as_str().unwrap_or_default().replace('\n', " ");
        if let Some(default) = sub.get("default").filter(|default| !default.is_null() && !default.is_object())
        {
            text.push_str(&format!(" Default: {default}."));
        } else if required.contains(&key.as_str()) && !is_choice {
            if !text.ends_with('.') {
                text.push('.');
            }
            text.push_str(" Required.");
        }
        let words = words_of(sub);
        if !words.is_empty() {
            text.push_str(&format!(" One of: {}.", words.join(", ")));
        }
        keys.push(Key { kind, path: full.clone(), text });
        walk(kind, sub, &full, keys);
    }
}

fn words_of(schema: &Value) -> Vec<String> {
    let mut words: Vec<String> = schema["enum"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    words.extend(schema["const"].as_str().map(str::to_owned));
    for arm in ["oneOf", "anyOf"].iter().filter_map(|word| schema[word].as_array()).flatten() {
        words.extend(words_of(arm));
    }
    words
}

/// All keys of `book.toml` as a list.
pub(super) fn keys_of_the_book() -> String {
    let mine = keys().into_iter().filter(|key| key.kind == OF_THE_BOOK);
    mine.map(|key| format!("  {}\n{}", key.path, wrapped(&key.text, 6))).collect()
}

/// The keys whose path is `word`, ends in it, or lies below it; those that say the same in several kinds once.
pub(super) fn explain_key(keys: &[Key], word: &str) -> Option<String> {
    let ending = format!(".{word}");
    let (below, within) = (format!("{word}."), format!(".{word}."));
    let mut lines: Vec<(String, String, Vec<&str>)> = Vec::new();
    for key in keys {
        let path = &key.path;
        if path == word || path.ends_with(&ending) || path.starts_with(&below) || path.contains(&within) {
            match lines.iter_mut().find(|(path, text, _)| *path == key.path && *text == key.text) {
                Some((_, _, kinds)) => kinds.push(key.kind),
                None => lines.push((key.path.clone(), key.text.clone(), vec![key.kind])),
            }
        }
    }
    if lines.is_empty() {
        return None;
    }
    let text: String = lines
        .iter()
        .map(|(path, text, kinds)| format!("{path} (key of {})\n{}", kinds.join(", "), wrapped(text, 2)))
        .collect();
    Some(text)
}
