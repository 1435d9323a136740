//! A list of energy levels: the simplest thing that has a partition function.

use super::level_list::{self, Words};
use super::{Model, ModelEntry, schema_of};
use crate::exact::boltzmann::{Level, solve_levels};
use crate::exact::methods::{ENUMERATION, Method};
use crate::exact::{ExactEnsemble, Thermodynamics};
use crate::input::{Context, Problem};
use serde::Deserialize;
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::sync::Arc;

/// The registry's line.
pub const ENTRY: ModelEntry = ModelEntry {
    name: "levels",
    summary: "a list of energy levels with degeneracies",
    energy: r"Its levels $E_i$ hold $g_i$ microstates each, as the file lists them.",
    doc: r"Levels $E_i$ with degeneracies $g_i$ (1 each unless given), so that
$$Z(\beta) = \sum_i g_i e^{-\beta E_i}, \qquad p_i = g_i e^{-\beta E_i}/Z .$$
`energies` and `degeneracies` are lists of one length.",
    schema: schema_of::<LevelsSpec>,
    build,
};

/// Energy levels with degeneracies.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct LevelsSpec {
    /// The energies E of the levels, at least one.
    #[schemars(length(min = 1))]
    energies: Vec<f64>,
    /// How many microstates each level holds, 1 unless given; as many positive numbers as there are energies.
    #[serde(default)]
    degeneracies: Vec<f64>,
}

/// Levels whose lists were checked.
struct Levels {
    list: LevelList,
    methods: Vec<Method>,
}

/// The levels, to be summed one by one.
#[derive(Clone)]
struct LevelList(Vec<Level>);

fn build(keys: &Value, _context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let spec: LevelsSpec = serde_json::from_value(keys.clone())
        .map_err(|error| vec![Problem::new("model.levels", error.to_string())])?;
    let mut problems = Vec::new();
    let words = Words { levels: "levels", cannot: ("a level cannot hold", "microstates") };
    let lists = (&spec.energies[..], &spec.degeneracies[..]);
    let list = LevelList(level_list::levels("levels", &words, lists, &mut problems));
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Arc::new(Levels { methods: vec![Method::new(ENUMERATION, Ok(list.clone()))], list }))
}

impl Model for Levels {
    fn name(&self) -> &'static str {
        "levels"
    }

    fn identity(&self) -> Value {
        let energies: Vec<f64> = self.list.0.iter().map(|level| level.energy).collect();
        let degeneracies: Vec<f64> = self.list.0.iter().map(|level| level.degeneracy).collect();
        json!({ "levels": { "energies": energies, "degeneracies": degeneracies } })
    }

    fn description(&self) -> String {
        match self.list.0.len() {
            1 => "a system of one level".to_owned(),
            count => format!("a system of {count} levels"),
        }
    }

    fn sites(&self) -> Option<usize> {
        None
    }

    fn methods(&self) -> &[Method] {
        &self.methods
    }
}

impl ExactEnsemble for LevelList {
    fn method(&self) -> String {
        match self.0.len() {
            1 => "a sum of one term".to_owned(),
            count => format!("a sum over {count} levels"),
        }
    }

    fn terms(&self) -> f64 {
        self.0.len() as f64
    }

    fn solve(
        &self,
        temperature: f64,
        _advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Thermodynamics> {
        Some(solve_levels(&self.0, temperature))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::testing::NO_FILES;

    fn build(keys: Value) -> Result<Arc<dyn Model>, Vec<Problem>> {
        let context = Context { seed: 1, quick: false, ladder: &[], inputs: &NO_FILES };
        crate::models::build(&json!({ "levels": keys }), &context)
    }

    #[test]
    fn degeneracies_default_to_one() {
        let plain = build(json!({ "energies": [0.0, 1.0] })).unwrap();
        let written = build(json!({ "energies": [0.0, 1.0], "degeneracies": [1, 1] })).unwrap();
        assert_eq!(plain.identity(), written.identity());
        let solved = plain.exact().unwrap().solve(1.0, &mut |_| ControlFlow::Continue(())).unwrap();
        assert!((solved.log_partition - libm::log1p(libm::exp(-1.0))).abs() < 1e-15);
    }

    #[test]
    fn malformed_lists_are_refused() {
        for (keys, path, part) in [
            (json!({ "energies": [] }), "energies", "no levels"),
            (
                json!({ "energies": [0, 1], "degeneracies": [1] }),
                "degeneracies",
                "2 energies and 1 degeneracies",
            ),
            (json!({ "energies": [0], "degeneracies": [0] }), "degeneracies", "cannot hold 0"),
            (json!({ "energies": [1e200] }), "energies", "out of range"),
        ] {
            let problems = build(keys).err().unwrap();
            assert_eq!(problems[0].path, format!("model.levels.{path}"));
            assert!(problems[0].message.contains(part), "{}", problems[0].message);
        }
    }
}
