//! Samplers: Markov chains whose stationary distribution is the Boltzmann distribution of a model.

pub mod annealing;
pub mod bytes;
mod checkerboard;
mod cost;
pub mod density;
pub mod fluid;
mod forest;
mod heat_bath;
mod importance;
pub mod ladder;
mod many;
mod mean_field;
mod metropolis;
mod mirrors;
mod multicanonical;
pub mod multispin;
mod population;
pub mod schedule;
mod states;
mod swendsen_wang;
mod tempered;
mod tempering;
mod vectors;
pub mod walk;
mod wolff;

pub use cost::Price;

use crate::models::Model;
use crate::rng::Stream;
use cost::Cost;
use ladder::{Course, Ladder};
use rand::Rng;

/// A Markov chain at one temperature, advanced a sweep at a time.
pub trait Chain {
    /// Advances by one sweep: about N site updates, and always the same number of elementary moves once tuned.
    fn sweep(&mut self, stream: &mut Stream);

    /// Called once when thermalisation ends: fixes whatever the sampler adapted until then (a cluster sampler's
    /// number of clusters per sweep), so that measurements are taken at a stride that no longer depends on the state,
    /// and forgets the acceptance counted so far.
    fn tune(&mut self);

    /// The energy E of the current state, exactly as the model defines it.
    fn energy(&self) -> f64;

    /// The total magnetisation Σ s_i of the current state, or what the model has in its place as the order parameter M.
    fn magnetization(&self) -> f64;

    /// Share of proposed moves accepted since [`Chain::tune`]; for cluster moves the mean cluster size over N.
    fn acceptance(&self) -> f64;

    /// Spin updates per spin and sweep since [`Chain::tune`]: spins that were proposed to flip or, for cluster moves, flipped.
    fn updates_per_spin(&self) -> f64;

    /// The current spins as ±1; of sites with several states the number of each, from 0, as a byte; of
    /// vectors the sign of the first component, along it when a chain is to start from them.
    fn state(&self) -> Vec<i8>;

    /// Replaces the state by the N spins given, as [`Chain::state`] has them, for a start that is not random. Counts go on.
    fn start_from(&mut self, spins: &[i8]);
}

/// A line of the registry of samplers.
pub struct SamplerEntry {
    /// The word after `algorithm =`.
    pub name: &'static str,
    /// One line for `gibbs list`.
    pub summary: &'static str,
    /// What the sampler does, as a report names it: "Wolff cluster updates".
    pub updates: &'static str,
    /// What its acceptance is, where that is no share of accepted proposals.
    pub acceptance_is: Option<&'static str>,
    /// Documentation for `gibbs explain`, in Markdown.
    pub doc: &'static str,
    /// Why the sampler does not apply to a model, with an alternative; `None` when it does.
    pub refuse: fn(&dyn Model) -> Option<String>,
    /// How often it has come to draw other states from the same random numbers: part of the identity of its tasks.
    pub revision: u32,
    /// How it samples a model that was not refused.
    pub method: Method,
}

/// How a sampler goes about.
#[derive(Clone, Copy)]
pub enum Method {
    /// A chain at each temperature by itself, from a random state, and what its sweep costs.
    Chain(Start, Price),
    /// All temperatures of a curve in one run.
    Ladder(Ladder),
    /// The quickest chain of all those that apply, by short trials.
    Auto,
}

impl SamplerEntry {
    /// Starts a chain at a temperature T > 0; `None` for what is no chain at one temperature.
    pub fn start<'a>(
        &self,
        model: &'a dyn Model,
        temperature: f64,
        stream: &mut Stream,
    ) -> Option<Box<dyn Chain + 'a>> {
        match self.method {
            Method::Chain(start, _) => Some(start(model, temperature, stream)),
            Method::Ladder(_) | Method::Auto => None,
        }
    }
}

/// Starts a chain of a model at a temperature.
pub type Start = for<'a> fn(&'a dyn Model, f64, &mut Stream) -> Box<dyn Chain + 'a>;

/// Every sampler.
pub static SAMPLERS: &[SamplerEntry] = &[
    SamplerEntry {
        name: "metropolis",
        summary: "single-spin updates in random order, for every model of spins, and random displacements of points and particles",
        updates: "Metropolis single-spin updates",
        acceptance_is: None,
        doc: r#"Metropolis et al. 1953. A sweep is $N$ proposals to flip a spin drawn at random (of several states, to one of the
others; of vectors, to a direction nearby, at a distance that is found while the chain thermalises and is then left alone), each accepted with
probability $\min(1, e^{-\Delta E/T})$. Works for every model of spins. Near a continuous transition its
autocorrelation time grows like $L^{2.17}$ (two-dimensional Ising model); use `wolff` there if the model allows.
The chain of a sweep starts from the ground state of a ferromagnet (or of the antiferromagnet on a chessboard), and elsewhere from a random state.

A sweep of a point on a `landscape` is 20 proposals, each uniform in a cube about the point whose side is found while the chain thermalises;
what lies outside the box is refused. The point starts on a grid of places, drawn with their Boltzmann weights.

A sweep of the particles of `lennard_jones` is $N$ proposals, each to displace one of them uniformly within a cube about it, whose side follows the acceptance
towards 45 % while the chain thermalises and is then left alone. Particles start on a lattice."#,
        refuse: metropolis::refuse,
        revision: 0,
        method: Method::Chain(metropolis::build, |model| {
            Cost { square: 4.2, pairs: 8.0, states: 15.0, vectors: 60.0 }.of(model)
        }),
    },
    SamplerEntry {
        name: "checkerboard",
        summary: "Metropolis updates of hundreds of sites at once, on square and cubic tori",
        updates: "checkerboard Metropolis updates",
        acceptance_is: None,
        doc: checkerboard::DOC,
        refuse: checkerboard::refuse,
        revision: 0,
        method: Method::Chain(checkerboard::build, checkerboard::cost),
    },
    SamplerEntry {
        name: "wolff",
        summary: "single-cluster updates, for ferromagnets without a field",
        updates: "Wolff cluster updates",
        acceptance_is: Some("mean cluster size / N"),
        doc: r#"Wolff 1989. A cluster of equal spins grows from a random site, keeping each bond with probability
$1 - e^{-2J/T}$, and is flipped as a whole: critical slowing down all but disappears. Needs couplings $J \ge 0$ and no
field, on any lattice or graph. States of `potts` are exchanged, those of `clock`, `xy` and `heisenberg` mirrored, which is right for $J < 0$ too. A sweep is a fixed number of clusters that together flip about $N$ spins; the number is
found while the chain thermalises and is then left alone. The chain of a sweep starts from the ground state of a ferromagnet (or of the antiferromagnet on a chessboard), and elsewhere from a random state."#,
        refuse: wolff::refuse,
        revision: 0,
        method: Method::Chain(wolff::build, |model| {
            Cost { square: 17.0, pairs: 40.0, states: 50.0, vectors: 120.0 }.of(model)
        }),
    },
    SamplerEntry {
        name: "swendsen_wang",
        summary: "all clusters at once, for ferromagnets with or without a field",
        updates: "Swendsen–Wang cluster updates",
        acceptance_is: Some("share of spins that changed"),
        doc: r#"Swendsen and Wang 1987. Every bond between equal spins is kept with probability $1 - e^{-2J/T}$, and every cluster
of sites joined by kept bonds gets its sign anew, in a field with the probability of a single spin that feels the fields of
all its sites. Needs couplings $J \ge 0$, on any lattice or graph. Clusters of `potts` draw one of the $q$ states, those of `clock`, `xy` and
`heisenberg` are mirrored or left, which is right for $J < 0$ too. A sweep redraws every spin once. On the periodic square or cubic lattice of Ising
spins with one coupling and no field, of sides even or odd, bonds are drawn and clusters flipped by words of 64 bits, some five
times as fast. Near a transition in two
dimensions it forgets somewhat later than `wolff`. The chain of a sweep starts from the ground state of a ferromagnet (or of the antiferromagnet on a chessboard), and elsewhere from a random state."#,
        refuse: swendsen_wang::refuse,
        revision: 1,
        method: Method::Chain(swendsen_wang::build, swendsen_wang::cost),
    },
    SamplerEntry {
        name: "heat_bath",
        summary: "single spins drawn anew in random order, for every model of spins",
        updates: "heat-bath single-spin updates",
        acceptance_is: Some("share of spins that changed"),
        doc: r#"Glauber 1963. A sweep is $N$ times a spin drawn at random and drawn anew from its distribution with all others
held: a flip of cost $\Delta E$ happens with probability $1/(1 + e^{\Delta E/T})$, one of several states is drawn by its Boltzmann
weight, and a vector by its angle with the field of its neighbours. Works for every model of spins. For Ising
spins `metropolis` moves more often and forgets sooner, by up to a factor of two; the more states a spin has, the better the heat
bath. The chain of a sweep starts from the ground state of a ferromagnet (or of the antiferromagnet on a chessboard), and elsewhere from a random state."#,
        refuse: heat_bath::refuse,
        revision: 0,
        method: Method::Chain(heat_bath::build, |model| {
            Cost { square: 4.5, pairs: 9.0, states: 30.0, vectors: 120.0 }.of(model)
        }),
    },
    SamplerEntry {
        name: "overrelaxation",
        summary: "rotations at constant energy between heat baths, for vectors",
        updates: "overrelaxation and heat-bath updates",
        acceptance_is: None,
        doc: r#"Creutz 1987. A sweep turns each vector of `xy` or `heisenberg` by 180° about the field of its neighbours, which
costs no energy, four times over in order, and then draws $N$ of them anew by the heat bath. Rotations carry changes further than random steps
do, so that slow modes forget sooner. The chain of a sweep starts from the ground state of a ferromagnet (or of the antiferromagnet on a chessboard), and elsewhere from a random state."#,
        refuse: vectors::refuse_overrelaxation,
        revision: 0,
        method: Method::Chain(vectors::build_overrelaxation, |model| {
            Cost { square: 4.5, pairs: 9.0, states: 30.0, vectors: 220.0 }.of(model)
        }),
    },
    SamplerEntry {
        name: "langevin",
        summary: "overdamped Langevin dynamics of a point on a landscape, Metropolis-adjusted",
        updates: "Metropolis-adjusted Langevin steps",
        acceptance_is: None,
        doc: r#"Roberts and Tweedie 1996. A point follows the force and is shaken, $x' = x - \nabla E\, \mathrm dt + \sqrt{2T\,\mathrm dt}\,\xi$ with normal
$\xi$: Euler and Maruyama's step of the overdamped dynamics with friction 1. By itself that has a bias that grows with $\mathrm dt$; each step is therefore accepted with Metropolis'
probability, by which the Boltzmann distribution is exact whatever $\mathrm dt$. A sweep is 200 steps. `sampler.step` is $\mathrm dt$; left out, it is a twentieth of
$1/\lvert E'' \rvert$ at the sharpest bend of the landscape where it is populated, so that few steps are refused and $\mathrm dt$ is a clock. Where a landscape in one dimension has two
wells, crossings between them are counted: table `crossings`, with the exact mean first-passage time and Kramers' formula beside them. For `landscape` alone; the point starts on a grid of places, drawn with their Boltzmann
weights, and steps out of the box are refused."#,
        refuse: walk::refuse_langevin,
        revision: 0,
        method: Method::Chain(walk::build_langevin, |_| 1.0),
    },
    SamplerEntry {
        name: "parallel_tempering",
        summary: "chains at all temperatures of the sweep that exchange them, for rugged landscapes",
        updates: "parallel tempering",
        acceptance_is: Some("share of exchanges made with neighbouring temperatures"),
        doc: r#"Swendsen and Wang 1986; Hukushima and Nemoto 1996. One run serves all temperatures of a curve: a chain of single-spin
updates at each, and after every sweep neighbours exchange their temperatures with probability
$\min(1, e^{(\beta_i - \beta_j)(E_i - E_j)})$, in fixed turns. A state that is caught at a low temperature is so carried up, changed
and brought back. Needs at least two temperatures under `[sweep]`. Where exchanges are refused in more than 80 % of the tries,
temperatures are added between (not reported); `sampler.ladder = "given"` keeps to the sweep's own. Each added or changed
temperature changes the results of all. The table `ladder` has the exchanges and the round trips between the ends.

Ising spins with equally many neighbours each (3, 4 or 6), bonds of one strength and of any signs, and no field, as on periodic lattices
uniform or $\pm J$, are updated by Metropolis' rule colour by colour, all chains at once in the bits of words, which is ten to sixty times as fast;
one sweep in eight then leaves each spin alone with probability ½. Others are updated one by one in random order. It is the same
with `population_annealing` and `annealed_importance`."#,
        refuse: |model| tempered::refuse("parallel_tempering", model),
        revision: 1,
        method: Method::Ladder(Ladder {
            climb: tempering::run,
            course: Course::Together,
            replica: "chain",
            sample: "sweeps",
        }),
    },
    SamplerEntry {
        name: "population_annealing",
        summary: "a population that is cooled through all temperatures, with free energies",
        updates: "population annealing",
        acceptance_is: Some("effective share of the population in the last step"),
        doc: r#"Hukushima and Iba 2003; Machta 2010. `budget.sweeps` states, drawn at infinite temperature, are cooled together
through all temperatures of the sweep. At each step, as long as leaves the weights $e^{-\Delta\beta E}$ an effective share of 85 %, they are
copied or lost in proportion to these weights and then make `sampler.relaxation` sweeps of single-spin updates. The mean weights
multiply to $Z(\beta)/Z(0)$: absolute free energies come with the averages, in the table `partition`. Errors take the copies of one
ancestor for what they are."#,
        refuse: |model| tempered::refuse("population_annealing", model),
        revision: 1,
        method: Method::Ladder(Ladder {
            climb: population::run,
            course: Course::Fall { relaxation: 10, member: population::member },
            replica: "population",
            sample: "members",
        }),
    },
    SamplerEntry {
        name: "annealed_importance",
        summary: "independent weighted paths from infinite temperature, with free energies",
        updates: "annealed importance sampling",
        acceptance_is: None,
        doc: r#"Neal 2001. `budget.sweeps` independent paths lead from infinite temperature through all temperatures of the sweep, in
steps that are short beside the spread of the energies, with `sampler.relaxation` sweeps at each. Every step multiplies a path's
weight by $e^{-\Delta\beta E}$; the mean weight is $Z(\beta)/Z(0)$ without bias, and averages with these weights are those in
equilibrium, though no path is. Where the effective number of paths falls far below their number, cool more slowly."#,
        refuse: |model| tempered::refuse("annealed_importance", model),
        revision: 1,
        method: Method::Ladder(Ladder {
            climb: importance::run,
            course: Course::Fall { relaxation: 5, member: |_| 0 },
            replica: "set",
            sample: "paths",
        }),
    },
    SamplerEntry {
        name: "multicanonical",
        summary: "one chain through all energies, with weights learned by Wang and Landau's algorithm",
        updates: "multicanonical sampling",
        acceptance_is: None,
        doc: r#"Berg and Neuhaus 1992; Wang and Landau 2001. A chain with the weights $1/g(E)$ visits all energies alike, up to those of
infinite temperature, and crosses barriers between phases as if they were not there. Each replica first learns weights of its own,
in five times the sweeps that are measured (or `budget.thermalize`), which tell no error; with these fixed it is measured, and
$\langle O \rangle_T = \langle O\, g\, e^{-E/T} \rangle/\langle g\, e^{-E/T} \rangle$ follows for every temperature of the sweep from one
run, with errors that know how long the chain takes from end to end, and $\ln Z$ (table `partition`) and $\ln g(E)$ (table
`density_of_states`). For spins of two or a few states."#,
        refuse: multicanonical::refuse,
        revision: 1,
        method: Method::Ladder(Ladder {
            climb: multicanonical::run,
            course: Course::Flat,
            replica: "chain",
            sample: "sweeps",
        }),
    },
    SamplerEntry {
        name: "auto",
        summary: "the chain that gives independent samples soonest, by short trials at each point",
        updates: "updates chosen by trials",
        acceptance_is: None,
        doc: r#"Each point tries every sampler of chains that applies to the model, with equal work for each, measures the longer of the
autocorrelation times $\tau$ of energy and magnetisation, and takes the one whose $\tau$ times the cost of a sweep is least. A sweep's
cost is a number of nanoseconds per site that is the same on every machine, so that the choice is too. The table `choice` has
the trials."#,
        refuse: |model| {
            // Of walks only Metropolis' aims at averages; the steps of Langevin's are short for the sake of their clock.
            let none = !has_spins(model) && model.continuum().is_none() && model.fluid().is_none();
            none.then(|| {
                format!("`auto` chooses among chains of spins, and {} has none; the kind `ensemble` solves it exactly", model.description())
            })
        },
        revision: 0,
        method: Method::Auto,
    },
];

/// Every sampler that runs a chain at one temperature.
pub fn chains() -> impl Iterator<Item = &'static SamplerEntry> {
    SAMPLERS.iter().filter(|entry| matches!(entry.method, Method::Chain(..)))
}

/// Looks a sampler up by its name.
pub fn find(name: &str) -> Option<&'static SamplerEntry> {
    SAMPLERS.iter().find(|entry| entry.name == name)
}

/// Whether a model has spins that can be changed one by one.
fn has_spins(model: &dyn Model) -> bool {
    model.square_lattice().is_some()
        || model.pair_model().is_some_and(|pairs| pairs.spins() > 0)
        || model.site_states().is_some_and(|(pairs, _)| pairs.spins() > 0)
        || model.vectors().is_some_and(|(pairs, _)| pairs.spins() > 0)
        || model.curie_weiss().is_some()
}

/// Why a sampler of clusters does not apply to a model without bonds, and what does.
fn without_bonds(name: &str, model: &dyn Model) -> String {
    let model_words = model.description();
    if model.curie_weiss().is_some() {
        return format!(
            "`{name}` grows clusters over bonds, and {model_words} is sampled without any; use `metropolis`, or the model `ising` \
             on the lattice `complete`"
        );
    }
    walk::without_spins(name, "grows clusters of spins", model)
}

/// Whether a uniform 64-bit number is below `threshold`, given its leading half; the trailing half is drawn only when the
/// leading one does not decide, once in 2^32 times. So a random word serves two purposes at full resolution.
#[inline(always)]
fn below(leading: u32, threshold: u64, stream: &mut Stream) -> bool {
    let limit = (threshold >> 32) as u32;
    // The rare case comes first, so that the common one needs no branch.
    if leading == limit { stream.next_u32() < threshold as u32 } else { leading < limit }
}

/// The number t such that a uniform 64-bit word is below t with probability `probability`, to 2^−53 of it; the largest
/// word for 1.
fn threshold(probability: f64) -> u64 {
    (probability * 18_446_744_073_709_551_616.0) as u64
}

#[cfg(test)]
mod tests;
