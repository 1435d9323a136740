//! Free energies along the joined temperatures, by reweighting and by integration, beside the exact ones.

use super::super::analyse::exact_log_partition;
use super::super::layout::Curve;
use super::super::peaks::plain_label;
use super::super::spec::SweepExperiment;
use crate::fact::Measured;
use crate::models::Model;
use crate::statistics::jackknife::Jackknifed;
use crate::statistics::reweighting::{Plain, Reweighting, Solution, integrate};
use schemars::JsonSchema;
use serde::Serialize;

/// An anchor that reweighting reaches must rest on so many effective samples.
const LEAST_EFFECTIVE: f64 = 100.0;
/// An integral from β = 0 is an anchor while its rule may be off by so much at most, in ln Z per site.
const LARGEST_RULE_ERROR: f64 = 1e-3;
/// The most pairs of bonds that are looked through for triangles.
const MOST_PAIRS: usize = 100_000_000;

/// What fixes the constant of ln Z.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Anchor {
    /// All states count alike at β = 0, which the samples' energies reach.
    States { log_states: f64 },
    /// The energy and the number of the ground states, which were met often enough.
    Ground { energy: f64, log_degeneracy: f64 },
    /// ln Z and the moments of E at β = 0, and the integral over the energy from there to the highest temperature.
    Integral { log_states: f64, infinite: Plain },
}

/// The free energies of joined temperatures.
pub(in super::super) struct Free {
    /// The temperatures, the highest first: ln Z is counted from it.
    pub places: Vec<FreePlace>,
    /// How ln Z became absolute; empty where it did not.
    pub anchor: &'static str,
    /// By how much the rule of the integral from β = 0 is estimated to be off, per site in ln Z; 0 for another anchor.
    pub anchor_bound: f64,
    /// Rows of blocks behind the errors.
    pub blocks: usize,
}

/// One sampled temperature.
pub(in super::super) struct FreePlace {
    /// T.
    pub temperature: f64,
    /// ln Z(T) − ln Z(highest T), by reweighting.
    pub difference: Option<Jackknifed>,
    /// The same by integration.
    pub integrated: Option<Jackknifed>,
    /// By how much the integration's rule is estimated to be off.
    pub bound: f64,
    /// The same exactly.
    pub exact: Option<f64>,
    /// F/N = −T ln Z/N, where there is an anchor.
    pub free_energy: Option<Jackknifed>,
    /// S/N = (U − F)/(N T).
    pub entropy: Option<Jackknifed>,
    /// −T ln Z/N exactly.
    pub exact_free_energy: Option<f64>,
}

/// The free energies of one stretch of temperatures, for the template.
#[derive(Debug, Serialize, JsonSchema)]
pub(in super::super) struct FreeRow {
    /// The curve's name, in Markdown.
    pub label: String,
    /// The highest temperature T₁ of the stretch.
    pub high: f64,
    /// The lowest temperature T₀.
    pub low: f64,
    /// ln Z(T₀) − ln Z(T₁) by reweighting.
    pub difference: Measured,
    /// The same by integrating the mean energy over β.
    pub integrated: Measured,
    /// By how much the rule of the integration is estimated to be off.
    pub bound: f64,
    /// The same exactly; empty where that is not known.
    pub exact: Option<f64>,
    /// What fixes the constant of ln Z, a clause; empty where nothing does.
    pub anchor: String,
    /// The free energy per site F/N at T₀.
    pub free_energy: Measured,
    /// The same exactly.
    pub exact_free_energy: Option<f64>,
    /// The temperature of the stretch's middle, at which `entropy` is given.
    pub middle: f64,
    /// The entropy per site S/N there.
    pub entropy: Measured,
    /// By how much the integral from infinite temperature is estimated to be off in ln Z/N; 0 for another anchor.
    pub anchor_bound: f64,
    /// The largest |z| of ln Z(T) − ln Z(T₁) over the sampled temperatures T against the exact ones; empty without
    /// these.
    pub worst: Option<f64>,
}

impl Free {
    pub(super) fn fact(&self, label: &str) -> Option<FreeRow> {
        let (first, last) = (self.places.first()?, self.places.last()?);
        let middle = &self.places[self.places.len() / 2];
        let measured = |found: Option<Jackknifed>| {
            found.map_or_else(Measured::default, |found| Measured::new(found.value, found.std_error))
        };
        Some(FreeRow {
            label: plain_label(label),
            high: first.temperature,
            low: last.temperature,
            difference: measured(last.difference),
            integrated: measured(last.integrated),
            bound: last.bound,
            exact: last.exact,
            anchor: self.anchor.to_owned(),
            free_energy: measured(last.free_energy),
            exact_free_energy: last.exact_free_energy,
            middle: middle.temperature,
            entropy: measured(middle.entropy),
            anchor_bound: self.anchor_bound,
            worst: self.worst(),
        })
    }

    /// The largest |z| of the differences of ln Z against the exact ones.
    fn worst(&self) -> Option<f64> {
        let pull = |place: &FreePlace| {
            let found = place.difference.filter(|found| found.std_error > 0.0)?;
            Some(libm::fabs(found.value - place.exact?) / found.std_error)
        };
        self.places.iter().filter_map(pull).max_by(f64::total_cmp)
    }
}

/// ln Z, F and S at the sampled temperatures, with the errors of the joint jackknife.
pub(super) fn free(reweighting: &Reweighting, curve: &Curve<'_>) -> Free {
    let experiment = curve.experiment();
    let sites = experiment.sites as f64;
    let betas = reweighting.betas().to_vec();
    let anchor = anchor(experiment, reweighting);
    let found = reweighting.estimate(|solution| {
        let log = |beta: f64| solution.density.averages(beta).log_partition;
        let first = log(betas[0]);
        let integrated = integrate(&betas, &solution.plain);
        let constant = anchor.map_or(f64::NAN, |anchor| anchor.log_partition(solution, betas[0], first));
        let at = |(k, beta): (usize, &f64)| {
            let averages = solution.density.averages(*beta);
            let difference = averages.log_partition - first;
            let absolute = constant + difference;
            [
                difference,
                integrated[k].0,
                -absolute / (beta * sites),
                (absolute + beta * averages.energy) / sites,
            ]
        };
        betas.iter().enumerate().flat_map(at).collect()
    });
    let plain = reweighting.plain(None);
    let bounds = integrate(&betas, &plain);
    let exact_first = exact_log_partition(experiment, 1.0 / betas[0]);
    let places = betas.iter().zip(found.chunks_exact(4)).zip(bounds).map(|((beta, found), (_, bound))| {
        // As it was given, where 1/(1/T) may differ in the last digit.
        let given = curve.points.iter().map(|(temperature, _)| *temperature);
        let temperature = given.into_iter().find(|given| 1.0 / given == *beta).unwrap_or(1.0 / beta);
        let exact = exact_first.and_then(|_| exact_log_partition(experiment, temperature));
        FreePlace {
            temperature,
            difference: found[0],
            integrated: found[1],
            bound,
            exact: exact.zip(exact_first).map(|(here, first)| here - first),
            free_energy: found[2],
            entropy: found[3],
            exact_free_energy: exact.map(|log| -temperature * log / sites),
        }
    });
    let anchor_bound = match anchor {
        Some(Anchor::Integral { infinite, .. }) => {
            integrate(&[0.0, betas[0]], &[infinite, plain[0]])[1].1 / sites
        }
        _ => 0.0,
    };
    Free {
        places: places.collect(),
        anchor: anchor.map_or("", Anchor::told),
        anchor_bound,
        blocks: reweighting.rows(),
    }
}

impl Anchor {
    /// ln Z at the lowest β, whose log in the solution's units is `first`.
    fn log_partition(self, solution: &Solution<'_>, beta: f64, first: f64) -> f64 {
        match self {
            Self::States { log_states } => log_states + first - solution.density.averages(0.0).log_partition,
            Self::Ground { energy, log_degeneracy } => log_degeneracy + first - solution.density.log(energy),
            Self::Integral { log_states, infinite } => {
                log_states + integrate(&[0.0, beta], &[infinite, solution.plain[0]])[1].0
            }
        }
    }

    fn told(self) -> &'static str {
        match self {
            Self::States { .. } => {
                "the number of all states, since the samples reach the energies of infinite temperature"
            }
            Self::Ground { .. } => "the number of ground states, which were met often enough",
            Self::Integral { .. } => {
                "the number of all states, by integrating the energy from infinite temperature to the highest that was sampled"
            }
        }
    }
}

/// The best anchor that there is: by samples of β = 0, by samples of the ground state, or by integration from β = 0.
///
/// N spins have 2^N states. The square lattice without frustration has two ground states.
fn anchor(experiment: &SweepExperiment, reweighting: &Reweighting) -> Option<Anchor> {
    let density = reweighting.density();
    let lattice = experiment.model.square_lattice();
    let infinite = infinite_temperature(experiment.model.as_ref());
    let log_states = infinite.map(|_| experiment.sites as f64 * std::f64::consts::LN_2);
    if let Some(log_states) = log_states
        && density.effective(&density.weights(0.0)) >= LEAST_EFFECTIVE
    {
        return Some(Anchor::States { log_states });
    }
    if let Some(lattice) = lattice {
        let even = lattice.rows.is_multiple_of(2) && lattice.columns.is_multiple_of(2);
        let energy = -2.0 * libm::fabs(lattice.coupling) * experiment.sites as f64;
        if (lattice.coupling > 0.0 || even) && density.hits(energy) >= LEAST_EFFECTIVE {
            return Some(Anchor::Ground { energy, log_degeneracy: std::f64::consts::LN_2 });
        }
    }
    let (log_states, infinite) = (log_states?, infinite?);
    let (_, off) = integrate(&[0.0, reweighting.betas()[0]], &[infinite, reweighting.plain(None)[0]])[1];
    let near = off <= LARGEST_RULE_ERROR * experiment.sites as f64;
    near.then_some(Anchor::Integral { log_states, infinite })
}

/// The moments of the energy of free spins, β = 0.
///
/// With E = offset − s X and X = Σ J s s + Σ h s: ⟨X⟩ = 0, ⟨X²⟩ = Σ J² + Σ h², and ⟨X³⟩ = 6 (Σ J J J over triangles + Σ
/// J_ij h_i h_j).
fn infinite_temperature(model: &dyn Model) -> Option<Plain> {
    // Large lattices have no list of bonds, and need none; with more than three sites to a side they have no triangles.
    if let Some(lattice) = model.square_lattice().filter(|lattice| lattice.rows.min(lattice.columns) > 3) {
        let bonds = 2.0 * lattice.rows as f64 * lattice.columns as f64;
        return Some(Plain {
            energy: 0.0,
            variance: bonds * lattice.coupling * lattice.coupling,
            third: 0.0,
        });
    }
    let pairs = model.pair_model()?;
    let degree = |i: usize| (pairs.starts[i + 1] - pairs.starts[i]) as usize;
    if (0..pairs.spins()).map(|i| degree(i).saturating_mul(degree(i))).fold(0, usize::saturating_add)
        > MOST_PAIRS
    {
        return None;
    }
    let (mut square, mut cube) = (pairs.fields.iter().map(|field| field * field).sum::<f64>(), 0.0);
    let mut to_i = vec![0.0; pairs.spins()];
    for i in 0..pairs.spins() {
        pairs.row(i).for_each(|(k, coupling)| to_i[k] += coupling);
        for (j, coupling) in pairs.row(i).filter(|(j, _)| *j > i) {
            square += coupling * coupling;
            cube += coupling * pairs.fields[i] * pairs.fields[j];
            cube +=
                pairs.row(j).filter(|(k, _)| *k > j).map(|(k, next)| coupling * next * to_i[k]).sum::<f64>();
        }
        pairs.row(i).for_each(|(k, _)| to_i[k] = 0.0);
    }
    let scale = pairs.scale;
    Some(Plain {
        energy: pairs.offset,
        variance: scale * scale * square,
        third: -6.0 * scale * scale * scale * cube,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::spins::PairModel;

    #[test]
    fn free_spins_have_the_moments_that_a_sum_over_their_states_gives() {
        struct Bare(PairModel);
        impl Model for Bare {
            fn name(&self) -> &'static str {
                "bare"
            }
            fn identity(&self) -> serde_json::Value {
                serde_json::Value::Null
            }
            fn description(&self) -> String {
                String::new()
            }
            fn sites(&self) -> Option<usize> {
                Some(self.0.spins())
            }
            fn methods(&self) -> &[crate::exact::methods::Method] {
                &[]
            }
            fn pair_model(&self) -> Option<&PairModel> {
                Some(&self.0)
            }
        }
        let bonds = [(0, 1, 1.5), (1, 2, -0.5), (0, 2, 2.0), (2, 3, 0.7), (1, 3, 1.1)];
        let fields = vec![0.3, -0.8, 0.5, 1.0];
        let mut pairs = PairModel::new(&bonds, fields.clone());
        (pairs.scale, pairs.offset) = (2.0, -1.0);
        let energies: Vec<f64> = (0..16_usize)
            .map(|code| {
                let s = |i: u32| if code >> i & 1 == 1 { 1.0 } else { -1.0 };
                let paired: f64 = bonds.iter().map(|(i, j, coupling)| coupling * s(*i) * s(*j)).sum();
                let alone: f64 = fields.iter().zip(0..).map(|(field, i)| field * s(i)).sum();
                -1.0 - 2.0 * (paired + alone)
            })
            .collect();
        let mean = energies.iter().sum::<f64>() / 16.0;
        let moment =
            |power: i32| energies.iter().map(|energy| (energy - mean).powi(power)).sum::<f64>() / 16.0;
        let found = infinite_temperature(&Bare(pairs)).unwrap();
        assert!(
            (found.energy - mean).abs() < 1e-12 && (found.variance - moment(2)).abs() < 1e-12,
            "{found:?}"
        );
        assert!((found.third - moment(3)).abs() < 1e-11, "{found:?}, {}", moment(3));
    }
}
