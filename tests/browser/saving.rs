//! Figures saved from within a page: each click gives a file of the right name and kind.

use crate::webdriver::{Browser, text};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a file may take to appear after a click.
const PATIENCE: Duration = Duration::from_secs(5);
/// Clicks on one tool. Chromium drops one download in a hundred of a script that asks for hundreds; a broken tool gives no file ever.
const CLICKS: usize = 3;

/// What begins every PNG: its signature, then the head of its first chunk, which holds width and height.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

/// Clicks on all that saves something of the open page's figures: how many files came, and what is wrong with them.
pub(crate) fn faults(browser: &Browser) -> (usize, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder for downloads");
    let downloads = json!({"behavior": "allow", "downloadPath": folder.path()});
    browser.chromium("Browser.setDownloadBehavior", &downloads);
    let figures = "const figures = [...document.querySelectorAll('figure[data-name]')];
                   figures.forEach((one) => one.querySelectorAll('details').forEach((it) => { it.open = true; }));
                   return figures.map((one) => [one.id, one.dataset.name])";
    let figures = browser.run(figures, &Value::Null);
    let (mut count, mut found, mut names) = (0, Vec::new(), BTreeSet::new());
    for figure in figures.as_array().expect("a list of figures") {
        let (id, name) = (text(&figure[0]), text(&figure[1]));
        if !names.insert(name.clone()) {
            found.push(format!("#{id}: another figure is saved as {name}, too"));
        }
        let tools = format!("#{id} .tools :is(a[download], button)");
        let mut kinds = Vec::new();
        for tool in browser.elements(&tools) {
            let kind = text(&browser.run("return arguments[0].textContent", &tool)).to_lowercase();
            let wanted = match text(&browser.run("return arguments[0].download || ''", &tool)) {
                link if link.is_empty() => format!("{name}.{kind}"),
                link => link,
            };
            if !(wanted.contains(&name) && wanted.ends_with(&format!(".{kind}"))) {
                found.push(format!("#{id}: {kind} is saved as {wanted}"));
            }
            let path = folder.path().join(&wanted);
            let click = |_| {
                browser.click(&tool);
                saved(&path)
            };
            match (0..CLICKS).find_map(click) {
                None => found.push(format!("#{id}: no {wanted} came")),
                Some(bytes) => {
                    count += 1;
                    let wrong = match kind.as_str() {
                        "csv" => table(browser, &id, &bytes),
                        "svg" => drawing(&bytes),
                        "png" => picture(browser, &id, &bytes),
                        _ => Some("is of no known kind".to_owned()),
                    };
                    found.extend(wrong.map(|wrong| format!("#{id}: {wanted} {wrong}")));
                }
            }
            kinds.push(kind);
        }
        kinds.sort();
        let drawn = kinds.iter().filter(|kind| *kind != "csv").map(String::as_str);
        if !drawn.eq(["png", "svg"]) {
            found.push(format!("#{id} can be saved as {kinds:?}"));
        }
    }
    (count, found)
}

/// The file's content, once it is there: Chromium writes under another name first. It makes room for the next of its name.
fn saved(path: &Path) -> Option<Vec<u8>> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        match std::fs::read(path) {
            Ok(bytes) if !bytes.is_empty() => {
                std::fs::remove_file(path).expect("a download can be removed");
                return Some(bytes);
            }
            _ => std::thread::sleep(Duration::from_millis(20)),
        }
    }
    None
}

/// The table has the columns that the page shows, and numbers below them.
fn table(browser: &Browser, id: &str, bytes: &[u8]) -> Option<String> {
    let script = "return [...document.querySelectorAll('#' + arguments[0] + ' th[scope=col]')]
                  .map((one) => one.textContent).join(',')";
    let head = text(&browser.run(script, &json!(id)));
    let content = String::from_utf8_lossy(bytes);
    let mut lines = content.lines();
    match (lines.next(), lines.next()) {
        (Some(first), Some(second)) if first == head && second.contains(|c: char| c.is_ascii_digit()) => None,
        (first, second) => {
            Some(format!("begins with {first:?} and {second:?}, not with {head:?} and numbers"))
        }
    }
}

/// The drawing is one whole SVG document with something in it.
fn drawing(bytes: &[u8]) -> Option<String> {
    let content = String::from_utf8_lossy(bytes);
    let whole = content.starts_with("<svg ") && content.trim_end().ends_with("</svg>");
    let known = content.contains("xmlns=\"http://www.w3.org/2000/svg\"") && content.contains("viewBox=");
    let drawn = content.contains("<path") || content.contains("<rect") || content.contains("<circle");
    (!(whole && known && drawn)).then(|| format!("is no drawing: {:.80}", content))
}

/// The picture is a PNG of 2.4 pixels to a unit of the drawing in sight, with more in it than one colour.
fn picture(browser: &Browser, id: &str, bytes: &[u8]) -> Option<String> {
    let script = "const shown = [...document.querySelectorAll('#' + arguments[0] + ' svg')]
                  .find((one) => one.getClientRects().length);
                  return [shown.width, shown.height].map((side) => Math.round(2.4 * side.baseVal.valueInSpecifiedUnits))";
    let wanted = browser.run(script, &json!(id));
    let Some(size) = bytes.strip_prefix(PNG).and_then(|rest| rest.first_chunk::<8>()) else {
        return Some("is no PNG".to_owned());
    };
    let side = |at: usize| size[at..at + 4].iter().fold(0_u64, |sum, byte| 256 * sum + u64::from(*byte));
    let sides = [side(0), side(4)];
    if wanted != json!(sides) {
        return Some(format!("is of {sides:?} pixels, not {wanted}"));
    }
    // One colour packs to far less than a byte for each hundred pixels.
    ((bytes.len() as u64) < sides[0] * sides[1] / 200).then(|| format!("is empty: {} bytes", bytes.len()))
}
