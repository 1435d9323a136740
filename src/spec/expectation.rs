//! `[[expect]]`: whether each condition names a quantity and a place that exist.

use super::diagnostic::{self, Diagnostic};
use super::header::{AtValue, Header};
use super::load::Point;
use super::node::{Node, Span, Tree};
use crate::axis::{Axis, Coordinate};
use crate::kind::Kind;

/// Appends what is wrong with the expectations of `header`; `whole` is the tree that they were read from.
pub(super) fn check_expectations(
    header: &Header,
    kind: &dyn Kind,
    axes: &[Axis],
    points: &[Point],
    whole: &Node,
    top: &Span,
    out: &mut Vec<Diagnostic>,
) {
    let place = |index: usize, key: &str| {
        let entry = whole.get("expect").and_then(|entry| match &entry.node.tree {
            Tree::List(items) => items.get(index),
            _ => None,
        });
        match entry.and_then(|item| item.nearest(key)) {
            Some(entry) => entry.node.span.clone(),
            None => entry.map_or(top.clone(), |item| item.span.clone()),
        }
    };
    for (index, expect) in header.expect.iter().enumerate() {
        let known = kind.quantities();
        if !known.contains(&expect.quantity.as_str()) {
            let title = format!("kind \"{}\" does not estimate `{}`", kind.name(), expect.quantity);
            let found = Diagnostic::new(place(index, "quantity"), title, "not a quantity of this kind");
            out.push(found.suggest(&expect.quantity, known.iter().copied(), true));
        } else if !points.is_empty()
            && !points.iter().any(|point| point.experiment.quantities().contains(&expect.quantity.as_str()))
        {
            let here = points[0].experiment.quantities();
            let title = format!("this experiment does not estimate `{}`", expect.quantity);
            let found =
                Diagnostic::new(place(index, "quantity"), title, "this model or its settings lack it");
            out.push(found.help(format!("it estimates {}", diagnostic::list(&here))));
        }
        let choices = [expect.equals.is_some(), expect.at_least.is_some(), expect.at_most.is_some()];
        if choices.iter().filter(|given| **given).count() != 1 {
            let title = "an expectation needs exactly one of `equals`, `at_least`, `at_most`";
            out.push(Diagnostic::new(place(index, "quantity"), title, "in this [[expect]]"));
        }
        if expect.equals.is_some() && expect.within.is_none() {
            let title = "an expectation with `equals` needs `within`";
            out.push(
                Diagnostic::new(place(index, "equals"), title, "how near?")
                    .help("add within = { sigma = 4 }, { abs = 1e-3 } or { rel = 0.01 }"),
            );
        }
        for (key, value) in &expect.at {
            let Some(at) = axes.iter().position(|axis| axis.path == *key || axis.key() == key) else {
                let title = format!("`{key}` is not swept");
                let found = Diagnostic::new(place(index, "at"), title, "not an axis of this sweep");
                out.push(found.suggest(key, axes.iter().map(|axis| axis.path.as_str()), false));
                continue;
            };
            let wanted = value.coordinate();
            if !points.is_empty() && !points.iter().any(|point| point.coordinates[at].matches(&wanted)) {
                let title = format!("no point of the sweep has {key} = {wanted}");
                let values: Vec<String> = axes[at].values.iter().take(12).map(ToString::to_string).collect();
                out.push(
                    Diagnostic::new(place(index, "at"), title, "nothing to compare with")
                        .help(format!("the values are {}", values.join(", "))),
                );
            }
        }
    }
}

impl AtValue {
    /// The value as a coordinate of a sweep.
    pub fn coordinate(&self) -> Coordinate {
        match self {
            Self::Number(value) => Coordinate::Real(*value),
            Self::Word(word) => Coordinate::Word(word.clone()),
            Self::Flag(flag) => Coordinate::Flag(*flag),
        }
    }
}
