//! From the text of an experiment file to its checked points.

use super::diagnostic::{self, Diagnostic, Diagnostics, Source};
use super::document::{header_schema, write_resolved};
use super::expectation::check_expectations;
use super::header::Header;
use super::node::{Entry, Node, Span, Tree};
use super::overrides::apply_overrides;
use super::own::{self, OwnTexts};
use super::{schema, sweep};
use crate::axis::{Axis, Coordinate};
use crate::kind::{Context, Experiment, Inputs, Kind, Problem};
use serde_json::Value;
use std::collections::BTreeMap;
use toml::de::DeTable;

/// An experiment file and what the command line adds to it.
pub struct Request<'a> {
    /// The experiment's name: the file's stem.
    pub name: &'a str,
    /// The file's path, for messages.
    pub path: &'a str,
    /// The file's content.
    pub bytes: &'a [u8],
    /// `key.path=value` arguments, in order; later ones win.
    pub overrides: &'a [String],
    /// Whether budgets shall be cut for a first look.
    pub quick: bool,
}

/// An experiment whose every point has been checked.
pub struct Checked {
    /// The experiment's name.
    pub name: String,
    /// The common keys.
    pub header: Header,
    /// The texts that `[report]` adds to the page.
    pub own: OwnTexts,
    /// The kind that runs it.
    pub kind: &'static dyn Kind,
    /// Whether budgets were cut.
    pub quick: bool,
    /// The swept keys in file order.
    pub axes: Vec<Axis>,
    /// The points in plan order.
    pub points: Vec<Point>,
    /// The file's text as it was read.
    pub text: String,
    /// The file as it is run: overrides applied, defaults written out.
    pub resolved: String,
}

/// One point, ready to run.
pub struct Point {
    /// One value per axis.
    pub coordinates: Vec<Coordinate>,
    /// What the kind made of its keys.
    pub experiment: Box<dyn Experiment>,
}

/// Reads, checks and prepares an experiment.
///
/// # Errors
///
/// All mistakes found, each with its place in the file and a way out.
pub fn load(
    request: &Request<'_>,
    kinds: &[&'static dyn Kind],
    inputs: &dyn Inputs,
) -> Result<Checked, Diagnostics> {
    let mut sources = Vec::new();
    let mut found = Vec::new();
    match check(request, kinds, inputs, &mut sources, &mut found) {
        Some(checked) if found.is_empty() => Ok(checked),
        _ => {
            // One mistake in a swept key shows at every point: once is enough.
            let mut list: Vec<Diagnostic> = Vec::new();
            for diagnostic in found {
                if !list.contains(&diagnostic) {
                    list.push(diagnostic);
                }
            }
            list.sort_by_key(|diagnostic| diagnostic.span.clone());
            Err(Diagnostics { sources, list })
        }
    }
}

fn check(
    request: &Request<'_>,
    kinds: &[&'static dyn Kind],
    inputs: &dyn Inputs,
    sources: &mut Vec<Source>,
    out: &mut Vec<Diagnostic>,
) -> Option<Checked> {
    let text = decode(request, sources, out)?;
    let mut root = parse(&text, out)?;
    apply_overrides(&mut root, request.overrides, sources, out);
    let whole = root.clone();

    let kind = find_kind(&root, kinds, out)?;
    let sweep = root.take("sweep");
    let top = Span::new(0, 0..text.find('\n').unwrap_or(text.len()));
    let header = read_header(&mut root, kind, &top, out);

    let settings = sweep::settings(sweep.as_ref().map(|entry| &entry.node), out);
    let axes = sweep::axes(&settings);
    let kind_schema = kind.schema();
    let seed = header.as_ref().map_or(0, |header| header.seed);

    if settings.is_empty() {
        // The sweep is broken, so no point can be made: show at least what is wrong beside it.
        let mut beside = Vec::new();
        schema::conform(&root, &kind_schema, "the experiment", &top, &mut beside);
        out.extend(beside.into_iter().filter(|found| !found.title.starts_with("missing key")));
    }
    let mut resolved: Vec<(Node, Vec<Coordinate>)> = Vec::new();
    for point in &settings {
        let Some(found) = resolve(&root, point, &axes, &top, out) else { continue };
        if resolved.iter().all(|(_, coordinates)| *coordinates != found.1) {
            resolved.push(found);
        }
    }
    let ladders = ladders(&axes, resolved.iter().map(|(_, coordinates)| coordinates));
    let mut points: Vec<Point> = Vec::new();
    for ((tree, coordinates), ladder) in resolved.into_iter().zip(&ladders) {
        let before = out.len();
        schema::conform(&tree, &kind_schema, "the experiment", &top, out);
        if out.len() > before {
            continue;
        }
        let mut keys = tree.to_json();
        schema::fill_defaults(&mut keys, &kind_schema);
        let context = Context { seed, quick: request.quick, ladder, inputs };
        match kind.prepare(&keys, &context) {
            Ok(experiment) => points.push(Point { coordinates, experiment }),
            Err(problems) => out.extend(problems.into_iter().map(|problem| locate(problem, &tree, &top))),
        }
    }
    if let Some(header) = &header {
        check_expectations(header, kind, &axes, &points, &whole, &top, out);
    }
    let own = header.as_ref().map(|header| {
        let mut problems = Vec::new();
        let mut own = own::read(&header.report, inputs, &mut problems);
        own.find_within(request.path, &text, &whole);
        out.extend(problems.into_iter().map(|problem| locate(problem, &whole, &top)));
        own
    });
    if !out.is_empty() {
        return None;
    }
    let (header, own) = (header?, own?);
    let resolved = write_resolved(&whole, &kind_schema);
    Some(Checked {
        name: request.name.to_owned(),
        header,
        own,
        kind,
        quick: request.quick,
        axes,
        points,
        text,
        resolved,
    })
}

pub(super) fn decode(
    request: &Request<'_>,
    sources: &mut Vec<Source>,
    out: &mut Vec<Diagnostic>,
) -> Option<String> {
    match std::str::from_utf8(request.bytes) {
        Ok(text) => {
            let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
            sources.push(Source { name: request.path.to_owned(), text: text.clone() });
            Some(text)
        }
        Err(error) => {
            let at = error.valid_up_to();
            let line = request.bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            let shown = String::from_utf8_lossy(request.bytes).into_owned();
            let start = shown.char_indices().find(|(_, c)| *c == '\u{fffd}').map_or(0, |(index, _)| index);
            sources.push(Source { name: request.path.to_owned(), text: shown });
            let title = format!("the file is not UTF-8: byte 0x{:02x} on line {line}", request.bytes[at]);
            let span = Span::new(0, start..start + '\u{fffd}'.len_utf8());
            let help = "save the file as UTF-8; TOML allows no other encoding";
            out.push(Diagnostic::new(span, title, "not a character").help(help));
            None
        }
    }
}

pub(super) fn parse(text: &str, out: &mut Vec<Diagnostic>) -> Option<Node> {
    match DeTable::parse(text) {
        Ok(table) => match Node::from_table(table.get_ref(), 0, table.span()) {
            Ok(node) => Some(node),
            Err((span, message)) => {
                out.push(Diagnostic::new(span, message, ""));
                None
            }
        },
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            let mut message = error.message().lines();
            let title = format!("the file is not valid TOML: {}", message.next().unwrap_or_default());
            let label = message.next().unwrap_or("here").to_owned();
            out.push(Diagnostic::new(Span::new(0, span), title, label));
            None
        }
    }
}

fn find_kind(
    root: &Node,
    kinds: &[&'static dyn Kind],
    out: &mut Vec<Diagnostic>,
) -> Option<&'static dyn Kind> {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    let Some(entry) = root.get("kind") else {
        let help = format!("begin the file with kind = \"…\": {}", diagnostic::list(&names));
        let span = Span::new(0, 0..0);
        out.push(Diagnostic::new(span, "missing key `kind` in the experiment", "needs `kind`").help(help));
        return None;
    };
    let Tree::Text(word) = &entry.node.tree else {
        let label = format!("expected {}, found {}", diagnostic::list(&names), entry.node.what());
        out.push(Diagnostic::new(entry.node.span.clone(), "`kind` has the wrong type", label));
        return None;
    };
    let found = kinds.iter().find(|kind| kind.name() == word).copied();
    if found.is_none() {
        let title = format!("unknown kind \"{word}\"");
        let label = format!("expected {}", diagnostic::list(&names));
        out.push(Diagnostic::new(entry.node.span.clone(), title, label).suggest(word, names, true));
    }
    found
}

/// Takes the header's keys out of the tree and reads them.
fn read_header(root: &mut Node, kind: &dyn Kind, top: &Span, out: &mut Vec<Diagnostic>) -> Option<Header> {
    let mut schema = header_schema();
    let known = schema["properties"].as_object().cloned().unwrap_or_default();
    let mut entries: Vec<Entry> = known.keys().filter_map(|key| root.take(key)).collect();
    flatten_places(&mut entries);
    // The kind has been looked at with better words than the schema's.
    entries.retain(|entry| entry.key != "kind");
    schema["required"] = serde_json::json!(["title"]);
    let node = Node { span: top.clone(), tree: Tree::Table(entries) };
    let before = out.len();
    schema::conform(&node, &schema, "the experiment", top, out);
    if out.len() > before {
        return None;
    }
    let mut keys = node.to_json();
    keys["kind"] = Value::from(kind.name());
    match serde_json::from_value(keys) {
        Ok(header) => Some(header),
        Err(error) => {
            out.push(Diagnostic::new(top.clone(), error.to_string(), ""));
            None
        }
    }
}

/// Joins the keys of nested tables in each expectation's `at`, so that `{ model.ising.size = 16 }`, which TOML reads as
/// nested tables, means the same as `{ "model.ising.size" = 16 }`.
fn flatten_places(entries: &mut [Entry]) {
    fn flatten(entry: Entry, prefix: &str, flat: &mut Vec<Entry>) {
        let key = format!("{prefix}{}", entry.key);
        match entry.node.tree {
            Tree::Table(inner) => {
                inner.into_iter().for_each(|inner| flatten(inner, &format!("{key}."), flat))
            }
            _ => flat.push(Entry { key, ..entry }),
        }
    }
    let expect = entries.iter_mut().find(|entry| entry.key == "expect");
    let Some(Tree::List(items)) = expect.map(|entry| &mut entry.node.tree) else { return };
    for item in items {
        let Tree::Table(keys) = &mut item.tree else { continue };
        for entry in keys.iter_mut().filter(|entry| entry.key == "at") {
            if let Tree::Table(inner) = &mut entry.node.tree {
                let mut flat = Vec::new();
                std::mem::take(inner).into_iter().for_each(|inner| flatten(inner, "", &mut flat));
                *inner = flat;
            }
        }
    }
}

/// The tree of one point, with its settings in place, and its coordinates (an axis that this grid does not sweep takes
/// the value that the file gives outside `[sweep]`).
fn resolve(
    root: &Node,
    point: &[sweep::Setting],
    axes: &[Axis],
    top: &Span,
    out: &mut Vec<Diagnostic>,
) -> Option<(Node, Vec<Coordinate>)> {
    let mut tree = root.clone();
    for setting in point {
        let value = Node::from_coordinate(&setting.value, &setting.value_span);
        let keys: Vec<&str> = setting.path.split('.').collect();
        if let Err(key) = tree.set(&keys, &setting.key_span, value) {
            let title = format!("`{key}` in the swept path `{}` holds a value, not a table", setting.path);
            out.push(Diagnostic::new(setting.key_span.clone(), title, "cannot go below it"));
            return None;
        }
    }
    let mut coordinates = Vec::with_capacity(axes.len());
    for axis in axes {
        let set = point.iter().find(|setting| setting.path == axis.path).map(|setting| setting.value.clone());
        let base = || {
            let entry = root.nearest(&axis.path)?;
            (entry.key == axis.key()).then(|| entry.node.coordinate()).flatten()
        };
        match set.or_else(base) {
            Some(value) => coordinates.push(value),
            None => {
                let title = format!("`{}` is swept in one grid but has no value in another", axis.path);
                out.push(Diagnostic::new(top.clone(), title, "give it a value outside [[sweep]]"));
                return None;
            }
        }
    }
    Some((tree, coordinates))
}

/// For each point the temperatures of all points that share everything else with it, ascending; none where no temperature
/// is swept.
fn ladders<'a>(axes: &[Axis], points: impl Iterator<Item = &'a Vec<Coordinate>>) -> Vec<Vec<f64>> {
    let points: Vec<&Vec<Coordinate>> = points.collect();
    let Some(at) = axes.iter().position(|axis| axis.path == "temperature") else {
        return vec![Vec::new(); points.len()];
    };
    let others = |point: &[Coordinate]| -> String {
        let rest = point.iter().enumerate().filter(|(place, _)| *place != at);
        rest.map(|(_, value)| format!("{value:?};")).collect()
    };
    let mut curves: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for point in &points {
        curves.entry(others(point)).or_default().extend(point[at].number());
    }
    curves.values_mut().for_each(|ladder| ladder.sort_by(f64::total_cmp));
    points.iter().map(|point| curves.get(&others(point)).cloned().unwrap_or_default()).collect()
}

/// Finds the place of a problem that a kind reported by dotted path.
fn locate(problem: Problem, tree: &Node, top: &Span) -> Diagnostic {
    let entry = tree.nearest(&problem.path);
    let span = match entry {
        // A table has no text of its own to underline but its name.
        Some(entry) if matches!(entry.node.tree, Tree::Table(_)) => entry.key_span.clone(),
        Some(entry) => entry.node.span.clone(),
        None => top.clone(),
    };
    Diagnostic::new(span, problem.message, problem.label).help(problem.help)
}
