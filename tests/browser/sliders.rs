//! Figures with a slider: one frame at a time, its value told, the keyboard obeyed, and a whole picture without script.

use crate::pages::Page;
use crate::scripts::{self, run};
use crate::webdriver::Browser;
use serde_json::{Value, json};

const RIGHT: char = '\u{e014}';
const LEFT: char = '\u{e012}';
const HOME: char = '\u{e011}';
const END: char = '\u{e010}';

/// How many figures of the open page have a slider.
pub(crate) fn count(browser: &Browser) -> u64 {
    let count = browser.run("return document.querySelectorAll('figure[data-frames]').length", &Value::Null);
    count.as_u64().expect("a number of figures")
}

/// What is wrong with the sliders of the open page.
pub(crate) fn faults(browser: &Browser, page: &Page) -> Vec<String> {
    let count = count(browser);
    let mut found = Vec::new();
    for at in 0..count {
        found.extend(one(browser, at));
    }
    if count > 0 {
        found.extend(without_script(browser, page, count));
    }
    found
}

fn one(browser: &Browser, at: u64) -> Vec<String> {
    let mut found = Vec::new();
    let state = |focus: bool| run(browser, scripts::SLIDER, &json!({"at": at, "focus": focus}));
    let start = state(true);
    let name = start["called"].to_string();
    let last = start["last"].as_u64().unwrap_or(0);
    if start["slider"] != true {
        found.push(format!("{name}: its slider is hidden"));
    }
    if last == 0 {
        found.push(format!("{name}: its slider has one place only"));
    }
    browser.press(HOME, 1);
    let mut seen: Vec<Value> = Vec::new();
    for place in 0..=last {
        let now = state(false);
        if now["value"] != place {
            found.push(format!("{name}: the keyboard leads to place {}, not {place}", now["value"]));
        }
        if now["frames"] != json!([place]) || now["pictures"] != 1 {
            let (frames, pictures) = (&now["frames"], &now["pictures"]);
            found.push(format!("{name}: at place {place} shows the frames {frames}, {pictures} pictures"));
        }
        if now["label"].as_str().is_none_or(str::is_empty) || now["spoken"] != now["label"] {
            found
                .push(format!("{name}: at place {place} says {} and speaks {}", now["label"], now["spoken"]));
        }
        if let Some(before) = seen.last()
            && (before["label"] == now["label"] || before["drawing"] == now["drawing"])
        {
            found.push(format!("{name}: place {place} looks or sounds like the one before"));
        }
        seen.push(now);
        browser.press(RIGHT, 1);
    }
    browser.press(LEFT, 1);
    if state(false)["value"] != last.saturating_sub(1) {
        found.push(format!("{name}: the left arrow does not lead back"));
    }
    browser.press(END, 1);
    if state(false)["value"] != last {
        found.push(format!("{name}: the end key does not lead to the end"));
    }
    found
}

fn without_script(browser: &Browser, page: &Page, count: u64) -> Vec<String> {
    let mut found = Vec::new();
    let scripts_off = |off: bool| {
        browser.chromium("Emulation.setScriptExecutionDisabled", &json!({"value": off}));
        browser.open(&page.path);
    };
    scripts_off(true);
    for at in 0..count {
        let state = run(browser, scripts::SLIDER, &json!({"at": at}));
        if state["paper"] != true || state["slider"] != false || state["pictures"] != 1 {
            found.push(format!(
                "{}: without script it shows the still picture: {}, a slider: {}, pictures: {}",
                state["called"], state["paper"], state["slider"], state["pictures"]
            ));
        }
    }
    scripts_off(false);
    found
}
