//! Labels and the references to them: `[](#eq-boltzmann)` becomes "Eq. (1)", `[@onsager1944]` "(Onsager 1944)".

use super::citations::Work;
use super::error::ReportError;
use super::maths::{Piece, split};
use super::text::markdown_escape;
use crate::spec::nearest;
use std::collections::{BTreeMap, BTreeSet};

/// What stands for a formula or a code span while the text around it is read: a character that stands for nothing.
const HELD: char = '\u{e002}';

/// Everything in a handout that can be referred to.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    texts: BTreeMap<String, String>,
    /// The labels that the handout itself gives, rather than texts beside it.
    handouts: BTreeSet<String>,
    within_handout: bool,
    works: BTreeMap<String, Short>,
    prefix: String,
}

/// A work as it is cited: "Onsager", "1944".
#[derive(Debug)]
struct Short {
    authors: String,
    year: String,
}

impl Labels {
    /// Labels whose links lead to ids that begin with `prefix`, with the works that can be cited.
    pub(crate) fn new(prefix: &str, works: &[Work]) -> Self {
        let mut labels = Self { prefix: prefix.to_owned(), ..Self::default() };
        for work in works {
            let authors = markdown_escape(&work.authors);
            labels.texts.insert(format!("ref-{}", work.key), format!("{authors}\u{a0}({})", work.year));
            labels.works.insert(work.key.clone(), Short { authors, year: work.year.clone() });
        }
        labels
    }

    /// Adds a label and the words that a reference to it shows.
    pub(crate) fn add(&mut self, label: &str, text: String) -> Result<(), ReportError> {
        match self.texts.insert(label.to_owned(), text) {
            None => {
                if self.within_handout {
                    self.handouts.insert(label.to_owned());
                }
                Ok(())
            }
            Some(first) => {
                let whose = if self.handouts.contains(label) { " of the handout" } else { "" };
                let first = format!("{first}{whose}");
                Err(ReportError::Duplicate { label: label.to_owned(), first })
            }
        }
    }

    /// Says whether the labels to come are the handout's.
    pub(crate) fn within_handout(&mut self, within: bool) {
        self.within_handout = within;
    }

    /// The id of what carries `label`.
    pub(crate) fn id(&self, label: &str) -> String {
        format!("{}{label}", self.prefix)
    }

    /// Whether the labels are those of a chapter among others.
    pub(crate) fn is_chapter(&self) -> bool {
        !self.prefix.is_empty()
    }

    /// Markdown `text` with words put into empty references and citations spelt out, outside of code and maths.
    ///
    /// # Errors
    ///
    /// [`ReportError::Reference`] for a link to a label that does not exist, with words of its own or without;
    /// [`ReportError::Citation`] for a work that is in no bibliography; [`ReportError::Citing`] for brackets that mean to
    /// cite one and are not understood.
    pub(crate) fn resolve(&self, text: &str) -> Result<String, ReportError> {
        let mut words = String::with_capacity(text.len());
        let mut held = Vec::new();
        for piece in split(text) {
            match piece {
                Piece::Text(text) => words.push_str(text),
                piece => {
                    words.push(HELD);
                    held.push(piece.source().into_owned());
                }
            }
        }
        let mut resolved = String::with_capacity(text.len());
        self.resolve_links(&self.resolve_citations(&words)?, &mut resolved)?;
        let mut parts = resolved.split(HELD);
        let mut output = parts.next().unwrap_or_default().to_owned();
        for (part, held) in parts.zip(held) {
            output.extend([&held, part]);
        }
        Ok(output)
    }

    /// `[see @a, p. 3; -@b]` as `(see [A 1944](#ref-a), p. 3; [1949](#ref-b))`: words ahead of a work and places within
    /// it may be left out, and a minus sign shows the year alone.
    fn resolve_citations(&self, text: &str) -> Result<String, ReportError> {
        let mut output = String::with_capacity(text.len());
        let mut kept = 0;
        let mut from = 0;
        while let Some(open) = text[from..].find('[').map(|at| from + at) {
            from = open + 1;
            let Some(length) = text[from..].find(['[', ']']) else { break };
            let inside = &text[from..from + length];
            let behind = &text[from + length..];
            if escaped(&text[..open]) || !behind.starts_with(']') || !inside.contains('@') {
                continue;
            }
            let first = inside.trim_start().trim_start_matches('-').strip_prefix('@');
            let formal = first.is_some_and(|rest| !key(rest).is_empty());
            // The words of a picture, of a link, or of a link's target.
            let target =
                behind.starts_with("]:") && text[..open].chars().next_back().is_none_or(|c| c == '\n');
            if text[..open].ends_with('!') || !formal && (target || behind.starts_with("](")) {
                continue;
            }
            let works =
                inside.split(';').map(|work| self.cite(work, formal)).collect::<Result<Vec<_>, _>>()?;
            let works: Option<Vec<String>> = works.into_iter().collect();
            let Some(works) = works else { continue };
            from += length + 1;
            output.push_str(&text[kept..open]);
            output.push_str(&format!("({})", works.join("; ")));
            kept = from;
        }
        output.push_str(&text[kept..]);
        Ok(output)
    }

    /// One work of a citation; `None` when the brackets cite nothing, which those that begin with a key (`formal`) do.
    fn cite(&self, text: &str, formal: bool) -> Result<Option<String>, ReportError> {
        let near = |key: &str| nearest(key, self.works.keys().map(String::as_str)).is_some();
        let signs: Vec<usize> =
            text.match_indices('@').map(|(at, _)| at).filter(|at| !escaped(&text[..*at])).collect();
        let named = signs.iter().copied().find(|at| {
            let before = &text[..*at];
            let before = before.strip_suffix('-').unwrap_or(before);
            let apart = before.is_empty() || before.ends_with(char::is_whitespace);
            apart && !key(&text[at + 1..]).is_empty()
        });
        let wrong = |message: &str| ReportError::Citing {
            text: text.trim().replace(HELD, "…"),
            message: message.to_owned(),
        };
        let Some(at) = named else {
            let meant = signs.iter().map(|at| key(&text[at + 1..])).find(|key| self.works.contains_key(*key));
            return match meant {
                Some(_) => Err(wrong("has its `@` within a word: put a space ahead of it")),
                None if formal => Err(wrong("stands among works and names none: write it as @key")),
                None => Ok(None),
            };
        };
        let name = key(&text[at + 1..]);
        let Some(work) = self.works.get(name) else {
            return if formal || near(name) { Err(self.unknown(name)) } else { Ok(None) };
        };
        let others = signs.iter().map(|sign| key(&text[sign + 1..])).filter(|other| near(other)).count();
        if others > 1 {
            return Err(wrong("names two works: put a semicolon between them, as in [@a, p. 3; @b]"));
        }
        let before = &text[..at];
        let (before, alone) = before.strip_suffix('-').map_or((before, false), |before| (before, true));
        let before: String = before.split_whitespace().map(|word| format!("{word} ")).collect();
        let Short { authors, year } = work;
        let words = if alone { year.clone() } else { format!("{authors}\u{a0}{year}") };
        let place = place_within(&text[at + 1 + name.len()..]);
        Ok(Some(format!("{before}[{words}](#ref-{name}){place}")))
    }

    fn unknown(&self, key: &str) -> ReportError {
        ReportError::Citation { key: key.to_owned(), known: self.works.keys().cloned().collect() }
    }

    fn resolve_links(&self, text: &str, output: &mut String) -> Result<(), ReportError> {
        let mut rest = text;
        while let Some(at) = rest.find("](#") {
            let (before, link) = rest.split_at(at);
            output.push_str(before);
            let target = &link[3..];
            let Some(length) = target.find(')') else { break };
            let label = &target[..length];
            let words = self.texts.get(label).ok_or_else(|| ReportError::Reference {
                label: label.to_owned(),
                // All works of the bibliography would be a long list.
                known: self
                    .texts
                    .keys()
                    .filter(|known| label.starts_with("ref-") == known.starts_with("ref-"))
                    .cloned()
                    .collect(),
            })?;
            if before.ends_with('[') && !before.ends_with("\\[") {
                output.push_str(words);
            }
            output.extend(["](#", &self.prefix, label, ")"]);
            rest = &target[length + 1..];
        }
        output.push_str(rest);
        Ok(())
    }
}

/// The key that `text` begins with.
fn key(text: &str) -> &str {
    &text[..text.find(|c: char| c == ',' || c == HELD || c.is_whitespace()).unwrap_or(text.len())]
}

/// Whether what follows `before` stands behind a backslash that is meant for it.
fn escaped(before: &str) -> bool {
    (before.len() - before.trim_end_matches('\\').len()) % 2 == 1
}

/// Where in a work: `, p. 3` as `, p. 3` with a space that does not break, ahead of a comma where none was written.
fn place_within(locator: &str) -> String {
    let words: Vec<&str> = locator.trim_start_matches(',').split_whitespace().collect();
    if words.is_empty() { String::new() } else { format!(", {}", words.join("\u{a0}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_labels_are_errors() {
        let mut labels = Labels::default();
        labels.add("eq-a", "Eq. (1)".into()).unwrap();
        labels.add("fig-b", "Figure 1".into()).unwrap();
        let error = labels.resolve("see [](#eq-x)").unwrap_err();
        assert_eq!(error.to_string(), "cross reference to unknown label `eq-x` (did you mean `eq-a`?)");
        assert!(labels.resolve("[so](#no)").is_err());
        labels.add("ref-onsager1944", "Onsager (1944)".into()).unwrap();
        let told = |text: &str| labels.resolve(text).unwrap_err().to_string();
        assert!(told("[](#ref-onsager1945)").contains("did you mean `ref-onsager1944`?"));
        assert!(told("[](#fig-x)").contains("did you mean `fig-b`?"));
        assert_eq!(labels.resolve("`[](#eq-x)` [it](#eq-a)").unwrap(), "`[](#eq-x)` [it](#eq-a)");
    }

    #[test]
    fn works_are_cited_by_author_and_year() {
        let work = |key: &str, authors: &str| Work {
            key: key.to_owned(),
            authors: authors.to_owned(),
            year: "1944".to_owned(),
            entry: String::new(),
        };
        let labels = Labels::new("x-", &[work("a", "Onsager"), work("b", "Yang and Lee")]);
        assert_eq!(
            labels.resolve("So [@a; @b], by [](#ref-a). `[@c]` \\[@d] a@b [@").unwrap(),
            "So ([Onsager\u{a0}1944](#x-ref-a); [Yang and Lee\u{a0}1944](#x-ref-b)), by [Onsager\u{a0}(1944)](#x-ref-a). \
             `[@c]` \\[@d] a@b [@"
        );
        assert_eq!(
            labels.resolve("[@a, p. 3; @b,pp. 3–5, and *Fig.* 2] [@a sec. 4]").unwrap(),
            "([Onsager\u{a0}1944](#x-ref-a), p.\u{a0}3; [Yang and Lee\u{a0}1944](#x-ref-b), pp.\u{a0}3–5,\u{a0}and\u{a0}*Fig.*\u{a0}2) \
             ([Onsager\u{a0}1944](#x-ref-a), sec.\u{a0}4)"
        );
        assert_eq!(
            labels.resolve("[see *Onsager* @a, eq. $x;]$ of `[@b]`; as in -@b] and [-@a, p. 3]").unwrap(),
            "(see *Onsager* [Onsager\u{a0}1944](#x-ref-a), eq.\u{a0}$x;]$\u{a0}of\u{a0}`[@b]`; as in [1944](#x-ref-b)) and \
             ([1944](#x-ref-a), p.\u{a0}3)"
        );
        let kept = "[mail @somebody] [me@home.org] \\[see @a] [see \\@a] [x @a](https://a) ![@a b](b.png) [@ a] [^1] [see @a";
        assert_eq!(labels.resolve(kept).unwrap(), kept);
        let error = labels.resolve("[@aa, p. 3]").unwrap_err().to_string();
        assert!(error.starts_with("citation of unknown work `aa` (did you mean `a`?"), "{error}");
        let error = labels.resolve("[@nosuch]").unwrap_err().to_string();
        assert_eq!(
            error,
            "citation of unknown work `nosuch` (known: a, b); add it to `[report] bibliography`"
        );
    }

    #[test]
    fn brackets_that_mean_a_work_and_do_not_cite_one_are_errors() {
        let work = |key: &str| Work {
            key: key.to_owned(),
            authors: String::new(),
            year: String::new(),
            entry: String::new(),
        };
        let labels = Labels::new("", &[work("kaufman1949"), work("onsager1944")]);
        for (text, words) in [
            ("[see @kaufmann1949, ch. 2]", "unknown work `kaufmann1949` (did you mean `kaufman1949`?)"),
            ("[-@onsager]", "unknown work `onsager` (did you mean `onsager1944`?)"),
            ("[@kaufman1949, @onsager1944]", "names two works: put a semicolon"),
            ("[cf.@kaufman1949]", "within a word"),
            ("[@kaufman1949; onsager1944]", "citation `onsager1944` stands among works and names none"),
        ] {
            let error = labels.resolve(text).unwrap_or_else(|error| error.to_string());
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
