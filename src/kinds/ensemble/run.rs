//! One task: the exact thermodynamics at one temperature, written as a record and read back.

use super::derivatives::{self, Derivatives};
use super::{Ensemble, continuum, units};
use crate::exact::{Counted, Ground, OrderMoments, Population, Thermodynamics};
use crate::kind::{Control, RunError};
use crate::record::Record;

/// The scalars of a sum over every microstate, where one was made.
const COUNTED: [&str; 3] = ["counted_states", "counted_energy", "counted_entropy"];

/// The scalars of the ground state.
const GROUND: [&str; 4] = ["ground_energy", "ground_degeneracy", "gap", "gap_degeneracy"];
/// The scalars of derivatives taken numerically.
const DERIVATIVES: [&str; 4] =
    ["derivative_energy", "derivative_heat_capacity", "derivative_entropy", "derivative_step"];

/// What a task finds.
pub(super) struct Solved {
    /// The sums.
    pub(super) thermodynamics: Thermodynamics,
    /// The same by differences; `None` at T = 0.
    pub(super) derivatives: Option<Derivatives>,
}

/// Solves the ensemble.
pub(super) fn run(ensemble: &Ensemble, control: &dyn Control) -> Result<Record, RunError> {
    let exact = ensemble.solver().map_err(RunError::Failed)?;
    let further = derivatives::solutions(ensemble.temperature, exact.terms())
        + usize::from(units::asked(ensemble))
        + continuum::further(ensemble);
    let stages = 1.0 + further as f64;
    let mut stage = 0.0;
    let mut solve = |temperature: f64| -> Result<Thermodynamics, RunError> {
        let solved = exact.solve(temperature, &mut |share| control.advance((stage + share) / stages));
        stage += 1.0;
        solved.ok_or(RunError::Stopped)
    };
    let thermodynamics = solve(ensemble.temperature)?;
    let derivatives = derivatives::by_differences(exact, ensemble.temperature, &thermodynamics, solve)?;
    let mut record = to_record(&Solved { thermodynamics, derivatives });
    units::add(ensemble, &mut record, control, &|share| 1.0 - (1.0 - share) / stages)?;
    continuum::add(ensemble, &mut record, control, &|share| {
        1.0 - (1.0 - share) * continuum::further(ensemble) as f64 / stages
    })?;
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
fn to_record(all: &Solved) -> Record {
    let solved = &all.thermodynamics;
    let mut record = Record::default();
    // Infinite in the limit T → 0, unless the ground energy is 0.
    if solved.log_partition.is_finite() || all.derivatives.is_some() {
        record.scalars.insert("log_partition".to_owned(), solved.log_partition);
    }
    for (name, value) in
        [("energy", solved.energy), ("populations_complete", f64::from(u8::from(solved.complete)))]
    {
        record.scalars.insert(name.to_owned(), value);
    }
    // Infinite at a critical temperature.
    if solved.energy_variance.is_finite() || all.derivatives.is_some() {
        record.scalars.insert("energy_variance".to_owned(), solved.energy_variance);
    }
    if let Some(counted) = solved.counted {
        for (name, value) in COUNTED.iter().zip([counted.states, counted.energy, counted.entropy]) {
            record.scalars.insert((*name).to_owned(), value);
        }
    }
    if let Some(ground) = solved.ground {
        record.scalars.insert(GROUND[0].to_owned(), ground.energy);
        record.scalars.insert(GROUND[1].to_owned(), ground.degeneracy);
        if let Some((gap, degeneracy)) = ground.gap {
            record.scalars.insert(GROUND[2].to_owned(), gap);
            record.scalars.insert(GROUND[3].to_owned(), degeneracy);
        }
    }
    if let Some(order) = solved.order {
        record.scalars.insert("order_square".to_owned(), order.square);
        if let Some((absolute, fourth)) = order.others {
            record.scalars.insert("order_absolute".to_owned(), absolute);
            record.scalars.insert("order_fourth".to_owned(), fourth);
        }
    }
    if let Some(found) = &all.derivatives {
        for (name, value) in
            DERIVATIVES.iter().zip([found.energy, found.heat_capacity, found.entropy, found.step])
        {
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

/// What a record holds; `None` if it is not this kind's.
pub(super) fn from_record(record: &Record) -> Option<Solved> {
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
    let [ground, degeneracy, gap, gap_degeneracy] = GROUND.map(|name| record.scalar(name));
    let others = record.scalar("order_absolute").zip(record.scalar("order_fourth"));
    let [derivative_energy, heat_capacity, derivative_entropy, step] =
        DERIVATIVES.map(|name| record.scalar(name));
    let energy = record.scalar("energy")?;
    let thermodynamics = Thermodynamics {
        counted: counted.map(|((states, energy), entropy)| Counted { states, energy, entropy }),
        log_partition: record.scalar("log_partition").unwrap_or(if energy < 0.0 {
            f64::INFINITY
        } else {
            f64::NEG_INFINITY
        }),
        energy,
        energy_variance: record.scalar("energy_variance").unwrap_or(f64::INFINITY),
        populations: populations.collect(),
        complete: record.scalar("populations_complete")? == 1.0,
        order: record.scalar("order_square").map(|square| OrderMoments { square, others }),
        ground: ground.zip(degeneracy).map(|(energy, degeneracy)| Ground {
            energy,
            degeneracy,
            gap: gap.zip(gap_degeneracy),
        }),
    };
    let derivatives = derivative_energy.zip(heat_capacity).zip(derivative_entropy).zip(step);
    Some(Solved {
        thermodynamics,
        derivatives: derivatives.map(|(((energy, heat_capacity), entropy), step)| Derivatives {
            energy,
            heat_capacity,
            entropy,
            step,
        }),
    })
}
