//! Energy against free energy: where the minima of E and of F = E − TS lie over the magnetisation of a Curie–Weiss magnet.

use super::super::Ensemble;
use super::super::figures::{Units, figure, value};
use super::{at, chart, exact, series};
use crate::exact::mean_field::CurieWeiss;
use crate::figure::{Chart, Figure, Frame, Frames, Guide, Mark, Panel, Point, Role, Scale};
use crate::kind::{Study, StudyPoint};
use schemars::JsonSchema;
use serde::Serialize;

/// The most states of the slider, rows of the table, and points of a curve.
const FRAMES: usize = 30;
const ROWS: usize = 9;
const POINTS: i64 = 200;
/// Up to this many spins the sum over all macrostates is taken.
const SUMMED: u64 = 100_000;
/// A residual of that sum below this is rounding.
const ROUNDING: f64 = 1e-12;

/// A Curie–Weiss magnet along the temperature.
struct Magnet<'a> {
    model: CurieWeiss,
    /// Temperatures, in order, from 0 up.
    points: Vec<(f64, &'a StudyPoint<'a>)>,
}

impl<'a> Magnet<'a> {
    /// `None` unless the study is of one magnet with J > 0 at three temperatures or more.
    fn of(study: &'a Study<'a>) -> Option<Self> {
        let model = study.points.first()?.downcast::<Ensemble>().model.curie_weiss()?;
        let same = |point: &StudyPoint<'_>| point.downcast::<Ensemble>().model.curie_weiss() == Some(model);
        let mut points: Vec<(f64, &StudyPoint<'_>)> =
            study.points.iter().map(|point| (point.downcast::<Ensemble>().temperature, point)).collect();
        points.retain(|(temperature, _)| *temperature >= 0.0);
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points.dedup_by(|a, b| a.0 == b.0);
        let good = model.coupling > 0.0 && points.len() > 2 && study.points.iter().all(same);
        good.then_some(Self { model, points })
    }

    fn per_spin(&self, magnetization: i64) -> f64 {
        magnetization as f64 / self.model.spins as f64
    }

    /// |m| of the minimum of F.
    fn likeliest(&self, temperature: f64) -> f64 {
        self.per_spin(self.model.likeliest(temperature)).abs()
    }

    /// The coldest point, the one whose minimum of F is nearest to |m| = 0.7, and the hottest.
    fn chosen(&self) -> [usize; 3] {
        let last = self.points.len() - 1;
        let distance = |index: &usize| (self.likeliest(self.points[*index].0) - 0.7).abs();
        let middle = (1..last).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(last / 2);
        [0, middle, last]
    }

    /// At most `most` points, evenly spread, with the middle one of [`Magnet::chosen`] among them.
    fn spread(&self, most: usize) -> Vec<usize> {
        let count = self.points.len();
        if count <= most {
            return (0..count).collect();
        }
        let mut stops: Vec<usize> = (0..most).map(|k| k * (count - 1) / (most - 1)).collect();
        let middle = self.chosen()[1];
        let nearest = (1..most - 1).min_by_key(|k| stops[*k].abs_diff(middle)).unwrap_or(1);
        stops[nearest] = middle;
        stops
    }
}

/// The facts of a magnet whose energy and free energy are weighed against each other; energies are per spin.
#[derive(Debug, Serialize, JsonSchema)]
pub(in super::super) struct Trade {
    /// The number N of spins.
    pub spins: u64,
    /// The coupling J, which is the critical temperature of an infinite magnet without a field.
    pub coupling: f64,
    /// The field h.
    pub field: f64,
    /// The smallest |m| there is: 0, or 1/N for an odd number of spins.
    pub least: f64,
    /// The lowest temperature of the study.
    pub cold: Balance,
    /// The temperature whose minimum of F is nearest to |m| = 0.7.
    pub middle: Balance,
    /// The highest temperature.
    pub hot: Balance,
    /// Temperatures in order, nine at most.
    pub rows: Vec<Balance>,
    /// The temperature above which the minimum of F leaves |m| = 1, exactly; empty for a single spin.
    pub departure: Option<f64>,
    /// The temperature from which on the minimum of F is at m = 0 (at 1/N for an odd number of spins), exactly; empty
    /// in a field and for a single spin.
    pub arrival: Option<f64>,
    /// The largest difference of ln Σ e^{−F(m)/T} over the macrostates from ln Z, relative to ln Z; empty for more than
    /// 100 000 spins.
    pub residual: Option<f64>,
    /// Whether that is nothing but rounding.
    pub residual_small: bool,
}

/// One temperature.
#[derive(Debug, Serialize, JsonSchema)]
pub(in super::super) struct Balance {
    /// The temperature T.
    pub temperature: f64,
    /// The magnetisation |m| of the minimum of E.
    pub energy_minimum: f64,
    /// The magnetisation |m| of the minimum of F(m).
    pub free_minimum: f64,
    /// That of an infinite magnet, from m = tanh((Jm + h)/T).
    pub infinite: f64,
    /// The mean ⟨|m|⟩; empty where it was not found.
    pub mean: Option<f64>,
    /// The macrostate at the minimum of E.
    pub lowest: Macrostate,
    /// The macrostate at the minimum of F.
    pub likeliest: Macrostate,
    /// What F gains, per spin, by moving from the minimum of E to its own.
    pub gain: f64,
    /// The energy per spin that this costs.
    pub paid: f64,
    /// F/N of the whole magnet, all magnetisations together.
    pub free_energy: f64,
    /// F/NT; empty at T = 0.
    pub reduced: Option<f64>,
    /// U/NT; empty at T = 0.
    pub reduced_energy: Option<f64>,
    /// The entropy S/N of the whole magnet.
    pub entropy: f64,
}

/// All states of one magnetisation, per spin.
#[derive(Debug, Serialize, JsonSchema)]
pub(in super::super) struct Macrostate {
    /// The energy E/N.
    pub energy: f64,
    /// The entropy S/N.
    pub entropy: f64,
    /// The free energy F/N.
    pub free_energy: f64,
}

fn balance(magnet: &Magnet<'_>, index: usize) -> Option<Balance> {
    let (temperature, point) = magnet.points[index];
    let model = &magnet.model;
    let spins = model.spins as f64;
    let state = |m: i64| Macrostate {
        energy: model.energy(m) / spins,
        entropy: model.entropy(m) / spins,
        free_energy: model.free_energy(m, temperature) / spins,
    };
    let lowest = state(model.lowest());
    let likeliest = state(model.likeliest(temperature));
    let reduced = |amount: f64| (temperature > 0.0).then(|| amount / temperature);
    let (free_energy, energy) = (value(point, "free_energy_per_site")?, value(point, "energy_per_site")?);
    Some(Balance {
        temperature,
        energy_minimum: magnet.per_spin(model.lowest()).abs(),
        free_minimum: magnet.likeliest(temperature),
        infinite: model.self_consistent(temperature),
        mean: value(point, "magnetization"),
        gain: lowest.free_energy - likeliest.free_energy,
        paid: likeliest.energy - lowest.energy,
        lowest,
        likeliest,
        free_energy,
        reduced: reduced(free_energy),
        reduced_energy: reduced(energy),
        entropy: value(point, "entropy_per_site")?,
    })
}

/// The facts; `None` when the study is about something else.
pub(in super::super) fn facts(study: &Study<'_>) -> Option<Trade> {
    let magnet = Magnet::of(study)?;
    let model = &magnet.model;
    let [cold, middle, hot] = magnet.chosen();
    let residuals =
        magnet.points.iter().filter(|(temperature, _)| *temperature > 0.0).filter_map(|(t, point)| {
            let log = value(point, "log_partition")?;
            Some((model.log_sum_of_macrostates(*t) - log).abs() / log.abs().max(1.0))
        });
    let residual = (model.spins <= SUMMED).then(|| residuals.fold(0.0, f64::max));
    Some(Trade {
        spins: model.spins,
        coupling: model.coupling,
        field: model.field,
        least: (model.spins % 2) as f64 / model.spins as f64,
        cold: balance(&magnet, cold)?,
        middle: balance(&magnet, middle)?,
        hot: balance(&magnet, hot)?,
        rows: magnet.spread(ROWS).into_iter().filter_map(|index| balance(&magnet, index)).collect(),
        departure: model.departure(),
        arrival: model.arrival(),
        residual,
        residual_small: residual.is_some_and(|residual| residual <= ROUNDING),
    })
}

/// The figures; none when the study is about something else.
pub(super) fn figures(study: &Study<'_>, units: Units) -> Vec<Figure> {
    let Some(magnet) = Magnet::of(study) else { return Vec::new() };
    vec![landscapes(&magnet, units), minima(&magnet, units), reduced(&magnet, units)]
}

/// E, −TS and F over m at one temperature, with the minima.
fn landscape(magnet: &Magnet<'_>, units: Units, title: String, temperature: f64) -> Chart {
    let (model, spins) = (&magnet.model, magnet.model.spins as i64);
    // Magnetisations of the right parity, both ends and 0 (or ±1) included.
    let half = (spins.min(POINTS) / 2).max(1);
    let place = |k: i64| spins % 2 + 2 * (k * (spins / 2) / half);
    let mut all: Vec<i64> = (0..=half).flat_map(|k| [-place(k), place(k)]).collect();
    all.sort_unstable();
    all.dedup();
    let amount = |m: i64, of: &dyn Fn(i64) -> f64| Point::new(magnet.per_spin(m), of(m) / spins as f64);
    let line = |of: &dyn Fn(i64) -> f64| all.iter().map(|m| amount(*m, of)).collect::<Vec<_>>();
    let energy = |m: i64| model.energy(m);
    let heat = |m: i64| -temperature * model.entropy(m);
    let free = |m: i64| model.free_energy(m, temperature);
    // Without a field m and −m are alike.
    let minima = |m: i64, of: &dyn Fn(i64) -> f64| {
        let mut both = if model.field == 0.0 && m != 0 { vec![-m, m] } else { vec![m] };
        both.sort_unstable();
        both.into_iter().map(|m| amount(m, of)).collect::<Vec<_>>()
    };
    chart(
        title,
        Scale::linear("magnetisation per spin *m*"),
        Scale::linear(format!("energy per spin{}", units.energy())),
        vec![
            series("*E*/*N*", Mark::Line, Role::Data(0), line(&energy)),
            series("−*TS*/*N*", Mark::Dashed, Role::Data(1), line(&heat)),
            series("*F*/*N*", Mark::Line, Role::Data(2), line(&free)),
            series("least *E*", Mark::Scatter, Role::Data(0), minima(model.lowest(), &energy)),
            series("least *F*", Mark::Scatter, Role::Data(2), minima(model.likeliest(temperature), &free)),
        ],
    )
}

fn landscapes(magnet: &Magnet<'_>, units: Units) -> Figure {
    let chosen = magnet.chosen();
    let mut charts = chosen.map(|index| {
        let temperature = magnet.points[index].0;
        landscape(magnet, units, at(temperature), temperature)
    });
    // One scale for all, so that the energy is seen to stay as it is.
    let amounts = || charts.iter().flat_map(|chart| &chart.series).flat_map(|series| &series.points);
    let (low, high) = amounts()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), point| (low.min(point.y), high.max(point.y)));
    let room = 0.04 * (high - low);
    charts.iter_mut().for_each(|chart| chart.y.range = Some((low - room, high + room)));
    let panels = charts.map(Panel::Chart);
    let stops = magnet.spread(FRAMES);
    let frame = |index: &usize| {
        let temperature = magnet.points[*index].0;
        let panel = Panel::Chart(landscape(magnet, units, String::new(), temperature));
        Frame { label: at(temperature), panels: vec![panel] }
    };
    let caption = "Energy $E(m)$, entropy term $-TS(m)$ and their sum $F(m) = E(m) - TS(m)$, each per spin, for all states of the magnetisation \
                   $m$ together; $S(m)$ is the logarithm of their number. Marks: the lowest point of $E$ and that of $F$. \
                   Print shows three of the temperatures; on screen a slider moves through them. Exact, so without error bars.";
    Figure {
        frames: Some(Frames {
            control: "temperature *T*".to_owned(),
            frames: stops.iter().map(frame).collect(),
            start: stops.iter().position(|index| *index == chosen[1]).unwrap_or(0),
        }),
        ..figure("trade", "Energy is fixed, free energy moves", "", caption.to_owned(), panels.to_vec(), 3)
    }
}

/// |m| of both minima against the temperature.
fn minima(magnet: &Magnet<'_>, units: Units) -> Figure {
    let model = &magnet.model;
    let curve = |of: &dyn Fn(f64, &StudyPoint<'_>) -> Option<f64>| -> Vec<Point> {
        magnet.points.iter().filter_map(|(t, point)| Some(Point::new(*t, of(*t, point)?))).collect()
    };
    let lowest = magnet.per_spin(model.lowest()).abs();
    // The infinite magnet's curve is steep at T_c, so that it is drawn on a grid of its own.
    let (from, to) = (magnet.points[0].0, magnet.points[magnet.points.len() - 1].0);
    let mut grid: Vec<f64> = (0..=400).map(|k| from + (to - from) * f64::from(k) / 400.0).collect();
    grid.push(model.coupling);
    grid.retain(|t| (from..=to).contains(t));
    grid.sort_by(f64::total_cmp);
    let infinite = grid.into_iter().map(|t| Point::new(t, model.self_consistent(t))).collect();
    let mut panel = chart(
        "",
        Scale::linear(format!("temperature *T*{}", units.energy())),
        Scale::linear("magnetisation per spin |*m*|"),
        vec![
            series("*N* → ∞", Mark::Line, Role::Reference, infinite),
            series("least *E*", Mark::Scatter, Role::Data(0), curve(&|_, _| Some(lowest))),
            series("least *F*", Mark::Scatter, Role::Data(2), curve(&|t, _| Some(magnet.likeliest(t)))),
        ],
    );
    if model.field == 0.0 {
        panel
            .guides
            .push(Guide { vertical: true, at: model.coupling, label: "*T*_{c}, *N* → ∞".to_owned() });
    }
    let caption = "Where the energy $E(m)$ is lowest, and where the free energy $F(m) = E(m) - TS(m)$ is, against the temperature. Line: the minimum of \
                   $F$ for infinitely many spins, the solution of $m = \\tanh[(Jm + h)/T]$."
        .to_owned();
    exact("minima", "Two minima part as the temperature rises", caption, vec![panel])
}

/// U/NT, S/N and F/NT, pure numbers.
fn reduced(magnet: &Magnet<'_>, units: Units) -> Figure {
    // Further down U/NT dwarfs all else.
    let least = 0.2 * magnet.model.coupling;
    let curve = |of: &dyn Fn(f64, &StudyPoint<'_>) -> Option<f64>| -> Vec<Point> {
        let shown = magnet.points.iter().filter(|(t, _)| *t >= least);
        shown.filter_map(|(t, point)| Some(Point::new(*t, of(*t, point)?))).collect()
    };
    let panel = chart(
        "",
        Scale::linear(format!("temperature *T*{}", units.energy())),
        Scale::linear("per spin and *k*_{B}*T*"),
        vec![
            series(
                "*U*/*NT*",
                Mark::Line,
                Role::Data(0),
                curve(&|t, point| Some(value(point, "energy_per_site")? / t)),
            ),
            series(
                "−*S*/*N*",
                Mark::Dashed,
                Role::Data(1),
                curve(&|_, point| Some(-value(point, "entropy_per_site")?)),
            ),
            series(
                "*F*/*NT*",
                Mark::Line,
                Role::Data(2),
                curve(&|_, point| value(point, "reduced_free_energy")),
            ),
        ],
    );
    let caption = "The balance without units: $F/NT = U/NT - S/N$ against the temperature.".to_owned();
    exact("reduced", "The balance as pure numbers", caption, vec![panel])
}
