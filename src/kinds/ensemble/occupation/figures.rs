//! The figures of objects in boxes: occupations beside Boltzmann's, and how fast they meet.

use super::facts::{Filling, alike, filling, lines};
use crate::figure::{Chart, Figure, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::StudyPoint;
use crate::number;

/// The most panels of the first figure.
const PANELS: usize = 2;

/// All figures, the hero first; `points` in order of the number of objects.
pub(super) fn figures(points: &[&StudyPoint<'_>]) -> Vec<Figure> {
    let mut figures: Vec<Figure> = boxes(points).into_iter().collect();
    let same = points.windows(2).all(|pair| alike(pair[0], pair[1]));
    let fillings: Vec<Filling> = points.iter().filter_map(|point| filling(point)).collect();
    if same && fillings.len() > 2 {
        figures.push(convergence(&fillings));
        figures.extend(by_stirling(&fillings));
    }
    figures
}

fn figure(id: &str, title: &str, caption: String, panels: Vec<Panel>) -> Figure {
    Figure {
        id: id.to_owned(),
        title: title.to_owned(),
        subtitle: "exact counts".to_owned(),
        caption,
        columns: panels.len().clamp(1, 2),
        panels,
        frames: None,
    }
}

fn chart(title: String, x: Scale, y: Scale, series: Vec<Series>) -> Panel {
    Panel::Chart(Chart { title, x, y, series, guides: Vec::new(), pulls: false })
}

fn series(label: &str, mark: Mark, role: Role, points: Vec<Point>) -> Series {
    Series { label: label.to_owned(), mark, role, points }
}

/// Shares of the objects in each box, of a few points.
fn boxes(points: &[&StudyPoint<'_>]) -> Option<Figure> {
    let last = points.len().checked_sub(1)?;
    let panels = PANELS.min(points.len());
    let chosen = (0..panels).map(|panel| if panels == 1 { last } else { panel * last / (panels - 1) });
    let panel = |index: usize| {
        let lines = lines(points[index]);
        let objects = filling(points[index]).map_or(1.0, |filling| filling.objects as f64);
        let names = lines.iter().map(|line| match line.degeneracy == 1.0 {
            true => number::significant(line.energy, 4),
            false => {
                format!("{}, *g* = {}", number::significant(line.energy, 4), number::plain(line.degeneracy))
            }
        });
        let x = Scale { categories: names.collect(), ..Scale::linear("energy of the box *E*_{j}") };
        let places = || lines.iter().enumerate().map(|(place, line)| (place as f64, line));
        let limit = places().map(|(place, line)| Point::new(place, line.boltzmann / objects)).collect();
        let means = places()
            .map(|(place, line)| Point::with_error(place, line.mean / objects, line.deviation / objects))
            .collect();
        chart(
            format!("*N* = {}", number::plain(objects)),
            x,
            Scale::linear("share of the objects"),
            vec![
                series("Boltzmann *p*_{j}", Mark::Bars, Role::Data(0), limit),
                series("⟨*n*_{j}⟩ / *N*", Mark::Scatter, Role::Data(1), means),
            ],
        )
    };
    let caption = "Bars: the Boltzmann distribution $p_j = g_j e^{-\\beta E_j}/Z$ of the same energy per object. Marks: the mean share \
         $\\langle n_j \\rangle/N$ of the objects in each box, counted over all assignments, with the standard deviation of \
         $n_j/N$ from one assignment to another as a bar. Exact: the bars are no errors of the count."
        .to_owned();
    Some(figure("boxes", "Boxes fill as Boltzmann says", caption, chosen.map(panel).collect()))
}

/// A line of the given logarithmic slope through the last point.
fn guide(label: &str, fillings: &[Filling], last: f64, slope: f64) -> Option<Series> {
    let ends = [fillings.first()?.objects as f64, fillings.last()?.objects as f64];
    let points = ends.map(|x| Point::new(x, last * libm::pow(x / ends[1], slope)));
    Some(series(label, Mark::Dashed, Role::Muted, points.to_vec()))
}

fn convergence(fillings: &[Filling]) -> Figure {
    let panel = |title: &str, y: &str, law: &str, slope: f64, amount: fn(&Filling) -> f64| {
        let points: Vec<Point> = fillings
            .iter()
            .filter(|filling| amount(filling) > 0.0)
            .map(|filling| Point::new(filling.objects as f64, amount(filling)))
            .collect();
        let law = points.last().and_then(|last| guide(law, fillings, last.y, slope));
        let data = series("counted", Mark::Points, Role::Data(0), points);
        chart(
            title.to_owned(),
            Scale::log("objects *N*"),
            Scale::log(y),
            std::iter::once(data).chain(law).collect(),
        )
    };
    let caption = "First panel: the width of the peak, the root-mean-square distance of the shares $n_j/N$ of one assignment from their \
         mean. Second: the Kullback-Leibler divergence of the mean shares from the Boltzmann distribution. Dashed: the powers of \
         $N$ that they follow, through the last point. Exact, so without error bars."
        .to_owned();
    let panels = vec![
        panel("How wide the peak is", "width *w*", "∝ *N*^{−1/2}", -0.5, |filling| filling.width),
        panel("How far its middle is off", "divergence *D* / nats", "∝ *N*^{−2}", -2.0, |filling| {
            filling.divergence
        }),
    ];
    figure("convergence", "The peak sharpens, and its middle moves in", caption, panels)
}

/// Relative errors of Stirling's formula.
fn by_stirling(fillings: &[Filling]) -> Option<Figure> {
    let points = |amount: fn(&Filling) -> Option<f64>| -> Vec<Point> {
        let values = fillings.iter().filter_map(|one| Some(Point::new(one.objects as f64, amount(one)?)));
        values.filter(|point| point.y > 0.0).collect()
    };
    let factorial = points(|one| (one.objects > 1).then(|| 1.0 - one.stirling / one.log_factorial));
    let multiplicity = points(|one| one.stirling_relative);
    (factorial.len() > 1 && multiplicity.len() > 1).then_some(())?;
    let caption = "By how much Stirling's formula errs, relative to the exact logarithm: for $\\ln N!$, which it makes too small, and for \
                   $\\ln\\Omega$ with the Boltzmann occupations, which it makes too large."
        .to_owned();
    let panel = chart(
        String::new(),
        Scale::log("objects *N*"),
        Scale::log("relative error"),
        vec![
            series("ln *N*!", Mark::Points, Role::Data(0), factorial),
            series("ln *Ω*", Mark::Points, Role::Data(1), multiplicity),
        ],
    );
    Some(figure("stirling", "What Stirling leaves out", caption, vec![panel]))
}
