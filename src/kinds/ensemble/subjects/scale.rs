//! From a handful of spins to very many: what a Curie–Weiss magnet of N spins lacks of the thermodynamic limit.

use super::super::Ensemble;
use super::super::figures::{Units, figure, value};
use super::{at, chart, exact, law, series, slope};
use crate::exact::mean_field::CurieWeiss;
use crate::figure::{Chart, Figure, Frame, Frames, Mark, Panel, Point, Role, Scale};
use crate::kind::{Study, StudyPoint};
use crate::number;
use schemars::JsonSchema;
use serde::Serialize;

/// An energy is near its mean when it differs by less than this share of it.
const NEAR: f64 = 0.01;
/// The most rows of a table.
const ROWS: usize = 12;
/// Sizes of the static figure of distributions.
const SHOWN: usize = 4;
/// Points of one peak, and down to which ln of its height it is drawn.
const POINTS: i64 = 80;
const DEPTH: f64 = 14.0;
/// Avogadro's number, the number of units in a mole (exact since 2019).
const MOLE: f64 = 6.022_140_76e23;
/// How near a slope must be to −1/2 to be continued as that.
const HALF: f64 = 0.005;
/// How near T must be to J to count as critical.
const CRITICAL: f64 = 1e-9;

/// A magnet of one size at one temperature.
struct Rung<'a> {
    model: CurieWeiss,
    point: &'a StudyPoint<'a>,
}

/// The sizes at one temperature, in order.
struct Group<'a> {
    temperature: f64,
    rungs: Vec<Rung<'a>>,
}

/// The groups in order of the temperature; empty unless the study is of Curie–Weiss magnets with one J > 0 and h, each
/// temperature with three sizes at least.
fn groups<'a>(study: &'a Study<'a>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for point in study.points {
        let ensemble = point.downcast::<Ensemble>();
        let Some(model) = ensemble.model.curie_weiss() else { return Vec::new() };
        let rung = Rung { model, point };
        match groups.iter_mut().find(|group| group.temperature == ensemble.temperature) {
            Some(group) => group.rungs.push(rung),
            None => groups.push(Group { temperature: ensemble.temperature, rungs: vec![rung] }),
        }
    }
    let Some(first) = groups.first().map(|group| group.rungs[0].model) else { return Vec::new() };
    let alike = |rung: &Rung<'_>| CurieWeiss { spins: first.spins, ..rung.model } == first;
    for group in &mut groups {
        group.rungs.sort_by_key(|rung| rung.model.spins);
        let distinct = group.rungs.windows(2).all(|pair| pair[0].model.spins < pair[1].model.spins);
        if !distinct || group.rungs.len() < 3 || !group.rungs.iter().all(alike) || first.coupling <= 0.0 {
            return Vec::new();
        }
    }
    groups.retain(|group| group.temperature > 0.0);
    groups.sort_by(|a, b| a.temperature.total_cmp(&b.temperature));
    groups
}

/// The facts of magnets of growing size.
#[derive(Debug, Serialize, JsonSchema)]
pub(in super::super) struct Sizes {
    /// The coupling J, the critical temperature of an infinite magnet.
    pub coupling: f64,
    /// The field h.
    pub field: f64,
    /// The temperatures in order.
    pub groups: Vec<Sized>,
    /// The lowest temperature, if it is below J and there is no field: the ordered magnet.
    pub ordered: Option<Sized>,
    /// The temperature J, if it is among them and there is no field: the critical magnet.
    pub critical: Option<Sized>,
    /// Avogadro's number, 6.02214076 × 10^23.
    pub mole: f64,
}

/// One temperature.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(in super::super) struct Sized {
    /// The temperature T.
    pub temperature: f64,
    /// The smallest magnet.
    pub first: Size,
    /// The largest magnet.
    pub last: Size,
    /// The sizes in order, twelve at most.
    pub rows: Vec<Size>,
    /// The smallest size that is found within 1 % of its mean energy with probability 0.99; empty where none is.
    pub reliable: Option<u64>,
    /// Logarithmic slopes against N between the last two sizes.
    pub slopes: Slopes,
    /// The relative fluctuation continued as N^{−1/2} to a mole of spins; empty unless its slope is that, to 0.005.
    pub mole: Option<f64>,
    /// |m| of infinitely many spins at this temperature.
    pub infinite: f64,
}

/// One size.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(in super::super) struct Size {
    /// The number N of spins.
    pub spins: u64,
    /// σ_E/|U|; empty where U = 0.
    pub relative: Option<f64>,
    /// The probability that the energy is within 1 % of its mean.
    pub near: f64,
    /// The probability of the likeliest magnetisation (of one of two, where m and −m are alike).
    pub likeliest: f64,
    /// (ln Z − ln of its largest term)/N: what F/NT misses when that term is taken for the sum.
    pub missed: f64,
    /// The most that it can be, ln(N + 1)/N.
    pub bound: f64,
    /// The mean ⟨|m|⟩.
    pub magnetization: f64,
}

/// Logarithmic slopes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(in super::super) struct Slopes {
    /// The smaller N.
    pub from: u64,
    /// The larger N.
    pub to: u64,
    /// Of σ_E/|U|; empty where that has no value.
    pub relative: Option<f64>,
    /// Of the probability of the likeliest magnetisation.
    pub likeliest: Option<f64>,
    /// Of ⟨|m|⟩.
    pub magnetization: Option<f64>,
}

fn size(temperature: f64, rung: &Rung<'_>) -> Option<Size> {
    let get = |name: &str| value(rung.point, name);
    let energy = get("energy")?;
    let shares = rung.model.shares(temperature, energy, NEAR * energy.abs());
    let missed = -libm::log(shares.likeliest) / rung.model.spins as f64;
    Some(Size {
        spins: rung.model.spins,
        relative: get("relative_fluctuation"),
        near: shares.near,
        likeliest: shares.likeliest,
        missed,
        bound: libm::log1p(rung.model.spins as f64) / rung.model.spins as f64,
        magnetization: get("magnetization")?,
    })
}

fn sized(group: &Group<'_>) -> Option<Sized> {
    let all: Vec<Size> = group.rungs.iter().filter_map(|rung| size(group.temperature, rung)).collect();
    let [first, .., before, last] = &all[..] else { return None };
    let between = |of: fn(&Size) -> Option<f64>| {
        slope((before.spins as f64, of(before)?), (last.spins as f64, of(last)?))
    };
    let relative = between(|size| size.relative);
    let mole = last.relative.filter(|_| relative.is_some_and(|slope| (slope + 0.5).abs() < HALF));
    let mole = mole.map(|value| value * libm::sqrt(last.spins as f64 / MOLE));
    Some(Sized {
        temperature: group.temperature,
        first: first.clone(),
        last: last.clone(),
        reliable: all.iter().find(|size| size.near >= 0.99).map(|size| size.spins),
        slopes: Slopes {
            from: before.spins,
            to: last.spins,
            relative,
            likeliest: between(|size| Some(size.likeliest)),
            magnetization: between(|size| Some(size.magnetization)),
        },
        mole,
        infinite: group.rungs.last()?.model.self_consistent(group.temperature),
        rows: all.iter().rev().step_by(all.len().div_ceil(ROWS)).rev().cloned().collect(),
    })
}

/// The facts; `None` when the study is about something else.
pub(in super::super) fn facts(study: &Study<'_>) -> Option<Sizes> {
    let groups = groups(study);
    let CurieWeiss { coupling, field, .. } = groups.first()?.rungs[0].model;
    let all: Vec<Sized> = groups.iter().filter_map(sized).collect();
    let free = field == 0.0;
    let critical = |one: &&Sized| (one.temperature / coupling - 1.0).abs() <= CRITICAL;
    Some(Sizes {
        coupling,
        field,
        ordered: all.first().filter(|one| free && one.temperature < coupling && !critical(one)).cloned(),
        critical: all.iter().find(critical).filter(|_| free).cloned(),
        groups: (!all.is_empty()).then_some(all)?,
        mole: MOLE,
    })
}

/// The figures; none when the study is about something else.
pub(super) fn figures(study: &Study<'_>, _units: Units) -> Vec<Figure> {
    let groups = groups(study);
    let Some(found) = facts(study) else { return Vec::new() };
    vec![degrees(&found), distributions(&groups), largest_term(&found)]
}

/// One line for each temperature over the number of spins, and dashed powers of N through the last points of some.
fn panel(
    found: &Sizes,
    title: &str,
    y: &str,
    of: fn(&Size) -> Option<f64>,
    laws: &[(Option<&Sized>, &str, f64)],
) -> Chart {
    let curve = |one: &Sized| -> Vec<Point> {
        let points = one.rows.iter().filter_map(|size| Some(Point::new(size.spins as f64, of(size)?)));
        points.filter(|point| point.y > 0.0).collect()
    };
    let dashed = laws.iter().filter_map(|(one, label, slope)| law(label, &curve((*one)?), *slope));
    let line = |(index, one): (usize, &Sized)| {
        series(at(one.temperature), Mark::Points, Role::Data(index), curve(one))
    };
    let all = dashed.chain(found.groups.iter().enumerate().map(line)).collect();
    chart(title, Scale::log("number of spins *N*"), Scale::log(y), all)
}

/// What a caption says of the dashed lines, if there are any.
fn dashed(laws: &[(Option<&Sized>, &str, f64)]) -> &'static str {
    let any = laws.iter().any(|(one, ..)| one.is_some());
    if any { " Dashed: powers of $N$ through the last point." } else { "" }
}

/// The relative fluctuation and ⟨|m|⟩.
fn degrees(found: &Sizes) -> Figure {
    let (ordered, critical) = (found.ordered.as_ref(), found.critical.as_ref());
    let half = [(ordered, "∝ *N*^{−1/2}", -0.5)];
    let quarter = [(critical, "∝ *N*^{−1/4}", -0.25)];
    let caption = "Against the number of spins. First panel: the standard deviation of the energy as a share of its mean. Second: the mean size of \
                   the magnetisation per spin."
        .to_owned()
        + dashed(&[half, quarter].concat());
    let panels = vec![
        panel(found, "Energy fluctuation", "*σ*_{E} / |*U*|", |size| size.relative, &half),
        panel(found, "Order", "⟨|*m*|⟩", |size| Some(size.magnetization), &quarter),
    ];
    exact("sizes", "Sharp only when many", caption, panels)
}

/// The probability of the likeliest magnetisation, and what ln Z loses when that is taken for all.
fn largest_term(found: &Sizes) -> Figure {
    let (ordered, critical) = (found.ordered.as_ref(), found.critical.as_ref());
    let laws = [(ordered, "∝ *N*^{−1/2}", -0.5), (critical, "∝ *N*^{−3/4}", -0.75)];
    let caption = "First panel: the probability of the likeliest magnetisation (of one of the two, where $m$ and $-m$ are alike). Second: what $\\ln Z$ per \
                   spin loses when its largest term, $w_{\\max}$, is taken for the whole sum."
        .to_owned()
        + dashed(&laws);
    let missed = "(ln *Z* − ln *w*_{max}) / *N*";
    let panels = vec![
        panel(found, "Share of the largest term", "*P*_{max}", |size| Some(size.likeliest), &laws),
        panel(found, "What it misses of ln *Z*", missed, |size| Some(size.missed), &[]),
    ];
    exact("largest-term", "Unlikely, and yet enough", caption, panels)
}

/// P(m) over its largest value.
fn profile(model: &CurieWeiss, temperature: f64) -> Vec<Point> {
    let spins = model.spins as i64;
    let log = |m: i64| -model.free_energy(m, temperature) / temperature;
    let mode = model.likeliest(temperature);
    let top = log(mode);
    let point = |m: i64| Point::new(m as f64 / spins as f64, libm::exp(log(m) - top));
    if spins <= 4 * POINTS {
        return (0..=spins).map(|up| point(2 * up - spins)).collect();
    }
    // The last M from the mode in each direction above the depth: the weight falls on both sides, up to ±N and down to 0.
    let parity = spins % 2;
    let edge = |end: i64| {
        let (mut inside, mut outside) = (mode, end);
        while (outside - inside).abs() > 2 {
            let middle = inside + (outside - inside) / 4 * 2;
            if log(middle) - top > -DEPTH { inside = middle } else { outside = middle }
        }
        outside
    };
    let sign = if mode < 0 { -1 } else { 1 };
    let (inner, outer) = (edge(sign * parity), edge(sign * spins));
    let across = |k: i64| inner + (outer - inner) / 2 * k / POINTS * 2;
    let mut all: Vec<i64> = (0..=POINTS).flat_map(|k| [across(k), -across(k)]).collect();
    all.extend([mode, -mode, spins, -spins, parity, -parity]);
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(point).collect()
}

fn distributions(groups: &[Group<'_>]) -> Figure {
    let count = groups.iter().map(|group| group.rungs.len()).min().unwrap_or(0);
    let named = |index: usize| {
        let spins = groups.first().map_or(0, |group| group.rungs[index].model.spins);
        format!("*N* = {}", number::plain(spins as f64))
    };
    let panel = |group: &Group<'_>, wanted: &[usize]| -> Chart {
        let line = |(role, index): (usize, &usize)| {
            let label = if wanted.len() > 1 { named(*index) } else { String::new() };
            let mark = if wanted.len() > 1 { Mark::Line } else { Mark::Steps };
            series(label, mark, Role::Data(role), profile(&group.rungs[*index].model, group.temperature))
        };
        let x = Scale { range: Some((-1.0, 1.0)), ..Scale::linear("magnetisation per spin *m*") };
        let y = Scale { range: Some((0.0, 1.05)), ..Scale::linear("*P*(*m*) / max *P*") };
        chart(at(group.temperature), x, y, wanted.iter().enumerate().map(line).collect())
    };
    // From the smallest size on, a few that still show a width.
    let shown: Vec<usize> = (0..count.min(2 * SHOWN - 1)).step_by(2).collect();
    let panels = |wanted: &[usize]| -> Vec<Panel> {
        groups.iter().take(3).map(|group| Panel::Chart(panel(group, wanted))).collect()
    };
    let caption = "The probability of each magnetisation per spin, as a share of that of the likeliest. Print shows a few sizes; on screen a slider \
                   moves through all of them. Exact, so without error bars.";
    Figure {
        frames: Some(Frames {
            control: "spins *N*".to_owned(),
            frames: (0..count).map(|k| Frame { label: named(k), panels: panels(&[k]) }).collect(),
            start: shown.last().copied().unwrap_or(0),
        }),
        ..figure(
            "sharpening",
            "The distribution sharpens",
            "",
            caption.to_owned(),
            panels(&shown),
            groups.len().clamp(1, 3),
        )
    }
}
