//! Text to checked experiment: parses a TOML file, reports every mistake with its place, and prepares each point.

mod book;
mod diagnostic;
mod document;
mod expectation;
mod header;
mod load;
mod node;
mod overrides;
mod own;
mod schema;
mod sweep;

pub use book::{BOOK, Book, load_book};
pub use diagnostic::{Diagnostics, nearest};
pub use document::json_schema;
pub use header::{AtValue, Expect, Header, ReferenceWord, ReportKeys, Target, Within};
pub use load::{Checked, Point, Request, load};
pub use own::OwnTexts;
