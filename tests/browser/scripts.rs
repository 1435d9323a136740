//! The checks that run within the page.

use crate::webdriver::{Browser, text};
use serde_json::Value;

const PRELUDE: &str = include_str!("checks/prelude.js");
pub(crate) const OVERFLOW: &str = include_str!("checks/overflow.js");
pub(crate) const CONTRAST: &str = include_str!("checks/contrast.js");
pub(crate) const LINKS: &str = include_str!("checks/links.js");
pub(crate) const MATHS: &str = include_str!("checks/maths.js");
pub(crate) const LETTERS: &str = include_str!("checks/letters.js");
pub(crate) const STRUCTURE: &str = include_str!("checks/structure.js");
pub(crate) const WATCH_FOCUS: &str = include_str!("checks/watch-focus.js");
pub(crate) const JUDGE_FOCUS: &str = include_str!("checks/judge-focus.js");
pub(crate) const BREAKS: &str = include_str!("checks/breaks.js");
pub(crate) const SLIDER: &str = include_str!("checks/slider.js");

/// Runs a check in the open page and returns what it returns.
pub(crate) fn run(browser: &Browser, check: &str, arguments: &Value) -> Value {
    browser.run(&format!("{PRELUDE}\n{check}"), arguments)
}

/// Runs a check that returns its findings.
pub(crate) fn findings(browser: &Browser, check: &str, arguments: &Value) -> Vec<String> {
    sentences(&run(browser, check, arguments))
}

/// A list of strings.
pub(crate) fn sentences(list: &Value) -> Vec<String> {
    list.as_array().expect("a check returns a list").iter().map(text).collect()
}

/// The same findings, each with the circumstances under which it was made.
pub(crate) fn under(circumstances: &str, findings: Vec<String>) -> impl Iterator<Item = String> {
    findings.into_iter().map(move |finding| format!("{circumstances}: {finding}"))
}
