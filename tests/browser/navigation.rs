//! How one gets about a page: links, outline, names, keyboard.

use crate::scripts::{self, findings, run, sentences};
use crate::webdriver::Browser;
use serde_json::Value;
use std::path::Path;

/// The tabulator key in the WebDriver standard.
const TABULATOR: char = '\u{e004}';

/// What must have a name of its own for whoever cannot see it.
const NAMED: &str =
    "figure, svg[role=img], nav, input, button, summary, [role=region], section[aria-labelledby]";

/// Links within the page, and from it to other files, that lead nowhere.
pub(crate) fn links(browser: &Browser) -> Vec<String> {
    let answer = run(browser, scripts::LINKS, &Value::Null);
    let mut found = sentences(&answer["findings"]);
    if answer["links"] == 0 {
        found.push("there is no link".to_owned());
    }
    for address in sentences(&answer["files"]) {
        let (path, place) = address.split_once('#').unwrap_or((&address, ""));
        let Some(path) = path.strip_prefix("file://") else {
            found.push(format!("{address} is no file"));
            continue;
        };
        match std::fs::read_to_string(Path::new(path)) {
            Err(_) => found.push(format!("a link leads to {path}, which is nowhere")),
            Ok(page) if !place.is_empty() && !page.contains(&format!("id=\"{place}\"")) => {
                found.push(format!("a link leads to #{place} in {path}, which is nowhere"));
            }
            Ok(_) => {}
        }
    }
    found
}

/// Holes in the outline, and what has no name.
pub(crate) fn structure(browser: &Browser) -> Vec<String> {
    let mut found = findings(browser, scripts::STRUCTURE, &Value::Null);
    // What is folded away has no name as long as it is.
    browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })", &Value::Null);
    for (markup, name) in browser.accessible_names(NAMED) {
        if name.trim().is_empty() {
            found.push(format!("{markup} … has no name for those who cannot see it"));
        }
    }
    found
}

/// What the tabulator key does not reach, reaches out of order, or reaches unseen.
pub(crate) fn focus(browser: &Browser) -> Vec<String> {
    let places = run(browser, scripts::WATCH_FOCUS, &Value::Null);
    let places = places.as_u64().expect("a number of places") as usize;
    if places == 0 {
        return vec!["there is nothing to reach".to_owned()];
    }
    // A few more, for what scrolls and is stopped at without having been asked for.
    browser.press(TABULATOR, places + 3);
    findings(browser, scripts::JUDGE_FOCUS, &Value::Null)
}
