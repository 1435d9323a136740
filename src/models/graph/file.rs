//! Couplings from an edge list.

use super::bonds::memory;
use super::spec::{Convention, GraphSpec};
use super::{GIBIBYTE, Graph, LARGEST, MEMORY_LIMIT, Path, Source, out_of_place};
use crate::input::{Context, Problem};
use crate::models::edges;
use crate::models::spins::PairModel;
use crate::number;
use serde_json::json;
use std::sync::OnceLock;

/// The graph in `file`.
pub(super) fn build(
    spec: &GraphSpec,
    file: &str,
    path: Path,
    context: &Context<'_>,
) -> Result<Graph, Vec<Problem>> {
    let problems = out_of_place(
        path,
        &[
            ("size", spec.size.is_some()),
            ("dimension", spec.dimension.is_some()),
            ("coupling", spec.coupling.is_some()),
            ("field", spec.field.is_some()),
            ("boundary", spec.boundary.is_some()),
            ("disorder", spec.disorder.is_some()),
            ("disorder_seed", spec.disorder_seed.is_some()),
        ],
        "belongs to a lattice; the edge list in `file` says it all",
    );
    if !problems.is_empty() {
        return Err(problems);
    }
    let refuse = |message: String| vec![Problem::new(path.key("file"), message)];
    let bytes = context.inputs.read(file).map_err(refuse)?;
    let parsed =
        edges::parse(&bytes, spec.index_base).map_err(|error| refuse(format!("in {file}: {error}")))?;
    let needed = memory(parsed.spins, parsed.bonds.len());
    if needed > MEMORY_LIMIT {
        return Err(refuse(format!(
            "{file} names {} spins, which would need {} GiB of memory, more than the {} GiB that one task may use",
            number::count(parsed.spins as u64),
            number::significant(needed / GIBIBYTE, 3),
            number::plain(MEMORY_LIMIT / GIBIBYTE),
        )));
    }
    let values = parsed.bonds.iter().map(|bond| bond.2).chain(parsed.fields.iter().map(|field| field.1));
    if let Some(value) = values.into_iter().find(|value| value.is_nan() || value.abs() > LARGEST) {
        return Err(refuse(format!("in {file}: the value {value:e} is out of range, 1e100 at most")));
    }
    let convention = spec.convention.unwrap_or(Convention::Physics);
    let sign = if convention == Convention::Dimod { -1.0 } else { 1.0 };
    let mut fields = vec![0.0; parsed.spins];
    for &(spin, field) in &parsed.fields {
        fields[spin as usize] += sign * field;
    }
    let bonds = || parsed.bonds.iter().map(|&(i, j, coupling)| (i, j, sign * coupling));
    let pairs = PairModel::from_bonds(bonds, fields);
    let identity = json!({
        "file_blake3": blake3::hash(&bytes).to_hex().as_str(),
        "index_base": parsed.index_base,
        "convention": if convention == Convention::Dimod { "dimod" } else { "physics" },
    });
    let in_field = pairs.fields.iter().filter(|field| **field != 0.0).count();
    let place = format!(
        "of {} ({}{}, {}{})",
        file.rsplit('/').next().unwrap_or(file),
        number::many(pairs.spins(), "spin"),
        if in_field > 0 {
            format!(", {} of them in a field", number::count(in_field as u64))
        } else {
            String::new()
        },
        number::many(pairs.neighbours.len() / 2, "bond"),
        if convention == Convention::Dimod { ", read with the signs of dimod" } else { "" },
    );
    let source = Source::File(pairs.spins());
    Ok(Graph { identity, place, source, pairs: OnceLock::from(pairs) })
}
