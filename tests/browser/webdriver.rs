//! A headless Chromium, driven through chromedriver: <https://www.w3.org/TR/webdriver2/> and Chromium's own protocol.

use crate::http;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A browser with one window; it ends with its driver when the value is dropped, also when a test fails.
pub(crate) struct Browser {
    driver: Child,
    port: u16,
    session: String,
    _profile: TempDir,
}

impl Browser {
    /// Starts chromedriver on a free port, and a browser that asks nobody anything.
    pub(crate) fn start() -> Self {
        let profile = tempfile::tempdir().expect("a folder for the browser's profile");
        let mut driver = Command::new("chromedriver")
            .args(["--port=0", "--log-level=WARNING"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("chromedriver starts: `apt-get install chromium chromium-driver`");
        let port = announced_port(&mut driver);
        let mut browser = Self { driver, port, session: String::new(), _profile: profile };
        let arguments = [
            "--headless".to_owned(),
            // Root, as in a container, has no sandbox to give.
            "--no-sandbox".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-quic".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--hide-scrollbars".to_owned(),
            format!("--user-data-dir={}", browser._profile.path().display()),
        ];
        let answer = browser.send(
            "POST",
            "/session",
            &json!({"capabilities": {"alwaysMatch": {
                "goog:chromeOptions": {"args": arguments, "perfLoggingPrefs": {"enableNetwork": true}},
                "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            }}}),
        );
        browser.session = answer["sessionId"].as_str().expect("a new session has a name").to_owned();
        browser.emulate("screen", "light");
        browser.resize(1200, 900);
        // The page that a new window shows by itself is none of the pages that are tested.
        browser.post("url", &json!({"url": "about:blank"}));
        browser.log("performance");
        browser
    }

    /// Opens a file.
    pub(crate) fn open(&self, page: &Path) {
        self.post("url", &json!({"url": format!("file://{}", page.display())}));
    }

    /// Gives the page a window of this many CSS pixels.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        self.chromium(
            "Emulation.setDeviceMetricsOverride",
            &json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}),
        );
    }

    /// Shows the page on `medium` (`screen` or `print`) in a `scheme` (`light` or `dark`), without smooth scrolling: what a
    /// test looks at would still be on its way.
    pub(crate) fn emulate(&self, medium: &str, scheme: &str) {
        let features = json!([
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        self.chromium("Emulation.setEmulatedMedia", &json!({"media": medium, "features": features}));
    }

    /// Runs the body of a function in the page and returns what it returns, promises awaited.
    pub(crate) fn run(&self, script: &str, arguments: &Value) -> Value {
        self.post("execute/sync", &json!({"script": script, "args": [arguments]}))
    }

    /// What `kind` of log (`browser` or `performance`) has gathered since it was last asked.
    pub(crate) fn log(&self, kind: &str) -> Vec<Value> {
        let log = self.post("se/log", &json!({"type": kind}));
        log.as_array().expect("a log is a list").clone()
    }

    /// Presses and releases `key` so many times; named keys are those of the WebDriver standard.
    pub(crate) fn press(&self, key: char, times: usize) {
        let strokes: Vec<Value> = (0..times)
            .flat_map(|_| ["keyDown", "keyUp"].map(|event| json!({"type": event, "value": key})))
            .collect();
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": strokes});
        self.post("actions", &json!({"actions": [keyboard]}));
    }

    /// The names that assistive technology reads out for what `selector` finds and is not hidden from it, each with its markup's
    /// start.
    pub(crate) fn accessible_names(&self, selector: &str) -> Vec<(String, String)> {
        let mut names = Vec::new();
        for element in &self.elements(selector) {
            let told = "const one = arguments[0];
                        return one.getClientRects().length > 0 && !one.closest('[aria-hidden=true]')";
            if self.run(told, element) != true {
                continue;
            }
            let path = format!("/session/{}/element/{}/computedlabel", self.session, reference(element));
            let name = self.send("GET", &path, &Value::Null);
            let markup = self.run("return arguments[0].outerHTML.slice(0, 80)", element);
            names.push((text(&markup), text(&name)));
        }
        names
    }

    /// The elements that `selector` finds.
    pub(crate) fn elements(&self, selector: &str) -> Vec<Value> {
        let found = self.post("elements", &json!({"using": "css selector", "value": selector}));
        found.as_array().expect("found elements are a list").clone()
    }

    /// Clicks on an element as with a mouse: it must be in sight, or be brought there by scrolling.
    pub(crate) fn click(&self, element: &Value) {
        self.post(&format!("element/{}/click", reference(element)), &json!({}));
    }

    /// A command of Chromium's own protocol.
    pub(crate) fn chromium(&self, command: &str, parameters: &Value) -> Value {
        self.post("goog/cdp/execute", &json!({"cmd": command, "params": parameters}))
    }

    fn post(&self, command: &str, body: &Value) -> Value {
        self.send("POST", &format!("/session/{}/{command}", self.session), body)
    }

    /// The value that chromedriver answers with; its errors end the test.
    fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let mut answer = http::request(method, self.port, path, body)
            .unwrap_or_else(|error| panic!("chromedriver does not answer {method} {path}: {error}"));
        let value = answer["value"].take();
        assert!(value.get("error").is_none(), "{method} {path}: {}: {}", value["error"], value["message"]);
        value
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let path = format!("/session/{}", self.session);
            let _ = http::request("DELETE", self.port, &path, &Value::Null);
        }
        // The browser is in the driver's group: should it not have heard, it ends with it.
        let group = format!("-{}", self.driver.id());
        let _ = Command::new("kill").args(["-9", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// The reference by which chromedriver knows an element.
fn reference(element: &Value) -> &str {
    let reference = element.as_object().and_then(|element| element.values().next());
    reference.and_then(Value::as_str).expect("an element has a reference")
}

/// The text of a JSON string.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The port that chromedriver says it listens on.
fn announced_port(driver: &mut Child) -> u16 {
    let output = driver.stdout.take().expect("invariant: its output is piped");
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let port = lines.by_ref().find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    // Whatever else it says is read, so that it never waits for a reader.
    std::thread::spawn(move || lines.for_each(drop));
    port.expect("chromedriver announces its port")
}
