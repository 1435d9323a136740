//! What the stages hand to each other: a task's raw record, estimates with their errors, and tables.

use crate::quantity::Quantity;
use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The raw outcome of one task, exactly as it is stored and read back.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    /// Named arrays: time series (one dimension), weights, spins. Values are finite or the task has failed.
    pub arrays: BTreeMap<String, Array>,
    /// Named numbers: a thermalisation length, an acceptance rate.
    pub scalars: BTreeMap<String, f64>,
}

impl Record {
    /// Stores a time series under `name`.
    pub fn put_series(&mut self, name: &str, values: Vec<f64>) {
        self.arrays.insert(name.to_owned(), Array { shape: vec![values.len()], values });
    }

    /// Stores an array of the given shape (row-major) under `name`.
    pub fn put_array(&mut self, name: &str, shape: Vec<usize>, values: Vec<f64>) {
        debug_assert_eq!(shape.iter().product::<usize>(), values.len());
        self.arrays.insert(name.to_owned(), Array { shape, values });
    }

    /// The values of the array `name`; empty when the task stored none.
    pub fn series(&self, name: &str) -> &[f64] {
        self.arrays.get(name).map_or(&[], |array| &array.values)
    }

    /// The scalar `name`, when the task stored it.
    pub fn scalar(&self, name: &str) -> Option<f64> {
        self.scalars.get(name).copied()
    }
}

/// A dense row-major array of `f64`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Array {
    /// The length of each dimension; their product is the number of values.
    pub shape: Vec<usize>,
    /// The values, the last dimension fastest.
    pub values: Vec<f64>,
}

/// What a reference value rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferenceKind {
    /// Computed exactly (to rounding) by gibbs itself, for example by Kaufman's formula or by enumeration.
    Exact,
    /// Taken from a publication.
    Literature,
}

impl ReferenceKind {
    /// The word used in `estimates.csv`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Literature => "literature",
        }
    }
}

/// A number and its uncertainty: one row of `estimates.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// What was estimated.
    pub quantity: &'static Quantity,
    /// What it is called here, where the quantity's own name would mislead.
    pub called: Option<&'static str>,
    /// The estimate; `None` when there is none to give, and then `note` says why.
    pub value: Option<f64>,
    /// One standard error; `None` for an exact value.
    pub std_error: Option<f64>,
    /// Effective number of independent samples.
    pub ess: Option<f64>,
    /// Integrated autocorrelation time in sweeps (½ for independent samples).
    pub tau: Option<f64>,
    /// One standard error of `tau`; `None` where τ is a lower bound only.
    pub tau_error: Option<f64>,
    /// Rank-normalised split R-hat over the replicas.
    pub r_hat: Option<f64>,
    /// A value to compare with, and what it rests on.
    pub reference: Option<(f64, ReferenceKind)>,
    /// Why a field is empty or in doubt, in a sentence; shown beside the number.
    pub note: Option<String>,
}

impl Estimate {
    /// An exact value, without error.
    pub fn exact(quantity: &'static Quantity, value: f64) -> Self {
        Self { value: Some(value), ..Self::missing(quantity) }
    }

    /// A measured value with one standard error.
    pub fn measured(quantity: &'static Quantity, value: f64, std_error: f64) -> Self {
        Self { value: Some(value), std_error: Some(std_error), ..Self::missing(quantity) }
    }

    /// No value, because of `reason` (for example "not reached").
    pub fn absent(quantity: &'static Quantity, reason: impl Into<String>) -> Self {
        Self { note: Some(reason.into()), ..Self::missing(quantity) }
    }

    fn missing(quantity: &'static Quantity) -> Self {
        Self {
            quantity,
            called: None,
            value: None,
            std_error: None,
            ess: None,
            tau: None,
            tau_error: None,
            r_hat: None,
            reference: None,
            note: None,
        }
    }

    /// (value − reference)/std_error, when all three exist and the error is not zero.
    pub fn z(&self) -> Option<f64> {
        let (reference, _) = self.reference?;
        let error = self.std_error.filter(|error| *error > 0.0)?;
        Some((self.value? - reference) / error)
    }
}

/// A named table that a kind adds to the results: it becomes `tables/<name>.csv`.
///
/// Tables of one name from several points are stored as one file, with the point's number and coordinates in front.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// File stem, a plain word such as `populations`.
    pub name: &'static str,
    /// What the table holds, in a sentence.
    pub doc: &'static str,
    /// Column names, `snake_case`.
    pub columns: Vec<&'static str>,
    /// Rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// An empty table with the given columns.
    pub fn new(name: &'static str, doc: &'static str, columns: &[&'static str]) -> Self {
        Self { name, doc, columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Appends one row.
    pub fn push(&mut self, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.columns.len(), "row of table {}", self.name);
        self.rows.push(row);
    }

    /// The numbers of one column; rows without a number there are left out.
    pub fn numbers(&self, column: &str) -> Vec<f64> {
        let Some(at) = self.columns.iter().position(|name| *name == column) else { return Vec::new() };
        self.rows.iter().filter_map(|row| row[at].number()).collect()
    }
}

/// One cell of a [`Table`].
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A count or index.
    Integer(i64),
    /// A finite real number.
    Real(f64),
    /// A word or sentence.
    Text(String),
    /// Nothing applies.
    Empty,
}

impl Cell {
    /// The cell as a number, when it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(*value as f64),
            Self::Real(value) => Some(*value),
            Self::Text(_) | Self::Empty => None,
        }
    }
}

impl From<f64> for Cell {
    fn from(value: f64) -> Self {
        if value.is_finite() { Self::Real(value) } else { Self::Empty }
    }
}

impl From<Option<f64>> for Cell {
    fn from(value: Option<f64>) -> Self {
        value.map_or(Self::Empty, Self::from)
    }
}

impl From<usize> for Cell {
    fn from(value: usize) -> Self {
        Self::Integer(value as i64)
    }
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

/// What one point of a sweep amounts to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Analysis {
    /// One estimate per quantity.
    pub estimates: Vec<Estimate>,
    /// The kind's tables for this point.
    pub tables: Vec<Table>,
    /// What is in doubt about this point.
    pub warnings: Vec<Doubt>,
    /// What the kind needs of the records for the story of the whole study; it is not written to the results.
    pub evidence: Option<Evidence>,
}

/// Something that a kind keeps of a point, in a type of its own.
#[derive(Clone)]
pub struct Evidence(Arc<dyn Any + Send + Sync>);

impl Evidence {
    /// Keeps `evidence`.
    pub fn new<T: Any + Send + Sync>(evidence: T) -> Self {
        Self(Arc::new(evidence))
    }

    /// What was kept, if it is of this type.
    pub fn get<T: Any>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Evidence(…)")
    }
}

/// Only what was kept once is the same.
impl PartialEq for Evidence {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A doubt about one point.
#[derive(Debug, Clone, PartialEq)]
pub struct Doubt {
    /// What is in doubt, in a word or two: doubts about the same are told together.
    pub about: &'static str,
    /// By how many times that exceeds what is tolerated; the gravest are told first.
    pub excess: f64,
    /// The doubt in full sentences that name no coordinates (the story adds them).
    pub text: String,
}

impl Analysis {
    /// The estimate of the quantity called `name`.
    pub fn get(&self, name: &str) -> Option<&Estimate> {
        self.estimates.iter().find(|estimate| estimate.quantity.name == name)
    }

    /// The table called `name`.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }
}
