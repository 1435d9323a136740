//! The file as a document: with its defaults written out, and its JSON Schema for editors.

use super::header::Header;
use super::node::Node;
use super::schema;
use crate::kind::Kind;
use serde_json::Value;

/// The file with overrides applied and defaults written out, as TOML.
pub(super) fn write_resolved(whole: &Node, kind_schema: &Value) -> String {
    let mut value = whole.to_json();
    schema::fill_defaults(&mut value, kind_schema);
    schema::fill_defaults(&mut value, &header_schema());
    let table: Result<toml::Table, _> = serde_json::from_value(without_nulls(value));
    table.ok().and_then(|table| toml::to_string(&table).ok()).unwrap_or_default()
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(object) => object
            .into_iter()
            .filter(|(_, inner)| !inner.is_null())
            .map(|(key, inner)| (key, without_nulls(inner)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

/// The schema of the common keys.
pub(super) fn header_schema() -> Value {
    crate::models::schema_of::<Header>()
}

/// The JSON Schema (draft 7) of a whole experiment file, for editors: the header and the keys of each kind.
pub fn json_schema(kinds: &[&'static dyn Kind]) -> Value {
    let header = header_schema();
    let arms: Vec<Value> = kinds
        .iter()
        .map(|kind| {
            let mut arm = kind.schema();
            let mut properties = header["properties"].as_object().cloned().unwrap_or_default();
            properties.insert(
                "kind".to_owned(),
                serde_json::json!({ "const": kind.name(), "description": kind.summary() }),
            );
            let own = arm["properties"].as_object().cloned().unwrap_or_default();
            properties.extend(own);
            properties.insert("sweep".to_owned(), sweep_schema());
            arm["properties"] = Value::Object(properties);
            arm["title"] = Value::from(format!("{} experiment", kind.name()));
            // A key that is swept need not stand outside [sweep], so only the header's keys are required here.
            arm["required"] = serde_json::json!(["kind", "title"]);
            arm["additionalProperties"] = Value::from(false);
            arm
        })
        .collect();
    serde_json::json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "gibbs experiment",
        "type": "object",
        "oneOf": arms,
    })
}

fn sweep_schema() -> Value {
    serde_json::json!({
        "description": "The axes: each key of the file may stand here with a list or a range { from, to, steps } in place of its scalar. \
                        One table is the product of its axes (zip = true walks them together); [[sweep]] repeated is a union of grids.",
        "oneOf": [{ "type": "object" }, { "type": "array", "items": { "type": "object" } }],
    })
}
