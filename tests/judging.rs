//! `gibbs check`, `bless` and `diff`: verdicts, exit codes, and what becomes of the pages.

#![expect(clippy::disallowed_methods, reason = "a test reads and writes files of its own")]

mod common;

use common::{SWEEP, Workplace, contents};

#[test]
fn check_bless_and_diff_tell_by_their_exit_codes() {
    let place = Workplace::of_each_kind();
    let (stdout, _) = place.expect(0, &["check", "ising.toml"]);
    assert!(stdout.contains("ising: passed, 2 verdicts"), "{stdout}");
    let (_, stderr) = place.expect(0, &["check", "levels.toml"]);
    assert!(stderr.contains("nothing was judged"), "{stderr}");
    place.expect(0, &["bless", "ising.toml"]);
    let (stdout, _) = place.expect(0, &["check", "ising.toml", "--all"]);
    assert!(stdout.contains("baseline") && stdout.contains("false-alarm rate"), "{stdout}");
    // Another seed gives other numbers, and still passes: the comparison knows the errors.
    place.expect(0, &["check", "ising.toml", "--seed", "4"]);
    // A wrong baseline fails, worst first.
    let baseline = place.path("results/ising/baseline.csv");
    let text = std::fs::read_to_string(&baseline).expect("the baseline");
    let changed: Vec<String> = text
        .lines()
        .map(|line| {
            if line.starts_with("1,2.5,energy_per_site,") {
                line.replacen("energy_per_site,-", "energy_per_site,-3", 1)
            } else {
                line.to_owned()
            }
        })
        .collect();
    std::fs::write(&baseline, changed.join("\n")).expect("a baseline");
    let (stdout, _) = place.expect(1, &["check", "ising.toml"]);
    assert!(stdout.contains("FAILED, 1 of"), "{stdout}");
    let first = stdout.lines().nth(2).unwrap_or_default();
    assert!(first.starts_with("FAIL") && first.contains("temperature = 2.5"), "{stdout}");
    let (stdout, _) = place.expect(1, &["diff", "ising", "results/ising/baseline.csv"]);
    assert!(stdout.contains("DIFFERS"), "{stdout}");
    place.expect(0, &["diff", "ising", "results/ising"]);
    // A quick run never passes.
    let (stdout, stderr) = place.expect(1, &["check", "ising.toml", "--quick", "--results", "quick"]);
    assert!(stderr.contains("never passes") && !stdout.contains("passed"), "{stdout}{stderr}");
    // The user's errors.
    place.expect(2, &["check", "isink.toml"]);
    place.expect(2, &["diff", "ising", "nothing"]);
    // An expectation that fails, and a blessing that is refused because of it.
    place.write("wrong.toml", &SWEEP.replace("equals = \"exact\"", "equals = 0.5"));
    let (stdout, _) = place.expect(1, &["check", "wrong.toml"]);
    assert!(stdout.contains("FAILED, 2 of 2"), "{stdout}");
    let (_, stderr) = place.expect(2, &["bless", "wrong.toml"]);
    assert!(stderr.contains("--force"), "{stderr}");
    place.expect(0, &["bless", "wrong.toml", "--force"]);
}

#[test]
fn a_check_keeps_the_page_of_the_same_numbers_and_removes_a_stale_one() {
    let place = Workplace::of_each_kind();
    place.expect(0, &["run", "ising.toml"]);
    let whole = contents(&place.path("results/ising/latest"));
    place.expect(0, &["check", "ising.toml"]);
    assert!(whole == contents(&place.path("results/ising/latest")), "checking has changed the results");
    place.expect(0, &["check", "ising.toml", "--set", "seed=4"]);
    assert!(!place.path("results/ising/latest/report.html").exists(), "the page shows other numbers");
    assert!(!place.path("results/ising/latest/figures/specific-heat.svg").exists());
    place.expect(0, &["report", "ising.toml", "--set", "seed=4", "--format", "md"]);
    assert!(place.path("results/ising/latest/report.md").exists());
}
