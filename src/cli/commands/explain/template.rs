//! `gibbs explain template`: how to write a template of one's own, and everything that it can use.

use crate::cli::output::wrapped;
use crate::cli::pages::handout_template;
use crate::kind::Kind;
use crate::kinds;
use serde_json::Value;

const GUIDE: &str = r#"template (of a report)

A report's body is a tera template that gives Markdown. Each kind has one, its
handout; `gibbs list templates` names them. A template of your own extends the
handout of the experiment's kind and replaces one or more of its blocks. Beside
the experiment's file, in mine.md.tera:

  {% extends "handout/sweep.md.tera" %}
  {% block exercises %}
  {{ super() }}
  ```{exercise} ex-doubling Twice the size
  The largest specific heat on the first curve is
  {{ facts.peaks[0].value | pm(error=facts.peaks[0].error) }}. Double `size`,
  and compare the fluctuations by [](#eq-specific-heat).
  ```
  ```{hint}
  Let one curve run over the finer grid of temperatures.
  ```
  ```{solution}
  It grows by about $\frac{8 K_c^2}{\pi} \ln 2$.
  ```
  {% endblock exercises %}

and in the experiment's file:

  [report]
  template = "mine.md.tera"

The head of the page is chosen there too; question and answer are templates
themselves, of one sentence each, and what they leave out is the kind's:

  [report]
  question = "How large do the fluctuations of {{ facts.description }} get?"
  answer   = "Energies reach down to $U = {{ facts.low.energy | num }}$."
  figure   = "thermodynamics"

`{{ super() }}` is the block as it was; without it the block is replaced, and
what other blocks refer to must not be lost. Text outside the blocks has no
place in a template that extends another. One that extends nothing replaces the
whole body; title, answer, first figure, estimates and colophon
stand around it in any case. Solutions show with `gibbs report --solutions`.
An error names the template's file and line.

What may stand in it besides Markdown and $formulas$
  ```{math} eq-name        a numbered equation; one without a number, unnamed
  ```{figure} id           a figure with its caption; the first stands at the
                           page's head already
  ```{note} Title          a margin note
  ```{warning} Title       a box that warns; `-` for no title
  ```{exercise} ex-name Title    a numbered exercise; the name may be left out
  ```{hint}                a hint, below its exercise or within it
  ```{solution}            its solution, in the lecturer's edition alone
  ```{code} name           a function of the program's source; the body says
                           what it computes
  [](#eq-name)             a reference; so for fig-, ex-, code-, ref- and sec-
                           with the heading in lower case
  [@key]                   a citation (Kaufman 1949), from `[report]
                           bibliography` or gibbs's own;
                           [see @key, p. 3; @other] says more, [-@key] the
                           year alone, (1949)
  [](#ref-key)             a work within a sentence: Kaufman (1949)
  ![words](plot.png)       a picture of yours (PNG, JPEG, WebP, GIF, SVG; up to
                           5 MB), relative to the file that names it: held by
                           the page, and a file beside the Markdown
  $$\newcommand{\mean}[1]{\langle #1 \rangle}$$
                           a macro for all formulas below it
Each fenced block ends with ```. An unknown reference or figure is an error.

Filters
  x | pm(error=e)          1.453(5): a number as its error allows
  x | num                  up to six digits; num(digits=3) for three, num(places=3) for 0.500
  n | count                a whole number, 20 000
  word | text              words of yours shown as typed, not as Markdown
A number that is empty shows as a dash; `{% if x is not none %}` asks.

Variables in every template
  title, name, kind        the experiment's title, its file's stem, its kind
  seed, quick              the root seed; whether budgets were cut
  question, answer         one sentence of Markdown each, as the kind puts it
  estimates                a list of all estimates, each with
                           point, coordinates (by the swept key), quantity,
                           symbol, value, std_error, ess, tau, tau_error,
                           r_hat, reference, z
  figures                  the ids of the figures but for the one at the head:
                           `{% if "memory" in figures %}`
  facts                    what the kind has found out: below
"#;

/// The guide with the facts of every kind, and those of each kind alone under `template.<kind>`.
pub(super) fn topics() -> Vec<(String, String)> {
    let mut guide = GUIDE.to_owned();
    let mut topics = Vec::new();
    for kind in kinds::all() {
        let told = tell(*kind);
        guide.push_str(&format!("\n{told}"));
        topics.push((format!("template.{}", kind.name()), told.clone()));
        topics.push((handout_template(kind.name()), told));
    }
    topics.insert(0, ("template".to_owned(), guide.clone()));
    topics.push(("handout".to_owned(), guide));
    topics
}

/// The blocks and the facts of one kind's handout.
fn tell(kind: &dyn Kind) -> String {
    let name = kind.name();
    let mut text = format!("{} (template of kind {name})\n\nBlocks, in order\n", handout_template(name));
    text.push_str(&wrapped(&blocks(kind.template()).join(", "), 2));
    text.push_str("\nFacts\n");
    list(&kind.facts_schema(), "facts", &mut text);
    text
}

/// The names of a template's blocks, in order.
pub(in crate::cli::commands) fn blocks(template: &str) -> Vec<&str> {
    let after = template.split("{% block ").skip(1);
    after.filter_map(|rest| rest.split_whitespace().next()).collect()
}

/// A line for each place in the schema: its path, its type and its meaning; lists as `facts.rows[]`.
fn list(schema: &Value, path: &str, text: &mut String) {
    for (name, below) in schema["properties"].as_object().into_iter().flatten() {
        let (core, optional) = without_null(below);
        let mut path = format!("{path}.{name}");
        let kind = word(core);
        let mut deeper = core;
        if let Some(items) = core.get("items") {
            path.push_str("[]");
            deeper = items;
        }
        let meaning = below["description"].as_str().unwrap_or_default().replace('\n', " ");
        // A value and its error have a meaning of their own everywhere, which is said once, in the guide's filters.
        let measured = is_measured(deeper);
        let kind = if measured { "number with error".to_owned() } else { kind };
        let empty = if optional { ", may be empty" } else { "" };
        text.push_str(&format!("  {path} ({kind}{empty})\n{}", wrapped(&meaning, 6)));
        if measured {
            text.push_str(&wrapped(&format!("{path}.value, {path}.error"), 6));
        } else {
            list(deeper, &path, text);
        }
    }
}

fn is_measured(schema: &Value) -> bool {
    let properties = schema["properties"].as_object();
    properties.is_some_and(|map| map.keys().eq(["value", "error"]))
}

/// The schema of a value that may be empty, and whether it may.
fn without_null(schema: &Value) -> (&Value, bool) {
    let is_null = |arm: &Value| arm["type"] == "null";
    let arms = schema["anyOf"].as_array();
    let core = arms.and_then(|arms| arms.iter().find(|arm| !is_null(arm)));
    let among = schema["type"].as_array().is_some_and(|types| types.iter().any(|one| one == "null"));
    (core.unwrap_or(schema), among || arms.is_some_and(|arms| arms.iter().any(is_null)))
}

/// What a value is, in a word.
fn word(schema: &Value) -> String {
    let name = match &schema["type"] {
        Value::Array(types) => types.iter().find_map(|one| one.as_str().filter(|one| *one != "null")),
        other => other.as_str(),
    };
    match name {
        Some("boolean") => "true or false",
        Some("integer") => "whole number",
        Some("string") => "text",
        Some("array") => "list",
        Some("object") => "group",
        _ => "number",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_of_every_kind_is_told_with_type_and_meaning() {
        let topics = topics();
        let find = |word: &str| &topics.iter().find(|(name, _)| name == word).unwrap().1;
        let sweep = find("template.sweep");
        for line in [
            "  facts.t_c (number, may be empty)\n",
            "  facts.peaks[] (list)\n",
            "  facts.peaks[].label (text)\n",
            "  facts.growth.line (group, may be empty)\n",
            "  facts.growth.line.slope (number with error)\n",
            "  facts.ferromagnet (true or false)\n",
            "  facts.replicas (whole number)\n",
        ] {
            assert!(sweep.contains(line), "{line}{sweep}");
        }
        for kind in kinds::all() {
            let alone = find(&format!("template.{}", kind.name()));
            assert!(find("template").contains(alone.as_str()) && find("handout/rbm.md.tera").contains("rbm"));
            assert!(!alone.contains("()"), "{alone}");
        }
    }

    #[test]
    fn kinds_share_the_names_of_their_blocks() {
        for kind in kinds::all() {
            let template = kind.template();
            let names = blocks(template);
            for shared in ["introduction", "theory", "results", "diagnostics", "exercises"] {
                assert!(names.contains(&shared), "{}: {names:?}", kind.name());
            }
            for name in names {
                assert_eq!(template.matches(&format!("{{% endblock {name} %}}")).count(), 1, "{name}");
            }
        }
    }
}
