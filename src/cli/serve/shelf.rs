//! The experiments on show: which there are, whether their files have changed, and their pages as last made.

use super::frame::{self, Line};
use super::http::encoded;
use super::render::{self, Glance, Made, Manner};
use super::stamps::{Stamps, stamp};
use crate::cli::session::{Session, name_of};
use crate::report::Around;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What is served, shared by the connections and the watch over the files.
pub(in crate::cli) struct Shelf {
    session: Session,
    paths: Vec<PathBuf>,
    manner: Manner,
    state: Mutex<State>,
    changed: Condvar,
    /// Held while something is made, so that one change is not worked on twice.
    making: Mutex<()>,
}

/// All experiments at one time.
#[derive(Default)]
struct State {
    /// Raised at every change.
    revision: u64,
    /// Why no experiment can be shown.
    problem: Option<String>,
    entries: BTreeMap<String, Entry>,
}

/// One experiment.
struct Entry {
    path: PathBuf,
    /// The revision of the shelf at which it last changed.
    revision: u64,
    /// The files that what is shown of it rests on, as they were.
    seen: Stamps,
    /// Its page and its line in the index, each with the revision that it shows.
    page: Option<(u64, Result<String, String>)>,
    glance: Option<(u64, Result<Glance, String>)>,
}

impl Shelf {
    /// The experiments that `paths` name.
    pub(in crate::cli) fn new(session: Session, paths: Vec<PathBuf>, manner: Manner) -> Self {
        let (state, changed, making) = (Mutex::default(), Condvar::new(), Mutex::default());
        let shelf = Self { session, paths, manner, state, changed, making };
        shelf.look();
        shelf
    }

    /// The names of the experiments.
    pub(in crate::cli) fn names(&self) -> Vec<String> {
        self.state().entries.keys().cloned().collect()
    }

    /// Looks at the files once, and wakes those who wait if anything has changed.
    pub(in crate::cli) fn look(&self) {
        let files = self.session.files(&self.paths);
        let mut state = self.state();
        let next = state.revision + 1;
        let mut changed = false;
        let (files, problem) = match files {
            Ok(files) => (files, None),
            Err(failure) => (Vec::new(), Some(failure.to_string())),
        };
        if state.problem != problem {
            state.problem = problem;
            changed = true;
        }
        let count = state.entries.len();
        state.entries.retain(|_, entry| files.contains(&entry.path));
        changed |= state.entries.len() != count;
        for path in files {
            let entry = state.entries.entry(name_of(&path)).or_insert_with(|| Entry {
                path,
                revision: 0,
                seen: Stamps::new(),
                page: None,
                glance: None,
            });
            if entry.revision == 0 {
                entry.seen = render::base(&self.session, &entry.path, &self.manner);
                entry.revision = next;
                changed = true;
            }
            for (file, seen) in &mut entry.seen {
                let now = stamp(file);
                if *seen != now {
                    *seen = now;
                    entry.revision = next;
                    changed = true;
                }
            }
        }
        if changed {
            state.revision = next;
            self.changed.notify_all();
        }
    }

    /// The page of the experiment called `name`; `None` when there is none of that name.
    pub(in crate::cli) fn page(&self, name: &str) -> Option<String> {
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let (path, revision, stored, around) = {
            let state = self.state();
            let entry = state.entries.get(name)?;
            let stored = entry.page.clone().filter(|(shown, _)| *shown == entry.revision);
            (entry.path.clone(), entry.revision, stored, around(&state, name))
        };
        let outcome = match stored {
            Some((_, outcome)) => outcome,
            None => {
                let made = render::page(&self.session, &path, &self.manner, around);
                self.keep(name, revision, made, |entry| &mut entry.page)
            }
        };
        let seen = self.seen(revision);
        Some(match outcome {
            Ok(page) => frame::live(&page, name, &seen),
            Err(problem) => frame::problem(name, &problem, &seen),
        })
    }

    /// The page that lists the experiments.
    pub(in crate::cli) fn index(&self) -> String {
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let (revision, problem, entries) = {
            let state = self.state();
            let entries: Vec<_> = state
                .entries
                .iter()
                .map(|(name, entry)| {
                    let stored = entry.glance.clone().filter(|(shown, _)| *shown == entry.revision);
                    (name.clone(), entry.path.clone(), entry.revision, stored)
                })
                .collect();
            (state.revision, state.problem.clone(), entries)
        };
        let lines: Vec<Line> = entries
            .into_iter()
            .map(|(name, path, revision, stored)| {
                let outcome = match stored {
                    Some((_, outcome)) => outcome,
                    None => {
                        let made = render::glance(&self.session, &path, &self.manner);
                        self.keep(&name, revision, made, |entry| &mut entry.glance)
                    }
                };
                Line { name, path: path.display().to_string(), outcome }
            })
            .collect();
        frame::index(&lines, problem.as_deref(), &self.seen(revision))
    }

    /// Waits until `page` (the index if empty) shows another revision than `seen`, or until `limit` has passed; whether it
    /// does.
    pub(in crate::cli) fn wait(&self, page: &str, seen: &str, limit: Duration) -> bool {
        let waiting = |state: &mut State| self.current(state, page) == seen;
        let state = self.state();
        let (mut state, _) =
            self.changed.wait_timeout_while(state, limit, waiting).unwrap_or_else(PoisonError::into_inner);
        !waiting(&mut state)
    }

    /// Stores what was made, together with the files that it rests on.
    fn keep<T: Clone>(
        &self,
        name: &str,
        revision: u64,
        made: Made<T>,
        place: impl Fn(&mut Entry) -> &mut Option<(u64, Result<T, String>)>,
    ) -> Result<T, String> {
        let mut state = self.state();
        if let Some(entry) = state.entries.get_mut(name) {
            // What was read before the last look is as it was then; what was not watched yet is watched from now on.
            for (file, stamp) in made.stamps {
                entry.seen.entry(file).or_insert(stamp);
            }
            *place(entry) = Some((revision, made.outcome.clone()));
        }
        made.outcome
    }

    /// The revision that `page` shows now, as browsers name it.
    fn current(&self, state: &State, page: &str) -> String {
        match page {
            "" => self.seen(state.revision),
            name => state.entries.get(name).map_or_else(|| frame::GONE.to_owned(), |e| self.seen(e.revision)),
        }
    }

    /// A revision as browsers name it: those of another server are others.
    fn seen(&self, revision: u64) -> String {
        format!("{}-{revision}", std::process::id())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The index, and the experiments before and after one.
fn around(state: &State, name: &str) -> Around {
    let title = |name: &str, entry: &Entry| match &entry.glance {
        Some((_, Ok(glance))) => glance.title.clone(),
        _ => name.to_owned(),
    };
    let link = |(name, entry): (&String, &Entry)| (encoded(name), title(name, entry));
    Around {
        index: Some(("./".to_owned(), "Experiments".to_owned())),
        previous: state.entries.iter().rev().find(|(other, _)| other.as_str() < name).map(link),
        next: state.entries.iter().find(|(other, _)| other.as_str() > name).map(link),
    }
}
