//! The pages that the tests look at: those of the shipped experiments, from budgets cut short.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// One page.
pub(crate) struct Page {
    /// Its path below the results.
    pub(crate) name: String,
    /// Its place.
    pub(crate) path: PathBuf,
}

impl Page {
    /// Whether formulas belong on it: on all but a site's cover.
    pub(crate) fn has_formulas(&self) -> bool {
        !self.has_thumbnails()
    }

    /// Whether all that it shows stands on another page too: an experiment's on the lecturer's page of its own, which has the
    /// solutions besides, and the lecturer's cover on the student's.
    pub(crate) fn is_repeated(&self) -> bool {
        let bound = self.name.starts_with("site");
        let solutions = self.name.contains("solutions");
        if bound { solutions || !self.has_thumbnails() } else { !solutions }
    }

    /// Whether it is the student's whole course on one page.
    pub(crate) fn is_course(&self) -> bool {
        self.name.ends_with("course.html") && !self.name.contains("solutions")
    }

    /// Whether it shows the solutions of exercises.
    pub(crate) fn is_lecturers(&self) -> bool {
        self.name.contains("solutions") && !self.has_thumbnails()
    }

    /// Whether its figures are thumbnails of those elsewhere.
    pub(crate) fn has_thumbnails(&self) -> bool {
        self.name.ends_with("index.html")
    }
}

/// Every page of the shipped experiments, the lecturer's as well as the student's, made once.
pub(crate) fn pages() -> &'static [Page] {
    static PAGES: OnceLock<Vec<Page>> = OnceLock::new();
    PAGES.get_or_init(|| {
        let results = results();
        if results.exists() {
            std::fs::remove_dir_all(&results).expect("the pages of an earlier test can be removed");
        }
        gibbs(&["run", "experiments", "--quick"]);
        gibbs(&["report", "experiments", "--quick", "--solutions"]);
        let mut pages = Vec::new();
        collect(&results, &results, &mut pages);
        pages.sort_by(|a, b| a.name.cmp(&b.name));
        let experiments = std::fs::read_dir(root().join("experiments")).expect("there are experiments");
        let experiments =
            experiments.flatten().filter(|file| file.path().extension().is_some_and(|it| it == "toml"));
        assert!(pages.len() >= experiments.count(), "an experiment has no page");
        pages
    })
}

/// The folder that holds the pages: fixed, so that a failure can be looked at.
pub(crate) fn results() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the program in the repository, with results apart from its own.
fn gibbs(arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_gibbs"))
        .args(arguments)
        .arg("--results")
        .arg(results())
        .arg("--quiet")
        .current_dir(root())
        .output()
        .expect("gibbs starts");
    assert!(output.status.success(), "gibbs {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn collect(folder: &Path, results: &Path, pages: &mut Vec<Page>) {
    for entry in std::fs::read_dir(folder).expect("results can be listed").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, results, pages);
        } else if path.extension().is_some_and(|ending| ending == "html") {
            let name = path.strip_prefix(results).expect("invariant: found below it").display().to_string();
            pages.push(Page { name, path });
        }
    }
}
