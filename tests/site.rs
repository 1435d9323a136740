//! The site of a folder: what is in it, where its links lead, what its badges say, and how a book orders it.

mod common;

use common::{Told, Workplace};
use std::path::Path;

/// A folder of experiments in a folder of its own.
struct Course(Workplace);

impl Course {
    fn new() -> Self {
        let course = Self(Workplace::new());
        let exercise = "[report]\nnotes = \"\"\"\n```{exercise} How many?\nCount.\n```\n```{solution}\nSeventeen.\n```\n\"\"\"\n";
        let bound = format!("at_least = 0.0\n{exercise}");
        course.experiment("alpha", "First <script>alert(1)</script> & last", &bound);
        course.experiment("beta", "Second", "at_least = 100.0");
        course.experiment("gamma delta", "Third", "");
        course
    }

    fn experiment(&self, name: &str, title: &str, bound: &str) {
        let expect = if bound.is_empty() {
            String::new()
        } else {
            format!("[[expect]]\nquantity = \"energy\"\n{bound}\n")
        };
        let text = format!(
            "kind = \"ensemble\"\ntitle = \"{title}\"\n[model.levels]\nenergies = [0.0, 1.0]\n\
             [sweep]\ntemperature = [0.5, 1.0, 2.0]\n{expect}"
        );
        self.write(&format!("course/{name}.toml"), &text);
    }

    fn write(&self, name: &str, text: &str) {
        self.0.write(name, text);
    }

    fn read(&self, name: &str) -> String {
        self.0.read(name)
    }

    fn has(&self, name: &str) -> bool {
        self.0.has(name)
    }

    fn gibbs(&self, arguments: &[&str]) -> Told {
        self.0.gibbs(arguments)
    }

    /// Runs and expects success.
    fn done(&self, arguments: &[&str]) -> Told {
        let told = self.gibbs(arguments);
        assert_eq!(told.code, Some(0), "{arguments:?}\n{}", told.stderr);
        told
    }
}

/// The values of `href`.
fn links(page: &str) -> Vec<String> {
    let page = page.split_once("</style>").map_or(page, |(_, page)| page);
    page.split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"'))
        .map(|(link, _)| link.to_owned())
        .collect()
}

/// Every link of a page to another leads to a file beside it, and to an id in that file.
fn links_hold(course: &Course, folder: &str, name: &str) -> usize {
    let page = course.read(&format!("{folder}/{name}"));
    let links = links(&page);
    for link in &links {
        if link.starts_with("data:") || link.starts_with("https://") {
            continue;
        }
        let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
        let file = file.replace("%20", " ");
        let target = if file.is_empty() { page.clone() } else { course.read(&format!("{folder}/{file}")) };
        assert!(anchor.is_empty() || target.contains(&format!("id=\"{anchor}\"")), "{name}: {link}");
    }
    links.len()
}

#[test]
fn a_folder_becomes_a_site_whose_links_hold() {
    let course = Course::new();
    let told = course.done(&["run", "course"]);
    let site = Path::new("results").join("site");
    assert_eq!(told.stdout.lines().last(), site.join("index.html").to_str());
    for page in ["index.html", "alpha.html", "beta.html", "gamma delta.html", "course.html"] {
        assert!(links_hold(&course, "results/site", page) > 2, "{page}");
        let text = course.read(&format!("results/site/{page}"));
        assert!(!text.contains("<script>alert"), "{page}");
        assert!(!text.contains("src=") && !text.contains("<link"), "{page} loads something");
    }
    let index = course.read("results/site/index.html");
    assert!(!index.to_lowercase().contains("<script"), "the index needs no script");
    assert!(index.contains("First &lt;script&gt;alert(1)&lt;/script&gt; &amp; last"));
    assert!(index.contains("<title>Course</title>"));
    assert!(index.contains("3 experiments: 1 passed, 1 failed, 1 not judged"));
    let order = [
        "badge passed\">passed, 3 verdicts",
        "badge failed\">failed, 3 of 3 verdicts",
        "badge unjudged\">not judged",
    ];
    let places: Vec<_> =
        order.iter().map(|badge| index.find(badge).unwrap_or_else(|| panic!("{badge}"))).collect();
    assert!(places.is_sorted());
    assert_eq!(index.matches("class=\"thumbnail\"").count(), 3);
    assert_eq!(index.matches("class=\"asked\"").count(), 3, "each card has the question above its answer");

    let middle = course.read("results/site/beta.html");
    assert!(
        middle.contains("rel=\"prev\" href=\"alpha.html\"")
            && middle.contains("rel=\"next\" href=\"gamma%20delta.html\"")
    );
    assert!(middle.contains("href=\"index.html\""));
    let own = course.read("results/beta/latest/report.html");
    assert!(!own.contains("rel=\"prev\""), "the report by itself has no neighbours");
}

#[test]
fn an_experiment_without_an_estimate_keeps_no_other_from_the_site() {
    let course = Course::new();
    let nothing = [
        ("cold", "temperature = 0\n[model.chain]\nspins = \"heisenberg\"\nsize = 10\n"),
        ("hot", "temperature = 1e300\n[model.oscillator]\n"),
        ("void", "[model.occupation]\nenergies = [0, 1, 2]\nobjects = 0\nenergy = 0\n"),
    ];
    for (name, text) in nothing {
        course
            .write(&format!("course/{name}.toml"), &format!("kind = \"ensemble\"\ntitle = \"None\"\n{text}"));
    }
    // Each may be refused at its line; none may end the program.
    let told = course.gibbs(&["run", "course", "--quiet"]);
    assert!(matches!(told.code, Some(0 | 2)) && !told.stderr.contains("panicked"), "{}", told.stderr);
    for name in ["alpha", "beta", "gamma delta"] {
        assert!(course.has(&format!("results/{name}/latest/report.html")), "{name}: {}", told.stderr);
        assert!(course.has(&format!("results/site/{name}.html")), "{name}: {}", told.stderr);
    }
    assert!(course.has("results/site/index.html"), "{}", told.stderr);
}

#[test]
fn a_book_orders_and_names_the_site() {
    let course = Course::new();
    let book = "title = \"Two <levels>\"\nsubtitle = \"A line\"\nauthors = [\"Ada L.\"]\nchapters = [\"gamma delta\", \"beta\"]\n";
    course.write("course/book.toml", book);
    let told = course.done(&["run", "course"]);
    assert!(told.stderr.contains("alpha") && told.stderr.contains("last in the site"), "{}", told.stderr);
    let index = course.read("results/site/index.html");
    assert!(
        index.contains("<h1>Two &lt;levels&gt;</h1>") && index.contains("A line") && index.contains("Ada L.")
    );
    let places: Vec<_> = ["gamma%20delta.html", "beta.html", "alpha.html"]
        .iter()
        .map(|page| index.find(&format!("<h2><a href=\"{page}\"")).unwrap_or_else(|| panic!("{page}")))
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    assert_eq!(course.gibbs(&["plan", "course/book.toml"]).code, Some(2));
    let told = course.gibbs(&["report", "course/book.toml"]);
    assert!(told.stderr.contains("name the folder: course"), "{}", told.stderr);

    course.write("course/book.toml", "title = \"t\"\nchapters = [\n  \"betta\",\n]\n");
    let told = course.gibbs(&["report", "course"]);
    assert_eq!(told.code, Some(2));
    assert!(
        told.stderr.contains("book.toml:3:3") && told.stderr.contains("did you mean `beta`?"),
        "{}",
        told.stderr
    );
    assert_eq!(told.stdout, "", "a mistake in the book shows before anything is written");
}

#[test]
fn a_site_is_written_for_folders_only_and_keeps_nothing_stale() {
    let course = Course::new();
    course.done(&["run", "course", "--no-report"]);
    assert!(!course.has("results/site/index.html"));
    course.done(&["report", "course/alpha.toml", "course/beta.toml"]);
    course.done(&["report", "course", "--format", "md"]);
    assert!(!course.has("results/site/index.html"));

    let told = course.done(&["report", "course", "--solutions"]);
    let last: Vec<&str> = told.stdout.lines().rev().take(2).collect();
    assert!(last[0].ends_with("index.html") && last[0].contains("site-solutions"), "{last:?}");
    assert!(course.read("results/site-solutions/index.html").contains("with solutions"));
    assert!(!course.read("results/site/index.html").contains("with solutions"));
    assert!(course.read("results/site-solutions/alpha.html").contains("Seventeen"));
    assert!(course.read("results/site-solutions/course.html").contains("Seventeen"));
    assert!(!course.read("results/site/course.html").contains("Seventeen"));
    assert!(!course.read("results/site/alpha.html").contains("Seventeen"));

    std::fs::remove_file(course.0.path("course/gamma delta.toml")).expect("a file");
    course.done(&["report", "course"]);
    assert!(!course.has("results/site/gamma delta.html"));
    assert!(course.read("results/site/index.html").contains("2 experiments: 1 passed, 1 failed"));

    course.experiment("omega", "Not run", "");
    let told = course.gibbs(&["report", "course"]);
    assert_eq!(told.code, Some(2));
    assert!(told.stderr.contains("the site is made without omega"), "{}", told.stderr);
    assert!(course.has("results/site/beta.html") && !course.has("results/site/omega.html"));
}

#[test]
fn a_printed_course_stays_while_it_shows_the_same_and_is_not_removed_without_a_word() {
    let course = Course::new();
    course.done(&["run", "course"]);
    // As `--format pdf` leaves it.
    course.write("results/site/course.pdf", "%PDF printed");
    let told = course.done(&["report", "course"]);
    assert_eq!(course.read("results/site/course.pdf"), "%PDF printed");
    assert!(course.read("results/site/index.html").contains("href=\"course.pdf\""));
    assert!(!told.stderr.contains("removed"), "{}", told.stderr);
    assert!(!told.stdout.contains("course.pdf"), "it was not made anew");
    course.experiment("alpha", "Another title", "at_least = 0.0");
    let told = course.done(&["report", "course"]);
    assert!(!course.has("results/site/course.pdf"));
    assert!(!course.read("results/site/index.html").contains("course.pdf"));
    let path = Path::new("results").join("site").join("course.pdf");
    assert!(told.stderr.contains(&format!("removed {}: out of date", path.display())), "{}", told.stderr);
    std::fs::remove_file(course.0.path("course/beta.toml")).expect("a file");
    let told = course.done(&["report", "course"]);
    assert!(told.stderr.contains("beta.html: no part of the site any more"), "{}", told.stderr);
}
