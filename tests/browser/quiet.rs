//! Whether a page minds its own business: no word in the console, no request but for itself.

use crate::pages::Page;
use crate::webdriver::{Browser, text};
use serde_json::Value;

/// What the open page said and asked for while it was loaded.
pub(crate) fn unrest(browser: &Browser, page: &Page) -> Vec<String> {
    let mut found: Vec<String> = browser
        .log("browser")
        .iter()
        .filter(|entry| matches!(entry["level"].as_str(), Some("WARNING" | "SEVERE")))
        .map(|entry| format!("the console says {}", text(&entry["message"])))
        .collect();
    let itself = format!("file://{}", page.path.display());
    let mut loaded = false;
    for address in browser.log("performance").iter().filter_map(requested) {
        loaded |= address == itself;
        if address != itself && !address.starts_with("data:") {
            found.push(format!("it asks for {address}"));
        }
    }
    assert!(loaded, "the log shows how {itself} itself was asked for");
    found
}

/// The address that a log entry says was asked for.
fn requested(entry: &Value) -> Option<String> {
    let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
    let event = &message["message"];
    let asked =
        matches!(event["method"].as_str(), Some("Network.requestWillBeSent" | "Network.webSocketCreated"));
    asked.then(|| {
        let parameters = &event["params"];
        text(if parameters["request"]["url"].is_string() {
            &parameters["request"]["url"]
        } else {
            &parameters["url"]
        })
    })
}
