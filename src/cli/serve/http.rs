//! The little of HTTP/1.1 that a page on one's own machine needs: one request a connection, `GET` and `HEAD`.

use std::io::{Read, Write};

/// The longest head of a request that is read.
const LONGEST: usize = 16 * 1024;

/// A request that may be answered: it is well formed and meant for this machine.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// Whether the headers alone are wanted.
    pub(super) head: bool,
    /// The path, decoded, with its leading slash.
    pub(super) path: String,
    /// The pairs of the query, decoded.
    pub(super) query: Vec<(String, String)>,
}

impl Request {
    /// The value of a key in the query.
    pub(super) fn value(&self, key: &str) -> &str {
        self.query.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value)
    }
}

/// What a request is answered with.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reply {
    status: &'static str,
    kind: &'static str,
    body: String,
}

impl Reply {
    /// A page.
    pub(super) fn page(body: String) -> Self {
        Self { status: "200 OK", kind: "text/html; charset=utf-8", body }
    }

    /// A page in place of one that is not there.
    pub(super) fn absent(body: String) -> Self {
        Self { status: "404 Not Found", ..Self::page(body) }
    }

    /// A sentence that refuses.
    pub(super) fn refusal(status: &'static str, text: &str) -> Self {
        Self { status, kind: "text/plain; charset=utf-8", body: format!("{text}\n") }
    }

    /// Writes the reply; of its body nothing but the length if only the `head` is wanted.
    pub(super) fn write(&self, stream: &mut impl Write, head: bool) -> std::io::Result<()> {
        // The pages need nothing but what is in them and the stream of events.
        write!(
            stream,
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\nCache-Control: no-store\r\n\
             X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n\
             Cross-Origin-Resource-Policy: same-origin\r\n\
             Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
             font-src data:; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'\r\n\r\n",
            self.status,
            self.kind,
            self.body.len()
        )?;
        if !head {
            stream.write_all(self.body.as_bytes())?;
        }
        stream.flush()
    }
}

/// Begins a stream of events.
pub(super) fn begin_events(stream: &mut impl Write) -> std::io::Result<()> {
    stream.write_all(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\nCache-Control: no-store\r\n\
          X-Content-Type-Options: nosniff\r\nCross-Origin-Resource-Policy: same-origin\r\n\r\n",
    )?;
    stream.flush()
}

/// Reads a request.
///
/// # Errors
///
/// The refusal to be sent; `None` when the other side has gone or said nothing in time.
pub(super) fn read(stream: &mut impl Read) -> Result<Request, Option<Reply>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 1024];
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        if bytes.len() > LONGEST {
            return Err(Some(Reply::refusal(
                "431 Request Header Fields Too Large",
                "the request is too long",
            )));
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return Err(None),
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
    parse(&String::from_utf8_lossy(&bytes)).map_err(Some)
}

fn parse(text: &str) -> Result<Request, Reply> {
    let bad = || Reply::refusal("400 Bad Request", "this is no request that gibbs understands");
    let mut lines = text.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (first.next(), first.next(), first.next(), first.next())
    else {
        return Err(bad());
    };
    if !version.starts_with("HTTP/1.") || !target.starts_with('/') {
        return Err(bad());
    }
    let mut hosts = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("host"))
        .map(|(_, value)| value.trim());
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return Err(bad()) };
    // A page elsewhere whose name has been pointed at this machine must not read what is served here.
    if !is_local(host) {
        let text = "gibbs answers to localhost, 127.0.0.1 and [::1] only";
        return Err(Reply::refusal("403 Forbidden", text));
    }
    if method != "GET" && method != "HEAD" {
        return Err(Reply::refusal("405 Method Not Allowed", "gibbs shows pages: GET and HEAD only"));
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let query = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| Some((decoded(key)?, decoded(value)?)))
        .collect::<Option<_>>()
        .ok_or_else(bad)?;
    Ok(Request { head: method == "HEAD", path: decoded(path).ok_or_else(bad)?, query })
}

/// Whether a `Host` header names this machine.
fn is_local(host: &str) -> bool {
    let is_port = |text: &str| {
        text.is_empty()
            || text.strip_prefix(':').is_some_and(|port| port.chars().all(|digit| digit.is_ascii_digit()))
    };
    match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').is_some_and(|(name, port)| name == "::1" && is_port(port)),
        None => {
            let (name, port) = host.split_at(host.find(':').unwrap_or(host.len()));
            (name.eq_ignore_ascii_case("localhost") || name == "127.0.0.1") && is_port(port)
        }
    }
}

/// Text with its `%20` and the like decoded; `None` when it is not UTF-8.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'%')
            .then(|| after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// A name as part of an address.
pub(super) fn encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    name.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(first: &str, host: &str) -> Result<Request, &'static str> {
        parse(&format!("{first}\r\nHost: {host}\r\nAccept: */*\r\n\r\n")).map_err(|reply| reply.status)
    }

    #[test]
    fn requests_are_read_with_path_and_query() {
        let request = asked("GET /two%20levels?seen=1-2&page=a%26b HTTP/1.1", "localhost:80").unwrap();
        assert_eq!((request.path.as_str(), request.head), ("/two levels", false));
        assert_eq!((request.value("seen"), request.value("page"), request.value("x")), ("1-2", "a&b", ""));
        assert_eq!(encoded("two levels/é"), "two%20levels%2F%C3%A9");
        assert!(read(&mut &b"GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n"[..]).is_ok());
        assert_eq!(read(&mut &b"GET / HTTP"[..]), Err(None));
    }

    #[test]
    fn other_hosts_methods_and_forms_are_refused() {
        for host in ["localhost", "LOCALHOST:8", "127.0.0.1:4242", "[::1]", "[::1]:1"] {
            assert!(asked("GET / HTTP/1.1", host).is_ok(), "{host}");
        }
        for host in
            ["evil.example", "localhost.evil", "127.0.0.1.evil", "[::1]evil", "localhost:1.evil", "::1", ""]
        {
            assert_eq!(asked("GET / HTTP/1.1", host).unwrap_err(), "403 Forbidden", "{host}");
        }
        assert_eq!(asked("POST / HTTP/1.1", "localhost").unwrap_err(), "405 Method Not Allowed");
        for first in ["GET /", "GET http://localhost/ HTTP/1.1", "GET / HTTP/2", "GET /%ff HTTP/1.1"] {
            assert_eq!(asked(first, "localhost").unwrap_err(), "400 Bad Request", "{first}");
        }
        assert!(parse("GET / HTTP/1.1\r\n\r\n").is_err(), "a host must be named");
        assert!(parse("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n").is_err());
        let long = vec![b'a'; 2 * LONGEST];
        assert!(matches!(read(&mut long.as_slice()), Err(Some(_))));
    }
}
