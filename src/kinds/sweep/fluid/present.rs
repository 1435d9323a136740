//! The story of a fluid.

use super::super::chains::{discarded, unsettled};
use super::super::facts::Facts;
use super::super::layout::{Layout, layout};
use super::super::peaks::plain_label;
use super::FluidExperiment;
use super::facts::{FluidFacts, FluidRow, facts};
use super::figures::{figures, is_along_one_axis};
use crate::kind::{Story, Study, StudyPoint};
use crate::number;
use serde_json::json;
use std::any::Any;

/// What moves the particles.
pub(super) const UPDATES: &str = "Metropolis displacements";

/// Question, answer, figures and facts; `None` when the study is not of fluids.
pub(in crate::kinds::sweep) fn present(study: &Study<'_>) -> Option<Story> {
    let ours = |point: &StudyPoint<'_>| (point.experiment as &dyn Any).is::<FluidExperiment>();
    (!study.points.is_empty() && study.points.iter().all(ours)).then_some(())?;
    let layout = layout(study);
    let first: &FluidExperiment = study.points[0].downcast();
    let found = facts(study);
    let along = is_along_one_axis(study, &layout);
    let (question, answer) = headline(&layout, along, first, &found);
    let (discarded_least, discarded_most) = discarded(study);
    let estimates = study.points.iter().flat_map(|point| &point.analysis.estimates);
    let place = |point: &StudyPoint<'_>| {
        let named = study.axes.iter().zip(point.coordinates);
        named.map(|(axis, value)| plain_label(&axis.named(value))).collect::<Vec<_>>().join(", ")
    };
    Some(Story {
        question,
        answer,
        figures: figures(study, &layout),
        warnings: study.doubts(place),
        facts: json!(Facts {
            has_axis: layout.x.is_some(),
            over_temperature: layout.is_temperature,
            several_curves: layout.curves.len() > 1,
            several_sizes: !found.one_size,
            description: first.model.description(),
            algorithm: "Metropolis".to_owned(),
            updates: UPDATES.to_owned(),
            uses_metropolis: true,
            points: study.points.len(),
            replicas: first.replicas,
            sweeps: first.sweeps,
            automatic: first.thermalize.is_none(),
            discarded_least,
            discarded_most,
            discarded_alike: discarded_least == discarded_most,
            unsettled: unsettled(study),
            compared: found.energies.is_some(),
            r_hat_most: estimates.filter_map(|estimate| estimate.r_hat).reduce(f64::max),
            fluid: Some(found),
            ..Facts::default()
        }),
        ..Story::default()
    })
}

/// "$T = 0.85$, $\rho = 0.776$": a point's place in the phase diagram.
pub(super) fn state(row: &FluidRow) -> String {
    format!(r"$T = {}$, $\rho = {}$", number::plain(row.temperature), number::plain(row.density))
}

fn headline(
    layout: &Layout<'_>,
    along: bool,
    first: &FluidExperiment,
    found: &FluidFacts,
) -> (String, String) {
    let said = |row: &FluidRow| {
        let beside = |exact: Option<f64>| {
            exact.map_or(String::new(), |exact| format!(" (exact: ${}$)", number::significant(exact, 5)))
        };
        let peak = match (row.peak_distance, row.peak.value) {
            (Some(distance), Some(_)) => format!(
                "; $g(r)$ is largest, {}, at $r = {}$",
                row.peak.shown(),
                number::significant(distance, 3)
            ),
            _ => String::new(),
        };
        format!(
            "at {} the energy per particle is {}{} and the pressure {}{}{peak}",
            state(row),
            row.energy.shown(),
            beside(row.energy_exact),
            row.pressure.shown(),
            beside(row.pressure_exact)
        )
    };
    let described = first.model.description();
    let count = found.rows.len();
    let question = match layout.x {
        Some(_) if along && layout.is_temperature => {
            format!("How do energy, pressure and structure of {described} depend on the temperature?")
        }
        Some(_) if along && found.one_temperature && !found.one_density => {
            format!("How do energy, pressure and structure of {described} depend on the density?")
        }
        _ if count > 1 => {
            "What are energy, pressure and structure of Lennard-Jones particles in these states?".to_owned()
        }
        _ => format!(
            "What are energy, pressure and structure of {described} at a given temperature and density?"
        ),
    };
    let last = &found.rows[count - 1];
    let answer = if count > 1 {
        format!("{}. {}.", proper_start(&said(&found.rows[0])), proper_start(&said(last)))
    } else {
        format!("{}.", proper_start(&said(last)))
    };
    (question, answer)
}

/// With a capital letter.
fn proper_start(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
