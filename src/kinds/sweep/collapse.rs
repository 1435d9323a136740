//! Finite-size scaling: the order parameter of all sizes on one curve.

use super::chains;
use super::exponents::ScalingFacts;
use super::layout::Layout;
use super::magnets::magnets;
use crate::exact::critical::Critical;
use crate::figure::{Chart, Figure, Guide, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::Study;
use crate::number;

/// What the axes are scaled with.
struct Powers {
    critical: f64,
    beta_over_nu: f64,
    nu: f64,
    /// The powers of L in the axes' labels, in figure markup and in LaTeX.
    labels: [String; 2],
    /// Where they come from.
    words: String,
}

impl Powers {
    /// The known ones, or those of the fit.
    fn of(scaling: Option<&ScalingFacts>, known: Option<Critical>) -> Option<Self> {
        if let Some(Critical { temperature, exponents: Some(exponents), .. }) = known {
            let (nu, beta) = (exponents.nu, exponents.beta_over_nu);
            let thermal = match nu.1.split_once('/') {
                _ if nu.0 == 1.0 => String::new(),
                Some((above, below)) => format!("^{{{below}/{above}}}"),
                None => format!("^{{1/{}}}", nu.1),
            };
            let words = if nu.0 == 1.0 {
                "The powers of $L$ hold two exponents of the infinite lattice, Yang's $1/8$ of the magnetisation and Onsager's $1$ of the \
                 correlation length: nothing is fitted."
                    .to_owned()
            } else {
                format!(
                    "The powers of $L$ hold the known exponents $\\beta/\\nu = {}$ of the order parameter and $\\nu = {}$ of the correlation \
                     length: nothing is fitted.",
                    beta.1, nu.1
                )
            };
            let labels = [format!("^{{{}}}", beta.1), thermal];
            return Some(Self { critical: temperature, beta_over_nu: beta.0, nu: nu.0, labels, words });
        }
        let fit = scaling?.fit.as_ref()?;
        let known = known.map(|known| known.temperature);
        let (critical, beta, nu) = (known.or(fit.critical.value)?, fit.beta_over_nu.value?, fit.nu.value?);
        let words = format!(
            "The powers of $L$ hold the fitted exponents $\\beta/\\nu = {}$ and $\\nu = {}${}.",
            number::significant(beta, 3),
            number::significant(nu, 3),
            if known.is_none() { ", and $T_c$ is fitted too" } else { "" }
        );
        let labels = ["^{*β*/*ν*}".to_owned(), "^{1/*ν*}".to_owned()];
        Some(Self { critical, beta_over_nu: beta, nu, labels, words })
    }

    /// The same label in LaTeX.
    fn tex(&self, at: usize) -> String {
        self.labels[at].replace("*β*/*ν*", "\\beta/\\nu").replace("*ν*", "\\nu")
    }
}

/// |m| L^{β/ν} against t L^{1/ν} with t = (T − T_c)/T_c, for a uniform ferromagnet of at least two sizes along the
/// temperature; over the x that the smallest lattice spans. `None` for anything else.
pub(super) fn figure(
    study: &Study<'_>,
    layout: &Layout<'_>,
    scaling: Option<&ScalingFacts>,
) -> Option<Figure> {
    let magnets = magnets(layout)?;
    let powers = Powers::of(scaling, magnets[0].known)?;
    let critical = powers.critical;
    let sides: Vec<f64> = magnets.iter().map(|magnet| magnet.side).collect();
    let smallest = sides.iter().copied().fold(f64::INFINITY, f64::min);
    let scaled =
        |side: f64, temperature: f64| (temperature - critical) / critical * libm::pow(side, 1.0 / powers.nu);
    let mut reach: Option<(f64, f64)> = None;
    let mut series = Vec::new();
    for (index, (curve, side)) in layout.curves.iter().zip(&sides).enumerate() {
        let factor = libm::pow(*side, powers.beta_over_nu);
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
        ..Scale::linear(format!("scaled temperature (*T* − *T*_{{c}}) *L*{} / *T*_{{c}}", powers.labels[1]))
    };
    Some(Figure {
        id: "collapse".to_owned(),
        title: "All sizes on one curve".to_owned(),
        subtitle: chains::updates(study),
        caption: format!(
            "Finite-size scaling: $\\langle \\lvert m \\rvert \\rangle L{}$ against $(T - T_c)\\,L{}/T_c$ with {}$T_c = {}$. {} Near the critical point the \
             sizes should fall on one curve; what separates them is corrections to scaling, largest for small $L$ and far from $0$. The axis spans what \
             the smallest lattice covers. Bars are one standard error $\\sigma$.{}",
            powers.tex(0),
            powers.tex(1),
            if layout.curves.iter().all(|curve| curve.square().is_some()) { "Onsager's " } else { "" },
            number::significant(critical, 5),
            powers.words,
            chains::provenance(study)
        ),
        panels: vec![Panel::Chart(Chart {
            title: String::new(),
            x,
            y: Scale::linear(format!("scaled magnetisation ⟨|*m*|⟩ *L*{}", powers.labels[0])),
            series,
            guides: vec![Guide { vertical: true, at: 0.0, label: "*T*_{c}".to_owned() }],
            pulls: false,
        })],
        columns: 1,
        frames: None,
    })
}
