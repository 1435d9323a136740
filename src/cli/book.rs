//! The experiments of a folder bound into a site: an index, a page each with its neighbours, and all in one document.

use super::args::Format;
use super::editions::Editions;
use super::failure::Failure;
use super::judge::judge;
use super::output;
use super::pages::{Files, Material};
use super::pipeline::Finished;
use super::session::{Loaded, Session, name_of};
use crate::analyse::Analysed;
use crate::report::{self, Around, Badge, Card, Cover, Handout, ReportError, Whole};
use crate::spec::{self, BOOK};
use crate::store;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// The folders of the sites below the results, by edition: the student's and the lecturer's.
const FOLDERS: [&str; 2] = ["site", "site-solutions"];

/// Those of first looks, which leave the others as they are.
const QUICK: [&str; 2] = ["site-quick", "site-quick-solutions"];

/// The index and the whole; an experiment of the same name makes room.
const INDEX: &str = "index.html";
const WHOLE: &str = "course.html";
/// The whole on paper, when PDFs are wanted.
const PRINTED: &str = "course.pdf";

/// The experiments that have been rendered, to be bound when all are there.
pub(super) struct Book {
    /// `None` when there is nothing to bind: files are named rather than a folder, or no page is wanted.
    binding: Option<Binding>,
    chapters: Vec<Chapter>,
}

/// How the experiments of a folder are bound.
struct Binding {
    cover: Cover,
    /// The names of the experiments in the order of reading.
    order: Vec<String>,
}

/// One experiment.
struct Chapter {
    material: Material,
    badge: Badge,
}

impl Book {
    /// Looks whether the arguments name one folder with several experiments, and how it wants them bound.
    ///
    /// # Errors
    ///
    /// When the folder's `book.toml` cannot be read or is at fault.
    pub(super) fn open(session: &Session, paths: &[PathBuf], editions: &Editions) -> Result<Self, Failure> {
        let mut book = Self { binding: None, chapters: Vec::new() };
        let Some(folder) = bound_folder(paths) else { return Ok(book) };
        let names: Vec<String> = session.files(paths)?.iter().map(|file| name_of(file)).collect();
        let path = folder.join(BOOK);
        let bytes = store::read_optional(&path)?;
        if let Some(bytes) = &bytes {
            let known: Vec<&str> = names.iter().map(String::as_str).collect();
            book.bind(session, &path, bytes, &known)?;
        } else {
            let cover = Cover { title: title_of(folder), ..Cover::default() };
            book.binding = Some(Binding { cover, order: names.clone() });
        }
        if names.len() < 2
            || ![Format::Html, Format::Pdf].iter().any(|format| editions.formats().contains(format))
        {
            book.binding = None;
        }
        Ok(book)
    }

    /// Binds the experiments called `names` as the file at `path` says.
    fn bind(&mut self, session: &Session, path: &Path, bytes: &[u8], names: &[&str]) -> Result<(), Failure> {
        let description = spec::load_book(&path.display().to_string(), bytes, names)?;
        let last = unplaced(&description, names);
        if !last.is_empty() && !description.chapters.is_empty() {
            session.warn(&format!(
                "{} has no place for {} among its chapters: last in the site",
                path.display(),
                last.join(", ")
            ));
        }
        let mut order = description.chapters;
        order.extend(last.into_iter().map(str::to_owned));
        let cover = Cover {
            title: description.title,
            subtitle: description.subtitle,
            authors: description.authors,
            course: description.course,
        };
        self.binding = Some(Binding { cover, order });
        Ok(())
    }

    /// Takes in an experiment whose pages have been made.
    pub(super) fn add(
        &mut self,
        session: &Session,
        loaded: &Loaded,
        finished: &Finished,
        analysed: &Analysed<'_>,
        material: Option<Material>,
    ) {
        let Some(material) = material.filter(|_| self.binding.is_some()) else { return };
        let badge = badge(loaded, finished, analysed).unwrap_or_else(|failure| {
            session.warn(&format!("{} is not judged: {failure}", loaded.checked.name));
            Badge::Unjudged
        });
        self.chapters.push(Chapter { material, badge });
    }

    /// Writes the site in all `editions` and prints the paths of the printed whole, if one is wanted, and of the index.
    ///
    /// # Errors
    ///
    /// When a template is at fault, a file cannot be written or the whole cannot be printed.
    pub(super) fn close(mut self, session: &Session, editions: &Editions) -> Result<(), Failure> {
        let Some(binding) = self.binding.take() else { return Ok(()) };
        if self.chapters.len() < 2 || session.stop_flag().load(Ordering::Relaxed) {
            if binding.order.len() > 1 {
                session.warn("the site was not made anew: it needs two experiments that are finished");
            }
            return Ok(());
        }
        let place = |chapter: &Chapter| binding.order.iter().position(|name| name == chapter.material.name());
        self.chapters.sort_by_key(place);
        let absent: Vec<&str> = binding
            .order
            .iter()
            .map(String::as_str)
            .filter(|name| self.chapters.iter().all(|chapter| chapter.material.name() != *name))
            .collect();
        if !absent.is_empty() {
            session.warn(&format!("the site is made without {}", absent.join(", ")));
        }
        // All experiments of one command are of one depth.
        let quick = self.chapters.iter().any(|chapter| chapter.material.is_quick());
        let folders = if quick { QUICK } else { FOLDERS };
        for (folder, solutions) in folders.iter().zip(editions.solutions()) {
            let folder = session.results.join(folder);
            let files = self.render(&binding.cover, editions, *solutions, &folder)?;
            for name in store::write_site(&folder, &files)? {
                let why = if name == PRINTED {
                    "out of date; make anew with --format pdf"
                } else {
                    "no part of the site any more"
                };
                session.tell(&format!("removed {}: {why}", folder.join(name).display()));
            }
            if editions.formats().contains(&Format::Pdf) {
                output::print(&format!("{}\n", folder.join(PRINTED).display()));
            }
            output::print(&format!("{}\n", folder.join(INDEX).display()));
        }
        Ok(())
    }

    /// The files of one edition, which go to `folder`.
    fn render(
        &self,
        cover: &Cover,
        editions: &Editions,
        solutions: bool,
        folder: &Path,
    ) -> Result<Files, Failure> {
        let handouts: Vec<Handout<'_>> = (0..self.chapters.len())
            .map(|at| self.chapters[at].material.handout(solutions, self.around(at, cover)))
            .collect();
        let of = |experiment: &str| {
            let experiment = experiment.to_owned();
            move |source: ReportError| Failure::Report { experiment, source }
        };
        let mut files = Files::new();
        for handout in &handouts {
            let page = report::html(handout).map_err(of(handout.name))?;
            files.push((page_of(handout.name), page.into_bytes()));
        }
        let course = report::course(&handouts, cover).map_err(of("the course"))?;
        let mut wholes = Vec::new();
        let printed = if editions.formats().contains(&Format::Pdf) {
            Some(editions.print(&course)?)
        } else {
            // A PDF stays that was printed of the very same text.
            let same = store::read_optional(&folder.join(WHOLE))?.is_some_and(|old| old == course.as_bytes());
            if same { store::read_optional(&folder.join(PRINTED))? } else { None }
        };
        if let Some(printed) = printed {
            files.push((PRINTED.to_owned(), printed));
            wholes.push(Whole { address: PRINTED.to_owned(), format: "PDF" });
        }
        files.push((WHOLE.to_owned(), course.into_bytes()));
        wholes.push(Whole { address: WHOLE.to_owned(), format: "HTML, made to be printed" });
        let cards = handouts.into_iter().zip(&self.chapters).enumerate().map(|(at, (handout, chapter))| {
            Ok(Card {
                address: address(&page_of(handout.name)),
                thumbnail: chapter.material.thumbnail(&format!("card-{}", at + 1))?,
                badge: chapter.badge,
                handout,
            })
        });
        let cards = cards.collect::<Result<Vec<_>, Failure>>()?;
        let index = report::index(&cards, cover, &wholes).map_err(of("the site"))?;
        files.push((INDEX.to_owned(), index.into_bytes()));
        Ok(files)
    }

    /// The neighbours of a chapter.
    fn around(&self, at: usize, cover: &Cover) -> Around {
        let link = |at: usize| {
            let material = &self.chapters.get(at)?.material;
            Some((address(&page_of(material.name())), material.title().to_owned()))
        };
        Around {
            index: Some((INDEX.to_owned(), cover.title.clone())),
            previous: at.checked_sub(1).and_then(link),
            next: link(at + 1),
        }
    }
}

/// The folder whose experiments make up a whole, if the arguments name one.
pub(super) fn bound_folder(paths: &[PathBuf]) -> Option<&Path> {
    let folder = match paths {
        [] => Path::new("experiments"),
        [path] => path,
        _ => return None,
    };
    folder.is_dir().then_some(folder)
}

/// The experiments among `names` that are no chapters; they come last.
pub(super) fn unplaced<'a>(description: &spec::Book, names: &[&'a str]) -> Vec<&'a str> {
    let placed = |name: &str| description.chapters.iter().any(|chapter| chapter == name);
    names.iter().filter(|name| !placed(name)).copied().collect()
}

/// What a check says: nothing of a first look, nor where tasks have failed.
fn badge(loaded: &Loaded, finished: &Finished, analysed: &Analysed<'_>) -> Result<Badge, Failure> {
    if loaded.checked.quick || !finished.failures.is_empty() {
        return Ok(Badge::Unjudged);
    }
    let judged = judge(loaded, analysed, &finished.results)?;
    Ok(match (judged.failed(), judged.verdicts.len()) {
        (_, 0) => Badge::Unjudged,
        (0, verdicts) => Badge::Passed(verdicts),
        (failed, verdicts) => Badge::Failed { failed, verdicts },
    })
}

/// The file of an experiment's page.
fn page_of(name: &str) -> String {
    let page = format!("{name}.html");
    if page == INDEX || page == WHOLE { format!("experiment-{page}") } else { page }
}

/// A file's name as an address: whatever could mean something in one is percent-encoded.
fn address(file: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    file.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// The title of a folder that has no `book.toml`: its name.
pub(super) fn title_of(folder: &Path) -> String {
    let name = std::path::absolute(folder)
        .ok()
        .and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    let words = name.unwrap_or_else(|| "experiments".to_owned()).replace(['-', '_'], " ");
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_addresses_of_their_own() {
        assert_eq!(page_of("two-level"), "two-level.html");
        assert_eq!(page_of("index"), "experiment-index.html");
        assert_eq!(address("a b#ü.html"), "a%20b%23%C3%BC.html");
        assert_eq!(title_of(Path::new("my-course")), "My course");
    }
}
