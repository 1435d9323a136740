//! The figure of spins: the last state of the largest lattice at each temperature.

use super::chains;
use super::layout::{Curve, Layout, common_coupling};
use super::spec::SweepExperiment;
use crate::exact::onsager;
use crate::figure::{Figure, Frame, Frames, ImageGrid, Panel};
use crate::kind::{Study, StudyPoint};
use crate::number;
use crate::record::Cell;

/// Most states of the slider.
const FRAMES: usize = 25;
/// Most curves whose lattices stand beside each other.
const BESIDE: usize = 3;

/// Spins of one state, +1 and −1, row by row.
struct Snapshot<'a> {
    rows: usize,
    columns: usize,
    spins: Vec<f64>,
    point: &'a StudyPoint<'a>,
}

/// The coldest, the middle and the hottest lattice of the largest size, the middle one nearest to T_c where that is known;
/// and a slider over all temperatures. `None` unless the temperature is swept and lattices were kept.
pub(super) fn figure(study: &Study<'_>, layout: &Layout<'_>) -> Option<Figure> {
    if !layout.is_temperature {
        return None;
    }
    let largest = layout.curves.iter().map(|curve| curve.experiment().sites).max()?;
    let curves: Vec<&Curve<'_>> =
        layout.curves.iter().filter(|curve| curve.experiment().sites == largest).take(BESIDE).collect();
    // Each temperature with the snapshot of every curve.
    let mut states: Vec<(f64, Vec<Snapshot<'_>>)> = Vec::new();
    for (temperature, _) in &curves.first()?.points {
        let there = curves.iter().filter_map(|curve| {
            let (_, point) = curve.points.iter().find(|(t, _)| t == temperature)?;
            snapshot(point)
        });
        let there: Vec<Snapshot<'_>> = there.collect();
        if there.len() == curves.len() && states.last().is_none_or(|(last, _)| last != temperature) {
            states.push((*temperature, there));
        }
    }
    if states.len() < 3 {
        return None;
    }
    let critical = common_coupling(layout)
        .map(|coupling| onsager::critical_temperature(libm::fabs(coupling)))
        .filter(|t_c| (states[0].0..=states[states.len() - 1].0).contains(t_c));
    let middle = (0..states.len())
        .min_by(|a, b| match critical {
            Some(t_c) => {
                let away = |index: usize| libm::fabs(states[index].0 - t_c);
                away(*a).total_cmp(&away(*b))
            }
            None => a.abs_diff(states.len() / 2).cmp(&b.abs_diff(states.len() / 2)),
        })
        .filter(|middle| (1..states.len() - 1).contains(middle))
        .unwrap_or(states.len() / 2);
    let chosen = [0, middle, states.len() - 1];
    let grids = curves.iter().enumerate().map(|(place, curve)| {
        let shown: Vec<(String, &Snapshot<'_>)> =
            chosen.iter().map(|index| (at(states[*index].0), &states[*index].1[place])).collect();
        Panel::Images(grid(&curve.label, &shown, shown.len()))
    });
    let frame = |(temperature, there): &(f64, Vec<Snapshot<'_>>)| {
        let shown: Vec<(String, &Snapshot<'_>)> =
            curves.iter().zip(there).map(|(curve, snapshot)| (curve.label.clone(), snapshot)).collect();
        Frame { label: at(*temperature), panels: vec![Panel::Images(grid("", &shown, shown.len()))] }
    };
    let kept = thinned(states.len(), middle);
    let start = kept.iter().position(|index| *index == middle).unwrap_or(0);
    let points: Vec<&StudyPoint<'_>> =
        chosen.iter().flat_map(|index| states[*index].1.iter().map(|snapshot| snapshot.point)).collect();
    let near = match critical {
        Some(t_c) => {
            format!(" at the temperature of the study nearest to $T_c = {}$,", number::significant(t_c, 5))
        }
        None => " at a temperature between,".to_owned(),
    };
    let colours = if states.iter().all(|(_, there)| there.iter().all(|snapshot| symmetric(snapshot.point))) {
        "equal spins in one colour; without a field a state and its reverse are equally likely, and each is shown with its \
         majority in white"
    } else {
        "up in black, down in white"
    };
    Some(Figure {
        id: "snapshots".to_owned(),
        title: "What the spins look like".to_owned(),
        subtitle: chains::updates(study),
        caption: format!(
            "The spins of the largest lattice, {}, after the last sweep of the first chain, at the \
             lowest temperature,{near} and at the highest: {colours}. Each picture is a single state, not an average, so that it carries \
             no error. Print shows these three temperatures; on screen a slider moves through {}.{}",
            curves[0].experiment().model.description(),
            kept.len(),
            chains::provenance_of(study, &points)
        ),
        panels: grids.collect(),
        columns: 1,
        frames: Some(Frames {
            control: "temperature *T*".to_owned(),
            frames: kept.iter().map(|index| frame(&states[*index])).collect(),
            start,
        }),
    })
}

/// Whether a point's lattice is a ferromagnet without a field.
fn symmetric(point: &StudyPoint<'_>) -> bool {
    let experiment: &SweepExperiment = point.downcast();
    experiment.model.square_lattice().is_some_and(|lattice| lattice.coupling > 0.0)
}

fn at(temperature: f64) -> String {
    format!("*T* = {}", number::plain(temperature))
}

/// The state that a point kept, read from its table.
fn snapshot<'a>(point: &'a StudyPoint<'a>) -> Option<Snapshot<'a>> {
    let table = point.analysis.table("snapshot")?;
    let lines: Vec<&str> = table
        .rows
        .iter()
        .filter_map(|row| match &row[1] {
            Cell::Text(line) => Some(line.as_str()),
            _ => None,
        })
        .collect();
    let columns = lines.first()?.len();
    let spins: Vec<f64> =
        lines.iter().flat_map(|line| line.chars().map(|spin| if spin == 'u' { 1.0 } else { -1.0 })).collect();
    // Without a field a state and its reverse are equally likely: a common side keeps the eye on what changes.
    let turn = if symmetric(point) && spins.iter().sum::<f64>() > 0.0 { -1.0 } else { 1.0 };
    let spins: Vec<f64> = spins.into_iter().map(|spin| turn * spin).collect();
    (spins.len() == lines.len() * columns).then_some(Snapshot { rows: lines.len(), columns, spins, point })
}

fn grid(title: &str, shown: &[(String, &Snapshot<'_>)], per_row: usize) -> ImageGrid {
    let labels: Vec<String> = shown.iter().map(|(label, _)| label.clone()).collect();
    let up = shown.iter().map(|(_, snapshot)| {
        let up = snapshot.spins.iter().filter(|spin| **spin > 0.0).count();
        format!("{} %", number::significant(100.0 * up as f64 / snapshot.spins.len().max(1) as f64, 3))
    });
    ImageGrid {
        title: title.to_owned(),
        height: shown[0].1.rows,
        width: shown[0].1.columns,
        images: shown.iter().map(|(_, snapshot)| snapshot.spins.clone()).collect(),
        labels: if labels.iter().all(String::is_empty) { Vec::new() } else { labels },
        per_row,
        range: (-1.0, 1.0),
        diverging: false,
        description: format!("Spins of a lattice; share in black: {}", up.collect::<Vec<_>>().join(", ")),
    }
}

/// At most [`FRAMES`] of `count` states, evenly spaced, the first, the last and `wanted` among them.
fn thinned(count: usize, wanted: usize) -> Vec<usize> {
    if count <= FRAMES {
        return (0..count).collect();
    }
    let mut kept: Vec<usize> = (0..FRAMES).map(|k| k * (count - 1) / (FRAMES - 1)).collect();
    if !kept.contains(&wanted) {
        let inner = 1..FRAMES - 1;
        if let Some(nearest) = inner.min_by_key(|k| kept[*k].abs_diff(wanted)) {
            kept[nearest] = wanted;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::thinned;

    #[test]
    fn states_are_thinned_but_not_those_that_matter() {
        assert_eq!(thinned(3, 1), [0, 1, 2]);
        for wanted in [1, 17, 50, 98] {
            let kept = thinned(100, wanted);
            assert_eq!((kept.len(), kept[0], kept[24]), (25, 0, 99));
            assert!(kept.contains(&wanted) && kept.windows(2).all(|pair| pair[0] < pair[1]), "{kept:?}");
        }
    }
}
