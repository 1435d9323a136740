//! Study to handout: one self-contained HTML page, and the same as Markdown for GitHub.
//!
//! A kind's tera template, or the user's own, gives extended Markdown (`template`); a frame adds warnings, the table of
//! `estimates`, the experiment's TOML, references and the colophon (`frame`); directives are split off, numbered and
//! labelled (`document`, `fences`, `macros`, `pictures`, `labels`, `citations`, `quotes`); the parts are rendered as HTML (`html`, `figures`) or
//! Markdown (`markdown`), mistakes are placed in the template that gave the text (`origin`, `variables`, `blocks`), and the parts set into a page (`page`) or bound with others (`course`). Strings in, strings out: the caller
//! writes the files.
//!
//! What a template may write besides GitHub's Markdown, each directive a fenced block:
//!
//! | directive | gives |
//! |---|---|
//! | `{math} eq-name` | a numbered equation; without a label, one without a number |
//! | `{figure} id` | a figure with its caption; the first of [`Handout::figures`] stands ahead of the body |
//! | `{note} Title` | a margin note |
//! | `{warning} Title` | a warning box; `-` for none |
//! | `{exercise} [ex-name] Title` | a numbered exercise |
//! | `{hint}` | a hint for it, folded away |
//! | `{solution}` | its solution, there when [`Handout::solutions`] is set |
//! | `{code} name` | a function of gibbs's own source, with words on what it computes |
//!
//! `[](#eq-name)`, `[](#fig-id)`, `[](#ex-name)`, `[](#code-name)` and `[](#sec-heading-in-lower-case)` are references,
//! `[@key]` or `[see @key, p. 3]` cites a work of `templates/references.bib` or of the user's bibliography, `![words](path)`
//! shows a picture of the user's, `\\newcommand` defines a macro for the formulas below it. Filters: `pm(error=…)`, `num`, `count`,
//! and `text` for words of a user that shall show as typed.

mod blocks;
mod citations;
mod course;
mod document;
mod dollars;
mod error;
mod estimates;
mod fences;
mod figures;
mod frame;
mod handout;
mod head;
mod highlight;
mod html;
mod labels;
mod macros;
mod markdown;
mod maths;
mod mathtext;
mod notebook;
mod origin;
mod page;
mod pictures;
mod python;
mod quotes;
mod site;
mod spoilers;
mod template;
mod text;
mod title;
mod variables;

pub use course::{Cover, course};
pub use error::ReportError;
pub use handout::{Around, Colophon, Drawn, DrawnFrame, DrawnFrames, EstimateRow, Handout, Own};
pub use head::{first_figure, headline, proofread};
pub use notebook::notebook;
pub use page::{html, markdown, pictures};
pub use site::{Badge, Card, Whole, index};
pub use title::title;

#[cfg(test)]
mod tests;
