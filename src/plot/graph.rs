//! Nodes and edges: groups by fill and shape, couplings by width, sign by colour and dash, violated edges crossed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use plotters::style::text_anchor::{HPos, VPos};

use super::area::Area;
use super::backend::{number, painted};
use super::ends::Ends;
use super::error::PlotError;
use super::frame::Place;
use super::layout::Plan;
use super::marks;
use super::names::{self, Spot};
use super::pen::{Drawn, Lettering, Pen};
use super::sizes::{ROW, TEXT};
use super::text::width;
use super::theme::Paint;
use crate::figure::{Edge, Graph};

/// Greatest height of the drawing, without its key.
const HIGHEST: f64 = 370.0;
/// Radii of nodes.
const RADII: (f64, f64) = (3.5, 13.5);
/// Widths of the faintest and of the strongest edge, and how many between are told apart.
const WIDTHS: (f64, f64) = (0.7, 4.2);
const WIDTH_STEPS: f64 = 12.0;
/// Width of a sample in the key with its gap, distance between entries.
const SAMPLE: f64 = 28.0;
const KEY_GAP: f64 = 20.0;

/// The colour of crosses, and of edges of either sign when both occur.
const CROSS: Paint = Paint::Series(6);
const POSITIVE: Paint = Paint::Series(0);
const NEGATIVE: Paint = Paint::Series(1);

/// What an entry of the key shows.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Sample {
    Node(usize),
    Edge { negative: bool },
    Cross,
}

/// A graph measured for its place.
pub(super) struct GraphPlan<'a> {
    graph: &'a Graph,
    ends: Ends,
    width: f64,
    /// Pixels to the unit of length, the same along both axes.
    unit: f64,
    radius: f64,
    margin: f64,
    signed: bool,
}

impl<'a> GraphPlan<'a> {
    /// Measures a graph for a panel of a width in pixels, its nodes between the given ends.
    pub(super) fn new(graph: &'a Graph, panel: f64, figure: &str, ends: Ends) -> Result<Self, PlotError> {
        let nodes = graph.nodes.len();
        for (index, edge) in graph.edges.iter().enumerate() {
            if let Some(node) = [edge.from, edge.to].into_iter().find(|node| *node >= nodes) {
                return Err(PlotError::GraphEdge { figure: figure.to_owned(), index, node, nodes });
            }
        }
        let has = |sign: fn(f64) -> bool| graph.edges.iter().any(|edge| sign(edge.weight));
        let signed = has(|w| w < 0.0) && has(|w| w > 0.0)
            || !graph.key.positive.is_empty() && !graph.key.negative.is_empty();
        let mut plan = Self { graph, ends, width: panel, unit: 1.0, radius: RADII.0, margin: 0.0, signed };
        plan.settle(panel);
        Ok(plan)
    }

    fn span(&self) -> (f64, f64) {
        (self.ends.across.1 - self.ends.across.0, self.ends.up.1 - self.ends.up.0)
    }

    /// The least distance between two nodes, in units of length.
    fn closest(&self) -> f64 {
        let nodes = &self.graph.nodes;
        let pairs = nodes.iter().enumerate().flat_map(|(i, a)| nodes[i + 1..].iter().map(move |b| (a, b)));
        pairs
            .map(|(a, b)| libm::hypot(a.x - b.x, a.y - b.y))
            .filter(|distance| *distance > 0.0)
            .fold(f64::INFINITY, f64::min)
    }

    /// Where the nodes lie when the drawing's upper left corner is there.
    fn places(&self, corner: Place) -> Vec<Place> {
        let left = corner.0 + (self.width - self.span().0 * self.unit) / 2.0;
        let top = corner.1 + self.margin;
        let at = |x: f64, y: f64| {
            (left + (x - self.ends.across.0) * self.unit, top + (self.ends.up.1 - y) * self.unit)
        };
        self.graph.nodes.iter().map(|node| at(node.x, node.y)).collect()
    }

    fn drawing_height(&self) -> f64 {
        self.span().1 * self.unit + 2.0 * self.margin
    }

    fn stroke(&self, edge: &Edge) -> f64 {
        let (least, most) = WIDTHS;
        let share = match self.ends.scale.1 {
            heaviest if heaviest > 0.0 => libm::fabs(edge.weight) / heaviest,
            _ => 0.0,
        };
        let uniform = self.graph.edges.iter().all(|e| libm::fabs(e.weight) == libm::fabs(edge.weight));
        if uniform && share > 0.99 {
            return 1.6;
        }
        // Few different widths, so that edges of one look share a path.
        least + (most - least) * libm::round(WIDTH_STEPS * share) / WIDTH_STEPS
    }

    fn paint(&self, negative: bool) -> Paint {
        match (self.signed, negative) {
            (false, _) => Paint::Mute,
            (true, false) => POSITIVE,
            (true, true) => NEGATIVE,
        }
    }

    /// All edges of one look as one path each, thin ones first.
    fn edges(&self, places: &[Place]) -> String {
        let crossed = self.graph.edges.iter().any(|edge| edge.violated);
        let mut paths: BTreeMap<(u32, bool, bool), String> = BTreeMap::new();
        for edge in self.graph.edges.iter().filter(|edge| edge.weight != 0.0 && edge.weight.is_finite()) {
            let hundredths = libm::round(100.0 * self.stroke(edge)) as u32;
            let path = paths.entry((hundredths, edge.weight < 0.0, edge.violated)).or_default();
            let (a, b) = (places[edge.from], places[edge.to]);
            let _ = write!(path, "M{} {}L{} {}", number(a.0), number(a.1), number(b.0), number(b.1));
        }
        let mut out = String::new();
        for ((hundredths, negative, violated), path) in paths {
            let opacity = if violated || !crossed { 0.9 } else { 0.6 };
            out.push_str(&line(
                &path,
                self.paint(negative),
                f64::from(hundredths) / 100.0,
                negative && self.signed,
                opacity,
            ));
        }
        out
    }

    /// A cross on the middle of each violated edge.
    fn crosses(&self, places: &[Place]) -> String {
        let middles = self.graph.edges.iter().filter(|edge| edge.violated).map(|edge| {
            let (a, b) = (places[edge.from], places[edge.to]);
            ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0)
        });
        let reach = (0.6 * self.radius).clamp(2.6, 4.5);
        let path: String = middles.map(|middle| cross(middle, reach)).collect();
        if path.is_empty() { path } else { line(&path, CROSS, 1.8, false, 1.0) }
    }

    fn key(&self) -> Vec<(Sample, &str)> {
        let key = &self.graph.key;
        let groups = key.groups.iter().enumerate().map(|(group, name)| (Sample::Node(group), name));
        let edges = [
            (Sample::Edge { negative: false }, &key.positive),
            (Sample::Edge { negative: true }, &key.negative),
            (Sample::Cross, &key.violated),
        ];
        groups.chain(edges).filter(|(_, name)| !name.is_empty()).map(|(s, name)| (s, name.as_str())).collect()
    }

    /// Each entry of the key with its row and its distance from the left.
    fn key_places(&self) -> Vec<(Sample, &str, usize, f64)> {
        let (mut row, mut x) = (0, 0.0);
        let mut placed = Vec::new();
        for (sample, name) in self.key() {
            let length = SAMPLE + width(name, TEXT, false);
            if x > 0.0 && x + length > self.width {
                row += 1;
                x = 0.0;
            }
            placed.push((sample, name, row, x));
            x += length + KEY_GAP;
        }
        placed
    }

    fn draw_key(&self, pen: &Pen<'_>, (left, top): Place) -> Drawn {
        for (sample, name, row, x) in self.key_places() {
            let (from, y) = (left + x, top + ROW * (row as f64 + 0.5));
            let path = format!("M{} {}H{}", number(from), number(y), number(from + 22.0));
            match sample {
                Sample::Node(group) => pen.raw(marks::nodes(group, &[(from + 11.0, y)], 5.0))?,
                Sample::Edge { negative } => {
                    pen.raw(line(&path, self.paint(negative), 2.2, negative && self.signed, 0.9))?;
                }
                Sample::Cross => {
                    pen.raw(line(&path, Paint::Mute, 1.6, false, 0.9))?;
                    pen.raw(line(&cross((from + 11.0, y), 4.0), CROSS, 1.8, false, 1.0))?;
                }
            }
            pen.text(name, (from + SAMPLE, y), Lettering::new(TEXT, Paint::Ink))?;
        }
        Ok(())
    }

    /// Names within their nodes where they fit, else beside them where there is room, else left out.
    fn draw_names(&self, pen: &Pen<'_>, corner: Place, places: &[Place]) -> Drawn {
        let names: Vec<&str> = self.graph.nodes.iter().map(|node| node.label.as_str()).collect();
        let edges: Vec<(Place, Place)> =
            self.graph.edges.iter().map(|edge| (places[edge.from], places[edge.to])).collect();
        let (right, bottom) = (corner.0 + self.width, corner.1 + self.drawing_height());
        let room = Area { left: corner.0, top: corner.1, right, bottom };
        for (node, spot) in names::spots(&names, places, self.radius, &edges, room).into_iter().enumerate() {
            match spot {
                Spot::Within => {
                    let paint = if self.graph.nodes[node].group == 0 { Paint::Ink } else { Paint::Paper };
                    let lettering = Lettering::new(TEXT, paint);
                    pen.text(names[node], places[node], lettering.anchored(HPos::Center, VPos::Center))?;
                }
                Spot::Beside(at) => pen.rimmed_text(names[node], at, TEXT)?,
                Spot::Nowhere => {}
            }
        }
        Ok(())
    }
}

impl Plan for GraphPlan<'_> {
    fn gutters(&self) -> (f64, f64) {
        (0.0, 0.0)
    }

    fn settle(&mut self, plot_width: f64) {
        self.width = plot_width;
        let named = self.graph.nodes.iter().any(|node| !node.label.is_empty());
        self.margin = RADII.1 + if named { TEXT + 4.0 } else { 2.0 };
        let (across, up) = self.span();
        let room = plot_width - 2.0 * self.margin;
        self.unit = (room / across).min((HIGHEST - 2.0 * self.margin) / up);
        let closest = self.closest() * self.unit;
        self.radius = (0.3 * closest).clamp(RADII.0, RADII.1);
    }

    fn height(&self) -> f64 {
        let rows = self.key_places().last().map_or(0.0, |(.., row, _)| *row as f64 + 1.0);
        self.drawing_height() + if rows > 0.0 { 6.0 + ROW * rows } else { 0.0 }
    }

    fn draw(&self, pen: &Pen<'_>, corner: Place) -> Drawn {
        if self.graph.nodes.is_empty() {
            return pen.text("no data", (corner.0, corner.1 + 8.0), Lettering::new(TEXT, Paint::Mute));
        }
        let places = self.places(corner);
        pen.raw(self.edges(&places))?;
        pen.raw(self.crosses(&places))?;
        let groups = self.graph.nodes.iter().map(|node| node.group).max().unwrap_or(0);
        for group in 0..=groups {
            let members: Vec<Place> = (self.graph.nodes.iter().zip(&places))
                .filter(|(node, _)| node.group == group)
                .map(|(_, place)| *place)
                .collect();
            if !members.is_empty() {
                pen.raw(marks::nodes(group, &members, self.radius))?;
            }
        }
        self.draw_names(pen, corner, &places)?;
        self.draw_key(pen, (corner.0, corner.1 + self.drawing_height() + 6.0))
    }
}

/// A stroked path.
fn line(path: &str, paint: Paint, width: f64, dashed: bool, opacity: f64) -> String {
    let dash = if dashed { r#" stroke-dasharray="5 3.5" stroke-linecap="butt""# } else { "" };
    format!(
        r#"<path d="{path}"{} fill="none" stroke-width="{}" stroke-opacity="{}"{dash}/>"#,
        painted("stroke", paint),
        number(width),
        number(opacity)
    )
}

fn cross((x, y): Place, reach: f64) -> String {
    let (left, right, top, bottom) =
        (number(x - reach), number(x + reach), number(y - reach), number(y + reach));
    format!("M{left} {top}L{right} {bottom}M{left} {bottom}L{right} {top}")
}
