//! Where things are and how to talk: common flags, the experiments that were named, and what surrounds them.

use super::args::{Colour, Common};
use super::failure::Failure;
use crate::kind::{Experiment, Inputs};
use crate::kinds;
use crate::plan::Plan;
use crate::spec::{BOOK, Checked, Request, load};
use crate::store::{Depth, FileInputs, Git};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set by Ctrl-C: running tasks stop at their next report.
static STOP: AtomicBool = AtomicBool::new(false);

/// What every command knows.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) results: PathBuf,
    pub(super) threads: usize,
    quiet: bool,
    styled: bool,
    overrides: Vec<String>,
}

/// An experiment that has been read, checked and planned.
pub(super) struct Loaded {
    pub(super) path: PathBuf,
    pub(super) checked: Checked,
    pub(super) plan: Plan,
    /// The files that the experiment names, with their hashes.
    pub(super) inputs: Vec<(String, String)>,
    /// Reads files that the experiment's texts name.
    pub(super) reader: Arc<dyn Inputs + Send + Sync>,
    /// A template that replaces the experiment's own, with its hash.
    pub(super) template: Option<(String, String)>,
    pub(super) git: Option<Git>,
}

impl Loaded {
    /// The experiments of the points, by point.
    pub(super) fn experiments(&self) -> Vec<&dyn Experiment> {
        self.checked.points.iter().map(|point| point.experiment.as_ref()).collect()
    }

    /// Which of the experiment's results are meant: the full ones, or those of a first look.
    pub(super) fn depth(&self) -> Depth {
        Depth::of(self.checked.quick)
    }

    /// The names of the tasks' records.
    pub(super) fn task_ids(&self) -> BTreeSet<&str> {
        self.plan.tasks.iter().map(|task| task.id.as_str()).collect()
    }

    /// "temperature = 2, size = 16" for a point.
    pub(super) fn place(&self, point: usize) -> String {
        let coordinates = &self.checked.points[point].coordinates;
        let parts: Vec<String> = self
            .checked
            .axes
            .iter()
            .zip(coordinates)
            .map(|(axis, value)| format!("{} = {value}", axis.key()))
            .collect();
        parts.join(", ")
    }
}

impl Session {
    pub(super) fn new(common: &Common) -> Self {
        let available = std::thread::available_parallelism().map_or(1, usize::from);
        let mut overrides = common.overrides.clone();
        overrides.extend(common.seed.map(|seed| format!("seed={seed}")));
        Self {
            results: common.results.clone(),
            threads: common.threads.map_or(available, usize::from),
            quiet: common.quiet,
            styled: match common.color {
                Colour::Always => true,
                Colour::Never => false,
                Colour::Auto => std::io::stderr().is_terminal() && no_colour_is_unset(),
            },
            overrides,
        }
    }

    /// Whether only errors and data shall be printed.
    pub(super) fn quiet(&self) -> bool {
        self.quiet
    }

    /// Prints a line for people on stderr, unless `--quiet`.
    pub(super) fn tell(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }

    /// Prints a warning on stderr.
    pub(super) fn warn(&self, text: &str) {
        self.say("warning", "\u{1b}[1;33m", text);
    }

    /// Prints an error on stderr.
    pub(super) fn tell_failure(&self, failure: &Failure) {
        match failure {
            Failure::Spec(diagnostics) => {
                let _ = writeln!(std::io::stderr(), "{}", diagnostics.render(self.styled));
            }
            other => self.say("error", "\u{1b}[1;31m", &other.to_string()),
        }
    }

    fn say(&self, word: &str, colour: &str, text: &str) {
        let (on, off) = if self.styled { (colour, "\u{1b}[0m") } else { ("", "") };
        let _ = writeln!(std::io::stderr(), "{on}{word}{off}: {text}");
    }

    /// The experiment files that the arguments name: files as they are, folders by the `.toml` files in them
    /// but the description of the book.
    pub(super) fn files(&self, paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
        let default = [PathBuf::from("experiments")];
        let named = if paths.is_empty() { &default[..] } else { paths };
        let mut files = Vec::new();
        for path in named {
            if path.is_dir() {
                files.extend(toml_files(path)?);
            } else if path.is_file() && path.file_name().is_some_and(|name| name == BOOK) {
                // A pattern such as experiments/*.toml names it along with the experiments.
                if named.len() > 1 {
                    continue;
                }
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                let text = format!(
                    "{} describes how the experiments beside it are bound, and is none itself; name the folder: {}",
                    path.display(),
                    folder.unwrap_or(Path::new(".")).display()
                );
                return Err(Failure::Message(text));
            } else if path.is_file() {
                files.push(path.clone());
            } else if paths.is_empty() {
                let text = "there is no folder `experiments` here; name an experiment file, or begin with: \
                            gibbs new experiments/first --kind sweep";
                return Err(Failure::Message(text.to_owned()));
            } else {
                return Err(Failure::Message(self.no_such_file(path)));
            }
        }
        let mut names: BTreeMap<String, &PathBuf> = BTreeMap::new();
        for file in &files {
            if let Some(other) = names.insert(name_of(file), file)
                && other != file
            {
                let text = format!(
                    "{} and {} would share one results folder: rename one of them",
                    other.display(),
                    file.display()
                );
                return Err(Failure::Message(text));
            }
        }
        files.dedup();
        Ok(files)
    }

    fn no_such_file(&self, path: &Path) -> String {
        let missing = format!("no such file or folder: {}", path.display());
        let folder = path.parent().filter(|folder| folder.is_dir()).unwrap_or(Path::new("experiments"));
        let known: Vec<String> =
            toml_files(folder).unwrap_or_default().iter().map(|file| name_of(file)).collect();
        match crate::spec::nearest(&name_of(path), known.iter().map(String::as_str)) {
            Some(name) => {
                format!("{missing}; did you mean {}?", folder.join(format!("{name}.toml")).display())
            }
            None => missing,
        }
    }

    /// Reads, checks and plans an experiment.
    pub(super) fn load(&self, path: &Path, quick: bool) -> Result<Loaded, Failure> {
        let inputs = Arc::new(FileInputs::new(folder_of(path)));
        let loaded = self.load_through(path, quick, inputs.clone())?;
        Ok(Loaded { inputs: inputs.hashes(), ..loaded })
    }

    /// The same with the files that the experiment names read by `inputs`, whose hashes are left to the caller.
    pub(super) fn load_through(
        &self,
        path: &Path,
        quick: bool,
        inputs: Arc<dyn Inputs + Send + Sync>,
    ) -> Result<Loaded, Failure> {
        let bytes = crate::store::read_optional(path)?
            .ok_or_else(|| Failure::Message(format!("no such file: {}", path.display())))?;
        let name = name_of(path);
        let shown = path.display().to_string();
        let request = Request { name: &name, path: &shown, bytes: &bytes, overrides: &self.overrides, quick };
        let checked = load(&request, kinds::all(), inputs.as_ref())?;
        let points = checked.points.iter().map(|point| point.experiment.as_ref());
        let plan = Plan::new(checked.header.seed, checked.kind.name(), checked.kind.version(), points);
        Ok(Loaded {
            path: path.to_owned(),
            checked,
            plan,
            inputs: Vec::new(),
            reader: inputs,
            template: None,
            git: git(folder_of(path)),
        })
    }

    /// The command that repeats a run, without what does not decide its result.
    pub(super) fn command(&self, loaded: &Loaded) -> String {
        self.repeated("run", loaded)
    }

    /// The command that writes its pages again, as far as their editions.
    pub(super) fn report_command(&self, loaded: &Loaded) -> String {
        self.repeated("report", loaded)
    }

    fn repeated(&self, verb: &str, loaded: &Loaded) -> String {
        let mut command = format!("gibbs {verb} {}", quoted(&loaded.path.display().to_string()));
        for text in &self.overrides {
            command.push_str(&format!(" --set {}", quoted(text)));
        }
        if loaded.checked.quick {
            command.push_str(" --quick");
        }
        command
    }

    /// The flag that Ctrl-C sets. The first one asks running tasks to stop; a second one ends the program at once.
    pub(super) fn stop_flag(&self) -> &'static AtomicBool {
        // A second call finds the handler in place already, which is as good.
        let _ = ctrlc::set_handler(|| {
            if STOP.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
            let _ = writeln!(std::io::stderr(), "\nstopping; press Ctrl-C again to end at once");
        });
        &STOP
    }
}

/// The folder that a file is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// An experiment's name: its file's stem.
pub(super) fn name_of(path: &Path) -> String {
    path.file_stem().map_or_else(|| "experiment".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = std::fs::read_dir(folder)
        .map_err(|error| Failure::Message(format!("cannot read {}: {error}", folder.display())))?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml") && path.is_file())
        .filter(|path| path.file_name().is_none_or(|name| name != BOOK))
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(Failure::Message(format!("there is no experiment (*.toml) in {}", folder.display())));
    }
    Ok(files)
}

/// https://no-color.org
#[expect(clippy::disallowed_methods, reason = "the cli layer reads the environment")]
fn no_colour_is_unset() -> bool {
    std::env::var("NO_COLOR").map_or(true, |value| value.is_empty())
}

/// The revision of the repository that holds `folder`; `None` when there is none, or no git to ask.
fn git(folder: &Path) -> Option<Git> {
    let ask = |arguments: &[&str]| {
        let output = std::process::Command::new("git").arg("-C").arg(folder).args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let revision = ask(&["rev-parse", "HEAD"])?;
    let dirty = !ask(&["status", "--porcelain", "--untracked-files=no"])?.is_empty();
    Some(Git { revision, dirty })
}

/// Quotes an argument for a POSIX shell, if it needs it.
pub(super) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:+@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
