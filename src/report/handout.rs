//! What a handout is made of: everything that the caller hands over, as plain data and ready-made figures.

use crate::figure::Data;
use crate::input::{Inputs, Text};
use crate::kind::Story;
use crate::quantity::Quantity;

/// One handout: a study's story, its figures as drawn, and all numbers.
///
/// It holds no clock time, so that the same study gives the same bytes.
#[derive(Clone)]
pub struct Handout<'a> {
    /// The experiment's title, as the user wrote it.
    pub title: &'a str,
    /// The experiment's name: its file's stem.
    pub name: &'a str,
    /// The kind of experiment.
    pub kind: &'a str,
    /// Whether budgets were cut for a first look.
    pub quick: bool,
    /// Whether the solutions of exercises are shown.
    pub solutions: bool,
    /// The kind's account of the study.
    pub story: &'a Story,
    /// The templates at hand, each a name and its tera source: those of the kinds, and the user's own.
    pub templates: &'a [(String, String)],
    /// The name of the one that gives the handout's body.
    pub template: &'a str,
    /// The folder in which the pictures are that the template names; empty for that of the experiment's file.
    pub template_folder: &'a str,
    /// What the user adds.
    pub own: &'a Own,
    /// Reads the user's pictures.
    pub inputs: &'a dyn Inputs,
    /// The pages before and after this one.
    pub around: Around,
    /// The figures as drawn, the hero first.
    pub figures: &'a [Drawn],
    /// All estimates, in the order of `estimates.csv`.
    pub estimates: &'a [EstimateRow],
    /// The same as `estimates.csv`.
    pub estimates_csv: &'a str,
    /// Dotted paths of the swept keys; empty for a single point.
    pub axes: Vec<String>,
    /// The TOML as the user wrote it.
    pub spec_text: &'a str,
    /// One sentence for each failed task.
    pub failures: &'a [String],
    /// How the study came about.
    pub colophon: &'a Colophon,
}

/// What the user adds to the page under `[report]`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Own {
    /// Who wrote the page.
    pub authors: Vec<String>,
    /// The course that the page belongs to.
    pub course: Option<String>,
    /// The question at the page's head in place of the kind's, a template.
    pub question: Option<Text>,
    /// The answer below it in place of the kind's, a template.
    pub answer: Option<Text>,
    /// The id of the figure at the page's head in place of the kind's choice.
    pub figure: Option<Text>,
    /// Markdown ahead of the body.
    pub intro: Option<Text>,
    /// Markdown behind the body.
    pub notes: Option<Text>,
    /// BibTeX entries, cited as `[@key]`.
    pub bibliography: Option<Text>,
}

/// The pages around one in a site; each an address relative to the page, and a title.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Around {
    /// The index.
    pub index: Option<(String, String)>,
    /// The page before.
    pub previous: Option<(String, String)>,
    /// The page after.
    pub next: Option<(String, String)>,
}

/// A figure as drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// File stem and cross-reference name.
    pub id: String,
    /// A complete `<svg>` element, without an XML declaration.
    pub svg: String,
    /// The same for a narrow screen.
    pub narrow: String,
    /// A sentence or two for people who cannot see the figure, plain text.
    pub alt: String,
    /// The caption, in Markdown with `$…$` maths.
    pub caption: String,
    /// What the figure shows, plain text.
    pub title: String,
    /// The states that a slider moves through, when there are any.
    pub frames: Option<DrawnFrames>,
    /// The numbers that the figure shows.
    pub data: Data,
    /// The same as CSV.
    pub csv: String,
}

/// The states of a figure with a slider, as drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnFrames {
    /// What the slider sets, plain text.
    pub control: String,
    /// The state shown first.
    pub start: usize,
    /// The states in order.
    pub frames: Vec<DrawnFrame>,
}

/// One state of a figure with a slider, as drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnFrame {
    /// The control's value, plain text.
    pub value: String,
    /// A complete `<svg>` element.
    pub svg: String,
    /// The same for a narrow screen.
    pub narrow: String,
}

/// One row of the table of estimates.
#[derive(Debug, Clone, PartialEq)]
pub struct EstimateRow {
    /// The point's number in the plan.
    pub point: usize,
    /// One value per axis, as written in the file.
    pub coordinates: Vec<String>,
    /// What was estimated.
    pub quantity: &'static Quantity,
    /// What it is called here, where the quantity's own name would mislead.
    pub called: Option<&'static str>,
    /// The estimate.
    pub value: Option<f64>,
    /// One standard error.
    pub std_error: Option<f64>,
    /// Effective number of independent samples.
    pub ess: Option<f64>,
    /// Integrated autocorrelation time in sweeps.
    pub tau: Option<f64>,
    /// One standard error of that time.
    pub tau_error: Option<f64>,
    /// Rank-normalised split R-hat.
    pub r_hat: Option<f64>,
    /// A value to compare with.
    pub reference: Option<f64>,
    /// `exact` or `literature`.
    pub reference_kind: Option<&'static str>,
    /// (value − reference)/std_error.
    pub z: Option<f64>,
    /// Why a cell is empty or in doubt, plain text.
    pub note: Option<String>,
}

/// How a study came about and how to repeat it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Colophon {
    /// The command that gives this page again.
    pub command: String,
    /// Hash of the resolved experiment.
    pub spec_hash: String,
    /// The root seed.
    pub seed: u64,
    /// The version of gibbs.
    pub version: String,
    /// The revision of the working tree, when it is under git.
    pub git_revision: Option<String>,
    /// Whether that tree held uncommitted changes.
    pub git_dirty: Option<bool>,
    /// The machines that computed it, in words, when they are known.
    pub machine: Option<String>,
    /// How long the computation took, in words, when it is known.
    pub wall_time: Option<String>,
    /// How many tasks the plan holds.
    pub tasks: usize,
    /// The files that the experiment read, each with its hash.
    pub inputs: Vec<(String, String)>,
    /// How to cite gibbs, and the page where it names its authors: BibTeX.
    pub citation_bibtex: String,
}
