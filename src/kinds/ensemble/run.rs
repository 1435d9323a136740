//! One task: the exact thermodynamics at one temperature, written as a record and read back.

use super::Ensemble;
use crate::exact::{Counted, Population, Thermodynamics};
use crate::kind::{Control, RunError};
use crate::record::Record;

/// The scalars of a sum over every microstate, where one was made.
const COUNTED: [&str; 3] = ["counted_states", "counted_energy", "counted_entropy"];

/// Solves the ensemble.
pub(super) fn run(ensemble: &Ensemble, control: &dyn Control) -> Result<Record, RunError> {
    let exact = ensemble.model.exact().map_err(RunError::Failed)?;
    let solved =
        exact.solve(ensemble.temperature, &mut |share| control.advance(share)).ok_or(RunError::Stopped)?;
    let record = to_record(&solved);
    let arrays = record.arrays.values().flat_map(|array| &array.values);
    if arrays.chain(record.scalars.values()).all(|value| value.is_finite()) {
        return Ok(record);
    }
    Err(RunError::Failed(format!(
        "at the temperature {} the sums leave the range of floating-point numbers",
        ensemble.temperature
    )))
}

/// The record of solved thermodynamics; labels become bytes, one number each, lines apart.
fn to_record(solved: &Thermodynamics) -> Record {
    let mut record = Record::default();
    for (name, value) in [
        ("log_partition", solved.log_partition),
        ("energy", solved.energy),
        ("energy_variance", solved.energy_variance),
        ("populations_complete", f64::from(u8::from(solved.complete))),
    ] {
        record.scalars.insert(name.to_owned(), value);
    }
    if let Some(counted) = solved.counted {
        for (name, value) in COUNTED.iter().zip([counted.states, counted.energy, counted.entropy]) {
            record.scalars.insert((*name).to_owned(), value);
        }
    }
    let column = |value: fn(&Population) -> f64| solved.populations.iter().map(value).collect::<Vec<f64>>();
    record.put_series("population_energy", column(|population| population.energy));
    record.put_series("population_degeneracy", column(|population| population.degeneracy));
    record.put_series("population_probability", column(|population| population.probability));
    let labels: Vec<&str> = solved.populations.iter().map(|population| population.label.as_str()).collect();
    record.put_series("population_labels", labels.join("\n").bytes().map(f64::from).collect());
    record
}

/// The thermodynamics in a record; `None` if the record is not this kind's.
pub(super) fn from_record(record: &Record) -> Option<Thermodynamics> {
    let bytes: Vec<u8> = record.series("population_labels").iter().map(|byte| *byte as u8).collect();
    let labels = String::from_utf8(bytes).ok()?;
    let populations = labels
        .split('\n')
        .zip(record.series("population_energy"))
        .zip(record.series("population_degeneracy"))
        .zip(record.series("population_probability"))
        .map(|(((label, energy), degeneracy), probability)| Population {
            label: label.to_owned(),
            energy: *energy,
            degeneracy: *degeneracy,
            probability: *probability,
        });
    let [states, counted_energy, entropy] = COUNTED.map(|name| record.scalar(name));
    let counted = states.zip(counted_energy).zip(entropy);
    Some(Thermodynamics {
        counted: counted.map(|((states, energy), entropy)| Counted { states, energy, entropy }),
        log_partition: record.scalar("log_partition")?,
        energy: record.scalar("energy")?,
        energy_variance: record.scalar("energy_variance")?,
        populations: populations.collect(),
        complete: record.scalar("populations_complete")? == 1.0,
    })
}
