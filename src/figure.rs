//! Figures as data: what a kind wants shown, without a word on pixels, colours or SVG.
//!
//! Text in labels uses a small markup: `*T*` is italic, `_{c}` and `^{2}` are sub- and superscripts.

mod data;

pub use data::Data;

/// One figure: a row (or rows) of panels under a common title.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// File stem and cross-reference name, a plain word such as `specific-heat`.
    pub id: String,
    /// What the figure shows, in label markup.
    pub title: String,
    /// How it was measured, in label markup; may be empty.
    pub subtitle: String,
    /// The caption, in Markdown with `$…$` maths: what to see, what the bars mean, N, τ, seeds.
    pub caption: String,
    /// The panels, left to right; each row holds at most `columns` of them.
    pub panels: Vec<Panel>,
    /// How many panels stand side by side.
    pub columns: usize,
    /// The same panels at other values of a control, for readers with a screen; `panels` is what paper shows.
    pub frames: Option<Frames>,
}

/// Precomputed states of a figure that a slider moves through.
#[derive(Debug, Clone, PartialEq)]
pub struct Frames {
    /// What the slider sets, in label markup, for example `temperature *T*`.
    pub control: String,
    /// The states in order, at least two; each has the panels of the same kinds and axes.
    pub frames: Vec<Frame>,
    /// The state shown first.
    pub start: usize,
}

/// One state of a figure with a slider.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// The control's value, in label markup, for example `*T* = 2.27`.
    pub label: String,
    /// The panels, laid out like those of the figure.
    pub panels: Vec<Panel>,
}

/// One panel of a figure.
#[derive(Debug, Clone, PartialEq)]
pub enum Panel {
    /// Points, lines and bars over two axes.
    Chart(Chart),
    /// A matrix of values as colours.
    Heat(Heat),
    /// Small images in a grid: filters, samples, spin lattices.
    Images(ImageGrid),
    /// Nodes and the edges between them: a small model as it is wired.
    Graph(Graph),
}

/// A plane with two axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Title of this panel when a figure has several, in label markup; may be empty.
    pub title: String,
    /// Horizontal axis.
    pub x: Scale,
    /// Vertical axis.
    pub y: Scale,
    /// The data, drawn in order, references first.
    pub series: Vec<Series>,
    /// Marked values, such as a critical temperature.
    pub guides: Vec<Guide>,
    /// Whether a strip below shows (value − reference)/error for points that carry a reference.
    pub pulls: bool,
}

/// How an axis is labelled and scaled.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// Label with unit, in label markup.
    pub label: String,
    /// Whether equal ratios are equally far apart.
    pub log: bool,
    /// Fixed ends; `None` fits the data.
    pub range: Option<(f64, f64)>,
    /// Names of the places 0, 1, 2 … for an axis of categories; empty for numbers.
    pub categories: Vec<String>,
}

impl Scale {
    /// A linear axis that fits its data.
    pub fn linear(label: impl Into<String>) -> Self {
        Self { label: label.into(), log: false, range: None, categories: Vec::new() }
    }

    /// A logarithmic axis that fits its data.
    pub fn log(label: impl Into<String>) -> Self {
        Self { log: true, ..Self::linear(label) }
    }
}

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Marks with error bars, joined by a faint guide to the eye.
    Points,
    /// Marks with error bars, not joined.
    Scatter,
    /// A solid line.
    Line,
    /// A dashed line.
    Dashed,
    /// A filled band between `low` and `high`.
    Band,
    /// Vertical bars from zero.
    Bars,
    /// Filled steps, for a histogram.
    Steps,
}

/// The part that a series plays, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Measured data; the number picks colour and mark shape from an ordered palette.
    Data(usize),
    /// An exact or literature result, in ink.
    Reference,
    /// Background material, muted.
    Muted,
}

/// One set of points with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The name in the legend, in label markup; empty leaves it out of the legend.
    pub label: String,
    /// How it is drawn.
    pub mark: Mark,
    /// What it is.
    pub role: Role,
    /// The points, in order of x.
    pub points: Vec<Point>,
}

/// One point of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Horizontal position.
    pub x: f64,
    /// Vertical position.
    pub y: f64,
    /// Lower and upper end of the error bar or band.
    pub interval: Option<(f64, f64)>,
    /// The exact value at this x, for the pull strip.
    pub reference: Option<f64>,
}

impl Point {
    /// A bare point.
    pub fn new(x: f64, y: f64) -> Self {
        Self { x, y, interval: None, reference: None }
    }

    /// A point with a symmetric bar of one standard error.
    pub fn with_error(x: f64, y: f64, std_error: f64) -> Self {
        Self { interval: Some((y - std_error, y + std_error)), ..Self::new(x, y) }
    }
}

/// A line at a marked value, with its label.
#[derive(Debug, Clone, PartialEq)]
pub struct Guide {
    /// Whether the line stands at an x (vertical line) or at a y (horizontal line).
    pub vertical: bool,
    /// Where.
    pub at: f64,
    /// What it is, in label markup, for example `*T*_{c} = 2.269`.
    pub label: String,
}

/// A matrix of values as colours.
#[derive(Debug, Clone, PartialEq)]
pub struct Heat {
    /// Title of this panel, in label markup; may be empty.
    pub title: String,
    /// Horizontal axis (columns).
    pub x: Scale,
    /// Vertical axis (rows, the first at the top).
    pub y: Scale,
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub columns: usize,
    /// Row-major values.
    pub values: Vec<f64>,
    /// Whether colours diverge from zero (signed values) or rise from the least value.
    pub diverging: bool,
    /// Label of the colour bar, in label markup.
    pub label: String,
}

/// Small images in a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageGrid {
    /// Title of this panel, in label markup; may be empty.
    pub title: String,
    /// Height of each image in pixels.
    pub height: usize,
    /// Width of each image in pixels.
    pub width: usize,
    /// The images, row-major values each.
    pub images: Vec<Vec<f64>>,
    /// A label under each image; empty for none.
    pub labels: Vec<String>,
    /// How many images stand side by side.
    pub per_row: usize,
    /// The values shown as the two ends of the colour scale.
    pub range: (f64, f64),
    /// Whether colours diverge from the middle (weights) or run from paper to ink (pixels).
    pub diverging: bool,
    /// What the images show, for readers who cannot see them.
    pub description: String,
}

/// A small graph as drawn: one unit of length is the same along both axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    /// Title of this panel, in label markup; may be empty.
    pub title: String,
    /// The nodes.
    pub nodes: Vec<Node>,
    /// The edges, by the places of their ends in `nodes`.
    pub edges: Vec<Edge>,
    /// What the shapes, signs and crosses mean.
    pub key: GraphKey,
    /// What the drawing shows, for readers who cannot see it.
    pub description: String,
}

/// A node of a graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Place, x to the right.
    pub x: f64,
    /// Place, y upwards.
    pub y: f64,
    /// Label, in label markup; may be empty.
    pub label: String,
    /// Which of the palette's fills and shapes: 0 and 1 for spins down and up, or the layers of a machine.
    pub group: usize,
}

/// The words of a graph's key, in label markup; what has no words is left out of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GraphKey {
    /// The name of each group of nodes.
    pub groups: Vec<String>,
    /// What an edge of positive weight is.
    pub positive: String,
    /// What an edge of negative weight is.
    pub negative: String,
    /// What an edge is that the nodes do not satisfy.
    pub violated: String,
}

/// An edge of a graph: its width shows |weight|, its colour and dash the sign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// Place of one end in the list of nodes.
    pub from: usize,
    /// Place of the other end.
    pub to: usize,
    /// The coupling.
    pub weight: f64,
    /// Whether the groups of its ends fail it (a bond of a spin glass in vain, an edge that a cut misses): it is crossed.
    pub violated: bool,
}
