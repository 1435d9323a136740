//! The visible vectors whose free energies are asked for: rows of a table, or all there are of a narrow machine.

use super::machine::Machine;
use crate::learning::datasets::table;

/// Up to this many visible units all vectors are listed unless rows are given: 2^10.
const LISTED_UNITS: usize = 10;

/// The most rows of a table.
const MOST_ROWS: usize = 10_000;

/// Every visible vector of a machine with at most [`LISTED_UNITS`] visible units, unit 1 changing fastest; none of a wider one.
pub(super) fn all(machine: &Machine) -> Vec<Vec<f64>> {
    let (units, count) = (machine.units, machine.visible());
    if count > LISTED_UNITS {
        return Vec::new();
    }
    let vector = |code: usize| (0..count).map(|i| units.value(code >> i & 1 == 1)).collect();
    (0..1_usize << count).map(vector).collect()
}

/// Reads visible vectors from a table, one a line, each number one of the two values of the machine's units.
///
/// # Errors
///
/// A sentence with the line: a number that is no unit's value, or too few or too many of them.
pub(super) fn read(bytes: &[u8], machine: &Machine) -> Result<Vec<Vec<f64>>, String> {
    let (rows, columns) = (table::rows(bytes)?, machine.visible());
    let allowed = [machine.units.value(false), machine.units.value(true)];
    for (line, row) in &rows {
        if row.len() != columns {
            return Err(format!(
                "line {line} has {} numbers; expected {columns}, one for each visible unit",
                row.len()
            ));
        }
        if let Some(column) = row.iter().position(|value| !allowed.contains(value)) {
            return Err(format!(
                "line {line}, column {}: {} is no value of a {} unit, which is {} or {}",
                column + 1,
                row[column],
                machine.units.name(),
                allowed[0],
                allowed[1]
            ));
        }
    }
    if rows.len() > MOST_ROWS {
        return Err(format!("there are {} rows, more than the {MOST_ROWS} that are listed", rows.len()));
    }
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

#[cfg(test)]
mod tests {
    use super::super::activation::Units;
    use super::super::machine::tests::random_machine;
    use super::*;

    #[test]
    fn rows_are_read_and_refused_with_their_line() {
        let binary = random_machine(3, 2, Units::Binary, 1.0, 1);
        let spin = random_machine(3, 2, Units::Spin, 1.0, 1);
        let text = b"# two patterns\nv1,v2,v3\n1,0,1\n\n0,0,1\n";
        assert_eq!(read(text, &binary).unwrap(), [[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]]);
        assert_eq!(read(b"-1 1 1\n", &spin).unwrap(), [[-1.0, 1.0, 1.0]]);
        for (text, message) in [
            (
                b"1,0,1\n1,2,0\n".as_slice(),
                "line 2, column 2: 2 is no value of a binary unit, which is 0 or 1",
            ),
            (b"1,0\n", "line 1 has 2 numbers; expected 3, one for each visible unit"),
            (b"1,0,1\n1,x,1\n", "line 2, column 2: `x`"),
            (b"", "no numbers"),
        ] {
            let error = read(text, &binary).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
        assert!(
            read(b"0,1,1\n", &spin).unwrap_err().contains("0 is no value of a spin unit, which is -1 or 1")
        );
    }

    #[test]
    fn all_vectors_of_a_narrow_machine_are_listed() {
        let machine = random_machine(3, 2, Units::Spin, 1.0, 1);
        let rows = all(&machine);
        assert_eq!((rows.len(), &rows[1][..]), (8, &[1.0, -1.0, -1.0][..]));
        assert!(all(&random_machine(11, 2, Units::Spin, 1.0, 1)).is_empty());
    }
}
