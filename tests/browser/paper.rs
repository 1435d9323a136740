//! The page printed: nothing cut off, nothing split that must stay whole, no blank sheet.

use crate::scripts::{self, findings, under};
use crate::webdriver::{Browser, text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::ZlibDecoder;
use serde_json::{Value, json};
use std::io::Read;

/// The text area of an A4 sheet in CSS pixels: 210 − 42 by 297 − 42 mm, at 96 pixels an inch.
const SHEET: (u32, u32) = (635, 964);
/// A sheet that is drawn with fewer bytes than this holds nothing but its number.
const BLANK: usize = 1500;
/// Sheets that breaks may cost, as a share of those that the text fills.
const WASTE: f64 = 0.5;

/// What is wrong with the open page on paper.
pub(crate) fn faults(browser: &Browser) -> Vec<String> {
    browser.emulate("print", "light");
    browser.resize(SHEET.0, SHEET.1);
    let height = browser.run("return document.documentElement.scrollHeight", &Value::Null);
    let height = height.as_f64().expect("a height");
    let mut found: Vec<String> = Vec::new();
    found.extend(under("on paper", findings(browser, scripts::OVERFLOW, &Value::Null)));
    found.extend(findings(browser, scripts::BREAKS, &json!({"height": SHEET.1})));
    let answer =
        browser.chromium("Page.printToPDF", &json!({"preferCSSPageSize": true, "printBackground": true}));
    let document = STANDARD.decode(text(&answer["data"])).expect("a PDF travels as base64");
    browser.emulate("screen", "light");
    let sheets = sheets(&document);
    let most = (height / f64::from(SHEET.1)).ceil() * (1.0 + WASTE) + 1.0;
    if sheets.is_empty() || sheets.len() as f64 > most {
        found.push(format!("{} sheets for {height} px of text: more than {most}", sheets.len()));
    }
    for (at, bytes) in sheets.iter().enumerate().filter(|(_, bytes)| **bytes < BLANK) {
        found.push(format!("sheet {} of {} is blank: drawn with {bytes} bytes", at + 1, sheets.len()));
    }
    found
}

/// How many bytes draw each sheet of a PDF as Chromium writes them: objects in the open, long contents deflated.
fn sheets(document: &[u8]) -> Vec<usize> {
    let mut sheets = Vec::new();
    let mut rest = document;
    while let Some(at) = find(rest, b"/Type /Page\n") {
        let object = &rest[at..at + find(&rest[at..], b"endobj").unwrap_or(rest.len() - at)];
        sheets.push(drawing(document, object).expect("the contents of a sheet can be read"));
        rest = &rest[at + 1..];
    }
    sheets
}

/// The length of what `/Contents n 0 R` of a page's object refers to, inflated.
fn drawing(document: &[u8], page: &[u8]) -> Option<usize> {
    let page = String::from_utf8_lossy(page).into_owned();
    let number = page.split("/Contents ").nth(1)?.split(' ').next()?;
    let object = &document[find(document, format!("\n{number} 0 obj").as_bytes())?..];
    let start = find(object, b"stream\n")? + b"stream\n".len();
    let contents = &object[start..start + find(&object[start..], b"endstream")?];
    if find(&object[..start], b"/FlateDecode").is_none() {
        return Some(contents.len());
    }
    let mut inflated = Vec::new();
    ZlibDecoder::new(contents).read_to_end(&mut inflated).ok()?;
    Some(inflated.len())
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|window| window == what)
}
