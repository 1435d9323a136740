//! `gibbs explain WORD`: documentation, from the registries and the schemas.

use crate::cli::args::ExplainArguments;
use crate::cli::failure::Failure;
use crate::cli::output::{self, wrapped};
use crate::cli::session::Session;
use crate::learning::datasets::DATASETS;
use crate::quantity::{QUANTITIES, Quantity};
use crate::samplers::SAMPLERS;
use crate::samplers::schedule::SCHEDULES;
use crate::spec::nearest;
use crate::{kinds, models, spec};
use serde_json::Value;

/// Prints everything that is known under a word: a registry's entry, a TOML key, or both.
pub(in crate::cli) fn explain(_: &Session, arguments: &ExplainArguments) -> Result<bool, Failure> {
    let word = arguments.word.trim_matches(['[', ']']);
    // A swept key is explained like the key itself.
    let word = word.strip_prefix("sweep.").unwrap_or(word);
    let topics = topics();
    let keys = keys();
    let mut sections: Vec<String> =
        topics.iter().filter(|(name, _)| name == word).map(|(_, text)| text.clone()).collect();
    sections.extend(explain_key(&keys, word));
    if sections.is_empty() {
        let names =
            topics.iter().map(|(name, _)| name.as_str()).chain(keys.iter().map(|key| key.path.as_str()));
        let hint = match nearest(word, names) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "gibbs list shows what there is".to_owned(),
        };
        return Err(Failure::Message(format!("nothing is known under `{word}`; {hint}")));
    }
    output::print(&sections.join("\n"));
    Ok(true)
}

/// Everything in a registry, by name, with its documentation.
fn topics() -> Vec<(String, String)> {
    let entry =
        |name: &str, what: &str, doc: &str| (name.to_owned(), format!("{name} ({what})\n\n{}\n", doc.trim()));
    let mut topics = Vec::new();
    for kind in kinds::all() {
        let quantities = wrapped(&kind.quantities().join(", "), 2);
        let models = kind.models();
        let models = if models.is_empty() {
            String::new()
        } else {
            format!("\nModels\n{}", wrapped(&models.join(", "), 2))
        };
        let doc = format!("{}\n\nQuantities\n{quantities}{models}", kind.doc().trim());
        topics.push(entry(kind.name(), "kind of experiment", &doc));
    }
    topics.extend(models::MODELS.iter().map(|model| entry(model.name, "model", model.doc)));
    topics.extend(SAMPLERS.iter().map(|sampler| entry(sampler.name, "sampler", sampler.doc)));
    topics.extend(SCHEDULES.iter().map(|schedule| entry(schedule.name, "schedule", schedule.doc)));
    topics.extend(DATASETS.iter().map(|dataset| entry(dataset.name, "dataset", dataset.doc)));
    topics.push(entry(
        "handout",
        "template",
        "The kind's own teaching page: question, answer and hero figure; the physics with numbered equations; further \
         figures and diagnostics; all estimates; the experiment's file; and a colophon that reproduces it.",
    ));
    topics.extend(QUANTITIES.iter().map(|quantity| (quantity.name.to_owned(), explain_quantity(quantity))));
    topics
}

fn explain_quantity(quantity: &Quantity) -> String {
    let unit = if quantity.unit.is_empty() {
        "a pure number".to_owned()
    } else {
        format!("in units of {}", quantity.unit)
    };
    let kinds: Vec<&str> = kinds::all()
        .iter()
        .filter(|kind| kind.quantities().contains(&quantity.name))
        .map(|kind| kind.name())
        .collect();
    format!(
        "{} (quantity, {unit})\n\n{}\nformula    {}\nestimated  by kind {}\n",
        quantity.name,
        wrapped(quantity.doc, 0),
        quantity.formula,
        kinds.join(", ")
    )
}

/// A TOML key somewhere in the grammar.
struct Key {
    kind: &'static str,
    path: String,
    text: String,
}

/// Every key of every kind, from the schemas.
fn keys() -> Vec<Key> {
    let mut keys = Vec::new();
    let schema = spec::json_schema(kinds::all());
    for (kind, arm) in kinds::all().iter().zip(schema["oneOf"].as_array().into_iter().flatten()) {
        walk(kind.name(), arm, "", &mut keys);
    }
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

/// The keys whose path is `word`, ends in it, or lies below it; those that say the same in several kinds once.
fn explain_key(keys: &[Key], word: &str) -> Option<String> {
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
