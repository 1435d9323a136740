//! A template of one's own: what `gibbs explain template` shows works as it is written there.

#![expect(clippy::unwrap_used, reason = "a test stops when it cannot go on")]

mod common;

use common::Workplace;

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

/// The template that `gibbs explain template` shows: the indented lines from its first tag to its last.
fn worked_example(guide: &str) -> String {
    let lines: Vec<&str> = guide.lines().collect();
    let first = lines.iter().position(|line| line.contains("{% extends")).unwrap();
    let last = lines.iter().rposition(|line| line.contains("{% endblock exercises %}")).unwrap();
    lines[first..=last].iter().map(|line| format!("{}\n", line.strip_prefix("  ").unwrap())).collect()
}

#[test]
fn the_worked_example_adds_an_exercise_to_the_handout() {
    let place = Workplace::new();
    let guide = place.gibbs(&["explain", "template"]).stdout;
    let example = worked_example(&guide);
    place.write("ising.toml", SWEEP);
    place.write("mine.md.tera", &example);
    place.expect(0, &["run", "ising.toml"]);
    let page = || place.read("results/ising/latest/report.html");
    assert!(page().contains("Twice the size") && page().contains("Fluctuation is response"));

    // Without super() the block is replaced, and the rest stays.
    place.write("mine.md.tera", &example.replace("{{ super() }}", ""));
    place.expect(0, &["report", "ising.toml"]);
    assert!(page().contains("Twice the size") && !page().contains("Fluctuation is response"));
    assert!(page().contains("Energy fluctuations are a response"));

    // A fact that does not exist is an error that names file and line.
    place.write("mine.md.tera", &example.replace("facts.peaks[0].value", "facts.peak"));
    let (_, told) = place.expect(2, &["report", "ising.toml"]);
    assert!(
        told.contains("`mine.md.tera` (line 6)") && told.contains("did you mean `facts.peaks`?"),
        "{told}"
    );
}

#[test]
fn facts_are_told_for_one_kind_alone() {
    let place = Workplace::new();
    let told = |word: &str| place.gibbs(&["explain", word]).stdout;
    assert!(told("template.rbm").contains("facts.log_likelihood (number with error)"));
    assert!(!told("template.rbm").contains("facts.t_c"));
    assert!(told("template").contains("facts.t_c (number, may be empty)"));
    let listed = place.gibbs(&["list", "templates"]).stdout;
    for kind in ["ensemble", "sweep", "anneal", "rbm", "clustering"] {
        assert!(listed.contains(&format!("handout/{kind}.md.tera")), "{listed}");
    }
}
