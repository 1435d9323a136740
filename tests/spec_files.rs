//! Experiment files, good and bad: every bad one says in its comments what the program must answer.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads files, and stops when it cannot go on"
)]

use assert_cmd::cargo::cargo_bin_cmd;
use std::path::{Path, PathBuf};

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .map(|path| path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().to_owned())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{}", folder.display());
    files
}

fn plan(path: &Path) -> (Option<i32>, String, String) {
    let results = tempfile::tempdir().unwrap();
    let output = cargo_bin_cmd!("gibbs")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["plan", "--color", "never", "--threads", "1", "--results"])
        .arg(results.path())
        .arg(path)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).replace('\u{202f}', " ");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn bad_files_are_refused_with_the_expected_message() {
    let mut wrong = Vec::new();
    for path in files("tests/specs/bad") {
        let bytes = std::fs::read(&path).unwrap();
        let source = String::from_utf8_lossy(&bytes);
        let expected: Vec<&str> =
            source.lines().filter_map(|line| line.strip_prefix("# expect: ")).map(str::trim).collect();
        assert!(!expected.is_empty(), "{} says nothing of what to expect", path.display());
        let (code, _, stderr) = plan(&path);
        for text in expected {
            if !stderr.contains(text) {
                wrong.push(format!("{}: no \"{text}\" in\n{stderr}", path.display()));
            }
        }
        if code != Some(2) || !stderr.contains(&path.display().to_string()) {
            wrong.push(format!("{}: exit code {code:?} or no path in\n{stderr}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn good_files_are_planned() {
    let mut all = files("tests/specs/good");
    all.extend(files("experiments").into_iter().filter(|path| !path.ends_with("book.toml")));
    for path in all {
        let (code, stdout, stderr) = plan(&path);
        assert_eq!(code, Some(0), "{}\n{stderr}", path.display());
        assert!(stdout.contains("tasks") && stdout.contains("memory"), "{stdout}");
    }
}
