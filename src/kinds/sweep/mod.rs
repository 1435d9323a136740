//! The kind `sweep`: thermal averages by Markov chain Monte Carlo, over temperatures, sizes, fields …

mod analyse;
mod chains;
mod choice;
mod collapse;
mod compare;
mod density;
mod diagnostics;
mod disorder;
mod exponents;
mod facts;
mod fluid;
mod growth;
mod joined;
mod ladder;
mod layout;
mod magnets;
mod measure;
mod outcome;
mod partition;
mod peaks;
mod present;
mod references;
mod run;
mod run_in;
mod sentences;
mod snapshots;
mod spec;
mod story;
mod tables;
mod target;
mod transition;
mod walk;

use crate::input::{Context, Problem};
use crate::kind::{Company, Control, Cost, Experiment, Kind, RunError, Story, Study};
use crate::models;
use crate::record::{Analysis, Record};
use crate::rng::Stream;
use crate::samplers;
use serde_json::{Value, json};
use spec::{SweepExperiment, SweepSpec};
use std::sync::OnceLock;

/// The kind `sweep`.
pub struct Sweep;

/// The models that a sweep can sample.
const MODELS: &[&str] = &[
    "ising",
    "potts",
    "blume_capel",
    "clock",
    "xy",
    "heisenberg",
    "boltzmann_machine",
    "rbm",
    "curie_weiss",
    "landscape",
    "lennard_jones",
];

/// The quantities of every sweep, and those that are measured on request.
static ALL_QUANTITIES: OnceLock<Vec<&'static str>> = OnceLock::new();

const DOC: &str = r#"Samples the Boltzmann distribution $p(s) = e^{-E(s)/T}/Z$ of a model of spins by Markov chain Monte Carlo and
estimates thermal averages: energy, specific heat, magnetisation, susceptibility, Binder cumulant.

Each point runs `budget.replicas` independent chains. A chain is thermalised, its sampler tuned, and then measured once per
sweep. Chains of a uniform ferromagnet start from the ordered state, since a random start below the transition can be
caught for very long in stripes; other models start at random. With `thermalize = "auto"` the run-in is doubled until
energy and magnetisation have settled (five settling times and twenty autocorrelation times long, without drift).

With `budget.target_error`, standard errors by quantity, each replica goes on until its own error is the target times the root of the
number of replicas, within `budget.max_sweeps`; what is not reached is told, with what it would take.

The samplers `parallel_tempering`, `population_annealing`, `annealed_importance` and `multicanonical` serve all temperatures of a curve in one run, so
that adding one changes all. Those that come down from infinite temperature or go through all energies give $\ln Z(T) - \ln Z(\infty)$ too, in the table
`partition`, and `multicanonical` the number of states of each energy, in the table `density_of_states` of the lowest temperature; weighted samples give averages of weighted means, and count for $(\sum w)^2/\sum w^2$ of them.

Errors are blocked jackknifes over all replicas with blocks of at least twenty autocorrelation
times where the series allow; table `block_errors` has the error against the length of blocks. Square lattices with periodic
boundaries and no field are compared with Kaufman's exact solution of the finite torus; small systems with enumeration.

The order parameter per site is $m = \sum_i s_i/N$ for Ising and Blume–Capel spins; for the Potts model
$m = (q \max_a n_a/N - 1)/(q - 1)$ with the number $n_a$ of sites in state $a$; and for clocks and vectors the length of the mean spin.

Temperatures of a curve whose energies overlap (by 5 % and by 20 independent samples) are joined by multi-histogram reweighting: smooth
curves with error bands, peaks of specific heat and susceptibility, free energies by reweighting and by integration of the energy,
absolute where the ground state or infinite temperature fixes the constant. Uniform ferromagnets of several sizes, on every periodic lattice of two
and more dimensions, give Binder crossings, a collapse whose T_c and exponents are fitted, and from three sizes on a T_c with corrections to
scaling, $U_4 = f(x) + L^{-\omega} (b_0 + b_1 x)$ with $x = (T - T_c)\, L^{1/\nu}$, beside the exact one where it is known. Tables `reweighted`, `peaks`, `free_energy` and `scaling` hold them.

Where `disorder_seed` is an axis, table `disorder` has every quantity averaged over the realisations of the random couplings, with the error of their scatter.

A point on a `landscape` has no sites. `metropolis` moves it at random and `langevin` along the force; energy, heat capacity and the moments of its place are
compared with quadrature, its distribution (table `positions`) too. Where a landscape in one dimension has two wells, table `crossings` counts how often each was left, a crossing
counting when the bottom of the other well is reached, per unit of time for `langevin` and per sweep for `metropolis`; for `langevin` the exact rate, the inverse of the mean first-passage time
$\tau = \tfrac1T \int_a^b \mathrm dy\, e^{E(y)/T} \int^y \mathrm dz\, e^{-E(z)/T}$, and Kramers' $k = \sqrt{E''(a)\,\lvert E''(b)\rvert}\, e^{-\Delta E/T}/2\pi$ stand beside it.

The particles of `lennard_jones` are displaced one by one by `metropolis` at constant $N$, $V$ and $T$: energy and heat capacity of their places, pressure by the virial, and
the radial distribution function $g(r)$ (table `radial_distribution`), with long-range corrections; two particles are compared with quadrature.

`[measure]` asks for more, at a cost. `correlation = true`: the two-point function $G(r)$ along the axes and the second-moment correlation length
$\xi = \sqrt{S(0)/S(k) - 1}\,/\,(2 \sin(k/2))$, with the structure factor $S$ at zero and at the longest wave, $k = 2\pi/L$. $S(0) = N \langle m^2 \rangle$ is taken
whole, since without a field $\langle m \rangle = 0$ on a finite lattice: above the transition $\xi$ is the correlation length, at the transition $\xi/L$ hardly depends on $L$, and below it
grows with $L$. `renormalisation = true`: block spins of a square Ising lattice by the majority of 2 × 2, and the exponents $y_t$ and $y_h$ in the
correlations between the interactions of successive levels, $\langle S' S' \rangle_c T = \langle S' S \rangle_c$ with $y = \log_2 \lambda$ of the largest eigenvalue; they mean what they say at $T_c$ only.
`histogram = true`: the distribution of the energy with errors. Tables `structure_factor`, `correlation`, `renormalisation`, `flow`, `blocks`, `histogram`."#;

const STARTER: &str = r#"kind  = "sweep"
title = "{title}"
seed  = 1944                    # every random number follows from it

[model.ising]
lattice = "square"              # N = size × size spins, periodic boundaries, J = 1
size    = 16

[sampler]
algorithm = "metropolis"        # or "wolff": clusters, quick near the transition

[budget]
thermalize = "auto"             # discard sweeps until settled, or give a number
sweeps     = 5000               # measured, per replica
replicas   = 4                  # independent chains per point

[sweep]                         # a list or range here makes an axis
temperature      = { from = 1.8, to = 2.8, steps = 6 }
model.ising.size = [8, 16]

[[expect]]                      # judged by `gibbs check`
quantity = "energy_per_site"
equals   = "exact"
within   = { sigma = 4.5 }
"#;

impl Kind for Sweep {
    fn name(&self) -> &'static str {
        "sweep"
    }

    fn summary(&self) -> &'static str {
        "thermal averages by Monte Carlo, over temperatures, sizes and fields"
    }

    fn doc(&self) -> &'static str {
        DOC
    }

    fn version(&self) -> u32 {
        4
    }

    fn quantities(&self) -> &'static [&'static str] {
        ALL_QUANTITIES.get_or_init(|| {
            let mut all = [analyse::QUANTITIES, measure::QUANTITIES, walk::QUANTITIES].concat();
            let more: Vec<&str> =
                fluid::QUANTITIES.iter().copied().filter(|name| !all.contains(name)).collect();
            all.extend(more);
            all
        })
    }

    fn models(&self) -> Vec<&'static str> {
        MODELS.to_vec()
    }

    fn schema(&self) -> Value {
        let mut schema = models::schema_of::<SweepSpec>();
        schema["properties"]["model"] = models::schema(MODELS);
        let names: Vec<&str> = samplers::SAMPLERS.iter().map(|entry| entry.name).collect();
        schema["properties"]["sampler"]["properties"]["algorithm"]["enum"] = json!(names);
        schema
    }

    fn starter(&self) -> &'static str {
        STARTER
    }

    fn template(&self) -> &'static str {
        concat!(
            include_str!("../../../templates/handout/sweep.md.tera"),
            include_str!("../../../templates/handout/walk.md.tera"),
            include_str!("../../../templates/handout/fluid.md.tera")
        )
    }

    fn facts_schema(&self) -> Value {
        models::schema_of::<facts::Facts>()
    }

    fn prepare(&self, keys: &Value, context: &Context<'_>) -> Result<Box<dyn Experiment>, Vec<Problem>> {
        if walk::takes(keys) {
            return Ok(Box::new(walk::prepare(keys, context)?));
        }
        if fluid::takes(keys) {
            return Ok(Box::new(fluid::prepare(keys, context)?));
        }
        Ok(Box::new(spec::prepare(keys, context)?))
    }

    fn present(&self, study: &Study<'_>) -> Story {
        let own = walk::present(study).or_else(|| fluid::present(study));
        own.unwrap_or_else(|| present::present(study))
    }
}

impl Experiment for SweepExperiment {
    fn identity(&self) -> Value {
        self.parameters()
    }

    fn replicas(&self) -> usize {
        self.replicas
    }

    fn cost(&self) -> Cost {
        let relaxation = self.ladder.as_ref().map_or(1, |plan| plan.relaxation as u64);
        // With a target these are the most.
        let measured = self.target.as_ref().map_or(self.sweeps, |target| target.most);
        let sweeps = (self.expected_run_in() + measured) as u64 * relaxation;
        let seats = self.ladder.as_ref().map_or(1, |plan| plan.temperatures.len() as u64);
        let held = spec::held(self.sampler, self.sweeps as u64, self.sites);
        let series = 16 * (measured + self.thermalize.unwrap_or(self.thermalization_cap())) as u64;
        Cost {
            work: sweeps as f64 * self.sites as f64,
            unit: "spin updates",
            sweeps,
            // Series, and per site a spin, four neighbours and couplings in the general layout.
            memory: series + 80 * self.sites as u64 + held / seats + self.measure.memory(self.sweeps),
        }
    }

    fn quantities(&self) -> Vec<&'static str> {
        analyse::QUANTITIES.iter().copied().chain(self.measure.quantities()).collect()
    }

    fn run(&self, stream: Stream, control: &dyn Control) -> Result<Record, RunError> {
        match &self.ladder {
            Some(plan) => Ok(outcome::climb(self, plan, stream, control)?.swap_remove(plan.seat)),
            None => run::run(self, stream, control),
        }
    }

    fn company(&self) -> Option<Company> {
        let plan = self.ladder.as_ref()?;
        let mut identity = self.parameters();
        identity["temperature"] = Value::Null;
        Some(Company { identity, seat: plan.seat, seats: plan.temperatures.len() })
    }

    fn run_company(&self, stream: Stream, control: &dyn Control) -> Result<Vec<Record>, RunError> {
        match &self.ladder {
            Some(plan) => outcome::climb(self, plan, stream, control),
            None => Ok(vec![run::run(self, stream, control)?]),
        }
    }

    fn analyse(&self, records: &[Record]) -> Analysis {
        analyse::analyse(self, records)
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_budgets;
#[cfg(test)]
mod tests_of_coverage;
#[cfg(test)]
mod tests_of_models;
#[cfg(test)]
mod tests_of_transitions;
