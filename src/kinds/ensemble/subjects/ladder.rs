//! Energy fluctuation against size: σ_E/|U| and the specific heat on a ladder of sizes at each temperature.

use super::super::Ensemble;
use super::super::figures::{Units, value};
use super::{at, chart, exact, law, series, slope};
use crate::figure::{Figure, Mark, Point, Role, Scale};
use crate::kind::{Study, StudyPoint};
use schemars::JsonSchema;
use serde::Serialize;
use std::f64::consts::{LN_2, PI};

/// The most rows of the table of temperatures.
const ROWS: usize = 9;
/// How far a slope may be from −1/2 to be called that.
const HALF: f64 = 0.005;
/// A specific heat that changes by less than this share between the two largest sizes has settled.
const SETTLED: f64 = 1e-3;
/// T_c/J = 2/ln(1 + √2) of the square lattice.
const CRITICAL_TEMPERATURE: f64 = 2.269_185_314_213_022;
/// Two increments per doubling that differ by less than this share are called equal.
const EQUAL: f64 = 0.05;

/// The points of one temperature in order of their number of sites.
struct Ladder<'a> {
    temperature: f64,
    points: Vec<(f64, &'a StudyPoint<'a>)>,
}

impl Ladder<'_> {
    /// N and the value of a quantity, where it is above 0.
    fn positive(&self, name: &str) -> Vec<(f64, f64)> {
        let values = self.points.iter().filter_map(|(sites, point)| Some((*sites, value(point, name)?)));
        values.filter(|(_, value)| *value > 0.0).collect()
    }

    fn curve(&self, name: &str) -> Vec<Point> {
        self.positive(name).into_iter().map(|(sites, value)| Point::new(sites, value)).collect()
    }
}

/// One ladder per temperature, in order; empty unless sizes alone tell the points of one temperature apart, two at least.
fn ladders<'a>(study: &'a Study<'a>) -> Vec<Ladder<'a>> {
    let mut ladders: Vec<Ladder<'_>> = Vec::new();
    if study.axes.iter().filter(|axis| axis.path != "temperature").count() != 1 {
        return Vec::new();
    }
    for point in study.points {
        let ensemble = point.downcast::<Ensemble>();
        let Some(sites) = ensemble.model.sites().filter(|sites| *sites > 0) else { return Vec::new() };
        let rung = (sites as f64, point);
        match ladders.iter_mut().find(|ladder| ladder.temperature == ensemble.temperature) {
            Some(ladder) => ladder.points.push(rung),
            None => ladders.push(Ladder { temperature: ensemble.temperature, points: vec![rung] }),
        }
    }
    for ladder in &mut ladders {
        ladder.points.sort_by(|a, b| a.0.total_cmp(&b.0));
        if ladder.points.len() < 2 || ladder.points.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Vec::new();
        }
    }
    ladders.retain(|ladder| ladder.temperature > 0.0);
    ladders.sort_by(|a, b| a.temperature.total_cmp(&b.temperature));
    ladders
}

/// The facts of a study of one model in several sizes.
#[derive(Debug, Serialize, JsonSchema)]
pub(in super::super) struct Fluctuations {
    /// The smallest number N of sites.
    pub least_sites: f64,
    /// The largest number N of sites.
    pub most_sites: f64,
    /// The temperatures in order, nine at most.
    pub rows: Vec<Fluctuation>,
    /// The temperature at which σ_E/|U| follows N^{−1/2} best.
    pub regular: Fluctuation,
    /// The temperature at which it follows it worst.
    pub odd: Fluctuation,
    /// The largest difference of T_eff from T, relative to T, over all points; empty where none has one.
    pub thermometer: Option<f64>,
}

/// How the energy fluctuates at one temperature, between the two largest sizes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(in super::super) struct Fluctuation {
    /// The temperature T.
    pub temperature: f64,
    /// The last but largest number of sites.
    pub from: f64,
    /// The largest.
    pub to: f64,
    /// σ_E/|U| at the smallest size.
    pub first: f64,
    /// σ_E/|U| at the largest.
    pub relative: f64,
    /// The logarithmic slope of σ_E/|U| against N between `from` and `to`.
    pub slope: f64,
    /// Whether that is −1/2, to 0.005.
    pub half: bool,
    /// √N σ_E/|U| at the largest size.
    pub amplitude: f64,
    /// The number of sites at which that amplitude gives σ_E/|U| = 10^{−6}.
    pub sites_for_a_millionth: f64,
    /// σ_E²/(N T²), the specific heat, at `from`.
    pub capacity_from: f64,
    /// The same at `to`.
    pub capacity_to: f64,
    /// Whether the two agree to a thousandth.
    pub settled: bool,
    /// How much it grew per doubling of √N in the last but one step and in the last; empty with fewer than three sizes.
    pub increments: Option<[f64; 2]>,
    /// What Onsager's logarithm adds to it as √N doubles, 8 K_c² ln 2/π; empty but at T_c of a square lattice of couplings J.
    pub onsager: Option<f64>,
    /// Whether the specific heat grows by equal amounts, to 5 %, as √N doubles: as a logarithm of the size.
    pub logarithmic: bool,
    /// σ_E/|U| of 2N bonds that know nothing of each other, 1/(√2N sinh βJ); empty but for a square lattice of couplings J.
    pub independent: Option<f64>,
    /// σ_E/|U| relative to that.
    pub against_independent: Option<f64>,
    /// σ_E at the largest size.
    pub deviation: f64,
    /// The response ∂U/∂T = σ_E²/T_eff² there, by differences; empty where T_eff is.
    pub response: Option<f64>,
    /// T_eff there; empty where the response is lost in rounding.
    pub effective: Option<f64>,
}

fn fluctuation(ladder: &Ladder<'_>) -> Option<Fluctuation> {
    let (relative, capacity) = (ladder.positive("relative_fluctuation"), ladder.positive("specific_heat"));
    let [.., before, last] = relative[..] else { return None };
    let [.., capacity_before, capacity_last] = capacity[..] else { return None };
    let growth = |pair: &[(f64, f64)]| (pair[1].1 - pair[0].1) / (0.5 * libm::log2(pair[1].0 / pair[0].0));
    let increments = match &capacity[..] {
        [.., one, two, three] => Some([growth(&[*one, *two]), growth(&[*two, *three])]),
        _ => None,
    };
    let settled = (capacity_last.1 / capacity_before.1 - 1.0).abs() < SETTLED;
    let (_, largest) = ladder.points.last()?;
    let lattice = largest.downcast::<Ensemble>().model.square_lattice();
    let coupling = lattice.map_or(f64::NAN, |lattice| lattice.coupling.abs());
    let critical = (ladder.temperature / (CRITICAL_TEMPERATURE * coupling) - 1.0).abs() < 1e-9;
    let critical_coupling = 1.0 / CRITICAL_TEMPERATURE;
    let independent = lattice.filter(|lattice| lattice.coupling != 0.0).map(|lattice| {
        1.0 / (libm::sqrt(2.0 * last.0) * libm::sinh(lattice.coupling.abs() / ladder.temperature))
    });
    let amplitude = last.1 * libm::sqrt(last.0);
    let slope = slope(before, last)?;
    let deviation = value(largest, "energy_fluctuation")?;
    let effective = value(largest, "effective_temperature");
    Some(Fluctuation {
        temperature: ladder.temperature,
        from: before.0,
        to: last.0,
        first: relative[0].1,
        relative: last.1,
        slope,
        half: (slope + 0.5).abs() < HALF,
        amplitude,
        sites_for_a_millionth: amplitude * amplitude * 1e12,
        capacity_from: capacity_before.1,
        capacity_to: capacity_last.1,
        settled,
        increments,
        onsager: critical.then_some(8.0 / PI * critical_coupling * critical_coupling * LN_2),
        logarithmic: !settled
            && increments.is_some_and(|[one, two]| one > 0.0 && (two / one - 1.0).abs() < EQUAL),
        independent,
        against_independent: independent.map(|independent| last.1 / independent),
        deviation,
        response: effective.map(|effective| (deviation / effective) * (deviation / effective)),
        effective,
    })
}

/// The facts; `None` when the study has no ladder of sizes.
pub(in super::super) fn facts(study: &Study<'_>) -> Option<Fluctuations> {
    let ladders = ladders(study);
    let all: Vec<Fluctuation> = ladders.iter().filter_map(fluctuation).collect();
    let from_half = |one: &&Fluctuation| (one.slope + 0.5).abs();
    let by_half = |a: &&Fluctuation, b: &&Fluctuation| from_half(a).total_cmp(&from_half(b));
    let sites = |of: fn(f64, f64) -> f64| {
        ladders.iter().flat_map(|ladder| &ladder.points).map(|(sites, _)| *sites).reduce(of)
    };
    let errors = ladders.iter().flat_map(|ladder| {
        let effective = ladder.points.iter().filter_map(|(_, point)| value(point, "effective_temperature"));
        effective.map(|effective| (effective / ladder.temperature - 1.0).abs())
    });
    Some(Fluctuations {
        least_sites: sites(f64::min)?,
        most_sites: sites(f64::max)?,
        regular: all.iter().min_by(by_half)?.clone(),
        odd: all.iter().max_by(by_half)?.clone(),
        thermometer: errors.reduce(f64::max),
        rows: all.iter().step_by(all.len().div_ceil(ROWS).max(1)).cloned().collect(),
    })
}

/// The figures; none when the study has no ladder of sizes.
pub(super) fn figures(study: &Study<'_>, _units: Units) -> Vec<Figure> {
    let ladders = ladders(study);
    let Some(found) = facts(study) else { return Vec::new() };
    let sites = || Scale::log("number of sites *N*");
    let lines = |name: &str| {
        let line = |(index, ladder): (usize, &Ladder<'_>)| {
            series(at(ladder.temperature), Mark::Points, Role::Data(index), ladder.curve(name))
        };
        ladders.iter().enumerate().map(line).collect::<Vec<_>>()
    };
    let mut relative = Vec::new();
    let regular = ladders.iter().find(|ladder| ladder.temperature == found.regular.temperature);
    relative
        .extend(regular.and_then(|ladder| law("∝ *N*^{−1/2}", &ladder.curve("relative_fluctuation"), -0.5)));
    relative.extend(lines("relative_fluctuation"));
    let caption = "First panel: the standard deviation of the energy as a share of the mean energy, against the number $N$ of sites; dashed, the law \
                   $N^{-1/2}$ of independent units, through the last point of the temperature that follows it best. Second: the specific heat \
                   $c = \\sigma_E^2/(N T^2)$, which is constant in $N$ where that law holds."
        .to_owned();
    let panels = vec![
        chart("Relative fluctuation", sites(), Scale::log("*σ*_{E} / |*U*|"), relative),
        chart("Fluctuation per site", sites(), Scale::linear("*c* / *k*_{B}"), lines("specific_heat")),
    ];
    vec![exact("ladder", "Fluctuations shrink beside their mean", caption, panels)]
}
