//! Study to handout: one self-contained HTML page, and the same as Markdown for GitHub.
//!
//! A kind's tera template gives extended Markdown ([`template`]); its directives are split off, numbered and labelled
//! ([`document`], [`labels`]); the parts are rendered as HTML ([`html`]) or Markdown ([`markdown`]); a frame adds title,
//! answer, hero figure, warnings, the table of [`estimates`], the experiment's TOML and the colophon ([`page`]). Strings
//! in, strings out: the caller writes the files.

mod document;
mod error;
mod estimates;
mod handout;
mod highlight;
mod html;
mod labels;
mod markdown;
mod maths;
mod page;
mod template;
mod text;

pub use error::ReportError;
pub use handout::{Colophon, Drawn, EstimateRow, Handout};
pub use page::{html, markdown};

#[cfg(test)]
mod tests;
