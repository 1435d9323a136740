//! The restricted Boltzmann machine as a physical system, its weights read from a file.

pub mod activation;
mod clamped;
mod cold;
pub mod exact;
pub mod file;
pub mod machine;
mod marginals;
mod rows;

pub use activation::Units;
pub use machine::Machine;

use super::spins::PairModel;
use super::{LayerMeans, Model, ModelEntry};
use crate::exact::methods::{ENUMERATION, Method};
use crate::input::{Context, Problem};
use exact::{Enumeration, LARGEST_LAYER};
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::sync::Arc;

/// The registry line of this model.
pub const ENTRY: ModelEntry = ModelEntry {
    name: "rbm",
    summary: "a restricted Boltzmann machine read from a weights file, as a physical system",
    energy: "",
    doc: "\
Two layers of binary units, visible $v$ and hidden $h$, coupled only across:

$$E(v,h) = -a \\cdot v - b \\cdot h - v^{\\mathsf T} W h$$

`weights` names a safetensors file with the tensors `weights` of shape `[n_visible, n_hidden]`, `visible_bias` and
`hidden_bias` (f32 or f64), as training by `kind = \"rbm\"` writes it, or a npz file with arrays of these names, as
`numpy.savez` does. Units take the values 0 and 1, or with
`units = \"spin\"` the values -1 and +1. Training puts the machine at $T = 1$; every other temperature scales all its
parameters by $\\beta = 1/T$.

Exact sums run over the smaller layer, up to 24 units; the other layer is summed analytically. With them kind `ensemble` lists the
means of all units (table `marginals`), and for visible vectors, those in the table `rows` or all of a machine with at most 10
visible units, the free energy

$$F(v) = -a \\cdot v - T \\sum_j \\ln \\sum_h e^{h (b_j + (v^{\\mathsf T} W)_j)/T} ,$$

the log-probability $-F(v)/T - \\ln Z$ and the means of the hidden units (tables `free_energies` and `conditionals`).",
    schema: super::schema_of::<Keys>,
    build,
};

/// The keys of `[model.rbm]` where a trained machine is used.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Keys {
    /// The safetensors or npz file, beside the experiment's own: arrays `weights` [n_visible, n_hidden], `visible_bias` and
    /// `hidden_bias`, f32 or f64.
    weights: String,
    /// The values that a unit takes: "binary" for 0 and 1, "spin" for −1 and +1.
    #[serde(default)]
    units: Units,
    /// A table of visible vectors whose free energies are wanted (kind `ensemble`), one a line: numbers 0 or 1 (−1 or 1 for
    /// "spin") between commas or blanks. Unless given, all vectors of up to 10 visible units are listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    rows: Option<String>,
}

fn build(keys: &Value, context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let problem = |path: &str, message: String| vec![Problem::new(path, message)];
    let keys = Keys::deserialize_from(keys).map_err(|message| problem("model.rbm", message))?;
    let bytes =
        context.inputs.read(&keys.weights).map_err(|message| problem("model.rbm.weights", message))?;
    let machine = file::read(&bytes, keys.units).map_err(|message| {
        vec![Problem::new("model.rbm.weights", format!("{}: {message}", keys.weights)).help(
            "a file of this form is written by every experiment with kind = \"rbm\", and by \
                     numpy.savez(\"machine.npz\", weights=w, visible_bias=a, hidden_bias=b)",
        )]
    })?;
    let Some(file) = &keys.rows else { return Ok(Arc::new(RbmModel::new(machine))) };
    let bytes = context.inputs.read(file).map_err(|message| problem("model.rbm.rows", message))?;
    // An error in line 3 of rows.csv is told as "rows.csv, line 3".
    let rows =
        rows::read(&bytes, &machine).map_err(|message| {
            vec![Problem::new("model.rbm.rows", format!("{file}, {message}")).help(format!(
                "give one visible vector a line, {} numbers between commas",
                machine.visible()
            ))]
        })?;
    Ok(Arc::new(RbmModel { rows, ..RbmModel::new(machine) }))
}

impl Keys {
    fn deserialize_from(keys: &Value) -> Result<Self, String> {
        serde_json::from_value(keys.clone()).map_err(|error| error.to_string())
    }
}

/// A machine with what can be done with it.
pub struct RbmModel {
    machine: Machine,
    methods: [Method; 1],
    pairs: PairModel,
    rows: Vec<Vec<f64>>,
}

impl RbmModel {
    /// Wraps a machine; of a narrow one all visible vectors are rows.
    pub fn new(machine: Machine) -> Self {
        let methods = [Method::new(ENUMERATION, Enumeration::new(&machine, LARGEST_LAYER))];
        let pairs = pair_model(&machine);
        let rows = rows::all(&machine);
        Self { machine, methods, pairs, rows }
    }
}

impl Model for RbmModel {
    fn name(&self) -> &'static str {
        "rbm"
    }

    fn identity(&self) -> Value {
        json!({ "rbm": { "weights": content_hash(&self.machine), "units": self.machine.units.name() } })
    }

    fn description(&self) -> String {
        let kind = match self.machine.units {
            Units::Binary => "binary",
            Units::Spin => "±1",
        };
        format!(
            "a restricted Boltzmann machine of {} visible and {} hidden {kind} units",
            self.machine.visible(),
            self.machine.hidden()
        )
    }

    fn sites(&self) -> Option<usize> {
        None
    }

    fn methods(&self) -> &[Method] {
        &self.methods
    }

    fn machine(&self) -> Option<&Machine> {
        Some(&self.machine)
    }

    fn layer_means(
        &self,
        temperature: f64,
        advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<LayerMeans> {
        Enumeration::new(&self.machine, LARGEST_LAYER).ok()?.means(temperature, advance)
    }

    fn visible_rows(&self) -> &[Vec<f64>] {
        &self.rows
    }

    fn units(&self) -> Option<Units> {
        Some(self.machine.units)
    }

    fn pair_model(&self) -> Option<&PairModel> {
        Some(&self.pairs)
    }
}

/// BLAKE3 of the shape and of every parameter: the same for f32 and f64 files of the same values.
pub fn content_hash(machine: &Machine) -> String {
    let mut hasher = blake3::Hasher::new();
    for values in [&machine.visible_bias, &machine.hidden_bias, &machine.weights] {
        hasher.update(&(values.len() as u64).to_le_bytes());
        for value in values {
            hasher.update(&value.to_le_bytes());
        }
    }
    hasher.finalize().to_hex().to_string()
}

/// The machine as ±1 spins, visible ones first. Binary units are x = (1 + s)/2, so that W/4 couples two spins, the fields
/// are a_i/2 + Σ_j W_ij/4 and b_j/2 + Σ_i W_ij/4, and a constant is left over.
fn pair_model(machine: &Machine) -> PairModel {
    let (visible, hidden) = (machine.visible(), machine.hidden());
    let (coupling, field, mix) = match machine.units {
        Units::Binary => (0.25, 0.5, 0.25),
        Units::Spin => (1.0, 1.0, 0.0),
    };
    let mut bonds = Vec::with_capacity(visible * hidden);
    let mut fields: Vec<f64> =
        machine.visible_bias.iter().chain(&machine.hidden_bias).map(|bias| field * bias).collect();
    let mut offset = 0.0;
    for i in 0..visible {
        for (j, weight) in machine.row(i).iter().enumerate() {
            bonds.push((i as u32, (visible + j) as u32, coupling * weight));
            fields[i] += mix * weight;
            fields[visible + j] += mix * weight;
            offset -= mix * weight;
        }
    }
    if machine.units == Units::Binary {
        offset -= 0.5 * machine.visible_bias.iter().chain(&machine.hidden_bias).sum::<f64>();
    }
    PairModel { offset, ..PairModel::new(&bonds, fields) }
}

#[cfg(test)]
mod tests {
    use super::machine::tests::{bits, random_machine};
    use super::*;
    use crate::input::Inputs;

    struct Files(Vec<u8>);
    impl Inputs for Files {
        fn read(&self, path: &str) -> Result<Vec<u8>, String> {
            if path == "machine.safetensors" {
                Ok(self.0.clone())
            } else {
                Err(format!("no such file: {path}"))
            }
        }
    }

    #[test]
    fn the_registry_builds_a_machine_from_its_file_and_refuses_bad_ones() {
        let machine = random_machine(6, 4, Units::Binary, 1.0, 1);
        let files = Files(file::write(&machine));
        let context = Context { seed: 0, quick: false, ladder: &[], inputs: &files };
        let table = |file: &str| json!({ "rbm": { "weights": file } });
        let model = crate::models::build(&table("machine.safetensors"), &context).unwrap();
        assert_eq!(model.identity(), RbmModel::new(machine.clone()).identity());
        assert!(model.exact().is_ok());
        assert!(model.description().contains("6 visible and 4 hidden"));
        let problems = crate::models::build(&table("other"), &context).err().unwrap();
        assert_eq!(problems[0].path, "model.rbm.weights");
        let spin = json!({ "rbm": { "weights": "machine.safetensors", "units": "spin" } });
        let spin = crate::models::build(&spin, &context).unwrap();
        assert_ne!(spin.identity(), model.identity());
        let broken = Files(vec![1, 2, 3]);
        let context = Context { seed: 0, quick: false, ladder: &[], inputs: &broken };
        let problems = crate::models::build(&table("machine.safetensors"), &context).err().unwrap();
        assert!(problems[0].message.contains("not a safetensors file"));
    }

    #[test]
    fn as_spins_the_energy_is_the_same() {
        for units in [Units::Binary, Units::Spin] {
            let machine = random_machine(3, 2, units, 1.0, 4);
            let model = RbmModel::new(machine.clone());
            for code in 0..32 {
                let spins: Vec<i8> = (0..5).map(|i| if code >> i & 1 == 1 { 1 } else { -1 }).collect();
                let energy = machine.energy(&bits(code, 3, units), &bits(code >> 3, 2, units));
                assert!((model.pair_model().unwrap().energy(&spins) - energy).abs() < 1e-12);
            }
        }
    }
}
