//! The figure of samples along the training: what the machine dreams of before, while and after it learns.

use super::run::Training;
use crate::figure::{Figure, Frame, Frames, ImageGrid, Panel};
use crate::kind::StudyPoint;
use crate::number::{count, significant};
use crate::record::Cell;

/// Samples of the first, a middle and the last moment of the training; a slider over all that were kept. `None` for patterns
/// that are no images, and for fewer than three moments.
pub(super) fn figure(point: &StudyPoint<'_>, training: &Training, seed: u64) -> Option<Figure> {
    let table = point.analysis.table("fantasies").filter(|_| training.height > 1)?;
    let mut moments: Vec<(i64, Vec<Vec<f64>>)> = Vec::new();
    for row in &table.rows {
        let (Cell::Integer(number), Cell::Text(pattern)) = (&row[0], &row[2]) else { continue };
        let image = pattern.chars().map(|digit| f64::from(digit == '1')).collect();
        match moments.last_mut().filter(|(last, _)| last == number) {
            Some((_, images)) => images.push(image),
            None => moments.push((*number, vec![image])),
        }
    }
    if moments.len() < 3 {
        return None;
    }
    let last = moments.len() - 1;
    // The first steps of a training change most: the geometric middle shows more than the arithmetic one.
    let wanted = libm::sqrt(moments[last].0 as f64 * moments[1].0 as f64);
    let away = |index: &usize| libm::fabs(moments[*index].0 as f64 - wanted);
    let middle = (1..last).min_by(|a, b| away(a).total_cmp(&away(b))).unwrap_or(1);
    let title = |index: usize| epoch(moments[index].0);
    let grid = |index: usize, title: String, per_row: usize| {
        let (name, images) = (epoch(moments[index].0), &moments[index].1);
        let on =
            images.iter().flatten().sum::<f64>() / images.iter().map(Vec::len).sum::<usize>().max(1) as f64;
        Panel::Images(ImageGrid {
            title,
            height: training.height,
            width: training.width,
            images: images.clone(),
            labels: Vec::new(),
            per_row,
            range: (0.0, 1.0),
            diverging: false,
            description: format!(
                "Samples of the machine at {}; share of pixels that are on: {}",
                name,
                significant(on, 2)
            ),
        })
    };
    let shown = moments[0].1.len();
    Some(Figure {
        id: "dreams".to_owned(),
        title: "Samples along the training".to_owned(),
        subtitle: String::new(),
        caption: format!(
            "{shown} samples $v$ of the {}machine before the training, at epoch {} and at epoch {}, each the end of its own chain of {} \
             Gibbs step{} from independent pixels, seed {seed}. The chains use the same random numbers at each epoch, so that only \
             the machine differs. Print shows these three; on screen a slider moves through {} epochs.",
            if training.replicas > 1 { "first " } else { "" },
            count(moments[middle].0.unsigned_abs()),
            count(moments[last].0.unsigned_abs()),
            count(training.sample_steps as u64),
            if training.sample_steps == 1 { "" } else { "s" },
            moments.len()
        ),
        panels: [0, middle, last].map(|index| grid(index, title(index), shown.min(4))).to_vec(),
        columns: 3,
        frames: Some(Frames {
            control: "epoch".to_owned(),
            frames: (0..moments.len())
                .map(|index| Frame {
                    label: title(index),
                    panels: vec![grid(index, String::new(), shown.min(8))],
                })
                .collect(),
            start: last,
        }),
    })
}

fn epoch(number: i64) -> String {
    format!("epoch {}", count(number.unsigned_abs()))
}
