//! Which pages are written, beside which others, and what becomes of them when the results change.

#![expect(clippy::disallowed_methods, reason = "a test reads and writes files of its own")]

mod common;

use common::LEVELS;
use std::path::PathBuf;

/// A folder with one experiment.
struct Workplace(common::Workplace);

impl Workplace {
    fn new() -> Self {
        let folder = common::Workplace::new();
        folder.write("levels.toml", LEVELS);
        Self(folder)
    }

    fn write(&self, name: &str, text: &str) {
        self.0.write(name, text);
    }

    fn page(&self, name: &str) -> PathBuf {
        self.0.path("results/levels/latest").join(name)
    }

    fn read(&self, name: &str) -> String {
        self.0.read(&format!("results/levels/latest/{name}"))
    }

    fn expect(&self, code: i32, arguments: &[&str]) -> (String, String) {
        self.0.expect(code, arguments)
    }

    fn expect_in(&self, code: i32, arguments: &[&str], environment: &[(&str, &str)]) -> (String, String) {
        self.0.expect_in(code, arguments, environment)
    }
}

#[test]
fn the_lecturer_s_edition_stands_beside_the_student_s_which_holds_no_solution() {
    let place = Workplace::new();
    place.write("levels.toml", &format!("{LEVELS}[report]\ntemplate = \"mine.md.tera\"\n"));
    let exercise =
        "```{exercise} ex-z Sum\nWhat is $Z$?\n```\n\n```{solution}\nThe weights add up to it.\n```\n";
    place.write("mine.md.tera", &format!("## Tasks\n\n{exercise}"));
    place.expect(0, &["run", "levels.toml"]);
    assert!(!place.page("solutions.html").exists());
    let (stdout, _) = place.expect(0, &["report", "levels.toml", "--solutions"]);
    let printed: Vec<&str> = stdout.lines().collect();
    assert_eq!(printed.len(), 4, "{stdout}");
    assert!(printed[2].ends_with("results/levels/latest/solutions.html"), "{stdout}");
    for ending in ["html", "md"] {
        let (student, lecturer) = (format!("report.{ending}"), format!("solutions.{ending}"));
        assert!(place.read(&student).contains("What is"), "the exercise is in {student}");
        assert!(!place.read(&student).contains("weights add up"), "{student} gives the solution away");
        assert!(place.read(&lecturer).contains("weights add up"), "{lecturer} holds the solution");
    }
}

#[test]
fn pages_of_the_same_results_stay_and_those_of_others_go() {
    let place = Workplace::new();
    place.expect(0, &["run", "levels.toml", "--solutions"]);
    place.expect(0, &["check", "levels.toml"]);
    place.expect(0, &["report", "levels.toml", "--format", "html"]);
    for name in ["report.md", "solutions.html", "solutions.md"] {
        assert!(place.page(name).exists(), "{name} still shows the results");
        assert!(place.read("run.json").contains(&format!("\"{name}\"")), "{name} is listed");
    }
    let (_, told) =
        place.expect(0, &["run", "levels.toml", "--set", "model.levels.energies=[0.0, 1.0, 3.0]"]);
    for name in ["solutions.html", "solutions.md"] {
        assert!(!place.page(name).exists(), "{name} shows other numbers");
    }
    assert!(told.contains("levels: removed solutions.html, solutions.md: out of date"), "{told}");
    assert!(place.page("report.html").exists() && place.page("report.md").exists());
    // A text that the page shows has changed, and the numbers have not.
    place.write("levels.toml", &format!("{LEVELS}[report]\nintro = \"intro.md\"\n"));
    place.write("intro.md", "First words.");
    place.expect(0, &["run", "levels.toml"]);
    place.write("intro.md", "Second words.");
    let (_, told) = place.expect(0, &["report", "levels.toml", "--format", "html"]);
    assert!(!place.page("report.md").exists(), "report.md shows the words of before");
    assert!(
        told.contains(
            "levels: removed report.md: out of date; make anew with: gibbs report levels.toml --format md"
        ),
        "{told}"
    );
}

#[test]
fn figures_become_pictures_that_go_with_them() {
    let place = Workplace::new();
    place.expect(0, &["run", "levels.toml"]);
    let (stdout, _) = place.expect(0, &["report", "levels.toml", "--format", "png"]);
    assert!(stdout.ends_with("latest/figures\n"), "{stdout}");
    let figures = std::fs::read_dir(place.page("figures")).expect("figures");
    let names: Vec<String> =
        figures.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    let count = |ending: &str| names.iter().filter(|name| name.ends_with(ending)).count();
    assert!(count(".png") > 0 && count(".png") == count(".svg"), "{names:?}");
    let name = names.iter().find(|name| name.ends_with(".png")).expect("a picture");
    let picture = place.page(&format!("figures/{name}"));
    assert!(std::fs::read(&picture).expect("a picture").starts_with(b"\x89PNG"));
    place.expect(0, &["report", "levels.toml"]);
    assert!(picture.exists() && place.page("report.html").exists(), "the picture shows the same results");
    place.expect(0, &["run", "levels.toml", "--set", "model.levels.energies=[0.0, 1.0, 3.0]"]);
    assert!(!picture.exists(), "the picture shows other numbers");
}

#[test]
fn a_template_on_the_command_line_takes_the_place_of_the_file_s() {
    let place = Workplace::new();
    place.expect(0, &["run", "levels.toml"]);
    let before = place.read("run.json");
    place.write("mine.md.tera", "## My own\n\nWords of mine on {{ title }}.\n");
    place.expect(0, &["report", "levels.toml", "--template", "mine.md.tera"]);
    assert!(place.read("report.html").contains("Words of mine on Levels."));
    assert!(place.read("report.html").contains("mine.md.tera"), "the colophon names the template");
    assert!(before == place.read("run.json"), "the template decides no result");
    place.expect(0, &["report", "levels.toml"]);
    assert!(!place.read("report.html").contains("Words of mine"));
    place.write("levels.toml", &format!("{LEVELS}[report]\ntemplate = \"mine.md.tera\"\n"));
    place.expect(0, &["run", "levels.toml", "--template", "handout"]);
    assert!(!place.read("report.html").contains("Words of mine"));
    // The user's errors.
    place.write("broken.md.tera", "one\n{{ nosuch }}\n");
    for (template, words) in [
        ("nowhere.md.tera", "no such file: nowhere.md.tera"),
        ("handuot", "unknown template \"handuot\""),
        ("broken.md.tera", "broken.md.tera` (line 2)"),
    ] {
        let (_, stderr) = place.expect(2, &["report", "levels.toml", "--template", template]);
        assert!(stderr.contains(words), "{stderr}");
    }
    let (_, stderr) = place.expect(2, &["run", "levels.toml", "--no-report", "--solutions"]);
    assert!(stderr.contains("cannot be used with"), "{stderr}");
}

#[test]
fn a_page_that_cannot_be_written_is_an_error_that_names_it() {
    let place = Workplace::new();
    place.expect(0, &["run", "levels.toml", "--no-report"]);
    std::fs::create_dir(place.page("report.html")).expect("a folder in the way");
    let (_, stderr) = place.expect(2, &["report", "levels.toml"]);
    assert!(stderr.contains("error: cannot write") && stderr.contains("report.html"), "{stderr}");
}

#[test]
fn without_a_browser_a_pdf_is_an_error_that_says_what_to_install_before_anything_runs() {
    let place = Workplace::new();
    let nowhere = [("GIBBS_CHROMIUM", "/nowhere/chromium"), ("PATH", "")];
    let (_, stderr) = place.expect_in(2, &["run", "levels.toml", "--format", "html,pdf"], &nowhere);
    assert!(stderr.contains("error: GIBBS_CHROMIUM names /nowhere/chromium"), "{stderr}");
    assert!(!place.page("estimates.csv").exists(), "nothing has run");
    let (_, stderr) = place.expect(2, &["report", "levels.toml", "--paper", "letter"]);
    assert!(stderr.contains("--format html,md,pdf"), "{stderr}");
    if cfg!(target_os = "linux") {
        let nothing = [("GIBBS_CHROMIUM", ""), ("PATH", "")];
        let (_, stderr) = place.expect_in(2, &["run", "levels.toml", "--format", "pdf"], &nothing);
        assert!(stderr.contains("apt-get install chromium") && stderr.contains("GIBBS_CHROMIUM"), "{stderr}");
    }
}

#[test]
#[ignore = "needs a Chromium; .ci/run installs it and runs these"]
fn a_page_prints_as_a_tagged_pdf_with_bookmarks_on_either_paper() {
    let place = Workplace::new();
    // So many headings that some start a sheet.
    let words = "Words that fill some lines of the sheet. ".repeat(12);
    let sections: String = (1..=40).map(|number| format!("## Heading {number}\\n\\n{words}\\n\\n")).collect();
    place.write("levels.toml", &format!("{LEVELS}[report]\nnotes = \"{sections}\"\n"));
    place.expect(0, &["run", "levels.toml"]);
    let before = place.read("run.json");
    for (paper, width, height) in [("a4", 595.0, 842.0), ("letter", 612.0, 792.0)] {
        let (stdout, _) = place.expect(0, &["report", "levels.toml", "--format", "pdf", "--paper", paper]);
        assert!(stdout.ends_with("latest/report.pdf\n"), "{stdout}");
        let bytes = std::fs::read(place.page("report.pdf")).expect("a PDF");
        let text = String::from_utf8_lossy(&bytes);
        let sides = text.split("/MediaBox [").nth(1).and_then(|rest| rest.split(']').next());
        let sides: Vec<f64> =
            sides.unwrap_or_default().split_whitespace().filter_map(|side| side.parse().ok()).collect();
        assert!((sides[2] - width).abs() < 1.0 && (sides[3] - height).abs() < 1.0, "{paper}: {sides:?}");
        for word in ["/Outlines", "/StructTreeRoot", "/Lang", "/FontFile2"] {
            assert!(text.contains(word), "{paper}: the PDF has no {word}");
        }
        // Chromium doubles the bookmark of a heading that it moves to the next sheet, unless told not to.
        let marks: Vec<&str> =
            text.split("/Title (Heading ").skip(1).filter_map(|rest| rest.split(')').next()).collect();
        assert_eq!(marks.len(), 40, "{marks:?}");
        assert!(marks.iter().all(|mark| mark.bytes().all(|byte| byte.is_ascii_digit())), "{marks:?}");
        assert!(!text.contains("/Type3"), "{paper}: letters are drawn, not set in a font");
    }
    let listed = before.replace("\"report.md\"", "\"report.md\",\n    \"report.pdf\"");
    assert_eq!(place.read("run.json"), listed, "the PDF, which holds a date, is listed and not hashed");
}

#[test]
fn pictures_of_ones_own_lie_beside_the_markdown_alone_and_go_with_it() {
    let place = Workplace::new();
    let drawing = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><rect width=\"9\" height=\"9\"/></svg>";
    place.write("levels.toml", &format!("{LEVELS}[report]\nnotes = \"text/notes.md\"\n"));
    place.write("text/notes.md", "![A square](square.svg)\n");
    let (_, stderr) = place.expect(2, &["run", "levels.toml"]);
    assert!(
        stderr.contains("text/notes.md, line 1: picture `square.svg` cannot be shown: no such file"),
        "{stderr}"
    );
    place.write("text/square.svg", drawing);
    place.expect(0, &["report", "levels.toml", "--format", "html"]);
    assert!(place.read("report.html").contains("<img src=\"data:image/svg+xml;base64,"));
    assert!(!place.page("pictures").exists(), "the page holds them");
    place.expect(0, &["report", "levels.toml", "--format", "md,ipynb"]);
    let text = place.read("report.md");
    let (_, rest) = text.split_once("![A square](").expect("the picture");
    let (address, _) = rest.split_once(')').expect("its address");
    assert_eq!(place.read(address), drawing);
    assert!(place.read("report.ipynb").contains(address));
    // Other numbers: the pages go, and the picture with them.
    place.expect(0, &["check", "levels.toml", "--set", "model.levels.energies=[0.0, 2.0, 5.0]"]);
    assert!(!place.page("report.md").exists() && !place.page(address).exists());
}

#[test]
fn a_solution_written_in_escapes_is_no_part_of_the_student_s_page() {
    let place = Workplace::new();
    let ticks = "\\u0060".repeat(3);
    let notes =
        format!("```{{exercise}}\\nCount.\\n```\\n{ticks}{{solution}}\\nSeventeen.\\n{ticks}\\nLast words.");
    place.write("levels.toml", &format!("{LEVELS}[report]\nnotes = \"{notes}\"\n"));
    place.expect(0, &["run", "levels.toml", "--solutions"]);
    for page in ["report.html", "report.md"] {
        let text = place.read(page);
        assert!(!text.contains("Seventeen") && text.contains("Last words."), "{page}");
    }
    assert!(place.read("solutions.html").contains("Seventeen"));
}
