//! `gibbs new`: a commented, runnable file to start from.

use crate::cli::args::NewArguments;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::session::{Session, name_of, quoted};
use crate::kinds;
use crate::spec::nearest;
use crate::store::write_atomically;

/// Writes a starting file of the given kind and prints its path; an existing file is left alone.
pub(in crate::cli) fn new(session: &Session, arguments: &NewArguments) -> Result<bool, Failure> {
    let names: Vec<&str> = kinds::all().iter().map(|kind| kind.name()).collect();
    let Some(kind) = kinds::all().iter().find(|kind| kind.name() == arguments.kind) else {
        let hint = nearest(&arguments.kind, names.iter().copied()).map_or_else(
            || format!("choose one of {}", names.join(", ")),
            |name| format!("did you mean {name}?"),
        );
        return Err(Failure::Message(format!("unknown kind \"{}\"; {hint}", arguments.kind)));
    };
    let mut path = arguments.name.clone();
    if path.extension().is_none_or(|ending| ending != "toml") {
        path.as_mut_os_string().push(".toml");
    }
    if path.exists() {
        return Err(Failure::Message(format!("{} exists already and is left as it is", path.display())));
    }
    let title = name_of(&path).replace(['-', '_'], " ");
    let text = kind.starter().replace("{title}", &title);
    write_atomically(&path, text.as_bytes())?;
    session.tell(&format!("run it with: gibbs run {}", quoted(&path.display().to_string())));
    output::print(&format!("{}\n", path.display()));
    Ok(true)
}
