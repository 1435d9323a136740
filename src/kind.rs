//! The contract between the stages and the kinds of experiment: what a kind must be able to do.
//!
//! A kind turns the resolved keys of one point into a checked [`Experiment`], runs its tasks, analyses their records,
//! and tells the story of the whole study as figure data and facts. It never reads or writes a file, draws, renders,
//! reads a clock or starts a thread pool; the stages do that, and know kinds only through this file.

use crate::axis::{Axis, Coordinate};
use crate::figure::Figure;
pub use crate::input::{Context, Inputs, Problem};
use crate::record::{Analysis, Doubt, Record, Table};
use crate::rng::Stream;
use serde_json::Value;
use std::any::Any;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// One kind of experiment: `ensemble`, `sweep`, `anneal`, `rbm` or `clustering`.
pub trait Kind: Sync {
    /// The word after `kind =`.
    fn name(&self) -> &'static str;

    /// One line for `gibbs list`.
    fn summary(&self) -> &'static str;

    /// The documentation shown by `gibbs explain`, in Markdown.
    fn doc(&self) -> &'static str;

    /// The version of the code path that computes this kind's records: raised whenever stored records of the same
    /// parameters would come out differently, so that stale ones are not taken for fresh.
    fn version(&self) -> u32;

    /// The names of the quantities that this kind can estimate.
    fn quantities(&self) -> &'static [&'static str];

    /// The models that this kind accepts under `[model.…]`; empty when it takes none.
    fn models(&self) -> Vec<&'static str>;

    /// JSON Schema (draft 7, subschemas inlined) of the keys that this kind adds to the common header, `model` included.
    fn schema(&self) -> Value;

    /// A commented, runnable file for `gibbs new`, with `{title}` where the title goes.
    fn starter(&self) -> &'static str;

    /// The tera source of this kind's handout.
    fn template(&self) -> &'static str;

    /// JSON Schema (draft 7) of [`Story::facts`]: every fact that a template can use, with its meaning.
    fn facts_schema(&self) -> Value;

    /// Turns the resolved keys of one point (axes substituted, defaults filled in, checked against [`Kind::schema`])
    /// into an experiment that can run.
    ///
    /// # Errors
    ///
    /// Everything that the schema cannot say: combinations that make no sense, sizes out of reach, bad files.
    fn prepare(&self, keys: &Value, context: &Context<'_>) -> Result<Box<dyn Experiment>, Vec<Problem>>;

    /// Tells the story of the analysed points: figures and facts for the handout.
    fn present(&self, study: &Study<'_>) -> Story;
}

/// One point of a study, checked and ready to run: `replicas` tasks that differ in their random stream alone.
pub trait Experiment: Any + Send + Sync {
    /// All parameters that decide the bytes of a task's record, and nothing else: defaults filled in, contents of
    /// files as hashes, no title, no number of replicas.
    fn identity(&self) -> Value;

    /// How many independent tasks (replica chains, annealing reads) the point consists of; at least 1.
    fn replicas(&self) -> usize;

    /// The cost of one task.
    fn cost(&self) -> Cost;

    /// How the result is computed, as a noun phrase, where there was a choice.
    fn method(&self) -> Option<String> {
        None
    }

    /// The same task made short, for a time estimate: its cost is about `share` of the whole's, and its stretches cost as
    /// much beside each other as the whole's do. `None` where the beginning of a task is as good a sample of it.
    fn rehearsal(&self, _share: f64) -> Option<Box<dyn Experiment>> {
        None
    }

    /// The names of the quantities that [`Experiment::analyse`] will estimate, for this model and these settings.
    fn quantities(&self) -> Vec<&'static str>;

    /// Runs one task on its own random stream.
    ///
    /// # Errors
    ///
    /// [`RunError::Stopped`] when `control` asks to stop; [`RunError::Failed`] when the task cannot give a result.
    fn run(&self, stream: Stream, control: &dyn Control) -> Result<Record, RunError>;

    /// The company that the point keeps, where one run serves several points at once; `None` for a point by itself.
    fn company(&self) -> Option<Company> {
        None
    }

    /// Runs one replica of the whole company: its records by seats.
    ///
    /// # Errors
    ///
    /// Those of [`Experiment::run`].
    fn run_company(&self, stream: Stream, control: &dyn Control) -> Result<Vec<Record>, RunError> {
        Ok(vec![self.run(stream, control)?])
    }

    /// Turns the records of all replicas, in order, into estimates, tables and warnings.
    fn analyse(&self, records: &[Record]) -> Analysis;

    /// A file that the point adds to the results beside the tables, with its name (for example
    /// `weights.safetensors`): kept when the study has one point, else numbered by point.
    fn artifact(&self, _records: &[Record]) -> Option<(&'static str, Vec<u8>)> {
        None
    }
}

/// Points that one run serves at once, as the temperatures of a ladder.
#[derive(Debug, Clone, PartialEq)]
pub struct Company {
    /// All parameters that decide the bytes of all their records.
    pub identity: Value,
    /// Which of the records is this point's, from 0.
    pub seat: usize,
    /// How many records a run gives.
    pub seats: usize,
}

/// What one task costs; of a company's task its share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Amount of work, in `unit`s, to which the run time is proportional.
    pub work: f64,
    /// What the work counts, plural: "spin updates", "states", "pattern updates".
    pub unit: &'static str,
    /// Sweeps or epochs, for display.
    pub sweeps: u64,
    /// Bytes of memory while the task runs, its record included.
    pub memory: u64,
}

/// How a running task reports progress and learns that it shall stop.
pub trait Control: Sync {
    /// Called every few milliseconds with the share of the task's work done so far, from 0 to 1.
    fn advance(&self, fraction: f64) -> ControlFlow<()>;
}

/// Why a task gave no record.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The run was interrupted; nothing is wrong with the task.
    #[error("stopped before the end")]
    Stopped,
    /// The task cannot give a result.
    #[error("{0}")]
    Failed(String),
}

/// Everything that is known once all points are analysed.
pub struct Study<'a> {
    /// The experiment's title, as the user wrote it.
    pub title: &'a str,
    /// The root seed.
    pub seed: u64,
    /// Whether budgets were cut for a first look.
    pub quick: bool,
    /// The swept keys in file order; empty for a single point.
    pub axes: &'a [Axis],
    /// The points in plan order; those whose tasks failed are left out.
    pub points: &'a [StudyPoint<'a>],
}

impl Study<'_> {
    /// Every doubt about the points, the gravest first, each with its `place`, such as `$T = 2$`. What is in doubt at
    /// several points is told once, of how many they are and of the worst.
    pub fn doubts(&self, place: impl Fn(&StudyPoint<'_>) -> String) -> Vec<String> {
        let mut groups: Vec<Vec<(&StudyPoint<'_>, &Doubt)>> = Vec::new();
        for point in self.points {
            for doubt in &point.analysis.warnings {
                match groups.iter_mut().find(|group| group[0].1.about == doubt.about) {
                    Some(group) => group.push((point, doubt)),
                    None => groups.push(vec![(point, doubt)]),
                }
            }
        }
        for group in &mut groups {
            group.sort_by(|a, b| b.1.excess.total_cmp(&a.1.excess));
        }
        groups.sort_by(|a, b| b[0].1.excess.total_cmp(&a[0].1.excess));
        let told = |group: &Vec<(&StudyPoint<'_>, &Doubt)>| -> Vec<String> {
            let (point, worst) = group[0];
            let points: BTreeSet<usize> = group.iter().map(|(point, _)| point.index).collect();
            let place = place(point);
            if points.len() == 1 {
                let at = if place.is_empty() { String::new() } else { format!("At {place}: ") };
                return group.iter().map(|(_, doubt)| format!("{at}{}", doubt.text)).collect();
            }
            let count = match points.len() {
                all if all == self.points.len() => format!("all {all}"),
                some => format!("{some} of {}", self.points.len()),
            };
            let alike = group.iter().all(|(_, doubt)| doubt.text == worst.text);
            let worst_at = if alike { String::new() } else { format!(", worst at {place}") };
            vec![format!("At {count} points{worst_at}: {}", worst.text)]
        };
        groups.iter().flat_map(told).collect()
    }
}

/// One analysed point.
pub struct StudyPoint<'a> {
    /// The point's number in the plan, from 0.
    pub index: usize,
    /// One value per axis.
    pub coordinates: &'a [Coordinate],
    /// The checked experiment, to be downcast by the kind that prepared it.
    pub experiment: &'a dyn Experiment,
    /// What its records amount to.
    pub analysis: &'a Analysis,
}

impl StudyPoint<'_> {
    /// The experiment as the kind's own type.
    ///
    /// # Panics
    ///
    /// If another kind prepared it, which the stages never let happen.
    pub fn downcast<T: Experiment>(&self) -> &T {
        let any: &dyn Any = self.experiment;
        any.downcast_ref().expect("invariant: a study's points were prepared by its own kind")
    }
}

/// A kind's account of a study, for the handout.
#[derive(Debug, Clone, Default)]
pub struct Story {
    /// The question that the experiment answers, one sentence of Markdown.
    pub question: String,
    /// The answer, one sentence of Markdown with a number and its error.
    pub answer: String,
    /// The figures, the hero first.
    pub figures: Vec<Figure>,
    /// Tables about the study as a whole, stored beside those of the points, under names that those do not have.
    pub tables: Vec<Table>,
    /// Diagnostics in prose, full sentences of Markdown: what is in doubt and what would mend it.
    pub warnings: Vec<String>,
    /// Everything else that the kind's template reads, as one JSON object.
    pub facts: Value,
}

/// What stands in for the run stage in tests.
#[cfg(test)]
pub(crate) mod testing {
    use super::Control;
    use std::ops::ControlFlow;

    /// Lets a task come to its end, and asks that it tells a share of its work.
    pub(crate) struct Patient;

    impl Control for Patient {
        fn advance(&self, fraction: f64) -> ControlFlow<()> {
            assert!((0.0..=1.0 + 1e-9).contains(&fraction), "{fraction}");
            ControlFlow::Continue(())
        }
    }

    /// Stops a task at once.
    pub(crate) struct Hasty;

    impl Control for Hasty {
        fn advance(&self, _fraction: f64) -> ControlFlow<()> {
            ControlFlow::Break(())
        }
    }
}
