//! Solutions stay with the lecturer.

use crate::pages::{pages, results};
use crate::scripts::sentences;
use crate::webdriver::Browser;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Every stretch of text within a solution that is long enough to be of no other making.
const STRETCHES: &str = "
    const found = new Set();
    for (const solution of document.querySelectorAll('.solution')) {
      const walker = document.createTreeWalker(solution, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const text = walker.currentNode.data.replace(/\\s+/g, ' ').trim();
        if (text.length >= 20) found.add(text);
      }
    }
    return [...found];";

/// Compares every file of the student's with the solutions that the lecturer's pages show.
pub(crate) fn no_trace_of_a_solution() {
    let lecturers: Vec<_> = pages().iter().filter(|page| page.is_lecturers()).collect();
    assert!(!lecturers.is_empty(), "the lecturer has no page");
    let browser = Browser::start();
    let mut solutions = BTreeSet::new();
    for page in lecturers {
        browser.open(&page.path);
        let stretches = sentences(&browser.run(STRETCHES, &Value::Null));
        solutions.extend(stretches);
    }
    assert!(solutions.len() >= 8, "the lecturer's pages show {} stretches of solutions", solutions.len());
    let mut found = Vec::new();
    let mut files = Vec::new();
    list(&results(), &mut files);
    for file in files.iter().filter(|file| !file.display().to_string().contains("solutions")) {
        let Ok(source) = std::fs::read_to_string(file) else { continue };
        let source = source.split_whitespace().collect::<Vec<_>>().join(" ");
        for solution in solutions.iter().filter(|solution| source.contains(solution.as_str())) {
            found.push(format!("{}: {solution}", file.display()));
        }
    }
    assert!(found.is_empty(), "{} traces:\n{}", found.len(), found.join("\n"));
}

/// Every file below `folder`.
fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("results can be listed").flatten() {
        match entry.path() {
            path if path.is_dir() => list(&path, files),
            path => files.push(path),
        }
    }
}
