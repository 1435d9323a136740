//! The experiments on show: which there are, whether their files have changed, and their pages as last made.

use super::frame::{self, Line};
use super::http::encoded;
use super::render::{self, Glance, Made, Manner};
use super::stamps::{Stamps, stamp};
use crate::cli::book::{bound_folder, title_of, unplaced};
use crate::cli::session::{Session, name_of};
use crate::report::Around;
use crate::spec::{self, BOOK, Book};
use crate::store;
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
    /// What is wrong with the folder or its book.
    problem: Option<String>,
    /// How the experiments are bound.
    book: Book,
    /// Their names in the order of reading.
    order: Vec<String>,
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

    /// The names of the experiments, in the order of reading.
    pub(in crate::cli) fn names(&self) -> Vec<String> {
        self.state().order.clone()
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
        let names: Vec<String> = files.iter().map(|file| name_of(file)).collect();
        let (book, problem) = match self.book(&names) {
            Ok(book) => (book, problem),
            Err(mistake) => (Book::default(), problem.or(Some(mistake))),
        };
        let mut order = book.chapters.clone();
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        order.extend(unplaced(&book, &known).into_iter().map(str::to_owned));
        if (&state.book, &state.order) != (&book, &order) {
            // Every page tells the title of the whole and its neighbours.
            state.entries.values_mut().for_each(|entry| entry.revision = next);
            (state.book, state.order) = (book, order);
            changed = true;
        }
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

    /// How the experiments called `names` are bound: by the folder's book, or without one by its name.
    fn book(&self, names: &[String]) -> Result<Book, String> {
        let untitled = Book { title: "Experiments".to_owned(), ..Book::default() };
        let Some(folder) = bound_folder(&self.paths) else { return Ok(untitled) };
        let path = folder.join(BOOK);
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        match store::read_optional(&path).map_err(|error| error.to_string())? {
            None => Ok(Book { title: title_of(folder), ..Book::default() }),
            Some(bytes) => spec::load_book(&path.display().to_string(), &bytes, &known)
                .map_err(|mistakes| mistakes.to_string()),
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
        let (revision, problem, book, entries) = {
            let state = self.state();
            let entries: Vec<_> = state
                .order
                .iter()
                .filter_map(|name| state.entries.get_key_value(name))
                .map(|(name, entry)| {
                    let stored = entry.glance.clone().filter(|(shown, _)| *shown == entry.revision);
                    (name.clone(), entry.path.clone(), entry.revision, stored)
                })
                .collect();
            (state.revision, state.problem.clone(), state.book.clone(), entries)
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
        frame::index(&book, &lines, problem.as_deref(), &self.seen(revision))
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
    let place = state.order.iter().position(|other| other == name);
    let link = |at: usize| {
        let (name, entry) = state.entries.get_key_value(state.order.get(at)?)?;
        Some((encoded(name), title(name, entry)))
    };
    Around {
        index: Some(("./".to_owned(), frame::title(&state.book).to_owned())),
        previous: place.and_then(|at| link(at.checked_sub(1)?)),
        next: place.and_then(|at| link(at + 1)),
    }
}
