//! The figures of a clustering.

use super::course::{Course, Step};
use super::present::coordinates;
use super::spec::ClusteringExperiment;
use crate::figure::{Chart, Figure, Frame, Frames, Guide, Mark, Panel, Point, Role, Scale, Series};
use crate::kind::{Study, StudyPoint};
use crate::number;

/// Most points that are drawn, most states of the slider, and the colours there are.
const DRAWN: usize = 3000;
const FRAMES: usize = 16;
const COLOURS: usize = 8;
/// Intervals of the histogram of distortions.
const BINS: usize = 24;

fn chart(title: &str, x: Scale, y: Scale, series: Vec<Series>, guides: Vec<Guide>) -> Panel {
    Panel::Chart(Chart { title: title.to_owned(), x, y, series, guides, pulls: false })
}

fn series(label: impl Into<String>, mark: Mark, role: Role, points: Vec<Point>) -> Series {
    Series { label: label.into(), mark, role, points }
}

/// All figures, the hero first.
pub(super) fn figures(study: &Study<'_>, point: &StudyPoint<'_>, course: &Course) -> Vec<Figure> {
    let experiment: &ClusteringExperiment = point.downcast();
    let place = coordinates(study, point);
    let points = number::count(experiment.points.cloud.count() as u64);
    let note =
        if place.is_empty() { format!("{points} points") } else { format!("{points} points, {place}") };
    let mut figures = vec![clusters(experiment, course, &note)];
    if experiment.points.cloud.radius() > 0.0 && course.steps.len() > 1 {
        figures.extend([balance(course, &note), tree(experiment, course, &note)]);
    }
    figures.extend(kmeans(point, &note));
    figures
}

/// How points and centres are laid in the plane: two coordinates as they are, or along the two main axes.
struct Plane<'a> {
    experiment: &'a ClusteringExperiment,
    axes: Vec<Vec<f64>>,
    names: [String; 2],
    ranges: [(f64, f64); 2],
}

/// A column's name as label markup.
fn plain_label(name: &str) -> String {
    name.replace(['*', '_', '^', '{', '}'], " ").trim().to_owned()
}

impl<'a> Plane<'a> {
    fn new(experiment: &'a ClusteringExperiment) -> Self {
        let cloud = &experiment.points.cloud;
        let scaled = if experiment.standardized { " (standard deviations)" } else { "" };
        let named = |at: usize| format!("{}{scaled}", plain_label(&experiment.points.names[at]));
        let (axes, names) = match cloud.dimensions() {
            1 => (Vec::new(), [named(0), "place in the data".to_owned()]),
            2 => (Vec::new(), [named(0), named(1)]),
            _ => (cloud.axes(), ["first principal axis".to_owned(), "second principal axis".to_owned()]),
        };
        let mut plane = Self { experiment, axes, names, ranges: [(0.0, 1.0); 2] };
        let places: Vec<(f64, f64)> = (0..cloud.count()).map(|index| plane.point(index)).collect();
        plane.ranges = [0, 1].map(|at| {
            let each = || places.iter().map(|place| if at == 0 { place.0 } else { place.1 });
            let (low, high) =
                (each().fold(f64::INFINITY, f64::min), each().fold(f64::NEG_INFINITY, f64::max));
            let margin = if high > low { 0.05 * (high - low) } else { 0.5 + 0.05 * high.abs() };
            (low - margin, high + margin)
        });
        plane
    }

    fn place(&self, reduced: &[f64], height: f64) -> (f64, f64) {
        let cloud = &self.experiment.points.cloud;
        if self.axes.is_empty() {
            let place = cloud.place(reduced);
            return (place[0], place.get(1).copied().unwrap_or(height));
        }
        let along =
            |axis: &Vec<f64>| cloud.radius() * axis.iter().zip(reduced).map(|(a, x)| a * x).sum::<f64>();
        (along(&self.axes[0]), along(&self.axes[1]))
    }

    fn point(&self, index: usize) -> (f64, f64) {
        self.place(self.experiment.points.cloud.point(index), (index + 1) as f64)
    }

    /// Points in the colours of their likeliest clusters, and the centres.
    fn panel(&self, step: &Step, title: &str) -> Panel {
        let cloud = &self.experiment.points.cloud;
        let count = step.clusters.count();
        let likeliest: Vec<usize> = if cloud.radius() == 0.0 {
            vec![0; cloud.count()]
        } else {
            let (shares, _) = step.clusters.assign(cloud, step.temperature / cloud.unit());
            let best = |row: &[f64]| (0..count).min_by(|a, b| row[*b].total_cmp(&row[*a])).unwrap_or(0);
            shares.chunks_exact(count).map(best).collect()
        };
        let stride = cloud.count().div_ceil(DRAWN);
        let mut all: Vec<Series> = (0..count)
            .map(|k| {
                let mut points: Vec<Point> = (0..cloud.count())
                    .step_by(stride)
                    .filter(|index| likeliest[*index] == k)
                    .map(|index| self.point(index))
                    .map(|(x, y)| Point::new(x, y))
                    .collect();
                points.sort_by(|a, b| a.x.total_cmp(&b.x));
                let label = step.clusters.labels[k];
                series(format!("cluster {}", label + 1), Mark::Scatter, Role::Data(label % COLOURS), points)
            })
            .filter(|series| !series.points.is_empty())
            .collect();
        all.sort_by_key(|series| match series.role {
            Role::Data(colour) => colour,
            Role::Reference | Role::Muted => COLOURS,
        });
        let middle = 0.5 * (self.ranges[1].0 + self.ranges[1].1);
        let mut centres: Vec<Point> = (0..count)
            .map(|k| self.place(step.clusters.centre(k), middle))
            .map(|(x, y)| Point::new(x, y))
            .collect();
        centres.sort_by(|a, b| a.x.total_cmp(&b.x));
        // Over the points, in a colour of their own while there is one.
        let own = step.clusters.labels.iter().all(|label| *label != COLOURS - 1);
        let role = if own { Role::Data(COLOURS - 1) } else { Role::Reference };
        all.push(series("centres", Mark::Scatter, role, centres));
        let scale =
            |at: usize| Scale { range: Some(self.ranges[at]), ..Scale::linear(self.names[at].clone()) };
        chart(title, scale(0), scale(1), all, Vec::new())
    }
}

fn temperature(value: f64) -> String {
    format!("*T* = {}", number::significant(value, 3))
}

/// The points at three temperatures, and at many on a slider.
fn clusters(experiment: &ClusteringExperiment, course: &Course, note: &str) -> Figure {
    let plane = Plane::new(experiment);
    let panel = |at: &usize| plane.panel(&course.steps[*at], &temperature(course.steps[*at].temperature));
    let chosen = three(course);
    let last = course.steps.len() - 1;
    let count = FRAMES.min(course.steps.len());
    let mut places: Vec<usize> = (0..count).map(|at| (at * last) / (count.max(2) - 1)).collect();
    places.extend(&chosen);
    places.sort_unstable();
    places.dedup();
    let frames: Vec<Frame> = places
        .iter()
        .map(|at| Frame {
            label: temperature(course.steps[*at].temperature),
            panels: vec![plane.panel(&course.steps[*at], "")],
        })
        .collect();
    let start = places.iter().position(|at| *at == chosen[chosen.len() / 2]).unwrap_or(0);
    let projected = if plane.axes.is_empty() {
        ""
    } else {
        " Of the coordinates, the two main axes of the whole cloud are shown; distances across them are not seen."
    };
    let cut = if experiment.points.cloud.count() > DRAWN { " Not all points are drawn." } else { "" };
    let colours = if experiment.settings.most_clusters > COLOURS {
        " Colours repeat after eight clusters."
    } else {
        ""
    };
    Figure {
        id: "points".to_owned(),
        title: "The points, as the temperature falls".to_owned(),
        subtitle: String::new(),
        caption: format!(
            "Each point in the colour of its likeliest cluster ({note}), and the centres. Above the first split there is \
             one centre, the mean; as $T$ falls, finer groups are told apart.{projected}{cut}{colours}"
        ),
        columns: chosen.len(),
        panels: chosen.iter().map(panel).collect(),
        frames: (frames.len() > 1).then_some(Frames { control: "temperature *T*".to_owned(), frames, start }),
    }
}

/// Three steps that differ: within the two longest ranges of several clusters before the last, and the last.
fn three(course: &Course) -> Vec<usize> {
    let ranges = course.ranges();
    let mut inner: Vec<(f64, usize)> = ranges[..ranges.len() - 1]
        .iter()
        .map(|(count, from, to)| {
            let length = libm::log(from / to) * if *count > 1 { 1.0 } else { 1e-3 };
            (length, course.nearest(libm::sqrt(from * to)))
        })
        .collect();
    inner.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut chosen: Vec<usize> = inner.iter().take(2).map(|(_, at)| *at).collect();
    chosen.push(course.steps.len() - 1);
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

/// Vertical lines at the splits, without names: they would run into each other.
fn splits(course: &Course) -> Vec<Guide> {
    let known = course.partings.iter().filter(|parting| parting.above.is_some());
    let guide = |at: f64| Guide { vertical: true, at, label: String::new() };
    known.map(|parting| guide(parting.temperature)).collect()
}

/// The scale of temperature.
fn temperatures() -> Scale {
    Scale::log("temperature *T*")
}

/// F with its parts against the temperature.
fn balance(course: &Course, note: &str) -> Figure {
    let line = |label: &str, role: Role, of: fn(&Step) -> f64| {
        let mut points: Vec<Point> =
            course.steps.iter().map(|step| Point::new(step.temperature, of(step))).collect();
        points.sort_by(|a, b| a.x.total_cmp(&b.x));
        series(label, Mark::Line, role, points)
    };
    let energies = vec![
        line("*F* = *D* + *TI*", Role::Data(2), |step| step.free_energy),
        line("*D*", Role::Data(0), |step| step.distortion),
        line("*TI*", Role::Data(1), |step| step.temperature * step.information),
    ];
    let information = vec![line("", Role::Data(1), |step| step.information)];
    Figure {
        id: "balance".to_owned(),
        title: "Distortion against information".to_owned(),
        subtitle: String::new(),
        caption: format!(
            "First panel: the free energy $F$ with its parts, the distortion $D$ and $T$ times the information $I$ ({note}). Second: the \
             information that the cluster tells of the point, which is the slope of $F$; it bends where clusters split. Vertical lines are the \
             observed splits, at each of which a centre is added. Exact, so without error bars."
        ),
        panels: vec![
            chart("Free energy", temperatures(), Scale::linear("energy"), energies, splits(course)),
            chart("Information", temperatures(), Scale::linear("*I* (nats)"), information, splits(course)),
        ],
        columns: 2,
        frames: None,
    }
}

/// The tree of centres: their coordinates along the main axes against the temperature.
fn tree(experiment: &ClusteringExperiment, course: &Course, note: &str) -> Figure {
    let cloud = &experiment.points.cloud;
    let axes = cloud.axes();
    let panel = |at: usize| {
        let title = if axes.len() > 1 { ["Along the main axis", "Along the second axis"][at] } else { "" };
        let y = Scale::linear("centre, from the mean");
        chart(title, temperatures(), y, branches(course, cloud.radius(), &axes[at]), splits(course))
    };
    let what = match cloud.dimensions() {
        1 => "The coordinate of each centre",
        2 => "The two coordinates of each centre, along the axes of the whole cloud",
        _ => "Two coordinates of each centre, along the two main axes of the whole cloud",
    };
    Figure {
        id: "tree".to_owned(),
        title: "A tree of transitions".to_owned(),
        subtitle: String::new(),
        caption: format!(
            "{what}, counted from the mean, against the temperature ({note}). Read it from right to left: the stem is one cluster, and each \
             fork a transition, at a vertical line."
        ),
        panels: (0..axes.len()).map(panel).collect(),
        columns: axes.len(),
        frames: None,
    }
}

/// The line of each cluster along an axis.
fn branches(course: &Course, radius: f64, axis: &[f64]) -> Vec<Series> {
    let height = |centre: &[f64]| radius * axis.iter().zip(centre).map(|(a, x)| a * x).sum::<f64>();
    let find = |step: &Step, label: usize| {
        let at = step.clusters.labels.iter().position(|known| *known == label)?;
        Some(height(step.clusters.centre(at)))
    };
    let mut labels: Vec<usize> = course.steps.iter().flat_map(|step| step.clusters.labels.clone()).collect();
    labels.sort_unstable();
    labels.dedup();
    let line = |label: usize| {
        let mut points: Vec<Point> = course
            .steps
            .iter()
            .filter_map(|step| Some(Point::new(step.temperature, find(step, label)?)))
            .collect();
        // A branch begins on its parent's, at the split.
        let birth = course.partings.iter().find(|parting| parting.child == label && parting.above.is_some());
        if let Some(parting) = birth {
            let above = course.steps.iter().rev().find(|step| step.temperature > parting.temperature);
            if let Some(from) = above.and_then(|step| find(step, parting.parent)) {
                points.push(Point::new(parting.temperature, from));
            }
        }
        points.sort_by(|a, b| a.x.total_cmp(&b.x));
        series(format!("cluster {}", label + 1), Mark::Line, Role::Data(label % COLOURS), points)
    };
    labels.into_iter().map(line).collect()
}

/// Where k-means ends from random starts.
fn kmeans(point: &StudyPoint<'_>, note: &str) -> Option<Figure> {
    let ends = point.analysis.table("kmeans")?.numbers("distortion");
    let quenched = super::tell::value(point, "quenched_distortion")?;
    let least = ends.iter().copied().fold(quenched, f64::min);
    let largest = ends.iter().copied().fold(quenched, f64::max);
    if ends.len() < 2 || largest - least <= 1e-9 * largest {
        return None;
    }
    let width = (largest - least) / BINS as f64;
    let mut counts = [0_usize; BINS];
    ends.iter().for_each(|end| counts[(((end - least) / width) as usize).min(BINS - 1)] += 1);
    let middle = |bin: usize| least + (bin as f64 + 0.5) * width;
    let points =
        counts.iter().enumerate().map(|(bin, count)| Point::new(middle(bin), *count as f64)).collect();
    let guide = Guide { vertical: true, at: quenched, label: "cooled".to_owned() };
    Some(Figure {
        id: "kmeans".to_owned(),
        title: "What k-means owes to its start".to_owned(),
        subtitle: String::new(),
        caption: format!(
            "The distortion with which k-means ended, from {} random starts with as many centres as the cooling ended with ({note}). The \
             vertical line is where the cooling leads at $T = 0$.",
            number::count(ends.len() as u64)
        ),
        panels: vec![chart(
            "",
            Scale::linear("distortion at *T* = 0"),
            Scale::linear("number of starts"),
            vec![series("", Mark::Steps, Role::Data(0), points)],
            vec![guide],
        )],
        columns: 1,
        frames: None,
    })
}
