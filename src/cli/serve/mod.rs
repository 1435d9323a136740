//! Pages in the browser that follow their files: a small web server for this machine alone.
//!
//! `shelf` knows the experiments and notices changes, `render` makes a page from stored results, `frame` what stands
//! around it, `answer` maps requests to pages, and `http` reads and writes them.

mod answer;
mod frame;
mod http;
mod render;
mod shelf;
mod stamps;

pub(super) use answer::answer;
pub(super) use render::Manner;
pub(super) use shelf::Shelf;
