//! Seconds that the shipped reports take from stored results: `cargo bench --bench report [-- WORD]`.
//!
//! The bar is one second for the largest. The program itself is timed, from its start to its end; what it reads is made once,
//! with full budgets, which takes a minute or two. Nothing here is a test: no number makes it fail.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// How often each report is rendered; the least time is what the work takes, the rest is the machine's.
const ROUNDS: usize = 5;

fn main() {
    // `cargo bench` passes `--bench`; whoever runs the targets otherwise, as `cargo test --benches` does, times nothing.
    let words: Vec<String> = std::env::args().skip(1).collect();
    if !words.iter().any(|word| word == "--bench") {
        println!("timings are made by `cargo bench`");
        return;
    }
    let wanted: Vec<&String> = words.iter().filter(|word| !word.starts_with('-')).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments");
    let entries = std::fs::read_dir(folder).expect("there are experiments");
    let mut files: Vec<String> = entries
        .flatten()
        .map(|entry| entry.path().display().to_string())
        .filter(|path| {
            path.ends_with(".toml") && (wanted.is_empty() || wanted.iter().any(|word| path.contains(*word)))
        })
        .collect();
    files.sort();
    println!("{:28} {:>8} {:>8}   seconds, least and most of {ROUNDS}", "report", "least", "most");
    for file in files {
        if gibbs(&["run", &file, "--no-report"]).is_none() {
            continue;
        }
        let mut seconds: Vec<f64> = (0..ROUNDS).filter_map(|_| gibbs(&["report", &file])).collect();
        seconds.sort_by(f64::total_cmp);
        let name = Path::new(&file).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if let (Some(least), Some(most)) = (seconds.first(), seconds.last()) {
            println!("{name:28} {least:8.3} {most:8.3}");
        }
    }
}

/// Runs the program on results of its own and returns the seconds that it took; `None` for what is no experiment.
#[expect(clippy::disallowed_methods, reason = "a timing reads the clock")]
fn gibbs(arguments: &[&str]) -> Option<f64> {
    let results = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-report");
    let start = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_gibbs"))
        .args(arguments)
        .args(["--quiet", "--results"])
        .arg(results)
        .output()
        .expect("gibbs starts");
    output.status.success().then(|| start.elapsed().as_secs_f64())
}
