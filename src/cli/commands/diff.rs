//! `gibbs diff A B`: two results side by side.

use crate::check::{FALSE_ALARM_RATE, Sigma, compare};
use crate::cli::args::DiffArguments;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::session::{Session, name_of, quoted};
use crate::number;
use crate::store::{self, Rows};
use std::path::{Path, PathBuf};

/// How many rows are shown unless all are asked for.
const SHOWN: usize = 20;

/// Compares two results row by row and prints the most different ones; says no when any differs significantly.
pub(in crate::cli) fn diff(session: &Session, arguments: &DiffArguments) -> Result<bool, Failure> {
    let (a, b) = (read(session, &arguments.a)?, read(session, &arguments.b)?);
    if a.axes != b.axes {
        let text = format!(
            "the two results have different axes ({} and {}), so their rows cannot be matched",
            shown_axes(&a.axes),
            shown_axes(&b.axes)
        );
        return Err(Failure::Message(text));
    }
    let pairs: Vec<_> = a
        .rows
        .iter()
        .filter_map(|row| {
            let other = b
                .rows
                .iter()
                .find(|other| other.quantity == row.quantity && other.coordinates == row.coordinates)?;
            Some((row, other))
        })
        .collect();
    if pairs.is_empty() {
        return Err(Failure::Message("the two results have no row in common".to_owned()));
    }
    let mut lines: Vec<(f64, Vec<String>)> = pairs
        .iter()
        .map(|(row, other)| {
            let side = |value: f64, std_error, ess| Sigma { value, std_error, ess };
            let comparison = match (row.value, other.value) {
                (Some(x), Some(y)) => Some(compare(
                    side(x, row.std_error, row.ess),
                    side(y, other.std_error, other.ess),
                    pairs.len(),
                )),
                _ => None,
            };
            // What one side has no number of is not different; it is told apart.
            let ratio = comparison.map_or(0.0, |found| found.ratio);
            let difference = match (row.value, other.value) {
                (Some(x), Some(y)) => number::significant(x - y, 3),
                _ => String::new(),
            };
            let z = comparison.and_then(|found| found.z).map_or(String::new(), |z| number::significant(z, 3));
            let value = |value: Option<f64>, error| {
                value.map_or("none".to_owned(), |value| number::with_error(value, error))
            };
            let mut cells = vec![if ratio > 1.0 { "DIFFERS" } else { "" }.to_owned(), row.quantity.clone()];
            cells.extend(row.coordinates.iter().cloned());
            cells.extend([
                value(row.value, row.std_error),
                value(other.value, other.std_error),
                difference,
                z,
            ]);
            (ratio, cells)
        })
        .collect();
    lines.sort_by(|x, y| y.0.total_cmp(&x.0));
    let different = lines.iter().filter(|(ratio, _)| *ratio > 1.0).count();
    let count = if arguments.all { lines.len() } else { SHOWN.max(different).min(lines.len()) };
    let mut header = vec!["", "quantity"];
    header.extend(a.axes.iter().map(|axis| axis.rsplit('.').next().unwrap_or(axis)));
    header.extend(["A", "B", "A − B", "z"]);
    let mut right = vec![false, false];
    right.resize(header.len(), true);
    let rows: Vec<Vec<String>> = lines.iter().take(count).map(|(_, cells)| cells.clone()).collect();
    let mut text = output::table(&header, &rows, &right);
    if count < lines.len() {
        text.push_str(&format!(
            "({} more, all nearer to each other; --all shows them)\n",
            lines.len() - count
        ));
    }
    let absent = pairs.iter().filter(|(row, other)| row.value.is_none() != other.value.is_none()).count();
    if absent > 0 {
        text.push_str(&format!(
            "({absent} rows have a number in one of the two only, and are not compared)\n"
        ));
    }
    let alone = a.rows.len() + b.rows.len() - 2 * pairs.len();
    if alone > 0 {
        text.push_str(&format!("({alone} rows stand in one of the two only)\n"));
    }
    text.push_str(&format!(
        "{different} of {} rows differ significantly (false-alarm rate {} % for all together)\n",
        pairs.len(),
        number::plain(100.0 * FALSE_ALARM_RATE)
    ));
    output::print(&text);
    Ok(different == 0)
}

fn shown_axes(axes: &[String]) -> String {
    if axes.is_empty() { "none".to_owned() } else { axes.join(", ") }
}

/// Reads the estimates that `place` names: a CSV file, a results folder, or an experiment by its name or its file.
fn read(session: &Session, place: &Path) -> Result<Rows, Failure> {
    let experiment = place.extension().is_some_and(|ending| ending == "toml");
    let of = |name: &Path| session.results.join(name).join("latest").join("estimates.csv");
    let candidates: Vec<PathBuf> = if experiment && place.is_file() {
        vec![of(Path::new(&name_of(place)))]
    } else if place.is_file() {
        vec![place.to_owned()]
    } else {
        vec![place.join("estimates.csv"), place.join("latest").join("estimates.csv"), of(place)]
    };
    for path in &candidates {
        if let Some(bytes) = store::read_optional(path)? {
            return store::parse_estimates(&bytes)
                .map_err(|reason| Failure::Message(format!("{} is damaged: {reason}", path.display())));
        }
    }
    if experiment && place.is_file() {
        let shown = place.display().to_string();
        let text = format!("{shown} has no stored results; run: gibbs run {}", quoted(&shown));
        return Err(Failure::Message(text));
    }
    Err(Failure::Message(format!(
        "{} names no results: give an experiment's name or file, its folder in {}, or a CSV file of estimates",
        place.display(),
        session.results.display()
    )))
}
