//! What `[report]` adds to the page: texts given in the experiment file, or in files beside it.

use super::diagnostic::nearest;
use super::header::ReportKeys;
use super::node::Node;
use crate::input::{Inputs, Problem, Text};

/// The user's own texts of `[report]`, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OwnTexts {
    /// The tera source of the body; `None` for the kind's own handout.
    pub template: Option<Text>,
    /// The question at the page's head, a template.
    pub question: Option<Text>,
    /// The answer below it, a template.
    pub answer: Option<Text>,
    /// The id of the figure at the page's head.
    pub figure: Option<Text>,
    /// Markdown ahead of the body.
    pub intro: Option<Text>,
    /// Markdown behind the body.
    pub notes: Option<Text>,
    /// BibTeX.
    pub bibliography: Option<Text>,
}

impl OwnTexts {
    /// Notes of the texts that stand in the experiment's file itself, which is called `path` and reads `source`, on which of
    /// its lines they do.
    pub(super) fn find_within(&mut self, path: &str, source: &str, tree: &Node) {
        let heads = [&mut self.question, &mut self.answer, &mut self.figure];
        let bodies = [&mut self.intro, &mut self.notes, &mut self.bibliography];
        for text in heads.into_iter().chain(bodies).flatten() {
            let entry = tree.nearest(&text.place).filter(|entry| text.place.ends_with(&entry.key));
            let span = entry.map(|entry| &entry.node.span).filter(|span| span.source == 0);
            if let Some(span) = span
                && let Some(written) = source.get(span.start..span.end)
            {
                let first = source[..span.start].matches('\n').count() + 1;
                text.within = Some((path.to_owned(), lines_of(&text.text, written, first)));
            }
        }
    }
}

/// The line of a file on which each line of `text` stands, which is `written` there from line `first` on: a line each, or
/// with escapes for the ends of lines all on the first.
fn lines_of(text: &str, written: &str, first: usize) -> Vec<usize> {
    let count = text.matches('\n').count();
    let quoted = written.get(3..).unwrap_or_default();
    // The end of the line behind the opening quotation marks is no part of the text.
    let skipped = usize::from(quoted.starts_with('\n') || quoted.starts_with("\r\n"));
    let as_it_stands = written.matches('\n').count() == count + skipped;
    (0..=count).map(|line| if as_it_stands { first + skipped + line } else { first }).collect()
}

/// Reads the texts; files go through `inputs`.
pub(super) fn read(keys: &ReportKeys, inputs: &dyn Inputs, problems: &mut Vec<Problem>) -> OwnTexts {
    let template = match keys.template.as_str() {
        HANDOUT => None,
        path if path.ends_with(".tera") => file("report.template", path, inputs, problems),
        word => {
            let label = "expected \"handout\" or the path of a file that ends in `.tera`";
            let help = match nearest(word, [HANDOUT]) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "`gibbs explain template` shows how to write one of your own".to_owned(),
            };
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
        if is_path(value) {
            let message =
                format!("\"{value}\" looks like the path of a file, and would be shown as it stands");
            let help = format!("name a file that ends in `{ending}`, or write the text itself");
            let label = format!("a path here ends in `{ending}`");
            problems.push(Problem::new(key, message).label(label).help(help));
            return None;
        }
        Some(Text { place: key.to_owned(), text: value.to_owned(), ..Text::default() })
    };
    let intro = text("report.intro", &keys.intro, ".md");
    let notes = text("report.notes", &keys.notes, ".md");
    let bibliography = text("report.bibliography", &keys.bibliography, ".bib");
    let here = |key: &str, value: &Option<String>| {
        value.as_ref().map(|text| Text { place: key.to_owned(), text: text.clone(), ..Text::default() })
    };
    let question = here("report.question", &keys.question);
    let answer = here("report.answer", &keys.answer);
    let figure = here("report.figure", &keys.figure);
    OwnTexts { template, question, answer, figure, intro, notes, bibliography }
}

/// The word for the kind's own template.
const HANDOUT: &str = "handout";

/// Whether a text is one word that ends like the name of a file.
fn is_path(text: &str) -> bool {
    let ending = text.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let known = [
        "md", "markdown", "mdown", "txt", "text", "rst", "tera", "html", "htm", "tex", "bib", "bibtex",
        "ipynb", "doc", "docx", "odt", "pdf", "toml", "json",
    ];
    !text.contains(char::is_whitespace) && ending.is_some_and(|ending| known.contains(&ending.as_str()))
}

fn file(key: &str, path: &str, inputs: &dyn Inputs, problems: &mut Vec<Problem>) -> Option<Text> {
    let found = inputs.read(path).and_then(|bytes| {
        String::from_utf8(bytes).map_err(|error| {
            let byte = error.utf8_error().valid_up_to();
            format!("{path} is not UTF-8 (byte {byte}); save it as UTF-8")
        })
    });
    match found {
        Ok(text) => {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            Some(Text { place: path.to_owned(), folder: folder.to_owned(), text, within: None })
        }
        Err(reason) => {
            problems.push(Problem::new(key, reason).label("read relative to this file"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder;

    impl Inputs for Folder {
        fn read(&self, path: &str) -> Result<Vec<u8>, String> {
            match path {
                "text/notes.md" | "mine.md.tera" => Ok(b"words".to_vec()),
                path => Err(format!("no such file: {path}")),
            }
        }
    }

    fn keys(notes: &str, template: &str) -> (OwnTexts, Vec<Problem>) {
        let keys = ReportKeys {
            notes: Some(notes.to_owned()),
            template: template.to_owned(),
            ..ReportKeys::default()
        };
        let mut problems = Vec::new();
        let own = read(&keys, &Folder, &mut problems);
        (own, problems)
    }

    #[test]
    fn files_are_read_and_know_their_folder() {
        let (own, problems) = keys("text/notes.md", "mine.md.tera");
        assert_eq!(problems, []);
        let place = |text: &Option<Text>| text.clone().map(|text| (text.place, text.folder));
        assert_eq!(place(&own.notes), Some(("text/notes.md".to_owned(), "text".to_owned())));
        assert_eq!(place(&own.template), Some(("mine.md.tera".to_owned(), String::new())));
        let (own, problems) = keys("See notes.txt. Or 3.5.", "handout");
        assert_eq!(
            (problems.len(), place(&own.notes)),
            (0, Some(("report.notes".to_owned(), String::new())))
        );
    }

    #[test]
    fn a_text_in_the_experiment_s_file_knows_its_lines() {
        assert_eq!(lines_of("a\nb", "\"\"\"\na\nb\"\"\"", 24), [25, 26]);
        assert_eq!(lines_of("a\nb\n", "'''a\nb\n'''", 24), [24, 25, 26]);
        assert_eq!(lines_of("a\nb", "\"a\\nb\"", 24), [24, 24]);
        assert_eq!(lines_of("ab", "\"\"\"a\\\n  b\"\"\"", 24), [24], "a line that goes on");
    }

    #[test]
    fn what_looks_like_a_path_is_no_text() {
        for wrong in ["notes.txt", "text/Notes.MD", "mine.md.tera", "a.b.html"] {
            let (own, problems) = keys(wrong, "handout");
            let [problem] = problems.as_slice() else { panic!("{wrong}: {problems:?}") };
            assert!(
                own.notes.is_none() && problem.message.contains("looks like the path of a file"),
                "{problem:?}"
            );
            assert!(problem.help.contains("ends in `.md`"), "{problem:?}");
        }
        let (_, problems) = keys("words", "handuot");
        assert!(problems[0].help.contains("did you mean `handout`?"), "{problems:?}");
        let (_, problems) = keys("words", "elsewhere");
        assert!(problems[0].help.contains("gibbs explain template"), "{problems:?}");
    }
}
