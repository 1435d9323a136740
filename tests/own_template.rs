//! A template of one's own: what `gibbs explain template` shows works as it is written there.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads and writes files of its own, and stops when it cannot go on"
)]

use assert_cmd::cargo::cargo_bin_cmd;
use std::process::Output;
use tempfile::TempDir;

const SWEEP: &str = r#"
kind = "sweep"
title = "Ising"
seed = 3
[model.ising]
lattice = "square"
size = 4
[sampler]
algorithm = "wolff"
[budget]
sweeps = 200
replicas = 2
[sweep]
temperature = [2.0, 2.3, 2.5]
[report]
template = "mine.md.tera"
"#;

fn gibbs(place: &TempDir, words: &[&str]) -> Output {
    cargo_bin_cmd!("gibbs").args(words).current_dir(place.path()).output().unwrap()
}

/// The template that `gibbs explain template` shows: the indented lines from its first tag to its last.
fn worked_example(guide: &str) -> String {
    let lines: Vec<&str> = guide.lines().collect();
    let first = lines.iter().position(|line| line.contains("{% extends")).unwrap();
    let last = lines.iter().rposition(|line| line.contains("{% endblock exercises %}")).unwrap();
    lines[first..=last].iter().map(|line| format!("{}\n", line.strip_prefix("  ").unwrap())).collect()
}

#[test]
fn the_worked_example_adds_an_exercise_to_the_handout() {
    let place = TempDir::new().unwrap();
    let guide = String::from_utf8(gibbs(&place, &["explain", "template"]).stdout).unwrap();
    let example = worked_example(&guide);
    let write = |name: &str, text: &str| std::fs::write(place.path().join(name), text).unwrap();
    write("ising.toml", SWEEP);
    write("mine.md.tera", &example);
    let run = gibbs(&place, &["run", "ising.toml"]);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let page = || std::fs::read_to_string(place.path().join("results/ising/latest/report.html")).unwrap();
    assert!(page().contains("Twice the size") && page().contains("Fluctuation is response"));

    // Without super() the block is replaced, and the rest stays.
    write("mine.md.tera", &example.replace("{{ super() }}", ""));
    assert!(gibbs(&place, &["report", "ising.toml"]).status.success());
    assert!(page().contains("Twice the size") && !page().contains("Fluctuation is response"));
    assert!(page().contains("Energy fluctuations are a response"));

    // A fact that does not exist is an error that names file and line.
    write("mine.md.tera", &example.replace("facts.peaks[0].value", "facts.peak"));
    let failed = gibbs(&place, &["report", "ising.toml"]);
    let told = String::from_utf8_lossy(&failed.stderr);
    assert!(!failed.status.success() && told.contains("mine.md.tera"), "{told}");
}

#[test]
fn facts_are_told_for_one_kind_alone() {
    let place = TempDir::new().unwrap();
    let told = |word: &str| String::from_utf8(gibbs(&place, &["explain", word]).stdout).unwrap();
    assert!(told("template.rbm").contains("facts.log_likelihood (number with error)"));
    assert!(!told("template.rbm").contains("facts.t_c"));
    assert!(told("template").contains("facts.t_c (number, may be empty)"));
    let listed = String::from_utf8(gibbs(&place, &["list", "templates"]).stdout).unwrap();
    for kind in ["ensemble", "sweep", "anneal", "rbm"] {
        assert!(listed.contains(&format!("handout/{kind}.md.tera")), "{listed}");
    }
}
