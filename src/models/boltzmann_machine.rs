//! The general Boltzmann machine: binary units with a bias each and a coupling between any two.

mod build;

use super::rbm::Units;
use super::spins::PairModel;
use super::{Model, ModelEntry, pair_methods, schema_of};
use crate::exact::methods::Method;
use crate::number;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The registry's line.
pub const ENTRY: ModelEntry = ModelEntry {
    name: "boltzmann_machine",
    summary: "a Boltzmann machine with couplings between any two units, from a file or written out",
    energy: r"A microstate gives each unit one of two values $s_i$, 0 and 1 or $-1$ and 1. Its energy is $E = -\sum_i b_i s_i - \sum_{i<j} w_{ij} s_i s_j$, with biases $b_i$ and couplings $w_{ij}$.",
    doc: DOC,
    schema: schema_of::<build::Spec>,
    build: build::build,
};

const DOC: &str = r#"Units $s_i$ that are 0 or 1, or with `units = "spin"` −1 or +1, and
$$E(s) = -\sum_i b_i s_i - \sum_{i<j} w_{ij} s_i s_j ,$$
so that each state has the probability $e^{-E(s)/T}/Z$: $E$ is made of one term for each unit and one for each pair, and of
nothing else.

Write the machine out, with units counted from 0,

```toml
[model.boltzmann_machine]
biases    = [0.1, -0.2, 0.0]
couplings = [[0, 1, 1.5], [1, 2, -0.5]]
```

or name a `file`, an edge list with lines `i j w` and `i i b` as `[model.ising]` reads it (`convention = "dimod"` is
$E = +\sum b s + \sum w s s$), or a safetensors or npz file of `weights`: arrays `weights` of shape `[n, n]`, symmetric with a
diagonal of zeros or its upper triangle alone, and `bias` of shape `[n]`. A coupling given twice in a list or file adds up.

With $s = (1 + \sigma)/2$ binary units are Ising spins $\sigma = \pm 1$ with couplings $w_{ij}/4$ and fields
$b_i/2 + \sum_j w_{ij}/4$. Up to 34 units are enumerated, and sparse machines are solved by eliminating one unit after another.

Source: D. H. Ackley, G. E. Hinton and T. J. Sejnowski, Cognit. Sci. 9 (1985) 147, doi:10.1207/s15516709cog0901_7."#;

/// Biases, and couplings of pairs i < j.
struct Machine {
    biases: Vec<f64>,
    couplings: BTreeMap<(u32, u32), f64>,
    units: Units,
}

impl Machine {
    /// A machine without couplings.
    fn new(biases: Vec<f64>, units: Units) -> Self {
        Self { biases, couplings: BTreeMap::new(), units }
    }

    /// Adds w to the coupling of two different units.
    fn couple(&mut self, i: u32, j: u32, weight: f64) {
        *self.couplings.entry((i.min(j), i.max(j))).or_insert(0.0) += weight;
    }

    /// The machine as spins σ = ±1. Binary units are (1 + σ)/2, so that
    /// −4 E = Σ_{i<j} w_ij σ_i σ_j + Σ_i (2 b_i + Σ_j w_ij) σ_i + Σ_i 2 b_i + Σ_{i<j} w_ij.
    fn pair_model(&self) -> PairModel {
        let bonds = || self.couplings.iter().map(|(&(i, j), weight)| (i, j, *weight));
        if self.units == Units::Spin {
            return PairModel::from_bonds(bonds, self.biases.clone());
        }
        let mut fields: Vec<f64> = self.biases.iter().map(|bias| 2.0 * bias).collect();
        let constant = fields.iter().sum::<f64>() + self.couplings.values().sum::<f64>();
        for (i, j, weight) in bonds() {
            fields[i as usize] += weight;
            fields[j as usize] += weight;
        }
        PairModel { scale: 0.25, offset: -0.25 * constant, ..PairModel::from_bonds(bonds, fields) }
    }

    /// BLAKE3 of all parameters: the same however they were given.
    fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&(self.biases.len() as u64).to_le_bytes());
        // −0 is 0, and a coupling of 0 is none.
        self.biases.iter().for_each(|bias| {
            hasher.update(&(bias + 0.0).to_le_bytes());
        });
        for ((i, j), weight) in self.couplings.iter().filter(|(_, weight)| **weight != 0.0) {
            hasher.update(&i.to_le_bytes()).update(&j.to_le_bytes()).update(&weight.to_le_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// A machine whose keys were checked.
struct BoltzmannMachine {
    identity: Value,
    description: String,
    units: Units,
    pairs: PairModel,
    methods: OnceLock<Vec<Method>>,
}

impl BoltzmannMachine {
    fn new(machine: &Machine) -> Self {
        let kind = match machine.units {
            Units::Binary => "binary",
            Units::Spin => "±1",
        };
        let plural = |count: usize, noun: &str| {
            format!("{}{noun}{}", number::count(count as u64), if count == 1 { "" } else { "s" })
        };
        let description = format!(
            "a Boltzmann machine of {} and {}",
            plural(machine.biases.len(), &format!(" {kind} unit")),
            plural(machine.couplings.len(), " coupling"),
        );
        Self {
            identity: json!({ "boltzmann_machine": { "parameters": machine.digest(), "units": machine.units.name() } }),
            description,
            units: machine.units,
            pairs: machine.pair_model(),
            methods: OnceLock::new(),
        }
    }
}

impl Model for BoltzmannMachine {
    fn name(&self) -> &'static str {
        "boltzmann_machine"
    }

    fn identity(&self) -> Value {
        self.identity.clone()
    }

    fn description(&self) -> String {
        self.description.clone()
    }

    fn sites(&self) -> Option<usize> {
        Some(self.pairs.spins())
    }

    fn methods(&self) -> &[Method] {
        self.methods.get_or_init(|| pair_methods(self.pairs.spins(), || &self.pairs))
    }

    fn units(&self) -> Option<Units> {
        Some(self.units)
    }

    fn pair_model(&self) -> Option<&PairModel> {
        Some(&self.pairs)
    }
}

#[cfg(test)]
mod tests;
