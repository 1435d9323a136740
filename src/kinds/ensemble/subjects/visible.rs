//! The free energies of a machine's visible vectors: what is left of the energy once the hidden layer was summed over.

use super::super::Ensemble;
use super::super::figures::{Curve, figure as framed};
use super::{nearest_to_one, one_model, stops};
use crate::figure::{Chart, Figure, Frame, Frames, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::{Study, StudyPoint};
use crate::number;
use crate::record::{Cell, Table};
use schemars::JsonSchema;
use serde::Serialize;

/// Most states of the slider.
const FRAMES: usize = 30;
/// The most vectors that are drawn.
const DRAWN: usize = 1024;
/// How many of the likeliest vectors are listed.
const LISTED: usize = 6;

/// What the visible vectors of a restricted Boltzmann machine tell.
#[derive(Debug, Serialize, JsonSchema)]
pub(in super::super) struct Visible {
    /// The number of vectors.
    pub count: usize,
    /// Whether these are all that there are, so that their probabilities add up to 1.
    pub all: bool,
    /// The largest difference of their sum from 1, over all temperatures; empty unless all are listed.
    pub sum_error: Option<f64>,
    /// The largest difference of the two formulas for F(v), relative to their terms.
    pub residual: f64,
    /// Whether that is rounding.
    pub residual_small: bool,
    /// The lowest temperature.
    pub cold: Ranking,
    /// The temperature nearest to 1.
    pub unit: Ranking,
    /// The highest temperature.
    pub hot: Ranking,
    /// Whether the vector of the lowest F is the same at `cold` and at `hot`.
    pub same_best: bool,
    /// How many pairs of vectors change their order in F between `cold` and `hot`, as a share of all pairs; empty for one vector.
    pub reordered: Option<f64>,
    /// The temperature, among those of the study, from which on the vector that is best at `hot` is best; empty when it is best throughout.
    pub overtaken: Option<f64>,
    /// The visible units: their means at `unit`.
    pub visible_means: Vec<Mean>,
    /// The hidden units: their means at `unit`.
    pub hidden_means: Vec<Mean>,
    /// The hidden units given the best vector at `unit`.
    pub best_conditionals: Vec<Mean>,
}

/// The vectors at one temperature.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(in super::super) struct Ranking {
    /// The temperature T.
    pub temperature: f64,
    /// The likeliest vectors, six at most, the lowest free energy first.
    pub best: Vec<Clamped>,
    /// The likeliest vector alone.
    pub first: Clamped,
    /// The least likely one.
    pub last: Clamped,
    /// The largest T S(v) of all vectors.
    pub largest_entropy_part: f64,
}

/// One visible vector held fixed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(in super::super) struct Clamped {
    /// Its units as a word, such as 101.
    pub pattern: String,
    /// F(v) = −T ln Σ_h e^{−E(v,h)/T}.
    pub free_energy: f64,
    /// The mean energy of the hidden layer under it.
    pub energy: f64,
    /// T times the entropy of the hidden layer under it.
    pub entropy_part: f64,
    /// Its probability e^{−F(v)/T}/Z.
    pub probability: f64,
}

/// The mean of one unit.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(in super::super) struct Mean {
    /// Its name in LaTeX, such as v_1.
    pub unit: String,
    /// Its mean.
    pub mean: f64,
}

fn table<'a>(point: &StudyPoint<'a>) -> Option<&'a Table> {
    point.analysis.table("free_energies")
}

/// The vectors of a table in their own order.
fn clamped(table: &Table, temperature: f64) -> Vec<Clamped> {
    let column = |name: &str| table.columns.iter().position(|column| *column == name).unwrap_or(0);
    let at = ["free_energy", "energy", "entropy", "log_probability", "pattern"].map(column);
    let number = |row: &[Cell], place: usize| row[place].number();
    let vector = |row: &Vec<Cell>| Clamped {
        pattern: match &row[at[4]] {
            Cell::Text(word) => word.clone(),
            _ => String::new(),
        },
        free_energy: number(row, at[0]).unwrap_or(0.0),
        energy: number(row, at[1]).unwrap_or(0.0),
        entropy_part: temperature * number(row, at[2]).unwrap_or(0.0),
        probability: number(row, at[3]).map_or(0.0, libm::exp),
    };
    table.rows.iter().map(vector).collect()
}

/// Places of vectors in the order of F, or of −F below T = 0, where the highest are the likeliest.
fn order(vectors: &[Clamped], temperature: f64) -> Vec<usize> {
    let sign = if temperature < 0.0 { -1.0 } else { 1.0 };
    let mut places: Vec<usize> = (0..vectors.len()).collect();
    places.sort_by(|a, b| (sign * vectors[*a].free_energy).total_cmp(&(sign * vectors[*b].free_energy)));
    places
}

fn ranking(vectors: &[Clamped], temperature: f64) -> Option<Ranking> {
    let order = order(vectors, temperature);
    Some(Ranking {
        temperature,
        best: order.iter().take(LISTED).map(|place| vectors[*place].clone()).collect(),
        first: vectors[*order.first()?].clone(),
        last: vectors[*order.last()?].clone(),
        largest_entropy_part: vectors
            .iter()
            .map(|vector| vector.entropy_part)
            .max_by(|a, b| a.abs().total_cmp(&b.abs()))?,
    })
}

/// The facts of a curve over the temperature; `None` for other models and without rows.
pub(in super::super) fn facts(study: &Study<'_>, curve: &Curve<'_>) -> Option<Visible> {
    if !one_model(study) {
        return None;
    }
    let model = &curve.points[0].1.downcast::<Ensemble>().model;
    let machine = model.machine()?;
    let temperature = |place: usize| curve.points[place].1.downcast::<Ensemble>().temperature;
    let tables: Vec<&Table> = curve.points.iter().map(|(_, point)| table(point)).collect::<Option<_>>()?;
    let all: Vec<Vec<Clamped>> =
        tables.iter().enumerate().map(|(place, table)| clamped(table, temperature(place))).collect();
    let (last, unit) = (all.len() - 1, nearest_to_one(curve).unwrap_or(0));
    let complete = machine.visible() < 32 && all[0].len() == 1 << machine.visible();
    let off = |vectors: &Vec<Clamped>| (vectors.iter().map(|one| one.probability).sum::<f64>() - 1.0).abs();
    let mut residual = 0.0_f64;
    for (place, table) in tables.iter().enumerate() {
        let pairs = table.numbers("free_energy").into_iter().zip(table.numbers("free_energy_from_balance"));
        for ((one, other), vector) in pairs.zip(&all[place]) {
            let size = one.abs() + vector.energy.abs() + vector.entropy_part.abs();
            residual = residual.max(if size > 0.0 { (one - other).abs() / size } else { 0.0 });
        }
    }
    let best: Vec<usize> = (0..all.len()).map(|place| order(&all[place], temperature(place))[0]).collect();
    let since = (0..=last).rev().take_while(|place| best[*place] == best[last]).last();
    let means = |letter: &str, values: Vec<f64>| -> Vec<Mean> {
        let named = |(i, mean): (usize, f64)| Mean { unit: format!("{letter}_{{{}}}", i + 1), mean };
        values.into_iter().enumerate().map(named).collect()
    };
    let marginals = curve.points[unit].1.analysis.table("marginals")?.numbers("mean");
    let row = &model.visible_rows()[best[unit]];
    Some(Visible {
        count: all[0].len(),
        all: complete,
        sum_error: complete.then(|| all.iter().map(off).fold(0.0, f64::max)),
        residual,
        residual_small: residual <= 1e-11,
        cold: ranking(&all[0], temperature(0))?,
        unit: ranking(&all[unit], temperature(unit))?,
        hot: ranking(&all[last], temperature(last))?,
        same_best: best[0] == best[last],
        reordered: reordered(&all[0], &all[last]),
        overtaken: since.filter(|place| *place > 0).map(temperature),
        visible_means: means("v", marginals[..machine.visible()].to_vec()),
        hidden_means: means("h", marginals[machine.visible()..].to_vec()),
        best_conditionals: means("h", machine.hidden_means_at(row, temperature(unit))),
    })
}

/// The share of pairs whose order in F differs; `None` for fewer than two vectors, and for very many.
fn reordered(one: &[Clamped], other: &[Clamped]) -> Option<f64> {
    let count = one.len();
    if !(2..=DRAWN).contains(&count) {
        return None;
    }
    let pairs = (0..count).flat_map(|i| (i + 1..count).map(move |j| (i, j)));
    let gap = |vectors: &[Clamped], i: usize, j: usize| vectors[i].free_energy - vectors[j].free_energy;
    let changed = pairs.filter(|&(i, j)| gap(one, i, j) * gap(other, i, j) < 0.0).count();
    Some(changed as f64 / (count * (count - 1) / 2) as f64)
}

/// F(v), ⟨E⟩ given v and their distance, with a slider over the temperature.
pub(super) fn figure(study: &Study<'_>, curve: &Curve<'_>) -> Option<Figure> {
    let tables: Vec<&Table> = curve.points.iter().map(|(_, point)| table(point)).collect::<Option<_>>()?;
    if tables.len() < 2 || !one_model(study) || !(2..=DRAWN).contains(&tables[0].rows.len()) {
        return None;
    }
    let at = |place: usize| curve.points[place].0;
    let all: Vec<Vec<Clamped>> =
        tables.iter().enumerate().map(|(place, table)| clamped(table, at(place))).collect();
    let order = order(&all[0], at(0));
    let unit = nearest_to_one(curve)?;
    let named = |place: usize| number::plain(at(place));
    let panel = |place: usize| {
        let line = |label: &str, mark: Mark, role: usize, value: fn(&Clamped) -> f64| Series {
            label: label.to_owned(),
            mark,
            role: Role::Data(role),
            points: order
                .iter()
                .enumerate()
                .map(|(rank, vector)| Point::new((rank + 1) as f64, value(&all[place][*vector])))
                .collect(),
        };
        let parted = Series {
            label: "*TS*(*v*)".to_owned(),
            mark: Mark::Band,
            role: Role::Data(1),
            points: order
                .iter()
                .enumerate()
                .map(|(rank, vector)| {
                    let one = &all[place][*vector];
                    let (low, high) = (one.free_energy.min(one.energy), one.free_energy.max(one.energy));
                    Point { interval: Some((low, high)), ..Point::new((rank + 1) as f64, one.free_energy) }
                })
                .collect(),
        };
        Panel::Chart(Chart {
            title: String::new(),
            x: Scale::linear(format!("visible vectors, ranked by *F*(*v*) at *T* = {}", named(0))),
            y: Scale::linear("energy"),
            series: vec![
                parted,
                line("⟨*E*⟩ given *v*", Mark::Line, 0, |one| one.energy),
                line("*F*(*v*) = ⟨*E*⟩ − *TS*(*v*)", Mark::Line, 2, |one| one.free_energy),
            ],
            guides: Vec::new(),
            pulls: false,
        })
    };
    let stops = stops(curve.points.len(), FRAMES, unit);
    let frames = stops
        .iter()
        .map(|place| Frame { label: format!("*T* = {}", named(*place)), panels: vec![panel(*place)] })
        .collect();
    let caption = format!(
        "Each of {} visible vectors held fixed, at $T = {}$: the mean energy $\\langle E \\rangle_v$, the free energy $F(v)$ below it, and \
         $TS(v)$ between them, where $S(v)$ is the entropy of the hidden layer under $v$. The order along the axis is that of $F(v)$ at \
         $T = {}$ and stays, so that a dent in the curve is a vector that has lost or gained rank since. Exact, so without error bars. On \
         screen a slider moves through the temperatures.",
        tables[0].rows.len(),
        named(unit),
        named(0),
    );
    Some(Figure {
        frames: Some(Frames {
            control: "temperature *T*".to_owned(),
            frames,
            start: stops.iter().position(|place| *place == unit).unwrap_or(0),
        }),
        ..framed("free-energies", "The free energy of what is seen", "", caption, vec![panel(unit)], 1)
    })
}

#[cfg(test)]
mod tests;
