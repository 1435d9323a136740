//! Labels and the references to them: `[](#eq-boltzmann)` becomes "Eq. (1)", `[@onsager1944]` "(Onsager 1944)".

use super::citations::Work;
use super::error::ReportError;
use super::maths::{Piece, split};
use super::text::markdown_escape;
use std::collections::BTreeMap;

/// Everything in a handout that can be referred to.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    texts: BTreeMap<String, String>,
    works: BTreeMap<String, String>,
    prefix: String,
}

impl Labels {
    /// Labels whose links lead to ids that begin with `prefix`, with the works that can be cited.
    pub(crate) fn new(prefix: &str, works: &[Work]) -> Self {
        let mut labels = Self { prefix: prefix.to_owned(), ..Self::default() };
        for work in works {
            let authors = markdown_escape(&work.authors);
            labels.texts.insert(format!("ref-{}", work.key), format!("{authors}\u{a0}({})", work.year));
            labels.works.insert(work.key.clone(), format!("{authors}\u{a0}{}", work.year));
        }
        labels
    }

    /// Adds a label and the words that a reference to it shows.
    pub(crate) fn add(&mut self, label: &str, text: String) -> Result<(), ReportError> {
        match self.texts.insert(label.to_owned(), text) {
            None => Ok(()),
            Some(_) => Err(ReportError::Duplicate { label: label.to_owned() }),
        }
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
    /// [`ReportError::Citation`] for a work that is in no bibliography.
    pub(crate) fn resolve(&self, text: &str) -> Result<String, ReportError> {
        let mut output = String::with_capacity(text.len());
        for piece in split(text) {
            match piece {
                Piece::Text(text) => self.resolve_links(&self.resolve_citations(text)?, &mut output)?,
                piece => output.push_str(&piece.source()),
            }
        }
        Ok(output)
    }

    /// `[@a, p. 3; @b]` as `([A 1944](#ref-a), p. 3; [B 1949](#ref-b))`, with or without places within the works:
    /// `[@a; @b]` as `([A 1944](#ref-a); [B 1949](#ref-b))`.
    fn resolve_citations(&self, text: &str) -> Result<String, ReportError> {
        let mut output = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("[@") {
            let (before, link) = rest.split_at(at);
            output.push_str(before);
            let Some(length) = link.find(']').filter(|_| !before.ends_with('\\')) else {
                output.push_str("[@");
                rest = &link[2..];
                continue;
            };
            let mut works = Vec::new();
            for work in link[1..length].split(';') {
                let work = work.trim().trim_start_matches('@');
                let end = work.find(|c: char| c == ',' || c.is_whitespace()).unwrap_or(work.len());
                let (key, locator) = work.split_at(end);
                let words = self.works.get(key).ok_or_else(|| ReportError::Citation {
                    key: key.to_owned(),
                    known: self.works.keys().cloned().collect(),
                })?;
                let locator = place_within(locator);
                works.push(format!("[{words}](#ref-{key}){locator}"));
            }
            output.push_str(&format!("({})", works.join("; ")));
            rest = &link[length + 1..];
        }
        output.push_str(rest);
        Ok(output)
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
                known: self.texts.keys().filter(|known| !known.starts_with("ref-")).cloned().collect(),
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
        assert_eq!(
            error.to_string(),
            "cross reference to unknown label `eq-x` (did you mean `eq-a`? known: eq-a, fig-b)"
        );
        assert!(labels.resolve("[so](#no)").is_err());
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
        let error = labels.resolve("[@aa, p. 3]").unwrap_err().to_string();
        assert!(error.starts_with("citation of unknown work `aa` (did you mean `a`?"), "{error}");
        let error = labels.resolve("[@nosuch]").unwrap_err().to_string();
        assert_eq!(
            error,
            "citation of unknown work `nosuch` (known: a, b); add it to `[report] bibliography`"
        );
    }
}
