//! From the keys of `[model.boltzmann_machine]` to a checked machine.

use super::{BoltzmannMachine, Machine};
use crate::input::{Context, Problem};
use crate::models::arrays::Arrays;
use crate::models::rbm::Units;
use crate::models::{Model, edges};
use crate::number;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// The largest bias or coupling: beyond it, squared energies would leave the range of floating-point numbers.
const LARGEST: f64 = 1e100;
/// The most units of a machine.
const MOST_UNITS: usize = 1 << 20;

/// The general Boltzmann machine, E = −Σ b s − Σ w s s, written out or read from a file.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    /// The bias b of each unit; with `couplings` it writes the machine out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<f64>", length(min = 1))]
    biases: Option<Vec<f64>>,
    /// The couplings as [i, j, w], with units counted from 0 (or from `index_base`); a pair given twice adds up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "couplings_schema")]
    couplings: Option<Vec<[f64; 3]>>,
    /// An edge list: lines "i j w" for couplings and "i i b" for biases, an optional "units lines" header, and comments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    file: Option<String>,
    /// A safetensors or npz file: arrays `weights` [n, n], symmetric or upper triangular, and `bias` [n], f32 or f64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    weights: Option<String>,
    /// The values that a unit takes: "binary" for 0 and 1 (unless given), "spin" for −1 and +1.
    #[serde(default)]
    units: Units,
    /// Whether units are counted from 0 or from 1; recognised from a file when unambiguous, and 0 for `couplings`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u32", range(max = 1))]
    index_base: Option<u32>,
    /// The sign that the file uses: "physics" (unless given) is E = −Σ b s − Σ w s s, "dimod" is E = +Σ b s + Σ w s s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Convention")]
    convention: Option<Convention>,
}

/// The sign of a file's couplings and biases.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Convention {
    Physics,
    Dimod,
}

fn couplings_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "type": "array",
        "items": { "type": "array", "items": { "type": "number" }, "minItems": 3, "maxItems": 3 },
    })
}

/// Builds the model from the keys of its table.
pub(super) fn build(keys: &Value, context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let spec: Spec = serde_json::from_value(keys.clone())
        .map_err(|error| vec![Problem::new("model.boltzmann_machine", error.to_string())])?;
    let machine = machine(&spec, context).map_err(|problem| vec![problem])?;
    Ok(Arc::new(BoltzmannMachine::new(&machine)))
}

/// A problem with one of the keys.
fn problem(key: &str, message: impl Into<String>) -> Problem {
    Problem::new(format!("model.boltzmann_machine.{key}"), message)
}

fn machine(spec: &Spec, context: &Context<'_>) -> Result<Machine, Problem> {
    let written = spec.biases.is_some() || spec.couplings.is_some();
    let given: Vec<&str> = [
        ("file", spec.file.is_some()),
        ("weights", spec.weights.is_some()),
        ("biases", spec.biases.is_some()),
        ("couplings", spec.couplings.is_some() && spec.biases.is_none()),
    ]
    .into_iter()
    .filter_map(|(key, present)| present.then_some(key))
    .collect();
    if given.len() > 1 {
        let message = format!("a machine is given once, not by `{}` and by `{}`", given[0], given[1]);
        return Err(problem(given[1], message).help("remove one of the keys"));
    }
    if spec.convention.is_some() && spec.file.is_none() {
        return Err(
            problem("convention", "`convention` belongs to an edge list (`file`)").help("remove this key")
        );
    }
    if spec.index_base.is_some() && spec.weights.is_some() {
        return Err(problem("index_base", "`index_base` belongs to couplings in a list or an edge list")
            .help("remove this key"));
    }
    match (&spec.file, &spec.weights) {
        (Some(file), _) => from_edges(spec, file, context),
        (None, Some(file)) => from_arrays(spec, file, context),
        (None, None) if written => from_lists(spec),
        (None, None) => Err(Problem::new("model.boltzmann_machine", "no biases and couplings are given").help(
            "add for example `biases = [0, 0]` and `couplings = [[0, 1, 1.0]]`, or name a `file` or `weights`",
        )),
    }
}

/// Whether a parameter may be used.
fn in_range(value: f64) -> bool {
    value.abs() <= LARGEST
}

fn from_lists(spec: &Spec) -> Result<Machine, Problem> {
    let Some(biases) = spec.biases.clone() else {
        return Err(problem("couplings", "`biases` is missing, which says how many units there are")
            .help("add a bias for each unit, 0 where there is none: `biases = [0, 0, 0]`"));
    };
    if biases.is_empty() {
        return Err(problem("biases", "there are no units").label("give at least one bias"));
    }
    few(biases.len()).map_err(|message| problem("biases", format!("the list {message}")))?;
    let range = "must be finite and at most 1e100 in size";
    if let Some(bias) = biases.iter().find(|bias| !in_range(**bias)) {
        return Err(problem("biases", format!("a bias of {bias:e} is out of range")).label(range));
    }
    let (base, units) = (spec.index_base.unwrap_or(0), biases.len());
    let (first, last) = (f64::from(base), f64::from(base) + units as f64 - 1.0);
    let mut machine = Machine::new(biases, spec.units);
    for &[i, j, weight] in spec.couplings.iter().flatten() {
        let refuse = |what: String| Err(problem("couplings", format!("[{i}, {j}, {weight}] {what}")));
        if let Some(index) = [i, j].into_iter().find(|index| index.fract() != 0.0) {
            return refuse(format!("names unit {index}, and units are counted in whole numbers"));
        }
        if i == j {
            return refuse("couples a unit to itself; the bias of a unit goes into `biases`".to_owned());
        }
        if let Some(index) = [i, j].into_iter().find(|index| !(first..=last).contains(index)) {
            return refuse(format!(
                "names unit {index}, which lies outside {first} to {last}, the units that have a bias"
            ));
        }
        if !in_range(weight) {
            return refuse("is out of range: a coupling is finite and at most 1e100 in size".to_owned());
        }
        machine.couple((i - first) as u32, (j - first) as u32, weight);
    }
    Ok(machine)
}

fn from_edges(spec: &Spec, file: &str, context: &Context<'_>) -> Result<Machine, Problem> {
    let refuse = |message: String| problem("file", message);
    let bytes = context.inputs.read(file).map_err(refuse)?;
    let parsed = edges::parse(&bytes, spec.index_base)
        .map_err(|error| error.problem("model.boltzmann_machine.file", file))?;
    few(parsed.spins).map_err(|message| refuse(format!("{file} {message}")))?;
    let values = parsed.bonds.iter().map(|bond| bond.2).chain(parsed.fields.iter().map(|field| field.1));
    if let Some(value) = values.into_iter().find(|value| !in_range(*value)) {
        return Err(refuse(format!("in {file}: the value {value:e} is out of range, 1e100 at most")));
    }
    let sign = if spec.convention == Some(Convention::Dimod) { -1.0 } else { 1.0 };
    let mut machine = Machine::new(vec![0.0; parsed.spins], spec.units);
    for (unit, bias) in parsed.fields {
        machine.biases[unit as usize] += sign * bias;
    }
    for (i, j, weight) in parsed.bonds {
        machine.couple(i, j, sign * weight);
    }
    Ok(machine)
}

/// Whether so many units fit.
fn few(units: usize) -> Result<(), String> {
    if units <= MOST_UNITS {
        return Ok(());
    }
    let [units, most] = [units, MOST_UNITS].map(|count| number::count(count as u64));
    Err(format!("names {units} units, more than the {most} that a machine may have"))
}

fn from_arrays(spec: &Spec, file: &str, context: &Context<'_>) -> Result<Machine, Problem> {
    let read = || {
        let bytes = context.inputs.read(file)?;
        arrays(&bytes, spec.units).map_err(|message| format!("{file}: {message}"))
    };
    read().map_err(|message| {
        problem("weights", message)
            .help("a file of this form is written by numpy.savez(\"machine.npz\", weights=w, bias=b)")
    })
}

/// Reads a machine from arrays `weights` and `bias`.
fn arrays(bytes: &[u8], units: Units) -> Result<Machine, String> {
    const ALL: &str = "`weights` and `bias`";
    let arrays = Arrays::open(bytes)?;
    let noun = arrays.noun();
    let (weights, bias) = (arrays.get("weights", ALL)?, arrays.get("bias", ALL)?);
    let &[count, columns] = weights.shape.as_slice() else {
        return Err(format!("{noun} `weights` has shape {:?}; expected [n, n]", weights.shape));
    };
    if count != columns || count == 0 {
        return Err(format!(
            "{noun} `weights` has shape {:?}; expected [n, n] with n at least 1",
            weights.shape
        ));
    }
    if bias.shape != [count] {
        return Err(format!(
            "{noun} `bias` has shape {:?}; expected [{count}], as `weights` is [{count}, {count}]",
            bias.shape
        ));
    }
    if let Some(value) = weights.values.iter().chain(&bias.values).find(|value| !in_range(**value)) {
        return Err(format!("the value {value:e} is out of range, 1e100 at most"));
    }
    let entry = |i: usize, j: usize| weights.values[i * count + j];
    if let Some(i) = (0..count).find(|i| entry(*i, *i) != 0.0) {
        return Err(format!(
            "{noun} `weights` has {} at [{i}, {i}]; expected zeros along the diagonal, since no unit is coupled to itself",
            entry(i, i)
        ));
    }
    let below = || (0..count).flat_map(|i| (0..i).map(move |j| (i, j)));
    let triangular = below().all(|(i, j)| entry(i, j) == 0.0);
    if let Some((i, j)) = below().find(|&(i, j)| !triangular && entry(i, j) != entry(j, i)) {
        return Err(format!(
            "{noun} `weights` has {} at [{j}, {i}] and {} at [{i}, {j}]; expected a symmetric matrix or zeros below the diagonal",
            entry(j, i),
            entry(i, j)
        ));
    }
    let mut machine = Machine::new(bias.values, units);
    for (i, j) in below().filter(|&(i, j)| entry(j, i) != 0.0) {
        machine.couple(j as u32, i as u32, entry(j, i));
    }
    Ok(machine)
}
