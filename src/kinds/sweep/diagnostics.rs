//! History, memory and blocks of the slowest point: the evidence behind the error bars.

use super::analyse::Observable;
use super::chains::{self, slowest};
use super::present::columns;
use super::spec::SweepExperiment;
use crate::fact::Measured;
use crate::figure::{Chart, Figure, Guide, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::{Study, StudyPoint};
use crate::number;
use crate::quantity::declared;
use crate::record::{Cell, Table};
use crate::statistics::blocking::{blocking, expected};

/// `block_errors`: the error of a mean from blocks of every length, with what ρ(t) makes of it.
pub(super) fn blocks(observable: &Observable) -> Table {
    let mut table = Table::new(
        "block_errors",
        "One standard error of the mean (of the energy; of a walk, of its place) if blocks of so many sweeps were independent, its own error, and the same \
         from the autocorrelation function.",
        &["length", "blocks", "std_error", "uncertainty", "expected"],
    );
    let Some(memory) = &observable.memory else { return table };
    for level in blocking(&super::analyse::slices(&observable.replicas)) {
        table.push(vec![
            level.length.into(),
            level.blocks.into(),
            level.std_error.into(),
            level.uncertainty.into(),
            expected(memory, level.length).into(),
        ]);
    }
    table
}

/// What of a point's errors is shown, and its name in figure markup.
pub(super) struct Subject {
    /// A quantity that is a mean, of which table `block_errors` tells.
    pub quantity: &'static str,
    /// The column of table `chains` with its errors.
    pub error: &'static str,
    /// Its symbol.
    pub symbol: &'static str,
}

/// A third and a fourth panel, of blocks and of replicas, and what a caption says of them; none where there is nothing to show.
pub(super) fn evidence(point: &StudyPoint<'_>, subject: &Subject) -> (Vec<Panel>, String) {
    let (mut panels, mut words) = (Vec::new(), String::new());
    let Some(table) = point.analysis.table("block_errors").filter(|table| table.rows.len() > 1) else {
        return (panels, words);
    };
    panels.push(of_blocks(table, subject.symbol));
    words.push_str(
        " Third: the error of the mean if blocks of $b$ sweeps were independent, which rises to a plateau, where they are; the line is \
         what $\\rho(t)$ up to the window gives.",
    );
    if let Some(panel) = of_replicas(point, subject) {
        panels.push(panel);
        words.push_str(
            " Fourth: what each replica measured alone, with the error of its own memory, and dashed what all did.",
        );
    }
    (panels, words)
}

/// The error against the length of blocks: marks from [`blocks`], and the line that ρ(t) gives.
fn of_blocks(table: &Table, symbol: &str) -> Panel {
    let marks = columns(table, "length", "std_error").into_iter().zip(table.numbers("uncertainty"));
    let marks = marks.map(|(point, error)| Point::with_error(point.x, point.y, error)).collect();
    let series = |label: &str, mark: Mark, index: usize, points: Vec<Point>| Series {
        label: label.to_owned(),
        mark,
        role: Role::Data(index),
        points,
    };
    Panel::Chart(Chart {
        title: "Error against block length".to_owned(),
        x: Scale::log("block length *b* / sweeps"),
        y: Scale::linear(format!("*σ* of {symbol}")),
        series: vec![
            series("scatter of blocks", Mark::Scatter, 0, marks),
            series("from *ρ*(*t*)", Mark::Line, 1, columns(table, "length", "expected")),
        ],
        guides: Vec::new(),
        pulls: false,
    })
}

/// The means of the replicas one by one, each with the error of its own memory, about the mean of all; `None` for a single one.
fn of_replicas(point: &StudyPoint<'_>, subject: &Subject) -> Option<Panel> {
    let table = point.analysis.table("chains").filter(|table| table.rows.len() > 1)?;
    let at = |name: &str| table.columns.iter().position(|column| *column == name);
    let (value, error) = (at(subject.quantity)?, at(subject.error)?);
    let mark = |(replica, row): (usize, &Vec<Cell>)| {
        let (x, y) = (replica as f64, row[value].number()?);
        Some(row[error].number().map_or(Point::new(x, y), |error| Point::with_error(x, y, error)))
    };
    let mean = point.analysis.get(subject.quantity).and_then(|estimate| estimate.value);
    Some(Panel::Chart(Chart {
        title: "Replicas".to_owned(),
        x: Scale {
            categories: (0..table.rows.len()).map(|replica| replica.to_string()).collect(),
            ..Scale::linear("replica")
        },
        y: Scale::linear(declared(subject.quantity).label),
        series: vec![Series {
            label: String::new(),
            mark: Mark::Scatter,
            role: Role::Data(0),
            points: table.rows.iter().enumerate().filter_map(mark).collect(),
        }],
        guides: mean.map(|at| Guide { vertical: false, at, label: String::new() }).into_iter().collect(),
        pulls: false,
    }))
}

/// History and autocorrelation of the slowest point.
pub(super) fn figure(study: &Study<'_>) -> Option<Figure> {
    let point = slowest(study)?;
    let trace = point.analysis.table("trace")?;
    let table = point.analysis.table("autocorrelation")?;
    let (more, words) =
        evidence(point, &Subject { quantity: "energy_per_site", error: "energy_error", symbol: "*e*" });
    let line = |label: &str, index: usize, points: Vec<Point>| Series {
        label: label.to_owned(),
        mark: Mark::Line,
        role: Role::Data(index),
        points,
    };
    let energies = columns(trace, "sweep", "energy_per_site");
    let (before, after): (Vec<Point>, Vec<Point>) = energies.into_iter().partition(|point| point.x < 0.0);
    let discarded = Series { role: Role::Muted, ..line("discarded", 0, before) };
    let mut guides = Vec::new();
    if let Some(window) = table.numbers("window_energy").first() {
        guides.push(Guide { vertical: true, at: *window, label: "window".to_owned() });
    }
    let mut series = vec![line("energy", 0, columns(table, "lag", "energy"))];
    let order = columns(table, "lag", "magnetization");
    if !order.is_empty() {
        series.push(line("|*m*|", 1, order));
    }
    let experiment: &SweepExperiment = point.downcast();
    Some(Figure {
        id: "diagnostics".to_owned(),
        title: "The slowest point".to_owned(),
        subtitle: format!("*T* = {}", number::plain(experiment.temperature)),
        caption: format!(
            "The point whose energy decorrelates most slowly: {} at $T = {}$. First panel: energy of the first replica, thinned; \
             measurement begins at sweep 0. Second: normalised autocorrelation function $\\rho(t)$; the sum for the \
             energy's $\\tau$, here {} sweeps, ends at the marked window, beyond which noise would add more than signal.{words}{}",
            experiment.model.description(),
            number::plain(experiment.temperature),
            Measured::tau(point.analysis.get("energy_per_site")).shown(),
            chains::provenance_of(study, &[point])
        ),
        panels: [
            Panel::Chart(Chart {
                title: "History".to_owned(),
                x: Scale::linear("sweep"),
                y: Scale::linear(declared("energy_per_site").label),
                series: vec![discarded, line("measured", 0, after)],
                guides: vec![Guide { vertical: true, at: 0.0, label: "cut".to_owned() }],
                pulls: false,
            }),
            Panel::Chart(Chart {
                title: "Autocorrelation".to_owned(),
                x: Scale::linear("lag *t* / sweeps"),
                y: Scale::linear("*ρ*(*t*)"),
                series,
                guides,
                pulls: false,
            }),
        ]
        .into_iter()
        .chain(more)
        .collect(),
        columns: 2,
        frames: None,
    })
}
