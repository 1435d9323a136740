//! PDF by printing a page with a Chromium that is on this machine: its maths stays text, headings become bookmarks, and
//! the file is tagged for readers who cannot see it.
//!
//! The browser gets a private profile, no network, and a limit on its time.

use super::args::Paper;
use super::clock::Stopwatch;
use crate::store::{self, StoreError};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The environment variable that names the browser.
const VARIABLE: &str = "GIBBS_CHROMIUM";

/// The names that browsers of the family go by, in order of preference.
const NAMES: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];

/// Where macOS keeps them.
const MACOS: [&str; 3] = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
];

/// Where Windows keeps them, below the folders of programs.
const WINDOWS: [&str; 3] = [
    r"Chromium\Application\chrome.exe",
    r"Google\Chrome\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
];

/// What keeps a browser to the one page that it is given.
const FLAGS: [&str; 13] = [
    "--headless",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
    "--export-tagged-pdf",
];

/// The longest that one page may take.
const LIMIT: Duration = Duration::from_secs(120);

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub(super) enum ChromiumError {
    /// No browser is there.
    #[error(
        "a PDF is printed by Chromium, and none was found: install one (Debian and Ubuntu: apt-get install chromium; \
         Fedora: dnf install chromium; macOS: brew install --cask chromium), or name one that you have by {VARIABLE}, \
         for example {VARIABLE}=/opt/chrome/chrome; HTML prints to PDF from any browser, too"
    )]
    Missing,
    /// The named one is not there.
    #[error(
        "{VARIABLE} names {0}, and there is no such program: give it the path of a Chromium, Chrome or Edge, or leave it \
         unset to have one looked for"
    )]
    Named(String),
    /// It could not be started.
    #[error("cannot start {program}: {source}; {VARIABLE} names another browser")]
    Start {
        /// The browser.
        program: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// It took too long.
    #[error("{program} has not printed the page within {} s and was stopped", LIMIT.as_secs())]
    Slow {
        /// The browser.
        program: String,
    },
    /// It ended without a PDF.
    #[error(
        "{program} printed no PDF ({reason}); try it without gibbs: {program} --headless --print-to-pdf PAGE"
    )]
    Failed {
        /// The browser.
        program: String,
        /// Its exit status and its last words.
        reason: String,
    },
    /// The folder for its work could not be made.
    #[error("cannot make a temporary folder for the browser: {0}")]
    Folder(std::io::Error),
    /// The page could not be handed over, or the PDF taken back.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A browser that can print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chromium {
    program: PathBuf,
}

impl Chromium {
    /// The browser that `GIBBS_CHROMIUM` names, or the first that is found on the path and in the usual places.
    ///
    /// # Errors
    ///
    /// When there is none.
    #[expect(clippy::disallowed_methods, reason = "the cli layer reads the environment")]
    pub(super) fn find() -> Result<Self, ChromiumError> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders: Vec<PathBuf> =
            std::env::split_paths(&path).filter(|f| !f.as_os_str().is_empty()).collect();
        let programs = ["ProgramFiles", "ProgramFiles(x86)", "LocalAppData"].into_iter().filter_map(variable);
        let usual = MACOS
            .iter()
            .map(PathBuf::from)
            .chain(programs.flat_map(|root| WINDOWS.map(|place| Path::new(&root).join(place)).into_iter()));
        let named = variable(VARIABLE).map(OsString::from);
        search(named.as_deref(), &folders, usual)
    }

    /// Prints `html` on `paper` and gives the PDF.
    ///
    /// # Errors
    ///
    /// When the browser cannot be started, fails, or takes too long.
    pub(super) fn print(&self, html: &str, paper: Paper) -> Result<Vec<u8>, ChromiumError> {
        let folder =
            tempfile::Builder::new().prefix("gibbs-print-").tempdir().map_err(ChromiumError::Folder)?;
        let at = |name: &str| folder.path().join(name);
        let (page, pdf, words) = (at("page.html"), at("page.pdf"), at("words.txt"));
        store::write_atomically(&page, for_paper(html, paper).as_bytes())?;
        store::write_atomically(&words, b"")?;
        let program = self.program.display().to_string();
        let failed = |source| ChromiumError::Start { program: program.clone(), source };
        let log = std::fs::OpenOptions::new().append(true).open(&words).map_err(failed)?;
        let mut command = Command::new(&self.program);
        command.args(FLAGS).args(no_sandbox(folder.path()));
        command.arg(assign("--user-data-dir=", &at("profile")));
        command.arg(assign("--print-to-pdf=", &pdf)).arg(&page);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().map_err(failed)?;
        let status = wait(child, LIMIT).map_err(failed)?;
        let Some(status) = status else { return Err(ChromiumError::Slow { program }) };
        match store::read_optional(&pdf)? {
            Some(bytes) if status.success() && bytes.starts_with(b"%PDF-") => Ok(bytes),
            _ => {
                let words = store::read_optional(&words)?.unwrap_or_default();
                let words = String::from_utf8_lossy(&words).into_owned();
                let last = words.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no message");
                Err(ChromiumError::Failed { program, reason: format!("{status}: {}", last.trim()) })
            }
        }
    }
}

/// The first browser there is: the named one or none but it; else by name through `folders`, then the `usual` places.
fn search(
    named: Option<&OsStr>,
    folders: &[PathBuf],
    usual: impl Iterator<Item = PathBuf>,
) -> Result<Chromium, ChromiumError> {
    let on_path = |name: &OsStr| {
        let mut file = name.to_owned();
        if cfg!(windows) && Path::new(name).extension().is_none() {
            file.push(".exe");
        }
        folders.iter().map(|folder| folder.join(&file)).find(|path| is_program(path))
    };
    let found = match named {
        Some(name) => {
            let path = PathBuf::from(name);
            let found = if path.components().count() > 1 { Some(path) } else { on_path(name) };
            let found = found.filter(|path| is_program(path));
            return found
                .map(|program| Chromium { program })
                .ok_or_else(|| ChromiumError::Named(Path::new(name).display().to_string()));
        }
        None => NAMES.iter().find_map(|name| on_path(OsStr::new(name))),
    };
    let found = found.or_else(|| usual.into_iter().find(|path| is_program(path)));
    found.map(|program| Chromium { program }).ok_or(ChromiumError::Missing)
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// Chromium refuses to run as root inside its sandbox; who made the folder tells who runs.
#[cfg(unix)]
fn no_sandbox(own: &Path) -> Option<&'static str> {
    use std::os::unix::fs::MetadataExt;
    own.metadata().is_ok_and(|found| found.uid() == 0).then_some("--no-sandbox")
}

#[cfg(not(unix))]
fn no_sandbox(_: &Path) -> Option<&'static str> {
    None
}

fn assign(flag: &str, path: &Path) -> OsString {
    let mut argument = OsString::from(flag);
    argument.push(path);
    argument
}

/// Waits for the end of a process; stops it and gives `None` when it takes longer than `limit`.
fn wait(mut child: Child, limit: Duration) -> std::io::Result<Option<std::process::ExitStatus>> {
    let watch = Stopwatch::start();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if watch.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The page with the size of its paper. Text with a halo would be drawn glyph by glyph and lose its font: on paper the
/// halo goes.
fn for_paper(html: &str, paper: Paper) -> String {
    let size = match paper {
        Paper::A4 => "A4",
        Paper::Letter => "letter",
    };
    let style =
        format!("<style>@page {{ size: {size} }} svg text {{ stroke: none !important }}</style>\n</head>");
    html.replacen("</head>", &style, 1)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// A folder that holds programs by these names.
    fn folder(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let path = folder.path().join(name);
            store::write_atomically(&path, b"#!/bin/sh\necho no printer >&2\nexit 3\n").unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        folder
    }

    fn found(named: Option<&str>, folders: &[PathBuf], usual: &[PathBuf]) -> Result<PathBuf, String> {
        search(named.map(OsStr::new), folders, usual.iter().cloned())
            .map(|chromium| chromium.program)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_named_browser_comes_first_then_the_path_by_preference_then_the_usual_places() {
        let (a, b) = (folder(&["google-chrome", "mine"]), folder(&["chromium", "microsoft-edge"]));
        let path = [a.path().to_owned(), b.path().to_owned()];
        let usual = [a.path().join("nothing"), b.path().join("microsoft-edge")];
        assert_eq!(found(None, &path, &[]), Ok(b.path().join("chromium")));
        assert_eq!(found(None, &path[..1], &[]), Ok(a.path().join("google-chrome")));
        assert_eq!(found(None, &[], &usual), Ok(b.path().join("microsoft-edge")));
        assert_eq!(found(Some("mine"), &path, &usual), Ok(a.path().join("mine")));
        let whole = b.path().join("microsoft-edge");
        assert_eq!(found(whole.to_str(), &path, &[]), Ok(whole));
    }

    #[test]
    fn absence_says_what_to_install_and_a_wrong_name_is_not_passed_over() {
        let path = [folder(&["chromium"])].map(|folder| folder.path().to_owned());
        assert!(found(None, &[], &[]).unwrap_err().contains("apt-get install chromium"));
        let kept = folder(&["chromium"]);
        let error = found(Some("/nowhere/chrome"), &[kept.path().to_owned()], &[]).unwrap_err();
        assert!(error.starts_with("GIBBS_CHROMIUM names /nowhere/chrome"), "{error}");
        assert!(found(None, &path, &[]).is_err(), "a folder that has gone holds no program");
    }

    #[test]
    fn a_file_that_cannot_run_is_no_browser() {
        let folder = folder(&["chromium"]);
        let path = folder.path().join("chromium");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(found(None, &[folder.path().to_owned()], &[]).is_err());
    }

    #[test]
    fn a_browser_that_fails_is_quoted_and_a_slow_one_stopped() {
        let folder = folder(&["chromium"]);
        let browser = Chromium { program: folder.path().join("chromium") };
        let error = browser.print("<head></head>", Paper::A4).unwrap_err().to_string();
        assert!(error.contains("no printer") && error.contains("exit status: 3"), "{error}");
        let child = Command::new("sleep").arg("60").spawn().unwrap();
        assert!(wait(child, Duration::from_millis(50)).unwrap().is_none());
    }

    #[test]
    fn the_paper_is_set_in_the_head_once() {
        let page = for_paper("<head></head><p>&lt;/head&gt;</head>", Paper::Letter);
        assert_eq!(page.matches("@page { size: letter }").count(), 1);
        assert!(page.find("@page") < page.find("<p>"));
    }
}
