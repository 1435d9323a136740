//! `[sweep]`: the axes and the grid of points.

use super::diagnostic::Diagnostic;
use super::node::{Node, Span, Tree};
use crate::axis::{Axis, Coordinate};

/// One swept key in one grid.
#[derive(Debug, Clone)]
struct SweptKey {
    path: String,
    span: Span,
    /// The values, each with the place to point at.
    values: Vec<(Coordinate, Span)>,
}

/// One value given to one key at one point.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    pub(super) path: String,
    pub(super) key_span: Span,
    pub(super) value: Coordinate,
    pub(super) value_span: Span,
}

/// The most points that one file may describe.
const MOST_POINTS: usize = 100_000;

/// Reads `[sweep]` or `[[sweep]]` into the settings of each point, grids one after the other, each row-major (the last
/// axis fastest). Without a sweep there is one point without settings.
pub(super) fn settings(sweep: Option<&Node>, out: &mut Vec<Diagnostic>) -> Vec<Vec<Setting>> {
    let Some(node) = sweep else { return vec![Vec::new()] };
    let grids: Vec<&Node> = match &node.tree {
        Tree::Table(_) => vec![node],
        Tree::List(items) => items.iter().collect(),
        _ => {
            out.push(Diagnostic::new(
                node.span.clone(),
                "`sweep` has the wrong type",
                "expected a table `[sweep]`",
            ));
            return Vec::new();
        }
    };
    let mut points = Vec::new();
    for grid in grids {
        points.extend(grid_points(grid, out));
        if points.len() > MOST_POINTS {
            let title = format!("this sweep has more than {MOST_POINTS} points");
            out.push(Diagnostic::new(grid.span.clone(), title, "too many points"));
            return Vec::new();
        }
    }
    points
}

fn grid_points(grid: &Node, out: &mut Vec<Diagnostic>) -> Vec<Vec<Setting>> {
    let (mut zip, mut keys) = (false, Vec::new());
    for entry in grid.entries() {
        match (&entry.node.tree, entry.key.as_str()) {
            (Tree::Flag(flag), "zip") => zip = *flag,
            (_, "zip") => out.push(Diagnostic::new(
                entry.node.span.clone(),
                "`zip` has the wrong type",
                "expected true or false",
            )),
            _ => collect(&entry.node, entry.key.clone(), &entry.key_span, &mut keys, out),
        }
    }
    if keys.is_empty() {
        if out.is_empty() {
            out.push(
                Diagnostic::new(grid.span.clone(), "`[sweep]` sweeps nothing", "needs at least one axis")
                    .help("for example: temperature = { from = 1.0, to = 4.0, steps = 7 }"),
            );
        }
        return Vec::new();
    }
    if zip { zipped(&keys, out) } else { product(&keys, out) }
}

fn zipped(keys: &[SweptKey], out: &mut Vec<Diagnostic>) -> Vec<Vec<Setting>> {
    let length = keys[0].values.len();
    for key in &keys[1..] {
        if key.values.len() != length {
            let title = "zipped axes must have the same number of values".to_owned();
            let label = format!("{} here, but `{}` has {length}", key.values.len(), keys[0].path);
            out.push(Diagnostic::new(key.span.clone(), title, label));
            return Vec::new();
        }
    }
    (0..length).map(|index| keys.iter().map(|key| setting(key, index)).collect()).collect()
}

fn product(keys: &[SweptKey], out: &mut Vec<Diagnostic>) -> Vec<Vec<Setting>> {
    let size = keys.iter().try_fold(1usize, |size, key| size.checked_mul(key.values.len()));
    let Some(size) = size.filter(|size| *size <= MOST_POINTS) else {
        let lengths: Vec<String> = keys.iter().map(|key| key.values.len().to_string()).collect();
        let title = format!("this sweep has {} points, more than {MOST_POINTS}", lengths.join(" × "));
        out.push(Diagnostic::new(keys[0].span.clone(), title, "too many points"));
        return Vec::new();
    };
    (0..size)
        .map(|mut number| {
            let mut point: Vec<Setting> = Vec::with_capacity(keys.len());
            for key in keys.iter().rev() {
                point.push(setting(key, number % key.values.len()));
                number /= key.values.len();
            }
            point.reverse();
            point
        })
        .collect()
}

fn setting(key: &SweptKey, index: usize) -> Setting {
    let (value, value_span) = key.values[index].clone();
    Setting { path: key.path.clone(), key_span: key.span.clone(), value, value_span }
}

/// Walks down to the lists and ranges, joining the keys on the way into dotted paths.
fn collect(node: &Node, path: String, key_span: &Span, keys: &mut Vec<SweptKey>, out: &mut Vec<Diagnostic>) {
    let mut complain = |span: &Span, title: String, label: &str, help: &str| {
        out.push(Diagnostic::new(span.clone(), title, label).help(help));
    };
    match &node.tree {
        Tree::Table(_) if is_range(node) => {
            if let Some(values) = range(node, &path, out) {
                let values = values.into_iter().map(|value| (value, node.span.clone())).collect();
                keys.push(SweptKey { path, span: key_span.clone(), values });
            }
        }
        Tree::Table(entries) => {
            for entry in entries {
                collect(&entry.node, format!("{path}.{}", entry.key), &entry.key_span, keys, out);
            }
        }
        Tree::List(items) if items.is_empty() => {
            complain(&node.span, format!("`{path}` sweeps over no value"), "the list is empty", "");
        }
        Tree::List(items) => {
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                match item.coordinate() {
                    Some(value) => values.push((value, item.span.clone())),
                    None => complain(
                        &item.span,
                        format!("`{path}` cannot be swept over {}", item.what()),
                        "expected a number, a string, true or false",
                        "",
                    ),
                }
            }
            if values.len() == items.len() {
                keys.push(SweptKey { path, span: key_span.clone(), values });
            }
        }
        _ => complain(
            &node.span,
            format!("`{path}` in `[sweep]` is a single value"),
            "expected a list or a range",
            "write a list such as [1.0, 2.0], a range { from = 1.0, to = 2.0, steps = 5 }, or move the key out of [sweep]",
        ),
    }
}

const RANGE_KEYS: [&str; 4] = ["from", "to", "steps", "spacing"];

/// A range is a table with one of a range's keys that holds a scalar: `{ from = [..] }` is a swept key called `from`.
fn is_range(node: &Node) -> bool {
    node.entries()
        .iter()
        .any(|entry| RANGE_KEYS.contains(&entry.key.as_str()) && entry.node.coordinate().is_some())
}

/// `{ from, to, steps, spacing = "linear" | "log" }`, both ends included. Values are rounded to 12 digits so that 2.2
/// is written 2.2; a range of whole numbers that fall on whole numbers stays whole.
fn range(node: &Node, path: &str, out: &mut Vec<Diagnostic>) -> Option<Vec<Coordinate>> {
    let before = out.len();
    for entry in node.entries() {
        if !RANGE_KEYS.contains(&entry.key.as_str()) {
            let title = format!("unknown key `{}` in the range of `{path}`", entry.key);
            let found = Diagnostic::new(entry.key_span.clone(), title, "not a key of a range");
            out.push(found.suggest(&entry.key, RANGE_KEYS, false));
        }
    }
    let number = |key: &str, out: &mut Vec<Diagnostic>| -> Option<(f64, bool, Span)> {
        let Some(entry) = node.get(key) else {
            let title = format!("the range of `{path}` has no `{key}`");
            out.push(
                Diagnostic::new(node.span.clone(), title, format!("needs `{key}`"))
                    .help("a range is { from = 1.0, to = 4.0, steps = 7 }"),
            );
            return None;
        };
        let span = entry.node.span.clone();
        match entry.node.tree {
            Tree::Integer(value) => Some((value as f64, true, span)),
            Tree::Real(value) if value.is_finite() => Some((value, false, span)),
            Tree::Real(value) => {
                let title = format!("`{key}` of the range of `{path}` is {value}");
                out.push(Diagnostic::new(span, title, "must be a finite number"));
                None
            }
            _ => {
                let title = format!("`{key}` of the range of `{path}` has the wrong type");
                let label = format!("expected a number, found {}", entry.node.what());
                out.push(Diagnostic::new(span, title, label));
                None
            }
        }
    };
    let (from, to, steps) = (number("from", out), number("to", out), number("steps", out));
    let log = match node.get("spacing").map(|entry| (&entry.node.tree, &entry.node.span)) {
        None => false,
        Some((Tree::Text(word), _)) if word == "linear" => false,
        Some((Tree::Text(word), _)) if word == "log" => true,
        Some((_, span)) => {
            let title = format!("unknown spacing in the range of `{path}`");
            out.push(Diagnostic::new(span.clone(), title, "expected \"linear\" or \"log\""));
            false
        }
    };
    let ((from, from_whole, from_span), (to, to_whole, to_span), (steps, steps_whole, steps_span)) =
        (from?, to?, steps?);
    if from > to {
        let title = format!("the range of `{path}` runs backwards: from {from} to {to}");
        out.push(
            Diagnostic::new(node.span.clone(), title, "`from` is greater than `to`")
                .help(format!("swap them: {{ from = {to}, to = {from}, steps = {steps} }}")),
        );
    }
    if !steps_whole || steps < 1.0 || (steps < 2.0 && from != to) {
        let title = format!("`steps` of the range of `{path}` must be a whole number of at least 2");
        out.push(Diagnostic::new(steps_span, title, "counts the points, both ends included"));
    } else if steps > MOST_POINTS as f64 {
        let title = format!("the range of `{path}` has more than {MOST_POINTS} points");
        out.push(Diagnostic::new(steps_span, title, "too many points"));
    }
    if log && from <= 0.0 {
        let title = format!("a log range of `{path}` must start above 0");
        out.push(Diagnostic::new(from_span, title, "must be positive"));
    }
    let _ = to_span;
    if out.len() > before {
        return None;
    }
    let count = steps as usize;
    let last = (count.max(2) - 1) as f64;
    let values: Vec<f64> = (0..count)
        .map(|index| {
            let right = index as f64;
            let value = if log {
                libm::exp((libm::log(from) * (last - right) + libm::log(to) * right) / last)
            } else {
                (from * (last - right) + to * right) / last
            };
            format!("{value:.11e}").parse().unwrap_or(value)
        })
        .collect();
    let whole = from_whole && to_whole && values.iter().all(|value| value.fract() == 0.0);
    let coordinate =
        |value: f64| if whole { Coordinate::Integer(value as i64) } else { Coordinate::Real(value) };
    Some(values.into_iter().map(coordinate).collect())
}

/// The axes of all points: the union of the swept keys in the order in which they first occur, with their values.
pub(super) fn axes(points: &[Vec<Setting>]) -> Vec<Axis> {
    let mut axes: Vec<Axis> = Vec::new();
    for setting in points.iter().flatten() {
        let at = axes.iter().position(|axis| axis.path == setting.path).unwrap_or_else(|| {
            axes.push(Axis { path: setting.path.clone(), values: Vec::new() });
            axes.len() - 1
        });
        if !axes[at].values.contains(&setting.value) {
            axes[at].values.push(setting.value.clone());
        }
    }
    axes
}
