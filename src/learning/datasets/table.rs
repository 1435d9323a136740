//! Data in a file: one pattern a line, numbers separated by commas, semicolons or blanks.

use super::Images;
use std::io::Read;

/// Reads a table of numbers, one pattern a line; a gzipped file is unpacked first. Empty lines and lines that begin with
/// `#` are skipped, and so is a first line without any number (a header).
///
/// `shape` gives height and width of the images; without it each pattern is a square image when the number of columns is
/// a square, else a single row of pixels.
///
/// # Errors
///
/// A sentence with the line number: something that is no finite number, or a line of another length than the first.
pub fn parse(bytes: &[u8], shape: Option<(usize, usize)>) -> Result<Images, String> {
    let rows = rows(bytes)?;
    let columns = rows[0].1.len();
    if let Some((line, row)) = rows.iter().find(|(_, row)| row.len() != columns) {
        return Err(format!("line {line} has {} numbers; expected {columns}, as on the first", row.len()));
    }
    let values = rows.into_iter().flat_map(|(_, row)| row).collect();
    let (height, width) = match shape {
        Some((height, width)) if height * width == columns => (height, width),
        Some((height, width)) => {
            return Err(format!(
                "each line has {columns} numbers; {height} × {width} pixels need {}",
                height * width
            ));
        }
        None => {
            let side = columns.isqrt();
            if side * side == columns { (side, side) } else { (1, columns) }
        }
    };
    Ok(Images { height, width, values })
}

/// The text of a table, unpacked if it is gzipped, without a byte-order mark.
///
/// # Errors
///
/// A sentence: it cannot be unpacked, or is no UTF-8 text.
pub fn unpack(bytes: &[u8]) -> Result<String, String> {
    let mut unpacked = Vec::new();
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        flate2::read::MultiGzDecoder::new(bytes)
            .read_to_end(&mut unpacked)
            .map_err(|error| format!("the gzipped table cannot be unpacked: {error}"))?;
        unpacked.as_slice()
    } else {
        bytes
    };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("line {line} is not UTF-8 text")
    })?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

/// The names of the columns, if the first line of a table holds no number.
pub fn header(text: &str) -> Option<Vec<String>> {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))?;
    let cells = cells(first);
    let named = cells.iter().all(|cell| cell.parse::<f64>().is_err());
    named.then(|| cells.iter().map(|cell| cell.trim_matches('"').to_owned()).collect())
}

/// The rows of a table, at least one, each with the number of its line; see [`parse`] for the form.
///
/// # Errors
///
/// A sentence with the line number, and the column of what is no finite number.
pub fn rows(bytes: &[u8]) -> Result<Vec<(usize, Vec<f64>)>, String> {
    let text = unpack(bytes)?;
    let (mut rows, mut header) = (Vec::new(), true);
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let cells = cells(line);
        if std::mem::take(&mut header) && cells.iter().all(|cell| cell.parse::<f64>().is_err()) {
            continue;
        }
        let number = |(column, cell): (usize, &&str)| match cell.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(format!("line {}, column {}: `{cell}` is no finite number", index + 1, column + 1)),
        };
        rows.push((index + 1, cells.iter().enumerate().map(number).collect::<Result<_, _>>()?));
    }
    if rows.is_empty() { Err("the table holds no numbers".to_owned()) } else { Ok(rows) }
}

fn cells(line: &str) -> Vec<&str> {
    match [',', ';'].into_iter().find(|separator| line.contains(*separator)) {
        Some(separator) => line.split(separator).map(str::trim).collect(),
        None => line.split_whitespace().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_several_habits_are_read() {
        for text in ["0,1,1,0\n1,1,0,0\n", "# c\na;b;c;d\n0; 1; 1; 0\n\n1;1;0;0", "0 1 1 0\r\n1\t1 0 0\r\n"] {
            let images = parse(text.as_bytes(), None).unwrap();
            assert_eq!((images.height, images.width, images.count()), (2, 2, 2), "{text}");
            assert_eq!(images.values, [0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
        }
        assert_eq!(parse(b"1,2,3\n", None).unwrap().width, 3);
        assert_eq!(parse(b"1,2,3,4\n", Some((1, 4))).unwrap().width, 4);
    }

    #[test]
    fn bad_tables_are_refused_with_the_line() {
        let cases: [(&[u8], &str); 6] = [
            (b"0,1\n0,x\n", "line 2, column 2: `x`"),
            (b"0,1\n\n0,1,1\n", "line 3 has 3 numbers; expected 2"),
            (b"0,1\n0,nan\n", "line 2, column 2"),
            (b"0,\n", "line 1, column 2"),
            (b"\n", "no numbers"),
            (b"0,1\n\xff", "line 2 is not UTF-8"),
        ];
        for (bytes, message) in cases {
            let error = parse(bytes, None).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
        assert!(parse(b"1,2,3\n", Some((2, 2))).unwrap_err().contains("2 × 2 pixels need 4"));
    }
}
