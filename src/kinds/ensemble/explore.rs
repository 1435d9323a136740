//! The figures of an ensemble that a slider moves through the temperatures: populations, and the free-energy landscape.

use super::Ensemble;
use super::figures::{Curve, Units, figure, value};
use crate::exact::landscape::Landscape;
use crate::figure::{Chart, Figure, Frame, Frames, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::StudyPoint;
use crate::number;
use crate::record::{Cell, Table};

/// Most states of a slider.
const FRAMES: usize = 30;
/// The most levels that are drawn as named bars.
const BARS: usize = 24;
/// The most microstates that are drawn as bars of their own.
const STATES: usize = 12;

/// What print and screen show.
const SLIDER: &str = " Print shows the lowest temperature of the study, the highest, and between them the one of the largest heat \
                      capacity; on screen a slider moves through the temperatures. Exact, so without error bars.";

/// Both figures, where they apply to a single curve along the temperature.
pub(super) fn figures(units: Units, curve: &Curve<'_>, method: &str) -> Vec<Figure> {
    if curve.points.len() < 3 {
        return Vec::new();
    }
    [boltzmann(units, curve, method), landscape(units, curve, method)].into_iter().flatten().collect()
}

fn at(temperature: f64) -> String {
    format!("*T* = {}", number::plain(temperature))
}

/// The coldest point, the one of the largest heat capacity (else the middle one), and the hottest.
fn chosen(curve: &Curve<'_>) -> [usize; 3] {
    let last = curve.points.len() - 1;
    let capacity = |index: &usize| value(curve.points[*index].1, "heat_capacity").unwrap_or(0.0);
    let peak = (1..last).max_by(|a, b| capacity(a).total_cmp(&capacity(b))).unwrap_or(last / 2);
    [0, peak, last]
}

/// The points that the slider stops at: evenly spaced, with those of the static figure among them.
fn stops(curve: &Curve<'_>) -> Vec<usize> {
    let count = curve.points.len();
    if count <= FRAMES {
        return (0..count).collect();
    }
    let mut stops: Vec<usize> = (0..FRAMES).map(|k| k * (count - 1) / (FRAMES - 1)).collect();
    let peak = chosen(curve)[1];
    let nearest = (1..FRAMES - 1).min_by_key(|k| stops[*k].abs_diff(peak)).unwrap_or(1);
    stops[nearest] = peak;
    stops
}

/// Draws the points of a curve, each with the label that it gets beside others.
type Drawing<'a> = dyn Fn(&[(usize, String)]) -> Panel + 'a;

/// A static panel of three temperatures, and a frame for every stop.
fn with_slider(figure: Figure, curve: &Curve<'_>, panel: &Drawing<'_>) -> Figure {
    let named = |index: usize| (index, at(curve.points[index].0));
    let stops = stops(curve);
    let peak = chosen(curve)[1];
    let frames = stops
        .iter()
        .map(|index| Frame {
            label: at(curve.points[*index].0),
            panels: vec![panel(&[(*index, String::new())])],
        })
        .collect();
    Figure {
        panels: vec![panel(&chosen(curve).map(named))],
        frames: Some(Frames {
            control: "temperature *T*".to_owned(),
            frames,
            start: stops.iter().position(|index| *index == peak).unwrap_or(0),
        }),
        ..figure
    }
}

fn chart(x: Scale, y: Scale, series: Vec<Series>) -> Panel {
    Panel::Chart(Chart { title: String::new(), x, y, series, guides: Vec::new(), pulls: false })
}

/// Populations as bars: of levels, of intervals of energies, or of the likeliest microstates.
fn boltzmann(units: Units, curve: &Curve<'_>, method: &str) -> Option<Figure> {
    let tables: Vec<&Table> =
        curve.points.iter().map(|(_, point)| point.analysis.table("populations")).collect::<Option<_>>()?;
    let first = tables.first()?;
    let same = tables.iter().all(|table| table.numbers("energy") == first.numbers("energy"));
    let states = first.rows.iter().any(|row| matches!(&row[0], Cell::Text(label) if label.contains('=')));
    if !(same || states) || first.rows.len() < 2 {
        return None;
    }
    let rows = first.rows.len();
    let (energy, y) = (format!("energy *E*{}", units.energy()), "probability *p*");
    let (x, mark, shown) = if states {
        let mut names: Vec<String> = first.rows.iter().take(STATES).map(|row| name(&row[0])).collect();
        if rows > STATES {
            names.push("all others".to_owned());
        }
        (Scale { categories: names, ..Scale::linear("microstate (*v*, *h*)") }, Mark::Bars, STATES.min(rows))
    } else if rows <= BARS {
        let degeneracies = first.numbers("degeneracy");
        let energies = first.numbers("energy");
        let several = degeneracies.iter().any(|g| *g != 1.0) && rows <= 8;
        let name = |(energy, g): (&f64, &f64)| match several {
            true => format!("{}, *g* = {}", number::significant(*energy, 4), number::plain(*g)),
            false => number::significant(*energy, 4),
        };
        let names = energies.iter().zip(&degeneracies).map(name).collect();
        (Scale { categories: names, ..Scale::linear(energy) }, Mark::Bars, rows)
    } else {
        (Scale::linear(energy), Mark::Steps, rows)
    };
    let points = |index: usize| -> Vec<Point> {
        let probabilities = tables[index].numbers("probability");
        if mark == Mark::Steps {
            let energies = tables[index].numbers("energy");
            return energies.iter().zip(&probabilities).map(|(e, p)| Point::new(*e, *p)).collect();
        }
        // Microstates are listed by probability, and rounding may exchange those of nearly equal energy.
        let place = |row: usize| match states {
            true => tables[index].rows.iter().position(|other| other[0] == first.rows[row][0]),
            false => Some(row),
        };
        let height = |row: usize| place(row).and_then(|row| probabilities.get(row).copied()).unwrap_or(0.0);
        let mut heights: Vec<f64> = (0..shown).map(height).collect();
        if x.categories.len() > shown {
            heights.push((1.0 - heights.iter().sum::<f64>()).max(0.0));
        }
        heights.into_iter().enumerate().map(|(place, p)| Point::new(place as f64, p)).collect()
    };
    let panel = |wanted: &[(usize, String)]| {
        let series = wanted.iter().enumerate().map(|(role, (index, label))| Series {
            label: label.clone(),
            mark,
            role: Role::Data(role),
            points: points(*index),
        });
        chart(x.clone(), Scale::linear(y), series.collect())
    };
    let p = if states { "$p = e^{-E(v, h)/T}/Z$" } else { "$p = g\\,e^{-E/T}/Z$" };
    let what = match (states, mark) {
        (true, _) if rows > STATES => {
            format!("the {STATES} microstates of lowest energy and of all others together")
        }
        (true, _) => "each microstate".to_owned(),
        (false, Mark::Steps) => "each interval of energies, its $g$ microstates together".to_owned(),
        _ => "each level, its $g$ microstates together".to_owned(),
    };
    let caption = format!("The probability {p} of {what}.{SLIDER}");
    Some(with_slider(
        figure("boltzmann", "Populations as the temperature rises", method, caption, Vec::new(), 1),
        curve,
        &panel,
    ))
}

/// `v=101 h=01` as "101 01".
fn name(label: &Cell) -> String {
    let Cell::Text(label) = label else { return String::new() };
    let parts = label.split(' ').map(|part| part.split_once('=').map_or(part, |(_, bits)| bits));
    parts.collect::<Vec<_>>().join(" ")
}

/// −T ln P(m) of an Ising model that is small enough to be counted.
fn landscape(units: Units, curve: &Curve<'_>, method: &str) -> Option<Figure> {
    let model = |point: &StudyPoint<'_>| std::sync::Arc::clone(&point.downcast::<Ensemble>().model);
    let first = model(curve.points[0].1);
    let pairs = first.pair_model().filter(|_| first.name() == "ising")?;
    if curve.points.iter().any(|(_, point)| model(point).identity() != first.identity()) {
        return None;
    }
    let landscape = Landscape::new(pairs)?;
    let panel = |wanted: &[(usize, String)]| {
        let series = wanted.iter().enumerate().map(|(role, (index, label))| Series {
            label: label.clone(),
            mark: Mark::Points,
            role: Role::Data(role),
            points: landscape
                .free_energy(curve.points[*index].0)
                .into_iter()
                .map(|(m, f)| Point::new(m, f))
                .collect(),
        });
        let y = Scale::linear(format!("−*T* ln *P*(*m*){}", units.energy()));
        chart(Scale::linear("magnetisation per site *m*"), y, series.collect())
    };
    let caption = "The free energy of a given magnetisation less that of the whole, $-T \\ln P(m)$: $m = \\frac1N \\sum_i s_i$ is the \
                   magnetisation per site of a state, and $P(m)$ the probability of all states that share it, from the exact \
                   number of states of each energy and magnetisation. A well is where the system stays; the height between two wells is \
                   the free energy that a reversal has to climb."
        .to_owned()
        + SLIDER;
    Some(with_slider(
        figure("landscape", "The free-energy landscape", method, caption, Vec::new(), 1),
        curve,
        &panel,
    ))
}
