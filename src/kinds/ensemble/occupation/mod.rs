//! Objects in boxes at a fixed total energy: the microcanonical experiment of the kind.

mod analyse;
pub(super) mod facts;
mod figures;
mod present;

pub(super) use analyse::OWN;
pub(super) use present::present;

use crate::exact::methods;
use crate::exact::occupation::{BoxOccupation, Occupation, Occupied};
use crate::kind::{Control, Cost, Experiment, Problem, RunError};
use crate::models::Model;
use crate::record::{Analysis, Record};
use crate::rng::Stream;
use serde_json::{Value, json};
use std::sync::Arc;

/// One point: objects in boxes at one total energy.
pub(super) struct Boxes {
    model: Arc<dyn Model>,
    occupation: Occupation,
}

/// Refuses the keys that have no meaning here.
pub(super) fn prepare(
    temperature: Option<f64>,
    method: &str,
    model: Arc<dyn Model>,
) -> Result<Boxes, Vec<Problem>> {
    let Some(occupation) = model.occupation().cloned() else {
        return Err(vec![Problem::new("model", "these are no objects in boxes")]);
    };
    let mut problems = Vec::new();
    if temperature.is_some() {
        let message =
            "a fixed total energy leaves no temperature to choose: it follows from the energy per object";
        problems.push(
            Problem::new("temperature", message)
                .label("not a key of `occupation`")
                .help("leave it out, and sweep `model.occupation.energy_per_object` instead"),
        );
    }
    if method != methods::AUTO {
        problems.push(
            Problem::new("method.name", format!("objects in boxes are not counted by {method}"))
                .help("leave it out: there is one way to count them"),
        );
    }
    if problems.is_empty() { Ok(Boxes { model, occupation }) } else { Err(problems) }
}

impl Experiment for Boxes {
    fn identity(&self) -> Value {
        json!({ "model": self.model.identity() })
    }

    fn replicas(&self) -> usize {
        1
    }

    fn cost(&self) -> Cost {
        let memory = self.occupation.memory();
        Cost { work: self.occupation.terms(), unit: "terms", sweeps: 1, memory }
    }

    fn method(&self) -> Option<String> {
        Some("repeated squaring of the distribution of one object's energy".to_owned())
    }

    fn quantities(&self) -> Vec<&'static str> {
        std::iter::once("entropy").chain(OWN).collect()
    }

    fn run(&self, _stream: Stream, control: &dyn Control) -> Result<Record, RunError> {
        match self.occupation.solve(&mut |share| control.advance(share)) {
            None => Err(RunError::Stopped),
            Some(Err(reason)) => Err(RunError::Failed(reason)),
            Some(Ok(occupied)) => Ok(to_record(&occupied)),
        }
    }

    fn analyse(&self, records: &[Record]) -> Analysis {
        analyse::analyse(&self.occupation, records)
    }
}

fn to_record(occupied: &Occupied) -> Record {
    let mut record = Record::default();
    record.scalars.insert("log_multiplicity".to_owned(), occupied.log_multiplicity);
    record.put_series("mean", occupied.boxes.iter().map(|one| one.mean).collect());
    record.put_series("variance", occupied.boxes.iter().map(|one| one.variance).collect());
    if let Some(logarithm) = occupied.log_likeliest {
        record.scalars.insert("log_likeliest".to_owned(), logarithm);
        let counts = occupied.boxes.iter().filter_map(|one| one.likeliest).map(|count| count as f64);
        record.put_series("likeliest", counts.collect());
    }
    record
}

/// What a record holds; `None` if it is not of objects in boxes.
fn from_record(record: &Record) -> Option<Occupied> {
    let likeliest = record.series("likeliest");
    let boxes = record.series("mean").iter().zip(record.series("variance")).enumerate();
    let boxes = boxes.map(|(index, (mean, variance))| BoxOccupation {
        mean: *mean,
        variance: *variance,
        likeliest: likeliest.get(index).map(|count| *count as u64),
    });
    Some(Occupied {
        log_multiplicity: record.scalar("log_multiplicity")?,
        boxes: boxes.collect(),
        log_likeliest: record.scalar("log_likeliest"),
    })
}

#[cfg(test)]
mod tests;
