//! Objects in boxes: a fixed number of objects that share a fixed total energy.

use super::level_list::{self, Words};
use super::{Model, ModelEntry, schema_of};
use crate::exact::methods::Method;
use crate::exact::occupation::{Fault, Occupation};
use crate::input::{Context, Problem};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The registry's line.
pub const ENTRY: ModelEntry = ModelEntry {
    name: "occupation",
    summary: "objects in boxes with energies, at a fixed total energy",
    energy: "",
    doc: r#"$N$ distinguishable `objects` are put into boxes with energies $E_j$ (`energies`) and $g_j$ places each (`degeneracies`, 1
unless given). Of all assignments those count that have the total energy $E$ (`energy`, or `energy_per_object` $= E/N$), each
as much as any other:
$$\Omega(N, E) = \sum_n N! \prod_j \frac{g_j^{n_j}}{n_j!} \quad\text{over all } n \text{ with } \sum_j n_j = N,\; \sum_j n_j E_j = E .$$
The energies must be multiples of a common unit, counted from the lowest. There is no `temperature` to choose: it follows,
as the $\beta$ of the Boltzmann distribution $p_j = g_j e^{-\beta E_j}/Z$ whose mean energy is $E/N$.

The count is exact for $N$ up to $10^4$ and some twenty boxes; `gibbs plan` shows what it costs."#,
    schema: schema_of::<OccupationSpec>,
    build,
};

/// Objects in boxes with energies, at a fixed total energy.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct OccupationSpec {
    /// The number N of distinguishable objects.
    objects: u64,
    /// The energies E of the boxes, at least one; multiples of a common unit, counted from the lowest.
    #[schemars(length(min = 1))]
    energies: Vec<f64>,
    /// How many places each box has, 1 unless given; as many positive numbers as there are energies.
    #[serde(default)]
    degeneracies: Vec<f64>,
    /// The total energy E of all objects; or give `energy_per_object`.
    energy: Option<f64>,
    /// The energy E/N of an object on average, in place of `energy`.
    energy_per_object: Option<f64>,
}

/// Checked objects in boxes.
struct Boxes {
    occupation: Occupation,
}

fn problem(key: &str, message: impl Into<String>) -> Problem {
    let dot = if key.is_empty() { "" } else { "." };
    Problem::new(format!("model.occupation{dot}{key}"), message)
}

fn build(keys: &Value, _context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let spec: OccupationSpec =
        serde_json::from_value(keys.clone()).map_err(|error| vec![problem("", error.to_string())])?;
    let mut problems = Vec::new();
    let words = Words { levels: "boxes", cannot: ("a box cannot have", "places") };
    let lists = (&spec.energies[..], &spec.degeneracies[..]);
    let boxes = level_list::levels("occupation", &words, lists, &mut problems);
    let (key, energy) = match (spec.energy, spec.energy_per_object) {
        (Some(energy), None) => ("energy", energy),
        (None, Some(share)) => ("energy_per_object", share * spec.objects as f64),
        (Some(_), Some(_)) => {
            problems.push(
                problem("energy_per_object", "the total energy is given twice")
                    .help("keep `energy` or `energy_per_object`"),
            );
            ("energy", 0.0)
        }
        (None, None) => {
            problems.push(
                problem("", "no total energy is given").help("add `energy`, or `energy_per_object` = E/N"),
            );
            ("energy", 0.0)
        }
    };
    if !energy.is_finite() {
        problems.push(problem(key, format!("a total energy of {energy} is out of range")));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    match Occupation::new(spec.objects, &boxes, energy) {
        Ok(occupation) => Ok(Arc::new(Boxes { occupation })),
        Err(Fault::Boxes(message)) => Err(vec![
            problem("energies", message)
                .help("round the energies to multiples of one step, such as 0, 0.5, 1.5"),
        ]),
        Err(Fault::Energy(message)) => {
            Err(vec![problem(key, message).help("choose a total energy that can be reached")])
        }
        Err(Fault::Size(message)) => Err(vec![
            problem("objects", message).help("take fewer objects, or energies with a larger common step"),
        ]),
    }
}

impl Model for Boxes {
    fn name(&self) -> &'static str {
        "occupation"
    }

    fn identity(&self) -> Value {
        let occupation = &self.occupation;
        let energies: Vec<f64> = occupation.boxes().iter().map(|one| one.energy).collect();
        let degeneracies: Vec<f64> = occupation.boxes().iter().map(|one| one.degeneracy).collect();
        json!({ "occupation": {
            "objects": occupation.objects(),
            "energies": energies,
            "degeneracies": degeneracies,
            "quanta": occupation.quanta().total,
        } })
    }

    fn description(&self) -> String {
        let boxes = match self.occupation.boxes().len() {
            1 => "one box".to_owned(),
            count => format!("{count} boxes"),
        };
        match self.occupation.objects() {
            1 => format!("one object in {boxes}"),
            objects => format!("{} objects in {boxes}", crate::number::count(objects)),
        }
    }

    fn sites(&self) -> Option<usize> {
        None
    }

    fn methods(&self) -> &[Method] {
        &[]
    }

    fn occupation(&self) -> Option<&Occupation> {
        Some(&self.occupation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::testing::NO_FILES;

    fn build(keys: Value) -> Result<Arc<dyn Model>, Vec<Problem>> {
        let context = Context { seed: 1, quick: false, ladder: &[], inputs: &NO_FILES };
        crate::models::build(&json!({ "occupation": keys }), &context)
    }

    #[test]
    fn the_energy_of_one_object_stands_for_the_total() {
        let total = build(json!({ "objects": 10, "energies": [0, 0.1, 0.3], "energy": 0.7 })).unwrap();
        let each =
            build(json!({ "objects": 10, "energies": [0, 0.1, 0.3], "energy_per_object": 0.07 })).unwrap();
        assert_eq!(total.identity(), each.identity());
        assert_eq!(total.occupation().unwrap().quanta().total, 7);
        assert!(total.exact().is_err());
        assert_eq!(total.description(), "10 objects in 3 boxes");
    }

    #[test]
    fn malformed_boxes_are_refused() {
        for (keys, path, part) in [
            (json!({ "objects": 4, "energies": [], "energy": 1 }), ".energies", "no boxes"),
            (json!({ "objects": 4, "energies": [0, 1] }), "", "no total energy"),
            (
                json!({ "objects": 4, "energies": [0, 1], "energy": 1, "energy_per_object": 1 }),
                ".energy_per_object",
                "given twice",
            ),
            (
                json!({ "objects": 4, "energies": [0, 1], "energy": 5 }),
                ".energy",
                "from 0 to 4 in steps of 1",
            ),
            (
                json!({ "objects": 4, "energies": [0, 1], "energy_per_object": 0.3 }),
                ".energy_per_object",
                "no arrangement has the total energy 1.2",
            ),
            (
                json!({ "objects": 4, "energies": [0, 1], "degeneracies": [1], "energy": 1 }),
                ".degeneracies",
                "2 energies and 1 degeneracies",
            ),
            (
                json!({ "objects": 4, "energies": [0], "degeneracies": [-1], "energy": 0 }),
                ".degeneracies",
                "cannot have -1 places",
            ),
            (json!({ "objects": 4, "energies": [1e200], "energy": 0 }), ".energies", "out of range"),
            (
                json!({ "objects": 4_000_000_000_u64, "energies": [0, 1], "energy": 1 }),
                ".objects",
                "beyond counting",
            ),
        ] {
            let problems = build(keys).err().unwrap();
            assert_eq!(problems[0].path, format!("model.occupation{path}"));
            assert!(problems[0].message.contains(part), "{}", problems[0].message);
        }
    }
}
