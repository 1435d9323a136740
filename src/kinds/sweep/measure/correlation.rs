//! The correlation function and the second-moment correlation length.

use super::super::chains;
use super::super::layout::Layout;
use super::super::peaks::plain_label;
use super::super::spec::SweepExperiment;
use super::super::{analyse::Observable, present};
use crate::fact::Measured;
use crate::figure::{Chart, Figure, Guide, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::Study;
use crate::models::Model;
use crate::number;
use crate::quantity::declared;
use crate::record::{Cell, Estimate, Record, Table};
use crate::statistics::jackknife::Blocks;
use crate::statistics::structure::second_moment;
use schemars::JsonSchema;
use serde::Serialize;
use std::f64::consts::TAU;

/// ξ/L of the Ising model on large L × L tori at T_c; J. Salas and A. D. Sokal, J. Stat. Phys. 98 (2000) 551,
/// doi:10.1023/A:1018611122166.
const RATIO_AT_CRITICALITY: f64 = 0.905_048_829_2;
/// Most temperatures whose two-point functions are drawn.
const DRAWN: usize = 5;
/// A value of G(r) is drawn where it is this many standard errors above zero.
const LEAST_PULL: f64 = 2.0;

/// The sides of the lattice and the number of states of its sites.
///
/// # Errors
///
/// Why the correlation length of the model is not measured.
pub(super) fn torus(model: &dyn Model) -> Result<(Vec<usize>, usize), String> {
    let wanted = "is measured of uniform ferromagnets (`ising`, `potts`) without a field on a periodic chain, square, cubic or \
                  hypercubic lattice";
    let states = match (model.name(), model.site_states()) {
        ("ising", _) => 2,
        ("potts", Some((_, states))) => states.states(),
        (name, _) => {
            return Err(format!("the correlation function {wanted}, and the model here is `{name}`"));
        }
    };
    let identity = model.identity();
    let keys = &identity[model.name()];
    let lattice = keys["lattice"].as_str().unwrap_or("");
    let reason = if !["chain", "square", "cubic", "hypercubic"].contains(&lattice) {
        "this one is none: on other lattices the longest waves do not run along the axes"
    } else if keys["boundary"] != "periodic" {
        "open boundaries have no waves"
    } else if !keys["disorder"].is_null() {
        "with random couplings spins do not point alike, and their mean correlation is 0"
    } else if keys["field"].as_f64() != Some(0.0) {
        "in a field correlations would have to be taken about the mean spin"
    } else if keys["coupling"].as_f64().is_none_or(|coupling| coupling <= 0.0) {
        "here the couplings are not all one J > 0: order at another wave vector, or one length per axis"
    } else {
        let sides = keys["size"].as_array().into_iter().flatten().filter_map(|side| side.as_u64());
        return Ok((sides.map(|side| side as usize).collect(), states));
    };
    Err(format!("the correlation function {wanted}; {reason}"))
}

/// The axes of the longest sides: they share a wave vector, and the estimate takes their mean.
fn longest_axes(sides: &[usize]) -> (usize, Vec<usize>) {
    let side = sides.iter().copied().max().unwrap_or(2);
    (side, (0..sides.len()).filter(|axis| sides[*axis] == side).collect())
}

fn series(records: &[Record], name: &str) -> Observable {
    Observable::new(records.iter().map(|record| record.series(name).to_vec()).collect())
}

fn axis_name(axis: usize) -> String {
    format!("structure_axis_{}", axis + 1)
}

/// ξ and ξ/L along the longest sides.
///
/// S(0) = N⟨m²⟩ is taken whole, without subtracting N⟨|m|⟩²: without a field ⟨m⟩ is 0 on a finite lattice, so that this *is* the connected
/// correlation, and ξ/L crosses at the transition. Below it, where signs hardly change, ξ grows with the system and measures order rather than the
/// reach of fluctuations.
pub(super) fn estimates(experiment: &SweepExperiment, records: &[Record], sides: &[usize]) -> Vec<Estimate> {
    let (side, axes) = longest_axes(sides);
    let zero = series(records, "structure_0");
    let along: Vec<Observable> = axes.iter().map(|axis| series(records, &axis_name(*axis))).collect();
    let every = experiment.measure.every as f64;
    let one = |name: &str, unit: f64| {
        let quantity = declared(name);
        let function = |means: &[f64]| {
            let mean = means[1..].iter().sum::<f64>() / axes.len() as f64;
            second_moment(means[0], mean, side) / unit
        };
        let columns: Vec<&Observable> = std::iter::once(&zero).chain(&along).collect();
        let plain = function(&columns.iter().map(|column| column.mean()).collect::<Vec<_>>());
        if !plain.is_finite() {
            return Estimate::absent(
                quantity,
                if zero.memory.is_none() {
                    "the state never changed: there is no wave in it"
                } else {
                    "the structure factor does not fall from k = 0 to the longest wave by more than its noise"
                },
            );
        }
        let mut estimate = Estimate::exact(quantity, plain);
        let Some(memory) = &zero.memory else { return estimate };
        estimate.tau = Some(memory.tau * every);
        estimate.tau_error = memory.known_tau_error().map(|error| error * every);
        estimate.ess = Some(memory.ess());
        let tau = columns.iter().map(|column| column.tau()).fold(0.5, f64::max);
        let slices: Vec<Vec<&[f64]>> =
            columns.iter().map(|column| super::super::analyse::slices(&column.replicas)).collect();
        match Blocks::new(&slices, tau).and_then(|blocks| blocks.estimate(function)) {
            Some(found) => {
                estimate.value = Some(found.value);
                estimate.std_error = Some(found.std_error);
            }
            None => {
                estimate.note =
                    Some("too few independent samples, or S(k) too near S(0), for an error".to_owned());
            }
        }
        estimate
    };
    vec![one("correlation_length", 1.0), one("correlation_length_ratio", side as f64)]
}

/// The mean of one column of values and its error.
fn mean(column: &Observable) -> Measured {
    let blocks = Blocks::new(&[super::super::analyse::slices(&column.replicas)], column.tau());
    match blocks.and_then(|blocks| blocks.estimate(|means| means[0])).filter(|_| column.memory.is_some()) {
        Some(found) => Measured::new(found.value, found.std_error),
        None => Measured { value: Some(column.mean()), error: None },
    }
}

/// The structure factor and the two-point function.
pub(super) fn tables(records: &[Record], sides: &[usize]) -> Vec<Table> {
    let mut structure = Table::new(
        "structure_factor",
        "The structure factor S(k) at zero and at the longest wave along each axis of the lattice.",
        &["axis", "k", "structure_factor", "std_error"],
    );
    let mut push = |axis: Cell, k: f64, found: Measured| {
        structure.push(vec![axis, k.into(), found.value.into(), found.error.into()]);
    };
    push(Cell::Empty, 0.0, mean(&series(records, "structure_0")));
    for (axis, side) in sides.iter().enumerate() {
        push((axis + 1).into(), TAU / *side as f64, mean(&series(records, &axis_name(axis))));
    }
    let mut two_point = Table::new(
        "correlation",
        "The two-point function G(r) of sites at the distance r along each axis of the lattice; G(0) = 1.",
        &["axis", "r", "correlation", "std_error"],
    );
    let width: usize = sides.iter().map(|side| side / 2).sum();
    let mut at = 0;
    for (axis, side) in sides.iter().enumerate() {
        for r in 1..=side / 2 {
            let column = |record: &Record| -> Vec<f64> {
                record.series("two_point").chunks_exact(width).map(|row| row[at]).collect()
            };
            let found = mean(&Observable::new(records.iter().map(column).collect()));
            two_point.push(vec![(axis + 1).into(), r.into(), found.value.into(), found.error.into()]);
            at += 1;
        }
    }
    vec![structure, two_point]
}

/// What the handout says of the correlation length.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::kinds::sweep) struct CorrelationFacts {
    /// The points at which it was measured, 40 at most.
    pub rows: Vec<LengthRow>,
    /// Whether the points are of several curves.
    pub several_curves: bool,
    /// The number of points left out of the list.
    pub left_out: usize,
    /// Whether all are square Ising lattices of equal sides, whose ξ/L at T_c is known.
    pub square: bool,
    /// ξ/L of large square Ising lattices at T_c.
    pub critical_ratio: f64,
    /// Sweeps from one look at the state to the next, at the first point.
    pub every: usize,
}

/// One correlation length.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::kinds::sweep) struct LengthRow {
    /// The curve's name, in Markdown.
    pub label: String,
    /// The temperature.
    pub temperature: f64,
    /// The correlation length ξ.
    pub length: Measured,
    /// The length over the side, ξ/L.
    pub ratio: Measured,
    /// The row-to-row correlation length of the infinite square lattice above its T_c; empty elsewhere.
    pub exact: Option<f64>,
}

/// Most rows of the handout's list.
const LISTED: usize = 40;

/// The correlation length of rows of the infinite square Ising lattice above T_c, 1/ξ = ln coth K − 2K with K = J/T; B. M. McCoy and
/// T. T. Wu, The Two-Dimensional Ising Model (1973). It is the length of the decay at large distance, from which the second-moment length differs
/// by less than a percent.
pub(super) fn exact_length(coupling: f64, temperature: f64) -> Option<f64> {
    let k = coupling / temperature;
    let inverse = -libm::log(libm::tanh(k)) - 2.0 * k;
    // At T_c itself only rounding is left of it.
    (inverse > 1e-9).then(|| 1.0 / inverse)
}

pub(super) fn facts(study: &Study<'_>, layout: &Layout<'_>) -> Option<CorrelationFacts> {
    let first = study.points.iter().map(|point| point.downcast::<SweepExperiment>());
    let first = first.into_iter().find(|experiment| experiment.measure.correlation.is_some())?;
    let mut square = true;
    let mut rows = Vec::new();
    for curve in &layout.curves {
        for (_, point) in &curve.points {
            let experiment: &SweepExperiment = point.downcast();
            let lattice = experiment.model.square_lattice();
            square &= lattice.is_some_and(|lattice| lattice.rows == lattice.columns);
            if experiment.measure.correlation.is_some() {
                rows.push(LengthRow {
                    label: plain_label(&curve.label),
                    temperature: experiment.temperature,
                    length: Measured::of(point.analysis.get("correlation_length")),
                    ratio: Measured::of(point.analysis.get("correlation_length_ratio")),
                    exact: lattice.and_then(|lattice| exact_length(lattice.coupling, experiment.temperature)),
                });
            }
        }
    }
    Some(CorrelationFacts {
        several_curves: layout.curves.len() > 1,
        left_out: rows.len().saturating_sub(LISTED),
        rows: rows.into_iter().take(LISTED).collect(),
        square,
        critical_ratio: RATIO_AT_CRITICALITY,
        every: first.measure.every,
    })
}

/// G(r) of the largest lattice at some temperatures, and ξ/L along the temperature.
pub(super) fn figure(study: &Study<'_>, layout: &Layout<'_>) -> Option<Figure> {
    let curves = layout.curves.iter().filter(|curve| curve.experiment().measure.correlation.is_some());
    let largest = curves.max_by_key(|curve| curve.experiment().sites)?;
    let count = largest.points.len();
    let kept: Vec<usize> = match count {
        0..=DRAWN => (0..count).collect(),
        _ => (0..DRAWN).map(|k| k * (count - 1) / (DRAWN - 1)).collect(),
    };
    let function = |(place, at): (usize, &usize)| {
        let (_, point) = &largest.points[*at];
        let table = point.analysis.table("correlation")?;
        // The first axis stands for all.
        let rows = table.rows.iter().filter(|row| row[0].number() == Some(1.0));
        let points = rows.filter_map(|row| {
            let (r, value, error) = (row[1].number()?, row[2].number()?, row[3].number().unwrap_or(0.0));
            (value > LEAST_PULL * error && value > 0.0).then(|| Point::with_error(r, value, error))
        });
        let temperature = point.downcast::<SweepExperiment>().temperature;
        Some(Series {
            label: if count > 1 { format!("*T* = {}", number::plain(temperature)) } else { String::new() },
            mark: Mark::Points,
            role: Role::Data(place),
            points: points.collect(),
        })
    };
    let mut panels = vec![Panel::Chart(Chart {
        title: if layout.is_temperature { "Two-point function".to_owned() } else { String::new() },
        x: Scale::linear("distance *r* along an axis"),
        y: Scale::log("*G*(*r*)"),
        series: kept.iter().enumerate().filter_map(function).collect(),
        guides: Vec::new(),
        pulls: false,
    })];
    let square = facts(study, layout).is_some_and(|facts| facts.square);
    if layout.is_temperature {
        let ratios = layout.curves.iter().enumerate();
        let series: Vec<Series> = ratios
            .map(|(index, curve)| Series {
                mark: Mark::Points,
                ..present::measured(curve, index, "correlation_length_ratio")
            })
            .collect();
        let mut guides = present::critical_guide(layout);
        if square {
            let label = format!("{} at *T*_{{c}}", number::significant(RATIO_AT_CRITICALITY, 4));
            guides.push(Guide { vertical: false, at: RATIO_AT_CRITICALITY, label });
        }
        panels.push(Panel::Chart(Chart {
            title: "Correlation length".to_owned(),
            x: Scale::linear(layout.x_label.clone()),
            y: Scale::log("*ξ* / *L*"),
            series,
            guides,
            pulls: false,
        }));
    }
    Some(Figure {
        id: "correlation".to_owned(),
        title: "How far order reaches".to_owned(),
        subtitle: chains::updates(study),
        caption: format!(
            "{}The two-point function of {} along the first axis, where it is more than two standard errors above zero{}. Bars are one standard \
             error $\\sigma$.{}",
            if layout.is_temperature { "Left: " } else { "" },
            largest.experiment().model.description(),
            if layout.is_temperature {
                "; right: the second-moment correlation length over the side $L$, which hardly depends on $L$ at a continuous transition"
            } else {
                ""
            },
            chains::provenance(study)
        ),
        columns: panels.len(),
        panels,
        frames: None,
    })
}
