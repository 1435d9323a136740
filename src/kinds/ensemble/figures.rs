//! The figures of an ensemble: populations, the balance of energy and entropy, and what ln Z generates.

use super::{Ensemble, explore, machine, subjects};
use crate::axis::Axis;
use crate::figure::{Chart, Figure, Guide, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::{Study, StudyPoint};
use crate::models::Model;
use crate::number;
use crate::quantity::declared;
use crate::record::{Cell, Table};

/// The most levels whose populations are drawn as curves.
const FEW: usize = 8;
/// The most populations that are drawn as named bars.
const BARS: usize = 24;

/// What captions say of errors.
const EXACT: &str = " Exact, so without error bars.";

/// Points that differ along the horizontal axis alone, in its order.
pub(super) struct Curve<'a> {
    /// What tells it from the other curves, in label markup; empty when there is one.
    pub(super) label: String,
    pub(super) points: Vec<(f64, &'a StudyPoint<'a>)>,
}

/// The axis along which curves run: the temperature if swept, else the first axis of numbers; `None` for neither.
pub(super) fn horizontal(study: &Study<'_>) -> Option<usize> {
    let numeric = |index: &usize| study.axes[*index].values.iter().all(|value| value.number().is_some());
    let by_name = study.axes.iter().position(|axis| axis.path == "temperature");
    by_name.or_else(|| (0..study.axes.len()).find(numeric))
}

/// The points as curves along the axis number `along`.
pub(super) fn curves<'a>(study: &Study<'a>, along: usize) -> Vec<Curve<'a>> {
    let mut curves: Vec<Curve<'a>> = Vec::new();
    for point in study.points {
        let Some(x) = point.coordinates[along].number() else { continue };
        let others =
            study.axes.iter().zip(point.coordinates).enumerate().filter(|(index, _)| *index != along);
        let names: Vec<String> = others.map(|(_, (axis, value))| axis.named(value)).collect();
        let label = names.join(", ");
        match curves.iter_mut().find(|curve| curve.label == label) {
            Some(curve) => curve.points.push((x, point)),
            None => curves.push(Curve { label, points: vec![(x, point)] }),
        }
    }
    for curve in &mut curves {
        curve.points.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    curves
}

/// The value of a quantity at a point.
pub(super) fn value(point: &StudyPoint<'_>, name: &str) -> Option<f64> {
    point.analysis.get(name).and_then(|estimate| estimate.value)
}

fn series(label: &str, role: Role, points: Vec<Point>) -> Series {
    // Exact values of a smooth function: a line where it is sampled densely, marks where it is not, and where T = 0 lies
    // between them, which no function of T is smooth at.
    let both = points.iter().any(|point| point.x < 0.0) && points.iter().any(|point| point.x > 0.0);
    let mark = if points.len() >= 12 && !both { Mark::Line } else { Mark::Points };
    Series { label: label.to_owned(), mark, role, points }
}

fn chart(title: &str, x: &str, y: impl Into<String>, series: Vec<Series>) -> Panel {
    Panel::Chart(Chart {
        title: title.to_owned(),
        x: Scale::linear(x),
        y: Scale::linear(y),
        series,
        guides: Vec::<Guide>::new(),
        pulls: false,
    })
}

/// In what energies and temperatures are measured.
#[derive(Debug, Clone, Copy)]
pub(super) enum Units {
    /// A coupling J.
    Coupling,
    /// Whatever the file's numbers mean.
    None,
}

impl Units {
    /// Those of a model: J where that is the file's unit of energy, the coupling being 1.
    pub(super) fn of(model: &dyn Model) -> Self {
        let coupled =
            ["ising", "potts", "blume_capel", "clock", "curie_weiss", "chain"].contains(&model.name());
        let coupling = &model.identity()[model.name()]["coupling"];
        match coupled && coupling.as_f64() == Some(1.0) {
            true => Self::Coupling,
            false => Self::None,
        }
    }

    pub(super) fn energy(self) -> &'static str {
        match self {
            Self::Coupling => " / *J*",
            Self::None => "",
        }
    }

    fn temperature(self) -> String {
        format!("temperature *T*{}", self.energy())
    }
}

/// One curve per group of points for the quantity `name`, over `x`.
fn quantity_panel(units: Units, title: &str, curves: &[Curve<'_>], x: &str, name: &str) -> Panel {
    let quantity = declared(name);
    let unit = match quantity.unit {
        "" => String::new(),
        "J" => units.energy().to_owned(),
        "k_B" => " / *k*_{B}".to_owned(),
        unit => format!(" / *{unit}*"),
    };
    let lines = curves.iter().enumerate().map(|(index, curve)| {
        let points = curve.points.iter().filter_map(|(x, point)| Some(Point::new(*x, value(point, name)?)));
        series(&curve.label, Role::Data(index), points.collect())
    });
    chart(title, x, format!("{}{unit}", quantity.label), lines.collect())
}

pub(super) fn figure(
    id: &str,
    title: &str,
    subtitle: &str,
    caption: String,
    panels: Vec<Panel>,
    columns: usize,
) -> Figure {
    Figure {
        id: id.to_owned(),
        title: title.to_owned(),
        subtitle: subtitle.to_owned(),
        caption,
        panels,
        columns,
        frames: None,
    }
}

/// All figures, the hero first.
pub(super) fn figures(study: &Study<'_>) -> Vec<Figure> {
    let Some(first) = study.points.first() else { return Vec::new() };
    let model = &first.downcast::<Ensemble>().model;
    let method = first
        .downcast::<Ensemble>()
        .solver()
        .map(|exact| format!("exact: {}", exact.method()))
        .unwrap_or_default();
    let units = Units::of(&**model);
    let Some(along) = horizontal(study) else {
        if let Some(continuum) = model.continuum() {
            return vec![subjects::surface::still(continuum)];
        }
        return vec![bars(units, study.points, &method)];
    };
    let curves = curves(study, along);
    if study.axes[along].path != "temperature" {
        return other_axis(units, &study.axes[along], &curves, &method);
    }
    let heat = || quantity_panel(units, "Energy fluctuation", &curves, &units.temperature(), "heat_capacity");
    let mut figures = Vec::new();
    let populated = (curves.len() == 1).then(|| level_series(&curves[0])).flatten();
    let balance = match &populated {
        Some(lines) => {
            let caption = "First panel: the probability $p_i = g_i e^{-E_i/T}/Z$ of each level, its $g_i$ microstates together, against the temperature. Second: \
                           the heat capacity $C = (\\langle E^2\\rangle - \\langle E\\rangle^2)/T^2$: it is large where \
                           populations move between levels of different energy. Exact, so without error bars.";
            let panels = vec![chart("Populations", &units.temperature(), "*p*_{i}", lines.clone()), heat()];
            figures.push(figure("populations", "Who lives where", &method, caption.to_owned(), panels, 2));
            vec![balance_panel(units, &curves, "")]
        }
        None => vec![balance_panel(units, &curves, "The balance"), heat()],
    };
    let columns = balance.len();
    let mut caption =
        "The free energy $F$ and, stacked on it, $TS$ (shaded): together they are the energy $U$, so that $F = U - TS$. At a low \
                       temperature $F$ follows the energy; $TS$ grows with the temperature and pulls it down."
            .to_owned();
    if curves.iter().any(|curve| curve.points.iter().any(|(temperature, _)| *temperature < 0.0)) {
        caption = "The free energy $F$ and the energy $U$; the shaded depth between them is $TS$, which below $T = 0$ is negative."
            .to_owned();
    }
    if curves.len() > 1 {
        caption =
            "The free energy $F = -T\\ln Z$ against the temperature, one curve for each system.".to_owned();
    }
    if columns == 2 {
        caption.push_str(" Second panel: the heat capacity, which measures how much the energy fluctuates.");
    }
    caption.push_str(EXACT);
    figures.push(figure("balance", "Energy against entropy", &method, caption, balance, columns));
    let caption = "Energy, entropy and heat capacity against the temperature: as functions of $\\beta$, the slope of \
                   $\\ln Z$ (up to sign), its Legendre transform, and $\\beta^2$ times its curvature. Exact, so without error bars.";
    let panels = ["energy", "entropy", "heat_capacity"]
        .into_iter()
        .zip(["Energy", "Entropy", "Heat capacity"])
        .map(|(name, title)| quantity_panel(units, title, &curves, &units.temperature(), name));
    figures.push(figure(
        "thermodynamics",
        "All from ln *Z*",
        &method,
        caption.to_owned(),
        panels.collect(),
        3,
    ));
    if let [curve] = &curves[..] {
        figures.extend(explore::figures(units, curve, &method));
        figures.extend(subjects::along_temperature(study, curve));
    }
    figures.extend(machine::figure(study).or_else(|| subjects::microstates::wiring(study)));
    figures
}

/// F with TS stacked on it, which together are U, of a single curve; F alone of several.
fn balance_panel(units: Units, curves: &[Curve<'_>], title: &str) -> Panel {
    if curves.len() != 1 {
        return quantity_panel(units, title, curves, &units.temperature(), "free_energy");
    }
    let points = |quantity: &str| -> Vec<Point> {
        let point = |(x, point): &(f64, &StudyPoint<'_>)| Some(Point::new(*x, value(point, quantity)?));
        curves[0].points.iter().filter_map(point).collect()
    };
    let between = |(x, point): &(f64, &StudyPoint<'_>)| {
        let (f, u) = (value(point, "free_energy")?, value(point, "energy")?);
        Some(Point { interval: Some((f.min(u), f.max(u))), ..Point::new(*x, (f + u) / 2.0) })
    };
    let entropic = Series {
        label: "*TS*".to_owned(),
        mark: Mark::Band,
        role: Role::Data(1),
        points: curves[0].points.iter().filter_map(between).collect(),
    };
    let lines = vec![
        series("*U* = *F* + *TS*", Role::Data(0), points("energy")),
        entropic,
        series("*F*", Role::Data(2), points("free_energy")),
    ];
    chart(title, &units.temperature(), format!("energy{}", units.energy()), lines)
}

/// The populations of each level along a curve, when there are few and the same ones at each point.
fn level_series(curve: &Curve<'_>) -> Option<Vec<Series>> {
    let tables: Vec<(f64, &Table)> = curve
        .points
        .iter()
        .map(|(x, point)| Some((*x, point.analysis.table("populations")?)))
        .collect::<Option<_>>()?;
    let first = tables.first()?.1;
    let rows = first.rows.len();
    let complete = curve.points.iter().all(|(_, point)| point.analysis.table("balance").is_some());
    let same = tables.iter().all(|(_, table)| table.numbers("energy") == first.numbers("energy"));
    if !complete || !same || rows > FEW {
        return None;
    }
    let (energies, degeneracies) = (first.numbers("energy"), first.numbers("degeneracy"));
    let level = |row: usize| {
        let points = tables.iter().map(|(x, table)| Point::new(*x, table.numbers("probability")[row]));
        let degeneracy = match degeneracies[row] {
            1.0 => String::new(),
            g => format!(", *g* = {}", number::plain(g)),
        };
        let label = format!("*E* = {}{degeneracy}", number::plain(energies[row]));
        series(&label, Role::Data(row), points.collect())
    };
    Some((0..rows).map(level).collect())
}

/// The populations of single points, as bars or, if there are many, against energy.
fn bars(units: Units, points: &[StudyPoint<'_>], subtitle: &str) -> Figure {
    let panels: Vec<Panel> = points
        .iter()
        .filter_map(|point| {
            let table = point.analysis.table("populations")?;
            let title: Vec<String> = point.coordinates.iter().map(ToString::to_string).collect();
            Some(population_panel(units, table, &title.join(", ")))
        })
        .take(4)
        .collect();
    let columns = panels.len().clamp(1, 2);
    let caption =
        "How the probability is shared out at this temperature: $p = g e^{-E/T}/Z$, summed over the $g$ \
                   microstates that each bar stands for."
            .to_owned()
            + EXACT;
    figure("populations", "Who lives where", subtitle, caption, panels, columns)
}

fn population_panel(units: Units, table: &Table, title: &str) -> Panel {
    let (energies, probabilities) = (table.numbers("energy"), table.numbers("probability"));
    let few = energies.len() <= BARS;
    let mut points: Vec<Point> =
        energies.iter().zip(&probabilities).map(|(e, p)| Point::new(*e, *p)).collect();
    let mut x = Scale::linear(format!("energy *E*{}", units.energy()));
    if few {
        let labels = table.rows.iter().zip(&energies).map(|(row, energy)| match &row[0] {
            Cell::Text(label) if !label.starts_with("level ") => label.clone(),
            _ => number::significant(*energy, 4),
        });
        x.categories = labels.collect();
        points.iter_mut().enumerate().for_each(|(index, point)| point.x = index as f64);
    } else {
        points.sort_by(|a, b| a.x.total_cmp(&b.x));
    }
    let mark = if few { Mark::Bars } else { Mark::Steps };
    let data = Series { label: String::new(), mark, role: Role::Data(0), points };
    let y = Scale::linear("probability *p*");
    let (series, guides) = (vec![data], Vec::new());
    Panel::Chart(Chart { title: title.to_owned(), x, y, series, guides, pulls: false })
}

/// Thermodynamics along an axis that is not the temperature.
fn other_axis(units: Units, axis: &Axis, curves: &[Curve<'_>], subtitle: &str) -> Vec<Figure> {
    let key = axis.key().replace('_', " ");
    let x = axis.symbol().map_or_else(|| key.clone(), |symbol| format!("{key} {symbol}"));
    let panels = |names: [(&str, &str); 2]| {
        names.map(|(name, title)| quantity_panel(units, title, curves, &x, name)).to_vec()
    };
    let caption = format!(
        "Free energy and energy against the {key}, at fixed temperature: their distance is $TS$.{EXACT}"
    );
    let first = panels([("free_energy", "Free energy"), ("energy", "Energy")]);
    let second = panels([("entropy", "Entropy"), ("heat_capacity", "Heat capacity")]);
    vec![
        figure("balance", "Energy against entropy", subtitle, caption, first, 2),
        figure(
            "thermodynamics",
            "All from ln *Z*",
            subtitle,
            format!("Entropy and heat capacity against the {key}, at fixed temperature.{EXACT}"),
            second,
            2,
        ),
    ]
}
