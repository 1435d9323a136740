//! A small handout in both editions, and what must hold for any handout.

use super::*;
use crate::figure::Data;
use crate::kind::Story;
use crate::quantity::declared;
use crate::record::Cell;
use serde_json::json;

const TEMPLATE: &str = r#"## The physics

The Boltzmann weights of [](#fig-curve) are

```{math} eq-boltzmann
p_i = \frac{e^{-\beta E_i}}{Z}
```
where $x<y$ and $T = {{ facts.t | pm(error=facts.error) }}$.[^1]

```{note} Why $Z$?
By [](#eq-boltzmann), *normalisation*.
```

```{figure} curve
```

| $T$ | count |
|---:|:--|
{% for row in facts.rows -%}
| {{ row.t | num }} | {{ row.n | count }} |
{% endfor %}

## What the numbers say

{% if facts.agree %}They agree, as [](#sec-the-physics) asks; see `[](#code)`.{% endif %} Title: {{ title }}. Tiny: 3.2(4)e-9.

```{warning}
Mind <b>this</b>.
```

```{exercise} Limits
What happens for $T \to 0$?
```
```{hint}
The *exponentials*.
```
```{solution}
$p_0 \to 1$.
```

```{code} log-sum-exp
It is the logarithm of [](#eq-boltzmann)'s denominator ([](#code-log-sum-exp), after [@onsager1944]).
```

[^1]: A footnote.
"#;

fn story() -> Story {
    Story {
        question: "Where does the order end, at which $T_c$?".into(),
        answer: "At $T_c = 2.269(2)$.".into(),
        figures: Vec::new(),
        tables: Vec::new(),
        warnings: vec!["One **doubt** about [](#eq-boltzmann).".into()],
        facts: json!({
            "t": 2.269_04, "error": 0.0012, "agree": true,
            "rows": [{"t": 1.5, "n": 20_000}, {"t": 2.5, "n": 300}],
        }),
    }
}

fn drawn(id: &str) -> Drawn {
    Drawn {
        id: id.into(),
        svg: format!("<svg viewBox=\"0 0 1 1\"><title>{id}</title></svg>"),
        narrow: format!("<svg viewBox=\"0 0 1 2\"><title>{id}</title></svg>"),
        alt: format!("The \"{id}\"."),
        caption: "What $m$ does.".into(),
        title: id.into(),
        frames: None,
        data: Data::default(),
        csv: "x,y\n1.5,2\n".into(),
    }
}

/// A figure with two states.
fn moving() -> Drawn {
    let svg = |at: usize| {
        format!("<svg id=\"curve-{at}\"><style>.g-f-ink{{}}</style><use href=\"#curve-{at}\"/></svg>")
    };
    Drawn {
        svg: svg(0),
        frames: Some(DrawnFrames {
            control: "temperature <T>".into(),
            start: 1,
            frames: vec![
                DrawnFrame { value: "T = 1".into(), svg: svg(1), narrow: svg(3) },
                DrawnFrame { value: "T = 2".into(), svg: svg(2), narrow: svg(4) },
            ],
        }),
        data: Data {
            columns: vec!["series", "x"],
            rows: vec![vec![Cell::Text("<a>".into()), Cell::Real(1.25e-9)]],
        },
        csv: "series,x\n<a>,1.25e-9\n".into(),
        ..drawn("curve")
    }
}

fn row(point: usize, value: Option<f64>, z: Option<f64>) -> EstimateRow {
    EstimateRow {
        point,
        coordinates: vec!["1.5".into()],
        quantity: declared("magnetization"),
        called: None,
        value,
        std_error: value.map(|_| 0.0012),
        ess: value.map(|_| 20_000.0),
        tau: Some(2.5),
        tau_error: Some(0.12),
        r_hat: Some(1.001),
        reference: value,
        reference_kind: value.map(|_| "exact"),
        z,
        note: value.is_none().then(|| "not | <i>reached</i>".into()),
    }
}

/// A folder with one picture.
struct Folder;

impl crate::input::Inputs for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        match path {
            "plot.svg" | "text/plot.svg" => Ok(b"<svg><script>alert(1)</script></svg>".to_vec()),
            path => Err(format!("no such file: {path}")),
        }
    }
}

/// What a handout borrows from.
pub(super) struct Parts {
    pub(super) story: Story,
    templates: Vec<(String, String)>,
    pub(super) own: Own,
    pub(super) figures: Vec<Drawn>,
    estimates: Vec<EstimateRow>,
    failures: Vec<String>,
    colophon: Colophon,
}

impl Parts {
    pub(super) fn new() -> Self {
        Self::of(TEMPLATE)
    }

    pub(super) fn of(template: &str) -> Self {
        Self {
            story: story(),
            templates: vec![("sweep.md.tera".into(), template.into())],
            own: Own::default(),
            figures: vec![drawn("hero"), moving()],
            estimates: vec![
                row(0, Some(0.75), Some(-0.31)),
                row(1, Some(2e-9), Some(4.2)),
                row(2, None, None),
            ],
            failures: vec!["point 3, replica 1: panicked at <x>".into()],
            colophon: Colophon {
                command: "gibbs run ising.toml --seed 7".into(),
                spec_hash: "abc123".into(),
                seed: 7,
                version: "0.1.0".into(),
                git_revision: Some("f26dc43".into()),
                git_dirty: Some(true),
                machine: Some("x86-64, Linux".into()),
                wall_time: Some("17 s on 2 threads".into()),
                tasks: 12,
                inputs: vec![("graph.txt".into(), "def456".into())],
                citation_bibtex: "@software{gibbs}".into(),
            },
        }
    }

    pub(super) fn handout<'a>(&'a self, title: &'a str) -> Handout<'a> {
        Handout {
            title,
            name: "ising",
            kind: "sweep",
            quick: true,
            solutions: true,
            story: &self.story,
            templates: &self.templates,
            template: "sweep.md.tera",
            template_folder: "",
            inputs: &Folder,
            own: &self.own,
            around: Around::default(),
            figures: &self.figures,
            estimates: &self.estimates,
            estimates_csv: "point,quantity\n",
            axes: vec!["model.ising.size".into()],
            spec_text: "kind = \"sweep\" # <b>\n",
            failures: &self.failures,
            colophon: &self.colophon,
        }
    }
}

const TITLE: &str = "<script>alert(1)</script> *a* | `b` & $c$";

/// The page without its style sheet and its script, which are files of their own.
fn without_style(page: &str) -> String {
    let (before, rest) = page.split_once("<style>").unwrap();
    let (_, after) = rest.split_once("</style>").unwrap();
    let (inside, rest) = after.split_once("<script>").unwrap();
    let (_, end) = rest.split_once("</script>").unwrap();
    format!("{before}{inside}{end}")
}

#[test]
fn both_editions_of_a_small_handout() {
    let parts = Parts::new();
    let handout = parts.handout(TITLE);
    insta::assert_snapshot!("html", without_style(&html(&handout).unwrap()));
    insta::assert_snapshot!("markdown", markdown(&handout).unwrap());
}

#[test]
fn the_page_loads_nothing_and_runs_its_own_script_alone() {
    let parts = Parts::of(&format!(
        "{TEMPLATE}\n![near](plot.svg \"a title\") <img src=x onerror=y> [j](javascript:z)\n"
    ));
    let handout = parts.handout(TITLE);
    let page = html(&handout).unwrap();
    let script = format!("<script>\n{}</script>", include_str!("../../templates/handout.js"));
    assert_eq!(page.to_lowercase().matches("<script").count(), 1);
    let page = page.replace(&script, "");
    assert!(!page.to_lowercase().contains("<script"));
    let pictures = "<img src=\"data:image/svg+xml;base64,";
    assert_eq!((page.matches("<img").count(), page.matches(pictures).count()), (1, 1));
    assert!(page.contains("alt=\"near\" title=\"a title\">"));
    assert!(!page.contains("<link") && !page.contains("@import"));
    assert!(!page.contains("javascript:"));
    for (at, _) in page.match_indices("://").map(|(at, _)| (page[..at].rfind("http").unwrap(), ())) {
        assert!(page[..at].ends_with("href=\""), "{}", &page[at - 40..at + 40]);
    }
    for (at, _) in page.match_indices("url(") {
        assert!(page[at..].starts_with("url(data:font/woff2;base64,"));
    }
    assert!(page.contains("&lt;img src=x"));
}

#[test]
fn titles_show_as_typed_in_both_editions() {
    let parts = Parts::new();
    let handout = parts.handout(TITLE);
    let page = html(&handout).unwrap();
    let shown = "&lt;script&gt;alert(1)&lt;/script&gt; *a* | `b` &amp; <math><mi>c</mi></math>";
    assert!(page.contains("*a* | `b` &amp; c</title>"));
    assert!(page.contains(&format!("<h1>{shown}</h1>")));
    let (words, formula) = shown.split_at(shown.find("<math>").unwrap());
    let body = format!("Title: {words}<span class=\"nobr\">{formula}.</span>");
    assert!(page.contains(&body), "in the body, through Markdown");
    let text = markdown(&handout).unwrap();
    assert!(text.starts_with(r"# &lt;script&gt;alert(1)&lt;/script&gt; \*a\* \| \`b\` &amp; $c$"), "{text}");
}

#[test]
fn references_lead_to_existing_ids() {
    let parts = Parts::new();
    let handout = parts.handout("t");
    let page = without_style(&html(&handout).unwrap());
    let mut links = 0;
    for (at, _) in page.match_indices("href=\"#") {
        let rest = &page[at + 7..];
        let target = &rest[..rest.find('"').unwrap()];
        assert_eq!(page.matches(&format!("id=\"{target}\"")).count(), 1, "{target}");
        links += 1;
    }
    assert!(links > 8);
    let text = markdown(&handout).unwrap();
    assert!(text.contains("[Eq.\u{a0}(1)](#eq-boltzmann)") && text.contains("<a id=\"eq-boltzmann\"></a>"));
    assert!(text.contains("[The physics](#the-physics)"));
}

#[test]
fn formulas_are_mathml_and_tables_keep_their_columns() {
    let parts = Parts::new();
    let handout = parts.handout("t");
    let page = html(&handout).unwrap();
    assert!(page.contains("<mi>x</mi><mo>&lt;</mo><mi>y</mi>"), "x<y");
    assert!(page.contains("3.2(4)\u{202f}×\u{202f}10<sup>−9</sup>"));
    assert!(page.contains("<strong class=\"far\"") && page.contains("4.2\u{a0}!"));
    assert!(page.contains("not | &lt;i&gt;reached&lt;/i&gt;"));
    let text = markdown(&handout).unwrap();
    let rows: Vec<&str> = text.lines().filter(|line| line.contains("magnetization")).collect();
    assert_eq!(rows.len(), 3);
    for row in rows {
        assert_eq!(row.matches('|').count() - row.matches(r"\|").count(), 10, "{row}");
    }
}

#[test]
fn mistakes_are_told() {
    let render = |template: &str| {
        let parts = Parts::of(template);
        let handout = parts.handout("t");
        let messages = [html(&handout).unwrap_err().to_string(), markdown(&handout).unwrap_err().to_string()];
        assert_eq!(messages[0], messages[1]);
        messages[0].clone()
    };
    let math = "```{math} eq-boltzmann\nx\n```\n";
    assert!(
        render(&format!("{math}[](#eq-x)"))
            .contains("unknown label `eq-x` (known: eq-boltzmann, fig-hero, sec-")
    );
    assert!(render(&format!("{math}$\\nosuch$")).contains("bad maths at character 0 of `\\nosuch`"));
    assert!(render("```{figure} no\n```").contains("unknown figure `no` (known: hero, curve)"));
    assert!(render("a\n\n[](#eq-x)").starts_with("sweep.md.tera, line 3: cross reference to"));
    assert!(
        render("a\n```{figur} x\n```").starts_with("sweep.md.tera, line 2: directive `{figur}` is unknown")
    );
    assert!(render("a\n[@nosuch]").contains("line 2: citation of unknown work `nosuch`"));
    assert!(render("```{code} nosuch\n```").contains("unknown code `nosuch` (known: log-sum-exp"));
    assert!(
        render("{% if true %}\n- a\n{% endif %}\n  - ```{solution}\n    x")
            .starts_with("sweep.md.tera, line 4: this line looks like a directive")
    );
    assert!(render("a\n{{ missing }}").contains("template `sweep.md.tera` (line 2)"));
}

#[test]
fn solutions_are_shown_on_demand_only() {
    let parts = Parts::new();
    let mut handout = parts.handout("t");
    assert!(html(&handout).unwrap().contains("<summary>Solution"));
    handout.solutions = false;
    assert!(!html(&handout).unwrap().contains("<summary>Solution"));
    assert!(!markdown(&handout).unwrap().contains("<summary>Solution"));
}

#[test]
fn long_tables_are_folded() {
    let parts = Parts::new();
    let mut handout = parts.handout("t");
    assert!(!html(&handout).unwrap().contains("Show all"));
    let estimates: Vec<EstimateRow> = (0..13).map(|point| row(point, Some(0.5), Some(0.0))).collect();
    handout.estimates = &estimates;
    assert!(html(&handout).unwrap().contains("<summary>Show all 13 estimates"));
    assert!(markdown(&handout).unwrap().contains("<summary>Show all 13 estimates"));
    let bound = course(&[handout], &Cover::default()).unwrap();
    assert!(!bound.contains("Show all") && bound.contains("All 13 estimates stand on"));
}

#[test]
fn a_course_gives_every_chapter_ids_of_its_own() {
    let parts = Parts::new();
    let handouts = [parts.handout("One"), parts.handout("Two")];
    let cover = Cover { title: "<b>".into(), ..Cover::default() };
    let page = without_style(&course(&handouts, &cover).unwrap());
    assert!(page.contains("<h1>&lt;b&gt;</h1>") && page.contains("id=\"c2-fig-curve\""));
    let ids: Vec<&str> =
        page.match_indices(" id=\"").map(|(at, _)| page[at + 5..].split('"').next().unwrap()).collect();
    for id in &ids {
        assert_eq!(ids.iter().filter(|other| *other == id).count(), 1, "{id}");
    }
    for (at, _) in page.match_indices("href=\"#") {
        let target = page[at + 7..].split('"').next().unwrap();
        assert!(ids.contains(&target), "{target}");
    }
}

#[test]
fn own_texts_stand_around_the_body() {
    let mut parts = Parts::new();
    let text =
        |text: &str| Some(crate::input::Text { place: "x".into(), text: text.into(), ..Default::default() });
    parts.own = Own {
        authors: vec!["A <b>".into()],
        course: Some("Physics 3".into()),
        intro: text("Read [](#sec-mine) first.\n\n## Mine\n\n<i>no</i> [@me2020]"),
        notes: text("Last words."),
        bibliography: text("@book{me2020, author = {Ann Me}, title = {Mine}, year = 2020}"),
        ..Own::default()
    };
    let page = html(&parts.handout("t")).unwrap();
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}"));
    assert!(
        at("id=\"sec-mine\"") < at("id=\"sec-the-physics\"")
            && at("Last words.") > at("id=\"code-log-sum-exp\"")
    );
    assert!(page.contains("A &lt;b&gt;") && page.contains("&lt;i&gt;no&lt;/i&gt;"));
    assert!(
        page.contains("<a href=\"#ref-me2020\">Me\u{a0}2020</a>") && page.contains("<li id=\"ref-me2020\">")
    );
    let text = markdown(&parts.handout("t")).unwrap();
    assert!(text.contains("([Me\u{a0}2020](#ref-me2020))") && text.contains("Physics 3"));
}

#[test]
fn a_template_may_replace_one_block_of_another() {
    let mut parts = Parts::of("{% block a %}Old a.{% endblock a %}\n\n{% block b %}Old b.{% endblock b %}\n");
    let own = "{% extends \"sweep.md.tera\" %}{% block b %}{{ super() }} New b, seed {{ seed }}: \
               {% for row in estimates %}{% if row.z and row.z < 0 %}${{ row.symbol }} = {{ row.value | pm(error=row.std_error) }}$ \
               at {{ row.coordinates[\"model.ising.size\"] }}{% endif %}{% endfor %}{% endblock b %}";
    parts.story.warnings.clear();
    parts.templates.push(("mine.md.tera".into(), own.into()));
    let mut handout = parts.handout("t");
    handout.template = "mine.md.tera";
    let text = markdown(&handout).unwrap();
    assert!(text.contains("Old a.\n\nOld b. New b, seed 7: "), "{text}");
    assert!(text.contains("= 0.7500(12)") && text.contains("at 1.5"), "{text}");
}

#[test]
fn mistakes_in_own_texts_name_their_line() {
    let told = |intro: &str, notes: &str| {
        let mut parts = Parts::new();
        let text = |place: &str, text: &str| {
            Some(crate::input::Text { place: place.into(), text: text.into(), ..Default::default() })
        };
        parts.own =
            Own { intro: text("report.intro", intro), notes: text("notes.md", notes), ..Own::default() };
        let handout = parts.handout("t");
        let messages = [html(&handout).unwrap_err().to_string(), markdown(&handout).unwrap_err().to_string()];
        assert_eq!(messages[0], messages[1]);
        messages[0].clone()
    };
    let mentions = "[](#eq-mine)\n\n```{exercise}\nx\n```";
    let twice = "```{math} eq-mine\nx\n```\n\n```{math} eq-mine\ny\n```";
    assert!(told(mentions, twice).starts_with("notes.md, line 5: label `eq-mine` is given twice: Eq."));
    assert!(
        told(mentions, "a\n\n```{exercise}\nb")
            .starts_with("notes.md, line 3: directive `{exercise}` is not closed")
    );
    assert!(told("a", "b\n```{figure}\n```").starts_with("notes.md, line 2: unknown figure ``"));
    assert!(
        told("a", "1. b\n\n    ```{solution}\n    S\n    ```")
            .starts_with("notes.md, line 3: this line looks like a directive")
    );
    assert!(told("a\n[](#eq-boltzman)", "b").starts_with(
        "report.intro, line 2: cross reference to unknown label `eq-boltzman` (did you mean `eq-boltzmann`?"
    ));
    assert!(told("a", "$x$\n\n$\\nosuch$").starts_with("notes.md, line 3: bad maths"));
}

#[test]
fn a_student_sees_nothing_of_a_solution() {
    let mut parts = Parts::new();
    let notes = "```{exercise}\nE\n```\n```{solution}\nSECRET [@secret]\n\n```{math} eq-secret\nx\n```\n```\n\n```{math} eq-open\ny\n```\nBy [](#eq-open).";
    let text = |place: &str, text: &str| {
        Some(crate::input::Text { place: place.into(), text: text.into(), ..Default::default() })
    };
    parts.own.notes = text("notes.md", notes);
    parts.own.bibliography =
        text("my.bib", "@book{secret, author = {A. SECRET}, title = {SECRET}, year = 2000}");
    let mut handout = parts.handout("t");
    assert!(html(&handout).unwrap().contains("SECRET"));
    handout.solutions = false;
    for page in [html(&handout).unwrap(), markdown(&handout).unwrap(), notebook(&handout).unwrap()] {
        assert!(!page.contains("SECRET") && !page.contains("eq-secret"));
        assert!(
            page.contains("Eq.\u{a0}(2)") || page.contains("Eq.\\u00a0(2)"),
            "numbered as the student counts"
        );
    }
}

/// What is wrong with a template, the same for both editions.
fn told(template: &str) -> String {
    let parts = Parts::of(template);
    let handout = parts.handout("t");
    let messages = [html(&handout).unwrap_err().to_string(), markdown(&handout).unwrap_err().to_string()];
    assert_eq!(messages[0], messages[1]);
    messages[0].clone()
}

#[test]
fn a_mistake_in_a_template_is_told_on_its_own_line() {
    // The same words stand further up, in a comment, in code, in a branch not taken and in another loop.
    let ahead = "{# [](#eq-x) $\\nosuch$ #}\n`[](#eq-x)` `$\\nosuch$`\n{% if false %}\n[](#eq-x) $\\nosuch$\n{% endif %}\n\
                 {% for row in facts.rows %}\n- {{ row.n }}\n{% endfor %}\n";
    let line = ahead.lines().count() + 2;
    for (wrong, message) in [
        ("[](#eq-x)", "cross reference"),
        ("$\\nosuch$", "bad maths"),
        ("$$\\nosuch$$", "bad maths"),
        ("{% set a = 1 %}{{ a }} [@no]", "citation"),
        ("```{figure} no\n```", "unknown figure"),
        ("```{math}\n\\nosuch\n```", "bad maths"),
        ("```{solution}\nx\n```", "directive `{solution}` belongs to no exercise"),
        ("![](no.png)", "picture `no.png`"),
    ] {
        let inside = if wrong.starts_with("```{math}") { line + 1 } else { line };
        let told = told(&format!("{ahead}\n{wrong}\n"));
        assert!(told.starts_with(&format!("sweep.md.tera, line {inside}: {message}")), "{wrong}: {told}");
    }
}

#[test]
fn a_mistake_in_a_block_of_ones_own_is_told_in_ones_own_template() {
    let mut parts =
        Parts::of("{% block a %}See [](#fig-hero).{% endblock a %}\n{% block b %}{% endblock b %}\n");
    let own =
        "{% extends \"sweep.md.tera\" %}\n{% block b %}\n\n{{ super() }} [](#fig-heroo)\n{% endblock b %}";
    parts.templates.push(("mine.md.tera".into(), own.into()));
    let mut handout = parts.handout("t");
    handout.template = "mine.md.tera";
    let error = html(&handout).unwrap_err().to_string();
    assert!(
        error.starts_with("mine.md.tera, line 4: cross reference to unknown label `fig-heroo`"),
        "{error}"
    );
}

#[test]
fn a_misspelt_variable_is_named() {
    for (template, message) in [
        ("a\n{{ facts.rowz | length }}", "there is no `rowz` in `facts`; did you mean `facts.rows`?"),
        ("a\n{{ facts.eror | num }}", "there is no `eror` in `facts`; did you mean `facts.error`?"),
        ("a\n{{ facts.t | pm(error=facts.erorr) }}", "did you mean `facts.error`?"),
        (
            "{% for row in facts.rows %}\n{{ row.nn | count }}{% endfor %}",
            "there is no `nn` in `row`; did you mean `row.n`?",
        ),
        ("a\n{{ titel }}", "there is no variable `titel`; did you mean `title`?"),
    ] {
        let told = told(template);
        assert!(told.contains("`sweep.md.tera` (line 2)") && told.contains(message), "{template}: {told}");
    }
}

#[test]
fn pictures_of_ones_own_are_embedded_and_lie_beside_the_markdown() {
    let mut parts = Parts::new();
    parts.own.notes = Some(crate::input::Text {
        place: "text/notes.md".into(),
        folder: "text".into(),
        text: "```{note} N\n![a *plot*](plot.svg)\n```".into(),
        ..Default::default()
    });
    let handout = parts.handout("t");
    let page = html(&handout).unwrap();
    assert!(
        page.contains("<img src=\"data:image/svg+xml;base64,PHN2Zz48c2NyaXB0")
            && page.contains("alt=\"a plot\"")
    );
    let files = pictures(&handout).unwrap();
    assert_eq!(files.len(), 1);
    for text in [markdown(&handout).unwrap(), notebook(&handout).unwrap()] {
        assert!(text.contains(&format!("![a *plot*]({})", files[0].0)), "{}", files[0].0);
    }
    // In the solutions they are the lecturer's alone.
    parts.own.notes = Some(crate::input::Text {
        place: "notes.md".into(),
        folder: String::new(),
        text: "```{exercise}\nx\n```\n```{solution}\n![](plot.svg)\n```".into(),
        ..Default::default()
    });
    let mut handout = parts.handout("t");
    let lecturers = pictures(&handout).unwrap();
    assert!(
        matches!(&lecturers[..], [(name, _)] if name.starts_with("pictures-solutions/")),
        "{lecturers:?}"
    );
    handout.solutions = false;
    assert_eq!(pictures(&handout).unwrap(), []);
}

#[test]
fn macros_and_places_within_works_reach_every_edition() {
    let mut parts = Parts::of(
        "$$\n\\newcommand{\\mean}[1]{\\langle #1 \\rangle}\n$$\n\nThe mean $\\mean{E}$ [@onsager1944, p. 3].\n\n\
         ```{math} eq-a\n\\mean{s}^2\n```\n\n## On $\\mean{x}$\n",
    );
    let told_first = html(&parts.handout("t")).unwrap_err().to_string();
    assert!(
        told_first.starts_with("cross reference to unknown label `eq-boltzmann`"),
        "a warning is not the template's"
    );
    parts.story.warnings.clear();
    let handout = parts.handout("t");
    let page = html(&handout).unwrap();
    assert!(!page.contains("newcommand") && page.contains("Onsager\u{a0}1944</a>, p.\u{a0}3)"), "{page}");
    assert_eq!(
        page.matches("<mo stretchy=\"false\">⟨</mo>").count(),
        page.matches("<mo stretchy=\"false\">⟩</mo>").count()
    );
    let text = markdown(&handout).unwrap();
    assert!(
        text.contains("The mean $\\langle E \\rangle$") && text.contains("\\langle s \\rangle^2"),
        "{text}"
    );
    assert!(!text.contains("mean{") && text.contains("(#ref-onsager1944), p.\u{a0}3)"));
    assert!(
        told("a\n\n$\\newcommand{\\a}{\\a}\\a$")
            .starts_with("sweep.md.tera, line 3: macro `\\a` expands into itself")
    );
}

#[test]
fn a_text_in_the_experiment_s_file_is_blamed_there() {
    let mut parts = Parts::new();
    parts.own.intro = Some(crate::input::Text {
        place: "report.intro".into(),
        text: "a\n\n[](#eq-nowhere)".into(),
        within: Some(("a.toml".into(), vec![23, 24, 25])),
        ..Default::default()
    });
    for error in [html(&parts.handout("t")).unwrap_err(), markdown(&parts.handout("t")).unwrap_err()] {
        assert!(error.to_string().starts_with("a.toml, line 25: cross reference"), "{error}");
    }
}

#[test]
fn an_unknown_command_is_shown_as_the_user_wrote_it() {
    let macros = "$\\newcommand{\\mean}[1]{\\langle #1 \\rangle}$\n";
    for (formula, shown) in [
        ("so $\\mean{a} + \\mena{b}$.", "character 11 of `\\mean{a} + \\mena{b}`"),
        ("```{math} eq-x\n\\mean{a} + \\mena{b}\n```", "character 11 of `\\mean{a} + \\mena{b}`"),
    ] {
        let message = told(&format!("{macros}{formula}"));
        assert!(message.starts_with("sweep.md.tera, line ") && message.contains(shown), "{message}");
        assert!(message.contains("Did you mean `\\mean`?"), "{message}");
    }
}

#[test]
fn a_template_that_builds_on_nothing_is_told() {
    let told = |own: &str| {
        let mut parts = Parts::of("{% block exercises %}Old.{% endblock exercises %}");
        parts.story.warnings.clear();
        parts.templates.push(("handout/rbm.md.tera".into(), "{% block a %}{% endblock a %}".into()));
        parts.templates.push(("mine.md.tera".into(), own.into()));
        let mut handout = parts.handout("t");
        handout.template = "mine.md.tera";
        html(&handout).map_or_else(|error| error.to_string(), |_| "no mistake".to_owned())
    };
    let base = "{% extends \"sweep.md.tera\" %}\n";
    for (own, line, words) in [
        ("{% extends \"swep.md.tera\" %}", 1, "no template `swep.md.tera`; did you mean `sweep.md.tera`?"),
        (
            "{% extends \"handout/rbm.md.tera\" %}",
            1,
            "this experiment is of kind `sweep`; extend `handout/sweep.md.tera`",
        ),
        (
            &format!("{base}{{% block exercize %}}x{{% endblock exercize %}}"),
            2,
            "no block `exercize`, so that nothing shows it; did you mean `exercises`?",
        ),
        (&format!("{base}{{% block other %}}x{{% endblock other %}}"), 2, "(known: exercises)"),
        ("a\n{{ facts.t | nmu }}", 2, "no filter `nmu`; did you mean `num`?\n --> mine.md.tera:2:14\n"),
        ("{{ facts.t | nosuch }}", 1, "no filter `nosuch` (known: pm, num, count, text)"),
        (
            "a {{ facts.rows[0].nn }}",
            1,
            " --> mine.md.tera:1:20\n  |\n1 | a {{ facts.rows[0].nn }}\n  |                    ^^",
        ),
    ] {
        let message = told(own);
        assert!(
            message.contains(&format!("`mine.md.tera` (line {line})")) && message.contains(words),
            "{own}: {message}"
        );
    }
    let mismatch = told(&format!("{base}{{% block exercises %}}x{{% endblock exercize %}}"));
    assert!(!mismatch.contains("variable") && mismatch.contains("line 2"), "{mismatch}");
    let nested = "{% block exercises %}{% block mine %}x{% endblock mine %}{% endblock exercises %}";
    assert_eq!(told(&format!("{base}{{# {{% block no %}} #}}{nested}")), "no mistake");
}

#[test]
fn what_touches_a_formula_stays_on_its_line() {
    let mut parts = Parts::of("By ($a$), $b$%, $c$ % and “$d$”: $e$-th of 5 % and *f*$g$");
    parts.story.warnings.clear();
    let page = html(&parts.handout("t")).unwrap();
    let bare = page.split("<math").map(|part| part.split_once("</math>").map_or(part, |(_, rest)| rest));
    let text = bare.collect::<Vec<_>>().join("M");
    let span = |inside: &str| format!("<span class=\"nobr\">{inside}</span>");
    for words in [
        span("(M),"),
        span("M%,"),
        span("M\u{a0}%"),
        span("“M”:"),
        span("M-") + "th of 5\u{a0}% and <em>f</em>M",
    ] {
        assert!(text.contains(&words), "{words}: {text}");
    }
}
