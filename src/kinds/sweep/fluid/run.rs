//! One chain of a fluid: thermalise, tune, measure.

use super::super::outcome::TRACE_LENGTH;
use super::super::run::{Progress, UPDATES_PER_REPORT, settled};
use super::super::run_in::RunIn;
use super::FluidExperiment;
use super::structure::Structure;
use crate::kind::{Control, RunError};
use crate::record::Record;
use crate::rng::Stream;
use crate::samplers::Chain;
use crate::samplers::fluid::Particles;

/// About how many spin updates take as long as one displacement among a hundred particles.
const UPDATES_PER_DISPLACEMENT: usize = 30;

/// Energy and pressure after each sweep.
#[derive(Default)]
struct Series {
    energy: Vec<f64>,
    pressure: Vec<f64>,
}

/// Runs one chain.
///
/// The record holds, one value per sweep, `energy` and `pressure`, both with the correction for what is beyond the cutoff; `radial_distribution`, g(r) by
/// shells, a row for each block of the run; a thinned `thermalization_energy` with its stride; and the scalars `thermalization_sweeps`, `thermalized`
/// (0 where the automatic criterion was still unmet at its limit), `acceptance` and `step`, the largest displacement along an axis.
pub(super) fn run(
    experiment: &FluidExperiment,
    mut stream: Stream,
    control: &dyn Control,
) -> Result<Record, RunError> {
    let mut chain = Particles::new(&experiment.fluid, experiment.temperature);
    let mut progress = Progress {
        control,
        stride: (UPDATES_PER_REPORT / UPDATES_PER_DISPLACEMENT / experiment.fluid.particles).max(1),
        done: 0,
        total: experiment.expected_run_in() + experiment.sweeps,
    };
    let run_in = RunIn {
        given: experiment.thermalize,
        most: experiment.thermalization_cap(),
        measured: experiment.sweeps,
    };
    let mut advance = |chain: &mut Particles<'_>, series: &mut Series| {
        chain.sweep(&mut stream);
        series.energy.push(chain.energy());
        series.pressure.push(chain.pressure());
    };
    let mut trace = Series::default();
    let extend = |trace: &mut Series, sweeps, progress: &mut Progress<'_>| {
        (0..sweeps).try_for_each(|_| {
            advance(&mut chain, trace);
            progress.step()
        })
    };
    let thermalized = run_in
        .run(&mut trace, &mut progress, extend, |trace| settled(&trace.energy) && settled(&trace.pressure))?;
    chain.tune();
    progress.total = progress.done + experiment.sweeps;
    let (mut series, mut structure) =
        (Series::default(), Structure::new(&experiment.fluid, experiment.sweeps));
    for _ in 0..experiment.sweeps {
        advance(&mut chain, &mut series);
        structure.observe(&chain);
        progress.step()?;
    }

    let mut record = Record::default();
    let stride = trace.energy.len().div_ceil(TRACE_LENGTH).max(1);
    record.put_series("thermalization_energy", trace.energy.iter().step_by(stride).copied().collect());
    record.put_series("energy", series.energy);
    record.put_series("pressure", series.pressure);
    structure.store(&mut record);
    for (name, value) in [
        ("thermalization_sweeps", trace.energy.len() as f64),
        ("thermalization_stride", stride as f64),
        ("thermalized", f64::from(u8::from(thermalized))),
        ("acceptance", chain.acceptance()),
        ("step", chain.reach()),
    ] {
        record.scalars.insert(name.to_owned(), value);
    }
    Ok(record)
}
