//! The Lennard-Jones fluid: particles in a periodic box.

use super::closed::{keys as read, none_of};
use super::fluid::{Fluid, side};
use super::{Model, ModelEntry, schema_of};
use crate::exact::continuum::Continuum;
use crate::exact::methods::{Method, QUADRATURE};
use crate::input::{Context, Problem};
use crate::number;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The cutoff where none is given and the box has room for it.
const CUTOFF: f64 = 2.5;
/// The least cutoff: the well is deepest at 2^{1/6} = 1.12.
const LEAST_CUTOFF: f64 = 1.0;
/// The most particles.
const MOST: usize = 100_000;
/// The largest density: a crystal far above any temperature at which it would melt.
const DENSEST: f64 = 10.0;

/// The registry's line.
pub(super) const ENTRY: ModelEntry = ModelEntry {
    name: "lennard_jones",
    summary: "particles with the Lennard-Jones potential in a periodic box: gas, liquid, crystal",
    energy: "",
    doc: r#"$N$ `particles` at the number density `density`, $\rho$, in a cubic box (a square one with `dimensions = 2`) of the side $L = (N/\rho)^{1/d}$ that
repeats periodically. All is in reduced units, $\sigma = \varepsilon = k_{\mathrm B} = 1$. Pairs have the energy

$$u(r) = 4 \left( r^{-12} - r^{-6} \right), \qquad r < r_{\mathrm c},$$

at the nearest of their periodic images: the potential is cut at `cutoff`, $r_{\mathrm c}$, and not shifted. Left out, $r_{\mathrm c}$ is 2.5, or half the box where that is
less; beyond $L/2$ it is refused. `tail_correction` (on unless `false`) adds what uniform particles beyond $r_{\mathrm c}$ would,

$$\frac{U_{\mathrm{tail}}}{N} = \frac{8\pi\rho}{3} \left( \frac{r_{\mathrm c}^{-9}}{3} - r_{\mathrm c}^{-3} \right), \qquad p_{\mathrm{tail}} = \frac{16\pi\rho^2}{3} \left( \frac{2 r_{\mathrm c}^{-9}}{3} - r_{\mathrm c}^{-3} \right)$$

in three dimensions, and $2\pi\rho \left( r_{\mathrm c}^{-10}/5 - r_{\mathrm c}^{-4}/2 \right)$, $6\pi\rho^2 \left( 2 r_{\mathrm c}^{-10}/5 - r_{\mathrm c}^{-4}/2 \right)$ in two (Frenkel and Smit 2002; Allen and Tildesley 2017). The pressure is the virial's,

$$p = \rho T - \frac{1}{dV} \Bigl\langle \sum_{i<j} r_{ij}\, u'(r_{ij}) \Bigr\rangle + p_{\mathrm{tail}} ,$$

that of the whole potential. Energy and heat capacity are those of places alone; momenta add $dT/2$ and $d/2$ per particle.

Kind `sweep` samples it at constant $N$, $V$ and $T$ with `metropolis`, and measures the radial distribution function $g(r)$: table `radial_distribution`. Two particles are
compared with their integral over the distance, by quadrature. Chains start from a crystal, face-centred cubic where $N = 4n^3$ (32, 108, 256, 500, 864 …), which
melts while they thermalise where the crystal does not last."#,
    schema: schema_of::<Spec>,
    build,
};

/// Particles with the Lennard-Jones potential in a periodic box.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Spec {
    /// The number of particles N, 108 unless given; 4n³ of them fill a crystal.
    #[serde(default = "particles")]
    #[schemars(range(min = 2, max = MOST))]
    particles: usize,
    /// The number density ρ = N/V, in units of σ⁻³.
    #[schemars(extend("exclusiveMinimum" = 0))]
    density: f64,
    /// The distance r_c from which on pairs are left to the correction, in units of σ: 2.5, or half the box where that is less.
    #[serde(default)]
    #[schemars(with = "f64", extend("exclusiveMinimum" = 0))]
    cutoff: Option<f64>,
    /// Whether energy and pressure are corrected for what is beyond the cutoff; true unless given.
    #[serde(default = "corrected")]
    tail_correction: bool,
    /// 3, or 2; 3 unless given.
    #[serde(default = "dimensions")]
    #[schemars(range(min = 2, max = 3))]
    dimensions: usize,
}

fn particles() -> usize {
    108
}

fn corrected() -> bool {
    true
}

fn dimensions() -> usize {
    3
}

fn problem(key: &str, message: impl Into<String>) -> Problem {
    Problem::new(format!("model.lennard_jones.{key}"), message)
}

fn build(keys: &Value, _: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let spec: Spec = read("lennard_jones", keys)?;
    none_of([
        (!(2..=MOST).contains(&spec.particles)).then(|| {
            problem("particles", format!("{} particles make no fluid here", spec.particles))
                .label(format!("must be from 2 to {}", number::count(MOST as u64)))
        }),
        (!(spec.density > 0.0 && spec.density <= DENSEST)).then(|| {
            problem("density", format!("a density of {} is out of range", number::plain(spec.density)))
                .label(format!("must be above 0 and at most {DENSEST}"))
        }),
        (!(2..=3).contains(&spec.dimensions)).then(|| problem("dimensions", "a fluid has 2 or 3 dimensions")),
    ])?;
    let half = 0.5 * side(spec.particles as f64 / spec.density, spec.dimensions);
    // The least number of particles whose box is twice as wide as a cutoff.
    let enough = |cutoff: f64| {
        let volume = libm::pow(2.0 * cutoff, spec.dimensions as f64);
        number::count(libm::ceil(spec.density * volume) as u64)
    };
    let shown = number::significant(half, 4);
    match spec.cutoff {
        None if half < LEAST_CUTOFF => {
            let message =
                format!("half the box is {shown}, less than the {LEAST_CUTOFF} that a cutoff needs");
            return Err(vec![problem("density", message).help(format!(
                "take at least {} particles at this density, or a lower density",
                enough(LEAST_CUTOFF)
            ))]);
        }
        Some(cutoff) if cutoff.is_nan() || cutoff < LEAST_CUTOFF => {
            let message = format!("a cutoff of {} leaves no well", number::plain(cutoff));
            return Err(vec![problem("cutoff", message).label(format!("must be at least {LEAST_CUTOFF}"))]);
        }
        Some(cutoff) if cutoff > half => {
            let message = format!(
                "a cutoff of {} reaches beyond half the box, {shown}: a pair would count at several images",
                number::plain(cutoff)
            );
            // Rounded down, so that it is taken.
            let most = libm::floor(half * 1e3) / 1e3;
            return Err(vec![problem("cutoff", message).label(format!("must be at most {most}")).help(
                format!(
                    "lower the cutoff, leave it out, or take at least {} particles at this density",
                    enough(cutoff)
                ),
            )]);
        }
        _ => {}
    }
    let fluid = Fluid {
        particles: spec.particles,
        dimensions: spec.dimensions,
        density: spec.density,
        cutoff: spec.cutoff.unwrap_or(CUTOFF.min(half)),
        tail_correction: spec.tail_correction,
    };
    let reason = "particles in a box have no closed thermodynamics; the kind `sweep` samples them".to_owned();
    Ok(Arc::new(LennardJones { fluid, methods: [Method::new(QUADRATURE, Err::<Continuum, _>(reason))] }))
}

/// A fluid whose keys were checked.
struct LennardJones {
    fluid: Fluid,
    methods: [Method; 1],
}

impl Model for LennardJones {
    fn name(&self) -> &'static str {
        "lennard_jones"
    }

    fn identity(&self) -> Value {
        let Fluid { particles, dimensions, density, cutoff, tail_correction } = self.fluid;
        json!({
            "particles": particles, "dimensions": dimensions, "density": density, "cutoff": cutoff,
            "tail_correction": tail_correction,
        })
    }

    fn description(&self) -> String {
        let flat = if self.fluid.dimensions == 2 { " in two dimensions" } else { "" };
        format!("{} Lennard-Jones particles{flat}", number::count(self.fluid.particles as u64))
    }

    fn sites(&self) -> Option<usize> {
        None
    }

    fn methods(&self) -> &[Method] {
        &self.methods
    }

    fn fluid(&self) -> Option<&Fluid> {
        Some(&self.fluid)
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
    fn what_makes_no_fluid_is_refused_with_the_key_and_the_fix() {
        for (keys, path, text) in [
            (json!({ "density": 0.8, "cutoff": 3.0 }), "cutoff", "at least 173 particles"),
            (json!({ "density": 0.8, "cutoff": 0.5 }), "cutoff", "must be at least 1"),
            (json!({ "density": 0.8, "particles": 2 }), "density", "at least 7 particles"),
            (json!({ "density": 0.0 }), "density", "above 0"),
            (json!({ "density": 0.8, "particles": 1 }), "particles", "from 2"),
            (json!({ "density": 0.8, "dimensions": 1 }), "dimensions", "2 or 3"),
        ] {
            let problem = made(keys).err().unwrap().remove(0);
            assert_eq!(problem.path, format!("model.lennard_jones.{path}"));
            let told = format!("{} {} {}", problem.message, problem.label, problem.help);
            assert!(told.contains(text), "{told}");
        }
    }

    #[test]
    fn the_help_of_a_refusal_helps() {
        for keys in [
            json!({ "density": 0.8, "cutoff": 3.0, "particles": 173 }),
            json!({ "density": 0.8, "cutoff": 2.564 }),
            json!({ "density": 0.8, "particles": 7 }),
        ] {
            assert!(made(keys.clone()).is_ok(), "{keys}");
        }
    }

    #[test]
    fn the_cutoff_left_out_is_two_and_a_half_or_half_the_box() {
        let cutoff = |keys| made(keys).unwrap().fluid().unwrap().cutoff;
        assert_eq!(cutoff(json!({ "density": 0.8 })), 2.5);
        assert_eq!(cutoff(json!({ "density": 1.0, "particles": 64 })), 2.0);
        let (given, left) = (json!({ "density": 0.8, "cutoff": 2.5 }), json!({ "density": 0.8 }));
        assert_eq!(made(given).unwrap().identity(), made(left).unwrap().identity());
    }
}
