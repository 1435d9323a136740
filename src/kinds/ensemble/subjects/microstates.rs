//! The general Boltzmann machine, all its microstates at once: energies as log-probabilities, and what its units do on average.

use super::super::Ensemble;
use super::super::figures::{Curve, figure as framed};
use super::{nearest_to_one, one_model, stops};
use crate::exact::marginals::{energies, probabilities};
use crate::figure::{
    Chart, Edge, Figure, Frame, Frames, Graph, GraphKey, Mark, Node, Panel, Point, Role, Scale, Series,
};
use crate::kind::{Study, StudyPoint};
use crate::models::rbm::{Units, activation::sigmoid};
use crate::models::spins::PairModel;
use crate::number;
use crate::record::Cell;
use schemars::JsonSchema;
use serde::Serialize;

/// The most units whose microstates are drawn one by one: 2^10 marks.
const DRAWN: usize = 10;
/// Most states of the slider.
const FRAMES: usize = 16;
/// The most units and couplings of a legible graph.
const MOST_UNITS: usize = 24;
const MOST_COUPLINGS: usize = 96;
/// How many of the likeliest microstates are listed.
const LISTED: usize = 5;

/// What a general Boltzmann machine tells.
#[derive(Debug, Serialize, JsonSchema)]
pub(in super::super) struct Network {
    /// The number n of units.
    pub units: usize,
    /// Whether units are 0 and 1; else −1 and +1.
    pub binary: bool,
    /// The number of couplings.
    pub couplings: usize,
    /// The number 2^n of microstates.
    pub states: f64,
    /// The temperature nearest to 1, of which most of this tells.
    pub temperature: f64,
    /// The likeliest microstates there, five at most.
    pub best: Vec<State>,
    /// The likeliest one's share at the lowest temperature.
    pub cold_share: f64,
    /// ln p(s) − ln p(s') of the two likeliest microstates, times T: what their energies differ by; empty for one state.
    pub gap: Option<f64>,
    /// The units one by one.
    pub means: Vec<UnitMean>,
    /// The unit whose mean the couplings change most.
    pub most_changed: Option<UnitMean>,
    /// The largest covariance of two units that are coupled.
    pub strongest: Option<PairMean>,
    /// The largest covariance of two units that are not coupled to each other.
    pub indirect: Option<PairMean>,
}

/// One microstate.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(in super::super) struct State {
    /// Its units as a word, the first unit first.
    pub pattern: String,
    /// Its energy.
    pub energy: f64,
    /// Its probability.
    pub probability: f64,
}

/// One unit.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(in super::super) struct UnitMean {
    /// Its number, from 1.
    pub unit: usize,
    /// Its bias b.
    pub bias: f64,
    /// Its mean with its bias alone, the couplings cut.
    pub alone: f64,
    /// Its mean in the machine.
    pub mean: f64,
}

/// Two units.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(in super::super) struct PairMean {
    /// The number of one, from 1.
    pub first: usize,
    /// The number of the other.
    pub second: usize,
    /// The coupling w between them; 0 where there is none.
    pub coupling: f64,
    /// The mean of their product.
    pub product: f64,
    /// The same less the product of their means.
    pub covariance: f64,
}

/// The pair form of a machine without layers.
fn network<'a>(point: &'a StudyPoint<'_>) -> Option<(&'a PairModel, Units)> {
    let model = &point.downcast::<Ensemble>().model;
    let units = model.units().filter(|_| model.machine().is_none())?;
    Some((model.pair_model()?, units))
}

/// Couplings w_ij, i < j, that are not 0.
fn couplings(pairs: &PairModel) -> Vec<(usize, usize, f64)> {
    let row = |i: usize| pairs.row(i).filter(move |(j, _)| *j > i).map(move |(j, w)| (i, j, w));
    (0..pairs.spins()).flat_map(row).filter(|(.., w)| *w != 0.0).collect()
}

/// The biases: as spins, binary units have the fields 2 b_i + Σ_j w_ij in units of a quarter.
fn bias(pairs: &PairModel, units: Units, unit: usize) -> f64 {
    match units {
        Units::Spin => pairs.fields[unit],
        Units::Binary => 0.5 * (pairs.fields[unit] - pairs.row(unit).map(|(_, w)| w).sum::<f64>()),
    }
}

/// The facts of a curve over the temperature; `None` for other models and larger machines.
pub(in super::super) fn facts(study: &Study<'_>, curve: &Curve<'_>) -> Option<Network> {
    let place = nearest_to_one(curve).filter(|_| one_model(study))?;
    let (temperature, point) = curve.points[place];
    let (pairs, units) = network(point)?;
    let analysis = point.analysis;
    let means = analysis.table("marginals")?.numbers("mean");
    let energies = energies(pairs)?;
    let p = probabilities(&energies, temperature);
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*b].total_cmp(&p[*a]).then(a.cmp(b)));
    let state = |code: &usize| {
        let values: Vec<f64> = (0..pairs.spins()).map(|i| units.value(code >> i & 1 == 1)).collect();
        State { pattern: units.word(&values), energy: energies[*code], probability: p[*code] }
    };
    let best: Vec<State> = order.iter().take(LISTED).map(state).collect();
    let cold = curve.points[0].0;
    let means: Vec<UnitMean> = means
        .iter()
        .enumerate()
        .map(|(unit, mean)| {
            let bias = bias(pairs, units, unit);
            let alone = match units {
                Units::Binary => sigmoid(bias / temperature),
                Units::Spin => libm::tanh(bias / temperature),
            };
            UnitMean { unit: unit + 1, bias, alone, mean: *mean }
        })
        .collect();
    let change = |one: &&UnitMean| (one.mean - one.alone).abs();
    let pair_means = pair_means(point, pairs);
    let largest = |coupled: bool| {
        let chosen = pair_means.iter().filter(|pair| (pair.coupling != 0.0) == coupled);
        chosen.max_by(|a, b| a.covariance.abs().total_cmp(&b.covariance.abs())).cloned()
    };
    Some(Network {
        units: pairs.spins(),
        binary: units == Units::Binary,
        couplings: couplings(pairs).len(),
        states: p.len() as f64,
        temperature,
        cold_share: probabilities(&energies, cold).into_iter().fold(0.0, f64::max),
        gap: best.get(1).map(|second| second.energy - best[0].energy),
        best,
        most_changed: means.iter().max_by(|a, b| change(a).total_cmp(&change(b))).cloned(),
        means,
        strongest: largest(true),
        indirect: largest(false),
    })
}

fn pair_means(point: &StudyPoint<'_>, pairs: &PairModel) -> Vec<PairMean> {
    let Some(table) = point.analysis.table("pair_correlations") else { return Vec::new() };
    let number = |cell: &Cell| match cell {
        Cell::Text(name) => name[1..].parse::<usize>().unwrap_or(0),
        _ => 0,
    };
    let coupling = |first: usize, second: usize| {
        pairs.row(first - 1).find(|(other, _)| other + 1 == second).map_or(0.0, |(_, w)| w)
    };
    let pair = |row: &Vec<Cell>| {
        let (first, second) = (number(&row[0]), number(&row[1]));
        (first > 0 && second > 0).then(|| PairMean {
            first,
            second,
            coupling: coupling(first, second),
            product: row[2].number().unwrap_or(0.0),
            covariance: row[3].number().unwrap_or(0.0),
        })
    };
    table.rows.iter().filter_map(pair).collect()
}

/// Energies against probabilities, a mark for each microstate, and the means of the units, with a slider.
pub(super) fn figure(study: &Study<'_>, curve: &Curve<'_>) -> Option<Figure> {
    let unit = nearest_to_one(curve).filter(|_| one_model(study) && curve.points.len() > 1)?;
    let (pairs, _) = network(curve.points[0].1).filter(|(pairs, _)| pairs.spins() <= DRAWN)?;
    let means: Vec<Vec<f64>> = curve
        .points
        .iter()
        .map(|(_, point)| Some(point.analysis.table("marginals")?.numbers("mean")))
        .collect::<Option<_>>()?;
    let energies = energies(pairs)?;
    let numbers: Vec<String> = (1..=pairs.spins()).map(|unit| format!("*s*_{{{unit}}}")).collect();
    let stops = stops(curve.points.len(), FRAMES, unit);
    let chart = |title: &str, x: Scale, y: Scale, mark: Mark, points: Vec<Point>| {
        let series = vec![Series { label: String::new(), mark, role: Role::Data(0), points }];
        Panel::Chart(Chart { title: title.to_owned(), x, y, series, guides: Vec::new(), pulls: false })
    };
    // Far below the likeliest a state is out of sight at any temperature.
    let floor = 1e-12;
    let panels = |place: usize| {
        let p = probabilities(&energies, curve.points[place].0);
        let marks = energies.iter().zip(&p).filter(|(_, p)| **p > floor);
        let marks = marks.map(|(energy, p)| Point::new(*energy, *p)).collect();
        let bars =
            means[place].iter().enumerate().map(|(unit, mean)| Point::new(unit as f64, *mean)).collect();
        vec![
            chart(
                "Microstates",
                Scale::linear("energy *E*(*s*)"),
                Scale::log("probability *p*(*s*)"),
                Mark::Scatter,
                marks,
            ),
            chart(
                "Units",
                Scale { categories: numbers.clone(), ..Scale::linear("unit") },
                Scale::linear("mean ⟨*s*_{i}⟩"),
                Mark::Bars,
                bars,
            ),
        ]
    };
    let frames = stops
        .iter()
        .map(|place| Frame {
            label: format!("*T* = {}", number::plain(curve.points[*place].0)),
            panels: panels(*place),
        })
        .collect();
    let caption = format!(
        "At $T = {}$. First panel: the {} microstates, each a mark at its energy and its probability; on the logarithmic axis they lie on a \
         straight line of slope $-1/T$ (states below {} are left out). Second panel: the mean of each unit, which needs all of them. \
         Exact, so without error bars. On screen a slider moves through the temperatures.",
        number::plain(curve.points[unit].0),
        energies.len(),
        number::plain(floor),
    );
    Some(Figure {
        frames: Some(Frames {
            control: "temperature *T*".to_owned(),
            frames,
            start: stops.iter().position(|place| *place == unit).unwrap_or(0),
        }),
        ..framed("microstates", "Every microstate, and what they add up to", "", caption, panels(unit), 2)
    })
}

/// The units on a circle with the couplings between them.
pub(in super::super) fn wiring(study: &Study<'_>) -> Option<Figure> {
    let (pairs, units) = network(study.points.first()?)?;
    let (count, couplings) = (pairs.spins(), couplings(pairs));
    if !(2..=MOST_UNITS).contains(&count) || couplings.len() > MOST_COUPLINGS || !one_model(study) {
        return None;
    }
    let radius = 0.35 * count as f64;
    let node = |unit: usize| {
        let angle = std::f64::consts::TAU * unit as f64 / count as f64;
        Node {
            x: radius * libm::sin(angle),
            y: radius * libm::cos(angle),
            label: format!("*s*_{{{}}}", unit + 1),
            group: usize::from(bias(pairs, units, unit) >= 0.0),
        }
    };
    let edges: Vec<Edge> = couplings
        .iter()
        .map(|(from, to, weight)| Edge { from: *from, to: *to, weight: *weight, violated: false })
        .collect();
    let nodes: Vec<Node> = (0..count).map(node).collect();
    let negative = edges.iter().filter(|edge| edge.weight < 0.0).count();
    let both = negative > 0 && negative < edges.len();
    let strongest = edges.iter().map(|edge| edge.weight.abs()).fold(0.0, f64::max);
    let named = |name: &str| if both { name.to_owned() } else { String::new() };
    let signs = nodes.iter().any(|node| node.group == 0) && nodes.iter().any(|node| node.group == 1);
    let groups = if signs { ["bias *b*_{i} < 0", "bias *b*_{i} ≥ 0"] } else { ["unit", "unit"] };
    Some(Figure {
        id: "machine".to_owned(),
        title: "Any unit may be coupled to any other".to_owned(),
        subtitle: String::new(),
        caption: format!(
            "The {count} units and the {} couplings between them; a line is the wider the larger $\\lvert w_{{ij}} \\rvert$, up to {}.",
            edges.len(),
            number::significant(strongest, 3)
        ),
        panels: vec![Panel::Graph(Graph {
            title: String::new(),
            description: format!(
                "{count} units on a circle, joined by {} couplings; {negative} of them are negative, the largest has the size {}",
                edges.len(),
                number::significant(strongest, 3)
            ),
            nodes,
            key: GraphKey {
                groups: groups.map(str::to_owned).to_vec(),
                positive: named("*w*_{ij} > 0"),
                negative: named("*w*_{ij} < 0"),
                violated: String::new(),
            },
            edges,
        })],
        columns: 1,
        frames: None,
    })
}

#[cfg(test)]
mod tests;
