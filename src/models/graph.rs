//! From the keys of `[model.ising]` to a checked model: every combination that makes no sense is refused here.

use super::Ising;
use super::bonds::{LatticeModel, memory};
use super::spec::{Boundary, Convention, Disorder, IsingSpec, LatticeName, Size};
use crate::input::{Context, Problem};
use crate::lattices::{Geometry, Lattice};
use crate::models::Model;
use crate::models::edges;
use crate::models::spins::PairModel;
use crate::number;
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};

/// The memory that one task may use, in bytes.
const MEMORY_LIMIT: f64 = 4.0 * GIBIBYTE;
const GIBIBYTE: f64 = 1_073_741_824.0;
/// The largest coupling or field: beyond it, squared energies would leave the range of floating-point numbers.
const LARGEST: f64 = 1e100;

/// Spins, or spins of more states, with the couplings and fields that the keys give.
pub(in crate::models) struct Graph {
    /// What decides the couplings.
    pub(in crate::models) identity: Value,
    /// After the model's name, without the article: "on a 4 × 4 square lattice …".
    pub(in crate::models) place: String,
    pub(super) source: Source,
    /// The couplings; those of a lattice are built when first asked for.
    pairs: OnceLock<PairModel>,
}

impl Graph {
    /// The couplings J_ij and fields h_i.
    pub(in crate::models) fn pairs(&self) -> &PairModel {
        self.pairs.get_or_init(|| match &self.source {
            Source::Lattice(lattice) => lattice.pair_model(),
            Source::File(_) => unreachable!("invariant: a file's pair model is set when it is read"),
        })
    }

    /// Number of sites.
    pub(in crate::models) fn sites(&self) -> usize {
        match &self.source {
            Source::Lattice(model) => model.lattice.sites(),
            Source::File(spins) => *spins,
        }
    }

    /// The distribution of random bonds, in a word; `None` where they are not random.
    pub(in crate::models) fn disorder_word(&self) -> Option<&'static str> {
        self.disorder().map(|disorder| match disorder {
            Disorder::PmJ => "±J",
            Disorder::Gaussian => "Gaussian",
        })
    }

    /// Whether the bonds are random.
    pub(super) fn disorder(&self) -> Option<Disorder> {
        let Source::Lattice(model) = &self.source else { return None };
        model.disorder.map(|(disorder, _)| disorder)
    }
}

/// Where the couplings come from.
pub(super) enum Source {
    Lattice(LatticeModel),
    /// A file, with this number of spins.
    File(usize),
}

/// Builds the model from the keys of its table.
pub(super) fn build(keys: &Value, context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let graph = graph(keys, "ising", context)?;
    Ok(Arc::new(Ising { identity: json!({ "ising": graph.identity }), graph, methods: OnceLock::new() }))
}

/// The couplings that the keys of `[model.<model>]` give.
///
/// # Errors
///
/// Every combination of keys that makes no sense.
pub(in crate::models) fn graph(
    keys: &Value,
    model: &'static str,
    context: &Context<'_>,
) -> Result<Graph, Vec<Problem>> {
    let path = Path(model);
    let spec: IsingSpec = serde_json::from_value(keys.clone())
        .map_err(|error| vec![Problem::new(path.table(), error.to_string())])?;
    match (&spec.lattice, &spec.file) {
        (Some(lattice), None) => from_lattice(&spec, *lattice, path, context),
        (None, Some(file)) => from_file(&spec, file, path, context),
        (Some(_), Some(_)) => Err(vec![
            Problem::new(path.key("file"), "a model is either a `lattice` or a `file`, not both")
                .help("remove one of the two keys"),
        ]),
        (None, None) => Err(vec![
            Problem::new(path.table(), "neither `lattice` nor `file` says which spins are coupled")
                .help("add for example `lattice = \"square\"` and `size = 16`"),
        ]),
    }
}

/// Paths of keys in the table of a model.
#[derive(Clone, Copy)]
struct Path(&'static str);

impl Path {
    fn table(self) -> String {
        format!("model.{}", self.0)
    }

    fn key(self, key: &str) -> String {
        format!("model.{}.{key}", self.0)
    }
}

fn from_lattice(
    spec: &IsingSpec,
    name: LatticeName,
    path: Path,
    context: &Context<'_>,
) -> Result<Graph, Vec<Problem>> {
    let mut problems = out_of_place(
        path,
        &[("index_base", spec.index_base.is_some()), ("convention", spec.convention.is_some())],
        "belongs to an edge list (`file`), not to a lattice",
    );
    let (coupling, field) = (spec.coupling.unwrap_or(1.0), spec.field.unwrap_or(0.0));
    for (key, value) in [("coupling", coupling), ("field", field)] {
        if value.is_nan() || value.abs() > LARGEST {
            problems.push(
                Problem::new(path.key(key), format!("a {key} of {value:e} is out of range"))
                    .label("must be finite and at most 1e100 in size"),
            );
        }
    }
    let geometry = geometry(name);
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
    identity["coupling"] = json!(coupling);
    identity["field"] = json!(field);
    if let Some((disorder, seed)) = disorder {
        identity["disorder"] = json!(disorder.name());
        identity["disorder_seed"] = json!(seed);
    }
    let model = LatticeModel { lattice, coupling, field, disorder };
    Ok(Graph { identity, place: place(&model), source: Source::Lattice(model), pairs: OnceLock::new() })
}

fn geometry(name: LatticeName) -> Geometry {
    match name {
        LatticeName::Square => Geometry::Square,
        LatticeName::Triangular => Geometry::Triangular,
        LatticeName::Cubic => Geometry::Cubic,
        LatticeName::Chain => Geometry::Chain,
        LatticeName::Complete => Geometry::Complete,
    }
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

fn from_file(spec: &IsingSpec, file: &str, path: Path, context: &Context<'_>) -> Result<Graph, Vec<Problem>> {
    let problems = out_of_place(
        path,
        &[
            ("size", spec.size.is_some()),
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
    let place = format!(
        "of {} ({} spins, {} bonds)",
        file.rsplit('/').next().unwrap_or(file),
        number::count(pairs.spins() as u64),
        number::count(pairs.neighbours.len() as u64 / 2),
    );
    let source = Source::File(pairs.spins());
    Ok(Graph { identity, place, source, pairs: OnceLock::from(pairs) })
}

/// A problem for each key that is present but cannot be meant.
fn out_of_place(path: Path, keys: &[(&str, bool)], reason: &str) -> Vec<Problem> {
    let present = keys.iter().filter(|(_, present)| *present);
    present
        .map(|(key, _)| Problem::new(path.key(key), format!("`{key}` {reason}")).help("remove this key"))
        .collect()
}

/// Where the spins are and what acts on them: "on a 4 × 4 square lattice with periodic boundaries, J = 2".
fn place(model: &LatticeModel) -> String {
    let LatticeModel { lattice, coupling, field, disorder } = model;
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
    if *coupling != 1.0 {
        text.push_str(&format!(", J = {}", number::plain(*coupling)));
    }
    if *field != 0.0 {
        text.push_str(&format!(", in the field h = {}", number::plain(*field)));
    }
    if let Some((_, seed)) = disorder {
        text.push_str(&format!(" (disorder seed {seed})"));
    }
    text
}

#[cfg(test)]
mod tests {
    use crate::input::{Context, Inputs, Problem};
    use crate::models::{self, Model};
    use serde_json::{Value, json};
    use std::sync::Arc;

    struct Graph(&'static str);

    impl Inputs for Graph {
        fn read(&self, path: &str) -> Result<Vec<u8>, String> {
            if path == "graph.txt" { Ok(self.0.into()) } else { Err(format!("no such file: {path}")) }
        }
    }

    fn build_from(keys: Value, text: &'static str) -> Result<Arc<dyn Model>, Vec<Problem>> {
        let context = Context { seed: 7, quick: false, inputs: &Graph(text) };
        models::build(&json!({ "ising": keys }), &context)
    }

    fn build(keys: Value) -> Result<Arc<dyn Model>, Vec<Problem>> {
        build_from(keys, "3 4\n0 1 -1\n1 2 0.5\n0 2 1\n1 1 0.25\n")
    }

    #[test]
    fn a_uniform_periodic_square_lattice_is_recognised() {
        let model = build(json!({ "lattice": "square", "size": [4, 6], "coupling": -0.5 })).unwrap();
        let square = model.square_lattice().unwrap();
        assert_eq!((square.rows, square.columns, square.coupling), (4, 6, -0.5));
        assert_eq!(model.sites(), Some(24));
        assert_eq!(
            model.description(),
            "the Ising model on a 4 × 6 square lattice with periodic boundaries, J = −0.5"
        );
        for other in [
            json!({ "lattice": "square", "size": 4, "boundary": "open" }),
            json!({ "lattice": "square", "size": 4, "field": 0.1 }),
            json!({ "lattice": "square", "size": 4, "disorder": "pm_j" }),
            json!({ "lattice": "triangular", "size": 4 }),
        ] {
            assert!(build(other).unwrap().square_lattice().is_none());
        }
    }

    #[test]
    fn conventions_of_files_differ_in_sign_and_the_identity_follows_the_content() {
        let physics = build(json!({ "file": "graph.txt" })).unwrap();
        let dimod = build(json!({ "file": "graph.txt", "convention": "dimod", "index_base": 0 })).unwrap();
        // E(+++) in the physics convention: −(−1 + 0.5 + 1) − 0.25.
        assert_eq!(physics.pair_model().unwrap().energy(&[1, 1, 1]), -0.75);
        assert_eq!(dimod.pair_model().unwrap().energy(&[1, 1, 1]), 0.75);
        assert_ne!(physics.identity(), dimod.identity());
        assert!(!physics.identity().to_string().contains("graph.txt"));
        let other = build_from(json!({ "file": "graph.txt" }), "0 1 1\n").unwrap();
        assert_ne!(physics.identity(), other.identity());
        assert_eq!(physics.description(), "the Ising model of graph.txt (3 spins, 3 bonds)");
    }

    #[test]
    fn the_disorder_seed_defaults_to_that_of_the_experiment() {
        let glass = |keys: Value| build(keys).unwrap().identity();
        let keys = json!({ "lattice": "square", "size": 6, "disorder": "pm_j" });
        let seeded = json!({ "lattice": "square", "size": 6, "disorder": "pm_j", "disorder_seed": 7 });
        assert_eq!(glass(keys), glass(seeded));
    }

    #[test]
    fn impossible_keys_are_refused_with_a_way_out() {
        for (keys, path, part) in [
            (json!({ "size": 4 }), "model.ising", "neither"),
            (json!({ "lattice": "square" }), "model.ising", "`size` is missing"),
            (json!({ "lattice": "square", "size": 4, "file": "graph.txt" }), "model.ising.file", "not both"),
            (json!({ "file": "graph.txt", "size": 3 }), "model.ising.size", "belongs to a lattice"),
            (json!({ "file": "none.txt" }), "model.ising.file", "no such file"),
            (json!({ "lattice": "square", "size": [4, 4, 4] }), "model.ising.size", "2 side lengths, and 3"),
            (json!({ "lattice": "chain", "size": 1 }), "model.ising.size", "at least 2"),
            (
                json!({ "lattice": "chain", "size": 4, "disorder_seed": 1 }),
                "model.ising.disorder_seed",
                "no disorder",
            ),
            (
                json!({ "lattice": "chain", "size": 4, "convention": "dimod" }),
                "model.ising.convention",
                "edge list",
            ),
            (
                json!({ "lattice": "complete", "size": 4, "boundary": "open" }),
                "model.ising.boundary",
                "no boundaries",
            ),
            (
                json!({ "lattice": "chain", "size": 4, "coupling": 1e200 }),
                "model.ising.coupling",
                "out of range",
            ),
        ] {
            let problems = build(keys.clone()).err().unwrap_or_else(|| panic!("{keys} was accepted"));
            assert_eq!(problems[0].path, path, "{keys}");
            assert!(problems[0].message.contains(part), "{keys}: {}", problems[0].message);
        }
    }

    #[test]
    fn sizes_beyond_memory_are_refused_before_anything_is_allocated() {
        let refuse = |keys: Value| build(keys).err().unwrap().remove(0);
        let large = refuse(json!({ "lattice": "square", "size": 31623 }));
        assert_eq!(large.path, "model.ising.size");
        assert!(
            large.message.starts_with(
                "a lattice of 31623 × 31623 sites has 1\u{202f}000\u{202f}014\u{202f}129 spins and would need 109 GiB"
            ),
            "{}",
            large.message
        );
        assert_eq!(large.help, "choose a size up to 6058");
        assert!(
            build(json!({ "lattice": "square", "size": 6058 })).is_ok(),
            "the size offered must be accepted"
        );
        for huge in [
            json!({ "lattice": "cubic", "size": i64::MAX }),
            json!({ "lattice": "complete", "size": 1_u64 << 40 }),
        ] {
            assert!(refuse(huge).message.contains("more"));
        }
    }
}
