//! `gibbs explain WORD`: documentation, from the registries and the schemas.

mod keys;
mod template;

use crate::cli::args::ExplainArguments;
use crate::cli::failure::Failure;
use crate::cli::output::{self, wrapped};
use crate::cli::session::Session;
use crate::learning::datasets::DATASETS;
use crate::quantity::{QUANTITIES, Quantity};
use crate::samplers::SAMPLERS;
use crate::samplers::schedule::SCHEDULES;
use crate::spec::nearest;
use crate::{kinds, models, spec};
use keys::{explain_key, keys, keys_of_the_book};
pub(super) use template::blocks as template_blocks;

const BOOK: &str = r#"book (book.toml, beside the experiments of a folder)

Says how the experiments of a folder are bound: into the site and the printable
course that `gibbs report FOLDER` and `gibbs run FOLDER` write, and into what
`gibbs serve FOLDER` shows. Without it the title is the folder's name and the
order that of the alphabet.

  title    = "Energy, entropy and learning"
  subtitle = "A line below the title"
  authors  = ["Ada L."]
  course   = "Statistical physics, summer term"
  chapters = ["two-level", "ising-transition"]
"#;

/// Prints everything that is known under a word: a registry's entry, a TOML key, or both.
pub(in crate::cli) fn explain(_: &Session, arguments: &ExplainArguments) -> Result<bool, Failure> {
    let word = arguments.word.trim_matches(['[', ']']);
    // A swept key is explained like the key itself.
    let word = word.strip_prefix("sweep.").unwrap_or(word);
    let topics = topics();
    let keys = keys();
    let mut sections: Vec<String> =
        topics.iter().filter(|(name, _)| name == word).map(|(_, text)| text.clone()).collect();
    sections.extend(explain_key(&keys, word));
    if sections.is_empty() {
        let names =
            topics.iter().map(|(name, _)| name.as_str()).chain(keys.iter().map(|key| key.path.as_str()));
        let hint = match nearest(word, names) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "gibbs list shows what there is".to_owned(),
        };
        return Err(Failure::Message(format!("nothing is known under `{word}`; {hint}")));
    }
    output::print(&sections.join("\n"));
    Ok(true)
}

/// Everything in a registry, by name, with its documentation.
fn topics() -> Vec<(String, String)> {
    let entry =
        |name: &str, what: &str, doc: &str| (name.to_owned(), format!("{name} ({what})\n\n{}\n", doc.trim()));
    let mut topics = Vec::new();
    for kind in kinds::all() {
        let quantities = wrapped(&kind.quantities().join(", "), 2);
        let models = kind.models();
        let models = if models.is_empty() {
            String::new()
        } else {
            format!("\nModels\n{}", wrapped(&models.join(", "), 2))
        };
        let doc = format!("{}\n\nQuantities\n{quantities}{models}", kind.doc().trim());
        topics.push(entry(kind.name(), "kind of experiment", &doc));
    }
    topics.extend(models::MODELS.iter().map(|model| entry(model.name, "model", model.doc)));
    topics.extend(SAMPLERS.iter().map(|sampler| entry(sampler.name, "sampler", sampler.doc)));
    topics.extend(SCHEDULES.iter().map(|schedule| entry(schedule.name, "schedule", schedule.doc)));
    topics.extend(DATASETS.iter().map(|dataset| entry(dataset.name, "dataset", dataset.doc)));
    topics.extend(template::topics());
    let book = format!("{}\n\nKeys\n{}", BOOK.trim_end(), keys_of_the_book());
    topics.extend(["book", spec::BOOK].map(|name| (name.to_owned(), book.clone())));
    topics.extend(QUANTITIES.iter().map(|quantity| (quantity.name.to_owned(), explain_quantity(quantity))));
    topics
}

fn explain_quantity(quantity: &Quantity) -> String {
    let unit = if quantity.unit.is_empty() {
        "a pure number".to_owned()
    } else {
        format!("in units of {}", quantity.unit)
    };
    let kinds: Vec<&str> = kinds::all()
        .iter()
        .filter(|kind| kind.quantities().contains(&quantity.name))
        .map(|kind| kind.name())
        .collect();
    format!(
        "{} (quantity, {unit})\n\n{}\nformula    {}\nestimated  by kind {}\n",
        quantity.name,
        wrapped(quantity.doc, 0),
        quantity.formula,
        kinds.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_book_and_all_its_keys_are_explained() {
        let topics = topics();
        let book = topics.iter().find(|(name, _)| name == "book").map(|(_, text)| text.as_str());
        let keys = keys();
        for key in ["title", "subtitle", "authors", "course", "chapters"] {
            assert!(book.is_some_and(|book| book.contains(&format!("\n  {key}\n      "))), "{key}: {book:?}");
            let text = explain_key(&keys, key).unwrap_or_default();
            assert!(text.contains(&format!("{key} (key of book.toml)\n")), "{key}: {text}");
        }
        assert!(explain_key(&keys, "title").is_some_and(|text| text.contains("The title of the report:")));
    }
}
