//! Works to cite: BibTeX in, author–year citations and a list of references out.

use super::error::ReportError;
use super::text::markdown_escape;
use crate::input::Text;
use crate::spec::nearest;
use biblatex::{ChunksExt, Entry, EntryType, ParseError, ParseErrorKind, Person};
use std::collections::BTreeSet;

/// The works that gibbs's own handouts cite.
const OWN: &str = include_str!("../../templates/references.bib");

/// The types of entries that most bibliographies hold.
const TYPES: [&str; 19] = [
    "article",
    "book",
    "booklet",
    "collection",
    "dataset",
    "inbook",
    "incollection",
    "inproceedings",
    "manual",
    "mastersthesis",
    "misc",
    "online",
    "phdthesis",
    "proceedings",
    "report",
    "software",
    "techreport",
    "thesis",
    "unpublished",
];

/// A work as it is cited and listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Work {
    /// The key after `@`.
    pub(crate) key: String,
    /// `Onsager`, `Ferdinand and Fisher` or `Metropolis et al.`, plain text.
    pub(crate) authors: String,
    /// The year, or "n.d.".
    pub(crate) year: String,
    /// The whole entry in Markdown.
    pub(crate) entry: String,
}

/// All works at hand: gibbs's own, and the user's, which win.
#[derive(Debug, Default)]
pub(crate) struct Bibliography {
    works: Vec<Work>,
}

impl Bibliography {
    /// gibbs's own works and those of the user's BibTeX.
    ///
    /// # Errors
    ///
    /// [`ReportError::Bibliography`] with the line when the BibTeX cannot be read.
    pub(crate) fn new(own: Option<&Text>) -> Result<Self, ReportError> {
        let mut works = parse("references.bib", OWN)?;
        if let Some(own) = own {
            let added = parse(&own.place, &own.text)?;
            works.retain(|work| added.iter().all(|new| new.key != work.key));
            works.extend(added);
        }
        works.sort_by(|a, b| (&a.authors, &a.year, &a.key).cmp(&(&b.authors, &b.year, &b.key)));
        Ok(Self { works })
    }

    /// All works, in the order of authors and years.
    pub(crate) fn works(&self) -> &[Work] {
        &self.works
    }

    /// The works that any of `texts` cites, by `[@key]` or by `#ref-key`.
    pub(crate) fn cited<'a>(&self, texts: impl Iterator<Item = &'a str>) -> Vec<Work> {
        let mut keys = BTreeSet::new();
        for text in texts {
            for (mark, length) in [("@", 1), ("#ref-", 5)] {
                for (at, _) in text.match_indices(mark) {
                    let rest = &text[at + length..];
                    keys.insert(
                        &rest[..rest
                            .find(|c: char| "];),".contains(c) || c.is_whitespace())
                            .unwrap_or(rest.len())],
                    );
                }
            }
        }
        self.works.iter().filter(|work| keys.contains(work.key.as_str())).cloned().collect()
    }
}

fn parse(place: &str, text: &str) -> Result<Vec<Work>, ReportError> {
    let bibliography = biblatex::Bibliography::parse(text).map_err(|error| {
        let (line, message) = mistake(text, &error);
        ReportError::Bibliography { place: place.to_owned(), line, message }
    })?;
    bibliography.iter().map(|entry| work(place, text, entry)).collect()
}

/// The line and the words of a mistake in BibTeX.
fn mistake(text: &str, error: &ParseError) -> (usize, String) {
    let line_at = |at: usize| text[..at].matches('\n').count() + 1;
    let at = text.floor_char_boundary(error.span.start.min(text.len()));
    match &error.kind {
        // The end of the file is far from the entry that is not closed.
        ParseErrorKind::UnexpectedEof => {
            let open = entries(text).find(|(_, _, entry)| {
                let alone = biblatex::Bibliography::parse(entry);
                alone.is_err_and(|error| error.kind == ParseErrorKind::UnexpectedEof)
            });
            open.map_or_else(
                || (line_at(at), error.kind.to_string()),
                |(line, key, _)| (line, not_closed(key)),
            )
        }
        // What is missing is missing behind the last word, not ahead of the next one.
        ParseErrorKind::Expected(_) => {
            let before = text[..at].trim_end();
            let line = line_at(before.len());
            let within = entries(text).take_while(|(first, _, _)| *first <= line).last();
            match within.filter(|_| text[at..].trim_start().starts_with('@')) {
                Some((first, key, _)) => (first, not_closed(key)),
                None => {
                    let last = before.lines().next_back().unwrap_or_default().trim();
                    (line, format!("{} behind `{last}`", error.kind))
                }
            }
        }
        kind => (line_at(at), kind.to_string()),
    }
}

fn not_closed(key: &str) -> String {
    format!("entry `{key}` is not closed: a brace or a quotation mark is missing")
}

/// The entries of BibTeX, each with its line, its key and its text up to the next.
fn entries(text: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    let starts: Vec<usize> = text
        .split_inclusive('\n')
        .scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some((start, line))
        })
        .filter(|(_, line)| line.trim_start().starts_with('@'))
        .map(|(start, _)| start)
        .collect();
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([text.len()]).collect();
    starts.into_iter().zip(ends).map(|(start, end)| {
        let entry = &text[start..end];
        let key = entry.split_once(['{', '(']).map_or("", |(_, rest)| rest);
        let key = key.split([',', '\n', '}']).next().unwrap_or_default().trim();
        (text[..start].matches('\n').count() + 1, key, entry)
    })
}

fn work(place: &str, text: &str, entry: &Entry) -> Result<Work, ReportError> {
    let field =
        |names: &[&str]| names.iter().find_map(|name| entry.get(name)).map(|chunks| chunks.format_verbatim());
    let line = entries(text).find(|(_, key, _)| *key == entry.key).map_or(1, |(line, _, _)| line);
    let lacks = |what: &str| ReportError::Bibliography {
        place: place.to_owned(),
        line,
        message: format!("entry `{}` has no {what}", entry.key),
    };
    // A type that nobody has heard of is as good as `misc`; one that is nearly another is a slip.
    if let EntryType::Unknown(name) = &entry.entry_type
        && let Some(near) = nearest(&name.to_ascii_lowercase(), TYPES)
    {
        let key = &entry.key;
        let message = format!("entry `{key}` is of an unknown type, @{name}; did you mean `@{near}`?");
        return Err(ReportError::Bibliography { place: place.to_owned(), line, message });
    }
    let people = entry.author().or_else(|_| {
        entry.editors().map(|editors| editors.into_iter().flat_map(|(people, _)| people).collect())
    });
    let people: Vec<Person> =
        people.ok().filter(|people: &Vec<Person>| !people.is_empty()).ok_or_else(|| lacks("author"))?;
    let title = field(&["title"]).ok_or_else(|| lacks("title"))?;
    let year =
        field(&["year", "date"]).map_or_else(|| "n.d.".to_owned(), |date| date.chars().take(4).collect());

    let escaped = |text: &str| markdown_escape(text);
    let names: Vec<String> = people.iter().map(full_name).collect();
    let mut listed = format!("{} ({year}). ", escaped(&joined(&names)));
    let within = field(&["journal", "journaltitle", "booktitle"]);
    match &within {
        Some(within) => {
            listed.push_str(&format!("{}. *{}*", escaped(title.trim_end_matches('.')), escaped(within)));
            if let Some(volume) = field(&["volume"]) {
                listed.push_str(&format!(" **{}**", escaped(&volume)));
            }
            if let Some(pages) = field(&["pages", "eid"]) {
                listed.push_str(&format!(", {}", escaped(&pages.replace("--", "–"))));
            }
        }
        None => {
            listed.push_str(&format!("*{}*", escaped(title.trim_end_matches('.'))));
            if let Some(publisher) = field(&["publisher", "institution", "school"]) {
                listed.push_str(&format!(". {}", escaped(&publisher)));
            }
        }
    }
    listed.push('.');
    if let Some(doi) = field(&["doi"]) {
        let doi = doi.trim_start_matches("https://doi.org/");
        listed.push_str(&format!(" [doi:{}](<https://doi.org/{doi}>)", escaped(doi)));
    } else if let Some(url) =
        field(&["url"]).filter(|url| url.starts_with("https://") || url.starts_with("http://"))
    {
        listed.push_str(&format!(" [{}](<{url}>)", escaped(&url)));
    }
    let families: Vec<String> = people.iter().map(family).collect();
    let authors = match families.as_slice() {
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [first, ..] => format!("{first} et al."),
        [] => String::new(),
    };
    Ok(Work { key: entry.key.clone(), authors, year, entry: listed })
}

fn family(person: &Person) -> String {
    format!("{} {}", person.prefix, person.name).trim().to_owned()
}

/// `L. Onsager`, initials first.
fn full_name(person: &Person) -> String {
    let initials: Vec<String> = person
        .given_name
        .split_whitespace()
        .map(|name| {
            let parts: Vec<String> =
                name.split('-').filter_map(|part| part.chars().next()).map(|c| format!("{c}.")).collect();
            parts.join("-")
        })
        .collect();
    format!("{} {} {}", initials.join(" "), family(person), person.suffix).trim().to_owned()
}

fn joined(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(text: &str) -> Option<Text> {
        Some(Text { place: "my.bib".to_owned(), text: text.to_owned(), ..Text::default() })
    }

    #[test]
    fn entries_become_citations_and_references() {
        let text = "@article{onsager, author = {Lars Onsager}, title = {Crystal Statistics. {I}}, journal = {Phys. Rev.},\n\
                    volume = 65, pages = {117--149}, year = 1944, doi = {10.1103/PhysRev.65.117}}\n\
                    @book{x, author = {G{\\\"o}del, Kurt and Jean-Paul van der Waals and C, D}, title = {On *stars*}, year = 1931}";
        let bibliography = Bibliography::new(own(text).as_ref()).unwrap();
        let cited = bibliography.cited(["see [@x; @onsager] and [](#ref-x)"].into_iter());
        assert_eq!(cited.len(), 2);
        let onsager = cited.iter().find(|work| work.key == "onsager").unwrap();
        assert_eq!(
            onsager.entry,
            "L. Onsager (1944). Crystal Statistics. I. *Phys. Rev.* **65**, 117–149. \
             [doi:10.1103/PhysRev.65.117](<https://doi.org/10.1103/PhysRev.65.117>)"
        );
        let other = cited.iter().find(|work| work.key == "x").unwrap();
        assert_eq!(other.authors, "Gödel et al.");
        assert!(
            other.entry.starts_with("K. Gödel, J.-P. van der Waals and D. C (1931). *On \\*stars\\**."),
            "{}",
            other.entry
        );
        assert_eq!(bibliography.cited(["a@b.org"].into_iter()), []);
    }

    #[test]
    fn mistakes_are_pointed_at() {
        let message = |text: &str| Bibliography::new(own(text).as_ref()).unwrap_err().to_string();
        assert!(
            message("\n@article{a,\n title = {b\n").contains("my.bib, line"),
            "{}",
            message("\n@article{a,\n title = {b\n")
        );
        assert!(message("\n@article{a, title = {b}}").contains("line 2: entry `a` has no author"));
        let good = "@book{good, author = {A. B}, title = {Of a, and b}, year = 2000}\n\n";
        assert!(
            message(&format!("{good}@book{{a,\n title = {{b}},\n}}"))
                .contains("line 3: entry `a` has no author"),
            "the key, not the first word like it"
        );
        let kind = message(&format!("{good}@bok{{b, author = {{A. B}}, title = {{b}}}}"));
        assert_eq!(kind, "my.bib, line 3: entry `b` is of an unknown type, @bok; did you mean `@book`?");
        let open = message(&format!("{good}@book{{open,\n title = {{b\n}}\n\n{good}"));
        assert!(open.starts_with("my.bib, line 3: entry `open` is not closed"), "{open}");
        let comma = message(&format!("{good}@book{{c,\n author = {{A. B}}\n title = {{b}}\n}}\n"));
        assert!(comma.starts_with("my.bib, line 4: expected comma behind `author = {A. B}`"), "{comma}");
        let word = message(&format!("{good}@book{{c,\n author = {{A. B}},\n month = jann,\n}}\n"));
        assert!(word.starts_with("my.bib, line 5: unknown abbreviation"), "{word}");
    }
}
