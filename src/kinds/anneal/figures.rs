//! The figures of an annealing study.

use super::spec::AnnealExperiment;
use crate::figure::{Chart, Figure, Guide, ImageGrid, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::StudyPoint;
use crate::number;
use crate::record::Table;

/// Most distinct energies that get a bar each; beyond, energies are counted in as many intervals.
const BARS: usize = 32;
/// Most equidistant energies that get a name each on the axis.
const NAMED: usize = 12;
/// Largest side of a lattice whose best state is drawn.
const LARGEST_IMAGE: usize = 64;

pub(super) fn chart(title: &str, x: Scale, y: Scale, series: Vec<Series>, guides: Vec<Guide>) -> Panel {
    Panel::Chart(Chart { title: title.to_owned(), x, y, series, guides, pulls: false })
}

pub(super) fn series(label: &str, mark: Mark, role: Role, points: Vec<Point>) -> Series {
    Series { label: label.to_owned(), mark, role, points }
}

/// "energy per spin *E* / *N* (*J*)"; the energy of a cut is a number of edges, or a weight, and has no unit.
pub(super) fn energy_label(cut: bool, which: &str) -> String {
    let (site, unit) = if cut { ("vertex", "") } else { ("spin", " (*J*)") };
    format!("{} per {site} *E* / *N*{unit}", format!("{which} energy").trim())
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
pub(super) fn cooling(point: &StudyPoint<'_>, runs: &str) -> Option<Figure> {
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
    let (several, cut) = (experiment.reads > 1, super::present::is_cut(point));
    let mut all = Vec::new();
    if several {
        all.push(series("80\u{a0}% of the reads", Mark::Band, Role::Muted, band));
        all.push(series("median read", Mark::Line, Role::Data(0), median));
    }
    let best = columns(trace, "sweep", "best_read_energy", per_spin);
    all.push(series(
        if several { "best read" } else { "the read" },
        if several { Mark::Dashed } else { Mark::Line },
        Role::Data(1),
        best,
    ));
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
            "Energy per {} against the sweep: {runs}, $N = {}$. {}{target}",
            if cut { "vertex" } else { "spin" },
            number::count(experiment.spins as u64),
            if several {
                "The band holds the middle 80\u{a0}% of the reads and the solid line is their median, sweep by sweep; neither \
                 is an error bar. The dashed line is the one read that met the least energy."
            } else {
                "The line is the one read that was made."
            },
        ),
        panels: vec![chart(
            "",
            Scale::linear("sweep *t*"),
            Scale::linear(energy_label(cut, "")),
            all,
            target_guide(experiment, false, per_spin),
        )],
        columns: 1,
        frames: None,
    })
}

/// How often each least energy was met.
pub(super) fn histogram(point: &StudyPoint<'_>, runs: &str) -> Option<Figure> {
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
    let cut = super::present::is_cut(point);
    let mut x =
        Scale::linear(if cut { "least energy of a read *E*" } else { "least energy of a read *E* (*J*)" });
    let mut guides = target_guide(experiment, true, 1.0);
    if let Some(places) = places(&counts) {
        // Few, equidistant energies: a bar and a name for each, those in between that no read met included.
        x.categories = places.iter().map(|energy| number::significant(*energy, 9)).collect();
        let place = |energy: f64| {
            places.iter().position(|place| (place - energy).abs() <= 1e-9 * energy.abs().max(1.0))
        };
        guides.retain(|guide| place(guide.at).is_some());
        guides.iter_mut().for_each(|guide| guide.at = place(guide.at).unwrap_or_default() as f64);
        let count = |energy: &f64| {
            counts.iter().find(|(value, _)| (value - energy).abs() <= 1e-9 * energy.abs().max(1.0))
        };
        counts = places
            .iter()
            .enumerate()
            .map(|(index, energy)| (index as f64, count(energy).map_or(0, |found| found.1)))
            .collect();
    } else if !exact {
        let width = (largest - least) / BARS as f64;
        counts = (0..BARS).map(|bin| (least + (bin as f64 + 0.5) * width, 0)).collect();
        for energy in &energies {
            counts[(((energy - least) / width) as usize).min(BARS - 1)].1 += 1;
        }
    }
    let points = counts.iter().map(|(energy, count)| Point::new(*energy, *count as f64)).collect();
    let mark = if exact { Mark::Bars } else { Mark::Steps };
    let spread = if least == largest {
        "All reads met the same."
    } else {
        "A read above the lowest was caught in another valley, or ended too warm to settle."
    };
    Some(Figure {
        id: "reads".to_owned(),
        title: "The least energy of each read".to_owned(),
        subtitle: String::new(),
        caption: format!(
            "Number of reads by the least energy that each met, {}: {runs}. {spread}",
            if exact { "one bar for each energy" } else { "counted in intervals" }
        ),
        panels: vec![chart(
            "",
            x,
            Scale::linear("number of reads"),
            vec![series("", mark, Role::Data(0), points)],
            guides,
        )],
        columns: 1,
        frames: None,
    })
}

/// The energies from the least to the largest of `counts` in steps of their smallest distance, when every one of them lies
/// on such a step and there are at most [`NAMED`].
fn places(counts: &[(f64, usize)]) -> Option<Vec<f64>> {
    let (first, last) = (counts.first()?.0, counts.last()?.0);
    let step = counts.windows(2).map(|pair| pair[1].0 - pair[0].0).fold(f64::MAX, f64::min);
    if counts.len() < 2 {
        return Some(vec![first]);
    }
    let steps = libm::round((last - first) / step);
    let regular = counts.iter().all(|(energy, _)| {
        let place = (energy - first) / step;
        (place - libm::round(place)).abs() < 1e-6
    });
    (regular && steps < NAMED as f64).then(|| (0..=steps as usize).map(|k| first + k as f64 * step).collect())
}

/// Acceptance against temperature.
pub(super) fn acceptance(point: &StudyPoint<'_>, runs: &str) -> Option<Figure> {
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
        caption: format!(
            "Share of proposed flips that were accepted, averaged over the reads, against the temperature: {runs}.{}",
            if points[0].y > 0.02 {
                " Flips that cost nothing are accepted at every temperature."
            } else {
                ""
            }
        ),
        panels: vec![chart(
            "",
            x,
            Scale::linear("acceptance, accepted / proposed flips"),
            vec![series("", Mark::Line, Role::Data(0), points)],
            Vec::new(),
        )],
        columns: 1,
        frames: None,
    })
}

/// The best state of a square lattice.
pub(super) fn state(point: &StudyPoint<'_>, runs: &str) -> Option<Figure> {
    let experiment: &AnnealExperiment = point.downcast();
    let (height, width) = experiment.square()?;
    let spins = point.analysis.table("best_state")?.numbers("spin");
    let pairs = experiment.model.pair_model()?;
    if height.max(width) > LARGEST_IMAGE || spins.len() != height * width {
        return None;
    }
    let broken: Vec<f64> = (0..spins.len())
        .map(|i| pairs.row(i).filter(|(j, bond)| bond * spins[i] * spins[*j] < 0.0).count() as f64)
        .collect();
    let most = broken.iter().copied().fold(0.0, f64::max);
    let neighbours = (0..spins.len()).map(|i| pairs.row(i).count()).max().unwrap_or(0);
    let mut caption = format!(
        "The best state that was found ({runs}). First panel: the spins, up in black and down in white. "
    );
    let (mut images, mut labels) = (vec![spins], vec!["spins".to_owned()]);
    if most > 0.0 {
        // Both images share one range of values.
        images.push(broken.iter().map(|count| 2.0 * count / most - 1.0).collect());
        labels.push("unsatisfied bonds".to_owned());
        caption += &format!(
            "Second: how many of its {neighbours} bonds each spin leaves unsatisfied, from none in white to {most} in black. "
        );
        caption += if pairs.couplings.iter().any(|bond| *bond > 0.0)
            && pairs.couplings.iter().any(|bond| *bond < 0.0)
        {
            "Where bonds of both signs are mixed, the spins alone show no order; it is in their relation to the bonds."
        } else {
            ""
        };
    } else {
        caption = caption.replace("First panel: the", "The") + "Every bond is satisfied.";
        labels.clear();
    }
    Some(Figure {
        id: "best-state".to_owned(),
        title: "The best state".to_owned(),
        subtitle: String::new(),
        caption: caption.trim().to_owned(),
        panels: vec![Panel::Images(ImageGrid {
            title: String::new(),
            height,
            width,
            per_row: images.len(),
            description: match images.len() {
                1 => format!("{height} by {width} spins, each up or down"),
                _ => format!(
                    "{height} by {width} spins, each up or down, and beside them the number of unsatisfied bonds of each, up to \
                     {most}"
                ),
            },
            images,
            labels,
            range: (-1.0, 1.0),
            diverging: false,
        })],
        columns: 1,
        frames: None,
    })
}
