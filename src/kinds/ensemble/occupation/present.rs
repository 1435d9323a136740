//! The story of objects in boxes.

use super::super::facts::Facts;
use super::Boxes;
use super::facts::{facts, ordered};
use super::figures::figures;
use crate::kind::{Story, Study, StudyPoint};
use crate::number;
use serde_json::json;
use std::any::Any;

/// Question, answer, figures and facts; `None` when the study is not of objects in boxes.
pub(in super::super) fn present(study: &Study<'_>) -> Option<Story> {
    let ours = |point: &StudyPoint<'_>| (point.experiment as &dyn Any).is::<Boxes>();
    (!study.points.is_empty() && study.points.iter().all(ours)).then_some(())?;
    let first = study.points[0].downcast::<Boxes>();
    let points = ordered(study.points);
    let Some(found) = facts(&points) else {
        return Some(Story {
            question: "How are no objects shared among boxes?".to_owned(),
            answer: "In one way: $\\Omega = 1$.".to_owned(),
            facts: json!(Facts { empty: true, ..Facts::default() }),
            ..Story::default()
        });
    };
    let last = &found.last;
    let question = match points.len() {
        1 => format!("How do {} share the energy {}?", first.model.description(), number::plain(last.energy)),
        _ => "How do objects share a fixed energy, and from how many objects on does Boltzmann's distribution tell?"
            .to_owned(),
    };
    let (objects, entropy) = (number::count(last.objects), number::significant(last.entropy_per_object, 5));
    let width = number::significant(last.width, 3);
    let answer = match &found.slopes {
        Some(slopes) => format!(
            "{objects} objects have $e^{{{}}}$ ways to share it, and typically the shares lie within about {width} of the \
             same ones: the spread falls as $N^{{{}}}$.",
            number::significant(last.log_multiplicity, 5),
            number::significant(slopes.width, 3),
        ),
        None => format!(
            "In $\\Omega = e^{{{}}}$ ways, an entropy of {entropy} per object; from one way to another the shares of the boxes \
             differ by about {width}.",
            number::significant(last.log_multiplicity, 5),
        ),
    };
    let warnings = study
        .doubts(|point| format!("$N = {}$", number::count(point.downcast::<Boxes>().occupation.objects())));
    Some(Story {
        question,
        answer,
        figures: figures(&points),
        warnings,
        facts: json!(Facts {
            description: first.model.description(),
            model: first.model.name(),
            method: crate::kind::Experiment::method(first).unwrap_or_default(),
            occupation: Some(found),
            ..Facts::default()
        }),
        ..Story::default()
    })
}
