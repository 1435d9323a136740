//! What `[report]` adds to the page: texts given in the experiment file, or in files beside it.

use super::header::ReportKeys;
use crate::input::{Inputs, Problem, Text};

/// The user's own texts of `[report]`, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OwnTexts {
    /// The tera source of the body; `None` for the kind's own handout.
    pub template: Option<Text>,
    /// Markdown ahead of the body.
    pub intro: Option<Text>,
    /// Markdown behind the body.
    pub notes: Option<Text>,
    /// BibTeX.
    pub bibliography: Option<Text>,
}

/// Reads the texts; files go through `inputs`.
pub(super) fn read(keys: &ReportKeys, inputs: &dyn Inputs, problems: &mut Vec<Problem>) -> OwnTexts {
    let template = match keys.template.as_str() {
        "handout" => None,
        path if path.ends_with(".tera") => file("report.template", path, inputs, problems),
        word => {
            let label = "expected \"handout\" or the path of a file that ends in `.tera`";
            let help = "`gibbs explain template` shows how to write one of your own";
            let message = format!("unknown template \"{word}\"");
            problems.push(Problem::new("report.template", message).label(label).help(help));
            None
        }
    };
    let mut text = |key: &str, value: &Option<String>, ending: &str| {
        let value = value.as_deref()?;
        if value.ends_with(ending) && !value.contains(['\n', '{']) {
            return file(key, value, inputs, problems);
        }
        Some(Text { place: key.to_owned(), text: value.to_owned() })
    };
    let intro = text("report.intro", &keys.intro, ".md");
    let notes = text("report.notes", &keys.notes, ".md");
    let bibliography = text("report.bibliography", &keys.bibliography, ".bib");
    OwnTexts { template, intro, notes, bibliography }
}

fn file(key: &str, path: &str, inputs: &dyn Inputs, problems: &mut Vec<Problem>) -> Option<Text> {
    let found = inputs.read(path).and_then(|bytes| {
        String::from_utf8(bytes).map_err(|error| {
            let byte = error.utf8_error().valid_up_to();
            format!("{path} is not UTF-8 (byte {byte}); save it as UTF-8")
        })
    });
    match found {
        Ok(text) => Some(Text { place: path.to_owned(), text }),
        Err(reason) => {
            problems.push(Problem::new(key, reason).label("read relative to this file"));
            None
        }
    }
}
