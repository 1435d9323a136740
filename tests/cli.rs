//! The program as a user meets it: files, columns, bytes, exit codes, interruption and damage.

#![expect(clippy::disallowed_methods, reason = "a test reads and writes files of its own")]

use assert_cmd::cargo::cargo_bin_cmd;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;

const LEVELS: &str = r#"
kind = "ensemble"
title = "Levels"
[model.levels]
energies = [0.0, 1.0, 2.5]
degeneracies = [1, 3, 1]
[sweep]
temperature = { from = 0.5, to = 2.0, steps = 4 }
"#;

const SWEEP: &str = r#"
kind = "sweep"
title = "Ising"
seed = 3
[model.ising]
lattice = "square"
size = 8
[sampler]
algorithm = "wolff"
[budget]
sweeps = 400
replicas = 3
[sweep]
temperature = [2.0, 2.5]
[[expect]]
quantity = "energy_per_site"
equals = "exact"
within = { sigma = 6 }
"#;

const ANNEAL: &str = r#"
kind = "anneal"
title = "Glass"
seed = 3
reads = 6
target_energy = -40
[model.ising]
lattice = "square"
size = 6
disorder = "pm_j"
[schedule.geometric]
from = 3.0
to = 0.1
sweeps = 50
"#;

const RBM: &str = r#"
kind = "rbm"
title = "Bars"
seed = 3
[data]
source = "bars_and_stripes"
size = 2
[model.rbm]
hidden = 3
[train]
epochs = 40
batch_size = 4
learning_rate = 0.1
"#;

/// A folder with one experiment of each kind.
struct Workplace(TempDir);

impl Workplace {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().expect("a temporary folder"));
        for (name, text) in [("levels", LEVELS), ("ising", SWEEP), ("glass", ANNEAL), ("bars", RBM)] {
            folder.write(&format!("{name}.toml"), text);
        }
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a file in a temporary folder");
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn gibbs(&self, arguments: &[&str]) -> Output {
        cargo_bin_cmd!("gibbs")
            .current_dir(self.0.path())
            .args(arguments)
            .output()
            .expect("the program starts")
    }

    /// Runs the program, and insists on its exit code.
    fn expect(&self, code: i32, arguments: &[&str]) -> (String, String) {
        let output = self.gibbs(arguments);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{stdout}\n{stderr}");
        (stdout, stderr)
    }
}

/// Every file below `folder` but timing.json, by relative path; of the pages all but the line that tells the time.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).expect("a folder of results") {
            let path = entry.expect("an entry").path();
            let name = path.strip_prefix(root).expect("inside").to_string_lossy().into_owned();
            if path.is_dir() {
                walk(root, &path, found);
            } else if !name.ends_with("timing.json") {
                let mut bytes = std::fs::read(&path).expect("a file of results");
                if name.ends_with(".html") || name.ends_with(".md") {
                    bytes = without_wall_time(&bytes);
                }
                found.insert(name, bytes);
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, folder, &mut found);
    found
}

/// A page without the one line that differs between runs of the same experiment.
fn without_wall_time(page: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(page);
    let (timed, others): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.contains("Wall time"));
    assert_eq!(timed.len(), 1, "one line tells the time: {timed:?}");
    others.join("\n").into_bytes()
}

fn assert_same(a: &Path, b: &Path) {
    let (a, b) = (contents(a), contents(b));
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&a), names(&b));
    for (name, bytes) in &a {
        assert!(bytes == &b[name], "{name} differs");
    }
}

const EXPERIMENTS: [&str; 4] = ["levels.toml", "ising.toml", "glass.toml", "bars.toml"];

#[test]
fn every_kind_gives_the_files_and_columns_of_the_contract() {
    let place = Workplace::new();
    let (stdout, _) = place.expect(0, &[&["run"], &EXPERIMENTS[..]].concat());
    for (name, axis, tables) in [
        ("levels", ",temperature", vec!["populations"]),
        ("ising", ",temperature", vec!["chains"]),
        ("glass", "", vec!["reads", "trace", "success"]),
        ("bars", "", vec!["history"]),
    ] {
        assert!(stdout.contains(&format!("results/{name}/latest/report.html")), "{stdout}");
        let file = |file: &str| place.read(&format!("results/{name}/latest/{file}"));
        let header = format!(
            "point{axis},quantity,value,std_error,ess,tau,r_hat,reference,reference_kind,z,tau_error\n"
        );
        assert!(file("estimates.csv").starts_with(&header));
        assert!(!file("estimates.csv").to_lowercase().contains("nan"));
        for table in tables {
            assert!(file(&format!("tables/{table}.csv")).starts_with(&format!("point{axis},")), "{table}");
        }
        let run: serde_json::Value = serde_json::from_str(&file("run.json")).expect("JSON");
        assert_eq!((run["status"].as_str(), run["format"].as_u64()), (Some("complete"), Some(1)));
        let hashed = run["files"].as_array().expect("hashes of files");
        for entry in hashed {
            let bytes = std::fs::read(
                place.path(&format!("results/{name}/latest/{}", entry[0].as_str().unwrap_or(""))),
            );
            assert_eq!(
                entry[1].as_str(),
                Some(blake3::hash(&bytes.expect("a listed file")).to_hex().as_str())
            );
        }
        let listed: Vec<&str> =
            run["pages"].as_array().into_iter().flatten().filter_map(|n| n.as_str()).collect();
        assert_eq!(listed, ["report.html", "report.md"]);
        assert!(file("timing.json").contains("wall_seconds"));
        assert!(file("spec.toml").contains("kind = "));
        let page = file("report.html");
        assert!(page.contains("<math") && page.contains("<svg") && !page.contains("<script src"));
        assert!(file("report.md").contains("](figures/"));
    }
    assert!(place.path("results/bars/latest/weights.safetensors").is_file());
    assert!(
        place.read("results/ising/latest/spec.toml").contains("thermalize = \"auto\""),
        "defaults are written out"
    );
}

#[test]
fn bytes_do_not_depend_on_threads() {
    let place = Workplace::new();
    for threads in ["1", "2", "8"] {
        place.expect(0, &[&["run", "--threads", threads, "--results", threads], &EXPERIMENTS[..]].concat());
    }
    assert_same(&place.path("1"), &place.path("2"));
    assert_same(&place.path("1"), &place.path("8"));
}

#[test]
fn a_larger_sweep_computes_only_what_is_missing_and_changes_nothing_else() {
    let place = Workplace::new();
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
    let place = Workplace::new();
    place.expect(0, &["run", "ising.toml", "--threads", "1"]);
    let timing = place.read("results/ising/latest/timing.json");
    let page = place.read("results/ising/latest/report.html");
    assert!(page.contains(" s on 1 thread<"), "the page tells how long the computation took");
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
    let place = Workplace::new();
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
fn a_second_run_of_the_same_experiment_is_refused() {
    let place = Workplace::new();
    place.expect(0, &["run", "levels.toml"]);
    let lock = std::fs::File::create(place.path("results/levels/.lock")).expect("the lock file");
    lock.lock().expect("the lock is free");
    let (_, stderr) = place.expect(2, &["run", "levels.toml"]);
    assert!(stderr.contains("another gibbs is running this experiment"), "{stderr}");
}

/// A run that takes a few seconds even when optimised.
fn long(text: &str) -> String {
    text.replace("sweeps = 400", "sweeps = 60000").replace("replicas = 3", "replicas = 8")
}

#[cfg(unix)]
fn start_and_signal(place: &Workplace, signal: &str) -> (Option<i32>, String) {
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("gibbs"))
        .current_dir(place.0.path())
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
    let place = Workplace::new();
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

#[test]
fn check_bless_and_diff_tell_by_their_exit_codes() {
    let place = Workplace::new();
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
    let place = Workplace::new();
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

#[test]
fn starting_files_run_and_existing_files_are_left_alone() {
    let place = Workplace::new();
    for kind in ["ensemble", "sweep", "anneal", "rbm"] {
        let name = format!("my-{kind}");
        place.expect(0, &["new", &name, "--kind", kind]);
        place.expect(0, &["run", "--quick", &format!("{name}.toml")]);
        let page = place.read(&format!("results/{name}/latest/report.html"));
        assert!(page.contains("first look"), "the page says that it is a first look");
        let (_, stderr) = place.expect(2, &["new", &name, "--kind", kind]);
        assert!(stderr.contains("exists already"), "{stderr}");
    }
    let (_, stderr) = place.expect(2, &["new", "x", "--kind", "swep"]);
    assert!(stderr.contains("did you mean sweep?"), "{stderr}");
}

#[test]
fn overrides_replace_values_and_are_checked_like_the_file() {
    let place = Workplace::new();
    place.expect(0, &["run", "levels.toml", "--set", "model.levels.energies=[0.0, 2.0, 5.0]"]);
    assert!(place.read("results/levels/latest/spec.toml").contains("5.0"));
    let (_, stderr) = place.expect(2, &["run", "ising.toml", "--set", "sampler.algorithm=wolf"]);
    assert!(stderr.contains("--set") && stderr.contains("did you mean `wolff`?"), "{stderr}");
    let (_, stderr) = place.expect(2, &["run", "ising.toml", "--set", "seed"]);
    assert!(stderr.contains("needs a key and a value"), "{stderr}");
}

#[test]
fn words_are_explained_and_listed() {
    let place = Workplace::new();
    for word in [
        "ensemble",
        "ising",
        "binder",
        "wolff",
        "geometric",
        "digits",
        "budget.sweeps",
        "temperature",
        "[schedule]",
        "expect",
    ] {
        let (stdout, _) = place.expect(0, &["explain", word]);
        assert!(stdout.len() > 60, "{word}: {stdout}");
    }
    let (_, stderr) = place.expect(2, &["explain", "bindre"]);
    assert!(stderr.contains("did you mean `binder`?"), "{stderr}");
    for what in ["kinds", "models", "quantities", "samplers", "schedules", "templates", "datasets"] {
        assert!(place.expect(0, &["list", what]).0.lines().count() >= 1, "{what}");
    }
    let schema: serde_json::Value = serde_json::from_str(&place.expect(0, &["schema"]).0).expect("JSON");
    assert_eq!(schema["oneOf"].as_array().map(Vec::len), Some(4));
    assert!(place.expect(0, &["completions", "bash"]).0.contains("gibbs"));
}

#[test]
fn a_file_that_cannot_be_written_is_an_error_not_a_panic() {
    let place = Workplace::new();
    place.write("blocked", "a file where a folder should be");
    let (_, stderr) = place.expect(2, &["run", "levels.toml", "--results", "blocked"]);
    assert!(stderr.contains("error: cannot create blocked"), "{stderr}");
}

#[test]
fn a_report_of_two_thousand_points_stays_under_three_megabytes() {
    let place = Workplace::new();
    let levels = "kind = \"ensemble\"\ntitle = \"Levels\"\n[model.levels]\nenergies = [0.0, 1.0, 2.5]\n\
                  [sweep]\ntemperature = { from = 0.5, to = 2.0, steps = 2000 }\n";
    place.write("many.toml", levels);
    place.expect(0, &["run", "many.toml", "--quiet"]);
    let page = place.read("results/many/latest/report.html");
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
    assert!(page.contains("Show the first 500 of "), "the table is cut");
    assert_eq!(place.read("results/many/latest/estimates.csv").matches(",entropy,").count(), 2000);

    let chains = "kind = \"sweep\"\ntitle = \"Chains\"\n[model.ising]\nlattice = \"square\"\nsize = 2\n\
                  [sampler]\nalgorithm = \"metropolis\"\n[budget]\nthermalize = 5\nsweeps = 100\nreplicas = 2\n\
                  [sweep]\ntemperature = { from = 1.0, to = 4.0, steps = 2000 }\n";
    place.write("chains.toml", chains);
    place.expect(0, &["run", "chains.toml", "--quiet"]);
    let page = place.read("results/chains/latest/report.html");
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
}
