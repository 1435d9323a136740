//! What the handout says of block spins: facts, headline and figure.

use super::super::chains;
use super::super::layout::Layout;
use super::super::peaks::plain_label;
use super::super::spec::SweepExperiment;
use super::renormalisation::chosen;
use crate::exact::onsager;
use crate::fact::Measured;
use crate::figure::{Chart, Figure, Guide, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::{Study, StudyPoint};
use crate::number;
use crate::statistics::renormalization::{self as blocks, ALL, EVEN, ODD};
use schemars::JsonSchema;
use serde::Serialize;

/// Temperatures as near to T_c as this, relatively, are at it: on 64 × 64 spins the exponents do not tell the difference.
const AT_CRITICALITY: f64 = 1e-4;
/// The exact exponents 1/ν = 1 and 15/8 of the two-dimensional Ising model.
const EXACT: [f64; 2] = [1.0, 1.875];

/// What the handout says of the exponents.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::kinds::sweep) struct RenormalisationFacts {
    /// Whether a point at T_c was measured, whose exponents these are.
    pub critical: bool,
    /// The model of that point (else of the first), in words.
    pub description: String,
    /// Its temperature.
    pub temperature: f64,
    /// T_c of the infinite lattice.
    pub t_c: f64,
    /// The exponents with all interactions, step by step; empty without a point at T_c.
    pub steps: Vec<Step>,
    /// The thermal exponent with ever more interactions, at the step of the estimate; empty without a point at T_c.
    pub operators: Vec<Operators>,
    /// The estimates: the step whose blocks are 8 or more to a side.
    pub estimate: Option<Step>,
    /// The mean product of neighbours at the lowest, the critical and the highest temperature, level by level; empty unless T_c lies between.
    pub flow: Vec<FlowRow>,
    /// The lowest temperature.
    pub coldest: f64,
    /// The highest temperature.
    pub hottest: f64,
    /// The number of even interactions.
    pub even: usize,
    /// The number of odd interactions.
    pub odd: usize,
    /// Sweeps from one look at the state to the next.
    pub every: usize,
}

/// The exponents of one step.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(in crate::kinds::sweep) struct Step {
    /// The level from which the step leads, 0 for the lattice itself.
    pub level: usize,
    /// The side of the lattice of that level.
    pub from: usize,
    /// The side of the lattice of its blocks.
    pub to: usize,
    /// The thermal exponent y_t.
    pub thermal: Measured,
    /// The magnetic exponent y_h.
    pub magnetic: Measured,
    /// The distance of y_t from 1 in standard errors.
    pub thermal_pull: Option<f64>,
    /// The distance of y_h from 15/8 in standard errors.
    pub magnetic_pull: Option<f64>,
    /// The correlation-length exponent ν = 1/y_t.
    pub nu: Measured,
    /// The exponent β = (2 − y_h)/y_t of the magnetisation.
    pub beta: Measured,
}

/// The exponents with the first so many interactions.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::kinds::sweep) struct Operators {
    /// How many interactions were used.
    pub count: usize,
    /// The last of the even ones, in words.
    pub last: &'static str,
    /// The thermal exponent y_t.
    pub thermal: Measured,
    /// The last of the odd ones, in words; empty where there are no more.
    pub last_odd: Option<&'static str>,
    /// The magnetic exponent y_h.
    pub magnetic: Measured,
}

/// One level of the flow: the mean product of two neighbours.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::kinds::sweep) struct FlowRow {
    /// The level.
    pub level: usize,
    /// The side of its lattice.
    pub side: usize,
    /// At the lowest temperature.
    pub cold: Measured,
    /// The same at T_c.
    pub critical: Measured,
    /// At the highest temperature.
    pub hot: Measured,
}

/// The rows of a point's table of exponents.
fn rows<'a>(point: &'a StudyPoint<'a>) -> impl Iterator<Item = (usize, usize, Measured, Measured)> + 'a {
    let table = point.analysis.table("renormalisation");
    table.into_iter().flat_map(|table| &table.rows).filter_map(|row| {
        let measured = |at: usize| Measured { value: row[at].number(), error: row[at + 1].number() };
        let (level, count) = (row[0].number()?, row[2].number()?);
        Some((level as usize, count as usize, measured(3), measured(5)))
    })
}

/// The mean product of two neighbours at each level of a point.
fn neighbours(point: &StudyPoint<'_>) -> Vec<(usize, usize, Measured)> {
    let Some(table) = point.analysis.table("flow") else { return Vec::new() };
    let first = table.rows.iter().filter(|row| row[2].number() == Some(1.0));
    let found = first.filter_map(|row| {
        // Two bonds a site.
        let mean = Measured { value: row[4].number(), error: row[5].number() }.times(0.5);
        Some((row[0].number()? as usize, row[1].number()? as usize, mean))
    });
    found.collect()
}

/// The points with block spins, in order of temperature: those of the largest lattice.
pub(super) fn measured<'a>(study: &'a Study<'a>) -> Vec<&'a StudyPoint<'a>> {
    let asked =
        |point: &&StudyPoint<'_>| point.downcast::<SweepExperiment>().measure.renormalisation.is_some();
    let sites = |point: &StudyPoint<'_>| point.downcast::<SweepExperiment>().sites;
    let temperature = |point: &StudyPoint<'_>| point.downcast::<SweepExperiment>().temperature;
    let largest = study.points.iter().filter(asked).map(sites).max();
    let mut found: Vec<&StudyPoint<'_>> =
        study.points.iter().filter(asked).filter(|point| Some(sites(point)) == largest).collect();
    found.sort_by(|a, b| temperature(a).total_cmp(&temperature(b)));
    found.dedup_by(|b, a| temperature(a) == temperature(b));
    found
}

/// T_c of a point's lattice.
pub(super) fn critical_temperature(point: &StudyPoint<'_>) -> Option<f64> {
    let lattice = point.downcast::<SweepExperiment>().model.square_lattice()?;
    Some(onsager::critical_temperature(lattice.coupling))
}

/// The place of the point at T_c.
pub(super) fn at_criticality(points: &[&StudyPoint<'_>]) -> Option<usize> {
    points.iter().position(|point| {
        let temperature = point.downcast::<SweepExperiment>().temperature;
        critical_temperature(point).is_some_and(|t_c| libm::fabs(temperature / t_c - 1.0) < AT_CRITICALITY)
    })
}

fn step(levels: &[(usize, usize)], level: usize, thermal: Measured, magnetic: Measured) -> Step {
    let exact = |value: f64| Measured { value: Some(value), error: None };
    Step {
        level,
        from: levels[level].0,
        to: levels[level + 1].0,
        thermal_pull: thermal.minus(exact(EXACT[0])).pull(),
        magnetic_pull: magnetic.minus(exact(EXACT[1])).pull(),
        nu: exact(1.0).over(thermal),
        beta: exact(2.0).minus(magnetic).over(thermal),
        thermal,
        magnetic,
    }
}

pub(super) fn facts(study: &Study<'_>, _layout: &Layout<'_>) -> Option<RenormalisationFacts> {
    let points = measured(study);
    let critical = at_criticality(&points);
    let point = points.get(critical.unwrap_or(0))?;
    let experiment: &SweepExperiment = point.downcast();
    let levels = experiment.measure.renormalisation.as_ref()?;
    let (mut steps, mut operators) = (Vec::new(), Vec::new());
    if critical.is_some() {
        for level in 0..levels.len() - 1 {
            let of = |count: usize| rows(point).find(|row| row.0 == level && row.1 == count);
            let (Some(even), Some(odd)) = (of(EVEN), of(ODD)) else { continue };
            if even.2.value.is_some() && odd.3.value.is_some() {
                steps.push(step(levels, level, even.2, odd.3));
            }
        }
        let known =
            |row: &(usize, usize, Measured, Measured)| row.0 == chosen(levels) && row.2.value.is_some();
        for (_, count, thermal, magnetic) in rows(point).filter(known) {
            operators.push(Operators {
                count,
                last: blocks::NAMES[count - 1],
                thermal,
                last_odd: magnetic.value.is_some().then(|| blocks::NAMES[(EVEN + count - 1).min(ALL - 1)]),
                magnetic,
            });
        }
    }
    let ends = [points.first()?, points.last()?];
    let flow = critical.filter(|at| (1..points.len() - 1).contains(at)).map_or(Vec::new(), |_| {
        let [cold, hot] = ends.map(|point| neighbours(point));
        let row = |((level, side, critical), (cold, hot)): ((usize, usize, Measured), (_, _))| FlowRow {
            level,
            side,
            cold,
            critical,
            hot,
        };
        let ends = cold.iter().zip(&hot).map(|(cold, hot)| (cold.2, hot.2));
        let whole =
            |row: &FlowRow| [row.cold, row.critical, row.hot].iter().all(|found| found.value.is_some());
        neighbours(point).into_iter().zip(ends).map(row).filter(whole).collect()
    });
    let temperature = |point: &StudyPoint<'_>| point.downcast::<SweepExperiment>().temperature;
    Some(RenormalisationFacts {
        critical: critical.is_some(),
        description: experiment.model.description(),
        temperature: experiment.temperature,
        t_c: critical_temperature(point)?,
        estimate: steps.iter().find(|step| step.level == chosen(levels)).cloned(),
        steps,
        operators,
        flow,
        coldest: temperature(ends[0]),
        hottest: temperature(ends[1]),
        even: EVEN,
        odd: ODD,
        every: experiment.measure.every,
    })
}

/// The question and the answer of a study with a point at T_c.
pub(super) fn headline(facts: &RenormalisationFacts) -> Option<(String, String)> {
    let step = facts.estimate.as_ref()?;
    let question = "What survives of a magnet when one looks from further and further away, and how fast does the rest grow or fade?";
    let answer = format!(
        "For {} at $T_c$, from blocks of side {} to blocks of twice that, a distance from the transition grows by $2^{{y_t}}$ with $y_t = {}$ and a field by \
         $2^{{y_h}}$ with $y_h = {}$ (exact: $1$ and $15/8$), hence $\\nu = {}$ and $\\beta = {}$ (exact: $1$ and $1/8$).",
        facts.description,
        1 << step.level,
        step.thermal.shown(),
        step.magnetic.shown(),
        step.nu.shown(),
        step.beta.shown(),
    );
    Some((question.to_owned(), answer))
}

/// The flow of the mean product of neighbours at every temperature, and the exponents of the critical one step by step.
pub(super) fn figure(study: &Study<'_>, layout: &Layout<'_>) -> Option<Figure> {
    let points = measured(study);
    let first = points.first()?;
    let flow: Vec<Series> = points
        .iter()
        .enumerate()
        .map(|(index, point)| Series {
            label: format!(
                "*T* = {}",
                number::significant(point.downcast::<SweepExperiment>().temperature, 4)
            ),
            mark: Mark::Points,
            role: Role::Data(index),
            points: neighbours(point)
                .into_iter()
                .filter_map(|(level, _, mean)| {
                    let error = mean.error.unwrap_or(0.0);
                    Some(Point::with_error(level as f64, mean.value?, error))
                })
                .collect(),
        })
        .collect();
    let levels = first.downcast::<SweepExperiment>().measure.renormalisation.as_ref()?;
    let named = |count: usize, label: &str| Scale {
        categories: levels.iter().take(count).map(|(side, _)| number::count(*side as u64)).collect(),
        ..Scale::linear(label)
    };
    let mut panels = vec![Panel::Chart(Chart {
        title: "Flow".to_owned(),
        x: named(levels.len(), "side of the lattice of blocks"),
        y: Scale { range: Some((0.0, 1.0)), ..Scale::linear("mean product of neighbours") },
        series: flow,
        guides: Vec::new(),
        pulls: false,
    })];
    let facts = facts(study, layout)?;
    if facts.critical {
        let line = |index: usize, label: &str, of: &dyn Fn(&Step) -> Measured| Series {
            label: label.to_owned(),
            mark: Mark::Points,
            role: Role::Data(index),
            points: facts
                .steps
                .iter()
                .filter_map(|step| {
                    let found = of(step);
                    Some(Point::with_error(step.level as f64, found.value?, found.error.unwrap_or(0.0)))
                })
                .collect(),
        };
        let guide = |at: f64, label: &str| Guide { vertical: false, at, label: label.to_owned() };
        panels.push(Panel::Chart(Chart {
            title: "Exponents".to_owned(),
            x: named(levels.len() - 1, "side of the lattice that is blocked"),
            y: Scale { range: Some((0.8, 2.0)), ..Scale::linear("exponent *y*") },
            series: vec![
                line(0, "thermal *y*_{t}", &|step| step.thermal),
                line(1, "magnetic *y*_{h}", &|step| step.magnetic),
            ],
            guides: vec![guide(EXACT[0], "1"), guide(EXACT[1], "15/8")],
            pulls: false,
        }));
    }
    let place = plain_label(&format!("*T* = {}", number::significant(facts.temperature, 6)));
    Some(Figure {
        id: "renormalisation".to_owned(),
        title: "The flow of block spins".to_owned(),
        subtitle: chains::updates(study),
        caption: format!(
            "Mean product $\\langle s s' \\rangle$ of neighbouring spins, and of neighbouring block spins on ever smaller lattices, at each \
             temperature.{} Bars are one standard error $\\sigma$; where none shows it is smaller than the mark.{}",
            if facts.critical {
                format!(
                    " Right: the thermal and the magnetic exponent at {place} from each lattice to its blocks, with {EVEN} even and {ODD} odd \
                     interactions; lines are exact."
                )
            } else {
                String::new()
            },
            chains::provenance_of(study, &points)
        ),
        columns: panels.len(),
        panels,
        frames: None,
    })
}
