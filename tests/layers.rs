//! Keeps the layers of `src/lib.rs`: every module imports only from below, kinds import no stage and no other kind,
//! and only `store` and `cli` touch the file system.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads files, and stops when it cannot go on"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The modules from the bottom up; those of one row may import each other.
const LAYERS: &[&[&str]] = &[
    &["rng", "number", "quantity", "axis", "record", "fact", "figure", "input"],
    &["models", "lattices", "samplers", "exact", "learning", "statistics"],
    &["kind"],
    &["kinds"],
    &["spec"],
    &["plan"],
    &["run"],
    &["store"],
    &["analyse"],
    &["plot"],
    &["report"],
    &["check"],
    &["cli"],
];

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Each source file with its top-level module and its code, comments and test modules left out.
fn sources() -> Vec<(PathBuf, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    files
        .into_iter()
        .filter(|path| path.file_name().is_none_or(|name| name != "tests.rs"))
        .map(|path| {
            let inside = path.strip_prefix(&root).unwrap();
            let first = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
            let module = first.trim_end_matches(".rs").to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
            let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            (inside.to_owned(), module, code.join("\n"))
        })
        .collect()
}

/// The top-level modules named after `crate::` in `code`, also within `crate::{a, b::c}`.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in code.split("crate::").skip(1) {
        let names: Vec<&str> = match part.strip_prefix('{') {
            Some(group) => {
                // Split the group at commas outside inner braces.
                let (mut depth, mut start, mut names) = (0, 0, Vec::new());
                for (at, c) in group.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => {
                            names.push(&group[start..at]);
                            break;
                        }
                        '}' => depth -= 1,
                        ',' if depth == 0 => {
                            names.push(&group[start..at]);
                            start = at + 1;
                        }
                        _ => {}
                    }
                }
                names
            }
            None => vec![part],
        };
        for name in names {
            let word: String = name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if !word.is_empty() {
                found.push(word);
            }
        }
    }
    found
}

#[test]
fn imports_are_read_right() {
    assert_eq!(
        imports("use crate::{plot, spec::{a, b}, run};\nlet x = crate::number::plain(1.0);"),
        ["plot", "spec", "run", "number"]
    );
}

#[test]
fn every_module_imports_only_from_below() {
    let level: BTreeMap<&str, usize> = LAYERS
        .iter()
        .enumerate()
        .flat_map(|(index, row)| row.iter().map(move |name| (*name, index)))
        .collect();
    let mut wrong = Vec::new();
    for (path, module, code) in sources() {
        if ["lib", "main"].contains(&module.as_str()) {
            continue;
        }
        let own =
            level.get(module.as_str()).unwrap_or_else(|| panic!("src/{module} has no layer in {}", file!()));
        for import in imports(&code) {
            match level.get(import.as_str()) {
                Some(other) if other <= own => {}
                Some(_) => wrong.push(format!("{} imports {import}, which is above it", path.display())),
                None => wrong.push(format!("{} imports unknown module {import}", path.display())),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn kinds_do_not_know_each_other() {
    let mut wrong = Vec::new();
    for (path, module, code) in sources() {
        let parts: Vec<String> =
            path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        if module != "kinds" || parts.len() < 3 {
            continue;
        }
        for other in
            ["ensemble", "sweep", "anneal", "rbm", "clustering"].iter().filter(|other| **other != parts[1])
        {
            if code.contains(&format!("kinds::{other}")) || code.contains(&format!("super::super::{other}")) {
                wrong.push(format!("{} uses kind {other}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_store_and_cli_touch_files_and_only_cli_the_clock() {
    let mut wrong = Vec::new();
    for (path, module, code) in sources() {
        let uses = |word: &str| code.contains(word);
        if !["store", "cli"].contains(&module.as_str()) && (uses("std::fs") || uses("File::")) {
            wrong.push(format!("{} uses the file system", path.display()));
        }
        if module != "cli" && (uses("Instant") || uses("SystemTime") || uses("jiff::") || uses("std::env::"))
        {
            wrong.push(format!("{} reads the clock or the environment", path.display()));
        }
        if uses("println!") {
            wrong.push(format!("{} prints with a macro that panics on a closed pipe", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
