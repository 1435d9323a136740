//! TOML text as a tree in which every key and value remembers where it was written.

use crate::axis::Coordinate;
use serde_json::{Map, Value};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// Where some text stands: which source (0 is the file, the others are `--set` arguments) and which bytes of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub(super) source: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Span {
    pub(super) fn new(source: usize, range: Range<usize>) -> Self {
        Self { source, start: range.start, end: range.end }
    }
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) tree: Tree,
}

/// The forms of a TOML value.
#[derive(Debug, Clone)]
pub(super) enum Tree {
    Text(String),
    Integer(i64),
    Real(f64),
    Flag(bool),
    Date(String),
    List(Vec<Node>),
    Table(Vec<Entry>),
}

/// One `key = value`.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Span,
    pub(super) node: Node,
}

impl Node {
    /// Converts a parsed document; `Err` holds the span and message of a number that does not fit.
    pub(super) fn from_table(
        table: &DeTable<'_>,
        source: usize,
        span: Range<usize>,
    ) -> Result<Self, (Span, String)> {
        let mut entries = Vec::with_capacity(table.len());
        for (key, value) in table {
            entries.push(Entry {
                key: key.get_ref().to_string(),
                key_span: Span::new(source, key.span()),
                node: Self::from_value(value.get_ref(), source, value.span())?,
            });
        }
        Ok(Self { span: Span::new(source, span), tree: Tree::Table(entries) })
    }

    /// Converts one parsed value.
    pub(super) fn from_value(
        value: &DeValue<'_>,
        source: usize,
        range: Range<usize>,
    ) -> Result<Self, (Span, String)> {
        let span = Span::new(source, range.clone());
        let tree = match value {
            DeValue::String(text) => Tree::Text(text.to_string()),
            DeValue::Integer(number) => {
                let parsed = i64::from_str_radix(number.as_str(), number.radix());
                Tree::Integer(
                    parsed.map_err(|_| (span.clone(), "this whole number is beyond 64 bits".to_owned()))?,
                )
            }
            DeValue::Float(number) => {
                let parsed = number.as_str().parse();
                Tree::Real(parsed.map_err(|_| (span.clone(), "this is not a number".to_owned()))?)
            }
            DeValue::Boolean(flag) => Tree::Flag(*flag),
            DeValue::Datetime(date) => Tree::Date(date.to_string()),
            DeValue::Array(items) => Tree::List(
                items
                    .iter()
                    .map(|item| Self::from_value(item.get_ref(), source, item.span()))
                    .collect::<Result<_, _>>()?,
            ),
            DeValue::Table(table) => return Self::from_table(table, source, range),
        };
        Ok(Self { span, tree })
    }

    /// The entries of a table; none for any other value.
    pub(super) fn entries(&self) -> &[Entry] {
        match &self.tree {
            Tree::Table(entries) => entries,
            _ => &[],
        }
    }

    /// The entry called `key`.
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// Removes and returns the entry called `key`.
    pub(super) fn take(&mut self, key: &str) -> Option<Entry> {
        let Tree::Table(entries) = &mut self.tree else { return None };
        let at = entries.iter().position(|entry| entry.key == key)?;
        Some(entries.remove(at))
    }

    /// The entry at a dotted path, or the deepest one on the way to it that exists.
    pub(super) fn nearest(&self, path: &str) -> Option<&Entry> {
        let mut found: Option<&Entry> = None;
        let mut node = self;
        for key in path.split('.') {
            // `expect.2` addresses an item of a list.
            if let (Tree::List(items), Ok(index)) = (&node.tree, key.parse::<usize>()) {
                match items.get(index) {
                    Some(item) => node = item,
                    None => break,
                }
                continue;
            }
            match node.get(key) {
                Some(entry) => {
                    found = Some(entry);
                    node = &entry.node;
                }
                None => break,
            }
        }
        found
    }

    /// Puts `entry`'s value at a dotted path, making tables on the way, in place of what was there.
    ///
    /// # Errors
    ///
    /// The part of the path that holds a value other than a table.
    pub(super) fn set(&mut self, path: &[&str], key_span: &Span, value: Node) -> Result<(), String> {
        let Some((key, rest)) = path.split_first() else { return Ok(()) };
        let Tree::Table(entries) = &mut self.tree else {
            return Err((*key).to_owned());
        };
        let at = entries.iter().position(|entry| entry.key == *key).unwrap_or_else(|| {
            let node = Node { span: key_span.clone(), tree: Tree::Table(Vec::new()) };
            entries.push(Entry { key: (*key).to_owned(), key_span: key_span.clone(), node });
            entries.len() - 1
        });
        if rest.is_empty() {
            entries[at] = Entry { key: (*key).to_owned(), key_span: key_span.clone(), node: value };
            return Ok(());
        }
        if !matches!(entries[at].node.tree, Tree::Table(_)) {
            return Err((*key).to_owned());
        }
        entries[at].node.set(rest, key_span, value)
    }

    /// The value as JSON. Numbers that JSON cannot hold become null; the schema has refused them before.
    pub(super) fn to_json(&self) -> Value {
        match &self.tree {
            Tree::Text(text) | Tree::Date(text) => Value::from(text.as_str()),
            Tree::Integer(number) => Value::from(*number),
            Tree::Real(number) => Value::from(*number),
            Tree::Flag(flag) => Value::from(*flag),
            Tree::List(items) => items.iter().map(Self::to_json).collect(),
            Tree::Table(entries) => Value::Object(
                entries.iter().map(|entry| (entry.key.clone(), entry.node.to_json())).collect::<Map<_, _>>(),
            ),
        }
    }

    /// What the value is, for "found …".
    pub(super) fn what(&self) -> &'static str {
        match self.tree {
            Tree::Text(_) => "a string",
            Tree::Integer(_) => "a whole number",
            Tree::Real(_) => "a number",
            Tree::Flag(_) => "true or false",
            Tree::Date(_) => "a date",
            Tree::List(_) => "a list",
            Tree::Table(_) => "a table",
        }
    }

    /// The value as a coordinate of a sweep, when it is a scalar.
    pub(super) fn coordinate(&self) -> Option<Coordinate> {
        match &self.tree {
            Tree::Text(text) => Some(Coordinate::Word(text.clone())),
            Tree::Integer(number) => Some(Coordinate::Integer(*number)),
            Tree::Real(number) => Some(Coordinate::Real(*number)),
            Tree::Flag(flag) => Some(Coordinate::Flag(*flag)),
            Tree::Date(_) | Tree::List(_) | Tree::Table(_) => None,
        }
    }

    /// A scalar node that stands at `span`.
    pub(super) fn from_coordinate(coordinate: &Coordinate, span: &Span) -> Self {
        let tree = match coordinate {
            Coordinate::Integer(number) => Tree::Integer(*number),
            Coordinate::Real(number) => Tree::Real(*number),
            Coordinate::Flag(flag) => Tree::Flag(*flag),
            Coordinate::Word(word) => Tree::Text(word.clone()),
        };
        Self { span: span.clone(), tree }
    }
}
