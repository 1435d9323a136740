//! The kind `rbm`: a restricted Boltzmann machine is trained on data and judged by its likelihood.

mod analyse;
mod data;
mod dreams;
mod facts;
mod figures;
mod outcome;
mod present;
mod run;
mod spec;
mod tell;

pub use run::Training;

use crate::kind::{Context, Experiment, Kind, Problem, Story, Study};
use serde_json::Value;

/// The kind `rbm`.
#[derive(Debug)]
pub struct Rbm;

impl Kind for Rbm {
    fn name(&self) -> &'static str {
        "rbm"
    }

    fn summary(&self) -> &'static str {
        "train a restricted Boltzmann machine and judge it by its likelihood"
    }

    fn doc(&self) -> &'static str {
        "\
A restricted Boltzmann machine is trained on binary patterns by contrastive divergence (`algorithm = \"cd\"`) or by its
persistent form (`\"pcd\"`), and judged by the mean log-likelihood of the patterns, $-\\langle F(v) \\rangle - \\ln Z$. For up to 20
units in the smaller layer $\\ln Z$ is summed exactly; beyond that annealed importance sampling estimates it with an error.

`[data]` names the patterns (`gibbs list datasets`, or a `file`), how they become binary and what share is held out;
`[model.rbm]` the number of hidden units; `[train]` the algorithm; `[evaluate]` the judging. With `replicas` of two or more
the training is repeated on independent random streams, and every estimate is the mean over trainings with its standard
error.

Visible biases start at the log-odds of the data's means, weights at normal numbers of width `initial_scale`. By default
updates have a momentum of 0.9 and a step size that falls linearly to zero; `momentum = 0` and
`learning_rate_decay = \"none\"` give plain stochastic gradient steps.

The weights of the first training are written to `weights.safetensors`, which `[model.rbm] weights = …` of the other kinds
takes back."
    }

    fn version(&self) -> u32 {
        2
    }

    fn quantities(&self) -> &'static [&'static str] {
        &[
            "log_likelihood",
            "validation_log_likelihood",
            "log_partition",
            "reconstruction_error",
            "free_energy_gap",
        ]
    }

    fn models(&self) -> Vec<&'static str> {
        vec!["rbm"]
    }

    fn schema(&self) -> Value {
        crate::models::schema_of::<spec::Spec>()
    }

    fn starter(&self) -> &'static str {
        include_str!("starter.toml")
    }

    fn template(&self) -> &'static str {
        include_str!("../../../templates/handout/rbm.md.tera")
    }

    fn facts_schema(&self) -> Value {
        crate::models::schema_of::<facts::Facts>()
    }

    fn prepare(&self, keys: &Value, context: &Context<'_>) -> Result<Box<dyn Experiment>, Vec<Problem>> {
        Ok(Box::new(spec::prepare(keys, context)?))
    }

    fn present(&self, study: &Study<'_>) -> Story {
        present::present(study)
    }
}

#[cfg(test)]
mod tests;
