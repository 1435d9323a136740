//! From a connection to its answer.

use super::frame;
use super::http::{self, Reply};
use super::shelf::Shelf;
use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

/// How long the other side may keep silent in the middle of a request or an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often a quiet stream of events shows that it lives.
const BEAT: Duration = Duration::from_secs(10);

/// Answers the one request of a connection. What goes wrong on the way is the other side's leaving.
pub(in crate::cli) fn answer(shelf: &Shelf, mut stream: TcpStream) {
    let _ = stream.set_read_timeout(Some(PATIENCE));
    let _ = stream.set_write_timeout(Some(PATIENCE));
    let request = match http::read(&mut stream) {
        Ok(request) => request,
        Err(refusal) => {
            let _ = refusal.map(|reply| reply.write(&mut stream, false));
            return;
        }
    };
    let reply = match request.path.as_str() {
        "/" => Reply::page(shelf.index()),
        "/-/events" if !request.head => {
            let _ = events(shelf, &mut stream, request.value("page"), request.value("seen"));
            return;
        }
        path => {
            // Names are looked up among the experiments and never become a path.
            let name = path.trim_start_matches('/');
            shelf.page(name).map_or_else(|| Reply::absent(frame::absent(name)), Reply::page)
        }
    };
    let _ = reply.write(&mut stream, request.head);
}

/// Tells once that a page has changed, as soon as it does.
fn events(shelf: &Shelf, stream: &mut TcpStream, page: &str, seen: &str) -> std::io::Result<()> {
    http::begin_events(stream)?;
    while !shelf.wait(page, seen, BEAT) {
        stream.write_all(b": nothing new\n\n")?;
        stream.flush()?;
    }
    stream.write_all(b"data: changed\n\n")?;
    stream.flush()
}
