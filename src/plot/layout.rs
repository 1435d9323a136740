//! A figure on its page: title, legend, and the panels in rows.

use super::backend::{Naming, SvgBackend};
use super::chart::ChartPlan;
use super::describe::describe;
use super::ends::Ends;
use super::error::PlotError;
use super::frame::Place;
use super::graph::GraphPlan;
use super::heat::HeatPlan;
use super::images::ImagesPlan;
use super::legend::{self, Entry};
use super::pen::{Drawn, Lettering, Pen};
use super::sizes::{LINE, TEXT, TITLE, TITLE_LINE};
use super::text::{plain, width as measured, wrap};
use super::theme::Paint;
use crate::figure::{Chart, Figure, Panel};

/// How wide a figure is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// 560 units, panels side by side: a column of text, and paper.
    Column,
    /// 285 units, panels below each other: a phone.
    Phone,
}

impl Width {
    /// How many units wide. Sizes of letters are in the same units; see [`super::sizes`].
    fn units(self) -> f64 {
        match self {
            Self::Column => 560.0,
            Self::Phone => 285.0,
        }
    }

    /// How many panels stand side by side: as many as the figure asks for, fewer where axes would become too short.
    fn columns(self, figure: &Figure, panels: &[Panel]) -> usize {
        let axes = |panel: &Panel| matches!(panel, Panel::Chart(_) | Panel::Heat(_));
        let most = match self {
            Self::Column if panels.iter().any(axes) => 2,
            Self::Column => usize::MAX,
            Self::Phone => 1,
        };
        figure.columns.min(most).clamp(1, panels.len().max(1))
    }

    /// Whether a subtitle stands behind its title rather than below it; frames of one figure agree on it.
    pub(super) fn beside(self, title: &str, subtitle: &str) -> bool {
        let length = measured(title, TITLE, true) + BESIDE + measured(subtitle, TEXT, false);
        // The rest is for the axis on whose line the title begins.
        length <= self.units() - 110.0
    }

    /// What the ids of a figure's drawing begin with.
    pub(super) fn id(self, figure: &str) -> String {
        match self {
            Self::Column => figure.to_owned(),
            Self::Phone => format!("{figure}-phone"),
        }
    }
}

/// Room at the left and right edges.
const EDGE: f64 = 10.0;
/// Distance between columns and between rows.
const GAP: f64 = 20.0;
/// Room above a figure's title, and distance from the title to a subtitle behind it.
const ABOVE: f64 = 8.0;
const BESIDE: f64 = 11.0;

/// A panel that knows how much room it needs.
pub(super) trait Plan {
    /// Room for labels at the left and right of the plot.
    fn gutters(&self) -> (f64, f64);
    /// Takes the width that the plot itself gets.
    fn settle(&mut self, plot_width: f64);
    /// Height with all labels below.
    fn height(&self) -> f64;
    /// Height of what stands below the plot beside its labels, such as a strip of pulls.
    fn strip(&self) -> f64 {
        0.0
    }
    /// Makes the plot higher, to end in line with a neighbour's strip.
    fn grow(&mut self, _by: f64) {}
    /// Draws the plot with its upper left corner there.
    fn draw(&self, pen: &Pen<'_>, corner: Place) -> Drawn;
}

/// A planned panel with what stands above it.
struct Placed<'a> {
    plan: Box<dyn Plan + 'a>,
    title: &'a str,
    legend: Vec<Entry>,
}

/// The figure as one self-contained SVG document; the same figure gives the same bytes.
///
/// Every id in it begins with the figure's id (with `-phone` behind it for a narrow one); all classes begin with `g-`, and mean the same in every figure.
///
/// # Errors
///
/// A heat map or an image whose values do not fill it, an edge of a graph without its node.
pub fn svg(figure: &Figure, width: Width) -> Result<String, PlotError> {
    let ends: Vec<Ends> = figure.panels.iter().map(|panel| Ends::common([panel])).collect();
    let description = describe(figure);
    let id = width.id(&figure.id);
    let naming = Naming { id: &id, title: &plain(&figure.title), description: &description };
    let heading =
        Heading { subtitle: &figure.subtitle, beside: width.beside(&figure.title, &figure.subtitle) };
    Sheet::new(figure, width, (heading, &id), &figure.panels, &ends)?.draw(&naming, 0.0)
}

/// What stands behind or below a figure's title.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heading<'a> {
    /// How it was measured, or the state of a slider.
    pub subtitle: &'a str,
    /// Whether it stands behind the title.
    pub beside: bool,
}

/// A figure's panels laid out below its headings, before anything is drawn.
pub(super) struct Sheet<'a> {
    width: f64,
    title: Vec<String>,
    subtitle: Vec<String>,
    beside: bool,
    legend: Vec<Entry>,
    panels: Vec<Placed<'a>>,
    columns: usize,
    panel_width: f64,
    gutters: Vec<(f64, f64)>,
    header_left: f64,
    legend_top: f64,
    top: f64,
    rows: Vec<Row>,
}

impl<'a> Sheet<'a> {
    /// Lays out panels whose axes run between `ends`, under the figure's title and a heading; ids begin with `id`.
    pub(super) fn new(
        figure: &Figure,
        width: Width,
        (heading, id): (Heading<'_>, &str),
        shown: &'a [Panel],
        ends: &[Ends],
    ) -> Result<Self, PlotError> {
        let columns = width.columns(figure, shown);
        let width = width.units();
        let panel_width = (width - 2.0 * EDGE - GAP * (columns - 1) as f64) / columns as f64;
        let shared = legend::common(shown.iter().filter_map(chart));
        let mut panels = Vec::with_capacity(shown.len());
        for (panel, ends) in shown.iter().zip(ends) {
            panels.push(place(panel, panel_width, id, *ends, shared.is_none())?);
        }
        for row in panels.chunks_mut(columns) {
            let strip = row.iter().map(|panel| panel.plan.strip()).fold(0.0, f64::max);
            row.iter_mut().for_each(|panel| panel.plan.grow(strip - panel.plan.strip()));
        }
        let gutters: Vec<(f64, f64)> = (0..columns).map(|column| widest(&panels, column, columns)).collect();
        for (index, panel) in panels.iter_mut().enumerate() {
            let (left, right) = gutters[index % columns];
            panel.plan.settle((panel_width - left - right).max(60.0));
        }
        // Headings stand in line with the only axis, but on a phone, where they need all the room.
        let above_axis = columns == 1 && width > 400.0;
        let header_left = EDGE + if above_axis { gutters.first().map_or(0.0, |g| g.0) } else { 0.0 };
        let header_room = width - EDGE - header_left;
        let title = wrap(&figure.title, TITLE, true, header_room);
        let subtitle = wrap(heading.subtitle, TEXT, false, header_room);
        let beside = heading.beside && title.len() == 1 && subtitle.len() == 1 && {
            let ahead = measured(&figure.title, TITLE, true) + BESIDE;
            ahead + measured(heading.subtitle, TEXT, false) <= header_room
        };
        let legend = shared.unwrap_or_default();
        let below = if beside { 0.0 } else { LINE * subtitle.len() as f64 };
        let legend_top = ABOVE + TITLE_LINE * title.len() as f64 + below + 4.0;
        let top = legend_top + legend::height(&legend, header_room) + 6.0;
        let rows = row_tops(&panels, columns, panel_width, &gutters, top);
        Ok(Self {
            width,
            title,
            subtitle,
            beside,
            legend,
            panels,
            columns,
            panel_width,
            gutters,
            header_left,
            legend_top,
            top,
            rows,
        })
    }

    /// Its height in units.
    pub(super) fn height(&self) -> f64 {
        self.rows.last().map_or(self.top + 30.0, |row| row.end - GAP) + 8.0
    }

    /// Where its panels begin, in units from the top.
    pub(super) fn top(&self) -> f64 {
        self.top
    }

    /// Moves the panels, with the legend, down to begin there.
    pub(super) fn begin_at(&mut self, top: f64) {
        let further = top - self.top;
        self.legend_top += further;
        self.top += further;
        for row in &mut self.rows {
            row.start += further;
            row.plot += further;
            row.end += further;
        }
    }

    /// The SVG document, at least so high.
    pub(super) fn draw(&self, naming: &Naming<'_>, least: f64) -> Result<String, PlotError> {
        let mut out = String::new();
        let size = (self.width as u32, libm::ceil(self.height().max(least)) as u32);
        let pen = Pen::new(SvgBackend::new(&mut out, size, naming));
        pen.rectangle((0.0, 0.0), (self.width, f64::from(size.1)), Paint::Paper, 1.0)?;
        for (index, line) in self.title.iter().enumerate() {
            let at = (self.header_left, ABOVE + TITLE_LINE * (index as f64 + 0.5));
            pen.text(line, at, Lettering::new(TITLE, Paint::Ink).bold())?;
        }
        for (index, line) in self.subtitle.iter().enumerate() {
            let at = if self.beside {
                let ahead = measured(&self.title[0], TITLE, true) + BESIDE;
                // On the title's base line, which lies lower for its size.
                (self.header_left + ahead, ABOVE + 0.5 * TITLE_LINE + 0.36 * (TITLE - TEXT))
            } else {
                let above = ABOVE + TITLE_LINE * self.title.len() as f64;
                (self.header_left, above + LINE * (index as f64 + 0.5))
            };
            pen.text(line, at, Lettering::new(TEXT, Paint::Mute))?;
        }
        let room = self.width - EDGE - self.header_left;
        legend::draw(&pen, &self.legend, (self.header_left, self.legend_top), room)?;
        for (index, panel) in self.panels.iter().enumerate() {
            let (row, column) = (&self.rows[index / self.columns], index % self.columns);
            let left = EDGE + column as f64 * (self.panel_width + GAP) + self.gutters[column].0;
            let room = self.panel_width - self.gutters[column].0;
            draw_panel(&pen, panel, (left, row.start), row.plot, room)?;
        }
        if self.panels.is_empty() {
            pen.text("no data", (self.header_left, self.top + 10.0), Lettering::new(TEXT, Paint::Mute))?;
        }
        pen.finish()?;
        drop(pen);
        Ok(out)
    }
}

fn chart(panel: &Panel) -> Option<&Chart> {
    match panel {
        Panel::Chart(chart) => Some(chart),
        Panel::Heat(_) | Panel::Images(_) | Panel::Graph(_) => None,
    }
}

/// Plans a panel; with `own_legend` a chart carries its legend itself.
fn place<'a>(
    panel: &'a Panel,
    width: f64,
    id: &str,
    ends: Ends,
    own_legend: bool,
) -> Result<Placed<'a>, PlotError> {
    Ok(match panel {
        Panel::Chart(chart) => Placed {
            plan: Box::new(ChartPlan::new(chart, width, ends.across, ends.up)),
            title: &chart.title,
            legend: if own_legend { legend::entries(chart) } else { vec![] },
        },
        Panel::Heat(heat) => Placed {
            plan: Box::new(HeatPlan::new(heat, width, id, ends.scale)?),
            title: &heat.title,
            legend: vec![],
        },
        Panel::Images(grid) => {
            Placed { plan: Box::new(ImagesPlan::new(grid, width, id)?), title: &grid.title, legend: vec![] }
        }
        Panel::Graph(graph) => Placed {
            plan: Box::new(GraphPlan::new(graph, width, id, ends)?),
            title: &graph.title,
            legend: vec![],
        },
    })
}

/// The widest gutters of a column, so that its plots stand in line.
fn widest(panels: &[Placed<'_>], column: usize, columns: usize) -> (f64, f64) {
    let gutters = panels.iter().skip(column).step_by(columns).map(|panel| panel.plan.gutters());
    gutters.fold((0.0, 0.0), |widest: (f64, f64), own| (widest.0.max(own.0), widest.1.max(own.1)))
}

/// Heights of a row: where its titles start, where its plots start, where the next row starts.
struct Row {
    start: f64,
    plot: f64,
    end: f64,
}

/// Height of title and legend above a plot of a width.
fn head(panel: &Placed<'_>, room: f64) -> (f64, f64) {
    let title = LINE * wrap(panel.title, TEXT, true, room).len() as f64;
    (title, legend::height(&panel.legend, room))
}

fn row_tops(panels: &[Placed<'_>], columns: usize, width: f64, gutters: &[(f64, f64)], top: f64) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut start = top;
    for row in panels.chunks(columns) {
        let heads = row.iter().zip(gutters).map(|(panel, gutter)| {
            let (title, legend) = head(panel, width - gutter.0);
            title + legend
        });
        let head = heads.fold(0.0, f64::max);
        let plot = start + if head > 0.0 { head + 8.0 } else { 0.0 };
        let end = plot + row.iter().map(|panel| panel.plan.height()).fold(0.0, f64::max) + GAP;
        rows.push(Row { start, plot, end });
        start = end;
    }
    rows
}

fn draw_panel(pen: &Pen<'_>, panel: &Placed<'_>, (left, top): Place, plot: f64, room: f64) -> Drawn {
    for (index, line) in wrap(panel.title, TEXT, true, room).iter().enumerate() {
        let at = (left, top + LINE * (index as f64 + 0.5));
        pen.text(line, at, Lettering::new(TEXT, Paint::Ink).bold())?;
    }
    legend::draw(pen, &panel.legend, (left, top + head(panel, room).0), room)?;
    panel.plan.draw(pen, (left, plot))
}
