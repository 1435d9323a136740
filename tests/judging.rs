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
fn estimates_without_a_baseline_are_counted_and_can_be_refused() {
    let place = Workplace::of_each_kind();
    place.expect(0, &["run", "ising.toml", "--quiet"]);
    let count = |stdout: &str| -> usize {
        let line = stdout.lines().find(|line| line.contains("no baseline (`gibbs bless ising.toml` stores"));
        line.and_then(|line| line.split(' ').next()?.parse().ok()).unwrap_or_default()
    };
    let all = place.read("results/ising/latest/estimates.csv").lines().count() - 1;
    // There is none.
    let (stdout, _) = place.expect(0, &["check", "ising.toml", "--quiet"]);
    assert_eq!(count(&stdout), all, "{stdout}");
    let (stdout, _) = place.expect(1, &["check", "ising.toml", "--require-baseline"]);
    assert!(stdout.contains("ising: FAILED, there is no baseline") && count(&stdout) == all, "{stdout}");
    // It is whole.
    place.expect(0, &["bless", "ising.toml"]);
    let (stdout, _) = place.expect(0, &["check", "ising.toml", "--require-baseline"]);
    assert!(!stdout.contains("no baseline"), "{stdout}");
    // A row has gone.
    let whole = place.read("results/ising/baseline.csv");
    let lines: Vec<&str> = whole.lines().collect();
    place.write("results/ising/baseline.csv", &lines[..lines.len() - 1].join("\n"));
    let (stdout, _) = place.expect(0, &["check", "ising.toml"]);
    assert!(stdout.contains("\n1 estimate has no baseline"), "{stdout}");
    let (stdout, _) = place.expect(1, &["check", "ising.toml", "--require-baseline"]);
    assert!(stdout.contains("ising: FAILED, the baseline is not whole"), "{stdout}");
    // A point is new.
    place.write("results/ising/baseline.csv", &whole);
    place.write("ising.toml", &SWEEP.replace("[2.0, 2.5]", "[2.0, 2.5, 3.0]"));
    let (stdout, _) = place.expect(0, &["check", "ising.toml"]);
    assert_eq!(count(&stdout), all / 2, "{stdout}");
    place.expect(1, &["check", "ising.toml", "--require-baseline"]);
}

#[test]
fn results_are_compared_by_the_names_of_experiments_and_by_their_files() {
    let place = Workplace::of_each_kind();
    let (_, stderr) = place.expect(2, &["diff", "levels.toml", "levels"]);
    assert!(stderr.contains("levels.toml has no stored results; run: gibbs run levels.toml"), "{stderr}");
    place.expect(0, &["run", "levels.toml", "--no-report"]);
    place.expect(0, &["diff", "levels.toml", "levels"]);
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
