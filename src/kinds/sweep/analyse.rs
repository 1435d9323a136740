//! Records of the replicas → estimates with calibrated errors, and doubts.

use super::spec::SweepExperiment;
use super::{choice, density, diagnostics, measure, partition, tables};
use crate::exact::kaufman;
use crate::number;
use crate::quantity::declared;
use crate::record::{Analysis, Doubt, Estimate, Evidence, Record, ReferenceKind};
use crate::samplers;
use crate::statistics::autocorrelation::{Autocorrelation, autocorrelation};
use crate::statistics::jackknife::Blocks;
use crate::statistics::reweighting::Samples;
use crate::statistics::rhat::r_hat;
use crate::statistics::thermalization::stationarity_pull;
use std::ops::ControlFlow;

/// The quantities of a sweep, in the order of their rows.
pub(super) const QUANTITIES: &[&str] = &[
    "energy_per_site",
    "specific_heat",
    "magnetization",
    "magnetization_squared",
    "susceptibility",
    "binder",
    "acceptance",
];

/// Fewer effectively independent samples than this are worth a warning.
pub(super) const FEW_SAMPLES: f64 = 100.0;
/// R-hat above this is worth a warning.
pub(super) const LARGE_R_HAT: f64 = 1.05;
/// A drift of the measured energies beyond this many standard errors is worth a warning.
const LARGE_DRIFT: f64 = 4.5;
/// A run-in of fewer autocorrelation times of the energy than this is worth a warning.
const SHORT_RUN_IN: f64 = 5.0;
/// Largest enumeration that is done for a reference value.
const MOST_TERMS: f64 = 65_536.0;
/// What chains that never settled exceed any bound by: no other doubt is as grave.
const UNSETTLED: f64 = 1e6;
/// Fewer blocks than this with any fluctuation in them give no error: too few events were seen.
pub(super) const FEWEST_EVENTS: usize = 8;

/// One column of values per replica, with what is known of its correlations.
pub(super) struct Observable {
    /// The values, replica by replica.
    pub replicas: Vec<Vec<f64>>,
    /// `None` when the values are all equal.
    pub memory: Option<Autocorrelation>,
}

impl Observable {
    pub(super) fn new(replicas: Vec<Vec<f64>>) -> Self {
        let memory = autocorrelation(&slices(&replicas));
        Self { replicas, memory }
    }

    /// The same observable less a constant, whose memory is the same.
    pub(super) fn less(&self, constant: f64) -> Self {
        let less = |values: &Vec<f64>| values.iter().map(|x| x - constant).collect();
        let memory = self.memory.clone();
        let memory = memory.map(|memory| Autocorrelation { mean: memory.mean - constant, ..memory });
        Self { replicas: self.replicas.iter().map(less).collect(), memory }
    }

    /// The same observable through `map`.
    pub(super) fn map(&self, map: impl Fn(f64) -> f64) -> Self {
        Self::new(self.replicas.iter().map(|values| values.iter().map(|x| map(*x)).collect()).collect())
    }

    pub(super) fn mean(&self) -> f64 {
        if let Some(memory) = &self.memory {
            return memory.mean;
        }
        self.replicas.iter().find_map(|values| values.first()).copied().unwrap_or(0.0)
    }

    /// τ, at least that of independent values.
    pub(super) fn tau(&self) -> f64 {
        self.memory.as_ref().map_or(0.5, |memory| memory.tau)
    }
}

pub(super) fn slices(replicas: &[Vec<f64>]) -> Vec<&[f64]> {
    replicas.iter().map(Vec::as_slice).collect()
}

/// Turns the records of all replicas into estimates.
///
/// With e = E/N and m = M/N per sweep: c = N Var(e)/T², χ = N (⟨m²⟩ − ⟨|m|⟩²)/T and U₄ = 1 − ⟨m⁴⟩/(3⟨m²⟩²), each with the
/// error of a blocked jackknife over all replicas. Its blocks are set by the longest τ of all these columns: what one of them remembers,
/// every other can remember too, with an amplitude so small that its own window closes before (Sokal 1997,
/// doi:10.1007/978-1-4899-0319-8_6, section 3); blocks by each column's own τ gave bars of e and c that were 6 % short at the transition
/// under single spin flips, in runs of a hundred τ.
pub(super) fn analyse(experiment: &SweepExperiment, records: &[Record]) -> Analysis {
    let sites = experiment.sites as f64;
    let temperature = experiment.temperature;
    let column = |name: &str, map: &dyn Fn(f64) -> f64| {
        Observable::new(
            records
                .iter()
                .map(|record| record.series(name).iter().map(|x| map(x / sites)).collect())
                .collect(),
        )
    };
    let energy = column("energy", &|e| e);
    let order = column("magnetization", &f64::abs);
    let weights = Weights::of(records);
    let mean = |observable: &Observable| {
        weights.as_ref().map_or(observable.mean(), |weights| weights.mean(observable))
    };
    let (mean_energy, mean_order) = (mean(&energy), mean(&order));
    let excess = energy.less(mean_energy);
    let excess_squared = excess.map(|e| e * e);
    let order_excess = order.less(mean_order);
    let order_excess_squared = order_excess.map(|m| m * m);
    let square = order.map(|m| m * m);
    let fourth = order.map(|m| m * m * m * m);

    let weighed = weights.as_ref().map(|weights| (weights.times(&excess), weights.times(&order_excess)));
    let slowest = match weights {
        // Weighted columns have memories of their own.
        Some(_) => 0.5,
        None => [&energy, &excess_squared, &order, &square, &order_excess_squared]
            .into_iter()
            .map(Observable::tau)
            .fold(0.5, f64::max),
    };
    let source = |plain, weighed| Source { slowest, ..Source::new(plain, weighed, weights.as_ref()) };
    let by_energy = source(&energy, weighed.as_ref().map(|(energy, _)| energy));
    let by_order = source(&order, weighed.as_ref().map(|(_, order)| order));
    let mut estimates = vec![
        by_energy.estimate("energy_per_site", &[&excess], &|m| mean_energy + m[0]),
        by_energy.estimate("specific_heat", &[&excess, &excess_squared], &|m| {
            sites * (m[1] - m[0] * m[0]) / (temperature * temperature)
        }),
        by_order.estimate("magnetization", &[&order], &|m| m[0]),
        by_order.estimate("magnetization_squared", &[&square], &|m| m[0]),
        by_order.estimate("susceptibility", &[&order_excess, &order_excess_squared], &|m| {
            sites * (m[1] - m[0] * m[0]) / temperature
        }),
        by_order.estimate("binder", &[&square, &fourth], &|m| 1.0 - m[1] / (3.0 * m[0] * m[0])),
        acceptance(experiment, records),
    ];
    for (name, exact) in exact_at(experiment, experiment.temperature).unwrap_or_default() {
        if let Some(estimate) = estimates.iter_mut().find(|estimate| estimate.quantity.name == name) {
            estimate.reference = Some((exact, ReferenceKind::Exact));
        }
    }
    let mut tables = tables::all(experiment, records, &energy, &order);
    // Counts of samples that do not count alike are no distribution.
    if weights.is_none() {
        tables.extend([tables::histogram(experiment, &energy), diagnostics::blocks(&energy)]);
    }
    let (more, others) =
        measure::analyse(experiment, records, &energy, weights.as_ref().map(|weights| &weights.column));
    estimates.extend(more);
    tables.extend(others);
    let mut warnings = doubts(experiment, &by_energy, &by_order, records);
    if let Some(target) = &experiment.target {
        let longest = records.iter().map(|record| record.series("energy").len()).max();
        warnings.extend(target.doubts(&estimates, longest.unwrap_or(0)));
    }
    tables.extend(partition::table(experiment, records));
    tables.extend(density::table(experiment, records));
    tables.extend(choice::table(experiment, records));
    // Samples that do not count alike are no samples of one temperature.
    let evidence = match weights {
        Some(_) => None,
        None => samples(experiment, records, &energy, &order).map(Evidence::new),
    };
    Analysis { estimates, tables, warnings, evidence }
}

/// Energies and order parameters by blocks, for what the temperatures tell together.
fn samples(
    experiment: &SweepExperiment,
    records: &[Record],
    energy: &Observable,
    order: &Observable,
) -> Option<Samples> {
    let tau = energy.tau().max(order.tau());
    // Chains that never settled tell of no distribution.
    if records.iter().any(|record| record.scalar("thermalized") == Some(0.0)) {
        return None;
    }
    let energies = records.iter().map(|record| record.series("energy"));
    let pairs: Vec<(&[f64], &[f64])> = energies.zip(slices(&order.replicas)).collect();
    let alike = pairs.iter().all(|(energy, order)| energy.len() == order.len());
    alike.then(|| Samples::new(1.0 / experiment.temperature, &pairs, tau)).flatten()
}

/// ln Z of the model at a temperature, where the exact answer can be had.
pub(super) fn exact_log_partition(experiment: &SweepExperiment, temperature: f64) -> Option<f64> {
    if let Some(exact) =
        experiment.model.square_lattice().and_then(|lattice| kaufman::torus(lattice, temperature))
    {
        return Some(exact.log_partition);
    }
    let exact = experiment.model.exact().ok().filter(|exact| exact.terms() <= MOST_TERMS)?;
    let solved = exact.solve(temperature, &mut |_| ControlFlow::Continue(()))?;
    Some(solved.log_partition).filter(|log| log.is_finite())
}

/// What each sample counts, where samples do not count alike: 1 on average.
struct Weights {
    column: Observable,
    /// The number of samples that count alike and leave averages as uncertain, over their number: (Σw)²/(n Σw²) (Kish 1965).
    share: f64,
}

impl Weights {
    /// The weights of the records' samples; `None` where all count alike.
    fn of(records: &[Record]) -> Option<Self> {
        let logs = || records.iter().flat_map(|record| record.series("log_weight").iter().copied());
        let largest = logs().fold(f64::NEG_INFINITY, f64::max);
        if logs().all(|log| log == largest) {
            return None;
        }
        let count = logs().count() as f64;
        let mean = logs().map(|log| libm::exp(log - largest)).sum::<f64>() / count;
        let weight = |log: &f64| libm::exp(log - largest) / mean;
        let replicas: Vec<Vec<f64>> =
            records.iter().map(|record| record.series("log_weight").iter().map(weight).collect()).collect();
        let squares: f64 = replicas.iter().flatten().map(|weight| weight * weight).sum();
        Some(Self { column: Observable::new(replicas), share: count / squares })
    }

    /// Each value times its weight.
    fn times(&self, observable: &Observable) -> Observable {
        let both = observable.replicas.iter().zip(&self.column.replicas);
        Observable::new(both.map(|(x, w)| x.iter().zip(w).map(|(x, w)| x * w).collect()).collect())
    }

    /// Σ w x/Σ w.
    fn mean(&self, observable: &Observable) -> f64 {
        let pairs = observable.replicas.iter().flatten().zip(self.column.replicas.iter().flatten());
        let (sum, total) = pairs.fold((0.0, 0.0), |(sum, total), (x, w)| (sum + x * w, total + w));
        sum / total
    }
}

/// Where the estimates of one family come from.
pub(super) struct Source<'a> {
    /// The observable whose τ and ESS are reported: with weights, what each sample adds to the error.
    pub(super) primary: &'a Observable,
    weights: Option<&'a Weights>,
    pub(super) r_hat: Option<f64>,
    /// The longest τ of all columns of the same chains.
    slowest: f64,
}

impl<'a> Source<'a> {
    /// Samples that all count alike.
    pub(super) fn plain(primary: &'a Observable) -> Self {
        Self::new(primary, None, None)
    }

    /// The same where blocks are long beside the memory of other columns of the same chains too.
    pub(super) fn beside(self, others: &[&Observable]) -> Self {
        Self { slowest: others.iter().map(|column| column.tau()).fold(self.slowest, f64::max), ..self }
    }

    fn new(plain: &'a Observable, weighed: Option<&'a Observable>, weights: Option<&'a Weights>) -> Self {
        // Replicas that count by their weights may differ without them.
        let r_hat = if weights.is_some() { None } else { r_hat(&slices(&plain.replicas)) };
        Self { primary: weighed.unwrap_or(plain), weights, r_hat, slowest: 0.5 }
    }

    /// The number of samples that are independent and count alike.
    fn ess(&self, memory: &Autocorrelation) -> f64 {
        memory.ess() * self.weights.map_or(1.0, |weights| weights.share)
    }

    /// Estimates a function of means; with weights, of weighted means.
    pub(super) fn estimate(
        &self,
        name: &str,
        columns: &[&Observable],
        function: &dyn Fn(&[f64]) -> f64,
    ) -> Estimate {
        let Some(weights) = self.weights else { return self.of_means(name, columns, function) };
        let weighed: Vec<Observable> = columns.iter().map(|column| weights.times(column)).collect();
        let all: Vec<&Observable> = std::iter::once(&weights.column).chain(&weighed).collect();
        self.of_means(name, &all, &|means| {
            function(&means[1..].iter().map(|mean| mean / means[0]).collect::<Vec<_>>())
        })
    }

    fn of_means(&self, name: &str, columns: &[&Observable], function: &dyn Fn(&[f64]) -> f64) -> Estimate {
        let quantity = declared(name);
        let plain = function(&columns.iter().map(|column| column.mean()).collect::<Vec<_>>());
        if !plain.is_finite() {
            return Estimate::absent(quantity, "undefined, since ⟨m²⟩ = 0");
        }
        let sweeps: usize = self.primary.replicas.iter().map(Vec::len).sum();
        let mut estimate = Estimate::exact(quantity, plain);
        let Some(memory) = &self.primary.memory else {
            estimate.note = Some(format!(
                "no fluctuation was seen in {} sweeps, so no error can be given",
                number::count(sweeps as u64)
            ));
            return estimate;
        };
        estimate.tau = Some(memory.tau);
        estimate.tau_error = memory.known_tau_error();
        estimate.ess = Some(self.ess(memory));
        estimate.r_hat = self.r_hat;
        let tau =
            columns.iter().map(|column| column.tau()).fold(self.primary.tau().max(self.slowest), f64::max);
        let slices: Vec<Vec<&[f64]>> = columns.iter().map(|column| slices(&column.replicas)).collect();
        match Blocks::new(&slices, tau).and_then(|blocks| Some((blocks.estimate(function)?, blocks.active())))
        {
            Some((found, active)) if active >= FEWEST_EVENTS => {
                estimate.value = Some(found.value);
                estimate.std_error = Some(found.std_error);
            }
            Some((_, active)) => {
                estimate.note = Some(format!(
                    "fluctuations were seen in {active} stretches of the run only, too few to judge an error from"
                ));
            }
            None => {
                estimate.note = Some(format!(
                    "only about {} independent samples (τ = {} sweeps): too few for an error",
                    number::significant(self.ess(memory), 2),
                    shown(memory)
                ));
            }
        }
        estimate
    }
}

/// τ with its error, or as a lower bound, for a sentence.
pub(super) fn shown(memory: &Autocorrelation) -> String {
    match memory.known_tau_error() {
        Some(error) => number::with_error(memory.tau, Some(error)),
        None => format!("at least {}", number::significant(memory.tau, 2)),
    }
}

/// The mean acceptance over the replicas, with the error of their scatter.
fn acceptance(experiment: &SweepExperiment, records: &[Record]) -> Estimate {
    let called = choice::of_records(experiment, records).acceptance_is;
    Estimate { called, ..mean_acceptance(records) }
}

pub(super) fn mean_acceptance(records: &[Record]) -> Estimate {
    let quantity = declared("acceptance");
    let values: Vec<f64> = records.iter().filter_map(|record| record.scalar("acceptance")).collect();
    let count = values.len() as f64;
    if values.is_empty() {
        return Estimate::absent(quantity, "the sampler counts no proposals");
    }
    let mean = values.iter().sum::<f64>() / count;
    let scatter: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
    let error = libm::sqrt(scatter / (count - 1.0).max(1.0) / count);
    if values.len() > 1 && error > 0.0 {
        // The error rests on so few numbers that whoever compares it must know how few.
        Estimate { ess: Some(count), ..Estimate::measured(quantity, mean, error) }
    } else {
        Estimate::exact(quantity, mean)
    }
}

/// The exact energy per site and specific heat of an experiment's model at a temperature, and the moments of the order
/// parameter, where they can be had in no time.
pub(super) fn exact_at(experiment: &SweepExperiment, temperature: f64) -> Option<Vec<(&'static str, f64)>> {
    let energy = |e: f64, c: f64| vec![("energy_per_site", e), ("specific_heat", c)];
    if let Some(lattice) = experiment.model.square_lattice()
        && let Some(exact) = kaufman::torus(lattice, temperature)
    {
        return Some(energy(exact.energy_per_site, exact.specific_heat));
    }
    let exact = experiment.model.exact().ok().filter(|exact| exact.terms() <= MOST_TERMS)?;
    let solved = exact.solve(temperature, &mut |_| ControlFlow::Continue(()))?;
    let sites = experiment.sites as f64;
    let mut known =
        energy(solved.energy / sites, solved.energy_variance / (temperature * temperature * sites));
    known.extend(super::references::order(experiment, &solved));
    // A sum that has lost its digits is not a number.
    known.retain(|(_, value)| value.is_finite());
    Some(known)
}

/// That some chains had not settled; `None` where all had.
pub(super) fn unsettled(records: &[Record]) -> Option<Doubt> {
    let count = records.iter().filter(|record| record.scalar("thermalized") == Some(0.0)).count();
    let text = format!(
        "{count} of {} chains had not settled when the automatic thermalisation reached its limit; give \
         `budget.thermalize` a larger number, or `budget.sweeps`, on which the limit depends.",
        records.len()
    );
    let excess = UNSETTLED * count as f64 / records.len() as f64;
    (count > 0).then_some(Doubt { about: "thermalisation", excess, text })
}

/// That too few samples of a series are independent, and that the replicas disagree about it.
pub(super) fn scarce(name: &str, about: [&'static str; 2], source: &Source<'_>, remedy: &str) -> Vec<Doubt> {
    let Some(memory) = &source.primary.memory else { return Vec::new() };
    let (mut doubts, ess) = (Vec::new(), source.ess(memory));
    if ess < FEW_SAMPLES || !memory.converged {
        let text = format!(
            "Only about {} independent samples of the {name} were taken: τ is {} sweeps. The error bars are themselves uncertain; {remedy}.",
            number::significant(ess, 2),
            shown(memory)
        );
        doubts.push(Doubt { about: about[0], excess: (FEW_SAMPLES / ess).max(1.0), text });
    }
    if let Some(r_hat) = source.r_hat.filter(|r_hat| *r_hat > LARGE_R_HAT) {
        let text = format!(
            "The replicas disagree about the {name}: R-hat = {} (near 1 when all is well).",
            number::significant(r_hat, 3)
        );
        doubts.push(Doubt { about: about[1], excess: (r_hat - 1.0) / (LARGE_R_HAT - 1.0), text });
    }
    doubts
}

/// That the two halves of a run differ.
pub(super) fn drifting(name: &str, source: &Source<'_>) -> Option<Doubt> {
    let pull = stationarity_pull(&slices(&source.primary.replicas))?.abs();
    let text = format!(
        "The {name} drifts: the two halves of the run differ by {} standard errors.",
        number::significant(pull, 2)
    );
    (pull > LARGE_DRIFT).then_some(Doubt { about: "drift", excess: pull / LARGE_DRIFT, text })
}

/// What is in doubt.
fn doubts(
    experiment: &SweepExperiment,
    energy: &Source<'_>,
    order: &Source<'_>,
    records: &[Record],
) -> Vec<Doubt> {
    let mut doubts: Vec<Doubt> = unsettled(records).into_iter().collect();
    let settled = doubts.is_empty();
    let mut doubt = |about, excess, text| doubts.push(Doubt { about, excess, text });
    let unlearned = records.iter().filter(|record| record.scalar("weights_learned") == Some(0.0)).count();
    if unlearned > 0 {
        let text = format!(
            "{unlearned} of {} multicanonical chains had not learned their weights to the end: they visit some energies seldom, and \
             their error bars are large; give `budget.thermalize`, the sweeps for the weights, a larger number, or `budget.sweeps`, a \
             fifth of it.",
            records.len()
        );
        doubt("weights", 1.0 + unlearned as f64 / records.len() as f64, text);
    }
    // Who begins at infinite temperature, where ln Z is known, has no run-in.
    let runs_in = records.iter().all(|record| record.scalar("log_partition").is_none());
    let shortest = records
        .iter()
        .filter_map(|record| record.scalar("thermalization_sweeps"))
        .fold(f64::INFINITY, f64::min);
    if let Some(memory) = &energy.primary.memory
        && settled
        && runs_in
        && shortest < SHORT_RUN_IN * memory.tau
    {
        let text = format!(
            "The shortest run-in, {} sweeps, is less than {SHORT_RUN_IN} autocorrelation times of the energy \
             (τ = {} sweeps): the start may not be forgotten.",
            number::count(shortest as u64),
            shown(memory)
        );
        doubt("run-in", SHORT_RUN_IN * memory.tau / shortest.max(1.0), text);
    }
    let used = choice::of_records(experiment, records).name;
    let applies = |name: &&str| {
        samplers::find(name).is_some_and(|entry| (entry.refuse)(experiment.model.as_ref()).is_none())
    };
    let remedy = match ["wolff", "swendsen_wang"].into_iter().find(applies) {
        Some(_) if !matches!(used, "wolff" | "swendsen_wang") => {
            "more sweeps would help, or a cluster sampler"
        }
        _ => "more sweeps would help",
    };
    doubts.extend(scarce("energy", ["samples of the energy", "R-hat of the energy"], energy, remedy));
    // Halves whose samples count differently may differ by a few of them.
    if records.iter().all(|record| record.series("log_weight").is_empty()) {
        doubts.extend(drifting("energy", energy));
    }
    let about = ["samples of the magnetisation", "R-hat of the magnetisation"];
    doubts.extend(scarce("magnetisation", about, order, remedy));
    doubts
}
