//! `gibbs serve` as a browser meets it: pages, refusals, and the event that a file has changed.

#![expect(clippy::disallowed_methods, reason = "a test writes files of its own")]

mod common;

use common::{LEVELS, Workplace};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The title of the experiment on show.
const TITLE: &str = "Levels <b>of</b> energy";

/// A server over a folder of its own; it ends with this value, also when a test fails.
struct Server {
    folder: Workplace,
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn titled(title: &str) -> String {
    LEVELS.replace("title = \"Levels\"", &format!("title = \"{title}\""))
}

fn gibbs(folder: &Workplace) -> Command {
    let mut command = folder.command();
    command.stderr(Stdio::null());
    command
}

impl Server {
    fn start() -> Self {
        let folder = Workplace::new();
        folder.write("experiments/levels.toml", &titled(TITLE));
        folder.write("secret.txt", "not for you");
        let mut child =
            gibbs(&folder).args(["serve", "--port", "0"]).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output");
        BufReader::new(stdout).read_line(&mut line).expect("its address");
        let address = line.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { folder, child, address }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path(name)
    }

    fn run(&self) {
        let status = gibbs(&self.folder).args(["run", "--no-report"]).stdout(Stdio::null()).status();
        assert!(status.expect("it starts").success());
    }

    fn connect(&self, path: &str, host: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a limit");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").expect("a request");
        stream
    }

    /// The whole answer, its head included.
    fn get(&self, path: &str) -> String {
        self.get_as(path, &self.address)
    }

    fn get_as(&self, path: &str, host: &str) -> String {
        let mut text = String::new();
        self.connect(path, host).read_to_string(&mut text).expect("an answer");
        text
    }

    /// The stream of events that the script on `page` asks for.
    fn events(&self, page: &str) -> TcpStream {
        let seen = page.split("data-seen=\"").nth(1).and_then(|rest| rest.split('"').next());
        let name = page.split("data-page=\"").nth(1).and_then(|rest| rest.split('"').next());
        let (seen, name) = (seen.expect("a revision"), name.expect("a name"));
        self.connect(&format!("/-/events?page={name}&seen={seen}"), "localhost")
    }
}

/// Reads until the event comes.
fn await_change(mut stream: TcpStream) {
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("the event in time");
    assert!(text.contains("text/event-stream") && text.ends_with("data: changed\n\n"), "{text}");
}

#[test]
fn pages_follow_their_files_and_results() {
    let server = Server::start();
    let index = server.get("/");
    assert!(index.starts_with("HTTP/1.1 200 OK\r\n"), "{index}");
    assert!(index.contains("<a href=\"levels\">levels</a>") && index.contains("not run yet"), "{index}");
    assert!(index.contains("Levels &lt;b&gt;of"), "a title is shown, not run");
    let page = server.get("/levels");
    assert!(page.contains("4 of 4 tasks have no stored record; run: gibbs run"), "{page}");
    // Results come.
    let (on_index, on_page) = (server.events(&index), server.events(&page));
    server.run();
    await_change(on_index);
    await_change(on_page);
    let page = server.get("/levels");
    assert!(page.contains("<svg") && page.contains("<math"), "the handout is served");
    assert!(server.get("/").contains(">ready<"));
    // A mistake in the file, shown and mended.
    let events = server.events(&page);
    let spec = server.file("experiments/levels.toml");
    std::fs::write(&spec, titled(TITLE).replace("ensemble", "ensembel")).expect("a mistake");
    await_change(events);
    let page = server.get("/levels");
    assert!(page.contains("role=\"alert\"") && page.contains("did you mean `ensemble`?"), "{page}");
    // A text that is not there yet is waited for.
    let events = server.events(&page);
    std::fs::write(&spec, format!("{}[report]\nintro = \"intro.md\"\n", titled(TITLE))).expect("a file");
    await_change(events);
    let page = server.get("/levels");
    assert!(page.contains("no such file: experiments/intro.md"), "{page}");
    let events = server.events(&page);
    std::fs::write(server.file("experiments/intro.md"), "Words to begin with.").expect("a file");
    await_change(events);
    let page = server.get("/levels");
    assert!(page.contains("Words to begin with."), "the page shows what the text says now");
    // A mistake in the text shows in the index, too.
    let events = server.events(&server.get("/"));
    std::fs::write(server.file("experiments/intro.md"), "See [](#eq-nowhere).").expect("a file");
    await_change(events);
    assert!(server.get("/").contains(">a mistake in the page<"));
    assert!(server.get("/levels").contains("unknown label `eq-nowhere`"));
    // The results are as the run left them: no page, no figure.
    assert!(!server.file("results/levels/latest/report.html").exists());
    assert!(!server.file("results/levels/latest/figures").exists());
}

#[test]
fn the_order_and_the_title_are_those_of_the_book() {
    let server = Server::start();
    for name in ["alpha", "omega"] {
        let path = server.file(&format!("experiments/{name}.toml"));
        std::fs::write(path, titled(name)).expect("a file");
    }
    server.run();
    let place =
        |index: &str, name: &str| index.find(&format!("<a href=\"{name}\"")).expect("a line of the index");
    let events = server.events(&server.get("/alpha"));
    let book = "title = \"Two & <more>\"\nauthors = [\"Ada L.\"]\nchapters = [\"omega\", \"levels\"]\n";
    let path = server.file("experiments/book.toml");
    std::fs::write(&path, book).expect("a file");
    await_change(events);
    let index = server.get("/");
    assert!(index.contains("<h1>Two &amp; &lt;more&gt;</h1>") && index.contains("Ada L."), "{index}");
    let places = ["omega", "levels", "alpha"].map(|name| place(&index, name));
    assert!(places.is_sorted(), "{places:?}");
    let page = server.get("/levels");
    assert!(page.contains("rel=\"prev\" href=\"omega\"") && page.contains("rel=\"next\" href=\"alpha\""));
    assert!(page.contains("<a href=\"./\">Two &amp; &lt;more&gt;</a>"));
    // A mistake in the book is told in the index; the pages stay.
    let events = server.events(&index);
    std::fs::write(&path, book.replace("omega", "omegga")).expect("a file");
    await_change(events);
    let index = server.get("/");
    assert!(index.contains("book.toml:3:13") && index.contains("did you mean `omega`?"), "{index}");
    let places = ["alpha", "levels", "omega"].map(|name| place(&index, name));
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn only_this_machine_is_answered_and_only_pages_are_offered() {
    let server = Server::start();
    for host in ["evil.example", "127.0.0.1.evil.example:80"] {
        let answer = server.get_as("/", host);
        assert!(answer.starts_with("HTTP/1.1 403 ") && !answer.contains("levels"), "{answer}");
    }
    assert!(server.get_as("/", "localhost").starts_with("HTTP/1.1 200 "));
    for path in
        ["/../secret.txt", "/secret.txt", "/%2e%2e/secret.txt", "/experiments/levels.toml", "//levels/"]
    {
        let answer = server.get(path);
        assert!(answer.starts_with("HTTP/1.1 404 ") && !answer.contains("not for you"), "{path}: {answer}");
    }
    let mut stream = TcpStream::connect(&server.address).expect("a connection");
    stream.write_all(b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("a request");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    assert!(text.starts_with("HTTP/1.1 405 "), "{text}");
    // A port that is taken is told.
    let port = server.address.rsplit(':').next().expect("a port");
    let output = gibbs(&server.folder).args(["serve", "--port", port]).stderr(Stdio::piped()).output();
    let output = output.expect("it starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--port 0"));
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_cleanly() {
    let mut server = Server::start();
    let waiting = server.events(&server.get("/"));
    let pid = server.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().expect("kill").success());
    assert_eq!(server.child.wait().expect("an end").code(), Some(0));
    drop(waiting);
}
