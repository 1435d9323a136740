//! HTTP/1.1 as far as a WebDriver needs it: one JSON request to this machine, one JSON answer, then the end.

use serde_json::Value;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

/// How long an answer may take: a page of paper is made in seconds, on a busy machine in many.
const PATIENCE: Duration = Duration::from_secs(120);

/// Sends `body` to `path` at `port` of this machine and returns the answer's JSON, whatever its status.
///
/// # Errors
///
/// When the connection fails, or when what comes back is not an HTTP answer with a JSON body.
pub(crate) fn request(method: &str, port: u16, path: &str, body: &Value) -> io::Result<Value> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let body = if method == "POST" { body.to_string() } else { String::new() };
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = Vec::new();
    let mut buffer = [0; 1 << 16];
    loop {
        if let Some((head, body)) = split(&answer)
            && content_length(head).is_some_and(|length| body.len() >= length)
        {
            return Ok(serde_json::from_slice(body)?);
        }
        match stream.read(&mut buffer)? {
            0 => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the answer broke off")),
            read => answer.extend_from_slice(&buffer[..read]),
        }
    }
}

/// The head and what has come of the body.
fn split(answer: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some((&answer[..end], &answer[end + 4..]))
}

fn content_length(head: &[u8]) -> Option<usize> {
    let head = std::str::from_utf8(head).ok()?;
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    })
}
