//! Text for the terminal: lines to stdout that survive a closed pipe, and aligned tables.

use std::io::{ErrorKind, Write};

/// Writes text to stdout. A reader that has gone (`gibbs list | head`) is not an error; any other refusal is told.
pub(super) fn print(text: &str) {
    let mut stdout = std::io::stdout().lock();
    if let Err(error) = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
        && error.kind() != ErrorKind::BrokenPipe
    {
        let _ = writeln!(std::io::stderr(), "error: cannot write to stdout: {error}");
    }
}

/// Rows of cells, aligned in columns; `right` says which columns are aligned right.
pub(super) fn table(header: &[&str], rows: &[Vec<String>], right: &[bool]) -> String {
    let mut widths: Vec<usize> = header.iter().map(|cell| width(cell)).collect();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            widths[column] = widths[column].max(width(cell));
        }
    }
    let mut text = String::new();
    let mut line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut line = String::new();
        for (column, cell) in cells.enumerate() {
            let padding = " ".repeat(widths[column] - width(cell));
            if column > 0 {
                line.push_str("  ");
            }
            if right[column] {
                line.push_str(&padding);
                line.push_str(cell);
            } else {
                line.push_str(cell);
                line.push_str(&padding);
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    };
    line(&mut header.iter().copied());
    for row in rows {
        line(&mut row.iter().map(String::as_str));
    }
    text
}

fn width(cell: &str) -> usize {
    cell.chars().count()
}

/// Text wrapped to 80 columns, each line after `indent` spaces.
pub(super) fn wrapped(text: &str, indent: usize) -> String {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split_whitespace() {
        if !line.is_empty() && indent + width(&line) + 1 + width(word) > 80 {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    let pad = " ".repeat(indent);
    lines.iter().map(|line| format!("{pad}{line}\n")).collect()
}

/// A size of memory for people: "640 B", "12 MiB", "3.5 GiB".
pub(super) fn bytes(count: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let (mut size, mut unit) = (count as f64, 0);
    while size >= 1024.0 && unit + 1 < units.len() {
        size /= 1024.0;
        unit += 1;
    }
    format!("{} {}", crate::number::significant(size, 2), units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_align_and_text_wraps() {
        let rows = vec![vec!["a".to_owned(), "1".to_owned()], vec!["long".to_owned(), "−22".to_owned()]];
        assert_eq!(table(&["name", "n"], &rows, &[false, true]), "name    n\na       1\nlong  −22\n");
        assert!(
            wrapped(&"word ".repeat(40), 4)
                .lines()
                .all(|line| line.starts_with("    word") && line.len() <= 80)
        );
        assert_eq!(bytes(640), "640 B");
        assert_eq!(bytes(3_758_096_384), "3.5 GiB");
    }
}
