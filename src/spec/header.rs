//! The keys that every kind of experiment shares.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The keys that every experiment file shares.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// What to do with the model: enumerate it exactly, sample it over a sweep, cool it, or train it.
    pub kind: String,
    /// The title of the report: plain text, in which formulas may stand between dollars.
    #[schemars(length(min = 1))]
    pub title: String,
    /// Root of every random number; the same file and seed give the same bytes.
    #[serde(default)]
    pub seed: u64,
    /// What the results must satisfy for `gibbs check` to pass.
    #[serde(default)]
    pub expect: Vec<Expect>,
    /// How the report is written.
    #[serde(default)]
    pub report: ReportKeys,
}

/// One condition on the results: a quantity, what it shall equal (or its bound), and how near.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The quantity's name, for example `energy_per_site`; `gibbs list quantities` shows them all.
    pub quantity: String,
    /// What it shall equal: a number, "exact" (the exact result that gibbs computes itself) or "literature".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<Target>,
    /// The standard error of the number in `equals`, for a literature value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<f64>,
    /// A lower bound in place of `equals`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// An upper bound in place of `equals`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// How near: `{ sigma = 4 }` standard errors, or `{ abs = 1e-3 }`, or `{ rel = 0.01 }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Within>,
    /// Where: coordinates of the sweep, for example `{ temperature = 2.0 }`; everywhere if left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub at: BTreeMap<String, AtValue>,
}

/// What a quantity shall equal.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Target {
    /// A number.
    Number(f64),
    /// A value that the results carry with them.
    Reference(ReferenceWord),
}

/// Which reference value is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceWord {
    /// The exact result, computed by gibbs.
    Exact,
    /// A published value.
    Literature,
}

/// The coordinate of a swept key.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum AtValue {
    /// A number.
    Number(f64),
    /// A word.
    Word(String),
    /// `true` or `false`.
    Flag(bool),
}

/// How near an estimate must come.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// A number of combined standard errors.
    #[schemars(schema_with = "sigmas")]
    Sigma(f64),
    /// An absolute difference.
    #[schemars(schema_with = "difference")]
    Abs(f64),
    /// A difference relative to the expected value.
    #[schemars(schema_with = "share")]
    Rel(f64),
}

fn sigmas(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    positive("A number of combined standard errors.")
}

fn difference(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    positive("An absolute difference.")
}

fn share(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    positive("A difference relative to the expected value.")
}

fn positive(description: &str) -> schemars::Schema {
    schemars::json_schema!({ "type": "number", "exclusiveMinimum": 0, "description": description })
}

/// `[report]`: how the report is written, and what you add to it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportKeys {
    /// The template: "handout" is the kind's own teaching page; a path ending in `.tera`, relative to this file, is your
    /// own, which may extend that page and replace single blocks of it (`gibbs explain template`).
    #[serde(default = "handout")]
    pub template: String,
    /// Who wrote the page, one name each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// The course that the page belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<String>,
    /// The question at the page's head in place of the kind's: one sentence of Markdown, with the variables of a template
    /// (`gibbs explain template`), of which `question` is the kind's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// The answer below it in place of the kind's, which is the variable `answer`: one sentence with its numbers as
    /// variables, such as `{{ facts.low.energy | num }}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// The id of the figure at the page's head in place of the kind's choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figure: Option<String>,
    /// Markdown ahead of the page's own text, or the path of a file that ends in `.md`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intro: Option<String>,
    /// Markdown behind the page's own text, or the path of a file that ends in `.md`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// BibTeX entries to cite as `[@key]`, or the path of a file that ends in `.bib`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bibliography: Option<String>,
}

impl Default for ReportKeys {
    fn default() -> Self {
        Self {
            template: handout(),
            authors: Vec::new(),
            course: None,
            question: None,
            answer: None,
            figure: None,
            intro: None,
            notes: None,
            bibliography: None,
        }
    }
}

fn handout() -> String {
    "handout".to_owned()
}
