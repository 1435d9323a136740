//! The keys of an annealing experiment, and the checked experiment that they become.

use crate::exact::ground;
use crate::input::{Context, Problem};
use crate::models::{self, Model};
use crate::samplers::schedule::{self, Schedule};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};

/// `--quick` runs one sweep in this many.
const QUICK_SHARE: u64 = 10;
/// Fewest sweeps to which `--quick` cuts a run.
const FEWEST_SWEEPS: u64 = 10;
/// Most sweeps of one read.
const MOST_SWEEPS: u64 = 100_000_000;
/// Most reads of one point.
const MOST_READS: u64 = 1_000_000;

/// The keys that an annealing experiment adds to the common header.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) struct AnnealSpec {
    /// What has an energy: one of the models.
    pub model: Value,
    /// How the temperature falls: one of the schedules, for example `[schedule.geometric]`.
    pub schedule: Value,
    /// How many independent runs (reads) start from random states and are cooled.
    #[serde(default = "ten")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub reads: u64,
    /// The energy that counts as success when a read reaches it. Where none is given, the exact ground energy is
    /// taken if some method gives it at once.
    #[serde(default)]
    #[schemars(with = "f64")]
    pub target_energy: Option<f64>,
}

fn ten() -> u64 {
    10
}

/// The keys of every schedule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
struct ScheduleSpec {
    /// Temperature of the first sweep, in units of energy (k_B = 1).
    #[schemars(extend("exclusiveMinimum" = 0))]
    from: f64,
    /// Temperature of the last sweep.
    #[schemars(extend("exclusiveMinimum" = 0))]
    to: f64,
    /// Number of sweeps; each proposes to flip every spin once.
    #[schemars(range(min = 1, max = 100_000_000))]
    sweeps: u64,
}

/// The schema of the table `schedule`: an object with exactly one key.
pub(super) fn schedule_schema() -> Value {
    schedule::schema("How the temperature falls: one of the schedules.", |schedule| {
        let mut keys = models::schema_of::<ScheduleSpec>();
        if schedule.reaches_zero
            && let Some(to) = keys["properties"]["to"].as_object_mut()
        {
            to.remove("exclusiveMinimum");
            to.insert("minimum".to_owned(), json!(0));
        }
        keys
    })
}

/// One point of an annealing study, checked.
pub(super) struct AnnealExperiment {
    pub model: Arc<dyn Model>,
    pub schedule: &'static Schedule,
    /// Temperature of the first sweep.
    pub from: f64,
    /// Temperature of the last sweep.
    pub to: f64,
    /// Sweeps per read.
    pub sweeps: usize,
    pub reads: usize,
    /// The target energy that the file gives.
    pub target: Option<f64>,
    /// Number of spins N.
    pub spins: usize,
    ground: OnceLock<Option<f64>>,
}

impl AnnealExperiment {
    /// Everything that decides a record's bytes; the target judges records and does not change them.
    pub(super) fn parameters(&self) -> Value {
        json!({
            "model": { self.model.name(): self.model.identity() },
            "schedule": { self.schedule.name: { "from": self.from, "to": self.to, "sweeps": self.sweeps } },
        })
    }

    /// The same with another number of sweeps.
    pub(super) fn with_sweeps(&self, sweeps: usize) -> Self {
        Self { model: self.model.clone(), ground: OnceLock::new(), sweeps, ..*self }
    }

    /// The method that gives the exact ground energy, in words, where one does.
    pub(super) fn proof(&self) -> Option<String> {
        ground::solver(self.model.methods()).map(|solver| solver.method())
    }

    /// The exact ground energy, where it is to be had at once.
    pub(super) fn ground_energy(&self) -> Option<f64> {
        *self.ground.get_or_init(|| ground::ground_energy(self.model.methods()))
    }

    /// The energy that counts as success, if there is one: the file's, or else the exact ground energy.
    pub(super) fn target_energy(&self) -> Option<f64> {
        self.target.or_else(|| self.ground_energy())
    }

    /// Whether the couplings of a lattice were drawn at random.
    pub(super) fn is_disordered(&self) -> bool {
        self.model.identity().pointer("/ising/disorder").is_some_and(|disorder| !disorder.is_null())
    }

    /// Rows and columns of the square lattice that the spins live on, if they do.
    pub(super) fn square(&self) -> Option<(usize, usize)> {
        let identity = self.model.identity();
        let lattice = identity.get("ising")?;
        let sides = lattice.get("sides").or_else(|| lattice.get("size"))?;
        let square = lattice.get("lattice")?.as_str()? == "square";
        let side = |index: usize| sides.get(index).unwrap_or(sides).as_u64();
        let (rows, columns) = (side(0)? as usize, side(1)? as usize);
        (square && rows * columns == self.spins).then_some((rows, columns))
    }
}

/// Checks the resolved keys of one point.
pub(super) fn prepare(keys: &Value, context: &Context<'_>) -> Result<AnnealExperiment, Vec<Problem>> {
    let spec: AnnealSpec = serde_json::from_value(keys.clone())
        .map_err(|error| vec![Problem::new("", format!("the keys do not fit an annealing run: {error}"))])?;
    let mut problems = Vec::new();
    if !(1..=MOST_READS).contains(&spec.reads) {
        problems.push(
            Problem::new("reads", format!("{} reads are not a possible number", spec.reads))
                .label(format!("must be 1 to {MOST_READS}")),
        );
    }
    if spec.target_energy.is_some_and(|target| !target.is_finite()) {
        problems.push(Problem::new("target_energy", "a target energy must be finite"));
    }
    let cooling = cooling(&spec.schedule, &mut problems);
    let model = models::build(&spec.model, context).map_err(|found| problems.extend(found)).ok();
    let spins = model.as_ref().and_then(|model| model.pair_model()).map(|pairs| pairs.spins());
    if let (Some(model), None | Some(0)) = (&model, spins) {
        let path = format!("model.{}", model.name());
        problems.push(
            Problem::new(path, "this model has no spins that could be annealed")
                .help("use [model.ising] or [model.max_cut]"),
        );
    }
    let (Some(model), Some(spins), Some((schedule, keys)), true) =
        (model, spins, cooling, problems.is_empty())
    else {
        return Err(problems);
    };
    let quick = (keys.sweeps / QUICK_SHARE).max(FEWEST_SWEEPS).min(keys.sweeps);
    Ok(AnnealExperiment {
        model,
        schedule,
        from: keys.from,
        to: keys.to,
        sweeps: if context.quick { quick } else { keys.sweeps } as usize,
        reads: spec.reads as usize,
        target: spec.target_energy,
        spins,
        ground: OnceLock::new(),
    })
}

fn cooling(table: &Value, problems: &mut Vec<Problem>) -> Option<(&'static Schedule, ScheduleSpec)> {
    let (schedule, spec): (_, ScheduleSpec) = schedule::read(table, problems)?;
    let name = schedule.name;
    let before = problems.len();
    let path = |key: &str| format!("schedule.{name}.{key}");
    if !(spec.from > 0.0 && spec.from.is_finite()) {
        problems
            .push(Problem::new(path("from"), "a temperature must be finite").label("must be greater than 0"));
    }
    let cold_enough = spec.to > 0.0 || (spec.to == 0.0 && schedule.reaches_zero);
    if !(cold_enough && spec.to.is_finite()) {
        let problem = Problem::new(path("to"), format!("a {name} schedule cannot end at this temperature"));
        problems.push(if schedule.reaches_zero {
            problem.label("must be 0 or greater")
        } else {
            problem
                .label("must be greater than 0")
                .help("only [schedule.linear] can end at 0; try a small fraction of a coupling")
        });
    }
    if !(1..=MOST_SWEEPS).contains(&spec.sweeps) {
        problems.push(
            Problem::new(path("sweeps"), format!("{} sweeps are not a possible number", spec.sweeps))
                .label(format!("must be 1 to {MOST_SWEEPS}")),
        );
    }
    (problems.len() == before).then_some((schedule, spec))
}
