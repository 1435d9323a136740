//! Finite-size scaling of the square-lattice Ising ferromagnet: the order parameter of all sizes on one curve.

use super::chains;
use super::layout::{Layout, common_coupling};
use crate::exact::onsager;
use crate::figure::{Chart, Figure, Guide, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::Study;
use crate::number;

/// The exponents β and ν of the two-dimensional Ising model (Onsager 1944; Yang 1952, doi:10.1103/PhysRev.85.808).
const BETA: f64 = 1.0 / 8.0;
const NU: f64 = 1.0;

/// |m| L^{β/ν} against t L^{1/ν} with t = (T − T_c)/T_c, for a ferromagnet on square lattices of at least two sizes along the
/// temperature; over the x that the smallest lattice spans. `None` for anything else.
pub(super) fn figure(study: &Study<'_>, layout: &Layout<'_>) -> Option<Figure> {
    let coupling = common_coupling(layout).filter(|coupling| *coupling > 0.0 && layout.is_temperature)?;
    let critical = onsager::critical_temperature(coupling);
    let sides: Vec<usize> = layout
        .curves
        .iter()
        .map(|curve| {
            curve.square().filter(|lattice| lattice.rows == lattice.columns).map(|lattice| lattice.rows)
        })
        .collect::<Option<_>>()?;
    let smallest = *sides.iter().min()?;
    // Curves of one size, such as two samplers', would lie on each other and say nothing of scaling.
    let distinct = sides.iter().enumerate().all(|(index, side)| !sides[..index].contains(side));
    if sides.len() < 2 || !distinct {
        return None;
    }
    let scaled = |side: usize, temperature: f64| {
        (temperature - critical) / critical * libm::pow(side as f64, 1.0 / NU)
    };
    let mut reach: Option<(f64, f64)> = None;
    let mut series = Vec::new();
    for (index, (curve, side)) in layout.curves.iter().zip(&sides).enumerate() {
        let factor = libm::pow(*side as f64, BETA / NU);
        let points: Vec<Point> = curve
            .estimates("magnetization")
            .filter_map(|(temperature, estimate)| {
                let (x, y) = (scaled(*side, temperature), estimate.value? * factor);
                Some(
                    estimate
                        .std_error
                        .map_or(Point::new(x, y), |error| Point::with_error(x, y, error * factor)),
                )
            })
            .collect();
        if *side == smallest {
            reach = points.first().zip(points.last()).map(|(first, last)| (first.x, last.x));
        }
        series.push(Series {
            label: curve.label.clone(),
            mark: Mark::Scatter,
            role: Role::Data(index),
            points,
        });
    }
    let (low, high) = reach.filter(|(low, high)| *low < 0.0 && *high > 0.0)?;
    let air = 0.03 * (high - low);
    let (low, high) = (low - air, high + air);
    series.iter_mut().for_each(|series| series.points.retain(|point| (low..=high).contains(&point.x)));
    let x = Scale {
        range: Some((low, high)),
        ..Scale::linear("scaled temperature (*T* − *T*_{c}) *L* / *T*_{c}")
    };
    Some(Figure {
        id: "collapse".to_owned(),
        title: "All sizes on one curve".to_owned(),
        subtitle: chains::updates(study),
        caption: format!(
            "Finite-size scaling: $\\langle \\lvert m \\rvert \\rangle L^{{1/8}}$ against $(T - T_c)\\,L/T_c$ with Onsager's $T_c = {}$. The powers of \
             $L$ hold two exponents of the infinite lattice, Yang's $1/8$ of the magnetisation and Onsager's $1$ of the \
             correlation length: nothing is fitted. Near the critical point the sizes should fall on \
             one curve; what separates them is corrections to scaling, largest for small $L$ and far from $0$. The axis spans what \
             the smallest lattice covers. Bars are one standard error $\\sigma$.{}",
            number::significant(critical, 5),
            chains::provenance(study)
        ),
        panels: vec![Panel::Chart(Chart {
            title: String::new(),
            x,
            y: Scale::linear("scaled magnetisation ⟨|*m*|⟩ *L*^{1/8}"),
            series,
            guides: vec![Guide { vertical: true, at: 0.0, label: "*T*_{c}".to_owned() }],
            pulls: false,
        })],
        columns: 1,
        frames: None,
    })
}
