//! `--set key.path=value`: values from the command line, put in place of the file's.

use super::diagnostic::{Diagnostic, Source};
use super::node::{Node, Span, Tree};
use toml::de::DeValue;

/// Puts each `key.path=value` into the tree. A value that is not TOML is taken as a string, so that
/// `--set sampler.algorithm=wolff` works without quotes.
pub(super) fn apply_overrides(
    root: &mut Node,
    overrides: &[String],
    sources: &mut Vec<Source>,
    out: &mut Vec<Diagnostic>,
) {
    for text in overrides {
        let index = sources.len();
        sources.push(Source { name: "--set".to_owned(), text: text.clone() });
        let everything = Span::new(index, 0..text.len());
        let Some((path, value)) = text.split_once('=') else {
            let help = "write --set key.path=value, for example --set budget.sweeps=5000";
            out.push(
                Diagnostic::new(everything, "`--set` needs a key and a value", "no `=` here").help(help),
            );
            continue;
        };
        let (path, start) = (path.trim(), text.len() - value.len());
        let key_span = Span::new(index, 0..path.len());
        let node = match DeValue::parse(value.trim()) {
            Ok(parsed) => Node::from_value(parsed.get_ref(), index, start..text.len()).ok(),
            Err(_) => None,
        };
        let value_span = Span::new(index, start..text.len());
        let mut node = node
            .unwrap_or_else(|| Node { span: value_span.clone(), tree: Tree::Text(value.trim().to_owned()) });
        respan(&mut node, &value_span);
        let keys: Vec<&str> = path.split('.').map(str::trim).collect();
        if keys.iter().any(|key| key.is_empty()) {
            out.push(Diagnostic::new(key_span, "`--set` has an empty key", "not a key"));
        } else if let Err(key) = root.set(&keys, &key_span, node) {
            out.push(Diagnostic::new(
                key_span,
                format!("`{key}` holds a value, not a table"),
                "cannot go below it",
            ));
        }
    }
}

/// Points everything in `node` at `span`: spans within a trimmed argument would be off by the spaces.
fn respan(node: &mut Node, span: &Span) {
    node.span = span.clone();
    match &mut node.tree {
        Tree::Table(entries) => {
            for entry in entries {
                entry.key_span = span.clone();
                respan(&mut entry.node, span);
            }
        }
        Tree::List(items) => items.iter_mut().for_each(|item| respan(item, span)),
        _ => {}
    }
}
