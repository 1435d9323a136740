//! From the records of all trainings to estimates, tables and warnings.

use super::run::{HISTORY, Likelihood, Training};
use crate::learning::evaluate::{free_energies, mean, standard_error};
use crate::learning::patterns::Patterns;
use crate::models::rbm::Machine;
use crate::number::{count, plain};
use crate::quantity::declared;
use crate::record::{Analysis, Cell, Doubt, Estimate, Record, Table};

/// The most rows of the tables of weights and of patterns.
const MOST_WEIGHTS: usize = 60_000;
const MOST_PATTERNS: usize = 500;

/// Analyses the records of one point.
pub(super) fn analyse(training: &Training, records: &[Record]) -> Analysis {
    let Some(first) = records.first() else { return Analysis::default() };
    let machine = training.machine(first);
    let mut tables = vec![history(records), samples(training, records), filters(&machine)];
    tables.push(patterns(training, &machine, first.scalar("log_partition")));
    if training.validation.is_some() {
        tables.push(division(training));
    }
    tables.push(fantasies(training, first));
    if training.likelihood != Likelihood::None {
        tables.push(gains(training, records));
    }
    Analysis {
        estimates: estimates(training, records),
        tables,
        warnings: warnings(training, records),
        ..Analysis::default()
    }
}

/// The standard errors of the mean free energy over the training and over the held-out patterns.
struct Sampling {
    train: Option<f64>,
    validation: Option<f64>,
}

fn estimates(training: &Training, records: &[Record]) -> Vec<Estimate> {
    let last = |name: &str| -> Vec<f64> {
        records.iter().filter_map(|record| record.series(name).last().copied()).collect()
    };
    let log_partitions: Vec<f64> =
        records.iter().filter_map(|record| record.scalar("log_partition")).collect();
    let ais = records.first().and_then(|record| record.scalar("log_partition_error"));
    let sampling = Sampling {
        train: standard_error(&mean_free_energies(training, records, &training.train)),
        validation: training
            .validation
            .as_ref()
            .and_then(|patterns| standard_error(&mean_free_energies(training, records, patterns))),
    };
    let gaps: Vec<f64> = last("free_energy_validation")
        .iter()
        .zip(last("free_energy_train"))
        .map(|(held, seen)| held - seen)
        .collect();
    let exact = "exact for this one training; two or more replicas show how trainings differ";
    let estimated = "the error is that of annealed importance sampling, for this one training";
    let method = if ais.is_some() { estimated } else { exact };
    let held_out = "the error is that of the mean over the held-out patterns, for this one training";
    let mut estimates = Vec::new();
    if training.likelihood != Likelihood::None {
        estimates.push(combine("log_likelihood", &last("log_likelihood"), Errors::fixed(ais), method));
        if training.validation.is_some() {
            let values = last("validation_log_likelihood");
            let errors = Errors { single: ais, sampling: sampling.validation };
            estimates.push(combine("validation_log_likelihood", &values, errors, held_out));
        }
        estimates.push(combine("log_partition", &log_partitions, Errors::fixed(ais), method));
    }
    estimates.push(combine(
        "reconstruction_error",
        &last("reconstruction_error"),
        Errors::fixed(None),
        exact,
    ));
    if training.validation.is_some() {
        let errors = Errors { single: None, sampling: quadrature(sampling.validation, sampling.train) };
        let note = "the error is that of the two means over patterns, for this one training";
        estimates.push(combine("free_energy_gap", &gaps, errors, note));
    }
    estimates
}

/// The machine against independent pixels with the means of the training patterns.
///
/// With d_m = ln p(v_m) − ln p_independent(v_m), averaged over the trainings, the difference is the mean of d, and its error on
/// held-out patterns that of a mean of so many differences: what makes a pattern hard for both cancels. Training patterns are
/// no sample of others, so that only the spread over trainings (or the error of ln Z) makes theirs uncertain.
fn gains(training: &Training, records: &[Record]) -> Table {
    let doc = "Mean log-likelihoods per pattern under independent pixels, with the means of the training patterns, and by how much \
               the machine exceeds them, pattern by pattern; in nats, with standard errors.";
    let columns = ["set", "patterns", "independent", "independent_error", "difference", "difference_error"];
    let mut table = Table::new("gain", doc, &columns);
    let partitions: Vec<f64> = records.iter().filter_map(|record| record.scalar("log_partition")).collect();
    let ais = records.first().and_then(|record| record.scalar("log_partition_error"));
    if partitions.len() != records.len() {
        return table;
    }
    for (set, series, patterns) in [
        ("train", "log_likelihood", Some(&training.train)),
        ("validation", "validation_log_likelihood", training.validation.as_ref()),
    ] {
        let Some(patterns) = patterns else { continue };
        let independent = patterns.independent_log_likelihoods(&training.train.means());
        let free_energies = mean_free_energies(training, records, patterns);
        let differences: Vec<f64> = free_energies
            .iter()
            .zip(&independent)
            .map(|(free_energy, other)| -free_energy - mean(&partitions) - other)
            .collect();
        let sampled = |values: &[f64]| standard_error(values).filter(|_| set == "validation");
        let trainings: Vec<f64> =
            records.iter().filter_map(|record| record.series(series).last().copied()).collect();
        let spread = if records.len() > 1 { standard_error(&trainings) } else { ais };
        table.push(vec![
            set.into(),
            patterns.count().into(),
            mean(&independent).into(),
            sampled(&independent).into(),
            mean(&differences).into(),
            quadrature(sampled(&differences), spread).into(),
        ]);
    }
    table
}

/// The free energy of each pattern, averaged over the trained machines.
fn mean_free_energies(training: &Training, records: &[Record], patterns: &Patterns) -> Vec<f64> {
    let mut sums = vec![0.0; patterns.count()];
    for record in records {
        for (sum, value) in sums.iter_mut().zip(free_energies(&training.machine(record), patterns)) {
            *sum += value / records.len() as f64;
        }
    }
    sums
}

/// What makes an estimate uncertain besides the spread over trainings.
#[derive(Clone, Copy)]
struct Errors {
    /// The error of one training's value, which the spread over several trainings holds already.
    single: Option<f64>,
    /// The error of a mean over patterns, which all trainings share and their spread does not show.
    sampling: Option<f64>,
}

impl Errors {
    /// Without an error from the choice of patterns.
    fn fixed(single: Option<f64>) -> Self {
        Self { single, sampling: None }
    }
}

/// The mean over trainings with its standard error; of a single training, its value with the errors given.
fn combine(name: &str, values: &[f64], errors: Errors, single_note: &str) -> Estimate {
    let quantity = declared(name);
    match values {
        [] => Estimate::absent(quantity, "no training reached its first evaluation"),
        [value] => Estimate {
            std_error: quadrature(errors.sampling, errors.single),
            note: Some(single_note.to_owned()),
            ..Estimate::exact(quantity, *value)
        },
        _ => Estimate {
            std_error: quadrature(errors.sampling, standard_error(values)),
            ess: Some(values.len() as f64),
            note: Some(format!(
                "mean over {} trainings; the error is that of this mean{}",
                values.len(),
                if errors.sampling.is_some() { " and of the mean over patterns" } else { "" }
            )),
            ..Estimate::exact(quantity, mean(values))
        },
    }
}

fn quadrature(x: Option<f64>, y: Option<f64>) -> Option<f64> {
    match (x, y) {
        (Some(x), Some(y)) => Some(libm::hypot(x, y)),
        (x, y) => x.or(y),
    }
}

fn history(records: &[Record]) -> Table {
    let mut columns = vec!["replica"];
    columns.extend(HISTORY);
    let mut table = Table::new(
        "history",
        "Evaluations along each training; free energies are means over patterns.",
        &columns,
    );
    for (replica, record) in records.iter().enumerate() {
        for line in 0..record.series("epoch").len() {
            let mut row = vec![Cell::from(replica)];
            row.extend(HISTORY.iter().map(|name| Cell::from(record.series(name).get(line).copied())));
            table.push(row);
        }
    }
    table
}

fn samples(training: &Training, records: &[Record]) -> Table {
    let doc = "Visible vectors drawn from each trained machine, one digit per unit in row-major order.";
    let mut table = Table::new("samples", doc, &["replica", "sample", "pattern"]);
    for (replica, record) in records.iter().enumerate() {
        for (sample, image) in record.series("samples").chunks_exact(training.train.size()).enumerate() {
            let pattern: String = image.iter().map(|value| if *value > 0.5 { '1' } else { '0' }).collect();
            table.push(vec![replica.into(), sample.into(), pattern.into()]);
        }
    }
    table
}

/// What the first machine dreamt along its training.
fn fantasies(training: &Training, record: &Record) -> Table {
    let doc = "Visible vectors drawn from the first machine along its training, from the same random numbers at each epoch; one \
               digit per unit in row-major order.";
    let mut table = Table::new("fantasies", doc, &["epoch", "sample", "pattern"]);
    let (epochs, images) = (record.series("fantasy_epoch"), record.series("fantasies"));
    let each = images.len() / epochs.len().max(1);
    for (epoch, images) in epochs.iter().zip(images.chunks_exact(each.max(1))) {
        for (sample, image) in images.chunks_exact(training.train.size()).enumerate() {
            let pattern: String = image.iter().map(|value| if *value > 0.5 { '1' } else { '0' }).collect();
            table.push(vec![Cell::Integer(*epoch as i64), sample.into(), pattern.into()]);
        }
    }
    table
}

fn filters(machine: &Machine) -> Table {
    let doc = "Weights between each hidden unit and every visible one, of the first training (as many hidden units as fit).";
    let mut table = Table::new("filters", doc, &["hidden", "visible", "weight"]);
    let units = machine.hidden().min((MOST_WEIGHTS / machine.visible()).max(1));
    for j in 0..units {
        for i in 0..machine.visible() {
            table.push(vec![j.into(), i.into(), machine.row(i)[j].into()]);
        }
    }
    table
}

/// The two faces of the free energy of single patterns, and their probabilities.
fn patterns(training: &Training, machine: &Machine, log_partition: Option<f64>) -> Table {
    let doc = "Patterns under the first trained machine: F = mean energy − entropy of the hidden units at T = 1, and ln p = −F − ln Z.";
    let columns = ["set", "pattern", "mean_energy", "entropy", "free_energy", "log_probability"];
    let mut table = Table::new("patterns", doc, &columns);
    let sets: [(&str, Option<&Patterns>); 2] =
        [("train", Some(&training.train)), ("validation", training.validation.as_ref())];
    for (set, patterns) in sets {
        let Some(patterns) = patterns else { continue };
        for m in 0..patterns.count().min(MOST_PATTERNS) {
            let (energy, entropy) = machine.energy_and_entropy(patterns.row(m));
            let free_energy = machine.free_energy(patterns.row(m));
            let log_probability = log_partition.map(|log_partition| -free_energy - log_partition);
            let cells = [energy.into(), entropy.into(), free_energy.into(), log_probability.into()];
            table.push([vec![Cell::from(set), m.into()], cells.to_vec()].concat());
        }
    }
    table
}

/// Which row of the data went where, so that every number can be computed again from the data and the weights.
fn division(training: &Training) -> Table {
    let doc = "Whether each row of the data, from 0 in their order, was learnt from or held out; and its number in the table of \
               patterns.";
    let mut table = Table::new("split", doc, &["row", "set", "pattern"]);
    let (mut seen, mut held) = (0_usize, 0_usize);
    for row in 0..training.train.count() + training.held_out_rows.len() {
        let held_out = training.held_out_rows.get(held) == Some(&row);
        let (set, number) = if held_out { ("validation", &mut held) } else { ("train", &mut seen) };
        table.push(vec![row.into(), Cell::from(set), (*number).into()]);
        *number += 1;
    }
    table
}

fn warnings(training: &Training, records: &[Record]) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let mut doubt = |about, excess, text| doubts.push(Doubt { about, excess, text });
    for (replica, record) in records.iter().enumerate() {
        let whose = if records.len() > 1 { format!(" of training {replica}") } else { String::new() };
        let likelihoods = record.series("log_likelihood");
        let tolerated = 0.5 + 3.0 * record.scalar("log_partition_error").unwrap_or(0.0);
        if let Some((at, best)) = likelihoods.iter().enumerate().max_by(|x, y| x.1.total_cmp(y.1))
            && let Some(last) = likelihoods.last()
            && best - last > tolerated
        {
            let text = format!(
                "The log-likelihood{whose} fell from {} nats at epoch {} to {} at the end: the negative phase no longer \
                 follows the machine; a lower learning rate, more Gibbs steps or `algorithm = \"pcd\"` would mend it.",
                plain(*best),
                plain(record.series("epoch").get(at).copied().unwrap_or(0.0)),
                plain(*last),
            );
            doubt("fall of the likelihood", (best - last) / tolerated, text);
        }
        if let Some(effective) = record.scalar("ais_effective_runs")
            && effective < 10.0
        {
            let text = format!(
                "Annealed importance sampling{whose} rests on {} effective runs out of 100: its error is not to be trusted, \
                 and $\\ln Z$ is likely too small (so the likelihood too large).",
                plain(effective)
            );
            doubt("annealed importance sampling", 10.0 / effective.max(1.0), text);
        }
    }
    if !training.train.is_binary() {
        let text = "The patterns hold values between 0 and 1, taken as probabilities: their log-likelihood is a lower bound of its \
             mean over the binary patterns that they describe.";
        doubt("grey pixels", 0.0, text.to_owned());
    }
    if let Some(validation) = &training.validation
        && validation.count() < 30
    {
        let text = format!(
            "Only {} patterns are held out, so that the validation figures rest on few.",
            count(validation.count() as u64)
        );
        doubt("held-out patterns", 30.0 / validation.count().max(1) as f64, text);
    }
    doubts
}
