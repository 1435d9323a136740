//! `book.toml`: how the experiments of a folder are bound into a site and a course.

use super::diagnostic::{Diagnostic, Diagnostics, Source};
use super::load::{decode, parse};
use super::node::{Node, Span, Tree};
use super::{load::Request, schema};
use schemars::JsonSchema;
use serde::Deserialize;

/// The name of the file that describes a folder's book. It is no experiment.
pub const BOOK: &str = "book.toml";

/// What `book.toml` says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Book {
    /// The title of the whole.
    #[schemars(length(min = 1))]
    pub title: String,
    /// A line below the title.
    #[serde(default)]
    pub subtitle: Option<String>,
    /// Who wrote the whole, one name each.
    #[serde(default)]
    pub authors: Vec<String>,
    /// The course that it belongs to.
    #[serde(default)]
    pub course: Option<String>,
    /// The experiments in the order of reading, by name; those left out come last, in the order of the alphabet.
    #[serde(default)]
    pub chapters: Vec<String>,
}

/// Reads the description of a book; `path` is what messages call it, `experiments` are the names that `chapters` may use.
///
/// # Errors
///
/// All mistakes found, each with its place in the file and a way out.
pub fn load_book(path: &str, bytes: &[u8], experiments: &[&str]) -> Result<Book, Diagnostics> {
    let (mut sources, mut list) = (Vec::new(), Vec::new());
    match read(path, bytes, experiments, &mut sources, &mut list) {
        Some(book) if list.is_empty() => Ok(book),
        _ => {
            list.sort_by_key(|diagnostic| diagnostic.span.clone());
            Err(Diagnostics { sources, list })
        }
    }
}

fn read(
    path: &str,
    bytes: &[u8],
    experiments: &[&str],
    sources: &mut Vec<Source>,
    out: &mut Vec<Diagnostic>,
) -> Option<Book> {
    let request = Request { name: "book", path, bytes, overrides: &[], quick: false };
    let text = decode(&request, sources, out)?;
    let root = parse(&text, out)?;
    let top = Span::new(0, 0..text.find('\n').unwrap_or(text.len()));
    schema::conform(&root, &crate::models::schema_of::<Book>(), "the book", &top, out);
    if let Some(kind) = root.get("kind") {
        let help = "an experiment takes another file name; `book.toml` describes the folder";
        out.push(Diagnostic::new(kind.key_span.clone(), "this is no experiment", "not of a book").help(help));
    }
    if let Some(Tree::List(chapters)) = root.get("chapters").map(|entry| &entry.node.tree) {
        check_chapters(chapters, experiments, out);
    }
    if !out.is_empty() {
        return None;
    }
    match serde_json::from_value(root.to_json()) {
        Ok(book) => Some(book),
        Err(error) => {
            out.push(Diagnostic::new(top, error.to_string(), ""));
            None
        }
    }
}

/// Every chapter is an experiment of the folder, and none comes twice.
fn check_chapters(chapters: &[Node], experiments: &[&str], out: &mut Vec<Diagnostic>) {
    for (index, chapter) in chapters.iter().enumerate() {
        let Tree::Text(name) = &chapter.tree else { continue };
        if !experiments.contains(&name.as_str()) {
            let title = format!("there is no experiment `{name}` in this folder");
            // A chapter is named as its experiment is: by the file's stem.
            let stem = name.strip_suffix(".toml").unwrap_or(name);
            let label = match experiments.contains(&stem) {
                true => "named by the file, without its ending".to_owned(),
                false => format!("no {stem}.toml here"),
            };
            let wrong = Diagnostic::new(chapter.span.clone(), title, label);
            out.push(wrong.suggest(stem, experiments.iter().copied(), true));
        } else if chapters[..index].iter().any(|other| other.tree_is(name)) {
            let title = format!("chapter `{name}` is given twice");
            let wrong = Diagnostic::new(chapter.span.clone(), title, "stands above already");
            out.push(wrong.help("each experiment is one chapter: remove one of the two"));
        }
    }
}

impl Node {
    fn tree_is(&self, text: &str) -> bool {
        matches!(&self.tree, Tree::Text(found) if found == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 3] = ["ising", "two-level", "spin-glass"];

    fn message(text: &str) -> String {
        load_book("course/book.toml", text.as_bytes(), &KNOWN).unwrap_err().to_string()
    }

    #[test]
    fn a_book_is_read() {
        let text = "title = \"A course\"\nauthors = [\"A. B.\"]\nchapters = [\"two-level\", \"ising\"]\n";
        let book = load_book("book.toml", text.as_bytes(), &KNOWN).unwrap();
        assert_eq!((book.title.as_str(), book.subtitle, book.course), ("A course", None, None));
        assert_eq!(
            (book.authors, book.chapters),
            (vec!["A. B.".to_owned()], vec!["two-level".into(), "ising".into()])
        );
    }

    #[test]
    fn mistakes_are_pointed_at() {
        let unknown = message("title = \"t\"\nchapters = [\n  \"ising\",\n  \"two-levels\",\n]\n");
        assert!(unknown.contains("there is no experiment `two-levels` in this folder"), "{unknown}");
        assert!(
            unknown.contains("course/book.toml:4:3") && unknown.contains("did you mean `two-level`?"),
            "{unknown}"
        );
        let twice = message("title = \"t\"\nchapters = [\"ising\", \"ising\"]");
        assert!(twice.contains("chapter `ising` is given twice") && twice.contains(":2:22"), "{twice}");
        let key = message("title = \"t\"\nauthor = [\"x\"]");
        assert!(key.contains("`author`") && key.contains("authors") && key.contains(":2:1"), "{key}");
        assert!(message("chapters = []").contains("`title`"));
        assert!(message("kind = \"sweep\"\ntitle = \"t\"").contains("this is no experiment"));
        assert!(message("title = ").contains("not valid TOML"));
        assert!(message("title = \"t\"\nchapters = [1]").contains(":2:13"));
    }
}
