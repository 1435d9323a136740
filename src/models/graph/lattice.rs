//! Couplings on a lattice.

use super::bonds::{LatticeModel, memory};
use super::spec::{Boundary, Coupling, Disorder, GraphSpec, LatticeName, Size};
use super::{GIBIBYTE, Graph, LARGEST, MEMORY_LIMIT, Path, Source, out_of_place};
use crate::input::{Context, Problem};
use crate::lattices::{Geometry, Lattice, MOST_DIMENSIONS};
use crate::number;
use serde_json::json;
use std::sync::OnceLock;

/// The lattice called `name` with what acts on it.
pub(super) fn build(
    spec: &GraphSpec,
    name: LatticeName,
    path: Path,
    context: &Context<'_>,
) -> Result<Graph, Vec<Problem>> {
    let mut problems = out_of_place(
        path,
        &[("index_base", spec.index_base.is_some()), ("convention", spec.convention.is_some())],
        "belongs to an edge list (`file`), not to a lattice",
    );
    let geometry = geometry(name, spec, path).map_err(|problem| vec![problem])?;
    let couplings = match &spec.coupling {
        None => vec![1.0; geometry.directions()],
        Some(Coupling::All(coupling)) => vec![*coupling; geometry.directions()],
        Some(Coupling::Each(couplings)) => couplings.clone(),
    };
    let field = spec.field.unwrap_or(0.0);
    if couplings.len() != geometry.directions() {
        let message = format!(
            "bonds of the {} lattice have {} direction{}, and {} couplings are given",
            geometry.name(),
            geometry.directions(),
            if geometry.directions() == 1 { "" } else { "s" },
            couplings.len(),
        );
        problems.push(
            Problem::new(path.key("coupling"), message)
                .help("give one number for all bonds, or a list with one number for each direction"),
        );
    }
    let values = couplings.iter().map(|coupling| ("coupling", *coupling));
    for (key, value) in values.chain([("field", field)]) {
        if value.is_nan() || value.abs() > LARGEST {
            problems.push(
                Problem::new(path.key(key), format!("a {key} of {value:e} is out of range"))
                    .label("must be finite and at most 1e100 in size"),
            );
        }
    }
    if geometry == Geometry::Complete && spec.boundary.is_some() {
        problems.push(
            Problem::new(path.key("boundary"), "the complete graph has no boundaries")
                .help("remove this key"),
        );
    }
    if spec.disorder.is_none() && spec.disorder_seed.is_some() {
        problems.push(
            Problem::new(path.key("disorder_seed"), "there is no disorder to draw")
                .help("add `disorder = \"pm_j\"` or `disorder = \"gaussian\"`, or remove this key"),
        );
    }
    let periodic = spec.boundary.unwrap_or(Boundary::Periodic) == Boundary::Periodic;
    let lattice = match lattice(geometry, spec.size.as_ref(), periodic, path) {
        Ok(lattice) => lattice,
        Err(problem) => {
            problems.push(problem);
            return Err(problems);
        }
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    let disorder = spec.disorder.map(|disorder| (disorder, spec.disorder_seed.unwrap_or(context.seed)));
    let mut identity = lattice.identity();
    let model = LatticeModel { lattice, couplings, field, disorder };
    identity["coupling"] =
        model.coupling().map_or_else(|| json!(model.couplings), |coupling| json!(coupling));
    identity["field"] = json!(field);
    if let Some((disorder, seed)) = disorder {
        identity["disorder"] = json!(disorder.name());
        identity["disorder_seed"] = json!(seed);
    }
    Ok(Graph { identity, place: place(&model), source: Source::Lattice(model), pairs: OnceLock::new() })
}

fn geometry(name: LatticeName, spec: &GraphSpec, path: Path) -> Result<Geometry, Problem> {
    let dimension = match (name, spec.dimension, &spec.size) {
        (LatticeName::Hypercubic, Some(dimension), _) => dimension,
        (LatticeName::Hypercubic, None, Some(Size::Sides(sides))) => sides.len() as u64,
        (LatticeName::Hypercubic, None, _) => {
            return Err(Problem::new(path.table(), "`dimension` is missing").help(
                "add the number of dimensions of the hypercubic lattice, for example `dimension = 4`",
            ));
        }
        (_, Some(_), _) => {
            return Err(Problem::new(path.key("dimension"), "`dimension` belongs to the hypercubic lattice")
                .help("remove this key, or choose `lattice = \"hypercubic\"`"));
        }
        _ => 1,
    };
    if !(1..=MOST_DIMENSIONS as u64).contains(&dimension) {
        let message = format!("a lattice of {dimension} dimensions is out of range");
        return Err(
            Problem::new(path.key("dimension"), message).label(format!("must be 1 to {MOST_DIMENSIONS}"))
        );
    }
    Ok(match name {
        LatticeName::Square => Geometry::Square,
        LatticeName::Triangular => Geometry::Triangular,
        LatticeName::Honeycomb => Geometry::Honeycomb,
        LatticeName::Kagome => Geometry::Kagome,
        LatticeName::Cubic => Geometry::Cubic,
        LatticeName::Hypercubic => Geometry::Hypercubic(dimension as usize),
        LatticeName::Chain => Geometry::Chain,
        LatticeName::Complete => Geometry::Complete,
    })
}

/// The lattice of the given size, unless it is malformed or too large to hold.
fn lattice(geometry: Geometry, size: Option<&Size>, periodic: bool, path: Path) -> Result<Lattice, Problem> {
    let dimension = geometry.dimension();
    let sides: Vec<u64> = match size {
        None => {
            return Err(Problem::new(path.table(), "`size` is missing")
                .help("add the side length of the lattice, for example `size = 16`"));
        }
        Some(Size::Side(side)) => vec![*side; dimension],
        Some(Size::Sides(sides)) => sides.clone(),
    };
    if sides.len() != dimension {
        let message = format!(
            "a {} lattice has {dimension} side length{}, and {} are given",
            geometry.name(),
            if dimension == 1 { "" } else { "s" },
            sides.len(),
        );
        return Err(Problem::new(path.key("size"), message)
            .help("give one number for equal sides, or a list with one number for each dimension"));
    }
    if sides.iter().any(|side| *side < 2) {
        return Err(Problem::new(path.key("size"), "a side of a lattice has at least 2 sites")
            .label("must be at least 2"));
    }
    // Checked arithmetic throughout: nothing is allocated for a size that was not found to fit.
    let fitting: Option<Vec<usize>> = sides.iter().map(|side| usize::try_from(*side).ok()).collect();
    let lattice = fitting.map(|sides| Lattice::new(geometry, &sides, periodic));
    let counts =
        lattice.and_then(|lattice| Some((lattice, lattice.checked_sites()?, lattice.checked_bonds()?)));
    let shown: Vec<String> = sides.iter().map(u64::to_string).collect();
    let shown = shown.join(" × ");
    let what = match geometry {
        Geometry::Complete => format!("a complete graph of {shown} spins"),
        Geometry::Honeycomb | Geometry::Kagome => format!("a lattice of {shown} cells"),
        _ => format!("a lattice of {shown} sites"),
    };
    let Some((lattice, spins, bonds)) = counts else {
        return Err(Problem::new(
            path.key("size"),
            format!("{what} has more spins than any computer can hold"),
        )
        .help(format!("choose a size up to {}", largest_side(geometry))));
    };
    let bytes = memory(spins, bonds);
    if bytes > MEMORY_LIMIT {
        let spins = match geometry {
            Geometry::Complete => format!("{} bonds", number::count(bonds as u64)),
            _ => format!("{} spins", number::count(spins as u64)),
        };
        let message = format!(
            "{what} has {spins} and would need {} GiB of memory, more than the {} GiB that one task may use",
            number::significant(bytes / GIBIBYTE, 3),
            number::plain(MEMORY_LIMIT / GIBIBYTE),
        );
        return Err(Problem::new(path.key("size"), message)
            .help(format!("choose a size up to {}", largest_side(geometry))));
    }
    Ok(lattice)
}

/// The largest equal side whose lattice fits into memory.
fn largest_side(geometry: Geometry) -> usize {
    let fits = |side: usize| {
        let lattice = Lattice::new(geometry, &vec![side; geometry.dimension()], true);
        matches!(
            (lattice.checked_sites(), lattice.checked_bonds()),
            (Some(sites), Some(bonds)) if memory(sites, bonds) <= MEMORY_LIMIT
        )
    };
    let (mut fitting, mut failing) = (2, 1 << 31);
    while failing - fitting > 1 {
        let middle = fitting + (failing - fitting) / 2;
        if fits(middle) { fitting = middle } else { failing = middle }
    }
    fitting
}

/// Where the spins are and what acts on them: "on a 4 × 4 square lattice with periodic boundaries, J = 2".
fn place(model: &LatticeModel) -> String {
    let LatticeModel { lattice, couplings, field, disorder } = model;
    let place = lattice.to_string();
    // An open chain, an 8 × 8 lattice, and so on.
    let vowel = place.starts_with(['o', '8']) || place.starts_with("11 ") || place.starts_with("18 ");
    let article = if vowel { "an" } else { "a" };
    let mut text = match disorder {
        Some((Disorder::Gaussian, _)) if lattice.geometry() == Geometry::Complete => {
            format!("of {} spins", lattice.sites())
        }
        _ => format!("on {article} {place}"),
    };
    match model.coupling() {
        Some(1.0) => {}
        Some(coupling) => text.push_str(&format!(", J = {}", number::plain(coupling))),
        None => {
            let each: Vec<String> = couplings.iter().map(|coupling| number::plain(*coupling)).collect();
            text.push_str(&format!(", J = ({})", each.join(", ")));
        }
    }
    if *field != 0.0 {
        text.push_str(&format!(", in the field h = {}", number::plain(*field)));
    }
    if let Some((_, seed)) = disorder {
        text.push_str(&format!(" (disorder seed {seed})"));
    }
    text
}
