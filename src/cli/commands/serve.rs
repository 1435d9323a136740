//! `gibbs serve`: the pages in a browser, made anew whenever their files or results change.

use crate::cli::args::ServeArguments;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::serve::{Manner, Shelf, answer};
use crate::cli::session::Session;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How often the files are looked at.
const PACE: Duration = Duration::from_millis(300);

/// Serves the experiments to this machine until Ctrl-C; prints the address. Results are read and never written.
pub(in crate::cli) fn serve(session: &Session, arguments: &ServeArguments) -> Result<bool, Failure> {
    // A mistyped path is told here rather than in the browser.
    session.files(&arguments.paths.paths)?;
    let stop = session.stop_flag();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port)).map_err(|error| {
        Failure::Message(format!(
            "cannot listen on port {}: {error}; choose another with --port, or --port 0 for any that is free",
            arguments.port
        ))
    })?;
    let address = listener.local_addr();
    let address = address.map_err(|error| Failure::Message(format!("the port has no number: {error}")))?;
    let manner = Manner {
        quick: arguments.quick,
        solutions: arguments.solutions,
        template: arguments.template.clone(),
    };
    let shelf = Arc::new(Shelf::new(session.clone(), arguments.paths.paths.clone(), manner));
    let address = format!("http://{address}/");
    output::print(&format!("{address}\n"));
    let count = shelf.names().len();
    let what = if count == 1 { "1 experiment".to_owned() } else { format!("{count} experiments") };
    session.tell(&format!("serving {what} to this machine; pages follow their files; Ctrl-C ends it"));
    let shared = Arc::clone(&shelf);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let shelf = Arc::clone(&shared);
            std::thread::spawn(move || answer(&shelf, stream));
        }
    });
    if arguments.open {
        open(session, &address);
    }
    while !stop.load(Ordering::Relaxed) {
        std::thread::sleep(PACE);
        shelf.look();
    }
    Ok(true)
}

/// Shows the address in the browser that the system prefers.
fn open(session: &Session, address: &str) {
    let (program, arguments): (&str, &[&str]) = match std::env::consts::OS {
        "macos" => ("open", &[]),
        "windows" => ("cmd", &["/C", "start", ""]),
        _ => ("xdg-open", &[]),
    };
    let mut command = Command::new(program);
    command.args(arguments).arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Err(error) = command.spawn() {
        session.warn(&format!("cannot open a browser ({program}: {error}); open {address} yourself"));
    }
}
