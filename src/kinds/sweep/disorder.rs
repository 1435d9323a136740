//! Averages over realisations of random couplings, which the swept seed of the disorder draws.

use super::analyse::QUANTITIES;
use super::chains;
use super::layout::Layout;
use super::peaks::plain_label;
use crate::axis::Coordinate;
use crate::fact::Measured;
use crate::figure::{Chart, Figure, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::{Study, StudyPoint};
use crate::quantity::declared;
use crate::record::{Cell, Table};
use crate::statistics::jackknife::{delete_one, of_few};
use schemars::JsonSchema;
use serde::Serialize;

/// The key whose axis draws realisations.
const KEY: &str = "disorder_seed";

/// The points that differ in the realisation alone.
pub(super) struct Group<'a> {
    /// The other coordinates but x.
    others: Vec<(usize, Coordinate)>,
    /// Their names in figure markup; empty without any.
    label: String,
    /// x; `None` where nothing but realisations runs along an axis of numbers.
    x: Option<f64>,
    points: Vec<&'a StudyPoint<'a>>,
}

/// One quantity averaged over the realisations of a group.
struct Average {
    mean: f64,
    /// From the scatter of the realisations.
    error: Option<f64>,
    /// What the chains' own errors add to it, √(Σ σ²)/k.
    thermal: Option<f64>,
}

/// What the handout says of averages over the disorder.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DisorderFacts {
    /// The fewest realisations of a group.
    pub realisations: usize,
    /// A row for each place.
    pub rows: Vec<DisorderRow>,
}

/// The averages at one place.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DisorderRow {
    /// The curve's name, in Markdown; empty for the only one.
    pub label: String,
    /// The place on the axis along x; empty without one.
    pub x: Option<f64>,
    /// The number of realisations.
    pub realisations: usize,
    /// The average energy per site.
    pub energy: Measured,
    /// What the chains alone leave open of it, in standard errors of the energy.
    pub thermal: Option<f64>,
    /// The average specific heat.
    pub heat: Measured,
}

/// The groups of a study with two realisations or more; none where no seed of the disorder is swept.
pub(super) fn groups<'a>(study: &Study<'a>, layout: &Layout<'a>) -> Vec<Group<'a>> {
    let Some(seeds) = study.axes.iter().position(|axis| axis.key() == KEY) else { return Vec::new() };
    let x_axis = layout.x.filter(|axis| *axis != seeds);
    let mut groups: Vec<Group<'a>> = Vec::new();
    for point in study.points {
        let rest = (0..study.axes.len()).filter(|axis| *axis != seeds && Some(*axis) != x_axis);
        let others: Vec<(usize, Coordinate)> =
            rest.map(|axis| (axis, point.coordinates[axis].clone())).collect();
        let x = x_axis.and_then(|axis| point.coordinates[axis].number());
        match groups.iter_mut().find(|group| group.others == others && group.x == x) {
            Some(group) => group.points.push(point),
            None => {
                let names: Vec<String> =
                    others.iter().map(|(axis, value)| study.axes[*axis].named(value)).collect();
                groups.push(Group { label: names.join(", "), others, x, points: vec![point] });
            }
        }
    }
    groups.retain(|group| group.points.len() > 1);
    groups
}

impl Group<'_> {
    /// [⟨O⟩] over the k realisations with the error of their scatter, s/√k, widened for few of them; `None` unless all have the quantity.
    fn average(&self, quantity: &str) -> Option<Average> {
        let estimates: Option<Vec<_>> =
            self.points.iter().map(|point| point.analysis.get(quantity)).collect();
        let estimates = estimates?;
        let values: Option<Vec<f64>> = estimates.iter().map(|estimate| estimate.value).collect();
        let (values, count) = (values?, estimates.len());
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let squares: Option<f64> =
            estimates.iter().map(|estimate| estimate.std_error.map(|error| error * error)).sum();
        Some(Average {
            mean: mean(&values),
            error: delete_one(&values, mean).map(|error| of_few(error, count)).filter(|error| *error > 0.0),
            thermal: squares.map(|squares| libm::sqrt(squares) / count as f64),
        })
    }

    fn measured(&self, quantity: &str) -> Measured {
        self.average(quantity)
            .map_or_else(Measured::default, |found| Measured { value: Some(found.mean), error: found.error })
    }
}

/// `disorder`: every quantity averaged over the realisations, a row for each place; `None` without any.
pub(super) fn table(groups: &[Group<'_>]) -> Option<Table> {
    let mut table = Table::new(
        "disorder",
        "Averages over the realisations of the random couplings: mean, its standard error from their scatter (widened by Student's distribution \
         for few), and how much of that the chains' own errors make.",
        &["curve", "x", "realisations", "quantity", "value", "std_error", "thermal_error"],
    );
    for group in groups {
        for name in QUANTITIES.iter().filter(|name| **name != "acceptance") {
            let Some(found) = group.average(name) else { continue };
            table.push(vec![
                plain(&group.label).replace('$', "").into(),
                Cell::from(group.x),
                group.points.len().into(),
                (*name).into(),
                found.mean.into(),
                found.error.into(),
                found.thermal.into(),
            ]);
        }
    }
    (!table.rows.is_empty()).then_some(table)
}

/// Markdown of a label; nothing of none.
fn plain(label: &str) -> String {
    if label.is_empty() { String::new() } else { plain_label(label) }
}

/// What the handout says; `None` without any.
pub(super) fn facts(groups: &[Group<'_>]) -> Option<DisorderFacts> {
    let rows: Vec<DisorderRow> = groups
        .iter()
        .map(|group| DisorderRow {
            label: plain(&group.label),
            x: group.x,
            realisations: group.points.len(),
            energy: group.measured("energy_per_site"),
            thermal: group.average("energy_per_site").and_then(|found| Some(found.thermal? / found.error?)),
            heat: group.measured("specific_heat"),
        })
        .collect();
    let realisations = rows.iter().map(|row| row.realisations).min()?;
    Some(DisorderFacts { realisations, rows })
}

/// The question and the answer: the lowest place of the last curve.
pub(super) fn headline(
    study: &Study<'_>,
    layout: &Layout<'_>,
    groups: &[Group<'_>],
) -> Option<(String, String)> {
    let last = &groups.last()?.label;
    let own = groups.iter().filter(|group| group.label == *last);
    let group = own.min_by(|a, b| a.x.unwrap_or(0.0).total_cmp(&b.x.unwrap_or(0.0)))?;
    let (energy, heat) = (group.measured("energy_per_site"), group.measured("specific_heat"));
    energy.value.and(heat.value)?;
    let place = layout.x.zip(group.x).map(|(axis, x)| study.axes[axis].named(&Coordinate::Real(x)));
    let places: Vec<String> = [Some(group.label.clone()).filter(|label| !label.is_empty()), place]
        .into_iter()
        .flatten()
        .map(|label| plain_label(&label))
        .collect();
    let at = if places.is_empty() { String::new() } else { format!(" at {}", places.join(", ")) };
    Some((
        "What are energy and specific heat on average over the random couplings?".to_owned(),
        format!(
            "Averaged over {} realisations, the energy per site is $[e] = {}$ and the specific heat $[c] = {}${at}; the errors are those of so many realisations.",
            group.points.len(),
            energy.shown(),
            heat.shown()
        ),
    ))
}

/// Energy and specific heat averaged over the realisations, along x.
pub(super) fn figure(study: &Study<'_>, layout: &Layout<'_>, groups: &[Group<'_>]) -> Option<Figure> {
    let mut labels: Vec<&str> = Vec::new();
    for group in groups.iter().filter(|group| group.x.is_some()) {
        if !labels.contains(&group.label.as_str()) {
            labels.push(&group.label);
        }
    }
    let panel = |quantity: &str, title: &str| {
        let series = labels.iter().enumerate().map(|(index, label)| {
            let own = groups.iter().filter(|group| group.label == *label);
            let mut points: Vec<Point> = own
                .filter_map(|group| {
                    let (x, found) = (group.x?, group.measured(quantity));
                    let value = found.value?;
                    Some(found.error.map_or(Point::new(x, value), |error| Point::with_error(x, value, error)))
                })
                .collect();
            points.sort_by(|a, b| a.x.total_cmp(&b.x));
            Series { label: (*label).to_owned(), mark: Mark::Points, role: Role::Data(index), points }
        });
        Panel::Chart(Chart {
            title: title.to_owned(),
            x: Scale::linear(layout.x_label.clone()),
            y: Scale::linear(declared(quantity).label),
            series: series.collect(),
            guides: Vec::new(),
            pulls: false,
        })
    };
    let least = groups.iter().map(|group| group.points.len()).min()?;
    (!labels.is_empty()).then(|| Figure {
        id: "disorder".to_owned(),
        title: "Averaged over the disorder".to_owned(),
        subtitle: chains::updates(study),
        caption: format!(
            "Energy and specific heat per site, averaged over {least} realisations of the random couplings. Bars are one standard error \
             $\\sigma$ of the average, from the scatter of the realisations, which holds that of the chains too.{}",
            chains::provenance(study)
        ),
        panels: vec![panel("energy_per_site", "Energy"), panel("specific_heat", "Specific heat")],
        columns: 2,
        frames: None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{prepared, records};
    use super::super::{Sweep, disorder};
    use crate::axis::{Axis, Coordinate};
    use crate::kind::{Experiment, Kind, Study, StudyPoint};
    use crate::record::Analysis;
    use serde_json::json;

    #[test]
    fn realisations_are_averaged_at_each_temperature_and_size() {
        let mut runs: Vec<(Vec<Coordinate>, Box<dyn Experiment>, Analysis)> = Vec::new();
        for (temperature, size, seed) in
            [(1.5, 4, 1), (1.5, 4, 2), (1.5, 4, 3), (2.5, 4, 1), (2.5, 4, 2), (2.5, 4, 3), (1.5, 6, 1)]
        {
            let experiment = prepared(&json!({
                "temperature": temperature,
                "model": { "ising": {
                    "lattice": "square", "size": size, "disorder": "pm_j", "disorder_seed": seed,
                } },
                "sampler": { "algorithm": "heat_bath" },
                "budget": { "thermalize": 50, "sweeps": 400, "replicas": 2 },
            }))
            .unwrap();
            let analysis = experiment.analyse(&records(experiment.as_ref(), 5));
            let at =
                vec![Coordinate::Real(temperature), Coordinate::Integer(size), Coordinate::Integer(seed)];
            runs.push((at, experiment, analysis));
        }
        let axes: Vec<Axis> = ["temperature", "model.ising.size", "model.ising.disorder_seed"]
            .into_iter()
            .enumerate()
            .map(|(axis, path)| {
                let mut values: Vec<Coordinate> = Vec::new();
                for run in &runs {
                    if !values.contains(&run.0[axis]) {
                        values.push(run.0[axis].clone());
                    }
                }
                Axis { path: path.to_owned(), values }
            })
            .collect();
        let points: Vec<StudyPoint<'_>> = runs
            .iter()
            .enumerate()
            .map(|(index, (coordinates, experiment, analysis))| StudyPoint {
                index,
                coordinates,
                experiment: experiment.as_ref(),
                analysis,
            })
            .collect();
        let study = Study { title: "test", seed: 5, quick: false, axes: &axes, points: &points };
        let layout = super::super::layout::layout(&study);
        let groups = disorder::groups(&study, &layout);
        assert_eq!(groups.len(), 2, "a single realisation has no average");
        let story = Sweep.present(&study);
        crate::kinds::tests::facts_fit(&Sweep, &story.facts);
        let rows = &story.facts["disorder"]["rows"];
        let energies: Vec<f64> =
            (3..6).map(|at| runs[at].2.get("energy_per_site").unwrap().value.unwrap()).collect();
        let mean = energies.iter().sum::<f64>() / 3.0;
        assert!((rows[1]["energy"]["value"].as_f64().unwrap() - mean).abs() < 1e-12, "{rows}");
        // s/√3, times Student's 1.32 with two degrees of freedom: t = x/√(1 − x²)·√2 of x = 2·0.8413 − 1.
        let squares: f64 = energies.iter().map(|energy| (energy - mean) * (energy - mean)).sum();
        let x = 2.0 * 0.841_344_746 - 1.0;
        let student = x * libm::sqrt(2.0 / (1.0 - x * x));
        let wanted = libm::sqrt(squares / 2.0 / 3.0) * student;
        assert!((rows[1]["energy"]["error"].as_f64().unwrap() / wanted - 1.0).abs() < 1e-6, "{rows}");
        assert_eq!(story.figures[0].id, "disorder");
        assert!(
            story.answer.contains("Averaged over 3 realisations") && story.answer.contains("$T = 1.5$"),
            "{}",
            story.answer
        );
        assert!(story.tables.iter().any(|table| table.name == "disorder"));
    }
}
