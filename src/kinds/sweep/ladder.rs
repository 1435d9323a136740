//! The keys of a sampler that serves all temperatures of a curve in one run.

use super::spec::{Auto, SweepSpec, Thermalize};
use crate::input::{Context, Problem};
use crate::samplers::ladder::{Climb, Course};
use crate::samplers::{Method, SAMPLERS, SamplerEntry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which temperatures a tempered run goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum LadderSpec {
    /// Those of the sweep, and others between them where they are too far apart.
    Refined,
    /// Those of the sweep.
    Given,
}

/// How one run serves the temperatures of a curve.
pub(super) struct LadderPlan {
    pub climb: Climb,
    /// The temperatures, ascending.
    pub temperatures: Vec<f64>,
    /// The place of the point's own among them.
    pub seat: usize,
    /// Sweeps at each temperature on the way down; 1 where the method has none.
    pub relaxation: usize,
    /// Whether temperatures may be added.
    pub refine: bool,
}

/// How the sampler goes through the temperatures, if it is one that does.
pub(super) fn ladder_plan(
    sampler: &SamplerEntry,
    spec: &SweepSpec,
    context: &Context<'_>,
    problems: &mut Vec<Problem>,
) -> Option<LadderPlan> {
    let ladder = match sampler.method {
        Method::Ladder(ladder) => Some(ladder),
        Method::Chain(..) | Method::Auto => None,
    };
    let course = ladder.map(|ladder| ladder.course);
    let together = matches!(course, Some(Course::Together));
    let falls = matches!(course, Some(Course::Fall { .. }));
    if spec.sampler.ladder.is_some() && !together {
        let text = format!("`{}` has no ladder of temperatures to refine", sampler.name);
        let have = with_course(|course| matches!(course, Course::Together));
        problems
            .push(Problem::new("sampler.ladder", text).help(format!("the key is for {have}: leave it out")));
    }
    if spec.sampler.relaxation.is_some() && !falls {
        let text = format!("`{}` does not go down through the temperatures", sampler.name);
        let have = with_course(|course| matches!(course, Course::Fall { .. }));
        let help = format!("the key is for {have}: leave it out, and see `budget.thermalize`");
        problems.push(Problem::new("sampler.relaxation", text).help(help));
    }
    if falls && spec.budget.thermalize != Thermalize::Word(Auto::Auto) {
        let text = format!(
            "`{}` has no run-in: it begins at infinite temperature, where any state is as likely",
            sampler.name
        );
        let help = "leave the key out; `sampler.relaxation` is the number of sweeps at each temperature on the way down";
        problems.push(Problem::new("budget.thermalize", text).help(help));
    }
    let ladder = ladder?;
    for (key, asked) in
        [("correlation", spec.measure.correlation), ("renormalisation", spec.measure.renormalisation)]
    {
        if asked {
            let text = format!("`{}` does not show its states for `{key}` to be measured", sampler.name);
            let help = "remove the key, or take a sampler that runs a chain at each temperature";
            problems.push(Problem::new(format!("measure.{key}"), text).help(help));
        }
    }
    let temperatures =
        if context.ladder.is_empty() { vec![spec.temperature] } else { context.ladder.to_vec() };
    if together && temperatures.len() < 2 {
        problems.push(
            Problem::new(
                "sampler.algorithm",
                "parallel tempering needs two temperatures or more to exchange",
            )
            .help("sweep the temperature: `[sweep] temperature = { from = …, to = …, steps = … }`"),
        );
    }
    let seat = temperatures.iter().position(|temperature| *temperature == spec.temperature)?;
    let relaxation = match (spec.sampler.relaxation, ladder.course) {
        (Some(asked), _) => asked as usize,
        (None, Course::Fall { relaxation, .. }) => relaxation,
        (None, Course::Together | Course::Flat) => 1,
    };
    Some(LadderPlan {
        climb: ladder.climb,
        temperatures,
        seat,
        relaxation,
        refine: spec.sampler.ladder != Some(LadderSpec::Given),
    })
}

/// The samplers that go through the temperatures in a certain way: "`a` and `b`".
fn with_course(is: impl Fn(Course) -> bool) -> String {
    let ladders =
        SAMPLERS.iter().filter(|entry| matches!(entry.method, Method::Ladder(ladder) if is(ladder.course)));
    ladders.map(|entry| format!("`{}`", entry.name)).collect::<Vec<_>>().join(" and ")
}
