//! The stages in order: run what is missing, analyse, write the results, write the report.

use super::args::Format;
use super::clock::{self, Stopwatch};
use super::editions::Editions;
use super::failure::Failure;
use super::machine::Machine;
use super::pages::{Files, Material};
use super::progress::Progress;
use super::session::{Loaded, Session};
use super::settle::{Written, farewell};
use super::timing::{Run, Timing};
use crate::analyse::{Analysed, analyse};
use crate::kind::Story;
use crate::run::{self, Failure as TaskFailure};
use crate::store::{self, Host, Manifest, PointEntry, Results, Rows, Status, TaskEntry};
use std::collections::BTreeMap;

/// How an experiment ended, with everything that later stages need.
pub(super) struct Finished {
    pub(super) results: Results,
    pub(super) failures: Vec<TaskFailure>,
}

/// Runs the tasks of `loaded` that have no record yet (all of them if `fresh`).
///
/// # Errors
///
/// When the results cannot be written, or when the run was interrupted; what was finished is kept.
pub(super) fn run_missing(session: &Session, loaded: &Loaded, fresh: bool) -> Result<Finished, Failure> {
    let name = &loaded.checked.name;
    let stop = session.stop_flag();
    let results = Results::open(&session.results, name, loaded.depth())?;
    if fresh {
        results.clear_series()?;
    }
    let (done, damaged) = results.survey(loaded.plan.tasks.iter().map(|task| task.id.as_str()));
    for (id, reason) in &damaged {
        let path = results.series_path(id);
        session.warn(&format!("{} is damaged ({reason}); it is computed anew", path.display()));
    }
    let missing = loaded.plan.missing(&done);
    let watch = Stopwatch::start();
    let started = clock::now();
    let progress = Progress::start(name, &missing, session.quiet());
    let hook = std::panic::take_hook();
    // A panicking task is reported as a failure of that task, with its parameters.
    std::panic::set_hook(Box::new(|_| {}));
    let outcome = run::execute(&missing, &loaded.experiments(), session.threads, stop, &results, &progress);
    std::panic::set_hook(hook);
    progress.finish();
    let outcome = outcome.map_err(Failure::Message)?;
    let seconds = watch.seconds();
    let mut timing = if fresh { Timing::default() } else { Timing::read(&results) };
    let machine = Some(Machine::here());
    let tasks = progress.seconds();
    timing.add(Run { started, wall_seconds: seconds, threads: session.threads, machine, tasks });
    timing.write(&results, &loaded.task_ids())?;
    if outcome.interrupted {
        // What an older run has left stays known, so that it can be judged when the run is complete.
        let left = results.manifest().ok().flatten().map_or_else(Written::default, Written::of);
        let manifest = manifest(loaded, Status::Interrupted, &outcome.failures, left);
        results.write("run.json", manifest.to_json().as_bytes())?;
        let kept = done.len() + outcome.finished;
        let text = format!(
            "{name}: stopped; {kept} of {} tasks are done and kept, those under way begin anew; resume with: {}",
            loaded.plan.tasks.len(),
            session.command(loaded)
        );
        return Err(Failure::Message(text));
    }
    for failure in &outcome.failures {
        let place = loaded.place(failure.point);
        let at = if place.is_empty() { String::new() } else { format!(" at {place}") };
        session.warn(&format!("{name}: replica {}{at} failed: {}", failure.replica, failure.reason));
    }
    let quick = if loaded.checked.quick { "; a first look with cut budgets, not for citation" } else { "" };
    if missing.is_empty() {
        let all = match done.len() {
            1 => "its one task is stored".to_owned(),
            count => format!("all {count} tasks are stored"),
        };
        session.tell(&format!("{name}: nothing to compute, {all}{quick}"));
        return Ok(Finished { results, failures: outcome.failures });
    }
    let word = if outcome.finished == 1 { "task" } else { "tasks" };
    let stored = if done.is_empty() { String::new() } else { format!(", {} stored before", done.len()) };
    let time = clock::duration(seconds);
    session.tell(&format!("{name}: {} {word} in {time}{stored}{quick}", outcome.finished));
    Ok(Finished { results, failures: outcome.failures })
}

/// Refuses an experiment that lacks stored records, and says how to compute them.
///
/// # Errors
///
/// When any is missing or damaged.
pub(super) fn refuse_missing(session: &Session, loaded: &Loaded) -> Result<(), Failure> {
    let results = Results::peek(&session.results, &loaded.checked.name, loaded.depth());
    let (done, damaged) = results.survey(loaded.task_ids().into_iter());
    let missing = loaded.plan.missing(&done).len();
    if missing == 0 {
        return Ok(());
    }
    let broken = if damaged.is_empty() { String::new() } else { format!(" ({} damaged)", damaged.len()) };
    Err(Failure::Message(format!(
        "{}: {missing} of {} tasks have no stored record{broken}; run: {}",
        loaded.checked.name,
        loaded.plan.tasks.len(),
        session.command(loaded)
    )))
}

/// Analyses the stored records and writes every result file, and the pages in the wanted `editions`; gives back what
/// the pages are made of, when there are any.
///
/// # Errors
///
/// When a file cannot be written, or a figure or page cannot be made: the results are written nevertheless, and older
/// pages that show other results are removed.
pub(super) fn write_results<'a>(
    session: &Session,
    loaded: &'a Loaded,
    finished: &Finished,
    editions: &Editions,
) -> Result<(Analysed<'a>, Option<Material>), Failure> {
    let results = &finished.results;
    let checked = &loaded.checked;
    let analysed = analyse(checked, &loaded.plan, results);
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    files.insert("spec.toml".to_owned(), checked.resolved.clone().into_bytes());
    files.insert("estimates.csv".to_owned(), estimates_csv(loaded, &analysed));
    files.extend(analysed.artifacts.iter().cloned());

    let story = analysed.story();
    let tables = tables(loaded, &analysed, &story);
    results.write_folder("tables", "csv", &tables)?;
    files.extend(tables.into_iter().map(|(name, bytes)| (format!("tables/{name}.csv"), bytes)));

    let drawn = if editions.is_empty() {
        None
    } else {
        Some(Material::new(session, loaded, &finished.failures, &analysed, story))
    };
    let (material, mut failed) = match drawn.transpose() {
        Ok(material) => (material, None),
        Err(failure) => (None, Some(failure)),
    };
    let (mut pages, mut shown) = (Files::new(), None);
    if let Some(mut material) = material {
        for (ending, figures) in [("svg", material.drawings()), ("csv", material.numbers())] {
            results.write_folder("figures", ending, &figures)?;
            files
                .extend(figures.into_iter().map(|(name, bytes)| (format!("figures/{name}.{ending}"), bytes)));
        }
        match pages_of(&mut material, editions) {
            Ok((made, pictures)) => {
                if editions.formats().contains(&Format::Png) {
                    results.write_folder("figures", "png", &pictures)?;
                }
                let pictures =
                    pictures.into_iter().map(|(name, bytes)| (format!("figures/{name}.png"), bytes));
                pages = made.into_iter().chain(pictures).collect();
            }
            Err(failure) => failed = Some(failure),
        }
        shown = Some(material);
    }
    let beside = files.iter().chain(pages.iter().map(|(name, bytes)| (name, bytes)));
    let whole_folders = ["tables/", "figures/"];
    for (name, bytes) in
        beside.filter(|(name, _)| !whole_folders.iter().any(|folder| name.starts_with(folder)))
    {
        results.write(name, bytes)?;
    }
    let hash = |bytes: &[u8]| blake3::hash(bytes).to_hex().to_string();
    let mut written = Written {
        hashes: files.iter().map(|(name, bytes)| (name.clone(), hash(bytes))).collect(),
        pages: pages.into_iter().map(|(name, _)| name).collect(),
        drawn: shown.is_some(),
    };
    let previous = results.manifest().ok().flatten();
    let same = previous.as_ref().is_some_and(|previous| same_results(loaded, previous, &written));
    let mut removed = Vec::new();
    for name in written.settle(previous, same) {
        if results.remove(&name)? {
            removed.push(name);
        }
    }
    if let Some(text) = farewell(&removed, &session.report_command(loaded)) {
        session.tell(&format!("{}: {text}", checked.name));
    }
    let status = if finished.failures.is_empty() { Status::Complete } else { Status::Failed };
    let manifest = manifest(loaded, status, &finished.failures, written);
    results.write("run.json", manifest.to_json().as_bytes())?;
    match failed {
        Some(failure) => Err(failure),
        None => Ok((analysed, shown)),
    }
}

/// The pages in all `editions`, and the figures as pictures if those are wanted.
fn pages_of(material: &mut Material, editions: &Editions) -> Result<(Files, Files), Failure> {
    material.put_at_head()?;
    let pages = material.pages(editions)?;
    let pictures =
        if editions.formats().contains(&Format::Png) { material.pictures()? } else { Files::new() };
    Ok((pages, pictures))
}

/// Whether an older run was of the same experiment, with the same inputs, and gave the same estimates.
fn same_results(loaded: &Loaded, previous: &Manifest, written: &Written) -> bool {
    let estimates = previous.files.iter().find(|(name, _)| name == "estimates.csv").map(|(_, hash)| hash);
    previous.spec_hash == spec_hash(loaded)
        && previous.inputs == loaded.inputs
        && estimates.is_some()
        && estimates == written.hashes.get("estimates.csv")
}

/// The estimates of the analysed points as `estimates.csv`.
pub(super) fn estimates_csv(loaded: &Loaded, analysed: &Analysed<'_>) -> Vec<u8> {
    let points: Vec<_> =
        analysed.points.iter().map(|point| (point.index, point.coordinates, &point.analysis)).collect();
    store::estimates_csv(&loaded.checked.axes, &points)
}

/// The estimates as rows, just as they would be read back from the file.
pub(super) fn rows(loaded: &Loaded, analysed: &Analysed<'_>) -> Result<Rows, Failure> {
    store::parse_estimates(&estimates_csv(loaded, analysed)).map_err(Failure::Message)
}

/// The tables of the points, each as one file, and those of the study.
fn tables(loaded: &Loaded, analysed: &Analysed<'_>, story: &Story) -> Vec<(String, Vec<u8>)> {
    let of_study = story.tables.iter().map(|table| (table.name.to_owned(), store::study_table_csv(table)));
    analysed
        .table_names()
        .into_iter()
        .map(|name| {
            let points: Vec<_> = analysed
                .points
                .iter()
                .filter_map(|point| Some((point.index, point.coordinates, point.analysis.table(name)?)))
                .collect();
            (name.to_owned(), store::table_csv(&loaded.checked.axes, &points))
        })
        .chain(of_study)
        .collect()
}

pub(super) fn spec_hash(loaded: &Loaded) -> String {
    blake3::hash(loaded.checked.resolved.as_bytes()).to_hex().to_string()
}

fn manifest(loaded: &Loaded, status: Status, failures: &[TaskFailure], written: Written) -> Manifest {
    let checked = &loaded.checked;
    let points = checked.points.iter().enumerate().map(|(index, point)| PointEntry {
        coordinates: point.coordinates.iter().map(ToString::to_string).collect(),
        tasks: loaded
            .plan
            .of_point(index)
            .map(|task| TaskEntry {
                id: task.id.clone(),
                failure: failures
                    .iter()
                    .find(|failure| failure.id == task.id)
                    .map(|failure| failure.reason.clone()),
            })
            .collect(),
    });
    Manifest {
        format: store::FORMAT,
        experiment: checked.name.clone(),
        kind: checked.kind.name().to_owned(),
        status,
        quick: checked.quick,
        spec_hash: spec_hash(loaded),
        seed: checked.header.seed,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        git: loaded.git.clone(),
        host: Host { os: std::env::consts::OS.to_owned(), arch: std::env::consts::ARCH.to_owned() },
        inputs: loaded.inputs.clone(),
        points: points.collect(),
        files: written.hashes.into_iter().collect(),
        pages: written.pages.into_iter().collect(),
    }
}
