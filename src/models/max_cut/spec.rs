//! The keys of `[model.max_cut]` and how they become a graph.

use super::random_regular::random_regular;
use super::{MaxCut, pair_model};
use crate::input::{Context, Problem};
use crate::models::{Model, edges};
use crate::rng::stream;
use rand::RngExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};

/// The most edges that a drawn graph may have.
const MAX_EDGES: u64 = 50_000_000;

/// A weighted graph, from a file or drawn at random.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) struct MaxCutSpec {
    /// Edge list of the graph: lines `i j w`, an optional header `n m`, comments. Relative to the experiment's file.
    #[serde(default)]
    #[schemars(with = "String")]
    file: Option<String>,
    /// The index of the first vertex in the file, 0 or 1; recognised when it is unambiguous.
    #[serde(default)]
    #[schemars(with = "u32", range(min = 0, max = 1))]
    index_base: Option<u32>,
    /// The family from which a graph is drawn, in place of a file.
    #[serde(default)]
    #[schemars(with = "GraphFamily")]
    graph: Option<GraphFamily>,
    /// Number of vertices of a drawn graph.
    #[serde(default)]
    #[schemars(with = "u32", range(min = 2))]
    size: Option<u32>,
    /// Number of neighbours of each vertex of a drawn graph; 3 unless given.
    #[serde(default)]
    #[schemars(with = "u32", range(min = 1))]
    degree: Option<u32>,
    /// Seed of the drawn graph; the experiment's seed unless given.
    #[serde(default)]
    #[schemars(with = "u64", range(min = 0))]
    graph_seed: Option<u64>,
    /// Weights of a drawn graph's edges: all 1 ("unit", the default), or 1 and −1 with equal probability ("pm_one").
    #[serde(default)]
    #[schemars(with = "Weights")]
    weights: Option<Weights>,
}

/// A family of random graphs.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum GraphFamily {
    /// Every vertex has the same number of neighbours.
    RandomRegular,
}

/// How the edges of a drawn graph are weighted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Weights {
    /// All weights are 1.
    Unit,
    /// Weights are 1 or −1 with equal probability.
    PmOne,
}

/// Builds the model from its table.
pub(super) fn build(keys: &Value, context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let spec: MaxCutSpec = serde_json::from_value(keys.clone())
        .map_err(|error| vec![Problem::new("model.max_cut", error.to_string())])?;
    let model = match (&spec.file, spec.graph) {
        (Some(file), None) => from_file(file, &spec, context)?,
        (None, Some(GraphFamily::RandomRegular)) => drawn(&spec, context)?,
        (Some(_), Some(_)) => {
            return Err(vec![
                Problem::new("model.max_cut.graph", "a graph is read from a file or drawn, not both")
                    .help("remove `file` or `graph`"),
            ]);
        }
        (None, None) => {
            return Err(vec![
                Problem::new("model.max_cut", "no graph is given")
                    .help("give file = \"graph.txt\", or graph = \"random_regular\" with a size"),
            ]);
        }
    };
    Ok(Arc::new(model))
}

fn from_file(file: &str, spec: &MaxCutSpec, context: &Context<'_>) -> Result<MaxCut, Vec<Problem>> {
    const PATH: &str = "model.max_cut.file";
    let drawn_only = [
        ("size", spec.size.is_some()),
        ("degree", spec.degree.is_some()),
        ("graph_seed", spec.graph_seed.is_some()),
        ("weights", spec.weights.is_some()),
    ];
    let problems: Vec<Problem> = drawn_only
        .iter()
        .filter(|(_, given)| *given)
        .map(|(key, _)| {
            let message = format!("`{key}` belongs to a drawn graph, but the graph is read from a file");
            Problem::new(format!("model.max_cut.{key}"), message).help(format!("remove `{key}`"))
        })
        .collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let bytes = context.inputs.read(file).map_err(|reason| vec![Problem::new(PATH, reason)])?;
    let list = edges::parse(&bytes, spec.index_base).map_err(|error| vec![error.problem(PATH, file)])?;
    if let Some((vertex, weight)) = list.fields.first() {
        let written = vertex + list.index_base;
        let message = format!(
            "{file}: the line `{written} {written} {weight}` joins a vertex to itself, which no cut can separate"
        );
        return Err(vec![
            Problem::new(PATH, message).help("fields belong to [model.ising]; remove such lines"),
        ]);
    }
    if list.bonds.is_empty() {
        return Err(vec![Problem::new(PATH, format!("{file}: the graph has no edges"))]);
    }
    Ok(MaxCut {
        identity: json!({ "max_cut": {
            "file": blake3::hash(&bytes).to_hex().as_str(),
            "index_base": list.index_base,
        }}),
        description: format!("the graph of {} vertices and {} edges in {file}", list.spins, list.bonds.len()),
        pairs: pair_model(list.spins, &list.bonds),
        methods: OnceLock::new(),
    })
}

fn drawn(spec: &MaxCutSpec, context: &Context<'_>) -> Result<MaxCut, Vec<Problem>> {
    if spec.index_base.is_some() {
        return Err(vec![
            Problem::new(
                "model.max_cut.index_base",
                "`index_base` belongs to a file, but the graph is drawn",
            )
            .help("remove `index_base`"),
        ]);
    }
    let Some(size) = spec.size else {
        return Err(vec![
            Problem::new("model.max_cut", "a drawn graph needs its number of vertices").help("give size"),
        ]);
    };
    let degree = spec.degree.unwrap_or(3);
    let stubs = u64::from(size) * u64::from(degree);
    if degree >= size {
        let message = format!(
            "{size} vertices cannot have {degree} neighbours each, only up to {}",
            size.saturating_sub(1)
        );
        return Err(vec![Problem::new("model.max_cut.degree", message)]);
    }
    if !stubs.is_multiple_of(2) {
        let message = format!("no graph has {size} vertices of degree {degree}: {size} · {degree} is odd");
        return Err(vec![Problem::new("model.max_cut.size", message).help("make size or degree even")]);
    }
    if stubs / 2 > MAX_EDGES {
        let message = format!("{} edges are more than the {MAX_EDGES} allowed", stubs / 2);
        return Err(vec![Problem::new("model.max_cut.size", message)]);
    }
    let seed = spec.graph_seed.unwrap_or(context.seed);
    let weights = spec.weights.unwrap_or(Weights::Unit);
    let name = format!("random_regular size={size} degree={degree}");
    let graph = random_regular(size, degree, &mut stream(seed, "graph", &name, 0));
    let mut random = stream(seed, "weights", &name, 0);
    let edges: Vec<_> = graph
        .into_iter()
        .map(|(i, j)| {
            let negative = weights == Weights::PmOne && random.random::<bool>();
            (i, j, if negative { -1.0 } else { 1.0 })
        })
        .collect();
    let weighted = if weights == Weights::PmOne { ", weights ±1" } else { "" };
    Ok(MaxCut {
        identity: json!({ "max_cut": {
            "graph": "random_regular", "size": size, "degree": degree, "graph_seed": seed, "weights": weights,
        }}),
        description: format!("a random {degree}-regular graph of {size} vertices{weighted}"),
        pairs: pair_model(size as usize, &edges),
        methods: OnceLock::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Inputs;

    struct Files(&'static str);

    impl Inputs for Files {
        fn read(&self, path: &str) -> Result<Vec<u8>, String> {
            if path == "cut.txt" { Ok(self.0.into()) } else { Err(format!("no such file: {path}")) }
        }
    }

    fn try_build(keys: Value, file: &'static str) -> Result<Arc<dyn Model>, Vec<Problem>> {
        build(&keys, &Context { seed: 5, quick: false, ladder: &[], inputs: &Files(file) })
    }

    #[test]
    fn a_graph_from_a_file_is_a_model() {
        let model = try_build(json!({ "file": "cut.txt" }), "4 4\n1 2 1\n2 3 1\n3 4 1\n1 3 1\n").unwrap();
        assert_eq!(model.sites(), Some(4));
        assert_eq!(model.description(), "the graph of 4 vertices and 4 edges in cut.txt");
        assert_eq!(model.pair_model().unwrap().energy(&[1, -1, -1, 1]), -3.0);
        let ground =
            model.exact().unwrap().solve(0.02, &mut |_| std::ops::ControlFlow::Continue(())).unwrap();
        assert!((ground.energy + 3.0).abs() < 1e-12, "{}", ground.energy);
    }

    #[test]
    fn a_drawn_graph_follows_its_seed() {
        let drawn = |seed: u64| {
            let keys =
                json!({ "graph": "random_regular", "size": 20, "graph_seed": seed, "weights": "pm_one" });
            try_build(keys, "").unwrap()
        };
        assert_eq!(drawn(1).pair_model(), drawn(1).pair_model());
        assert_ne!(drawn(1).pair_model(), drawn(2).pair_model());
        assert_ne!(drawn(1).identity(), drawn(2).identity());
        let own =
            try_build(json!({ "graph": "random_regular", "size": 20, "weights": "pm_one" }), "").unwrap();
        assert_eq!(own.pair_model(), drawn(5).pair_model(), "the experiment's seed is 5");
    }

    #[test]
    fn impossible_graphs_are_refused_at_their_key() {
        for (keys, file, path, message) in [
            (json!({}), "", "model.max_cut", "no graph is given"),
            (json!({ "file": "a.txt" }), "", "model.max_cut.file", "no such file"),
            (
                json!({ "file": "cut.txt" }),
                "2 2\n1 2 1\n1 1 3\n",
                "model.max_cut.file",
                "joins a vertex to itself",
            ),
            (json!({ "file": "cut.txt" }), "1 2 x\n", "model.max_cut.file", "cut.txt: line 1: `x`"),
            (json!({ "file": "cut.txt", "size": 4 }), "1 2 1\n", "model.max_cut.size", "drawn graph"),
            (json!({ "file": "cut.txt", "graph": "random_regular" }), "", "model.max_cut.graph", "not both"),
            (json!({ "graph": "random_regular" }), "", "model.max_cut", "number of vertices"),
            (json!({ "graph": "random_regular", "size": 7 }), "", "model.max_cut.size", "is odd"),
            (json!({ "graph": "random_regular", "size": 3 }), "", "model.max_cut.degree", "only up to 2"),
        ] {
            let problems = try_build(keys, file).err().expect("refused");
            assert_eq!(problems[0].path, path);
            assert!(problems[0].message.contains(message), "{}", problems[0].message);
        }
    }
}
