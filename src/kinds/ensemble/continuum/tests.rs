//! A continuum in the limit of cold.

use super::super::EnsembleKind;
use crate::input::{Context, Inputs};
use crate::kind::{Control, Kind};
use crate::rng;
use serde_json::json;
use std::ops::ControlFlow;

struct NoFiles;

impl Inputs for NoFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        Err(format!("no such file: {path}"))
    }
}

struct Patient;

impl Control for Patient {
    fn advance(&self, fraction: f64) -> ControlFlow<()> {
        assert!((0.0..=1.0).contains(&fraction));
        ControlFlow::Continue(())
    }
}

#[test]
fn a_continuum_at_zero_has_an_energy_and_nothing_else() {
    let keys =
        json!({ "temperature": 0, "model": { "landscape": { "function": "double_well", "tilt": 0.2 } } });
    let context = Context { seed: 1, quick: false, ladder: &[], inputs: &NoFiles };
    let experiment = EnsembleKind.prepare(&keys, &context).unwrap();
    let record = experiment.run(rng::stream(1, "task", "", 0), &Patient).unwrap();
    let analysis = experiment.analyse(&[record]);
    let value = |name: &str| analysis.get(name).unwrap().value;
    assert!(value("energy").unwrap() < -0.2 && value("free_energy") == value("energy"));
    for name in ["log_partition", "entropy", "heat_capacity"] {
        let estimate = analysis.get(name).unwrap();
        assert!(estimate.value.is_none() && estimate.note.as_ref().unwrap().contains("T = 0"), "{name}");
    }
    assert!(analysis.table("quadrature").is_none());
    assert_eq!(analysis.table("smoothed").unwrap().rows.len(), 401);
    assert!(analysis.warnings.is_empty());
}
