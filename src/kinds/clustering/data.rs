//! `[data]`: the points to be clustered.

use crate::input::{Context, Problem};
use crate::learning::clusters::{Cloud, CloudError};
use crate::learning::datasets::table;
use crate::number;
use crate::rng;
use serde::Deserialize;

/// `[data]`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) struct DataSpec {
    /// A table of numbers, one point a line (comma-separated, also gzipped), relative to the experiment's file. A first line
    /// that is no row of numbers names the columns; lines that begin with `#` are comments. Or give `source`.
    #[serde(default)]
    file: Option<String>,
    /// "blobs": points in the plane drawn with the file's `seed`, six groups in three families. Or give `file`.
    #[serde(default)]
    source: Option<Source>,
    /// How many points "blobs" draws, 180 unless given.
    #[serde(default)]
    #[schemars(range(min = 6, max = 100_000))]
    points: Option<usize>,
    /// The columns to use, by name or by number from 1; all of them unless given.
    #[serde(default)]
    columns: Option<Vec<Column>>,
    /// A column that weighs the points, by name or by number from 1; it is no coordinate.
    #[serde(default)]
    weights: Option<Column>,
    /// Whether each column is divided by its standard deviation, so that its unit does not matter.
    #[serde(default)]
    pub(super) standardize: bool,
}

/// The generated data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Source {
    /// Six groups in three families.
    Blobs,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
enum Column {
    /// Its number, from 1.
    Number(usize),
    /// Its name in the header.
    Name(String),
}

/// The points as they are clustered.
pub(super) struct Points {
    pub(super) cloud: Cloud,
    /// What they are, for a caption.
    pub(super) source: String,
    /// The name of each coordinate.
    pub(super) names: Vec<String>,
    /// BLAKE3 of the numbers that are clustered.
    pub(super) hash: String,
    /// Whether they were drawn and not read.
    pub(super) invented: bool,
    /// Whether a column weighs them.
    pub(super) weighted: bool,
}

/// Most points, and most coordinates of each.
const MOST_POINTS: usize = 100_000;
const MOST_COLUMNS: usize = 64;

/// The middles of the six groups, and the standard deviation of each.
const GROUPS: [(f64, f64); 6] = [(2.0, 2.2), (3.9, 3.0), (7.2, 1.6), (7.8, 4.0), (4.7, 8.3), (6.2, 7.9)];
const WIDTH: f64 = 0.35;

/// A table of numbers with the names of its columns.
struct Numbers {
    names: Vec<String>,
    values: Vec<f64>,
}

impl DataSpec {
    /// Reads or draws the points.
    pub(super) fn load(&self, context: &Context<'_>) -> Result<Points, Problem> {
        let (numbers, source) = match (&self.file, self.source) {
            (Some(file), None) => {
                if self.points.is_some() {
                    return Err(Problem::new("data.points", "`points` belongs to `source = \"blobs\"`"));
                }
                (self.read(file, context)?, file.clone())
            }
            (None, Some(Source::Blobs)) => (self.draw(context.seed)?, "blobs".to_owned()),
            (Some(_), Some(_)) => {
                return Err(Problem::new("data.file", "`source` and `file` exclude each other"));
            }
            (None, None) => {
                return Err(Problem::new("data", "no points are given")
                    .help("name a `file`, for example \"points.csv\", or take source = \"blobs\""));
            }
        };
        self.choose(numbers, source)
    }

    fn draw(&self, seed: u64) -> Result<Numbers, Problem> {
        let count = self.points.unwrap_or(180);
        if !(6..=MOST_POINTS).contains(&count) {
            return Err(Problem::new("data.points", format!("{count} points are not a possible number"))
                .label(format!("must be 6 to {MOST_POINTS}")));
        }
        let mut stream = rng::stream(seed, "blobs", "", 0);
        let mut values = Vec::with_capacity(2 * count);
        for index in 0..count {
            let (x, y) = GROUPS[index % GROUPS.len()];
            values.push(x + WIDTH * rng::standard_normal(&mut stream));
            values.push(y + WIDTH * rng::standard_normal(&mut stream));
        }
        Ok(Numbers { names: vec!["x".to_owned(), "y".to_owned()], values })
    }

    fn read(&self, file: &str, context: &Context<'_>) -> Result<Numbers, Problem> {
        let refuse = |message: String| Problem::new("data.file", format!("{file}: {message}"));
        let bytes = context.inputs.read(file).map_err(|message| Problem::new("data.file", message))?;
        let text = table::unpack(&bytes).map_err(refuse)?;
        let images = table::parse(text.as_bytes(), None).map_err(refuse)?;
        let count = images.size();
        let header = table::header(&text).filter(|names| names.len() == count);
        let names = header.unwrap_or_else(|| (1..=count).map(|column| format!("column {column}")).collect());
        Ok(Numbers { names, values: images.values })
    }

    /// The columns that are asked for, scaled.
    fn choose(&self, numbers: Numbers, source: String) -> Result<Points, Problem> {
        let Numbers { names, values } = numbers;
        let width = names.len();
        let find = |column: &Column, key: &str| -> Result<usize, Problem> {
            let found = match column {
                Column::Number(number) => number.checked_sub(1).filter(|at| *at < width),
                Column::Name(name) => names.iter().position(|known| known == name),
            };
            found.ok_or_else(|| {
                let asked = match column {
                    Column::Number(number) => number.to_string(),
                    Column::Name(name) => format!("\"{name}\""),
                };
                Problem::new(format!("data.{key}"), format!("{source} has no column {asked}"))
                    .help(format!("its {width} columns are: {}", names.join(", ")))
            })
        };
        let weight = self.weights.as_ref().map(|column| find(column, "weights")).transpose()?;
        let chosen: Vec<usize> = match &self.columns {
            Some(columns) => {
                columns.iter().map(|column| find(column, "columns")).collect::<Result<_, _>>()?
            }
            None => (0..width).filter(|column| Some(*column) != weight).collect(),
        };
        if chosen.is_empty() || chosen.len() > MOST_COLUMNS {
            let message = format!("{} coordinates are not a possible number", chosen.len());
            return Err(Problem::new("data", message).label(format!("must be 1 to {MOST_COLUMNS}")));
        }
        if let Some(twice) = (1..chosen.len()).find(|at| chosen[..*at].contains(&chosen[*at])) {
            let message = format!("the column {} is named twice", names[chosen[twice]]);
            return Err(Problem::new("data.columns", message));
        }
        let rows = values.chunks_exact(width);
        if rows.len() > MOST_POINTS {
            let message = format!("{source} has {} points", number::count(rows.len() as u64));
            return Err(Problem::new("data", message).label(format!("at most {MOST_POINTS} are possible")));
        }
        let weights: Option<Vec<f64>> = weight.map(|at| rows.clone().map(|row| row[at]).collect());
        let mut table: Vec<f64> = rows.flat_map(|row| chosen.iter().map(|column| row[*column])).collect();
        let refuse = |error: CloudError| match error {
            CloudError::Weights => Problem::new("data.weights", error.to_string()),
            CloudError::TooFar | CloudError::TooClose => {
                Problem::new("data", error.to_string()).help("use other units, or standardize = true")
            }
            CloudError::Empty | CloudError::NotFinite => Problem::new("data", error.to_string()),
        };
        if self.standardize {
            standardize(&mut table, chosen.len(), weights.as_deref()).map_err(refuse)?;
        }
        let cloud = Cloud::new(&table, chosen.len(), weights.as_deref()).map_err(refuse)?;
        let mut hasher = blake3::Hasher::new();
        hasher.update(&(chosen.len() as u64).to_le_bytes());
        table.iter().chain(weights.iter().flatten()).for_each(|value| {
            hasher.update(&value.to_le_bytes());
        });
        Ok(Points {
            cloud,
            source,
            names: chosen.iter().map(|column| names[*column].clone()).collect(),
            hash: hasher.finalize().to_hex().to_string(),
            invented: self.source.is_some(),
            weighted: weights.is_some(),
        })
    }
}

/// Divides each column by its standard deviation, after moving it to mean 0; a column of one value becomes 0.
fn standardize(table: &mut [f64], columns: usize, weights: Option<&[f64]>) -> Result<(), CloudError> {
    for column in 0..columns {
        let values: Vec<f64> = table.iter().skip(column).step_by(columns).copied().collect();
        let single = Cloud::new(&values, 1, weights)?;
        for index in 0..single.count() {
            table[index * columns + column] = single.point(index)[0];
        }
    }
    Ok(())
}
