//! The program as a user meets it: files and columns, starting files, overrides, documentation, errors.

#![expect(clippy::disallowed_methods, reason = "a test reads and writes files of its own")]

mod common;

use common::{EXPERIMENTS, Workplace};

#[test]
fn every_kind_gives_the_files_and_columns_of_the_contract() {
    let place = Workplace::of_each_kind();
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
fn starting_files_run_and_existing_files_are_left_alone() {
    let place = Workplace::of_each_kind();
    for kind in ["ensemble", "sweep", "anneal", "rbm", "clustering"] {
        let name = format!("my-{kind}");
        place.expect(0, &["new", &name, "--kind", kind]);
        place.expect(0, &["run", "--quick", &format!("{name}.toml")]);
        let page = place.read(&format!("results/{name}/quick/report.html"));
        assert!(page.contains("first look"), "the page says that it is a first look");
        let (_, stderr) = place.expect(2, &["new", &name, "--kind", kind]);
        assert!(stderr.contains("exists already"), "{stderr}");
    }
    let (_, stderr) = place.expect(2, &["new", "x", "--kind", "swep"]);
    assert!(stderr.contains("did you mean sweep?"), "{stderr}");
}

#[test]
fn overrides_replace_values_and_are_checked_like_the_file() {
    let place = Workplace::of_each_kind();
    place.expect(0, &["run", "levels.toml", "--set", "model.levels.energies=[0.0, 2.0, 5.0]"]);
    assert!(place.read("results/levels/latest/spec.toml").contains("5.0"));
    let (_, stderr) = place.expect(2, &["run", "ising.toml", "--set", "sampler.algorithm=wolf"]);
    assert!(stderr.contains("--set") && stderr.contains("did you mean `wolff`?"), "{stderr}");
    let (_, stderr) = place.expect(2, &["run", "ising.toml", "--set", "seed"]);
    assert!(stderr.contains("needs a key and a value"), "{stderr}");
}

#[test]
fn words_are_explained_and_listed() {
    let place = Workplace::of_each_kind();
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
    assert_eq!(schema["oneOf"].as_array().map(Vec::len), Some(5));
    assert!(place.expect(0, &["completions", "bash"]).0.contains("gibbs"));
}

#[test]
fn a_file_that_cannot_be_written_is_an_error_not_a_panic() {
    let place = Workplace::of_each_kind();
    place.write("blocked", "a file where a folder should be");
    let (_, stderr) = place.expect(2, &["run", "levels.toml", "--results", "blocked"]);
    assert!(stderr.contains("error: cannot create blocked"), "{stderr}");
}

#[test]
fn a_report_of_two_thousand_points_stays_under_three_megabytes() {
    let place = Workplace::of_each_kind();
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
    assert!(page.len() < 2_600_000, "{} bytes", page.len());
}
