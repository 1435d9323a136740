//! Study to handout: one self-contained HTML page, and the same as Markdown for GitHub.
//!
//! A kind's tera template gives extended Markdown (`template`); its directives are split off, numbered and labelled
//! (`document`, `labels`); the parts are rendered as HTML (`html`) or Markdown (`markdown`); a frame adds title,
//! answer, hero figure, warnings, the table of `estimates`, the experiment's TOML and the colophon (`page`). Strings
//! in, strings out: the caller writes the files.
//!
//! What a template may write besides GitHub's Markdown, each directive a fenced block:
//!
//! | directive | gives |
//! |---|---|
//! | `{math} eq-name` | a numbered equation; without a label, one without a number |
//! | `{figure} id` | a figure with its caption; the first of [`Handout::figures`] stands ahead of the body |
//! | `{note} Title` | a margin note |
//! | `{warning} Title` | a warning box |
//! | `{exercise} [ex-name] Title` | a numbered exercise |
//! | `{solution}` | its solution, shown when [`Handout::solutions`] is set |
//!
//! `[](#eq-name)`, `[](#fig-id)`, `[](#ex-name)` and `[](#sec-heading-in-lower-case)` are references. Filters: `pm(error=…)`,
//! `num`, `count`, and `text` for words of a user that shall show as typed.

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
mod highlight;
mod html;
mod labels;
mod markdown;
mod maths;
mod mathtext;
mod notebook;
mod page;
mod python;
mod quotes;
mod template;
mod text;

pub use course::{Cover, course};
pub use error::ReportError;
pub use handout::{Around, Colophon, Drawn, DrawnFrames, EstimateRow, Handout, Own};
pub use notebook::notebook;
pub use page::{html, markdown};

#[cfg(test)]
mod tests;
