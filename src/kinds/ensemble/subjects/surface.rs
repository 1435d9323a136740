//! A continuous landscape, and the smoother one that is left when one of its coordinates is averaged over at a temperature.

use super::super::Ensemble;
use super::super::figures::{Curve, figure as framed, value};
use super::{nearest_to_one, one_model, stops};
use crate::exact::continuum::{Continuum, surface::Surface as Energy};
use crate::figure::{Chart, Figure, Frame, Frames, Guide, Heat, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::{Study, StudyPoint};
use crate::number;
use schemars::JsonSchema;
use serde::Serialize;

/// Most states of the slider.
const FRAMES: usize = 24;
/// Pixels along each axis of the map.
const MAP: usize = 91;
/// Places along each axis at which minima of the landscape itself are counted.
const GRID: usize = 601;
/// The most rows of the list of temperatures.
const ROWS: usize = 9;

/// What a continuous landscape tells.
#[derive(Debug, Serialize, JsonSchema)]
pub(in super::super) struct Surface {
    /// The function's name in the experiment's file, such as `rastrigin`.
    pub function: &'static str,
    /// Its dimensions, 1 or 2.
    pub dimensions: usize,
    /// The bowl and the ripples of `rastrigin`; empty for other functions, and where A = 0.
    pub ripples: Option<Ripples>,
    /// The lower end of the box, along each axis.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The lowest energy in the box.
    pub lowest: f64,
    /// The number of local minima of E itself inside the box, on a grid of 601 places an axis.
    pub minima: usize,
    /// The number of local minima of the lower envelope min_y E(x,y), inside the box.
    pub envelope_minima: usize,
    /// The temperatures, nine at most.
    pub rows: Vec<Smooth>,
    /// At the lowest temperature.
    pub cold: Smooth,
    /// At the temperature nearest to 1.
    pub unit: Smooth,
    /// At the highest temperature.
    pub hot: Smooth,
    /// The lowest temperature of the study from which on no more than one minimum is left; empty when there is none.
    pub single_from: Option<f64>,
    /// The smoothed landscape there.
    pub single: Option<Smooth>,
    /// The lowest temperature of the study from which on F bends upwards everywhere; empty when there is none.
    pub convex_from: Option<f64>,
    /// The highest temperature of the study with more than one minimum; empty when there is none.
    pub several_until: Option<f64>,
    /// The nodes along each axis of the finest rule that was used.
    pub nodes: f64,
    /// The largest change of ln Z when the nodes are doubled.
    pub remainder: f64,
}

/// A bowl ½ c r² with ripples A (1 − cos 2πu) along each of its axes u, which are turned.
#[derive(Debug, Serialize, JsonSchema)]
pub(in super::super) struct Ripples {
    /// The curvature c.
    pub curvature: f64,
    /// The amplitude A.
    pub amplitude: f64,
    /// The angle by which the ripples are turned, in degrees, from −180 to 180.
    pub angle: f64,
    /// Whether they lie along neither x nor y, so that E is no sum of a function of x and one of y.
    pub turned: bool,
}

fn ripples(energy: Energy) -> Option<Ripples> {
    let Energy::Rastrigin { curvature, amplitude, turn: (cosine, sine), .. } = energy else { return None };
    let angle = libm::atan2(sine, cosine).to_degrees();
    let turned = (sine * cosine).abs() > 1e-9;
    (amplitude > 0.0).then_some(Ripples { curvature, amplitude, angle, turned })
}

/// The smoothed landscape at one temperature.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(in super::super) struct Smooth {
    /// The temperature T.
    pub temperature: f64,
    /// The number of local minima of F(x) inside the box.
    pub minima: usize,
    /// The share of the box in which F bends downwards, so that it is not convex there.
    pub concave: f64,
    /// The place x of the lowest F.
    pub place: f64,
    /// The entropy of p(x,y), a density.
    pub entropy: Option<f64>,
    /// The mean energy.
    pub energy: Option<f64>,
}

fn smoothed(point: &StudyPoint<'_>) -> Option<(Vec<f64>, Vec<f64>)> {
    let table = point.analysis.table("smoothed")?;
    Some((table.numbers("x"), table.numbers("free_energy")))
}

/// Local minima inside a row of values; those that rounding alone makes do not count.
fn minima(values: &[f64]) -> usize {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let noise = 1e-11 * (high - low);
    let (mut count, mut falling) = (0, false);
    for pair in values.windows(2) {
        let step = pair[1] - pair[0];
        if step < -noise {
            falling = true;
        } else if step > noise {
            count += usize::from(falling);
            falling = false;
        }
    }
    count
}

fn smooth(point: &StudyPoint<'_>) -> Option<Smooth> {
    let (x, free) = smoothed(point)?;
    let place = (0..x.len()).min_by(|a, b| free[*a].total_cmp(&free[*b]))?;
    Some(Smooth {
        temperature: point.downcast::<Ensemble>().temperature,
        minima: minima(&free),
        concave: *point.analysis.table("convexity")?.numbers("concave_share").first()?,
        place: x[place],
        entropy: value(point, "entropy"),
        energy: value(point, "energy"),
    })
}

/// Local minima of E inside the box, on a grid: lower than all eight places around, or both in one dimension.
fn wells(continuum: &Continuum) -> usize {
    let step = (continuum.high - continuum.low) / (GRID - 1) as f64;
    let at = |k: usize| continuum.low + step * k as f64;
    if continuum.dimensions() == 1 {
        let values: Vec<f64> = (0..GRID).map(|k| continuum.surface.energy(at(k), 0.0)).collect();
        return minima(&values);
    }
    let row = |i: usize| -> Vec<f64> { (0..GRID).map(|j| continuum.surface.energy(at(i), at(j))).collect() };
    let mut rows = [row(0), row(1), row(2)];
    let mut count = 0;
    for i in 1..GRID - 1 {
        for j in 1..GRID - 1 {
            let here = rows[1][j];
            let around = rows.iter().flat_map(|row| &row[j - 1..=j + 1]);
            count += usize::from(around.filter(|other| **other <= here).count() == 1);
        }
        rows.rotate_left(1);
        if i + 2 < GRID {
            rows[2] = row(i + 2);
        }
    }
    count
}

/// The facts of a curve over the temperature; `None` for other models.
pub(in super::super) fn facts(study: &Study<'_>, curve: &Curve<'_>) -> Option<Surface> {
    let continuum =
        curve.points[0].1.downcast::<Ensemble>().model.continuum().filter(|_| one_model(study))?;
    let all: Vec<Smooth> = curve.points.iter().map(|(_, point)| smooth(point)).collect::<Option<_>>()?;
    let last = all.len() - 1;
    let single = (0..=last).rev().take_while(|place| all[*place].minima <= 1).last();
    let convex = (0..=last).rev().take_while(|place| all[*place].concave == 0.0).last();
    let shown = all.len().min(ROWS);
    let places =
        (0..shown).map(|row| if shown < 2 { 0 } else { (row * last + (shown - 1) / 2) / (shown - 1) });
    let checks = curve.points.iter().filter_map(|(_, point)| point.analysis.table("quadrature"));
    let checks: Vec<(f64, f64)> = checks
        .flat_map(|table| table.numbers("nodes").into_iter().zip(table.numbers("log_partition")))
        .collect();
    let envelope = continuum.smoothed(0.0);
    Some(Surface {
        function: continuum.surface.name(),
        dimensions: continuum.dimensions(),
        ripples: ripples(continuum.surface),
        low: continuum.low,
        high: continuum.high,
        lowest: continuum.lowest(),
        minima: wells(continuum),
        envelope_minima: minima(&envelope.free_energy),
        rows: places.map(|place| all[place].clone()).collect(),
        cold: all[0].clone(),
        unit: all[nearest_to_one(curve)?].clone(),
        hot: all[last].clone(),
        single_from: single.map(|place| all[place].temperature),
        single: single.map(|place| all[place].clone()),
        convex_from: convex.map(|place| all[place].temperature),
        several_until: all.iter().rev().find(|one| one.minima > 1).map(|one| one.temperature),
        nodes: checks.iter().map(|check| check.0).fold(0.0, f64::max),
        remainder: checks.iter().map(|check| check.1).fold(0.0, f64::max),
    })
}

/// The landscape as a map, and along x at a temperature that a slider sets.
pub(super) fn figures(study: &Study<'_>, curve: &Curve<'_>) -> Vec<Figure> {
    let Some(continuum) = curve.points[0].1.downcast::<Ensemble>().model.continuum() else {
        return Vec::new();
    };
    if !one_model(study) {
        return Vec::new();
    }
    if continuum.dimensions() == 1 {
        return vec![still(continuum)];
    }
    [along(continuum, curve), minima_figure(curve), Some(map(continuum))].into_iter().flatten().collect()
}

fn panel(series: Vec<Series>, x: Scale, y: Scale) -> Panel {
    Panel::Chart(Chart { title: String::new(), x, y, series, guides: Vec::new(), pulls: false })
}

/// F(x) less its least value, so that shapes can be compared: the constant depends on the unit of length.
fn shape(label: String, mark: Mark, role: Role, x: &[f64], free: &[f64]) -> Series {
    let least = free.iter().copied().fold(f64::INFINITY, f64::min);
    let points = x.iter().zip(free).map(|(x, free)| Point::new(*x, free - least)).collect();
    Series { label, mark, role, points }
}

fn along(continuum: &Continuum, curve: &Curve<'_>) -> Option<Figure> {
    let unit = nearest_to_one(curve)?;
    let curves: Vec<(Vec<f64>, Vec<f64>)> =
        curve.points.iter().map(|(_, point)| smoothed(point)).collect::<Option<_>>()?;
    let cold = continuum.smoothed(0.0);
    let envelope = || shape("*T* = 0".to_owned(), Mark::Dashed, Role::Muted, &cold.x, &cold.free_energy);
    let line = |place: usize, role: usize| {
        let label = format!("*T* = {}", number::plain(curve.points[place].0));
        shape(label, Mark::Line, Role::Data(role), &curves[place].0, &curves[place].1)
    };
    let (x, y) = (|| Scale::linear("*x*"), || Scale::linear("*F*(*x*) − min *F*"));
    let last = curve.points.len() - 1;
    // The coldest, the hottest, and one in the middle of their ratio: neighbours lie on each other.
    let temperature = |place: usize| curve.points[place].0;
    let middle = libm::sqrt(temperature(0).abs() * temperature(last).abs());
    let away = |place: &usize| (temperature(*place).abs() - middle).abs();
    let between = (0..=last).min_by(|a, b| away(a).total_cmp(&away(b)))?;
    let mut places = vec![0, between, last];
    places.dedup();
    let mut shown: Vec<Series> = places.iter().enumerate().map(|(role, place)| line(*place, role)).collect();
    shown.push(envelope());
    let stops = stops(curve.points.len(), FRAMES, unit);
    let frames = stops
        .iter()
        .map(|place| Frame {
            label: format!("*T* = {}", number::plain(curve.points[*place].0)),
            panels: vec![panel(vec![line(*place, 1), envelope()], x(), y())],
        })
        .collect();
    let caption = "The landscape along $x$ with $y$ averaged over, $F(x) = -T \\ln \\int e^{-E(x,y)/T}\\, \\mathrm dy$, each curve counted from its \
                   least value. The dashed line, $T = 0$, is the lower envelope $\\min_y E(x,y)$, with a kink wherever the best $y$ jumps. Exact, so without \
                   error bars. On screen a slider moves through the temperatures, beside the envelope."
        .to_owned();
    Some(Figure {
        frames: Some(Frames {
            control: "temperature *T*".to_owned(),
            frames,
            start: stops.iter().position(|place| *place == unit).unwrap_or(0),
        }),
        ..framed(
            "smoothed",
            "What heat makes of a rugged landscape",
            "",
            caption,
            vec![panel(shown, x(), y())],
            1,
        )
    })
}

fn minima_figure(curve: &Curve<'_>) -> Option<Figure> {
    let all: Vec<Smooth> = curve.points.iter().map(|(_, point)| smooth(point)).collect::<Option<_>>()?;
    let points = |value: fn(&Smooth) -> f64| -> Vec<Series> {
        let points = all.iter().map(|one| Point::new(one.temperature, value(one))).collect();
        vec![Series { label: String::new(), mark: Mark::Points, role: Role::Data(0), points }]
    };
    let chart = |title: &str, y: &str, series: Vec<Series>, guides: Vec<Guide>| {
        let (x, y) = (Scale::linear("temperature *T*"), Scale::linear(y));
        Panel::Chart(Chart { title: title.to_owned(), x, y, series, guides, pulls: false })
    };
    let one = Guide { vertical: false, at: 1.0, label: "one minimum".to_owned() };
    let caption = "First panel: how many local minima $F(x)$ has inside the box. Second: the share of the box in which $F$ bends downwards, \
                   $F'' < 0$; where that is 0 the landscape is convex."
        .to_owned();
    let panels = vec![
        chart("Minima", "local minima", points(|one| one.minima as f64), vec![one]),
        chart("Convexity", "share with *F*″ < 0", points(|one| one.concave), Vec::new()),
    ];
    Some(framed("smoothed-minima", "From many minima to one", "", caption, panels, 2))
}

/// The landscape alone: a map, or in one dimension its profile.
pub(in super::super) fn still(continuum: &Continuum) -> Figure {
    if continuum.dimensions() == 2 {
        return map(continuum);
    }
    let profile = continuum.smoothed(0.0);
    let points = profile.x.iter().zip(&profile.free_energy).map(|(x, energy)| Point::new(*x, *energy));
    let series =
        Series { label: String::new(), mark: Mark::Line, role: Role::Data(0), points: points.collect() };
    let chart = panel(vec![series], Scale::linear("*x*"), Scale::linear("*E*(*x*)"));
    framed("map", "The landscape", "", "The energy $E(x)$ in the box.".to_owned(), vec![chart], 1)
}

fn map(continuum: &Continuum) -> Figure {
    let step = (continuum.high - continuum.low) / MAP as f64;
    let centre = |k: usize| continuum.low + step * (k as f64 + 0.5);
    let values = (0..MAP)
        .flat_map(|row| (0..MAP).map(move |column| (centre(column), centre(MAP - 1 - row))))
        .map(|(x, y)| continuum.surface.energy(x, y))
        .collect();
    let axis = |name: &str| Scale { range: Some((continuum.low, continuum.high)), ..Scale::linear(name) };
    let heat = Panel::Heat(Heat {
        title: String::new(),
        x: axis("*x*"),
        // The first row is at the top, and y grows upwards.
        y: Scale { range: Some((continuum.high, continuum.low)), ..Scale::linear("*y*") },
        rows: MAP,
        columns: MAP,
        values,
        diverging: false,
        label: "*E*(*x*, *y*)".to_owned(),
    });
    framed("map", "The landscape", "", "The energy $E(x, y)$ in the box.".to_owned(), vec![heat], 1)
}

#[cfg(test)]
mod tests;
