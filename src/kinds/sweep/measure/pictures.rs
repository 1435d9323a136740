//! The figure of block spins: a lattice and its blocks, below, at and above the transition.

use super::super::chains;
use super::super::layout::Layout;
use super::super::spec::SweepExperiment;
use super::flow::{at_criticality, critical_temperature, measured};
use crate::figure::{Figure, Frame, Frames, ImageGrid, Panel};
use crate::kind::{Study, StudyPoint};
use crate::number;
use crate::record::Cell;

/// Levels drawn, the lattice itself among them: the blocks of what is smaller are too few to show anything.
const SHOWN: usize = 4;

/// One level as a picture: each block as large as the spins that it stands for.
struct Level {
    side: usize,
    spins: Vec<f64>,
}

/// A row of pictures for the coldest, the critical (or middle) and the hottest point, and a slider over all temperatures.
pub(super) fn block_spins(study: &Study<'_>, _layout: &Layout<'_>) -> Option<Figure> {
    let points = measured(study);
    let drawn: Vec<(&StudyPoint<'_>, Vec<Level>)> =
        points.iter().filter_map(|point| Some((*point, pictures(point)?))).collect();
    let middle = at_criticality(&points).unwrap_or(points.len() / 2);
    let mut chosen = vec![0, middle, drawn.len().checked_sub(1)?];
    chosen.dedup();
    if drawn.len() != points.len() {
        return None;
    }
    let at = |point: &StudyPoint<'_>| {
        format!("*T* = {}", number::significant(point.downcast::<SweepExperiment>().temperature, 4))
    };
    let panel = |at: &str, levels: &[Level]| {
        let width = levels[0].side;
        let up = |level: &Level| {
            level.spins.iter().filter(|spin| **spin > 0.0).count() as f64 / level.spins.len() as f64
        };
        let shares: Vec<String> =
            levels.iter().map(|level| format!("{} %", number::significant(100.0 * up(level), 3))).collect();
        Panel::Images(ImageGrid {
            title: at.to_owned(),
            height: levels[0].spins.len() / width,
            width,
            images: levels.iter().map(|level| level.spins.clone()).collect(),
            labels: levels.iter().map(|level| number::count(level.side as u64)).collect(),
            per_row: levels.len(),
            range: (-1.0, 1.0),
            diverging: false,
            description: format!("A lattice and its block spins; share in black: {}", shares.join(", ")),
        })
    };
    let frames = (drawn.len() > chosen.len()).then(|| Frames {
        control: "temperature *T*".to_owned(),
        frames: drawn
            .iter()
            .map(|(point, levels)| Frame { label: at(point), panels: vec![panel(&at(point), levels)] })
            .collect(),
        start: middle,
    });
    let of: Vec<&StudyPoint<'_>> = chosen.iter().map(|index| drawn[*index].0).collect();
    let t_c = critical_temperature(of[0])?;
    Some(Figure {
        id: "block-spins".to_owned(),
        title: "A lattice and its blocks".to_owned(),
        subtitle: chains::updates(study),
        caption: format!(
            "Left, the spins of one state of {}; to the right of it, three times over, the majority of each 2 × 2 of the picture before, drawn as large as \
             the spins that it stands for; below each the side of its lattice. Print has rows below, at and above $T_c = {}$ where the study has such \
             temperatures, the screen a slider; the majority is white. Each picture is a single state, so that it carries no error.{}",
            of[0].downcast::<SweepExperiment>().model.description(),
            number::significant(t_c, 5),
            chains::provenance_of(study, &of)
        ),
        panels: chosen.iter().map(|index| panel(&at(drawn[*index].0), &drawn[*index].1)).collect(),
        columns: 1,
        frames,
    })
}

/// The levels of a point, read from its table and enlarged to one size.
fn pictures(point: &StudyPoint<'_>) -> Option<Vec<Level>> {
    let table = point.analysis.table("blocks")?;
    let lines = |level: usize| -> Vec<&str> {
        let rows = table.rows.iter().filter(|row| row[0] == Cell::from(level));
        rows.filter_map(|row| match &row[2] {
            Cell::Text(line) => Some(line.as_str()),
            _ => None,
        })
        .collect()
    };
    // A state and its reverse are equally likely: a common side keeps the eye on what changes.
    let up = |lines: &[&str]| lines.iter().flat_map(|line| line.chars()).filter(|spin| *spin == 'u').count();
    let finest = lines(0);
    let width = finest.first()?.len();
    let turn = if 2 * up(&finest) > width * finest.len() { -1.0 } else { 1.0 };
    let mut levels = Vec::new();
    for level in 0..SHOWN {
        let found = lines(level);
        let Some(side) = found.first().map(|line| line.len()) else { break };
        let scale = width / side;
        let mut spins = Vec::with_capacity(width * finest.len());
        for line in &found {
            let wide = line
                .chars()
                .flat_map(|spin| std::iter::repeat_n(if spin == 'u' { turn } else { -turn }, scale));
            let wide: Vec<f64> = wide.collect();
            (0..scale).for_each(|_| spins.extend(&wide));
        }
        levels.push(Level { side, spins });
    }
    Some(levels)
}
