//! The CSV files: estimates and tables, RFC 4180, floats in shortest round-trip form.

use crate::axis::{Axis, Coordinate};
use crate::figure::Data;
use crate::record::{Analysis, Cell, Table};

/// The columns of `estimates.csv` after the axes.
const COLUMNS: [&str; 10] = [
    "quantity",
    "value",
    "std_error",
    "ess",
    "tau",
    "r_hat",
    "reference",
    "reference_kind",
    "z",
    "tau_error",
];
/// So many of them there were at first: files without the later ones are still read.
const FIRST_COLUMNS: usize = 9;

/// One row of `estimates.csv` as it is read back.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The point's number.
    pub point: usize,
    /// The coordinates as they are written, parallel to [`Rows::axes`].
    pub coordinates: Vec<String>,
    /// The quantity's name.
    pub quantity: String,
    /// The estimate.
    pub value: Option<f64>,
    /// Its standard error.
    pub std_error: Option<f64>,
    /// Effective number of samples.
    pub ess: Option<f64>,
}

/// The content of an `estimates.csv`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    /// The axes' paths.
    pub axes: Vec<String>,
    /// The rows in file order.
    pub rows: Vec<Row>,
}

/// The estimates of all points as CSV: `point, <axes>, quantity, value, …`.
pub fn estimates_csv(axes: &[Axis], points: &[(usize, &[Coordinate], &Analysis)]) -> Vec<u8> {
    let mut lines = Lines::default();
    let header = ["point"].into_iter().chain(axes.iter().map(|axis| axis.path.as_str())).chain(COLUMNS);
    lines.push(header.map(str::to_owned));
    for (index, coordinates, analysis) in points {
        for estimate in &analysis.estimates {
            let mut row = vec![index.to_string()];
            row.extend(coordinates.iter().map(ToString::to_string));
            row.push(estimate.quantity.name.to_owned());
            row.extend(
                [estimate.value, estimate.std_error, estimate.ess, estimate.tau, estimate.r_hat].map(number),
            );
            row.push(number(estimate.reference.map(|(value, _)| value)));
            row.push(estimate.reference.map_or("", |(_, kind)| kind.name()).to_owned());
            row.push(number(estimate.z()));
            row.push(number(estimate.tau_error));
            lines.push(row);
        }
    }
    lines.finish()
}

/// One table of all points as CSV: `point, <axes>, <columns>`.
pub fn table_csv(axes: &[Axis], points: &[(usize, &[Coordinate], &Table)]) -> Vec<u8> {
    let mut lines = Lines::default();
    let columns = points.first().map_or(&[][..], |(_, _, table)| &table.columns);
    let header = ["point"].into_iter().chain(axes.iter().map(|axis| axis.path.as_str()));
    lines.push(header.chain(columns.iter().copied()).map(str::to_owned));
    for (index, coordinates, table) in points {
        for cells in &table.rows {
            let mut row = vec![index.to_string()];
            row.extend(coordinates.iter().map(ToString::to_string));
            row.extend(cells.iter().map(cell));
            lines.push(row);
        }
    }
    lines.finish()
}

/// A table about the study as a whole as CSV: `<columns>`.
pub fn study_table_csv(table: &Table) -> Vec<u8> {
    let mut lines = Lines::default();
    lines.push(table.columns.iter().map(|name| (*name).to_owned()));
    table.rows.iter().for_each(|row| lines.push(row.iter().map(cell)));
    lines.finish()
}

/// A figure's numbers as CSV.
pub fn data_csv(data: &Data) -> String {
    let mut lines = Lines::default();
    lines.push(data.columns.iter().map(|name| (*name).to_owned()));
    data.rows.iter().for_each(|row| lines.push(row.iter().map(cell)));
    String::from_utf8(lines.finish()).expect("invariant: every cell is text")
}

/// Reads an `estimates.csv` (or a baseline) back.
///
/// # Errors
///
/// What is wrong with it, with the line.
pub fn parse_estimates(bytes: &[u8]) -> Result<Rows, String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(true).from_reader(bytes);
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let fits =
        |axes: usize| header.iter().skip(1 + axes).eq(COLUMNS.iter().take(header.len() - 1 - axes).copied());
    let axes = (FIRST_COLUMNS..=COLUMNS.len())
        .filter_map(|columns| header.len().checked_sub(columns + 1))
        .find(|axes| header.get(0) == Some("point") && fits(*axes))
        .ok_or("its columns are not those of estimates.csv")?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |index: usize| record.get(index).unwrap_or_default();
        let real = |index: usize| match field(index) {
            "" => Ok(None),
            text => match text.parse::<f64>() {
                Ok(value) if value.is_finite() => Ok(Some(value)),
                _ => Err(format!("line {line}: \"{text}\" is not a finite number")),
            },
        };
        rows.push(Row {
            point: field(0)
                .parse()
                .map_err(|_| format!("line {line}: \"{}\" is not a point's number", field(0)))?,
            coordinates: (0..axes).map(|axis| field(1 + axis).to_owned()).collect(),
            quantity: field(1 + axes).to_owned(),
            value: real(2 + axes)?,
            std_error: real(3 + axes)?,
            ess: real(4 + axes)?,
        });
    }
    Ok(Rows {
        axes: (0..axes).map(|axis| header.get(1 + axis).unwrap_or_default().to_owned()).collect(),
        rows,
    })
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Integer(value) => value.to_string(),
        Cell::Real(value) => number(Some(*value)),
        Cell::Text(text) => text.clone(),
        Cell::Empty => String::new(),
    }
}

fn number(value: Option<f64>) -> String {
    // Rust prints the shortest text that reads back as the same number; very long ones are better with an exponent.
    match value.filter(|value| value.is_finite()) {
        None => String::new(),
        Some(value) if value != 0.0 && !(1e-5..1e16).contains(&value.abs()) => format!("{value:e}"),
        Some(value) => value.to_string(),
    }
}

/// Writes rows; a row of fields cannot fail in memory.
struct Lines(csv::Writer<Vec<u8>>);

impl Default for Lines {
    fn default() -> Self {
        Self(csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new()))
    }
}

impl Lines {
    fn push(&mut self, fields: impl IntoIterator<Item = String>) {
        self.0.write_record(fields).expect("invariant: rows of one table are equally long");
    }

    fn finish(self) -> Vec<u8> {
        self.0.into_inner().expect("invariant: memory can be written")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::declared;
    use crate::record::{Estimate, ReferenceKind};

    #[test]
    fn estimates_come_back_as_they_were_written() {
        let axes = [Axis { path: "sampler.algorithm".to_owned(), values: Vec::new() }];
        let mut measured = Estimate::measured(declared("energy"), 0.1 + 0.2, 1e-7);
        measured.reference = Some((0.3, ReferenceKind::Exact));
        let absent = Estimate::absent(declared("sweeps_to_solution_99"), "not reached");
        let analysis = Analysis { estimates: vec![measured, absent], ..Analysis::default() };
        let place = [Coordinate::Word("a,\"b\"".to_owned())];
        let bytes = estimates_csv(&axes, &[(3, &place, &analysis)]);
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.starts_with(
            "point,sampler.algorithm,quantity,value,std_error,ess,tau,r_hat,reference,reference_kind,z,tau_error\n"
        ));
        assert!(text.contains("3,\"a,\"\"b\"\"\",energy,0.30000000000000004,1e-7,,,,0.3,exact,"), "{text}");
        assert!(text.contains(",sweeps_to_solution_99,,,,,,,,,\n"), "{text}");
        let rows = parse_estimates(&bytes).unwrap();
        assert_eq!(rows.axes, ["sampler.algorithm"]);
        assert_eq!(rows.rows[0].value, Some(0.1 + 0.2));
        assert_eq!(rows.rows[0].coordinates, ["a,\"b\""]);
        assert_eq!(rows.rows[1].value, None);
        assert!(parse_estimates(b"a,b\n1,2\n").is_err());
    }

    #[test]
    fn files_from_before_the_error_of_tau_are_still_read() {
        let header = "point,temperature,quantity,value,std_error,ess,tau,r_hat,reference,reference_kind,z";
        let old = format!("{header}\n0,1.5,energy,-2,0.25,100,3.5,1.001,-1.9,exact,-0.4\n");
        let new = format!("{header},tau_error\n0,1.5,energy,-2,0.25,100,3.5,1.001,-1.9,exact,-0.4,0.125\n");
        let [old, new] = [old, new].map(|text| parse_estimates(text.as_bytes()).unwrap());
        assert_eq!((old.axes.as_slice(), old.rows[0].value), (&["temperature".to_owned()][..], Some(-2.0)));
        assert_eq!(old, new);
        assert!(parse_estimates(format!("{header},else\n").as_bytes()).is_err());
    }
}
