//! What becomes of an older run's files: those that still show the same results stay, the others go.

use super::args::Format;
use crate::store::Manifest;
use clap::ValueEnum;
use std::collections::{BTreeMap, BTreeSet};

/// The editions of a page, by the stem of their files.
pub(super) const STEMS: [&str; 2] = ["report", "solutions"];

/// What a run has written below `latest/` or `quick/`.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Files of results and drawings, with the hashes of their contents.
    pub(super) hashes: BTreeMap<String, String>,
    /// Pages and pictures made of them: they name times of day and of computing, so that their bytes are no result.
    pub(super) pages: BTreeSet<String>,
    /// Whether the figures were drawn.
    pub(super) drawn: bool,
}

impl Written {
    /// What an older run has written.
    pub(super) fn of(manifest: Manifest) -> Self {
        Self {
            hashes: manifest.files.into_iter().collect(),
            pages: manifest.pages.into_iter().collect(),
            drawn: false,
        }
    }

    /// Takes over from `previous` (nothing when there is none that can be read) what still holds, and names the files
    /// to be removed. Older pages and figures hold when `same`: the experiment, what it read and its estimates are as
    /// they were.
    pub(super) fn settle(&mut self, previous: Option<Manifest>, same: bool) -> Vec<String> {
        let (files, pages) = previous.map_or_else(Default::default, |found| (found.files, found.pages));
        let older: BTreeMap<String, String> = files.into_iter().collect();
        let mut gone = Vec::new();
        for (name, hash) in &older {
            if self.hashes.contains_key(name) || is_page(name) {
                continue;
            }
            if same && !self.drawn && name.starts_with("figures/") {
                self.hashes.insert(name.clone(), hash.clone());
            } else {
                gone.push(name.clone());
            }
        }
        // Pages of earlier versions stand among the files, and where no manifest is left none can be trusted.
        let listed: BTreeSet<String> =
            pages.into_iter().chain(older.keys().filter(|name| is_page(name)).cloned()).collect();
        let known = STEMS
            .iter()
            .flat_map(|stem| Format::value_variants().iter().filter_map(move |format| format.page(stem)));
        for name in known.chain(listed.clone()).collect::<BTreeSet<String>>() {
            if self.pages.contains(&name) {
                continue;
            }
            if same && listed.contains(&name) && self.shows(&name, &older) {
                self.pages.insert(name);
            } else {
                gone.push(name);
            }
        }
        gone
    }

    /// Whether a page of the same results still shows them: a picture does if the drawing that it was made from is as it
    /// was.
    fn shows(&self, name: &str, older: &BTreeMap<String, String>) -> bool {
        match name.strip_prefix("figures/").and_then(|name| name.strip_suffix(".png")) {
            None => true,
            Some(id) => {
                let drawing = format!("figures/{id}.svg");
                self.hashes.get(&drawing).is_some_and(|hash| older.get(&drawing) == Some(hash))
            }
        }
    }
}

/// Whether a file is made of results without being one.
fn is_page(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    STEMS.contains(&stem) || (name.starts_with("figures/") && name.ends_with(".png"))
}

/// A sentence on pages that were among the files `removed`: which, why, and the command that makes them anew, given as
/// far as its flags; `None` when there were none.
pub(super) fn farewell(removed: &[String], command: &str) -> Option<String> {
    let pictures = removed.iter().any(|name| name.starts_with("figures/") && name.ends_with(".png"));
    let pages: Vec<&str> =
        removed.iter().map(String::as_str).filter(|name| is_page(name) && !name.contains('/')).collect();
    if pages.is_empty() && !pictures {
        return None;
    }
    let solutions = if pages.iter().any(|page| page.starts_with(STEMS[1])) { " --solutions" } else { "" };
    let wanted = Format::value_variants().iter().filter(|format| match format {
        Format::Png => pictures,
        format => {
            STEMS.iter().filter_map(|stem| format.page(stem)).any(|page| pages.contains(&page.as_str()))
        }
    });
    let formats: Vec<String> =
        wanted.filter_map(|format| Some(format.to_possible_value()?.get_name().to_owned())).collect();
    let names: Vec<&str> = pages.into_iter().chain(pictures.then_some("figures/*.png")).collect();
    let formats = formats.join(",");
    Some(format!(
        "removed {}: out of date; make anew with: {command}{solutions} --format {formats}",
        names.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Host, Status};

    fn older(files: &[(&str, &str)], pages: &[&str]) -> Option<Manifest> {
        Some(Manifest {
            format: 1,
            experiment: "x".to_owned(),
            kind: "sweep".to_owned(),
            status: Status::Complete,
            quick: false,
            spec_hash: String::new(),
            seed: 0,
            version: String::new(),
            git: None,
            host: Host { os: String::new(), arch: String::new() },
            inputs: Vec::new(),
            points: Vec::new(),
            files: files.iter().map(|(name, hash)| ((*name).to_owned(), (*hash).to_owned())).collect(),
            pages: pages.iter().map(|name| (*name).to_owned()).collect(),
        })
    }

    fn written(files: &[(&str, &str)], pages: &[&str], drawn: bool) -> Written {
        Written { drawn, ..older(files, pages).map_or_else(Written::default, Written::of) }
    }

    #[test]
    fn pages_and_drawings_of_the_same_results_stay() {
        let files = [("estimates.csv", "1"), ("figures/a.svg", "2")];
        let pages = ["figures/a.png", "report.html", "solutions.html"];
        let mut now = written(&files[..1], &[], false);
        let gone = now.settle(older(&files, &pages), true);
        assert!(!gone.iter().any(|name| pages.contains(&name.as_str())), "{gone:?}");
        assert_eq!(now.hashes.len(), 2);
        assert_eq!(now.pages.iter().map(String::as_str).collect::<Vec<_>>(), pages);
    }

    #[test]
    fn nothing_of_other_results_stays() {
        let files = [("estimates.csv", "1"), ("figures/a.svg", "2"), ("tables/t.csv", "3")];
        let pages = ["figures/a.png", "report.md", "solutions.html"];
        let mut now = written(&[("estimates.csv", "9")], &["report.html"], false);
        let gone = now.settle(older(&files, &pages), false);
        for name in ["figures/a.svg", "tables/t.csv", "figures/a.png", "report.md", "solutions.html"] {
            assert!(gone.iter().any(|gone| gone == name), "{name} stays: {gone:?}");
        }
        assert_eq!(now.pages.len(), 1);
        assert!(!gone.contains(&"report.html".to_owned()), "what was just written is removed");
    }

    #[test]
    fn a_picture_goes_with_the_drawing_that_it_was_made_from() {
        let before = [("figures/a.svg", "2"), ("figures/b.svg", "3"), ("figures/c.svg", "4")];
        let pages = ["figures/a.png", "figures/b.png", "figures/c.png"];
        let mut now = written(&[("figures/a.svg", "2"), ("figures/b.svg", "9")], &[], true);
        let gone = now.settle(older(&before, &pages), true);
        assert!(now.pages.contains("figures/a.png"));
        for name in ["figures/b.png", "figures/c.png", "figures/c.svg"] {
            assert!(gone.iter().any(|gone| gone == name), "{name} stays: {gone:?}");
        }
    }

    #[test]
    fn what_goes_is_told_with_the_way_back() {
        let removed = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            farewell(&names, "gibbs report a.toml")
        };
        assert_eq!(removed(&["tables/t.csv", "figures/a.svg", "pictures/a.png"]), None);
        assert_eq!(
            removed(&["report.ipynb", "solutions.html", "solutions.md", "figures/a.png", "figures/b.png"])
                .unwrap(),
            "removed report.ipynb, solutions.html, solutions.md, figures/*.png: out of date; make anew with: \
             gibbs report a.toml --solutions --format html,md,png,ipynb"
        );
        assert!(removed(&["report.pdf"]).unwrap().ends_with("gibbs report a.toml --format pdf"));
    }

    #[test]
    fn pages_listed_among_the_files_of_an_older_version_are_known_and_without_a_list_none_is_trusted() {
        let mut now = Written::default();
        now.settle(older(&[("report.md", "5")], &[]), true);
        assert!(now.pages.contains("report.md") && !now.hashes.contains_key("report.md"));
        let mut now = written(&[], &["report.html"], true);
        let gone = now.settle(None, false);
        assert!(gone.contains(&"solutions.html".to_owned()) && !gone.contains(&"report.html".to_owned()));
    }
}
