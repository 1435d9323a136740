//! What can be wrong with a handout: always the template's or a kind's text, never the numbers.

use thiserror::Error;

/// Why a handout cannot be rendered.
#[derive(Debug, Error)]
pub enum ReportError {
    /// A template does not parse, or asks for something that is not there.
    #[error("failed to render template `{name}`{}\n{message}", line.map_or(String::new(), |line| format!(" (line {line})")))]
    Template {
        /// The template's name.
        name: String,
        /// The line in the template, from 1, when it is known.
        line: Option<usize>,
        /// The template engine's own account, with the line underlined.
        message: String,
    },
    /// A cross reference leads nowhere.
    #[error("cross reference to unknown label `{label}` (known: {})", list(known))]
    Reference {
        /// The label as written, without `#`.
        label: String,
        /// All labels of the handout.
        known: Vec<String>,
    },
    /// A citation of a work that is in no bibliography.
    #[error("citation of unknown work `{key}` (known: {}); add it to `[report] bibliography`", list(known))]
    Citation {
        /// The key as written, without `@`.
        key: String,
        /// The keys of all works at hand.
        known: Vec<String>,
    },
    /// BibTeX that cannot be read.
    #[error("{place}, line {line}: {message}")]
    Bibliography {
        /// The file, or the key that holds the BibTeX.
        place: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A quotation of a function that is not registered.
    #[error("unknown code `{name}` (known: {})", list(known))]
    Quote {
        /// The name as written.
        name: String,
        /// All names.
        known: Vec<String>,
    },
    /// Two things carry one label.
    #[error("label `{label}` is given twice{}", if label.starts_with("fig-") { " (the first figure already stands at the head of the page)" } else { "" })]
    Duplicate {
        /// The label.
        label: String,
    },
    /// A formula is not understood.
    #[error("bad maths at character {position} of `{formula}`: {message}")]
    Maths {
        /// The formula, without dollar signs.
        formula: String,
        /// Where in the formula, in characters from 0.
        position: usize,
        /// What is wrong there.
        message: String,
    },
    /// A template asks for a figure that the kind did not draw.
    #[error("unknown figure `{id}` (known: {})", list(known))]
    Figure {
        /// The figure's id as written.
        id: String,
        /// The ids of all figures at hand.
        known: Vec<String>,
    },
    /// A fenced directive is unknown or not closed.
    #[error("directive `{{{name}}}` in line {line} of the rendered text {message}")]
    Directive {
        /// The word in braces.
        name: String,
        /// The line in the Markdown that the template gave, from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
}

fn list(words: &[String]) -> String {
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}
