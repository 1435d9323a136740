//! What a rerun keeps and what it computes: threads, larger sweeps, damage, interruption, first looks.

#![expect(clippy::disallowed_methods, reason = "a test reads and writes files of its own")]

mod common;

use common::{EXPERIMENTS, LEVELS, SWEEP, Workplace, assert_same, contents};
use std::path::PathBuf;

#[test]
fn bytes_do_not_depend_on_threads() {
    let place = Workplace::of_each_kind();
    for threads in ["1", "2", "8"] {
        place.expect(0, &[&["run", "--threads", threads, "--results", threads], &EXPERIMENTS[..]].concat());
    }
    assert_same(&place.path("1"), &place.path("2"));
    assert_same(&place.path("1"), &place.path("8"));
}

#[test]
fn a_larger_sweep_computes_only_what_is_missing_and_changes_nothing_else() {
    let place = Workplace::of_each_kind();
    place.expect(0, &["run", "ising.toml"]);
    let before = contents(&place.path("results/ising/latest/series"));
    place.write("ising.toml", &SWEEP.replace("[2.0, 2.5]", "[1.5, 2.0, 2.25, 2.5]"));
    let (_, stderr) = place.expect(0, &["run", "ising.toml"]);
    assert!(stderr.contains("6 tasks") && stderr.contains("6 stored before"), "{stderr}");
    let after = contents(&place.path("results/ising/latest/series"));
    assert_eq!(after.len(), 12);
    for (name, bytes) in &before {
        assert!(after[name] == *bytes, "{name} has changed");
    }
}

#[test]
fn computing_time_adds_up_over_runs_and_a_rerun_of_nothing_leaves_it_alone() {
    let place = Workplace::of_each_kind();
    place.expect(0, &["run", "ising.toml", "--threads", "1"]);
    let timing = place.read("results/ising/latest/timing.json");
    let page = place.read("results/ising/latest/report.html");
    assert!(page.contains(" s on 1 thread<"), "the page tells how long the computation took");
    let machine = &serde_json::from_str::<serde_json::Value>(&timing).expect("JSON")["runs"][0]["machine"];
    let word = |key: &str| machine[key].as_str().unwrap_or_default().to_owned();
    assert_eq!((word("os").as_str(), word("arch").as_str()), (std::env::consts::OS, std::env::consts::ARCH));
    let cores = machine["cores"].as_u64().unwrap_or_default();
    assert!(page.contains(&format!("{cores} logical core")), "the page tells of the machine");
    // No file of results does, so that they are the same bytes everywhere.
    let host = word("name");
    for (name, bytes) in contents(&place.path("results/ising/latest")) {
        let told = String::from_utf8_lossy(&bytes).contains(&format!("host {host}"));
        assert_eq!(told, name.starts_with("report."), "{name}");
    }
    place.expect(0, &["run", "ising.toml", "--threads", "2"]);
    assert_eq!(timing, place.read("results/ising/latest/timing.json"));
    assert_eq!(page, place.read("results/ising/latest/report.html"));
    place.write("ising.toml", &SWEEP.replace("[2.0, 2.5]", "[2.0, 2.25, 2.5]"));
    place.expect(0, &["run", "ising.toml", "--threads", "2"]);
    let page = place.read("results/ising/latest/report.html");
    assert!(page.contains(" s on 1 to 2 threads, in 2 runs<"), "both runs are counted");
    let timing: serde_json::Value =
        serde_json::from_str(&place.read("results/ising/latest/timing.json")).expect("JSON");
    let tasks = |run: usize| timing["runs"][run]["tasks"].as_object().map(serde_json::Map::len);
    assert_eq!((tasks(0), tasks(1), tasks(2)), (Some(6), Some(3), None));
    let seconds = |key: &str| timing[key].as_f64().unwrap_or_default();
    assert!(seconds("computing_seconds") > 0.0 && seconds("wall_seconds") > 0.0);
}

#[test]
fn damage_is_found_named_and_mended() {
    let place = Workplace::of_each_kind();
    place.expect(0, &["run", "ising.toml"]);
    let whole = contents(&place.path("results/ising/latest"));
    let series = place.path("results/ising/latest/series");
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(&series).expect("series").map(|entry| entry.expect("an entry").path()).collect();
    names.sort();
    let mut bytes = std::fs::read(&names[0]).expect("a record");
    let last = bytes.len() - 3;
    bytes[last] ^= 1;
    std::fs::write(&names[0], bytes).expect("damage done");
    std::fs::write(&names[1], b"short").expect("damage done");
    let (_, stderr) = place.expect(2, &["report", "ising.toml"]);
    assert!(stderr.contains("2 damaged"), "{stderr}");
    let (_, stderr) = place.expect(0, &["run", "ising.toml"]);
    for name in &names[..2] {
        let stem = name.file_name().expect("a name").to_string_lossy().into_owned();
        assert!(stderr.contains(&stem) && stderr.contains("is damaged"), "{stderr}");
    }
    assert!(stderr.contains("2 tasks"), "{stderr}");
    let again = contents(&place.path("results/ising/latest"));
    assert!(whole == again, "the mended run differs from the first");
}

#[test]
fn a_page_that_cannot_be_made_leaves_the_results_of_one_run() {
    let place = Workplace::of_each_kind();
    place.expect(0, &["run", "levels.toml"]);
    let with = |steps: &str, answer: &str| {
        let text = LEVELS.replace("steps = 4", steps);
        place.write("levels.toml", &format!("{text}[report]\nanswer = \"{answer}\"\n"));
    };
    // What does not parse is told before anything is computed.
    let before = contents(&place.path("results/levels/latest"));
    for (answer, told) in [("It is {{ 1", "levels.toml, line 10"), ("{{ 1 | nmu }}", "did you mean `num`?")] {
        with("steps = 6", answer);
        let (stdout, stderr) = place.expect(2, &["run", "levels.toml"]);
        assert!(stderr.contains(told) && stderr.contains("levels.toml, line 10"), "{stderr}");
        assert!(stdout.is_empty(), "{stdout}");
        assert!(before == contents(&place.path("results/levels/latest")), "half of the results are new");
    }
    // What asks for a fact that there is not is met with the results.
    with("steps = 5", "{{ facts.nosuch | num }}");
    let (stdout, stderr) = place.expect(2, &["run", "levels.toml"]);
    assert!(stdout.is_empty() && stderr.contains("levels.toml, line 10"), "{stdout}{stderr}");
    assert!(stderr.contains("removed report.html, report.md: out of date"), "{stderr}");
    let after = contents(&place.path("results/levels/latest"));
    assert!(!after.contains_key("report.html") && !after.contains_key("report.md"), "a page is stale");
    assert!(place.read("results/levels/latest/spec.toml").contains("nosuch"));
    let figures = before.keys().filter(|name| name.starts_with("figures/"));
    for name in figures.map(String::as_str).chain(["estimates.csv", "run.json"]) {
        assert!(after.contains_key(name) && after[name] != before[name], "{name} is stale");
    }
    assert_eq!(place.read("results/levels/latest/estimates.csv").matches(",entropy,").count(), 5);
    // Mended, the same numbers are shown.
    with("steps = 5", "It is {{ 1 | num }}.");
    let (_, stderr) = place.expect(0, &["run", "levels.toml"]);
    assert!(stderr.contains("nothing to compute"), "{stderr}");
    assert!(place.read("results/levels/latest/report.html").contains("It is 1."));
}

#[test]
fn a_second_run_of_the_same_experiment_is_refused() {
    let place = Workplace::of_each_kind();
    place.expect(0, &["run", "levels.toml"]);
    let lock = std::fs::File::create(place.path("results/levels/.lock")).expect("the lock file");
    lock.lock().expect("the lock is free");
    let (_, stderr) = place.expect(2, &["run", "levels.toml"]);
    assert!(stderr.contains("another gibbs is running this experiment"), "{stderr}");
}

#[test]
fn a_first_look_leaves_the_full_results_as_they_are() {
    let place = Workplace::of_each_kind();
    place.expect(0, &["run", "ising.toml"]);
    let full = contents(&place.path("results/ising/latest"));
    let (stdout, _) = place.expect(0, &["run", "ising.toml", "--quick"]);
    assert!(stdout.contains("results/ising/quick/report.html"), "{stdout}");
    assert!(place.read("results/ising/quick/report.html").contains("A first look"));
    assert!(full == contents(&place.path("results/ising/latest")), "the full results have changed");
    // Each is reported by itself.
    place.expect(0, &["report", "ising.toml"]);
    assert!(!place.read("results/ising/latest/report.html").contains("A first look"));
    place.expect(0, &["report", "ising.toml", "--quick", "--solutions"]);
    assert!(place.path("results/ising/quick/solutions.html").exists());
    assert!(!place.path("results/ising/latest/solutions.html").exists());
    let (_, stderr) = place.expect(2, &["report", "levels.toml", "--quick"]);
    assert!(stderr.contains("run: gibbs run levels.toml --quick"), "{stderr}");
}

/// A run that takes a few seconds even when optimised.
fn long(text: &str) -> String {
    text.replace("sweeps = 400", "sweeps = 60000").replace("replicas = 3", "replicas = 8")
}

#[cfg(unix)]
fn start_and_signal(place: &Workplace, signal: &str) -> (Option<i32>, String) {
    let mut child = place
        .command()
        .args(["run", "long.toml", "--threads", "2"])
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("the program starts");
    let series = place.path("results/long/latest/series");
    // Wait until some records are there, so that there is something to keep.
    for _ in 0..600 {
        if std::fs::read_dir(&series).is_ok_and(|entries| entries.count() >= 2) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let pid = child.id().to_string();
    let killed = std::process::Command::new("kill").args([signal, &pid]).status().expect("kill");
    assert!(killed.success());
    let mut text = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        std::io::Read::read_to_string(&mut stderr, &mut text).expect("stderr");
    }
    (child.wait().expect("the program ends").code(), text)
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_says_how_to_resume_and_a_killed_one_resumes_to_the_same_bytes() {
    let place = Workplace::of_each_kind();
    place.write("long.toml", &long(SWEEP));
    let (code, stderr) = start_and_signal(&place, "-INT");
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.contains("resume with: gibbs run long.toml"), "{stderr}");
    let run: serde_json::Value =
        serde_json::from_str(&place.read("results/long/latest/run.json")).expect("JSON");
    assert_eq!(run["status"], "interrupted");
    let kept = contents(&place.path("results/long/latest/series")).len();
    assert!((2..16).contains(&kept), "{kept} of 16 records");
    let (code, _) = start_and_signal(&place, "-KILL");
    assert_eq!(code, None, "killed by a signal");
    let (_, stderr) = place.expect(0, &["run", "long.toml"]);
    assert!(stderr.contains("stored before"), "{stderr}");
    place.expect(0, &["run", "long.toml", "--results", "fresh"]);
    assert_same(&place.path("results/long"), &place.path("fresh/long"));
}
