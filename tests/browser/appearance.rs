//! What a page looks like: whether it fits, stands out, and can be read.

use crate::scripts::{self, findings, under};
use crate::webdriver::Browser;
use serde_json::{Value, json};

/// Widths of a phone and of a laptop, in CSS pixels.
const WIDTHS: [u32; 2] = [360, 1200];

/// What is too wide.
pub(crate) fn overflow(browser: &Browser) -> Vec<String> {
    let mut found = Vec::new();
    for width in WIDTHS {
        browser.resize(width, 900);
        found.extend(under(&format!("{width} px"), findings(browser, scripts::OVERFLOW, &Value::Null)));
    }
    found
}

/// What stands out too little.
pub(crate) fn contrast(browser: &Browser) -> Vec<String> {
    let mut found = Vec::new();
    for (medium, scheme) in [("screen", "light"), ("screen", "dark"), ("print", "light")] {
        browser.emulate(medium, scheme);
        found
            .extend(under(&format!("{scheme} {medium}"), findings(browser, scripts::CONTRAST, &Value::Null)));
    }
    browser.emulate("screen", "light");
    found
}

/// Formulas that do not show.
pub(crate) fn maths(browser: &Browser) -> Vec<String> {
    findings(browser, scripts::MATHS, &Value::Null)
}

/// Widths of windows, with the size of the text in CSS pixels, below which no letter of a figure is: at 705 a column is
/// narrowest.
const LETTERS: [(u32, f64); 3] = [(360, 16.0), (705, 17.0), (1200, 17.0)];

/// The greatest size of a letter in a figure.
const LARGEST: f64 = 20.0;

/// Letters in figures that are small, hidden or on top of each other. Those of a thumbnail are a picture of letters.
pub(crate) fn letters(browser: &Browser, thumbnails: bool) -> Vec<String> {
    let mut found = Vec::new();
    for (width, text) in LETTERS {
        browser.resize(width, 900);
        let sizes = json!({"least": if thumbnails { 0.0 } else { text }, "most": LARGEST});
        found.extend(under(&format!("{width} px"), findings(browser, scripts::LETTERS, &sizes)));
    }
    found
}
