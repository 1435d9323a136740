//! Labels and the references to them: `[](#eq-boltzmann)` becomes "Eq. (1)".

use super::error::ReportError;
use super::maths::{Piece, split};
use std::collections::BTreeMap;

/// Everything in a handout that can be referred to.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    texts: BTreeMap<String, String>,
}

impl Labels {
    /// Adds a label and the words that a reference to it shows.
    pub(crate) fn add(&mut self, label: &str, text: String) -> Result<(), ReportError> {
        match self.texts.insert(label.to_owned(), text) {
            None => Ok(()),
            Some(_) => Err(ReportError::Duplicate { label: label.to_owned() }),
        }
    }

    /// Adds a section, shown by its heading.
    pub(crate) fn add_section(&mut self, label: &str, heading: &str) -> Result<(), ReportError> {
        self.add(label, heading.to_owned())
    }

    /// Markdown `text` with words put into empty references, outside of code and maths.
    ///
    /// # Errors
    ///
    /// [`ReportError::Reference`] for a link to a label that does not exist, with words of its own or without.
    pub(crate) fn resolve(&self, text: &str) -> Result<String, ReportError> {
        let mut output = String::with_capacity(text.len());
        for piece in split(text) {
            match piece {
                Piece::Text(text) => self.resolve_plain(text, &mut output)?,
                Piece::Code(code) => output.push_str(code),
                Piece::Inline(latex) => output.extend(["$", latex, "$"]),
                Piece::Display(latex) => output.extend(["$$", latex, "$$"]),
            }
        }
        Ok(output)
    }

    fn resolve_plain(&self, text: &str, output: &mut String) -> Result<(), ReportError> {
        let mut rest = text;
        while let Some(at) = rest.find("](#") {
            let (before, link) = rest.split_at(at);
            output.push_str(before);
            let target = &link[3..];
            let Some(length) = target.find(')') else { break };
            let label = &target[..length];
            let words = self.texts.get(label).ok_or_else(|| ReportError::Reference {
                label: label.to_owned(),
                known: self.texts.keys().cloned().collect(),
            })?;
            if before.ends_with('[') && !before.ends_with("\\[") {
                output.push_str(words);
            }
            output.push_str(&link[..=3 + length]);
            rest = &target[length + 1..];
        }
        output.push_str(rest);
        Ok(())
    }
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
        assert_eq!(error.to_string(), "cross reference to unknown label `eq-x` (known: eq-a, fig-b)");
        assert!(labels.resolve("[so](#no)").is_err());
        assert_eq!(labels.resolve("`[](#eq-x)` [it](#eq-a)").unwrap(), "`[](#eq-x)` [it](#eq-a)");
    }
}
