//! `gibbs list`: what there is.

use crate::cli::args::{ListArguments, Listing};
use crate::cli::commands::explain::template_blocks;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::pages::handout_template;
use crate::cli::session::{Session, name_of};
use crate::learning::datasets::DATASETS;
use crate::quantity::QUANTITIES;
use crate::samplers::SAMPLERS;
use crate::samplers::schedule::SCHEDULES;
use crate::{kinds, models, store};
use std::path::PathBuf;

const ALL: [Listing; 8] = [
    Listing::Experiments,
    Listing::Kinds,
    Listing::Models,
    Listing::Quantities,
    Listing::Samplers,
    Listing::Schedules,
    Listing::Templates,
    Listing::Datasets,
];

/// Prints names with one line of explanation each.
pub(in crate::cli) fn list(session: &Session, arguments: &ListArguments) -> Result<bool, Failure> {
    let text = match arguments.what {
        Some(what) => lines(&entries(session, what)),
        None => {
            ALL.iter()
                .map(|what| (title(*what), entries(session, *what)))
                .filter(|(_, entries)| !entries.is_empty())
                .map(|(title, entries)| format!("{title}\n{}\n", indented(&lines(&entries))))
                .collect::<String>()
                .trim_end()
                .to_owned()
                + "\n"
        }
    };
    output::print(&text);
    Ok(true)
}

fn title(what: Listing) -> &'static str {
    match what {
        Listing::Experiments => "experiments",
        Listing::Kinds => "kinds",
        Listing::Models => "models",
        Listing::Quantities => "quantities",
        Listing::Samplers => "samplers",
        Listing::Schedules => "schedules",
        Listing::Templates => "templates",
        Listing::Datasets => "datasets",
    }
}

/// A name and a line about it.
type Entry = (String, String);

fn entries(session: &Session, what: Listing) -> Vec<Entry> {
    let pair = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    match what {
        Listing::Experiments => experiments(session),
        Listing::Kinds => kinds::all().iter().map(|kind| pair(kind.name(), kind.summary())).collect(),
        Listing::Models => models::MODELS.iter().map(|model| pair(model.name, model.summary)).collect(),
        Listing::Quantities => QUANTITIES.iter().map(|quantity| pair(quantity.name, quantity.doc)).collect(),
        Listing::Samplers => SAMPLERS.iter().map(|sampler| pair(sampler.name, sampler.summary)).collect(),
        Listing::Schedules => {
            SCHEDULES.iter().map(|schedule| pair(schedule.name, schedule.summary)).collect()
        }
        Listing::Templates => kinds::all()
            .iter()
            .map(|kind| {
                let blocks = template_blocks(kind.template()).join(", ");
                (
                    handout_template(kind.name()),
                    format!("the handout of kind {}; blocks: {blocks}", kind.name()),
                )
            })
            .collect(),
        Listing::Datasets => DATASETS.iter().map(|dataset| pair(dataset.name, dataset.summary)).collect(),
    }
}

/// The experiment files in `experiments/`, with their titles.
fn experiments(session: &Session) -> Vec<Entry> {
    let files = session.files(&[PathBuf::from("experiments")]).unwrap_or_default();
    files
        .iter()
        .map(|path| {
            let bytes = store::read_optional(path).ok().flatten().unwrap_or_default();
            let table = toml::from_str::<toml::Table>(&String::from_utf8_lossy(&bytes));
            let text = match &table {
                Ok(table) => {
                    let word = |key: &str| table.get(key).and_then(toml::Value::as_str).unwrap_or("?");
                    format!("{} ({})", word("title"), word("kind"))
                }
                Err(_) => "cannot be read: gibbs plan shows why".to_owned(),
            };
            (name_of(path), text)
        })
        .collect()
}

fn lines(entries: &[Entry]) -> String {
    let widest = entries.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    entries.iter().map(|(name, text)| format!("{name:<widest$}  {text}\n")).collect()
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}
