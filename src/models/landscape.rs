//! A point on a continuous landscape, in one or two dimensions.

use super::closed::{energy, keys as read, none_of};
use super::{Model, ModelEntry, schema_of};
use crate::exact::continuum::{Continuum, surface::Surface};
use crate::exact::methods::{Method, QUADRATURE};
use crate::input::{Context, Problem};
use crate::number;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The registry's line.
pub(super) const ENTRY: ModelEntry = ModelEntry {
    name: "landscape",
    summary: "a point on a continuous landscape: double well, Rastrigin, quadratic",
    energy: "",
    doc: r#"A point $x$, or $(x, y)$ with `dimensions = 2`, in the box `range` (along each axis) with the energy of a `function`:
- `"quadratic"`: $\tfrac12 c\,(x^2 + 2\rho xy + y^2)$, with `curvature` $c$ and `skew` $\rho$, $\lvert\rho\rvert < 1$: convex.
- `"double_well"`: $b\,((x/a)^2 - 1)^2 + t\,x/a + \tfrac12 k y^2 e^{s x/a}$, with `barrier` $b$, `distance` $a$, `tilt` $t$, and in two
  dimensions `stiffness` $k$ and `squeeze` $s$, by which one well is narrower than the other.
- `"rastrigin"`: $\tfrac12 c\,r^2 + A \sum (1 - \cos 2\pi u)$, the sum over the coordinates along axes turned by `angle` degrees, with
  `curvature` $c$ and `amplitude` $A$. Rastrigin's own is $c = 2$, $A = 10$.

$Z = \int e^{-E/T}\, \mathrm dx\, \mathrm dy$ is taken by Gauss–Legendre quadrature on panels that are narrow beside the sharpest populated
well, and again on panels half as wide: table `quadrature` lists the difference. A temperature whose wells are too narrow is refused. The
entropy is that of a density, $-\int p \ln p$: it depends on the unit of length, may be negative, and goes to $-\infty$ as $T \to 0$.

Table `smoothed` has the landscape along $x$ with $y$ averaged over, $F(x) = -T \ln \int e^{-E(x,y)/T}\, \mathrm dy$; at $T = 0$ that is
$\min_y E(x, y)$.

Kind `sweep` samples it, with `metropolis` or `langevin`."#,
    schema: schema_of::<Spec>,
    build,
};

/// A continuous landscape.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Spec {
    /// "quadratic", "double_well" or "rastrigin".
    function: Function,
    /// 1 or 2, unless given 2.
    #[serde(default = "two")]
    #[schemars(range(min = 1, max = 2))]
    dimensions: usize,
    /// The ends of the box along each axis, [-3, 3] unless given.
    #[serde(default = "range")]
    #[schemars(schema_with = "range_schema")]
    range: [f64; 2],
    /// c of "quadratic" and "rastrigin", 1 unless given.
    #[serde(default)]
    #[schemars(with = "f64")]
    curvature: Option<f64>,
    /// ρ of "quadratic", 0 unless given.
    #[serde(default)]
    #[schemars(with = "f64")]
    skew: Option<f64>,
    /// A of "rastrigin", 1 unless given.
    #[serde(default)]
    #[schemars(with = "f64")]
    amplitude: Option<f64>,
    /// The angle in degrees by which the ripples of "rastrigin" are turned, 30 unless given.
    #[serde(default)]
    #[schemars(with = "f64")]
    angle: Option<f64>,
    /// b of "double_well", 1 unless given.
    #[serde(default)]
    #[schemars(with = "f64")]
    barrier: Option<f64>,
    /// a of "double_well", 1 unless given.
    #[serde(default)]
    #[schemars(with = "f64")]
    distance: Option<f64>,
    /// t of "double_well", 0 unless given.
    #[serde(default)]
    #[schemars(with = "f64")]
    tilt: Option<f64>,
    /// k of "double_well", 1 unless given.
    #[serde(default)]
    #[schemars(with = "f64")]
    stiffness: Option<f64>,
    /// s of "double_well", 0 unless given.
    #[serde(default)]
    #[schemars(with = "f64")]
    squeeze: Option<f64>,
}

/// The name of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Function {
    Quadratic,
    DoubleWell,
    Rastrigin,
}

impl Function {
    fn name(self) -> &'static str {
        match self {
            Self::Quadratic => "quadratic",
            Self::DoubleWell => "double_well",
            Self::Rastrigin => "rastrigin",
        }
    }

    /// The keys that it has, and whether each needs a second dimension.
    fn keys(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Quadratic => &[("curvature", false), ("skew", true)],
            Self::DoubleWell => &[
                ("barrier", false),
                ("distance", false),
                ("tilt", false),
                ("stiffness", true),
                ("squeeze", true),
            ],
            Self::Rastrigin => &[("curvature", false), ("amplitude", false), ("angle", true)],
        }
    }
}

fn two() -> usize {
    2
}

fn range() -> [f64; 2] {
    [-3.0, 3.0]
}

fn range_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2,
        "description": "The ends of the box along each axis, [-3, 3] unless given.",
    })
}

fn problem(key: &str, message: impl Into<String>) -> Problem {
    Problem::new(format!("model.landscape.{key}"), message)
}

fn positive(key: &str, value: f64) -> Option<Problem> {
    let good = (1e-6..=1e6).contains(&value);
    (!good).then(|| {
        problem(key, format!("{} is out of range", number::plain(value))).label("must be from 1e-6 to 1e6")
    })
}

fn build(keys: &Value, _: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let spec: Spec = read("landscape", keys)?;
    let given = [
        ("curvature", spec.curvature),
        ("skew", spec.skew),
        ("amplitude", spec.amplitude),
        ("angle", spec.angle),
        ("barrier", spec.barrier),
        ("distance", spec.distance),
        ("tilt", spec.tilt),
        ("stiffness", spec.stiffness),
        ("squeeze", spec.squeeze),
    ];
    let mut problems = Vec::new();
    let known = spec.function.keys();
    for (key, _) in given.iter().filter(|(_, value)| value.is_some()) {
        let name = spec.function.name();
        match known.iter().find(|(own, _)| own == key) {
            None => {
                let own: Vec<&str> = known.iter().map(|(own, _)| *own).collect();
                problems.push(
                    problem(key, format!("\"{name}\" has no `{key}`"))
                        .help(format!("its keys are {}", own.join(", "))),
                );
            }
            Some((_, true)) if spec.dimensions == 1 => {
                problems.push(problem(key, format!("`{key}` needs a second dimension")).help("remove it"));
            }
            Some(_) => {}
        }
    }
    if !(1..=2).contains(&spec.dimensions) {
        problems.push(problem("dimensions", "a landscape has 1 or 2 dimensions"));
    }
    let [low, high] = spec.range;
    let wide = low.abs() <= 1e3 && high.abs() <= 1e3 && high - low >= 1e-3;
    if !wide {
        let message = format!("there is no box from {low} to {high}");
        problems.push(problem("range", message).label("must rise by 0.001 or more, within ±1000"));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let [curvature, amplitude, barrier, distance, stiffness] =
        [spec.curvature, spec.amplitude, spec.barrier, spec.distance, spec.stiffness]
            .map(|value| value.unwrap_or(1.0));
    let [skew, tilt, squeeze] = [spec.skew, spec.tilt, spec.squeeze].map(|value| value.unwrap_or(0.0));
    let angle = spec.angle.unwrap_or(30.0);
    let convex = skew > -1.0 && skew < 1.0;
    let moderate = (squeeze * low.abs().max(high.abs()) / distance).abs() <= 100.0;
    none_of([
        positive("curvature", curvature),
        (!(0.0..=1e6).contains(&amplitude)).then(|| {
            problem("amplitude", format!("{amplitude} is out of range")).label("must be from 0 to 1e6")
        }),
        positive("barrier", barrier),
        positive("distance", distance),
        positive("stiffness", stiffness),
        energy("model.landscape.tilt", tilt).or_else(|| {
            (tilt.abs() > 1e6)
                .then(|| problem("tilt", format!("{tilt} is out of range")).label("at most 1e6 in size"))
        }),
        (!convex).then(|| {
            problem("skew", format!("with a skew of {skew} there is no minimum"))
                .label("must be between −1 and 1")
        }),
        // e^{s x/a} over the box must stay a number.
        (!moderate).then(|| {
            problem("squeeze", format!("{squeeze} makes one well too narrow"))
                .label("|s x/a| must stay below 100")
        }),
        (!angle.is_finite()).then(|| problem("angle", "the angle must be a finite number of degrees")),
    ])?;
    let dimensions = spec.dimensions;
    let (surface, parameters) = match spec.function {
        Function::Quadratic => (
            Surface::Quadratic { dimensions, curvature, skew },
            json!({ "curvature": curvature, "skew": skew }),
        ),
        Function::DoubleWell => (
            Surface::DoubleWell { dimensions, barrier, distance, tilt, stiffness, squeeze },
            json!({ "barrier": barrier, "distance": distance, "tilt": tilt, "stiffness": stiffness, "squeeze": squeeze }),
        ),
        Function::Rastrigin => {
            let turn = angle.to_radians();
            let turn = (libm::cos(turn), libm::sin(turn));
            (
                Surface::Rastrigin { dimensions, curvature, amplitude, turn },
                json!({ "curvature": curvature, "amplitude": amplitude, "angle": angle }),
            )
        }
    };
    let continuum = Continuum { surface, low, high };
    let noun = match spec.function {
        Function::Quadratic => "a point in a quadratic well",
        Function::DoubleWell => "a point in a double well",
        Function::Rastrigin => "a point on Rastrigin's rugged bowl",
    };
    let axes = if dimensions == 1 { "one dimension" } else { "two dimensions" };
    Ok(Arc::new(Landscape {
        identity: json!({ "landscape": {
            "function": spec.function.name(), "dimensions": dimensions, "range": spec.range, "parameters": parameters,
        } }),
        description: format!("{noun} in {axes}"),
        methods: [Method::new(QUADRATURE, Ok(continuum.clone()))],
        continuum,
    }))
}

/// A landscape whose keys were checked.
struct Landscape {
    identity: Value,
    description: String,
    methods: [Method; 1],
    continuum: Continuum,
}

impl Model for Landscape {
    fn name(&self) -> &'static str {
        "landscape"
    }

    fn identity(&self) -> Value {
        self.identity.clone()
    }

    fn description(&self) -> String {
        self.description.clone()
    }

    fn sites(&self) -> Option<usize> {
        None
    }

    fn methods(&self) -> &[Method] {
        &self.methods
    }

    fn continuum(&self) -> Option<&Continuum> {
        Some(&self.continuum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::testing::NO_FILES;

    fn made(keys: Value) -> Result<Arc<dyn Model>, Vec<Problem>> {
        build(&keys, &Context { seed: 1, quick: false, ladder: &[], inputs: &NO_FILES })
    }

    #[test]
    fn what_makes_no_landscape_is_refused_with_the_key() {
        for (keys, path) in [
            (json!({ "function": "rastrigin", "tilt": 1 }), "model.landscape.tilt"),
            (json!({ "function": "rastrigin", "angle": 30, "dimensions": 1 }), "model.landscape.angle"),
            (json!({ "function": "quadratic", "skew": 1 }), "model.landscape.skew"),
            (json!({ "function": "quadratic", "curvature": 0 }), "model.landscape.curvature"),
            (json!({ "function": "quadratic", "range": [1, 1] }), "model.landscape.range"),
            (json!({ "function": "double_well", "squeeze": 1000 }), "model.landscape.squeeze"),
        ] {
            assert_eq!(made(keys).err().unwrap()[0].path, path);
        }
        let one = made(json!({ "function": "rastrigin" })).unwrap();
        let other = made(json!({ "function": "rastrigin", "angle": 31 })).unwrap();
        assert_ne!(one.identity(), other.identity());
        assert_eq!(one.continuum().unwrap().volume(), 36.0);
    }
}
