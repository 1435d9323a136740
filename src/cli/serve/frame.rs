//! What stands around a served page: the list of experiments, an account of what is wrong, and the script that follows
//! changes, which no stored page holds.

use super::http::encoded;
use super::render::Glance;
use crate::spec::Book;

/// What a browser has seen of an experiment that is not there.
pub(super) const GONE: &str = "gone";

const STYLE: &str = include_str!("../../../templates/handout.css");
const OWN: &str = include_str!("../../../templates/serve.css");
const SCRIPT: &str = include_str!("../../../templates/serve.js");

/// One experiment in the index.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) outcome: Result<Glance, String>,
}

/// The page with the script that reloads it when `name` shows another revision than `seen`.
pub(super) fn live(page: &str, name: &str, seen: &str) -> String {
    let script = format!(
        "<script data-page=\"{}\" data-seen=\"{}\">\n{SCRIPT}</script>\n",
        escape(name),
        escape(seen)
    );
    match page.rfind("</body>") {
        Some(at) => format!("{}{script}{}", &page[..at], &page[at..]),
        None => format!("{page}{script}"),
    }
}

/// The title of the whole; a book at fault has none.
pub(super) fn title(book: &Book) -> &str {
    if book.title.is_empty() { "Experiments" } else { &book.title }
}

/// The list of experiments.
pub(super) fn index(book: &Book, lines: &[Line], problem: Option<&str>, seen: &str) -> String {
    let mut body = String::new();
    if let Some(subtitle) = &book.subtitle {
        body.push_str(&format!("<p class=\"question\">{}</p>\n", escape(subtitle)));
    }
    let byline: Vec<&str> = book.authors.iter().chain(&book.course).map(String::as_str).collect();
    if !byline.is_empty() {
        body.push_str(&format!("<p class=\"byline\">{}</p>\n", escape(&byline.join(", "))));
    }
    if let Some(problem) = problem {
        body.push_str(&account(problem));
    }
    if !lines.is_empty() {
        let rows: String = lines.iter().map(row).collect();
        body.push_str(&format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Experiments\"><table>\n<thead>\
             <tr><th>Experiment</th><th>Title</th><th>State</th></tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n"
        ));
    }
    live(&document(title(book), "", &body), "", seen)
}

fn row(line: &Line) -> String {
    let (title, state, class) = match &line.outcome {
        Ok(Glance { title, faulty: true, .. }) => {
            (title.as_str(), "a mistake in the page".to_owned(), "wrong")
        }
        Ok(Glance { title, missing: 0, .. }) => (title.as_str(), "ready".to_owned(), "ready"),
        Ok(Glance { title, missing, tasks, .. }) if missing == tasks => {
            (title.as_str(), "not run yet".to_owned(), "waiting")
        }
        Ok(Glance { title, missing, tasks, .. }) => {
            (title.as_str(), format!("{} of {tasks} tasks are stored", tasks - missing), "waiting")
        }
        Err(_) => (line.path.as_str(), "a mistake in the file".to_owned(), "wrong"),
    };
    format!(
        "<tr><td><a href=\"{}\">{}</a></td><td>{}</td><td class=\"{class}\">{}</td></tr>\n",
        encoded(&line.name),
        escape(&line.name),
        crate::report::title(title),
        escape(&state)
    )
}

/// Why an experiment has no page.
pub(super) fn problem(name: &str, text: &str, seen: &str) -> String {
    let body = format!("{}<p>This page shows itself anew when that is mended.</p>\n", account(text));
    live(&document(name, name, &body), name, seen)
}

/// The page in place of an experiment that is not there.
pub(super) fn absent(name: &str) -> String {
    let body = account(&format!("There is no experiment `{name}` here."));
    live(&document("Not here", name, &body), name, GONE)
}

fn account(text: &str) -> String {
    format!("<pre class=\"account\" role=\"alert\" tabindex=\"0\">{}</pre>\n", escape(text.trim_end()))
}

fn document(title: &str, name: &str, body: &str) -> String {
    let back = if name.is_empty() { "" } else { "<p><a href=\"./\">Experiments</a></p>\n" };
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n\
         <title>{title} · gibbs</title>\n<style>\n{STYLE}{OWN}</style>\n</head>\n<body>\n\
         <div class=\"page serve\"><header>\n<p class=\"kicker\">gibbs serve</p>\n<h1>{title}</h1>\n</header>\n\
         <main id=\"content\">\n{body}{back}</main></div>\n</body>\n</html>\n",
        title = escape(title)
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_titles_and_problems_are_shown_not_run() {
        let nasty = "<script>alert(1)</script>\"'";
        let glance = Glance { title: nasty.to_owned(), tasks: 2, missing: 1, faulty: false };
        let lines = [
            Line { name: nasty.to_owned(), path: nasty.to_owned(), outcome: Ok(glance) },
            Line { name: "b".to_owned(), path: nasty.to_owned(), outcome: Err(nasty.to_owned()) },
        ];
        let book = Book { title: nasty.to_owned(), subtitle: Some(nasty.to_owned()), ..Book::default() };
        for page in [index(&book, &lines, Some(nasty), "1-1"), problem(nasty, nasty, nasty), absent(nasty)] {
            assert!(!page.contains("<script>alert"), "{page}");
        }
        assert!(index(&Book::default(), &lines, None, "1-1").contains("1 of 2 tasks are stored"));
        let glance = Glance { title: "Below $T_c$".to_owned(), tasks: 2, missing: 0, faulty: true };
        let lines = [Line { name: "c".to_owned(), path: "c".to_owned(), outcome: Ok(glance) }];
        let page = index(&Book::default(), &lines, None, "1-1");
        assert!(page.contains("Below <math>") && page.contains("a mistake in the page"), "{page}");
    }

    #[test]
    fn the_script_stands_at_the_end_of_the_body() {
        let page = live("<body><pre>&lt;/body></pre></body></html>", "a&b", "7-1");
        assert!(page.ends_with("</script>\n</body></html>"), "{page}");
        assert!(page.contains("data-page=\"a&amp;b\" data-seen=\"7-1\""), "{page}");
    }
}
