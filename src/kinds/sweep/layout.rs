//! How the points of a study fall into curves: one swept key along x, the others as one curve per combination.

use super::spec::SweepExperiment;
use crate::axis::{Axis, Coordinate};
use crate::kind::{Study, StudyPoint};
use crate::models::SquareLattice;
use crate::record::Estimate;
use std::any::Any;

/// The curves of a study.
pub(super) struct Layout<'a> {
    /// The place of the x axis among the study's axes; `None` when no swept key is numeric.
    pub x: Option<usize>,
    /// Whether x is the temperature.
    pub is_temperature: bool,
    /// Label of x in figure markup.
    pub x_label: String,
    /// The curves, in the order of their first points.
    pub curves: Vec<Curve<'a>>,
}

/// The points that share all coordinates but x, in order of x.
pub(super) struct Curve<'a> {
    /// Its name in figure markup; empty for the only curve.
    pub label: String,
    /// The points with their x.
    pub points: Vec<(f64, &'a StudyPoint<'a>)>,
}

impl<'a> Curve<'a> {
    /// The experiment of the first point: its lattice stands for the curve's.
    pub(super) fn experiment(&self) -> &'a SweepExperiment {
        self.points[0].1.downcast()
    }

    /// Whether all points have one model, so that only x tells them apart.
    pub(super) fn is_of_one_model(&self) -> bool {
        let identity = |point: &StudyPoint<'_>| point.downcast::<SweepExperiment>().model.identity();
        let first = identity(self.points[0].1);
        self.points.iter().all(|(_, point)| identity(point) == first)
    }

    /// The square lattice that all points share, if so.
    pub(super) fn square(&self) -> Option<SquareLattice> {
        let lattice = self.experiment().model.square_lattice()?;
        self.points
            .iter()
            .all(|(_, point)| point.downcast::<SweepExperiment>().model.square_lattice() == Some(lattice))
            .then_some(lattice)
    }

    /// The estimates of a quantity along x, those with a value.
    pub(super) fn estimates(&self, quantity: &str) -> impl Iterator<Item = (f64, &'a Estimate)> {
        self.points.iter().filter_map(move |(x, point)| {
            let estimate = point.analysis.get(quantity)?;
            estimate.value.map(|_| (*x, estimate))
        })
    }
}

/// Sorts the points into curves.
///
/// x is the temperature if it is swept, else the first numeric axis. When every curve would hold a single point (axes
/// walked together), all points form one curve.
pub(super) fn layout<'a>(study: &Study<'a>) -> Layout<'a> {
    let numeric =
        |axis: &Axis| axis.values.len() > 1 && axis.values.iter().all(|value| value.number().is_some());
    let x = study
        .axes
        .iter()
        .position(|axis| axis.path == "temperature" && numeric(axis))
        .or_else(|| study.axes.iter().position(numeric));
    let mut curves: Vec<(Vec<(usize, Coordinate)>, Curve<'a>)> = Vec::new();
    for point in study.points {
        let others: Vec<(usize, Coordinate)> = (0..study.axes.len())
            .filter(|axis| Some(*axis) != x)
            .map(|axis| (axis, point.coordinates[axis].clone()))
            .collect();
        let at = x.and_then(|axis| point.coordinates[axis].number()).unwrap_or(point.index as f64);
        match curves.iter_mut().find(|(key, _)| *key == others) {
            Some((_, curve)) => curve.points.push((at, point)),
            None => {
                let names: Vec<String> =
                    others.iter().map(|(axis, value)| study.axes[*axis].named(value)).collect();
                curves.push((others, Curve { label: names.join(", "), points: vec![(at, point)] }));
            }
        }
    }
    let mut curves: Vec<Curve<'a>> = curves.into_iter().map(|(_, curve)| curve).collect();
    if x.is_some() && curves.len() > 1 && curves.iter().all(|curve| curve.points.len() == 1) {
        let points = curves.into_iter().flat_map(|curve| curve.points).collect();
        curves = vec![Curve { label: String::new(), points }];
    }
    for curve in &mut curves {
        curve.points.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    let is_temperature = x.is_some_and(|axis| study.axes[axis].path == "temperature");
    let unit_coupling = study.points.iter().all(|point| {
        let experiment = (point.experiment as &dyn Any).downcast_ref::<SweepExperiment>();
        let lattice = experiment.and_then(|experiment| experiment.model.square_lattice());
        lattice.is_some_and(|lattice| lattice.coupling == 1.0)
    });
    let x_label = match x.map(|axis| &study.axes[axis]) {
        None => String::new(),
        // In units of the coupling where there is just one, J = 1; otherwise in the unit of energy of the file.
        Some(axis) if axis.path == "temperature" && unit_coupling => "temperature *T* / *J*".to_owned(),
        Some(axis) => symbol(axis),
    };
    Layout { x, is_temperature, x_label, curves }
}

/// A key's symbol in figure markup.
fn symbol(axis: &Axis) -> String {
    match axis.key() {
        "temperature" => "temperature *T*".to_owned(),
        "size" => "side *L*".to_owned(),
        "field" => "field *h*".to_owned(),
        "coupling" => "coupling *J*".to_owned(),
        "density" => "density *ρ*".to_owned(),
        "particles" => "particles *N*".to_owned(),
        key => key.replace('_', " "),
    }
}

/// The lattice's coupling, when all curves are square lattices with the same one.
pub(super) fn common_coupling(layout: &Layout<'_>) -> Option<f64> {
    let couplings: Option<Vec<f64>> = layout
        .curves
        .iter()
        .map(|curve| curve.square().map(|SquareLattice { coupling, .. }| coupling))
        .collect();
    let couplings = couplings?;
    let first = *couplings.first()?;
    couplings.iter().all(|coupling| *coupling == first).then_some(first)
}
