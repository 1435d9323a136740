//! What can be wrong with a handout: always the template's or a kind's text, never the numbers.

use super::maths::{Piece, command, split};
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
    #[error("cross reference to unknown label `{label}` ({})", self::known(label, known))]
    Reference {
        /// The label as written, without `#`.
        label: String,
        /// All labels of the handout.
        known: Vec<String>,
    },
    /// A citation of a work that is in no bibliography.
    #[error(
        "citation of unknown work `{key}` ({}); add it to `[report] bibliography`",
        self::known(key, known)
    )]
    Citation {
        /// The key as written, without `@`.
        key: String,
        /// The keys of all works at hand.
        known: Vec<String>,
    },
    /// Brackets that mean to cite a work and cannot be read.
    #[error("citation `{text}` {message}")]
    Citing {
        /// What stands in the brackets.
        text: String,
        /// What is wrong with it, and the way out.
        message: String,
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
    #[error("unknown code `{name}` ({})", self::known(name, known))]
    Quote {
        /// The name as written.
        name: String,
        /// All names.
        known: Vec<String>,
    },
    /// Two things carry one label.
    #[error("label `{label}` is given twice{}", match label.starts_with("fig-") {
        true => " (each figure stands once on a page, the first at its head)".to_owned(),
        false => format!(": {first} has it already; choose another name"),
    })]
    Duplicate {
        /// The label.
        label: String,
        /// What carries it already: "Exercise 1 of the handout".
        first: String,
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
    #[error("unknown figure `{id}` ({})", self::known(id, known))]
    Figure {
        /// The figure's id as written.
        id: String,
        /// The ids of all figures at hand.
        known: Vec<String>,
    },
    /// A picture of the user's that cannot be shown.
    #[error("picture `{path}` {message}")]
    Picture {
        /// Its path, as written.
        path: String,
        /// What is wrong with it, and the way out.
        message: String,
    },
    /// A `\\newcommand` that is not understood, or not used right.
    #[error("macro `\\{name}` {message}")]
    Macro {
        /// Its name, without the backslash.
        name: String,
        /// What is wrong with it.
        message: String,
    },
    /// A directive where none can stand.
    #[error(
        "this line looks like a directive but opens none: write it as ```{{name}} at the start of a line, outside of lists and quotations"
    )]
    Stray,
    /// A mistake in a line of the text that a template gave.
    #[error("line {line} of the rendered text: {source}")]
    Line {
        /// The line in the rendered text, from 1.
        line: usize,
        /// The mistake.
        source: Box<ReportError>,
    },
    /// A mistake whose place in the user's own text or template was found.
    #[error("{place}, line {line}: {source}")]
    At {
        /// The file, or the key that holds the text.
        place: String,
        /// The line, from 1.
        line: usize,
        /// The mistake.
        source: Box<ReportError>,
    },
    /// A fenced directive is unknown or not closed.
    #[error("directive `{{{name}}}` {message}")]
    Directive {
        /// The word in braces.
        name: String,
        /// The line in the Markdown that the template gave, from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
}

impl ReportError {
    /// The mistake with the line of the text in which it was met, if it does not carry one already.
    pub(crate) fn on_line(self, line: usize) -> Self {
        match self {
            Self::Directive { .. } | Self::Line { .. } | Self::At { .. } => self,
            other => Self::Line { line, source: Box::new(other) },
        }
    }

    /// Its line in the text in which it was met, when that is known and its place is not.
    pub(crate) fn line(&self) -> Option<usize> {
        match self {
            Self::Line { line, .. } | Self::Directive { line, .. } => Some(*line),
            _ => None,
        }
    }

    /// The mistake at its place.
    pub(crate) fn at(self, place: String, line: usize) -> Self {
        let source = match self {
            Self::Line { source, .. } => source,
            other => Box::new(other),
        };
        Self::At { place, line, source }
    }

    /// The mistake so many lines further down.
    pub(crate) fn further_down(self, lines: usize) -> Self {
        match self {
            Self::Line { line, source } => Self::Line { line: line + lines, source },
            Self::Directive { name, line, message } => Self::Directive { name, line: line + lines, message },
            other => other,
        }
    }

    /// The mistake with its line, met in `text`, whose first line is `first`: where its words stand outside of code and
    /// formulas, when they are found.
    pub(crate) fn within(self, text: &str, first: usize) -> Self {
        let fragment = self.fragment();
        let mut line = first;
        for piece in split(text) {
            if let (Piece::Text(words), Some(fragment)) = (&piece, &fragment)
                && let Some(at) = words.find(fragment.as_str())
            {
                return self.on_line(line + words[..at].matches('\n').count());
            }
            line += piece.source().matches('\n').count();
        }
        self.on_line(first)
    }

    /// The mistake without the line of a text that no user wrote.
    pub(crate) fn without_line(self) -> Self {
        match self {
            Self::Line { source, .. } => *source,
            other => other,
        }
    }

    /// The mistake in a displayed formula that begins on `line`.
    pub(crate) fn in_formula(self, latex: &str, line: usize) -> Self {
        let ahead = match &self {
            Self::Maths { position, .. } => {
                latex.chars().take(*position).filter(|character| *character == '\n').count()
            }
            _ => 0,
        };
        self.on_line(line + ahead)
    }

    /// A mistake in a formula whose macros were expanded with the formula as it stands in `source`, where an unknown command
    /// shows which it is.
    pub(crate) fn spelt_in(self, source: &str) -> Self {
        let Self::Line { line, source: inner } = self else { return self };
        let found = match &*inner {
            Self::Maths { formula, message, .. } if !source.contains(formula.as_str()) => {
                written(source.lines().nth(line - 1).unwrap_or_default(), message)
            }
            _ => None,
        };
        match (found, *inner) {
            (Some((formula, position)), Self::Maths { message, .. }) => {
                Self::Maths { formula, position, message }.on_line(line)
            }
            (_, inner) => inner.on_line(line),
        }
    }

    /// The mistake with its place, for a text that was read as it stands.
    pub(crate) fn locate_in(self, place: &str, text: &str) -> Self {
        let place = place.to_owned();
        match self {
            Self::At { .. } => self,
            Self::Line { line, source } => Self::At { place, line, source },
            Self::Directive { line, .. } => Self::At { place, line, source: Box::new(self) },
            other => match other.fragment().and_then(|fragment| text.find(&fragment)) {
                Some(at) => {
                    let line = text[..at].matches('\n').count() + 1;
                    Self::At { place, line, source: Box::new(other) }
                }
                None => other,
            },
        }
    }

    /// The mistake with its place, when what is wrong stands in one of `templates` (each with its name).
    pub(crate) fn locate<'a>(self, templates: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        if matches!(self, Self::At { .. }) {
            return self;
        }
        let Some(fragment) = self.fragment() else { return self };
        for (place, text) in templates {
            if let Some(at) = text.find(&fragment) {
                let line = text[..at].matches('\n').count() + 1;
                let source = match self {
                    Self::Line { source, .. } => source,
                    other => Box::new(other),
                };
                return Self::At { place: place.to_owned(), line, source };
            }
        }
        self
    }

    /// What to look for in the source.
    pub(crate) fn fragment(&self) -> Option<String> {
        match self {
            Self::Reference { label, .. } => Some(format!("#{label})")),
            Self::Citation { key, .. } => Some(format!("@{key}")),
            // Formulas within it are held back.
            Self::Citing { text, .. } => {
                text[text.find('@').unwrap_or(0)..].split_whitespace().next().map(str::to_owned)
            }
            Self::Quote { name, .. } => Some(format!("{{code}} {name}")),
            Self::Figure { id, .. } => Some(format!("{{figure}} {id}")),
            Self::Maths { formula, .. } => Some(formula.clone()),
            Self::Directive { name, .. } => Some(format!("{{{name}}}")),
            Self::Duplicate { label, .. } => Some(label.strip_prefix("fig-").unwrap_or(label).to_owned()),
            Self::Picture { path, .. } => Some(path.clone()),
            Self::Macro { name, .. } => Some(format!("\\{name}")),
            Self::Line { source, .. } => source.fragment(),
            Self::Stray | Self::Template { .. } | Self::Bibliography { .. } | Self::At { .. } => None,
        }
    }
}

/// The formula on a line of the user's that holds the command which `message` calls unknown, and where it does.
fn written(line: &str, message: &str) -> Option<(String, usize)> {
    let command = format!("\\{}", command(message)?);
    let whole = |at: &usize| !line[at + command.len()..].starts_with(|next: char| next.is_ascii_alphabetic());
    let at = line.match_indices(&command).map(|(at, _)| at).find(whole)?;
    let ends = line[..at].rfind('$').zip(line[at..].find('$'));
    let (start, end) = ends.map_or((0, line.len()), |(start, length)| (start + 1, at + length));
    let formula = line[start..end].trim();
    let start = start + line[start..end].find(formula)?;
    Some((formula.to_owned(), line[start..at].chars().count()))
}

/// The nearest of the words; all of them when none is near.
fn known(word: &str, words: &[String]) -> String {
    match crate::spec::nearest(word, words.iter().map(String::as_str)) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("known: {}", list(words)),
    }
}

fn list(words: &[String]) -> String {
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}
