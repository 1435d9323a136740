//! One experiment as it stands: its page from stored results, or why there is none yet.

use super::stamps::{Stamps, Watched, stamp};
use crate::analyse::analyse;
use crate::cli::args::{Format, PageArguments};
use crate::cli::editions::Editions;
use crate::cli::failure::Failure;
use crate::cli::pages::Material;
use crate::cli::pipeline::refuse_missing;
use crate::cli::session::{Loaded, Session, folder_of, name_of};
use crate::report::{self, Around};
use crate::spec::OwnTexts;
use crate::store::{Depth, Results};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How pages shall look.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct Manner {
    /// Whether the results of a run with `--quick` are shown.
    pub(in crate::cli) quick: bool,
    /// Whether the solutions of exercises are shown.
    pub(in crate::cli) solutions: bool,
    /// A template in place of those that the files name.
    pub(in crate::cli) template: Option<PathBuf>,
}

/// Something made of an experiment, with the files that it rests on as they were before they were read.
pub(super) struct Made<T> {
    pub(super) stamps: Stamps,
    pub(super) outcome: Result<T, String>,
}

/// An experiment in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glance {
    pub(super) title: String,
    /// The number of its tasks, and of those without a record.
    pub(super) tasks: usize,
    pub(super) missing: usize,
    /// Whether the user's own texts keep its page from being made.
    pub(super) faulty: bool,
}

/// The page of an experiment.
pub(super) fn page(session: &Session, path: &Path, manner: &Manner, around: Around) -> Made<String> {
    made(session, path, manner, |loaded| {
        refuse_missing(session, &loaded)?;
        rendered(session, &loaded, manner, around)
    })
}

fn rendered(session: &Session, loaded: &Loaded, manner: &Manner, around: Around) -> Result<String, Failure> {
    let results = Results::peek(&session.results, &loaded.checked.name, loaded.depth());
    let analysed = analyse(&loaded.checked, &loaded.plan, &results);
    let mut material = Material::new(session, loaded, &[], &analysed, analysed.story())?;
    material.put_at_head()?;
    report::html(&material.handout(manner.solutions, around))
        .map_err(|source| Failure::Report { experiment: loaded.checked.name.clone(), source })
}

/// What can be said of an experiment in a line. Its results are analysed only where texts of the user's may keep its page
/// from being made.
pub(super) fn glance(session: &Session, path: &Path, manner: &Manner) -> Made<Glance> {
    made(session, path, manner, |loaded| {
        let results = Results::peek(&session.results, &loaded.checked.name, loaded.depth());
        let ids = loaded.task_ids();
        let missing = ids.iter().filter(|id| !results.series_path(id).is_file()).count();
        let own = &loaded.checked.own;
        let written = missing == 0 && *own != OwnTexts::default();
        let faulty = written && rendered(session, &loaded, manner, Around::default()).is_err();
        Ok(Glance { title: loaded.checked.header.title.clone(), tasks: ids.len(), missing, faulty })
    })
}

fn made<T>(
    session: &Session,
    path: &Path,
    manner: &Manner,
    make: impl FnOnce(Loaded) -> Result<T, Failure>,
) -> Made<T> {
    let mut stamps = base(session, path, manner);
    let inputs = Arc::new(Watched::new(folder_of(path)));
    let loaded = session.load_through(path, manner.quick, inputs.clone());
    let outcome = loaded.and_then(|loaded| {
        let arguments = PageArguments {
            format: vec![Format::Html],
            solutions: manner.solutions,
            template: manner.template.clone(),
            paper: None,
        };
        let loaded = Loaded { inputs: inputs.hashes(), ..loaded };
        make(Editions::new(&arguments)?.dress(loaded))
    });
    stamps.extend(inputs.stamps());
    Made { stamps, outcome: outcome.map_err(|failure| failure.to_string()) }
}

/// The files that every page of an experiment rests on: its own, the template, and its results. A folder's stamp changes
/// when a record is added or replaced.
pub(super) fn base(session: &Session, path: &Path, manner: &Manner) -> Stamps {
    let latest = Results::peek(&session.results, &name_of(path), Depth::of(manner.quick)).latest();
    let files = [path.to_owned(), latest.join("series"), latest.join("run.json")];
    files.into_iter().chain(manner.template.clone()).map(|file| (file.clone(), stamp(&file))).collect()
}
