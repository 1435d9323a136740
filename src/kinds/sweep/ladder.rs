//! The keys of a sampler that serves all temperatures of a curve in one run.

use super::spec::{Auto, SweepSpec, Thermalize};
use crate::input::{Context, Problem};
use crate::samplers::ladder::Climb;
use crate::samplers::{Method, SamplerEntry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Sweeps at each temperature on the way down, where the file does not say.
const RELAXATION: [(&str, u64); 2] = [("population_annealing", 10), ("annealed_importance", 5)];

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
    let tempering = sampler.name == "parallel_tempering";
    let known = RELAXATION.iter().find(|(name, _)| *name == sampler.name);
    let falls = known.is_some();
    if spec.sampler.ladder.is_some() && !tempering {
        let text = format!("`{}` has no ladder of temperatures to refine", sampler.name);
        problems.push(
            Problem::new("sampler.ladder", text).help("only `parallel_tempering` has: leave the key out"),
        );
    }
    if spec.sampler.relaxation.is_some() && !falls {
        let text = format!("`{}` does not go down through the temperatures", sampler.name);
        let help = "the key is for `population_annealing` and `annealed_importance`: leave it out, and see `budget.thermalize`";
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
    let Method::Ladder(climb) = sampler.method else { return None };
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
    if tempering && temperatures.len() < 2 {
        problems.push(
            Problem::new(
                "sampler.algorithm",
                "parallel tempering needs two temperatures or more to exchange",
            )
            .help("sweep the temperature: `[sweep] temperature = { from = …, to = …, steps = … }`"),
        );
    }
    let seat = temperatures.iter().position(|temperature| *temperature == spec.temperature)?;
    Some(LadderPlan {
        climb,
        temperatures,
        seat,
        relaxation: spec.sampler.relaxation.unwrap_or(if sampler.name == "population_annealing" {
            10
        } else {
            1
        }) as usize,
        refine: spec.sampler.ladder != Some(LadderSpec::Given),
    })
}
