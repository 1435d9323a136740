//! Derrida's random energy model.

use super::closed::{self, Closed};
use super::{Model, ModelEntry, schema_of};
use crate::exact::methods::{ENUMERATION, Method};
use crate::exact::random_energy::{MOST_SPINS, RandomEnergy};
use crate::input::{Context, Problem};
use crate::rng;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The registry's line.
pub(super) const ENTRY: ModelEntry = ModelEntry {
    name: "random_energy",
    summary: "the random energy model: 2^N independent Gaussian levels",
    energy: r"Each of the $2^N$ microstates has an energy of its own, drawn once from a normal distribution of mean 0 and variance $NJ^2/2$.",
    doc: r"Derrida's simplest spin glass: `spins` $N$ (at most 24) spins whose $2^N$ states have independent Gaussian energies of
mean 0 and variance $N J^2/2$, with `coupling` $J$ (1 unless given). The draw depends on `disorder_seed` (the experiment's seed
unless given) and on $N$, and on nothing else. Every level is summed.

For $N \to \infty$ the entropy per spin is $\ln 2 - (J/2T)^2$ down to $T_c = J/(2\sqrt{\ln 2}) \approx 0.6006\,J$, where it vanishes:
below, the system is frozen into the lowest levels, at $E/N = -J\sqrt{\ln 2}$. In a finite sample the transition is rounded.",
    schema: schema_of::<RandomEnergySpec>,
    build,
};

/// Independent Gaussian levels.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct RandomEnergySpec {
    /// The number N of spins, at most 24, so that there are 2^N levels.
    #[schemars(range(min = 1, max = 24))]
    spins: u64,
    /// The scale J of the energies, 1 unless given: their variance is N J²/2.
    #[serde(default = "closed::one")]
    coupling: f64,
    /// The seed of the levels; the experiment's seed unless given.
    #[serde(default)]
    #[schemars(with = "u64")]
    disorder_seed: Option<u64>,
}

fn build(keys: &Value, context: &Context<'_>) -> Result<Arc<dyn Model>, Vec<Problem>> {
    let RandomEnergySpec { spins, coupling, disorder_seed } = closed::keys("random_energy", keys)?;
    closed::none_of([
        closed::count("model.random_energy.spins", spins, 1, u64::from(MOST_SPINS)),
        closed::energy("model.random_energy.coupling", coupling),
    ])?;
    let seed = disorder_seed.unwrap_or(context.seed);
    let stream = rng::stream(seed, "disorder", &json!({ "random_energy": spins }).to_string(), 0);
    let levels = RandomEnergy::new(spins as u32, coupling, stream);
    let plural = if spins == 1 { "" } else { "s" };
    Ok(Arc::new(Closed {
        name: "random_energy",
        identity: json!({ "random_energy": { "spins": spins, "coupling": coupling, "disorder_seed": seed } }),
        description: format!("the random energy model of {spins} spin{plural}")
            + &closed::unless_one("J", coupling)
            + &format!(" (disorder seed {seed})"),
        sites: Some(spins as usize),
        magnetization: false,
        methods: vec![Method::new(ENUMERATION, Ok(levels))],
    }))
}
