//! The figures of an annealing study.

use super::spec::AnnealExperiment;
use crate::figure::{Chart, Figure, Guide, ImageGrid, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::{Study, StudyPoint};
use crate::number;
use crate::quantity::declared;
use crate::record::Table;

/// Most distinct energies that get a bar each; beyond, energies are counted in as many intervals.
const BARS: usize = 32;
/// Largest side of a lattice whose best state is drawn.
const LARGEST_IMAGE: usize = 64;

fn chart(title: &str, x: Scale, y: Scale, series: Vec<Series>, guides: Vec<Guide>) -> Panel {
    Panel::Chart(Chart { title: title.to_owned(), x, y, series, guides, pulls: false })
}

fn series(label: &str, mark: Mark, role: Role, points: Vec<Point>) -> Series {
    Series { label: label.to_owned(), mark, role, points }
}

/// Two columns of a table as points.
fn columns(table: &Table, x: &str, y: &str, scale: f64) -> Vec<Point> {
    table.numbers(x).into_iter().zip(table.numbers(y)).map(|(x, y)| Point::new(x, y * scale)).collect()
}

fn target_guide(experiment: &AnnealExperiment, vertical: bool, scale: f64) -> Vec<Guide> {
    let label = if experiment.target.is_some() { "target" } else { "exact ground state" };
    let guide = |target: f64| Guide { vertical, at: target * scale, label: label.to_owned() };
    experiment.target_energy().map(guide).into_iter().collect()
}

/// Energy per spin in the course of the runs: the band of the reads, their median, and the best read.
pub(super) fn cooling(point: &StudyPoint<'_>) -> Option<Figure> {
    let experiment: &AnnealExperiment = point.downcast();
    let trace = point.analysis.table("trace")?;
    let per_spin = 1.0 / experiment.spins as f64;
    let (low, high) = (trace.numbers("low_energy"), trace.numbers("high_energy"));
    let median = columns(trace, "sweep", "median_energy", per_spin);
    let band = median
        .iter()
        .zip(low.iter().zip(&high))
        .map(|(point, (low, high))| Point { interval: Some((low * per_spin, high * per_spin)), ..*point })
        .collect();
    let several = experiment.reads > 1;
    let mut all = Vec::new();
    if several {
        all.push(series("80 % of the reads", Mark::Band, Role::Muted, band));
        all.push(series("median read", Mark::Line, Role::Data(0), median));
    }
    let best = columns(trace, "sweep", "best_read_energy", per_spin);
    all.push(series("best read", if several { Mark::Dashed } else { Mark::Line }, Role::Data(1), best));
    let target = match target_guide(experiment, false, per_spin).first() {
        Some(_) if experiment.target.is_some() => " The horizontal line is the target energy.",
        Some(_) => " The horizontal line is the exact ground energy.",
        None => "",
    };
    Some(Figure {
        id: "cooling".to_owned(),
        title: "Energy while the temperature falls".to_owned(),
        subtitle: format!(
            "{} schedule from *T* = {} to {}",
            experiment.schedule.name.replace('_', " "),
            number::plain(experiment.from),
            number::plain(experiment.to)
        ),
        caption: format!(
            "Energy per spin against the sweep, {} read{} of $N = {}$ spins. The band holds the middle 80 % of the reads \
             and the line is their median; neither is an error bar.{target}",
            number::count(experiment.reads as u64),
            if several { "s" } else { "" },
            number::count(experiment.spins as u64),
        ),
        panels: vec![chart(
            "",
            Scale::linear("sweep"),
            Scale::linear("energy per spin *E* / *N*"),
            all,
            target_guide(experiment, false, per_spin),
        )],
        columns: 1,
    })
}

/// How often each least energy was met.
pub(super) fn histogram(point: &StudyPoint<'_>) -> Option<Figure> {
    let experiment: &AnnealExperiment = point.downcast();
    let mut energies = point.analysis.table("reads")?.numbers("best_energy");
    if energies.len() < 2 {
        return None;
    }
    energies.sort_by(f64::total_cmp);
    let (least, largest) = (energies[0], energies[energies.len() - 1]);
    let mut counts: Vec<(f64, usize)> = Vec::new();
    for energy in &energies {
        match counts.last_mut() {
            Some((value, count)) if (energy - *value).abs() <= 1e-9 * energy.abs() => *count += 1,
            _ => counts.push((*energy, 1)),
        }
    }
    let exact = counts.len() <= BARS;
    if !exact {
        let width = (largest - least) / BARS as f64;
        counts = (0..BARS).map(|bin| (least + (bin as f64 + 0.5) * width, 0)).collect();
        for energy in &energies {
            counts[(((energy - least) / width) as usize).min(BARS - 1)].1 += 1;
        }
    }
    let points = counts.iter().map(|(energy, count)| Point::new(*energy, *count as f64)).collect();
    let mark = if exact { Mark::Bars } else { Mark::Steps };
    Some(Figure {
        id: "reads".to_owned(),
        title: "Where the reads ended up".to_owned(),
        subtitle: String::new(),
        caption: format!(
            "Number of reads by the least energy that each met, {}. Reads above the lowest energy were caught in another \
             valley, or ended too warm to settle.",
            if exact { "one bar for each energy that occurred" } else { "counted in intervals" }
        ),
        panels: vec![chart(
            "",
            Scale::linear("least energy of a read *E*"),
            Scale::linear("number of reads"),
            vec![series("", mark, Role::Data(0), points)],
            target_guide(experiment, true, 1.0),
        )],
        columns: 1,
    })
}

/// Acceptance against temperature.
pub(super) fn acceptance(point: &StudyPoint<'_>) -> Option<Figure> {
    let experiment: &AnnealExperiment = point.downcast();
    let trace = point.analysis.table("trace")?;
    let mut points = columns(trace, "temperature", "acceptance", 1.0);
    points.sort_by(|a, b| a.x.total_cmp(&b.x));
    if points.len() < 2 || points[0].x == points[points.len() - 1].x {
        return None;
    }
    let log = experiment.schedule.name != "linear" && points[0].x > 0.0;
    let x = if log { Scale::log("temperature *T*") } else { Scale::linear("temperature *T*") };
    Some(Figure {
        id: "acceptance".to_owned(),
        title: "The freezing of the moves".to_owned(),
        subtitle: String::new(),
        caption: "Share of proposed flips that were accepted, averaged over the reads, against the temperature. Flips \
                  that cost nothing are accepted at every temperature."
            .to_owned(),
        panels: vec![chart(
            "",
            x,
            Scale::linear(declared("acceptance").label),
            vec![series("", Mark::Line, Role::Data(0), points)],
            Vec::new(),
        )],
        columns: 1,
    })
}

/// The best state of a square lattice.
pub(super) fn state(point: &StudyPoint<'_>) -> Option<Figure> {
    let experiment: &AnnealExperiment = point.downcast();
    let (height, width) = experiment.square()?;
    let spins = point.analysis.table("best_state")?.numbers("spin");
    if height.max(width) > LARGEST_IMAGE || spins.len() != height * width {
        return None;
    }
    Some(Figure {
        id: "best-state".to_owned(),
        title: "The best state".to_owned(),
        subtitle: String::new(),
        caption:
            "The spins of the best state that was found, one square for each. Where the bonds are random, \
                  the order is in the relation of each spin to its bonds, and no pattern shows."
                .to_owned(),
        panels: vec![Panel::Images(ImageGrid {
            title: String::new(),
            height,
            width,
            images: vec![spins],
            labels: Vec::new(),
            per_row: 1,
            range: (-1.0, 1.0),
            diverging: false,
            description: format!("{height} by {width} spins, each up or down"),
        })],
        columns: 1,
    })
}

/// Mean energy of the reads, and success probability where there is a target, along the first numeric axis.
pub(super) fn along_axis(study: &Study<'_>) -> Option<Figure> {
    let at = study
        .axes
        .iter()
        .position(|axis| axis.values.len() > 1 && axis.values.iter().all(|value| value.number().is_some()))?;
    let key = study.axes[at].key();
    let positive = study.axes[at].values.iter().filter_map(|value| value.number()).collect::<Vec<_>>();
    let wide = positive.iter().all(|x| *x > 0.0)
        && positive.iter().fold(0.0_f64, |a, b| a.max(*b))
            >= 8.0 * positive.iter().fold(f64::MAX, |a, b| a.min(*b));
    let label = key.replace('_', " ");
    let scale = || if wide { Scale::log(label.clone()) } else { Scale::linear(label.clone()) };
    // One curve for each combination of the other axes.
    let mut curves: Vec<(String, Vec<&StudyPoint<'_>>)> = Vec::new();
    for point in study.points {
        let others = point.coordinates.iter().enumerate().filter(|(index, _)| *index != at);
        let name: Vec<String> = others
            .map(|(index, value)| format!("{} = {value}", study.axes[index].key().replace('_', " ")))
            .collect();
        let name = name.join(", ");
        match curves.iter_mut().find(|(known, _)| *known == name) {
            Some((_, points)) => points.push(point),
            None => curves.push((name, vec![point])),
        }
    }
    let measured = |quantity: &str, per_spin: bool| -> Vec<Series> {
        let curve = |(index, (name, points)): (usize, &(String, Vec<&StudyPoint<'_>>))| {
            let mut points: Vec<Point> = points
                .iter()
                .filter_map(|point| {
                    let estimate = point.analysis.get(quantity)?;
                    let unit = if per_spin { point.downcast::<AnnealExperiment>().spins as f64 } else { 1.0 };
                    let (x, y) = (point.coordinates[at].number()?, estimate.value? / unit);
                    Some(
                        estimate
                            .std_error
                            .map_or(Point::new(x, y), |error| Point::with_error(x, y, error / unit)),
                    )
                })
                .collect();
            points.sort_by(|a, b| a.x.total_cmp(&b.x));
            series(name, Mark::Points, Role::Data(index), points)
        };
        curves.iter().enumerate().map(curve).filter(|series| !series.points.is_empty()).collect()
    };
    let success = measured("success_probability", false);
    let mut panels = Vec::new();
    if !success.is_empty() {
        let y = Scale { range: Some((0.0, 1.0)), ..Scale::linear(declared("success_probability").label) };
        panels.push(chart("Success probability", scale(), y, success, Vec::new()));
    }
    let energy = measured("mean_read_energy", true);
    let y = Scale::linear("mean least energy per spin");
    panels.push(chart("Energy of the reads", scale(), y, energy, Vec::new()));
    let judged = panels.len() > 1;
    Some(Figure {
        id: "outcome".to_owned(),
        title: format!("The outcome against {label}"),
        subtitle: String::new(),
        caption: format!(
            "{}Mean over the reads of the least energy per spin that each met. Bars are one standard error; lines only \
             guide the eye.",
            if judged { "Probability that one read reaches the target. " } else { "" }
        ),
        columns: panels.len(),
        panels,
    })
}
