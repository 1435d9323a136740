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

/// Widths of windows, with the least sizes of a figure's numbers and of its names, in CSS pixels: at 705 a column is narrowest.
/// The text is of 16 pixels on a phone, else of 17.
const LETTERS: [(u32, f64, f64); 3] = [(360, 13.6, 14.4), (705, 14.0, 15.0), (1200, 14.0, 15.0)];

/// The greatest size of a letter in a figure.
const LARGEST: f64 = 20.0;

/// Letters in figures that are small, hidden or on top of each other. Those of a thumbnail are a picture of letters.
pub(crate) fn letters(browser: &Browser, thumbnails: bool) -> Vec<String> {
    let mut found = Vec::new();
    for (width, numbers, names) in LETTERS {
        browser.resize(width, 900);
        let least = |size: f64| if thumbnails { 0.0 } else { size };
        let sizes = json!({"numbers": least(numbers), "names": least(names), "most": LARGEST});
        found.extend(under(&format!("{width} px"), findings(browser, scripts::LETTERS, &sizes)));
    }
    found
}
